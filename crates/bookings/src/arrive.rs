//! The day itself: a guest arrives, is served, goes; or does not come (C5).

use jiff::SignedDuration;
use kit::{Cents, Error, Id, Result, Tx};
use money::{Line, LineKind};
use people::{Action, Actor};
use serde_json::json;

use crate::book::bill;
use crate::model::{Booking, Status};
use crate::numbers::NO_SHOW;
use crate::policy::Leaving;
use crate::refusals::WRONG_STATE;
use crate::{notify, store};

/// How long before the start a guest may be checked in.
const EARLY: SignedDuration = SignedDuration::from_hours(4);

/// The guest is here.
///
/// # Errors
/// `Error::Forbidden`, `Error::NotFound`; `wrong_state` before the last four hours and after the end.
pub fn check_in(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Booking> {
    step(tx, by, id, Status::CheckedIn, |booking, now| {
        now >= booking.starts_at - EARLY && now < booking.ends_at
    })
}

/// The guest is being served.
///
/// # Errors
/// `Error::Forbidden`, `Error::NotFound`, `wrong_state`.
pub fn start(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Booking> {
    step(tx, by, id, Status::InProgress, |_, _| true)
}

/// The guest has gone.
///
/// # Errors
/// `Error::Forbidden`, `Error::NotFound`, `wrong_state`.
pub fn complete(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Booking> {
    step(tx, by, id, Status::Completed, |_, _| true)
}

/// The guest did not come: staff say so from the club's `no_show_minutes` after the start, fifteen unless it says otherwise (C5).
///
/// # Errors
/// `Error::Forbidden`, `Error::NotFound`, `wrong_state`.
pub fn no_show(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Booking> {
    let minutes = catalogue::current(tx)?.number(NO_SHOW);
    let late = SignedDuration::from_mins(minutes);
    let booking = step(tx, by, id, Status::NoShow, |booking, now| now >= booking.starts_at + late)?;
    miss(tx, booking)
}

fn step(
    tx: &mut Tx<'_>,
    by: &Actor,
    id: Id,
    to: Status,
    is_time: impl Fn(&Booking, jiff::Timestamp) -> bool,
) -> Result<Booking> {
    by.need(Action::RunTheDay)?;
    tx.line_up(id)?;
    let booking = store::find(tx, id)?.ok_or(Error::NotFound)?.booking;
    let person = by.person()?.id;
    if !is_time(&booking, tx.now()) || !advance(tx, &booking, to, Some(person))? {
        return Err(Error::refused(&WRONG_STATE));
    }
    Ok(Booking { status: to, ..booking })
}

fn advance(tx: &mut Tx<'_>, booking: &Booking, to: Status, by: Option<Id>) -> Result<bool> {
    if !booking.status.may_become(to) || !store::move_state(tx, booking.id, booking.status, to)? {
        return Ok(false);
    }
    store::note(tx, booking.id, by, to.as_str(), &json!({}))?;
    Ok(true)
}

/// What follows when somebody did not come: all of it stays due (C1), a credit is forfeited, a lapse counts (C2).
fn miss(tx: &mut Tx<'_>, booking: Booking) -> Result<Booking> {
    let lapses = store::lapses_of(tx, &booking)?;
    let leaving = booking.missed(lapses);
    charge_for_leaving(tx, &booking, leaving, "no_show", "Missed booking")?;
    notify::missed(tx, &booking)?;
    Ok(Booking { fee: Some(leaving.fee), ..booking })
}

/// Charges what stays due instead of the price, and notes a lapse.
pub(crate) fn charge_for_leaving(
    tx: &mut Tx<'_>,
    booking: &Booking,
    leaving: Leaving,
    code: &'static str,
    label: &str,
) -> Result<()> {
    let lines = if leaving.fee == Cents::ZERO {
        Vec::new()
    } else {
        vec![Line::new(LineKind::Fee, code, label, leaving.fee)]
    };
    let club = catalogue::current(tx)?.club.id;
    money::replace(tx, &bill(club, booking, lines))?;
    store::set_fee(tx, booking.id, leaving.fee)?;
    if let Some(person) = booking.person.filter(|_| leaving.lapse) {
        store::note_lapse(tx, booking.id, person, code)?;
    }
    Ok(())
}

/// Ends what is over: who was served has gone, who was not here did not come. A job does so never before the end (C5).
pub(crate) fn sweep(tx: &mut Tx<'_>, most: i64) -> Result<u64> {
    let mut ended = 0;
    for kept in store::over(tx, most)? {
        let booking = kept.booking;
        match booking.status {
            Status::CheckedIn | Status::InProgress => {
                ended += u64::from(advance(tx, &booking, Status::Completed, None)?);
            }
            Status::Confirmed if advance(tx, &booking, Status::NoShow, None)? => {
                miss(tx, booking)?;
                ended += 1;
            }
            _ => {}
        }
    }
    Ok(ended)
}
