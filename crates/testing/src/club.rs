//! The club for the tests: as small as possible, with one of everything.
//!
//! | room  | capacity | units | factor | open             |
//! |-------|----------|-------|--------|------------------|
//! | stone | 1        | 1     | 1.00   | daily 9-21       |
//! | duet  | 2        | 1     | 1.10   | daily 9-21       |
//! | suite | 2        | 1     | 1.00   | fri-sat 12-01    |
//! | pods  | 1        | 4     | 1.00   | daily 8-22       |
//! | lawn  | 6        | 1     | 1.00   | daily 9-21       |
//!
//! The lawn is sold by time: one to three hours, in steps of half an hour. Tom (daily 9-17) and Ada (daily 9-21)
//! give massages. Ira (mon-fri 10-18) operates the laser, of which there is one.

use catalogue::{Addon, Brand, Category, Club, Equipment, Hours, Room, Service, SoldByTime, Technician};
use jiff::tz::TimeZone;
use kit::{Cents, Fault, Id, Result, Tx};
use membership::{Plan, Tier};
use money::LineKind;
use people::Role;

use crate::cast::{CAST, CastMember, enrol, enter};

pub(crate) struct Founded {
    pub(crate) club: Id,
    pub(crate) cast: Vec<CastMember>,
}

pub(crate) fn found(tx: &mut Tx<'_>) -> Result<Founded> {
    let club = catalogue::add_club(
        tx,
        &Club {
            slug: "small".to_owned(),
            hosts: Vec::new(),
            id: Id(0),
            name: "The Small Club".to_owned(),
            zone: TimeZone::get("America/New_York").map_err(Fault::because)?,
            currency: "USD".to_owned(),
            address: "1 Test Street, New York".to_owned(),
            phone: "+1 212 555 0100".to_owned(),
            email: "hello@small.test".to_owned(),
        },
    )?;
    for (kind, rate) in [(LineKind::Service, 0), (LineKind::Goods, 800), (LineKind::Fee, 0)] {
        money::set_rate(tx, club, kind, rate, "The rates of the tests.")?;
    }
    let cast = CAST.iter().map(|player| enter(tx, *player)).collect::<Result<Vec<CastMember>>>()?;
    let plans = [
        ("base", plan(tx, club, "Base", Tier::Base, (37_500, 2_500, 30), Some(0), 0)?),
        ("premium", plan(tx, club, "Premium", Tier::Premium, (70_000, 3_500, 60), Some(2), 1)?),
        ("unlimited", plan(tx, club, "Unlimited", Tier::Unlimited, (165_000, 10_000, 90), None, 5)?),
    ];
    for known in &cast {
        if let Some((_, plan)) = plans.iter().find(|(slug, _)| known.player.plan == Some(*slug)) {
            enrol(tx, club, known.id, *plan)?;
        }
    }
    let tom = cast.iter().find(|known| known.player.role == Role::Technician).map(|known| known.id);
    offer(tx, club, tom)?;
    Ok(Founded { club, cast })
}

fn plan(
    tx: &mut Tx<'_>,
    club: Id,
    name: &str,
    tier: Tier,
    (cents, discount_bp, days): (i64, i64, i64),
    monthly_credits: Option<i64>,
    guest_passes: i64,
) -> Result<Id> {
    let plan = Plan {
        id: Id(0),
        slug: name.to_lowercase(),
        name: name.to_owned(),
        price: Cents(cents),
        short_description: format!("The plan {name}."),
        benefits: vec!["Members' prices".to_owned()],
        discount_bp,
        tier,
        max_advance_days: days,
        monthly_credits,
        guest_passes,
        mensuite_access: true,
        coresync_private_access: tier > Tier::Base,
        iot_control_access: true,
        concierge: tier > Tier::Base,
        priority_booking: tier == Tier::Unlimited,
        featured: tier == Tier::Premium,
        position: tier as i64,
    };
    membership::add_plan(tx, club, &plan)
}

const DAILY: &str = "mon-sun 09:00-21:00";

fn offer(tx: &mut Tx<'_>, club: Id, tom: Option<Id>) -> Result<()> {
    let body = category(tx, club, "bodywork", Brand::Mensuite)?;
    let private = category(tx, club, "private", Brand::Private)?;
    let quiet = category(tx, club, "quiet", Brand::Shared)?;
    let led = addon(tx, club, "led", "LED", 5_000)?;
    let aroma = addon(tx, club, "aroma", "Aroma oils", 1_500)?;
    let laser =
        Equipment { id: Id(0), slug: "laser".to_owned(), name: "Laser".to_owned(), reset: 15, active: true };
    let laser = catalogue::add_equipment(tx, club, &laser)?;
    let stone = room(tx, club, ("stone", "massage", Brand::Mensuite), (1, 1, 10_000), DAILY)?;
    let duet = room(tx, club, ("duet", "massage", Brand::Mensuite), (2, 1, 11_000), DAILY)?;
    let suite = room(tx, club, ("suite", "suite", Brand::Private), (2, 1, 10_000), "fri-sat 12:00-01:00")?;
    let pods = room(tx, club, ("pods", "meditation", Brand::Shared), (1, 4, 10_000), "mon-sun 08:00-22:00")?;
    let lawn = room(tx, club, ("lawn", "backyard", Brand::Shared), (6, 1, 10_000), DAILY)?;
    technician(tx, club, "tom", "massage", "mon-sun 09:00-17:00", tom)?;
    technician(tx, club, "ada", "massage", DAILY, None)?;
    technician(tx, club, "ira", "laser", "mon-fri 10:00-18:00", None)?;

    let massage = Service {
        technicians: 1,
        skill: "massage".to_owned(),
        featured: true,
        rooms: vec![stone, duet],
        addons: vec![led, aroma],
        tags: vec!["mensuite".to_owned()],
        ..service(body, "massage", (20_000, 15_000), (60, 10, 15))
    };
    let couples = Service {
        party: 2,
        max_capacity: 2,
        technicians: 2,
        skill: "massage".to_owned(),
        rooms: vec![duet],
        addons: vec![led],
        ..service(body, "couples", (36_000, 30_000), (60, 10, 15))
    };
    let private_suite = Service {
        party: 2,
        max_capacity: 2,
        featured: true,
        rooms: vec![suite],
        tags: vec!["coresync-private".to_owned()],
        ..service(private, "suite", (30_000, 24_000), (120, 15, 30))
    };
    let pod = Service { rooms: vec![pods], ..service(quiet, "pod", (4_500, 3_500), (30, 0, 5)) };
    let circle = Service {
        member_only: true,
        rooms: vec![stone],
        ..service(quiet, "circle", (10_000, 8_000), (45, 0, 0))
    };
    let lasering = Service {
        technicians: 1,
        skill: "laser".to_owned(),
        rooms: vec![stone, duet],
        equipment: vec![laser],
        tags: vec!["mensuite".to_owned()],
        ..service(body, "laser", (25_000, 20_000), (45, 5, 10))
    };
    let hours_outside = Service {
        max_capacity: 6,
        sold_by_time: Some(SoldByTime { least: 60, most: 180, step: 30 }),
        rooms: vec![lawn],
        ..service(quiet, "lawn", (12_000, 9_000), (60, 0, 15))
    };
    for service in [massage, couples, private_suite, pod, circle, lasering, hours_outside] {
        catalogue::add_service(tx, club, &service)?;
    }
    Ok(())
}

fn named(slug: &str) -> String {
    let (first, rest) = slug.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

fn category(tx: &mut Tx<'_>, club: Id, slug: &str, brand: Brand) -> Result<Id> {
    let description = format!("All of {slug}.");
    let category = Category { id: Id(0), slug: slug.to_owned(), name: named(slug), brand, description };
    catalogue::add_category(tx, club, &category)
}

fn addon(tx: &mut Tx<'_>, club: Id, slug: &str, name: &str, cents: i64) -> Result<Id> {
    let (slug, name, description) = (slug.to_owned(), name.to_owned(), String::new());
    catalogue::add_addon(
        tx,
        club,
        &Addon { id: Id(0), slug, name, description, cents: Cents(cents), active: true },
    )
}

fn room(
    tx: &mut Tx<'_>,
    club: Id,
    (slug, kind, brand): (&str, &str, Brand),
    (capacity, units, premium_bp): (i64, i64, i64),
    hours: &str,
) -> Result<Id> {
    let room = Room {
        id: Id(0),
        slug: slug.to_owned(),
        name: named(slug),
        kind: kind.to_owned(),
        brand,
        capacity,
        units,
        premium_bp,
        features: vec!["warm floor".to_owned()],
        has_iot: slug == "suite",
        description: String::new(),
        hours: hours.parse::<Hours>().map_err(Fault::because)?,
        active: true,
    };
    catalogue::add_room(tx, club, &room)
}

fn technician(
    tx: &mut Tx<'_>,
    club: Id,
    slug: &str,
    skill: &str,
    hours: &str,
    person: Option<Id>,
) -> Result<Id> {
    let technician = Technician {
        id: Id(0),
        person,
        slug: slug.to_owned(),
        name: named(slug),
        title: "Therapist".to_owned(),
        bio: String::new(),
        skills: vec![skill.to_owned()],
        pad: 10,
        hours: hours.parse::<Hours>().map_err(Fault::because)?,
        active: true,
    };
    catalogue::add_technician(tx, club, &technician)
}

fn service(
    category: Id,
    slug: &str,
    (list, member): (i64, i64),
    (minutes, setup, turnover): (i64, i64, i64),
) -> Service {
    Service {
        id: Id(0),
        category,
        slug: slug.to_owned(),
        name: named(slug),
        short_description: format!("{} for the tests.", named(slug)),
        description: format!("Everything about {slug}."),
        list: Cents(list),
        member: Cents(member),
        minutes,
        setup,
        turnover,
        party: 1,
        max_capacity: 1,
        technicians: 0,
        skill: String::new(),
        featured: false,
        member_only: false,
        active: true,
        tags: Vec::new(),
        main_image: None,
        gallery_images: Vec::new(),
        video_url: None,
        sold_by_time: None,
        rooms: Vec::new(),
        equipment: Vec::new(),
        addons: Vec::new(),
    }
}
