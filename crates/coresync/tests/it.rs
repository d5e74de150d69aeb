//! The whole program over HTTP, in process: journeys, shapes, refusals, bad input, and the rails that guard the code.

#[path = "it/accounts.rs"]
mod accounts;
#[path = "it/attacks.rs"]
mod attacks;
#[path = "it/audit.rs"]
mod audit;
#[path = "it/bad_input.rs"]
mod bad_input;
#[path = "it/blocks.rs"]
mod blocks;
#[path = "it/booking_emails.rs"]
mod booking_emails;
#[path = "it/cancelling.rs"]
mod cancelling;
#[path = "it/choosing.rs"]
mod choosing;
#[path = "it/claims.rs"]
mod claims;
mod clubs;
#[path = "it/crawlers.rs"]
mod crawlers;
#[path = "it/day.rs"]
mod day;
#[path = "it/dealing.rs"]
mod dealing;
#[path = "it/delivery.rs"]
mod delivery;
#[path = "it/desk.rs"]
mod desk;
#[path = "it/docs.rs"]
mod docs;
#[path = "it/document.rs"]
mod document;
#[path = "it/emails.rs"]
mod emails;
#[path = "it/encodings.rs"]
mod encodings;
#[path = "it/front_desk.rs"]
mod front_desk;
#[path = "it/front_desk_pages.rs"]
mod front_desk_pages;
#[path = "it/guard.rs"]
mod guard;
#[path = "it/histories.rs"]
mod histories;
#[path = "it/history.rs"]
mod history;
#[path = "it/holds.rs"]
mod holds;
#[path = "it/hosts.rs"]
mod hosts;
#[path = "it/imports.rs"]
mod imports;
#[path = "it/input_order.rs"]
mod input_order;
#[path = "it/journeys.rs"]
mod journeys;
#[path = "it/layout.rs"]
mod layout;
#[path = "it/limits.rs"]
mod limits;
#[path = "it/membership_page.rs"]
mod membership_page;
#[path = "it/memberships.rs"]
mod memberships;
#[path = "it/moves.rs"]
mod moves;
#[path = "it/numbers.rs"]
mod numbers;
#[path = "it/once.rs"]
mod once;
#[path = "it/own_visits.rs"]
mod own_visits;
#[path = "it/permissions.rs"]
mod permissions;
#[path = "it/personal_data.rs"]
mod personal_data;
#[path = "it/pictures.rs"]
mod pictures;
#[path = "it/plans.rs"]
mod plans;
#[path = "it/prices.rs"]
mod prices;
#[path = "it/privacy.rs"]
mod privacy;
#[path = "it/problems.rs"]
mod problems;
#[path = "it/races.rs"]
mod races;
#[path = "it/refusals.rs"]
mod refusals;
#[path = "it/release.rs"]
mod release;
#[path = "it/same_move.rs"]
mod same_move;
#[path = "it/shapes.rs"]
mod shapes;
#[path = "it/smtp.rs"]
mod smtp;
#[path = "it/staff_api.rs"]
mod staff_api;
#[path = "it/staff_changes.rs"]
mod staff_changes;
#[path = "it/staff_jobs.rs"]
mod staff_jobs;
#[path = "it/staff_pages.rs"]
mod staff_pages;
#[path = "it/tables.rs"]
mod tables;
#[path = "it/tags.rs"]
mod tags;
#[path = "it/waitlist.rs"]
mod waitlist;
mod whole;
#[path = "it/windows.rs"]
mod windows;

use serde_json::{Value, json};
use testing::{Answer, Player, TestClub};

const CREATE: &str = "/api/bookings/create_booking/";
const MINE: &str = "/api/bookings/my_bookings/";

/// A wish for a service (by slug) on a day at a time.
async fn request_body(app: &TestClub, service: &str, date: &str, time: &str) -> Value {
    json!({"service_id": app.service(service).await, "date": date, "start_time": time})
}

/// The same with more words.
fn and(mut request_body: Value, more: Value) -> Value {
    let (Value::Object(all), Value::Object(more)) = (&mut request_body, more) else {
        panic!("wishes are objects")
    };
    all.extend(more);
    request_body
}

/// Books, whatever comes of it.
async fn try_book(app: &TestClub, by: Player, service: &str, date: &str, time: &str) -> Answer {
    app.as_(by).post(CREATE, request_body(app, service, date, time).await).await
}

/// Books.
async fn book(app: &TestClub, by: Player, service: &str, date: &str, time: &str) -> Answer {
    try_book(app, by, service, date, time).await.expect(201)
}

/// The free times of a day, as somebody sees them.
async fn search(app: &TestClub, by: Player, service: &str, date: &str) -> Answer {
    let service = app.service(service).await;
    app.as_(by)
        .get(&format!("/api/bookings/availability/?service_id={service}&date={date}"))
        .await
        .expect(200)
}

/// The starts of an answer of [`search`].
fn starts(answer: &Answer) -> Vec<&str> {
    answer.list("available_slots").iter().map(|slot| slot["start_time"].as_str().expect("a start")).collect()
}

/// `"150.00"` as cents.
#[track_caller]
fn cents(value: &Value) -> i64 {
    let text = value.as_str().unwrap_or_else(|| panic!("an amount is a text: {value}"));
    text.parse::<kit::Cents>().unwrap_or_else(|error| panic!("{text}: {error}")).0
}

/// The sum of a `why`.
#[track_caller]
fn sum(why: &Value) -> i64 {
    why.as_array().expect("a list of reasons").iter().map(|line| cents(&line["amount"])).sum()
}

/// Looks for everyone who waits, as every five minutes.
async fn look(app: &TestClub) -> u64 {
    let why = bookings::MatchWaitlist { joined: None, anyway: true };
    bookings::match_waitlist(app.db(), why).await.expect("the look works out")
}

async fn cancel(app: &TestClub, by: Player, booking: i64) -> Answer {
    app.as_(by).post(&format!("/api/bookings/{booking}/cancel_booking/"), json!({})).await
}
