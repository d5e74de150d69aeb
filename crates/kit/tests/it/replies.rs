//! Tests of idempotency keys: an operation runs once, in any number of processes, and its reply is repeated.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use jiff::SignedDuration;
use kit::replies::{IdempotencyKey, Reply, forget_replies, once};
use kit::{Db, Error, Result, Tx, args, sql};

use crate::{another, open, put, read_value};

fn idempotency_key(sent: &str) -> IdempotencyKey {
    IdempotencyKey { name: "POST /things/\nkey-1".to_owned(), digest: kit::tokens::digest(sent) }
}

/// Inserts a row under a key, once, and replies with its number.
fn thing(tx: &mut Tx<'_>, requester: &str, sent: &str, name: &str, number: i64) -> Result<Reply> {
    let done = once(tx, Some(&idempotency_key(sent)), requester, |tx| {
        put(tx, name, number)?;
        Reply::json(StatusCode::CREATED, &number).map(Some)
    });
    Ok(done?.expect("an answer"))
}

async fn send(
    db: &Db,
    requester: &'static str,
    sent: &'static str,
    name: &'static str,
    n: i64,
) -> Result<Reply> {
    db.tx(move |tx| thing(tx, requester, sent, name, n)).await
}

async fn stored_replies(db: &Db) -> i64 {
    let counted = db.view(|tx| tx.one::<(i64,)>(sql!("SELECT COUNT(*) FROM replies"), args![]));
    counted.await.expect("a count").expect("a row").0
}

fn is_replayed(reply: &Reply) -> bool {
    reply.clone().into_response().headers().contains_key("idempotency-replayed")
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_reply_and_runs_once() {
    let test = open().await;
    let first = send(&test.db, "person:1", "a", "thing", 1).await.expect("done");
    assert!(!is_replayed(&first));
    let again = send(&test.db, "person:1", "a", "thing", 2).await.expect("answered");
    assert!(is_replayed(&again));
    assert_eq!(read_value(&test.db, "thing").await, Some(1));
    let other = send(&test.db, "person:1", "b", "thing", 3).await.expect_err("another request");
    assert_eq!(other.code(), Some("idempotency_mismatch"));
    // The same key of another client is a different key.
    send(&test.db, "person:2", "a", "another thing", 4).await.expect("done");
    assert_eq!(read_value(&test.db, "another thing").await, Some(4));
}

#[tokio::test]
async fn a_refused_request_stores_no_reply() {
    let test = open().await;
    let refused = test.db.tx(|tx| {
        once(tx, Some(&idempotency_key("a")), "person:1", |tx| {
            put(tx, "thing", 1)?;
            Err(Error::NotFound)
        })
    });
    assert!(refused.await.is_err());
    let without_reply = test
        .db
        .tx(|tx| once(tx, Some(&idempotency_key("a")), "person:1", |tx| put(tx, "note", 1).map(|_| None)));
    assert_eq!(without_reply.await.expect("no answer"), None);
    assert_eq!((stored_replies(&test.db).await, read_value(&test.db, "note").await), (0, Some(1)));
    send(&test.db, "person:1", "a", "thing", 2).await.expect("done at last");
    assert_eq!(read_value(&test.db, "thing").await, Some(2));
}

/// Sixteen requests run at once from two processes; the first is refused after it took the key.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_identical_requests_runs_and_all_get_its_reply() {
    let test = open().await;
    let other = another(&test.url).await;
    let mut all = Vec::new();
    for n in 0..16 {
        let db = if n % 2 == 0 { test.db.clone() } else { other.clone() };
        all.push(tokio::spawn(async move { send(&db, "person:1", "a", "thing", n).await }));
    }
    let mut replies = Vec::new();
    for one in all {
        replies.push(one.await.expect("it ends").expect("an answer"));
    }
    assert_eq!(replies.iter().filter(|reply| !is_replayed(reply)).count(), 1);
    let number = read_value(&test.db, "thing").await.expect("it is there");
    let original = Reply::json(StatusCode::CREATED, &number).expect("JSON");
    for reply in replies {
        let body = axum::body::to_bytes(reply.into_response().into_body(), 100).await.expect("a body");
        let expected =
            axum::body::to_bytes(original.clone().into_response().into_body(), 100).await.expect("a body");
        assert_eq!(body, expected);
    }
}

#[tokio::test]
async fn replies_are_stored_for_one_day() {
    let test = open().await;
    send(&test.db, "person:1", "a", "thing", 1).await.expect("done");
    let begin = test.db.clock().now();
    test.db.clock().set(begin + SignedDuration::from_hours(24) - SignedDuration::from_secs(1));
    assert!(is_replayed(&send(&test.db, "person:1", "a", "another thing", 2).await.expect("answered")));
    assert_eq!(test.db.tx(forget_replies).await.expect("nothing to forget"), 0);
    test.db.clock().set(begin + SignedDuration::from_hours(24));
    // A reply expires even before the maintenance job deletes it.
    assert!(!is_replayed(&send(&test.db, "person:1", "b", "another thing", 2).await.expect("done")));
    test.db.clock().set(begin + SignedDuration::from_hours(49));
    assert_eq!(test.db.tx(forget_replies).await.expect("forgotten"), 1);
}

/// Replies contain personal data, so they are not readable in the table, and no weak secret can be guessed from a
/// digest.
#[tokio::test]
async fn replies_are_stored_encrypted() {
    let test = open().await;
    test.db
        .tx(|tx| {
            once(tx, Some(&idempotency_key("a secret")), "person:1", |_| {
                Reply::json(StatusCode::OK, &"almond oil").map(Some)
            })
        })
        .await
        .expect("done");
    let rows = test.db.view(|tx| tx.all::<(Vec<u8>,)>(sql!("SELECT encrypted FROM replies"), args![]));
    let text = String::from_utf8_lossy(&rows.await.expect("rows")[0].0).into_owned();
    assert!(
        !text.contains("almond") && !text.contains(&kit::tokens::hex(&idempotency_key("a secret").digest))
    );
}
