//! The numbers of the rules: a manager changes one for the club, and it counts at once.

use std::collections::BTreeSet;

use testing::{GUS, House, MAX, Player};

use crate::whole::WholeProgram as _;

/// Sets a number as somebody of the cast.
async fn set(house: &House, by: Player, number: catalogue::Number, value: i64) -> kit::Result<()> {
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
async fn a_manager_changes_a_number_and_it_counts_at_once() {
    let house = House::open().await;
    // Three days ahead for an account: Saturday is the fourth.
    crate::try_book(&house, GUS, "suite", "2026-11-28", "18:00").await.refused(403, "outside_window");
    assert!(
        house.browser(GUS).get("/dashboard/").await.expect(200).text().contains("You can book 3 days ahead")
    );
    set(&house, MAX, bookings::ACCOUNT_DAYS, 4).await.expect("it is set");
    assert!(
        house.browser(GUS).get("/dashboard/").await.expect(200).text().contains("You can book 4 days ahead")
    );
    crate::book(&house, GUS, "suite", "2026-11-28", "18:00").await;
}

#[test]
fn every_number_has_a_name_of_its_own_and_a_default_within_its_bounds() {
    let all: Vec<_> = bookings::NUMBERS.iter().chain(&membership::NUMBERS).collect();
    let names: BTreeSet<_> = all.iter().map(|number| number.name).collect();
    assert_eq!(names.len(), all.len());
    for number in all {
        assert!((number.least..=number.most).contains(&number.default), "{}", number.name);
    }
}
