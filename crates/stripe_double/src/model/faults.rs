//! Faults that a test asks for.

use serde::{Deserialize, Serialize};

/// A fault that the double injects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoubleFault {
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: InjectedFault,
    /// How many times; none for every time until the faults are removed.
    #[serde(default)]
    pub times: Option<u32>,
    /// Only requests whose path contains this text, or events whose type does. Empty for all.
    #[serde(default)]
    pub only: String,
    /// Only requests with this method. Empty for all.
    #[serde(default)]
    pub method: String,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InjectedFault {
    /// The request is carried out late, while its idempotency key is in use.
    Slow {
        /// How late, in milliseconds.
        milliseconds: u64,
    },
    /// Every connection is cut and nothing is carried out, the hosted pages included.
    Down,
    /// The connection is cut before the request is carried out.
    ResetBefore,
    /// The request is carried out, and the connection is cut before the response.
    ResetAfter,
    /// The request is carried out, and the response is 500. A repetition gets the same response.
    ErrorAfter,
    /// The request is not carried out, and the response has this status.
    Answer {
        /// The status.
        status: u16,
        /// The header `Retry-After`, in seconds.
        #[serde(default)]
        retry_after: Option<u32>,
        /// The header `Stripe-Should-Retry`.
        #[serde(default)]
        should_retry: Option<bool>,
    },
    /// The event is listed and never delivered.
    EventDropped,
    /// The event is delivered twice.
    EventDuplicated,
    /// The event is delivered after what happens next.
    EventReordered,
    /// The event is delivered late.
    EventLate {
        /// How late, in seconds.
        seconds: i64,
    },
    /// The event has the shape of an old version of the API.
    EventOldShape,
    /// The balance transaction of a Stripe charge is null at first.
    TransactionLater {
        /// For how long, in seconds.
        seconds: i64,
    },
    /// A search does not find what was created a moment ago.
    SearchLate {
        /// How long ago at most, in seconds.
        seconds: i64,
    },
}

impl DoubleFault {
    /// Returns a fault that happens every time.
    pub fn always(kind: InjectedFault) -> DoubleFault {
        DoubleFault { kind, times: None, only: String::new(), method: String::new() }
    }

    /// Returns a fault that happens a number of times.
    pub fn times(kind: InjectedFault, times: u32) -> DoubleFault {
        DoubleFault { times: Some(times), ..DoubleFault::always(kind) }
    }

    /// Limits the fault to requests whose path contains a text, or to events whose type does.
    #[must_use]
    pub fn only(mut self, text: &str) -> DoubleFault {
        text.clone_into(&mut self.only);
        self
    }

    /// Limits the fault to requests with this method.
    #[must_use]
    pub fn method(mut self, method: &str) -> DoubleFault {
        method.clone_into(&mut self.method);
        self
    }

    /// Whether the fault is about requests.
    pub(crate) fn is_of_requests(&self) -> bool {
        matches!(
            self.kind,
            InjectedFault::Slow { .. }
                | InjectedFault::Down
                | InjectedFault::ResetBefore
                | InjectedFault::ResetAfter
                | InjectedFault::ErrorAfter
                | InjectedFault::Answer { .. }
        )
    }
}
