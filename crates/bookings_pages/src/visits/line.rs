//! A visit in a list.

use bookings::{Detail, Status};
use catalogue::Catalogue;
use jiff::Timestamp;
use ui::format;

/// A visit in a list.
#[derive(Debug)]
pub struct VisitLine {
    /// The path of its page.
    pub path: String,
    /// The business day, such as `Tuesday, November 24`.
    pub day: String,
    /// `6:30 – 7:30 PM`
    pub span: String,
    /// The name of the service.
    pub service: String,
    /// The name of the room.
    pub room: String,
    /// The reference of the booking.
    pub reference: String,
    /// The status in words, unless the visit is confirmed.
    pub status: Option<&'static str>,
    /// The formatted price, unless the visit is canceled.
    pub price: Option<String>,
}

impl VisitLine {
    /// Creates the list entry of a booking. `now` determines whether dates have a year.
    pub fn of(catalogue: &Catalogue, detail: &Detail, now: Timestamp) -> VisitLine {
        let booking = &detail.booking;
        let zone = &catalogue.club.zone;
        VisitLine {
            path: format!("/dashboard/bookings/{}/", booking.id),
            day: format::day_of(zone, booking.starts_at, now),
            span: format::span(zone, booking.starts_at, booking.ends_at),
            service: catalogue
                .service(booking.service)
                .map(|service| service.name.clone())
                .unwrap_or_default(),
            room: catalogue.room(booking.room).map(|room| room.name.clone()).unwrap_or_default(),
            reference: booking.reference.clone().unwrap_or_default(),
            status: Some(status_word(booking.status)).filter(|_| booking.status != Status::Confirmed),
            price: (booking.status != Status::Cancelled).then(|| format::money(booking.price.total())),
        }
    }
}

/// Returns the words for a status, as guests read them.
pub fn status_word(status: Status) -> &'static str {
    match status {
        Status::Held => "Held for you",
        Status::Pending => "Awaiting payment",
        Status::Confirmed => "Confirmed",
        Status::CheckedIn => "Checked in",
        Status::InProgress => "In progress",
        Status::Completed => "Completed",
        Status::Cancelled => "Canceled",
        Status::NoShow => "No-show",
        Status::Expired => "Expired",
    }
}
