//! What a plan gives besides its prices: credits (M1), guest passes (M2), the gift of the birthday month (M3). Each use is
//! a row whose key can be there once.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use kit::db::Sql;
use kit::{Id, Result, Tx, args, sql};

use crate::entitlements::{Entitlements, month_number};

/// Uses a credit of a billing month for a booking. `false` if there is none, or somebody used the last one meanwhile. Of a plan
/// without limit there always is one: what was used is counted all the same.
///
/// # Errors
/// A fault of the database.
pub fn use_credit(tx: &mut Tx<'_>, entitlements: &Entitlements, day: Date, booking: Id) -> Result<bool> {
    let insert = sql!(
        "INSERT INTO credit_uses (membership_id, month, n, booking_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (membership_id, month, n) DO NOTHING"
    );
    let places = match entitlements.plan_on(day).map(|plan| plan.monthly_credits) {
        Some(Some(given)) => 1..=given,
        // Behind those that are used.
        Some(None) => entitlements.credits_used_in(day) + 1..=i64::MAX,
        None => return Ok(false),
    };
    use_one(tx, insert, entitlements, day, booking, places)
}

/// Uses a guest pass of a billing month for a booking (M2). `false` if there is none left.
///
/// # Errors
/// A fault of the database.
pub fn use_pass(tx: &mut Tx<'_>, entitlements: &Entitlements, day: Date, booking: Id) -> Result<bool> {
    let insert = sql!(
        "INSERT INTO pass_uses (membership_id, month, n, booking_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (membership_id, month, n) DO NOTHING"
    );
    let given = entitlements.plan_on(day).map_or(0, |plan| plan.guest_passes);
    use_one(tx, insert, entitlements, day, booking, 1..=given)
}

/// Uses the first that is left of what a billing month was given.
fn use_one(
    tx: &mut Tx<'_>,
    insert: &'static Sql,
    entitlements: &Entitlements,
    day: Date,
    booking: Id,
    places: RangeInclusive<i64>,
) -> Result<bool> {
    let (Some((membership, _)), Some(month)) = (&entitlements.held, entitlements.billing_month(day)) else {
        return Ok(false);
    };
    for n in places {
        if tx.run(insert, args![membership.id, month, n, booking])? == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Uses the gift of the birthday month for a booking, and fixes the birthday (M3). `false` if there is none on that day, it was
/// used less than twelve months before or after, or the birthday was changed meanwhile.
///
/// # Errors
/// A fault of the database.
pub fn use_birthday(tx: &mut Tx<'_>, entitlements: &Entitlements, day: Date, booking: Id) -> Result<bool> {
    let gift = entitlements.person.zip(entitlements.birthday).filter(|_| entitlements.has_birthday(day));
    let Some((person, birthday)) = gift else { return Ok(false) };
    // The key lets one through of two in a year; that twelve months lie between two, no key can say. Whoever changes the
    // birthday meanwhile comes before or after.
    tx.lock_person(person)?;
    if !people::fix_birthday(tx, person, birthday)? {
        return Ok(false);
    }
    let month = month_number(day);
    let used = tx.run(
        sql!(
            "INSERT INTO birthday_uses (person_id, year, month, booking_id)
             SELECT p.id, $2, $3, $4 FROM people p WHERE p.id = $1 AND NOT EXISTS (SELECT 1 FROM birthday_uses u
                 WHERE u.person_id = p.id AND u.month > $5 AND u.month < $6)
             ON CONFLICT (person_id, year) DO NOTHING"
        ),
        args![person, i64::from(day.year()), month, booking, month - 12, month + 12],
    )?;
    Ok(used == 1)
}

/// A standing as it is once a booking gives back what it used of the plan: what can pay for the booking where it moves.
///
/// # Errors
/// A fault of the database.
pub fn without_uses_of(tx: &mut Tx<'_>, mut entitlements: Entitlements, booking: Id) -> Result<Entitlements> {
    if let Some((membership, _)) = &entitlements.held {
        let of_booking = args![booking, membership.id];
        let credits: Vec<(Date,)> = tx.all(
            sql!("SELECT month FROM credit_uses WHERE booking_id = $1 AND membership_id = $2"),
            &of_booking,
        )?;
        let passes: Vec<(Date,)> = tx.all(
            sql!("SELECT month FROM pass_uses WHERE booking_id = $1 AND membership_id = $2"),
            &of_booking,
        )?;
        take_off(&mut entitlements.credits_used, &credits);
        take_off(&mut entitlements.passes_used, &passes);
    }
    let months: Vec<(i64,)> =
        tx.all(sql!("SELECT month FROM birthday_uses WHERE booking_id = $1"), args![booking])?;
    entitlements.birthdays_used.retain(|used| !months.iter().any(|(month,)| month == used));
    Ok(entitlements)
}

/// Counts one use less for each of these months.
fn take_off(used: &mut [(Date, i64)], months: &[(Date,)]) {
    for (month,) in months {
        if let Some((_, count)) = used.iter_mut().find(|(used_in, _)| used_in == month) {
            *count = (*count - 1).max(0);
        }
    }
}

/// Gives back what a booking used of a plan (M1: on free cancellation).
///
/// # Errors
/// A fault of the database.
pub fn return_perks(tx: &mut Tx<'_>, booking: Id) -> Result<u64> {
    let credits = tx.run(sql!("DELETE FROM credit_uses WHERE booking_id = $1"), args![booking])?;
    let passes = tx.run(sql!("DELETE FROM pass_uses WHERE booking_id = $1"), args![booking])?;
    let gifts = tx.run(sql!("DELETE FROM birthday_uses WHERE booking_id = $1"), args![booking])?;
    Ok(credits + passes + gifts)
}
