//! The business day (T14): from 04:00 to 04:00 in the time zone of the club, unless a manager changes the hour. It is
//! named by the date on which it begins.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use crate::model::Catalogue;
use crate::settings::{Setting, SettingUnit};

/// The hour of the club's clock at which a business day begins (T14).
pub const BUSINESS_DAY_HOUR: Setting =
    Setting::new("business_day_hour", "Business day starts at", 4, 0, 12).with(SettingUnit::Hour);

impl Catalogue {
    /// Returns the moment at which the business day of a date begins and the previous one ends.
    pub fn business_day_begins(&self, date: Date) -> Timestamp {
        let hour = i8::try_from(self.setting(BUSINESS_DAY_HOUR)).unwrap_or(4);
        let time = Time::new(hour, 0, 0, 0).unwrap_or(Time::midnight());
        self.club.zone.to_timestamp(date.to_datetime(time)).unwrap_or(Timestamp::MAX)
    }

    /// Returns the first moment of a business day and the first moment after it. On a night on which the clock changes,
    /// it has 23 or 25 hours.
    pub fn business_day(&self, date: Date) -> (Timestamp, Timestamp) {
        let next = date.tomorrow().unwrap_or(date);
        (self.business_day_begins(date), self.business_day_begins(next))
    }

    /// Returns the date of the business day that contains a moment.
    pub fn business_day_at(&self, moment: Timestamp) -> Date {
        let date = moment.to_zoned(self.club.zone.clone()).date();
        if moment < self.business_day_begins(date) { date.yesterday().unwrap_or(date) } else { date }
    }
}
