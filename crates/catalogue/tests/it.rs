//! The catalogue over HTTP and by its operations, with no crate above it.

#[path = "it/services.rs"]
mod services;
#[path = "it/settings.rs"]
mod settings;

use kit::jobs::Handlers;
use testing::{House, NOW, Program};

/// Opens the small club with the routes of this crate.
async fn open() -> House {
    let routes = |house: &kit::House| {
        Program::of_routes(house, catalogue::routes().split_for_parts().0, Handlers::default())
    };
    House::open_around(NOW, |config| config, routes).await
}
