//! A booking as calendars see it: in emails and to be saved from its page.

use bookings::{Booking, Status};
use catalogue::Catalogue;
use kit::{Result, Tx};
use messages::calendar::{Event, Party};
use messages::plain_name;

/// Who a calendar file is for, and where its link leads.
#[derive(Debug)]
pub struct Invited<'i> {
    /// The name of the guest.
    pub name: &'i str,
    /// Their address.
    pub email: &'i str,
    /// The page of the visit.
    pub link: &'i str,
    /// Who emails come from: the organizer has that address, so that programs believe it.
    pub mail_from: &'i str,
}

/// The event of a booking. Its `SEQUENCE` is the booking's own: every file of the same state has the same (N6).
///
/// # Errors
/// A fault of the database.
pub fn event(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    booking: &Booking,
    invited: &Invited<'_>,
) -> Result<Event> {
    let club = &catalogue.club;
    let what = catalogue.service(booking.service).map(|service| service.name.clone()).unwrap_or_default();
    let room = catalogue.room(booking.room).map(|room| room.name.clone()).unwrap_or_default();
    Ok(Event {
        uid: format!("booking-{}@coresync", booking.id),
        sequence: bookings::revision(tx, booking)?,
        starts_at: booking.starts_at,
        ends_at: booking.ends_at,
        stamped_at: tx.now(),
        summary: format!("{what} at {}", club.name),
        location: format!("{room}, {}", club.address),
        description: format!("{}\n{}", booking.reference.clone().unwrap_or_default(), invited.link),
        cancelled: matches!(booking.status, Status::Cancelled | Status::NoShow),
        organizer: Party { name: club.name.clone(), email: bare_address(invited.mail_from).to_owned() },
        attendee: Party {
            name: plain_name(invited.name).unwrap_or_else(|| invited.email.to_owned()),
            email: invited.email.to_owned(),
        },
    })
}

/// The address of `Name <address>`.
fn bare_address(mailbox: &str) -> &str {
    let inner = mailbox.rsplit_once('<').map_or(mailbox, |(_, rest)| rest);
    inner.trim_end().trim_end_matches('>').trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_organizer_is_who_emails_come_from() {
        for text in ["Club <hello@club.test>", "hello@club.test", " hello@club.test "] {
            assert_eq!(bare_address(text), "hello@club.test");
        }
    }
}
