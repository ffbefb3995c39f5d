//! `move-nobody-makes`: whoever meets what a move asks makes one before it.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let Some(lifecycle) = &context.resolution.campaign.lifecycle else { return };
    for (number, earlier) in &context.facts.moves.shadowed {
        let Some(each) = lifecycle.moves.get(*number) else { continue };
        let earlier: Vec<_> = earlier.iter().filter_map(|number| lifecycle.moves.get(*number)).collect();
        let others = match earlier.as_slice() {
            [one] => format!("the one to `{}`", one.to),
            _ => "another one".to_owned(),
        };
        let message = format!(
            "nobody makes the move from `{}` to `{}`: whoever meets it makes {others}, which comes before",
            each.from, each.to
        );
        let mut finding = Diagnostic::new(Code::MoveNobodyMakes, each.origin.0, message);
        for before in &earlier {
            finding = finding.also(before.origin.0, format!("to `{}` comes first", before.to));
        }
        sink.push(finding.help(format!("write the move to `{}` before, or let the others ask for more", each.to)));
    }
}
