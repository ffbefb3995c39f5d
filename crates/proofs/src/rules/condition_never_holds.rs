//! `condition-never-holds`: a condition of a rule, a move or the like that no lead meets.

use super::Context;
use super::reasons::excluding;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (origin, parts) in &context.facts.matching.never {
        let message = format!("this condition holds for no lead: {}", excluding(parts));
        let finding = Diagnostic::new(Code::NeverHolds, origin.0, message).here("never holds");
        sink.push(finding.help("ask for less, or remove what depends on it"));
    }
}
