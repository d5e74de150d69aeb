//! The emails about bookings and the waitlist. What an email is about is read again when the email is composed, so that
//! no email says something that is no longer true.

mod opened;
mod repriced;
mod visits;

use bookings::BookingNotification;
use kit::{AppState, Result};
use messages::{Composed, PendingNotification};

/// Composes the email for a notification about bookings or the waitlist, unless it is no longer true.
///
/// # Errors
/// Returns a fault if the database fails or the notification cannot be read.
pub async fn compose_email(app: AppState, waiting: PendingNotification) -> Result<Composed> {
    match waiting.content()? {
        BookingNotification::Visit(news) => visits::compose(app, waiting, news).await,
        BookingNotification::Repriced(news) => repriced::compose(app, waiting, news).await,
        BookingNotification::Opened(news) => opened::compose(app, waiting, news).await,
    }
}

#[cfg(test)]
mod tests {
    use bookings::BookingNews;
    use jiff::Timestamp;
    use kit::Id;
    use kit::notifications::RecipientRole;

    use super::*;

    fn waiting(kind: &str, data: &str) -> PendingNotification {
        PendingNotification {
            id: Id(1),
            subject_kind: "booking".to_owned(),
            subject: Id(2),
            recipient: RecipientRole::Owner,
            kind: kind.to_owned(),
            data: data.to_owned(),
            person: None,
            created_at: Timestamp::UNIX_EPOCH,
            attempt: 1,
            club: Id(0),
        }
    }

    /// The names and the data are in the database, where rows of older versions may wait.
    #[test]
    fn each_notification_kind_is_parsed_from_its_row() {
        let visit = r#"{"bookings": [{"booking": 7, "event": 8, "starts_at": "2026-11-27T19:00:00Z"}]}"#;
        for (kind, news) in [
            ("bookings.confirmed", BookingNews::Confirmed),
            ("bookings.moved", BookingNews::Moved),
            ("bookings.cancelled", BookingNews::Cancelled),
            ("bookings.missed", BookingNews::Missed),
            ("bookings.offered", BookingNews::Offered),
            ("bookings.first_reminder", BookingNews::FirstReminder),
            ("bookings.last_reminder", BookingNews::LastReminder),
        ] {
            match waiting(kind, visit).content() {
                Ok(BookingNotification::Visit(found)) => assert_eq!(found.kind, news),
                other => panic!("{kind}: {other:?}"),
            }
        }
        // A single booking is from before one notification covered a series or visit.
        for data in [
            r#"{"booking": 7, "from": 20000, "restored": false}"#,
            r#"[{"booking": 7, "from": 20000, "restored": false}]"#,
        ] {
            let content = waiting("bookings.repriced", data).content();
            assert!(
                matches!(&content, Ok(BookingNotification::Repriced(found)) if found[0].from == 20_000),
                "{content:?}"
            );
        }
        let opened = waiting("bookings.opened", r#"{"wait": 7, "starts_at": "2026-11-27T19:00:00Z"}"#);
        assert!(matches!(opened.content(), Ok(BookingNotification::Opened(found)) if found.wait == Id(7)));
        for (kind, data) in [("bookings.lost", visit), ("bookings.confirmed", r#"{"x": 1}"#)] {
            assert!(waiting(kind, data).content::<BookingNotification>().is_err(), "{kind}");
        }
    }

    #[test]
    fn a_notification_round_trips_through_its_stored_form() {
        let data = r#"[{"booking":7,"from":20000,"restored":true}]"#;
        let content: BookingNotification = waiting("bookings.repriced", data).content().expect("a content");
        let written = kit::Notification::new(
            &content,
            kit::notifications::SubjectRef { kind: "booking", id: Id(7) },
            None,
        )
        .expect("a notification");
        assert_eq!((written.kind.as_str(), written.data.as_str()), ("bookings.repriced", data));
    }
}
