//! `tabiji fit`

use super::args::{FitArgs, FitFormat};
use super::leads::{Wanted, leads};
use super::output::{Results, deliver};
use super::simulate::{Planned, planned};
use super::spared;
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::backend::sim;
use crate::diag::{Code, Level};
use crate::fit::behavior::{behavior, json, yaml};
use crate::ir::Lead;

/// Finds out from a log how personas behave.
pub(super) fn fit(args: &FitArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    spared::note_all(args.events.iter().chain(&args.leads));
    Results::of(args.format, &args.output).run(|| run(args, terminal))
}

fn run(args: &FitArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let Planned { mut plan, folder, levels } = planned(&args.path, terminal)?;
    if args.events.is_empty() && plan.campaign.settings.simulation.events.is_empty() {
        return Err(Failure::usage(
            "there is no log to fit; give --events FILE, or name one in `tabiji.yaml`: `simulation: {events: logs/web.jsonl}`",
        ));
    }
    // Nobody is left out for what a run would need: what is fitted needs events alone.
    plan.campaign.fields.values_mut().for_each(|field| field.optional = true);
    plan.campaign.settings.simulation.start.get_or_insert_with(|| "1970-01-01".to_owned());
    let wanted = Wanted {
        files: &args.leads,
        events: &args.events,
        strict_logs: args.strict || levels.get(&Code::BadEventLine) == Some(&Level::Error),
        ..Wanted::default()
    };
    let mut rows = leads(&wanted, &plan, &folder, None, &sim::Options::default())?;
    let all: Vec<Lead> = rows.by_ref().filter_map(Result::ok).collect();
    let odd = rows.report(&levels, terminal);
    if let Some(why) = rows.broken_off() {
        return Err(Failure::usage(format!("the leads file cannot be read to its end: {why}")));
    }
    let fitted = behavior(&plan.campaign, &all).map_err(|error| Failure::usage(error.to_string()))?;
    deliver(args.format, &args.output, |format, _| {
        Ok(match format {
            FitFormat::Yaml => yaml::yaml(&fitted),
            FitFormat::Json => format!("{:#}\n", json::json(&fitted)),
        })
    })?;
    Ok(if odd { Exit::Findings } else { Exit::Fine })
}
