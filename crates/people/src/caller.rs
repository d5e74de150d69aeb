//! Whoever sent a request: their credential, resolved in the same transaction as what they ask, so that
//! a session that was ended a moment ago does nothing more. The club is that of the host that the request names.

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

use crate::actor::Actor;
use crate::client_info::ClientInfo;
use crate::hash_queue::{HashQueue, Turn};
use crate::known_credentials::Known;
use crate::{cookies, store, store::sessions as session_store};

/// Whoever sent a request. An extractor for every handler; it costs nothing by itself.
#[derive(Clone)]
pub struct Caller {
    app: AppState,
    credential: Credential,
    client_info: ClientInfo,
}

/// What a request carries, as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// A visitor.
    None,
    /// The digest of an access token: it must be good.
    Bearer(Vec<u8>),
    /// The digest of a page's token: if it is not good, this is a visitor.
    Cookie(Vec<u8>),
}

impl Credential {
    /// By what it is stored; a visitor has none.
    pub(crate) fn digest(&self) -> Option<&[u8]> {
        match self {
            Credential::None => None,
            Credential::Bearer(digest) | Credential::Cookie(digest) => Some(digest),
        }
    }
}

impl Caller {
    /// Runs `verb` in a transaction, with whoever asks. See [`kit::Db::tx`].
    ///
    /// # Errors
    /// `Error::Unauthorized` for a bearer token that is unknown, expired or ended; the verb's; a fault.
    pub async fn tx<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Actor) -> Result<T> + Send + Sync + 'static,
    {
        let (credential, network) = (self.credential.clone(), self.client_info.network());
        let query = move |tx: &mut Tx<'_>| {
            let by = enter(tx, &credential, &network)?;
            verb(tx, &by)
        };
        self.app.db.tx(query).await
    }

    /// Runs `reading` on one snapshot, with whoever asks. See [`kit::Db::view`].
    ///
    /// # Errors
    /// As [`Caller::tx`].
    pub async fn view<T, F>(&self, reading: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Actor) -> Result<T> + Send + Sync + 'static,
    {
        let (credential, network) = (self.credential.clone(), self.client_info.network());
        let query = move |tx: &mut Tx<'_>| {
            let by = resolve(tx, &credential, &network)?;
            let unseen = by.session.filter(|_| is_due(tx, &credential));
            reading(tx, &by).map(|read| (read, unseen))
        };
        let (read, unseen) = self.app.db.view(query).await?;
        if let Some(session) = unseen {
            self.see(session).await;
        }
        Ok(read)
    }

    /// Notes, every ten minutes, that a session is used. Whoever asks is answered whether that works out or not.
    async fn see(&self, session: Id) {
        let network = self.client_info.network();
        let seen = self.app.db.tx(move |tx| session_store::see(tx, session, &network)).await;
        if let Err(error) = seen {
            tracing::warn!(%error, "a session could not be noted as used");
        }
    }

    /// Does `verb` once, however often the request is sent with the same key ([`kit::web::Once`]): the answer is
    /// kept in the transaction of the operation. See [`kit::replies`].
    ///
    /// # Errors
    /// As [`Caller::tx`], and [`kit::replies::IDEMPOTENCY_MISMATCH`].
    pub async fn once<F>(&self, idempotency_key: Option<IdempotencyKey>, verb: F) -> Result<Reply>
    where
        F: Fn(&mut Tx<'_>, &Actor) -> Result<Reply> + Send + Sync + 'static,
    {
        let (asker, credential) = (self.asker()?, self.credential.clone());
        let (network, has_key, visitor) =
            (self.client_info.network(), idempotency_key.is_some(), asker.name.clone());
        let done = self.app.db.tx(move |tx| {
            let by = enter(tx, &credential, &network)?;
            let reply =
                once(tx, idempotency_key.as_ref(), &asker_of(&by, &visitor), |tx| verb(tx, &by).map(Some))?;
            Ok((reply, by.person.is_none()))
        });
        let (reply, is_visitor) = done.await?;
        let reply = reply.ok_or_else(|| Fault::because("a deed without an answer"))?;
        Ok(if has_key && is_visitor { asker.mark(reply) } else { reply })
    }

    /// The same for a verb that many may ask for in vain: `look` says no before it has to wait for its turn to write. What
    /// it says was so at a moment between the question and the answer, as with the verb.
    ///
    /// # Errors
    /// As [`Caller::once`], and what `look` answers.
    pub async fn look_then_once<L, F>(
        &self,
        idempotency_key: Option<IdempotencyKey>,
        look: L,
        verb: F,
    ) -> Result<Reply>
    where
        L: Fn(&mut Tx<'_>, &Actor) -> Result<()> + Send + Sync + 'static,
        F: Fn(&mut Tx<'_>, &Actor) -> Result<Reply> + Send + Sync + 'static,
    {
        let (asker, credential) = (self.asker()?, self.credential.clone());
        let (has_key, visitor) = (idempotency_key.is_some(), asker.name.clone());
        let (same_visitor, same_credential, same_idempotency_key) =
            (visitor.clone(), credential.clone(), idempotency_key.clone());
        let network = self.client_info.network();
        let same_network = network.clone();
        let look = move |tx: &mut Tx<'_>| {
            let by = resolve(tx, &same_credential, &same_network)?;
            // What was done once is told again, whatever stands in its way now.
            let done = same_idempotency_key
                .as_ref()
                .map(|idempotency_key| was_done(tx, idempotency_key, &asker_of(&by, &same_visitor)));
            if done.transpose()? == Some(true) { Ok(()) } else { look(tx, &by) }
        };
        let done = self.app.db.precheck_then_tx(look, move |tx| {
            let by = enter(tx, &credential, &network)?;
            let reply =
                once(tx, idempotency_key.as_ref(), &asker_of(&by, &visitor), |tx| verb(tx, &by).map(Some))?;
            Ok((reply, by.person.is_none()))
        });
        let (reply, is_visitor) = done.await?;
        let reply = reply.ok_or_else(|| Fault::because("a deed without an answer"))?;
        Ok(if has_key && is_visitor { asker.mark(reply) } else { reply })
    }

    /// Who a visitor is to [`kit::replies::once`]: whose requests carry the cookie `__Host-visitor`, else somebody new, whose
    /// answer hands out the cookie. A network is shared by strangers, so it says nothing of who asks.
    ///
    /// # Errors
    /// A fault if there is no chance to be had.
    pub(crate) fn asker(&self) -> Result<Asker> {
        let (token, is_new) = match &self.client_info.visitor {
            Some(token) => (token.clone(), false),
            None => (tokens::secret()?, true),
        };
        Ok(Asker {
            name: format!("visitor:{}", tokens::hex(&tokens::digest(&token))),
            new: is_new.then_some(token),
        })
    }

    /// Waits for a turn to compute a password hash.
    ///
    /// # Errors
    /// [`crate::TOO_MANY_ATTEMPTS`] where too many wait.
    pub(crate) async fn hash_turn(&self) -> Result<Turn> {
        self.app.db.dependencies().caches.get::<HashQueue>().turn(self.client_info.address).await
    }

    /// The program, with the database for the club of the host that the request names.
    pub fn app(&self) -> &AppState {
        &self.app
    }

    /// Where the request came from. `0.0.0.0` if the server was not told (a test without a port).
    pub fn address(&self) -> IpAddr {
        self.client_info.address
    }

    /// From where, and with what.
    pub fn client_info(&self) -> &ClientInfo {
        &self.client_info
    }

    /// Whether the request carries a credential, good or not.
    pub fn has_credential(&self) -> bool {
        self.credential != Credential::None
    }
}

/// Who a visitor is to [`kit::replies::once`].
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    /// The name under which answers are kept.
    pub(crate) name: String,
    /// The cookie to hand out, for one who has none yet.
    new: Option<String>,
}

impl Asker {
    /// The answer, with the cookie by which the visitor is known if they ask again.
    pub(crate) fn mark(self, reply: Reply) -> Reply {
        match self.new {
            Some(token) => reply.with(&SET_COOKIE, cookies::visitor_cookie(&token)),
            None => reply,
        }
    }
}

/// Who asks, to [`kit::replies::once`].
fn asker_of(by: &Actor, visitor: &str) -> String {
    by.person.as_ref().map_or_else(|| visitor.to_owned(), |person| asker_name(person.id))
}

/// Who a person is to [`kit::replies::once`].
pub(crate) fn asker_name(person: Id) -> String {
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

/// Where a request came from: the peer, or whom the trusted proxies saw.
pub(crate) fn address(extensions: &Extensions, headers: &HeaderMap, config: &Config) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
    client_address(peer, headers, &config.trusted_proxies)
}

/// `Authorization` goes before the cookie. One that is no bearer token is taken whole: it matches none.
pub(crate) fn credential(headers: &HeaderMap) -> Credential {
    if let Some(message) = headers.get(AUTHORIZATION) {
        let message = message.to_str().unwrap_or_default();
        let token = match message.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => message,
        };
        return Credential::Bearer(tokens::digest(token));
    }
    cookies::token(headers).map_or(Credential::None, |token| Credential::Cookie(tokens::digest(token)))
}

pub(crate) fn resolve(tx: &mut Tx<'_>, credential: &Credential, network: &str) -> Result<Actor> {
    let visitor = || Actor { network: network.to_owned(), ..Actor::visitor() };
    let (found, must_be_good) = match credential {
        Credential::None => return Ok(visitor()),
        Credential::Bearer(digest) => (store::signed_in(tx, digest, "access")?, true),
        Credential::Cookie(digest) => (store::signed_in(tx, digest, "page")?, false),
    };
    let known = tx.caches::<Known>();
    match (&found, credential.digest()) {
        (Some(found), Some(digest)) => known.learn(digest, found.person.id),
        (None, Some(digest)) => known.forget(digest),
        (_, None) => {}
    }
    match found {
        Some(found) => Ok(Actor { person: Some(found.person), session: Some(found.session), ..visitor() }),
        None if must_be_good => Err(Error::Unauthorized),
        None => Ok(visitor()),
    }
}

/// The same in a transaction that may write: every ten minutes it is noted that the session is used.
fn enter(tx: &mut Tx<'_>, credential: &Credential, network: &str) -> Result<Actor> {
    let by = resolve(tx, credential, network)?;
    if let Some(session) = by.session.filter(|_| is_due(tx, credential)) {
        session_store::see(tx, session, network)?;
    }
    Ok(by)
}

/// Whether it is time to note again that a credential is used.
fn is_due(tx: &mut Tx<'_>, credential: &Credential) -> bool {
    let (known, now) = (tx.caches::<Known>(), tx.now());
    credential.digest().is_some_and(|digest| known.is_due(digest, now))
}

/// The address that the nearest trusted proxy saw. What stands further left in `X-Forwarded-For` may
/// have been written by anybody.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let message = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = message.flat_map(|text| text.split(',')).map(str::trim).collect();
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

/// `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1` or `[2001:db8::1]:443`.
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
    fn only_what_a_trusted_proxy_saw_is_believed() {
        assert_eq!(address("192.0.2.9", &["1.1.1.1"]), "192.0.2.9");
        assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["1.1.1.1, 2.2.2.2"]), "2.2.2.2");
        assert_eq!(address("10.0.0.1", &["1.1.1.1", "2.2.2.2, 10.0.0.2"]), "2.2.2.2");
        assert_eq!(address("10.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(address("10.0.0.1", &["nonsense"]), "10.0.0.1");
    }

    #[test]
    fn a_bearer_token_goes_before_the_cookie() {
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
