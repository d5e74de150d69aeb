//! The nouns of the catalogue.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use kit::config::Config;
use kit::fold::fold;
use kit::{Cents, Fault, Id, Result};
use serde::{Deserialize, Serialize};

use crate::hours::Hours;

/// What every edit of the catalogue, and of the plans beside it, changes (see [`kit::versions`]).
pub const VERSION: &str = "catalogue";

/// A club: a club with an address and a time zone.
#[derive(Debug, Clone)]
pub struct Club {
    /// Its id.
    pub id: Id,
    /// Its name in addresses and commands.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The zone of every clock time that a person sees.
    pub zone: TimeZone,
    /// ISO 4217.
    pub currency: String,
    /// Where it is.
    pub address: String,
    /// How it is called.
    pub phone: String,
    /// How it is written to.
    pub email: String,
    /// The host names by which it is found, the one that links lead to first. Without one it is found where it is the
    /// default club.
    pub hosts: Vec<String>,
}

impl Club {
    /// The public address of the club's website, without a slash at the end: its own host, with the scheme and the port of
    /// the configured address; else the configured address.
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
}

/// Which half of the club.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Half {
    /// For men.
    Mensuite,
    /// Coresync Private: for couples.
    Private,
    /// For everybody.
    Shared,
}

impl Half {
    /// As it is written in the database and in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Half::Mensuite => "mensuite",
            Half::Private => "private",
            Half::Shared => "shared",
        }
    }

    fn read(text: String) -> Option<Half> {
        [Half::Mensuite, Half::Private, Half::Shared].into_iter().find(|half| half.as_str() == text)
    }
}

kit::column_as!(Half, String, Half::read);

/// A family of services (S3).
#[derive(Debug, Clone)]
pub struct Category {
    /// Its id.
    pub id: Id,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Where it belongs.
    pub half: Half,
    /// What it is, in a sentence or two.
    pub description: String,
}

/// How long a service that is sold by time may be (F9), in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SoldByTime {
    /// At least.
    pub least: i64,
    /// At most.
    pub most: i64,
    /// In steps of.
    pub step: i64,
}

/// What can be booked (S2, S6, S7). Minutes everywhere.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its id.
    pub id: Id,
    /// Its family.
    pub category: Id,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// One line.
    pub short_description: String,
    /// A few sentences.
    pub description: String,
    /// What visitors and accounts pay, per booking.
    pub list: Cents,
    /// What members pay at most.
    pub member: Cents,
    /// How long the guest is served; of what is sold by time, how long the price is for.
    pub minutes: i64,
    /// From how many minutes to how many it is sold, if that can be chosen (F9).
    pub sold_by_time: Option<SoldByTime>,
    /// How long the room is prepared before.
    pub setup: i64,
    /// How long the room is cleaned after.
    pub turnover: i64,
    /// For how many people.
    pub party: i64,
    /// How many people at most.
    pub max_capacity: i64,
    /// How many technicians it needs at the same time.
    pub technicians: i64,
    /// The skill that they need; empty when none is needed.
    pub skill: String,
    /// Shown first.
    pub featured: bool,
    /// For members alone.
    pub member_only: bool,
    /// Offered at all.
    pub active: bool,
    /// `mensuite`, `coresync-private`.
    pub tags: Vec<String>,
    /// The picture that stands for it.
    pub main_image: Option<String>,
    /// More pictures.
    pub gallery_images: Vec<String>,
    /// A film.
    pub video_url: Option<String>,
    /// The rooms that can serve it.
    pub rooms: Vec<Id>,
    /// The equipment of which it needs any one piece; empty when it needs none.
    pub equipment: Vec<Id>,
    /// The add-ons that go with it.
    pub addons: Vec<Id>,
}

impl Service {
    /// How long it claims a room: set-up, duration and turnover (F1).
    pub fn room_minutes(&self) -> i64 {
        self.setup + self.minutes + self.turnover
    }

    /// The shortest that it claims a room: of what is sold by time, the least that is sold (F4, F9).
    pub fn least_room_minutes(&self) -> i64 {
        let least = self.sold_by_time.map_or(self.minutes, |sold| sold.least.min(self.minutes));
        self.setup + least + self.turnover
    }
}

/// Something extra that goes with a service (S4).
#[derive(Debug, Clone)]
pub struct Addon {
    /// Its id.
    pub id: Id,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Its price, without discount (P4).
    pub cents: Cents,
    /// Offered at all.
    pub active: bool,
}

/// Where services happen.
#[derive(Debug, Clone)]
pub struct Room {
    /// Its id; it is also a resource.
    pub id: Id,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// `massage`, `suite`, `meditation` …
    pub kind: String,
    /// Where it belongs.
    pub half: Half,
    /// How many people one booking may bring.
    pub capacity: i64,
    /// How many bookings it takes at once.
    pub units: i64,
    /// Its premium factor in basis points: 11000 is 1.10.
    pub premium_bp: i64,
    /// What is in it.
    pub features: Vec<String>,
    /// Whether a guest can control it.
    pub has_iot: bool,
    /// What it is.
    pub description: String,
    /// When it is open.
    pub hours: Hours,
    /// In use at all.
    pub active: bool,
}

/// Who serves.
#[derive(Debug, Clone)]
pub struct Technician {
    /// Its id; it is also a resource.
    pub id: Id,
    /// The account, for the technician's own pages.
    pub person: Option<Id>,
    /// The name in addresses.
    pub slug: String,
    /// The name.
    pub name: String,
    /// What they are.
    pub title: String,
    /// Who they are.
    pub bio: String,
    /// What they can do.
    pub skills: Vec<String>,
    /// Minutes kept free after each booking (F1).
    pub pad: i64,
    /// When they work.
    pub hours: Hours,
    /// Working here at all.
    pub active: bool,
}

impl Technician {
    /// Whether they can do what a service needs; one that names no skill asks for anybody.
    pub fn is_skilled_for(&self, service: &Service) -> bool {
        service.skill.is_empty() || self.skills.contains(&service.skill)
    }
}

/// What a service needs besides a room.
#[derive(Debug, Clone)]
pub struct Equipment {
    /// Its id; it is also a resource.
    pub id: Id,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Minutes to make it ready again (F1).
    pub reset: i64,
    /// In use at all.
    pub active: bool,
}

/// Everything that a club offers, at one version.
#[derive(Debug)]
pub struct Catalogue {
    /// Changes whenever anything here does.
    pub version: Id,
    /// The club.
    pub club: Club,
    /// In the club's order.
    pub categories: Vec<Category>,
    /// By category, then name; also those that are not offered any more.
    pub services: Vec<Service>,
    /// By name.
    pub addons: Vec<Addon>,
    /// By name.
    pub rooms: Vec<Room>,
    /// By name.
    pub technicians: Vec<Technician>,
    /// By name.
    pub equipment: Vec<Equipment>,
    /// What a manager has changed, by name.
    pub(crate) numbers: HashMap<String, i64>,
    places: Places,
}

/// Where each thing stands in its list.
#[derive(Debug, Default)]
struct Places {
    by_id: HashMap<Id, usize>,
    service_slugs: HashMap<String, usize>,
}

fn places<T>(things: &[T], id: fn(&T) -> Id) -> impl Iterator<Item = (Id, usize)> {
    things.iter().enumerate().map(move |(place, thing)| (id(thing), place))
}

impl Catalogue {
    /// A catalogue of these things.
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

    /// The service of this id.
    pub fn service(&self, id: Id) -> Option<&Service> {
        self.services.get(*self.places.by_id.get(&id)?).filter(|service| service.id == id)
    }

    /// The offered service of this name in addresses.
    pub fn service_by_slug(&self, slug: &str) -> Option<&Service> {
        self.services.get(*self.places.service_slugs.get(slug)?).filter(|service| service.active)
    }

    /// The room of this id.
    pub fn room(&self, id: Id) -> Option<&Room> {
        self.rooms.get(*self.places.by_id.get(&id)?).filter(|room| room.id == id)
    }

    /// The technician of this id.
    pub fn technician(&self, id: Id) -> Option<&Technician> {
        self.technicians.get(*self.places.by_id.get(&id)?).filter(|technician| technician.id == id)
    }

    /// The category of this id.
    pub fn category(&self, id: Id) -> Option<&Category> {
        self.categories.get(*self.places.by_id.get(&id)?).filter(|category| category.id == id)
    }

    /// The add-on of this id.
    pub fn addon(&self, id: Id) -> Option<&Addon> {
        self.addons.get(*self.places.by_id.get(&id)?).filter(|addon| addon.id == id)
    }

    /// The add-ons that are offered with a service.
    pub fn addons_of<'c>(&'c self, service: &'c Service) -> impl Iterator<Item = &'c Addon> {
        service.addons.iter().filter_map(|id| self.addon(*id)).filter(|addon| addon.active)
    }

    /// The offered services that a filter lets through, in order (S26).
    pub fn find<'c>(&'c self, filter: &'c Filter) -> impl Iterator<Item = &'c Service> {
        let category = filter.category.as_ref().map(|slug| self.categories.iter().find(|c| c.slug == *slug));
        let words = filter.search.as_deref().map(fold);
        self.services.iter().filter(|service| service.active).filter(move |service| {
            category.is_none_or(|category| category.is_some_and(|category| category.id == service.category))
                && words.as_deref().is_none_or(|words| is_about(service, words))
                && filter.featured.is_none_or(|featured| featured == service.featured)
                && filter.tag.as_ref().is_none_or(|tag| service.tags.contains(tag))
        })
    }
}

/// Whether each of the words stands in a service's name or descriptions.
fn is_about(service: &Service, words: &str) -> bool {
    let text = fold(&format!("{} {} {}", service.name, service.short_description, service.description));
    words.split_whitespace().all(|word| text.contains(word))
}

/// Which services are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The slug of a category.
    pub category: Option<String>,
    /// Words that all stand in the name or a description, whatever their case and accents.
    pub search: Option<String>,
    /// Only those shown first, or only the others.
    pub featured: Option<bool>,
    /// `mensuite` or `coresync-private`.
    pub tag: Option<String>,
}

/// A name as it stands in an address: `Hot stone ritual` is `hot-stone-ritual`.
///
/// # Errors
/// A fault if nothing of the name is left.
pub fn slug_of(name: &str) -> Result<String> {
    let plain: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let slug = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if slug.is_empty() { Err(Fault::because(format!("“{name}” leaves no slug"))) } else { Ok(slug) }
}
