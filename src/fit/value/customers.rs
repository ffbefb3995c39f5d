//! Purchases as the models see them: of each customer, on how many days it bought, when first and last, and how much.

use std::collections::{BTreeMap, HashSet};

use super::bg_nbd::Seen;
use super::gamma_gamma::Spent;
use crate::leads::Transaction;

const WEEK: f64 = 7.0;

/// A customer.
pub struct Customer<'a> {
    pub name: &'a str,
    pub seen: Seen,
    /// What it spent on the days after the first, if that is known and more than nothing.
    pub spent: Option<Spent>,
    pub first_and_last: (i32, i32),
}

/// The customers until a day, by name. What one buys on one day is one purchase.
pub fn customers(all: &[Transaction], until: i32) -> Vec<Customer<'_>> {
    let mut days: BTreeMap<&str, BTreeMap<i32, Option<f64>>> = BTreeMap::new();
    for one in all.iter().filter(|one| one.day <= until) {
        let day = days.entry(&one.customer).or_default().entry(one.day).or_insert(Some(0.0));
        *day = day.zip(one.amount).map(|(sum, amount)| sum + amount);
    }
    days.into_iter().filter_map(|(name, days)| customer(name, &days, until)).collect()
}

fn customer<'a>(name: &'a str, days: &BTreeMap<i32, Option<f64>>, until: i32) -> Option<Customer<'a>> {
    let (first, last) = (*days.keys().next()?, *days.keys().next_back()?);
    let weeks = |from: i32, to: i32| f64::from(to - from) / WEEK;
    let repeats = days.len() - 1;
    let sum: Option<f64> = days.values().skip(1).copied().sum();
    let spent = sum.filter(|sum| repeats > 0 && *sum > 0.0);
    Some(Customer {
        name,
        seen: Seen {
            repeats: repeats as u32,
            last_weeks: weeks(first, last),
            age_weeks: weeks(first, until),
            customers: 1.0,
        },
        spent: spent.map(|sum| Spent { purchases: repeats as f64, mean: sum / repeats as f64 }),
        first_and_last: (first, last),
    })
}

/// Customers that look the same to the model, taken together.
pub fn alike(customers: &[Customer<'_>]) -> Vec<Seen> {
    let mut counts: BTreeMap<(u32, u64, u64), Seen> = BTreeMap::new();
    for Customer { seen, .. } in customers {
        let key = (seen.repeats, seen.last_weeks.to_bits(), seen.age_weeks.to_bits());
        counts.entry(key).and_modify(|same| same.customers += 1.0).or_insert(*seen);
    }
    counts.into_values().collect()
}

/// On how many days these customers bought in the days after a day.
pub fn bought_after(all: &[Transaction], customers: &[Customer<'_>], until: i32, days: i32) -> u64 {
    let known: HashSet<&str> = customers.iter().map(|each| each.name).collect();
    let ahead = all.iter().filter(|one| one.day > until && one.day <= until.saturating_add(days));
    let bought: HashSet<(&str, i32)> = ahead.map(|one| (one.customer.as_str(), one.day)).collect();
    bought.iter().filter(|(name, _)| known.contains(name)).count() as u64
}
