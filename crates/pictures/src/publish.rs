//! Operations that publish a picture in a slot or remove it. The picture that was published there before is deleted.

use jiff::SignedDuration;
use kit::errors::OrFault as _;
use kit::jobs::Job;
use kit::{Db, Error, Fields, Id, Result, Tx, versions};
use people::{Action, Actor, AuditEvent, AuditSubject, Caller, SubjectKind, note_change};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::develop::{Developed, UNREADABLE, check, develop};
use crate::model::{Format, Kind, PIECE, PictureState, Upload};
use crate::store;

/// A job: processes an uploaded photograph.
#[derive(Debug, Serialize, Deserialize)]
pub struct Develop {
    /// The id of the picture.
    pub picture: Id,
}

impl Job for Develop {
    const KIND: &'static str = "pictures.develop";
}

/// Stores a photograph and queues its processing. The slot keeps its current picture until the photograph is processed.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, and `Error::Invalid` if the slot name is malformed,
/// the text alternative is empty, or the file is not a photograph of a permitted size.
pub fn upload(tx: &mut Tx<'_>, by: &Actor, upload: &Upload, bytes: &[u8]) -> Result<Id> {
    by.need(Action::ManageCatalogue)?;
    upload.check()?;
    check(bytes)?;
    let club = catalogue::current(tx)?.club.id;
    let picture = store::insert(tx, club, by.person()?.id, Kind::Photograph, upload)?;
    note_added(tx, by, club, picture, Kind::Photograph, upload)?;
    for (piece, part) in (0..).zip(bytes.chunks(PIECE)) {
        store::keep(tx, picture, 0, Format::Source, piece, part)?;
    }
    tx.enqueue(&Develop { picture }, tx.now())?;
    Ok(picture)
}

/// Returns what is shown in a slot, as JSON for the audit log.
fn shown(tx: &mut Tx<'_>, club: Id, slot: &str) -> Result<Value> {
    let found = store::shown_at(tx, club, slot)?;
    Ok(found.map_or(Value::Null, |(kind, alt, focus)| json!({"kind": kind, "alt": alt, "focus": focus})))
}

/// Records in the audit log that a picture was uploaded for a slot, and what the slot shows until the picture is ready.
fn note_added(tx: &mut Tx<'_>, by: &Actor, club: Id, picture: Id, kind: Kind, upload: &Upload) -> Result<()> {
    let before = shown(tx, club, &upload.slot)?;
    let after = json!({"kind": kind.as_str(), "alt": upload.alt, "focus": upload.focus.as_str()});
    let subject = AuditSubject { kind: SubjectKind::Picture, id: Some(picture), name: &upload.slot };
    note_change(tx, by, AuditEvent::PictureAdded, subject, (before, after))
}

/// Limits each process to one photograph at a time, because processing one takes hundreds of megabytes of memory.
struct OneAtATime(Semaphore);

impl Default for OneAtATime {
    fn default() -> OneAtATime {
        OneAtATime(Semaphore::new(1))
    }
}

/// The time after which the processing of a photograph is tried again while another one is processed.
const NEXT_TRY: SignedDuration = SignedDuration::from_secs(2);

/// Processes a photograph and publishes it. Does nothing if that was done already. While this process is busy with
/// another photograph, the job is postponed, so that it does not occupy the job runner.
///
/// # Errors
/// Returns a fault if the database or an encoder fails. A photograph that cannot be processed is no error: it is marked
/// as failed, with the reason.
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

/// Publishes a picture in the slot that it was uploaded for, in place of the previous one.
fn publish(tx: &mut Tx<'_>, picture: Id) -> Result<()> {
    let Some((club, slot, by)) = store::meant_for(tx, picture)? else { return Ok(()) };
    store::publish(tx, club, &slot, picture, by)?;
    store::remove_unused(tx, club)?;
    versions::bump(tx, catalogue::VERSION)
}

/// Empties a slot, so that it shows its light study again.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, and `Error::NotFound` if nothing is published in
/// the slot.
pub fn take_down(tx: &mut Tx<'_>, by: &Actor, slot: &str) -> Result<()> {
    by.need(Action::ManageCatalogue)?;
    let club = catalogue::current(tx)?.club.id;
    let before = shown(tx, club, slot)?;
    if !store::withdraw(tx, club, slot)? {
        return Err(Error::NotFound);
    }
    let subject = AuditSubject { kind: SubjectKind::Picture, id: None, name: slot };
    note_change(tx, by, AuditEvent::PictureRemoved, subject, (before, Value::Null))?;
    store::remove_unused(tx, club)?;
    versions::bump(tx, catalogue::VERSION)
}

/// Changes the text alternative and the focus of the picture that is published in a slot.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, `Error::Invalid` if the slot name is malformed or
/// the text alternative is empty, and `Error::NotFound` if nothing is published in the slot.
pub fn describe(tx: &mut Tx<'_>, by: &Actor, upload: &Upload) -> Result<()> {
    by.need(Action::ManageCatalogue)?;
    upload.check()?;
    let club = catalogue::current(tx)?.club.id;
    let before = shown(tx, club, &upload.slot)?;
    if !store::describe(tx, club, &upload.slot, &upload.alt, upload.focus)? {
        return Err(Error::NotFound);
    }
    let after = shown(tx, club, &upload.slot)?;
    let subject = AuditSubject { kind: SubjectKind::Picture, id: None, name: &upload.slot };
    note_change(tx, by, AuditEvent::PictureDescribed, subject, (before, after))?;
    versions::bump(tx, catalogue::VERSION)
}

/// An uploaded film with its description.
#[derive(Debug)]
pub struct Film {
    /// The slot and the description of the film.
    pub upload: Upload,
    /// The content of the film.
    pub bytes: Vec<u8>,
}

/// Recognizes the format of a film by its first bytes.
fn film_format(bytes: &[u8]) -> Option<Format> {
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(Format::Mp4);
    }
    bytes.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]).then_some(Format::Webm)
}

/// Returns whether these bytes begin like an MP4 or a WebM film.
pub fn is_film(bytes: &[u8]) -> bool {
    film_format(bytes).is_some()
}

/// Stores a film and publishes it. The film is written in several transactions, one for each piece, so that other
/// writers do not wait for the whole film. It is published after the last piece.
///
/// # Errors
/// Returns `Error::Forbidden` unless the caller may manage the catalogue, and `Error::Invalid` if the slot name is
/// malformed, the text alternative is empty, or the film is neither MP4 nor WebM.
pub async fn publish_film(caller: &Caller, film: Film) -> Result<()> {
    let Some(format) = film_format(&film.bytes) else {
        return Err(Fields::one("picture", "Browsers can’t play this video. Use an MP4 or WebM."));
    };
    let upload = film.upload.clone();
    let id = caller.tx(move |tx, by| add_film(tx, by, &upload)).await?;
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

/// Inserts a film without its content, which is added in pieces.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, and `Error::Invalid` if the slot name is malformed
/// or the text alternative is empty.
pub(crate) fn add_film(tx: &mut Tx<'_>, by: &Actor, upload: &Upload) -> Result<Id> {
    by.need(Action::ManageCatalogue)?;
    upload.check()?;
    let club = catalogue::current(tx)?.club.id;
    let film = store::insert(tx, club, by.person()?.id, Kind::Film, upload)?;
    note_added(tx, by, club, film, Kind::Film, upload)?;
    Ok(film)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Focus;

    #[test]
    fn a_video_format_is_detected_from_the_first_bytes() {
        assert_eq!(film_format(b"\0\0\0\x20ftypisom...."), Some(Format::Mp4));
        assert_eq!(film_format(&[0x1a, 0x45, 0xdf, 0xa3, 0]), Some(Format::Webm));
        assert_eq!(film_format(b"<html>ftyp"), None);
        assert_eq!(film_format(b""), None);
    }

    #[test]
    fn an_upload_needs_a_valid_slot_name_and_alt_text() {
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
