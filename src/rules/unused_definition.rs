//! `unused-definition`: defined, and asked for by nothing.

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for ((kind, name), span) in &context.resolution.defined {
        let is_used = context.resolution.used.contains(&(*kind, name.clone()));
        if is_used || context.may_be_used(*kind, name) || stands_for_itself(*kind) {
            continue;
        }
        let message = format!("nothing uses the {} `{name}`", kind.noun());
        sink.push(Diagnostic::new(Code::UnusedDefinition, *span, message).help("use it, or remove it"));
    }
}

/// Kinds that do something without being named, or have a rule of their own.
fn stands_for_itself(kind: Kind) -> bool {
    match kind {
        Kind::Persona | Kind::Journey | Kind::Email | Kind::Test => true,
        Kind::Field
        | Kind::Event
        | Kind::Scoring
        | Kind::Grading
        | Kind::Segment
        | Kind::List
        | Kind::Topic
        | Kind::Sender => false,
    }
}
