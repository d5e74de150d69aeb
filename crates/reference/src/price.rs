//! What a booking costs (P1 to P8), in whole fractions until the one rounding.

use jiff::civil::Date;

use crate::model::{Person, Service};

/// What pays for the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paid {
    /// Money alone.
    Money,
    /// A credit.
    Credit,
    /// Unlimited.
    Unlimited,
}

/// A price and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// Without add-ons, before tax.
    pub service: i64,
    /// Of the add-ons.
    pub addons: i64,
    /// Both.
    pub total: i64,
    /// What pays.
    pub paid: Paid,
    /// Each step, summing to the total (P7).
    pub why: Vec<(&'static str, i64)>,
}

/// A number as a whole fraction.
#[derive(Debug, Clone, Copy)]
struct Fraction(i128, i128);

impl Fraction {
    fn times(self, n: i64, d: i64) -> Fraction {
        Fraction(self.0 * i128::from(n), self.1 * i128::from(d))
    }

    fn is_less(self, other: Fraction) -> bool {
        self.0 * other.1 < other.0 * self.1
    }

    /// Half-up.
    fn rounded(self) -> i64 {
        let twice = 2 * self.0 + self.1;
        i64::try_from(twice.div_euclid(2 * self.1)).expect("a price")
    }
}

/// What a service costs somebody on a day, in a room and at a time with these factors, with these add-ons.
pub fn price(
    service: &Service,
    minutes: i64,
    person: &Person,
    (day, today): (Date, Date),
    (room, time): (i64, i64),
    addons: &[(i64, i64)],
    wants_credit: Option<bool>,
) -> Price {
    // What is sold by time costs by time (F9).
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
    // Asked for, or declined, or as the person has set it (P3).
    let has_credit = plan.is_some_and(|plan| {
        plan.credits_left(day).is_some_and(|left| left > 0) && wants_credit.unwrap_or(plan.auto_credit)
    });
    // Credits without limit are Unlimited (M1).
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
        // The surcharge above factor 1: what the factors put on top of the price without them.
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
