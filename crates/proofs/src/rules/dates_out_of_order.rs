//! `dates-out-of-order`: a moment that is past when leads come to it.

use super::Context;
use crate::analysis::paths::{Later, PastMoment};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::{Action, Moment, Step};
use crate::ir::print::near_date;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, facts) in &context.facts.paths {
        let Some(journey) = context.resolution.campaign.journeys.get(name) else { continue };
        for past in &facts.past_moments {
            match past {
                PastMoment::Wait { step, later } => {
                    let Some(step) = journey.steps.get(*step) else { continue };
                    let message = match later {
                        Later::Step(_) | Later::Entry(_) => "which is past when leads come to it".to_owned(),
                        Later::Start(start) => format!("and simulations begin on {start}"),
                    };
                    let message = format!("{}, {message}", waits(step));
                    let finding = Diagnostic::new(Code::DatesOutOfOrder, step.origin.0, message).here("no wait at all");
                    let finding = match later {
                        Later::Step(before) => match journey.steps.get(*before) {
                            Some(before) => finding.also(before.origin.0, waits(before)),
                            None => finding,
                        },
                        Later::Entry(entry) => {
                            finding.also(journey.entry.origin.0, format!("leads enter at {}", plain(entry)))
                        }
                        Later::Start(_) => finding,
                    };
                    let help = match later {
                        Later::Step(_) | Later::Entry(_) => "put the moments in order",
                        Later::Start(_) => "wait until a later moment, or let the journey `ends` before that day",
                    };
                    sink.push(finding.help(help));
                }
                PastMoment::Ends { ends, entry } => {
                    let message =
                        format!("nobody enters `{name}`: it ends at {}, before the moment of its entry", plain(ends));
                    let finding = Diagnostic::new(Code::DatesOutOfOrder, journey.entry.origin.0, message);
                    let finding = finding.here(format!("leads would enter at {}", plain(entry)));
                    sink.push(finding.help("let it end later, or leads enter sooner"));
                }
                PastMoment::Entry { entry, start } => {
                    let message = format!("nobody enters `{name}` in a simulation: simulations begin on {start}");
                    let finding = Diagnostic::new(Code::DatesOutOfOrder, journey.entry.origin.0, message);
                    let finding = finding.here(format!("leads would enter at {}", plain(entry)));
                    sink.push(finding.help("let leads enter later, or say when the journey `ends` if it is over"));
                }
            }
        }
    }
}

/// Until when a step waits.
fn waits(step: &Step) -> String {
    let until = match &step.action {
        Action::WaitUntil { moment: Moment::Once { at }, .. } => plain(at),
        Action::WaitUntilDate { of, offset_secs, minute } => near_date(of, *offset_secs, *minute),
        _ => return format!("`{}` waits", step.id),
    };
    format!("`{}` waits until {until}", step.id)
}

/// A civil time as people write it.
fn plain(at: &str) -> String {
    let text = at.strip_suffix(":00").unwrap_or(at);
    text.replace('T', " ")
}
