//! Topics, what is sent about them, and the limits for all of it, compiled.

use super::condition::Cond;
use super::journey::known;
use super::names::Names;
use super::{Fault, bounded_again, bounded_window, chance_key};
use crate::backend::sim::value::Sym;
use crate::ir::print::window;
use crate::ir::{self, Again, Campaign, Channel, Consent, Counted, Window};

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
    /// How many.
    pub frequency: Vec<Frequency>,
    /// The texts of the two kinds of failures.
    pub kinds: [Sym; 2],
}

/// At most so many in a window.
#[derive(Debug)]
pub struct Frequency {
    /// How many.
    pub at_most: usize,
    /// Over what.
    pub per: Window,
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
            topic: known(names.topic(&email.topic), "topic", &email.topic)?,
            marketing: is_marketing(campaign, &email.topic),
            repeat: bounded_again(email.repeat),
            open_factor: email.open_factor,
            click_factor: email.click_factor,
        })
    };
    campaign.emails.iter().map(compile).collect()
}

fn is_marketing(campaign: &Campaign, topic: &str) -> bool {
    campaign.topics.get(topic).is_none_or(ir::Topic::is_marketing)
}

/// Compiles the policies.
pub(super) fn limits_of(campaign: &Campaign, topics: &[Topic], contents: &[Content], names: &mut Names<'_>) -> Limits {
    let policies = &campaign.policies;
    let counted = |counts: &Counted| {
        let of = |content: &Content| match counts {
            Counted::All => true,
            Counted::Marketing => content.marketing,
            Counted::Topic(topic) => topics[content.topic].name == *topic,
        };
        contents.iter().map(of).collect()
    };
    let frequency = policies.frequency.iter().map(|rule| Frequency {
        at_most: usize::try_from(rule.at_most).unwrap_or(usize::MAX),
        per: bounded_window(rule.per),
        delay: rule.delay,
        counts: counted(&rule.counts),
        lead_time: rule.lead_time,
        text: frequency_text(rule),
    });
    Limits { frequency: frequency.collect(), kinds: [names.texts.intern("soft"), names.texts.intern("hard")] }
}

fn frequency_text(rule: &ir::Frequency) -> String {
    let per = window(rule.per);
    let counts = match &rule.counts {
        Counted::All => String::new(),
        Counted::Marketing => " marketing".to_owned(),
        Counted::Topic(topic) => format!(" `{topic}`"),
    };
    format!("at most {}{counts} per {per}", rule.at_most)
}
