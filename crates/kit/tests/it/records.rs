//! Records: every way in which a field can be stored.

use kit::{Id, args, sql};

use crate::open;

#[derive(Debug, Clone, PartialEq)]
struct StoredJob {
    id: Id,
    is_early: bool,
    content: Content,
    lock: Option<Lock>,
    notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Content {
    kind: String,
    numbers: Vec<i64>,
    error: serde_json::Value,
}

#[derive(Debug, Clone, PartialEq)]
struct Lock {
    until: i64,
    run_at: i64,
}

struct Unread {
    attempt: i64,
    dead: bool,
}

kit::record! {
    "jobs" as "j", job_columns, insert_job;
    StoredJob {
        id: "id",
        is_early: read "CASE WHEN j.run_at < 10 THEN TRUE ELSE FALSE END",
        content: Content { kind: "kind", numbers: json "payload", error: json "last_error", },
        lock: option Lock { until: "locked_until", run_at: "run_at", },
        notes: default,
    }
    with Unread { attempt: "attempt", dead: "dead", }
}

struct Kind {
    kind: String,
}

kit::record! {
    "jobs" as "j", kind_columns, insert_kind;
    Kind { kind: "kind", }
    with "id", "payload", "run_at", "attempt", "dead"
}

#[test]
fn a_record_lists_the_columns_of_its_fields() {
    let read = "j.id, CASE WHEN j.run_at < 10 THEN TRUE ELSE FALSE END, j.kind, j.payload, j.last_error, \
                j.locked_until, j.run_at";
    assert_eq!(job_columns!(), read);
    let insert = "INSERT INTO jobs (id, kind, payload, last_error, locked_until, run_at, attempt, dead) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    assert_eq!(insert_job!(), insert);
    assert_eq!(kind_columns!(), "j.kind");
    let insert =
        "INSERT INTO jobs (kind, id, payload, run_at, attempt, dead) VALUES ($1, $2, $3, $4, $5, $6)";
    assert_eq!(insert_kind!(), insert);
}

#[tokio::test]
async fn a_record_is_read_as_it_was_inserted() {
    let test = open().await;
    let content =
        Content { kind: "test".to_owned(), numbers: vec![3, -1], error: serde_json::json!({"text": "no"}) };
    let lock = Some(Lock { until: 90, run_at: 5 });
    let job = StoredJob { id: Id(7), is_early: false, content, lock, notes: vec!["not stored".to_owned()] };
    let stored = job.clone();
    let found = test.db.tx(move |tx| {
        tx.run(sql!(insert_job!()), [stored.values(), Unread { attempt: 0, dead: true }.values()].concat())?;
        tx.one(sql!(concat!("SELECT ", job_columns!(), " FROM jobs j WHERE j.id = $1")), args![stored.id])
    });
    let expected = StoredJob { is_early: true, notes: Vec::new(), ..job };
    assert_eq!(found.await.expect("stored"), Some(expected));
}

/// The columns of a record can follow others. NULL is `null` as JSON, and `None` as an optional part.
#[tokio::test]
async fn a_record_is_read_from_later_columns() {
    let test = open().await;
    let read = test.db.tx(|tx| {
        let kind = Kind { kind: "test".to_owned() };
        tx.run(
            sql!(insert_kind!()),
            [kind.values(), args![Id(8), "[]", 5_i64, 2_i64, true].to_vec()].concat(),
        )?;
        let mut found = Vec::new();
        tx.each(
            sql!(concat!("SELECT j.attempt, j.id, ", job_columns!(), " FROM jobs j WHERE j.kind = $1")),
            args![&kind.kind],
            |row| {
                found.push((row.get::<i64>(0)?, StoredJob::from_columns(row, 2)?));
                Ok(())
            },
        )?;
        Ok(found)
    });
    let content = Content { kind: "test".to_owned(), numbers: Vec::new(), error: serde_json::Value::Null };
    let expected = StoredJob { id: Id(8), is_early: true, content, lock: None, notes: Vec::new() };
    assert_eq!(read.await.expect("stored"), [(2, expected)]);
}
