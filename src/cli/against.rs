//! `tabiji plan --against`: what a change does to people.

use std::path::Path;

use jiff::tz::TimeZone;

use super::args::{EffectFormat, PlanArgs};
use super::base::{self, Compiled};
use super::compile::prefix;
use super::output::{Results, deliver};
use super::terminal::{Terminal, WIDTH};
use super::{Exit, Failure, files, spared};
use crate::diff::{self, Change, Clock, Input, Stands};
use crate::leads;

/// Compares the campaign with another, and says what the change does.
pub(super) fn against(args: &PlanArgs, base: Option<&str>, terminal: &Terminal) -> Result<Exit, Failure> {
    spared::note_all(args.leads.iter().chain(&args.state));
    let results = Results { version: diff::FORMAT_VERSION, ..Results::of(args.format, &args.output) };
    results.run(|| run(args, base, terminal))
}

fn run(args: &PlanArgs, named: Option<&str>, terminal: &Terminal) -> Result<Exit, Failure> {
    let head = base::at_path(&args.path, terminal)?;
    let base = base::base(named, &args.path, terminal)?;
    let mut change = compared(&base, &head)?;
    change.on(&args.target).map_err(Failure::usage)?;
    change.accept(&super::accept::read(&args.path)?);
    if let Some(file) = &args.state {
        people(&mut change, file, &base, &head, terminal)?;
    }
    if !args.leads.is_empty() || args.leads_from_personas.is_some() {
        change.simulated = Some(super::both_sides::simulated(args, &base, &head, &change.followed, terminal)?);
    }
    deliver(args.format, &args.output, |format, printed| {
        let width = if printed { terminal.width() } else { WIDTH };
        render(args, &change, format, width)
    })?;
    // What is faulty is held back, whatever it does.
    let fails = head.faults.is_some() || args.fail_on.is_some_and(|least| change.open >= least.class());
    Ok(if fails { Exit::Findings } else { Exit::Fine })
}

/// Counts the real people inside.
fn people(
    change: &mut Change,
    file: &Path,
    base: &Compiled,
    head: &Compiled,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let (format, input) = match file == Path::new("-") {
        true => (None, files::standard_input()),
        false => files::open(file, "file of states")?,
    };
    let clock = |of: &'_ Compiled| TimeZone::get(&of.campaign.settings.timezone).unwrap_or(TimeZone::UTC);
    let zone = clock(base);
    let told = leads::states(input, format, &zone).map_err(Failure::usage)?;
    for (line, why) in &told.reasons {
        terminal.say("warning", &format!("{}:{line}: {why}", file.display()));
    }
    if told.refused > 0 {
        terminal
            .say("warning", &format!("{} rows of `{}` say of nobody where it stands", told.refused, file.display()));
    }
    let knows = |journey: &str, step: &str| {
        base.campaign.journeys.get(journey).is_some_and(|journey| journey.step(step).is_some())
    };
    let stands = told.all.iter().map(|one| Stands {
        lead: &one.lead,
        journey: &one.journey,
        step: &one.step,
        since_secs: one.since_secs,
    });
    let clocks = [base, head].map(|of| Clock { calendars: &of.campaign.calendars, zone: clock(of) });
    change.count(stands, &knows, &clocks);
    Ok(())
}

/// What the change from one campaign to the other does.
pub(super) fn compared(base: &Compiled, head: &Compiled) -> Result<Change, Failure> {
    let [base, head] = [base, head].map(|of| {
        let Compiled { name, campaign, sources, faults } = of;
        Input { name, campaign, sources: sources.as_ref(), faults: faults.as_deref() }
    });
    diff::change(base, head).map_err(|error| Failure::usage(format!("the campaigns cannot be compared: {error}")))
}

fn render(args: &PlanArgs, change: &Change, format: EffectFormat, width: usize) -> Result<String, Failure> {
    match format {
        EffectFormat::Text => Ok(diff::text(change, width, args.details)),
        EffectFormat::Markdown => Ok(diff::markdown(change, args.max_bytes as usize)),
        EffectFormat::Sarif => {
            // Places are told from the root of the repository, where such runs start; `..` leads out of it.
            let prefix = prefix(&args.path);
            Ok(diff::sarif(change, if prefix.starts_with("..") { "" } else { &prefix }))
        }
        EffectFormat::Json => json(change),
    }
}

/// Everything as JSON.
pub(super) fn json(change: &Change) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(change);
    text.map(|text| text + "\n").map_err(|error| Failure::usage(error.to_string()))
}
