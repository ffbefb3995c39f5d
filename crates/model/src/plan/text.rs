//! The plan as people read it: what happens to leads, step by step, with the short hashes of its parts.

mod outside;

use std::fmt::Write as _;

use super::acquisition::write_acquisition;
use super::{Plan, permission};
use crate::ir::journey::{Action, Entry, EntryBy, Journey, Moment, Step, Target, WorkingDay};
use crate::ir::print::{clock, duration, length, near_date};
use crate::ir::{Again, Campaign, Condition, Email, Value};

/// Steps named beside a step are set apart from it by so many columns.
const INDENT: &str = "                    ";

/// A summary of the plan for people. Two plans with the same hash have the same summary.
pub fn text(plan: &Plan) -> String {
    let settings = &plan.campaign.settings;
    let mut out = String::new();
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(out, "plan of {}, {}", settings.project, short(&plan.hash));
    let _ = writeln!(out, "time zone {}", settings.timezone);
    write_best_times(&plan.campaign, &mut out);
    if let Some(tracking) = &plan.campaign.tracking {
        let events: Vec<&str> = tracking.events.iter().map(String::as_str).collect();
        let _ = writeln!(out, "tracking {}, if {}", events.join(", "), tracking.consent.text);
    }
    for (name, journey) in plan.campaign.journeys_in_order() {
        let _ = writeln!(out, "\njourney {}{}", titled(name, journey.label.as_deref()), hash(plan, "journeys", name));
        write_journey(journey, &mut out);
    }
    super::cleaning::write(plan, &mut out);
    write_emails(plan, &mut out);
    outside::write(plan, &mut out);
    write_segments(plan, &mut out);
    super::schedule::write_schedule(&plan.campaign, &mut out);
    super::map::write_map(&plan.campaign, &mut out);
    super::measures::write_measures(&plan.campaign, &mut out);
    super::quota::write(plan, &mut out);
    super::calendar::write(plan, &mut out);
    super::policies::write(plan, &mut out);
    permission::write(plan, &mut out);
    write_acquisition(plan, &mut out);
    write_others(plan, &mut out);
    out
}

fn write_journey(journey: &Journey, out: &mut String) {
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(out, "  {key:9} {value}");
    };
    line("entry", &entry(&journey.entry));
    if let Some(phase) = &journey.phase {
        line("phase", phase);
    }
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
        | Action::WaitUntilDate { .. }
        | Action::WaitBestTime
        | Action::Set { .. }
        | Action::Score { .. }
        | Action::Stage { .. }
        | Action::List { .. }
        | Action::Topic { .. }
        | Action::Task { .. }
        | Action::Sync { .. }
        | Action::Audience { .. }
        | Action::Webhook { .. }
        | Action::Emit { .. }
        | Action::Start { .. }
        | Action::Goto => match step.next.as_deref() == following {
            true => String::new(),
            false => format!(" → {}", target(&step.next)),
        },
    };
    let _ = writeln!(out, "  {number:3}  {}{pad}  {}{next}", step.id, step_words(&step.action));
    for arm in arms(step).into_iter().chain(outside::details(&step.action)) {
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
        | Action::WaitUntilDate { .. }
        | Action::WaitBestTime
        | Action::Set { .. }
        | Action::Score { .. }
        | Action::Stage { .. }
        | Action::List { .. }
        | Action::Topic { .. }
        | Action::Task { .. }
        | Action::Sync { .. }
        | Action::Audience { .. }
        | Action::Webhook { .. }
        | Action::Emit { .. }
        | Action::Start { .. }
        | Action::Goto
        | Action::Exit { .. } => Vec::new(),
    }
}

/// What a step does, in words.
pub fn step_words(action: &Action) -> String {
    match action {
        Action::Send { content, max_hold_secs } => {
            let hold = max_hold_secs.map_or(String::new(), |secs| format!(", held at most {}", duration(secs)));
            format!("send {content}{hold}")
        }
        Action::Wait { length: time } => format!("wait {}", length(time)),
        Action::WaitUntil { moment: until, to_minute } => {
            let to = to_minute.map_or(String::new(), |minute| format!("-{}", clock(minute)));
            format!("wait until {}{to}", moment(until))
        }
        Action::WaitUntilDate { of, offset_secs, minute } => {
            format!("wait until {}", near_date(of, *offset_secs, *minute))
        }
        Action::WaitBestTime => "wait until best time".to_owned(),
        Action::WaitFor { event: None, when, within, .. } => {
            let when = when.as_ref().map_or("", |when| when.text.as_str());
            format!("wait for {when}, within {}", length(within))
        }
        Action::WaitFor { event: Some(event), filter, when, within, .. } => {
            let already = when.as_ref().map_or(String::new(), |when| format!(", unless {}", when.text));
            format!("wait for {event}{}, within {}{already}", condition(" where", filter.as_ref()), length(within))
        }
        Action::Branch { .. } => "branch".to_owned(),
        Action::Split { .. } => "split".to_owned(),
        Action::Set { values } => {
            let set = values
                .iter()
                .map(|(field, to)| format!("{field} = {}", to.as_ref().map_or("none".to_owned(), Value::to_string)));
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
        Action::Task { to, title, within_secs, cost, .. } => {
            let within = within_secs.map_or(String::new(), |secs| format!(", within {}", duration(secs)));
            format!("task for {to}: {title}{within}{}", outside::costs(*cost))
        }
        Action::Sync { to, .. } => format!("sync to {to}"),
        Action::Audience { list, add: true, to } => format!("add to audience {list} of {to}"),
        Action::Audience { list, add: false, to } => format!("remove from audience {list} of {to}"),
        Action::Webhook { to, method, url, .. } => format!("webhook of {to}: {} {url}", method.word()),
        Action::Emit { event, with } => {
            let with = with.iter().map(|(name, with)| format!(" {name}={with}"));
            format!("emit {event}{}", with.collect::<String>())
        }
        Action::Start { journey } => format!("start {journey}"),
        Action::Goto => "go on".to_owned(),
        Action::Exit { reason } => format!("exit: {reason}"),
    }
}

/// How leads enter, in words.
pub fn entry(entry: &Entry) -> String {
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

/// When people are most likely to read.
fn write_best_times(campaign: &Campaign, out: &mut String) {
    let of_personas = campaign.personas.iter().filter_map(|persona| {
        let (name, behavior) = (&persona.name, &persona.behavior);
        let at = behavior.best_time.as_ref()?;
        let lift = behavior.in_best_time.map_or(String::new(), |factor| format!(", opens x{factor}"));
        Some((format!(" of {name}"), at, lift))
    });
    let of_project = campaign.settings.best_time.as_ref().map(|at| (String::new(), at, String::new()));
    for (whose, at, lift) in of_project.into_iter().chain(of_personas) {
        let _ = writeln!(out, "best time{whose} {}{lift}", moment(at));
    }
}

fn moment(moment: &Moment) -> String {
    match moment {
        Moment::Daily { minute } => clock(*minute),
        Moment::Weekly { weekdays, minute } => {
            format!("{} {}", self::weekdays(weekdays), clock(*minute))
        }
        Moment::Monthly { day, minute } => format!("day {day} of the month {}", clock(*minute)),
        Moment::Working { day, calendar, minute } => {
            let day = match day {
                WorkingDay::Every => "each working day",
                WorkingDay::FirstOfMonth => "the first working day of the month",
                WorkingDay::LastOfMonth => "the last working day of the month",
            };
            format!("{day} ({calendar}) {}", clock(*minute))
        }
        Moment::Once { at } => at.replace('T', " "),
    }
}

/// How leads agree to a topic.
fn consent(campaign: &Campaign, topic: &str) -> &'static str {
    campaign.topics.get(topic).map_or("", |topic| permission::consent(topic.consent))
}

/// Weekdays by their short names.
pub(super) fn weekdays(days: &[u8]) -> String {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let days = days.iter().filter_map(|day| DAYS.get(usize::from(*day).wrapping_sub(1)).copied());
    days.collect::<Vec<_>>().join(", ")
}

fn write_emails(plan: &Plan, out: &mut String) {
    for (name, email) in &plan.campaign.emails {
        let Email { label, topic, sender, subject, repeat, .. } = email;
        let _ = writeln!(out, "\nemail {}{}", titled(name, label.as_deref()), hash(plan, "emails", name));
        let consent = consent(&plan.campaign, topic);
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

/// Everything else that people wrote, by name and hash.
fn write_others(plan: &Plan, out: &mut String) {
    let _ = writeln!(out, "\nother parts");
    for (address, hash) in &plan.parts {
        if !is_shown_or_builtin(&plan.campaign, address) {
            let _ = writeln!(out, "  {}  {address}", short(hash));
        }
    }
}

fn is_shown_or_builtin(campaign: &Campaign, address: &str) -> bool {
    match address.split_once('.') {
        Some((
            "journeys" | "emails" | "channels" | "messages" | "integrations" | "segments" | "calendars" | "sources"
            | "pages" | "forms" | "catalogs" | "experiments" | "kpis",
            _,
        )) => true,
        Some(("fields", name)) => campaign.fields.get(name).is_some_and(|field| field.builtin),
        Some(("events", name)) => campaign.events.get(name).is_some_and(|event| event.builtin),
        Some(_) => false,
        None => {
            matches!(address, "segment_order" | "tracking" | "cleaning")
                || (address == "policies" && super::policies::is_written(&campaign.policies))
                || (address == "journey_map" && campaign.journey_map.is_empty())
        }
    }
}

pub(super) fn titled(name: &str, label: Option<&str>) -> String {
    label.map_or_else(|| name.to_owned(), |label| format!("{name} ({label})"))
}

pub(super) fn hash(plan: &Plan, kind: &str, name: &str) -> String {
    plan.parts.get(&format!("{kind}.{name}")).map_or(String::new(), |hash| format!(", {}", short(hash)))
}

/// The first twelve digits: enough for the eye.
pub(super) fn short(hash: &str) -> &str {
    let digits = hash.strip_prefix("sha256:").unwrap_or(hash);
    digits.get(..12).unwrap_or(digits)
}

fn target(target: &Target) -> &str {
    target.as_deref().unwrap_or("end")
}

pub(super) fn columns(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ir::journey::{Arm, Goal, SplitArm};
    use crate::ir::{Body, Consent, Expr, Length, Money, Segment, Topic};
    use crate::text::Origin;

    fn when(text: &str) -> Condition {
        Condition { text: text.to_owned(), ..Condition::new(Expr::Absent, Origin::default()) }
    }

    fn to(id: &str) -> Target {
        Some(id.to_owned())
    }

    fn steps() -> Vec<Step> {
        let arms = vec![Arm { when: when("score >= 60"), to: to("call") }];
        let halves = vec![
            SplitArm { name: "a".to_owned(), weight: 50.0, to: to("gift") },
            SplitArm { name: "holdout".to_owned(), weight: 50.0, to: None },
        ];
        let waits = Action::WaitFor {
            event: Some("email_clicked".to_owned()),
            filter: Some(when("event.email == \"hello\"")),
            when: Some(when("score >= 90")),
            within: Length::Secs(4 * 86_400),
            timeout: to("settle"),
        };
        let tuesday = Moment::Weekly { weekdays: vec![2], minute: 600 };
        let task = Action::Task {
            to: "営業".to_owned(),
            title: "電話".to_owned(),
            within_secs: Some(86_400),
            cost: Money::ZERO,
            outcomes: vec![],
        };
        let gift = BTreeMap::from([("until".to_owned(), Value::Date(20_000))]);
        let parts: Vec<(&str, Action, Target)> = vec![
            ("挨拶", Action::Send { content: "hello".to_owned(), max_hold_secs: None }, to("settle")),
            ("settle", Action::Wait { length: Length::Secs(90_061) }, to("tuesday")),
            ("tuesday", Action::WaitUntil { moment: tuesday, to_minute: Some(1080) }, to("reads")),
            ("reads", waits, to("ready")),
            ("ready", Action::Branch { arms, has_else: true }, to("test")),
            ("call", task, None),
            ("test", Action::Split { arms: halves }, None),
            ("gift", Action::Emit { event: "gift_sent".to_owned(), with: gift }, to("again")),
            ("again", Action::Goto, to("settle")),
            ("leave", Action::Exit { reason: "done".to_owned() }, None),
        ];
        let step = |(id, action, next): (&str, Action, Target)| Step {
            id: id.to_owned(),
            label: None,
            action,
            next,
            origin: Origin::default(),
        };
        parts.into_iter().map(step).collect()
    }

    fn journey() -> Journey {
        let by = EntryBy::Segment { segment: "hot".to_owned(), existing: false };
        let entry = Entry {
            by,
            when: Some(when("stage == \"lead\"")),
            again: Again::AfterSecs(90 * 86_400),
            key: None,
            at_once: None,
            origin: Origin::default(),
        };
        Journey {
            label: Some("育成".to_owned()),
            phase: None,
            priority: 5,
            entry,
            ends: Some("2026-06-30T00:00:00".to_owned()),
            exit_when: Some(when("stage == \"customer\"")),
            goal: Some(Goal { when: when("stage == \"sql\""), within_secs: Some(30 * 86_400) }),
            first: to("挨拶"),
            steps: steps(),
            origin: Origin::default(),
        }
    }

    #[test]
    fn people_can_read_a_plan() {
        let mut campaign = Campaign::default();
        campaign.settings.project = "demo".to_owned();
        campaign.settings.timezone = "Asia/Tokyo".to_owned();
        campaign.journeys.insert("nurture".to_owned(), journey());
        let segment =
            Segment { label: Some("今すぐ客".to_owned()), when: when("score >= 60"), origin: Origin::default() };
        campaign.segments.insert("hot".to_owned(), segment);
        let topic = Topic {
            label: None,
            consent: Consent::DoubleOptIn,
            granted: None,
            confirmation: None,
            wording: None,
            origin: Origin::default(),
        };
        campaign.topics.insert("news".to_owned(), topic);
        let email = Email {
            label: None,
            topic: "news".to_owned(),
            sender: "team".to_owned(),
            subject: "こんにちは".to_owned(),
            preheader: None,
            body: Body::Markdown(String::new()),
            text: None,
            attachments: Vec::new(),
            repeat: Again::Never,
            open_factor: 1.0,
            click_factor: 1.0,
            origin: Origin::default(),
        };
        campaign.emails.insert("hello".to_owned(), email);
        let mut plan = crate::plan::build(&campaign).unwrap();
        // The hashes have tests of their own; here they would only be noise.
        plan.hash = "sha256:0123456789abcdef".to_owned();
        plan.parts.values_mut().for_each(|hash| *hash = "sha256:0123456789abcdef".to_owned());
        insta::assert_snapshot!(text(&plan));
    }
}
