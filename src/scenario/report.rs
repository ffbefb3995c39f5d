//! Results of tests for people, and for programs as JSON.

use serde::Serialize;

use super::list::Listed;
use super::{Coverage, Verdict};
use crate::diag::{Diagnostic, Style, human, json};
use crate::text::SourceMap;

/// Version of the JSON format.
const FORMAT_VERSION: u32 = 1;

/// What a report is made from.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The project's name.
    pub project: &'a str,
    /// The tests that ran.
    pub verdicts: &'a [Verdict<'a>],
    /// What they reach.
    pub coverage: &'a Coverage,
    /// The files.
    pub sources: &'a SourceMap,
    /// Least share of points that has to be reached, in percent.
    pub min_coverage: Option<usize>,
}

impl Shown<'_> {
    /// Tests that failed.
    pub fn failed(&self) -> usize {
        self.verdicts.iter().filter(|verdict| !verdict.findings.is_empty()).count()
    }

    /// Whether less is reached than has to be.
    pub fn is_short(&self) -> bool {
        self.min_coverage.is_some_and(|least| self.coverage.percent() < least)
    }
}

/// The results for people; with `coverage`, also what no test reaches.
pub fn text(shown: &Shown<'_>, style: Style<'_>, coverage: bool) -> String {
    let mut text = String::new();
    for verdict in shown.verdicts {
        let label = verdict.test.label.as_ref().map(|label| format!("  {label}")).unwrap_or_default();
        let word = if verdict.findings.is_empty() { "ok    " } else { "FAILED" };
        text.push_str(&format!("{word}  {}{label}\n", verdict.test.name));
    }
    for verdict in shown.verdicts.iter().filter(|verdict| !verdict.findings.is_empty()) {
        text.push_str(&format!("\n── {}\n\n", verdict.test.name));
        text.push_str(&human(&verdict.findings, shown.sources, style));
        text.push_str(&verdict.diff);
    }
    let (total, failed) = (shown.verdicts.len(), shown.failed());
    let tests = if total == 1 { "test" } else { "tests" };
    text.push_str(&format!("\n{total} {tests}, {failed} failed\n"));
    text.push_str(&coverage_text(shown, coverage));
    text
}

fn coverage_text(shown: &Shown<'_>, all: bool) -> String {
    let coverage = shown.coverage;
    let mut text = format!(
        "coverage: {} of {} entries, steps and ways, {} %",
        coverage.reached,
        coverage.total,
        coverage.percent()
    );
    if let Some(least) = shown.min_coverage {
        text.push_str(&format!("; at least {least} % {}", if shown.is_short() { "are wanted" } else { "were wanted" }));
    }
    text.push('\n');
    if all {
        for journey in &coverage.journeys {
            text.push_str(&format!("  {}: {} of {}\n", journey.journey, journey.reached, journey.total));
            for missing in &journey.missing {
                text.push_str(&format!("    not reached: {missing}\n"));
            }
        }
    }
    text
}

#[derive(Serialize)]
struct Report<'a> {
    format_version: u32,
    status: &'static str,
    project: &'a str,
    tests: Vec<Entry<'a>>,
    summary: Summary,
    coverage: CoverageEntry<'a>,
}

#[derive(Serialize)]
struct Entry<'a> {
    #[serde(flatten)]
    test: Listed<'a>,
    passed: bool,
    findings: Vec<json::Finding>,
    /// Both sides, line by line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    timeline: Vec<&'a str>,
}

#[derive(Serialize)]
struct Summary {
    tests: usize,
    failed: usize,
}

#[derive(Serialize)]
struct CoverageEntry<'a> {
    #[serde(flatten)]
    coverage: &'a Coverage,
    percent: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted_percent: Option<usize>,
}

/// The results for programs.
///
/// # Errors
/// If JSON cannot hold them, which does not happen.
pub fn json(shown: &Shown<'_>) -> serde_json::Result<String> {
    let entry = |verdict: &'_ Verdict<'_>| findings(&verdict.findings, shown.sources);
    let tests = shown.verdicts.iter().map(|verdict| Entry {
        test: Listed::of(verdict.test, shown.sources),
        passed: verdict.findings.is_empty(),
        findings: entry(verdict),
        timeline: if verdict.findings.is_empty() { Vec::new() } else { verdict.diff.lines().collect() },
    });
    let report = Report {
        format_version: FORMAT_VERSION,
        status: if shown.failed() > 0 || shown.is_short() { "findings" } else { "ok" },
        project: shown.project,
        tests: tests.collect(),
        summary: Summary { tests: shown.verdicts.len(), failed: shown.failed() },
        coverage: CoverageEntry {
            coverage: shown.coverage,
            percent: shown.coverage.percent(),
            wanted_percent: shown.min_coverage,
        },
    };
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}

fn findings(found: &[Diagnostic], sources: &SourceMap) -> Vec<json::Finding> {
    json::report(found, sources).findings
}
