//! Input that means harm: `check` ends soon, in bounded memory, with a finding or a refusal, and never falls over.
//!
//! The work is bounded by limits, not by a clock: where one is missing, a test here does not end. Tests run on threads with
//! small stacks, so that recursion without a bound shows.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod growth;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use growth::assert_grows_evenly;
use proptest::prelude::*;
use tabiji::diag::{self, Code};
use tabiji::pipeline::{self, OpenError};
use tempfile::TempDir;

/// A project of these files.
fn project(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// Checks a project and gives what was found, as code, path and message.
fn found(root: &Path) -> Vec<(Code, String, String)> {
    let checked = pipeline::check(root).unwrap();
    // Every renderer has to live with the findings as well.
    let first: Vec<_> = checked.findings.iter().take(100).cloned().collect();
    let human = diag::human(&first, &checked.sources, diag::Style::default());
    assert!(human.len() < 1_000_000, "{} bytes are no report", human.len());
    checked
        .findings
        .iter()
        .map(|one| (one.code, checked.sources.file(one.span().file).path.clone(), one.message.clone()))
        .collect()
}

/// The codes found in a project whose `tabiji.yaml` is this.
fn codes_of(text: &str) -> Vec<Code> {
    let project = project(&[("tabiji.yaml", text.as_bytes())]);
    found(project.path()).into_iter().map(|(code, _, _)| code).collect()
}

/// Exit code and output of `tabiji check`.
fn binary(root: &Path) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tabiji")).arg("check").arg(root).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap_or(-1), text)
}

const MAIL: &str = "topics: {t: {consent: opt_out}}
senders: {s: {from: {email: a@b.example}}}
journeys: {j: {entry: {event: lead_created}, steps: [{id: send, send: m}]}}
emails:
  m: {topic: t, sender: s, subject: Hi, body: mail.html}
";

/// The codes found in a project with one mail whose body is this template.
fn codes_of_template(template: &str) -> Vec<Code> {
    let project = project(&[("tabiji.yaml", MAIL.as_bytes()), ("mail.html", template.as_bytes())]);
    found(project.path()).into_iter().map(|(code, _, _)| code).collect()
}

/// The codes found for a segment with this condition.
fn codes_of_condition(condition: &str) -> Vec<Code> {
    codes_of(&format!(
        "fields: {{a: {{type: integer}}}}\nlevels: {{unused-definition: allow}}\nsegments:\n  s:\n    when: |-\n      {condition}\n"
    ))
}

#[test]
fn aliases_that_multiply_are_stopped() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        let _ = writeln!(bomb, "a{level}: &a{level} [{inner}]");
    }
    assert!(codes_of(&bomb).contains(&Code::TooDeep));
}

#[test]
fn nesting_of_every_sort_is_stopped() {
    const DEEP: usize = 10_000;
    let block: String = (0..3_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let steps = "[{id: x, branch: [{if: a, steps: ".repeat(DEEP) + &"}]}]".repeat(DEEP);
    let texts = [
        "[".repeat(DEEP),
        "fields: ".to_owned() + &"[".repeat(DEEP) + &"]".repeat(DEEP),
        "{a: ".repeat(DEEP),
        "{a: ".repeat(DEEP) + "1" + &"}".repeat(DEEP),
        "- ".repeat(DEEP) + "a",
        "? ".repeat(DEEP) + "a",
        "a: [{".repeat(DEEP),
        "&a [".repeat(DEEP),
        "!!seq [".repeat(DEEP),
        "{? ".repeat(DEEP),
        block,
        format!("journeys: {{j: {{entry: {{called: true}}, steps: {steps}}}}}"),
        format!("segments: {{s: {{when: {}}}}}", "[a, ".repeat(DEEP)),
    ];
    for text in texts {
        assert!(!codes_of(&text).is_empty(), "{}", &text[..60]);
    }
}

#[test]
fn bodies_that_repeat_a_sign_take_no_longer_than_their_length() {
    let deep = format!("<style>{}b {{ color: red }}</style>{}", "a ".repeat(20), "<a>".repeat(400));
    let bodies = [
        "[".repeat(200_000),
        "[a](".repeat(50_000),
        "![a](b".repeat(40_000),
        "[a](b \"".repeat(30_000),
        "[".repeat(50_000) + &"](x)".repeat(50_000),
        "*a_".repeat(50_000),
        "*".repeat(50_000) + "a" + &"*".repeat(50_000),
        ">".repeat(100_000),
        "- ".repeat(50_000),
        (0..1_000).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect(),
        "`".repeat(100_000),
        "〇".repeat(100_000),
        "&lt;".repeat(60_000),
        "<<".repeat(100_000),
        "<!--".repeat(50_000),
        "<b><i>".repeat(50_000),
        "{% if a %}".repeat(50_000),
        deep,
    ];
    for body in bodies {
        for format in ["md", "html"] {
            let yaml = MAIL.replace("mail.html", &format!("mail.{format}"));
            let project = project(&[("tabiji.yaml", yaml.as_bytes()), (&format!("mail.{format}"), body.as_bytes())]);
            found(project.path());
        }
    }
}

#[test]
fn large_files_are_refused_unread() {
    let project = project(&[("tabiji.yaml", b"project: large\n")]);
    fs::File::create(project.path().join("large.yaml")).unwrap().set_len(100 << 20).unwrap();
    let all = found(project.path());
    assert!(
        matches!(all.as_slice(), [(Code::UnreadableFile, path, message)] if path == "large.yaml" && message.contains("MiB")),
        "{all:?}"
    );
    assert_eq!(binary(project.path()).0, 1);
}

#[test]
fn files_up_to_the_limit_are_read() {
    let comments = "# nothing to see here, and nothing to do either\n".repeat(300_000);
    assert_eq!(codes_of(&comments), []);
    let scalar = format!("project: \"{}\"\n", "long ".repeat(2_000_000));
    codes_of(&scalar);
    let blank = "\n".repeat(10_000_000);
    assert_eq!(codes_of(&blank), []);
}

#[test]
fn a_file_of_more_values_than_the_limit_is_refused() {
    let items = format!("absent: [{}]\n", "a,".repeat(2_100_000));
    assert!(codes_of(&items).contains(&Code::TooDeep));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let utf16: Vec<u8> = "\u{feff}project: x\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16_be: Vec<u8> = "\u{feff}project: x\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let cases: [(&[u8], Code); 6] = [
        (b"project: \xff\xfe\n", Code::UnreadableFile),
        (b"\xc3\x28", Code::UnreadableFile),
        (&utf16, Code::UnreadableFile),
        (&utf16_be, Code::UnreadableFile),
        (b"project: a\0b\n", Code::UnsupportedYaml),
        (b"project: \x1b[31mred\n", Code::YamlSyntax),
    ];
    for (bytes, code) in cases {
        let project = project(&[("tabiji.yaml", b"project: x\n"), ("a.yaml", bytes)]);
        let all = found(project.path());
        assert!(
            matches!(all.as_slice(), [(found, path, _)] if *found == code && path == "a.yaml"),
            "{bytes:?}: {all:?}"
        );
        let (exit, text) = binary(project.path());
        assert_eq!(exit, 1, "{text}");
        assert!(!text.contains('\u{1b}') && !text.contains('\0'), "{text}");
    }
}

#[test]
fn attachments_are_no_way_out_of_the_project() {
    let outside = project(&[("secret.md", b"secret"), ("secret.csv", b"id\nsecret\n")]);
    let text = format!(
        "lists:
  up: {{members: ../secret.csv}}
  absolute: {{members: {0}/secret.csv}}
  linked: {{members: link.csv}}
emails:
  up: {{topic: t, sender: s, subject: Hi, body: ../secret.md}}
  down-up: {{topic: t, sender: s, subject: Hi, body: a/../../secret.md}}
  absolute: {{topic: t, sender: s, subject: Hi, body: {0}/secret.md}}
  linked: {{topic: t, sender: s, subject: Hi, body: link.md}}
  through: {{topic: t, sender: s, subject: Hi, body: folder/secret.md}}
  folder: {{topic: t, sender: s, subject: Hi, body: folder.md}}
topics: {{t: {{consent: opt_out}}}}
senders: {{s: {{from: {{email: a@b.example}}}}}}
levels: {{unused-definition: allow, unsent-email: allow}}
",
        outside.path().display()
    );
    let project = project(&[("tabiji.yaml", text.as_bytes()), ("a/b.md", b""), ("folder.md/x", b"")]);
    link(&outside.path().join("secret.csv"), &project.path().join("link.csv"));
    link(&outside.path().join("secret.md"), &project.path().join("link.md"));
    link(outside.path(), &project.path().join("folder"));
    let all = found(project.path());
    // Nine attachments, and the link to a folder by itself.
    assert_eq!(all.iter().filter(|(code, ..)| *code == Code::UnreadableFile).count(), 10, "{all:#?}");
    assert_eq!(all.len(), 10, "{all:#?}");
    assert!(!binary(project.path()).1.contains("secret\n"));
}

#[cfg(unix)]
fn link(target: &Path, place: &Path) {
    std::os::unix::fs::symlink(target, place).unwrap();
}

#[cfg(unix)]
#[test]
fn strange_files_do_not_stop_the_run() {
    let outside = project(&[("other.yaml", b"project: other\n")]);
    let project = project(&[
        ("tabiji.yaml", b"project: x\n"),
        ("folder.yaml/inner.yaml", b"fields: {a: {type: txt}}\n"),
        ("real.yaml", b"segments: {}\n"),
    ]);
    let at = |name: &str| project.path().join(name);
    link(&outside.path().join("other.yaml"), &at("link-out.yaml"));
    link(outside.path(), &at("folder-out.yaml"));
    link(&at("real.yaml"), &at("link-inside.yaml"));
    link(&at("circle-b.yaml"), &at("circle-a.yaml"));
    link(&at("circle-a.yaml"), &at("circle-b.yaml"));
    link(&at("nowhere"), &at("dangling.yaml"));
    link(project.path(), &at("itself"));
    assert!(Command::new("mkfifo").arg(at("pipe.yaml")).status().unwrap().success());
    let all = found(project.path());
    let unreadable: Vec<&str> =
        all.iter().filter(|(code, ..)| *code == Code::UnreadableFile).map(|(_, path, _)| path.as_str()).collect();
    assert_eq!(
        unreadable,
        ["circle-a.yaml", "circle-b.yaml", "dangling.yaml", "folder-out.yaml", "link-out.yaml", "pipe.yaml"],
        "{all:#?}"
    );
    assert!(all.iter().any(|(code, path, _)| *code == Code::InvalidValue && path == "folder.yaml/inner.yaml"));
    assert_eq!(binary(project.path()).0, 1);
}

#[cfg(unix)]
#[test]
fn a_project_file_that_is_no_file_is_no_project() {
    let pipe = tempfile::tempdir().unwrap();
    assert!(Command::new("mkfifo").arg(pipe.path().join("tabiji.yaml")).status().unwrap().success());
    assert!(matches!(pipeline::check(pipe.path()), Err(OpenError::NotFound(_))));
    let folder = project(&[("tabiji.yaml/a.yaml", b"")]);
    assert!(matches!(pipeline::check(folder.path()), Err(OpenError::NotFound(_))));
    assert_eq!(binary(folder.path()).0, 3);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_said() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = project(&[("tabiji.yaml", b"project: x\n"), ("a.yaml", b"project: y\n")]);
    let secret = project.path().join("a.yaml");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&secret).is_ok() {
        return; // the superuser may read everything
    }
    let all = found(project.path());
    assert!(matches!(all.as_slice(), [(Code::UnreadableFile, path, _)] if path == "a.yaml"), "{all:?}");
}

#[test]
fn endless_conditions_are_refused() {
    let long = "a > 1 and ".repeat(20_000) + "a > 1";
    let conditions = [
        "not ".repeat(100_000) + "a",
        "a > 1 and ".repeat(100_000) + "a > 1",
        "a > 1 or ".repeat(100_000) + "a > 1",
        "a + ".repeat(100_000) + "1 > 2",
        "(".repeat(100_000) + "a",
        "[".repeat(100_000),
        "-".repeat(100_000) + "a > 1",
        "a ".to_owned() + &"| abs ".repeat(100_000) + "> 1",
        "a".to_owned() + &".b".repeat(100_000),
        "a".to_owned() + &"()".repeat(100_000),
        "a".to_owned() + &"[0]".repeat(100_000),
        "a is none ".to_owned() + &"is none ".repeat(100_000),
        "1 if a else ".repeat(100_000) + "2",
        "a ** ".repeat(100_000) + "2 > 1",
        "a < ".repeat(100_000) + "a",
        "did(".repeat(100_000),
        "{\"a\": ".repeat(100_000),
        "\"x\" ~ ".repeat(100_000) + "\"y\" == \"z\"",
        long,
    ];
    for condition in conditions {
        assert!(!codes_of_condition(&condition).is_empty(), "{}", &condition[..40]);
    }
}

#[test]
fn long_conditions_within_the_limits_are_read() {
    let list = (0..20_000).map(|number| number.to_string()).collect::<Vec<_>>().join(", ");
    assert_eq!(codes_of_condition(&format!("a in [{list}]")), []);
    let nested = "not ".repeat(190) + "(a > 1" + &" and a > 1".repeat(90) + ")";
    assert_eq!(codes_of_condition(&nested), []);
    assert!(codes_of_condition(&format!("a == \"{}\"", "x".repeat(200_000))).contains(&Code::TypeMismatch));
}

#[test]
fn endless_templates_are_refused() {
    let templates = [
        "{% if a %}".repeat(10_000),
        "{% if true %}".repeat(10_000) + &"{% endif %}".repeat(10_000),
        "{% if true %}".to_owned() + &"{% elif true %}".repeat(10_000) + "{% endif %}",
        "{% for x in [1] %}".repeat(10_000) + &"{% endfor %}".repeat(10_000),
        "{% for x in range(10**9) %}{{ x }}{% endfor %}".to_owned(),
        "{% for x in range(1000000000) %}x{% endfor %}".to_owned(),
        "{% set x = 1 %}{% with x = 1 %}".repeat(10_000) + &"{% endwith %}".repeat(10_000),
        "{% filter upper %}".repeat(10_000),
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}".to_owned(),
        "{% include \"mail.html\" %}".to_owned(),
        "{% extends \"mail.html\" %}".to_owned(),
        "{{ ".repeat(10_000),
        "{{ \"x\" * 1000000000 }}".to_owned(),
        "{{ 10 ** 1000000000 }}".to_owned(),
        "{{ 99999999999999999999999999999999999999999999 }}".to_owned(),
        "{% raw %}".repeat(10_000),
        "{# ".repeat(10_000),
        "{% autoescape true %}".repeat(10_000) + &"{% endautoescape %}".repeat(10_000),
    ];
    for template in templates {
        assert!(!codes_of_template(&template).is_empty(), "{}", &template[..template.len().min(50)]);
    }
}

#[test]
fn an_empty_expression_is_a_fault_wherever_it_stands() {
    const KEYS: [&str; 12] = [
        "segments: {s: {when: ''}}",
        "personas: {p: {match: ''}}",
        "personas: {p: {match: 'true', behavior: {does: [{event: subscribed, rate: 1 per day, when: ''}]}}}",
        "scoring: {s: {rules: [{event: subscribed, where: '', points: 1}]}}",
        "grading: {g: {rules: [{when: '', points: 1}], bands: {A: 0}}}",
        "lifecycle: {stages: [a, b], moves: [{from: a, to: b, when: ''}]}",
        "lifecycle: {stages: [a, b], moves: [{from: a, to: b, event: subscribed, where: ''}]}",
        "topics: {t: {consent: opt_in, granted: ''}}",
        "journeys: {j: {entry: {event: subscribed, where: ''}, steps: []}}",
        "journeys: {j: {entry: {event: subscribed, when: ''}, exit_when: '', steps: []}}",
        "journeys: {j: {entry: {event: subscribed}, goal: {when: ''}, steps: [{id: a, branch: [{if: '', steps: []}], else: []}]}}",
        "journeys: {j: {entry: {event: subscribed}, steps: [{id: a, wait_for: {event: subscribed, where: '', when: '', within: 1d}}]}}",
    ];
    for text in KEYS {
        let codes = codes_of(&format!("levels: {{unused-definition: allow}}\n{text}\n"));
        let empty = text.matches("''").count();
        assert_eq!(codes, vec![Code::ExpressionSyntax; empty], "{text}");
    }
    let key = codes_of("events: {e: {}}\njourneys: {j: {entry: {event: e, key: ''}, steps: []}}\n");
    assert_eq!(key, [Code::InvalidValue]);
}

/// So many fields, each with a segment that asks for it; and the same with each name slightly wrong.
fn many_definitions(count: usize) -> [String; 2] {
    let mut fields = "levels: {unused-definition: allow}\nfields:\n".to_owned();
    let mut segments = "segments:\n".to_owned();
    for number in 0..count {
        let _ = writeln!(fields, "  field_number_{number}: {{type: integer}}");
        let _ = writeln!(segments, "  segment-{number}: {{when: field_number_{number} > 3}}");
    }
    [fields.clone() + &segments, fields + &segments.replace("field_number_", "field_nunber_")]
}

#[test]
fn many_definitions_are_no_harm() {
    let [right, wrong] = many_definitions(10_000);
    assert_eq!(codes_of(&right), []);
    // The search for the nearest has its bound too.
    assert_eq!(codes_of(&wrong).len(), 10_000);
}

#[test]
fn work_grows_with_what_there_is_to_do() {
    for (at, what) in ["definitions", "wrong names"].into_iter().enumerate() {
        assert_grows_evenly(what, |count| drop(codes_of(&many_definitions(count)[at])));
    }
    for body in
        ["<a href=\"x\">here</a> ", "<p style=\"color:#ccc;background:#fff\">x</p>", "<img src=\"a.png\">", "%%NAME%% "]
    {
        assert_grows_evenly(body, |count| drop(codes_of_template(&body.repeat(count))));
    }
}

#[test]
fn many_comments_are_no_harm() {
    let mut text = "fields:\n".to_owned();
    for number in 0..20_000 {
        let _ = writeln!(text, "  # tabiji: allow(unused-definition) kept\n  f{number}: {{type: integer}}");
    }
    assert_eq!(codes_of(&text), []);
}

#[test]
fn chains_are_followed_without_deep_recursion() {
    const LONG_CHAIN: usize = 10_000;
    let mut segments =
        "levels: {unused-definition: allow, equal-segments: allow}\nfields: {a: {type: integer}}\nsegments:\n"
            .to_owned();
    let mut journeys = "journeys:\n  j0: {entry: {event: lead_created}, steps: [{id: a, start: j1}]}\n".to_owned();
    for number in 0..LONG_CHAIN {
        let _ = writeln!(segments, "  s{number}: {{when: in_segment(\"s{}\")}}", number + 1);
        let _ = writeln!(
            journeys,
            "  j{}: {{entry: {{called: true}}, steps: [{{id: a, start: j{}}}]}}",
            number + 1,
            number + 2
        );
    }
    let _ = writeln!(segments, "  s{LONG_CHAIN}: {{when: a > 3}}");
    let _ = writeln!(journeys, "  j{}: {{entry: {{called: true}}, steps: []}}", LONG_CHAIN + 1);
    assert_eq!(codes_of(&(segments.clone() + &journeys)), []);
    let circle = segments.replace("{when: a > 3}", "{when: in_segment(\"s0\")}");
    assert_eq!(codes_of(&circle), [Code::CircularDefinition]);
}

#[test]
fn long_journeys_are_no_harm() {
    let waits: String = (0..10_000).map(|number| format!("      - {{id: s{number}, wait: 1 day}}\n")).collect();
    let head = "journeys:\n  j:\n    entry: {event: lead_created}\n    steps:\n";
    assert_eq!(codes_of(&format!("{head}{waits}")), []);
    let jumps: String = (0..10_000)
        .map(|number| format!("      - {{id: s{number}, goto: s{}}}\n", (number + 7_919) % 10_000))
        .collect();
    assert!(codes_of(&format!("{head}{jumps}")).contains(&Code::LoopWithoutWait));
    let faults = waits.replace("1 day", "0 days");
    let codes = codes_of(&format!("{head}{faults}"));
    assert!(codes.len() >= 100 && codes.iter().all(|code| *code == Code::InvalidValue), "{}", codes.len());
    let arms: String =
        (0..10_000).map(|number| format!("          - {{name: a{number}, weight: 0.01, steps: []}}\n")).collect();
    assert_eq!(codes_of(&format!("{head}      - id: s\n        split:\n{arms}")), []);
    let ifs: String = (0..10_000).map(|_| "          - {if: id == \"x\", steps: []}\n").collect();
    assert_eq!(codes_of(&format!("{head}      - id: s\n        branch:\n{ifs}        else: []\n")), []);
}

#[test]
fn strange_names_are_faults_and_no_harm() {
    let long = "n".repeat(100_000);
    let names =
        ["🚀", "\"\"", "\"\\n\"", "\"a.b\"", "\"\\u202e\"", "\"\\u0000\"", "\" \"", "-1", "../x", long.as_str()];
    for name in names {
        for kind in ["segments", "fields", "journeys", "emails", "unknown"] {
            let codes = codes_of(&format!("{kind}:\n  {name}: {{}}\n"));
            assert!(!codes.is_empty(), "{kind} {}", &name[..name.len().min(20)]);
        }
    }
    let stage = codes_of(&format!("lifecycle: {{stages: [🚀, \"\", \"\\n\", {long}]}}\n"));
    assert!(stage.len() < 10);
}

#[test]
fn many_files_with_one_fault_each_are_told_apart() {
    let folder = project(&[("tabiji.yaml", b"project: many\n")]);
    for number in 0..2_000 {
        fs::write(folder.path().join(format!("f{number:04}.yaml")), "fields: {a: {type: \n").unwrap();
    }
    let all = found(folder.path());
    assert_eq!(all.iter().filter(|(code, ..)| *code == Code::YamlSyntax).count(), 2_000);
}

/// A change to a text such as a slip of the hand, or of a tool, makes.
#[derive(Clone, Debug)]
enum Slip {
    Flip(usize, u8),
    Delete(usize, usize),
    SwapLines(usize, usize),
    Repeat(usize),
    Insert(usize, &'static str),
}

fn slips() -> impl Strategy<Value = Vec<Slip>> {
    let bits = [
        "{", "}", "[", "]", ": ", "- ", "\"", "'", "#", "&a ", "*a", "|\n", "\t", "\r\n", "\u{feff}", "{{", "%}", "業",
        "! ", "\n",
    ];
    let slip = prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Slip::Flip(at, byte)),
        (any::<usize>(), 1_usize..40).prop_map(|(at, length)| Slip::Delete(at, length)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Slip::SwapLines(a, b)),
        any::<usize>().prop_map(Slip::Repeat),
        (any::<usize>(), prop::sample::select(bits.to_vec())).prop_map(|(at, bit)| Slip::Insert(at, bit)),
    ];
    prop::collection::vec(slip, 1..6)
}

fn slipped(mut bytes: Vec<u8>, slips: &[Slip]) -> Vec<u8> {
    for slip in slips {
        let length = bytes.len().max(1);
        match *slip {
            Slip::Flip(at, byte) => {
                if let Some(old) = bytes.get_mut(at % length) {
                    *old = byte;
                }
            }
            Slip::Delete(at, count) => {
                let start = (at % length).min(bytes.len());
                bytes.drain(start..(start + count).min(bytes.len()));
            }
            Slip::SwapLines(a, b) => {
                let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
                let count = lines.len().max(1);
                if !lines.is_empty() {
                    lines.swap(a % count, b % count);
                }
                bytes = lines.concat();
            }
            Slip::Repeat(at) => {
                let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
                let again = lines.get(at % lines.len().max(1)).map(|line| line.to_vec()).unwrap_or_default();
                bytes.extend(again);
            }
            Slip::Insert(at, bit) => {
                let at = (at % length).min(bytes.len());
                bytes.splice(at..at, bit.bytes());
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_slip_of_the_hand_makes_it_fall_over(which in any::<usize>(), slips in slips()) {
        const FILES: [&str; 6] = [
            "tabiji.yaml", "people.yaml", "mail.yaml", "journeys/guide.yaml", "emails/guide.md", "leads/sample.csv",
        ];
        let folder = tempfile::tempdir().unwrap();
        for (at, name) in FILES.iter().chain(&["emails/follow-up.md"]).enumerate() {
            let bytes = fs::read(Path::new("examples/minimal").join(name)).unwrap();
            let bytes = if at == which % FILES.len() { slipped(bytes, &slips) } else { bytes };
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        found(folder.path());
    }
}
