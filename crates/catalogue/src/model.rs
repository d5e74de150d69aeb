//! The entities of the catalogue.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use kit::config::Config;
use kit::fold::fold;
use kit::{Cents, Fault, Id, Result};
use serde::{Deserialize, Serialize};

use crate::hours::Hours;

/// The name of the version that changes with every edit of the catalogue, of the plans, and of the pictures (see
/// [`kit::versions`]).
pub const VERSION: &str = "catalogue";

/// A club: a business location with an address and a time zone.
#[derive(Debug, Clone)]
pub struct Club {
    /// The id of the club.
    pub id: Id,
    /// The name of the club in commands.
    pub slug: String,
    /// The name of the club.
    pub name: String,
    /// The time zone of every civil time that a person sees.
    pub zone: TimeZone,
    /// The currency code (ISO 4217).
    pub currency: String,
    /// The postal address of the club, on one line.
    pub address: String,
    /// The phone number, with its country code. Pages and emails show it as [`Club::shown_phone`].
    pub phone: String,
    /// The email address to which guests write.
    pub email: String,
    /// The host names of the club. Links use the first one (see [`Club::website`]). A club without host names can be
    /// reached only if it is the default club.
    pub hosts: Vec<String>,
}

impl Club {
    /// Returns the public address of the club's website, without a slash at the end: the first host name of the club
    /// with the scheme and port of the configured address. If the club has no host name, or the configured host is one
    /// of its host names, this is the configured address itself.
    pub fn website(&self, config: &Config) -> String {
        let public = &config.public_url;
        let Some((scheme, rest)) = public.split_once("://") else { return public.clone() };
        let (host, port) = rest.split_once(':').unwrap_or((rest, ""));
        match self.hosts.first() {
            Some(own) if !self.hosts.iter().any(|one| one.eq_ignore_ascii_case(host)) => {
                format!("{scheme}://{own}{}{port}", if port.is_empty() { "" } else { ":" })
            }
            _ => public.clone(),
        }
    }

    /// Returns the phone number as people read it: `(212) 555-0142`.
    pub fn shown_phone(&self) -> String {
        people::format_phone(&self.phone)
    }
}

/// A brand of the club, or what both brands share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Brand {
    /// Mensuite, the brand for men.
    Mensuite,
    /// Coresync Private: for couples.
    Private,
    /// Shared by both brands.
    Shared,
}

impl Brand {
    /// The name of the brand in the database and in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Brand::Mensuite => "mensuite",
            Brand::Private => "private",
            Brand::Shared => "shared",
        }
    }

    fn read(text: String) -> Option<Brand> {
        [Brand::Mensuite, Brand::Private, Brand::Shared].into_iter().find(|brand| brand.as_str() == text)
    }
}

kit::column_as!(Brand, String, Brand::read, |brand| brand.as_str().to_owned());

/// A category of services (S3).
#[derive(Debug, Clone)]
pub struct Category {
    /// The id of the category.
    pub id: Id,
    /// The name of the category in URLs.
    pub slug: String,
    /// The name of the category.
    pub name: String,
    /// The brand that the category belongs to.
    pub brand: Brand,
    /// A description in one or two sentences.
    pub description: String,
}

impl Category {
    /// Returns what guests call a person who gives a service of this category: `Therapist` unless the category is known
    /// to have another word.
    pub fn technician_word(&self) -> &'static str {
        match self.slug.as_str() {
            "barber" => "Barber",
            "laser" => "Specialist",
            "private-suites" | "recovery" | "stillness" | "open-air" => "Host",
            _ => "Therapist",
        }
    }
}

/// The possible durations of a service sold by time (F9), in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SoldByTime {
    /// The shortest length in minutes.
    pub least: i64,
    /// The longest length in minutes.
    pub most: i64,
    /// The step between them.
    pub step: i64,
}

/// A service that can be booked (S2, S6, S7). All durations are in minutes.
#[derive(Debug, Clone)]
pub struct Service {
    /// The id of the service.
    pub id: Id,
    /// The id of its category.
    pub category: Id,
    /// The name of the service in URLs.
    pub slug: String,
    /// The name of the service.
    pub name: String,
    /// A description in one line.
    pub short_description: String,
    /// A description in a few sentences.
    pub description: String,
    /// The price in cents that visitors and accounts without a plan pay per booking.
    pub list: Cents,
    /// The price in cents that members pay at most per booking.
    pub member: Cents,
    /// The duration of the guest's time in minutes. For a service that is sold by time, the duration that the price is
    /// for.
    pub minutes: i64,
    /// The bounds of the duration, if the guest can choose it (F9).
    pub sold_by_time: Option<SoldByTime>,
    /// The minutes before the guest's time in which the room is prepared.
    pub setup: i64,
    /// The minutes after the guest's time in which the room is cleaned.
    pub turnover: i64,
    /// The number of people that the service is for, unless a booking states more.
    pub party: i64,
    /// The maximum number of people.
    pub max_capacity: i64,
    /// The number of technicians that the service needs at the same time.
    pub technicians: i64,
    /// The skill that each technician needs; empty if none is needed.
    pub skill: String,
    /// Whether the service is featured: shown before the others.
    pub featured: bool,
    /// Whether only members can book the service.
    pub member_only: bool,
    /// Whether the service is offered.
    pub active: bool,
    /// The tags of the service: `mensuite` or `coresync-private`.
    pub tags: Vec<String>,
    /// The main picture of the service.
    pub main_image: Option<String>,
    /// Additional pictures of the service.
    pub gallery_images: Vec<String>,
    /// The URL of a film about the service.
    pub video_url: Option<String>,
    /// The ids of the rooms that can serve it.
    pub rooms: Vec<Id>,
    /// The ids of the pieces of equipment of which it needs any one; empty if it needs none.
    pub equipment: Vec<Id>,
    /// The ids of the add-ons that can be sold with it.
    pub addons: Vec<Id>,
}

impl Service {
    /// Returns the minutes for which a booking claims a room: set-up, duration, and turnover (F1).
    pub fn room_minutes(&self) -> i64 {
        self.setup + self.minutes + self.turnover
    }

    /// Returns the fewest minutes for which a booking can claim a room (F4). For a service that is sold by time, they
    /// are computed from its shortest duration (F9).
    pub fn least_room_minutes(&self) -> i64 {
        let least = self.sold_by_time.map_or(self.minutes, |sold| sold.least.min(self.minutes));
        self.setup + least + self.turnover
    }
}

/// An add-on: something extra that is sold with a service (S4).
#[derive(Debug, Clone)]
pub struct Addon {
    /// The id of the add-on.
    pub id: Id,
    /// The name of the add-on in URLs.
    pub slug: String,
    /// The name of the add-on.
    pub name: String,
    /// A description of the add-on.
    pub description: String,
    /// The price in cents, to which no discount applies (P4).
    pub cents: Cents,
    /// Whether the add-on is offered.
    pub active: bool,
}

/// A room in which services take place.
#[derive(Debug, Clone)]
pub struct Room {
    /// The id of the room, which is also the id of its resource.
    pub id: Id,
    /// The name of the room in URLs.
    pub slug: String,
    /// The name of the room.
    pub name: String,
    /// The kind of room: `massage`, `suite`, `meditation`, …
    pub kind: String,
    /// The brand that the room belongs to.
    pub brand: Brand,
    /// The maximum number of people in one booking.
    pub capacity: i64,
    /// The number of bookings that the room can take at once.
    pub units: i64,
    /// The premium factor in basis points: 11000 is 1.10.
    pub premium_bp: i64,
    /// The features of the room.
    pub features: Vec<String>,
    /// Whether a guest can control the room.
    pub has_iot: bool,
    /// A description of the room.
    pub description: String,
    /// The opening hours of the room.
    pub hours: Hours,
    /// Whether the room is in use.
    pub active: bool,
}

/// A technician, who performs services.
#[derive(Debug, Clone)]
pub struct Technician {
    /// The id of the technician, which is also the id of their resource.
    pub id: Id,
    /// The person whose account gives access to the technician's own pages, if there is one.
    pub person: Option<Id>,
    /// The name of the technician in URLs.
    pub slug: String,
    /// The name of the technician.
    pub name: String,
    /// The job title, as guests read it.
    pub title: String,
    /// A short biography for the page of the service.
    pub bio: String,
    /// The skills of the technician.
    pub skills: Vec<String>,
    /// The minutes that are kept free after each booking (F1).
    pub pad: i64,
    /// The weekly working hours, in the club's time zone.
    pub hours: Hours,
    /// Whether the technician works here now.
    pub active: bool,
}

impl Technician {
    /// Returns whether the technician has the skill that a service needs. A service without a required skill accepts
    /// anyone.
    pub fn is_skilled_for(&self, service: &Service) -> bool {
        service.skill.is_empty() || self.skills.contains(&service.skill)
    }
}

/// A piece of equipment that services can need besides a room.
#[derive(Debug, Clone)]
pub struct Equipment {
    /// The id of the piece, which is also the id of its resource.
    pub id: Id,
    /// The name of the piece in URLs.
    pub slug: String,
    /// The name of the piece.
    pub name: String,
    /// The minutes after a booking in which the piece is made ready again (F1).
    pub reset: i64,
    /// Whether the piece is in use.
    pub active: bool,
}

/// Everything that a club offers, at one version.
#[derive(Debug)]
pub struct Catalogue {
    /// The version of the catalogue, which changes with every edit.
    pub version: Id,
    /// The club that offers them.
    pub club: Club,
    /// The categories in the order that the club chose.
    pub categories: Vec<Category>,
    /// The services by category, then by name, including those that are no longer offered.
    pub services: Vec<Service>,
    /// The add-ons by name.
    pub addons: Vec<Addon>,
    /// The rooms by name.
    pub rooms: Vec<Room>,
    /// The technicians by name.
    pub technicians: Vec<Technician>,
    /// The equipment by name.
    pub equipment: Vec<Equipment>,
    /// The settings that a manager has changed, by name.
    pub(crate) numbers: HashMap<String, i64>,
    places: Places,
}

/// The index of each item in its list.
#[derive(Debug, Default)]
struct Places {
    by_id: HashMap<Id, usize>,
    service_slugs: HashMap<String, usize>,
}

fn places<T>(things: &[T], id: fn(&T) -> Id) -> impl Iterator<Item = (Id, usize)> {
    things.iter().enumerate().map(move |(place, thing)| (id(thing), place))
}

impl Catalogue {
    /// Creates a catalogue from its lists and builds the lookup tables.
    #[allow(clippy::too_many_arguments, reason = "one for each list")]
    pub fn of(
        version: Id,
        club: Club,
        categories: Vec<Category>,
        services: Vec<Service>,
        addons: Vec<Addon>,
        rooms: Vec<Room>,
        technicians: Vec<Technician>,
        equipment: Vec<Equipment>,
        numbers: HashMap<String, i64>,
    ) -> Catalogue {
        let mut by_id = HashMap::new();
        by_id.extend(places(&services, |service| service.id));
        by_id.extend(places(&rooms, |room| room.id));
        by_id.extend(places(&technicians, |technician| technician.id));
        by_id.extend(places(&categories, |category| category.id));
        by_id.extend(places(&addons, |addon| addon.id));
        let slugs = services.iter().enumerate().map(|(place, service)| (service.slug.clone(), place));
        let places = Places { by_id, service_slugs: slugs.collect() };
        Catalogue {
            version,
            club,
            categories,
            services,
            addons,
            rooms,
            technicians,
            equipment,
            numbers,
            places,
        }
    }

    /// Returns the service of this id.
    pub fn service(&self, id: Id) -> Option<&Service> {
        self.services.get(*self.places.by_id.get(&id)?).filter(|service| service.id == id)
    }

    /// Returns the offered service with this name in URLs.
    pub fn service_by_slug(&self, slug: &str) -> Option<&Service> {
        self.services.get(*self.places.service_slugs.get(slug)?).filter(|service| service.active)
    }

    /// Returns the room of this id.
    pub fn room(&self, id: Id) -> Option<&Room> {
        self.rooms.get(*self.places.by_id.get(&id)?).filter(|room| room.id == id)
    }

    /// Returns the technician of this id.
    pub fn technician(&self, id: Id) -> Option<&Technician> {
        self.technicians.get(*self.places.by_id.get(&id)?).filter(|technician| technician.id == id)
    }

    /// Returns the category of this id.
    pub fn category(&self, id: Id) -> Option<&Category> {
        self.categories.get(*self.places.by_id.get(&id)?).filter(|category| category.id == id)
    }

    /// Returns what guests call a person who gives a service: `Therapist`, `Barber`.
    pub fn technician_word_of(&self, service: &Service) -> &'static str {
        self.category(service.category).map_or("Therapist", Category::technician_word)
    }

    /// Returns the add-on of this id.
    pub fn addon(&self, id: Id) -> Option<&Addon> {
        self.addons.get(*self.places.by_id.get(&id)?).filter(|addon| addon.id == id)
    }

    /// Returns the offered add-ons that can be sold with a service.
    pub fn addons_of<'c>(&'c self, service: &'c Service) -> impl Iterator<Item = &'c Addon> {
        service.addons.iter().filter_map(|id| self.addon(*id)).filter(|addon| addon.active)
    }

    /// Returns the offered services that match a filter, in catalogue order (S26).
    pub fn find<'c>(&'c self, filter: &'c Filter) -> impl Iterator<Item = &'c Service> {
        let category = filter.category.as_ref().map(|slug| self.categories.iter().find(|c| c.slug == *slug));
        let search_terms = filter.search.as_deref().map(fold);
        self.services.iter().filter(|service| service.active).filter(move |service| {
            category.is_none_or(|category| category.is_some_and(|category| category.id == service.category))
                && search_terms.as_deref().is_none_or(|search_terms| is_about(service, search_terms))
                && filter.featured.is_none_or(|featured| featured == service.featured)
                && filter.tag.as_ref().is_none_or(|tag| service.tags.contains(tag))
        })
    }
}

/// Returns whether each word occurs in the name or in a description of a service. `search_terms` has to be folded.
fn is_about(service: &Service, search_terms: &str) -> bool {
    let text = fold(&format!("{} {} {}", service.name, service.short_description, service.description));
    search_terms.split_whitespace().all(|word| text.contains(word))
}

/// The criteria of a search for services. An empty criterion matches every service.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The slug of the category.
    pub category: Option<String>,
    /// Words that all have to occur in the name or a description, ignoring case and accents.
    pub search: Option<String>,
    /// Whether the service has to be featured, or must not be.
    pub featured: Option<bool>,
    /// A tag: `mensuite` or `coresync-private`.
    pub tag: Option<String>,
}

/// Converts a name into its form in URLs: `Hot stone ritual` becomes `hot-stone-ritual`.
///
/// # Errors
/// Returns a fault if the name contains no ASCII letter or digit.
pub fn slug_of(name: &str) -> Result<String> {
    let plain: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let slug = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if slug.is_empty() {
        Err(Fault::because(format!("“{name}” has no letters or digits for an address")))
    } else {
        Ok(slug)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_category_has_its_own_word_for_a_technician() {
        let technician_word = |slug: &str| {
            let (name, description) = (slug.to_owned(), String::new());
            let category =
                Category { id: Id(1), slug: slug.to_owned(), name, brand: Brand::Shared, description };
            category.technician_word()
        };
        for (slug, word) in [
            ("massage", "Therapist"),
            ("barber", "Barber"),
            ("laser", "Specialist"),
            ("private-suites", "Host"),
            ("no-such-category", "Therapist"),
        ] {
            assert_eq!(technician_word(slug), word, "{slug}");
        }
    }
}
