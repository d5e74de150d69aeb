//! The person that staff book for, on the pages of free times.

use bookings::{Answer, BookingFor, Extras};
use catalogue::Service;
use jiff::civil::Date;
use kit::web::{Input, RawInput};
use kit::{Fields, Id, Result, Tx};
use people::{Action, Actor};
use serde_json::json;
use ui::{RawForm, format};

use crate::booking::times::{Narrowed, Search};

/// The HTML id of the form for a new guest, which the buttons of all times belong to.
const FORM: &str = "new-guest";

/// The person that staff book for, as the page shows them above the times.
pub(crate) struct GuestFields {
    /// The name of the person, or `a new guest`; `None` for the actor.
    pub(crate) name: Option<String>,
    /// The id of the account, or `0` for a new guest; `None` for the actor.
    pub(crate) id: Option<i64>,
    /// The name of the person's plan, if they have one.
    pub(crate) plan: Option<String>,
    /// Whether it is a guest without an account, who needs a name and a phone number.
    pub(crate) is_new: bool,
    pub(crate) guest_name: String,
    pub(crate) guest_phone: String,
    pub(crate) guest_email: String,
}

impl GuestFields {
    /// Returns the id of the form that the buttons of the times belong to; empty for the form around them.
    pub(crate) fn form(&self) -> &'static str {
        if self.is_new { FORM } else { "" }
    }
}

/// Reads the person that staff book for. Returns `None` if the actor is not staff. If the account does not exist, an
/// error is added and the booking is for the actor.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn chosen(
    tx: &mut Tx<'_>,
    by: &Actor,
    narrowed: &mut Narrowed,
    raw_form: &RawForm,
    fields: &mut Fields,
) -> Result<Option<GuestFields>> {
    if !by.may(Action::BookForOthers) {
        return Ok(None);
    }
    let person = narrowed.guest().filter(|guest| *guest > 0).map(Id);
    if let Some(person) = person
        && !people::person_exists(tx, person)?
    {
        fields.add("service", "This guest no longer has an account. Choose the guest again.");
        *narrowed = narrowed.for_requester();
    }
    let is_new = narrowed.guest() == Some(0);
    let known =
        person.filter(|_| narrowed.guest().is_some()).map(|person| people::person(tx, person)).transpose()?;
    let plan = match &known {
        Some(person) => {
            let club = catalogue::current(tx)?.club.id;
            membership::entitlements(tx, club, person.id)?.plan().map(|plan| plan.name.clone())
        }
        None => None,
    };
    let new_guest = is_new.then(|| "a new guest".to_owned());
    Ok(Some(GuestFields {
        name: known.map(|person| person.full_name()).or(new_guest),
        id: narrowed.guest(),
        plan,
        is_new,
        guest_name: raw_form.get("guest_name").to_owned(),
        guest_phone: raw_form.get("guest_phone").to_owned(),
        guest_email: raw_form.get("guest_email").to_owned(),
    }))
}

/// A guest without an account, as entered in the form.
struct NewGuest(Extras);

impl Input for NewGuest {
    fn parse(input: &mut RawInput) -> NewGuest {
        let extras = Extras::parse_texts(input);
        if extras.guest_name.is_none() {
            input.add_error("guest_name", "Enter the guest’s name.");
        }
        if extras.guest_phone.is_none() {
            input.add_error("guest_phone", "Enter the guest’s phone number.");
        }
        NewGuest(extras)
    }
}

/// Reads a new guest from the form.
///
/// # Errors
/// Returns `Error::Invalid` if the name or the phone number is missing, or if the phone number or the email address is
/// malformed.
pub(crate) fn read(raw_form: &RawForm) -> Result<Extras> {
    let fields = ["guest_name", "guest_phone", "guest_email"];
    let pairs: serde_json::Map<_, _> =
        fields.iter().map(|name| ((*name).to_owned(), json!(raw_form.get(name)))).collect();
    let text = serde_json::Value::Object(pairs).to_string();
    RawInput::from_json(text.as_bytes()).and_then(RawInput::parse::<NewGuest>).map(|NewGuest(extras)| extras)
}

/// Describes which rules staff override if they book a time of the day for a guest: the guest's booking window, or the
/// plan that the service requires.
pub(crate) fn overrides(search: &Search, service: &Service, date: Date, day: &Answer) -> Option<String> {
    if search.whom() == BookingFor::Requester {
        return None;
    }
    let online = day.window.clone().of_the_guest();
    let today = online.today();
    if let Some(closed) = online.closed(date) {
        let opens = format::beginning(online.zone(), closed.opens_at, online.requester().now);
        let day = format::day(date, today);
        return Some(format!(
            "This guest can’t book {day} online until {opens}. You can book it for them now."
        ));
    }
    let needs_plan = service.member_only && online.lacks_plan(date);
    needs_plan.then(|| {
        format!(
            "{} is for members only, and this guest has no plan on that date. You can book it for them.",
            service.name
        )
    })
}
