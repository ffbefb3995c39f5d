//! `impossible-completion`: a form whose fields cost more completions than there are, or give more.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, form) in &context.resolution.campaign.forms {
        let (required, optional) = form.counts();
        let part = form.completion.unbounded(required, optional);
        if (0.0..=1.0).contains(&part) {
            continue;
        }
        let fields = form.fields.len();
        let of = if fields == 1 { "its field".to_owned() } else { format!("its {fields} fields") };
        let percent = (part * 1e6).round() / 1e4;
        let message = format!("with {of}, {percent}% of those who begin would complete the form `{name}`");
        let finding = Diagnostic::new(Code::ImpossibleCompletion, form.completion_origin.0, message);
        let help = if part < 0.0 {
            "raise `base`, or let a field cost less; a form of ten fields is usually completed by some"
        } else {
            "lower `base`; a field that is added rarely adds completions"
        };
        sink.push(finding.help(help));
    }
}
