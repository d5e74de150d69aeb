//! What was written while the clock was ahead happens soon after it has been set back, and does not wait for the time
//! that the clock showed.

use jiff::Timestamp;
use kit::{args, sql};
use serde_json::json;
use testing::{BEA, GUS, NOW, TestClub};

use crate::accounts::{VERIFY, mails_to, register, token, verify, zoe};
use crate::holds::{HOLD, hold};
use crate::whole::WholeProgram as _;
use crate::{and, book, request_body, try_book};

/// A year after [`NOW`].
const AHEAD: &str = "2027-11-24T10:00:00-05:00";
/// Six hours after [`NOW`].
const HOURS_AHEAD: &str = "2026-11-24T16:00:00-05:00";

async fn keep_rounds(app: &TestClub) {
    coresync::reactions::begin_rounds(app.inner()).await.expect("the rounds are kept");
}

/// Returns when each notification and each job that is not scheduled for a later day is due, and until when it is
/// taken.
async fn due(app: &TestClub) -> Vec<(String, Timestamp, Option<Timestamp>)> {
    let rows = app.db().view(|tx| {
        tx.all::<(String, Timestamp, Option<Timestamp>)>(
            sql!(
                "SELECT kind, due_at, locked_until FROM notifications UNION ALL SELECT kind, run_at, locked_until
                 FROM jobs WHERE kind NOT IN ('bookings.nightly', 'membership.run_billing_day') ORDER BY 1"
            ),
            args![],
        )
    });
    rows.await.expect("the rows")
}

#[tokio::test]
async fn emails_written_while_the_clock_was_ahead_are_sent_after_it_is_set_back() {
    let app = TestClub::open_at(AHEAD).await;
    register(&app, zoe()).await;
    app.set_time(NOW);
    assert!(mails_to(&app, "zoe@example.com").await.is_empty(), "it waits for the other year");
    keep_rounds(&app).await;
    let link = token(&app, "zoe@example.com", VERIFY).await;

    // A job of the same time: the confirmed address.
    app.set_time(HOURS_AHEAD);
    verify(&app, &link, json!("a-long-password")).await.expect(204);
    app.set_time(NOW);
    keep_rounds(&app).await;
    let waiting = due(&app).await;
    assert!(waiting.iter().any(|(kind, _, _)| kind == "people.email_confirmed"), "{waiting:?}");
    let soon: Timestamp = "2026-11-24T10:01:00-05:00".parse().expect("a moment");
    for (kind, at, _) in waiting {
        assert!(at <= soon, "{kind} waits until {at}");
    }
}

/// A row that was taken stays taken for five minutes, because its process may still be at work.
#[tokio::test]
async fn rows_taken_or_postponed_while_the_clock_was_ahead_are_taken_again() {
    let app = TestClub::open().await;
    book(&app, GUS, "massage", "2026-11-27", "14:00").await;
    app.db()
        .tx(|tx| tx.enqueue(&bookings::MatchWaitlist { joined: None, anyway: true }, tx.now()))
        .await
        .expect("a job");
    let year: Timestamp = AHEAD.parse().expect("a moment");
    app.db()
        .tx(move |tx| {
            tx.run(
                sql!("UPDATE notifications SET due_at = $1, locked_until = $1, attempt = 1"),
                args![year],
            )?;
            tx.run(sql!("UPDATE jobs SET run_at = $1, locked_until = $1, attempt = 1"), args![year])
        })
        .await
        .expect("taken and postponed");
    keep_rounds(&app).await;
    let now: Timestamp = NOW.parse().expect("a moment");
    let held_until: Timestamp = "2026-11-24T10:05:00-05:00".parse().expect("a moment");
    let mut kinds = Vec::new();
    for (kind, at, locked_until) in due(&app).await {
        if locked_until.is_some() {
            assert_eq!((at, locked_until), (now, Some(held_until)), "{kind}");
            kinds.push(kind);
        }
    }
    assert_eq!(kinds, ["bookings.confirmed", "bookings.match_waitlist"]);
    app.set_time("2026-11-24T10:05:01-05:00");
    app.run_jobs().await;
    assert_eq!(mails_to(&app, "gus@cast.test").await.len(), 1);
    // A second round changes nothing, so that the pauses after failures stay as they are.
    book(&app, GUS, "massage", "2026-11-27", "16:00").await;
    let pause: Timestamp = "2026-11-24T10:20:00-05:00".parse().expect("a moment");
    app.db()
        .tx(move |tx| tx.run(sql!("UPDATE notifications SET due_at = $1"), args![pause]))
        .await
        .expect("postponed by a failure");
    keep_rounds(&app).await;
    assert!(due(&app).await.iter().any(|(kind, at, _)| kind == "bookings.confirmed" && *at == pause));
}

/// A hold lasts as long as the longest kind at most, and the network that held then is not refused later.
#[tokio::test]
async fn holds_made_while_the_clock_was_ahead_end_soon_after_it_is_set_back() {
    let app = TestClub::open_at(HOURS_AHEAD).await;
    hold(&app, BEA, "suite", "2026-11-27", "18:00").await.expect(201);
    let bodies = [
        request_body(&app, "massage", "2026-11-27", "12:00").await,
        request_body(&app, "massage", "2026-11-27", "14:00").await,
    ];
    let mut token: Option<String> = None;
    for body in bodies.iter().cycle().take(1_000) {
        // With the token, the earlier hold is released.
        let released = token.map_or(json!({}), |token| json!({"token": token}));
        let made = app.visitor().post(HOLD, and(body.clone(), released)).await;
        if made.status == 429 {
            break;
        }
        token = Some(made.expect(201)["token"].as_str().expect("a token").to_owned());
    }
    let another = request_body(&app, "massage", "2026-11-27", "16:00").await;
    app.visitor().post(HOLD, another.clone()).await.expect(429);
    app.set_time(NOW);
    app.visitor().post(HOLD, another).await.expect(201);
    app.db().tx(bookings::run_maintenance).await.expect("maintenance");
    app.set_time("2026-11-24T10:30:59-05:00");
    try_book(&app, GUS, "suite", "2026-11-27", "18:00").await.refused(409, "taken");
    app.set_time("2026-11-24T10:31:00-05:00");
    book(&app, GUS, "suite", "2026-11-27", "18:00").await;
}
