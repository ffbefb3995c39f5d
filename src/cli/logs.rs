//! Logs of what really happened, for runs that replay them.

use std::path::{Path, PathBuf};

use super::Failure;
use super::files;
use super::leads::{Wanted, inside, say};
use super::terminal::Terminal;
use crate::backend::sim;
use crate::diag::{Code, Levels};
use crate::ir::{LogSummary, Row};
use crate::leads::{Log, LogError, Replayed};
use crate::plan::Plan;

/// Names that one message lists.
const LISTED: usize = 10;

/// A log: as it is named, and where it is.
pub(super) type Named = (String, PathBuf);

/// The logs that the command line names, else the project. `folder` is the project's.
pub(super) fn named(wanted: &Wanted<'_>, plan: &Plan, folder: &Path) -> Result<Vec<Named>, Failure> {
    let shown = |path: &PathBuf| (files::told(path), path.clone());
    if !wanted.events.is_empty() {
        let inputs = wanted.events.iter().chain(wanted.files).filter(|path| path.as_path() == Path::new("-"));
        if inputs.count() > 1 {
            return Err(Failure::usage("the standard input can be read only once".to_owned()));
        }
        let mut logs = Vec::new();
        for named in wanted.events {
            logs.extend(files::found(named, "event log")?.iter().map(shown));
        }
        return Ok(logs);
    }
    if wanted.no_events || wanted.made_up.is_some() {
        return Ok(Vec::new());
    }
    let named = &plan.campaign.settings.simulation.events;
    named.iter().map(|named| Ok((named.clone(), inside(folder, named, "event log", "--events")?))).collect()
}

/// Reads logs and gives their events to the leads.
pub(super) fn replayed(
    logs: &[Named],
    plan: &Plan,
    options: &sim::Options,
    strict: bool,
    rows: Vec<Row>,
) -> Result<Replayed, Failure> {
    let (start, _, _) = sim::period(plan, options).map_err(|error| super::simulate::refused(&error))?;
    let mut log = Log::new(&plan.campaign, start, strict);
    for (name, path) in logs {
        let read = if path == Path::new("-") {
            log.read_any(name, None, files::standard_input())
        } else {
            let (format, file) = files::open(path, "event log")?;
            log.read_any(name, format, file)
        };
        read.map_err(|error| refused(&error))?;
    }
    log.join(&plan.campaign, rows).map_err(|error| refused(&error))
}

fn refused(error: &LogError) -> Failure {
    let code = match error {
        LogError::Unreadable { .. } => return Failure::usage(error.to_string()),
        LogError::MissingColumns { .. } => Code::LogColumn,
        LogError::Refused(_) => Code::BadEventLine,
    };
    let help = match error {
        LogError::MissingColumns { .. } => {
            "\n  help: if it has another name, say so in `tabiji.yaml`: `logs: {columns: {at: Time, event: Name, id: Member}}`"
        }
        LogError::Unreadable { .. } | LogError::Refused(_) => "",
    };
    Failure::usage(format!("{error} [{} {}]{help}", code.info().id, code.info().slug))
}

/// Says what was odd about the logs. Gives whether any of it is an error to the project.
pub(super) fn report(summary: &LogSummary, levels: &Levels, terminal: &Terminal) -> bool {
    let mut said = Vec::new();
    if !summary.unknown.is_empty() {
        let names: Vec<String> = summary
            .unknown
            .iter()
            .take(LISTED)
            .map(|(name, unknown)| {
                let near = unknown.nearest.as_ref().map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
                format!("`{name}`{near}")
            })
            .collect();
        let more = summary.unknown.len().saturating_sub(LISTED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!("the campaign has no event {}{more}", names.join(", "));
        said.push((Code::UnknownEvent, message));
    }
    if let Some(first) = summary.conflicts.first() {
        let leads: Vec<String> = first.leads.iter().map(|lead| format!("`{lead}`")).collect();
        let leads = leads.join(", ");
        let groups = match summary.conflicts_total {
            1 => String::new(),
            total => format!("; {} more groups like this", total - 1),
        };
        said.push((
            Code::IdentityConflict,
            format!("the logs throw the leads {leads} together, by {}{groups}", first.key),
        ));
    }
    said.iter().fold(false, |error, (code, words)| say(*code, words, levels, terminal) || error)
}
