//! From sums over leads to a value with its interval.

use crate::backend::report::figure::{COUNTS, SHARES, UNBOUNDED, within};
use crate::backend::sim::{Figures, Pairs, SourceFigures};
use crate::ir::Money;
use crate::ir::kpi::{Cost, CostKind, Kpi, Measure, Metric};
use crate::statistics::{Added, Arrived, Interval, Moments, poisson, ratio, share, together, total, wilson};

/// How sure intervals are.
pub(in crate::backend::report) const LEVEL: f64 = 0.95;

/// Millionths in one unit of the currency.
const MICROS: f64 = 1_000_000.0;

/// Of a share: those that count, and those that do not, below which it rests on too few. The usual rule for n·p.
const FEW_OF_A_SHARE: f64 = 5.0;
/// Of an average: leads below which it rests on too few. The usual rule for the central limit.
const FEW_OF_AN_AVERAGE: u64 = 30;
/// Of a sum: leads that have any of it, below which it rests on too few.
const FEW_OF_A_SUM: u64 = 5;

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
    let of_sources = |cost: &[Cost], journey: bool| {
        if journey || is_of_journeys(kpi, whole) { Sources::default() } else { Sources::of(cost, figures, of_all) }
    };
    match &kpi.measure {
        Measure::Leads { .. } => {
            let few = is_few_of_a_share(&moments(pairs, 1.0, 1.0));
            let method = if pairs.arrived > 0 { "wilson-poisson" } else { "wilson" };
            Estimate { value: Some(pairs.x as f64), interval: count_of(pairs), method, leads: pairs.leads, few }
        }
        Measure::Share { .. } => share_of(pairs, "wilson"),
        Measure::Mails { metric: Metric::MailsPerLead, .. } => {
            average(pairs, (1.0, 1.0), (&Sources::default(), &Sources::default()))
        }
        Measure::Mails { metric, .. } if metric.parts().1.is_some() => share_of(pairs, "wilson-effective-size"),
        Measure::Mails { .. } => counted(pairs),
        Measure::Value { per: None, .. } => sum_of(pairs, MICROS, &Sources::default()),
        Measure::Value { per: Some(_), .. } => {
            average(pairs, (MICROS, 1.0), (&Sources::default(), &Sources::default()))
        }
        Measure::Cost { per: None, cost, journey } => sum_of(pairs, MICROS, &of_sources(cost, journey.is_some())),
        Measure::Cost { per: Some(_), cost, journey } => {
            average(pairs, (MICROS, 1.0), (&of_sources(cost, journey.is_some()), &Sources::default()))
        }
        Measure::Return { value, cost, profit } => {
            let of_sources = of_sources(cost, value.journey.is_some());
            let times = average(pairs, (MICROS, MICROS), (&Sources::default(), &of_sources));
            let less = taken_off(*profit);
            Estimate {
                value: times.value.map(|value| value - less),
                interval: times.interval.map(|interval| interval.map(|end| end - less)),
                leads: pairs.leads,
                few: pairs.leads < FEW_OF_AN_AVERAGE || pairs.with_x < FEW_OF_A_SUM,
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

/// What sources cost, in units of the currency: no single lead causes it, but how many come is chance.
#[derive(Clone, Copy, Debug, Default)]
struct Sources {
    /// All of it.
    cost: f64,
    /// The part of it that grows with leads who came: its sum over them, and that of its squares.
    of_leads: (f64, f64),
    /// Sum of the squares of what other touches cost.
    of_touches: f64,
}

impl Sources {
    /// The part of all costs of sources that falls on so many of all leads.
    fn of(costs: &[Cost], figures: &Figures, part: f64) -> Sources {
        let mut all = Sources::default();
        for (_, source) in sources_of(costs, figures) {
            let (click, lead) =
                (source.rates.per_click.units(), source.rates.per_click.units() + source.rates.per_lead.units());
            let new = source.new_leads as f64;
            all.cost += source.cost.units() * part;
            all.of_leads.0 += lead * new * part;
            all.of_leads.1 += lead * lead * new * part;
            all.of_touches += click * click * source.touches.saturating_sub(source.new_leads) as f64 * part;
        }
        all
    }
}

fn sources_of<'a>(costs: &'a [Cost], figures: &'a Figures) -> impl Iterator<Item = (&'a str, &'a SourceFigures)> {
    let meant = move || costs.iter().filter(|cost| cost.kind == CostKind::Sources);
    let is_meant = move |name: &str| meant().any(|cost| cost.name.as_deref().is_none_or(|own| own == name));
    figures.acquisition.sources.iter().filter(move |(name, _)| is_meant(name))
}

/// Costs that no single lead causes, in units of the currency.
fn fixed_cost(costs: &[Cost], figures: &Figures) -> f64 {
    sources_of(costs, figures).map(|(_, source)| source.cost).sum::<Money>().units()
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

/// How many leads there are of a kind: among those who are there Wilson's, of those who come by sources a Poisson number.
fn count_of(pairs: &Pairs) -> Option<Interval> {
    let there = (pairs.leads - pairs.arrived) as f64;
    let there_x = (pairs.x - pairs.arrived_x) as f64;
    let of_those = wilson(there_x, there, LEVEL).map(|share| share.map(|part| part * there));
    let of_others = (pairs.arrived > 0).then(|| poisson(pairs.arrived_x as f64, LEVEL));
    match (of_those, of_others) {
        (Some(one), Some(other)) => Some(together((there_x, one), (pairs.arrived_x as f64, other))),
        (one, other) => one.or(other),
    }
}

/// How many mails there are of a kind. Of few leads that have any, how many such leads there may be decides.
fn counted(pairs: &Pairs) -> Estimate {
    let sum = sum_of(pairs, 1.0, &Sources::default());
    let interval = if pairs.with_x < FEW_OF_A_SUM { rare(pairs, 1.0) } else { sum.interval };
    Estimate { interval, ..sum }
}

/// The interval of a sum that few leads have a part in, by how many these may be; each with as much as those have, at least
/// with one.
fn rare(pairs: &Pairs, unit: f64) -> Option<Interval> {
    let (with, leads) = (pairs.with_x as f64, pairs.leads as f64);
    let each = if pairs.with_x > 0 { pairs.x as f64 / unit / with } else { 1.0 };
    let some = wilson(with, leads, LEVEL)?.map(|part| part * leads * each.abs());
    Some(if each < 0.0 { Interval { low: -some.high, high: -some.low } } else { some })
}

/// The part of the leads that came by a source, in units, and what sources cost by it.
fn arrived(pairs: &Pairs, (x, y): (f64, f64), (above, below): (&Sources, &Sources)) -> Arrived {
    let added = |by: &Sources| Added { sum: by.of_leads.0, squares: by.of_leads.1, others: by.of_touches };
    Arrived {
        n: pairs.arrived as f64,
        x: pairs.arrived_x as f64 / x,
        y: pairs.arrived_y as f64 / y,
        above: added(above),
        below: added(below),
    }
}

/// The sum of all leads: what it would be for as many others.
fn sum_of(pairs: &Pairs, unit: f64, sources: &Sources) -> Estimate {
    let sums = moments(pairs, unit, 1.0);
    // Where sources cost something, nothing need be added by leads.
    let is_rare = pairs.with_x < FEW_OF_A_SUM && (sources.cost == 0.0 || pairs.with_x > 0);
    let interval = match pairs.with_x {
        1.. if is_rare && sources.cost == 0.0 => rare(pairs, unit),
        _ => total(&sums, &arrived(pairs, (unit, 1.0), (sources, &Sources::default())), sources.cost, LEVEL),
    };
    Estimate {
        value: Some(sums.x + sources.cost),
        interval,
        method: "student-t",
        leads: pairs.leads,
        few: pairs.leads < FEW_OF_AN_AVERAGE || is_rare,
    }
}

/// The sum of the one by the sum of the other, each with what sources cost.
fn average(pairs: &Pairs, units: (f64, f64), (above, below): (&Sources, &Sources)) -> Estimate {
    let sums = moments(pairs, units.0, units.1);
    let whole = sums.y + below.cost;
    let each_is_one = pairs.with_y == pairs.leads && sums.y == sums.n;
    let is_rare = pairs.with_x < FEW_OF_A_SUM && (above.cost == 0.0 || pairs.with_x > 0);
    let interval = match pairs.with_x {
        1.. if is_rare && each_is_one && above.cost == 0.0 => {
            rare(pairs, units.0).map(|ends| ends.map(|end| end / whole))
        }
        _ => ratio(&sums, &arrived(pairs, units, (above, below)), (above.cost, below.cost), LEVEL),
    };
    Estimate {
        value: (whole > 0.0).then(|| (sums.x + above.cost) / whole),
        interval,
        method: if each_is_one { "student-t" } else { "ratio-linearised" },
        leads: pairs.with_y,
        few: pairs.with_y < FEW_OF_AN_AVERAGE || is_rare,
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
