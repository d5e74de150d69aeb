//! The price of a booking (P1 to P8), calculated with exact fractions until the one rounding.

use jiff::civil::Date;

use crate::model::{Person, Service};

/// What pays for the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paid {
    /// The person pays with money only.
    Money,
    /// A monthly credit of the plan pays for the service.
    Credit,
    /// The Unlimited plan pays for the service.
    Unlimited,
}

/// A price and its steps, in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The service without add-ons, before tax.
    pub service: i64,
    /// The price of the add-ons in cents.
    pub addons: i64,
    /// The service and the add-ons.
    pub total: i64,
    /// What pays for the service.
    pub paid: Paid,
    /// The steps, which add up to the total (P7).
    pub why: Vec<(&'static str, i64)>,
}

/// A number as a fraction of integers.
#[derive(Debug, Clone, Copy)]
struct Fraction(i128, i128);

impl Fraction {
    fn times(self, n: i64, d: i64) -> Fraction {
        Fraction(self.0 * i128::from(n), self.1 * i128::from(d))
    }

    fn is_less(self, other: Fraction) -> bool {
        self.0 * other.1 < other.0 * self.1
    }

    /// Returns whole cents, rounded half up.
    fn rounded(self) -> i64 {
        let twice = 2 * self.0 + self.1;
        i64::try_from(twice.div_euclid(2 * self.1)).expect("a price")
    }
}

/// Returns the price of a service for a person on a day, with the factors of the room and the time (in basis points)
/// and with add-ons.
pub fn price(
    service: &Service,
    minutes: i64,
    person: &Person,
    (day, today): (Date, Date),
    (room, time): (i64, i64),
    addons: &[(i64, i64)],
    wants_credit: Option<bool>,
) -> Price {
    // A service that is sold by time is priced by its duration (F9).
    let by_time = |cents: i64| Fraction(i128::from(cents), 1).times(minutes, service.minutes);
    let list = by_time(service.list);
    let plan = person.plan_on(day, today);
    let base = match plan {
        None => list,
        Some(plan) => {
            let less = list.times(10_000 - plan.discount, 10_000);
            let member = by_time(service.member);
            if member.is_less(less) { member } else { less }
        }
    };
    let whole = base.times(room, 10_000).times(time, 10_000);
    // Requested, declined, or according to the person's setting (P3).
    let has_credit = plan.is_some_and(|plan| {
        plan.credits_left(day).is_some_and(|left| left > 0) && wants_credit.unwrap_or(plan.auto_credit)
    });
    // A plan with unlimited credits is Unlimited (M1).
    let paid = if plan.is_some_and(|plan| plan.credits.is_none()) {
        Paid::Unlimited
    } else if has_credit {
        Paid::Credit
    } else {
        Paid::Money
    };
    let full = whole.rounded();
    let due = match paid {
        Paid::Money => full,
        Paid::Unlimited => 0,
        // The surcharge above factor 1: what the factors add to the price without them.
        Paid::Credit => (full - base.rounded()).max(0),
    };
    let extra: i64 = addons.iter().map(|(cents, quantity)| cents * quantity).sum();
    let why = vec![
        ("list", list.rounded()),
        ("plan", base.rounded() - list.rounded()),
        ("factors", full - base.rounded()),
        ("paid", due - full),
        ("addons", extra),
    ];
    Price { service: due, addons: extra, total: due + extra, paid, why }
}
