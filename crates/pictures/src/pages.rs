//! The back office page on which managers publish photographs and films. It lists every slot with the picture that is
//! published in it.

use askama::Template;
use axum::Router;
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, Multipart};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kit::web::{Form, Input, Page, Path, RawInput, see_other};
use kit::{AppState, Error, Fields, Id, Result, Tx};
use people::{Action, Actor, Caller};
use ui::{BackOfficeEntry, BackOfficeGroup, FieldErrors, Frame, or_sign_in};

use crate::artwork::{self, Artwork};
use crate::slots::{self, PageLink, PictureSlot};
use crate::{FILM_LIMIT, Film, Focus, Kind, LIMIT, Picture, PictureState, Progress, Upload};

const HERE: &str = "/staff/pictures/";
/// The maximum size in bytes of the fields of a form besides the picture.
const FORM_OVERHEAD: usize = 1 << 16;

/// The entry of the pictures page in the navigation of the back office.
pub const BACK_OFFICE: [BackOfficeEntry; 1] = [BackOfficeEntry {
    group: BackOfficeGroup::Settings,
    position: 100,
    path: HERE,
    label: "Pictures",
    sentence: "Upload photos and videos in place of the illustrations.",
    needs: Some(Action::ManageCatalogue),
}];

/// Returns the routes of the pages on which managers publish photographs and films.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route(HERE, get(show).post(upload))
        .layer(DefaultBodyLimit::max(FILM_LIMIT + FORM_OVERHEAD))
        .route("/staff/pictures/{id}/", get(progress))
        .route("/staff/pictures/unpublish/", post(take_down))
        .route("/staff/pictures/describe/", post(describe))
}

/// A slot with its pictures, as the page shows it.
struct Place {
    /// The name of the slot.
    name: String,
    label: String,
    seen: Vec<PageLink>,
    takes_film: bool,
    published: Option<Picture>,
    /// The artwork that pages show while nothing is published.
    artwork: Option<Artwork>,
    /// The newest picture that is being processed or has failed.
    coming: Option<Picture>,
}

impl Place {
    fn id(&self) -> String {
        self.name.replace('/', "-")
    }

    fn alt(&self) -> &str {
        self.published.as_ref().map(|picture| picture.alt.as_str()).unwrap_or_default()
    }

    fn rests(&self, focus: &Focus) -> bool {
        *focus == self.published.as_ref().map(|picture| picture.focus).unwrap_or_default()
    }

    fn photograph(&self) -> Option<&Picture> {
        self.published.as_ref().filter(|picture| picture.kind == Kind::Photograph)
    }

    fn film(&self) -> Option<String> {
        let picture = self.published.as_ref()?;
        Some(picture.path(0, picture.film?))
    }

    fn is_working(&self) -> bool {
        self.coming.as_ref().is_some_and(|picture| picture.state == PictureState::Working)
    }

    /// Returns why the latest upload could not be processed.
    fn problem(&self) -> Option<&str> {
        let failed = self.coming.as_ref().filter(|picture| picture.state == PictureState::Failed)?;
        Some(
            failed.problem.as_deref().unwrap_or("We couldn’t use the last upload. Use a JPEG, PNG, or WebP."),
        )
    }
}

#[derive(Template)]
#[template(path = "staff/pictures.html")]
struct PicturesPage {
    frame: Frame,
    groups: Vec<(&'static str, Vec<Place>)>,
    /// The name of the slot whose form was rejected; its errors are in `errors`.
    wrong: String,
    errors: FieldErrors,
}

const FIELDS: [(&str, &str); 4] =
    [("picture", "Picture"), ("alt", "Alt text"), ("focus", "Focal point"), ("slot", "Place")];

fn draw(tx: &mut Tx<'_>, by: &Actor, wrong: &str, errors: FieldErrors) -> Result<PicturesPage> {
    by.need(Action::ManageCatalogue)?;
    let catalogue = catalogue::current(tx)?;
    let known = crate::list(tx, catalogue.club.id)?;
    let shown = crate::shown(tx, catalogue.club.id)?;
    let found = |slot: &str, is_published: bool| {
        let mut found = known.iter().rev();
        found
            .find(|(at, picture)| at == slot && picture.is_published == is_published)
            .map(|(_, picture)| picture.clone())
    };
    let fill = |slot: PictureSlot<'_>| {
        let (published, coming) = (found(&slot.name, true), found(&slot.name, false));
        let artwork = published.is_none().then(|| artwork::of(&shown, &catalogue, slot.thing));
        let takes_film = slot.takes_film();
        Place { name: slot.name, label: slot.label, seen: slot.seen, takes_film, published, artwork, coming }
    };
    let groups = slots::all(&catalogue).into_iter();
    Ok(PicturesPage {
        frame: Frame::new(by, HERE, "Pictures · CoreSync"),
        groups: groups.map(|(name, all)| (name, all.into_iter().map(fill).collect())).collect(),
        wrong: wrong.to_owned(),
        errors,
    })
}

async fn show(caller: Caller) -> Result<Response> {
    let page = caller.view(|tx, by| draw(tx, by, "", FieldErrors::default())).await;
    or_sign_in(page.and_then(|page| Page::of(&page)), HERE)
}

async fn upload(caller: Caller, form: Multipart) -> Result<Response> {
    // Check the permission before reading up to 40 megabytes from a caller who may not upload.
    let allowed = caller.view(|_, by| by.need(Action::ManageCatalogue)).await;
    if let Err(error) = allowed {
        return or_sign_in::<Response>(Err(error), HERE);
    }
    let (upload, bytes) = match read(form).await {
        Ok(read) => read,
        Err((slot, Error::Invalid(fields))) => return refused(&caller, slot, fields).await,
        Err((_, error)) => return Err(error),
    };
    let slot = upload.slot.clone();
    match take(&caller, upload, bytes).await {
        Ok(Some(picture)) => Ok(see_other(&format!("{HERE}{picture}/"))),
        Ok(None) => Ok(see_other(&at(&slot))),
        Err(Error::Invalid(fields)) => refused(&caller, slot, fields).await,
        Err(error) => Err(error),
    }
}

async fn refused(caller: &Caller, slot: String, fields: Fields) -> Result<Response> {
    let errors = FieldErrors::of(&fields, &FIELDS);
    let page = caller.view(move |tx, by| draw(tx, by, &slot, errors.clone())).await?;
    Ok((StatusCode::BAD_REQUEST, Page::of(&page)?).into_response())
}

/// Returns the path of the page with the anchor of a slot.
fn at(slot: &str) -> String {
    format!("{HERE}#{}", slot.replace('/', "-"))
}

/// Stores an upload. Returns the id of a photograph, which is still to be processed, and `None` for a film.
async fn take(caller: &Caller, upload: Upload, bytes: Vec<u8>) -> Result<Option<Id>> {
    let slot = upload.slot.clone();
    let known = caller.view(move |tx, _| {
        let catalogue = catalogue::current(tx)?;
        let mut all = slots::all(&catalogue).into_iter().flat_map(|(_, slots)| slots);
        Ok(all.find(|one| one.name == slot).map(|one| one.takes_film()))
    });
    let takes_film =
        known.await?.ok_or_else(|| Fields::one("slot", "We couldn’t find that place for a picture."))?;
    if takes_film && crate::is_film(&bytes) {
        return crate::publish_film(caller, Film { upload, bytes }).await.map(|()| None);
    }
    if bytes.len() > LIMIT {
        return Err(Fields::one("picture", "A photo can be up to 20 MB, a video up to 40 MB."));
    }
    caller.tx(move |tx, by| crate::upload(tx, by, &upload, &bytes)).await.map(Some)
}

/// The page that shows the processing state of an uploaded photograph.
#[derive(Template)]
#[template(path = "staff/picture.html")]
struct ProgressPage {
    frame: Frame,
    progress: Progress,
    is_working: bool,
    here: String,
    /// The path back to the slot on the page of all slots.
    back: String,
}

/// The interval in seconds after which the progress page reloads.
const AGAIN: &str = "2";

async fn progress(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let here = format!("{HERE}{id}/");
    let drawn = caller.view(move |tx, by| {
        let progress = crate::progress(tx, by, id)?;
        let back = at(&progress.slot);
        let is_working = progress.state == PictureState::Working;
        let frame = Frame::new(by, HERE, "Picture upload · CoreSync");
        Ok(ProgressPage { frame, progress, is_working, here: format!("{HERE}{id}/"), back })
    });
    let page = match drawn.await {
        // The picture was replaced by another one and deleted.
        Err(Error::NotFound) => return Ok(see_other(HERE)),
        other => other,
    };
    let answered = page.and_then(|page| {
        if page.progress.state == PictureState::Ready {
            return Ok(see_other(&page.back));
        }
        let shown = Page::of(&page)?.into_response();
        // Use a header, so that the page stops reloading once there is nothing to wait for.
        let refresh = page.is_working.then_some([("refresh", AGAIN)]);
        Ok(match refresh {
            Some(refresh) => (refresh, shown).into_response(),
            None => shown,
        })
    });
    or_sign_in(answered, &here)
}

fn broken() -> Error {
    Fields::one("picture", "The file is larger than 40 MB, or the upload was interrupted.")
}

/// Reads the content of a picture. If it begins like neither a photograph nor a film, the content is discarded; the
/// rest is read nevertheless, because otherwise the browser would not receive the response.
async fn picture(mut field: Field<'_>) -> Result<Vec<u8>> {
    let mut bytes: Vec<u8> = Vec::new();
    let mut is_refused = false;
    while let Some(chunk) = field.chunk().await.map_err(|_| broken())? {
        if is_refused {
            continue;
        }
        bytes.extend_from_slice(&chunk);
        let is_known = crate::is_photograph(&bytes) || crate::is_film(&bytes);
        if bytes.len() >= HEAD && !is_known {
            is_refused = true;
            bytes = Vec::new();
        }
    }
    if is_refused {
        return Err(Fields::one(
            "picture",
            "We can’t read this file as a picture. Use a JPEG, PNG, or WebP.",
        ));
    }
    Ok(bytes)
}

/// The number of bytes that is enough to recognize every permitted format.
const HEAD: usize = 64;

/// Reads the fields of a form and the picture. An error carries the name of the slot, if it was read before.
async fn read(mut form: Multipart) -> Result<(Upload, Vec<u8>), (String, Error)> {
    let mut upload = Upload { slot: String::new(), alt: String::new(), focus: Focus::default() };
    let mut bytes = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| (upload.slot.clone(), broken()))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "picture" {
            bytes = picture(field).await.map_err(|error| (upload.slot.clone(), error))?;
            continue;
        }
        let value = field.bytes().await.map_err(|_| (upload.slot.clone(), broken()))?;
        let text = |longest: usize| -> String {
            kit::text::one_line(&String::from_utf8_lossy(&value)).chars().take(longest).collect()
        };
        match name.as_str() {
            "slot" => upload.slot = text(120),
            "alt" => upload.alt = text(300),
            "focus" => upload.focus = Focus::read(text(20)).unwrap_or_default(),
            _ => {}
        }
    }
    if bytes.is_empty() {
        return Err((upload.slot, Fields::one("picture", "Choose a photo.")));
    }
    Ok((upload, bytes))
}

/// The fields of a form without a new picture.
struct UploadOut(Upload);

impl Input for UploadOut {
    fn parse(input: &mut RawInput) -> UploadOut {
        let slot = input.text("slot", 120);
        let alt = input.opt_text_within("alt", 300).unwrap_or_default();
        let focus = input.opt_text_within("focus", 20).and_then(Focus::read).unwrap_or_default();
        UploadOut(Upload { slot, alt, focus })
    }
}

async fn describe(caller: Caller, Form(UploadOut(upload)): Form<UploadOut>) -> Result<Response> {
    let slot = upload.slot.clone();
    let done = caller.tx(move |tx, by| crate::describe(tx, by, &upload)).await;
    match done {
        Err(Error::Invalid(fields)) => refused(&caller, slot, fields).await,
        done => or_sign_in(done.map(|()| see_other(&at(&slot))), HERE),
    }
}

async fn take_down(caller: Caller, Form(UploadOut(upload)): Form<UploadOut>) -> Result<Response> {
    let done = caller.tx(move |tx, by| crate::take_down(tx, by, &upload.slot)).await;
    or_sign_in(done.map(|()| see_other(HERE)), HERE)
}
