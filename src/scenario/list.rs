//! The tests of a project, none of which is run.

use serde::Serialize;

use crate::ir::scenario::Test;
use crate::text::SourceMap;

/// Version of the JSON format.
const FORMAT_VERSION: u32 = 1;

#[derive(Serialize)]
struct List<'a> {
    format_version: u32,
    status: &'static str,
    project: &'a str,
    tests: Vec<Listed<'a>>,
}

/// What a test is called, and where it stands.
#[derive(Serialize)]
pub(super) struct Listed<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    path: &'a str,
    line: usize,
}

impl<'a> Listed<'a> {
    pub(super) fn of(test: &'a Test, sources: &'a SourceMap) -> Self {
        let span = test.origin.0;
        Listed {
            name: &test.name,
            label: test.label.as_deref(),
            path: &sources.file(span.file).path,
            line: sources.position(span.file, span.start).line,
        }
    }
}

/// A line for each test.
pub fn listed_text(tests: &[&Test]) -> String {
    let line = |test: &&Test| match &test.label {
        Some(label) => format!("{}  {label}\n", test.name),
        None => format!("{}\n", test.name),
    };
    tests.iter().map(line).collect()
}

/// The tests for programs.
///
/// # Errors
/// If JSON cannot hold them, which does not happen.
pub fn listed_json(project: &str, tests: &[&Test], sources: &SourceMap) -> serde_json::Result<String> {
    let tests = tests.iter().map(|test| Listed::of(test, sources));
    let list = List { format_version: FORMAT_VERSION, status: "ok", project, tests: tests.collect() };
    Ok(serde_json::to_string_pretty(&list)? + "\n")
}
