//! Topics, what is sent about them, and the limits for all of it, compiled.

use super::condition::Cond;
use super::journey::known;
use super::names::Names;
use super::{Fault, bounded_again, bounded_window, chance_key};
use crate::backend::sim::civil::DAY;
use crate::backend::sim::value::Sym;
use crate::ir::{self, Again, Campaign, Channel, Consent, Counted, Money, Window};

/// What mails are about.
#[derive(Debug)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Its name.
    pub sym: Sym,
    /// Its key of chance.
    pub chance: u64,
    /// How leads agree to it.
    pub consent: Consent,
    /// Who agreed before.
    pub granted: Option<Cond>,
}

impl Topic {
    /// Whether its mails are marketing.
    pub fn marketing(&self) -> bool {
        self.consent != Consent::Transactional
    }
}

/// Something that can be sent.
#[derive(Debug)]
pub struct Content {
    /// Its name.
    pub name: String,
    /// Its name.
    pub sym: Sym,
    /// Number of the channel that it goes by.
    pub channel: usize,
    /// What one costs.
    pub cost: Money,
    /// What it is about.
    pub topic: usize,
    /// Whether it is marketing.
    pub marketing: bool,
    /// When one lead may get it again.
    pub repeat: Again,
    /// Multiplies the chance to open.
    pub open_factor: f64,
    /// Multiplies the chance to click.
    pub click_factor: f64,
}

/// Limits for all that is sent.
#[derive(Debug)]
pub struct Limits {
    /// How many: the policy's rules, then those of channels.
    pub frequency: Vec<Frequency>,
}

/// At most so many in a window.
#[derive(Debug)]
pub struct Frequency {
    /// How many.
    pub at_most: usize,
    /// Over what.
    pub per: Window,
    /// No window is longer, in seconds.
    pub longest: i64,
    /// Whether too many wait.
    pub delay: bool,
    /// Of each content, whether it is counted.
    pub counts: Vec<bool>,
    /// Whether it is the lead's clock.
    pub lead_time: bool,
    /// What it says, for traces.
    pub text: String,
}

/// Compiles the topics.
pub(super) fn topics(campaign: &Campaign, names: &mut Names<'_>) -> Vec<Topic> {
    let topics = campaign.topics.iter().map(|(name, topic)| Topic {
        name: name.clone(),
        sym: names.texts.intern(name),
        chance: chance_key(&["topic", name]),
        consent: topic.consent,
        granted: names.optional(topic.granted.as_ref(), None),
    });
    topics.collect()
}

/// Compiles what can be sent.
pub(super) fn contents(campaign: &Campaign, names: &mut Names<'_>) -> Result<Vec<Content>, Fault> {
    let compile = |(name, email): (&String, &ir::Email)| {
        Ok(Content {
            name: name.clone(),
            sym: names.texts.intern(name),
            channel: Channel::Email.number(),
            cost: cost(campaign, Channel::Email, 1),
            topic: known(names.topic(&email.topic), "topic", &email.topic)?,
            marketing: is_marketing(campaign, &email.topic),
            repeat: bounded_again(email.repeat),
            open_factor: email.open_factor,
            click_factor: email.click_factor,
        })
    };
    let emails: Result<Vec<Content>, Fault> = campaign.emails.iter().map(compile).collect();
    let mut contents = emails?;
    for (name, message) in &campaign.messages {
        contents.push(Content {
            name: name.clone(),
            sym: names.texts.intern(name),
            channel: message.channel.number(),
            cost: cost(campaign, message.channel, message.segments),
            topic: known(names.topic(&message.topic), "topic", &message.topic)?,
            marketing: is_marketing(campaign, &message.topic),
            repeat: bounded_again(message.repeat),
            open_factor: message.open_factor,
            click_factor: message.click_factor,
        });
    }
    Ok(contents)
}

/// What one of a channel costs.
fn cost(campaign: &Campaign, channel: Channel, segments: u32) -> Money {
    campaign.channels.get(&channel).map_or(Money::ZERO, |settings| settings.cost.times(u64::from(segments)))
}

fn is_marketing(campaign: &Campaign, topic: &str) -> bool {
    campaign.topics.get(topic).is_none_or(ir::Topic::is_marketing)
}

/// Compiles the policies, then the rules of channels.
pub(super) fn limits_of(campaign: &Campaign, topics: &[Topic], contents: &[Content]) -> Limits {
    let policy = rules("frequency rule", &campaign.policies.frequency, topics, contents);
    let own = campaign.channels.iter().flat_map(|(channel, settings)| {
        rules(&format!("frequency rule of `{}`", channel.word()), &settings.frequency, topics, contents)
    });
    Limits { frequency: policy.into_iter().chain(own).collect() }
}

fn rules(name: &str, rules: &[ir::Frequency], topics: &[Topic], contents: &[Content]) -> Vec<Frequency> {
    let counted = |rule: &ir::Frequency, content: &Content| {
        let counts = match &rule.counts {
            Counted::All => true,
            Counted::Marketing => content.marketing,
            Counted::Topic(topic) => topics[content.topic].name == *topic,
        };
        counts && rule.channels.iter().any(|channel| channel.number() == content.channel)
    };
    let compile = |(at, rule): (usize, &ir::Frequency)| Frequency {
        at_most: usize::try_from(rule.at_most).unwrap_or(usize::MAX),
        per: bounded_window(rule.per),
        longest: longest(bounded_window(rule.per)),
        delay: rule.delay,
        counts: contents.iter().map(|content| counted(rule, content)).collect(),
        lead_time: rule.lead_time,
        text: format!("{name} {}, {}", at + 1, rule.limit_text()),
    };
    rules.iter().enumerate().map(compile).collect()
}

/// More than the seconds of any such window: a change of clocks may add hours to a day.
fn longest(window: Window) -> i64 {
    match window {
        Window::RollingSecs(secs) => secs,
        Window::CalendarDay => 3 * DAY,
        Window::CalendarWeek => 9 * DAY,
        Window::CalendarMonth => 33 * DAY,
        Window::Ever => i64::MAX,
    }
}
