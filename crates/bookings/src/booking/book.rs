//! Booking: from a booking request to a claimed time in one transaction. No one else can have the same room,
//! technician, equipment, or guest at that time, because the primary key of `claims` prevents it.

use booking_rules::{Booking, BookingRequest};
use kit::{Fields, Id, Result, Tx};
use people::{Action, Actor};

use crate::booking::place::Placement;
use crate::booking::visit::place_visit;
use crate::notifications::notify;
use crate::search::lookup::window;
use crate::search::resolved::{ResolvedRequest, SlotRequest};
use crate::store;

/// Books a booking request, with all services of the same visit (F10). If the request names no room or technician,
/// the next candidate is tried before it is refused (H5). Returns the first booking of the visit.
///
/// # Errors
/// Returns the first refusal of the table that applies, with alternatives, `Error::Invalid` if the request is not
/// valid, and `Error::Unauthorized` for visitors.
pub fn book(tx: &mut Tx<'_>, by: &Actor, booking_request: &BookingRequest) -> Result<Booking> {
    let first = book_quietly(tx, by, booking_request)?;
    let made = all_of(tx, &first, booking_request)?;
    notify::booked(tx, by, &made)?;
    Ok(first)
}

/// Books a booking request without notifying anyone. The caller must send the notifications.
pub(crate) fn book_quietly(tx: &mut Tx<'_>, by: &Actor, booking_request: &BookingRequest) -> Result<Booking> {
    let owner = owner(tx, by, booking_request)?;
    place_visit(tx, by, booking_request, owner, &Placement::Book)
}

/// Returns every booking that was made from a booking request, where `first` is the first of them.
pub(crate) fn all_of(
    tx: &mut Tx<'_>,
    first: &Booking,
    booking_request: &BookingRequest,
) -> Result<Vec<Booking>> {
    if booking_request.then.is_empty() {
        return Ok(vec![first.clone()]);
    }
    let ids = store::made_together(tx, first.id)?;
    let found = ids.into_iter().map(|id| store::find(tx, id)).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().flatten().map(|row| row.booking).collect())
}

/// Checks whether [`book`] would be refused now, and changes nothing. Of a visit, only the first service is checked.
///
/// # Errors
/// Returns the errors of [`book`].
pub fn dry_run(tx: &mut Tx<'_>, by: &Actor, booking_request: &BookingRequest) -> Result<()> {
    let owner = owner(tx, by, booking_request)?;
    let catalogue = catalogue::current(tx)?;
    let window = window(tx, &catalogue, by, owner)?;
    let request =
        ResolvedRequest::understand(tx, &catalogue, &window, SlotRequest::of(booking_request, owner))?;
    request.find_offer(tx).map(drop)
}

/// Returns the person for whom a booking is made: the actor or, if the actor is staff, another person, or `None` for
/// a guest without an account.
///
/// # Errors
/// Returns `Error::Unauthorized` for visitors, `Error::Forbidden` for another person or a companion unless `by` may
/// book for others, and `Error::Invalid` if `person_id` or `companion_id` is unknown or both are the same person.
pub(crate) fn owner(tx: &mut Tx<'_>, by: &Actor, booking_request: &BookingRequest) -> Result<Option<Id>> {
    let own_id = by.person()?.id;
    let for_others = by.may(Action::BookForOthers);
    if booking_request.companion.is_some() && !for_others {
        return Err(by.forbidden("a companion's account"));
    }
    for (field, named) in [("person_id", booking_request.person), ("companion_id", booking_request.companion)]
    {
        if let Some(person) = named.filter(|person| for_others && *person != own_id)
            && !people::person_exists(tx, person)?
        {
            return Err(Fields::one(field, "We couldn’t find that person."));
        }
    }
    if booking_request.companion.is_some()
        && booking_request.companion == booking_request.person.or(Some(own_id))
    {
        return Err(Fields::one("companion_id", "You can’t be your own companion."));
    }
    match booking_request.person {
        Some(person) if for_others || person == own_id => Ok(Some(person)),
        Some(_) => Err(by.forbidden("another's account")),
        None if for_others && booking_request.extras.guest_name.is_some() => Ok(None),
        None => Ok(Some(own_id)),
    }
}
