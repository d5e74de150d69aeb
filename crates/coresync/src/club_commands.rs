//! The commands about clubs: creating a club, listing all clubs, and finding a club by its slug.

use std::io::Write as _;

use catalogue::Club;
use jiff::tz::TimeZone;
use kit::config::Config;
use kit::errors::OrFault as _;
use kit::web::host_name;
use kit::{AppState, Db, Error, Fields, Id, Result};

use crate::serve::within;

fn say(text: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{text}").or_fault()
}

/// The arguments of `coresync club create`.
#[derive(Debug, clap::Args)]
pub struct NewClub {
    /// The name of the club in commands: a to z, 0 to 9, and hyphens.
    #[arg(long)]
    slug: String,
    /// The name that guests read.
    #[arg(long)]
    name: String,
    /// The time zone, like America/New_York.
    #[arg(long)]
    zone: String,
    /// The currency code, like USD.
    #[arg(long)]
    currency: String,
    /// A host name of the club. Repeat the option for several. Links in emails use the first one, unless the configured
    /// host is among them. A club without a host name can be reached only if it is the default club.
    #[arg(long)]
    host: Vec<String>,
    /// The postal address.
    #[arg(long, default_value = "")]
    address: String,
    /// The phone number.
    #[arg(long, default_value = "")]
    phone: String,
    /// The email address.
    #[arg(long, default_value = "")]
    email: String,
}

impl NewClub {
    /// Checks the arguments and returns the club that they describe, with id 0.
    ///
    /// # Errors
    /// Returns `Error::Invalid` with a sentence for each wrong field.
    pub fn read(self) -> Result<Club> {
        let mut fields = Fields::new();
        let is_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(1..=60).contains(&self.slug.len()) || !self.slug.chars().all(is_slug) {
            fields.add("slug", "Use 1 to 60 characters for the slug: a to z, 0 to 9, and hyphens.");
        }
        if self.name.trim().is_empty() || self.name.chars().count() > 100 {
            fields.add("name", "Use 1 to 100 characters for the name.");
        }
        let zone = TimeZone::get(&self.zone);
        if zone.is_err() {
            fields.add("zone", "That time zone is unknown. Use a name like America/New_York.");
        }
        // Amounts are written with a dollar sign everywhere (`ui::format`).
        if self.currency != "USD" {
            fields.add("currency", "Use USD. Other currencies aren’t supported yet.");
        }
        let hosts: Vec<Option<String>> = self.host.iter().map(|host| host_name(host)).collect();
        if hosts.contains(&None) {
            fields.add("host", "Use a host name without a scheme, port, or path, like downtown.example.com.");
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

/// Runs `coresync club create`.
///
/// # Errors
/// Returns `Error::Invalid` for wrong arguments, the refusal `club_exists` or `host_taken`, or a fault if the database
/// fails.
pub async fn create(config: Config, club: NewClub) -> Result<()> {
    let club = club.read()?;
    let message =
        format!("{} is set up. Add staff with `coresync user create --club {} …`.", club.name, club.slug);
    within(config, async |app: AppState| app.db.tx(move |tx| catalogue::add_club(tx, &club)).await.map(drop))
        .await?;
    say(&message)
}

/// Runs `coresync club list`.
///
/// # Errors
/// Returns a fault if the database fails.
pub async fn list(config: Config) -> Result<()> {
    within(config, async |app: AppState| {
        let clubs = app.db.view(|tx| tx.in_each_club(catalogue::current)).await?;
        if clubs.is_empty() {
            return say("No club is set up yet. Create one with `coresync club create`.");
        }
        for (place, catalogue) in clubs.iter().enumerate() {
            let Club { slug, name, zone, currency, hosts, .. } = &catalogue.club;
            let hosts = if hosts.is_empty() { "no host name".to_owned() } else { hosts.join(", ") };
            let is_default = if place == 0 { "; the default club" } else { "" };
            let zone = zone.iana_name().unwrap_or("UTC");
            say(&format!("{slug}: {name}, {zone}, {currency}; {hosts}{is_default}"))?;
        }
        Ok(())
    })
    .await
}

/// Returns the database handle of the club with a slug, or of the default club without a slug.
///
/// # Errors
/// Returns the refusal `no_such_club` if no club has the slug, or a fault if the database fails.
pub async fn in_club(db: &Db, slug: Option<String>) -> Result<Db> {
    let Some(slug) = slug else { return Ok(db.clone()) };
    let clubs = db.view(|tx| tx.in_each_club(catalogue::current)).await?;
    let found = clubs.iter().find(|catalogue| catalogue.club.slug == slug);
    found.map(|catalogue| db.for_club(catalogue.club.id)).ok_or(Error::refused(&catalogue::NO_SUCH_CLUB))
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
    fn each_invalid_field_of_a_new_club_has_its_own_error() {
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
