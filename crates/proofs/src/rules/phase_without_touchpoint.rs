//! `phase-without-touchpoint`: a phase of the journey map in which nobody meets the company.

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    for phase in &campaign.journey_map {
        let has_journey = campaign.journeys.values().any(|journey| journey.phase.as_ref() == Some(&phase.name));
        if has_journey || !phase.touchpoints.is_empty() || context.may_be_used(Kind::Journey, &phase.name) {
            continue;
        }
        let message = format!("nobody meets the company in the phase `{}`", phase.name);
        let finding = Diagnostic::new(Code::PhaseWithoutTouchpoint, phase.origin.0, message);
        sink.push(finding.help("list `touchpoints`, or write `phase` in the journeys that belong to it"));
    }
}
