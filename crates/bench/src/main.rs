//! Measures the program. Every figure stands beside a floor that was measured in the same run on the same
//! machine: the least that any program would need for the same work. What counts is the ratio; the figures
//! themselves say as much about the machine as about us.
//!
//! The server is the release binary in a process of its own, as a club runs it, with its log on. Nothing here
//! fails because something was slow, but the run ends with an error if two bookings overlap or an evening that opens
//! goes to another number than it has places.

#![allow(clippy::float_arithmetic, reason = "rates and ratios of measurements, never money")]
#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod calendar;
mod chance;
mod club;
mod floor;
mod http;
mod load;
mod place;
mod process;
mod report;
mod run;
mod scenes;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

/// Measures engine, availability, pages, commits, openings and starts beside their floors.
#[derive(Parser)]
struct Arguments {
    /// Small counts: a look in passing, not a measurement to publish.
    #[arg(long)]
    quick: bool,
    /// This scenario alone; may be said more than once.
    #[arg(long, value_name = "NAME")]
    only: Vec<Scene>,
    /// How many years of past bookings.
    #[arg(long, value_delimiter = ',', default_value = "1,5,10")]
    years: Vec<u32>,
    /// Where the databases are made: the disk whose flushes are measured.
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// The server to measure; by default `coresync` beside this program, built before if cargo runs this.
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,
    /// A PostgreSQL on which databases may be made: then everything that touches one is measured there too.
    #[arg(long, env = "BENCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    postgres: Option<String>,
    /// Leaves the databases where they are, and says where.
    #[arg(long)]
    keep: bool,
    /// Set by cargo when it runs this.
    #[arg(long, env = "CARGO", hide = true)]
    cargo: Option<PathBuf>,
    #[command(subcommand)]
    role: Option<Role>,
}

/// What this program does for itself, in another process.
#[derive(Subcommand)]
enum Role {
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
enum Scene {
    /// Free times as a function: bits in, counts out.
    Engine,
    /// Free times over HTTP.
    Availability,
    /// Pages.
    Page,
    /// Bookings, 16 in flight, among reads.
    Commit,
    /// An evening that opens to two thousand members.
    Opening,
    /// Starting on an existing database, and idle memory.
    Start,
}

impl Arguments {
    fn wants(&self, scene: Scene) -> bool {
        self.only.is_empty() || self.only.contains(&scene)
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.role {
        Some(Role::Bare { addr, answer }) => floor::serve(*addr, answer).map(|()| true),
        None => run::run(&arguments),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            coresync::commands::complain(&error);
            ExitCode::FAILURE
        }
    }
}
