//! Booking: from a request to a claimed time. One transaction; nobody else can have the same room, technician,
//! equipment, or guest, because the key of `claims` says so.

use booking_rules::{Booking, BookingRequest};
use kit::{Fields, Id, Result, Tx};
use people::{Action, Actor};

use crate::booking::place::Placement;
use crate::booking::visit::place_visit;
use crate::notifications::notify;
use crate::search::lookup::window;
use crate::search::resolved::{ResolvedRequest, SlotRequest};
use crate::store;

/// Books, with everything that follows in the same visit (F10). A wish without room or technician tries the next
/// candidate before it is refused (H5). The first booking of the visit is answered.
///
/// # Errors
/// The first refusal of the table that applies, with alternatives; `Error::Invalid` for what makes no sense;
/// `Error::Unauthorized` for visitors.
pub fn book(tx: &mut Tx<'_>, by: &Actor, booking_request: &BookingRequest) -> Result<Booking> {
    let first = book_quietly(tx, by, booking_request)?;
    let made = all_of(tx, &first, booking_request)?;
    notify::booked(tx, by, &made)?;
    Ok(first)
}

/// Books, and leaves it to the caller to notify.
pub(crate) fn book_quietly(tx: &mut Tx<'_>, by: &Actor, booking_request: &BookingRequest) -> Result<Booking> {
    let owner = owner(tx, by, booking_request)?;
    place_visit(tx, by, booking_request, owner, &Placement::Book)
}

/// Every booking that was made of a wish, of which this is the first.
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

/// Whether [`book`] has a prospect: says no where it would, as things stand, and changes nothing. Of a visit the first
/// service is looked at.
///
/// # Errors
/// Those of [`book`].
pub fn dry_run(tx: &mut Tx<'_>, by: &Actor, booking_request: &BookingRequest) -> Result<()> {
    let owner = owner(tx, by, booking_request)?;
    let catalogue = catalogue::current(tx)?;
    let window = window(tx, &catalogue, by, owner)?;
    let request =
        ResolvedRequest::understand(tx, &catalogue, &window, SlotRequest::of(booking_request, owner))?;
    request.find_offer(tx).map(drop)
}

/// Whose account a booking is made for: one's own, or, by staff, another's or nobody's.
///
/// # Errors
/// `Error::Unauthorized`; `Error::Forbidden` for another's account or a companion by whoever does not book for others;
/// `Error::Invalid` for `person_id` or `companion_id` of nobody.
pub(crate) fn owner(tx: &mut Tx<'_>, by: &Actor, booking_request: &BookingRequest) -> Result<Option<Id>> {
    let own_id = by.person()?.id;
    let for_others = by.may(Action::BookForOthers);
    if booking_request.companion.is_some() && !for_others {
        return Err(by.forbidden("a companion's account"));
    }
    for (field, named) in [("person_id", booking_request.person), ("companion_id", booking_request.companion)]
    {
        if let Some(person) = named.filter(|person| for_others && *person != own_id)
            && !people::is_here(tx, person)?
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
