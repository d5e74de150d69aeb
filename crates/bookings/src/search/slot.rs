//! Offers as slots with their price and rank, for search results and for the alternatives in a refusal.

use booking_rules::iso;
use catalogue::Catalogue;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::{Cents, DetailKey, Id};
use membership::Tier;
use scheduling::{Offer, begin, cells};
use serde::Serialize;
use utoipa::ToSchema;

use crate::search::free_times::{Answer, Why, why};

/// The next best times, which a refusal carries.
pub const ALTERNATIVES: DetailKey<Vec<Slot>> = DetailKey::new("alternatives");

/// A start time that can be booked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Slot {
    /// Identifies the start in this response: service, start in UTC seconds.
    id: String,
    /// The business day to which the start belongs. Hours after midnight belong to the day before.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// `HH:MM` in the club’s local time.
    start_time: String,
    /// `HH:MM` in the club’s local time.
    end_time: String,
    /// The start; `starts_at` is the same moment as clients read it.
    #[serde(skip)]
    pub start: Timestamp,
    starts_at: String,
    ends_at: String,
    room_id: Id,
    /// The name of the room.
    pub room_name: String,
    room_type: String,
    technicians: Vec<Named>,
    /// Your price, before tax and without add-ons. When rescheduling (`moving`), with both.
    pub price: Cents,
    member_price: Cents,
    non_member_price: Cents,
    why: Vec<Why>,
    is_premium_slot: bool,
    available_spots: i64,
    max_capacity: i64,
    features: Vec<String>,
    has_iot_control: bool,
    tags: Vec<String>,
    priority_info: Priority,
    /// 1 is the best: the least unsellable time is left beside it, then the earliest (F4).
    rank: usize,
}

/// For whom a start is reserved, and until when.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Priority {
    is_priority_slot: bool,
    vip_only: bool,
    member_only_until: Option<String>,
    vip_only_until: Option<String>,
}

/// A person or thing, by id and name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Named {
    /// The id of the room or technician.
    pub id: Id,
    /// The name that guests read.
    pub name: String,
}

impl Named {
    /// Returns a room with its name.
    pub fn room(catalogue: &Catalogue, id: Id) -> Named {
        Named { id, name: catalogue.room(id).map(|room| room.name.clone()).unwrap_or_default() }
    }

    /// Returns a technician with their name.
    pub fn technician(catalogue: &Catalogue, id: Id) -> Named {
        Named { id, name: catalogue.technician(id).map(|one| one.name.clone()).unwrap_or_default() }
    }
}

/// Converts offers with their ranks to the slots of a search result.
pub fn slots(answer: &Answer, offers: &[(usize, Offer)]) -> Vec<Slot> {
    offers.iter().filter_map(|(rank, offer)| slot(answer, offer, *rank)).collect()
}

/// Returns offers in their original order with their ranks (F4): rank 1 leaves the least unsellable time, then begins
/// first. All offers are ranked before some are selected, because building a slot costs more than a rank.
pub fn ranked(offers: Vec<Offer>) -> Vec<(usize, Offer)> {
    let mut order: Vec<usize> = (0..offers.len()).collect();
    order.sort_by_key(|place| offers.get(*place).map(|offer| (offer.lost_minutes, offer.start)));
    let mut ranks = vec![0; offers.len()];
    for (rank, place) in (1..).zip(order) {
        if let Some(slot) = ranks.get_mut(place) {
            *slot = rank;
        }
    }
    ranks.into_iter().zip(offers).collect()
}

fn slot(answer: &Answer, offer: &Offer, rank: usize) -> Option<Slot> {
    let (service, catalogue) = (answer.service(), &answer.catalogue);
    let zone = &catalogue.club.zone;
    let (room, factors) = *offer.rooms.first()?;
    let room = catalogue.room(room)?;
    let (starts_at, ends_at) = (begin(offer.start), begin(offer.start + cells(answer.minutes)));
    let (quote, tax) = answer.quoted(offer.date, factors);
    let terms = answer.terms(room.id, offer.date, offer.start);
    let now = answer.window.requester().now;
    let (vip_until, member_until) = (terms.reserved_for(Tier::Unlimited), terms.reserved_for(Tier::Base));
    let serving = usize::try_from(service.technicians).unwrap_or(0);
    let technicians = offer.technicians.iter().take(serving).filter_map(|id| catalogue.technician(*id));
    Some(Slot {
        id: format!("{}-{}", service.id, starts_at.as_second()),
        date: offer.date,
        start_time: clock(zone, starts_at),
        end_time: clock(zone, ends_at),
        start: starts_at,
        starts_at: iso(zone, starts_at),
        ends_at: iso(zone, ends_at),
        room_id: room.id,
        room_name: room.name.clone(),
        room_type: room.kind.clone(),
        technicians: technicians.map(|one| Named { id: one.id, name: one.name.clone() }).collect(),
        price: quote.total() + tax,
        member_price: service.member,
        non_member_price: service.list,
        why: with_tax(why(&quote.lines), tax),
        is_premium_slot: terms.is_premium(),
        available_spots: offer.open_count,
        max_capacity: room.capacity,
        features: room.features.clone(),
        has_iot_control: room.has_iot,
        tags: service.tags.iter().chain(&terms.tags).cloned().collect(),
        priority_info: Priority {
            is_priority_slot: !terms.reserved.is_empty(),
            vip_only: vip_until.is_some_and(|until| now < until),
            member_only_until: member_until.map(|until| iso(zone, until)),
            vip_only_until: vip_until.map(|until| iso(zone, until)),
        },
        rank,
    })
}

/// Formats a moment as `HH:MM` on the club's clock.
pub fn clock(zone: &TimeZone, moment: Timestamp) -> String {
    moment.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}

/// Adds the tax to the lines of a price, because the sum of the lines is always the total (P7).
pub fn with_tax(mut why: Vec<Why>, tax: Cents) -> Vec<Why> {
    if tax != Cents::ZERO {
        why.push(Why { code: "tax".to_owned(), label: "Tax".to_owned(), amount: tax });
    }
    why
}
