//! A run written down as a log and replayed does what it did: the same sends, stages, segments and tasks, in the same
//! seconds. Over every project of this repository that has leads and personas.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::PathBuf;

use serde_json::{Map, Value as Json, json};
use tabiji::backend::sim::{self, Options, TraceLine, What};
use tabiji::ir::journey::Action;
use tabiji::ir::{Campaign, Lead, Row};
use tabiji::leads::{self, Format, Log};
use tabiji::pipeline;
use tabiji::plan::{self, Plan};

/// Leads of each project that are run.
const LEADS: usize = 150;

/// What a campaign makes itself.
const OWN: [&str; 6] =
    ["lead_created", "stage_changed", "task_created", "journey_entered", "journey_ended", "identified"];

#[test]
fn a_run_written_down_and_replayed_is_the_same() {
    let mut compared = 0;
    for folder in projects() {
        let Some(campaign) = pipeline::check(&folder).unwrap().campaign else { continue };
        let simulation = &campaign.settings.simulation;
        let Some(file) = simulation.leads.as_ref().filter(|_| simulation.events.is_empty()) else { continue };
        let Some(outside) = outside(&campaign) else {
            eprintln!("{} skipped", folder.display());
            continue;
        };
        let plan = plan::build(&campaign).unwrap();
        let format = Format::of_path(file).unwrap();
        let reader = leads::open(format, File::open(folder.join(file)).unwrap(), &campaign).unwrap();
        let drawn: Vec<Lead> = reader.flatten().take(LEADS).collect();
        eprintln!("{} {} leads", folder.display(), drawn.len());
        let (mut lines, mut before) = (Vec::new(), Vec::new());
        for lead in &drawn {
            let trace = run(&plan, lead);
            lines.extend(trace.iter().filter_map(|line| logged(&lead.id, line, &outside)));
            before.push(told(&trace));
        }
        if lines.is_empty() {
            continue;
        }
        // The lines of a lead stay in their order; those of different leads are mixed.
        lines.sort_by_key(|(at, _)| *at);
        let text: String = lines.iter().flat_map(|(_, line)| [line.as_str(), "\n"]).collect();
        let (start, _, _) = sim::period(&plan, &Options::default()).unwrap();
        let mut log = Log::new(&campaign, start, true);
        log.read("log", Format::Jsonl, Cursor::new(text.into_bytes())).unwrap();
        let rows: Vec<Row> = drawn.iter().cloned().map(Ok).collect();
        let replayed = log.join(&campaign, rows).unwrap();
        assert_eq!(replayed.summary.events, lines.len() as u64);
        let rows: Vec<Row> = replayed.collect();
        assert_eq!(figures(&plan, &rows, 1), figures(&plan, &rows, 3), "{}", folder.display());
        for (row, before) in rows.into_iter().zip(before) {
            let lead = row.unwrap();
            let after = told(&run(&plan, &lead));
            assert_eq!(after, before, "{} of {}", lead.id, folder.display());
            compared += before.len();
        }
    }
    assert!(compared > 1_000, "only {compared} lines were compared");
}

fn projects() -> Vec<PathBuf> {
    let below = |folder: &str| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let mut all: Vec<PathBuf> = below("examples").into_iter().chain(below("tests/concepts")).collect();
    all.retain(|path| path.join("tabiji.yaml").exists());
    all.sort();
    all
}

/// Names of events that come from outside; `None` if the campaign's steps make some of them too, which a timeline in
/// words does not tell apart.
fn outside(campaign: &Campaign) -> Option<BTreeSet<String>> {
    let steps = campaign.journeys.values().flat_map(|journey| &journey.steps);
    let emitted: BTreeSet<&str> = steps
        .filter_map(|step| match &step.action {
            Action::Emit { event, .. } => Some(event.as_str()),
            _ => None,
        })
        .collect();
    let made = |name: &str| {
        // Of several mails with one name, only deliveries tell which one bounced, so they are told.
        let is_sending = name.ends_with("_sent") && campaign.events[name].builtin;
        OWN.contains(&name) || is_sending || emitted.contains(name)
    };
    let does = campaign.personas.iter().flat_map(|persona| &persona.behavior.does);
    if does.into_iter().any(|does| emitted.contains(does.event.as_str())) {
        return None;
    }
    Some(campaign.events.keys().filter(|name| !made(name)).cloned().collect())
}

fn run(plan: &Plan, lead: &Lead) -> Vec<TraceLine> {
    let options = Options { trace: Some(lead.id.clone()), threads: Some(1), ..Options::default() };
    let mut leads = std::iter::once(Ok(lead.clone()));
    sim::run(plan, &mut leads, &options, &|_| {}).unwrap().trace.unwrap()
}

fn figures(plan: &Plan, rows: &[Row], threads: usize) -> String {
    let options = Options { threads: Some(threads), ..Options::default() };
    let outcome = sim::run(plan, &mut rows.iter().cloned(), &options, &|_| {}).unwrap();
    tabiji::backend::report::json(&outcome, plan)
}

/// The lines of a timeline that tell what the campaign does.
fn told(trace: &[TraceLine]) -> Vec<String> {
    let kinds = [What::Sent, What::Skipped, What::Stage, What::SegmentIn, What::SegmentOut, What::Task, What::Entered];
    trace.iter().filter(|line| kinds.contains(&line.what)).map(TraceLine::to_string).collect()
}

/// A line of a timeline as a line of a log, if it comes from outside.
fn logged(lead: &str, line: &TraceLine, outside: &BTreeSet<String>) -> Option<(i64, String)> {
    let (name, rest) = line.text.strip_prefix('`')?.split_once('`')?;
    if line.what != What::Event || !outside.contains(name) {
        return None;
    }
    let timestamp = jiff::Timestamp::from_second(line.at_secs).unwrap().to_string();
    let call = json!({
        "type": "track", "event": name, "userId": lead, "timestamp": timestamp, "properties": properties(rest),
    });
    Some((line.at_secs, call.to_string()))
}

/// ` path="/pricing" amount=3` as an object. No text of the projects holds a quote.
fn properties(text: &str) -> Map<String, Json> {
    let (mut found, mut rest) = (Map::new(), text.trim());
    while let Some((name, value)) = rest.split_once('=') {
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap(),
            None => value.split_once(' ').unwrap_or((value, "")),
        };
        found.insert(name.to_owned(), Json::from(value));
        rest = after.trim();
    }
    found
}
