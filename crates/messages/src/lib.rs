//! Outgoing email and the calendar files in it. An operation writes a notification in its own transaction
//! (`tx.notify`). The [`Outbox`] composes the email from the state at the time of sending, sends it, and records it
//! in the log. [`EmailTemplate`] is what all emails look like; [`club_time`] is how they write times.

pub mod calendar;
pub mod club_time;
mod compose;
mod deliver;
mod email_template;
mod mail;
mod outbox;
mod post;

pub use deliver::{deliver, forget};
pub use email_template::EmailTemplate;
pub use mail::Mail;
pub use outbox::{Composed, Outbox, PendingNotification, forget_person, pull_back};
pub use post::Post;
