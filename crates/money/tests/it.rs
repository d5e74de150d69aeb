//! Charges and tax on a real database.

use axum::Router;
use kit::jobs::Handlers;
use kit::{Cents, Error, Id, Tx};
use money::{Bill, ChargeStatus, Line, LineKind};
use people::Actor;
use people::{Subject, SubjectKind};
use testing::{BEA, DORA, GUS, NOW, Player, Program, TestClub};

/// Opens the small test club without routes.
async fn open() -> TestClub {
    let nothing = |app: &kit::AppState| Program::of_routes(app, Router::new(), Handlers::default());
    TestClub::open_around(NOW, |config| config, nothing).await
}

const SUBJECT: Subject = Subject { kind: SubjectKind::Membership, id: Id(17) };

/// Returns a bill for Bea with one line per amount in cents.
fn bill(app: &TestClub, cents: &[i64]) -> Bill {
    let line = |cents: &i64| Line::new(LineKind::Goods, "item", "Item", Cents(*cents));
    let lines = cents.iter().map(line).collect();
    Bill { subject: SUBJECT, club: app.club(), person: Some(app.person(BEA)), lines }
}

fn actor(tx: &mut Tx<'_>, person: Id) -> kit::Result<Actor> {
    people::person(tx, person).map(Actor::of)
}

#[tokio::test]
async fn a_charge_with_its_tax_is_due_until_the_front_desk_settles_it() {
    let app = open().await;
    let expected = bill(&app, &[3_600, 5_200, 7_100]);
    let made = app.db().tx(move |tx| money::charge(tx, &expected)).await.expect("a charge");
    // 8% on goods: 1272 cents of 15900.
    assert_eq!((made.net, made.tax, made.status), (Cents(15_900), Cents(1_272), ChargeStatus::Due));
    let settle = async |by: Player| {
        let by = app.person(by);
        app.db().tx(move |tx| actor(tx, by).and_then(|by| money::settle(tx, &by, made.id))).await
    };
    for player in [GUS, BEA] {
        assert!(matches!(settle(player).await, Err(Error::Forbidden)), "{}", player.first_name);
    }
    settle(DORA).await.expect("it is paid");
    assert!(matches!(settle(DORA).await, Err(Error::NotFound)), "it is paid once");
    let found = app.db().view(|tx| money::charge_of(tx, SUBJECT)).await.expect("an answer");
    let (charge, lines) = found.expect("a charge");
    assert_eq!((charge.status, lines.len()), (ChargeStatus::Settled, 3));
}

#[tokio::test]
async fn a_free_charge_is_settled_at_once() {
    let app = open().await;
    let free = bill(&app, &[5_000, -5_000]);
    let made = app.db().tx(move |tx| money::charge(tx, &free)).await.expect("a charge");
    assert_eq!((made.net, made.status), (Cents::ZERO, ChargeStatus::Settled));
}

#[tokio::test]
async fn a_replaced_charge_can_be_reinstated() {
    let app = open().await;
    let (first, second) = (bill(&app, &[10_000]), bill(&app, &[2_500]));
    let counts = async || {
        let found = app.db().view(|tx| money::charge_of(tx, SUBJECT)).await.expect("an answer");
        found.map(|(charge, _)| charge.net)
    };
    app.db().tx(move |tx| money::charge(tx, &first)).await.expect("a charge");
    app.db().tx(move |tx| money::replace(tx, &second)).await.expect("another charge");
    assert_eq!(counts().await, Some(Cents(2_500)));
    assert!(app.db().tx(|tx| money::reinstate(tx, SUBJECT, None)).await.expect("an answer"));
    assert_eq!(counts().await, Some(Cents(10_000)));
}

/// The savings by discounts count once a service is completed.
#[tokio::test]
async fn savings_count_once_they_are_earned() {
    let app = open().await;
    let (discounted, person) = (bill(&app, &[20_000, -5_000]), app.person(BEA));
    app.db().tx(move |tx| money::charge(tx, &discounted)).await.expect("a charge");
    let saved = async || app.db().view(move |tx| money::saved(tx, person)).await.expect("a sum");
    assert_eq!(saved().await, Cents::ZERO);
    app.db().tx(|tx| money::earn(tx, SUBJECT)).await.expect("earned");
    assert_eq!(saved().await, Cents(5_000));
    app.db().tx(|tx| money::revert_earn(tx, SUBJECT)).await.expect("not earned");
    assert_eq!(saved().await, Cents::ZERO);
}
