//! `unsent-email`: written, and sent by nobody.

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (kind, name, span) in context.resolution.defined.iter() {
        if !matches!(kind, Kind::Email | Kind::Message)
            || context.facts.sent.contains(name)
            || context.may_be_used(kind, name)
        {
            continue;
        }
        let message = format!("no journey sends the {} `{name}`", kind.noun());
        sink.push(Diagnostic::new(Code::UnsentEmail, *span, message).help("send it from a journey, or remove it"));
    }
}
