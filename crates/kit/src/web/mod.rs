//! Web infrastructure: the state of handlers, input parsing, and error responses.

mod app_state;
mod cached_pages;
mod hosts;
mod input;
mod list;
mod once;
mod page;
mod page_cache;
mod problem;

pub use app_state::AppState;
pub use cached_pages::{CachedPages, SameForAll};
pub use hosts::{Hosts, host_name, is_local, plain_http, requested_host};
pub use input::{Form, Input, Json, Path, Query, RawInput, body};
pub use list::{List, Paging, in_address, unpaged};
pub use once::{Nothing, Once, OnceHeader};
pub use page::{Page, see_other};
pub use page_cache::{Answering, PageCache, TraceId};
pub use primitives::deadline::{Deadlines, deadline};
pub use primitives::security::{guard, plain_answer};
pub use primitives::tags::{tag, tag_encoding};
pub use problem::{IN_DOUBT, Problem, not_allowed, not_found, speak};
