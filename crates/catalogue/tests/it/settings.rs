//! The settings of a club: their bounds, and who may change them.

use catalogue::Number;
use kit::Error;
use testing::{DORA, GUS, House, MAX, Player};

use crate::open;

/// A setting as another crate declares it.
const DAYS: Number =
    Number::new("account_days", "Days that an account without a plan books ahead", 3, 0, 365);

/// Sets a number as somebody of the cast.
async fn set(house: &House, by: Player, number: Number, value: i64) -> kit::Result<()> {
    let (club, person) = (house.club(), house.person(by));
    house
        .db()
        .tx(move |tx| {
            let by = people::Actor::of(people::person(tx, person)?);
            catalogue::set_number(tx, &by, club, number, value)
        })
        .await
}

#[tokio::test]
async fn a_number_has_bounds_and_is_not_for_everybody() {
    let house = open().await;
    for wrong in [DAYS.least - 1, DAYS.most + 1] {
        assert!(matches!(set(&house, MAX, DAYS, wrong).await, Err(Error::Invalid(_))), "{wrong}");
    }
    for player in [GUS, DORA] {
        assert!(matches!(set(&house, player, DAYS, 5).await, Err(Error::Forbidden)), "{}", player.first_name);
    }
    assert_eq!(house.catalogue().await.number(DAYS), 3);
}
