//! "Why not?": what speaks against one start, in the order of the table.

use jiff::civil::Date;

use crate::calendar::{date_of, is_open};
use crate::free::Asked;
use crate::model::{Moment, World};
use crate::who::Kept;

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum No {
    /// The day opens later.
    OutsideWindow {
        /// When.
        opens: Moment,
        /// How many days ahead.
        days: i64,
    },
    /// Kept for Unlimited members (or above Base).
    VipOnly(Moment),
    /// Kept for members.
    MembersOnly(Moment),
    /// The service needs a plan.
    PlanRequired,
    /// No room is open then.
    RoomClosed,
    /// Nobody with the skill works then.
    TechnicianOff,
    /// Nobody has the skill.
    Skill,
    /// Only our own time to prepare or clean is missing.
    Turnover,
    /// No room is large enough.
    Capacity,
    /// Blocked by hand, or out of use.
    Maintenance,
    /// Only the piece is missing.
    Equipment,
    /// Somebody was quicker.
    Taken,
    /// The person is booked elsewhere.
    SamePerson,
    /// Less than an hour ahead.
    TooLate,
}

impl World {
    /// Everything that speaks against a start, the first first. Empty is: it can be booked.
    ///
    /// `taken` stands after what the person may not (decision 7); it is said where nothing else explains why nothing fits.
    pub fn why_not(&self, asked: &Asked<'_>, day: Date, start: Moment) -> Vec<No> {
        let mut found = Vec::new();
        let (service, person) = (self.service(asked.service), asked.person);
        let today = date_of(&self.zone, asked.now);
        let end = start + asked.minutes * 60;

        let window = self.window(person, day, asked.now);
        if !window.is_open {
            found.push(No::OutsideWindow { opens: window.opens, days: window.days });
        }

        let large = self.rooms_for(asked);
        let open: Vec<_> =
            large.iter().copied().filter(|room| is_open(&self.zone, &room.hours, start, end)).collect();
        // Kept in every room that could serve; of several, the one that opens first is told (decision 7).
        let rooms = if open.is_empty() { &large } else { &open };
        let kept: Vec<_> = rooms
            .iter()
            .map(|room| self.term(person, (service.id, room.id), day, start, asked.now).kept)
            .collect();
        let mut blocked = false;
        if !kept.is_empty() && kept.iter().all(Option::is_some) {
            let opens = |kept: &Kept| match kept {
                Kept::Blocked => Moment::MAX,
                Kept::Vip(at) | Kept::Members(at) => *at,
            };
            match kept.iter().flatten().min_by_key(|kept| opens(kept)) {
                Some(Kept::Vip(at)) => found.push(No::VipOnly(*at)),
                Some(Kept::Members(at)) => found.push(No::MembersOnly(*at)),
                Some(Kept::Blocked) => blocked = true,
                None => {}
            }
        }
        if service.member_only && !person.staff && person.plan_on(day, today).is_none() {
            found.push(No::PlanRequired);
        }

        let asked_rooms: Vec<_> = self
            .rooms
            .iter()
            .filter(|room| service.rooms.contains(&room.id) && asked.room.is_none_or(|id| id == room.id))
            .collect();
        let in_use: Vec<_> = asked_rooms.iter().filter(|room| room.active).collect();
        if !in_use.iter().any(|room| is_open(&self.zone, &room.hours, start, end)) && !in_use.is_empty() {
            found.push(No::RoomClosed);
        }
        let skilled = self.skilled(service);
        let named_can = asked.technician.is_none_or(|id| skilled.iter().any(|one| one.id == id));
        let enough = skilled.len() as i64 >= service.technicians && named_can;
        if service.technicians > 0 {
            let at_work = |hours: &[crate::model::Shift]| is_open(&self.zone, hours, start, end);
            let working = skilled.iter().filter(|one| at_work(&one.hours)).count() as i64;
            let named_works =
                asked.technician.is_none_or(|id| at_work(&self.technician(id).hours));
            if !named_works || (enough && working < service.technicians) {
                found.push(No::TechnicianOff);
            }
            if !enough {
                found.push(No::Skill);
            }
        }
        // The guest's own time is free somewhere, only ours around it is not.
        let guest_fits = |room: &&&crate::model::Room| self.fullest(room.id, start, end) < room.units;
        let whole_fits = |room: &&&crate::model::Room| self.room_units_left(asked, room, start) > 0;
        let no_room = !open.is_empty() && !open.iter().any(|room| whole_fits(&room));
        if no_room && open.iter().any(|room| guest_fits(&room)) {
            found.push(No::Turnover);
        }
        if !in_use.is_empty() && large.is_empty() {
            found.push(No::Capacity);
        }
        if blocked || (!asked_rooms.is_empty() && in_use.is_empty()) {
            found.push(No::Maintenance);
        }
        let no_piece = !service.equipment.is_empty() && self.pieces_at(asked, start).is_empty();
        let here = self.technicians_at(asked, start);
        let no_hands = service.technicians > 0
            && ((here.len() as i64) < service.technicians
                || asked.technician.is_some_and(|id| !here.iter().any(|one| one.id == id)));
        if no_piece && !no_room && !no_hands && !open.is_empty() {
            found.push(No::Equipment);
        }
        let fits = open.iter().any(|room| self.is_possible(asked, room, start));
        let explained = found.iter().any(|no| {
            matches!(
                no,
                No::RoomClosed
                    | No::TechnicianOff
                    | No::Skill
                    | No::Turnover
                    | No::Capacity
                    | No::Maintenance
                    | No::Equipment
            )
        });
        if !fits && !explained {
            found.push(No::Taken);
        }
        if let Some(id) = person.id
            && self.fullest(id, start, end) > 0
        {
            found.push(No::SamePerson);
        }
        if !person.staff && start < asked.now + self.lead * 60 {
            found.push(No::TooLate);
        }
        found
    }
}
