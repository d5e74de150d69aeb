//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Measures engine, availability, pages, commits, openings, people search and starts beside their floors.
#[derive(Parser)]
pub(crate) struct Arguments {
    /// Small counts: a look in passing, not a measurement to publish.
    #[arg(long)]
    pub(crate) quick: bool,
    /// This scenario alone; may be said more than once.
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<Scene>,
    /// How many years of past bookings.
    #[arg(long, value_delimiter = ',', default_value = "1,5,10")]
    pub(crate) years: Vec<u32>,
    /// Where the databases are made: the disk whose flushes are measured.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) dir: Option<PathBuf>,
    /// The server to measure; by default `coresync` beside this program, built before if cargo runs this.
    #[arg(long, value_name = "FILE")]
    pub(crate) server: Option<PathBuf>,
    /// A PostgreSQL on which databases may be made: then everything that touches one is measured there too.
    #[arg(long, env = "BENCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) postgres: Option<String>,
    /// Leaves the databases where they are, and says where.
    #[arg(long)]
    pub(crate) keep: bool,
    /// Set by cargo when it runs this.
    #[arg(long, env = "CARGO", hide = true)]
    pub(crate) cargo: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) role: Option<Role>,
}

/// What this program does for itself, in another process.
#[derive(Subcommand)]
pub(crate) enum Role {
    /// The bare route that a page is compared with.
    #[command(hide = true)]
    Bare {
        /// Where it listens.
        addr: SocketAddr,
        /// The folder of what it answers.
        answer: PathBuf,
    },
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scene {
    /// Free times as a function: bits in, counts out.
    Engine,
    /// Free times over HTTP.
    Availability,
    /// The pages of the website, beside a bare route.
    Page,
    /// Bookings, 16 in flight, among reads.
    Commit,
    /// An evening that opens to two thousand members.
    Opening,
    /// Finding somebody among a hundred thousand people.
    People,
    /// Starting on an existing database, and idle memory.
    Start,
}

impl Arguments {
    /// Whether a scenario is to be measured.
    pub(crate) fn wants(&self, scene: Scene) -> bool {
        self.only.is_empty() || self.only.contains(&scene)
    }
}
