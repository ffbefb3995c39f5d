//! What pages and Markdown say of runs that are not plain: rows that were refused, logs that were replayed, messages
//! without mails, leads that are not there.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::Path;
use std::process::Command;

const MINIMAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/minimal");

/// The page, the Markdown and the text of a run.
struct Reports {
    page: String,
    markdown: String,
    text: String,
}

fn reports(project: &Path, more: &[&str]) -> Reports {
    let folder = tempfile::tempdir().unwrap();
    let (page, markdown) = (folder.path().join("out.html"), folder.path().join("out.md"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabiji"));
    command.arg("simulate").arg(project).args(more).env("NO_COLOR", "1");
    command.arg("--report").arg(&page).arg("--output").arg(format!("markdown={}", markdown.display()));
    let output = command.output().unwrap();
    assert!(output.status.code().unwrap() < 2, "{}", String::from_utf8_lossy(&output.stderr));
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    Reports { page: read(&page), markdown: read(&markdown), text: String::from_utf8(output.stdout).unwrap() }
}

/// Texts of the elements of a page with this tag.
fn texts(page: &str, tag: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(page.strip_prefix("<!DOCTYPE html>\n").unwrap()).unwrap();
    let found = document.descendants().filter(|node| node.has_tag_name(tag));
    found
        .map(|node| node.descendants().filter(|inner| inner.is_text()).filter_map(|inner| inner.text()).collect())
        .collect()
}

fn has(texts: &[String], wanted: &str) -> bool {
    texts.iter().any(|text| text.contains(wanted))
}

fn project(yaml: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tabiji.yaml"), yaml).unwrap();
    folder
}

#[test]
fn rows_that_were_refused_are_in_every_report() {
    let folder = tempfile::tempdir().unwrap();
    let leads = folder.path().join("leads.csv");
    std::fs::write(&leads, "id,email,company,employees,newsletter,created_at\na,a@example.com,A,1,true,\na,b@example.com,B,1,true,\nb,b@example.com,B,1,true,2030-01-01\nc\n")
        .unwrap();
    let Reports { page, markdown, text } = reports(Path::new(MINIMAL), &["--leads", leads.to_str().unwrap()]);
    let counts = "4 read, 2 refused, 1 simulated, 1 created only after the run";
    assert!(text.contains(counts), "{text}");
    assert!(
        markdown.contains(&format!("- Leads: {counts}\n  - refused: bad-row 1, duplicate 1\n    - line 3: ")),
        "{markdown}"
    );
    assert!(has(&texts(&page, "p"), counts), "{page}");
    let lines = texts(&page, "li");
    assert!(
        has(&lines, "Refused: bad-row 1, duplicate 1") && has(&lines, "line 3: an earlier row has the id `a` too"),
        "{page}"
    );
    assert!(has(&texts(&page, "dd"), "2 refused, 1 created only after the run"), "{page}");
}

#[test]
fn a_replay_says_that_it_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let (leads, log) = (folder.path().join("leads.csv"), folder.path().join("web.jsonl"));
    std::fs::write(&leads, "id,email,company,employees,newsletter\na,a@example.com,A,1,true\n").unwrap();
    let line = |event: &str, properties: &str| {
        let time = "2026-04-21T20:57:18Z";
        format!("{{\"event\":\"{event}\",\"properties\":{{{properties}}},\"timestamp\":\"{time}\",\"userId\":\"a\"}}\n")
    };
    let lines = [
        line("guide_downloaded", "\"guide\":\"pricing\""),
        line("email_sent", "\"email\":\"guide\",\"journey\":\"guide\",\"step\":\"deliver\""),
        line("no_such_event", ""),
    ];
    std::fs::write(&log, lines.concat()).unwrap();
    let asked = ["--leads", leads.to_str().unwrap(), "--events", log.to_str().unwrap()];
    let Reports { page, markdown, .. } = reports(Path::new(MINIMAL), &asked);
    let head = texts(&page, "p");
    assert!(has(&head, "web.jsonl: 2 events of 1 lead, 1 of unknown name."), "{page}");
    assert!(!page.contains("Everything here is simulated"), "{page}");
    let heads = texts(&page, "h3");
    for title in ["Timelines", "Event logs", "Replay"] {
        assert!(heads.iter().any(|head| head == title), "{title}: {heads:?}");
    }
    assert!(markdown.contains("web.jsonl: 2 events of 1 lead, 1 of unknown name\n"), "{markdown}");
    assert!(has(&texts(&page, "li"), "Unknown: no_such_event 1"), "{page}");
    assert!(markdown.contains("- Timelines: ") && markdown.contains("### Replay\n"), "{markdown}");
    let plain = reports(Path::new(MINIMAL), &["--leads-from-personas", "20"]);
    assert!(plain.page.contains("Everything here is simulated") && !plain.page.contains("eplay"));
}

/// Messages by LINE, a KPI by journey, a score and a grade.
const LINE: &str = "project: line-only
timezone: Asia/Tokyo
simulation: {start: 2026-04-01, days: 30, seed: 1}
fields: {employees: {type: integer, min: 1}, line_id: {type: text}}
events: {x: {}}
channels: {line: {address: line_id, cost: 3}}
currency: JPY
personas: {a: {match: employees < 50, share: 60%, behavior: {messages: {line: {open: 80%, click: 20%}}, does: [{event: x, rate: 2 per week}]}}}
scoring: {eng: {label: 関心, rules: [{event: message_clicked, points: 3}]}}
grading: {fit: {bands: {A: 10, B: 0}, rules: [{when: employees > 10, points: 10}]}}
topics: {t: {label: LINE, consent: opt_out}}
policies: {frequency: [{at_most: 3, per: 7 days, on_excess: skip}]}
messages: {m: {label: LINEのごあいさつ, channel: line, topic: t, body: こんにちは}}
journeys: {j: {label: 旅, entry: {event: x, again: always}, steps: [{id: s, send: m}, {id: w, wait: 2 days}]}}
kpis: {spent: {cost: all, by: journey}}
";

#[test]
fn a_campaign_of_messages_does_not_look_empty() {
    let folder = project(LINE);
    let Reports { page, markdown, text } = reports(folder.path(), &["--leads-from-personas", "200", "--by", "journey"]);
    let names = texts(&page, "dt");
    assert!(
        has(&names, "Messages sent") && has(&names, "Contacts per lead") && !has(&names, "Mails sent"),
        "{names:?}"
    );
    assert!(!markdown.contains("**0** mails") && markdown.contains("messages of other channels"), "{markdown}");
    let heads = texts(&page, "h3");
    for title in ["Contacts per lead, all channels", "Journeys per lead", "Mails and messages that were not sent"] {
        assert!(has(&heads, title), "{title}: {heads:?}");
    }
    for line in ["- Contacts per lead, all channels: mean ", "- Journeys per lead: mean ", "### Messages not sent"] {
        assert!(markdown.contains(line), "{line}: {markdown}");
    }
    assert!(!text.contains("\nMails per lead "), "{text}");
    // Scores, grades, what was asked for by `--by`, and parts of KPIs are in all of them.
    for title in ["Scores", "Grades of fit", "Mails and messages by journey"] {
        assert!(text.contains(&format!("\n{title}")) && has(&heads, title), "{title}: {text}");
        assert!(markdown.contains(&format!("<summary><b>{title}</b></summary>")), "{title}: {markdown}");
    }
    assert!(has(&texts(&page, "th"), "journey 旅") && markdown.contains("| &emsp;journey 旅 | "), "{markdown}");
}

#[test]
fn a_run_without_leads_has_whole_sentences() {
    let folder = tempfile::tempdir().unwrap();
    let leads = folder.path().join("leads.csv");
    std::fs::write(&leads, "id,email,company,employees,newsletter\n").unwrap();
    let Reports { page, .. } = reports(Path::new(MINIMAL), &["--leads", leads.to_str().unwrap()]);
    let said = texts(&page, "p");
    assert!(has(&said, "No lead took part.") && has(&said, "Nobody entered."), "{said:?}");
    for broken in [" , ", ": .", "most .", "median ,"] {
        assert!(!has(&said, broken), "{broken}: {said:?}");
    }
}

#[test]
fn days_of_drawings_are_in_tables() {
    let Reports { page, .. } = reports(Path::new(MINIMAL), &["--leads-from-personas", "50"]);
    let captions = texts(&page, "caption");
    assert!(has(&captions, "Mails sent each day"), "{captions:?}");
    assert!(page.contains("Its figures are those of the table above."));
}
