//! `plan --against`, `accept`, `diff` and `log` as a user types them, in a git repository.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A small project: one segment over another, one journey.
const PROJECT: &str = r#"
project: small
timezone: UTC
simulation: {start: 2026-04-01, days: 30}
fields:
  employees: {type: integer, min: 1}
segments:
  large: {when: employees >= 300}
  important: {when: in_segment("large")}
topics: {news: {consent: opt_in, granted: 'true'}}
senders: {team: {from: {email: team@example.com}, address: Street 1}}
emails:
  hello: {topic: news, sender: team, subject: Hello, body: {markdown: "Hello [link](https://example.com). {{ unsubscribe_url }}"}}
journeys:
  welcome:
    entry: {segment: important, existing: true}
    steps:
      - {id: pause, wait: 2 days}
      - {id: greet, send: hello}
"#;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write("tabiji.yaml", PROJECT);
        folder.git(&["init", "--quiet", "--initial-branch", "main"]);
        folder.commit("begin");
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.path().join(file), text).unwrap();
    }

    fn edit(&self, from: &str, to: &str) {
        let path = self.path().join("tabiji.yaml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "-m", message]);
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(self.path(), arguments)
    }

    fn tabiji(&self, arguments: &[&str]) -> Output {
        tabiji(self.path(), arguments)
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"])
        .args(["-c", "protocol.file.allow=always"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn tabiji(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabiji"))
        .current_dir(folder)
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn without_a_value_the_base_is_where_the_branch_left_the_default_branch() {
    let folder = Folder::new();
    folder.git(&["switch", "--quiet", "-c", "change"]);
    folder.edit("employees >= 300", "employees >= 100");
    folder.commit("wider");
    // What happens on the default branch meanwhile is no part of the change.
    folder.git(&["switch", "--quiet", "main"]);
    folder.edit("wait: 2 days", "wait: 9 days");
    folder.commit("slower");
    folder.git(&["switch", "--quiet", "change"]);
    let before = folder.git(&["status", "--porcelain"]);
    let output = folder.tabiji(&["plan", "--against"]);
    assert_eq!(
        out(&output).lines().next(),
        Some("against the merge base with main: 1 journey affected, the worst: audience")
    );
    let text = out(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("more leads enter newly in: employees = 100"), "{text}");
    assert!(text.contains("segments.large → segments.important → journeys.welcome"), "{text}");
    assert_eq!(folder.git(&["status", "--porcelain"]), before, "the work tree is not touched");
    assert_eq!(out(&folder.tabiji(&["plan", "--against", "main..."])), out(&output), "git's own words for it");
    folder.edit("in_segment(\"large\")", "in_segment(\"lage\")");
    let output = folder.tabiji(&["plan", "--against", "main..."]);
    assert_eq!(output.status.code(), Some(1), "faults of the change are findings: {}", err(&output));
}

#[test]
fn a_revision_a_folder_and_a_saved_plan_say_the_same() {
    let folder = Folder::new();
    let plan = out(&folder.tabiji(&["plan", "--format", "json"]));
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("tabiji.yaml"), PROJECT).unwrap();
    fs::write(other.path().join("plan.json"), plan).unwrap();
    folder.edit("employees >= 300", "employees >= 500");
    let journeys =
        |base: &str| json(&folder.tabiji(&["plan", "--against", base, "--format", "json"]))["journeys"].clone();
    let of_revision = journeys("HEAD");
    assert_eq!(of_revision[0]["who"]["value"], "narrower");
    assert_eq!(journeys(other.path().to_str().unwrap()), of_revision);
    assert_eq!(journeys(other.path().join("plan.json").to_str().unwrap()), of_revision);
}

#[test]
fn outside_of_git_each_command_says_what_it_takes_instead() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tabiji.yaml"), PROJECT).unwrap();
    let rows: [(&[&str], &str); 4] = [
        (&["plan", "--against"], "compare with a folder or a saved plan: `--against FOLDER`"),
        (&["plan", "--against", "HEAD"], "compare with a folder or a saved plan instead"),
        (&["diff", "HEAD"], "compare with a folder or a saved plan instead"),
        (&["log", "welcome"], "the history of a journey is told by git alone"),
    ];
    for (arguments, way_out) in rows {
        let output =
            Command::new(env!("CARGO_BIN_EXE_tabiji")).args(arguments).current_dir(folder.path()).output().unwrap();
        let said = err(&output);
        assert!(said.contains("is in no git repository") && said.ends_with(&format!("; {way_out}\n")), "{said}");
    }
}

#[test]
fn nothing_is_never_said_of_a_base_that_cannot_be_read() {
    let folder = Folder::new();
    folder.edit("employees >= 300", "employees >= 100");
    folder.commit("wider");
    let output = folder.tabiji(&["plan", "--against", "origin/main", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json(&output)["status"], "error");
    assert!(err(&output).contains("`git fetch origin main` brings it"), "{}", err(&output));

    // A clone that lacks where the branch left the default branch.
    let upstream = folder.path().to_str().unwrap().to_owned();
    folder.git(&["switch", "--quiet", "-c", "change", "HEAD~1"]);
    folder.edit("wait: 2 days", "wait: 1 day");
    folder.commit("sooner");
    folder.git(&["switch", "--quiet", "main"]);
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{upstream}");
    git(clone.path(), &["clone", "--quiet", "--depth", "1", "--no-single-branch", "--branch", "change", &url, "here"]);
    let here = clone.path().join("here");
    let output = tabiji(&here, &["plan", "--against", "--format", "markdown"]);
    assert_eq!(output.status.code(), Some(2), "{}", out(&output));
    assert!(err(&output).contains("`git fetch --unshallow`"), "{}", err(&output));
    assert!(out(&output).contains("the effect of this change is unknown"), "{}", out(&output));
    git(&here, &["fetch", "--quiet", "--unshallow"]);
    git(&here, &["remote", "set-head", "origin", "main"]);
    let output = tabiji(&here, &["plan", "--against"]);
    assert!(out(&output).starts_with("against the merge base with origin/main: 1 journey affected, the worst: timing"));

    // A base that does not compile.
    folder.write("tabiji.yaml", "project: broken\njourneys: {a: {entry: {segment: nowhere}, steps: []}}\n");
    folder.commit("broken");
    folder.write("tabiji.yaml", PROJECT);
    let output = folder.tabiji(&["plan", "--against", "HEAD"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("`HEAD` does not compile"), "{}", err(&output));
}

#[test]
fn a_project_that_the_base_lacks_is_all_new() {
    let folder = Folder::new();
    fs::create_dir(folder.path().join("second")).unwrap();
    folder.write("second/tabiji.yaml", PROJECT);
    let output = folder.tabiji(&["plan", "second", "--against", "HEAD", "--format", "json"]);
    assert_eq!(json(&output)["journeys"][0]["status"], "added");
    assert!(err(&output).contains("everything is new"), "{}", err(&output));
}

#[test]
fn an_accepted_effect_fails_nothing_until_it_is_another() {
    let folder = Folder::new();
    folder.edit("wait: 2 days", "wait: 1 day");
    let run = |least: &str| folder.tabiji(&["plan", "--against", "HEAD", "--fail-on", least]).status.code();
    assert_eq!((run("timing"), run("audience")), (Some(1), Some(0)));
    let output = folder.tabiji(&["accept", "welcom", "--against", "HEAD", "--reason", "why"]);
    assert!(err(&output).contains("did you mean `welcome`?"), "{}", err(&output));
    let output = folder.tabiji(&["accept", "welcome", "--against", "HEAD", "--reason", "sooner is wanted"]);
    assert!(output.status.success(), "{}", err(&output));
    assert_eq!(run("safe"), Some(0));
    let text = out(&folder.tabiji(&["plan", "--against", "HEAD"]));
    assert!(text.contains("accepted (sooner is wanted)"), "{text}");
    folder.edit("wait: 1 day", "wait: 12 hours");
    assert_eq!(run("timing"), Some(1), "it was another change that was accepted");
}

#[test]
fn what_was_changed_and_when() {
    let folder = Folder::new();
    folder.edit("employees >= 300", "employees >= 100");
    folder.commit("wider");
    folder.edit("  welcome:", "  hello-journey:");
    folder.edit("journeys:", "moved: [{from: journeys.welcome, to: journeys.hello-journey}]\njourneys:");
    folder.commit("renamed");
    folder.edit("wait: 2 days", "wait: 3 days");
    let diff = out(&folder.tabiji(&["diff", "HEAD~2", "HEAD~1"]));
    assert_eq!(diff, "changed segments.large  tabiji.yaml:8\n    when: employees >= 300 → employees >= 100\n");
    let diff = out(&folder.tabiji(&["diff", "HEAD"]));
    assert!(diff.contains("steps.pause.action.wait.length: 2 days → 3 days"), "{diff}");
    let far = err(&folder.tabiji(&["diff", "HEAD~99999"]));
    assert!(far.ends_with("; `HEAD` is there, and `~99999` leads from it to no commit\n"), "{far}");
    let nothing = out(&folder.tabiji(&["diff", "HEAD", "HEAD"]));
    assert_eq!(nothing, "no difference: both compile to the same campaign\n");
    let log = out(&folder.tabiji(&["log", "hello-journey"]));
    let effects: Vec<&str> = log.lines().map(str::trim).filter(|line| line.contains(": ")).collect();
    assert_eq!(
        effects,
        [
            "timing: inside follows new, timing later",
            "audience: who wider, timing burst",
            "volume: who wider, volume higher, timing burst"
        ],
        "{log}"
    );
}

#[test]
fn markdown_keeps_within_its_bytes_and_is_cut_the_same_way() {
    let folder = Folder::new();
    let journeys: String = (0..40)
        .map(|n| format!("  welcome-{n:02}:\n    label: ようこそ{n}\n    entry: {{segment: important}}\n    steps:\n      - {{id: pause, wait: 2 days}}\n      - {{id: greet, send: hello}}\n"))
        .collect();
    folder.write("more.yaml", &format!("journeys:\n{journeys}"));
    folder.commit("more");
    folder.edit("employees >= 300", "employees >= 100");
    let markdown = |bytes: &str| {
        let arguments = ["plan", "--against", "HEAD", "--format", "markdown", "--max-bytes", bytes];
        out(&folder.tabiji(&arguments))
    };
    let whole = markdown("200000");
    assert!(!whole.contains("Left out"), "{whole}");
    let cut = markdown("3000");
    assert!(cut.len() <= 3000, "{}", cut.len());
    assert!(cut.contains("_Left out to keep within 3000 bytes:"), "{cut}");
    assert!(cut.contains("Who is reached?") && cut.contains("| `welcome` |"), "{cut}");
    assert_eq!(cut, markdown("3000"));
    assert!(markdown("1000").len() <= 1000);
    let text = out(&folder.tabiji(&["plan", "--against", "HEAD"]));
    // A line for each, and what is so of all of them once.
    assert!(text.lines().count() <= 41 + 12, "{text}");
    assert!(text.contains("audience  welcome, welcome-00 (ようこそ0), welcome-01 (ようこそ1) and 38 more"), "{text}");
}

#[test]
fn every_fact_of_the_text_is_in_the_json_and_the_committed_schema_describes_it() {
    let folder = Folder::new();
    folder.edit("employees >= 300", "employees >= 100");
    folder.edit("{id: pause, wait: 2 days}", "{id: rest, wait: 1 day}");
    folder.edit("Hello [link](https://example.com)", "Good day [link](https://example.net)");
    let effect = json(&folder.tabiji(&["plan", "--against", "HEAD", "--format", "json"]));
    let schema = tabiji::diff::json_schema();
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/effect.schema.json");
    let generated = format!("{schema:#}\n");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&committed, &generated).unwrap();
    }
    assert!(
        fs::read_to_string(&committed).unwrap() == generated,
        "run the tests with UPDATE_SCHEMA=1 and read the difference"
    );
    let validator = jsonschema::draft7::new(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&effect).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let text = out(&folder.tabiji(&["plan", "--against", "HEAD", "--details"]));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let journey = &effect["journeys"][0];
    for axis in ["who", "volume", "in_flight", "timing", "content", "export"] {
        for fact in journey[axis]["facts"].as_array().into_iter().flatten() {
            let says = fact["says"].as_str().unwrap();
            assert!(text.contains(&says.split_whitespace().collect::<Vec<_>>().join(" ")), "{says}\n{text}");
        }
    }
    assert_eq!(journey["class"], "in-flight");
    let sarif = json(&folder.tabiji(&["plan", "--against", "HEAD", "--format", "sarif"]));
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "effect/in-flight");
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "tabiji.yaml");
}

/// A second journey that no edit touches, and leads for both.
fn with_leads(folder: &Folder) {
    folder.write(
        "other.yaml",
        "journeys:\n  once:\n    entry: {event: lead_created}\n    steps:\n      - {id: look, wait: 1 day}\n      - id: half\n        split:\n          - {name: a, weight: 50, steps: [{id: greet-a, send: bye}]}\n          - {name: b, weight: 50, steps: []}\nemails:\n  bye: {topic: news, sender: team, subject: Bye, body: {markdown: \"Bye. {{ unsubscribe_url }}\"}}\n",
    );
    let rows: String = (0..200).map(|n| format!("lead-{n:03},lead{n}@example.com,{}\n", n * 5 + 1)).collect();
    folder.write("leads.csv", &format!("id,email,employees\n{rows}"));
    folder.commit("leads");
}

#[test]
fn both_sides_are_simulated_and_leads_without_a_difference_are_the_same_to_the_byte() {
    let folder = Folder::new();
    with_leads(&folder);
    let sends = |name: &str| {
        let write = format!("sends={name}");
        let arguments = ["simulate", "--leads", "leads.csv", "--write", &write];
        let output = folder.tabiji(&arguments);
        assert!(output.status.success(), "{}", err(&output));
        fs::read_to_string(folder.path().join(name)).unwrap()
    };
    let before = sends("before.csv");
    folder.edit("employees >= 300", "employees >= 100");
    let after = sends("after.csv");
    let arguments = ["plan", "--against", "HEAD", "--leads", "leads.csv", "--format", "json"];
    let effect = json(&folder.tabiji(&arguments));
    let simulated = &effect["simulated"];
    // Leads with 101 to 296 employees, in steps of five.
    assert_eq!((&simulated["leads"], &simulated["more"]), (&serde_json::json!(200), &serde_json::json!(40)));
    assert_eq!((&simulated["fewer"], &simulated["other"], &simulated["same"]), (&0.into(), &0.into(), &160.into()));
    let people = simulated["people"].as_array().unwrap();
    assert_eq!(people[0]["newly"], serde_json::json!(["hello"]));
    let named: Vec<&str> = people.iter().map(|one| one["lead"].as_str().unwrap()).collect();
    let of_others = |text: &str| -> Vec<String> {
        let others = text.lines().filter(|line| !named.contains(&line.split(',').next().unwrap_or_default()));
        others.map(str::to_owned).collect()
    };
    assert!(of_others(&before).len() > 100);
    assert_eq!(of_others(&before), of_others(&after), "whoever is not concerned gets the same at the same second");
    assert!(simulated["comparison"]["others"][0]["figures"].is_object());
    let text = out(&folder.tabiji(&["plan", "--against", "HEAD", "--leads", "leads.csv"]));
    assert!(text.contains("simulated: of 200 leads 40 get more mails"), "{text}");
    assert!(text.contains("95 % interval"), "{text}");
}

#[test]
fn the_real_people_inside_are_counted_and_those_who_are_lost_are_named() {
    let folder = Folder::new();
    folder.edit("- {id: pause, wait: 2 days}", "- {id: rest, wait: 2 days}");
    folder.write(
        "inside.csv",
        "lead,journey,step,since\na,welcome,pause,2026-04-01T00:00:00Z\nb,welcome,greet,\nc,gone,pause,\nd,welcome,,\n",
    );
    let arguments = ["plan", "--against", "HEAD", "--state", "inside.csv"];
    let output = folder.tabiji(&arguments);
    let text = out(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("people inside: 3 told, 1 leave, 1 go on as before, 1 stand where the base has no step"),
        "{text}"
    );
    assert!(text.contains("a: leaves, on `pause` of `welcome` since 2026-04-01T00:00:00Z"), "{text}");
    assert!(err(&output).contains("inside.csv:5: its `step` is empty"), "{}", err(&output));
    folder.edit(
        "journeys:\n",
        "moved: [{from: journeys.welcome.steps.pause, to: journeys.welcome.steps.rest}]\njourneys:\n",
    );
    let text = out(&folder.tabiji(&arguments));
    assert!(text.contains("3 told, 2 go on as before"), "{text}");
}

#[test]
fn how_long_somebody_has_waited_counts_where_a_wait_takes_another_time() {
    let folder = Folder::new();
    folder.edit("- {id: pause, wait: 2 days}", "- {id: pause, wait: 1 day}");
    folder.write(
        "inside.csv",
        "lead,journey,step,since\na,welcome,pause,2026-04-01T00:00:00Z\nb,welcome,pause,2026-04-01T23:00:00Z\n\
         c,welcome,pause,2026-04-02T00:00:00Z\nd,welcome,pause,\n",
    );
    let text = out(&folder.tabiji(&["plan", "--against", "HEAD", "--state", "inside.csv"]));
    // The table is of the latest instant: `a` has waited for a day, `b` for an hour, `c` has come; of `d` nothing is known.
    for says in [
        "1 on `pause` of `welcome`: have waited as long already and go on at once",
        "2 on `pause` of `welcome`: wait for a shorter time than they would have",
        "1 on `pause` of `welcome`: follows new",
    ] {
        assert!(text.contains(says), "{says}\n{text}");
    }
}

#[test]
fn a_template_that_gives_the_same_mail_is_no_change() {
    let folder = Folder::new();
    folder.edit(
        "Hello [link](https://example.com).",
        "{% set greeting = 'Hello' %}{{ greeting }} [link](https://example.com).",
    );
    let text = out(&folder.tabiji(&["plan", "--against", "HEAD"]));
    assert!(text.contains("no effect on people"), "{text}");
    folder.edit("greeting = 'Hello'", "greeting = 'Good day'");
    let text = out(&folder.tabiji(&["plan", "--against", "HEAD"]));
    assert!(text.contains("body: [-Hello-]{+Good day+}"), "{text}");
}

#[test]
fn a_campaign_with_a_test_that_expects_in_vain_is_compared_and_held_back() {
    let folder = Folder::new();
    folder.edit("employees >= 300", "employees >= 100");
    folder.edit(
        "journeys:\n",
        "tests:\n  late: {lead: {employees: 500}, expect: [{send: hello, at: 2027-01-01 09:00}]}\njourneys:\n",
    );
    let output = folder.tabiji(&["plan", "--against", "HEAD"]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    assert!(out(&output).contains("the campaign after has faults"), "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("employees = 100"), "{}", out(&output));
}

#[test]
fn each_side_reads_the_leads_by_its_own_fields() {
    let folder = Folder::new();
    folder
        .write("leads.csv", "id,email,employees,plan,area\n1,a@example.com,500,free,EU\n2,b@example.com,500,gold,US\n");
    folder.edit(
        "  employees: {type: integer, min: 1}",
        "  employees: {type: integer, min: 1}\n  plan: {type: enum, values: [free]}",
    );
    folder.commit("plan");
    // A field that comes before all others moves none of them.
    folder.edit("  employees: {type", "  area: {type: text, optional: true}\n  employees: {type");
    folder.edit("values: [free]", "values: [free, gold]");
    let simulated = json(&folder.tabiji(&["plan", "--against", "HEAD", "--leads", "leads.csv", "--format", "json"]));
    let simulated = &simulated["simulated"];
    let counts = ["leads", "taken", "refused", "more", "fewer", "same"].map(|key| simulated[key].as_u64().unwrap());
    assert_eq!(counts, [2, 1, 0, 1, 0, 1], "{simulated}");
    assert_eq!(simulated["people"][0]["lead"], "2");
    let text = out(&folder.tabiji(&["plan", "--against", "HEAD", "--leads", "leads.csv"]));
    assert!(text.contains("newly in: 1, whose rows were refused"), "{text}");
    // Those who are made up are the same people on both sides.
    folder.write("personas.yaml", "personas: {p: {match: employees > 0}}\n");
    folder.commit("all");
    folder.edit("  area: {type: text, optional: true}\n", "");
    let arguments = ["plan", "--against", "HEAD", "--leads-from-personas", "50", "--format", "json"];
    let simulated = &json(&folder.tabiji(&arguments))["simulated"];
    assert_eq!((&simulated["leads"], &simulated["same"]), (&50.into(), &50.into()), "{simulated}");
}

#[test]
fn what_becomes_of_leads_inside_depends_on_what_runs_the_journeys() {
    let folder = Folder::new();
    folder.edit("- {id: pause, wait: 2 days}", "- {id: rest, wait: 2 days}");
    let effect = |target: &str| {
        let output = folder.tabiji(&["plan", "--against", "HEAD", "--format", "json", "--target", target]);
        let journey = json(&output)["journeys"][0].clone();
        (
            journey["in_flight"]["value"].clone(),
            journey["in_flight"]["facts"][0]["says"].as_str().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(effect("tabiji").0, "leaves");
    let (value, says) = effect("salesforce-journey-builder");
    assert_eq!(value, "none");
    assert!(says.contains("goes through the old version to its end"), "{says}");
    assert_eq!(effect("hubspot-workflows").0, "follows-new");
    let (value, says) = effect("marketo-smart-campaigns");
    assert_eq!(value, "unknown");
    assert!(says.contains("is not documented"), "{says}");
    let output = folder.tabiji(&["plan", "--against", "HEAD", "--target", "hubspot"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("there is no target `hubspot`"), "{}", err(&output));
}

#[test]
fn a_project_says_itself_what_becomes_of_leads_inside() {
    let folder = Folder::new();
    folder.edit("- {id: pause, wait: 2 days}", "- {id: rest, wait: 1 day}");
    let effect = |rule: &str| {
        folder.write("migrate.yaml", &format!("migrate: [{{at: journeys.welcome.steps.pause, {rule}}}]\n"));
        let effect = json(&folder.tabiji(&["plan", "--against", "HEAD", "--format", "json"]));
        (effect["journeys"][0]["in_flight"]["value"].clone(), effect["class"].clone())
    };
    assert_eq!(effect("to: rest"), ("follows-new".into(), "timing".into()));
    assert_eq!(effect("then: exit"), ("leaves".into(), "in-flight".into()));
    assert_eq!(effect("then: finish-on-old"), ("none".into(), "timing".into()));
    // A rule of an earlier change does nothing to a later one.
    folder.commit("finish on old");
    folder.edit("- {id: rest, wait: 1 day}", "- {id: pause, wait: 1 day}");
    folder.commit("back");
    folder.edit("- {id: pause, wait: 1 day}", "- {id: other, wait: 1 day}");
    let effect = json(&folder.tabiji(&["plan", "--against", "HEAD", "--format", "json"]));
    assert_eq!(effect["journeys"][0]["in_flight"]["value"], "leaves");
}
