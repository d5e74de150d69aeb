//! Tests of cached values and counters: rolled-back values are never cached, and numbers have no gaps.

use std::sync::Arc;

use kit::versions::{Cached, bump};
use kit::{Error, Id, Result, Tx, counters};

use crate::{another, got, open, put};

/// Returns the value of a row, cached by the version of its name.
fn remembered(tx: &mut Tx<'_>) -> Result<Arc<Option<i64>>> {
    tx.caches::<Cached<(), Option<i64>>>().get(tx, "thing", (), |tx, _| got(tx, "row"))
}

fn change(tx: &mut Tx<'_>, to: i64) -> Result<()> {
    tx.run(kit::sql!("UPDATE versions SET version = $1 WHERE name = 'row'"), kit::args![to])?;
    bump(tx, "thing")
}

#[tokio::test]
async fn a_rolled_back_version_is_never_reused() {
    let test = open().await;
    let other = another(&test.url).await;
    other.join().await.expect("a node number");
    test.db.tx(|tx| put(tx, "row", 1).and_then(|_| bump(tx, "thing"))).await.expect("kept");
    let seen = |db: kit::Db| async move { *db.view(remembered).await.expect("a view") };
    assert_eq!((seen(test.db.clone()).await, seen(other.clone()).await), (Some(1), Some(1)));
    for n in 0..10 {
        let undone = test.db.tx(move |tx| {
            change(tx, 100 + n)?;
            assert_eq!(*remembered(tx)?, Some(100 + n), "a transaction sees its own");
            Err::<(), _>(Error::NotFound)
        });
        assert!(undone.await.is_err());
        assert_eq!((seen(test.db.clone()).await, seen(other.clone()).await), (Some(1), Some(1)));
    }
    other.tx(|tx| change(tx, 2)).await.expect("kept");
    assert_eq!((seen(test.db.clone()).await, seen(other.clone()).await), (Some(2), Some(2)));
    // A value that a transaction saw of its own uncommitted write is never cached for others.
    test.db.tx(|tx| change(tx, 3).and_then(|()| remembered(tx).map(drop))).await.expect("kept");
    other.tx(|tx| change(tx, 4)).await.expect("kept");
    assert_eq!((seen(test.db.clone()).await, seen(other.clone()).await), (Some(4), Some(4)));
}

/// 64 transactions run at once from two processes; every fourth is refused after it took its number.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counter_numbers_have_no_gaps() {
    let test = open().await;
    let other = another(&test.url).await;
    let mut all = Vec::new();
    for n in 0..64 {
        let db = if n % 2 == 0 { test.db.clone() } else { other.clone() };
        all.push(tokio::spawn(async move {
            db.tx(move |tx| {
                let number = counters::next(tx, "CS", Id(1), 2026)?;
                if n % 4 == 3 { Err(Error::NotFound) } else { Ok(number) }
            })
            .await
        }));
    }
    let mut numbers = Vec::new();
    for one in all {
        numbers.extend(one.await.expect("it ends").ok());
    }
    numbers.sort();
    let expected: Vec<String> = (1..=48).map(|n| format!("CS-2026-{n:06}")).collect();
    assert_eq!(numbers, expected);
    let others = test.db.tx(|tx| {
        Ok([
            counters::next(tx, "PO", Id(1), 2026)?,
            counters::next(tx, "CS", Id(2), 2026)?,
            counters::next(tx, "CS", Id(1), 2027)?,
            counters::next(tx, "CS", Id(1), 2026)?,
        ])
    });
    assert_eq!(
        others.await.expect("kept"),
        ["PO-2026-000001", "CS-2026-000001", "CS-2027-000001", "CS-2026-000049"]
    );
    let grown = test.db.tx(|tx| {
        tx.run(kit::sql!("UPDATE counters SET last = 999999 WHERE kind = 'PO'"), kit::args![])?;
        counters::next(tx, "PO", Id(1), 2026)
    });
    assert_eq!(grown.await.expect("kept"), "PO-2026-1000000");
}
