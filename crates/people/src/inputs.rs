//! What people send in, and what is wrong with it.

use axum::extract::{FromRequest, Request};
use jiff::civil::Date;
use kit::text::one_line;
use kit::web::{Input, Words, body as read};
use kit::{Error, Result};
use serde_json::Value;
use utoipa::ToSchema;

use crate::model::{EmergencyContact, Role, kept_email};
use crate::passwords;
use crate::phones::e164;

/// The longest address of mail (RFC 5321).
const LONGEST_EMAIL: usize = 254;
/// The longest name.
const LONGEST_NAME: usize = 80;
/// The longest phone number as it is typed.
const LONGEST_PHONE: usize = 60;

/// An attempt to sign in.
#[derive(Clone, ToSchema)]
pub struct SignIn {
    /// The email, in any spelling.
    #[schema(examples("base@demo.coresync.test"))]
    pub email: String,
    /// The password.
    #[schema(format = Password)]
    pub password: String,
}

impl Input for SignIn {
    fn parse(words: &mut Words) -> SignIn {
        SignIn { email: needed_email(words), password: needed_secret(words, "password") }
    }
}

/// A sign-up.
#[derive(Clone, ToSchema)]
pub struct SignUp {
    /// The email.
    #[schema(examples("anna@example.com"))]
    pub email: String,
    /// 8 to 128 characters, not easy to guess.
    #[schema(format = Password, min_length = 8, max_length = 128)]
    pub password: String,
    /// First name.
    #[schema(max_length = 80)]
    pub first_name: String,
    /// Last name.
    #[schema(max_length = 80)]
    pub last_name: String,
    /// Phone, with country code.
    pub phone: Option<String>,
    /// The day they were born: 18 years ago or more.
    #[schema(value_type = Option<String>, format = Date)]
    pub birthday: Option<Date>,
}

impl Input for SignUp {
    fn parse(words: &mut Words) -> SignUp {
        let email = needed_email(words);
        let password = needed_secret(words, "password");
        check_secret(words, "password", &password, &email);
        SignUp {
            email,
            password,
            first_name: needed_name(words, "first_name"),
            last_name: needed_name(words, "last_name"),
            phone: opt_phone(words, "phone"),
            birthday: opt_birthday(words),
        }
    }
}

/// A password change.
#[derive(Clone, ToSchema)]
pub struct ChangePassword {
    /// The current password.
    #[schema(format = Password)]
    pub current_password: String,
    /// 8 to 128 characters, not easy to guess.
    #[schema(format = Password, min_length = 8, max_length = 128)]
    pub new_password: String,
}

impl Input for ChangePassword {
    fn parse(words: &mut Words) -> ChangePassword {
        let current_password = needed_secret(words, "current_password");
        let new_password = needed_secret(words, "new_password");
        check_secret(words, "new_password", &new_password, "");
        ChangePassword { current_password, new_password }
    }
}

/// An email change.
#[derive(Clone, ToSchema)]
pub struct NewAddress {
    /// The new email.
    #[schema(examples("anna@example.com"))]
    pub email: String,
    /// The current password.
    #[schema(format = Password)]
    pub current_password: String,
}

impl Input for NewAddress {
    fn parse(words: &mut Words) -> NewAddress {
        NewAddress { email: needed_email(words), current_password: needed_secret(words, "current_password") }
    }
}

/// The email of an account whose password was forgotten.
#[derive(Clone, ToSchema)]
pub struct Forgotten {
    /// The email, in any spelling.
    #[schema(examples("base@demo.coresync.test"))]
    pub email: String,
}

impl Input for Forgotten {
    fn parse(words: &mut Words) -> Forgotten {
        Forgotten { email: needed_email(words) }
    }
}

/// The confirmation of an email by its link.
#[derive(Clone, ToSchema)]
pub struct ConfirmAddress {
    /// The 64 digits behind `token=`.
    pub token: String,
    /// The account’s password. Not required in the browser that signed up, or where the account is signed in.
    #[schema(format = Password)]
    pub password: Option<String>,
    /// Instead of the password, for a new account: a new password, for someone who reads the email but did not choose
    /// the first one.
    #[schema(format = Password, min_length = 8, max_length = 128)]
    pub new_password: Option<String>,
}

impl Input for ConfirmAddress {
    fn parse(words: &mut Words) -> ConfirmAddress {
        let token = words.text("token", 100);
        let password = opt_secret(words, "password");
        let new_password = opt_secret(words, "new_password");
        if let Some(secret) = &new_password {
            check_secret(words, "new_password", secret, "");
        }
        ConfirmAddress { token, password, new_password }
    }
}

/// A password set by an emailed link.
#[derive(Clone, ToSchema)]
pub struct NewPassword {
    /// The 64 digits behind `token=`.
    pub token: String,
    /// 8 to 128 characters, not easy to guess.
    #[schema(format = Password, min_length = 8, max_length = 128)]
    pub password: String,
}

impl Input for NewPassword {
    fn parse(words: &mut Words) -> NewPassword {
        let token = words.text("token", 100);
        let password = needed_secret(words, "password");
        check_secret(words, "password", &password, "");
        NewPassword { token, password }
    }
}

/// A new role.
#[derive(Clone, ToSchema)]
pub struct NewRole {
    /// Which.
    pub role: Role,
}

impl Input for NewRole {
    fn parse(words: &mut Words) -> NewRole {
        let role = Role::named(&words.text("role", 20));
        if role.is_none() {
            words.complain("role", "This must be account, technician, front_desk, manager, or owner.");
        }
        NewRole { role: role.unwrap_or(Role::Account) }
    }
}

/// Changes to a profile. Fields left out stay; null clears a field.
#[derive(Clone, Default, ToSchema)]
pub struct ProfileChange {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Phone, or null.
    #[schema(value_type = Option<String>)]
    pub phone: Option<Option<String>>,
    /// Birthday, or null.
    #[schema(value_type = Option<String>, format = Date)]
    pub birthday: Option<Option<Date>>,
    /// Emergency contact, or null.
    #[schema(value_type = Option<EmergencyContact>)]
    pub emergency_contact: Option<Option<EmergencyContact>>,
}

impl Input for ProfileChange {
    fn parse(words: &mut Words) -> ProfileChange {
        let said = |words: &Words, field: &str| words.raw(field).is_some();
        ProfileChange {
            first_name: said(words, "first_name").then(|| needed_name(words, "first_name")),
            last_name: said(words, "last_name").then(|| needed_name(words, "last_name")),
            phone: said(words, "phone").then(|| opt_phone(words, "phone")),
            birthday: said(words, "birthday").then(|| opt_birthday(words)),
            emergency_contact: said(words, "emergency_contact").then(|| opt_contact(words)),
        }
    }
}

/// A change as JSON, in which null is not the same as nothing.
pub(crate) struct Change<T>(pub(crate) T);

impl<S: Send + Sync, T: Input> FromRequest<S> for Change<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Change<T>> {
        let bytes = read(request).await?;
        let body = match serde_json::from_slice(&bytes) {
            // To the words, null is nothing; an empty text was said.
            Ok(Value::Object(mut values)) => {
                values.values_mut().filter(|value| value.is_null()).for_each(|value| *value = "".into());
                Value::Object(values).to_string().into_bytes()
            }
            _ => bytes,
        };
        Words::from_json(&body)?.parse().map(Change)
    }
}

impl Input for EmergencyContact {
    fn parse(words: &mut Words) -> EmergencyContact {
        let phone = opt_phone(words, "phone");
        if phone.is_none() {
            words.complain("phone", "This field is required.");
        }
        EmergencyContact {
            name: needed_name(words, "name"),
            phone: phone.unwrap_or_default(),
            relation: words.text("relation", LONGEST_NAME),
        }
    }
}

/// An object inside the object: its complaints stand beside `emergency_contact.name` and so on.
fn opt_contact(words: &mut Words) -> Option<EmergencyContact> {
    let value = words.raw("emergency_contact").filter(|value| *value != "")?.to_string();
    match Words::from_json(value.as_bytes()).and_then(Words::parse) {
        Ok(contact) => Some(contact),
        Err(Error::Invalid(fields)) => {
            for (field, sentence) in fields.0 {
                words.complain(&format!("emergency_contact.{field}"), sentence);
            }
            None
        }
        Err(_) => None,
    }
}

/// An address of mail that may be missing, in the form in which it is kept.
pub fn opt_email(words: &mut Words, field: &str) -> Option<String> {
    let email = kept_email(&words.opt_text_within(field, LONGEST_EMAIL)?);
    if !is_email(&email) {
        words.complain(field, "Enter an email like anna@example.com.");
        return None;
    }
    Some(email)
}

/// A name that may be missing: it has a letter. What can't be seen is taken out, and it stands on one line.
pub fn opt_name(words: &mut Words, field: &str) -> Option<String> {
    let name = one_line(&words.opt_text_within(field, LONGEST_NAME)?);
    if !name.chars().any(char::is_alphabetic) {
        words.complain(field, "Enter a name.");
        return None;
    }
    Some(name)
}

/// A phone number that may be missing, however it is typed or pasted, in the form in which it is kept ([`crate::e164`]).
pub fn opt_phone(words: &mut Words, field: &str) -> Option<String> {
    let phone = e164(&words.opt_text_within(field, LONGEST_PHONE)?);
    if phone.is_none() {
        words.complain(
            field,
            "Enter a phone number like +1 212 555 0100. Outside North America, include the country code.",
        );
    }
    phone
}

/// A birthday that may be missing, under that name.
pub fn opt_birthday(words: &mut Words) -> Option<Date> {
    let text = words.opt_text("birthday")?;
    let date = Some(&text).filter(|text| text.len() == 10).and_then(|text| text.parse::<Date>().ok());
    let date = date.filter(|date| (1900..=2199).contains(&date.year()));
    if date.is_none() {
        words.complain("birthday", "Enter a date like 1990-11-24.");
    }
    date
}

fn needed_email(words: &mut Words) -> String {
    needed(words, "email", opt_email)
}

fn needed_name(words: &mut Words, field: &str) -> String {
    needed(words, field, opt_name)
}

fn needed(words: &mut Words, field: &str, read: fn(&mut Words, &str) -> Option<String>) -> String {
    let read = read(words, field);
    if read.is_none() {
        // The first complaint about a field stays.
        words.complain(field, "This field is required.");
    }
    read.unwrap_or_default()
}

/// A password that may be missing.
fn opt_secret(words: &mut Words, field: &str) -> Option<String> {
    words.raw(field).is_some_and(|value| value != "").then(|| needed_secret(words, field))
}

/// A password as it came. Longer than any password of ours it is not looked at.
fn needed_secret(words: &mut Words, field: &str) -> String {
    let secret = words.secret(field).unwrap_or_default();
    if secret.is_empty() {
        words.complain(field, "This field is required.");
    }
    if secret.chars().count() > 128 {
        words.complain(field, "Use at most 128 characters.");
    }
    secret
}

fn check_secret(words: &mut Words, field: &str, secret: &str, email: &str) {
    if let Some(sentence) = passwords::complaint(secret, email) {
        words.complain(field, sentence);
    }
}

/// Whether mail can be sent there: the plain form that every server takes.
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
    fn an_address_is_taken_in_its_plain_form_only() {
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
    fn a_name_holds_nothing_that_can_not_be_seen() {
        let read = |name: &str| {
            let mut words = Words::from_json(json!({"n": name}).to_string().as_bytes()).expect("an object");
            opt_name(&mut words, "n")
        };
        assert_eq!(read("\u{202e}Anna\u{200b}\n Maria\u{e0041}\u{7}").as_deref(), Some("Anna Maria"));
        assert_eq!(read("\u{202e}\u{200b}"), None);
        assert_eq!(read("Zoe\u{308} O\u{2019}Neill").as_deref(), Some("Zo\u{eb} O\u{2019}Neill"));
    }

    #[test]
    fn every_wrong_word_of_a_sign_up_is_said_at_once() {
        let body = r#"{"email": 5, "password": "short", "first_name": "😀", "phone": "call me", "birthday": "1990"}"#;
        let words = Words::from_json(body.as_bytes()).expect("an object");
        let Err(Error::Invalid(fields)) = words.parse::<SignUp>() else { panic!("it was taken") };
        let names: Vec<_> = fields.0.keys().map(String::as_str).collect();
        assert_eq!(names, ["birthday", "email", "first_name", "last_name", "password", "phone"]);
    }

    #[test]
    fn what_a_change_does_not_name_stays() {
        let words = Words::from_json(br#"{"phone": "", "first_name": "Anna"}"#).expect("an object");
        let change: ProfileChange = words.parse().expect("a change");
        assert_eq!(change.first_name.as_deref(), Some("Anna"));
        assert_eq!(change.phone, Some(None));
        assert!(change.last_name.is_none() && change.emergency_contact.is_none());
    }
}
