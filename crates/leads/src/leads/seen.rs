//! Which ids there have been, in about twelve bytes each.
//!
//! In: ids. Out: whether one was there before. Never: the ids themselves.
//!
//! Of each id 76 bits of a hash are kept: 12 choose a shard, 64 stand in it. That two of ten million different ids agree in
//! all of them has a probability of one in a thousand million. Shards grow one by one, so that there is never a second copy
//! of everything.

use xxhash_rust::xxh3::xxh3_128;

/// Shards, as a power of two.
const SHARD_BITS: u32 = 12;

/// A set of ids.
pub(super) struct Seen {
    shards: Vec<Shard>,
}

/// Hashes in places near those that they ask for; zero is an empty place.
#[derive(Default)]
struct Shard {
    places: Vec<u64>,
    used: usize,
}

impl Seen {
    /// Nothing yet.
    pub(super) fn new() -> Seen {
        Seen { shards: std::iter::repeat_with(Shard::default).take(1 << SHARD_BITS).collect() }
    }

    /// Takes an id in; `false` if it was there before.
    pub(super) fn insert(&mut self, id: &str) -> bool {
        let hash = xxh3_128(id.as_bytes());
        let shard = (hash >> 64) as u64 >> (64 - SHARD_BITS);
        // A hash of zero shares the place of another, which is as likely as any two that agree.
        let low = (hash as u64).max(1);
        self.shards.get_mut(shard as usize).is_some_and(|shard| shard.insert(low))
    }
}

impl Shard {
    fn insert(&mut self, hash: u64) -> bool {
        // At most six places of seven are taken.
        if self.used * 7 >= self.places.len() * 6 {
            self.grow();
        }
        let at = self.place(hash);
        let is_new = self.places[at] == 0;
        self.places[at] = hash;
        self.used += usize::from(is_new);
        is_new
    }

    /// The place of a hash: its own, or the empty one where it belongs.
    fn place(&self, hash: u64) -> usize {
        let mut at = ((u128::from(hash) * self.places.len() as u128) >> 64) as usize;
        while self.places[at] != 0 && self.places[at] != hash {
            at = if at + 1 == self.places.len() { 0 } else { at + 1 };
        }
        at
    }

    fn grow(&mut self) {
        let size = (self.places.len() + self.places.len() / 2).max(8);
        let before = std::mem::replace(&mut self.places, vec![0; size]);
        for hash in before.into_iter().filter(|hash| *hash != 0) {
            let at = self.place(hash);
            self.places[at] = hash;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn an_id_is_new_once() {
        let mut seen = Seen::new();
        let id = |number: u32| format!("L{number}");
        assert!((0..200_000).all(|number| seen.insert(&id(number))));
        assert!((0..200_000).all(|number| !seen.insert(&id(number))));
        assert!(seen.insert("") && !seen.insert("") && seen.insert("L200000"));
        let places: usize = seen.shards.iter().map(|shard| shard.places.len()).sum();
        assert!(places < 200_000 * 2, "{places} places");
    }
}
