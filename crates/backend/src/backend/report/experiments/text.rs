//! Experiments for people.

use super::{Against, Arm, Compared, compared};
use crate::backend::report::figure::{NONE, amount, count};
use crate::backend::report::table::{Line, Table, push_line};
use crate::backend::sim::Outcome;
use crate::ir::Campaign;
use crate::ir::experiment::Goal;
use crate::ir::print::duration;
use crate::statistics::Interval;

/// The experiments, a table for each; nothing if there are none.
pub(in crate::backend::report) fn experiments(outcome: &Outcome, campaign: &Campaign, width: usize) -> String {
    let tables: Vec<String> = compared(outcome, campaign).iter().map(|each| experiment(each, width)).collect();
    tables.join("\n")
}

fn experiment(compared: &Compared<'_>, width: usize) -> String {
    let heads = ["draws", "goals", "rate", "95 % interval", "lift", "95 % interval", "p"];
    let mut table = Table::new(&format!("Experiment {}", compared.name), &heads);
    for arm in &compared.arms {
        table.push(Line::new(None, arm.name, numbers(arm)));
    }
    let mut text = table.print(width);
    let goal = goal(&compared.experiment.goal);
    let within = duration(compared.experiment.within_secs);
    push_line(
        &mut text,
        &format!("  goal: {goal}, within {within} of the draw; compared with {}", compared.experiment.control),
    );
    for line in remarks(compared) {
        push_line(&mut text, &format!("  {line}"));
    }
    text
}

/// What an experiment looks for, in words.
pub(super) fn goal(goal: &Goal) -> String {
    match goal {
        Goal::Event { event, filter: Some(filter) } => format!("{event} where {}", filter.said()),
        Goal::Event { event, filter: None } => event.clone(),
        Goal::When(when) => when.said().to_owned(),
    }
}

fn numbers(arm: &Arm<'_>) -> Vec<String> {
    let percent = |share: f64| format!("{}%", amount(share * 100.0, 1));
    let points = |share: f64| format!("{}{}", if share >= 0.0 { "+" } else { "" }, amount(share * 100.0, 1));
    let ends = |ends: Option<Interval>, show: &dyn Fn(f64) -> String| {
        ends.map_or(NONE.to_owned(), |ends| format!("{} – {}", show(ends.low), show(ends.high)))
    };
    let shown = |value: Option<f64>, show: &dyn Fn(f64) -> String| value.map_or(NONE.to_owned(), show);
    let mut numbers = vec![
        count(arm.figures.draws),
        count(arm.figures.successes),
        shown(arm.rate, &percent),
        ends(arm.interval, &percent),
    ];
    match &arm.against {
        None => numbers.extend(["control".to_owned(), String::new(), String::new()]),
        Some(against) => {
            numbers.extend([shown(against.lift, &points), ends(against.lift_interval, &points), chance(against)])
        }
    }
    numbers
}

fn chance(against: &Against) -> String {
    match against.p_adjusted {
        None => NONE.to_owned(),
        Some(p) if p < 0.001 => "<0.001".to_owned(),
        Some(p) => amount(p, 3),
    }
}

pub(super) fn remarks(compared: &Compared<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let percent = |share: f64| format!("{}%", amount(share * 100.0, 1));
    let experiment = compared.experiment;
    if let (Some(expected), Some(needed)) = (experiment.expected, compared.needed) {
        let days = compared.needed_days.map_or(String::new(), |days| format!(", {} days like these", amount(days, 0)));
        lines.push(format!(
            "to see {} become {} with a power of {} takes {} draws{days}",
            percent(expected.control),
            percent(expected.treated),
            percent(experiment.power),
            amount(needed, 0),
        ));
        let least = compared.arms.iter().filter_map(|arm| arm.against.as_ref()?.power).reduce(f64::min);
        lines.extend(least.map(|power| {
            let verdict = if power < experiment.power { ": too small" } else { "" };
            format!("the power of this run is {}{verdict}", percent(power))
        }));
    }
    let others = || compared.arms.iter().filter_map(|arm| arm.against.as_ref());
    if others().next().is_some() && others().all(|against| against.detectable.is_some()) {
        let most = others().filter_map(|against| against.detectable).fold(0.0, f64::max);
        let points = amount(most * 100.0, 1);
        lines.push(format!("with a power of {} this run sees a lift of {points} points", percent(experiment.power)));
    }
    if compared.arms.len() > 2 {
        lines.push("p is adjusted for several arms (Holm); so are the draws that it takes".to_owned());
    }
    let sum = |of: fn(&Arm<'_>) -> u64| compared.arms.iter().map(of).sum::<u64>();
    let (unfinished, left_out) = (sum(|arm| arm.figures.unfinished), sum(|arm| arm.figures.left_out));
    if unfinished > 0 {
        lines.push(format!("left out: {} drawn too late to be seen for so long", count(unfinished)));
    }
    if left_out > 0 {
        lines.push(format!("left out: {} that had reached the goal before", count(left_out)));
    }
    if compared.again > 0 {
        lines
            .push(format!("{} draws are of leads drawn before; intervals take them for others", count(compared.again)));
    }
    lines
}
