//! Stored replies for idempotent requests, under a key that the client chose. A client that did not receive a reply
//! repeats the request with the same key and receives the stored reply, without the operation running twice
//! (`Idempotency-Key`, draft-ietf-httpapi-idempotency-key-header).
//!
//! The reply is written in the transaction of the operation, so either both exist or neither, in any number of
//! processes. Of two simultaneous requests, the second waits for the row of the first. A refusal undoes both, and
//! the same key may succeed later.

use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::db::Tx;
use crate::errors::{Error, Fault, OrFault, Refusal, Result};
use crate::ids::Id;
use crate::{args, sql, tokens};

/// The key was already used for a different request.
pub const IDEMPOTENCY_MISMATCH: Refusal = Refusal {
    code: "idempotency_mismatch",
    sentence: "This idempotency key was already used for a different request. Use a new key.",
    status: 422,
};

/// How long a reply is stored.
const RETENTION: SignedDuration = SignedDuration::from_hours(24);

/// An idempotency key with the request that it stands for.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// The method, the path, and the client's key.
    pub name: String,
    /// The digest of the request content.
    pub digest: Vec<u8>,
}

/// A reply that can be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    /// Whether the reply was stored by an earlier request.
    #[serde(skip)]
    replayed: bool,
}

/// The content of the table column, which is stored encrypted.
#[derive(Serialize, Deserialize)]
struct StoredReply {
    digest: String,
    reply: Reply,
}

impl Reply {
    /// Builds a reply with a JSON body.
    ///
    /// # Errors
    /// Returns a fault if the body cannot be written as JSON.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Reply> {
        let body = serde_json::to_string(body).or_fault()?;
        let kind = (CONTENT_TYPE.to_string(), "application/json".to_owned());
        Ok(Reply { status: status.as_u16(), headers: vec![kind], body, replayed: false })
    }

    /// Builds a reply without a body.
    pub fn empty(status: StatusCode) -> Reply {
        Reply { status: status.as_u16(), headers: Vec::new(), body: String::new(), replayed: false }
    }

    /// Adds a header to the reply.
    #[must_use]
    pub fn with(mut self, name: &HeaderName, value: impl Into<String>) -> Reply {
        self.headers.push((name.to_string(), value.into()));
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
                headers.append(name, value);
            }
        }
        if self.replayed {
            headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
        }
        (status, headers, self.body).into_response()
    }
}

/// Runs `verb` for `requester` unless it already ran under `idempotency_key`; in that case, returns the stored reply.
/// Without a key (the client sent none), simply runs `verb`.
///
/// If `verb` returns `None`, no reply is stored under the key, but its writes are stored.
///
/// # Errors
/// Returns [`IDEMPOTENCY_MISMATCH`] if the key was used for a different request, the error of `verb`, or a fault.
pub fn once(
    tx: &mut Tx<'_>,
    idempotency_key: Option<&IdempotencyKey>,
    requester: &str,
    verb: impl FnOnce(&mut Tx<'_>) -> Result<Option<Reply>>,
) -> Result<Option<Reply>> {
    let Some(idempotency_key) = idempotency_key else { return verb(tx) };
    let key = key_of(tx, idempotency_key, requester)?;
    if !take(tx, &key, requester)? {
        return earlier(tx, &key, idempotency_key).map(Some);
    }
    let reply = verb(tx)?;
    match &reply {
        Some(reply) => store(tx, &key, idempotency_key, reply)?,
        None => forget(tx, &key)?,
    }
    Ok(reply)
}

/// Returns whether a reply is stored under `idempotency_key` for `requester`. Does not wait for a transaction that is
/// running the operation at the moment.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn was_done(tx: &mut Tx<'_>, idempotency_key: &IdempotencyKey, requester: &str) -> Result<bool> {
    let (key, over) = (key_of(tx, idempotency_key, requester)?, tx.now() - RETENTION);
    let found: Option<(i64,)> =
        tx.one(sql!("SELECT replayed FROM replies WHERE key = $1 AND made_at > $2"), args![key, over])?;
    Ok(found.is_some())
}

/// Returns the digest under which the reply to `requester` is stored. It depends on the club, except in the default club,
/// whose digests are the same as before there were several clubs.
fn key_of(tx: &mut Tx<'_>, idempotency_key: &IdempotencyKey, requester: &str) -> Result<Vec<u8>> {
    let (club, also) = tx.club_ids()?;
    let of_club = if also == Id(0) { String::new() } else { format!("{club}\n") };
    Ok(tokens::digest(&format!("{of_club}{requester}\n{}", idempotency_key.name)))
}

/// Reserves the key if it is free or expired, and returns whether it did. A simultaneous request waits here for the
/// first one to end.
fn take(tx: &mut Tx<'_>, key: &[u8], requester: &str) -> Result<bool> {
    let (now, over) = (tx.now(), tx.now() - RETENTION);
    let taken = tx.run(
        sql!(
            "INSERT INTO replies (key, encrypted, made_at, replayed, requester) VALUES ($1, $2, $3, 0, $5)
             ON CONFLICT (key) DO UPDATE SET encrypted = excluded.encrypted, made_at = excluded.made_at, replayed = 0,
             requester = excluded.requester WHERE replies.made_at <= $4"
        ),
        args![key.to_vec(), Vec::new(), now, over, tokens::digest(requester)],
    )?;
    Ok(taken == 1)
}

/// Returns the stored reply. Counts the replay, so that this transaction, too, ends only after the original
/// operation is on disk.
fn earlier(tx: &mut Tx<'_>, key: &[u8], idempotency_key: &IdempotencyKey) -> Result<Reply> {
    let found: Option<(Vec<u8>,)> = tx.one(
        sql!("UPDATE replies SET replayed = replayed + 1 WHERE key = $1 RETURNING encrypted"),
        args![key.to_vec()],
    )?;
    let (encrypted,) = found.ok_or_else(|| Fault::because("a reply was deleted while it was requested"))?;
    let stored: StoredReply = serde_json::from_str(&tx.decrypt(&place(key), &encrypted)?).or_fault()?;
    if stored.digest != tokens::hex(&idempotency_key.digest) {
        return Err(Error::refused(&IDEMPOTENCY_MISMATCH));
    }
    Ok(Reply { replayed: true, ..stored.reply })
}

fn store(tx: &mut Tx<'_>, key: &[u8], idempotency_key: &IdempotencyKey, reply: &Reply) -> Result<()> {
    let stored = StoredReply { digest: tokens::hex(&idempotency_key.digest), reply: reply.clone() };
    let encrypted = tx.encrypt(&place(key), &serde_json::to_string(&stored).or_fault()?)?;
    tx.run(sql!("UPDATE replies SET encrypted = $2 WHERE key = $1"), args![key.to_vec(), encrypted]).map(drop)
}

fn forget(tx: &mut Tx<'_>, key: &[u8]) -> Result<()> {
    tx.run(sql!("DELETE FROM replies WHERE key = $1"), args![key.to_vec()]).map(drop)
}

fn place(key: &[u8]) -> String {
    format!("replies.sealed:{}", tokens::hex(key))
}

/// Deletes every stored reply of `requester`, for the erasure of a person's data. Returns how many.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn forget_replies_of(tx: &mut Tx<'_>, requester: &str) -> Result<u64> {
    tx.run(sql!("DELETE FROM replies WHERE requester = $1"), args![tokens::digest(requester)])
}

/// Deletes the replies that are older than 24 hours. Returns how many.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn forget_replies(tx: &mut Tx<'_>) -> Result<u64> {
    let over = tx.now() - RETENTION;
    tx.run(sql!("DELETE FROM replies WHERE made_at <= $1"), args![over])
}
