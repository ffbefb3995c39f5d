//! `simulate --write`: rows of tables beside the figures of the report.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

const AOZORA: &str = "examples/aozora-cloud";
const FORMATS: &str = "tests/fixtures/formats";

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabiji"));
    command.args(arguments).env("NO_COLOR", "1");
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn out(ran: &Output) -> String {
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout.clone()).unwrap()
}

/// A folder for results, and the options that write tables of one format into it.
struct Tables(tempfile::TempDir);

impl Tables {
    fn new() -> Tables {
        Tables(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }

    fn written(&self, ending: &str) -> Vec<String> {
        let kinds = ["sends", "events", "leads"];
        let options =
            kinds.map(|kind| ["--write".to_owned(), format!("{kind}={}", self.path(&format!("{kind}{ending}")))]);
        options.into_iter().flatten().collect()
    }

    fn simulate(&self, project: &str, more: &[&str], ending: &str) -> Output {
        let written = self.written(ending);
        let written = written.iter().map(String::as_str);
        run(&["simulate", project].into_iter().chain(more.iter().copied()).chain(written).collect::<Vec<_>>())
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }
}

fn lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn sum(figures: &Json, key: &str) -> u64 {
    figures.as_object().unwrap().values().map(|each| each[key].as_u64().unwrap()).sum()
}

const MADE_UP: &[&str] = &["--leads-from-personas", "300", "--days", "60", "--format", "json", "--no-events"];

#[test]
fn rows_are_what_figures_count() {
    let tables = Tables::new();
    let report: Json = serde_json::from_str(&out(&tables.simulate(AOZORA, MADE_UP, ".jsonl"))).unwrap();
    let (sends, events) = (lines(&tables.read("sends.jsonl")), lines(&tables.read("events.jsonl")));
    let leads = lines(&tables.read("leads.jsonl"));
    let mark = |mark: &str| sends.iter().filter(|row| row[mark] == true).count() as u64;
    let figure = |key: &str| sum(&report["emails"], key) + sum(&report["messages"], key);
    assert!(sends.len() > 100, "{}", sends.len());
    assert_eq!(sends.len() as u64, figure("sent"));
    for key in ["delivered", "opened", "clicked", "unsubscribed", "complained"] {
        assert_eq!(mark(key), figure(key), "{key}");
    }
    assert_eq!(leads.len() as u64, report["leads"]["simulated"].as_u64().unwrap());
    assert_eq!(leads.iter().map(|lead| lead["run.sent"].as_u64().unwrap()).sum::<u64>(), sends.len() as u64);
    let mut by_name: BTreeMap<&str, u64> = BTreeMap::new();
    for event in &events {
        *by_name.entry(event["event"].as_str().unwrap()).or_default() += 1;
    }
    let counted = report["events"].as_object().unwrap().iter().filter(|(_, count)| count.as_u64() != Some(0));
    let counted: BTreeMap<&str, u64> = counted.map(|(name, count)| (name.as_str(), count.as_u64().unwrap())).collect();
    assert_eq!(by_name, counted);
    for (segment, figures) in report["segments"].as_object().unwrap() {
        let is_in = |lead: &&Json| lead["run.segments"].as_array().unwrap().iter().any(|name| name == segment);
        assert_eq!(leads.iter().filter(is_in).count() as u64, figures["end"].as_u64().unwrap(), "{segment}");
    }
    for (stage, figures) in report["stages"].as_object().unwrap() {
        let count = leads.iter().filter(|lead| lead["stage"] == *stage).count() as u64;
        assert_eq!(count, figures["end"].as_u64().unwrap(), "{stage}");
    }
}

#[test]
fn a_further_run_begins_with_written_leads_without_a_word() {
    let tables = Tables::new();
    for ending in [".jsonl", ".csv", ".parquet"] {
        out(&tables.simulate(AOZORA, MADE_UP, ending));
        let leads = tables.path(&format!("leads{ending}"));
        let output = Command::new(env!("CARGO_BIN_EXE_tabiji"))
            .args(["simulate", AOZORA, "--no-events", "--format", "json", "--leads", &leads])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("unknown-column"), "{ending}: {said}");
    }
}

#[test]
fn tables_and_report_are_the_same_for_any_number_of_threads() {
    let (one, more) = (Tables::new(), Tables::new());
    let report = |tables: &Tables, threads: &str| {
        out(&tables.simulate(AOZORA, &[MADE_UP, &["--threads", threads]].concat(), ".csv"))
    };
    assert_eq!(report(&one, "1"), report(&more, "3"));
    let plain = out(&run(&[&["simulate", AOZORA], MADE_UP].concat()));
    assert_eq!(report(&one, "2"), plain, "to write rows changes no figure");
    for name in ["sends.csv", "events.csv", "leads.csv"] {
        assert_eq!(one.read(name), more.read(name), "{name}");
    }
    let ids = |text: &str| {
        let mut rows = text.lines().map(|row| row.split(','));
        let at = rows.next().unwrap().position(|column| column == "id").unwrap();
        rows.map(|mut row| row.nth(at).unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (mut sends, leads) = (ids(&one.read("sends.csv")), ids(&one.read("leads.csv")));
    sends.dedup();
    let mut rest = leads.iter();
    assert!(sends.iter().all(|id| rest.any(|lead| lead == id)), "in the order of the leads");
}

#[test]
fn tables_are_the_same_in_every_format() {
    let tables = Tables::new();
    for ending in [".jsonl", ".jsonl.gz", ".ndjson.zst", ".parquet", ".csv", ".csv.gz"] {
        out(&tables.simulate(FORMATS, &[], ending));
    }
    // Leads are read back by the same project, whatever they were written as.
    let described = |ending: &str| {
        let path = tables.path(&format!("leads{ending}"));
        let text = out(&run(&["leads", "stats", &path, "--project", FORMATS, "--format", "json"]));
        text.split("\"warnings\"").next().unwrap().to_owned()
    };
    for ending in [".jsonl.gz", ".ndjson.zst", ".parquet", ".csv.gz"] {
        assert_eq!(described(ending).replace("[]", ""), described(".jsonl").replace("[]", ""), "{ending}");
    }
}

#[test]
fn events_that_were_written_are_replayed() {
    let tables = Tables::new();
    // No retries: what happens to a mail is told once.
    for ending in [".jsonl", ".csv", ".parquet", ".jsonl.gz", ".csv.zst"] {
        out(&tables.simulate(FORMATS, &["--days", "40"], ending));
        let (events, again) = (tables.path(&format!("events{ending}")), tables.path("again.csv"));
        let written = format!("sends={again}");
        let told = out(&run(&["simulate", FORMATS, "--days", "40", "--events", &events, "--write", &written]));
        assert!(told.contains("replayed from"), "{told}");
        out(&run(&["simulate", FORMATS, "--days", "40", "--write", &format!("sends={}", tables.path("once.csv"))]));
        assert_eq!(tables.read("again.csv"), tables.read("once.csv"), "{ending}");
    }
    assert!(tables.read("once.csv").lines().count() > 15);
}

/// A project of one file, with its leads.
fn project(text: &str, leads: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tabiji.yaml"), text).unwrap();
    fs::write(folder.path().join("leads.csv"), leads).unwrap();
    folder
}

/// Names of properties that logs have for something else.
const NAMES: &str = r#"
project: names
simulation: {start: 2026-04-01, days: 30, leads: leads.csv}
events:
  ordered: {properties: {id: {type: text}, at: {type: date}, event: {type: text}, origin: {type: text}, messageId: {type: text}}}
personas:
  p:
    match: id != ""
    behavior:
      does:
        - {event: ordered, rate: 1 per 3 days, with: {id: o-1, at: 2026-05-01, event: sale, origin: shop, messageId: m-1}}
segments:
  buyers:
    when: count("ordered", where=event.id == "o-1" and event.at == "2026-05-01" and event.event == "sale" and event.origin == "shop" and event.messageId == "m-1") >= 2
journeys:
  j: {entry: {segment: buyers}, steps: [{id: a, task: {to: x, title: Hello}}]}
"#;

#[test]
fn properties_may_be_called_as_logs_call_something_else() {
    let folder = project(NAMES, "id\n1\n2\n3\n");
    let path = folder.path().to_str().unwrap();
    let entered = |more: &[&str]| {
        let report: Json =
            serde_json::from_str(&out(&run(&[&["simulate", path, "--format", "json"], more].concat()))).unwrap();
        (report["segments"]["buyers"]["end"].clone(), report["events"]["ordered"].clone())
    };
    let drawn = entered(&[]);
    assert_eq!(drawn.0, 3);
    for ending in [".jsonl", ".csv", ".parquet"] {
        let events = folder.path().join(format!("events{ending}"));
        out(&run(&["simulate", path, "--write", &format!("events={}", events.display())]));
        assert_eq!(entered(&["--events", events.to_str().unwrap()]), drawn, "{ending}");
    }
}

/// Leads of whom the next run has to know the same: a weak consent, one that is implied, and words of the project's own.
const AGAIN: &str = r#"
project: again
simulation: {start: 2026-04-01, days: 10, leads: leads.csv}
fields:
  country: {type: country, optional: true}
  last_purchase: {type: date, optional: true}
  size: {type: enum, values: [small, large]}
  newsletter: {type: boolean}
events: {purchased: {}}
lifecycle: {stages: [lead, customer]}
columns: {id: Record ID, email: E-mail, stage: Lifecycle stage}
values: {size: {small: large, large: small}, newsletter: {Subscribed: true, Unknown: false}, stage: {Subscriber: lead}}
topics:
  tips: {consent: opt_out}
  offers: {consent: opt_in}
  news: {consent: opt_in, granted: newsletter}
senders: {t: {from: {name: T, email: t@m.example.com}, address: "1 Road, Town"}}
policies:
  markets:
    - {name: eu, when: 'country == "DE"', consent: double_opt_in}
    - {name: ca, when: 'country == "CA"', consent: opt_in, implied: {event: purchased, for: 730 days, last: last_purchase}}
emails:
  a: {topic: tips, sender: t, subject: A tip, body: {markdown: "See https://example.com/x [leave us]({{ unsubscribe_url }})"}}
  b: {topic: offers, sender: t, subject: An offer, body: {markdown: "See https://example.com/y [leave us]({{ unsubscribe_url }})"}}
  c: {topic: news, sender: t, subject: The news, body: {markdown: "See https://example.com/z [leave us]({{ unsubscribe_url }})"}}
segments: {all: {when: id != ""}}
levels: {mail-flood: allow}
journeys:
  j: {entry: {segment: all}, steps: [{id: w, wait: 1 day}, {id: a, send: a}, {id: b, send: b}, {id: c, send: c}]}
"#;

#[test]
fn a_further_run_sends_what_it_may_and_no_more() {
    let rows = "Record ID,E-mail,Lifecycle stage,country,last_purchase,size,newsletter,consent.news,consent.news.at\n\
                1,a@example.com,Subscriber,DE,,small,Unknown,,\n\
                2,b@example.com,customer,US,,large,Subscribed,,\n\
                3,c@example.com,lead,CA,2026-03-01,small,Unknown,,\n\
                4,d@example.com,lead,US,,large,Subscribed,out,2026-01-01\n\
                5,e@example.com,lead,US,,large,Unknown,in,2026-02-01\n";
    let folder = project(AGAIN, rows);
    let path = folder.path().to_str().unwrap();
    let named = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (first, second) = (named("first.csv"), named("second.csv"));
    for ending in [".csv", ".jsonl", ".parquet"] {
        let (leads, again) = (named(&format!("written{ending}")), named(&format!("again{ending}")));
        let both = [format!("sends={first}"), format!("leads={leads}")];
        out(&run(&["simulate", path, "--write", &both[0], "--write", &both[1]]));
        let both = [format!("sends={second}"), format!("leads={again}")];
        let ran = run(&["simulate", path, "--leads", &leads, "--write", &both[0], "--write", &both[1]]);
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.success() && !said.contains("unknown-column"), "{ending}: {said}");
        let read = |file: &str| fs::read_to_string(file).unwrap();
        assert_eq!(read(&first), read(&second), "{ending}");
        assert_eq!(fs::read(&leads).unwrap(), fs::read(&again).unwrap(), "{ending}: what is written is written again");
    }
    assert!(fs::read_to_string(&first).unwrap().lines().count() > 4);
}

#[test]
fn figures_are_a_long_table() {
    let tables = Tables::new();
    let path = tables.path("figures.csv");
    let table = out(&run(&["simulate", AOZORA, "--leads-from-personas", "200", "--format", "csv"]));
    let output = format!("csv={path}");
    let json =
        out(&run(&["simulate", AOZORA, "--leads-from-personas", "200", "--format", "json", "--output", &output]));
    assert_eq!(tables.read("figures.csv"), table);
    let json: Json = serde_json::from_str(&json).unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["section", "name", "figure", "value", "low", "high", "level", "n"]);
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    let find = |section: &str, name: &str, figure: &str| {
        let is_it = |row: &&csv::StringRecord| (&row[0], &row[1], &row[2]) == (section, name, figure);
        let found: Vec<_> = rows.iter().filter(is_it).collect();
        assert_eq!(found.len(), 1, "{section} {name} {figure}");
        found[0].clone()
    };
    assert_eq!(find("leads", "", "read")[3], *"200");
    for (email, figures) in json["emails"].as_object().unwrap() {
        assert_eq!(find("emails", email, "sent")[3], figures["sent"].to_string());
    }
    for (kpi, figures) in json["kpis"].as_object().unwrap() {
        let row = find("kpis", kpi, "value");
        let end = |end: &str| figures["interval"].get(end).map_or(String::new(), Json::to_string);
        assert_eq!((row[4].to_owned(), row[5].to_owned()), (end("low"), end("high")), "{kpi}");
        let n = if figures["interval"].is_object() { figures["leads"].to_string() } else { String::new() };
        assert_eq!(row[7], n, "{kpi}");
    }
}

#[test]
fn what_cannot_be_written_leaves_nothing_behind() {
    let tables = Tables::new();
    let refused = |write: &[&str], words: &str| {
        let options = write.iter().flat_map(|write| ["--write", write]);
        let ran = run(&["simulate", FORMATS].into_iter().chain(options).collect::<Vec<_>>());
        let message = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert_eq!(ran.status.code(), Some(2), "{message}");
        assert!(message.contains(words), "{message}");
        assert!(tables.names().is_empty(), "{:?}", tables.names());
    };
    let (one, none) = (format!("sends={}", tables.path("a.csv")), format!("leads={}", tables.path("b.txt")));
    refused(&[&one, &none], "does not end in .csv");
    refused(&[&one, &format!("leads={}", tables.path("a.csv"))], "two results");
    refused(&["mails=a.csv"], "none of sends, events, leads");
    refused(&[&one, &format!("leads={}/no/b.csv", tables.path("x"))], "there is no folder");
    // A run that fails at its end, since its leads cannot be read on.
    let cut = Path::new(FORMATS).join("lines.ndjson.gz");
    let bytes = fs::read(cut).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cut = folder.path().join("cut.jsonl.gz");
    fs::write(&cut, &bytes[..bytes.len() - 40]).unwrap();
    let ran = run(&["simulate", FORMATS, "--leads", cut.to_str().unwrap(), "--write", &one]);
    assert_eq!(ran.status.code(), Some(2));
    assert!(tables.names().is_empty(), "{:?}", tables.names());
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_nothing_behind_and_says_how_far_it_came() {
    for signal in ["-INT", "-TERM"] {
        let tables = Tables::new();
        let written = tables.written(".csv");
        let more = ["--leads-from-personas", "50000000", "--output", "json=report.json"];
        let arguments: Vec<&str> =
            ["simulate", "."].into_iter().chain(more).chain(written.iter().map(String::as_str)).collect();
        let mut command = command(&arguments);
        let project = fs::canonicalize(FORMATS).unwrap();
        let child = command.current_dir(project).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Once rows are on the disk, the run is on its way.
        let begun = Instant::now();
        let has_rows = |name: &String| fs::metadata(tables.path(name)).is_ok_and(|known| known.len() > 100_000);
        while !tables.names().iter().any(has_rows) {
            assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", tables.names());
            std::thread::sleep(Duration::from_millis(20));
        }
        let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let ran = child.wait_with_output().unwrap();
        assert_eq!(ran.status.code(), Some(130));
        let message = String::from_utf8(ran.stderr).unwrap();
        let leads: u64 = message.split(' ').find_map(|word| word.trim_matches(';').parse().ok()).unwrap();
        assert!(message.starts_with("error: interrupted after ") && leads > 0, "{message}");
        assert!(tables.names().is_empty(), "{:?}", tables.names());
        assert!(ran.stdout.is_empty() && !Path::new(FORMATS).join("report.json").exists());
    }
}

/// Whatever a command waits for, a signal ends it, and it says so.
#[cfg(unix)]
#[test]
fn every_command_says_that_it_was_interrupted() {
    let each: [&[&str]; 5] = [
        &["simulate", ".", "--leads", "-", "--runs", "3"],
        &["simulate", ".", "--leads", "-", "--sensitivity"],
        &["leads", "stats", "-"],
        &["leads", "clean", "-"],
        &["fit", ".", "--events", "-"],
    ];
    for arguments in each {
        let mut command = command(arguments);
        let project = fs::canonicalize(FORMATS).unwrap();
        command.current_dir(project).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        // It waits for leads that nobody sends.
        std::thread::sleep(Duration::from_millis(1_500));
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(killed.success(), "{arguments:?}");
        // The input stays open until it has ended.
        let mut child = child;
        let input = child.stdin.take();
        let ran = child.wait_with_output().unwrap();
        drop(input);
        let message = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(130), "{arguments:?}: {message}");
        assert!(message.contains("error: interrupted"), "{arguments:?}: {message}");
    }
}
