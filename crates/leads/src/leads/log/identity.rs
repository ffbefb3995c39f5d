//! Who is who: keys that stand together are about the same lead.
//!
//! In: sets of keys that stood together, and the keys of the leads of a file. Out: for each set the lead it is about.
//! Never: events. The answer does not depend on the order in which keys were seen.
//!
//! Groups are the classes of a union-find (Galler and Fischer 1964) over the values of all keys. A group with one lead
//! of the file is that lead. A group with several of them says that two leads are one person, which is for people to
//! decide: there each event is given to the lead that its own keys name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use xxhash_rust::xxh3::xxh3_128;

/// A value of a key, by its number.
pub(super) type Node = u32;

/// A set of keys that stood together, by its number.
pub(super) type Who = u32;

/// Keys and what stood together.
#[derive(Default)]
pub(super) struct Identities {
    nodes: Vec<(u16, Box<str>)>,
    by_value: HashMap<u128, Node>,
    sets: Vec<Box<[Node]>>,
    by_set: HashMap<Box<[Node]>, Who>,
    aliases: Vec<(Node, Node)>,
}

/// Whom a set of keys is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Person {
    /// A lead of the file, by its number.
    Known(u32),
    /// One that only the logs know, by a key that all its sets lead to.
    New(Node),
    /// Several, and nothing tells which.
    Ambiguous,
    /// Nobody: no key is a field of leads.
    Nobody,
}

/// Several leads in one group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Conflict {
    /// Leads of the file, by their numbers.
    Known(Vec<u32>),
    /// Ids that only the logs know.
    New(Vec<Node>),
}

/// The answer.
pub(super) struct Persons {
    /// For each set.
    pub(super) of_set: Vec<Person>,
    /// Groups with several leads, each with its keys.
    pub(super) conflicts: Vec<(Conflict, Vec<Node>)>,
}

impl Identities {
    /// The number of a value of a key.
    pub(super) fn node(&mut self, key: usize, value: &str) -> Node {
        let next = self.nodes.len() as Node;
        let node = *self.by_value.entry(hash(key, value)).or_insert(next);
        if node == next {
            self.nodes.push((key as u16, value.into()));
        }
        node
    }

    /// The number of a value of a key, if it was seen.
    pub(super) fn seen(&self, key: usize, value: &str) -> Option<Node> {
        self.by_value.get(&hash(key, value)).copied()
    }

    /// The number of a set of keys that stand together; they are in the order of their keys.
    pub(super) fn together(&mut self, keys: &[(usize, String)]) -> Who {
        let set: Box<[Node]> = keys.iter().map(|(key, value)| self.node(*key, value)).collect();
        if let Some(who) = self.by_set.get(&set) {
            return *who;
        }
        let who = self.sets.len() as Who;
        self.sets.push(set.clone());
        self.by_set.insert(set, who);
        who
    }

    /// Two values are one lead, whatever they are.
    pub(super) fn alias(&mut self, one: Node, other: Node) {
        self.aliases.push((one, other));
    }

    /// The keys of a set.
    pub(super) fn keys(&self, who: Who) -> &[Node] {
        &self.sets[who as usize]
    }

    /// Key and text of a value.
    pub(super) fn value(&self, node: Node) -> (usize, &str) {
        let (key, text) = &self.nodes[node as usize];
        (usize::from(*key), text)
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Finds out whom each set is about. `known` are the values of each lead of the file that were seen; `user` is the
    /// key of ids, and keys below `fields` are fields of leads.
    pub(super) fn persons(&self, known: &[Vec<Node>], user: Option<usize>, fields: usize) -> Persons {
        let mut groups = Groups::new(self.nodes.len());
        for set in &self.sets {
            groups.join_all(set);
        }
        for (one, other) in &self.aliases {
            groups.join(*one, *other);
        }
        for values in known {
            groups.join_all(values);
        }
        let owners = owners(known);
        let leads = leads_by_group(known, &mut groups);
        let ids = self.ids_by_group(user, &mut groups);
        let mut of_set = Vec::with_capacity(self.sets.len());
        for set in &self.sets {
            let group = set.first().map(|node| groups.of(*node));
            let leads = group.and_then(|group| leads.get(&group));
            let ids = group.and_then(|group| ids.get(&group));
            let named = set.iter().filter(|node| self.value(**node).0 < fields);
            of_set.push(match (leads.map_or(0, BTreeSet::len), ids.map_or(0, BTreeMap::len)) {
                (1, _) => leads.and_then(BTreeSet::first).map_or(Person::Nobody, |lead| Person::Known(*lead)),
                (0, 0 | 1) => group.map_or(Person::Nobody, Person::New),
                (0, _) => {
                    let of_id = |node: &Node| ids.and_then(|ids| ids.get(node)).map(|class| Person::New(*class));
                    set.iter().find_map(of_id).unwrap_or(Person::Ambiguous)
                }
                (_, _) => {
                    let only = |node: &Node| owners.get(node).filter(|of| of.len() == 1).map(|of| Person::Known(of[0]));
                    named.into_iter().find_map(only).unwrap_or(Person::Ambiguous)
                }
            });
        }
        self.without_nobodies(&mut of_set, fields);
        let conflicts = self.conflicts(&leads, &ids, &mut groups);
        Persons { of_set, conflicts }
    }

    /// For each group without a lead of the file, its ids and the class of each: ids that aliases join are one.
    fn ids_by_group(&self, user: Option<usize>, groups: &mut Groups) -> HashMap<Node, BTreeMap<Node, Node>> {
        let mut aliased = Groups::new(self.nodes.len());
        for (one, other) in &self.aliases {
            aliased.join(*one, *other);
        }
        let mut ids: HashMap<Node, BTreeMap<Node, Node>> = HashMap::new();
        for node in self.sets.iter().flatten().filter(|node| Some(self.value(**node).0) == user) {
            ids.entry(groups.of(*node)).or_default().insert(*node, aliased.of(*node));
        }
        for classes in ids.values_mut() {
            let different: BTreeSet<Node> = classes.values().copied().collect();
            if different.len() == 1 {
                // One id under several names.
                classes.retain({
                    let mut first = true;
                    move |_, _| std::mem::take(&mut first)
                });
            }
        }
        ids
    }

    /// New leads need a key that is a field of leads, in one of their sets.
    fn without_nobodies(&self, of_set: &mut [Person], fields: usize) {
        let is_named = |set: &[Node]| set.iter().any(|node| self.value(*node).0 < fields);
        let sets = self.sets.iter().zip(&*of_set);
        let named: BTreeSet<Person> = sets.filter(|(set, _)| is_named(set)).map(|(_, person)| *person).collect();
        for person in of_set.iter_mut() {
            if matches!(person, Person::New(_)) && !named.contains(person) {
                *person = Person::Nobody;
            }
        }
    }

    fn conflicts(
        &self,
        leads: &HashMap<Node, BTreeSet<u32>>,
        ids: &HashMap<Node, BTreeMap<Node, Node>>,
        groups: &mut Groups,
    ) -> Vec<(Conflict, Vec<Node>)> {
        let mut found: BTreeMap<Node, Conflict> = BTreeMap::new();
        for (group, ids) in ids.iter().filter(|(group, ids)| ids.len() > 1 && !leads.contains_key(*group)) {
            found.insert(*group, Conflict::New(ids.keys().copied().collect()));
        }
        for (group, leads) in leads.iter().filter(|(_, leads)| leads.len() > 1) {
            found.insert(*group, Conflict::Known(leads.iter().copied().collect()));
        }
        let mut members: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
        for node in self.sets.iter().flatten() {
            let group = groups.of(*node);
            if found.contains_key(&group) {
                members.entry(group).or_default().push(*node);
            }
        }
        let of = |(group, conflict)| {
            let mut members = members.remove(&group).unwrap_or_default();
            members.sort_by_key(|node| self.value(*node));
            members.dedup();
            (conflict, members)
        };
        found.into_iter().map(of).collect()
    }
}

fn hash(key: usize, value: &str) -> u128 {
    let mut bytes = Vec::with_capacity(value.len() + 2);
    bytes.extend((key as u16).to_le_bytes());
    bytes.extend(value.as_bytes());
    xxh3_128(&bytes)
}

/// The leads that have each value.
fn owners(known: &[Vec<Node>]) -> HashMap<Node, Vec<u32>> {
    let mut owners: HashMap<Node, Vec<u32>> = HashMap::new();
    for (lead, values) in (0..).zip(known) {
        values.iter().for_each(|node| owners.entry(*node).or_default().push(lead));
    }
    owners
}

fn leads_by_group(known: &[Vec<Node>], groups: &mut Groups) -> HashMap<Node, BTreeSet<u32>> {
    let mut leads: HashMap<Node, BTreeSet<u32>> = HashMap::new();
    for (lead, values) in (0..).zip(known) {
        if let Some(first) = values.first() {
            leads.entry(groups.of(*first)).or_default().insert(lead);
        }
    }
    leads
}

/// A union-find. The root of a group is its smallest member.
struct Groups(Vec<Node>);

impl Groups {
    fn new(size: usize) -> Groups {
        Groups((0..size as Node).collect())
    }

    fn of(&mut self, node: Node) -> Node {
        let mut at = node;
        while self.0[at as usize] != at {
            // Halving the path keeps it short.
            self.0[at as usize] = self.0[self.0[at as usize] as usize];
            at = self.0[at as usize];
        }
        at
    }

    fn join(&mut self, one: Node, other: Node) {
        let (one, other) = (self.of(one), self.of(other));
        self.0[one.max(other) as usize] = one.min(other);
    }

    fn join_all(&mut self, nodes: &[Node]) {
        for pair in nodes.windows(2) {
            self.join(pair[0], pair[1]);
        }
    }
}
