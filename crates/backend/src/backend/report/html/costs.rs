//! What was paid, and what other systems and people were asked.

use super::blocks::block;
use super::{Page, Part};
use crate::backend::report::channels::{audiences, costs, integrations, outcomes};
use crate::backend::report::figure::count;
use crate::backend::report::table::{Block, Line, Table};

/// All of it; nothing if there is none.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let (figures, campaign) = (&page.outcome.figures, &page.plan.campaign);
    let mut blocks = costs(figures, campaign);
    blocks.extend([tasks(page), integrations(figures, campaign), audiences(figures), outcomes(figures)]);
    let body: Vec<_> = blocks.iter().flat_map(block).collect();
    (!body.is_empty()).then_some(Part { id: "costs", title: "Costs and tasks", body })
}

fn tasks(page: Page<'_>) -> Block {
    let mut table = Table::new("Tasks", &["times"]);
    for (who, times) in &page.outcome.figures.tasks {
        table.push(Line::new(None, who, vec![count(*times)]));
    }
    Block { table, notes: Vec::new() }
}
