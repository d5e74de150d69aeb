//! The club as plain data.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Whatever names a thing.
pub type Id = i64;

/// Seconds since 1970.
pub type Moment = i64;

/// From when to when on one weekday, in minutes of the clock from its midnight, past 1440 after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// 1 is Monday.
    pub weekday: i64,
    /// The first minute.
    pub opens: i64,
    /// The minute after the last.
    pub closes: i64,
}

/// A room.
#[derive(Debug, Clone)]
pub struct Room {
    /// Its id.
    pub id: Id,
    /// Its type.
    pub kind: String,
    /// People in one booking.
    pub capacity: i64,
    /// Bookings at once.
    pub units: i64,
    /// Basis points.
    pub factor: i64,
    /// When it is open.
    pub hours: Vec<Shift>,
    /// In use.
    pub active: bool,
}

/// A technician.
#[derive(Debug, Clone)]
pub struct Technician {
    /// Its id.
    pub id: Id,
    /// What they can do.
    pub skills: Vec<String>,
    /// Minutes kept free after each booking.
    pub pad: i64,
    /// When they work.
    pub hours: Vec<Shift>,
    /// Working here.
    pub active: bool,
}

/// A piece of equipment.
#[derive(Debug, Clone)]
pub struct Equipment {
    /// Its id.
    pub id: Id,
    /// Minutes until it can be used again.
    pub reset: i64,
    /// In use.
    pub active: bool,
}

/// An add-on.
#[derive(Debug, Clone)]
pub struct Addon {
    /// Its id.
    pub id: Id,
    /// Its price.
    pub cents: i64,
}

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its id.
    pub id: Id,
    /// List price.
    pub list: i64,
    /// Member price.
    pub member: i64,
    /// Duration; of what is sold by time, how long the price is for.
    pub minutes: i64,
    /// The least duration of what is sold by time (F9).
    pub least: Option<i64>,
    /// Before.
    pub setup: i64,
    /// After.
    pub turnover: i64,
    /// People, unless asked otherwise.
    pub party: i64,
    /// People at most.
    pub most: i64,
    /// Technicians at the same time.
    pub technicians: i64,
    /// What they must be able to do; empty is nothing in particular.
    pub skill: String,
    /// For who has a plan.
    pub member_only: bool,
    /// Rooms that serve it.
    pub rooms: Vec<Id>,
    /// Equipment of which it needs one piece; empty is none.
    pub equipment: Vec<Id>,
}

/// How rules rank a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Visitor, account.
    None,
    /// Base.
    Base,
    /// Premium.
    Premium,
    /// Unlimited.
    Unlimited,
}

/// A person's plan.
#[derive(Debug, Clone)]
pub struct Membership {
    /// How rules rank it.
    pub rank: Rank,
    /// Percent off, in basis points.
    pub discount: i64,
    /// Days ahead.
    pub days: i64,
    /// Credits a billing month; none is without limit.
    pub credits: Option<i64>,
    /// Active or in grace, as it was written down: time takes that away ([`crate::Person::plan_on`]).
    pub counts: bool,
    /// The first day.
    pub started: Date,
    /// The last day that is paid.
    pub paid_until: Date,
    /// Set to renew after that.
    pub renews: bool,
    /// Uses credits unasked.
    pub auto_credit: bool,
    /// The first and the last day without benefits (M6).
    pub frozen: Option<(Date, Date)>,
    /// The days of the sessions that used a credit.
    pub used: Vec<Date>,
}

/// Who asks.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Their id; nobody without an account has one.
    pub id: Option<Id>,
    /// Works at the desk.
    pub staff: bool,
    /// Their plan.
    pub plan: Option<Membership>,
}

/// What stands in the calendar.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Its id.
    pub id: Id,
    /// What.
    pub service: Id,
    /// Where.
    pub room: Id,
    /// By whom.
    pub technicians: Vec<Id>,
    /// With what.
    pub equipment: Option<Id>,
    /// For whom.
    pub people: Vec<Id>,
    /// When the guest's time begins.
    pub start: Moment,
    /// For how long.
    pub minutes: i64,
}

/// A release rule (W3).
#[derive(Debug, Clone)]
pub struct Rule {
    /// Room types; none is all.
    pub kinds: Vec<String>,
    /// Services; none is all.
    pub services: Vec<Id>,
    /// Weekdays, 1 is Monday; none is all.
    pub weekdays: Vec<i64>,
    /// From this minute of the operating day.
    pub from: i64,
    /// To before this one.
    pub to: i64,
    /// For whom.
    pub rank: Rank,
    /// Until so many hours before.
    pub hours: i64,
    /// Basis points.
    pub factor: i64,
}

/// What was decided by hand about one start in one room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nobody.
    Block,
    /// Everybody, without a factor.
    Open,
    /// At this factor.
    Reprice(i64),
    /// For this rank until so many hours before.
    Keep(Rank, i64),
}

/// A decision by hand (W3).
#[derive(Debug, Clone)]
pub struct Hand {
    /// In which room.
    pub room: Id,
    /// For which start.
    pub start: Moment,
    /// What.
    pub decision: Decision,
}

/// Everything.
#[derive(Debug, Clone)]
pub struct World {
    /// The club's zone.
    pub zone: TimeZone,
    /// Its rooms.
    pub rooms: Vec<Room>,
    /// Its technicians.
    pub technicians: Vec<Technician>,
    /// Its equipment.
    pub equipment: Vec<Equipment>,
    /// What it sells.
    pub services: Vec<Service>,
    /// What goes with it.
    pub addons: Vec<Addon>,
    /// Its release rules.
    pub rules: Vec<Rule>,
    /// What was decided by hand.
    pub hands: Vec<Hand>,
    /// What is claimed of everybody and everything: by which booking, from when to when.
    pub claims: BTreeMap<Id, Vec<(Id, Moment, Moment)>>,
    /// When rooms are open and technicians work, as moments: see [`World::unroll`].
    pub open: BTreeMap<Id, Vec<Open>>,
    /// Days ahead without a plan (W1).
    pub account_days: i64,
    /// Minutes ahead, online (W1).
    pub lead: i64,
    /// Minutes after its start until which staff enter a visit (W1).
    pub walk_in: i64,
    /// What is blocked: which room, technician or piece, from when to when.
    pub blocks: Vec<(Id, Moment, Moment)>,
}

impl World {
    /// The service of this id.
    pub fn service(&self, id: Id) -> &Service {
        self.services.iter().find(|one| one.id == id).expect("a service of this club")
    }

    /// The room of this id.
    pub fn room(&self, id: Id) -> &Room {
        self.rooms.iter().find(|one| one.id == id).expect("a room of this club")
    }

    /// The technician of this id.
    pub fn technician(&self, id: Id) -> &Technician {
        self.technicians.iter().find(|one| one.id == id).expect("a technician of this club")
    }

    /// The equipment of this id.
    pub fn piece(&self, id: Id) -> &Equipment {
        self.equipment.iter().find(|one| one.id == id).expect("equipment of this club")
    }
}

/// A shift as it falls on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// The day on which it begins.
    pub day: Date,
    /// Its first moment.
    pub from: Moment,
    /// The moment after its last.
    pub to: Moment,
}
