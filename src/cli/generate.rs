//! `tabiji leads generate`

use std::io::{self, Write};

use super::args::{GenerateArgs, LeadsFormat};
use super::output::{Pending, print};
use super::simulate::{Planned, planned};
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::leads::generate::{Generated, generate as generate_leads};
use crate::leads::{Target, WriteFormat};

/// Makes leads up and writes them down.
pub(super) fn generate(args: &GenerateArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let Planned { plan, .. } = planned(&args.project, terminal)?;
    let seed = args.seed.or(plan.campaign.settings.simulation.seed).unwrap_or(1);
    let share = f64::from(args.dirty) / 100.0;
    let run = |target: Target| {
        generate_leads(&plan, args.count, seed, share, target).map_err(|error| Failure::usage(error.to_string()))
    };
    let Some(path) = &args.output else {
        let format = match args.format {
            LeadsFormat::Csv => WriteFormat::Csv,
            LeadsFormat::Jsonl => WriteFormat::Jsonl,
        };
        run(Target { format, out: Box::new(Piped(io::stdout())) })?;
        return Ok(Exit::Fine);
    };
    if args.dirty > 0 && WriteFormat::of_path(&path.to_string_lossy()) == Some(WriteFormat::Parquet) {
        return Err(Failure::usage("Parquet has typed columns, which take no dirt; write .csv or .jsonl"));
    }
    let (pending, target) = Pending::target(path, "output")?;
    let done = run(target)?;
    pending.keep()?;
    print(&said(&done, &path.display().to_string()))?;
    Ok(Exit::Fine)
}

fn said(done: &Generated, path: &str) -> String {
    let Generated { leads, rows, dirty_cells, duplicates } = *done;
    let dirt = match (dirty_cells, duplicates) {
        (0, 0) => String::new(),
        (cells, twice) => format!("; {cells} cells are dirty, and {twice} rows are second ones of a lead"),
    };
    format!("wrote {leads} leads in {rows} rows to {path}{dirt}\n")
}

/// The standard output. A reader that has gone away, as `head` does, is no failure.
struct Piped(io::Stdout);

impl Write for Piped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}
