//! Answers conditions: a lead, a moment and perhaps an event in, a value out. Changes nothing.

use std::borrow::Cow;

use super::acquisition::Visit;
use super::civil::{DAY, anniversary};
use super::lead::{Data, Happening, Instance, LeadState, Standing};
use super::program::{Chain, Code, Cond, Past, Program, Property, Test, arithmetic};
use super::value::{Slot, Sym, V};
use crate::ir::expr::{Cmp, Filter, TextTest};

/// What conditions are asked about.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The program.
    pub program: &'a Program,
    /// The lead.
    pub lead: &'a LeadState,
    /// The moment.
    pub now: i64,
    /// The event at hand.
    pub event: Option<&'a Happening>,
    /// The stay in a journey whose condition is asked.
    pub stay: Option<&'a Instance>,
}

impl<'a> Ask<'a> {
    /// Whether a condition holds. Calls nothing as long as its tests are answered at a glance, as most are.
    pub fn holds(&self, cond: &'a Cond) -> bool {
        let mut at = cond.chain.first();
        while let Some(link) = cond.chain.link(at) {
            match self.at_a_glance(&link.test) {
                Some(answer) => at = link.next(answer),
                None => return self.holds_from(cond, at),
            }
        }
        Chain::says(at)
    }

    /// Whether a condition holds, from one of its tests on.
    #[inline(never)]
    fn holds_from(&self, cond: &'a Cond, mut at: u32) -> bool {
        while let Some(link) = cond.chain.link(at) {
            at = link.next(match &link.test {
                Test::Other(code) => self.is_true(code),
                Test::Subscribed(topic) => self.subscribed(*topic as usize),
                at_hand => self.at_a_glance(at_hand) == Some(true),
            });
        }
        Chain::says(at)
    }

    /// The answer to a test that looks at one thing of the lead; `None` where more has to be asked.
    #[inline(always)]
    fn at_a_glance(&self, test: &Test) -> Option<bool> {
        let lead = self.lead;
        match test {
            Test::Stage(set) => Some(set >> lead.stage & 1 == 1),
            Test::Persona(set) => Some(lead.persona.is_some_and(|persona| set >> persona & 1 == 1)),
            Test::Score { model, least, most } => {
                let score = lead.scores[*model as usize];
                Some(*least <= score && score <= *most)
            }
            Test::Field { field, sym } => {
                Some(matches!(lead.fields.get(*field as usize), Some(Slot::Sym(own)) if own == sym))
            }
            Test::Subscribed(topic) => self.is_in(*topic as usize).then_some(true),
            Test::Reachable(channel) => Some(self.reachable(*channel as usize)),
            Test::Member(segment) => Some(lead.members.has(*segment as usize)),
            Test::Other(_) => None,
        }
    }

    /// Whether the value of an expression is `true`.
    fn is_true(&self, code: &'a Code) -> bool {
        match code {
            Code::All(parts) => parts.iter().all(|part| self.is_true(part)),
            Code::Any(parts) => parts.iter().any(|part| self.is_true(part)),
            Code::Not(part) => !self.is_true(part),
            Code::Compare(cmp, sides) => self.compares(*cmp, &sides.0, &sides.1),
            Code::ScoreIs(cmp, model, number) => self.score_is(*cmp, *model, *number),
            Code::FieldIs(cmp, field, number) => self.field_is(*cmp, *field, *number),
            Code::Named(of, symbols, among) => self.is_named(of, symbols, *among),
            Code::InSegment(segment) => self.lead.members.has(*segment),
            Code::InList(list) => self.lead.lists[*list],
            Code::Subscribed(topic) => self.subscribed(*topic),
            Code::Pending(topic) => self.lead.topics[*topic] == Standing::Pending,
            Code::Reachable(channel) => self.reachable(*channel),
            Code::Reached(stage) => self.lead.reached[*stage],
            Code::InJourney(journey) => self.lead.memories[*journey].running > 0,
            Code::Bought { catalog, item } => self.lead.bought[*catalog].contains(item),
            Code::Finished(journey) => self.lead.memories[*journey].finished,
            Code::IsAbsent(of) => matches!(self.value(of), V::Absent),
            Code::OneOf(of, values) => {
                let value = self.value(of);
                values.iter().any(|each| value.same(&each.view(), &self.program.texts))
            }
            Code::Holds(sides) => {
                let (set, value) = (self.value(&sides.0), self.value(&sides.1));
                matches!(set, V::Set(set) if set.iter().any(|each| value.same(&each.view(), &self.program.texts)))
            }
            Code::TextTest(test, sides) => self.text_test(*test, &sides.0, &sides.1),
            Code::Const(_)
            | Code::Field(_)
            | Code::Property(_)
            | Code::Entry(_)
            | Code::Score(_)
            | Code::Grade(_)
            | Code::Stage
            | Code::Persona
            | Code::Now
            | Code::Today
            | Code::Arithmetic(..)
            | Code::Filter(..)
            | Code::If(_)
            | Code::Count(_)
            | Code::DaysSince(_)
            | Code::DaysSinceDate(_)
            | Code::DaysUntil(..)
            | Code::DaysSinceConsent(_)
            | Code::Received { .. } => self.value(code).holds(),
        }
    }

    /// Whether something may be sent to the address of a channel.
    fn reachable(&self, channel: usize) -> bool {
        !self.lead.suppressed[channel] && self.lead.has_address[channel]
    }

    /// The value of an expression.
    pub fn value(&self, code: &'a Code) -> V<'a> {
        match code {
            Code::Const(slot) => slot.view(),
            Code::Field(field) => self.lead.fields.get(*field).map_or(V::Absent, Slot::view),
            Code::Property(property) => self.event.map_or(V::Absent, |event| self.property(event, *property)),
            Code::Entry(property) => match self.stay.and_then(|stay| stay.event.as_ref()) {
                Some(event) => self.property(event, *property),
                None => V::Absent,
            },
            Code::Score(model) => V::Int(i64::from(self.lead.scores[*model])),
            Code::Grade(model) => {
                self.lead.grades[*model].map_or(V::Absent, |band| V::Sym(self.program.gradings[*model].bands[band].0))
            }
            Code::Stage => self.stage(),
            Code::Persona => self.persona(),
            Code::Now => V::Time(self.now),
            Code::Today => V::Date(i32::try_from(self.lead.zone.date(self.now)).unwrap_or(i32::MAX)),
            Code::Arithmetic(sign, sides) => arithmetic(*sign, &self.value(&sides.0), &self.value(&sides.1)),
            Code::Filter(filter, sides) => self.filtered(*filter, &sides.0, &sides.1),
            Code::If(parts) => self.value(if self.is_true(&parts.0) { &parts.1 } else { &parts.2 }),
            Code::Count(past) => V::Int(self.past(past).count() as i64),
            Code::DaysSince(past) => {
                self.past(past).last().map_or(V::Absent, |(at, _)| V::Int((self.now - at).div_euclid(DAY)))
            }
            Code::DaysSinceDate(of) => match self.value(of) {
                V::Date(date) => V::Int(self.lead.zone.date(self.now) - i64::from(date)),
                V::Time(at) => V::Int(self.now.saturating_sub(at).div_euclid(DAY)),
                V::Absent | V::Bool(_) | V::Int(_) | V::Number(_) | V::Sym(_) | V::Text(_) | V::Set(_) => V::Absent,
            },
            Code::DaysUntil(of, yearly) => self.days_until(&self.value(of), *yearly).map_or(V::Absent, V::Int),
            Code::DaysSinceConsent(topic) => self.days_since_consent(*topic).map_or(V::Absent, V::Int),
            Code::Received { content, within, since_entry } => {
                let since = self.since(*within, *since_entry);
                let mails = self.lead.mails.iter().rev().take_while(|mail| mail.at > since);
                V::Int(mails.filter(|mail| mail.content == *content).count() as i64)
            }
            Code::All(_)
            | Code::Any(_)
            | Code::Not(_)
            | Code::Compare(..)
            | Code::ScoreIs(..)
            | Code::FieldIs(..)
            | Code::Named(..)
            | Code::OneOf(..)
            | Code::Holds(_)
            | Code::IsAbsent(_)
            | Code::TextTest(..)
            | Code::InSegment(_)
            | Code::InList(_)
            | Code::Subscribed(_)
            | Code::Pending(_)
            | Code::Reachable(_)
            | Code::Reached(_)
            | Code::InJourney(_)
            | Code::Bought { .. }
            | Code::Finished(_) => V::Bool(self.is_true(code)),
        }
    }

    fn stage(&self) -> V<'a> {
        self.program.lifecycle.stages.get(self.lead.stage).map_or(V::Absent, |sym| V::Sym(*sym))
    }

    fn persona(&self) -> V<'a> {
        self.lead.persona.map_or(V::Absent, |persona| V::Sym(self.program.personas[persona].sym))
    }

    /// The instant after which events count.
    fn since(&self, within: Option<i64>, since_entry: bool) -> i64 {
        let rolling = within.map_or(i64::MIN, |within| self.now - within);
        let entered = self.stay.filter(|_| since_entry).map_or(i64::MIN, |stay| stay.entered);
        rolling.max(entered)
    }

    /// Whole days from now to a date or instant, or to the next anniversary of its local date.
    fn days_until(&self, of: &V<'_>, yearly: bool) -> Option<i64> {
        let (zone, today) = (&self.lead.zone, self.lead.zone.date(self.now));
        let date = match of {
            V::Date(date) => i64::from(*date),
            V::Time(at) if !yearly => return Some(at.saturating_sub(self.now).div_euclid(DAY)),
            V::Time(at) => zone.date(*at),
            V::Absent | V::Bool(_) | V::Int(_) | V::Number(_) | V::Sym(_) | V::Text(_) | V::Set(_) => return None,
        };
        Some(if yearly { anniversary(date, today) - today } else { date - today })
    }

    /// The past events that are asked for, oldest first.
    fn past(&self, past: &'a Past) -> impl Iterator<Item = &'a (i64, Happening)> {
        let kept = self.lead.history[past.shelf].as_slice();
        let since = self.since(past.within, past.since_entry);
        let first = kept.partition_point(|(at, _)| *at <= since);
        let ask = *self;
        kept[first..].iter().filter(move |(_, event)| match &past.filter {
            Some(filter) => Ask { event: Some(event), ..ask }.is_true(filter),
            None => true,
        })
    }

    fn compares(&self, cmp: Cmp, left: &'a Code, right: &'a Code) -> bool {
        self.value(left).compare(&self.value(right), &self.program.texts).is_some_and(|order| cmp.fits(order))
    }

    fn score_is(&self, cmp: Cmp, model: usize, number: i64) -> bool {
        cmp.fits(i64::from(self.lead.scores[model]).cmp(&number))
    }

    fn is_named(&self, of: &'a Code, symbols: &[Sym], among: bool) -> bool {
        let value = match of {
            Code::Stage => self.stage(),
            Code::Persona => self.persona(),
            other => self.value(other),
        };
        match value {
            V::Sym(sym) => symbols.contains(&sym) == among,
            V::Text(text) => symbols.iter().any(|sym| self.program.texts.get(*sym) == text) == among,
            V::Absent | V::Bool(_) | V::Int(_) | V::Number(_) | V::Date(_) | V::Time(_) | V::Set(_) => false,
        }
    }

    fn field_is(&self, cmp: Cmp, field: usize, number: i64) -> bool {
        match self.lead.fields.get(field) {
            Some(Slot::Int(value)) => cmp.fits(value.cmp(&number)),
            Some(Slot::Number(value)) => value.partial_cmp(&(number as f64)).is_some_and(|order| cmp.fits(order)),
            _ => false,
        }
    }

    fn text_test(&self, test: TextTest, of: &'a Code, with: &'a Code) -> bool {
        let (of, with) = (self.value(of), self.value(with));
        let (Some(of), Some(with)) = (of.text(&self.program.texts), with.text(&self.program.texts)) else {
            return false;
        };
        match test {
            TextTest::StartsWith => of.starts_with(with),
            TextTest::EndsWith => of.ends_with(with),
            TextTest::Contains => of.contains(with),
        }
    }

    fn filtered(&self, filter: Filter, of: &'a Code, argument: &'a Code) -> V<'a> {
        let value = self.value(of);
        let text = |change: fn(&str) -> String| {
            value.text(&self.program.texts).map_or(V::Absent, |text| V::Text(Cow::Owned(change(text))))
        };
        match filter {
            Filter::Lower => text(str::to_lowercase),
            Filter::Upper => text(str::to_uppercase),
            Filter::Trim => text(|text| text.trim().to_owned()),
            Filter::Length => {
                let texts = &self.program.texts;
                let set = if let V::Set(values) = value { Some(values.len()) } else { None };
                let length = set.or_else(|| value.text(texts).map(|text| text.chars().count()));
                length.map_or(V::Absent, |length| V::Int(length as i64))
            }
            Filter::Abs => self.number_filtered(&value, i64::saturating_abs, f64::abs),
            Filter::Round => self.number_filtered(&value, |number| number, f64::round),
            Filter::Default => {
                if matches!(value, V::Absent) {
                    self.value(argument)
                } else {
                    value
                }
            }
        }
    }

    fn number_filtered(&self, value: &V<'_>, whole: fn(i64) -> i64, any: fn(f64) -> f64) -> V<'a> {
        if let V::Int(number) = value {
            return V::Int(whole(*number));
        }
        value.number().map_or(V::Absent, |number| V::Number(any(number)))
    }

    /// A property of an event.
    pub fn property(&self, event: &'a Happening, property: usize) -> V<'a> {
        let program = self.program;
        match event.data {
            Data::Payload(payload) => {
                return program.payloads[payload as usize].get(property).map_or(V::Absent, Slot::view);
            }
            Data::Told(number) => return self.lead.replay.property(number, property).map_or(V::Absent, Slot::view),
            Data::Made(number) => return self.lead.made[number as usize].get(property).map_or(V::Absent, Slot::view),
            Data::Nothing
            | Data::Mail { .. }
            | Data::Stages(..)
            | Data::Journey(..)
            | Data::Reached { .. }
            | Data::Visit(_)
            | Data::FormStart(..)
            | Data::Consent(..)
            | Data::Topic(_)
            | Data::LeavesAll(_)
            | Data::Preference(..)
            | Data::Engagement(..) => {}
        }
        let Some(property) = program.events[event.event].properties.get(property) else { return V::Absent };
        // Journeys that ask for a confirmation are none that a campaign could name.
        let named = |journey: u32| program.journeys.get(journey as usize).filter(|journey| journey.confirms.is_none());
        let journey = |number: u32| named(number).map_or(V::Absent, |journey| V::Sym(journey.sym));
        let step = |number: u32, step: u32| {
            named(number).map_or(V::Absent, |journey| V::Sym(journey.steps[step as usize].sym))
        };
        match (event.data, property) {
            (
                Data::Mail { content, .. } | Data::LeavesAll(content) | Data::Preference(content, _),
                Property::Email | Property::Message,
            ) => {
                let is_mail = (content as usize) < program.emails;
                let is_asked_for = is_mail == (*property == Property::Email);
                if is_asked_for { V::Sym(program.contents[content as usize].sym) } else { V::Absent }
            }
            (Data::Mail { content, .. }, Property::Channel) => {
                V::Sym(program.channels[program.contents[content as usize].channel].sym)
            }
            (Data::Mail { content, .. }, Property::Topic) => program
                .topics
                .get(program.contents[content as usize].topic)
                .map_or(V::Absent, |topic| V::Sym(topic.sym)),
            (
                Data::Mail { journey: of, .. } | Data::Journey(of, _) | Data::Reached { journey: of, .. },
                Property::Journey,
            ) => journey(of),
            (Data::Mail { journey, step: of, .. } | Data::Reached { journey, step: of, .. }, Property::Step) => {
                step(journey, of)
            }
            (Data::Mail { kind, .. }, Property::Kind) => kind.map_or(V::Absent, V::Sym),
            (Data::Stages(from, _), Property::From) => V::Sym(program.lifecycle.stages[from as usize]),
            (Data::Stages(_, to), Property::To) => V::Sym(program.lifecycle.stages[to as usize]),
            (Data::Journey(_, reason), Property::Reason) => reason.map_or(V::Absent, V::Sym),
            (Data::Reached { to, .. }, Property::To) => V::Sym(to),
            (Data::Reached { audience, .. }, Property::Audience) => audience.map_or(V::Absent, V::Sym),
            (Data::Topic(of), Property::Topic) => V::Sym(program.topics[of as usize].sym),
            (Data::Preference(_, choice), Property::Choice) => V::Sym(program.permission.choices[usize::from(choice)]),
            (Data::Engagement(level, _), Property::From) | (Data::Engagement(_, level), Property::To) => {
                V::Sym(program.permission.levels[usize::from(level)])
            }
            (
                Data::Visit(Visit { page: Some((page, _)), .. }) | Data::FormStart(_, Some((page, _))),
                Property::Page,
            ) => V::Sym(program.acquisition.pages[page as usize].sym),
            (Data::Visit(Visit { page: Some((page, variant)), .. }), Property::Variant) => {
                program.acquisition.pages[page as usize].variants[variant as usize].sym.map_or(V::Absent, V::Sym)
            }
            (Data::Visit(Visit { source: Some(source), .. }), Property::Source) => {
                V::Sym(program.acquisition.sources[source as usize].sym)
            }
            (Data::FormStart(form, _), Property::Form) | (Data::Consent(_, form), Property::Place) => {
                V::Sym(program.acquisition.forms[form as usize].sym)
            }
            (Data::Consent(topic, _), Property::Topic) => V::Sym(program.topics[topic as usize].sym),
            _ => V::Absent,
        }
    }

    /// A value in words, for traces.
    pub fn show(&self, value: &V<'_>) -> String {
        match value {
            V::Absent => "none".to_owned(),
            V::Bool(value) => value.to_string(),
            V::Int(value) => value.to_string(),
            V::Number(value) => value.to_string(),
            V::Sym(_) | V::Text(_) => format!("\"{}\"", value.text(&self.program.texts).unwrap_or("")),
            V::Date(days) => {
                let (year, month, day) = super::civil::from_days(i64::from(*days));
                format!("{year:04}-{month:02}-{day:02}")
            }
            V::Time(at) => self.lead.zone.show(*at),
            V::Set(values) => {
                let values: Vec<String> = values.iter().map(|value| self.show(&value.view())).collect();
                format!("[{}]", values.join(", "))
            }
        }
    }
}
