//! What the pages of plans say about the versions of a plan.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::{Error, Result};
use ui::format;

use crate::{Plan, Version};

/// The path of the list of plans.
pub(super) const HERE: &str = "/staff/plans/";

/// Returns the path of the page of a plan.
pub(super) fn here(slug: &str) -> String {
    format!("{HERE}{}/", format::encoded(slug))
}

/// Formats the monthly credits of a plan: a number, or `Unlimited`.
pub(super) fn credits(plan: &Plan) -> String {
    plan.monthly_credits.map_or("Unlimited".to_owned(), |credits| credits.to_string())
}

/// The status of a version of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VersionStatus {
    /// It takes effect on a later day.
    Scheduled,
    /// People who join today get it.
    Current,
    /// It was in effect until a newer version took effect. Members can still have it.
    Former,
    /// A newer version was published before it took effect and took its place, so it never takes effect.
    Superseded,
}

/// Returns the status of a version today. `versions` are all versions of the plan.
pub(super) fn status(
    version: &Version,
    versions: &[Version],
    (zone, today): (&TimeZone, Date),
) -> VersionStatus {
    let newer = || versions.iter().filter(|other| other.n > version.n);
    let takes_its_place = |other: &Version| {
        other.effective_on <= version.effective_on
            && format::date_at(zone, other.made_at) < version.effective_on
    };
    if newer().any(takes_its_place) {
        VersionStatus::Superseded
    } else if version.effective_on > today {
        VersionStatus::Scheduled
    } else if newer().any(|other| other.effective_on <= today) {
        VersionStatus::Former
    } else {
        VersionStatus::Current
    }
}

/// Returns the text for the status of a version: `Current for new members`.
pub(super) fn status_text(version: &Version, status: VersionStatus, today: Date) -> String {
    match status {
        VersionStatus::Scheduled => format!("Starts {}", format::day(version.effective_on, today)),
        VersionStatus::Current => "Current for new members".to_owned(),
        VersionStatus::Former if version.members > 0 => "Existing members only".to_owned(),
        VersionStatus::Former => "Replaced".to_owned(),
        VersionStatus::Superseded => "Never took effect".to_owned(),
    }
}

/// Returns the version that is in effect.
pub(super) fn current(versions: &[Version], today: Date) -> Result<&Version> {
    versions.iter().find(|version| version.effective_on <= today).ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kit::Id;

    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    /// Returns a version that was published at noon UTC.
    fn version((n, made_on, effective_on, members): (i64, &str, &str, i64)) -> Version {
        let made_at: Timestamp = format!("{made_on}T12:00:00Z").parse().expect("a time");
        Version {
            id: Id(n),
            n,
            made_at,
            made_by: None,
            effective_on: date(effective_on),
            members,
            plan: Plan::base(),
        }
    }

    /// Versions 3 and 5 took the place of 2 and 4 before those took effect. Version 6 replaced 5 on the same day.
    #[test]
    fn each_plan_version_has_one_unambiguous_status() {
        let mut versions: Vec<Version> = [
            (1, "1970-01-01", "1970-01-01", 3),
            (2, "2026-11-01", "2026-11-20", 0),
            (3, "2026-11-05", "2026-11-10", 2),
            (4, "2026-11-12", "2026-11-30", 0),
            (5, "2026-11-24", "2026-11-24", 0),
            (6, "2026-11-24", "2026-11-24", 1),
            (7, "2026-11-24", "2026-12-24", 0),
        ]
        .map(version)
        .into();
        versions.reverse();
        let status_texts = |today: &str, known: i64| -> Vec<String> {
            let known: Vec<Version> = versions.iter().filter(|version| version.n <= known).cloned().collect();
            let today = date(today);
            let status_texts = |version: &Version| {
                status_text(version, status(version, &known, (&TimeZone::UTC, today)), today)
            };
            known.iter().rev().map(status_texts).collect()
        };
        let (current, former, unused, never) =
            ("Current for new members", "Existing members only", "Replaced", "Never took effect");
        assert_eq!(status_texts("2026-11-01", 2), [current, "Starts Friday, November 20"]);
        assert_eq!(status_texts("2026-11-05", 3), [current, never, "Starts Tuesday, November 10"]);
        // The day on which version 2 would have taken effect changes nothing.
        assert_eq!(status_texts("2026-11-21", 4), [former, never, current, "Starts Monday, November 30"]);
        let now = [former, never, former, never, unused, current, "Starts Thursday, December 24"];
        assert_eq!(status_texts("2026-11-24", 7), now);
        let later = [former, never, former, never, unused, former, current];
        assert_eq!(status_texts("2026-12-24", 7), later);
    }
}
