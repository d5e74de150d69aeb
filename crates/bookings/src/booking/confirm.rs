//! Confirming a hold. The price stays as it was when the time was held (P6), except for add-ons and the benefit that
//! pays.

use booking_rules::refusals::{BOOKED_ALREADY, SAME_PERSON, TOO_MANY_OPEN, WRONG_STATE};
use booking_rules::{
    BookedInstead, Booking, BookingEvent, BookingRequest, Coverage, Extras, FurtherService, HoldEnd,
    HoldState, Policy, PriceBasis, Status, When, Window,
};
use catalogue::Catalogue;
use kit::{Cents, Error, Fault, Id, Result, Tx};
use people::{Action, Actor, AuditEvent};
use scheduling::{Allocation, ResourceKind, cell_at, claim_all};

use crate::booking::audit;
use crate::booking::book::all_of;
use crate::booking::charge::{pay_with, priced, settle, write_addons};
use crate::booking::expiry::{claimant, end_hold};
use crate::booking::hold::{Holder, theirs};
use crate::booking::place::Placement;
use crate::booking::visit::place_visit;
use crate::notifications::notify;
use crate::search::lookup::window;
use crate::search::objections::most_open;
use crate::store::{self, BookingRow};
use crate::waitlist::ledger;

/// Books a hold with all services of the same visit. The details stay as they were when it was held, unless `extras`
/// are given. A visitor's hold becomes that of the person who signs in and has its token, at the person's own price.
/// A hold that has expired is booked again if its time is still free.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors, `Error::NotFound` if the hold is not the holder's, `wrong_state` if it
/// was booked already, and the errors of [`crate::book()`].
pub fn confirm(tx: &mut Tx<'_>, holder: Holder<'_>, id: Id, extras: Option<&Extras>) -> Result<Booking> {
    let by = holder.by;
    let person = by.person()?.id;
    // If the same hold is confirmed twice at the same time, only one confirmation may book it.
    tx.lock_person(id)?;
    let row = theirs(tx, holder, id)?;
    let owner = if row.booking.person.is_none() && !by.may(Action::BookForOthers) {
        Some(person)
    } else {
        row.booking.person
    };
    match row.booking.status {
        Status::Held => {}
        Status::Expired => return again(tx, by, &row.booking, owner, extras),
        _ => return Err(Error::refused(&BOOKED_ALREADY)),
    }
    owner.map_or(Ok(()), |owner| tx.lock_person(owner))?;
    let catalogue = catalogue::current(tx)?;
    let window = window(tx, &catalogue, by, owner)?;
    let others = store::of_visit(tx, &row.booking, Status::Held)?;
    let confirm = Confirm { by, catalogue: &catalogue, window: &window, owner };
    confirm.admit(tx, &row.booking, others.len())?;
    if !is_taken_over(tx, id)? {
        // In the meantime the maintenance job has ended the expired hold, or someone else has booked it.
        let row = theirs(tx, holder, id)?;
        return match row.booking.status {
            Status::Expired => again(tx, by, &row.booking, owner, extras),
            _ => Err(Error::refused(&BOOKED_ALREADY)),
        };
    }
    let first = confirm.one(tx, row, extras)?;
    ledger::taken(tx, id)?;
    let mut made = vec![first.clone()];
    for other in others {
        let row = store::find(tx, other)?.ok_or(Error::NotFound)?;
        if !is_taken_over(tx, other)? {
            return Err(Error::refused(&WRONG_STATE));
        }
        made.push(confirm.one(tx, row, None)?);
    }
    made.sort_by_key(|booking| (booking.starts_at, booking.id));
    notify::booked(tx, by, &made)?;
    Ok(first)
}

/// Returns the price of the services of a visit, without add-ons and tax: that of a booking and of the bookings of
/// the same visit with the same status.
///
/// # Errors
/// Returns `Error::NotFound` if a booking no longer exists, and a fault if the database fails.
pub fn services_price(tx: &mut Tx<'_>, booking: &Booking) -> Result<Cents> {
    // The visit may have been set after the caller read the booking.
    let booking = &store::find(tx, booking.id)?.ok_or(Error::NotFound)?.booking;
    let mut sum = booking.price.base - booking.price.discount;
    for other in store::of_visit(tx, booking, booking.status)? {
        let other = store::find(tx, other)?.ok_or(Error::NotFound)?.booking;
        sum = sum + other.price.base - other.price.discount;
    }
    Ok(sum)
}

/// Confirms the status of a hold if it is still held. From here on, no one else can end it. Returns whether it was
/// still held.
fn is_taken_over(tx: &mut Tx<'_>, hold: Id) -> Result<bool> {
    store::move_state(tx, hold, Status::Held, Status::Confirmed)
}

struct Confirm<'c> {
    by: &'c Actor,
    catalogue: &'c Catalogue,
    window: &'c Window,
    owner: Option<Id>,
}

impl Confirm<'_> {
    /// Checks that the person may book this far ahead and this many bookings (W1, F7). The person may be another than
    /// the one who held the time.
    fn admit(&self, tx: &mut Tx<'_>, first: &Booking, others: usize) -> Result<()> {
        if let Some(refusal) = self.window.refusal(first.day) {
            return Err(refusal);
        }
        let Some(owner) = self.owner.filter(|_| !self.window.is_unbounded()) else { return Ok(()) };
        let more = i64::try_from(others).map_err(Fault::because)?;
        let most = most_open(self.catalogue, self.window);
        let open = store::count_open(tx, owner)?;
        if open + more >= most { Err(Error::refused(&TOO_MANY_OPEN)) } else { Ok(()) }
    }

    fn one(&self, tx: &mut Tx<'_>, row: BookingRow, extras: Option<&Extras>) -> Result<Booking> {
        let mut booking = row.booking;
        let basis = self.basis(tx, &booking, extras)?;
        if booking.person != self.owner {
            booking.cancellation.policy = Policy::of(self.catalogue, self.window.entitlements());
        }
        let addons = match extras {
            Some(extras) => extras.addons.clone(),
            None => store::addons_of(tx, booking.id)?,
        };
        if let Some(extras) = extras {
            booking.party = booking.party.with(extras);
        }
        let booking = Booking {
            person: self.owner,
            status: Status::Confirmed,
            created_at: tx.now(),
            hold: HoldState { expires_at: None, ..booking.hold },
            ..booking
        };
        let (booking, why) = priced(tx, self.catalogue, booking, basis, &addons)?;
        self.check_visit(tx, &booking)?;
        store::write_price(tx, &booking, &why)?;
        store::write_terms(tx, &booking, extras)?;
        store::forget_addons(tx, booking.id)?;
        write_addons(tx, booking.id, self.catalogue, &addons)?;
        store::keep_for_good(tx, booking.id)?;
        let booking = settle(tx, self.catalogue, self.by.id(), booking, why)?;
        audit::note_made(tx, self.by, AuditEvent::BookingMade, &booking)?;
        Ok(booking)
    }

    /// Returns the price basis of the hold, updated for the plan of a new owner and for the benefit that pays.
    fn basis(&self, tx: &mut Tx<'_>, booking: &Booking, extras: Option<&Extras>) -> Result<PriceBasis> {
        let missing = || Fault::because(format!("hold {} does not say what was sold", booking.id.0));
        let mut basis = booking.price.basis.clone().ok_or_else(missing)?;
        let entitlements = self.window.entitlements();
        if booking.person != self.owner {
            basis = basis.under(entitlements.plan_on(booking.day));
        }
        let Some(extras) = extras.filter(|_| basis.coverage != Coverage::Unlimited) else { return Ok(basis) };
        membership::return_benefits(tx, booking.id)?;
        pay_with(tx, basis, extras.benefit, entitlements, (booking.id, booking.day, booking.party.people))
    }

    /// Claims the time of the owner, or releases it if the booking is for another guest (F6).
    fn check_visit(&self, tx: &mut Tx<'_>, booking: &Booking) -> Result<()> {
        let Some(owner) = self.owner else { return Ok(()) };
        let has = scheduling::has_resource(tx, booking.id, owner)?;
        if booking.party.guest_name.is_some() {
            return if has { scheduling::release_resource(tx, booking.id, owner) } else { Ok(()) };
        }
        if has {
            return Ok(());
        }
        let (from, to) = (cell_at(booking.starts_at), cell_at(booking.ends_at));
        let allocation = Allocation { resource: owner, kind: ResourceKind::Person, from, to };
        if claim_all(tx, &claimant(self.catalogue, booking.id), &[allocation])?.is_some() {
            return Err(self.window.worded(Error::refused(&SAME_PERSON)));
        }
        scheduling::insert_allocations(tx, booking.id, &[allocation], None)
    }
}

/// Books an expired hold again, with the following services of the same visit: in the same rooms and for the same
/// people, if they are still free (H3). A repeated call returns the first result.
fn again(
    tx: &mut Tx<'_>,
    by: &Actor,
    hold: &Booking,
    owner: Option<Id>,
    extras: Option<&Extras>,
) -> Result<Booking> {
    if let Some(made) = store::made_of(tx, hold.id)? {
        let made = store::find(tx, made)?.map(|row| row.booking).filter(|made| made.person == owner);
        return made.ok_or_else(|| Error::refused(&WRONG_STATE));
    }
    let addons = store::addons_of(tx, hold.id)?;
    let extras_of_hold = || Extras { addons, ..hold.party.extras() };
    let named = scheduling::technicians_of(tx, hold.id)?.first().copied();
    let request = BookingRequest {
        service: hold.service,
        minutes: hold.price.minutes(),
        when: When::Moment(hold.starts_at),
        room: Some(hold.room),
        technician: named,
        party: Some(hold.party.people),
        person: hold.person,
        companion: hold.party.companion,
        extras: extras.cloned().unwrap_or_else(extras_of_hold),
        then: followed(tx, hold)?,
    };
    let made = place_visit(tx, by, &request, owner, &Placement::Book)?;
    let all = all_of(tx, &made, &request)?;
    notify::booked(tx, by, &all)?;
    store::note(tx, hold.id, by.id(), BookingEvent::BookedAnew, &BookedInstead { booking: made.id })?;
    Ok(made)
}

/// Returns the services that followed a hold in the same visit, and ends those that are still held.
fn followed(tx: &mut Tx<'_>, hold: &Booking) -> Result<Vec<FurtherService>> {
    for other in store::of_visit(tx, hold, Status::Held)? {
        end_hold(tx, other, None, HoldEnd::Expired)?;
    }
    let mut then = Vec::new();
    for other in store::of_visit(tx, hold, Status::Expired)? {
        let Some(BookingRow { booking, .. }) = store::find(tx, other)? else { continue };
        then.push(FurtherService {
            service: booking.service,
            minutes: booking.price.minutes(),
            room: Some(booking.room),
            technician: scheduling::technicians_of(tx, other)?.first().copied(),
            addons: store::addons_of(tx, other)?,
        });
    }
    Ok(then)
}
