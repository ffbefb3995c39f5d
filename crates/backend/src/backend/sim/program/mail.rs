//! Topics, what is sent about them, and the limits for all of it, compiled.

use super::condition::Cond;
use super::journey::known;
use super::names::Names;
use super::{Fault, Program, bounded_again, bounded_window, chance_key};
use crate::backend::sim::civil::{DAY, Zone};
use crate::backend::sim::value::Sym;
use crate::ir::permission::Then;
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
    /// Which gates can ever be closed for it.
    pub gates: Gates,
    /// Numbers of the frequency rules that count it.
    pub rules: Vec<usize>,
}

/// Gates that can be closed for some lead at some time. A set of bits. The gate of the address always can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gates(u8);

impl Gates {
    /// Consent.
    pub const CONSENT: Gates = Gates(1);
    /// Interest, and a pause.
    pub const REST: Gates = Gates(1 << 1);
    /// What was sent before.
    pub const REPEAT: Gates = Gates(1 << 2);
    /// Quiet hours.
    pub const QUIET: Gates = Gates(1 << 3);
    /// The lead's own limit.
    pub const OWN_LIMIT: Gates = Gates(1 << 4);
    /// The quota of the sender.
    pub const QUOTA: Gates = Gates(1 << 5);

    /// Those that are asked between consent and frequency.
    pub const BEFORE_FREQUENCY: Gates = Gates(Gates::REST.0 | Gates::REPEAT.0 | Gates::QUIET.0);

    /// Whether one of these is among them.
    #[inline]
    pub fn has(self, gates: Gates) -> bool {
        self.0 & gates.0 != 0
    }

    fn put(&mut self, gates: Gates, can_close: bool) {
        self.0 |= if can_close { gates.0 } else { 0 };
    }
}

impl Program {
    /// Finds out which gates can ever be closed for what is sent.
    pub(super) fn place_gates(&mut self) {
        let permission = &self.permission;
        let suppresses = permission.sunset.as_ref().is_some_and(|sunset| sunset.then == Then::Suppress);
        let (pauses, limits) = (permission.preferences.pause.is_some(), permission.preferences.fewer.is_some());
        for (number, content) in self.contents.iter_mut().enumerate() {
            let is_quiet = self.channels[content.channel].quiet.is_some();
            content.gates.put(Gates::CONSENT, self.topics[content.topic].marketing());
            content.gates.put(Gates::REST, content.marketing && (suppresses || pauses));
            content.gates.put(Gates::REPEAT, content.repeat != Again::Always);
            content.gates.put(Gates::QUIET, content.marketing && is_quiet);
            content.gates.put(Gates::OWN_LIMIT, content.marketing && limits);
            content.gates.put(Gates::QUOTA, self.quotas.of_content.get(number).copied().flatten().is_some());
            let rules = self.policies.frequency.iter().enumerate();
            content.rules = rules.filter(|(_, rule)| rule.counts[number]).map(|(rule, _)| rule).collect();
        }
    }
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
    /// Whether all are.
    pub counts_all: bool,
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
            gates: Gates::default(),
            rules: Vec::new(),
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
            gates: Gates::default(),
            rules: Vec::new(),
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
pub(super) fn limits_of(campaign: &Campaign, zone: &Zone, topics: &[Topic], contents: &[Content]) -> Limits {
    let policy = rules("frequency rule", &campaign.policies.frequency, zone, topics, contents);
    let own = campaign.channels.iter().flat_map(|(channel, settings)| {
        rules(&format!("frequency rule of `{}`", channel.word()), &settings.frequency, zone, topics, contents)
    });
    Limits { frequency: policy.into_iter().chain(own).collect() }
}

fn rules(name: &str, rules: &[ir::Frequency], zone: &Zone, topics: &[Topic], contents: &[Content]) -> Vec<Frequency> {
    let counted = |rule: &ir::Frequency, content: &Content| {
        let counts = match &rule.counts {
            Counted::All => true,
            Counted::Marketing => content.marketing,
            Counted::Topic(topic) => topics[content.topic].name == *topic,
        };
        counts && rule.channels.iter().any(|channel| channel.number() == content.channel)
    };
    let compile = |(at, rule): (usize, &ir::Frequency)| {
        let counts: Vec<bool> = contents.iter().map(|content| counted(rule, content)).collect();
        Frequency {
            at_most: usize::try_from(rule.at_most).unwrap_or(usize::MAX),
            per: bounded_window(rule.per),
            longest: longest(bounded_window(rule.per), zone.is_steady() && !rule.lead_time),
            delay: rule.delay,
            counts_all: counts.iter().all(|counted| *counted),
            counts,
            lead_time: rule.lead_time,
            text: format!("{name} {}, {}", at + 1, rule.limit_text()),
        }
    };
    rules.iter().enumerate().map(compile).collect()
}

/// No fewer than the seconds of any such window. Where clocks are not steady, a change of them may add hours to a day.
fn longest(window: Window, is_steady: bool) -> i64 {
    let more = if is_steady { 0 } else { 2 * DAY };
    match window {
        Window::RollingSecs(secs) => secs,
        Window::CalendarDay => DAY + more,
        Window::CalendarWeek => 7 * DAY + more,
        Window::CalendarMonth => 31 * DAY + more,
        Window::Ever => i64::MAX,
    }
}
