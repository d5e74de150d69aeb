//! The settings of this crate. A manager can change each of them for the club.

use catalogue::{Setting, SettingUnit};
use kit::{Error, Result};

/// How many days ahead visitors and accounts book (W1).
pub const ACCOUNT_DAYS: Setting =
    Setting::new("account_days", "Booking window for guests (days)", membership::ACCOUNT_DAYS, 0, 365);
/// How long before its start a time closes online (W1).
pub const AHEAD: Setting =
    Setting::new("minutes_ahead", "Online booking cutoff (minutes before start)", 60, 0, 1_440);
/// How long a hold lasts (H1).
pub const HOLD: Setting = Setting::new("hold_minutes", "Hold length (minutes)", 10, 1, 60);
/// How long an offer from the waitlist is held (L2).
pub const OFFER: Setting = Setting::new("offer_minutes", "Waitlist hold length (minutes)", 30, 5, 240);
/// Live holds of an account (H1).
pub const HOLDS: Setting = Setting::new("holds_an_account", "Maximum open holds per account", 3, 1, 20);
/// The number of live holds that visitors from one network may have (H1).
pub const HOLDS_FROM: Setting =
    Setting::new("holds_an_address", "Maximum open holds per IP address, signed out", 5, 1, 100);
/// Holds that visitors of one network make in an hour (H1).
pub const HOLDS_AN_HOUR: Setting = Setting::new(
    "holds_an_address_an_hour",
    "Maximum holds per hour per IP address, signed out",
    30,
    1,
    1_000,
);
/// The number of upcoming bookings that an account may have (F7).
pub const OPEN_ACCOUNT: Setting =
    Setting::new("open_account", "Maximum upcoming bookings per guest account", 3, 1, 100);
/// Bookings ahead of a Base member (F7).
pub const OPEN_BASE: Setting =
    Setting::new("open_base", "Maximum upcoming bookings per Base member", 8, 1, 100);
/// The number of upcoming bookings that a Premium member may have (F7).
pub const OPEN_PREMIUM: Setting =
    Setting::new("open_premium", "Maximum upcoming bookings per Premium member", 12, 1, 100);
/// The number of upcoming bookings that an Unlimited member may have (F7).
pub const OPEN_UNLIMITED: Setting =
    Setting::new("open_unlimited", "Maximum upcoming bookings per Unlimited member", 20, 1, 100);
/// The number of hours before the start until which members cancel for free (C1).
pub const FREE_MEMBER: Setting =
    Setting::new("free_hours_member", "Free cancellation for members (hours before start)", 24, 0, 336);
/// The number of hours before the start until which everyone else cancels for free (C1).
pub const FREE_OTHERS: Setting =
    Setting::new("free_hours_others", "Free cancellation for guests (hours before start)", 48, 0, 336);
/// The number of hours before the start until which canceling costs half (C1).
pub const HALF: Setting =
    Setting::new("half_hours", "50% cancellation fee until (hours before start)", 12, 0, 336);
/// The number of minutes after booking during which canceling is free (C1).
pub const REGRET: Setting =
    Setting::new("regret_minutes", "Free cancellation after booking (minutes)", 60, 0, 1_440);
/// The fee for each lapse of an Unlimited member after the first that still counts, in cents (C2).
pub const LAPSE_FEE: Setting = Setting::new(
    "lapse_cents",
    "Unlimited members: fee for each late cancellation or no-show after the first",
    5_000,
    0,
    100_000,
)
.with(SettingUnit::Cents);
/// How far back lapses count (C2).
pub const LAPSE_DAYS: Setting =
    Setting::new("lapse_days", "Unlimited members: days a late cancellation or no-show counts", 30, 1, 365);
/// How often a booking is moved (C4).
pub const MOVES: Setting = Setting::new("moves", "Reschedules allowed per booking", 2, 0, 20);
/// The number of minutes after the start from which staff may mark a no-show (C5).
pub const NO_SHOW: Setting =
    Setting::new("no_show_minutes", "Earliest no-show (minutes after start)", 15, 0, 240);
/// For how long the desk undoes a step of a visit without a manager (D4).
pub const UNDO: Setting = Setting::new("undo_minutes", "Undo window at the front desk (minutes)", 30, 0, 240);
/// The number of minutes before its time from which a visit may start (D11).
pub const START_EARLY: Setting =
    Setting::new("start_early_minutes", "Earliest start of a visit (minutes before its time)", 15, 0, 120);
/// The number of minutes after its start until which staff may still enter a visit (W1).
pub const WALK_IN: Setting =
    Setting::new("walk_in_minutes", "Staff booking cutoff (minutes after start)", 120, 0, 720);
/// The largest number of minutes between the services of a visit (F10).
pub const GAP: Setting =
    Setting::new("gap_minutes", "Longest gap between services of a visit (minutes)", 15, 0, 60);
/// The nights in which nothing is offered (L2).
pub const QUIET_FROM: Setting =
    Setting::new("quiet_from", "Quiet hours begin", 22, 0, 24).with(SettingUnit::Hour);
/// The hour at which the quiet hours that begin at [`QUIET_FROM`] end (L2).
pub const QUIET_TO: Setting = Setting::new("quiet_to", "Quiet hours end", 8, 0, 24).with(SettingUnit::Hour);
/// Nothing is held for who waited so short before its start (L2).
pub const OFFER_AHEAD: Setting =
    Setting::new("offer_ahead_hours", "Waitlist offer cutoff (hours before start)", 2, 0, 48);
/// Places that a person has on the waitlist.
pub const WAITS: Setting = Setting::new("waits", "Maximum waitlist entries per person", 10, 1, 100);

/// When a guest is reminded first.
pub const REMIND_FIRST: Setting =
    Setting::new("remind_first_hours", "First reminder (hours before start)", 24, 1, 168);
/// The number of hours before the start at which a guest gets the last reminder.
pub const REMIND_LAST: Setting =
    Setting::new("remind_last_hours", "Last reminder (hours before start)", 2, 0, 24);

/// The number of different guest addresses to which an account may have emails sent in a day (N1).
pub const GUEST_ADDRESSES: Setting =
    Setting::new("guest_addresses", "Maximum guest emails per account per day", 5, 0, 100);

/// What the gift of a birthday month is worth at most (M3), in cents.
pub const BIRTHDAY: Setting =
    Setting::new("birthday_cents", "Birthday gift limit", 30_000, 0, 1_000_000).with(SettingUnit::Cents);

/// Every setting of bookings, for the manager of the club.
pub const SETTINGS: [Setting; 32] = [
    ACCOUNT_DAYS,
    AHEAD,
    HOLD,
    OFFER,
    HOLDS,
    HOLDS_FROM,
    HOLDS_AN_HOUR,
    OPEN_ACCOUNT,
    OPEN_BASE,
    OPEN_PREMIUM,
    OPEN_UNLIMITED,
    FREE_MEMBER,
    FREE_OTHERS,
    HALF,
    REGRET,
    LAPSE_FEE,
    LAPSE_DAYS,
    MOVES,
    NO_SHOW,
    UNDO,
    START_EARLY,
    WALK_IN,
    catalogue::BUSINESS_DAY_HOUR,
    GAP,
    QUIET_FROM,
    QUIET_TO,
    OFFER_AHEAD,
    WAITS,
    REMIND_FIRST,
    REMIND_LAST,
    GUEST_ADDRESSES,
    BIRTHDAY,
];

/// Returns the settings that decide about bookings: those of bookings, and those of memberships.
pub fn all() -> impl Iterator<Item = Setting> {
    SETTINGS.into_iter().chain(membership::SETTINGS)
}

/// Returns the setting of this name.
///
/// # Errors
/// Returns `Error::NotFound` if there is none.
pub fn named(name: &str) -> Result<Setting> {
    all().find(|setting| setting.name == name).ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::SETTINGS;

    #[test]
    fn every_setting_has_a_unique_name_and_a_default_within_its_bounds() {
        let all: Vec<_> = SETTINGS.iter().chain(&membership::SETTINGS).collect();
        let names: BTreeSet<_> = all.iter().map(|setting| setting.name).collect();
        assert_eq!(names.len(), all.len());
        for setting in all {
            assert!((setting.least..=setting.most).contains(&setting.default), "{}", setting.name);
        }
    }
}
