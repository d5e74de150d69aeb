//! What a booking costs (P1 to P8): one function, and every price says how it came about.

use catalogue::Service;
use jiff::civil::Date;
use kit::Cents;
use kit::amounts::half_up;
use membership::{Plan, Standing};
use money::{Line, LineKind};

use crate::free::Factors;

/// What makes the service itself free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// Nothing.
    None,
    /// A service credit: surcharges above factor 1 stay due (P3).
    Credit,
    /// A plan without limit: surcharges are waived too (P3).
    Unlimited,
}

/// What is sold.
#[derive(Debug, Clone)]
pub struct Sale<'s> {
    /// List price.
    pub list: Cents,
    /// Members' price.
    pub member: Cents,
    /// The plan that counts on the day.
    pub plan: Option<&'s Plan>,
    /// The room's factor in basis points.
    pub room_bp: i64,
    /// The time's factor in basis points.
    pub time_bp: i64,
    /// What makes it free.
    pub cover: Cover,
    /// Name, price of one and how many of each add-on.
    pub addons: Vec<(String, Cents, i64)>,
}

/// A price, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The sum of the lines is the total, always (P7).
    pub lines: Vec<Line>,
}

impl Quote {
    /// The service at list price with its factors.
    pub fn base(&self) -> Cents {
        self.sum(|line| matches!(line.code.as_str(), "list" | "room" | "time"))
    }

    /// The add-ons.
    pub fn addons(&self) -> Cents {
        self.sum(|line| line.code == "addon")
    }

    /// What discounts, credits and plans take off; not below zero.
    pub fn discount(&self) -> Cents {
        -self.sum(|line| matches!(line.code.as_str(), "discount" | "credit" | "unlimited"))
    }

    /// What is due before tax.
    pub fn total(&self) -> Cents {
        self.sum(|_| true)
    }

    fn sum(&self, counts: impl Fn(&Line) -> bool) -> Cents {
        self.lines.iter().filter(|line| counts(line)).map(|line| line.amount).sum()
    }
}

/// A price on its way, exact: cents times 10^12, for three factors of basis points.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Exact(i128);

const ONE: i128 = 1_000_000_000_000;
const BP: i128 = 10_000;

impl Exact {
    fn of(cents: Cents) -> Exact {
        Exact(i128::from(cents.0) * ONE)
    }

    fn times(self, basis_points: i64) -> Exact {
        Exact(self.0 * i128::from(basis_points) / BP)
    }

    fn rounded(self) -> Cents {
        Cents(half_up(self.0, ONE))
    }
}

/// What a service costs a person on a day, in a room and at a time of these factors: the one place where plan, credit and sale meet.
pub fn price_for(
    service: &Service,
    standing: &Standing,
    day: Date,
    factors: Factors,
    addons: &[(String, Cents, i64)],
    use_credit: bool,
) -> Quote {
    let plan = standing.plan_on(day);
    let cover = match plan.map(|plan| plan.monthly_credits) {
        Some(None) => Cover::Unlimited,
        Some(Some(_)) if use_credit && standing.credits_left(day).is_some_and(|left| left > 0) => {
            Cover::Credit
        }
        _ => Cover::None,
    };
    let (list, member, addons) = (service.list, service.member, addons.to_vec());
    quote(&Sale { list, member, plan, room_bp: factors.room, time_bp: factors.time, cover, addons })
}

/// The price of a sale.
pub fn quote(sale: &Sale<'_>) -> Quote {
    let list = Exact::of(sale.list);
    let is_unlimited = sale.cover == Cover::Unlimited;
    // What a plan without limit waives is shown as one line, from the list price down.
    let plan = sale.plan.filter(|_| !is_unlimited);
    let base = plan.map_or(list, |plan| Exact::of(sale.member).min(list.times(10_000 - plan.discount_bp)));
    let in_room = base.times(sale.room_bp);
    let then = in_room.times(sale.time_bp);

    let mut lines = Vec::new();
    let mut add = |code: &str, label: String, amount: Cents| {
        if amount != Cents::ZERO || code == "list" {
            lines.push(Line::new(LineKind::Service, code, label, amount));
        }
    };
    add("list", "List price".to_owned(), list.rounded());
    if let Some(plan) = plan {
        add("discount", format!("{} member", plan.name), base.rounded() - list.rounded());
    }
    add("room", format!("Room, factor {}", factor(sale.room_bp)), in_room.rounded() - base.rounded());
    add("time", format!("Time, factor {}", factor(sale.time_bp)), then.rounded() - in_room.rounded());
    match sale.cover {
        Cover::None => {}
        Cover::Credit => {
            add("credit", "One service credit".to_owned(), -base.rounded().min(then.rounded()));
        }
        Cover::Unlimited => {
            let name = sale.plan.map_or("Your plan", |plan| plan.name.as_str());
            add("unlimited", format!("{name} member"), -then.rounded());
        }
    }
    for (name, cents, quantity) in &sale.addons {
        let label = if *quantity == 1 { name.clone() } else { format!("{quantity} × {name}") };
        add("addon", label, Cents(cents.0 * quantity));
    }
    Quote { lines }
}

/// 12000 as `1.20`.
fn factor(basis_points: i64) -> String {
    format!("{}.{:02}", basis_points / 10_000, basis_points % 10_000 / 100)
}
