//! The letters about accounts. They are written when they are sent, and nothing keeps them: a link opens an account, and the
//! database holds only its digest.

use kit::{House, Id, Result, Tx, args, sql};
use messages::{Mail, Post};
use people::{Claim, Letter as Told, News, Proven};

use super::letter::Letter;

/// Writes what `find` says is to be told, and sends it at once. If it can't be sent its link is taken back, and the job is done
/// again, with another one.
pub(super) async fn write<F>(house: House, post: Post, find: F) -> Result<()>
where
    F: Fn(&mut Tx<'_>) -> Result<Option<Told>> + Send + Sync + 'static,
{
    let public = house.config.public_url.clone();
    let written = house.db.tx(move |tx| {
        let Some(told) = find(tx)? else { return Ok(None) };
        let catalogue = catalogue::current(tx)?;
        let token = match &told.news {
            News::Confirm { token, .. } | News::Reset { token } | News::Change { token, .. } => {
                Some(token.clone())
            }
            _ => None,
        };
        compose(&catalogue.club, &public, told).map(|mail| Some((mail, token)))
    });
    let Some((mail, token)) = written.await? else { return Ok(()) };
    let sent = messages::deliver(&house, &post, mail).await;
    if let (Err(_), Some(token)) = (&sent, token) {
        house.db.tx(move |tx| people::withdraw_link(tx, &token)).await?;
    }
    sent
}

/// What an email says of an account: its name, when it was made, with what and from where.
fn about(letter: Letter, club: &catalogue::Club, account: Claim) -> Letter {
    let from = match account.device {
        Some(device) => format!("{device}, network {}", account.network),
        None => format!("network {}", account.network),
    };
    letter
        .fact("Name", account.name.unwrap_or_default())
        .fact(
            "Asked",
            account.at.to_zoned(club.zone.clone()).strftime("%A, %B %-d, %-I:%M %p %Z").to_string(),
        )
        .fact("From", if account.network.is_empty() { String::new() } else { from })
}

/// Links lead to the address in the configuration: what a request says about its host is nowhere read.
fn compose(club: &catalogue::Club, public: &str, told: Told) -> Result<Mail> {
    let letter = |subject: &str, heading: &str| Letter::new(club, subject, heading);
    let not_you = "If this was not you, you need not do anything: nothing happens without the link.";
    let letter = match told.news {
        News::Confirm { token, account } => about(letter("Confirm your email", "Is this your account?"), club, account)
            .says("An account was made with this email. If that was you, confirm it here. Then you can sign in and book.")
            .leads_to("Confirm your email", format!("{public}/verify/?token={token}"))
            .note("The link is good once, for seven days.")
            .note("If someone else made the account, ignore this email. Or open the link and choose a new password: then the account is yours alone."),
        News::HasAccount => letter("You already have an account", "You already have an account.")
            .says("Someone asked for an account with this email. There is one, and it stays as it is.")
            .says("If that was you, sign in. If you forgot your password, set a new one.")
            .leads_to("Sign in", format!("{public}/login/"))
            .note(format!("Set a new password: {public}/password-reset/"))
            .note("If it was not you, you need not do anything."),
        News::Reset { token } => letter("Set a new password", "Set a new password")
            .says("Someone asked for this a moment ago. Everything that is signed in with the old password will be signed out.")
            .leads_to("Set a new password", format!("{public}/password-reset/new/?token={token}"))
            .note("The link is good once, for 30 minutes.")
            .note(not_you),
        News::Change { token, account } => about(letter("Confirm your new email", "Is this your new email?"), club, account)
            .says("An account of the club is to use this email from now on. If it is yours, confirm it here, with its password.")
            .leads_to("Confirm your new email", format!("{public}/verify/?token={token}"))
            .note("The link is good once, for one day.")
            .note("If it is not your account, do not confirm it: whoever has it would get what we write to you."),
        News::AddressChanged => letter("Your account has a new email", "Your account has a new email.")
            .says("From now on we write to the new one, and you sign in with it.")
            .note(format!("If this was not you, call us at once: {}.", club.phone)),
        News::PasswordChanged => letter("Your password was changed", "Your password was changed.")
            .says("Everything else that was signed in with your account has been signed out.")
            .leads_to("It was not me: set a new one", format!("{public}/password-reset/"))
            .note(format!("If this was not you, set a new password, and call us: {}.", club.phone)),
    };
    letter.to(told.to, None)
}

/// Hands over what carries an address that is now known to be somebody's, and writes what could not be written to it before.
pub(super) async fn adopt(house: House, Proven { person, is_first }: Proven) -> Result<()> {
    let adopted = house.db.tx(move |tx| {
        let Some(email) = people::mail_of(tx, person)? else { return Ok(()) };
        if is_first {
            bookings::tell_upcoming(tx, person)?;
        }
        bookings::adopt(tx, person, &email).map(drop)
    });
    adopted.await
}

/// Seals the audit log. Where the log of the program is kept elsewhere, the digest in it shows whether an end was cut off.
pub(super) async fn seal(house: House) -> Result<()> {
    let sealed = house.db.tx(|tx| {
        let sealed = people::seal(tx)?;
        tx.enqueue(&people::Seal {}, tx.now() + super::MINUTE)?;
        Ok(sealed)
    });
    let rows = sealed.await?;
    if rows > 0 {
        let last = house.db.view(people::last_seal).await?;
        tracing::info!(rows, last, "the audit log is sealed");
    }
    Ok(())
}

/// Takes away accounts whose address was not verified in time, in transactions of their own. Says how many.
pub(super) async fn prune(house: &House) -> Result<usize> {
    let mut pruned = 0;
    loop {
        match house.db.tx(|tx| people::prune_unverified(tx, is_referred_to)).await? {
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
             UNION ALL SELECT 1 FROM number_events WHERE by_person = $1
             UNION ALL SELECT 1 FROM pictures WHERE uploaded_by = $1
             UNION ALL SELECT 1 FROM picture_spots WHERE hung_by = $1 LIMIT 1"
        ),
        args![person],
    )?;
    Ok(found.is_some())
}
