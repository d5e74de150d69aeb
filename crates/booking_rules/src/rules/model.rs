//! Release rules and overrides of single times.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use kit::{Fault, Id, Result};
use membership::Tier;

/// The release rules and overrides that apply to a range of time.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The rules that repeat every week.
    pub weekly: Arc<Vec<ReleaseRule>>,
    /// The overrides of starts in the range.
    pub overrides: Vec<Override>,
}

/// A release rule for times that repeat every week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRule {
    /// The kinds of rooms to which the rule applies. Empty means all.
    pub room_kinds: Vec<String>,
    /// The services to which the rule applies. Empty means all.
    pub services: Vec<Id>,
    /// The weekdays of the operating day, with Monday as 1. Empty means all.
    pub weekdays: Vec<i64>,
    /// The first matching start, in minutes since midnight of the operating day.
    pub from: i64,
    /// The minute after the last matching start. Values past 1440 are after midnight.
    pub to: i64,
    /// The lowest tier that may book before the release. With `Tier::None` the rule reserves nothing and only sets
    /// the price.
    pub tier: Tier,
    /// The number of hours before the start at which it is released to everyone.
    pub release_hours: i64,
    /// The price factor of the time in basis points.
    pub factor_bp: i64,
    /// The tags of the time, such as `peak_hour`, `weekend`, or `holiday`.
    pub tags: Vec<String>,
}

/// An override: a decision about one start in one room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The room to which the decision applies.
    pub room: Id,
    /// When the guest's time begins.
    pub starts_at: Timestamp,
    /// Whether the time is blocked, opened, repriced, or reserved for a tier.
    pub decision: Decision,
}

/// A change of a release rule or of an override, as it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReleaseEvent {
    /// A rule was added.
    Added,
    /// A rule was changed.
    Edited,
    /// A rule was ended.
    Ended,
    /// An override was made.
    Decided,
    /// The last change of an override was undone.
    Undone,
}

impl ReleaseEvent {
    /// Returns the name of the event as it is stored.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            ReleaseEvent::Added => "added",
            ReleaseEvent::Edited => "edited",
            ReleaseEvent::Ended => "ended",
            ReleaseEvent::Decided => "decided",
            ReleaseEvent::Undone => "undone",
        }
    }
}

/// A decision about a single time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// No one can book it online.
    Block,
    /// Everyone can book it at the price without a factor, regardless of the release rules.
    Open,
    /// Its price factor is this many basis points. Release rules still apply.
    Reprice(i64),
    /// It is reserved for this tier until this many hours before the start.
    Keep(Tier, i64),
}

/// A start, with the properties that release rules match.
#[derive(Debug, Clone, Copy)]
pub struct Start<'s> {
    /// The id of the room.
    pub room: Id,
    /// The kind of the room.
    pub kind: &'s str,
    /// The id of the service.
    pub service: Id,
    /// The operating day to which the start belongs.
    pub day: Date,
    /// Minutes since midnight of the operating day, as the club's clock shows them.
    pub minute: i64,
    /// The moment of the start.
    pub at: Timestamp,
}

impl ReleaseRule {
    /// Returns whether the rule applies to a start.
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

/// Returns a decision as it is stored: its name, the tier, and the number (basis points or hours).
pub(crate) fn written(decision: Decision) -> (&'static str, Tier, i64) {
    match decision {
        Decision::Block => ("block", Tier::None, 0),
        Decision::Open => ("open", Tier::None, 0),
        Decision::Reprice(factor_bp) => ("reprice", Tier::None, factor_bp),
        Decision::Keep(tier, hours) => ("keep", tier, hours),
    }
}

/// Parses a decision that [`written`] returned.
///
/// # Errors
/// Returns a fault if the name is unknown.
pub(crate) fn read_decision(word: &str, tier: Tier, number: i64) -> Result<Decision> {
    match word {
        "block" => Ok(Decision::Block),
        "open" => Ok(Decision::Open),
        "reprice" => Ok(Decision::Reprice(number)),
        "keep" => Ok(Decision::Keep(tier, number)),
        other => Err(Fault::because(format!("no hand decides “{other}”"))),
    }
}
