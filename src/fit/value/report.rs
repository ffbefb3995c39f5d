//! The value of customers for people, for programs, and as rows.

use std::fmt::Write as _;

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{CustomerValues, Estimate};
use crate::leads::csv_row;

/// Version of the JSON.
const FORMAT_VERSION: u32 = 1;

/// Customers that the text shows.
const SHOWN: usize = 10;

/// The result for people.
pub fn text(values: &CustomerValues) -> String {
    let mut text = format!(
        "{} customers until {}, looking {} weeks ahead\n\nHow often (BG/NBD, in weeks)\n",
        values.customers.len(),
        date(values.until),
        values.weeks
    );
    let often = &values.purchases;
    let named = [("r", often.r), ("alpha", often.alpha), ("a", often.a), ("b", often.b)];
    parameters(&mut text, &named, often.log_likelihood);
    match (&values.spend, values.fixed_spend) {
        (Some(spend), _) => {
            text.push_str("\nHow much each time (gamma-gamma)\n");
            let named = [("p", spend.p), ("q", spend.q), ("gamma", spend.gamma)];
            parameters(&mut text, &named, spend.log_likelihood);
        }
        (None, Some(price)) => {
            let _ = writeln!(text, "\nHow much each time: always {price:.2}, so there is nothing to fit");
        }
        (None, None) => {
            text.push_str("\nHow much each time: amounts are known of too few customers who bought again\n");
        }
    }
    totals(&mut text, values);
    let _ = writeln!(
        text,
        "\n{:<24} {:>9} {:>6} {:>9} {:>11} {:>12}",
        "customer", "purchases", "alive", "expected", "each", "value"
    );
    for each in values.customers.iter().take(SHOWN) {
        let amount = |amount: Option<f64>| amount.map_or("–".to_owned(), |amount| format!("{amount:.2}"));
        let _ = writeln!(
            text,
            "{:<24} {:>9} {:>5.1}% {:>9.3} {:>11} {:>12}",
            each.customer,
            each.purchases,
            each.alive * 100.0,
            each.expected_purchases,
            amount(each.expected_spend),
            amount(each.expected_value)
        );
    }
    if let more @ 1.. = values.customers.len().saturating_sub(SHOWN) {
        let _ = writeln!(text, "and {more} more: `--output csv=PATH`");
    }
    text
}

fn parameters(text: &mut String, named: &[(&str, Estimate)], log_likelihood: f64) {
    for (name, of) in named {
        let _ = match (of.standard_error, of.interval) {
            (Some(error), Some(within)) => writeln!(
                text,
                "  {name:<6} {:>10.4}  standard error {error:.4}, 95% {:.4} to {:.4}",
                of.value, within.low, within.high
            ),
            (_, _) => writeln!(text, "  {name:<6} {:>10.4}  the data say too little for an interval", of.value),
        };
    }
    let _ = writeln!(text, "  log-likelihood {log_likelihood:.2}");
}

fn totals(text: &mut String, values: &CustomerValues) {
    let _ = writeln!(text, "\nExpected purchases  {:.1}", values.total_purchases());
    if let Some(actual) = values.actual_purchases {
        let _ = writeln!(text, "Actual purchases    {actual}");
    }
    if let Some(value) = values.total_value() {
        let _ = writeln!(text, "Expected value      {value:.2}");
    }
}

/// The result for programs.
pub fn json(values: &CustomerValues) -> Json {
    json!({
        "format_version": FORMAT_VERSION,
        "status": "ok",
        "until": date(values.until).to_string(),
        "weeks": values.weeks,
        "bg_nbd": values.purchases,
        "gamma_gamma": values.spend,
        "fixed_spend": values.fixed_spend,
        "expected_purchases": values.total_purchases(),
        "actual_purchases": values.actual_purchases,
        "expected_value": values.total_value(),
        "customers": values.customers,
    })
}

/// A row for each customer.
pub fn csv(values: &CustomerValues) -> String {
    let header =
        ["customer", "purchases", "first", "last", "alive", "expected_purchases", "expected_spend", "expected_value"];
    let mut out = csv_row(header.into_iter());
    for each in &values.customers {
        let amount = |amount: Option<f64>| amount.map_or(String::new(), |amount| format!("{amount:.4}"));
        let (first, last) = each.first_and_last;
        out += &csv_row(
            [
                each.customer.as_str(),
                &each.purchases.to_string(),
                &date(first).to_string(),
                &date(last).to_string(),
                &format!("{:.6}", each.alive),
                &format!("{:.6}", each.expected_purchases),
                &amount(each.expected_spend),
                &amount(each.expected_value),
            ]
            .into_iter(),
        );
    }
    out
}

impl CustomerValues {
    /// Purchases that are expected of all customers together.
    pub fn total_purchases(&self) -> f64 {
        self.customers.iter().map(|each| each.expected_purchases).sum()
    }

    /// What is expected to be spent by all; `None` if amounts are not known.
    pub fn total_value(&self) -> Option<f64> {
        self.customers.iter().map(|each| each.expected_value).sum()
    }
}

fn date(days: i32) -> Date {
    let epoch = Date::constant(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().days(days)).unwrap_or(epoch)
}
