//! The content of the demonstration club, read from `demo/club.toml`.

use std::str::FromStr;

use catalogue::{Brand, Hours};
use kit::{Cents, Fault, Result};
use serde::Deserialize;

/// The domain of the email addresses of the demonstration accounts.
pub const DOMAIN: &str = "demo.coresync.test";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Script {
    pub(super) requests: Vec<String>,
    pub(super) allergies: Vec<String>,
    pub(super) club: Club,
    pub(super) category: Vec<Category>,
    pub(super) addon: Vec<Addon>,
    pub(super) equipment: Vec<Equipment>,
    pub(super) room: Vec<Room>,
    pub(super) technician: Vec<Technician>,
    pub(super) service: Vec<Service>,
    pub(super) plan: Vec<Plan>,
    pub(super) guest: Vec<Guest>,
}

impl Script {
    pub(super) fn read() -> Result<Script> {
        toml::from_str(include_str!("../../demo/club.toml"))
            .map_err(|e| Fault::because(format!("demo/club.toml: {e}")))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Club {
    pub(super) name: String,
    pub(super) zone: String,
    pub(super) currency: String,
    pub(super) address: String,
    pub(super) phone: String,
    pub(super) email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Category {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) brand: Brand,
    pub(super) description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Addon {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) description: String,
    #[serde(deserialize_with = "parsed")]
    pub(super) price: Cents,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Equipment {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) reset_minutes: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Room {
    pub(super) slug: String,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) brand: Brand,
    pub(super) capacity: i64,
    pub(super) units: i64,
    pub(super) premium_bp: i64,
    pub(super) features: Vec<String>,
    pub(super) has_iot: bool,
    pub(super) description: String,
    #[serde(deserialize_with = "parsed")]
    pub(super) hours: Hours,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Technician {
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) bio: String,
    pub(super) skills: Vec<String>,
    #[serde(deserialize_with = "parsed")]
    pub(super) shifts: Hours,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SoldByTime {
    pub(super) least: i64,
    pub(super) most: i64,
    pub(super) step: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) category: String,
    pub(super) short_description: String,
    pub(super) description: String,
    #[serde(deserialize_with = "parsed")]
    pub(super) list_price: Cents,
    #[serde(deserialize_with = "parsed")]
    pub(super) member_price: Cents,
    pub(super) duration: i64,
    pub(super) sold_by_time: Option<SoldByTime>,
    pub(super) setup: i64,
    pub(super) turnover: i64,
    pub(super) party: i64,
    pub(super) max_capacity: i64,
    pub(super) technicians: i64,
    pub(super) skill: String,
    pub(super) rooms: Vec<String>,
    pub(super) equipment: Vec<String>,
    pub(super) featured: bool,
    pub(super) member_only: bool,
    pub(super) tags: Vec<String>,
    pub(super) addons: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    pub(super) slug: String,
    pub(super) name: String,
    #[serde(deserialize_with = "parsed")]
    pub(super) price: Cents,
    pub(super) short_description: String,
    pub(super) benefits: Vec<String>,
    pub(super) discount_percent: i64,
    pub(super) max_advance_days: i64,
    /// A negative value means no limit.
    pub(super) monthly_service_credits: i64,
    pub(super) guest_passes: i64,
    pub(super) mensuite_access: bool,
    pub(super) coresync_private_access: bool,
    pub(super) iot_control_access: bool,
    pub(super) concierge: bool,
    pub(super) priority_booking: bool,
    pub(super) featured: bool,
    pub(super) order: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Guest {
    pub(super) first: String,
    pub(super) last: String,
}

/// Deserializes a value that is written as text.
fn parsed<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: FromStr,
    T::Err: std::fmt::Display,
{
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_club_file_can_be_parsed() {
        let script = Script::read().expect("every field is known");
        assert!(!script.room.is_empty() && !script.service.is_empty());
    }
}
