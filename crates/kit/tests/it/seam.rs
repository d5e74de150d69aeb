//! Tests of transactions: what they keep, undo, and refuse.

use kit::db::with_low_priority;
use kit::errors::{FaultKind, OrRefuse as _};
use kit::live::Changed;
use kit::testing::on_postgres;
use kit::{Error, Fault, Refusal, Result, Tx, args, sql};

use crate::{another, got, open, person, put, read_value};

const NO: Refusal = Refusal::conflict("no", "Not so.");

#[track_caller]
fn is_fault<T: std::fmt::Debug>(result: Result<T>) {
    assert!(matches!(result, Err(Error::Fault(_))), "{result:?}");
}

#[tokio::test]
async fn a_commit_is_visible_to_every_connection() {
    let test = open().await;
    let other = another(&test.url).await;
    assert_eq!(test.db.tx(|tx| put(tx, "a", 1)).await.expect("kept"), 1);
    assert_eq!((read_value(&test.db, "a").await, read_value(&other, "a").await), (Some(1), Some(1)));
    other.tx(|tx| put(tx, "b", 2)).await.expect("kept");
    assert_eq!(read_value(&test.db, "b").await, Some(2));
}

#[tokio::test]
async fn an_error_rolls_back_the_whole_transaction() {
    let test = open().await;
    let refused = test.db.tx(|tx| {
        put(tx, "a", 1)?;
        assert_eq!(got(tx, "a")?, Some(1), "a transaction sees its own");
        Err::<(), _>(Error::refused(&NO))
    });
    assert_eq!(refused.await.expect_err("refused").code(), Some("no"));
    assert_eq!(read_value(&test.db, "a").await, None);
    for error in [|| Error::NotFound, || Error::Forbidden, || Fault::because("broken")] {
        let undone = test.db.tx(move |tx| put(tx, "a", 1).and_then(|_| Err::<(), _>(error())));
        assert!(undone.await.is_err());
        assert_eq!(read_value(&test.db, "a").await, None);
    }
}

#[tokio::test]
async fn a_failed_attempt_is_rolled_back_and_the_transaction_continues() {
    let test = open().await;
    let outcome = test.db.tx(|tx| {
        put(tx, "before", 1)?;
        let failed: Option<()> = tx.attempt(|tx| {
            put(tx, "undone", 2)?;
            let inner = tx.attempt(|tx| put(tx, "inner", 3).map(Some))?;
            assert_eq!(inner, Some(1));
            Ok(None)
        })?;
        assert_eq!(failed, None);
        assert_eq!((got(tx, "undone")?, got(tx, "inner")?), (None, None));
        let worked = tx.attempt(|tx| {
            let nothing: Option<()> = tx.attempt(|tx| put(tx, "deeper", 4).map(|_| None))?;
            assert_eq!(nothing, None);
            put(tx, "worked", 5).map(Some)
        })?;
        assert_eq!(worked, Some(1));
        put(tx, "after", 6)
    });
    outcome.await.expect("kept");
    let found = ["before", "undone", "inner", "deeper", "worked", "after"];
    let mut versions = Vec::new();
    for name in found {
        versions.push(read_value(&test.db, name).await);
    }
    assert_eq!(versions, [Some(1), None, None, None, Some(5), Some(6)]);
}

/// An error inside an attempt ends the transaction even if the caller ignores it, so that half of an attempt is
/// never kept.
#[tokio::test]
async fn an_error_in_an_attempt_ends_the_transaction() {
    let test = open().await;
    let swallowed = test.db.tx(|tx| {
        let refused = tx.attempt(|tx| {
            put(tx, "half", 1)?;
            Err::<Option<()>, _>(Error::refused(&NO))
        });
        assert!(refused.is_err());
        Ok(())
    });
    is_fault(swallowed.await);
    assert_eq!(read_value(&test.db, "half").await, None);
}

#[tokio::test]
async fn a_failed_statement_ends_the_transaction_even_if_ignored() {
    let test = open().await;
    test.db.tx(|tx| put(tx, "a", 1)).await.expect("kept");
    let swallowed = test.db.tx(|tx| {
        put(tx, "b", 2)?;
        assert!(put(tx, "a", 3).is_err());
        Ok(())
    });
    is_fault(swallowed.await);
    let gone_on = test.db.tx(|tx| {
        put(tx, "b", 2)?;
        let _ = put(tx, "a", 3);
        assert!(got(tx, "a").is_err(), "nothing more is asked");
        put(tx, "c", 4)
    });
    is_fault(gone_on.await);
    assert_eq!(
        (read_value(&test.db, "a").await, read_value(&test.db, "b").await, read_value(&test.db, "c").await),
        (Some(1), None, None)
    );
    // A row of an unexpected type is a failure, too.
    let misread = test.db.tx(|tx| {
        put(tx, "d", 5)?;
        assert!(tx.one::<(i64,)>(sql!("SELECT name FROM versions"), args![]).is_err());
        Ok(())
    });
    is_fault(misread.await);
    assert_eq!(read_value(&test.db, "d").await, None);
}

#[tokio::test]
async fn a_panic_is_a_fault_and_the_next_transaction_works() {
    let test = open().await;
    for _ in 0..20 {
        let panicked = test.db.tx(|tx| {
            put(tx, "a", 1)?;
            assert!(got(tx, "a")?.is_none(), "a verb that is wrong");
            Ok(())
        });
        let error = panicked.await.expect_err("a fault");
        assert!(error.to_string().contains("a verb that is wrong"), "{error}");
        is_fault(test.db.view(|_| -> Result<()> { panic!("a reading that is wrong") }).await);
    }
    assert_eq!(read_value(&test.db, "a").await, None);
    test.db.tx(|tx| put(tx, "a", 1)).await.expect("kept");
    assert_eq!(read_value(&test.db, "a").await, Some(1));
}

#[tokio::test]
async fn a_view_is_read_only_and_sees_one_snapshot() {
    let test = open().await;
    is_fault(test.db.view(|tx| put(tx, "a", 1)).await);
    is_fault(test.db.view(|tx| tx.run(sql!("DELETE FROM versions"), args![])).await);
    assert_eq!(read_value(&test.db, "a").await, None);
    let writer = test.db.clone();
    let (begun, mut has_begun) = tokio::sync::mpsc::unbounded_channel::<()>();
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let reading = tokio::spawn({
        let db = test.db.clone();
        async move {
            db.view(move |tx| {
                let before = got(tx, "moment")?;
                begun.send(()).expect("somebody waits");
                wait.lock()
                    .expect("alone")
                    .recv_timeout(std::time::Duration::from_secs(10))
                    .expect("written meanwhile");
                Ok((before, got(tx, "moment")?))
            })
            .await
        }
    });
    has_begun.recv().await.expect("the view begins");
    writer.tx(|tx| put(tx, "moment", 1)).await.expect("a reader is in nobody's way");
    done.send(()).expect("the reader waits");
    assert_eq!(reading.await.expect("it ends").expect("a reading"), (None, None));
    assert_eq!(read_value(&test.db, "moment").await, Some(1));
}

#[tokio::test]
async fn a_key_violation_becomes_a_refusal_only_for_its_own_table() {
    let test = open().await;
    test.db.tx(|tx| person(tx, Some("anna@example.com"))).await.expect("written");
    let twice = |table: &'static str| {
        move |tx: &mut Tx<'_>| person(tx, Some("anna@example.com")).or_refuse(table, &NO)
    };
    assert_eq!(test.db.tx(twice("people")).await.expect_err("refused").code(), Some("no"));
    let elsewhere = test.db.tx(twice("versions")).await.expect_err("a fault");
    let Error::Fault(fault) = elsewhere else { panic!("{elsewhere}") };
    assert_eq!(fault.kind, FaultKind::BrokenKey("people".to_owned()));
    // A violated primary key becomes a refusal, too; another constraint does not.
    test.db.tx(|tx| put(tx, "a", 1)).await.expect("kept");
    let primary = test.db.tx(|tx| put(tx, "a", 1).or_refuse("versions", &NO)).await;
    assert_eq!(primary.expect_err("refused").code(), Some("no"));
    let orphan = test.db.tx(|tx| {
        let (id, now) = (tx.new_id()?, tx.now());
        let insert = sql!(
            "INSERT INTO sessions (id, person_id, kind, token_digest, family, created_at, expires_at)
             VALUES ($1, 17, 'page', $2, $1, $3, $3)"
        );
        tx.run(insert, args![id, vec![1_u8], now]).or_refuse("sessions", &NO).or_refuse("people", &NO)
    });
    is_fault(orphan.await);
}

/// Listeners are told after the commit, and only of what was kept.
#[tokio::test]
async fn listeners_are_notified_only_of_committed_changes() {
    let test = open().await;
    let mut heard = test.db.dependencies().live.listen();
    let changed = |text: &str| Changed(text.to_owned());
    let _ = test
        .db
        .tx(|tx| {
            tx.after_commit(Changed("refused".to_owned()));
            Err::<(), _>(Error::NotFound)
        })
        .await;
    let db = test.db.clone();
    db.tx(|tx| {
        tx.after_commit(Changed("first".to_owned()));
        tx.attempt(|tx| {
            tx.after_commit(Changed("undone".to_owned()));
            Ok(None::<()>)
        })?;
        tx.after_commit(Changed("second".to_owned()));
        put(tx, "a", 1)
    })
    .await
    .expect("kept");
    assert_eq!((heard.try_recv(), heard.try_recv()), (Ok(changed("first")), Ok(changed("second"))));
    assert!(heard.try_recv().is_err());
}

/// A hundred transactions on one row at once: each adds one, and none is lost, however often they are repeated.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_updates_of_one_row_are_not_lost() {
    let test = open().await;
    let other = another(&test.url).await;
    test.db.tx(|tx| put(tx, "sum", 0)).await.expect("kept");
    let mut all = Vec::new();
    for n in 0..100 {
        let db = if n % 2 == 0 { test.db.clone() } else { other.clone() };
        all.push(tokio::spawn(async move {
            db.tx(|tx| tx.run(sql!("UPDATE versions SET version = version + 1 WHERE name = 'sum'"), args![]))
                .await
        }));
    }
    for one in all {
        assert_eq!(one.await.expect("it ends").expect("kept"), 1);
    }
    assert_eq!(read_value(&test.db, "sum").await, Some(100));
}

/// On SQLite, with its single writer, the precheck keeps hopeless work out of the queue. On PostgreSQL it is not
/// run.
#[tokio::test]
async fn a_precheck_refuses_before_the_write_is_queued() {
    let test = open().await;
    let refused = test.db.precheck_then_tx(|_| Err(Error::refused(&NO)), |tx| put(tx, "a", 1)).await;
    let written = read_value(&test.db, "a").await;
    if on_postgres() {
        assert_eq!((refused.expect("no precheck"), written), (1, Some(1)));
    } else {
        assert_eq!((refused.expect_err("refused").code(), written), (Some("no"), None));
        is_fault(test.db.precheck_then_tx(|tx| put(tx, "b", 2).map(drop), |tx| put(tx, "c", 3)).await);
        is_fault(test.db.precheck_then_tx(|_| panic!("a wrong precheck"), |tx| put(tx, "c", 3)).await);
        assert_eq!((read_value(&test.db, "b").await, read_value(&test.db, "c").await), (None, None));
    }
    let outcome = test.db.precheck_then_tx(|tx| got(tx, "d").map(drop), |tx| put(tx, "d", 4)).await;
    assert_eq!((outcome.expect("kept"), read_value(&test.db, "d").await), (1, Some(4)));
    let undone = test.db.precheck_then_tx(|_| Ok(()), |_| Err::<(), _>(Error::refused(&NO))).await;
    assert_eq!(undone.expect_err("the verb decides").code(), Some("no"));
}

#[tokio::test]
async fn low_priority_writes_still_complete() {
    let test = open().await;
    let crowd: Vec<_> = (0..200_i64)
        .map(|n| {
            let db = test.db.clone();
            tokio::spawn(async move {
                let write = db.tx(move |tx| put(tx, &n.to_string(), n));
                if n % 2 == 0 { with_low_priority(write).await } else { write.await }
            })
        })
        .collect();
    for one in crowd {
        assert_eq!(one.await.expect("it ends").expect("kept"), 1);
    }
    assert_eq!((read_value(&test.db, "0").await, read_value(&test.db, "199").await), (Some(0), Some(199)));
}

/// On SQLite the commit marker changes with every commit of any process, and with nothing else.
#[tokio::test]
async fn the_commit_marker_changes_with_every_commit() {
    let test = open().await;
    let other = another(&test.url).await;
    if on_postgres() {
        assert_eq!(test.db.commit_marker(), None);
        return;
    }
    for n in 0..20 {
        let before = test.db.commit_marker().expect("marks");
        assert_eq!(read_value(&test.db, "a").await.is_some(), n > 0);
        assert_eq!(
            (test.db.commit_marker(), other.commit_marker()),
            (Some(before), Some(before)),
            "looking changes nothing"
        );
        let db = if n % 2 == 0 { &test.db } else { &other };
        let change = |tx: &mut Tx<'_>| {
            tx.run(sql!("DELETE FROM versions WHERE name = 'a'"), args![])?;
            put(tx, "a", 1)
        };
        db.tx(change).await.expect("kept");
        assert_ne!(test.db.commit_marker(), Some(before), "after commit {n}");
        assert_eq!(test.db.commit_marker(), other.commit_marker());
    }
}
