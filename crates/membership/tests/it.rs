//! Memberships over HTTP, with no crate above them.

#[path = "it/plans.rs"]
mod plans;

use kit::jobs::Handlers;
use membership::Changed;
use testing::{House, NOW, Program};

/// Opens the small club with the routes of this crate. Nothing is priced here, so nothing follows from a change.
async fn open() -> House {
    let routes = |house: &kit::House| {
        let handlers = Handlers::default().on(|_: Changed| std::future::ready(Ok(())));
        Program::of_routes(house, membership::routes().split_for_parts().0, handlers)
    };
    House::open_around(NOW, |config| config, routes).await
}
