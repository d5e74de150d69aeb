//! Release rules and single times as they are asked for, in a form or as JSON.

use jiff::Timestamp;
use kit::Id;
use kit::web::{Input, Words};
use membership::Tier;
use serde_json::Value;

use crate::rules::model::{Decision, ReleaseRule};
use crate::rules::overrides::{FACTORS, MOST_HOURS};

/// A rule that is asked for.
#[derive(Debug, Clone)]
pub struct RuleInput(pub ReleaseRule);

impl Input for RuleInput {
    fn parse(words: &mut Words) -> RuleInput {
        let room_kinds = many(words, "room_kinds");
        let services = many(words, "services");
        let services = whole(words, "services", &services, (1, (1 << 53) - 1)).into_iter().map(Id).collect();
        let weekdays = many(words, "weekdays");
        let weekdays = whole(words, "weekdays", &weekdays, (1, 7));
        let from = minutes(words, "from");
        let to = minutes(words, "to");
        // Up to an hour that is not later is up to that hour of the next day.
        let to = if to <= from { to + 1_440 } else { to };
        RuleInput(ReleaseRule {
            room_kinds,
            services,
            weekdays,
            from,
            to,
            tier: tier(words, "tier"),
            release_hours: words.opt_number("release_hours", 0, MOST_HOURS).unwrap_or(0),
            factor_bp: factor(words, "factor").unwrap_or(10_000),
            tags: tags(words),
        })
    }
}

/// A decision by hand that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct DecisionInput {
    /// Where.
    pub room: Id,
    /// When the guest's time begins.
    pub starts_at: Timestamp,
    /// What.
    pub decision: Decision,
}

impl Input for DecisionInput {
    fn parse(words: &mut Words) -> DecisionInput {
        DecisionInput {
            room: words.id("room_id"),
            starts_at: words.moment("starts_at"),
            decision: DecisionInput::decision(words),
        }
    }
}

impl DecisionInput {
    /// What is decided: `decision`, with `factor`, or with `tier` and `hours`.
    pub fn decision(words: &mut Words) -> Decision {
        match words.opt_text_within("decision", 20).as_deref() {
            Some("block") => Decision::Block,
            Some("open") => Decision::Open,
            Some("reprice") => Decision::Reprice(factor(words, "factor").unwrap_or_else(|| {
                words.complain("factor", "This field is required.");
                10_000
            })),
            Some("keep") => {
                Decision::Keep(tier(words, "tier"), words.opt_number("hours", 0, MOST_HOURS).unwrap_or(0))
            }
            _ => {
                words.complain("decision", "Choose block, open, reprice, or keep.");
                Decision::Block
            }
        }
    }
}

/// Every value of a field that may come more than once.
fn many(words: &mut Words, field: &str) -> Vec<String> {
    let plain = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let said = words.many(field);
    let found: Option<Vec<String>> = said.iter().map(plain).collect();
    let found = found.filter(|all| all.iter().all(|text| text.len() <= 100 && !text.contains('\0')));
    let Some(found) = found else {
        words.complain(field, "Use at most 100 plain letters each.");
        return Vec::new();
    };
    found.into_iter().filter(|text| !text.is_empty()).collect()
}

fn whole(words: &mut Words, field: &str, texts: &[String], (least, most): (i64, i64)) -> Vec<i64> {
    let found: Vec<i64> = texts
        .iter()
        .filter_map(|text| text.parse::<i64>().ok().filter(|number| (least..=most).contains(number)))
        .collect();
    if found.len() != texts.len() {
        words.complain(field, "This isn’t an option.");
    }
    found
}

/// `17:30` as minutes of the day.
fn minutes(words: &mut Words, field: &str) -> i64 {
    match words.opt_time(field) {
        Some(time) if time.minute() % 5 == 0 => i64::from(time.hour()) * 60 + i64::from(time.minute()),
        Some(_) => {
            words.complain(field, "Start times must be on a five-minute mark.");
            0
        }
        None => {
            words.complain(field, "This field is required.");
            0
        }
    }
}

fn tier(words: &mut Words, field: &str) -> Tier {
    match words.opt_text_within(field, 20) {
        None => Tier::None,
        Some(text) => Tier::read(text).unwrap_or_else(|| {
            words.complain(field, "Choose none, base, premium, or unlimited.");
            Tier::None
        }),
    }
}

/// `1.20` as basis points: digits are read, never a float.
fn factor(words: &mut Words, field: &str) -> Option<i64> {
    let text = words.opt_text_within(field, 10)?;
    let found = text.parse::<kit::Cents>().ok().map(|hundredths| hundredths.0 * 100);
    let found = found.filter(|factor| (FACTORS.0..=FACTORS.1).contains(factor));
    if found.is_none() {
        words.complain(field, "Enter a multiplier from 0.10 to 5.00, like 1.20.");
    }
    found
}

/// Tags: a list, or one text with commas.
fn tags(words: &mut Words) -> Vec<String> {
    let said = many(words, "tags");
    let said = said.iter().flat_map(|text| text.split(',')).map(|tag| tag.trim().to_lowercase());
    let found: Vec<String> = said.filter(|tag| !tag.is_empty()).collect();
    let is_plain = |tag: &String| {
        tag.len() <= 40 && tag.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'-')
    };
    if found.len() > 10 || !found.iter().all(is_plain) {
        words.complain("tags", "Enter at most ten tags like peak_hour, separated by commas.");
    }
    found
}
