//! The inputs for release rules and overrides, from a form or JSON.

use jiff::Timestamp;
use kit::web::{Input, RawInput};
use kit::{Id, input};
use membership::Tier;
use serde_json::Value;

use crate::rules::model::{Decision, ReleaseRule};
use crate::rules::overrides::{FACTORS, MOST_HOURS};

input! {
    /// The terms of a rule.
    #[derive(Debug, Clone)]
    pub struct RuleInput {
        #[schema(value_type = Option<Vec<String>>)]
        room_kinds: Vec<String> = read(many),
        #[schema(value_type = Option<Vec<i64>>)]
        services: Vec<i64> = read(services),
        #[schema(value_type = Option<Vec<i64>>)]
        weekdays: Vec<i64> = read(weekdays),
        /// The first start, such as `17:00`.
        #[schema(value_type = String)]
        from: i64 = read(minutes),
        /// `22:00`. If not later than `from`, it is on the next day.
        #[schema(value_type = String)]
        to: i64 = read(minutes),
        #[schema(value_type = Option<String>)]
        tier: Tier = read(tier),
        release_hours: Option<i64> = opt_number(0, MOST_HOURS),
        #[schema(value_type = Option<String>)]
        factor: Option<i64> = read(factor),
        #[schema(value_type = Option<Vec<String>>)]
        tags: Vec<String> = read(tags),
    }
}

impl RuleInput {
    /// Returns the release rule that the input describes.
    pub fn rule(self) -> ReleaseRule {
        ReleaseRule {
            room_kinds: self.room_kinds,
            services: self.services.into_iter().map(Id).collect(),
            weekdays: self.weekdays,
            from: self.from,
            // A `to` that is not later than `from` refers to the next day.
            to: if self.to <= self.from { self.to + 1_440 } else { self.to },
            tier: self.tier,
            release_hours: self.release_hours.unwrap_or(0),
            factor_bp: self.factor.unwrap_or(10_000),
            tags: self.tags,
        }
    }
}

input! {
    /// The input of an override: a decision about one start of a room.
    #[derive(Debug, Clone)]
    pub struct DecisionInput {
        /// The id of the room.
        #[schema(value_type = i64)]
        pub room_id: Id = id(),
        /// When the guest’s time begins.
        #[schema(value_type = String, format = DateTime)]
        pub starts_at: Timestamp = moment(),
        /// `block`, `open`, `reprice` (with `factor`), or `keep` (with `tier` and `hours`).
        decision: String = read(decision),
        #[schema(value_type = Option<String>)]
        factor: i64 = read(factor_of_decision),
        #[schema(value_type = Option<String>)]
        tier: Tier = read(tier_of_decision),
        #[schema(value_type = Option<i64>)]
        hours: i64 = read(hours_of_decision),
    }
}

impl DecisionInput {
    /// Returns the decision that the input describes.
    pub fn decision(&self) -> Decision {
        decision_of(&self.decision, self.factor, (self.tier, self.hours))
    }
}

fn decision_of(name: &str, factor: i64, (tier, hours): (Tier, i64)) -> Decision {
    match name {
        "open" => Decision::Open,
        "reprice" => Decision::Reprice(factor),
        "keep" => Decision::Keep(tier, hours),
        _ => Decision::Block,
    }
}

impl Input for Decision {
    /// Parses `decision`, and with it `factor`, or `tier` and `hours`.
    fn parse(input: &mut RawInput) -> Decision {
        let (name, factor) = (decision(input, "decision"), factor_of_decision(input, "factor"));
        let reserved = (tier_of_decision(input, "tier"), hours_of_decision(input, "hours"));
        decision_of(&name, factor, reserved)
    }
}

/// The decisions by their names.
const DECISIONS: [&str; 4] = ["block", "open", "reprice", "keep"];

fn decision(input: &mut RawInput, field: &str) -> String {
    let text = input.opt_text_within(field, 20).filter(|text| DECISIONS.contains(&text.as_str()));
    if text.is_none() {
        input.add_error(field, "Choose block, open, reprice, or keep.");
    }
    text.unwrap_or_default()
}

fn is_decided(input: &mut RawInput, name: &str) -> bool {
    decision(input, "decision") == name
}

/// Parses the factor, which only a new price has.
fn factor_of_decision(input: &mut RawInput, field: &str) -> i64 {
    if !is_decided(input, "reprice") {
        return 10_000;
    }
    factor(input, field).unwrap_or_else(|| {
        input.add_error(field, "This field is required.");
        10_000
    })
}

/// Parses the tier, which only a reserved time has.
fn tier_of_decision(input: &mut RawInput, field: &str) -> Tier {
    if is_decided(input, "keep") { tier(input, field) } else { Tier::None }
}

/// Parses the hours before which a reserved time is released.
fn hours_of_decision(input: &mut RawInput, field: &str) -> i64 {
    let hours = is_decided(input, "keep").then(|| input.opt_number(field, 0, MOST_HOURS)).flatten();
    hours.unwrap_or(0)
}

/// Parses the ids of services.
fn services(input: &mut RawInput, field: &str) -> Vec<i64> {
    whole(input, field, (1, (1 << 53) - 1))
}

/// Parses weekdays, from 1 (Monday) to 7.
fn weekdays(input: &mut RawInput, field: &str) -> Vec<i64> {
    whole(input, field, (1, 7))
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

fn whole(input: &mut RawInput, field: &str, (least, most): (i64, i64)) -> Vec<i64> {
    let texts = many(input, field);
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

/// Parses a factor such as `1.20` or `120%` and returns basis points. The text is never converted to a float.
fn factor(input: &mut RawInput, field: &str) -> Option<i64> {
    let text = input.opt_text_within(field, 10)?;
    let hundredths = |text: &str| text.trim().parse::<kit::Cents>().ok().map(|hundredths| hundredths.0);
    let found = match text.strip_suffix('%') {
        Some(percent) => hundredths(percent),
        None => hundredths(&text).and_then(|factor| factor.checked_mul(100)),
    };
    let found = found.filter(|factor| (FACTORS.0..=FACTORS.1).contains(factor));
    if found.is_none() {
        input.add_error(field, "Enter a percentage from 10% to 500%, like 120%.");
    }
    found
}

/// Parses tags from a list or from one text separated by commas.
fn tags(input: &mut RawInput, field: &str) -> Vec<String> {
    let texts = many(input, field);
    let tags = texts.iter().flat_map(|text| text.split(',')).map(|tag| tag.trim().to_lowercase());
    let found: Vec<String> = tags.filter(|tag| !tag.is_empty()).collect();
    let is_plain = |tag: &String| {
        tag.len() <= 40 && tag.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'-')
    };
    if found.len() > 10 || !found.iter().all(is_plain) {
        input.add_error(field, "Enter at most ten tags like peak_hour, separated by commas.");
    }
    found
}
