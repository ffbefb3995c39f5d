//! Catalogs: products and other things that leads can buy, and which of them go together.
//!
//! Recommendations are item-to-item collaborative filtering: for each item, other items bought by the same customers,
//! found beforehand; for a lead, what goes with the items it bought (Linden, Smith and York, "Amazon.com
//! recommendations: item-to-item collaborative filtering", 2003).

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Field, Name, Value};
use crate::text::Origin;

/// A score of 1, in the whole numbers that scores are kept in: six digits behind the point.
pub const SCORE_ONE: u64 = 1_000_000;

/// Things of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Catalog {
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The column that tells items apart.
    pub key: Name,
    /// What is known of an item, the key left out.
    pub fields: BTreeMap<Name, Field>,
    /// The items, by key.
    pub items: Vec<Item>,
    /// The event that is a purchase of an item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchases: Option<Purchases>,
    /// What customers bought before the run, numbers of items: by id or address of the customer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub orders: BTreeMap<String, BTreeSet<u32>>,
    /// How items are recommended.
    pub recommend: Recommend,
    /// Of how many customers it is known what goes together.
    #[serde(default, skip_serializing_if = "nobody")]
    pub customers: u32,
    /// Of each item, others that go with it, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<Vec<Together>>,
    /// Numbers of items by customers who bought them, most first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bestsellers: Vec<u32>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

fn nobody(customers: &u32) -> bool {
    *customers == 0
}

/// What a customer bought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Customer {
    /// Id and address, as orders name customers; see [`Catalog::customer`].
    pub names: BTreeSet<String>,
    /// Numbers of items.
    pub items: BTreeSet<u32>,
}

/// An item of a catalog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// Its key.
    pub key: String,
    /// What is known of it; what is not is left out.
    pub values: BTreeMap<Name, Value>,
}

/// The event that is a purchase of an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Purchases {
    /// The event.
    pub event: Name,
    /// Its property that holds the item's key.
    pub item: Name,
    /// Properties that the item gives if the event does not, each with the item's field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fills: BTreeMap<Name, Name>,
}

/// How items are recommended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recommend {
    /// How many, unless asked otherwise.
    pub count: u32,
    /// Least number of customers who bought two items for these to go together.
    pub at_least: u32,
    /// How strongly two items go together.
    pub by: Likeness,
    /// Whether orders say which items go together.
    #[serde(default)]
    pub from_orders: bool,
    /// Whether purchases do that logs tell of the time before a run.
    #[serde(default)]
    pub from_events: bool,
}

/// How strongly two items go together: `n` customers bought both, `a` and `b` bought the one and the other, of `all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Likeness {
    /// `n / √(a × b)`: the cosine of the angle between the two columns of the table of customers and items.
    Cosine,
    /// `n × all / (a × b)`: how many times as often as if the one had nothing to do with the other.
    Lift,
}

impl Likeness {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Likeness::Cosine => "cosine",
            Likeness::Lift => "lift",
        }
    }
}

/// An item that goes with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Together {
    /// Its number.
    pub item: u32,
    /// Customers who bought both.
    pub customers: u32,
    /// How strongly they go together, in millionths.
    pub score: u64,
}

impl Catalog {
    /// A customer as orders and leads name it: an id as it is, an address in small letters.
    pub fn customer(text: &str) -> String {
        if text.contains('@') { text.to_lowercase() } else { text.to_owned() }
    }

    /// The number of the item with this key.
    pub fn find(&self, key: &str) -> Option<usize> {
        self.items.binary_search_by(|item| item.key.as_str().cmp(key)).ok()
    }

    /// Works out what goes together, and what sells best: from the orders, if these count, and from what else customers
    /// bought. Orders of such a customer are its own; each of the others is a customer by its name in the orders.
    pub fn learn(&mut self, customers: &[Customer]) {
        let mut orders = if self.recommend.from_orders { self.orders.clone() } else { BTreeMap::new() };
        let with_orders = |customer: &Customer| {
            let own = customer.names.iter().filter_map(|name| orders.remove(name)).flatten();
            customer.items.iter().copied().chain(own).collect()
        };
        let mut baskets: Vec<BTreeSet<u32>> = customers.iter().map(with_orders).collect();
        baskets.extend(orders.into_values());
        baskets.retain(|basket| !basket.is_empty());
        self.customers = baskets.len() as u32;
        self.together = together(&baskets, self.items.len(), self.recommend);
        let mut buyers = vec![0_u32; self.items.len()];
        baskets.iter().flat_map(|basket| basket.iter()).for_each(|item| buyers[*item as usize] += 1);
        let mut best: Vec<u32> = (0..).take(self.items.len()).filter(|item| buyers[*item as usize] > 0).collect();
        best.sort_by_key(|item| (std::cmp::Reverse(buyers[*item as usize]), *item));
        self.bestsellers = best;
    }

    /// How many pairs of items go together.
    pub fn pairs(&self) -> usize {
        self.together.iter().map(Vec::len).sum::<usize>() / 2
    }

    /// The key of an item.
    pub fn key_of(&self, item: u32) -> &str {
        self.items.get(item as usize).map_or("", |item| item.key.as_str())
    }

    /// Numbers of items to recommend to somebody who bought these, best first: what goes with them, then what sells
    /// best. Nothing that was bought already; items with the same score come by key.
    pub fn recommended(&self, bought: &BTreeSet<u32>, count: usize) -> Vec<u32> {
        recommended(&self.together, &self.bestsellers, bought, count)
    }
}

/// The same, of tables that stand elsewhere.
pub fn recommended(together: &[Vec<Together>], bestsellers: &[u32], bought: &BTreeSet<u32>, count: usize) -> Vec<u32> {
    let mut scores: BTreeMap<u32, u64> = BTreeMap::new();
    for other in bought.iter().filter_map(|item| together.get(*item as usize)).flatten() {
        *scores.entry(other.item).or_default() += other.score;
    }
    let mut found: Vec<(u32, u64)> = scores.into_iter().filter(|(item, _)| !bought.contains(item)).collect();
    found.sort_by_key(|(item, score)| (std::cmp::Reverse(*score), *item));
    let mut items: Vec<u32> = found.into_iter().map(|(item, _)| item).take(count).collect();
    for item in bestsellers {
        if items.len() >= count {
            break;
        }
        if !bought.contains(item) && !items.contains(item) {
            items.push(*item);
        }
    }
    items
}

/// Of each item, others that at least so many customers bought as well, best first, as many as are kept.
fn together(baskets: &[BTreeSet<u32>], items: usize, recommend: Recommend) -> Vec<Vec<Together>> {
    /// Items kept with each: what a lead has bought is left out, so more than are shown.
    const KEPT: usize = 50;
    let mut buyers = vec![0_u64; items];
    let mut both: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for basket in baskets {
        for one in basket {
            buyers[*one as usize] += 1;
            for other in basket.range(one + 1..) {
                *both.entry((*one, *other)).or_default() += 1;
            }
        }
    }
    let mut out = vec![Vec::new(); items];
    for ((one, other), customers) in both.into_iter().filter(|(_, customers)| *customers >= recommend.at_least) {
        let (a, b) = (buyers[one as usize], buyers[other as usize]);
        let score = score(recommend.by, u64::from(customers), a, b, baskets.len() as u64);
        out[one as usize].push(Together { item: other, customers, score });
        out[other as usize].push(Together { item: one, customers, score });
    }
    for list in &mut out {
        list.sort_by_key(|other: &Together| (std::cmp::Reverse(other.score), other.item));
        list.truncate(KEPT);
    }
    out
}

/// A likeness in millionths, to the nearest.
fn score(by: Likeness, both: u64, one: u64, other: u64, all: u64) -> u64 {
    let product = one as f64 * other as f64;
    let likeness = match by {
        Likeness::Cosine => both as f64 / product.sqrt(),
        Likeness::Lift => both as f64 * all as f64 / product,
    };
    (likeness * SCORE_ONE as f64).round() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn learnt(baskets: &[BTreeSet<u32>], items: usize, recommend: Recommend) -> Vec<Vec<Together>> {
        together(baskets, items, recommend)
    }

    fn recommend(at_least: u32, by: Likeness) -> Recommend {
        Recommend { count: 3, at_least, by, from_orders: true, from_events: false }
    }

    /// Four of six customers bought the items 0 and 1, five the one and four the other.
    #[test]
    fn likeness_by_hand() {
        let baskets = [vec![0, 1, 2], vec![0, 1], vec![0, 1, 3], vec![0, 1, 2], vec![0, 3], vec![4]];
        let baskets: Vec<BTreeSet<u32>> = baskets.into_iter().map(|basket| basket.into_iter().collect()).collect();
        let by = |by| recommend(2, by);
        let first = |by| learnt(&baskets, 5, by)[0].clone();
        let scores = |list: Vec<Together>| list.iter().map(|other| (other.item, other.score)).collect::<Vec<_>>();
        // 4 / √20, and 2 / √10 twice, which is by key.
        assert_eq!(scores(first(by(Likeness::Cosine))), [(1, 894_427), (2, 632_456), (3, 632_456)]);
        // 4 × 6 / 20 and 2 × 6 / 10.
        assert_eq!(scores(first(by(Likeness::Lift))), [(1, 1_200_000), (2, 1_200_000), (3, 1_200_000)]);
        assert_eq!(scores(first(Recommend { at_least: 3, ..by(Likeness::Cosine) })), [(1, 894_427)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

        /// The table is what asking every pair of items of every customer gives.
        #[test]
        fn tables_are_those_of_brute_force(
            baskets in prop::collection::vec(prop::collection::btree_set(0..8_u32, 0..6), 0..30),
            at_least in 1..4_u32,
            lift in any::<bool>(),
        ) {
            let by = if lift { Likeness::Lift } else { Likeness::Cosine };
            let found = learnt(&baskets, 8, recommend(at_least, by));
            let with = |items: &[u32]| baskets.iter().filter(|basket| items.iter().all(|item| basket.contains(item))).count();
            for one in 0..8 {
                let mut expected: Vec<(u64, u32)> = Vec::new();
                for other in (0..8).filter(|other| *other != one && with(&[one, *other]) >= at_least as usize) {
                    let (n, a, b) = (with(&[one, other]) as f64, with(&[one]) as f64, with(&[other]) as f64);
                    let likeness = if lift { n * baskets.len() as f64 / (a * b) } else { n / (a * b).sqrt() };
                    expected.push(((likeness * 1e6).round() as u64, other));
                }
                expected.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
                let found: Vec<(u64, u32)> = found[one as usize].iter().map(|other| (other.score, other.item)).collect();
                prop_assert_eq!(found, expected);
            }
        }

        /// What is recommended was not bought, comes once, and is no more than asked for.
        #[test]
        fn recommendations_are_new(
            baskets in prop::collection::vec(prop::collection::btree_set(0..8_u32, 1..5), 1..20),
            bought in prop::collection::btree_set(0..8_u32, 0..6),
            count in 0..6_usize,
        ) {
            let table = learnt(&baskets, 8, recommend(1, Likeness::Cosine));
            let best: Vec<u32> = (0..8).collect();
            let items = recommended(&table, &best, &bought, count);
            prop_assert!(items.iter().all(|item| !bought.contains(item)));
            prop_assert_eq!(items.iter().collect::<BTreeSet<_>>().len(), items.len());
            prop_assert_eq!(items.len(), count.min(8 - bought.len()));
        }
    }
}
