//! The response types of this crate.

use booking_rules::refusals::{OUTSIDE_WINDOW, PLAN_REQUIRED};
use booking_rules::{Closed, Status, iso};
use bookings::{Answer, Detail, FreeDay, Named, Slot, Why, clock, why, with_tax};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::{Cents, Id};
use membership::Tier;
use scheduling::begin;
use serde::Serialize;
use utoipa::ToSchema;

use catalogue::Catalogue;

/// Open times, and what you may do with them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Availability {
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// The same as `from`.
    #[schema(value_type = String, format = Date)]
    date: Date,
    days: Vec<DayOut>,
    user_privileges: Privileges,
    available_slots: Vec<Slot>,
    total_slots: usize,
    /// Why a single day has no times: it isn’t open yet.
    refused: Option<RefusedOut>,
}

/// One day of a range.
#[derive(Debug, Serialize, ToSchema)]
struct DayOut {
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// The number of start times.
    count: usize,
    /// The first start as `HH:MM`.
    first_start: Option<String>,
    from_price: Option<Cents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<RefusedOut>,
}

/// Why a day is not open to the person, and when it opens.
#[derive(Debug, Serialize, ToSchema)]
struct RefusedOut {
    code: &'static str,
    detail: String,
    opens_at: Option<String>,
    max_advance_days: i64,
}

/// What you may do.
#[derive(Debug, Serialize, ToSchema)]
struct Privileges {
    is_member: bool,
    is_vip: bool,
    has_priority_booking: bool,
    max_advance_days: i64,
    can_book_priority_slots: bool,
}

impl Availability {
    /// Returns the response for the result of a search, without its times. `days` says whether the days are listed.
    pub(crate) fn of(answer: &Answer, days: bool) -> Availability {
        let entitlements = answer.window.entitlements();
        let priority = entitlements.plan().is_some_and(|plan| plan.priority_booking);
        let only = answer.days.first().filter(|_| answer.days.len() == 1);
        let zone = &answer.catalogue.club.zone;
        let refused = match only.and_then(|day| day.closed) {
            Some(closed) => Some(RefusedOut::of(closed, zone)),
            None if answer.needs_plan => Some(RefusedOut::plan_required(answer.window.max_advance_days())),
            None => None,
        };
        Availability {
            from: answer.span.0,
            to: answer.span.1,
            date: answer.span.0,
            days: if days {
                answer.days.iter().map(|day| DayOut::of(day, answer)).collect()
            } else {
                Vec::new()
            },
            user_privileges: Privileges {
                is_member: entitlements.plan().is_some(),
                is_vip: entitlements.tier() == Tier::Unlimited,
                has_priority_booking: priority,
                max_advance_days: answer.window.max_advance_days(),
                // Release rules reserve times for tiers, and even the lowest tier can book some of them early (W3).
                can_book_priority_slots: entitlements.tier() > Tier::None,
            },
            available_slots: Vec::new(),
            total_slots: answer.offers.len(),
            refused,
        }
    }

    pub(crate) fn with_slots(self, available_slots: Vec<Slot>) -> Availability {
        Availability { available_slots, ..self }
    }
}

impl DayOut {
    fn of(day: &FreeDay, answer: &Answer) -> DayOut {
        let zone = &answer.catalogue.club.zone;
        let needs_plan = day.needs_plan.then(|| RefusedOut::plan_required(answer.window.max_advance_days()));
        DayOut {
            date: day.count.date,
            count: day.count.count,
            first_start: day.count.first.map(|cell| clock(zone, begin(cell))),
            from_price: day.from_price,
            refused: day.closed.map(|closed| RefusedOut::of(closed, zone)).or(needs_plan),
        }
    }
}

impl RefusedOut {
    fn plan_required(max_advance_days: i64) -> RefusedOut {
        let (code, detail) = (PLAN_REQUIRED.code, PLAN_REQUIRED.sentence.to_owned());
        RefusedOut { code, detail, opens_at: None, max_advance_days }
    }

    fn of(closed: Closed, zone: &TimeZone) -> RefusedOut {
        RefusedOut {
            code: OUTSIDE_WINDOW.code,
            detail: OUTSIDE_WINDOW.sentence.to_owned(),
            opens_at: Some(iso(zone, closed.opens_at)),
            max_advance_days: closed.max_advance_days,
        }
    }
}

/// A booking, as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BookingOut {
    id: Id,
    booking_reference: Option<String>,
    service: ServiceOut,
    /// The business day to which the start belongs. Hours after midnight belong to the day before.
    #[schema(value_type = String, format = Date)]
    date: Date,
    start_time: String,
    end_time: String,
    starts_at: String,
    ends_at: String,
    room: RoomOut,
    technicians: Vec<Named>,
    party: i64,
    guest_name: Option<String>,
    /// The name of the second guest, if the visit is for two.
    companion_name: Option<String>,
    special_requests: Option<String>,
    pricing: Pricing,
    status: &'static str,
    /// `due` at the front desk, `settled`, or `void`.
    payment_status: &'static str,
    can_cancel: bool,
    can_reschedule: bool,
    /// What canceling now would cost.
    cancel_cost: Cents,
    /// Its start before it was last rescheduled.
    rescheduled_from: Option<String>,
    /// How often it has been rescheduled.
    moves: i64,
    /// The first booking of its visit.
    visit_id: Option<Id>,
    /// The first booking of its series.
    series_id: Option<Id>,
    /// The fee due after a late cancellation or no-show.
    fee: Option<Cents>,
    /// When a hold expires.
    expires_at: Option<String>,
    created_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct ServiceOut {
    id: Id,
    name: String,
    slug: String,
    /// The length of the visit in minutes.
    duration: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct RoomOut {
    id: Id,
    name: String,
    #[serde(rename = "type")]
    kind: String,
}

/// The price and how it is made up.
#[derive(Debug, Serialize, ToSchema)]
struct Pricing {
    base_price: Cents,
    addons_total: Cents,
    discount_applied: Cents,
    tax: Cents,
    final_total: Cents,
    why: Vec<Why>,
}

impl BookingOut {
    pub(crate) fn of(catalogue: &Catalogue, detail: &Detail, now: Timestamp) -> BookingOut {
        let Detail { booking, .. } = detail;
        let zone = &catalogue.club.zone;
        let service = catalogue.service(booking.service);
        let room = catalogue.room(booking.room);
        let minutes = booking.ends_at.duration_since(booking.starts_at).as_mins();
        let can_cancel = booking.can_cancel(now);
        BookingOut {
            id: booking.id,
            booking_reference: booking.reference.clone(),
            service: ServiceOut {
                id: booking.service,
                name: service.map(|service| service.name.clone()).unwrap_or_default(),
                slug: service.map(|service| service.slug.clone()).unwrap_or_default(),
                duration: minutes,
            },
            date: booking.day,
            start_time: clock(zone, booking.starts_at),
            end_time: clock(zone, booking.ends_at),
            starts_at: iso(zone, booking.starts_at),
            ends_at: iso(zone, booking.ends_at),
            room: RoomOut {
                id: booking.room,
                name: room.map(|room| room.name.clone()).unwrap_or_default(),
                kind: room.map(|room| room.kind.clone()).unwrap_or_default(),
            },
            technicians: detail
                .technicians
                .iter()
                .map(|(id, name)| Named { id: *id, name: name.clone() })
                .collect(),
            party: booking.party.people,
            guest_name: booking.party.guest_name.clone(),
            companion_name: booking.party.companion_name.clone(),
            special_requests: booking.party.special_requests.clone(),
            pricing: Pricing {
                base_price: booking.price.base,
                addons_total: booking.price.addons_total,
                discount_applied: booking.price.discount,
                tax: booking.price.tax,
                final_total: booking.price.total(),
                why: with_tax(why(&detail.why), booking.price.tax),
            },
            status: booking.status.as_str(),
            payment_status: detail.payment_status.as_str(),
            can_cancel,
            can_reschedule: detail.can_move,
            cancel_cost: if can_cancel { detail.leaving.fee } else { Cents::ZERO },
            rescheduled_from: booking.moves.from.map(|at| iso(zone, at)),
            moves: booking.moves.count,
            visit_id: booking.group.visit,
            series_id: booking.group.series,
            fee: booking.cancellation.fee,
            expires_at: booking
                .hold
                .expires_at
                .filter(|_| booking.status == Status::Held)
                .map(|at| iso(zone, at)),
            created_at: iso(zone, booking.created_at),
        }
    }
}
