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

/// How a run of a project with so many leads ends, and its report.
fn ran(project: &str, leads: usize, arguments: &[&str]) -> (Option<i32>, serde_json::Value) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tabiji.yaml"), project).unwrap();
    let rows: String = (0..leads).map(|lead| format!("L{lead},l{lead}@kpi.example\n")).collect();
    std::fs::write(folder.path().join("leads.csv"), format!("id,email\n{rows}")).unwrap();
    let output = tabiji(&[&["simulate", ".", "--format", "json"], arguments].concat(), folder.path());
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

/// Nobody complains and nobody buys: of complaints it can be told that there are few, of revenue nothing.
#[test]
fn what_few_leads_have_is_not_certain() {
    let project = r#"
project: few
timezone: UTC
currency: USD
simulation: {start: 2026-04-01, days: 20, seed: 1, leads: leads.csv}
events: {bought: {properties: {amount: {type: money}}}}
topics: {news: {label: News, consent: opt_out}}
senders: {team: {from: {name: The team, email: hello@mail.kpi.example}, address: 1 Example Street}}
emails: {one: {topic: news, sender: team, subject: One, body: {markdown: "One"}}}
segments: {everyone: {when: id != ""}}
personas:
  all:
    match: id != ""
    behavior:
      email: {open: 40%}
      does: [{event: bought, with: {amount: 1000}, rate: 0.00001 per week}]
journeys: {tour: {entry: {segment: everyone}, steps: [{id: one, send: one}]}}
kpis:
  complaints: {metric: complained, target: at most 5}
  few-complaints: {metric: complained, target: at most 2}
  revenue: {value: bought.amount, target: at least 1000}
  each: {value: bought.amount, per: leads, target: at least 1}
"#;
    let (code, report) = ran(project, 400, &["--fail-on", "kpi"]);
    let found = &report["kpis"];
    assert_eq!(code, Some(0), "{found:#}");
    let of = |name: &str, key: &str| found[name][key].clone();
    for (name, verdict) in
        [("complaints", "met"), ("few-complaints", "uncertain"), ("revenue", "uncertain"), ("each", "uncertain")]
    {
        assert_eq!((of(name, "value"), of(name, "few_leads")), (0.0.into(), true.into()), "{name}");
        assert_eq!(of(name, "verdict"), verdict, "{name}");
    }
    // Wilson's upper end of none of 400, times 400.
    assert_eq!(of("complaints", "interval")["high"], 3.804_918);
    assert_eq!(of("revenue", "interval"), serde_json::Value::Null);
    // Beside another run it is no more certain.
    let (_, compared) = ran(project, 400, &["--set", "personas.all.behavior.email.open=50%"]);
    let both = &compared["others"][0]["figures"]["kpis"];
    for name in ["complaints", "revenue", "each"] {
        assert_eq!(both[name]["value"]["few_leads"], true, "{name} in {both:#}");
    }
}

/// Nobody is there before the run: how many come is a Poisson number, and so are all sums over them.
#[test]
fn how_many_come_by_sources_is_chance() {
    let project = r#"
project: come
timezone: UTC
currency: USD
simulation: {start: 2026-04-01, days: 20, seed: 1, leads: leads.csv}
sources:
  fair: {medium: offline, cost: {per: lead, amount: 3}, arrivals: {per_day: 20}}
events: {bought: {properties: {amount: {type: money}}}}
personas:
  all:
    match: id != ""
    share: 100%
    behavior: {does: [{event: bought, after: lead_created, chance: 100%, with: {amount: 10}, within: 1 hour}]}
kpis:
  leads: {of: id != ""}
  revenue: {value: bought.amount}
  each: {value: bought.amount, per: leads}
  cost: {cost: sources}
  cost-each: {cost: sources, per: leads}
"#;
    let (_, report) = ran(project, 0, &[]);
    let found = &report["kpis"];
    let of = |name: &str, key: &str| found[name][key].as_f64().unwrap();
    let (leads, reach) = (of("leads", "value"), |name: &str| {
        (found[name]["interval"]["high"].as_f64().unwrap() - found[name]["interval"]["low"].as_f64().unwrap()) / 2.0
    });
    assert!((330.0..470.0).contains(&leads), "{leads}");
    let poisson = 1.96 * leads.sqrt();
    for (name, unit) in [("leads", 1.0), ("revenue", 10.0), ("cost", 3.0)] {
        let found = reach(name) / unit / poisson;
        assert!((0.95..1.05).contains(&found), "{name}: {found}");
    }
    // What each comes to does not depend on how many come.
    assert_eq!((of("each", "value"), of("cost-each", "value")), (10.0, 3.0));
    assert!(reach("each") < 0.15 && reach("cost-each") < 1e-6, "{found:#}");
}

/// Rates stand in the table with their intervals.
#[test]
fn figures_have_their_intervals_beside_them() {
    let table = simulated(&[MINIMAL, "--leads-from-personas", "200", "--format", "csv"]);
    let of = |section: &str, figure: &str| {
        let starts =
            |line: &&str| line.starts_with(&format!("{section},")) && line.contains(&format!("/rates,{figure},"));
        let line = table.lines().find(starts).unwrap_or_else(|| panic!("{section} {figure} in {table}"));
        line.rsplit(',').map(str::to_owned).collect::<Vec<_>>()
    };
    for (section, figure) in [("emails", "opened"), ("journeys", "completed"), ("personas", "sent_per_lead")] {
        let [_n, level, high, low, value, ..] = &of(section, figure)[..] else { panic!("{section}") };
        assert_eq!(level, "0.95", "{section}");
        let [low, value, high] = [low, value, high].map(|number| number.parse::<f64>().unwrap());
        assert!(low <= value && value <= high, "{section}: {low} {value} {high}");
    }
    assert!(!table.contains("intervals/"), "{table}");
}

/// A project in which half of the leads read a lot, and the others hardly; `more` is put into it.
fn readers(more: &str, leads: &[usize]) -> serde_json::Value {
    let project = format!(
        r#"
project: readers
timezone: UTC
simulation: {{start: 2026-04-01, days: 20, seed: 1, leads: leads.csv}}
fields: {{kind: {{type: text}}}}
topics: {{news: {{label: News, consent: opt_out}}}}
senders: {{team: {{from: {{name: The team, email: hello@mail.readers.example}}, address: 1 Example Street{more}}}}}
emails:
  one: {{topic: news, sender: team, subject: One, body: {{markdown: "One"}}}}
segments: {{everyone: {{when: id != ""}}}}
personas:
  much: {{match: kind == "much", behavior: {{email: {{open: 90%}}}}}}
  hardly: {{match: kind == "hardly", behavior: {{email: {{open: 10%}}}}}}
journeys:
  tour:
    entry: {{segment: everyone}}
    steps: [{{id: one, send: one}}, {{id: rest, wait: 2 days}}, {{id: again, send: one}}, {{id: more, wait: 2 days}},
            {{id: third, send: one}}]
"#
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tabiji.yaml"), project).unwrap();
    let kind = |lead: usize| if lead.is_multiple_of(2) { "much" } else { "hardly" };
    let rows: String = leads.iter().map(|lead| format!("L{lead},l{lead}@readers.example,{}\n", kind(*lead))).collect();
    std::fs::write(folder.path().join("leads.csv"), format!("id,email,kind\n{rows}")).unwrap();
    let output = tabiji(&["simulate", ".", "--format", "json"], folder.path());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Half of the width of the interval of openings.
fn reach(report: &serde_json::Value) -> f64 {
    let ends = &report["emails"]["one"]["intervals"]["opened"];
    (ends["high"].as_f64().unwrap() - ends["low"].as_f64().unwrap()) / 2.0
}

/// Sorted by who reads or not: the same leads have the same intervals, and those are of the leads, not of the file.
#[test]
fn the_order_of_leads_does_not_show() {
    let mut leads: Vec<usize> = (0..9_000).collect();
    let mixed = readers("", &leads);
    leads.sort_by_key(|lead| lead % 2);
    let sorted = readers("", &leads);
    assert_eq!(sorted["emails"], mixed["emails"]);
    assert_eq!(mixed["intervals"]["groups"], 256);
    // Of three mails to one lead: variance of the mean of three, 0.16 between leads and 0.09 within, over 9,000 leads.
    let expected = 1.96 * ((0.16_f64 + 0.09 / 3.0) / 9_000.0).sqrt();
    assert!((0.85..1.15).contains(&(reach(&mixed) / expected)), "{} {expected}", reach(&mixed));
}

/// A quota that never fills changes nothing, its intervals included.
#[test]
fn what_one_lead_does_belongs_together_with_a_quota_too() {
    let leads: Vec<usize> = (0..2_000).collect();
    let (free, tied) = (readers("", &leads), readers(", quota: {per_day: 1000000}", &leads));
    assert_eq!(free["emails"]["one"]["opened"], tied["emails"]["one"]["opened"]);
    assert_eq!(tied["intervals"]["groups"], 128);
    assert!((0.8..1.25).contains(&(reach(&tied) / reach(&free))), "{} {}", reach(&tied), reach(&free));
}
