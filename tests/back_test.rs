//! `tabiji simulate --back-test`: what was foretold beside what a log says, where it is known what really holds.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "../benches/reference/leads.rs"]
mod leads;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const CAMPAIGN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/reference");
const LEADS: u64 = 2_000;

fn tabiji(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabiji"))
        .arg("simulate")
        .args(arguments)
        .args(["--leads", "leads.csv"])
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .output()
        .unwrap()
}

/// A folder with leads, and the log of a run of the reference campaign with them.
fn history() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    leads::write(0..LEADS, &mut fs::File::create(folder.path().join("leads.csv")).unwrap()).unwrap();
    let output = tabiji(folder.path(), &[CAMPAIGN, "--seed", "7", "--write", "events=log.jsonl"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

fn back_test(folder: &Path, campaign: &str) -> Value {
    let output = tabiji(folder, &[campaign, "--events", "log.jsonl", "--back-test", "--format", "json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn figure<'a>(found: &'a Value, group: &str, name: &str, figure: &str) -> &'a Value {
    let rows = found["figures"][group].as_array().unwrap();
    rows.iter().find(|row| row["name"] == name && row["figure"] == figure).unwrap()
}

#[test]
fn what_comes_of_the_same_assumptions_is_hardly_apart() {
    let folder = history();
    let found = back_test(folder.path(), CAMPAIGN);
    assert_eq!(found["leads"], LEADS);
    let (told, apart) = (found["told"].as_u64().unwrap(), found["apart"].as_u64().unwrap());
    // One of twenty is expected; figures of one mail belong together.
    assert!(told > 60 && apart * 8 < told, "{apart} of {told}");
    for (name, expected) in [("sent_per_lead", false), ("opened", false), ("clicked", false)] {
        assert_eq!(figure(&found, "contents", "all", name)["apart"], expected, "{name}");
    }
    // The log tells the very sends of the run that wrote it.
    let log = fs::read_to_string(folder.path().join("log.jsonl")).unwrap();
    let sent = log.lines().filter(|line| line.contains("\"event\":\"email_sent\"")).count() as f64;
    let happened = figure(&found, "contents", "all", "sent_per_lead")["happened"].as_f64().unwrap();
    assert!((happened - sent / LEADS as f64).abs() < 1e-6, "{happened} {sent}");
    let visits = figure(&found, "events", "pricing_visit", "per_lead");
    let (foretold, happened) = (visits["foretold"].as_f64().unwrap(), visits["happened"].as_f64().unwrap());
    assert!((foretold - happened).abs() < 0.15 && foretold != happened, "{visits}");
}

#[test]
fn a_wrong_assumption_is_apart() {
    let folder = history();
    let wrong = folder.path().join("wrong");
    fs::create_dir(&wrong).unwrap();
    for entry in fs::read_dir(CAMPAIGN).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            // Explorers, two leads of five, are taken to open half as much again.
            let text = fs::read_to_string(&path).unwrap().replace("open: 28%", "open: 42%");
            fs::write(wrong.join(path.file_name().unwrap()), text).unwrap();
        }
    }
    let found = back_test(folder.path(), "wrong");
    let opened = figure(&found, "contents", "all", "opened");
    assert_eq!(opened["apart"], true, "{opened}");
    assert!(opened["foretold"].as_f64() > opened["happened"].as_f64());
}

/// An experiment with two arms that begin with the same mail, and one that gets none.
const EXPERIMENT: &str = r#"
project: arms
timezone: UTC
simulation: {start: 2026-04-01, days: 20, seed: 1}
topics: {news: {label: News, consent: opt_out}}
senders: {team: {from: {name: The team, email: hello@mail.arms.example}, address: 1 Example Street}}
emails:
  one: {topic: news, sender: team, subject: One, body: {markdown: "One"}}
  two: {topic: news, sender: team, subject: Two, body: {markdown: "Two"}}
events: {bought: {}}
segments: {everyone: {when: id != ""}}
personas:
  all:
    match: id != ""
    behavior: {email: {open: 40%}, does: [{event: bought, after: email_opened, chance: 50%, within: 3 days}]}
journeys:
  tour:
    entry: {segment: everyone}
    steps:
      - id: arm
        split:
          - {name: once, weight: 40, steps: [{id: once, send: one}]}
          - {name: twice, weight: 40, steps: [{id: first, send: one}, {id: rest, wait: 1 day}, {id: second, send: two}]}
          - {name: nothing, weight: 20, steps: []}
        experiment: {goal: {event: bought, within: 7 days}, control: nothing}
"#;

/// A folder with the experiment, leads, and the log of a run with another seed; and the figures of its arms.
fn experiment(columns: &[&str]) -> (tempfile::TempDir, Value) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("arms")).unwrap();
    fs::write(folder.path().join("arms/tabiji.yaml"), EXPERIMENT).unwrap();
    let leads: String = (0..400).map(|lead| format!("L{lead},l{lead}@arms.example\n")).collect();
    fs::write(folder.path().join("leads.csv"), format!("id,email\n{leads}")).unwrap();
    let run = tabiji(folder.path(), &["arms", "--seed", "7", "--write", "events=log.jsonl", "--format", "json"]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let log: String = fs::read_to_string(folder.path().join("log.jsonl")).unwrap();
    let thinner = log.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if let Some(properties) = line["properties"].as_object_mut() {
            columns.iter().for_each(|column| drop(properties.remove(*column)));
        }
        format!("{line}\n")
    });
    fs::write(folder.path().join("log.jsonl"), thinner.collect::<String>()).unwrap();
    let run: Value = serde_json::from_slice(&run.stdout).unwrap();
    (folder, run["experiments"].clone())
}

fn replayed(folder: &Path) -> Value {
    let output = tabiji(folder, &["arms", "--events", "log.jsonl", "--format", "json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["experiments"].clone()
}

/// Whoever got what one arm alone sends was in it, and whoever got nothing was in the arm that sends nothing.
#[test]
fn the_log_tells_the_arms() {
    let (folder, told) = experiment(&[]);
    assert!(told["tour.arm"]["arms"]["nothing"]["draws"].as_u64() > Some(50), "{told}");
    assert_eq!(replayed(folder.path()), told);
    let found = back_test(folder.path(), "arms");
    assert_eq!(found["apart"], 0, "{found:#}");
}

/// A log that names neither journey nor step tells the arm of those who got the second mail, and who got none.
#[test]
fn arms_are_told_as_far_as_the_log_decides() {
    let (folder, told) = experiment(&["journey", "step"]);
    let draws = |all: &Value, arm: &str| all["tour.arm"]["arms"][arm]["draws"].as_u64().unwrap();
    let found = replayed(folder.path());
    assert_eq!(draws(&found, "nothing"), draws(&told, "nothing"));
    assert!(draws(&found, "twice") >= draws(&told, "twice"), "{found}");
    let sum = |all: &Value| draws(all, "once") + draws(all, "twice");
    assert_eq!(sum(&found), sum(&told));
}

#[test]
fn there_has_to_be_a_log() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("leads.csv"), leads::HEADER).unwrap();
    let output = tabiji(folder.path(), &[CAMPAIGN, "--back-test"]);
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("give `--events FILE`"), "{words}");
}
