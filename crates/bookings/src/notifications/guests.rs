//! Guests: people for whom someone else has booked (N1, N2). A guest gets emails only about that booking, with a link
//! that needs no sign-in and can stop the emails.

use booking_rules::{Booking, settings::GUEST_ADDRESSES};
use jiff::Timestamp;
use kit::{Error, Id, Refusal, Result, Tx, args, sql, tokens};
use people::{Action, Actor};

use crate::accounts::my_bookings::read;
use crate::model::Detail;
use crate::store;

/// The account has entered as many guest email addresses today as it may (N1).
pub const TOO_MANY_GUEST_EMAILS: Refusal = Refusal::conflict(
    "too_many_guest_emails",
    "You’ve reached today’s limit for emailing guests. Leave out the guest’s email, or book again tomorrow.",
);

/// How many bookings, visits, or series of one account can be emailed to the same address in a day.
const TIMES: i64 = 10;

/// Decides whether the guest of bookings that were made together gets emails. Staff may have any guest emailed. An
/// account may only once its own email address is verified, and only a limited number of different addresses in a
/// day.
///
/// # Errors
/// Returns [`TOO_MANY_GUEST_EMAILS`] if the account has reached its limit.
pub(crate) fn admit(tx: &mut Tx<'_>, by: &Actor, bookings: &[Booking]) -> Result<()> {
    let Some(email) = bookings.first().and_then(|first| first.party.guest_email.clone()) else {
        return Ok(());
    };
    if !by.may(Action::BookForOthers) {
        let account = by.person()?.id;
        let Some(own_email) = people::mail_of(tx, account)? else { return Ok(()) };
        if !own_email.eq_ignore_ascii_case(email.trim()) && !count(tx, account, &email)? {
            return Err(Error::refused(&TOO_MANY_GUEST_EMAILS));
        }
    }
    keep(tx, bookings)
}

/// Does the same for bookings of an account that was verified after it made them. Over the limit, their guest gets no
/// emails.
pub(crate) fn admit_later(tx: &mut Tx<'_>, account: Id, bookings: &[Booking]) -> Result<()> {
    let Some(first) = bookings.first() else { return Ok(()) };
    let Some(email) = first.party.guest_email.clone() else { return Ok(()) };
    let known: Option<(Id,)> =
        tx.one(sql!("SELECT booking_id FROM guest_contacts WHERE booking_id = $1"), args![first.id])?;
    if known.is_some() || !count(tx, account, &email)? { Ok(()) } else { keep(tx, bookings) }
}

fn keep(tx: &mut Tx<'_>, bookings: &[Booking]) -> Result<()> {
    for booking in bookings.iter().filter(|booking| booking.party.guest_email.is_some()) {
        tx.run(
            sql!("INSERT INTO guest_contacts (booking_id) VALUES ($1) ON CONFLICT (booking_id) DO NOTHING"),
            args![booking.id],
        )?;
    }
    Ok(())
}

/// Counts an address for an account and day. Returns whether the limit permitted it. The primary key of the table
/// prevents two transactions from using the same slot.
fn count(tx: &mut Tx<'_>, account: Id, email: &str) -> Result<bool> {
    let catalogue = catalogue::current(tx)?;
    let day = tx.now().to_zoned(catalogue.club.zone.clone()).date();
    let address = tokens::digest(&email.trim().to_lowercase());
    for slot in 1..=catalogue.setting(GUEST_ADDRESSES) {
        let again = tx.run(
            sql!(
                "UPDATE guest_addresses SET times = times + 1
                 WHERE person_id = $1 AND day = $2 AND address = $3 AND times < $4"
            ),
            args![account, day, address.clone(), TIMES],
        )?;
        if again == 1 {
            return Ok(true);
        }
        let known: Option<(i64,)> = tx.one(
            sql!("SELECT times FROM guest_addresses WHERE person_id = $1 AND day = $2 AND address = $3"),
            args![account, day, address.clone()],
        )?;
        if known.is_some() {
            return Ok(false);
        }
        let first = tx.run(
            sql!(
                "INSERT INTO guest_addresses (person_id, day, slot, address, times) VALUES ($1, $2, $3, $4, 1)
                 ON CONFLICT DO NOTHING"
            ),
            args![account, day, slot, address.clone()],
        )?;
        if first == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Deletes the addresses that were counted before a day.
pub(crate) fn forget_counted(tx: &mut Tx<'_>, before: jiff::civil::Date) -> Result<u64> {
    tx.run(sql!("DELETE FROM guest_addresses WHERE day < $1"), args![before])
}

/// Deletes which addresses a person had emailed and which of their guests get emails, because the person is being
/// erased.
pub(crate) fn forget(tx: &mut Tx<'_>, person: Id) -> Result<()> {
    tx.run(sql!("DELETE FROM guest_addresses WHERE person_id = $1"), args![person])?;
    tx.run(
        sql!("DELETE FROM guest_contacts WHERE booking_id IN (SELECT id FROM bookings WHERE person_id = $1)"),
        args![person],
    )
    .map(drop)
}

/// Returns whether the guest of a booking gets emails and has not stopped them.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn is_emailed(tx: &mut Tx<'_>, booking: Id) -> Result<bool> {
    let found: Option<(Option<Timestamp>,)> =
        tx.one(sql!("SELECT stopped_at FROM guest_contacts WHERE booking_id = $1"), args![booking])?;
    Ok(found.is_some_and(|(stopped,)| stopped.is_none()))
}

/// The context to which the encrypted token of a guest's link is bound.
const PLACE: &str = "visit";

/// Returns the token of the link with which the guest of a booking sees the visit. It is encrypted with the key file,
/// so that no one else can create one and it can be sent again. It is valid as long as the booking has this guest.
///
/// # Errors
/// Returns a fault if the system provides no random bytes.
pub fn visit_token(tx: &Tx<'_>, booking: &Booking) -> Result<String> {
    let email = booking.party.guest_email.as_deref().unwrap_or_default();
    Ok(tokens::hex(&tx.encrypt(PLACE, &format!("{} {}", booking.root(), mark(email)))?))
}

/// Returns a part of the digest of an email address that is long enough to recognize it.
fn mark(email: &str) -> String {
    tokens::hex(&tokens::digest(&email.trim().to_lowercase())[..16])
}

/// A visit as its guest sees it.
#[derive(Debug, Clone)]
pub struct GuestVisit {
    /// The details of the bookings that were made together, ordered by start.
    pub bookings: Vec<Detail>,
    /// Whether the guest still gets emails about the visit.
    pub is_emailed: bool,
}

/// Returns the visit for the token of a guest's link.
///
/// # Errors
/// Returns `Error::NotFound` if the token is not valid or no longer valid.
pub fn guest_visit(tx: &mut Tx<'_>, token: &str) -> Result<GuestVisit> {
    let bytes = tokens::unhex(token).ok_or(Error::NotFound)?;
    let text = tx.decrypt(PLACE, &bytes).map_err(|_| Error::NotFound)?;
    let (first, guest) = text.split_once(' ').ok_or(Error::NotFound)?;
    let first = Id(first.parse().map_err(|_| Error::NotFound)?);
    let mut bookings = Vec::new();
    for id in store::made_together(tx, first)? {
        let detail = read(tx, id)?;
        if detail.booking.party.guest_email.as_deref().map(mark).as_deref() == Some(guest) {
            bookings.push(detail);
        }
    }
    let Some(shown) = bookings.first() else { return Err(Error::NotFound) };
    let is_emailed = is_emailed(tx, shown.booking.id)?;
    Ok(GuestVisit { bookings, is_emailed })
}

/// Stops the emails about the visit of a guest's link. Repeated calls have no further effect.
///
/// # Errors
/// Returns the same errors as [`guest_visit`].
pub fn stop_guest_emails(tx: &mut Tx<'_>, token: &str) -> Result<()> {
    let now = tx.now();
    for detail in guest_visit(tx, token)?.bookings {
        tx.run(
            sql!("UPDATE guest_contacts SET stopped_at = $1 WHERE booking_id = $2 AND stopped_at IS NULL"),
            args![now, detail.booking.id],
        )?;
    }
    Ok(())
}
