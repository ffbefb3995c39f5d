//! Lists, topics, senders, policies.

use super::typing::{AtHand, Place};
use super::{Resolver, permission, window};
use crate::ast::limits::{
    ChannelName, Dmarc, Domain, Frequency, HardBounces, MailLimit, OnExcess, Policies, QuietDay, QuietHours, Sender,
    Topic, TopicKind, Weekday, WhoseTime,
};
use crate::ast::people::List;
use crate::ast::quantity::Window;
use crate::ast::{Kind, Named, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::{self, Channel, Name};
use crate::syntax::Spanned;
use crate::text::Span;

impl Resolver<'_> {
    pub(super) fn content(&mut self) {
        let mut policies_at: Option<Span> = None;
        for file in self.files {
            for named in &file.lists {
                self.list(named);
            }
            for named in &file.topics {
                self.topic(named);
            }
            for named in &file.senders {
                self.sender(named);
            }
            if let Some(policies) = &file.policies {
                if let Some(first) = policies_at {
                    let finding = Diagnostic::new(Code::DuplicateName, policies.span, "there are two `policies`");
                    self.sink.push(finding.also(first, "the first").help("a project has one; put all of them there"));
                } else {
                    policies_at = Some(policies.span);
                    self.out.policies = self.policies(policies);
                }
            }
        }
    }

    fn list(&mut self, named: &Named<List>) {
        if !self.is_first(Kind::List, &named.name) {
            return;
        }
        let (mut ids, mut emails) = named.def.members.as_ref().map(|path| self.members(path)).unwrap_or_default();
        for names in [&mut ids, &mut emails] {
            names.sort_unstable();
            names.dedup();
        }
        let list = ir::List { label: named.def.label.clone(), ids, emails, origin: named.name.span.into() };
        self.out.lists.insert(named.name.value.clone(), list);
    }

    fn members(&mut self, path: &Text) -> (Vec<String>, Vec<String>) {
        match self.attachments.members.get(&path.value) {
            Some(Ok(members)) => members.clone(),
            Some(Err(why)) => {
                let message = format!("the list's file `{}` cannot be read: {why}", path.value);
                self.sink.push(Diagnostic::new(Code::UnreadableFile, path.span, message));
                Default::default()
            }
            None => Default::default(),
        }
    }

    fn topic(&mut self, named: &Named<Topic>) {
        if !self.is_first(Kind::Topic, &named.name) {
            return;
        }
        let def = &named.def;
        let nothing = AtHand::Nothing("consent before the run depends on the lead's fields".to_owned());
        let granted = self.optional_condition(def.granted.as_ref(), Place::Fields, &nothing);
        let consent = match (def.kind, def.consent) {
            (TopicKind::Transactional, None) => ir::Consent::Transactional,
            (TopicKind::Transactional, Some(_)) => {
                let message = "a transactional topic needs no consent";
                let finding = Diagnostic::new(Code::UnknownKey, named.name.span, message);
                self.sink.push(finding.help("leave out `consent`, or the `kind`"));
                ir::Consent::Transactional
            }
            (TopicKind::Marketing, Some(consent)) => permission::consent(consent),
            (TopicKind::Marketing, None) => {
                let message = format!("the topic `{}` does not say how leads agree to it", named.name.value);
                let finding = Diagnostic::new(Code::MissingKey, named.name.span, message);
                self.sink.push(
                    finding.help("write `consent: double_opt_in`, `opt_in` or `opt_out`, or `kind: transactional`"),
                );
                ir::Consent::OptIn
            }
        };
        let topic = ir::Topic {
            label: def.label.clone(),
            consent,
            granted,
            confirmation: self.confirmation(def),
            wording: def.text.as_ref().map(|text| ir::Wording::new(text)),
            origin: named.name.span.into(),
        };
        self.out.topics.insert(named.name.value.clone(), topic);
    }

    /// A topic that is asked for and that leads subscribe to; with a finding if it is another one.
    pub(super) fn ask_marketing(&mut self, asked: &Text, help: &str) -> Option<Name> {
        let topic = self.ask(Kind::Topic, asked)?;
        if self.out.topics.get(&topic).is_some_and(|topic| !topic.is_marketing()) {
            let message = format!("`{topic}` is transactional: nobody agrees to it or leaves it");
            self.sink.push(Diagnostic::new(Code::InvalidValue, asked.span, message).help(help));
        }
        Some(topic)
    }

    fn sender(&mut self, named: &Named<Sender>) {
        if !self.is_first(Kind::Sender, &named.name) {
            return;
        }
        let def = &named.def;
        for address in [Some(&def.from.email), def.reply_to.as_ref()].into_iter().flatten() {
            if !ir::value::is_email(address) {
                let message = format!("`{}` is no e-mail address", address.value);
                self.sink.push(Diagnostic::new(Code::InvalidValue, address.span, message));
            }
        }
        let domain = def.domain.as_ref().map(|domain| self.domain(domain));
        let quota = self.quota(def.quota.as_ref(), def.warmup.as_ref());
        let sender = ir::Sender {
            quota,
            name: def.from.name.as_ref().map(|name| name.value.clone()),
            name_at: def.from.name.as_ref().map_or(named.name.span, |name| name.span).into(),
            email: def.from.email.value.clone(),
            email_at: def.from.email.span.into(),
            reply_to: def.reply_to.as_ref().map(|address| address.value.clone()),
            address: def.address.clone(),
            domain,
            origin: named.name.span.into(),
        };
        self.out.senders.insert(named.name.value.clone(), sender);
    }

    /// The records of a domain.
    fn domain(&mut self, domain: &Domain) -> ir::Domain {
        if let (Some(_), Some(target)) = (&domain.dkim_key, &domain.dkim_target) {
            let message = "a DKIM record holds a key or leads to one, not both";
            let finding = Diagnostic::new(Code::InvalidValue, target.span, message);
            self.sink.push(finding.help("leave out `dkim_key` or `dkim_target`"));
        }
        ir::Domain {
            name: domain.name.value.clone(),
            dkim: domain.dkim.clone(),
            dmarc: domain.dmarc.map(|dmarc| {
                match dmarc {
                    Dmarc::None => "none",
                    Dmarc::Quarantine => "quarantine",
                    Dmarc::Reject => "reject",
                }
                .to_owned()
            }),
            tracking: domain.tracking.clone(),
            spf: domain.spf.iter().flatten().map(|mechanism| mechanism.value.clone()).collect(),
            dkim_key: domain.dkim_key.as_ref().map(|key| key.split_whitespace().collect()),
            dkim_target: text_of(domain.dkim_target.as_ref()),
            reports: text_of(domain.reports.as_ref()),
            tracking_target: text_of(domain.tracking_target.as_ref()),
            origin: domain.name.span.into(),
        }
    }

    fn policies(&mut self, def: &Policies) -> ir::Policies {
        let defaults = ir::Policies::default();
        let bounces = def.bounces.as_ref();
        let soft = bounces.and_then(|bounces| bounces.soft);
        ir::Policies {
            frequency: def.frequency.iter().flatten().filter_map(|rule| self.frequency(rule)).collect(),
            limits: def.limits.iter().flatten().filter_map(|rule| self.limit(rule)).collect(),
            quiet_hours: def.quiet_hours.as_ref().and_then(|quiet| self.quiet_hours(quiet)),
            soft_retries: soft.map_or(0, |soft| soft.retry),
            soft_every_secs: soft.and_then(|soft| soft.every).map_or(defaults.soft_every_secs, |every| every.secs),
            soft_suppress_after: soft.and_then(|soft| soft.suppress_after),
            hard_suppress: bounces.is_none_or(|bounces| bounces.hard == HardBounces::Suppress),
            max_hold_secs: def.max_hold.map_or(defaults.max_hold_secs, |hold| hold.secs),
            permission: self.permission(def),
        }
    }

    pub(super) fn frequency(&mut self, rule: &Spanned<Frequency>) -> Option<ir::Frequency> {
        self.window_of_time(&rule.per)?;
        Some(ir::Frequency {
            at_most: rule.at_most.value,
            per: window(rule.per.value),
            delay: rule.on_excess == OnExcess::Delay,
            counts: self.which_mails(rule.counts.as_ref())?,
            channels: counted_channels(rule.channels.as_ref()),
            lead_time: rule.timezone == WhoseTime::Lead,
            origin: rule.span.into(),
        })
    }

    fn limit(&mut self, rule: &Spanned<MailLimit>) -> Option<ir::MailLimit> {
        self.window_of_time(&rule.per)?;
        Some(ir::MailLimit {
            at_most: rule.at_most.value,
            per: window(rule.per.value),
            counts: self.which_mails(rule.counts.as_ref())?,
            channels: counted_channels(rule.channels.as_ref()),
            lead_time: rule.timezone == WhoseTime::Lead,
            origin: rule.span.into(),
        })
    }

    fn window_of_time(&mut self, per: &Spanned<Window>) -> Option<()> {
        if per.value != Window::Ever {
            return Some(());
        }
        let finding = Diagnostic::new(Code::InvalidValue, per.span, "a frequency needs a window of time");
        self.sink.push(finding.help("to send an email once in all, give it `repeat: never`"));
        None
    }

    fn which_mails(&mut self, counts: Option<&Text>) -> Option<ir::Counted> {
        Some(match counts {
            None => ir::Counted::All,
            Some(word) if word.value == "all" => ir::Counted::All,
            Some(word) if word.value == "marketing" => ir::Counted::Marketing,
            Some(topic) => ir::Counted::Topic(self.ask(Kind::Topic, topic)?),
        })
    }

    pub(super) fn quiet_hours(&mut self, quiet: &Spanned<QuietHours>) -> Option<ir::QuietHours> {
        let mut weekdays: Vec<u8> = quiet.also.iter().filter_map(|day| quiet_weekday(day.value)).collect();
        let holidays = quiet.also.iter().find(|day| day.value == QuietDay::Holidays);
        let holidays = holidays.and_then(|day| self.working_days(day.span, "which days are `holidays`"));
        weekdays.sort_unstable();
        weekdays.dedup();
        if weekdays.len() == 7 || (quiet.from.minutes, quiet.to.minutes) == (0, 24 * 60) {
            let message = "every day is quiet all day, so no marketing mail could ever go out";
            self.sink.push(Diagnostic::new(Code::InvalidValue, quiet.span, message));
            return None;
        }
        if quiet.from == quiet.to {
            let message = "the quiet hours end when they begin";
            let finding = Diagnostic::new(Code::InvalidValue, quiet.span, message);
            self.sink.push(finding.help("`from: \"21:00\", to: \"08:00\"` is quiet over night"));
            return None;
        }
        Some(ir::QuietHours {
            from_minute: quiet.from.minutes,
            to_minute: quiet.to.minutes,
            weekdays,
            holidays,
            lead_time: quiet.timezone == WhoseTime::Lead,
            origin: quiet.span.into(),
        })
    }
}

/// The channels that a rule counts, in order.
pub(super) fn counted_channels(channels: Option<&Spanned<Vec<Spanned<ChannelName>>>>) -> Vec<Channel> {
    let named = |channel: Channel| match channels {
        Some(channels) => channels.iter().any(|name| channel_of(name.value) == channel),
        None => channel.usual().intrudes,
    };
    Channel::ALL.into_iter().filter(|channel| named(*channel)).collect()
}

fn channel_of(name: ChannelName) -> Channel {
    match name {
        ChannelName::Email => Channel::Email,
        ChannelName::Sms => Channel::Sms,
        ChannelName::Line => Channel::Line,
        ChannelName::Push => Channel::Push,
        ChannelName::Web => Channel::Web,
        ChannelName::Post => Channel::Post,
        ChannelName::Call => Channel::Call,
    }
}

fn quiet_weekday(day: QuietDay) -> Option<u8> {
    match day {
        QuietDay::Mon => Some(1),
        QuietDay::Tue => Some(2),
        QuietDay::Wed => Some(3),
        QuietDay::Thu => Some(4),
        QuietDay::Fri => Some(5),
        QuietDay::Sat => Some(6),
        QuietDay::Sun => Some(7),
        QuietDay::Holidays => None,
    }
}

/// A weekday by its number.
pub(super) fn weekday_number(day: Weekday) -> u8 {
    match day {
        Weekday::Mon => 1,
        Weekday::Tue => 2,
        Weekday::Wed => 3,
        Weekday::Thu => 4,
        Weekday::Fri => 5,
        Weekday::Sat => 6,
        Weekday::Sun => 7,
    }
}

fn text_of(text: Option<&Text>) -> Option<String> {
    text.map(|text| text.value.clone())
}
