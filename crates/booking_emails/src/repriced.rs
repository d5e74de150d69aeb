//! The email about the new prices of bookings, after a change of the membership with which they were booked.

use bookings::{Repriced, Repricing};
use catalogue::Catalogue;
use kit::{AppState, Result, Tx};
use messages::{Composed, EmailTemplate, PendingNotification, club_time};
use ui::format;

use crate::visits::{service_name, subject_of};

/// Composes the email which says that the prices of visits have changed.
pub(super) async fn compose(
    app: AppState,
    waiting: PendingNotification,
    repriced: Vec<Repriced>,
) -> Result<Composed> {
    let public = app.config.public_url.clone();
    app.db
        .view(move |tx| match bookings::still_repriced(tx, &repriced)? {
            Err(why) => Ok(Composed::Dropped(why)),
            Ok(repriced) => write(tx, &public, &waiting, &repriced),
        })
        .await
}

fn write(
    tx: &mut Tx<'_>,
    public: &str,
    waiting: &PendingNotification,
    repriced: &[Repricing],
) -> Result<Composed> {
    let Some((first, person)) = repriced.first().and_then(|one| Some((&one.booking, one.booking.person?)))
    else {
        return Ok(Composed::Dropped("nobody to tell"));
    };
    let Some(to) = people::mail_of(tx, person)? else {
        return Ok(Composed::Dropped("no verified address"));
    };
    let person = people::person(tx, person)?;
    let catalogue = catalogue::current(tx)?;
    let what = subject_of(&catalogue, repriced.iter().map(|one| &one.booking));
    let (heading, text) = new_price_text(!first.cancellation.is_free, repriced.len() > 1);
    let mut email = EmailTemplate::new(
        &catalogue.club,
        format!("New price: {what}"),
        format!("{}, {heading}", person.first_name),
    )
    .says(text);
    for one in repriced {
        email = with_new_price(email, &catalogue, one, repriced.len() > 1);
    }
    let email = email.leads_to("View your visit", format!("{public}/dashboard/bookings/{}/", first.id));
    Ok(Composed::Email(Box::new(email.to(to, None, waiting.id.to_string())?)))
}

/// Returns the heading and the sentence of the email about new prices.
fn new_price_text(is_restored: bool, are_several: bool) -> (&'static str, &'static str) {
    match (is_restored, are_several) {
        (true, false) => (
            "your visit is back to its original price.",
            "Your membership applies on that day, as it did when you booked.",
        ),
        (true, true) => (
            "your visits are back to their original prices.",
            "Your membership applies on those days, as it did when you booked.",
        ),
        (false, false) => (
            "the price of your visit has changed.",
            "The membership you booked it with no longer applies on that day. You can cancel it free of charge until it \
             starts.",
        ),
        (false, true) => (
            "the prices of your visits have changed.",
            "The membership you booked them with no longer applies on those days. You can cancel each of them free of \
             charge until it starts.",
        ),
    }
}

/// Adds a booking with its old and new price to the email: as several facts, or as one if there are several bookings.
fn with_new_price(
    email: EmailTemplate,
    catalogue: &Catalogue,
    one: &Repricing,
    are_several: bool,
) -> EmailTemplate {
    let booking = &one.booking;
    let what = service_name(catalogue, booking);
    let when = club_time::moment(&catalogue.club.zone, booking.starts_at);
    let number = booking.reference.clone().unwrap_or_default();
    let (from, to) = (format::money(one.from), format::money(booking.price.total()));
    if are_several {
        return email.fact(what, format!("{when}; {from} → {to}; {number}"));
    }
    email
        .fact("Service", what)
        .fact("When", when)
        .fact("Confirmation number", number)
        .fact("Old price", from)
        .fact("New price", to)
}
