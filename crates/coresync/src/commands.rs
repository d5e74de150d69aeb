//! The commands that run once and exit.

use std::fs::File;
use std::io::{BufRead as _, Read as _, Write as _};
use std::path::{Path, PathBuf};

use kit::config::Config;
use kit::db::{self, Place};
use kit::errors::OrFault;
use kit::files;
use kit::web::{Input, RawInput};
use kit::{AppState, Error, Fields, Result};
use people::{NewPerson, Role};
use serde_json::json;

use crate::club_commands;
use crate::serve::within;

/// The account that `coresync user create` adds.
#[derive(Debug, clap::Args)]
pub struct NewUser {
    /// The email address to sign in with.
    #[arg(long)]
    email: String,
    /// The role: account, technician, front_desk, manager, or owner.
    #[arg(long, default_value = "account")]
    role: String,
    /// The slug of the club in which the role applies. Without this option, it applies in the default club.
    #[arg(long)]
    club: Option<String>,
    /// The first name.
    #[arg(long, default_value = "")]
    first_name: String,
    /// The last name.
    #[arg(long, default_value = "")]
    last_name: String,
}

/// The arguments of `coresync user role`.
#[derive(Debug, clap::Args)]
pub struct RoleArgs {
    /// The email address of the account.
    #[arg(long)]
    email: String,
    /// The new role: account, technician, front_desk, manager, or owner.
    #[arg(long)]
    role: String,
    /// The slug of the club in which the role applies. Without this option, it applies in the default club.
    #[arg(long)]
    club: Option<String>,
}

/// Writes a line to standard output.
fn say(text: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{text}").or_fault()
}

/// Writes to standard error why a command failed.
pub fn add_error(error: &Error) {
    let text = match error {
        Error::Invalid(fields) => fields.0.values().cloned().collect::<Vec<_>>().join(" "),
        Error::Refused(refusal, _) => refusal.sentence.to_owned(),
        Error::Fault(fault) => fault.cause.clone(),
        other => other.to_string(),
    };
    // If this fails, there is nowhere left to report it.
    let _ = writeln!(std::io::stderr(), "coresync: {text}");
}

/// Runs `coresync migrate`: applies all migrations.
///
/// # Errors
/// Returns a fault if the database can't be brought up to date.
pub async fn migrate(config: Config) -> Result<()> {
    within(config, async |_| say("The database is up to date.")).await
}

/// Runs `coresync user create`. The password is read as one line from standard input.
///
/// # Errors
/// Returns the field errors if the input is invalid, `email_taken` if the address has an account, and a fault if the
/// database fails.
pub async fn create_user(config: Config, user: NewUser) -> Result<()> {
    let role = role_named(&user.role)?;
    let body = json!({"email": user.email, "first_name": user.first_name, "last_name": user.last_name});
    let Identity { email, first_name, last_name } =
        RawInput::from_json(body.to_string().as_bytes())?.parse()?;
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password).or_fault()?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    people::check_password(&password, &email)?;
    let new = NewPerson {
        email: Some(email.clone()),
        first_name,
        last_name,
        phone: None,
        role,
        birthday: None,
        password_hash: Some(people::hash_password(password).await?),
        verified: true,
    };
    let add = async |app: AppState| {
        let db = club_commands::in_club(&app.db, user.club).await?;
        db.tx(move |tx| people::create(tx, &new)).await.map(drop)
    };
    within(config, add).await?;
    say(&format!("{email} can sign in as {}.", user.role))
}

fn role_named(name: &str) -> Result<Role> {
    let unknown =
        || Fields::one("role", "The role must be account, technician, front_desk, manager, or owner.");
    Role::named(name).ok_or_else(unknown)
}

/// Runs `coresync user role`, which gives an existing account another role, for example to the first owner of a club.
///
/// # Errors
/// Returns a field error if there is no such role or no account has verified the address, the refusal `no_such_club`,
/// or a fault if the database fails.
pub async fn give_role(config: Config, given: RoleArgs) -> Result<()> {
    let RoleArgs { email, role, club } = given;
    let (named, address) = (role_named(&role)?, email.clone());
    let give = async |app: AppState| {
        let db = club_commands::in_club(&app.db, club).await?;
        match db.tx(move |tx| people::appoint(tx, &address, named)).await {
            Err(Error::NotFound) => {
                Err(Fields::one("email", "No account has this email address, or it isn’t confirmed yet."))
            }
            given => given.map(drop),
        }
    };
    within(config, give).await?;
    say(&format!("{email} now has the role {role}."))
}

/// The email address and names of a new account, parsed by the same rules as a sign-up.
struct Identity {
    email: String,
    first_name: String,
    last_name: String,
}

impl Input for Identity {
    fn parse(input: &mut RawInput) -> Identity {
        Identity {
            email: people::opt_email(input, "email").unwrap_or_default(),
            first_name: people::opt_name(input, "first_name").unwrap_or_default(),
            last_name: people::opt_name(input, "last_name").unwrap_or_default(),
        }
    }
}

/// Runs `coresync backup FILE`: copies the database into a new file.
///
/// # Errors
/// Returns a fault if the file exists or can't be written.
pub async fn backup(config: Config, file: &Path) -> Result<()> {
    let copied = db::copy_into_file(&Place::parse(&config.database_url())?, file).await?;
    say(&format!("{}: {} tables, {} rows, verified.", file.display(), copied.tables, copied.rows))?;
    say("The key file is not included. Keep it in a separate place.")?;
    for (path, mode) in loose_databases_beside(file) {
        let path = path.display();
        say(&format!(
            "warning: {path}: others can read this backup or database (mode {mode:04o}): chmod 600 {path}"
        ))?;
    }
    Ok(())
}

/// Returns the SQLite files beside a file, such as earlier backups, to which others have access, each with its mode.
/// Ordered by name. Other files and links are not listed, because they need not be ours.
fn loose_databases_beside(file: &Path) -> Vec<(PathBuf, u32)> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let Ok(entries) = std::fs::read_dir(folder.unwrap_or(Path::new("."))) else { return Vec::new() };
    let regular = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let loose = regular.filter_map(|entry| Some((entry.path(), files::loose_mode(&entry.path())?)));
    let mut loose: Vec<_> = loose.filter(|(path, _)| is_database(path)).collect();
    loose.sort_unstable();
    loose
}

fn is_database(path: &Path) -> bool {
    const HEADER: &[u8; 16] = b"SQLite format 3\0";
    let mut begins = [0; HEADER.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut begins)).is_ok() && begins == *HEADER
}

/// Runs `coresync restore FILE`: fills an empty database from a backup.
///
/// # Errors
/// Returns a fault if the file is damaged or the database is not empty.
pub async fn restore(config: Config, file: &Path) -> Result<()> {
    let copied = db::copy_out_of_file(file, &Place::parse(&config.database_url())?).await?;
    say(&format!("Restored {} tables and {} rows, verified.", copied.tables, copied.rows))
}
