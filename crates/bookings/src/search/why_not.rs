//! Returns why a time cannot be booked, without booking it.

use booking_rules::BookingRequest;
use kit::{Error, Id, Result, Tx};
use people::{Action, Actor};
use scheduling::Offers;

use crate::search::lookup::window;
use crate::search::objections::objections;
use crate::search::resolved::{ResolvedRequest, SlotRequest};

/// Whether a request can be booked, and the refusals if it cannot.
#[derive(Debug)]
pub struct Verdict {
    /// The refusals in the order of the table: all of them for staff, the first for everyone else. Empty if the time
    /// can be booked.
    pub refusals: Vec<Error>,
}

/// Returns why a booking request cannot be booked, without booking it. Staff who name a person get the refusals that
/// this person would get.
///
/// # Errors
/// Returns `Error::Invalid` if the request is not valid.
pub fn why_not(tx: &mut Tx<'_>, by: &Actor, request: &BookingRequest) -> Result<Verdict> {
    let another = request.person.filter(|person| by.id() != Some(*person));
    if let Some(person) = another.filter(|_| by.may(Action::SeeEveryBooking)) {
        return why_not_for(tx, by, request, Some(person));
    }
    let owner = request.person.filter(|_| by.may(Action::BookForOthers));
    let most = if by.may(Action::SeeEveryBooking) { usize::MAX } else { 1 };
    verdict(tx, by, request, owner.or(by.id()), most)
}

/// Returns the refusals that staff would get when they book for someone else. Reservations and booking windows do not
/// apply to them. Without a person, the request is for a guest without an account.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may book for others, and `Error::Invalid` if the request is not valid.
pub fn why_not_by_staff(
    tx: &mut Tx<'_>,
    by: &Actor,
    request: &BookingRequest,
    person: Option<Id>,
) -> Result<Verdict> {
    by.need(Action::BookForOthers)?;
    verdict(tx, by, request, person, usize::MAX)
}

/// Returns every refusal that this person, or a visitor if `person` is `None`, would get for a booking request.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may see every booking, `Error::NotFound` for an unknown person, and
/// `Error::Invalid` if the request is not valid.
pub fn why_not_for(
    tx: &mut Tx<'_>,
    by: &Actor,
    request: &BookingRequest,
    person: Option<Id>,
) -> Result<Verdict> {
    by.need(Action::SeeEveryBooking)?;
    let requester = match person {
        Some(person) => Actor::of(people::person(tx, person)?),
        None => Actor::visitor(),
    };
    verdict(tx, &requester, request, person, usize::MAX)
}

fn verdict(
    tx: &mut Tx<'_>,
    requester: &Actor,
    request: &BookingRequest,
    owner: Option<Id>,
    most: usize,
) -> Result<Verdict> {
    let catalogue = catalogue::current(tx)?;
    let window = window(tx, &catalogue, requester, owner)?;
    let request = ResolvedRequest::understand(tx, &catalogue, &window, SlotRequest::of(request, owner))?;
    let field = request.field(tx)?;
    let fits = Offers::find(request.demand(), &field).at(request.start).is_some();
    let found = objections(tx, &request, &field, fits)?.into_iter().take(most);
    let refusals =
        found.map(|objection| request.with_alternatives(tx, &field, objection)).collect::<Result<_>>()?;
    Ok(Verdict { refusals })
}
