//! The plan as people read it: what happens to leads, step by step, with the short hashes of its parts.

use std::fmt::Write as _;

use super::Plan;
use crate::ir::journey::{Action, Entry, EntryBy, Journey, Moment, Step, Target};
use crate::ir::{Again, Condition, Consent, Email, Value};

/// Steps named beside a step are set apart from it by so many columns.
const INDENT: &str = "                    ";

/// A summary of the plan for people. Two plans with the same hash have the same summary.
pub fn text(plan: &Plan) -> String {
    let settings = &plan.campaign.settings;
    let mut out = String::new();
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(out, "plan of {}, {}", settings.project, short(&plan.hash));
    let _ = writeln!(out, "time zone {}", settings.timezone);
    for (name, journey) in plan.campaign.journeys_in_order() {
        let _ = writeln!(out, "\njourney {}{}", titled(name, journey.label.as_deref()), hash(plan, "journeys", name));
        write_journey(journey, &mut out);
    }
    write_emails(plan, &mut out);
    write_segments(plan, &mut out);
    write_others(plan, &mut out);
    out
}

fn write_journey(journey: &Journey, out: &mut String) {
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(out, "  {key:9} {value}");
    };
    line("entry", &entry(&journey.entry));
    if journey.priority != 0 {
        line("priority", &journey.priority.to_string());
    }
    if let Some(ends) = &journey.ends {
        line("until", &ends.replace('T', " "));
    }
    if let Some(condition) = &journey.exit_when {
        line("exit when", &condition.text);
    }
    if let Some(goal) = &journey.goal {
        let within = goal.within_secs.map_or(String::new(), |secs| format!(", within {}", duration(secs)));
        line("goal", &format!("{}{within}", goal.when.text));
    }
    if journey.first.as_deref() != journey.steps.first().map(|step| step.id.as_str()) {
        line("begins at", target(&journey.first));
    }
    let width = journey.steps.iter().map(|step| columns(&step.id)).max().unwrap_or(0);
    for (at, step) in journey.steps.iter().enumerate() {
        let following = journey.steps.get(at + 1).map(|next| next.id.as_str());
        write_step(at + 1, step, following, width, out);
    }
}

/// One line for a step, and one for each arm.
fn write_step(number: usize, step: &Step, following: Option<&str>, width: usize, out: &mut String) {
    let pad = " ".repeat(width - columns(&step.id));
    let next = match &step.action {
        Action::Exit { .. } | Action::Branch { .. } | Action::Split { .. } => String::new(),
        Action::WaitFor { .. }
        | Action::Send { .. }
        | Action::Wait { .. }
        | Action::WaitUntil { .. }
        | Action::Set { .. }
        | Action::Score { .. }
        | Action::Stage { .. }
        | Action::List { .. }
        | Action::Topic { .. }
        | Action::Task { .. }
        | Action::Emit { .. }
        | Action::Start { .. }
        | Action::Goto => match step.next.as_deref() == following {
            true => String::new(),
            false => format!(" → {}", target(&step.next)),
        },
    };
    let _ = writeln!(out, "  {number:3}  {}{pad}  {}{next}", step.id, action(&step.action));
    for arm in arms(step) {
        let _ = writeln!(out, "{INDENT}{arm}");
    }
}

fn arms(step: &Step) -> Vec<String> {
    match &step.action {
        Action::Branch { arms, .. } => {
            let arms = arms.iter().map(|arm| format!("if {} → {}", arm.when.text, target(&arm.to)));
            arms.chain([format!("else → {}", target(&step.next))]).collect()
        }
        Action::Split { arms } => {
            arms.iter().map(|arm| format!("{} {} % → {}", arm.name, arm.weight, target(&arm.to))).collect()
        }
        Action::WaitFor { timeout, .. } => vec![format!("otherwise → {}", target(timeout))],
        Action::Send { .. }
        | Action::Wait { .. }
        | Action::WaitUntil { .. }
        | Action::Set { .. }
        | Action::Score { .. }
        | Action::Stage { .. }
        | Action::List { .. }
        | Action::Topic { .. }
        | Action::Task { .. }
        | Action::Emit { .. }
        | Action::Start { .. }
        | Action::Goto
        | Action::Exit { .. } => Vec::new(),
    }
}

fn action(action: &Action) -> String {
    match action {
        Action::Send { email, max_hold_secs } => {
            let hold = max_hold_secs.map_or(String::new(), |secs| format!(", held at most {}", duration(secs)));
            format!("send {email}{hold}")
        }
        Action::Wait { secs } => format!("wait {}", duration(*secs)),
        Action::WaitUntil { moment: until } => format!("wait until {}", moment(until)),
        Action::WaitFor { event, filter, when, within_secs, .. } => {
            let already = when.as_ref().map_or(String::new(), |when| format!(", unless {}", when.text));
            format!(
                "wait for {event}{}, within {}{already}",
                condition(" where", filter.as_ref()),
                duration(*within_secs)
            )
        }
        Action::Branch { .. } => "branch".to_owned(),
        Action::Split { .. } => "split".to_owned(),
        Action::Set { values } => {
            let set =
                values.iter().map(|(field, to)| format!("{field} = {}", to.as_ref().map_or("none".to_owned(), value)));
            format!("set {}", set.collect::<Vec<_>>().join(", "))
        }
        Action::Score { points } => {
            let points = points.iter().map(|(model, points)| format!("{model} {points:+}"));
            format!("score {}", points.collect::<Vec<_>>().join(", "))
        }
        Action::Stage { stage } => format!("stage {stage}"),
        Action::List { list, add: true } => format!("add to list {list}"),
        Action::List { list, add: false } => format!("remove from list {list}"),
        Action::Topic { topic, subscribe: true } => format!("subscribe to {topic}"),
        Action::Topic { topic, subscribe: false } => format!("unsubscribe from {topic}"),
        Action::Task { to, title, within_secs } => {
            let within = within_secs.map_or(String::new(), |secs| format!(", within {}", duration(secs)));
            format!("task for {to}: {title}{within}")
        }
        Action::Emit { event, with } => {
            let with = with.iter().map(|(name, with)| format!(" {name}={}", value(with)));
            format!("emit {event}{}", with.collect::<String>())
        }
        Action::Start { journey } => format!("start {journey}"),
        Action::Goto => "go on".to_owned(),
        Action::Exit { reason } => format!("exit: {reason}"),
    }
}

fn entry(entry: &Entry) -> String {
    let by = match &entry.by {
        EntryBy::Event { event, filter } => format!("event {event}{}", condition(" where", filter.as_ref())),
        EntryBy::Segment { segment, existing: true } => format!("segment {segment}"),
        EntryBy::Segment { segment, existing: false } => format!("segment {segment}, newcomers only"),
        EntryBy::Schedule { segment, moment: at } => format!("segment {segment}, {}", moment(at)),
        EntryBy::Called => "called".to_owned(),
    };
    let key = entry.key.as_ref().map_or(String::new(), |key| format!(", one for each {key}"));
    let most = entry.at_once.map_or(String::new(), |most| format!(", {most} at once"));
    format!("{by}{}; again {}{key}{most}", condition(" when", entry.when.as_ref()), again(entry.again))
}

fn condition(word: &str, condition: Option<&Condition>) -> String {
    condition.map_or(String::new(), |condition| format!("{word} {}", condition.text))
}

fn again(again: Again) -> String {
    match again {
        Again::Never => "never".to_owned(),
        Again::Always => "always".to_owned(),
        Again::AfterSecs(secs) => format!("after {}", duration(secs)),
    }
}

fn moment(moment: &Moment) -> String {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    match moment {
        Moment::Daily { minute } => clock(*minute),
        Moment::Weekly { weekdays, minute } => {
            let days = weekdays.iter().filter_map(|day| DAYS.get(usize::from(*day).wrapping_sub(1)).copied());
            format!("{} {}", days.collect::<Vec<_>>().join(", "), clock(*minute))
        }
        Moment::Monthly { day, minute } => format!("day {day} of the month {}", clock(*minute)),
        Moment::Once { at } => at.replace('T', " "),
    }
}

fn write_emails(plan: &Plan, out: &mut String) {
    for (name, email) in &plan.campaign.emails {
        let Email { label, topic, sender, subject, repeat, .. } = email;
        let _ = writeln!(out, "\nemail {}{}", titled(name, label.as_deref()), hash(plan, "emails", name));
        let consent = plan.campaign.topics.get(topic).map_or("", |topic| match topic.consent {
            Consent::Transactional => "transactional",
            Consent::DoubleOptIn => "double opt-in",
            Consent::OptIn => "opt-in",
            Consent::OptOut => "opt-out",
        });
        let _ = writeln!(out, "  subject   {subject}");
        let _ = writeln!(out, "  topic     {topic} ({consent}), from {sender}");
        if *repeat != Again::Always {
            let _ = writeln!(out, "  repeat    {}", again(*repeat));
        }
    }
}

fn write_segments(plan: &Plan, out: &mut String) {
    for (name, segment) in &plan.campaign.segments {
        let _ = writeln!(out, "\nsegment {}{}", titled(name, segment.label.as_deref()), hash(plan, "segments", name));
        let _ = writeln!(out, "  when      {}", segment.when.text);
    }
}

/// Everything else by name and hash.
fn write_others(plan: &Plan, out: &mut String) {
    const SHOWN: [&str; 3] = ["journeys.", "emails.", "segments."];
    let _ = writeln!(out, "\nother parts");
    for (address, hash) in &plan.parts {
        if !SHOWN.iter().any(|kind| address.starts_with(kind)) {
            let _ = writeln!(out, "  {}  {address}", short(hash));
        }
    }
}

fn titled(name: &str, label: Option<&str>) -> String {
    label.map_or_else(|| name.to_owned(), |label| format!("{name} ({label})"))
}

fn hash(plan: &Plan, kind: &str, name: &str) -> String {
    plan.parts.get(&format!("{kind}.{name}")).map_or(String::new(), |hash| format!(", {}", short(hash)))
}

/// The first twelve digits: enough for the eye.
fn short(hash: &str) -> &str {
    let digits = hash.strip_prefix("sha256:").unwrap_or(hash);
    digits.get(..12).unwrap_or(digits)
}

fn target(target: &Target) -> &str {
    target.as_deref().unwrap_or("end")
}

fn value(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::Text(value) => format!("\"{value}\""),
        Value::Date(days) => {
            civil(i64::from(*days) * 86_400).map_or_else(|| days.to_string(), |at| at.date().to_string())
        }
        Value::Datetime(secs) => civil(*secs).map_or_else(|| secs.to_string(), |at| format!("{at}Z")),
        Value::Set(values) => format!("[{}]", values.iter().cloned().collect::<Vec<_>>().join(", ")),
    }
}

fn civil(secs: i64) -> Option<jiff::civil::DateTime> {
    let instant = jiff::Timestamp::from_second(secs).ok()?;
    Some(jiff::tz::TimeZone::UTC.to_datetime(instant))
}

/// `2 days 12 hours`
fn duration(secs: i64) -> String {
    let mut rest = secs;
    let mut parts = Vec::new();
    for (length, unit) in [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")] {
        let count = rest / length;
        rest %= length;
        if count != 0 {
            parts.push(format!("{count} {unit}{}", if count == 1 { "" } else { "s" }));
        }
    }
    if parts.is_empty() { "0 seconds".to_owned() } else { parts.join(" ") }
}

fn columns(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}
