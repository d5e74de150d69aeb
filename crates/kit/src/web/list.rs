//! Lists in the API: plain arrays with `?page=`, `?page_size=`, a `Link` header, and `X-Total-Count`.

use std::fmt::Write as _;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::input::{Input, RawInput};

/// The largest page size.
const LARGEST: i64 = 500;

/// The requested part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// The number of the page, counted from 1.
    pub page: usize,
    /// The number of items on a page, at most 500.
    pub size: usize,
}

impl Input for Paging {
    fn parse(input: &mut RawInput) -> Paging {
        let page = input.opt_number("page", 1, 1_000_000).unwrap_or(1);
        let size = input.opt_number("page_size", 1, LARGEST).unwrap_or(100);
        let plain = |number: i64| usize::try_from(number).expect("bounded above");
        Paging { page: plain(page), size: plain(size) }
    }
}

impl Paging {
    /// Returns `LIMIT` and `OFFSET`: the number of rows on a page, and the number of rows before it.
    pub fn rows(self) -> (i64, i64) {
        let plain = |number: usize| i64::try_from(number).expect("bounded above");
        let size = plain(self.size);
        (size, plain(self.page - 1) * size)
    }

    /// Returns the part of `items` on this page.
    pub fn cut<T>(self, items: Vec<T>) -> Vec<T> {
        items.into_iter().skip((self.page - 1) * self.size).take(self.size).collect()
    }

    /// Returns the response headers for this page of `total` items at `path`: the total number (`X-Total-Count`)
    /// and the addresses of other pages (`Link`, RFC 8288).
    pub fn head(self, total: usize, path: &str) -> HeaderMap {
        let Paging { page, size } = self;
        let last = total.div_ceil(size).max(1);
        let joint = if path.contains('?') { '&' } else { '?' };
        let link =
            |page: usize, name: &str| format!("<{path}{joint}page={page}&page_size={size}>; rel=\"{name}\"");
        let mut links = vec![link(1, "first"), link(last, "last")];
        if page > 1 {
            links.push(link(page - 1, "prev"));
        }
        if page < last {
            links.push(link(page + 1, "next"));
        }
        let mut headers = HeaderMap::new();
        headers.insert("x-total-count", HeaderValue::from(total));
        if let Ok(value) = HeaderValue::from_str(&links.join(", ")) {
            headers.insert(header::LINK, value);
        }
        headers
    }
}

/// Returns the address of the requested list without the paging parameters.
pub fn unpaged(uri: &Uri) -> String {
    let is_page = |part: &&str| part.starts_with("page=") || part.starts_with("page_size=");
    let rest: Vec<&str> = uri.query().unwrap_or_default().split('&').filter(|part| !is_page(part)).collect();
    format!("{}?{}", uri.path(), rest.join("&"))
}

/// One page of a list of `total` items at `path` (with its query, but without paging parameters).
pub struct List<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// The number of items on all pages.
    pub total: usize,
    /// The position of this page.
    pub paging: Paging,
    /// The address of the list.
    pub path: String,
}

impl<T: Serialize> List<T> {
    /// Builds a page from a whole list.
    pub fn of(all: Vec<T>, paging: Paging, path: impl Into<String>) -> List<T> {
        List { total: all.len(), items: paging.cut(all), paging, path: path.into() }
    }
}

/// Encodes a value for the query of an address: every byte except ASCII letters, digits, and `-_.~` becomes `%XX`.
/// The characters in `keeping` stay as they are, too.
pub fn in_address(text: &str, keeping: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut coded, byte| {
        let is_mark = || b"-_.~".contains(&byte) || keeping.as_bytes().contains(&byte);
        if byte.is_ascii_alphanumeric() || is_mark() {
            coded.push(char::from(byte));
        } else {
            write!(coded, "%{byte:02X}").expect("a string takes any text");
        }
        coded
    })
}

impl<T: Serialize> IntoResponse for List<T> {
    fn into_response(self) -> Response {
        (self.paging.head(self.total, &self.path), Json(self.items)).into_response()
    }
}
