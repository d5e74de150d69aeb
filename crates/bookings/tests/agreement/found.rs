//! Creates a random club in a real database, through the public functions of the crates.

use std::sync::atomic::{AtomicI64, Ordering};

use catalogue::{Brand, Club, Hours, SoldByTime};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::{Cents, Id, Result, Tx, args, sql};
use membership::{MembershipStatus, NewMembership, Plan, Tier};
use money::LineKind;
use people::{NewPerson, Role};
use reference::{Membership, Person, Rank, World};

/// Ids of clubs count down, because the club with the lowest id is the current one. So no table has to be emptied.
static BEFORE_ALL: AtomicI64 = AtomicI64::new(1_000_000_000);

fn found_first(tx: &mut Tx<'_>, zone: TimeZone) -> Result<Id> {
    let (club, first) =
        (catalogue::add_club(tx, &named_club(zone))?, BEFORE_ALL.fetch_sub(1, Ordering::SeqCst));
    tx.run(sql!("UPDATE clubs SET id = $1 WHERE id = $2"), args![first, club])?;
    kit::clubs::added(tx, Id(first))?;
    Ok(Id(first))
}

/// A club after it was created.
#[derive(Debug, Clone)]
pub(crate) struct Founded {
    /// The same club with the ids of the database.
    pub(crate) world: World,
    /// The people, each with an id.
    pub(crate) people: Vec<Person>,
    /// The manager of the club.
    pub(crate) manager: people::Person,
}

/// Creates the club for these people.
pub(crate) fn found(tx: &mut Tx<'_>, drawn: &World, drawn_people: &[Person]) -> Result<Founded> {
    let club = found_first(tx, drawn.zone.clone())?;
    for kind in [LineKind::Service, LineKind::Goods, LineKind::Fee] {
        money::set_rate(tx, club, kind, 0, "untaxed")?;
    }
    let mut world = drawn.clone();
    let category = catalogue::Category {
        id: Id(0),
        slug: "all".to_owned(),
        name: "All".to_owned(),
        brand: Brand::Shared,
        description: String::new(),
    };
    let category = catalogue::add_category(tx, club, &category)?;
    add_things(tx, club, &mut world)?;
    add_services(tx, club, category, drawn, &mut world)?;
    let manager = add_person(tx, Role::Manager)?;
    let by = people::Actor::of(manager.clone());
    for rule in &mut world.rules {
        rule.services = rule
            .services
            .iter()
            .map(|place| world.services[usize::try_from(*place).expect("a place")].id)
            .collect();
        bookings::add_rule(tx, &by, club, &crate::scene::product_rule(rule))?;
    }
    let mut people = Vec::new();
    for (n, person) in drawn_people.iter().enumerate() {
        let id = add_person(tx, Role::Account)?.id;
        if let Some(plan) = &person.plan {
            join(tx, club, id, plan, n)?;
        }
        people.push(Person { id: Some(id.0), ..person.clone() });
    }
    Ok(Founded { world, people, manager })
}

fn named_club(zone: TimeZone) -> Club {
    let text = || "-".to_owned();
    Club {
        slug: format!("club{}", BEFORE_ALL.load(Ordering::SeqCst)),
        hosts: Vec::new(),
        id: Id(0),
        name: text(),
        zone,
        currency: "USD".to_owned(),
        address: text(),
        phone: text(),
        email: text(),
    }
}

fn hours(shifts: &[reference::Shift]) -> Hours {
    let shift = |one: &reference::Shift| catalogue::Shift {
        weekday: one.weekday,
        opens: one.opens,
        closes: one.closes,
    };
    Hours(shifts.iter().map(shift).collect())
}

fn add_things(tx: &mut Tx<'_>, club: Id, world: &mut World) -> Result<()> {
    for room in &mut world.rooms {
        let new = catalogue::Room {
            id: Id(0),
            slug: format!("room-{}", room.id),
            // The order of the names differs from the order of the ids.
            name: format!("Room {}", 9 - room.id),
            kind: room.kind.clone(),
            brand: Brand::Shared,
            capacity: room.capacity,
            units: room.units,
            premium_bp: room.factor,
            features: Vec::new(),
            has_iot: false,
            description: String::new(),
            hours: hours(&room.hours),
            active: room.active,
        };
        room.id = catalogue::add_room(tx, club, &new)?.0;
    }
    for one in &mut world.technicians {
        let new = catalogue::Technician {
            id: Id(0),
            person: None,
            slug: format!("technician-{}", one.id),
            name: format!("Technician {}", 9 - one.id),
            title: String::new(),
            bio: String::new(),
            skills: one.skills.clone(),
            pad: one.pad,
            hours: hours(&one.hours),
            active: one.active,
        };
        one.id = catalogue::add_technician(tx, club, &new)?.0;
    }
    for piece in &mut world.equipment {
        let slug = format!("piece-{}", piece.id);
        let new = catalogue::Equipment {
            id: Id(0),
            name: slug.clone(),
            slug,
            reset: piece.reset,
            active: piece.active,
        };
        piece.id = catalogue::add_equipment(tx, club, &new)?.0;
    }
    for addon in &mut world.addons {
        let slug = format!("addon-{}", addon.id);
        let new = catalogue::Addon {
            id: Id(0),
            name: slug.clone(),
            slug,
            description: String::new(),
            cents: Cents(addon.cents),
            active: true,
        };
        addon.id = catalogue::add_addon(tx, club, &new)?.0;
    }
    Ok(())
}

fn add_services(tx: &mut Tx<'_>, club: Id, category: Id, drawn: &World, world: &mut World) -> Result<()> {
    for (new, drawn) in world.services.iter_mut().zip(&drawn.services) {
        let place = |place: &i64| usize::try_from(*place).expect("a place");
        new.rooms = drawn.rooms.iter().map(|at| world.rooms[place(at)].id).collect();
        new.equipment = drawn.equipment.iter().map(|at| world.equipment[place(at)].id).collect();
        let ids = |of: &[i64]| of.iter().copied().map(Id).collect::<Vec<Id>>();
        let slug = format!("service-{}", drawn.id);
        let sold_by_time =
            drawn.least.map(|least| SoldByTime { least, most: drawn.minutes.max(least) + 60, step: 5 });
        let service = catalogue::Service {
            id: Id(0),
            category,
            name: slug.clone(),
            slug,
            short_description: String::new(),
            description: String::new(),
            list: Cents(new.list),
            member: Cents(new.member),
            minutes: new.minutes,
            sold_by_time,
            setup: new.setup,
            turnover: new.turnover,
            party: new.party,
            max_capacity: new.most,
            technicians: new.technicians,
            skill: new.skill.clone(),
            featured: false,
            member_only: new.member_only,
            active: true,
            tags: Vec::new(),
            main_image: None,
            gallery_images: Vec::new(),
            video_url: None,
            rooms: ids(&new.rooms),
            equipment: ids(&new.equipment),
            addons: world.addons.iter().map(|addon| Id(addon.id)).collect(),
        };
        new.id = catalogue::add_service(tx, club, &service)?.0;
    }
    Ok(())
}

fn add_person(tx: &mut Tx<'_>, role: Role) -> Result<people::Person> {
    let new = NewPerson {
        email: None,
        first_name: "A".to_owned(),
        last_name: "Person".to_owned(),
        phone: None,
        role,
        birthday: None,
        password_hash: None,
        verified: true,
    };
    people::add(tx, &new)
}

pub(crate) fn tier(rank: Rank) -> Tier {
    match rank {
        Rank::None => Tier::None,
        Rank::Base => Tier::Base,
        Rank::Premium => Tier::Premium,
        Rank::Unlimited => Tier::Unlimited,
    }
}

fn join(tx: &mut Tx<'_>, club: Id, person: Id, member: &Membership, n: usize) -> Result<()> {
    let slug = format!("plan-{n}");
    let plan = Plan {
        id: Id(0),
        name: slug.clone(),
        slug,
        price: Cents(10_000),
        short_description: String::new(),
        benefits: Vec::new(),
        discount_bp: member.discount,
        tier: tier(member.rank),
        max_advance_days: member.days,
        monthly_credits: member.credits,
        guest_passes: 0,
        mensuite_access: true,
        coresync_private_access: true,
        iot_control_access: true,
        concierge: false,
        priority_booking: false,
        featured: false,
        position: 1,
    };
    let plan = membership::add_plan(tx, club, &plan)?;
    // A plan in grace applies as if it were paid, but a suspended one does not.
    let status = match (member.counts, n % 2) {
        (true, 0) => MembershipStatus::Active,
        (true, _) => MembershipStatus::Grace,
        (false, _) => MembershipStatus::Suspended,
    };
    let new = NewMembership {
        person,
        plan,
        status,
        started_on: member.started,
        paid_until: member.paid_until,
        renews: member.renews,
    };
    let id = membership::enrol(tx, club, &new)?;
    let (from, until): (Option<Date>, Option<Date>) = member.frozen.unzip();
    tx.run(
        sql!("UPDATE memberships SET auto_credit = $1, frozen_from = $2, frozen_until = $3 WHERE id = $4"),
        args![member.auto_credit, from, until, id],
    )
    .map(drop)
}
