//! Refusals and faults: the one error type of the product. A refusal is a business rule that says no (a named
//! constant with a code). A fault is a defect or a failed part and carries its source location.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

/// The result type of every operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A named refusal. The code is part of the API; a guest may read the sentence.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code in snake case, by which clients decide.
    pub code: &'static str,
    /// The sentence that a guest reads. It says what is so and what to do.
    pub sentence: &'static str,
    /// The HTTP status of the response.
    pub status: u16,
}

impl Refusal {
    /// Returns whether this is the other refusal, perhaps with another wording: whether both have the same code.
    pub fn is(&self, other: &Refusal) -> bool {
        self.code == other.code
    }

    /// Returns whether this is one of the others, perhaps with another wording.
    pub fn is_any(&self, others: &[&Refusal]) -> bool {
        others.iter().any(|other| self.is(other))
    }

    /// Builds a refusal because of a conflicting state (409).
    pub const fn conflict(code: &'static str, sentence: &'static str) -> Refusal {
        Refusal { code, sentence, status: 409 }
    }

    /// Builds a refusal because the person lacks the permission (403).
    pub const fn forbidden(code: &'static str, sentence: &'static str) -> Refusal {
        Refusal { code, sentence, status: 403 }
    }

    /// Builds a refusal of what the client sent (400).
    pub const fn bad_request(code: &'static str, sentence: &'static str) -> Refusal {
        Refusal { code, sentence, status: 400 }
    }

    /// Builds a refusal because of too many requests (429).
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

/// The invalid fields of an input, each with the sentence to show beside the field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(pub BTreeMap<String, String>);

impl Fields {
    /// Returns an empty set of field errors.
    pub fn new() -> Fields {
        Fields::default()
    }

    /// Returns a single field error as an [`Error`].
    pub fn one(field: &str, sentence: impl Into<String>) -> Error {
        let mut fields = Fields::new();
        fields.add(field, sentence);
        Error::Invalid(fields)
    }

    /// Adds a field error. The first error for a field is kept.
    pub fn add(&mut self, field: &str, sentence: impl Into<String>) {
        self.0.entry(field.to_owned()).or_insert_with(|| sentence.into());
    }

    /// Returns an error if any field was invalid.
    ///
    /// # Errors
    /// Returns `Error::Invalid` with all field errors.
    pub fn check(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self)) }
    }
}

/// The only error type of the product.
#[derive(Debug)]
pub enum Error {
    /// A refusal, with additional data for the client (`opens_at`, `alternatives`, …).
    Refused(&'static Refusal, RefusalDetails),
    /// The input is invalid, field by field.
    Invalid(Fields),
    /// The resource does not exist, or the caller may not see it.
    NotFound,
    /// The caller is not signed in.
    Unauthorized,
    /// The caller is signed in but lacks the permission.
    Forbidden,
    /// A failure of our own system. Its cause goes to the log only.
    Fault(Box<Fault>),
}

/// An internal failure with its source location. The cause goes to the log only; a guest sees the incident number.
#[derive(Debug)]
pub struct Fault {
    /// The cause, for the log.
    pub cause: String,
    /// The line of our source that met the failure.
    pub place: &'static Location<'static>,
    /// The kind of failure, for the few callers that can act on it.
    pub kind: FaultKind,
}

/// The kinds of failure that callers distinguish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// Two transactions collided. The whole transaction can run again.
    Collision,
    /// The connection was lost or could not be made, and nothing was kept. The transaction can run again on another
    /// connection.
    NotStarted,
    /// The database cannot store anything at the moment, because its disk is full, read-only, or failing. Nothing
    /// was kept.
    Unavailable,
    /// The connection was lost during the commit. It is unknown whether anything was kept, so nothing is repeated.
    InDoubt,
    /// A unique key of this table was violated.
    BrokenKey(String),
    /// Any other failure, which is not repeated.
    Other,
}

/// The number of seconds after which a client should try again when the database does not answer.
pub(crate) const RETRY_SECONDS: i64 = 5;

impl FaultKind {
    /// Returns whether the database is unavailable rather than our code defective. Such a fault is answered with
    /// 503.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, FaultKind::NotStarted | FaultKind::Unavailable | FaultKind::InDoubt)
    }
}

impl Fault {
    /// Returns a fault at the calling line.
    #[track_caller]
    pub fn because(cause: impl fmt::Display) -> Error {
        Fault::of(FaultKind::Other, cause)
    }

    /// Returns a fault of a known kind at the calling line.
    #[track_caller]
    pub fn of(kind: FaultKind, cause: impl fmt::Display) -> Error {
        Error::Fault(Box::new(Fault { cause: cause.to_string(), place: Location::caller(), kind }))
    }
}

impl Error {
    /// Returns the refusal without additional data.
    pub fn refused(refusal: &'static Refusal) -> Error {
        Error::Refused(refusal, RefusalDetails::default())
    }

    /// Adds one value to the data of a refusal. Has no effect on other errors.
    #[must_use]
    pub fn with<T: RefusalValue + 'static>(mut self, key: DetailKey<T>, value: T) -> Error {
        if let Error::Refused(_, details) = &mut self {
            details.insert(key, value);
        }
        self
    }

    /// Returns the code of a refusal; `None` for other errors.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Error::Refused(refusal, _) => Some(refusal.code),
            _ => None,
        }
    }

    /// Returns the number of seconds after which a retry makes sense: the `retry_after` of a refusal, or 5 seconds
    /// if the database is unavailable or its queues are full (503).
    pub fn retry_after(&self) -> Option<i64> {
        match self {
            Error::Refused(refusal, details) => {
                let seconds = details.get(RETRY_AFTER).copied();
                seconds.or((refusal.code == BUSY.code).then_some(RETRY_SECONDS))
            }
            Error::Fault(fault) if fault.kind.is_unavailable() => Some(RETRY_SECONDS),
            _ => None,
        }
    }

    /// Returns whether running the whole transaction again may succeed.
    pub fn is_passing(&self) -> bool {
        matches!(self, Error::Fault(fault) if matches!(fault.kind, FaultKind::Collision | FaultKind::NotStarted))
    }
}

/// The seconds after which a request that was refused may be repeated. They become the `Retry-After` header.
pub const RETRY_AFTER: DetailKey<i64> = DetailKey::new("retry_after");

/// The name of a value in the data of a refusal, with the type of the value. The name is part of the API. Each crate has
/// a constant for each value that its refusals carry.
#[derive(Debug)]
pub struct DetailKey<T> {
    name: &'static str,
    kind: PhantomData<fn() -> T>,
}

impl<T> DetailKey<T> {
    /// Returns the key of the value with this name.
    pub const fn new(name: &'static str) -> DetailKey<T> {
        DetailKey { name, kind: PhantomData }
    }

    /// Returns the name of the value in a response.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// A value that a refusal carries. Every type that can be written as JSON is one, and so is [`Internal`].
pub trait RefusalValue: fmt::Debug + Send + Sync {
    /// Returns the value as the JSON of a response; `None` if it is not part of the response.
    fn to_json(&self) -> Option<Value>;

    /// Returns the value for access by its type.
    fn as_any(&self) -> &dyn Any;
}

impl<T: Serialize + fmt::Debug + Send + Sync + 'static> RefusalValue for T {
    fn to_json(&self) -> Option<Value> {
        Some(serde_json::to_value(self).unwrap_or_default())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A value that a refusal carries for other operations and for pages. An endpoint that sends it to a client replaces it
/// by its own response type under the same name.
#[derive(Debug, Clone)]
pub struct Internal<T>(pub T);

impl<T: fmt::Debug + Send + Sync + 'static> RefusalValue for Internal<T> {
    fn to_json(&self) -> Option<Value> {
        None
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The data of a refusal, by name. Operations read the values with their types; they become JSON only in a response.
#[derive(Debug, Clone, Default)]
pub struct RefusalDetails(BTreeMap<&'static str, Arc<dyn RefusalValue>>);

impl RefusalDetails {
    /// Returns the value of a key, if the refusal carries it.
    pub fn get<T: 'static>(&self, key: DetailKey<T>) -> Option<&T> {
        self.0.get(key.name)?.as_any().downcast_ref()
    }

    /// Sets the value of a key.
    pub fn insert<T: RefusalValue + 'static>(&mut self, key: DetailKey<T>, value: T) {
        self.0.insert(key.name, Arc::new(value));
    }

    /// Returns all values as the members of a JSON object.
    pub fn to_json(&self) -> Map<String, Value> {
        self.0.iter().filter_map(|(name, value)| Some(((*name).to_owned(), (**value).to_json()?))).collect()
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

/// Turns the violation of a unique key into a refusal.
pub trait OrRefuse<T> {
    /// Replaces the violation of a unique key of `table` by `refusal`.
    ///
    /// # Errors
    /// Returns `refusal` for that violation, and every other error unchanged.
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
    /// Returns the value, or a fault with the location of the caller.
    ///
    /// # Errors
    /// Returns `Error::Fault` for any error.
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
