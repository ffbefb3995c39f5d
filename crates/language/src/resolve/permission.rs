//! What leads allow: confirmations and wordings of topics, and the part of the policies about permission.

use super::typing::{AtHand, Place};
use super::{Resolver, window};
use crate::ast::limits::{Consent, Policies, Topic};
use crate::ast::people::EmailRates;
use crate::ast::permission::{Back, Confirmation, Implied, Market, Preferences, Scope, Sunset, Then, Unsubscribe};
use crate::ast::quantity::{Percent, Window};
use crate::ast::{Kind, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::{self, Name, Type, permission};
use crate::syntax::Spanned;

/// How long a link to confirm is good for unless it is said.
const WITHIN_SECS: i64 = 7 * 86_400;

impl Resolver<'_> {
    /// The mails that ask for a confirmation, and how long the answer may take.
    pub(super) fn confirmation(&mut self, topic: &Topic) -> Option<ir::Confirmation> {
        let def = topic.confirmation.as_ref()?;
        if topic.consent.is_some_and(|consent| consent != Consent::DoubleOptIn)
            && self.no_market_confirms()
            && !self.names.may_exist("markets")
        {
            let message = "only a topic with `double_opt_in` asks for a confirmation";
            let finding = Diagnostic::new(Code::UnknownKey, def.span, message);
            self.sink.push(finding.help("write `consent: double_opt_in`, or leave out `confirmation`"));
            return None;
        }
        let Confirmation { email, within, remind } = &def.value;
        let first = self.ask(Kind::Email, email);
        let within_secs = within.map_or(WITHIN_SECS, |within| within.secs);
        let remind = remind.as_ref().and_then(|remind| {
            if remind.after.secs >= within_secs {
                let message = "the reminder comes when the link to confirm is no good any more";
                let finding = Diagnostic::new(Code::InvalidValue, remind.after.span, message);
                self.sink.push(finding.help("remind them `after` a time that is shorter than `within`"));
            }
            let origin = remind.email.as_ref().map_or(email.span, |email| email.span).into();
            let email = match &remind.email {
                Some(email) => self.ask(Kind::Email, email),
                None => first.clone(),
            };
            Some(permission::Reminder { after_secs: remind.after.secs, email: email?, origin })
        });
        Some(ir::Confirmation { email: first?, within_secs, remind, origin: email.span.into() })
    }

    /// Whether no market asks for more than topics do.
    fn no_market_confirms(&self) -> bool {
        let policies = self.files.iter().filter_map(|file| file.policies.as_ref());
        let mut markets = policies.flat_map(|policies| policies.markets.iter().flatten());
        !markets.any(|market| market.consent == Some(Consent::DoubleOptIn))
    }

    /// The part of the policies about permission.
    pub(super) fn permission(&mut self, def: &Policies) -> ir::Permission {
        ir::Permission {
            markets: self.markets(def.markets.as_deref().unwrap_or_default()),
            unsubscribe: def.unsubscribe.as_ref().map(unsubscribe),
            preferences: def.preferences.as_ref().and_then(|preferences| self.preferences(preferences)),
            sunset: def.sunset.as_ref().map(|sunset| self.sunset(sunset)),
        }
    }

    fn markets(&mut self, defs: &[Spanned<Market>]) -> Vec<permission::Market> {
        let nothing = AtHand::Nothing("a market depends on the lead's fields".to_owned());
        let mut markets: Vec<permission::Market> = Vec::new();
        for def in defs {
            let when = self.condition(&def.when, Place::Fields, nothing.clone());
            if let Some(first) = markets.iter().find(|market| market.name == def.name.value) {
                let message = format!("there are two markets named `{}`", def.name.value);
                let finding = Diagnostic::new(Code::DuplicateName, def.name.span, message).here("the second");
                self.sink.push(finding.also(first.origin.0, "the first").help("give one of them another name"));
                continue;
            }
            let implied = def.implied.as_ref().and_then(|implied| self.implied(implied));
            let consent = def.consent.map(consent);
            markets.push(permission::Market {
                name: def.name.value.clone(),
                when,
                consent,
                implied,
                origin: def.name.span.into(),
            });
        }
        markets
    }

    fn implied(&mut self, def: &Implied) -> Option<permission::Implied> {
        let event = self.ask(Kind::Event, &def.event);
        let last = self.last(def.last.as_ref());
        Some(permission::Implied { event: event?, for_secs: def.lasts.secs, last })
    }

    /// A field that says when something happened last.
    fn last(&mut self, field: Option<&Text>) -> Option<Name> {
        let name = self.ask(Kind::Field, field?)?;
        let declared = self.out.fields.get(&name)?;
        if matches!(declared.ty, Type::Date | Type::Datetime) {
            return Some(name);
        }
        let message = format!("`{name}` is no date or instant, and `last` says when something happened");
        let finding = Diagnostic::new(Code::TypeMismatch, field?.span, message);
        let finding = match declared.builtin {
            true => finding,
            false => finding.also(declared.origin.0, "declared here"),
        };
        self.sink.push(finding.help("name a field with `type: date` or `type: datetime`"));
        None
    }

    fn preferences(&mut self, def: &Spanned<Preferences>) -> Option<permission::Preferences> {
        if def.pause.is_none() && def.fewer.is_none() {
            let finding = Diagnostic::new(Code::MissingKey, def.span, "these preferences offer nothing");
            self.sink.push(finding.help("offer a `pause: 30 days`, or `fewer: 1 per 7 days`, or both"));
            return None;
        }
        let fewer = def.fewer.and_then(|limit| {
            if limit.per == Window::Ever {
                let message = "fewer mails need a window of time";
                let finding = Diagnostic::new(Code::InvalidValue, limit.span, message);
                self.sink.push(finding.help("write `1 per 7 days`"));
                return None;
            }
            Some(ir::Limit { count: limit.count, per: window(limit.per) })
        });
        Some(permission::Preferences { pause_secs: def.pause.map(|pause| pause.secs), fewer })
    }

    fn sunset(&mut self, def: &Spanned<Sunset>) -> permission::Sunset {
        if let Some(sleeping) = def.sleeping.filter(|sleeping| sleeping.secs >= def.after.secs) {
            let message = "leads would be asleep only when their sun has set";
            let finding = Diagnostic::new(Code::InvalidValue, sleeping.span, message);
            let finding = finding.also(def.after.span, "the sun sets here");
            self.sink.push(finding.help("let `sleeping` be shorter than `after`, or leave it out"));
        }
        if def.without.is_empty() {
            let finding = Diagnostic::new(Code::InvalidValue, def.span, "no event shows interest, so every sun sets");
            self.sink.push(finding.help("name events under `without`, such as `email_clicked`"));
        }
        permission::Sunset {
            after_secs: def.after.secs,
            without: def.without.iter().filter_map(|event| self.ask(Kind::Event, event)).collect(),
            sleeping_secs: def.sleeping.map(|sleeping| sleeping.secs),
            last: self.last(def.last.as_ref()),
            then: match def.then {
                Then::Suppress => permission::Then::Suppress,
                Then::Unsubscribe => permission::Then::Unsubscribe,
                Then::Keep => permission::Then::Keep,
            },
            list: def.list.as_ref().and_then(|list| self.ask(Kind::List, list)),
            wakes: def.wakes,
            origin: def.span.into(),
        }
    }

    /// How a persona answers requests for consent, and leaves.
    pub(super) fn answers(&mut self, def: &EmailRates) -> ir::Answers {
        let chance = |percent: Option<Percent>| percent.map_or(0.0, |percent| percent.fraction);
        let spanned = |percent: Option<Spanned<Percent>>| percent.map_or(0.0, |percent| percent.value.fraction);
        let (pause, fewer) = (spanned(def.pause), spanned(def.fewer));
        let offers = |wanted: fn(&Preferences) -> bool| {
            let policies = self.files.iter().filter_map(|file| file.policies.as_ref());
            policies.filter_map(|policies| policies.preferences.as_ref()).any(|preferences| wanted(preferences))
        };
        let choices = [
            ("pause", "pause: 30 days", def.pause, offers(|preferences| preferences.pause.is_some())),
            ("fewer", "fewer: 1 per 7 days", def.fewer, offers(|preferences| preferences.fewer.is_some())),
        ];
        for (name, example, chosen, _) in choices.into_iter().filter(|(.., offered)| !offered) {
            let Some(chosen) = chosen.filter(|_| !self.names.unread_words.contains("preferences")) else { continue };
            let message = format!("nobody can choose `{name}`: the policies do not offer it");
            let finding = Diagnostic::new(Code::ChoiceNotOffered, chosen.span, message);
            self.sink
                .push(finding.help(format!("write `preferences: {{{example}}}` under `policies:`, or leave it out")));
        }
        if let Some(last) = def.fewer.filter(|_| pause + fewer > 1.0 + 1e-9) {
            let message = format!("`pause` and `fewer` add up to {:.0}%", (pause + fewer) * 100.0);
            let finding = Diagnostic::new(Code::InvalidValue, last.span, message);
            self.sink.push(finding.help("together they are at most 100%: they are parts of those who would leave"));
        }
        ir::Answers {
            confirm: def.confirm.map(|percent| percent.fraction),
            pause,
            fewer,
            one_click: chance(def.one_click),
        }
    }
}

/// What a consent asks of leads.
pub(super) fn consent(consent: Consent) -> ir::Consent {
    match consent {
        Consent::DoubleOptIn => ir::Consent::DoubleOptIn,
        Consent::OptIn => ir::Consent::OptIn,
        Consent::OptOut => ir::Consent::OptOut,
    }
}

fn unsubscribe(def: &Unsubscribe) -> permission::Unsubscribe {
    permission::Unsubscribe {
        link_ends_all: def.link == Scope::All,
        one_click_ends_all: def.one_click.unwrap_or(def.link) == Scope::All,
        back: match def.back {
            Back::Subscribing => permission::Back::Subscribing,
            Back::Confirming => permission::Back::Confirming,
            Back::Never => permission::Back::Never,
        },
    }
}
