//! The club as plain data.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The id of any resource, person, or booking.
pub type Id = i64;

/// A moment, in seconds since 1970.
pub type Moment = i64;

/// The hours of one weekday, in minutes of the clock from its midnight; values above 1440 are after the next midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// The weekday; 1 is Monday.
    pub weekday: i64,
    /// The first minute of the shift, counted from midnight.
    pub opens: i64,
    /// The minute after the last one.
    pub closes: i64,
}

/// A room.
#[derive(Debug, Clone)]
pub struct Room {
    /// The id of the room.
    pub id: Id,
    /// The type of the room.
    pub kind: String,
    /// The maximum number of people in one booking.
    pub capacity: i64,
    /// The number of bookings at once.
    pub units: i64,
    /// The price factor in basis points.
    pub factor: i64,
    /// The weekly opening hours.
    pub hours: Vec<Shift>,
    /// Whether the room is in use.
    pub active: bool,
}

/// A technician.
#[derive(Debug, Clone)]
pub struct Technician {
    /// The id of the technician.
    pub id: Id,
    /// The skills of the technician.
    pub skills: Vec<String>,
    /// The minutes kept free after each booking.
    pub pad: i64,
    /// The weekly working hours.
    pub hours: Vec<Shift>,
    /// Whether the technician works at the club.
    pub active: bool,
}

/// A piece of equipment.
#[derive(Debug, Clone)]
pub struct Equipment {
    /// The id of the piece.
    pub id: Id,
    /// The minutes until it can be used again.
    pub reset: i64,
    /// Whether the piece is in use.
    pub active: bool,
}

/// An add-on.
#[derive(Debug, Clone)]
pub struct Addon {
    /// The id of the add-on.
    pub id: Id,
    /// The price in cents.
    pub cents: i64,
}

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    /// The id of the service.
    pub id: Id,
    /// The list price in cents.
    pub list: i64,
    /// The member price in cents.
    pub member: i64,
    /// The duration in minutes. For a service that is sold by time, the duration that the price is for.
    pub minutes: i64,
    /// The minimum duration in minutes of a service that is sold by time (F9).
    pub least: Option<i64>,
    /// The set-up time before the guest's time, in minutes.
    pub setup: i64,
    /// The turnover time after the guest's time, in minutes.
    pub turnover: i64,
    /// The number of people, unless requested otherwise.
    pub party: i64,
    /// The maximum number of people.
    pub most: i64,
    /// The number of technicians who serve at the same time.
    pub technicians: i64,
    /// The required skill; empty if none is required.
    pub skill: String,
    /// Whether the service is for members only.
    pub member_only: bool,
    /// The rooms that serve it.
    pub rooms: Vec<Id>,
    /// The equipment of which it needs one piece; empty if it needs none.
    pub equipment: Vec<Id>,
}

/// The tier by which the rules rank a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A visitor, or an account without a plan.
    None,
    /// The Base plan.
    Base,
    /// The Premium plan.
    Premium,
    /// The Unlimited plan.
    Unlimited,
}

/// A person's plan.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The tier of the plan.
    pub rank: Rank,
    /// The discount in basis points.
    pub discount: i64,
    /// The booking window in days.
    pub days: i64,
    /// The credits per billing month; `None` means no limit.
    pub credits: Option<i64>,
    /// Whether it is recorded as active or in grace. It can still end with time ([`crate::Person::plan_on`]).
    pub counts: bool,
    /// The first day on which the plan applies.
    pub started: Date,
    /// The last day that is paid.
    pub paid_until: Date,
    /// Whether it renews after that.
    pub renews: bool,
    /// Whether credits are used automatically.
    pub auto_credit: bool,
    /// The first and the last day without benefits (M6).
    pub frozen: Option<(Date, Date)>,
    /// The days of the sessions that used a credit.
    pub used: Vec<Date>,
}

/// The person who searches or books.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// The id of the person; `None` for a person without an account.
    pub id: Option<Id>,
    /// Whether the person works at the front desk.
    pub staff: bool,
    /// The plan of the person.
    pub plan: Option<Membership>,
}

/// A booking in the calendar.
#[derive(Debug, Clone)]
pub struct Booking {
    /// The id of the booking.
    pub id: Id,
    /// The id of the service.
    pub service: Id,
    /// The id of the room.
    pub room: Id,
    /// The ids of the technicians.
    pub technicians: Vec<Id>,
    /// The id of the piece of equipment, if any.
    pub equipment: Option<Id>,
    /// The ids of the people who come.
    pub people: Vec<Id>,
    /// When the guest's time begins.
    pub start: Moment,
    /// The duration in minutes.
    pub minutes: i64,
}

/// A release rule (W3).
#[derive(Debug, Clone)]
pub struct Rule {
    /// The room types; empty means all.
    pub kinds: Vec<String>,
    /// The services; empty means all.
    pub services: Vec<Id>,
    /// The weekdays, where 1 is Monday; empty means all.
    pub weekdays: Vec<i64>,
    /// The first minute of the operating day.
    pub from: i64,
    /// The minute after the last one.
    pub to: i64,
    /// The tier that the time is reserved for.
    pub rank: Rank,
    /// The hours before the start until which the time is reserved.
    pub hours: i64,
    /// The price factor in basis points.
    pub factor: i64,
}

/// An override of one start in one room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The start can't be booked by anyone.
    Block,
    /// The start is open to everyone, without a factor.
    Open,
    /// The start has this factor, in basis points.
    Reprice(i64),
    /// The start is reserved for this tier until this many hours before.
    Keep(Rank, i64),
}

/// An override with its room and start (W3).
#[derive(Debug, Clone)]
pub struct StartOverride {
    /// The id of the room.
    pub room: Id,
    /// The start to which the decision applies.
    pub start: Moment,
    /// What was decided about the start.
    pub decision: Decision,
}

/// The whole club.
#[derive(Debug, Clone)]
pub struct World {
    /// The club's time zone.
    pub zone: TimeZone,
    /// The rooms of the club.
    pub rooms: Vec<Room>,
    /// The technicians of the club.
    pub technicians: Vec<Technician>,
    /// The equipment of the club.
    pub equipment: Vec<Equipment>,
    /// The services of the club.
    pub services: Vec<Service>,
    /// The add-ons of the club.
    pub addons: Vec<Addon>,
    /// The release rules of the club.
    pub rules: Vec<Rule>,
    /// The overrides of single times.
    pub overrides: Vec<StartOverride>,
    /// The claims by resource: the id of the booking, the first moment, and the moment after the last.
    pub claims: BTreeMap<Id, Vec<(Id, Moment, Moment)>>,
    /// The shifts of rooms and technicians as moments (see [`World::unroll`]).
    pub open: BTreeMap<Id, Vec<Open>>,
    /// The booking window without a plan, in days (W1).
    pub account_days: i64,
    /// The minimum minutes between booking and start, online (W1).
    pub lead: i64,
    /// The minutes after its start until which staff can enter a visit (W1).
    pub walk_in: i64,
    /// The blocks: a room, technician, or piece of equipment, the first moment, and the moment after the last.
    pub blocks: Vec<(Id, Moment, Moment)>,
}

impl World {
    /// Returns the service with this id.
    pub fn service(&self, id: Id) -> &Service {
        self.services.iter().find(|one| one.id == id).expect("a service of this club")
    }

    /// Returns the room with this id.
    pub fn room(&self, id: Id) -> &Room {
        self.rooms.iter().find(|one| one.id == id).expect("a room of this club")
    }

    /// Returns the technician with this id.
    pub fn technician(&self, id: Id) -> &Technician {
        self.technicians.iter().find(|one| one.id == id).expect("a technician of this club")
    }

    /// Returns the piece of equipment with this id.
    pub fn piece(&self, id: Id) -> &Equipment {
        self.equipment.iter().find(|one| one.id == id).expect("equipment of this club")
    }
}

/// A shift on a certain day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// The day on which it begins.
    pub day: Date,
    /// The first moment of the shift.
    pub from: Moment,
    /// The moment after the last one.
    pub to: Moment,
}
