//! Tests of memberships over HTTP, without any crate above them.

#[path = "it/plans.rs"]
mod plans;

use kit::jobs::Handlers;
use membership::{MembershipChanged, RunBillingDay};
use testing::{NOW, Program, TestClub};

/// Opens the small test club with the routes of this crate. There are no bookings, so the job after a change does
/// nothing. Tests run the billing day themselves.
async fn open() -> TestClub {
    let routes = |app: &kit::AppState| {
        let handlers = Handlers::default()
            .on(|_, _: MembershipChanged| std::future::ready(Ok(())))
            .on(|_, _: RunBillingDay| std::future::ready(Ok(())));
        Program::of_routes(app, membership::routes().split_for_parts().0, handlers)
    };
    TestClub::open_around(NOW, |config| config, routes).await
}
