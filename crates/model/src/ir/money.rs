//! Amounts of money, exact.
//!
//! An amount is a whole number of millionths of the project's currency: sums of amounts do not depend on the order of
//! adding, and a mail that costs a hundredth of a cent is no rounding error.

use std::borrow::Cow;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Millionths in one unit of the currency.
const PARTS: f64 = 1_000_000.0;

/// An amount in the project's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    /// Millionths of the currency's unit.
    pub micros: i64,
}

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money { micros: 0 };

    /// The nearest amount to a number of units, halves away from zero.
    pub fn of(units: f64) -> Money {
        // A cast saturates, and takes what is no number for nothing.
        Money { micros: (units * PARTS).round() as i64 }
    }

    /// The amount as a number of units, for programs.
    pub fn units(self) -> f64 {
        self.micros as f64 / PARTS
    }

    /// So many millionths of a unit.
    pub fn of_micros(micros: u64) -> Money {
        Money { micros: i64::try_from(micros).unwrap_or(i64::MAX) }
    }

    /// Whether there is nothing to pay.
    pub fn is_nothing(self) -> bool {
        self.micros <= 0
    }

    /// So many times the amount.
    pub fn times(self, count: u64) -> Money {
        Money { micros: self.micros.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX)) }
    }

    /// The part of the amount that `secs` are of `whole_secs`, rounded down to a millionth.
    pub fn pro_rata(self, secs: i64, whole_secs: i64) -> Money {
        let micros = i128::from(self.micros) * i128::from(secs) / i128::from(whole_secs.max(1));
        Money { micros: i64::try_from(micros).unwrap_or(i64::MAX) }
    }

    /// The equal parts of the amount, each rounded to the nearest millionth; `None` of no parts.
    pub fn per(self, parts: u64) -> Option<Money> {
        let (whole, parts) = (i128::from(self.micros), i128::from(parts));
        let half = if whole < 0 { -parts } else { parts };
        let micros = (whole * 2 + half).checked_div(parts * 2)?;
        i64::try_from(micros).ok().map(|micros| Money { micros })
    }
}

impl Add for Money {
    type Output = Money;

    fn add(self, other: Money) -> Money {
        Money { micros: self.micros.saturating_add(other.micros) }
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        *self = *self + other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

impl fmt::Display for Money {
    /// Exact, as the language writes it: `9`, `0.2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.micros.unsigned_abs();
        let sign = if self.micros < 0 { "-" } else { "" };
        let (whole, rest) = (micros / 1_000_000, format!("{:06}", micros % 1_000_000));
        match rest.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            rest => write!(f, "{sign}{whole}.{rest}"),
        }
    }
}

impl Serialize for Money {
    /// A number of units.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.micros % 1_000_000 == 0 {
            serializer.serialize_i64(self.micros / 1_000_000)
        } else {
            serializer.serialize_f64(self.units())
        }
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Money::of)
    }
}

impl JsonSchema for Money {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": "number", "description": "An amount in the project's currency."})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        assert_eq!(Money::of(0.1) + Money::of(0.2), Money::of(0.3));
        assert_eq!(Money::of(3.3).times(1_000), Money::of(3_300.0));
        assert_eq!(Money::of(100.0).per(3), Some(Money { micros: 33_333_333 }));
        assert_eq!(Money::of(200.0).per(3), Some(Money { micros: 66_666_667 }));
        assert_eq!(Money::of(-200.0).per(3), Some(Money { micros: -66_666_667 }));
        assert_eq!(Money::of(1.0).per(0), None);
    }

    #[test]
    fn amounts_are_written_as_in_the_language() {
        let shown = [0.0, 180.0, 1_234_567.0, 0.5, 33.333, -1_200.25].map(|units| Money::of(units).to_string());
        assert_eq!(shown, ["0", "180", "1234567", "0.5", "33.333", "-1200.25"]);
    }

    #[test]
    fn a_part_of_a_time_costs_a_part() {
        assert_eq!(Money::of(12.0).pro_rata(86_400, 2 * 86_400), Money::of(6.0));
        assert_eq!(Money { micros: 10 }.pro_rata(1, 3), Money { micros: 3 });
    }

    #[test]
    fn amounts_go_through_json() {
        for units in [0.0, 180.0, 0.25, 123.456_789] {
            let text = serde_json::to_string(&Money::of(units)).unwrap();
            assert_eq!(serde_json::from_str::<Money>(&text).unwrap(), Money::of(units), "{text}");
        }
        assert_eq!(serde_json::to_string(&Money::of(180.0)).unwrap(), "180");
    }
}
