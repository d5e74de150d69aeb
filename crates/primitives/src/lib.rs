//! Values that need no database: amounts of money, the clock, cleaned text, words folded for search, phone numbers, digests, content
//! codings, rate limits, deadlines of requests, live changes, and the ETags and security headers of responses.
//! `kit` exports all of them, so that other crates need only `kit`.

pub mod amounts;
pub mod clock;
pub mod content_coding;
pub mod deadline;
pub mod digest;
pub mod fold;
pub mod live;
pub mod phones;
pub mod rate_limit;
pub mod security;
pub mod tags;
pub mod text;
