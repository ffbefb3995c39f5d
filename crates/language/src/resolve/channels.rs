//! Channels, messages and integrations.

use std::collections::BTreeMap;

use super::typing::AtHand;
use super::{Resolver, again, sms, spanned_value};
use crate::ast::channels::{self, ChannelSettings, FieldNames, IntegrationKind, Message, MessageChannel};
use crate::ast::quantity::{Factor, Money};
use crate::ast::{Kind, Named, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::channel::{self, Channel};
use crate::ir::integration::MemberCost;
use crate::ir::{self, Again, Name, Type};
use crate::syntax::Spanned;
use crate::text::Span;

type Given<'a> = BTreeMap<Channel, &'a Spanned<ChannelSettings>>;

impl<'r> Resolver<'r> {
    /// Settings of every channel that is named or used.
    pub(super) fn channels(&mut self) {
        let given = self.given_channels();
        let mut used: BTreeMap<Channel, Span> = BTreeMap::new();
        for message in self.files.iter().flat_map(|file| &file.messages) {
            used.entry(channel_of(message.def.channel.value)).or_insert(message.def.channel.span);
        }
        for channel in Channel::ALL {
            let (settings, used_at) = (given.get(&channel).copied(), used.get(&channel).copied());
            if settings.is_some() || used_at.is_some() {
                let settings = self.channel(channel, settings, used_at);
                self.out.channels.insert(channel, settings);
            }
        }
    }

    fn given_channels(&mut self) -> Given<'r> {
        let files = self.files;
        let mut sections = files.iter().filter_map(|file| file.channels.as_ref());
        let Some(first) = sections.next() else { return Given::new() };
        if let Some(second) = sections.next() {
            let finding = Diagnostic::new(Code::DuplicateName, second.span, "there are two `channels`");
            self.sink.push(finding.also(first.span, "the first").help("a project has one; put all of them there"));
        }
        let channels::Channels { email, sms, line, push, web, post, call } = &first.value;
        let settings = [email, sms, line, push, web, post, call];
        Channel::ALL.into_iter().zip(settings).filter_map(|(channel, given)| Some((channel, given.as_ref()?))).collect()
    }

    fn channel(
        &mut self,
        channel: Channel,
        given: Option<&Spanned<ChannelSettings>>,
        used_at: Option<Span>,
    ) -> ir::ChannelSettings {
        let nothing = ChannelSettings::default();
        let def = given.map_or(&nothing, |given| &given.value);
        self.unfit_keys(channel, def);
        let usual = channel.usual();
        ir::ChannelSettings {
            address: self.address(channel, def.address.as_ref(), used_at),
            cost: self.cost(def.cost.as_ref()),
            quiet_hours: def.quiet_hours.as_ref().and_then(|quiet| self.quiet_hours(quiet)),
            frequency: self.own_frequency(channel, def),
            delivery: match (def.delivery, usual.delivery) {
                (Some(own), _) => Some(self.delay(Some(own), ir::Delay::default())),
                (None, usual) => usual,
            },
            visit: self.visit(channel, def.visit.as_ref(), used_at),
            expires_secs: spanned_value(&def.expires).map_or(channel::WEB_EXPIRES_SECS, |expires| expires.secs),
            origin: given.map_or(Span::default(), |given| given.span).into(),
        }
    }

    /// Says which keys this channel does not have.
    fn unfit_keys(&mut self, channel: Channel, def: &ChannelSettings) {
        let usual = channel.usual();
        let word = channel.word();
        let is_web = channel == Channel::Web;
        let at_once = is_web || channel == Channel::Email;
        let address = match channel {
            Channel::Web => Some("what is shown on the web site needs no address"),
            Channel::Email => Some("mail goes to the field `email`"),
            Channel::Sms | Channel::Line | Channel::Push | Channel::Post | Channel::Call => None,
        };
        let keys = [
            ("address", def.address.as_ref().map(|key| key.span), address),
            (
                "quiet_hours",
                def.quiet_hours.as_ref().map(|key| key.span),
                (!usual.intrudes).then_some("nobody is disturbed by it"),
            ),
            ("delivery", def.delivery.as_ref().map(|key| key.span), at_once.then_some("it is not under way")),
            ("visit", def.visit.as_ref().map(|key| key.span), (!is_web).then_some("only `web` waits for a visit")),
            ("expires", def.expires.as_ref().map(|key| key.span), (!is_web).then_some("only `web` waits for a visit")),
        ];
        for (key, span, why) in keys {
            if let (Some(span), Some(why)) = (span, why) {
                let finding = Diagnostic::new(Code::UnknownKey, span, format!("the channel `{word}` has no `{key}`"));
                self.sink.push(finding.here(why).help("leave it out"));
            }
        }
    }

    fn address(&mut self, channel: Channel, given: Option<&Spanned<FieldNames>>, used_at: Option<Span>) -> Vec<Name> {
        let Some(usual) = channel.usual().address else { return Vec::new() };
        if let Some(given) = given.filter(|_| channel != Channel::Email) {
            let names: Vec<Text> = match &given.one {
                Some(one) => vec![Text { value: one.clone(), span: given.span }],
                None => given.list.clone(),
            };
            if names.is_empty() {
                self.sink.push(Diagnostic::new(Code::InvalidValue, given.span, "an address has at least one field"));
            }
            return names.iter().filter_map(|name| self.address_field(name)).collect();
        }
        if self.out.fields.contains_key(usual) {
            self.names.used.insert(Kind::Field, usual, ());
        } else if let Some(at) = used_at.filter(|_| !self.names.may_exist(usual)) {
            let word = channel.word();
            let message = format!("no field holds the address of messages by `{word}`");
            let finding = Diagnostic::new(Code::ChannelWithoutAddress, at, message).here("the first of them");
            let help = format!(
                "define a field `{usual}`, or name the field that you have: `channels: {{{word}: {{address: FIELD}}}}`"
            );
            self.sink.push(finding.help(help));
        }
        vec![usual.to_owned()]
    }

    fn address_field(&mut self, name: &Text) -> Option<Name> {
        let known = self.ask(Kind::Field, name)?;
        if let Some(field) = self.out.fields.get(&known)
            && !matches!(field.ty, Type::Text { .. })
        {
            let message = format!("an address is text, and `{known}` is {}", super::typing::type_words(&field.ty));
            let finding = Diagnostic::new(Code::TypeMismatch, name.span, message);
            self.sink.push(finding.also(field.origin.0, "the field"));
        }
        Some(known)
    }

    fn own_frequency(&mut self, channel: Channel, def: &ChannelSettings) -> Vec<ir::Frequency> {
        let mut rules = Vec::new();
        for rule in def.frequency.iter().flatten() {
            if let Some(channels) = &rule.channels {
                let message = "a rule of a channel counts this channel alone";
                let finding = Diagnostic::new(Code::UnknownKey, channels.span, message);
                self.sink.push(finding.help("put the rule under `policies: {frequency: …}`, or leave `channels` out"));
            }
            rules.extend(self.frequency(rule).map(|rule| ir::Frequency { channels: vec![channel], ..rule }));
        }
        rules
    }

    fn visit(&mut self, channel: Channel, visit: Option<&Text>, used_at: Option<Span>) -> Option<Name> {
        if channel != Channel::Web {
            return None;
        }
        if visit.is_none()
            && let Some(at) = used_at
        {
            let message = "nothing says which event is a visit, so messages by `web` are never shown";
            let finding = Diagnostic::new(Code::WebWithoutVisit, at, message).here("the first of them");
            self.sink.push(finding.help("name the event: `channels: {web: {visit: page_viewed}}`"));
        }
        visit.and_then(|visit| self.ask(Kind::Event, visit))
    }

    /// A cost; nothing if there is none.
    pub(super) fn cost(&mut self, cost: Option<&Spanned<Money>>) -> ir::Money {
        let Some(cost) = cost else { return ir::Money::ZERO };
        if cost.micros > 0 {
            self.costs.push(cost.span);
        }
        ir::Money::of_micros(cost.micros)
    }

    pub(super) fn integrations(&mut self) {
        for named in self.files.iter().flat_map(|file| &file.integrations) {
            if self.is_first(Kind::Integration, &named.name) {
                let integration = self.integration(named);
                self.out.integrations.insert(named.name.value.clone(), integration);
            }
        }
    }

    fn integration(&mut self, named: &Named<channels::Integration>) -> ir::Integration {
        let def = &named.def;
        let kind = kind(def.kind.value);
        if let Some(member_cost) = &def.member_cost
            && !kind.takes_audiences()
        {
            let message = format!("the kind `{}` has no audiences, so nobody is a member", kind.word());
            let finding = Diagnostic::new(Code::UnknownKey, member_cost.span, message);
            self.sink.push(finding.also(def.kind.span, "the kind").help("leave `member_cost` out"));
        }
        if let Some(url) = &def.url {
            self.web_address(url);
        }
        ir::Integration {
            label: def.label.clone(),
            kind,
            cost: self.cost(def.cost.as_ref()),
            member_cost: def.member_cost.as_ref().map(|cost| {
                let amount = Spanned { value: cost.amount, span: cost.span };
                MemberCost { amount: self.cost(Some(&amount)), per_secs: cost.per.secs }
            }),
            url: def.url.as_ref().map(|url| url.value.clone()),
            origin: named.name.span.into(),
        }
    }

    /// Checks a web address that may be a template.
    pub(super) fn web_address(&mut self, url: &Text) {
        let starts = ["https://", "http://", "{{", "{%"];
        if !starts.iter().any(|start| url.starts_with(start)) {
            let message = format!("`{}` is no web address", url.value);
            let finding = Diagnostic::new(Code::InvalidValue, url.span, message);
            self.sink.push(finding.help("it begins with https://"));
        }
    }

    pub(super) fn message(&mut self, named: &Named<Message>, event: &AtHand) -> ir::Message {
        let def = &named.def;
        let topic = self.ask(Kind::Topic, &def.topic).unwrap_or_else(|| def.topic.value.clone());
        self.template(&def.body, event);
        if let Some(link) = &def.link {
            self.web_address(link);
            self.template(link, event);
        }
        let channel = channel_of(def.channel.value);
        let segments = match channel {
            Channel::Sms => sms::segments(&def.body, def.link.as_ref().map(|link| link.as_str()), &self.out.fields),
            Channel::Email | Channel::Line | Channel::Push | Channel::Web | Channel::Post | Channel::Call => 1,
        };
        let appeal = def.appeal.unwrap_or_default();
        let factor = |factor: Option<Factor>| factor.map_or(1.0, |factor| factor.factor);
        ir::Message {
            label: def.label.clone(),
            channel,
            topic,
            body: def.body.value.clone(),
            link: def.link.as_ref().map(|link| link.value.clone()),
            segments,
            repeat: def.repeat.as_ref().map_or(Again::Always, |value| again(value.value)),
            open_factor: factor(appeal.open),
            click_factor: factor(appeal.click),
            outcomes: self.outcomes(&def.outcomes),
            origin: named.name.span.into(),
        }
    }
}

fn channel_of(channel: MessageChannel) -> Channel {
    match channel {
        MessageChannel::Sms => Channel::Sms,
        MessageChannel::Line => Channel::Line,
        MessageChannel::Push => Channel::Push,
        MessageChannel::Web => Channel::Web,
        MessageChannel::Post => Channel::Post,
        MessageChannel::Call => Channel::Call,
    }
}

fn kind(kind: IntegrationKind) -> ir::integration::IntegrationKind {
    match kind {
        IntegrationKind::Crm => ir::integration::IntegrationKind::Crm,
        IntegrationKind::Sfa => ir::integration::IntegrationKind::Sfa,
        IntegrationKind::Ads => ir::integration::IntegrationKind::Ads,
        IntegrationKind::Dmp => ir::integration::IntegrationKind::Dmp,
        IntegrationKind::Cdp => ir::integration::IntegrationKind::Cdp,
        IntegrationKind::Dwh => ir::integration::IntegrationKind::Dwh,
        IntegrationKind::Erp => ir::integration::IntegrationKind::Erp,
        IntegrationKind::Chat => ir::integration::IntegrationKind::Chat,
        IntegrationKind::Other => ir::integration::IntegrationKind::Other,
    }
}
