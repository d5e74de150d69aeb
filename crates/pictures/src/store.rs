//! All SQL statements on the tables of pictures.

use jiff::SignedDuration;
use kit::{Id, Result, Tx, args, sql};

use crate::model::{Focus, Format, Kind, Picture, PictureState, Progress, Upload};

/// Inserts a picture in the state `working` and returns its id.
pub(crate) fn insert(tx: &mut Tx<'_>, club: Id, by: Id, kind: Kind, upload: &Upload) -> Result<Id> {
    let (id, now) = (tx.new_id()?, tx.now());
    tx.run(
        sql!(
            "INSERT INTO pictures (id, club_id, slot, kind, alt, focus, state, width, height, preview, uploaded_by,
             uploaded_at) VALUES ($1, $2, $3, $4, $5, $6, 'working', 0, 0, '', $7, $8)"
        ),
        args![id, club, &upload.slot, kind.as_str(), &upload.alt, upload.focus.as_str(), by, now],
    )?;
    Ok(id)
}

/// Stores a file of a picture, or one piece of it.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    picture: Id,
    width: i64,
    format: Format,
    piece: i64,
    bytes: &[u8],
) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO picture_files (picture_id, width, format, piece, bytes) VALUES ($1, $2, $3, $4, $5)"
        ),
        args![picture, width, format.as_str(), piece, bytes.to_vec()],
    )
    .map(drop)
}

/// Returns the uploaded file of a picture that is not processed yet.
pub(crate) fn source(tx: &mut Tx<'_>, picture: Id) -> Result<Option<Vec<u8>>> {
    let club = tx.club()?;
    let mut source = Vec::new();
    tx.each(
        sql!(
            "SELECT f.bytes FROM picture_files f JOIN pictures p ON p.id = f.picture_id
             WHERE p.club_id = $2 AND p.id = $1 AND p.state = 'working' AND f.format = 'source' ORDER BY f.piece"
        ),
        args![picture, club],
        |row| {
            let piece: Vec<u8> = row.get(0)?;
            source.extend(piece);
            Ok(())
        },
    )?;
    Ok(Some(source).filter(|source| !source.is_empty()))
}

kit::row!(Progress { slot, state, problem, before });

/// Returns the processing state of a picture of a club, with the number of photographs that were uploaded before it and
/// are not processed yet.
pub(crate) fn progress(tx: &mut Tx<'_>, club: Id, picture: Id) -> Result<Option<Progress>> {
    tx.one(
        sql!(
            "SELECT p.slot, p.state, p.problem, (SELECT COUNT(*) FROM pictures o WHERE o.club_id = $1 AND o.state =
             'working' AND o.kind = 'photograph' AND o.uploaded_at <= p.uploaded_at AND o.id < p.id) FROM pictures p
             WHERE p.club_id = $1 AND p.id = $2"
        ),
        args![club, picture],
    )
}

/// Marks a picture as failed, with the reason. Returns `false` if it is no longer being processed.
pub(crate) fn fail(tx: &mut Tx<'_>, picture: Id, problem: &str) -> Result<bool> {
    let club = tx.club()?;
    let done = tx.run(
        sql!(
            "UPDATE pictures SET state = 'failed', problem = $2 WHERE club_id = $3 AND id = $1 AND state = 'working'"
        ),
        args![picture, problem, club],
    )?;
    Ok(done == 1)
}

/// Stores how dark the background of text on a picture must be.
pub(crate) fn set_scrim(tx: &mut Tx<'_>, picture: Id, scrim: i64) -> Result<()> {
    let club = tx.club()?;
    tx.run(sql!("UPDATE pictures SET scrim = $2 WHERE club_id = $3 AND id = $1"), args![picture, scrim, club])
        .map(drop)
}

/// Deletes the uploaded file of a picture.
pub(crate) fn forget_source(tx: &mut Tx<'_>, picture: Id) -> Result<()> {
    let club = tx.club()?;
    tx.run(
        sql!(
            "DELETE FROM picture_files WHERE picture_id = $1 AND format = 'source'
         AND EXISTS (SELECT 1 FROM pictures p WHERE p.id = $1 AND p.club_id = $2)"
        ),
        args![picture, club],
    )
    .map(drop)
}

/// Ends the processing of a picture. Returns `false` if it had ended already.
pub(crate) fn finish(
    tx: &mut Tx<'_>,
    picture: Id,
    state: PictureState,
    size: (i64, i64),
    preview: &str,
) -> Result<bool> {
    let club = tx.club()?;
    let done = tx.run(
        sql!(
            "UPDATE pictures SET state = $2, width = $3, height = $4, preview = $5 WHERE club_id = $6 AND id = $1 AND
             state = 'working'"
        ),
        args![picture, state.as_str(), size.0, size.1, preview, club],
    )?;
    Ok(done == 1)
}

/// Publishes a picture in a slot, in place of the previous one.
pub(crate) fn publish(tx: &mut Tx<'_>, club: Id, slot: &str, picture: Id, by: Id) -> Result<()> {
    let now = tx.now();
    tx.run(
        sql!(
            "INSERT INTO picture_slots (club_id, slot, picture_id, published_by, published_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (club_id, slot) DO UPDATE SET picture_id = excluded.picture_id, published_by = excluded.published_by,
             published_at = excluded.published_at"
        ),
        args![club, slot, picture, by, now],
    )
    .map(drop)
}

/// Empties a slot. Returns `false` if it was empty.
pub(crate) fn withdraw(tx: &mut Tx<'_>, club: Id, slot: &str) -> Result<bool> {
    let done =
        tx.run(sql!("DELETE FROM picture_slots WHERE club_id = $1 AND slot = $2"), args![club, slot])?;
    Ok(done == 1)
}

/// Deletes the pictures of a club that are not published, with their files. A picture that is still being processed is
/// kept for a day.
pub(crate) fn remove_unused(tx: &mut Tx<'_>, club: Id) -> Result<()> {
    let yesterday = tx.now() - SignedDuration::from_hours(24);
    tx.run(
        sql!(
            "DELETE FROM picture_files WHERE picture_id IN (SELECT p.id FROM pictures p WHERE p.club_id = $1
             AND (p.state <> 'working' OR p.uploaded_at < $2)
             AND NOT EXISTS (SELECT 1 FROM picture_slots s WHERE s.picture_id = p.id))"
        ),
        args![club, yesterday],
    )?;
    tx.run(
        sql!(
            "DELETE FROM pictures WHERE club_id = $1 AND (state <> 'working' OR uploaded_at < $2)
             AND NOT EXISTS (SELECT 1 FROM picture_slots s WHERE s.picture_id = pictures.id)"
        ),
        args![club, yesterday],
    )
    .map(drop)
}

/// Returns the picture that is published in a slot: its kind, text alternative, and focus.
pub(crate) fn shown_at(tx: &mut Tx<'_>, club: Id, slot: &str) -> Result<Option<(String, String, String)>> {
    tx.one(
        sql!(
            "SELECT p.kind, p.alt, p.focus FROM picture_slots s JOIN pictures p ON p.id = s.picture_id
             WHERE s.club_id = $1 AND s.slot = $2"
        ),
        args![club, slot],
    )
}

/// Changes the text alternative and the focus of the picture in a slot. Returns `false` if the slot is empty.
pub(crate) fn describe(tx: &mut Tx<'_>, club: Id, slot: &str, alt: &str, focus: Focus) -> Result<bool> {
    let done = tx.run(
        sql!(
            "UPDATE pictures SET alt = $3, focus = $4
             WHERE club_id = $1 AND id = (SELECT picture_id FROM picture_slots WHERE club_id = $1 AND slot = $2)"
        ),
        args![club, slot, alt, focus.as_str()],
    )?;
    Ok(done == 1)
}

/// Returns the club and the slot that a picture was uploaded for, and the person who uploaded it.
pub(crate) fn meant_for(tx: &mut Tx<'_>, picture: Id) -> Result<Option<(Id, String, Id)>> {
    let club = tx.club()?;
    tx.one(
        sql!("SELECT club_id, slot, uploaded_by FROM pictures WHERE club_id = $2 AND id = $1"),
        args![picture, club],
    )
}

/// Returns all pictures of a club with the slots that they were uploaded for, published or not, sorted by slot.
pub(crate) fn pictures(tx: &mut Tx<'_>, club: Id) -> Result<Vec<(String, Picture)>> {
    let mut listed: Vec<(String, Picture)> = Vec::new();
    tx.each(
        sql!(
            "SELECT p.slot, p.id, p.kind, p.alt, p.focus, p.state, p.width, p.height, p.preview, p.scrim,
             p.problem, CASE WHEN s.picture_id IS NULL THEN FALSE ELSE TRUE END
             FROM pictures p LEFT JOIN picture_slots s ON s.picture_id = p.id WHERE p.club_id = $1
             ORDER BY p.slot, p.id"
        ),
        args![club],
        |row| {
            let picture = Picture {
                id: row.get(1)?,
                kind: row.get(2)?,
                alt: row.get(3)?,
                focus: row.get(4)?,
                state: row.get(5)?,
                width: row.get(6)?,
                height: row.get(7)?,
                preview: row.get(8)?,
                scrim: row.get(9)?,
                problem: row.get(10)?,
                is_published: row.get(11)?,
                widths: Vec::new(),
                film: None,
            };
            listed.push((row.get(0)?, picture));
            Ok(())
        },
    )?;
    let files: Vec<(Id, i64, Format)> = tx.all(
        sql!(
            "SELECT f.picture_id, f.width, f.format FROM picture_files f JOIN pictures p ON p.id = f.picture_id
             WHERE p.club_id = $1 AND f.piece = 0 AND f.format <> 'source' ORDER BY f.width"
        ),
        args![club],
    )?;
    for (_, picture) in &mut listed {
        for (_, width, format) in files.iter().filter(|(of, ..)| *of == picture.id) {
            match format {
                Format::Jpeg => picture.widths.push(*width),
                Format::Mp4 | Format::Webm => picture.film = Some(*format),
                _ => {}
            }
        }
    }
    Ok(listed)
}

/// Returns one piece of a file.
pub(crate) fn piece(
    tx: &mut Tx<'_>,
    picture: Id,
    width: i64,
    format: Format,
    piece: i64,
) -> Result<Option<Vec<u8>>> {
    let club = tx.club()?;
    let found: Option<(Vec<u8>,)> = tx.one(
        sql!(
            "SELECT bytes FROM picture_files WHERE picture_id = $1 AND width = $2 AND format = $3 AND piece = $4
             AND EXISTS (SELECT 1 FROM pictures p WHERE p.id = $1 AND p.club_id = $5)"
        ),
        args![picture, width, format.as_str(), piece, club],
    )?;
    Ok(found.map(|(bytes,)| bytes))
}

/// Returns the length of a file in bytes; `None` if there is no such file.
pub(crate) fn length(tx: &mut Tx<'_>, picture: Id, width: i64, format: Format) -> Result<Option<i64>> {
    let club = tx.club()?;
    let found: Option<(Option<i64>,)> = tx.one(
        sql!(
            "SELECT CAST(SUM(LENGTH(bytes)) AS BIGINT) FROM picture_files WHERE picture_id IN (SELECT id FROM pictures
             WHERE club_id = $4) AND picture_id = $1 AND width = $2 AND format = $3"
        ),
        args![picture, width, format.as_str(), club],
    )?;
    Ok(found.and_then(|(length,)| length))
}
