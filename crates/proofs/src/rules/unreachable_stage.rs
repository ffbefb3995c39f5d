//! `unreachable-stage`: a stage is asked for that nothing leads to.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let Some(lifecycle) = &context.resolution.campaign.lifecycle else { return };
    let Some(first) = lifecycle.stages.first() else { return };
    let mut said = std::collections::BTreeSet::new();
    for (stage, origin) in &context.facts.matching.stages {
        if !said.insert(stage) {
            continue; // once for each stage: the remedy is one
        }
        let message =
            format!("no move and no step leads from the first stage `{first}` to `{stage}`, which is asked for here");
        let finding = Diagnostic::new(Code::UnreachableStage, origin.0, message);
        let finding = finding.also(lifecycle.origin.0, "the moves between stages");
        sink.push(
            finding.help(format!("add a move `to: {stage}`; only leads that come with the stage are in it otherwise")),
        );
    }
}
