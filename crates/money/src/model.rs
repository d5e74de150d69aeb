//! Charges as they are stored, and what they need to be created.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use kit::{Cents, Id, row};
use people::Subject;
use serde::{Deserialize, Serialize};

use crate::line::{Line, LineKind};

/// Whether a subject is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Something is due.
    Unpaid,
    /// Nothing is due, and nothing was sent back.
    Paid,
    /// Nothing is due, and a part of what was paid was sent back.
    PartlyRefunded,
    /// All that was paid was sent back.
    Refunded,
    /// Nothing is charged, and nothing was paid.
    Void,
}

impl PaymentStatus {
    /// The name of the status in the tables and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            PaymentStatus::Unpaid => "unpaid",
            PaymentStatus::Paid => "paid",
            PaymentStatus::PartlyRefunded => "partly_refunded",
            PaymentStatus::Refunded => "refunded",
            PaymentStatus::Void => "void",
        }
    }

    fn read(text: String) -> Option<PaymentStatus> {
        use PaymentStatus::{Paid, PartlyRefunded, Refunded, Unpaid, Void};
        [Unpaid, Paid, PartlyRefunded, Refunded, Void].into_iter().find(|status| status.as_str() == text)
    }
}

kit::column_as!(PaymentStatus, String, PaymentStatus::read, |status| status.as_str().to_owned());

/// The current charge of a subject, with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The id of this version.
    pub id: Id,
    /// The number of this version, counted from 1.
    pub version: i64,
    /// The person who owes the amount; `None` for a guest without an account.
    pub person: Option<Id>,
    /// The sum of its lines in cents, without tax.
    pub net: Cents,
    /// The tax on its lines in cents.
    pub tax: Cents,
    /// Whether it is paid.
    pub status: PaymentStatus,
    /// What the club gives for free, with its tax, in cents (T18).
    pub comp: Cents,
    /// What was written off in cents (T18).
    pub written_off: Cents,
    /// What was paid for the subject in cents.
    pub paid: Cents,
    /// What was sent back in cents.
    pub refunded: Cents,
    /// When it was delivered, or the fee arose; `None` before that (T12).
    pub earned_at: Option<Timestamp>,
    /// The day whose tax rates apply to it (T16).
    pub(crate) taxed_on: Date,
    /// Whether it was delivered and due before the ledger began and has no opening entry yet.
    pub(crate) needs_opening: bool,
}

row!(Charge {
    id,
    version,
    person,
    net,
    tax,
    status,
    comp,
    written_off,
    paid,
    refunded,
    earned_at,
    taxed_on,
    needs_opening
});

impl Charge {
    /// Returns what it costs with tax, in cents.
    pub fn total(&self) -> Cents {
        self.net + self.tax
    }

    /// Returns what is received and not sent back, in cents.
    pub fn received(&self) -> Cents {
        self.paid - self.refunded
    }

    /// Returns what is charged after comps and write-offs, in cents: nothing if the charge is void.
    pub fn charged(&self) -> Cents {
        if self.status == PaymentStatus::Void {
            return Cents::ZERO;
        }
        self.total() - self.comp - self.written_off
    }

    /// Returns what is due in cents.
    pub fn due(&self) -> Cents {
        (self.charged() - self.received()).max(Cents::ZERO)
    }

    /// Returns what has to be sent back in cents.
    pub fn to_refund(&self) -> Cents {
        (self.received() - self.charged()).max(Cents::ZERO)
    }

    /// Returns the status that follows from the amounts. `is_charged` says whether the charge has lines.
    fn status_of(&self, is_charged: bool) -> PaymentStatus {
        if self.due() > Cents::ZERO {
            PaymentStatus::Unpaid
        } else if self.paid == Cents::ZERO {
            if is_charged { PaymentStatus::Paid } else { PaymentStatus::Void }
        } else if self.refunded == Cents::ZERO {
            PaymentStatus::Paid
        } else if self.refunded < self.paid {
            PaymentStatus::PartlyRefunded
        } else {
            PaymentStatus::Refunded
        }
    }

    /// Returns the charge with the status that follows from its amounts. A charge that is void stays void.
    #[must_use]
    pub(crate) fn with_status(self) -> Charge {
        let status = self.status_of(self.status != PaymentStatus::Void);
        Charge { status, ..self }
    }
}

/// What `charge` needs to create a charge.
#[derive(Debug, Clone)]
pub struct Bill {
    /// What the charge is for.
    pub subject: Subject,
    /// The id of the club that the amount is owed to.
    pub club: Id,
    /// The person who owes the amount; `None` for a guest without an account.
    pub person: Option<Id>,
    /// The amounts with their reasons. Their sum must not be negative.
    pub lines: Vec<Line>,
}

/// Returns the net amount of lines by kind of sale.
pub(crate) fn by_kind(lines: &[Line]) -> BTreeMap<LineKind, Cents> {
    let mut sums = BTreeMap::new();
    for line in lines {
        *sums.entry(line.kind).or_insert(Cents::ZERO) += line.amount;
    }
    sums
}
