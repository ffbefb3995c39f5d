//! KPIs with their intervals and targets.

use super::table::{Cell, table};
use super::{Page, Part, remark};
use crate::backend::report::draw::interval::{Shown, interval, scale};
use crate::backend::report::figure::count;
use crate::backend::report::kpis::{KpiRow, RESTS_ON_FEW, Verdict, kpi_rows};
use crate::backend::report::markup::Element;

/// The KPIs as a tree; nothing if the project has none.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let rows = kpi_rows(&page.outcome.figures, &page.plan.campaign);
    if rows.is_empty() {
        return None;
    }
    let heads = ["KPI", "Value", "Target met?", "Target", "95 % interval", "Value, interval and target"];
    let mut body = vec![table("KPIs", &heads, rows.iter().enumerate().flat_map(rows_of).collect())];
    let mut words = vec![
        "Each line has its own scale: the dot is the value, the bar its interval, the shaded side what is wanted. An \
         uncertain target is one that the interval lies on both sides of."
            .to_owned(),
    ];
    if let Some(currency) = &page.plan.campaign.settings.currency {
        words.push(format!("Amounts are in {currency}."));
    }
    let left_out = rows.iter().filter(|row| row.too_recent > 0).map(|row| {
        let leads = if row.too_recent == 1 { "lead is" } else { "leads are" };
        let name = row.label.unwrap_or(row.name);
        format!("{} {leads} left out of {name}, not seen for so long.", count(row.too_recent))
    });
    words.extend(left_out);
    if rows.iter().any(|row| row.few || row.parts.iter().any(|part| part.few)) {
        words.push(format!("{RESTS_ON_FEW}."));
    }
    let mut methods: Vec<&str> = rows.iter().filter(|row| row.interval.is_some()).map(|row| row.method).collect();
    methods.sort_unstable();
    methods.dedup();
    words.push(format!("Intervals: {}.", methods.join(", ")));
    body.push(remark(words.join(" ")));
    Some(Part { id: "kpis", title: "KPIs", body })
}

/// A KPI, and its parts below it.
fn rows_of((at, kpi): (usize, &KpiRow<'_>)) -> Vec<Vec<Cell>> {
    let parts = kpi.parts.iter().map(|part| {
        let [value, ends] = part.words.clone();
        let empty = || Cell::Text(String::new());
        let name = Cell::Name { label: None, name: part.name.clone(), depth: kpi.depth + 1 };
        vec![name, Cell::Number(value), empty(), Cell::Number(String::new()), Cell::Number(ends), empty()]
    });
    std::iter::once(row((at, kpi))).chain(parts).collect()
}

fn row((at, row): (usize, &KpiRow<'_>)) -> Vec<Cell> {
    let [value, ends, target] = &row.words;
    let star = if row.few { "*" } else { "" };
    vec![
        Cell::Name { label: row.label.map(str::to_owned), name: row.name.to_owned(), depth: row.depth },
        Cell::Number(format!("{value}{star}")),
        match row.verdict {
            Some(verdict) => Cell::Verdict(verdict_words(verdict), verdict.word()),
            None => Cell::Text(String::new()),
        },
        Cell::Number(target.clone()),
        Cell::Number(ends.clone()),
        drawn(at, row).map_or(Cell::Text(String::new()), Cell::Drawn),
    ]
}

/// What became of a target: a sign and a word, so that colour says nothing alone.
pub(in crate::backend::report) fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "✓ met",
        Verdict::Missed => "✗ missed",
        Verdict::Uncertain => "~ uncertain",
        Verdict::Unknown => "? unknown",
    }
}

fn drawn(at: usize, row: &KpiRow<'_>) -> Option<Element> {
    let shown = Shown { value: row.value?, interval: row.interval, wanted: row.target };
    let [value, ends, target] = &row.words;
    let name = row.label.unwrap_or(row.name);
    let about = format!("{value}, 95 % interval {ends}, target {target}");
    Some(interval(&format!("kpi-{at}"), name, &about, shown, scale(&[shown])))
}
