//! Why one lead did or did not get into a journey, through it, and its mails: the few lines of its timeline that say so.

use serde::Serialize;

use super::table::{pad, push_line};
use crate::backend::sim::{Outcome, TraceLine, What};
use crate::ir::journey::EntryBy;
use crate::plan::{Plan, entry_words};

/// Lines of one kind that are shown; more are counted.
const MOST: usize = 8;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// What let the lead in, and where it went.
    Why,
    /// What kept it out, or kept it from getting through.
    WhyNot,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Answer<'a> {
    question: Question,
    lead: &'a str,
    journey: &'a str,
    /// How often it entered.
    entered: usize,
    /// The answer in a sentence.
    answer: String,
    /// What it rests on.
    because: Vec<Because>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Because {
    /// The lead's local time; empty where it is the same all the time.
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<String>,
    what: String,
}

/// The answer for people.
pub fn why_text(outcome: &Outcome, plan: &Plan, asked: (&str, &str), question: Question) -> String {
    let answer = answer(outcome, plan, asked, question);
    let mut text = String::new();
    push_line(&mut text, &answer.answer);
    let steps =
        answer.because.iter().map(|each| each.step.as_deref().map_or(0, super::table::cells)).max().unwrap_or(0);
    for Because { at, step, what } in &answer.because {
        let gap = if steps == 0 { "" } else { "  " };
        let step = pad(step.as_deref().unwrap_or(""), steps);
        push_line(&mut text, &format!("  {}  {step}{gap}{what}", pad(at, 16)));
    }
    text
}

/// The answer for programs.
pub fn why_json(outcome: &Outcome, plan: &Plan, asked: (&str, &str), question: Question) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        format_version: u32,
        status: &'static str,
        #[serde(flatten)]
        answer: Answer<'a>,
    }
    super::json::written(&Document { format_version: 1, status: "ok", answer: answer(outcome, plan, asked, question) })
}

fn answer<'a>(outcome: &Outcome, plan: &Plan, (lead, journey): (&'a str, &'a str), question: Question) -> Answer<'a> {
    let trace = outcome.trace.as_deref().unwrap_or(&[]);
    let lines: Vec<&TraceLine> = trace.iter().filter(|line| line.journey.as_deref() == Some(journey)).collect();
    let of = |what: What| lines.iter().filter(move |line| line.what == what).copied();
    let entered = of(What::Entered).count();
    let (answer, because) = match (entered, question) {
        (0, _) => stayed_out(trace, &lines, plan, (lead, journey)),
        (_, Question::Why) => (went(&lines, (lead, journey), entered), way(trace, &lines)),
        (_, Question::WhyNot) => (went(&lines, (lead, journey), entered), stopped(&lines)),
    };
    Answer { question, lead, journey, entered, answer, because }
}

/// Why the lead never entered.
fn stayed_out(
    trace: &[TraceLine],
    lines: &[&TraceLine],
    plan: &Plan,
    (lead, journey): (&str, &str),
) -> (String, Vec<Because>) {
    let Some(definition) = plan.campaign.journeys.get(journey) else { return (String::new(), Vec::new()) };
    let refused: Vec<&TraceLine> = lines.iter().filter(|line| line.what == What::Refused).copied().collect();
    let unmet: Vec<&TraceLine> = lines.iter().filter(|line| line.what == What::Unmet).copied().collect();
    let head = format!("{lead} did not enter {journey}");
    if let Some(first) = trace.first().filter(|_| trace.len() == 1) {
        return (format!("{head}: it came in only after the run"), vec![because(first)]);
    }
    if !refused.is_empty() {
        let times = if refused.len() == 1 { "once".to_owned() } else { format!("{} times", refused.len()) };
        return (format!("{head}: it was refused {times}"), few(&refused));
    }
    let entry = entry_words(&definition.entry);
    let seen = |what: What, start: &str| {
        trace.iter().filter(move |line| line.what == what && line.text.starts_with(start)).count()
    };
    let why = match &definition.entry.by {
        EntryBy::Event { event, .. } => match seen(What::Event, &format!("`{event}`")) {
            0 => format!("`{event}` never happened to it"),
            times => format!("`{event}` happened {times} times, but not while the journey let anybody in"),
        },
        EntryBy::Segment { segment, existing } => match (seen(What::SegmentIn, &format!("`{segment}`")), existing) {
            (0, _) => format!("it was never a member of `{segment}`"),
            (_, false) => format!("it was a member of `{segment}` from the start, and only newcomers enter"),
            (_, true) => format!("it became a member of `{segment}`, but not while the journey let anybody in"),
        },
        EntryBy::Schedule { segment, .. } => match seen(What::SegmentIn, &format!("`{segment}`")) {
            0 => format!("it was never a member of `{segment}`"),
            _ => format!("it was no member of `{segment}` at any of the journey's times"),
        },
        EntryBy::Called => "no step of another journey started it".to_owned(),
    };
    let mut lines = vec![Because { at: String::new(), step: None, what: format!("entry: {entry}") }];
    let at_the_end =
        unmet.iter().map(|line| Because { at: "at the end".to_owned(), step: None, what: line.text.clone() });
    lines.extend(at_the_end);
    (format!("{head}: {why}"), lines)
}

/// How it went, in a sentence.
fn went(lines: &[&TraceLine], (lead, journey): (&str, &str), entered: usize) -> String {
    let times = if entered == 1 { "once".to_owned() } else { format!("{entered} times") };
    let count = |what: What| lines.iter().filter(|line| line.what == what).count();
    let ended = lines.iter().rev().find(|line| matches!(line.what, What::Ended | What::RunOver));
    let how = match ended {
        Some(line) if line.what == What::RunOver => "and was still in it when the run ended".to_owned(),
        Some(line) => format!("and left it: {}", line.text),
        None => "and was stopped in it".to_owned(),
    };
    let mails = match (count(What::Sent), count(What::Skipped)) {
        (0, 0) => String::new(),
        (sent, 0) => format!("; {} sent", mails(sent)),
        (sent, skipped) => format!("; {} sent, {skipped} not", mails(sent)),
    };
    format!("{lead} entered {journey} {times} {how}{mails}")
}

fn mails(number: usize) -> String {
    if number == 1 { "1 mail".to_owned() } else { format!("{number} mails") }
}

/// What let the lead in, and the way that it took.
fn way(trace: &[TraceLine], lines: &[&TraceLine]) -> Vec<Because> {
    let mut way = Vec::new();
    for line in lines {
        match line.what {
            What::Entered => {
                let before = trace.iter().take_while(|each| !std::ptr::eq(*each, *line));
                let let_in = before.filter(|each| each.at_secs == line.at_secs);
                let let_in = let_in.filter(|each| matches!(each.what, What::Event | What::SegmentIn)).last();
                let what = match let_in {
                    Some(cause) if cause.what == What::SegmentIn => {
                        format!("enters, as it becomes a member of {}", cause.text)
                    }
                    Some(cause) => format!("enters by {}", cause.text),
                    None => format!("enters {}", line.text),
                };
                way.push(Because { what, ..because(line) });
            }
            What::Branch if line.text.ends_with("does not hold") => {}
            What::Branch
            | What::Split
            | What::WaitOver
            | What::Timeout
            | What::Held
            | What::Sent
            | What::Skipped
            | What::Refused
            | What::Ended
            | What::RunOver => way.push(because(line)),
            _ => {}
        }
    }
    way
}

/// What kept the lead from going on, and from its mails.
fn stopped(lines: &[&TraceLine]) -> Vec<Because> {
    let telling = lines.iter().filter(|line| {
        matches!(
            line.what,
            What::Refused | What::Skipped | What::Split | What::Timeout | What::Ended | What::RunOver | What::Bounced
        ) || (line.what == What::Branch && line.text != "else" && !line.text.ends_with("`  holds"))
    });
    let mut reasons: Vec<Because> = telling.map(|line| because(line)).collect();
    let last_wait = lines.iter().rev().find(|line| matches!(line.what, What::Wait | What::Held));
    if let (Some(wait), Some(over)) = (last_wait, lines.last().filter(|line| line.what == What::RunOver)) {
        reasons.retain(|each| each.what != words(over));
        reasons.push(because(wait));
        reasons.push(because(over));
    }
    reasons
}

fn few(lines: &[&TraceLine]) -> Vec<Because> {
    let mut few: Vec<Because> = lines.iter().take(MOST).map(|line| because(line)).collect();
    if let Some(more) = lines.len().checked_sub(MOST).filter(|more| *more > 0) {
        few.push(Because { at: String::new(), step: None, what: format!("and {more} more; `--trace` shows all") });
    }
    few
}

fn because(line: &TraceLine) -> Because {
    // To the minute, without the offset.
    let at = line.local.get(..16).unwrap_or(&line.local).replace('T', " ");
    Because { at, step: line.step.clone(), what: words(line) }
}

fn words(line: &TraceLine) -> String {
    match line.what {
        What::RunOver => line.text.clone(),
        what => format!("{what}: {}", line.text),
    }
}
