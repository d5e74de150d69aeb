//! What leaves the house: mail and calendars. A verb writes a mail as a job in its own transaction
//! (`tx.enqueue(&mail, now)`); [`deliver`] sends it afterwards and writes it in the log.

pub mod calendar;
mod compose;
mod deliver;
mod post;

pub use deliver::{Mail, deliver, forget};
pub use post::Post;
