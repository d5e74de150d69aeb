//! The events of memberships, which staff can read and from which notifications follow.

use jiff::{SignedDuration, Timestamp};
use kit::{Error, Id, Result, Tx, args, sql};
use people::{Action, Actor};

use crate::event_kinds::{MembershipEventDetail, MembershipEventKind};

/// The age up to which an event is reported to the member.
const NEWS_TTL: SignedDuration = SignedDuration::from_hours(30 * 24);

/// An event of a membership.
#[derive(Debug, Clone)]
pub struct MembershipEvent {
    /// The id of the event.
    pub id: Id,
    /// The person whose membership it is.
    pub person: Id,
    /// When the event happened.
    pub at: Timestamp,
    /// The person who caused it; `None` for a change that follows from the date.
    pub by: Option<Id>,
    /// The kind of the event.
    pub kind: MembershipEventKind,
    /// What the event records.
    pub detail: MembershipEventDetail,
}

kit::record! {
    "membership_events" as "e", event_columns, insert_event;
    MembershipEvent {
        id: "id",
        person: read "m.person_id",
        at: "at",
        by: "by_person",
        kind: "what",
        detail: "detail",
    }
    with "membership_id"
}

#[allow(clippy::single_component_path_imports, reason = "it makes the macro a path for other files")]
pub(crate) use insert_event;

/// Returns an event without a permission check, for the program itself.
///
/// # Errors
/// Returns `Error::NotFound` if there is no such event.
pub fn event(tx: &mut Tx<'_>, id: Id) -> Result<MembershipEvent> {
    let club = tx.club()?;
    let found = tx.one(
        sql!(concat!(
            "SELECT ",
            event_columns!(),
            " FROM membership_events e JOIN memberships m ON m.id = e.membership_id
             WHERE m.club_id = $2 AND e.id = $1"
        )),
        args![id, club],
    )?;
    found.ok_or(Error::NotFound)
}

/// Returns the event of a notification, or the reason why the notification is no longer needed: the event is older than
/// 30 days, or a later event makes it obsolete.
///
/// # Errors
/// Returns `Error::NotFound` if there is no such event, and a fault if the database fails.
pub(crate) fn still_so(
    tx: &mut Tx<'_>,
    id: Id,
) -> Result<std::result::Result<MembershipEvent, &'static str>> {
    let club = tx.club()?;
    let event = event(tx, id)?;
    if tx.now().duration_since(event.at) > NEWS_TTL {
        return Ok(Err("too old"));
    }
    let later: Vec<(MembershipEventKind,)> = tx.all(
        sql!(
            "SELECT l.what FROM membership_events l JOIN membership_events e ON e.membership_id = l.membership_id
             WHERE e.id = $1 AND (l.at > e.at OR (l.at = e.at AND l.id > e.id))
             AND EXISTS (SELECT 1 FROM memberships m WHERE m.id = l.membership_id AND m.club_id = $2)"
        ),
        args![id, club],
    )?;
    let is_undone = later.iter().any(|(later,)| event.kind.is_undone_by(*later));
    Ok(if is_undone { Err("a later change follows") } else { Ok(event) })
}

/// Returns the 100 latest events of a person's memberships, the latest first.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, and `Error::Forbidden` unless `by` is the person or may run
/// memberships.
pub fn events(tx: &mut Tx<'_>, by: &Actor, person: Id) -> Result<Vec<MembershipEvent>> {
    let club = tx.club()?;
    if by.person()?.id != person {
        by.need(Action::RunMemberships)?;
    }
    tx.all(
        sql!(concat!(
            "SELECT ",
            event_columns!(),
            " FROM membership_events e JOIN memberships m ON m.id = e.membership_id
             WHERE m.club_id = $2 AND m.person_id = $1 ORDER BY e.id DESC LIMIT 100"
        )),
        args![person, club],
    )
}
