//! Hanging a picture, and taking it down again. What hung there before goes with it.

use jiff::SignedDuration;
use kit::errors::OrFault as _;
use kit::jobs::Job;
use kit::{Db, Error, Fields, Id, Result, Tx, versions};
use people::{Action, Actor, AuditSubject, Caller, note_change};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::develop::{Developed, UNREADABLE, check, develop};
use crate::model::{Format, Kind, PIECE, PictureState, Upload};
use crate::store;

/// A photograph that came is to be made anew; a job.
#[derive(Debug, Serialize, Deserialize)]
pub struct Develop {
    /// Which.
    pub picture: Id,
}

impl Job for Develop {
    const KIND: &'static str = "pictures.develop";
}

/// Takes a photograph and hangs it: until it is made anew, what hung there is still shown.
///
/// # Errors
/// `Error::Forbidden` unless `by` may manage the catalogue; `Error::Invalid` for an unknown sort of spot, no words, or what
/// is no photograph or of the wrong size.
pub fn upload(tx: &mut Tx<'_>, by: &Actor, words: &Upload, bytes: &[u8]) -> Result<Id> {
    by.need(Action::ManageCatalogue)?;
    words.check()?;
    check(bytes)?;
    let club = catalogue::current(tx)?.club.id;
    let picture = store::insert(tx, club, by.person()?.id, Kind::Photograph, words)?;
    note_added(tx, by, club, picture, Kind::Photograph, words)?;
    for (piece, part) in (0..).zip(bytes.chunks(PIECE)) {
        store::keep(tx, picture, 0, Format::Source, piece, part)?;
    }
    tx.enqueue(&Develop { picture }, tx.now())?;
    Ok(picture)
}

/// What is shown at a place, as the audit log shows it.
fn shown(tx: &mut Tx<'_>, club: Id, slot: &str) -> Result<Value> {
    let found = store::shown_at(tx, club, slot)?;
    Ok(found.map_or(Value::Null, |(kind, alt, focus)| json!({"kind": kind, "alt": alt, "focus": focus})))
}

/// Records that a picture was sent for a place, and what is shown there until it is ready.
fn note_added(tx: &mut Tx<'_>, by: &Actor, club: Id, picture: Id, kind: Kind, words: &Upload) -> Result<()> {
    let before = shown(tx, club, &words.slot)?;
    let after = json!({"kind": kind.as_str(), "alt": words.alt, "focus": words.focus.as_str()});
    let subject = AuditSubject { kind: "picture", id: Some(picture), name: &words.slot };
    note_change(tx, by, "picture_added", subject, (before, after))
}

/// One photograph of a process is made at a time: each takes hundreds of megabytes meanwhile.
struct OneAtATime(Semaphore);

impl Default for OneAtATime {
    fn default() -> OneAtATime {
        OneAtATime(Semaphore::new(1))
    }
}

/// How long a photograph waits before it tries again while another one is made.
const NEXT_TRY: SignedDuration = SignedDuration::from_secs(2);

/// Makes a photograph anew; does nothing if that was done already. While this crate makes another one it is put off, so
/// that no other job waits for it.
///
/// # Errors
/// A fault of the database. What can't be made is marked as failed, with the reason.
pub async fn develop_job(db: Db, picture: Id) -> Result<()> {
    let one_at_a_time = db.dependencies().caches.get::<OneAtATime>();
    let Ok(_turn) = one_at_a_time.0.try_acquire() else {
        return db.tx(move |tx| tx.enqueue(&Develop { picture }, tx.now() + NEXT_TRY)).await;
    };
    let Some(source) = db.view(move |tx| store::source(tx, picture)).await? else { return Ok(()) };
    let made = tokio::task::spawn_blocking(move || develop(source)).await.or_fault()?;
    match made {
        Ok(made) => db.tx(move |tx| finish(tx, picture, &made)).await,
        Err(Error::Invalid(fields)) => {
            let problem = fields.0.into_values().next().unwrap_or_else(|| UNREADABLE.to_owned());
            db.tx(move |tx| fail(tx, picture, &problem)).await
        }
        Err(error) => Err(error),
    }
}

fn fail(tx: &mut Tx<'_>, picture: Id, problem: &str) -> Result<()> {
    store::fail(tx, picture, problem)?;
    store::forget_source(tx, picture)
}

fn finish(tx: &mut Tx<'_>, picture: Id, made: &Developed) -> Result<()> {
    let size = (i64::from(made.width), i64::from(made.height));
    if !store::finish(tx, picture, PictureState::Ready, size, &made.preview)? {
        return Ok(());
    }
    store::set_scrim(tx, picture, made.scrim)?;
    for (width, format, bytes) in &made.files {
        store::keep(tx, picture, i64::from(*width), *format, 0, bytes)?;
    }
    store::forget_source(tx, picture)?;
    publish(tx, picture)
}

/// Hangs a picture where it is meant to be, in place of what hung there.
fn publish(tx: &mut Tx<'_>, picture: Id) -> Result<()> {
    let Some((club, slot, by)) = store::meant_for(tx, picture)? else { return Ok(()) };
    store::publish(tx, club, &slot, picture, by)?;
    store::remove_unused(tx, club)?;
    versions::bump(tx, catalogue::VERSION)
}

/// Leaves a spot empty, so that its light study is shown again.
///
/// # Errors
/// `Error::Forbidden` unless `by` may manage the catalogue; `Error::NotFound` if nothing hangs there.
pub fn take_down(tx: &mut Tx<'_>, by: &Actor, slot: &str) -> Result<()> {
    by.need(Action::ManageCatalogue)?;
    let club = catalogue::current(tx)?.club.id;
    let before = shown(tx, club, slot)?;
    if !store::withdraw(tx, club, slot)? {
        return Err(Error::NotFound);
    }
    let subject = AuditSubject { kind: "picture", id: None, name: slot };
    note_change(tx, by, "picture_removed", subject, (before, Value::Null))?;
    store::remove_unused(tx, club)?;
    versions::bump(tx, catalogue::VERSION)
}

/// Says something else of the picture that hangs at a spot.
///
/// # Errors
/// As [`upload`]; `Error::NotFound` if nothing hangs there.
pub fn describe(tx: &mut Tx<'_>, by: &Actor, words: &Upload) -> Result<()> {
    by.need(Action::ManageCatalogue)?;
    words.check()?;
    let club = catalogue::current(tx)?.club.id;
    let before = shown(tx, club, &words.slot)?;
    if !store::describe(tx, club, &words.slot, &words.alt, words.focus)? {
        return Err(Error::NotFound);
    }
    let after = shown(tx, club, &words.slot)?;
    let subject = AuditSubject { kind: "picture", id: None, name: &words.slot };
    note_change(tx, by, "picture_described", subject, (before, after))?;
    versions::bump(tx, catalogue::VERSION)
}

/// A film that came, and what is said of it.
#[derive(Debug)]
pub struct Film {
    /// What is said of it.
    pub words: Upload,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a film is, by its first bytes.
fn film_format(bytes: &[u8]) -> Option<Format> {
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(Format::Mp4);
    }
    bytes.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]).then_some(Format::Webm)
}

/// Whether these bytes begin as a film does.
pub fn is_film(bytes: &[u8]) -> bool {
    film_format(bytes).is_some()
}

/// Takes a film and hangs it. It is written in pieces, so that nobody waits for the whole of it; it hangs once it is there.
///
/// # Errors
/// As [`upload`]; `Error::Invalid` if it is neither MP4 nor WebM.
pub async fn publish_film(caller: &Caller, film: Film) -> Result<()> {
    let Some(format) = film_format(&film.bytes) else {
        return Err(Fields::one("picture", "This is no film that browsers can show. Send an MP4 or a WebM."));
    };
    let words = film.words.clone();
    let id = caller.tx(move |tx, by| add_film(tx, by, &words)).await?;
    for (n, piece) in film.bytes.chunks(PIECE).enumerate() {
        let (n, piece) = (i64::try_from(n).or_fault()?, piece.to_vec());
        caller.tx(move |tx, _| store::keep(tx, id, 0, format, n, &piece)).await?;
    }
    caller
        .tx(move |tx, by| {
            by.need(Action::ManageCatalogue)?;
            store::finish(tx, id, PictureState::Ready, (0, 0), "")?;
            publish(tx, id)
        })
        .await
}

/// Writes down a film whose pieces are to come.
///
/// # Errors
/// As [`upload`].
pub(crate) fn add_film(tx: &mut Tx<'_>, by: &Actor, words: &Upload) -> Result<Id> {
    by.need(Action::ManageCatalogue)?;
    words.check()?;
    let club = catalogue::current(tx)?.club.id;
    let film = store::insert(tx, club, by.person()?.id, Kind::Film, words)?;
    note_added(tx, by, club, film, Kind::Film, words)?;
    Ok(film)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Focus;

    #[test]
    fn a_film_is_known_by_its_first_bytes() {
        assert_eq!(film_format(b"\0\0\0\x20ftypisom...."), Some(Format::Mp4));
        assert_eq!(film_format(&[0x1a, 0x45, 0xdf, 0xa3, 0]), Some(Format::Webm));
        assert_eq!(film_format(b"<html>ftyp"), None);
        assert_eq!(film_format(b""), None);
    }

    #[test]
    fn a_spot_has_a_plain_name_and_a_picture_its_words() {
        let upload = |slot: &str, alt: &str| Upload {
            slot: slot.to_owned(),
            alt: alt.to_owned(),
            focus: Focus::default(),
        };
        assert!(upload("service/deep-tissue", "A room in candle light").check().is_ok());
        for (slot, alt) in [("", "a"), ("../etc", "a"), ("Service", "a"), ("home/hero", " ")] {
            assert!(upload(slot, alt).check().is_err(), "{slot} {alt}");
        }
    }
}
