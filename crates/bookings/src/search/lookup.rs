//! What every search looks up first: the service, how long it is, the window of whoever asks, and the terms of a start.

use booking_rules::{Rules, Start, Terms, Window, refusals::PLAN_REQUIRED, terms};
use catalogue::{Catalogue, Service};
use jiff::civil::Date;
use kit::{Fields, Id, Result, Tx};
use membership::Entitlements;
use people::{Action, Actor};
use scheduling::{Cell, begin, minute};

/// Who asks: the person that a booking would be for, and what their plan allows.
///
/// # Errors
/// A fault of the database.
pub fn window(tx: &mut Tx<'_>, catalogue: &Catalogue, by: &Actor, person: Option<Id>) -> Result<Window> {
    let entitlements = match person {
        Some(person) => membership::entitlements(tx, catalogue.club.id, person)?,
        None => Entitlements::default(),
    };
    Ok(window_with(tx, catalogue, by, entitlements))
}

/// The window of whoever asks, for a person with this standing.
pub(crate) fn window_with(
    tx: &Tx<'_>,
    catalogue: &Catalogue,
    by: &Actor,
    entitlements: Entitlements,
) -> Window {
    let window = Window::new(tx.now(), &catalogue.club.zone, entitlements, by.may(Action::BookAnyTime));
    window.in_club(catalogue)
}

/// The offered service, or a complaint about the field.
pub(crate) fn service(catalogue: &Catalogue, id: Id) -> Result<&Service> {
    let found = catalogue.service(id).filter(|service| service.active);
    found.ok_or_else(|| Fields::one("service_id", "We couldn’t find that service."))
}

/// How long it is: as the service says, or, of what is sold by time, as was asked (F9).
pub(crate) fn sold_minutes(service: &Service, requested: Option<i64>) -> Result<i64> {
    let Some(requested) = requested.filter(|requested| *requested != service.minutes) else {
        return Ok(service.minutes);
    };
    let Some(sold) = service.sold_by_time else {
        return Err(Fields::one("duration", format!("This service takes {} minutes.", service.minutes)));
    };
    let fits =
        (sold.least..=sold.most).contains(&requested) && (requested - sold.least) % sold.step.max(1) == 0;
    if !fits {
        let (least, most, step) = (sold.least, sold.most, sold.step);
        let sentence = format!("Choose {least} to {most} minutes, in steps of {step}.");
        return Err(Fields::one("duration", sentence));
    }
    Ok(requested)
}

/// Whether a service is for members, and this person is none on a day.
pub(crate) fn needs_plan(service: &Service, window: &Window, day: Date) -> bool {
    service.member_only && window.lacks_plan(day)
}

/// The refusal of a service for members to who has no plan that counts: `plan_required`, carrying `plans`.
pub(crate) fn plan_refusal(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    service: &Service,
    window: &Window,
    day: Date,
) -> Result<Option<kit::Error>> {
    if !needs_plan(service, window, day) {
        return Ok(None);
    }
    let plans = membership::plans(tx, catalogue.club.id)?;
    let plans: Vec<String> = plans.into_iter().map(|plan| plan.slug).collect();
    Ok(Some(kit::Error::refused(&PLAN_REQUIRED).with("plans", plans)))
}

/// What rules and overrides say of a start of a service in a room.
pub(crate) fn terms_at(
    catalogue: &Catalogue,
    window: &Window,
    rules: &Rules,
    service: Id,
    room: Id,
    day: Date,
    cell: Cell,
) -> Terms {
    let kind = catalogue.room(room).map_or("", |room| room.kind.as_str());
    let at = begin(cell);
    let minute = minute(window.zone(), day, at);
    terms(&rules.weekly, &rules.overrides, &Start { room, kind, service, day, minute, at })
}
