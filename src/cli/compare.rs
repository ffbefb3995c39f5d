//! `tabiji simulate --against`, `--set`, `--runs` and `--sensitivity`: runs beside each other, with the same leads.

use std::path::Path;

use super::Exit;
use super::Failure;
use super::args::{ReportFormat, SimulateArgs};
use super::compile::{Compiled, compile_with};
use super::files::told;
use super::leads::{Leads, Wanted, leads};
use super::output::{deliver, save_all};
use super::progress::{Ahead, Progress};
use super::simulate::{Planned, arrivals, is_plan, options, planned, refused};
use super::terminal::{Terminal, WIDTH};
use crate::backend::report::{self, Compared, Moved};
use crate::backend::sim::{self, Together};
use crate::diag::Levels;
use crate::leads::Arrivals;
use crate::pipeline::Override;
use crate::plan::{self, Plan};

/// Most runs that can be compared at once.
const MOST: usize = 50;

/// Runs the first plan and the others, and says how they differ.
pub(super) fn compare(args: &SimulateArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    as_text_or_json(args)?;
    let Planned { plan, folder, levels } = planned(&args.path, terminal)?;
    let changed = args.against.as_deref().unwrap_or(&args.path);
    let mut others = Vec::new();
    for overrides in variants(&args.set)? {
        let plan = other(changed, &overrides, terminal)?;
        others.push((name(args.against.as_deref(), changed, &overrides), plan));
    }
    let options = options(args, &levels);
    let come = if args.no_arrivals { None } else { arrivals(&plan, &options)? };
    if come.is_some() && others.iter().any(|(_, other)| other.campaign.sources != plan.campaign.sources) {
        return Err(Failure::usage(
            "the campaigns have different sources, so others would come; compare them with `--no-arrivals`".to_owned(),
        ));
    }
    let plans: Vec<(&Plan, Option<u64>)> =
        std::iter::once((&plan, None)).chain(others.iter().map(|(_, plan)| (plan, None))).collect();
    let (together, odd) = beside(args, &plans, come, (&folder, &levels), &options, terminal)?;
    let named = others.iter().map(|(name, plan)| Compared { name: name.clone(), plan });
    let first = Compared { name: told(&args.path), plan: &plan };
    let runs: Vec<Compared<'_>> = std::iter::once(first).chain(named).collect();
    if let Some(folder) = &args.plots {
        save_all(folder, &report::sweep_plots(&runs, &together))?;
    }
    show(
        args,
        terminal,
        odd,
        |width| report::comparison_text(&runs, &together, width),
        || report::comparison_json(&runs, &together),
    )
}

/// Runs the campaign several times, each time with other chance.
pub(super) fn runs(args: &SimulateArgs, runs: u16, terminal: &Terminal) -> Result<Exit, Failure> {
    as_text_or_json(args)?;
    let Planned { plan, folder, levels } = planned(&args.path, terminal)?;
    let options = options(args, &levels);
    let come = if args.no_arrivals { None } else { arrivals(&plan, &options)? };
    let (_, _, seed) = sim::period(&plan, &options).map_err(|error| refused(&error))?;
    let plans: Vec<(&Plan, Option<u64>)> =
        (0..u64::from(runs)).map(|number| (&plan, Some(seed.wrapping_add(number)))).collect();
    let (together, odd) = beside(args, &plans, come, (&folder, &levels), &options, terminal)?;
    show(
        args,
        terminal,
        odd,
        |width| report::runs_text(&together.outcomes, &plan, width),
        || report::runs_json(&together.outcomes, &plan),
    )
}

/// Moves each assumption about personas down and up.
pub(super) fn sensitivity(args: &SimulateArgs, percent: u8, terminal: &Terminal) -> Result<Exit, Failure> {
    as_text_or_json(args)?;
    let Planned { plan, folder, levels } = planned(&args.path, terminal)?;
    let mut moved = Vec::new();
    for assumption in plan::assumptions(&plan.campaign) {
        for factor in [1.0 - f64::from(percent) / 100.0, 1.0 + f64::from(percent) / 100.0] {
            let campaign = plan::moved(&plan.campaign, &assumption, factor);
            let plan = plan::build(&campaign).map_err(|error| Failure::usage(error.to_string()))?;
            moved.push(Moved { assumption: assumption.clone(), factor, plan });
        }
    }
    if moved.is_empty() {
        return Err(Failure::usage("no persona has a behavior, so there is nothing to move".to_owned()));
    }
    let options = options(args, &levels);
    let come = if args.no_arrivals { None } else { arrivals(&plan, &options)? };
    let plans: Vec<(&Plan, Option<u64>)> =
        std::iter::once((&plan, None)).chain(moved.iter().map(|run| (&run.plan, None))).collect();
    let (together, odd) = beside(args, &plans, come, (&folder, &levels), &options, terminal)?;
    show(
        args,
        terminal,
        odd,
        |width| report::sensitivity_text(&plan, &moved, &together, percent, width),
        || report::sensitivity_json(&plan, &moved, &together, percent),
    )
}

/// Refuses formats that only the report of one run has, before anything is run.
pub(super) fn as_text_or_json(args: &SimulateArgs) -> Result<(), Failure> {
    let given = std::iter::once(args.format).chain(args.output.iter().map(|output| output.format));
    for format in given {
        match format {
            ReportFormat::Text | ReportFormat::Json => {}
            ReportFormat::Markdown | ReportFormat::Csv => {
                return Err(Failure::usage("runs beside each other are shown as `text` or `json`".to_owned()));
            }
        }
    }
    Ok(())
}

/// Hands out the report. `odd`: something was wrong with the leads.
pub(super) fn show(
    args: &SimulateArgs,
    terminal: &Terminal,
    odd: bool,
    text: impl Fn(usize) -> String,
    json: impl Fn() -> String,
) -> Result<Exit, Failure> {
    deliver(args.format, &args.output, |format, printed| match format {
        ReportFormat::Json => Ok(json()),
        ReportFormat::Text | ReportFormat::Markdown | ReportFormat::Csv => {
            Ok(text(if printed { terminal.width() } else { WIDTH }))
        }
    })?;
    Ok(if odd { Exit::Findings } else { Exit::Fine })
}

/// Runs plans with the leads of the first. Gives also whether something was wrong with the leads.
fn beside(
    args: &SimulateArgs,
    plans: &[(&Plan, Option<u64>)],
    come: Option<Arrivals>,
    (folder, levels): (&Path, &Levels),
    options: &sim::Options,
    terminal: &Terminal,
) -> Result<(Together, bool), Failure> {
    let Some((first, _)) = plans.first() else {
        return Err(Failure::usage("there is nothing to run".to_owned()));
    };
    let traffic = come.as_ref().map(|come| come.traffic().clone());
    let options = sim::Options { traffic, ..options.clone() };
    let wanted = Wanted {
        files: &args.leads,
        made_up: args.leads_from_personas,
        seed: args.seed,
        events: &[],
        no_events: true,
        strict_logs: false,
    };
    let mut rows: Leads = leads(&wanted, first, folder, come, &options)?;
    let passed = rows.passed();
    let part = || passed.part();
    let ahead = args.leads_from_personas.map_or(Ahead::Part(&part), Ahead::Leads);
    let progress = Progress::new(terminal.interactive, ahead);
    let ended = sim::together(plans, &mut [&mut rows], &options, &|leads| progress.set(leads));
    progress.done();
    let odd = rows.report(levels, terminal);
    if let Some(why) = rows.broken_off() {
        return Err(Failure::usage(format!("the leads file cannot be read to its end: {why}")));
    }
    ended.map(|together| (together, odd)).map_err(|error| refused(&error))
}

/// The plan of a campaign with other values.
fn other(path: &Path, overrides: &[Override], terminal: &Terminal) -> Result<Plan, Failure> {
    if overrides.is_empty() {
        return planned(path, terminal).map(|planned| planned.plan);
    }
    if is_plan(path) {
        return Err(Failure::usage(format!(
            "`--set` changes what is written in a project; `{}` is a saved plan",
            path.display()
        )));
    }
    let Compiled { campaign, .. } = compile_with(path, overrides, terminal)?;
    plan::build(&campaign).map_err(|error| Failure::usage(error.to_string()))
}

fn name(against: Option<&Path>, path: &Path, overrides: &[Override]) -> String {
    let set = overrides.iter().map(|each| format!("{}={}", each.path, each.value)).collect::<Vec<_>>().join(", ");
    match (against, set.is_empty()) {
        (Some(_), true) => told(path),
        (Some(_), false) => format!("{} with {set}", told(path)),
        (None, _) => format!("with {set}"),
    }
}

/// What is set in each of the other runs: each combination of the values that are given for each path.
fn variants(set: &[String]) -> Result<Vec<Vec<Override>>, Failure> {
    let mut all: Vec<Vec<Override>> = vec![Vec::new()];
    for text in set {
        let (path, values) =
            text.split_once('=').filter(|(path, value)| !path.is_empty() && !value.is_empty()).ok_or_else(|| {
                Failure::usage(format!("`--set {text}` is no `PATH=VALUE`, such as `policies.frequency.0.at_most=2`"))
            })?;
        let values = listed(values);
        all = all
            .iter()
            .flat_map(|before| {
                values.iter().map(|value| {
                    let one = Override { path: path.to_owned(), value: value.clone() };
                    before.iter().cloned().chain([one]).collect()
                })
            })
            .collect();
        if all.len() > MOST {
            return Err(Failure::usage(format!("more than {MOST} runs are too many to compare")));
        }
    }
    Ok(all)
}

/// `1,2,3` and `1..5` are several values; what is quoted or in brackets is one.
fn listed(text: &str) -> Vec<String> {
    if text.starts_with(['"', '\'', '[', '{']) {
        return vec![text.to_owned()];
    }
    if let Some((from, to)) = text.split_once("..")
        && let (Ok(from), Ok(to)) = (from.parse::<i64>(), to.parse::<i64>())
        && from <= to
        && to - from <= MOST as i64
    {
        return (from..=to).map(|value| value.to_string()).collect();
    }
    text.split(',').map(|value| value.trim().to_owned()).collect()
}
