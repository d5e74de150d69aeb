//! Sessions: the tokens of a sign-in, their renewal, and their end. A browser has one token in a cookie. An app has
//! an access token for 30 minutes and a refresh token that works once.

use jiff::SignedDuration;
use kit::{AppState, Error, Id, Result, Tx, tokens};
use serde_json::json;

use crate::actor::Actor;
use crate::audit::note;
use crate::audit_events::AuditEvent;
use crate::model::Person;
use crate::requests::caller::Caller;
use crate::requests::client_info::ClientInfo;
use crate::requests::cookies::PAGE_TTL;
use crate::store::sessions::{self as session_store, SignedInHere};
use crate::store::{self, Session};

/// How long an access token is valid.
const ACCESS_TTL: SignedDuration = SignedDuration::from_mins(30);
/// How long a refresh token is valid. Each renewal restarts the period.
const REFRESH_TTL: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The longest duration of a sign-in, however often its tokens are renewed (ASVS 7.3.2).
const SIGN_IN_TTL: SignedDuration = SignedDuration::from_hours(180 * 24);

/// The kind of client that signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser: one token, for the cookie.
    Page,
    /// An app: an access token and a refresh token.
    App,
}

/// The tokens for a client. The database stores only their digests.
#[derive(Clone)]
pub struct Tokens {
    /// The token for the cookie ([`crate::session_cookie`]) or for `Authorization: Bearer`.
    pub access: String,
    /// The refresh token, for an app only.
    pub refresh: Option<String>,
    /// The token that recognizes a browser from now on ([`crate::device_cookie`]), if the browser had none.
    pub device: Option<String>,
}

/// A person who has just signed in.
#[derive(Clone)]
pub struct SignedIn {
    /// The person as stored when they signed in.
    pub person: Person,
    /// The tokens for their client.
    pub tokens: Tokens,
}

/// Opens the sessions of a new sign-in.
pub(crate) fn open(
    tx: &mut Tx<'_>,
    person: Id,
    kind: SessionKind,
    client_info: &ClientInfo,
) -> Result<Tokens> {
    store::forget_expired(tx, person)?;
    session_store::forget_sign_ins(tx, person)?;
    let family = tx.new_id()?;
    session_store::insert_sign_in(tx, family, person, client_info)?;
    match kind {
        SessionKind::Page => {
            let access = hand_out(tx, person, family, "page", PAGE_TTL)?;
            Ok(Tokens { access, refresh: None, device: None })
        }
        SessionKind::App => open_pair(tx, person, family),
    }
}

/// Makes a browser recognized after a person has proven to know the password. Returns the token for its cookie, if
/// it had none.
pub(crate) fn know(tx: &mut Tx<'_>, person: Id, client_info: &ClientInfo) -> Result<Option<String>> {
    if let Some(device) = &client_info.known {
        session_store::know_device(tx, device, person)?;
        return Ok(None);
    }
    let token = tokens::secret()?;
    session_store::know_device(tx, &tokens::digest(&token), person)?;
    Ok(Some(token))
}

fn open_pair(tx: &mut Tx<'_>, person: Id, family: Id) -> Result<Tokens> {
    let access = hand_out(tx, person, family, "access", ACCESS_TTL)?;
    let refresh = hand_out(tx, person, family, "refresh", REFRESH_TTL)?;
    Ok(Tokens { access, refresh: Some(refresh), device: None })
}

fn hand_out(
    tx: &mut Tx<'_>,
    person: Id,
    family: Id,
    kind: &'static str,
    ttl: SignedDuration,
) -> Result<String> {
    let token = tokens::secret()?;
    let session = Session { id: tx.new_id()?, person, family, expires_at: tx.now() + ttl, ended_at: None };
    store::insert_session(tx, &session, kind, tokens::digest(&token))?;
    Ok(token)
}

/// Renews the tokens of an app: the refresh token ends, and a new pair replaces it. If a token is used a second
/// time, two clients have it, and nobody can tell which one is legitimate, so all tokens of that sign-in end.
///
/// # Errors
/// Returns `Error::Unauthorized` if the token is unknown, expired, or ended.
pub async fn refresh(app: &AppState, client_info: &ClientInfo, token: &str) -> Result<Tokens> {
    let (digest, network) = (tokens::digest(token), client_info.network());
    let renewed = app.db.tx(move |tx| renew(tx, digest.clone(), network.clone())).await?;
    renewed.ok_or(Error::Unauthorized)
}

/// Returns `None` for a refused renewal. This is not an error, because ending the sign-in must be committed.
fn renew(tx: &mut Tx<'_>, digest: Vec<u8>, network: String) -> Result<Option<Tokens>> {
    let Some(old) = store::refresh_session(tx, digest)? else { return Ok(None) };
    store::hold(tx, old.person)?;
    let is_first = old.ended_at.is_none() && store::end_session(tx, old.id)?;
    if !is_first {
        if store::end_family(tx, old.family)? > 0 {
            let by = Actor::visitor().on_network(network);
            note(tx, &by, AuditEvent::TokenReused, Some(old.person), json!({}))?;
        }
        return Ok(None);
    }
    let now = tx.now();
    let is_over =
        session_store::opened_at(tx, old.family)?.is_some_and(|opened_at| opened_at + SIGN_IN_TTL <= now);
    if is_over || old.expires_at <= now {
        return Ok(None);
    }
    store::forget_expired(tx, old.person)?;
    let renewed = open_pair(tx, old.person, old.family)?;
    session_store::see(tx, old.id, &network)?;
    Ok(Some(renewed))
}

/// Signs the caller out: all tokens of their sign-in end at once. Does nothing for a visitor.
///
/// # Errors
/// Returns `Error::Unauthorized` for an invalid bearer token, or a fault.
pub async fn sign_out(caller: &Caller) -> Result<()> {
    caller
        .tx(|tx, by| {
            let (Some(person), Some(session)) = (by.id(), by.session()) else { return Ok(()) };
            store::hold(tx, person)?;
            let family = store::family_of(tx, session)?.unwrap_or(session);
            store::end_family(tx, family)?;
            note(tx, by, AuditEvent::SessionEnded, Some(person), json!({"sign_in": family}))
        })
        .await
}

/// Returns the active sign-ins of the actor, and the id of the one that sent this request.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn my_sign_ins(tx: &mut Tx<'_>, by: &Actor) -> Result<(Vec<SignedInHere>, Option<Id>)> {
    let all = session_store::sign_ins(tx, by.person()?.id)?;
    Ok((all, own_family(tx, by)?))
}

/// Ends one sign-in of the actor, the current one or another.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, or `Error::NotFound` for a sign-in that has ended or belongs to
/// another person.
pub fn end_sign_in(tx: &mut Tx<'_>, by: &Actor, family: Id) -> Result<()> {
    let person = by.person()?.id;
    store::hold(tx, person)?;
    if !session_store::sign_ins(tx, person)?.iter().any(|one| one.id == family) {
        return Err(Error::NotFound);
    }
    store::end_family(tx, family)?;
    note(tx, by, AuditEvent::SessionEnded, Some(person), json!({"sign_in": family}))
}

/// Ends every sign-in of the actor except the current one. Returns the number of ended sessions.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn end_other_sign_ins(tx: &mut Tx<'_>, by: &Actor) -> Result<u64> {
    let person = by.person()?.id;
    store::hold(tx, person)?;
    let ended = end_others(tx, by)?;
    note(tx, by, AuditEvent::SessionsEnded, Some(person), json!({"sessions": ended}))?;
    Ok(ended)
}

/// Ends every session of the actor except those of the current sign-in.
pub(crate) fn end_others(tx: &mut Tx<'_>, by: &Actor) -> Result<u64> {
    let person = by.person()?.id;
    match own_family(tx, by)? {
        Some(family) => store::end_others(tx, person, family),
        None => store::end_all(tx, person),
    }
}

fn own_family(tx: &mut Tx<'_>, by: &Actor) -> Result<Option<Id>> {
    by.session().map_or(Ok(None), |session| store::family_of(tx, session))
}

/// Signs an app out by its refresh token, because its access token may have expired. An unknown token counts as
/// signed out already.
pub(crate) fn end_by_refresh(tx: &mut Tx<'_>, client_info: &ClientInfo, token: &str) -> Result<()> {
    let Some(found) = store::refresh_session(tx, tokens::digest(token))? else { return Ok(()) };
    store::hold(tx, found.person)?;
    if store::end_family(tx, found.family)? == 0 {
        return Ok(());
    }
    let by = Actor::of(store::person(tx, found.person)?).on_network(client_info.network());
    note(tx, &by, AuditEvent::SessionEnded, Some(found.person), json!({"sign_in": found.family}))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Barrier};
    use std::time::Duration;

    use kit::testing::TestDb;

    use super::*;
    use crate::model::{NewPerson, Role};
    use crate::{accounts::sign_up, set_password};

    /// A renewal that is in progress when the password is changed is ended, too.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_password_change_waits_for_opening_sessions_and_ends_them() {
        let test = TestDb::open("2026-11-24T17:00:00Z".parse().expect("a time")).await;
        let client_info = ClientInfo::address("192.0.2.1".parse().expect("an address"));
        let opened = test.db.tx(move |tx| {
            let new = NewPerson {
                email: None,
                first_name: "Anna".to_owned(),
                last_name: String::new(),
                phone: None,
                role: Role::Account,
                birthday: None,
                password_hash: None,
                verified: false,
            };
            let person = sign_up::add(tx, &new)?;
            Ok((person.id, open(tx, person.id, SessionKind::App, &client_info)?))
        });
        let (anna, tokens) = opened.await.expect("signed in");
        let digest = tokens::digest(&tokens.refresh.expect("a refresh token"));

        let half_way = Arc::new(Barrier::new(2));
        let (db, there) = (test.db.clone(), half_way.clone());
        let renewal = tokio::spawn(async move {
            db.tx(move |tx| {
                let renewed = renew(tx, digest.clone(), String::new())?;
                there.wait();
                std::thread::sleep(Duration::from_millis(200));
                Ok(renewed)
            })
            .await
        });
        tokio::task::spawn_blocking(move || half_way.wait()).await.expect("half way");
        test.db.tx(move |tx| set_password(tx, anna, "another hash")).await.expect("changed");
        let renewed = renewal.await.expect("it ends").expect("it commits").expect("a new pair");

        let digest = tokens::digest(&renewed.access);
        let alive =
            test.db.view(move |tx| store::signed_in(tx, &digest, "access").map(|found| found.is_some()));
        assert!(!alive.await.expect("a view"));
    }
}
