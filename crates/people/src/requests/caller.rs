//! The caller: the credential of a request, resolved in the same transaction as the operation, so that a session
//! that was just ended has no effect anymore.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{AUTHORIZATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use kit::config::Config;
use kit::replies::{IdempotencyKey, Reply, once, was_done};
use kit::web::requested_host;
use kit::{AppState, Error, Fault, Id, Result, Tx, tokens};

use crate::accounts::hash_queue::{HashPermit, HashQueue};
use crate::accounts::known_credentials::KnownCredentials;
use crate::actor::Actor;
use crate::requests::client_info::ClientInfo;
use crate::{requests::cookies, store, store::sessions as session_store};

/// The sender of a request. An extractor for every handler; extracting it does not access the database.
#[derive(Clone)]
pub struct Caller {
    app: AppState,
    credential: Credential,
    client_info: ClientInfo,
}

/// The credential of a request, as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// No credential: a visitor.
    None,
    /// The digest of an access token. An invalid one is an error.
    Bearer(Vec<u8>),
    /// The digest of a browser session token. With an invalid one, the caller counts as a visitor.
    Cookie(Vec<u8>),
}

impl Credential {
    /// Returns the digest of the token; `None` for a visitor.
    pub(crate) fn digest(&self) -> Option<&[u8]> {
        match self {
            Credential::None => None,
            Credential::Bearer(digest) | Credential::Cookie(digest) => Some(digest),
        }
    }
}

impl Caller {
    /// Runs `verb` in a transaction, with the actor of this request. See [`kit::Db::tx`].
    ///
    /// # Errors
    /// Returns `Error::Unauthorized` for a bearer token that is unknown, expired, or ended; the error of `verb`; or
    /// a fault.
    pub async fn tx<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Actor) -> Result<T> + Send + Sync + 'static,
    {
        let (credential, network) = (self.credential.clone(), self.client_info.network());
        let operation = move |tx: &mut Tx<'_>| {
            let by = enter(tx, &credential, &network)?;
            verb(tx, &by)
        };
        self.app.db.tx(operation).await
    }

    /// Runs `reading` on one snapshot, with the actor of this request. See [`kit::Db::view`].
    ///
    /// # Errors
    /// Returns the errors of [`Caller::tx`].
    pub async fn view<T, F>(&self, reading: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Actor) -> Result<T> + Send + Sync + 'static,
    {
        let (credential, network) = (self.credential.clone(), self.client_info.network());
        let operation = move |tx: &mut Tx<'_>| {
            let by = resolve(tx, &credential, &network)?;
            let unseen = by.session().filter(|_| is_due(tx, &credential));
            reading(tx, &by).map(|read| (read, unseen))
        };
        let (read, unseen) = self.app.db.view(operation).await?;
        if let Some(session) = unseen {
            self.see(session).await;
        }
        Ok(read)
    }

    /// Records, at most every ten minutes, that a session is in use. A failure is only logged.
    async fn see(&self, session: Id) {
        let network = self.client_info.network();
        let seen = self.app.db.tx(move |tx| session_store::see(tx, session, &network)).await;
        if let Err(error) = seen {
            tracing::warn!(%error, "could not record the last use of a session");
        }
    }

    /// Runs `verb` once, however often the request is sent with the same key ([`kit::web::Once`]). The reply is
    /// stored in the transaction of the operation. See [`kit::replies`].
    ///
    /// # Errors
    /// Returns the errors of [`Caller::tx`], or [`kit::replies::IDEMPOTENCY_MISMATCH`].
    pub async fn once<F>(&self, idempotency_key: Option<IdempotencyKey>, verb: F) -> Result<Reply>
    where
        F: Fn(&mut Tx<'_>, &Actor) -> Result<Reply> + Send + Sync + 'static,
    {
        let (requester, credential) = (self.requester()?, self.credential.clone());
        let (network, has_key, visitor) =
            (self.client_info.network(), idempotency_key.is_some(), requester.name.clone());
        let done = self.app.db.tx(move |tx| {
            let by = enter(tx, &credential, &network)?;
            let reply = once(tx, idempotency_key.as_ref(), &requester_of(&by, &visitor), |tx| {
                verb(tx, &by).map(Some)
            })?;
            Ok((reply, by.signed_in().is_none()))
        });
        let (reply, is_visitor) = done.await?;
        let reply = reply.ok_or_else(|| Fault::because("a action without an answer"))?;
        Ok(if has_key && is_visitor { requester.mark(reply) } else { reply })
    }

    /// Like [`Caller::once`], for an operation that often fails: `precheck` can refuse it before it waits for its turn
    /// to write. Its answer was true at some moment between request and response, like that of `verb`.
    ///
    /// # Errors
    /// Returns the errors of [`Caller::once`], or the error of `precheck`.
    pub async fn precheck_then_once<L, F>(
        &self,
        idempotency_key: Option<IdempotencyKey>,
        precheck: L,
        verb: F,
    ) -> Result<Reply>
    where
        L: Fn(&mut Tx<'_>, &Actor) -> Result<()> + Send + Sync + 'static,
        F: Fn(&mut Tx<'_>, &Actor) -> Result<Reply> + Send + Sync + 'static,
    {
        let (requester, credential) = (self.requester()?, self.credential.clone());
        let (has_key, visitor) = (idempotency_key.is_some(), requester.name.clone());
        let (same_visitor, same_credential, same_idempotency_key) =
            (visitor.clone(), credential.clone(), idempotency_key.clone());
        let network = self.client_info.network();
        let same_network = network.clone();
        let precheck = move |tx: &mut Tx<'_>| {
            let by = resolve(tx, &same_credential, &same_network)?;
            // A stored reply is repeated, whatever would prevent the operation now.
            let done = same_idempotency_key
                .as_ref()
                .map(|idempotency_key| was_done(tx, idempotency_key, &requester_of(&by, &same_visitor)));
            if done.transpose()? == Some(true) { Ok(()) } else { precheck(tx, &by) }
        };
        let done = self.app.db.precheck_then_tx(precheck, move |tx| {
            let by = enter(tx, &credential, &network)?;
            let reply = once(tx, idempotency_key.as_ref(), &requester_of(&by, &visitor), |tx| {
                verb(tx, &by).map(Some)
            })?;
            Ok((reply, by.signed_in().is_none()))
        });
        let (reply, is_visitor) = done.await?;
        let reply = reply.ok_or_else(|| Fault::because("a action without an answer"))?;
        Ok(if has_key && is_visitor { requester.mark(reply) } else { reply })
    }

    /// Returns the identity of a visitor for [`kit::replies::once`]: the one in the cookie `__Host-visitor`, or
    /// else a new one, whose reply sets that cookie. A network is no identity, because strangers share it.
    ///
    /// # Errors
    /// Returns a fault if the system provides no random bytes.
    pub(crate) fn requester(&self) -> Result<Requester> {
        let (token, is_new) = match &self.client_info.visitor {
            Some(token) => (token.clone(), false),
            None => (tokens::secret()?, true),
        };
        Ok(Requester {
            name: format!("visitor:{}", tokens::hex(&tokens::digest(&token))),
            new: is_new.then_some(token),
        })
    }

    /// Waits for a permit to compute a password hash.
    ///
    /// # Errors
    /// Returns [`crate::TOO_MANY_ATTEMPTS`] if too many requests are waiting.
    pub(crate) async fn hash_permit(&self) -> Result<HashPermit> {
        self.app.db.dependencies().caches.get::<HashQueue>().acquire(self.client_info.address).await
    }

    /// Returns the state of the program.
    pub fn app(&self) -> &AppState {
        &self.app
    }

    /// Returns the address from which the request came; `0.0.0.0` if it is unknown (a test without a port).
    pub fn address(&self) -> IpAddr {
        self.client_info.address
    }

    /// Returns the network, the device, and the cookies of the request.
    pub fn client_info(&self) -> &ClientInfo {
        &self.client_info
    }

    /// Returns whether the request carries a credential, valid or not.
    pub fn has_credential(&self) -> bool {
        self.credential != Credential::None
    }
}

/// The identity of a visitor for [`kit::replies::once`].
#[derive(Debug, Clone)]
pub(crate) struct Requester {
    /// The name under which replies are stored.
    pub(crate) name: String,
    /// The cookie to set, for a visitor who has none yet.
    new: Option<String>,
}

impl Requester {
    /// Adds the cookie that identifies the visitor in a repeated request.
    pub(crate) fn mark(self, reply: Reply) -> Reply {
        match self.new {
            Some(token) => reply.with(&SET_COOKIE, cookies::visitor_cookie(&token)),
            None => reply,
        }
    }
}

/// Returns the name of the actor for [`kit::replies::once`].
fn requester_of(by: &Actor, visitor: &str) -> String {
    by.id().map_or_else(|| visitor.to_owned(), requester_name)
}

/// Returns the name of a person for [`kit::replies::once`].
pub(crate) fn requester_name(person: Id) -> String {
    format!("person:{}", person.0)
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Caller, Infallible> {
        let host = requested_host(&parts.headers, &parts.uri);
        Ok(Caller {
            credential: credential(&parts.headers),
            client_info: ClientInfo::of(
                &parts.headers,
                address(&parts.extensions, &parts.headers, &app.config),
            ),
            app: app.with(app.db.for_host(host.as_deref())),
        })
    }
}

/// Returns the address from which a request came: that of the peer, or the one that the trusted proxies report.
pub(crate) fn address(extensions: &Extensions, headers: &HeaderMap, config: &Config) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
    client_address(peer, headers, &config.trusted_proxies)
}

/// Reads the credential of a request. `Authorization` takes precedence over the cookie. A value that is not a
/// bearer token is used as a whole and matches no token.
pub(crate) fn credential(headers: &HeaderMap) -> Credential {
    if let Some(authorization) = headers.get(AUTHORIZATION) {
        let authorization = authorization.to_str().unwrap_or_default();
        let token = match authorization.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => authorization,
        };
        return Credential::Bearer(tokens::digest(token));
    }
    cookies::token(headers).map_or(Credential::None, |token| Credential::Cookie(tokens::digest(token)))
}

pub(crate) fn resolve(tx: &mut Tx<'_>, credential: &Credential, network: &str) -> Result<Actor> {
    let visitor = || Actor::visitor().on_network(network);
    let (found, must_be_good) = match credential {
        Credential::None => return Ok(visitor()),
        Credential::Bearer(digest) => (store::signed_in(tx, digest, "access")?, true),
        Credential::Cookie(digest) => (store::signed_in(tx, digest, "page")?, false),
    };
    let known = tx.caches::<KnownCredentials>();
    match (&found, credential.digest()) {
        (Some(found), Some(digest)) => known.learn(digest, found.person.id),
        (None, Some(digest)) => known.forget(digest),
        (_, None) => {}
    }
    match found {
        Some(found) => Ok(Actor::in_session(found.person, found.session).on_network(network)),
        None if must_be_good => Err(Error::Unauthorized),
        None => Ok(visitor()),
    }
}

/// Resolves the actor in a transaction that may write, and records, at most every ten minutes, that the session is
/// in use.
fn enter(tx: &mut Tx<'_>, credential: &Credential, network: &str) -> Result<Actor> {
    let by = resolve(tx, credential, network)?;
    if let Some(session) = by.session().filter(|_| is_due(tx, credential)) {
        session_store::see(tx, session, network)?;
    }
    Ok(by)
}

/// Returns whether the use of a credential must be recorded again.
fn is_due(tx: &mut Tx<'_>, credential: &Credential) -> bool {
    let (known, now) = (tx.caches::<KnownCredentials>(), tx.now());
    credential.digest().is_some_and(|digest| known.is_due(digest, now))
}

/// Returns the address that the outermost trusted proxy reports. Entries further left in `X-Forwarded-For` may be
/// forged.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let forwarded = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|text| text.split(',')).map(str::trim).collect();
    let mut client = peer;
    for hop in hops.into_iter().rev() {
        if !trusted.contains(&client) {
            break;
        }
        let Some(address) = hop_address(hop) else { break };
        client = address;
    }
    client
}

/// Parses `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, or `[2001:db8::1]:443`.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let address = bare.or_else(|_| hop.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn address(peer: &str, forwarded: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for text in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_static(text));
        }
        let trusted = ["10.0.0.1".parse().expect("an address"), "10.0.0.2".parse().expect("an address")];
        client_address(peer.parse().expect("an address"), &headers, &trusted).to_string()
    }

    #[test]
    fn only_addresses_from_trusted_proxies_are_believed() {
        assert_eq!(address("192.0.2.9", &["1.1.1.1"]), "192.0.2.9");
        assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["1.1.1.1, 2.2.2.2"]), "2.2.2.2");
        assert_eq!(address("10.0.0.1", &["1.1.1.1", "2.2.2.2, 10.0.0.2"]), "2.2.2.2");
        assert_eq!(address("10.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(address("10.0.0.1", &["nonsense"]), "10.0.0.1");
    }

    #[test]
    fn a_bearer_token_takes_precedence_over_the_cookie() {
        let mut headers = HeaderMap::new();
        assert!(credential(&headers) == Credential::None);
        headers.insert("cookie", HeaderValue::from_static("__Host-session=page"));
        assert!(credential(&headers) == Credential::Cookie(tokens::digest("page")));
        headers.insert("authorization", HeaderValue::from_static("bearer app"));
        assert!(credential(&headers) == Credential::Bearer(tokens::digest("app")));
        headers.insert("authorization", HeaderValue::from_static("Basic app"));
        assert!(credential(&headers) == Credential::Bearer(tokens::digest("Basic app")));
    }
}
