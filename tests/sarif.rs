//! The SARIF output against the schema of the standard.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use tabiji::diag::{Code, Diagnostic, sarif};
use tabiji::text::{SourceMap, Span};

const SCHEMA: &str = include_str!("fixtures/sarif-schema-2.1.0.json");

/// All the faults that the schema sees.
fn faults(log: &str) -> Vec<String> {
    let mut schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    // This pattern of the standard has a stray `]`, which a strict reader of regular expressions refuses. It is about
    // a property that we do not write.
    for holder in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{holder}/properties/language")).unwrap();
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let log: serde_json::Value = serde_json::from_str(log).unwrap();
    validator.iter_errors(&log).map(|error| format!("{} at {}", error, error.instance_path())).collect()
}

fn a_log() -> String {
    let mut sources = SourceMap::default();
    let a = sources.add("旅 路/a.yaml", "segments:\n  業種: 1\n");
    let b = sources.add("b.yaml", "");
    let found: Vec<Diagnostic> = Code::ALL
        .iter()
        .map(|code| Diagnostic::new(*code, Span::new(a, 12, 18), "a fault").also(Span::new(b, 0, 0), "").help("so"))
        .collect();
    sarif::sarif(&found, &sources, "campaigns/")
}

#[test]
fn every_code_makes_a_valid_result() {
    assert_eq!(faults(&a_log()), Vec::<String>::new());
}

#[test]
fn a_run_that_cannot_begin_makes_a_valid_log() {
    assert_eq!(faults(&sarif::refusal("there is no tabiji.yaml")), Vec::<String>::new());
}

#[test]
fn the_schema_does_see_faults() {
    let broken = a_log().replace("\"startLine\": 2", "\"startLine\": 0");
    assert!(!faults(&broken).is_empty());
}

#[test]
fn places_are_in_characters_and_paths_are_uris() {
    let log: serde_json::Value = serde_json::from_str(&a_log()).unwrap();
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "campaigns/%E6%97%85%20%E8%B7%AF/a.yaml");
    assert_eq!(place["region"], serde_json::json!({"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 5}));
    assert_eq!(log["runs"][0]["columnKind"], "unicodeCodePoints");
}
