//! Personal data: preferences, notification settings, consents, encryption, and phone numbers.

pub(crate) mod notification_kinds;
pub(crate) mod person_key;
pub(crate) mod preferences;
pub(crate) mod privacy;
