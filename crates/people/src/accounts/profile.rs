//! Profiles: names, phone, birthday, and emergency contact (S18).

use jiff::civil::Date;
use kit::errors::OrFault as _;
use kit::{Error, Id, Refusal, Result, Tx};
use serde_json::json;

use crate::accounts::inputs::ProfileChange;
use crate::actor::Actor;
use crate::audit::{AuditSubject, note, note_change};
use crate::audit_events::AuditEvent;
use crate::model::{EmergencyContact, Person, check_of_age};
use crate::permissions::Action;
use crate::subject::SubjectKind;
use crate::{personal_data::person_key, store};

/// A birthday whose gift was used cannot be changed (M3).
pub const BIRTHDAY_FIXED: Refusal = Refusal::conflict(
    "birthday_fixed",
    "You’ve used your birthday gift, so your birthday can’t be changed here. If it’s wrong, the front desk can correct it.",
);

/// Changes the profile of the actor. Fields that the change does not contain stay unchanged.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, `Error::Invalid` for a birthday under 18 years ago,
/// [`BIRTHDAY_FIXED`], or a fault.
pub fn change_profile(tx: &mut Tx<'_>, by: &Actor, change: &ProfileChange) -> Result<Person> {
    let id = by.person()?.id;
    store::hold(tx, id)?;
    let mut person = store::person(tx, id)?;
    if let Some(name) = &change.first_name {
        person.first_name.clone_from(name);
    }
    if let Some(name) = &change.last_name {
        person.last_name.clone_from(name);
    }
    if let Some(phone) = &change.phone {
        person.phone.clone_from(phone);
    }
    if let Some(birthday) = change.birthday.filter(|birthday| *birthday != person.birthday) {
        check_of_age(birthday, tx.now())?;
        if store::is_birthday_fixed(tx, id)? {
            return Err(Error::refused(&BIRTHDAY_FIXED));
        }
        person.birthday = birthday;
    }
    store::update(tx, &person)?;
    if let Some(contact) = &change.emergency_contact {
        let encrypted = contact.as_ref().map(|contact| encrypt(tx, id, contact)).transpose()?;
        store::set_contact(tx, id, encrypted)?;
    }
    Ok(person)
}

/// Fixes the birthday of a person because its gift is being used; from now on only staff can change it. Returns
/// `false` if the birthday is meanwhile a different one, or if the person is erased.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn fix_birthday(tx: &mut Tx<'_>, person: Id, birthday: Date) -> Result<bool> {
    store::fix_birthday(tx, person, birthday)
}

/// Corrects a person's birthday, fixed or not. It stays fixed if it was.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, `Error::Forbidden` unless `by` may correct people,
/// [`crate::OWN_ACCOUNT`], `Error::NotFound`, or `Error::Invalid` for a birthday under 18 years ago.
pub fn correct_birthday(tx: &mut Tx<'_>, by: &Actor, id: Id, birthday: Date) -> Result<Person> {
    by.need_for(Action::CorrectPeople, id)?;
    check_of_age(Some(birthday), tx.now())?;
    store::hold(tx, id)?;
    let before = store::person(tx, id)?;
    let person = Person { birthday: Some(birthday), ..before.clone() };
    if person.birthday != before.birthday {
        store::update(tx, &person)?;
        let subject = AuditSubject { kind: SubjectKind::Person, id: Some(id), name: "" };
        // The log stays when the person is erased, so it says that the birthday was changed, but not to what.
        let had = before.birthday.map(|_| "set");
        let now = if had.is_some() { "changed" } else { "set" };
        let change = (json!({"birthday": had}), json!({"birthday": now}));
        note_change(tx, by, AuditEvent::BirthdayCorrected, subject, change)?;
    }
    Ok(person)
}

/// Returns the emergency contact of the actor.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, or a fault if the contact was encrypted with another key.
pub fn emergency_contact(tx: &mut Tx<'_>, by: &Actor) -> Result<Option<EmergencyContact>> {
    let id = by.person()?.id;
    open(tx, id)
}

/// Returns the emergency contact of a person, for use in an emergency. The access is recorded in the audit log.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor, `Error::Forbidden` unless `by` runs the day, `Error::NotFound`, or
/// a fault if the contact was encrypted with another key.
pub fn contact_of(tx: &mut Tx<'_>, by: &Actor, id: Id) -> Result<Option<EmergencyContact>> {
    by.need(Action::RunTheDay)?;
    store::person(tx, id)?;
    note(tx, by, AuditEvent::ContactRead, Some(id), json!({}))?;
    open(tx, id)
}

fn open(tx: &mut Tx<'_>, id: Id) -> Result<Option<EmergencyContact>> {
    let Some(encrypted) = store::contact(tx, id)? else { return Ok(None) };
    let text = person_key::decrypt_for(tx, id, &place(id), &encrypted)?;
    serde_json::from_str(&text).map(Some).or_fault()
}

fn encrypt(tx: &mut Tx<'_>, id: Id, contact: &EmergencyContact) -> Result<Vec<u8>> {
    person_key::encrypt_for(tx, id, &place(id), &serde_json::to_string(contact).or_fault()?)
}

/// Returns the place to which an encrypted contact is bound.
fn place(id: Id) -> String {
    format!("people.emergency_contact:{id}")
}
