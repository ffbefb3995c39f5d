//! What customers will be worth: how often they will buy and how much they will spend, from what they bought.
//!
//! In: purchases. Out: two fitted models, and for each customer what they expect of it. Never: a campaign.
//!
//! | file | what it does |
//! |---|---|
//! | `customers` | purchases as the models see them |
//! | `bg_nbd` | how often |
//! | `gamma_gamma` | how much |
//! | `hypergeometric` | a function that the first needs |
//! | `report` | the result as text, JSON and CSV |

pub mod bg_nbd;
mod customers;
pub mod gamma_gamma;
mod hypergeometric;
pub mod report;
#[cfg(test)]
mod tests;

use crate::leads::Transaction;
use crate::statistics::{Interval, Optimum, normal_quantile};
use bg_nbd::BgNbd;
use gamma_gamma::{GammaGamma, Spent};

/// Level of the intervals.
pub const LEVEL: f64 = 0.95;

/// Customers who bought again that a fit needs at least.
pub const LEAST_REPEATERS: usize = 10;

/// A parameter that is positive.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// Its value where the likelihood is greatest.
    pub value: f64,
    /// Standard error; `None` where the data say too little.
    pub standard_error: Option<f64>,
    /// 95 % interval, from the observed information about its logarithm.
    pub interval: Option<Interval>,
}

/// What is expected of a customer.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct CustomerValue {
    /// Who it is.
    pub customer: String,
    /// Days with a purchase.
    pub purchases: u32,
    /// First and last of them, in days since 1970-01-01.
    #[serde(skip)]
    pub first_and_last: (i32, i32),
    /// Chance that it still is a customer.
    pub alive: f64,
    /// Purchases in the weeks ahead.
    pub expected_purchases: f64,
    /// Amount of each; `None` where amounts are not known or have no mean.
    pub expected_spend: Option<f64>,
    /// Purchases times amount.
    pub expected_value: Option<f64>,
}

/// What purchases tell of the future.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerValues {
    /// The last day that was fitted, in days since 1970-01-01.
    pub until: i32,
    /// How far ahead is looked.
    pub weeks: u32,
    /// How often.
    pub purchases: BgNbd,
    /// How much, where amounts are known of enough customers and differ.
    pub spend: Option<GammaGamma>,
    /// What everybody spends each time, where it is always the same.
    pub fixed_spend: Option<f64>,
    /// Customers, those of the greatest value first.
    pub customers: Vec<CustomerValue>,
    /// Purchases that really came in the weeks ahead, if the data go on for all of them.
    pub actual_purchases: Option<u64>,
}

/// Why nothing is fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueError {
    /// There is no purchase until the last day.
    NoPurchases,
    /// Too few customers bought again; so many did.
    TooFewRepeaters(usize),
}

impl std::fmt::Display for ValueError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ValueError::NoPurchases => f.write_str("there is no purchase in the time that is fitted"),
            ValueError::TooFewRepeaters(count) => {
                write!(
                    f,
                    "a fit needs {LEAST_REPEATERS} customers who bought on more than one day, and there are {count}"
                )
            }
        }
    }
}

impl std::error::Error for ValueError {}

/// Fits purchases until a day, the last unless said, and looks so many weeks ahead.
///
/// # Errors
/// If too few customers bought again.
pub fn customer_values(all: &[Transaction], until: Option<i32>, weeks: u32) -> Result<CustomerValues, ValueError> {
    let last = all.iter().map(|one| one.day).max().ok_or(ValueError::NoPurchases)?;
    let until = until.unwrap_or(last);
    let customers = customers::customers(all, until);
    if customers.is_empty() {
        return Err(ValueError::NoPurchases);
    }
    let repeaters = customers.iter().filter(|each| each.seen.repeats > 0).count();
    if repeaters < LEAST_REPEATERS {
        return Err(ValueError::TooFewRepeaters(repeaters));
    }
    let purchases = bg_nbd::fit(&customers::alike(&customers));
    let spent: Vec<Spent> = customers.iter().filter_map(|each| each.spent).collect();
    let is_enough = spent.len() >= LEAST_REPEATERS;
    let fixed_spend = gamma_gamma::always(&spent).filter(|_| is_enough);
    let spend = (is_enough && fixed_spend.is_none()).then(|| gamma_gamma::fit(&spent));
    let often = [purchases.r, purchases.alpha, purchases.a, purchases.b].map(|each| each.value);
    let much = spend.as_ref().map(|of| [of.p, of.q, of.gamma].map(|each| each.value));
    let mut values: Vec<CustomerValue> = customers
        .iter()
        .map(|each| {
            let expected_purchases = bg_nbd::expected(&often, &each.seen, f64::from(weeks));
            let expected_spend = fixed_spend.or_else(|| gamma_gamma::expected(&much?, each.spent));
            CustomerValue {
                customer: each.name.to_owned(),
                purchases: each.seen.repeats + 1,
                first_and_last: each.first_and_last,
                alive: bg_nbd::alive(&often, &each.seen),
                expected_purchases,
                expected_spend,
                expected_value: expected_spend.map(|spend| spend * expected_purchases),
            }
        })
        .collect();
    let worth = |each: &CustomerValue| each.expected_value.unwrap_or(each.expected_purchases);
    values.sort_by(|one, other| worth(other).total_cmp(&worth(one)).then_with(|| one.customer.cmp(&other.customer)));
    let ahead = i32::try_from(weeks).unwrap_or(i32::MAX).saturating_mul(7);
    let actual = (last >= until.saturating_add(ahead)).then(|| customers::bought_after(all, &customers, until, ahead));
    Ok(CustomerValues { until, weeks, purchases, spend, fixed_spend, customers: values, actual_purchases: actual })
}

/// Parameters whose logarithms were fitted.
fn estimates<const N: usize>(found: &Optimum) -> [Estimate; N] {
    let z = normal_quantile(0.5 + LEVEL / 2.0);
    std::array::from_fn(|at| {
        let log = found.at[at];
        let gradient: Vec<f64> = (0..N).map(|other| f64::from(u8::from(other == at))).collect();
        let error = found.standard_error(&gradient);
        let value = libm::exp(log);
        Estimate {
            value,
            standard_error: error.map(|error| value * error),
            interval: error.map(|error| Interval { low: libm::exp(log - z * error), high: libm::exp(log + z * error) }),
        }
    })
}
