//! The one place that knows how a proof says what it proves.

use tabiji::pipeline::Checked;

use crate::campaign::Span;

/// What is proved of each span: at most so many mails; `None` where there is no bound.
pub fn proved(checked: &Checked, spans: &[Span]) -> Vec<Option<u64>> {
    let of_span = |span: &Span| {
        let is_it = |bound: &&tabiji::analysis::flood::Bound| {
            let limit = &bound.limit;
            (limit.per, &limit.counts, &limit.channels) == (span.per, &span.counts, &span.channels)
        };
        checked.flood.bounds.iter().find(is_it).unwrap().proved
    };
    spans.iter().map(of_span).collect()
}
