//! `moves-in-circles`: moves that lead back to where they began, in one cascade.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let Some(lifecycle) = &context.resolution.campaign.lifecycle else { return };
    for circle in &context.facts.moves.circles {
        let moves: Vec<_> = circle.iter().filter_map(|number| lifecycle.moves.get(*number)).collect();
        let [first, rest @ ..] = moves.as_slice() else { continue };
        let between: Vec<String> =
            moves.iter().map(|each| &each.to).filter(|to| **to != first.from).map(|to| format!("to `{to}`")).collect();
        let by = moves.iter().find_map(|each| each.event.as_ref());
        let when = by.map_or("with whatever happens to them".to_owned(), |event| format!("with each `{event}`"));
        let asks = moves.iter().any(|each| each.when.is_some() || each.filter.is_some());
        let who = if asks { "leads that meet all of these moves" } else { "leads" };
        let message = format!("{who} go from `{}` {} and back at once, {when}", first.from, between.join(", "));
        let mut finding = Diagnostic::new(Code::MovesInCircles, first.origin.0, message).here("begins the circle");
        for each in rest {
            let says = if each.to == first.from { "closes it" } else { "goes on" };
            finding = finding.also(each.origin.0, says);
        }
        sink.push(finding.help("let the conditions exclude each other, or let time pass in a stage: `after: 7 days`"));
    }
}
