//! The audit log: who did what to whom or what, and from where. A row is written in the transaction that it
//! describes, and it stays: SQLite refuses to change it, and on both engines checkpoints that only the key file can
//! produce reveal changed rows. A row belongs to the club of its transaction. The checkpoints are one chain for all
//! clubs.

use jiff::{SignedDuration, Timestamp};
use kit::jobs::Job;
use kit::web::Paging;
use kit::{Fault, Id, Result, Tx, args, sql, tokens};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::actor::Actor;
use crate::audit_events::AuditEvent;
use crate::permissions::Action;
use crate::subject::SubjectKind;

/// A row of the audit log.
#[derive(Debug, Clone, Serialize)]
pub struct AuditRow {
    /// The id of the row.
    pub id: Id,
    /// When the event happened.
    pub at: Timestamp,
    /// The person who acted; `None` for a visitor and the system.
    pub who: Option<Id>,
    /// The role of that person at the time, or the name of another [`crate::ActorKind`]: `visitor` or `system`. Rows of
    /// commands from before the system was an actor have `visitor`.
    pub role: String,
    /// The name of the event.
    pub what: String,
    /// The kind of the subject.
    pub subject: String,
    /// The id of the subject.
    pub subject_id: Option<Id>,
    /// The network of the request.
    pub network: String,
    /// Further details of the event.
    pub details: Value,
    /// The club of the event. Rows from before rows had a club have 0, which stands for the default club.
    pub club: Id,
}

kit::record! {
    "audit" as "a", audit_columns, insert_row;
    AuditRow {
        id: "id",
        at: "at",
        who: "who",
        role: "role",
        what: "what",
        subject: "subject",
        subject_id: "subject_id",
        network: "network",
        details: "details",
        club: "club_id",
    }
}

/// Records what the actor did to a person (or to nothing in particular). `details` must contain neither a
/// secret nor a personal value such as a name or a birthday, because rows stay when a person is erased.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn note(tx: &mut Tx<'_>, by: &Actor, what: AuditEvent, person: Option<Id>, details: Value) -> Result<()> {
    insert(tx, by, what, (person.map(|_| SubjectKind::Person), person), details)
}

/// Records an operation of another crate on one of its own entities, such as a booking.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn note_operation(
    tx: &mut Tx<'_>,
    by: &Actor,
    what: AuditEvent,
    (subject, id): (SubjectKind, Option<Id>),
    details: Value,
) -> Result<()> {
    insert(tx, by, what, (Some(subject), id), details)
}

fn insert(
    tx: &mut Tx<'_>,
    by: &Actor,
    what: AuditEvent,
    (subject, id): (Option<SubjectKind>, Option<Id>),
    details: Value,
) -> Result<()> {
    let row = AuditRow {
        id: tx.new_id()?,
        at: tx.now(),
        who: by.id(),
        role: by.kind().name().to_owned(),
        what: what.name().to_owned(),
        subject: subject.map_or("", SubjectKind::as_str).to_owned(),
        subject_id: id,
        network: by.network().to_owned(),
        details,
        club: tx.club()?,
    };
    tx.run(sql!(insert_row!()), row.values()).map(drop)
}

/// An entity that was changed, as the audit log names it.
#[derive(Debug, Clone, Copy)]
pub struct AuditSubject<'s> {
    /// The kind of entity.
    pub kind: SubjectKind,
    /// The id of the entity, if it has one.
    pub id: Option<Id>,
    /// The name by which people know the entity, such as the slug of a plan; may be empty.
    pub name: &'s str,
}

/// Records a change of an entity in the transaction of the change, with the values before and after. For two
/// objects, only the fields that differ are stored. `null` before means that the entity was added, and `null` after
/// that it was removed. Neither value may contain a secret or a personal value.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn note_change(
    tx: &mut Tx<'_>,
    by: &Actor,
    what: AuditEvent,
    subject: AuditSubject<'_>,
    (before, after): (Value, Value),
) -> Result<()> {
    let (before, after) = differing(before, after);
    let mut details = json!({"before": before, "after": after});
    if !subject.name.is_empty() {
        details["name"] = json!(subject.name);
    }
    note_operation(tx, by, what, (subject.kind, subject.id), details)
}

/// Removes the fields that are equal in both objects.
fn differing(before: Value, after: Value) -> (Value, Value) {
    match (before, after) {
        (Value::Object(mut before), Value::Object(mut after)) => {
            before.retain(|field, value| {
                let is_same = after.get(field) == Some(value);
                if is_same {
                    after.remove(field);
                }
                !is_same
            });
            (Value::Object(before), Value::Object(after))
        }
        other => other,
    }
}

/// A filter for the audit log.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// The person who acted or who is the subject.
    pub person: Option<Id>,
    /// The event. `price_changed` includes overrides of single times with a factor, and plans whose price was
    /// changed.
    pub what: Option<String>,
    /// The kind of the subject: `booking`, `plan`, …
    pub subject: Option<String>,
    /// The id of the subject.
    pub subject_id: Option<Id>,
    /// The network of the request.
    pub network: Option<String>,
    /// The earliest time, inclusive.
    pub from: Option<Timestamp>,
    /// The latest time, exclusive.
    pub to: Option<Timestamp>,
}

/// Returns a page of the matching rows of this club, the newest first, and the number of all matching rows.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, `Error::Forbidden` unless `by` may see the audit log, or a fault.
pub fn audit(
    tx: &mut Tx<'_>,
    by: &Actor,
    filter: &AuditFilter,
    paging: Paging,
) -> Result<(Vec<AuditRow>, i64)> {
    by.need(Action::SeeAudit)?;
    let ((size, before), (club, also)) = (paging.rows(), tx.club_ids()?);
    let whole = args![
        filter.person,
        filter.what.clone(),
        // Networks are stored in lower case.
        filter.network.as_deref().map(str::to_lowercase),
        filter.from.unwrap_or(Timestamp::UNIX_EPOCH),
        filter.to.unwrap_or(Timestamp::MAX),
        filter.subject.clone(),
        filter.subject_id,
        club,
        also
    ];
    let count: Option<(i64,)> = tx.one(
        sql!(
            "SELECT COUNT(*) FROM audit WHERE at >= $4 AND at < $5
             AND (who = $1 OR (subject = 'person' AND subject_id = $1) OR $1 IS NULL)
             AND (what = $2 OR $2 IS NULL OR ($2 = 'price_changed' AND (
               (what IN ('time_decided', 'time_decision_undone')
                 AND (details LIKE '%\"reprice\"%' OR details LIKE '%\"factor_bp\":%'))
               OR (what = 'plan_changed' AND details LIKE '%\"price\":%')))) AND (network = $3 OR $3 IS NULL)
             AND (subject = $6 OR $6 IS NULL) AND (subject_id = $7 OR $7 IS NULL)
             AND club_id IN ($8, $9)"
        ),
        &whole,
    )?;
    let cut: Vec<_> = whole.into_iter().chain(args![size, before]).collect();
    let rows = tx.all(
        sql!(concat!(
            "SELECT ",
            audit_columns!(),
            " FROM audit a WHERE at >= $4 AND at < $5
             AND (who = $1 OR (subject = 'person' AND subject_id = $1) OR $1 IS NULL)
             AND (what = $2 OR $2 IS NULL OR ($2 = 'price_changed' AND (
               (what IN ('time_decided', 'time_decision_undone')
                 AND (details LIKE '%\"reprice\"%' OR details LIKE '%\"factor_bp\":%'))
               OR (what = 'plan_changed' AND details LIKE '%\"price\":%')))) AND (network = $3 OR $3 IS NULL)
             AND (subject = $6 OR $6 IS NULL) AND (subject_id = $7 OR $7 IS NULL)
             AND club_id IN ($8, $9) ORDER BY at DESC, id DESC LIMIT $10 OFFSET $11"
        )),
        cut,
    )?;
    let rows: Vec<AuditRow> = rows;
    Ok((rows.into_iter().map(without_values).collect(), count.map_or(0, |(count,)| count)))
}

/// The personal fields whose values were once recorded. Rows from then cannot be changed.
const ONCE_RECORDED: [&str; 2] = ["guest_name", "birthday"];

/// Hides the personal values of a row from the time when they were recorded.
fn without_values(mut row: AuditRow) -> AuditRow {
    for (side, field) in
        ["before", "after"].into_iter().flat_map(|side| ONCE_RECORDED.map(|field| (side, field)))
    {
        let value = row.details.get_mut(side).and_then(|side| side.get_mut(field));
        if let Some(value) = value.filter(|value| value.as_str().is_some_and(|text| text != "changed")) {
            *value = json!("set");
        }
    }
    row
}

/// Returns all rows of all clubs that concern the actor, the oldest first. For the export of a person's own data.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn audit_of_me(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<AuditRow>> {
    let me = by.person()?.id;
    let rows: Vec<AuditRow> = tx.all(
        sql!(concat!(
            "SELECT ",
            audit_columns!(),
            " FROM audit a WHERE who = $1 OR (subject = 'person' AND subject_id = $1) ORDER BY at, id"
        )),
        args![me],
    )?;
    Ok(rows.into_iter().map(without_values).collect())
}

/// The job that makes a checkpoint of the audit log of all clubs every minute.
#[derive(Debug, Serialize, Deserialize)]
pub struct Checkpoint {}

impl Job for Checkpoint {
    const KIND: &'static str = "people.checkpoint";
}

/// How long a transaction may take at most. A row may be dated this much before the last checkpoint and still be
/// missing from it.
const LATE: SignedDuration = SignedDuration::from_mins(10);
/// The most rows in one checkpoint.
const MOST: i64 = 5_000;

/// Returns the earliest time at which a row without a checkpoint may be dated: shortly before the last checkpoint.
/// If the last checkpoint is later than the current time, the clock was ahead and was set back; then the time is
/// shortly before the last checkpoint that is not in the future, when the clock was right. If there is none, it is
/// shortly before now.
fn unchecked_since(tx: &mut Tx<'_>) -> Result<Timestamp> {
    let now = tx.now();
    let last: Option<(Timestamp,)> =
        tx.one(sql!("SELECT made_at FROM audit_checkpoints ORDER BY number DESC LIMIT 1"), args![])?;
    let since = match last {
        None => return Ok(Timestamp::UNIX_EPOCH),
        Some((made_at,)) if made_at <= now => made_at,
        Some(_) => {
            let before: Option<(Timestamp,)> = tx.one(
                sql!(
                    "SELECT made_at FROM audit_checkpoints WHERE made_at <= $1 ORDER BY number DESC LIMIT 1"
                ),
                args![now],
            )?;
            before.map_or(now, |(made_at,)| made_at)
        }
    };
    Ok(since - LATE)
}

/// Makes a checkpoint of the rows of all clubs that have none yet. Returns their number.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn checkpoint(tx: &mut Tx<'_>) -> Result<usize> {
    let last: Option<(i64, Timestamp, Vec<u8>)> = tx.one(
        sql!("SELECT number, made_at, encrypted FROM audit_checkpoints ORDER BY number DESC LIMIT 1"),
        args![],
    )?;
    let (number, since, before) = match last {
        None => (1, Timestamp::UNIX_EPOCH, String::new()),
        Some((number, _, encrypted)) => {
            (number + 1, unchecked_since(tx)?, tx.decrypt(&place(number), &encrypted)?)
        }
    };
    let rows: Vec<AuditRow> = tx.all(
        sql!(concat!(
            "SELECT ",
            audit_columns!(),
            " FROM audit a WHERE at >= $1
             AND NOT EXISTS (SELECT 1 FROM audit_checkpoint_rows s WHERE s.audit_id = a.id) ORDER BY id LIMIT $2"
        )),
        args![since, MOST],
    )?;
    if rows.is_empty() {
        return Ok(0);
    }
    let encrypted = tx.encrypt(&place(number), &digest(&before, &rows))?;
    let count = i64::try_from(rows.len()).map_err(Fault::because)?;
    // The next checkpoint continues from this time. If more rows are pending than fit into one checkpoint, it
    // continues at the last one included.
    let made_at = match rows.last() {
        Some(last) if count == MOST => last.at,
        _ => tx.now(),
    };
    let is_ours = tx.run(
        sql!(
            "INSERT INTO audit_checkpoints (number, made_at, entries, encrypted) VALUES ($1, $2, $3, $4)
             ON CONFLICT (number) DO NOTHING"
        ),
        args![number, made_at, count, encrypted],
    )?;
    if is_ours == 0 {
        // Another process was first. The next run covers the rest.
        return Ok(0);
    }
    for row in &rows {
        tx.run(
            sql!("INSERT INTO audit_checkpoint_rows (audit_id, number) VALUES ($1, $2)"),
            args![row.id, number],
        )?;
    }
    Ok(rows.len())
}

/// Returns the number and the digest of the last checkpoint, such as `17:5f…`; an empty text if there is none.
///
/// # Errors
/// Returns a fault if the database fails or the checkpoint cannot be decrypted.
pub fn last_checkpoint(tx: &mut Tx<'_>) -> Result<String> {
    let last: Option<(i64, Vec<u8>)> = tx
        .one(sql!("SELECT number, encrypted FROM audit_checkpoints ORDER BY number DESC LIMIT 1"), args![])?;
    last.map_or(Ok(String::new()), |(number, encrypted)| {
        tx.decrypt(&place(number), &encrypted).map(|digest| format!("{number}:{digest}"))
    })
}

/// The result of a check of the whole audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// The number of rows.
    pub rows: i64,
    /// The number of checkpoints, all of which match their rows.
    pub checkpoints: i64,
    /// The digest of the last checkpoint. A copy kept elsewhere shows whether the end of the log was cut off.
    pub last: String,
}

/// Checks that every checkpoint matches the rows that it covers.
///
/// # Errors
/// Returns a fault that names the first checkpoint that does not match, or that reports older rows without a
/// checkpoint.
pub fn check_audit(tx: &mut Tx<'_>) -> Result<Audited> {
    let checkpoints: Vec<(i64, i64, Vec<u8>)> =
        tx.all(sql!("SELECT number, entries, encrypted FROM audit_checkpoints ORDER BY number"), args![])?;
    let mut last = String::new();
    for (at, (number, entries, encrypted)) in (1..).zip(&checkpoints) {
        let broken = |why: &str| Fault::because(format!("audit log: checkpoint {number} {why}"));
        if at != *number {
            return Err(broken("does not follow the one before"));
        }
        let rows: Vec<AuditRow> = tx.all(
            sql!(concat!(
                "SELECT ",
                audit_columns!(),
                " FROM audit a JOIN audit_checkpoint_rows s ON s.audit_id = a.id WHERE s.number = $1 ORDER BY a.id"
            )),
            args![*number],
        )?;
        if i64::try_from(rows.len()).ok() != Some(*entries) {
            return Err(broken("covers rows that are gone"));
        }
        let stored =
            tx.decrypt(&place(*number), encrypted).map_err(|_| broken("was not made with this key"))?;
        last = digest(&last, &rows);
        if stored != last {
            return Err(broken("does not fit its rows: they were changed"));
        }
    }
    let since = unchecked_since(tx)?;
    let stray: Option<(i64,)> = tx.one(
        sql!(
            "SELECT COUNT(*) FROM audit a WHERE at < $1
             AND NOT EXISTS (SELECT 1 FROM audit_checkpoint_rows s WHERE s.audit_id = a.id)"
        ),
        args![since],
    )?;
    if stray.is_some_and(|(count,)| count > 0) {
        return Err(Fault::because("audit log: rows were put in between those of a checkpoint"));
    }
    let rows: Option<(i64,)> = tx.one(sql!("SELECT COUNT(*) FROM audit"), args![])?;
    let checkpoints = i64::try_from(checkpoints.len()).map_err(Fault::because)?;
    Ok(Audited { rows: rows.map_or(0, |(count,)| count), checkpoints, last })
}

/// Returns the place that the encryption of a checkpoint is bound to. Stored checkpoints depend on this text, so it
/// contains the names under which the table and its column were created.
fn place(number: i64) -> String {
    format!("audit_seals.sealed:{number}")
}

/// Returns the digest of rows and of the digest before them. Each row is hashed as JSON, so that two different rows
/// never yield the same text.
fn digest(before: &str, rows: &[AuditRow]) -> String {
    let mut whole = before.to_owned();
    for row in rows {
        let AuditRow { id, at, who, role, what, subject, subject_id, network, details, club } = row;
        let mut line = json!([
            id,
            at.as_millisecond(),
            who,
            role,
            what,
            subject,
            subject_id,
            network,
            details.to_string()
        ]);
        // Rows from before rows had a club are hashed without it, so that their checkpoints stay valid.
        if *club != Id(0)
            && let Some(fields) = line.as_array_mut()
        {
            fields.push(json!(club));
        }
        whole.push('\n');
        whole.push_str(&line.to_string());
    }
    tokens::hex(&tokens::digest(&whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_contains_only_the_differences() {
        let differ = |before: Value, after: Value| differing(before, after);
        assert_eq!(
            differ(json!({"a": 1, "b": 2, "c": null}), json!({"a": 1, "b": 3, "c": null})),
            (json!({"b": 2}), json!({"b": 3}))
        );
        assert_eq!(differ(Value::Null, json!({"a": 1})), (Value::Null, json!({"a": 1})));
        assert_eq!(differ(json!({"a": 1}), json!({})), (json!({"a": 1}), json!({})));
    }

    #[test]
    fn every_audit_event_has_a_unique_name() {
        for what in AuditEvent::ALL {
            assert_eq!(AuditEvent::read(what.name()), Some(*what));
        }
        let names: std::collections::BTreeSet<_> = AuditEvent::ALL.iter().map(|what| what.name()).collect();
        assert_eq!(names.len(), AuditEvent::ALL.len());
    }
}
