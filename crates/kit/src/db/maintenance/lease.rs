//! The lease of a node number, which decides which ids this process may make (see [`crate::ids`]).

use std::time::Duration;

use crate::db::club_key::ClubKey;
use crate::db::database::Db;
use crate::db::tx::Tx;
use crate::errors::{Fault, Result};
use crate::ids::{Id, LEASE, NODES, since_epoch};
use crate::{args, sql, tokens};

/// How often a lease is renewed: six times in its length.
const RENEWAL: Duration = Duration::from_secs(10);
/// How soon a failed renewal is tried again. Without a lease nothing new can be written.
const AGAIN: Duration = Duration::from_secs(1);

/// The text that is stored encrypted in the database to identify the key.
const MARK: &str = "This database belongs to this key.";
const MARK_PLACE: &str = "key_marks.sealed:1";

/// The error for a wrong key. With another key, existing encrypted fields would be unreadable, and new ones would
/// be unreadable to all other processes.
pub const OTHER_KEY: &str = "the key file is not the one that this database is encrypted with. Put the right key file at the path in CORESYNC_KEY_FILE \
                             (by default club.key in the data folder); processes that share a database share the key file";

impl Db {
    /// Checks that the database is encrypted with the key of this process. Marks a new database with this key.
    ///
    /// # Errors
    /// Returns a fault that begins with [`OTHER_KEY`] if the key is a different one.
    pub async fn check_key(&self) -> Result<()> {
        self.tx(|tx| {
            let mark = tx.encrypt(MARK_PLACE, MARK)?;
            tx.run(
                sql!("INSERT INTO key_marks (id, encrypted) VALUES (1, $1) ON CONFLICT (id) DO NOTHING"),
                args![mark],
            )?;
            compare(tx)
        })
        .await
    }

    /// Checks the key of a database that is only read. A database that no process has opened yet has no mark to
    /// compare, and passes.
    ///
    /// # Errors
    /// Returns a fault that begins with [`OTHER_KEY`] if the key is a different one.
    pub async fn compare_key(&self) -> Result<()> {
        self.view(|tx| {
            let marks: Option<(i64,)> = tx.one(sql!("SELECT COUNT(*) FROM key_marks"), args![])?;
            if marks.is_some_and(|(count,)| count > 0) { compare(tx) } else { Ok(()) }
        })
        .await
    }

    /// Leases a node number, so that this process can make ids, and renews the lease as long as the database is
    /// open. Called once after the migration.
    ///
    /// # Errors
    /// Returns a fault if all node numbers are taken, or if the database fails.
    pub async fn join(&self) -> Result<()> {
        let holder = Id(i64::from_be_bytes(tokens::random_bytes::<8>()?) >> 11);
        self.ids().held_by(holder.0);
        self.take_node(holder).await?;
        let watched = std::sync::Arc::downgrade(&self.0);
        tokio::spawn(async move {
            let mut rest = RENEWAL;
            loop {
                tokio::time::sleep(rest).await;
                let Some(inner) = watched.upgrade() else { return };
                rest = match Db(inner, ClubKey::Default).renew(holder).await {
                    Ok(()) => RENEWAL,
                    Err(error) => {
                        tracing::error!(%error, "the lease of the node number was not renewed");
                        AGAIN
                    }
                };
            }
        });
        Ok(())
    }

    async fn take_node(&self, holder: Id) -> Result<()> {
        let now = since_epoch().max(self.ids().position() + 1);
        let (node, from) = self.tx(move |tx| take(tx, holder, now)).await?;
        self.ids().lease(node, from, from + LEASE);
        Ok(())
    }

    /// Extends the lease. If the lease has expired (the machine slept) and another process holds the number, takes
    /// another number.
    async fn renew(&self, holder: Id) -> Result<()> {
        let node = self.ids().node();
        let until = since_epoch().max(self.ids().position()) + LEASE;
        let renewed = self
            .tx(move |tx| {
                tx.run(
                    sql!("UPDATE nodes SET until = $1 WHERE node = $2 AND holder = $3"),
                    args![until, node, holder],
                )
            })
            .await?;
        if renewed == 0 {
            return self.take_node(holder).await;
        }
        self.ids().extend(until);
        Ok(())
    }

    /// Gives the node number back, so that its next holder starts after the last id of this process. Called on a
    /// graceful stop.
    ///
    /// # Errors
    /// Returns a fault if the database fails; the lease then expires on its own.
    pub async fn leave(&self) -> Result<()> {
        let (node, holder, position) = (self.ids().node(), self.ids().holder(), self.ids().position() + 1);
        self.ids().extend(0);
        self.tx(move |tx| {
            tx.run(
                sql!("UPDATE nodes SET until = $1, holder = 0 WHERE node = $2 AND holder = $3"),
                args![position.max(since_epoch()), node, holder],
            )
        })
        .await
        .map(drop)
    }
}

fn compare(tx: &mut Tx<'_>) -> Result<()> {
    let stored: Option<(Vec<u8>,)> = tx.one(sql!("SELECT encrypted FROM key_marks WHERE id = 1"), args![])?;
    let is_ours = stored.is_some_and(|(mark,)| tx.decrypt(MARK_PLACE, &mark).is_ok_and(|text| text == MARK));
    if is_ours { Ok(()) } else { Err(Fault::because(OTHER_KEY)) }
}

/// Takes a node number that nobody holds, or the next new one. Returns the number and the position (milliseconds
/// since the epoch of the ids) at which its ids may begin.
fn take(tx: &mut Tx<'_>, holder: Id, now: i64) -> Result<(i64, i64)> {
    for _ in 0..NODES {
        let free: Option<(i64, i64)> = tx.one(
            sql!("SELECT node, until FROM nodes WHERE until <= $1 OR holder = 0 ORDER BY node LIMIT 1"),
            args![now],
        )?;
        let (node, from) = match free {
            Some((node, until)) => (node, until.max(now)),
            None => {
                let next: Option<(i64,)> = tx.one(sql!("SELECT COUNT(*) FROM nodes"), args![])?;
                (next.map_or(0, |(count,)| count), now)
            }
        };
        if node >= NODES {
            return Err(Fault::because("all node numbers are taken: too many processes on one database"));
        }
        let taken = tx.run(
            sql!(
                "INSERT INTO nodes (node, holder, until) VALUES ($1, $2, $3) ON CONFLICT (node)
                 DO UPDATE SET holder = excluded.holder, until = excluded.until
                 WHERE nodes.until <= $4 OR nodes.holder = 0"
            ),
            args![node, holder, from + LEASE, now],
        )?;
        if taken == 1 {
            return Ok((node, from));
        }
    }
    Err(Fault::because("no node number to be had"))
}
