//! The pages of the front desk without scripts: the day, bookings for a caller or a walk-in, and blocks.

use serde_json::json;
use testing::{BEA, DORA, GUS, MAX, TOM, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{CREATE, MY_BOOKINGS, and, book, request_body};

/// The secret of a form, which makes sure that a form that is sent twice makes one hold.
const ONCE: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn the_visits_of_a_day_are_handled_with_forms() {
    let app = TestClub::open().await;
    let dora = app.browser(DORA);
    let id = book(&app, BEA, "massage", "2026-11-24", "12:00").await.number("id");
    let guest = json!({"guest_name": "=Zoë", "guest_phone": "+12125550199"});
    let guest = and(request_body(&app, "pod", "2026-11-24", "13:00").await, guest);
    let zoe = app.as_(DORA).post(CREATE, guest).await.expect(201).number("id");
    let text = dora.get("/staff/day/").await.expect(200).text();
    for phrase in [
        "Tuesday, November 24",
        "Bea Morrow",
        "12:00\u{a0}–\u{a0}1:00\u{a0}PM",
        "Massage",
        "Confirmed",
        "$150",
        "2 visits.",
        "tel:+12125550199",
        "value=\"check_in\"",
        "date=2026-11-23",
        "date=2026-11-25",
    ] {
        assert!(text.contains(phrase), "{phrase}: {text}");
    }
    for later in ["start", "no_show"] {
        assert!(!text.contains(&format!("name=\"action\" value=\"{later}\"")), "{later}: {text}");
    }
    let action_path = format!("/staff/day/{id}/");
    // Well before its time, checking in takes a second step.
    assert!(
        text.contains("Check in early") && text.contains("starts at 12:00 PM, more than an hour from now")
    );
    let early = dora.submit(&action_path, "action=check_in&date=2026-11-24").await.expect(400).text();
    assert!(early.contains("more than an hour from now"), "{early}");
    let target = dora
        .submit(&action_path, "action=check_in&early=on&date=2026-11-24&status=confirmed")
        .await
        .expect(303);
    let path = target.header("location").to_owned();
    assert!(path.starts_with("/staff/day/?date=2026-11-24&status=confirmed&done=check_in"), "{path}");
    let text = dora.get(path.split('#').next().expect("a path")).await.expect(200).text();
    assert!(
        text.contains("role=\"status\">Bea Morrow is checked in.") && text.contains("1 visit."),
        "{text}"
    );
    // A colleague was first: nothing is changed, and the page says who it was.
    let again =
        app.browser(MAX).submit(&action_path, "action=check_in&date=2026-11-24").await.expect(409).text();
    assert!(again.contains("This was already done") && again.contains("Done by Dora Quill"), "{again}");
    let early = dora.submit(&action_path, "action=start&date=2026-11-24").await.expect(409).text();
    assert!(early.contains("You can do it starting Tuesday, November 24, 11:45 AM"), "{early}");
    let target = dora.submit(&action_path, "action=undo&undone=checked_in&date=2026-11-24").await.expect(303);
    let text =
        dora.get(target.header("location").split('#').next().expect("a path")).await.expect(200).text();
    assert!(text.contains("Check-in undone for Bea Morrow."), "{text}");
    // The guest is late, then marked as missed, which the manager undoes with a reason.
    app.set_time("2026-11-24T12:15:00-05:00");
    assert!(dora.get("/staff/day/").await.expect(200).text().contains("Confirmed, late"));
    let target = dora.submit(&action_path, "action=no_show&date=2026-11-24").await.expect(303);
    let text =
        dora.get(target.header("location").split('#').next().expect("a path")).await.expect(200).text();
    assert!(text.contains("A fee of $150 is due."), "{text}");
    for browser in [&dora, &app.browser(BEA)] {
        let visit = browser.get(&format!("/dashboard/bookings/{id}/")).await.expect(200).text();
        let fee = visit.contains("No-show fee: $150, due at the front desk.");
        assert!(fee && !visit.contains("class=\"bill\""), "the fee stands in place of the bill: {visit}");
    }
    app.set_time("2026-11-24T13:00:00-05:00");
    let refused =
        dora.submit(&action_path, "action=undo&undone=no_show&date=2026-11-24").await.expect(403).text();
    assert!(refused.contains("Only a manager can undo this now"), "{refused}");
    let max = app.browser(MAX);
    assert!(max.get("/staff/day/").await.text().contains(&format!("id=\"reason-{id}\"")));
    assert!(!dora.get("/staff/day/").await.text().contains("name=\"reason\""));
    let missing = max
        .submit(&action_path, "action=undo&undone=no_show&reason=&date=2026-11-24")
        .await
        .expect(400)
        .text();
    assert!(missing.contains("Enter a reason for undoing this."), "{missing}");
    max.submit(&action_path, "action=undo&undone=no_show&reason=was+here&date=2026-11-24").await.expect(303);
    // Filters, an empty day, and the CSV file.
    let some = dora.get("/staff/day/?date=2026-11-24&q=zo%C3%AB").await.expect(200).text();
    assert!(some.contains("1 visit.") && !some.contains("Bea Morrow") && some.contains("Show the whole day"));
    let none = dora.get("/staff/day/?date=2026-11-24&q=nobody").await.expect(200).text();
    assert!(none.contains("No visits on this day match your search."), "{none}");
    let empty = dora.get("/staff/day/?date=2026-12-24").await.expect(200).text();
    assert!(empty.contains("No visits on Thursday, December 24.") && empty.contains(">Today</a>"), "{empty}");
    let wrong = dora.get("/staff/day/?date=tomorrow").await.expect(200).text();
    assert!(wrong.contains("Choose a date.") && wrong.contains("href=\"#date\""), "{wrong}");
    let csv = dora.get("/staff/day/?date=2026-11-24&format=csv").await.expect(200);
    let lines: Vec<String> = csv.text().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[2].contains("'=Zoë,'+12125550199,Pod") && lines[2].contains("45.00"), "{lines:?}");
    // No one else may do it.
    for player in [BEA, TOM] {
        app.browser(player).submit(&format!("/staff/day/{zoe}/"), "action=check_in").await.expect(403);
    }
    dora.submit("/staff/day/1/", "action=check_in").await.expect(404);
    dora.submit(&action_path, "action=fly").await.expect(400);
}

#[tokio::test]
async fn the_front_desk_books_for_a_caller_with_an_account() {
    let app = TestClub::open().await;
    let (dora, bea) = (app.browser(DORA), app.person(BEA));
    let found = dora.get("/staff/book/?q=morrow&service=massage&date=2026-11-27").await.expect(200).text();
    let link = format!("/book/?for={bea}&amp;service=massage&amp;date=2026-11-27");
    assert!(found.contains(&link.replace("&amp;", "&#38;")) || found.contains(&link), "{found}");
    assert!(dora.get("/staff/book/?q=zzzz").await.expect(200).text().contains("No matches."));
    let times = format!("/book/?for={bea}&service=massage&date=2026-11-27");
    let text = dora.get(&times).await.expect(200).text();
    assert!(text.contains("Booking for Bea Morrow, Base member."), "{text}");
    assert!(text.contains("$150") && !text.contains("$200"), "at her price: {text}");
    let form = format!("service=massage&for={bea}&once={ONCE}&starts_at=2026-11-27T12:00:00-05:00");
    let target = dora.submit("/book/hold/", &form).await.expect(303);
    let held = target.header("location").to_owned();
    assert_eq!(dora.submit("/book/hold/", &form).await.expect(303).header("location"), held, "sent twice");
    let review = dora.get(&held).await.expect(200).text();
    assert!(review.contains("Booking for Bea Morrow.") && review.contains("$150"), "{review}");
    let target = dora.submit(&held, "action=book&promise=15000").await.expect(303);
    let path = target.header("location").to_owned();
    assert!(path.starts_with("/staff/day/?date=2026-11-27&done=booked"), "{path}");
    let text = dora.get(path.split('#').next().expect("a path")).await.expect(200).text();
    assert!(text.contains("Booked for Bea Morrow: CS-2026-000001."), "{text}");
    assert_eq!(app.as_(BEA).get(MY_BOOKINGS).await.number("total_upcoming"), 1);
    assert_eq!(app.as_(DORA).get(MY_BOOKINGS).await.number("total_upcoming"), 0);
    // She is booked at that time: the page tells the front desk so, and not that the clerk is booked.
    let text = dora.get(&format!("{times}&at=12:00")).await.expect(200).text();
    assert!(text.contains("This guest or their companion has another booking"), "{text}");
    // The window of an account does not restrict the front desk, but the page mentions it.
    let far = format!("/book/?for={}&service=pod&date=2026-12-20", app.person(GUS));
    let text = dora.get(&far).await.expect(200).text();
    assert!(text.contains("online until Thursday, December 17. "), "{text}");
    assert!(text.contains("value=\"2026-12-20T17:00:00Z\""), "{text}");
    // Whoever is no staff books for nobody else; somebody who is gone is said.
    let hold =
        app.browser(GUS).submit("/book/hold/", &form.replace("12:00:00", "14:00:00")).await.expect(303);
    let hold = hold.header("location").trim_start_matches("/book/held/").trim_end_matches('/').to_owned();
    app.as_(GUS).get(&format!("/api/bookings/hold/{hold}/")).await.expect(200);
    app.as_(BEA).get(&format!("/api/bookings/hold/{hold}/")).await.expect(404);
    app.browser(GUS).get("/staff/book/?q=bea").await.expect(403);
    assert!(
        dora.get("/book/?for=5&service=pod").await.expect(400).text().contains("no longer has an account")
    );
}

#[tokio::test]
async fn the_front_desk_books_for_a_new_guest_by_name_and_phone() {
    let app = TestClub::open_at("2026-11-24T12:30:00-05:00").await;
    let dora = app.browser(DORA);
    let text = dora.get("/book/?for=0&service=pod&date=2026-11-24").await.expect(200).text();
    assert!(text.contains("Booking for a new guest.") && text.contains("id=\"new-guest\""), "{text}");
    assert!(
        text.contains("form=\"new-guest\"")
            && text.contains("Already started. Only for a guest who’s here now."),
        "{text}"
    );
    let form =
        |more: &str| format!("service=pod&for=0&once={ONCE}&starts_at=2026-11-24T12:15:00-05:00{more}");
    let missing = dora.submit("/book/hold/", &form("&guest_name=Wanda+Inn")).await.expect(400).text();
    for phrase in [
        "Enter the guest’s phone number.",
        "value=\"Wanda Inn\"",
        "Tuesday, November 24",
        "href=\"#guest_phone\"",
    ] {
        assert!(missing.contains(phrase), "{phrase}: {missing}");
    }
    let wrong =
        dora.submit("/book/hold/", &form("&guest_name=Wanda&guest_phone=none")).await.expect(400).text();
    assert!(wrong.contains("href=\"#guest_phone\""), "{wrong}");
    let good = form("&guest_name=Wanda+Inn&guest_phone=%2B12125550199");
    let held = dora.submit("/book/hold/", &good).await.expect(303).header("location").to_owned();
    assert_eq!(dora.submit("/book/hold/", &good).await.expect(303).header("location"), held, "sent twice");
    let review = dora.get(&held).await.expect(200).text();
    for phrase in ["Booking for Wanda Inn.", "value=\"Wanda Inn\"", "value=\"+12125550199\"", "$45"] {
        assert!(review.contains(phrase), "{phrase}: {review}");
    }
    let lost =
        dora.submit(&held, "action=book&promise=4500&guest_name=&guest_phone=").await.expect(400).text();
    assert!(lost.contains("Enter the guest’s name."), "{lost}");
    let done = "action=book&promise=4500&guest_name=Wanda+Inn&guest_phone=%2B12125550199";
    let target = dora.submit(&held, done).await.expect(303);
    let text =
        dora.get(target.header("location").split('#').next().expect("a path")).await.expect(200).text();
    assert!(
        text.contains("Booked for Wanda Inn: CS-2026-000001.") && text.contains("+12125550199"),
        "{text}"
    );
    assert!(text.contains("value=\"check_in\""), "a walk-in is checked in at once: {text}");
}

#[tokio::test]
async fn a_block_is_previewed_saved_changed_and_removed_with_forms() {
    let app = TestClub::open().await;
    let (dora, suite) = (app.browser(DORA), app.room("suite").await);
    let id = book(&app, UMA, "suite", "2026-11-27", "18:00").await.number("id");
    let form = |more: &str| {
        format!(
            "what=room%3A{suite}&from_day=2026-11-27&from_time=17:00&to_day=2026-11-27&to_time=20:00&reason=Leak{more}"
        )
    };
    let wrong =
        dora.submit("/staff/blocks/", "what=&from_day=2026-11-27&from_time=17:02").await.expect(400).text();
    for phrase in ["Choose what to block.", "href=\"#to_day\"", "Enter a reason", "value=\"17:02\""] {
        assert!(wrong.contains(phrase), "{phrase}: {wrong}");
    }
    let backward = form("").replace("to_time=20:00", "to_time=16:00");
    assert!(
        dora.submit("/staff/blocks/", &backward).await.expect(400).text().contains("The end must be after")
    );
    let seen = dora.submit("/staff/blocks/", &form("")).await.expect(200).text();
    for phrase in [
        "Block this time?",
        "Suite, from Friday, November 27, 5:00 PM",
        "Uma Reyes",
        "These bookings won’t change",
    ] {
        assert!(seen.contains(phrase), "{phrase}: {seen}");
    }
    assert!(seen.contains(&format!("name=\"seen\" value=\"{id}\"")), "{seen}");
    // If the list of seen bookings is incomplete, the whole list is shown.
    let unseen = dora.submit("/staff/blocks/", &form("&seen=%2C")).await.expect(409).text();
    assert!(unseen.contains("that you haven’t seen") && unseen.contains("Uma Reyes"), "{unseen}");
    let target = dora.submit("/staff/blocks/", &form(&format!("&seen={id}"))).await.expect(303);
    let text = dora.get(target.header("location")).await.expect(200).text();
    assert!(text.contains("Time blocked.") && text.contains("Leak") && text.contains("Dora Quill"), "{text}");
    let path = text.split("href=\"/staff/blocks/").nth(2).and_then(|rest| rest.split('"').next());
    let path = format!("/staff/blocks/{}", path.expect("a block"));
    let path = path.trim_end_matches("remove/").to_owned();
    let shown = dora.get(&path).await.expect(200).text();
    assert!(shown.contains("value=\"17:00\"") && shown.contains("value=\"Leak\""), "{shown}");
    let other = form(&format!("&seen={id}")).replace("to_time=20:00", "to_time=21:00");
    dora.submit(&path, &other).await.expect(303);
    assert!(dora.get("/staff/blocks/").await.text().contains("Friday, November 27, 9:00 PM"));
    let csv = dora.get("/staff/blocks/?format=csv").await.expect(200).text();
    assert!(csv.lines().count() == 2 && csv.contains("Leak"), "{csv}");
    assert!(dora.get(&format!("{path}remove/")).await.expect(200).text().contains("Remove this block?"));
    dora.submit(&format!("{path}remove/"), "").await.expect(303);
    let again = dora.submit(&format!("{path}remove/"), "").await.expect(409).text();
    assert!(again.contains("already removed"), "{again}");
    assert!(dora.get("/staff/blocks/").await.text().contains("Nothing is blocked."));
    app.browser(GUS).submit("/staff/blocks/", &form("")).await.expect(403);
}

/// The result of a step is shown at the visit, for as long as it is true.
#[tokio::test]
async fn the_result_of_a_step_is_shown_while_it_is_true() {
    let app = TestClub::open().await;
    let dora = app.browser(DORA);
    let id = book(&app, BEA, "massage", "2026-11-24", "12:00").await.number("id");
    app.set_time("2026-11-24T11:15:00-05:00");
    let action_path = format!("/staff/day/{id}/");
    let target = dora.submit(&action_path, "action=check_in&date=2026-11-24").await.expect(303);
    assert!(target.header("location").ends_with(&format!("#visit-{id}")));
    let path = target.header("location").split('#').next().expect("a path").to_owned();
    let text = dora.get(&path).await.expect(200).text();
    let row = text.split(&format!(" row-marked\" id=\"visit-{id}\"")).nth(1).expect("its row");
    assert!(row.contains("role=\"status\">Bea Morrow is checked in."), "{text}");
    dora.submit(&action_path, "action=undo&undone=checked_in&date=2026-11-24").await.expect(303);
    let text = dora.get(&path).await.expect(200).text();
    assert!(!text.contains("is checked in.") && !text.contains("row-marked"), "{text}");
}

/// D4: completing is not the primary button until the visit is over. For a completed visit, the page says who can undo
/// it.
#[tokio::test]
async fn completing_is_not_the_primary_button_during_a_visit() {
    let app = TestClub::open_at("2026-11-24T11:50:00-05:00").await;
    let (dora, max) = (app.browser(DORA), app.browser(MAX));
    let id = book(&app, UMA, "massage", "2026-11-24", "13:00").await.number("id");
    app.set_time("2026-11-24T13:05:00-05:00");
    let action_path = format!("/staff/day/{id}/");
    dora.submit(&action_path, "action=check_in&date=2026-11-24").await.expect(303);
    let text = dora.get("/staff/day/").await.expect(200).text();
    let quiet = "class=\"button button-quiet\" type=\"submit\" name=\"action\" value=\"complete\"";
    assert!(text.contains(quiet), "{text}");
    assert!(text.contains("class=\"button\" type=\"submit\" name=\"action\" value=\"start\""), "{text}");
    dora.submit(&action_path, "action=start&date=2026-11-24").await.expect(303);
    assert!(dora.get("/staff/day/").await.text().contains(quiet));
    app.set_time("2026-11-24T14:00:00-05:00");
    assert!(!dora.get("/staff/day/").await.text().contains(quiet));
    dora.submit(&action_path, "action=complete&date=2026-11-24").await.expect(303);
    let text = dora.get("/staff/day/").await.expect(200).text();
    assert!(text.contains("A manager can undo this."), "{text}");
    let text = max.get("/staff/day/").await.expect(200).text();
    assert!(!text.contains("A manager can undo this.") && text.contains(&format!("id=\"reason-{id}\"")));
}

/// A caller's visit is found on any day, with or without an account.
#[tokio::test]
async fn a_callers_visit_is_found_on_any_day() {
    let app = TestClub::open().await;
    let dora = app.browser(DORA);
    let guest = json!({"guest_name": "Zoë Quince", "guest_phone": "+12125550199"});
    let guest = and(request_body(&app, "pod", "2026-11-27", "13:00").await, guest);
    let zoe = app.as_(DORA).post(CREATE, guest).await.expect(201).number("id");
    let bea = book(&app, BEA, "massage", "2026-12-01", "12:00").await.number("id");
    let today = dora.get("/staff/day/?q=quince").await.expect(200).text();
    assert!(today.contains("/staff/day/?q=quince&#38;all_days=on") && today.contains("Search all days"));
    let nobody = dora.get("/staff/book/?q=quince").await.expect(200).text();
    assert!(nobody.contains("Search all days") && nobody.contains("all_days=on"), "{nobody}");
    for (q, id, day) in
        [("zoe+quince", zoe, "2026-11-27"), ("555-0199", zoe, "2026-11-27"), ("morrow", bea, "2026-12-01")]
    {
        let found = dora.get(&format!("/staff/day/?q={q}&all_days=on")).await.expect(200).text();
        assert!(found.contains("1 visit from today on."), "{q}: {found}");
        assert!(found.contains(&format!("date={day}#visit-{id}")), "{q}: {found}");
        assert!(!found.contains("name=\"action\""), "{q}: {found}");
    }
    let none = dora.get("/staff/day/?q=nobody&all_days=on").await.expect(200).text();
    assert!(none.contains("No upcoming visits match your search."), "{none}");
    for player in [BEA, TOM] {
        app.browser(player).get("/staff/day/?q=zoe&all_days=on").await.expect(403);
    }
}

/// Of the times that have begun, the latest comes first. Times that are over come last, and say so.
#[tokio::test]
async fn a_walk_in_is_offered_the_latest_started_time_first() {
    let app = TestClub::open_at("2026-11-24T12:50:00-05:00").await;
    let text = app.browser(DORA).get("/book/?for=0&service=pod&date=2026-11-24").await.expect(200).text();
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    let (late, early) = (at("value=\"2026-11-24T17:45:00Z\""), at("value=\"2026-11-24T17:30:00Z\""));
    let (next, over) = (at("value=\"2026-11-24T18:00:00Z\""), at("value=\"2026-11-24T16:45:00Z\""));
    assert!(late < early && early < next && next < over, "{late} {early} {next} {over}");
    assert!(at("id=\"started\"") < late && at("id=\"ended\"") < over && text.contains(">Ended.</span>"));
    assert!(text.contains(". <span class=\"time-reserved\">Already started"), "{text}");
}

/// Canceled visits are counted separately.
#[tokio::test]
async fn the_visit_count_of_a_day_excludes_canceled_visits() {
    let app = TestClub::open().await;
    let dora = app.browser(DORA);
    let id = book(&app, BEA, "massage", "2026-11-27", "12:00").await.number("id");
    book(&app, UMA, "massage", "2026-11-27", "14:00").await;
    crate::cancel(&app, BEA, id).await.expect(200);
    for path in ["/staff/day/?date=2026-11-27", "/staff/day/?date=2026-11-27&q=CS-2026"] {
        let page = dora.get(path).await.expect(200).text();
        assert!(page.contains("<p>1 visit. 1 canceled."), "{path}: {page}");
    }
    let page = dora.get("/staff/day/?q=CS-2026&all_days=on").await.expect(200).text();
    assert!(page.contains("1 visit from today on. 1 canceled."), "{page}");
    let page = dora.get("/staff/day/?date=2026-11-27&status=cancelled").await.expect(200).text();
    assert!(page.contains("<p>No visits on Friday, November 27. 1 canceled."), "{page}");
}

/// An expired hold is booked at the current price only once the front desk has seen it: for one service, and for all
/// services of a visit together.
#[tokio::test]
async fn the_front_desk_must_confirm_a_changed_price() {
    let app = TestClub::open_at("2026-11-24T10:00:00-05:00").await;
    let (dora, bea) = (app.browser(DORA), app.person(BEA));
    let (massage, pod, max) = (app.service("massage").await, app.service("pod").await, app.person(MAX));
    let price = async |service, list: i64, member: i64| {
        let repriced = app.db().tx(move |tx| {
            let by = people::Actor::of(people::person(tx, max)?);
            catalogue::reprice(tx, &by, service, kit::Cents(list), kit::Cents(member))
        });
        repriced.await.expect("repriced");
    };
    let form = format!("service=massage&for={bea}&once={ONCE}&starts_at=2026-11-27T12:00:00-05:00");
    let held = dora.submit("/book/hold/", &form).await.expect(303).header("location").to_owned();
    dora.submit(&held, &format!("action=add&then={pod}")).await.expect(303);
    let review = dora.get(&held).await.expect(200).text();
    assert!(review.contains("name=\"promise\" value=\"18375\""), "150 and 33.75: {review}");
    app.set_time("2026-11-24T10:30:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("maintained");
    // The second service costs more now.
    price(pod, 9_000, 9_000).await;
    let page = dora.submit(&held, "action=book&promise=18375").await.expect(409).text();
    assert!(page.contains("price is now $217.50. Nothing is booked yet."), "{page}");
    assert!(page.contains("name=\"promise\" value=\"21750\""), "{page}");
    assert_eq!(app.as_(BEA).get(MY_BOOKINGS).await.number("total_upcoming"), 0);
    // The price of the first service changes too, before the confirmation.
    price(massage, 30_000, 30_000).await;
    let page = dora.submit(&held, "action=book&promise=21750").await.expect(409).text();
    assert!(page.contains("price is now $292.50. Nothing is booked yet."), "{page}");
    dora.submit(&held, "action=book&promise=29250").await.expect(303);
    assert_eq!(app.as_(BEA).get(MY_BOOKINGS).await.number("total_upcoming"), 2);
}
