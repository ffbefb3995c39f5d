//! Where the leads of a run come from: a file, the standard input, the personas, or logs of what they did.

use std::path::{Path, PathBuf};

use super::Failure;
use super::files;
use super::logs;
use super::terminal::Terminal;
use crate::backend::sim;
use crate::diag::{Code, Level, Levels};
use crate::ir::{Campaign, LogSummary, Row, Sendings};
use crate::leads::{self, Arrivals, MadeUp, PartError, Passed, ReadError, Reader, Replayed, Warning};
use crate::plan::Plan;

/// Leads, one after the other: those that are there, then those who come by sources.
pub(super) struct Leads {
    there: There,
    come: Option<Arrivals>,
}

/// Leads that are there before the run, or were created since.
enum There {
    /// From a file or the standard input.
    Read(Box<Reader>),
    /// From the personas.
    MadeUp(MadeUp),
    /// None: all come by sources.
    Nobody,
    /// With what logs tell of them; from the file that is read beside, if there is one.
    Replayed(Box<Replayed>, Option<Box<Reader>>),
}

impl Iterator for Leads {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let there = match &mut self.there {
            There::Read(reader) => reader.next(),
            There::MadeUp(made_up) => made_up.next(),
            There::Replayed(replayed, _) => replayed.next(),
            There::Nobody => None,
        };
        there.or_else(|| self.come.as_mut()?.next())
    }
}

/// The leads that a command line names.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted<'a> {
    /// Files, folders or patterns; `-` for the standard input.
    pub(super) files: &'a [PathBuf],
    /// How many to make up.
    pub(super) made_up: Option<u64>,
    /// Seed of those made up.
    pub(super) seed: Option<u64>,
    /// Logs of what really happened, instead of those that the project names.
    pub(super) events: &'a [PathBuf],
    /// Whether no log is wanted, even if the project names some.
    pub(super) no_events: bool,
    /// Whether a line of a log that cannot be used stops the reading.
    pub(super) strict_logs: bool,
}

/// The leads that the command line names, else the project, with what logs tell of them, and those who come. `folder` is
/// the project's.
pub(super) fn leads(
    wanted: &Wanted<'_>,
    plan: &Plan,
    folder: &Path,
    come: Option<Arrivals>,
    options: &sim::Options,
) -> Result<Leads, Failure> {
    let logs = logs::named(wanted, plan, folder)?;
    if logs.is_empty() {
        return Ok(Leads { there: there(wanted, plan, folder, come.is_some())?, come });
    }
    let named = !wanted.files.is_empty() || plan.campaign.settings.simulation.leads.is_some();
    let (rows, reader) = match named.then(|| there(wanted, plan, folder, false)).transpose()? {
        Some(There::Read(mut reader)) => (reader.by_ref().collect(), Some(reader)),
        Some(There::MadeUp(_) | There::Replayed(..) | There::Nobody) | None => (Vec::new(), None),
    };
    let replayed = logs::replayed(&logs, plan, options, wanted.strict_logs, rows)?;
    // What really happened is told, and nobody else is drawn.
    Ok(Leads { there: There::Replayed(Box::new(replayed), reader), come: None })
}

fn there(wanted: &Wanted<'_>, plan: &Plan, folder: &Path, others_come: bool) -> Result<There, Failure> {
    let named = plan.campaign.settings.simulation.leads.as_deref();
    match (wanted.files, wanted.made_up, named) {
        (_, Some(count), _) => {
            let seed = wanted.seed.or(plan.campaign.settings.simulation.seed).unwrap_or(1);
            let made_up = leads::made_up(plan, count, seed).map_err(|error| Failure::usage(error.to_string()))?;
            Ok(There::MadeUp(made_up))
        }
        (files @ [_, ..], None, _) => read(files, plan),
        ([], None, Some(named)) => {
            let named = inside(folder, named, "leads file", "--leads")?;
            let found = files::found(&named, "leads file")?;
            // A pattern leads outside as easily as a name, and so does a link among the files of a folder.
            for file in &found {
                is_inside(folder, file, &file.display().to_string(), ("leads file", "--leads"))?;
            }
            read(&found, plan)
        }
        ([], None, None) if others_come => Ok(There::Nobody),
        ([], None, None) => Err(Failure::usage(
            "there are no leads; give --leads FILE or --leads-from-personas N, or name a file in `tabiji.yaml`: \
             `simulation: {leads: leads/sample.csv}`",
        )),
    }
}

impl Leads {
    /// Says what was odd about the leads, once all have been read. Gives whether any of it is an error to the project.
    pub(super) fn report(&self, levels: &Levels, terminal: &Terminal) -> bool {
        let reader = match &self.there {
            There::MadeUp(_) | There::Nobody => return false,
            There::Read(reader) => Some(reader),
            There::Replayed(_, reader) => reader.as_ref(),
        };
        let odd = reader.is_some_and(|reader| say_warnings(&reader.warnings(), levels, terminal));
        let There::Replayed(replayed, _) = &self.there else { return odd };
        logs::report(&replayed.summary, levels, terminal) || odd
    }

    /// Lets catalogs learn what goes together from what logs tell of the time before the run. Gives whether it is an error
    /// to the project that one learns nothing.
    pub(super) fn teach(&self, campaign: &mut Campaign, levels: &Levels, terminal: &Terminal) -> bool {
        let There::Replayed(replayed, _) = &self.there else { return false };
        let mut is_error = false;
        for (name, customers) in &replayed.customers {
            let Some(catalog) = campaign.catalogs.get_mut(name) else { continue };
            catalog.learn(customers);
            if catalog.pairs() == 0 {
                let least = catalog.recommend.at_least;
                let words = format!(
                    "no two items of `{name}` were bought by {least} customers before the run, so none goes with another"
                );
                is_error |= say(Code::ThinRecommendations, &words, levels, terminal);
            }
        }
        is_error
    }

    /// What logs tell of sendings, if there were any.
    pub(super) fn sendings(&self) -> Option<Sendings> {
        match &self.there {
            There::Replayed(replayed, _) => Some(replayed.sendings.clone()),
            There::Read(_) | There::MadeUp(_) | There::Nobody => None,
        }
    }

    /// What reading logs gave, if there were any.
    pub(super) fn log(&self) -> Option<&LogSummary> {
        match &self.there {
            There::Replayed(replayed, _) => Some(&replayed.summary),
            There::Read(_) | There::MadeUp(_) | There::Nobody => None,
        }
    }

    /// How much of the files has been read.
    pub(super) fn passed(&self) -> Passed {
        match &self.there {
            There::Read(reader) => reader.passed(),
            // They have been read to their end before.
            There::Replayed(..) | There::MadeUp(_) | There::Nobody => Passed::default(),
        }
    }

    /// Why the file could not be read to its end, if so.
    pub(super) fn broken_off(&self) -> Option<&str> {
        match &self.there {
            There::Read(reader) | There::Replayed(_, Some(reader)) => reader.broken_off(),
            There::MadeUp(_) | There::Nobody | There::Replayed(_, None) => None,
        }
    }
}

/// Says what is odd about the columns of a file. Gives whether any of it is an error to the project.
pub(super) fn say_warnings(warnings: &[Warning], levels: &Levels, terminal: &Terminal) -> bool {
    let mut plain = Vec::new();
    let mut said = Vec::new();
    for warning in warnings {
        match warning {
            Warning::UnknownColumn { column, nearest: None } if !column.is_empty() => plain.push(column.as_str()),
            Warning::UnknownColumn { .. } | Warning::MoreUnknownKeys => {
                said.push((Code::UnknownColumn, warning.to_string()));
            }
            Warning::NoSuchColumn { .. } => said.push((Code::MissingColumn, warning.to_string())),
        }
    }
    if !plain.is_empty() {
        let names: Vec<String> = plain.iter().map(|name| format!("`{name}`")).collect();
        let columns = if plain.len() == 1 { "column" } else { "columns" };
        said.push((Code::UnknownColumn, format!("no field takes the {columns} {}", names.join(", "))));
    }
    said.iter().fold(false, |error, (code, words)| say(*code, words, levels, terminal) || error)
}

/// Says what a run found out about the leads or the plan, at its level. Gives whether it is an error.
pub(super) fn say(code: Code, words: &str, levels: &Levels, terminal: &Terminal) -> bool {
    let info = code.info();
    // A column that is missing for an optional field stops nothing.
    let level = levels.get(&code).copied().unwrap_or(info.level.min(Level::Warn));
    match level {
        Level::Allow => {}
        Level::Warn => terminal.say(&format!("warning[{}]", info.id), &format!("{}: {words}", info.slug)),
        Level::Error => terminal.say(&format!("error[{}]", info.id), &format!("{}: {words}", info.slug)),
    }
    level == Level::Error
}

/// A file that the project names lies in its folder, and not by way of a link elsewhere.
pub(super) fn inside(folder: &Path, named: &str, what: &str, option: &str) -> Result<PathBuf, Failure> {
    let path = folder.join(named);
    is_inside(folder, &path, named, (what, option))?;
    Ok(path)
}

fn is_inside(folder: &Path, path: &Path, shown: &str, (what, option): (&str, &str)) -> Result<(), Failure> {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    match (real(path), real(folder)) {
        (Some(file), Some(folder)) if !file.starts_with(&folder) => {
            Err(Failure::usage(format!("the {what} `{shown}` is outside the project; name it with {option}")))
        }
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}

fn read(named: &[PathBuf], plan: &Plan) -> Result<There, Failure> {
    let mut paths = Vec::new();
    for named in named {
        paths.extend(files::found(named, "leads file")?);
    }
    let reader = Reader::open(files::parts(&paths)?, &plan.campaign);
    let reader = reader.map_err(|PartError { name, error }| Failure::usage(refused(&error, &name)))?;
    Ok(There::Read(Box::new(reader)))
}

pub(super) fn refused(error: &ReadError, shown: &str) -> String {
    let info = Code::MissingColumn.info();
    let is_column = matches!(error, ReadError::MissingColumns(_));
    let code = if is_column { format!(" [{} {}]", info.id, info.slug) } else { String::new() };
    let help = error.help().map_or(String::new(), |help| format!("\n  help: {help}"));
    format!("`{shown}`: {error}{code}{help}")
}
