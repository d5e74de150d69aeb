//! What leaves the club: email and the calendar files in it. An operation writes a notification in its own transaction
//! (`tx.notify`); the [`Outbox`] has it composed from the state as it is then, sends it, and writes it in the log.

pub mod calendar;
mod compose;
mod deliver;
mod mail;
mod names;
mod outbox;
mod post;

pub use deliver::{deliver, forget};
pub use mail::Mail;
pub use names::plain_name;
pub use outbox::{Composed, Outbox, PendingNotification, forget_person};
pub use post::Post;
