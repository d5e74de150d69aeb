//! Prices, credits by billing month, and cancellation fees (P1 to P8, M1, C1, C2).

use bookings::{AddonRequest, Benefit, Extras};
use kit::Id;
use reference::{Moment, Paid, Rank, Terms, fee, price};

use crate::dice::Dice;
use crate::scene::Scene;
use crate::{agreed, each};

/// A booking as the reference knows it.
struct Stands {
    id: Id,
    person: usize,
    day: jiff::civil::Date,
    paid: Paid,
    terms: Terms,
}

impl Scene {
    /// Books a random offered start for a person and compares its price with the reference.
    async fn buy(&mut self, dice: &mut Dice, who: usize) -> Option<Stands> {
        let search_case = self.search_case(dice);
        let person = self.people[who].1.clone();
        let search_input = search_case.search_input(&person, self.now);
        let slots = self.world.day(&search_input, self.day).slots;
        if slots.is_empty() {
            return None;
        }
        let start = dice.pick(&slots).start;
        let day = self.world.day_of(&search_input, start);
        let addons: Vec<(i64, i64)> =
            (0..2).map(|at| (at, dice.of(-3..=3))).filter(|(_, quantity)| *quantity > 0).collect();
        let addon = |(at, quantity): &(i64, i64)| AddonRequest {
            id: Id(self.world.addons[usize::try_from(*at).expect("a place")].id),
            quantity: *quantity,
            notes: String::new(),
        };
        let (benefit, wants) = *dice.pick(&[
            (None, None),
            (Some(Benefit::Credit), Some(true)),
            (Some(Benefit::Nothing), Some(false)),
        ]);
        let extras = Extras { addons: addons.iter().map(addon).collect(), benefit, ..Extras::default() };
        let booked = self.book(&search_case, start, who, &person, extras).await?;

        let term = self.world.term(&person, (search_case.service, booked.room.0), day, start, self.now);
        let factors = (self.world.room(booked.room.0).factor, term.factor);
        let sold: Vec<(i64, i64)> = addons
            .iter()
            .map(|(at, quantity)| {
                (self.world.addons[usize::try_from(*at).expect("a place")].cents, *quantity)
            })
            .collect();
        let service = self.world.service(search_case.service);
        let cost = price(service, search_case.minutes, &person, (day, self.today()), factors, &sold, wants);
        let paid = (booked.price.total().0, booked.price.addons_total.0);
        let place = format!("{search_case:?} for {person:?} on {day}");
        agreed(&format!("paid with {:?}", cost.paid), 1);
        assert_eq!(paid, (cost.total, cost.addons), "the price of {place}: {:?}", cost.why);
        assert_eq!(cost.why.iter().map(|(_, cents)| cents).sum::<i64>(), cost.total, "P7: {place}");
        let (by, id) = (self.people[who].0.clone(), booked.id);
        let detail = self.db.view(move |tx| bookings::show(tx, &by, id)).await.expect("a booking");
        let sum: i64 = detail.why.iter().map(|line| line.amount.0).sum();
        assert_eq!(sum, cost.total, "P7: {place}");
        if cost.paid == Paid::Credit {
            let plan = self.people[who].1.plan.as_mut().expect("who has a credit has a plan");
            plan.used.push(day);
        }
        let terms = Terms {
            member: person.rank_now(self.today()) > Rank::None,
            booked: self.now,
            start,
            cents: cost.total,
            by_plan: cost.paid != Paid::Money,
            unlimited: cost.paid == Paid::Unlimited,
        };
        Some(Stands { id, person: who, day, paid: cost.paid, terms })
    }

    /// Returns a random moment until a booking begins, often right at a step of its fee.
    fn before(&self, dice: &mut Dice, terms: &Terms) -> Moment {
        let steps = [
            terms.start - 48 * 3600,
            terms.start - 24 * 3600,
            terms.start - 12 * 3600,
            terms.booked + 3600,
            terms.start,
        ];
        let at = if dice.may(70) {
            *dice.pick(&steps) + dice.of(-1..=1)
        } else {
            self.now + dice.of(0..=(terms.start - self.now).max(0))
        };
        at.max(self.now)
    }

    /// Returns the number of credits that the product reports for a day.
    async fn credits_left(&self, who: usize, day: jiff::civil::Date) -> Option<i64> {
        let id = Id(self.people[who].1.id.expect("somebody known"));
        let read = move |tx: &mut kit::Tx<'_>| {
            let club = catalogue::current(tx)?.club.id;
            membership::entitlements(tx, club, id)
        };
        self.db.view(read).await.expect("entitlements").credits_left(day)
    }
}

#[tokio::test]
async fn booking_prices_and_cancellation_fees_match_the_reference() {
    each(4_000_000, |test, mut dice: Dice| async move {
        let mut scene = Scene::new(&test, &mut dice).await;
        scene.world.unroll(scene.day, scene.day);
        let mut stand: Vec<Stands> = Vec::new();
        for _ in 0..6 {
            let who = usize::try_from(dice.of(0..=2)).expect("a place");
            stand.extend(scene.buy(&mut dice, who).await);
        }
        // The cancellations are ordered by time, because clocks only go forward.
        let mut leaving: Vec<(Moment, Stands)> = Vec::new();
        for one in stand {
            leaving.push((scene.before(&mut dice, &one.terms), one));
        }
        leaving.sort_by_key(|(at, one)| (*at, one.id));
        let mut lapses: Vec<(usize, Moment)> = Vec::new();
        for (at, one) in leaving {
            scene.set_time(at);
            let of_person: Vec<Moment> =
                lapses.iter().filter(|(who, _)| *who == one.person).map(|(_, at)| *at).collect();
            let expected = fee(one.terms, &of_person, at);
            let (by, id) = (scene.people[one.person].0.clone(), one.id);
            let (_, cents) =
                scene.db.tx(move |tx| bookings::cancel(tx, &by, id)).await.expect("it can be cancelled");
            let ahead = one.terms.start - at;
            agreed(&format!("left for {}", if expected.cents == 0 { "nothing" } else { "a fee" }), 1);
            agreed("credits forfeited or lapses", usize::from(expected.late));
            assert_eq!(cents.0, expected.cents, "{ahead} seconds before: {:?}", one.terms);
            scene.world.cancel(one.id.0);
            if expected.late && one.terms.unlimited {
                lapses.push((one.person, at));
            }
            let Some(plan) = &mut scene.people[one.person].1.plan else { continue };
            if one.paid == Paid::Credit && !expected.late {
                let at = plan.used.iter().position(|day| *day == one.day).expect("it was used");
                plan.used.remove(at);
            }
            let today = scene.today();
            let person = scene.people[one.person].1.clone();
            if let Some(plan) = person.plan_on(one.day, today) {
                let left = scene.credits_left(one.person, one.day).await;
                assert_eq!(left, plan.credits_left(one.day), "the credits of {}: {plan:?}", one.day);
            }
        }
    })
    .await;
}
