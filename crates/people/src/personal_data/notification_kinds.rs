//! The notifications that a person can switch off, by kind and channel: reminders and waitlist offers.
//! Notifications about a booking, a payment, or an account are always sent (N5).

use kit::web::RawInput;
use kit::{Error, Id, Refusal, Result, Tx, args, input, sql, tokens};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actor::Actor;
use crate::store::hold;

/// The unsubscribe link from an email was damaged.
pub const LINK_BROKEN: Refusal =
    Refusal::bad_request("link_broken", "This link is incomplete. Please copy it again from the email.");

/// A kind of email that can be turned off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// Reminders of upcoming visits.
    Reminders,
    /// Times that opened for a person on the waitlist.
    Waitlist,
}

impl NotificationKind {
    /// Every kind, in the order in which pages list them.
    pub const ALL: [NotificationKind; 2] = [NotificationKind::Reminders, NotificationKind::Waitlist];

    /// Returns the name of the kind in the table, in forms, and in links.
    pub fn name(self) -> &'static str {
        match self {
            NotificationKind::Reminders => "reminders",
            NotificationKind::Waitlist => "waitlist",
        }
    }

    /// Returns the kind with this name.
    pub fn named(name: &str) -> Option<NotificationKind> {
        NotificationKind::ALL.into_iter().find(|notification_kind| notification_kind.name() == name)
    }
}

/// The name of the only channel so far.
const MAIL: &str = "email";

/// Returns whether a person wants this kind of notification by email.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn wants(tx: &mut Tx<'_>, person: Id, notification_kind: NotificationKind) -> Result<bool> {
    let silent: Option<(i64,)> = tx.one(
        sql!("SELECT person_id FROM silences WHERE person_id = $1 AND kind = $2 AND channel = $3"),
        args![person, notification_kind.name(), MAIL],
    )?;
    Ok(silent.is_none())
}

/// Returns every kind with whether the actor wants it.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn my_notification_kinds(tx: &mut Tx<'_>, by: &Actor) -> Result<Vec<(NotificationKind, bool)>> {
    let person = by.person()?.id;
    NotificationKind::ALL
        .into_iter()
        .map(|notification_kind| {
            wants(tx, person, notification_kind).map(|requested| (notification_kind, requested))
        })
        .collect()
}

/// Switches these kinds on and all others off for the actor.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
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

input! {
    /// The kinds that are wanted.
    #[derive(Debug, Clone)]
    #[schema(as = NotificationSettingInput)]
    pub struct ChosenNotifications {
        /// Of `reminders`, `waitlist`: the kinds that are wanted by email.
        #[schema(value_type = Vec<String>)]
        pub notices: Vec<NotificationKind> = read(parse_kinds),
    }
}

/// Parses the kinds from a form (`notices=reminders&notices=waitlist`) or a JSON list.
fn parse_kinds(input: &mut RawInput, field: &str) -> Vec<NotificationKind> {
    let mut chosen = Vec::new();
    // A missing field is an error. To choose none, a client sends an empty list, and a form without a checked box sends
    // an empty value.
    if input.raw(field).is_none() {
        input.add_error(field, "This field is required: a list of reminders, waitlist; empty for none.");
    }
    for one in input.many(field).into_iter().filter(|one| *one != "") {
        match one.as_str().and_then(NotificationKind::named) {
            Some(notification_kind) => chosen.push(notification_kind),
            None => input.add_error(field, "Choose from reminders, waitlist."),
        }
    }
    chosen
}

/// The place to which the encrypted token in a link is bound.
const PLACE: &str = "unsubscribe";

/// Returns the token of an unsubscribe link for a person and a kind. The link works signed in or not, nobody else
/// can make one, and it is valid as long as the key file.
///
/// # Errors
/// Returns a fault if the system provides no random bytes.
pub fn unsubscribe_token(tx: &Tx<'_>, person: Id, notification_kind: NotificationKind) -> Result<String> {
    Ok(tokens::hex(&tx.encrypt(PLACE, &format!("{person} {}", notification_kind.name()))?))
}

/// Returns the person and the kind that an unsubscribe token stands for.
///
/// # Errors
/// Returns [`LINK_BROKEN`] if the token is invalid.
pub fn read_unsubscribe(tx: &Tx<'_>, token: &str) -> Result<(Id, NotificationKind)> {
    let broken = || Error::refused(&LINK_BROKEN);
    let bytes = tokens::unhex(token).ok_or_else(broken)?;
    let text = tx.decrypt(PLACE, &bytes).map_err(|_| broken())?;
    let (person, notification_kind) = text.split_once(' ').ok_or_else(broken)?;
    // Emails about bookings could be switched off in the past. Of these, only the reminders still can.
    let notification_kind = if notification_kind == "bookings" { "reminders" } else { notification_kind };
    Ok((
        Id(person.parse().map_err(|_| broken())?),
        NotificationKind::named(notification_kind).ok_or_else(broken)?,
    ))
}

/// Switches off the kind of notification that an unsubscribe token stands for.
///
/// # Errors
/// Returns [`LINK_BROKEN`] if the token is invalid, or `Error::NotFound` if the person no longer exists.
pub fn unsubscribe(tx: &mut Tx<'_>, token: &str) -> Result<NotificationKind> {
    let (person, notification_kind) = read_unsubscribe(tx, token)?;
    hold(tx, person)?;
    silence(tx, person, notification_kind)?;
    Ok(notification_kind)
}
