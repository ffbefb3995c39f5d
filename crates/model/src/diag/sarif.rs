//! Findings as SARIF 2.1.0 (OASIS), for code scanning and editors.

use serde_json::{Value, json};

use super::render::{Region, fingerprints};
use super::{Code, Diagnostic, Label, Level};
use crate::text::{SourceMap, Span};

/// The log of one run. `prefix` is the way from the folder of the run, the root of the repository, to the project's.
pub fn sarif(diagnostics: &[Diagnostic], sources: &SourceMap, prefix: &str) -> String {
    let view = View { sources, prefix };
    let fingerprints = fingerprints(diagnostics, sources);
    let results: Vec<Value> =
        diagnostics.iter().zip(&fingerprints).map(|(finding, print)| view.result(finding, print)).collect();
    log(&driver(), Ok(&results))
}

/// The log of a run that could not begin.
pub fn refusal(error: &str) -> String {
    log(&driver(), Err(error))
}

fn driver() -> Value {
    json!({
        "name": "tabiji",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": Code::ALL.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
    })
}

/// The log of one run of a tool: its results, or why it could not begin.
pub fn log(driver: &Value, results: Result<&[Value], &str>) -> String {
    let invocation = match results {
        Ok(_) => json!({"executionSuccessful": true}),
        Err(why) => {
            let notice = json!({"level": "error", "message": {"text": why}});
            json!({"executionSuccessful": false, "toolExecutionNotifications": [notice]})
        }
    };
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation],
            "results": results.unwrap_or_default(),
        }],
    });
    format!("{log:#}\n")
}

fn rule(code: Code) -> Value {
    let info = code.info();
    json!({
        "id": info.id,
        "name": info.slug,
        "shortDescription": {"text": info.summary},
        "fullDescription": {"text": first_paragraph(info.page).unwrap_or_else(|| info.summary.to_owned())},
        "help": {"text": info.page, "markdown": info.page},
        "defaultConfiguration": {"level": level(info.level)},
    })
}

/// The first paragraph of a page after its heading, on one line.
fn first_paragraph(page: &str) -> Option<String> {
    let paragraph = page.split("\n\n").find(|part| !part.trim().is_empty() && !part.starts_with('#'))?;
    Some(paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warning",
        Level::Allow => "none",
    }
}

struct View<'a> {
    sources: &'a SourceMap,
    prefix: &'a str,
}

impl View<'_> {
    fn result(&self, finding: &Diagnostic, fingerprint: &str) -> Value {
        let info = finding.code.info();
        let mut message = finding.message.clone();
        if let Some(help) = &finding.help {
            message = format!("{message}\n{help}");
        }
        let mut result = json!({
            "ruleId": info.id,
            "ruleIndex": Code::ALL.iter().position(|code| *code == finding.code),
            "level": level(finding.level),
            "message": {"text": message},
            "locations": [{"physicalLocation": self.physical(finding.span())}],
            "partialFingerprints": {"tabiji/v1": fingerprint},
        });
        let related: Vec<Value> = finding.labels.iter().skip(1).map(|label| self.related(label)).collect();
        if !related.is_empty() {
            result["relatedLocations"] = related.into();
        }
        result
    }

    fn related(&self, label: &Label) -> Value {
        json!({"physicalLocation": self.physical(label.span), "message": {"text": label.text}})
    }

    fn physical(&self, span: Span) -> Value {
        let region = Region::of(span, self.sources);
        json!({
            "artifactLocation": {"uri": uri(&format!("{}{}", self.prefix, region.path)), "uriBaseId": "%SRCROOT%"},
            "region": {
                "startLine": region.line,
                "startColumn": region.column,
                "endLine": region.end_line,
                "endColumn": region.end_column,
            },
        })
    }
}

/// A path as a relative URI: everything but the unreserved characters of RFC 3986 and `/` as `%XX`.
pub fn uri(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut uri, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
        uri
    })
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_are_uris() {
        assert_eq!(uri("journeys/旅 路.yaml"), "journeys/%E6%97%85%20%E8%B7%AF.yaml");
    }
}
