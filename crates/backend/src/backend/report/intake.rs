//! Who took part in the run, and who did not.

use super::figure::count;
use super::notice::{Below, Notice};
use super::replay;
use crate::backend::sim::{LeadFigures, Outcome, REFUSED_ROWS_KEPT, ReplayFigures};
use crate::ir::{Refusal, RefusedRow};

/// Refused rows that are shown in full; the rest is counted.
const ROWS_SHOWN: usize = 5;

/// All that is said of it: of leads, of their timelines, of the logs that were replayed.
pub(super) fn notices(outcome: &Outcome) -> Vec<Notice> {
    let figures = &outcome.figures;
    let logs = [outcome.log.as_ref().map(replay::log), replay::untracked(&figures.untracked)];
    let leads = [Some(leads(&figures.leads, &outcome.refused_rows)), timelines(&figures.replay)];
    leads.into_iter().chain(logs).flatten().collect()
}

/// Leads that were read and did not run to the end, each kind with its number; nothing if there are none.
pub(super) fn missing(leads: &LeadFigures) -> Vec<String> {
    let refused: u64 = leads.refused.values().sum();
    let kinds =
        [(refused, "refused"), (leads.livelocked, "stopped"), (leads.not_created, "created only after the run")];
    kinds.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{} {what}", count(*number))).collect()
}

/// Who was read and took part, and why others did not.
pub(super) fn leads(leads: &LeadFigures, rows: &[RefusedRow]) -> Notice {
    let refused: u64 = leads.refused.values().sum();
    let mut facts = vec![format!("{} read", count(leads.read)), format!("{} refused", count(refused))];
    if leads.arrived > 0 {
        facts.push(format!("{} came by sources", count(leads.arrived)));
    }
    facts.push(format!("{} simulated", count(leads.simulated)));
    if leads.not_created > 0 {
        facts.push(format!("{} created only after the run", count(leads.not_created)));
    }
    let below = [(refused > 0).then(|| refusals(leads, rows)), (leads.livelocked > 0).then(|| stopped(leads))];
    Notice { title: "Leads", facts, below: below.into_iter().flatten().collect() }
}

fn refusals(leads: &LeadFigures, rows: &[RefusedRow]) -> Below {
    let refused: u64 = leads.refused.values().sum();
    let reasons = leads.refused.iter().map(|(reason, rows)| format!("{} {}", refusal(*reason), count(*rows)));
    let shown = rows.iter().take(ROWS_SHOWN).map(|row| format!("{}: {}", row.place(), row.message));
    let mut lines: Vec<String> = shown.collect();
    let more = refused.saturating_sub(lines.len() as u64);
    if more > 0 {
        let kept = count(REFUSED_ROWS_KEPT as u64);
        lines.push(format!("and {} more; the JSON format lists the first {kept}", count(more)));
    }
    Below { word: "refused:".to_owned(), items: reasons.collect(), lines }
}

fn stopped(leads: &LeadFigures) -> Below {
    let shown = leads.livelocked_ids.len() as u64;
    let mut items = leads.livelocked_ids.clone();
    items.extend((leads.livelocked > shown).then(|| format!("and {} more", count(leads.livelocked - shown))));
    let word = format!("{} stopped, because they did not come to rest within one second:", count(leads.livelocked));
    Below { word, items, lines: Vec::new() }
}

/// What the timelines of leads told; nothing if no lead had one.
pub(super) fn timelines(replay: &ReplayFigures) -> Option<Notice> {
    if replay.is_unused() {
        return None;
    }
    let of = |number: u64, words: &str| (number > 0).then(|| format!("{} {words}", count(number)));
    let events = |number: u64, words: &str| {
        let noun = if number == 1 { "event" } else { "events" };
        of(number, &format!("{noun} {words}"))
    };
    let facts = [
        of(replay.leads, if replay.leads == 1 { "lead" } else { "leads" }),
        events(replay.past, "before they came in"),
        events(replay.happened, "in the run"),
        of(replay.own, "left out, since the run makes its own"),
        of(replay.unmatched, "about emails that were not sent to them"),
    ];
    Some(Notice { title: "Timelines", facts: facts.into_iter().flatten().collect(), below: Vec::new() })
}

fn refusal(reason: Refusal) -> &'static str {
    match reason {
        Refusal::BadRow => "bad-row",
        Refusal::Duplicate => "duplicate",
        Refusal::UnknownTimezone => "unknown-timezone",
    }
}
