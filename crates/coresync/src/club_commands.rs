//! The commands about clubs: setting one up beside the others, listing them, and finding one by its slug.

use std::io::Write as _;

use catalogue::Club;
use jiff::tz::TimeZone;
use kit::config::Config;
use kit::errors::OrFault as _;
use kit::web::host_name;
use kit::{AppState, Db, Error, Fields, Id, Refusal, Result};

use crate::serve::within;

/// No club has the slug that was given to a command.
pub const NO_SUCH_CLUB: Refusal = Refusal::conflict(
    "no_such_club",
    "There is no club with this slug. `coresync club list` lists the clubs of this database.",
);

fn say(text: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{text}").or_fault()
}

/// A club to be set up.
#[derive(Debug, clap::Args)]
pub struct NewClub {
    /// Its name in commands: lower-case letters, digits, and hyphens.
    #[arg(long)]
    slug: String,
    /// Its name, as guests read it.
    #[arg(long)]
    name: String,
    /// Its time zone: America/New_York.
    #[arg(long)]
    zone: String,
    /// Its currency: USD.
    #[arg(long)]
    currency: String,
    /// A host name by which it is found; may be given more than once. Links in emails lead to the first one. Without one, the
    /// club is found only where it is the default club.
    #[arg(long)]
    host: Vec<String>,
    /// Its postal address.
    #[arg(long, default_value = "")]
    address: String,
    /// Its phone number.
    #[arg(long, default_value = "")]
    phone: String,
    /// Its email address.
    #[arg(long, default_value = "")]
    email: String,
}

impl NewClub {
    /// The club, if everything about it makes sense.
    ///
    /// # Errors
    /// `Error::Invalid` with a sentence for each field that does not.
    pub fn read(self) -> Result<Club> {
        let mut fields = Fields::new();
        let is_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(1..=60).contains(&self.slug.len()) || !self.slug.chars().all(is_slug) {
            fields.add("slug", "A slug has 1 to 60 lower-case letters, digits, and hyphens.");
        }
        if self.name.trim().is_empty() || self.name.chars().count() > 100 {
            fields.add("name", "A name has 1 to 100 characters.");
        }
        let zone = TimeZone::get(&self.zone);
        if zone.is_err() {
            fields.add("zone", "There is no such time zone. Name one as America/New_York.");
        }
        if self.currency.len() != 3 || !self.currency.chars().all(|c| c.is_ascii_uppercase()) {
            fields.add("currency", "A currency has three capital letters: USD.");
        }
        let hosts: Vec<Option<String>> = self.host.iter().map(|host| host_name(host)).collect();
        if hosts.contains(&None) {
            fields.add("host", "A host is a name without scheme, port, and path: downtown.example.com.");
        }
        fields.check()?;
        Ok(Club {
            id: Id(0),
            slug: self.slug,
            name: self.name.trim().to_owned(),
            zone: zone.unwrap_or(TimeZone::UTC),
            currency: self.currency,
            address: self.address,
            phone: self.phone,
            email: self.email,
            hosts: hosts.into_iter().flatten().collect(),
        })
    }
}

/// `coresync club create`.
///
/// # Errors
/// What is wrong with the club; `club_exists`; `host_taken`.
pub async fn create(config: Config, club: NewClub) -> Result<()> {
    let club = club.read()?;
    let said =
        format!("{} is set up. Give it staff with `coresync user create --club {} …`.", club.name, club.slug);
    within(config, async |app: AppState| app.db.tx(move |tx| catalogue::add_club(tx, &club)).await.map(drop))
        .await?;
    say(&said)
}

/// `coresync club list`.
///
/// # Errors
/// A fault of the database.
pub async fn list(config: Config) -> Result<()> {
    within(config, async |app: AppState| {
        let clubs = app.db.view(|tx| tx.in_each_club(catalogue::current)).await?;
        if clubs.is_empty() {
            return say("No club is set up yet: `coresync club create` sets one up.");
        }
        for (place, catalogue) in clubs.iter().enumerate() {
            let Club { slug, name, zone, currency, hosts, .. } = &catalogue.club;
            let hosts = if hosts.is_empty() { "no host of its own".to_owned() } else { hosts.join(", ") };
            let is_default = if place == 0 { "; the default club" } else { "" };
            let zone = zone.iana_name().unwrap_or("UTC");
            say(&format!("{slug}: {name}, {zone}, {currency}; {hosts}{is_default}"))?;
        }
        Ok(())
    })
    .await
}

/// The database for the club of a slug; for the default club without one.
///
/// # Errors
/// [`NO_SUCH_CLUB`].
pub async fn in_club(db: &Db, slug: Option<String>) -> Result<Db> {
    let Some(slug) = slug else { return Ok(db.clone()) };
    let clubs = db.view(|tx| tx.in_each_club(catalogue::current)).await?;
    let found = clubs.iter().find(|catalogue| catalogue.club.slug == slug);
    found.map(|catalogue| db.for_club(catalogue.club.id)).ok_or(Error::refused(&NO_SUCH_CLUB))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(change: impl FnOnce(&mut NewClub)) -> NewClub {
        let mut club = NewClub {
            slug: "downtown".to_owned(),
            name: "Downtown".to_owned(),
            zone: "America/Chicago".to_owned(),
            currency: "USD".to_owned(),
            host: vec!["Downtown.Example".to_owned()],
            address: String::new(),
            phone: String::new(),
            email: String::new(),
        };
        change(&mut club);
        club
    }

    #[test]
    fn a_club_is_read_with_an_error_for_each_wrong_field() {
        assert_eq!(new(|_| {}).read().expect("a club").hosts, ["downtown.example"]);
        type Change = fn(&mut NewClub);
        let wrong: [(&str, Change); 5] = [
            ("slug", |club| club.slug = "Down town".to_owned()),
            ("name", |club| club.name = " ".to_owned()),
            ("zone", |club| club.zone = "Mars/Base".to_owned()),
            ("currency", |club| club.currency = "usd".to_owned()),
            ("host", |club| club.host = vec!["https://a.test".to_owned()]),
        ];
        for (field, change) in wrong {
            let Err(Error::Invalid(fields)) = new(change).read() else { panic!("{field} is accepted") };
            assert_eq!(fields.0.keys().collect::<Vec<_>>(), [field]);
        }
    }
}
