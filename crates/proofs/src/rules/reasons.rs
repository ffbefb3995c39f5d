//! Why nobody can pass, in words: the statements that exclude each other.

use crate::analysis::reach::{Reason, Source, Statement};
use crate::diag::Diagnostic;
use crate::ir::Journey;

/// One clause that says why: `because` of a message.
pub(super) fn because(reason: &Reason, journey: &Journey) -> Option<String> {
    let (asked, known): (Vec<&Statement>, Vec<&Statement>) =
        reason.parts.iter().partition(|part| part.source == Source::Asked);
    match (known.as_slice(), asked.as_slice()) {
        ([], []) => None,
        ([], [one]) => Some(format!("`{}` never holds", one.text)),
        ([], all) => Some(format!("{} exclude each other", listed(all))),
        ([one], _) => match one.source {
            Source::EarlierArm(..) => Some(format!("whoever meets `{}` takes an arm before", one.text)),
            Source::Entry | Source::ExitWhen | Source::Goal | Source::Arm(..) | Source::Step(_) | Source::Asked => {
                Some(clause(one, journey))
            }
        },
        // The same words twice say nothing of who says them.
        ([one, other], _) if one.text == other.text => {
            Some(format!("{}, and {}", clause(one, journey), clause(other, journey)))
        }
        (all, _) => Some(format!("{} leave nobody", listed(all))),
    }
}

/// Shows where the statements stand that hold of everybody there.
pub(super) fn shown(mut finding: Diagnostic, reason: &Reason, journey: &Journey) -> Diagnostic {
    for part in reason.parts.iter().filter(|part| part.source != Source::Asked) {
        finding = finding.also(part.origin.0, clause(part, journey));
    }
    finding
}

fn clause(part: &Statement, journey: &Journey) -> String {
    let text = &part.text;
    match part.source {
        Source::Entry => format!("`{text}` holds for everybody who enters"),
        Source::ExitWhen => format!("whoever meets `{text}` leaves by `exit_when`"),
        Source::Goal => format!("whoever meets `{text}` leaves by the goal"),
        Source::Arm(..) => format!("everybody who comes there took the arm `{text}`"),
        Source::EarlierArm(..) => format!("whoever meets `{text}` takes that arm"),
        Source::Step(step) => {
            let id = journey.steps.get(step).map_or("", |step| step.id.as_str());
            format!("the step `{id}` makes it so that `{text}`")
        }
        Source::Asked => format!("`{text}` is asked for"),
    }
}

/// Parts of one condition that exclude each other, in words.
pub(super) fn excluding(parts: &[String]) -> String {
    match parts {
        [one] => format!("`{one}` never holds"),
        all => format!("{} exclude each other", quoted(all.iter().map(String::as_str))),
    }
}

fn listed(parts: &[&Statement]) -> String {
    quoted(parts.iter().map(|part| part.text.as_str()))
}

/// Conditions one after the other, in backticks.
fn quoted<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts.map(|text| format!("`{text}`")).collect();
    match texts.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
