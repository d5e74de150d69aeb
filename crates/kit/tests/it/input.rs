//! Reading requests: every error is reported at its field.

use kit::web::{Input, RawInput};
use kit::{Cents, Error};

/// Returns the fields that are wrong.
fn wrong_fields<T: Input>(raw_input: RawInput) -> Vec<String> {
    match raw_input.parse::<T>() {
        Err(Error::Invalid(fields)) => fields.0.into_keys().collect(),
        other => {
            assert!(other.is_ok(), "no other error");
            Vec::new()
        }
    }
}

struct Needed;

impl Input for Needed {
    fn parse(raw_input: &mut RawInput) -> Needed {
        raw_input.id("id");
        raw_input.opt_date("date");
        raw_input.text("name", 10);
        raw_input.opt_text("note");
        raw_input.yes("gift");
        raw_input.moment("at");
        raw_input.number("party", 1, 4);
        Needed
    }
}

#[test]
fn every_error_is_reported_for_its_field() {
    let body = br#"{"id": -1, "date": "2026-02-30", "name": " ", "note": "a\u0000", "at": " ", "party": ""}"#;
    let fields = wrong_fields::<Needed>(RawInput::from_json(body).expect("an object"));
    assert_eq!(fields, ["at", "date", "id", "name", "note", "party"]);
}

struct Optional;

impl Input for Optional {
    fn parse(raw_input: &mut RawInput) -> Optional {
        raw_input.opt_number("number", 1, 5);
        raw_input.opt_date("date");
        raw_input.opt_time("time");
        raw_input.opt_moment("moment");
        raw_input.opt_cents("cents", Cents(500));
        raw_input.yes("yes");
        raw_input.opt_text("text");
        Optional
    }
}

#[test]
fn an_empty_value_is_missing_in_a_form_and_invalid_in_a_query() {
    for field in ["number", "date", "time", "moment", "yes", "cents"] {
        let bytes = format!("{field}=&text=");
        let raw_input = || RawInput::from_form(bytes.as_bytes()).expect("a form");
        assert!(wrong_fields::<Optional>(raw_input()).is_empty(), "{field}");
        assert_eq!(wrong_fields::<Optional>(raw_input().refusing_empty()), [field]);
    }
}

#[test]
fn a_form_collects_all_values_of_a_repeated_name() {
    let raw_input = RawInput::from_form(b"addon=1&addon=2&note=a%20b").expect("a form");
    assert_eq!(raw_input.raw("addon"), Some(&serde_json::json!(["1", "2"])));
    assert_eq!(raw_input.raw("note"), Some(&serde_json::json!("a b")));
}
