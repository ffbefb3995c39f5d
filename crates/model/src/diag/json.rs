//! Findings for programs, as JSON.

use serde::Serialize;

use super::render::{Region, Summary, fingerprints};
use super::{Diagnostic, Level};
use crate::text::SourceMap;

/// Version of the format. It changes when a reader of the old one would misread the new one.
pub const FORMAT_VERSION: u32 = 1;

/// How a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing was found.
    Ok,
    /// Something was found.
    Findings,
    /// The run could not do its work.
    Error,
}

/// What a run says.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// How the run went.
    pub status: Status,
    /// Why the run could not do its work, where no finding says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// How much was found.
    pub summary: Summary,
    /// The most mails that one lead can get, by rule, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mails: Option<serde_json::Value>,
}

/// A finding.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Id of the rule.
    pub code: &'static str,
    /// Name of the rule.
    pub slug: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// One way out.
    pub help: Option<String>,
    /// Where.
    #[serde(flatten)]
    pub region: Region,
    /// Words at the place, and the other places it has to do with.
    pub labels: Vec<Labelled>,
    /// Name of the finding that survives edits elsewhere.
    pub fingerprint: String,
}

/// A place with words.
#[derive(Clone, Debug, Serialize)]
pub struct Labelled {
    /// The words.
    pub text: String,
    /// The place.
    #[serde(flatten)]
    pub region: Region,
}

/// The report of a run that ended with these findings.
pub fn report(diagnostics: &[Diagnostic], sources: &SourceMap) -> Report {
    let status = if diagnostics.is_empty() { Status::Ok } else { Status::Findings };
    let findings = diagnostics.iter().zip(fingerprints(diagnostics, sources));
    Report {
        format_version: FORMAT_VERSION,
        status,
        error: None,
        findings: findings.map(|(finding, fingerprint)| describe(finding, fingerprint, sources)).collect(),
        summary: Summary::of(diagnostics),
        mails: None,
    }
}

/// The report of a run that could not do its work because of these findings.
pub fn failure(diagnostics: &[Diagnostic], sources: &SourceMap) -> Report {
    Report { status: Status::Error, ..report(diagnostics, sources) }
}

/// The report of a run that could not even begin.
pub fn refusal(error: &str) -> Report {
    Report { error: Some(error.to_owned()), ..failure(&[], &SourceMap::default()) }
}

impl Report {
    /// The report as text, with a line end at the end.
    ///
    /// # Errors
    /// Never in fact: every part of it can be written as JSON.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

fn describe(finding: &Diagnostic, fingerprint: String, sources: &SourceMap) -> Finding {
    let info = finding.code.info();
    let labelled =
        |label: &super::Label| Labelled { text: label.text.clone(), region: Region::of(label.span, sources) };
    Finding {
        code: info.id,
        slug: info.slug,
        level: finding.level,
        message: finding.message.clone(),
        help: finding.help.clone(),
        region: Region::of(finding.span(), sources),
        labels: finding.labels.iter().map(labelled).collect(),
        fingerprint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;
    use crate::text::Span;

    #[test]
    fn places_count_characters_and_bytes() {
        let mut sources = SourceMap::default();
        let file = sources.add("a.yaml", "a: 1\n業種: 製造\n");
        let finding = Diagnostic::new(Code::UnknownName, Span::new(file, 13, 19), "no `製造`").here("here").help("so");
        let json = serde_json::to_value(report(&[finding], &sources)).unwrap();
        let found = &json["findings"][0];
        assert_eq!(json["status"], "findings");
        assert_eq!(json["summary"], serde_json::json!({"errors": 1, "warnings": 0, "files": 1}));
        assert_eq!(found["code"], "TJ0202");
        assert_eq!(found["level"], "error");
        assert_eq!((&found["line"], &found["column"]), (&2.into(), &5.into()));
        assert_eq!((&found["end_line"], &found["end_column"]), (&2.into(), &7.into()));
        assert_eq!((&found["start_byte"], &found["end_byte"]), (&13.into(), &19.into()));
        assert_eq!(found["labels"][0]["text"], "here");
    }

    #[test]
    fn a_run_that_cannot_begin_still_gives_json() {
        let json = serde_json::to_value(refusal("no tabiji.yaml here")).unwrap();
        assert_eq!(json["status"], "error");
        assert_eq!(json["error"], "no tabiji.yaml here");
        assert_eq!(serde_json::to_value(report(&[], &SourceMap::default())).unwrap()["status"], "ok");
    }
}
