//! Journeys that leads enter by the clock alone, and which of them can have mails in one window: a mailing of January and
//! one of March share no week, nor one of Mondays and one of Thursdays a day.
//!
//! Of such a journey the local times are known at which it begins, and how long its last mail can take. Of those that have
//! a mail in a window one is over first; the others have begun before the window that it ends in is over.
//!
//! In: [`Units`]. Out: by season, the units that count in it. Never: how many mails they have.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::calendar::{end_of, goes_by_schedules};
use super::model::{Edge, Model, Pace};
use super::phase::{DAY, MONDAY, WEEK, once, seconds};
use super::units::{Unit, Units};
use crate::ir::journey::{Action, Moment};
use crate::ir::{Length, MailLimit};

/// The years after which days of months fall on the same days of the week again, as long as no century is over.
const ROUND: i64 = (28 * 365 + 7) * DAY;
/// The longest that windows, journeys and all dates together can be before dates are not told apart.
const MOST_SECS: i64 = 3 * 366 * DAY;
/// Journeys by the clock before they are not told apart, in all and where some come each month.
const MOST_DATED: usize = 40;
const MOST_WITH_MONTHS: usize = 12;
/// Seasons before they are not told apart, and before it is looked which of them are part of others.
const MOST_SEASONS: usize = 64;
const MOST_LOOKED_AT: usize = 512;

/// When a journey begins, by the local clock in seconds since 1970-01-01, and how long its mails can take from then on.
struct Dated {
    begins: Vec<i64>,
    lasts_secs: i64,
}

impl Dated {
    /// Whether it can have a mail in a window that ends by `end`, in which another journey's last mail is not later than
    /// `over`.
    fn meets(&self, over: i64, end: i64) -> bool {
        let first = self.begins.partition_point(|begins| begins + self.lasts_secs < over);
        self.begins.get(first).is_some_and(|begins| *begins < end)
    }
}

/// By season, whether each unit counts; every window of a limit, by its number, lies in one of them. At least one.
pub(super) fn seasons(units: &Units<'_>, limit: usize) -> Vec<Vec<bool>> {
    let always = || vec![vec![true; units.units.len()]];
    let (limit, window_secs) = &units.limits[limit];
    let longest: Vec<Option<i64>> = units.units.iter().map(|unit| lasts(units, unit, limit)).collect();
    let reach = window_secs.saturating_add(longest.iter().flatten().max().copied().unwrap_or(0));
    let moments: Vec<Option<&Moment>> =
        units.units.iter().zip(&longest).map(|(unit, lasts)| moment(units, unit).filter(|_| lasts.is_some())).collect();
    let known = || moments.iter().flatten();
    if reach > MOST_SECS || known().count() < 2 || known().count() > MOST_DATED {
        return always();
    }
    let once: Vec<i64> = known().filter_map(|moment| once(moment)).collect();
    let (first, last) = (once.iter().min().copied().unwrap_or(0), once.iter().max().copied().unwrap_or(0));
    if last - first > MOST_SECS {
        return always();
    }
    // So many weeks or years on both sides are as any others are.
    let has_months = known().count() <= MOST_WITH_MONTHS && known().any(|moment| is_monthly(moment));
    let around = reach + if has_months { ROUND } else { 2 * WEEK };
    let dated = |(moment, lasts): (&Option<&Moment>, &Option<i64>)| {
        let moment = moment.filter(|moment| has_months || !is_monthly(moment))?;
        Some(Dated { begins: begins(moment, first - around, last + around), lasts_secs: (*lasts)? })
    };
    let dated: Vec<Option<Dated>> = moments.iter().zip(&longest).map(dated).collect();
    let over = |dated: &Dated| dated.begins.iter().map(|begins| begins + dated.lasts_secs).collect::<Vec<_>>();
    let over: BTreeSet<i64> = dated.iter().flatten().flat_map(over).collect();
    let by_calendar = goes_by_schedules(units.campaign, limit, units.shift_secs);
    let season = |over: &i64| -> Vec<bool> {
        let end = end_of(limit.per, *over).filter(|_| by_calendar);
        let end = end.map_or(over + window_secs, |end| end.min(over + window_secs));
        dated.iter().map(|dated| dated.as_ref().is_none_or(|dated| dated.meets(*over, end))).collect()
    };
    let all: BTreeSet<Vec<bool>> = over.iter().map(season).collect();
    if all.is_empty() || all.len() > MOST_LOOKED_AT {
        return always();
    }
    let is_within = |one: &Vec<bool>, other: &Vec<bool>| one.iter().zip(other).all(|(one, other)| !one || *other);
    let is_largest = |one: &&Vec<bool>| all.iter().all(|other| other == *one || !is_within(one, other));
    let largest: Vec<Vec<bool>> = all.iter().filter(is_largest).cloned().collect();
    if largest.len() > MOST_SEASONS { always() } else { largest }
}

/// The moment by which alone leads enter the one journey of a unit, if its local times can be told.
fn moment<'c>(units: &Units<'c>, unit: &Unit) -> Option<&'c Moment> {
    let [model] = unit.models.as_slice() else { return None };
    let (_, moment) = units.models[*model].begins?;
    match moment {
        Moment::Once { .. } => once(moment).map(|_| moment),
        Moment::Daily { .. } | Moment::Weekly { .. } | Moment::Monthly { .. } => Some(moment),
        Moment::Working { .. } => None,
    }
}

fn is_monthly(moment: &Moment) -> bool {
    matches!(moment, Moment::Monthly { .. })
}

/// The local times of a moment between two others, in order.
fn begins(moment: &Moment, first: i64, last: i64) -> Vec<i64> {
    let weeks = (first - MONDAY).div_euclid(WEEK)..=(last - MONDAY).div_euclid(WEEK);
    let each_week = |weekdays: &[u8], minute: u16| -> Vec<i64> {
        let at = |week: i64, day: &u8| MONDAY + week * WEEK + (i64::from(*day) - 1) * DAY + i64::from(minute) * 60;
        weeks.flat_map(|week| weekdays.iter().map(move |day| at(week, day)).collect::<Vec<_>>()).collect()
    };
    match moment {
        Moment::Once { .. } => once(moment).into_iter().collect(),
        Moment::Daily { minute } => each_week(&[1, 2, 3, 4, 5, 6, 7], *minute),
        Moment::Weekly { weekdays, minute } => each_week(weekdays, *minute),
        Moment::Monthly { day, minute } => {
            let year = |secs: i64| Timestamp::from_second(secs).ok().map(|at| TimeZone::UTC.to_datetime(at).year());
            let years = year(first).zip(year(last)).into_iter().flat_map(|(first, last)| first..=last);
            let months = years.flat_map(|year| (1..=12_i8).map(move |month| (year, month)));
            let dates = months.filter_map(|(year, month)| Date::new(year, month, i8::try_from(*day).ok()?).ok());
            let begins = dates.filter_map(|date| Some(seconds(date.at(0, 0, 0, 0))? + i64::from(*minute) * 60));
            begins.collect()
        }
        Moment::Working { .. } => Vec::new(),
    }
}

/// How long after its beginning a journey by the clock can have its last mail that a limit counts, in seconds, with what
/// clocks may be set forward; `None` if there is no such time, or the journey has others.
fn lasts(units: &Units<'_>, unit: &Unit, limit: &MailLimit) -> Option<i64> {
    moment(units, unit)?;
    let model = &units.models[*unit.models.first()?];
    let at_once = model.sends_at_the_moment();
    let mut stretch = Stretch { units, model, limit, at_once, known: vec![Known::New; model.steps.len()] };
    let lasts = model.first.map_or(Some(None), |first| stretch.from(first))?;
    Some(lasts.unwrap_or(0) + units.shift_secs)
}

/// What is known of a step: how long it can be from there to the last mail, `None` if there is none.
#[derive(Clone, Copy)]
enum Known {
    New,
    Open,
    Done(Option<i64>),
}

struct Stretch<'u, 'c> {
    units: &'u Units<'c>,
    model: &'u Model<'c>,
    limit: &'u MailLimit,
    /// By step, whether what it sends goes out at the moment itself.
    at_once: Vec<bool>,
    known: Vec<Known>,
}

impl Stretch<'_, '_> {
    /// From a step to the last mail; `None` if it may take any time.
    fn from(&mut self, step: usize) -> Option<Option<i64>> {
        match self.known[step] {
            Known::Done(done) => return Some(done),
            // A way round.
            Known::Open => return None,
            Known::New => self.known[step] = Known::Open,
        }
        let model = self.model;
        let node = &model.steps[step];
        let is_counted = node.mail.is_some_and(|mail| mail.counts(self.limit));
        let mut last = None;
        for edge in &node.edges {
            let after = match edge.to {
                Some(to) => self.from(to)?,
                None => None,
            };
            if after.is_some() || is_counted {
                // A mail that is held comes when it is let go, which is when the step is over.
                let takes = match (edge.to, edge.pace) {
                    (None, Pace::Anytime) => 0,
                    _ => self.takes(step, edge)?,
                };
                last = last.max(Some(takes + after.unwrap_or(0)));
            }
        }
        self.known[step] = Known::Done(last);
        Some(last)
    }

    /// How long a way can take.
    fn takes(&self, step: usize, edge: &Edge<'_>) -> Option<i64> {
        let action = &self.model.journey.steps[step].action;
        match edge.pace {
            Pace::Instant => Some(0),
            Pace::Exactly(secs) => Some(secs),
            Pace::Anytime => match action {
                Action::WaitFor { within: Length::Secs(secs), .. } => Some(*secs),
                _ => None,
            },
            Pace::Until(_, Moment::Daily { .. }) => Some(DAY + self.units.shift_secs),
            Pace::Until(_, Moment::Weekly { .. }) => Some(WEEK + self.units.shift_secs),
            Pace::Until(..) | Pace::WorkingDays(_) => None,
            Pace::Held(..) if self.at_once[step] => Some(0),
            Pace::Held(_, most) => Some(most),
        }
    }
}
