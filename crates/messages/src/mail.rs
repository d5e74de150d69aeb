//! An email to be sent.

use kit::jobs::Job;
use serde::{Deserialize, Serialize};

/// An email to be sent. It is also a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mail {
    /// The recipient: an address, or a name with an address.
    pub to: String,
    /// The subject, on one line.
    pub subject: String,
    /// The plain text, for mail programs that show no HTML.
    pub text: String,
    /// The HTML version of the text.
    pub html: Option<String>,
    /// The text of an `.ics` file ([`crate::calendar::ics`]).
    pub calendar: Option<String>,
    /// The address on our site that unsubscribes from such emails with one request (RFC 8058).
    #[serde(default)]
    pub unsubscribe: Option<String>,
    /// The key that identifies the email, so that every attempt has the same `Message-ID`. `None` means that the
    /// content identifies it.
    #[serde(default)]
    pub key: Option<String>,
}

impl Job for Mail {
    const KIND: &'static str = "mail";
}
