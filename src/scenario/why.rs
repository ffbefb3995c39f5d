//! Why something that is expected did not come about, from the timeline.

use super::Ran;
use crate::backend::sim::{TraceLine, What};
use crate::ir::Name;
use crate::ir::journey::Action;
use crate::ir::scenario::Subject;
use crate::plan::Plan;

/// The reason, as far as the timeline tells one.
pub(super) fn why(what: &Subject, ran: &Ran, plan: &Plan, show: impl Fn(i64) -> String) -> Option<String> {
    let line = |line: &TraceLine| format!("on {} {}", show(line.at_secs), words(line));
    match what {
        Subject::Sent { content } | Subject::Skipped { content, .. } => {
            let about = format!("`{content}`");
            let kept = ran.lines.iter().rev().find(|each| is_hold(each.what) && each.text.starts_with(&about));
            kept.map(line).or_else(|| {
                let journeys = senders(plan, content);
                let all: Vec<String> = journeys.iter().filter_map(|journey| journey_why(journey, ran, &show)).collect();
                (!all.is_empty()).then(|| all.join("; "))
            })
        }
        Subject::Entered { journey }
        | Subject::Exited { journey, .. }
        | Subject::Reached { journey, .. }
        | Subject::Refused { journey, .. } => journey_why(journey, ran, &show),
        Subject::Mails { .. }
        | Subject::Task { .. }
        | Subject::Happened { .. }
        | Subject::Stage { .. }
        | Subject::Score { .. }
        | Subject::Grade { .. }
        | Subject::Member { .. }
        | Subject::Holds { .. } => None,
    }
}

fn is_hold(what: What) -> bool {
    matches!(what, What::Skipped | What::Held)
}

/// The journeys that send something.
fn senders(plan: &Plan, content: &str) -> Vec<Name> {
    let sends = |action: &Action| matches!(action, Action::Send { content: sent, .. } if sent == content);
    let journeys = plan.campaign.journeys.iter();
    journeys
        .filter(|(_, journey)| journey.steps.iter().any(|step| sends(&step.action)))
        .map(|(name, _)| name.clone())
        .collect()
}

/// Where the lead is, or was last, in a journey.
fn journey_why(journey: &str, ran: &Ran, show: &impl Fn(i64) -> String) -> Option<String> {
    let own = |line: &&TraceLine| line.journey.as_deref() == Some(journey) && line.what != What::RunOver;
    let last = |whats: &[What]| ran.lines.iter().rev().filter(own).find(|line| whats.contains(&line.what));
    let entered = last(&[What::Entered]).is_some();
    if !entered {
        return Some(match last(&[What::Refused]) {
            Some(line) => format!("`{journey}` does not let the lead in: on {} {}", show(line.at_secs), words(line)),
            None => format!("the lead never comes to `{journey}`"),
        });
    }
    let line = last(&[What::Wait, What::Held, What::Ended, What::Refused])?;
    let inside = if matches!(line.what, What::Wait | What::Held) { "the lead is still in" } else { "the lead was in" };
    Some(format!("{inside} `{journey}`: on {} {}", show(line.at_secs), words(line)))
}

/// What a line says, with its step.
fn words(line: &TraceLine) -> String {
    let step = line.step.as_ref().map(|step| format!("`{step}` ")).unwrap_or_default();
    match line.what {
        What::Wait => format!("{step}waits {}", line.text),
        What::Held => format!("{step}holds {}", line.text),
        What::Skipped => format!("{step}is skipped: {}", line.text),
        What::Refused => format!("it is refused: {}", line.text),
        What::Ended => format!("it ends: {}", line.text),
        _ => line.text.clone(),
    }
}
