//! The inputs of booking, holding, and moving.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use kit::web::{Input, Words};
use kit::{Cents, Id};
use serde_json::Value;

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
pub struct AddonRequest {
    /// Which.
    pub id: Id,
    /// How many, 1 to 20.
    pub quantity: i64,
    /// What is to be said about it.
    pub notes: String,
}

/// A wish for a booking.
#[derive(Debug, Clone)]
pub struct BookingRequest {
    /// What.
    pub service: Id,
    /// For how many minutes, if that can be chosen (F9).
    pub minutes: Option<i64>,
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
    /// Who comes along, if the club knows them: staff alone may say so.
    pub companion: Option<Id>,
    /// What goes with it.
    pub extras: Extras,
    /// What follows it, back to back (F10).
    pub then: Vec<Then>,
}

/// What follows in the same visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Then {
    /// What.
    pub service: Id,
    /// For how many minutes, if that can be chosen.
    pub minutes: Option<i64>,
    /// Where, if that matters.
    pub room: Option<Id>,
    /// By whom, if that matters.
    pub technician: Option<Id>,
    /// What goes with it.
    pub addons: Vec<AddonRequest>,
}

/// What is said besides what, when, where and by whom: it can still be changed while a time is held.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    /// For somebody else.
    pub guest_name: Option<String>,
    /// How they are called.
    pub guest_phone: Option<String>,
    /// How they are written to.
    pub guest_email: Option<String>,
    /// Who comes along, by name.
    pub companion_name: Option<String>,
    /// What the guest asks for.
    pub special_requests: Option<String>,
    /// What the guest must not meet; kept sealed.
    pub allergies: Option<String>,
    /// The AI massage program.
    pub ai_program: Option<String>,
    /// The scene for the room, as it was sent.
    pub scene: Option<Value>,
    /// What goes with it.
    pub addons: Vec<AddonRequest>,
    /// What is to pay for it.
    pub perk: Option<Benefit>,
}

/// What of a plan is to pay for a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Benefit {
    /// Nothing, though credits be used without asking.
    Nothing,
    /// A service credit (P3).
    Credit,
    /// A guest pass (M2).
    Pass,
    /// The gift of the birthday month (M3).
    Birthday,
}

/// The largest JSON text of a scene, in bytes.
const LARGEST_SCENE: usize = 4_000;
/// The most services that follow in one visit.
pub const MOST_THEN: usize = 3;
/// No booking is longer, in minutes.
const LONGEST: i64 = 24 * 60;

impl Input for BookingRequest {
    fn parse(words: &mut Words) -> BookingRequest {
        BookingRequest {
            service: words.id("service_id"),
            minutes: words.opt_number("duration", 5, LONGEST),
            when: parse_when(words),
            room: words.opt_id("room_id"),
            technician: words.opt_id("technician_id"),
            party: words.opt_number("party", 1, 50),
            person: words.opt_id("person_id"),
            companion: words.opt_id("companion_id"),
            extras: Extras::parse(words),
            then: parse_then(words),
        }
    }
}

impl Input for Extras {
    fn parse(words: &mut Words) -> Extras {
        Extras {
            guest_name: words.opt_text_within("guest_name", 200),
            guest_phone: people::opt_phone(words, "guest_phone"),
            guest_email: people::opt_email(words, "guest_email"),
            companion_name: words.opt_text_within("companion_name", 200),
            special_requests: words.opt_text("special_requests"),
            allergies: words.opt_text("allergies_notes"),
            ai_program: words.opt_text_within("ai_program", 100),
            scene: parse_scene(words),
            addons: parse_addons(words),
            perk: parse_perk(words),
        }
    }
}

/// `use_birthday`, `use_credit`, `use_pass`: the first that is yes; `use_credit` said to be no is a wish, too.
fn parse_perk(words: &mut Words) -> Option<Benefit> {
    let declines = words.raw("use_credit").is_some();
    let (birthday, credit, pass) =
        (words.yes("use_birthday"), words.yes("use_credit"), words.yes("use_pass"));
    match (birthday, credit, pass) {
        (true, ..) => Some(Benefit::Birthday),
        (_, true, _) => Some(Benefit::Credit),
        (_, _, true) => Some(Benefit::Pass),
        _ => declines.then_some(Benefit::Nothing),
    }
}

/// Where a booking is to be moved.
#[derive(Debug, Clone)]
pub struct Move {
    /// When.
    pub when: When,
    /// Where; in the room it has or else in any that serves it, if not said.
    pub room: Option<Id>,
    /// By whom; by who serves it now or else by anybody who can, if not said.
    pub technician: Option<Id>,
    /// What the person was shown before they confirmed.
    pub shown: ShownMove,
}

/// What a person was shown of a move before they confirmed it (C6). Whatever is given here must still be so when the move
/// is made, or it is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShownMove {
    /// The new total.
    pub total: Option<Cents>,
    /// The room.
    pub room: Option<Id>,
    /// The technicians, in any order.
    pub technicians: Option<Vec<Id>>,
}

impl Input for Move {
    fn parse(words: &mut Words) -> Move {
        Move {
            when: parse_when(words),
            room: words.opt_id("room_id"),
            technician: words.opt_id("technician_id"),
            shown: ShownMove {
                total: parse_total(words),
                room: words.opt_id("expected_room_id"),
                technicians: parse_ids(words, "expected_technician_ids"),
            },
        }
    }
}

/// `expected_total`: an amount as it was shown, `"150.00"`.
fn parse_total(words: &mut Words) -> Option<Cents> {
    let text = words.opt_text_within("expected_total", 20)?;
    let total = text.parse::<Cents>().ok();
    if total.is_none() {
        words.complain("expected_total", "This must be an amount like 150.00.");
    }
    total
}

/// A list of ids.
fn parse_ids(words: &mut Words, field: &str) -> Option<Vec<Id>> {
    let listed = words.raw(field).cloned().filter(|value| !value.is_null())?;
    let number = |value: &Value| value.as_i64().filter(|id| *id > 0).map(Id);
    let items = listed.as_array().filter(|items| items.len() <= 20);
    let ids = items.and_then(|items| items.iter().map(number).collect::<Option<Vec<Id>>>());
    if ids.is_none() {
        words.complain(field, "Send a list of ids.");
    }
    ids
}

/// From JSON `[{service_id, duration, room_id, technician_id, addons}]`.
fn parse_then(words: &mut Words) -> Vec<Then> {
    let Some(listed) = words.raw("then").cloned() else { return Vec::new() };
    let Value::Array(items) = listed else {
        words.complain("then", "Send a list of services.");
        return Vec::new();
    };
    if items.len() > MOST_THEN {
        words.complain("then", format!("A visit can have at most {MOST_THEN} more services."));
    }
    let mut then = Vec::new();
    for item in items.into_iter().take(MOST_THEN) {
        let read = Words::from_json(item.to_string().as_bytes()).and_then(Words::parse::<Then>);
        match read {
            Ok(one) => then.push(one),
            Err(_) => words
                .complain("then", "Each item needs a valid service_id, and any other fields must be valid."),
        }
    }
    then
}

impl Input for Then {
    fn parse(words: &mut Words) -> Then {
        Then {
            service: words.id("service_id"),
            minutes: words.opt_number("duration", 5, LONGEST),
            room: words.opt_id("room_id"),
            technician: words.opt_id("technician_id"),
            addons: parse_addons(words),
        }
    }
}

fn parse_when(words: &mut Words) -> When {
    let moment = words.opt_moment("starts_at");
    let (date, time) = (words.opt_date("date"), words.opt_time("start_time"));
    if let Some(moment) = moment {
        return When::Moment(moment);
    }
    if words.opt_text("starts_at").is_none() {
        if date.is_none() {
            words.complain("date", "Enter a date, like 2026-11-24.");
        }
        if time.is_none() {
            words.complain("start_time", "Enter a start time, like 18:30.");
        }
    }
    When::Civil(date.unwrap_or(Date::ZERO), time.unwrap_or(Time::midnight()))
}

fn parse_scene(words: &mut Words) -> Option<Value> {
    let scene = kit::text::clean_json(words.raw("scene_preferences")?.clone());
    let text = scene.to_string();
    if text.len() > LARGEST_SCENE || text.contains("\\u0000") {
        words.complain("scene_preferences", "This scene is too large.");
        return None;
    }
    Some(scene)
}

/// From JSON `[{id, quantity, notes}]`; from a form every ticked `addon`.
fn parse_addons(words: &mut Words) -> Vec<AddonRequest> {
    let ticked = words.raw("addon").cloned();
    let listed = words.raw("addons").cloned();
    let mut wishes: Vec<AddonRequest> = Vec::new();
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
            _ => words
                .complain("addons", "Each add-on needs its id, listed once, and a quantity from 1 to 20."),
        }
    }
    wishes
}

fn parse_addon(item: &Value) -> Option<AddonRequest> {
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
    sound.then(|| AddonRequest { id: Id(id), quantity, notes: notes.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> kit::Result<BookingRequest> {
        Words::from_json(text.as_bytes()).and_then(Words::parse)
    }

    #[test]
    fn a_wish_needs_a_service_and_a_time() {
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
            r#"{"service_id": 5, "date": "2026-11-24", "start_time": "18:30", "then": [{}]}"#,
            r#"{"service_id": 5, "date": "2026-11-24", "start_time": "18:30", "then": 7}"#,
        ] {
            assert!(parse(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn what_pays_is_asked_for_declined_or_left_open() {
        let perk = |rest: &str| {
            let text = format!(r#"{{"service_id": 5, "starts_at": "2026-11-24T18:30:00-05:00"{rest}}}"#);
            parse(&text).map(|wish| wish.extras.perk).expect("a request that makes sense")
        };
        assert_eq!(perk(""), None);
        assert_eq!(perk(r#", "use_credit": false"#), Some(Benefit::Nothing));
        assert_eq!(perk(r#", "use_credit": true"#), Some(Benefit::Credit));
        assert_eq!(perk(r#", "use_pass": true, "use_credit": false"#), Some(Benefit::Pass));
    }
}
