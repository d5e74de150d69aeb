//! The letters about a membership: what became of it, and what it does to what is booked.

use bookings::Repriced;
use catalogue::Club;
use jiff::civil::Date;
use kit::{Cents, House, Id, Result, Tx};
use membership::Event;
use serde_json::Value;

use super::letter::Letter;
use super::letters::spoken;

/// Tells somebody what became of their membership.
pub(super) async fn tell(house: House, event: Id) -> Result<()> {
    let public = house.config.public_url.clone();
    house
        .db
        .tx(move |tx| {
            let event = membership::event(tx, event)?;
            let person = people::person(tx, event.person)?;
            let (catalogue, now) = (catalogue::current(tx)?, tx.now());
            let (Some(to), Some(news)) = (people::mail_of(tx, person.id)?, News::of(&event)) else {
                return Ok(());
            };
            let heading = format!("{}, {}", person.first_name, news.heading);
            let letter = Letter::new(&catalogue.club, news.subject, heading).says(news.words);
            let letter = letter.leads_to("See your membership", format!("{public}/dashboard/membership/"));
            tx.enqueue(&letter.to(to, None)?, now)
        })
        .await
}

/// What a letter about a membership says.
struct News {
    subject: String,
    heading: String,
    words: String,
}

impl News {
    /// What there is to say of an event; nothing for what was only noted.
    fn of(event: &Event) -> Option<News> {
        let Event { what, detail, .. } = event;
        let text = |name: &str| detail.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let plan = text("plan");
        let until = day(&text("until"));
        let amount = Cents(detail.get("cents").and_then(Value::as_i64).unwrap_or_default());
        let (subject, heading, words) = match what.as_str() {
            "joined" => (
                format!("Welcome: {plan}"),
                format!("you are a {plan} member from today on."),
                format!(
                    "${amount} is paid. The first month is paid until {until}, and goes on by itself after that."
                ),
            ),
            "leaves" => (
                "Your membership ends".to_owned(),
                format!("your {plan} membership ends."),
                format!(
                    "You have everything it gives until {until}. What you booked for later costs the list price from now \
                     on, and you may cancel it without cost. Until then you can take leaving back."
                ),
            ),
            "stays" => (
                "Your membership goes on".to_owned(),
                format!("your {plan} membership goes on."),
                "What you booked costs what was agreed.".to_owned(),
            ),
            "changes_down" => (
                format!("Your plan changes to {plan}"),
                format!("your plan changes to {plan}."),
                format!(
                    "{} stays until {until}. {plan} begins the day after, at ${amount} a month. What you booked for later \
                     is priced by it, and you may cancel that without cost.",
                    text("from")
                ),
            ),
            "keeps_plan" => (
                format!("You keep {plan}"),
                format!("you keep {plan}."),
                "What you booked costs what was agreed.".to_owned(),
            ),
            "upgraded" => (
                format!("You have {plan}"),
                format!("you have {plan} from now on."),
                format!(
                    "${amount} is paid for the time until {until}. What you booked before keeps its price."
                ),
            ),
            "moves_over" => (
                format!("{plan} changes"),
                format!("the terms of {plan} change with your next billing month."),
                format!(
                    "It costs ${amount} a month then. The page of your membership says what it gives. What is booked keeps \
                     its price. If you would rather leave or change plan, you can until then."
                ),
            ),
            "dues_taken" => (
                "Paid: your membership".to_owned(),
                "thank you.".to_owned(),
                format!("${amount} is paid for {plan}, until {until}."),
            ),
            "grace" => (
                "Your membership is not paid yet".to_owned(),
                "your dues are open.".to_owned(),
                format!(
                    "Your membership was paid until {until}. Everything it gives stays for {} days. Please pay at the desk.",
                    detail.get("days").and_then(Value::as_i64).unwrap_or_default()
                ),
            ),
            "suspended" => (
                "Your membership rests".to_owned(),
                "your membership rests until its dues are paid.".to_owned(),
                format!(
                    "It was paid until {until}. What you booked costs the list price for now, and you may cancel it without \
                     cost. Pay at the desk, and everything is as before."
                ),
            ),
            "ended" => (
                "Your membership has ended".to_owned(),
                "your membership has ended.".to_owned(),
                format!("It was paid until {until}. The door stays open: you book at list price."),
            ),
            frozen if frozen.starts_with("frozen_") => (
                "Your membership is frozen".to_owned(),
                format!("your {plan} membership rests for a while."),
                format!(
                    "From {} to {until} there are no dues and no benefits. What you booked for that time costs the list \
                     price, and you may cancel it without cost. What you booked for later stays as it is.",
                    day(&text("from"))
                ),
            ),
            _ => return None,
        };
        Some(News { subject, heading, words })
    }
}

/// `9 December 2026`
fn day(date: &str) -> String {
    date.parse::<Date>().map(|date| date.strftime("%-d %B %Y").to_string()).unwrap_or_default()
}

/// Tells a guest that a visit costs something else.
pub(super) async fn repriced(house: House, job: Repriced) -> Result<()> {
    let public = house.config.public_url.clone();
    house.db.tx(move |tx| write_repriced(tx, &public, &job)).await
}

fn write_repriced(tx: &mut Tx<'_>, public: &str, job: &Repriced) -> Result<()> {
    let booking = bookings::read(tx, job.booking)?.booking;
    let Some(person) = booking.person else { return Ok(()) };
    let Some(to) = people::mail_of(tx, person)? else { return Ok(()) };
    let person = people::person(tx, person)?;
    let catalogue = catalogue::current(tx)?;
    let club: &Club = &catalogue.club;
    let what = catalogue.service(booking.service).map(|service| service.name.clone()).unwrap_or_default();
    let (heading, words) = if job.restored {
        ("your visit costs what was agreed again.", "Your membership counts on its day, as when you booked.")
    } else {
        (
            "your visit costs something else now.",
            "The membership that you booked it with does not count on its day any more. You may cancel it without cost \
             until it begins.",
        )
    };
    let when = spoken(&club.zone, booking.starts_at, "%A %-d %B %Y, %H:%M");
    let letter = Letter::new(club, format!("New price: {what}"), format!("{}, {heading}", person.first_name))
        .says(words)
        .fact("What", what)
        .fact("When", when)
        .fact("Number", booking.reference.clone().unwrap_or_default())
        .fact("Before", format!("${}", Cents(job.from)))
        .fact("Now", format!("${}", booking.total()))
        .leads_to("See your visit", format!("{public}/dashboard/bookings/{}/", booking.id));
    let now = tx.now();
    tx.enqueue(&letter.to(to, None)?, now)
}
