//! Bookings as calendar events, for emails and for the calendar files of visit pages.

use bookings::{Booking, Status};
use catalogue::Catalogue;
use kit::text::plain_name;
use kit::{Result, Tx};
use messages::calendar::{Event, Party};

/// The recipient of a calendar file, and the link and the organizer of its event.
#[derive(Debug)]
pub struct Invited<'i> {
    /// The name of the guest.
    pub name: &'i str,
    /// The email address of the guest.
    pub email: &'i str,
    /// The URL of the page of the visit.
    pub link: &'i str,
    /// The sender of our emails. The organizer gets the same address, because calendar programs trust an invitation
    /// only if they match.
    pub mail_from: &'i str,
}

/// Converts a booking into a calendar event. Its `SEQUENCE` is the revision of the booking, so that all files of the
/// same state have the same one (N6).
///
/// # Errors
/// Returns a fault if the database fails.
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
        description: match &booking.reference {
            Some(reference) => format!("Confirmation number {reference}\n{}", invited.link),
            None => invited.link.to_owned(),
        },
        cancelled: matches!(booking.status, Status::Cancelled | Status::NoShow),
        organizer: Party { name: club.name.clone(), email: bare_address(invited.mail_from).to_owned() },
        attendee: Party {
            name: plain_name(invited.name).unwrap_or_else(|| invited.email.to_owned()),
            email: invited.email.to_owned(),
        },
    })
}

/// Returns the email address of a mailbox: `address` for `Name <address>`.
fn bare_address(mailbox: &str) -> &str {
    let inner = mailbox.rsplit_once('<').map_or(mailbox, |(_, rest)| rest);
    inner.trim_end().trim_end_matches('>').trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_organizer_is_the_sender_address() {
        for text in ["Club <hello@club.test>", "hello@club.test", " hello@club.test "] {
            assert_eq!(bare_address(text), "hello@club.test");
        }
    }
}
