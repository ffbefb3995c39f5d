//! Where the leads of a run come from: a file, the standard input, or the personas.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::Failure;
use super::terminal::Terminal;
use crate::diag::{Code, Level, Levels};
use crate::ir::Row;
use crate::leads::{self, Format, MadeUp, ReadError, Reader, Warning};
use crate::plan::Plan;

/// Leads, one after the other.
pub(super) enum Leads {
    /// From a file or the standard input.
    Read(Box<Reader>),
    /// From the personas.
    MadeUp(MadeUp),
}

impl Iterator for Leads {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        match self {
            Leads::Read(reader) => reader.next(),
            Leads::MadeUp(made_up) => made_up.next(),
        }
    }
}

/// The leads that a command line names.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted<'a> {
    /// File, or `-` for the standard input.
    pub(super) file: Option<&'a Path>,
    /// How many to make up.
    pub(super) made_up: Option<u64>,
    /// Seed of those made up.
    pub(super) seed: Option<u64>,
}

/// The leads that the command line names, else the project. `folder` is the project's.
pub(super) fn leads(wanted: &Wanted<'_>, plan: &Plan, folder: &Path) -> Result<Leads, Failure> {
    let named = plan.campaign.settings.simulation.leads.as_deref();
    match (wanted.file, wanted.made_up, named) {
        (_, Some(count), _) => {
            let seed = wanted.seed.or(plan.campaign.settings.simulation.seed).unwrap_or(1);
            let made_up = leads::made_up(plan, count, seed).map_err(|error| Failure::usage(error.to_string()))?;
            Ok(Leads::MadeUp(made_up))
        }
        (Some(path), None, _) if path == Path::new("-") => read_input(plan),
        (Some(path), None, _) => read_file(path, plan),
        (None, None, Some(named)) => read_file(&inside(folder, named)?, plan),
        (None, None, None) => Err(Failure::usage(
            "there are no leads; give --leads FILE or --leads-from-personas N, or name a file in `tabiji.yaml`: \
             `simulation: {leads: leads/sample.csv}`",
        )),
    }
}

impl Leads {
    /// Says what was odd about the leads, once all have been read. Gives whether any of it is an error to the project.
    pub(super) fn report(&self, levels: &Levels, terminal: &Terminal) -> bool {
        let Leads::Read(reader) = self else { return false };
        say_warnings(reader.warnings(), levels, terminal)
    }

    /// Why the file could not be read to its end, if so.
    pub(super) fn broken_off(&self) -> Option<&str> {
        match self {
            Leads::Read(reader) => reader.broken_off(),
            Leads::MadeUp(_) => None,
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
pub(super) fn inside(folder: &Path, named: &str) -> Result<PathBuf, Failure> {
    let path = folder.join(named);
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    match (real(&path), real(folder)) {
        (Some(file), Some(folder)) if !file.starts_with(&folder) => {
            Err(Failure::usage(format!("the leads file `{named}` is outside the project; name it with --leads")))
        }
        (Some(_) | None, Some(_) | None) => Ok(path),
    }
}

fn read_file(path: &Path, plan: &Plan) -> Result<Leads, Failure> {
    let shown = path.display();
    let format = Format::of_path(&path.to_string_lossy()).ok_or_else(|| {
        Failure::usage(format!("the name of the leads file `{shown}` does not end in .csv, .jsonl or .ndjson"))
    })?;
    let unreadable = |error: std::io::Error| Failure::usage(format!("cannot read the leads file `{shown}`: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(Failure::usage(format!("cannot read the leads file `{shown}`: it is a folder")));
    }
    open(format, file, plan, &shown.to_string())
}

/// The standard input has no name to tell its format: a line of JSON begins with `{`.
fn read_input(plan: &Plan) -> Result<Leads, Failure> {
    let mut input = BufReader::new(std::io::stdin());
    let unreadable =
        |error: std::io::Error| Failure::usage(format!("cannot read leads from the standard input: {error}"));
    let first = input.fill_buf().map_err(unreadable)?.iter().copied().find(|byte| !byte.is_ascii_whitespace());
    let format = if first == Some(b'{') { Format::Jsonl } else { Format::Csv };
    open(format, input, plan, "-")
}

fn open(format: Format, input: impl Read + Send + 'static, plan: &Plan, shown: &str) -> Result<Leads, Failure> {
    let reader = leads::open(format, input, &plan.campaign).map_err(|error| Failure::usage(refused(&error, shown)))?;
    Ok(Leads::Read(Box::new(reader)))
}

pub(super) fn refused(error: &ReadError, shown: &str) -> String {
    let info = Code::MissingColumn.info();
    let is_column = matches!(error, ReadError::MissingColumns(_));
    let code = if is_column { format!(" [{} {}]", info.id, info.slug) } else { String::new() };
    let help = error.help().map_or(String::new(), |help| format!("\n  help: {help}"));
    format!("`{shown}`: {error}{code}{help}")
}
