//! The project's own tests: those written from a simulation pass, and results are what CI systems read.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tabiji::backend::sim::{self, Fact, Options};
use tabiji::ir::{Lead, Row};
use tabiji::scenario::{self, Recorded};
use tabiji::{leads, pipeline, plan};

fn tabiji(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabiji")).args(arguments).env("NO_COLOR", "1").output().unwrap()
}

/// Copies a project without its tests.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &target),
            false if path.file_name() == Some("tests.yaml".as_ref()) => {}
            false => drop(fs::copy(&path, target).unwrap()),
        }
    }
}

/// The leads of an example, each so many.
fn some_leads(root: &Path, plan: &plan::Plan, each: usize) -> Vec<Lead> {
    let file = fs::File::open(root.join("leads/sample.csv")).unwrap();
    let reader = leads::open(leads::Format::Csv, file, &plan.campaign).ok().unwrap();
    reader.step_by(each).filter_map(Result::ok).collect()
}

/// Writes a test from each of these leads, and runs them all. What is sent is what was sent in the simulation.
fn tests_from_a_simulation_pass(example: &str, each: usize) {
    let folder = tempfile::tempdir().unwrap();
    copy(Path::new(example), folder.path());
    let plan = plan::build(&pipeline::check(folder.path()).ok().unwrap().campaign.unwrap()).unwrap();
    let mut yaml = String::new();
    let leads = some_leads(folder.path(), &plan, each);
    assert!(!leads.is_empty());
    for lead in &leads {
        let rows: Vec<Row> = vec![Ok(lead.clone())];
        let options = Options { trace: Some(lead.id.clone()), ..Options::default() };
        let outcome = sim::run(&plan, &mut rows.into_iter(), &options, &|_| {}).unwrap();
        let run = &outcome.run;
        let recorded = Recorded {
            name: &lead.id,
            lead,
            facts: &outcome.facts,
            start: &run.start,
            start_secs: run.start_secs,
            days: run.days,
        };
        let text = scenario::record(&plan, &recorded).unwrap();
        let sent = outcome.facts.iter().filter(|noted| matches!(noted.fact, Fact::Sent { .. })).count();
        assert_eq!(text.matches("- {send: ").count(), sent, "{text}");
        yaml.push_str(text.strip_prefix(if yaml.is_empty() { "" } else { "tests:\n" }).unwrap());
    }
    fs::write(folder.path().join("tests.yaml"), yaml).unwrap();
    let output = tabiji(&["test", folder.path().to_str().unwrap()]);
    let printed = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    let failed: String =
        printed.lines().filter(|line| !line.starts_with("ok ")).take(60).collect::<Vec<_>>().join("\n");
    assert!(output.status.success(), "{failed}");
    assert!(printed.contains(&format!("{} tests, 0 failed", leads.len())), "{failed}");
}

#[test]
fn tests_from_a_simulation_pass_in_the_small_example() {
    tests_from_a_simulation_pass("examples/minimal", 1);
}

#[test]
fn tests_from_a_simulation_pass_in_the_large_example() {
    tests_from_a_simulation_pass("examples/aozora-cloud", 8);
}

/// What a leads file says of consent is written as it says it: who left, who has still to confirm, and since when.
#[test]
fn tests_from_a_simulation_tell_consent_as_the_leads_file_does() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = "project: consents\nsimulation: {start: 2026-04-01, days: 10}\nevents: {bought: {}}\n\
                policies: {markets: [{name: all, when: id != \"\", implied: {event: bought, for: 9 days}}]}\n\
                topics:\n  news: {consent: double_opt_in, confirmation: {email: c, within: 5 days}}\n  tips: {consent: opt_in}\n  other: {consent: opt_in}\n  account: {kind: transactional}\n\
                senders: {us: {from: {email: us@mail.example.com}}}\nemails:\n  c: {topic: account, sender: us, subject: Hello, body: {markdown: \"{{ confirm_url }}\"}}\n  \
                t: {topic: tips, sender: us, subject: Hello, body: {markdown: \"{{ unsubscribe_url }}\"}}\n\
                segments: {all: {when: id != \"\"}}\njourneys:\n  j: {entry: {segment: all}, steps: [{id: a, emit: bought}, {id: b, send: t}]}\n  \
                lapsed: {entry: {event: subscription_expired}, steps: [{id: a, task: {to: sales, title: Call}}]}\n  \
                year: {entry: {segment: all, when: 'days_since_consent(\"other\") >= 12'}, steps: [{id: a, task: {to: us, title: Call}}]}\n";
    fs::write(folder.path().join("tabiji.yaml"), yaml).unwrap();
    let leads = "id,email,consent.news,consent.news.at,consent.tips,consent.other,consent.other.at\n\
                 l,l@mail.example.com,pending,2026-03-29 09:00,out,in,2026-03-19\n";
    fs::write(folder.path().join("leads.csv"), leads).unwrap();
    let (root, file) = (folder.path().to_str().unwrap(), folder.path().join("leads.csv"));
    let output = tabiji(&["test", "new", "--from-sim", "l", "--leads", file.to_str().unwrap(), root]);
    let text = String::from_utf8(output.stdout).unwrap();
    let said =
        "consent: {news: {is: pending, since: 2026-03-29 09:00}, other: {is: in, since: 2026-03-19 00:00}, tips: out}";
    assert!(text.contains(said), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for came in
        ["skipped: t, reason: no-consent", "task: sales, at: 2026-04-03 09:00", "task: us, at: 2026-04-01 00:00"]
    {
        assert!(text.contains(came), "{text}");
    }
    fs::write(folder.path().join("tests.yaml"), &text).unwrap();
    let Output { status, stdout, stderr } = tabiji(&["test", root]);
    let printed = String::from_utf8_lossy(&stdout) + String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{text}{printed}");
}

#[test]
fn only_what_there_is_a_choice_of_is_left_to_chance() {
    let run = |count: usize| {
        let folder = tempfile::tempdir().unwrap();
        let yaml = format!(
            "project: shop\nsimulation: {{start: 2026-04-01, days: 10}}\nevents: {{bought: {{properties: {{sku: {{type: text}}}}}}}}\ncatalogs:\n  goods: {{file: items.csv, key: sku, fields: {{}}, \
             purchases: {{event: bought, item: sku}}, orders: orders.csv, recommend: {{count: {count}, at_least: 1}}}}\n\
             segments: {{has: {{when: 'bought(\"goods\", \"A-1\")'}}}}\n\
             journeys:\n  j: {{entry: {{segment: has}}, steps: [{{id: a, task: {{to: sales, title: Call}}}}]}}\n\
             tests:\n  t:\n    lead: {{}}\n    timeline: [{{at: 1 day, event: bought, with: {{sku: recommended}}}}]\n    expect: [{{task: sales, at: 1 day}}]\n"
        );
        for (name, text) in [
            ("tabiji.yaml", yaml.as_str()),
            ("items.csv", "sku\nA-1\nA-2\n"),
            ("orders.csv", "customer,sku\na@example.com,A-1\nb@example.com,A-1\nb@example.com,A-2\n"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let Output { status, stdout, stderr } = tabiji(&["test", folder.path().to_str().unwrap()]);
        (status.success(), String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr))
    };
    let (passed, said) = run(1);
    assert!(passed, "{said}");
    let (passed, said) = run(2);
    assert!(!passed && said.contains("the item of `goods` that is bought is drawn at"), "{said}");
}

#[test]
fn tests_leave_no_trace_in_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    copy(Path::new("examples/minimal"), folder.path());
    let build = |root: &Path| plan::build(&pipeline::check(root).ok().unwrap().campaign.unwrap()).unwrap();
    assert_eq!(build(folder.path()), build(Path::new("examples/minimal")));
}

#[test]
fn what_only_a_test_names_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    copy(Path::new("tests/fixtures/warned"), folder.path());
    let tests = "tests:\n  t:\n    expect: [{segment: everybody, at: 0}]\n    start: 2026-04-01\n";
    fs::write(folder.path().join("tests.yaml"), tests).unwrap();
    let findings = pipeline::check(folder.path()).ok().unwrap().findings;
    assert_eq!(findings.len(), 1, "{findings:?}");
}

#[test]
fn junit_results_have_the_structure_that_ci_systems_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.xml");
    let output = tabiji(&["test", "tests/fixtures/tested", "--output", &format!("junit={}", path.display())]);
    assert_eq!(output.status.code(), Some(1));
    let xml = fs::read_to_string(path).unwrap();
    let document = roxmltree::Document::parse(&xml).unwrap();
    let suites = document.root_element();
    let suite = suites.first_element_child().unwrap();
    assert_eq!((suites.tag_name().name(), suite.tag_name().name()), ("testsuites", "testsuite"));
    for element in [suites, suite] {
        assert_eq!((element.attribute("tests"), element.attribute("failures")), (Some("3"), Some("2")));
        assert_eq!(element.attribute("errors"), Some("0"));
    }
    assert_eq!(suite.attribute("name"), Some("tested"));
    let cases: Vec<_> = suite.children().filter(roxmltree::Node::is_element).collect();
    let names: Vec<_> = cases.iter().map(|case| (case.tag_name().name(), case.attribute("name").unwrap())).collect();
    assert_eq!(names, [("testcase", "fails"), ("testcase", "passes"), ("testcase", "says-too-little")]);
    for case in &cases {
        let path = case.attribute("file").unwrap();
        let line: usize = case.attribute("line").unwrap().parse().unwrap();
        let text = fs::read_to_string(Path::new("tests/fixtures/tested").join(path)).unwrap();
        assert!(text.lines().nth(line - 1).unwrap().contains(case.attribute("name").unwrap()));
        assert_eq!(case.attribute("classname"), Some("tested"));
        assert_eq!(case.attribute("time"), Some("0"));
        let failure = case.first_element_child();
        assert_eq!(failure.is_none(), case.attribute("name") == Some("passes"));
        if let Some(failure) = failure {
            assert_eq!((failure.tag_name().name(), failure.attribute("type")), ("failure", Some("failed-expectation")));
            assert!(failure.attribute("message").is_some_and(|message| !message.is_empty()));
            assert!(failure.text().is_some_and(|text| text.contains("tests.yaml:")));
        }
    }
}

#[test]
fn results_are_the_same_bytes_each_time() {
    for format in ["text", "json", "junit"] {
        let run = || tabiji(&["test", "tests/fixtures/tested", "--format", format, "--coverage"]).stdout;
        assert_eq!(run(), run());
    }
}

#[test]
fn a_test_is_written_under_a_name_that_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("m");
    copy(Path::new("examples/minimal"), &root);
    fs::copy("examples/minimal/tests.yaml", root.join("tests.yaml")).unwrap();
    let root = root.to_str().unwrap();
    let file = folder.path().join("new.yaml");
    let long = "x".repeat(65);
    for (name, why) in [
        ("bad name", "`bad name` cannot be a name; names have"),
        ("1a", "cannot be a name"),
        ("", "cannot be a name"),
        (long.as_str(), "is too long"),
        ("a-larger-company-gets-a-call", "the project has a test `a-larger-company-gets-a-call` already"),
    ] {
        let output =
            tabiji(&["test", "new", root, "--from-sim", "L01", "--name", name, "--output", file.to_str().unwrap()]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        assert!(said.contains(why), "{name}: {said}");
        assert!(!file.exists(), "{name}");
    }
}

#[test]
fn lists_of_tests_have_the_format_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.json");
    let output = format!("json={}", file.display());
    let listed = tabiji(&["test", "tests/fixtures/tested", "--list", "--output", &output]);
    assert!(String::from_utf8(listed.stdout).unwrap().starts_with("fails  "));
    let list: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(list["tests"][1]["name"], "passes");
    assert!(list["tests"][1]["line"].as_u64().is_some());
    assert_eq!(tabiji(&["test", "tests/fixtures/tested", "--list", "--format", "junit"]).status.code(), Some(2));
}
