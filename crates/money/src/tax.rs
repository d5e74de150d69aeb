//! Tax (T1, T16): the rate of a kind of sale from a day on, made of named components. It is rounded half up once per
//! document and kind, on the sum of the components.

use jiff::civil::Date;
use kit::amounts::half_up;
use kit::{Cents, Id, Result, Tx, args, row, sql};

use crate::line::{Line, LineKind};

/// The first day of a rate that always applied.
const ALWAYS: Date = jiff::civil::date(1, 1, 1);

/// A component of the rate of a kind of sale, such as the tax of a state or of a city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxComponent {
    /// The name of the component.
    pub name: String,
    /// Its rate in basis points; 800 is 8%.
    pub rate_bp: i64,
    /// The law or ruling that the rate is based on.
    pub legal_basis: String,
}

row!(TaxComponent { name, rate_bp, legal_basis });

/// The tax of one kind of sale and one component of its rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxShare {
    /// The kind of sale.
    pub kind: LineKind,
    /// The name of the component.
    pub component: String,
    /// The tax in cents.
    pub amount: Cents,
}

row!(TaxShare { kind, component, amount });

/// Sets the tax rate of a kind of sale in a club, in basis points (800 is 8%), for all days that have no rate of their
/// own. The rate has one component. `legal_basis` is what the rate is based on.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn set_rate(tx: &mut Tx<'_>, club: Id, kind: LineKind, rate_bp: i64, legal_basis: &str) -> Result<()> {
    let component =
        TaxComponent { name: "Sales tax".to_owned(), rate_bp, legal_basis: legal_basis.to_owned() };
    set_rate_from(tx, club, (kind, ALWAYS), &[component])
}

/// Sets the components of the rate of a kind of sale from a day on. Charges made before that day keep their tax.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn set_rate_from(
    tx: &mut Tx<'_>,
    club: Id,
    (kind, first_day): (LineKind, Date),
    components: &[TaxComponent],
) -> Result<()> {
    tx.run(
        sql!("DELETE FROM tax_components WHERE club_id = $1 AND kind = $2 AND first_day = $3"),
        args![club, kind, first_day],
    )?;
    for (position, one) in (0_i64..).zip(components) {
        tx.run(
            sql!(
                "INSERT INTO tax_components (club_id, kind, first_day, position, name, rate_bp, legal_basis)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)"
            ),
            args![club, kind, first_day, position, &one.name, one.rate_bp, &one.legal_basis],
        )?;
    }
    Ok(())
}

/// The tax rates of a club on a day: each kind of sale with the components of its rate.
#[derive(Debug, Clone, Default)]
pub struct TaxRates(Vec<(LineKind, Vec<TaxComponent>)>);

impl TaxRates {
    /// Returns rates with one component for one kind of sale.
    #[cfg(test)]
    pub(crate) fn single(kind: LineKind, rate_bp: i64) -> TaxRates {
        let (name, legal_basis) = ("Sales tax".to_owned(), "A test.".to_owned());
        TaxRates(vec![(kind, vec![TaxComponent { name, rate_bp, legal_basis }])])
    }

    /// Returns the tax on the lines of a document in cents. Kinds of sale without a rate are untaxed.
    pub fn on(&self, lines: &[Line]) -> Cents {
        self.shares(lines).iter().map(|share| share.amount).sum()
    }

    /// Returns the tax on the lines of a document by kind and component, without shares of 0. The components of a kind
    /// share its tax in their order, rounded down, and the remainder goes to the last.
    pub fn shares(&self, lines: &[Line]) -> Vec<TaxShare> {
        let shares = self.0.iter().flat_map(|(kind, components)| {
            let sum: i64 = components.iter().map(|one| one.rate_bp).sum();
            let tax = tax_of_kind(lines, *kind, sum);
            let mut left = tax;
            components.iter().enumerate().map(move |(at, one)| {
                let is_last = at + 1 == components.len();
                let amount = if is_last { left } else { Cents(tax.0 * one.rate_bp / sum.max(1)) };
                left = left - amount;
                TaxShare { kind: *kind, component: one.name.clone(), amount }
            })
        });
        shares.filter(|share| share.amount != Cents::ZERO).collect()
    }
}

/// Returns the tax rates of a club today, by the time of the club.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn tax_rates(tx: &mut Tx<'_>, club: Id) -> Result<TaxRates> {
    let day = catalogue::today(tx)?;
    rates_on(tx, club, day)
}

/// Returns the tax rates of this transaction's club on a day.
pub(crate) fn tax_rates_on(tx: &mut Tx<'_>, day: Date) -> Result<TaxRates> {
    let club = tx.club()?;
    rates_on(tx, club, day)
}

fn rates_on(tx: &mut Tx<'_>, club: Id, day: Date) -> Result<TaxRates> {
    let rows: Vec<(LineKind, Date, String, i64, String)> = tx.all(
        sql!(
            "SELECT kind, first_day, name, rate_bp, legal_basis FROM tax_components
             WHERE club_id = $1 AND first_day <= $2 ORDER BY kind, first_day, position"
        ),
        args![club, day],
    )?;
    let mut rates: Vec<(LineKind, Date, Vec<TaxComponent>)> = Vec::new();
    for (kind, first_day, name, rate_bp, legal_basis) in rows {
        let component = TaxComponent { name, rate_bp, legal_basis };
        match rates.last_mut() {
            Some((last, day, components)) if *last == kind && *day == first_day => components.push(component),
            Some(last) if last.0 == kind => *last = (kind, first_day, vec![component]),
            _ => rates.push((kind, first_day, vec![component])),
        }
    }
    Ok(TaxRates(rates.into_iter().map(|(kind, _, components)| (kind, components)).collect()))
}

/// Returns the tax on the lines of a document in a club today. Kinds of sale without a rate are untaxed.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn tax_on(tx: &mut Tx<'_>, club: Id, lines: &[Line]) -> Result<Cents> {
    Ok(tax_rates(tx, club)?.on(lines))
}

fn tax_of_kind(lines: &[Line], kind: LineKind, rate_bp: i64) -> Cents {
    let base: Cents = lines.iter().filter(|line| line.kind == kind).map(|line| line.amount).sum();
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
        assert_eq!(tax_of_kind(&goods(&[12_000, 12_000]), LineKind::Goods, 800), Cents(1_920));
        assert_eq!(tax_of_kind(&goods(&[3_600, 5_200, 7_100]), LineKind::Goods, 800), Cents(1_272));
        assert_eq!(tax_of_kind(&goods(&[99]), LineKind::Goods, 800), Cents(8));
        assert_eq!(tax_of_kind(&goods(&[99]), LineKind::Service, 800), Cents(0));
    }

    /// T16: the rate is rounded as a whole, and its components share it.
    #[test]
    fn components_share_the_tax_of_a_kind() {
        let component = |name: &str, rate_bp| TaxComponent {
            name: name.to_owned(),
            rate_bp,
            legal_basis: "A test.".to_owned(),
        };
        let components = vec![component("State", 400), component("City", 450), component("District", 38)];
        let rates = TaxRates(vec![(LineKind::Goods, components)]);
        let amounts = |cents: &[i64]| -> Vec<i64> {
            rates.shares(&goods(cents)).iter().map(|share| share.amount.0).collect()
        };
        // 8.88% of 100.00 and of 9.99: 8.88 and 0.89.
        assert_eq!(amounts(&[10_000]), [400, 450, 38]);
        assert_eq!(amounts(&[999]), [40, 45, 4]);
        assert_eq!(rates.on(&goods(&[999])), Cents(89));
        assert_eq!(amounts(&[5]), Vec::<i64>::new());
    }
}
