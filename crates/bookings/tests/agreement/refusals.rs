//! Refusals: the first one of the table, and for staff all of them.

use bookings::Extras;

use crate::dice::Dice;
use crate::scene::{Scene, named, outcome};
use crate::{agreed, each};

impl Scene {
    /// Returns the index of a random person.
    pub(crate) fn someone(&self, dice: &mut Dice) -> usize {
        let last = i64::try_from(self.people.len()).expect("few") - 1;
        usize::try_from(dice.of(0..=last)).expect("a place")
    }
}

#[tokio::test]
async fn the_refusals_of_a_start_match_the_reference() {
    each(3_000_000, |test, mut dice: Dice| async move {
        let mut scene = Scene::new(&test, &mut dice).await;
        scene.world.unroll(scene.day, scene.day);
        for _ in 0..12 {
            let (who, search_case) = (scene.someone(&mut dice), scene.search_case(&mut dice));
            let start = scene.start(&mut dice, &search_case);
            // Staff also search for others and get the refusals of those people.
            let staff = scene.people[who].1.staff;
            let whose = if staff { scene.someone(&mut dice) } else { who };
            let person = scene.people[whose].1.clone();
            let person = if person.id.is_none() && staff { scene.people[who].1.clone() } else { person };
            let search_input = search_case.search_input(&person, scene.now);
            let day = scene.world.day_of(&search_input, start);
            let mut expected = scene.world.why_not(&search_input, day, start);
            let (by, request) =
                (scene.people[who].0.clone(), search_case.request(start, person.id, Extras::default()));
            let verdict =
                scene.db.view(move |tx| bookings::why_not(tx, &by, &request)).await.expect("a verdict");
            expected.truncate(if staff { usize::MAX } else { 1 });
            let found: Vec<_> = verdict.refusals.iter().map(outcome).collect();
            let expected: Vec<_> = expected.iter().map(named).collect();
            if expected.is_empty() {
                agreed("why not: nothing", 1);
            }
            expected.iter().for_each(|(code, _)| agreed(&format!("why not: {code}"), 1));
            let zone = scene.world.zone.iana_name();
            assert_eq!(
                found, expected,
                "{search_case:?} for {person:?} at {start} on {day}, now {} in {zone:?}",
                scene.now
            );
        }
    })
    .await;
}
