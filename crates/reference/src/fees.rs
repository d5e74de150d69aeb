//! What not coming costs (C1, C2, C4).

use crate::model::Moment;

/// What was agreed when somebody booked (C1: the tier and policy are those at booking).
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// With a plan.
    pub member: bool,
    /// When the booking was made.
    pub booked: Moment,
    /// When the guest's time begins.
    pub start: Moment,
    /// Service and add-ons before tax.
    pub cents: i64,
    /// A credit or Unlimited paid for the service.
    pub by_plan: bool,
    /// It was Unlimited.
    pub unlimited: bool,
}

/// What it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fee {
    /// Cents.
    pub cents: i64,
    /// The credit is lost, or the lapse counts (C2).
    pub late: bool,
}

/// What cancelling costs at a moment, after such lapses; a moment after the start is not coming.
pub fn fee(terms: Terms, lapses: &[Moment], at: Moment) -> Fee {
    let ahead = terms.start - at;
    let hours = |n: i64| n * 3600;
    // Just booked, and more than half a day ahead.
    let reconsidered = at - terms.booked <= 60 * 60 && ahead > hours(12);
    let free = if terms.member { hours(24) } else { hours(48) };
    let percent = if reconsidered || ahead >= free {
        0
    } else if ahead >= hours(12) {
        50
    } else {
        100
    };
    // Half-up to the cent.
    let cents = (terms.cents * percent + 50).div_euclid(100);
    let late = terms.by_plan && ahead < hours(24) && !reconsidered;
    // The second in 30 days, and each after it.
    let again = lapses.iter().any(|lapse| *lapse <= at && at - lapse <= 30 * 24 * 3600);
    let besides = if late && terms.unlimited && again { 5_000 } else { 0 };
    Fee { cents: cents + besides, late }
}
