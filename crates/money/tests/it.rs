//! Charges, tax, payments, and refunds on a real database, with their entries in the ledger.

#[path = "it/desk.rs"]
mod desk;
#[path = "it/tax.rs"]
mod tax;

use axum::Router;
use kit::jobs::Handlers;
use kit::{Cents, Error, Id, Tx};
use ledger::Account;
use money::{Bill, Charge, Line, LineKind, NewPayment, PaidPart, Payment, PaymentMethod, PaymentStatus, Tip};
use people::{Actor, Subject, SubjectKind};
use testing::{BEA, DORA, NOW, Player, Program, TestClub};

/// Opens the small test club without routes.
async fn open() -> TestClub {
    let nothing = |app: &kit::AppState| Program::of_routes(app, Router::new(), Handlers::default());
    TestClub::open_around(NOW, |config| config, nothing).await
}

/// A visit. This crate does not need to know more about it.
const VISIT: Subject = Subject { kind: SubjectKind::Booking, id: Id(17) };
/// A second service of the visit.
const SECOND: Subject = Subject { kind: SubjectKind::Booking, id: Id(18) };

/// Returns a bill for Bea with one line per amount in cents.
fn bill_of(app: &TestClub, subject: Subject, kind: LineKind, cents: &[i64]) -> Bill {
    let line = |cents: &i64| Line::new(kind, "item", "Item", Cents(*cents));
    let lines = cents.iter().map(line).collect();
    Bill { subject, club: app.club(), person: Some(app.person(BEA)), lines }
}

fn bill(app: &TestClub, cents: &[i64]) -> Bill {
    bill_of(app, VISIT, LineKind::Service, cents)
}

async fn charge(app: &TestClub, cents: &[i64]) -> Charge {
    let bill = bill(app, cents);
    app.db().tx(move |tx| money::charge(tx, &bill)).await.expect("a charge")
}

async fn replace(app: &TestClub, bill: Bill) -> Option<Charge> {
    app.db().tx(move |tx| money::replace(tx, &bill)).await.expect("another charge")
}

fn actor(tx: &mut Tx<'_>, person: Id) -> kit::Result<Actor> {
    people::person(tx, person).map(Actor::of)
}

/// Runs an operation as a player.
async fn run<T: Send + 'static>(
    app: &TestClub,
    by: Player,
    run: impl Fn(&mut Tx<'_>, &Actor) -> kit::Result<T> + Send + Sync + 'static,
) -> kit::Result<T> {
    let by = app.person(by);
    app.db().tx(move |tx| actor(tx, by).and_then(|by| run(tx, &by))).await
}

/// Returns a payment of all that is due for some subjects.
fn all_due(method: PaymentMethod, subjects: &[Subject]) -> NewPayment {
    let part = |subject: &Subject| PaidPart::whole(*subject);
    let (parts, slip) = (subjects.iter().map(part).collect(), "0042".to_owned());
    NewPayment { parts, method, slip, tip: Tip::default() }
}

async fn take(app: &TestClub, payment: NewPayment) -> kit::Result<Payment> {
    run(app, DORA, move |tx, by| money::take(tx, by, &payment)).await
}

async fn pay(app: &TestClub, cents: i64) -> Payment {
    let mut payment = all_due(PaymentMethod::Cash, &[VISIT]);
    payment.parts[0].amount = Some(Cents(cents));
    take(app, payment).await.expect("a payment")
}

async fn current(app: &TestClub) -> Option<Charge> {
    let found = app.db().view(|tx| money::charge_of(tx, VISIT)).await.expect("an answer");
    found.map(|(charge, _)| charge)
}

async fn status(app: &TestClub) -> Option<PaymentStatus> {
    current(app).await.map(|charge| charge.status)
}

/// Returns the balances of a subject in the ledger that are not 0.
async fn balances(app: &TestClub, subject: Subject) -> Vec<(Account, i64)> {
    let totals = app.db().view(move |tx| ledger::subject_totals(tx, subject)).await.expect("an answer");
    let all = totals.into_iter().map(|totals| (totals.account, totals.balance().0));
    all.filter(|(_, cents)| *cents != 0).collect()
}

/// Checks that the ledger has no problem and agrees with the charge of the visit.
async fn agrees(app: &TestClub) {
    let problems = app.db().view(ledger::check).await.expect("an answer");
    assert!(problems.is_empty(), "{problems:?}");
    let held = balances(app, VISIT).await;
    let balance =
        |account: Account| held.iter().find(|(one, _)| *one == account).map_or(0, |(_, cents)| *cents);
    let owed = current(app).await.map_or(0, |charge| charge.to_refund().0);
    assert_eq!(balance(Account::RefundsOwed), owed, "{held:?}");
}

/// Returns the code of the refusal with which an operation ended.
fn code<T: std::fmt::Debug>(result: kit::Result<T>) -> &'static str {
    result.expect_err("a refusal").code().expect("a refusal")
}

fn is_invalid<T>(result: &kit::Result<T>) -> bool {
    matches!(result, Err(Error::Invalid(_)))
}
