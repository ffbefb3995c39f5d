//! Faults in what an alias of YAML stands for: they are shown at the alias, and here they get the place of its anchor.
//!
//! In: findings. Out: the same. Never: findings at the anchor itself.

use crate::diag::Diagnostic;
use crate::text::{SourceMap, Span};

/// Labels the anchors of findings that stand at an alias.
pub(super) fn label(findings: &mut [Diagnostic], sources: &SourceMap) {
    for finding in findings {
        if let Some((anchor, name)) = anchor(finding.span(), sources) {
            let labelled = std::mem::replace(finding, Diagnostic::new(finding.code, Span::default(), ""));
            *finding = labelled.also(anchor, format!("`*{name}` stands for this"));
        }
    }
}

/// The last anchor of its name before an alias.
fn anchor(span: Span, sources: &SourceMap) -> Option<(Span, &str)> {
    let name = sources.slice(span).strip_prefix('*')?;
    let is_sign = |c: char| !c.is_whitespace() && !matches!(c, ',' | '[' | ']' | '{' | '}' | '*');
    if name.is_empty() || !name.chars().all(is_sign) {
        return None;
    }
    let before = sources.file(span.file).text.get(..span.start as usize)?;
    let written = format!("&{name}");
    let stands_alone = |at: &usize| {
        let rest = &before[at + written.len()..];
        before[..*at].ends_with([' ', '\n', '[', '{', ',']) && !rest.starts_with(is_sign)
    };
    let at = before.rmatch_indices(&written).map(|(at, _)| at).find(stands_alone)?;
    Some((Span::new(span.file, at, at + written.len()), name))
}
