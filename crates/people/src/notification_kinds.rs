//! What somebody wants to be told, by kind and channel. Reminders and offers can be switched off; what happens to a booking, a payment
//! or an account is always told (N5).

use kit::web::{Input, RawInput};
use kit::{Error, Id, Refusal, Result, Tx, args, sql, tokens};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actor::Actor;
use crate::store::hold;

/// The link of an email by which it is not wanted any more, changed on the way.
pub const LINK_BROKEN: Refusal =
    Refusal::bad_request("link_broken", "This link is incomplete. Please copy it again from the email.");

/// A kind of email that can be turned off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// Visit reminders.
    Reminders,
    /// Waitlist openings.
    Waitlist,
}

impl NotificationKind {
    /// All of them.
    pub const ALL: [NotificationKind; 2] = [NotificationKind::Reminders, NotificationKind::Waitlist];

    /// Its name in the table, in forms and in links.
    pub fn name(self) -> &'static str {
        match self {
            NotificationKind::Reminders => "reminders",
            NotificationKind::Waitlist => "waitlist",
        }
    }

    /// The notice of that name.
    pub fn named(name: &str) -> Option<NotificationKind> {
        NotificationKind::ALL.into_iter().find(|notification_kind| notification_kind.name() == name)
    }
}

/// The only channel there is by now.
const MAIL: &str = "email";

/// Whether a person wants to be told of it by mail.
///
/// # Errors
/// A fault of the database.
pub fn wants(tx: &mut Tx<'_>, person: Id, notification_kind: NotificationKind) -> Result<bool> {
    let silent: Option<(i64,)> = tx.one(
        sql!("SELECT person_id FROM silences WHERE person_id = $1 AND kind = $2 AND channel = $3"),
        args![person, notification_kind.name(), MAIL],
    )?;
    Ok(silent.is_none())
}

/// What whoever asks wants to be told: each with yes or no.
///
/// # Errors
/// `Error::Unauthorized` for a visitor.
pub fn my_notification_kinds(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<(NotificationKind, bool)>> {
    let person = by.person()?.id;
    NotificationKind::ALL
        .into_iter()
        .map(|notification_kind| {
            wants(tx, person, notification_kind).map(|requested| (notification_kind, requested))
        })
        .collect()
}

/// Has whoever asks be told of these and of no others.
///
/// # Errors
/// `Error::Unauthorized` for a visitor.
pub fn choose_notification_kinds(tx: &mut Tx<'_>, by: &Actor, requested: &[NotificationKind]) -> Result<()> {
    let person = by.person()?.id;
    hold(tx, person)?;
    for notification_kind in NotificationKind::ALL {
        if requested.contains(&notification_kind) {
            tx.run(
                sql!("DELETE FROM silences WHERE person_id = $1 AND kind = $2 AND channel = $3"),
                args![person, notification_kind.name(), MAIL],
            )?;
        } else {
            silence(tx, person, notification_kind)?;
        }
    }
    Ok(())
}

fn silence(tx: &mut Tx<'_>, person: Id, notification_kind: NotificationKind) -> Result<()> {
    let now = tx.now();
    tx.run(
        sql!(
            "INSERT INTO silences (person_id, kind, channel, since) VALUES ($1, $2, $3, $4)
             ON CONFLICT (person_id, kind, channel) DO NOTHING"
        ),
        args![person, notification_kind.name(), MAIL, now],
    )
    .map(drop)
}

/// Which notices are wanted, as a form or a client says: `notices=bookings&notices=waitlist`, or a list.
#[derive(Debug, Clone)]
pub struct ChosenNotifications(pub Vec<NotificationKind>);

impl Input for ChosenNotifications {
    fn parse(input: &mut RawInput) -> ChosenNotifications {
        let mut chosen = Vec::new();
        // Nothing said is not the same as nothing wanted: that is an empty list, or what a form sends when no box is ticked.
        if input.raw("notices").is_none() {
            input.add_error(
                "notices",
                "This field is required: a list of reminders, waitlist; empty for none.",
            );
        }
        for one in input.many("notices").into_iter().filter(|one| *one != "") {
            match one.as_str().and_then(NotificationKind::named) {
                Some(notification_kind) => chosen.push(notification_kind),
                None => input.add_error("notices", "Choose from reminders, waitlist."),
            }
        }
        ChosenNotifications(chosen)
    }
}

/// What stands before what is sealed in a link.
const PLACE: &str = "unsubscribe";

/// The token of the link by which a person is not told of it any more, signed in or not. Nobody else can make one, and it is
/// good as long as the key file is.
///
/// # Errors
/// A fault of chance.
pub fn unsubscribe_token(tx: &Tx<'_>, person: Id, notification_kind: NotificationKind) -> Result<String> {
    Ok(tokens::hex(&tx.encrypt(PLACE, &format!("{person} {}", notification_kind.name()))?))
}

/// Of whom and of what a link speaks.
///
/// # Errors
/// [`LINK_BROKEN`].
pub fn read_unsubscribe(tx: &Tx<'_>, token: &str) -> Result<(Id, NotificationKind)> {
    let broken = || Error::refused(&LINK_BROKEN);
    let bytes = tokens::unhex(token).ok_or_else(broken)?;
    let text = tx.decrypt(PLACE, &bytes).map_err(|_| broken())?;
    let (person, notification_kind) = text.split_once(' ').ok_or_else(broken)?;
    // A link of an email that could once be switched off: what can still be is the reminders.
    let notification_kind = if notification_kind == "bookings" { "reminders" } else { notification_kind };
    Ok((
        Id(person.parse().map_err(|_| broken())?),
        NotificationKind::named(notification_kind).ok_or_else(broken)?,
    ))
}

/// Silences what a link speaks of, at once.
///
/// # Errors
/// [`LINK_BROKEN`]; `Error::NotFound` for a person who is not there any more.
pub fn unsubscribe(tx: &mut Tx<'_>, token: &str) -> Result<NotificationKind> {
    let (person, notification_kind) = read_unsubscribe(tx, token)?;
    hold(tx, person)?;
    silence(tx, person, notification_kind)?;
    Ok(notification_kind)
}
