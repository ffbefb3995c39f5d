//! `kgi-without-drivers` and `kpi-drives-nothing`: KPIs that make no tree.

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let kpis = &context.resolution.campaign.kpis;
    let is_open = context.resolution.unsure_kinds.contains(&Kind::Kpi);
    let is_driven = |name: &String| kpis.values().any(|kpi| kpi.drives.as_ref() == Some(name));
    for (name, kpi) in kpis.iter().filter(|(_, kpi)| kpi.kgi) {
        if !is_driven(name) && !context.may_be_used(Kind::Kpi, name) {
            let finding =
                Diagnostic::new(Code::KgiWithoutDrivers, kpi.origin.0, format!("no KPI drives the goal `{name}`"));
            sink.push(finding.help(format!("write `drives: {name}` in the KPIs that it comes from")));
        }
    }
    let goals: Vec<&String> = kpis.iter().filter(|(_, kpi)| kpi.kgi).map(|(name, _)| name).collect();
    let Some(goal) = goals.first().filter(|_| !is_open) else { return };
    for (name, kpi) in kpis.iter().filter(|(_, kpi)| !kpi.kgi && kpi.drives.is_none()) {
        let message = format!("the KPI `{name}` drives no goal");
        let finding = Diagnostic::new(Code::IdleKpi, kpi.origin.0, message);
        sink.push(finding.help(format!("write what it drives, such as `drives: {goal}`, or remove it")));
    }
}
