//! A visit on one line of a list.

use bookings::{Detail, Status};
use catalogue::Catalogue;
use jiff::Timestamp;
use ui::format;

/// A visit on one line.
#[derive(Debug)]
pub struct VisitLine {
    /// Its page.
    pub path: String,
    /// `Tuesday, November 24`
    pub day: String,
    /// `6:30 – 7:30 PM`
    pub span: String,
    /// What was booked.
    pub service: String,
    /// Where it is.
    pub room: String,
    /// Its number.
    pub reference: String,
    /// How it stands, unless it is confirmed.
    pub status: Option<&'static str>,
    /// What was to be paid, if it was not cancelled.
    pub price: Option<String>,
}

impl VisitLine {
    /// The line of a booking, as it is written at a moment.
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
            price: (booking.status != Status::Cancelled).then(|| format::money(booking.total())),
        }
    }
}

/// A status as a guest reads it.
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
