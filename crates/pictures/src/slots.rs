//! All picture slots, with their names and the pages that show what is published in them.

use catalogue::{Brand, Catalogue, Category, Room, Service};
use people::SCENES;
use ui::offered;

/// The slot of the picture at the top of the home page.
pub(crate) const WHOLE_CLUB: &str = "home/hero";

pub(crate) fn of_brand(brand: Brand) -> String {
    format!("half/{}", brand.as_str())
}

pub(crate) fn of_scene(scene: &str) -> String {
    format!("scene/{scene}")
}

pub(crate) fn of_room(room: &Room) -> String {
    format!("room/{}", room.slug)
}

pub(crate) fn of_category(category: &Category) -> String {
    format!("family/{}", category.slug)
}

pub(crate) fn of_service(service: &Service) -> String {
    format!("service/{}", service.slug)
}

/// A page that shows the picture of a slot: its name and its path.
pub(crate) type PageLink = (String, String);

/// What the picture of a slot shows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SlotSubject<'c> {
    WholeClub,
    Brand(Brand),
    Scene(&'static str),
    Room(&'c Room),
    Category(&'c Category),
    Service(&'c Service),
}

impl SlotSubject<'_> {
    fn slot(self) -> String {
        match self {
            SlotSubject::WholeClub => WHOLE_CLUB.to_owned(),
            SlotSubject::Brand(brand) => of_brand(brand),
            SlotSubject::Scene(scene) => of_scene(scene),
            SlotSubject::Room(room) => of_room(room),
            SlotSubject::Category(category) => of_category(category),
            SlotSubject::Service(service) => of_service(service),
        }
    }
}

/// A slot in which a picture can be published.
pub(crate) struct PictureSlot<'c> {
    pub(crate) thing: SlotSubject<'c>,
    pub(crate) name: String,
    pub(crate) label: String,
    /// The pages that show the slot. The list is not empty in the result of [`all`].
    pub(crate) seen: Vec<PageLink>,
}

impl<'c> PictureSlot<'c> {
    fn new(thing: SlotSubject<'c>, label: &str, seen: Vec<PageLink>) -> PictureSlot<'c> {
        PictureSlot { thing, name: thing.slot(), label: label.to_owned(), seen }
    }

    /// Returns whether a film may be published in the slot.
    pub(crate) fn takes_film(&self) -> bool {
        matches!(self.thing, SlotSubject::WholeClub)
    }
}

/// Returns all slots by group. Slots that no page shows are left out.
pub(crate) fn all(catalogue: &Catalogue) -> Vec<(&'static str, Vec<PictureSlot<'_>>)> {
    let groups = [
        ("The house", app()),
        ("Scenes", scenes()),
        ("Rooms", rooms(catalogue)),
        ("Categories", families(catalogue)),
        ("Services", services(catalogue)),
    ];
    let seen =
        |slots: Vec<_>| slots.into_iter().filter(|slot: &PictureSlot<'_>| !slot.seen.is_empty()).collect();
    groups.into_iter().map(|(group, slots)| (group, seen(slots))).collect()
}

fn app() -> Vec<PictureSlot<'static>> {
    let seen = vec![page("Home", "/"), page("About", "/about/"), page("Contact", "/contacts/")];
    let first = PictureSlot::new(SlotSubject::WholeClub, "Home page hero", seen);
    let of_brand = |brand: Brand| {
        let seen = [Some(page("Home", "/")), page_of(brand)].into_iter().flatten().collect();
        PictureSlot::new(SlotSubject::Brand(brand), brand_name(brand), seen)
    };
    vec![first, of_brand(Brand::Mensuite), of_brand(Brand::Private)]
}

fn scenes() -> Vec<PictureSlot<'static>> {
    let scene = |(slug, name): &(&'static str, &str)| {
        PictureSlot::new(SlotSubject::Scene(slug), name, page_of(Brand::Private).into_iter().collect())
    };
    SCENES.iter().map(scene).collect()
}

/// Returns the slots of the rooms. A room is shown on the page of its brand; a room of neither brand is shown on the
/// pages of the offered services that use it.
fn rooms<'c>(catalogue: &'c Catalogue) -> Vec<PictureSlot<'c>> {
    let rooms = catalogue.rooms.iter().filter(|room| room.active);
    let slot = |room: &'c Room| {
        let served = active(catalogue).filter(|service| service.rooms.contains(&room.id));
        let seen = match page_of(room.brand) {
            Some(link) => vec![link],
            None => served.map(page_of_service).collect(),
        };
        PictureSlot::new(SlotSubject::Room(room), &room.name, seen)
    };
    rooms.map(slot).collect()
}

fn families<'c>(catalogue: &'c Catalogue) -> Vec<PictureSlot<'c>> {
    let slot = |category: &'c Category| {
        let is_offered = offered(catalogue, category).next().is_some();
        let link = page_of(category.brand).unwrap_or_else(|| page("Home", "/"));
        let list = is_offered.then(|| page("Services", "/services/"));
        let label = format!("{} ({})", category.name, brand_name(category.brand));
        PictureSlot::new(
            SlotSubject::Category(category),
            &label,
            [Some(link), list].into_iter().flatten().collect(),
        )
    };
    catalogue.categories.iter().map(slot).collect()
}

fn services(catalogue: &Catalogue) -> Vec<PictureSlot<'_>> {
    let services = active(catalogue);
    services
        .map(|service| {
            PictureSlot::new(SlotSubject::Service(service), &service.name, vec![page_of_service(service)])
        })
        .collect()
}

fn active(catalogue: &Catalogue) -> impl Iterator<Item = &Service> {
    catalogue.services.iter().filter(|service| service.active)
}

fn page(name: &str, path: &str) -> PageLink {
    (name.to_owned(), path.to_owned())
}

fn page_of(brand: Brand) -> Option<PageLink> {
    match brand {
        Brand::Mensuite => Some(page(brand_name(brand), "/menssuite/")),
        Brand::Private => Some(page(brand_name(brand), "/private/")),
        Brand::Shared => None,
    }
}

fn page_of_service(service: &Service) -> PageLink {
    (service.name.clone(), format!("/services/{}/", service.slug))
}

fn brand_name(brand: Brand) -> &'static str {
    match brand {
        Brand::Mensuite => "Mensuite",
        Brand::Private => "Coresync Private",
        Brand::Shared => "shared",
    }
}
