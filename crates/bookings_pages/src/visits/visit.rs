//! The page of one visit.

use askama::Template;
use axum::Router;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::Response;
use axum::routing::get;
use bookings::{Booking, Detail, SUBJECT, Status};
use catalogue::{Catalogue, Service};
use jiff::Timestamp;
use kit::config::Config;
use kit::web::{Page, Path};
use kit::{AppState, Cents, Error, Id, Result, Tx};
use messages::calendar::{Event, ics};
use money::Charge;
use people::Subject;
use people::{Action, Actor, Caller};
use ui::{Frame, format, or_sign_in};

use crate::booking::times::Search;
use crate::calendar::{Invited, event};
use crate::price::{self, BillLine, Cancelling};
use crate::visits::cancel::is_by_club;
use crate::visits::card::VisitCard;
use crate::visits::line::{VisitLine, status_word};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/dashboard/bookings/{id}/", get(visit))
        .route("/dashboard/bookings/{id}/visit.ics", get(calendar))
}

#[derive(Template)]
#[template(path = "visit.html")]
struct VisitPage {
    frame: Frame,
    line: VisitLine,
    card: VisitCard,
    status: &'static str,
    is_cancelled: bool,
    /// Whether the price of the visit is shown: a canceled visit and a no-show cost at most a fee.
    has_bill: bool,
    /// The path of the booking page for the same service, if it is still offered.
    again: Option<String>,
    technicians: String,
    companion: Option<String>,
    scene: Option<String>,
    /// The other services of the same visit.
    together: Vec<VisitLine>,
    /// The original start, if the visit was rescheduled.
    moved_from: Option<String>,
    /// Whether the visit is confirmed or pending and has not begun.
    is_ahead: bool,
    is_confirmed: bool,
    email_status: EmailStatus,
    can_move: bool,
    can_repeat: bool,
    /// Links that add the visit to calendars on the web: pairs of name and URL.
    calendars: Vec<(&'static str, String)>,
    guests: String,
    guest_name: Option<String>,
    requests: Option<String>,
    allergies: Option<String>,
    bill: Vec<BillLine>,
    total: String,
    payment: String,
    /// The cancellation terms, if the visit can be canceled.
    cancelling: Option<String>,
    club: (String, String),
    /// The path of the page for canceling the series that contains the visit or that repeats it, if any of its visits
    /// can still be canceled.
    series: Option<String>,
    /// What only staff see, on another person's visit.
    desk: Option<DeskView>,
}

/// What staff also see on another person's visit: the path back to its day, and the guest.
struct DeskView {
    day_path: String,
    guest: String,
    phone: Option<String>,
    /// The path of the guest's membership page, if there is an account and the actor may open it.
    member_path: Option<String>,
    /// The path of the page with the payments for the visit, if something was charged and the actor may open it.
    payment_path: Option<String>,
}

fn desk_view(
    tx: &mut Tx<'_>,
    by: &Actor,
    catalogue: &Catalogue,
    booking: &Booking,
) -> Result<Option<DeskView>> {
    if !by.may(Action::SeeEveryBooking) || by.id() == booking.person {
        return Ok(None);
    }
    let (_, guest) = bookings::guest_of(tx, by, booking.id)?;
    let day = catalogue.business_day_at(booking.starts_at);
    let person = guest.person.filter(|_| by.may(Action::RunMemberships));
    let was_charged =
        by.may(Action::TakePayments) && money::was_charged(tx, Subject { kind: SUBJECT, id: booking.id })?;
    Ok(Some(DeskView {
        day_path: format!("/staff/day/?date={day}#visit-{}", booking.id),
        guest: guest.name,
        phone: guest.phone,
        member_path: person.map(|person| format!("/staff/members/{person}/")),
        payment_path: was_charged.then(|| format!("/staff/money/booking/{}/", booking.id)),
    }))
}

/// Whether the viewer receives the email about the visit.
enum EmailStatus {
    /// The email is on its way.
    Comes,
    /// The email is sent once the viewer has verified their email address.
    Waits,
    /// The email does not go to the viewer.
    Elsewhere,
}

fn email_status(tx: &mut Tx<'_>, by: &Actor, booking: &Booking) -> Result<EmailStatus> {
    let owner = by.id().filter(|id| booking.person == Some(*id));
    let Some(person) = owner else { return Ok(EmailStatus::Elsewhere) };
    Ok(if people::mail_of(tx, person)?.is_some() { EmailStatus::Comes } else { EmailStatus::Waits })
}

async fn visit(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let config = caller.app().config.clone();
    let same_config = config.clone();
    let read = move |tx: &mut Tx<'_>, by: &Actor| match by.is_staff() {
        true => Ok(None),
        false => draw(tx, by, id, &same_config).map(Some),
    };
    let drawn = match caller.view(read).await {
        Ok(Some(page)) => Ok(page),
        // The audit log records when staff read the health notes of a guest, so a write transaction is needed.
        Ok(None) => caller.tx(move |tx, by| draw(tx, by, id, &config)).await,
        Err(error) => Err(error),
    };
    or_sign_in(drawn.and_then(|page| Page::of(&page)), &format!("/dashboard/bookings/{id}/"))
}

/// Returns the path of the booking page for the same service with the same party, duration, technician, and room. Staff
/// book again for the guest of the visit.
fn again(by: &Actor, service: &Service, detail: &Detail) -> String {
    let booking = &detail.booking;
    let sold = booking.price.minutes();
    let search = Search {
        service: service.slug.clone(),
        party: Some(booking.party.people).filter(|party| *party != service.party),
        technician: detail.technicians.first().map(|(id, _)| *id).filter(|_| service.technicians == 1),
        room: Some(booking.room).filter(|_| service.rooms.len() > 1),
        minutes: sold.filter(|minutes| *minutes != service.minutes),
        moving: None,
        // 0 is a new guest without an account.
        guest: is_by_club(by, booking.person).then(|| booking.person.map_or(0, |person| person.0)),
    };
    search.path()
}

/// Returns links that add an event to calendars on the web.
fn calendars(event: &Event) -> Vec<(&'static str, String)> {
    let utc = |moment: Timestamp| moment.strftime("%Y%m%dT%H%M%SZ").to_string();
    let (title, place) = (format::encoded(&event.summary), format::encoded(&event.location));
    let about = format::encoded(&event.description);
    let google = format!(
        "https://calendar.google.com/calendar/render?action=TEMPLATE&text={title}&dates={}/{}&location={place}&details={about}",
        utc(event.starts_at),
        utc(event.ends_at)
    );
    let outlook = format!(
        "https://outlook.live.com/calendar/0/deeplink/compose?rru=addevent&subject={title}&startdt={}&enddt={}&location={place}&body={about}",
        event.starts_at, event.ends_at
    );
    vec![("Google Calendar", google), ("Outlook", outlook)]
}

/// Creates the calendar event of a visit. The invited guest is the person whose account it is.
fn event_of(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    booking: &Booking,
    link: &str,
    mail_from: &str,
) -> Result<Event> {
    let person = booking.person.map(|person| people::person(tx, person)).transpose()?;
    let name = person.as_ref().map(|person| person.first_name.clone()).unwrap_or_default();
    let email = person.and_then(|person| person.email).unwrap_or_default();
    event(tx, catalogue, booking, &Invited { name: &name, email: &email, link, mail_from })
}

/// Returns the visit as a calendar file.
async fn calendar(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let config = caller.app().config.clone();
    let here = format!("/dashboard/bookings/{id}/");
    let written = caller.view({
        let here = here.clone();
        move |tx, by| {
            let link = format!("{}{here}", catalogue::current(tx)?.club.website(&config));
            let detail = bookings::show(tx, by, id)?;
            let booking = &detail.booking;
            if booking.reference.is_none() {
                return Err(Error::NotFound);
            }
            let catalogue = catalogue::current(tx)?;
            let event = event_of(tx, &catalogue, booking, &link, &config.mail_from)?;
            Ok((booking.reference.clone().unwrap_or_default(), ics(&[event])))
        }
    });
    let file = written.await.map(|(name, text)| {
        let attached = format!("attachment; filename=\"{name}.ics\"");
        ([(CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, attached)], text)
    });
    or_sign_in(file, &here)
}

fn draw(tx: &mut Tx<'_>, by: &Actor, id: Id, config: &Config) -> Result<VisitPage> {
    let detail = bookings::show(tx, by, id)?;
    let allergies = bookings::read_allergies(tx, by, id)?;
    let scene = bookings::scene(tx, by, id)?;
    let together = bookings::together(tx, by, id)?;
    let catalogue = catalogue::current(tx)?;
    let (now, public) = (tx.now(), catalogue.club.website(config));
    let Detail { booking, technicians, why, .. } = &detail;
    let charge = money::charge_of(tx, Subject { kind: SUBJECT, id })?;
    let line = VisitLine::of(&catalogue, &detail, now);
    let names: Vec<&str> = technicians.iter().map(|(_, name)| name.as_str()).collect();
    let offered = catalogue.service(booking.service).filter(|service| service.active);
    let is_ahead = now < booking.starts_at && matches!(booking.status, Status::Confirmed | Status::Pending);
    let shown = pictures::shown(tx, catalogue.club.id)?;
    let event = event_of(tx, &catalogue, booking, &format!("{public}/dashboard/bookings/{id}/"), "")?;
    let desk = desk_view(tx, by, &catalogue, booking)?;
    let section = if desk.is_some() { "" } else { "visits" };
    let series = bookings::open_series_of(tx, booking)?;
    Ok(VisitPage {
        frame: Frame::new(by, section, format!("{}, {} · CoreSync", line.service, line.day)),
        card: VisitCard::of(&catalogue, &shown, &detail, now),
        is_confirmed: booking.status == Status::Confirmed,
        status: status_word(booking.status),
        is_cancelled: booking.status == Status::Cancelled,
        has_bill: !matches!(booking.status, Status::Cancelled | Status::NoShow),
        again: offered.map(|service| again(by, service, &detail)),
        can_repeat: offered.is_some() && booking.reference.is_some(),
        companion: booking.party.companion_name.clone(),
        scene: scene.and_then(|scene| Some(scene.get("preset")?.as_str()?.to_owned())),
        together: together.iter().map(|other| VisitLine::of(&catalogue, other, now)).collect(),
        moved_from: booking.moves.from.map(|at| format::moment(&catalogue.club.zone, at, now)),
        is_ahead,
        email_status: email_status(tx, by, booking)?,
        can_move: detail.can_move,
        calendars: if is_ahead { calendars(&event) } else { Vec::new() },
        technicians: format::list(&names),
        guests: format::guests(booking.party.people),
        guest_name: booking.party.guest_name.clone(),
        requests: booking.party.special_requests.clone(),
        allergies,
        bill: price::bill(why, booking.price.tax),
        total: format::money(booking.price.total()),
        payment: payment(charge.as_ref().map(|(charge, _)| charge), booking),
        cancelling: booking.can_cancel(now).then(|| Cancelling::of(&catalogue, booking, now).sentence()),
        club: (catalogue.club.address.clone(), catalogue.club.phone.clone()),
        series: series.map(|one| format!("/dashboard/bookings/{one}/cancel-series/")),
        desk,
        line,
    })
}

/// Describes the state of the payment for a guest. For a canceled visit and a no-show, the charge contains only the fee.
fn payment(charge: Option<&Charge>, booking: &Booking) -> String {
    let Some(charge) = charge else { return "Nothing is due.".to_owned() };
    let (due, back) = (charge.due(), charge.to_refund());
    match (booking.status, charge.received()) {
        _ if back > Cents::ZERO => format!("{} will be refunded at the front desk.", format::money(back)),
        (Status::NoShow, received) if due == Cents::ZERO && received > Cents::ZERO => {
            format!("No-show fee: {}. Paid.", format::money(received))
        }
        (Status::Cancelled, received) if due == Cents::ZERO && received > Cents::ZERO => {
            format!("Late cancellation fee: {}. Paid.", format::money(received))
        }
        (_, received) if due == Cents::ZERO && received > Cents::ZERO => "Paid. Thank you.".to_owned(),
        _ if due == Cents::ZERO => "Nothing is due.".to_owned(),
        (Status::Cancelled, _) => {
            format!("Late cancellation fee: {}, due at the front desk.", format::money(due))
        }
        (Status::NoShow, _) => format!("No-show fee: {}, due at the front desk.", format::money(due)),
        (_, received) if received > Cents::ZERO => {
            format!("{} due at the front desk.", format::money(due))
        }
        _ => "Due at the front desk.".to_owned(),
    }
}
