//! A file's tree against the JSON Schema.

use crate::diag::Sink;
use crate::syntax::Node;
use crate::text::Span;

/// Holds the tree against the schema.
pub fn validate(_root: &Node, _sink: &mut Sink) -> Vec<Span> {
    Vec::new()
}
