//! Rows that are one person, by way of each other: A and B share an address, B and C a telephone number.
//!
//! A forest of disjoint sets (Galler and Fischer 1964) with path halving; the root of a set is its first row, so that
//! the result does not depend on the order in which sets were joined.

/// Sets of rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    parent: Vec<u32>,
}

impl Groups {
    /// Adds a row, alone in its set. `None` when there are more rows than numbers for them.
    pub(super) fn add(&mut self) -> Option<u32> {
        let row = u32::try_from(self.parent.len()).ok()?;
        self.parent.push(row);
        Some(row)
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.parent.len()
    }

    /// The first row of the set that a row is in.
    pub(super) fn find(&mut self, row: u32) -> u32 {
        let mut at = row;
        while self.parent[at as usize] != at {
            let next = self.parent[self.parent[at as usize] as usize];
            self.parent[at as usize] = next;
            at = next;
        }
        at
    }

    /// Makes one set of two; whether they were two.
    pub(super) fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b) as usize] = a.min(b);
        a != b
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, proptest};

    use super::Groups;

    proptest! {
        /// Against sets that are merged by going over all rows.
        #[test]
        fn sets_are_those_of_brute_force(pairs in prop::collection::vec((0u32..30, 0u32..30), 0..40)) {
            let mut groups = Groups::default();
            let mut naive: Vec<u32> = (0..30).collect();
            for _ in 0..30 {
                groups.add();
            }
            for (a, b) in pairs {
                let (from, to) = (naive[a as usize].max(naive[b as usize]), naive[a as usize].min(naive[b as usize]));
                assert_eq!(groups.join(a, b), from != to);
                naive.iter_mut().filter(|set| **set == from).for_each(|set| *set = to);
            }
            for row in 0..30 {
                assert_eq!(groups.find(row), naive[row as usize]);
            }
        }
    }
}
