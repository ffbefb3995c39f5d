//! `tabiji leads stats`

use super::args::{Format, StatsArgs};
use super::leads::{Wanted, leads};
use super::output::{Results, deliver};
use super::progress::{Ahead, Progress};
use super::simulate::{Planned, planned};
use super::spared;
use super::terminal::{Terminal, WIDTH};
use super::{Exit, Failure};
use crate::backend::{report, sim};
use crate::leads::stats::stats as stats_of;

/// Says what is in a leads file.
pub(super) fn stats(args: &StatsArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    spared::note_all(&args.files);
    Results::of(args.format, &args.output).run(|| run(args, terminal))
}

fn run(args: &StatsArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let Planned { plan, folder, levels } = planned(&args.project, terminal)?;
    let wanted = Wanted { files: &args.files, no_events: true, ..Wanted::default() };
    let mut rows = leads(&wanted, &plan, &folder, None, &sim::Options::default())?;
    let passed = rows.passed();
    let part = || passed.part();
    let progress = Progress::new(terminal.interactive, Ahead::Part(&part));
    let mut read = 0;
    let mut counted = rows.by_ref().inspect(|_| {
        read += 1;
        progress.set(read);
    });
    let found = stats_of(&mut counted, &plan.campaign);
    progress.done();
    let odd = rows.report(&levels, terminal);
    if let Some(why) = rows.broken_off() {
        return Err(Failure::usage(format!("the leads file cannot be read to its end: {why}")));
    }
    deliver(args.format, &args.output, |format, printed| {
        Ok(match format {
            Format::Text if printed => report::stats_text(&found, &plan.campaign, terminal.width()),
            // A file does not depend on the terminal that it was made at.
            Format::Text => report::stats_text(&found, &plan.campaign, WIDTH),
            Format::Json => report::stats_json(&found, &plan.campaign),
        })
    })?;
    Ok(if odd { Exit::Findings } else { Exit::Fine })
}
