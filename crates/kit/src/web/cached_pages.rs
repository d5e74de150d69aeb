//! The cache of pages that are the same for every visitor. Pages are stored compressed, as they were sent, until
//! their content changes. A cached page is valid for one version, which is read in the request that it answers. As
//! long as nothing at all was committed since, comparing the commit markers replaces that read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};

use super::encoding::Encoding;
use crate::db::{CommitMarker, Db};
use crate::errors::Result;
use crate::ids::Id;
use crate::versions;

/// The largest page that is cached, in bytes. `MOST` is the largest number of cached paths.
const LARGEST: usize = 1 << 20;
const MOST: usize = 2_000;

/// Declares that every visitor receives the same response until `version` changes. An extension of the response.
#[derive(Debug, Clone, Copy)]
pub struct SameForAll {
    /// The name of the version on which the content depends (see [`crate::versions`]).
    pub version: &'static str,
}

/// The cached pages. Clones share the same content.
#[derive(Clone)]
pub struct CachedPages {
    db: Db,
    pages: Arc<Mutex<HashMap<String, Encodings>>>,
}

/// One cached page for each encoding.
type Encodings = [Option<Arc<Page>>; 3];

struct Page {
    name: &'static str,
    version: Id,
    /// The commit marker from before the version was last read.
    commit_marker: Option<CommitMarker>,
    headers: HeaderMap,
    body: Bytes,
}

/// The cache key of a page.
pub(super) struct Key<'r> {
    path: &'r str,
    encoding: Encoding,
}

/// The cache key in a form that outlives the request.
pub(super) struct OwnedKey {
    path: String,
    encoding: Encoding,
}

impl<'r> Key<'r> {
    /// Returns the cache key of a request; `None` unless it is a visitor's `GET` without a query.
    pub(super) fn of<B>(request: &'r Request<B>) -> Option<Key<'r>> {
        let headers = request.headers();
        let is_visitor = !headers.contains_key(COOKIE) && !headers.contains_key(AUTHORIZATION);
        let is_plain = request.method() == Method::GET && request.uri().query().is_none();
        let path = request.uri().path();
        if !is_visitor || !is_plain || path.len() >= 200 {
            return None;
        }
        Some(Key { path, encoding: Encoding::of(headers)? })
    }

    pub(super) fn owned(&self) -> OwnedKey {
        OwnedKey { path: self.path.to_owned(), encoding: self.encoding }
    }
}

impl OwnedKey {
    fn borrowed(&self) -> Key<'_> {
        Key { path: &self.path, encoding: self.encoding }
    }
}

impl CachedPages {
    /// Returns an empty cache.
    pub fn new(db: Db) -> CachedPages {
        CachedPages { db, pages: Arc::default() }
    }

    fn find(&self, key: &Key<'_>) -> Option<Arc<Page>> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.get(key.path)?.get(key.encoding as usize)?.clone()
    }

    fn put(&self, key: OwnedKey, page: Page) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if (pages.len() < MOST || pages.contains_key(&key.path))
            && let Some(place) = pages.entry(key.path).or_default().get_mut(key.encoding as usize)
        {
            *place = Some(Arc::new(page));
        }
    }

    /// Returns the cached response if nothing at all was committed since its version was read.
    pub(super) fn at_once(&self, key: &Key<'_>) -> Option<Response> {
        let page = self.find(key)?;
        let commit_marker = page.commit_marker?;
        (self.db.commit_marker() == Some(commit_marker)).then(|| page.answer())
    }

    /// Returns the cached response if the version of its content has not changed.
    pub(super) async fn good(&self, key: &OwnedKey) -> Option<Response> {
        let page = self.find(&key.borrowed())?;
        let commit_marker = self.db.commit_marker();
        if self.version(page.name).await.ok()? != page.version {
            return None;
        }
        let answer = page.answer();
        let Page { name, version, ref headers, ref body, .. } = *page;
        let again = Page { name, version, commit_marker, headers: headers.clone(), body: body.clone() };
        self.put(OwnedKey { path: key.path.clone(), ..*key }, again);
        Some(answer)
    }

    async fn version(&self, name: &'static str) -> Result<Id> {
        self.db.view(move |tx| versions::current(tx, name)).await
    }

    /// Runs `answering` and caches its response if every visitor receives the same.
    pub(super) async fn keep(&self, key: OwnedKey, answering: impl Future<Output = Response>) -> Response {
        // The version is read before the page is rendered. If the content changes meanwhile, the page is cached
        // under an outdated version.
        let commit_marker = self.db.commit_marker();
        let before = self.version_of(&key).await;
        let response = answering.await;
        let Some(SameForAll { version: name }) = response.extensions().get::<SameForAll>().copied() else {
            return response;
        };
        if response.status() != StatusCode::OK || !key.encoding.fits(response.headers()) {
            return response;
        }
        let version = match before {
            Some((known, version)) if known == name => version,
            // The version name is known only after the first response, so the page is cached from the next request
            // on.
            _ => {
                self.note(key, name);
                return response;
            }
        };
        let (parts, body) = response.into_parts();
        match to_bytes(body, LARGEST).await {
            Ok(body) => {
                let page =
                    Page { name, version, commit_marker, headers: parts.headers.clone(), body: body.clone() };
                self.put(key, page);
                Response::from_parts(parts, Body::from(body))
            }
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    /// Returns the version name of a page, if it is known, with its current version.
    async fn version_of(&self, key: &OwnedKey) -> Option<(&'static str, Id)> {
        let name = self.find(&key.borrowed())?.name;
        Some((name, self.version(name).await.ok()?))
    }

    /// Records the version name of a page.
    fn note(&self, key: OwnedKey, name: &'static str) {
        // No version is negative, so this page is never valid.
        let page = Page {
            name,
            version: Id(-1),
            commit_marker: None,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        self.put(key, page);
    }
}

impl Page {
    fn answer(&self) -> Response {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.headers_mut() = self.headers.clone();
        response
    }
}
