//! What a booking costs (P1 to P8): one function, and every price says how it came about.

use catalogue::Service;
use jiff::civil::Date;
use kit::Cents;
use kit::amounts::half_up;
use membership::{Plan, Standing};
use money::{Line, LineKind};
use serde::{Deserialize, Serialize};

use crate::free::Factors;

/// What makes the service itself free.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cover {
    /// Nothing.
    #[default]
    None,
    /// A service credit: surcharges above factor 1 stay due (P3).
    Credit,
    /// A plan without limit: surcharges are waived too (P3).
    Unlimited,
    /// The gift of the birthday month: the service up to so many cents; surcharges stay due (M3).
    Birthday(i64),
    /// A guest pass: the share of one of so many people (M2).
    Pass(i64),
}

/// What a plan takes off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanTerms {
    /// The plan's name.
    pub name: String,
    /// Off the list price, in basis points.
    pub discount_bp: i64,
}

impl PlanTerms {
    /// Those of a plan.
    pub fn of(plan: &Plan) -> PlanTerms {
        PlanTerms { name: plan.name.clone(), discount_bp: plan.discount_bp }
    }
}

/// An add-on as it is sold: its name, the price of one, how many.
pub type SoldAddon = (String, Cents, i64);

/// What is sold, at which prices and factors: kept with a booking, so that its price stands (P6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// List price, for [`Sale::per`] minutes.
    #[serde(with = "cents")]
    pub list: Cents,
    /// Members' price, for [`Sale::per`] minutes.
    #[serde(with = "cents")]
    pub member: Cents,
    /// How many minutes are sold.
    pub minutes: i64,
    /// For how many minutes the prices are; the same, but for what is sold by time (F9).
    pub per: i64,
    /// The plan that counts on the day.
    pub plan: Option<PlanTerms>,
    /// The room's factor in basis points.
    pub room_bp: i64,
    /// The time's factor in basis points.
    pub time_bp: i64,
    /// What makes it free.
    pub cover: Cover,
}

/// Cents as a whole number.
mod cents {
    use kit::Cents;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(cents: &Cents, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_i64(cents.0)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Cents, D::Error> {
        i64::deserialize(from).map(Cents)
    }
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
        -self.sum(|line| {
            matches!(line.code.as_str(), "discount" | "credit" | "unlimited" | "birthday" | "pass")
        })
    }

    /// What is due before tax.
    pub fn total(&self) -> Cents {
        self.sum(|_| true)
    }

    fn sum(&self, counts: impl Fn(&Line) -> bool) -> Cents {
        self.lines.iter().filter(|line| counts(line)).map(|line| line.amount).sum()
    }
}

/// A price on its way, exact: a numerator over `per` minutes times 10^12, for three factors of basis points.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Exact {
    numerator: i128,
    per: i128,
}

const ONE: i128 = 1_000_000_000_000;
const BP: i128 = 10_000;

impl Exact {
    /// A price for `per` minutes, of `minutes`.
    fn of(cents: Cents, minutes: i64, per: i64) -> Exact {
        Exact { numerator: i128::from(cents.0) * i128::from(minutes) * ONE, per: i128::from(per.max(1)) }
    }

    fn times(self, basis_points: i64) -> Exact {
        Exact { numerator: self.numerator * i128::from(basis_points) / BP, ..self }
    }

    fn rounded(self) -> Cents {
        self.share(1)
    }

    /// One of so many equal parts.
    fn share(self, parts: i64) -> Cents {
        Cents(half_up(self.numerator, ONE * self.per * i128::from(parts.max(1))))
    }
}

impl Sale {
    /// A service on a day, in a room and at a time of these factors, for so many minutes; nothing covers it yet but a
    /// plan without limit.
    pub fn of(service: &Service, minutes: i64, standing: &Standing, day: Date, factors: Factors) -> Sale {
        let sale = Sale {
            list: service.list,
            member: service.member,
            minutes,
            per: service.minutes,
            plan: None,
            room_bp: factors.room,
            time_bp: factors.time,
            cover: Cover::None,
        };
        sale.under(standing.plan_on(day))
    }

    /// The same under another plan, or none; nothing covers it but a plan without limit.
    #[must_use]
    pub fn under(self, plan: Option<&Plan>) -> Sale {
        let is_unlimited = plan.is_some_and(|plan| plan.monthly_credits.is_none());
        let cover = if is_unlimited { Cover::Unlimited } else { Cover::None };
        Sale { plan: plan.map(PlanTerms::of), cover, ..self }
    }

    /// The same, with nothing that covers it but a plan without limit.
    #[must_use]
    pub fn uncovered(self) -> Sale {
        if self.cover == Cover::Unlimited { self } else { Sale { cover: Cover::None, ..self } }
    }

    /// The same, covered by this, unless a plan without limit covers it already.
    #[must_use]
    pub fn covered(self, cover: Cover) -> Sale {
        if self.cover == Cover::Unlimited { self } else { Sale { cover, ..self } }
    }
}

/// What a service costs a person on a day, in a room and at a time of these factors, with or without one of their
/// credits: what is shown before it is booked.
pub fn price_for(
    service: &Service,
    standing: &Standing,
    day: Date,
    factors: Factors,
    addons: &[SoldAddon],
    use_credit: bool,
) -> Quote {
    let sale = Sale::of(service, service.minutes, standing, day, factors);
    let has_credit = use_credit && standing.credits_left(day).is_some_and(|left| left > 0);
    quote(&sale.covered(if has_credit { Cover::Credit } else { Cover::None }), addons)
}

/// The price of a sale with its add-ons.
pub fn quote(sale: &Sale, addons: &[SoldAddon]) -> Quote {
    let exact = |cents| Exact::of(cents, sale.minutes, sale.per);
    let list = exact(sale.list);
    let is_unlimited = sale.cover == Cover::Unlimited;
    // What a plan without limit waives is shown as one line, from the list price down.
    let plan = sale.plan.as_ref().filter(|_| !is_unlimited);
    let base = plan.map_or(list, |plan| exact(sale.member).min(list.times(10_000 - plan.discount_bp)));
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
    let without_surcharge = base.rounded().min(then.rounded());
    match sale.cover {
        Cover::None => {}
        Cover::Credit => add("credit", "One service credit".to_owned(), -without_surcharge),
        Cover::Unlimited => {
            let name = sale.plan.as_ref().map_or("Your plan", |plan| plan.name.as_str());
            add("unlimited", format!("{name} member"), -then.rounded());
        }
        Cover::Birthday(most) => {
            add("birthday", "Your birthday month".to_owned(), -without_surcharge.min(Cents(most)));
        }
        Cover::Pass(people) => add("pass", "Guest pass".to_owned(), -then.share(people)),
    }
    for (name, cents, quantity) in addons {
        let label = if *quantity == 1 { name.clone() } else { format!("{quantity} × {name}") };
        add("addon", label, Cents(cents.0 * quantity));
    }
    Quote { lines }
}

/// 12000 as `1.20`.
fn factor(basis_points: i64) -> String {
    format!("{}.{:02}", basis_points / 10_000, basis_points % 10_000 / 100)
}
