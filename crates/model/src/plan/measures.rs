//! KPIs and experiments as people read them.

use std::fmt::Write as _;

use super::text::titled;
use crate::ir::Campaign;
use crate::ir::experiment::{Experiment, Goal};
use crate::ir::journey::Action;
use crate::ir::kpi::{Amount, Cost, CostKind, Kpi, Leads, Measure, Scope, Target, Unit};
use crate::ir::print::duration;
use crate::statistics::{Comparison, sample_size};

/// What the campaign is measured by, and what its splits compare.
pub(super) fn write_measures(campaign: &Campaign, out: &mut String) {
    if !campaign.experiments.is_empty() {
        out.push_str("\nexperiments\n");
    }
    for (name, experiment) in &campaign.experiments {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(out, "  {name}: {}", compared(experiment));
        for line in needed(experiment, campaign) {
            let _ = writeln!(out, "    {line}");
        }
    }
    if !campaign.kpis.is_empty() {
        out.push_str("\nKPIs\n");
    }
    for (name, kpi) in &campaign.kpis {
        let _ = writeln!(out, "  {}: {}", titled(name, kpi.label.as_deref()), described(kpi));
    }
}

fn compared(experiment: &Experiment) -> String {
    let goal = match &experiment.goal {
        Goal::Event { event, filter: Some(filter) } => format!("{event} where {}", filter.text),
        Goal::Event { event, filter: None } => event.clone(),
        Goal::When(when) => when.text.clone(),
    };
    format!("{goal}, within {}, compared with {}", duration(experiment.within_secs), experiment.control)
}

/// Draws that each comparison needs.
fn needed(experiment: &Experiment, campaign: &Campaign) -> Vec<String> {
    let Some(expected) = experiment.expected else { return Vec::new() };
    let step = campaign.journeys.get(&experiment.journey).and_then(|journey| journey.step(&experiment.step));
    let Some(Action::Split { arms, .. }) = step.map(|step| &step.action) else { return Vec::new() };
    let weight = |name: &str| arms.iter().find(|arm| arm.name == name).map_or(0.0, |arm| arm.weight);
    let others = arms.iter().filter(|arm| arm.name != experiment.control);
    let significance = experiment.significance / others.clone().count().max(1) as f64;
    let what = Comparison { control: expected.control, treated: expected.treated, significance };
    let line = |arm: &crate::ir::journey::SplitArm| {
        let ratio = arm.weight / weight(&experiment.control);
        let control = sample_size(&what, experiment.power, ratio)?;
        Some(format!(
            "{} and {} draws of {} and {} to see {} become {}, power {}, significance {}",
            (control * ratio).ceil(),
            control.ceil(),
            arm.name,
            experiment.control,
            percent(expected.control),
            percent(expected.treated),
            percent(experiment.power),
            percent(significance),
        ))
    };
    others.filter_map(line).collect()
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 100_000.0).round() / 1_000.0)
}

fn described(kpi: &Kpi) -> String {
    let mut text = measured(&kpi.measure);
    if let Some(by) = kpi.by {
        let _ = write!(text, ", by {}", by.word());
    }
    if let Some(target) = &kpi.target {
        let _ = write!(text, "; {}", wanted(target, kpi.measure.unit()));
    }
    if kpi.kgi {
        text.push_str("; a goal");
    }
    if let Some(above) = &kpi.drives {
        let _ = write!(text, "; drives {above}");
    }
    text
}

fn measured(measure: &Measure) -> String {
    match measure {
        Measure::Leads { which } => leads(which),
        Measure::Share { part, whole } => format!("share with {} of {}", part.text, leads(whole)),
        Measure::Mails { metric, scope } => format!("{}{}", metric.word(), scoped(scope)),
        Measure::Value { value, per } => format!("{}{}", money(value), each(per.as_ref())),
        Measure::Cost { cost, journey, per } => {
            format!("{}{}{}", costs(cost), of(journey.as_ref()), each(per.as_ref()))
        }
        Measure::Return { value, cost, profit: true } => format!("{} less {} on the same", money(value), costs(cost)),
        Measure::Return { value, cost, profit: false } => format!("{} on {}", money(value), costs(cost)),
    }
}

fn leads(which: &Leads) -> String {
    which.when.as_ref().map_or("all leads".to_owned(), |when| format!("leads with {}", when.text))
}

fn each(per: Option<&Leads>) -> String {
    per.map_or(String::new(), |per| format!(" for each of {}", leads(per)))
}

fn of(journey: Option<&String>) -> String {
    journey.map_or(String::new(), |journey| format!(" of the journey {journey}"))
}

fn scoped(scope: &Scope) -> String {
    let channel = scope.channel.map(|channel| channel.word().to_owned());
    let parts = [
        ("email", &scope.email),
        ("message", &scope.message),
        ("journey", &scope.journey),
        ("topic", &scope.topic),
        ("channel", &channel),
        ("persona", &scope.persona),
        ("segment", &scope.segment),
    ];
    parts.iter().filter_map(|(key, name)| Some(format!(", {key} {}", name.as_ref()?))).collect()
}

fn money(value: &Amount) -> String {
    let filter = value.filter.as_ref().map_or(String::new(), |filter| format!(" where {}", filter.text));
    let within = value.within_secs.map_or(String::new(), |secs| format!(" within {}", duration(secs)));
    format!("{}.{}{filter}{within}{}", value.event, value.property, of(value.journey.as_ref()))
}

fn costs(costs: &[Cost]) -> String {
    if costs.len() == CostKind::ALL.len() && costs.iter().all(|cost| cost.name.is_none()) {
        return "all costs".to_owned();
    }
    let names = costs.iter().map(|cost| match &cost.name {
        Some(name) => format!("{}.{name}", cost.kind.word()),
        None => cost.kind.word().to_owned(),
    });
    format!("costs of {}", names.collect::<Vec<_>>().join(", "))
}

fn wanted(target: &Target, unit: Unit) -> String {
    let show = |value: f64| match unit {
        Unit::Share => percent(value),
        Unit::Times => format!("x{value}"),
        Unit::Count | Unit::Number | Unit::Money => value.to_string(),
    };
    match (target.low, target.high) {
        (Some(low), Some(high)) => format!("from {} to {}", show(low), show(high)),
        (Some(low), None) => format!("at least {}", show(low)),
        (None, Some(high)) => format!("at most {}", show(high)),
        (None, None) => "no target".to_owned(),
    }
}
