//! What a booking costs (P1 to P8): one function, and every price says how it came about.

use catalogue::Service;
use jiff::civil::Date;
use kit::Cents;
use kit::amounts::half_up;
use membership::{Entitlements, Plan};
use money::{Line, LineKind};
use scheduling::Factors;
use serde::{Deserialize, Serialize};

/// What makes the service itself free.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
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
pub struct PlanDiscount {
    /// The plan's name.
    pub name: String,
    /// Off the list price, in basis points.
    pub discount_bp: i64,
    /// Whether every service is included.
    #[serde(default)]
    pub unlimited: bool,
}

impl PlanDiscount {
    /// Those of a plan.
    pub fn of(plan: &Plan) -> PlanDiscount {
        let unlimited = plan.monthly_credits.is_none();
        PlanDiscount { name: plan.name.clone(), discount_bp: plan.discount_bp, unlimited }
    }

    /// Whether what was sold by these terms stands under `other`: the same plan at whatever version (P6), or one that gives as
    /// much (M4).
    fn stand_under(&self, other: &PlanDiscount) -> bool {
        let gives_as_much = other.discount_bp >= self.discount_bp && (other.unlimited || !self.unlimited);
        self.name == other.name || gives_as_much
    }
}

/// What a sale was before a plan that gives less priced it anew (M5): it comes back if the plan does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// The plan that it was sold by.
    pub plan: PlanDiscount,
    /// What paid.
    #[serde(rename = "cover")]
    pub coverage: Coverage,
}

/// An add-on as it is sold: its name, the price of one, how many.
pub type SoldAddon = (String, Cents, i64);

/// What is sold, at which prices and factors: kept with a booking, so that its price stands (P6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBasis {
    /// List price, for [`PriceBasis::per`] minutes.
    #[serde(with = "cents")]
    pub list: Cents,
    /// Members' price, for [`PriceBasis::per`] minutes.
    #[serde(with = "cents")]
    pub member: Cents,
    /// How many minutes are sold.
    pub minutes: i64,
    /// For how many minutes the prices are; the same, but for what is sold by time (F9).
    pub per: i64,
    /// The plan that counts on the day.
    pub plan: Option<PlanDiscount>,
    /// The room's factor in basis points.
    pub room_bp: i64,
    /// The time's factor in basis points.
    pub time_bp: i64,
    /// What makes it free.
    #[serde(rename = "cover")]
    pub coverage: Coverage,
    /// What it was before a plan that gives less priced it anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Agreed>,
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

impl PriceBasis {
    /// A service on a day, in a room and at a time of these factors, for so many minutes; nothing covers it yet but a
    /// plan without limit.
    pub fn of(
        service: &Service,
        minutes: i64,
        entitlements: &Entitlements,
        day: Date,
        factors: Factors,
    ) -> PriceBasis {
        let basis = PriceBasis {
            list: service.list,
            member: service.member,
            minutes,
            per: service.minutes,
            plan: None,
            room_bp: factors.room,
            time_bp: factors.time,
            coverage: Coverage::None,
            agreed: None,
        };
        basis.under(entitlements.plan_on(day))
    }

    /// The same under another plan, or none; nothing covers it but a plan without limit.
    #[must_use]
    pub fn under(self, plan: Option<&Plan>) -> PriceBasis {
        let is_unlimited = plan.is_some_and(|plan| plan.monthly_credits.is_none());
        let coverage = if is_unlimited { Coverage::Unlimited } else { Coverage::None };
        PriceBasis { plan: plan.map(PlanDiscount::of), coverage, ..self }
    }

    /// What becomes of the sale where `plan` counts on its day; `None` if it stands. What was sold without a plan stands, and
    /// so does what was sold by a plan, as long as one counts that gives as much (P6, M4). Else it is priced by what counts
    /// (M5), until what was agreed holds again.
    pub fn follow(&self, plan: Option<&Plan>) -> Option<PriceBasis> {
        let now = plan.map(PlanDiscount::of);
        let agreed = match (&self.agreed, &self.plan) {
            (Some(agreed), _) => agreed.clone(),
            (None, Some(plan)) => Agreed { plan: plan.clone(), coverage: self.coverage },
            (None, None) => return None,
        };
        if now.as_ref().is_some_and(|now| agreed.plan.stand_under(now)) {
            self.agreed.as_ref()?;
            let coverage = if agreed.plan.unlimited { Coverage::Unlimited } else { Coverage::None };
            return Some(PriceBasis { plan: Some(agreed.plan), coverage, agreed: None, ..self.clone() });
        }
        if self.agreed.is_some() && self.plan == now {
            return None;
        }
        Some(PriceBasis { agreed: Some(agreed), ..self.clone().under(plan) })
    }

    /// The same, with nothing that covers it but a plan without limit.
    #[must_use]
    pub fn uncovered(self) -> PriceBasis {
        if self.coverage == Coverage::Unlimited {
            self
        } else {
            PriceBasis { coverage: Coverage::None, ..self }
        }
    }

    /// The same, covered by this, unless a plan without limit covers it already.
    #[must_use]
    pub fn covered(self, coverage: Coverage) -> PriceBasis {
        if self.coverage == Coverage::Unlimited { self } else { PriceBasis { coverage, ..self } }
    }
}

/// What a service costs a person on a day, in a room and at a time of these factors, with or without one of their
/// credits: what is shown before it is booked.
pub fn price_for(
    service: &Service,
    entitlements: &Entitlements,
    day: Date,
    factors: Factors,
    addons: &[SoldAddon],
    use_credit: bool,
) -> Quote {
    let basis = PriceBasis::of(service, service.minutes, entitlements, day, factors);
    let has_credit = use_credit && entitlements.credits_left(day).is_some_and(|left| left > 0);
    quote(&basis.covered(if has_credit { Coverage::Credit } else { Coverage::None }), addons)
}

/// The price of a sale with its add-ons.
pub fn quote(basis: &PriceBasis, addons: &[SoldAddon]) -> Quote {
    let exact = |cents| Exact::of(cents, basis.minutes, basis.per);
    let list = exact(basis.list);
    let is_unlimited = basis.coverage == Coverage::Unlimited;
    // What a plan without limit waives is shown as one line, from the list price down.
    let plan = basis.plan.as_ref().filter(|_| !is_unlimited);
    let base = plan.map_or(list, |plan| exact(basis.member).min(list.times(10_000 - plan.discount_bp)));
    let in_room = base.times(basis.room_bp);
    let then = in_room.times(basis.time_bp);

    let mut lines = Vec::new();
    let mut add = |code: &str, label: String, amount: Cents| {
        if amount != Cents::ZERO || code == "list" {
            lines.push(Line::new(LineKind::Service, code, label, amount));
        }
    };
    add("list", "Guest price".to_owned(), list.rounded());
    if let Some(plan) = plan {
        add("discount", format!("{} member", plan.name), base.rounded() - list.rounded());
    }
    add("room", premium("Room", basis.room_bp), in_room.rounded() - base.rounded());
    add(
        "time",
        premium(if basis.time_bp < 10_000 { "Off-peak" } else { "Peak-time" }, basis.time_bp),
        then.rounded() - in_room.rounded(),
    );
    let without_surcharge = base.rounded().min(then.rounded());
    match basis.coverage {
        Coverage::None => {}
        Coverage::Credit => add("credit", "Service credit".to_owned(), -without_surcharge),
        Coverage::Unlimited => {
            let name = basis.plan.as_ref().map_or("Your plan", |plan| plan.name.as_str());
            add("unlimited", format!("{name} member"), -then.rounded());
        }
        Coverage::Birthday(most) => {
            add("birthday", "Birthday-month gift".to_owned(), -without_surcharge.min(Cents(most)));
        }
        Coverage::Pass(people) => add("pass", "Guest pass".to_owned(), -then.share(people)),
    }
    for (name, cents, quantity) in addons {
        let label = if *quantity == 1 { name.clone() } else { format!("{quantity} × {name}") };
        add("addon", label, Cents(cents.0 * quantity));
    }
    Quote { lines }
}

/// What a factor adds or takes off: `Room premium (+10%)`, `Off-peak discount (−12.5%)`.
fn premium(what: &str, basis_points: i64) -> String {
    let share = (basis_points - 10_000).abs();
    let percent = format!("{}.{:02}", share / 100, share % 100);
    let percent = percent.trim_end_matches('0').trim_end_matches('.');
    if basis_points < 10_000 {
        format!("{what} discount (−{percent}%)")
    } else {
        format!("{what} premium (+{percent}%)")
    }
}

/// 12000 as `1.20`.
pub fn factor(basis_points: i64) -> String {
    format!("{}.{:02}", basis_points / 10_000, basis_points % 10_000 / 100)
}

#[cfg(test)]
mod tests {
    use kit::Id;
    use membership::Tier;

    use super::*;

    fn plan(name: &str, discount_bp: i64, monthly_credits: Option<i64>) -> Plan {
        Plan {
            id: Id(1),
            slug: name.to_lowercase(),
            name: name.to_owned(),
            price: Cents(37_500),
            short_description: String::new(),
            benefits: Vec::new(),
            discount_bp,
            tier: Tier::Base,
            max_advance_days: 30,
            monthly_credits,
            guest_passes: 0,
            mensuite_access: true,
            coresync_private_access: true,
            iot_control_access: true,
            concierge: false,
            priority_booking: false,
            featured: false,
            position: 1,
        }
    }

    fn sold(plan: Option<&Plan>, coverage: Coverage) -> PriceBasis {
        let basis = PriceBasis {
            list: Cents(20_000),
            member: Cents(15_000),
            minutes: 60,
            per: 60,
            plan: None,
            room_bp: 10_000,
            time_bp: 10_000,
            coverage: Coverage::None,
            agreed: None,
        };
        basis.under(plan).covered(coverage)
    }

    /// By what it was sold, what counts then, and by what it is priced afterwards; nothing if it stands.
    #[test]
    fn a_price_stands_until_the_plan_of_its_day_gives_less() {
        let (base, premium) = (plan("Base", 2_500, Some(0)), plan("Premium", 3_500, Some(2)));
        let (unlimited, dearer) = (plan("Unlimited", 10_000, None), plan("Base", 2_000, Some(0)));
        for (by, then, priced) in [
            (None, Some(&base), None),
            (None, None, None),
            (Some(&base), Some(&base), None),
            (Some(&base), Some(&dearer), None),
            (Some(&base), Some(&premium), None),
            (Some(&base), None, Some(None)),
            (Some(&premium), Some(&base), Some(Some("Base"))),
            (Some(&unlimited), Some(&premium), Some(Some("Premium"))),
            (Some(&premium), Some(&unlimited), None),
        ] {
            let found = sold(by, Coverage::None).follow(then).map(|basis| basis.plan.map(|plan| plan.name));
            assert_eq!(found, priced.map(|name| name.map(str::to_owned)), "{by:?} {then:?}");
        }
    }

    #[test]
    fn what_was_agreed_comes_back_with_the_plan() {
        let (base, premium) = (plan("Base", 2_500, Some(0)), plan("Premium", 3_500, Some(2)));
        let first = sold(Some(&premium), Coverage::Credit);
        let without = first.follow(None).expect("it is priced anew");
        assert_eq!((without.plan.as_ref(), without.coverage), (None, Coverage::None));
        assert_eq!(without.follow(None), None, "once");
        let lower = without.follow(Some(&base)).expect("by another plan");
        assert_eq!(lower.agreed, without.agreed);
        let back = lower.follow(Some(&premium)).expect("as it was agreed");
        assert_eq!((back.plan, back.agreed), (first.plan.clone(), None));
        // Sales that were written down before a plan said whether it is without limit.
        let old = r#"{"name": "Unlimited", "discount_bp": 10000}"#;
        assert!(!serde_json::from_str::<PlanDiscount>(old).expect("terms").unlimited);
    }
}
