//! Plans and memberships.

use jiff::civil::Date;
use kit::web::RawInput;
use kit::{Cents, Id};
use serde::{Deserialize, Serialize};

/// How rules rank a person (W3, L1), in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// A visitor, or an account without a plan.
    None,
    /// The Base plan, the lowest of the three.
    Base,
    /// The Premium plan, above Base.
    Premium,
    /// The Unlimited plan, the highest of the three.
    Unlimited,
}

impl Tier {
    /// The name of the tier in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Tier::None => "none",
            Tier::Base => "base",
            Tier::Premium => "premium",
            Tier::Unlimited => "unlimited",
        }
    }

    /// Parses a name that [`Tier::as_str`] returns; `None` for any other text.
    pub fn read(text: String) -> Option<Tier> {
        [Tier::None, Tier::Base, Tier::Premium, Tier::Unlimited]
            .into_iter()
            .find(|tier| tier.as_str() == text)
    }
}

kit::column_as!(Tier, String, Tier::read, |tier| tier.as_str().to_owned());

/// A plan that a person can join (S13).
#[derive(Debug, Clone)]
pub struct Plan {
    /// The id of the plan.
    pub id: Id,
    /// The name of the plan in URLs.
    pub slug: String,
    /// The name of the plan.
    pub name: String,
    /// The price per month in cents.
    pub price: Cents,
    /// A description in one line.
    pub short_description: String,
    /// The benefits as texts for people.
    pub benefits: Vec<String>,
    /// The discount on list prices in basis points (P8).
    pub discount_bp: i64,
    /// The tier by which rules rank a member of this plan.
    pub tier: Tier,
    /// The number of days ahead that a member can book (W1).
    pub max_advance_days: i64,
    /// The service credits per billing month. `None` means unlimited, and 0 means none.
    pub monthly_credits: Option<i64>,
    /// The guest passes per billing month.
    pub guest_passes: i64,
    /// Whether members can control rooms in Mensuite.
    pub mensuite_access: bool,
    /// Whether members can control rooms in Coresync Private.
    pub coresync_private_access: bool,
    /// Whether members can control rooms at all.
    pub iot_control_access: bool,
    /// Whether members can make concierge requests.
    pub concierge: bool,
    /// First access to reserved times.
    pub priority_booking: bool,
    /// Whether the plan is featured: shown before the others.
    pub featured: bool,
    /// The position of the plan in the list of the club.
    pub position: i64,
}

#[cfg(test)]
impl Plan {
    /// Returns a Base plan at $375 a month, for unit tests.
    pub(crate) fn base() -> Plan {
        Plan {
            id: Id(1),
            slug: "base".to_owned(),
            name: "Base".to_owned(),
            price: Cents(37_500),
            short_description: String::new(),
            benefits: Vec::new(),
            discount_bp: 2_500,
            tier: Tier::Base,
            max_advance_days: 30,
            monthly_credits: Some(2),
            guest_passes: 0,
            mensuite_access: true,
            coresync_private_access: false,
            iot_control_access: true,
            concierge: false,
            priority_booking: false,
            featured: false,
            position: 1,
        }
    }
}

/// The status of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MembershipStatus {
    /// The dues are paid.
    Active,
    /// The dues are unpaid, but not for longer than the setting `grace_days` (seven by default): the benefits stay
    /// (M7).
    Grace,
    /// The dues are unpaid for longer than the grace period: there are no benefits.
    Suspended,
    /// The membership is over.
    Ended,
}

impl MembershipStatus {
    /// The name of the status in the tables and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            MembershipStatus::Active => "active",
            MembershipStatus::Grace => "grace",
            MembershipStatus::Suspended => "suspended",
            MembershipStatus::Ended => "ended",
        }
    }

    /// Parses a name that [`MembershipStatus::as_str`] returns; `None` for any other text.
    pub fn read(text: String) -> Option<MembershipStatus> {
        [
            MembershipStatus::Active,
            MembershipStatus::Grace,
            MembershipStatus::Suspended,
            MembershipStatus::Ended,
        ]
        .into_iter()
        .find(|status| status.as_str() == text)
    }
}

kit::column_as!(MembershipStatus, String, MembershipStatus::read);

/// How a payment was made at the front desk (T3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paid {
    /// The guest paid in cash.
    Cash,
    /// The guest paid at the card terminal of the front desk.
    Terminal,
}

impl Paid {
    /// The name of the payment method in the tables and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Paid::Cash => "cash",
            Paid::Terminal => "terminal",
        }
    }

    /// Returns the method of the payment.
    pub(crate) fn method(self) -> money::PaymentMethod {
        match self {
            Paid::Cash => money::PaymentMethod::Cash,
            Paid::Terminal => money::PaymentMethod::Terminal,
        }
    }

    /// Parses the field `paid`: `cash` or `terminal`.
    pub fn parse(input: &mut RawInput) -> Paid {
        match input.opt_text_within("paid", 20).as_deref() {
            Some("cash") => Paid::Cash,
            Some("terminal") => Paid::Terminal,
            _ => {
                input.add_error("paid", "Choose how it was paid: cash or terminal.");
                Paid::Cash
            }
        }
    }
}

/// A person's membership of a plan (S14).
#[derive(Debug, Clone)]
pub struct Membership {
    /// The id of the membership.
    pub id: Id,
    /// The status of the membership.
    pub status: MembershipStatus,
    /// The first day of the membership.
    pub started_on: Date,
    /// The last day that is paid.
    pub paid_until: Date,
    /// Whether the membership continues after the last paid day.
    pub renews: bool,
    /// Whether bookings use credits automatically (P3).
    pub auto_credit: bool,
    /// The first and the last day of a freeze, during which there are no dues and no benefits (M6).
    pub frozen: Option<(Date, Date)>,
}

/// The data of a membership that is to be created.
#[derive(Debug, Clone)]
pub struct NewMembership {
    /// The id of the person who becomes a member.
    pub person: Id,
    /// The id of the plan.
    pub plan: Id,
    /// The status with which the membership begins.
    pub status: MembershipStatus,
    /// The first day of the membership.
    pub started_on: Date,
    /// The last day that is paid.
    pub paid_until: Date,
    /// Whether the membership continues after the last paid day.
    pub renews: bool,
}

impl NewMembership {
    /// Returns an active membership that renews, from its first day to its last paid day.
    pub fn active(person: Id, plan: Id, (started_on, paid_until): (Date, Date)) -> NewMembership {
        NewMembership { person, plan, status: MembershipStatus::Active, started_on, paid_until, renews: true }
    }
}
