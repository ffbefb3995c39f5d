//! Leads that come by sources during a run, and the visitors who come and go.
//!
//! In: a plan, the length of a run and its seed. Out: [`Arrivals`]: leads in the order of sources, days and numbers, and
//! the [`Traffic`] of those who did not become leads. Never: the leads file; who comes does not depend on who is there.
//!
//! The number of visitors by a source on a day of the calendar is Poisson with the mean that the source gives for that
//! weekday. Each of them has a number on that day, and everything about a visitor is a function of the seed, the source,
//! the day and that number: so a higher mean adds visitors and leaves the others as they are.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::MakeUpError;
use super::made_up::{Newcomer, Newcomers};
use crate::ir::chance::{draw, join, key, lead_key, rendezvous};
use crate::ir::first_instant;
use crate::ir::{Arrival, Campaign, Name, Page, Row, Source, Traffic};
use crate::plan::Plan;

/// Largest mean that is drawn at once: below it, the chance of nobody is no zero of floating point.
const LARGEST_MEAN: f64 = 500.0;

/// The run that they come into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First instant.
    pub start_secs: i64,
    /// First instant after it.
    pub end_secs: i64,
    /// Seed of all chance.
    pub seed: u64,
}

/// Finds out who comes in a run.
///
/// # Errors
/// If no lead of a persona that comes by some source can be made up.
pub fn arrivals(plan: &Plan, period: Period) -> Result<Arrivals, MakeUpError> {
    let campaign = &plan.campaign;
    let walk = Walk { campaign, period };
    let mut traffic = Traffic::default();
    let mut visitors = Vec::new();
    for (number, (name, source)) in campaign.sources.iter().enumerate() {
        for visitor in walk.visitors(number, name, source) {
            visitors.extend(walk.goes_through(visitor, &mut traffic));
        }
    }
    traffic.leads = visitors.len() as u64;
    let newcomers = Newcomers::new(plan, period.seed)?;
    Ok(Arrivals { newcomers, visitors: visitors.into_iter(), traffic })
}

/// Leads that come by sources, one after the other.
#[derive(Clone, Debug)]
pub struct Arrivals {
    newcomers: Newcomers,
    visitors: std::vec::IntoIter<Visitor>,
    traffic: Traffic,
}

impl Arrivals {
    /// The visitors who did not become leads.
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }
}

impl Iterator for Arrivals {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let Visitor { id, source, arrival, day, number, at_secs } = self.visitors.next()?;
        Some(self.newcomers.lead(&Newcomer { id: &id, source: &source, arrival, day, number, at_secs }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.visitors.size_hint()
    }
}

/// Somebody who comes by a source.
#[derive(Clone, Debug)]
struct Visitor {
    /// The id of the lead that it becomes, if it becomes one.
    id: String,
    source: Name,
    arrival: Arrival,
    day: u64,
    number: u64,
    at_secs: i64,
}

struct Walk<'a> {
    campaign: &'a Campaign,
    period: Period,
}

impl Walk<'_> {
    /// Everybody who comes by a source, by day and number.
    fn visitors(&self, number: usize, name: &Name, source: &Source) -> Vec<Visitor> {
        let Some(arrivals) = &source.arrivals else { return Vec::new() };
        let zone = TimeZone::get(&self.campaign.settings.timezone).unwrap_or(TimeZone::UTC);
        let midnight = |day: Date| first_instant(day.to_datetime(jiff::civil::Time::midnight()), &zone);
        let date = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Date>().ok());
        let first = day_of(self.period.start_secs, &zone);
        let last = day_of(self.period.end_secs - 1, &zone);
        let from = date(&arrivals.from).map_or(first, |from| from.max(first));
        let to = date(&arrivals.to).map_or(last, |to| to.min(last));
        let mut out = Vec::new();
        for day in from.series(1.day()).take_while(|day| *day <= to) {
            let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
            let mean = arrivals.per_day * arrivals.weekdays.get(weekday).copied().unwrap_or(1.0);
            let next = day.tomorrow().map_or(self.period.end_secs, &midnight);
            let span = (midnight(day), next);
            for nth in 0..self.count(name, day, mean) {
                out.extend(self.visitor((number, name), arrivals.page.as_ref(), (day, nth), span));
            }
        }
        out
    }

    /// How many come on a day.
    fn count(&self, source: &str, day: Date, mean: f64) -> u64 {
        let name = key(&["arrivals", source]);
        let parts = (mean / LARGEST_MEAN).ceil().max(1.0);
        let drawn = |part: u64| poisson(mean / parts, draw(join(self.period.seed, numbered(day)), name, part));
        (0..parts as u64).map(drawn).sum()
    }

    fn visitor(
        &self,
        (source, name): (usize, &Name),
        page: Option<&Name>,
        (day, nth): (Date, u64),
        (midnight, next): (i64, i64),
    ) -> Option<Visitor> {
        let id = format!("{name}-{day}-{}", nth + 1);
        let lead = lead_key(self.period.seed, &id);
        let part = draw(lead, key(&["arrival-time"]), 0);
        let at_secs = midnight + (part * (next - midnight) as f64) as i64;
        let page = page.and_then(|page| self.landed(lead, page));
        let arrival = Arrival { source, page, form: None };
        let visitor = Visitor { id, source: name.clone(), arrival, day: numbered(day), number: nth + 1, at_secs };
        (self.period.start_secs..self.period.end_secs).contains(&at_secs).then_some(visitor)
    }

    /// The page and the variant of it that a visitor sees.
    fn landed(&self, lead: u64, name: &str) -> Option<(usize, usize)> {
        let at = self.campaign.pages.keys().position(|each| each == name)?;
        let page = self.campaign.pages.get(name)?;
        let drawn =
            |variant: &crate::ir::Variant| (variant.weight, draw(lead, Page::variant_key(name, &variant.name), 0));
        Some((at, rendezvous(page.variants.iter().map(drawn))?))
    }

    /// The visitor with the form that it completed. Those who do not become leads are counted instead.
    fn goes_through(&self, mut visitor: Visitor, traffic: &mut Traffic) -> Option<Visitor> {
        let Some((page, variant)) = visitor.arrival.page else { return Some(visitor) };
        let (name, page) = self.campaign.pages.iter().nth(page)?;
        let lead = lead_key(self.period.seed, &visitor.id);
        let variant = &page.variants[variant];
        let begun = variant.form.as_ref().filter(|(_, starts)| draw(lead, key(&["starts", name]), 0) < *starts);
        let form = begun.and_then(|(form, _)| self.campaign.forms.get_key_value(form));
        if let Some((name, _)) = form.filter(|(name, form)| draw(lead, key(&["completes", name]), 0) < form.completes())
        {
            visitor.arrival.form = self.campaign.forms.keys().position(|each| each == name);
            return Some(visitor);
        }
        *traffic.sources.entry(visitor.source).or_default() += 1;
        let passing = traffic.pages.entry((name.clone(), variant.name.clone())).or_default();
        passing.visits += 1;
        passing.starts += u64::from(form.is_some());
        if let Some((form, _)) = form {
            *traffic.forms.entry(form.clone()).or_default() += 1;
        }
        None
    }
}

/// The local date of an instant.
fn day_of(secs: i64, zone: &TimeZone) -> Date {
    jiff::Timestamp::from_second(secs).map_or(Date::ZERO, |instant| zone.to_datetime(instant).date())
}

/// A day as a number, `20260401`.
fn numbered(day: Date) -> u64 {
    let part = |part: i16| u64::try_from(part).unwrap_or(0);
    part(day.year()) * 10_000 + part(day.month().into()) * 100 + part(day.day().into())
}

/// The Poisson number with this mean that a draw stands for: the least whose distribution function exceeds it
/// (inversion by sequential search; Devroye, "Non-uniform random variate generation", 1986, chapter X.3.3).
fn poisson(mean: f64, draw: f64) -> u64 {
    if mean.is_nan() || mean <= 0.0 {
        return 0;
    }
    let (mut number, mut chance) = (0_u64, libm::exp(-mean));
    let mut sum = chance;
    // The sum may stop short of the draw by rounding; ten standard deviations above the mean nothing is left.
    let most = mean + 10.0 * mean.sqrt() + 20.0;
    while draw >= sum && (number as f64) < most {
        number += 1;
        chance *= mean / number as f64;
        sum += chance;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `P(N = 0) = 0.1353`, `P(N ≤ 1) = 0.4060`, `P(N ≤ 2) = 0.6767`, `P(N ≤ 3) = 0.8571` for a mean of 2: tables of the
    /// Poisson distribution.
    #[test]
    fn poisson_numbers_follow_the_tables() {
        for (draw, number) in [(0.0, 0), (0.135, 0), (0.136, 1), (0.405, 1), (0.407, 2), (0.676, 2), (0.857, 3)] {
            assert_eq!(poisson(2.0, draw), number, "{draw}");
        }
        assert_eq!((poisson(0.0, 0.9), poisson(-1.0, 0.9), poisson(f64::NAN, 0.9)), (0, 0, 0));
        assert!(poisson(500.0, 1.0 - f64::EPSILON) < 750);
    }

    #[test]
    fn a_poisson_number_has_its_mean_for_its_variance() {
        for mean in [0.3, 4.0, 40.0, 499.0] {
            let drawn = (0..20_000).map(|n| poisson(mean, draw(1, 2, n)) as f64);
            let (mut sum, mut squares) = (0.0, 0.0);
            drawn.for_each(|number| {
                sum += number;
                squares += number * number;
            });
            let found = sum / 20_000.0;
            let variance = squares / 20_000.0 - found * found;
            // Four standard deviations of the two estimates.
            assert!((found / mean - 1.0).abs() < 4.0 * f64::sqrt(1.0 / mean / 20_000.0), "{mean}: {found}");
            let spread = 4.0 * f64::sqrt((1.0 / mean + 2.0) / 20_000.0);
            assert!((variance / mean - 1.0).abs() < spread, "{mean}: {variance}");
        }
    }

    #[test]
    fn a_higher_mean_brings_no_fewer() {
        for n in 0..1_000 {
            let drawn = draw(7, 8, n);
            assert!(poisson(40.0, drawn) <= poisson(44.0, drawn));
        }
    }
}
