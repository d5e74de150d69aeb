//! The emails about accounts. They are composed when they are sent, and nothing keeps them: a link opens an account, and the
//! database holds only its digest.

use kit::{AppState, Db, Id, Result, Tx, args, sql, tokens};
use messages::{Composed, Mail, PendingNotification};
use people::{AccountEmail, Claim, News, Proven};

use super::email_template::EmailTemplate;

/// Composes the email that a notification about an account calls for. Each attempt makes another link, so it is another email.
pub(super) async fn compose(app: AppState, waiting: PendingNotification) -> Result<Composed> {
    let PendingNotification { id, kind, data, created_at, attempt, .. } = waiting;
    let found = app.db.tx(move |tx| {
        let response = people::account_email(tx, (&kind, &data), created_at, attempt)?;
        Ok((response, catalogue::current(tx)?))
    });
    let (response, catalogue) = found.await?;
    match response {
        Err(why) => Ok(Composed::Dropped(why)),
        Ok(response) => {
            let mut mail = write(&catalogue.club, &app.config.public_url, response)?;
            mail.key = Some(format!("{id} {}", tokens::hex(&tokens::digest(&mail.text))));
            Ok(Composed::Email(Box::new(mail)))
        }
    }
}

/// What an email says of an account: its name, when it was made, with what and from where.
fn about(draft: EmailTemplate, club: &catalogue::Club, account: Claim) -> EmailTemplate {
    let from = match account.device {
        Some(device) => format!("{device}, network {}", account.network),
        None => format!("network {}", account.network),
    };
    draft
        .fact("Name", account.name.unwrap_or_default())
        .fact(
            "Asked",
            account.at.to_zoned(club.zone.clone()).strftime("%A, %B %-d, %-I:%M %p %Z").to_string(),
        )
        .fact("From", if account.network.is_empty() { String::new() } else { from })
}

/// Links lead to the address in the configuration: what a request says about its host is nowhere read.
fn write(club: &catalogue::Club, public: &str, response: AccountEmail) -> Result<Mail> {
    let draft = |subject: &str, heading: &str| EmailTemplate::new(club, subject, heading);
    let not_you = "If it wasn’t you, ignore this email. Nothing changes without the link.";
    let draft = match response.news {
        News::Confirm { token, account } => about(draft("Confirm your email", "Is this your email?"), club, account)
            .says("Someone just created a CoreSync account with this email. If it was you, please confirm. Then you can sign in and book.")
            .leads_to("Confirm my email", format!("{public}/verify/?token={token}"))
            .note("This link works once, for seven days.")
            .note("If it wasn’t you, ignore this email. Or open the link and choose a new password: then the account is yours alone."),
        News::HasAccount => draft("You already have an account", "You already have an account.")
            .says("Someone tried to create an account with this email. You already have one; nothing has changed.")
            .says("If it was you, sign in, or reset your password if you’ve forgotten it.")
            .leads_to("Sign in", format!("{public}/login/"))
            .note(format!("Reset your password: {public}/password-reset/"))
            .note("If it wasn’t you, there’s nothing to do."),
        News::Reset { token } => draft("Reset your password", "Reset your password")
            .says("Someone just asked to reset your password. You’ll be signed out everywhere when you do.")
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
            .note(format!("If it wasn’t you, call us right away: {}.", club.phone)),
        News::PasswordChanged => draft("Your password was changed", "Your password was changed.")
            .says("You’ve been signed out everywhere else.")
            .leads_to("This wasn’t me: reset my password", format!("{public}/password-reset/"))
            .note(format!("If it wasn’t you, reset your password and call us: {}.", club.phone)),
    };
    draft.to(response.to, None, String::new())
}

/// Hands over what carries an address that is now known to be somebody's, and writes what could not be written to it before.
/// People are shared, so this is done in every club.
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

/// Seals the audit log. Where the log of the program is kept elsewhere, the digest in it shows whether an end was cut off.
pub(super) async fn checkpoint(db: Db) -> Result<()> {
    let encrypted = db.tx(|tx| {
        let encrypted = people::checkpoint(tx)?;
        tx.enqueue(&people::Checkpoint {}, tx.now() + super::rounds::MINUTE)?;
        Ok(encrypted)
    });
    let rows = encrypted.await?;
    if rows > 0 {
        let last = db.view(people::last_checkpoint).await?;
        tracing::info!(rows, last, "the audit log is sealed");
    }
    Ok(())
}

/// Takes away accounts whose address was not verified in time, in transactions of their own. Says how many.
pub(super) async fn prune(db: &Db) -> Result<usize> {
    let mut pruned = 0;
    loop {
        match db.tx(|tx| people::prune_unverified(tx, is_referred_to)).await? {
            0 => return Ok(pruned),
            some => pruned += some,
        }
    }
}

/// Whether a table of another crate refers to a person. A test holds this against every key of the migrations.
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
