//! `tabiji test`

use std::collections::BTreeSet;

use super::args::{TestArgs, TestCommand, TestFormat, TestNewArgs};
use super::compile::{self, prefix};
use super::leads::{Wanted, leads};
use super::output::{Results, deliver, print, save};
use super::simulate::arrivals;
use super::spared;
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::backend::sim;
use crate::diag::{Code, Sink, Style};
use crate::ir::scenario::Test;
use crate::ir::{Campaign, Row};
use crate::pipeline;
use crate::plan::{self, Plan};
use crate::scenario::{self, Coverage, Recorded, Shown};
use crate::text::FileId;
use crate::{schema, syntax};

/// Runs the project's own tests, or writes one.
pub(super) fn test(args: &TestArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    match &args.command {
        Some(TestCommand::New(new)) => write_new(new, terminal),
        None => Results::of(args.format, &args.output).run(|| run(args, terminal)),
    }
}

fn run(args: &TestArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let checked = pipeline::findings(&args.path).map_err(compile::refused)?;
    spared::note_project(&args.path, &checked.sources);
    let (campaign, checked) = compile::sound(checked, &args.path)?;
    let plan = plan::build(&campaign).map_err(|error| Failure::usage(error.to_string()))?;
    let tests = chosen(&checked.tests, args)?;
    if args.list {
        deliver(args.format, &args.output, |format, _| match format {
            TestFormat::Text => Ok(scenario::listed_text(&tests)),
            TestFormat::Json => {
                let listed = scenario::listed_json(&campaign.settings.project, &tests, &checked.sources);
                listed.map_err(|error| Failure::usage(error.to_string()))
            }
            TestFormat::Junit => Err(Failure::usage("JUnit holds results; a list of tests is `text` or `json`")),
        })?;
        return Ok(Exit::Fine);
    }
    let verdicts = scenario::run(&plan, &tests).map_err(|error| Failure::usage(error.to_string()))?;
    let reached: BTreeSet<_> = verdicts.iter().flat_map(|verdict| verdict.reached.iter().cloned()).collect();
    let shown = Shown {
        project: &plan.campaign.settings.project,
        verdicts: &verdicts,
        coverage: &Coverage::of(&plan.campaign, &reached),
        sources: &checked.sources,
        min_coverage: args.min_coverage.map(usize::from),
    };
    let prefix = prefix(&args.path);
    deliver(args.format, &args.output, |format, printed| {
        let style = if printed { terminal.out(&prefix) } else { Style { prefix: &prefix, ..Style::default() } };
        match format {
            TestFormat::Text => Ok(scenario::text(&shown, style, args.coverage)),
            TestFormat::Json => scenario::json(&shown).map_err(|error| Failure::usage(error.to_string())),
            TestFormat::Junit => Ok(scenario::junit(&shown)),
        }
    })?;
    Ok(if shown.failed() > 0 || shown.is_short() { Exit::Findings } else { Exit::Fine })
}

/// The tests that are asked for.
fn chosen<'a>(tests: &'a [Test], args: &TestArgs) -> Result<Vec<&'a Test>, Failure> {
    if tests.is_empty() {
        return Err(Failure::no_input(
            "the project has no tests; define one under `tests:`, or let `tabiji test new` write one".to_owned(),
        ));
    }
    let Some(filter) = &args.filter else { return Ok(tests.iter().collect()) };
    let fits = |test: &&Test| {
        test.name.contains(filter.as_str()) || test.label.as_ref().is_some_and(|label| label.contains(filter.as_str()))
    };
    let found: Vec<&Test> = tests.iter().filter(fits).collect();
    if found.is_empty() {
        return Err(Failure::no_input(format!("no name or label of the {} tests has `{filter}` in it", tests.len())));
    }
    Ok(found)
}

/// Writes a test from a lead of a simulation.
fn write_new(args: &TestNewArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let compile::Compiled { campaign, tests, .. } = compile::compile(&args.path, terminal)?;
    let plan = plan::build(&campaign).map_err(|error| Failure::usage(error.to_string()))?;
    let name = args.name.clone().unwrap_or_else(|| name_of(&args.from_sim));
    is_free(&name, &tests)?;
    if let Some(path) = &args.output
        && path.symlink_metadata().is_ok()
    {
        return Err(Failure::usage(format!("`{}` is there already; nothing was written", path.display())));
    }
    let text = recorded(args, &plan, &campaign, &name)?;
    match &args.output {
        Some(path) => save(path, &text)?,
        None => print(&text)?,
    }
    Ok(Exit::Fine)
}

fn recorded(args: &TestNewArgs, plan: &Plan, campaign: &Campaign, name: &str) -> Result<String, Failure> {
    let mut options = sim::Options {
        start: args.start,
        days: args.days,
        seed: args.seed,
        threads: Some(1),
        trace: Some(args.from_sim.clone()),
        ..sim::Options::default()
    };
    let wanted = Wanted { files: &args.leads, made_up: args.leads_from_personas, seed: args.seed, ..Wanted::default() };
    let arrivals = arrivals(plan, &options)?;
    let mut rows = leads(&wanted, plan, &args.path, arrivals, &options)?;
    options.sendings = rows.sendings();
    let found = rows.by_ref().find_map(|row| row.ok().filter(|lead| lead.id == args.from_sim));
    let lead = found.ok_or_else(|| Failure::usage(format!("no lead has the id `{}`", args.from_sim)))?;
    // Leads never touch each other: one alone comes to what it comes to among all.
    let rows: Vec<Row> = vec![Ok(lead.clone())];
    let outcome =
        sim::run(plan, &mut rows.into_iter(), &options, &|_| {}).map_err(|error| Failure::usage(error.to_string()))?;
    if campaign.fields.is_empty() || outcome.trace.is_none() {
        return Err(Failure::usage(format!("the lead `{}` is no part of the run", args.from_sim)));
    }
    let run = &outcome.run;
    let recorded = Recorded {
        name,
        lead: &lead,
        facts: &outcome.facts,
        start: &run.start,
        start_secs: run.start_secs,
        days: run.days,
    };
    scenario::record(plan, &recorded).map_err(Failure::usage)
}

/// Refuses a name that no test can have, or that one has already.
fn is_free(name: &str, tests: &[Test]) -> Result<(), Failure> {
    if tests.iter().any(|test| test.name == name) {
        return Err(Failure::usage(format!("the project has a test `{name}` already; give another name with --name")));
    }
    // The schema knows what names are.
    let mut sink = Sink::default();
    let text = format!("tests: {{{}: {{}}}}\n", serde_json::Value::from(name));
    let root = syntax::parse(FileId(0), &text, &mut sink).and_then(|document| document.root);
    root.iter().for_each(|root| drop(schema::validate(root, &mut sink)));
    match sink.found.iter().find(|finding| finding.code == Code::InvalidName) {
        Some(finding) => {
            let help = finding.help.as_ref().map_or(String::new(), |help| format!("; {help}"));
            Err(Failure::usage(format!("{}{help}", finding.message)))
        }
        None => Ok(()),
    }
}

/// A name from a lead's id, which may be longer than names are, and have characters that they do not have.
fn name_of(id: &str) -> String {
    const MOST: usize = 60;
    let plain = id.chars().map(|c| if c.is_alphanumeric() || c == '_' || c == '-' { c } else { '-' });
    let plain: String = plain.take(MOST - "lead-".len()).collect();
    if plain.starts_with(char::is_alphabetic) { plain } else { format!("lead-{plain}") }
}
