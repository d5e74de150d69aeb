//! What the pages of plans say about the versions of a plan.

use jiff::civil::Date;
use kit::{Error, Result};
use ui::format;

use crate::{Plan, Version};

/// The path of the list of plans.
pub(super) const HERE: &str = "/staff/plans/";

/// Returns the path of the page of a plan.
pub(super) fn here(slug: &str) -> String {
    format!("{HERE}{}/", format::encoded(slug))
}

/// Formats the monthly credits of a plan: a number, or `unlimited`.
pub(super) fn credits(plan: &Plan) -> String {
    plan.monthly_credits.map_or("unlimited".to_owned(), |credits| credits.to_string())
}

/// What has become of a version of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VersionStatus {
    /// It takes effect on a later day.
    Scheduled,
    /// New members join with it.
    Current,
    /// New members joined with it until another one took effect.
    Earlier,
    /// A newer version took its place before it took effect.
    Replaced,
}

/// Returns what has become of a version. `versions` are all versions of the plan.
pub(super) fn status(version: &Version, versions: &[Version], today: Date) -> VersionStatus {
    let newer = || versions.iter().filter(|other| other.n > version.n);
    if newer().any(|other| other.effective_on <= version.effective_on && version.effective_on > today) {
        return VersionStatus::Replaced;
    }
    if version.effective_on > today {
        return VersionStatus::Scheduled;
    }
    if newer().any(|other| other.effective_on <= today) {
        VersionStatus::Earlier
    } else {
        VersionStatus::Current
    }
}

/// Returns the version that is in effect.
pub(super) fn current(versions: &[Version], today: Date) -> Result<&Version> {
    versions.iter().find(|version| version.effective_on <= today).ok_or(Error::NotFound)
}
