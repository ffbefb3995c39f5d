//! Failures in words, with their places.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::judge::{Came, Judged, is};
use super::why::why;
use super::{Ran, state};
use crate::backend::sim::{Drawn, Fact, Noted};
use crate::diag::{Code, Diagnostic};
use crate::ir::Value;
use crate::ir::journey::Action;
use crate::ir::print::window;
use crate::ir::scenario::{Expect, Often, Subject, Test};
use crate::plan::Plan;
use crate::text::Span;

/// The clock of a test's lead.
pub(super) struct Clock {
    pub(super) zone: TimeZone,
    start: i64,
    end: i64,
}

impl Clock {
    pub(super) fn of(plan: &Plan, test: &Test) -> Clock {
        let at = plan.campaign.fields.keys().position(|field| field == "timezone");
        let own = at.and_then(|at| test.lead.values.get(at)).and_then(Option::as_ref);
        let name = if let Some(Value::Text(name)) = own { name } else { &plan.campaign.settings.timezone };
        let zone = TimeZone::get(name).unwrap_or(TimeZone::UTC);
        Clock { zone, start: test.start_secs, end: test.start_secs + i64::from(test.days) * 86_400 }
    }

    /// The local time, `2026-04-01 09:00`; seconds where there are some.
    pub(super) fn show(&self, at_secs: i64) -> String {
        let at = Timestamp::from_second(at_secs).unwrap_or_default();
        let local = self.zone.to_datetime(at);
        let seconds = if local.second() == 0 { String::new() } else { format!(":{:02}", local.second()) };
        format!("{} {:02}:{:02}{seconds}", local.date(), local.hour(), local.minute())
    }

    /// The time of an expectation, in words behind what is expected; none where it is all of the test.
    pub(super) fn time(&self, expect: &Expect) -> String {
        let (from, to) = (expect.from_secs, expect.to_secs);
        match (from <= self.start, to >= self.end - 1) {
            _ if from == to => format!(" at {}", self.show(from)),
            (true, true) if expect.what.lasts() => " at the end".to_owned(),
            (true, true) => String::new(),
            (true, false) if expect.what.lasts() && expect.at_last => format!(" at {}", self.show(to)),
            (true, false) => format!(" by {}", self.show(to)),
            (false, true) => format!(" after {}", self.show(from)),
            (false, false) => format!(" from {} to {}", self.show(from), self.show(to)),
        }
    }
}

/// Everything that is wrong, in the order of the test.
pub(super) fn findings(test: &Test, ran: &Ran, judged: &Judged, plan: &Plan, clock: &Clock) -> Vec<Diagnostic> {
    let failure = |span: Span, message: String| Diagnostic::new(Code::FailedExpectation, span, message);
    let mut found = Vec::new();
    for (number, (expect, came)) in test.expect.iter().zip(&judged.results).enumerate() {
        if !came.is_met() {
            found.push(unmet(number, expect, came, ran, plan, clock));
        }
    }
    for at in &judged.unexpected {
        if let (Fact::Sent { content, .. }, at_secs) = (&ran.facts[*at].fact, ran.facts[*at].at_secs) {
            let message = format!("`{content}` is sent at {}, and nothing expects it", clock.show(at_secs));
            found.push(failure(test.origin.0, message).help("expect it, or leave `only` out"));
        }
    }
    for at in &judged.unmatched {
        found.push(unmatched(test, ran, *at, clock));
    }
    found.extend(judged.drawn.iter().filter_map(|at| drawn(test, &ran.facts[*at], plan, clock)));
    if ran.livelocked {
        let message = "the lead does not come to rest within one second, and is stopped".to_owned();
        found.push(failure(test.origin.0, message));
    }
    if ran.not_created {
        found.push(failure(test.origin.0, "the lead is created only after the test".to_owned()));
    }
    found
}

fn unmet(number: usize, expect: &Expect, came: &Came, ran: &Ran, plan: &Plan, clock: &Clock) -> Diagnostic {
    let time = clock.time(expect);
    let span = expect.origin.0;
    let finding = |message: String| Diagnostic::new(Code::FailedExpectation, span, message);
    match came {
        Came::Counted(found) => {
            let times: Vec<String> = found.iter().map(|at| clock.show(ran.facts[*at].at_secs)).collect();
            let (wanted, per) = match expect.often {
                Some(Often::Exactly(count)) => (times_word(count), None),
                Some(Often::AtMost(0, per)) => (times_word(0), per),
                Some(Often::AtMost(most, per)) => (format!("at most {}", times_word(most)), per),
                None => (times_word(1), None),
            };
            let per = per.map_or(String::new(), |per| format!(" in {}", window(per)));
            let message = match (expect.often.is_some_and(|often| often.allows_any()), found.len()) {
                (false, _) => format!("{}{time}, which should never be", happens(&expect.what, true)),
                (true, 0) => format!("{}{time}, instead of {wanted}", happens(&expect.what, false)),
                (true, had) => {
                    let had = times_word(u32::try_from(had).unwrap_or(u32::MAX));
                    format!("{} {had}{per}{time}, instead of {wanted}", happens(&expect.what, true))
                }
            };
            let finding = finding(message);
            if times.is_empty() { finding } else { finding.help(format!("it was so at {}", times.join(", "))) }
        }
        Came::StoodAs(standing) => {
            let had = standing.as_deref().unwrap_or("none");
            finding(format!("{}{time}", stands(&expect.what, had))).help(since(number, expect, ran, clock))
        }
        Came::Missing | Came::Met(_) | Came::Stood(_) => {
            let elsewhere: Vec<String> = ran
                .facts
                .iter()
                .filter(|noted| is(&expect.what, &noted.fact))
                .map(|noted| clock.show(noted.at_secs))
                .collect();
            let message = format!("{}{time}", happens(&expect.what, false));
            if !elsewhere.is_empty() {
                return finding(message).help(format!("it was so at {}", elsewhere.join(", ")));
            }
            let other = other_reason(&expect.what, ran, clock);
            match other.or_else(|| why(&expect.what, ran, plan, |at| clock.show(at))) {
                Some(why) => finding(message).help(why),
                None => finding(message),
            }
        }
    }
}

/// Where only the reason is another one.
fn other_reason(what: &Subject, ran: &Ran, clock: &Clock) -> Option<String> {
    let whatever = match what {
        Subject::Skipped { content, reason: Some(_) } => Subject::Skipped { content: content.clone(), reason: None },
        Subject::Refused { journey, reason: Some(_) } => Subject::Refused { journey: journey.clone(), reason: None },
        Subject::Exited { journey, reason: Some(_) } => Subject::Exited { journey: journey.clone(), reason: None },
        _ => return None,
    };
    let noted = ran.facts.iter().find(|noted| is(&whatever, &noted.fact))?;
    let had = match &noted.fact {
        Fact::Skipped { reason, .. } => reason.word().to_owned(),
        Fact::Refused { reason, .. } => reason.word().to_owned(),
        Fact::Exited { reason, .. } => reason.clone(),
        _ => return None,
    };
    Some(format!("it was so at {}, but for the reason `{had}`", clock.show(noted.at_secs)))
}

/// How what lasts changed.
fn since(number: usize, expect: &Expect, ran: &Ran, clock: &Clock) -> String {
    let history = state::history(&expect.what, number, &ran.facts);
    let mut changes: Vec<String> = Vec::new();
    for (at, standing) in &history {
        let word = standing.as_deref().unwrap_or("none");
        changes.push(format!("{word} from {}", clock.show(*at)));
    }
    let shown = changes.len().saturating_sub(4);
    let more = if shown > 0 { "… " } else { "" };
    format!("it was {more}{}", changes[shown..].join(", "))
}

fn unmatched(test: &Test, ran: &Ran, at: usize, clock: &Clock) -> Diagnostic {
    let noted = &ran.facts[at];
    let Fact::Unmatched { event, content } = &noted.fact else {
        return Diagnostic::new(Code::FailedExpectation, test.origin.0, "a reaction to nothing");
    };
    let timeline = test.lead.timeline.iter().flatten();
    let place = timeline.zip(&test.told).find(|(told, _)| told.at_secs == noted.at_secs && told.event == *event);
    let span = place.map_or(test.origin.0, |(_, origin)| origin.0);
    let message = match content {
        Some(content) => {
            format!("`{event}` at {}, but `{content}` had not been sent to the lead", clock.show(noted.at_secs))
        }
        None => format!("`{event}` at {} is about no email", clock.show(noted.at_secs)),
    };
    let sent = ran
        .facts
        .iter()
        .find(|noted| matches!(&noted.fact, Fact::Sent { content: of, .. } if Some(of) == content.as_ref()));
    let help = match (sent, content) {
        (Some(sent), _) => format!("it is sent at {}", clock.show(sent.at_secs)),
        (None, Some(_)) => "it is never sent; a mail from before the start can be told as `email_sent`".to_owned(),
        (None, None) => "say which under `with:`".to_owned(),
    };
    Diagnostic::new(Code::FailedExpectation, span, message).help(help)
}

/// Chance has decided, and could as well have decided otherwise.
fn drawn(test: &Test, noted: &Noted, plan: &Plan, clock: &Clock) -> Option<Diagnostic> {
    let Fact::Drawn { what } = &noted.fact else { return None };
    let at = clock.show(noted.at_secs);
    let failure = |what: String| {
        let message = format!("{what} is drawn at {at}, and nothing in a test is left to chance");
        Diagnostic::new(Code::FailedExpectation, test.origin.0, message)
    };
    Some(match what {
        Drawn::Arm { journey, step } => {
            let split = plan.campaign.journeys.get(journey)?.step(step)?;
            let Action::Split { arms } = &split.action else { return None };
            let arms: Vec<&str> = arms.iter().filter(|arm| arm.weight > 0.0).map(|arm| arm.name.as_str()).collect();
            let (first, others) = arms.split_first()?;
            let others = others.join("`, `");
            failure(format!("the arm of the split `{journey}.{step}`"))
                .also(split.origin.0, "the split")
                .help(format!("say which one the lead takes: `arms: {{{journey}.{step}: {first}}}`, or `{others}`"))
        }
        Drawn::Variant { page } => failure(format!("the variant of the page `{page}`"))
            .help("tell it with the visit, under `with:`, as its `variant`"),
        Drawn::Item { catalog } => failure(format!("the item of `{catalog}` that is bought"))
            .help("name the item that is bought instead of `recommended`"),
    })
}

/// What happens, or does not, as the beginning of a sentence.
fn happens(what: &Subject, does: bool) -> String {
    let reason =
        |reason: &Option<String>| reason.as_ref().map(|word| format!(" for the reason `{word}`")).unwrap_or_default();
    let is = if does { "is" } else { "is not" };
    match what {
        Subject::Sent { content } => format!("`{content}` {is} sent"),
        Subject::Mails { said, .. } => format!("{said} {is} sent"),
        Subject::Skipped { content, reason: why } => format!("`{content}` {is} skipped{}", reason(why)),
        Subject::Entered { journey } => format!("`{journey}` {is} entered"),
        Subject::Refused { journey, reason: why } => {
            let refuses = if does { "refuses" } else { "does not refuse" };
            format!("`{journey}` {refuses} the lead{}", reason(why))
        }
        Subject::Exited { journey, reason: why } => format!("`{journey}` {is} left{}", reason(why)),
        Subject::Reached { journey, step } => format!("the step `{journey}.{step}` {is} reached"),
        Subject::Task { to } => format!("a task for {to} {is} made"),
        Subject::Happened { event, .. } => format!("`{event}` {}", if does { "happens" } else { "does not happen" }),
        Subject::Stage { .. }
        | Subject::Score { .. }
        | Subject::Grade { .. }
        | Subject::Member { .. }
        | Subject::Holds { .. } => what.to_string(),
    }
}

/// How what lasts stands, against what is expected.
fn stands(what: &Subject, had: &str) -> String {
    match what {
        Subject::Stage { stage, is: true } => format!("the stage is `{had}`, not `{stage}`"),
        Subject::Stage { stage, is: false } => format!("the stage is `{stage}`"),
        Subject::Score { model, score, is: true } => format!("the score `{model}` is {had}, not {score}"),
        Subject::Score { model, score, is: false } => format!("the score `{model}` is {score}"),
        Subject::Grade { model, grade, is: true } => format!("the grade `{model}` is {had}, not {grade}"),
        Subject::Grade { model, grade, is: false } => format!("the grade `{model}` is {grade}"),
        Subject::Member { segment, is: true } => format!("the lead is not in the segment `{segment}`"),
        Subject::Member { segment, is: false } => format!("the lead is in the segment `{segment}`"),
        Subject::Holds { condition, is: true } => format!("`{}` does not hold", condition.said()),
        Subject::Holds { condition, is: false } => format!("`{}` holds", condition.said()),
        Subject::Sent { .. }
        | Subject::Mails { .. }
        | Subject::Skipped { .. }
        | Subject::Entered { .. }
        | Subject::Refused { .. }
        | Subject::Exited { .. }
        | Subject::Reached { .. }
        | Subject::Task { .. }
        | Subject::Happened { .. } => what.to_string(),
    }
}

fn times_word(count: u32) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}
