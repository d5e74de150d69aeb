//! The inputs for booking, holding, and rescheduling.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use kit::web::{Input, RawInput};
use kit::{Cents, Id};
use serde_json::Value;

/// The requested start of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The operating day and the time on the club's clock.
    Civil(Date, Time),
    /// An exact moment.
    Moment(Timestamp),
}

/// A requested add-on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddonRequest {
    /// The id of the add-on.
    pub id: Id,
    /// The quantity, from 1 to 20.
    pub quantity: i64,
    /// The notes of the guest about the add-on.
    pub notes: String,
}

/// A booking request.
#[derive(Debug, Clone)]
pub struct BookingRequest {
    /// The id of the service.
    pub service: Id,
    /// The length of the service in minutes, if it can be chosen (F9).
    pub minutes: Option<i64>,
    /// The requested start.
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
    pub then: Vec<Then>,
}

/// A service that follows in the same visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Then {
    /// The id of the service.
    pub service: Id,
    /// The length of the service in minutes, if it can be chosen.
    pub minutes: Option<i64>,
    /// The requested room, if any.
    pub room: Option<Id>,
    /// The requested technician, if any.
    pub technician: Option<Id>,
    /// The requested add-ons.
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
    /// The requested add-ons.
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

/// The largest permitted size of a scene as JSON text, in bytes.
const LARGEST_SCENE: usize = 4_000;
/// The largest number of services that can follow in one visit.
pub const MOST_THEN: usize = 3;
/// The longest permitted service, in minutes.
const LONGEST: i64 = 24 * 60;

impl Input for BookingRequest {
    fn parse(input: &mut RawInput) -> BookingRequest {
        BookingRequest {
            service: input.id("service_id"),
            minutes: input.opt_number("duration", 5, LONGEST),
            when: parse_when(input),
            room: input.opt_id("room_id"),
            technician: input.opt_id("technician_id"),
            party: input.opt_number("party", 1, 50),
            person: input.opt_id("person_id"),
            companion: input.opt_id("companion_id"),
            extras: Extras::parse(input),
            then: parse_then(input),
        }
    }
}

impl Input for Extras {
    fn parse(input: &mut RawInput) -> Extras {
        Extras {
            ai_program: input.opt_text_within("ai_program", 100),
            scene: parse_scene(input),
            addons: parse_addons(input),
            benefit: parse_perk(input),
            ..Extras::parse_texts(input)
        }
    }
}

impl Extras {
    /// Parses only the texts, whose fields are the same in the API and in the forms: the guest, the companion, the
    /// special requests, and the allergies.
    pub fn parse_texts(input: &mut RawInput) -> Extras {
        Extras {
            guest_name: input.opt_text_within("guest_name", 200),
            guest_phone: people::opt_phone(input, "guest_phone"),
            guest_email: people::opt_email(input, "guest_email"),
            companion_name: input.opt_text_within("companion_name", 200),
            special_requests: input.opt_text("special_requests"),
            allergies: input.opt_text("allergies_notes"),
            ..Extras::default()
        }
    }
}

/// Parses `use_birthday`, `use_credit`, and `use_pass`. The first that is true, in this order, wins. If none is true
/// but `use_credit` was sent, the result is [`Benefit::Nothing`].
fn parse_perk(input: &mut RawInput) -> Option<Benefit> {
    let declines = input.raw("use_credit").is_some();
    let (birthday, credit, pass) =
        (input.yes("use_birthday"), input.yes("use_credit"), input.yes("use_pass"));
    match (birthday, credit, pass) {
        (true, ..) => Some(Benefit::Birthday),
        (_, true, _) => Some(Benefit::Credit),
        (_, _, true) => Some(Benefit::Pass),
        _ => declines.then_some(Benefit::Nothing),
    }
}

/// The input for rescheduling a booking.
#[derive(Debug, Clone)]
pub struct Move {
    /// The new start.
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
    /// The new total.
    pub total: Option<Cents>,
    /// The id of the room.
    pub room: Option<Id>,
    /// The ids of the technicians, in any order.
    pub technicians: Option<Vec<Id>>,
}

impl Input for Move {
    fn parse(input: &mut RawInput) -> Move {
        Move {
            when: parse_when(input),
            room: input.opt_id("room_id"),
            technician: input.opt_id("technician_id"),
            shown: ShownMove {
                total: parse_total(input),
                room: input.opt_id("expected_room_id"),
                technicians: parse_ids(input, "expected_technician_ids"),
            },
        }
    }
}

/// Parses `expected_total`, an amount as it was shown, such as `"150.00"`.
fn parse_total(input: &mut RawInput) -> Option<Cents> {
    let text = input.opt_text_within("expected_total", 20)?;
    let total = text.parse::<Cents>().ok();
    if total.is_none() {
        input.add_error("expected_total", "This must be an amount like 150.00.");
    }
    total
}

/// Parses a JSON list of at most 20 ids.
fn parse_ids(input: &mut RawInput, field: &str) -> Option<Vec<Id>> {
    let listed = input.raw(field).cloned().filter(|value| !value.is_null())?;
    let to_id = |value: &Value| value.as_i64().filter(|id| *id > 0).map(Id);
    let items = listed.as_array().filter(|items| items.len() <= 20);
    let ids = items.and_then(|items| items.iter().map(to_id).collect::<Option<Vec<Id>>>());
    if ids.is_none() {
        input.add_error(field, "Send a list of ids.");
    }
    ids
}

/// Parses the JSON list `[{service_id, duration, room_id, technician_id, addons}]`.
fn parse_then(input: &mut RawInput) -> Vec<Then> {
    let Some(listed) = input.raw("then").cloned() else { return Vec::new() };
    let Value::Array(items) = listed else {
        input.add_error("then", "Send a list of services.");
        return Vec::new();
    };
    if items.len() > MOST_THEN {
        input.add_error("then", format!("A visit can have at most {MOST_THEN} more services."));
    }
    let mut then = Vec::new();
    for item in items.into_iter().take(MOST_THEN) {
        let read = RawInput::from_json(item.to_string().as_bytes()).and_then(RawInput::parse::<Then>);
        match read {
            Ok(one) => then.push(one),
            Err(_) => input
                .add_error("then", "Each item needs a valid service_id, and any other fields must be valid."),
        }
    }
    then
}

impl Input for Then {
    fn parse(input: &mut RawInput) -> Then {
        Then {
            service: input.id("service_id"),
            minutes: input.opt_number("duration", 5, LONGEST),
            room: input.opt_id("room_id"),
            technician: input.opt_id("technician_id"),
            addons: parse_addons(input),
        }
    }
}

fn parse_when(input: &mut RawInput) -> When {
    let moment = input.opt_moment("starts_at");
    let (date, time) = (input.opt_date("date"), input.opt_time("start_time"));
    if let Some(moment) = moment {
        return When::Moment(moment);
    }
    if input.opt_text("starts_at").is_none() {
        if date.is_none() {
            input.add_error("date", "Enter a date, like 2026-11-24.");
        }
        if time.is_none() {
            input.add_error("start_time", "Enter a start time, like 18:30.");
        }
    }
    When::Civil(date.unwrap_or(Date::ZERO), time.unwrap_or(Time::midnight()))
}

fn parse_scene(input: &mut RawInput) -> Option<Value> {
    let scene = kit::text::clean_json(input.raw("scene_preferences")?.clone());
    let text = scene.to_string();
    if text.len() > LARGEST_SCENE || text.contains("\\u0000") {
        input.add_error("scene_preferences", "This scene is too large.");
        return None;
    }
    Some(scene)
}

/// Parses the JSON list `[{id, quantity, notes}]` or, from a form, every selected `addon`.
fn parse_addons(input: &mut RawInput) -> Vec<AddonRequest> {
    let ticked = input.raw("addon").cloned();
    let listed = input.raw("addons").cloned();
    let mut wishes: Vec<AddonRequest> = Vec::new();
    let items = match (listed, ticked) {
        (Some(Value::Array(items)), _) => items,
        (Some(_), _) => {
            input.add_error("addons", "Send a list of add-ons.");
            return wishes;
        }
        (None, Some(Value::Array(ids))) => ids,
        (None, Some(id)) => vec![id],
        (None, None) => return wishes,
    };
    for item in items.iter().take(51) {
        match parse_addon(item) {
            Some(request) if wishes.len() < 50 && wishes.iter().all(|other| other.id != request.id) => {
                wishes.push(request)
            }
            _ => input
                .add_error("addons", "Each add-on needs its id, listed once, and a quantity from 1 to 20."),
        }
    }
    wishes
}

fn parse_addon(item: &Value) -> Option<AddonRequest> {
    let integer = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
    let (id, quantity, notes) = match item {
        Value::Object(fields) => {
            let quantity = fields.get("quantity").filter(|value| !value.is_null());
            let quantity = quantity.map_or(Some(1), integer)?;
            let notes = fields.get("notes").and_then(Value::as_str).unwrap_or_default();
            (integer(fields.get("id")?)?, quantity, notes.trim())
        }
        other => (integer(other)?, 1, ""),
    };
    let sound =
        id > 0 && (1..=20).contains(&quantity) && notes.chars().count() <= 500 && !notes.contains('\0');
    sound.then(|| AddonRequest { id: Id(id), quantity, notes: notes.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> kit::Result<BookingRequest> {
        RawInput::from_json(text.as_bytes()).and_then(RawInput::parse)
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
        let benefit = |rest: &str| {
            let text = format!(r#"{{"service_id": 5, "starts_at": "2026-11-24T18:30:00-05:00"{rest}}}"#);
            parse(&text).map(|request| request.extras.benefit).expect("a request that makes sense")
        };
        assert_eq!(benefit(""), None);
        assert_eq!(benefit(r#", "use_credit": false"#), Some(Benefit::Nothing));
        assert_eq!(benefit(r#", "use_credit": true"#), Some(Benefit::Credit));
        assert_eq!(benefit(r#", "use_pass": true, "use_credit": false"#), Some(Benefit::Pass));
    }
}
