//! Draws that are functions of the journey's number and of how many were drawn before: no state but a counter.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The draws of one journey.
pub(super) struct Draws {
    journey: u64,
    drawn: u64,
}

impl Draws {
    pub(super) fn of(journey: u64) -> Draws {
        Draws { journey, drawn: 0 }
    }

    /// A number below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.drawn += 1;
        let wide = u128::from(xxh3_64_with_seed(&self.drawn.to_le_bytes(), self.journey));
        usize::try_from((wide * bound as u128) >> 64).unwrap_or(0)
    }

    /// A number from `least` to `most`, both included.
    pub(super) fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// Whether something of so many percent happens.
    pub(super) fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}
