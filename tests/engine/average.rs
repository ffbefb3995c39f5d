//! Campaigns of which nothing is told: each engine draws what personas do by its own numbers. What comes of many leads has
//! to be the same on average.

use std::collections::BTreeMap;

use tabiji::backend::sim;
use tabiji::ir::{Lead, Settled, Type, Value};
use tabiji::plan::Plan;

use crate::facts;
use crate::generate::Chance;
use crate::judge::checked;
use crate::python::Python;

const CAMPAIGNS: [(&str, &str); 6] = [
    ("nurture", include_str!("campaigns/nurture.yaml")),
    ("habits", include_str!("campaigns/habits.yaml")),
    ("permission", include_str!("campaigns/permission.yaml")),
    ("channels", include_str!("campaigns/channels.yaml")),
    ("choices", include_str!("campaigns/choices.yaml")),
    ("visits", include_str!("campaigns/visits.yaml")),
];

const DAY: f64 = 86_400.0;

/// The normal distribution holds so many standard errors on each side in 99.9 % and in all but one of a million cases.
const Z: [f64; 2] = [3.29, 4.9];

/// Sums over leads of what each of them came to: of values and of their squares.
type Sums = BTreeMap<String, (f64, f64)>;

/// Figures that differ by more than chance explains.
pub fn differing(python: &mut Python, leads: usize) -> (usize, Vec<String>) {
    let (mut count, mut out, mut worst) = (0, Vec::new(), 0.0_f64);
    for (name, yaml) in CAMPAIGNS {
        let plan = checked(yaml).unwrap_or_else(|| panic!("`{name}` has faults"));
        let people = people(&plan, leads);
        let days = plan.campaign.settings.simulation.days.unwrap();
        let start = sim::period(&plan, &sim::Options::default()).unwrap().0;
        let mut ours = Sums::new();
        let mut see = |_: usize, facts: &[sim::Noted]| add(&mut ours, facts.iter().filter_map(facts::line), start);
        sim::watch(&plan, &people, &sim::Options::default(), &mut see).unwrap();
        let mut theirs = Sums::new();
        for facts in python.free(&plan, &people, days) {
            add(&mut theirs, facts.into_iter(), start);
        }
        let keys: std::collections::BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        for key in keys {
            let of = |sums: &Sums| sums.get(key).copied().unwrap_or_default();
            let (one, other) = (of(&ours), of(&theirs));
            let z = apart(one, other, leads as f64);
            count += 1;
            if z > Z[0] {
                out.push(format!(
                    "{name}: {key}: {:.1} and {:.1} of {leads} leads, {z:.1} standard errors",
                    one.0, other.0
                ));
                worst = worst.max(z);
            }
        }
    }
    // A thousandth of them lies outside by chance.
    (count, if worst > Z[1] || out.len() * 300 > count { out } else { Vec::new() })
}

/// How many standard errors the means of two samples are apart.
fn apart(one: (f64, f64), other: (f64, f64), count: f64) -> f64 {
    let variance = |(sum, squares): (f64, f64)| (squares / count - (sum / count).powi(2)).max(0.0) / count;
    let error = (variance(one) + variance(other)).sqrt();
    // A figure of a handful of leads is no mean.
    if one.0.max(other.0) < 20.0 { 0.0 } else { (one.0 - other.0).abs() / count / error.max(1e-12) }
}

/// Adds what came of a lead: how often each kind of fact, and for reactions and events, when.
fn add(sums: &mut Sums, facts: impl Iterator<Item = String>, start: i64) {
    let mut lead: BTreeMap<String, f64> = BTreeMap::new();
    for fact in facts {
        let (at, words) = fact.split_once(' ').unwrap();
        let words = words.trim_end_matches(" true").trim_end_matches(" false");
        if words.starts_with("began") {
            continue;
        }
        let days = (at.parse::<i64>().unwrap() - start) as f64 / DAY;
        *lead.entry(words.to_owned()).or_default() += 1.0;
        if words.starts_with("happened") || words.starts_with("sent") {
            *lead.entry(format!("{words}: day")).or_default() += days;
        }
    }
    for (key, value) in lead {
        let sum = sums.entry(key).or_default();
        *sum = (sum.0 + value, sum.1 + value * value);
    }
}

fn people(plan: &Plan, count: usize) -> Vec<Lead> {
    let mut chance = Chance(11);
    let fields = &plan.campaign.fields;
    let mut lead = |number: usize| {
        let value = |name: &String, field: &tabiji::ir::Field, chance: &mut Chance| match (name.as_str(), &field.ty) {
            ("id", _) => Some(Value::Text(format!("p{number}"))),
            ("email", _) => Some(Value::Text(format!("p{number}@mail.example.com"))),
            ("created_at" | "timezone", _) => None,
            (_, Type::Integer) => Some(Value::Int(chance.below(10) as i64)),
            (_, Type::Boolean) => Some(Value::Bool(chance.once_in(2))),
            (_, _) => Some(Value::Text("x".to_owned())),
        };
        Lead {
            id: format!("p{number}"),
            values: fields.iter().map(|(name, field)| value(name, field, &mut chance)).collect(),
            settled: Settled::default(),
            ..Lead::default()
        }
    };
    (0..count).map(&mut lead).collect()
}
