//! Segments of which a lead is a member, as a set of bits.

/// A set of segments, 64 in a number.
#[derive(Clone, Debug, Default)]
pub struct Members(Vec<u64>);

impl Members {
    /// None of so many segments.
    pub fn of(segments: usize) -> Members {
        Members(vec![0; segments.div_ceil(64)])
    }

    /// Whether a segment is among them.
    pub fn has(&self, segment: usize) -> bool {
        has(&self.0, segment)
    }

    /// Puts a segment in, or takes it out.
    pub fn set(&mut self, segment: usize, member: bool) {
        let (word, bit) = (&mut self.0[segment / 64], 1 << (segment % 64));
        if member { *word |= bit } else { *word &= !bit }
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        self.0.fill(0);
    }

    /// The numbers that hold the bits.
    pub fn words(&self) -> &[u64] {
        &self.0
    }
}

/// Whether a segment is in a set.
pub fn has(words: &[u64], segment: usize) -> bool {
    words.get(segment / 64).is_some_and(|bits| bits >> (segment % 64) & 1 == 1)
}

/// Goes through the segments of a set, in their order.
#[inline]
pub fn each(words: &[u64], mut see: impl FnMut(usize)) {
    for (word, bits) in words.iter().enumerate() {
        let mut left = *bits;
        while left != 0 {
            see(word * 64 + left.trailing_zeros() as usize);
            // Takes the lowest bit away.
            left &= left - 1;
        }
    }
}
