//! `tabiji simulate`: where plans and leads come from, and how a run ends.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tabiji::diag::Code;

const MINIMAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/minimal");

fn tabiji(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabiji"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .output()
        .unwrap()
}

fn simulated(arguments: &[&str]) -> String {
    let output = tabiji(&[&["simulate"], arguments].concat(), Path::new("."));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_saved_plan_gives_the_same_bytes_as_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.json");
    let saved = format!("json={}", plan.display());
    assert!(tabiji(&["plan", MINIMAL, "--output", &saved], Path::new(".")).status.success());
    let leads = format!("{MINIMAL}/leads/sample.csv");
    for format in ["text", "json"] {
        let from_plan = simulated(&[plan.to_str().unwrap(), "--leads", &leads, "--format", format]);
        assert_eq!(from_plan, simulated(&[MINIMAL, "--format", format]));
        assert!(from_plan.contains("follow-up"));
    }
}

#[test]
fn the_number_of_threads_does_not_show() {
    let run = |threads| simulated(&[MINIMAL, "--leads-from-personas", "600", "--threads", threads, "--format", "json"]);
    assert_eq!(run("1"), run("3"));
}

#[test]
fn the_command_line_goes_before_the_project() {
    let usual = simulated(&[MINIMAL]);
    assert_ne!(usual, simulated(&[MINIMAL, "--seed", "2"]));
    let other = simulated(&[MINIMAL, "--start", "2027-01-01", "--days", "7", "--format", "json"]);
    let other: serde_json::Value = serde_json::from_str(&other).unwrap();
    assert_eq!((&other["run"]["start"], &other["run"]["days"]), (&"2027-01-01".into(), &7.into()));
}

#[test]
fn leads_can_come_through_a_pipe() {
    let leads = std::fs::read_to_string(format!("{MINIMAL}/leads/sample.csv")).unwrap();
    let json = r#"{"id": "L01", "company": "Northwind", "employees": 12, "newsletter": true}"#;
    for (input, count) in [(leads.as_str(), 20), (json, 1)] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tabiji"))
            .args(["simulate", MINIMAL, "--leads", "-", "--format", "json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let report: serde_json::Value = serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap();
        assert_eq!(report["leads"]["simulated"], count);
    }
}

#[test]
fn a_trace_is_the_timeline_of_one_lead() {
    let trace = simulated(&[MINIMAL, "--trace", "L01"]);
    assert!(trace.lines().next().unwrap().contains("`L01`"), "{trace}");
    assert!(trace.contains("2026-04-01T00:00:00+01:00"), "{trace}");
    let unknown = tabiji(&["simulate", MINIMAL, "--trace", "nobody"], Path::new("."));
    assert_eq!(unknown.status.code(), Some(2));
    assert_eq!(String::from_utf8(unknown.stderr).unwrap(), "error: no lead has the id `nobody`\n");
}

#[test]
fn input_that_is_missing_or_broken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.json"), "{}").unwrap();
    let cases: [(&[&str], i32, &str); 6] = [
        (&["nowhere.json"], 3, "there is no plan `nowhere.json`"),
        (&["nowhere"], 3, "`nowhere` does not exist"),
        (&["broken.json"], 2, "`broken.json`: not a tabiji plan"),
        (&[MINIMAL, "--leads", "no.csv"], 2, "cannot read the leads file `no.csv`"),
        (&[MINIMAL, "--leads", "broken.json"], 2, "does not end in .csv, .jsonl, .ndjson"),
        (&[MINIMAL, "--leads", "."], 2, "the leads file `.`"),
    ];
    for (arguments, exit, says) in cases {
        let output = tabiji(&[&["simulate"], arguments].concat(), folder.path());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(exit), "{arguments:?}: {said}");
        assert!(said.starts_with("error: ") && said.contains(says), "{arguments:?}: {said}");
    }
}

/// The project of an `explain` page below `## heading`, in a folder.
fn example(code: Code, heading: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let section = code.info().page.split("\n## ").find_map(|part| part.strip_prefix(heading)).unwrap();
    for fence in section.split("\n```").skip(1).step_by(2) {
        let (info, text) = fence.split_once('\n').unwrap();
        let path = info.split_whitespace().find_map(|word| word.strip_prefix("file=")).unwrap_or("tabiji.yaml");
        std::fs::write(folder.path().join(path), format!("{text}\n")).unwrap();
    }
    let path = folder.path().to_owned();
    (folder, path)
}

#[test]
fn faults_of_leads_files_are_those_of_their_pages() {
    let cases = [(Code::UnknownColumn, 0, 0), (Code::BadRow, 0, 2), (Code::MissingColumn, 2, 2)];
    for (code, exit, strict) in cases {
        let (_folder, wrong) = example(code, "Wrong");
        let run =
            |folder: &Path, more: &[&str]| tabiji(&[&["simulate", "--start", "2026-04-01"], more].concat(), folder);
        let output = run(&wrong, &[]);
        assert_eq!(output.status.code(), Some(exit), "{code:?}");
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert!(said.contains(code.info().id) || said.contains(code.info().slug), "{said}");
        assert_eq!(run(&wrong, &["--strict"]).status.code(), Some(strict), "{code:?}");
        let (_folder, right) = example(code, "Right");
        let output = run(&right, &["--strict"]);
        assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
    }
}

/// The goal of one project is missed, and most of its KPIs are uncertain; the only KPI of the other is uncertain.
#[test]
fn a_run_can_fail_by_its_kpis() {
    let run = |project: &str, fail_on: &[&str]| {
        let output = tabiji(&[&["simulate", project], fail_on].concat(), Path::new("."));
        assert!(!output.stdout.is_empty(), "the report is there whatever becomes of the KPIs");
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (tree, channels) = ("tests/concepts/40-kpi-tree", "tests/concepts/42-channels");
    let missed = "error: the KPI `goal` misses its target\n".to_owned();
    assert_eq!(run(tree, &[]), (Some(0), String::new()));
    assert_eq!(run(tree, &["--fail-on", "kpi"]), (Some(1), missed.clone()));
    let (code, said) = run(tree, &["--fail-on", "kpi-uncertain"]);
    assert!(code == Some(1) && said.starts_with(&missed), "{said}");
    assert!(said.contains("error: the KPI `bounce-rate` may miss its target\n"), "{said}");
    // What is met is not said.
    assert!(!said.contains("`open-rate`"), "{said}");
    assert_eq!(run(channels, &["--fail-on", "kpi"]), (Some(0), String::new()));
    let uncertain = "error: the KPI `line-clicks` may miss its target\n".to_owned();
    assert_eq!(run(channels, &["--fail-on", "kpi-uncertain"]), (Some(1), uncertain));
}
