//! Where pictures hang: every spot of the pages by its name, and the pages that show what hangs there.

use catalogue::{Catalogue, Category, Half, Room, Service};
use people::SCENES;

use super::choices::offered;

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

/// A place for a picture.
pub(super) struct Spot {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) takes_film: bool,
    /// Where it is seen; never nowhere.
    pub(super) seen: Vec<Seen>,
}

impl Spot {
    fn new(name: String, label: &str, seen: Vec<Seen>) -> Spot {
        Spot { name, label: label.to_owned(), takes_film: false, seen }
    }
}

/// Every spot of the pages, by group. What no page shows is no spot.
pub(super) fn all(catalogue: &Catalogue) -> Vec<(&'static str, Vec<Spot>)> {
    let groups = [
        ("The house", house()),
        ("Scenes", scenes()),
        ("Rooms", rooms(catalogue)),
        ("Families of services", families(catalogue)),
        ("Services", services(catalogue)),
    ];
    let seen = |spots: Vec<Spot>| spots.into_iter().filter(|spot| !spot.seen.is_empty()).collect();
    groups.into_iter().map(|(group, spots)| (group, seen(spots))).collect()
}

fn house() -> Vec<Spot> {
    let first = Spot {
        takes_film: true,
        ..Spot::new(
            HOUSE.to_owned(),
            "The first thing on the first page",
            vec![page("The first page", "/"), page("About", "/about/"), page("Contacts", "/contacts/")],
        )
    };
    let of_half = |half: Half| {
        let seen = [Some(page("The first page", "/")), page_of(half)].into_iter().flatten().collect();
        Spot::new(of_half(half), half_name(half), seen)
    };
    vec![first, of_half(Half::Mensuite), of_half(Half::Private)]
}

fn scenes() -> Vec<Spot> {
    let scene = |(slug, name): &(&str, &str)| {
        Spot::new(of_scene(slug), name, page_of(Half::Private).into_iter().collect())
    };
    SCENES.iter().map(scene).collect()
}

/// A room is seen on the page of its half; what belongs to neither, where it is booked.
fn rooms(catalogue: &Catalogue) -> Vec<Spot> {
    let rooms = catalogue.rooms.iter().filter(|room| room.active);
    let spot = |room: &Room| {
        let served = active(catalogue).filter(|service| service.rooms.contains(&room.id));
        let seen = match page_of(room.half) {
            Some(half) => vec![half],
            None => served.map(page_of_service).collect(),
        };
        Spot::new(of_room(room), &room.name, seen)
    };
    rooms.map(spot).collect()
}

fn families(catalogue: &Catalogue) -> Vec<Spot> {
    let spot = |category: &Category| {
        let is_offered = offered(catalogue, category).next().is_some();
        let half = page_of(category.half).unwrap_or_else(|| page("The first page", "/"));
        let list = is_offered.then(|| page("Services", "/services/"));
        let label = format!("{} ({})", category.name, half_name(category.half));
        Spot::new(of_category(category), &label, [Some(half), list].into_iter().flatten().collect())
    };
    catalogue.categories.iter().map(spot).collect()
}

fn services(catalogue: &Catalogue) -> Vec<Spot> {
    let spot =
        |service: &Service| Spot::new(of_service(service), &service.name, vec![page_of_service(service)]);
    active(catalogue).map(spot).collect()
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
