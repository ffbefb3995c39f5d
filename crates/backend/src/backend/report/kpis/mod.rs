//! KPIs: their values with intervals, held against their targets, as a tree.

mod estimate;
mod json;
mod rows;
mod text;

pub(super) use estimate::{LEVEL, Shape, bounds as kpi_bounds, shape};
pub(super) use json::{Kpi as KpiReport, kpis as kpi_reports};
pub(super) use rows::{Row as KpiRow, rows as kpi_rows};
pub(super) use text::{kpis as kpi_text, number as kpi_number};

use estimate::{Estimate, estimate};

use crate::backend::sim::{Figures, Outcome, Pairs};
use crate::ir::Campaign;
use crate::ir::kpi::{Kpi, Measure, Target};
use crate::plan::Plan;

/// What the star beside a figure says.
pub(super) const RESTS_ON_FEW: &str = "* rests on few leads: a share on fewer than 5 that count or that do not, an average on \
     fewer than 30, a sum or an average on fewer than 5 that have any of it";

/// How a KPI does against its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The whole interval is where the target wants it.
    Met,
    /// The whole interval is where the target does not want it.
    Missed,
    /// The interval is on both sides, or there is none.
    Uncertain,
    /// There is nothing to measure.
    Unknown,
}

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Met => "met",
            Verdict::Missed => "missed",
            Verdict::Uncertain => "uncertain",
            Verdict::Unknown => "unknown",
        }
    }
}

/// The KPIs that have a target, by name, each with what came of it.
pub fn verdicts(outcome: &Outcome, plan: &Plan) -> Vec<(String, Verdict)> {
    let measured = measured(&outcome.figures, &plan.campaign);
    measured.into_iter().filter_map(|kpi| Some((kpi.name.to_owned(), kpi.verdict?))).collect()
}

/// A KPI and what came of it.
struct Measured<'a> {
    name: &'a str,
    kpi: &'a Kpi,
    /// How many stand above it in the tree.
    depth: usize,
    whole: Estimate,
    parts: Vec<(&'a str, Estimate)>,
    too_recent: u64,
    /// Of a KPI with a target.
    verdict: Option<Verdict>,
}

/// All KPIs in the order of the tree: goals first, each followed by what drives it.
fn measured<'a>(figures: &'a Figures, campaign: &'a Campaign) -> Vec<Measured<'a>> {
    let mut roots: Vec<(&'a String, &'a Kpi)> = campaign.kpis.iter().filter(|(_, kpi)| kpi.drives.is_none()).collect();
    roots.sort_by_key(|(_, kpi)| !kpi.kgi);
    let mut found = Vec::new();
    for (name, _) in roots {
        branch(name, 0, figures, campaign, &mut found);
    }
    found
}

fn branch<'a>(
    name: &'a str,
    depth: usize,
    figures: &'a Figures,
    campaign: &'a Campaign,
    found: &mut Vec<Measured<'a>>,
) {
    let (Some(kpi), Some(counted)) = (campaign.kpis.get(name), figures.kpis.get(name)) else { return };
    let whole = estimate(kpi, &counted.whole, figures, None);
    // Someone without a persona need not exist, nor be sent anything.
    let all_take_part = matches!(kpi.measure, Measure::Mails { .. });
    let is_there = |pairs: &Pairs| pairs.x != 0 || pairs.y != 0 || (pairs.leads > 0 && !all_take_part);
    let parts = counted.parts.iter().filter(|(part, pairs)| *part != "no persona" || is_there(pairs));
    let parts = parts.map(|(part, pairs)| (part, estimate(kpi, pairs, figures, Some(&counted.whole)))).collect();
    let verdict = kpi.target.as_ref().map(|target| verdict(target, &whole));
    found.push(Measured { name, kpi, depth, whole, parts, too_recent: counted.too_recent, verdict });
    for (below, _) in campaign.kpis.iter().filter(|(_, kpi)| kpi.drives.as_deref() == Some(name)) {
        branch(below, depth + 1, figures, campaign, found);
    }
}

/// Whether a KPI rests on few leads.
pub(super) fn kpi_is_few(name: &str, figures: &Figures, campaign: &Campaign) -> bool {
    let found = campaign.kpis.get(name).zip(figures.kpis.get(name));
    found.is_some_and(|(kpi, counted)| estimate(kpi, &counted.whole, figures, None).few)
}

fn verdict(target: &Target, estimate: &Estimate) -> Verdict {
    let Some(_) = estimate.value else { return Verdict::Unknown };
    let Some(interval) = estimate.interval else { return Verdict::Uncertain };
    let good = |value: f64| target.low.is_none_or(|low| value >= low) && target.high.is_none_or(|high| value <= high);
    let below = target.low.is_some_and(|low| interval.high < low);
    let above = target.high.is_some_and(|high| interval.low > high);
    match (good(interval.low) && good(interval.high), below || above) {
        (true, _) => Verdict::Met,
        (false, true) => Verdict::Missed,
        (false, false) => Verdict::Uncertain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Interval;

    #[test]
    fn verdicts_look_at_the_whole_interval() {
        let of = |low: f64, high: f64| Estimate {
            value: Some(low.midpoint(high)),
            interval: Some(Interval { low, high }),
            method: "wilson",
            leads: 100,
            few: false,
        };
        let least = Target { low: Some(0.12), high: None };
        let between = Target { low: Some(0.2), high: Some(0.3) };
        assert_eq!(verdict(&least, &of(0.12, 0.2)), Verdict::Met);
        assert_eq!(verdict(&least, &of(0.11, 0.2)), Verdict::Uncertain);
        assert_eq!(verdict(&least, &of(0.05, 0.11)), Verdict::Missed);
        assert_eq!(verdict(&between, &of(0.21, 0.29)), Verdict::Met);
        assert_eq!(verdict(&between, &of(0.31, 0.4)), Verdict::Missed);
        assert_eq!(verdict(&between, &of(0.1, 0.4)), Verdict::Uncertain);
        assert_eq!(verdict(&least, &Estimate { value: None, interval: None, ..of(0.0, 1.0) }), Verdict::Unknown);
        assert_eq!(verdict(&least, &Estimate { interval: None, ..of(0.0, 1.0) }), Verdict::Uncertain);
    }
}
