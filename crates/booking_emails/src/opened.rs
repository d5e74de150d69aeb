//! The email about a time that has opened for a person on the waitlist.

use bookings::Opened;
use kit::{AppState, Result};
use messages::{Composed, EmailTemplate, PendingNotification, club_time};
use people::NotificationKind;

/// Composes the email which says that a time someone waits for is free, if it still is.
pub(super) async fn compose(app: AppState, waiting: PendingNotification, opened: Opened) -> Result<Composed> {
    let public = app.config.public_url.clone();
    app.db
        .view(move |tx| {
            let wait = match bookings::still_open(tx, &opened)? {
                Ok(wait) => wait,
                Err(why) => return Ok(Composed::Dropped(why)),
            };
            let Some(to) = people::mail_of(tx, wait.person)? else {
                return Ok(Composed::Dropped("no verified address"));
            };
            if !people::wants(tx, wait.person, NotificationKind::Waitlist)? {
                return Ok(Composed::Dropped("unsubscribed"));
            }
            let (person, catalogue) = (people::person(tx, wait.person)?, catalogue::current(tx)?);
            let service = catalogue.service(wait.service);
            let what = service.map(|service| service.name.clone()).unwrap_or_default();
            let slug = service.map(|service| service.slug.clone()).unwrap_or_default();
            let token = people::unsubscribe_token(tx, person.id, NotificationKind::Waitlist)?;
            let heading = format!("{}, a time you asked about is open.", person.first_name);
            let path = format!("{public}/book/?service={slug}&at={}", opened.starts_at);
            let mail = EmailTemplate::new(&catalogue.club, format!("Open now: {what}"), heading)
                .says("It isn’t held, so book soon.")
                .fact("Service", what)
                .fact("When", club_time::moment(&catalogue.club.zone, opened.starts_at))
                .leads_to("See the time", path)
                .ends_at(format!("{public}/unsubscribe/?token={token}"))
                .to(to, None, waiting.id.to_string())?;
            Ok(Composed::Email(Box::new(mail)))
        })
        .await
}
