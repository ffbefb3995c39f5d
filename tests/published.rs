//! Figures that others published of public data, found again.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::process::Command;

use serde_json::Value as Json;

const CDNOW: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/published/cdnow.py");

/// One in ten of the customers who first bought from CDNOW, a shop for music, in the first quarter of 1997, and all they bought
/// until the end of June 1998: 2,357 people. Each figure with the digits that were published: BG/NBD in Fader, Hardie and Lee,
/// "“Counting Your Customers” the Easy Way", Marketing Science 24, 2005; gamma-gamma in Fader and Hardie, "The
/// Gamma-Gamma Model of Monetary Value", 2013.
const PUBLISHED: &[(&str, &str, &str)] = &[
    ("bg_nbd", "r", "0.243"),
    ("bg_nbd", "alpha", "4.414"),
    ("bg_nbd", "a", "0.793"),
    ("bg_nbd", "b", "2.426"),
    ("bg_nbd", "log_likelihood", "-9582.4"),
    ("gamma_gamma", "p", "6.25"),
    ("gamma_gamma", "q", "3.74"),
    ("gamma_gamma", "gamma", "15.44"),
];

#[test]
fn customers_of_cdnow_are_worth_what_was_published() {
    let python = std::env::var("TABIJI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let orders = Command::new(&python).arg(CDNOW).output().unwrap();
    assert!(
        orders.status.success(),
        "this test needs `lifetimes` for its data: `{python} -m pip install --no-deps lifetimes==0.11.3`, or name a Python \
         that has it in TABIJI_PYTHON: {}",
        String::from_utf8_lossy(&orders.stderr)
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("orders.csv");
    fs::write(&file, orders.stdout).unwrap();
    let found = Command::new(env!("CARGO_BIN_EXE_tabiji"))
        .args(["fit", "value", "--until", "1997-09-30", "--weeks", "39", "--format", "json"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    let found: Json = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(found["customers"].as_array().unwrap().len(), 2_357);
    for (model, name, published) in PUBLISHED {
        let figure = &found[*model][*name];
        let value = figure.as_f64().or_else(|| figure["value"].as_f64()).unwrap();
        let digits = published.split('.').next_back().unwrap().len();
        assert_eq!(format!("{value:.digits$}"), **published, "{model}: {name}");
    }
    // What the customers really bought in the 39 weeks behind, and what was foreseen of it.
    assert_eq!(found["actual_purchases"], 1_882);
}

const EXPERIMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/published/experiment");

/// What came of 64,000 customers of a shop who got a mail on clothes for men, one on clothes for women, or none: of each arm,
/// how many it had, how many of them came to the web site within two weeks, and how many bought. Counts of the data that Kevin
/// Hillstrom gave to the public for "The MineThatData E-Mail Analytics and Data Mining Challenge", 2008.
const ARMS: [(&str, u32, u32, u32); 3] =
    [("men", 21_307, 3_894, 267), ("women", 21_387, 3_238, 189), ("holdout", 21_306, 2_262, 122)];

const SEEDS: [&str; 4] = ["1", "2", "3", "4"];

/// The arms of the experiment, run with as many customers, by goal.
fn arms(project: &std::path::Path, seed: &str) -> Json {
    let found = Command::new(env!("CARGO_BIN_EXE_tabiji"))
        .args(["simulate", "--leads-from-personas", "64000", "--format", "json", "--seed", seed])
        .arg(project)
        .output()
        .unwrap();
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    let found: Json = serde_json::from_slice(&found.stdout).unwrap();
    found["experiments"]["mailing.who"]["arms"].clone()
}

/// A campaign with the same assumptions gives the same rates: of 24 intervals of 95 %, at least 21 hold what really came, and
/// each mail makes more people come and buy than none, as it did.
#[test]
fn the_arms_of_a_real_experiment_are_reproduced() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tabiji.yaml");
    let campaign = fs::read_to_string(format!("{EXPERIMENT}/tabiji.yaml")).unwrap();
    let (mut held, mut apart) = (0, Vec::new());
    for (goal, count_of) in [("came", 0), ("bought", 1)] {
        fs::write(&file, campaign.replace("goal: {event: came,", &format!("goal: {{event: {goal},"))).unwrap();
        for seed in SEEDS {
            let arms = arms(folder.path(), seed);
            for (arm, customers, came, bought) in ARMS {
                let real = f64::from([came, bought][count_of]) / f64::from(customers);
                let found = &arms[arm];
                let draws = found["draws"].as_f64().unwrap();
                assert!((draws - f64::from(customers)).abs() < 500.0, "{arm}: {draws} of {customers}");
                let (low, high) =
                    (found["interval"]["low"].as_f64().unwrap(), found["interval"]["high"].as_f64().unwrap());
                if (low..=high).contains(&real) {
                    held += 1;
                } else {
                    apart.push(format!("{goal} {arm}, seed {seed}: {real} is not from {low} to {high}"));
                }
                if arm != "holdout" {
                    let lift = &found["against_control"];
                    assert!(lift["lift"].as_f64().unwrap() > 0.0, "{goal} {arm}: {lift}");
                    assert!(lift["p_adjusted"].as_f64().unwrap() < 0.05, "{goal} {arm}: {lift}");
                }
            }
        }
    }
    assert!(held >= 21, "{held} of 24 hold: {}", apart.join("; "));
}
