//! Who took part, what was replayed, and how that stands beside what the run does.

use super::blocks::block;
use super::notices::notice;
use super::{Page, Part};
use crate::backend::report::{intake, replay};

/// Always there: a report of a run tells whom it left out.
pub(super) fn part(page: Page<'_>) -> Part {
    let replayed = replay::beside(&page.outcome.figures, &page.plan.campaign);
    let notices = intake::notices(page.outcome);
    let body = notices.iter().flat_map(notice).chain(replayed.iter().flat_map(block)).collect();
    Part { id: "leads", title: "Who took part", body }
}
