//! From a folder to a campaign, for the commands that need one without faults.

use std::path::{Component, Path};

use super::args::Format;
use super::output::print;
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::diag::{Level, Levels, Summary, human, json};
use crate::ir::Campaign;
use crate::pipeline::{self, Checked, OpenError, Override};

/// What a command gets to work with.
pub(super) enum Compiled {
    /// A campaign without errors, and the project's own levels.
    Campaign(Box<Campaign>, Levels),
    /// Errors, which have been reported.
    Faulty,
}

/// Compiles the project. Findings go to the standard error; where the result would be JSON, a report of the errors
/// takes its place.
pub(super) fn compile(path: &Path, format: Format, terminal: &Terminal) -> Result<Compiled, Failure> {
    compile_with(path, &[], format, terminal)
}

/// The same, with other values in the place of some.
pub(super) fn compile_with(
    path: &Path,
    overrides: &[Override],
    format: Format,
    terminal: &Terminal,
) -> Result<Compiled, Failure> {
    let checked = pipeline::findings_with(path, overrides).map_err(refused)?;
    let errors = checked.findings.iter().any(|finding| finding.level == Level::Error);
    let campaign = checked.campaign.clone().filter(|_| !errors);
    report(&checked, campaign.is_some(), format, path, terminal)?;
    Ok(campaign.map_or(Compiled::Faulty, |campaign| Compiled::Campaign(Box::new(campaign), checked.levels)))
}

fn report(checked: &Checked, usable: bool, format: Format, path: &Path, terminal: &Terminal) -> Result<(), Failure> {
    let Checked { findings, sources, .. } = checked;
    if usable {
        if !findings.is_empty() {
            terminal.say("warning", &format!("{}; `tabiji check` shows more", Summary::of(findings)));
        }
        return Ok(());
    }
    terminal.show(&human(findings, sources, terminal.err(&prefix(path))));
    terminal.show(&format!("{}\n", Summary::of(findings)));
    match format {
        Format::Json => print(&json_text(&json::failure(findings, sources))?),
        Format::Text => Ok(()),
    }
}

/// Where a run fails whose result would be JSON, a report of the failure takes its place.
pub(super) fn reported<T>(format: Format, ended: Result<T, Failure>) -> Result<T, Failure> {
    if let (Format::Json, Err(failure)) = (format, &ended) {
        print(&json_text(&json::refusal(&failure.message))?)?;
    }
    ended
}

/// Why a project cannot be opened.
pub(super) fn refused(error: OpenError) -> Failure {
    match error {
        OpenError::NotFound(message) => Failure { exit: Exit::NoInput, message },
        OpenError::Unreadable(message) => Failure::usage(message),
    }
}

pub(super) fn json_text(report: &json::Report) -> Result<String, Failure> {
    report.to_json().map_err(|error| Failure::usage(error.to_string()))
}

/// The way from the current folder to the project's, with `/` at its end: paths in reports can be followed from where
/// the user is. Empty where there is no such way.
pub(super) fn prefix(path: &Path) -> String {
    let current = std::env::current_dir().unwrap_or_default();
    let relative = if path.is_absolute() { path.strip_prefix(&current).unwrap_or(Path::new("")) } else { path };
    let mut prefix = String::new();
    for part in relative.components() {
        match part {
            Component::Normal(name) => prefix.push_str(&name.to_string_lossy()),
            Component::ParentDir => prefix.push_str(".."),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => continue,
        }
        prefix.push('/');
    }
    prefix
}
