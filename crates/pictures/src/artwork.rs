//! The artwork of pages: the club's own photograph or film if one is published, otherwise a light study.

use catalogue::{Brand, Catalogue, Category, Room, Service};
use ui::assets::{self, Study};

use crate::slots::{self, SlotSubject};
use crate::{Kind, Picture, PublishedPictures};

/// The name of the light study of the club itself.
const CLUB_STUDY: &str = "the-house";
/// The name of the light study that browsers animate, unless the device is too slow or the person prefers reduced
/// motion or data.
const LIVING: &str = CLUB_STUDY;

/// What a page shows of a subject.
#[derive(Debug, Clone)]
pub struct Artwork {
    /// The light study of the subject.
    pub study: &'static Study,
    /// The picture that the club has published in place of the light study.
    published: Option<Picture>,
    /// Whether the artwork fills the screen.
    is_whole: bool,
}

impl Artwork {
    /// Creates the artwork of the light study of this name, or of the club itself if there is none of this name.
    pub fn named(name: &str) -> Artwork {
        let study = assets::study(name).or_else(|| assets::study(CLUB_STUDY));
        let study = study.or_else(|| assets::studies().first()).expect("web/dist has studies");
        Artwork { study, published: None, is_whole: false }
    }

    /// Uses the picture that is published in a slot, if there is one.
    fn or_published(self, shown: &PublishedPictures, slot: &str) -> Artwork {
        Artwork { published: shown.at(slot).cloned(), ..self }
    }

    /// If nothing is published in the artwork's own slot, uses the first photograph that is published in one of
    /// `slots`, which are the slots of the subjects whose light study it shares. Films are never shared between slots.
    fn or_lent(self, shown: &PublishedPictures, slots: impl IntoIterator<Item = String>) -> Artwork {
        let lent = || {
            let mut published = slots.into_iter().filter_map(|slot| shown.at(&slot));
            published.find(|picture| picture.kind == Kind::Photograph).cloned()
        };
        Artwork { published: self.published.or_else(lent), ..self }
    }

    /// Makes the artwork fill the screen.
    pub fn whole(self) -> Artwork {
        Artwork { is_whole: true, ..self }
    }

    /// Returns the published photograph, if there is one.
    pub fn photograph(&self) -> Option<&Picture> {
        self.published.as_ref().filter(|picture| picture.kind == Kind::Photograph)
    }

    /// Returns whether both artworks show the same picture.
    pub fn is_like(&self, other: &Artwork) -> bool {
        let published = |artwork: &Artwork| artwork.published.as_ref().map(|picture| picture.id);
        published(self) == published(other)
            && (self.published.is_some() || self.study.name == other.study.name)
    }

    /// Returns the artwork for link previews in a format that every program can show: its path and its text
    /// alternative. A film is replaced by the light study.
    pub fn passed_on(&self) -> (String, String) {
        match self.photograph() {
            Some(picture) => (picture.fallback(), picture.alt.clone()),
            None => (self.study.jpeg.to_owned(), self.study.alt.to_owned()),
        }
    }

    /// Returns the path of the published film, if there is one.
    pub fn film(&self) -> Option<String> {
        let picture = self.published.as_ref()?;
        Some(picture.path(0, picture.film?))
    }

    /// Returns how dark the background of text on the artwork must be, from 1 to 5. For a photograph, it is computed
    /// from the pixels. Films and light studies get the darkest level: the pixels of a film are unknown, and the light
    /// studies contain bright lamps.
    pub fn scrim(&self) -> i64 {
        match &self.published {
            Some(picture) if picture.kind == Kind::Photograph => picture.scrim,
            _ => crate::DARKEST,
        }
    }

    /// Returns a tiny version of the artwork, which is shown while the artwork loads, as a `data:` URL.
    pub fn placeholder(&self) -> &str {
        self.photograph().map_or(self.study.placeholder, |picture| &picture.preview)
    }

    /// Returns the portrait version of the light study, for artwork that fills the screen.
    pub fn tall(&self) -> Option<&'static Study> {
        if self.is_whole { assets::study(&format!("{}-tall", self.study.name)) } else { None }
    }

    /// Returns whether the light study is animated.
    pub fn is_animated(&self) -> bool {
        self.is_whole && self.study.name == LIVING
    }
}

/// Returns the artwork at the top of the home page.
pub fn of_club(shown: &PublishedPictures) -> Artwork {
    Artwork::named(CLUB_STUDY).or_published(shown, slots::WHOLE_CLUB).whole()
}

/// Returns the artwork of the club for places where it does not fill the screen; never a film.
pub fn of_club_still(shown: &PublishedPictures) -> Artwork {
    Artwork::named(CLUB_STUDY).or_lent(shown, [slots::WHOLE_CLUB.to_owned()])
}

/// Returns the artwork that fills the screen on the page of a brand.
pub fn of_brand(shown: &PublishedPictures, brand: Brand) -> Artwork {
    Artwork::named(brand_word(brand)).or_published(shown, &slots::of_brand(brand)).whole()
}

/// Returns the artwork of a scene of the immersive wall.
pub fn of_scene(shown: &PublishedPictures, scene: &str) -> Artwork {
    Artwork::named(scene).or_published(shown, &slots::of_scene(scene))
}

/// Returns the artwork of a room.
pub fn of_room(shown: &PublishedPictures, room: &Room) -> Artwork {
    let study = study_of_room(room).unwrap_or_else(|| brand_word(room.brand));
    let artwork = Artwork::named(study).or_published(shown, &slots::of_room(room));
    artwork.or_lent(shown, brand_if(study, room.brand))
}

/// Returns the artwork of a category of services.
pub fn of_category(shown: &PublishedPictures, category: &Category) -> Artwork {
    let study = study_of_category(category).unwrap_or_else(|| brand_word(category.brand));
    let artwork = Artwork::named(study).or_published(shown, &slots::of_category(category));
    artwork.or_lent(shown, brand_if(study, category.brand))
}

/// Returns the artwork of a service. Its light study is that of the service's own slug, of its only room, of its
/// category, or of the kind of its first room, whichever exists first, otherwise that of its brand. If that light study
/// belongs to one of its rooms, its category, or its brand, a photograph that is published for one of them replaces it,
/// unless a picture is published for the service itself.
pub fn of_service(shown: &PublishedPictures, catalogue: &Catalogue, service: &Service) -> Artwork {
    let rooms = || service.rooms.iter().filter_map(|id| catalogue.room(*id));
    let category = catalogue.category(service.category);
    let brand = category.map_or(Brand::Shared, |category| category.brand);
    let only = if service.rooms.len() == 1 { rooms().next() } else { None };
    let study = study_of_service(service).or_else(|| {
        let slugs = [
            only.map(|room| room.slug.as_str()),
            category.map(|category| category.slug.as_str()),
            rooms().next().map(|room| room.kind.as_str()),
        ];
        known(slugs.into_iter().flatten())
    });
    let study = study.unwrap_or_else(|| brand_word(brand));
    let of_rooms = rooms().filter(|room| known([room.slug.as_str()]) == Some(study)).map(slots::of_room);
    let family = category.filter(|category| study_of_category(category) == Some(study));
    let lent = of_rooms.chain(family.map(slots::of_category)).chain(brand_if(study, brand));
    Artwork::named(study).or_published(shown, &slots::of_service(service)).or_lent(shown, lent)
}

/// Returns the artwork of a light study that a page names directly: the first photograph that is published for a scene,
/// room, category, or service with this light study, otherwise the light study itself.
pub fn of_study(shown: &PublishedPictures, catalogue: &Catalogue, name: &str) -> Artwork {
    let rooms = catalogue.rooms.iter().filter(|room| room.active && study_of_room(room) == Some(name));
    let families = catalogue.categories.iter().filter(|one| study_of_category(one) == Some(name));
    let services = catalogue.services.iter().filter(|one| one.active && study_of_service(one) == Some(name));
    let scene = people::SCENES.iter().find(|(scene, _)| *scene == name);
    let scene = scene.map(|(scene, _)| slots::of_scene(scene));
    let things = scene.into_iter().chain(rooms.map(slots::of_room));
    let things = things.chain(families.map(slots::of_category)).chain(services.map(slots::of_service));
    Artwork::named(name).or_lent(shown, things)
}

/// Returns the artwork of the subject of a slot.
pub(crate) fn of(shown: &PublishedPictures, catalogue: &Catalogue, thing: SlotSubject<'_>) -> Artwork {
    match thing {
        SlotSubject::WholeClub => of_club(shown),
        SlotSubject::Brand(brand) => of_brand(shown, brand),
        SlotSubject::Scene(scene) => of_scene(shown, scene),
        SlotSubject::Room(room) => of_room(shown, room),
        SlotSubject::Category(category) => of_category(shown, category),
        SlotSubject::Service(service) => of_service(shown, catalogue, service),
    }
}

fn study_of_room(room: &Room) -> Option<&'static str> {
    known([room.slug.as_str(), room.kind.as_str()])
}

fn study_of_category(category: &Category) -> Option<&'static str> {
    known([category.slug.as_str()])
}

/// Finds the light study of a service by its slug, or by its slug without the last part, as in `deep-tissue-60`.
fn study_of_service(service: &Service) -> Option<&'static str> {
    let stem = service.slug.rsplit_once('-').map(|(word, _)| word);
    known([service.slug.as_str()].into_iter().chain(stem))
}

/// Returns the slot of a brand, or of the whole club for what is shared, if a light study is that of the brand.
fn brand_if(study: &str, brand: Brand) -> Option<String> {
    (study == brand_word(brand)).then(|| match brand {
        Brand::Mensuite | Brand::Private => slots::of_brand(brand),
        Brand::Shared => slots::WHOLE_CLUB.to_owned(),
    })
}

fn brand_word(brand: Brand) -> &'static str {
    match brand {
        Brand::Mensuite => "mensuite",
        Brand::Private => "private",
        Brand::Shared => CLUB_STUDY,
    }
}

/// Returns the name of the light study of the first word that has one.
fn known<'w>(slugs: impl IntoIterator<Item = &'w str>) -> Option<&'static str> {
    slugs.into_iter().find_map(|word| {
        let name = called(word).unwrap_or(word);
        assets::study(name).map(|study| study.name)
    })
}

/// Maps slugs of a catalogue to the names of light studies that are named differently.
fn called(word: &str) -> Option<&'static str> {
    Some(match word {
        "couples-massage" => "together",
        "facial" => "facials",
        "ember-journey" => "ember-suite",
        "tide-journey" => "tide-suite",
        "lantern-journey" => "lantern-suite",
        "private-suites" | "suite" => "private",
        "bed-room" | "ai-massage" => "ai-massage-bed",
        "recovery" => "oxygen-dome",
        "meditation" | "stillness" => "meditation-pods",
        "open-air" => "backyard",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_catalogue_slug_has_its_artwork() {
        for (word, name) in [
            ("massage", "massage"),
            ("facial", "facials"),
            ("barber", "barber"),
            ("laser", "laser"),
            ("couples-massage", "together"),
            ("duet-room", "duet-room"),
            ("cedar-room", "cedar-room"),
            ("deep-tissue", "deep-tissue"),
            ("hot-shave", "hot-shave"),
            ("laser-small", "laser-small"),
            ("dome-and-bed", "dome-and-bed"),
            ("ember-journey", "ember-suite"),
            ("lantern-suite", "lantern-suite"),
            ("suite", "private"),
            ("recovery", "oxygen-dome"),
            ("bed-room", "ai-massage-bed"),
            ("stillness", "meditation-pods"),
            ("open-air", "backyard"),
        ] {
            assert_eq!(known([word]), Some(name));
        }
        assert_eq!(known(["no-such-word", "open-air"]), Some("backyard"));
        assert_eq!(known(["no-such-word"]), None);
    }

    #[test]
    fn the_full_screen_club_artwork_is_animated_and_has_a_portrait_form() {
        let app = of_club(&PublishedPictures::default());
        assert!(app.is_animated() && app.tall().is_some());
        assert!(!Artwork::named("the-house").is_animated());
        assert!(Artwork::named("no-such-study").study.name == "the-house");
        for brand in [Brand::Mensuite, Brand::Private] {
            assert!(of_brand(&PublishedPictures::default(), brand).tall().is_some());
        }
    }
}
