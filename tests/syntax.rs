//! YAML to the spanned tree, and from there to declarations.
#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod growth;

use std::fmt::Write;

use growth::assert_grows_evenly;
use proptest::prelude::*;
use tabiji::ast::journey::{Journey, Wait};
use tabiji::ast::lower;
use tabiji::ast::quantity::{Again, ClockTime, Moment};
use tabiji::diag::Sink;
use tabiji::syntax::{Document, Node, Value, from_node, parse};
use tabiji::text::{FileId, Position, SourceMap};

struct Parsed {
    map: SourceMap,
    document: Option<Document>,
    sink: Sink,
}

fn read(text: &str) -> Parsed {
    let mut map = SourceMap::default();
    let file = map.add("a.yaml", text);
    let mut sink = Sink::default();
    let document = parse(file, text, &mut sink);
    Parsed { map, document, sink }
}

impl Parsed {
    fn root(&self) -> &Node {
        self.document.as_ref().unwrap().root.as_ref().unwrap()
    }

    fn slice(&self, node: &Node) -> &str {
        self.map.slice(node.span)
    }

    /// `line:column slug "text under the label": message`, one line for each finding.
    fn findings(&self) -> String {
        let mut out = String::new();
        for found in &self.sink.found {
            let Position { line, column } = self.map.position(FileId(0), found.span().start);
            let slice = self.map.slice(found.span());
            writeln!(out, "{line}:{column} {} {slice:?}: {}", found.code.info().slug, found.message).unwrap();
        }
        out.trim_end().to_owned()
    }
}

fn findings(text: &str) -> String {
    read(text).findings()
}

fn help(text: &str) -> String {
    read(text).sink.found[0].help.clone().unwrap_or_default()
}

const JOURNEY: &str = r#"journeys:
  whitepaper-nurture:
    label: ホワイトペーパー育成
    priority: 5
    entry:
      event: form_submitted # the event
      where: event.form == "whitepaper"
      when: stage == "lead"
      again: after 90 days
    exit_when: stage in ["opportunity", "customer"]
    goal: {when: stage == "sql", within: 30 days}
    steps:
      - {id: thanks, send: whitepaper-thanks}
      - {id: settle, wait: 2 days}
      - {id: tuesday, wait: {until: "tue 10:00"}}
      - id: reads
        wait_for: {event: email_clicked, where: event.email == "case-study", within: 4 days}
        timeout:
          - {id: remind, send: case-study-reminder}
      - id: ready
        branch:
          - if: score >= 60
            steps:
              - {id: handoff, task: {to: sales, title: "{{ company }}に電話", within: 1 day}}
              - {id: done, exit: handed-over}
          - if: persona == "engineer"
            steps: [{id: deep-dive, send: tech-deep-dive}]
        else: []
      - id: points
        score: {engagement: 10}
      - {id: bonus, score: 5}
      - {id: fill, set: {department: 開発, employees: 5, tags: [a, b], old: null}}
      - id: subject-test
        split:
          - {name: a, weight: 50, steps: []}
          - {name: b, weight: 49.5, steps: []}
      - {id: again, goto: settle}
"#;

#[test]
fn a_journey_becomes_declarations_with_places() {
    let parsed = read(JOURNEY);
    assert_eq!(parsed.findings(), "");
    let mut sink = Sink::default();
    let out = lower(parsed.root(), &[], &mut sink);
    assert!(sink.found.is_empty(), "{:?}", sink.found);
    let journey = &out.journeys[0];
    assert_eq!(parsed.map.slice(journey.name.span), "whitepaper-nurture");
    assert!(parsed.map.slice(journey.whole).starts_with("whitepaper-nurture:\n    label"));
    assert!(parsed.map.slice(journey.whole).ends_with("goto: settle"));
    let def = &journey.def;
    let entry = &def.entry.value;
    assert_eq!(parsed.map.slice(entry.filter.as_ref().unwrap().span), "event.form == \"whitepaper\"");
    assert_eq!(entry.again.unwrap().value, Again::After(90 * 86_400));
    assert_eq!(parsed.map.slice(entry.again.unwrap().span), "after 90 days");
    assert_eq!(parsed.map.slice(def.goal.as_ref().unwrap().within.unwrap().span), "30 days");
    let wait = def.steps[2].wait.as_ref().unwrap();
    let Wait::Until(until) = &wait.value else { panic!("{wait:?}") };
    assert!(matches!(until.value, tabiji::ast::journey::Until::Moment(Moment::Weekly(2, ClockTime { minutes: 600 }))));
    assert_eq!(parsed.map.slice(wait.span), "until: \"tue 10:00\"");
    let title = &def.steps[4].branch.as_ref().unwrap()[0].steps[0].task.as_ref().unwrap().title;
    assert_eq!(title.value, "{{ company }}に電話");
    assert_eq!(parsed.map.slice(title.span), "\"{{ company }}に電話\"");
    let set = def.steps[7].set.as_ref().unwrap();
    assert_eq!(
        set.0.iter().map(|(key, _)| parsed.map.slice(key.span)).collect::<Vec<_>>(),
        ["department", "employees", "tags", "old"]
    );
    assert_eq!(def.steps[4].otherwise.as_ref().unwrap().len(), 0);
    assert_eq!(def.steps[8].split.as_ref().unwrap()[1].weight.value, 49.5);
}

#[test]
fn misfits_have_the_innermost_place() {
    let misfit = |text: &str| {
        let parsed = read(text);
        let error = from_node::<Journey>(parsed.root()).unwrap_err();
        format!("{:?}: {}", parsed.map.slice(error.span), error.message)
    };
    assert_eq!(misfit("steps: []"), "\"steps: []\": the key `entry` is missing");
    assert_eq!(misfit("entry: {}\nsteps: [{id: a, sned: b}]"), "\"sned\": there is no key `sned` here");
    assert_eq!(misfit("entry: {}\nsteps: [{id: 5}]"), "\"5\": expected a string, found a number");
    assert_eq!(
        misfit("entry: {again: after lunch}\nsteps: []"),
        "\"after lunch\": `after lunch` is not one of `never`, `always` and `after 90 days`"
    );
    assert_eq!(misfit("entry: {}\nsteps: [{id: a, wait: {until: nine}}]").split(':').next(), Some("\"nine\""));
    assert_eq!(
        misfit("entry: {}\npriority: 99999999999\nsteps: []"),
        "\"99999999999\": 99999999999 is out of range: expected i32"
    );
}

#[test]
fn spans_cover_what_is_written() {
    let parsed = read(
        "\u{feff}a: 'q'  # one\nb: [1, 2] \nc:\nd: |2 # x | y\n    text\n\ne: >-\n  f\n\"g\": {h: , i}\nj:\n  - k\n  -\n  - {}\nl: &m [n]\no: *m\n# end",
    );
    assert_eq!(parsed.findings(), "");
    let root = parsed.root();
    let slice = |key: &str| parsed.slice(root.get(key).unwrap());
    assert_eq!(slice("a"), "'q'");
    assert_eq!(slice("b"), "1, 2");
    assert_eq!(slice("d"), "|2 # x | y\n    text");
    assert_eq!(slice("e"), ">-\n  f");
    assert_eq!(slice("g"), "h: , i");
    assert_eq!(slice("j"), "k\n  -\n  - {}");
    assert_eq!(slice("o"), "*m");
    let text = &parsed.map.file(FileId(0)).text;
    let c = root.entry("c").unwrap();
    assert_eq!((c.value.span.start, c.value.span.end), (c.key_span.end + 1, c.key_span.end + 1));
    assert!(matches!(c.value.value, Value::Null));
    let h = &root.get("g").unwrap().entries()[0];
    assert_eq!(&text[h.value.span.start as usize - 2..h.value.span.end as usize], "h:");
    let comments: Vec<_> =
        parsed.document.as_ref().unwrap().comments.iter().map(|c| (c.text.as_str(), c.trailing)).collect();
    assert_eq!(comments, [(" one", true), (" x | y", true), (" end", false)]);
    assert_eq!(parsed.map.slice(parsed.document.as_ref().unwrap().comments[0].span), "# one");
}

#[test]
fn block_scalars_begin_at_their_header() {
    for (text, source, decoded) in [
        ("a: |\nb: c", "|", ""),
        ("a: |", "|", ""),
        ("a: >+\n\n\n  x\n\n\nb: 1", ">+\n\n\n  x", "\n\nx\n\n\n"),
        ("a: # c | d\n  |2 # e\n   x\nb: 1\n", "|2 # e\n   x", " x\n"),
        ("a: |-\n  x > y\n  | z\n", "|-\n  x > y\n  | z", "x > y\n| z"),
        ("a: !!str |\n  x", "|\n  x", "x\n"),
    ] {
        let parsed = read(text);
        assert_eq!(parsed.findings(), "", "{text}");
        let node = parsed.root().get("a").unwrap();
        assert_eq!(parsed.slice(node), source, "{text}");
        assert!(matches!(&node.value, Value::Str(value) if value == decoded), "{text}: {node:?}");
    }
}

#[test]
fn files_with_nothing_in_them() {
    for text in ["", "\n\n", "# only\n", "---\n", "\u{feff}"] {
        let document = read(text).document.unwrap();
        assert!(document.root.is_none_or(|root| matches!(root.value, Value::Null)), "{text:?}");
    }
}

#[test]
fn keys_are_text_as_typed() {
    let parsed = read("1: a\ntrue: b\n0x10: c\n2026-04-01: d\nnull: e\n");
    let keys: Vec<_> = parsed.root().entries().iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["1", "true", "0x10", "2026-04-01", "null"]);
}

#[test]
fn yaml_that_campaigns_do_not_use() {
    assert_eq!(findings("a: 1\nb: 2\na: 3\n"), "3:1 duplicate-key \"a\": the key `a` is here twice");
    assert_eq!(read("a: 1\na: 3\n").root().entries().len(), 1);
    let many: String = (0..20).map(|n| format!("k{n}: 0\n")).collect::<String>() + "k3: 1\nk3: 2\n";
    assert_eq!(read(&many).sink.found.len(), 2);
    assert_eq!(
        findings("a: 1\n---\nb: 2\n"),
        "2:1 unsupported-yaml \"---\": a file holds one YAML document, and here begins a second"
    );
    assert_eq!(findings("a: !x 1\n"), "1:4 unsupported-yaml \"!x\": campaigns have no YAML tags, and `!x` is one");
    assert_eq!(
        findings("a: !!int x\n"),
        "1:4 unsupported-yaml \"!!int\": campaigns have no YAML tags, and `!!int` is one"
    );
    assert_eq!(findings("a: !!str 1\nb: !!map {}\n"), "");
    assert_eq!(findings("<<: {a: b}\n"), "1:1 unsupported-yaml \"<<\": campaigns have no merge keys (`<<`)");
    assert_eq!(
        findings("? [a]\n: b\n"),
        "1:3 unsupported-yaml \"[a]\": a key is text, and this is a list or a mapping"
    );
    assert_eq!(findings(": b\n"), "1:1 unsupported-yaml \"\": a key is missing before the colon");
    assert_eq!(
        findings("a: &a [*a]\n"),
        "1:8 unsupported-yaml \"*a\": this alias stands inside the value that it names"
    );
    assert_eq!(
        findings("a: .inf\n"),
        "1:4 unsupported-yaml \".inf\": `.inf` is not a number that campaigns can count with"
    );
    assert_eq!(
        findings("a: 99999999999999999999\n"),
        "1:4 unsupported-yaml \"99999999999999999999\": `99999999999999999999` is too large: whole numbers reach to 9223372036854775807"
    );
    assert_eq!(findings("a: b\0c\n"), "1:5 unsupported-yaml \"\\0\": the file holds a NUL byte, which no text has");
    assert_eq!(
        findings("subject: {{ company }}様\nb: 1\n"),
        "1:10 unsupported-yaml \"{{ company }}\": YAML reads a value that begins with `{{` as a mapping"
    );
    assert_eq!(
        findings("{id: x, title: {{ company }} hello}\n"),
        "1:16 unsupported-yaml \"{{ company }}\": YAML reads a value that begins with `{{` as a mapping"
    );
}

#[test]
fn yaml_that_is_none() {
    assert_eq!(findings("a:\n\tb: c\n"), "2:1 yaml-syntax \"\\t\": a tab stands where YAML takes only spaces");
    for text in ["a: b\n  d: e\n", "a:b\nc: d\n"] {
        let found = findings(text);
        let words = "\":\": YAML takes this line as more of the value above it, and so no key can stand here";
        assert!(found.starts_with("2:") && found.ends_with(words), "{found}");
    }
    assert_eq!(
        findings("when: [\"a\"] == x\n"),
        "1:13 yaml-syntax \"=\": the value has ended before this, at its bracket or quote"
    );
    assert_eq!(findings("a: [1\nb: 1\nb: 2\n").lines().count(), 1);
    assert_eq!(findings("a:\n  b: 1\n c: 2\n"), "3:2 yaml-syntax \"c\": this line does not fit the ones above it");
    assert_eq!(
        findings("x: y: z\n"),
        "1:5 yaml-syntax \":\": a second `: ` on the same line; YAML takes it for another key"
    );
    assert_eq!(findings("a: 'x\n"), "1:4 yaml-syntax \"'\": the quote that opens here is never closed");
    assert_eq!(findings("a: [1, 2\n"), "1:4 yaml-syntax \"[\": the bracket `[` that opens here is never closed");
    assert_eq!(findings("a: [1}\n"), "1:4 yaml-syntax \"[\": the bracket `[` is closed by `}`");
    assert_eq!(findings("a: b\n}\n"), "2:1 yaml-syntax \"}\": this bracket closes nothing");
    assert_eq!(findings("a: @x\n"), "1:4 yaml-syntax \"@\": an unquoted value cannot begin with `@`");
    assert_eq!(findings("a: *b\n"), "1:4 yaml-syntax \"*\": no anchor with this name stands above");
    assert_eq!(findings("a: \u{1}\n"), "1:4 yaml-syntax \"\": a control character (U+0001) stands in the text");
    assert_eq!(findings("a: \"\\q\"\n"), "1:4 yaml-syntax \"\\\"\": double quotes know no such escape");
    assert_eq!(findings("when: \"a\" in b\n"), "1:11 yaml-syntax \"i\": the value goes on after its closing quote");
    assert_eq!(findings("key: value\n- item\n"), "2:3 yaml-syntax \"i\": this line does not fit the ones above it");
    assert_eq!(findings("a: - b\n"), "1:4 yaml-syntax \"-\": a list cannot begin on the line of its key");
    assert_eq!(findings("a: [b,, c]\n"), "1:7 yaml-syntax \",\": a comma with nothing before it");
    assert_eq!(findings("a: [a, b\nc: d\n"), "2:2 yaml-syntax \":\": a key cannot stand here");
    assert_eq!(findings("a: 'it's'\n"), "1:8 yaml-syntax \"s\": the value goes on after its closing quote");
    assert!(read("a: [\n").document.is_none());
}

#[test]
fn expressions_cut_by_flow_style() {
    let short = |key: &str| {
        format!(
            "in flow style `{{…}}` a comma or bracket ends an unquoted value, which cuts the expression of `{key}` short"
        )
    };
    for (text, key, under) in [
        ("- {id: a, when: stage in [\"x\", \"y\"]}", "when", "stage in [\"x\", \"y\"]"),
        ("- {when: did(\"x\", within=\"7 days\")}", "when", "did(\"x\", within=\"7 days\")"),
        ("- {if: in_any(\"a\", \"b\"), steps: []}", "if", "in_any(\"a\", \"b\")"),
        ("- {if: did(\"a\", where=event.x in [\"a\"]), steps: []}", "if", "did(\"a\", where=event.x in [\"a\"])"),
        ("- {\"where\": event.form in [\"a\"]}", "where", "event.form in [\"a\"]"),
        ("- {where: event.form == \"a, b\"}", "where", "event.form == \"a, b\""),
        ("- {event: x, where: event.form in {\"a\"}, points: 1}", "where", "event.form in {\"a\"}"),
        (
            "exit: {exit_when: count(\"x\", within=\"1 day\") >= 3, a: b}",
            "exit_when",
            "count(\"x\", within=\"1 day\") >= 3",
        ),
        ("p: {match: industry in [\"製造業\"], share: 3%}", "match", "industry in [\"製造業\"]"),
        (
            "- {\n    id: a,\n    when: did(\"x\",\n      within=\"7 days\"),\n    send: b}",
            "when",
            "did(\"x\",\n      within=\"7 days\")",
        ),
    ] {
        let parsed = read(text);
        assert_eq!(parsed.sink.found.len(), 1, "{text}: {}", parsed.findings());
        let found = &parsed.sink.found[0];
        assert_eq!(found.code.info().slug, "unquoted-flow-expression", "{text}");
        assert_eq!(parsed.map.slice(found.span()), under, "{text}");
        assert_eq!(found.message, short(key), "{text}");
    }
    assert_eq!(
        help("- {when: a in [\"x\", \"y\"]}"),
        "put the expression in quotes, `when: 'a in [\"x\", \"y\"]'`, or write the mapping in block style"
    );
    assert_eq!(
        help("- {when: did('x', within='7 days')}"),
        "put the expression in quotes, `when: \"did('x', within='7 days')\"`, or write the mapping in block style"
    );
    assert_eq!(
        help("- {when: 'a' in interests}"),
        "put the expression in quotes, `when: \"'a' in interests\"`, or write the mapping in block style"
    );
    assert_eq!(
        findings("{when: a == \"x: y\"}"),
        "1:8 unquoted-flow-expression \"a == \\\"x: y\\\"\": in flow style `{…}` a comma or bracket ends an unquoted value \
         (so does a colon with a space), which cuts the expression of `when` short"
    );
    assert_eq!(
        findings("{when: \"a\" in interests, id: b}"),
        "1:8 unquoted-flow-expression \"\\\"a\\\" in interests\": YAML reads the quote at the start of `when` as the end of the value, \
         not as part of the expression"
    );
}

#[test]
fn a_cut_expression_is_put_together_again() {
    let parsed = read("{when: did(\"x\", within=\"7 days\"), id: a}");
    let keys: Vec<_> = parsed.root().entries().iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["when", "id"]);
    assert!(
        matches!(&parsed.root().get("when").unwrap().value, Value::Str(when) if when == "did(\"x\", within=\"7 days\")")
    );
}

#[test]
fn sound_flow_mappings_are_left_alone() {
    for text in [
        "{when: score >= 60, id: a}",
        "{when: 'a in [\"x\"]', id: a}",
        "{when: (a and b) or not c, id: a}",
        "{if: x == \"a\", steps: [{id: b, send: c}]}",
        "{key: event.order_id}",
        "{granted: true}",
        "{match: a.b(1), x: {when: b}}",
    ] {
        assert_eq!(findings(text), "", "{text}");
    }
    assert_eq!(findings("[{when: a} x]").split(' ').nth(1), Some("yaml-syntax"));
    assert_eq!(findings("{if: x, steps: [a: b: c]}").split(' ').nth(1), Some("yaml-syntax"));
}

#[test]
fn hostile_files_fail() {
    let laughs = (1..30).fold("a0: &a0 [x, x, x, x, x, x, x, x]\n".to_owned(), |text, n| {
        let before = n - 1;
        text + &format!("a{n}: &a{n} [{}]\n", vec![format!("*a{before}"); 8].join(", "))
    });
    let indented: String = (0..10_000).map(|depth| " ".repeat(depth) + "a:\n").collect();
    for text in
        ["[".repeat(10_000), "{a: ".repeat(10_000), "- ".repeat(10_000), indented, laughs, "[{a: ".repeat(5_000)]
    {
        let parsed = read(&text);
        assert!(parsed.document.is_none());
        assert_eq!(parsed.sink.found.len(), 1);
        assert_eq!(parsed.sink.found[0].code.info().slug, "too-large-yaml", "{}", parsed.findings());
    }
    let comments = many_comments(100_000) + "a: b\n" + &many_comments(1000) + "c: d\n";
    assert_eq!(read(&comments).document.unwrap().comments.len(), 101_000);
    assert_eq!(read(&many_keys(100_000)).root().entries().len(), 100_000);
    let towers = (1..100).fold("a0: &a0 []\n".to_owned(), |text, n| text + &format!("a{n}: &a{n} [[*a{}]]\n", n - 1));
    assert_eq!(read(&towers).sink.found[0].code.info().slug, "too-large-yaml");
}

fn many_comments(count: usize) -> String {
    "# c\n".repeat(count)
}

fn many_keys(count: usize) -> String {
    (0..count).map(|n| format!("k{n}: 1\n")).collect()
}

#[test]
fn work_grows_with_what_there_is_to_read() {
    assert_grows_evenly("comments", |count| drop(read(&(many_comments(10 * count) + "a: b\n"))));
    assert_grows_evenly("keys", |count| drop(read(&many_keys(count))));
    assert_grows_evenly("aliases", |count| drop(read(&format!("a: &a [x]\nb:\n{}", "- *a\n".repeat(count)))));
}

/// Text with much of what YAML gives a meaning to.
fn yamlish() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a", "when", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ", ", "\"", "'", "|", ">", "#",
        " # ", "&a ", "*a", "!x ", "!!str ", "? ", "%", "---\n", "...\n", "\t", "\r\n", "\u{feff}", "業種", "1", "1e9",
        "~", "{{ x }}", "\\", "<<", "\0",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

fn check_spans(node: &Node, text: &str) {
    assert!(text.get(node.span.start as usize..node.span.end as usize).is_some(), "{node:?} in {text:?}");
    for entry in node.entries() {
        assert!(text.get(entry.key_span.start as usize..entry.key_span.end as usize).is_some());
        check_spans(&entry.value, text);
    }
    if let Value::Seq(items) = &node.value {
        items.iter().for_each(|item| check_spans(item, text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![yamlish(), ".{0,200}", "(?s).{0,60}"]) {
        let parsed = read(&text);
        prop_assert!(parsed.document.is_some() || parsed.sink.has_errors());
        if let Some(root) = parsed.document.as_ref().and_then(|document| document.root.as_ref()) {
            check_spans(root, &text);
        }
        for found in &parsed.sink.found {
            for label in &found.labels {
                prop_assert!(text.get(label.span.start as usize..label.span.end as usize).is_some(), "{:?}", found);
            }
        }
    }
}
