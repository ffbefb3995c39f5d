//! Tests: names and times become known ones, and what no run can bring about is said.

mod expect;

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::Resolver;
use super::names::listed;
use crate::ast::journey::ScoreStep;
use crate::ast::scenario::{self, Told, When};
use crate::ast::{Kind, Literal, Named, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::journey::Action;
use crate::ir::permission::{Given, Stand};
use crate::ir::scenario::Test;
use crate::ir::{Lead, Name, Outside, Settled, Value, builtin, first_instant};
use crate::syntax::Spanned;
use crate::text::{Origin, Span, nearest};

/// Address of the lead of a test that does not say one.
const ADDRESS: &str = "lead@example.com";

/// The clock of a test.
struct Clock {
    start: i64,
    /// First instant after the test.
    end: i64,
    /// The lead's time zone.
    zone: TimeZone,
}

impl Clock {
    /// The first and the last second of a moment.
    fn seconds(&self, when: When) -> (i64, i64) {
        let instant = |local: DateTime| first_instant(local, &self.zone);
        match when {
            When::Offset(secs) => (self.start.saturating_add(secs), self.start.saturating_add(secs)),
            When::Moment(local) => (instant(local), instant(local)),
            When::Day(day) => {
                let midnight = |day: jiff::civil::Date| instant(day.to_datetime(jiff::civil::Time::midnight()));
                (midnight(day), day.tomorrow().map_or(i64::MAX, |next| midnight(next) - 1))
            }
        }
    }
}

impl Resolver<'_> {
    /// Resolves the tests, in the order of their names. What only they name is not used by the campaign.
    pub(super) fn tests(&mut self) -> Vec<Test> {
        let used = self.names.used.clone();
        let files = self.files;
        let mut tests = Vec::new();
        for named in files.iter().flat_map(|file| &file.tests) {
            if self.is_first(Kind::Test, &named.name) {
                tests.extend(self.test(named));
            }
        }
        self.names.used = used;
        tests.sort_by(|left, right| left.name.cmp(&right.name));
        tests
    }

    fn test(&mut self, named: &Named<scenario::Test>) -> Option<Test> {
        let def = &named.def;
        let start = self.test_start(named);
        // What is told of a lead is told by its clock, as in a leads file.
        let zone = self.test_zone(def);
        let of_project = std::mem::replace(&mut self.names.zone.0, zone.clone());
        let test = self.test_by(named, start, zone);
        self.names.zone.0 = of_project;
        test
    }

    /// A test whose lead lives by the clock of a time zone.
    fn test_by(&mut self, named: &Named<scenario::Test>, start: Option<i64>, zone: TimeZone) -> Option<Test> {
        let def = &named.def;
        let values = self.test_values(named);
        let start = start?;
        let days = def.days.or(self.out.settings.simulation.days).unwrap_or(90);
        let clock = Clock { start, end: start + i64::from(days) * 86_400, zone };
        let told: Vec<_> = def.timeline.iter().filter_map(|told| self.told(told, &clock)).collect();
        let (timeline, told) = told.into_iter().unzip();
        let stage = def.stage.as_ref().and_then(|stage| self.stage(stage));
        let scores = def.score.as_ref().map(|score| self.scores(score)).unwrap_or_default();
        let settled = self.settled(def);
        let consents = self.consents(def, &clock);
        let expect = def.expect.iter().filter_map(|expect| self.expected(expect, &clock)).collect();
        let id = match values.get("id") {
            Some(Value::Text(id)) => id.clone(),
            Some(_) | None => named.name.value.clone(),
        };
        let lead = Lead {
            id,
            values: self.out.fields.keys().map(|field| values.get(field).cloned()).collect(),
            stage,
            scores: self.out.scoring.keys().map(|model| scores.get(model).copied()).collect(),
            timeline: Some(timeline),
            settled,
            consents,
            ..Lead::default()
        };
        Some(Test {
            name: named.name.value.clone(),
            label: def.label.clone(),
            lead,
            told,
            start_secs: start,
            days,
            frequency: def.frequency.is_none_or(|frequency| frequency.value),
            only: def.only.is_some_and(|only| only.value),
            expect,
            origin: named.name.span.into(),
        })
    }

    /// The values of the lead's fields.
    fn test_values(&mut self, named: &Named<scenario::Test>) -> BTreeMap<Name, Value> {
        let mut values = BTreeMap::from([
            ("id".to_owned(), Value::Text(named.name.value.clone())),
            ("email".to_owned(), Value::Text(ADDRESS.to_owned())),
        ]);
        for (name, literal) in &named.def.lead {
            let Some(known) = self.ask(Kind::Field, name) else { continue };
            let Some(field) = self.out.fields.get(&known).cloned() else { continue };
            match self.literal(&known, &field, literal) {
                Some(Some(value)) => values.insert(known, value),
                Some(None) => values.remove(&known),
                None => None,
            };
        }
        let given = |name: &String| named.def.lead.iter().any(|(given, _)| given.value == *name);
        let lacking = self.out.fields.iter().filter(|(name, field)| !field.optional && !field.builtin && !given(name));
        let lacking: Vec<&String> = lacking.map(|(name, _)| name).collect();
        if !lacking.is_empty() {
            let message = format!("the lead of this test lacks {}, which every lead has", listed(&lacking));
            let place = named.def.lead.first().map_or(named.name.span, |(name, _)| name.span);
            self.sink.push(
                Diagnostic::new(Code::IncompleteTestLead, place, message)
                    .help("give a value under `lead:`, or declare the field `optional: true`"),
            );
        }
        values
    }

    /// The time zone of the lead of a test: its own, else the project's.
    fn test_zone(&mut self, def: &scenario::Test) -> TimeZone {
        let own = def.lead.iter().find(|(field, _)| field.value == "timezone");
        let own = own.and_then(|(_, zone)| if let Literal::Text(name) = &zone.value { Some(name) } else { None });
        let name = own.unwrap_or(&self.out.settings.timezone);
        TimeZone::get(name).unwrap_or_else(|_| {
            // That of the project has been held against the list already.
            if let Some((_, literal)) = def.lead.iter().find(|(field, _)| field.value == "timezone") {
                let message = format!("`{name}` is no IANA time zone");
                self.sink.push(Diagnostic::new(Code::InvalidTime, literal.span, message));
            }
            TimeZone::UTC
        })
    }

    /// The first instant, or a finding.
    fn test_start(&mut self, named: &Named<scenario::Test>) -> Option<i64> {
        let zone = TimeZone::get(&self.out.settings.timezone).unwrap_or(TimeZone::UTC);
        let midnight = |day: jiff::civil::Date| day.to_datetime(jiff::civil::Time::midnight());
        match &named.def.start {
            Some(Spanned { value: When::Day(day), .. }) => Some(first_instant(midnight(*day), &zone)),
            Some(Spanned { value: When::Moment(local), .. }) => Some(first_instant(*local, &zone)),
            Some(Spanned { value: When::Offset(_), span }) => {
                let finding = Diagnostic::new(Code::InvalidTime, *span, "a test starts on a day, or at a local moment");
                self.sink.push(finding.help("write `start: 2026-04-01`"));
                None
            }
            None => match self.out.settings.simulation.start.as_deref().map(str::parse) {
                Some(Ok(day)) => Some(first_instant(midnight(day), &zone)),
                // What stands there has been reported.
                Some(Err(_)) => None,
                None if self.names.unread_words.contains("simulation") => None,
                None => {
                    let message = format!("nothing says when the test `{}` starts", named.name.value);
                    let finding = Diagnostic::new(Code::MissingKey, named.name.span, message);
                    self.sink
                        .push(finding.help("write `start: 2026-04-01` here, or under `simulation:` in `tabiji.yaml`"));
                    None
                }
            },
        }
    }

    /// An event of the timeline.
    fn told(&mut self, def: &Spanned<Told>, clock: &Clock) -> Option<(Outside, Origin)> {
        let event = self.ask(Kind::Event, &def.event)?;
        let with = self.properties(&event, &def.with, def.event.span);
        let (at_secs, _) = clock.seconds(def.at.value);
        if at_secs >= clock.end {
            let message = "this comes only after the end of the test";
            self.sink.push(self.outside_the_run(def.at.span, message, clock));
        }
        if at_secs >= clock.start && builtin::MADE_BY_RUNS.contains(&event.as_str()) {
            let message = format!("`{event}` is what the campaign makes of a timeline, and no part of it");
            let finding = Diagnostic::new(Code::MadeByTheCampaign, def.event.span, message);
            self.sink.push(finding.help("expect it under `expect:`; only one from before the start can be told"));
        }
        Some((Outside { at_secs, event, with }, def.event.span.into()))
    }

    fn outside_the_run(&self, span: Span, message: &str, clock: &Clock) -> Diagnostic {
        let days = (clock.end - clock.start) / 86_400;
        Diagnostic::new(Code::OutsideTheTest, span, message).help(format!("the test lasts {days} days; say `days:`"))
    }

    /// Scores by model.
    fn scores(&mut self, score: &Spanned<ScoreStep>) -> BTreeMap<Name, i32> {
        match self.score_step(score) {
            Action::Score { points } => points,
            _ => BTreeMap::new(),
        }
    }

    /// Where the lead stands with each topic, as a leads file would say it.
    fn consents(&mut self, def: &scenario::Test, clock: &Clock) -> Vec<Option<Given>> {
        let mut given: BTreeMap<Name, Given> = BTreeMap::new();
        for (topic, consent) in &def.consent {
            let Some(known) = self.ask_marketing(topic, "leave it out") else { continue };
            let stand = match consent.stand {
                scenario::Stand::In => Stand::In,
                scenario::Stand::Pending => Stand::Pending,
                scenario::Stand::Out => Stand::Out,
            };
            let since_secs = consent.since.as_ref().map(|since| clock.seconds(since.value).0);
            given.insert(known, Given { stand, since_secs });
        }
        if let (Some((first, _)), true) = (def.consent.first(), def.subscribed.is_some()) {
            let message = "`subscribed` already says where the lead stands with every topic";
            let finding = Diagnostic::new(Code::InvalidValue, first.span, message);
            self.sink.push(finding.help("say all of it under `consent:`"));
        }
        if given.is_empty() {
            Vec::new()
        } else {
            self.out.topics.keys().map(|name| given.get(name).copied()).collect()
        }
    }

    fn settled(&mut self, def: &scenario::Test) -> Settled {
        let mut settled = Settled::default();
        if let Some(topics) = &def.subscribed {
            settled.subscribed = Some(topics.iter().filter_map(|topic| self.ask(Kind::Topic, topic)).collect());
        }
        settled.lists = def.lists.iter().filter_map(|list| self.ask(Kind::List, list)).collect();
        for (split, arm) in &def.arms {
            let is_split = |action: &Action| matches!(action, Action::Split { .. });
            let Some((journey, step)) = self.journey_step(split, "split", is_split) else { continue };
            let Some(Action::Split { arms }) = self.action_of(&journey, &step) else { continue };
            let arms: Vec<Name> = arms.iter().map(|each| each.name.clone()).collect();
            if arms.contains(&arm.value) {
                settled.arms.insert((journey, step), arm.value.clone());
            } else if !self.names.may_exist(arm) {
                let message = format!("the split `{step}` has no arm `{}`", arm.value);
                let finding =
                    Diagnostic::new(Code::UnknownName, arm.span, message).help(format!("it has {}", listed(&arms)));
                self.sink.push(finding.suggest(nearest(arm, arms.iter().map(String::as_str))));
            }
        }
        settled
    }

    fn action_of(&self, journey: &str, step: &str) -> Option<&Action> {
        Some(&self.out.journeys.get(journey)?.step(step)?.action)
    }

    /// A step by its id, or by journey and id; those of one kind only.
    fn journey_step(&mut self, name: &Text, what: &str, fits: impl Fn(&Action) -> bool) -> Option<(Name, Name)> {
        let (journey, step) = match name.split_once('.') {
            Some((journey, step)) => {
                let known = self.ask(Kind::Journey, &Spanned { value: journey.to_owned(), span: name.span })?;
                (Some(known), step)
            }
            None => (None, name.value.as_str()),
        };
        let steps = || {
            let journeys = self.out.journeys.iter().filter(|(name, _)| journey.as_ref().is_none_or(|of| of == *name));
            journeys.flat_map(|(name, journey)| journey.steps.iter().map(move |step| (name, step)))
        };
        let of_kind = || steps().filter(|(_, step)| fits(&step.action));
        let found: Vec<(Name, Name)> =
            of_kind().filter(|(_, each)| each.id == step).map(|(name, each)| (name.clone(), each.id.clone())).collect();
        match found.as_slice() {
            [only] => return Some(only.clone()),
            [] if self.names.may_exist(step) => return None,
            [] => {}
            [(first, _), ..] => {
                let message = format!("{} journeys have a {what} `{step}`", found.len());
                let finding = Diagnostic::new(Code::AmbiguousStep, name.span, message);
                self.sink.push(finding.help(format!("write `{first}.{step}`")));
                return None;
            }
        }
        let of = journey.as_ref().map_or("no journey".to_owned(), |journey| format!("the journey `{journey}`"));
        let has = if journey.is_some() { "has no" } else { "has a" };
        let finding = Diagnostic::new(Code::UnknownName, name.span, format!("{of} {has} {what} `{step}`"));
        let near = nearest(step, of_kind().map(|(_, step)| step.id.as_str())).map(str::to_owned);
        let at = near.as_ref().and_then(|near| of_kind().find(|(_, step)| step.id == *near));
        let finding = match at {
            Some((_, step)) => finding.also(step.origin.0, format!("a {what}")),
            None => finding,
        };
        self.sink.push(finding.suggest(near.as_deref()));
        None
    }
}
