//! What was replayed, and how that stands beside what the run does.

use super::figure::{NONE, count};
use super::table::{Line, Table, list, push_line};
use crate::backend::sim::{EmailFigures, Figures, Named, ToldFigures, nothing_told};
use crate::ir::{Campaign, LogSummary};

/// Refused lines, names and groups that are shown; the JSON format has more.
const SHOWN: usize = 5;

/// One line for the head.
pub(super) fn head(log: &LogSummary, width: usize) -> String {
    let mut items = vec![format!("{} of {}", number(log.events, "event"), number(log.leads, "lead"))];
    let more = [(log.refused_total(), "refused"), (log.unknown_total(), "of unknown name"), (log.ignored, "ignored")];
    items.extend(more.iter().filter(|(lines, _)| *lines > 0).map(|(lines, what)| format!("{} {what}", count(*lines))));
    list(&format!("replayed from {}: ", log.files.join(", ")), &items, width)
}

/// What was found in the logs besides events.
pub(super) fn log(log: &LogSummary, width: usize) -> String {
    let mut items = vec![number(log.lines, "line"), number(log.keys, "key")];
    items.extend((log.made > 0).then(|| format!("{} that only the logs know", number(log.made, "lead"))));
    let mut text = list("Event logs  ", &items, width);
    let reasons: Vec<String> =
        log.refused.iter().map(|(reason, lines)| format!("{} {}", reason.word(), count(*lines))).collect();
    if !reasons.is_empty() {
        text.push_str(&list("  refused: ", &reasons, width));
    }
    for line in log.refused_lines.iter().take(SHOWN) {
        push_line(&mut text, &format!("    {} line {}: {}", line.file, line.line, line.message));
    }
    rest(&mut text, log.refused_total(), SHOWN);
    let unknown: Vec<(String, u64)> = log
        .unknown
        .iter()
        .map(|(name, unknown)| {
            let near = unknown.nearest.as_ref().map_or(String::new(), |near| format!(" (did you mean {near}?)"));
            (format!("{name} {}{near}", count(unknown.count)), unknown.count)
        })
        .collect();
    text.push_str(&most(&unknown, "  unknown: ", width));
    let unread: Vec<(String, u64)> =
        log.unread_properties.iter().map(|(name, lines)| (format!("{name} {}", count(*lines)), *lines)).collect();
    text.push_str(&most(&unread, "  not read: ", width));
    if log.conflicts_total > 0 {
        push_line(&mut text, &format!("  leads thrown together: {}", number(log.conflicts_total, "group")));
        for conflict in log.conflicts.iter().take(SHOWN) {
            push_line(&mut text, &format!("    {}, by {}", conflict.leads.join(", "), conflict.key));
        }
        rest(&mut text, log.conflicts_total, SHOWN);
    }
    text
}

fn rest(text: &mut String, total: u64, shown: usize) {
    let more = total.saturating_sub(shown as u64);
    if more > 0 {
        push_line(text, &format!("    and {} more; the JSON format lists them", count(more)));
    }
}

/// The names that come most often.
fn most(names: &[(String, u64)], head: &str, width: usize) -> String {
    if names.is_empty() {
        return String::new();
    }
    let mut sorted: Vec<&(String, u64)> = names.iter().collect();
    sorted.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let more = names.len().saturating_sub(2 * SHOWN);
    let mut items: Vec<String> = sorted.into_iter().take(2 * SHOWN).map(|(name, _)| name.clone()).collect();
    items.extend((more > 0).then(|| format!("and {more} more")));
    list(head, &items, width)
}

/// Events that were not recorded.
pub(super) fn untracked(untracked: &Named<u64>, width: usize) -> String {
    let items: Vec<String> = untracked
        .iter()
        .filter(|(_, events)| **events > 0)
        .map(|(name, events)| format!("{name} {}", count(*events)))
        .collect();
    if items.is_empty() { String::new() } else { list("Not recorded (no-tracking-consent)  ", &items, width) }
}

/// What the run sends beside what was really sent.
pub(super) fn beside(figures: &Figures, campaign: &Campaign, width: usize) -> String {
    if nothing_told(&figures.told) {
        return String::new();
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
    let mut text = table.print(width);
    push_line(
        &mut text,
        "  in log: what was really so from the first day to the last; the rest is what this campaign does",
    );
    text
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
