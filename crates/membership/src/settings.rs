//! The settings of memberships that a club can change.

use catalogue::Setting;

/// The number of days for which benefits stay while dues are unpaid (M7).
pub(crate) const GRACE_DAYS: Setting =
    Setting::new("grace_days", "Grace period for unpaid dues (days)", 7, 0, 60);
/// Months in a calendar year for which a membership may be frozen (M6).
pub const FROZEN_MONTHS: Setting = Setting::new("frozen_months", "Longest pause per year (months)", 3, 0, 12);
/// All settings of this crate.
pub const SETTINGS: [Setting; 2] = [GRACE_DAYS, FROZEN_MONTHS];
