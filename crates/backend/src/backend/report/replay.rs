//! What was replayed, and how that stands beside what the run does.

use super::figure::{NONE, count};
use super::notice::{Below, Notice};
use super::table::{Block, Line, Table};
use crate::backend::sim::{EmailFigures, Figures, Named, ToldFigures, nothing_told};
use crate::ir::{Campaign, LogSummary};

/// Refused lines, names and groups that are shown; the JSON format has more.
const SHOWN: usize = 5;

/// What was read of the logs, for the head.
pub(super) fn head(log: &LogSummary) -> Vec<String> {
    let mut items = vec![format!("{} of {}", number(log.events, "event"), number(log.leads, "lead"))];
    let more = [(log.refused_total(), "refused"), (log.unknown_total(), "of unknown name"), (log.ignored, "ignored")];
    items.extend(more.iter().filter(|(lines, _)| *lines > 0).map(|(lines, what)| format!("{} {what}", count(*lines))));
    items
}

/// What was found in the logs besides events.
pub(super) fn log(log: &LogSummary) -> Notice {
    let mut facts = vec![number(log.lines, "line"), number(log.keys, "key")];
    facts.extend((log.made > 0).then(|| format!("{} that only the logs know", number(log.made, "lead"))));
    let below = [refused(log), unknown(log), unread(log), conflicts(log)];
    Notice { title: "Event logs", facts, below: below.into_iter().flatten().collect() }
}

fn refused(log: &LogSummary) -> Option<Below> {
    let reasons = log.refused.iter().map(|(reason, lines)| format!("{} {}", reason.word(), count(*lines)));
    let mut below = Below::of("refused:", reasons.collect())?;
    let lines = log.refused_lines.iter().take(SHOWN);
    below.lines = lines.map(|line| format!("{} line {}: {}", line.file, line.line, line.message)).collect();
    below.lines.extend(rest(log.refused_total()));
    Some(below)
}

fn unknown(log: &LogSummary) -> Option<Below> {
    let names = log.unknown.iter().map(|(name, unknown)| {
        let near = unknown.nearest.as_ref().map_or(String::new(), |near| format!(" (did you mean {near}?)"));
        (format!("{name} {}{near}", count(unknown.count)), unknown.count)
    });
    Below::of("unknown:", most(names.collect()))
}

fn unread(log: &LogSummary) -> Option<Below> {
    let names = log.unread_properties.iter().map(|(name, lines)| (format!("{name} {}", count(*lines)), *lines));
    Below::of("not read:", most(names.collect()))
}

fn conflicts(log: &LogSummary) -> Option<Below> {
    let groups = (log.conflicts_total > 0).then(|| number(log.conflicts_total, "group"));
    let mut below = Below::of("leads thrown together:", groups.into_iter().collect())?;
    let shown = log.conflicts.iter().take(SHOWN);
    below.lines = shown.map(|conflict| format!("{}, by {}", conflict.leads.join(", "), conflict.key)).collect();
    below.lines.extend(rest(log.conflicts_total));
    Some(below)
}

fn rest(total: u64) -> Option<String> {
    let more = total.saturating_sub(SHOWN as u64);
    (more > 0).then(|| format!("and {} more; the JSON format lists them", count(more)))
}

/// The names that come most often.
fn most(mut names: Vec<(String, u64)>) -> Vec<String> {
    names.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let more = names.len().saturating_sub(2 * SHOWN);
    let mut items: Vec<String> = names.into_iter().take(2 * SHOWN).map(|(name, _)| name).collect();
    items.extend((more > 0).then(|| format!("and {more} more")));
    items
}

/// Events that were not recorded; nothing if all were.
pub(super) fn untracked(untracked: &Named<u64>) -> Option<Notice> {
    let events = untracked.iter().filter(|(_, events)| **events > 0);
    let facts: Vec<String> = events.map(|(name, events)| format!("{name} {}", count(*events))).collect();
    let title = "Not recorded (no-tracking-consent)";
    (!facts.is_empty()).then_some(Notice { title, facts, below: Vec::new() })
}

/// What the run sends beside what was really sent; nothing if the logs tell of no mail.
pub(super) fn beside(figures: &Figures, campaign: &Campaign) -> Option<Block> {
    if nothing_told(&figures.told) {
        return None;
    }
    let heads = ["sent", "in log", "delivered", "in log", "opened", "in log", "clicked", "in log"];
    let mut table = Table::new("Replay", &heads);
    let (mut all, mut told_of_all, mut lines) = (EmailFigures::default(), ToldFigures::default(), 0);
    for ((name, told), (_, run)) in figures.told.iter().zip(figures.emails.iter()) {
        if told.is_unused() && run.sent == 0 {
            continue;
        }
        let label = campaign.emails.get(name).and_then(|email| email.label.as_deref());
        table.push(Line::new(label, name, pairs(run, told)));
        lines += 1;
        for (sum, part) in [
            (&mut all.sent, run.sent),
            (&mut all.delivered, run.delivered),
            (&mut all.opened, run.opened),
            (&mut all.clicked, run.clicked),
            (&mut told_of_all.sent, told.sent),
            (&mut told_of_all.delivered, told.delivered),
            (&mut told_of_all.opened, told.opened),
            (&mut told_of_all.clicked, told.clicked),
        ] {
            *sum += part;
        }
    }
    if lines > 1 {
        table.push(Line::new(None, "all", pairs(&all, &told_of_all)));
    }
    let note = "in log: what was really so from the first day to the last; the rest is what this campaign does";
    Some(Block { table, notes: vec![note.to_owned()] })
}

/// Of run and log; where the logs tell nothing of the kind, there is nothing to compare.
fn pairs(run: &EmailFigures, told: &ToldFigures) -> Vec<String> {
    let known = |number: u64| if number == 0 { NONE.to_owned() } else { count(number) };
    let pairs = [
        (run.sent, told.sent),
        (run.delivered, told.delivered),
        (run.opened, told.opened),
        (run.clicked, told.clicked),
    ];
    pairs.iter().flat_map(|(run, told)| [count(*run), known(*told)]).collect()
}

fn number(number: u64, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {what}{ending}", count(number))
}
