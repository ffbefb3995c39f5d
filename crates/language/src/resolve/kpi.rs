//! KPIs: what each measures, whether its target can be one, and the tree they make.

use std::collections::BTreeSet;

use super::names::listed;
use super::typing::{AtHand, Place};
use super::{Resolver, spanned_value};
use crate::ast::kpi::{self, Bound, By, KpiKind, TargetUnit};
use crate::ast::{Kind, Named, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::kpi::{Amount, Kpi, Leads, Measure, Metric, Scope, Target, Unit};
use crate::ir::{self, Channel, Name, Type};
use crate::syntax::Spanned;
use crate::text::{Span, nearest};

/// The word that stands for all leads.
const ALL_LEADS: &str = "leads";

/// What a KPI can measure, by the keys that say so, and the keys that may stand beside each.
const MEASURES: &[(&str, &[&str])] = &[
    ("part", &["of", "by"]),
    ("metric", &["by", "email", "message", "journey", "topic", "channel", "persona", "segment"]),
    ("return", &["cost", "where", "within", "by", "journey"]),
    ("value", &["cost", "per", "where", "within", "by", "journey"]),
    ("cost", &["per", "by", "journey"]),
    ("of", &["by"]),
];

impl Resolver<'_> {
    pub(super) fn kpis(&mut self) {
        for named in self.files.iter().flat_map(|file| &file.kpis) {
            if self.is_first(Kind::Kpi, &named.name)
                && let Some(kpi) = self.kpi(named)
            {
                self.out.kpis.insert(named.name.value.clone(), kpi);
            }
        }
        self.kpi_circles();
    }

    fn kpi(&mut self, named: &Named<kpi::Kpi>) -> Option<Kpi> {
        let def = &named.def;
        let measure = self.measure(named);
        let drives = def.drives.as_ref().and_then(|above| self.ask(Kind::Kpi, above));
        if def.drives.is_some() && drives.is_none() {
            // Where it stands in the tree is open.
            self.names.unsure_kinds.insert(Kind::Kpi);
        }
        let kgi = spanned_value(&def.kind) == Some(KpiKind::Kgi);
        let measure = measure?;
        let by = def.by.as_ref().map(|by| match by.value {
            By::Persona => ir::kpi::By::Persona,
            By::Segment => ir::kpi::By::Segment,
            By::Journey => ir::kpi::By::Journey,
        });
        Some(Kpi {
            label: def.label.clone(),
            kgi,
            by,
            target: def.target.as_ref().and_then(|target| self.kpi_target(target, &measure)),
            measure,
            drives,
            origin: named.name.span.into(),
        })
    }

    fn measure(&mut self, named: &Named<kpi::Kpi>) -> Option<Measure> {
        let def = &named.def;
        let what = self.what_is_measured(named)?;
        match what {
            "of" => Some(Measure::Leads { which: self.counted(def.of.as_ref()) }),
            "part" => {
                let part = self.lead_condition(def.part.as_ref()?);
                Some(Measure::Share { part, whole: self.counted(def.of.as_ref()) })
            }
            "metric" => {
                let metric = metric(def.metric.as_ref()?.value);
                Some(Measure::Mails { metric, scope: self.mail_scope(def)? })
            }
            "cost" => {
                let journey = def.journey.as_ref().map(|journey| self.ask(Kind::Journey, journey));
                let per = def.per.as_ref().map(|per| self.counted(Some(per)));
                let cost = self.kpi_costs(def.cost.as_ref()?, def)?;
                Some(Measure::Cost { cost, journey: journey.map_or(Some(None), |known| known.map(Some))?, per })
            }
            _ => self.money_measure(def),
        }
    }

    /// `value` and `return`.
    fn money_measure(&mut self, def: &kpi::Kpi) -> Option<Measure> {
        let profit = def.returned.is_some();
        let value = self.kpi_value(def.returned.as_ref().or(def.value.as_ref())?, def);
        let per = def.per.as_ref().map(|per| self.counted(Some(per)));
        let cost = def.cost.as_ref().map(|cost| self.kpi_costs(cost, def));
        let value = value?;
        match cost {
            Some(cost) => Some(Measure::Return { value, cost: cost?, profit }),
            None => Some(Measure::Value { value, per }),
        }
    }

    /// The key that says what is measured, if the keys fit together.
    fn what_is_measured(&mut self, named: &Named<kpi::Kpi>) -> Option<&'static str> {
        let given = keys(&named.def);
        let is_given = |key: &str| given.iter().find(|(name, _)| *name == key).map(|(_, span)| *span);
        let Some((what, beside)) = MEASURES.iter().find(|(key, _)| is_given(key).is_some()) else {
            let message = format!("the KPI `{}` does not say what it measures", named.name.value);
            let help = "write one of `of`, `part`, `metric`, `value`, `return` and `cost`";
            self.sink.push(Diagnostic::new(Code::KpiMeasure, named.name.span, message).help(help));
            return None;
        };
        let at = is_given(what)?;
        let mut sound = true;
        for (key, span) in given.iter().filter(|(key, _)| key != what && !beside.contains(key)) {
            sound = false;
            let is_measure = MEASURES.iter().any(|(measure, _)| measure == key);
            let message = match is_measure {
                true => format!("a KPI measures one thing, and this one has both `{what}` and `{key}`"),
                false => format!("`{key}` does not go with `{what}`"),
            };
            let help = match (is_measure, *key) {
                (true, _) => "make it two KPIs".to_owned(),
                (false, "persona" | "segment" | "topic" | "channel" | "email" | "message") => {
                    format!("it narrows a `metric`; ask for leads in the condition of `{what}`")
                }
                (false, _) => format!("beside `{what}` may stand {}", listed(beside)),
            };
            let finding = Diagnostic::new(Code::KpiMeasure, *span, message).also(at, "what it measures");
            self.sink.push(finding.help(help));
        }
        if *what == "return" && is_given("cost").is_none() {
            sound = false;
            let message = "a `return` is measured against a `cost`, which this KPI does not name";
            let help = "write `cost: all`, or `value` for the money alone";
            self.sink.push(Diagnostic::new(Code::KpiMeasure, at, message).help(help));
        }
        if let (Some(cost), Some(per), true) = (is_given("cost"), is_given("per"), *what == "value") {
            sound = false;
            let message = "value on cost is the same for each lead as for all";
            let finding = Diagnostic::new(Code::KpiMeasure, per, message).also(cost, "the cost it is divided by");
            self.sink.push(finding.help("remove `per`, or `cost`"));
        }
        sound.then_some(what)
    }

    fn lead_condition(&mut self, text: &Text) -> ir::Condition {
        let why = "a KPI asks about the lead at the end of the run".to_owned();
        self.condition(text, Place::Lead, AtHand::Nothing(why))
    }

    fn counted(&mut self, text: Option<&Text>) -> Leads {
        let own = text.filter(|text| text.value.trim() != ALL_LEADS);
        Leads { when: own.map(|text| self.lead_condition(text)) }
    }

    /// `purchased.amount`: an event and a property of it that holds money.
    fn kpi_value(&mut self, text: &Text, def: &kpi::Kpi) -> Option<Amount> {
        let journey = def.journey.as_ref().map(|journey| self.ask(Kind::Journey, journey));
        let Some((event, property)) = text.split_once('.').filter(|(event, _)| !event.trim().is_empty()) else {
            let message = format!("`{}` names no amount of an event", text.value);
            let help = "write an event and its property, such as `purchased.amount`";
            self.sink.push(Diagnostic::new(Code::KpiAmount, text.span, message).help(help));
            return None;
        };
        let map = crate::text::ScalarMap::new(text.span, self.sources.slice(text.span), text);
        let (event, property) = (event.trim(), property.trim());
        let known = self.names.ask(Kind::Event, event, map.span(0, event.len()), self.sink);
        let at_hand = known.clone().map_or(AtHand::Unread, AtHand::Event);
        let filter = self.optional_condition(def.filter.as_ref(), Place::Lead, &at_hand);
        let event = known?;
        let from = text.value.len() - text.value.split_once('.').map_or(0, |(_, rest)| rest.trim_start().len());
        self.is_money(&event, property, map.span(from, from + property.len()))?;
        Some(Amount {
            event,
            property: property.to_owned(),
            filter,
            within_secs: spanned_value(&def.within).map(|within| within.secs),
            journey: journey.map_or(Some(None), |known| known.map(Some))?,
        })
    }

    fn is_money(&mut self, event: &str, property: &str, span: Span) -> Option<()> {
        let properties = &self.names.events.get(event)?.properties;
        let amounts: Vec<&str> = properties
            .iter()
            .filter(|(_, field)| matches!(field.ty, Type::Number { money: true }))
            .map(|(name, _)| name.as_str())
            .collect();
        if amounts.contains(&property) {
            return Some(());
        }
        if self.names.may_exist(property) {
            return None;
        }
        let message = match properties.get(property) {
            Some(_) => format!("`{event}.{property}` is no amount of money"),
            None => format!("the event `{event}` has no property `{property}`"),
        };
        let help = match amounts.as_slice() {
            [] => format!("declare an amount with `events: {{{event}: {{properties: {{amount: {{type: money}}}}}}}}`"),
            amounts => format!("its amounts are {}", listed(amounts)),
        };
        let near = nearest(property, amounts.iter().copied()).map(str::to_owned);
        let finding = Diagnostic::new(Code::KpiAmount, span, message).help(help);
        self.sink.push(finding.suggest(near.as_deref()));
        None
    }

    fn mail_scope(&mut self, def: &kpi::Kpi) -> Option<Scope> {
        if !self.is_one_content(def) {
            return None;
        }
        let mut ask = |kind, name: &Option<Text>| match name {
            Some(name) => self.ask(kind, name).map(Some),
            None => Some(None),
        };
        let (email, message) = (ask(Kind::Email, &def.email), ask(Kind::Message, &def.message));
        let journey = ask(Kind::Journey, &def.journey);
        let topic = ask(Kind::Topic, &def.topic);
        let persona = ask(Kind::Persona, &def.persona);
        let segment = ask(Kind::Segment, &def.segment);
        let channel = match &def.channel {
            Some(word) => self.channel_named(word).map(Some),
            None => Some(None),
        };
        let (email, message, journey, topic) = (email?, message?, journey?, topic?);
        Some(Scope { email, message, journey, topic, channel: channel?, persona: persona?, segment: segment? })
    }

    /// Whether a KPI names one email or one message, each by its own key.
    fn is_one_content(&mut self, def: &kpi::Kpi) -> bool {
        if let (Some(email), Some(message)) = (&def.email, &def.message) {
            let finding = Diagnostic::new(Code::KpiMeasure, message.span, "no mail is both an email and a message");
            self.sink.push(finding.also(email.span, "the email").help("make it two KPIs"));
            return false;
        }
        let sides = [(&def.email, "email", Kind::Message, "message"), (&def.message, "message", Kind::Email, "email")];
        for (given, key, other, right) in sides {
            let Some(name) = given.as_ref().filter(|name| self.names.exists(other, name)) else { continue };
            self.names.used.insert(other, &name.value, ());
            let words =
                format!("`{}` is no {key} but {} {right}", name.value, if right == "email" { "an" } else { "a" });
            let finding = Diagnostic::new(Code::UnknownName, name.span, words);
            self.sink.push(finding.help(format!("write `{right}: {}`", name.value)));
            return false;
        }
        true
    }

    pub(super) fn channel_named(&mut self, word: &Text) -> Option<Channel> {
        let known = Channel::ALL.into_iter().find(|channel| channel.word() == word.value);
        if known.is_none() {
            let words = Channel::ALL.map(Channel::word);
            let finding =
                Diagnostic::new(Code::UnknownName, word.span, format!("there is no channel named `{}`", word.value));
            let finding = finding.here("not a channel").help(format!("channels are {}", listed(&words)));
            self.sink.push(finding.suggest(nearest(word, words)));
        }
        known
    }

    fn kpi_target(&mut self, target: &Spanned<kpi::Target>, measure: &Measure) -> Option<Target> {
        let unit = measure.unit();
        let (wanted, example) = match unit {
            Unit::Share => (TargetUnit::Percent, "a share, which is written `12%`"),
            Unit::Times => (TargetUnit::Times, "a multiple, which is written `x3`"),
            Unit::Count => (TargetUnit::Number, "a number, which is written `40`"),
            Unit::Number => (TargetUnit::Number, "a number, which is written `2.5`"),
            Unit::Money => (TargetUnit::Number, "an amount, which is written `3000`"),
        };
        if target.unit != wanted {
            let message = format!("this KPI is {example}");
            let help = "write the target in the unit of what is measured";
            self.sink.push(Diagnostic::new(Code::KpiTarget, target.span, message).help(help));
            return None;
        }
        let (low, high) = match target.bound {
            Bound::Plain(amount) if measure.less_is_better() => (None, Some(amount)),
            Bound::Plain(amount) | Bound::AtLeast(amount) => (Some(amount), None),
            Bound::AtMost(amount) => (None, Some(amount)),
            Bound::Between(low, high) => (Some(low), Some(high)),
        };
        let negative = low.or(high).is_some_and(|amount| amount < 0.0);
        let profit = matches!(measure, Measure::Return { profit: true, .. } | Measure::Value { .. });
        let beyond = unit == Unit::Share && !profit && [low, high].into_iter().flatten().any(|share| share > 1.0);
        if (negative && !profit) || beyond {
            let message = if beyond { "no share is above 100%" } else { "no such figure is below nothing" };
            self.sink.push(Diagnostic::new(Code::KpiTarget, target.span, message));
            return None;
        }
        Some(Target { low, high })
    }

    /// KPIs that drive each other in a circle: each circle is said once, and broken.
    fn kpi_circles(&mut self) {
        let mut done: BTreeSet<Name> = BTreeSet::new();
        let names: Vec<Name> = self.out.kpis.keys().cloned().collect();
        for name in names {
            let mut way: Vec<Name> = Vec::new();
            let mut at = Some(name);
            while let Some(here) = at.filter(|here| !done.contains(here)) {
                if let Some(first) = way.iter().position(|passed| *passed == here) {
                    self.kpi_circle(&way[first..]);
                    break;
                }
                at = self.out.kpis.get(&here).and_then(|kpi| kpi.drives.clone());
                way.push(here);
            }
            done.extend(way);
        }
    }

    fn kpi_circle(&mut self, circle: &[Name]) {
        let drives = |name: &Name| {
            let all = self.files.iter().flat_map(|file| &file.kpis);
            let def = all.into_iter().find(|named| named.name.value == *name);
            def.and_then(|named| named.def.drives.as_ref()).map(|drives| drives.span)
        };
        let Some((first, others)) = circle.split_first() else { return };
        let Some(span) = drives(first) else { return };
        let message = match others.last() {
            None => format!("the KPI `{first}` drives itself"),
            Some(_) => format!("the KPIs {} drive each other in a circle", listed(circle)),
        };
        let mut finding = Diagnostic::new(Code::CircularDefinition, span, message);
        for other in others.iter().filter_map(drives) {
            finding = finding.also(other, "and on");
        }
        self.sink.push(finding.help("what is driven stands above what drives it; remove one of the `drives`"));
        // What stands at the top is open.
        self.names.unsure_kinds.insert(Kind::Kpi);
        if let Some(kpi) = self.out.kpis.get_mut(first) {
            kpi.drives = None;
        }
    }
}

/// The keys of a KPI that say what it measures, and where each stands.
fn keys(def: &kpi::Kpi) -> Vec<(&'static str, Span)> {
    let text = |text: &Option<Text>| text.as_ref().map(|text| text.span);
    [
        ("of", text(&def.of)),
        ("part", text(&def.part)),
        ("metric", def.metric.as_ref().map(|metric| metric.span)),
        ("value", text(&def.value)),
        ("return", text(&def.returned)),
        ("cost", def.cost.as_ref().map(|cost| cost.span)),
        ("per", text(&def.per)),
        ("where", text(&def.filter)),
        ("within", def.within.as_ref().map(|within| within.span)),
        ("by", def.by.as_ref().map(|by| by.span)),
        ("email", text(&def.email)),
        ("message", text(&def.message)),
        ("journey", text(&def.journey)),
        ("topic", text(&def.topic)),
        ("channel", text(&def.channel)),
        ("persona", text(&def.persona)),
        ("segment", text(&def.segment)),
    ]
    .into_iter()
    .filter_map(|(key, span)| span.map(|span| (key, span)))
    .collect()
}

fn metric(metric: kpi::Metric) -> Metric {
    match metric {
        kpi::Metric::Sent => Metric::Sent,
        kpi::Metric::Delivered => Metric::Delivered,
        kpi::Metric::Opened => Metric::Opened,
        kpi::Metric::Clicked => Metric::Clicked,
        kpi::Metric::Bounced => Metric::Bounced,
        kpi::Metric::Unsubscribed => Metric::Unsubscribed,
        kpi::Metric::Complained => Metric::Complained,
        kpi::Metric::DeliveryRate => Metric::DeliveryRate,
        kpi::Metric::OpenRate => Metric::OpenRate,
        kpi::Metric::ClickRate => Metric::ClickRate,
        kpi::Metric::ClickToOpen => Metric::ClickToOpen,
        kpi::Metric::BounceRate => Metric::BounceRate,
        kpi::Metric::UnsubscribeRate => Metric::UnsubscribeRate,
        kpi::Metric::ComplaintRate => Metric::ComplaintRate,
        kpi::Metric::MailsPerLead => Metric::MailsPerLead,
    }
}
