//! Proofs that run the program as a process, on the engine under test: a hundred clients that want the same room, a
//! power cut in the middle of bookings, and clients that disconnect. With `CORESYNC_LONG` set they run with their full
//! numbers.

#![allow(clippy::unwrap_used, reason = "a proof that can't go on says so")]
#![allow(clippy::float_arithmetic, reason = "rates and ratios are printed for people")]

mod accounts;
mod clients_that_go;
mod club;
mod commands;
mod connections;
mod damage;
mod files;
mod kill;
mod opening;
mod outage;
mod race;
mod restore;
mod server;
mod waiting;

/// Makes proofs run one at a time, because each uses the whole machine.
async fn run_alone() -> tokio::sync::MutexGuard<'static, ()> {
    static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    ALONE.lock().await
}

/// Returns whether the full numbers are requested.
#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
fn is_long() -> bool {
    std::env::var("CORESYNC_LONG").is_ok_and(|value| !value.is_empty())
}

/// Returns `long` if the full numbers are requested, otherwise `daily`.
fn daily_or_long<T>(daily: T, long: T) -> T {
    if is_long() { long } else { daily }
}
