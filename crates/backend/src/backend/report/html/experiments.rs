//! Experiments: how each arm did, and whether the run could have told them apart.

use super::table::{Cell, name, table};
use super::{Page, Part, remark, sentence};
use crate::backend::report::draw::interval::{Shown, interval, scale};
use crate::backend::report::experiments::{ArmRow, ExperimentRows, experiment_rows};
use crate::backend::report::figure::{NONE, amount, count, duration};
use crate::backend::report::markup::{Element, el};

/// All experiments; nothing if there are none.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let experiments = experiment_rows(page.outcome, &page.plan.campaign);
    if experiments.is_empty() {
        return None;
    }
    let body = experiments.iter().enumerate().flat_map(one).collect();
    Some(Part { id: "experiments", title: "Experiments", body })
}

fn one((at, experiment): (usize, &ExperimentRows<'_>)) -> Vec<Element> {
    let shown: Vec<Option<Shown>> = experiment.arms.iter().map(shown).collect();
    let known: Vec<Shown> = shown.iter().flatten().copied().collect();
    let scale = scale(&known);
    let rows = experiment.arms.iter().zip(&shown).enumerate().map(|(number, (arm, shown))| {
        let drawn = shown.map(|shown| {
            let about = format!("{}, 95 % interval {}", percent(arm.rate), ends(arm.interval));
            interval(&format!("arm-{at}-{number}"), arm.name, &about, shown, scale)
        });
        vec![
            name(None, arm.name),
            Cell::Number(count(arm.draws)),
            Cell::Number(count(arm.goals)),
            Cell::Number(percent(arm.rate)),
            Cell::Number(ends(arm.interval)),
            drawn.map_or(Cell::Text(String::new()), Cell::Drawn),
            Cell::Number(lift(arm)),
            Cell::Number(arm.p.map_or(String::new(), chance)),
        ]
    });
    let heads = ["Arm", "Draws", "Goals", "Rate", "95 % interval", "Rate and interval", "Points against control", "p"];
    let within = duration(u64::try_from(experiment.within_secs).unwrap_or(0));
    let mut words = format!("Goal: {}, within {within} of the draw.", experiment.goal);
    experiment.remarks.iter().for_each(|remark| words.push_str(&format!(" {}", sentence(remark))));
    words.push_str(" All arms are on one scale. Intervals: Wilson, of a difference Newcombe.");
    vec![
        el("h3").t(experiment.name),
        table(&format!("Experiment {}", experiment.name), &heads, rows.collect()),
        remark(words),
    ]
}

fn shown(arm: &ArmRow<'_>) -> Option<Shown> {
    Some(Shown { value: arm.rate?, interval: arm.interval, wanted: (None, None) })
}

/// A share as a percentage.
pub(in crate::backend::report) fn percent(share: Option<f64>) -> String {
    share.map_or(NONE.to_owned(), |share| format!("{}%", amount(share * 100.0, 1)))
}

/// An interval of shares.
pub(in crate::backend::report) fn ends(ends: Option<(f64, f64)>) -> String {
    ends.map_or(NONE.to_owned(), |(low, high)| format!("{} – {}", percent(Some(low)), percent(Some(high))))
}

/// The difference to the control with its interval, in points of a percentage.
pub(in crate::backend::report) fn lift(arm: &ArmRow<'_>) -> String {
    // What rounds to nothing has no sign.
    let points = |share: f64| format!("{}{}", if share * 100.0 >= 0.05 { "+" } else { "" }, amount(share * 100.0, 1));
    match arm.lift {
        None => "control".to_owned(),
        Some((Some(lift), Some((low, high)))) => format!("{} ({} – {})", points(lift), points(low), points(high)),
        Some((Some(lift), None)) => points(lift),
        Some((None, _)) => NONE.to_owned(),
    }
}

/// A p value.
pub(in crate::backend::report) fn chance(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { amount(p, 3) }
}
