//! The web's plumbing: what a handler is given, how input is read, how a refusal is spoken.

mod deadline;
mod encoding;
mod front;
mod hosts;
mod house;
mod input;
mod kept;
mod list;
mod once;
mod page;
mod problem;
mod security;
mod tags;

pub use deadline::{Deadlines, deadline};
pub use front::{Answering, Front, TraceId};
pub use hosts::{Hosts, is_local, plain_http};
pub use house::House;
pub use input::{Form, Input, Json, Path, Query, Words, body};
pub use kept::{Kept, SameForAll};
pub use list::{List, Paging, in_address, unpaged};
pub use once::{Nothing, Once, OnceHeader};
pub use page::{Page, see_other};
pub use problem::{Problem, Said, not_allowed, not_found, speak};
pub use security::{guard, plain_answer};
pub use tags::{tag, tag_encoding};
