//! The worked examples of the rules, by their letter. Example C is tested with the release rules over the API; P, Q,
//! and R are tested in `money`.

use bookings::{
    Busy, Cell, Coverage, Days, Demand, Field, Offers, PlanDiscount, Policy, PriceBasis, ResourceCalendar,
    Window, begin, cell_at, cells, iso, moments, quote,
};
use catalogue::Hours;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kit::{Cents, Id};
use membership::{Entitlements, Membership, MembershipStatus, Plan, Tier};

use crate::new_york;

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn plan(tier: Tier) -> Plan {
    let (slug, discount_bp, days) = match tier {
        Tier::None => ("none", 0, 3),
        Tier::Base => ("base", 2_500, 30),
        Tier::Premium => ("premium", 3_500, 60),
        Tier::Unlimited => ("unlimited", 10_000, 90),
    };
    Plan {
        id: Id(1),
        slug: slug.to_owned(),
        name: slug.to_owned(),
        price: Cents(37_500),
        short_description: String::new(),
        benefits: Vec::new(),
        discount_bp,
        tier,
        max_advance_days: days,
        monthly_credits: if tier == Tier::Unlimited { None } else { Some(2) },
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

pub(crate) fn member(tier: Tier, status: MembershipStatus, paid_until: Date, renews: bool) -> Entitlements {
    let (auto_credit, frozen, started_on) = (false, None, date(2026, 1, 15));
    let membership = Membership { id: Id(2), status, started_on, paid_until, renews, auto_credit, frozen };
    Entitlements { held: Some((membership, plan(tier))), ..Entitlements::default() }
}

// Windows

/// Each row: the letter of the example, the entitlements, the current time, a day, and when it opens if it is not
/// open.
#[test]
fn booking_windows_match_the_worked_examples() {
    let (far, zone) = (date(2030, 1, 1), new_york());
    let base = || member(Tier::Base, MembershipStatus::Active, far, true);
    let grace = || member(Tier::Base, MembershipStatus::Grace, date(2026, 2, 26), true);
    let table: [(&str, Entitlements, &str, Date, Option<&str>); 16] = [
        ("A", Entitlements::default(), "2026-11-24T10:00:00-05:00", date(2026, 11, 27), None),
        (
            "A",
            Entitlements::default(),
            "2026-11-24T10:00:00-05:00",
            date(2026, 11, 28),
            Some("2026-11-25T00:00:00-05:00"),
        ),
        ("B", base(), "2026-03-01T10:00:00-05:00", date(2026, 3, 31), None),
        ("B", base(), "2026-03-01T10:00:00-05:00", date(2026, 4, 1), Some("2026-03-02T00:00:00-05:00")),
        // The third day of grace: the plan still applies.
        ("D", grace(), "2026-03-01T10:00:00-05:00", date(2026, 3, 31), None),
        ("D", grace(), "2026-03-01T10:00:00-05:00", date(2026, 4, 1), Some("2026-03-02T00:00:00-05:00")),
        // The plan applies if the day is paid for or the membership renews.
        (
            "W2",
            member(Tier::Base, MembershipStatus::Active, date(2026, 3, 20), false),
            "2026-03-01T10:00:00-05:00",
            date(2026, 3, 20),
            None,
        ),
        (
            "W2",
            member(Tier::Base, MembershipStatus::Active, date(2026, 3, 20), false),
            "2026-03-01T10:00:00-05:00",
            date(2026, 3, 21),
            Some("2026-03-18T00:00:00-04:00"),
        ),
        (
            "W2",
            member(Tier::Base, MembershipStatus::Suspended, far, true),
            "2026-03-01T10:00:00-05:00",
            date(2026, 3, 5),
            Some("2026-03-02T00:00:00-05:00"),
        ),
        (
            "W2",
            member(Tier::Base, MembershipStatus::Ended, far, true),
            "2026-03-01T10:00:00-05:00",
            date(2026, 3, 4),
            None,
        ),
        // The last day of each tier's window.
        (
            "W1",
            member(Tier::Premium, MembershipStatus::Active, far, true),
            "2026-03-01T10:00:00-05:00",
            date(2026, 4, 30),
            None,
        ),
        (
            "W1",
            member(Tier::Premium, MembershipStatus::Active, far, true),
            "2026-03-01T10:00:00-05:00",
            date(2026, 5, 1),
            Some("2026-03-02T00:00:00-05:00"),
        ),
        (
            "W1",
            member(Tier::Unlimited, MembershipStatus::Active, far, true),
            "2026-03-01T10:00:00-05:00",
            date(2026, 5, 30),
            None,
        ),
        (
            "W1",
            member(Tier::Unlimited, MembershipStatus::Active, far, true),
            "2026-03-01T10:00:00-05:00",
            date(2026, 5, 31),
            Some("2026-03-02T00:00:00-05:00"),
        ),
        // Across the night on which the clock goes forward, the window is counted in dates of the club and not in
        // hours.
        (
            "W1",
            Entitlements::default(),
            "2026-03-05T23:59:59-05:00",
            date(2026, 3, 9),
            Some("2026-03-06T00:00:00-05:00"),
        ),
        (
            "W1",
            Entitlements::default(),
            "2026-03-07T00:00:00-05:00",
            date(2026, 3, 11),
            Some("2026-03-08T00:00:00-05:00"),
        ),
    ];
    for (example, entitlements, now, day, opens_at) in table {
        let window = Window::new(time(now), &zone, entitlements, false);
        let closed = window.closed(day).map(|closed| iso(&zone, closed.opens_at));
        assert_eq!(closed.as_deref(), opens_at, "{example}: {day} at {now}");
        assert_eq!(window.closed(day).is_none(), opens_at.is_none(), "{example}: {day} at {now}");
    }
}

// Free times

fn calendar(id: i64, days: &Days, hours: &str, busy: &[(Cell, Cell)]) -> ResourceCalendar {
    let hours: Hours = hours.parse().expect("hours");
    ResourceCalendar {
        id: Id(id),
        open: days.open(&hours),
        there: days.wider().expect("days").pieces(&hours),
        busy: Busy::new(1, busy.to_vec(), days.reach()),
        after: 0,
        premium_bp: 10_000,
        shortest: 6,
        mask: bookings::ReleaseMask::default(),
    }
}

fn demand(setup: i64, duration: i64, turnover: i64) -> Demand {
    let (setup, duration, turnover) = (cells(setup), cells(duration), cells(turnover));
    Demand { setup, duration, turnover, technicians: 0, equipment: false }
}

/// Returns the offered starts of one room on one day, with their operating day.
fn offered(day: Date, hours: &str, busy: &[(&str, &str)], demand: Demand) -> Vec<(Date, String)> {
    let days = Days::new(&new_york(), day, day).expect("days");
    let cell = |text: &str| cell_at(time(text));
    let busy: Vec<(Cell, Cell)> = busy.iter().map(|(from, to)| (cell(from), cell(to))).collect();
    let rooms = vec![calendar(1, &days, hours, &busy)];
    let field = Field {
        reach: days.reach(),
        days,
        rooms,
        technicians: Vec::new(),
        named: None,
        preferred: Default::default(),
        equipment: Vec::new(),
    };
    let found = Offers::find(demand, &field).all(Cell::MIN);
    found.iter().map(|offer| (offer.date, iso(&new_york(), begin(offer.start)))).collect()
}

#[test]
fn example_e_starts_next_to_other_bookings_are_offered() {
    let busy = [
        ("2026-11-24T08:50:00-05:00", "2026-11-24T10:00:00-05:00"),
        ("2026-11-24T12:00:00-05:00", "2026-11-24T21:00:00-05:00"),
    ];
    let found = offered(date(2026, 11, 24), "mon-sun 09:00-21:00", &busy, demand(10, 60, 15));
    let starts: Vec<&str> = found.iter().map(|(_, start)| &start[11..16]).collect();
    assert_eq!(starts, ["10:10", "10:15", "10:30", "10:45"]);
}

#[test]
fn example_f_friday_night_ends_on_saturday() {
    let found = offered(date(2026, 11, 27), "fri-sat 12:00-01:00", &[], demand(15, 120, 30));
    let last = found.last().expect("a last one");
    assert_eq!(*last, (date(2026, 11, 27), "2026-11-27T23:00:00-05:00".to_owned()));
    assert!(found.iter().all(|(day, _)| *day == date(2026, 11, 27)));
}

#[test]
fn example_g_a_repeated_hour_counts_as_two_hours() {
    let twice = moments(&new_york(), date(2026, 11, 1).at(1, 30, 0, 0));
    assert_eq!(twice, [time("2026-11-01T01:30:00-04:00"), time("2026-11-01T01:30:00-05:00")]);
    let found = offered(date(2026, 10, 31), "sat 20:00-04:00", &[], demand(0, 30, 0));
    let half_past_one: Vec<&str> = found
        .iter()
        .map(|(_, start)| start.as_str())
        .filter(|start| start[11..].starts_with("01:30"))
        .collect();
    assert_eq!(half_past_one, ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"]);
    // 20:00 to 04:00 are nine hours on that night: 34 quarter hours and one more start.
    assert_eq!(found.len(), 35);
}

#[test]
fn example_h_a_skipped_hour_has_no_starts() {
    assert_eq!(moments(&new_york(), date(2026, 3, 8).at(2, 30, 0, 0)), []);
    let found = offered(date(2026, 3, 7), "sat 20:00-04:00", &[], demand(0, 30, 0));
    assert!(found.iter().all(|(_, start)| &start[11..13] != "02"), "{found:?}");
    assert_eq!(found.len(), 27, "seven hours that night");
    // Hours that begin or end in the skipped hour begin or end at the moment of the change.
    for hours in ["sun 02:30-05:00", "sun 02:00-05:00", "sun 03:00-05:00"] {
        let found = offered(date(2026, 3, 8), hours, &[], demand(0, 30, 0));
        assert_eq!(
            found.first().map(|(_, start)| start.as_str()),
            Some("2026-03-08T03:00:00-04:00"),
            "{hours}"
        );
    }
    let found = offered(date(2026, 3, 7), "sat 20:00-02:30", &[], demand(0, 30, 0));
    assert_eq!(found.last().map(|(_, start)| start.as_str()), Some("2026-03-08T01:30:00-05:00"));
}

#[test]
fn example_i_a_couple_needs_two_technicians_at_once() {
    let day = date(2026, 11, 24);
    let days = Days::new(&new_york(), day, day).expect("days");
    let noon = cell_at(time("2026-11-24T12:00:00-05:00"));
    let with = |technicians: &[&[(Cell, Cell)]]| {
        let technicians = (10..)
            .zip(technicians)
            .map(|(id, busy)| calendar(id, &days, "mon-sun 09:00-21:00", busy))
            .collect();
        let rooms = vec![calendar(1, &days, "mon-sun 09:00-21:00", &[])];
        let field = Field {
            reach: days.reach(),
            days: days.clone(),
            rooms,
            technicians,
            named: None,
            preferred: Default::default(),
            equipment: Vec::new(),
        };
        Offers::find(Demand { technicians: 2, ..demand(10, 60, 15) }, &field).at(noon).is_some()
    };
    let busy = [(noon + 3, noon + 6)];
    assert!(with(&[&[], &[]]));
    assert!(!with(&[&[]]));
    assert!(!with(&[&[], &busy]));
    assert!(with(&[&[], &busy, &[]]));
}

// Prices

/// Each row: the letter of the example, list price, member price, plan, room and time factors, coverage, add-ons, and
/// total.
#[test]
fn prices_match_the_worked_examples() {
    let (base, premium, unlimited) = (plan(Tier::Base), plan(Tier::Premium), plan(Tier::Unlimited));
    let (one, room, peak) = (10_000, 11_000, 12_000);
    let none: &[i64] = &[];
    type Row<'r> = (&'r str, i64, i64, Option<&'r Plan>, (i64, i64), Coverage, &'r [i64], i64);
    let table: [Row<'_>; 15] = [
        ("J", 20_000, 15_000, None, (one, one), Coverage::None, none, 20_000),
        ("J", 20_000, 15_000, Some(&base), (one, one), Coverage::None, none, 15_000),
        ("J", 20_000, 15_000, Some(&premium), (one, one), Coverage::None, none, 13_000),
        ("J", 20_000, 15_000, Some(&unlimited), (one, one), Coverage::Unlimited, none, 0),
        ("K", 20_000, 15_000, None, (room, peak), Coverage::None, none, 26_400),
        ("K", 20_000, 15_000, Some(&premium), (room, peak), Coverage::None, none, 17_160),
        ("K", 20_000, 15_000, Some(&premium), (room, peak), Coverage::Credit, none, 4_160),
        ("L", 11_500, 11_500, Some(&base), (one, one), Coverage::None, none, 8_625),
        ("L", 11_500, 11_500, Some(&base), (one, 10_500), Coverage::None, none, 9_056),
        ("M", 20_000, 15_000, None, (room, peak), Coverage::None, &[5_000], 31_400),
        // P3: surcharges are waived for Unlimited; P4: add-ons have no discount and no credit.
        ("P3", 20_000, 15_000, Some(&unlimited), (room, peak), Coverage::Unlimited, none, 0),
        ("P4", 20_000, 15_000, Some(&unlimited), (room, peak), Coverage::Unlimited, &[5_000], 5_000),
        ("P4", 20_000, 15_000, Some(&premium), (one, one), Coverage::Credit, &[5_000, 1_500], 6_500),
        // With a factor below one, a credit pays no more than the price.
        ("P3", 20_000, 15_000, Some(&premium), (9_000, one), Coverage::Credit, none, 0),
        ("P1", 20_000, 12_000, Some(&premium), (one, one), Coverage::None, none, 12_000),
    ];
    for (example, list, member, plan, (room_bp, time_bp), coverage, addons, total) in table {
        let addons: Vec<_> = addons.iter().map(|cents| ("LED".to_owned(), Cents(*cents), 1)).collect();
        let (list, member, plan) = (Cents(list), Cents(member), plan.map(PlanDiscount::of));
        let basis =
            PriceBasis { list, member, minutes: 60, per: 60, plan, room_bp, time_bp, coverage, agreed: None };
        let quote = quote(&basis, &addons);
        let place = format!("{example}: {basis:?}");
        assert_eq!(quote.total(), Cents(total), "{place}");
        let sum: Cents = quote.lines.iter().map(|line| line.amount).sum();
        assert_eq!(sum, quote.total(), "{place}");
        assert_eq!(quote.base() + quote.addons() - quote.discount(), quote.total(), "{place}");
        assert!(quote.discount() >= Cents::ZERO, "{place}");
    }
}

// Canceling

#[test]
fn cancellation_fees_match_the_worked_examples() {
    let booked = time("2026-10-01T12:00:00-04:00");
    let start = time("2026-11-27T19:00:00-05:00");
    let across = time("2026-11-01T09:00:00-05:00");
    let (account, base) = (Policy::OTHERS, Policy::MEMBER);
    let table: [(&str, Policy, Timestamp, &str, i64); 15] = [
        ("N", account, start, "2026-11-25T18:59:59-05:00", 0),
        ("N", account, start, "2026-11-25T19:00:00-05:00", 0),
        ("N", account, start, "2026-11-25T19:00:01-05:00", 15_000),
        ("N", account, start, "2026-11-27T07:00:00-05:00", 15_000),
        ("N", account, start, "2026-11-27T07:00:01-05:00", 30_000),
        ("N", account, start, "2026-11-27T19:10:00-05:00", 30_000),
        ("C1", base, start, "2026-11-26T19:00:00-05:00", 0),
        ("C1", base, start, "2026-11-26T19:00:01-05:00", 15_000),
        ("C1", base, start, "2026-11-27T07:00:01-05:00", 30_000),
        // The night of 1 November has an extra hour: Sunday 09:00 minus 24 hours is Saturday 10:00.
        ("O", base, across, "2026-10-31T09:00:00-04:00", 0),
        ("O", base, across, "2026-10-31T10:00:00-04:00", 0),
        ("O", base, across, "2026-10-31T10:00:01-04:00", 15_000),
        ("O", base, across, "2026-10-31T21:00:01-04:00", 15_000),
        ("O", base, across, "2026-10-31T22:00:00-04:00", 15_000),
        ("O", base, across, "2026-10-31T22:00:01-04:00", 30_000),
    ];
    for (example, policy, start, now, fee) in table {
        assert_eq!(policy.fee(Cents(30_000), booked, start, time(now)), Cents(fee), "{example}: {now}");
    }
    // Half a cent is rounded up. Canceling within an hour after booking is free, unless fewer than 12 hours remain.
    assert_eq!(account.fee(Cents(3_375), booked, start, time("2026-11-27T00:00:00-05:00")), Cents(1_688));
    let now = time("2026-11-27T06:00:00-05:00");
    for (minutes, fee) in [(60, 0), (61, 15_000)] {
        let booked = now - jiff::SignedDuration::from_mins(minutes);
        assert_eq!(account.fee(Cents(30_000), booked, start, now), Cents(fee), "{minutes} minutes");
    }
    let late = time("2026-11-27T07:00:00-05:00");
    assert_eq!(
        account.fee(Cents(30_000), late, start, late),
        Cents(15_000),
        "exactly 12 hours is not more than 12"
    );
}
