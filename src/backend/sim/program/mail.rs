//! Topics, emails and limits for all mails, compiled.

use super::condition::Cond;
use super::journey::known;
use super::names::Names;
use super::{Fault, bounded, bounded_again, bounded_window};
use crate::backend::sim::civil::Quiet;
use crate::backend::sim::value::Sym;
use crate::ir::print::duration;
use crate::ir::{Again, Campaign, Consent, Counted, Policies, Window};

/// What mails are about.
#[derive(Debug)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Its name.
    pub sym: Sym,
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

/// A mail.
#[derive(Debug)]
pub struct Email {
    /// Its name.
    pub name: String,
    /// Its name.
    pub sym: Sym,
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

/// Limits for all mails.
#[derive(Debug)]
pub struct Limits {
    /// How many.
    pub frequency: Vec<Frequency>,
    /// When marketing waits.
    pub quiet: Option<Quiet>,
    /// The rest.
    pub bounces: Policies,
    /// The texts of the two kinds of bounces.
    pub kinds: [Sym; 2],
}

/// At most so many mails in a window.
#[derive(Debug)]
pub struct Frequency {
    /// How many.
    pub at_most: usize,
    /// Over what.
    pub per: Window,
    /// Whether too many wait.
    pub delay: bool,
    /// Of each email, whether it is counted.
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
        consent: topic.consent,
        granted: names.optional(topic.granted.as_ref(), None),
    });
    topics.collect()
}

/// Compiles the emails.
pub(super) fn emails(campaign: &Campaign, names: &mut Names<'_>) -> Result<Vec<Email>, Fault> {
    let compile = |(name, email): (&String, &crate::ir::Email)| {
        Ok(Email {
            name: name.clone(),
            sym: names.texts.intern(name),
            topic: known(names.topic(&email.topic), "topic", &email.topic)?,
            marketing: campaign.topics.get(&email.topic).is_none_or(crate::ir::Topic::is_marketing),
            repeat: bounded_again(email.repeat),
            open_factor: email.open_factor,
            click_factor: email.click_factor,
        })
    };
    campaign.emails.iter().map(compile).collect()
}

/// Compiles the policies.
pub(super) fn limits_of(campaign: &Campaign, names: &mut Names<'_>) -> Limits {
    let policies = &campaign.policies;
    let counted = |counts: &Counted| {
        let of = |email: &crate::ir::Email| match counts {
            Counted::All => true,
            Counted::Marketing => campaign.topics.get(&email.topic).is_none_or(crate::ir::Topic::is_marketing),
            Counted::Topic(topic) => email.topic == *topic,
        };
        campaign.emails.values().map(of).collect()
    };
    let frequency = policies.frequency.iter().map(|rule| Frequency {
        at_most: usize::try_from(rule.at_most).unwrap_or(usize::MAX),
        per: bounded_window(rule.per),
        delay: rule.delay,
        counts: counted(&rule.counts),
        lead_time: rule.lead_time,
        text: frequency_text(rule),
    });
    Limits {
        frequency: frequency.collect(),
        quiet: policies.quiet_hours.as_ref().map(Quiet::of),
        bounces: Policies { soft_every_secs: bounded(policies.soft_every_secs).max(1), ..policies.clone() },
        kinds: [names.texts.intern("soft"), names.texts.intern("hard")],
    }
}

fn frequency_text(rule: &crate::ir::Frequency) -> String {
    let per = match rule.per {
        Window::RollingSecs(secs) => duration(secs),
        Window::CalendarDay => "calendar day".to_owned(),
        Window::CalendarWeek => "calendar week".to_owned(),
        Window::CalendarMonth => "calendar month".to_owned(),
        Window::Ever => "lead".to_owned(),
    };
    let counts = match &rule.counts {
        Counted::All => String::new(),
        Counted::Marketing => " marketing".to_owned(),
        Counted::Topic(topic) => format!(" `{topic}`"),
    };
    format!("at most {}{counts} per {per}", rule.at_most)
}
