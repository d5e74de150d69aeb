//! The program's clock. Times are `jiff::Timestamp` values with millisecond precision. No other part of the product
//! reads the time of the operating system.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// How much the clocks of two processes may differ before one of them must have been wrong.
pub const SLACK: SignedDuration = SignedDuration::from_mins(1);

/// The clock that is passed to all code that needs the time. Clones share the same time.
#[derive(Debug, Clone)]
pub struct Clock(ClockSource);

#[derive(Debug, Clone)]
enum ClockSource {
    /// The machine's time, shifted by this many milliseconds (0 except for a test clock).
    Running { shift: i64 },
    /// A fixed time in UTC milliseconds that changes only through [`Clock::set`].
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// Returns a clock that shows the machine's time.
    pub fn system() -> Clock {
        Clock(ClockSource::Running { shift: 0 })
    }

    /// Returns a clock that shows `start` now and runs on from there, for demonstrations and for tests of a whole
    /// program.
    pub fn starting_at(start: Timestamp) -> Clock {
        Clock(ClockSource::Running { shift: start.as_millisecond() - machine_time() })
    }

    /// Returns a clock that shows `moment` until [`Clock::set`] changes it, for tests.
    pub fn fixed_at(moment: Timestamp) -> Clock {
        Clock(ClockSource::Fixed(Arc::new(AtomicI64::new(moment.as_millisecond()))))
    }

    /// Returns the current time in whole milliseconds.
    pub fn now(&self) -> Timestamp {
        let millis = match &self.0 {
            ClockSource::Running { shift } => machine_time() + shift,
            ClockSource::Fixed(at) => at.load(Ordering::SeqCst),
        };
        from_millis(millis)
    }

    /// Sets a fixed clock to `moment`. Has no effect on a running clock.
    pub fn set(&self, moment: Timestamp) {
        if let ClockSource::Fixed(at) = &self.0 {
            at.store(moment.as_millisecond(), Ordering::SeqCst);
        }
    }
}

/// Converts UTC milliseconds since 1970 into a timestamp. Values outside the range of a timestamp are clamped.
pub fn from_millis(millis: i64) -> Timestamp {
    let bounded = millis.clamp(Timestamp::MIN.as_millisecond(), Timestamp::MAX.as_millisecond());
    Timestamp::from_millisecond(bounded).expect("bounded to what a timestamp holds")
}

#[allow(clippy::disallowed_methods, reason = "the one place that asks the machine")]
fn machine_time() -> i64 {
    Timestamp::now().as_millisecond()
}

/// Returns the machine's own time in UTC milliseconds, whatever the program's clock shows. Used for ids only.
pub fn real_millis() -> i64 {
    machine_time()
}
