//! Saying no, and being broken. One error type for the whole product: a refusal is part of the
//! language (a named constant with a code), a fault is a defect or a failed part and carries its place.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;

use serde_json::{Map, Value};

/// What every verb answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A named way of saying no. The code is the API's code; the sentence may be read by a guest.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable, in snake case: clients decide by it.
    pub code: &'static str,
    /// What a guest reads: what is so, and what to do.
    pub sentence: &'static str,
    /// The HTTP status it is answered with.
    pub status: u16,
}

impl Refusal {
    /// A refusal because things stand otherwise (409).
    pub const fn conflict(code: &'static str, sentence: &'static str) -> Refusal {
        Refusal { code, sentence, status: 409 }
    }

    /// A refusal because this person may not (403).
    pub const fn forbidden(code: &'static str, sentence: &'static str) -> Refusal {
        Refusal { code, sentence, status: 403 }
    }

    /// A refusal of what was sent (400).
    pub const fn bad_request(code: &'static str, sentence: &'static str) -> Refusal {
        Refusal { code, sentence, status: 400 }
    }

    /// A refusal because it came too often (429).
    pub const fn too_many(code: &'static str, sentence: &'static str) -> Refusal {
        Refusal { code, sentence, status: 429 }
    }
}

/// More wait than can be answered in time.
pub const BUSY: Refusal = Refusal {
    code: "busy",
    sentence: "We’re very busy right now. Please try again in a moment.",
    status: 503,
};

/// Which fields of an input are wrong, and why: the sentence stands beside the field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(pub BTreeMap<String, String>);

impl Fields {
    /// No complaint yet.
    pub fn new() -> Fields {
        Fields::default()
    }

    /// One complaint, as an error.
    pub fn one(field: &str, sentence: impl Into<String>) -> Error {
        let mut fields = Fields::new();
        fields.add(field, sentence);
        Error::Invalid(fields)
    }

    /// Adds a complaint; the first one about a field stays.
    pub fn add(&mut self, field: &str, sentence: impl Into<String>) {
        self.0.entry(field.to_owned()).or_insert_with(|| sentence.into());
    }

    /// Ends the reading of an input: an error if anything was wrong.
    ///
    /// # Errors
    /// `Error::Invalid` with every complaint.
    pub fn check(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self)) }
    }
}

/// The only error type.
#[derive(Debug)]
pub enum Error {
    /// A refusal, with what it carries (`opens_at`, `alternatives`, …) for the client.
    Refused(&'static Refusal, Map<String, Value>),
    /// The input is wrong, field by field.
    Invalid(Fields),
    /// There is no such thing, or it is not theirs.
    NotFound,
    /// Nobody is signed in.
    Unauthorized,
    /// Somebody is, and may not.
    Forbidden,
    /// Something of ours is broken.
    Fault(Box<Fault>),
}

/// What broke, and where. The cause goes to the log only; a guest sees the incident number.
#[derive(Debug)]
pub struct Fault {
    /// For the log.
    pub cause: String,
    /// The line of ours that met it.
    pub place: &'static Location<'static>,
    /// Which kind of failure, for the few callers that can do something about it.
    pub kind: FaultKind,
}

/// The failures that somebody can act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// Two transactions were in each other's way: run again, whole.
    Collision,
    /// The connection was lost or could not be made, and nothing was kept: run again on another.
    NotStarted,
    /// The database can't keep anything at the moment: its disk is full, read-only or failing. Nothing was kept.
    Unavailable,
    /// The connection was lost during the commit: whether anything was kept is not known, so nothing is repeated.
    InDoubt,
    /// A unique key of this table said no.
    BrokenKey(String),
    /// Everything else.
    Other,
}

/// In how many seconds a client should try again when the database does not answer.
const RETRY_AFTER: i64 = 5;

impl FaultKind {
    /// Whether the database is what is missing, and not something of ours that is broken: answered with 503.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, FaultKind::NotStarted | FaultKind::Unavailable | FaultKind::InDoubt)
    }
}

impl Fault {
    /// A fault met by the calling line.
    #[track_caller]
    pub fn because(cause: impl fmt::Display) -> Error {
        Fault::of(FaultKind::Other, cause)
    }

    /// A fault of a known kind.
    #[track_caller]
    pub fn of(kind: FaultKind, cause: impl fmt::Display) -> Error {
        Error::Fault(Box::new(Fault { cause: cause.to_string(), place: Location::caller(), kind }))
    }
}

impl Error {
    /// The refusal with nothing more to say.
    pub fn refused(refusal: &'static Refusal) -> Error {
        Error::Refused(refusal, Map::new())
    }

    /// The refusal with one more thing that it carries.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Error {
        if let Error::Refused(_, carried) = &mut self {
            carried.insert(name.to_owned(), value.into());
        }
        self
    }

    /// The refusal's code, if it is one.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Error::Refused(refusal, _) => Some(refusal.code),
            _ => None,
        }
    }

    /// In how many seconds it is worth another try: what a refusal says, or a moment where the database or its threads have no time
    /// or place for anybody (503).
    pub fn retry_after(&self) -> Option<i64> {
        match self {
            Error::Refused(refusal, carried) => {
                let seconds = carried.get("retry_after").and_then(Value::as_i64);
                seconds.or((refusal.code == BUSY.code).then_some(RETRY_AFTER))
            }
            Error::Fault(fault) if fault.kind.is_unavailable() => Some(RETRY_AFTER),
            _ => None,
        }
    }

    /// Whether running the whole transaction again can cure it.
    pub fn is_passing(&self) -> bool {
        matches!(self, Error::Fault(fault) if matches!(fault.kind, FaultKind::Collision | FaultKind::NotStarted))
    }
}

impl From<&'static Refusal> for Error {
    fn from(refusal: &'static Refusal) -> Error {
        Error::refused(refusal)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused(refusal, _) => write!(f, "{}: {}", refusal.code, refusal.sentence),
            Error::Invalid(fields) => write!(f, "invalid: {:?}", fields.0),
            Error::NotFound => f.write_str("not found"),
            Error::Unauthorized => f.write_str("not signed in"),
            Error::Forbidden => f.write_str("not allowed"),
            Error::Fault(fault) => write!(f, "{} ({})", fault.cause, fault.place),
        }
    }
}

impl std::error::Error for Error {}

/// Turns a broken key into the refusal that it stands for.
pub trait OrRefuse<T> {
    /// If a unique key of `table` said no, the answer is `refusal`.
    ///
    /// # Errors
    /// The refusal, or whatever else went wrong.
    fn or_refuse(self, table: &str, refusal: &'static Refusal) -> Result<T>;
}

impl<T> OrRefuse<T> for Result<T> {
    fn or_refuse(self, table: &str, refusal: &'static Refusal) -> Result<T> {
        match self {
            Err(Error::Fault(fault)) if fault.kind == FaultKind::BrokenKey(table.to_owned()) => {
                Err(Error::refused(refusal))
            }
            other => other,
        }
    }
}

/// Turns a foreign error into a fault at the calling line.
pub trait OrFault<T> {
    /// The value, or a fault with the place of the caller.
    ///
    /// # Errors
    /// `Error::Fault`.
    fn or_fault(self) -> Result<T>;
}

impl<T, E: fmt::Display> OrFault<T> for std::result::Result<T, E> {
    #[track_caller]
    fn or_fault(self) -> Result<T> {
        match self {
            Ok(value) => Ok(value),
            Err(cause) => Err(Fault::because(cause)),
        }
    }
}
