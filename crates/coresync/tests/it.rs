//! Tests of the whole program over HTTP, in one process: journeys, shapes of responses, refusals, bad input, and the
//! guards of the code.

#[path = "it/accounts/accounts.rs"]
mod accounts;
#[path = "it/guards/api_shapes.rs"]
mod api_shapes;
#[path = "it/accounts/attacks.rs"]
mod attacks;
#[path = "it/accounts/audit.rs"]
mod audit;
#[path = "it/api/bad_input.rs"]
mod bad_input;
#[path = "it/staff/blocks.rs"]
mod blocks;
#[path = "it/emails/booking_emails.rs"]
mod booking_emails;
#[path = "it/bookings/cancelling.rs"]
mod cancelling;
#[path = "it/pages/choosing.rs"]
mod choosing;
#[path = "it/accounts/claims.rs"]
mod claims;
#[path = "it/emails/clock.rs"]
mod clock;
#[path = "it/api/crawlers.rs"]
mod crawlers;
#[path = "it/staff/day.rs"]
mod day;
#[path = "it/members/dealing.rs"]
mod dealing;
#[path = "it/emails/delivery.rs"]
mod delivery;
#[path = "it/staff/desk.rs"]
mod desk;
#[path = "it/api/docs.rs"]
mod docs;
#[path = "it/api/document.rs"]
mod document;
#[path = "it/accounts/emails.rs"]
mod emails;
#[path = "it/api/encodings.rs"]
mod encodings;
#[path = "it/staff/front_desk.rs"]
mod front_desk;
#[path = "it/staff/front_desk_pages.rs"]
mod front_desk_pages;
#[path = "it/guards/functions.rs"]
mod functions;
#[path = "it/guards/guard.rs"]
mod guard;
#[path = "it/bookings/histories.rs"]
mod histories;
#[path = "it/bookings/history.rs"]
mod history;
#[path = "it/bookings/holds.rs"]
mod holds;
#[path = "it/api/hosts.rs"]
mod hosts;
#[path = "it/guards/imports.rs"]
mod imports;
#[path = "it/api/input_order.rs"]
mod input_order;
#[path = "it/bookings/journeys.rs"]
mod journeys;
#[path = "it/guards/layout.rs"]
mod layout;
#[path = "it/accounts/limits.rs"]
mod limits;
#[path = "it/pages/membership_page.rs"]
mod membership_page;
#[path = "it/members/memberships.rs"]
mod memberships;
#[path = "it/guards/migrations.rs"]
mod migrations;
#[path = "it/bookings/moves.rs"]
mod moves;
#[path = "it/staff/numbers.rs"]
mod numbers;
#[path = "it/guards/old_schema.rs"]
mod old_schema;
#[path = "it/api/once.rs"]
mod once;
#[path = "it/clubs/one_club.rs"]
mod one_club;
#[path = "it/pages/open_times.rs"]
mod open_times;
#[path = "it/guards/output.rs"]
mod output;
#[path = "it/emails/overtaken.rs"]
mod overtaken;
#[path = "it/staff/own_day.rs"]
mod own_day;
#[path = "it/pages/own_visits.rs"]
mod own_visits;
#[path = "it/guards/parsers.rs"]
mod parsers;
#[path = "it/staff/payment_pages.rs"]
mod payment_pages;
#[path = "it/staff/payments.rs"]
mod payments;
#[path = "it/accounts/permissions.rs"]
mod permissions;
#[path = "it/accounts/personal_data.rs"]
mod personal_data;
#[path = "it/pages/pictures.rs"]
mod pictures;
#[path = "it/guards/plain_words.rs"]
mod plain_words;
#[path = "it/members/plans.rs"]
mod plans;
#[path = "it/bookings/prices.rs"]
mod prices;
#[path = "it/accounts/privacy.rs"]
mod privacy;
#[path = "it/api/problems.rs"]
mod problems;
#[path = "it/bookings/races.rs"]
mod races;
#[path = "it/api/refusals.rs"]
mod refusals;
#[path = "it/bookings/release.rs"]
mod release;
#[path = "it/guards/replaced_words.rs"]
mod replaced_words;
#[path = "it/guards/requests.rs"]
mod requests;
#[path = "it/bookings/same_move.rs"]
mod same_move;
#[path = "it/guards/security_page.rs"]
mod security_page;
#[path = "it/guards/shape_file.rs"]
mod shape_file;
#[path = "it/api/shapes.rs"]
mod shapes;
#[path = "it/emails/smtp.rs"]
mod smtp;
#[path = "it/staff/staff_api.rs"]
mod staff_api;
#[path = "it/staff/staff_changes.rs"]
mod staff_changes;
#[path = "it/staff/staff_jobs.rs"]
mod staff_jobs;
#[path = "it/staff/staff_pages.rs"]
mod staff_pages;
#[path = "it/clubs/table_owners.rs"]
mod table_owners;
#[path = "it/clubs/tables.rs"]
mod tables;
#[path = "it/api/tags.rs"]
mod tags;
#[path = "it/guards/templates.rs"]
mod templates;
#[path = "it/clubs/two_clubs.rs"]
mod two_clubs;
#[path = "it/bookings/waitlist.rs"]
mod waitlist;
mod whole;
#[path = "it/bookings/windows.rs"]
mod windows;

use serde_json::{Value, json};
use testing::{Answer, Player, TestClub};

const CREATE: &str = "/api/bookings/create_booking/";
const MY_BOOKINGS: &str = "/api/bookings/my_bookings/";

/// Returns the body of a booking request for a service (by slug) on a date at a time.
async fn request_body(app: &TestClub, service: &str, date: &str, time: &str) -> Value {
    json!({"service_id": app.service(service).await, "date": date, "start_time": time})
}

/// Returns the body of a request with more fields.
fn and(mut request_body: Value, more: Value) -> Value {
    let (Value::Object(all), Value::Object(more)) = (&mut request_body, more) else {
        panic!("request bodies are objects")
    };
    all.extend(more);
    request_body
}

/// Sends a booking request, which may be refused.
async fn try_book(app: &TestClub, by: Player, service: &str, date: &str, time: &str) -> Answer {
    app.as_(by).post(CREATE, request_body(app, service, date, time).await).await
}

/// Books a service, and expects success.
async fn book(app: &TestClub, by: Player, service: &str, date: &str, time: &str) -> Answer {
    try_book(app, by, service, date, time).await.expect(201)
}

/// Searches the free times of a day as a person sees them.
async fn search(app: &TestClub, by: Player, service: &str, date: &str) -> Answer {
    let service = app.service(service).await;
    app.as_(by)
        .get(&format!("/api/bookings/availability/?service_id={service}&date={date}"))
        .await
        .expect(200)
}

/// Returns the start times in a response of [`search`].
fn starts(answer: &Answer) -> Vec<&str> {
    answer.list("available_slots").iter().map(|slot| slot["start_time"].as_str().expect("a start")).collect()
}

/// Parses an amount such as `"150.00"` into cents.
#[track_caller]
fn cents(value: &Value) -> i64 {
    let text = value.as_str().unwrap_or_else(|| panic!("an amount is a text: {value}"));
    text.parse::<kit::Cents>().unwrap_or_else(|error| panic!("{text}: {error}")).0
}

/// Returns the sum of the amounts of a `why` list in cents.
#[track_caller]
fn sum(why: &Value) -> i64 {
    why.as_array().expect("a list of reasons").iter().map(|line| cents(&line["amount"])).sum()
}

/// Matches everyone on the waitlist against free times, as the job that runs every five minutes does.
async fn match_waitlist(app: &TestClub) -> u64 {
    let why = bookings::MatchWaitlist { joined: None, anyway: true };
    bookings::match_waitlist(app.db(), why).await.expect("the waitlist job succeeds")
}

async fn cancel(app: &TestClub, by: Player, booking: i64) -> Answer {
    app.as_(by).post(&format!("/api/bookings/{booking}/cancel_booking/"), json!({})).await
}
