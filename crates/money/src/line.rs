//! The lines of a charge.

use kit::{Cents, row};
use serde::{Deserialize, Serialize};

/// What kind of sale a line is: the tax table asks by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A service and what belongs to it.
    Service,
    /// Things to take away.
    Goods,
    /// A fee, such as for a late cancellation.
    Fee,
    /// A month of a plan, or what changing to another costs.
    Dues,
}

impl LineKind {
    /// As it stands in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            LineKind::Service => "service",
            LineKind::Goods => "goods",
            LineKind::Fee => "fee",
            LineKind::Dues => "dues",
        }
    }

    fn read(text: String) -> Option<LineKind> {
        [LineKind::Service, LineKind::Goods, LineKind::Fee, LineKind::Dues]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

kit::column_as!(LineKind, String, LineKind::read);

/// One reason for an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What kind of sale it is.
    pub kind: LineKind,
    /// Stable, for clients: `list`, `discount`, `addon` …
    pub code: String,
    /// What a person reads.
    pub label: String,
    /// May be below zero: a discount.
    pub amount: Cents,
}

row!(Line { kind, code, label, amount });

impl Line {
    /// A line.
    pub fn new(kind: LineKind, code: &str, label: impl Into<String>, amount: Cents) -> Line {
        Line { kind, code: code.to_owned(), label: label.into(), amount }
    }
}
