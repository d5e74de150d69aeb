//! Nothing in the ledger is changed or deleted, on either engine.

use kit::db::Sql;
use kit::{args, sql};

use crate::{close, entry, is_fault, open, prepaid, problems, record_new};

#[tokio::test]
async fn the_database_refuses_every_change_of_what_was_recorded() {
    let app = open().await;
    let id = record_new(&app, &prepaid("a", "2026-11-24T09:00:00-05:00", 5_000)).await;
    let before = entry(&app, id).await;
    app.set_time("2026-11-25T10:00:00-05:00");
    close(&app, "2026-11-24").await.expect("closed");
    let forbidden: [&'static Sql; 9] = [
        sql!("UPDATE ledger_entries SET memo = 'changed'"),
        sql!("DELETE FROM ledger_entries"),
        sql!("UPDATE ledger_postings SET cents = cents + 1"),
        sql!("DELETE FROM ledger_postings"),
        sql!("UPDATE ledger_closing_balances SET debit_cents = debit_cents + 1"),
        sql!("DELETE FROM ledger_closing_balances"),
        sql!("UPDATE ledger_days SET closed_at = NULL WHERE closed_at IS NOT NULL"),
        sql!("UPDATE ledger_days SET ends_at = ends_at + 1 WHERE closed_at IS NOT NULL"),
        sql!("DELETE FROM ledger_days"),
    ];
    for statement in forbidden {
        let changed = app.db().tx(move |tx| tx.run(statement, args![])).await;
        assert!(is_fault(&changed), "{}: {changed:?}", statement.text());
        let error = changed.expect_err("a fault").to_string();
        assert!(error.contains("append-only") || error.contains("is not changed"), "{error}");
    }
    assert_eq!(entry(&app, id).await, before);
    assert_eq!(problems(&app).await, []);
}

#[tokio::test]
async fn the_database_refuses_amounts_of_nothing_and_moves_to_the_same_account() {
    let app = open().await;
    let (id, club) = (record_new(&app, &prepaid("a", "2026-11-24T09:00:00-05:00", 5_000)).await, app.club());
    for (position, debit, credit, cents) in
        [(1, "cash", "deposits", 0), (2, "cash", "deposits", -5), (3, "cash", "cash", 5)]
    {
        let inserted = app.db().tx(move |tx| {
            tx.run(
                sql!(
                    "INSERT INTO ledger_postings (entry_id, position, club_id, day, debit, credit, cents)
                     VALUES ($1, $2, $3, '2026-11-24', $4, $5, $6)"
                ),
                args![id, i64::from(position), club, debit, credit, i64::from(cents)],
            )
        });
        assert!(is_fault(&inserted.await), "{debit} {credit} {cents}");
    }
}
