//! The settings of a club: their bounds, and who may change them.

use catalogue::Setting;
use kit::Error;
use testing::{DORA, GUS, MAX, Player, TestClub};

use crate::open;

/// A setting as another crate declares it.
const DAYS: Setting =
    Setting::new("account_days", "Days that an account without a plan books ahead", 3, 0, 365);

/// Changes a setting as a player of the cast.
async fn set(app: &TestClub, by: Player, number: Setting, value: i64) -> kit::Result<()> {
    let (club, person) = (app.club(), app.person(by));
    app.db()
        .tx(move |tx| {
            let by = people::Actor::of(people::person(tx, person)?);
            catalogue::set_setting(tx, &by, club, number, value)
        })
        .await
}

#[tokio::test]
async fn a_setting_has_bounds_and_only_managers_can_change_it() {
    let app = open().await;
    for wrong in [DAYS.least - 1, DAYS.most + 1] {
        assert!(matches!(set(&app, MAX, DAYS, wrong).await, Err(Error::Invalid(_))), "{wrong}");
    }
    for player in [GUS, DORA] {
        assert!(matches!(set(&app, player, DAYS, 5).await, Err(Error::Forbidden)), "{}", player.first_name);
    }
    assert_eq!(app.catalogue().await.setting(DAYS), 3);
}
