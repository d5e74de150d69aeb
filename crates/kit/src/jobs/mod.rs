//! Background jobs: written in the transaction that causes them, run by runners, and managed by administrators.

mod queue;
mod run;

pub use queue::{JOB_RUNNING, JobFilter, JobState, QueuedJob, discard, job, prune, queued, retry};
pub use run::{Handlers, Job, pull_back, run, run_due};
