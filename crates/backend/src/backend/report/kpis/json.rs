//! KPIs for programs: all that the text has, and what it was worked out from.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Estimate, LEVEL, Measured, Verdict, measured};
use crate::backend::report::figure::rounded;
use crate::backend::sim::{Figures, Pairs};
use crate::ir::Campaign;
use crate::ir::kpi::{Measure, Target, Unit};

/// A KPI.
#[derive(Serialize)]
pub(in crate::backend::report) struct Kpi<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    drives: Option<&'a str>,
    measure: &'a Measure,
    unit: Unit,
    #[serde(flatten)]
    whole: Value<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    parts: BTreeMap<&'a str, Value<'a>>,
    too_recent: u64,
    target: Option<&'a Target>,
    verdict: Option<Verdict>,
}

#[derive(Serialize)]
struct Value<'a> {
    value: Option<f64>,
    interval: Option<Ends>,
    method: &'static str,
    leads: u64,
    few_leads: bool,
    sums: Option<&'a Pairs>,
}

#[derive(Serialize)]
struct Ends {
    low: f64,
    high: f64,
    level: f64,
}

/// The KPIs, by name.
pub(in crate::backend::report) fn kpis<'a>(figures: &'a Figures, campaign: &'a Campaign) -> BTreeMap<&'a str, Kpi<'a>> {
    measured(figures, campaign).into_iter().map(|kpi| (kpi.name, report(&kpi, figures))).collect()
}

fn report<'a>(measured: &Measured<'a>, figures: &'a Figures) -> Kpi<'a> {
    let kpi = measured.kpi;
    let counted = figures.kpis.get(measured.name);
    let parts = measured.parts.iter().map(|(name, part)| {
        let sums = counted.and_then(|counted| counted.parts.get(name));
        (*name, value(part, sums))
    });
    Kpi {
        label: kpi.label.as_deref(),
        kind: if kpi.kgi { "kgi" } else { "kpi" },
        drives: kpi.drives.as_deref(),
        measure: &kpi.measure,
        unit: kpi.measure.unit(),
        parts: parts.collect(),
        whole: value(&measured.whole, counted.map(|counted| &counted.whole)),
        by: kpi.by.map(|by| by.word()),
        too_recent: measured.too_recent,
        target: kpi.target.as_ref(),
        verdict: measured.verdict,
    }
}

fn value<'a>(estimate: &Estimate, sums: Option<&'a Pairs>) -> Value<'a> {
    let ends =
        |ends: crate::statistics::Interval| Ends { low: rounded(ends.low), high: rounded(ends.high), level: LEVEL };
    Value {
        value: estimate.value.map(rounded),
        interval: estimate.interval.map(ends),
        method: estimate.method,
        leads: estimate.leads,
        few_leads: estimate.few,
        sums,
    }
}
