//! One case: a plan and leads, run by both engines.

use serde_json::Value as Json;
use tabiji::backend::sim::{self, Options};
use tabiji::ir::{Lead, Settled};
use tabiji::pipeline;
use tabiji::plan::{self, Plan};

use crate::facts::line;
use crate::measures;
use crate::people;
use crate::python::Python;
use crate::shop;

/// Length of all runs, in days.
pub const DAYS: u32 = 14;

pub struct Case {
    pub plan: Plan,
    pub leads: Vec<Lead>,
    /// What a log tells of purchases before the run.
    pub lines: Vec<Json>,
}

impl Case {
    pub fn new(plan: Plan, number: u64, leads: usize) -> Case {
        let leads = people::leads(&plan, number, leads);
        Case { plan, leads, lines: Vec::new() }
    }

    /// Leads of whom nothing is told or settled.
    pub fn untold(plan: Plan, number: u64, leads: usize) -> Case {
        let mut case = Case::new(plan, number, leads);
        for lead in &mut case.leads {
            (lead.timeline, lead.settled) = (None, Settled::default());
        }
        case
    }

    pub fn only(&self, lead: usize) -> Case {
        Case { plan: self.plan.clone(), leads: vec![self.leads[lead].clone()], lines: self.lines.clone() }
    }
}

/// The plan of a project; none if it has faults.
pub fn checked(yaml: &str) -> Option<Plan> {
    let folder = tempfile::tempdir().unwrap();
    let files = shop::FILES.iter().filter(|(name, _)| yaml.contains(name));
    for (name, text) in files.chain([&("tabiji.yaml", yaml)]) {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let checked = pipeline::findings(folder.path()).ok()?;
    if checked.campaign.is_none() && std::env::var("ENGINE_FAULTS").is_ok() {
        println!("{yaml}{:#?}", checked.findings);
    }
    let campaign = checked.campaign.as_ref().filter(|campaign| campaign.settings.simulation.start.is_some());
    campaign.map(|campaign| plan::build(campaign).unwrap())
}

/// What the simulator says of each lead.
pub fn simulated(plan: &Plan, leads: &[Lead]) -> Vec<Vec<String>> {
    let options = Options { days: Some(DAYS), ..Options::default() };
    let mut out = Vec::new();
    sim::watch(plan, leads, &options, &mut |_, facts| out.push(facts.iter().filter_map(line).collect())).unwrap();
    out
}

/// How many facts the simulator tells, and the first lead about whom the engines disagree, with both sides.
pub fn disagreement(python: &mut Python, case: &Case) -> (usize, Option<(usize, String)>) {
    let ours = simulated(&case.plan, &case.leads);
    let (theirs, measured) = python.run(case);
    let count = ours.iter().map(Vec::len).sum();
    let ours: Vec<Vec<String>> =
        ours.into_iter().zip(&theirs).map(|(ours, theirs)| until_stopped(ours, theirs)).collect();
    let differs = ours.iter().zip(&theirs).position(|(ours, theirs)| ours != theirs);
    let differs = differs.map(|lead| (lead, both(&ours[lead], &theirs[lead])));
    (count, differs.or_else(|| measures::difference(python, case, measured)))
}

/// A lead that runs into a livelock is stopped in that second; how far it came in it depends on what counts as a cascade
/// where nothing notices an event.
fn until_stopped(mut ours: Vec<String>, theirs: &[String]) -> Vec<String> {
    if let Some(stopped) = theirs.last().filter(|fact| fact.ends_with(" stopped")) {
        let second = stopped.trim_end_matches("stopped");
        let count = ours.len();
        ours.retain(|fact| !fact.starts_with(second));
        ours.extend((count - ours.len() > 400).then(|| stopped.clone()));
    }
    ours
}

/// What kinds of facts the first difference is between.
pub fn kinds(words: &str) -> Vec<String> {
    let of_side = |mark: &str| {
        let line = words.lines().find_map(|line| line.strip_prefix(mark)).unwrap_or("");
        let mut kind = line.split_whitespace().skip(1);
        let first = kind.next().unwrap_or("").to_owned();
        if first == "happened" { format!("{first} {}", kind.next().unwrap_or("")) } else { first }
    };
    ["simulator:", "python:   "].map(of_side).to_vec()
}

/// Both sides from a little before the first difference on.
fn both(ours: &[String], theirs: &[String]) -> String {
    let same = ours.iter().zip(theirs).take_while(|(ours, theirs)| ours == theirs).count();
    let part = |lines: &[String], mark: &str| -> String {
        lines.iter().skip(same).take(6).map(|line| format!("{mark} {line}\n")).collect()
    };
    let before: String = ours[same.saturating_sub(12)..same].iter().map(|line| format!("  {line}\n")).collect();
    format!("{before}{}{}", part(ours, "simulator:"), part(theirs, "python:   "))
}
