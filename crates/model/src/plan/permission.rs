//! What leads allow, as people read it in a plan.

use std::fmt::Write as _;

use super::Plan;
use super::text::{hash, titled};
use crate::ir::permission::{Back, Implied, Then};
use crate::ir::print::{duration, window};
use crate::ir::{Consent, Topic};

/// Topics that say more than which consent they need, and the policies about permission. Nothing if there is none of it.
pub(super) fn write(plan: &Plan, out: &mut String) {
    for (name, topic) in &plan.campaign.topics {
        if topic.confirmation.is_some() || topic.wording.is_some() {
            // Writing to a string cannot fail, here and below.
            let _ = writeln!(out, "\ntopic {}{}", titled(name, topic.label.as_deref()), hash(plan, "topics", name));
            write_topic(topic, out);
        }
    }
    let lines = policies(plan);
    if !lines.is_empty() {
        let _ = writeln!(out, "\npermission");
    }
    for (key, line) in lines {
        let _ = writeln!(out, "  {key:9} {line}");
    }
}

fn write_topic(topic: &Topic, out: &mut String) {
    let _ = writeln!(out, "  consent   {}", consent(topic.consent));
    if let Some(confirmation) = &topic.confirmation {
        let within = duration(confirmation.within_secs);
        let remind = confirmation
            .remind
            .as_ref()
            .map_or(String::new(), |remind| format!("; {} after {}", remind.email, duration(remind.after_secs)));
        let _ = writeln!(out, "  confirm   {}, within {within}{remind}", confirmation.email);
    }
    if let Some(wording) = &topic.wording {
        let _ = writeln!(out, "  text      {} ({})", wording.text.replace('\n', " "), wording.version);
    }
}

fn policies(plan: &Plan) -> Vec<(&'static str, String)> {
    let permission = &plan.campaign.policies.permission;
    let mut lines = Vec::new();
    for market in &permission.markets {
        let asks = market.consent.map_or(String::new(), |asks| format!(": {}", consent(asks)));
        let implied = market.implied.as_ref().map_or(String::new(), implied);
        lines.push(("market", format!("{} when {}{asks}{implied}", market.name, market.when.text)));
    }
    if let Some(unsubscribe) = &permission.unsubscribe {
        let scope = |all: bool| if all { "all" } else { "the topic" };
        let back = match unsubscribe.back {
            Back::Subscribing => "back by subscribing",
            Back::Confirming => "back by confirming",
            Back::Never => "never back",
        };
        let (link, button) = (scope(unsubscribe.link_ends_all), scope(unsubscribe.one_click_ends_all));
        lines.push(("leaving", format!("link ends {link}, one-click ends {button}; from all {back}")));
    }
    if let Some(preferences) = &permission.preferences {
        let pause = preferences.pause_secs.map(|secs| format!("a pause of {}", duration(secs)));
        let fewer = preferences.fewer.map(|limit| format!("at most {} per {}", limit.count, window(limit.per)));
        lines.push(("instead", pause.into_iter().chain(fewer).collect::<Vec<_>>().join(", or ")));
    }
    if let Some(sunset) = &permission.sunset {
        let sleeping = sunset.sleeping_secs.map_or(String::new(), |secs| format!("asleep after {}, ", duration(secs)));
        let then = match sunset.then {
            Then::Suppress => "no marketing",
            Then::Unsubscribe => "unsubscribed",
            Then::Keep => "counted",
        };
        let list = sunset.list.as_ref().map_or(String::new(), |list| format!(", on list {list}"));
        let wakes = if sunset.wakes { "" } else { ", for good" };
        let after = duration(sunset.after_secs);
        let without = sunset.without.join(", ");
        lines.push(("sunset", format!("{sleeping}{then} after {after} without {without}{list}{wakes}")));
    }
    lines
}

fn implied(implied: &Implied) -> String {
    format!(", implied by {} for {}", implied.event, duration(implied.for_secs))
}

/// The words for a consent.
pub(super) fn consent(consent: Consent) -> &'static str {
    match consent {
        Consent::Transactional => "transactional",
        Consent::DoubleOptIn => "double opt-in",
        Consent::OptIn => "opt-in",
        Consent::OptOut => "opt-out",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::permission::{Confirmation, Preferences, Reminder, Sunset, Unsubscribe, Wording};
    use crate::ir::{Campaign, Limit, Permission, Window};
    use crate::text::Origin;

    #[test]
    fn people_can_read_what_leads_allow() -> Result<(), Box<dyn std::error::Error>> {
        const DAY: i64 = 86_400;
        let origin = Origin::default();
        let remind = Some(Reminder { after_secs: 2 * DAY, email: "again".to_owned(), origin });
        let confirmation = Confirmation { email: "confirm".to_owned(), within_secs: 7 * DAY, remind, origin };
        let topic = Topic {
            label: None,
            consent: Consent::DoubleOptIn,
            granted: None,
            confirmation: Some(confirmation),
            wording: Some(Wording { text: "月1回".to_owned(), version: "0a1b2c3d".to_owned() }),
            origin,
        };
        let mut campaign = Campaign::default();
        campaign.topics.insert("news".to_owned(), topic);
        campaign.policies.permission = Permission {
            markets: Vec::new(),
            unsubscribe: Some(Unsubscribe { link_ends_all: false, one_click_ends_all: true, back: Back::Never }),
            preferences: Some(Preferences {
                pause_secs: Some(30 * DAY),
                fewer: Some(Limit { count: 1, per: Window::CalendarWeek }),
            }),
            sunset: Some(Sunset {
                after_secs: 180 * DAY,
                without: vec!["email_clicked".to_owned()],
                sleeping_secs: Some(90 * DAY),
                last: None,
                then: Then::Suppress,
                list: Some("sleepers".to_owned()),
                wakes: false,
                origin,
            }),
        };
        let mut out = String::new();
        write(&super::super::build(&campaign)?, &mut out);
        let text: Vec<&str> = out.lines().filter(|line| line.starts_with("  ")).collect();
        assert_eq!(
            text,
            [
                "  consent   double opt-in",
                "  confirm   confirm, within 7 days; again after 2 days",
                "  text      月1回 (0a1b2c3d)",
                "  leaving   link ends the topic, one-click ends all; from all never back",
                "  instead   a pause of 30 days, or at most 1 per calendar week",
                "  sunset    asleep after 90 days, no marketing after 180 days without email_clicked, on list sleepers, for good",
            ]
        );
        Ok(())
    }
}
