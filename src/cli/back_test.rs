//! `tabiji simulate --back-test`: what a campaign's assumptions foretell, beside what a log says really happened.

use super::args::SimulateArgs;
use super::compare::{as_text_or_json, show};
use super::leads::{Wanted, leads};
use super::progress::{Ahead, Progress};
use super::simulate::{Planned, options, planned, refused};
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::backend::{report, sim};
use crate::diag::{Code, Level};
use crate::ir::Row;

/// Runs the leads of a log twice: with behaviour drawn from the first day on, and as the log tells it.
pub(super) fn back_test(args: &SimulateArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    as_text_or_json(args)?;
    let Planned { mut plan, folder, levels } = planned(&args.path, terminal)?;
    if args.events.is_empty() && plan.campaign.settings.simulation.events.is_empty() {
        return Err(Failure::usage(
            "there is nothing to hold the run against; give `--events FILE`, the log of what really happened"
                .to_owned(),
        ));
    }
    let mut options = options(args, &levels);
    let wanted = Wanted {
        files: &args.leads,
        made_up: None,
        seed: args.seed,
        events: &args.events,
        no_events: false,
        strict_logs: args.strict || levels.get(&Code::BadEventLine) == Some(&Level::Error),
    };
    let mut rows = leads(&wanted, &plan, &folder, None, &options)?;
    let thin = rows.teach(&mut plan.campaign, &levels, terminal);
    options.sendings = rows.sendings();
    let all: Vec<Row> = rows.by_ref().collect();
    let odd = rows.report(&levels, terminal);
    if let Some(why) = rows.broken_off() {
        return Err(Failure::usage(format!("the leads file cannot be read to its end: {why}")));
    }
    let progress = Progress::new(terminal.interactive, Ahead::Leads(2 * all.len() as u64));
    let read = all.len() as u64;
    let run = |rows: &mut (dyn Iterator<Item = Row> + Send), past_only: bool, before: u64| {
        let options = sim::Options { past_only, ..options.clone() };
        sim::run(&plan, rows, &options, &|leads| progress.set(before + leads)).map_err(|error| refused(&error))
    };
    let ended = run(&mut all.iter().cloned(), true, 0)
        .and_then(|foretold| Ok((foretold, run(&mut all.into_iter(), false, read)?)));
    progress.done();
    let (foretold, happened) = ended?;
    show(
        args,
        terminal,
        odd || thin,
        |width| report::back_test_text(&foretold, &happened, &plan, width),
        || report::back_test_json(&foretold, &happened, &plan),
    )
}
