//! A migrated database for each test. `TEST_DATABASE_URL` (a PostgreSQL server on which schemas can be created)
//! selects the engine; without it, each test has its own SQLite file.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

use crate::clock::Clock;
use crate::db::{Caches, Db, Dependencies, Place, Width};
use crate::encryption::Encryptor;
use crate::live::Live;

/// A test database. Its folder is deleted when it is dropped.
pub struct TestDb {
    /// The database, migrated and ready.
    pub db: Db,
    /// The address of the database, for a second process.
    pub url: String,
    folder: PathBuf,
}

static COUNT: AtomicU64 = AtomicU64::new(0);

impl TestDb {
    /// Opens a new test database whose clock shows `now`.
    pub async fn open(now: Timestamp) -> TestDb {
        let TestPlace { url, folder } = test_place();
        let dependencies = Dependencies {
            clock: Clock::fixed_at(now),
            live: Live::default(),
            encryptor: Encryptor::from_key(&[7; 32]).expect("32 bytes"),
            caches: Caches::default(),
        };
        let place = Place::parse(&url).expect("an address");
        let width = Width { postgres: 8, sqlite_readers: 2 };
        let db = Db::open(place, dependencies, width).await.expect("the database opens");
        db.migrate().await.expect("the database migrates");
        db.join().await.expect("a node number is free");
        TestDb { db, url, folder }
    }

    /// Returns a folder that is deleted together with the test database.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        // A failure only leaves a folder in the machine's temporary folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The address of a database that does not exist yet, with a folder.
pub struct TestPlace {
    /// The address: `sqlite:…`, or `postgres://…` with its own schema.
    pub url: String,
    /// An empty folder for the files of the test, which the test deletes.
    pub folder: PathBuf,
}

/// Returns a new address on the engine that the tests use.
#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
pub fn test_place() -> TestPlace {
    let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let folder = std::env::temp_dir().join(format!("coresync_{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for passing things");
    let url = match std::env::var("TEST_DATABASE_URL") {
        Ok(server) if !server.is_empty() => schema_on(&server, &name),
        _ => format!("sqlite:{}", folder.join("club.db").display()),
    };
    TestPlace { url, folder }
}

/// Returns whether the tests run on PostgreSQL.
#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
pub fn on_postgres() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| std::env::var("TEST_DATABASE_URL").is_ok_and(|url| !url.is_empty()))
}

/// Creates an empty schema and returns the address that selects it.
fn schema_on(server: &str, name: &str) -> String {
    let server = server.to_owned();
    let name = name.to_owned();
    // The driver starts its own runtime, which must not run inside the runtime of the test.
    std::thread::spawn(move || {
        let mut client =
            postgres::Client::connect(&server, postgres::NoTls).expect("the test server answers");
        let text = format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}");
        client.batch_execute(&text).expect("a schema can be made");
        let joint = if server.contains('?') { '&' } else { '?' };
        format!("{server}{joint}options=-c%20search_path%3D{name}")
    })
    .join()
    .expect("a schema was made")
}
