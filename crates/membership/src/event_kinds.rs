//! The kinds of events of memberships, and what they record.

use std::borrow::Cow;

use jiff::civil::Date;
use kit::Cents;
use serde::{Deserialize, Serialize};

use crate::model::{MembershipStatus, Paid};

/// The kind of an event of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MembershipEventKind {
    /// The person became a member.
    Joined,
    /// The membership was set to end with the paid period.
    Leaves,
    /// The membership continues after all.
    Stays,
    /// A change to a plan that does not cost more was scheduled.
    ChangesDown,
    /// A scheduled change of the plan was withdrawn.
    KeepsPlan,
    /// The membership was changed to a plan that costs more.
    Upgraded,
    /// The newest terms of the plan were scheduled.
    MovesOver,
    /// The dues of a month were collected.
    DuesTaken,
    /// The dues are unpaid, and the benefits continue.
    Grace,
    /// The dues are unpaid, and there are no benefits.
    Suspended,
    /// The membership ended.
    Ended,
    /// The membership was frozen.
    Frozen {
        /// The calendar year in which the months are counted (M6).
        year: i16,
        /// The number of months.
        months: i64,
    },
}

/// The kinds whose names are fixed.
const NAMED: [MembershipEventKind; 11] = [
    MembershipEventKind::Joined,
    MembershipEventKind::Leaves,
    MembershipEventKind::Stays,
    MembershipEventKind::ChangesDown,
    MembershipEventKind::KeepsPlan,
    MembershipEventKind::Upgraded,
    MembershipEventKind::MovesOver,
    MembershipEventKind::DuesTaken,
    MembershipEventKind::Grace,
    MembershipEventKind::Suspended,
    MembershipEventKind::Ended,
];

impl MembershipEventKind {
    /// Returns the name of the kind as it is stored, such as `joined`; `frozen_2026_2` stands for two months counted in
    /// 2026.
    pub fn as_str(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            MembershipEventKind::Joined => "joined",
            MembershipEventKind::Leaves => "leaves",
            MembershipEventKind::Stays => "stays",
            MembershipEventKind::ChangesDown => "changes_down",
            MembershipEventKind::KeepsPlan => "keeps_plan",
            MembershipEventKind::Upgraded => "upgraded",
            MembershipEventKind::MovesOver => "moves_over",
            MembershipEventKind::DuesTaken => "dues_taken",
            MembershipEventKind::Grace => "grace",
            MembershipEventKind::Suspended => "suspended",
            MembershipEventKind::Ended => "ended",
            MembershipEventKind::Frozen { year, months } => {
                return Cow::Owned(format!("frozen_{year}_{months}"));
            }
        })
    }

    /// Parses a name that [`MembershipEventKind::as_str`] returns; `None` for any other text.
    pub fn read(text: String) -> Option<MembershipEventKind> {
        if let Some(frozen) = text.strip_prefix("frozen_") {
            let (year, months) = frozen.split_once('_')?;
            return Some(MembershipEventKind::Frozen {
                year: year.parse().ok()?,
                months: months.parse().ok()?,
            });
        }
        NAMED.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Returns the event that a membership reaches a status because of the date; `None` for an active one.
    pub(crate) fn reached(status: MembershipStatus) -> Option<MembershipEventKind> {
        match status {
            MembershipStatus::Active => None,
            MembershipStatus::Grace => Some(MembershipEventKind::Grace),
            MembershipStatus::Suspended => Some(MembershipEventKind::Suspended),
            MembershipStatus::Ended => Some(MembershipEventKind::Ended),
        }
    }

    /// Returns whether a later event makes the news of this one obsolete.
    pub(crate) fn is_undone_by(self, later: MembershipEventKind) -> bool {
        use MembershipEventKind::*;
        match self {
            Joined | Upgraded | DuesTaken | Ended | MovesOver => false,
            Leaves => matches!(later, Stays | Upgraded | Ended),
            Stays => matches!(later, Leaves | Ended),
            ChangesDown => matches!(later, KeepsPlan | ChangesDown | Upgraded | Leaves | Ended),
            KeepsPlan => matches!(later, ChangesDown | Ended),
            Grace => matches!(later, DuesTaken | Suspended | Ended),
            Suspended => matches!(later, DuesTaken | Ended),
            Frozen { .. } => later == Ended,
        }
    }
}

kit::column_as!(MembershipEventKind, String, MembershipEventKind::read, |kind| kind.as_str().into_owned());

/// What an event of a membership records. Events from before anything was recorded have no values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MembershipEventDetail {
    /// The name of the plan; for a change, that of the new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The version of the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The plan before a change, or the first day of a freeze.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<ChangedFrom>,
    /// The last paid day, or the last day of a freeze.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The amount that was paid, or the monthly price, in cents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cents: Option<i64>,
    /// How it was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<Paid>,
    /// The number of months of a freeze.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months: Option<i64>,
    /// The number of days for which the benefits continue without a payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
}

/// What is written under the one name `from`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ChangedFrom {
    /// The first day of a freeze.
    Day(Date),
    /// The name of the plan before a change.
    Plan(String),
}

impl MembershipEventDetail {
    /// Returns the details of an event of this plan.
    pub(crate) fn of_plan(name: &str) -> MembershipEventDetail {
        MembershipEventDetail { plan: Some(name.to_owned()), ..MembershipEventDetail::default() }
    }

    /// Returns the name of the plan; empty if none is recorded.
    pub(crate) fn plan(&self) -> &str {
        self.plan.as_deref().unwrap_or_default()
    }

    /// Returns the name of the plan before a change; empty if none is recorded.
    pub(crate) fn previous_plan(&self) -> &str {
        match &self.from {
            Some(ChangedFrom::Plan(name)) => name,
            _ => "",
        }
    }

    /// Returns the first day of a freeze.
    pub(crate) fn first_day(&self) -> Option<Date> {
        match self.from {
            Some(ChangedFrom::Day(day)) => Some(day),
            _ => None,
        }
    }

    /// Returns the amount; zero if none is recorded.
    pub(crate) fn amount(&self) -> Cents {
        Cents(self.cents.unwrap_or_default())
    }

    /// Parses the column of the details, which is NULL in rows from before there were details.
    fn read(text: Option<String>) -> Option<MembershipEventDetail> {
        text.map_or_else(|| Some(MembershipEventDetail::default()), |text| serde_json::from_str(&text).ok())
    }
}

kit::column_as!(MembershipEventDetail, Option<String>, MembershipEventDetail::read, |detail| Some(
    serde_json::json!(detail).to_string()
));

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_is_parsed_from_its_stored_name() {
        let frozen = MembershipEventKind::Frozen { year: 2026, months: 2 };
        assert_eq!(frozen.as_str(), "frozen_2026_2");
        for kind in NAMED.into_iter().chain([frozen]) {
            assert_eq!(MembershipEventKind::read(kind.as_str().into_owned()), Some(kind));
        }
        for other in ["", "joined ", "frozen_", "frozen_2026", "frozen_2026_", "auto_credit"] {
            assert_eq!(MembershipEventKind::read(other.to_owned()), None, "{other}");
        }
    }

    /// The details are in rows that stay, so their form must not change.
    #[test]
    fn the_details_are_parsed_from_stored_rows() {
        let read = |text: &str| MembershipEventDetail::read(Some(text.to_owned())).expect("details");
        let upgraded =
            r#"{"cents":7500,"from":"Base","paid":"terminal","plan":"Premium","until":"2026-12-09"}"#;
        let detail = read(upgraded);
        assert_eq!(
            (detail.previous_plan(), detail.plan(), detail.paid),
            ("Base", "Premium", Some(Paid::Terminal))
        );
        assert_eq!(json!(detail).to_string(), upgraded);
        let frozen = r#"{"from":"2026-12-10","months":1,"plan":"Base","until":"2027-01-09"}"#;
        let detail = read(frozen);
        assert_eq!((detail.first_day(), detail.until), (Some(date(2026, 12, 10)), Some(date(2027, 1, 9))));
        assert_eq!(json!(detail).to_string(), frozen);
        assert_eq!(MembershipEventDetail::read(None), Some(MembershipEventDetail::default()));
    }
}
