//! Release rules and what was decided by hand for single times.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use kit::{Fault, Id, Result};
use membership::Tier;

/// What holds for a stretch of time.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Those that repeat every week.
    pub weekly: Arc<Vec<ReleaseRule>>,
    /// What was decided by hand in the stretch.
    pub overrides: Vec<Override>,
}

/// A rule for times that repeat every week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRule {
    /// The kinds of rooms it is for; empty is all.
    pub room_kinds: Vec<String>,
    /// The services it is for; empty is all.
    pub services: Vec<Id>,
    /// The weekdays of the operating day, Monday is 1; empty is all.
    pub weekdays: Vec<i64>,
    /// The first minute of the operating day at which a start matches.
    pub from: i64,
    /// The minute after the last; past 1440 is after midnight.
    pub to: i64,
    /// Who may book before the release; `Tier::None` keeps nothing, and only the price counts.
    pub tier: Tier,
    /// Hours before the start at which it opens to everybody.
    pub release_hours: i64,
    /// The time's price factor in basis points.
    pub factor_bp: i64,
    /// `peak_hour`, `weekend`, `holiday`.
    pub tags: Vec<String>,
}

/// What was decided by hand for one start in one room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The room that the decision is about.
    pub room: Id,
    /// When the guest's time begins.
    pub starts_at: Timestamp,
    /// Whether the time is blocked, opened, repriced, or kept for a tier.
    pub decision: Decision,
}

/// What can be decided for a single time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nobody books it online.
    Block,
    /// Everybody may book it, whatever the rules say, at the plain price.
    Open,
    /// It costs so much more or less, in basis points; rules keep it as before.
    Reprice(i64),
    /// It is kept for this tier until so many hours before.
    Keep(Tier, i64),
}

/// A start, as rules look at it.
#[derive(Debug, Clone, Copy)]
pub struct Start<'s> {
    /// The room.
    pub room: Id,
    /// The room's kind.
    pub kind: &'s str,
    /// The service.
    pub service: Id,
    /// The operating day.
    pub day: Date,
    /// Minutes from the operating day's midnight, as the club's clock counts them.
    pub minute: i64,
    /// The moment.
    pub at: Timestamp,
}

impl ReleaseRule {
    /// Whether a start is one of those that the rule is for.
    pub fn matches(&self, start: &Start<'_>) -> bool {
        self.is_for(start.kind, start.service)
            && self.is_on(start.day)
            && (self.from..self.to).contains(&start.minute)
    }

    pub(crate) fn is_for(&self, kind: &str, service: Id) -> bool {
        (self.room_kinds.is_empty() || self.room_kinds.iter().any(|one| one == kind))
            && (self.services.is_empty() || self.services.contains(&service))
    }

    pub(crate) fn is_on(&self, day: Date) -> bool {
        let weekday = i64::from(day.weekday().to_monday_one_offset());
        self.weekdays.is_empty() || self.weekdays.contains(&weekday)
    }
}

/// What was decided as it stands in the tables.
pub(crate) fn written(decision: Decision) -> (&'static str, Tier, i64) {
    match decision {
        Decision::Block => ("block", Tier::None, 0),
        Decision::Open => ("open", Tier::None, 0),
        Decision::Reprice(factor_bp) => ("reprice", Tier::None, factor_bp),
        Decision::Keep(tier, hours) => ("keep", tier, hours),
    }
}

/// Reads what [`written`] wrote.
///
/// # Errors
/// A fault for a word that is none.
pub(crate) fn read_decision(word: &str, tier: Tier, number: i64) -> Result<Decision> {
    match word {
        "block" => Ok(Decision::Block),
        "open" => Ok(Decision::Open),
        "reprice" => Ok(Decision::Reprice(number)),
        "keep" => Ok(Decision::Keep(tier, number)),
        other => Err(Fault::because(format!("no hand decides “{other}”"))),
    }
}
