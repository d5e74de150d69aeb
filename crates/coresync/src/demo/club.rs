//! Sets up the demonstration club: its services, its plans, and its people.

use std::collections::HashMap;

use bookings::ReleaseRule;
use catalogue as cat;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use kit::{Fault, Id, Result, Tx};
use membership::{NewMembership, Plan, Tier};
use money::LineKind;
use people::{Actor, NewPerson, Role};

use super::script::{self, DOMAIN, Script};

/// The guests of the demonstration club.
pub(super) struct Cast {
    /// People who can't sign in: the guests of the generated bookings.
    pub(super) guests: Vec<Id>,
    /// The demonstration accounts, by the part of the email address before the `@`.
    pub(super) accounts: HashMap<&'static str, Id>,
}

type Slugs = HashMap<String, Id>;

pub(super) fn found(tx: &mut Tx<'_>, script: &Script, password_hash: &str) -> Result<Cast> {
    let club = add_club(tx, &script.club)?;
    money::set_rate(tx, club, LineKind::Service, 0, "Services of the demonstration club are untaxed.")?;
    money::set_rate(tx, club, LineKind::Goods, 800, "Sales tax of the demonstration club.")?;
    money::set_rate(tx, club, LineKind::Fee, 0, "Fees follow the service they belong to.")?;
    let accounts = accounts(tx, password_hash)?;
    offer(tx, script, club, accounts.get("technician").copied())?;
    let plans = plans(tx, script, club)?;
    for name in ["base", "premium", "unlimited"] {
        if let (Some(person), Some(plan)) = (accounts.get(name), plans.get(name)) {
            enrol(tx, club, *person, *plan, 200)?;
        }
    }
    if let Some(manager) = accounts.get("manager") {
        keep_evenings(tx, club, *manager)?;
    }
    let guests = guests(tx, script, club, &plans)?;
    Ok(Cast { guests, accounts })
}

/// Reserves the suites on evenings from Friday to Sunday: for Unlimited members until 72 hours before, for all members
/// until 48 hours before, and at a price that is a fifth higher (W3).
fn keep_evenings(tx: &mut Tx<'_>, club: Id, manager: Id) -> Result<()> {
    let by = Actor::of(people::person(tx, manager)?);
    for (tier, release_hours) in [(Tier::Unlimited, 72), (Tier::Base, 48)] {
        let rule = ReleaseRule {
            room_kinds: vec!["suite".to_owned()],
            services: Vec::new(),
            weekdays: vec![5, 6, 7],
            from: 17 * 60,
            to: 22 * 60,
            tier,
            release_hours,
            factor_bp: 12_000,
            tags: vec!["peak_hour".to_owned(), "weekend".to_owned()],
        };
        bookings::add_rule(tx, &by, club, &rule)?;
    }
    Ok(())
}

fn add_club(tx: &mut Tx<'_>, club: &script::Club) -> Result<Id> {
    let club = cat::Club {
        slug: "main".to_owned(),
        hosts: Vec::new(),
        id: Id(0),
        name: club.name.clone(),
        zone: TimeZone::get(&club.zone).map_err(Fault::because)?,
        currency: club.currency.clone(),
        address: club.address.clone(),
        phone: club.phone.clone(),
        email: club.email.clone(),
    };
    cat::add_club(tx, &club)
}

/// Adds everything that can be booked: categories, add-ons, equipment, rooms, technicians, and services.
fn offer(tx: &mut Tx<'_>, script: &Script, club: Id, technician: Option<Id>) -> Result<()> {
    let (mut categories, mut addons, mut rooms, mut equipment) =
        (Slugs::new(), Slugs::new(), Slugs::new(), Slugs::new());
    for one in &script.category {
        let (slug, name, description) = (one.slug.clone(), one.name.clone(), one.description.clone());
        let category = cat::Category { id: Id(0), slug, name, brand: one.brand, description };
        categories.insert(one.slug.clone(), cat::add_category(tx, club, &category)?);
    }
    for one in &script.addon {
        let (slug, name, description) = (one.slug.clone(), one.name.clone(), one.description.clone());
        let addon = cat::Addon { id: Id(0), slug, name, description, cents: one.price, active: true };
        addons.insert(one.slug.clone(), cat::add_addon(tx, club, &addon)?);
    }
    for one in &script.equipment {
        let (slug, name) = (one.slug.clone(), one.name.clone());
        let piece = cat::Equipment { id: Id(0), slug, name, reset: one.reset_minutes, active: true };
        equipment.insert(one.slug.clone(), cat::add_equipment(tx, club, &piece)?);
    }
    for one in &script.room {
        rooms.insert(one.slug.clone(), cat::add_room(tx, club, &room(one))?);
    }
    for (place, one) in script.technician.iter().enumerate() {
        // The first technician is the person who signs in as `technician@`.
        let person = technician.filter(|_| place == 0);
        cat::add_technician(tx, club, &technician_of(one, person))?;
    }
    for one in &script.service {
        let category = id_of(&categories, &one.category)?;
        let service = cat::Service {
            category,
            rooms: ids_of(&rooms, &one.rooms)?,
            equipment: ids_of(&equipment, &one.equipment)?,
            addons: ids_of(&addons, &one.addons)?,
            ..service(one)
        };
        cat::add_service(tx, club, &service)?;
    }
    Ok(())
}

fn id_of(slugs: &Slugs, slug: &str) -> Result<Id> {
    slugs
        .get(slug)
        .copied()
        .ok_or_else(|| Fault::because(format!("demo/club.toml names {slug}, which is not in it")))
}

fn ids_of(slugs: &Slugs, names: &[String]) -> Result<Vec<Id>> {
    names.iter().map(|name| id_of(slugs, name)).collect()
}

fn room(one: &script::Room) -> cat::Room {
    cat::Room {
        id: Id(0),
        slug: one.slug.clone(),
        name: one.name.clone(),
        kind: one.kind.clone(),
        brand: one.brand,
        capacity: one.capacity,
        units: one.units,
        premium_bp: one.premium_bp,
        features: one.features.clone(),
        has_iot: one.has_iot,
        description: one.description.clone(),
        hours: one.hours.clone(),
        active: true,
    }
}

/// The minutes that a technician keeps free after each booking (F1).
const PAD: i64 = 10;

fn technician_of(one: &script::Technician, person: Option<Id>) -> cat::Technician {
    cat::Technician {
        id: Id(0),
        person,
        slug: one.slug.clone(),
        name: one.name.clone(),
        title: one.title.clone(),
        bio: one.bio.clone(),
        skills: one.skills.clone(),
        pad: PAD,
        hours: one.shifts.clone(),
        active: true,
    }
}

fn service(one: &script::Service) -> cat::Service {
    cat::Service {
        id: Id(0),
        category: Id(0),
        slug: one.slug.clone(),
        name: one.name.clone(),
        short_description: one.short_description.clone(),
        description: one.description.clone(),
        list: one.list_price,
        member: one.member_price,
        minutes: one.duration,
        setup: one.setup,
        turnover: one.turnover,
        party: one.party,
        max_capacity: one.max_capacity,
        technicians: one.technicians,
        skill: one.skill.clone(),
        featured: one.featured,
        member_only: one.member_only,
        active: true,
        tags: one.tags.clone(),
        main_image: None,
        gallery_images: Vec::new(),
        video_url: None,
        sold_by_time: one.sold_by_time.as_ref().map(|by_time| cat::SoldByTime {
            least: by_time.least,
            most: by_time.most,
            step: by_time.step,
        }),
        rooms: Vec::new(),
        equipment: Vec::new(),
        addons: Vec::new(),
    }
}

fn plans(tx: &mut Tx<'_>, script: &Script, club: Id) -> Result<Slugs> {
    let mut plans = Slugs::new();
    for one in &script.plan {
        let tier = Tier::read(one.slug.clone())
            .ok_or_else(|| Fault::because(format!("demo/club.toml: no rule ranks the plan {}", one.slug)))?;
        let plan = Plan {
            id: Id(0),
            slug: one.slug.clone(),
            name: one.name.clone(),
            price: one.price,
            short_description: one.short_description.clone(),
            benefits: one.benefits.clone(),
            discount_bp: one.discount_percent * 100,
            tier,
            max_advance_days: one.max_advance_days,
            monthly_credits: (one.monthly_service_credits >= 0).then_some(one.monthly_service_credits),
            guest_passes: one.guest_passes,
            mensuite_access: one.mensuite_access,
            coresync_private_access: one.coresync_private_access,
            iot_control_access: one.iot_control_access,
            concierge: one.concierge,
            priority_booking: one.priority_booking,
            featured: one.featured,
            position: one.order,
        };
        plans.insert(one.slug.clone(), membership::add_plan(tx, club, &plan)?);
    }
    Ok(plans)
}

/// The demonstration accounts: name, first name, last name, and role. There is at least one for each role and plan.
const ACCOUNTS: [(&str, &str, &str, Role); 8] = [
    ("guest", "Gale", "Amory", Role::Account),
    ("base", "Basil", "Ferro", Role::Account),
    ("premium", "Petra", "Lindqvist", Role::Account),
    ("unlimited", "Uma", "Castellanos", Role::Account),
    ("technician", "Tobias", "Renner", Role::Technician),
    ("desk", "Delphine", "Okoye", Role::FrontDesk),
    ("manager", "Mira", "Sandoval", Role::Manager),
    ("owner", "Orson", "Whitlock", Role::Owner),
];

fn accounts(tx: &mut Tx<'_>, password_hash: &str) -> Result<HashMap<&'static str, Id>> {
    let mut accounts = HashMap::new();
    for (name, first_name, last_name, role) in ACCOUNTS {
        let new = NewPerson {
            email: Some(format!("{name}@{DOMAIN}")),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            phone: None,
            role,
            birthday: None,
            password_hash: Some(password_hash.to_owned()),
            verified: true,
        };
        accounts.insert(name, people::add(tx, &new)?.id);
    }
    Ok(accounts)
}

/// Adds guests without a password. Every third is a member.
fn guests(tx: &mut Tx<'_>, script: &Script, club: Id, plans: &Slugs) -> Result<Vec<Id>> {
    let mut guests = Vec::new();
    let ladder: Vec<Id> =
        ["base", "base", "premium", "unlimited"].iter().filter_map(|s| plans.get(*s)).copied().collect();
    for (place, one) in script.guest.iter().enumerate() {
        let new = NewPerson {
            email: None,
            first_name: one.first.clone(),
            last_name: one.last.clone(),
            phone: None,
            role: Role::Account,
            birthday: None,
            password_hash: None,
            verified: false,
        };
        let person = people::add(tx, &new)?.id;
        if place % 3 == 0
            && let Some(plan) = ladder.get(place / 3 % ladder.len().max(1))
        {
            // Spreads the days on which they joined.
            let days = 45 + i64::try_from(place).map_err(Fault::because)? * 37 % 320;
            enrol(tx, club, person, *plan, days)?;
        }
        guests.push(person);
    }
    Ok(guests)
}

/// Enrolls a member who joined `days` days ago, has paid for the current billing month and no further (M7), and renews.
fn enrol(tx: &mut Tx<'_>, club: Id, person: Id, plan: Id, days: i64) -> Result<()> {
    let zone = catalogue::current(tx)?.club.zone.clone();
    let today = tx.now().to_zoned(zone).date();
    let started_on = today.checked_sub(days.days()).map_err(Fault::because)?;
    let paid_until = membership::paid_through(started_on, today)?;
    let new = NewMembership::active(person, plan, (started_on, paid_until));
    membership::enrol(tx, club, &new).map(drop)
}
