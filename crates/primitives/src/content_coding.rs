//! The content coding of a response (RFC 9110, 12.5.3), decided once for each request. The page cache and the
//! compression both follow this decision, so that they cannot disagree.

use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use axum::http::{HeaderMap, HeaderValue, Method};

/// A content coding that we send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Brotli, named `br` in headers.
    Brotli,
    /// The gzip format, which every client supports.
    Gzip,
    /// The content is sent without compression.
    Plain,
}

/// The quality value 1. Quality values are counted in thousandths.
const ONE: u16 = 1_000;

/// The weights in one request's `Accept-Encoding` header, for each coding; `None` for a coding that is not named.
#[derive(Default)]
struct Weights {
    brotli: Option<u16>,
    gzip: Option<u16>,
    plain: Option<u16>,
    others: Option<u16>,
}

impl Encoding {
    /// Returns the coding that a client prefers among ours; of equal ones, the one listed first (Brotli, gzip,
    /// none). Returns `None` if the client accepts none of them, not even a response without a coding.
    pub fn of(headers: &HeaderMap) -> Option<Encoding> {
        let mut weights = Weights::default();
        let mut has_header = false;
        // Several header lines form one list (RFC 9110, 5.3). Parts that cannot be read are ignored.
        for line in headers.get_all(ACCEPT_ENCODING) {
            let Ok(text) = line.to_str() else { continue };
            has_header = true;
            // Most browsers send one of these two values.
            if text == "gzip, deflate, br, zstd" || text == "gzip, deflate, br" {
                (weights.brotli, weights.gzip) = (Some(ONE), Some(ONE));
                continue;
            }
            text.split(',').for_each(|coding| weights.read(coding));
        }
        if !has_header {
            return Some(Encoding::Plain);
        }
        let others = weights.others.unwrap_or(0);
        // A response without a coding is always acceptable unless the header excludes it, but it is never
        // preferred.
        let plain = weights.plain.or(weights.others).unwrap_or(1);
        [
            (Encoding::Brotli, weights.brotli.unwrap_or(others)),
            (Encoding::Gzip, weights.gzip.unwrap_or(others)),
            (Encoding::Plain, plain),
        ]
        .into_iter()
        .filter(|(_, weight)| *weight > 0)
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .map(|(encoding, _)| encoding)
    }

    /// Returns the encoding with this name in `Content-Encoding`; `None` for one that we do not produce.
    fn named(name: Option<&HeaderValue>) -> Option<Encoding> {
        match name.map(HeaderValue::as_bytes) {
            None => Some(Encoding::Plain),
            Some(b"br") => Some(Encoding::Brotli),
            Some(b"gzip") => Some(Encoding::Gzip),
            Some(_) => None,
        }
    }

    /// Returns whether a response with these headers may be sent to everyone for whom this encoding was chosen: it
    /// has this coding, or none because it is too small for compression.
    pub fn fits(self, headers: &HeaderMap) -> bool {
        let sent = Encoding::named(headers.get(CONTENT_ENCODING));
        sent == Some(self) || sent == Some(Encoding::Plain)
    }

    fn name(self) -> Option<HeaderValue> {
        match self {
            Encoding::Brotli => Some(HeaderValue::from_static("br")),
            Encoding::Gzip => Some(HeaderValue::from_static("gzip")),
            Encoding::Plain => None,
        }
    }
}

impl Weights {
    /// Parses one member of the list: `gzip`, `br;q=0.5`, `*`. A member with an unreadable weight is ignored.
    fn read(&mut self, coding: &str) {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let Some(weight) = parts.next().map_or(Some(ONE), weight) else { return };
        let place = if name.eq_ignore_ascii_case("br") {
            &mut self.brotli
        } else if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
            &mut self.gzip
        } else if name.eq_ignore_ascii_case("identity") {
            &mut self.plain
        } else if name == "*" {
            &mut self.others
        } else {
            return;
        };
        *place = Some(weight);
    }
}

/// Parses a weight such as `q=0.5` into thousandths.
fn weight(text: &str) -> Option<u16> {
    let (name, value) = text.split_once('=')?;
    let (whole, part) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let is_short = part.len() <= 3 && part.bytes().all(|digit| digit.is_ascii_digit());
    if !name.trim().eq_ignore_ascii_case("q") || !is_short {
        return None;
    }
    let thousandths: u16 = format!("{part:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(ONE),
        _ => None,
    }
}

/// Reduces the request's `Accept-Encoding` to the chosen coding, for all later layers. If a `GET` or `HEAD` request
/// accepts none of our codings, the header stays, and the response is 406.
pub fn normalize(method: &Method, headers: &mut HeaderMap) {
    match Encoding::of(headers) {
        None if matches!(*method, Method::GET | Method::HEAD) => {}
        // Any other method has an effect, so it must not be answered with 406.
        None | Some(Encoding::Plain) => {
            headers.remove(ACCEPT_ENCODING);
        }
        Some(chosen) => {
            if let Some(name) = chosen.name() {
                headers.insert(ACCEPT_ENCODING, name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Option<Encoding> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCEPT_ENCODING, HeaderValue::from_bytes(line.as_bytes()).expect("a header"));
        }
        Encoding::of(&headers)
    }

    #[test]
    fn the_encoding_follows_every_form_of_the_header() {
        use Encoding::{Brotli, Gzip, Plain};
        for (lines, expected) in [
            (&[][..], Some(Plain)),
            (&[""], Some(Plain)),
            (&["gzip, deflate, br, zstd"], Some(Brotli)),
            (&["gzip, deflate, br"], Some(Brotli)),
            (&["gzip, deflate"], Some(Gzip)),
            (&["GZIP"], Some(Gzip)),
            (&["x-gzip"], Some(Gzip)),
            (&["gzip, BR"], Some(Brotli)),
            (&["*"], Some(Brotli)),
            (&["*;q=0.5, br;q=0"], Some(Gzip)),
            (&["gzip", "br"], Some(Brotli)),
            (&["br", "identity;q=0"], Some(Brotli)),
            (&["br;q=0.5,gzip;q=0.8"], Some(Gzip)),
            (&["br;q=0, gzip;q=0"], Some(Plain)),
            (&["br ; Q=0.001"], Some(Brotli)),
            (&["identity, br;q=0.5"], Some(Plain)),
            (&["deflate"], Some(Plain)),
            (&["brotli"], Some(Plain)),
            (&["gzip;q=2"], Some(Plain)),
            (&["gzip;q=0.0001"], Some(Plain)),
            (&["gzip;level=9"], Some(Plain)),
            (&["gzip, *;q=0"], Some(Gzip)),
            (&["\u{e9}"], Some(Plain)),
            (&["identity;q=0"], None),
            (&["*;q=0"], None),
            (&["deflate, identity;q=0"], None),
        ] {
            assert_eq!(of(lines), expected, "{lines:?}");
        }
    }
}
