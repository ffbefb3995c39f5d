//! The reference campaign against figures that other programs found: a fast simulator that is wrong is worth nothing.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "../benches/reference/figures.rs"]
mod figures;
#[path = "../benches/reference/leads.rs"]
mod leads;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use figures::{EXPECTED_RUNS, Expected};
use tabiji::backend::sim::{self, Options};
use tabiji::leads::Format;
use tabiji::{pipeline, plan};

const CAMPAIGN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/reference");

/// Leads that a run of the tests has time for. `TABIJI_REFERENCE_LEADS=1000000 cargo test --release --test reference` asks
/// more.
const LEADS: u64 = 20_000;

/// A figure of which fewer are expected has no normal distribution.
const TOO_RARE: f64 = 20.0;

/// Runs the campaign and gives its totals.
fn run(count: u64) -> BTreeMap<String, u64> {
    let checked = pipeline::check(Path::new(CAMPAIGN)).unwrap();
    let plan = plan::build(&checked.campaign.unwrap()).unwrap();
    let mut text = Vec::new();
    leads::write(0..count, &mut text).unwrap();
    let mut rows = tabiji::leads::open(Format::Csv, Cursor::new(text), &plan.campaign).unwrap();
    let outcome = sim::run(&plan, &mut rows, &Options::default(), &|_| {}).unwrap();
    assert_eq!(outcome.refused_rows, []);
    figures::totals(&outcome.figures)
}

#[test]
fn every_figure_lies_in_its_interval() {
    let count = std::env::var("TABIJI_REFERENCE_LEADS").map_or(LEADS, |text| text.parse().unwrap());
    let totals = run(count);
    let leads = count as f64;
    let expected = joined(figures::expected());
    let mut off: Vec<(f64, String)> = Vec::new();
    for (name, Expected { mean, deviation }) in &expected {
        let found = totals.get(name).copied().unwrap_or(0) as f64 / leads;
        if mean * leads < TOO_RARE {
            // By a Poisson distribution with a mean below 20, 60 is as good as impossible.
            assert!(found * leads < 3.0 * TOO_RARE, "{name}: {found} for each lead, and {mean} expected");
            continue;
        }
        if *deviation < 1e-5 {
            assert_eq!(found, *mean, "{name}");
            continue;
        }
        let error = deviation * (1.0 / leads + 1.0 / EXPECTED_RUNS).sqrt();
        off.push(((found - mean) / error, format!("{name}: {found:.6}, expected {mean:.6}")));
    }
    off.sort_by(|(left, _), (right, _)| right.abs().total_cmp(&left.abs()));
    let beyond = off.iter().filter(|(error, _)| error.abs() > 2.576).count();
    let worst: Vec<String> = off.iter().take(12).map(|(error, text)| format!("{error:+.2} {text}")).collect();
    println!("{} figures, {beyond} beyond 99 %, the worst:\n{}", off.len(), worst.join("\n"));
    assert!(off.len() > 250, "{}", off.len());
    // Of some 290 figures one alone is beyond 4.5 standard errors in one of 500 runs; 1 % are beyond 2.576, and since they
    // hang together it may be several times as many.
    assert!(off[0].0.abs() < 4.5, "{}", worst.join("\n"));
    assert!(beyond <= off.len() / 20, "{beyond} of {} beyond 99 %:\n{}", off.len(), worst.join("\n"));
    let unknown: Vec<&String> = totals.keys().filter(|name| !expected.contains_key(*name)).collect();
    let rare = unknown.iter().all(|name| name.starts_with("hist") && totals[*name] < 3);
    assert!(rare, "nothing is expected of {unknown:?}");
}

/// The reasons for which journeys are cut short together: each excludes the others for good, so that each instance and
/// each lead has at most one.
fn joined(mut expected: BTreeMap<String, Expected>) -> BTreeMap<String, Expected> {
    for journey in 1..=5 {
        let part = |reason: &str| expected.remove(&format!("j{journey}.{reason}")).unwrap().mean;
        let mean: f64 = ["optout", "bounce", "convert"].map(part).iter().sum();
        let deviation = (mean * (1.0 - mean)).sqrt();
        expected.insert(format!("j{journey}.cut_short"), Expected { mean, deviation });
    }
    expected
}

#[test]
fn leads_are_those_of_the_specification() {
    let mut text = Vec::new();
    leads::write(0..100_000, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let share = |word: &str| text.lines().filter(|line| line.split(',').any(|cell| cell == word)).count();
    // Six standard deviations of 100,000 draws are 950 at most.
    for (word, expected) in
        [("explorer", 40_000), ("champion", 10_000), ("saas", 25_000), ("JP", 5_000), ("true", 92_000)]
    {
        assert!(share(word).abs_diff(expected) < 950, "{word}: {}", share(word));
    }
    assert_eq!(leads::HEADER.split(',').count(), text.lines().nth(1).unwrap().split(',').count());
}
