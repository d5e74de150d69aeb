//! The files that pages are drawn with: styles, scripts, fonts, and artwork, embedded in the program. The name of each
//! has the digest of its bytes, so that a browser may keep it forever and never shows an old one. `web/build.mjs` makes
//! them.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kit::web::Path;
use kit::{AppState, Error, Result};

mod web {
    use super::{File, Study};
    include!(concat!(env!("OUT_DIR"), "/web.rs"));
}

/// One file of ours.
#[derive(Debug)]
pub struct File {
    /// What we call it: `site.css`, `font:…`, `picture:…`, `part:…`.
    pub name: &'static str,
    /// Where it is: `/assets/site-….css`.
    pub path: &'static str,
    /// Its media type.
    pub kind: &'static str,
    /// What its bytes must be, for the browser to take them (`integrity`); `-` for pictures.
    pub integrity: &'static str,
    bytes: &'static [u8],
    /// The same, compressed by Brotli.
    small: Option<&'static [u8]>,
}

/// A light study: a picture drawn by code, which stands where a club has no photograph yet.
#[derive(Debug)]
pub struct Study {
    /// `backyard`, `massage`, `swiss-alps`, …
    pub name: &'static str,
    /// What it shows, in words.
    pub alt: &'static str,
    /// A tiny picture of it as an address of its own (`data:`), seen while it comes.
    pub ground: &'static str,
    /// Its width in the largest size, in pixels.
    pub width: u32,
    /// Its height in the largest size, in pixels.
    pub height: u32,
    /// Its sizes as AVIF (`srcset`).
    pub avif: &'static str,
    /// Its sizes as WebP (`srcset`).
    pub webp: &'static str,
    /// The one that every browser can show.
    pub jpeg: &'static str,
}

static NAMED: LazyLock<HashMap<&str, &File>> =
    LazyLock::new(|| web::FILES.iter().map(|file| (file.name, file)).collect());

static PLACED: LazyLock<HashMap<&str, &File>> = LazyLock::new(|| {
    web::FILES.iter().filter_map(|file| Some((file.path.strip_prefix("/assets/")?, file))).collect()
});

/// The fonts that every page needs at once.
static FONTS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let is_needed = |file: &&File| {
        file.name.starts_with("font:")
            && ["-latin-400-normal", "-latin-wght-normal"].iter().any(|end| file.name.contains(end))
    };
    web::FILES.iter().filter(is_needed).map(|file| file.path).collect()
});

/// A file by its name.
///
/// # Panics
/// If there is none: the names stand in the code.
pub fn file(name: &str) -> &'static File {
    NAMED.get(name).unwrap_or_else(|| panic!("web/dist has {name}"))
}

/// Where the fonts are that every page needs at once.
pub fn fonts() -> &'static [&'static str] {
    &FONTS
}

/// A light study by its name.
pub fn study(name: &str) -> Option<&'static Study> {
    web::STUDIES.iter().find(|study| study.name == name)
}

/// Every light study.
pub fn studies() -> &'static [Study] {
    web::STUDIES
}

/// The addresses of the files.
pub fn routes() -> Router<AppState> {
    Router::new().route("/assets/{name}", get(asset))
}

async fn asset(Path(name): Path<String>, request_headers: HeaderMap) -> Result<Response> {
    let file = PLACED.get(name.as_str()).ok_or(Error::NotFound)?;
    let cache_control = HeaderValue::from_static("public, max-age=31536000, immutable");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.kind)),
        (header::CACHE_CONTROL, cache_control),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    match file.small {
        Some(small) if reads_brotli(&request_headers) => {
            Ok((headers, [(header::CONTENT_ENCODING, "br")], small).into_response())
        }
        _ => Ok((headers, file.bytes).into_response()),
    }
}

/// Whether a client says that it reads Brotli, and not that it does not.
fn reads_brotli(headers: &HeaderMap) -> bool {
    let encodings = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    encodings.flat_map(|text| text.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_refused =
            |part: &str| matches!(part.replace(' ', "").as_str(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
        parts.next() == Some("br") && !parts.any(is_refused)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kit::tokens;

    #[test]
    fn what_a_page_asks_for_is_there() {
        for name in ["site.css", "site.js", "desk.css", "desk.js", "docs.css", "mark.svg"] {
            let file = file(name);
            assert!(file.path.starts_with("/assets/"), "{name}");
            assert!(file.integrity.starts_with("sha256-"), "{name}");
        }
        assert_eq!(fonts().len(), 3);
    }

    #[test]
    fn a_name_belongs_to_one_file() {
        assert_eq!(NAMED.len(), web::FILES.len());
        assert_eq!(PLACED.len(), web::FILES.len());
    }

    /// The digest in the table is that of the bytes that are embedded.
    #[test]
    fn a_browser_would_take_the_bytes() {
        let digests: Vec<Vec<u8>> = web::FILES.iter().map(|file| tokens::digest_of(file.bytes)).collect();
        for (file, digest) in web::FILES.iter().zip(digests).filter(|(file, _)| file.integrity != "-") {
            let first = file.integrity.strip_prefix("sha256-").expect("of that kind").get(..4).expect("long");
            assert_eq!(first, first_of_base64(digest), "{}", file.name);
        }
    }

    /// The first three bytes in base 64 (RFC 4648).
    fn first_of_base64(digest: Vec<u8>) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let bits = digest[..3].iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        (0..4).map(|place| char::from(DIGITS[bits >> (18 - 6 * place) & 63])).collect()
    }

    #[test]
    fn what_was_compressed_goes_to_who_reads_it() {
        for (text, reads) in [
            ("gzip, deflate, br", true),
            ("br;q=0.5", true),
            ("gzip, br; q=0", false),
            ("gzip", false),
            ("brotli", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(text))]);
            assert_eq!(reads_brotli(&headers), reads, "{text}");
        }
        assert!(!reads_brotli(&HeaderMap::new()));
    }

    #[test]
    fn stylesheets_keep_the_rules_of_the_craft() {
        for file in web::FILES.iter().filter(|file| file.kind.starts_with("text/css")) {
            let text = std::str::from_utf8(file.bytes).expect("a text");
            assert!(!text.contains("!important"), "{}", file.name);
            assert!(!text.contains("@import"), "{}", file.name);
        }
    }
}
