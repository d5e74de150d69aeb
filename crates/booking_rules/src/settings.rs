//! The settings of this crate. A manager can change each of them for the club.

use catalogue::Setting;

/// The number of days ahead that visitors and accounts may book (W1).
pub const ACCOUNT_DAYS: Setting = Setting::new(
    "account_days",
    "Days ahead that visitors and accounts book",
    membership::ACCOUNT_DAYS,
    0,
    365,
);
/// The number of minutes before its start at which a time can no longer be booked online (W1).
pub const AHEAD: Setting = Setting::new(
    "minutes_ahead",
    "Minutes before its start until which a time is booked online",
    60,
    0,
    1_440,
);
/// The number of minutes that a hold lasts (H1).
pub const HOLD: Setting = Setting::new("hold_minutes", "Minutes for which a time is held", 10, 1, 60);
/// The number of minutes that an offer from the waitlist is held (L2).
pub const OFFER: Setting =
    Setting::new("offer_minutes", "Minutes for which a time is held for who waited", 30, 5, 240);
/// The number of live holds that an account may have (H1).
pub const HOLDS: Setting = Setting::new("holds_an_account", "Times that an account holds at once", 3, 1, 20);
/// The number of live holds that visitors from one network may have (H1).
pub const HOLDS_FROM: Setting =
    Setting::new("holds_an_address", "Times that visitors of one address hold at once", 5, 1, 100);
/// The number of holds that visitors from one network may make in an hour (H1).
pub const HOLDS_AN_HOUR: Setting = Setting::new(
    "holds_an_address_an_hour",
    "Times that visitors of one address hold in an hour",
    30,
    1,
    1_000,
);
/// The number of upcoming bookings that an account may have (F7).
pub const OPEN_ACCOUNT: Setting =
    Setting::new("open_account", "Bookings ahead that an account may have", 3, 1, 100);
/// The number of upcoming bookings that a Base member may have (F7).
pub const OPEN_BASE: Setting =
    Setting::new("open_base", "Bookings ahead that a Base member may have", 8, 1, 100);
/// The number of upcoming bookings that a Premium member may have (F7).
pub const OPEN_PREMIUM: Setting =
    Setting::new("open_premium", "Bookings ahead that a Premium member may have", 12, 1, 100);
/// The number of upcoming bookings that an Unlimited member may have (F7).
pub const OPEN_UNLIMITED: Setting =
    Setting::new("open_unlimited", "Bookings ahead that an Unlimited member may have", 20, 1, 100);
/// The number of hours before the start until which members cancel for free (C1).
pub const FREE_MEMBER: Setting =
    Setting::new("free_hours_member", "Hours before the start until which members cancel freely", 24, 0, 336);
/// The number of hours before the start until which everyone else cancels for free (C1).
pub const FREE_OTHERS: Setting =
    Setting::new("free_hours_others", "Hours before the start until which others cancel freely", 48, 0, 336);
/// The number of hours before the start until which canceling costs half (C1).
pub const HALF: Setting =
    Setting::new("half_hours", "Hours before the start until which cancelling costs half", 12, 0, 336);
/// The number of minutes after booking during which canceling is free (C1).
pub const REGRET: Setting =
    Setting::new("regret_minutes", "Minutes after booking within which it is cancelled freely", 60, 0, 1_440);
/// The fee for each lapse of an Unlimited member after the first that still counts, in cents (C2).
pub const LAPSE_FEE: Setting =
    Setting::new("lapse_cents", "Cents that an Unlimited member's second lapse costs", 5_000, 0, 100_000);
/// The number of days for which a lapse counts (C2).
pub const LAPSE_DAYS: Setting = Setting::new("lapse_days", "Days for which a lapse counts", 30, 1, 365);
/// The number of times that a booking may be rescheduled (C4).
pub const MOVES: Setting = Setting::new("moves", "How often a booking may be moved", 2, 0, 20);
/// The number of minutes after the start from which staff may mark a no-show (C5).
pub const NO_SHOW: Setting =
    Setting::new("no_show_minutes", "Minutes after the start from which staff mark a no-show", 15, 0, 240);
/// The number of minutes for which the front desk may undo a step of a visit without a manager (D4).
pub const UNDO: Setting = Setting::new(
    "undo_minutes",
    "Minutes for which the desk undoes a check-in, a start or a no-show",
    30,
    0,
    240,
);
/// The number of minutes before its time from which a visit may start (D11).
pub const START_EARLY: Setting =
    Setting::new("start_early_minutes", "Minutes before its time from which a visit may start", 15, 0, 120);
/// The number of minutes after its start until which staff may still enter a visit (W1).
pub const WALK_IN: Setting =
    Setting::new("walk_in_minutes", "Minutes after its start until which staff enter a visit", 120, 0, 720);
/// The largest number of minutes between the services of a visit (F10).
pub const GAP: Setting =
    Setting::new("gap_minutes", "Minutes between the services of a visit, at most", 15, 0, 60);
/// The hour of the night from which the waitlist makes no offers (L2).
pub const QUIET_FROM: Setting =
    Setting::new("quiet_from", "Hour from which nothing is offered at night", 22, 0, 24);
/// The hour of the morning from which the waitlist makes offers again. See [`QUIET_FROM`].
pub const QUIET_TO: Setting = Setting::new("quiet_to", "Hour from which times are offered again", 8, 0, 24);
/// The number of hours before its start from which the waitlist no longer holds a time for anyone (L2).
pub const OFFER_AHEAD: Setting = Setting::new(
    "offer_ahead_hours",
    "Hours before its start until which a time is held for who waited",
    2,
    0,
    48,
);
/// The number of places that a person may have on the waitlist.
pub const WAITS: Setting = Setting::new("waits", "Places that a person has on the waitlist", 10, 1, 100);

/// The number of hours before the start at which a guest gets the first reminder.
pub const REMIND_FIRST: Setting = Setting::new(
    "remind_first_hours",
    "Hours before the start at which a guest is reminded first",
    24,
    1,
    168,
);
/// The number of hours before the start at which a guest gets the last reminder.
pub const REMIND_LAST: Setting =
    Setting::new("remind_last_hours", "Hours before the start at which a guest is reminded again", 2, 0, 24);

/// The number of different guest addresses to which an account may have emails sent in a day (N1).
pub const GUEST_ADDRESSES: Setting =
    Setting::new("guest_addresses", "Guests’ addresses that an account may have emailed in a day", 5, 0, 100);

/// The largest amount that the gift of a birthday month pays, in cents (M3).
pub const BIRTHDAY: Setting = Setting::new(
    "birthday_cents",
    "Cents that the gift of a birthday month pays at most",
    30_000,
    0,
    1_000_000,
);

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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::SETTINGS;

    #[test]
    fn every_number_has_a_name_of_its_own_and_a_default_within_its_bounds() {
        let all: Vec<_> = SETTINGS.iter().chain(&membership::SETTINGS).collect();
        let names: BTreeSet<_> = all.iter().map(|setting| setting.name).collect();
        assert_eq!(names.len(), all.len());
        for setting in all {
            assert!((setting.least..=setting.most).contains(&setting.default), "{}", setting.name);
        }
    }
}
