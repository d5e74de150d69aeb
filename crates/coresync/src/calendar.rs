//! A booking as calendars see it: in letters and to be taken along from its page.

use bookings::Booking;
use catalogue::Catalogue;
use jiff::Timestamp;
use messages::calendar::Event;

/// The event of a booking, with a link to its page.
pub(crate) fn event(catalogue: &Catalogue, booking: &Booking, link: &str, now: Timestamp) -> Event {
    let club = &catalogue.club;
    let what = catalogue.service(booking.service).map(|service| service.name.clone()).unwrap_or_default();
    let room = catalogue.room(booking.room).map(|room| room.name.clone()).unwrap_or_default();
    Event {
        uid: format!("booking-{}@coresync", booking.id),
        // Whatever comes later counts more (RFC 5545, an integer of 32 bits): tenths of a second since it was booked.
        sequence: ((now.as_millisecond() - booking.created_at.as_millisecond()) / 100)
            .clamp(0, i32::MAX.into()),
        starts_at: booking.starts_at,
        ends_at: booking.ends_at,
        stamped_at: now,
        summary: format!("{what} at {}", club.name),
        location: format!("{room}, {}", club.address),
        description: format!("{}\n{link}", booking.reference.clone().unwrap_or_default()),
        cancelled: false,
    }
}
