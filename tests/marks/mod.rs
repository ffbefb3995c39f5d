//! Findings that are marked in the YAML where they are expected.
//!
//! `# error: slug` or `# warning: slug` at the end of the line on which a finding begins; `# error(+2): slug` stands two
//! lines above it, for places that a comment cannot follow. Several on one line are separated by commas.

use std::fs;
use std::path::{Path, PathBuf};

use tabiji::diag::{Level, Style, human};
use tabiji::pipeline::Checked;

/// A finding, expected or real. Lines and columns start at 1 and count characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub path: String,
    pub line: usize,
    /// 0 where any will do.
    pub column: usize,
    pub level: Level,
    pub slug: String,
}

impl Mark {
    fn shown(&self) -> String {
        format!("{}:{}:{} {} {}", self.path, self.line, self.column, word(self.level), self.slug)
    }

    fn is_met_by(&self, found: &Mark) -> bool {
        let column = if self.column == 0 { found.column } else { self.column };
        Mark { column, ..self.clone() } == *found
    }
}

pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

pub fn lossy(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()
}

/// The marks in the comments of a file.
pub fn marks(path: &str, text: &str) -> Option<Vec<Mark>> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for comment in line.split("# ").skip(1) {
            for level in [Level::Error, Level::Warn] {
                let Some(rest) = comment.strip_prefix(word(level)) else { continue };
                let Some((below, slugs)) = rest.split_once(": ") else { continue };
                let below: usize = match below.strip_prefix("(+") {
                    Some(lines) => lines.strip_suffix(')')?.parse().ok()?,
                    None if below.is_empty() => 0,
                    None => continue,
                };
                found.extend(slugs.split(',').map(|slug| Mark {
                    path: path.to_owned(),
                    line: at + 1 + below,
                    column: 0,
                    level,
                    slug: slug.trim().to_owned(),
                }));
            }
        }
    }
    Some(found)
}

pub fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn | Level::Allow => "warning",
    }
}

/// How what was found in a project differs from what is marked.
pub fn differences(name: &str, expected: &[Mark], checked: &Checked) -> Vec<String> {
    let found: Vec<Mark> = checked
        .findings
        .iter()
        .map(|finding| {
            let span = finding.span();
            let place = checked.sources.position(span.file, span.start);
            Mark {
                path: checked.sources.file(span.file).path.clone(),
                line: place.line,
                column: place.column,
                level: finding.level,
                slug: finding.code.info().slug.to_owned(),
            }
        })
        .collect();
    compare(expected, &found).into_iter().map(|line| format!("{name}: {line}")).collect()
}

/// What is marked and not found, and the other way round.
pub fn compare(expected: &[Mark], found: &[Mark]) -> Vec<String> {
    let mut left = found.to_vec();
    let mut out = Vec::new();
    // Marks that name a column choose first.
    let mut expected = expected.to_vec();
    expected.sort_by_key(|mark| mark.column == 0);
    for mark in &expected {
        match left.iter().position(|found| mark.is_met_by(found)) {
            Some(at) => {
                left.remove(at);
            }
            None => out.push(format!("marked and not found: {}", mark.shown())),
        }
    }
    out.extend(left.iter().map(|found| format!("found and not marked: {}", found.shown())));
    out
}

/// What the user reads.
pub fn text(checked: &Checked) -> String {
    human(&checked.findings, &checked.sources, Style::default())
}
