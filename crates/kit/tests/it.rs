//! Tests of `kit` on the engine of the suite: the database layer, jobs, ids, backups, encryption,
//! and input.

#[path = "it/config.rs"]
mod config;
#[path = "it/copies.rs"]
mod copies;
#[path = "it/encryption.rs"]
mod encryption;
#[path = "it/ids.rs"]
mod ids;
#[path = "it/input.rs"]
mod input;
#[path = "it/jobs.rs"]
mod jobs;
#[path = "it/migrations.rs"]
mod migrations;
#[path = "it/records.rs"]
mod records;
#[path = "it/replies.rs"]
mod replies;
#[path = "it/seam.rs"]
mod seam;
#[path = "it/values.rs"]
mod values;
#[path = "it/versions.rs"]
mod versions;

use kit::clock::Clock;
use kit::db::{Caches, Db, Dependencies, Place, Width};
use kit::encryption::Encryptor;
use kit::live::Live;
use kit::testing::TestDb;
use kit::{Id, Result, Tx, args, sql};

async fn open() -> TestDb {
    TestDb::open("2026-11-24T15:00:00Z".parse().expect("a time")).await
}

/// Opens the database a second time, as another process would.
async fn another(url: &str) -> Db {
    let dependencies = Dependencies {
        clock: Clock::fixed_at("2026-11-24T15:00:00Z".parse().expect("a time")),
        live: Live::default(),
        encryptor: Encryptor::from_key(&[7; 32]).expect("32 bytes"),
        caches: Caches::default(),
    };
    let width = Width { postgres: 2, sqlite_readers: 1 };
    Db::open(Place::parse(url).expect("an address"), dependencies, width).await.expect("it opens")
}

/// Inserts a row with a unique key. `kit` has no table of its own for experiments, so the tests use `versions`.
fn put(tx: &mut Tx<'_>, name: &str, version: i64) -> Result<u64> {
    tx.run(sql!("INSERT INTO versions (name, version) VALUES ($1, $2)"), args![name, version])
}

fn got(tx: &mut Tx<'_>, name: &str) -> Result<Option<i64>> {
    let found: Option<(i64,)> = tx.one(sql!("SELECT version FROM versions WHERE name = $1"), args![name])?;
    Ok(found.map(|(version,)| version))
}

async fn read_value(db: &Db, name: &'static str) -> Option<i64> {
    db.view(move |tx| got(tx, name)).await.expect("a view")
}

/// Inserts a person to refer to.
fn person(tx: &mut Tx<'_>, email: Option<&str>) -> Result<Id> {
    let id = tx.new_id()?;
    let now = tx.now();
    tx.run(
        sql!(
            "INSERT INTO people (id, email, first_name, last_name, created_at)
             VALUES ($1, $2, 'Anna', 'Berg', $3)"
        ),
        args![id, email, now],
    )?;
    Ok(id)
}
