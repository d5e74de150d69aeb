//! The shape of responses as text: one line for each field with the kinds of its values, sorted by name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The kinds of values at each place of some responses.
#[derive(Default)]
pub(crate) struct Shape {
    kinds: BTreeMap<String, BTreeSet<&'static str>>,
    /// The number of objects that have the field of a place.
    fields: BTreeMap<String, usize>,
    /// The number of objects at a place.
    objects: BTreeMap<String, usize>,
}

impl Shape {
    /// Adds the body of a response.
    pub(crate) fn add(&mut self, value: &Value) {
        self.add_at("", value);
    }

    fn add_at(&mut self, place: &str, value: &Value) {
        self.kinds.entry(place.to_owned()).or_default().insert(kind(value));
        match value {
            Value::Object(fields) => {
                *self.objects.entry(place.to_owned()).or_default() += 1;
                for (name, value) in fields {
                    let place = format!("{place}.{name}");
                    *self.fields.entry(place.clone()).or_default() += 1;
                    self.add_at(&place, value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.add_at(&format!("{place}[]"), item)),
            _ => {}
        }
    }

    /// Returns one line for each place, such as `.upcoming[].id: integer`.
    pub(crate) fn lines(&self) -> String {
        let line = |(place, kinds): (&String, &BTreeSet<&str>)| {
            let mut kinds: Vec<&str> = kinds.iter().copied().collect();
            let parent = place.rsplit_once('.').map(|(parent, _)| parent);
            let possible = parent.and_then(|parent| self.objects.get(parent));
            if self.fields.get(place).is_some_and(|seen| possible.is_some_and(|all| seen < all)) {
                kinds.push("absent");
            }
            let place = if place.is_empty() { "body" } else { place };
            format!("{place}: {}\n", kinds.join(" or "))
        };
        self.kinds.iter().map(line).collect()
    }
}

/// Returns the kind of a value, as clients distinguish kinds.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "yes-or-no",
        Value::Number(number) if number.is_i64() => "integer",
        Value::Number(_) => "fraction",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
        Value::String(text) => kind_of_text(text),
    }
}

fn kind_of_text(text: &str) -> &'static str {
    let is_amount = text.trim_start_matches('-').split_once('.').is_some_and(|(whole, part)| {
        !whole.is_empty()
            && part.len() == 2
            && [whole, part].concat().bytes().all(|byte| byte.is_ascii_digit())
    });
    if is_amount {
        "amount"
    } else if text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok() {
        "date"
    } else if text.len() == 5 && jiff::civil::Time::strptime("%H:%M", text).is_ok() {
        "clock"
    } else if text.parse::<jiff::Timestamp>().is_ok() {
        "moment"
    } else {
        "text"
    }
}

#[test]
fn a_shape_lists_every_kind_of_value() {
    let mut shape = Shape::default();
    shape.add(&serde_json::json!([{"a": 1, "b": "1.20"}, {"a": null, "c": {"d": "2026-11-27"}}]));
    let expected = "body: list\n[]: object\n[].a: integer or null\n[].b: amount or absent\n[].c: object or absent\n[].c.d: date\n";
    assert_eq!(shape.lines(), expected);
}
