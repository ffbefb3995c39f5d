//! Names by their kinds, looked up without a copy of the name.

use std::collections::BTreeMap;

use crate::ast::Kind;
use crate::ir::Name;

/// Something about names, such as where they stand. In the order of kinds, then of names.
#[derive(Clone, Debug)]
pub struct ByKind<T>(BTreeMap<Kind, BTreeMap<Name, T>>);

impl<T> Default for ByKind<T> {
    fn default() -> Self {
        ByKind(BTreeMap::new())
    }
}

impl<T> ByKind<T> {
    /// What is noted of a name.
    pub fn get(&self, kind: Kind, name: &str) -> Option<&T> {
        self.0.get(&kind)?.get(name)
    }

    /// Whether something is noted of the name.
    pub fn contains(&self, kind: Kind, name: &str) -> bool {
        self.get(kind, name).is_some()
    }

    /// Notes something of a name.
    pub fn insert(&mut self, kind: Kind, name: &str, value: T) {
        let names = self.0.entry(kind).or_default();
        match names.get_mut(name) {
            Some(known) => *known = value,
            None => drop(names.insert(name.to_owned(), value)),
        }
    }

    /// Notes all that another one has noted.
    pub fn extend(&mut self, other: ByKind<T>) {
        for (kind, names) in other.0 {
            let known = self.0.entry(kind).or_default();
            if known.is_empty() { *known = names } else { known.extend(names) }
        }
    }

    /// Forgets a name.
    pub fn remove(&mut self, kind: Kind, name: &str) {
        if let Some(names) = self.0.get_mut(&kind) {
            names.remove(name);
        }
    }

    /// The names of a kind, in order.
    pub fn names(&self, kind: Kind) -> impl Iterator<Item = &Name> {
        self.0.get(&kind).into_iter().flat_map(BTreeMap::keys)
    }

    /// Everything that is noted.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &Name, &T)> {
        self.0.iter().flat_map(|(kind, names)| names.iter().map(|(name, value)| (*kind, name, value)))
    }
}
