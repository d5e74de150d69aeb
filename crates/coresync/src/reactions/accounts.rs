//! The emails about accounts. Each is composed when it is sent and is not stored: a link gives access to an account,
//! and the database holds only the digest of its token.

use kit::{AppState, Db, Id, Result, Tx, args, sql, tokens};
use messages::{Composed, Mail, PendingNotification};
use people::{AccountEmail, Claim, News, Proven};

use super::club_time;
use super::email_template::EmailTemplate;

/// Composes the email for a notification about an account. Each attempt creates a new link, so the email gets a new
/// key.
pub(super) async fn compose(app: AppState, waiting: PendingNotification) -> Result<Composed> {
    let PendingNotification { id, kind, data, created_at, attempt, .. } = waiting;
    let found = app.db.tx(move |tx| {
        let email = people::account_email(tx, (&kind, &data), created_at, attempt)?;
        Ok((email, catalogue::current(tx)?))
    });
    let (email, catalogue) = found.await?;
    match email {
        Err(why) => Ok(Composed::Dropped(why)),
        Ok(email) => {
            let mut mail = write(&catalogue.club, &app.config.public_url, email)?;
            mail.key = Some(format!("{id} {}", tokens::hex(&tokens::digest(&mail.text))));
            Ok(Composed::Email(Box::new(mail)))
        }
    }
}

/// Adds the facts about a claimed account to an email: the name, when the account was requested, and from which device
/// and IP address.
fn about(draft: EmailTemplate, club: &catalogue::Club, account: Claim) -> EmailTemplate {
    let from = match account.device {
        Some(device) => format!("{device}, IP address {}", account.network),
        None => format!("IP address {}", account.network),
    };
    draft
        .fact("Name", account.name.unwrap_or_default())
        .fact("Requested", club_time::moment(&club.zone, account.at))
        .fact("From", if account.network.is_empty() { String::new() } else { from })
}

/// Writes the email. Links use the configured public address; the request's `Host` header is never used.
fn write(club: &catalogue::Club, public: &str, email: AccountEmail) -> Result<Mail> {
    let draft = |subject: &str, heading: &str| EmailTemplate::new(club, subject, heading);
    let not_you = "If it wasn’t you, ignore this email. Nothing changes without the link.";
    let draft = match email.news {
        News::Confirm { token, account } => about(draft("Confirm your email", "Is this your email?"), club, account)
            .says("Someone just created a CoreSync account with this email. If it was you, please confirm. Then you can sign in and book.")
            .leads_to("Confirm my email", format!("{public}/verify/?token={token}"))
            .note("This link works once, for seven days.")
            .note("If it wasn’t you, ignore this email, or open the link and choose a new password to make the account yours alone."),
        News::HasAccount => draft("You already have an account", "You already have an account.")
            .says("Someone tried to create an account with this email. You already have one; nothing has changed.")
            .says("If it was you, sign in, or reset your password if you’ve forgotten it.")
            .leads_to("Sign in", format!("{public}/login/"))
            .note(format!("Reset your password: {public}/password-reset/"))
            .note("If it wasn’t you, there’s nothing to do."),
        News::Reset { token } => draft("Reset your password", "Reset your password")
            .says("Someone just asked to reset your password. Choosing a new password signs you out everywhere.")
            .leads_to("Reset password", format!("{public}/password-reset/new/?token={token}"))
            .note("This link works once, for 30 minutes.")
            .note(not_you),
        News::Change { token, account } => about(draft("Confirm your new email", "Is this your new email?"), club, account)
            .says("Someone asked to use this email for a CoreSync account. If it was you, please confirm it with the account’s password.")
            .leads_to("Confirm my email", format!("{public}/verify/?token={token}"))
            .note("This link works once, for one day.")
            .note(not_you),
        News::AddressChanged => draft("Your email was changed", "Your email was changed.")
            .says("From now on, sign in with your new email. We’ll write to you there.")
            .note(format!("If it wasn’t you, call us right away: {}.", club.shown_phone())),
        News::PasswordChanged => draft("Your password was changed", "Your password was changed.")
            .says("You’ve been signed out on your other devices.")
            .leads_to("Reset password", format!("{public}/password-reset/"))
            .note(format!("If it wasn’t you, reset your password and call us: {}.", club.shown_phone())),
    };
    draft.to(email.to, None, String::new())
}

/// Assigns bookings that were made for an address to the account that has now verified it. After the first
/// verification, it also sends the notifications that could not be sent before.
pub(super) async fn adopt(db: Db, Proven { person, is_first }: Proven) -> Result<()> {
    let adopted = db.tx(move |tx: &mut Tx<'_>| {
        let Some(email) = people::mail_of(tx, person)? else { return Ok(()) };
        tx.in_each_club(|tx| {
            if is_first {
                bookings::notify_upcoming(tx, person)?;
            }
            bookings::adopt(tx, person, &email)
        })
        .map(drop)
    });
    adopted.await
}

/// Adds a checkpoint to the audit log. If the program's log is stored elsewhere, the digest in it shows whether the end
/// of the audit log was cut off.
pub(super) async fn checkpoint(db: Db) -> Result<()> {
    let encrypted = db.tx(|tx| {
        let encrypted = people::checkpoint(tx)?;
        tx.enqueue(&people::Checkpoint {}, tx.now() + super::rounds::MINUTE)?;
        Ok(encrypted)
    });
    let rows = encrypted.await?;
    if rows > 0 {
        let last = db.view(people::last_checkpoint).await?;
        tracing::info!(rows, last, "the audit log has a new checkpoint");
    }
    Ok(())
}

/// Prunes accounts whose address was not verified in time, in batches, each in its own transaction. Returns how many
/// were pruned.
pub(super) async fn prune(db: &Db) -> Result<usize> {
    let mut pruned = 0;
    loop {
        match db.tx(|tx| people::prune_unverified(tx, is_referred_to)).await? {
            0 => return Ok(pruned),
            some => pruned += some,
        }
    }
}

/// Returns whether a table of another crate refers to a person. A test compares this with every foreign key of the
/// migrations.
pub(crate) fn is_referred_to(tx: &mut Tx<'_>, person: Id) -> Result<bool> {
    let found: Option<(i64,)> = tx.one(
        sql!(
            "SELECT CAST(1 AS BIGINT) FROM bookings WHERE person_id = $1 OR booked_by = $1 OR companion_id = $1
             UNION ALL SELECT 1 FROM booking_events WHERE by_person = $1
             UNION ALL SELECT 1 FROM charges WHERE person_id = $1
             UNION ALL SELECT 1 FROM memberships WHERE person_id = $1
             UNION ALL SELECT 1 FROM membership_events WHERE by_person = $1
             UNION ALL SELECT 1 FROM birthday_uses WHERE person_id = $1
             UNION ALL SELECT 1 FROM lapses WHERE person_id = $1
             UNION ALL SELECT 1 FROM waits WHERE person_id = $1
             UNION ALL SELECT 1 FROM technicians WHERE person_id = $1
             UNION ALL SELECT 1 FROM time_overrides WHERE decided_by = $1
             UNION ALL SELECT 1 FROM plan_versions WHERE made_by = $1
             UNION ALL SELECT 1 FROM release_events WHERE by_person = $1
             UNION ALL SELECT 1 FROM blocks WHERE created_by = $1 OR changed_by = $1 OR removed_by = $1
             UNION ALL SELECT 1 FROM guest_addresses WHERE person_id = $1
             UNION ALL SELECT 1 FROM number_events WHERE by_person = $1
             UNION ALL SELECT 1 FROM pictures WHERE uploaded_by = $1
             UNION ALL SELECT 1 FROM picture_spots WHERE hung_by = $1 LIMIT 1"
        ),
        args![person],
    )?;
    Ok(found.is_some())
}
