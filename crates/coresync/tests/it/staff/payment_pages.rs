//! The pages of payments without scripts: what is due, taking a payment, refunds, decisions of a manager, and receipts.

use testing::{Answer, BEA, DORA, GUS, MAX, TestClub};

use crate::whole::WholeProgram as _;
use crate::{book, cancel};

fn location(answer: Answer) -> String {
    answer.expect(303).header("location").to_owned()
}

#[tokio::test]
async fn the_front_desk_takes_a_payment_with_a_form() {
    let app = TestClub::open().await;
    let id = book(&app, BEA, "massage", "2026-11-24", "12:00").await.number("id");
    let (dora, path) = (app.browser(DORA), format!("/staff/money/booking/{id}/"));
    let day = dora.get("/staff/day/").await.expect(200).text();
    assert!(day.contains(&format!("href=\"{path}\"")), "the amount due leads to the payment: {day}");
    let page = dora.get(&path).await.expect(200).text();
    for phrase in [
        "Payment: Bea Morrow",
        "Massage, Tuesday, November 24, 12:00 PM",
        "value=\"150.00\"",
        "Record payment",
    ] {
        assert!(page.contains(phrase), "{phrase}: {page}");
    }
    assert!(!page.contains("/comp/"), "only a manager gives for free: {page}");
    // What is missing is said, and what was entered stays.
    let wrong = dora.submit(&path, "shown=150.00&amount=100.00&method=&slip=0042").await.expect(400).text();
    assert!(wrong.contains("Choose how it was paid.") && wrong.contains("value=\"100.00\""), "{wrong}");
    let wrong = dora.submit(&path, "shown=150.00&amount=100.00&method=terminal").await.expect(400).text();
    assert!(wrong.contains("Enter the number of the slip."), "{wrong}");
    let wrong = dora.submit(&path, "shown=120.00&amount=120.00&method=cash").await.expect(409).text();
    assert!(wrong.contains("The amount due has changed."), "{wrong}");
    let technician = page.split("name=\"tip_for\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let form = format!(
        "shown=150.00&amount=150.00&method=cash&tip=20.00&tip_for={}",
        technician.expect("the technician of the visit")
    );
    let after = location(dora.submit(&path, &form).await);
    let page = dora.get(&after).await.expect(200).text();
    assert!(page.contains("Payment recorded.") && page.contains("RC-2026-000001"), "{page}");
    assert!(!page.contains("Record payment"), "nothing is due: {page}");
    let again = dora.submit(&path, &form).await.expect(409).text();
    assert!(again.contains("This has already been paid."), "{again}");
    // The payments of the day, and the file of them.
    let page = dora.get("/staff/money/").await.expect(200).text();
    for phrase in
        ["Bea Morrow", "RC-2026-000001", "$170.00", "$20.00", "Dora Quill", "No refunds on this day."]
    {
        assert!(page.contains(phrase), "{phrase}: {page}");
    }
    let csv = dora.get("/staff/money/?date=2026-11-24&format=csv").await.expect(200).text();
    assert!(csv.lines().nth(1).expect("a row").contains("RC-2026-000001"), "{csv}");
    let receipt = location(dora.get("/staff/money/?number=rc-2026-000001").await);
    let none = dora.get("/staff/money/?number=RC-2026-000009").await.expect(200).text();
    assert!(none.contains("No receipt has the number RC-2026-000009."), "{none}");
    assert!(
        dora.get("/staff/money/?date=2026-11-23")
            .await
            .expect(200)
            .text()
            .contains("No payments on this day.")
    );
    // The guest has the receipt, with the lines of the price.
    for browser in [&dora, &app.browser(BEA)] {
        let page = browser.get(&receipt).await.expect(200).text();
        for phrase in ["RC-2026-000001", "Massage", "$150.00", "$20.00", "$170.00", "Cash", "data-prints"] {
            assert!(page.contains(phrase), "{phrase}: {page}");
        }
    }
    app.browser(GUS).get(&receipt).await.expect(404);
    let own = app.browser(BEA).get("/dashboard/payments/").await.expect(200).text();
    assert!(own.contains(&receipt) && own.contains("Massage"), "{own}");
    let none = app.browser(GUS).get("/dashboard/payments/").await.expect(200).text();
    assert!(none.contains("No payments yet."), "{none}");
}

#[tokio::test]
async fn a_guest_pays_for_two_visits_at_once() {
    let app = TestClub::open().await;
    let first = book(&app, BEA, "massage", "2026-11-24", "12:00").await.number("id");
    let second = book(&app, BEA, "pod", "2026-11-24", "15:00").await.number("id");
    let (dora, path) = (app.browser(DORA), format!("/staff/money/booking/{first}/"));
    let page = dora.get(&path).await.expect(200).text();
    let also = page.split("name=\"also\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let also = also.expect("the other visit").to_owned();
    assert!(also.starts_with(&format!("booking:{second}:")), "{also}");
    let stale = format!("shown=150.00&amount=150.00&method=cash&also=booking:{second}:1");
    dora.submit(&path, &stale).await.expect(409);
    dora.submit(&path, "shown=150.00&amount=150.00&method=cash&also=pod").await.expect(400);
    location(dora.submit(&path, &format!("shown=150.00&amount=150.00&method=cash&also={also}")).await);
    let page = dora.get(&format!("/staff/money/booking/{second}/")).await.expect(200).text();
    assert!(page.contains("RC-2026-000001"), "one receipt: {page}");
    let due = dora.get("/staff/money/due/?state=ahead").await.expect(200).text();
    assert!(due.contains("Nothing is due at upcoming visits."), "{due}");
}

#[tokio::test]
async fn refunds_and_decisions_have_pages() {
    let app = TestClub::open().await;
    let canceled = book(&app, BEA, "massage", "2026-11-28", "12:00").await.number("id");
    let given = book(&app, GUS, "massage", "2026-11-27", "14:00").await.number("id");
    let (dora, max) = (app.browser(DORA), app.browser(MAX));
    let due = dora.get("/staff/money/due/?state=ahead").await.expect(200).text();
    assert!(due.contains("Bea Morrow") && due.contains("$150.00"), "{due}");
    let path = format!("/staff/money/booking/{canceled}/");
    location(dora.submit(&path, "shown=150.00&amount=150.00&method=terminal&slip=0042").await);
    cancel(&app, BEA, canceled).await.expect(200);
    let owed = dora.get("/staff/money/due/?state=to_refund").await.expect(200).text();
    assert!(owed.contains(&path) && owed.contains("$150.00"), "{owed}");
    let page = dora.get(&path).await.expect(200).text();
    assert!(page.contains("Refund $150 the way it was paid"), "{page}");
    let wrong = dora.submit(&format!("{path}send-refund/"), "").await.expect(400).text();
    assert!(wrong.contains("Enter the number of the refund slip."), "{wrong}");
    let after = location(dora.submit(&format!("{path}send-refund/"), "refund_slip=0043").await);
    let page = dora.get(&after).await.expect(200).text();
    assert!(page.contains("Refund recorded.") && page.contains("RF-2026-000001"), "{page}");
    let refunds = dora.get("/staff/money/?format=csv&table=refunds").await.expect(200).text();
    assert!(refunds.contains("RF-2026-000001") && refunds.contains("0043"), "{refunds}");
    // A comp by a manager, on a page of its own; then nothing more can be given.
    let path = format!("/staff/money/booking/{given}/");
    assert!(max.get(&path).await.expect(200).text().contains(&format!("{path}comp/")));
    dora.get(&format!("{path}comp/")).await.expect(403);
    max.get(&format!("{path}gift/")).await.expect(404);
    let page = max.get(&format!("{path}comp/")).await.expect(200).text();
    assert!(page.contains("The price doesn’t change") && page.contains("name=\"reason\""), "{page}");
    // D10: the page asks for the password, unless it was entered within the last five minutes.
    assert!(page.contains("name=\"current_password\""), "{page}");
    let refused = max.submit(&format!("{path}comp/"), "amount=20.00&reason=x").await.expect(403).text();
    assert!(refused.contains("enter your password again"), "{refused}");
    let form = "amount=20.00&reason=x&current_password=a-guess";
    let wrong = max.submit(&format!("{path}comp/"), form).await.expect(400).text();
    assert!(
        wrong.contains("That isn’t your current password.") && wrong.contains("href=\"#current_password\""),
        "{wrong}"
    );
    app.confirm(MAX).await;
    assert!(!max.get(&format!("{path}comp/")).await.expect(200).text().contains("current_password"));
    let wrong = max.submit(&format!("{path}comp/"), "amount=20.00&reason=").await.expect(400).text();
    assert!(wrong.contains("value=\"20.00\"") && wrong.contains("href=\"#reason\""), "{wrong}");
    let after = location(max.submit(&format!("{path}comp/"), "amount=200.00&reason=Our+mistake").await);
    let page = max.get(&after).await.expect(200).text();
    assert!(page.contains("Comped.") && page.contains("Our mistake"), "{page}");
    let page = max.get(&format!("{path}write-off/")).await.expect(200).text();
    assert!(page.contains("You can write off only"), "{page}");
    let page = max.get(&format!("{path}refund/")).await.expect(200).text();
    assert!(page.contains("There’s nothing to refund."), "{page}");
}

/// What was paid is in the ledger, which only managers see.
#[tokio::test]
async fn a_manager_reads_the_ledger() {
    let app = TestClub::open().await;
    let id = book(&app, BEA, "massage", "2026-11-24", "12:00").await.number("id");
    let max = app.browser(MAX);
    let empty = max.get("/staff/money/ledger/").await.expect(200).text();
    assert!(empty.contains("No entries yet."), "{empty}");
    let path = format!("/staff/money/booking/{id}/");
    location(app.browser(DORA).submit(&path, "amount=150&method=cash").await);
    let page = max.get("/staff/money/ledger/").await.expect(200).text();
    for phrase in ["Cash", "Paid in advance", "Total", "$150.00", "/staff/money/ledger/cash/?to=2026-11-24"] {
        assert!(page.contains(phrase), "{phrase}: {page}");
    }
    let day_before = max.get("/staff/money/ledger/?to=2026-11-23").await.expect(200).text();
    assert!(day_before.contains("No entries yet."), "{day_before}");
    let page = max.get("/staff/money/ledger/cash/").await.expect(200).text();
    let entry = page.split("href=\"/staff/money/entries/").nth(1).and_then(|rest| rest.split('"').next());
    let entry =
        max.get(&format!("/staff/money/entries/{}", entry.expect("an entry"))).await.expect(200).text();
    for phrase in ["Payment", "Dora Quill", "Tuesday, November 24", "$150.00", path.as_str()] {
        assert!(entry.contains(phrase), "{phrase}: {entry}");
    }
    let csv = max.get("/staff/money/ledger/deposits/?format=csv").await.expect(200).text();
    assert!(csv.lines().nth(1).expect("a row").contains("Cash"), "{csv}");
    max.get("/staff/money/ledger/none/").await.expect(404);
    app.browser(DORA).get("/staff/money/ledger/").await.expect(403);
}
