//! What a place on the waitlist is for, and its states.

use serde::{Deserialize, Serialize};

/// What a waitlist entry is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitKind {
    /// A waitlist entry: the time is held for them.
    Place,
    /// A notification when a time opens to them (priority release).
    Tell,
}

impl WaitKind {
    /// Returns the name of the kind as it is stored in the database and shown in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            WaitKind::Place => "place",
            WaitKind::Tell => "tell",
        }
    }

    /// Parses a name that [`WaitKind::as_str`] returned.
    pub fn read(text: String) -> Option<WaitKind> {
        [WaitKind::Place, WaitKind::Tell].into_iter().find(|kind| kind.as_str() == text)
    }
}

kit::column_as!(WaitKind, String, WaitKind::read, |kind| kind.as_str().to_owned());

/// The state of a place on the waitlist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitState {
    /// The person waits, and no time is held for them.
    Waiting,
    /// A time is held for the person.
    Offered,
    /// The person got a time, or was notified.
    Done,
    /// The person left the waitlist.
    Left,
    /// The last day has passed.
    Over,
}

impl WaitState {
    /// Returns the name of the state as it is stored in the database and shown in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            WaitState::Waiting => "waiting",
            WaitState::Offered => "offered",
            WaitState::Done => "done",
            WaitState::Left => "left",
            WaitState::Over => "over",
        }
    }

    fn read(text: String) -> Option<WaitState> {
        use WaitState::*;
        [Waiting, Offered, Done, Left, Over].into_iter().find(|state| state.as_str() == text)
    }
}

kit::column_as!(WaitState, String, WaitState::read, |state| state.as_str().to_owned());
