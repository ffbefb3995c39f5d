//! `dates-out-of-order`: a moment that is past when leads come to it.

use super::Context;
use crate::analysis::paths::PastMoment;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, facts) in &context.facts.paths {
        let Some(journey) = context.resolution.campaign.journeys.get(name) else { continue };
        for past in &facts.past_moments {
            match past {
                PastMoment::Wait { step, at, after, later } => {
                    let Some(step) = journey.steps.get(*step) else { continue };
                    let message =
                        format!("`{}` waits until {}, which is past when leads come to it", step.id, plain(at));
                    let finding = Diagnostic::new(Code::DatesOutOfOrder, step.origin.0, message).here("no wait at all");
                    let finding = match after.and_then(|after| journey.steps.get(after)) {
                        Some(before) => finding.also(before.origin.0, format!("waits until {}", plain(later))),
                        None => finding.also(journey.entry.origin.0, format!("leads enter at {}", plain(later))),
                    };
                    sink.push(finding.help("put the moments in order"));
                }
                PastMoment::Ends { ends, entry } => {
                    let message =
                        format!("nobody enters `{name}`: it ends at {}, before the moment of its entry", plain(ends));
                    let finding = Diagnostic::new(Code::DatesOutOfOrder, journey.entry.origin.0, message);
                    let finding = finding.here(format!("leads would enter at {}", plain(entry)));
                    sink.push(finding.help("let it end later, or leads enter sooner"));
                }
            }
        }
    }
}

/// A civil time as people write it.
fn plain(at: &str) -> String {
    let text = at.strip_suffix(":00").unwrap_or(at);
    text.replace('T', " ")
}
