//! Tests of the catalogue over HTTP and by its operations, without any crate above it.

#[path = "it/services.rs"]
mod services;
#[path = "it/settings.rs"]
mod settings;

use kit::jobs::Handlers;
use testing::{NOW, Program, TestClub};

/// Opens the small test club with the routes of this crate.
async fn open() -> TestClub {
    let routes = |app: &kit::AppState| {
        Program::of_routes(app, catalogue::routes().split_for_parts().0, Handlers::default())
    };
    TestClub::open_around(NOW, |config| config, routes).await
}
