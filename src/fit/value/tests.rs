//! Customers made up with known parameters: what is fitted from their purchases has to be those.

use super::bg_nbd::Seen;
use super::*;
use crate::ir::chance::draw;

/// Numbers of a seed, one after the other.
struct Numbers {
    seed: u64,
    next: u64,
}

impl Numbers {
    fn unit(&mut self) -> f64 {
        self.next += 1;
        draw(self.seed, 0, self.next).clamp(1e-12, 1.0 - 1e-12)
    }

    fn exponential(&mut self) -> f64 {
        -libm::log(self.unit())
    }

    /// Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * libm::pow(self.unit(), 1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = normal_quantile(self.unit());
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && libm::log(self.unit()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }
}

/// Repeats and the time of the last, in a given time.
fn bought(numbers: &mut Numbers, [r, alpha, a, b]: [f64; 4], age_weeks: f64) -> Seen {
    let rate = numbers.gamma(r) / alpha;
    let (one, other) = (numbers.gamma(a), numbers.gamma(b));
    let lost = one / (one + other);
    let (mut repeats, mut last_weeks) = (0, 0.0);
    loop {
        let next = last_weeks + numbers.exponential() / rate;
        if next > age_weeks {
            return Seen { repeats, last_weeks, age_weeks, customers: 1.0 };
        }
        (repeats, last_weeks) = (repeats + 1, next);
        if numbers.unit() < lost {
            return Seen { repeats, last_weeks, age_weeks, customers: 1.0 };
        }
    }
}

fn covers(of: Estimate, truth: f64) -> bool {
    of.interval.is_some_and(|within| within.low <= truth && truth <= within.high)
}

#[test]
fn bg_nbd_recovers_the_parameters_it_was_made_with() {
    let (mut within, mut all) = (0, 0);
    for (set, truth) in [[0.8, 6.0, 0.9, 2.5], [1.5, 8.0, 0.6, 2.0]].into_iter().enumerate() {
        for seed in 0..10 {
            let mut numbers = Numbers { seed: 100 * set as u64 + seed, next: 0 };
            let seen: Vec<Seen> = (0..1500).map(|n| bought(&mut numbers, truth, 30.0 + f64::from(n % 20))).collect();
            let found = bg_nbd::fit(&seen);
            let found = [found.r, found.alpha, found.a, found.b];
            within += found.iter().zip(truth).filter(|(of, truth)| covers(**of, *truth)).count();
            all += 4;
        }
    }
    assert!(within * 100 >= all * 90, "{within} of {all}");
}

#[test]
fn gamma_gamma_recovers_the_parameters_it_was_made_with() {
    let truth @ [p, q, gamma] = [6.0, 4.0, 15.0];
    let (mut within, mut all) = (0, 0);
    for seed in 0..20 {
        let mut numbers = Numbers { seed, next: 0 };
        let spent: Vec<Spent> = (0..1000)
            .map(|n| {
                let (scale, purchases) = (numbers.gamma(q) / gamma, f64::from(1 + n % 5));
                Spent { purchases, mean: numbers.gamma(p * purchases) / scale / purchases }
            })
            .collect();
        let found = gamma_gamma::fit(&spent);
        within += [found.p, found.q, found.gamma].iter().zip(truth).filter(|(of, truth)| covers(**of, *truth)).count();
        all += 3;
    }
    assert!(within * 100 >= all * 90, "{within} of {all}");
}

/// What is expected of the weeks ahead comes true for customers who go on as the model says.
#[test]
fn expectations_come_true() {
    let truth = [1.2, 5.0, 0.7, 2.5];
    let mut numbers = Numbers { seed: 7, next: 0 };
    let (mut expected, mut came) = (0.0, 0.0);
    for _ in 0..20_000 {
        // Seen for 20 weeks of 40: what is known is the first part of the whole.
        let start = numbers.next;
        let whole = bought(&mut numbers, truth, 40.0);
        let mut again = Numbers { seed: 7, next: start };
        let part = bought(&mut again, truth, 20.0);
        expected += bg_nbd::expected(&truth, &part, 20.0);
        came += f64::from(whole.repeats - part.repeats);
    }
    assert!((expected / came - 1.0).abs() < 0.03, "{expected} {came}");
}

#[test]
fn days_are_purchases_and_too_little_is_refused() {
    let one = |customer: &str, day, amount| Transaction { customer: customer.to_owned(), day, amount: Some(amount) };
    let all = [one("a", 0, 1.0), one("a", 7, 2.0), one("a", 7, 3.0), one("a", 14, 1.0), one("b", 3, 5.0)];
    let seen = customers::customers(&all, 10);
    assert_eq!((seen[0].seen.repeats, seen[0].seen.last_weeks, seen[0].seen.age_weeks), (1, 1.0, 10.0 / 7.0));
    assert_eq!(seen[0].spent, Some(Spent { purchases: 1.0, mean: 5.0 }));
    assert_eq!((seen[1].seen.repeats, seen[1].seen.age_weeks, seen[1].spent), (0, 1.0, None));
    assert_eq!(customers::bought_after(&all, &seen, 10, 7), 1);
    assert_eq!(customer_values(&all, None, 4), Err(ValueError::TooFewRepeaters(1)));
    assert_eq!(customer_values(&[], None, 4), Err(ValueError::NoPurchases));
}

/// A single price is no distribution: nothing is fitted, and everybody is expected to pay it.
#[test]
fn one_price_is_not_fitted() {
    let all: Vec<Transaction> = (0..60)
        .flat_map(|customer| (0..=customer % 4).map(move |nth| (customer, nth * (7 + customer % 5))))
        .map(|(customer, day)| Transaction { customer: format!("c{customer}"), day, amount: Some(10.0) })
        .collect();
    let found = customer_values(&all, None, 10).unwrap();
    assert!(found.spend.is_none());
    assert!(found.customers.iter().all(|each| each.expected_spend == Some(10.0)));
    assert!(report::text(&found).contains("How much each time: always 10.00, so there is nothing to fit"));
}
