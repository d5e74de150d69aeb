//! Plans and memberships.

use jiff::civil::Date;
use kit::{Cents, Id};

/// How near a person is to the club: rules ask by it (W3, L1). In rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Visitor or account.
    None,
    /// A Base member.
    Base,
    /// A Premium member.
    Premium,
    /// An Unlimited member.
    Unlimited,
}

impl Tier {
    /// As it stands in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Tier::None => "none",
            Tier::Base => "base",
            Tier::Premium => "premium",
            Tier::Unlimited => "unlimited",
        }
    }

    /// Reads what [`Tier::as_str`] wrote.
    pub fn read(text: String) -> Option<Tier> {
        [Tier::None, Tier::Base, Tier::Premium, Tier::Unlimited]
            .into_iter()
            .find(|tier| tier.as_str() == text)
    }
}

kit::column_as!(Tier, String, Tier::read);

/// What can be joined (S13).
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its id.
    pub id: Id,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its price a month.
    pub price: Cents,
    /// One line.
    pub short_description: String,
    /// What a member has of it.
    pub benefits: Vec<String>,
    /// Off the list price, in basis points (P8).
    pub discount_bp: i64,
    /// How rules rank it.
    pub tier: Tier,
    /// How many days ahead a member books (W1).
    pub max_advance_days: i64,
    /// Service credits a billing month; none means without limit, 0 means none.
    pub monthly_credits: Option<i64>,
    /// Guest passes a billing month.
    pub guest_passes: i64,
    /// Room control in Mensuite.
    pub mensuite_access: bool,
    /// Room control in Coresync Private.
    pub coresync_private_access: bool,
    /// Room control at all.
    pub iot_control_access: bool,
    /// Concierge requests.
    pub concierge: bool,
    /// First access to reserved times.
    pub priority_booking: bool,
    /// Shown first.
    pub featured: bool,
    /// Where it stands in the list.
    pub position: i64,
}

/// Where a membership stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MembershipStatus {
    /// Paid.
    Active,
    /// Unpaid, for no longer than the club's `grace_days` (seven unless it says otherwise): benefits stay (M7).
    Grace,
    /// Unpaid for longer: no benefits.
    Suspended,
    /// Over.
    Ended,
}

impl MembershipStatus {
    /// As it stands in the tables and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            MembershipStatus::Active => "active",
            MembershipStatus::Grace => "grace",
            MembershipStatus::Suspended => "suspended",
            MembershipStatus::Ended => "ended",
        }
    }

    /// Reads what [`MembershipStatus::as_str`] wrote.
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

/// A person's plan (S14).
#[derive(Debug, Clone)]
pub struct Membership {
    /// Its id.
    pub id: Id,
    /// Where it stands.
    pub status: MembershipStatus,
    /// The first day.
    pub started_on: Date,
    /// The last day that is paid.
    pub paid_until: Date,
    /// Whether it goes on after that.
    pub renews: bool,
    /// Whether credits are used without asking (P3).
    pub auto_credit: bool,
    /// The first and the last day without dues and benefits (M6).
    pub frozen: Option<(Date, Date)>,
}

/// A membership to be made.
#[derive(Debug, Clone)]
pub struct NewMembership {
    /// Whose.
    pub person: Id,
    /// Which plan.
    pub plan: Id,
    /// Where it stands.
    pub status: MembershipStatus,
    /// The first day.
    pub started_on: Date,
    /// The last day that is paid.
    pub paid_until: Date,
    /// Whether it goes on after that.
    pub renews: bool,
}
