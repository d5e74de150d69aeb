//! Work for later: written in the transaction that causes it ([`run`]), and looked after by people ([`queue`]).

mod queue;
mod run;

pub use queue::{JOB_RUNNING, JobFilter, JobState, QueuedJob, discard, job, prune, queued, retry};
pub use run::{Handlers, Job, run, run_due};
