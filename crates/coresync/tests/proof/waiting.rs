//! How long a booking takes while hundreds are on the waitlist: the search for them never holds the writer. Printed, and held
//! only against a bound that no machine is too slow for.

use std::time::{Duration, Instant};

use serde_json::json;

use super::club::{ProofClub, TOMORROW};
use super::server::{Server, Want};
use super::{daily_or_long, run_alone};

/// Books in any room repeatedly. Every fifth time it also books and cancels the only room of another service, for which
/// people may be waiting. Returns how long each booking took, the shortest first.
async fn bookings(club: &ProofClub, server: &Server, count: usize, hour: usize) -> Vec<Duration> {
    let client = reqwest::Client::new();
    let mut took = Vec::new();
    for n in 0..count {
        if n.is_multiple_of(5) {
            let minute = (hour * 60 + n * 15) % 1_380;
            let want = Want::tomorrow(&club.desk, club.one_room, minute).with("guest_name", "Ann");
            // If the time was offered to someone meanwhile, it is taken.
            let (status, booked) = want.send(&client, &server.base).await.unwrap();
            if status == 201 {
                let url = format!("{}/api/bookings/{}/cancel_booking/", server.base, booked["id"]);
                client.post(url).bearer_auth(&club.desk).json(&json!({})).send().await.unwrap();
            }
        }
        let want = Want::tomorrow(&club.desk, club.any_room, (hour + n % 4) * 60).with("guest_name", "Ben");
        let begun = Instant::now();
        let (status, answer) = want.send(&client, &server.base).await.unwrap();
        took.push(begun.elapsed());
        assert!(status == 201 || status == 409, "{status}: {answer}");
    }
    took.sort_unstable();
    took
}

fn at(took: &[Duration], percent: usize) -> Duration {
    took[(took.len() * percent / 100).min(took.len() - 1)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_waitlist_does_not_delay_bookings() {
    let _alone = run_alone().await;
    let people = daily_or_long(60, 500);
    let club = ProofClub::create(people).await;
    let server = Server::start(&club).await;
    let count = daily_or_long(60, 200);
    let alone = bookings(&club, &server, count, 6).await;
    let client = reqwest::Client::new();
    for token in &club.guests {
        let url = format!("{}/api/bookings/waitlist/", server.base);
        let body = json!({"service_id": club.one_room, "from": TOMORROW});
        let joined = client.post(url).bearer_auth(token).json(&body).send().await.unwrap();
        assert_eq!(joined.status().as_u16(), 201);
    }
    let beside = bookings(&club, &server, count, 13).await;
    println!(
        "{people} wait: bookings p50 {:?} and p99 {:?}; without them {:?} and {:?}",
        at(&beside, 50),
        at(&beside, 99),
        at(&alone, 50),
        at(&alone, 99)
    );
    assert!(at(&beside, 99) < Duration::from_secs(5), "{:?}", at(&beside, 99));
}
