//! The settings of memberships that a club can change.

use catalogue::Number;

/// Days for which benefits stay while dues are unpaid (M7).
pub(crate) const GRACE_DAYS: Number =
    Number::new("grace_days", "Grace period for unpaid dues (days)", 7, 0, 60);
/// Months in a calendar year for which a membership may be frozen (M6).
pub const FROZEN_MONTHS: Number = Number::new("frozen_months", "Longest pause per year (months)", 3, 0, 12);
/// Every number of this house.
pub const NUMBERS: [Number; 2] = [GRACE_DAYS, FROZEN_MONTHS];
