//! Tax (T1): one rate for each kind of sale and club, rounded half up once per document, kind, and rate.

use kit::amounts::half_up;
use kit::{Cents, Id, Result, Tx, args, sql};

use crate::line::{Line, LineKind};

/// Sets the tax rate of a kind of sale in a club, in basis points (800 is 8%), and the reference that the rate is based
/// on.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn set_rate(tx: &mut Tx<'_>, club: Id, kind: LineKind, rate_bp: i64, rests_on: &str) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO tax_rates (club_id, kind, rate_bp, rests_on) VALUES ($1, $2, $3, $4)
             ON CONFLICT (club_id, kind) DO UPDATE SET rate_bp = excluded.rate_bp, rests_on = excluded.rests_on"
        ),
        args![club, kind.as_str(), rate_bp, rests_on],
    )
    .map(drop)
}

/// The tax rates of a club: each kind of sale with its rate in basis points.
#[derive(Debug, Clone, Default)]
pub struct TaxRates(Vec<(String, i64)>);

impl TaxRates {
    /// Returns the tax on the lines of a document. Kinds of sale without a rate are untaxed.
    pub fn on(&self, lines: &[Line]) -> Cents {
        self.0.iter().map(|(kind, rate_bp)| tax_of_kind(lines, kind, *rate_bp)).sum()
    }
}

/// Returns the tax rates of a club.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn tax_rates(tx: &mut Tx<'_>, club: Id) -> Result<TaxRates> {
    tx.all(sql!("SELECT kind, rate_bp FROM tax_rates WHERE club_id = $1"), args![club]).map(TaxRates)
}

/// Returns the tax on the lines of a document in a club. Kinds of sale without a rate are untaxed.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn tax_on(tx: &mut Tx<'_>, club: Id, lines: &[Line]) -> Result<Cents> {
    Ok(tax_rates(tx, club)?.on(lines))
}

fn tax_of_kind(lines: &[Line], kind: &str, rate_bp: i64) -> Cents {
    let base: Cents = lines.iter().filter(|line| line.kind.as_str() == kind).map(|line| line.amount).sum();
    Cents(half_up(i128::from(base.0.max(0)) * i128::from(rate_bp), 10_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goods(cents: &[i64]) -> Vec<Line> {
        let line = |cents: &i64| Line::new(LineKind::Goods, "item", "Item", Cents(*cents));
        cents.iter().map(line).collect()
    }

    /// The worked examples P, Q, and R of the rules.
    #[test]
    fn tax_is_rounded_once_per_document_and_rate() {
        assert_eq!(tax_of_kind(&goods(&[12_000, 12_000]), "goods", 800), Cents(1_920));
        assert_eq!(tax_of_kind(&goods(&[3_600, 5_200, 7_100]), "goods", 800), Cents(1_272));
        assert_eq!(tax_of_kind(&goods(&[99]), "goods", 800), Cents(8));
        assert_eq!(tax_of_kind(&goods(&[99]), "service", 800), Cents(0));
    }
}
