//! What steps send, and which gates may hold mails.
//!
//! In: the campaign and a name. Out: what is sent, how often, and what may make it wait. Never: what a lead is like.

use crate::ir::{Again, Campaign, Channel, Counted, Frequency, MailLimit, Name, QuietHours, Topic};

/// Something that is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mail<'c> {
    /// Its name.
    pub(super) content: &'c Name,
    /// By which channel.
    pub(super) channel: Channel,
    /// What it is about.
    pub(super) topic: &'c Name,
    /// Whether it is marketing.
    pub(super) marketing: bool,
    /// When one lead may get it again.
    pub(super) repeat: Again,
}

impl<'c> Mail<'c> {
    /// Something that is sent, by its name.
    pub(super) fn of(campaign: &'c Campaign, content: &Name) -> Option<Mail<'c>> {
        let (content, channel, topic, repeat) =
            match (campaign.emails.get_key_value(content), campaign.messages.get_key_value(content)) {
                (Some((name, email)), _) => (name, Channel::Email, &email.topic, email.repeat),
                (None, Some((name, message))) => (name, message.channel, &message.topic, message.repeat),
                (None, None) => return None,
            };
        let marketing = campaign.topics.get(topic).is_none_or(Topic::is_marketing);
        Some(Mail { content, channel, topic, marketing, repeat })
    }

    /// How often one lead can get it in a window, if that is limited.
    pub(super) fn most(&self, window_secs: i64) -> Option<u64> {
        match self.repeat {
            Again::Always => None,
            Again::Never => Some(1),
            Again::AfterSecs(secs) => u64::try_from((window_secs + secs - 1) / secs.max(1)).ok(),
        }
    }

    /// Whether a limit counts it.
    pub(super) fn counts(&self, limit: &MailLimit) -> bool {
        let is_meant = match &limit.counts {
            Counted::All => true,
            Counted::Marketing => self.marketing,
            Counted::Topic(topic) => self.topic == topic,
        };
        is_meant && limit.channels.contains(&self.channel)
    }

    /// The quiet hours that may hold it.
    pub(super) fn quiet_hours(&self, campaign: &'c Campaign) -> Option<&'c QuietHours> {
        let own = campaign.channels.get(&self.channel).and_then(|settings| settings.quiet_hours.as_ref());
        let quiet = own.or(campaign.policies.quiet_hours.as_ref());
        quiet.filter(|_| self.marketing && self.channel.usual().intrudes)
    }

    /// Whether its sender may send only so many.
    pub(super) fn has_quota(&self, campaign: &Campaign) -> bool {
        let email = campaign.emails.get(self.content);
        let sender = email.and_then(|email| campaign.senders.get(&email.sender));
        sender.is_some_and(|sender| sender.quota.is_some())
    }
}

/// Whether any mail may be held: a sender may send only so many, quiet hours shut a channel by which something is sent, or
/// a frequency rule lets mails wait. Where none is held, none stands behind another.
pub(super) fn may_hold(campaign: &Campaign) -> bool {
    let is_quiet =
        |content: &Name| Mail::of(campaign, content).is_some_and(|mail| mail.quiet_hours(campaign).is_some());
    enforced(campaign).any(|rule| rule.delay)
        || campaign.senders.values().any(|sender| sender.quota.is_some())
        || campaign.emails.keys().chain(campaign.messages.keys()).any(is_quiet)
}

/// The frequency rules of all channels.
pub(super) fn enforced(campaign: &Campaign) -> impl Iterator<Item = &Frequency> {
    let own = campaign.channels.values().flat_map(|settings| &settings.frequency);
    campaign.policies.frequency.iter().chain(own)
}
