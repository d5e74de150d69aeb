//! Journeys from a search to a cancellation, for every tier.

use kit::{Cents, Clock};
use people::Actor;
use serde_json::json;
use testing::{BEA, DORA, GUS, MAX, PIA, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, MY_BOOKINGS, book, cancel, cents, request_body, search, starts, sum, try_book};

/// Search, book, find the booking, cancel, and the time is free again. The price is that of the tier.
#[tokio::test]
async fn every_tier_searches_books_and_cancels_at_its_own_price() {
    let app = TestClub::open().await;
    let tiers = [(GUS, "200.00"), (BEA, "150.00"), (PIA, "130.00"), (UMA, "0.00")];
    for (place, (player, price)) in (1..).zip(tiers) {
        let name = player.first_name;
        let found = search(&app, player, "massage", "2026-11-27").await;
        let slot =
            found.list("available_slots").iter().find(|slot| slot["start_time"] == "14:00").expect("14:00");
        assert_eq!(slot["price"], price, "{name}");
        assert_eq!(sum(&slot["why"]), cents(&slot["price"]), "{name}");
        assert_eq!((&slot["member_price"], &slot["non_member_price"]), (&json!("150.00"), &json!("200.00")));

        let booked = book(&app, player, "massage", "2026-11-27", "14:00").await;
        assert_eq!(booked["booking_reference"], format!("CS-2026-{place:06}"), "{name}");
        assert_eq!(booked["pricing"]["final_total"], price, "{name}");
        assert_eq!(sum(&booked["pricing"]["why"]), cents(&booked["pricing"]["final_total"]), "{name}");
        assert_eq!(booked["status"], "confirmed");
        assert_eq!(booked["payment_status"], if price == "0.00" { "paid" } else { "unpaid" }, "{name}");
        assert_eq!((&booked["room"]["id"], &booked["starts_at"]), (&slot["room_id"], &slot["starts_at"]));

        let my_bookings = app.as_(player).get(MY_BOOKINGS).await.expect(200);
        assert_eq!((my_bookings.number("total_upcoming"), my_bookings.number("total_past")), (1, 0));
        assert_eq!(my_bookings.list("upcoming")[0], booked.body, "{name}: my_bookings says what create said");
        let shown = app.as_(player).get(&format!("/api/bookings/{}/", booked.number("id"))).await.expect(200);
        assert_eq!(shown.body, booked.body, "{name}");

        let cancelled = cancel(&app, player, booked.number("id")).await.expect(200);
        assert_eq!(cancelled["booking"]["status"], "cancelled", "{name}");
        assert_eq!(cancelled["fee"], "0.00", "{name}: within the hour of regret");
        let my_bookings = app.as_(player).get(MY_BOOKINGS).await.expect(200);
        assert_eq!(
            (my_bookings.number("total_upcoming"), my_bookings.number("total_past")),
            (0, 1),
            "{name}"
        );
        let again = search(&app, player, "massage", "2026-11-27").await;
        assert_eq!(again.body, found.body, "{name}: everything is free again");
    }
}

/// A time that is booked is no longer offered to anyone, and both of its resources are taken.
#[tokio::test]
async fn a_booked_time_is_no_longer_offered() {
    let app = TestClub::open().await;
    let before = search(&app, BEA, "massage", "2026-11-27").await;
    assert!(starts(&before).contains(&"14:00"));
    let free_places = |answer: &testing::Answer, start: &str| {
        let slot = answer.list("available_slots").iter().find(|slot| slot["start_time"] == start).cloned();
        slot.map_or(0, |slot| slot["available_spots"].as_i64().expect("a count"))
    };
    assert_eq!(free_places(&before, "14:00"), 2, "two rooms and two technicians");
    book(&app, GUS, "massage", "2026-11-27", "14:00").await;
    assert_eq!(free_places(&search(&app, BEA, "massage", "2026-11-27").await, "14:00"), 1);
    book(&app, BEA, "massage", "2026-11-27", "14:00").await;
    let after = search(&app, PIA, "massage", "2026-11-27").await;
    assert_eq!(free_places(&after, "14:00"), 0);
    assert!(!starts(&search(&app, PIA, "couples", "2026-11-27").await).contains(&"14:00"));
}

/// H4: numbers come from a counter in the confirming transaction. Refusals and cancellations use none.
#[tokio::test]
async fn booking_numbers_have_no_gaps_despite_refusals() {
    let app = TestClub::open().await;
    let mut numbers = Vec::new();
    for (place, time) in ["12:00", "12:30", "13:00", "13:30", "14:00"].into_iter().enumerate() {
        let booked = book(&app, BEA, "pod", "2026-11-30", time).await;
        numbers.push(booked["booking_reference"].as_str().expect("a number").to_owned());
        try_book(&app, BEA, "pod", "2026-11-30", time).await.refused(409, "same_person");
        try_book(&app, GUS, "pod", "2026-12-20", time).await.refused(403, "outside_window");
        try_book(&app, GUS, "circle", "2026-11-25", time).await.refused(403, "plan_required");
        if place == 2 {
            cancel(&app, BEA, booked.number("id")).await.expect(200);
        }
    }
    let expected: Vec<String> = (1..=5).map(|n| format!("CS-2026-{n:06}")).collect();
    assert_eq!(numbers, expected);
}

/// The year is that of the club's clock: on New Year's Eve in New York, it is already next year in UTC.
#[tokio::test]
async fn booking_numbers_use_the_year_in_the_clubs_time_zone() {
    let app = TestClub::open_at("2026-12-31T23:30:00-05:00").await;
    let late = book(&app, BEA, "pod", "2027-01-02", "12:00").await;
    assert_eq!(late["booking_reference"], "CS-2026-000001");
    app.set_time("2027-01-01T00:00:00-05:00");
    let early = book(&app, BEA, "pod", "2027-01-02", "13:00").await;
    assert_eq!(early["booking_reference"], "CS-2027-000001");
}

/// Twelve requests at once for four pods, and four more for one room: exactly as many succeed as there is room for.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_bookings_succeed_only_up_to_capacity() {
    let app = TestClub::open().await;
    let people = [GUS, BEA, PIA, UMA, testing::TOM, DORA, MAX, testing::OLA];
    let body = request_body(&app, "pod", "2026-11-25", "12:00").await;
    let (mut won, mut numbers) = (0, Vec::new());
    let answers = people.map(|player| {
        let (app, body) = (&app, body.clone());
        async move { app.as_(player).post(CREATE, body).await }
    });
    for answer in join_all(answers).await {
        match answer.status {
            201 => {
                won += 1;
                numbers.push(answer["booking_reference"].as_str().expect("a number").to_owned());
            }
            _ => drop(answer.refused(409, "taken")),
        }
    }
    numbers.sort();
    assert_eq!(won, 4);
    assert_eq!(numbers, (1..=4).map(|n| format!("CS-2026-{n:06}")).collect::<Vec<_>>());
    assert!(!starts(&search(&app, GUS, "pod", "2026-11-25").await).contains(&"12:00"));
}

async fn join_all<F: Future<Output = testing::Answer>, const N: usize>(all: [F; N]) -> Vec<testing::Answer> {
    // The futures are polled together. The work is done meanwhile on the database's own threads.
    let mut waiting: Vec<_> = all.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<testing::Answer>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (place, one) in waiting.iter_mut().enumerate() {
            if done[place].is_none()
                && let std::task::Poll::Ready(answer) = one.as_mut().poll(context)
            {
                done[place] = Some(answer);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

/// Signing up, signing in, and booking with the API only.
#[tokio::test]
async fn a_new_person_signs_up_and_books() {
    let app = TestClub::open().await;
    let input = json!({"email": "new@cast.test", "password": "a long enough one", "first_name": "Nia",
        "last_name": "Holt"});
    let joined = crate::accounts::sign_up(&app, input).await;
    let token = joined["access"].as_str().expect("a token").to_owned();
    let nia = app.bearer(&token);
    assert_eq!(
        nia.get("/api/memberships/current/").await.expect(404)["available_plans"].as_array().map(Vec::len),
        Some(3)
    );
    let booked = nia.post(CREATE, request_body(&app, "pod", "2026-11-26", "12:00").await).await.expect(201);
    assert_eq!(booked["pricing"]["final_total"], "45.00");
    nia.post("/api/auth/logout/", json!({})).await.expect(204);
    nia.get(MY_BOOKINGS).await.refused(401, "not_signed_in");
}

/// S27: a price is correct at once after an edit, in this process and in another one on the same database.
#[tokio::test]
async fn a_new_price_applies_at_once_in_every_process() {
    let app = TestClub::open().await;
    let other = second(&app).await;
    let massage = app.service("massage").await;
    let listed = |answer: &testing::Answer| {
        let found = answer.list("").iter().find(|one| one["slug"] == "massage").expect("it is listed");
        found["non_member_price"].as_str().expect("a price").to_owned()
    };
    let there = || async {
        let catalogue = other.view(catalogue::current).await.expect("a catalogue");
        catalogue.service(massage).expect("it is there").list
    };
    assert_eq!(listed(&app.visitor().get("/api/services/").await.expect(200)), "200.00");
    assert_eq!(there().await, Cents(20_000));

    let max = app.person(MAX);
    let reprice = move |list: i64| {
        move |tx: &mut kit::Tx<'_>| {
            let by = Actor::of(people::person(tx, max)?);
            catalogue::reprice(tx, &by, massage, Cents(list), Cents(9_900))
        }
    };
    app.db().tx(reprice(21_000)).await.expect("repriced here");
    assert_eq!(listed(&app.visitor().get("/api/services/").await.expect(200)), "210.00");
    assert_eq!(there().await, Cents(21_000), "the other process knows it");

    other.tx(reprice(22_000)).await.expect("repriced there");
    assert_eq!(
        listed(&app.visitor().get("/api/services/").await.expect(200)),
        "220.00",
        "and the other way round"
    );
    let found = search(&app, GUS, "massage", "2026-11-27").await;
    assert_eq!(found["available_slots"][0]["price"], "220.00");

    // A price that was rolled back never existed.
    let undone = other.tx(move |tx| {
        let by = Actor::of(people::person(tx, max)?);
        catalogue::reprice(tx, &by, massage, Cents(1), Cents(1))?;
        assert_eq!(catalogue::current(tx)?.service(massage).map(|one| one.list), Some(Cents(1)));
        Err::<(), _>(kit::Error::NotFound)
    });
    assert!(undone.await.is_err());
    assert_eq!(there().await, Cents(22_000));

    let gus = app.person(GUS);
    let refused = app.db().tx(move |tx| {
        let by = Actor::of(people::person(tx, gus)?);
        catalogue::reprice(tx, &by, massage, Cents(1), Cents(1))
    });
    assert!(matches!(refused.await, Err(kit::Error::Forbidden)));
}

/// Earlier bookings keep their price (P6).
#[tokio::test]
async fn a_booking_keeps_the_price_it_was_made_at() {
    let app = TestClub::open().await;
    let booked = book(&app, GUS, "massage", "2026-11-27", "14:00").await;
    let (max, massage) = (app.person(MAX), app.service("massage").await);
    let raised = app.db().tx(move |tx| {
        let by = Actor::of(people::person(tx, max)?);
        catalogue::reprice(tx, &by, massage, Cents(50_000), Cents(40_000))
    });
    raised.await.expect("repriced");
    let shown = app.as_(GUS).get(&format!("/api/bookings/{}/", booked.number("id"))).await.expect(200);
    assert_eq!(shown["pricing"], booked["pricing"]);
}

/// Opens a second process's connection to the same database. Its clock shows the same time as the first one's.
async fn second(app: &TestClub) -> kit::Db {
    use kit::db::{Caches, Db, Dependencies, Place, Width};
    let dependencies = Dependencies {
        clock: Clock::fixed_at(app.clock().now()),
        live: kit::live::Live::default(),
        encryptor: kit::encryption::Encryptor::from_key(&[7; 32]).expect("32 bytes"),
        caches: Caches::default(),
    };
    let db = Db::open(
        Place::parse(app.url()).expect("an address"),
        dependencies,
        Width { postgres: 2, sqlite_readers: 1 },
    );
    let db = db.await.expect("a second one on the same database");
    db.join().await.expect("a node number");
    db
}
