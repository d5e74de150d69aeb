//! The lines of a charge.

use kit::{Cents, row};
use ledger::RevenueKind;
use serde::{Deserialize, Serialize};

/// The kind of sale of a line, which determines its tax rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A service.
    Service,
    /// An add-on of a service.
    Addon,
    /// Goods that a guest takes away.
    Goods,
    /// A concierge request.
    Concierge,
    /// A fee, such as for a late cancellation.
    Fee,
    /// A month of a plan, or the cost of changing to another plan.
    Dues,
}

impl LineKind {
    /// Every kind (T16).
    pub const ALL: [LineKind; 6] = [
        LineKind::Service,
        LineKind::Addon,
        LineKind::Goods,
        LineKind::Concierge,
        LineKind::Fee,
        LineKind::Dues,
    ];

    /// The name of the kind in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            LineKind::Service => "service",
            LineKind::Addon => "addon",
            LineKind::Goods => "goods",
            LineKind::Concierge => "concierge",
            LineKind::Fee => "fee",
            LineKind::Dues => "dues",
        }
    }

    /// Returns the kind of income in the ledger.
    pub(crate) fn revenue(self) -> RevenueKind {
        match self {
            LineKind::Service => RevenueKind::Service,
            LineKind::Addon => RevenueKind::Addon,
            LineKind::Goods => RevenueKind::Goods,
            LineKind::Concierge => RevenueKind::Concierge,
            LineKind::Fee => RevenueKind::Fee,
            LineKind::Dues => RevenueKind::Dues,
        }
    }

    fn read(text: String) -> Option<LineKind> {
        LineKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

kit::column_as!(LineKind, String, LineKind::read, |kind| kind.as_str().to_owned());

/// The code of the lines with which a manager's refund lowers a charge (T8).
pub(crate) const REFUND: &str = "refund";

/// An amount with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The kind of sale.
    pub kind: LineKind,
    /// A stable code for clients: `list`, `discount`, `addon`, …
    pub code: String,
    /// The text that a person reads.
    pub label: String,
    /// The amount in cents; negative for a discount.
    pub amount: Cents,
}

row!(Line { kind, code, label, amount });

impl Line {
    /// Creates a line with an amount in cents.
    pub fn new(kind: LineKind, code: &str, label: impl Into<String>, amount: Cents) -> Line {
        Line { kind, code: code.to_owned(), label: label.into(), amount }
    }
}
