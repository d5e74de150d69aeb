//! The pages of the back office, used without scripts.

use testing::{BEA, DORA, GUS, MAX, OLA, PIA, Player, TOM, TestClub};

use crate::whole::WholeProgram as _;

const PAGES: [(&str, bool); 9] = [
    ("/staff/day/", true),
    ("/staff/book/", true),
    ("/staff/blocks/", true),
    ("/staff/rules/", false),
    ("/staff/numbers/", false),
    ("/staff/plans/", false),
    ("/staff/times/", true),
    ("/staff/members/", true),
    ("/staff/why-not/", true),
];

async fn page(app: &TestClub, by: Player, path: &str) -> String {
    app.browser(by).get(path).await.expect(200).text()
}

/// Visitors are redirected to the sign-in, guests and technicians are refused, the front desk may use some pages, and
/// the manager all.
#[tokio::test]
async fn every_back_office_page_checks_permission() {
    let app = TestClub::open().await;
    for (path, for_desk) in PAGES {
        let sent = app.visitor().get(path).await.expect(303);
        assert_eq!(sent.header("location"), format!("/login/?next={path}"));
        for player in [GUS, PIA, TOM] {
            app.browser(player).get(path).await.expect(403);
        }
        app.browser(DORA).get(path).await.expect(if for_desk { 200 } else { 403 });
        let text = page(&app, MAX, path).await;
        assert!(text.contains(&format!("href=\"{path}\" aria-current=\"page\"")), "{path}");
        assert!(!text.contains("Bea Morrow"), "{path}: nobody is shown unasked");
    }
    // The front desk is shown no link to a page that it may not use.
    let text = page(&app, DORA, "/staff/members/").await;
    assert!(!text.contains("/staff/numbers/") && text.contains("/staff/times/"), "{text}");
}

/// The start page of the back office links to every page that the caller may use, and to no other.
#[tokio::test]
async fn the_start_page_links_only_to_permitted_pages() {
    let app = TestClub::open().await;
    assert_eq!(app.visitor().get("/staff/").await.expect(303).header("location"), "/login/?next=/staff/");
    app.browser(GUS).get("/staff/").await.expect(403);
    assert!(!page(&app, GUS, "/").await.contains("href=\"/staff/\""));
    // The front desk starts with its day sheet.
    assert!(page(&app, DORA, "/").await.contains("href=\"/staff/\">Back office"));
    assert_eq!(app.browser(DORA).get("/staff/").await.expect(303).header("location"), "/staff/day/");
    for player in [TOM, MAX] {
        assert!(page(&app, player, "/").await.contains("href=\"/staff/\">Back office"));
        let page_cache = page(&app, player, "/staff/").await;
        let links = page_cache.split("<a class=\"row\" href=\"").skip(1);
        let links: Vec<&str> = links.map(|rest| rest.split('"').next().unwrap_or_default()).collect();
        for path in &links {
            let text = page(&app, player, path).await;
            assert!(text.contains(&format!("href=\"{path}\" aria-current=\"page\"")), "{path}");
        }
        for (path, for_desk) in PAGES {
            assert_eq!(links.contains(&path), player == MAX, "{path}: {for_desk}");
        }
    }
}

#[tokio::test]
async fn rules_are_added_previewed_and_ended_with_forms() {
    let app = TestClub::open().await;
    let max = app.browser(MAX);
    assert!(page(&app, MAX, "/staff/rules/").await.contains("No rules match"));
    let wrong =
        max.submit("/staff/rules/", "from=17:02&to=22:00&tier=base&factor=9").await.expect(400).text();
    for phrase in [
        "on a five-minute mark",
        "Enter a percentage from 10% to 500%",
        "href=\"#factor\"",
        "aria-invalid=\"true\"",
        "value=\"17:02\"",
    ] {
        assert!(wrong.contains(phrase), "{phrase}: {wrong}");
    }
    let form = "room_kinds=suite&weekdays=5&weekdays=6&from=17:00&to=22:00&tier=unlimited&release_hours=72&factor=120%25&tags=peak_hour";
    // What it does is said before anything is added.
    let confirmation = max.submit("/staff/rules/", form).await.expect(200).text();
    assert!(
        confirmation.contains("Add this rule?") && confirmation.contains("reserved for Unlimited members"),
        "{confirmation}"
    );
    assert!(page(&app, MAX, "/staff/rules/").await.contains("No rules match"));
    let target = max.submit("/staff/rules/", &format!("{form}&confirm=on")).await.expect(303);
    let path = target.header("location").trim_end_matches("?done=1").to_owned();
    let sentence = "Every service in suite rooms, Friday and Saturday, starting at or after 5:00 PM and before 10:00 PM: reserved for \
                    Unlimited members until 72 hours before, at 120% of the standard price; tagged peak hour.";
    let text = page(&app, MAX, &path).await;
    assert!(text.contains(sentence), "{text}");
    assert!(
        text.contains("5:00 PM to 9:45 PM")
            && text.contains("Unlimited members until 72 hours before, then everyone"),
        "{text}"
    );
    assert!(text.contains("by Max Stern"), "{text}");
    // A preview: nothing is saved.
    let looser = form.replace("tier=unlimited&release_hours=72", "tier=base&release_hours=24&preview=1");
    let seen = max.submit(&path, &looser).await.expect(200).text();
    assert!(seen.contains("if you save this") && seen.contains("members until 24 hours before"), "{seen}");
    assert!(page(&app, MAX, &path).await.contains("Unlimited members until 72 hours before"));
    max.submit(&path, &looser.replace("&preview=1", "")).await.expect(303);
    assert!(page(&app, MAX, &path).await.contains("reserved for members until 24 hours before"));
    // The list, filtered and as CSV.
    assert!(page(&app, MAX, "/staff/rules/?for=unlimited").await.contains("No rules match"));
    let csv = max.get("/staff/rules/?format=csv&for=base").await.expect(200);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"release-rules.csv\"");
    let csv = csv.text();
    // Spreadsheet programs recognize UTF-8 by the byte order mark.
    let lines: Vec<&str> = csv.strip_prefix('\u{feff}').expect("a byte order mark").lines().collect();
    assert_eq!((lines.len(), lines[0]), (2, "What it does,Status,Changed,By"));
    assert!(
        lines[1].starts_with("\"Every service in suite rooms") && lines[1].ends_with("Max Stern"),
        "{lines:?}"
    );
    max.submit(&format!("{path}end/"), "").await.expect(303);
    assert!(page(&app, MAX, &path).await.contains("This rule has ended"));
    assert!(page(&app, MAX, "/staff/rules/").await.contains("No rules match"));
    assert!(page(&app, MAX, "/staff/rules/?state=all").await.contains("Ended"));
    app.browser(DORA).submit("/staff/rules/", form).await.expect(403);
    app.browser(DORA).submit(&format!("{path}end/"), "").await.expect(403);
}

#[tokio::test]
async fn an_override_is_added_and_undone_with_forms() {
    let app = TestClub::open().await;
    let dora = app.browser(DORA);
    let room = app.room("suite").await;
    assert!(page(&app, DORA, "/staff/times/").await.contains("No upcoming overrides"));
    let form =
        format!("room_id={room}&day=2026-11-27&time=19:00&decision=keep&tier=unlimited&hours=24&factor=1.00");
    let wrong =
        dora.submit("/staff/times/", &form.replace("time=19:00", "time=19:01")).await.expect(400).text();
    assert!(wrong.contains("on a 5-minute mark") && wrong.contains("href=\"#time\""), "{wrong}");
    // The form leads to a page that says what changes, and saves nothing.
    let preview = dora.submit("/staff/times/", &form).await.expect(200).text();
    for phrase in
        ["Save this override?", "There are no bookings in Suite at 7:00 PM", "Unlimited members first"]
    {
        assert!(preview.contains(phrase), "{phrase}: {preview}");
    }
    assert!(page(&app, DORA, "/staff/times/").await.contains("No upcoming overrides"));
    dora.submit("/staff/times/", &format!("{form}&confirm=on")).await.expect(303);
    let text = page(&app, DORA, "/staff/times/").await;
    for phrase in
        ["Friday, November 27, 7:00 PM", "Reserved for Unlimited members until 24 hours before", "Dora Quill"]
    {
        assert!(text.contains(phrase), "{phrase}: {text}");
    }
    let week = format!("/staff/rules/?room_id={room}&week=2026-11-27");
    assert!(page(&app, MAX, &week).await.contains("Unlimited members until 24 hours before"));
    let at = "2026-11-28T00:00:00Z";
    let confirmation = page(&app, DORA, &format!("/staff/times/undo/?room_id={room}&starts_at={at}")).await;
    assert!(confirmation.contains("Suite, Friday, November 27, 7:00 PM"), "{confirmation}");
    dora.submit("/staff/times/undo/", &format!("room_id={room}&starts_at={at}")).await.expect(303);
    assert!(page(&app, DORA, "/staff/times/").await.contains("No upcoming overrides"));
    // The night on which the clock skips an hour.
    let skipped = form.replace("day=2026-11-27&time=19:00", "day=2027-03-14&time=02:30");
    assert!(dora.submit("/staff/times/", &skipped).await.expect(400).text().contains("exist that night"));
    app.browser(TOM).submit("/staff/times/", &form).await.expect(403);
}

#[tokio::test]
async fn settings_are_changed_within_their_bounds_and_reset() {
    let app = TestClub::open().await;
    let max = app.browser(MAX);
    let path = "/staff/numbers/hold_minutes/";
    assert!(page(&app, MAX, path).await.contains("No changes yet"));
    let wrong = max.submit(path, "value=99").await.expect(400).text();
    assert!(wrong.contains("Enter a number from 1 to 60.") && wrong.contains("value=\"99\""), "{wrong}");
    max.submit(path, "value=soon").await.expect(400);
    max.submit(path, "value=12").await.expect(303);
    let text = page(&app, MAX, path).await;
    assert!(text.contains("<dt>Now</dt><dd>12</dd>") && text.contains("Max Stern"), "{text}");
    max.submit(&format!("{path}reset/"), "").await.expect(303);
    assert!(page(&app, MAX, path).await.contains("<dt>Now</dt><dd>10</dd>"));
    max.get("/staff/numbers/nothing/").await.expect(404);
    let csv = max.get("/staff/numbers/?format=csv").await.expect(200).text();
    assert_eq!(csv.lines().count(), bookings::SETTINGS.len() + membership::SETTINGS.len() + 1);
    app.browser(DORA).submit(path, "value=12").await.expect(403);
}

/// Money is stored in cents and shown in dollars; hours are shown as a clock shows them.
#[tokio::test]
async fn money_settings_use_dollars_and_hour_settings_use_clock_times() {
    let app = TestClub::open().await;
    let max = app.browser(MAX);
    let path = "/staff/numbers/birthday_cents/";
    let text = page(&app, MAX, path).await;
    for phrase in ["Birthday gift limit ($)", "<dd>$300</dd>", "<dd>$0 to $10,000</dd>", "value=\"300.00\""] {
        assert!(text.contains(phrase), "{phrase}: {text}");
    }
    let wrong = max.submit(path, "value=250.505").await.expect(400).text();
    assert!(wrong.contains("at most two decimal places") && wrong.contains("value=\"250.505\""), "{wrong}");
    let wrong = max.submit(path, "value=10000.01").await.expect(400).text();
    assert!(wrong.contains("Enter an amount from $0 to $10,000."), "{wrong}");
    max.submit(path, "value=250.5").await.expect(303);
    assert!(page(&app, MAX, path).await.contains("<dt>Now</dt><dd>$250.50</dd>"));
    let setting = bookings::BIRTHDAY;
    let value = app.db().tx(move |tx| Ok(catalogue::current(tx)?.setting(setting))).await.expect("a value");
    assert_eq!(value, 25_050);
    let log = page(&app, OLA, "/staff/audit/?what=setting_changed").await;
    assert!(log.contains("$300 → $250.50"), "{log}");
    let path = "/staff/numbers/quiet_from/";
    let text = page(&app, MAX, path).await;
    assert!(text.contains("<dt>Now</dt><dd>10:00 PM</dd>") && text.contains("12:00 AM (next day)"), "{text}");
    max.submit(path, "value=25").await.expect(400);
    max.submit(path, "value=21").await.expect(303);
    assert!(page(&app, MAX, path).await.contains("<dt>Now</dt><dd>9:00 PM</dd>"));
}

#[tokio::test]
async fn a_plan_version_is_published_and_members_are_moved_to_it() {
    let app = TestClub::open().await;
    let max = app.browser(MAX);
    let list = page(&app, MAX, "/staff/plans/").await;
    assert!(list.contains("$375") && list.contains(">Unlimited</td>"), "{list}");
    let form = "version=1&price=400.00&short_description=New&benefits=One%0ATwo&discount_percentage=20&max_advance_days=40\
                &monthly_service_credits=1&guest_passes=0&iot_control_access=on";
    let path = "/staff/plans/base/";
    let wrong = max.submit(path, &form.replace("400.00", "much")).await.expect(400).text();
    assert!(wrong.contains("Enter an amount per month") && wrong.contains("value=\"much\""), "{wrong}");
    let past = max.submit(path, &format!("{form}&effective_on=2026-11-23")).await.expect(400).text();
    assert!(
        past.contains("Choose today or a later date") && past.contains("href=\"#effective_on\""),
        "{past}"
    );
    // The form leads to a page that says what changes and for whom, and publishes nothing.
    let preview = max.submit(path, &format!("{form}&effective_on=2026-12-01")).await.expect(200).text();
    for phrase in [
        "Publish version 2 of Base?",
        "Anyone who joins on or after Tuesday, December 1, pays $400 a month.",
        "The one existing member keeps their price and terms until you move them to this version or they switch plans.",
        "Booked visits keep their price.",
        "<td role=\"cell\" data-label=\"Now\">$375</td><td role=\"cell\" data-label=\"New version\">$400</td>",
        "name=\"effective_on\" value=\"2026-12-01\"",
    ] {
        assert!(preview.contains(phrase), "{phrase}: {preview}");
    }
    assert!(page(&app, MAX, path).await.contains("name=\"version\" value=\"1\""));
    max.submit(path, &format!("{form}&confirm=on")).await.expect(303);
    let text = page(&app, MAX, path).await;
    assert!(text.contains("1 member is on an older version") && text.contains("Max Stern"), "{text}");
    let late = max.submit(path, form).await.expect(409).text();
    assert!(
        late.contains("Someone just changed this plan") && late.contains("name=\"version\" value=\"2\""),
        "{late}"
    );
    let confirmation = max.submit(&format!("{path}move_over/"), "").await.expect(200).text();
    assert!(
        confirmation.contains("1 member would move to version 2 of Base, $400 a month"),
        "{confirmation}"
    );
    assert!(!page(&app, BEA, "/dashboard/membership/").await.contains("you’ll be on Base at"));
    max.submit(&format!("{path}move_over/"), "confirm=on").await.expect(303);
    assert!(!page(&app, MAX, path).await.contains("Move members"), "there is nobody left to move");
    assert!(page(&app, BEA, "/dashboard/membership/").await.contains("you’ll be on Base at $400"));
    app.browser(DORA).submit(path, form).await.expect(403);
    max.get("/staff/plans/gold/").await.expect(404);
}

#[tokio::test]
async fn the_front_desk_finds_a_person_and_manages_their_membership() {
    let app = TestClub::open().await;
    let dora = app.browser(DORA);
    assert!(page(&app, DORA, "/staff/members/").await.contains("Search by the start of a name"));
    assert!(page(&app, DORA, "/staff/members/?q=zz%25").await.contains("No matches"));
    assert!(page(&app, DORA, "/staff/members/?q=a").await.contains("Type at least two letters"));
    let found = page(&app, DORA, "/staff/members/?q=gus+harl").await;
    let gus = format!("/staff/members/{}/", app.person(GUS));
    assert!(found.contains(&gus) && !found.contains("Bea Morrow"), "{found}");
    assert!(page(&app, DORA, "/staff/members/?q=BEA@CAST").await.contains("Active"));
    let wrong = dora.submit(&gus, "action=enrol&plan=premium&paid=").await.expect(400).text();
    assert!(wrong.contains("Choose how it was paid"), "{wrong}");
    dora.submit(&gus, "action=enrol&plan=base&paid=cash").await.expect(303);
    let text = page(&app, DORA, &gus).await;
    for phrase in [
        "Wednesday, December 23",
        "Joined Base: $375 in cash, paid through Wednesday, December 23",
        "Dora Quill",
        "Premium: $320.49 now",
    ] {
        assert!(text.contains(phrase), "{phrase}: {text}");
    }
    dora.submit(&gus, "action=upgrade&plan=premium&paid=terminal").await.expect(303);
    // Dues are collected from the last paid day on (M7), and only the month that was seen.
    assert!(
        text.contains(
            "Dues for the month starting Thursday, December 24: $375. You can collect them starting Wednesday, December 23."
        )
            && !text.contains("value=\"dues\"")
    );
    let early = dora.submit(&gus, "action=dues&paid=terminal&seen=2026-12-23").await.expect(409).text();
    assert!(early.contains("No dues are owed yet"), "{early}");
    app.set_time("2026-12-23T10:00:00-05:00");
    dora.submit(&gus, "action=dues&paid=terminal").await.expect(400);
    dora.submit(&gus, "action=dues&paid=terminal&seen=2026-12-23").await.expect(303);
    let twice = dora.submit(&gus, "action=dues&paid=terminal&seen=2026-12-23").await.expect(409).text();
    assert!(twice.contains("Someone just recorded a payment."), "{twice}");
    let confirmation = dora.submit(&gus, "action=freeze&months=2").await.expect(200).text();
    assert!(
        confirmation.contains("paused for 2 months, from Sunday, January 24, through Tuesday, March 23"),
        "{confirmation}"
    );
    assert!(!page(&app, DORA, &gus).await.contains("Paused from"), "nothing is done yet");
    dora.submit(&gus, "action=freeze&months=2&confirm=on").await.expect(303);
    dora.submit(&gus, "action=leave").await.expect(303);
    let text = page(&app, DORA, &gus).await;
    for phrase in [
        "Active, set to end",
        "Undo cancellation",
        "Cancellation scheduled",
        "The membership ends on ",
        "Paused from Sunday, January 24, through Tuesday, March 23",
        "Premium dues: $700 by card",
    ] {
        assert!(text.contains(phrase), "{phrase}: {text}");
    }
    let log = page(&app, OLA, "/staff/audit/?what=membership_frozen").await;
    for phrase in [
        "paid through: Saturday, January 23 → Tuesday, March 23",
        "paused from: none → Sunday, January 24",
        "paused through: none → Tuesday, March 23",
    ] {
        assert!(log.contains(phrase), "{phrase}: {log}");
    }
    let csv = dora.get(&format!("{gus}?format=csv")).await.expect(200).text();
    assert_eq!(csv.lines().count(), 6);
    for player in [GUS, TOM] {
        app.browser(player).submit(&gus, "action=stay").await.expect(403);
        app.browser(player).get(&gus).await.expect(403);
    }
    dora.get("/staff/members/1/").await.expect(404);
}

/// Shows every reason against a start, in the order of the table, as that person would be told.
#[tokio::test]
async fn why_not_lists_every_reason_in_order() {
    let app = TestClub::open().await;
    let circle = app.service("circle").await;
    let path = |email: &str, date: &str, time: &str| {
        format!(
            "/staff/why-not/?email={email}&service_id={circle}&date={date}&start_time={time}&party=&room_id=&technician_id="
        )
    };
    let text = page(&app, DORA, &path("gus@cast.test", "2026-12-24", "22:00")).await;
    let places: Vec<_> = [
        "That day isn’t open for booking yet. This guest can book it starting Monday, December 21.",
        "This is for members only.",
        "The room for this service is closed then.",
    ]
    .iter()
    .map(|phrase| text.find(phrase).unwrap_or_else(|| panic!("{phrase}: {text}")))
    .collect();
    assert!(places.is_sorted(), "{text}");
    let text = page(&app, DORA, &path("bea@cast.test", "2026-11-26", "12:00")).await;
    assert!(text.contains("This time can be booked"), "{text}");
    let text = page(&app, DORA, &path("", "2026-11-26", "12:00")).await;
    assert!(
        text.contains("This is for members only.") && !text.contains("plan_required"),
        "a visitor: {text}"
    );
    let text = page(&app, DORA, &path("nobody@cast.test", "2026-11-26", "12:00")).await;
    assert!(text.contains("No one has this email."), "{text}");
    // The hints of the API are none for a page.
    let text = page(&app, DORA, &path("", "2027-03-14", "02:30")).await;
    assert!(
        text.contains("(clocks spring forward). Choose another time.") && !text.contains("starts_at"),
        "{text}"
    );
    let text = page(&app, DORA, &path("", "tomorrow", "noon")).await;
    assert!(text.contains("Choose a date.") && text.contains("Choose a time."), "{text}");
    let text = page(&app, DORA, &path("", "", "")).await;
    assert!(text.contains("Please check the following") || text.contains("This field is required"), "{text}");
}
