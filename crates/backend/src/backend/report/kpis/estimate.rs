//! From sums over leads to a value with its interval.

use crate::backend::report::figure::{COUNTS, SHARES, UNBOUNDED, within};
use crate::backend::sim::{Figures, Pairs};
use crate::ir::Money;
use crate::ir::kpi::{Cost, CostKind, Kpi, Measure, Metric};
use crate::statistics::{Interval, Moments, mean, ratio, share};

/// How sure intervals are.
pub(in crate::backend::report) const LEVEL: f64 = 0.95;

/// Millionths in one unit of the currency.
const MICROS: f64 = 1_000_000.0;

/// Of a share: those that count, and those that do not, below which it rests on too few. The usual rule for n·p.
const FEW_OF_A_SHARE: f64 = 5.0;
/// Of an average: leads below which it rests on too few. The usual rule for the central limit.
const FEW_OF_AN_AVERAGE: u64 = 30;

/// A value and how sure it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    /// `None` where there is nothing to divide by.
    pub(super) value: Option<f64>,
    /// `None` where too little is known.
    pub(super) interval: Option<Interval>,
    /// How the interval was made.
    pub(super) method: &'static str,
    /// Leads that it rests on.
    pub(super) leads: u64,
    /// Whether these are too few to rely on.
    pub(super) few: bool,
}

/// What a KPI may be at all. Values may be taken back, so amounts of them have no bounds.
pub(in crate::backend::report) fn bounds(measure: &Measure) -> (f64, f64) {
    match measure {
        Measure::Share { .. } => SHARES,
        Measure::Mails { metric: Metric::MailsPerLead, .. } => COUNTS,
        Measure::Mails { metric, .. } if metric.parts().1.is_some() => SHARES,
        Measure::Leads { .. } | Measure::Mails { .. } | Measure::Cost { .. } => COUNTS,
        Measure::Value { .. } | Measure::Return { .. } => UNBOUNDED,
    }
}

/// The value of a KPI, or of a part of it; then `whole` is that of which it is a part.
pub(super) fn estimate(kpi: &Kpi, pairs: &Pairs, figures: &Figures, whole: Option<&Pairs>) -> Estimate {
    let made = made(kpi, pairs, figures, whole);
    // A few leads that are alike by chance do not tell how much others would differ.
    let interval = made.interval.filter(|ends| !(made.few && has_no_width(ends)));
    Estimate { interval: interval.map(|ends| within(ends, bounds(&kpi.measure))), ..made }
}

/// Whether both ends are the same, but for rounding.
fn has_no_width(ends: &Interval) -> bool {
    ends.high - ends.low <= 1e-9 * ends.high.abs()
}

fn made(kpi: &Kpi, pairs: &Pairs, figures: &Figures, whole: Option<&Pairs>) -> Estimate {
    let of_all = whole.map_or(1.0, |whole| pairs.leads as f64 / (whole.leads.max(1)) as f64);
    let fixed = |cost: &[Cost], journey: bool| if journey { 0.0 } else { fixed_cost(cost, figures) * of_all };
    match &kpi.measure {
        Measure::Leads { .. } => {
            let sums = moments(pairs, 1.0, 1.0);
            let interval = share(&sums, LEVEL).map(|interval| interval.map(|part| part * sums.n));
            let few = is_few_of_a_share(&sums);
            Estimate { value: Some(sums.x), interval, method: "wilson", leads: pairs.leads, few }
        }
        Measure::Share { .. } => share_of(pairs, "wilson"),
        Measure::Mails { metric: Metric::MailsPerLead, .. } => average(pairs, (1.0, 1.0), (0.0, 0.0)),
        Measure::Mails { metric, .. } if metric.parts().1.is_some() => share_of(pairs, "wilson-effective-size"),
        Measure::Mails { .. } => total(pairs, 1.0, 0.0),
        Measure::Value { per: None, .. } => total(pairs, MICROS, 0.0),
        Measure::Value { per: Some(_), .. } => average(pairs, (MICROS, 1.0), (0.0, 0.0)),
        Measure::Cost { per: None, cost, journey } => {
            total(pairs, MICROS, fixed(cost, journey.is_some() || is_of_journeys(kpi, whole)))
        }
        Measure::Cost { per: Some(_), cost, journey } => {
            let fixed = fixed(cost, journey.is_some() || is_of_journeys(kpi, whole));
            average(pairs, (MICROS, 1.0), (fixed, 0.0))
        }
        Measure::Return { value, cost, profit } => {
            let fixed = fixed(cost, value.journey.is_some() || is_of_journeys(kpi, whole));
            let times = average(pairs, (MICROS, MICROS), (0.0, fixed));
            let less = taken_off(*profit);
            Estimate {
                value: times.value.map(|value| value - less),
                interval: times.interval.map(|interval| interval.map(|end| end - less)),
                leads: pairs.leads,
                few: pairs.leads < FEW_OF_AN_AVERAGE,
                ..times
            }
        }
    }
}

/// What is taken off a return as a multiple of its cost.
fn taken_off(profit: bool) -> f64 {
    if profit { 1.0 } else { 0.0 }
}

/// Whether this is the part of one journey, to which costs of sources do not belong.
fn is_of_journeys(kpi: &Kpi, whole: Option<&Pairs>) -> bool {
    whole.is_some() && kpi.by == Some(crate::ir::kpi::By::Journey)
}

/// Costs that no single lead causes, in units of the currency.
fn fixed_cost(costs: &[Cost], figures: &Figures) -> f64 {
    let of_sources = costs.iter().filter(|cost| cost.kind == CostKind::Sources);
    let is_meant = |name: &str| of_sources.clone().any(|cost| cost.name.as_deref().is_none_or(|own| own == name));
    let sources = figures.acquisition.sources.iter().filter(|(name, _)| is_meant(name));
    sources.map(|(_, source)| source.cost).sum::<Money>().units()
}

fn moments(pairs: &Pairs, x: f64, y: f64) -> Moments {
    Moments {
        n: pairs.leads as f64,
        x: pairs.x as f64 / x,
        y: pairs.y as f64 / y,
        xx: pairs.xx as f64 / (x * x),
        yy: pairs.yy as f64 / (y * y),
        xy: pairs.xy as f64 / (x * y),
    }
}

fn is_few_of_a_share(sums: &Moments) -> bool {
    sums.x < FEW_OF_A_SHARE || sums.y - sums.x < FEW_OF_A_SHARE
}

fn share_of(pairs: &Pairs, method: &'static str) -> Estimate {
    let sums = moments(pairs, 1.0, 1.0);
    Estimate {
        value: (sums.y > 0.0).then(|| sums.x / sums.y),
        interval: share(&sums, LEVEL),
        method,
        leads: pairs.with_y,
        few: is_few_of_a_share(&sums),
    }
}

/// The sum of all leads: what it would be for as many others.
fn total(pairs: &Pairs, unit: f64, fixed: f64) -> Estimate {
    let sums = moments(pairs, unit, 1.0);
    Estimate {
        value: Some(sums.x + fixed),
        interval: mean(&sums, LEVEL).map(|interval| interval.map(|end| end * sums.n + fixed)),
        method: "student-t",
        leads: pairs.leads,
        few: pairs.leads < FEW_OF_AN_AVERAGE,
    }
}

fn average(pairs: &Pairs, (x, y): (f64, f64), fixed: (f64, f64)) -> Estimate {
    let sums = moments(pairs, x, y);
    let whole = sums.y + fixed.1;
    let each_is_one = pairs.with_y == pairs.leads && sums.y == sums.n;
    Estimate {
        value: (whole > 0.0).then(|| (sums.x + fixed.0) / whole),
        interval: ratio(&sums, fixed, LEVEL),
        method: if each_is_one { "student-t" } else { "ratio-linearised" },
        leads: pairs.with_y,
        few: pairs.with_y < FEW_OF_AN_AVERAGE,
    }
}

/// How a KPI comes of its two sums.
#[derive(Clone, Copy, Debug)]
pub(in crate::backend::report) struct Shape {
    /// Whether it is the first sum by itself.
    pub(in crate::backend::report) is_total: bool,
    /// What the sums are divided by to be in units.
    pub(in crate::backend::report) units: (f64, f64),
    /// What no single lead causes, in units.
    pub(in crate::backend::report) fixed: (f64, f64),
    /// What is taken off in the end: 1 where a return is a profit.
    pub(in crate::backend::report) less: f64,
}

/// How a KPI comes of its two sums in a run.
pub(in crate::backend::report) fn shape(kpi: &Kpi, figures: &Figures) -> Shape {
    let of = |is_total, units, fixed| Shape { is_total, units, fixed, less: 0.0 };
    let costs = |cost: &[Cost], journey: bool| if journey { 0.0 } else { fixed_cost(cost, figures) };
    match &kpi.measure {
        Measure::Leads { .. } => of(true, (1.0, 1.0), (0.0, 0.0)),
        Measure::Share { .. } | Measure::Mails { metric: Metric::MailsPerLead, .. } => {
            of(false, (1.0, 1.0), (0.0, 0.0))
        }
        Measure::Mails { metric, .. } => of(metric.parts().1.is_none(), (1.0, 1.0), (0.0, 0.0)),
        Measure::Value { per, .. } => of(per.is_none(), (MICROS, 1.0), (0.0, 0.0)),
        Measure::Cost { per, cost, journey } => of(per.is_none(), (MICROS, 1.0), (costs(cost, journey.is_some()), 0.0)),
        Measure::Return { value, cost, profit } => {
            let shape = of(false, (MICROS, MICROS), (0.0, costs(cost, value.journey.is_some())));
            Shape { less: taken_off(*profit), ..shape }
        }
    }
}
