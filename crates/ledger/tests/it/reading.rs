//! Reading: entries, statements, sums by subject, the export of personal data, and what the check finds.

use kit::web::Paging;
use kit::{Cents, Id, args, sql};
use ledger::{Account, EntrySpan, Invariant, Means, events};
use people::{Subject, SubjectKind};
use testing::{BEA, TestClub};

use crate::{ALL, booking, open, payment, prepaid, problems, record_new, time};

/// Records a payment of one booking on each of five days: 1, 20, 300, 4,000, and 50,000 cents.
async fn five_days(app: &TestClub) -> Vec<Id> {
    let mut ids = Vec::new();
    for (n, cents) in [1, 20, 300, 4_000, 50_000].into_iter().enumerate() {
        let at = time(&format!("2026-11-2{n}T09:00:00-05:00"));
        let parts = [booking(i64::try_from(n).expect("a number"), cents)];
        ids.push(record_new(app, &events::prepaid(payment(&n.to_string(), at), Means::Cash, &parts)).await);
    }
    ids
}

const SPAN: EntrySpan =
    EntrySpan { from: jiff::civil::date(2026, 11, 21), to: jiff::civil::date(2026, 11, 23) };

#[tokio::test]
async fn entries_are_listed_by_page_the_latest_first() {
    let app = open().await;
    let ids = five_days(&app).await;
    let page = async |page: usize, size: usize| {
        let listed = app.db().view(move |tx| ledger::entries(tx, SPAN, Paging { page, size })).await;
        let (entries, total) = listed.expect("entries");
        assert!(entries.iter().all(|entry| entry.postings.len() == 1));
        (entries.into_iter().map(|entry| entry.id).collect::<Vec<_>>(), total)
    };
    assert_eq!(page(1, 2).await, (vec![ids[3], ids[2]], 3));
    assert_eq!(page(2, 2).await, (vec![ids[1]], 3));
    assert_eq!(page(3, 2).await, (vec![], 3));
}

#[tokio::test]
async fn a_statement_has_the_balance_after_each_posting() {
    let app = open().await;
    five_days(&app).await;
    let back =
        events::refund_sent(payment("b", time("2026-11-22T10:00:00-05:00")), Means::Cash, &[booking(2, 200)]);
    record_new(&app, &back).await;
    for account in [Account::Cash, Account::Deposits] {
        let page = async |page: usize, size: usize| {
            let read = app.db().view(move |tx| ledger::statement(tx, account, SPAN, Paging { page, size }));
            let statement = read.await.expect("a statement");
            let balances: Vec<i64> = statement.lines.iter().map(|line| line.balance.0).collect();
            (statement.opening.0, balances, statement.total)
        };
        let (all, total) = match account {
            Account::Cash => (vec![21, 321, 121, 4_121], 4),
            _ => (vec![21, 321, 4_321], 3),
        };
        assert_eq!(page(1, 10).await, (1, all.clone(), total), "{account:?}");
        assert_eq!(page(2, 2).await, (321, all[2..].to_vec(), total), "{account:?}");
    }
    let by_day = app.db().view(|tx| ledger::account_by_day(tx, Account::Cash, (SPAN.from, SPAN.to))).await;
    let by_day: Vec<(String, i64, i64)> =
        by_day.expect("sums").iter().map(|one| (one.day.to_string(), one.debits.0, one.credits.0)).collect();
    let day = |day: &str, debits: i64, credits: i64| (day.to_owned(), debits, credits);
    assert_eq!(by_day, [day("2026-11-21", 20, 0), day("2026-11-22", 300, 200), day("2026-11-23", 4_000, 0)]);
}

#[tokio::test]
async fn sums_by_subject_show_what_is_open() {
    let app = open().await;
    five_days(&app).await;
    let at = time("2026-11-24T10:00:00-05:00");
    record_new(&app, &events::rest_to_be_refunded(payment("rest", at), booking(2, 300))).await;
    record_new(&app, &events::rest_to_be_refunded(payment("part", at), booking(4, 10))).await;
    let open_in = async |account: Account, paging: Paging| {
        let open =
            app.db().view(move |tx| ledger::open_subjects(tx, account, paging)).await.expect("subjects");
        open.into_iter().map(|(subject, cents)| (subject.id.0, cents.0)).collect::<Vec<_>>()
    };
    assert_eq!(open_in(Account::Deposits, ALL).await, [(0, 1), (1, 20), (3, 4_000), (4, 49_990)]);
    assert_eq!(open_in(Account::Deposits, Paging { page: 2, size: 3 }).await, [(4, 49_990)]);
    assert_eq!(open_in(Account::RefundsOwed, ALL).await, [(2, 300), (4, 10)]);
    let four = booking(4, 0).subject;
    let left = app.db().view(move |tx| ledger::subject_balance(tx, Account::Deposits, four)).await;
    assert_eq!(left.expect("a balance"), Cents(49_990));
    let nobody = Subject { kind: SubjectKind::Membership, id: Id(4) };
    let left = app.db().view(move |tx| ledger::subject_balance(tx, Account::Deposits, nobody)).await;
    assert_eq!(left.expect("a balance"), Cents::ZERO);
    let entries = app.db().view(move |tx| ledger::entries_of(tx, four)).await.expect("entries");
    assert_eq!(entries.iter().map(|entry| entry.event.key.id.as_str()).collect::<Vec<_>>(), ["4", "part"]);
}

#[tokio::test]
async fn a_gift_card_that_pays_is_a_subject_of_its_own() {
    let app = open().await;
    let at = time("2026-11-24T10:00:00-05:00");
    let card = Subject { kind: SubjectKind::GiftCard, id: Id(3) };
    let value = ledger::SubjectAmount { subject: card, person: None, amount: Cents(10_000) };
    record_new(&app, &events::gift_card_sold(payment("sold", at), Means::Card, value)).await;
    record_new(&app, &events::prepaid(payment("used", at), Means::GiftCard(Id(3)), &[booking(17, 2_500)]))
        .await;
    let left = app.db().view(move |tx| ledger::subject_balance(tx, Account::GiftCards, card)).await;
    assert_eq!(left.expect("a balance"), Cents(7_500));
    let entries = app.db().view(move |tx| ledger::entries_of(tx, card)).await.expect("entries");
    assert_eq!(entries.len(), 2);
}

#[tokio::test]
async fn a_person_exports_what_is_about_them() {
    let app = open().await;
    let bea = app.person(BEA);
    let at = time("2026-11-24T10:00:00-05:00");
    let parts = [ledger::SubjectAmount { person: Some(bea), ..booking(17, 2_500) }, booking(18, 1)];
    record_new(&app, &events::prepaid_by_card(payment("a", at), &parts)).await;
    let exported = app.db().view(move |tx| {
        let by = people::Actor::of(people::person(tx, bea)?);
        ledger::export(tx, &by)
    });
    let exported = exported.await.expect("an export");
    assert_eq!(exported.len(), 1);
    let one = &exported[0];
    assert_eq!((one["amount"].as_str(), one["day"].as_str()), (Some("25.00"), Some("2026-11-24")));
    assert_eq!((one["from"].as_str(), one["to"].as_str()), (Some("deposits"), Some("stripe")));
    assert_eq!((one["of"].as_str(), one["id"].as_i64()), (Some("booking"), Some(17)));
    let visitor = app.db().view(|tx| ledger::export(tx, &people::Actor::visitor())).await;
    assert!(matches!(visitor, Err(kit::Error::Unauthorized)));
}

#[tokio::test]
async fn the_check_finds_subjects_with_less_than_nothing() {
    let app = open().await;
    let at = time("2026-11-24T10:00:00-05:00");
    record_new(&app, &events::rest_to_be_refunded(payment("a", at), booking(17, 300))).await;
    record_new(&app, &events::tips_paid_in_cash(payment("b", at), &[(Id(4), Cents(5))])).await;
    let found: Vec<(Invariant, String)> =
        problems(&app).await.into_iter().map(|one| (one.invariant, one.to_string())).collect();
    assert_eq!(
        found,
        [
            (Invariant::Deposits, "booking 17 has -3.00 in deposits".to_owned()),
            (Invariant::Tips, "technician 4 has -0.05 in tips".to_owned()),
        ]
    );
}

#[tokio::test]
async fn the_check_finds_damaged_sums_and_misplaced_entries() {
    let app = open().await;
    let id = record_new(&app, &prepaid("a", "2026-11-24T09:00:00-05:00", 5_000)).await;
    let club = app.club();
    let damage = app.db().tx(move |tx| {
        tx.run(
            sql!("UPDATE ledger_day_sums SET debit_cents = debit_cents + 1 WHERE account = 'cash'"),
            args![],
        )?;
        tx.run(sql!("DELETE FROM ledger_subject_sums WHERE account = 'deposits'"), args![])?;
        tx.run(
            sql!(
                "INSERT INTO ledger_entries (id, club_id, source, source_id, part, at, day, memo, recorded_at)
                 VALUES ($1, $2, 'payment', 'x', '', 0, '2026-11-24', '', 0)"
            ),
            args![Id(id.0 + 1), club],
        )
    });
    damage.await.expect("damaged");
    let found = problems(&app).await;
    let kinds: Vec<Invariant> = found.iter().map(|one| one.invariant).collect();
    assert_eq!(
        kinds,
        [
            Invariant::Balanced,
            Invariant::Balanced,
            Invariant::Balanced,
            Invariant::Entries,
            Invariant::BusinessDays
        ],
        "{found:?}"
    );
}
