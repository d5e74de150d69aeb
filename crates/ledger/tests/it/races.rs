//! Races: the same event from many sides, the first day, and closing while others record. Two handles on the database
//! stand for two processes.

use std::sync::Arc;

use kit::db::{Caches, Dependencies, Place, Width};
use kit::encryption::Encryptor;
use kit::live::Live;
use kit::{Cents, Db, Error, Id};
use ledger::{Account, Entry, Recorded, events};
use testing::{MAX, TestClub};
use tokio::task::JoinSet;

use crate::{actor, booking, close, date, open, payment, prepaid, problems, record_new, time, trial_balance};

/// Opens the database a second time, as another process does.
async fn another(app: &TestClub) -> Db {
    let dependencies = Dependencies {
        clock: app.clock().clone(),
        live: Live::default(),
        encryptor: Encryptor::from_key(&[7; 32]).expect("32 bytes"),
        caches: Caches::default(),
    };
    let width = Width { postgres: 8, sqlite_readers: 1 };
    let db = Db::open(Place::parse(app.url()).expect("an address"), dependencies, width).await;
    let db = db.expect("the database opens");
    db.join().await.expect("a node number is free");
    db
}

/// Records entries at once, each through one of two handles in turn. Returns the results in the order of the entries.
async fn at_once(app: &TestClub, entries: Vec<Entry>) -> Vec<kit::Result<Recorded>> {
    let handles = [app.db().clone(), another(app).await];
    let mut all = JoinSet::new();
    let entries = Arc::new(entries);
    for at in 0..entries.len() {
        let (db, entries) = (handles[at % 2].clone(), entries.clone());
        all.spawn(async move {
            let recorded = db.tx(move |tx| ledger::record(tx, &entries[at])).await;
            (at, recorded)
        });
    }
    let mut results = all.join_all().await;
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, recorded)| recorded).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_event_recorded_by_many_at_once_is_one_entry() {
    let app = open().await;
    let results = at_once(&app, vec![prepaid("a", "2026-11-24T09:00:00-05:00", 5_000); 48]).await;
    let mut ids = Vec::new();
    let mut new = 0;
    for result in results {
        match result.expect("recorded") {
            Recorded::New(id) => {
                new += 1;
                ids.push(id);
            }
            Recorded::Already(id) => ids.push(id),
            Recorded::Nothing => panic!("it has a posting"),
        }
    }
    ids.dedup();
    assert_eq!((new, ids.len()), (1, 1));
    assert_eq!(trial_balance(&app, "2026-11-24").await.balance(Account::Cash), Cents(5_000));
    assert_eq!(problems(&app).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_event_with_two_contents_is_recorded_with_one_of_them() {
    let app = open().await;
    let entries = (0..24).map(|n| prepaid("a", "2026-11-24T09:00:00-05:00", 5_000 + n % 2)).collect();
    let results = at_once(&app, entries).await;
    let faults = results.iter().filter(|result| matches!(result, Err(Error::Fault(_)))).count();
    assert_eq!(faults, 12, "{results:?}");
    assert_eq!(problems(&app).await, []);
}

/// Every entry changes the same sums, and those of a few subjects in different order.
#[tokio::test(flavor = "multi_thread")]
async fn entries_that_change_the_same_sums_do_not_stop_each_other() {
    let app = open().await;
    let at = time("2026-11-24T09:00:00-05:00");
    let entry = |n: i64| {
        let parts = [booking(1 + n % 3, 1), booking(1 + (n + 1) % 3, 20), booking(1 + (n + 2) % 3, 300)];
        events::prepaid_by_card(payment(&n.to_string(), at), &parts)
            .and(events::stripe_fee(payment("", at), Cents(9)))
    };
    for result in at_once(&app, (0..96).map(entry).collect()).await {
        assert!(matches!(result, Ok(Recorded::New(_))), "{result:?}");
    }
    let trial = trial_balance(&app, "2026-11-24").await;
    assert_eq!(trial.balance(Account::Deposits), Cents(96 * 321));
    assert_eq!(trial.balance(Account::Stripe), Cents(96 * 312));
    assert_eq!(problems(&app).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_days_of_a_ledger_are_stored_once_and_without_a_gap() {
    let app = open().await;
    let entry = |n: i64| {
        let day = 10 + n * 7 % 15;
        prepaid(&n.to_string(), &format!("2026-11-{day}T09:00:00-05:00"), 1)
    };
    for result in at_once(&app, (0..45).map(entry).collect()).await {
        assert!(matches!(result, Ok(Recorded::New(_))), "{result:?}");
    }
    let days = app.db().view(|tx| ledger::business_days(tx, date("2026-01-01"), date("2026-12-31"))).await;
    let days: Vec<String> = days.expect("days").iter().map(|day| day.day.to_string()).collect();
    assert_eq!(days, (10..25).map(|day| format!("2026-11-{day}")).collect::<Vec<_>>());
    assert_eq!(problems(&app).await, []);
}

/// While one day closes, others record entries for it. Each entry is on the day and in its closing balance, or on the
/// next day.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_gets_into_a_day_while_it_closes() {
    for round in 0..6 {
        let app = open().await;
        record_new(&app, &prepaid("first", "2026-11-24T09:00:00-05:00", 1)).await;
        app.set_time("2026-11-25T10:00:00-05:00");
        let max = app.person(MAX);
        let handles = [app.db().clone(), another(&app).await];
        let mut all = JoinSet::new();
        for n in 0..40 {
            let db = handles[n % 2].clone();
            all.spawn(async move {
                if n % 13 == 6 + round {
                    let closing = db.tx(move |tx| {
                        actor(tx, max).and_then(|by| ledger::close_day(tx, &by, date("2026-11-24")))
                    });
                    return closing.await.is_ok();
                }
                let entry = prepaid(&n.to_string(), "2026-11-24T12:00:00-05:00", 1);
                let recorded = db.tx(move |tx| ledger::record(tx, &entry)).await;
                assert!(matches!(recorded, Ok(Recorded::New(_))), "{recorded:?}");
                false
            });
        }
        let results = all.join_all().await;
        let closings = results.iter().filter(|closed| **closed).count();
        assert_eq!(closings, 1, "one of several closings succeeds");
        let (closed, next) =
            (trial_balance(&app, "2026-11-24").await, trial_balance(&app, "2026-11-25").await);
        let count = i64::try_from(results.len()).expect("a count") - closings_tried(round);
        assert_eq!(next.balance(Account::Cash), Cents(1 + count));
        assert!((1..=1 + count).contains(&closed.balance(Account::Cash).0));
        assert_eq!(problems(&app).await, []);
    }
}

/// Returns how many of the 40 tasks close the day.
fn closings_tried(round: usize) -> i64 {
    i64::try_from((0..40).filter(|n| n % 13 == 6 + round).count()).expect("a count")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unexplained_amount_that_arrives_while_a_day_closes_is_on_it_or_after_it() {
    for _ in 0..6 {
        let app = open().await;
        record_new(&app, &prepaid("first", "2026-11-24T09:00:00-05:00", 1)).await;
        app.set_time("2026-11-25T10:00:00-05:00");
        let late = events::unmatched(payment("late", time("2026-11-24T12:00:00-05:00")), Cents(5));
        let other = another(&app).await;
        let recording = other.tx(move |tx| ledger::record(tx, &late));
        let (closed, recorded) = tokio::join!(close(&app, "2026-11-24"), recording);
        let Ok(Recorded::New(id)) = recorded else { panic!("{recorded:?}") };
        let entry = crate::entry(&app, id).await;
        match closed {
            Ok(()) => assert_eq!(entry.day, date("2026-11-25")),
            Err(error) => {
                assert_eq!((error.code(), entry.day), (Some("unexplained_money"), date("2026-11-24")))
            }
        }
        assert_eq!(problems(&app).await, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_reversed_once_by_many_at_once() {
    let app = open().await;
    let id = record_new(&app, &prepaid("a", "2026-11-24T09:00:00-05:00", 5_000)).await;
    let (max, mut all) = (app.person(MAX), JoinSet::new());
    for _ in 0..16 {
        let db = app.db().clone();
        all.spawn(async move {
            let reversed =
                db.tx(move |tx| actor(tx, max).and_then(|by| ledger::reverse(tx, &by, id, "Twice")));
            reversed.await.expect("reversed")
        });
    }
    let results = all.join_all().await;
    let new: Vec<&Recorded> = results.iter().filter(|one| matches!(one, Recorded::New(Id(_)))).collect();
    assert_eq!(new.len(), 1);
    assert_eq!(trial_balance(&app, "2026-11-24").await.balance(Account::Cash), Cents::ZERO);
}
