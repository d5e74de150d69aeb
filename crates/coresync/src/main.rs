//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use coresync::{check, club_commands, commands, log, serve};
use kit::Result;
use kit::config::Config;

/// Runs a private wellness club: its website, its members' app, its front desk, and its back office.
///
/// Configuration comes from coresync.toml and from environment variables that start with CORESYNC_. The README
/// lists them.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve {
        /// Fill an empty database with the demo club.
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database up to date.
    Migrate,
    /// Check the configuration, the database, and its integrity.
    Check,
    /// Manage clubs.
    Club {
        #[command(subcommand)]
        command: ClubCommand,
    },
    /// Manage accounts.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Copy the whole database into a new file, even while it is in use.
    Backup {
        /// The file to create.
        file: PathBuf,
    },
    /// Fill an empty database from a backup.
    Restore {
        /// A file created by `backup`.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum ClubCommand {
    /// Create a club without services, rooms, plans, or staff. The first club is the default club.
    Create(club_commands::NewClub),
    /// List all clubs with their slugs, names, time zones, currencies, and host names.
    List,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Create an account. The password is read from standard input.
    Create(commands::NewUser),
    /// Give an account another role in a club.
    Role(commands::RoleArgs),
}

#[tokio::main]
async fn main() -> ExitCode {
    kit::files::keep_private();
    let arguments = Arguments::parse();
    match run(arguments.command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            commands::add_error(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<()> {
    let config = Config::load()?;
    let _log = log::start(&config)?;
    match command {
        Command::Serve { demo } => serve::serve(config, demo).await,
        Command::Migrate => commands::migrate(config).await,
        Command::Check => check::check(config).await,
        Command::Club { command: ClubCommand::Create(club) } => club_commands::create(config, club).await,
        Command::Club { command: ClubCommand::List } => club_commands::list(config).await,
        Command::User { command: UserCommand::Create(user) } => commands::create_user(config, user).await,
        Command::User { command: UserCommand::Role(role) } => commands::give_role(config, role).await,
        Command::Backup { file } => commands::backup(config, &file).await,
        Command::Restore { file } => commands::restore(config, &file).await,
    }
}
