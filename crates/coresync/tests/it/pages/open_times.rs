//! What the page of open times says besides times: dates that can’t be booked, and holds of the person who reads it.

use jiff::Timestamp;
use testing::{BEA, DORA, GUS, PIA, TestClub, UMA};

use crate::choosing::{FRIDAY, cookie, hold, redirect_of, utc};
use crate::whole::WholeProgram as _;
use crate::{book, search};

/// A date that can't be booked is not shown as another month without a word.
#[tokio::test]
async fn an_unbookable_date_shows_a_message_and_the_first_open_times() {
    let app = TestClub::open().await;
    for (date, sentence) in [
        ("2025-11-27", "That date is in the past. Here are the first open times."),
        ("2026-11-23", "That date is in the past. Here are the first open times."),
        ("2027-11-27", "That date can’t be booked yet. Here are the first open times."),
    ] {
        for who in [app.visitor(), app.browser(BEA)] {
            let page = who.get(&format!("/book/?service=massage&date={date}")).await.expect(200).text();
            assert!(page.contains(sentence), "{date}: {page}");
            assert!(page.contains("name=\"robots\" content=\"noindex"), "{date}: {page}");
            assert!(page.contains("value=\"2026-11-24T"), "{date}: times of today: {page}");
        }
    }
    // Within the days that are shown, the page says when a day opens, as before.
    let page = app.visitor().get("/book/?service=massage&date=2026-12-10").await.expect(200).text();
    assert!(page.contains("isn’t open for booking yet") && !page.contains("That date"), "{page}");
    // A visit is moved by the same rule.
    let id = book(&app, BEA, "massage", "2026-11-27", "12:00").await.number("id");
    let path = format!("/dashboard/bookings/{id}/move/?date=2026-11-20");
    let page = app.browser(BEA).get(&path).await.expect(200).text();
    assert!(page.contains("That date is in the past. Here are the first open times."), "{page}");
}

/// Asking why a time is taken that one holds oneself leads to the hold.
#[tokio::test]
async fn a_person_sees_that_they_already_hold_a_time() {
    let app = TestClub::open().await;
    let bea = app.browser(BEA);
    let path = hold(&bea, "massage", FRIDAY).await;
    let page = bea.get("/book/?service=massage&date=2026-11-27&at=14:00").await.expect(200).text();
    assert!(page.contains("You’re already holding this time.") && page.contains(&path), "{page}");
    assert!(!page.contains("is already taken"), "{page}");
}

/// A visitor is known by the browser: what they hold is not called taken, and the times of the day lead to it.
#[tokio::test]
async fn a_visitor_sees_that_they_already_hold_a_time() {
    let app = TestClub::open().await;
    let form = format!("service=suite&starts_at={}", utc("2026-11-27T18:00:00-05:00"));
    let held = app.visitor().submit("/book/hold/", &form).await;
    let known = app.visitor().with("cookie", &cookie(&held));
    let path = redirect_of(held);
    let requested = "/book/?service=suite&date=2026-11-27&at=18:00";
    let page = known.get(requested).await.expect(200).text();
    assert!(page.contains("You’re already holding this time.") && page.contains(&path), "{page}");
    assert!(!page.contains("already taken"), "{page}");
    let day = known.get("/book/?service=suite&date=2026-11-27").await.expect(200).text();
    assert!(day.contains("6:00\u{a0}–\u{a0}8:00\u{a0}PM.") && day.contains(&path), "{day}");
    // Nobody else is told whose it is.
    for query in [requested, "/book/?service=suite&date=2026-11-27"] {
        let page = app.visitor().get(query).await.expect(200).text();
        assert!(!page.contains("yourself") && !page.contains(&path), "{page}");
    }
    assert!(app.visitor().get(requested).await.text().contains("already taken"));
}

/// Whoever releases a time sees the times of that day again, and reads that it is done.
#[tokio::test]
async fn releasing_a_hold_redirects_to_the_times_of_its_day() {
    let app = TestClub::open().await;
    let (bea, dora) = (app.browser(BEA), app.browser(DORA));
    let path = hold(&bea, "massage", FRIDAY).await;
    let back = redirect_of(bea.submit(&path, "action=let_go").await);
    assert_eq!(back, "/book/?service=massage&date=2026-11-27&done=released");
    let page = bea.get(&back).await.expect(200).text();
    assert!(
        page.contains("role=\"status\">The time was released.") && page.contains("2:00 PM<span"),
        "{page}"
    );
    assert!(!bea.get("/book/?service=massage&date=2026-11-27").await.text().contains("was released"));
    // Held by the desk for somebody, it leads to the times for the same person.
    let person = app.person(GUS);
    let form = format!("service=massage&for={person}&starts_at={}", utc(FRIDAY));
    let path = redirect_of(dora.submit("/book/hold/", &form).await);
    let back = redirect_of(dora.submit(&path, "action=let_go").await);
    assert_eq!(back, format!("/book/?service=massage&for={person}&date=2026-11-27&done=released"));
    let page = dora.get(&back).await.expect(200).text();
    assert!(page.contains("Booking for Gus") && page.contains("The time was released."), "{page}");
}

/// Returns the starts that the page offers as buttons or links, in the order of the page.
fn offered(page: &str) -> Vec<Timestamp> {
    let cells =
        page.split("class=\"time\"").skip(1).map(|cell| cell.split("</li>").next().unwrap_or_default());
    let moment = |cell: &str| {
        let text =
            cell.split(['"', '=', '&', ';']).find(|text| text.starts_with("2026-") && text.ends_with('Z'))?;
        text.parse().ok()
    };
    cells.map(|cell| moment(cell).unwrap_or_else(|| panic!("no start: {cell}"))).collect()
}

/// Returns the numbers of times in the strip of days, each with the path of its day.
fn strip(page: &str) -> Vec<(String, usize)> {
    let cells = page.split("<a class=\"day").skip(1).filter(|cell| cell.contains("day-count"));
    let parsed = cells.filter_map(|cell| {
        let path = cell.split("href=\"").nth(1)?.split('"').next()?.replace("&#38;", "&");
        let count = cell.split("class=\"day-count\"").nth(1)?.split(['>', '<']).nth(1)?.parse().ok();
        Some((path, count.unwrap_or(0)))
    });
    parsed.collect()
}

#[track_caller]
fn assert_apart(starts: &[Timestamp], on: &str) {
    for pair in starts.windows(2) {
        assert!(pair[1].duration_since(pair[0]).as_mins() >= 15, "{on}: {} and {}", pair[0], pair[1]);
    }
}

/// Starts beside other bookings are five or ten minutes from those on the quarter hour. The API has all of them; pages
/// show one of each, and the strip of days and the waitlist count what is shown.
#[tokio::test]
async fn pages_show_and_count_starts_a_quarter_hour_apart() {
    let app = TestClub::open().await;
    for (who, date, time) in [
        (BEA, "2026-11-26", "12:20"),
        (UMA, "2026-11-26", "12:25"),
        (BEA, "2026-11-27", "11:35"),
        (PIA, "2026-11-27", "15:05"),
        (UMA, "2026-11-27", "15:25"),
    ] {
        book(&app, who, "massage", date, time).await;
    }
    let slots = search(&app, GUS, "massage", "2026-11-27").await;
    let free: Vec<Timestamp> = slots
        .list("available_slots")
        .iter()
        .map(|slot| slot["starts_at"].as_str().and_then(|at| at.parse().ok()).expect("a start"))
        .collect();
    assert!(free.windows(2).any(|pair| pair[1].duration_since(pair[0]).as_mins() < 15), "{free:?}");
    let gus = app.browser(GUS);
    let page = gus.get("/book/?service=massage&date=2026-11-27").await.expect(200).text();
    let shown = offered(&page);
    assert!(shown.iter().all(|at| free.contains(at)), "{shown:?}");
    let days = strip(&page);
    assert_eq!(days.len(), 14);
    assert!(days.iter().filter(|(_, count)| *count > 0).count() >= 3, "{days:?}");
    for (path, count) in days {
        let page = gus.get(&path).await.expect(200).text();
        let shown = offered(&page);
        assert_apart(&shown, &path);
        assert_eq!(shown.len(), count, "{path}");
        let counted = strip(&page).into_iter().find(|(other, _)| *other == path);
        assert_eq!(counted, Some((path, count)), "the strip of the day itself");
    }
    let waiting = gus.get("/book/wait/?service=massage&date=2026-11-27").await.expect(200).text();
    assert_eq!(offered(&waiting), shown, "the waitlist");
    // Rescheduling: the current time is neither shown nor counted.
    let id = book(&app, GUS, "massage", "2026-11-26", "17:00").await.number("id");
    let page = gus.get(&format!("/dashboard/bookings/{id}/move/?date=2026-11-26")).await.expect(200).text();
    let shown = offered(&page);
    assert_apart(&shown, "move");
    let counted = strip(&page).into_iter().find(|(path, _)| path.ends_with("date=2026-11-26"));
    assert_eq!(counted.map(|(_, count)| count), Some(shown.len()), "{page}");
}
