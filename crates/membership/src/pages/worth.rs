//! What plans are worth, as pages present it: after how many visits a plan pays off, and the plans side by side.

use catalogue::{Catalogue, Service};
use kit::Cents;
use ui::format;

use crate::{Plan, Tier};

/// The most visits a month after which the page still says that they pay for the plan.
const MOST_VISITS: i64 = 6;

/// Returns after how many visits a month the price of the plan has come back, for the featured service that needs the
/// fewest: `Two visits a month pay for it: Couples Massage at $390.` It assumes list prices without surcharges (P1, P3).
/// Returns `None` if that would take more than six.
pub fn break_even(plan: &Plan, catalogue: &Catalogue) -> Option<String> {
    let featured = catalogue.services.iter().filter(|one| one.active && one.featured && !one.member_only);
    let counted = featured.filter_map(|service| Some((visits(plan, service)?, service.list, service)));
    let (visits, _, service) = counted.min_by_key(|(visits, list, _)| (*visits, *list))?;
    let number = format::capital(&format::number(usize::try_from(visits).ok()?));
    let pay = if visits == 1 { "visit a month pays" } else { "visits a month pay" };
    Some(format!("{number} {pay} for it: {} at {}.", service.name, format::money(service.list)))
}

/// Returns the number of visits to a service after which a member has saved the price of the plan.
fn visits(plan: &Plan, service: &Service) -> Option<i64> {
    let discounted = Cents(service.list.0 - service.list.0 * plan.discount_bp / 10_000);
    let saved = service.list - service.member.min(discounted);
    visits_to_save(plan.price, plan.monthly_credits, service.list, saved)
}

/// Returns the number of visits a month that save `price`: the whole list price with each credit, and then `saved` with
/// the discount.
fn visits_to_save(price: Cents, credits: Option<i64>, list: Cents, saved: Cents) -> Option<i64> {
    let mut sum = Cents::ZERO;
    (1..=MOST_VISITS).find(|visit| {
        sum += if credits.is_some_and(|credits| *visit > credits) { saved } else { list };
        sum >= price
    })
}

/// The plans side by side.
#[derive(Debug)]
pub struct Comparison {
    /// The names of the plans.
    pub names: Vec<String>,
    /// The benefits, each with its value for every plan.
    pub rows: Vec<(&'static str, Vec<String>)>,
}

impl Comparison {
    /// Compares plans. `None` if there are fewer than two.
    pub fn of(plans: &[Plan]) -> Option<Comparison> {
        if plans.len() < 2 {
            return None;
        }
        let row = |label: &'static str, value: fn(&Plan) -> String| {
            (label, plans.iter().map(value).collect::<Vec<_>>())
        };
        let rows = vec![
            row("Book ahead", |plan| format::number_of(plan.max_advance_days, "day")),
            row("Services", |plan| match plan.monthly_credits {
                None => "Included".to_owned(),
                Some(_) => format!("{}% off", plan.discount_bp / 100),
            }),
            row("Service credits per month", |plan| {
                plan.monthly_credits.map_or_else(|| "Unlimited".to_owned(), or_none)
            }),
            row("Guest passes per month", |plan| or_none(plan.guest_passes)),
            row("Birthday gift", |plan| if plan.tier >= Tier::Premium { "Included" } else { "–" }.to_owned()),
            row("Waitlist", |plan| {
                match plan.tier {
                    Tier::Unlimited => "First priority",
                    Tier::Premium => "Second priority",
                    Tier::Base => "Third priority",
                    Tier::None => "–",
                }
                .to_owned()
            }),
        ];
        Some(Comparison { names: plans.iter().map(|plan| plan.name.clone()).collect(), rows })
    }
}

fn or_none(count: i64) -> String {
    if count > 0 { count.to_string() } else { "–".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn savings_count_credits_first_and_then_the_discount() {
        for (price, credits, list, saved, visits) in [
            (37_500, Some(0), 39_000, 9_750, Some(4)),
            (37_500, Some(0), 20_000, 5_000, None),
            (70_000, Some(2), 39_000, 13_650, Some(2)),
            (70_000, Some(2), 20_000, 7_000, None),
            (70_000, Some(2), 30_000, 10_500, Some(3)),
            (165_000, None, 45_000, 45_000, Some(4)),
        ] {
            let found = visits_to_save(Cents(price), credits, Cents(list), Cents(saved));
            assert_eq!(found, visits, "{price} {credits:?} {list}");
        }
    }
}
