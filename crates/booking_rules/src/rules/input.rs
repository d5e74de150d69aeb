//! The inputs for release rules and overrides, from a form or JSON.

use jiff::Timestamp;
use kit::Id;
use kit::web::{Input, RawInput};
use membership::Tier;
use serde_json::Value;

use crate::rules::model::{Decision, ReleaseRule};
use crate::rules::overrides::{FACTORS, MOST_HOURS};

/// The input for a release rule.
#[derive(Debug, Clone)]
pub struct RuleInput(pub ReleaseRule);

impl Input for RuleInput {
    fn parse(input: &mut RawInput) -> RuleInput {
        let room_kinds = many(input, "room_kinds");
        let services = many(input, "services");
        let services = whole(input, "services", &services, (1, (1 << 53) - 1)).into_iter().map(Id).collect();
        let weekdays = many(input, "weekdays");
        let weekdays = whole(input, "weekdays", &weekdays, (1, 7));
        let from = minutes(input, "from");
        let to = minutes(input, "to");
        // A `to` that is not later than `from` refers to the next day.
        let to = if to <= from { to + 1_440 } else { to };
        RuleInput(ReleaseRule {
            room_kinds,
            services,
            weekdays,
            from,
            to,
            tier: tier(input, "tier"),
            release_hours: input.opt_number("release_hours", 0, MOST_HOURS).unwrap_or(0),
            factor_bp: factor(input, "factor").unwrap_or(10_000),
            tags: tags(input),
        })
    }
}

/// The input for an override: a decision about a single time.
#[derive(Debug, Clone, Copy)]
pub struct DecisionInput {
    /// The id of the room.
    pub room: Id,
    /// When the guest's time begins.
    pub starts_at: Timestamp,
    /// The decision.
    pub decision: Decision,
}

impl Input for DecisionInput {
    fn parse(input: &mut RawInput) -> DecisionInput {
        DecisionInput {
            room: input.id("room_id"),
            starts_at: input.moment("starts_at"),
            decision: DecisionInput::decision(input),
        }
    }
}

impl DecisionInput {
    /// Parses `decision`, and with it `factor`, or `tier` and `hours`.
    pub fn decision(input: &mut RawInput) -> Decision {
        match input.opt_text_within("decision", 20).as_deref() {
            Some("block") => Decision::Block,
            Some("open") => Decision::Open,
            Some("reprice") => Decision::Reprice(factor(input, "factor").unwrap_or_else(|| {
                input.add_error("factor", "This field is required.");
                10_000
            })),
            Some("keep") => {
                Decision::Keep(tier(input, "tier"), input.opt_number("hours", 0, MOST_HOURS).unwrap_or(0))
            }
            _ => {
                input.add_error("decision", "Choose block, open, reprice, or keep.");
                Decision::Block
            }
        }
    }
}

/// Returns every value of a field that may occur more than once.
fn many(input: &mut RawInput, field: &str) -> Vec<String> {
    let plain = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(setting) => Some(setting.to_string()),
        _ => None,
    };
    let values = input.many(field);
    let found: Option<Vec<String>> = values.iter().map(plain).collect();
    let found = found.filter(|all| all.iter().all(|text| text.len() <= 100 && !text.contains('\0')));
    let Some(found) = found else {
        input.add_error(field, "Use at most 100 characters each.");
        return Vec::new();
    };
    found.into_iter().filter(|text| !text.is_empty()).collect()
}

fn whole(input: &mut RawInput, field: &str, texts: &[String], (least, most): (i64, i64)) -> Vec<i64> {
    let found: Vec<i64> = texts
        .iter()
        .filter_map(|text| text.parse::<i64>().ok().filter(|number| (least..=most).contains(number)))
        .collect();
    if found.len() != texts.len() {
        input.add_error(field, "This isn’t an option.");
    }
    found
}

/// Parses a time such as `17:30` and returns minutes since midnight.
fn minutes(input: &mut RawInput, field: &str) -> i64 {
    match input.opt_time(field) {
        Some(time) if time.minute() % 5 == 0 => i64::from(time.hour()) * 60 + i64::from(time.minute()),
        Some(_) => {
            input.add_error(field, "Start times must be on a five-minute mark.");
            0
        }
        None => {
            input.add_error(field, "This field is required.");
            0
        }
    }
}

fn tier(input: &mut RawInput, field: &str) -> Tier {
    match input.opt_text_within(field, 20) {
        None => Tier::None,
        Some(text) => Tier::read(text).unwrap_or_else(|| {
            input.add_error(field, "Choose none, base, premium, or unlimited.");
            Tier::None
        }),
    }
}

/// Parses a factor such as `1.20` and returns basis points. The text is never converted to a float.
fn factor(input: &mut RawInput, field: &str) -> Option<i64> {
    let text = input.opt_text_within(field, 10)?;
    let found = text.parse::<kit::Cents>().ok().map(|hundredths| hundredths.0 * 100);
    let found = found.filter(|factor| (FACTORS.0..=FACTORS.1).contains(factor));
    if found.is_none() {
        input.add_error(field, "Enter a multiplier from 0.10 to 5.00, like 1.20.");
    }
    found
}

/// Parses tags from a list or from one text separated by commas.
fn tags(input: &mut RawInput) -> Vec<String> {
    let texts = many(input, "tags");
    let tags = texts.iter().flat_map(|text| text.split(',')).map(|tag| tag.trim().to_lowercase());
    let found: Vec<String> = tags.filter(|tag| !tag.is_empty()).collect();
    let is_plain = |tag: &String| {
        tag.len() <= 40 && tag.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'-')
    };
    if found.len() > 10 || !found.iter().all(is_plain) {
        input.add_error("tags", "Enter at most ten tags like peak_hour, separated by commas.");
    }
    found
}
