//! A file's tree against the JSON Schema: shape, types, names.
//!
//! In: the tree. Out: findings in the words of campaigns, each at the exact place, and the places themselves, so that
//! broken definitions can be left out. Never: whether a name exists, or what a condition means.

mod elsewhere;
mod mend;
mod place;
mod reference;
mod step;
mod tree;
mod words;

use std::sync::LazyLock;

use jsonschema::Validator;
pub use reference::reference;

use crate::diag::{Diagnostic, Sink};
use crate::syntax::Node;
use crate::text::Span;

/// The committed schema, as text. A test holds it against the types of `ast` and against draft-07.
pub const TEXT: &str = include_str!("../../../../schema/tabiji.schema.json");

static SCHEMA: LazyLock<serde_json::Value> = LazyLock::new(|| serde_json::from_str(TEXT).unwrap_or_default());
static VALIDATOR: LazyLock<Option<Validator<tree::Tree>>> =
    LazyLock::new(|| jsonschema::options_for::<tree::Tree>().build(&SCHEMA).ok());

/// Makes the validator, which takes some milliseconds, ahead of the first file.
pub fn prepare() {
    LazyLock::force(&VALIDATOR);
}

/// Holds the tree of a file against the schema. Returns the places of all faults: any definition that holds one of them
/// is broken.
pub fn validate(root: &Node, sink: &mut Sink) -> Vec<Span> {
    let mut found = Found::default();
    if let Some(validator) = VALIDATOR.as_ref()
        && !validator.is_valid(root)
    {
        words::report(&SCHEMA, validator.iter_errors(root), root, &mut found);
    }
    step::check(root, &mut found);
    found.diagnostics.sort_by_key(Diagnostic::span);
    found.diagnostics.into_iter().for_each(|diagnostic| sink.push(diagnostic));
    found.faults
}

/// Findings so far.
#[derive(Default)]
struct Found {
    diagnostics: Vec<Diagnostic>,
    faults: Vec<Span>,
}

impl Found {
    /// Takes a finding in; `at` is the place that it makes unreadable, where that is not the place it shows.
    fn push(&mut self, diagnostic: Diagnostic, at: Span) {
        self.faults.push(diagnostic.span());
        if at != diagnostic.span() {
            self.faults.push(at);
        }
        self.diagnostics.push(diagnostic);
    }
}
