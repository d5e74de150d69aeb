//! The pages on which a time is chosen and held, used without scripts.

use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, Guest, PIA, Player, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{MY_BOOKINGS, book, request_body};

/// Returns the `Location` header of a redirect.
#[track_caller]
pub(crate) fn redirect_of(answer: Answer) -> String {
    let answer = answer.expect(303);
    answer.header("location").to_owned()
}

/// Returns the cookie that a response sets, as a browser sends it back.
pub(crate) fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

/// Returns a local time in the format that a form sends.
pub(crate) fn utc(local: &str) -> String {
    let moment: jiff::Timestamp = local.parse().expect("a moment");
    moment.to_string()
}

/// Holds a time with the form of the page, and returns the path of the hold's page.
pub(crate) async fn hold(guest: &Guest<'_>, service: &str, local: &str) -> String {
    redirect_of(guest.submit("/book/hold/", &format!("service={service}&starts_at={}", utc(local))).await)
}

pub(crate) fn id_of(path: &str) -> i64 {
    path.trim_end_matches('/').rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id in the path")
}

async fn upcoming(app: &TestClub, by: Player) -> usize {
    app.as_(by).get(MY_BOOKINGS).await.expect(200).list("upcoming").len()
}

pub(crate) const FRIDAY: &str = "2026-11-27T14:00:00-05:00";

#[tokio::test]
async fn choosing_a_time_holds_it() {
    let app = TestClub::open().await;
    let page = app.browser(BEA).get("/book/?service=massage&date=2026-11-27").await.expect(200).text();
    assert!(page.contains("Friday, November 27, 3") || page.contains("Friday, November 27, 4"), "{page}");
    let button = format!("name=\"starts_at\" value=\"{}\"", utc(FRIDAY));
    assert!(page.contains(&button), "{page}");
    assert!(page.contains("2:00 PM<span class=\"for-ears\"> to 3:00 PM"), "{page}");
    assert!(page.contains("<p class=\"chosen-name\">Massage</p>") && page.contains("60 minutes"), "{page}");

    let path = hold(&app.browser(BEA), "massage", FRIDAY).await;
    let held = app.browser(BEA).get(&path).await.expect(200).text();
    assert!(held.contains("Held for you") && held.contains("Friday, November 27"), "{held}");
    assert!(held.contains("data-until=\"2026-11-24T15:10:00Z\""), "the countdown knows its end: {held}");
    assert!(held.contains("data-now=\"2026-11-24T15:00:00Z\""), "and our clock: {held}");
    assert!(held.contains("Free cancellation until"), "{held}");
    assert!(held.contains("Base member"), "the price says why: {held}");
    // Sending the form twice makes one hold, and returns the same page.
    assert_eq!(hold(&app.browser(BEA), "massage", FRIDAY).await, path);
    assert_eq!(app.as_(BEA).get(MY_BOOKINGS).await.list("held").len(), 1);
    // The page is visible to no one else.
    app.browser(GUS).get(&path).await.expect(404);
    assert!(redirect_of(app.visitor().get(&path).await).starts_with("/login/"));
}

#[tokio::test]
async fn details_entered_for_a_hold_are_saved_and_booked() {
    let app = TestClub::open().await;
    let bea = app.browser(BEA);
    let path = hold(&bea, "massage", FRIDAY).await;
    let led_id = app.addon("led").await;
    let form =
        format!("addon-{led_id}=2&special_requests=Quiet%2C+please&allergies_notes=Almond+oil&action=update");
    assert_eq!(redirect_of(bea.submit(&path, &form).await), path);
    let page = bea.get(&path).await.expect(200).text();
    assert!(page.contains("2 × LED") && page.contains("$250"), "150 and twice 50: {page}");
    assert!(page.contains("Quiet, please") && page.contains("Almond oil"), "{page}");

    let form =
        format!("addon-{led_id}=1&special_requests=Quiet%2C+please&allergies_notes=Almond+oil&action=book");
    let visit = redirect_of(bea.submit(&path, &form).await);
    assert_eq!(visit, format!("/dashboard/bookings/{}/", id_of(&path)));
    let shown = bea.get(&visit).await.expect(200).text();
    for phrase in ["CS-2026-000001", "$200", "Quiet, please", "Almond oil"] {
        assert!(shown.contains(phrase), "{phrase}: {shown}");
    }
    // Sending the form twice makes one booking and redirects to the same page, as does the page of the hold.
    assert_eq!(redirect_of(bea.submit(&path, &form).await), visit);
    assert_eq!(redirect_of(bea.get(&path).await), visit);
    assert_eq!(upcoming(&app, BEA).await, 1);
}

/// H1: a visitor holds one time, reads the pages, and signs in. Then the hold is theirs at their own price.
#[tokio::test]
async fn a_visitors_hold_moves_to_the_account_on_sign_in() {
    let app = TestClub::open().await;
    let visitor = app.visitor();
    let page = visitor.get("/book/?service=suite&date=2026-11-27").await.expect(200).text();
    let once = page.split("name=\"once\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let once = once.expect("the form has a secret of its own");
    let form = format!("service=suite&once={once}&starts_at={}", utc("2026-11-27T18:00:00-05:00"));
    let answer = visitor.submit("/book/hold/", &form).await;
    let cookie = cookie(&answer);
    assert!(answer.header("set-cookie").contains("HttpOnly; SameSite=Lax"), "{cookie}");
    assert!(cookie.starts_with("__Host-hold="), "{cookie}");
    let path = redirect_of(answer);
    // The form is sent twice before any cookie is set: it is the same hold.
    assert_eq!(redirect_of(visitor.submit("/book/hold/", &form).await), path);

    let known = app.visitor().with("cookie", &cookie);
    let page = known.get(&path).await.expect(200).text();
    assert!(page.contains("value=\"sign_in\">Sign in</button>") && page.contains("$300"), "{page}");
    assert!(page.contains("Swiss Alps"), "the suite has scenes: {page}");
    assert!(
        redirect_of(visitor.get(&path).await).starts_with("/login/"),
        "without its cookie nobody reads it"
    );

    let onward = redirect_of(
        known
            .submit(&path, "special_requests=Warm&scene=Ocean+Waves&companion_name=Ann&action=sign_up")
            .await,
    );
    assert_eq!(onward, format!("/signup/?next={path}"));
    assert_eq!(
        redirect_of(
            known
                .submit(&path, "special_requests=Warm&scene=Ocean+Waves&companion_name=Ann&action=sign_in")
                .await
        ),
        format!("/login/?next={path}")
    );

    // Signed in, with both cookies.
    let both = app.as_(BEA).with("cookie", &cookie);
    let answer = both.get(&path).await.expect(200);
    assert!(answer.header("set-cookie").starts_with("__Host-hold=;"), "the browser may forget it");
    let page = answer.text();
    assert!(page.contains("$225") && page.contains("Warm") && page.contains("value=\"Ann\""), "{page}");
    assert!(page.contains("<option value=\"Ocean Waves\" selected>"), "{page}");
    let held = app.as_(BEA).get(MY_BOOKINGS).await.expect(200);
    assert_eq!(held.list("held").len(), 1, "it is hers now");
    redirect_of(known.get(&path).await);
    let visit = redirect_of(both.submit(&path, "action=book&special_requests=Warm&companion_name=Ann").await);
    let shown = app.browser(BEA).get(&visit).await.expect(200).text();
    assert!(shown.contains("CS-2026-000001") && shown.contains("Ann"), "{shown}");
}

#[tokio::test]
async fn a_visitor_can_hold_one_time() {
    let app = TestClub::open().await;
    let form = |hour: u8| format!("service=pod&starts_at={}", utc(&format!("2026-11-27T{hour}:00:00-05:00")));
    let first = app.visitor().submit("/book/hold/", &form(12)).await;
    let known = app.visitor().with("cookie", &cookie(&first));
    let first = redirect_of(first);
    let second = known.submit("/book/hold/", &form(13)).await;
    let again = app.visitor().with("cookie", &cookie(&second));
    redirect_of(second);
    let gone = known.get(&first).await.expect(200).text();
    assert!(gone.contains("no longer held"), "{gone}");
    // After the hold is released, the page links back to the times.
    let third = again.submit("/book/hold/", &form(14)).await;
    let known = app.visitor().with("cookie", &cookie(&third));
    assert_eq!(
        redirect_of(known.submit(&redirect_of(third), "action=let_go").await),
        "/book/?service=pod&date=2026-11-27&done=released"
    );
}

#[tokio::test]
async fn the_page_of_an_expired_hold_offers_other_times() {
    let app = TestClub::open().await;
    let bea = app.browser(BEA);
    let path = hold(&bea, "suite", "2026-11-27T18:00:00-05:00").await;
    app.set_time("2026-11-24T10:09:00-05:00");
    assert_eq!(redirect_of(bea.submit(&path, "action=extend&special_requests=Warm").await), path);
    let page = bea.get(&path).await.text();
    assert!(page.contains("data-until=\"2026-11-24T15:19:00Z\"") && page.contains("Warm"), "{page}");
    assert!(!page.contains("Hold 10 more minutes"), "once (H3)");
    bea.submit(&path, "action=extend").await.expect(409);

    app.set_time("2026-11-24T10:30:00-05:00");
    let page = bea.get(&path).await.expect(200).text();
    assert!(page.contains("no longer held") && page.contains("Open nearby times"), "{page}");
    assert!(page.contains("Warm"), "what was written stays");
    // The time is still free: it is booked anew. The form is sent twice and books once.
    app.db().tx(bookings::run_maintenance).await.expect("maintained");
    let visit = redirect_of(bea.submit(&path, "action=book&special_requests=Warm").await);
    assert_eq!(redirect_of(bea.submit(&path, "action=book&special_requests=Warm").await), visit);
    assert_eq!(upcoming(&app, BEA).await, 1);

    // The time was taken: the page shows a message, other times, and the form as it was filled in.
    let path = hold(&app.browser(PIA), "suite", "2026-11-28T18:00:00-05:00").await;
    app.set_time("2026-11-24T10:50:00-05:00");
    book(&app, UMA, "suite", "2026-11-28", "18:00").await;
    let refused =
        app.browser(PIA).submit(&path, "action=book&special_requests=Cool").await.expect(409).text();
    assert!(refused.contains("already taken") && refused.contains("Cool"), "{refused}");
}

#[tokio::test]
async fn services_can_be_added_to_and_removed_from_a_visit() {
    let app = TestClub::open().await;
    let bea = app.browser(BEA);
    let path = hold(&bea, "massage", FRIDAY).await;
    let pod = app.service("pod").await;
    bea.submit(&path, "action=add").await.expect(400);
    assert_eq!(
        redirect_of(bea.submit(&path, &format!("action=add&then={pod}&special_requests=Slow")).await),
        path
    );
    let page = bea.get(&path).await.expect(200).text();
    assert!(page.contains("Grand total") && page.contains("$183.75"), "150 and 33.75: {page}");
    assert!(page.contains("3:00\u{a0}–\u{a0}3:30\u{a0}PM") || page.contains("15:0"), "{page}");
    let my_bookings = app.as_(BEA).get(MY_BOOKINGS).await;
    assert_eq!(my_bookings.list("held").len(), 2);
    let other = my_bookings
        .list("held")
        .iter()
        .map(|held| held["id"].as_i64().expect("an id"))
        .find(|id| *id != id_of(&path));
    let other = other.expect("what follows");
    // Removed from the visit, and added again.
    app.browser(GUS).submit(&path, &format!("leave_out={other}")).await.expect(404);
    assert_eq!(redirect_of(bea.submit(&path, &format!("leave_out={other}")).await), path);
    assert_eq!(app.as_(BEA).get(MY_BOOKINGS).await.list("held").len(), 1);
    redirect_of(bea.submit(&path, &format!("action=add&then={pod}")).await);
    redirect_of(bea.submit(&path, "action=book").await);
    assert_eq!(upcoming(&app, BEA).await, 2);
}

#[tokio::test]
async fn plan_benefits_pay_for_a_booking_when_available() {
    let app = TestClub::open().await;
    let pia = app.browser(PIA);
    let path = hold(&pia, "massage", FRIDAY).await;
    let page = pia.get(&path).await.text();
    assert!(page.contains("Use a service credit (2 left this month)"), "{page}");
    assert!(!page.contains("guest pass"), "alone there is no companion: {page}");
    redirect_of(pia.submit(&path, "pays=credit&action=update").await);
    let page = pia.get(&path).await.text();
    assert!(page.contains("Service credit") && page.contains("2 left this month"), "{page}");
    redirect_of(pia.submit(&path, "pays=credit&action=book").await);
    let used = app.as_(PIA).get("/api/memberships/current/").await.number("services_used_this_month");
    assert_eq!(used, 1);
    // A person without credits is told so, and nothing is booked at full price unasked.
    let bea = app.browser(BEA);
    let path = hold(&bea, "pod", FRIDAY).await;
    let refused = bea.submit(&path, "pays=credit&action=book&special_requests=x").await.expect(409).text();
    assert!(refused.contains("no service credit left"), "{refused}");
    assert_eq!(upcoming(&app, BEA).await, 0);
    // The companion's share is paid with a guest pass.
    let path = hold(&pia, "couples", "2026-11-28T14:00:00-05:00").await;
    assert!(pia.get(&path).await.text().contains("Use a guest pass for your companion"));
    redirect_of(pia.submit(&path, "pays=pass&companion_name=Leo&action=book").await);
}

#[tokio::test]
async fn a_service_sold_by_time_offers_its_durations() {
    let app = TestClub::open().await;
    let page = app.visitor().get("/book/?service=lawn&date=2026-11-27&duration=90").await.expect(200).text();
    assert!(page.contains("<option value=\"90\" selected>90 minutes"), "{page}");
    assert!(page.contains("12:00 PM<span class=\"for-ears\"> to 1:30 PM") && page.contains("$180"), "{page}");
    let form = format!("service=lawn&duration=90&party=4&starts_at={}", utc("2026-11-27T12:00:00-05:00"));
    let path = redirect_of(app.browser(GUS).submit("/book/hold/", &form).await);
    let held = app.browser(GUS).get(&path).await.text();
    assert!(
        held.contains("12:00\u{a0}–\u{a0}1:30\u{a0}PM") && held.contains("4 guests") && held.contains("$180"),
        "{held}"
    );
}

#[tokio::test]
async fn invalid_input_is_shown_again_unchanged() {
    let app = TestClub::open().await;
    let bea = app.browser(BEA);
    for form in [
        "",
        "service=massage",
        "service=none&starts_at=2026-11-27T19:00:00Z",
        "service=massage&starts_at=soon",
        "service=massage&starts_at=2026-11-27T19:01:00Z",
    ] {
        let answer = bea.submit("/book/hold/", form).await.expect(400);
        assert!(answer.text().contains("Choose a time"), "{form}");
    }
    let path = hold(&bea, "massage", FRIDAY).await;
    let led_id = app.addon("led").await;
    let long = "x".repeat(2_001);
    for (form, shown) in [
        (format!("addon-{led_id}=99&special_requests=kept&action=book"), "kept"),
        (format!("addon-{led_id}=many&special_requests=kept&action=book"), "kept"),
        (format!("special_requests={long}&guest_name=kept&action=book"), "kept"),
        ("scene=Nowhere&guest_name=kept&action=book".to_owned(), "kept"),
        ("then=abc&guest_name=kept&action=add".to_owned(), "kept"),
        ("guest_name=kept&action=dance".to_owned(), "kept"),
        ("guest_name=kept".to_owned(), "kept"),
        ("guest_name=a%00b&action=book".to_owned(), "unsupported character"),
    ] {
        let page = bea.submit(&path, &form).await.expect(400).text();
        assert!(page.contains(shown), "{form}: {page}");
        assert!(page.contains("role=\"alert\""), "{form}");
    }
    for odd in ["/book/held/0/", "/book/held/abc/", "/book/held/9007199254740993/"] {
        bea.get(odd).await.expect(404);
        bea.submit(odd, "action=book").await.expect(404);
    }
    // Signed out meanwhile: the page shows nothing of the hold, and everything that was typed into the form.
    let page = app.visitor().submit(&path, "guest_name=kept+%3Cb%3E&action=book").await.expect(401).text();
    assert!(page.contains("Please sign in") && page.contains("kept") && !page.contains("<b>"), "{page}");
    assert!(!page.contains("Massage"), "{page}");
}

/// An account without a phone number is asked for one where it books. The number is stored with the booking.
#[tokio::test]
async fn an_account_without_a_phone_number_must_enter_one_to_book() {
    let app = TestClub::open().await;
    let bea = app.browser(BEA);
    let path = hold(&bea, "massage", FRIDAY).await;
    let page = bea.get(&path).await.expect(200).text();
    assert!(page.contains("We’ll save it to your profile"), "{page}");
    let profile = async || app.as_(BEA).get("/api/users/profile/me/").await.expect(200).body["phone"].clone();

    // A number that cannot be read is reported at its field, and nothing is booked.
    let page = bea.submit(&path, "phone=call+me&special_requests=kept&action=book").await.expect(400).text();
    for part in ["href=\"#phone\"", "id=\"phone-wrong\"", "value=\"call me\"", "kept"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!((profile().await, upcoming(&app, BEA).await), (Value::Null, 0));
    // Neither is the number stored without the booking.
    let page = bea.submit(&path, "phone=2125550142&pays=pass&action=book").await.expect(409).text();
    assert!(page.contains("Nothing is booked yet") && page.contains("value=\"2125550142\""), "{page}");
    assert_eq!((profile().await, upcoming(&app, BEA).await), (Value::Null, 0));

    // Other buttons keep what was typed in the form, even if it cannot be read.
    let page = bea.submit(&path, "phone=2125550142&action=update").await.expect(200).text();
    assert!(page.contains("value=\"2125550142\""), "{page}");
    let page =
        bea.submit(&path, "phone=call+me&special_requests=kept&action=extend").await.expect(400).text();
    assert!(page.contains("value=\"call me\"") && page.contains("kept"), "{page}");
    assert_eq!((profile().await, upcoming(&app, BEA).await), (Value::Null, 0));

    redirect_of(bea.submit(&path, "phone=%28212%29+555-0142&action=book").await);
    assert_eq!((profile().await, upcoming(&app, BEA).await), (json!("+12125550142"), 1));
    let path = hold(&bea, "massage", "2026-11-28T15:00:00-05:00").await;
    let page = bea.get(&path).await.expect(200).text();
    assert!(!page.contains("We’ll save it to your profile"), "it has one now: {page}");
    redirect_of(bea.submit(&path, "action=book").await);
    assert_eq!(profile().await, "+12125550142");

    // The field may stay empty.
    let path = hold(&app.browser(GUS), "pod", FRIDAY).await;
    redirect_of(app.browser(GUS).submit(&path, "phone=&action=book").await);
    // The front desk enters the number of the guest, and not its own.
    let time = utc("2026-11-27T17:00:00-05:00");
    let held = app
        .browser(DORA)
        .submit(
            "/book/hold/",
            &format!("service=pod&for=0&starts_at={time}&guest_name=Wanda&guest_phone=2125550199"),
        )
        .await;
    let path = redirect_of(held);
    let page = app.browser(DORA).get(&path).await.expect(200).text();
    assert!(!page.contains("name=\"phone\""), "{page}");
}

#[tokio::test]
async fn the_page_says_why_a_time_is_not_offered() {
    let app = TestClub::open().await;
    let open_page = async |who: &Guest<'_>, query: &str| who.get(&format!("/book/?{query}")).await;
    let (gus, bea) = (app.browser(GUS), app.browser(BEA));
    let free = open_page(&gus, "service=massage&date=2026-11-27&at=14:00").await.expect(200).text();
    assert!(free.contains("is open") && free.contains("Hold this time"), "{free}");
    // Outside the window: the page says when the day opens, and offers a notification.
    let far = open_page(&gus, "service=massage&date=2026-11-30&at=14:00").await.expect(200).text();
    assert!(far.contains("You can book it starting Friday, November 27."), "{far}");
    assert!(far.contains("Notify me when it opens"), "{far}");
    assert!(
        open_page(&gus, "service=circle&date=2026-11-26&at=14:00")
            .await
            .text()
            .contains("This is for members only.")
    );
    let night = open_page(&gus, "service=massage&date=2026-11-27&at=05:00").await.text();
    assert!(
        night.contains("We’re closed then.")
            && night.contains("On Friday, the rooms are open 9:00\u{a0}AM\u{a0}–\u{a0}9:00\u{a0}PM."),
        "{night}"
    );
    assert!(
        !night.contains("Join the waitlist") && !night.contains("If it opens up"),
        "it never frees: {night}"
    );
    let monday = open_page(&bea, "service=suite&date=2026-11-30&at=18:00").await.text();
    assert!(
        monday.contains("On Monday, the room is closed all day.") && !monday.contains("Join the waitlist"),
        "{monday}"
    );
    let closed = open_page(&gus, "service=suite&at=2026-11-28T00:15:00-05:00").await.expect(200).text();
    assert!(
        closed.contains("Friday, November 27, 12:15 AM"),
        "the small hours are the night before's: {closed}"
    );
    book(&app, BEA, "suite", "2026-11-27", "18:00").await;
    let taken = open_page(&gus, "service=suite&date=2026-11-27&at=18:00").await.text();
    assert!(taken.contains("already taken") && taken.contains("Open nearby times"), "{taken}");
    assert!(taken.contains("Join the waitlist"), "{taken}");
    let there = open_page(&bea, "service=pod&date=2026-11-27&at=18:30").await.text();
    assert!(there.contains("already has a booking at this time") && there.contains("Their name"), "{there}");
    // For another person, a time can be held that overlaps one's own booking.
    let form = format!("service=pod&guest_name=Ann&starts_at={}", utc("2026-11-27T18:30:00-05:00"));
    let path = redirect_of(bea.submit("/book/hold/", &form).await);
    assert!(bea.get(&path).await.text().contains("value=\"Ann\""));
    let form = form.replace("&guest_name=Ann", "").replace("pod", "lawn");
    let refused = bea.submit("/book/hold/", &form).await.expect(409).text();
    assert!(refused.contains("already has a booking at this time"), "{refused}");
    let early = format!("service=massage&starts_at={}", utc("2026-11-30T14:00:00-05:00"));
    let refused = gus.submit("/book/hold/", &early).await.expect(403).text();
    assert!(refused.contains("You can book it starting Friday, November 27."), "{refused}");
    for odd in ["25:00", "soon", "14:03", "%00", "99999999999999999999"] {
        let answer = open_page(&gus, &format!("service=massage&date=2026-11-27&at={odd}")).await.expect(400);
        assert!(answer.text().contains("role=\"alert\""), "{odd}");
    }
    let moved = redirect_of(gus.get("/book/review/?service=suite&starts_at=2026-11-27T23:00:00Z").await);
    assert_eq!(moved, "/book/?service=suite&at=2026-11-27T23:00:00Z");
}

#[tokio::test]
async fn reserved_times_show_the_tier_and_the_release_time() {
    let app = TestClub::open().await;
    let (max, club) = (app.person(testing::MAX), app.club());
    let rule = bookings::ReleaseRule {
        room_kinds: vec!["suite".to_owned()],
        services: Vec::new(),
        weekdays: Vec::new(),
        from: 17 * 60,
        to: 22 * 60,
        tier: membership::Tier::Unlimited,
        release_hours: 24,
        factor_bp: 12_000,
        tags: Vec::new(),
    };
    app.db()
        .tx(move |tx| {
            let by = people::Actor::of(people::person(tx, max)?);
            bookings::add_rule(tx, &by, club, &rule).map(drop)
        })
        .await
        .expect("a rule");
    let path = "/book/?service=suite&date=2026-11-27";
    let page = app.browser(GUS).get(path).await.expect(200).text();
    assert!(page.contains("Not open to you yet"), "{page}");
    assert_eq!(
        page.matches("Unlimited members can book these times first.").count(),
        1,
        "once for all: {page}"
    );
    assert!(page.contains("starting Thursday, November 26, 6:00 PM"), "{page}");
    let page = app.browser(UMA).get(path).await.expect(200).text();
    assert!(page.contains("Unlimited members first, until Thursday, November 26, 6:00 PM."), "{page}");
    assert!(!page.contains("Not open to you yet"), "{page}");
    // Asks to be notified when the time opens.
    let wait = format!(
        "service_id={}&tell=on&starts_at={}",
        app.service("suite").await,
        utc("2026-11-27T18:00:00-05:00")
    );
    assert_eq!(
        redirect_of(app.browser(GUS).submit("/book/wait/", &wait).await),
        "/dashboard/bookings/#waits"
    );
    let visits = app.browser(GUS).get("/dashboard/bookings/").await.expect(200).text();
    assert!(visits.contains("Cancel notification") && !visits.contains("Leave the waitlist"), "{visits}");
    app.set_time("2026-11-26T18:00:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("maintained");
    app.run_jobs().await;
    let email = app.mails().into_iter().find(|mail| mail.contains("Open now")).expect("an email");
    assert!(email.replace("=\r\n", "").contains("/book/?service"), "{email}");
}

#[tokio::test]
async fn the_front_desk_can_hold_a_time_before_naming_a_guest() {
    let app = TestClub::open().await;
    let path = hold(&app.browser(DORA), "pod", FRIDAY).await;
    redirect_of(app.browser(DORA).submit(&path, "guest_name=Ann&action=book").await);
}

/// A form that is sent twice at once takes effect once, and both responses lead to the result.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_form_sent_twice_concurrently_takes_effect_once() {
    let app = TestClub::open().await;
    let (bea, visitor) = (app.browser(BEA), app.visitor());
    let once = "5".repeat(64);
    let form = format!("service=suite&once={once}&starts_at={}", utc("2026-11-27T18:00:00-05:00"));
    let (one, two) = tokio::join!(visitor.submit("/book/hold/", &form), visitor.submit("/book/hold/", &form));
    assert_eq!(cookie(&one), cookie(&two));
    assert_eq!(redirect_of(one), redirect_of(two), "a visitor's");

    let form = format!("service=massage&starts_at={}", utc(FRIDAY));
    let (one, two) = tokio::join!(bea.submit("/book/hold/", &form), bea.submit("/book/hold/", &form));
    let path = redirect_of(one);
    assert_eq!(path, redirect_of(two), "an account's");
    assert_eq!(app.as_(BEA).get(MY_BOOKINGS).await.list("held").len(), 1);

    let addon = app.addon("led").await;
    let form = format!("addon-{addon}=2&special_requests=Slow&action=update");
    let (one, two) = tokio::join!(bea.submit(&path, &form), bea.submit(&path, &form));
    assert_eq!((redirect_of(one), redirect_of(two)), (path.clone(), path.clone()), "written down");

    let form = format!("addon-{addon}=2&action=book");
    let (one, two) = tokio::join!(bea.submit(&path, &form), bea.submit(&path, &form));
    let visit = redirect_of(one);
    assert_eq!(visit, redirect_of(two), "booked");
    assert_eq!(upcoming(&app, BEA).await, 1);

    let (moving, form) = (format!("{visit}move/"), format!("to={}", utc("2026-11-28T15:00:00-05:00")));
    let (one, two) = tokio::join!(bea.submit(&moving, &form), bea.submit(&moving, &form));
    assert_eq!((redirect_of(one), redirect_of(two)), (visit.clone(), visit.clone()), "moved");
    assert_eq!(app.as_(BEA).get(MY_BOOKINGS).await.list("upcoming")[0]["moves"], 1);

    let (repeating, form) =
        (format!("{visit}repeat/"), format!("every_weeks=1&times=2&once={once}&action=book"));
    let (one, two) = tokio::join!(bea.submit(&repeating, &form), bea.submit(&repeating, &form));
    assert_eq!(redirect_of(one), redirect_of(two), "repeated");
    assert_eq!(upcoming(&app, BEA).await, 3);

    let form = format!("service_id={}&from=2026-11-28", app.service("suite").await);
    let (one, two) = tokio::join!(bea.submit("/book/wait/", &form), bea.submit("/book/wait/", &form));
    assert_eq!(redirect_of(one), redirect_of(two), "waited for");
    assert_eq!(bea.get("/dashboard/bookings/").await.text().matches("/leave/").count(), 1);

    let cancelling = format!("{visit}cancel/");
    let (one, two) = tokio::join!(bea.submit(&cancelling, ""), bea.submit(&cancelling, ""));
    assert_eq!((redirect_of(one), redirect_of(two)), (visit.clone(), visit), "cancelled");
    assert_eq!(upcoming(&app, BEA).await, 2);
}

/// S17: the preferred scene is preselected for a room that has scenes, until the person chooses another.
#[tokio::test]
async fn the_preferred_scene_is_preselected() {
    let app = TestClub::open().await;
    let liked = json!({"scene": "forest-retreat"});
    app.as_(GUS).patch("/api/users/preferences/", liked).await.expect(200);
    let body = request_body(&app, "suite", "2026-11-27", "18:00").await;
    let held = app.as_(GUS).post("/api/bookings/hold/", body).await.expect(201);
    let path = format!("/book/held/{}/", held.number("id"));
    let gus = app.browser(GUS);
    let page = gus.get(&path).await.expect(200).text();
    assert!(page.contains("<option value=\"Forest Retreat\" selected>"), "{page}");
}

/// A visitor holds one time at a time: the page of the one before says so, and leads to the new one.
#[tokio::test]
async fn the_page_of_a_replaced_hold_links_to_the_new_one() {
    let app = TestClub::open().await;
    let visitor = app.visitor();
    let form = |local: &str| format!("service=pod&starts_at={}", utc(local));
    let first = visitor.submit("/book/hold/", &form("2026-11-27T12:00:00-05:00")).await;
    let known = app.visitor().with("cookie", &cookie(&first));
    let first = redirect_of(first);
    let second = known.submit("/book/hold/", &form("2026-11-27T14:00:00-05:00")).await;
    let known = app.visitor().with("cookie", &cookie(&second));
    let second = redirect_of(second);
    let page = known.get(&first).await.expect(404).text();
    assert!(
        page.contains("Without an account you can hold one time at a time") && page.contains(&second),
        "{page}"
    );
    assert!(redirect_of(visitor.get(&first).await).starts_with("/login/"), "strangers are told nothing");
}

/// Worked example I: a service for two takes the room of capacity 2 and both technicians with the skill.
#[tokio::test]
async fn a_service_for_two_needs_a_room_for_two() {
    let app = TestClub::open().await;
    let (couples, massage) = (app.service("couples").await, app.service("massage").await);
    let path = format!("/api/bookings/availability/?service_id={couples}&date=2026-11-27");
    let at_two = |answer: &Answer| {
        answer.list("available_slots").iter().find(|slot| slot["start_time"] == "14:00").cloned()
    };
    let slot = at_two(&app.as_(BEA).get(&path).await.expect(200)).expect("a slot");
    assert_eq!(
        (slot["room_name"].as_str(), slot["technicians"].as_array().map(Vec::len)),
        (Some("Duet"), Some(2))
    );
    let request_body = json!({"service_id": massage, "date": "2026-11-27", "start_time": "14:00"});
    let booked = app.as_(GUS).post("/api/bookings/create_booking/", request_body).await.expect(201);
    assert_eq!(booked["room"]["name"], "Stone", "the room for two is still free");
    assert!(at_two(&app.as_(BEA).get(&path).await.expect(200)).is_none());
}
