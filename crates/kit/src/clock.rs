//! The program's clock. Times are `jiff::Timestamp` at millisecond precision; nothing else in the
//! product may ask the operating system what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// The clock that is handed to whoever needs the time. Clones show the same time.
#[derive(Debug, Clone)]
pub struct Clock(ClockSource);

#[derive(Debug, Clone)]
enum ClockSource {
    /// The machine's time, shifted by so many milliseconds (0 but for a test clock).
    Running { shift: i64 },
    /// Stands still until it is moved. UTC milliseconds.
    Standing(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's time.
    pub fn system() -> Clock {
        Clock(ClockSource::Running { shift: 0 })
    }

    /// Shows `start` now and runs on from there: for demonstrations and tests of a whole program.
    pub fn starting_at(start: Timestamp) -> Clock {
        Clock(ClockSource::Running { shift: start.as_millisecond() - machine_time() })
    }

    /// Shows `moment` until it is moved: for tests.
    pub fn standing_at(moment: Timestamp) -> Clock {
        Clock(ClockSource::Standing(Arc::new(AtomicI64::new(moment.as_millisecond()))))
    }

    /// The time, in whole milliseconds.
    pub fn now(&self) -> Timestamp {
        let millis = match &self.0 {
            ClockSource::Running { shift } => machine_time() + shift,
            ClockSource::Standing(at) => at.load(Ordering::SeqCst),
        };
        from_millis(millis)
    }

    /// Moves a standing clock; a running one stays as it is.
    pub fn set(&self, moment: Timestamp) {
        if let ClockSource::Standing(at) = &self.0 {
            at.store(moment.as_millisecond(), Ordering::SeqCst);
        }
    }
}

/// UTC milliseconds since 1970 as a time.
pub fn from_millis(millis: i64) -> Timestamp {
    let bounded = millis.clamp(Timestamp::MIN.as_millisecond(), Timestamp::MAX.as_millisecond());
    Timestamp::from_millisecond(bounded).expect("bounded to what a timestamp holds")
}

#[allow(clippy::disallowed_methods, reason = "the one place that asks the machine")]
fn machine_time() -> i64 {
    Timestamp::now().as_millisecond()
}

/// The machine's own time in UTC milliseconds, whatever the program's clock shows. For ids only.
pub(crate) fn real_millis() -> i64 {
    machine_time()
}
