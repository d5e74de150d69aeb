//! The ledger on a real database: recording, business days, closing, races, and the table of docs/ledger.md.

#[path = "it/append_only.rs"]
mod append_only;
#[path = "it/closing.rs"]
mod closing;
#[path = "it/days.rs"]
mod days;
#[path = "it/histories.rs"]
mod histories;
#[path = "it/races.rs"]
mod races;
#[path = "it/reading.rs"]
mod reading;
#[path = "it/recording.rs"]
mod recording;
#[path = "it/table.rs"]
mod table;

use axum::Router;
use jiff::Timestamp;
use jiff::civil::Date;
use kit::jobs::Handlers;
use kit::web::Paging;
use kit::{Cents, Error, Id, Tx};
use ledger::{
    Account, BusinessEvent, Entry, EventKey, EventSource, LedgerProblem, Recorded, SubjectAmount,
    TrialBalance,
};
use people::{Actor, Subject, SubjectKind};
use testing::{MAX, NOW, Player, Program, TestClub};

/// A page that holds everything that a test writes.
const ALL: Paging = Paging { page: 1, size: 500 };

/// Opens the small test club without routes.
async fn open() -> TestClub {
    let nothing = |app: &kit::AppState| Program::of_routes(app, Router::new(), Handlers::default());
    TestClub::open_around(NOW, |config| config, nothing).await
}

/// Returns a time such as `2026-11-24T10:00:00-05:00`.
fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// Returns a date such as `2026-11-24`.
fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

/// Returns the booking with an id, without a person, and an amount in cents.
fn booking(id: i64, cents: i64) -> SubjectAmount {
    let subject = Subject { kind: SubjectKind::Booking, id: Id(id) };
    SubjectAmount { subject, person: None, amount: Cents(cents) }
}

/// Returns the event of a payment with an id.
fn payment(id: &str, at: Timestamp) -> BusinessEvent {
    BusinessEvent::new(EventKey::new(EventSource::Payment, id, ""), at)
}

/// Returns the entry of a booking that was prepaid in cash.
fn prepaid(id: &str, at: &str, cents: i64) -> Entry {
    ledger::events::prepaid(payment(id, time(at)), ledger::Means::Cash, &[booking(17, cents)])
}

async fn record(app: &TestClub, entry: &Entry) -> kit::Result<Recorded> {
    let entry = entry.clone();
    app.db().tx(move |tx| ledger::record(tx, &entry)).await
}

/// Records an entry that must be new, and returns its id.
async fn record_new(app: &TestClub, entry: &Entry) -> Id {
    match record(app, entry).await {
        Ok(Recorded::New(id)) => id,
        other => panic!("{other:?}"),
    }
}

fn actor(tx: &mut Tx<'_>, person: Id) -> kit::Result<Actor> {
    people::person(tx, person).map(Actor::of)
}

async fn close_as(app: &TestClub, by: Player, day: &str) -> kit::Result<()> {
    let (by, day) = (app.person(by), date(day));
    app.db().tx(move |tx| actor(tx, by).and_then(|by| ledger::close_day(tx, &by, day))).await
}

async fn close(app: &TestClub, day: &str) -> kit::Result<()> {
    close_as(app, MAX, day).await
}

/// Returns the code of the refusal with which an operation ended.
fn code<T: std::fmt::Debug>(result: kit::Result<T>) -> &'static str {
    result.expect_err("a refusal").code().expect("a refusal")
}

fn is_fault<T>(result: &kit::Result<T>) -> bool {
    matches!(result, Err(Error::Fault(_)))
}

async fn problems(app: &TestClub) -> Vec<LedgerProblem> {
    app.db().view(ledger::check).await.expect("an answer")
}

async fn trial_balance(app: &TestClub, day: &str) -> TrialBalance {
    let day = date(day);
    app.db().view(move |tx| ledger::trial_balance(tx, day)).await.expect("an answer")
}

async fn balance(app: &TestClub, account: Account, day: &str) -> Cents {
    let day = date(day);
    app.db().view(move |tx| ledger::balance(tx, account, day)).await.expect("an answer")
}

async fn entry(app: &TestClub, id: Id) -> ledger::RecordedEntry {
    app.db().view(move |tx| ledger::entry(tx, id)).await.expect("an answer").expect("an entry")
}
