//! Composes the MIME message of a [`Mail`].

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use kit::errors::OrFault as _;
use kit::{Result, tokens};
use lettre::Message;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};

use crate::mail::Mail;

/// Composes the message. Every header has a type, so that no text can inject another header.
///
/// # Errors
/// Returns a fault if the recipient's address cannot be parsed.
pub(crate) fn compose(mail: &Mail, from: &Mailbox, now: Timestamp) -> Result<Message> {
    let to: Mailbox = mail.to.parse().or_fault()?;
    let mut message = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(one_line(&mail.subject))
        .message_id(Some(message_id(mail, from)?))
        .date(system_time(now));
    if let Some(address) = &mail.unsubscribe {
        message = message.header(ListUnsubscribe(format!("<{}>", one_line(address)))).header(OneClick);
    }
    match (&mail.html, &mail.calendar) {
        (None, None) => message.singlepart(plain(mail)),
        (Some(html), None) => message.multipart(both(mail, html)),
        (html, Some(calendar)) => {
            let mut shown = MultiPart::alternative().singlepart(plain(mail));
            if let Some(html) = html {
                shown = shown.singlepart(SinglePart::html(html.clone()));
            }
            // Email clients show the inline alternative as an invitation. The attached file can be saved by anyone.
            let shown = shown.singlepart(invitation(calendar)?);
            message.multipart(MultiPart::mixed().multipart(shown).singlepart(attached(calendar)?))
        }
    }
    .or_fault()
}

/// The header with the address at which an email client can unsubscribe.
#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(ListUnsubscribe(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// The header that permits unsubscribing with a single request (RFC 8058).
#[derive(Clone)]
struct OneClick;

impl Header for OneClick {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(OneClick)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

fn plain(mail: &Mail) -> SinglePart {
    SinglePart::plain(mail.text.clone())
}

fn both(mail: &Mail, html: &str) -> MultiPart {
    MultiPart::alternative_plain_html(mail.text.clone(), html.to_owned())
}

fn invitation(calendar: &str) -> Result<SinglePart> {
    Ok(SinglePart::builder().header(calendar_type(calendar)?).body(calendar.to_owned()))
}

fn attached(calendar: &str) -> Result<SinglePart> {
    Ok(Attachment::new("booking.ics".to_owned()).body(calendar.to_owned(), calendar_type(calendar)?))
}

/// The calendar text states whether it invites or cancels, and the content type must state the same (RFC 6047,
/// 2.4).
fn calendar_type(calendar: &str) -> Result<ContentType> {
    let method = if calendar.contains("\r\nMETHOD:CANCEL\r\n") { "CANCEL" } else { "REQUEST" };
    ContentType::parse(&format!("text/calendar; charset=utf-8; method={method}")).or_fault()
}

/// Returns the `Message-ID`. The same email keeps its id on every attempt, so that receivers and readers of server
/// logs can distinguish a retry from a second email.
fn message_id(mail: &Mail, from: &Mailbox) -> Result<String> {
    Ok(format!("<{}@{}>", name(mail)?, from.email.domain()))
}

/// Returns 32 hexadecimal digits that identify an email by its key or, without a key, by its content.
pub(crate) fn name(mail: &Mail) -> Result<String> {
    let whole = match &mail.key {
        Some(key) => key.clone(),
        None => serde_json::to_string(mail).or_fault()?,
    };
    Ok(tokens::hex(&tokens::digest(&whole)[..16]))
}

/// Joins the subject into one line.
fn one_line(text: &str) -> String {
    text.split(char::is_control).filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" ")
}

fn system_time(moment: Timestamp) -> SystemTime {
    let since_1970 = u64::try_from(moment.as_second()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(since_1970)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composed(mail: &Mail) -> String {
        let from = "CoreSync <hello@demo.coresync.test>".parse().expect("an address");
        let now = "2026-11-24T12:00:00Z".parse().expect("a time");
        let message = compose(mail, &from, now).expect("a message");
        String::from_utf8(message.formatted()).expect("text")
    }

    fn mail() -> Mail {
        Mail {
            to: "anna@example.com".to_owned(),
            subject: "Your visit".to_owned(),
            text: "See you on Friday.".to_owned(),
            html: None,
            calendar: None,
            unsubscribe: None,
            key: None,
        }
    }

    #[test]
    fn a_subject_cannot_inject_a_header() {
        let text =
            composed(&Mail { subject: "Hello\r\nBcc: eve@example.com\r\n\r\nBody".to_owned(), ..mail() });
        let head = text.split("\r\n\r\n").next().expect("a head");
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert!(head.contains("Subject: Hello Bcc: eve@example.com Body"), "{head}");
    }

    #[test]
    fn email_clients_can_unsubscribe_with_one_click() {
        let unsubscribe = Some("https://club.test/unsubscribe/?token=ab\r\nBcc: eve@example.com".to_owned());
        let text = composed(&Mail { unsubscribe, ..mail() });
        let head = text.split("\r\n\r\n").next().expect("a head").replace("\r\n ", "");
        assert!(head.contains("List-Unsubscribe: <https://club.test/unsubscribe/?token=ab Bcc:"), "{head}");
        assert!(head.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{head}");
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert!(!composed(&mail()).contains("List-Unsubscribe"));
    }

    #[test]
    fn an_address_cannot_inject_a_header() {
        let from = "hello@demo.coresync.test".parse().expect("an address");
        for to in ["anna@example.com\r\nBcc: eve@example.com", "anna", "", "a@b.c, eve@example.com"] {
            let mail = Mail { to: to.to_owned(), ..mail() };
            assert!(compose(&mail, &from, Timestamp::UNIX_EPOCH).is_err(), "{to}");
        }
    }

    #[test]
    fn a_retry_keeps_its_message_id_and_another_email_has_its_own() {
        let id = |text: &str| {
            let line = text.lines().find(|line| line.starts_with("Message-ID: <")).expect("a name");
            line.to_owned()
        };
        let (first, other) = (composed(&mail()), composed(&Mail { text: "Saturday".to_owned(), ..mail() }));
        assert_eq!(id(&first), id(&composed(&mail())));
        assert_ne!(id(&first), id(&other));
        assert!(id(&first).ends_with("@demo.coresync.test>"));
        let keyed =
            |text: &str| composed(&Mail { key: Some("17".to_owned()), text: text.to_owned(), ..mail() });
        assert_eq!(id(&keyed("Friday")), id(&keyed("Saturday")), "the key names it, whatever is in it");
    }

    #[test]
    fn text_and_html_are_alternatives_with_the_calendar_attached() {
        let event = "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n";
        let text = composed(&Mail {
            subject: "Ваш візит".to_owned(),
            html: Some("<p>See you</p>".to_owned()),
            calendar: Some(event.to_owned()),
            ..mail()
        });
        for part in [
            "Content-Type: multipart/mixed;",
            "Content-Type: multipart/alternative;",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: text/html; charset=utf-8",
            "Content-Disposition: attachment; filename=\"booking.ics\"",
            "Subject: =?utf-8?b?",
            "Date: Tue, 24 Nov 2026 12:00:00 +0000",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert_eq!(
            text.matches("Content-Type: text/calendar; charset=utf-8; method=CANCEL").count(),
            2,
            "{text}"
        );
    }
}
