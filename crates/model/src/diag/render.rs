//! What all renderers share: the order of findings, their sum, their places and their fingerprints.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Diagnostic, Level};
use crate::text::{SourceMap, Span};

/// Puts findings into the order of reports: by path, place, code and message.
pub fn sort(diagnostics: &mut [Diagnostic], sources: &SourceMap) {
    diagnostics.sort_by(|a, b| {
        let key = |finding: &Diagnostic| (finding.span().start, finding.span().end, finding.code);
        path(a, sources).cmp(path(b, sources)).then_with(|| key(a).cmp(&key(b))).then_with(|| a.message.cmp(&b.message))
    });
}

/// How many findings there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Findings that fail the run.
    pub errors: usize,
    /// Findings that do not.
    pub warnings: usize,
    /// Files with findings.
    pub files: usize,
}

impl Summary {
    /// Counts the findings.
    pub fn of(diagnostics: &[Diagnostic]) -> Summary {
        let count = |level| diagnostics.iter().filter(|finding| finding.level == level).count();
        let files: BTreeSet<_> = diagnostics.iter().map(|finding| finding.span().file).collect();
        Summary { errors: count(Level::Error), warnings: count(Level::Warn), files: files.len() }
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counted = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
        match (self.errors, self.warnings) {
            (0, 0) => return f.write_str("no findings"),
            (errors, 0) => f.write_str(&counted(errors, "error"))?,
            (0, warnings) => f.write_str(&counted(warnings, "warning"))?,
            (errors, warnings) => write!(f, "{}, {}", counted(errors, "error"), counted(warnings, "warning"))?,
        }
        write!(f, " in {}", counted(self.files, "file"))
    }
}

/// A place for people and for machines. Lines and columns start at 1 and count characters; the end is the first
/// character that is no part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Region {
    /// Path relative to the project.
    pub path: String,
    /// First line.
    pub line: usize,
    /// First column.
    pub column: usize,
    /// Line of the end.
    pub end_line: usize,
    /// Column of the end.
    pub end_column: usize,
    /// First byte.
    pub start_byte: u32,
    /// Byte of the end.
    pub end_byte: u32,
}

impl Region {
    /// The place of a span.
    pub fn of(span: Span, sources: &SourceMap) -> Region {
        let start = sources.position(span.file, span.start);
        let end = sources.position(span.file, span.end);
        Region {
            path: sources.file(span.file).path.clone(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            start_byte: span.start,
            end_byte: span.end,
        }
    }
}

/// One name for each finding that survives edits elsewhere: made of the rule, the path, the message and the text under
/// the caret, and of a number where all these are the same. No line numbers.
pub fn fingerprints(diagnostics: &[Diagnostic], sources: &SourceMap) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    diagnostics
        .iter()
        .map(|finding| {
            let under = sources.slice(finding.span());
            let same = [finding.code.info().id, path(finding, sources), &finding.message, under].join("\0");
            let ordinal = seen.entry(same.clone()).or_default();
            *ordinal += 1;
            digest(&format!("{same}\0{ordinal}"))
        })
        .collect()
}

fn path<'a>(finding: &Diagnostic, sources: &'a SourceMap) -> &'a str {
    &sources.file(finding.span().file).path
}

/// The first 128 bits of SHA-256: enough to tell the findings of a project apart.
fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;

    fn finding(sources: &SourceMap, path: &str, start: usize, end: usize) -> Diagnostic {
        Diagnostic::new(Code::UnknownName, Span::new(sources.find(path).unwrap(), start, end), "no such segment")
    }

    #[test]
    fn sorts_by_path_then_place() {
        let mut sources = SourceMap::default();
        sources.add("b.yaml", "hot cold hot");
        sources.add("a.yaml", "hot");
        let mut found = vec![
            finding(&sources, "b.yaml", 9, 12),
            finding(&sources, "a.yaml", 0, 3),
            finding(&sources, "b.yaml", 0, 3),
        ];
        sort(&mut found, &sources);
        let order: Vec<_> = found.iter().map(|finding| (path(finding, &sources), finding.span().start)).collect();
        assert_eq!(order, [("a.yaml", 0), ("b.yaml", 0), ("b.yaml", 9)]);
    }

    #[test]
    fn fingerprints_survive_lines_above_and_tell_equals_apart() {
        let mut before = SourceMap::default();
        before.add("a.yaml", "hot hot");
        let mut after = SourceMap::default();
        after.add("a.yaml", "\n\nhot hot");
        let old = fingerprints(&[finding(&before, "a.yaml", 0, 3), finding(&before, "a.yaml", 4, 7)], &before);
        let new = fingerprints(&[finding(&after, "a.yaml", 2, 5), finding(&after, "a.yaml", 6, 9)], &after);
        assert_eq!(old, new);
        assert_ne!(old[0], old[1]);
        assert_eq!(old[0].len(), 32);
    }

    #[test]
    fn sums_up() {
        let mut sources = SourceMap::default();
        sources.add("a.yaml", "hot hot");
        let mut found = vec![finding(&sources, "a.yaml", 0, 3), finding(&sources, "a.yaml", 4, 7)];
        assert_eq!(Summary::of(&found).to_string(), "2 errors in 1 file");
        found[0].level = Level::Warn;
        assert_eq!(Summary::of(&found).to_string(), "1 error, 1 warning in 1 file");
        assert_eq!(Summary::of(&[]).to_string(), "no findings");
    }
}
