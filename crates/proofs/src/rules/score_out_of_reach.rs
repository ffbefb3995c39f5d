//! `score-out-of-reach`: more points are asked for than the rules ever give.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for score in &context.facts.matching.scores {
        let Some(model) = context.resolution.campaign.scoring.get(&score.model) else { continue };
        let (text, most) = (&score.text, score.most);
        let message = format!("`{text}` never holds: a lead of `{}` comes to {most} points at most", score.model);
        let finding = Diagnostic::new(Code::ScoreOutOfReach, score.origin.0, message).here("more than there is");
        let why = format!("its rules, limits and range give {most} points at most");
        sink.push(finding.also(model.origin.0, why).help("ask for fewer points, or let rules give more"));
    }
}
