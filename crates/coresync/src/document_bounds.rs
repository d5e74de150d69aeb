//! The bounds of values in the OpenAPI description: the maximum length of texts, the ranges of numbers, and the formats
//! of times. The parsers enforce the limits. A test sends values just beyond each of them and expects a refusal, and
//! compares responses with the description.

use serde_json::{Map, Value, json};

/// The largest integer that JSON represents exactly, and the largest id.
const LARGEST: i64 = (1 << 53) - 1;
/// The maximum length of a text without a limit of its own (`kit::web::RawInput`).
const LONGEST: i64 = 2_000;

/// The pattern of a time of day such as `18:30`. The end of a day may be after midnight, as in `25:00`.
const CLOCK: &str = r"^\d{2}:\d{2}(:\d{2})?$";

/// The maximum length of texts in characters, by field.
const LENGTHS: [(&str, i64); 44] = [
    ("access", 200),
    ("ai_program", 100),
    ("allergies_notes", LONGEST),
    ("booking_reference", 20),
    ("category", 100),
    ("category_slug", 100),
    ("code", 60),
    ("companion_name", 200),
    ("current_password", 128),
    ("decision", 20),
    ("device", 200),
    ("email", 254),
    ("factor", 10),
    ("first_name", 80),
    ("full_name", 161),
    ("guest_email", 254),
    ("guest_name", 200),
    ("guest_phone", 30),
    ("id", 100),
    ("kind", 40),
    ("last_error", 200),
    ("last_name", 80),
    ("method", 20),
    ("music", 40),
    ("network", 60),
    ("new_password", 128),
    ("notes", 500),
    ("password", 128),
    ("payment_method", 40),
    ("phone", 30),
    ("plan", 100),
    ("q", 100),
    ("refresh", 200),
    ("relation", 80),
    ("room_type", 50),
    ("scene", 40),
    ("search", 100),
    ("short_description", 200),
    ("slug", 200),
    ("state", 20),
    ("tag", 100),
    ("temperature", 10),
    ("tier", 20),
    ("token", 100),
];

/// The smallest and the largest number, by field.
const RANGES: [(&str, i64, i64); 21] = [
    ("discount_percentage", 0, 100),
    ("duration", 5, 1_440),
    ("every_weeks", 1, 8),
    ("guest_passes", 0, 100),
    ("hours", 0, 2_160),
    ("light_kelvin", 2_200, 6_500),
    ("light_percent", 0, 100),
    ("max_advance_days", 0, 365),
    ("member_discount_percentage", 0, 100),
    ("monthly_service_credits", 0, 100),
    ("months", 1, 12),
    ("page", 1, 1_000_000),
    ("page_size", 1, 500),
    ("party", 1, 50),
    ("quantity", 1, 20),
    ("release_hours", 0, 2_160),
    ("status", 100, 599),
    ("times", 2, 26),
    ("version", 0, 1_000_000),
    ("volume_percent", 0, 100),
    ("weekdays", 1, 7),
];

/// Fields that hold a time of day, and fields that hold a timestamp.
const CLOCKS: [&str; 7] = ["after", "before", "closes", "end_time", "first_start", "opens", "start_time"];
const MOMENTS: [&str; 18] = [
    "changed_at",
    "created_at",
    "decided_at",
    "delivered_at",
    "ends_at",
    "expires_at",
    "joined_at",
    "made_at",
    "member_only_until",
    "opens_at",
    "received_at",
    "rescheduled_from",
    "run_at",
    "seen_at",
    "sent_at",
    "since",
    "starts_at",
    "vip_only_until",
];

/// Returns the allowed values of a field that takes one of a few variants.
fn choices(shape: &str, field: &str) -> Option<Vec<&'static str>> {
    let names = |pairs: &[(&'static str, &'static str)]| pairs.iter().map(|(name, _)| *name).collect();
    match (shape, field) {
        ("Sold" | "Dues", "paid") => Some(vec!["cash", "terminal"]),
        ("TakeBody", "method") => Some(vec!["cash", "terminal"]),
        ("PartBody" | "AdjustBody" | "SendRefundBody", "kind") => Some(vec!["booking", "membership"]),
        ("DecisionInput", "decision") => Some(vec!["block", "open", "reprice", "keep"]),
        ("PreferencesChange", "scene") => Some(names(&people::SCENES)),
        ("PreferencesChange", "music") => Some(names(&people::MUSIC)),
        ("PreferencesChange", "scents") => Some(names(&people::SCENTS)),
        ("NotificationSettingInput", "notices") => {
            Some(people::NotificationKind::ALL.map(people::NotificationKind::name).to_vec())
        }
        _ => None,
    }
}

/// Adds bounds to every text and number of the description.
pub(crate) fn bound(document: &mut Value) {
    if let Some(shapes) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        for (name, shape) in shapes {
            bound_shape(name, shape);
        }
    }
    let paths = document.pointer_mut("/paths").and_then(Value::as_object_mut);
    for operation in paths.into_iter().flatten().filter_map(|(_, path)| path.as_object_mut()).flatten() {
        let parameters = operation.1.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            let place = parameter.get("in").and_then(Value::as_str).unwrap_or_default().to_owned();
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            if let Some(schema) = parameter.get_mut("schema") {
                bound_value(&place, &name, schema);
            }
        }
    }
}

/// Adds bounds to the fields of a shape and of the shapes that it includes.
fn bound_shape(name: &str, shape: &mut Value) {
    if let Some(fields) = shape.get_mut("properties").and_then(Value::as_object_mut) {
        for (field, schema) in fields {
            bound_value(name, field, schema);
        }
    } else if shape.get("allOf").is_none() {
        bound_value(name, "", shape);
    }
    for part in shape.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        bound_shape(name, part);
    }
}

/// Adds bounds to one value, or to the values of a list or a choice.
fn bound_value(shape: &str, field: &str, schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else { return };
    for inner in ["items", "additionalProperties", "propertyNames"] {
        if let Some(values) = schema.get_mut(inner) {
            bound_value(shape, field, values);
        }
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        for part in schema.get_mut(choice).and_then(Value::as_array_mut).into_iter().flatten() {
            bound_value(shape, field, part);
        }
    }
    if let Some(fields) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (inner, schema) in fields {
            bound_value(shape, inner, schema);
        }
    }
    if is_kind(schema, "integer") {
        let (least, most) = range(shape, field);
        schema.insert("minimum".to_owned(), json!(least));
        schema.insert("maximum".to_owned(), json!(most));
    }
    if is_kind(schema, "string") {
        bound_text(shape, field, schema);
    }
}

fn is_kind(schema: &Map<String, Value>, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(named)) => named == kind,
        Some(Value::Array(named)) => named.iter().any(|one| one == kind),
        _ => false,
    }
}

fn range(shape: &str, field: &str) -> (i64, i64) {
    match (shape, field) {
        ("Id", "") => (1, LARGEST),
        ("NumberValue", "value") => (0, 10_000_000),
        ("SeriesInput", "without") => (0, 25),
        _ if is_id(field) => (1, LARGEST),
        _ => RANGES
            .iter()
            .find(|(name, ..)| *name == field)
            .map_or((0, LARGEST), |(_, least, most)| (*least, *most)),
    }
}

/// Returns whether a field holds an id or several ids.
fn is_id(field: &str) -> bool {
    matches!(field, "id" | "person" | "services" | "moving" | "made_by")
        || field.ends_with("_id")
        || field.ends_with("_by")
}

fn bound_text(shape: &str, field: &str, schema: &mut Map<String, Value>) {
    let has = |schema: &Map<String, Value>, word: &str| schema.contains_key(word);
    if ["enum", "const", "pattern", "maxLength"].iter().any(|word| has(schema, word)) {
        return;
    }
    if let Some(mut variants) =
        choices(shape, field).map(|input| input.iter().map(|word| json!(word)).collect::<Vec<_>>())
    {
        if matches!(schema.get("type"), Some(Value::Array(_))) {
            variants.push(Value::Null);
        }
        schema.insert("enum".to_owned(), Value::Array(variants));
        return;
    }
    let is_rule_time = shape.starts_with("Rule") && matches!(field, "from" | "to");
    if CLOCKS.contains(&field) && shape != "SignInOut" || is_rule_time {
        schema.insert("pattern".to_owned(), json!(CLOCK));
        schema.entry("examples").or_insert_with(|| json!(["18:30"]));
        return;
    }
    if MOMENTS.contains(&field) {
        schema.insert("format".to_owned(), json!("date-time"));
    }
    if matches!((shape, field), ("query", "date" | "from" | "to")) {
        schema.insert("format".to_owned(), json!("date"));
    }
    if matches!(schema.get("format").and_then(Value::as_str), Some("date" | "date-time")) {
        return;
    }
    let most = match (shape, field) {
        ("PlanTermsInput", "price") => 20,
        ("PlanTermsInput", "benefits") => 200,
        ("EmergencyContact", "name") => 80,
        ("path", _) => 200,
        // Descriptions that the club writes may be as long as a page.
        (_, "description") => 20_000,
        _ => LENGTHS.iter().find(|(name, _)| *name == field).map_or(LONGEST, |(_, most)| *most),
    };
    schema.insert("maxLength".to_owned(), json!(most));
}
