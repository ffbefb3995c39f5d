//! The project's own tests: each runs one lead whose timeline is told, and holds what came of it against what is
//! expected.
//!
//! In: a plan and its tests. Out: [`Verdict`]s, as data and as reports; a test written from a simulation. Never: a draw
//! that could make a test come out otherwise, a clock, a file.
//!
//! | file | what it does |
//! |---|---|
//! | `judge` | holds what came about against what is expected |
//! | `state` | what lasts: stage, scores, grades, segments, at any moment |
//! | `why` | why something did not come about |
//! | `words` | failures in words, with their places |
//! | `diff` | what is expected and what happened, side by side |
//! | `coverage` | entries, steps and ways that no test reaches |
//! | `report`, `junit` | results for people and programs |
//! | `record` | a test from a lead of a simulation |

mod coverage;
mod diff;
mod judge;
mod junit;
mod list;
mod record;
mod report;
mod state;
mod why;
mod words;

use std::collections::BTreeSet;

pub use coverage::{Coverage, JourneyCoverage, Point};
pub use junit::{junit, junit_refusal};
pub use list::{listed_json, listed_text};
pub use record::{Recorded, limit_test, record};
pub use report::{Shown, json, text};

use crate::backend::sim::{self, Noted, Options, SimError, TraceLine};
use crate::diag::Diagnostic;
use crate::ir::scenario::{Subject, Test};
use crate::ir::{Row, Segment};
use crate::plan::Plan;

/// What became of a test.
#[derive(Clone, Debug)]
pub struct Verdict<'a> {
    /// The test.
    pub test: &'a Test,
    /// What is wrong; nothing if it passed.
    pub findings: Vec<Diagnostic>,
    /// What is expected and what happened, side by side.
    pub diff: String,
    /// What the lead reached.
    pub reached: BTreeSet<Point>,
}

/// Runs tests, in the order given.
///
/// # Errors
/// If the plan cannot be run.
pub fn run<'a>(plan: &Plan, tests: &[&'a Test]) -> Result<Vec<Verdict<'a>>, SimError> {
    tests.iter().map(|test| run_one(plan, test)).collect()
}

fn run_one<'a>(plan: &Plan, test: &'a Test) -> Result<Verdict<'a>, SimError> {
    let ran = ran(plan, test)?;
    let clock = words::Clock::of(plan, test);
    let judged = judge::judge(test, &ran, &clock);
    let findings = words::findings(test, &ran, &judged, plan, &clock);
    let diff = diff::diff(test, &ran, &judged, &clock);
    Ok(Verdict { test, findings, diff, reached: coverage::reached(&ran.facts) })
}

/// What came of a test's lead.
#[derive(Clone, Debug)]
struct Ran {
    facts: Vec<Noted>,
    lines: Vec<TraceLine>,
    /// Whether it did not come to rest within one second.
    livelocked: bool,
    /// Whether it came only after the test.
    not_created: bool,
}

/// Runs the lead of a test. Conditions that are expected to hold become segments, which the run evaluates.
fn ran(plan: &Plan, test: &Test) -> Result<Ran, SimError> {
    let mut plan = plan.clone();
    if !test.frequency {
        plan.campaign.policies.frequency.clear();
        plan.campaign.channels.values_mut().for_each(|settings| settings.frequency.clear());
    }
    for (number, expect) in test.expect.iter().enumerate() {
        if let Subject::Holds { condition, .. } = &expect.what {
            let segment = Segment { label: None, when: condition.clone(), origin: expect.origin };
            plan.campaign.segments.insert(state::watched(number), segment);
        }
    }
    let options = Options {
        start_secs: Some(test.start_secs),
        // The day is asked for, but the instant decides.
        start: Some(jiff::civil::date(1970, 1, 1)),
        days: Some(test.days),
        seed: Some(1),
        threads: Some(1),
        trace: Some(test.lead.id.clone()),
        strict: true,
        ..Options::default()
    };
    let rows: Vec<Row> = vec![Ok(test.lead.clone())];
    let outcome = sim::run(&plan, &mut rows.into_iter(), &options, &|_| {})?;
    let leads = &outcome.figures.leads;
    Ok(Ran {
        livelocked: leads.livelocked > 0,
        not_created: leads.not_created > 0,
        facts: outcome.facts,
        lines: outcome.trace.unwrap_or_default(),
    })
}
