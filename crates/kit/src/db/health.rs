//! Whether the database takes writes: how the last commit ended, and a small write of our own where that was too long ago or failed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Db, Place};
use crate::errors::{Error, Fault, FaultKind, OrFault, Result};
use crate::{args, sql, tokens};

/// For how long a commit that went well says that the next one will.
const FRESH: Duration = Duration::from_secs(5);
/// How long a failed one rests before the next try.
const REST: Duration = Duration::from_secs(1);
/// How long a write may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// With less free space than this beside an SQLite file, in bytes, the next hour is not safe.
const LEAST_FREE: u64 = 16 << 20;
/// How much is written to see whether a disk that was full takes something again, in blocks of 1,024 random bytes.
const BLOCKS: usize = 64;

/// How the last commit ended.
#[derive(Default)]
pub(super) struct Health(Mutex<Last>);

#[derive(Default)]
struct Last {
    at: Option<Instant>,
    failed: Option<String>,
    is_probing: bool,
}

impl Health {
    /// Notes how a commit ended. A verb that refuses or breaks a key says nothing about the disk.
    pub(super) fn note(&self, outcome: &Result<()>) {
        let failed = match outcome {
            Ok(()) => None,
            Err(Error::Fault(fault)) if fault.kind.is_unavailable() => Some(fault.cause.clone()),
            Err(_) => return,
        };
        let mut last = self.last();
        last.at = Some(Instant::now());
        last.failed = failed;
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known without a try; `None` if a try is due, which whoever is told so makes.
    fn known(&self) -> Option<Result<()>> {
        let mut last = self.last();
        let age = last.at.map(|at| at.elapsed());
        let known = match &last.failed {
            Some(cause) if last.is_probing || age.is_some_and(|age| age < REST) => {
                Some(Err(Fault::of(FaultKind::Unavailable, cause)))
            }
            None if last.is_probing || age.is_some_and(|age| age < FRESH) => Some(Ok(())),
            _ => None,
        };
        last.is_probing |= known.is_none();
        known
    }
}

/// Lets the next one try, however this try ends.
struct Probing<'h>(&'h Health);

impl Drop for Probing<'_> {
    fn drop(&mut self) {
        self.0.last().is_probing = false;
    }
}

impl Db {
    /// Whether the database takes writes. Costs a small write at most every five seconds, or every second while it takes none, however
    /// often it is asked.
    ///
    /// # Errors
    /// A fault that says why not.
    pub async fn check_writable(&self) -> Result<()> {
        self.check_space()?;
        let health = &self.0.health;
        if let Some(known) = health.known() {
            return known;
        }
        let _probing = Probing(health);
        let has_failed = health.last().failed.is_some();
        let blocks = if has_failed { BLOCKS } else { 1 };
        let outcome = match tokio::time::timeout(PATIENCE, self.write_and_remove(blocks)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Fault::of(
                FaultKind::Unavailable,
                format!("a small write was not finished in {} s", PATIENCE.as_secs()),
            )),
        };
        health.note(&outcome);
        outcome
    }

    /// Writes so many blocks into a row of this process, and then one in their place.
    async fn write_and_remove(&self, blocks: usize) -> Result<()> {
        let node = self.ids().node();
        for blocks in std::iter::once(blocks).chain((blocks > 1).then_some(1)) {
            let mut noise = Vec::new();
            for _ in 0..blocks {
                noise.extend_from_slice(&tokens::chance::<1024>()?);
            }
            self.tx(move |tx| {
                tx.run(
                    sql!(
                        "INSERT INTO write_probes (node, noise) VALUES ($1, $2)
                         ON CONFLICT (node) DO UPDATE SET noise = excluded.noise"
                    ),
                    args![node, &noise],
                )
            })
            .await?;
        }
        Ok(())
    }

    /// Whether there is room beside an SQLite file. The log of writes is used again and again, so that small writes succeed for a while
    /// on a full disk.
    fn check_space(&self) -> Result<()> {
        let Place::Sqlite(path) = self.place() else { return Ok(()) };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let found = rustix::fs::statvfs(folder.unwrap_or(std::path::Path::new("."))).or_fault()?;
        let free = found.f_bavail.saturating_mul(found.f_frsize);
        if free >= LEAST_FREE {
            return Ok(());
        }
        Err(Fault::of(
            FaultKind::Unavailable,
            format!("the disk of {} is nearly full: {} KB are free", path.display(), free >> 10),
        ))
    }
}
