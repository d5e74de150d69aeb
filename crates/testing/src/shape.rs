//! Checks of response shapes: which fields exist, and of which type.

use serde_json::Value;

/// Asserts that `value` matches a shape. An object lists the fields that must exist, a list contains the shape of
/// every item, and a text names a type; with a trailing `?`, the value may be null.
#[track_caller]
pub fn assert_shape(place: &str, value: &Value, shape: &Value) {
    match shape {
        Value::Object(fields) => {
            let Value::Object(values) = value else {
                panic!("{place}: an object is wanted, here is {value}")
            };
            for (name, shape) in fields {
                let value =
                    values.get(name).unwrap_or_else(|| panic!("{place}.{name} is missing in {values:?}"));
                assert_shape(&format!("{place}.{name}"), value, shape);
            }
        }
        Value::Array(items) => {
            let Value::Array(values) = value else { panic!("{place}: a list is wanted, here is {value}") };
            for (at, value) in values.iter().enumerate() {
                assert_shape(&format!("{place}[{at}]"), value, &items[0]);
            }
        }
        Value::String(kind) => assert!(is(value, kind), "{place}: {kind} is wanted, here is {value}"),
        other => panic!("{place}: {other} is no shape"),
    }
}

fn is(value: &Value, kind: &str) -> bool {
    if let Some(kind) = kind.strip_suffix('?') {
        return value.is_null() || is(value, kind);
    }
    let text = value.as_str();
    match kind {
        "id" => value.as_i64().is_some_and(|id| id > 0 && id < 1 << 53),
        "integer" => value.is_i64(),
        "yes-or-no" => value.is_boolean(),
        "text" => text.is_some(),
        "money" => text.is_some_and(|text| {
            let (whole, part) = text.trim_start_matches('-').split_once('.').unwrap_or_default();
            !whole.is_empty()
                && part.len() == 2
                && format!("{whole}{part}").bytes().all(|b| b.is_ascii_digit())
        }),
        "date" => text.is_some_and(|text| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()),
        "clock" => {
            text.is_some_and(|text| text.len() == 5 && jiff::civil::Time::strptime("%H:%M", text).is_ok())
        }
        // ISO 8601 with the offset of the club's time zone, not with Z.
        "moment" => text.is_some_and(|text| {
            text.parse::<jiff::Timestamp>().is_ok() && (text.ends_with("-05:00") || text.ends_with("-04:00"))
        }),
        "null" => value.is_null(),
        "reference" => text.is_some_and(|text| {
            text.len() == 14
                && text.starts_with("CS-20")
                && text[3..].bytes().all(|b| b.is_ascii_digit() || b == b'-')
        }),
        other => panic!("{other} is no type"),
    }
}
