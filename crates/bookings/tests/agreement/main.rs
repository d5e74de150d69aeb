//! Compares the booking rules with the reference implementation, start by start and cent by cent, on random clubs,
//! calendars, people, and nights on which the clock changes, from 2020 to 2040. `CORESYNC_LONG` runs 5,000 cases of
//! each property (1,000 on PostgreSQL); `CORESYNC_SEED` runs the one case that a failure has named.

mod dice;
mod draw;
mod found;
mod money;
mod refusals;
mod scene;
mod times;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex};

use kit::testing::TestDb;

use crate::dice::Dice;

#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Prints the seed of the case in which a test fails.
struct Named(u64);

impl Drop for Named {
    #[allow(clippy::print_stderr, reason = "whoever reads why a test failed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the case is repeated by CORESYNC_SEED={}", self.0);
        }
    }
}

/// Runs a property on its cases. Each case creates a random club from its seed.
#[allow(clippy::print_stdout, reason = "with --show-output: how much was held against the reference")]
async fn each<F: Future<Output = ()>>(first: u64, property: impl Fn(TestRef, Dice) -> F) {
    // The compared results do not depend on the database engine. PostgreSQL runs fewer cases, because creating a club
    // takes longer there.
    let cases = match (variable("CORESYNC_LONG").is_some(), kit::testing::on_postgres()) {
        (true, false) => 5_000,
        (true, true) => 1_000,
        (false, _) => 200,
    };
    let seeds = match variable("CORESYNC_SEED") {
        Some(seed) => vec![seed.parse().expect("a seed is a number")],
        None => (first..first + cases).collect::<Vec<u64>>(),
    };
    let open = || async { Arc::new(TestDb::open("2020-01-01T00:00:00Z".parse().expect("a time")).await) };
    let mut test = open().await;
    for (n, seed) in seeds.into_iter().enumerate() {
        let named = Named(seed);
        // The data of earlier cases does not affect later ones, but it slows down their queries.
        if n % 50 == 49 {
            test = open().await;
        }
        property(test.clone(), Dice::new(seed)).await;
        agreed("cases", 1);
        std::mem::forget(named);
    }
    println!("agreed so far, of all properties: {:?}", COUNTED.lock().expect("nobody panics with it"));
}

/// The number of comparisons with the reference, by kind. It is printed to show that something was compared.
static COUNTED: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

/// Counts results on which both implementations agreed.
fn agreed(what: &str, many: usize) {
    *COUNTED.lock().expect("nobody panics with it").entry(what.to_owned()).or_default() += many;
}

type TestRef = Arc<TestDb>;
