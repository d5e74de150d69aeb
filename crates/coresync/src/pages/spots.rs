//! Where pictures hang: every spot of the pages by its name, and the pages that show what hangs there.

use catalogue::{Catalogue, Category, Half, Room, Service};
use people::SCENES;
use ui::offered;

/// The first thing on the first page.
pub(super) const HOUSE: &str = "home/hero";

pub(super) fn of_half(half: Half) -> String {
    format!("half/{}", half.as_str())
}

pub(super) fn of_scene(scene: &str) -> String {
    format!("scene/{scene}")
}

pub(super) fn of_room(room: &Room) -> String {
    format!("room/{}", room.slug)
}

pub(super) fn of_category(category: &Category) -> String {
    format!("family/{}", category.slug)
}

pub(super) fn of_service(service: &Service) -> String {
    format!("service/{}", service.slug)
}

/// A page that shows what hangs at a spot: its name and its path.
pub(super) type Seen = (String, String);

/// What a picture can be of.
#[derive(Clone, Copy)]
pub(super) enum Thing<'c> {
    House,
    Half(Half),
    Scene(&'static str),
    Room(&'c Room),
    Category(&'c Category),
    Service(&'c Service),
}

impl Thing<'_> {
    fn spot(self) -> String {
        match self {
            Thing::House => HOUSE.to_owned(),
            Thing::Half(half) => of_half(half),
            Thing::Scene(scene) => of_scene(scene),
            Thing::Room(room) => of_room(room),
            Thing::Category(category) => of_category(category),
            Thing::Service(service) => of_service(service),
        }
    }
}

/// A place for a picture.
pub(super) struct Spot<'c> {
    pub(super) thing: Thing<'c>,
    pub(super) name: String,
    pub(super) label: String,
    /// Where it is seen; never nowhere.
    pub(super) seen: Vec<Seen>,
}

impl<'c> Spot<'c> {
    fn new(thing: Thing<'c>, label: &str, seen: Vec<Seen>) -> Spot<'c> {
        Spot { thing, name: thing.spot(), label: label.to_owned(), seen }
    }

    /// Whether a film may hang there.
    pub(super) fn takes_film(&self) -> bool {
        matches!(self.thing, Thing::House)
    }
}

/// Every spot of the pages, by group. What no page shows is no spot.
pub(super) fn all(catalogue: &Catalogue) -> Vec<(&'static str, Vec<Spot<'_>>)> {
    let groups = [
        ("The house", house()),
        ("Scenes", scenes()),
        ("Rooms", rooms(catalogue)),
        ("Families of services", families(catalogue)),
        ("Services", services(catalogue)),
    ];
    let seen = |spots: Vec<_>| spots.into_iter().filter(|spot: &Spot<'_>| !spot.seen.is_empty()).collect();
    groups.into_iter().map(|(group, spots)| (group, seen(spots))).collect()
}

fn house() -> Vec<Spot<'static>> {
    let seen = vec![page("The first page", "/"), page("About", "/about/"), page("Contacts", "/contacts/")];
    let first = Spot::new(Thing::House, "The first thing on the first page", seen);
    let of_half = |half: Half| {
        let seen = [Some(page("The first page", "/")), page_of(half)].into_iter().flatten().collect();
        Spot::new(Thing::Half(half), half_name(half), seen)
    };
    vec![first, of_half(Half::Mensuite), of_half(Half::Private)]
}

fn scenes() -> Vec<Spot<'static>> {
    let scene = |(slug, name): &(&'static str, &str)| {
        Spot::new(Thing::Scene(slug), name, page_of(Half::Private).into_iter().collect())
    };
    SCENES.iter().map(scene).collect()
}

/// A room is seen on the page of its half; what belongs to neither, where it is booked.
fn rooms<'c>(catalogue: &'c Catalogue) -> Vec<Spot<'c>> {
    let rooms = catalogue.rooms.iter().filter(|room| room.active);
    let spot = |room: &'c Room| {
        let served = active(catalogue).filter(|service| service.rooms.contains(&room.id));
        let seen = match page_of(room.half) {
            Some(half) => vec![half],
            None => served.map(page_of_service).collect(),
        };
        Spot::new(Thing::Room(room), &room.name, seen)
    };
    rooms.map(spot).collect()
}

fn families<'c>(catalogue: &'c Catalogue) -> Vec<Spot<'c>> {
    let spot = |category: &'c Category| {
        let is_offered = offered(catalogue, category).next().is_some();
        let half = page_of(category.half).unwrap_or_else(|| page("The first page", "/"));
        let list = is_offered.then(|| page("Services", "/services/"));
        let label = format!("{} ({})", category.name, half_name(category.half));
        Spot::new(Thing::Category(category), &label, [Some(half), list].into_iter().flatten().collect())
    };
    catalogue.categories.iter().map(spot).collect()
}

fn services(catalogue: &Catalogue) -> Vec<Spot<'_>> {
    let services = active(catalogue);
    services
        .map(|service| Spot::new(Thing::Service(service), &service.name, vec![page_of_service(service)]))
        .collect()
}

fn active(catalogue: &Catalogue) -> impl Iterator<Item = &Service> {
    catalogue.services.iter().filter(|service| service.active)
}

fn page(name: &str, path: &str) -> Seen {
    (name.to_owned(), path.to_owned())
}

fn page_of(half: Half) -> Option<Seen> {
    match half {
        Half::Mensuite => Some(page(half_name(half), "/menssuite/")),
        Half::Private => Some(page(half_name(half), "/private/")),
        Half::Shared => None,
    }
}

fn page_of_service(service: &Service) -> Seen {
    (service.name.clone(), format!("/services/{}/", service.slug))
}

fn half_name(half: Half) -> &'static str {
    match half {
        Half::Mensuite => "Mensuite",
        Half::Private => "Coresync Private",
        Half::Shared => "shared",
    }
}
