//! Channels, messages, integrations and what comes of steps, as people read them.

use std::fmt::Write as _;

use super::{again, consent, hash, titled};
use crate::ir::channel::{Channel, ChannelSettings};
use crate::ir::journey::Action;
use crate::ir::print::duration;
use crate::ir::{Again, Delay, Mapped, Mapping, Money, Outcome};
use crate::plan::Plan;

/// Sections of channels, messages and integrations.
pub(super) fn write(plan: &Plan, out: &mut String) {
    write_messages(plan, out);
    write_channels(plan, out);
    write_integrations(plan, out);
}

fn write_messages(plan: &Plan, out: &mut String) {
    for (name, message) in &plan.campaign.messages {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(out, "\nmessage {}{}", titled(name, message.label.as_deref()), hash(plan, "messages", name));
        let segments = if message.segments > 1 { format!(", {} segments", message.segments) } else { String::new() };
        let _ = writeln!(out, "  channel   {}{segments}", message.channel.word());
        for (at, line) in message.body.trim_end().lines().enumerate() {
            let _ = writeln!(out, "  {:9} {line}", if at == 0 { "text" } else { "" });
        }
        if let Some(link) = &message.link {
            let _ = writeln!(out, "  link      {link}");
        }
        let _ = writeln!(out, "  topic     {} ({})", message.topic, consent(&plan.campaign, &message.topic));
        if message.repeat != Again::Always {
            let _ = writeln!(out, "  repeat    {}", again(message.repeat));
        }
        for outcome in &message.outcomes {
            let _ = writeln!(out, "  may bring {}", outcome_text(outcome));
        }
    }
}

fn write_channels(plan: &Plan, out: &mut String) {
    for (channel, settings) in &plan.campaign.channels {
        let word = channel.word();
        let _ = writeln!(out, "\nchannel {word}{}", hash(plan, "channels", word));
        for (key, value) in channel_lines(*channel, settings) {
            let _ = writeln!(out, "  {key:9} {value}");
        }
    }
}

fn channel_lines(channel: Channel, settings: &ChannelSettings) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if !settings.address.is_empty() {
        lines.push(("address", settings.address.join(", ")));
    }
    if !settings.cost.is_nothing() {
        let each = if channel == Channel::Sms { " for each segment" } else { "" };
        lines.push(("cost", format!("{}{each}", settings.cost)));
    }
    if let Some(quiet) = &settings.quiet_hours {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        lines.push(("quiet", format!("{} to {}", clock(quiet.from_minute), clock(quiet.to_minute))));
    }
    for rule in &settings.frequency {
        let excess = if rule.delay { "delay" } else { "skip" };
        lines.push(("frequency", format!("{}, else {excess}", rule.limit_text())));
    }
    if let Some(delivery) = settings.delivery {
        lines.push(("arrives", format!("after {}", took(delivery))));
    }
    if let Some(visit) = &settings.visit {
        lines.push(("shown at", format!("{visit}, within {}", duration(settings.expires_secs))));
    }
    lines
}

fn write_integrations(plan: &Plan, out: &mut String) {
    for (name, system) in &plan.campaign.integrations {
        let title = titled(name, system.label.as_deref());
        let _ = writeln!(out, "\nintegration {title}{}", hash(plan, "integrations", name));
        let _ = writeln!(out, "  kind      {}", system.kind.word());
        if !system.cost.is_nothing() {
            let _ = writeln!(out, "  cost      {}", system.cost);
        }
        if let Some(cost) = system.member_cost {
            let per = duration(cost.per_secs);
            let _ = writeln!(out, "  cost      {} per member and {per}", cost.amount);
        }
        if let Some(url) = &system.url {
            let _ = writeln!(out, "  url       {url}");
        }
    }
}

/// `, costs 1500`, or nothing.
pub(super) fn costs(cost: Money) -> String {
    if cost.is_nothing() { String::new() } else { format!(", costs {}", cost) }
}

/// Lines below a step: the fields that another system gets, and what may come of it.
pub(super) fn details(action: &Action) -> Vec<String> {
    let nothing = Mapping::new();
    let fields = match action {
        Action::Sync { fields, .. } | Action::Webhook { fields, .. } => fields,
        Action::Send { .. }
        | Action::Wait { .. }
        | Action::WaitUntil { .. }
        | Action::WaitUntilDate { .. }
        | Action::WaitBestTime
        | Action::WaitFor { .. }
        | Action::Branch { .. }
        | Action::Split { .. }
        | Action::Set { .. }
        | Action::Score { .. }
        | Action::Stage { .. }
        | Action::List { .. }
        | Action::Topic { .. }
        | Action::Task { .. }
        | Action::Audience { .. }
        | Action::Emit { .. }
        | Action::Start { .. }
        | Action::Goto
        | Action::Exit { .. } => &nothing,
    };
    let fields = fields.iter().map(|(name, mapped)| match mapped {
        Mapped::Value { text, .. } => format!("{name} = {text}"),
        Mapped::Template(template) => format!("{name} = {template:?}"),
    });
    let outcomes = action.outcomes().iter().map(|outcome| format!("may bring {}", outcome_text(outcome)));
    fields.chain(outcomes).collect()
}

/// How long it takes, for people.
fn took(delay: Delay) -> String {
    match delay {
        Delay::LogNormal { median_secs, p90_secs } => {
            format!("{}, nine in ten within {}", duration(median_secs), duration(p90_secs))
        }
        Delay::Exponential { mean_secs } => format!("{} on average", duration(mean_secs)),
    }
}

fn outcome_text(outcome: &Outcome) -> String {
    let with: String = outcome.with.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    let chance = (outcome.chance * 1e4).round() / 100.0;
    let after = match outcome.delay {
        Delay::LogNormal { median_secs, .. } => duration(median_secs),
        Delay::Exponential { mean_secs } => duration(mean_secs),
    };
    let when = outcome.when.as_ref().map_or(String::new(), |when| format!(", if {}", when.text));
    format!("{}{with}: {chance} %, after about {after}{when}", outcome.event)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ir::integration::{Integration, IntegrationKind, MemberCost, Method};
    use crate::ir::{Campaign, Delay, Expr, Message, Value};
    use crate::text::Origin;

    fn outcome() -> Outcome {
        Outcome {
            event: "deal_won".to_owned(),
            with: BTreeMap::from([("amount".to_owned(), Value::Int(480_000))]),
            chance: 0.08,
            delay: Delay::LogNormal { median_secs: 30 * 86_400, p90_secs: 90 * 86_400 },
            when: None,
        }
    }

    #[test]
    fn people_can_read_what_reaches_beyond_the_campaign() {
        let mut campaign = Campaign::default();
        let sms = ChannelSettings {
            address: vec!["phone".to_owned()],
            cost: Money::of(9.2),
            expires_secs: 1,
            ..ChannelSettings::default()
        };
        campaign.channels.insert(Channel::Sms, sms);
        let message = Message {
            label: Some("前日のお知らせ".to_owned()),
            channel: Channel::Sms,
            topic: "news".to_owned(),
            body: "明日です\nお待ちしております\n".to_owned(),
            link: Some("https://example.jp".to_owned()),
            segments: 2,
            repeat: Again::Never,
            open_factor: 1.0,
            click_factor: 1.0,
            outcomes: vec![outcome()],
            origin: Origin::default(),
        };
        campaign.messages.insert("reminder".to_owned(), message);
        let ads = Integration {
            label: None,
            kind: IntegrationKind::Ads,
            cost: Money::ZERO,
            member_cost: Some(MemberCost { amount: Money::of(12.0), per_secs: 86_400 }),
            url: None,
            origin: Origin::default(),
        };
        campaign.integrations.insert("google-ads".to_owned(), ads);
        let mut plan = crate::plan::build(&campaign).unwrap();
        plan.parts.clear();
        let mut out = String::new();
        write(&plan, &mut out);
        let expected = "\nmessage reminder (前日のお知らせ)\n  channel   sms, 2 segments\n  text      明日です\n            \
                        お待ちしております\n  link      https://example.jp\n  topic     news ()\n  repeat    never\n  \
                        may bring deal_won amount=480000: 8 %, after about 30 days\n\nchannel sms\n  address   phone\n  \
                        cost      9.2 for each segment\n\nintegration google-ads\n  kind      ads\n  cost      12 per member \
                        and 1 day\n";
        assert_eq!(out, expected);
    }

    #[test]
    fn below_a_step_stand_its_fields_and_outcomes() {
        let fields = BTreeMap::from([
            ("Company".to_owned(), Mapped::Value { text: "company".to_owned(), expr: Expr::Absent }),
            ("Title".to_owned(), Mapped::Template("{{ department }}様".to_owned())),
        ]);
        let (to, url) = ("erp".to_owned(), "https://erp.example".to_owned());
        let webhook = Action::Webhook { to, method: Method::Put, url, fields, outcomes: vec![outcome()] };
        let expected = [
            "Company = company",
            "Title = \"{{ department }}様\"",
            "may bring deal_won amount=480000: 8 %, after about 30 days",
        ];
        assert_eq!(details(&webhook), expected);
    }
}
