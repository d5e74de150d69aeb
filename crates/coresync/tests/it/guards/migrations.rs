//! Old filled databases are migrated to the current schema. Each test applies the migrations up to an old one, fills
//! every table of that schema, and applies the remaining migrations. Then no row is missing or changed, and `coresync
//! check` finds no damage.

use std::collections::BTreeMap;
use std::path::Path;

use kit::Clock;
use kit::db::{self, Caches, Db, Dependencies, Place, State, Width};
use kit::encryption::Encryptor;
use kit::live::Live;
use kit::testing::test_place;

use crate::old_schema::{CELLS, Dialect, ROWS, Table, WITHOUT_ROWS, rows_of, tables};

/// The last migrations of the old databases. 0007 is the first one with bookings. The others come right before a
/// migration that changes rows: plans contain their own terms (0012), addresses are not verified (0015), there are no
/// guest contacts and no search words (0021), phone numbers are stored as they were entered (0024), and tables, columns,
/// and kinds have their former names (0031, 0032).
const OLD: [&str; 7] = ["0007", "0012", "0015", "0021", "0024", "0031", "0032"];
/// Columns whose values a later migration rewrites.
const REWRITTEN: [(&str, &str); 3] =
    [("people", "phone"), ("bookings", "guest_phone"), ("charges", "status")];
/// The tables whose rows a migration moves to another table.
const REPLACED: [&str; 1] = ["tax_rates"];

/// Returns the name and text of every migration, in order.
fn history() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let entries = std::fs::read_dir(folder).expect("migrations").map(|one| one.expect("an entry").path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "sql")).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a plain name");
        (name.to_owned(), std::fs::read_to_string(path).expect("a text"))
    };
    files.iter().map(read).collect()
}

/// Returns the digest that databases have stored since they were migrated to the old schema: the one in the list if the
/// comments or the format of the migration changed later, and otherwise that of its statements.
fn stored_digest(name: &str, text: &str) -> String {
    let digests = include_str!("../../../../../migrations/earlier-digests.txt");
    let mut lines = digests.lines().filter_map(|line| line.split_once(' '));
    let listed = lines.find_map(|(known, digest)| (known == name).then(|| digest.to_owned()));
    listed.unwrap_or_else(|| {
        let is_comment = |line: &&str| line.trim_start().starts_with("--");
        let statements: String = text.split_inclusive('\n').filter(|line| !is_comment(line)).collect();
        kit::tokens::hex(&kit::tokens::digest(&statements))
    })
}

/// Returns a migration with the text that applies to one engine only, in the same way as the program.
fn with_text_for(text: &str, marker: &str) -> String {
    let mut parts = text.split(marker);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + &part.replacen("*/", "", 1))
}

/// Translates a statement for SQLite in the same way as the program.
fn for_sqlite(text: &str) -> String {
    [("BIGINT", "INTEGER"), ("BOOLEAN", "INTEGER"), ("BYTEA", "BLOB")]
        .iter()
        .fold(with_text_for(text, "/*sqlite:"), |text, (one, other)| text.replace(one, other))
        .replace("\n);", "\n) STRICT;")
        .replace("\n)  WITHOUT ROWID;", "\n) STRICT, WITHOUT ROWID;")
}

/// A direct connection to the database, without the program.
enum DirectConnection {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Client>),
}

impl DirectConnection {
    fn connect(url: &str) -> DirectConnection {
        match Place::parse(url).expect("an address") {
            Place::Sqlite(path) => {
                let db = rusqlite::Connection::open(path).expect("a file");
                db.execute_batch("PRAGMA foreign_keys = ON").expect("foreign keys are enforced");
                DirectConnection::Sqlite(db)
            }
            Place::Postgres(url) => DirectConnection::Postgres(Box::new(
                postgres::Client::connect(&url, postgres::NoTls).expect("a server"),
            )),
        }
    }

    fn dialect(&self) -> Dialect {
        match self {
            DirectConnection::Sqlite(_) => Dialect::Sqlite,
            DirectConnection::Postgres(_) => Dialect::Postgres,
        }
    }

    fn run(&mut self, sql: &str) {
        match self {
            DirectConnection::Sqlite(db) => {
                let sql = for_sqlite(sql);
                db.execute_batch(&sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
            }
            DirectConnection::Postgres(db) => {
                let sql = with_text_for(sql, "/*postgres:");
                db.batch_execute(&sql).unwrap_or_else(|error| panic!("{error:?}: {sql}"));
            }
        }
    }

    /// Returns the rows of a table as texts, sorted.
    fn rows(&mut self, table: &str, columns: &[String]) -> Vec<Vec<Option<String>>> {
        let as_text: Vec<String> = columns.iter().map(|name| format!("CAST({name} AS TEXT)")).collect();
        let sql = format!("SELECT {} FROM {table}", as_text.join(", "));
        let width = columns.len();
        let mut rows: Vec<Vec<Option<String>>> = match self {
            DirectConnection::Sqlite(db) => {
                let mut statement = db.prepare(&sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
                let read = |row: &rusqlite::Row<'_>| -> rusqlite::Result<Vec<Option<String>>> {
                    (0..width).map(|at| row.get(at)).collect()
                };
                let rows = statement.query_map([], read).expect("rows");
                rows.collect::<rusqlite::Result<_>>().expect("texts")
            }
            DirectConnection::Postgres(db) => {
                let rows = db.query(&sql, &[]).unwrap_or_else(|error| panic!("{error:?}: {sql}"));
                rows.iter().map(|row| (0..width).map(|at| row.get(at)).collect()).collect()
            }
        };
        rows.sort();
        rows
    }
}

type Content = BTreeMap<String, Vec<Vec<Option<String>>>>;

/// Returns the rows of every table of the schema `before`, in the columns that the schema `after` has, too. The database
/// has the schema `now`. Tables are returned by the names under which they were created.
fn content(db: &mut DirectConnection, now: &[Table], before: &[Table], after: &[Table]) -> Content {
    let find = |schema: &[Table], table: &Table| {
        let found = schema.iter().find(|one| one.origin == table.origin).cloned();
        found.unwrap_or_else(|| panic!("the later schema has no table {}", table.origin))
    };
    let mut all = Content::new();
    for table in before.iter().filter(|table| !REPLACED.contains(&table.origin.as_str())) {
        let (now, after) = (find(now, table), find(after, table));
        let is_rewritten = |origin: &str| REWRITTEN.contains(&(table.origin.as_str(), origin));
        let has = |table: &Table, origin: &str| table.columns.iter().any(|one| one.origin == origin);
        let stays = |origin: &str| has(table, origin) && has(&after, origin) && !is_rewritten(origin);
        let columns = now.columns.iter().filter(|one| stays(&one.origin));
        let columns: Vec<String> = columns.map(|one| one.name.clone()).collect();
        all.insert(table.origin.clone(), db.rows(&now.name, &columns));
    }
    all
}

/// Creates the empty database of an old program.
fn create(url: &str, old: &[(String, String)]) -> DirectConnection {
    let mut db = DirectConnection::connect(url);
    db.run("CREATE TABLE migrations (name TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL)");
    for (name, text) in old {
        db.run(text);
        let digest = stored_digest(name, text);
        db.run(&format!("INSERT INTO migrations (name, digest) VALUES ('{name}', '{digest}')"));
    }
    db
}

/// Creates the database of an old program, fills it, and returns its content.
fn build(url: &str, old: &[(String, String)], before: &[Table], after: &[Table]) -> Content {
    let mut db = create(url, old);
    let dialect = db.dialect();
    for table in before.iter().filter(|table| !WITHOUT_ROWS.contains(&table.origin.as_str())) {
        rows_of(table, dialect).iter().for_each(|sql| db.run(sql));
    }
    content(&mut db, before, before, after)
}

/// Runs blocking work on its own thread, because the PostgreSQL driver starts a runtime that can't run inside the
/// test's.
fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::spawn(work).join().expect("the thread does not panic")
}

async fn opened(place: Place) -> Db {
    let dependencies = Dependencies {
        clock: Clock::fixed_at("2026-11-24T15:00:00Z".parse().expect("a time")),
        live: Live::default(),
        encryptor: Encryptor::from_key(&[7; 32]).expect("32 bytes"),
        caches: Caches::default(),
    };
    Db::open(place, dependencies, Width { postgres: 2, sqlite_readers: 1 }).await.expect("the database opens")
}

async fn migrate_and_check(number: &str) {
    let history = history();
    let texts: Vec<String> = history.iter().map(|(_, text)| text.clone()).collect();
    let count = history.iter().filter(|(name, _)| &name[..4] <= number).count();
    let (before, after) = (tables(&texts[..count]), tables(&texts));
    let test = test_place();
    let (url, old) = (test.url.clone(), history[..count].to_vec());
    let (then_before, then_after) = (before.clone(), after.clone());
    let filled = aside(move || build(&url, &old, &then_before, &then_after));
    for (table, rows) in &filled {
        let expected = if table == "claims" { ROWS * CELLS } else { ROWS };
        let expected = if WITHOUT_ROWS.contains(&table.as_str()) { 0 } else { expected };
        assert_eq!(rows.len(), usize::try_from(expected).expect("a count"), "{number}: {table}");
    }

    let place = Place::parse(&test.url).expect("an address");
    let db = opened(place.clone()).await;
    let migrated = db.migrate().await.unwrap_or_else(|error| panic!("{number}: {error:?}"));
    assert_eq!((migrated.applied, migrated.total), (history.len() - count, history.len()), "{number}");
    let inspection = db::inspect(&place).await.expect("an inspection");
    assert!(matches!(inspection.state, State::Current), "{number}");
    assert!(inspection.damage.is_empty(), "{number}: {:?}", inspection.damage);
    let findings = coresync::check::find_problems(&db).await.expect("findings");
    assert!(findings.is_empty(), "{number}: {findings:?}");

    let url = test.url.clone();
    let (now, phones, guests) = aside(move || {
        let mut db = DirectConnection::connect(&url);
        let phones = db.rows("people", &["phone".to_owned()]);
        (
            content(&mut db, &after, &before, &after),
            phones,
            db.rows("guest_contacts", &["booking_id".to_owned()]).len(),
        )
    });
    for (table, rows) in &filled {
        assert_eq!(now[table].len(), rows.len(), "{number}: rows of {table}");
        assert_eq!(&now[table], rows, "{number}: content of {table}");
    }
    let phone = if number < "0025" { "+12125550101" } else { "(212) 555-0101" };
    assert_eq!(phones[0], [Some(phone.to_owned())], "{number}: as E.164 since 0025");
    assert_eq!(
        guests,
        usize::try_from(ROWS).expect("a count"),
        "{number}: every earlier guest has a contact row"
    );
    drop(db);
    let _ = std::fs::remove_dir_all(&test.folder);
}

#[tokio::test]
async fn old_filled_databases_migrate_without_data_loss() {
    for number in OLD {
        migrate_and_check(number).await;
    }
}

/// Queued work and log entries of a program before 0032 keep their meaning under the kinds of today.
#[tokio::test]
async fn stored_kinds_are_renamed() {
    const ROWS: &str = "
        INSERT INTO jobs (id, kind, payload, run_at, attempt, dead, club_id)
        VALUES (1, 'people.seal', '{}', 0, 0, FALSE, 1), (2, 'people.digest', '{}', 0, 0, FALSE, 1);
        INSERT INTO mails (id, to_address, subject, sent_at, how, kind)
        VALUES (1, 'a@b.cd', 'A', 0, 'kept', 'membership.told'), (2, 'a@b.cd', 'B', 0, 'smtp', NULL);";
    let history = history();
    let test = test_place();
    let count = history.iter().filter(|(name, _)| name.as_str() < "0032").count();
    let (url, old) = (test.url.clone(), history[..count].to_vec());
    aside(move || create(&url, &old).run(ROWS));
    let db = opened(Place::parse(&test.url).expect("an address")).await;
    db.migrate().await.expect("the migrations are applied");
    drop(db);
    let url = test.url.clone();
    let (jobs, mails) = aside(move || {
        let mut db = DirectConnection::connect(&url);
        let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        (db.rows("jobs", &columns(&["id", "kind"])), db.rows("mails", &columns(&["how", "kind"])))
    });
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(jobs, [[text("1"), text("people.checkpoint")], [text("2"), text("people.digest")]]);
    assert_eq!(mails, [[text("file"), text("membership.notify")], [text("smtp"), None]]);
    let _ = std::fs::remove_dir_all(&test.folder);
}

/// The rows of checkpoints remain when their tables are renamed, and SQLite still refuses to change or delete them.
#[tokio::test]
async fn renamed_checkpoints_remain_and_cannot_be_changed() {
    const ROWS: &str = "
        INSERT INTO audit_seals (number, made_at, entries, sealed) VALUES (1, 5, 2, 'abc');
        INSERT INTO audit_sealed (audit_id, number) VALUES (7, 1), (8, 1);";
    let history = history();
    let test = test_place();
    let count = history.iter().filter(|(name, _)| name.as_str() < "0033").count();
    let (url, old) = (test.url.clone(), history[..count].to_vec());
    aside(move || {
        let mut db = create(&url, &old);
        db.run(&match db.dialect() {
            Dialect::Sqlite => ROWS.replace("'abc'", "x'616263'"),
            Dialect::Postgres => ROWS.to_owned(),
        });
    });
    let db = opened(Place::parse(&test.url).expect("an address")).await;
    db.migrate().await.expect("the migrations are applied");
    drop(db);
    let url = test.url.clone();
    let (checkpoints, rows) = aside(move || {
        let mut db = DirectConnection::connect(&url);
        if let DirectConnection::Sqlite(db) = &db {
            for sql in [
                "UPDATE audit_checkpoints SET entries = 3",
                "DELETE FROM audit_checkpoints",
                "UPDATE audit_checkpoint_rows SET number = 2",
                "DELETE FROM audit_checkpoint_rows",
            ] {
                let error = db.execute_batch(sql).expect_err(sql).to_string();
                assert!(error.contains("checkpoint is not"), "{sql}: {error}");
            }
        }
        let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        (
            db.rows("audit_checkpoints", &columns(&["number", "made_at", "entries"])),
            db.rows("audit_checkpoint_rows", &columns(&["audit_id", "number"])),
        )
    });
    let texts = |texts: &[&str]| texts.iter().map(|text| Some((*text).to_owned())).collect::<Vec<_>>();
    assert_eq!(checkpoints, [texts(&["1", "5", "2"])]);
    assert_eq!(rows, [texts(&["7", "1"]), texts(&["8", "1"])]);
    let _ = std::fs::remove_dir_all(&test.folder);
}
