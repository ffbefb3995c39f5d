//! Scores and grades at the end.

use super::blocks::block;
use super::{Page, Part};
use crate::backend::report::scores::sections;

/// A table of scores and one for each grading model; nothing if the project has neither.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let blocks = sections(&page.outcome.figures, &page.plan.campaign);
    let body: Vec<_> = blocks.iter().flat_map(block).collect();
    (!body.is_empty()).then_some(Part { id: "scores", title: "Scores and grades", body })
}
