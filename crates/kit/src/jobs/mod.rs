//! Work for later: written in the transaction that causes it, done by runners, and looked after by people.

mod queue;
mod run;

pub use queue::{JOB_RUNNING, JobFilter, JobState, QueuedJob, discard, job, prune, queued, retry};
pub use run::{Handlers, Job, run, run_due};
