//! From a folder to a campaign, for the commands that need one without faults.

use std::path::{Component, Path};

use super::spared;
use super::terminal::Terminal;
use super::{Failure, Found};
use crate::diag::{Level, Levels, Summary, json};
use crate::ir::Campaign;
use crate::ir::scenario::Test;
use crate::pipeline::{self, Checked, OpenError, Override};

/// What a command gets to work with.
pub(super) struct Compiled {
    /// A campaign without errors.
    pub(super) campaign: Campaign,
    /// The project's own levels.
    pub(super) levels: Levels,
    /// The project's own tests.
    pub(super) tests: Vec<Test>,
}

/// Compiles the project. Errors are the failure.
pub(super) fn compile(path: &Path, terminal: &Terminal) -> Result<Compiled, Failure> {
    compile_with(path, &[], terminal)
}

/// The same, with other values in the place of some.
pub(super) fn compile_with(path: &Path, overrides: &[Override], terminal: &Terminal) -> Result<Compiled, Failure> {
    let checked = pipeline::findings_with(path, overrides).map_err(refused)?;
    spared::note_project(path, &checked.sources);
    let (campaign, checked) = sound(checked, path)?;
    if !checked.findings.is_empty() {
        terminal.say("warning", &format!("{}; `tabiji check` shows more", Summary::of(&checked.findings)));
    }
    Ok(Compiled { campaign, levels: checked.levels, tests: checked.tests })
}

/// The campaign of a project, and the rest. Errors are the failure.
pub(super) fn sound(mut checked: Checked, path: &Path) -> Result<(Campaign, Checked), Failure> {
    let errors = checked.findings.iter().any(|finding| finding.level == Level::Error);
    match checked.campaign.take().filter(|_| !errors) {
        Some(campaign) => Ok((campaign, checked)),
        None => {
            let Checked { findings, sources, .. } = checked;
            Err(Failure::of(Found { findings, sources, prefix: prefix(path) }))
        }
    }
}

/// Why a project cannot be opened.
pub(super) fn refused(error: OpenError) -> Failure {
    match error {
        OpenError::NotFound(message) => Failure::no_input(message),
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
