//! `journey-over-cap`: one journey asks for more mails than a frequency rule lets through, all by itself.

use std::collections::BTreeMap;

use super::Context;
use crate::analysis::flood::{Bound, Fate, Over, Rule};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::print::{self, duration, window};
use crate::ir::{Edit, Journey};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for bound in &context.facts.flood.bounds {
        // What its mails are held back by besides may keep them within the rule.
        if bound.proved.is_some_and(|proved| proved <= u64::from(bound.limit.at_most)) {
            continue;
        }
        for over in bound.over.iter().filter(|over| loses(bound, over)) {
            if let Some(journey) = context.resolution.campaign.journeys.get(&over.journey) {
                sink.push(finding(bound, over, journey));
            }
        }
    }
}

/// Whether mails are lost by it: one that merely waits is what the rule is there for.
fn loses(bound: &Bound, over: &Over) -> bool {
    match over.fates.as_slice() {
        [] => bound.rule == Rule::Frequency { delay: false },
        fates => fates.iter().any(Fate::is_lost_by_rule),
    }
}

fn finding(bound: &Bound, over: &Over, journey: &Journey) -> Diagnostic {
    let per = window(bound.limit.per);
    let message = format!(
        "`{}` by itself asks for {} mails per {per}, and a rule lets {} through",
        over.journey, over.most, bound.limit.at_most
    );
    let finding = Diagnostic::new(Code::JourneyOverCap, journey.origin.0, message);
    let finding = finding.also(bound.limit.origin.0, format!("allows {}", bound.limit.whole_text()));
    let finding = of_fates(finding, over, journey);
    finding.help(help(bound, over))
}

/// What becomes of the mails, at their steps; without a timeline, when they are asked for.
fn of_fates(finding: Diagnostic, over: &Over, journey: &Journey) -> Diagnostic {
    let mut by_step: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for fate in &over.fates {
        let texts = by_step.entry(&fate.step).or_default();
        let text = print::fate(fate.asked_secs, fate.end);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    if by_step.is_empty() {
        let steps = over.path.iter().filter_map(|(after, step)| Some((after, journey.steps.get(*step)?)));
        return steps.fold(finding, |finding, (after, step)| {
            finding.also(step.origin.0, format!("{} after the first", duration(*after)))
        });
    }
    let steps = journey.steps.iter().filter_map(|step| Some((step, by_step.get(step.id.as_str())?)));
    steps.fold(finding, |finding, (step, texts)| finding.also(step.origin.0, texts.join(", then ")))
}

fn help(bound: &Bound, over: &Over) -> String {
    let fates = &over.fates;
    let lost = fates.iter().filter(|fate| fate.is_lost_by_rule()).count();
    let longest = fates.iter().filter_map(|fate| Some(fate.end.ok()? - fate.asked_secs)).max().unwrap_or(0);
    let way_out = way_out(bound, over);
    let are = if lost == 1 { "is" } else { "are" };
    match (lost, longest) {
        (0, 0) => way_out,
        (0, longest) => format!("none is lost, but one is held for {}: {way_out}", duration(longest)),
        (lost, 0) => format!("{lost} of its {} mails {are} never sent: {way_out}", fates.len()),
        (lost, longest) => {
            format!(
                "{lost} of its {} mails {are} never sent, others are held for up to {}: {way_out}",
                fates.len(),
                duration(longest)
            )
        }
    }
}

/// Edits of the journey, and of the rule, after which it asks for no more than is let through.
fn way_out(bound: &Bound, over: &Over) -> String {
    let fixes = over.fixes.iter().map(|fix| fix.edit.text());
    let raised = Edit::Cap { rule: bound.limit.clone(), at_most: u32::try_from(over.most).unwrap_or(u32::MAX) };
    let ways: Vec<String> = fixes.chain([raised.text()]).collect();
    format!("this rule lets all of them through if {}", ways.join("; or if "))
}
