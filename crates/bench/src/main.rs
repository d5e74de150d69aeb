//! Measures the program. Every figure stands beside a floor that was measured in the same run on the same
//! machine: the least that any program would need for the same work. What counts is the ratio; the figures
//! themselves say as much about the machine as about us.
//!
//! The server is the release binary in a process of its own, as a club runs it, with its log on. Nothing here
//! fails because something was slow, but the run ends with an error if two bookings overlap or an evening that opens
//! goes to another number than it has places.

#![allow(clippy::float_arithmetic, reason = "rates and ratios of measurements, never money")]
#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod arguments;
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
