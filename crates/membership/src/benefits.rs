//! The benefits of a plan besides its prices: credits (M1), guest passes (M2), and the birthday gift (M3). Each use is
//! a row with a unique key, so no benefit can be used twice.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use kit::db::Sql;
use kit::{Id, Result, Tx, args, sql};

use crate::entitlements::{Entitlements, month_number};

/// Uses a credit of the billing month that contains `day` for a booking. Returns `false` if none is left, even if
/// another transaction took the last one at the same time. A plan with unlimited credits always has one; its uses are
/// counted too.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn use_credit(tx: &mut Tx<'_>, entitlements: &Entitlements, day: Date, booking: Id) -> Result<bool> {
    let insert = sql!(
        "INSERT INTO credit_uses (membership_id, month, n, booking_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (membership_id, month, n) DO NOTHING"
    );
    let places = match entitlements.plan_on(day).map(|plan| plan.monthly_credits) {
        Some(Some(given)) => 1..=given,
        // Begin after the numbers that are already used.
        Some(None) => entitlements.credits_used_in(day) + 1..=i64::MAX,
        None => return Ok(false),
    };
    use_one(tx, insert, entitlements, day, booking, places)
}

/// Uses a guest pass of the billing month that contains `day` for a booking (M2). Returns `false` if none is left.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn use_pass(tx: &mut Tx<'_>, entitlements: &Entitlements, day: Date, booking: Id) -> Result<bool> {
    let insert = sql!(
        "INSERT INTO pass_uses (membership_id, month, n, booking_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (membership_id, month, n) DO NOTHING"
    );
    let given = entitlements.plan_on(day).map_or(0, |plan| plan.guest_passes);
    use_one(tx, insert, entitlements, day, booking, 1..=given)
}

/// Inserts a use with the first free number of `places` in the billing month. Returns `false` if none is free.
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

/// Uses the birthday gift for a booking on `day`, and fixes the birthday (M3). Returns `false` if there is no gift on
/// that day, if a gift was used less than twelve months before or after, or if the birthday was changed in the
/// meantime.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn use_birthday(tx: &mut Tx<'_>, entitlements: &Entitlements, day: Date, booking: Id) -> Result<bool> {
    let gift = entitlements.person.zip(entitlements.birthday).filter(|_| entitlements.has_birthday(day));
    let Some((person, birthday)) = gift else { return Ok(false) };
    // The unique key prevents two gifts in one year, but it cannot express twelve months between two gifts. The lock
    // puts a concurrent change of the birthday before or after this transaction.
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

/// Returns the entitlements without the credits and guest passes that a booking used. They can pay for the booking
/// again when it is rescheduled.
///
/// # Errors
/// Returns a fault if the database fails.
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

/// Reduces the count of used benefits by one for each of these months.
fn take_off(used: &mut [(Date, i64)], months: &[(Date,)]) {
    for (month,) in months {
        if let Some((_, count)) = used.iter_mut().find(|(used_in, _)| used_in == month) {
            *count = (*count - 1).max(0);
        }
    }
}

/// Deletes the credits, guest passes, and birthday gifts that a booking used, so that they can be used again (M1: on a
/// cancellation at no charge). Returns how many there were.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn return_benefits(tx: &mut Tx<'_>, booking: Id) -> Result<u64> {
    let credits = tx.run(sql!("DELETE FROM credit_uses WHERE booking_id = $1"), args![booking])?;
    let passes = tx.run(sql!("DELETE FROM pass_uses WHERE booking_id = $1"), args![booking])?;
    let gifts = tx.run(sql!("DELETE FROM birthday_uses WHERE booking_id = $1"), args![booking])?;
    Ok(credits + passes + gifts)
}
