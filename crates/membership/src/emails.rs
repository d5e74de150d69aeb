//! The emails about the changes of a membership.

use jiff::civil::Date;
use kit::{AppState, Result};
use messages::{Composed, EmailTemplate, PendingNotification};
use ui::format;

use crate::event_kinds::MembershipEventKind;
use crate::events::{MembershipEvent, still_so};
use crate::lifecycle::MembershipNotification;

/// Composes the email for a notification about a membership, unless a later change has made it obsolete.
///
/// # Errors
/// Returns a fault if the database fails or the notification cannot be read.
pub async fn compose_email(app: AppState, waiting: PendingNotification) -> Result<Composed> {
    let public = app.config.public_url.clone();
    app.db
        .view(move |tx| {
            let MembershipNotification::Changed(news) = waiting.content()?;
            let event = match still_so(tx, news.event)? {
                Ok(event) => event,
                Err(why) => return Ok(Composed::Dropped(why)),
            };
            let person = people::person(tx, event.person)?;
            let catalogue = catalogue::current(tx)?;
            let Some(to) = people::mail_of(tx, person.id)? else {
                return Ok(Composed::Dropped("no verified address"));
            };
            let news = News::of(&event);
            let heading = format!("{}, {}", person.first_name, news.heading);
            let email = EmailTemplate::new(&catalogue.club, news.subject, heading).says(news.body);
            let email = email.leads_to("View membership", format!("{public}/dashboard/membership/"));
            Ok(Composed::Email(Box::new(email.to(to, None, waiting.id.to_string())?)))
        })
        .await
}

/// The texts of an email about a membership.
struct News {
    subject: String,
    heading: String,
    body: String,
}

impl News {
    /// Returns the texts for an event.
    fn of(event: &MembershipEvent) -> News {
        use MembershipEventKind::*;
        let MembershipEvent { kind, detail, .. } = event;
        let plan = detail.plan();
        let until = day(detail.until);
        let amount = format::money(detail.amount());
        let (subject, heading, body) = match kind {
            Joined => (
                format!("Welcome to {plan}"),
                format!("welcome. You’re a {plan} member as of today."),
                format!(
                    "We received {amount}. Your first month runs through {until}. Your next payment is due at the front desk \
                     after that."
                ),
            ),
            Leaves => (
                format!("Your membership ends {until}"),
                format!("your {plan} membership is set to end."),
                format!(
                    "Your benefits continue through {until}. Any visits you’ve booked after that are now at guest \
                     prices, and you can cancel them at no charge. You can change your mind until then."
                ),
            ),
            Stays => (
                "Your membership continues".to_owned(),
                format!("your {plan} membership continues."),
                "The prices of your booked visits won’t change.".to_owned(),
            ),
            ChangesDown => (
                format!("Your plan is changing to {plan}"),
                format!("your plan is changing to {plan}."),
                format!(
                    "You have {} through {until}. {plan} starts {}, at {amount} a month. Any visits you’ve booked after \
                     that are now at {plan} prices, and you can cancel them at no charge.",
                    detail.previous_plan(),
                    day(detail.until.and_then(|until| until.tomorrow().ok()))
                ),
            ),
            KeepsPlan => (
                format!("You’re staying on {plan}"),
                format!("you’re staying on {plan}."),
                "The prices of your booked visits won’t change.".to_owned(),
            ),
            Upgraded => (
                format!("You’re on {plan}"),
                format!("you’re now on {plan}."),
                format!(
                    "We received {amount}. You’re paid through {until}. Visits you’ve already booked keep their price."
                ),
            ),
            MovesOver => (
                format!("Your {plan} plan is changing"),
                format!("the terms of your {plan} plan change next billing month."),
                format!(
                    "It will cost {amount} a month. Your membership page lists the new benefits. Booked visits keep their \
                     price. If you’d rather cancel or switch plans, you can do so before then."
                ),
            ),
            DuesTaken => (
                "Membership payment received".to_owned(),
                "thank you.".to_owned(),
                format!("We received {amount} for {plan}. You’re paid through {until}."),
            ),
            Grace => (
                "Your membership payment is due".to_owned(),
                "your membership payment is due.".to_owned(),
                format!(
                    "Your membership was paid through {until}. Your benefits continue for {}. Please pay at the front desk.",
                    format::number_of(detail.days.unwrap_or_default(), "day")
                ),
            ),
            Suspended => (
                "Your membership is suspended".to_owned(),
                "your membership is suspended until your payment is made.".to_owned(),
                format!(
                    "It was paid through {until}. For now, your booked visits cost the guest price, and you can cancel them \
                     free of charge. Pay at the front desk and your benefits return."
                ),
            ),
            Ended => (
                "Your membership has ended".to_owned(),
                "your membership has ended.".to_owned(),
                format!(
                    "It was paid through {until}. The door stays open: you can still book at guest prices."
                ),
            ),
            Frozen { .. } => (
                format!("Your pause starts {}", day(detail.first_day())),
                format!("your {plan} membership will be paused."),
                format!(
                    "From {}, through {until}, there are no dues and no benefits. Any visits you’ve booked for that time are \
                     at guest prices, and you can cancel them at no charge. Later visits don’t change.",
                    day(detail.first_day())
                ),
            ),
        };
        News { subject, heading, body }
    }
}

/// Returns a date as in `December 9, 2026`.
fn day(date: Option<Date>) -> String {
    date.map(format::date).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;
    use kit::Id;

    use super::*;
    use crate::event_kinds::{ChangedFrom, MembershipEventDetail};

    fn composed(kind: MembershipEventKind) -> News {
        News::of(&MembershipEvent {
            id: Id(1),
            person: Id(2),
            at: Timestamp::UNIX_EPOCH,
            by: None,
            kind,
            detail: MembershipEventDetail {
                from: Some(ChangedFrom::Day(date(2027, 1, 10))),
                until: Some(date(2027, 3, 9)),
                cents: Some(37_500),
                ..MembershipEventDetail::of_plan("Premium")
            },
        })
    }

    #[test]
    fn an_email_states_the_plan_the_amount_and_the_date() {
        let joined = composed(MembershipEventKind::Joined);
        assert_eq!(joined.subject, "Welcome to Premium");
        assert!(joined.body.contains("$375") && joined.body.contains("March 9, 2027"), "{}", joined.body);
        let frozen = composed(MembershipEventKind::Frozen { year: 2026, months: 2 });
        assert!(frozen.body.starts_with("From January 10, 2027, through March 9, 2027"), "{}", frozen.body);
    }
}
