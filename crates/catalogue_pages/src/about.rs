//! What the club says of itself: its story (S56), its means (S57), where it is (S54), and a page for when there is
//! no line.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use catalogue::{Catalogue, Club, Room};
use kit::web::Page;
use kit::{AppState, Result};
use people::Caller;
use pictures::Shown;
use pictures::artwork::{self, Artwork};
use ui::{Frame, SAME_FOR_VISITORS, opening_hours};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/about/", get(about))
        .route("/technologies/", get(technologies))
        .route("/contacts/", get(contacts))
        .route("/offline/", get(offline))
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage {
    frame: Frame,
    artwork: Artwork,
    garden: Artwork,
    hands: Artwork,
}

/// What a page of the club is drawn from: its frame, what there is, what hangs.
async fn load(
    caller: &Caller,
    place: &'static str,
    title: &'static str,
) -> Result<(Frame, Arc<Catalogue>, Arc<Shown>)> {
    let load = caller.view(move |tx, by| {
        let catalogue = catalogue::current(tx)?;
        let shown = pictures::shown(tx, catalogue.club.id)?;
        Ok((Frame::new(by, place, title), catalogue, shown))
    });
    load.await
}

async fn about(State(app): State<AppState>, caller: Caller) -> Result<Response> {
    let (frame, catalogue, shown) = load(&caller, "about", "About the house · CoreSync").await?;
    let artwork = artwork::of_club_still(&shown).whole();
    let page = AboutPage {
        frame: frame
            .about("Why there is a house in the middle of the city in which nobody is in a hurry.")
            .canonical(&app, &catalogue.club, "/about/")
            .with_preview(artwork.passed_on()),
        artwork,
        garden: artwork::of_study(&shown, &catalogue, "backyard"),
        hands: artwork::of_study(&shown, &catalogue, "massage"),
    };
    Ok((SAME_FOR_VISITORS, Page::of(&page)?).into_response())
}

/// One of the means of the club.
struct Technology {
    name: &'static str,
    sentence: &'static str,
    more: &'static str,
    artwork: Artwork,
}

/// The means, each with the study that stands beside it.
const TECHNOLOGIES: [(&str, &str, &str, &str); 4] = [
    (
        "The immersive wall",
        "swiss-alps",
        "A wall that becomes somewhere else.",
        "A lake in the Alps, a canal in Venice, a wave that never quite breaks. The light in the room follows the light in \
         the picture, and so do the warmth, the scent and the sound.",
    ),
    (
        "The oxygen dome",
        "oxygen-dome",
        "Air, and a ceiling of slow stars.",
        "Two loungers under a clear dome, air with more oxygen in it, and an attendant who is near without being there.",
    ),
    (
        "Light, cold and laser",
        "laser",
        "Precise where hands are not.",
        "Red and near-infrared light after a facial, a fine stream of cold before something important, and a cooled \
         laser, planned area by area.",
    ),
    (
        "Rooms that remember",
        "ember-suite",
        "Warm before you come.",
        "Say once how you like it: light, warmth, music. The room prepares itself for your time, and forgets you when you \
         ask it to.",
    ),
];

#[derive(Template)]
#[template(path = "technologies.html")]
struct TechnologiesPage {
    frame: Frame,
    artwork: Artwork,
    means: Vec<Technology>,
}

async fn technologies(State(app): State<AppState>, caller: Caller) -> Result<Response> {
    let (frame, catalogue, shown) = load(&caller, "technologies", "Technologies · CoreSync").await?;
    let of_study = |study| artwork::of_study(&shown, &catalogue, study);
    let artwork = of_study("ai-massage-bed");
    let means = TECHNOLOGIES.iter();
    let page = TechnologiesPage {
        frame: frame
            .about("A bed that maps your back, a wall that becomes somewhere else, rooms that know how warm you like it.")
            .canonical(&app, &catalogue.club, "/technologies/")
            .with_preview(artwork.passed_on()),
        artwork,
        means: means
            .map(|(name, study, sentence, more)| Technology { name, sentence, more, artwork: of_study(study) })
            .collect(),
    };
    Ok((SAME_FOR_VISITORS, Page::of(&page)?).into_response())
}

#[derive(Template)]
#[template(path = "contacts.html")]
struct ContactsPage<'c> {
    frame: Frame,
    club: &'c Club,
    hours: Vec<(&'static str, String)>,
    artwork: Artwork,
}

async fn contacts(State(app): State<AppState>, caller: Caller) -> Result<Response> {
    let (frame, catalogue, shown) = load(&caller, "contacts", "Where we are · CoreSync").await?;
    let artwork = artwork::of_club_still(&shown);
    let page = ContactsPage {
        frame: frame
            .about("The address of the house, its telephone, and when somebody is at the door.")
            .canonical(&app, &catalogue.club, "/contacts/")
            .with_preview(artwork.passed_on()),
        club: &catalogue.club,
        hours: hours(&catalogue),
        artwork,
    };
    Ok((SAME_FOR_VISITORS, Page::of(&page)?).into_response())
}

/// When the first room opens and the last one closes, day by day.
fn hours(catalogue: &Catalogue) -> Vec<(&'static str, String)> {
    let rooms: Vec<&Room> = catalogue.rooms.iter().filter(|room| room.active).collect();
    let day = |weekday| opening_hours(&rooms, weekday);
    (1..=7).map(day).map(|(name, notified)| (name, notified.unwrap_or_else(|| "closed".to_owned()))).collect()
}

#[derive(Template)]
#[template(path = "offline.html")]
struct OfflinePage {
    frame: Frame,
}

/// What a device shows that has no line: it is kept beforehand, so it is the same for everybody.
async fn offline() -> Result<Page> {
    Page::of(&OfflinePage { frame: Frame::anonymous("", "No line · CoreSync") })
}
