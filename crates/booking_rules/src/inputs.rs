//! What clients send to book, to repeat a booking, to reschedule, and to cancel. Each input is defined once: its parser, messages,
//! and documentation come from the same list of fields.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use kit::web::{Input, RawInput};
use kit::{Cents, Id, input};
use serde::Serialize;
use serde_json::Value;

use crate::repeated::{MOST, Repeated};
use crate::request::{
    AddonRequest, Benefit, BookingRequest, Extras, FurtherService, LONGEST_NAME, MOST_THEN, Move, ShownMove,
    When,
};

/// The largest permitted size of a scene as JSON text, in bytes.
const LARGEST_SCENE: usize = 4_000;
/// The longest permitted service, in minutes.
const LONGEST: i64 = 24 * 60;
/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

input! {
    /// A booking request. Only `service_id` and a time (`date` and `start_time`, or `starts_at`) are required.
    #[derive(Debug, Clone, Serialize)]
    pub struct BookingInput {
        #[schema(value_type = i64)]
        service_id: Option<Id> = opt_id(),
        /// The business day on which the guest’s time begins. Hours after midnight belong to the day before.
        #[schema(value_type = Option<String>, format = Date)]
        date: Option<Date> = opt_date(),
        /// `HH:MM` in the club’s local time.
        #[schema(value_type = Option<String>)]
        start_time: Option<Time> = opt_time(),
        /// Required on a night when clocks fall back and the time occurs twice.
        #[schema(value_type = Option<String>, format = DateTime)]
        starts_at: Option<Timestamp> = opt_moment(),
        #[schema(value_type = Option<i64>)]
        room_id: Option<Id> = opt_id(),
        #[schema(value_type = Option<i64>)]
        technician_id: Option<Id> = opt_id(),
        #[schema(value_type = Option<u32>)]
        party: Option<i64> = opt_number(1, 50),
        /// Staff only: the account to book for.
        #[schema(value_type = Option<i64>)]
        person_id: Option<Id> = opt_id(),
        guest_name: Option<String> = opt_text_within(LONGEST_NAME),
        guest_phone: Option<String> = read(people::opt_phone),
        guest_email: Option<String> = read(people::opt_email),
        special_requests: Option<String> = opt_text(),
        allergies_notes: Option<String> = opt_text(),
        ai_program: Option<String> = opt_text_within(100),
        #[schema(value_type = Option<Object>)]
        scene_preferences: Option<Value> = read(parse_scene),
        /// Minutes, for services sold by duration.
        #[schema(value_type = Option<u32>)]
        duration: Option<i64> = opt_number(5, LONGEST),
        /// Staff only: the account of the companion.
        #[schema(value_type = Option<i64>)]
        companion_id: Option<Id> = opt_id(),
        companion_name: Option<String> = opt_text_within(LONGEST_NAME),
        /// Up to three more services in the same visit, back to back.
        #[schema(value_type = Option<Vec<FurtherService>>)]
        then: Vec<FurtherService> = read(parse_then),
        #[schema(value_type = Option<Vec<AddonRequest>>)]
        addons: Vec<AddonRequest> = read(parse_addons),
        use_credit: Option<bool> = read(parse_choice),
        /// Use a guest pass for one companion’s share.
        use_pass: Option<bool> = read(parse_choice),
        /// Use the birthday gift.
        use_birthday: Option<bool> = read(parse_choice),
        /// The hold to book. Its service, time, and room apply.
        #[schema(value_type = Option<i64>)]
        pub hold_id: Option<Id> = opt_id(),
        /// Identifies a visitor’s hold.
        pub token: Option<String> = opt_text_within(100),
        payment_method: Option<String> = opt_text_within(40),
    }
}

impl BookingInput {
    /// Returns the request for a new booking. A missing service or time is an error, which is added to `input`.
    pub fn request(self, input: &mut RawInput) -> BookingRequest {
        BookingRequest {
            service: self.service_id.unwrap_or_else(|| input.id("service_id")),
            minutes: self.duration,
            when: when(input, self.starts_at, self.date, self.start_time),
            room: self.room_id,
            technician: self.technician_id,
            party: self.party,
            person: self.person_id,
            companion: self.companion_id,
            then: self.then.clone(),
            extras: self.extras(),
        }
    }

    /// Returns the details that can be given for a new booking and for a hold.
    pub fn extras(self) -> Extras {
        let benefit = self.benefit();
        Extras {
            guest_name: self.guest_name,
            guest_phone: self.guest_phone,
            guest_email: self.guest_email,
            companion_name: self.companion_name,
            special_requests: self.special_requests,
            allergies: self.allergies_notes,
            ai_program: self.ai_program,
            scene: self.scene_preferences,
            addons: self.addons,
            benefit,
        }
    }

    /// Returns the benefit. The first that is true wins: the birthday gift, a credit, a pass. If none is true but
    /// `use_credit` was sent, the result is [`Benefit::Nothing`].
    fn benefit(&self) -> Option<Benefit> {
        let is_chosen = |choice: Option<bool>| choice == Some(true);
        if is_chosen(self.use_birthday) {
            Some(Benefit::Birthday)
        } else if is_chosen(self.use_credit) {
            Some(Benefit::Credit)
        } else if is_chosen(self.use_pass) {
            Some(Benefit::Pass)
        } else {
            self.use_credit.map(|_| Benefit::Nothing)
        }
    }
}

impl Input for BookingRequest {
    fn parse(input: &mut RawInput) -> BookingRequest {
        BookingInput::parse(input).request(input)
    }
}

input! {
    /// A booking request that repeats.
    #[derive(Debug, Clone, Serialize)]
    pub struct SeriesInput {
        #[serde(flatten)]
        request: BookingInput = read(parse_booking),
        #[schema(value_type = Option<u32>)]
        every_weeks: Option<i64> = opt_number(1, 8),
        #[schema(value_type = Option<u32>)]
        times: Option<i64> = opt_number(2, MOST),
        #[schema(value_type = Option<bool>)]
        skip_conflicts: bool = yes(),
        /// `[{place, starts_at}]`: other times for some visits, by position starting at 0.
        #[schema(value_type = Option<Vec<Object>>)]
        instead: Vec<(i64, Timestamp)> = read(parse_instead),
        /// The positions to skip.
        #[schema(value_type = Option<Vec<u32>>)]
        without: Vec<i64> = read(parse_without),
    }
}

impl Input for Repeated {
    fn parse(input: &mut RawInput) -> Repeated {
        let series = SeriesInput::parse(input);
        let times = series.times.unwrap_or(2);
        let is_place = |place: &i64| (0..times).contains(place);
        if !series.instead.iter().all(|(place, _)| is_place(place)) {
            input.add_error("instead", "Each place must be a position in the series, starting at 0.");
        }
        if !series.without.iter().all(is_place) {
            input.add_error("without", "Each place must be a position in the series, starting at 0.");
        }
        if (0..times).all(|place| series.without.contains(&place)) {
            input.add_error("without", "Keep at least one visit.");
        }
        Repeated {
            request: series.request.request(input),
            every_weeks: series.every_weeks.unwrap_or(1),
            times,
            skip_conflicts: series.skip_conflicts,
            instead: series.instead,
            without: series.without,
        }
    }
}

input! {
    /// The new time of a booking.
    #[derive(Debug, Clone)]
    pub struct MoveInput {
        /// The business day on which the guest’s time begins. Hours after midnight belong to the day before.
        #[schema(value_type = Option<String>, format = Date)]
        date: Option<Date> = opt_date(),
        /// `HH:MM` in the club’s local time.
        #[schema(value_type = Option<String>)]
        start_time: Option<Time> = opt_time(),
        #[schema(value_type = Option<String>, format = DateTime)]
        starts_at: Option<Timestamp> = opt_moment(),
        /// Another room. Without it the booking keeps its room if that room is free then, and is refused with
        /// `move_changed` if it would get another one that `expected_room_id` does not name.
        #[schema(value_type = Option<i64>)]
        room_id: Option<Id> = opt_id(),
        /// Another technician. Without it the booking keeps its technicians if they are free then, and is refused with
        /// `move_changed` if it would get others that `expected_technician_ids` does not name.
        #[schema(value_type = Option<i64>)]
        technician_id: Option<Id> = opt_id(),
        /// Only preview the result.
        #[schema(value_type = Option<bool>)]
        pub preview: bool = yes(),
        /// The new total that the person was shown. If it has changed, the request is refused with `price_changed`.
        #[schema(value_type = Option<String>, example = "150.00")]
        expected_total: Option<Cents> = read(parse_total),
        /// The room that the person was shown and accepts. Another one is refused with `move_changed`.
        #[schema(value_type = Option<i64>)]
        expected_room_id: Option<Id> = opt_id(),
        /// The technicians that the person was shown and accepts. Others are refused with `move_changed`.
        #[schema(value_type = Option<Vec<i64>>)]
        expected_technician_ids: Option<Vec<Id>> = read(parse_ids),
    }
}

impl MoveInput {
    /// Returns the request. A missing time is an error, which is added to `input`.
    pub fn request(self, input: &mut RawInput) -> Move {
        Move {
            when: when(input, self.starts_at, self.date, self.start_time),
            room: self.room_id,
            technician: self.technician_id,
            shown: ShownMove {
                total: self.expected_total,
                room: self.expected_room_id,
                technicians: self.expected_technician_ids,
            },
        }
    }
}

impl Input for Move {
    fn parse(input: &mut RawInput) -> Move {
        MoveInput::parse(input).request(input)
    }
}

input! {
    /// The reason for canceling.
    #[derive(Debug, Clone)]
    #[schema(as = CancelInput)]
    pub struct Reason {
        /// From staff: included in the email to the guest.
        #[schema(max_length = 500)]
        pub reason: Option<String> = read(on_one_line),
    }
}

fn on_one_line(input: &mut RawInput, field: &str) -> Option<String> {
    let text = input.opt_text_within(field, LONGEST_REASON)?;
    Some(kit::text::one_line(&text)).filter(|text| !text.is_empty())
}

/// Returns the start. If neither a moment nor a date and a time was sent, it adds the errors.
fn when(input: &mut RawInput, starts_at: Option<Timestamp>, date: Option<Date>, time: Option<Time>) -> When {
    if let Some(moment) = starts_at {
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

fn parse_booking(input: &mut RawInput, _: &str) -> BookingInput {
    BookingInput::parse(input)
}

/// Parses a boolean that differs from a missing one.
fn parse_choice(input: &mut RawInput, field: &str) -> Option<bool> {
    input.raw(field).is_some().then(|| input.yes(field))
}

/// Parses an amount as it was shown, such as `"150.00"`.
fn parse_total(input: &mut RawInput, field: &str) -> Option<Cents> {
    let text = input.opt_text_within(field, 20)?;
    let total = text.parse::<Cents>().ok();
    if total.is_none() {
        input.add_error(field, "This must be an amount like 150.00.");
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
        input.add_error(field, "Send a list of IDs.");
    }
    ids
}

/// Parses the JSON list `[{service_id, duration, room_id, technician_id, addons}]`.
fn parse_then(input: &mut RawInput, field: &str) -> Vec<FurtherService> {
    let Some(listed) = input.raw(field).cloned() else { return Vec::new() };
    let Value::Array(items) = listed else {
        input.add_error(field, "Send a list of services.");
        return Vec::new();
    };
    if items.len() > MOST_THEN {
        input.add_error(field, format!("A visit can have at most {MOST_THEN} more services."));
    }
    let mut then = Vec::new();
    for item in items.into_iter().take(MOST_THEN) {
        let read =
            RawInput::from_json(item.to_string().as_bytes()).and_then(RawInput::parse::<FurtherService>);
        match read {
            Ok(one) => then.push(one),
            Err(_) => input
                .add_error(field, "Each item needs a valid service_id, and any other fields must be valid."),
        }
    }
    then
}

impl Input for FurtherService {
    fn parse(input: &mut RawInput) -> FurtherService {
        FurtherService {
            service: input.id("service_id"),
            minutes: input.opt_number("duration", 5, LONGEST),
            room: input.opt_id("room_id"),
            technician: input.opt_id("technician_id"),
            addons: parse_addons(input, "addons"),
        }
    }
}

fn parse_scene(input: &mut RawInput, field: &str) -> Option<Value> {
    let scene = kit::text::clean_json(input.raw(field)?.clone());
    let text = scene.to_string();
    if text.len() > LARGEST_SCENE || text.contains("\\u0000") {
        input.add_error(field, "This scene is too large.");
        return None;
    }
    Some(scene)
}

/// Parses the JSON list `[{id, quantity, notes}]` or, from a form, every selected `addon`.
fn parse_addons(input: &mut RawInput, field: &str) -> Vec<AddonRequest> {
    let ticked = input.raw("addon").cloned();
    let listed = input.raw(field).cloned();
    let mut requested: Vec<AddonRequest> = Vec::new();
    let items = match (listed, ticked) {
        (Some(Value::Array(items)), _) => items,
        (Some(_), _) => {
            input.add_error(field, "Send a list of add-ons.");
            return requested;
        }
        (None, Some(Value::Array(ids))) => ids,
        (None, Some(id)) => vec![id],
        (None, None) => return requested,
    };
    for item in items.iter().take(51) {
        match parse_addon(item) {
            Some(request) if requested.len() < 50 && requested.iter().all(|other| other.id != request.id) => {
                requested.push(request)
            }
            _ => {
                input.add_error(field, "Each add-on needs its ID, listed once, and a quantity from 1 to 20.")
            }
        }
    }
    requested
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

/// Parses the JSON list `[{place, starts_at}]`.
fn parse_instead(input: &mut RawInput, field: &str) -> Vec<(i64, Timestamp)> {
    let items = input.many(field);
    let read = |item: &Value| {
        let place = item.get("place")?.as_i64().filter(|place| (0..MOST).contains(place))?;
        Some((place, item.get("starts_at")?.as_str()?.parse().ok()?))
    };
    let read: Option<Vec<_>> = items.iter().take(26).map(read).collect();
    read.unwrap_or_else(|| {
        input.add_error(field, "Each item needs its place, starting at 0, and starts_at.");
        Vec::new()
    })
}

/// Parses the JSON list `[place]`.
fn parse_without(input: &mut RawInput, field: &str) -> Vec<i64> {
    let items = input.many(field);
    let places = items.iter().take(26).map(|item| item.as_i64().filter(|place| (0..MOST).contains(place)));
    places.collect::<Option<Vec<_>>>().unwrap_or_else(|| {
        input.add_error(field, "Send places, starting at 0.");
        Vec::new()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> kit::Result<BookingRequest> {
        RawInput::from_json(text.as_bytes()).and_then(RawInput::parse)
    }

    #[test]
    fn a_booking_request_needs_a_service_and_a_time() {
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
    fn a_request_can_choose_decline_or_omit_a_benefit() {
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
