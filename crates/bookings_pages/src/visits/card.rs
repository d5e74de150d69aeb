//! A coming visit as a card with a picture.

use bookings::{Booking, Detail};
use catalogue::Catalogue;
use jiff::Timestamp;
use pictures::PublishedPictures;
use pictures::artwork::{self, Artwork};
use ui::format;

use crate::visits::line::VisitLine;

/// A coming visit, with what one wants to know and to do about it.
#[derive(Debug)]
pub struct VisitCard {
    /// The picture of the room, or of the service if the room is unknown.
    pub artwork: Artwork,
    /// The visit as a list shows it.
    pub line: VisitLine,
    /// The day and the start: `Thursday, December 3 · 10:30 AM`.
    pub when: String,
    /// The end: `11:30 AM`.
    pub end: String,
    /// The names of the technicians; empty if there are none.
    pub therapists: String,
    /// The URL that shows the way to the club.
    pub directions: String,
    /// Whether the visit can be rescheduled now.
    pub can_move: bool,
}

impl VisitCard {
    /// Creates the card of a booking. `now` determines whether dates have a year.
    pub fn of(
        catalogue: &Catalogue,
        shown: &PublishedPictures,
        detail: &Detail,
        now: Timestamp,
    ) -> VisitCard {
        let Booking { starts_at, ends_at, .. } = detail.booking;
        let zone = &catalogue.club.zone;
        let names: Vec<&str> = detail.technicians.iter().map(|(_, name)| name.as_str()).collect();
        VisitCard {
            artwork: artwork_of(catalogue, shown, &detail.booking),
            line: VisitLine::of(catalogue, detail, now),
            when: format!("{} · {}", format::day_of(zone, starts_at, now), format::clock(zone, starts_at)),
            end: format::clock(zone, ends_at),
            therapists: format::list(&names),
            directions: format::directions(&catalogue.club.address),
            can_move: detail.can_move,
        }
    }
}

/// Returns the picture of the room of a booking, or of its service if the room is unknown.
pub(crate) fn artwork_of(catalogue: &Catalogue, shown: &PublishedPictures, booking: &Booking) -> Artwork {
    match (catalogue.room(booking.room), catalogue.service(booking.service)) {
        (Some(room), _) => artwork::of_room(shown, room),
        (None, Some(service)) => artwork::of_service(shown, catalogue, service),
        (None, None) => artwork::of_club_still(shown),
    }
}
