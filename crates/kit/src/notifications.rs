//! Notifications: rows written in the transaction of the event that they report. A row says what happened and to
//! which subject. The delivery reads the state again and decides whether the message is still needed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::db::Tx;
use crate::errors::{OrFault as _, Result};
use crate::ids::Id;
use crate::live::Changed;
use crate::{args, sql};

/// The topic that wakes the delivery.
pub const TOPIC: &str = "notifications";

/// Who receives a notification. The names are in rows that may be waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecipientRole {
    /// The person who owns the account of the subject.
    Owner,
    /// The person for whom the owner acts; the subject has the address. Stored as `guest`.
    Companion,
}

impl RecipientRole {
    /// Returns the name of the role as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            RecipientRole::Owner => "owner",
            RecipientRole::Companion => "guest",
        }
    }

    fn read(text: String) -> Option<RecipientRole> {
        [RecipientRole::Owner, RecipientRole::Companion].into_iter().find(|role| role.as_str() == text)
    }
}

crate::column_as!(RecipientRole, String, RecipientRole::read);

/// What a notification is about. Each crate names the kinds of its own subjects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubjectRef {
    /// The kind of the subject. It must never be renamed, because rows may be waiting under it.
    pub kind: &'static str,
    /// The id of the subject.
    pub id: Id,
}

/// An event of which someone is to be notified.
#[derive(Debug, Clone)]
pub struct Notification {
    /// The kind of event. It must never be renamed, because rows may be waiting under it.
    pub kind: String,
    /// The subject. Notifications of one subject reach each recipient in the order of their events.
    pub subject: SubjectRef,
    /// The person whose account is concerned. Unsent notifications are deleted with the account.
    pub person: Option<Id>,
    /// The data needed to read the state again, as JSON.
    pub data: String,
}

/// The form in which the enum of a crate writes a notification.
#[derive(Deserialize)]
struct Written {
    kind: String,
    data: Value,
}

impl Notification {
    /// Builds a notification from the enum of its crate. A variant names the kind and holds its data: the enum has
    /// the attribute `#[serde(tag = "kind", content = "data")]`.
    ///
    /// # Errors
    /// Returns a fault if the content cannot be written as JSON, or has no kind or no data.
    pub fn new<N: Serialize>(
        content: &N,
        subject: impl Into<SubjectRef>,
        person: Option<Id>,
    ) -> Result<Notification> {
        let json = serde_json::to_value(content).or_fault()?;
        let Written { kind, data } = serde_json::from_value(json).or_fault()?;
        Ok(Notification { kind, subject: subject.into(), person, data: data.to_string() })
    }
}

impl Tx<'_> {
    /// Writes a notification for each recipient, to be sent once this transaction is committed. Earlier
    /// notifications of the same subject that wait for a retry become due at once, because they may no longer
    /// apply.
    ///
    /// # Errors
    /// Returns a fault if the database fails.
    pub fn notify(&mut self, notification: &Notification, recipients: &[RecipientRole]) -> Result<()> {
        if recipients.is_empty() {
            return Ok(());
        }
        let Notification { kind, subject, person, data } = notification;
        let SubjectRef { kind: subject_kind, id: subject } = *subject;
        let last: Option<(i64,)> = self.one(
            sql!(
                "INSERT INTO notification_subjects (kind, subject_id, last) VALUES ($1, $2, 1)
                 ON CONFLICT (kind, subject_id) DO UPDATE SET last = notification_subjects.last + 1 RETURNING last"
            ),
            args![subject_kind, subject],
        )?;
        let (sequence, now) = (last.map_or(1, |(last,)| last), self.now());
        if sequence > 1 {
            self.run(
                sql!(
                    "UPDATE notifications SET due_at = $1 WHERE subject_kind = $2 AND subject_id = $3 AND due_at > $1
                     AND locked_until IS NULL"
                ),
                args![now, subject_kind, subject],
            )?;
        }
        let club = self.club()?;
        for recipient in recipients {
            let id = self.new_id()?;
            self.run(
                sql!(
                    "INSERT INTO notifications (id, subject_kind, subject_id, sequence, recipient, kind, data,
                     person_id, created_at, due_at, attempt, club_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9,
                     0, $10)"
                ),
                args![id, subject_kind, subject, sequence, recipient.as_str(), kind, data, *person, now, club],
            )?;
        }
        self.after_commit(Changed(TOPIC.to_owned()));
        Ok(())
    }
}
