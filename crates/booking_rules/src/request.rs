//! What the operations are asked for: to book, to hold, and to reschedule.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use kit::web::RawInput;
use kit::{Cents, Id};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The requested start of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The operating day and the time on the club's clock.
    Civil(Date, Time),
    /// An exact moment, which tells apart the two passes of the hour at which the clock goes back.
    Moment(Timestamp),
}

/// An add-on of a booking request, with its quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BookingAddonInput)]
pub struct AddonRequest {
    /// The id of the add-on.
    #[schema(value_type = i64)]
    pub id: Id,
    /// The quantity, from 1 to 20.
    #[schema(value_type = u32)]
    pub quantity: i64,
    /// The notes of the guest about the add-on.
    #[schema(value_type = Option<String>)]
    pub notes: String,
}

/// What a person asks to book: the service, the time, the party, and what goes with them.
#[derive(Debug, Clone)]
pub struct BookingRequest {
    /// The id of the service.
    pub service: Id,
    /// The length of the service in minutes, if it can be chosen (F9).
    pub minutes: Option<i64>,
    /// The requested start of the guest's time.
    pub when: When,
    /// The requested room, if any.
    pub room: Option<Id>,
    /// The requested technician, if any.
    pub technician: Option<Id>,
    /// The number of people. Defaults to the service's own party size.
    pub party: Option<i64>,
    /// The person to book for. Only staff may set it.
    pub person: Option<Id>,
    /// The companion, if the club knows the person. Only staff may set it.
    pub companion: Option<Id>,
    /// The other details of the booking.
    pub extras: Extras,
    /// The services that follow in the same visit, back to back (F10).
    pub then: Vec<FurtherService>,
}

/// A further service in the same visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ThenInput)]
pub struct FurtherService {
    /// The id of the service.
    #[schema(rename = "service_id", value_type = i64)]
    pub service: Id,
    /// The length of the service in minutes, if it can be chosen.
    #[schema(rename = "duration", value_type = Option<u32>)]
    pub minutes: Option<i64>,
    /// The requested room, if any.
    #[schema(rename = "room_id", value_type = Option<i64>)]
    pub room: Option<Id>,
    /// The requested technician, if any.
    #[schema(rename = "technician_id", value_type = Option<i64>)]
    pub technician: Option<Id>,
    /// The requested add-ons with their quantities.
    #[schema(value_type = Option<Vec<AddonRequest>>)]
    pub addons: Vec<AddonRequest>,
}

/// The details of a booking besides service, time, room, and technician. They can still be changed while the time is
/// held.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    /// The name of the guest, if the booking is for someone else.
    pub guest_name: Option<String>,
    /// The phone number of that guest.
    pub guest_phone: Option<String>,
    /// The email address of that guest.
    pub guest_email: Option<String>,
    /// The name of the companion.
    pub companion_name: Option<String>,
    /// The special requests of the guest.
    pub special_requests: Option<String>,
    /// The allergies of the guest. They are stored encrypted.
    pub allergies: Option<String>,
    /// The AI massage program.
    pub ai_program: Option<String>,
    /// The scene for the room, as the client sent it.
    pub scene: Option<Value>,
    /// The requested add-ons with their quantities.
    pub addons: Vec<AddonRequest>,
    /// The benefit that is to pay for the service.
    pub benefit: Option<Benefit>,
}

/// The benefit of a plan that is to pay for a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Benefit {
    /// None, even if credits are otherwise used by default.
    Nothing,
    /// A service credit (P3).
    Credit,
    /// A guest pass (M2).
    Pass,
    /// The gift of the birthday month (M3).
    Birthday,
}

/// The largest number of services that can follow in one visit.
pub const MOST_THEN: usize = 3;
/// The longest name of a guest or a companion, in characters.
pub(crate) const LONGEST_NAME: usize = 200;

impl Extras {
    /// Parses only the texts, whose fields are the same in the API and in the forms: the guest, the companion, the
    /// special requests, and the allergies.
    pub fn parse_texts(input: &mut RawInput) -> Extras {
        Extras {
            guest_name: input.opt_text_within("guest_name", LONGEST_NAME),
            guest_phone: people::opt_phone(input, "guest_phone"),
            guest_email: people::opt_email(input, "guest_email"),
            companion_name: input.opt_text_within("companion_name", LONGEST_NAME),
            special_requests: input.opt_text("special_requests"),
            allergies: input.opt_text("allergies_notes"),
            ..Extras::default()
        }
    }
}

/// The input for rescheduling a booking.
#[derive(Debug, Clone)]
pub struct Move {
    /// The new start of the guest's time.
    pub when: When,
    /// The new room. If `None`, the booking keeps its room, or gets the one in [`ShownMove::room`].
    pub room: Option<Id>,
    /// The new technician. If `None`, the booking keeps its technicians, or gets those in [`ShownMove::technicians`].
    pub technician: Option<Id>,
    /// What the person was shown before confirming.
    pub shown: ShownMove,
}

/// What a person was shown about a rescheduling before confirming it (C6). If a given value no longer holds, the
/// rescheduling is refused. Without a room or technicians here, it may not change them unless that was requested.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShownMove {
    /// The new total in cents, tax included.
    pub total: Option<Cents>,
    /// The id of the room.
    pub room: Option<Id>,
    /// The ids of the technicians, in any order.
    pub technicians: Option<Vec<Id>>,
}
