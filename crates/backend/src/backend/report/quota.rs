//! Warm-ups and quotas: what each day had room for, what was asked for, and when all of it would have fitted.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use super::figure::{NONE, count};
use super::table::{Block, Line, Table};
use crate::backend::sim::{Outcome, SenderFigures};
use crate::ir::Quota;
use crate::plan::Plan;

/// Days that are shown one by one.
const DAYS_SHOWN: usize = 14;

/// Days after the run in which room for the rest is looked for.
const DAYS_AHEAD: usize = 3_660;

/// A sender with a quota.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SenderReport {
    #[serde(skip)]
    name: String,
    asked: u64,
    sent: u64,
    beyond: u64,
    expired: u64,
    skipped: u64,
    dropped: u64,
    waiting: u64,
    /// Days at whose end mail waited, or was left out.
    full_days: u64,
    first_full_day: Option<String>,
    most_held: u64,
    most_held_day: Option<String>,
    /// Whether every mail was sent in time, as far as the quota goes.
    fits: bool,
    /// The day by which all mails would be out if they were held for as long as it takes.
    all_out_by: Option<String>,
    /// How many days after the run that is.
    days_longer: Option<u64>,
    days: Vec<Day>,
}

/// One day.
#[derive(Clone, Debug, Serialize)]
struct Day {
    date: String,
    quota: Option<u64>,
    per_hour: Option<u64>,
    asked: u64,
    sent: u64,
    beyond: u64,
    expired: u64,
    skipped: u64,
    dropped: u64,
    held: u64,
}

/// The senders that have a quota, in the order of their names.
pub(super) fn senders(outcome: &Outcome, plan: &Plan) -> Vec<(String, SenderReport)> {
    let Ok(start) = outcome.run.start.parse::<Date>() else { return Vec::new() };
    let one = |(name, figures): (&str, &SenderFigures)| {
        let quota = plan.campaign.senders.get(name).and_then(|sender| sender.quota.as_ref())?;
        Some((name.to_owned(), sender(name, figures, quota, start, outcome.run.days)))
    };
    outcome.figures.senders.iter().filter_map(one).collect()
}

/// In words, for each sender whose quota was too small for what was asked for.
pub fn overfull(outcome: &Outcome, plan: &Plan) -> Vec<String> {
    senders(outcome, plan).iter().filter(|(_, sender)| !sender.fits).map(|(_, sender)| sender.misfit()).collect()
}

fn sender(name: &str, figures: &SenderFigures, quota: &Quota, start: Date, days: u32) -> SenderReport {
    let length = usize::try_from(days).unwrap_or(usize::MAX);
    let last = figures.days.iter().rposition(|day| day.asked + day.sent > 0).map_or(0, |last| last + 1);
    let mut held = 0_u64;
    let days = figures.days.iter().take(length.max(last)).zip(0_i64..).map(|(day, at)| {
        held = (held + day.asked).saturating_sub(day.sent + day.expired + day.skipped + day.dropped);
        let date = start.saturating_add(at.days());
        let rates = quota.on(date);
        Day {
            date: date.to_string(),
            quota: rates.of_a_day(),
            per_hour: rates.per_hour,
            asked: day.asked,
            sent: day.sent,
            beyond: day.beyond,
            expired: day.expired,
            skipped: day.skipped,
            dropped: day.dropped,
            held,
        }
    });
    let days: Vec<Day> = days.collect();
    let sum = |of: fn(&Day) -> u64| days.iter().map(of).sum::<u64>();
    let full = |day: &&Day| day.held + day.skipped > 0;
    let most = days.iter().rev().max_by_key(|day| day.held).filter(|day| day.held > 0);
    let (expired, skipped, waiting) = (sum(|day| day.expired), sum(|day| day.skipped), held);
    let fits = expired + skipped + waiting == 0;
    let out = if fits { None } else { all_out(&days, quota, start) };
    SenderReport {
        name: name.to_owned(),
        asked: sum(|day| day.asked),
        sent: sum(|day| day.sent),
        beyond: sum(|day| day.beyond),
        expired,
        skipped,
        dropped: sum(|day| day.dropped),
        waiting,
        full_days: days.iter().filter(full).count() as u64,
        first_full_day: days.iter().find(full).map(|day| day.date.clone()),
        most_held: most.map_or(0, |day| day.held),
        most_held_day: most.map(|day| day.date.clone()),
        fits,
        all_out_by: out.map(|(date, _)| date.to_string()),
        days_longer: out.map(|(_, longer)| longer),
        days,
    }
}

/// When everything that was asked for would be out if nothing expired and no more were asked for after the run: the
/// day, and how many days after the run it is.
fn all_out(days: &[Day], quota: &Quota, start: Date) -> Option<(Date, u64)> {
    let mut rest = 0_u64;
    let mut out = start;
    for at in 0..days.len() + DAYS_AHEAD {
        let date = start.checked_add(i64::try_from(at).ok()?.days()).ok()?;
        let asked = days.get(at).map_or(0, |day| day.asked);
        let carried = rest;
        rest = quota.on(date).of_a_day().map_or(0, |room| (carried + asked).saturating_sub(room));
        if carried > 0 && rest == 0 {
            out = date;
        }
        if at + 1 >= days.len() && rest == 0 {
            let end = days.len().checked_sub(1)?;
            let last = start.checked_add(i64::try_from(end).ok()?.days()).ok()?;
            return Some((out, u64::try_from((out - last).get_days()).unwrap_or(0)));
        }
    }
    None
}

impl SenderReport {
    /// What did not fit, in one sentence.
    fn misfit(&self) -> String {
        let lost =
            [(self.expired, "expired"), (self.skipped, "were left out"), (self.waiting, "still waited at the end")];
        let lost = lost.iter().filter(|(mails, _)| *mails > 0).map(|(mails, what)| format!("{} {what}", count(*mails)));
        let lost = lost.collect::<Vec<_>>().join(", ");
        let first = self.first_full_day.as_deref().unwrap_or(NONE);
        let out = match (&self.all_out_by, self.days_longer) {
            (Some(date), Some(0)) => format!("held for as long as it takes, all would be out by {date}"),
            (Some(date), Some(1)) => {
                format!("held for as long as it takes, all would be out by {date}, a day after the run")
            }
            (Some(date), Some(days)) => {
                format!("held for as long as it takes, all would be out by {date}, {} days after the run", count(days))
            }
            (Some(_) | None, _) => "there is never room for all of it".to_owned(),
        };
        format!(
            "the quota of `{}` is too small from {first} on: of {} mails asked for, {lost}; {out}",
            self.name,
            count(self.asked)
        )
    }

    /// What the quota did, in one sentence.
    fn effect(&self) -> String {
        match (&self.first_full_day, &self.most_held_day) {
            (None, _) => "the quota had room for all mails on the day".to_owned(),
            (Some(first), None) => format!("full on {} days, first on {first}", count(self.full_days)),
            (Some(first), Some(most)) => {
                let days =
                    if self.full_days == 1 { "1 day".to_owned() } else { format!("{} days", count(self.full_days)) };
                let held = count(self.most_held);
                format!("full on {days}, first on {first}; at most {held} waited for the next day, on {most}")
            }
        }
    }
}

/// The sections of the summary, one for each sender.
pub(super) fn sections(outcome: &Outcome, plan: &Plan) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (name, sender) in senders(outcome, plan) {
        let mut table = Table::new(&format!("Quota of {name}"), &["quota", "asked", "sent", "expired", "held over"]);
        let busy = |day: &&Day| day.asked + day.sent + day.expired + day.held > 0;
        let shown: Vec<&Day> = sender.days.iter().filter(busy).collect();
        for day in shown.iter().take(DAYS_SHOWN) {
            let quota = day.quota.map_or(NONE.to_owned(), count);
            let numbers = vec![quota, count(day.asked), count(day.sent), count(day.expired), count(day.held)];
            table.push(Line::new(None, &day.date, numbers));
        }
        let mut notes = Vec::new();
        if shown.len() > DAYS_SHOWN {
            let more = count((shown.len() - DAYS_SHOWN) as u64);
            notes.push(format!("and {more} more days with mail; the JSON format lists all"));
        }
        notes.push(sender.effect());
        if sender.beyond > 0 {
            notes.push(format!("beyond the quota, since they are transactional: {}", count(sender.beyond)));
        }
        if !sender.fits {
            notes.push(sender.misfit());
        }
        blocks.push(Block { table, notes });
    }
    blocks
}
