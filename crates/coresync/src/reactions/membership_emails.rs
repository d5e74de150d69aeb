//! The emails about a membership: its changes, and how they change the prices of bookings.

use bookings::{Booking, Repriced};
use catalogue::Club;
use jiff::civil::Date;
use kit::{AppState, Cents, Fault, Result, Tx};
use membership::{MembershipEvent, MembershipNews};
use messages::{Composed, PendingNotification};
use serde_json::Value;
use ui::format;

use super::booking_emails::service_name;
use super::club_time;
use super::email_template::EmailTemplate;

/// Composes the email about a change of a membership.
pub(super) async fn compose(app: AppState, waiting: PendingNotification) -> Result<Composed> {
    let public = app.config.public_url.clone();
    app.db
        .view(move |tx| {
            let news: MembershipNews = serde_json::from_str(&waiting.data).map_err(Fault::because)?;
            let event = match membership::still_so(tx, news.event)? {
                Ok(event) => event,
                Err(why) => return Ok(Composed::Dropped(why)),
            };
            let person = people::person(tx, event.person)?;
            let catalogue = catalogue::current(tx)?;
            let Some(to) = people::mail_of(tx, person.id)? else {
                return Ok(Composed::Dropped("no verified address"));
            };
            let Some(news) = News::of(&event) else { return Ok(Composed::Dropped("nothing to tell")) };
            let heading = format!("{}, {}", person.first_name, news.heading);
            let email = EmailTemplate::new(&catalogue.club, news.subject, heading).says(news.words);
            let email = email.leads_to("View membership", format!("{public}/dashboard/membership/"));
            Ok(Composed::Email(Box::new(email.to(to, None, waiting.id.to_string())?)))
        })
        .await
}

/// The texts of an email about a membership.
struct News {
    subject: String,
    heading: String,
    words: String,
}

impl News {
    /// Returns the texts for an event, or `None` if the member is not notified about it.
    fn of(event: &MembershipEvent) -> Option<News> {
        let MembershipEvent { what, detail, .. } = event;
        let text = |name: &str| detail.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let plan = text("plan");
        let until = day(&text("until"));
        let amount = format::money(Cents(detail.get("cents").and_then(Value::as_i64).unwrap_or_default()));
        let (subject, heading, words) = match what.as_str() {
            "joined" => (
                format!("Welcome to {plan}"),
                format!("welcome. You’re a {plan} member as of today."),
                format!(
                    "We received {amount}. Your first month runs through {until}. Your next payment is due at the front desk \
                     after that."
                ),
            ),
            "leaves" => (
                format!("Your membership ends {until}"),
                format!("your {plan} membership is set to end."),
                format!(
                    "Your benefits continue through {until}. Visits you’ve booked for later now cost the guest price, \
                     and you can cancel them free of charge. You can change your mind until then."
                ),
            ),
            "stays" => (
                "Your membership continues".to_owned(),
                format!("your {plan} membership continues."),
                "Your booked visits keep their agreed prices.".to_owned(),
            ),
            "changes_down" => (
                format!("Your plan changes to {plan}"),
                format!("your plan changes to {plan}."),
                format!(
                    "You keep {} through {until}. {plan} starts {}, at {amount} a month. Visits you’ve booked for later are \
                     priced on {plan}, and you can cancel them free of charge.",
                    text("from"),
                    next_day(&text("until"))
                ),
            ),
            "keeps_plan" => (
                format!("You keep {plan}"),
                format!("you keep {plan}."),
                "Your booked visits keep their agreed prices.".to_owned(),
            ),
            "upgraded" => (
                format!("You’re on {plan}"),
                format!("you’re now on {plan}."),
                format!(
                    "We received {amount}. You’re paid through {until}. Visits you’ve already booked keep their price."
                ),
            ),
            "moves_over" => (
                format!("Your {plan} plan is changing"),
                format!("the terms of your {plan} plan change next billing month."),
                format!(
                    "It will cost {amount} a month. Your membership page lists the new benefits. Booked visits keep their \
                     price. If you’d rather cancel or switch plans, you can do so before then."
                ),
            ),
            "dues_taken" => (
                "Membership payment received".to_owned(),
                "thank you.".to_owned(),
                format!("We received {amount} for {plan}. You’re paid through {until}."),
            ),
            "grace" => (
                "Your membership payment is due".to_owned(),
                "your membership payment is due.".to_owned(),
                format!(
                    "Your membership was paid through {until}. Your benefits continue for {} days. Please pay at the front desk.",
                    detail.get("days").and_then(Value::as_i64).unwrap_or_default()
                ),
            ),
            "suspended" => (
                "Your membership is suspended".to_owned(),
                "your membership is suspended until your payment is made.".to_owned(),
                format!(
                    "It was paid through {until}. For now, your booked visits cost the guest price, and you can cancel them \
                     free of charge. Pay at the front desk and your benefits return."
                ),
            ),
            "ended" => (
                "Your membership has ended".to_owned(),
                "your membership has ended.".to_owned(),
                format!(
                    "It was paid through {until}. The door stays open: you can still book at guest prices."
                ),
            ),
            frozen if frozen.starts_with("frozen_") => (
                "Your membership is paused".to_owned(),
                format!("your {plan} membership is paused."),
                format!(
                    "From {}, through {until}, there are no dues and no benefits. Visits booked for that time cost the guest \
                     price, and you can cancel them free of charge. Later visits don’t change.",
                    day(&text("from"))
                ),
            ),
            _ => return None,
        };
        Some(News { subject, heading, words })
    }
}

/// Returns a date as in `December 9, 2026`.
fn day(date: &str) -> String {
    date.parse().map(format::date).unwrap_or_default()
}

/// Returns the day after a date, as [`day`] writes it.
fn next_day(date: &str) -> String {
    date.parse::<Date>().and_then(Date::tomorrow).map(format::date).unwrap_or_default()
}

/// Composes the email which says that the price of a visit has changed.
pub(super) async fn compose_repriced(app: AppState, waiting: PendingNotification) -> Result<Composed> {
    let public = app.config.public_url.clone();
    app.db
        .view(move |tx| match bookings::still_repriced(tx, &waiting.data)? {
            Err(why) => Ok(Composed::Dropped(why)),
            Ok((booking, job)) => write_repriced(tx, &public, &waiting, &booking, &job),
        })
        .await
}

fn write_repriced(
    tx: &mut Tx<'_>,
    public: &str,
    waiting: &PendingNotification,
    booking: &Booking,
    job: &Repriced,
) -> Result<Composed> {
    let Some(person) = booking.person else { return Ok(Composed::Dropped("nobody to tell")) };
    let Some(to) = people::mail_of(tx, person)? else {
        return Ok(Composed::Dropped("no verified address"));
    };
    let person = people::person(tx, person)?;
    let catalogue = catalogue::current(tx)?;
    let club: &Club = &catalogue.club;
    let what = service_name(&catalogue, booking);
    let (heading, words) = if job.restored {
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
            .fact("Old price", format::money(Cents(job.from)))
            .fact("New price", format::money(booking.price.total()))
            .leads_to("View your visit", format!("{public}/dashboard/bookings/{}/", booking.id));
    Ok(Composed::Email(Box::new(email.to(to, None, waiting.id.to_string())?)))
}
