//! What leads allow, and who still takes an interest.

use super::blocks::block;
use super::{Page, Part};
use crate::backend::report::permission::{consent, engagement};

/// Both; nothing if the project says nothing of them.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let figures = page.outcome.figures.consent.as_ref();
    let blocks = [consent(figures, &page.plan.campaign), engagement(figures)];
    let body: Vec<_> = blocks.iter().flatten().flat_map(block).collect();
    (!body.is_empty()).then_some(Part { id: "consent", title: "Consent and interest", body })
}
