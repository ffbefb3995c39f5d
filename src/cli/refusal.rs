//! How the failure of a run is told where its report would stand.

use clap::ValueEnum;

use super::Failure;
use super::args::{CheckFormat, EffectFormat, FitFormat, Format, ReportFormat, TestFormat, ValueFormat};
use super::compile::json_text;
use crate::diag::{Style, Summary, github, human, json, sarif};
use crate::leads::csv_row;
use crate::text::escaped;
use crate::{diff, scenario};

/// A format of reports.
pub(super) trait Refusal: Copy + ValueEnum {
    /// What takes the place of a report. `version` is that of its JSON.
    ///
    /// # Errors
    /// Never in fact: every part of it can be written.
    fn of(self, failure: &Failure, version: u32) -> Result<String, Failure>;

    /// Whether it is for people, who read the standard error.
    fn is_for_people(self) -> bool;
}

/// What takes the place of a page.
pub(super) fn page(failure: &Failure) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\
         <meta name=\"color-scheme\" content=\"light dark\"/><title>tabiji: there is no report</title></head>\n\
         <body><main><h1>There is no report</h1><pre>{}</pre></main></body></html>\n",
        escaped(&text(failure))
    )
}

impl Refusal for Format {
    fn of(self, failure: &Failure, version: u32) -> Result<String, Failure> {
        match self {
            Format::Text => Ok(text(failure)),
            Format::Json => in_json(failure, version),
        }
    }

    fn is_for_people(self) -> bool {
        self == Format::Text
    }
}

impl Refusal for CheckFormat {
    fn of(self, failure: &Failure, version: u32) -> Result<String, Failure> {
        match (self, &failure.found) {
            (CheckFormat::Text, _) => Ok(text(failure)),
            (CheckFormat::Json, _) => in_json(failure, version),
            (CheckFormat::Sarif, None) => Ok(sarif::refusal(&failure.message)),
            (CheckFormat::Github, None) => Ok(github::refusal(&failure.message)),
            (CheckFormat::Sarif, Some(found)) => Ok(sarif::sarif(&found.findings, &found.sources, &found.prefix)),
            (CheckFormat::Github, Some(found)) => Ok(github::github(&found.findings, &found.sources, &found.prefix)),
        }
    }

    fn is_for_people(self) -> bool {
        self == CheckFormat::Text
    }
}

impl Refusal for ReportFormat {
    fn of(self, failure: &Failure, version: u32) -> Result<String, Failure> {
        match self {
            ReportFormat::Text => Ok(text(failure)),
            ReportFormat::Json => in_json(failure, version),
            ReportFormat::Csv => Ok(csv(failure)),
            ReportFormat::Markdown => Ok(format!("## tabiji: there is no report\n\n```text\n{}```\n", text(failure))),
        }
    }

    fn is_for_people(self) -> bool {
        self != ReportFormat::Json
    }
}

impl Refusal for EffectFormat {
    fn of(self, failure: &Failure, version: u32) -> Result<String, Failure> {
        match self {
            EffectFormat::Text => Ok(text(failure)),
            EffectFormat::Json => in_json(failure, version),
            EffectFormat::Markdown => Ok(diff::markdown_refusal(&failure.message)),
            EffectFormat::Sarif => Ok(diff::sarif_refusal(&failure.message)),
        }
    }

    fn is_for_people(self) -> bool {
        self == EffectFormat::Text
    }
}

impl Refusal for TestFormat {
    fn of(self, failure: &Failure, version: u32) -> Result<String, Failure> {
        match self {
            TestFormat::Text => Ok(text(failure)),
            TestFormat::Json => in_json(failure, version),
            TestFormat::Junit => Ok(scenario::junit_refusal(&failure.message, &text(failure))),
        }
    }

    fn is_for_people(self) -> bool {
        self == TestFormat::Text
    }
}

impl Refusal for FitFormat {
    fn of(self, failure: &Failure, version: u32) -> Result<String, Failure> {
        match self {
            FitFormat::Yaml => Ok(text(failure).lines().map(|line| format!("# {line}\n")).collect()),
            FitFormat::Json => in_json(failure, version),
        }
    }

    fn is_for_people(self) -> bool {
        self == FitFormat::Yaml
    }
}

impl Refusal for ValueFormat {
    fn of(self, failure: &Failure, version: u32) -> Result<String, Failure> {
        match self {
            ValueFormat::Text => Ok(text(failure)),
            ValueFormat::Json => in_json(failure, version),
            ValueFormat::Csv => Ok(csv(failure)),
        }
    }

    fn is_for_people(self) -> bool {
        self != ValueFormat::Json
    }
}

fn text(failure: &Failure) -> String {
    match &failure.found {
        None => format!("error: {}\n", failure.message),
        Some(found) => {
            let style = Style { prefix: &found.prefix, ..Style::default() };
            format!("{}{}\n", human(&found.findings, &found.sources, style), Summary::of(&found.findings))
        }
    }
}

fn in_json(failure: &Failure, version: u32) -> Result<String, Failure> {
    let report = match &failure.found {
        None => json::refusal(&failure.message),
        Some(found) => json::failure(&found.findings, &found.sources),
    };
    json_text(&json::Report { format_version: version, ..report })
}

/// A table with one column, so that nobody takes it for the figures.
fn csv(failure: &Failure) -> String {
    csv_row(["error"].into_iter()) + &csv_row([failure.message.as_str()].into_iter())
}
