//! Pages about the club: its story (S56), its technologies (S57), its contacts (S54), and the page that a device shows
//! while it is offline.

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
use pictures::PublishedPictures;
use pictures::artwork::{self, Artwork};
use ui::{Frame, SAME_FOR_VISITORS, format, opening_hours};

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
    massage: Artwork,
}

/// Loads what each page about the club needs: its frame, the catalogue, and the published pictures.
async fn load(
    caller: &Caller,
    place: &'static str,
    title: &'static str,
) -> Result<(Frame, Arc<Catalogue>, Arc<PublishedPictures>)> {
    let page = caller.view(move |tx, by| {
        let catalogue = catalogue::current(tx)?;
        let shown = pictures::shown(tx, catalogue.club.id)?;
        Ok((Frame::new(by, place, title), catalogue, shown))
    });
    page.await
}

async fn about(State(app): State<AppState>, caller: Caller) -> Result<Response> {
    let (frame, catalogue, shown) = load(&caller, "about", "About the house · CoreSync").await?;
    let artwork = artwork::of_club_still(&shown).whole();
    let page = AboutPage {
        frame: frame
            .about("Why we built a house in the middle of the city where nobody is in a hurry.")
            .canonical(&app, &catalogue.club, "/about/")
            .with_preview(artwork.passed_on()),
        artwork,
        garden: artwork::of_study(&shown, &catalogue, "backyard"),
        massage: artwork::of_study(&shown, &catalogue, "massage"),
    };
    Ok((SAME_FOR_VISITORS, Page::of(&page)?).into_response())
}

/// A technology of the club on the page of technologies.
struct Technology {
    name: &'static str,
    sentence: &'static str,
    more: &'static str,
    artwork: Artwork,
}

/// The technologies: the name, the name of the light study, a sentence, and a description.
const TECHNOLOGIES: [(&str, &str, &str, &str); 4] = [
    (
        "The immersive wall",
        "swiss-alps",
        "A wall that becomes somewhere else.",
        "A lake in the Alps, a canal in Venice, a wave that never quite breaks. The light in the room follows the light in \
         the picture, and so do the warmth, the scent, and the sound.",
    ),
    (
        "The oxygen dome",
        "oxygen-dome",
        "Air, and a ceiling of slow stars.",
        "Two loungers under a clear dome, oxygen-rich air, and an attendant who is close by but never in the way.",
    ),
    (
        "Light, cold, and laser",
        "laser",
        "Precise where hands can’t be.",
        "Red and near-infrared light after a facial, a fine stream of cold before something important, and a cooled \
         laser, planned area by area.",
    ),
    (
        "Rooms that remember",
        "ember-suite",
        "Warm before you arrive.",
        "Tell us once how you like it: light, warmth, music. The room prepares itself for your time, and forgets you when you \
         ask it to.",
    ),
];

#[derive(Template)]
#[template(path = "technologies.html")]
struct TechnologiesPage {
    frame: Frame,
    artwork: Artwork,
    technologies: Vec<Technology>,
}

async fn technologies(State(app): State<AppState>, caller: Caller) -> Result<Response> {
    let (frame, catalogue, shown) = load(&caller, "technologies", "Technology · CoreSync").await?;
    let of_study = |study| artwork::of_study(&shown, &catalogue, study);
    let artwork = of_study("ai-massage-bed");
    let technologies = TECHNOLOGIES.iter();
    let page = TechnologiesPage {
        frame: frame
            .about("A bed that maps your back, a wall that becomes somewhere else, rooms that know how warm you like it.")
            .canonical(&app, &catalogue.club, "/technologies/")
            .with_preview(artwork.passed_on()),
        artwork,
        technologies: technologies
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
    /// The name of the street, without the building's number; empty if the address does not begin with it.
    street: String,
    /// The URL that shows the way to the club.
    directions: String,
}

/// Returns the name of the street of an address such as `18 Quillon Street, New York`.
fn street(address: &str) -> String {
    let line = address.split([',', '\n']).next().unwrap_or_default().trim();
    line.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '-').trim().to_owned()
}

async fn contacts(State(app): State<AppState>, caller: Caller) -> Result<Response> {
    let (frame, catalogue, shown) = load(&caller, "contacts", "Visit us · CoreSync").await?;
    let artwork = artwork::of_club_still(&shown);
    let page = ContactsPage {
        frame: frame
            .about("Our address, phone number, and hours.")
            .canonical(&app, &catalogue.club, "/contacts/")
            .with_preview(artwork.passed_on()),
        club: &catalogue.club,
        hours: hours(&catalogue),
        artwork,
        street: street(&catalogue.club.address),
        directions: format::directions(&catalogue.club.address),
    };
    Ok((SAME_FOR_VISITORS, Page::of(&page)?).into_response())
}

/// Returns the name of each weekday with its opening hours, from the first room that opens to the last one that closes.
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

/// Renders the page that a device shows while it is offline. Devices cache it in advance, so it is the same for
/// everyone.
async fn offline() -> Result<Page> {
    Page::of(&OfflinePage { frame: Frame::anonymous("", "Offline · CoreSync") })
}
