//! Fitted personas as YAML of a project, each figure with what it rests on as a comment.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Figure, Fitted, FittedPersona};
use crate::ir::journey::{Moment, WorkingDay};
use crate::ir::persona::{Cause, Does};
use crate::ir::{Behavior, Condition, Delay, Fatigue, Value};
use crate::statistics::Interval;

const DAY: i64 = 86_400;

/// The personas.
pub fn yaml(fitted: &Fitted) -> String {
    let instant = |secs: i64| jiff::Timestamp::from_second(secs).map_or(secs.to_string(), |at| at.to_string());
    let (first, last) = fitted.span;
    let mut out = Lines::default();
    out.say(0, &format!("# Fitted from {} leads, {} mails and messages,", fitted.leads, fitted.sent));
    out.say(0, &format!("# {} to {}. Intervals are 95%.", instant(first), instant(last)));
    match fitted.astray {
        0 => {}
        1 => out.say(0, "# 1 event is about a mail or message that the log does not send; it is left out."),
        many => {
            let words = "events are about mails and messages that the log does not send; they are left out.";
            out.say(0, &format!("# {many} {words}"));
        }
    }
    out.say(0, "personas:");
    for each in &fitted.personas {
        persona(&mut out, each);
    }
    out.text
}

#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    fn say(&mut self, depth: usize, words: &str) {
        let _ = writeln!(self.text, "{:width$}{words}", "", width = depth * 2);
    }

    /// A key with its value and what is known of the figure.
    fn figure(&mut self, depth: usize, key: &str, value: &str, figure: Option<&Figure>, show: impl Fn(f64) -> String) {
        let comment = figure.map_or(String::new(), |figure| format!(" # {}", words(figure, &show)));
        self.say(depth, &format!("{key}: {value}{comment}"));
    }
}

fn words(figure: &Figure, show: impl Fn(f64) -> String) -> String {
    if let Some(why) = &figure.kept {
        return format!("kept as it was: {why}");
    }
    let within = match figure.interval {
        Some(Interval { low, high }) => format!("{} to {}", show(low), show(high)),
        None => "no interval can be told".to_owned(),
    };
    if figure.method == super::Method::Score {
        return format!("{within}, n = {}", figure.events);
    }
    format!("{within}, n = {} of {}", figure.events, figure.trials)
}

fn persona(out: &mut Lines, FittedPersona { persona, leads, sent, figures }: &FittedPersona) {
    out.say(1, &format!("{}:", persona.name));
    out.say(2, &format!("# {leads} leads, {sent} mails and messages"));
    if let Some(label) = &persona.label {
        out.say(2, &format!("label: {}", quoted(label)));
    }
    out.say(2, &format!("match: {}", quoted(&persona.matches.text)));
    if let Some(share) = persona.share {
        out.say(2, &format!("share: {}", percent(share)));
    }
    for (key, texts) in persona.narrative.iter().filter(|(_, texts)| !texts.is_empty()) {
        let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
        out.say(2, &format!("{key}: [{}]", texts.join(", ")));
    }
    behavior(out, &persona.behavior, figures);
}

type Figures = BTreeMap<String, Figure>;

fn behavior(out: &mut Lines, of: &Behavior, figures: &Figures) {
    out.say(2, "behavior:");
    condition(out, 3, "when", of.when.as_ref());
    email(out, of, figures);
    messages(out, of, figures);
    out.say(3, "delay:");
    delay(out, 4, "open", of.open_delay, "delay.open", figures);
    delay(out, 4, "click", of.click_delay, "delay.click", figures);
    let tired = [("open", of.open_fatigue), ("click", of.click_fatigue)];
    let tired: Vec<(&str, Fatigue)> = tired.into_iter().filter_map(|(key, of)| Some((key, of?))).collect();
    if !tired.is_empty() {
        out.say(3, "fatigue:");
    }
    for (key, fatigue) in tired {
        let value = format!("-{} per mail in {}", percent(fatigue.loss), duration(fatigue.window_secs));
        out.figure(4, key, &value, figures.get(&format!("fatigue.{key}")), |loss| match percent(loss) {
            none if none == "0%" => none,
            some => format!("-{some}"),
        });
    }
    if let Some(moment) = of.best_time.as_ref().and_then(moment) {
        out.say(3, &format!("best_time: {moment}"));
    }
    if let Some(factor) = of.in_best_time {
        out.say(3, &format!("in_best_time: x{factor}"));
    }
    if !of.does.is_empty() {
        out.say(3, "does:");
    }
    for (number, item) in of.does.iter().enumerate() {
        does(out, item, number, figures);
    }
}

fn email(out: &mut Lines, of: &Behavior, figures: &Figures) {
    out.say(3, "email:");
    let answers = &of.answers;
    let always = [
        ("open", of.open),
        ("click", of.click),
        ("unsubscribe", of.unsubscribe),
        ("complain", of.complain),
        ("soft_bounce", of.soft_bounce),
        ("hard_bounce", of.hard_bounce),
    ];
    let sometimes = [("pause", answers.pause), ("fewer", answers.fewer), ("one_click", answers.one_click)];
    let told =
        sometimes.into_iter().filter(|(key, value)| *value > 0.0 || figures.contains_key(&format!("email.{key}")));
    for (key, value) in always.into_iter().chain(answers.confirm.map(|value| ("confirm", value))).chain(told) {
        out.figure(4, key, &percent(value), figures.get(&format!("email.{key}")), percent);
    }
}

fn messages(out: &mut Lines, of: &Behavior, figures: &Figures) {
    if !of.messages.is_empty() {
        out.say(3, "messages:");
    }
    for (channel, reading) in &of.messages {
        let path = |key: &str| format!("messages.{}.{key}", channel.word());
        out.say(4, &format!("{}:", channel.word()));
        let chances = [
            ("open", reading.open),
            ("click", reading.click),
            ("unsubscribe", reading.unsubscribe),
            ("complain", reading.complain),
            ("fail", reading.fail),
            ("invalid", reading.invalid),
        ];
        for (key, value) in chances {
            out.figure(5, key, &percent(value), figures.get(&path(key)), percent);
        }
        out.say(5, "delay:");
        delay(out, 6, "open", reading.open_delay, &path("delay.open"), figures);
        delay(out, 6, "click", reading.click_delay, &path("delay.click"), figures);
    }
}

fn delay(out: &mut Lines, depth: usize, key: &str, of: Delay, path: &str, figures: &Figures) {
    out.say(depth, &format!("{key}:"));
    let mut part = |name: &str, secs: i64| {
        let figure = figures.get(&format!("{path}.{name}"));
        out.figure(depth + 1, name, &duration(secs), figure, |secs| duration(secs.round() as i64));
    };
    match of {
        Delay::LogNormal { median_secs, p90_secs } => {
            part("median", median_secs);
            part("p90", p90_secs);
        }
        Delay::Exponential { mean_secs } => part("mean", mean_secs),
    }
}

fn does(out: &mut Lines, item: &Does, number: usize, figures: &Figures) {
    out.say(4, &format!("- event: {}", item.event));
    if !item.with.is_empty() {
        let with: Vec<String> = item.with.iter().map(|(name, value)| format!("{name}: {}", literal(value))).collect();
        out.say(5, &format!("with: {{{}}}", with.join(", ")));
    }
    let path = |key: &str| format!("does.{number}.{key}");
    match &item.cause {
        Cause::Rate { per_sec } => {
            let weekly = |per_sec: f64| decimal(per_sec * 7.0 * DAY as f64);
            let value = format!("{} per week", weekly(*per_sec));
            out.figure(5, "rate", &value, figures.get(&path("rate")), weekly);
        }
        Cause::After { event, filter, chance, within_secs, delay: after } => {
            out.say(5, &format!("after: {event}"));
            condition(out, 5, "where", filter.as_ref());
            out.figure(5, "chance", &percent(*chance), figures.get(&path("chance")), percent);
            match after {
                Some(after) => delay(out, 5, "delay", *after, &path("delay"), figures),
                None => out.say(5, &format!("within: {}", duration(*within_secs))),
            }
        }
    }
    condition(out, 5, "when", item.when.as_ref());
}

fn condition(out: &mut Lines, depth: usize, key: &str, of: Option<&Condition>) {
    if let Some(of) = of {
        out.say(depth, &format!("{key}: {}", quoted(&of.text)));
    }
}

/// Text of any kind, as JSON writes it, which is YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn literal(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Set(set) => {
            let all: Vec<String> = set.iter().map(|text| quoted(text)).collect();
            format!("[{}]", all.join(", "))
        }
        Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Date(_) | Value::Datetime(_) => value.to_string(),
    }
}

fn percent(share: f64) -> String {
    format!("{}%", decimal(share * 100.0))
}

/// Four significant digits, and never an exponent, which the language does not read.
fn decimal(number: f64) -> String {
    if number <= 0.0 {
        return "0".to_owned();
    }
    let whole = libm::log10(number).floor() as i32 + 1;
    let places = (4 - whole).clamp(0, 12) as usize;
    let text = format!("{number:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn duration(secs: i64) -> String {
    let secs = secs.max(1);
    let parts = [(secs / DAY, "d"), (secs % DAY / 3600, "h"), (secs % 3600 / 60, "m"), (secs % 60, "s")];
    let parts: Vec<String> =
        parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    parts.join(" ")
}

fn moment(of: &Moment) -> Option<String> {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    Some(match of {
        Moment::Daily { minute } => format!("\"{}\"", clock(*minute)),
        Moment::Weekly { weekdays, minute } => match weekdays.as_slice() {
            [1, 2, 3, 4, 5] => format!("weekday {}", clock(*minute)),
            [day] => format!("{} {}", WEEK.get(usize::from(*day).checked_sub(1)?)?, clock(*minute)),
            _ => return None,
        },
        Moment::Monthly { day, minute } => format!("month {day} {}", clock(*minute)),
        Moment::Working { day, minute, .. } => {
            let which = match day {
                WorkingDay::Every => "business day",
                WorkingDay::FirstOfMonth => "first business day of month",
                WorkingDay::LastOfMonth => "last business day of month",
            };
            format!("{which} {}", clock(*minute))
        }
        Moment::Once { at } => format!("\"{}\"", at.get(..16)?.replace('T', " ")),
    })
}
