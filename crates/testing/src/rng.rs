//! Reproducible pseudorandom numbers.

/// A small pseudorandom number generator (xorshift): the same seed yields the same numbers every time. Not for
/// secrets.
#[derive(Debug, Clone)]
pub struct Xorshift(u64);

impl Xorshift {
    /// Returns a generator for a seed. Similar seeds yield unrelated numbers.
    pub fn new(seed: u64) -> Xorshift {
        // A state of zero would yield only zeros.
        Xorshift(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns the next number below `bound`; 0 if `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).expect("below a usize")
    }

    /// Returns one of the things.
    ///
    /// # Panics
    /// Panics if there are none.
    pub fn of<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::Xorshift;

    #[test]
    fn a_seed_repeats_its_numbers_and_reaches_every_value() {
        let draw = |seed| {
            let mut rng = Xorshift::new(seed);
            std::array::from_fn::<usize, 200, _>(|_| rng.below(7))
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
        for seed in 0..5 {
            assert!((0..7).all(|number| draw(seed).contains(&number)), "{seed}");
        }
        assert_eq!(Xorshift::new(0).below(0), 0);
    }
}
