//! For the terminal: a line for each journey, then what shows it.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::answers::answers;
use super::values::in_words;
use super::{axes, cause, faults, groups, headline, lines, most, named, newly, person, some, worst_path};
use crate::diff::model::{Change, Class, Differs, Fact, InFlight, JourneyChange};
use crate::diff::words::cut;

/// Leads of a simulation that are shown.
const SHOWN: usize = 10;
/// Journeys up to which everything is shown unasked.
const FEW: usize = 5;
/// Journeys from which on it is no more than what was edited.
const MANY: usize = 12;

/// The report in so many columns; with everything that shows it for each journey if `details`.
pub fn text(change: &Change, width: usize, details: bool) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(out, "against {}: {}", change.base.name, headline(change));
    faults(change).iter().for_each(|says| line(0, says, width, &mut out));
    if change.class == Class::None {
        inside(change, width, &mut out);
        return out;
    }
    renames(change, width, &mut out);
    for (says, leads) in lines(&change.refused) {
        line(0, &says, width, &mut out);
        leads.iter().for_each(|lead| line(2, &format!("{}: {}", newly(lead.newly), person(lead)), width, &mut out));
    }
    together(change, &mut out);
    table(change, width, &mut out);
    let groups = groups(change);
    if details || groups.len() <= FEW {
        groups.iter().for_each(|group| group_text(group, width, &mut out));
    } else {
        // With the table they have to fit a screen.
        let shown = if change.journeys.len() > MANY { 1 } else { usize::MAX };
        for answer in answers(change).into_iter().take(shown) {
            let _ = writeln!(out, "\n{}", answer.question);
            answer.lines.iter().for_each(|says| line(2, says, width, &mut out));
        }
        let _ = writeln!(out, "\n`--details` shows the leads, paths and steps behind each line");
    }
    later(change, width, &mut out);
    inside(change, width, &mut out);
    simulated(change, width, &mut out);
    parts(change, width, &mut out);
    followed(change, &mut out);
    out
}

/// The people inside, the worst off first.
fn inside(change: &Change, width: usize, out: &mut String) {
    let Some(inside) = &change.inside else { return };
    let _ = writeln!(out, "\npeople inside: {}", super::people_inside(inside));
    for fate in inside.fates.iter().filter(|fate| fate.fate != InFlight::None) {
        line(2, &super::fate_words(fate), width, out);
    }
    for one in &inside.people {
        let since = one.since.as_ref().map_or(String::new(), |since| format!(" since {since}"));
        line(
            4,
            &format!("{}: {}, on `{}` of `{}`{since}", one.lead, one.fate.word(), one.step, one.journey),
            width,
            out,
        );
    }
    if inside.unnamed > 0 {
        let _ = writeln!(out, "    and {} more", inside.unnamed);
    }
}

/// What leads get on either side.
fn simulated(change: &Change, width: usize, out: &mut String) {
    let Some(simulated) = &change.simulated else { return };
    let _ = writeln!(out, "\nsimulated: {}", super::simulated_words(simulated));
    for gets in simulated.people.iter().take(SHOWN) {
        line(2, &super::gets_words(gets), width, out);
    }
    let rest = simulated.people.len().saturating_sub(SHOWN) as u64 + simulated.unnamed;
    if rest > 0 {
        let _ = writeln!(out, "  and {rest} more");
    }
    let _ = write!(out, "\n{}", simulated.figures);
}

/// What is written down otherwise.
fn later(change: &Change, width: usize, out: &mut String) {
    let lines = super::later(change);
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}:", super::LATER);
    for says in lines {
        line(2, &says, width, out);
    }
}

/// The most mails of all journeys, where they change.
fn together(change: &Change, out: &mut String) {
    let words = |most: Option<u64>| most.map_or("any number".to_owned(), |most| most.to_string());
    let changed = change.together.iter().filter(|most| most.before != most.after);
    let lines: Vec<String> =
        changed.map(|most| format!("{} → {} {}", words(most.before), words(most.after), most.of)).collect();
    if !lines.is_empty() {
        let _ = writeln!(out, "all journeys together, one lead at worst: {}", lines.join(", "));
    }
}

fn table(change: &Change, width: usize, out: &mut String) {
    if change.journeys.is_empty() {
        return;
    }
    let rows: Vec<[String; 4]> = change.journeys.iter().map(row).collect();
    let head = ["class", "journey", "mails/7d", "effect"].map(str::to_owned);
    let column = |at: usize| rows.iter().chain([&head]).map(|row| row[at].width()).max().unwrap_or(0);
    let widths = [column(0), column(1).min(width / 3), column(2)];
    let _ = writeln!(out);
    for row in [&head].into_iter().chain(&rows) {
        let mut line = String::from(" ");
        for (cell, width) in row.iter().zip(widths) {
            let cell = cut(cell, width);
            line.push(' ');
            line.push_str(&cell);
            line.push_str(&" ".repeat(width - cell.width() + 1));
        }
        let room = width.saturating_sub(line.width() + 1).max(20);
        let _ = writeln!(out, "{line} {}", cut(&row[3], room));
    }
}

fn row(journey: &JourneyChange) -> [String; 4] {
    let effect = axes(journey).into_iter().filter(|(_, value, _)| !matches!(*value, "same" | "none"));
    let mut effect: Vec<String> = effect
        .map(|(name, value, _)| match name {
            "in-flight" => format!("inside {value}"),
            name => format!("{name} {value}"),
        })
        .collect();
    if let Some(reason) = &journey.accepted {
        effect.insert(0, format!("accepted ({reason})"));
    }
    if effect.is_empty() {
        effect.push("nobody is reached otherwise".to_owned());
    }
    [journey.class.word().to_owned(), named(journey), most(journey), effect.join(", ")]
}

/// What is to be said of one journey, or of several alike.
fn group_text(group: &[&JourneyChange], width: usize, out: &mut String) {
    let [journey, ..] = group else { return };
    let label = |journey: &JourneyChange| journey.label.as_ref().map_or(String::new(), |label| format!(" ({label})"));
    let names: Vec<String> = group.iter().map(|one| format!("{}{}", named(one), label(one))).collect();
    out.push('\n');
    // All of them stand in the table.
    line(0, &format!("{}  {}", journey.class.word(), some(&names)), width, out);
    if let Some(old) = &journey.moved_from {
        let _ = writeln!(out, "  was named {old}");
    }
    for (name, value, facts) in axes(journey) {
        let _ = writeln!(out, "  {name}: {value}");
        facts_text(facts, width, out);
        if let Some(path) = worst_path(journey).filter(|_| name == "volume") {
            line(4, &format!("worst path, {path}"), width, out);
        }
    }
    facts_text(&journey.other, width, out);
    for each in &journey.causes {
        line(2, &format!("because of {}", cause(each, group.len())), width, out);
    }
}

fn facts_text(facts: &[Fact], width: usize, out: &mut String) {
    for (says, leads) in lines(facts) {
        line(4, &says, width, out);
        for lead in leads {
            line(6, &format!("{}: {}", newly(lead.newly), person(lead)), width, out);
        }
    }
}

/// A line that is broken at blanks where it is too long.
fn line(indent: usize, text: &str, width: usize, out: &mut String) {
    let mut now = String::new();
    let mut first = true;
    for word in text.split(' ') {
        let room = width.saturating_sub(indent + if first { 0 } else { 2 }).max(20);
        if !now.is_empty() && now.width() + 1 + word.width() > room {
            let _ = writeln!(out, "{}{now}", " ".repeat(indent + if first { 0 } else { 2 }));
            now.clear();
            first = false;
        }
        if !now.is_empty() {
            now.push(' ');
        }
        now.push_str(word);
    }
    let _ = writeln!(out, "{}{now}", " ".repeat(indent + if first { 0 } else { 2 }));
}

/// The effect on a journey in a few words: the line of the table.
pub fn effect(journey: &JourneyChange) -> String {
    let [class, _, _, effect] = row(journey);
    format!("{class}: {effect}")
}

/// What is compiled otherwise, definition by definition.
pub fn definitions(change: &Change, width: usize) -> String {
    let mut out = String::new();
    for part in &change.parts {
        let place = part.place.as_ref().map_or(String::new(), |at| format!("  {}:{}", at.file, at.line));
        let _ = writeln!(out, "{} {}{place}", part.status.word(), part.address);
        for differs in &part.differs {
            let Differs { path, before, after } = in_words(differs);
            let says = match (before, after) {
                (Some(old), Some(new)) => format!("{path}: {old} → {new}"),
                (Some(old), None) => format!("{path}: {old} is gone"),
                (None, Some(new)) => format!("{path}: {new} is new"),
                (None, None) => path,
            };
            line(4, &says, width, &mut out);
        }
    }
    for (from, to) in &change.followed {
        let _ = writeln!(out, "moved {from} → {to}");
    }
    if out.is_empty() {
        out.push_str("no difference: both compile to the same campaign\n");
    }
    out
}

/// Definitions that differ and reach no journey.
fn parts(change: &Change, width: usize, out: &mut String) {
    let quiet: Vec<&str> =
        change.parts.iter().filter(|part| part.journeys.is_empty()).map(|part| part.address.as_str()).collect();
    if !quiet.is_empty() {
        let _ = writeln!(out);
        line(0, &format!("also compiled otherwise, without an effect on people: {}", quiet.join(", ")), width, out);
    }
}

fn followed(change: &Change, out: &mut String) {
    if !change.followed.is_empty() {
        let _ = writeln!(out, "\nrenames followed:");
        for (from, to) in &change.followed {
            let _ = writeln!(out, "  {from} → {to}");
        }
    }
}

/// Renames that are likely come first: what is told below may be nothing but them.
fn renames(change: &Change, width: usize, out: &mut String) {
    let Some(says) = super::renames(change) else { return };
    out.push('\n');
    line(0, &says, width, out);
    let _ = writeln!(out, "moved:");
    for suggestion in &change.suggested {
        let _ = writeln!(out, "  {}", suggestion.record);
    }
}
