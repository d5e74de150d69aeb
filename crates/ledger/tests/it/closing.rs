//! Closing business days (T15).

use kit::{Cents, Error, Id};
use ledger::{Account, BusinessEvent, EventKey, EventSource, events};
use testing::{BEA, DORA, MAX, OLA, TOM};

use crate::{
    actor, balance, close, close_as, code, date, open, payment, prepaid, problems, record_new, time,
    trial_balance,
};

const AT: &str = "2026-11-24T09:00:00-05:00";

#[tokio::test]
async fn only_managers_close_days() {
    let app = open().await;
    record_new(&app, &prepaid("a", AT, 1)).await;
    app.set_time("2026-11-25T10:00:00-05:00");
    for player in [BEA, TOM, DORA] {
        let refused = close_as(&app, player, "2026-11-24").await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{}", player.first_name);
    }
    close_as(&app, OLA, "2026-11-24").await.expect("closed");
    let day = date("2026-11-24");
    let days = app.db().view(move |tx| ledger::business_days(tx, day, day)).await.expect("days");
    assert_eq!((days[0].closed_by, days[0].closed_at), (Some(app.person(OLA)), Some(app.clock().now())));
    let rows = app.db().view(|tx| {
        let filter =
            people::AuditFilter { what: Some("day_closed".to_owned()), ..people::AuditFilter::default() };
        let owner = people::Actor::of(people::person_by_email(tx, OLA.email)?.expect("an owner"));
        people::audit(tx, &owner, &filter, crate::ALL)
    });
    let (rows, count) = rows.await.expect("the audit log");
    assert_eq!((count, rows[0].details["name"].as_str()), (1, Some("2026-11-24")));
}

#[tokio::test]
async fn a_day_closes_when_it_is_over_and_all_days_before_it_are_closed() {
    let app = open().await;
    record_new(&app, &prepaid("a", AT, 1)).await;
    assert_eq!(code(close(&app, "2026-11-24").await), "day_not_over");
    app.set_time("2026-11-25T03:59:59-05:00");
    assert_eq!(code(close(&app, "2026-11-24").await), "day_not_over");
    app.set_time("2026-11-26T04:00:00-05:00");
    assert_eq!(code(close(&app, "2026-11-25").await), "earlier_day_open");
    for outside in ["2026-11-23", "2026-12-24"] {
        assert!(matches!(close(&app, outside).await, Err(Error::NotFound)), "{outside}");
    }
    close(&app, "2026-11-24").await.expect("closed");
    assert_eq!(code(close(&app, "2026-11-24").await), "day_closed");
    close(&app, "2026-11-25").await.expect("a day without entries closes, too");
    assert_eq!(code(close(&app, "2026-11-26").await), "day_not_over");
    assert_eq!(problems(&app).await, []);
}

#[tokio::test]
async fn a_refused_day_stays_open() {
    let app = open().await;
    record_new(&app, &prepaid("a", AT, 1)).await;
    assert_eq!(code(close(&app, "2026-11-24").await), "day_not_over");
    app.set_time("2026-11-26T10:00:00-05:00");
    assert_eq!(code(close(&app, "2026-11-25").await), "earlier_day_open");
    for (id, at, day) in [("b", AT, "2026-11-24"), ("c", "2026-11-25T09:00:00-05:00", "2026-11-25")] {
        let stored = crate::entry(&app, record_new(&app, &prepaid(id, at, 1)).await).await;
        assert_eq!((stored.day, stored.concerns), (date(day), None));
    }
}

#[tokio::test]
async fn a_day_does_not_close_before_all_money_until_its_end_is_explained() {
    let app = open().await;
    let came_in = record_new(&app, &events::unmatched(payment("in", time(AT)), Cents(700))).await;
    // Together they are nothing, but neither is explained.
    let went_out = record_new(&app, &events::unmatched(payment("out", time(AT)), Cents(-700))).await;
    app.set_time("2026-11-25T10:00:00-05:00");
    record_new(&app, &events::unmatched(payment("later", time("2026-11-25T09:00:00-05:00")), Cents(9))).await;
    let explain = async |entry: Id, part: &str, account: Account, cents: i64| {
        let key = EventKey::new(EventSource::Explanation, entry, part);
        let event = BusinessEvent::new(key, app.clock().now());
        record_new(&app, &events::explained(event, entry, account, Cents(cents))).await
    };
    let refused = close(&app, "2026-11-24").await.expect_err("two entries are unexplained");
    let Error::Refused(refusal, details) = refused else { panic!("{refused:?}") };
    assert_eq!(refusal.code, "unexplained_money");
    assert_eq!(details.get(ledger::UNEXPLAINED_ENTRIES), Some(&vec![came_in, went_out]));
    explain(came_in, "", Account::Bank, 700).await;
    explain(went_out, "1", Account::StripeFees, -600).await;
    assert_eq!(code(close(&app, "2026-11-24").await), "unexplained_money");
    explain(went_out, "2", Account::Bank, -100).await;
    close(&app, "2026-11-24").await.expect("closed");
    assert_eq!(balance(&app, Account::StripeFees, "2026-11-25").await, Cents(600));
    assert_eq!(balance(&app, Account::Unexplained, "2026-11-25").await, Cents(-9));
    assert_eq!(problems(&app).await, []);
}

#[tokio::test]
async fn a_reversal_explains_an_entry_too() {
    let app = open().await;
    let (id, max) =
        (record_new(&app, &events::unmatched(payment("a", time(AT)), Cents(5))).await, app.person(MAX));
    app.set_time("2026-11-25T10:00:00-05:00");
    let reversed =
        app.db().tx(move |tx| actor(tx, max).and_then(|by| ledger::reverse(tx, &by, id, "A test")));
    reversed.await.expect("reversed");
    close(&app, "2026-11-24").await.expect("closed");
}

#[tokio::test]
async fn balances_carry_over_closed_days() {
    let app = open().await;
    for (id, at, cents) in [
        ("a", "2026-11-24T09:00:00-05:00", 1),
        ("b", "2026-11-26T09:00:00-05:00", 20),
        ("c", "2026-11-27T09:00:00-05:00", 300),
    ] {
        record_new(&app, &prepaid(id, at, cents)).await;
    }
    app.set_time("2026-11-28T10:00:00-05:00");
    let expected = [
        ("2026-11-23", 0),
        ("2026-11-24", 1),
        ("2026-11-25", 1),
        ("2026-11-26", 21),
        ("2026-11-27", 321),
        ("2026-12-24", 321),
    ];
    for closed in ["", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"] {
        if !closed.is_empty() {
            close(&app, closed).await.expect("closed");
        }
        for (day, cents) in expected {
            assert_eq!(
                balance(&app, Account::Deposits, day).await,
                Cents(cents),
                "{day}, closed until {closed}"
            );
            let trial = trial_balance(&app, day).await;
            assert_eq!(trial.balance(Account::Cash), Cents(cents), "{day}, closed until {closed}");
            assert_eq!(trial.totals(), (Cents(cents), Cents(cents)));
        }
    }
    assert_eq!(problems(&app).await, []);
}
