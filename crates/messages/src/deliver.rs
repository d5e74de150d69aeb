//! Delivery of an email outside the outbox: send it, then record it in the log.

use kit::db::containing;
use kit::errors::OrFault as _;
use kit::{AppState, Result, Tx, args, sql};

use crate::mail::Mail;
use crate::post::Post;

/// Sends an email and records it in the log. If the job fails, it is retried with the same `Message-ID`.
///
/// # Errors
/// Returns a fault if the email cannot be composed, or if the mail server, the folder, or the database fails.
pub async fn deliver(app: &AppState, post: &Post, mail: Mail) -> Result<()> {
    let how = post.send(&mail, app.db.clock().now()).await?;
    app.db.tx(move |tx| log(tx, &mail, how)).await
}

fn log(tx: &mut Tx<'_>, mail: &Mail, how: &'static str) -> Result<()> {
    let (id, now) = (tx.new_id()?, tx.now());
    tx.run(
        sql!("INSERT INTO mails (id, to_address, subject, sent_at, how) VALUES ($1, $2, $3, $4, $5)"),
        args![id, &mail.to, &mail.subject, now, how],
    )
    .map(drop)
}

/// Erases an address: removes it from the log of sent emails, and deletes every job and notification that contains
/// it, whether waiting or set aside. Returns the number of affected rows.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn forget(tx: &mut Tx<'_>, address: &str) -> Result<u64> {
    let address = address.to_lowercase();
    let named = containing(&format!("<{address}>"));
    let sent = tx.run(
        sql!(
            "UPDATE mails SET to_address = '', subject = ''
             WHERE LOWER(to_address) = $1 OR LOWER(to_address) LIKE $2 ESCAPE '!'"
        ),
        args![&address, named.clone()],
    )?;
    let quoted = serde_json::to_string(&address).or_fault()?;
    // A request for an address that anyone may have made contains the address but no person.
    let notifications = tx.run(
        sql!("DELETE FROM notifications WHERE LOWER(data) LIKE $1 ESCAPE '!'"),
        args![containing(&quoted)],
    )?;
    let waiting = tx.run(
        sql!("DELETE FROM jobs WHERE LOWER(payload) LIKE $1 ESCAPE '!' OR LOWER(payload) LIKE $2 ESCAPE '!'"),
        args![containing(&quoted), named],
    )?;
    Ok(sent + notifications + waiting)
}
