//! The one place that knows how a proof says what it proves, and what it shows.

use tabiji::analysis::flood::Bound;
use tabiji::pipeline::Checked;

use crate::campaign::Span;

/// What is proved of each span: at most so many mails; `None` where there is no bound.
pub fn proved(checked: &Checked, spans: &[Span]) -> Vec<Option<u64>> {
    spans.iter().map(|span| of(checked, span).proved).collect()
}

/// How many mails the timeline has that is shown for each span.
pub fn shown(checked: &Checked, spans: &[Span]) -> Vec<u64> {
    let of_span = |span: &Span| of(checked, span).reached.as_ref().map_or(0, |reached| reached.mails.len() as u64);
    spans.iter().map(of_span).collect()
}

fn of<'c>(checked: &'c Checked, span: &Span) -> &'c Bound {
    let is_it = |bound: &&Bound| {
        let limit = &bound.limit;
        (limit.per, &limit.counts, &limit.channels) == (span.per, &span.counts, &span.channels)
    };
    checked.flood.bounds.iter().find(is_it).unwrap()
}
