//! The price of a booking (P1 to P8). One function calculates every price, and each price lists its lines.

use catalogue::Service;
use jiff::civil::Date;
use kit::Cents;
use kit::amounts::half_up;
use membership::{Entitlements, Plan};
use money::{Line, LineKind};
use scheduling::Factors;
use serde::{Deserialize, Serialize};

/// What makes the service free, in whole or in part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// Nothing pays for the service.
    #[default]
    None,
    /// A service credit. Surcharges above factor 1 stay due (P3).
    Credit,
    /// An Unlimited plan. Surcharges are waived too (P3).
    Unlimited,
    /// The gift of the birthday month. It pays for the service up to this many cents; surcharges stay due (M3).
    Birthday(i64),
    /// A guest pass. It pays the share of one of this many people (M2).
    Pass(i64),
}

/// The discount that a plan gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDiscount {
    /// The name of the plan.
    pub name: String,
    /// The discount on the list price, in basis points.
    pub discount_bp: i64,
    /// Whether the plan includes every service.
    #[serde(default)]
    pub unlimited: bool,
}

impl PlanDiscount {
    /// Returns the discount of a plan.
    pub fn of(plan: &Plan) -> PlanDiscount {
        let unlimited = plan.monthly_credits.is_none();
        PlanDiscount { name: plan.name.clone(), discount_bp: plan.discount_bp, unlimited }
    }

    /// Returns whether a price sold under these terms is kept under `other`: the same plan in any version (P6), or a
    /// plan that gives at least as much (M4).
    fn stand_under(&self, other: &PlanDiscount) -> bool {
        let gives_as_much = other.discount_bp >= self.discount_bp && (other.unlimited || !self.unlimited);
        self.name == other.name || gives_as_much
    }
}

/// The original terms of a booking that was repriced because a plan gave less (M5). They apply again if the plan
/// does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalTerms {
    /// The plan under which the booking was sold.
    pub plan: PlanDiscount,
    /// The coverage with which the booking was sold.
    #[serde(rename = "cover")]
    pub coverage: Coverage,
}

/// A sold add-on: its name, the price of one, and the quantity.
pub type SoldAddon = (String, Cents, i64);

/// What is sold, at which prices and factors. It is stored with the booking, so that the price is kept (P6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBasis {
    /// The list price for [`PriceBasis::per`] minutes.
    #[serde(with = "cents")]
    pub list: Cents,
    /// The member price for [`PriceBasis::per`] minutes.
    #[serde(with = "cents")]
    pub member: Cents,
    /// The number of minutes that are sold.
    pub minutes: i64,
    /// The number of minutes that the prices are for. It differs from `minutes` only for services sold by time (F9).
    pub per: i64,
    /// The plan that applies on the day of the booking.
    pub plan: Option<PlanDiscount>,
    /// The price factor of the room, in basis points.
    pub room_bp: i64,
    /// The price factor of the time, in basis points.
    pub time_bp: i64,
    /// What makes the service free.
    #[serde(rename = "cover")]
    pub coverage: Coverage,
    /// The original terms, if the booking was repriced because a plan gave less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<OriginalTerms>,
}

kit::column_as!(PriceBasis, String, |text| serde_json::from_str(&text).ok(), |basis| {
    serde_json::to_string(&basis).expect("a price basis can always be written")
});

/// Serializes cents as a whole number.
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

/// What a line of a price is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceLine {
    /// The list price of the service, before room and time factors.
    List,
    /// What a plan takes off the list price.
    Discount,
    /// The surcharge for the room.
    Room,
    /// The surcharge or reduction for the time.
    Time,
    /// A service credit that pays.
    Credit,
    /// An Unlimited plan that pays.
    Unlimited,
    /// The gift of the birthday month.
    Birthday,
    /// A guest pass that pays the share of a companion.
    Pass,
    /// An add-on, at its price times its quantity.
    Addon,
}

impl PriceLine {
    /// Returns the code of the line in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            PriceLine::List => "list",
            PriceLine::Discount => "discount",
            PriceLine::Room => "room",
            PriceLine::Time => "time",
            PriceLine::Credit => "credit",
            PriceLine::Unlimited => "unlimited",
            PriceLine::Birthday => "birthday",
            PriceLine::Pass => "pass",
            PriceLine::Addon => "addon",
        }
    }

    /// Returns what a line is about, or `None` if it is not part of the price of a booking, such as a fee.
    pub fn of(line: &Line) -> Option<PriceLine> {
        use PriceLine::*;
        let all = [List, Discount, Room, Time, Credit, Unlimited, Birthday, Pass, Addon];
        all.into_iter().find(|one| one.as_str() == line.code)
    }
}

/// A calculated price with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The lines of the price. Their sum is always the total (P7).
    pub lines: Vec<Line>,
}

impl Quote {
    /// Returns the list price of the service plus the surcharges for the room and the time.
    pub fn base(&self) -> Cents {
        self.sum(|line| matches!(line, PriceLine::List | PriceLine::Room | PriceLine::Time))
    }

    /// Returns the price of the add-ons.
    pub fn addons(&self) -> Cents {
        self.sum(|line| line == PriceLine::Addon)
    }

    /// Returns the amount taken off by discounts, credits, and plans, as a positive amount.
    pub fn discount(&self) -> Cents {
        use PriceLine::*;
        -self.sum(|line| matches!(line, Discount | Credit | Unlimited | Birthday | Pass))
    }

    /// Returns the amount due before tax.
    pub fn total(&self) -> Cents {
        self.lines.iter().map(|line| line.amount).sum()
    }

    fn sum(&self, counts: impl Fn(PriceLine) -> bool) -> Cents {
        let counted = self.lines.iter().filter(|line| PriceLine::of(line).is_some_and(&counts));
        counted.map(|line| line.amount).sum()
    }
}

/// An exact price in cents, before rounding: `numerator / (per × 10^12)`. The factor 10^12 keeps three factors in
/// basis points exact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Exact {
    numerator: i128,
    per: i128,
}

const ONE: i128 = 1_000_000_000_000;
const BP: i128 = 10_000;

impl Exact {
    /// Returns the price of `minutes` minutes, where `cents` is the price of `per` minutes.
    fn of(cents: Cents, minutes: i64, per: i64) -> Exact {
        Exact { numerator: i128::from(cents.0) * i128::from(minutes) * ONE, per: i128::from(per.max(1)) }
    }

    fn times(self, basis_points: i64) -> Exact {
        Exact { numerator: self.numerator * i128::from(basis_points) / BP, ..self }
    }

    fn rounded(self) -> Cents {
        self.share(1)
    }

    /// Returns one of `parts` equal shares, rounded half up.
    fn share(self, parts: i64) -> Cents {
        Cents(half_up(self.numerator, ONE * self.per * i128::from(parts.max(1))))
    }
}

impl PriceBasis {
    /// Returns the price basis of a service on a day, for this many minutes and with the factors of the room and the
    /// time. An Unlimited plan is the only coverage applied.
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

    /// Returns the same price basis under another plan or none. An Unlimited plan is the only coverage applied.
    #[must_use]
    pub fn under(self, plan: Option<&Plan>) -> PriceBasis {
        let is_unlimited = plan.is_some_and(|plan| plan.monthly_credits.is_none());
        let coverage = if is_unlimited { Coverage::Unlimited } else { Coverage::None };
        PriceBasis { plan: plan.map(PlanDiscount::of), coverage, ..self }
    }

    /// Returns the price basis after `plan` has become the plan that applies on the day of the booking, or `None` if
    /// the price is kept. A price sold without a plan is kept, and so is a price sold under a plan while the plan
    /// that applies gives at least as much (P6, M4). Otherwise the booking is repriced under the plan that applies
    /// (M5), until the agreed terms apply again.
    pub fn follow(&self, plan: Option<&Plan>) -> Option<PriceBasis> {
        let now = plan.map(PlanDiscount::of);
        let agreed = match (&self.agreed, &self.plan) {
            (Some(agreed), _) => agreed.clone(),
            (None, Some(plan)) => OriginalTerms { plan: plan.clone(), coverage: self.coverage },
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

    /// Returns the same price basis without coverage, unless an Unlimited plan covers it.
    #[must_use]
    pub fn uncovered(self) -> PriceBasis {
        if self.coverage == Coverage::Unlimited {
            self
        } else {
            PriceBasis { coverage: Coverage::None, ..self }
        }
    }

    /// Returns the same price basis with this coverage, unless an Unlimited plan covers it already.
    #[must_use]
    pub fn covered(self, coverage: Coverage) -> PriceBasis {
        if self.coverage == Coverage::Unlimited { self } else { PriceBasis { coverage, ..self } }
    }
}

/// Returns the price of a service for a person on a day, with the factors of the room and the time, and with or
/// without one of the person's credits. Used to show a price before booking.
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

/// Returns the price of a price basis with its add-ons.
pub fn quote(basis: &PriceBasis, addons: &[SoldAddon]) -> Quote {
    let exact = |cents| Exact::of(cents, basis.minutes, basis.per);
    let list = exact(basis.list);
    let is_unlimited = basis.coverage == Coverage::Unlimited;
    // An Unlimited plan is shown as one line that takes off the list price with its factors, not as a discount.
    let plan = basis.plan.as_ref().filter(|_| !is_unlimited);
    let base = plan.map_or(list, |plan| exact(basis.member).min(list.times(10_000 - plan.discount_bp)));
    let in_room = base.times(basis.room_bp);
    let then = in_room.times(basis.time_bp);

    let mut lines = Vec::new();
    let mut add = |line: PriceLine, label: String, amount: Cents| {
        if amount != Cents::ZERO || line == PriceLine::List {
            let kind = if line == PriceLine::Addon { LineKind::Addon } else { LineKind::Service };
            lines.push(Line::new(kind, line.as_str(), label, amount));
        }
    };
    add(PriceLine::List, "Guest price".to_owned(), list.rounded());
    if let Some(plan) = plan {
        add(PriceLine::Discount, format!("{} member", plan.name), base.rounded() - list.rounded());
    }
    add(PriceLine::Room, premium("Room", basis.room_bp), in_room.rounded() - base.rounded());
    add(
        PriceLine::Time,
        premium(if basis.time_bp < 10_000 { "Off-peak" } else { "Peak-time" }, basis.time_bp),
        then.rounded() - in_room.rounded(),
    );
    let without_surcharge = base.rounded().min(then.rounded());
    match basis.coverage {
        Coverage::None => {}
        Coverage::Credit => add(PriceLine::Credit, "Service credit".to_owned(), -without_surcharge),
        Coverage::Unlimited => {
            let name = basis.plan.as_ref().map_or("Your plan", |plan| plan.name.as_str());
            add(PriceLine::Unlimited, format!("{name} member"), -then.rounded());
        }
        Coverage::Birthday(most) => {
            add(PriceLine::Birthday, "Birthday gift".to_owned(), -without_surcharge.min(Cents(most)));
        }
        Coverage::Pass(people) => add(PriceLine::Pass, "Guest pass".to_owned(), -then.share(people)),
    }
    for (name, cents, quantity) in addons {
        let label = if *quantity == 1 { name.clone() } else { format!("{quantity} × {name}") };
        add(PriceLine::Addon, label, Cents(cents.0 * quantity));
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

/// Formats basis points as a factor: 12000 as `1.20`.
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

    /// Each row holds the plan the booking was sold under, the plan that applies then, and the plan it is repriced
    /// under. The last is `None` if the price is kept.
    #[test]
    fn a_booking_is_repriced_only_when_the_plan_on_its_day_gives_less() {
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
    fn the_agreed_price_is_restored_when_the_plan_returns() {
        let (base, premium) = (plan("Base", 2_500, Some(0)), plan("Premium", 3_500, Some(2)));
        let first = sold(Some(&premium), Coverage::Credit);
        let without = first.follow(None).expect("it is priced anew");
        assert_eq!((without.plan.as_ref(), without.coverage), (None, Coverage::None));
        assert_eq!(without.follow(None), None, "once");
        let lower = without.follow(Some(&base)).expect("by another plan");
        assert_eq!(lower.agreed, without.agreed);
        let back = lower.follow(Some(&premium)).expect("as it was agreed");
        assert_eq!((back.plan, back.agreed), (first.plan.clone(), None));
        // Price bases stored before the field `unlimited` existed can still be read.
        let old = r#"{"name": "Unlimited", "discount_bp": 10000}"#;
        assert!(!serde_json::from_str::<PlanDiscount>(old).expect("terms").unlimited);
    }
}
