//! Behaviour that is known, simulated, written as a log, and found again in it.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value as Json;

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/fit");

/// What the project says of its personas, each figure under the name that `fit` has for it; times in seconds, rates by second.
const LARGE: &[(&str, f64)] = &[
    ("email.open", 0.6),
    ("email.click", 0.3),
    ("email.unsubscribe", 0.015),
    ("email.complain", 0.005),
    ("email.hard_bounce", 0.02),
    ("delay.open.median", 4.0 * 3_600.0),
    ("delay.open.p90", 30.0 * 3_600.0),
    ("delay.click.median", 600.0),
    ("delay.click.p90", 7_200.0),
    ("does.0.rate", 0.6 / 604_800.0),
    ("does.1.chance", 0.45),
    ("does.1.delay.mean", 9.0 * 86_400.0),
];
const SMALL: &[(&str, f64)] = &[
    ("email.open", 0.35),
    ("email.click", 0.2),
    ("email.unsubscribe", 0.01),
    ("email.hard_bounce", 0.03),
    ("delay.open.mean", 10.0 * 3_600.0),
    ("delay.click.median", 300.0),
    ("delay.click.p90", 3_600.0),
    ("does.0.chance", 0.25),
];

fn tabiji(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabiji")).args(arguments).current_dir(folder).output().unwrap()
}

/// Simulates the project and fits its log, as this format.
fn fitted(folder: &Path, seed: &str, format: &str) -> String {
    let simulated = tabiji(
        &[
            &["simulate", PROJECT, "--leads-from-personas", "3000", "--seed", seed][..],
            &["--write", "events=events.jsonl", "--write", "leads=leads.csv"],
        ]
        .concat(),
        folder,
    );
    assert!(simulated.status.success(), "{}", String::from_utf8_lossy(&simulated.stderr));
    let found =
        tabiji(&["fit", PROJECT, "--events", "events.jsonl", "--leads", "leads.csv", "--format", format], folder);
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    String::from_utf8(found.stdout).unwrap()
}

/// Of 100 intervals of 95 %, at least nine in ten hold what is true. Seeds are fixed, so that it is the same each time.
#[test]
fn what_was_simulated_is_found_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (mut all, mut missed) = (0, Vec::new());
    for seed in ["1", "2", "3", "4", "5"] {
        let found: Json = serde_json::from_str(&fitted(folder.path(), seed, "json")).unwrap();
        let personas = found["personas"].as_array().unwrap();
        for (persona, truths) in personas.iter().zip([LARGE, SMALL]) {
            for (name, truth) in truths {
                let figure = &persona["figures"][name];
                let end = |end: &str| figure["interval"][end].as_f64().unwrap_or_else(|| panic!("{name}: {figure}"));
                all += 1;
                if *truth < end("low") || *truth > end("high") {
                    missed.push(format!("seed {seed}: {name} is {truth}, found {figure}"));
                }
            }
        }
    }
    assert_eq!(all, 100);
    assert!(missed.len() <= 10, "{}", missed.join("\n"));
}

/// What is written can be put into the project in the place of its personas, and then says so.
#[test]
fn what_is_written_is_a_campaign() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = fitted(folder.path(), "1", "yaml");
    assert!(!yaml.contains("-0%"), "{yaml}");
    let project = fs::read_to_string(Path::new(PROJECT).join("tabiji.yaml")).unwrap();
    let (before, rest) = project.split_once("personas:\n").unwrap();
    let (_, after) = rest.split_once("\njourneys:\n").unwrap();
    let personas = yaml.split_once("personas:\n").unwrap().1;
    let together = format!("{before}personas:\n{personas}\njourneys:\n{after}");
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("tabiji.yaml"), together).unwrap();
    let checked = tabiji(&["check", "other"], folder.path());
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(said.starts_with("no findings in 1 file\n"), "{said}");
}

/// Leads, and a log of theirs, simulated into a folder.
fn simulated(folder: &Path) -> String {
    fitted(folder, "1", "json");
    fs::read_to_string(folder.join("events.jsonl")).unwrap()
}

/// What is found in another log of the leads of a folder.
fn found_in(folder: &Path, project: &str, log: &str) -> Json {
    fs::write(folder.join("other.jsonl"), log).unwrap();
    let found =
        tabiji(&["fit", project, "--events", "other.jsonl", "--leads", "leads.csv", "--format", "json"], folder);
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    serde_json::from_slice(&found.stdout).unwrap()
}

/// Deliveries in one file and sendings in the next say the same as one file in the order of what happened.
#[test]
fn the_order_of_lines_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let log = simulated(folder.path());
    let straight = found_in(folder.path(), PROJECT, &log);
    let reversed: Vec<&str> = log.lines().rev().collect();
    assert_eq!(straight["astray"], 0);
    assert_eq!(found_in(folder.path(), PROJECT, &(reversed.join("\n") + "\n")), straight);
}

/// What is paid is another amount each time, and `with` has one of them.
#[test]
fn amounts_of_items_are_examples() {
    let folder = tempfile::tempdir().unwrap();
    let log = simulated(folder.path());
    let of = |log: &str| found_in(folder.path(), PROJECT, log)["personas"][1]["figures"]["does.0.chance"].clone();
    let other = log.replace("\"amount\":30", "\"amount\":47");
    assert_ne!(other, log);
    assert_eq!(of(&other), of(&log));
    // Another page is another event.
    let other = log.replace("/pricing", "/about");
    let rate = found_in(folder.path(), PROJECT, &other)["personas"][0]["figures"]["does.0.rate"].clone();
    assert_eq!(rate["events"], 0, "{rate}");
}

/// Of e-mail the log tells of no delivery, of text messages it does.
#[test]
fn deliveries_of_one_channel_say_nothing_of_another() {
    let project = r#"
project: two
timezone: UTC
fields: {phone: {type: phone, optional: true}}
topics: {news: {label: News, consent: opt_out}}
senders: {team: {from: {name: The team, email: hello@mail.fit.example}, address: 1 Example Street}}
emails: {one: {topic: news, sender: team, subject: One, body: {markdown: "One"}}}
channels: {sms: {}}
messages: {hello: {channel: sms, topic: news, body: Hello}}
segments: {everyone: {when: id != ""}}
personas:
  all:
    match: id != ""
    behavior: {email: {open: 20%}, messages: {sms: {open: 20%}}}
journeys:
  tour: {entry: {segment: everyone}, steps: [{id: one, send: one}, {id: hello, send: hello}]}
"#;
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("two")).unwrap();
    fs::write(folder.path().join("two/tabiji.yaml"), project).unwrap();
    let (mut leads, mut log) = ("id,email,phone\n".to_owned(), String::new());
    for lead in 0..60 {
        let _ = writeln!(leads, "L{lead},l{lead}@fit.example,+44201000{lead:03}");
        let mut say = |event: &str, what: &str, name: &str, minute: u32| {
            let _ = writeln!(
                log,
                r#"{{"type":"track","userId":"L{lead}","event":"{event}","properties":{{"{what}":"{name}","journey":"tour","step":"{name}"}},"timestamp":"2026-04-01T00:{minute:02}:00Z"}}"#
            );
        };
        say("email_sent", "email", "one", 0);
        say("message_sent", "message", "hello", 0);
        say("message_delivered", "message", "hello", 0);
        if lead % 2 == 0 {
            say("email_opened", "email", "one", lead / 2 + 1);
        }
    }
    fs::write(folder.path().join("leads.csv"), leads).unwrap();
    let found = found_in(folder.path(), "two", &log);
    let open = &found["personas"][0]["figures"]["email.open"];
    assert_eq!((&open["events"], &open["trials"]), (&Json::from(30), &Json::from(60)), "{open}");
}

/// An opening of a mail that the log never sends is left out, and said so.
#[test]
fn events_about_nothing_that_was_sent_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let log = simulated(folder.path());
    let without: Vec<&str> = log.lines().filter(|line| !is_about(line, "one") || !is_sending(line)).collect();
    fs::write(folder.path().join("events.jsonl"), without.join("\n")).unwrap();
    let found = tabiji(&["fit", PROJECT, "--events", "events.jsonl", "--leads", "leads.csv"], folder.path());
    let said = String::from_utf8_lossy(&found.stdout);
    let told = said.lines().nth(2).unwrap();
    assert!(
        told.ends_with("events are about mails and messages that the log does not send; they are left out."),
        "{told}"
    );
}

fn is_about(line: &str, email: &str) -> bool {
    line.contains(&format!("\"email\":\"{email}\""))
}

fn is_sending(line: &str) -> bool {
    line.contains("email_sent") || line.contains("email_delivered")
}

#[test]
fn a_log_that_cannot_be_read_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let missing = tabiji(&["fit", PROJECT, "--events", "nowhere.jsonl"], folder.path());
    assert_eq!(missing.status.code(), Some(2), "{}", String::from_utf8_lossy(&missing.stderr));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("nowhere.jsonl"));
    assert!(missing.stdout.is_empty());
}
