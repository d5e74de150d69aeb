//! Rate limits: so many requests at once, and so many per minute. Counted in this process's memory, by GCRA, one number
//! for each key ([`governor`]).

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter as Governor};

use crate::clock::Clock;

/// What a key may spend at once, and gets back in a minute: one cell for each microsecond. A request costs its part of
/// them, so that keys with different limits share one limiter.
const CELLS: NonZeroU32 = NonZeroU32::new(60_000_000).expect("it is not zero");
/// How many keys are remembered before those that owe nothing are looked for.
const FEW: usize = 4_096;
/// How many keys are remembered at most. Beyond, all are forgiven: memory has an end, too.
const MOST: usize = 200_000;
/// How far the clock may go back without being set back: threads read it and are counted in another order.
const JITTER: Duration = Duration::from_secs(1);

/// Limits how often each of many keys may do something.
pub struct RateLimiter<K: Hash + Eq + Clone> {
    time: Time,
    counts: Mutex<Counts<K>>,
}

struct Counts<K: Hash + Eq + Clone> {
    governor: Governor<K, HashMapStateStore<K>, Time, NoOpMiddleware<Duration>>,
    /// The latest time that was counted at.
    latest: Duration,
    /// How many keys there may be before those that owe nothing are taken out.
    remove_idle_at: usize,
}

/// The clock of the program as the library reads it: time since 1970.
#[derive(Clone)]
struct Time(Clock);

impl governor::clock::Clock for Time {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now().as_millisecond()).unwrap_or(0))
    }
}

impl<K: Hash + Eq + Clone> RateLimiter<K> {
    /// Nobody has asked yet. Time is that of `clock`.
    pub fn new(clock: Clock) -> RateLimiter<K> {
        let time = Time(clock);
        RateLimiter { counts: Mutex::new(Counts::new(&time)), time }
    }

    /// Counts one request of `key`, if it may: `per_minute` at once, and then as many per minute.
    ///
    /// # Errors
    /// In how many seconds it is worth another try, at least 1. Nothing is counted then.
    pub fn take(&self, key: &K, per_minute: u32) -> Result<(), i64> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.time.now();
        // A clock that was set back would leave debts that nobody can have.
        if now + JITTER < counts.latest {
            *counts = Counts::new(&self.time);
        }
        counts.latest = counts.latest.max(now);
        let cost = NonZeroU32::new(CELLS.get() / per_minute.max(1)).unwrap_or(NonZeroU32::MIN);
        match counts.governor.check_key_n(key, cost) {
            Ok(Ok(())) => {
                counts.remove_idle(&self.time);
                Ok(())
            }
            Ok(Err(not_until)) => Err(whole_seconds(not_until.wait_time_from(now))),
            // No request costs more than there is.
            Err(_) => Err(whole_seconds(Duration::from_mins(1))),
        }
    }
}

/// Rounded up, and at least 1.
fn whole_seconds(wait: Duration) -> i64 {
    i64::try_from(wait.as_nanos().div_ceil(1_000_000_000)).unwrap_or(i64::MAX).max(1)
}

impl<K: Hash + Eq + Clone> Counts<K> {
    fn new(time: &Time) -> Counts<K> {
        let governor = Governor::hashmap_with_clock(Quota::per_minute(CELLS), time.clone());
        Counts { governor, latest: time.now(), remove_idle_at: FEW }
    }

    fn remove_idle(&mut self, time: &Time) {
        if self.governor.len() <= self.remove_idle_at {
            return;
        }
        self.governor.retain_recent();
        if self.governor.len() > MOST {
            *self = Counts::new(time);
        }
        self.remove_idle_at = FEW.max(2 * self.governor.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use jiff::Timestamp;

    /// A limiter with its clock.
    fn limiter<K: Hash + Eq + Clone>() -> (RateLimiter<K>, Clock) {
        let clock = Clock::standing_at(at(0));
        (RateLimiter::new(clock.clone()), clock)
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millis).expect("a time")
    }

    #[test]
    fn so_many_at_once_and_then_so_many_a_minute() {
        let (limiter, clock) = limiter();
        for _ in 0..60 {
            assert_eq!(limiter.take(&"a", 60), Ok(()));
        }
        assert_eq!(limiter.take(&"a", 60), Err(1));
        assert_eq!(limiter.take(&"b", 60), Ok(()), "somebody else");
        clock.set(at(999));
        assert_eq!(limiter.take(&"a", 60), Err(1));
        clock.set(at(1_000));
        assert_eq!(limiter.take(&"a", 60), Ok(()));
        assert_eq!(limiter.take(&"a", 60), Err(1));
        clock.set(at(61_000));
        for _ in 0..60 {
            assert_eq!(limiter.take(&"a", 60), Ok(()));
        }
        assert_eq!(limiter.take(&"a", 2), Err(30));
    }

    #[test]
    fn a_clock_that_is_turned_back_locks_nobody_out() {
        let (limiter, clock) = limiter();
        clock.set(at(3_600_000));
        for _ in 0..3 {
            assert_eq!(limiter.take(&"a", 3), Ok(()));
        }
        clock.set(at(0));
        assert_eq!(limiter.take(&"a", 3), Ok(()));
    }

    #[test]
    fn whoever_has_paid_is_forgotten() {
        let (limiter, clock) = limiter();
        for number in 0..=FEW {
            assert_eq!(limiter.take(&number, 600), Ok(()));
        }
        clock.set(at(60_000));
        for number in 0..2 * FEW {
            assert_eq!(limiter.take(&(100_000 + number), 600), Ok(()));
        }
        assert_eq!(
            limiter.counts.lock().expect("nobody panicked").governor.len(),
            2 * FEW,
            "the old ones are gone"
        );
        for number in 0..2 * MOST {
            assert_eq!(limiter.take(&(1_000_000 + number), 600), Ok(()));
        }
        assert!(
            limiter.counts.lock().expect("nobody panicked").governor.len() <= 2 * MOST,
            "memory has an end"
        );
    }
}
