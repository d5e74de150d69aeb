//! The nouns of booking, the inputs that parse, and the ways this house says no.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use kit::web::{Input, Words};
use kit::{Cents, Id, Refusal};
use money::Line;
use serde_json::Value;

use crate::policy::Policy;

/// Somebody was quicker.
pub const TAKEN: Refusal = Refusal::conflict("taken", "This time has just been taken.");
/// Too far ahead for this person (W1).
pub const OUTSIDE_WINDOW: Refusal = Refusal::forbidden("outside_window", "This day is not open to you yet.");
/// Kept for Unlimited members until some hours before (W3).
pub const VIP_ONLY: Refusal =
    Refusal::forbidden("vip_only", "This time is kept for Unlimited members for now.");
/// Kept for members until some hours before (W3).
pub const MEMBERS_ONLY: Refusal =
    Refusal::forbidden("members_only", "This time is kept for members for now.");
/// Somebody has decided that it is not sold online.
pub const MAINTENANCE: Refusal =
    Refusal::conflict("maintenance", "This time is not sold online. Please call us.");
/// Too soon to be prepared online (W1).
pub const TOO_LATE: Refusal =
    Refusal::conflict("too_late", "This is too soon: online, book at least an hour ahead. Please call us.");
/// For members alone.
pub const PLAN_REQUIRED: Refusal = Refusal::forbidden("plan_required", "This is for members.");
/// No room that could serve this is open then.
pub const ROOM_CLOSED: Refusal = Refusal::conflict("room_closed", "We are closed then.");
/// Nobody with the skill works then.
pub const TECHNICIAN_OFF: Refusal = Refusal::conflict("technician_off", "Nobody who does this works then.");
/// The technician does something else.
pub const SKILL: Refusal = Refusal::conflict("skill", "This technician does not do this.");
/// No room takes so many.
pub const CAPACITY: Refusal = Refusal::conflict("capacity", "No room of ours takes so many for this.");
/// A person can't be in two places (F6).
pub const SAME_PERSON: Refusal = Refusal::conflict("same_person", "You have another booking at this time.");
/// Not from where the booking stands.
pub const WRONG_STATE: Refusal =
    Refusal::conflict("wrong_state", "This booking can't be cancelled any more.");

/// Where a booking stands. The machine is here and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Held for ten minutes.
    Held,
    /// Waiting for a payment.
    Pending,
    /// Sure.
    Confirmed,
    /// The guest is here.
    CheckedIn,
    /// Being served.
    InProgress,
    /// Over.
    Completed,
    /// Given back.
    Cancelled,
    /// The guest did not come.
    NoShow,
    /// A hold that ran out.
    Expired,
}

impl Status {
    const ALL: [Status; 9] = [
        Status::Held,
        Status::Pending,
        Status::Confirmed,
        Status::CheckedIn,
        Status::InProgress,
        Status::Completed,
        Status::Cancelled,
        Status::NoShow,
        Status::Expired,
    ];

    /// As it stands in the tables and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Held => "held",
            Status::Pending => "pending",
            Status::Confirmed => "confirmed",
            Status::CheckedIn => "checked_in",
            Status::InProgress => "in_progress",
            Status::Completed => "completed",
            Status::Cancelled => "cancelled",
            Status::NoShow => "no_show",
            Status::Expired => "expired",
        }
    }

    fn read(text: String) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether a booking may go from here to there.
    pub fn may_become(self, next: Status) -> bool {
        use Status::*;
        match self {
            Held => matches!(next, Pending | Confirmed | Cancelled | Expired),
            Pending => matches!(next, Confirmed | Cancelled | Expired),
            Confirmed => matches!(next, CheckedIn | Cancelled | NoShow),
            CheckedIn => matches!(next, InProgress | Cancelled),
            InProgress => matches!(next, Completed),
            Completed | Cancelled | NoShow | Expired => false,
        }
    }
}

kit::column_as!(Status, String, Status::read);

/// A booking.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Its id.
    pub id: Id,
    /// `CS-2026-000017`; a hold has none.
    pub reference: Option<String>,
    /// Whose account.
    pub person: Option<Id>,
    /// What.
    pub service: Id,
    /// Where.
    pub room: Id,
    /// For how many.
    pub party: i64,
    /// The operating day.
    pub day: Date,
    /// When the guest's time begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Where it stands.
    pub status: Status,
    /// The service with its factors.
    pub base: Cents,
    /// The add-ons.
    pub addons_total: Cents,
    /// What was taken off.
    pub discount: Cents,
    /// The tax.
    pub tax: Cents,
    /// What it costs not to come.
    pub policy: Policy,
    /// For somebody else.
    pub guest_name: Option<String>,
    /// How they are written to.
    pub guest_email: Option<String>,
    /// What the guest asks for.
    pub special_requests: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Booking {
    /// What is due before tax.
    pub fn net(&self) -> Cents {
        self.base + self.addons_total - self.discount
    }

    /// What is due.
    pub fn total(&self) -> Cents {
        self.net() + self.tax
    }

    /// Whether it can be cancelled at `now`: by a person until it ends, whatever it costs.
    pub fn can_cancel(&self, now: Timestamp) -> bool {
        self.status.may_become(Status::Cancelled) && now < self.ends_at
    }

    /// What cancelling at `now` costs.
    pub fn cancel_cost(&self, now: Timestamp) -> Cents {
        self.policy.fee(self.net(), self.created_at, self.starts_at, now)
    }
}

/// A booking with what is kept beside it, for whoever it belongs to.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The booking.
    pub booking: Booking,
    /// Who serves: id and name.
    pub technicians: Vec<(Id, String)>,
    /// Why it costs what it costs.
    pub why: Vec<Line>,
    /// How the payment stands: `due`, `settled`, `void`.
    pub payment_status: &'static str,
}

/// When somebody wants to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The operating day and what the club's clock shows.
    Civil(Date, Time),
    /// A moment, which is the truth.
    Moment(Timestamp),
}

/// An add-on that is wished for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddonWish {
    /// Which.
    pub id: Id,
    /// How many, 1 to 20.
    pub quantity: i64,
    /// What is to be said about it.
    pub notes: String,
}

/// A wish for a booking.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What.
    pub service: Id,
    /// When.
    pub when: When,
    /// Where, if that matters.
    pub room: Option<Id>,
    /// By whom, if that matters.
    pub technician: Option<Id>,
    /// For how many; the service's own party if not said.
    pub party: Option<i64>,
    /// For which account: staff alone may say so.
    pub person: Option<Id>,
    /// For somebody else.
    pub guest_name: Option<String>,
    /// How they are called.
    pub guest_phone: Option<String>,
    /// How they are written to.
    pub guest_email: Option<String>,
    /// What the guest asks for.
    pub special_requests: Option<String>,
    /// What the guest must not meet; kept sealed.
    pub allergies: Option<String>,
    /// The AI massage program.
    pub ai_program: Option<String>,
    /// The scene for the room, as it was sent.
    pub scene: Option<Value>,
    /// What goes with it.
    pub addons: Vec<AddonWish>,
    /// Whether a service credit is to be used.
    pub use_credit: bool,
}

/// The largest JSON text of a scene, in bytes.
const LARGEST_SCENE: usize = 4_000;

impl Input for Wish {
    fn parse(words: &mut Words) -> Wish {
        Wish {
            service: words.id("service_id"),
            when: parse_when(words),
            room: words.opt_id("room_id"),
            technician: words.opt_id("technician_id"),
            party: words.opt_number("party", 1, 50),
            person: words.opt_id("person_id"),
            guest_name: words.opt_text_within("guest_name", 200),
            guest_phone: people::opt_phone(words, "guest_phone"),
            guest_email: people::opt_email(words, "guest_email"),
            special_requests: words.opt_text("special_requests"),
            allergies: words.opt_text("allergies_notes"),
            ai_program: words.opt_text_within("ai_program", 100),
            scene: parse_scene(words),
            addons: parse_addons(words),
            use_credit: words.yes("use_credit"),
        }
    }
}

fn parse_when(words: &mut Words) -> When {
    let moment = words.opt_moment("starts_at");
    let (date, time) = (words.opt_date("date"), words.opt_time("start_time"));
    if let Some(moment) = moment {
        return When::Moment(moment);
    }
    if words.raw("starts_at").is_none() {
        if date.is_none() {
            words.complain("date", "Say which day, such as 2026-11-24.");
        }
        if time.is_none() {
            words.complain("start_time", "Say when, such as 18:30.");
        }
    }
    When::Civil(date.unwrap_or(Date::ZERO), time.unwrap_or(Time::midnight()))
}

fn parse_scene(words: &mut Words) -> Option<Value> {
    let scene = words.raw("scene_preferences")?.clone();
    let text = scene.to_string();
    if text.len() > LARGEST_SCENE || text.contains("\\u0000") {
        words.complain("scene_preferences", "This scene is larger than we can take.");
        return None;
    }
    Some(scene)
}

/// From JSON `[{id, quantity, notes}]`; from a form every ticked `addon`.
fn parse_addons(words: &mut Words) -> Vec<AddonWish> {
    let ticked = words.raw("addon").cloned();
    let listed = words.raw("addons").cloned();
    let mut wishes: Vec<AddonWish> = Vec::new();
    let items = match (listed, ticked) {
        (Some(Value::Array(items)), _) => items,
        (Some(_), _) => {
            words.complain("addons", "Send a list of add-ons.");
            return wishes;
        }
        (None, Some(Value::Array(ids))) => ids,
        (None, Some(id)) => vec![id],
        (None, None) => return wishes,
    };
    for item in items.iter().take(51) {
        match parse_addon(item) {
            Some(wish) if wishes.len() < 50 && wishes.iter().all(|other| other.id != wish.id) => {
                wishes.push(wish)
            }
            _ => words.complain("addons", "Each add-on needs its id, once, and a quantity from 1 to 20."),
        }
    }
    wishes
}

fn parse_addon(item: &Value) -> Option<AddonWish> {
    let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
    let (id, quantity, notes) = match item {
        Value::Object(fields) => {
            let quantity = fields.get("quantity").filter(|value| !value.is_null());
            let quantity = quantity.map_or(Some(1), number)?;
            let notes = fields.get("notes").and_then(Value::as_str).unwrap_or_default();
            (number(fields.get("id")?)?, quantity, notes.trim())
        }
        other => (number(other)?, 1, ""),
    };
    let sound =
        id > 0 && (1..=20).contains(&quantity) && notes.chars().count() <= 500 && !notes.contains('\0');
    sound.then(|| AddonWish { id: Id(id), quantity, notes: notes.to_owned() })
}

/// How long before its start a time closes online (W1).
pub(crate) const AHEAD: SignedDuration = SignedDuration::from_mins(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_an_ended_state() {
        for ended in [Status::Completed, Status::Cancelled, Status::NoShow, Status::Expired] {
            assert!(Status::ALL.into_iter().all(|next| !ended.may_become(next)), "{ended:?}");
        }
        assert!(
            Status::ALL.into_iter().all(|status| Status::read(status.as_str().to_owned()) == Some(status))
        );
    }

    #[test]
    fn a_wish_needs_a_service_and_a_time() {
        let parse = |text: &str| Words::from_json(text.as_bytes()).and_then(|words| words.parse::<Wish>());
        assert!(parse(r#"{"service_id": 5, "date": "2026-11-24", "start_time": "18:30"}"#).is_ok());
        assert!(parse(r#"{"service_id": 5, "starts_at": "2026-11-24T18:30:00-05:00"}"#).is_ok());
        for broken in [
            r#"{}"#,
            r#"{"service_id": 5}"#,
            r#"{"service_id": 5, "date": "2026-11-24"}"#,
            r#"{"service_id": 5, "starts_at": "soon", "date": "2026-11-24", "start_time": "18:30"}"#,
            r#"{"service_id": 5, "date": "2026-11-24", "start_time": "25:00"}"#,
            r#"{"service_id": 1e99, "date": "2026-11-24", "start_time": "18:30"}"#,
            r#"{"service_id": 5, "date": "2026-11-24", "start_time": "18:30", "addons": [{"id": 1, "quantity": -1}]}"#,
            r#"{"service_id": 5, "date": "2026-11-24", "start_time": "18:30", "addons": [{"id": 1}, {"id": 1}]}"#,
        ] {
            assert!(parse(broken).is_err(), "{broken}");
        }
    }
}
