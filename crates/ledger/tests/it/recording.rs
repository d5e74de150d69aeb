//! Recording entries: each business event once, on its business day.

use kit::{Cents, Id};
use ledger::{
    Account, BusinessEvent, Entry, EventKey, EventSource, Means, Posting, Recorded, SubjectAmount, events,
};
use people::{Subject, SubjectKind};
use testing::{BEA, MAX};

use crate::{
    actor, balance, booking, close, date, entry, is_fault, open, payment, prepaid, problems, record,
    record_new, time,
};

const AT: &str = "2026-11-24T09:00:00-05:00";

#[tokio::test]
async fn a_business_event_is_recorded_once() {
    let app = open().await;
    let entry = prepaid("a", AT, 5_000);
    let id = record_new(&app, &entry).await;
    assert_eq!(record(&app, &entry).await.expect("an answer"), Recorded::Already(id));
    // Who is concerned may become known later, and when it happened is known from the first call.
    let mut later = prepaid("a", "2026-11-24T09:30:00-05:00", 5_000);
    later.postings[0].person = Some(app.person(BEA));
    assert_eq!(record(&app, &later).await.expect("an answer"), Recorded::Already(id));
    assert_eq!(balance(&app, Account::Cash, "2026-11-24").await, Cents(5_000));
    let part = Entry { event: payment("a", time(AT)), ..entry.clone() };
    let part = Entry {
        event: BusinessEvent { key: EventKey::new(EventSource::Payment, "a", "2"), ..part.event },
        ..part
    };
    assert!(matches!(record(&app, &part).await, Ok(Recorded::New(_))), "another part");
    assert_eq!(problems(&app).await, []);
}

#[tokio::test]
async fn the_same_event_with_other_postings_is_a_fault() {
    let app = open().await;
    record_new(&app, &prepaid("a", AT, 5_000)).await;
    let more = prepaid("a", AT, 5_001);
    let of_another = events::prepaid(payment("a", time(AT)), Means::Cash, &[booking(18, 5_000)]);
    let by_card = events::prepaid_by_card(payment("a", time(AT)), &[booking(17, 5_000)]);
    for other in [more, of_another, by_card] {
        assert!(is_fault(&record(&app, &other).await), "{other:?}");
    }
    assert_eq!(balance(&app, Account::Cash, "2026-11-24").await, Cents(5_000));
}

#[tokio::test]
async fn impossible_postings_are_faults_and_empty_entries_are_nothing() {
    let app = open().await;
    assert!(is_fault(&record(&app, &prepaid("a", AT, -5_000)).await));
    let to_itself = Posting::new(Account::Cash.whole(), Account::Cash.whole(), Cents(1));
    assert!(is_fault(&record(&app, &Entry::of(payment("a", time(AT))).posting(to_itself)).await));
    assert_eq!(record(&app, &prepaid("a", AT, 0)).await.expect("an answer"), Recorded::Nothing);
    assert!(matches!(record(&app, &prepaid("a", AT, 5)).await, Ok(Recorded::New(_))), "the key is free");
}

#[tokio::test]
async fn an_entry_keeps_all_that_it_was_recorded_with() {
    let app = open().await;
    let (bea, max) = (app.person(BEA), app.person(MAX));
    let part = SubjectAmount { person: Some(bea), ..booking(17, 5_000) };
    let card = Means::GiftCard(Id(3));
    let by = app.db().view(move |tx| actor(tx, max)).await.expect("a manager");
    let expected =
        events::prepaid(payment("a", time(AT)), card, &[part, booking(18, 700)]).by(&by, "Guest’s request");
    let id = record_new(&app, &expected).await;
    let stored = entry(&app, id).await;
    assert_eq!((&stored.event, &stored.postings), (&expected.event, &expected.postings));
    assert_eq!((stored.memo.as_str(), stored.by), ("Guest’s request", Some(max)));
    assert_eq!(
        (stored.day, stored.concerns, stored.recorded_at),
        (date("2026-11-24"), None, app.clock().now())
    );
    let found = app.db().view(move |tx| ledger::entry_of_event(tx, &expected.event.key)).await;
    assert_eq!(found.expect("an answer"), Some(stored));
    let left = app.db().view(|tx| {
        let card = Subject { kind: SubjectKind::GiftCard, id: Id(3) };
        ledger::subject_totals(tx, card)
    });
    let left = left.await.expect("sums");
    assert_eq!((left.len(), left[0].account, left[0].debits), (1, Account::GiftCards, Cents(5_700)));
}

#[tokio::test]
async fn an_entry_is_reversed_once() {
    let app = open().await;
    let (id, max) = (record_new(&app, &prepaid("a", AT, 5_000)).await, app.person(MAX));
    let reverse = async |id: Id| {
        app.db().tx(move |tx| actor(tx, max).and_then(|by| ledger::reverse(tx, &by, id, "Typed twice"))).await
    };
    let Recorded::New(reversal) = reverse(id).await.expect("reversed") else { panic!("not new") };
    assert_eq!(reverse(id).await.expect("an answer"), Recorded::Already(reversal));
    assert!(matches!(reverse(Id(1)).await, Err(kit::Error::NotFound)));
    let stored = entry(&app, reversal).await;
    assert_eq!(stored.postings, [entry(&app, id).await.postings[0].reversed()]);
    assert_eq!(balance(&app, Account::Cash, "2026-11-24").await, Cents::ZERO);
    assert_eq!(balance(&app, Account::Deposits, "2026-11-24").await, Cents::ZERO);
    assert_eq!(problems(&app).await, []);
}

#[tokio::test]
async fn an_entry_for_a_closed_day_is_posted_to_the_first_open_day_and_names_its_own() {
    let app = open().await;
    record_new(&app, &prepaid("a", AT, 5_000)).await;
    app.set_time("2026-11-26T10:00:00-05:00");
    close(&app, "2026-11-24").await.expect("closed");
    let late = entry(&app, record_new(&app, &prepaid("b", AT, 700)).await).await;
    assert_eq!((late.day, late.concerns), (date("2026-11-25"), Some(date("2026-11-24"))));
    let own = entry(&app, record_new(&app, &prepaid("c", "2026-11-26T09:00:00-05:00", 30)).await).await;
    assert_eq!((own.day, own.concerns), (date("2026-11-26"), None));
    close(&app, "2026-11-25").await.expect("closed");
    let later = entry(&app, record_new(&app, &prepaid("d", AT, 4)).await).await;
    assert_eq!((later.day, later.concerns), (date("2026-11-26"), Some(date("2026-11-24"))));
    for (day, cents) in
        [("2026-11-23", 0), ("2026-11-24", 5_000), ("2026-11-25", 5_700), ("2026-11-26", 5_734)]
    {
        assert_eq!(balance(&app, Account::Deposits, day).await, Cents(cents), "{day}");
    }
    assert_eq!(problems(&app).await, []);
}

#[tokio::test]
async fn each_club_has_a_ledger_of_its_own() {
    let app = open().await;
    record_new(&app, &prepaid("a", AT, 5_000)).await;
    let mut west = app.catalogue().await.club.clone();
    west.slug = "west".to_owned();
    west.hosts = vec!["west.example".to_owned()];
    let west = app.db().tx(move |tx| catalogue::add_club(tx, &west)).await.expect("a club");
    let (entry, db) = (prepaid("a", AT, 300), app.db().for_club(west));
    let recorded = db.tx(move |tx| ledger::record(tx, &entry)).await.expect("recorded");
    assert!(matches!(recorded, Recorded::New(_)), "{recorded:?}");
    let day = date("2026-11-24");
    let there = db.view(move |tx| ledger::balance(tx, Account::Cash, day)).await;
    assert_eq!(there.expect("a balance"), Cents(300));
    assert_eq!(balance(&app, Account::Cash, "2026-11-24").await, Cents(5_000));
}
