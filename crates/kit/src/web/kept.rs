//! Pages that are the same for every visitor are kept, compressed as they went out, until what they show changes.
//! A kept page is good for one version, read in the request that it answers; as long as nothing at all was
//! committed since, that reading is a single counter.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::db::Db;
use crate::errors::Result;
use crate::ids::Id;
use crate::versions;

/// The largest page that is kept, in bytes, and how many.
const LARGEST: usize = 1 << 20;
const MOST: usize = 2_000;

/// Says of an answer that every visitor gets the same until `version` changes. An extension of the response.
#[derive(Debug, Clone, Copy)]
pub struct SameForAll {
    /// The name of what it shows (see [`crate::versions`]).
    pub version: &'static str,
}

/// The pages that are kept. Clones are the same.
#[derive(Clone)]
pub struct Kept {
    db: Db,
    pages: Arc<Mutex<HashMap<(String, Encoding), Page>>>,
}

#[derive(Clone)]
struct Page {
    name: &'static str,
    version: Id,
    /// The counter of commits at which the version was last read.
    stamp: Option<i64>,
    headers: HeaderMap,
    body: Bytes,
}

/// What a client can read, of what we send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

impl Kept {
    /// None are kept yet.
    pub fn new(db: Db) -> Kept {
        Kept { db, pages: Arc::default() }
    }

    fn find(&self, key: &(String, Encoding)) -> Option<Page> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn put(&self, key: (String, Encoding), page: Page) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() < MOST || pages.contains_key(&key) {
            pages.insert(key, page);
        }
    }

    /// The kept page, if what it shows has not changed.
    async fn good(&self, key: &(String, Encoding)) -> Option<Page> {
        let mut page = self.find(key)?;
        let stamp = self.db.stamp();
        if stamp.is_some() && stamp == page.stamp {
            return Some(page);
        }
        if self.version(page.name).await.ok()? != page.version {
            return None;
        }
        page.stamp = stamp;
        self.put(key.clone(), page.clone());
        Some(page)
    }

    async fn version(&self, name: &'static str) -> Result<Id> {
        self.db.view(move |tx| versions::current(tx, name)).await
    }
}

/// Answers a visitor's request from what is kept, or keeps what is answered. Stands around everything that makes an answer.
pub async fn keep(State(kept): State<Kept>, request: Request, next: Next) -> Response {
    let Some(key) = key(&request) else { return next.run(request).await };
    if let Some(page) = kept.good(&key).await {
        return (page.headers, page.body).into_response();
    }
    // Read before the page is made: if something changes meanwhile, the page is kept under a version that is over.
    let stamp = kept.db.stamp();
    let before = kept.version_of(&key).await;
    let response = next.run(request).await;
    let Some(SameForAll { version: name }) = response.extensions().get::<SameForAll>().copied() else {
        return response;
    };
    if response.status() != StatusCode::OK {
        return response;
    }
    let version = match before {
        Some((known, version)) if known == name => version,
        // The first time, the name is only known now: keep from the next request on.
        _ => {
            kept.note(key, name);
            return response;
        }
    };
    let (parts, body) = response.into_parts();
    match to_bytes(body, LARGEST).await {
        Ok(body) => {
            let page = Page { name, version, stamp, headers: parts.headers.clone(), body: body.clone() };
            kept.put(key, page);
            Response::from_parts(parts, Body::from(body))
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

impl Kept {
    /// What a page shows, if it is known, and the version of that now.
    async fn version_of(&self, key: &(String, Encoding)) -> Option<(&'static str, Id)> {
        let name = self.find(key)?.name;
        Some((name, self.version(name).await.ok()?))
    }

    /// Notes what a page shows.
    fn note(&self, key: (String, Encoding), name: &'static str) {
        // No version is below zero, so this page is never good.
        let page = Page { name, version: Id(-1), stamp: None, headers: HeaderMap::new(), body: Bytes::new() };
        self.put(key, page);
    }
}

/// What a request is kept under: a visitor's `GET` without a query.
fn key(request: &Request) -> Option<(String, Encoding)> {
    let headers = request.headers();
    let is_visitor = !headers.contains_key(COOKIE) && !headers.contains_key(AUTHORIZATION);
    let is_plain = request.method() == Method::GET && request.uri().query().is_none();
    let path = request.uri().path();
    (is_visitor && is_plain && path.len() < 200).then(|| Some((path.to_owned(), encoding(headers)?)))?
}

/// What the compression will choose; `None` where a client weighs, which is left to the compression itself.
fn encoding(headers: &HeaderMap) -> Option<Encoding> {
    let said = headers.get(ACCEPT_ENCODING).map_or(Some(""), |value| value.to_str().ok())?;
    let takes = |name: &str| said.split(',').any(|one| one.trim() == name);
    if said.contains(';') {
        None
    } else if takes("br") {
        Some(Encoding::Brotli)
    } else if takes("gzip") {
        Some(Encoding::Gzip)
    } else {
        Some(Encoding::Plain)
    }
}
