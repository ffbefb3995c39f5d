//! `equal-segments`: two names for the same leads.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let segments = &context.resolution.campaign.segments;
    for (name, other) in &context.facts.matching.equal_segments {
        let (Some(segment), Some(first)) = (segments.get(name), segments.get(other)) else { continue };
        let message = format!("the segments `{name}` and `{other}` have the same members");
        let finding = Diagnostic::new(Code::EqualSegments, segment.when.origin.0, message);
        let finding = finding.also(first.when.origin.0, format!("holds for the same leads as that of `{name}`"));
        sink.push(finding.help("keep one of them, or ask for what tells them apart"));
    }
}
