//! Where people begin after signing in, and the own day of a technician.

use kit::{args, sql};
use serde_json::json;
use testing::{BEA, DORA, GUS, MAX, OLA, PIA, TOM, TestClub};

use crate::accounts::{PASSWORD, sign_up, zoe};
use crate::whole::WholeProgram as _;
use crate::{CREATE, and, request_body};

const MY_DAY: &str = "/staff/my-day/";

#[tokio::test]
async fn sign_in_leads_to_the_start_page_of_the_role() {
    let app = TestClub::open().await;
    sign_up(&app, zoe()).await;
    let form = format!("email=zoe%40example.com&password={PASSWORD}");
    for (role, first) in [
        ("account", "/dashboard/"),
        ("technician", MY_DAY),
        ("front_desk", "/staff/day/"),
        ("manager", "/staff/day/"),
        ("owner", "/staff/day/"),
    ] {
        let club = app.club();
        let given = app.db().tx(move |tx| {
            tx.run(
                sql!(
                    "INSERT INTO club_roles (club_id, person_id, role)
                     SELECT $1, id, $2 FROM people WHERE email = 'zoe@example.com'
                     ON CONFLICT (club_id, person_id) DO UPDATE SET role = excluded.role"
                ),
                args![club, role],
            )
        });
        given.await.expect("a role");
        let entered = app.visitor().submit("/login/", &form).await.expect(303);
        assert_eq!(entered.header("location"), first, "{role}");
    }
    // The page that the person came from wins.
    let entered = app.visitor().submit("/login/", &format!("{form}&next=/book/")).await.expect(303);
    assert_eq!(entered.header("location"), "/book/");
    // The sign-in page leads people who are signed in to the same places.
    for (player, first) in [
        (GUS, "/dashboard/"),
        (BEA, "/dashboard/"),
        (TOM, MY_DAY),
        (DORA, "/staff/day/"),
        (MAX, "/staff/day/"),
        (OLA, "/staff/day/"),
    ] {
        let sent = app.browser(player).get("/login/").await.expect(303);
        assert_eq!(sent.header("location"), first, "{}", player.email);
        let sent = app.browser(player).get("/login/?next=/services/").await.expect(303);
        assert_eq!(sent.header("location"), "/services/");
        app.browser(player).get(first).await.expect(200);
    }
}

#[tokio::test]
async fn a_technician_sees_only_their_own_visits() {
    let app = TestClub::open().await;
    for (player, technician, time) in [(BEA, "tom", "12:00"), (PIA, "ada", "12:00"), (PIA, "tom", "14:00")] {
        let technician = json!({"technician_id": app.technician(technician).await});
        let wanted = and(request_body(&app, "massage", "2026-11-25", time).await, technician);
        app.as_(player).post(CREATE, wanted).await.expect(201);
    }
    let canceled = app.as_(PIA).get(crate::MY_BOOKINGS).await.expect(200);
    let last = canceled.list("upcoming")[1]["id"].as_i64().expect("an id");
    crate::cancel(&app, PIA, last).await.expect(200);
    let page = app.browser(TOM).get(&format!("{MY_DAY}?date=2026-11-25")).await.expect(200).text();
    assert!(page.contains("Bea Morrow") && page.contains("1 visit."), "{page}");
    assert!(page.contains(&format!("href=\"{MY_DAY}\" aria-current=\"page\"")), "{page}");
    assert!(!page.contains("Pia Lund") && !page.contains("$") && !page.contains("tel:"), "{page}");
    let empty = app.browser(TOM).get(MY_DAY).await.expect(200).text();
    assert!(empty.contains("You have no visits on"), "{empty}");
    for player in [GUS, DORA, MAX] {
        app.browser(player).get(MY_DAY).await.expect(403);
    }
    assert_eq!(
        app.visitor().get(MY_DAY).await.expect(303).header("location"),
        format!("/login/?next={MY_DAY}")
    );
    // An account without a technician has no visits, and the page says what to do.
    let unlinked = app.db().tx(|tx| tx.run(sql!("UPDATE technicians SET person_id = NULL"), args![]));
    unlinked.await.expect("no person");
    app.db().tx(|tx| kit::versions::bump(tx, catalogue::VERSION)).await.expect("a new version");
    let page = app.browser(TOM).get(&format!("{MY_DAY}?date=2026-11-25")).await.expect(200).text();
    assert!(page.contains("isn’t linked to a technician yet") && !page.contains("Bea Morrow"), "{page}");
}

#[tokio::test]
async fn staff_see_errors_in_the_back_office_layout() {
    let app = TestClub::open().await;
    let refused = app.browser(TOM).get("/staff/rules/").await.expect(403).text();
    assert!(refused.contains("class=\"desk-top\"") && refused.contains("ask a manager"), "{refused}");
    assert!(refused.contains(&format!("class=\"button\" href=\"{MY_DAY}\"")), "{refused}");
    let missing = app.browser(DORA).get("/staff/no-such-page/").await.expect(404).text();
    assert!(
        missing.contains("class=\"desk-top\"") && missing.contains("Choose a page from the menu"),
        "{missing}"
    );
    assert!(
        missing.contains("class=\"button\" href=\"/staff/day/\"") && !missing.contains("href=\"/book/\""),
        "{missing}"
    );
    for outside in [
        app.browser(GUS).get("/staff/rules/").await.expect(403).text(),
        app.browser(DORA).get("/no-such-page/").await.expect(404).text(),
    ] {
        assert!(!outside.contains("desk-top") && outside.contains("href=\"/book/\""), "{outside}");
    }
}
