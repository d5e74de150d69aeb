//! The letters about accounts. They are written when they are sent, and nothing keeps them: a link opens an account, and the
//! database holds only its digest.

use kit::{House, Result, Tx};
use messages::{Mail, Post};
use people::{Letter as Told, News, Proven};

use super::letter::Letter;

/// Writes what `find` says is to be told, and sends it at once. If it can't be sent the job is done again, with another link.
pub(super) async fn write<F>(house: House, post: Post, find: F) -> Result<()>
where
    F: Fn(&mut Tx<'_>) -> Result<Option<Told>> + Send + Sync + 'static,
{
    let public = house.config.public_url.clone();
    let written = house.db.tx(move |tx| {
        let Some(told) = find(tx)? else { return Ok(None) };
        let catalogue = catalogue::current(tx)?;
        compose(&catalogue.club, &public, told).map(Some)
    });
    match written.await? {
        Some(mail) => messages::deliver(&house, &post, mail).await,
        None => Ok(()),
    }
}

/// Links lead to the address in the configuration: what a request says about its host is nowhere read.
fn compose(club: &catalogue::Club, public: &str, told: Told) -> Result<Mail> {
    let letter = |subject: &str, heading: &str| Letter::new(club, subject, heading);
    let not_you = "If this was not you, you need not do anything: nothing happens without the link.";
    let letter = match told.news {
        News::Confirm { token } => letter("Confirm your address", "Is this your address?")
            .says("Somebody made an account with it a moment ago. If that was you, say so here.")
            .leads_to("Yes, this is my address", format!("{public}/verify/?token={token}"))
            .note("The link is good once, for seven days.")
            .note("If it was not you, leave it be: without the link nobody can show that the address is theirs."),
        News::HasAccount => letter("You have an account already", "You have an account already.")
            .says("Somebody asked for an account with this address. There is one, and it stays as it is.")
            .says("If that was you, sign in with it. If the password is forgotten, set another one.")
            .leads_to("Sign in", format!("{public}/login/"))
            .note(format!("Another password: {public}/password-reset/"))
            .note("If it was not you, you need not do anything."),
        News::Reset { token } => letter("Set another password", "Set another password")
            .says("Somebody asked for this a moment ago. Everything that is signed in with the old one will be signed out.")
            .leads_to("Set another password", format!("{public}/password-reset/new/?token={token}"))
            .note("The link is good once, for 30 minutes.")
            .note(not_you),
        News::Change { token } => letter("Confirm your new address", "Is this your new address?")
            .says("An account of the club is to have this address from now on. If that is yours, say so here.")
            .leads_to("Yes, this is my new address", format!("{public}/verify/?token={token}"))
            .note("The link is good once, for one day.")
            .note(not_you),
        News::AddressChanged => letter("Your account has another address", "Your account has another address.")
            .says("From now on we write to the new one, and you sign in with it.")
            .note(format!("If this was not you, call us at once: {}.", club.phone)),
        News::PasswordChanged => letter("Your password was changed", "Your password was changed.")
            .says("Everything else that was signed in with your account has been signed out.")
            .leads_to("It was not me: set another one", format!("{public}/password-reset/"))
            .note(format!("If this was not you, set another password, and call us: {}.", club.phone)),
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
