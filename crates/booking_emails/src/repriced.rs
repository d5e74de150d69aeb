//! The email about the new price of a booking, after a change of the membership with which it was booked.

use bookings::{Booking, Repriced};
use catalogue::Club;
use kit::{AppState, Cents, Result, Tx};
use messages::{Composed, EmailTemplate, PendingNotification, club_time};
use ui::format;

use crate::visits::service_name;

/// Composes the email which says that the price of a visit has changed.
pub(super) async fn compose(
    app: AppState,
    waiting: PendingNotification,
    repriced: Repriced,
) -> Result<Composed> {
    let public = app.config.public_url.clone();
    app.db
        .view(move |tx| match bookings::still_repriced(tx, &repriced)? {
            Err(why) => Ok(Composed::Dropped(why)),
            Ok(booking) => write(tx, &public, &waiting, &booking, &repriced),
        })
        .await
}

fn write(
    tx: &mut Tx<'_>,
    public: &str,
    waiting: &PendingNotification,
    booking: &Booking,
    repriced: &Repriced,
) -> Result<Composed> {
    let Some(person) = booking.person else { return Ok(Composed::Dropped("nobody to tell")) };
    let Some(to) = people::mail_of(tx, person)? else {
        return Ok(Composed::Dropped("no verified address"));
    };
    let person = people::person(tx, person)?;
    let catalogue = catalogue::current(tx)?;
    let club: &Club = &catalogue.club;
    let what = service_name(&catalogue, booking);
    let (heading, words) = if repriced.restored {
        (
            "your visit is back to its original price.",
            "Your membership applies on that day, as it did when you booked.",
        )
    } else {
        (
            "the price of your visit has changed.",
            "The membership you booked it with no longer applies on that day. You can cancel it free of charge until it \
             starts.",
        )
    };
    let email =
        EmailTemplate::new(club, format!("New price: {what}"), format!("{}, {heading}", person.first_name))
            .says(words)
            .fact("Service", what)
            .fact("When", club_time::moment(&club.zone, booking.starts_at))
            .fact("Confirmation number", booking.reference.clone().unwrap_or_default())
            .fact("Old price", format::money(Cents(repriced.from)))
            .fact("New price", format::money(booking.total()))
            .leads_to("View your visit", format!("{public}/dashboard/bookings/{}/", booking.id));
    Ok(Composed::Email(Box::new(email.to(to, None, waiting.id.to_string())?)))
}
