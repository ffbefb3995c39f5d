//! `tabiji leads clean`

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::args::{CleanArgs, Format};
use super::files::looked_at;
use super::leads::{inside, refused, say, say_warnings};
use super::output::{Pending, Results, print};
use super::simulate::{Planned, planned};
use super::spared;
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::backend::report;
use crate::diag::{Code, Levels};
use crate::leads::clean::{CleanError, Cleaned, Entry, Input, clean as clean_leads};
use crate::leads::{Format as LeadsFormat, Incoming, Warning, csv_row};

/// Puts a leads file in order.
pub(super) fn clean(args: &CleanArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    spared::note_all(&args.file);
    let others = args.output.as_deref().into_iter().chain(args.report.as_deref()).collect();
    Results { others, ..Results::of(args.format, &[]) }.run(|| run(args, terminal))
}

fn run(args: &CleanArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let Planned { plan, folder, levels } = planned(&args.project, terminal)?;
    let campaign = &plan.campaign;
    let source = Source::of(args.file.as_deref(), campaign.settings.simulation.leads.as_deref(), &folder)?;
    let result = args.output.as_deref().map(|path| Pending::target(path, "output")).transpose()?;
    let mut log = args.report.as_deref().map(Log::open).transpose()?;
    let (pending, target) = result.unzip();
    let open = || source.open();
    let input = Input { format: source.format, open: &open };
    let mut told = |entry: &Entry| log.as_mut().map_or(Ok(()), |log| log.line(entry));
    let cleaned = clean_leads(&input, campaign, target, &mut told).map_err(|error| match error {
        CleanError::Read(error) => Failure::usage(refused(&error, &source.shown())),
        CleanError::BrokenOff(_) | CleanError::Moved | CleanError::TooMany | CleanError::Write(_) => {
            Failure::usage(error.to_string())
        }
    })?;
    if let Some(log) = log {
        log.keep()?;
    }
    if let Some(pending) = pending {
        pending.keep()?;
    }
    print(&match args.format {
        Format::Text => report::clean_text(&cleaned, &campaign.settings.project, terminal.width()),
        Format::Json => report::clean_json(&cleaned, &campaign.settings.project),
    })?;
    Ok(if odd(&cleaned, &levels, terminal) { Exit::Findings } else { Exit::Fine })
}

/// Says what the project may want to fail on. Columns that no field takes are carried through, so only those are
/// mentioned that look like a slip.
fn odd(cleaned: &Cleaned, levels: &Levels, terminal: &Terminal) -> bool {
    let is_slip = |warning: &&Warning| match warning {
        Warning::UnknownColumn { nearest, .. } => nearest.is_some(),
        Warning::NoSuchColumn { .. } => true,
        Warning::MoreUnknownKeys => false,
    };
    let slips: Vec<Warning> = cleaned.warnings.iter().filter(is_slip).cloned().collect();
    let columns = say_warnings(&slips, levels, terminal);
    let rows = match cleaned.refused_total() {
        0 => false,
        1 => say(Code::BadRow, "1 row is left out", levels, terminal),
        more => say(Code::BadRow, &format!("{more} rows are left out"), levels, terminal),
    };
    columns || rows
}

/// Where the leads come from; it can be opened again and again.
struct Source {
    path: PathBuf,
    /// The format that its name tells.
    format: Option<LeadsFormat>,
    /// A copy of the standard input.
    copy: Option<tempfile::NamedTempFile>,
}

impl Source {
    fn of(file: Option<&Path>, named: Option<&str>, folder: &Path) -> Result<Source, Failure> {
        match (file, named) {
            (Some(file), _) if file == Path::new("-") => Source::copied(),
            (Some(file), _) => Source::at(file.to_owned()),
            (None, Some(named)) => Source::at(inside(folder, named, "leads file", "a path")?),
            (None, None) => Err(Failure::usage(
                "there are no leads; give a file, or name one in `tabiji.yaml`: `simulation: {leads: leads/sample.csv}`",
            )),
        }
    }

    fn at(path: PathBuf) -> Result<Source, Failure> {
        let (format, _) = looked_at(&path, "leads file")?;
        Ok(Source { path, format, copy: None })
    }

    /// The standard input can be read once only, so it is put aside.
    fn copied() -> Result<Source, Failure> {
        let unreadable =
            |error: io::Error| Failure::usage(format!("cannot read leads from the standard input: {error}"));
        let mut copy = tempfile::NamedTempFile::new().map_err(unreadable)?;
        io::copy(&mut io::stdin().lock(), &mut copy).map_err(unreadable)?;
        Ok(Source { path: PathBuf::from("-"), format: None, copy: Some(copy) })
    }

    fn open(&self) -> io::Result<Incoming> {
        let file = match &self.copy {
            Some(copy) => copy.reopen()?,
            None => File::open(&self.path)?,
        };
        Incoming::of_file(file)
    }

    fn shown(&self) -> String {
        self.path.display().to_string()
    }
}

/// The change log: a line for each change.
struct Log {
    pending: Pending,
    out: BufWriter<File>,
    is_csv: bool,
}

impl Log {
    fn open(path: &Path) -> Result<Log, Failure> {
        let is_csv = match LeadsFormat::of_path(&path.to_string_lossy()) {
            Some(LeadsFormat::Csv) => true,
            Some(LeadsFormat::Jsonl) => false,
            Some(LeadsFormat::Parquet | LeadsFormat::Arrow) | None => {
                let shown = path.display();
                return Err(Failure::usage(format!("the name of the report `{shown}` does not end in .csv or .jsonl")));
            }
        };
        spared::spare(path)?;
        let pending = Pending::open(path)?;
        let mut out = BufWriter::new(pending.writer()?);
        if is_csv {
            let heads = ["line", "what", "field", "rule", "before", "after", "message"];
            let written = out.write_all(csv_row(heads.into_iter()).as_bytes());
            written.map_err(|error| Failure::usage(format!("cannot write `{}`: {error}", path.display())))?;
        }
        Ok(Log { pending, out, is_csv })
    }

    fn line(&mut self, entry: &Entry) -> io::Result<()> {
        if !self.is_csv {
            serde_json::to_writer(&mut self.out, entry)?;
            return self.out.write_all(b"\n");
        }
        let line = entry.line.to_string();
        let Entry { what, field, rule, before, after, message, .. } = entry;
        let cells = [line.as_str(), what.word(), field, rule, before, after, message];
        self.out.write_all(csv_row(cells.into_iter()).as_bytes())
    }

    fn keep(self) -> Result<(), Failure> {
        let Log { pending, mut out, .. } = self;
        out.flush().map_err(|error| Failure::usage(format!("the report cannot be written: {error}")))?;
        pending.keep()
    }
}
