//! Cases in which the reference implementation found errors, each with a small test of its own.

use bookings::{Answer, BookingRequest, Extras, ReleaseRule, Search, When, begin, iso};
use catalogue::{Room, Service, SoldByTime, Technician};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kit::{Id, args, sql};
use membership::Tier;
use people::Actor;
use testing::{BEA, GUS, MAX, PIA, Player, TestClub};

const FRIDAY: Date = date(2026, 11, 27);

/// A service like one of the club's, with its own room and technicians.
struct New {
    service: Service,
    rooms: Vec<Room>,
    technicians: Vec<Technician>,
}

impl New {
    /// Returns a half-hour service in one room that never closes, without technicians.
    async fn like_a_pod(app: &TestClub) -> New {
        let catalogue = app.catalogue().await;
        let find =
            |slug: &str| catalogue.rooms.iter().find(|room| room.slug == slug).expect("a room").clone();
        let always = "mon-sun 00:00-00:00".parse().expect("hours");
        let room = Room { slug: "new".to_owned(), name: "New".to_owned(), hours: always, ..find("stone") };
        let pod = catalogue.services.iter().find(|one| one.slug == "pod").expect("a service").clone();
        let service = Service { slug: "new".to_owned(), name: "New".to_owned(), turnover: 0, ..pod };
        New { service, rooms: vec![room], technicians: Vec::new() }
    }

    fn by(mut self, skill: &str, hours: &str) -> New {
        let n = self.technicians.len();
        self.service.technicians = 1;
        self.technicians.push(Technician {
            id: Id(0),
            person: None,
            slug: format!("new-{n}"),
            name: format!("New {n}"),
            title: String::new(),
            bio: String::new(),
            skills: vec![skill.to_owned()],
            pad: 0,
            hours: hours.parse().expect("hours"),
            active: true,
        });
        self
    }

    async fn add(self, app: &TestClub) -> Id {
        let (club, New { service, rooms, technicians }) = (app.club(), self);
        let add = move |tx: &mut kit::Tx<'_>| {
            let mut ids = Vec::new();
            for room in &rooms {
                ids.push(catalogue::add_room(tx, club, room)?);
            }
            for technician in &technicians {
                catalogue::add_technician(tx, club, technician)?;
            }
            catalogue::add_service(tx, club, &Service { rooms: ids, ..service.clone() })
        };
        app.db().tx(add).await.expect("a service")
    }
}

fn search_for(service: Id, first: Date, last: Date) -> Search {
    Search {
        service,
        minutes: None,
        from: Some(first),
        to: Some(last),
        party: None,
        room: None,
        room_type: None,
        technician: None,
        ignoring: None,
        addons: Vec::new(),
        one_day: first == last,
        slots: true,
    }
}

async fn actor(app: &TestClub, player: Player) -> Actor {
    let id = app.person(player);
    Actor::of(app.db().view(move |tx| people::person(tx, id)).await.expect("a person"))
}

async fn search(app: &TestClub, player: Player, search_for: Search) -> Answer {
    let by = actor(app, player).await;
    app.db().view(move |tx| bookings::search(tx, &by, &search_for)).await.expect("an answer")
}

async fn starts(app: &TestClub, player: Player, service: Id, day: Date) -> Vec<String> {
    let answer = search(app, player, search_for(service, day, day)).await;
    let zone = answer.window.zone().clone();
    answer.offers.iter().map(|offer| iso(&zone, begin(offer.start))[11..16].to_owned()).collect()
}

fn request(service: Id, at: &str) -> BookingRequest {
    let moment: Timestamp = at.parse().expect("a time");
    BookingRequest {
        service,
        minutes: None,
        when: When::Moment(moment),
        room: None,
        technician: None,
        party: None,
        person: None,
        companion: None,
        extras: Extras::default(),
        then: Vec::new(),
    }
}

/// Returns the codes of the refusals of a booking request.
async fn why_not(app: &TestClub, player: Player, request: BookingRequest) -> Vec<&'static str> {
    let by = actor(app, player).await;
    let verdict = app.db().view(move |tx| bookings::why_not(tx, &by, &request)).await.expect("a verdict");
    let code = |error: &kit::Error| match error {
        kit::Error::Refused(refusal, _) => refusal.code,
        other => panic!("{other:?}"),
    };
    verdict.refusals.iter().map(code).collect()
}

async fn rule(app: &TestClub, rule: ReleaseRule) {
    let (by, club) = (actor(app, MAX).await, app.club());
    app.db().tx(move |tx| bookings::add_rule(tx, &by, club, &rule)).await.expect("a rule");
}

fn any_time() -> ReleaseRule {
    ReleaseRule {
        room_kinds: Vec::new(),
        services: Vec::new(),
        weekdays: Vec::new(),
        from: 0,
        to: 2_880,
        tier: Tier::None,
        release_hours: 0,
        factor_bp: 10_000,
        tags: Vec::new(),
    }
}

#[tokio::test]
async fn a_shift_that_began_the_night_before_still_counts() {
    let app = crate::open().await;
    let new = New::like_a_pod(&app).await.by("massage", "thu 22:00-02:00");
    let service = Service { skill: "massage".to_owned(), ..new.service.clone() };
    // Tom, Ada, and the new technician are skilled in massages. Only the hours at night matter here.
    let service = New { service, ..new }.add(&app).await;
    let found = starts(&app, GUS, service, FRIDAY).await;
    assert_eq!(found.iter().filter(|start| start.as_str() < "09:00").count(), 7, "{found:?}");
    assert_eq!(found.first().map(String::as_str), Some("00:00"));
}

#[tokio::test]
async fn adjacent_shifts_count_as_one() {
    let app = crate::open().await;
    let mut new = New::like_a_pod(&app).await.by("night", "mon-sun 00:00-01:00; mon-sun 22:00-00:00");
    "night".clone_into(&mut new.service.skill);
    new.service.minutes = 60;
    new.rooms[0].hours = "mon-sun 00:00-12:00; mon-sun 12:00-00:00".parse().expect("hours");
    let service = new.add(&app).await;
    let found = starts(&app, GUS, service, FRIDAY).await;
    // The shifts of two days touch at midnight, and so do the hours of the room: the last start of Friday ends on
    // Saturday.
    assert_eq!(found, ["00:00", "22:00", "22:15", "22:30", "22:45", "23:00", "23:15", "23:30", "23:45"]);
    let (by, request) = (actor(&app, GUS).await, request(service, "2026-11-27T23:45:00-05:00"));
    let booked = app.db().tx(move |tx| bookings::book(tx, &by, &request)).await.expect("a booking");
    assert_eq!(booked.day, FRIDAY);
}

#[tokio::test]
async fn any_technician_can_perform_a_service_without_a_skill() {
    let app = crate::open().await;
    let new = New::like_a_pod(&app).await.by("anything", "mon-sun 06:00-07:00");
    let service = new.add(&app).await;
    let found = starts(&app, GUS, service, FRIDAY).await;
    assert_eq!(found[..3], ["06:00", "06:15", "06:30"], "{found:?}");
}

/// Whether a plan applies on a day (W2) also decides about times reserved for members and services only for members.
#[tokio::test]
async fn a_plan_that_does_not_apply_on_a_day_unlocks_no_times_on_it() {
    let app = crate::open().await;
    rule(&app, ReleaseRule { tier: Tier::Base, release_hours: 1, ..any_time() }).await;
    let person = app.person(BEA);
    let leave = move |tx: &mut kit::Tx<'_>| {
        let statement = sql!("UPDATE memberships SET paid_until = $1, renews = FALSE WHERE person_id = $2");
        tx.run(statement, args![date(2026, 11, 26), person])
    };
    app.db().tx(leave).await.expect("she leaves");
    let (pod, circle) = (app.service("pod").await, app.service("circle").await);
    assert!(!starts(&app, BEA, pod, date(2026, 11, 26)).await.is_empty(), "her plan counts");
    assert!(starts(&app, BEA, pod, FRIDAY).await.is_empty(), "it does not any more");
    assert_eq!(why_not(&app, BEA, request(pod, "2026-11-27T12:00:00-05:00")).await, ["members_only"]);
    assert!(!starts(&app, BEA, circle, date(2026, 11, 26)).await.is_empty());
    assert!(starts(&app, BEA, circle, FRIDAY).await.is_empty());
    rule(&app, any_time()).await;
    let answer = search(&app, BEA, search_for(circle, date(2026, 11, 26), FRIDAY)).await;
    let needs: Vec<bool> = answer.days.iter().map(|day| day.needs_plan).collect();
    assert_eq!((needs, answer.needs_plan), (vec![false, true], false));
}

/// Refusals are in the order of the table, and staff get all of them.
#[tokio::test]
async fn a_closed_room_is_reported_before_a_party_that_is_too_large() {
    let app = crate::open().await;
    let massage = app.service("massage").await;
    let closed = BookingRequest { party: Some(9), ..request(massage, "2026-11-27T03:00:00-05:00") };
    assert_eq!(why_not(&app, GUS, closed.clone()).await, ["room_closed"]);
    let all = why_not(&app, MAX, closed.clone()).await;
    assert_eq!(all, ["room_closed", "technician_off", "capacity"]);
    let ira = app.technician("ira").await;
    let all = why_not(&app, MAX, BookingRequest { technician: Some(ira), ..closed }).await;
    assert_eq!(all, ["room_closed", "technician_off", "skill", "capacity"]);
    let open = BookingRequest { party: Some(9), ..request(massage, "2026-11-27T12:00:00-05:00") };
    assert_eq!(why_not(&app, GUS, open).await, ["capacity"]);
}

#[tokio::test]
async fn a_party_larger_than_the_service_allows_is_offered_no_times() {
    let app = crate::open().await;
    // The room takes two people, but a massage is for one.
    let massage = app.service("massage").await;
    let two = Search { party: Some(2), ..search_for(massage, FRIDAY, FRIDAY) };
    assert!(search(&app, GUS, two).await.offers.is_empty());
}

/// A rule may begin at any minute. The release mask for all starts and the terms of a single start must agree.
#[tokio::test]
async fn a_release_rule_may_begin_between_two_starts() {
    let app = crate::open().await;
    rule(&app, ReleaseRule { from: 722, to: 751, factor_bp: 12_000, ..any_time() }).await;
    let answer = search(&app, GUS, search_for(app.service("pod").await, FRIDAY, FRIDAY)).await;
    let zone = answer.window.zone().clone();
    let premium: Vec<String> = answer
        .offers
        .iter()
        .filter(|offer| offer.rooms[0].1.time > 10_000)
        .map(|offer| iso(&zone, begin(offer.start))[11..16].to_owned())
        .collect();
    assert_eq!(premium, ["12:15", "12:30"]);
    for offer in &answer.offers {
        let terms = answer.terms(offer.rooms[0].0, offer.date, offer.start);
        assert_eq!(terms.factor_bp, offer.rooms[0].1.time);
    }
}

/// The lowest price of a day is the price of one of its times: a cheaper room counts only if it is the one that is
/// offered (F3).
#[tokio::test]
async fn the_lowest_price_of_a_day_is_the_price_of_an_offered_time() {
    let app = crate::open().await;
    // The room of the kind `plain` has the lower room factor and is offered first, but its time factor makes it cost
    // more at every start.
    let duet_is_cheaper =
        ReleaseRule { room_kinds: vec!["plain".to_owned()], factor_bp: 15_000, ..any_time() };
    let mut new = New::like_a_pod(&app).await;
    "plain".clone_into(&mut new.rooms[0].kind);
    let dear =
        Room { slug: "dear".to_owned(), kind: "dear".to_owned(), premium_bp: 11_000, ..new.rooms[0].clone() };
    new.rooms.push(dear);
    let service = new.add(&app).await;
    rule(&app, duet_is_cheaper).await;
    let answer = search(&app, GUS, search_for(service, FRIDAY, FRIDAY)).await;
    let prices = answer.offers.iter().map(|offer| answer.quote(offer.date, offer.rooms[0].1).total());
    assert_eq!(answer.days[0].from_price, prices.min());
    assert_eq!(answer.days[0].from_price, Some(kit::Cents(6_750)), "45.00 times 1.50");
}

/// For services sold by time, the shortest length decides whether a gap can be sold (F4).
#[tokio::test]
async fn a_gap_can_be_sold_if_the_shortest_duration_fits() {
    let app = crate::open().await;
    let mut new = New::like_a_pod(&app).await;
    (new.service.minutes, new.service.sold_by_time) =
        (60, Some(SoldByTime { least: 30, most: 90, step: 30 }));
    let service = new.add(&app).await;
    let answer = search(&app, GUS, search_for(service, FRIDAY, FRIDAY)).await;
    let zone = answer.window.zone().clone();
    let gap = |start: &str| {
        let mut offers = answer.offers.iter();
        let offer = offers.find(|offer| &iso(&zone, begin(offer.start))[11..16] == start);
        offer.map(|offer| offer.lost_minutes)
    };
    assert_eq!(gap("00:30"), Some(0), "what lies before belongs to the night before");
    let (by, first) = (actor(&app, BEA).await, request(service, "2026-11-27T12:00:00-05:00"));
    app.db().tx(move |tx| bookings::book(tx, &by, &first)).await.expect("a booking");
    let answer = search(&app, GUS, search_for(service, FRIDAY, FRIDAY)).await;
    let lost = |start: &str| {
        let mut offers = answer.offers.iter();
        let offer = offers.find(|offer| &iso(&zone, begin(offer.start))[11..16] == start);
        offer.map(|offer| offer.lost_minutes)
    };
    assert_eq!((lost("13:15"), lost("13:30")), (Some(15), Some(0)));
}

/// A person who lets credits be used without asking sees the price with a credit (P3).
#[tokio::test]
async fn times_show_the_price_with_an_automatically_used_credit() {
    let app = crate::open().await;
    let massage = app.service("massage").await;
    let by = actor(&app, PIA).await;
    let price = |answer: &Answer| answer.quote(FRIDAY, answer.offers[0].rooms[0].1).total();
    let plain = search(&app, PIA, search_for(massage, FRIDAY, FRIDAY)).await;
    assert_eq!(price(&plain), kit::Cents(13_000));
    app.db().tx(move |tx| membership::set_auto_credit(tx, &by, true)).await.expect("she lets them");
    let shown = search(&app, PIA, search_for(massage, FRIDAY, FRIDAY)).await;
    assert_eq!((price(&shown), shown.days[0].from_price), (kit::Cents(0), Some(kit::Cents(0))));
}

/// A quarter past midnight belongs to Friday in the room that is open late, and to Saturday in the one that opens
/// early.
#[tokio::test]
async fn a_start_on_two_business_days_can_be_booked_in_both_rooms() {
    let app = crate::open().await;
    let mut new = New::like_a_pod(&app).await;
    new.rooms[0].hours = "fri 20:00-02:00".parse().expect("hours");
    let early = Room {
        slug: "early".to_owned(),
        name: "Zed".to_owned(),
        hours: "sat 00:00-06:00".parse().expect("hours"),
        ..new.rooms[0].clone()
    };
    new.rooms.push(early);
    let service = new.add(&app).await;
    let mut days = Vec::new();
    for player in [BEA, PIA] {
        let by = actor(&app, player).await;
        let request = request(service, "2026-11-28T00:15:00-05:00");
        let booked = app.db().tx(move |tx| bookings::book(tx, &by, &request)).await.expect("a booking");
        days.push(booked.day);
    }
    assert_eq!(days, [FRIDAY, date(2026, 11, 28)]);
}

/// If the night of one room reaches into the next day of another room, both days have the same start. It must be
/// listed once.
#[tokio::test]
async fn a_start_on_two_business_days_is_listed_once() {
    let app = crate::open().await;
    let mut new = New::like_a_pod(&app).await;
    let late = Room {
        slug: "late".to_owned(),
        name: "Late".to_owned(),
        hours: "mon-sun 12:00-02:00".parse().expect("hours"),
        ..new.rooms[0].clone()
    };
    new.rooms[0].capacity = 1;
    new.rooms.push(Room { capacity: 1, ..late });
    let service = new.add(&app).await;
    let at = "2026-11-28T00:30:00-05:00";
    let by = actor(&app, BEA).await;
    // Both rooms are taken at half past midnight.
    for player in [PIA, MAX] {
        let (by, request) = (actor(&app, player).await, request(service, at));
        app.db().tx(move |tx| bookings::book(tx, &by, &request)).await.expect("booked");
    }
    let request = request(service, at);
    let verdict = app.db().view(move |tx| bookings::why_not(tx, &by, &request)).await.expect("a verdict");
    let Some(kit::Error::Refused(_, details)) = verdict.refusals.first() else { panic!("{verdict:?}") };
    let alternatives = details.get(bookings::ALTERNATIVES).expect("a list");
    let starts: Vec<jiff::Timestamp> = alternatives.iter().map(|one| one.start).collect();
    let distinct: std::collections::BTreeSet<&jiff::Timestamp> = starts.iter().collect();
    assert_eq!(starts.len(), distinct.len(), "{starts:?}");
    assert_eq!(starts.len(), 6, "{starts:?}");
}
