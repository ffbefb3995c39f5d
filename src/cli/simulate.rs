//! `tabiji simulate`

use std::path::{Path, PathBuf};

use super::args::{FailOnKpi, ReportFormat, SimulateArgs};
use super::asked::Asked;
use super::compile::{Compiled, compile};
use super::leads::{Wanted, leads, say};
use super::output::{Results, deliver, save_all, save_result};
use super::progress::{Ahead, Progress};
use super::rows::{Table, Tables};
use super::spared;
use super::terminal::{Terminal, WIDTH};
use super::{Exit, Failure};
use crate::backend::report::Verdict;
use crate::backend::sim::SimError;
use crate::backend::{report, sim};
use crate::diag::{Code, Level, Levels};
use crate::leads::{self, Arrivals, Period};
use crate::plan::{self, Plan};

/// Runs the journeys against leads.
pub(super) fn simulate(args: &SimulateArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    spared::note_all(args.leads.iter().chain(&args.events));
    let compares = args.against.is_some() || !args.set.is_empty();
    let others = args.write.iter().map(Table::path).collect();
    Results { others, page: args.report.as_deref(), ..Results::of(args.format, &args.output) }.run(|| {
        match (args.runs, args.sensitivity) {
            _ if args.back_test => super::back_test::back_test(args, terminal),
            _ if compares => super::compare::compare(args, terminal),
            (Some(runs), _) => super::compare::runs(args, runs, terminal),
            (None, Some(percent)) => super::compare::sensitivity(args, percent, terminal),
            (None, None) => run(args, terminal),
        }
    })
}

fn run(args: &SimulateArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let Planned { mut plan, folder, levels } = planned(&args.path, terminal)?;
    if !args.by.is_empty() {
        plan.campaign.settings.simulation.by = args.by.iter().map(|by| (*by).into()).collect();
    }
    let asked = Asked::of(args, &plan)?;
    let mut options = options(args, &levels);
    asked.iter().for_each(|asked| asked.note(&mut options));
    let is_told = !args.events.is_empty() || !(args.no_events || plan.campaign.settings.simulation.events.is_empty());
    let arrivals = if args.no_arrivals || is_told { None } else { arrivals(&plan, &options)? };
    options.traffic = arrivals.as_ref().map(|arrivals| arrivals.traffic().clone());
    let wanted = Wanted {
        files: &args.leads,
        made_up: args.leads_from_personas,
        seed: args.seed,
        events: &args.events,
        no_events: args.no_events,
        strict_logs: args.strict || levels.get(&Code::BadEventLine) == Some(&Level::Error),
    };
    let mut rows = leads(&wanted, &plan, &folder, arrivals, &options)?;
    let thin = rows.teach(&mut plan.campaign, &levels, terminal);
    options.sendings = rows.sendings();
    let mut tables = Tables::open(&args.write, &plan.campaign)?;
    let passed = rows.passed();
    let part = || passed.part();
    let ahead = args.leads_from_personas.map_or(Ahead::Part(&part), Ahead::Leads);
    let progress = Progress::new(terminal.interactive, ahead);
    let kinds = tables.kinds();
    let mut take = |leads: Vec<sim::LeadRows>| tables.take(&leads);
    let alone = is_answer_all(args) && plan.campaign.is_one_by_one();
    let told = |leads| progress.set(leads);
    let ended = match asked.as_ref().and_then(Asked::lead).filter(|_| alone) {
        // The others have no influence on it.
        Some(lead) => {
            let mut one = rows.by_ref().filter(|row| row.as_ref().is_ok_and(|row| row.id == lead));
            sim::run(&plan, &mut one, &options, &told)
        }
        None => sim::run_with_rows(&plan, &mut rows, &options, &told, (&kinds, &mut take)),
    };
    progress.done();
    let odd = rows.report(&levels, terminal);
    if let Some(why) = rows.broken_off() {
        return Err(Failure::usage(format!("the leads file cannot be read to its end: {why}")));
    }
    let mut outcome = ended.map_err(|error| refused(&error))?;
    outcome.log = rows.log().cloned();
    if let (Some(lead), None) = (&options.trace, &outcome.trace) {
        return Err(Failure::usage(format!("no lead has the id `{lead}`")));
    }
    tables.keep()?;
    if let Some(path) = &args.report {
        save_result(path, &report::html(&outcome, &plan))?;
    }
    if let Some(folder) = &args.plots {
        save_all(folder, &report::plots(&outcome, &plan))?;
    }
    deliver(args.format, &args.output, |format, printed| {
        let asked = asked.as_ref().filter(|_| printed);
        if let Some(answer) = asked.and_then(|asked| asked.answer(format, &outcome, &plan, terminal.width())) {
            return Ok(answer);
        }
        Ok(match format {
            ReportFormat::Text if printed => report::text(&outcome, &plan, terminal.width()),
            // A file does not depend on the terminal that it was made at.
            ReportFormat::Text => report::text(&outcome, &plan, WIDTH),
            ReportFormat::Json => report::json(&outcome, &plan),
            ReportFormat::Csv => report::csv(&outcome, &plan),
            ReportFormat::Markdown => report::markdown(&outcome, &plan),
        })
    })?;
    let mut overfull = false;
    for words in report::overfull(&outcome, &plan) {
        overfull |= say(Code::WarmupCannotFit, &words, &levels, terminal);
    }
    let missed = missed_kpis(args, &outcome, &plan, terminal);
    Ok(if odd || thin || overfull || missed { Exit::Findings } else { Exit::Fine })
}

/// Whether nothing but an answer on the standard output is wanted of the run.
fn is_answer_all(args: &SimulateArgs) -> bool {
    let has_files = !(args.output.is_empty() && args.write.is_empty()) || args.report.is_some() || args.plots.is_some();
    !has_files && args.fail_on.is_none()
}

/// Whether a KPI fails the run; says which.
fn missed_kpis(args: &SimulateArgs, outcome: &sim::Outcome, plan: &Plan, terminal: &Terminal) -> bool {
    let Some(fail_on) = args.fail_on else { return false };
    let fails = |verdict: Verdict| match verdict {
        Verdict::Missed => true,
        Verdict::Uncertain | Verdict::Unknown => fail_on == FailOnKpi::KpiUncertain,
        Verdict::Met => false,
    };
    let mut failed = report::verdicts(outcome, plan);
    failed.retain(|(_, verdict)| fails(*verdict));
    for (name, verdict) in &failed {
        let words = match verdict {
            Verdict::Missed => "misses its target",
            Verdict::Uncertain | Verdict::Met => "may miss its target",
            Verdict::Unknown => "cannot be told, as there is nothing to measure",
        };
        terminal.say("error", &format!("the KPI `{name}` {words}"));
    }
    !failed.is_empty()
}

/// Who comes by the plan's sources in the run; nobody if the run cannot be made, which it says itself.
pub(super) fn arrivals(plan: &Plan, options: &sim::Options) -> Result<Option<Arrivals>, Failure> {
    if plan.campaign.sources.values().all(|source| source.arrivals.is_none()) {
        return Ok(None);
    }
    let Ok((start_secs, end_secs, seed)) = sim::period(plan, options) else { return Ok(None) };
    let arrivals = leads::arrivals(plan, Period { start_secs, end_secs, seed });
    arrivals.map(Some).map_err(|error| Failure::usage(error.to_string()))
}

/// Why there is no outcome.
pub(super) fn refused(error: &SimError) -> Failure {
    match error {
        SimError::NoStart => Failure::usage(format!("{error}: `--start 2026-04-01`")),
        SimError::BadStart(_)
        | SimError::BadDays(_)
        | SimError::Plan(_)
        | SimError::Refused(_)
        | SimError::Rows(_)
        | SimError::Threads(_) => Failure::usage(error.to_string()),
    }
}

/// What is run.
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) folder: PathBuf,
    pub(super) levels: Levels,
}

/// The plan, read or compiled, with the project's folder and levels.
pub(super) fn planned(path: &Path, terminal: &Terminal) -> Result<Planned, Failure> {
    if is_plan(path) {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        return Ok(Planned { plan: read_plan(path)?, folder, levels: Levels::new() });
    }
    let Compiled { campaign, levels, .. } = compile(path, terminal)?;
    let plan = plan::build(&campaign).map_err(|error| Failure::usage(error.to_string()))?;
    Ok(Planned { plan, folder: path.to_owned(), levels })
}

pub(super) fn is_plan(path: &Path) -> bool {
    path.is_file() || (path.extension().is_some_and(|extension| extension == "json") && !path.is_dir())
}

pub(super) fn read_plan(path: &Path) -> Result<Plan, Failure> {
    let shown = path.display();
    spared::note(path);
    let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::no_input(format!("there is no plan `{shown}`")),
        _ => Failure::usage(format!("cannot read the plan `{shown}`: {error}")),
    })?;
    if !text.trim_start().starts_with('{') {
        let what = "is no saved plan, which is JSON; a project is named by its folder";
        return Err(Failure::usage(format!("`{shown}` {what}")));
    }
    Plan::from_json(&text).map_err(|error| Failure::usage(format!("`{shown}`: {error}")))
}

/// What the command line says; the run takes the rest from the project's settings.
pub(super) fn options(args: &SimulateArgs, levels: &Levels) -> sim::Options {
    sim::Options {
        start: args.start,
        start_secs: None,
        days: args.days,
        seed: args.seed,
        traffic: None,
        threads: args.threads.map(usize::from),
        trace: args.trace.clone(),
        timed: args.report.is_some(),
        sendings: None,
        asked: None,
        past_only: false,
        // A project to which a bad row is an error wants no run without it.
        strict: args.strict || levels.get(&Code::BadRow) == Some(&Level::Error),
    }
}
