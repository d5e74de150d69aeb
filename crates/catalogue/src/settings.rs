//! The settings of the rules. Each has a default in the crate that uses it, and a manager can change it for the club.

use std::collections::HashMap;

use jiff::Timestamp;
use kit::{Fields, Id, Result, Tx, args, sql, versions};
use people::{Action, Actor, AuditEvent, AuditSubject, SubjectKind, note_change};
use serde_json::json;

use crate::model::{Catalogue, VERSION};

/// What the value of a setting counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingUnit {
    /// A number of what the text of the setting names.
    Count,
    /// An amount of money in cents.
    Cents,
    /// An hour of the club's clock, from 0 to 24.
    Hour,
}

/// A setting: a number in the rules that a manager can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The name of the setting in the table and in the API.
    pub name: &'static str,
    /// What the setting means, with its unit if that is [`SettingUnit::Count`].
    pub what: &'static str,
    /// What the value counts.
    pub unit: SettingUnit,
    /// The value that applies unless a manager has changed it.
    pub default: i64,
    /// The smallest value that a manager may choose.
    pub least: i64,
    /// The largest value that a manager may choose.
    pub most: i64,
}

impl Setting {
    /// Declares a setting with its default and its bounds.
    pub const fn new(name: &'static str, what: &'static str, default: i64, least: i64, most: i64) -> Setting {
        Setting { name, what, unit: SettingUnit::Count, default, least, most }
    }

    /// Returns the setting with another unit.
    pub const fn with(self, unit: SettingUnit) -> Setting {
        Setting { unit, ..self }
    }
}

impl Catalogue {
    /// Returns the value of a setting in this club.
    pub fn setting(&self, setting: Setting) -> i64 {
        self.numbers.get(setting.name).copied().unwrap_or(setting.default)
    }
}

pub(crate) fn load(tx: &mut Tx<'_>, club: Id) -> Result<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> =
        tx.all(sql!("SELECT name, value FROM club_settings WHERE club_id = $1"), args![club])?;
    Ok(rows.into_iter().collect())
}

/// Changes a setting of a club from now on. What was agreed before keeps the values that applied then.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, and `Error::Invalid` if the value is out of bounds.
pub fn set_setting(tx: &mut Tx<'_>, by: &Actor, club: Id, setting: Setting, value: i64) -> Result<()> {
    by.need(Action::ManageCatalogue)?;
    if !(setting.least..=setting.most).contains(&value) {
        let sentence = format!("Enter a number from {} to {}.", setting.least, setting.most);
        return Err(Fields::one(setting.name, sentence));
    }
    let before = stored_value(tx, club, setting)?;
    tx.run(
        sql!(
            "INSERT INTO club_settings (club_id, name, value) VALUES ($1, $2, $3)
             ON CONFLICT (club_id, name) DO UPDATE SET value = excluded.value"
        ),
        args![club, setting.name, value],
    )?;
    note(tx, by, club, setting, (before, Some(value)))
}

/// Resets a setting of a club to its default. Does nothing if it has the default already.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue.
pub fn reset_setting(tx: &mut Tx<'_>, by: &Actor, club: Id, setting: Setting) -> Result<()> {
    by.need(Action::ManageCatalogue)?;
    let before = stored_value(tx, club, setting)?;
    let changed = tx
        .run(sql!("DELETE FROM club_settings WHERE club_id = $1 AND name = $2"), args![club, setting.name])?;
    if changed == 1 { note(tx, by, club, setting, (before, None)) } else { Ok(()) }
}

/// Returns the value that a setting of this transaction's club had at a moment: the value after the last change until
/// then, or before the first change after it.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn setting_at(tx: &mut Tx<'_>, setting: Setting, moment: Timestamp) -> Result<i64> {
    let club = tx.club()?;
    let earlier: Option<(Option<i64>,)> = tx.one(
        sql!(
            "SELECT to_value FROM number_events WHERE club_id = $1 AND name = $2 AND at <= $3
             ORDER BY at DESC, id DESC LIMIT 1"
        ),
        args![club, setting.name, moment],
    )?;
    let value = match earlier {
        Some((value,)) => value,
        None => {
            let later: Option<(Option<i64>,)> = tx.one(
                sql!(
                    "SELECT from_value FROM number_events WHERE club_id = $1 AND name = $2 AND at > $3
                     ORDER BY at, id LIMIT 1"
                ),
                args![club, setting.name, moment],
            )?;
            match later {
                Some((value,)) => value,
                None => stored_value(tx, club, setting)?,
            }
        }
    };
    Ok(value.unwrap_or(setting.default))
}

fn stored_value(tx: &mut Tx<'_>, club: Id, setting: Setting) -> Result<Option<i64>> {
    let found: Option<(i64,)> = tx.one(
        sql!("SELECT value FROM club_settings WHERE club_id = $1 AND name = $2"),
        args![club, setting.name],
    )?;
    Ok(found.map(|(value,)| value))
}

/// A change of a setting. `None` as a value means the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingChange {
    /// The name of the setting.
    pub name: String,
    /// When the setting was changed.
    pub at: Timestamp,
    /// The person who changed it.
    pub by: Option<Id>,
    /// The value before the change.
    pub from: Option<i64>,
    /// The value after the change.
    pub to: Option<i64>,
}

kit::record! {
    "number_events" as "e", change_columns, insert_change;
    SettingChange { name: "name", at: "at", by: "by_person", from: "from_value", to: "to_value", }
    with "id", "club_id"
}

fn note(
    tx: &mut Tx<'_>,
    by: &Actor,
    club: Id,
    setting: Setting,
    (from, to): (Option<i64>, Option<i64>),
) -> Result<()> {
    let id = tx.new_id()?;
    let change = SettingChange { name: setting.name.to_owned(), at: tx.now(), by: by.id(), from, to };
    tx.run(sql!(insert_change!()), [change.values(), args![id, club].to_vec()].concat())?;
    let subject = AuditSubject { kind: SubjectKind::Setting, id: None, name: setting.name };
    let value = |value: Option<i64>| json!({"value": value.unwrap_or(setting.default), "is_default": value.is_none()});
    note_change(tx, by, AuditEvent::SettingChanged, subject, (value(from), value(to)))?;
    versions::bump(tx, VERSION)
}

/// Returns the 500 latest changes of a club's settings, the latest first.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue.
pub fn setting_changes(tx: &mut Tx<'_>, by: &Actor, club: Id) -> Result<Vec<SettingChange>> {
    by.need(Action::ManageCatalogue)?;
    tx.all(
        sql!(concat!(
            "SELECT ",
            change_columns!(),
            " FROM number_events e WHERE e.club_id = $1 ORDER BY e.id DESC LIMIT 500"
        )),
        args![club],
    )
}
