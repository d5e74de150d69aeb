//! Emails that are overtaken before they can be sent (N3): a time that has opened, a new price, a change of a
//! membership. Each is dropped with its reason.

use bookings::{BookingNotification, Repriced};
use kit::jobs::Job as _;
use kit::notifications::SubjectRef;
use kit::{Id, Notification, args, sql};
use serde_json::json;
use testing::{BEA, DORA, GUS, PIA, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{book, cancel, request_body};

const REPRICED: &str = "bookings.repriced";

/// Sends what is due. Returns how the notifications of a kind have ended, in order: `sent`, or why they were dropped.
async fn ends(app: &TestClub, kind: &'static str) -> Vec<String> {
    app.run_jobs().await;
    let log = app.db().view(move |tx| {
        tx.all::<(String,)>(
            sql!("SELECT COALESCE(why, 'sent') FROM mails WHERE kind = $1 ORDER BY notification_id"),
            args![kind],
        )
    });
    log.await.expect("the log of emails").into_iter().map(|(end,)| end).collect()
}

/// Ninety minutes before its start, a canceled time is announced to everyone who waits for it.
#[tokio::test]
async fn an_opening_is_emailed_only_while_it_is_free_and_waited_for() {
    for (event, end) in [("none", "sent"), ("booked", "taken"), ("left", "not waited for"), ("begun", "over")]
    {
        let app = TestClub::open().await;
        let taken = book(&app, UMA, "suite", "2026-11-27", "18:00").await.number("id");
        for time in ["12:00", "15:00", "21:00"] {
            let other = request_body(&app, "suite", "2026-11-27", time).await;
            let other = crate::and(other, json!({"guest_name": "Ann"}));
            app.as_(DORA).post(crate::CREATE, other).await.expect(201);
        }
        let wait = json!({"service_id": app.service("suite").await, "from": "2026-11-27"});
        let wait = app.as_(BEA).post("/api/bookings/waitlist/", wait).await.expect(201).number("id");
        app.run_jobs().await;
        app.set_time("2026-11-27T16:30:00-05:00");
        cancel(&app, UMA, taken).await.expect(200);
        assert_eq!(crate::match_waitlist(&app).await, 1, "it is written for her");
        match event {
            "booked" => drop(book(&app, GUS, "suite", "2026-11-27", "18:00").await),
            "left" => {
                let path = format!("/api/bookings/waitlist/{wait}/");
                let left = app.as_(BEA).send(axum::http::Method::DELETE, &path, None, Vec::new()).await;
                left.expect(204);
            }
            "begun" => app.set_time("2026-11-27T18:00:00-05:00"),
            _ => {}
        }
        assert_eq!(ends(&app, "bookings.opened").await, [end], "{event}");
    }
}

/// Says that a booking has a new price: its original one again, or another one.
async fn notify_price(app: &TestClub, booking: i64, restored: bool) {
    let (booking, person) = (Id(booking), app.person(BEA));
    let written = app.db().tx(move |tx| {
        let news = BookingNotification::Repriced(vec![Repriced { booking, from: 20_000, restored }]);
        let news = Notification::new(&news, SubjectRef { kind: "booking", id: booking }, Some(person))?;
        tx.notify(&news, &[kit::notifications::RecipientRole::Owner])
    });
    written.await.expect("written");
}

#[tokio::test]
async fn a_new_price_is_emailed_only_while_it_applies_to_a_future_visit() {
    let app = TestClub::open().await;
    let id = book(&app, BEA, "massage", "2026-11-27", "12:00").await.number("id");
    app.run_jobs().await;
    notify_price(&app, id, false).await;
    assert_eq!(ends(&app, REPRICED).await, ["priced again"], "it has its original price");
    notify_price(&app, id, true).await;
    assert_eq!(ends(&app, REPRICED).await, ["priced again", "sent"]);
    notify_price(&app, id, true).await;
    app.set_time("2026-11-27T12:00:00-05:00");
    assert_eq!(ends(&app, REPRICED).await, ["priced again", "sent", "over"]);
    let other = book(&app, BEA, "massage", "2026-11-28", "12:00").await.number("id");
    notify_price(&app, other, true).await;
    cancel(&app, BEA, other).await.expect(200);
    assert_eq!(ends(&app, REPRICED).await, ["priced again", "sent", "over", "cancelled"]);
}

#[tokio::test]
async fn an_outdated_membership_change_is_not_emailed() {
    const KIND: &str = membership::MembershipNews::KIND;
    let app = TestClub::open().await;
    for what in ["leave", "stay", "leave"] {
        app.as_(BEA).post(&format!("/api/memberships/{what}/"), json!({})).await.expect(200);
    }
    let later = "a later change follows";
    assert_eq!(ends(&app, KIND).await, [later, later, "sent"]);
    app.as_(BEA).post("/api/memberships/stay/", json!({})).await.expect(200);
    assert_eq!(ends(&app, KIND).await, [later, later, "sent", "sent"]);
    // The mail server was gone for more than thirty days.
    app.as_(PIA).post("/api/memberships/leave/", json!({})).await.expect(200);
    app.set_time("2026-12-25T10:00:00-05:00");
    assert_eq!(ends(&app, KIND).await, [later, later, "sent", "sent", "too old"]);
}
