//! How leads come in: sources, pages and forms.

use super::blocks::block;
use super::{Page, Part};
use crate::backend::report::acquisition::{forms, pages, sources};

/// What came of them; nothing if the project has none.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let (figures, campaign) = (&page.outcome.figures.acquisition, &page.plan.campaign);
    let mut blocks = sources(figures, campaign);
    blocks.extend([pages(figures, campaign), forms(figures, campaign)]);
    let body: Vec<_> = blocks.iter().flat_map(block).collect();
    (!body.is_empty()).then_some(Part { id: "sources", title: "Sources, pages and forms", body })
}
