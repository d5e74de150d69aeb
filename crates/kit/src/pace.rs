//! How fast somebody may ask: so many at once, and so many a minute. Counted in this process's memory, in one number
//! each: the moment at which everything that was asked is paid off.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// What is asked at once and what is asked in this time are one number. In microseconds.
const SPAN: i64 = 60_000_000;
/// How many are remembered before those that have nothing to pay are looked for.
const FEW: usize = 4_096;
/// How many are remembered at most. Beyond, all are forgiven: memory has an end, too.
const MOST: usize = 200_000;

/// How fast each of many may ask.
#[derive(Debug)]
pub struct Pace<K>(Mutex<Debts<K>>);

#[derive(Debug)]
struct Debts<K> {
    /// When each has paid, in UTC microseconds.
    paid: HashMap<K, i64>,
    /// How many there may be before the paid ones are taken out.
    sweep_at: usize,
}

impl<K> Default for Pace<K> {
    fn default() -> Pace<K> {
        Pace(Mutex::new(Debts { paid: HashMap::new(), sweep_at: FEW }))
    }
}

impl<K: Hash + Eq> Pace<K> {
    /// Counts one more, if `key` may: `a_minute` at once, and then as many a minute.
    ///
    /// # Errors
    /// In how many seconds it is worth another try, at least 1. Nothing is counted then.
    pub fn take(&self, key: K, a_minute: u32, now: Timestamp) -> Result<(), i64> {
        let now = now.as_microsecond();
        let mut debts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was turned back leaves debts that nobody can have.
        let debt = debts.paid.get(&key).copied().filter(|paid| *paid <= now + SPAN);
        let next = debt.unwrap_or(now).max(now) + SPAN / i64::from(a_minute.max(1));
        let too_much = next - now - SPAN;
        if too_much > 0 {
            return Err((too_much + 999_999) / 1_000_000);
        }
        debts.paid.insert(key, next);
        debts.sweep(now);
        Ok(())
    }
}

impl<K: Hash + Eq> Debts<K> {
    fn sweep(&mut self, now: i64) {
        if self.paid.len() <= self.sweep_at {
            return;
        }
        self.paid.retain(|_, paid| *paid > now);
        if self.paid.len() > MOST {
            self.paid.clear();
        }
        self.sweep_at = FEW.max(2 * self.paid.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millis).expect("a time")
    }

    #[test]
    fn so_many_at_once_and_then_so_many_a_minute() {
        let pace = Pace::default();
        for _ in 0..60 {
            assert_eq!(pace.take("a", 60, at(0)), Ok(()));
        }
        assert_eq!(pace.take("a", 60, at(0)), Err(1));
        assert_eq!(pace.take("b", 60, at(0)), Ok(()), "somebody else");
        assert_eq!(pace.take("a", 60, at(999)), Err(1));
        assert_eq!(pace.take("a", 60, at(1_000)), Ok(()));
        assert_eq!(pace.take("a", 60, at(1_000)), Err(1));
        for _ in 0..60 {
            assert_eq!(pace.take("a", 60, at(61_000)), Ok(()));
        }
        assert_eq!(pace.take("a", 2, at(61_000)), Err(30));
    }

    #[test]
    fn a_clock_that_is_turned_back_locks_nobody_out() {
        let pace = Pace::default();
        for _ in 0..3 {
            assert_eq!(pace.take("a", 3, at(3_600_000)), Ok(()));
        }
        assert_eq!(pace.take("a", 3, at(0)), Ok(()));
    }

    #[test]
    fn whoever_has_paid_is_forgotten() {
        let pace = Pace::default();
        for number in 0..=FEW {
            assert_eq!(pace.take(number, 600, at(0)), Ok(()));
        }
        for number in 0..2 * FEW {
            assert_eq!(pace.take(100_000 + number, 600, at(60_000)), Ok(()));
        }
        assert_eq!(pace.0.lock().expect("nobody panicked").paid.len(), 2 * FEW, "the old ones are gone");
        for number in 0..2 * MOST {
            assert_eq!(pace.take(1_000_000 + number, 600, at(60_000)), Ok(()));
        }
        assert!(pace.0.lock().expect("nobody panicked").paid.len() <= 2 * MOST, "memory has an end");
    }
}
