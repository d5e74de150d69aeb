//! However many want the same at once, one gets it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use kit::testing::on_postgres;
use kit::{Tx, args, sql};
use serde_json::Value;

use super::club::ProofClub;
use super::run_alone;
use super::server::{Server, Want, all_at_once};

/// Starts one server on SQLite, or two on one PostgreSQL database.
async fn servers(club: &ProofClub) -> Vec<Server> {
    let mut servers = vec![Server::start(club).await];
    if on_postgres() {
        servers.push(Server::start(club).await);
    }
    servers
}

/// Sends all requests at once and returns how many won. No response is a 5xx, losers are told so, and all are answered
/// within 30 seconds.
async fn winners(wants: Vec<Want>, servers: &[Server]) -> usize {
    let begun = Instant::now();
    let count = wants.len();
    let answers = all_at_once(wants, servers).await;
    assert!(begun.elapsed() < Duration::from_secs(30), "{count} took {:?}", begun.elapsed());
    let mut codes: HashMap<String, usize> = HashMap::new();
    for (status, answer) in &answers {
        let code = match status {
            201 => "booked",
            409 => answer["code"].as_str().unwrap(),
            other => panic!("{other}: {answer}"),
        };
        *codes.entry(code.to_owned()).or_default() += 1;
    }
    let won = codes.remove("booked").unwrap_or(0);
    // Losers are told what was missing: the room, the equipment, or the time to clean.
    let lost: usize = ["taken", "equipment", "turnover"].iter().filter_map(|code| codes.remove(*code)).sum();
    assert_eq!(lost, count - won, "{codes:?}");
    won
}

/// Returns starts that all overlap: every five minutes of an hour.
fn minute(n: usize, hour: usize) -> usize {
    hour * 60 + n % 12 * 5
}

async fn race(count: usize) {
    let club = ProofClub::create(count).await;
    let servers = servers(&club).await;
    let wants = |service, hour| -> Vec<Want> {
        let want = |(n, token): (usize, &String)| Want::tomorrow(token, service, minute(n, hour));
        club.guests.iter().enumerate().map(want).collect()
    };
    assert_eq!(winners(wants(club.one_room, 6), &servers).await, 1, "one room");
    assert_eq!(winners(wants(club.one_technician, 9), &servers).await, 1, "one technician across rooms");
    assert_eq!(winners(wants(club.one_piece, 12), &servers).await, 1, "one piece of equipment across rooms");
    assert_eq!(winners(wants(club.three_rooms, 15), &servers).await, 3, "three rooms, none named");
    let db = club.db().await;
    let (bookings, overlaps) = db.view(count_overlaps).await.unwrap();
    assert_eq!((bookings, overlaps), (6, 0));
}

/// Returns the number of bookings, and of pairs of them that overlap on a resource.
pub(crate) fn count_overlaps(tx: &mut Tx<'_>) -> kit::Result<(i64, i64)> {
    let bookings: Option<(i64,)> =
        tx.one(sql!("SELECT COUNT(*) FROM bookings WHERE status = 'confirmed'"), args![])?;
    let overlaps: Option<(i64,)> = tx.one(
        sql!(
            "SELECT COUNT(*) FROM allocations a JOIN allocations b ON b.resource_id = a.resource_id
             AND b.booking_id > a.booking_id AND b.from_cell < a.to_cell AND a.from_cell < b.to_cell
             WHERE a.live AND b.live"
        ),
        args![],
    )?;
    Ok((bookings.unwrap().0, overlaps.unwrap().0))
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_concurrent_bookings_of_one_time_have_one_winner() {
    let _alone = run_alone().await;
    race(64).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_concurrent_bookings_of_one_time_have_one_winner() {
    let _alone = run_alone().await;
    race(1_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_overlapping_bookings_of_one_guest_have_one_winner() {
    let _alone = run_alone().await;
    let club = ProofClub::create(1).await;
    let servers = servers(&club).await;
    let token = &club.guests[0];
    let wants =
        (0..64).map(|n| Want::tomorrow(token, club.any_room, minute(n, 9)).with("room_id", club.rooms[n].0));
    let answers = all_at_once(wants.collect(), &servers).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1);
    let refused = |(status, answer): &&(u16, Value)| *status == 409 && answer["code"] == "same_person";
    assert_eq!(answers.iter().filter(refused).count(), 63);
}

/// Lets commits of the PostgreSQL server wait for the disk or not, and returns whether they did. Returns when new
/// connections have the setting.
async fn set_fsync(url: &str, on: bool) -> bool {
    let url = url.to_owned();
    let set = move || {
        let connect = || postgres::Client::connect(&url, postgres::NoTls).unwrap();
        let is_on = || connect().query_one("SHOW fsync", &[]).unwrap().get::<_, String>(0) == "on";
        let was_on = is_on();
        if was_on != on {
            let mut client = connect();
            client.batch_execute(&format!("ALTER SYSTEM SET fsync = {on}")).unwrap();
            client.batch_execute("SELECT pg_reload_conf()").unwrap();
            let begun = Instant::now();
            while is_on() != on {
                assert!(begun.elapsed() < Duration::from_secs(30), "fsync is still {}", !on);
            }
        }
        was_on
    };
    tokio::task::spawn_blocking(set).await.unwrap()
}

/// On a disk that takes 0.1 seconds for a flush, a lock held until the flush would make sixty-four bookings wait for
/// each other, for 64 times that. They share their flushes instead.
#[tokio::test(flavor = "multi_thread")]
async fn bookings_of_different_rooms_do_not_wait_for_each_other() {
    let _alone = run_alone().await;
    if !on_postgres() {
        return;
    }
    let club = ProofClub::create(64 + 5).await;
    // `commit_delay` has no effect on a server that doesn't flush.
    let was_flushing = set_fsync(&club.place.url, true).await;
    let slow_disk = format!("{}%20-c%20commit_delay%3D100000%20-c%20commit_siblings%3D0", club.place.url);
    let servers = [Server::start_on(&club, &slow_disk).await];
    let mut alone = Vec::new();
    for n in 0..5 {
        let begun = Instant::now();
        let want = Want::tomorrow(&club.guests[n], club.any_room, 60).with("room_id", club.rooms[n].0);
        assert_eq!(all_at_once(vec![want], &servers).await[0].0, 201);
        alone.push(begun.elapsed());
    }
    alone.sort();
    assert!(alone[0] >= Duration::from_millis(100), "the disk is not slow: {alone:?}");
    let want =
        |n: usize| Want::tomorrow(&club.guests[5 + n], club.any_room, 600).with("room_id", club.rooms[n].0);
    let begun = Instant::now();
    let answers = all_at_once((0..64).map(want).collect(), &servers).await;
    let together = begun.elapsed();
    set_fsync(&club.place.url, was_flushing).await;
    assert!(answers.iter().all(|(status, _)| *status == 201), "{answers:?}");
    println!(
        "one alone {:?}, 64 together {together:?}: x {:.1}",
        alone[2],
        together.as_secs_f64() / alone[2].as_secs_f64()
    );
    assert!(together < alone[2] * 16, "64 at once took {together:?}, one {:?}", alone[2]);
}
