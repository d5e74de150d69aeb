//! The pages of a person's visits: the list, one visit, rescheduling, repeating, canceling, and waiting.

use serde_json::json;
use testing::{BEA, DORA, GUS, PIA, TestClub, UMA};

use crate::accounts::{sign_up, with, zoe};
use crate::choosing::{hold, redirect_of, utc};
use crate::whole::WholeProgram as _;
use crate::{CREATE, MY_BOOKINGS, book, cancel, request_body};

#[tokio::test]
async fn the_overview_shows_the_next_visit_and_what_needs_attention() {
    let app = TestClub::open().await;
    let bea = app.browser(BEA);
    let empty = bea.get("/dashboard/").await.expect(200).text();
    assert!(empty.contains("You have no upcoming visits."), "{empty}");
    for hour in ["12:00", "14:00", "16:00"] {
        book(&app, BEA, "pod", "2026-11-27", hour).await;
    }
    let path = hold(&bea, "suite", "2026-11-27T18:00:00-05:00").await;
    let page = bea.get("/dashboard/").await.expect(200).text();
    assert!(page.contains("Your next visit") && page.contains("Friday, November 27 · 12:00 PM"), "{page}");
    assert!(page.contains("Needs your attention") && page.contains(&path), "{page}");
    assert!(page.contains("data-until=\"2026-11-24T15:10:00Z\""), "{page}");
    // A late cancellation leaves a fee to pay.
    let late = book(&app, BEA, "massage", "2026-11-26", "12:00").await;
    app.set_time("2026-11-26T08:00:00-05:00");
    cancel(&app, BEA, late.number("id")).await.expect(200);
    let page = bea.get("/dashboard/").await.expect(200).text();
    assert!(page.contains("$150</span> is due at the front desk"), "{page}");
    assert!(redirect_of(app.visitor().get("/dashboard/").await).starts_with("/login/?next=/dashboard/"));
}

#[tokio::test]
async fn the_visit_list_is_paginated_and_filtered() {
    let app = TestClub::open().await;
    let bea = app.browser(BEA);
    for day in 1..=12 {
        let booked = book(&app, BEA, "pod", &format!("2026-12-{day:02}"), "12:00").await;
        cancel(&app, BEA, booked.number("id")).await.expect(200);
    }
    let booked = book(&app, BEA, "massage", "2026-11-27", "14:00").await;
    let number = booked["booking_reference"].as_str().expect("a number").to_owned();
    let page = async |query: &str| bea.get(&format!("/dashboard/bookings/{query}")).await;
    let all = page("").await.expect(200).text();
    assert!(all.contains(&number) && all.contains("page=2#past"), "{all}");
    assert_eq!(all.matches("Canceled</span>").count(), 10, "{all}");
    assert_eq!(page("?page=2").await.text().matches("Canceled</span>").count(), 2);
    let some = page("?service=massage").await.text();
    assert!(some.contains(&number) && !some.contains("Canceled</span>"), "{some}");
    let some = page("?state=cancelled&service=pod").await.text();
    assert!(
        !some.contains(&number) && some.contains("page=2&amp;service=pod&amp;state=cancelled")
            || some.contains("page=2&#38;service=pod&#38;state=cancelled"),
        "{some}"
    );
    assert!(page("?state=completed").await.text().contains("No visits match."));
    for odd in ["?state=dancing", "?service=none", "?service=%00"] {
        assert!(page(odd).await.expect(400).text().contains("role=\"alert\""), "{odd}");
    }
    page("?page=-1").await.expect(200);
    page("?page=99999999999999999999").await.expect(200);
    let other = app.browser(GUS).get("/dashboard/bookings/").await.text();
    assert!(!other.contains(&number), "one's own alone");
    assert!(redirect_of(app.visitor().get("/dashboard/bookings/").await).starts_with("/login/"));
}

#[tokio::test]
async fn rescheduling_shows_the_price_before_confirmation() {
    let app = TestClub::open().await;
    let bea = app.browser(BEA);
    let booked = book(&app, BEA, "massage", "2026-11-27", "14:00").await;
    let visit = format!("/dashboard/bookings/{}/", booked.number("id"));
    let path = format!("{visit}move/");
    assert!(bea.get(&visit).await.text().contains(&path));
    let page = bea.get(&format!("{path}?date=2026-11-28")).await.expect(200).text();
    let (to, after) = (utc("2026-11-28T15:00:00-05:00"), utc("2026-11-28T17:30:00-05:00"));
    assert!(page.contains(&format!("to={to}")), "{page}");
    // On the same day, the booking's own time counts as free.
    let same = bea.get(&path).await.expect(200).text();
    assert!(same.contains("2:15 PM<span class=\"for-ears\"> to 3:15 PM"), "{same}");
    let current = utc("2026-11-27T14:00:00-05:00");
    assert!(!same.contains(&format!("to={current}")), "where it is, it need not be moved to: {same}");
    let there = bea.get(&format!("{path}?to={current}")).await.expect(200).text();
    assert!(there.contains("That’s the current time."), "{there}");
    let duet = app.room("duet").await;
    let other_room = bea.get(&format!("{path}?room={duet}&to={current}")).await.expect(200).text();
    assert!(other_room.contains("Confirm new time") && other_room.contains("Duet"), "{other_room}");

    let room = app.room("duet").await;
    let preview = bea.get(&format!("{path}?date=2026-11-28&room={room}&to={to}")).await.expect(200).text();
    assert!(preview.contains("Saturday, November 28, 3:00\u{a0}–\u{a0}4:00\u{a0}PM"), "{preview}");
    assert!(preview.contains("$165") && preview.contains("$15 more than before."), "{preview}");
    assert!(preview.contains("You’ll be able to change it once more."), "{preview}");
    let before = app.as_(BEA).get(MY_BOOKINGS).await.list("upcoming")[0].clone();
    assert_eq!(before["moves"], 0, "a look moves nothing");

    let form = format!("room={room}&to={to}&promise=16500");
    assert_eq!(redirect_of(bea.submit(&path, &form).await), visit);
    assert_eq!(redirect_of(bea.submit(&path, &form).await), visit, "sent twice");
    let moved = app.as_(BEA).get(MY_BOOKINGS).await.list("upcoming")[0].clone();
    assert_eq!((&moved["moves"], &moved["starts_at"]), (&json!(1), &json!("2026-11-28T15:00:00-05:00")));
    assert!(bea.get(&visit).await.text().contains("Rescheduled from Friday, November 27, 2:00 PM"));

    // If the price is higher than promised, nothing changes. If the time is taken, there is a message. Without a time,
    // the form is shown again.
    let offered = bea.get(&format!("{path}?to={after}&room={room}")).await.expect(200).text();
    let (_, rest) =
        offered.split_once("name=\"shown_with\" value=\"").expect("the technician who would serve");
    let accepted = format!("to={after}&shown_with={}", rest.split('"').next().unwrap_or_default());
    let dearer = bea.submit(&path, &format!("{accepted}&room={room}&promise=100")).await.expect(409).text();
    assert!(dearer.contains("The price has changed.") && dearer.contains("$165"), "{dearer}");
    bea.submit(&path, "to=soon").await.expect(400);
    bea.submit(&path, "").await.expect(400);
    book(&app, UMA, "suite", "2026-11-28", "18:00").await;
    app.browser(GUS).submit(&path, &form).await.expect(404);
    app.browser(GUS).get(&path).await.expect(404);
    let far = bea.get(&format!("{path}?to={}", utc("2026-12-30T15:00:00-05:00"))).await.expect(403).text();
    assert!(far.contains("isn’t open for booking yet"), "{far}");
    // The second reschedule is the last.
    assert_eq!(redirect_of(bea.submit(&path, &accepted).await), visit);
    assert!(!bea.get(&visit).await.text().contains(&path));
    assert!(bea.get(&path).await.expect(409).text().contains("reached its limit of changes"));
}

/// C4: the page says before a late reschedule which fee stays due.
#[tokio::test]
async fn a_late_reschedule_shows_the_fee_that_stays_due() {
    let app = TestClub::open().await;
    let booked = book(&app, GUS, "suite", "2026-11-27", "14:00").await;
    app.set_time("2026-11-26T10:00:00-05:00");
    let to = utc("2026-11-28T14:00:00-05:00");
    let path = format!("/dashboard/bookings/{}/move/?to={to}", booked.number("id"));
    let preview = app.browser(GUS).get(&path).await.expect(200).text();
    assert!(
        preview.contains("Because this is a late change, $150 will still be due if you cancel."),
        "{preview}"
    );
}

#[tokio::test]
async fn a_repeated_visit_uses_other_times_on_taken_dates() {
    let app = TestClub::open().await;
    let pia = app.browser(PIA);
    let booked = book(&app, PIA, "suite", "2026-11-27", "18:00").await;
    let path = format!("/dashboard/bookings/{}/repeat/", booked.number("id"));
    // The second of three Fridays is taken.
    book(&app, UMA, "suite", "2026-12-11", "18:00").await;
    let form_page = pia.get(&path).await.expect(200).text();
    assert!(form_page.contains("Repeat every (weeks)"), "{form_page}");
    let page = pia.submit(&path, "every_weeks=1&times=3&action=preview").await.expect(200).text();
    assert!(page.contains("Friday, December 4") && page.contains("Friday, December 18"), "{page}");
    assert!(page.contains("already taken") && page.contains("name=\"at-1\""), "{page}");
    assert!(!page.contains("Book all<"), "{page}");
    assert_eq!(app.as_(PIA).get(MY_BOOKINGS).await.number("total_upcoming"), 1, "a look books nothing");
    pia.submit(&path, "every_weeks=1&times=3&action=book").await.expect(409);
    assert_eq!(app.as_(PIA).get(MY_BOOKINGS).await.number("total_upcoming"), 1, "all or nothing");

    let other = utc("2026-12-11T15:00:00-05:00");
    let page = pia
        .submit(&path, &format!("every_weeks=1&times=3&at-1={other}&action=preview"))
        .await
        .expect(200)
        .text();
    assert!(
        page.contains("Book all<") && page.contains("Friday, December 11, 3:00\u{a0}–\u{a0}5:00\u{a0}PM"),
        "{page}"
    );
    let once = page
        .split("name=\"once\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a secret");
    let form = format!("every_weeks=1&times=3&at-1={other}&once={once}&action=book");
    assert_eq!(redirect_of(pia.submit(&path, &form).await), "/dashboard/bookings/#upcoming");
    assert_eq!(redirect_of(pia.submit(&path, &form).await), "/dashboard/bookings/#upcoming", "sent twice");
    assert_eq!(app.as_(PIA).get(MY_BOOKINGS).await.number("total_upcoming"), 4);

    let without =
        pia.submit(&path, "every_weeks=2&times=4&at-0=without&action=preview").await.expect(200).text();
    assert!(without.contains(": skipped"), "{without}");
    for odd in
        ["every_weeks=0&times=3", "every_weeks=1&times=99", "every_weeks=x&times=y", "times=2&at-0=soon"]
    {
        let page = pia.submit(&path, &format!("{odd}&action=preview")).await.expect(400).text();
        assert!(page.contains("role=\"alert\""), "{odd}: {page}");
    }
    app.browser(GUS).get(&path).await.expect(404);
    app.browser(GUS).submit(&path, &form).await.expect(404);
}

#[tokio::test]
async fn a_visit_has_a_calendar_file_and_a_link_to_book_again() {
    let app = TestClub::open().await;
    let tom = app.technician("tom").await;
    let request_body = crate::and(
        crate::request_body(&app, "massage", "2026-11-27", "14:00").await,
        json!({"technician_id": tom, "companion_name": "Ann"}),
    );
    let booked = app.as_(BEA).post(crate::CREATE, request_body).await.expect(201);
    let visit = format!("/dashboard/bookings/{}/", booked.number("id"));
    let page = app.browser(BEA).get(&visit).await.expect(200).text();
    for passage in
        ["What happens next", "visit.ics", "calendar.google.com", "with Ann", "repeat/", "move/", "cancel/"]
    {
        assert!(page.contains(passage), "{passage}: {page}");
    }
    assert!(page.contains(&format!("/book/?service=massage&#38;technician={tom}")), "{page}");
    let file = app.browser(BEA).get(&format!("{visit}visit.ics")).await.expect(200);
    assert_eq!(file.header("content-type"), "text/calendar; charset=utf-8");
    assert!(file.header("content-disposition").contains("CS-2026-000001.ics"));
    assert!(file.text().contains("DTSTART:20261127T190000Z") && file.text().contains("STATUS:CONFIRMED"));
    app.browser(GUS).get(&format!("{visit}visit.ics")).await.expect(404);
    // Canceling twice has the effect of canceling once.
    for _ in 0..2 {
        assert_eq!(redirect_of(app.browser(BEA).submit(&format!("{visit}cancel/"), "").await), visit);
    }
    assert!(app.browser(BEA).get(&visit).await.text().contains("This visit is canceled."));
    assert!(app.browser(BEA).get(&format!("{visit}visit.ics")).await.text().contains("STATUS:CANCELLED"));
}

#[tokio::test]
async fn a_person_joins_views_and_leaves_the_waitlist() {
    let app = TestClub::open().await;
    let (gus, bea) = (app.browser(GUS), app.browser(BEA));
    let held = book(&app, UMA, "suite", "2026-11-27", "18:00").await;
    for time in ["12:00", "15:00", "21:00"] {
        let request_body = crate::and(
            crate::request_body(&app, "suite", "2026-11-27", time).await,
            json!({"guest_name": "Ann"}),
        );
        app.as_(DORA).post(crate::CREATE, request_body).await.expect(201);
    }
    let full = gus.get("/book/?service=suite&date=2026-11-27").await.expect(200).text();
    assert!(full.contains("Nothing open on Friday, November 27."), "{full}");
    assert!(full.contains("join the waitlist"), "{full}");
    let page = gus.get("/book/wait/?service=suite&date=2026-11-27").await.expect(200).text();
    assert!(page.contains("value=\"2026-11-27\""), "{page}");
    gus.get("/book/wait/?service=none").await.expect(400);

    let suite = app.service("suite").await;
    let form = format!("service_id={suite}&from=2026-11-27&to=2026-11-27&after=12:00&before=");
    for who in [&gus, &gus, &bea] {
        assert_eq!(redirect_of(who.submit("/book/wait/", &form).await), "/dashboard/bookings/#waits");
    }
    let page = gus.get("/dashboard/bookings/").await.text();
    assert_eq!(page.matches("Leave the waitlist").count(), 1, "asked twice is one place: {page}");
    // A member comes before him, although he joined first (L1).
    assert!(page.contains("You’re second in line."), "{page}");
    assert!(bea.get("/dashboard/bookings/").await.text().contains("You’re next in line."));

    for (odd, shown) in [
        ("from=2026-11-30&to=2026-11-27", "2026-11-30"),
        ("from=soon", "soon"),
        ("from=2026-11-27&after=9", "9"),
        ("from=2026-11-27&after=12:00&before=11:00", "11:00"),
        ("from=2020-01-01&to=2020-01-02", "2020-01-01"),
    ] {
        let page = gus.submit("/book/wait/", &format!("service_id={suite}&{odd}")).await.expect(400).text();
        assert!(
            page.contains("role=\"alert\"") && page.contains(&format!("value=\"{shown}\"")),
            "{odd}: {page}"
        );
    }
    let onward = redirect_of(app.visitor().submit("/book/wait/", &form).await);
    assert_eq!(onward, "/login/?next=/book/%3Fservice%3Dsuite%26date%3D2026-11-27");

    // The time becomes free: it is held for her, shown on her pages, and declined there. Then it is his.
    cancel(&app, UMA, held.number("id")).await.expect(200);
    app.run_jobs().await;
    let page = bea.get("/dashboard/").await.text();
    assert!(page.contains("a time from your waitlist is held for you"), "{page}");
    let page = bea.get("/dashboard/bookings/").await.text();
    let leave = page.split("action=\"").find(|rest| rest.starts_with("/dashboard/waits/")).expect("a form");
    let leave = leave.split('"').next().expect("its address").to_owned();
    assert!(page.contains("Release it and leave the waitlist"), "{page}");
    gus.submit(&leave, "").await.expect(404);
    for _ in 0..2 {
        assert_eq!(redirect_of(bea.submit(&leave, "").await), "/dashboard/bookings/#waits");
    }
    app.run_jobs().await;
    assert!(gus.get("/dashboard/").await.text().contains("is held for you"));
}

/// A signed-in person has verified their address, so the page promises an email.
#[tokio::test]
async fn the_visit_page_promises_an_email_only_to_the_booker() {
    let app = TestClub::open().await;
    let made = sign_up(&app, zoe()).await;
    let me = with(&app, &made);
    let booked = me.post(CREATE, request_body(&app, "pod", "2026-11-26", "12:00").await).await.expect(201);
    let path = format!("/dashboard/bookings/{}/", booked.number("id"));
    let text = me.get(&path).await.expect(200).text();
    assert!(text.contains("We’ve emailed you the details") && !text.contains("Confirm your email"), "{text}");
    // The page promises nothing to staff who read it.
    let text = app.browser(DORA).get(&path).await.expect(200).text();
    assert!(!text.contains("We’ve emailed you") && !text.contains("Confirm your email"), "{text}");
}

/// Staff who open another person's visit see whose it is and a link back to its day. Guests see neither.
#[tokio::test]
async fn the_front_desk_sees_the_guest_and_a_link_back_to_the_day() {
    let app = TestClub::open().await;
    let id = book(&app, BEA, "massage", "2026-11-27", "12:00").await.number("id");
    let path = format!("/dashboard/bookings/{id}/");
    let desk = app.browser(DORA).get(&path).await.expect(200).text();
    for phrase in [
        format!("href=\"/staff/day/?date=2026-11-27#visit-{id}\">Back to the day"),
        format!("href=\"/staff/members/{}/\">Bea Morrow", app.person(BEA)),
    ] {
        assert!(desk.contains(&phrase), "{phrase}: {desk}");
    }
    assert!(!desk.contains("All my visits") && !desk.contains("What happens next"), "{desk}");
    let own_page = app.browser(BEA).get(&path).await.expect(200).text();
    assert!(own_page.contains("All my visits") && !own_page.contains("Back to the day"), "{own_page}");
}

/// The visits of a series, and the visit that was repeated, link to the cancellation of the series while it exists.
#[tokio::test]
async fn a_visit_links_to_the_cancellation_of_its_series() {
    let app = TestClub::open().await;
    let pia = app.browser(PIA);
    let id = book(&app, PIA, "pod", "2026-11-25", "12:00").await.number("id");
    let page = pia.get(&format!("/dashboard/bookings/{id}/")).await.expect(200).text();
    assert!(!page.contains("part of a series"), "{page}");
    redirect_of(
        pia.submit(&format!("/dashboard/bookings/{id}/repeat/"), "every_weeks=1&times=2&action=book").await,
    );
    let page = pia.get(&format!("/dashboard/bookings/{id}/")).await.expect(200).text();
    let cancel = page.split("part of a series. <a class=\"link\" href=\"").nth(1).expect("a link");
    let cancel = cancel.split('"').next().expect("a path").to_owned();
    let page = pia.get(&cancel).await.expect(200).text();
    assert!(page.contains("These 2 visits would be canceled. Nothing is canceled yet."), "{page}");
    let second = cancel.trim_end_matches("cancel-series/");
    assert!(pia.get(second).await.expect(200).text().contains("part of a series"));
    redirect_of(pia.submit(&cancel, "").await);
    for path in [second.to_owned(), format!("/dashboard/bookings/{id}/")] {
        assert!(!pia.get(&path).await.expect(200).text().contains("part of a series"), "{path}");
    }
}

/// Returning to an old page: what can no longer be done links to the visit, within the frame of the signed-in person.
#[tokio::test]
async fn outdated_pages_link_to_the_canceled_visit() {
    let app = TestClub::open().await;
    let bea = app.browser(BEA);
    let id = book(&app, BEA, "massage", "2026-11-27", "12:00").await.number("id");
    let path = format!("/dashboard/bookings/{id}/");
    redirect_of(bea.submit(&format!("{path}cancel/"), "").await);
    for late in ["cancel/", "move/"] {
        let page = bea.get(&format!("{path}{late}")).await.expect(409).text();
        assert!(page.contains(&format!("href=\"{path}\">View visit")), "{late}: {page}");
        assert!(page.contains("Sign out") && !page.contains("Create an account"), "{late}: {page}");
    }
    let nowhere = app.visitor().get("/nowhere/").await.expect(404).text();
    assert!(nowhere.contains("Create an account"), "{nowhere}");
}
