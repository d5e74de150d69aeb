//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Measures the free-time engine, availability, pages, commits, openings, people search, and starts, each compared with
/// a floor.
#[derive(Parser)]
pub(crate) struct Arguments {
    /// Use small counts: a quick look, not a measurement to publish.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Run only this scenario. Can be given more than once.
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<Scene>,
    /// How many years of past bookings to measure with.
    #[arg(long, value_delimiter = ',', default_value = "1,5,10")]
    pub(crate) years: Vec<u32>,
    /// The folder for the databases. Its disk is the one whose flushes are measured.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) dir: Option<PathBuf>,
    /// The server to measure. By default `coresync` beside this program, which is built first if cargo runs this
    /// program.
    #[arg(long, value_name = "FILE")]
    pub(crate) server: Option<PathBuf>,
    /// A PostgreSQL server on which databases may be created. Everything that uses a database is then measured there,
    /// too.
    #[arg(long, env = "BENCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) postgres: Option<String>,
    /// Keep the databases.
    #[arg(long)]
    pub(crate) keep: bool,
    /// The path of cargo, which cargo sets when it runs this program.
    #[arg(long, env = "CARGO", hide = true)]
    pub(crate) cargo: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) role: Option<Role>,
}

/// What this program does in a process of its own.
#[derive(Subcommand)]
pub(crate) enum Role {
    /// Serves the bare route that a page is compared with.
    #[command(hide = true)]
    Bare {
        /// The address to listen at.
        addr: SocketAddr,
        /// The folder with the response.
        answer: PathBuf,
    },
}

/// A scenario that can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scene {
    /// Free times as a pure function: bits in, counts out.
    Engine,
    /// Free times over HTTP.
    Availability,
    /// The pages of the website, compared with a bare route.
    Page,
    /// Bookings, with 16 requests in flight, most of them reads.
    Commit,
    /// An evening that opens to two thousand members.
    Opening,
    /// Finding a person among a hundred thousand people.
    People,
    /// Starting on an existing database, and idle memory.
    Start,
}

impl Arguments {
    /// Returns whether a scenario is to be measured.
    pub(crate) fn wants(&self, scene: Scene) -> bool {
        self.only.is_empty() || self.only.contains(&scene)
    }
}
