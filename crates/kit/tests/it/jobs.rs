//! Tests of jobs: they run at least once, are retried after pauses, and are set aside in the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use kit::errors::OrFault as _;
use kit::jobs::{self, Handlers, Job, JobFilter, JobState, run, run_due};
use kit::testing::TestDb;
use kit::web::Paging;
use kit::{Db, Error, Fault, Id, args, sql};
use serde::{Deserialize, Serialize};

use crate::open;

#[derive(Serialize, Deserialize)]
struct Greet {
    name: String,
}

impl Job for Greet {
    const KIND: &'static str = "test.greet";
}

async fn enqueue(db: &Db, name: &'static str, at: Timestamp) {
    db.tx(move |tx| tx.enqueue(&Greet { name: name.to_owned() }, at)).await.expect("written");
}

/// Returns handlers that count their runs, and fail while `fails` returns true.
fn counting(fails: impl Fn(usize) -> bool + Send + Sync + 'static) -> (Handlers, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let (counted, fails) = (count.clone(), Arc::new(fails));
    let handlers = Handlers::default().on(move |_, job: Greet| {
        let (count, fails) = (counted.clone(), fails.clone());
        async move {
            assert_eq!(job.name, "Anna");
            let n = count.fetch_add(1, Ordering::SeqCst) + 1;
            if fails(n) { Err(Fault::because("the door is closed")) } else { Ok(()) }
        }
    });
    (handlers, count)
}

type Waiting = (i64, Timestamp, bool, Option<String>);

async fn waiting(test: &TestDb) -> Vec<Waiting> {
    let read = test
        .db
        .view(|tx| tx.all(sql!("SELECT attempt, run_at, dead, last_error FROM jobs ORDER BY id"), args![]));
    read.await.expect("a view")
}

#[tokio::test]
async fn a_job_runs_when_due_and_is_then_deleted() {
    let test = open().await;
    let (handlers, count) = counting(|_| false);
    let now = test.db.clock().now();
    enqueue(&test.db, "Anna", now).await;
    enqueue(&test.db, "Anna", now + SignedDuration::from_secs(1)).await;
    run_due(&test.db, &handlers).await.expect("done");
    assert_eq!((count.load(Ordering::SeqCst), waiting(&test).await.len()), (1, 1));
    test.db.clock().set(now + SignedDuration::from_secs(1));
    run_due(&test.db, &handlers).await.expect("done");
    assert_eq!((count.load(Ordering::SeqCst), waiting(&test).await.len()), (2, 0));
}

#[tokio::test]
async fn a_rolled_back_transaction_enqueues_no_job() {
    let test = open().await;
    let undone = test.db.tx(|tx| {
        tx.enqueue(&Greet { name: "Anna".to_owned() }, tx.now())?;
        Err::<(), _>(Error::NotFound)
    });
    assert!(undone.await.is_err());
    assert!(waiting(&test).await.is_empty());
}

/// The pauses are ten seconds, twenty, forty, and so on, up to an hour; after the twelfth failure the job is set
/// aside.
#[tokio::test]
async fn a_failing_job_is_retried_with_backoff_and_then_set_aside() {
    let test = open().await;
    let (handlers, count) = counting(|_| true);
    enqueue(&test.db, "Anna", test.db.clock().now()).await;
    for attempt in 1..=12_usize {
        let now = test.db.clock().now();
        assert!(run_due(&test.db, &handlers).await.is_err());
        assert_eq!(count.load(Ordering::SeqCst), attempt, "each time once");
        let (attempts, run_at, dead, error) = waiting(&test).await.remove(0);
        assert_eq!((usize::try_from(attempts), dead), (Ok(attempt), attempt == 12));
        assert!(error.expect("why").contains("the door is closed"));
        let pause = run_at.duration_since(now).as_secs();
        assert_eq!(pause, (10_i64 << (attempt - 1)).min(3_600), "after failure {attempt}");
        // The job is not retried early.
        test.db.clock().set(run_at - SignedDuration::from_millis(1));
        assert!(run_due(&test.db, &handlers).await.is_err(), "it is told that one has failed");
        assert_eq!(count.load(Ordering::SeqCst), attempt);
        test.db.clock().set(run_at);
    }
    test.db.clock().set(test.db.clock().now() + SignedDuration::from_hours(1_000));
    let _ = run_due(&test.db, &handlers).await;
    assert_eq!(count.load(Ordering::SeqCst), 12, "what is set aside stays there to be read");
    assert_eq!(waiting(&test).await.len(), 1);
}

#[tokio::test]
async fn a_job_that_succeeds_on_a_retry_is_deleted() {
    let test = open().await;
    let (handlers, count) = counting(|n| n < 3);
    enqueue(&test.db, "Anna", test.db.clock().now()).await;
    for _ in 0..3 {
        let _ = run_due(&test.db, &handlers).await;
        test.db.clock().set(test.db.clock().now() + SignedDuration::from_mins(5));
    }
    assert_eq!((count.load(Ordering::SeqCst), waiting(&test).await.len()), (3, 0));
}

/// A long job occupies only its own place.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_job_does_not_delay_later_jobs() {
    let test = open().await;
    let (release_hold, wait) = tokio::sync::watch::channel(false);
    let (done, mut response) = tokio::sync::mpsc::unbounded_channel();
    let handlers = Handlers::default().on(move |_, job: Greet| {
        let (mut wait, done) = (wait.clone(), done.clone());
        async move {
            if job.name == "slow" {
                wait.wait_for(|release_hold| *release_hold).await.or_fault()?;
            }
            done.send(job.name).or_fault()
        }
    });
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let now = test.db.clock().now();
    enqueue(&test.db, "slow", now).await;
    let runner = tokio::spawn(run(test.db.clone(), handlers, stopped));
    for name in ["one", "two", "three"] {
        enqueue(&test.db, name, now).await;
        assert_eq!(response.recv().await.as_deref(), Some(name));
    }
    release_hold.send_replace(true);
    assert_eq!(response.recv().await.as_deref(), Some("slow"));
    stop.send_replace(true);
    runner.await.expect("it ends");
    assert!(waiting(&test).await.is_empty());
}

#[tokio::test]
async fn a_job_without_a_handler_is_an_error() {
    let test = open().await;
    enqueue(&test.db, "Anna", test.db.clock().now()).await;
    let error = run_due(&test.db, &Handlers::default()).await.expect_err("nobody does it");
    assert!(error.to_string().contains("test.greet"), "{error}");
    test.db
        .tx(|tx| tx.run(sql!("UPDATE jobs SET payload = '{', run_at = 0"), args![]))
        .await
        .expect("spoiled");
    let (handlers, count) = counting(|_| false);
    assert!(run_due(&test.db, &handlers).await.is_err(), "nor is one that can't be read");
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

/// A runner that dies in the middle holds its job for five minutes; then another takes it.
#[tokio::test]
async fn a_job_of_a_dead_runner_is_taken_over_by_another() {
    let test = open().await;
    enqueue(&test.db, "Anna", test.db.clock().now()).await;
    let stuck = Handlers::default().on(|_, _: Greet| std::future::pending());
    let died = tokio::time::timeout(std::time::Duration::from_millis(300), run_due(&test.db, &stuck)).await;
    assert!(died.is_err());
    let (handlers, count) = counting(|_| false);
    run_due(&test.db, &handlers).await.expect("nothing is due");
    assert_eq!(count.load(Ordering::SeqCst), 0, "it is held");
    test.db
        .clock()
        .set(test.db.clock().now() + SignedDuration::from_mins(5) + SignedDuration::from_millis(1));
    run_due(&test.db, &handlers).await.expect("done");
    assert_eq!((count.load(Ordering::SeqCst), waiting(&test).await.len()), (1, 0));
}

/// With two runners and twenty jobs, each job runs once. A new job wakes the runners at once, and a stop ends them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn runners_share_the_work_and_stop_on_request() {
    let test = open().await;
    let (handlers, count) = counting(|_| false);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let runners = [0, 1].map(|_| tokio::spawn(run(test.db.clone(), handlers.clone(), stopped.clone())));
    for _ in 0..20 {
        enqueue(&test.db, "Anna", test.db.clock().now()).await;
    }
    for _ in 0..200 {
        if waiting(&test).await.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    stop.send(true).expect("they listen");
    for runner in runners {
        tokio::time::timeout(std::time::Duration::from_secs(5), runner)
            .await
            .expect("it stops")
            .expect("well");
    }
    assert_eq!((count.load(Ordering::SeqCst), waiting(&test).await.len()), (20, 0));
}

const PAGE: Paging = Paging { page: 1, size: 10 };

async fn states(db: &Db, kind: &str, state: Option<JobState>) -> Vec<(Id, JobState)> {
    let filter = JobFilter { kind: Some(kind.to_owned()), state };
    let (found, total) = db.view(move |tx| jobs::queued(tx, &filter, PAGE)).await.expect("the queue");
    assert_eq!(found.len(), total);
    found.into_iter().map(|job| (job.id, job.state)).collect()
}

/// A job that was set aside is retried or discarded on request; a running job is left alone.
#[tokio::test]
async fn queued_jobs_can_be_listed_retried_and_discarded() {
    let test = open().await;
    let (db, now) = (&test.db, test.db.clock().now());
    enqueue(db, "Anna", now).await;
    enqueue(db, "Anna", now + SignedDuration::from_hours(1)).await;
    let all = states(db, "GREET", None).await;
    assert_eq!(all.iter().map(|job| job.1).collect::<Vec<_>>(), [JobState::Waiting; 2]);
    let (first, second) = (all[0].0, all[1].0);
    assert!(states(db, "mail", None).await.is_empty());
    let stuck = Handlers::default().on(|_, _: Greet| std::future::pending());
    let held = tokio::time::timeout(std::time::Duration::from_millis(300), run_due(db, &stuck)).await;
    assert!(held.is_err());
    assert_eq!(states(db, "test", Some(JobState::Running)).await, [(first, JobState::Running)]);
    for refused in
        [db.tx(move |tx| jobs::retry(tx, first)).await, db.tx(move |tx| jobs::discard(tx, first)).await]
    {
        assert!(matches!(refused, Err(Error::Refused(refusal, _)) if refusal.code == "job_running"));
    }
    let aside = move |tx: &mut kit::Tx<'_>| {
        tx.run(
            sql!("UPDATE jobs SET dead = TRUE, attempt = 12, last_error = 'no', locked_until = NULL WHERE id = $1"),
            args![first],
        )
    };
    db.tx(aside).await.expect("set aside");
    assert_eq!(states(db, "", None).await, [(first, JobState::SetAside), (second, JobState::Waiting)]);
    db.tx(move |tx| jobs::retry(tx, first)).await.expect("it is tried again");
    let (handlers, count) = counting(|_| false);
    run_due(db, &handlers).await.expect("done");
    assert_eq!(count.load(Ordering::SeqCst), 1);
    assert!(matches!(db.tx(move |tx| jobs::retry(tx, first)).await, Err(Error::NotFound)), "it is gone");
    db.tx(move |tx| jobs::discard(tx, second)).await.expect("it is discarded");
    assert!(waiting(&test).await.is_empty());
}

#[tokio::test]
async fn jobs_set_aside_are_deleted_after_ninety_days() {
    let test = open().await;
    let now = test.db.clock().now();
    enqueue(&test.db, "Anna", now).await;
    enqueue(&test.db, "Anna", now + SignedDuration::from_secs(1)).await;
    let aside = |tx: &mut kit::Tx<'_>| {
        tx.run(sql!("UPDATE jobs SET dead = TRUE WHERE run_at = (SELECT MIN(run_at) FROM jobs)"), args![])
    };
    test.db.tx(aside).await.expect("set aside");
    let prune = async || test.db.tx(jobs::prune).await.expect("pruned");
    test.db.clock().set(now + SignedDuration::from_hours(90 * 24));
    assert_eq!(prune().await, 0);
    test.db.clock().set(now + SignedDuration::from_hours(90 * 24) + SignedDuration::from_secs(1));
    assert_eq!((prune().await, waiting(&test).await.len()), (1, 1), "what waits is kept");
}
