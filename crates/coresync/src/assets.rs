//! What pages are drawn with: the stylesheet and the mark, embedded in the program. The name of each carries the
//! digest of its bytes, so that a browser may keep it for ever and never shows an old one.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kit::web::Path;
use kit::{Error, House, Result, tokens};

/// One file of ours.
struct Asset {
    /// Under `/assets/`.
    path: String,
    /// `sha256-…`
    integrity: String,
    kind: &'static str,
    text: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, kind: &'static str, text: &'static str) -> Asset {
        let digest = tokens::digest(text);
        let name: String = tokens::hex(&digest).chars().take(12).collect();
        let integrity = format!("sha256-{}", base64(&digest));
        Asset { path: format!("/assets/{stem}-{name}.{extension}"), integrity, kind, text }
    }
}

/// Bytes in base 64 (RFC 4648), as the integrity of a file is written.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits =
            (0..3).fold(0, |bits, place| bits << 8 | three.get(place).map_or(0, |byte| usize::from(*byte)));
        for place in 0..4 {
            let digit = DIGITS.get(bits >> (18 - 6 * place) & 63).map_or('=', |digit| char::from(*digit));
            text.push(if place <= three.len() { digit } else { '=' });
        }
    }
    text
}

static CSS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("site", "css", "text/css; charset=utf-8", include_str!("../../../web/site.css"))
});

static DOCS_CSS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("docs", "css", "text/css; charset=utf-8", include_str!("../../../web/docs.css"))
});

static MARK: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("mark", "svg", "image/svg+xml", include_str!("../../../web/mark.svg")));

/// Where the stylesheet is.
pub fn css_path() -> &'static str {
    &CSS.path
}

/// What the bytes of the stylesheet must be, for the browser to take them (`integrity`).
pub fn css_integrity() -> &'static str {
    &CSS.integrity
}

/// Where the stylesheet of the API's reference is.
pub fn docs_css_path() -> &'static str {
    &DOCS_CSS.path
}

/// What its bytes must be.
pub fn docs_css_integrity() -> &'static str {
    &DOCS_CSS.integrity
}

/// Where the mark is, which stands for the house in a browser's tab.
pub fn mark_path() -> &'static str {
    &MARK.path
}

/// The addresses of the files.
pub fn routes() -> Router<House> {
    Router::new().route("/assets/{name}", get(asset))
}

async fn asset(Path(name): Path<String>) -> Result<Response> {
    let asked = |asset: &&Asset| asset.path.strip_prefix("/assets/") == Some(name.as_str());
    let asset = [&*CSS, &*DOCS_CSS, &*MARK].into_iter().find(asked).ok_or(Error::NotFound)?;
    let headers =
        [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_carries_the_digest_of_the_bytes() {
        let digest = tokens::hex(&tokens::digest(CSS.text));
        assert_eq!(css_path(), format!("/assets/site-{}.css", &digest[..12]));
        assert_ne!(css_path(), mark_path());
    }

    #[test]
    fn base_64_is_as_the_standard_writes_it() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn the_stylesheet_keeps_the_rules_of_the_craft() {
        for css in [&*CSS, &*DOCS_CSS] {
            assert!(!css.text.contains("!important"));
            assert!(!css.text.contains("@import"));
        }
    }
}
