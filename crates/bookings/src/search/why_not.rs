//! Why a time can't be booked, without booking it.

use booking_rules::BookingRequest;
use kit::{Error, Id, Result, Tx};
use people::{Action, Actor};
use scheduling::Offers;

use crate::search::lookup::window;
use crate::search::objections::objections;
use crate::search::resolved::{ResolvedRequest, SlotRequest};

/// An answer to “why not?”.
#[derive(Debug)]
pub struct Verdict {
    /// The refusals, in the order of the table: for staff all, for others the first; none if it can be booked.
    pub refusals: Vec<Error>,
}

/// Says why a wish can't be booked as it is, without booking it. Staff who name a person hear what would refuse that person.
///
/// # Errors
/// `Error::Invalid` for what makes no sense.
pub fn why_not(tx: &mut Tx<'_>, by: &Actor, request: &BookingRequest) -> Result<Verdict> {
    let another = request.person.filter(|person| by.id() != Some(*person));
    if let Some(person) = another.filter(|_| by.may(Action::SeeEveryBooking)) {
        return why_not_for(tx, by, request, Some(person));
    }
    let owner = request.person.filter(|_| by.may(Action::BookForOthers));
    let most = if by.may(Action::SeeEveryBooking) { usize::MAX } else { 1 };
    verdict(tx, by, request, owner.or(by.id()), most)
}

/// Says what would refuse staff who book for someone else: what is reserved for others and the windows of that person do not.
/// Without a person, it is for a guest without an account.
///
/// # Errors
/// `Error::Forbidden` unless `by` books for others; `Error::Invalid` for what makes no sense.
pub fn why_not_by_staff(
    tx: &mut Tx<'_>,
    by: &Actor,
    request: &BookingRequest,
    person: Option<Id>,
) -> Result<Verdict> {
    by.need(Action::BookForOthers)?;
    verdict(tx, by, request, person, usize::MAX)
}

/// Says everything that would refuse a wish to this person, or to a visitor, if they asked themselves.
///
/// # Errors
/// `Error::Forbidden` unless `by` sees every booking; `Error::NotFound` for an unknown person; `Error::Invalid` for what makes
/// no sense.
pub fn why_not_for(
    tx: &mut Tx<'_>,
    by: &Actor,
    request: &BookingRequest,
    person: Option<Id>,
) -> Result<Verdict> {
    by.need(Action::SeeEveryBooking)?;
    let asker = match person {
        Some(person) => Actor::of(people::person(tx, person)?),
        None => Actor::visitor(),
    };
    verdict(tx, &asker, request, person, usize::MAX)
}

fn verdict(
    tx: &mut Tx<'_>,
    asker: &Actor,
    request: &BookingRequest,
    owner: Option<Id>,
    most: usize,
) -> Result<Verdict> {
    let catalogue = catalogue::current(tx)?;
    let window = window(tx, &catalogue, asker, owner)?;
    let request = ResolvedRequest::understand(tx, &catalogue, &window, SlotRequest::of(request, owner))?;
    let field = request.field(tx)?;
    let fits = Offers::find(request.demand(), &field).at(request.start).is_some();
    let found = objections(tx, &request, &field, fits)?.into_iter().take(most);
    let refusals =
        found.map(|objection| request.with_alternatives(tx, &field, objection)).collect::<Result<_>>()?;
    Ok(Verdict { refusals })
}
