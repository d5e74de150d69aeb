//! What the club offers, and its prices, places, and hours: services and their add-ons, rooms, equipment, and
//! technicians with their hours. The catalogue is read as one snapshot and cached under its version, so that an edit
//! takes effect at once in every process.

mod api;
mod business_day;
mod edit;
mod hours;
mod local_moment;
mod model;
mod records;
mod settings;
mod store;

pub use api::{ServiceCard, routes};
pub use business_day::BUSINESS_DAY_HOUR;
pub use edit::{
    CLUB_EXISTS, NO_SUCH_CLUB, SLUG_TAKEN, add_addon, add_category, add_club, add_equipment, add_room,
    add_service, add_technician, reprice,
};
pub use hours::{Hours, Shift};
pub use local_moment::{LocalMoment, iso};
pub use model::{
    Addon, Brand, Catalogue, Category, Club, Equipment, Filter, Room, Service, SoldByTime, Technician,
    VERSION, slug_of,
};
pub use settings::{
    Setting, SettingChange, SettingUnit, reset_setting, set_setting, setting_at, setting_changes,
};
pub use store::{current, for_own_website, today};
