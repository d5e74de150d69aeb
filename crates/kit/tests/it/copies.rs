//! Tests of backup and restore, from each engine to each engine.

use std::path::{Path, PathBuf};

use kit::db::{Db, Place, copy_into_file, copy_out_of_file};
use kit::testing::{TestDb, on_postgres, test_place};
use kit::{Result, Tx, args, sql};

use crate::{another, open, person, put};

/// The content of tables that together hold every type.
type Content = (
    Vec<(i64, Option<String>, Option<Vec<u8>>, i64)>,
    Vec<(i64, String, i64, Option<i64>, bool)>,
    Vec<(i64, Vec<u8>)>,
    Vec<(String, i64)>,
);

fn content(tx: &mut Tx<'_>) -> Result<Content> {
    Ok((
        tx.all(sql!("SELECT id, email, emergency_contact, created_at FROM people ORDER BY id"), args![])?,
        tx.all(sql!("SELECT id, payload, run_at, locked_until, dead FROM jobs ORDER BY id"), args![])?,
        tx.all(sql!("SELECT person_id, token_digest FROM sessions ORDER BY token_digest"), args![])?,
        tx.all(sql!("SELECT name, version FROM versions ORDER BY name"), args![])?,
    ))
}

async fn read(db: &Db) -> Content {
    db.view(content).await.expect("a view")
}

async fn fill(db: &Db) {
    let filled = db.tx(|tx| {
        for n in 0..50_u8 {
            let email = (n % 3 != 0).then(|| format!("anna{n}@example.com"));
            let id = person(tx, email.as_deref())?;
            let bytes = (n % 2 == 0).then(|| (0..n).rev().collect::<Vec<u8>>());
            tx.run(sql!("UPDATE people SET emergency_contact = $1 WHERE id = $2"), args![bytes, id])?;
            let (key, now) = (tx.new_id()?, tx.now());
            tx.run(
                sql!(
                    "INSERT INTO sessions (id, person_id, kind, token_digest, family, created_at, expires_at)
                     VALUES ($1, $2, 'page', $3, $1, $4, $4)"
                ),
                args![key, id, vec![n, 0, 255], now],
            )?;
            tx.run(
                sql!(
                    "INSERT INTO jobs (id, kind, payload, run_at, attempt, locked_until, dead)
                     VALUES ($1, 'test', $2, $3, 0, $4, $5)"
                ),
                args![key, "💆 'x'", i64::from(n), (n % 2 == 0).then_some(5_i64), n % 2 == 0],
            )?;
        }
        put(tx, "a", 1)
    });
    filled.await.expect("filled");
}

fn fresh(folder: &Path, name: &str) -> Place {
    Place::Sqlite(folder.join(format!("{name}.db")))
}

fn url(place: &Place) -> String {
    match place {
        Place::Sqlite(path) => format!("sqlite:{}", path.display()),
        Place::Postgres(url) => url.clone(),
    }
}

/// Returns a test database and its backup file.
async fn backed_up() -> (TestDb, PathBuf) {
    let test = open().await;
    fill(&test.db).await;
    let file = test.folder().join("backup.db");
    let copied = copy_into_file(test.db.place(), &file).await.expect("copied");
    assert!(copied.rows >= 150 && copied.tables > 20, "{copied:?}");
    (test, file)
}

#[tokio::test]
async fn a_backup_of_either_engine_restores_to_either_engine() {
    let (test, file) = backed_up().await;
    let expected = read(&test.db).await;
    let mut targets = vec![fresh(test.folder(), "restored")];
    if on_postgres() {
        targets.push(Place::parse(&test_place().url).expect("an address"));
    }
    for target in targets {
        let copied = copy_out_of_file(&file, &target).await.expect("restored");
        let restored = another(&url(&target)).await;
        assert_eq!(read(&restored).await, expected, "{target:?}");
        restored.join().await.expect("it can be worked with");
        restored.tx(|tx| put(tx, "new", 1)).await.expect("and written to");
        // Backing up the restored database yields the same tables.
        let again = test.folder().join(format!("again-{}.db", restored.engine_name()));
        let back = copy_into_file(&target, &again).await.expect("copied");
        assert_eq!(back.tables, copied.tables);
        let second = fresh(test.folder(), &format!("second-{}", restored.engine_name()));
        copy_out_of_file(&again, &second).await.expect("restored");
        assert_eq!(read(&another(&url(&second)).await).await, read(&restored).await);
    }
}

/// A copy is a snapshot of a database that others continue to write.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_is_a_consistent_snapshot_during_writes() {
    let test = open().await;
    fill(&test.db).await;
    test.db.tx(|tx| put(tx, "left", 0).and_then(|_| put(tx, "right", 0))).await.expect("kept");
    let db = test.db.clone();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let writing = tokio::spawn(async move {
        while !*stopped.borrow() {
            let both = db.tx(|tx| {
                tx.run(sql!("UPDATE versions SET version = version + 1 WHERE name = 'left'"), args![])?;
                tx.run(sql!("UPDATE versions SET version = version + 1 WHERE name = 'right'"), args![])
            });
            both.await.expect("kept");
        }
    });
    for n in 0..3 {
        let file = test.folder().join(format!("moment{n}.db"));
        copy_into_file(test.db.place(), &file).await.expect("copied");
        let target = fresh(test.folder(), &format!("from{n}"));
        copy_out_of_file(&file, &target).await.expect("restored");
        let versions = read(&another(&url(&target)).await).await.3;
        let of = |name: &str| versions.iter().find(|(one, _)| one == name).map(|(_, version)| *version);
        assert_eq!(of("left"), of("right"));
        assert!(of("left").is_some());
    }
    stop.send(true).expect("it listens");
    writing.await.expect("it ends");
}

/// Every damaged byte is either detected, or lies in unused space, so that the restored data equals the original.
#[tokio::test]
async fn a_damaged_backup_file_is_refused() {
    let (test, file) = backed_up().await;
    let expected = read(&test.db).await;
    let whole = std::fs::read(&file).expect("readable");
    let find =
        |text: &str| whole.windows(text.len()).position(|part| part == text.as_bytes()).expect("it is there");
    // The header, the page tree, and row content: an email address, a payload, and a digest.
    let mut places =
        vec![0, 20, 100, 104, 4096, 4100, find("anna1@"), find("anna49@"), find("💆"), whole.len() / 2];
    places.extend((1..40).map(|n| whole.len() / 41 * n));
    let (mut refused, mut unharmed) = (0, 0);
    for (n, place) in places.into_iter().enumerate() {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x15;
        let file = test.folder().join(format!("damaged{n}.db"));
        std::fs::write(&file, &damaged).expect("written");
        let target = fresh(test.folder(), &format!("from-damaged{n}"));
        match copy_out_of_file(&file, &target).await {
            Err(_) => refused += 1,
            Ok(_) => {
                unharmed += 1;
                assert_eq!(
                    read(&another(&url(&target)).await).await,
                    expected,
                    "byte {place}: damage was restored"
                );
            }
        }
    }
    assert!(refused >= 10, "{refused} refused, {unharmed} unharmed");
    for short in [0, 100, 4096, whole.len() / 2, whole.len() - 4096] {
        let file = test.folder().join(format!("short{short}.db"));
        std::fs::write(&file, &whole[..short]).expect("written");
        let target = fresh(test.folder(), &format!("from-short{short}"));
        assert!(copy_out_of_file(&file, &target).await.is_err(), "a file that ends after {short} bytes");
    }
    let nothing = test.folder().join("nothing.db");
    assert!(copy_out_of_file(&nothing, &fresh(test.folder(), "from-nothing")).await.is_err());
    std::fs::write(&nothing, "these are no pages").expect("written");
    assert!(copy_out_of_file(&nothing, &fresh(test.folder(), "from-words")).await.is_err());
}

#[tokio::test]
async fn backup_and_restore_never_overwrite_existing_data() {
    let (test, file) = backed_up().await;
    let before = (read(&test.db).await, std::fs::read(&file).expect("readable"));
    assert!(copy_into_file(test.db.place(), &file).await.is_err(), "the file exists");
    assert!(copy_out_of_file(&file, test.db.place()).await.is_err(), "the database is not empty");
    assert_eq!((read(&test.db).await, std::fs::read(&file).expect("readable")), before);
}

/// The folder of a nightly backup does not exist on a fresh clone, so it is created for its owner alone.
#[tokio::test]
async fn a_backup_creates_its_private_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let (test, _) = backed_up().await;
    let folder = test.folder().join("backups");
    let file = folder.join("2026-11-24.db");
    copy_into_file(test.db.place(), &file).await.expect("copied");
    assert!(file.exists());
    let mode = std::fs::metadata(&folder).expect("the folder").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
