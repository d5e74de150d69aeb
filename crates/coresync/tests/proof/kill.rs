//! A power cut at any moment loses no acknowledged booking, and leaves none half done.

mod emails;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::ToSpan as _;
use kit::{Db, Tx, args, sql};
use serde_json::json;
use tokio::sync::Mutex;

use super::club::{ProofClub, TOMORROW};
use super::server::{Server, Want};
use super::{daily_or_long, run_alone};

/// How many clients book at once.
const CLIENTS: usize = 24;
/// The starts of a day in a room that each booking occupies for 85 minutes.
const STARTS: usize = 16;

/// The next free combination of room, day, and time.
struct Places(AtomicUsize);

impl Places {
    fn next(&self, club: &ProofClub) -> Want {
        let n = self.0.fetch_add(1, Ordering::SeqCst);
        let (room, rest) = (club.rooms[n % club.rooms.len()], n / club.rooms.len());
        let (start, day) = (rest % STARTS, rest / STARTS);
        let day = TOMORROW.checked_add(i64::try_from(day).unwrap().days()).unwrap();
        let minute = 10 + start * 85;
        Want {
            token: club.desk.clone(),
            body: json!({"service_id": club.any_room, "room_id": room, "date": day, "guest_name": "Somebody",
                "start_time": format!("{:02}:{:02}", minute / 60, minute % 60)}),
        }
    }
}

type Log = Arc<Mutex<HashMap<i64, String>>>;

/// Books without pause until the program is gone, and records the acknowledged bookings.
async fn book_on(club: Arc<ProofClub>, places: Arc<Places>, base: String, log: Log, done: Arc<AtomicUsize>) {
    let client = reqwest::Client::new();
    loop {
        match places.next(&club).send(&client, &base).await {
            Ok((201, answer)) => {
                let id = answer["id"].as_i64().unwrap();
                log.lock().await.insert(id, answer["booking_reference"].as_str().unwrap().to_owned());
                done.fetch_add(1, Ordering::SeqCst);
            }
            Ok((status, answer)) => panic!("{status}: {answer}"),
            Err(_) => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_loses_no_booking_and_leaves_none_incomplete() {
    let _alone = run_alone().await;
    let club = Arc::new(ProofClub::create(0).await);
    let places = Arc::new(Places(AtomicUsize::new(0)));
    let log: Log = Log::default();
    let mut rates = Vec::new();
    for cut in 0..daily_or_long(5, 50) {
        let server = Server::start(&club).await;
        let done = Arc::new(AtomicUsize::new(0));
        let client = |_| {
            let (base, log, done) = (server.base.clone(), log.clone(), done.clone());
            tokio::spawn(book_on(club.clone(), places.clone(), base, log, done))
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        wait_until_warm(&done).await;
        let (before, begun) = (done.load(Ordering::SeqCst), Instant::now());
        // A different moment each time, from 0.1 to 0.6 seconds.
        tokio::time::sleep(Duration::from_millis(100 + cut * 7_919 % 500)).await;
        let rate = (done.load(Ordering::SeqCst) - before) as f64 / begun.elapsed().as_secs_f64();
        server.kill();
        for client in clients {
            client.await.unwrap();
        }
        rates.push(rate as u64);
        let db = club.db().await;
        let acknowledged = log.lock().await.clone();
        check_bookings(&db, acknowledged).await;
        db.leave().await.unwrap();
    }
    println!("acknowledged bookings a second before each cut: {rates:?}");
    // The program starts again without help.
    Server::start(&club).await;
}

/// Waits until bookings succeed at full speed: the first ones prepare every statement on every connection.
async fn wait_until_warm(done: &AtomicUsize) {
    let begun = Instant::now();
    while done.load(Ordering::SeqCst) < 10 * CLIENTS {
        assert!(begun.elapsed() < Duration::from_secs(30), "no bookings are acknowledged");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Checks that every acknowledged booking exists, and that every stored booking is complete.
async fn check_bookings(db: &Db, acknowledged: HashMap<i64, String>) {
    let count = acknowledged.len();
    let (stored, broken) = db.view(move |tx| inspect(tx, &acknowledged)).await.unwrap();
    assert!(broken.is_empty(), "{broken:?}");
    assert!(stored >= count, "{count} were acknowledged, {stored} are there");
}

fn inspect(tx: &mut Tx<'_>, acknowledged: &HashMap<i64, String>) -> kit::Result<(usize, Vec<String>)> {
    let rows: Vec<(i64, Option<String>)> = tx.all(sql!("SELECT id, reference FROM bookings"), args![])?;
    let mut broken = Vec::new();
    let bookings: HashMap<i64, Option<String>> = rows.into_iter().collect();
    for (id, reference) in acknowledged {
        if bookings.get(id) != Some(&Some(reference.clone())) {
            broken.push(format!("{reference} was acknowledged and is {:?}", bookings.get(id)));
        }
    }
    let wholes: Vec<(i64, i64, i64, i64, i64, i64)> = tx.all(
        sql!(
            "SELECT b.id, (SELECT COUNT(*) FROM claims c WHERE c.booking_id = b.id),
             (SELECT COUNT(*) FROM allocations a WHERE a.booking_id = b.id AND a.live),
             (SELECT COUNT(*) FROM charges c WHERE c.subject_id = b.id),
             (SELECT COUNT(*) FROM booking_events e WHERE e.booking_id = b.id),
             (SELECT COUNT(*) FROM charge_lines l JOIN charges c ON c.id = l.charge_id WHERE c.subject_id = b.id)
             FROM bookings b"
        ),
        args![],
    )?;
    // 10 + 60 + 15 minutes are 17 cells of one room, with one charge, one line, and one event.
    let is_whole = |whole: &&(i64, i64, i64, i64, i64, i64)| {
        (whole.1, whole.2, whole.3, whole.4, whole.5) != (17, 1, 1, 1, 1)
    };
    broken.extend(wholes.iter().filter(is_whole).map(|whole| format!("half made: {whole:?}")));
    let numbers: Option<(i64, i64)> = tx.one(
        sql!("SELECT COALESCE(MAX(last), 0), (SELECT COUNT(DISTINCT reference) FROM bookings) FROM counters"),
        args![],
    )?;
    let (last, references) = numbers.unwrap();
    if last != references || references != i64::try_from(bookings.len()).unwrap() {
        broken.push(format!(
            "the last number is {last}, there are {references} in {} bookings",
            bookings.len()
        ));
    }
    let strays: Option<(i64,)> = tx.one(
        sql!("SELECT COUNT(*) FROM claims c WHERE NOT EXISTS (SELECT 1 FROM bookings b WHERE b.id = c.booking_id)"),
        args![],
    )?;
    if strays != Some((0,)) {
        broken.push(format!("{strays:?} claims belong to no booking"));
    }
    Ok((bookings.len(), broken))
}
