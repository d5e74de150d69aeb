//! Tests of ids: they are unique over all processes of a database, and they rise in each process.

use std::collections::HashSet;

use kit::db::Db;
use kit::{Id, Result, Tx};

use crate::{another, open};

fn many(tx: &mut Tx<'_>) -> Result<Vec<Id>> {
    (0..2_000).map(|_| tx.new_id()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_never_generate_the_same_id() {
    let test = open().await;
    let mut seen = HashSet::new();
    let mut take = |ids: Vec<Id>| {
        assert!(ids.is_sorted_by(|a, b| a < b));
        for id in ids {
            assert!(id.0 > 0 && id.0 < 1 << 53, "{id}");
            assert!(seen.insert(id), "{id} came twice");
        }
    };
    let first = test.db.clone();
    for _ in 0..4 {
        // A process starts, makes ids beside the first one, and stops; the next one takes over its number.
        let other: Db = another(&test.url).await;
        other.join().await.expect("a node number");
        let (a, b) = tokio::join!(first.tx(many), other.tx(many));
        take(a.expect("ids"));
        take(b.expect("ids"));
        other.leave().await.expect("given back");
        assert!(other.tx(many).await.is_err(), "who has left makes none");
    }
}

#[tokio::test]
async fn a_process_that_has_not_joined_cannot_generate_ids() {
    let test = open().await;
    let other = another(&test.url).await;
    assert!(other.tx(|tx| tx.new_id()).await.is_err());
}

/// At most 64 processes run at once; one that leaves makes room.
#[tokio::test]
async fn at_most_64_processes_can_join() {
    let test = open().await;
    let other = another(&test.url).await;
    for n in 1..64 {
        other.join().await.unwrap_or_else(|error| panic!("number {n}: {error}"));
    }
    let refused = other.join().await.expect_err("all are taken");
    assert!(refused.to_string().contains("too many processes"), "{refused}");
    test.db.leave().await.expect("given back");
    other.join().await.expect("there is room");
}
