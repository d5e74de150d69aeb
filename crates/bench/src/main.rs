//! Measures the program. Every figure is compared with a floor measured in the same run on the same machine: the least
//! that any program would need for the same work. The ratio is what counts, because the figures themselves depend on
//! the machine.
//!
//! The server is the release binary in a process of its own, as a club runs it, with its log on. Slow results do not
//! make the run fail, but overlapping bookings do, and so does an opening evening that is booked more or less often
//! than it has places.

#![allow(clippy::float_arithmetic, reason = "rates and ratios of measurements, never money")]
#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod arguments;
mod calendar;
mod club;
mod floor;
mod http;
mod load;
mod place;
mod process;
mod report;
mod rng;
mod run;
mod scenes;
mod setup;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Role};

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
            coresync::commands::add_error(&error);
            ExitCode::FAILURE
        }
    }
}
