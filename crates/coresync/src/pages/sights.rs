//! What is seen of a thing: the club's own photograph or film where it has hung one, else a light study.

use catalogue::{Catalogue, Category, Half, Room, Service};
use pictures::{Kind, Picture, Shown};
use ui::{assets, assets::Study};

use super::spots::{self, Thing};

/// The study of the house itself.
const HOUSE_STUDY: &str = "the-house";
/// The study that moves where a browser can do it, and nothing speaks against it.
const LIVING: &str = HOUSE_STUDY;

/// What is seen of a thing.
#[derive(Debug, Clone)]
pub(super) struct Sight {
    /// The light study, drawn by us.
    pub(super) study: &'static Study,
    /// What the club has hung in its place.
    hung: Option<Picture>,
    /// Whether it fills the screen.
    is_whole: bool,
}

impl Sight {
    /// The study of that name; the house itself where there is none.
    pub(super) fn named(name: &str) -> Sight {
        let study = assets::study(name).or_else(|| assets::study(HOUSE_STUDY));
        let study = study.or_else(|| assets::studies().first()).expect("web/dist has studies");
        Sight { study, hung: None, is_whole: false }
    }

    /// The same, unless the club has hung something at its spot.
    fn or_hung(self, shown: &Shown, spot: &str) -> Sight {
        Sight { hung: shown.at(spot).cloned(), ..self }
    }

    /// The same, unless a photograph hangs at its own spot or, else, at one of those whose study it borrows. Films are
    /// not lent: they stay where they hang.
    fn or_lent(self, shown: &Shown, spots: impl IntoIterator<Item = String>) -> Sight {
        let lent = || {
            let mut hung = spots.into_iter().filter_map(|spot| shown.at(&spot));
            hung.find(|picture| picture.kind == Kind::Photograph).cloned()
        };
        Sight { hung: self.hung.or_else(lent), ..self }
    }

    /// The same, where it fills the screen.
    pub(super) fn whole(self) -> Sight {
        Sight { is_whole: true, ..self }
    }

    /// The photograph.
    pub(super) fn photograph(&self) -> Option<&Picture> {
        self.hung.as_ref().filter(|picture| picture.kind == Kind::Photograph)
    }

    /// Whether the same is seen of another thing.
    pub(super) fn is_like(&self, other: &Sight) -> bool {
        let hung = |sight: &Sight| sight.hung.as_ref().map(|picture| picture.id);
        hung(self) == hung(other) && (self.hung.is_some() || self.study.name == other.study.name)
    }

    /// What it shows where a page is passed on, as every program can show it: its path, and its words.
    pub(super) fn passed_on(&self) -> (String, String) {
        match self.photograph() {
            Some(picture) => (picture.fallback(), picture.alt.clone()),
            None => (self.study.jpeg.to_owned(), self.study.alt.to_owned()),
        }
    }

    /// Where the film is.
    pub(super) fn film(&self) -> Option<String> {
        let picture = self.hung.as_ref()?;
        Some(picture.path(0, picture.film?))
    }

    /// How dark the ground of text on it must be, from 1 to 5: as its pixels ask for. Nothing is known of the pixels of a
    /// film, and our own studies have lamps in them.
    pub(super) fn scrim(&self) -> i64 {
        match &self.hung {
            Some(picture) if picture.kind == Kind::Photograph => picture.scrim,
            _ => pictures::DARKEST,
        }
    }

    /// A tiny picture of it, seen while it comes.
    pub(super) fn ground(&self) -> &str {
        self.photograph().map_or(self.study.ground, |picture| &picture.preview)
    }

    /// The study in the shape of a phone.
    pub(super) fn tall(&self) -> Option<&'static Study> {
        if self.is_whole { assets::study(&format!("{}-tall", self.study.name)) } else { None }
    }

    /// Whether it moves.
    pub(super) fn lives(&self) -> bool {
        self.is_whole && self.study.name == LIVING
    }
}

/// The first thing on the first page.
pub(super) fn of_house(shown: &Shown) -> Sight {
    Sight::named(HOUSE_STUDY).or_hung(shown, spots::HOUSE).whole()
}

/// The house where it is one thing among others: never a film.
pub(super) fn of_house_still(shown: &Shown) -> Sight {
    Sight::named(HOUSE_STUDY).or_lent(shown, [spots::HOUSE.to_owned()])
}

pub(super) fn of_half(shown: &Shown, half: Half) -> Sight {
    Sight::named(half_word(half)).or_hung(shown, &spots::of_half(half)).whole()
}

pub(super) fn of_scene(shown: &Shown, scene: &str) -> Sight {
    Sight::named(scene).or_hung(shown, &spots::of_scene(scene))
}

pub(super) fn of_room(shown: &Shown, room: &Room) -> Sight {
    let study = study_of_room(room).unwrap_or_else(|| half_word(room.half));
    let sight = Sight::named(study).or_hung(shown, &spots::of_room(room));
    sight.or_lent(shown, half_if(study, room.half))
}

pub(super) fn of_category(shown: &Shown, category: &Category) -> Sight {
    let study = study_of_category(category).unwrap_or_else(|| half_word(category.half));
    let sight = Sight::named(study).or_hung(shown, &spots::of_category(category));
    sight.or_lent(shown, half_if(study, category.half))
}

/// What its own word, its only room, its family or its first room shows. Where that is the study of one of its rooms, of
/// its family or of its half, a photograph of theirs is shown in its place.
pub(super) fn of_service(shown: &Shown, catalogue: &Catalogue, service: &Service) -> Sight {
    let rooms = || service.rooms.iter().filter_map(|id| catalogue.room(*id));
    let category = catalogue.category(service.category);
    let half = category.map_or(Half::Shared, |category| category.half);
    let only = if service.rooms.len() == 1 { rooms().next() } else { None };
    let study = study_of_service(service).or_else(|| {
        let words = [
            only.map(|room| room.slug.as_str()),
            category.map(|category| category.slug.as_str()),
            rooms().next().map(|room| room.kind.as_str()),
        ];
        known(words.into_iter().flatten())
    });
    let study = study.unwrap_or_else(|| half_word(half));
    let of_rooms = rooms().filter(|room| known([room.slug.as_str()]) == Some(study)).map(spots::of_room);
    let family = category.filter(|category| study_of_category(category) == Some(study));
    let lent = of_rooms.chain(family.map(spots::of_category)).chain(half_if(study, half));
    Sight::named(study).or_hung(shown, &spots::of_service(service)).or_lent(shown, lent)
}

/// A study that stands in a page for itself: a photograph of what it is the study of, where the club has hung one.
pub(super) fn of_study(shown: &Shown, catalogue: &Catalogue, name: &str) -> Sight {
    let rooms = catalogue.rooms.iter().filter(|room| room.active && study_of_room(room) == Some(name));
    let families = catalogue.categories.iter().filter(|one| study_of_category(one) == Some(name));
    let services = catalogue.services.iter().filter(|one| one.active && study_of_service(one) == Some(name));
    let scene = people::SCENES.iter().find(|(scene, _)| *scene == name);
    let scene = scene.map(|(scene, _)| spots::of_scene(scene));
    let things = scene.into_iter().chain(rooms.map(spots::of_room));
    let things = things.chain(families.map(spots::of_category)).chain(services.map(spots::of_service));
    Sight::named(name).or_lent(shown, things)
}

/// What is seen of a thing that a picture can be of.
pub(super) fn of(shown: &Shown, catalogue: &Catalogue, thing: Thing<'_>) -> Sight {
    match thing {
        Thing::House => of_house(shown),
        Thing::Half(half) => of_half(shown, half),
        Thing::Scene(scene) => of_scene(shown, scene),
        Thing::Room(room) => of_room(shown, room),
        Thing::Category(category) => of_category(shown, category),
        Thing::Service(service) => of_service(shown, catalogue, service),
    }
}

fn study_of_room(room: &Room) -> Option<&'static str> {
    known([room.slug.as_str(), room.kind.as_str()])
}

fn study_of_category(category: &Category) -> Option<&'static str> {
    known([category.slug.as_str()])
}

/// Of its own word alone, or of that without its last part: `deep-tissue-60`.
fn study_of_service(service: &Service) -> Option<&'static str> {
    let stem = service.slug.rsplit_once('-').map(|(word, _)| word);
    known([service.slug.as_str()].into_iter().chain(stem))
}

/// The spot of a half, or of the whole house, if a study is its study.
fn half_if(study: &str, half: Half) -> Option<String> {
    (study == half_word(half)).then(|| match half {
        Half::Mensuite | Half::Private => spots::of_half(half),
        Half::Shared => spots::HOUSE.to_owned(),
    })
}

fn half_word(half: Half) -> &'static str {
    match half {
        Half::Mensuite => "mensuite",
        Half::Private => "private",
        Half::Shared => HOUSE_STUDY,
    }
}

/// The first word that a study is called by.
fn known<'w>(words: impl IntoIterator<Item = &'w str>) -> Option<&'static str> {
    words.into_iter().find_map(|word| {
        let name = called(word).unwrap_or(word);
        assets::study(name).map(|study| study.name)
    })
}

/// Words of a catalogue that our studies are called otherwise by.
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
    fn a_word_of_the_catalogue_leads_to_its_study() {
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
    fn the_house_lives_where_it_fills_the_screen_and_has_a_tall_shape() {
        let house = of_house(&Shown::default());
        assert!(house.lives() && house.tall().is_some());
        assert!(!Sight::named("the-house").lives());
        assert!(Sight::named("no-such-study").study.name == "the-house");
        for half in [Half::Mensuite, Half::Private] {
            assert!(of_half(&Shown::default(), half).tall().is_some());
        }
    }
}
