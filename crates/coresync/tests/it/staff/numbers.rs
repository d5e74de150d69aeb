//! Settings: a manager changes one for the club, and it takes effect at once.

use testing::{GUS, MAX, Player, TestClub};

use crate::whole::WholeProgram as _;

/// Changes a setting as a person of the cast.
async fn set(app: &TestClub, by: Player, setting: catalogue::Setting, value: i64) -> kit::Result<()> {
    let (club, person) = (app.club(), app.person(by));
    app.db()
        .tx(move |tx| {
            let by = people::Actor::of(people::person(tx, person)?);
            catalogue::set_setting(tx, &by, club, setting, value)
        })
        .await
}

#[tokio::test]
async fn a_setting_changed_by_a_manager_applies_at_once() {
    let app = TestClub::open().await;
    // An account books three days ahead; Saturday is the fourth.
    crate::try_book(&app, GUS, "suite", "2026-11-28", "18:00").await.refused(403, "outside_window");
    assert!(
        app.browser(GUS).get("/dashboard/").await.expect(200).text().contains("You can book 3 days ahead")
    );
    set(&app, MAX, bookings::ACCOUNT_DAYS, 4).await.expect("it is set");
    assert!(
        app.browser(GUS).get("/dashboard/").await.expect(200).text().contains("You can book 4 days ahead")
    );
    crate::book(&app, GUS, "suite", "2026-11-28", "18:00").await;
}
