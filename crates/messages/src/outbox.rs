//! The outbox: sends the notifications that `kit::notifications` writes. Only the first pending notification of a
//! subject and recipient is ever taken, so that they are sent in the order of their events; subjects do not wait
//! for each other. A failure is retried as long as the notification still applies: the composing function reads the
//! state anew each time and reports when it no longer applies.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kit::clock::SLACK;
use kit::db::with_low_priority;
use kit::errors::OrFault as _;
use kit::live::Changed;
use kit::notifications::{RecipientRole, TOPIC};
use kit::{Db, Fault, Id, Result, Tx, args, row, sql};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;

use crate::mail::Mail;
use crate::post::Post;

/// How long a taken notification belongs to one process. Afterward, another process may take it.
const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// How long composing and sending may take. It is well within the lease, so that no two processes send the same
/// notification at once.
const DEADLINE: Duration = Duration::from_secs(120);
/// The pause after the first failure. It doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(10);
/// The longest pause between two attempts, and so the longest delay after an outage.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(15);
/// How many notifications one runner sends at once.
const AT_ONCE: usize = 8;
/// The longest pause between two reads of the table, after which rows of other processes are found.
const POLL: Duration = Duration::from_secs(1);

/// A notification to be sent.
#[derive(Debug, Clone)]
pub struct PendingNotification {
    /// The id of the notification.
    pub id: Id,
    /// The kind of the subject.
    pub subject_kind: String,
    /// The id of the subject.
    pub subject: Id,
    /// The recipient.
    pub recipient: RecipientRole,
    /// The kind of event.
    pub kind: String,
    /// The data of the event, as JSON.
    pub data: String,
    /// The person whose account is concerned.
    pub person: Option<Id>,
    /// When the event happened.
    pub created_at: Timestamp,
    /// How often the notification has been taken, including this time.
    pub attempt: i64,
    /// The club of the event; 0 stands for the default club.
    pub club: Id,
}

row!(PendingNotification {
    id,
    subject_kind,
    subject,
    recipient,
    kind,
    data,
    person,
    created_at,
    attempt,
    club
});

impl PendingNotification {
    /// Returns the notification as the enum of the crate that wrote it, which names the kind and holds its data
    /// ([`kit::Notification::new`]).
    ///
    /// # Errors
    /// Returns a fault if the enum has no such kind, or its data differs.
    pub fn content<N: DeserializeOwned>(&self) -> Result<N> {
        let data: Value = serde_json::from_str(&self.data).or_fault()?;
        serde_json::from_value(json!({"kind": self.kind, "data": data})).or_fault()
    }
}

/// What to do with a notification in the current state.
#[derive(Debug, Clone)]
pub enum Composed {
    /// The notification still applies; send this email.
    Email(Box<Mail>),
    /// The notification no longer applies, for this reason.
    Dropped(&'static str),
}

type Compose =
    dyn Fn(PendingNotification) -> Pin<Box<dyn Future<Output = Result<Composed>> + Send>> + Send + Sync;

/// The sender of pending notifications. Clones share their connections.
#[derive(Clone)]
pub struct Outbox {
    db: Db,
    post: Post,
    compose: Arc<Compose>,
}

/// The outcome of an attempt.
enum Outcome {
    Sent { to: String, subject: String, how: &'static str },
    Dropped(&'static str),
    Failed(String),
}

impl Outbox {
    /// Returns an outbox for this database that sends through `post` what `compose` returns.
    pub fn new<F, W>(db: Db, post: Post, compose: F) -> Outbox
    where
        F: Fn(PendingNotification) -> W + Send + Sync + 'static,
        W: Future<Output = Result<Composed>> + Send + 'static,
    {
        Outbox { db, post, compose: Arc::new(move |waiting| Box::pin(compose(waiting))) }
    }

    /// Sends notifications until `stop` is set; those in progress are finished first.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        with_low_priority(self.run_until(stop)).await;
    }

    async fn run_until(&self, mut stop: watch::Receiver<bool>) {
        let mut changes = self.db.dependencies().live.listen();
        let mut works = JoinSet::new();
        loop {
            let is_over = *stop.borrow();
            let places = if is_over { 0 } else { AT_ONCE.saturating_sub(works.len()) };
            if places > 0 {
                match self.db.tx(move |tx| take(tx, places)).await {
                    Ok(taken) => taken.into_iter().for_each(|waiting| self.begin(waiting, &mut works)),
                    Err(error) => tracing::error!(%error, "could not read the pending notifications"),
                }
            }
            if is_over && works.is_empty() {
                return;
            }
            tokio::select! {
                Some(ended) = works.join_next() => {
                    if let Err(error) = ended {
                        tracing::error!(%error, "a notification panicked; it is taken again when its lease ends");
                    }
                }
                _ = stop.changed(), if !is_over => {}
                () = tokio::time::sleep(POLL) => {}
                () = woken(&mut changes), if works.len() < AT_ONCE => {}
            }
        }
    }

    fn begin(&self, waiting: PendingNotification, works: &mut JoinSet<()>) {
        let outbox = self.clone();
        works.spawn(with_low_priority(async move {
            if let Err(error) = outbox.deliver(waiting).await {
                tracing::error!(%error, "the end of a notification could not be written; it is taken again when its lease ends");
            }
        }));
    }

    /// Sends everything that is due, several at once, until nothing is due. Returns the number of notifications
    /// that were sent or dropped. For tests, and for commands that end.
    ///
    /// # Errors
    /// Returns the first failure, after everything else was tried.
    pub async fn deliver_due(&self) -> Result<usize> {
        let (mut done, mut failure) = (0, None);
        loop {
            let taken = self.db.tx(|tx| take(tx, AT_ONCE)).await?;
            if taken.is_empty() {
                break;
            }
            let mut works = JoinSet::new();
            for waiting in taken {
                let outbox = self.clone();
                works.spawn(async move { outbox.deliver(waiting).await });
            }
            while let Some(ended) = works.join_next().await {
                match ended.or_fault()? {
                    Ok(None) => done += 1,
                    Ok(Some(error)) => failure = failure.or(Some(Fault::because(error))),
                    Err(error) => failure = failure.or(Some(error)),
                }
            }
        }
        failure.map_or(Ok(done), Err)
    }

    /// Makes one attempt and records its outcome. Returns the error if the attempt failed.
    async fn deliver(&self, waiting: PendingNotification) -> Result<Option<String>> {
        let outcome = match tokio::time::timeout(DEADLINE, self.attempt(&waiting)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => Outcome::Failed(error.to_string()),
            Err(_) => Outcome::Failed(format!("it took longer than {} s", DEADLINE.as_secs())),
        };
        let (counter, failed) = match &outcome {
            Outcome::Sent { .. } => ("coresync_notifications_sent_total", None),
            Outcome::Dropped(why) => {
                tracing::info!(kind = waiting.kind, id = waiting.id.0, why, "a notification was dropped");
                ("coresync_notifications_dropped_total", None)
            }
            Outcome::Failed(error) => {
                let (kind, id, attempt) = (&waiting.kind, waiting.id.0, waiting.attempt);
                tracing::warn!(error, kind, id, attempt, "a notification could not be sent");
                ("coresync_notifications_failed_total", Some(error.clone()))
            }
        };
        let club = waiting.club.0.to_string();
        metrics::counter!(counter, "kind" => waiting.kind.clone(), "club" => club).increment(1);
        let outcome = Arc::new(outcome);
        self.db.tx(move |tx| finish(tx, &waiting, &outcome)).await?;
        Ok(failed)
    }

    async fn attempt(&self, waiting: &PendingNotification) -> Result<Outcome> {
        match (self.compose)(waiting.clone()).await? {
            Composed::Dropped(why) => Ok(Outcome::Dropped(why)),
            Composed::Email(mail) => {
                let how = self.post.send(&mail, self.db.clock().now()).await?;
                Ok(Outcome::Sent { to: mail.to, subject: mail.subject, how })
            }
        }
    }
}

async fn woken(changes: &mut broadcast::Receiver<Changed>) {
    loop {
        match changes.recv().await {
            Ok(Changed(topic)) if topic != TOPIC => {}
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Err(broadcast::error::RecvError::Closed) => return std::future::pending().await,
        }
    }
}

/// Takes due notifications: only the first of each subject and recipient, even if another process has taken others.
fn take(tx: &mut Tx<'_>, most: usize) -> Result<Vec<PendingNotification>> {
    let (now, most) = (tx.now(), i64::try_from(most).or_fault()?);
    tx.all(
        sql!(
            "UPDATE notifications SET locked_until = $1, attempt = attempt + 1 WHERE id IN (SELECT n.id FROM
             notifications n WHERE n.due_at <= $2 AND (n.locked_until IS NULL OR n.locked_until < $2) AND NOT EXISTS
             (SELECT 1 FROM notifications e WHERE e.subject_kind = n.subject_kind AND e.subject_id = n.subject_id AND
             e.recipient = n.recipient AND e.sequence < n.sequence) ORDER BY n.due_at, n.id LIMIT $3) AND (locked_until
             IS NULL OR locked_until < $2) RETURNING id, subject_kind, subject_id, recipient, kind, data, person_id,
             created_at, attempt, club_id"
        ),
        args![now + LEASE, now, most],
    )
}

/// Makes notifications due that were written or postponed when the clock was ahead, before it was set back. One that
/// was taken stays taken for as long as if it had been taken now, because its process may still be sending it. Returns
/// the number of changed notifications.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn pull_back(tx: &mut Tx<'_>) -> Result<u64> {
    let now = tx.now();
    tx.run(
        sql!(
            "UPDATE notifications SET created_at = CASE WHEN created_at > $1 THEN $4 ELSE created_at END,
             due_at = CASE WHEN created_at > $1 OR due_at > $2 THEN $4 ELSE due_at END,
             locked_until = CASE WHEN locked_until > $3 THEN $5 ELSE locked_until END
             WHERE created_at > $1 OR due_at > $2 OR locked_until > $3"
        ),
        args![now + SLACK, now + LONGEST_PAUSE + SLACK, now + LEASE + SLACK, now, now + LEASE],
    )
}

/// Records the outcome of an attempt, unless another process has taken the notification meanwhile.
fn finish(tx: &mut Tx<'_>, waiting: &PendingNotification, outcome: &Outcome) -> Result<()> {
    let PendingNotification { id, attempt, .. } = waiting;
    let (to, subject, how, why) = match outcome {
        Outcome::Failed(error) => {
            let again = tx.now() + pause(*attempt);
            return tx
                .run(
                    sql!(
                        "UPDATE notifications SET locked_until = NULL, due_at = $1, last_error = $2
                         WHERE id = $3 AND attempt = $4"
                    ),
                    args![again, error, *id, *attempt],
                )
                .map(drop);
        }
        Outcome::Sent { to, subject, how } => (to.as_str(), subject.as_str(), *how, None),
        Outcome::Dropped(why) => ("", "", "dropped", Some(*why)),
    };
    let ended =
        tx.run(sql!("DELETE FROM notifications WHERE id = $1 AND attempt = $2"), args![*id, *attempt])?;
    // If the person was erased meanwhile, or another process has the notification, the log must not name the
    // recipient.
    let to = if ended == 1 { to } else { "" };
    let (entry, now) = (tx.new_id()?, tx.now());
    tx.run(
        sql!(
            "INSERT INTO mails (id, to_address, subject, sent_at, how, notification_id, subject_kind, subject_id,
             kind, person_id, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        args![
            entry,
            to,
            subject,
            now,
            how,
            *id,
            &waiting.subject_kind,
            waiting.subject,
            &waiting.kind,
            waiting.person,
            why
        ],
    )
    .map(drop)
}

/// Returns the pause after the n-th attempt: 10 s, 20 s, 40 s, and so on, up to 15 minutes.
fn pause(attempt: i64) -> SignedDuration {
    let doubled = 1_i32 << (attempt - 1).clamp(0, 10);
    (FIRST_PAUSE * doubled).min(LONGEST_PAUSE)
}

/// Deletes the pending notifications about a person, and removes the addresses from the log of emails about the
/// person, including those of their guests. For the erasure of the person. Returns the number of affected rows.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn forget_person(tx: &mut Tx<'_>, person: Id) -> Result<u64> {
    let waiting = tx.run(sql!("DELETE FROM notifications WHERE person_id = $1"), args![person])?;
    let sent = tx.run(
        sql!("UPDATE mails SET to_address = '' WHERE person_id = $1 AND to_address <> ''"),
        args![person],
    )?;
    Ok(waiting + sent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_delays_double_up_to_fifteen_minutes() {
        let seconds = [1, 2, 3, 7, 8, 1_000].map(|attempt| pause(attempt).as_secs());
        assert_eq!(seconds, [10, 20, 40, 640, 900, 900]);
    }
}
