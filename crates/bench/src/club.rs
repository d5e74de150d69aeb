//! Creates a club of a given size: its services, its members, and its guests.

use catalogue as cat;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use kit::{AppState, Cents, Fault, Id, Result, Tx, args, sql, tokens};
use membership::{NewMembership, Plan, Tier};
use money::LineKind;
use people::{NewPerson, Role};

/// The size of a club.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// The number of rooms, and also the number of technicians.
    pub(crate) rooms: usize,
}

/// The number of members who book during the measurement. There are so many that none reaches the limit of upcoming
/// bookings.
pub(crate) const MEMBERS: usize = 2_000;
/// The number of guests of the past and future bookings.
const GUESTS: usize = 2_000;
/// The hours of every room and every technician on every day.
const HOURS: &str = "mon-sun 09:00-23:00";
const SKILL: &str = "bodywork";
const WORDS: &str = "Skilled hands, warm oil and a door that closes softly. Tell us where it hurts and we begin there, \
                     without hurry, under a low light; afterwards there is tea, still water and a chair by the window.";

/// Returns the access token of the n-th member, who is signed in already: hashing a password for each member would take
/// minutes.
pub(crate) fn token(n: usize) -> String {
    format!("token of member {n} of the bench")
}

/// Creates the club and returns its guests. Every room serves every service, and every technician can perform it, so
/// that a search has to consider the whole club.
pub(crate) async fn found(app: &AppState, size: Size) -> Result<Vec<Id>> {
    app.db
        .tx(move |tx| {
            let club = add_club(tx)?;
            offer(tx, club, size)?;
            let plan = membership::add_plan(tx, club, &plan())?;
            for n in 0..MEMBERS {
                let person = add_person(tx, Some(format!("member-{n}@bench.coresync.test")))?;
                enrol(tx, club, person, plan)?;
                sign_in(tx, person, &token(n))?;
            }
            (0..GUESTS).map(|_| add_person(tx, None)).collect()
        })
        .await
}

fn add_club(tx: &mut Tx<'_>) -> Result<Id> {
    let club = cat::Club {
        slug: "main".to_owned(),
        hosts: Vec::new(),
        id: Id(0),
        name: "Bench".to_owned(),
        zone: TimeZone::get("America/New_York").map_err(Fault::because)?,
        currency: "USD".to_owned(),
        address: "18 Quillon Street".to_owned(),
        phone: "+1 212 555 0142".to_owned(),
        email: "hello@bench.coresync.test".to_owned(),
    };
    let club = cat::add_club(tx, &club)?;
    money::set_rate(tx, club, LineKind::Service, 0, "untaxed")?;
    money::set_rate(tx, club, LineKind::Goods, 800, "sales tax")?;
    money::set_rate(tx, club, LineKind::Fee, 0, "untaxed")?;
    Ok(club)
}

fn offer(tx: &mut Tx<'_>, club: Id, size: Size) -> Result<()> {
    let hours: cat::Hours = HOURS.parse().map_err(Fault::because)?;
    let mut categories = Vec::new();
    for (slug, brand) in [("massage", cat::Brand::Mensuite), ("suites", cat::Brand::Private)] {
        let (slug, name) = (slug.to_owned(), slug.to_uppercase());
        let category = cat::Category { id: Id(0), slug, name, brand, description: WORDS.to_owned() };
        categories.push(cat::add_category(tx, club, &category)?);
    }
    let mut rooms = Vec::new();
    for n in 0..size.rooms {
        let room = cat::Room {
            id: Id(0),
            slug: format!("room-{n}"),
            name: format!("Room {n}"),
            kind: if n % 2 == 0 { "massage" } else { "suite" }.to_owned(),
            brand: cat::Brand::Shared,
            capacity: 2,
            units: 1,
            premium_bp: if n % 4 == 3 { 11_000 } else { 10_000 },
            features: ["Rain shower", "Heated table", "Sound"].map(str::to_owned).to_vec(),
            has_iot: n % 2 == 0,
            description: WORDS.to_owned(),
            hours: hours.clone(),
            active: true,
        };
        rooms.push(cat::add_room(tx, club, &room)?);
        let technician = cat::Technician {
            id: Id(0),
            person: None,
            slug: format!("technician-{n}"),
            name: format!("Technician {n}"),
            title: "Therapist".to_owned(),
            bio: WORDS.to_owned(),
            skills: vec![SKILL.to_owned()],
            pad: 10,
            hours: hours.clone(),
            active: true,
        };
        cat::add_technician(tx, club, &technician)?;
    }
    for n in 0..16_i64 {
        let list = Cents(9_000 + n * 500);
        let service = cat::Service {
            id: Id(0),
            category: categories[usize::from(n >= 8)],
            slug: format!("service-{n}"),
            name: format!("Service {n}"),
            short_description: "Firm, slow and thorough.".to_owned(),
            description: WORDS.to_owned(),
            list,
            member: Cents(list.0 * 8 / 10),
            minutes: [30, 45, 60, 90][usize::try_from(n % 4).unwrap_or(0)],
            setup: 5,
            turnover: 15,
            party: 1,
            max_capacity: 2,
            technicians: 1,
            skill: SKILL.to_owned(),
            featured: n % 4 == 0,
            member_only: false,
            active: true,
            tags: vec!["mensuite".to_owned()],
            main_image: None,
            gallery_images: Vec::new(),
            video_url: None,
            sold_by_time: None,
            rooms: rooms.clone(),
            equipment: Vec::new(),
            addons: Vec::new(),
        };
        cat::add_service(tx, club, &service)?;
    }
    Ok(())
}

/// Returns a plan with a window of ninety days, so that no day of a search is closed, and without credits, so that
/// every booking has a price.
fn plan() -> Plan {
    Plan {
        id: Id(0),
        slug: "unlimited".to_owned(),
        name: "Unlimited".to_owned(),
        price: Cents(75_000),
        short_description: "Everything.".to_owned(),
        benefits: vec!["Ninety days ahead".to_owned()],
        discount_bp: 2_500,
        tier: Tier::Unlimited,
        max_advance_days: 90,
        monthly_credits: Some(0),
        guest_passes: 2,
        mensuite_access: true,
        coresync_private_access: true,
        iot_control_access: true,
        concierge: true,
        priority_booking: true,
        featured: true,
        position: 1,
    }
}

fn add_person(tx: &mut Tx<'_>, email: Option<String>) -> Result<Id> {
    let new = NewPerson {
        email,
        first_name: "Robin".to_owned(),
        last_name: "Marlowe".to_owned(),
        phone: None,
        role: Role::Account,
        birthday: None,
        password_hash: None,
        verified: true,
    };
    people::add(tx, &new).map(|person| person.id)
}

fn enrol(tx: &mut Tx<'_>, club: Id, person: Id, plan: Id) -> Result<()> {
    let today = tx.now().to_zoned(TimeZone::UTC).date();
    let date = |days: i64| today.checked_add(days.days()).map_err(Fault::because);
    let new = NewMembership::active(person, plan, (date(-200)?, date(20)?));
    membership::enrol(tx, club, &new).map(drop)
}

fn sign_in(tx: &mut Tx<'_>, person: Id, token: &str) -> Result<()> {
    let (id, now) = (tx.new_id()?, tx.now());
    tx.run(
        sql!(
            "INSERT INTO sessions (id, person_id, kind, token_digest, family, created_at, expires_at)
             VALUES ($1, $2, 'access', $3, $1, $4, $5)"
        ),
        args![id, person, tokens::digest(token), now, now + jiff::SignedDuration::from_hours(24 * 365)],
    )
    .map(drop)
}
