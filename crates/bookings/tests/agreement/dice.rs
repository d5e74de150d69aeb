//! Repeatable random numbers.

use std::ops::RangeInclusive;

/// SplitMix64. Every seed gives a good sequence.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number in a range.
    pub(crate) fn of(&mut self, range: RangeInclusive<i64>) -> i64 {
        let (least, most) = range.into_inner();
        let many = u64::try_from(most - least + 1).expect("a range that has something");
        least + i64::try_from(self.next() % many).expect("it fits")
    }

    /// Returns true in `percent` of a hundred cases.
    pub(crate) fn may(&mut self, percent: i64) -> bool {
        self.of(0..=99) < percent
    }

    /// Returns one of several values.
    pub(crate) fn pick<'t, T>(&mut self, things: &'t [T]) -> &'t T {
        let last = i64::try_from(things.len()).expect("few") - 1;
        &things[usize::try_from(self.of(0..=last)).expect("a place")]
    }

    /// Returns some of several values, at least one if there are any.
    pub(crate) fn some<T: Clone>(&mut self, things: &[T], percent: i64) -> Vec<T> {
        let mut found: Vec<T> = things.iter().filter(|_| self.may(percent)).cloned().collect();
        if found.is_empty() && !things.is_empty() {
            found.push(self.pick(things).clone());
        }
        found
    }
}
