//! Two clubs in one database: the small club of the tests in New York, and a second one in Los Angeles with the host
//! name `west.test`. Uma has an account in the first club and owns the second. Ola owns the first and has an account in
//! the second.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use catalogue::{Brand, Category, Club, Room, Service, Technician};
use jiff::tz::TimeZone;
use kit::{Cents, Db, Id, Result, Tx, args, sql};
use membership::{Plan, Tier};
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, Guest, MAX, OLA, Player, TestClub, UMA};

use crate::permissions::{TABLE, mark};
use crate::whole::WholeProgram as _;
use crate::{CREATE, MY_BOOKINGS, and, book, request_body};

const WEST: &str = "west.test";
/// A word in every text that people of the first club wrote. No response of the second club may contain it.
const MARK: &str = "Qyzzx";

/// Creates the second club with one room, one technician, one service, one plan, and an owner. Its prices differ.
fn create_club(tx: &mut Tx<'_>, owner: Id) -> Result<Id> {
    let text = |text: &str| text.to_owned();
    let club = Club {
        id: Id(0),
        slug: text("west"),
        name: text("The West Club"),
        zone: TimeZone::get("America/Los_Angeles").expect("a zone"),
        currency: text("USD"),
        address: text("9 Sunset Way, Los Angeles"),
        phone: text("+1 310 555 0100"),
        email: text("hello@west.test"),
        hosts: vec![text(WEST)],
    };
    let club = catalogue::add_club(tx, &club)?;
    money::set_rate(tx, club, money::LineKind::Service, 0, "The rates of the tests.")?;
    let category = Category {
        id: Id(0),
        slug: text("float"),
        name: text("Float"),
        brand: Brand::Shared,
        description: text("Float."),
    };
    let category = catalogue::add_category(tx, club, &category)?;
    let room = Room {
        id: Id(0),
        slug: text("tank"),
        name: text("Tank"),
        kind: text("meditation"),
        brand: Brand::Shared,
        capacity: 1,
        units: 1,
        premium_bp: 10_000,
        features: Vec::new(),
        has_iot: false,
        description: text("A tank."),
        hours: "mon-sun 09:00-21:00".parse().expect("hours"),
        active: true,
    };
    let room = catalogue::add_room(tx, club, &room)?;
    let technician = Technician {
        id: Id(0),
        person: None,
        slug: text("wes"),
        name: text("Wes Field"),
        title: text("Guide"),
        bio: text("Guides."),
        skills: vec![text("float")],
        pad: 0,
        hours: "mon-sun 09:00-21:00".parse().expect("hours"),
        active: true,
    };
    catalogue::add_technician(tx, club, &technician)?;
    let service = Service {
        id: Id(0),
        category,
        slug: text("float"),
        name: text("Long float"),
        short_description: text("An hour in the tank."),
        description: text("An hour in the tank."),
        list: Cents(9_900),
        member: Cents(8_800),
        minutes: 60,
        sold_by_time: None,
        setup: 0,
        turnover: 15,
        party: 1,
        max_capacity: 1,
        technicians: 0,
        skill: String::new(),
        featured: true,
        member_only: false,
        active: true,
        tags: Vec::new(),
        main_image: None,
        gallery_images: Vec::new(),
        video_url: None,
        rooms: vec![room],
        equipment: Vec::new(),
        addons: Vec::new(),
    };
    catalogue::add_service(tx, club, &service)?;
    membership::add_plan(tx, club, &plan())?;
    tx.run(
        sql!("INSERT INTO club_roles (club_id, person_id, role) VALUES ($1, $2, 'owner')"),
        args![club, owner],
    )?;
    Ok(club)
}

/// The only plan of the second club.
fn plan() -> Plan {
    let text = |text: &str| text.to_owned();
    Plan {
        id: Id(0),
        slug: text("base"),
        name: text("West Base"),
        price: Cents(11_100),
        short_description: text("The plan of the west."),
        benefits: vec![text("Members' prices")],
        discount_bp: 1_000,
        tier: Tier::Base,
        max_advance_days: 30,
        monthly_credits: Some(0),
        guest_passes: 0,
        mensuite_access: true,
        coresync_private_access: false,
        iot_control_access: false,
        concierge: false,
        priority_booking: false,
        featured: false,
        position: 1,
    }
}

struct Two {
    app: TestClub,
    west: Id,
}

impl Two {
    async fn open() -> Two {
        let app = TestClub::open().await;
        let owner = app.person(UMA);
        let west = app.db().tx(move |tx| create_club(tx, owner)).await.expect("the second club is created");
        coresync::reactions::begin_rounds(app.inner()).await.expect("the recurring jobs are enqueued");
        Two { app, west }
    }

    fn db(&self) -> Db {
        self.app.db().for_club(self.west)
    }

    /// Returns a client that uses the API of the second club as `player`.
    fn west(&self, player: Player) -> Guest<'_> {
        self.app.as_(player).with("host", WEST)
    }

    /// Returns a browser that uses the pages of the second club as `player`.
    fn west_browser(&self, player: Player) -> Guest<'_> {
        self.app.browser(player).with("host", WEST)
    }

    async fn service(&self) -> Id {
        let catalogue = self.db().view(catalogue::current).await.expect("a catalogue");
        catalogue.services.first().expect("a service").id
    }

    async fn book_west(&self, by: Player, day: &str, time: &str) -> Answer {
        let body = json!({"service_id": self.service().await, "date": day, "start_time": time});
        self.west(by).post(CREATE, body).await
    }
}

fn ids(answer: &Value) -> Vec<i64> {
    answer.as_array().expect("a list").iter().map(|one| one["id"].as_i64().expect("an id")).collect()
}

#[tokio::test]
async fn each_host_shows_its_own_club_and_unknown_hosts_the_default() {
    let two = Two::open().await;
    let page = |host: &'static str| {
        let visitor = two.app.visitor();
        async move {
            let visitor = if host.is_empty() { visitor } else { visitor.with("host", host) };
            visitor.get("/contacts/").await.expect(200).text()
        }
    };
    // The first request records the version name of the page, the second caches the page, the third gets the cached
    // page.
    for _ in 0..3 {
        let (east, west, unknown) =
            (page("").await, page("WEST.test:8443").await, page("unknown.test").await);
        assert!(east.contains("1 Test Street") && !east.contains("Sunset"), "{east}");
        assert!(west.contains("9 Sunset Way") && !west.contains("Test Street"), "{west}");
        assert_eq!(unknown, east);
        assert!(
            west.contains("http://west.test:8080/contacts/"),
            "its canonical address has its own host: {west}"
        );
    }
    let (east, west) = (two.app.visitor(), two.app.visitor().with("host", WEST));
    let (east, west) =
        (east.get("/api/services/").await.expect(200), west.get("/api/services/").await.expect(200));
    assert!(east.list("").len() > 3);
    assert_eq!(west.list("").len(), 1);
    assert_eq!(
        (&west.list("")[0]["slug"], &west.list("")[0]["non_member_price"]),
        (&json!("float"), &json!("99.00"))
    );
    // A change in one club is visible there at once, and the pages of the other club stay the same.
    let before = page("").await;
    let rename = |tx: &mut Tx<'_>| {
        let club = tx.club()?;
        tx.run(sql!("UPDATE clubs SET address = '10 Moved Road' WHERE id = $1"), args![club])?;
        kit::versions::bump(tx, catalogue::VERSION)
    };
    two.db().tx(rename).await.expect("renamed");
    assert!(page(WEST).await.contains("10 Moved Road"));
    assert_eq!(page("").await, before);
}

#[tokio::test]
async fn production_serves_club_hosts_and_refuses_unknown_ones() {
    use kit::config::{Config, Environment};
    let two = Two::open().await;
    let config = Config {
        env: Environment::Production,
        public_url: "https://club.example".to_owned(),
        ..Config::default()
    };
    let hosts = kit::web::Hosts::of(&config);
    for (host, status) in [("club.example", 200), (WEST, 200), ("evil.test", 421), ("x.west.test", 421)] {
        let request = axum::http::Request::builder().uri("/contacts/").header("host", host);
        let request = request.body(axum::body::Body::empty()).expect("a request");
        let router = two.app.router().for_hosts(hosts.clone());
        let answer = tower::ServiceExt::oneshot(router, request).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{host}");
    }
}

/// A club has its own roles, time zone, prices, settings, counters, jobs, and audit log.
#[tokio::test]
async fn roles_apply_only_in_the_club_where_they_were_given() {
    let two = Two::open().await;
    for (guest, status) in [
        (two.app.as_(OLA), 200),
        (two.west(OLA), 403),
        (two.west(MAX), 403),
        (two.west(DORA), 403),
        (two.app.as_(UMA), 403),
        (two.west(UMA), 200),
    ] {
        guest.get("/api/staff/numbers/").await.expect(status);
        guest.get("/api/staff/jobs/").await.expect(status);
        guest.get("/api/staff/bookings/").await.expect(status);
    }
    let role = |answer: &Answer| answer["role"].clone();
    let profile = "/api/users/profile/me/";
    assert_eq!(role(&two.app.as_(UMA).get(profile).await), "account");
    assert_eq!(role(&two.west(UMA).get(profile).await), "owner");
    assert_eq!(role(&two.west(OLA).get(profile).await), "account");
    // A role applies only in the club in which it was given.
    let gus = two.app.person(GUS);
    let given = two
        .west(UMA)
        .patch(&format!("/api/staff/people/{gus}/"), json!({"role": "manager"}))
        .await
        .expect(200);
    assert_eq!(role(&given), "manager");
    let east = two.app.as_(OLA).get("/api/staff/people/").await.expect(200);
    assert!(!ids(&east.body).contains(&gus.0), "staff of the second club are not listed in the first club");
    let staff = two.west(UMA).get("/api/staff/people/").await.expect(200);
    let mut staff = ids(&staff.body);
    staff.sort_unstable();
    let mut expected = [two.app.person(UMA).0, gus.0];
    expected.sort_unstable();
    assert_eq!(staff, expected);

    two.west(UMA)
        .send(
            Method::PUT,
            "/api/staff/numbers/hold_minutes/",
            Some("application/json"),
            br#"{"value": 7}"#.to_vec(),
        )
        .await
        .expect(204);
    let numbers = |answer: Answer| {
        answer.list("").iter().find(|one| one["name"] == "hold_minutes").map(|one| one["value"].clone())
    };
    assert_eq!(numbers(two.west(UMA).get("/api/staff/numbers/").await), Some(json!(7)));
    assert_ne!(numbers(two.app.as_(MAX).get("/api/staff/numbers/").await), Some(json!(7)));
    let log = two.app.browser(OLA).get("/staff/audit/audit.csv").await.expect(200).text();
    let west_log = two.west_browser(UMA).get("/staff/audit/audit.csv").await.expect(200).text();
    assert!(west_log.contains("setting_changed") && west_log.contains("role_changed"), "{west_log}");
    assert!(!log.contains("setting_changed") && !log.contains("role_changed"), "{log}");
    two.app.db().tx(people::checkpoint).await.expect("a checkpoint for both clubs");
    two.app.db().view(people::check_audit).await.expect("the audit log is intact");
    let findings = two.app.db().view(coresync::check::find_problems_in).await.expect("checked");
    assert!(findings.is_empty(), "{findings:?}");
}

#[tokio::test]
async fn bookings_belong_to_the_club_of_the_request_host() {
    let two = Two::open().await;
    let app = &two.app;
    let east = book(app, BEA, "pod", "2026-11-27", "12:00").await;
    let west = two.book_west(BEA, "2026-11-27", "14:00").await.expect(201);
    assert_eq!(
        (&east["booking_reference"], &west["booking_reference"]),
        (&json!("CS-2026-000001"), &json!("CS-2026-000001"))
    );
    // The times are in the time zone of the club, and the benefits of a plan apply only in its club.
    assert_eq!(west["starts_at"], "2026-11-27T14:00:00-08:00");
    assert_eq!(west["pricing"]["final_total"], "99.00");
    let my_bookings = |answer: Answer| ids(&answer["upcoming"]);
    assert_eq!(my_bookings(app.as_(BEA).get(MY_BOOKINGS).await.expect(200)), [east.number("id")]);
    assert_eq!(my_bookings(two.west(BEA).get(MY_BOOKINGS).await.expect(200)), [west.number("id")]);
    two.west(BEA).get("/api/memberships/current/").await.expect(404);
    app.as_(BEA).get("/api/memberships/current/").await.expect(200);
    // A person cannot be in two clubs at the same time: noon in New York is nine in Los Angeles.
    two.book_west(BEA, "2026-11-27", "09:00").await.expect(409);
    two.book_west(GUS, "2026-11-27", "09:00").await.expect(201);
    // Services of the other club cannot be booked.
    let body = request_body(app, "pod", "2026-11-28", "12:00").await;
    let refused = two.west(GUS).post(CREATE, body).await;
    assert!([400, 404].contains(&refused.status), "{}", refused.text());
    // The export of personal data covers all clubs.
    let file = app.browser(BEA).submit("/dashboard/privacy/export/", "").await.expect(200);
    let mut exported = ids(&file["bookings"]);
    exported.sort_unstable();
    let mut expected = [east.number("id"), west.number("id")];
    expected.sort_unstable();
    assert_eq!(exported, expected);
    // Emails of the second club have its address, time zone, and host name.
    app.run_jobs().await;
    let mails: Vec<String> = app.mails().iter().map(|mail| mail.replace("=\r\n", "")).collect();
    let of_west: Vec<&String> = mails.iter().filter(|mail| mail.contains("9 Sunset Way")).collect();
    assert_eq!(of_west.len(), 2, "{mails:?}");
    for mail in of_west {
        assert!(mail.contains("http://west.test:8080/") && mail.contains("Pacific Time"), "{mail}");
    }
}

#[tokio::test]
async fn recurring_jobs_run_once_for_each_club() {
    let two = Two::open().await;
    let body = json!({"service_id": two.service().await, "date": "2026-11-27", "start_time": "14:00"});
    let held = two.west(GUS).post("/api/bookings/hold/", body).await.expect(201);
    let body = request_body(&two.app, "pod", "2026-11-26", "14:00").await;
    let east = two.app.as_(GUS).post("/api/bookings/hold/", body).await.expect(201);
    coresync::reactions::begin_rounds(two.app.inner()).await.expect("the recurring jobs are checked again");
    let kinds = |club: Id| {
        let read = move |tx: &mut Tx<'_>| {
            tx.all::<(String, i64)>(
                sql!("SELECT kind, COUNT(*) FROM jobs WHERE club_id = $1 GROUP BY kind ORDER BY kind"),
                args![club],
            )
        };
        two.app.db().view(read)
    };
    let regular = ["bookings.nightly", "bookings.run_maintenance", "membership.run_billing_day"];
    for club in [two.app.club(), two.west] {
        let kinds: BTreeMap<String, i64> = kinds(club).await.expect("jobs").into_iter().collect();
        for kind in regular {
            assert_eq!(kinds.get(kind), Some(&1), "{kind} of {club}: {kinds:?}");
        }
        let checkpoints = kinds.get("people.checkpoint").copied().unwrap_or_default();
        assert_eq!(checkpoints, i64::from(club == two.app.club()), "one chain of checkpoints");
    }
    two.app.set_time("2026-11-24T10:30:00-05:00");
    two.app.run_jobs().await;
    for hold in [&held, &east] {
        let (db, id) = (two.app.db(), hold.number("id"));
        let status = db.view(move |tx| {
            tx.one::<(String,)>(sql!("SELECT status FROM bookings WHERE id = $1"), args![id])
        });
        assert_eq!(status.await.expect("a row"), Some(("expired".to_owned(),)));
    }
}

/// Creates rows in the first club and returns their ids by kind. Routes have an id of each of these kinds in their
/// path.
async fn things(two: &Two) -> BTreeMap<&'static str, i64> {
    let app = &two.app;
    let notes = json!({"special_requests": format!("{MARK} flowers"), "guest_name": format!("{MARK} Guest")});
    let booking = app
        .as_(BEA)
        .post(CREATE, and(request_body(app, "pod", "2026-11-27", "12:00").await, notes))
        .await
        .expect(201);
    let hold = app
        .as_(BEA)
        .post("/api/bookings/hold/", request_body(app, "pod", "2026-11-26", "15:00").await)
        .await
        .expect(201);
    let wait = json!({"kind": "any", "service_id": app.service("massage").await, "from": "2026-11-27", "to": "2026-11-28"});
    let wait = app.as_(BEA).post("/api/bookings/waitlist/", wait).await.expect(201);
    let block = json!({"room_id": app.room("lawn").await, "starts_at": "2026-11-28T12:00:00-05:00",
        "ends_at": "2026-11-28T13:00:00-05:00", "reason": format!("{MARK} repairs")});
    let block = app.as_(DORA).post("/api/staff/blocks/", block).await.expect(201);
    let rule = json!({"room_kinds": ["suite"], "weekdays": [5], "from": "17:00", "to": "22:00", "tier": "base",
        "release_hours": 48, "factor": "1.20", "tags": ["peak_hour"]});
    let rule = app.as_(MAX).post("/api/staff/rules/", rule).await.expect(201);
    let (club, by) = (app.club(), app.person(MAX));
    let made = app.db().tx(move |tx| {
        let (picture, job, now) = (tx.new_id()?, tx.new_id()?, tx.now());
        tx.run(
            sql!(
                "INSERT INTO pictures (id, club_id, slot, kind, alt, focus, state, width, height, preview, uploaded_by,
                 uploaded_at) VALUES ($1, $2, 'home', 'photograph', 'Qyzzx', 'centre', 'ready', 960, 640, '', $3, $4)"
            ),
            args![picture, club, by, now],
        )?;
        tx.run(
            sql!("INSERT INTO picture_files (picture_id, width, format, piece, bytes) VALUES ($1, 960, 'jpg', 0, $2)"),
            args![picture, b"bytes".to_vec()],
        )?;
        tx.run(
            sql!("INSERT INTO jobs (id, club_id, kind, payload, run_at, attempt, dead, last_error)
                  VALUES ($1, $2, 'Qyzzx', '{}', $3, 12, TRUE, 'Qyzzx')"),
            args![job, club, now],
        )?;
        Ok((picture.0, job.0))
    });
    let (picture, job) = made.await.expect("rows");
    BTreeMap::from([
        ("booking", booking.number("id")),
        ("hold", hold.number("id")),
        ("wait", wait.number("id")),
        ("block", block["block"]["id"].as_i64().expect("an id")),
        ("rule", rule.number("id")),
        ("picture", picture),
        ("job", job),
    ])
}

/// Returns the kind of row that `{id}` in a route stands for; `None` for people and sign-ins, which all clubs share.
fn thing(route: &str) -> Option<&'static str> {
    [
        ("hold/{id}", "hold"),
        ("held/{id}", "hold"),
        ("waitlist/{id}", "wait"),
        ("waits/{id}", "wait"),
        ("bookings/{id}", "booking"),
        ("day/{id}", "booking"),
        ("blocks/{id}", "block"),
        ("rules/{id}", "rule"),
        ("jobs/{id}", "job"),
        ("pictures/{id}", "picture"),
    ]
    .into_iter()
    .find(|(part, _)| route.contains(part))
    .map(|(_, thing)| thing)
}

/// A membership: its id, status, paid end, renewal, first day of a freeze, and version.
type MembershipColumns = (i64, String, String, bool, Option<String>, i64);

/// Returns the responses of the first club to its own people, and its memberships and pictures.
async fn first_club_snapshot(two: &Two, things: &BTreeMap<&str, i64>) -> Vec<String> {
    let mut seen = Vec::new();
    for (player, path) in [
        (BEA, MY_BOOKINGS.to_owned()),
        (BEA, format!("/api/bookings/{}/", things["booking"])),
        (BEA, format!("/api/bookings/hold/{}/", things["hold"])),
        (BEA, "/api/bookings/waitlist/".to_owned()),
        (OLA, "/api/staff/blocks/".to_owned()),
        (OLA, "/api/staff/rules/".to_owned()),
        (OLA, "/api/staff/times/".to_owned()),
        (OLA, "/api/staff/numbers/".to_owned()),
        (OLA, "/api/memberships/plans/base/versions/".to_owned()),
        (OLA, "/api/rooms/".to_owned()),
        (OLA, "/api/services/".to_owned()),
    ] {
        seen.push(two.app.as_(player).get(&path).await.expect(200).text());
    }
    let query = format!("/api/staff/jobs/?kind={MARK}");
    seen.push(two.app.as_(OLA).get(&query).await.expect(200).text());
    let club = two.app.club();
    let rows = two.app.db().view(move |tx| {
        let members: Vec<MembershipColumns> = tx.all(sql!("SELECT id, status, paid_until, renews, frozen_from, version_id FROM memberships WHERE club_id = $1 ORDER BY id"), args![club])?;
        let pictures: Vec<(i64, String, String, String)> = tx.all(sql!("SELECT id, slot, alt, state FROM pictures WHERE club_id = $1 ORDER BY id"), args![club])?;
        let slots: Vec<(String, i64)> = tx.all(sql!("SELECT slot, picture_id FROM picture_slots WHERE club_id = $1 ORDER BY slot"), args![club])?;
        assert!(!members.is_empty() && !pictures.is_empty());
        Ok(format!("{members:?} {pictures:?} {slots:?}"))
    });
    seen.push(rows.await.expect("rows"));
    seen
}

/// Over every route of the program, no one in the second club reads or changes anything of the first club.
#[tokio::test]
async fn no_route_shows_or_changes_data_of_another_club() {
    let two = Two::open().await;
    let things = things(&two).await;
    let before = first_club_snapshot(&two, &things).await;
    let catalogue = two.app.catalogue().await;
    let mut secrets: BTreeSet<String> = things.values().map(i64::to_string).collect();
    secrets.extend(catalogue.services.iter().map(|service| service.id.to_string()));
    secrets.extend(catalogue.rooms.iter().map(|room| room.id.to_string()));
    secrets.extend(catalogue.technicians.iter().map(|technician| technician.id.to_string()));
    secrets.extend(["The Small Club", "1 Test Street", MARK].map(str::to_owned));
    let mut requests = 0;
    for line in TABLE.lines().filter(|line| !line.trim().is_empty()) {
        let (_, rest) = line.split_once(' ').expect("marks, then the route");
        let (route, body) =
            rest.split_once('|').map_or((rest.trim(), ""), |(route, body)| (route.trim(), body.trim()));
        // These routes end the sessions of this test or change the role of one of its people.
        if ["logout", "sessions", "sign-out", "/role/", "PATCH /api/staff/people"]
            .iter()
            .any(|part| route.contains(part))
        {
            continue;
        }
        let (method, path) = route.split_once(' ').expect("a method and a path");
        let is_page = !path.starts_with("/api/");
        let thing = thing(route).map(|kind| things[kind].to_string());
        let path = fill(&two, path, thing.as_deref());
        let pod = catalogue.service_by_slug("pod").expect("a pod").id.to_string();
        let body = body
            .replace("$pod", &pod)
            .replace("$time", "16:00")
            .replace("\"room_id\": 5", &format!("\"room_id\": {}", catalogue.rooms[0].id));
        let body = body.replace("room_id=5", &format!("room_id={}", catalogue.rooms[0].id));
        let (path, kind) = match (method, is_page) {
            ("GET", _) if !body.is_empty() => (format!("{path}?{body}"), None),
            ("GET", _) => (path, None),
            (_, true) => (path, Some("application/x-www-form-urlencoded")),
            (_, false) => (path, Some("application/json")),
        };
        let sent = if method == "GET" { Vec::new() } else { body.clone().into_bytes() };
        let method: Method = method.parse().expect("a method");
        let one = |player| if is_page { two.west_browser(player) } else { two.west(player) };
        for (who, guest) in [
            ("a visitor", two.app.visitor().with("host", WEST)),
            ("Bea, who owns the booking", one(BEA)),
            ("Ola, who owns the first club", one(OLA)),
            ("Uma, who owns this club", one(UMA)),
        ] {
            let answer = guest.send(method.clone(), &path, kind, sent.clone()).await;
            let what = format!("{who}: {method} {path}: {} {}", answer.status, answer.text());
            requests += 1;
            // The page of an unknown picture redirects to the list of pictures.
            if thing.is_some() && !route.contains("pictures/{id}") {
                assert!(['1', '3', '4', 'd'].contains(&mark(&answer)), "{what}");
            } else {
                assert!(answer.status < 500, "{what}");
            }
            // A response may repeat values of its request. The export covers all clubs.
            if path.contains("/privacy/export/") {
                continue;
            }
            let text = answer.text();
            let leaked = secrets.iter().find(|secret| {
                text.contains(secret.as_str())
                    && !path.contains(secret.as_str())
                    && !body.contains(secret.as_str())
            });
            assert!(leaked.is_none(), "the response contains {leaked:?}: {what}");
        }
    }
    assert!(requests > 500, "{requests}");
    let file = format!("/pictures/{}-960.jpg", things["picture"]);
    two.app.visitor().get(&file).await.expect(200);
    two.app.visitor().with("host", WEST).get(&file).await.expect(404);
    assert_eq!(first_club_snapshot(&two, &things).await, before);
    let discard = format!("/api/staff/jobs/{}/", things["job"]);
    two.app.as_(OLA).send(Method::DELETE, &discard, None, Vec::new()).await;
}

/// Fills the parameters of a path with values of the first club.
fn fill(two: &Two, path: &str, id: Option<&str>) -> String {
    let mut path = path.to_owned();
    if let Some(id) = id {
        path = path.replace("{id}", id);
    }
    for (place, part, with) in [("numbers/", "{name}", "hold_minutes"), ("plans/", "{slug}", "premium")] {
        if path.contains(place) {
            path = path.replace(part, with);
        }
    }
    let bea = two.app.person(BEA).to_string();
    path.replace("{action}", "leave")
        .replace("{plan}", "unlimited")
        .replace("{id}", &bea)
        .replace("{person}", &bea)
        .replace("{slug}", "massage")
        .replace("{name}", "none")
        .replace("{token}", "00")
}
