//! The inputs of this crate and their validation.

use axum::extract::{FromRequest, Request};
use jiff::civil::Date;
use kit::text::one_line;
use kit::web::{Input, RawInput, body as read};
use kit::{Error, Result, input};
use serde_json::Value;

use crate::accounts::passwords;
use crate::model::{EmergencyContact, Role, normalized_email};
use kit::phones::e164;

/// The greatest length of an email address (RFC 5321).
const LONGEST_EMAIL: usize = 254;
/// The greatest length of a name.
const LONGEST_NAME: usize = 80;
/// The greatest length of a phone number as entered.
const LONGEST_PHONE: usize = 60;

input! {
    /// The input for signing in.
    #[derive(Clone)]
    pub struct SignIn {
        /// The email, in upper or lower case.
        #[schema(examples("base@demo.coresync.test"))]
        pub email: String = read(needed_email),
        /// The password, exactly as it is typed.
        #[schema(format = Password)]
        pub password: String = read(needed_secret),
    }
}

input! {
    /// The input of a sign-up: the address, the password, and the name.
    #[derive(Clone)]
    pub struct SignUp {
        /// The email address of the new account.
        #[schema(examples("anna@example.com"))]
        pub email: String = read(needed_email),
        /// 8 to 128 characters, not easy to guess.
        #[schema(format = Password, min_length = 8, max_length = 128)]
        pub password: String = read(first_secret),
        /// The first name.
        #[schema(max_length = 80)]
        pub first_name: String = read(needed_name),
        /// The last name.
        #[schema(max_length = 80)]
        pub last_name: String = read(needed_name),
        /// Phone, with country code.
        pub phone: Option<String> = read(opt_phone),
        /// The date of birth, at least 18 years ago.
        #[schema(value_type = Option<String>, format = Date)]
        pub birthday: Option<Date> = read(parse_birthday),
    }
}

input! {
    /// The input of a password change by the signed-in person.
    #[derive(Clone)]
    pub struct ChangePassword {
        /// The current password, which proves that the person makes the change.
        #[schema(format = Password)]
        pub current_password: String = read(needed_secret),
        /// 8 to 128 characters, not easy to guess.
        #[schema(format = Password, min_length = 8, max_length = 128)]
        pub new_password: String = read(new_secret),
    }
}

input! {
    /// The input that confirms a sign-in.
    pub(crate) struct ConfirmSignIn {
        /// The password.
        #[schema(format = Password)]
        pub(crate) password: String = read(needed_secret),
    }
}

input! {
    /// The input of a change of the email address.
    #[derive(Clone)]
    pub struct NewAddress {
        /// The new email address. It takes effect once it is confirmed.
        #[schema(examples("anna@example.com"))]
        pub email: String = read(needed_email),
        /// The current password, which proves that the person makes the change.
        #[schema(format = Password)]
        pub current_password: String = read(needed_secret),
    }
}

input! {
    /// The email of an account whose password was forgotten.
    #[derive(Clone)]
    pub struct Forgotten {
        /// The email, in upper or lower case.
        #[schema(examples("base@demo.coresync.test"))]
        pub email: String = read(needed_email),
    }
}

input! {
    /// The confirmation of an email by its link.
    #[derive(Clone)]
    pub struct ConfirmAddress {
        /// The 64 digits after `token=` in the link.
        pub token: String = text(100),
        /// The account’s password. Not required in the browser that signed up, or where the account is signed in.
        #[schema(format = Password)]
        pub password: Option<String> = read(opt_secret),
        /// Instead of the password, for a new account: a new password, for someone who reads the email but did not choose
        /// the first one.
        #[schema(format = Password, min_length = 8, max_length = 128)]
        pub new_password: Option<String> = read(opt_new_secret),
    }
}

input! {
    /// A password set by an emailed link.
    #[derive(Clone)]
    pub struct NewPassword {
        /// The 64 digits after `token=` in the link.
        pub token: String = text(100),
        /// 8 to 128 characters, not easy to guess.
        #[schema(format = Password, min_length = 8, max_length = 128)]
        pub password: String = read(new_secret),
    }
}

input! {
    /// The input of a change of a person's role.
    #[derive(Clone)]
    pub struct NewRole {
        /// The role that the person gets in this club.
        pub role: Role = read(role),
    }
}

input! {
    /// Changes to a profile. Fields left out stay; null clears a field.
    #[derive(Clone, Default)]
    pub struct ProfileChange {
        /// The first name.
        pub first_name: Option<String> = read(sent_name),
        /// The last name.
        pub last_name: Option<String> = read(sent_name),
        /// The phone number; `null` removes it.
        #[schema(value_type = Option<String>)]
        pub phone: Option<Option<String>> = read(sent_phone),
        /// The date of birth; `null` removes it.
        #[schema(value_type = Option<String>, format = Date)]
        pub birthday: Option<Option<Date>> = read(sent_birthday),
        /// Emergency contact, or null.
        #[schema(value_type = Option<EmergencyContact>)]
        pub emergency_contact: Option<Option<EmergencyContact>> = read(sent_contact),
    }
}

/// Parses a field of a change. `None` means that it was not sent.
pub(crate) fn sent<T>(
    input: &mut RawInput,
    field: &str,
    read: impl FnOnce(&mut RawInput, &str) -> T,
) -> Option<T> {
    input.raw(field).is_some().then(|| read(input, field))
}

fn sent_name(input: &mut RawInput, field: &str) -> Option<String> {
    sent(input, field, needed_name)
}

fn sent_phone(input: &mut RawInput, field: &str) -> Option<Option<String>> {
    sent(input, field, opt_phone)
}

fn sent_birthday(input: &mut RawInput, field: &str) -> Option<Option<Date>> {
    sent(input, field, parse_birthday)
}

fn sent_contact(input: &mut RawInput, field: &str) -> Option<Option<EmergencyContact>> {
    sent(input, field, opt_contact)
}

fn role(input: &mut RawInput, field: &str) -> Role {
    let role = Role::named(&input.text(field, 20));
    if role.is_none() {
        input.add_error(field, "This must be account, technician, front_desk, manager, or owner.");
    }
    role.unwrap_or(Role::Account)
}

/// A change as JSON, in which `null` differs from a missing field.
pub(crate) struct Change<T>(pub(crate) T);

impl<S: Send + Sync, T: Input> FromRequest<S> for Change<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Change<T>> {
        let bytes = read(request).await?;
        let body = match serde_json::from_slice(&bytes) {
            // [`RawInput`] treats null as missing. An empty text counts as sent.
            Ok(Value::Object(mut values)) => {
                values.values_mut().filter(|value| value.is_null()).for_each(|value| *value = "".into());
                Value::Object(values).to_string().into_bytes()
            }
            _ => bytes,
        };
        RawInput::from_json(&body)?.parse().map(Change)
    }
}

impl Input for EmergencyContact {
    fn parse(input: &mut RawInput) -> EmergencyContact {
        let phone = opt_phone(input, "phone");
        if phone.is_none() {
            input.add_error("phone", "This field is required.");
        }
        EmergencyContact {
            name: needed_name(input, "name"),
            phone: phone.unwrap_or_default(),
            relation: input.text("relation", LONGEST_NAME),
        }
    }
}

/// Parses a nested object. Its errors are reported for `emergency_contact.name` and so on.
fn opt_contact(input: &mut RawInput, field: &str) -> Option<EmergencyContact> {
    let value = input.raw(field).filter(|value| *value != "")?.to_string();
    match RawInput::from_json(value.as_bytes()).and_then(RawInput::parse) {
        Ok(contact) => Some(contact),
        Err(Error::Invalid(fields)) => {
            for (part, sentence) in fields.0 {
                input.add_error(&format!("{field}.{part}"), sentence);
            }
            None
        }
        Err(_) => None,
    }
}

/// Parses an optional email address into its stored form.
pub fn opt_email(input: &mut RawInput, field: &str) -> Option<String> {
    let email = normalized_email(&input.opt_text_within(field, LONGEST_EMAIL)?);
    if !is_email(&email) {
        input.add_error(field, "Enter an email like anna@example.com.");
        return None;
    }
    Some(email)
}

/// Parses an optional name, which must contain a letter. Invisible characters are removed, and the result is one
/// line.
pub fn opt_name(input: &mut RawInput, field: &str) -> Option<String> {
    let name = one_line(&input.opt_text_within(field, LONGEST_NAME)?);
    if !name.chars().any(char::is_alphabetic) {
        input.add_error(field, "Enter a name.");
        return None;
    }
    Some(name)
}

/// Parses an optional phone number, however it is typed or pasted, into its stored form ([`crate::e164`]).
pub fn opt_phone(input: &mut RawInput, field: &str) -> Option<String> {
    let phone = e164(&input.opt_text_within(field, LONGEST_PHONE)?);
    if phone.is_none() {
        input.add_error(
            field,
            "Enter a phone number like (212) 555-0100. Outside North America, include the country code.",
        );
    }
    phone
}

/// Parses the optional field `birthday`.
pub fn opt_birthday(input: &mut RawInput) -> Option<Date> {
    parse_birthday(input, "birthday")
}

fn parse_birthday(input: &mut RawInput, field: &str) -> Option<Date> {
    let text = input.opt_text(field)?;
    let date = Some(&text).filter(|text| text.len() == 10).and_then(|text| text.parse::<Date>().ok());
    let date = date.filter(|date| (1900..=2199).contains(&date.year()));
    if date.is_none() {
        input.add_error(field, "Enter a date like 1990-11-24.");
    }
    date
}

fn needed_email(input: &mut RawInput, field: &str) -> String {
    needed(input, field, opt_email)
}

fn needed_name(input: &mut RawInput, field: &str) -> String {
    needed(input, field, opt_name)
}

fn needed(input: &mut RawInput, field: &str, read: fn(&mut RawInput, &str) -> Option<String>) -> String {
    let read = read(input, field);
    if read.is_none() {
        // If the field already has an error, that one is kept.
        input.add_error(field, "This field is required.");
    }
    read.unwrap_or_default()
}

/// Parses an optional password.
fn opt_secret(input: &mut RawInput, field: &str) -> Option<String> {
    input.raw(field).is_some_and(|value| value != "").then(|| needed_secret(input, field))
}

/// Parses a password as it was sent. More than 128 characters are an error.
fn needed_secret(input: &mut RawInput, field: &str) -> String {
    let secret = input.secret(field).unwrap_or_default();
    if secret.is_empty() {
        input.add_error(field, "This field is required.");
    }
    if secret.chars().count() > 128 {
        input.add_error(field, "Use at most 128 characters.");
    }
    secret
}

/// Parses a password that is to be set.
fn new_secret(input: &mut RawInput, field: &str) -> String {
    let secret = needed_secret(input, field);
    check_secret(input, field, &secret, "");
    secret
}

/// Parses an optional password that is to be set.
fn opt_new_secret(input: &mut RawInput, field: &str) -> Option<String> {
    let secret = opt_secret(input, field);
    if let Some(secret) = &secret {
        check_secret(input, field, secret, "");
    }
    secret
}

/// Parses the password of a sign-up. It must not resemble the field `email`.
fn first_secret(input: &mut RawInput, field: &str) -> String {
    let secret = needed_secret(input, field);
    let email = opt_email(input, "email").unwrap_or_default();
    check_secret(input, field, &secret, &email);
    secret
}

fn check_secret(input: &mut RawInput, field: &str, secret: &str, email: &str) {
    if let Some(sentence) = passwords::password_error(secret, email) {
        input.add_error(field, sentence);
    }
}

/// Returns whether the text is an email address in the plain form that every mail server accepts.
fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else { return false };
    let dotted = |text: &str, extra: &str| {
        text.split('.').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
        })
    };
    let is_label = |label: &str| label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-');
    name.len() <= 64
        && dotted(name, "!#$%&'*+/=?^_`{|}~-")
        && domain.contains('.')
        && dotted(domain, "-")
        && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_plain_email_addresses_are_accepted() {
        for good in ["anna@example.com", "a.b+c@x-y.example.co", "o'neil@example.com"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "anna",
            "@example.com",
            "anna@",
            "anna@localhost",
            "a b@example.com",
            "a@b@example.com",
            "anna@example..com",
            "anna@-x.com",
            "a\r\nb@example.com",
            "😀@example.com",
            ".a@example.com",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn invisible_characters_are_removed_from_a_name() {
        let read = |name: &str| {
            let mut raw_input =
                RawInput::from_json(json!({"n": name}).to_string().as_bytes()).expect("an object");
            opt_name(&mut raw_input, "n")
        };
        assert_eq!(read("\u{202e}Anna\u{200b}\n Maria\u{e0041}\u{7}").as_deref(), Some("Anna Maria"));
        assert_eq!(read("\u{202e}\u{200b}"), None);
        assert_eq!(read("Zoe\u{308} O\u{2019}Neill").as_deref(), Some("Zo\u{eb} O\u{2019}Neill"));
    }

    #[test]
    fn every_invalid_field_of_a_sign_up_is_reported_at_once() {
        let body = r#"{"email": 5, "password": "short", "first_name": "😀", "phone": "call me", "birthday": "1990"}"#;
        let raw_input = RawInput::from_json(body.as_bytes()).expect("an object");
        let Err(Error::Invalid(fields)) = raw_input.parse::<SignUp>() else { panic!("it was taken") };
        let names: Vec<_> = fields.0.keys().map(String::as_str).collect();
        assert_eq!(names, ["birthday", "email", "first_name", "last_name", "password", "phone"]);
    }

    #[test]
    fn omitted_fields_of_a_change_stay_unchanged() {
        let raw_input = RawInput::from_json(br#"{"phone": "", "first_name": "Anna"}"#).expect("an object");
        let change: ProfileChange = raw_input.parse().expect("a change");
        assert_eq!(change.first_name.as_deref(), Some("Anna"));
        assert_eq!(change.phone, Some(None));
        assert!(change.last_name.is_none() && change.emergency_contact.is_none());
    }
}
