//! The plan is about what a campaign means: how it is written down leaves no trace in it.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::TestRng;
use serde_json::{Value, json};
use tabiji::pipeline;
use tabiji::plan::{self, Plan, PlanError};

/// A project as data: kind, name, definition. Settings stand under an empty kind.
fn rich() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("", "project", json!("rich")),
        ("", "timezone", json!("Asia/Tokyo")),
        ("", "currency", json!("JPY")),
        ("", "simulation", json!({"start": "2026-04-01", "days": 30, "seed": 7})),
        ("", "levels", json!({"unused-definition": "allow", "unsent-email": "allow"})),
        ("", "columns", json!({"業種": "Industry", "employees": "Number of employees"})),
        ("", "values", json!({"業種": {"Manufacturing": "製造業", "Retail": "小売業"}})),
        ("", "absent", json!(["Select", ""])),
        ("fields", "業種", json!({"type": "enum", "values": ["製造業", "小売業"], "label": "業種"})),
        ("fields", "employees", json!({"type": "integer", "min": 1, "max": 100000.5})),
        ("fields", "company", json!({"type": "text"})),
        ("fields", "department", json!({"type": "text", "optional": true})),
        ("fields", "interests", json!({"type": "set", "values": ["security", "cloud"], "optional": true})),
        ("fields", "since", json!({"type": "date", "optional": true})),
        ("fields", "newsletter", json!({"type": "boolean"})),
        (
            "events",
            "form_submitted",
            json!({"properties": {"form": {"type": "enum", "values": ["a", "b"]}, "pages": {"type": "integer", "optional": true}, "company_name": {"type": "text", "optional": true}}, "sets": {"department": "company_name"}}),
        ),
        ("events", "ordered", json!({"properties": {"order_id": {"type": "text"}, "amount": {"type": "money"}}})),
        (
            "personas",
            "manager",
            json!({"match": "employees >= 100", "share": "30%", "needs": ["止めない運用"], "behavior": {
                "email": {"open": "38%", "click": "9%"},
                "delay": {"open": {"median": "4h", "p90": "30h"}},
                "fatigue": {"open": "-8% per mail in 7 days"},
                "does": [{"event": "form_submitted", "with": {"form": "a", "pages": 3}, "rate": "0.4 per week"},
                         {"event": "ordered", "with": {"order_id": "x", "amount": 12.5}, "after": "email_clicked", "chance": "8%", "within": "1 day"}]}}),
        ),
        ("personas", "everybody", json!({"match": "employees >= 1", "share": "70%"})),
        (
            "scoring",
            "engagement",
            json!({"default": true, "range": [0, 200], "rules": [
                {"event": "email_opened", "points": 2, "at_most": "1 per day"},
                {"event": "form_submitted", "where": "event.form == \"a\"", "points": 10}],
                "decay": {"points": -5, "every": "14 days", "without": ["email_opened"]}}),
        ),
        ("scoring", "product", json!({"rules": [{"event": "ordered", "points": 5}]})),
        (
            "grading",
            "fit",
            json!({"rules": [{"when": "employees >= 100", "points": 30}, {"when": "業種 == \"製造業\"", "points": 5}], "bands": {"A": 30, "B": 5, "C": 0}}),
        ),
        (
            "lifecycle",
            "",
            json!({"stages": ["lead", "mql", "customer"], "moves": [
                {"from": "lead", "to": "mql", "when": "score > 100 and grade in [\"A\", \"B\"]"},
                {"from": "mql", "to": "customer", "event": "ordered", "where": "event.amount >= 1.5"},
                {"from": "mql", "to": "lead", "after": "180 days", "reason": "recycle"}]}),
        ),
        ("segments", "hot", json!({"when": "score >= 60 and not in_list(\"competitors\")", "label": "今すぐ客"})),
        (
            "segments",
            "hotter",
            json!({"when": "in_segment(\"hot\") and 'cloud' in interests and days_since(since) < 30"}),
        ),
        ("lists", "competitors", json!({})),
        ("topics", "news", json!({"consent": "opt_in", "granted": "newsletter"})),
        ("topics", "account", json!({"kind": "transactional"})),
        ("senders", "team", json!({"from": {"name": "青空", "email": "news@aozora.example"}, "address": "東京都"})),
        (
            "policies",
            "",
            json!({"frequency": [{"at_most": 1, "per": "1 day", "on_excess": "delay"}, {"at_most": 8, "per": "calendar month", "counts": "news"}],
                   "quiet_hours": {"from": "21:00", "to": "08:00", "also": ["sun", "sat"]},
                   "bounces": {"soft": {"retry": 3, "every": "6h", "suppress_after": 5}, "hard": "suppress"}}),
        ),
        (
            "emails",
            "thanks",
            json!({"topic": "account", "sender": "team", "subject": "{{ company }}様: ありがとうございます", "body": {"markdown": "Hello {{ department | default(\"all\") }}\n\nYes: \"no\" # 'on' \\ done\n"}}),
        ),
        (
            "emails",
            "offer",
            json!({"topic": "news", "sender": "team", "subject": "Offer", "preheader": "- a, b: {c}", "body": {"html": "<p>{{ company }}</p><p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a></p>"}, "repeat": "after 90 days", "appeal": {"open": "x1.2"}}),
        ),
        (
            "journeys",
            "nurture",
            json!({"label": "育成", "priority": 5,
                "entry": {"event": "form_submitted", "where": "event.form == \"a\"", "when": "stage == \"lead\"", "again": "after 90 days"},
                "exit_when": "stage == \"customer\"", "goal": {"when": "score > 150", "within": "30 days"},
                "steps": [
                    {"id": "thanks", "send": "thanks"},
                    {"id": "settle", "wait": "2 days"},
                    {"id": "reads", "wait_for": {"event": "email_clicked", "where": "event.email == \"thanks\"", "within": "4 days"},
                     "timeout": [{"id": "remind", "send": "offer", "max_hold": "1 day"}]},
                    {"id": "ready", "branch": [
                        {"if": "score >= 60", "steps": [{"id": "call", "task": {"to": "sales", "title": "{{ company }}に電話"}}]},
                        {"if": "persona == \"manager\"", "steps": [{"id": "set", "set": {"department": "開発", "interests": ["cloud", "security"]}}]}],
                     "else": []},
                    {"id": "test", "split": [
                        {"name": "b", "weight": 40, "steps": [{"id": "points", "score": {"engagement": 10, "product": -3}}]},
                        {"name": "a", "weight": 50.5, "steps": []},
                        {"name": "holdout", "weight": 9.5, "steps": [{"id": "out", "exit": "held-out"}]}]},
                    {"id": "tuesday", "wait": {"until": "tue 10:00"}},
                    {"id": "again", "start": "other"}]}),
        ),
        (
            "journeys",
            "orders",
            json!({"entry": {"event": "ordered", "key": "event.order_id", "at_once": 3},
                "steps": [{"id": "list", "list": {"add": "competitors"}}, {"id": "topic", "topic": {"subscribe": "news"}},
                          {"id": "emit", "emit": {"event": "form_submitted", "with": {"form": "b"}}}, {"id": "stage", "stage": "mql"}]}),
        ),
        ("journeys", "other", json!({"entry": {"called": true}, "steps": [{"id": "bye", "exit": "done"}]})),
        (
            "journeys",
            "weekly",
            json!({"entry": {"schedule": {"segment": "hotter", "every": "mon 09:00"}, "again": "always"}, "ends": "2026-06-30 00:00",
                "steps": [{"id": "offer", "send": "offer"}]}),
        ),
        (
            "pages",
            "landing",
            json!({"path": "/landing", "variants": {"short": {"weight": 50}, "long": {"weight": 30}, "bare": {"weight": 20}}}),
        ),
        ("moved", "", json!([{"from": "journeys.old", "to": "journeys.nurture"}])),
    ]
}

/// The ways in which one campaign can be written.
struct Writer {
    rng: TestRng,
}

impl Writer {
    fn chance(&mut self, of: u32) -> bool {
        self.below(of) == 0
    }

    fn below(&mut self, bound: u32) -> u32 {
        self.rng.next_u32() % bound
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = self.below(u32::try_from(at + 1).unwrap()) as usize;
            items.swap(at, other);
        }
    }

    /// Writes a project to a folder: definitions in any file, in any order, but personas in their own.
    fn project(&mut self, definitions: &[(&str, &str, Value)], folder: &Path) {
        let mut files: BTreeMap<&str, Vec<(&str, &str, &Value)>> = BTreeMap::from([("tabiji.yaml", Vec::new())]);
        let mut order: Vec<_> = definitions.iter().collect();
        self.shuffle(&mut order);
        for (kind, name, value) in order {
            let file = if kind.is_empty() {
                "tabiji.yaml"
            } else if *kind == "personas" {
                "people.yaml"
            } else {
                ["tabiji.yaml", "a.yaml", "people.yaml", "deep/er/z.yml", "旅.yaml"][self.below(5) as usize]
            };
            files.entry(file).or_default().push((kind, name, value));
        }
        for (file, definitions) in files {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text = self.file(definitions);
            fs::write(path, text).unwrap();
        }
    }

    fn file(&mut self, definitions: Vec<(&str, &str, &Value)>) -> String {
        let mut kinds: Vec<(&str, Vec<(&str, &Value)>)> = Vec::new();
        for (kind, name, value) in definitions {
            let alone = kind.is_empty() || name.is_empty();
            match kinds.iter_mut().find(|(known, _)| *known == kind && !alone) {
                Some((_, named)) => named.push((name, value)),
                None => kinds.push((kind, vec![(name, value)])),
            }
        }
        let mut text = String::new();
        for (kind, mut named) in kinds {
            self.comment(0, &mut text);
            if kind == "personas" {
                named.sort_by_key(|(name, _)| *name != "manager"); // their order has meaning
            }
            match named.as_slice() {
                [(name, value)] if kind.is_empty() => self.entry(name, value, 0, &mut text),
                [("", value)] => self.entry(kind, value, 0, &mut text),
                named => {
                    let _ = writeln!(text, "{kind}:");
                    for (name, value) in named {
                        self.entry(name, value, 2, &mut text);
                    }
                }
            }
        }
        if self.chance(4) { text.replace('\n', "\r\n") } else { text }
    }

    fn comment(&mut self, indent: usize, text: &mut String) {
        if self.chance(4) {
            let _ = writeln!(text, "{}# a remark: [of] {{no}} 'import'", " ".repeat(indent));
        }
        if self.chance(6) {
            text.push('\n');
        }
    }

    fn entry(&mut self, key: &str, value: &Value, indent: usize, text: &mut String) {
        self.comment(indent, text);
        let key = if self.chance(4) { format!("\"{key}\"") } else { key.to_owned() };
        let _ = write!(text, "{}{key}:", " ".repeat(indent));
        self.value(value, indent, text);
    }

    /// A value after its key or dash, up to the end of its line.
    fn value(&mut self, value: &Value, indent: usize, text: &mut String) {
        let inner = indent + 2 + self.below(3) as usize;
        match value {
            Value::Object(entries) if !entries.is_empty() && !self.chance(3) => {
                text.push('\n');
                for (key, value) in self.shuffled(entries) {
                    self.entry(key, value, inner, text);
                }
            }
            Value::Array(items) if !items.is_empty() && !self.chance(3) => {
                text.push('\n');
                for item in items {
                    self.comment(inner, text);
                    let _ = write!(text, "{}-", " ".repeat(inner));
                    self.value(item, inner, text);
                }
            }
            Value::String(said) if said.ends_with('\n') && !said.contains("\n\n\n") && self.chance(2) => {
                text.push_str(" |\n");
                for line in said.lines() {
                    let blanks = if line.is_empty() { 0 } else { inner };
                    let _ = writeln!(text, "{}{line}", " ".repeat(blanks));
                }
            }
            _ => {
                text.push(' ');
                self.flow(value, text);
                text.push_str(if self.chance(8) { " # said so\n" } else { "\n" });
            }
        }
    }

    fn flow(&mut self, value: &Value, text: &mut String) {
        match value {
            Value::Object(entries) => {
                text.push('{');
                for (at, (key, value)) in self.shuffled(entries).into_iter().enumerate() {
                    let _ = write!(text, "{}{key}: ", if at > 0 { ", " } else { "" });
                    self.flow(value, text);
                }
                text.push('}');
            }
            Value::Array(items) => {
                text.push('[');
                for (at, item) in items.iter().enumerate() {
                    text.push_str(if at > 0 { ", " } else { "" });
                    self.flow(item, text);
                }
                text.push(']');
            }
            Value::String(said) => self.scalar(said, text),
            Value::Null | Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
        }
    }

    fn scalar(&mut self, said: &str, text: &mut String) {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '%' | '@');
        let plain = said.starts_with(|c: char| c.is_alphabetic()) && said.chars().all(is_word);
        match self.below(3) {
            0 if plain => text.push_str(said),
            1 if !said.contains('\n') => {
                let _ = write!(text, "'{}'", said.replace('\'', "''"));
            }
            _ => text.push_str(&json!(said).to_string()),
        }
    }

    fn shuffled<'v>(&mut self, entries: &'v serde_json::Map<String, Value>) -> Vec<(&'v String, &'v Value)> {
        let mut entries: Vec<_> = entries.iter().collect();
        self.shuffle(&mut entries);
        entries
    }
}

fn plan_of(root: &Path) -> Plan {
    let checked = pipeline::findings(root).unwrap();
    // A change may make a condition one that never holds, which is worth a warning and has a plan.
    let errors: Vec<_> =
        checked.findings.iter().filter(|found| found.level == tabiji::diag::Level::Error).cloned().collect();
    let text = tabiji::diag::human(&errors, &checked.sources, tabiji::diag::Style::default());
    assert_eq!(text, "");
    plan::build(&checked.campaign.unwrap()).unwrap()
}

fn written(definitions: &[(&str, &str, Value)], rng: TestRng) -> Plan {
    let folder = tempfile::tempdir().unwrap();
    Writer { rng }.project(definitions, folder.path());
    plan_of(folder.path())
}

fn fixed() -> TestRng {
    TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha)
}

/// The rich project with one definition changed.
fn changed(kind: &str, name: &str, change: impl Fn(&mut Value)) -> Plan {
    let mut definitions = rich();
    let (_, _, value) = definitions.iter_mut().find(|(of, known, _)| *of == kind && *known == name).unwrap();
    change(value);
    written(&definitions, fixed())
}

/// The parts in which two plans differ.
fn differing(left: &Plan, right: &Plan) -> Vec<String> {
    let addresses = left.parts.keys().chain(right.parts.keys());
    let mut differing: Vec<String> =
        addresses.filter(|address| left.parts.get(*address) != right.parts.get(*address)).cloned().collect();
    differing.sort();
    differing.dedup();
    differing
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_way_of_writing_leaves_no_trace(rng in any::<u64>().prop_perturb(|_, rng| rng)) {
        let first = written(&rich(), fixed());
        let second = written(&rich(), rng);
        prop_assert_eq!(first.to_json().unwrap(), second.to_json().unwrap());
    }

    #[test]
    fn laying_files_out_leaves_no_trace(rng in any::<u64>().prop_perturb(|_, rng| rng)) {
        let folder = tempfile::tempdir().unwrap();
        Writer { rng }.project(&rich(), folder.path());
        let before = plan_of(folder.path());
        for file in tabiji::project::open(folder.path()).unwrap() {
            let text = file.text.unwrap();
            let laid_out = laid_out(&text);
            prop_assert_eq!(text.matches("# a remark").count(), laid_out.matches("# a remark").count());
            prop_assert_eq!(&laid_out, &self::laid_out(&laid_out));
            fs::write(folder.path().join(file.path), laid_out).unwrap();
        }
        prop_assert_eq!(before.to_json().unwrap(), plan_of(folder.path()).to_json().unwrap());
    }
}

fn laid_out(text: &str) -> String {
    let mut sink = tabiji::diag::Sink::default();
    let document = tabiji::syntax::parse(tabiji::text::FileId(0), text, &mut sink).unwrap();
    tabiji::format::format(text, &document).unwrap()
}

#[test]
fn a_change_shows_in_its_part_and_in_the_whole() {
    let before = written(&rich(), fixed());
    let cases = [
        ("journeys.weekly", changed("journeys", "weekly", |value| value["entry"]["again"] = json!("never"))),
        ("journeys.nurture", changed("journeys", "nurture", |value| value["steps"][1]["wait"] = json!("3 days"))),
        ("emails.thanks", changed("emails", "thanks", |value| value["subject"] = json!("Thanks"))),
        ("segments.hot", changed("segments", "hot", |value| value["when"] = json!("score >= 61"))),
        ("fields.employees", changed("fields", "employees", |value| value["max"] = json!(5))),
        ("topics.news", changed("topics", "news", |value| value["consent"] = json!("double_opt_in"))),
        ("policies", changed("policies", "", |value| value["frequency"][0]["at_most"] = json!(2))),
        ("lifecycle", changed("lifecycle", "", |value| value["moves"][2]["after"] = json!("90 days"))),
        ("personas", changed("personas", "manager", |value| value["share"] = json!("20%"))),
        ("settings", changed("", "timezone", |value| *value = json!("Europe/London"))),
    ];
    for (address, after) in cases {
        assert_eq!(differing(&before, &after), [address]);
        assert_ne!(before.hash, after.hash, "{address}");
    }
}

#[test]
fn the_same_meaning_in_other_words_is_the_same_plan() {
    let before = written(&rich(), fixed());
    let same = [
        changed("journeys", "nurture", |value| value["steps"][1]["wait"] = json!("48 hours")),
        changed("segments", "hot", |value| value["when"] = json!("(score>=60)   and (not in_list('competitors'))")),
        changed("policies", "", |value| value["quiet_hours"]["also"] = json!(["sat", "sun"])),
        changed("personas", "manager", |value| value["share"] = json!("30.0%")),
        changed("", "simulation", |value| value["days"] = json!(30)),
    ];
    for after in same {
        assert_eq!(differing(&before, &after), Vec::<String>::new());
        assert_eq!(before.to_json().unwrap(), after.to_json().unwrap());
    }
}

#[test]
fn the_order_of_what_has_an_order_counts() {
    let before = written(&rich(), fixed());
    let swapped = changed("scoring", "engagement", |value| value["rules"].as_array_mut().unwrap().swap(0, 1));
    assert_eq!(differing(&before, &swapped), ["scoring.engagement"]);
    let stages = changed("lifecycle", "", |value| value["stages"] = json!(["lead", "customer", "mql"]));
    assert!(differing(&before, &stages).contains(&"lifecycle".to_owned()));
}

#[test]
fn a_plan_reads_back_as_it_was() {
    let examples = fs::read_dir("examples").unwrap().map(|entry| entry.unwrap().path());
    let mut plans: Vec<Plan> =
        examples.filter(|path| path.join("tabiji.yaml").is_file()).map(|path| plan_of(&path)).collect();
    assert!(!plans.is_empty());
    plans.push(written(&rich(), fixed()));
    for plan in plans {
        let text = plan.to_json().unwrap();
        let back = Plan::from_json(&text).unwrap();
        // Places in files are no part of a plan, so that texts are what can be compared.
        assert_eq!(back.to_json().unwrap(), text);
        assert_eq!(plan::build(&back.campaign).unwrap().to_json().unwrap(), text);
        let compact = serde_json::to_string(&serde_json::from_str::<Value>(&text).unwrap()).unwrap();
        assert_eq!(Plan::from_json(&compact).unwrap().to_json().unwrap(), text, "spacing means nothing");
    }
}

#[test]
fn the_committed_schema_describes_plans() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/plan.schema.json");
    let generated = format!("{:#}\n", plan::json_schema());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&committed, &generated).unwrap();
    }
    assert!(
        fs::read_to_string(&committed).unwrap() == generated,
        "the types have changed: run the tests with UPDATE_SCHEMA=1 and read the difference"
    );
    let validator = jsonschema::draft7::new(&plan::json_schema()).unwrap();
    for example in ["examples/minimal", "examples/aozora-cloud"] {
        let plan: Value = serde_json::from_str(&plan_of(Path::new(example)).to_json().unwrap()).unwrap();
        let faults: Vec<String> = validator.iter_errors(&plan).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{example}: {faults:?}");
    }
}

#[test]
fn a_plan_changed_by_hand_is_refused() {
    let text = written(&rich(), fixed()).to_json().unwrap();
    for (from, to) in [("\"days\": 30", "\"days\": 31"), ("60", "61"), ("青空", "赤空"), ("opt_in", "opt_out")] {
        assert!(text.contains(from), "{from}");
        let tampered = text.replacen(from, to, 1);
        assert!(matches!(Plan::from_json(&tampered), Err(PlanError::Hash | PlanError::Malformed(_))), "{from}");
    }
    let mut tree: Value = serde_json::from_str(&text).unwrap();
    let mut refuse = |change: &dyn Fn(&mut Value), wanted: fn(&PlanError) -> bool| {
        let before = tree.clone();
        change(&mut tree);
        let error = Plan::from_json(&tree.to_string()).unwrap_err();
        assert!(wanted(&error), "{error}");
        tree = before;
    };
    refuse(&|tree| tree["hash"] = json!("sha256:0"), |error| *error == PlanError::Hash);
    refuse(&|tree| tree["parts"]["journeys.other"] = json!("sha256:0"), |error| *error == PlanError::Hash);
    refuse(&|tree| tree["format_version"] = json!(2), |error| *error == PlanError::Version(2));
    refuse(&|tree| tree["campaign"] = json!({}), |error| matches!(error, PlanError::Hash | PlanError::Malformed(_)));
    for text in ["", "{}", "[]", "null", "{\"format_version\": -1}", &text[..text.len() / 2]] {
        assert!(matches!(Plan::from_json(text), Err(PlanError::Malformed(_))), "{text:.20}");
    }
}
