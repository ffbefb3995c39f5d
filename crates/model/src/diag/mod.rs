//! Diagnostics as data: what is wrong, where, how bad, and the way out. Renderers live beside this file.
//!
//! In: spans. Out: text for people and machines. Never: how a fault was found.

pub mod codes;
mod excerpt;
pub mod github;
pub mod human;
pub mod json;
pub mod render;
pub mod sarif;
pub mod suppress;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use codes::Code;
pub use human::{Style, human};
pub use render::{Summary, sort};

use crate::text::Span;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not reported.
    Allow,
    /// Reported; the run succeeds.
    Warn,
    /// Reported; the run fails.
    Error,
}

/// A place, and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words beside the caret; may be empty.
    pub text: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which rule.
    pub code: Code,
    /// How bad, after the project's own levels.
    pub level: Level,
    /// One sentence in lower case, in the words of campaigns.
    pub message: String,
    /// The first label is the place of the fault; others show what it disagrees with.
    pub labels: Vec<Label>,
    /// One way out.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding of `code` at `span`, at the code's own level.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        let labels = vec![Label { span, text: String::new() }];
        Diagnostic { code, level: code.info().level, message: message.into(), labels, help: None }
    }

    /// Words beside the caret of the fault itself.
    #[must_use]
    pub fn here(mut self, text: impl Into<String>) -> Self {
        if let Some(first) = self.labels.first_mut() {
            first.text = text.into();
        }
        self
    }

    /// A second place that has to do with the fault.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// One way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// "did you mean …" if there is a near name, nothing otherwise.
    #[must_use]
    pub fn suggest(self, near: Option<&str>) -> Self {
        match near {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// The place of the fault.
    pub fn span(&self) -> Span {
        self.labels.first().map(|label| label.span).unwrap_or_default()
    }
}

/// Collects findings; stages go on after a fault.
#[derive(Clone, Debug, Default)]
pub struct Sink {
    /// What was found, in the order it was found.
    pub found: Vec<Diagnostic>,
}

impl Sink {
    /// Takes a finding in.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }
}

/// The project's own levels, by code.
pub type Levels = BTreeMap<Code, Level>;
