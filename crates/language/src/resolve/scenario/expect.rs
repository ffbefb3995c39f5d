//! What tests expect.

use std::collections::{BTreeMap, BTreeSet};

use super::Clock;
use crate::ast::Kind;
use crate::ast::Text;
use crate::ast::quantity::Window;
use crate::ast::scenario::{self, Grades, Mails};
use crate::diag::{Code, Diagnostic};
use crate::ir::journey::{Action, EntryBy, Journey};
use crate::ir::scenario::{Expect, Often, Subject};
use crate::ir::{self, Again, Channel, Confirmation, Consent, EntryRefusal, Name, Skip};
use crate::resolve::content::counted_channels;
use crate::resolve::names::listed;
use crate::resolve::typing::{AtHand, Place};
use crate::resolve::{Resolver, window};
use crate::syntax::Spanned;
use crate::text::{Span, nearest};

impl Resolver<'_> {
    /// An expectation, or what is wrong with it.
    pub(super) fn expected(&mut self, def: &Spanned<scenario::Expect>, clock: &Clock) -> Option<Expect> {
        let (key, span) = self.subject_key(def)?;
        let lasts = ["stage", "score", "grade", "segment", "holds"].contains(&key);
        if !self.qualifiers_fit(def, key, lasts) {
            return None;
        }
        let what = self.subject(&def.value, key)?;
        let (from_secs, to_secs) = self.window(&def.value, clock);
        let often = match (&def.exactly, &def.at_most) {
            _ if key == "never" => Some(Often::Exactly(0)),
            (Some(count), _) => Some(Often::Exactly(count.value)),
            (None, Some(most)) => Some(Often::AtMost(most.value, self.in_any(def.per.as_ref())?)),
            (None, None) => None,
        };
        let at_last = def.at.is_some() || (def.by.is_none() && def.after.is_none());
        Some(Expect { what, from_secs, to_secs, often, at_last, origin: span.into() })
    }

    /// The one key that says what is expected, with its value's place.
    fn subject_key(&mut self, def: &Spanned<scenario::Expect>) -> Option<(&'static str, Span)> {
        let texts = [
            ("send", &def.send),
            ("never", &def.never),
            ("skipped", &def.skipped),
            ("entered", &def.entered),
            ("refused", &def.refused),
            ("exited", &def.exited),
            ("step", &def.step),
            ("task", &def.task),
            ("event", &def.event),
            ("stage", &def.stage),
            ("segment", &def.segment),
            ("holds", &def.holds),
        ];
        let texts = texts.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?.span)));
        let mails = def.mails.as_ref().map(|mails| ("mails", mails.span));
        let score = def.score.as_ref().map(|score| ("score", score.span));
        let grade = def.grade.as_ref().map(|grade| ("grade", grade.span));
        let mut given: Vec<(&'static str, Span)> = texts.chain(mails).chain(score).chain(grade).collect();
        given.sort_by_key(|(_, span)| span.start);
        match given.as_slice() {
            [one] => Some(*one),
            [] => {
                let finding = Diagnostic::new(Code::MissingKey, def.span, "this does not say what is expected");
                self.sink.push(finding.help("write `send`, `never`, `stage`, `exited` or another of them"));
                None
            }
            [(first, at), (second, second_at), ..] => {
                let message = format!("an expectation is about one thing, not `{first}` and `{second}`");
                let finding = Diagnostic::new(Code::InvalidValue, *second_at, message).also(*at, "the other one");
                self.sink.push(finding.help("write two items"));
                None
            }
        }
    }

    /// Whether the other keys go with the one that says what is expected.
    fn qualifiers_fit(&mut self, def: &Spanned<scenario::Expect>, key: &str, lasts: bool) -> bool {
        let before = self.sink.found.len();
        let mut refuse = |span: Span, message: String| self.sink.push(Diagnostic::new(Code::UnknownKey, span, message));
        if let Some(reason) = &def.reason
            && !["skipped", "refused", "exited"].contains(&key)
        {
            refuse(reason.span, "`reason` goes with `skipped`, `refused` and `exited`".to_owned());
        }
        if let Some((name, _)) = def.with.first()
            && key != "event"
        {
            refuse(name.span, "`with` goes with `event`".to_owned());
        }
        if let Some(is) = &def.is
            && !lasts
        {
            refuse(is.span, "`is` goes with `stage`, `score`, `grade`, `segment` and `holds`".to_owned());
        }
        if let Some(count) = def.exactly.as_ref().or(def.at_most.as_ref())
            && (lasts || key == "never")
        {
            let why = if lasts { "lasts, and is not counted" } else { "is `exactly: 0` already" };
            refuse(count.span, format!("`{key}` {why}"));
        }
        if let (Some(per), None) = (&def.per, &def.at_most) {
            refuse(per.span, "`per` goes with `at_most`".to_owned());
        }
        if let Some(channels) = &def.channels
            && !def.mails.as_ref().is_some_and(|mails| matches!(mails.value, Mails::Kind(_)))
        {
            refuse(channels.span, "`channels` goes with `mails` that are not listed by name".to_owned());
        }
        if let (Some(exactly), Some(most)) = (&def.exactly, &def.at_most) {
            let finding = Diagnostic::new(Code::InvalidValue, most.span, "`exactly` says how often already");
            self.sink.push(finding.also(exactly.span, "said here"));
        }
        if let (Some(at), Some(other)) = (&def.at, def.by.as_ref().or(def.after.as_ref())) {
            let finding = Diagnostic::new(Code::InvalidValue, other.span, "`at` says the moment already");
            self.sink.push(finding.also(at.span, "said here"));
        }
        self.sink.found.len() == before
    }

    /// The first and the last second in question.
    fn window(&mut self, def: &scenario::Expect, clock: &Clock) -> (i64, i64) {
        let (mut from, mut to) = (clock.start, clock.end - 1);
        if let Some(at) = &def.at {
            (from, to) = clock.seconds(at.value);
        }
        if let Some(after) = &def.after {
            from = clock.seconds(after.value).0;
        }
        if let Some(by) = &def.by {
            to = clock.seconds(by.value).1;
        }
        let place = [&def.at, &def.by, &def.after].into_iter().flatten().next().map(|when| when.span);
        if let Some(span) = place {
            if from >= clock.end || to < clock.start {
                self.sink.push(self.outside_the_run(span, "no part of the test lies in this time", clock));
            } else if from > to {
                let message = "no time lies between the two";
                self.sink.push(Diagnostic::new(Code::ImpossibleExpectation, span, message));
            }
        }
        (from, to)
    }

    fn subject(&mut self, def: &scenario::Expect, key: &str) -> Option<Subject> {
        let is = def.is.is_none_or(|is| is.value);
        if let Some(name) = def.send.as_ref().or(def.never.as_ref()) {
            let content = self.names.ask_content(name, name.span, self.sink)?;
            if key == "send" && needs_some(def) {
                self.sent_by_some_journey(&content, name.span);
            }
            return Some(Subject::Sent { content });
        }
        if let Some(mails) = &def.mails {
            return self.some_mails(mails, def);
        }
        if let Some(name) = &def.skipped {
            let content = self.names.ask_content(name, name.span, self.sink)?;
            self.sent_by_some_journey(&content, name.span);
            self.skip_reason(&content, def.reason.as_ref());
            return Some(Subject::Skipped { content, reason: word(def) });
        }
        if let Some(name) = &def.entered {
            return Some(Subject::Entered { journey: self.ask(Kind::Journey, name)? });
        }
        if let Some(name) = &def.refused {
            let journey = self.ask(Kind::Journey, name)?;
            self.refusal_reason(&journey, def.reason.as_ref());
            return Some(Subject::Refused { journey, reason: word(def) });
        }
        if let Some(name) = &def.exited {
            let journey = self.ask(Kind::Journey, name)?;
            self.exit_reason(&journey, def.reason.as_ref());
            return Some(Subject::Exited { journey, reason: word(def) });
        }
        if let Some(name) = &def.step {
            let (journey, step) = self.journey_step(name, "step", |_| true)?;
            return Some(Subject::Reached { journey, step });
        }
        if let Some(to) = &def.task {
            return self.task_for(to);
        }
        if let Some(name) = &def.event {
            let event = self.ask(Kind::Event, name)?;
            let with = self.some_properties(&event, def);
            return Some(Subject::Happened { event, with });
        }
        if let Some(name) = &def.stage {
            return Some(Subject::Stage { stage: self.stage(name)?, is });
        }
        if let Some(name) = &def.segment {
            return Some(Subject::Member { segment: self.ask(Kind::Segment, name)?, is });
        }
        if let Some(text) = &def.holds {
            let no_event = AtHand::Nothing("the condition is about the lead".to_owned());
            return Some(Subject::Holds { condition: self.condition(text, Place::Lead, no_event), is });
        }
        if let Some(score) = &def.score {
            let scores = self.scores(score);
            let (model, score) = self.one_of_several(scores, score.span)?;
            return Some(Subject::Score { model, score, is });
        }
        let grade = def.grade.as_ref()?;
        let (model, grade) = self.grade(grade)?;
        Some(Subject::Grade { model, grade, is })
    }

    /// An expectation is about one model.
    fn one_of_several<T>(&mut self, values: BTreeMap<Name, T>, span: Span) -> Option<(Name, T)> {
        let count = values.len();
        if count > 1 {
            let finding = Diagnostic::new(Code::InvalidValue, span, "an expectation is about one model");
            self.sink.push(finding.help("write an item for each"));
        }
        values.into_iter().next()
    }

    fn grade(&mut self, grade: &Spanned<Grades>) -> Option<(Name, Name)> {
        let (model, grade, span) = match &grade.value {
            Grades::Default(text) => match self.names.default_grade.clone() {
                Some(model) => (model, text.clone(), grade.span),
                None => {
                    let message = "no grading model is the default";
                    let finding = Diagnostic::new(Code::UnknownName, grade.span, message);
                    self.sink.push(finding.help("write `grade: {MODEL: GRADE}`"));
                    return None;
                }
            },
            Grades::Models(models) => {
                if models.len() > 1 {
                    let finding = Diagnostic::new(Code::InvalidValue, grade.span, "an expectation is about one model");
                    self.sink.push(finding.help("write an item for each"));
                }
                let (model, text) = models.first()?;
                (self.ask(Kind::Grading, model)?, text.value.clone(), text.span)
            }
        };
        let bands = self.out.grading.get(&model)?.bands.iter().map(|band| band.name.clone()).collect::<Vec<_>>();
        if !bands.contains(&grade) {
            let message = format!("`{model}` has no grade `{grade}`");
            let near = nearest(&grade, bands.iter().map(String::as_str));
            let finding = Diagnostic::new(Code::UnknownName, span, message).help(format!("it has {}", listed(&bands)));
            self.sink.push(finding.suggest(near));
            return None;
        }
        Some((model, grade))
    }

    /// Properties of an event that are expected; others may be anything.
    fn some_properties(&mut self, event: &str, def: &scenario::Expect) -> BTreeMap<Name, ir::Value> {
        let Some(declared) = self.names.events.get(event).cloned() else { return BTreeMap::new() };
        let mut values = BTreeMap::new();
        for (name, literal) in &def.with {
            match declared.properties.get(&name.value) {
                Some(property) => {
                    if let Some(Some(value)) = self.literal(name, property, literal) {
                        values.insert(name.value.clone(), value);
                    }
                }
                None if self.names.may_exist(name) => {}
                None => {
                    let message = format!("the event `{event}` has no property `{}`", name.value);
                    let near = nearest(name, declared.properties.keys().map(String::as_str));
                    self.sink.push(Diagnostic::new(Code::UnknownName, name.span, message).suggest(near));
                }
            }
        }
        values
    }

    /// The time over which something is counted.
    fn in_any(&mut self, per: Option<&Spanned<Window>>) -> Option<Option<ir::Window>> {
        match per {
            Some(per) if per.value == Window::Ever => {
                let finding = Diagnostic::new(Code::InvalidValue, per.span, "a test has one lead");
                self.sink.push(finding.help("leave `per` out: then all of the test counts"));
                None
            }
            per => Some(per.map(|per| window(per.value))),
        }
    }

    /// Mails by what they are, or by their names.
    fn some_mails(&mut self, mails: &Spanned<Mails>, def: &scenario::Expect) -> Option<Subject> {
        let (contents, said) = match &mails.value {
            Mails::Named(names) => {
                let known: Vec<Name> =
                    names.iter().filter_map(|name| self.names.ask_content(name, name.span, self.sink)).collect();
                if known.len() < names.len() {
                    return None;
                }
                let said = if let [one] = known.as_slice() {
                    format!("`{one}`")
                } else {
                    format!("one of {}", listed(&known))
                };
                (known, said)
            }
            Mails::Kind(kind) => {
                let topic = match kind.as_str() {
                    "all" | "marketing" | "transactional" => None,
                    topic => Some(self.ask(Kind::Topic, &Spanned { value: topic.to_owned(), span: mails.span })?),
                };
                let said = match &topic {
                    Some(topic) => format!("a mail of `{topic}`"),
                    None if kind == "all" => "a mail".to_owned(),
                    None => format!("a {kind} mail"),
                };
                let topics = &self.out.topics;
                let is_meant = |of: &Name| match (&topic, kind.as_str()) {
                    (Some(topic), _) => of == topic,
                    (None, "all") => true,
                    (None, kind) => (kind == "marketing") == topics.get(of).is_none_or(ir::Topic::is_marketing),
                };
                let emails = self.out.emails.iter().map(|(name, email)| (name, &email.topic, Channel::Email));
                let messages = self.out.messages.iter().map(|(name, each)| (name, &each.topic, each.channel));
                let channels = counted_channels(def.channels.as_ref());
                let meant = emails.chain(messages).filter(|(_, of, by)| is_meant(of) && channels.contains(by));
                (meant.map(|(name, ..)| name.clone()).collect(), said)
            }
        };
        let contents: BTreeSet<Name> = contents.into_iter().collect();
        let may_be = |content: &Name| self.is_sent(content) || self.names.may_exist(content);
        let in_doubt = contents.is_empty() && !self.names.unread_words.is_empty();
        if needs_some(def) && !in_doubt && !contents.iter().any(may_be) {
            let message = format!("no journey sends {said}");
            self.sink.push(Diagnostic::new(Code::ImpossibleExpectation, mails.span, message));
        }
        Some(Subject::Mails { contents, said })
    }

    /// Whether a journey or a topic's request sends it.
    fn is_sent(&self, content: &str) -> bool {
        let sends = |action: &Action| matches!(action, Action::Send { content: sent, .. } if sent == content);
        let mut steps = self.out.journeys.values().flat_map(|journey| &journey.steps);
        let mut asking = self.out.topics.values().filter_map(|topic| topic.confirmation.as_ref());
        let asks = |confirmation: &Confirmation| confirmation.emails().any(|(email, _)| email == content);
        steps.any(|step| sends(&step.action)) || asking.any(asks)
    }

    fn task_for(&mut self, to: &Text) -> Option<Subject> {
        let mut known: Vec<Name> = Vec::new();
        for step in self.out.journeys.values().flat_map(|journey| &journey.steps) {
            if let Action::Task { to, .. } = &step.action
                && !known.contains(to)
            {
                known.push(to.clone());
            }
        }
        if !known.contains(&to.value) && !self.names.may_exist(to) {
            let near = nearest(to, known.iter().map(String::as_str)).map(str::to_owned);
            let message = format!("no step gives a task to `{}`", to.value);
            let finding = Diagnostic::new(Code::ImpossibleExpectation, to.span, message);
            let finding =
                if known.is_empty() { finding } else { finding.help(format!("tasks go to {}", listed(&known))) };
            self.sink.push(finding.suggest(near.as_deref()));
            return None;
        }
        Some(Subject::Task { to: to.value.clone() })
    }

    fn sent_by_some_journey(&mut self, content: &str, span: Span) {
        if !self.is_sent(content) && !self.names.may_exist(content) {
            let message = format!("no journey sends `{content}`");
            self.sink.push(Diagnostic::new(Code::ImpossibleExpectation, span, message));
        }
    }

    /// Says what is wrong with a reason that is none of those there are.
    fn known_reason(&mut self, reason: &Text, known: &[&str]) -> bool {
        if known.contains(&reason.as_str()) {
            return true;
        }
        let finding =
            Diagnostic::new(Code::UnknownName, reason.span, format!("there is no such reason as `{}`", reason.value));
        let finding = finding.help(format!("it can be {}", listed(known)));
        self.sink.push(finding.suggest(nearest(reason, known.iter().copied())));
        false
    }

    fn impossible(&mut self, reason: &Text, why: String, at: Span) {
        let message = format!("this is never for the reason `{}`", reason.value);
        self.sink.push(Diagnostic::new(Code::ImpossibleExpectation, reason.span, message).also(at, why));
    }

    fn skip_reason(&mut self, content: &str, reason: Option<&Text>) {
        let Some(reason) = reason else { return };
        if !self.known_reason(reason, Skip::WORDS) {
            return;
        }
        let Some(email) = self.out.emails.get(content) else { return };
        let (origin, repeat) = (email.origin.0, email.repeat);
        let topic = self.out.topics.get(&email.topic).map(|topic| (topic.consent, topic.origin.0));
        match (reason.as_str(), topic) {
            ("no-consent", Some((Consent::Transactional, at))) => {
                self.impossible(reason, "a transactional topic needs no consent".to_owned(), at);
            }
            ("repeat", _) if repeat == Again::Always => {
                self.impossible(reason, "it may be sent again at any time".to_owned(), origin);
            }
            _ => {}
        }
    }

    fn refusal_reason(&mut self, journey: &str, reason: Option<&Text>) {
        let Some(reason) = reason else { return };
        if !self.known_reason(reason, EntryRefusal::WORDS) {
            return;
        }
        let Some(def) = self.out.journeys.get(journey) else { return };
        let origin = def.entry.origin.0;
        let again = def.entry.again;
        let asks = def.entry.when.is_some()
            || def.entry.key.is_some()
            || matches!(&def.entry.by, EntryBy::Event { filter: Some(_), .. });
        let why = match reason.as_str() {
            "not-matching" if !asks => "no condition stands in its way",
            "ended" if def.ends.is_none() => "the journey never ends",
            "again-never" if again != Again::Never => "leads may enter again",
            "again-too-soon" if !matches!(again, Again::AfterSecs(_)) => "no time has to pass before leads enter again",
            _ => return,
        };
        self.impossible(reason, why.to_owned(), origin);
    }

    fn exit_reason(&mut self, journey: &str, reason: Option<&Text>) {
        let Some((reason, def)) = reason.zip(self.out.journeys.get(journey)) else { return };
        let known = exits(def);
        if known.contains(&reason.value) || self.names.may_exist(reason) {
            return;
        }
        let message = format!("the lead never leaves `{journey}` for the reason `{}`", reason.value);
        let near = nearest(reason, known.iter().map(String::as_str)).map(str::to_owned);
        let finding = Diagnostic::new(Code::ImpossibleExpectation, reason.span, message);
        let finding = finding.also(def.origin.0, "the journey").help(format!("it can be {}", listed(&known)));
        self.sink.push(finding.suggest(near.as_deref()));
    }
}

/// Whether what is expected has to happen at least once.
fn needs_some(def: &scenario::Expect) -> bool {
    def.at_most.is_none() && def.exactly.is_none_or(|count| count.value > 0)
}

fn word(def: &scenario::Expect) -> Option<Name> {
    def.reason.as_ref().map(|reason| reason.value.clone())
}

/// The reasons for which leads can leave a journey.
fn exits(journey: &Journey) -> Vec<Name> {
    let mut known = vec!["completed".to_owned()];
    known.extend(journey.exit_when.as_ref().map(|_| "exit_when".to_owned()));
    known.extend(journey.goal.as_ref().map(|_| "goal".to_owned()));
    for step in &journey.steps {
        if let Action::Exit { reason } = &step.action
            && !known.contains(reason)
        {
            known.push(reason.clone());
        }
    }
    known
}
