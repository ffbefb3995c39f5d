//! What is expected and what happened, side by side, in the order of time.

use unicode_width::UnicodeWidthStr;

use super::judge::{Came, Judged, is};
use super::words::Clock;
use super::{Ran, state};
use crate::backend::sim::{Drawn, Fact, Way};
use crate::ir::Value;
use crate::ir::print::window;
use crate::ir::scenario::{Expect, Often, Test};

/// A line: when, how it came out, what is expected, what happened.
struct Line {
    at_secs: i64,
    /// Its place among those of one second.
    order: usize,
    mark: char,
    expected: String,
    happened: String,
}

/// The two sides. `=` stands for what came as expected, `-` for what is missing, `+` for what should not be.
pub(super) fn diff(test: &Test, ran: &Ran, judged: &Judged, clock: &Clock) -> String {
    let mut lines: Vec<Line> = Vec::new();
    for (number, noted) in ran.facts.iter().enumerate() {
        let (mark, expected) = met_by(number, test, judged, ran);
        let Some(happened) =
            happened(&noted.fact, clock).or_else(|| (!expected.is_empty()).then(|| words(&noted.fact, clock)))
        else {
            continue;
        };
        lines.push(Line { at_secs: noted.at_secs, order: number, mark, expected, happened });
    }
    for (number, (expect, came)) in test.expect.iter().zip(&judged.results).enumerate() {
        let line = |at_secs: i64, mark: char, happened: String| Line {
            at_secs,
            order: ran.facts.len() + number,
            mark,
            expected: expected(expect, clock),
            happened,
        };
        match came {
            Came::Stood(at) => lines.push(line(*at, '=', String::new())),
            Came::StoodAs(_) => {
                let history = state::history(&expect.what, number, &ran.facts);
                let word = state::at(&history, expect.to_secs).unwrap_or_else(|| "none".to_owned());
                lines.push(line(expect.to_secs, '-', format!("({word})")));
            }
            Came::Missing => lines.push(line(expect.to_secs, '-', String::new())),
            Came::Counted(found) if found.is_empty() => lines.push(line(expect.to_secs, '-', String::new())),
            Came::Met(None) => lines.push(line(expect.to_secs, '=', String::new())),
            Came::Counted(_) | Came::Met(Some(_)) => {}
        }
    }
    lines.sort_by_key(|line| (line.at_secs, line.order));
    print(&lines, clock)
}

/// How a fact stands to the expectations, and what they say.
fn met_by(fact: usize, test: &Test, judged: &Judged, ran: &Ran) -> (char, String) {
    if judged.unexpected.contains(&fact) || judged.unmatched.contains(&fact) || judged.drawn.contains(&fact) {
        return ('+', String::new());
    }
    for (expect, came) in test.expect.iter().zip(&judged.results) {
        let counted = expect.often.is_some()
            && (expect.from_secs..=expect.to_secs).contains(&ran.facts[fact].at_secs)
            && is(&expect.what, &ran.facts[fact].fact);
        match came {
            Came::Met(Some(at)) if *at == fact || counted => return ('=', what(expect)),
            Came::Counted(found) if found.contains(&fact) => return ('+', what(expect)),
            Came::Met(_) | Came::Counted(_) | Came::Missing | Came::Stood(_) | Came::StoodAs(_) => {}
        }
    }
    (' ', String::new())
}

fn what(expect: &Expect) -> String {
    match expect.often {
        None => expect.what.to_string(),
        Some(Often::Exactly(0) | Often::AtMost(0, _)) => format!("never {}", expect.what),
        Some(Often::Exactly(count)) => format!("{count} × {}", expect.what),
        Some(Often::AtMost(most, per)) => {
            let per = per.map_or(String::new(), |per| format!(" per {}", window(per)));
            format!("≤ {most} × {}{per}", expect.what)
        }
    }
}

fn expected(expect: &Expect, clock: &Clock) -> String {
    format!("{}{}", what(expect), clock.time(expect))
}

/// What happened, in a few words, if it belongs on the timeline whatever is expected.
fn happened(fact: &Fact, clock: &Clock) -> Option<String> {
    match fact {
        Fact::Happened { outside: false, .. }
        | Fact::Reached { .. }
        | Fact::Grade { .. }
        | Fact::Score { .. }
        | Fact::Segment { .. }
        | Fact::Began { .. }
        | Fact::Field { .. }
        | Fact::Subscribed { .. }
        | Fact::Way { way: Way::Arm(_) | Way::Else | Way::Heard, .. } => None,
        Fact::Happened { outside: true, .. }
        | Fact::Stage { .. }
        | Fact::Entered { .. }
        | Fact::Refused { .. }
        | Fact::Exited { .. }
        | Fact::Way { way: Way::Split(_) | Way::Timeout, .. }
        | Fact::Task { .. }
        | Fact::Held { .. }
        | Fact::Sent { .. }
        | Fact::Skipped { .. }
        | Fact::Unmatched { .. }
        | Fact::Drawn { .. } => Some(words(fact, clock)),
    }
}

fn words(fact: &Fact, clock: &Clock) -> String {
    match fact {
        Fact::Began { .. } => "comes in".to_owned(),
        Fact::Happened { event, with, .. } => {
            let with: String = with.iter().map(|(name, value)| format!(" {name}={}", shown(value, clock))).collect();
            format!("{event}{with}")
        }
        Fact::Score { model, score } => format!("score {model} {score}"),
        Fact::Grade { model, grade } => format!("grade {model} {}", grade.as_deref().unwrap_or("none")),
        Fact::Field { field, value } => {
            format!("field {field} {}", value.as_ref().map_or("none".to_owned(), |value| shown(value, clock)))
        }
        Fact::Subscribed { topic, is_in } => format!("{} topic {topic}", if *is_in { "in" } else { "out of" }),
        Fact::Stage { stage } => format!("stage {stage}"),
        Fact::Segment { segment, member } => format!("{} segment {segment}", if *member { "in" } else { "out of" }),
        Fact::Entered { journey } => format!("enter {journey}"),
        Fact::Refused { journey, reason } => format!("refuse {journey} ({})", reason.word()),
        Fact::Exited { journey, reason } => format!("exit {journey} ({reason})"),
        Fact::Reached { journey, step } => format!("step {journey}.{step}"),
        Fact::Way { journey, step, way: Way::Split(arm) } => format!("{journey}.{step}: arm {arm}"),
        Fact::Way { journey, step, way: Way::Timeout } => format!("{journey}.{step}: timeout"),
        Fact::Way { journey, step, .. } => format!("{journey}.{step}"),
        Fact::Task { to, .. } => format!("task for {to}"),
        Fact::Held { content, .. } => format!("hold {content}"),
        Fact::Sent { content, .. } => format!("send {content}"),
        Fact::Skipped { content, reason, .. } => format!("skip {content} ({})", reason.word()),
        Fact::Drawn { what } => match what {
            Drawn::Arm { journey, step } => format!("{journey}.{step}: arm drawn"),
            Drawn::Variant { page } => format!("{page}: variant drawn"),
            Drawn::Item { catalog } => format!("{catalog}: item drawn"),
        },
        Fact::Unmatched { event, content } => {
            format!("{event} of {}, which was not sent", content.as_deref().unwrap_or("no email"))
        }
    }
}

fn shown(value: &Value, clock: &Clock) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::Text(value) => value.clone(),
        Value::Date(_) => value.to_string().trim_matches('"').to_owned(),
        Value::Datetime(at) => clock.show(*at),
        Value::Set(values) => values.iter().cloned().collect::<Vec<_>>().join(","),
    }
}

fn print(lines: &[Line], clock: &Clock) -> String {
    const HEADS: (&str, &str) = ("expected", "happened");
    let time = |line: &Line| clock.show(line.at_secs);
    let times = lines.iter().map(|line| time(line).width()).max().unwrap_or(0);
    let width = lines.iter().map(|line| line.expected.width()).max().unwrap_or(0).max(HEADS.0.len());
    let mut text = format!("  {:times$}  {:width$}  {}\n", "", HEADS.0, HEADS.1);
    for line in lines {
        let (time, expected) = (pad(&time(line), times), pad(&line.expected, width));
        text.push_str(format!("{} {time}  {expected}  {}", line.mark, line.happened).trim_end());
        text.push('\n');
    }
    text
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}
