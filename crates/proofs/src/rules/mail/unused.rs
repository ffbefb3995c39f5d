//! `unused-template`, `unused-variable`: files and variables of mails that nothing asks for.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Sink};
use crate::text::Span;

use super::super::Context;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for file in &context.resolution.unused_templates {
        let at = Span { file: *file, start: 0, end: 0 };
        let finding = Diagnostic::new(Code::UnusedTemplate, at, "no mail uses this template");
        sink.push(finding.help("name it as a `body`, include it, or remove it"));
    }
    // A part that is included by several mails may be read by one of them alone.
    let mut variables: BTreeMap<Span, (&str, bool)> = BTreeMap::new();
    for variable in context.resolution.mails.values().flat_map(|texts| &texts.variables) {
        variables.entry(variable.span).or_insert((&variable.name, false)).1 |= variable.is_read;
    }
    for (span, (name, is_read)) in variables {
        if !is_read {
            let message = format!("nothing asks for `{name}` after it is set");
            sink.push(Diagnostic::new(Code::UnusedVariable, span, message).help("print it, or leave it out"));
        }
    }
}
