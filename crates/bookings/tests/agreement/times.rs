//! Free times of one day and of several days (F1 to F5, F8, W1 to W3, P1 to P8).

use bookings::{Search, begin};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kit::Id;
use membership::Tier;
use reference::{Moment, price};

use crate::dice::Dice;
use crate::scene::{Scene, SearchCase};
use crate::{agreed, each};

/// A slot in the form in which both implementations are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reply {
    start: Moment,
    room: i64,
    technicians: Vec<i64>,
    open_count: i64,
    lost: i64,
    rank: i64,
    price: i64,
    list: i64,
    time_factor: i64,
    vip_until: Option<Moment>,
    member_until: Option<Moment>,
}

fn search_of(search_case: &SearchCase, first: Date, last: Date) -> Search {
    Search {
        service: Id(search_case.service),
        minutes: Some(search_case.minutes),
        from: Some(first),
        to: Some(last),
        party: Some(search_case.party),
        room: search_case.room.map(Id),
        room_type: None,
        technician: search_case.technician.map(Id),
        ignoring: None,
        addons: Vec::new(),
        one_day: first == last,
        slots: true,
    }
}

fn outcome(answer: &bookings::Answer, services_technicians: usize) -> Vec<Reply> {
    let offers = bookings::ranked(answer.offers.clone());
    let slot = |(rank, offer): (usize, bookings::Offer)| {
        let (room, factors) = offer.rooms[0];
        let terms = answer.terms(room, offer.date, offer.start);
        let quote = answer.quote(offer.date, factors);
        let sum: kit::Cents = quote.lines.iter().map(|line| line.amount).sum();
        assert_eq!(sum, quote.total(), "the reasons sum to the price (P7)");
        assert_eq!(factors.time, terms.factor_bp, "one factor of the time");
        let reserved_until = |tier| terms.reserved_for(tier).map(jiff::Timestamp::as_second);
        Reply {
            start: begin(offer.start).as_second(),
            room: room.0,
            technicians: offer.technicians.iter().take(services_technicians).map(|id| id.0).collect(),
            open_count: offer.open_count,
            lost: offer.lost_minutes,
            rank: i64::try_from(rank).expect("few"),
            price: quote.total().0,
            list: quote.lines[0].amount.0,
            time_factor: factors.time,
            vip_until: reserved_until(Tier::Unlimited),
            member_until: reserved_until(Tier::Base),
        }
    };
    offers.into_iter().map(slot).collect()
}

impl Scene {
    fn expected(&self, person: usize, search_case: &SearchCase, day: Date) -> Vec<Reply> {
        let person = &self.people[person].1;
        let search_input = search_case.search_input(person, self.now);
        let service = self.world.service(search_case.service);
        let slot = |slot: reference::Slot| {
            let term = self.world.term(person, (search_case.service, slot.room), day, slot.start, self.now);
            let factors = (self.world.room(slot.room).factor, term.factor);
            let price = price(service, search_case.minutes, person, (day, self.today()), factors, &[], None);
            Reply {
                start: slot.start,
                room: slot.room,
                technicians: slot.technicians,
                open_count: slot.open_count,
                lost: slot.lost,
                rank: slot.rank,
                price: price.total,
                list: price.why[0].1,
                time_factor: term.factor,
                vip_until: term.vip_until,
                member_until: term.member_until,
            }
        };
        self.world.day(&search_input, day).slots.into_iter().map(slot).collect()
    }

    async fn search(
        &self,
        person: usize,
        search_case: &SearchCase,
        first: Date,
        last: Date,
    ) -> bookings::Answer {
        let (by, search_of) = (self.people[person].0.clone(), search_of(search_case, first, last));
        let answer = self.db.view(move |tx| bookings::search(tx, &by, &search_of)).await;
        answer.expect("an answer")
    }
}

#[tokio::test]
async fn the_times_of_a_day_match_the_reference() {
    each(1_000_000, |test, mut dice: Dice| async move {
        let mut scene = Scene::new(&test, &mut dice).await;
        for _ in 0..3 {
            let (person, search_case) = (scene.someone(&mut dice), scene.search_case(&mut dice));
            let day = scene.day + dice.of(0..=1).days();
            scene.world.unroll(day, day);
            let answer = scene.search(person, &search_case, day, day).await;
            let technicians = scene.world.service(search_case.service).technicians;
            let outcome = outcome(&answer, usize::try_from(technicians).expect("few"));
            let expected = scene.expected(person, &search_case, day);
            let who = &scene.people[person].1;
            let zone = scene.world.zone.iana_name();
            agreed("times of a day", expected.len());
            agreed(
                "times of a day that leave something unsellable",
                expected.iter().filter(|one| one.lost > 0).count(),
            );
            agreed(
                "times of a day at a factor",
                expected.iter().filter(|one| one.time_factor != 10_000).count(),
            );
            agreed("times off the grid", expected.iter().filter(|one| one.start % 900 != 0).count());
            assert_eq!(
                outcome, expected,
                "{search_case:?} for {who:?} on {day} at {} in {zone:?}",
                scene.now
            );
        }
    })
    .await;
}

#[tokio::test]
async fn each_day_of_a_range_matches_the_reference() {
    each(2_000_000, |test, mut dice: Dice| async move {
        let mut scene = Scene::new(&test, &mut dice).await;
        let (person, search_case) = (scene.someone(&mut dice), scene.search_case(&mut dice));
        let first = scene.day + dice.of(-1..=0).days();
        let last = first + dice.of(1..=5).days();
        scene.world.unroll(first, last);
        let answer = scene.search(person, &search_case, first, last).await;
        let technicians = scene.world.service(search_case.service).technicians;
        let slots = outcome(&answer, usize::try_from(technicians).expect("few"));
        let who = &scene.people[person].1;
        let mut all = Vec::new();
        for (place, outcome) in answer.days.iter().enumerate() {
            let day = first + i64::try_from(place).expect("few").days();
            let expected = scene.expected(person, &search_case, day);
            let place = format!("{search_case:?} for {who:?} on {day} at {}", scene.now);
            assert_eq!(
                (outcome.count.date, outcome.count.count),
                (day, expected.len()),
                "the count: {place}"
            );
            let begins = outcome.count.first.map(|cell| begin(cell).as_second());
            assert_eq!(begins, expected.first().map(|slot| slot.start), "the first: {place}");
            let least = expected.iter().map(|slot| slot.price).min();
            assert_eq!(outcome.from_price.map(|cents| cents.0), least, "the least price: {place}");
            let window = scene.world.window(who, day, scene.now);
            let closed = outcome.closed.map(|closed| (closed.opens_at.as_second(), closed.max_advance_days));
            assert_eq!(
                closed,
                (!window.is_open).then_some((window.opens, window.days)),
                "the window: {place}"
            );
            agreed("days of many", 1);
            agreed("days of many that are not open", usize::from(!window.is_open));
            all.extend(expected);
        }
        // The ranks differ, because they are among all the times in the result.
        let bare =
            |slots: Vec<Reply>| slots.into_iter().map(|slot| Reply { rank: 0, ..slot }).collect::<Vec<_>>();
        assert_eq!(bare(slots), bare(all), "{search_case:?} for {who:?} from {first} at {}", scene.now);
    })
    .await;
}
