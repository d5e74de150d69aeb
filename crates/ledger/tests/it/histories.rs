//! Random histories: entries of all kinds, repeated and in any order, reversals, explanations, changes of the hour, and
//! closings. Afterward the sums are those of a recount, and the debits equal the credits.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kit::{Cents, Id, args, sql};
use ledger::{Account, BusinessEvent, Entry, EventKey, EventSource, Posting, Recorded, events};
use people::{Subject, SubjectKind};
use testing::{MAX, TestClub, Xorshift};

use crate::{actor, open, time, trial_balance};

const KINDS: [SubjectKind; 4] =
    [SubjectKind::Booking, SubjectKind::Membership, SubjectKind::GiftCard, SubjectKind::Technician];

/// Returns a random number below `most`.
fn small(rng: &mut Xorshift, most: usize) -> i64 {
    i64::try_from(rng.below(most)).expect("a small number")
}

fn side(rng: &mut Xorshift, account: Account) -> ledger::PostingSide {
    if account == Account::Unexplained || rng.below(3) == 0 {
        return account.whole();
    }
    account.of(Subject { kind: rng.of(&KINDS), id: Id(1 + small(rng, 5)) })
}

/// Returns an entry with up to five random postings.
fn random_entry(rng: &mut Xorshift, event: BusinessEvent) -> Entry {
    let mut entry = Entry::of(event);
    for _ in 0..=rng.below(5) {
        let debit = rng.of(&Account::ALL);
        let others: Vec<Account> = Account::ALL.into_iter().filter(|account| *account != debit).collect();
        let credit = rng.of(&others);
        let (debit, credit) = (side(rng, debit), side(rng, credit));
        entry = entry.posting(Posting::new(debit, credit, Cents(1 + small(rng, 100_000))));
    }
    entry
}

/// What a history knows besides the database: the entries by key, and their ids.
#[derive(Default)]
struct Model {
    entries: Vec<(Entry, Id)>,
}

async fn record(app: &TestClub, model: &mut Model, entry: Entry) {
    let written = entry.clone();
    let recorded = app.db().tx(move |tx| ledger::record(tx, &written)).await;
    match recorded.expect("recorded") {
        Recorded::New(id) => model.entries.push((entry, id)),
        Recorded::Already(id) => assert!(model.entries.iter().any(|(_, known)| *known == id)),
        Recorded::Nothing => panic!("it has postings"),
    }
}

/// Explains what is left of every unexplained entry.
async fn explain_all(app: &TestClub, model: &mut Model) {
    let open = app.db().view(|tx| ledger::open_subjects(tx, Account::Unexplained, crate::ALL)).await;
    for (at, (subject, left)) in open.expect("subjects").into_iter().enumerate() {
        let key = EventKey::new(EventSource::Explanation, subject.id, model.entries.len() + at);
        let event = BusinessEvent::new(key, app.clock().now());
        record(app, model, events::explained(event, subject.id, Account::Bank, -left)).await;
    }
}

async fn one_step(app: &TestClub, rng: &mut Xorshift, model: &mut Model) {
    let now = app.clock().now();
    let max = app.person(MAX);
    match rng.below(12) {
        0 => app.clock().set(now + SignedDuration::from_mins(small(rng, 60 * 30))),
        1 => {
            let (club, hour) = (app.club(), small(rng, 13));
            let set = app.db().tx(move |tx| {
                let by = actor(tx, max)?;
                catalogue::set_setting(tx, &by, club, catalogue::BUSINESS_DAY_HOUR, hour)
            });
            set.await.expect("set");
        }
        2 if !model.entries.is_empty() => {
            let (entry, id) = model.entries[rng.below(model.entries.len())].clone();
            let reversed = app
                .db()
                .tx(move |tx| actor(tx, max).and_then(|by| ledger::reverse(tx, &by, id, "A test")))
                .await;
            if let Recorded::New(reversal) = reversed.expect("reversed") {
                let postings = entry.postings.into_iter().map(Posting::reversed).collect();
                let key = EventKey::new(EventSource::Reversal, id, "");
                let event = BusinessEvent::new(key, now);
                model.entries.push((Entry { postings, ..Entry::of(event) }, reversal));
            }
        }
        3 if !model.entries.is_empty() => {
            let entry = model.entries[rng.below(model.entries.len())].0.clone();
            if entry.event.key.source == EventSource::Payment {
                record(app, model, entry).await;
            }
        }
        4 => {
            explain_all(app, model).await;
            let first = app.db().view(ledger::first_open_day).await.expect("an answer");
            if let Some(first) = first {
                let closed = app.db().tx(move |tx| {
                    let by = actor(tx, max)?;
                    ledger::close_day(tx, &by, first.day)
                });
                match closed.await {
                    Ok(()) => {}
                    Err(error) => assert_eq!(error.code(), Some("day_not_over"), "{error:?}"),
                }
            }
        }
        _ => {
            let at = now - SignedDuration::from_mins(small(rng, 60 * 24 * 4));
            let key = EventKey::new(EventSource::Payment, model.entries.len(), small(rng, 1_000_000));
            let entry = random_entry(rng, BusinessEvent::new(key, at));
            record(app, model, entry).await;
        }
    }
}

/// Returns the sums of the postings by account and day, counted again.
async fn recount(app: &TestClub) -> BTreeMap<(Date, Account), (i64, i64)> {
    let rows = app.db().view(|tx| {
        let rows: Vec<(Date, Account, Account, i64)> =
            tx.all(sql!("SELECT day, debit, credit, cents FROM ledger_postings"), args![])?;
        Ok(rows)
    });
    let mut sums: BTreeMap<(Date, Account), (i64, i64)> = BTreeMap::new();
    for (day, debit, credit, cents) in rows.await.expect("postings") {
        sums.entry((day, debit)).or_default().0 += cents;
        sums.entry((day, credit)).or_default().1 += cents;
    }
    sums
}

async fn check_sums(app: &TestClub, model: &Model, seed: u64) {
    let sums = recount(app).await;
    let expected: i64 =
        model.entries.iter().flat_map(|(entry, _)| &entry.postings).map(|one| one.amount.0).sum();
    assert_eq!(
        sums.values().map(|(debits, _)| debits).sum::<i64>(),
        expected,
        "seed {seed}: every entry once"
    );
    let (from, to) = (jiff::civil::date(2026, 1, 1), jiff::civil::date(2028, 1, 1));
    let days = app.db().view(move |tx| ledger::business_days(tx, from, to)).await.expect("days");
    let mut so_far: BTreeMap<Account, (i64, i64)> = BTreeMap::new();
    for day in days {
        for account in Account::ALL {
            if let Some((debits, credits)) = sums.get(&(day.day, account)) {
                let sum = so_far.entry(account).or_default();
                *sum = (sum.0 + debits, sum.1 + credits);
            }
        }
        let trial = trial_balance(app, &day.day.to_string()).await;
        let found: BTreeMap<Account, (i64, i64)> =
            trial.accounts.iter().map(|one| (one.account, (one.debits.0, one.credits.0))).collect();
        assert_eq!(found, so_far, "seed {seed}: {}", day.day);
        let (debits, credits) = trial.totals();
        assert_eq!(debits, credits, "seed {seed}: {}", day.day);
    }
    // Random postings take more from subjects than there is; every other invariant holds.
    let problems = app.db().view(ledger::check).await.expect("an answer");
    let other: Vec<_> = problems
        .iter()
        .filter(|one| {
            use ledger::Invariant::{Balanced, BusinessDays, Entries};
            [Balanced, BusinessDays, Entries].contains(&one.invariant)
        })
        .collect();
    assert!(other.is_empty(), "seed {seed}: {other:?}");
}

#[tokio::test]
async fn sums_equal_a_recount_after_random_histories() {
    for seed in 1..=6 {
        let app = open().await;
        let (mut rng, mut model) = (Xorshift::new(seed), Model::default());
        for _ in 0..60 {
            one_step(&app, &mut rng, &mut model).await;
        }
        check_sums(&app, &model, seed).await;
    }
}

/// The same events in another order give the same balances, as long as no day closes in between.
#[tokio::test]
async fn the_order_in_which_events_are_recorded_does_not_matter() {
    let mut rng = Xorshift::new(77);
    let now: Timestamp = time(testing::NOW);
    let mut entries: Vec<Entry> = (0..40)
        .map(|n| {
            let at = now - SignedDuration::from_mins(small(&mut rng, 60 * 24 * 5));
            random_entry(&mut rng, BusinessEvent::new(EventKey::new(EventSource::Payment, n, ""), at))
        })
        .collect();
    let mut results = Vec::new();
    for _ in 0..2 {
        let app = open().await;
        for entry in &entries {
            let (first, again) = (entry.clone(), entry.clone());
            app.db().tx(move |tx| ledger::record(tx, &first)).await.expect("recorded");
            app.db().tx(move |tx| ledger::record(tx, &again)).await.expect("recorded");
        }
        results.push(recount(&app).await);
        entries.reverse();
        entries.rotate_left(13);
    }
    assert_eq!(results[0], results[1]);
}
