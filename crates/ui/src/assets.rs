//! The styles, scripts, fonts, and artwork of the pages, embedded in the program. Each file name contains a digest of
//! the content, so a browser can cache a file permanently and never shows an outdated one. `web/build.mjs` generates
//! the files.

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

/// A file that is embedded in the program, such as a style sheet or a font.
#[derive(Debug)]
pub struct File {
    /// The name by which the code refers to the file: `site.css`, `font:…`, `picture:…`, or `part:…`.
    pub name: &'static str,
    /// The path of the file, which includes the digest: `/assets/site-….css`.
    pub path: &'static str,
    /// The media type of the file.
    pub kind: &'static str,
    /// The digest that a browser checks the content against (the `integrity` attribute); `-` for pictures.
    pub integrity: &'static str,
    bytes: &'static [u8],
    /// The content compressed with Brotli, if a compressed version is embedded.
    small: Option<&'static [u8]>,
}

/// A light study: artwork drawn by code, shown where a club has published no photograph.
#[derive(Debug)]
pub struct Study {
    /// The name of the light study: `backyard`, `massage`, `swiss-alps`, …
    pub name: &'static str,
    /// A text alternative that describes what the artwork shows.
    pub alt: &'static str,
    /// A tiny version of the artwork as a `data:` URL, shown while the artwork loads.
    pub placeholder: &'static str,
    /// The width of the largest size in pixels.
    pub width: u32,
    /// The height of the largest size in pixels.
    pub height: u32,
    /// The AVIF files with their widths, in the syntax of the `srcset` attribute.
    pub avif: &'static str,
    /// The WebP files with their widths, in the syntax of the `srcset` attribute.
    pub webp: &'static str,
    /// The path of the JPEG file, which every browser can show.
    pub jpeg: &'static str,
}

static NAMED: LazyLock<HashMap<&str, &File>> =
    LazyLock::new(|| web::FILES.iter().map(|file| (file.name, file)).collect());

static PLACED: LazyLock<HashMap<&str, &File>> = LazyLock::new(|| {
    web::FILES.iter().filter_map(|file| Some((file.path.strip_prefix("/assets/")?, file))).collect()
});

/// The paths of the fonts that every page preloads.
static FONTS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let is_needed = |file: &&File| {
        file.name.starts_with("font:")
            && ["-latin-400-normal", "-latin-wght-normal"].iter().any(|end| file.name.contains(end))
    };
    web::FILES.iter().filter(is_needed).map(|file| file.path).collect()
});

/// Returns the embedded file of this name.
///
/// # Panics
/// Panics if there is no such file. Names are constants in the code and the templates, so this is a programming error.
pub fn file(name: &str) -> &'static File {
    NAMED.get(name).unwrap_or_else(|| panic!("web/dist has {name}"))
}

/// Returns the paths of the fonts that every page preloads.
pub fn fonts() -> &'static [&'static str] {
    &FONTS
}

/// Returns the light study of this name, if there is one.
pub fn study(name: &str) -> Option<&'static Study> {
    web::STUDIES.iter().find(|study| study.name == name)
}

/// Returns all light studies.
pub fn studies() -> &'static [Study] {
    web::STUDIES
}

/// Returns the route that serves the embedded files.
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

/// Returns whether the `Accept-Encoding` header lists Brotli (`br`) without excluding it by `q=0`.
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
    fn every_asset_that_pages_reference_exists() {
        for name in ["site.css", "site.js", "desk.css", "desk.js", "docs.css", "mark.svg"] {
            let file = file(name);
            assert!(file.path.starts_with("/assets/"), "{name}");
            assert!(file.integrity.starts_with("sha256-"), "{name}");
        }
        assert_eq!(fonts().len(), 3);
    }

    #[test]
    fn each_asset_name_belongs_to_one_file() {
        assert_eq!(NAMED.len(), web::FILES.len());
        assert_eq!(PLACED.len(), web::FILES.len());
    }

    /// Checks that each `integrity` value is the digest of the embedded bytes.
    #[test]
    fn integrity_values_match_the_embedded_bytes() {
        let digests: Vec<Vec<u8>> = web::FILES.iter().map(|file| tokens::digest_of(file.bytes)).collect();
        for (file, digest) in web::FILES.iter().zip(digests).filter(|(file, _)| file.integrity != "-") {
            let first = file.integrity.strip_prefix("sha256-").expect("of that kind").get(..4).expect("long");
            assert_eq!(first, first_of_base64(digest), "{}", file.name);
        }
    }

    /// Encodes the first three bytes in base64 (RFC 4648), which gives four characters.
    fn first_of_base64(digest: Vec<u8>) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let bits = digest[..3].iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        (0..4).map(|place| char::from(DIGITS[bits >> (18 - 6 * place) & 63])).collect()
    }

    #[test]
    fn brotli_is_sent_only_to_clients_that_accept_it() {
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
    fn stylesheets_contain_no_important_and_no_import() {
        for file in web::FILES.iter().filter(|file| file.kind.starts_with("text/css")) {
            let text = std::str::from_utf8(file.bytes).expect("a text");
            assert!(!text.contains("!important"), "{}", file.name);
            assert!(!text.contains("@import"), "{}", file.name);
        }
    }
}
