//! KPIs for people.

use super::rows::is_few;
use super::{Estimate, Measured, measured};
use crate::backend::report::figure::{NONE, amount, count, money_value};
use crate::backend::report::table::{Line, Table, push_line, push_note};
use crate::backend::sim::Figures;
use crate::ir::Campaign;
use crate::ir::kpi::{Target, Unit};

/// The KPIs as a tree; nothing if there are none.
pub(in crate::backend::report) fn kpis(figures: &Figures, campaign: &Campaign, width: usize) -> String {
    let measured = measured(figures, campaign);
    if measured.is_empty() {
        return String::new();
    }
    let show = |value: f64, unit: Unit| number(value, unit, campaign);
    let mut table = Table::new("KPIs", &["value", "95 % interval", "target", ""]);
    for kpi in &measured {
        table.push(line(kpi, campaign, &show));
    }
    let mut text = table.print(width);
    if let Some(currency) = &campaign.settings.currency
        && measured.iter().any(|kpi| kpi.kpi.measure.unit() == Unit::Money)
    {
        push_line(&mut text, &format!("  amounts are in {currency}"));
    }
    if measured.iter().any(|kpi| is_few(&kpi.whole) || kpi.parts.iter().any(|(_, part)| is_few(part))) {
        push_note(&mut text, super::RESTS_ON_FEW, width);
    }
    text
}

fn line(kpi: &Measured<'_>, campaign: &Campaign, show: &impl Fn(f64, Unit) -> String) -> Line {
    let unit = kpi.kpi.measure.unit();
    let value = |estimate: &Estimate| {
        let star = if estimate.few { "*" } else { "" };
        estimate.value.map_or(NONE.to_owned(), |value| format!("{}{star}", show(value, unit)))
    };
    let interval = kpi.whole.interval;
    let interval =
        interval.map_or(NONE.to_owned(), |ends| format!("{} – {}", show(ends.low, unit), show(ends.high, unit)));
    let numbers = vec![
        value(&kpi.whole),
        interval,
        kpi.kpi.target.as_ref().map_or(String::new(), |target| wanted(target, &|value| show(value, unit))),
        kpi.verdict.map_or(String::new(), |verdict| verdict.word().to_owned()),
    ];
    let indent = "  ".repeat(kpi.depth);
    let label = kpi.kpi.label.as_deref().filter(|label| *label != kpi.name);
    let mut line = match label {
        Some(label) => Line::new(Some(&format!("{indent}{label}")), kpi.name, numbers),
        None => Line::new(None, &format!("{indent}{}", kpi.name), numbers),
    };
    if let Some(by) = kpi.kpi.by {
        let parts = kpi.parts.iter().map(|(name, part)| {
            let label = label_of(by, name, campaign).unwrap_or(name);
            format!("{label} {}", value(part))
        });
        line.notes.push((format!("by {}:", by.word()), parts.collect()));
    }
    if kpi.too_recent > 0 {
        let leads = if kpi.too_recent == 1 { "lead" } else { "leads" };
        line.notes
            .push(("left out:".to_owned(), vec![format!("{} {leads} not seen for so long", count(kpi.too_recent))]));
    }
    line
}

pub(super) fn label_of<'a>(by: crate::ir::kpi::By, name: &str, campaign: &'a Campaign) -> Option<&'a str> {
    use crate::ir::kpi::By;
    match by {
        By::Persona => campaign.personas.iter().find(|persona| persona.name == name)?.label.as_deref(),
        By::Segment => campaign.segments.get(name)?.label.as_deref(),
        By::Journey => campaign.journeys.get(name)?.label.as_deref(),
    }
}

/// A target in words.
pub(super) fn wanted(target: &Target, show: &dyn Fn(f64) -> String) -> String {
    match (target.low, target.high) {
        (Some(low), Some(high)) => format!("{} – {}", show(low), show(high)),
        (Some(low), None) => format!("at least {}", show(low)),
        (None, Some(high)) => format!("at most {}", show(high)),
        (None, None) => String::new(),
    }
}

/// A number in its unit.
pub(in crate::backend::report) fn number(value: f64, unit: Unit, campaign: &Campaign) -> String {
    match unit {
        Unit::Count => amount(value, 0),
        Unit::Share => format!("{}%", amount(value * 100.0, 1)),
        Unit::Number => amount(value, 2),
        Unit::Money => money_value(value, campaign.settings.currency.as_deref()),
        Unit::Times => format!("x{}", amount(value, 2)),
    }
}
