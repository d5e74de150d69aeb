//! Sessions: what a sign-in hands out, how it is renewed, how it ends. A browser's page has one token in a
//! cookie; an app has an access token for 30 minutes and a refresh token that is good once.

use jiff::SignedDuration;
use kit::{Error, House, Id, Result, Tx, tokens};

use crate::caller::Caller;
use crate::model::Person;
use crate::store::{self, Session};

/// How long a browser stays signed in.
pub(crate) const PAGE_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long an access token is good.
const ACCESS_LIFE: SignedDuration = SignedDuration::from_mins(30);
/// How long a refresh token is good; each use begins anew.
const REFRESH_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What kind of client signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser: one token, for the cookie.
    Page,
    /// An app: an access token and a refresh token.
    App,
}

/// What a client carries from now on. The database keeps only digests.
#[derive(Clone)]
pub struct Tokens {
    /// For the cookie ([`crate::session_cookie`]) or for `Authorization: Bearer`.
    pub access: String,
    /// For an app alone.
    pub refresh: Option<String>,
}

/// Somebody who has just signed in or up.
#[derive(Clone)]
pub struct SignedIn {
    /// Who it is.
    pub person: Person,
    /// What their client carries.
    pub tokens: Tokens,
}

/// Opens the session of a new sign-in.
pub(crate) fn open(tx: &mut Tx<'_>, person: Id, kind: SessionKind) -> Result<Tokens> {
    store::forget_expired(tx, person)?;
    let family = tx.new_id()?;
    match kind {
        SessionKind::Page => {
            let access = hand_out(tx, person, family, "page", PAGE_LIFE)?;
            Ok(Tokens { access, refresh: None })
        }
        SessionKind::App => open_pair(tx, person, family),
    }
}

fn open_pair(tx: &mut Tx<'_>, person: Id, family: Id) -> Result<Tokens> {
    let access = hand_out(tx, person, family, "access", ACCESS_LIFE)?;
    let refresh = hand_out(tx, person, family, "refresh", REFRESH_LIFE)?;
    Ok(Tokens { access, refresh: Some(refresh) })
}

fn hand_out(
    tx: &mut Tx<'_>,
    person: Id,
    family: Id,
    kind: &'static str,
    life: SignedDuration,
) -> Result<String> {
    let token = tokens::secret()?;
    let session = Session { id: tx.new_id()?, person, family, expires_at: tx.now() + life, ended_at: None };
    store::insert_session(tx, &session, kind, tokens::digest(&token))?;
    Ok(token)
}

/// Renews an app's tokens: the refresh token ends, a new pair takes its place. A token that comes a second
/// time is in two hands, and nobody can say whose is the right one: everything of that sign-in ends.
///
/// # Errors
/// `Error::Unauthorized` if the token is unknown, expired or ended.
pub async fn refresh(house: &House, token: &str) -> Result<Tokens> {
    let digest = tokens::digest(token);
    let renewed = house.db.tx(move |tx| renew(tx, digest.clone())).await?;
    renewed.ok_or(Error::Unauthorized)
}

/// `None` is a no that must be committed: the end of a family.
fn renew(tx: &mut Tx<'_>, digest: Vec<u8>) -> Result<Option<Tokens>> {
    let Some(old) = store::refresh_session(tx, digest)? else { return Ok(None) };
    store::hold(tx, old.person)?;
    let is_first = old.ended_at.is_none() && store::end_session(tx, old.id)?;
    if !is_first {
        store::end_family(tx, old.family)?;
        return Ok(None);
    }
    if old.expires_at <= tx.now() {
        return Ok(None);
    }
    store::forget_expired(tx, old.person)?;
    open_pair(tx, old.person, old.family).map(Some)
}

/// Signs the caller out: everything of their sign-in ends at once. Of a visitor it asks nothing.
///
/// # Errors
/// `Error::Unauthorized` for a bearer token that is not good; a fault.
pub async fn sign_out(caller: &Caller) -> Result<()> {
    caller
        .tx(|tx, by| {
            let (Some(person), Some(session)) = (&by.person, by.session) else { return Ok(()) };
            store::hold(tx, person.id)?;
            let family = store::family_of(tx, session)?.unwrap_or(session);
            store::end_family(tx, family).map(drop)
        })
        .await
}

/// Signs an app out by its refresh token: its access token may have expired before. One that is unknown
/// is signed out already.
pub(crate) fn end_by_refresh(tx: &mut Tx<'_>, token: &str) -> Result<()> {
    let Some(found) = store::refresh_session(tx, tokens::digest(token))? else { return Ok(()) };
    store::hold(tx, found.person)?;
    store::end_family(tx, found.family).map(drop)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Barrier};
    use std::time::Duration;

    use kit::testing::TestDb;

    use super::*;
    use crate::model::{NewPerson, Role};
    use crate::{set_password, sign_up};

    /// A renewal is half done when the password is changed: what it opens ends all the same.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_change_of_password_waits_for_what_is_being_opened_and_ends_it() {
        let test = TestDb::open("2026-11-24T17:00:00Z".parse().expect("a time")).await;
        let opened = test.db.tx(|tx| {
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
            Ok((person.id, open(tx, person.id, SessionKind::App)?))
        });
        let (anna, tokens) = opened.await.expect("signed in");
        let digest = tokens::digest(&tokens.refresh.expect("a refresh token"));

        let half_way = Arc::new(Barrier::new(2));
        let (db, there) = (test.db.clone(), half_way.clone());
        let renewal = tokio::spawn(async move {
            db.tx(move |tx| {
                let renewed = renew(tx, digest.clone())?;
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
        assert!(!alive.await.expect("a look"));
    }
}
