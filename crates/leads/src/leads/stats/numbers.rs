//! Numbers by value, in bounded memory.
//!
//! In: numbers. Out: their least, greatest, mean and quantiles. Never: more than [`DISTINCT`] different ones; when there
//! are more, the last binary place of all is dropped, and again until they fit. How many places that takes depends on the
//! numbers and not on their order. Keys keep the order of the numbers: whole numbers as they are, others by the bits of
//! their floating-point form (IEEE 754), which are in the order of the numbers once negative ones are turned round.

use std::collections::BTreeMap;

use super::{DISTINCT, Measures, Unit};
use crate::ir::Value;

/// Numbers of a field.
pub(super) struct Numbers {
    unit: Unit,
    /// How many by key, the key without its last `dropped` places.
    by_key: BTreeMap<i64, u64>,
    dropped: u32,
    count: u64,
    whole_sum: i128,
    sum: f64,
    ends: Option<(f64, f64)>,
}

impl Numbers {
    pub(super) fn new(unit: Unit) -> Numbers {
        Numbers { unit, by_key: BTreeMap::new(), dropped: 0, count: 0, whole_sum: 0, sum: 0.0, ends: None }
    }

    pub(super) fn add(&mut self, value: &Value) {
        let (key, number) = match value {
            Value::Int(number) | Value::Datetime(number) => (*number, *number as f64),
            Value::Date(days) => (i64::from(*days), f64::from(*days)),
            Value::Number(number) => (key_of(*number), *number),
            Value::Bool(_) | Value::Text(_) | Value::Set(_) => return,
        };
        self.count += 1;
        self.whole_sum += i128::from(key);
        self.sum += number;
        let (least, greatest) = self.ends.unwrap_or((number, number));
        self.ends = Some((least.min(number), greatest.max(number)));
        *self.by_key.entry(key >> self.dropped).or_default() += 1;
        while self.by_key.len() > DISTINCT {
            self.dropped += 1;
            let mut fewer: BTreeMap<i64, u64> = BTreeMap::new();
            for (key, count) in std::mem::take(&mut self.by_key) {
                *fewer.entry(key >> 1).or_default() += count;
            }
            self.by_key = fewer;
        }
    }

    /// How many different numbers there are, if that is known.
    pub(super) fn distinct(&self) -> Option<u64> {
        (self.dropped == 0).then_some(self.by_key.len() as u64)
    }

    pub(super) fn measures(&self) -> Option<Measures> {
        let (min, max) = self.ends?;
        let mean = match self.unit {
            Unit::Number => self.sum / self.count as f64,
            Unit::Integer | Unit::Date | Unit::Datetime => self.whole_sum as f64 / self.count as f64,
        };
        let quantile = |percent| self.quantile(percent).clamp(min, max);
        let (p25, median, p75, p95) = (quantile(25), quantile(50), quantile(75), quantile(95));
        Some(Measures { unit: self.unit, min, p25, median, p75, p95, max, mean, exact: self.dropped == 0 })
    }

    /// The number of nearest rank.
    fn quantile(&self, percent: u64) -> f64 {
        let rank = (u128::from(self.count) * u128::from(percent)).div_ceil(100).max(1);
        let mut seen = 0_u128;
        let key = self.by_key.iter().find_map(|(key, count)| {
            seen += u128::from(*count);
            (seen >= rank).then_some(*key << self.dropped)
        });
        let key = key.unwrap_or_default();
        match self.unit {
            Unit::Number => number_of(key),
            Unit::Integer | Unit::Date | Unit::Datetime => key as f64,
        }
    }
}

fn key_of(number: f64) -> i64 {
    let bits = number.to_bits().cast_signed();
    if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits }
}

fn number_of(key: i64) -> f64 {
    let bits = if key < 0 { i64::MIN.wrapping_sub(key) } else { key };
    f64::from_bits(bits.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_their_numbers() {
        let numbers = [-1e300, -2.5, -1.0, -1e-300, 0.0, 1e-300, 0.1, 1.0, 2.5, 1e300];
        assert!(numbers.windows(2).all(|pair| key_of(pair[0]) < key_of(pair[1])));
        assert!(numbers.iter().all(|number| number_of(key_of(*number)) == *number));
    }

    #[test]
    fn quantiles_are_those_of_sorted_numbers() {
        let mut numbers = Numbers::new(Unit::Integer);
        [7, 1, 3, 9, 5, 1, 100, -4].into_iter().for_each(|number| numbers.add(&Value::Int(number)));
        // Sorted: -4 1 1 3 5 7 9 100; ranks 2, 4, 6 and 8.
        let measures = numbers.measures().unwrap();
        assert_eq!((measures.min, measures.p25, measures.median, measures.p75), (-4.0, 1.0, 3.0, 7.0));
        assert_eq!((measures.p95, measures.max, measures.mean, measures.exact), (100.0, 100.0, 15.25, true));
        assert_eq!(numbers.distinct(), Some(7));
    }

    #[test]
    fn many_numbers_are_near_enough_in_any_order() {
        let all: Vec<f64> = (1..=200_000).map(|at| f64::from(at) * 1.37).collect();
        let (mut up, mut down) = (Numbers::new(Unit::Number), Numbers::new(Unit::Number));
        all.iter().for_each(|number| up.add(&Value::Number(*number)));
        all.iter().rev().for_each(|number| down.add(&Value::Number(*number)));
        assert_eq!((&up.by_key, up.dropped), (&down.by_key, down.dropped));
        let measures = up.measures().unwrap();
        assert!(!measures.exact && up.distinct().is_none() && up.by_key.len() <= DISTINCT);
        assert!((measures.median / (100_000.0 * 1.37) - 1.0).abs() < 1e-4, "{measures:?}");
    }
}
