//! The template of an email: a heading, paragraphs, facts, one action, and notes. The HTML and the plain text are
//! rendered from the same data, so that they say the same.

use askama::Template;
use catalogue::Club;
use kit::{Fault, Result};

use crate::mail::Mail;

/// The content of an email. Texts are escaped when they are rendered.
#[derive(Template)]
#[template(path = "mail/email.html")]
pub struct EmailTemplate {
    subject: String,
    heading: String,
    paragraphs: Vec<String>,
    facts: Vec<(String, String)>,
    action: Option<(&'static str, String)>,
    notes: Vec<String>,
    unsubscribe: Option<String>,
    /// The label of the link that ends such emails.
    unsubscribe_label: &'static str,
    club: String,
    address: String,
}

impl EmailTemplate {
    /// Creates an email of the club with only a subject and a heading. The heading addresses the reader.
    pub fn new(club: &Club, subject: impl Into<String>, heading: impl Into<String>) -> EmailTemplate {
        EmailTemplate {
            subject: subject.into(),
            heading: heading.into(),
            paragraphs: Vec::new(),
            facts: Vec::new(),
            action: None,
            notes: Vec::new(),
            unsubscribe: None,
            unsubscribe_label: "Unsubscribe from these emails",
            club: club.name.clone(),
            address: club.address.clone(),
        }
    }

    /// Adds a paragraph of text after those that were added before.
    pub fn says(mut self, paragraph: impl Into<String>) -> EmailTemplate {
        self.paragraphs.push(paragraph.into());
        self
    }

    /// Adds a labeled fact, unless its value is empty.
    pub fn fact(mut self, label: impl Into<String>, value: impl Into<String>) -> EmailTemplate {
        let value = value.into();
        if !value.is_empty() {
            self.facts.push((label.into(), value));
        }
        self
    }

    /// Sets the action: the label of its link, and the URL.
    pub fn leads_to(mut self, label: &'static str, address: impl Into<String>) -> EmailTemplate {
        self.action = Some((label, address.into()));
        self
    }

    /// Adds a note below the action, in smaller print.
    pub fn note(mut self, paragraph: impl Into<String>) -> EmailTemplate {
        self.notes.push(paragraph.into());
        self
    }

    /// Sets the URL of the link that unsubscribes from such emails.
    pub fn ends_at(mut self, address: String) -> EmailTemplate {
        self.unsubscribe = Some(address);
        self
    }

    /// Sets the URL of the link that stops all emails about a visit. For guests.
    pub fn stops_at(mut self, address: String) -> EmailTemplate {
        self.unsubscribe_label = "Stop emails about this visit";
        self.ends_at(address)
    }

    /// Renders the email to an address, with a calendar file if there is one. `key` identifies the email, so that every
    /// attempt has the same `Message-ID`.
    ///
    /// # Errors
    /// Returns a fault if the template can't be rendered.
    pub fn to(self, address: String, calendar: Option<String>, key: String) -> Result<Mail> {
        let html = self.render().map_err(Fault::because)?;
        Ok(Mail {
            to: address,
            text: self.text(),
            subject: self.subject,
            html: Some(html),
            calendar,
            unsubscribe: self.unsubscribe,
            key: Some(key),
        })
    }

    fn text(&self) -> String {
        let width = self.facts.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        let fact = |(label, value): &(String, String)| format!("{label:width$}  {value}");
        let facts = self.facts.iter().map(fact).collect::<Vec<_>>().join("\n");
        let action = self.action.as_ref().map(|(label, address)| format!("{label}:\n{address}"));
        let parts = [self.heading.clone()].into_iter().chain(self.paragraphs.iter().cloned());
        let parts = parts.chain([facts]).chain(action).chain(self.notes.iter().cloned());
        let body = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
        let end =
            self.unsubscribe.as_ref().map(|address| format!("\n{}:\n{address}\n", self.unsubscribe_label));
        format!("{body}\n\n{}\n{}\n{}", self.club, self.address, end.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_html_have_the_same_content() {
        let template = EmailTemplate {
            subject: "Confirmed: Massage".to_owned(),
            heading: "Anna, we’re expecting you.".to_owned(),
            paragraphs: vec!["See <you>.".to_owned()],
            facts: Vec::new(),
            action: None,
            notes: Vec::new(),
            unsubscribe: None,
            unsubscribe_label: "Unsubscribe from these emails",
            club: "The Club".to_owned(),
            address: "1 Main Street".to_owned(),
        };
        let mail = template
            .fact("Room", "Duet")
            .fact("With", "")
            .leads_to("View your visit", "https://club.test/visit/")
            .note("Free to cancel.")
            .stops_at("https://club.test/stop/".to_owned())
            .to("anna@example.com".to_owned(), None, "17".to_owned())
            .expect("an email");
        let html = mail.html.expect("HTML");
        for part in [
            "Anna, we’re expecting you.",
            "Duet",
            "View your visit",
            "https://club.test/visit/",
            "Free to cancel.",
            "Stop emails about this visit",
            "The Club",
        ] {
            assert!(mail.text.contains(part), "{part}\n{}", mail.text);
            assert!(html.contains(part), "{part}\n{html}");
        }
        assert!(mail.text.contains("See <you>.") && html.contains("See &#60;you&#62;."), "{html}");
        assert!(!mail.text.contains("With") && !html.contains("With"), "an empty fact is left out");
    }
}
