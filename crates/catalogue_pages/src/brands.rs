//! The pages of the two brands of the club (S51, S52).

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use catalogue::{Brand, Catalogue};
use kit::web::Page;
use kit::{AppState, Result};
use people::Caller;
use pictures::PublishedPictures;
use pictures::artwork::{self, Artwork};
use ui::{Frame, SAME_FOR_VISITORS, offered};

use crate::services::ServiceRow;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/menssuite/", get(menssuite)).route("/private/", get(private))
}

/// The texts of the page of a brand.
struct BrandText {
    place: &'static str,
    path: &'static str,
    title: &'static str,
    description: &'static str,
    heading: &'static str,
    lead: &'static str,
    introduction: &'static str,
    promise: &'static str,
    rooms: &'static str,
    last: &'static str,
}

const MENSSUITE: BrandText = BrandText {
    place: "menssuite",
    path: "/menssuite/",
    title: "Mensuite, for men · CoreSync",
    description: "Massage, facials, barber, and laser for men, one guest and one room at a time.",
    heading: "Mensuite",
    lead: "For men. One guest, one room, and a robe that is already warm.",
    introduction: "You ring, and the door opens. Someone knows your name, your pressure, and how you take your tea.",
    promise: "Every room is yours alone while you are in it. Nobody waits outside, and nobody looks at a clock.",
    rooms: "The rooms",
    last: "An hour is enough to begin.",
};

const PRIVATE: BrandText = BrandText {
    place: "private",
    path: "/private/",
    title: "Coresync Private, for two · CoreSync",
    description: "Private suites for two: hot tub, dry and wet sauna, an AI massage bed, and a wall that becomes \
                  somewhere else.",
    heading: "Coresync Private",
    lead: "For two. Two hours behind one door, and the rest of the world outside it.",
    introduction: "Choose where you would like to be: a lake in the Alps, a canal in Venice, a beach at the right hour. The \
            wall, the light, the warmth, and the music follow.",
    promise: "The tub is filled and the sauna hot before you arrive. You meet your host at the door, and no one after that \
              unless you call.",
    rooms: "The suites",
    last: "Two hours, two robes, one door.",
};

#[derive(Template)]
#[template(path = "brand.html")]
struct BrandPage<'c> {
    frame: Frame,
    text: BrandText,
    artwork: Artwork,
    families: Vec<BrandCategory<'c>>,
    rooms: Vec<BrandRoom<'c>>,
    scenes: Vec<(&'static str, Artwork)>,
}

/// A category of services with its artwork.
struct BrandCategory<'c> {
    slug: &'c str,
    name: &'c str,
    sentence: &'c str,
    artwork: Artwork,
    rows: Vec<ServiceRow<'c>>,
}

/// A room and its features.
struct BrandRoom<'c> {
    name: &'c str,
    sentence: &'c str,
    features: &'c [String],
    artwork: Artwork,
}

async fn menssuite(app: State<AppState>, caller: Caller) -> Result<Response> {
    brand_page(app, caller, Brand::Mensuite, MENSSUITE).await
}

async fn private(app: State<AppState>, caller: Caller) -> Result<Response> {
    brand_page(app, caller, Brand::Private, PRIVATE).await
}

async fn brand_page(
    State(app): State<AppState>,
    caller: Caller,
    brand: Brand,
    text: BrandText,
) -> Result<Response> {
    let (place, title) = (text.place, text.title);
    let page = caller.view(move |tx, by| {
        let catalogue = catalogue::current(tx)?;
        let shown = pictures::shown(tx, catalogue.club.id)?;
        Ok((Frame::new(by, place, title), catalogue, shown))
    });
    let (frame, catalogue, shown) = page.await?;
    let scenes = if brand == Brand::Private { &people::SCENES[..] } else { &[] };
    let artwork = artwork::of_brand(&shown, brand);
    let page = BrandPage {
        frame: frame
            .about(text.description)
            .canonical(&app, &catalogue.club, text.path)
            .with_preview(artwork.passed_on()),
        artwork,
        families: families(&catalogue, &shown, brand),
        rooms: rooms(&catalogue, &shown, brand),
        scenes: scenes.iter().map(|(slug, name)| (*name, artwork::of_scene(&shown, slug))).collect(),
        text,
    };
    Ok((SAME_FOR_VISITORS, Page::of(&page)?).into_response())
}

fn families<'c>(catalogue: &'c Catalogue, shown: &PublishedPictures, brand: Brand) -> Vec<BrandCategory<'c>> {
    let family = |category: &'c catalogue::Category| {
        let rows = offered(catalogue, category);
        BrandCategory {
            slug: &category.slug,
            name: &category.name,
            sentence: &category.description,
            artwork: artwork::of_category(shown, category),
            rows: rows.map(|service| ServiceRow::of(catalogue, shown, service)).collect(),
        }
    };
    catalogue.categories.iter().filter(|category| category.brand == brand).map(family).collect()
}

fn rooms<'c>(catalogue: &'c Catalogue, shown: &PublishedPictures, brand: Brand) -> Vec<BrandRoom<'c>> {
    let place = |room: &'c catalogue::Room| BrandRoom {
        name: &room.name,
        sentence: &room.description,
        features: &room.features,
        artwork: artwork::of_room(shown, room),
    };
    catalogue.rooms.iter().filter(|room| room.active && room.brand == brand).map(place).collect()
}
