//! The page that lists every refusal for one person, service, and start, in the order of the table of refusals.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use bookings::BookingRequest;
use kit::web::{Input, RawInput};
use kit::{AppState, Error, Fields, Result, Tx};
use people::{Action, Actor, Caller};
use ui::{Choice, FormPart, InputField, Part, QueryForm, RawForm, StaffPage, format, rendered};

use crate::booking::why;

const HERE: &str = "/staff/why-not/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(HERE, get(show))
}

/// The booking request to check, if the form was sent, and the email address of the person.
struct RefusalQuery(Option<BookingRequest>, Option<String>);

impl Input for RefusalQuery {
    fn parse(input: &mut RawInput) -> RefusalQuery {
        let email = input.opt_text_within("email", 200);
        if input.raw("service_id").is_none() {
            return RefusalQuery(None, email);
        }
        RefusalQuery(Some(BookingRequest::parse(input)), email)
    }
}

async fn show(caller: Caller, QueryForm(form): QueryForm<RefusalQuery>) -> Result<Response> {
    let (raw_form, parsed) = (form.raw_form, form.parsed);
    let page = caller.view(move |tx, by| {
        let (case, wrong) = match &parsed {
            Ok(RefusalQuery(Some(request), email)) => (Some((request.clone(), email.clone())), None),
            Ok(RefusalQuery(None, _)) => (None, None),
            Err(fields) => (None, Some(fields.clone())),
        };
        match case {
            None => draw(tx, by, &raw_form, wrong.as_ref(), None),
            Some((request, email)) => match find(tx, by, request, email) {
                Err(Error::Invalid(fields)) => draw(tx, by, &raw_form, Some(&fields), None),
                other => {
                    let found = other?;
                    draw(tx, by, &raw_form, None, Some(found))
                }
            },
        }
    });
    rendered(page.await, HERE)
}

/// Returns every refusal of the booking request as a sentence.
fn find(tx: &mut Tx<'_>, by: &Actor, request: BookingRequest, email: Option<String>) -> Result<Vec<String>> {
    by.need(Action::SeeEveryBooking)?;
    let person = match email {
        Some(email) => {
            let found = people::person_by_email(tx, &email)?;
            Some(found.ok_or_else(|| Fields::one("email", "No one has this email."))?.id)
        }
        None => None,
    };
    let verdict = bookings::why_not_for(tx, by, &request, person)?;
    let (catalogue, now) = (catalogue::current(tx)?, tx.now());
    let sentence = |error: &Error| match error {
        Error::Refused(refusal, details) => {
            let opens = why::opening(details).map(|at| format::beginning(&catalogue.club.zone, at, now));
            let opens = opens.map(|at| format!(" This guest can book it starting {at}.")).unwrap_or_default();
            format!("{}{opens}", refusal.sentence)
        }
        other => other.to_string(),
    };
    Ok(verdict.refusals.iter().map(sentence).collect())
}

fn draw(
    tx: &mut Tx<'_>,
    by: &Actor,
    raw_form: &RawForm,
    wrong: Option<&Fields>,
    found: Option<Vec<String>>,
) -> Result<StaffPage> {
    by.need(Action::SeeEveryBooking)?;
    let catalogue = catalogue::current(tx)?;
    let chosen = raw_form.get("service_id");
    let services = catalogue.services.iter().filter(|one| one.active);
    let services = services.map(|one| Choice::new(one.id, &one.name, one.id.to_string() == chosen)).collect();
    let room = raw_form.get("room_id");
    let rooms = catalogue.rooms.iter().filter(|one| one.active);
    let rooms = rooms.map(|one| Choice::new(one.id, &one.name, one.id.to_string() == room));
    let technician = raw_form.get("technician_id");
    let technicians = catalogue.technicians.iter().filter(|one| one.active);
    let technicians = technicians.map(|one| Choice::new(one.id, &one.name, one.id.to_string() == technician));
    let any = || [Choice::new("", "Any", false)].into_iter();
    let form = FormPart::get(HERE, "Check availability")
        .field(
            InputField::line("email", "Guest’s email", "email", raw_form.get("email"))
                .hint("Leave blank for a guest without an account."),
        )
        .field(InputField::select("service_id", "Service", services))
        .field(InputField::line("date", "Date", "date", raw_form.get("date")))
        .field(InputField::line("start_time", "Start", "time", raw_form.get("start_time")))
        .field(
            InputField::line("party", "Number of guests", "number", raw_form.get("party"))
                .hint("Leave blank for the service default."),
        )
        .field(InputField::select("room_id", "Room", any().chain(rooms).collect()))
        .field(InputField::select("technician_id", "Technician", any().chain(technicians).collect()))
        .wrong(wrong);
    let page = StaffPage::new(by, HERE, "Availability check")
        .text("Every reason this guest can’t book this time online, in the order they’d see them.")
        .form(form);
    Ok(match found {
        None => page,
        Some(reasons) if reasons.is_empty() => {
            page.heading("answer", "This time can be booked").text("This guest can book it online.")
        }
        Some(reasons) => {
            let heading = if reasons.len() == 1 {
                "One reason".to_owned()
            } else {
                format!("{} reasons", reasons.len())
            };
            page.heading("answer", heading).with(Part::List(reasons))
        }
    })
}
