//! The cache of pages that are the same for every visitor. Pages are stored compressed, as they were sent, until
//! their content changes. A cached page is valid for one version, which is read in the request that it answers. As
//! long as nothing at all was committed since, comparing the commit markers replaces that read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use primitives::content_coding::Encoding;

use super::hosts::requested_host;
use crate::clubs::clubs;
use crate::clubs::host_table::{HostOwner, HostTable};
use crate::db::{CommitMarker, Db};
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
    pages: Arc<Mutex<Pages>>,
    hosts: HostTable,
}

/// The cached pages by path, then by club. So a path that is cached for no club is recognized without finding the club.
type Pages = HashMap<String, HashMap<Id, Encodings>>;

/// One cached page for each encoding.
type Encodings = [Option<Arc<CachedPage>>; 3];

struct CachedPage {
    name: &'static str,
    version: Id,
    /// The commit marker from before the version was last read.
    commit_marker: Option<CommitMarker>,
    headers: HeaderMap,
    body: Bytes,
}

/// The cache key of a page.
pub(super) struct Key<'r> {
    host: Option<String>,
    path: &'r str,
    encoding: Encoding,
}

/// The cache key in a form that outlives the request.
#[derive(Clone)]
pub(super) struct OwnedKey {
    host: Option<String>,
    path: String,
    encoding: Encoding,
}

/// The result of looking for a page in the cache.
pub(super) enum Lookup {
    /// The cached response, which is still valid.
    Good(Response),
    /// No valid response is cached, but the name of the version on which the page depends is known: the club, the name,
    /// the current version, and the commit marker from before the version was read.
    Known(Id, &'static str, Id, Option<CommitMarker>),
    /// Nothing is known about the page.
    Unknown,
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
        let host = requested_host(headers, request.uri());
        Some(Key { host, path, encoding: Encoding::of(headers)? })
    }

    pub(super) fn owned(&self) -> OwnedKey {
        OwnedKey { host: self.host.clone(), path: self.path.to_owned(), encoding: self.encoding }
    }
}

fn find(pages: &Mutex<Pages>, club: Id, path: &str, encoding: Encoding) -> Option<Arc<CachedPage>> {
    let pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
    pages.get(path)?.get(&club)?.get(encoding as usize)?.clone()
}

impl CachedPages {
    /// Returns an empty cache.
    pub fn new(db: Db) -> CachedPages {
        CachedPages { db, pages: Arc::default(), hosts: HostTable::default() }
    }

    fn put(&self, club: Id, key: OwnedKey, page: CachedPage) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if (pages.len() < MOST || pages.contains_key(&key.path))
            && let Some(place) =
                pages.entry(key.path).or_default().entry(club).or_default().get_mut(key.encoding as usize)
        {
            *place = Some(Arc::new(page));
        }
    }

    /// Returns the club of a page and the cached response if nothing at all was committed since its version and the clubs
    /// were read.
    pub(super) fn at_once(&self, key: &Key<'_>) -> Option<(Id, Response)> {
        let now = self.db.commit_marker()?;
        let club = self.hosts.club_at(now, key.host.as_deref())?;
        let page = find(&self.pages, club, key.path, key.encoding)?;
        (page.commit_marker? == now).then(|| (club, page.answer()))
    }

    /// Looks for a page of the club of its host. The cached response is valid if its version has not changed.
    pub(super) async fn lookup(&self, key: &OwnedKey) -> Lookup {
        if !self.pages.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&key.path) {
            return Lookup::Unknown;
        }
        let (commit_marker, begun) = (self.db.commit_marker(), self.db.clock().now());
        let (pages, path, encoding) = (self.pages.clone(), key.path.clone(), key.encoding);
        let db = self.db.for_host(key.host.as_deref());
        let seen = db.view(move |tx| {
            let (club, clubs) = (tx.club()?, clubs(tx)?);
            let page = find(&pages, club, &path, encoding);
            let version = page.as_ref().map(|page| versions::current(tx, page.name)).transpose()?;
            Ok((club, clubs, page.zip(version)))
        });
        let Ok((club, clubs, found)) = seen.await else { return Lookup::Unknown };
        self.hosts.store(clubs, commit_marker, begun);
        let Some((page, version)) = found else { return Lookup::Unknown };
        if page.version != version {
            return Lookup::Known(club, page.name, version, commit_marker);
        }
        let answer = page.answer();
        let CachedPage { name, version, ref headers, ref body, .. } = *page;
        let again = CachedPage { name, version, commit_marker, headers: headers.clone(), body: body.clone() };
        self.put(club, key.clone(), again);
        Lookup::Good(answer)
    }

    /// Runs `answering` and caches its response if every visitor of the club receives the same. `before` holds the
    /// version from before the page is rendered. If the content changes meanwhile, the page is cached under an outdated
    /// version.
    pub(super) async fn keep(
        &self,
        key: OwnedKey,
        before: Lookup,
        answering: impl Future<Output = Response>,
    ) -> Response {
        let response = answering.await;
        let Some(SameForAll { version: name }) = response.extensions().get::<SameForAll>().copied() else {
            return response;
        };
        if response.status() != StatusCode::OK || !key.encoding.fits(response.headers()) {
            return response;
        }
        let (club, version, commit_marker) = match before {
            Lookup::Known(club, known, version, commit_marker) if known == name => {
                (club, version, commit_marker)
            }
            // The version name is known only after the first response, so the page is cached from the next request
            // on.
            _ => {
                self.note(key, name).await;
                return response;
            }
        };
        let (parts, body) = response.into_parts();
        match to_bytes(body, LARGEST).await {
            Ok(body) => {
                let page = CachedPage {
                    name,
                    version,
                    commit_marker,
                    headers: parts.headers.clone(),
                    body: body.clone(),
                };
                self.put(club, key, page);
                Response::from_parts(parts, Body::from(body))
            }
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    /// Records the version name of a page.
    async fn note(&self, key: OwnedKey, name: &'static str) {
        let club = self.db.for_host(key.host.as_deref()).view(|tx| tx.club()).await;
        // No version is negative, so this page is never valid.
        let page = CachedPage {
            name,
            version: Id(-1),
            commit_marker: None,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        if let Ok(club) = club {
            self.put(club, key, page);
        }
    }

    /// Returns whether a club has this host name, without a read. `None` means that the database has to be read.
    pub(super) fn known_owner(&self, host: &str) -> Option<HostOwner> {
        self.hosts.known(&self.db, host)
    }

    /// Returns the club that answers for a host name, without a read; `None` if it is not known.
    pub(super) fn known_club(&self, host: Option<&str>) -> Option<Id> {
        self.hosts.last_known_club(host)
    }

    /// Returns whether a club has this host name.
    pub(super) async fn owner(&self, host: &str) -> HostOwner {
        self.hosts.find(&self.db, host).await
    }
}

impl CachedPage {
    fn answer(&self) -> Response {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.headers_mut() = self.headers.clone();
        response
    }
}
