//! Free times: a day's, and what is said of many days (F1 to F5, F8, W1 to W3, P1 to P8).

use bookings::{Search, begin};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kit::Id;
use membership::Tier;
use reference::{Moment, price};

use crate::dice::Dice;
use crate::scene::{Question, Scene};
use crate::{agreed, each};

/// A slot as both have it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    start: Moment,
    room: i64,
    technicians: Vec<i64>,
    spots: i64,
    lost: i64,
    rank: i64,
    price: i64,
    list: i64,
    time_factor: i64,
    vip_until: Option<Moment>,
    member_until: Option<Moment>,
}

fn ask(question: &Question, first: Date, last: Date) -> Search {
    Search {
        service: Id(question.service),
        minutes: Some(question.minutes),
        from: Some(first),
        to: Some(last),
        party: Some(question.party),
        room: question.room.map(Id),
        room_type: None,
        technician: question.technician.map(Id),
        ignoring: None,
        addons: Vec::new(),
        one_day: first == last,
        slots: true,
    }
}

fn told(answer: &bookings::Answer, services_technicians: usize) -> Vec<Told> {
    let offers = bookings::ranked(answer.offers.clone());
    let slot = |(rank, offer): (usize, bookings::Offer)| {
        let (room, factors) = offer.rooms[0];
        let terms = answer.terms(room, offer.date, offer.start);
        let quote = answer.quote(offer.date, factors);
        let sum: kit::Cents = quote.lines.iter().map(|line| line.amount).sum();
        assert_eq!(sum, quote.total(), "the reasons sum to the price (P7)");
        assert_eq!(factors.time, terms.factor_bp, "one factor of the time");
        let kept = |tier| terms.kept_for(tier).map(jiff::Timestamp::as_second);
        Told {
            start: begin(offer.start).as_second(),
            room: room.0,
            technicians: offer.technicians.iter().take(services_technicians).map(|id| id.0).collect(),
            spots: offer.spots,
            lost: offer.lost_minutes,
            rank: i64::try_from(rank).expect("few"),
            price: quote.total().0,
            list: quote.lines[0].amount.0,
            time_factor: factors.time,
            vip_until: kept(Tier::Unlimited),
            member_until: kept(Tier::Base),
        }
    };
    offers.into_iter().map(slot).collect()
}

impl Scene {
    fn wanted(&self, person: usize, question: &Question, day: Date) -> Vec<Told> {
        let person = &self.people[person].1;
        let asked = question.asked(person, self.now);
        let service = self.world.service(question.service);
        let slot = |slot: reference::Slot| {
            let term = self.world.term(person, (question.service, slot.room), day, slot.start, self.now);
            let factors = (self.world.room(slot.room).factor, term.factor);
            let price = price(service, question.minutes, person, (day, self.today()), factors, &[], None);
            Told {
                start: slot.start,
                room: slot.room,
                technicians: slot.technicians,
                spots: slot.spots,
                lost: slot.lost,
                rank: slot.rank,
                price: price.total,
                list: price.why[0].1,
                time_factor: term.factor,
                vip_until: term.vip_until,
                member_until: term.member_until,
            }
        };
        self.world.day(&asked, day).slots.into_iter().map(slot).collect()
    }

    async fn search(&self, person: usize, question: &Question, first: Date, last: Date) -> bookings::Answer {
        let (by, ask) = (self.people[person].0.clone(), ask(question, first, last));
        let answer = self.db.view(move |tx| bookings::search(tx, &by, &ask)).await;
        answer.expect("an answer")
    }
}

#[tokio::test]
async fn a_day_has_the_times_that_the_rules_say() {
    each(1_000_000, |test, mut dice: Dice| async move {
        let mut scene = Scene::new(&test, &mut dice).await;
        for _ in 0..3 {
            let (person, question) = (scene.someone(&mut dice), scene.question(&mut dice));
            let day = scene.day + dice.of(0..=1).days();
            scene.world.unroll(day, day);
            let answer = scene.search(person, &question, day, day).await;
            let technicians = scene.world.service(question.service).technicians;
            let told = told(&answer, usize::try_from(technicians).expect("few"));
            let wanted = scene.wanted(person, &question, day);
            let who = &scene.people[person].1;
            let zone = scene.world.zone.iana_name();
            agreed("times of a day", wanted.len());
            agreed(
                "times of a day that leave something unsellable",
                wanted.iter().filter(|one| one.lost > 0).count(),
            );
            agreed(
                "times of a day at a factor",
                wanted.iter().filter(|one| one.time_factor != 10_000).count(),
            );
            agreed("times off the grid", wanted.iter().filter(|one| one.start % 900 != 0).count());
            assert_eq!(told, wanted, "{question:?} for {who:?} on {day} at {} in {zone:?}", scene.now);
        }
    })
    .await;
}

#[tokio::test]
async fn many_days_are_told_by_their_times() {
    each(2_000_000, |test, mut dice: Dice| async move {
        let mut scene = Scene::new(&test, &mut dice).await;
        let (person, question) = (scene.someone(&mut dice), scene.question(&mut dice));
        let first = scene.day + dice.of(-1..=0).days();
        let last = first + dice.of(1..=5).days();
        scene.world.unroll(first, last);
        let answer = scene.search(person, &question, first, last).await;
        let technicians = scene.world.service(question.service).technicians;
        let slots = told(&answer, usize::try_from(technicians).expect("few"));
        let who = &scene.people[person].1;
        let mut all = Vec::new();
        for (place, told) in answer.days.iter().enumerate() {
            let day = first + i64::try_from(place).expect("few").days();
            let wanted = scene.wanted(person, &question, day);
            let place = format!("{question:?} for {who:?} on {day} at {}", scene.now);
            assert_eq!((told.count.date, told.count.count), (day, wanted.len()), "the count: {place}");
            let begins = told.count.first.map(|cell| begin(cell).as_second());
            assert_eq!(begins, wanted.first().map(|slot| slot.start), "the first: {place}");
            let least = wanted.iter().map(|slot| slot.price).min();
            assert_eq!(told.from_price.map(|cents| cents.0), least, "the least price: {place}");
            let window = scene.world.window(who, day, scene.now);
            let closed = told.closed.map(|closed| (closed.opens_at.as_second(), closed.max_advance_days));
            assert_eq!(
                closed,
                (!window.is_open).then_some((window.opens, window.days)),
                "the window: {place}"
            );
            agreed("days of many", 1);
            agreed("days of many that are not open", usize::from(!window.is_open));
            all.extend(wanted);
        }
        // Ranks are among all that are told.
        let bare =
            |slots: Vec<Told>| slots.into_iter().map(|slot| Told { rank: 0, ..slot }).collect::<Vec<_>>();
        assert_eq!(bare(slots), bare(all), "{question:?} for {who:?} from {first} at {}", scene.now);
    })
    .await;
}
