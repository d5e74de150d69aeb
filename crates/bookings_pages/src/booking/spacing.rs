//! Which of the free starts the pages show. Starts beside a neighboring booking (F2) often lie five or ten minutes from
//! one on the quarter hour, which looks like a mistake, so one of them is left out. The API returns all of them, and all
//! of them can be booked.

use bookings::{Answer, Factors, Offer, begin};
use jiff::{SignedDuration, Timestamp};
use kit::Cents;

/// The least distance in minutes between two starts of a day that a page shows.
const APART: i64 = 15;

/// A free start, and what decides whether it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Start {
    /// The start in minutes since 1970.
    minute: i64,
    /// The number of minutes that could no longer be sold (F4).
    lost: i64,
    price: Cents,
}

impl Start {
    fn is_on_quarter(&self) -> bool {
        self.minute % APART == 0
    }

    fn is_near(&self, other: &Start) -> bool {
        (self.minute - other.minute).abs() < APART
    }

    /// Returns how early a start is chosen, lowest first: those beside a neighboring booking if they save time compared
    /// with every quarter hour near them and are not more expensive, then those on the quarter hour, then the others.
    fn rank(&self, all: &[Start]) -> u8 {
        let saves = |quarter: &Start| self.lost < quarter.lost && self.price <= quarter.price;
        let mut quarters = all.iter().filter(|one| one.is_on_quarter() && one.is_near(self));
        match self.is_on_quarter() {
            true => 1,
            false if quarters.all(saves) => 0,
            false => 2,
        }
    }
}

/// Returns whether two starts are too close for a page to show both.
pub(crate) fn are_close(one: Timestamp, other: Timestamp) -> bool {
    one.duration_since(other).abs() < SignedDuration::from_mins(APART)
}

/// Returns the offers that pages show, in the order of the answer: no two of a day are closer than fifteen minutes. Of
/// those that are closer, the one that wastes less time that could be sold is shown, then the cheaper one. The start
/// `without` is never among them.
pub(crate) fn shown(answer: &Answer, without: Option<Timestamp>) -> Vec<&Offer> {
    let offers: Vec<&Offer> =
        answer.offers.iter().filter(|offer| Some(begin(offer.start)) != without).collect();
    let minute = |offer: &Offer| begin(offer.start).as_second() / 60;
    let is_close =
        |one: &&Offer, next: &&Offer| one.date == next.date && (minute(one) - minute(next)).abs() < APART;
    let start = |offer: &&Offer| {
        let factors = offer.rooms.first().map_or(Factors::PLAIN, |(_, factors)| *factors);
        Start { minute: minute(offer), lost: offer.lost_minutes, price: answer.total(offer.date, factors) }
    };
    let runs = offers.chunk_by(is_close);
    let spaced_run = |run: &[&'_ Offer]| -> Vec<usize> {
        // A start that is close to no other one is shown, whatever it costs.
        if run.len() == 1 { vec![0] } else { spaced(&run.iter().map(start).collect::<Vec<_>>()) }
    };
    runs.flat_map(|run| spaced_run(run).into_iter().filter_map(move |place| run.get(place).copied()))
        .collect()
}

/// Returns the places of the starts that are shown, in ascending order.
fn spaced(starts: &[Start]) -> Vec<usize> {
    let mut order: Vec<(usize, &Start)> = starts.iter().enumerate().collect();
    order.sort_by_key(|(_, start)| (start.rank(starts), start.lost, start.price, start.minute));
    let mut selected: Vec<(usize, &Start)> = Vec::new();
    for (place, start) in order {
        if !selected.iter().any(|(_, other)| other.is_near(start)) {
            selected.push((place, start));
        }
    }
    let mut places: Vec<usize> = selected.into_iter().map(|(place, _)| place).collect();
    places.sort_unstable();
    places
}

#[cfg(test)]
mod tests {
    use proptest::collection::btree_map;
    use proptest::prelude::*;

    use super::*;

    /// Returns the shown starts out of `(minute, lost minutes, price in cents)`.
    fn minutes(starts: &[(i64, i64, i64)]) -> Vec<i64> {
        let of = |(minute, lost, price): &(i64, i64, i64)| Start {
            minute: *minute,
            lost: *lost,
            price: Cents(*price),
        };
        let starts: Vec<Start> = starts.iter().map(of).collect();
        spaced(&starts).into_iter().map(|place| starts[place].minute).collect()
    }

    #[test]
    fn starts_in_adjacent_quarter_hours_are_not_both_shown() {
        // 4:35 and 4:40 PM round to different quarters, and stood beside each other.
        assert_eq!(minutes(&[(995, 0, 200), (1_000, 5, 200)]), [995]);
        assert_eq!(minutes(&[(995, 5, 200), (1_000, 0, 200)]), [1_000]);
        assert_eq!(minutes(&[(995, 5, 200), (1_000, 5, 150)]), [1_000], "the cheaper one");
    }

    #[test]
    fn a_quarter_hour_start_yields_only_if_another_saves_time_at_no_cost() {
        assert_eq!(minutes(&[(970, 0, 200), (975, 5, 200)]), [970]);
        assert_eq!(minutes(&[(970, 5, 200), (975, 5, 200)]), [975], "it saves nothing");
        assert_eq!(minutes(&[(970, 0, 220), (975, 5, 200)]), [975], "it is more expensive");
        assert_eq!(minutes(&[(960, 0, 200), (970, 0, 200), (975, 5, 200)]), [960, 975], "one loses nothing");
        assert_eq!(minutes(&[(960, 10, 200), (970, 0, 200), (975, 5, 200), (990, 20, 200)]), [970, 990]);
    }

    proptest! {
        /// Whatever is free: the shown starts are free, lie fifteen minutes apart, and no start is left out that could
        /// be shown beside them. What a run of close starts shows does not depend on the others.
        #[test]
        fn shown_starts_are_at_least_fifteen_minutes_apart(
            free in btree_map((0_i64..288).prop_map(|cell| cell * 5), (0_i64..6, 0_i64..3), 0..120),
        ) {
            let starts: Vec<(i64, i64, i64)> =
                free.iter().map(|(minute, (lost, price))| (*minute, lost * 5, price * 1_000)).collect();
            let shown = minutes(&starts);
            prop_assert!(shown.iter().all(|minute| free.contains_key(minute)));
            prop_assert!(shown.windows(2).all(|pair| pair[1] - pair[0] >= APART));
            for minute in free.keys() {
                prop_assert!(shown.iter().any(|other| (other - minute).abs() < APART), "{minute} is lost");
            }
            let runs = starts.chunk_by(|one, next| next.0 - one.0 < APART);
            prop_assert_eq!(runs.flat_map(minutes).collect::<Vec<_>>(), shown);
        }
    }
}
