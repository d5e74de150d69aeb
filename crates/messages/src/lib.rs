//! Outgoing email and the calendar files in it. An operation writes a notification in its own transaction
//! (`tx.notify`). The [`Outbox`] composes the email from the state at the time of sending, sends it, and records it
//! in the log.

pub mod calendar;
mod compose;
mod deliver;
mod mail;
mod outbox;
mod post;

pub use deliver::{deliver, forget};
pub use mail::Mail;
pub use outbox::{Composed, Outbox, PendingNotification, forget_person};
pub use post::Post;
