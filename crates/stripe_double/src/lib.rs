//! A stateful test double of the part of Stripe's API that a business needs to take card payments. It answers the calls
//! of a client, shows the hosted pages, moves money through a balance, and delivers signed events. It knows nothing of
//! the business itself, and takes no real money.
//!
//! - *It is a server.* [`Double::router`] is mounted into another server, or served by [`serve`] or by the program
//!   `stripe-double`.
//! - *It stores everything in one file*, which several processes may share. It stores no card number: what a number means
//!   is decided when it is typed.
//! - *The clock and the random source are passed in.* The clock can be moved ([`Double::advance`]), and what falls due
//!   meanwhile happens, each thing at its time.
//! - *It fails on request* ([`DoubleFault`]).

#![recursion_limit = "512"] // `json!` with many fields

mod actions;
mod context;
mod double;
mod error;
mod http;
mod model;
mod params;
mod render;
mod store;

pub use context::{RandomSource, TimeSource};
pub use double::{Double, DoubleConfig, WebhookTarget};
pub use http::serve;
pub use model::{DoubleFault, InjectedFault};
