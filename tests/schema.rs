//! The JSON Schema: what it says of itself, and what is said of files that do not fit it.
#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod growth;

use growth::assert_grows_evenly;
use proptest::prelude::*;
use serde_json::Value;
use tabiji::ast::journey::Journey;
use tabiji::ast::{json_schema, lower};
use tabiji::diag::{Diagnostic, Sink};
use tabiji::schema::validate;
use tabiji::syntax::{from_node, parse};
use tabiji::text::{FileId, SourceMap};

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/tabiji.schema.json");
const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference.md");

#[test]
fn the_committed_schema_is_the_generated_one() {
    let generated = serde_json::to_string_pretty(&json_schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(COMMITTED, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(COMMITTED).unwrap();
    assert!(
        committed == generated,
        "the types have changed: run the tests with UPDATE_SCHEMA=1 and read the difference"
    );
}

#[test]
fn the_committed_reference_is_the_generated_one() {
    let generated = tabiji::schema::reference(&json_schema());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(REFERENCE, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(REFERENCE).unwrap();
    assert!(
        committed == generated,
        "the types have changed: run the tests with UPDATE_SCHEMA=1 and read the difference"
    );
}

#[test]
fn the_schema_is_draft_07() {
    let schema: Value = serde_json::from_str(tabiji::schema::TEXT).unwrap();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    assert!(jsonschema::draft7::meta::is_valid(&schema));
    assert!(jsonschema::draft7::new(&schema).is_ok());
    assert_eq!(schema["additionalProperties"], false);
    assert!(schema.get("$id").is_none());
}

fn walk<'a>(schema: &'a Value, path: &str, visit: &mut dyn FnMut(&str, &'a Value)) {
    visit(path, schema);
    match schema {
        Value::Object(object) => {
            for (key, inner) in object.iter().filter(|(key, _)| *key != "examples") {
                walk(inner, &format!("{path}/{key}"), visit);
            }
        }
        Value::Array(items) => {
            for (at, inner) in items.iter().enumerate() {
                walk(inner, &format!("{path}/{at}"), visit);
            }
        }
        _ => {}
    }
}

#[test]
fn every_property_has_a_description_and_an_example_that_fits() {
    let schema = json_schema();
    let mut properties = 0;
    let mut bare = Vec::new();
    walk(&schema, "", &mut |path, inner| {
        let Some(all) = inner.get("properties").and_then(Value::as_object).filter(|_| inner.get("type").is_some())
        else {
            return;
        };
        for (name, property) in all {
            properties += 1;
            let described = property["description"].as_str().is_some_and(|text| text.len() > 3);
            let examples = property["examples"].as_array();
            if !described || examples.is_none_or(Vec::is_empty) {
                bare.push(format!("{path}/properties/{name}"));
            }
            let mut own = property.clone();
            own["definitions"] = schema["definitions"].clone();
            let validator = jsonschema::draft7::new(&own).unwrap();
            for example in examples.into_iter().flatten() {
                let fault = validator.validate(example).err().map(|error| error.to_string());
                assert_eq!(fault, None, "{path}/properties/{name}: example {example}");
            }
        }
    });
    assert!(bare.is_empty(), "{bare:#?}");
    assert!(properties > 150, "{properties}");
}

#[test]
fn no_unions_no_nulls_no_formats() {
    let schema = json_schema();
    walk(&schema, "", &mut |path, inner| {
        for keyword in ["oneOf", "anyOf", "format"] {
            let is_schema = inner.get("type").is_some() || inner.get("description").is_some();
            assert!(!is_schema || inner.get(keyword).is_none_or(Value::is_object), "{path}: {keyword}");
        }
        assert!(inner.get("default").is_none_or(|default| !default.is_null()), "{path}");
        let literal = inner["type"].as_array().is_some_and(|types| types.len() == 5);
        assert!(literal || !inner["type"].as_array().is_some_and(|types| types.contains(&"null".into())), "{path}");
    });
}

/// One line for each finding: slug, what is under the label, message, help. A leading `lower` marks what `lower` adds.
fn findings(text: &str) -> Vec<String> {
    let mut map = SourceMap::default();
    let file = map.add("a.yaml", text);
    let mut sink = Sink::default();
    let document = parse(file, text, &mut sink).unwrap();
    let root = document.root.unwrap();
    assert!(sink.found.is_empty(), "{text}: {:?}", sink.found);
    let faults = validate(&root, &mut sink);
    let by_schema = sink.found.len();
    lower(&root, &faults, &mut sink);
    let line = |(at, found): (usize, &Diagnostic)| {
        let stage = if at < by_schema { "" } else { "lower " };
        let help = found.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        let second: String = found.labels[1..].iter().map(|label| format!(" [{}]", map.slice(label.span))).collect();
        let slug = found.code.info().slug;
        format!("{stage}{slug} `{}`{second}: {}{help}", map.slice(found.span()), found.message)
    };
    sink.found.iter().enumerate().map(line).collect()
}

/// `KINDS` in what is expected stands for all keys of a file.
fn check(text: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|line| line.replace("KINDS", &kinds())).collect();
    assert_eq!(findings(text), expected, "{text}");
}

/// The keys of a file, as messages list them.
fn kinds() -> String {
    let schema: Value = serde_json::from_str(tabiji::schema::TEXT).unwrap();
    let mut keys: Vec<String> =
        schema["properties"].as_object().unwrap().keys().map(|key| format!("`{key}`")).collect();
    keys.sort();
    let last = keys.pop().unwrap();
    format!("{} and {last}", keys.join(", "))
}

#[test]
fn unknown_keys() {
    check(
        "jorneys: {}",
        &["unknown-key `jorneys`: `jorneys` is neither a kind of definition nor a setting (did you mean `journeys`?)"],
    );
    check(
        "widgets: {}",
        &["unknown-key `widgets`: `widgets` is neither a kind of definition nor a setting (the keys here are KINDS)"],
    );
    check("segments: {s: {wehn: a}}", &["unknown-key `wehn`: there is no key `wehn` here (did you mean `when`?)"]);
    check(
        "senders: {s: {from: {email: a, mobile: b}}}",
        &["unknown-key `mobile`: there is no key `mobile` here (the keys here are `email` and `name`)"],
    );
    check(
        "emails: {c: {topic: a, sender: b, subject: s, body: {text: x}}}",
        &["unknown-key `text`: there is no key `text` here (the keys here are `html`, `markdown` and `mjml`)"],
    );
}

#[test]
fn missing_keys() {
    check(
        "segments: {s: {}}",
        &[
            "missing-key `s`: `s` lacks `when` (add it, for example `when: score >= 60 and stage in [\"lead\", \"mql\"]`)",
        ],
    );
    check("emails: {a: {body: x.md}}", &["missing-key `a`: `a` lacks `topic`, `sender` and `subject`"]);
    check(
        "moved: [{from: a}]",
        &["missing-key `from`: an item of `moved` lacks `to` (add it, for example `to: journeys.trial.steps.b`)"],
    );
    check("lifecycle: {}", &["missing-key `lifecycle`: `lifecycle` lacks `stages`"]);
}

#[test]
fn wrong_types() {
    check(
        "fields: {f: {type: text, label: 5}}",
        &["wrong-type `5`: `label` takes text, and this is a number (put it in quotes: `\"5\"`)"],
    );
    check(
        "fields: {f: {type: text, label: true}}",
        &["wrong-type `true`: `label` takes text, and this is `true` (put it in quotes: `\"true\"`)"],
    );
    check(
        "fields: {f: {type: integer, min: '3'}}",
        &["wrong-type `'3'`: `min` takes a number, and this is text (take the quotes away)"],
    );
    check(
        "fields: {f: {type: integer, min: x}}",
        &["wrong-type `x`: `min` takes a number, and this is text (for example `min: 1`)"],
    );
    check(
        "fields: {f: {type: text, optional: yes}}",
        &["wrong-type `yes`: `optional` takes `true` or `false`, and this is text (write `true`)"],
    );
    check(
        "fields: {f: {type: enum, values: a}}",
        &["wrong-type `a`: `values` takes a list, and this is text (write a list: `[a]`)"],
    );
    check(
        "moved: {from: a, to: b}",
        &[
            "wrong-type `from: a, to: b`: `moved` takes a list, and this is a mapping (write a list: begin each item with `- `)",
        ],
    );
    check(
        "journeys:\n- a\n",
        &[
            "wrong-type `a`: `journeys` takes a mapping, and this is a list (write keys and values, `key: value`, without `- `)",
        ],
    );
    check(
        "- a\n",
        &[
            "wrong-type `a`: the file takes a mapping, and this is a list (write keys and values, `key: value`, without `- `)",
        ],
    );
    check(
        "hello\n",
        &["wrong-type `hello`: the file takes a mapping, and this is text (give it keys of its own: KINDS)"],
    );
    check(
        "segments: {s: score > 5}",
        &["wrong-type `score > 5`: `s` takes a mapping, and this is text (give it keys of its own: `when`)"],
    );
    check(
        "absent: [1, x]",
        &["wrong-type `1`: an item of `absent` takes text, and this is a number (put it in quotes: `\"1\"`)"],
    );
    check(
        "scoring: {m: {rules: [{event: a, points: 1.5}]}}",
        &[
            "wrong-type `1.5`: `points` takes a whole number, and this is a number with a fraction (for example `points: 2`)",
        ],
    );
    check(
        "policies: {quiet_hours: {from: 9, to: '08:00'}}",
        &[
            "wrong-type `9`: `from` takes a time of day such as `21:00`, and this is a number (for example `from: 21:00`)",
        ],
    );
    check(
        "topics: {t: {consent: 5}}",
        &[
            "wrong-type `5`: `consent` takes one of `double_opt_in`, `opt_in` and `opt_out`, and this is a number (for example `consent: double_opt_in`)",
        ],
    );
}

#[test]
fn empty_values() {
    check(
        "timezone:\n",
        &[
            "wrong-type `timezone`: `timezone` has an empty value (write a value, for example `timezone: Asia/Tokyo`, or leave the key out)",
        ],
    );
    check(
        "segments: {s: {when: }}",
        &[
            "wrong-type `when`: `when` has an empty value (write a value, for example `when: score >= 60 and stage in [\"lead\", \"mql\"]`)",
        ],
    );
    check("segments: {s: }", &["wrong-type `s`: `s` has an empty value (write a value, or leave it out)"]);
    check("segments:\n", &["wrong-type `segments`: `segments` has an empty value (write a value, or leave it out)"]);
    check(
        "project: null\n",
        &[
            "wrong-type `null`: `project` takes text, and this is `null` (write a value, for example `project: aozora-cloud`, or leave the key out)",
        ],
    );
    check(
        "emails: {e: {topic: a, sender: b, subject: , body: x.md}}",
        &[
            "wrong-type `subject`: `subject` has an empty value (write a value, for example `subject: '{{ company }}: what others did'`)",
        ],
    );
}

#[test]
fn values_that_are_not_allowed() {
    check(
        "topics: {t: {kind: marketng}}",
        &[
            "invalid-value `marketng`: `marketng` is not a value of `kind` (did you mean `marketing`? `kind` takes `marketing` or `transactional`)",
        ],
    );
    check(
        "levels: {x: off}",
        &["invalid-value `off`: `off` is not a value of `x` (`x` takes `allow`, `warn` or `error`)"],
    );
    check(
        "policies: {quiet_hours: {from: '21:00', to: '08:00', also: [sat, holiday]}}",
        &[
            "invalid-value `holiday`: `holiday` is not a value of `also` (did you mean `holidays`? `also` takes `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun` or `holidays`)",
        ],
    );
    check("currency: yen\n", &["invalid-value `yen`: `yen` is not a currency code such as `JPY` (write `JPY`)"]);
    check(
        "simulation: {start: tomorrow}",
        &["invalid-value `tomorrow`: `tomorrow` is not a date such as `2026-04-01`"],
    );
    check(
        "simulation: {start: 2026-02-30}",
        &["lower invalid-value `2026-02-30`: `2026-02-30` is not a day of the calendar"],
    );
    check("simulation: {days: 0}", &["invalid-value `0`: `days` is 1 or more, and this is 0"]);
    check("simulation: {days: 99999999}", &["invalid-value `99999999`: `days` is 36500 or less, and this is 99999999"]);
    check("simulation: {seed: -1}", &["invalid-value `-1`: `seed` is 0 or more, and this is -1"]);
    check(
        "scoring: {m: {range: [1, 2, 3]}}",
        &["invalid-value `1, 2, 3`: `range` has exactly 2 items, and this has 3"],
    );
    check(
        "scoring: {m: {rules: [{event: b, points: 99999999999}]}}",
        &["invalid-value `99999999999`: `points` is 2147483647 or less, and this is 99999999999"],
    );
    check(
        "policies: {max_hold: soon}",
        &["invalid-value `soon`: `soon` is not a duration such as `2 days`, `90 minutes` or `4h`"],
    );
}

#[test]
fn names() {
    check(
        "segments: {a b: {when: x}}",
        &[
            "invalid-name `a b`: `a b` cannot be a name (names have letters, digits, `_` and `-`, the first no digit and no `-`: write `a-b`)",
        ],
    );
    check("segments: {expo-2026: {when: x}, 展示会_2026: {when: x}}", &[]);
    let word = "names have letters, digits and `_`, the first no digit, as conditions use the name";
    for text in [
        "fields: {a-b: {type: text}}",
        "events: {a-b: {}}",
        "events: {e: {properties: {a-b: {type: text}}}}",
        "scoring: {a-b: {}}",
        "grading: {a-b: {rules: [], bands: {A: 1}}}",
    ] {
        check(text, &[&format!("invalid-name `a-b`: `a-b` cannot be a name ({word}: write `a_b`)")]);
    }
    check("fields: {1a: {type: text}}", &[&format!("invalid-name `1a`: `1a` cannot be a name ({word})")]);
    check("fields: {会社名: {type: text}}", &[]);
    let long = "n".repeat(65);
    let cut = "n".repeat(39) + "…";
    check(
        &format!("segments: {{{long}: {{when: x}}}}"),
        &[&format!("invalid-name `{long}`: the name `{cut}` is too long: names have at most 64 characters")],
    );
}

fn steps(steps: &str) -> String {
    format!("journeys: {{j: {{entry: {{called: true}}, steps: [{steps}]}}}}")
}

#[test]
fn one_action_per_step() {
    let actions = "give it one of `send`, `wait`, `wait_for`, `branch`, `split`, `set`, `score`, `stage`, `list`, `topic`, `task`, \
                   `sync`, `audience`, `webhook`, `emit`, `start`, `goto`, `exit`";
    check(&steps("{id: a}"), &[&format!("one-action-per-step `id`: the step `a` has no action ({actions})")]);
    check(
        &steps("{id: a, send: b, wait: 2 days}"),
        &["one-action-per-step `wait` [send]: a step does one thing, and this one has both `send` and `wait` \
           (make it two steps, each with an `id` of its own)"],
    );
    check(&steps("{id: a, sned: b}"), &["unknown-key `sned`: there is no key `sned` here (did you mean `send`?)"]);
    check(
        &steps("{send: a}"),
        &["missing-key `send`: an item of `steps` lacks `id` (add it, for example `id: thanks`)"],
    );
    check(&steps("{idd: x, send: a}"), &["unknown-key `idd`: there is no key `idd` here (did you mean `id`?)"]);
    for nested in [
        "{id: a, branch: [{if: x, steps: [{id: z}]}], else: []}",
        "{id: a, branch: [], else: [{id: z}]}",
        "{id: a, split: [{name: a, weight: 100, steps: [{id: z}]}]}",
        "{id: a, wait_for: {event: e, within: 1 day}, timeout: [{id: z}]}",
        "{id: a, wait_for: {event: e, within: 1 day}, timeout: [{id: b, branch: [{if: c, steps: [{id: z}]}]}]}",
    ] {
        check(&steps(nested), &[&format!("one-action-per-step `id`: the step `z` has no action ({actions})")]);
    }
}

#[test]
fn keys_that_go_with_one_action() {
    check(
        &steps("{id: a, send: b, timeout: []}"),
        &["unknown-key `timeout` [send]: `timeout` goes with `wait_for`, which this step does not have"],
    );
    check(
        &steps("{id: a, send: b, else: []}"),
        &["unknown-key `else` [send]: `else` goes with `branch`, which this step does not have"],
    );
    check(
        &steps("{id: a, max_hold: 1 day, goto: b}"),
        &["unknown-key `max_hold` [goto]: `max_hold` goes with `send`, which this step does not have"],
    );
    check(
        &steps("{id: a, wiat_for: {}, timeout: []}"),
        &["unknown-key `wiat_for`: there is no key `wiat_for` here (did you mean `wait_for`?)"],
    );
    check(&steps("{id: a, branch: [{if: x, steps: []}]}"), &[]);
}

#[test]
fn one_slip_hides_no_other_and_is_said_once() {
    let found = findings(
        "fields: {a: {typ: text, min: x}, b: {type: text, lable: 1}, c: {type: text}}\nsegments: {s: {when: 5}}\n",
    );
    assert_eq!(found.len(), 4, "{found:#?}");
    let mut map = SourceMap::default();
    let text = "segments: {a: {when: 5}, b: {when: x}}\nlifecycle: {}\n";
    let file = map.add("a.yaml", text);
    let mut sink = Sink::default();
    let root = parse(file, text, &mut sink).unwrap().root.unwrap();
    let faults = validate(&root, &mut sink);
    let out = lower(&root, &faults, &mut sink);
    assert_eq!(out.poisoned.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(out.segments.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(out.unread.len(), 1);
    assert_eq!(sink.found.len(), 2);
}

#[test]
fn faults_of_an_anchored_value_are_shown_where_it_is_used_too() {
    check("segments: {a: &x {when: y}, b: *x}", &[]);
    check(
        "segments: {a: &x {when: 5}, b: *x, c: {when: y}}",
        &[
            "wrong-type `5`: `when` takes text, and this is a number (put it in quotes: `\"5\"`)",
            "wrong-type `*x`: `when` takes text, and this is a number (put it in quotes: `\"5\"`)",
        ],
    );
}

const PROJECT: &str = r#"project: aozora
timezone: Asia/Tokyo
levels: {unused-definition: allow}
values: {subscribed: {"Yes": true, "No": false}}
fields: &f
  industry: {type: enum, values: [製造業, 小売業], label: 業種}
  employees: {type: integer, min: 1}
events:
  page_viewed: {properties: {path: {type: text}}, sets: {company: path}}
personas:
  it-manager:
    match: department == "情報システム" and employees >= 100
    share: 30%
    behavior:
      email: {open: 38%, click: 9%}
      delay: {open: {median: 4h, p90: 30h}}
      fatigue: {open: -8% per mail in 7 days}
      does:
        - {event: page_viewed, with: {path: /pricing}, rate: 0.4 per week}
scoring:
  engagement: {default: true, range: [0, 200], rules: [{event: page_viewed, points: 2, at_most: 1 per day}]}
grading: {fit: {rules: [{when: employees >= 100, points: 30}], bands: {A: 80, B: 0}}}
lifecycle: {stages: [lead, mql], moves: [{from: lead, to: mql, when: 'grade in ["A", "B"]'}]}
senders: {marketing: {from: {name: 青空, email: a@b.example}}}
policies:
  frequency: [{at_most: 1, per: 1 day, on_excess: delay}]
  quiet_hours: {from: "21:00", to: "08:00", also: [sat, sun]}
  bounces: {soft: {retry: 3, every: 6h}, hard: suppress}
topics: {news: {consent: double_opt_in}}
emails: {hello: {topic: news, sender: marketing, subject: "{{ company }}様", body: emails/hello.md, appeal: {open: x1.2}}}
journeys:
  nurture:
    entry: {event: page_viewed, again: after 90 days}
    goal: {when: stage == "mql", within: 30 days}
    steps:
      - {id: thanks, send: hello}
      - {id: settle, wait: {until: "tue 10:00"}}
      - id: reads
        wait_for: {event: email_clicked, within: 4 days}
        timeout: [{id: remind, send: hello}]
      - id: ready
        branch: [{if: score >= 60, steps: [{id: done, exit: over}]}]
        else: []
      - {id: set, set: {industry: 小売業, employees: 5}}
      - {id: tell, emit: {event: page_viewed, with: {path: x}}}
"#;

#[test]
fn a_sound_project_has_no_faults() {
    check(PROJECT, &[]);
}

fn many_wrong_fields(count: usize) -> String {
    let many: String = (0..count).map(|n| format!("  f{n}: {{typ: text, label: 5}}\n")).collect();
    format!("fields:\n{many}")
}

fn many_unknown_keys(count: usize) -> String {
    (0..count).map(|n| format!("zzzzzz{n}: 1\n")).collect()
}

#[test]
fn many_faults_are_all_found() {
    assert_eq!(findings(&many_wrong_fields(20_000)).len(), 40_000);
    assert_eq!(findings(&many_unknown_keys(20_000)).len(), 20_000);
}

#[test]
fn work_grows_with_what_is_wrong() {
    assert_grows_evenly("wrong fields", |count| drop(findings(&many_wrong_fields(count))));
    assert_grows_evenly("unknown keys", |count| drop(findings(&many_unknown_keys(count))));
}

fn is_inside(text: &str, found: &Diagnostic) -> bool {
    found.labels.iter().all(|label| text.get(label.span.start as usize..label.span.end as usize).is_some())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    /// Whatever is done to a sound project, each stage says something or goes through, and never panics.
    #[test]
    fn mutated_projects_are_read_or_refused(
        edits in prop::collection::vec((0..PROJECT.len(), 0..12_usize, prop::sample::select(vec![
            "", "", "x", "5", " ", ":", ": ", "- ", "\n", "\n  ", "{", "}", "[", "]", ", ", "'", "\"", "~", "null", "*f", "true", "業", "steps", "|\n",
        ])), 1..6),
    ) {
        let mut text = PROJECT.to_owned();
        for (at, length, piece) in edits {
            let floor = |at: usize| (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap();
            let range = floor(at)..floor(at + length);
            text.replace_range(range, piece);
        }
        let mut sink = Sink::default();
        if let Some(root) = parse(FileId(0), &text, &mut sink).and_then(|document| document.root) {
            let faults = validate(&root, &mut sink);
            lower(&root, &faults, &mut sink);
            let _ = from_node::<Journey>(&root);
        } else {
            prop_assert!(sink.has_errors() || text.trim().is_empty());
        }
        for found in &sink.found {
            prop_assert!(is_inside(&text, found), "{found:?}");
        }
    }
}
