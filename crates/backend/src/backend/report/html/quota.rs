//! Quotas of senders, and what they held back.

use super::blocks::block;
use super::{Page, Part};
use crate::backend::report::quota::sections;

/// A table for each sender with a quota; nothing if there is none.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let body: Vec<_> = sections(page.outcome, page.plan).iter().flat_map(block).collect();
    (!body.is_empty()).then_some(Part { id: "quota", title: "Quotas", body })
}
