//! Staff can't act on their own membership, no month is paid twice, and the birthday gift is given once.

use kit::{args, sql};
use membership::paid_through;
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, MAX, OLA, PIA, Player, TestClub};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, request_body};

async fn staff(app: &TestClub, by: Player, whose: Player, what: &str, input: Value) -> Answer {
    app.as_(by).post(&format!("/api/memberships/{}/{what}/", app.person(whose)), input).await
}

async fn paid_until(app: &TestClub, whose: Player) -> Value {
    app.as_(whose).get("/api/memberships/current/").await.expect(200)["end_date"].clone()
}

/// Eight requests for the same month at once take one month of dues. A repeated request that has not seen the new state
/// takes none.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_concurrent_requests_collect_one_month_of_dues() {
    let app = TestClub::open().await;
    let seen = json!({"paid": "cash", "seen": "2026-12-09"});
    staff(&app, DORA, BEA, "dues", seen.clone()).await.refused(409, "nothing_due");
    app.set_time("2026-12-09T12:00:00-05:00");
    staff(&app, DORA, BEA, "dues", json!({"paid": "cash"})).await.refused(400, "invalid");
    staff(&app, DORA, BEA, "dues", json!({"seen": "2026-12-09"})).await.refused(400, "invalid");
    let take = || staff(&app, DORA, BEA, "dues", seen.clone());
    let (a, b, c, d, e, f, g, h) =
        tokio::join!(take(), take(), take(), take(), take(), take(), take(), take());
    let mut statuses: Vec<u16> = [&a, &b, &c, &d, &e, &f, &g, &h].map(|answer| answer.status).to_vec();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(paid_until(&app, BEA).await, "2027-01-09");
    let late = staff(&app, DORA, BEA, "dues", seen).await.refused(409, "edited_meanwhile");
    assert_eq!(late["paid_until"], "2027-01-09");
    let next = json!({"paid": "cash", "seen": "2027-01-09"});
    staff(&app, DORA, BEA, "dues", next).await.refused(409, "nothing_due");
    let taken: (i64,) = app
        .db()
        .view(|tx| tx.one(sql!("SELECT COUNT(*) FROM membership_events WHERE what = 'dues_taken'"), args![]))
        .await
        .expect("a count")
        .expect("a row");
    assert_eq!(taken.0, 1);
}

/// A plan is sold at the price that was shown.
#[tokio::test]
async fn a_plan_is_sold_only_at_the_price_that_was_shown() {
    let app = TestClub::open().await;
    let sold = |price: &str| json!({"plan": "base", "paid": "cash", "expected_total": price});
    let refused = staff(&app, DORA, GUS, "enrol", sold("370.00")).await.refused(409, "price_changed");
    assert_eq!(refused["total"], "375.00");
    staff(&app, DORA, GUS, "enrol", sold("375.00")).await.expect(201);
    let sold = json!({"plan": "premium", "paid": "cash", "expected_total": "1.00"});
    staff(&app, DORA, GUS, "upgrade", sold).await.refused(409, "price_changed");
}

/// No one acts as staff on their own account, over the API or pages, whatever their role.
#[tokio::test]
async fn staff_cannot_act_on_their_own_account() {
    let app = TestClub::open().await;
    for player in [DORA, MAX, OLA] {
        let sold = json!({"plan": "base", "paid": "cash"});
        staff(&app, player, player, "enrol", sold.clone()).await.refused(403, "own_account");
        let page = format!("/staff/members/{}/", app.person(player));
        app.browser(player).submit(&page, "action=enrol&plan=base&paid=cash").await.expect(403);
        // A colleague may do it.
        let colleague = if player == DORA { MAX } else { DORA };
        staff(&app, colleague, player, "enrol", sold).await.expect(201);
        app.set_time("2026-12-23T10:00:00-05:00");
        for (what, input) in [
            ("dues", json!({"paid": "cash", "seen": "2026-12-23"})),
            ("upgrade", json!({"plan": "premium", "paid": "cash"})),
            ("freeze", json!({"months": 1})),
            ("leave", json!({})),
            ("stay", json!({})),
        ] {
            staff(&app, player, player, what, input).await.refused(403, "own_account");
        }
        app.browser(player).submit(&page, "action=dues&paid=cash&seen=2026-12-23").await.expect(403);
        assert_eq!(paid_until(&app, player).await, "2026-12-23");
        app.set_time("2026-11-24T10:00:00-05:00");
    }
    let birthday = format!("/api/staff/people/{}/birthday/", app.person(MAX));
    let body = json!({"birthday": "1990-11-03"}).to_string().into_bytes();
    let kind = Some("application/json");
    app.as_(MAX)
        .send("PUT".parse().expect("a method"), &birthday, kind, body)
        .await
        .refused(403, "own_account");
    // Reschedules of one's own booking are counted even for staff, who may reschedule others' bookings any number of
    // times.
    let id = book(&app, DORA, "pod", "2026-11-26", "10:00").await.number("id");
    let path = format!("/api/bookings/{id}/reschedule/");
    for (time, status) in [("11:00", 200), ("12:00", 200), ("13:00", 409)] {
        let to = json!({"date": "2026-11-26", "start_time": time});
        app.as_(DORA).post(&path, to).await.expect(status);
    }
}

/// Staff neither run nor undo the steps of their own visit, whose fee would be theirs to waive. A colleague does.
#[tokio::test]
async fn staff_cannot_change_the_status_of_their_own_visit() {
    let app = TestClub::open().await;
    for (player, colleague, hour) in [(DORA, MAX, 10), (MAX, DORA, 11), (OLA, DORA, 12)] {
        let mut ids = Vec::new();
        for day in ["2026-11-25", "2026-11-26"] {
            ids.push(book(&app, player, "pod", day, &format!("{hour}:00")).await.number("id"));
        }
        let (missed, came) = (ids[0], ids[1]);
        let path = |id: i64, what: &str| format!("/api/bookings/{id}/{what}/");
        let undo = json!({"status": "no_show", "reason": "I was there"});
        let deal_of = async |by: Player, date: &str, id: i64| {
            let listed = app.as_(by).get(&format!("/api/staff/bookings/?date={date}")).await.expect(200);
            let visit = listed.list("").iter().find(|one| one["id"] == id).expect("the visit").clone();
            (visit["steps"].as_array().is_some_and(Vec::is_empty), visit["undo"].clone())
        };
        app.set_time(&format!("2026-11-25T{hour}:20:00-05:00"));
        for what in ["check_in", "no_show"] {
            app.as_(player).post(&path(missed, what), json!({})).await.refused(403, "own_account");
            let form = format!("action={what}&date=2026-11-25");
            app.browser(player).submit(&format!("/staff/day/{missed}/"), &form).await.expect(403);
        }
        assert_eq!(deal_of(player, "2026-11-25", missed).await, (true, json!("no")));
        assert!(!deal_of(colleague, "2026-11-25", missed).await.0);
        app.as_(colleague).post(&path(missed, "no_show"), json!({})).await.expect(200);
        app.as_(player).post(&path(missed, "undo"), undo.clone()).await.refused(403, "own_account");
        let form = "action=undo&undone=no_show&reason=x&date=2026-11-25";
        app.browser(player).submit(&format!("/staff/day/{missed}/"), form).await.expect(403);
        assert_eq!(deal_of(player, "2026-11-25", missed).await.1, "no");
        assert_eq!(deal_of(colleague, "2026-11-25", missed).await.1, "yes");
        let still = app.as_(player).get(&format!("/api/bookings/{missed}/")).await.expect(200);
        assert_eq!(still["status"], "no_show");
        app.as_(colleague).post(&path(missed, "undo"), undo).await.expect(200);
        app.set_time(&format!("2026-11-26T{hour}:05:00-05:00"));
        for what in ["check_in", "start", "complete"] {
            app.as_(player).post(&path(came, what), json!({})).await.refused(403, "own_account");
            app.as_(colleague).post(&path(came, what), json!({})).await.expect(200);
        }
        app.set_time("2026-11-24T10:00:00-05:00");
    }
}

/// M3: one gift in twelve months, and the birthday can't be changed after its first use.
#[tokio::test]
async fn changing_the_birthday_does_not_grant_a_second_gift() {
    let app = TestClub::open().await;
    let me = "/api/users/profile/me/";
    let born = async |day: &str| app.as_(PIA).patch(me, json!({"birthday": day})).await;
    born("1990-11-03").await.expect(200);
    born("1990-12-03").await.expect(200);
    let gift = async |date: &str| {
        let input = and(request_body(&app, "massage", date, "12:00").await, json!({"use_birthday": true}));
        app.as_(PIA).post(CREATE, input).await.expect(201)["pricing"]["final_total"].clone()
    };
    assert_eq!(gift("2026-12-03").await, "0.00");
    let refused = born("1990-01-03").await.refused(409, "birthday_fixed");
    assert!(refused.text().contains("front desk"), "{}", refused.text());
    let removed = app.as_(PIA).patch(me, json!({"birthday": null})).await;
    removed.refused(409, "birthday_fixed");
    app.as_(PIA).patch(me, json!({"birthday": "1990-12-03", "last_name": "Lund-Berg"})).await.expect(200);
    let form = "first_name=Pia&last_name=Lund&phone=&birthday=1990-01-03";
    let page = app.browser(PIA).submit("/dashboard/profile/", form).await.expect(409).text();
    assert!(page.contains("birthday can’t be changed"), "{page}");
    assert_eq!(gift("2026-12-05").await, "130.00", "used");
    // Staff correct the birthday, which is recorded. The gift stays used for twelve months.
    let path = format!("/staff/members/{}/birthday/", app.person(PIA));
    app.browser(DORA).submit(&path, "birthday=1990-01-03").await.expect(403);
    app.browser(MAX).submit(&path, "birthday=2020-01-03").await.expect(400);
    app.browser(MAX).submit(&path, "birthday=1990-01-03").await.expect(303);
    assert_eq!(app.as_(PIA).get(me).await.expect(200)["birthday"], "1990-01-03");
    born("1990-02-03").await.refused(409, "birthday_fixed");
    app.set_time("2026-12-20T10:00:00-05:00");
    staff(&app, DORA, PIA, "dues", json!({"paid": "cash", "seen": "2026-12-09"})).await.expect(200);
    assert_eq!(gift("2027-01-05").await, "130.00", "December was less than twelve months ago");
    let log = app.browser(MAX).get("/staff/audit/?what=birthday_corrected").await.expect(200).text();
    assert!(
        log.contains("Corrected a birthday")
            && log.contains("birthday: set → changed")
            && !log.contains("1990"),
        "{log}"
    );
}

/// Two bookings, or two holds, that use the gift at once: one of them gets it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_bookings_use_the_birthday_gift_once() {
    for round in 0..4 {
        let app = TestClub::open().await;
        app.as_(PIA).patch("/api/users/profile/me/", json!({"birthday": "1990-12-03"})).await.expect(200);
        let input = async |date: &str| {
            and(request_body(&app, "massage", date, "12:00").await, json!({"use_birthday": true}))
        };
        let (one, other) = (input("2026-12-03").await, input("2026-12-04").await);
        let pia = app.as_(PIA);
        let (one, other) = if round % 2 == 0 {
            tokio::join!(pia.post(CREATE, one), pia.post(CREATE, other))
        } else {
            let plain = |input: Value| and(input, json!({"use_birthday": false}));
            let (one, other) = (plain(one), plain(other));
            let one = pia.post("/api/bookings/hold/", one).await.expect(201).number("id");
            let other = pia.post("/api/bookings/hold/", other).await.expect(201).number("id");
            let input = |id: i64| json!({"hold_id": id, "use_birthday": true});
            tokio::join!(pia.post(CREATE, input(one)), pia.post(CREATE, input(other)))
        };
        let (one, other) = (one.expect(201), other.expect(201));
        let totals = [&one["pricing"]["final_total"], &other["pricing"]["final_total"]];
        assert_eq!(totals.iter().filter(|total| **total == "0.00").count(), 1, "{totals:?}");
        // The birthday is changed and used at once: whichever is first, there is one gift.
        app.as_(PIA)
            .patch("/api/users/profile/me/", json!({"birthday": "1990-01-03"}))
            .await
            .refused(409, "birthday_fixed");
    }
}

/// In the demonstration club, every member has paid for the current month and no further.
#[tokio::test]
async fn demo_club_members_have_paid_for_the_current_month() {
    let test = kit::testing::TestDb::open("2026-11-29T17:00:00Z".parse().expect("a time")).await;
    let config = kit::config::Config { data: test.folder().to_owned(), ..kit::config::Config::default() };
    let app = kit::AppState { db: test.db.clone(), config: std::sync::Arc::new(config) };
    coresync::demo::fill(&app).await.expect("the club is set up");
    let members: Vec<(jiff::civil::Date, jiff::civil::Date)> = app
        .db
        .view(|tx| tx.all(sql!("SELECT started_on, paid_until FROM memberships"), args![]))
        .await
        .expect("members");
    let today = jiff::civil::date(2026, 11, 29);
    assert!(members.len() > 5, "{}", members.len());
    for (started, paid) in &members {
        assert!(*started < today && *paid >= today, "{started} {paid}");
        assert_eq!(paid_through(*started, today).ok(), Some(*paid), "{started}");
    }
    let dues = app.db.view(|tx| {
        let id: Option<(kit::Id,)> =
            tx.one(sql!("SELECT id FROM people WHERE email = 'premium@demo.coresync.test'"), args![])?;
        let person = id.expect("Petra").0;
        let by = people::Actor::of(people::person(tx, person)?);
        Ok((membership::preview_upgrade(tx, &by, person, "unlimited")?, money::saved(tx, person)?))
    });
    let (invoice, saved) = dues.await.expect("an invoice");
    assert!(invoice.total < kit::Cents(165_000), "a part of one month: {}", invoice.total);
    assert!(saved > kit::Cents::ZERO, "completed visits have saved something");
}
