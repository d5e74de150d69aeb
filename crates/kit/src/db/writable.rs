//! Whether the database takes writes: a small write of our own where the last commit was too long ago or failed.

use std::time::Duration;

use super::database::Db;
use super::health::Health;
use super::place::Place;
use crate::errors::{Fault, FaultKind, OrFault as _, Result};
use crate::{args, sql, tokens};

/// How long a write may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// With less free space than this beside an SQLite file, in bytes, the next hour is not safe.
const LEAST_FREE: u64 = 16 << 20;
/// How much is written to see whether a disk that was full takes something again, in blocks of 1,024 random bytes.
const BLOCKS: usize = 64;

/// Lets the next one try, however this try ends.
struct Probing<'h>(&'h Health);

impl Drop for Probing<'_> {
    fn drop(&mut self) {
        self.0.end_probe();
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
        let health = self.health();
        if let Some(known) = health.known() {
            return known;
        }
        let _probing = Probing(health);
        let has_failed = health.has_failed();
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
