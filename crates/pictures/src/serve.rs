//! Serves the files of pictures. The content of a path never changes, so browsers may cache it permanently.

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kit::errors::OrFault as _;
use kit::web::Path;
use kit::{AppState, Error, Id, Result, Tx};
use people::Caller;

use crate::model::{Format, PIECE};
use crate::store;

const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Returns the route of the files: `/pictures/17-960.avif`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/pictures/{name}", get(file))
}

async fn file(caller: Caller, headers: HeaderMap, Path(name): Path<String>) -> Result<Response> {
    let (picture, width, format) = parse(&name).ok_or(Error::NotFound)?;
    let kind = format.media_type().ok_or(Error::NotFound)?;
    if matches!(format, Format::Mp4 | Format::Webm) {
        let first = headers.get(header::RANGE).and_then(|value| value.to_str().ok()).and_then(first_byte);
        let part = caller.app().db.view(move |tx| part(tx, picture, format, first.unwrap_or(0))).await?;
        return Ok(answer_part(kind, part));
    }
    let bytes = caller.app().db.view(move |tx| store::piece(tx, picture, width, format, 0)).await?;
    let bytes = bytes.ok_or(Error::NotFound)?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOR_EVER)], bytes).into_response())
}

/// A part of a film: its first byte, the length of the whole film in bytes, and its content.
struct Part {
    from: i64,
    whole: i64,
    bytes: Vec<u8>,
}

/// Reads from a byte of a film to the end of the piece that contains it.
fn part(tx: &mut Tx<'_>, picture: Id, format: Format, from: i64) -> Result<Part> {
    let whole = store::length(tx, picture, 0, format)?.ok_or(Error::NotFound)?;
    let length = i64::try_from(PIECE).or_fault()?;
    let piece = store::piece(tx, picture, 0, format, from / length)?.unwrap_or_default();
    let skipped = usize::try_from(from % length).or_fault()?;
    Ok(Part { from, whole, bytes: piece.get(skipped..).unwrap_or_default().to_vec() })
}

/// Responds with a part of a film (RFC 9110, section 14). Films are always sent in parts; a browser requests the next
/// part itself.
fn answer_part(kind: &'static str, part: Part) -> Response {
    let Part { from, whole, bytes } = part;
    if bytes.is_empty() {
        let range = format!("bytes */{whole}");
        return (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, range)]).into_response();
    }
    let last = from + i64::try_from(bytes.len()).unwrap_or(0) - 1;
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, FOR_EVER.to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CONTENT_RANGE, format!("bytes {from}-{last}/{whole}")),
    ];
    (StatusCode::PARTIAL_CONTENT, headers, bytes).into_response()
}

/// Returns the first byte of a range header such as `bytes=1048576-`; `None` for any other form, which is read from the
/// beginning.
fn first_byte(range: &str) -> Option<i64> {
    let (from, _) = range.strip_prefix("bytes=")?.split_once('-')?;
    from.parse().ok().filter(|from| *from >= 0)
}

/// Parses a file name such as `17-960.avif` into the picture, the width, and the format.
fn parse(name: &str) -> Option<(Id, i64, Format)> {
    let (stem, ending) = name.split_once('.')?;
    let (picture, width) = stem.split_once('-')?;
    Some((Id(picture.parse().ok()?), width.parse().ok()?, Format::read(ending.to_owned())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_and_ranges_are_parsed_strictly() {
        assert_eq!(parse("17-960.avif"), Some((Id(17), 960, Format::Avif)));
        for bad in ["17-960", "17.avif", "a-1.avif", "17-960.exe", "../17-960.avif"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert_eq!(first_byte("bytes=1048576-"), Some(1_048_576));
        assert_eq!(first_byte("bytes=5-9"), Some(5));
        for bad in ["bytes=-5", "lines=1-", "bytes=x-"] {
            assert_eq!(first_byte(bad), None, "{bad}");
        }
    }
}
