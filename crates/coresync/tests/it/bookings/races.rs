//! Races: two people who want the same at once, or one who wants it twice. One of them gets it, by whatever route, and
//! nothing is lost. On PostgreSQL they really run in parallel, so each race is run many times.

use std::future::Future;
use std::pin::Pin;

use kit::{Result, Tx, args, sql};
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, PIA, Player, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, cancel, request_body};

const HOLD: &str = "/api/bookings/hold/";
const WAIT: &str = "/api/bookings/waitlist/";

/// How often each race is run.
#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
fn rounds() -> usize {
    if std::env::var("CORESYNC_LONG").is_ok_and(|value| !value.is_empty()) { 100 } else { 6 }
}

type Operation<'d> = Pin<Box<dyn Future<Output = Answer> + 'd>>;

/// Runs both at once, while the database's own threads do the work. In every second round the other one is sent first.
async fn run_both<'d>(round: usize, one: Operation<'d>, other: Operation<'d>) -> (Answer, Answer) {
    let (one, other) = if round.is_multiple_of(2) {
        tokio::join!(one, other)
    } else {
        let (other, one) = tokio::join!(other, one);
        (one, other)
    };
    assert!(one.status < 500, "{}", one.text());
    assert!(other.status < 500, "{}", other.text());
    (one, other)
}

fn post<'d>(app: &'d TestClub, by: Player, path: &'d str, body: Value) -> Operation<'d> {
    Box::pin(async move { app.as_(by).post(path, body).await })
}

/// Checks that nothing overlaps, that exactly the allocated cells are claimed, and that numbers have no gaps.
async fn assert_consistent(app: &TestClub) {
    let (overlaps, claimed, allocated, mut numbers) = app.db().view(read_claims).await.expect("the tables");
    assert_eq!(overlaps, 0, "two bookings have the same resource at once");
    assert_eq!(claimed, allocated, "a claim for each cell that is allocated");
    numbers.sort();
    let expected: Vec<String> = (1..=numbers.len()).map(|n| format!("CS-2026-{n:06}")).collect();
    assert_eq!(numbers, expected, "numbers without gaps");
}

type Claims = (i64, Vec<(i64, i64)>, Vec<(i64, i64)>, Vec<String>);

fn read_claims(tx: &mut Tx<'_>) -> Result<Claims> {
    let overlaps: Option<(i64,)> = tx.one(
        sql!(
            "SELECT COUNT(*) FROM allocations a JOIN allocations b ON b.resource_id = a.resource_id
             AND b.booking_id > a.booking_id AND b.from_cell < a.to_cell AND a.from_cell < b.to_cell
             JOIN rooms r ON r.id = a.resource_id WHERE a.live AND b.live AND r.units = 1"
        ),
        args![],
    )?;
    let claimed = tx.all(
        sql!("SELECT booking_id, COUNT(*) FROM claims GROUP BY booking_id ORDER BY booking_id"),
        args![],
    )?;
    let allocated = tx.all(
        sql!(
            "SELECT booking_id, CAST(SUM(to_cell - from_cell) AS BIGINT) FROM allocations WHERE live
             GROUP BY booking_id ORDER BY booking_id"
        ),
        args![],
    )?;
    let numbers: Vec<(String,)> =
        tx.all(sql!("SELECT reference FROM bookings WHERE reference IS NOT NULL"), args![])?;
    Ok((
        overlaps.map_or(0, |(count,)| count),
        claimed,
        allocated,
        numbers.into_iter().map(|(n,)| n).collect(),
    ))
}

#[tokio::test]
async fn two_concurrent_holds_of_one_time_have_one_winner() {
    let app = TestClub::open().await;
    for round in 0..rounds() {
        let body = request_body(&app, "suite", "2026-11-27", "18:00").await;
        let (a, b) = run_both(round, post(&app, GUS, HOLD, body.clone()), post(&app, BEA, HOLD, body)).await;
        let (won, lost, who) = if a.status == 201 { (a, b, GUS) } else { (b, a, BEA) };
        let id = won.expect(201).number("id");
        lost.refused(409, "taken");
        assert_consistent(&app).await;
        let path = format!("{HOLD}{id}/");
        app.as_(who).send(axum::http::Method::DELETE, &path, None, Vec::new()).await.expect(204);
    }
}

#[tokio::test]
async fn a_reschedule_racing_a_booking_has_one_winner() {
    let app = TestClub::open().await;
    for round in 0..rounds() {
        let moving = book(&app, BEA, "suite", "2026-11-27", "12:00").await.number("id");
        let path = format!("/api/bookings/{moving}/reschedule/");
        let to = json!({"date": "2026-11-27", "start_time": "18:00"});
        let body = request_body(&app, "suite", "2026-11-27", "18:00").await;
        let (moved, booked) =
            run_both(round, post(&app, BEA, &path, to), post(&app, GUS, CREATE, body)).await;
        let still = app.as_(BEA).get(&format!("/api/bookings/{moving}/")).await.expect(200);
        if moved.status == 200 {
            booked.refused(409, "taken");
            assert_eq!(still["start_time"], "18:00");
        } else {
            moved.refused(409, "taken");
            assert_eq!(still["start_time"], "12:00", "who lost stays where they were");
            cancel(&app, DORA, booked.expect(201).number("id")).await.expect(200);
        }
        assert_consistent(&app).await;
        cancel(&app, DORA, moving).await.expect(200);
    }
}

#[tokio::test]
async fn an_offer_racing_a_booking_has_one_winner() {
    for round in 0..rounds() {
        let app = TestClub::open().await;
        let taken = book(&app, UMA, "suite", "2026-11-27", "18:00").await.number("id");
        for time in ["12:00", "15:00", "21:00"] {
            let body =
                and(request_body(&app, "suite", "2026-11-27", time).await, json!({"guest_name": "Ann"}));
            app.as_(DORA).post(CREATE, body).await.expect(201);
        }
        let body = json!({"service_id": app.service("suite").await, "from": "2026-11-27"});
        app.as_(BEA).post(WAIT, body).await.expect(201);
        app.run_jobs().await;
        cancel(&app, UMA, taken).await.expect(200);
        let body = request_body(&app, "suite", "2026-11-27", "18:00").await;
        let offer =
            bookings::match_waitlist(app.db(), bookings::MatchWaitlist { anyway: true, joined: None });
        let booking = post(&app, GUS, CREATE, body);
        let (offered, booked) = if round.is_multiple_of(2) {
            tokio::join!(offer, booking)
        } else {
            let (booked, offered) = tokio::join!(booking, offer);
            (offered, booked)
        };
        assert!(booked.status < 500, "{}", booked.text());
        let held = app.as_(BEA).get(crate::MY_BOOKINGS).await.expect(200).list("held").len();
        let is_booked = booked.status == 201;
        assert_eq!(held, usize::from(!is_booked), "what is offered is truly held: {offered:?}");
        if !is_booked {
            booked.refused(409, "taken");
        }
        assert_consistent(&app).await;
    }
}

/// The moment when a hold expires: booking it claims the same time again if it is free (H3), whatever the maintenance
/// job does.
#[tokio::test]
async fn a_hold_can_be_booked_while_maintenance_expires_it() {
    for round in 0..rounds() {
        let app = TestClub::open().await;
        let body = request_body(&app, "suite", "2026-11-27", "18:00").await;
        let held = app.as_(GUS).post(HOLD, body).await.expect(201).number("id");
        app.set_time("2026-11-24T10:10:00-05:00");
        let confirm = post(&app, GUS, CREATE, json!({"hold_id": held}));
        let run_maintenance = app.db().tx(bookings::run_maintenance);
        let (confirmed, maintained) = if round.is_multiple_of(2) {
            tokio::join!(confirm, run_maintenance)
        } else {
            let (maintained, confirmed) = tokio::join!(run_maintenance, confirm);
            (confirmed, maintained)
        };
        assert_eq!(confirmed.expect(201)["status"], "confirmed");
        maintained.expect("it is maintained");
        assert_consistent(&app).await;
        let free = crate::search(&app, BEA, "suite", "2026-11-27").await;
        assert!(!crate::starts(&free).contains(&"18:00"), "it is booked, and stays so");
    }
}

/// At the same moment another person wants the time: one of the two gets it.
#[tokio::test]
async fn an_expired_hold_racing_a_booking_has_one_winner() {
    for round in 0..rounds() {
        let app = TestClub::open().await;
        let body = request_body(&app, "suite", "2026-11-27", "18:00").await;
        let held = app.as_(GUS).post(HOLD, body.clone()).await.expect(201).number("id");
        app.set_time("2026-11-24T10:10:00-05:00");
        let confirm = post(&app, GUS, CREATE, json!({"hold_id": held}));
        let (confirmed, booked) = run_both(round, confirm, post(&app, BEA, CREATE, body)).await;
        assert_eq!(usize::from(confirmed.status == 201) + usize::from(booked.status == 201), 1);
        let lost = if confirmed.status == 201 { booked } else { confirmed };
        assert_eq!(lost.status, 409, "{}", lost.text());
        assert_consistent(&app).await;
    }
}

async fn count(app: &TestClub, statement: &'static kit::db::Sql) -> i64 {
    let read = move |tx: &mut Tx<'_>| tx.one::<(i64,)>(statement, args![]);
    app.db().view(read).await.expect("a count").map_or(0, |(count,)| count)
}

#[tokio::test]
async fn the_last_credit_is_used_once() {
    for round in 0..rounds() {
        let app = TestClub::open().await;
        let with = |time: &'static str| {
            let app = &app;
            async move { and(request_body(app, "massage", "2026-11-27", time).await, json!({"use_credit": true})) }
        };
        app.as_(PIA).post(CREATE, with("10:30").await).await.expect(201);
        let (one, other) = (with("13:00").await, with("16:00").await);
        let (a, b) = run_both(round, post(&app, PIA, CREATE, one), post(&app, PIA, CREATE, other)).await;
        let total = |answer: Answer| answer.expect(201)["pricing"]["final_total"].clone();
        let mut totals = [total(a), total(b)].map(|total| total.to_string());
        totals.sort();
        assert_eq!(totals, ["\"0.00\"", "\"130.00\""], "one is paid with it, one with money");
        assert_eq!(count(&app, sql!("SELECT COUNT(*) FROM credit_uses")).await, 2);
        assert_consistent(&app).await;
    }
}

#[tokio::test]
async fn the_last_guest_pass_is_used_once() {
    for round in 0..rounds() {
        let app = TestClub::open().await;
        let with = |time: &'static str| {
            let app = &app;
            async move { and(request_body(app, "suite", "2026-11-27", time).await, json!({"use_pass": true})) }
        };
        let (one, other) = (with("12:00").await, with("20:00").await);
        let (a, b) = run_both(round, post(&app, PIA, CREATE, one), post(&app, PIA, CREATE, other)).await;
        let (a, b) = (a.expect(201), b.expect(201));
        let passes = [&a, &b].map(|answer| {
            let why = answer["pricing"]["why"].as_array().expect("reasons").clone();
            why.iter().filter(|line| line["code"] == "pass").count()
        });
        assert_eq!(passes.iter().sum::<usize>(), 1, "{passes:?}");
        assert_eq!(count(&app, sql!("SELECT COUNT(*) FROM pass_uses")).await, 1);
        assert_consistent(&app).await;
    }
}

/// C6: the same reschedule, sent several times at once over the API and the page, takes effect once.
#[tokio::test]
async fn concurrent_reschedules_to_the_same_time_count_once() {
    let app = TestClub::open().await;
    for round in 0..rounds() {
        let id = book(&app, BEA, "suite", "2026-11-27", "14:00").await.number("id");
        let path = format!("/api/bookings/{id}/reschedule/");
        let page = format!("/dashboard/bookings/{id}/move/");
        let browser = app.browser(BEA);
        let (one, other) = run_both(
            round,
            post(&app, BEA, &path, json!({"date": "2026-11-27", "start_time": "18:00"})),
            post(&app, BEA, &path, json!({"starts_at": "2026-11-27T23:00:00Z"})),
        )
        .await;
        let form = "to=2026-11-27T23%3A00%3A00Z";
        let (third, fourth) = tokio::join!(browser.submit(&page, form), browser.submit(&page, form));
        third.expect(303);
        fourth.expect(303);
        for answer in [one.expect(200), other.expect(200)] {
            assert_eq!(answer["booking"]["moves"], 1);
            assert_eq!(answer["booking"]["rescheduled_from"], "2026-11-27T14:00:00-05:00");
        }
        let count = app.db().view(move |tx| {
            tx.one::<(i64,)>(
                sql!("SELECT COUNT(*) FROM booking_events WHERE booking_id = $1 AND what = 'rescheduled'"),
                args![id],
            )
        });
        assert_eq!(count.await.expect("events"), Some((1,)), "it is told once");
        assert_consistent(&app).await;
        cancel(&app, BEA, id).await.expect(200);
        app.run_jobs().await;
    }
}

/// L1: a person who joins the waitlist while a time is being freed either sees it open or is offered it. The first in
/// order gets it.
#[tokio::test]
async fn joining_the_waitlist_during_a_cancellation_misses_no_opening() {
    for round in 0..rounds() {
        let app = TestClub::open().await;
        let taken = book(&app, UMA, "suite", "2026-11-27", "18:00").await.number("id");
        for time in ["12:00", "15:00", "21:00"] {
            let body =
                and(request_body(&app, "suite", "2026-11-27", time).await, json!({"guest_name": "Ann"}));
            app.as_(DORA).post(CREATE, body).await.expect(201);
        }
        let body = json!({"service_id": app.service("suite").await, "from": "2026-11-27"});
        app.as_(GUS).post(WAIT, body.clone()).await.expect(201);
        app.run_jobs().await;
        let path = format!("/api/bookings/{taken}/cancel_booking/");
        let (joined, cancelled) =
            run_both(round, post(&app, BEA, WAIT, body), post(&app, UMA, &path, json!({}))).await;
        cancelled.expect(200);
        let saw_it_open = joined.expect(201).number("total_open") > 0;
        // Several matches at once, as several processes run them.
        let why = bookings::MatchWaitlist::default();
        let (one, other, ()) = tokio::join!(
            bookings::match_waitlist(app.db(), why),
            bookings::match_waitlist(app.db(), why),
            app.run_jobs()
        );
        one.expect("a run");
        other.expect("a run");
        let mut held = Vec::new();
        for who in [BEA, GUS] {
            held.push(app.as_(who).get(crate::MY_BOOKINGS).await.expect(200).list("held").len());
        }
        // Bea comes first by her plan, unless the time was open to her when she joined.
        let expected = if saw_it_open { [0, 1] } else { [1, 0] };
        assert_eq!(held, expected, "round {round}, she saw it open: {saw_it_open}");
        assert_consistent(&app).await;
    }
}
