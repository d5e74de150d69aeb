//! Whether the database accepts writes, tested with a small write if the last commit is too old or failed.

use std::time::Duration;

use super::database::Db;
use super::health::Health;
use super::place::Place;
use crate::errors::{Fault, FaultKind, OrFault as _, Result};
use crate::{args, sql, tokens};

/// How long the test write may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// The least free space beside an SQLite file, in bytes. With less, the database counts as not writable.
const LEAST_FREE: u64 = 16 << 20;
/// How many blocks of 1,024 random bytes are written to test whether a full disk has room again.
const BLOCKS: usize = 64;

/// Ends the probe when it is dropped, so that the next caller can start one.
struct Probing<'h>(&'h Health);

impl Drop for Probing<'_> {
    fn drop(&mut self) {
        self.0.end_probe();
    }
}

impl Db {
    /// Checks whether the database accepts writes. However often it is called, it costs at most one small write
    /// every five seconds, or every second while the database accepts none.
    ///
    /// # Errors
    /// Returns a fault with the reason if the database accepts no writes.
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

    /// Writes `blocks` blocks into a row of this process, and then replaces them by a single block.
    async fn write_and_remove(&self, blocks: usize) -> Result<()> {
        let node = self.ids().node();
        for blocks in std::iter::once(blocks).chain((blocks > 1).then_some(1)) {
            let mut noise = Vec::new();
            for _ in 0..blocks {
                noise.extend_from_slice(&tokens::random_bytes::<1024>()?);
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

    /// Checks the free space beside an SQLite file. The write-ahead log is reused, so small writes succeed for a
    /// while even on a full disk.
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
