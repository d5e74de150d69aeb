//! The page of one's own membership: remaining benefits, and the effect of a change before it is made.

use testing::{BEA, DORA, GUS, PIA, TestClub, UMA};

use crate::whole::WholeProgram as _;
use crate::{book, request_body};

const PAGE: &str = "/dashboard/membership/";

#[tokio::test]
async fn a_member_sees_their_remaining_benefits() {
    let app = TestClub::open().await;
    let sent = app.visitor().get(PAGE).await.expect(303);
    assert_eq!(sent.header("location"), "/login/?next=/dashboard/membership/");
    let text = app.browser(PIA).get(PAGE).await.expect(200).text();
    for phrase in [
        "Premium",
        "Active. Continues month to month; pay your dues at the front desk.",
        "Days left",
        "15",
        "0 used, 2 left",
        "0 used, 1 left",
    ] {
        assert!(text.contains(phrase), "{phrase}: {text}");
    }
    let body = crate::and(
        request_body(&app, "massage", "2026-11-27", "12:00").await,
        serde_json::json!({"use_credit": true}),
    );
    let booked = app.as_(PIA).post(crate::CREATE, body).await.expect(201).number("id");
    let saved = |sum: &str| format!("<dt>Saved so far</dt><dd>{sum}</dd>");
    let text = app.browser(PIA).get(PAGE).await.expect(200).text();
    assert!(text.contains("1 used, 1 left") && text.contains(&saved("$0")), "{text}");
    // A visit adds to the savings once it is completed.
    for (time, step) in [("11:55", "check_in"), ("11:55", "start"), ("13:00", "complete")] {
        app.set_time(&format!("2026-11-27T{time}:00-05:00"));
        let path = format!("/api/bookings/{booked}/{step}/");
        app.as_(DORA).post(&path, serde_json::json!({})).await.expect(200);
    }
    let text = app.browser(PIA).get(PAGE).await.expect(200).text();
    assert!(text.contains("1 used, 1 left") && text.contains(&saved("$200")), "{text}");
    // A form turns on the automatic use of credits.
    app.browser(PIA).submit("/dashboard/membership/credits/", "auto=on").await.expect(303);
    assert!(app.browser(PIA).get(PAGE).await.expect(200).text().contains("Credits apply automatically"));
    // A member whose plan includes every service needs neither.
    let text = app.browser(UMA).get(PAGE).await.expect(200).text();
    assert!(text.contains("0 used, all included") && !text.contains("Service credits.<"), "{text}");
}

#[tokio::test]
async fn a_nonmember_sees_the_plans_and_where_to_ask() {
    let app = TestClub::open().await;
    let text = app.browser(GUS).get(PAGE).await.expect(200).text();
    for phrase in ["You’re not a member yet", "ask at the front desk", "$375", "$1,650", "(212) 555-0100"] {
        assert!(text.contains(phrase), "{phrase}: {text}");
    }
    let text = app.browser(GUS).get("/dashboard/membership/leave/").await.expect(200).text();
    assert!(text.contains("There’s no membership to change."), "{text}");
    app.browser(GUS).get("/dashboard/membership/nothing/").await.expect(404);
    app.browser(GUS).get("/dashboard/membership/change/").await.expect(404);
}

/// Each plan has a way to join it, which says that the front desk takes the first payment.
#[tokio::test]
async fn a_nonmember_sees_how_to_join_a_plan() {
    let app = TestClub::open().await;
    let gus = app.browser(GUS);
    let text = gus.get(PAGE).await.expect(200).text();
    for plan in ["base", "premium", "unlimited"] {
        assert!(
            text.contains(&format!("href=\"/dashboard/membership/join/?plan={plan}\"")),
            "{plan}: {text}"
        );
    }
    let text = gus.get("/dashboard/membership/join/?plan=premium").await.expect(200).text();
    for phrase in
        ["Join Premium", "a month.", "Online joining isn’t available yet", "at the front desk", "tel:+1212"]
    {
        assert!(text.contains(phrase), "{phrase}: {text}");
    }
    gus.get("/dashboard/membership/join/?plan=none").await.expect(404);
    assert!(gus.get("/dashboard/").await.expect(200).text().contains("Compare plans"));
    let text = app.browser(PIA).get(PAGE).await.expect(200).text();
    assert!(!text.contains("/join/"), "{text}");
}

/// The effect is computed by running the operation and rolling it back: nothing changes until the button is pressed.
#[tokio::test]
async fn the_page_previews_the_effects_of_leaving() {
    let app = TestClub::open().await;
    let booked = book(&app, BEA, "massage", "2026-12-12", "12:00").await.number("id");
    let price = async || {
        let booking = app.as_(BEA).get(&format!("/api/bookings/{booked}/")).await.expect(200);
        booking["pricing"]["final_total"].clone()
    };
    let bea = app.browser(BEA);
    let text = bea.get("/dashboard/membership/leave/").await.expect(200).text();
    for phrase in [
        "Wednesday, December 9",
        "$150",
        "$200",
        "You can cancel these free of charge afterward",
        "guest prices",
    ] {
        assert!(text.contains(phrase), "{phrase}: {text}");
    }
    app.run_jobs().await;
    assert_eq!(price().await, "150.00");
    assert!(app.as_(BEA).get("/api/memberships/current/").await["auto_renew"] == true);
    bea.submit("/dashboard/membership/leave/", "").await.expect(303);
    app.run_jobs().await;
    assert_eq!(price().await, "200.00");
    assert!(bea.get(PAGE).await.expect(200).text().contains("You can keep it anytime before then."));
    let text = bea.submit("/dashboard/membership/leave/", "").await.expect(409).text();
    assert!(text.contains("Your membership is already set to end"), "{text}");
    bea.submit("/dashboard/membership/stay/", "").await.expect(303);
    app.run_jobs().await;
    assert_eq!(price().await, "150.00");
}

#[tokio::test]
async fn plan_changes_and_freezes_are_previewed_and_applied() {
    let app = TestClub::open().await;
    let pia = app.browser(PIA);
    let text = pia.get("/dashboard/membership/change/?plan=unlimited").await.expect(200).text();
    // From 24 November, 10:00: 1346400 of 2592000 seconds.
    for phrase in ["$857.08", "−$363.61", "$493.47", "pay at the front desk"] {
        assert!(text.contains(phrase), "{phrase}: {text}");
    }
    assert!(!text.contains("<button class=\"button\""), "nothing to press: {text}");
    let text = pia.get("/dashboard/membership/change/?plan=base").await.expect(200).text();
    assert!(text.contains("Base starts the next day at $375 a month"), "{text}");
    pia.submit("/dashboard/membership/change/", "plan=base").await.expect(303);
    assert!(pia.get(PAGE).await.expect(200).text().contains("you’ll be on Base at $375"));
    let text = pia.get("/dashboard/membership/change/?plan=premium").await.expect(200).text();
    let switch = "Your switch to Base, planned for Thursday, December 10, will be canceled.";
    assert!(text.contains(switch), "{text}");
    pia.submit("/dashboard/membership/change/", "plan=premium").await.expect(303);
    assert!(!pia.get(PAGE).await.expect(200).text().contains("you’ll be on Base"));
    let text = pia.get("/dashboard/membership/freeze/?months=2").await.expect(200).text();
    assert!(
        text.contains(
            "From Thursday, December 10, through Tuesday, February 9, your membership will be paused for 2 months"
        ),
        "{text}"
    );
    pia.submit("/dashboard/membership/freeze/", "months=2").await.expect(303);
    let text = pia.get(PAGE).await.expect(200).text();
    assert!(text.contains("From Thursday, December 10, through Tuesday, February 9"), "{text}");
    // While a freeze is ahead, what it forbids is not offered, and a direct request is told why.
    assert!(!text.contains("plan=unlimited") && !text.contains("Pause for"), "{text}");
    assert!(text.contains("plan=base"), "what costs less can be had: {text}");
    for path in ["freeze/?months=1", "change/?plan=unlimited"] {
        let text = pia.get(&format!("{PAGE}{path}")).await.expect(200).text();
        let rests = "Your membership is paused from Thursday, December 10, through Tuesday, February 9. After that, you \
                     can ";
        assert!(text.contains(rests), "{text}");
    }
    let text = pia.submit("/dashboard/membership/change/", "plan=unlimited").await.expect(409).text();
    assert!(text.contains("After that, you can change it."), "{text}");
    // Staff have no membership of their own unless they are members.
    assert!(app.browser(DORA).get(PAGE).await.expect(200).text().contains("You’re not a member yet"));
}
