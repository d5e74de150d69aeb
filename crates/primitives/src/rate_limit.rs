//! Rate limits: a number of requests at once, and as many per minute. Limits are counted in the memory of this
//! process with GCRA, one state for each key ([`governor`]).

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter as Governor};

use crate::clock::Clock;

/// The budget of a key: the number of cells that it may spend at once and regains in a minute, one for each
/// microsecond. A request costs a share of the budget, so that keys with different limits share one limiter.
const CELLS: NonZeroU32 = NonZeroU32::new(60_000_000).expect("it is not zero");
/// How many keys are stored before idle keys are removed.
const FEW: usize = 4_096;
/// The most keys stored. Beyond this number all counts are reset, to bound the memory.
const MOST: usize = 200_000;
/// How far the clock may go back without counting as set back. Threads read it and are counted in different orders.
const JITTER: Duration = Duration::from_secs(1);

/// Limits how often each key may do something.
pub struct RateLimiter<K: Hash + Eq + Clone> {
    time: Time,
    counts: Mutex<Counts<K>>,
}

struct Counts<K: Hash + Eq + Clone> {
    governor: Governor<K, HashMapStateStore<K>, Time, NoOpMiddleware<Duration>>,
    /// The latest time at which a request was counted.
    latest: Duration,
    /// The number of keys beyond which idle keys are removed.
    remove_idle_at: usize,
}

/// The program's clock as the library reads it: time since 1970.
#[derive(Clone)]
struct Time(Clock);

impl governor::clock::Clock for Time {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now().as_millisecond()).unwrap_or(0))
    }
}

impl<K: Hash + Eq + Clone> RateLimiter<K> {
    /// Returns an empty limiter that uses the time of `clock`.
    pub fn new(clock: Clock) -> RateLimiter<K> {
        let time = Time(clock);
        RateLimiter { counts: Mutex::new(Counts::new(&time)), time }
    }

    /// Counts one request of `key` if the limit allows it: `per_minute` requests at once, and as many per minute
    /// after that.
    ///
    /// # Errors
    /// Returns the number of seconds, at least 1, after which a retry makes sense. Nothing is counted then.
    pub fn take(&self, key: &K, per_minute: u32) -> Result<(), i64> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.time.now();
        // After the clock was set back, the stored counts would block keys for too long.
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
            // Cannot occur: no request costs more than the whole budget.
            Err(_) => Err(whole_seconds(Duration::from_mins(1))),
        }
    }
}

/// Rounds up to whole seconds, at least 1.
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

    /// Returns a limiter with its clock.
    fn limiter<K: Hash + Eq + Clone>() -> (RateLimiter<K>, Clock) {
        let clock = Clock::fixed_at(at(0));
        (RateLimiter::new(clock.clone()), clock)
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millis).expect("a time")
    }

    #[test]
    fn a_burst_is_allowed_and_then_a_steady_rate() {
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
    fn a_clock_that_is_set_back_locks_out_no_client() {
        let (limiter, clock) = limiter();
        clock.set(at(3_600_000));
        for _ in 0..3 {
            assert_eq!(limiter.take(&"a", 3), Ok(()));
        }
        clock.set(at(0));
        assert_eq!(limiter.take(&"a", 3), Ok(()));
    }

    #[test]
    fn fully_replenished_counters_are_deleted() {
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
            "old entries are dropped"
        );
        for number in 0..2 * MOST {
            assert_eq!(limiter.take(&(1_000_000 + number), 600), Ok(()));
        }
        assert!(
            limiter.counts.lock().expect("nobody panicked").governor.len() <= 2 * MOST,
            "the table is bounded"
        );
    }
}
