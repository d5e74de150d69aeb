//! A bit set over a range of time, one bit for each time cell. The free-time search is built on it: finding every
//! cell from which n cells in a row are free takes a few shifts, even for three months.

use crate::cells::Cell;

/// A bit for each cell from `base` on. A cell outside the range reads as not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits {
    base: Cell,
    len: usize,
    words: Vec<u64>,
}

const WORD: usize = u64::BITS as usize;

impl Bits {
    /// Returns the cells of `[from, to)`, none of them set.
    pub fn none(from: Cell, to: Cell) -> Bits {
        let len = usize::try_from(to - from).unwrap_or(0);
        Bits { base: from, len, words: vec![0; len.div_ceil(WORD)] }
    }

    /// Returns the cells of `[from, to)`, all of them set.
    pub fn all(from: Cell, to: Cell) -> Bits {
        let mut bits = Bits::none(from, to);
        bits.set(from, to);
        bits
    }

    /// Returns the first cell of the range.
    pub fn base(&self) -> Cell {
        self.base
    }

    /// Returns the cell after the last cell of the range.
    pub fn end(&self) -> Cell {
        self.base + Cell::try_from(self.len).expect("a stretch of time fits")
    }

    /// Sets the cells of `[from, to)` that lie inside the range.
    pub fn set(&mut self, from: Cell, to: Cell) {
        self.write(from, to, |_, word, mask| *word |= mask);
    }

    /// Clears the cells of `[from, to)` that lie inside the range.
    pub fn clear(&mut self, from: Cell, to: Cell) {
        self.write(from, to, |_, word, mask| *word &= !mask);
    }

    /// Sets every `step`th cell of `[from, to)` that lies inside the range, starting with `from`.
    pub fn set_every(&mut self, from: Cell, to: Cell, step: usize) {
        let every = (0..WORD).step_by(step).fold(0_u64, |bits, bit| bits | 1 << bit);
        let (place, step) = (from - self.base, Cell::try_from(step).expect("a step is short"));
        self.write(from, to, |at, word, mask| {
            let first = (place - Cell::try_from(at * WORD).expect("a place is a cell")).rem_euclid(step);
            let here = u32::try_from(first).ok().and_then(|first| every.checked_shl(first));
            *word |= here.unwrap_or(0) & mask;
        });
    }

    /// Returns the number of set cells.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Returns the cells of `[from, to)` as a set of their own. Cells outside the range are not set.
    #[must_use]
    pub fn slice(&self, from: Cell, to: Cell) -> Bits {
        let mut out = Bits::none(from, to);
        out.or_within(self, from, to);
        out
    }

    /// Calls `write` for each word that holds cells of `[from, to)`, with the index of the word, the word, and the
    /// mask of its bits in `[from, to)`.
    fn write(&mut self, from: Cell, to: Cell, write: impl Fn(usize, &mut u64, u64)) {
        let (from, to) = self.places(from, to);
        if from >= to {
            return;
        }
        let (first, last) = (from / WORD, (to - 1) / WORD);
        for at in first..=last {
            let low = if at == first { u64::MAX << (from % WORD) } else { u64::MAX };
            let high = if at == last { u64::MAX >> (WORD - 1 - (to - 1) % WORD) } else { u64::MAX };
            write(at, &mut self.words[at], low & high);
        }
    }

    /// Converts `[from, to)` to bit positions, clamped to the range.
    fn places(&self, from: Cell, to: Cell) -> (usize, usize) {
        let place = |cell: Cell| usize::try_from((cell - self.base).max(0)).unwrap_or(0).min(self.len);
        (place(from), place(to))
    }

    /// Returns whether a cell is set. A cell outside the range is not.
    pub fn has(&self, cell: Cell) -> bool {
        let Ok(place) = usize::try_from(cell - self.base) else { return false };
        place < self.len && self.words[place / WORD] >> (place % WORD) & 1 == 1
    }

    /// Returns the 64 cells from `cell` on as a word. Cells outside the range are not set.
    fn word_from(&self, cell: Cell) -> u64 {
        let word = |index: i64| usize::try_from(index).ok().and_then(|index| self.words.get(index)).copied();
        let (place, wide) = (cell - self.base, i64::from(u64::BITS));
        let (index, bit) = (place.div_euclid(wide), place.rem_euclid(wide));
        let low = word(index).unwrap_or(0) >> bit;
        let high = if bit == 0 { 0 } else { word(index + 1).unwrap_or(0) << (wide - bit) };
        low | high
    }

    /// Returns whether no cell is set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Keeps the cells that are set in both sets. Panics if the two sets have different ranges.
    pub fn and(&mut self, other: &Bits) {
        self.zip(other, |word, other| *word &= other);
    }

    /// Adds the cells that are set in `other`. Panics if the two sets have different ranges.
    pub fn or(&mut self, other: &Bits) {
        self.zip(other, |word, other| *word |= other);
    }

    /// Adds the cells of `[from, to)` that are set in `other` and lie inside the range. The two sets may have
    /// different ranges.
    pub fn or_within(&mut self, other: &Bits, from: Cell, to: Cell) {
        let base = self.base;
        self.write(from, to, |at, word, mask| {
            *word |= other.word_from(base + Cell::try_from(at * WORD).expect("a place is a cell")) & mask;
        });
    }

    /// Clears the cells that are set in `other`. Panics if the two sets have different ranges.
    pub fn minus(&mut self, other: &Bits) {
        self.zip(other, |word, other| *word &= !other);
    }

    fn zip(&mut self, other: &Bits, write: impl Fn(&mut u64, u64)) {
        assert_eq!((self.base, self.len), (other.base, other.len), "bits over different cells");
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            write(word, *other);
        }
    }

    /// Returns a set over the same range in which a cell is set if the cell `by` cells later is set in this one
    /// (earlier if `by` is negative). Cells from outside the range count as not set.
    #[must_use]
    pub fn later(&self, by: i64) -> Bits {
        let mut out = Bits { base: self.base, len: self.len, words: vec![0; self.words.len()] };
        let distance = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
        if distance >= self.len {
            return out;
        }
        let (words, bits) = (distance / WORD, distance % WORD);
        let count = self.words.len() - words;
        // The whole words and the bits that cross into the next word are separate loops, because neither then needs a
        // branch.
        if by >= 0 {
            let from = &self.words[words..];
            out.words.iter_mut().zip(from).for_each(|(word, near)| *word = near >> bits);
            if bits != 0 {
                let crossing = out.words.iter_mut().zip(&from[1..]);
                crossing.for_each(|(word, far)| *word |= far << (WORD - bits));
            }
        } else {
            let from = &self.words[..count];
            out.words[words..].iter_mut().zip(from).for_each(|(word, near)| *word = near << bits);
            if bits != 0 {
                let crossing = out.words[words + 1..].iter_mut().zip(from);
                crossing.for_each(|(word, far)| *word |= far >> (WORD - bits));
            }
        }
        out.trim();
        out
    }

    /// Clears the bits of the last word that lie past the end of the range.
    fn trim(&mut self) {
        let used = self.len % WORD;
        if let Some(last) = self.words.last_mut()
            && used != 0
        {
            *last &= u64::MAX >> (WORD - used);
        }
    }

    /// Returns the cells from which at least `count` cells in a row are set.
    #[must_use]
    pub fn runs(&self, count: i64) -> Bits {
        let mut out = self.clone();
        let mut have = 1;
        while have < count {
            let step = have.min(count - have);
            let shifted = out.later(step);
            out.and(&shifted);
            have += step;
        }
        out
    }

    /// Returns the set cells of `[from, to)` in ascending order.
    pub fn cells(&self, from: Cell, to: Cell) -> impl Iterator<Item = Cell> + '_ {
        let (from, to) = self.places(from, to);
        let first = from / WORD;
        let words = if from < to { first..(to - 1) / WORD + 1 } else { 0..0 };
        words.flat_map(move |index| {
            let mut word = self.words[index];
            std::iter::from_fn(move || {
                (word != 0).then(|| {
                    let bit = word.trailing_zeros() as usize;
                    word &= word - 1;
                    index * WORD + bit
                })
            })
            .filter(move |place| (from..to).contains(place))
            .map(|place| self.base + Cell::try_from(place).expect("a place is a cell"))
        })
    }

    /// Returns the last set cell before `cell`, but not before `limit`.
    pub fn last_before(&self, cell: Cell, limit: Cell) -> Option<Cell> {
        let (from, to) = self.places(limit, cell);
        let mut at = to;
        while at > from {
            let index = (at - 1) / WORD;
            let word = self.words[index] & (u64::MAX >> (WORD - 1 - (at - 1) % WORD));
            if word != 0 {
                let place = index * WORD + WORD - 1 - word.leading_zeros() as usize;
                return (place >= from)
                    .then(|| self.base + Cell::try_from(place).expect("a place is a cell"));
            }
            at = index * WORD;
        }
        None
    }

    /// Returns the first set cell at or after `cell` and before `limit`.
    pub fn first_from(&self, cell: Cell, limit: Cell) -> Option<Cell> {
        let (mut at, to) = self.places(cell, limit);
        while at < to {
            let index = at / WORD;
            let word = self.words[index] & (u64::MAX << (at % WORD));
            if word != 0 {
                let place = index * WORD + word.trailing_zeros() as usize;
                return (place < to).then(|| self.base + Cell::try_from(place).expect("a place is a cell"));
            }
            at = (index + 1) * WORD;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;

    /// Returns the set as one boolean for each cell: slow and obviously correct.
    fn plain(bits: &Bits) -> Vec<bool> {
        (bits.base()..bits.end()).map(|cell| bits.has(cell)).collect()
    }

    fn made(base: Cell, cells: &[bool]) -> Bits {
        let mut bits = Bits::none(base, base + cells.len() as Cell);
        for (at, set) in (base..).zip(cells) {
            if *set {
                bits.set(at, at + 1);
            }
        }
        bits
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 200, rng_seed: RngSeed::Fixed(0x5eed_b175), failure_persistence: None, ..ProptestConfig::default()
        })]

        #[test]
        fn runs_begin_where_enough_cells_are_set(
            base in -300_i64..300, cells in prop::collection::vec(prop::bool::weighted(0.8), 1..300), count in 1_i64..80
        ) {
            let bits = made(base, &cells);
            let expected: Vec<bool> = (0..cells.len())
                .map(|at| (at..at + count as usize).all(|at| cells.get(at) == Some(&true)))
                .collect();
            prop_assert_eq!(plain(&bits.runs(count)), expected);
        }

        #[test]
        fn shifting_moves_every_bit(
            base in -300_i64..300, cells in prop::collection::vec(any::<bool>(), 1..300), by in -310_i64..310
        ) {
            let bits = made(base, &cells);
            let expected: Vec<bool> = (0..cells.len() as i64)
                .map(|at| usize::try_from(at + by).ok().and_then(|at| cells.get(at)) == Some(&true))
                .collect();
            prop_assert_eq!(plain(&bits.later(by)), expected);
        }

        #[test]
        fn set_every_sets_every_nth_cell(
            base in -300_i64..300, len in 1_i64..300, from in -20_i64..320, to in -20_i64..320, step in 1_usize..70
        ) {
            let mut bits = Bits::none(base, base + len);
            bits.set_every(base + from, base + to, step);
            let expected: Vec<Cell> = (base + from..base + to).step_by(step).filter(|at| (base..base + len).contains(at)).collect();
            prop_assert_eq!(bits.cells(base, base + len).collect::<Vec<_>>(), expected);
        }

        #[test]
        fn or_within_adds_only_the_given_span(
            base in -300_i64..300, cells in prop::collection::vec(any::<bool>(), 1..300),
            other in prop::collection::vec(any::<bool>(), 1..300), by in -310_i64..310, from in -20_i64..320, to in -20_i64..320
        ) {
            let (mut bits, other) = (made(base, &cells), made(base + by, &other));
            let both = (base..).zip(&cells).map(|(at, set)| *set || (base + from..base + to).contains(&at) && other.has(at));
            let expected: Vec<bool> = both.collect();
            bits.or_within(&other, base + from, base + to);
            prop_assert_eq!(plain(&bits), expected);
        }

        #[test]
        fn spans_can_be_set_cleared_and_found(
            base in -300_i64..300, len in 1_i64..300, from in -20_i64..320, to in -20_i64..320,
            hole in -20_i64..320, wide in 0_i64..40, search in -20_i64..320
        ) {
            let mut bits = Bits::none(base, base + len);
            bits.set(base + from, base + to);
            bits.clear(base + hole, base + hole + wide);
            let set = |at: i64| (from..to).contains(&at) && !(hole..hole + wide).contains(&at) && (0..len).contains(&at);
            let expected: Vec<Cell> = (0..len).filter(|at| set(*at)).map(|at| base + at).collect();
            prop_assert_eq!(bits.cells(base - 5, base + len + 5).collect::<Vec<_>>(), expected.clone());
            let (low, high) = (base + from.clamp(0, len), base + to.clamp(0, len).max(from.clamp(0, len)));
            let inside: Vec<Cell> = expected.iter().copied().filter(|at| (low..high).contains(at)).collect();
            let slice = bits.slice(low, high);
            prop_assert_eq!((slice.cells(low - 1, high + 1).collect::<Vec<_>>(), slice.count()), (inside.clone(), inside.len()));
            let limit = base + search;
            prop_assert_eq!(bits.last_before(limit, base - 5), expected.iter().copied().rfind(|at| *at < limit));
            prop_assert_eq!(bits.first_from(limit, base + len + 5), expected.iter().copied().find(|at| *at >= limit));
        }
    }
}
