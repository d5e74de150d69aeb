//! The emails about accounts. Each is composed when it is sent and is not stored: a link gives access to an account,
//! and the database holds only the digest of its token.

use kit::{AppState, Result, tokens};
use messages::{Composed, EmailTemplate, Mail, PendingNotification, club_time};
use people::{AccountEmail, Claim, News};

/// Composes the email for a notification about an account. Each attempt creates a new link, so the email gets a new
/// key.
///
/// # Errors
/// Returns a fault if the database fails or the notification cannot be read.
pub async fn compose_email(app: AppState, waiting: PendingNotification) -> Result<Composed> {
    let id = waiting.id;
    let found = app.db.tx(move |tx| {
        let email = people::account_email(tx, waiting.content()?, waiting.created_at, waiting.attempt)?;
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
            .note("This link works once and expires in seven days.")
            .note("If it wasn’t you, ignore this email, or open the link and choose a new password to secure the account."),
        News::HasAccount => draft("You already have an account", "You already have an account.")
            .says("Someone tried to create an account with this email. You already have one; nothing has changed.")
            .says("If it was you, sign in, or reset your password if you’ve forgotten it.")
            .leads_to("Sign in", format!("{public}/login/"))
            .note(format!("Reset your password: {public}/password-reset/"))
            .note("If it wasn’t you, there’s nothing to do."),
        News::Reset { token } => draft("Reset your password", "Reset your password")
            .says("Someone just asked to reset your password. Choosing a new password signs you out everywhere.")
            .leads_to("Reset password", format!("{public}/password-reset/new/?token={token}"))
            .note("This link works once and expires in 30 minutes.")
            .note(not_you),
        News::Change { token, account } => about(draft("Confirm your new email", "Is this your new email?"), club, account)
            .says("Someone asked to use this email for a CoreSync account. If it was you, please confirm it with the account’s password.")
            .leads_to("Confirm my email", format!("{public}/verify/?token={token}"))
            .note("This link works once and expires in one day.")
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
