//! The notifications about bookings and the waitlist, as they are stored.

use jiff::Timestamp;
use kit::Id;
use serde::{Deserialize, Deserializer, Serialize};

/// A notification about bookings or the waitlist: its kind with its data. The names are in the database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum BookingNotification {
    /// Bookings of a series or visit have new prices.
    #[serde(rename = "bookings.repriced", deserialize_with = "one_or_several")]
    Repriced(Vec<Repriced>),
    /// A time has opened for a person on the waitlist.
    #[serde(rename = "bookings.opened")]
    Opened(Opened),
    /// There is news about a visit.
    #[serde(untagged)]
    Visit(VisitNotification),
}

/// Reads the bookings with new prices. A notification from before one covered several bookings has a single one.
fn one_or_several<'de, D: Deserializer<'de>>(data: D) -> std::result::Result<Vec<Repriced>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Data {
        Several(Vec<Repriced>),
        One(Repriced),
    }
    Ok(match Data::deserialize(data)? {
        Data::Several(all) => all,
        Data::One(one) => vec![one],
    })
}

/// A notification of news about a visit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VisitNotification {
    /// The kind of news.
    pub kind: BookingNews,
    /// The bookings that it is about.
    pub data: NewsData,
}

/// The kind of news about a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BookingNews {
    /// The booking is confirmed.
    #[serde(rename = "bookings.confirmed")]
    Confirmed,
    /// The booking was rescheduled.
    #[serde(rename = "bookings.moved")]
    Moved,
    /// The booking was canceled.
    #[serde(rename = "bookings.cancelled")]
    Cancelled,
    /// The guest did not come.
    #[serde(rename = "bookings.missed")]
    Missed,
    /// A time is held for a person on the waitlist.
    #[serde(rename = "bookings.offered")]
    Offered,
    /// The first reminder, by default a day before.
    #[serde(rename = "bookings.first_reminder")]
    FirstReminder,
    /// The last reminder, by default two hours before.
    #[serde(rename = "bookings.last_reminder")]
    LastReminder,
}

/// The data of a notification: the bookings it is about.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewsData {
    /// The bookings of a visit or a series.
    pub bookings: Vec<NewsItem>,
    /// Whether a booking was rescheduled to another room or technician at the same time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps_time: bool,
}

/// A booking at the time of the notification.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct NewsItem {
    /// The booking.
    pub booking: Id,
    /// The event that placed, canceled, or closed the booking.
    pub event: Id,
    /// When the booking begins.
    pub starts_at: Timestamp,
}

/// A booking of a notification about new prices.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Repriced {
    /// The booking whose price changed.
    pub booking: Id,
    /// The total before, in cents.
    pub from: i64,
    /// Whether the booking has the agreed price again.
    pub restored: bool,
}

/// The data of a notification that a time is free, first come, first served.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Opened {
    /// The place of the person.
    pub wait: Id,
    /// The start of the free time.
    pub starts_at: Timestamp,
}
