//! One visit whole.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use bookings::{Booking, Detail, Status};
use catalogue::Catalogue;
use jiff::Timestamp;
use kit::web::{Page, Path};
use kit::{Cents, House, Id, Result, Tx};
use money::{Charge, Subject};
use people::{Actor, Caller};

use super::dashboard::{VisitLine, status_word};
use super::frame::{Frame, or_sign_in};
use super::price::{self, BillLine, Cancelling};
use super::words;
use bookings::SUBJECT;

pub(super) fn routes() -> Router<House> {
    Router::new().route("/dashboard/bookings/{id}/", get(visit))
}

#[derive(Template)]
#[template(path = "visit.html")]
struct VisitPage {
    frame: Frame,
    line: VisitLine,
    status: &'static str,
    is_cancelled: bool,
    slug: Option<String>,
    technicians: String,
    guests: String,
    guest_name: Option<String>,
    requests: Option<String>,
    allergies: Option<String>,
    bill: Vec<BillLine>,
    total: String,
    payment: String,
    /// What cancelling costs, if it can be cancelled.
    cancelling: Option<String>,
    club: (String, String),
}

/// What is asked about cancelling a booking now.
pub(super) fn cancelling<'c>(catalogue: &'c Catalogue, booking: &Booking, now: Timestamp) -> Cancelling<'c> {
    Cancelling {
        policy: booking.policy,
        net: booking.net(),
        booked_at: booking.created_at,
        starts_at: booking.starts_at,
        now,
        zone: &catalogue.club.zone,
    }
}

async fn visit(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let drawn = caller.view(move |tx, by| draw(tx, by, id)).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), &format!("/dashboard/bookings/{id}/"))
}

fn draw(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<VisitPage> {
    let detail = bookings::show(tx, by, id)?;
    let allergies = bookings::allergies(tx, by, id)?;
    let catalogue = catalogue::current(tx)?;
    let now = tx.now();
    let Detail { booking, technicians, why, .. } = &detail;
    let charge = money::charge_of(tx, Subject { kind: SUBJECT, id })?;
    let line = VisitLine::of(&catalogue, &detail, now);
    let names: Vec<&str> = technicians.iter().map(|(_, name)| name.as_str()).collect();
    let offered = catalogue.service(booking.service).filter(|service| service.active);
    Ok(VisitPage {
        frame: Frame::new(by, "visits", format!("{}, {} · CoreSync", line.service, line.day)),
        status: status_word(booking.status),
        is_cancelled: booking.status == Status::Cancelled,
        slug: offered.map(|service| service.slug.clone()),
        technicians: names.join(" and "),
        guests: words::guests(booking.party),
        guest_name: booking.guest_name.clone(),
        requests: booking.special_requests.clone(),
        allergies,
        bill: price::bill(why, booking.tax),
        total: words::money(booking.total()),
        payment: payment(charge.as_ref().map(|(charge, _)| charge), booking),
        cancelling: booking.can_cancel(now).then(|| cancelling(&catalogue, booking, now).sentence()),
        club: (catalogue.club.address.clone(), catalogue.club.phone.clone()),
        line,
    })
}

/// How the payment stands, as a guest reads it. Of a cancelled visit only the fee is left on the bill.
fn payment(charge: Option<&Charge>, booking: &Booking) -> String {
    let due = charge.map_or(Cents::ZERO, |charge| charge.net + charge.tax);
    match charge.map(|charge| charge.status) {
        _ if due == Cents::ZERO => "Nothing is due.".to_owned(),
        Some(money::Status::Settled) => "Paid. Thank you.".to_owned(),
        Some(money::Status::Due) if booking.status == Status::Cancelled => {
            format!("For cancelling late, {} is due at the desk.", words::money(due))
        }
        Some(money::Status::Due) => "To be paid at the desk.".to_owned(),
        _ => "Nothing is due.".to_owned(),
    }
}
