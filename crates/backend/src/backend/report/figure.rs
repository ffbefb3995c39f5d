//! Rates, quantiles and how numbers are written.
//!
//! Everything is worked out in whole numbers, so that the same figures give the same digits on any machine.

use std::collections::BTreeMap;

use crate::ir::Money;
use crate::statistics::Interval;

/// What is written where there is nothing to divide by.
pub(super) const NONE: &str = "–";

/// What shares may be.
pub(super) const SHARES: (f64, f64) = (0.0, 1.0);
/// What counts and their means may be.
pub(super) const COUNTS: (f64, f64) = (0.0, f64::INFINITY);
/// What scores and amounts may be.
pub(super) const UNBOUNDED: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// The part of an interval that is possible at all.
pub(super) fn within(ends: Interval, (low, high): (f64, f64)) -> Interval {
    ends.map(|end| end.clamp(low, high))
}

/// Thousands apart: `12,345`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An amount of money with thousands apart and the decimals of its currency, halves up: `12,345` of JPY, `12.30` of
/// USD.
pub(super) fn money(amount: Money, currency: Option<&str>) -> String {
    let decimals = decimals(currency);
    let (size, micros) = (10_u64.pow(6 - decimals), amount.micros.unsigned_abs());
    let units = micros / size + u64::from(micros % size >= size / 2);
    let one = 10_u64.pow(decimals);
    let sign = if amount.micros < 0 && units > 0 { "-" } else { "" };
    match decimals {
        0 => format!("{sign}{}", count(units)),
        decimals => format!("{sign}{}.{:0width$}", count(units / one), units % one, width = decimals as usize),
    }
}

/// Digits behind the point, from the list of minor units of ISO 4217.
fn decimals(currency: Option<&str>) -> u32 {
    match currency {
        Some(
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
            | "XAF" | "XOF" | "XPF",
        ) => 0,
        Some("BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND") => 3,
        Some(_) | None => 2,
    }
}

/// `part` of `whole` as a percentage with one digit, halves up: `12.5%`.
pub(super) fn percent(part: u64, whole: u64) -> String {
    match parts_of(part, whole, 1_000) {
        Some(tenths) => format!("{}.{}%", tenths / 10, tenths % 10),
        None => NONE.to_owned(),
    }
}

/// `part / whole` with two digits, halves up: `3.14`.
pub(super) fn ratio(part: u64, whole: u64) -> String {
    match parts_of(part, whole, 100) {
        Some(hundredths) => format!("{}.{:02}", hundredths / 100, hundredths % 100),
        None => NONE.to_owned(),
    }
}

/// `part / whole` with six digits, for JSON.
pub(super) fn rate(part: u64, whole: u64) -> Option<f64> {
    parts_of(part, whole, 1_000_000).map(|millionths| millionths as f64 / 1_000_000.0)
}

/// A number with six digits behind the point, for JSON.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1_000_000.0).round() / 1_000_000.0
}

fn parts_of(part: u64, whole: u64, parts: u128) -> Option<u128> {
    let (part, whole) = (u128::from(part), u128::from(whole));
    (whole > 0).then(|| (part * parts * 2 + whole) / (whole * 2))
}

/// A number with so many digits behind the point, thousands apart: `1,234.5`.
pub(super) fn amount(value: f64, digits: u32) -> String {
    let parts = 10_u64.pow(digits);
    // A cast saturates; figures of a run are far from there.
    let whole = (value.abs() * parts as f64).round() as u64;
    let sign = if value < 0.0 && whole > 0 { "-" } else { "" };
    let units = count(whole / parts);
    match digits {
        0 => format!("{sign}{units}"),
        _ => format!("{sign}{units}.{:0width$}", whole % parts, width = digits as usize),
    }
}

/// An amount of money, with as many digits as the currency has.
pub(super) fn money_value(value: f64, currency: Option<&str>) -> String {
    amount(value, decimals(currency))
}

/// A length of time by its two largest units: `2 d 4 h`, `9 h 12 min`, `40 s`.
pub(super) fn duration(secs: u64) -> String {
    let (days, hours, minutes) = (secs / 86_400, secs / 3_600 % 24, secs / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{secs} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, 0) => format!("{hours} h"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (_, 0, _) => format!("{days} d"),
        (_, _, _) => format!("{days} d {hours} h"),
    }
}

/// What a histogram says: leads by the number of their mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spread {
    /// How many leads.
    pub(super) leads: u64,
    /// Their mails together.
    pub(super) sum: u64,
    /// The middle one's.
    pub(super) median: Option<u64>,
    /// Nineteen in twenty have at most as many.
    pub(super) p95: Option<u64>,
    /// The most.
    pub(super) max: Option<u64>,
}

impl Spread {
    /// Of leads by number. A quantile is a number that some lead has (nearest rank).
    pub(super) fn of(leads_by_number: &BTreeMap<u64, u64>) -> Self {
        let leads = leads_by_number.values().sum();
        let quantile = |hundredths: u64| {
            let rank = (u128::from(leads) * u128::from(hundredths)).div_ceil(100).max(1);
            let mut seen = 0_u128;
            leads_by_number.iter().find_map(|(number, leads)| {
                seen += u128::from(*leads);
                (seen >= rank).then_some(*number)
            })
        };
        Spread {
            leads,
            sum: leads_by_number.iter().map(|(number, leads)| number * leads).sum(),
            median: quantile(50),
            p95: quantile(95),
            max: quantile(100),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_numbers() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([percent(1, 8), percent(2, 3), percent(0, 5), percent(0, 0)], ["12.5%", "66.7%", "0.0%", NONE]);
        assert_eq!([ratio(22, 7), ratio(1, 200), ratio(1, 0)], ["3.14", "0.01", NONE]);
        assert_eq!([rate(2, 3), rate(1, 8), rate(1, 0)], [Some(0.666_667), Some(0.125), None]);
        assert_eq!(percent(u64::MAX, u64::MAX), "100.0%");
        assert_eq!([amount(1234.56, 1), amount(-0.4, 0), amount(-1.05, 2)], ["1,234.6", "0", "-1.05"]);
        assert_eq!([money_value(1234.56, Some("JPY")), money_value(0.5, Some("EUR"))], ["1,235", "0.50"]);
        assert_eq!([40, 720, 7_200, 33_120].map(duration), ["40 s", "12 min", "2 h", "9 h 12 min"]);
        assert_eq!([187_200, 259_210].map(duration), ["2 d 4 h", "3 d"]);
    }

    #[test]
    fn writes_money_as_its_currency_does() {
        let of = |currency| [0, 1_234_500_000, 499_999].map(|micros| money(Money { micros }, currency));
        assert_eq!(of(Some("JPY")), ["0", "1,235", "0"]);
        assert_eq!(of(Some("USD")), ["0.00", "1,234.50", "0.50"]);
        assert_eq!(of(Some("KWD")), ["0.000", "1,234.500", "0.500"]);
        assert_eq!(of(None), of(Some("EUR")));
    }

    #[test]
    fn quantiles_are_numbers_that_leads_have() {
        let spread = Spread::of(&BTreeMap::from([(0, 10), (1, 5), (4, 4), (9, 1)]));
        assert_eq!((spread.leads, spread.sum), (20, 30));
        assert_eq!((spread.median, spread.p95, spread.max), (Some(0), Some(4), Some(9)));
        assert_eq!(Spread::of(&BTreeMap::new()), Spread::default());
    }
}
