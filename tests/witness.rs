//! Limits on mails from the outside: a test is written for what exceeds them, it fails, and the edit that is told mends both.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn tabiji(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabiji"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy("tests/fixtures/flooded/tabiji.yaml", folder.path().join("tabiji.yaml")).unwrap();
    folder
}

#[test]
fn a_witness_fails_until_the_edit_that_is_told_is_made() {
    let project = copy();
    let checked = tabiji(&["check", "--witness", "tests"], project.path());
    assert!(checked.status.success(), "{}", said(&checked));
    assert!(said(&checked).contains("one lead can get 3 mails per 7 days; no lead can get more"), "{}", said(&checked));
    let witness = fs::read_to_string(project.path().join("tests/mail-flood-1.yaml")).unwrap();
    insta::assert_snapshot!(witness, @r"
    # A lead that gets 3 mails per 7 days, where the limit is at most 2 per 7 days. It fails until the limit holds for it.
    tests:
      mail-flood-1:
        lead:
          email: witness@example.com
          id: witness
        start: 2026-04-01 00:00
        days: 47
        subscribed: [news]
        timeline:
          - {at: 2026-04-01 00:00, event: demo_requested}
        expect:
          - {mails: all, at_most: 2, per: 7 days}
    ");

    let failed = tabiji(&["test"], project.path());
    assert_eq!(failed.status.code(), Some(1), "{}", said(&failed));

    assert!(said(&checked).contains("`rest` of `demo` waits 5 days instead of 2 days"), "{}", said(&checked));
    let yaml = fs::read_to_string(project.path().join("tabiji.yaml")).unwrap();
    fs::write(project.path().join("tabiji.yaml"), yaml.replace("id: rest, wait: 2 days", "id: rest, wait: 5 days"))
        .unwrap();
    let passed = tabiji(&["test"], project.path());
    assert!(passed.status.success(), "{}", said(&passed));
    let checked = tabiji(&["check"], project.path());
    assert!(said(&checked).starts_with("no findings in 2 files\n"), "{}", said(&checked));
    assert!(said(&checked).contains("proved at most 2, reached 2, so exact"), "{}", said(&checked));
}

/// Writes the tests of a project's limits, changes the project, and runs them.
fn after(yaml: &str, from: &str, to: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tabiji.yaml"), yaml).unwrap();
    tabiji(&["check", "--witness", "tests"], folder.path());
    let before = tabiji(&["test"], folder.path());
    assert_eq!(before.status.code(), Some(1), "{}", said(&before));
    assert!(yaml.contains(from));
    fs::write(folder.path().join("tabiji.yaml"), yaml.replacen(from, to, 1)).unwrap();
    tabiji(&["test"], folder.path())
}

const TWICE: &str = r#"
project: x
timezone: Asia/Tokyo
levels: {mail-flood: warn}
events: {e: {}}
topics: {news: {consent: opt_out}}
senders: {s: {from: {email: a@a.example}}}
policies: {limits: [{at_most: 1, per: 1 day}]}
emails:
  m: {topic: news, sender: s, subject: M, repeat: always, body: {markdown: "Hi {{ unsubscribe_url }}"}}
journeys:
  j:
    entry: {event: e}
    steps:
      - {id: one, send: m}
      - {id: rest, wait: 2 hours}
      - {id: two, send: m}
"#;

#[test]
fn a_witness_fails_whenever_the_mails_come_and_passes_whichever_are_left() {
    let project = fs::read_to_string("tests/fixtures/flooded/tabiji.yaml").unwrap();
    let shifted = after(&project, "id: rest, wait: 2 days", "id: rest, wait: 3 days");
    assert_eq!(shifted.status.code(), Some(1), "{}", said(&shifted));
    assert!(
        said(&shifted).contains("a mail is sent 3 times in 7 days, instead of at most twice"),
        "{}",
        said(&shifted)
    );
    let mended = after(TWICE, "wait: 2 hours", "wait: 1 day");
    assert!(mended.status.success(), "{}", said(&mended));
    let at_once = TWICE.replace("      - {id: rest, wait: 2 hours}\n", "");
    let mended = after(&at_once, "      - {id: two", "      - {id: rest, wait: 1 day}\n      - {id: two");
    assert!(mended.status.success(), "{}", said(&mended));
}

#[test]
fn a_witness_counts_what_frequency_rules_would_hold_back() {
    let held = TWICE.replace("policies: {", "policies: {frequency: [{at_most: 1, per: 1 day}], ");
    let unmended = after(&held, "wait: 2 hours", "wait: 3 hours");
    assert_eq!(unmended.status.code(), Some(1), "{}", said(&unmended));
    assert!(after(&held, "wait: 2 hours", "wait: 1 day").status.success());
}

#[test]
fn a_split_that_is_reached_after_the_mending_has_an_arm() {
    let split = TWICE.replace(
        "{id: two, send: m}",
        "{id: two, send: m}\n      - {id: leave, exit: done}\n      - {id: rare, split: [{name: a, weight: 50, steps: []}, {name: b, weight: 50, steps: []}]}",
    );
    let mended = after(&split, "      - {id: two, send: m}\n      - {id: leave, exit: done}\n", "");
    assert!(mended.status.success(), "{}", said(&mended));
}

#[test]
fn bounds_are_explained_for_people_and_programs() {
    let project = copy();
    let explained = tabiji(&["check", "--explain-bound", "demo"], project.path());
    insta::assert_snapshot!(said(&explained).trim_end().rsplit("\n\n").next().unwrap(), @r"
    1 warning in 1 file
    limit at most 2 per 7 days: proved at most 3, reached 3, so exact
      all states of the journeys were searched
         3 by demo
             +0 seconds thank
                +2 days tip
                +4 days offer
      reached by this timeline:
                +0 seconds happens demo_requested
                +0 seconds mail    thanks (demo.thank)
                   +2 days mail    tips (demo.tip)
                   +4 days mail    offer (demo.offer)
    ");
    let unknown = tabiji(&["check", "--explain-bound", "demos"], project.path());
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("did you mean `demo`?"));

    let json: serde_json::Value =
        serde_json::from_str(&said(&tabiji(&["check", "--format", "json"], project.path()))).unwrap();
    let bound = &json["mails"][0];
    assert_eq!((&bound["proved"], &bound["reached"], &bound["exact"]), (&3.into(), &3.into(), &true.into()));
    assert_eq!(bound["fixes"][0]["secs"], 5 * 86_400);
    let steps: Vec<&str> =
        bound["witness"]["mails"].as_array().unwrap().iter().map(|mail| mail["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["thank", "tip", "offer"]);
}

/// By hand: `offer` is sent at once and `welcome` a day later; then there is no room before day 7, and what is asked for on
/// days 1 and 2 is given up after three days. Room for four lets all through, and so does holding mails for twice as long,
/// from day 2 to day 8. If one journey goes first, both its mails are sent by day 1; the first of the other is given up on
/// day 3, and its second, asked for on day 4, is sent on day 7.
#[test]
fn what_would_let_mails_through_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/competing");
    let explained = said(&tabiji(&["check", "--explain-bound"], &folder));
    let lost: Vec<&str> = explained
        .split("longest delay")
        .last()
        .unwrap()
        .lines()
        .skip(1)
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(
        lost,
        [
            "0 of 4 lost if the rule allows 4 per 7 days instead of 2",
            "0 of 4 lost if mails are held for up to 6 days instead of 3 days (`max_hold`)",
            "1 of 4 lost if `promotion` has priority 1 instead of 0",
            "1 of 4 lost if `steps` has priority 1 instead of 0",
        ]
    );
    let json: serde_json::Value =
        serde_json::from_str(&said(&tabiji(&["check", "--format", "json"], &folder))).unwrap();
    let weekly = &json["mails"][1];
    let eased = |edit: &str| {
        let found = weekly["eased"].as_array().unwrap().iter().find(|eased| eased["edit"] == edit).unwrap();
        found.clone()
    };
    assert_eq!((&eased("at_most")["at_most"], &eased("at_most")["lost"]), (&4.into(), &0.into()));
    assert_eq!((&eased("max_hold")["secs"], &eased("max_hold")["lost"]), (&(6 * 86_400).into(), &0.into()));
    assert_eq!(weekly["max_hold_secs"], 3 * 86_400);
}
