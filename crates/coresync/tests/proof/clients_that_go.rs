//! A client that disconnects at any time leaves no connection in a transaction and nothing half done.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kit::testing::{TestDb, on_postgres};
use kit::{Db, Result, Tx, args, sql, versions};

use super::club::{NOW, ProofClub};
use super::race::count_overlaps;
use super::server::{Server, Want};
use super::{daily_or_long, run_alone};

/// An operation that writes, waits until it is released, and writes again.
#[derive(Clone, Default)]
struct Slow(Arc<(Mutex<(bool, bool)>, Condvar)>);

impl Slow {
    fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        versions::bump(tx, "first")?;
        let (state, bell) = &*self.0;
        let mut state = state.lock().unwrap();
        state.0 = true;
        bell.notify_all();
        while !state.1 {
            state = bell.wait(state).unwrap();
        }
        drop(state);
        versions::bump(tx, "second")
    }

    fn wait_until_it_runs(&self) {
        let (state, bell) = &*self.0;
        drop(bell.wait_while(state.lock().unwrap(), |state| !state.0).unwrap());
    }

    fn release(&self) {
        let (state, bell) = &*self.0;
        state.lock().unwrap().1 = true;
        bell.notify_all();
    }
}

/// Polls a future a number of times, and drops it.
fn poll_and_drop(future: impl Future, times: usize) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..times {
        if future.as_mut().poll(&mut context).is_ready() {
            return;
        }
    }
}

/// Checks that no transaction is open: a writer gets its turn at once, and PostgreSQL reports no idle transaction.
async fn assert_no_open_transaction(db: &Db) {
    let turn = db.tx(|tx| versions::bump(tx, "turn"));
    tokio::time::timeout(Duration::from_secs(10), turn).await.expect("a writer waits for ever").unwrap();
    let begun = Instant::now();
    // A transaction in progress is idle between its statements. An abandoned one stays idle.
    while on_postgres() {
        let inside =
            db.view(|tx| tx.one(sql!(sqlite: "SELECT 0", postgres: WAITING), args![])).await.unwrap();
        if inside == Some((0_i64,)) {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "a connection was left in a transaction: {inside:?}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

const WAITING: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'
    AND application_name = 'coresync' AND pid <> pg_backend_pid()
    AND EXISTS (SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE l.pid = pg_stat_activity.pid AND n.nspname = current_schema())";

async fn assert_both_or_neither(db: &Db) {
    let found: Vec<(String,)> = db
        .view(|tx| tx.all(sql!("SELECT name FROM versions WHERE name IN ('first', 'second')"), args![]))
        .await
        .unwrap();
    assert!(found.is_empty() || found.len() == 2, "half of a transaction was kept: {found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_whose_caller_is_dropped_commits_fully_or_not_at_all() {
    let _alone = run_alone().await;
    let now: Timestamp = NOW.parse().unwrap();
    // Never polled; polled once, so that it is in the queue; and polled while it runs.
    for times in [0, 1, 2, 5] {
        for in_the_middle in [false, true] {
            let test = TestDb::open(now).await;
            let slow = Slow::default();
            let verb = slow.clone();
            let future = test.db.tx(move |tx| verb.run(tx));
            if in_the_middle {
                let mut future = Box::pin(future);
                let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                slow.wait_until_it_runs();
                poll_and_drop(future, times);
                slow.release();
            } else {
                slow.release();
                poll_and_drop(future, times);
            }
            assert_no_open_transaction(&test.db).await;
            assert_both_or_neither(&test.db).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnected_clients_leave_nothing_half_done() {
    let _alone = run_alone().await;
    let count = daily_or_long(200, 2_000);
    let club = Arc::new(ProofClub::create(count).await);
    let server = Server::start(&club).await;
    let answered = Arc::new(AtomicUsize::new(0));
    let client = reqwest::Client::new();
    let mut tasks = Vec::new();
    for n in 0..count {
        let room = club.rooms[n % club.rooms.len()];
        let want =
            Want::tomorrow(&club.guests[n], club.any_room, 60 + n / 64 * 85 % 1200).with("room_id", room.0);
        let (client, base, answered) = (client.clone(), server.base.clone(), answered.clone());
        tasks.push(tokio::spawn(async move {
            // The clients have different timeouts, from zero to sixty milliseconds.
            let patience = Duration::from_micros(u64::try_from(n * 7_919 % 60_000).unwrap());
            if let Ok(Ok((status, answer))) = tokio::time::timeout(patience, want.send(&client, &base)).await
            {
                assert!(status < 500, "{status}: {answer}");
                answered.fetch_add(1, Ordering::SeqCst);
            }
        }));
        if n % 16 == 15 {
            for task in tasks.drain(..) {
                task.await.unwrap();
            }
        }
    }
    println!("{} of {count} clients waited for their answer", answered.load(Ordering::SeqCst));
    let db = club.db().await;
    assert_no_open_transaction(&db).await;
    let (_, overlaps) = db.view(count_overlaps).await.unwrap();
    assert_eq!(overlaps, 0);
}
