//! Answers that are kept with the operation that they tell of, under a key that the client chose: whoever did not hear
//! an answer asks again with the same key, and hears it without anything being done twice
//! (`Idempotency-Key`, draft-ietf-httpapi-idempotency-key-header).
//!
//! The answer is written in the transaction of the operation. So there is one exactly if there is the other, in any
//! number of processes: of two that come at once, the second waits for the first one's row. A refusal
//! undoes both, and the same key may succeed later.

use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::db::Tx;
use crate::errors::{Error, Fault, OrFault, Refusal, Result};
use crate::ids::Id;
use crate::{args, sql, tokens};

/// The key stands for another request already.
pub const IDEMPOTENCY_MISMATCH: Refusal = Refusal {
    code: "idempotency_mismatch",
    sentence: "This key was used for another request. Send a new one with a new request.",
    status: 422,
};

/// How long an answer is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What is asked under a key: the request, as far as it must be the same again.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// Method, path and the client's key.
    pub name: String,
    /// The digest of what was sent.
    pub digest: Vec<u8>,
}

/// An answer that can be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    /// Whether it was kept from an earlier request.
    #[serde(skip)]
    replayed: bool,
}

/// What stands in the table, sealed.
#[derive(Serialize, Deserialize)]
struct StoredReply {
    digest: String,
    reply: Reply,
}

impl Reply {
    /// An answer in JSON.
    ///
    /// # Errors
    /// A fault if it can't be written as JSON.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Reply> {
        let body = serde_json::to_string(body).or_fault()?;
        let kind = (CONTENT_TYPE.to_string(), "application/json".to_owned());
        Ok(Reply { status: status.as_u16(), headers: vec![kind], body, replayed: false })
    }

    /// An answer without a body.
    pub fn empty(status: StatusCode) -> Reply {
        Reply { status: status.as_u16(), headers: Vec::new(), body: String::new(), replayed: false }
    }

    /// The same with one more header.
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

/// Does `idempotency_key` for `asker` unless it was done before; then answers what was answered then. Without a
/// operation (the client sent no key) it is simply done.
///
/// What `verb` answers as `None` is not kept under the key, though what it wrote stays.
///
/// # Errors
/// [`IDEMPOTENCY_MISMATCH`], the verb's, or a fault.
pub fn once(
    tx: &mut Tx<'_>,
    idempotency_key: Option<&IdempotencyKey>,
    asker: &str,
    verb: impl FnOnce(&mut Tx<'_>) -> Result<Option<Reply>>,
) -> Result<Option<Reply>> {
    let Some(idempotency_key) = idempotency_key else { return verb(tx) };
    let key = key_of(tx, idempotency_key, asker)?;
    if !take(tx, &key, asker)? {
        return earlier(tx, &key, idempotency_key).map(Some);
    }
    let reply = verb(tx)?;
    match &reply {
        Some(reply) => keep(tx, &key, idempotency_key, reply)?,
        None => let_go(tx, &key)?,
    }
    Ok(reply)
}

/// Whether `idempotency_key` was done for `asker` already, as far as can be seen without waiting for who is at it.
///
/// # Errors
/// A fault of the database.
pub fn was_done(tx: &mut Tx<'_>, idempotency_key: &IdempotencyKey, asker: &str) -> Result<bool> {
    let (key, over) = (key_of(tx, idempotency_key, asker)?, tx.now() - KEPT);
    let found: Option<(i64,)> =
        tx.one(sql!("SELECT replayed FROM replies WHERE key = $1 AND made_at > $2"), args![key, over])?;
    Ok(found.is_some())
}

/// The same key is another one in another club. In the default club it has no part of its own, as before there were several.
fn key_of(tx: &mut Tx<'_>, idempotency_key: &IdempotencyKey, asker: &str) -> Result<Vec<u8>> {
    let (club, also) = tx.club_ids()?;
    let of_club = if also == Id(0) { String::new() } else { format!("{club}\n") };
    Ok(tokens::digest(&format!("{of_club}{asker}\n{}", idempotency_key.name)))
}

/// Makes the key ours, if nobody has it. Whoever comes at the same time waits here for the end of the first.
fn take(tx: &mut Tx<'_>, key: &[u8], asker: &str) -> Result<bool> {
    let (now, over) = (tx.now(), tx.now() - KEPT);
    let taken = tx.run(
        sql!(
            "INSERT INTO replies (key, sealed, made_at, replayed, asker) VALUES ($1, $2, $3, 0, $5)
             ON CONFLICT (key) DO UPDATE SET sealed = excluded.sealed, made_at = excluded.made_at, replayed = 0,
             asker = excluded.asker WHERE replies.made_at <= $4"
        ),
        args![key.to_vec(), Vec::new(), now, over, tokens::digest(asker)],
    )?;
    Ok(taken == 1)
}

/// What was answered. It is counted, so that this transaction too ends only when the disk has the operation.
fn earlier(tx: &mut Tx<'_>, key: &[u8], idempotency_key: &IdempotencyKey) -> Result<Reply> {
    let found: Option<(Vec<u8>,)> = tx.one(
        sql!("UPDATE replies SET replayed = replayed + 1 WHERE key = $1 RETURNING sealed"),
        args![key.to_vec()],
    )?;
    let (encrypted,) = found.ok_or_else(|| Fault::because("a reply was forgotten while it was asked for"))?;
    let kept: StoredReply = serde_json::from_str(&tx.decrypt(&place(key), &encrypted)?).or_fault()?;
    if kept.digest != tokens::hex(&idempotency_key.digest) {
        return Err(Error::refused(&IDEMPOTENCY_MISMATCH));
    }
    Ok(Reply { replayed: true, ..kept.reply })
}

fn keep(tx: &mut Tx<'_>, key: &[u8], idempotency_key: &IdempotencyKey, reply: &Reply) -> Result<()> {
    let kept = StoredReply { digest: tokens::hex(&idempotency_key.digest), reply: reply.clone() };
    let encrypted = tx.encrypt(&place(key), &serde_json::to_string(&kept).or_fault()?)?;
    tx.run(sql!("UPDATE replies SET sealed = $2 WHERE key = $1"), args![key.to_vec(), encrypted]).map(drop)
}

fn let_go(tx: &mut Tx<'_>, key: &[u8]) -> Result<()> {
    tx.run(sql!("DELETE FROM replies WHERE key = $1"), args![key.to_vec()]).map(drop)
}

fn place(key: &[u8]) -> String {
    format!("replies.sealed:{}", tokens::hex(key))
}

/// Forgets every answer that was kept for somebody who is erased. Says how many.
///
/// # Errors
/// A fault of the database.
pub fn forget_replies_of(tx: &mut Tx<'_>, asker: &str) -> Result<u64> {
    tx.run(sql!("DELETE FROM replies WHERE asker = $1"), args![tokens::digest(asker)])
}

/// Forgets the answers that are a day old. Says how many.
///
/// # Errors
/// A fault of the database.
pub fn forget_replies(tx: &mut Tx<'_>) -> Result<u64> {
    let over = tx.now() - KEPT;
    tx.run(sql!("DELETE FROM replies WHERE made_at <= $1"), args![over])
}
