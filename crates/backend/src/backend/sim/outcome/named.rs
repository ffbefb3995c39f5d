//! Values by name, and counts by key.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

/// Values by name, in the order of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Named<T>(pub Vec<(String, T)>);

impl<T> Named<T> {
    pub(crate) fn of<'a>(names: impl Iterator<Item = &'a str>, empty: impl Fn(usize) -> T) -> Named<T> {
        Named(names.enumerate().map(|(number, name)| (name.to_owned(), empty(number))).collect())
    }

    /// Whether there are no names.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value with this name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.iter().find(|(each, _)| *each == name).map(|(_, value)| value)
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn at(&mut self, number: usize) -> &mut T {
        &mut self.0[number].1
    }

    /// The value with this name, to be changed.
    pub(crate) fn find(&mut self, name: &str) -> Option<&mut T> {
        self.0.iter_mut().find(|(each, _)| each == name).map(|(_, value)| value)
    }

    pub(crate) fn add(&mut self, other: Named<T>, add: impl Fn(&mut T, T)) {
        for ((_, mine), (_, theirs)) in self.0.iter_mut().zip(other.0) {
            add(mine, theirs);
        }
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Named<u64> {
    /// One more of this number, if there is such a one.
    pub(crate) fn count(&mut self, number: usize) {
        if let Some((_, count)) = self.0.get_mut(number) {
            *count += 1;
        }
    }

    pub(crate) fn add_counts(&mut self, other: Named<u64>) {
        self.add(other, |mine, theirs| *mine += theirs);
    }
}

/// Counts one more.
pub(crate) fn bump<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K) {
    match counts.get_mut(&key) {
        Some(count) => *count += 1,
        // Once for each key.
        None => drop(counts.insert(key, 1)),
    }
}

/// Counts one more of a word, which is copied the first time alone.
pub(crate) fn bump_word(counts: &mut BTreeMap<String, u64>, word: &str) {
    match counts.get_mut(word) {
        Some(count) => *count += 1,
        None => drop(counts.insert(word.to_owned(), 1)),
    }
}

pub(crate) fn add_counts<K: Ord>(mine: &mut BTreeMap<K, u64>, theirs: BTreeMap<K, u64>) {
    for (key, count) in theirs {
        *mine.entry(key).or_default() += count;
    }
}
