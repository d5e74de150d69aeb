//! An email that is to be sent.

use kit::jobs::Job;
use serde::{Deserialize, Serialize};

/// A mail that is to be sent; a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mail {
    /// To whom: an address, or a name with an address.
    pub to: String,
    /// The subject, on one line.
    pub subject: String,
    /// The words.
    pub text: String,
    /// The same for a client that shows pages.
    pub html: Option<String>,
    /// The text of an `.ics` file ([`crate::calendar::ics`]).
    pub calendar: Option<String>,
    /// Where one press makes an end of such mails (RFC 8058): an address of ours.
    #[serde(default)]
    pub unsubscribe: Option<String>,
    /// What names it: an email that is tried again has the same `Message-ID`. Nothing: what is in it.
    #[serde(default)]
    pub key: Option<String>,
}

impl Job for Mail {
    const KIND: &'static str = "mail";
}
