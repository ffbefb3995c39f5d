//! Quotas and warm-ups of senders: from a table, a rule or a published schedule to a calendar.

use super::Resolver;
use crate::ast::limits::OnExcess;
use crate::ast::quota::{Growth, Quota, Warmup};
use crate::diag::{Code, Diagnostic};
use crate::ir::quota::{Quota as Limits, Rates, Warmup as Calendar, WarmupDay};
use crate::ir::schedules::{PUBLISHED, Published};
use crate::syntax::Spanned;
use crate::text::{Span, nearest};

/// Longest calendar, in days.
const MOST_DAYS: usize = 1_000;

/// Mails by day, per day and per hour.
#[derive(Clone, Debug, Default)]
struct Tables {
    per_day: Vec<u64>,
    per_hour: Vec<u64>,
}

impl Resolver<'_> {
    /// What a sender's `quota` and `warmup` come to.
    pub(super) fn quota(&mut self, quota: Option<&Spanned<Quota>>, warmup: Option<&Spanned<Warmup>>) -> Option<Limits> {
        let always = quota.and_then(|quota| self.always(quota)).unwrap_or_default();
        let calendar = warmup.and_then(|warmup| self.warmup(warmup));
        let skips = [quota.map(|quota| quota.on_excess), warmup.map(|warmup| warmup.on_excess)];
        if always.is_open() && calendar.is_none() {
            return None;
        }
        if let [Some(first), Some(second)] = skips
            && first != second
            && let Some(warmup) = warmup
        {
            let message = "the quota and the warm-up of this sender do not agree on `on_excess`";
            let finding = Diagnostic::new(Code::InvalidValue, warmup.span, message).here("the warm-up");
            let finding = quota.into_iter().fold(finding, |finding, quota| finding.also(quota.span, "the quota"));
            self.sink.push(finding.help("a mail that is too many waits or is left out: write the same in both"));
        }
        Some(Limits { always, warmup: calendar, skip: skips.contains(&Some(OnExcess::Skip)) })
    }

    fn always(&mut self, quota: &Spanned<Quota>) -> Option<Rates> {
        let per = |rate: &Option<Spanned<u64>>| rate.as_ref().map(|rate| rate.value);
        let rates = Rates { per_day: per(&quota.per_day), per_hour: per(&quota.per_hour) };
        if rates.is_open() {
            let finding = Diagnostic::new(Code::MissingKey, quota.span, "this quota limits nothing");
            self.sink.push(finding.help("write `per_day: 20000` or `per_hour: 1000`"));
            return None;
        }
        Some(rates)
    }

    fn warmup(&mut self, warmup: &Spanned<Warmup>) -> Option<Calendar> {
        let (schedule, mut tables) = self.tables(warmup)?;
        let length = tables.per_day.len().max(tables.per_hour.len());
        let mut after = Rates::default();
        if let Some(then) = &warmup.then {
            let is_daily = !tables.per_day.is_empty();
            let table = if is_daily { &mut tables.per_day } else { &mut tables.per_hour };
            self.grow(table, then)?;
            let ceiling = Some(then.value.until);
            after = if is_daily {
                Rates { per_day: ceiling, per_hour: None }
            } else {
                Rates { per_day: None, per_hour: ceiling }
            };
        }
        let length = length.max(tables.per_day.len()).max(tables.per_hour.len());
        let start = warmup.start.value.0;
        let day = |at: usize| {
            let date = start.checked_add(jiff::Span::new().try_days(i64::try_from(at).ok()?).ok()?).ok()?;
            let on = |table: &[u64]| table.get(at).copied();
            Some(WarmupDay {
                date: date.to_string(),
                rates: Rates { per_day: on(&tables.per_day), per_hour: on(&tables.per_hour) },
            })
        };
        let days = (0..length).map(day).collect::<Option<Vec<WarmupDay>>>();
        if days.is_none() {
            self.sink.push(Diagnostic::new(Code::InvalidTime, warmup.start.span, "the warm-up leaves the calendar"));
        }
        Some(Calendar { schedule, days: days?, after })
    }

    /// The numbers as they are written or published.
    fn tables(&mut self, warmup: &Spanned<Warmup>) -> Option<(Option<String>, Tables)> {
        let written = warmup.per_day.as_ref().or(warmup.per_hour.as_ref());
        match (&warmup.schedule, written) {
            (None, None) => {
                let finding = Diagnostic::new(Code::MissingKey, warmup.span, "this warm-up has no numbers");
                self.sink.push(finding.help("write `per_day: [50, 100, 500]`, or `schedule: mailtrap`"));
                None
            }
            (Some(schedule), Some(written)) => {
                let message = "a warm-up follows a published `schedule` or its own numbers, not both";
                let finding = Diagnostic::new(Code::InvalidValue, schedule.span, message);
                self.sink.push(finding.also(written.span, "its own numbers").help("leave out one of them"));
                None
            }
            (Some(schedule), None) => {
                let Some(published) = Published::find(schedule) else {
                    self.unknown_schedule(schedule);
                    return None;
                };
                let tables = Tables { per_day: published.per_day.to_vec(), per_hour: published.per_hour.to_vec() };
                Some((Some(published.name.to_owned()), tables))
            }
            (None, Some(written)) => {
                let per_day = self.table(warmup.per_day.as_ref())?;
                let per_hour = self.table(warmup.per_hour.as_ref())?;
                if per_day.is_empty() && per_hour.is_empty() {
                    let finding = Diagnostic::new(Code::InvalidValue, written.span, "a warm-up lasts a day at least");
                    self.sink.push(finding.help("write the mails of each day: `[50, 100, 500]`"));
                    return None;
                }
                Some((None, Tables { per_day, per_hour }))
            }
        }
    }

    fn unknown_schedule(&mut self, schedule: &Spanned<String>) {
        let names: Vec<&str> = PUBLISHED.iter().map(|published| published.name).collect();
        let message = format!("there is no published schedule `{}`", schedule.value);
        let finding = Diagnostic::new(Code::UnknownName, schedule.span, message);
        let listed = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let finding = finding.help(format!("there are {listed}; or write your own: `per_day: [50, 100, 500]`"));
        self.sink.push(finding.suggest(nearest(schedule, names)));
    }

    /// The numbers of a table; `None` if one of them is wrong.
    fn table(&mut self, written: Option<&Spanned<Vec<Spanned<u64>>>>) -> Option<Vec<u64>> {
        let Some(written) = written else { return Some(Vec::new()) };
        let mut is_sound = written.len() <= MOST_DAYS;
        if !is_sound {
            self.too_long(written.span);
        }
        for number in written.iter().filter(|number| number.value == 0) {
            let finding = Diagnostic::new(Code::InvalidValue, number.span, "a day of a warm-up without any mail");
            self.sink.push(finding.help("write at least 1; a break in the middle cools a sender down"));
            is_sound = false;
        }
        is_sound.then(|| written.iter().map(|number| number.value).collect())
    }

    fn too_long(&mut self, span: Span) {
        let message = format!("this warm-up takes more than {MOST_DAYS} days");
        self.sink.push(Diagnostic::new(Code::InvalidValue, span, message).help("let it grow faster, or end lower"));
    }

    /// Goes on with a table up to the day before its ceiling is reached.
    fn grow(&mut self, table: &mut Vec<u64>, then: &Spanned<Growth>) -> Option<()> {
        let (factor, until) = (then.value.factor, then.value.until);
        let last = table.last().copied().unwrap_or(0);
        let wrong = if factor <= 1.0 {
            Some((
                format!("x{factor} does not grow, so {until} is never reached"),
                "write a factor above 1, such as `x2`",
            ))
        } else if until <= last {
            let message = format!("the numbers end at {last}, which is not below {until}");
            Some((message, "write a higher end, or leave out `then`"))
        } else {
            None
        };
        if let Some((message, help)) = wrong {
            self.sink.push(Diagnostic::new(Code::WarmupGrowth, then.span, message).help(help));
            return None;
        }
        let mut number = last;
        loop {
            // Whole mails, and at least one more than the day before.
            number = ((number as f64 * factor).round() as u64).max(number.saturating_add(1));
            if number >= until {
                return Some(());
            }
            table.push(number);
            if table.len() > MOST_DAYS {
                self.too_long(then.span);
                return None;
            }
        }
    }
}
