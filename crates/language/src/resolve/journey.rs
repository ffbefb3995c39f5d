//! Journeys: nested steps to a graph.

use std::collections::BTreeMap;

use super::names::listed;
use super::typing::{AtHand, Place, Ty, describe};
use super::{Resolver, again, spanned_value};
use crate::ast::expression::ExprKind;
use crate::ast::journey::{self, Emit, NearDate, ScoreStep, Until, Wait};
use crate::ast::quantity::Moment;
use crate::ast::{Kind, Literal, Named, Text, jinja};
use crate::diag::{Code, Diagnostic};
use crate::ir::journey::{Action, Arm, Entry, EntryBy, Goal, Moment as LocalMoment, SplitArm, Step, Target};
use crate::ir::{self, Again, Name};
use crate::syntax::{Entries, Spanned};
use crate::text::{ScalarMap, nearest};

/// The entry event of each journey, as far as templates and steps can ask for its properties.
pub(super) fn at_hand(entry: &EntryBy) -> AtHand {
    match entry {
        EntryBy::Event { event, .. } => AtHand::Event(event.clone()),
        EntryBy::Segment { .. } => AtHand::Nothing("the journey is entered by a segment".to_owned()),
        EntryBy::Schedule { .. } => AtHand::Nothing("the journey is entered by a schedule".to_owned()),
        EntryBy::Called => AtHand::Nothing("the journey is started by another one".to_owned()),
    }
}

fn lead_only() -> AtHand {
    AtHand::Nothing("the condition is about the lead, whenever the step is reached".to_owned())
}

impl Resolver<'_> {
    pub(super) fn journeys(&mut self) {
        let journeys = self.files.iter().flat_map(|file| &file.journeys);
        let journeys: Vec<_> = journeys.filter(|named| self.is_first(Kind::Journey, &named.name)).collect();
        let done = self.each(&journeys, |resolver, named| {
            let journey = resolver.journey(named);
            (journey, resolver.experiments(&named.name.value, &named.def.steps))
        });
        for (named, (journey, experiments)) in journeys.iter().zip(done) {
            self.out.journeys.insert(named.name.value.clone(), journey);
            self.out.experiments.extend(experiments);
        }
    }

    fn journey(&mut self, named: &Named<journey::Journey>) -> ir::Journey {
        let def = &named.def;
        let ends = def.ends.as_ref().and_then(|ends| self.once(ends));
        let entry = self.entry(&def.entry);
        if !says_how(&def.entry) {
            self.names.meant.insert(named.name.value.clone()); // whether anybody can enter is not for the rules to say
        }
        self.names.entry = Some(if says_how(&def.entry) { at_hand(&entry.by) } else { AtHand::Unread });
        let at_any_time = AtHand::Nothing("the condition is about the lead, at any time".to_owned());
        let exit_when = self.optional_condition(def.exit_when.as_ref(), Place::Lead, &at_any_time);
        let goal = def.goal.as_ref().map(|goal| Goal {
            when: self.condition(&goal.when, Place::Lead, at_any_time),
            within_secs: spanned_value(&goal.within).map(|within| within.secs),
        });
        let mut ids = BTreeMap::new();
        self.step_ids(&def.steps, &mut ids);
        let steps = Vec::with_capacity(ids.len());
        let mut graph = Graph { ids, steps };
        let first = self.steps(&def.steps, None, &mut graph);
        self.names.entry = None;
        ir::Journey {
            label: def.label.clone(),
            phase: def.phase.as_ref().and_then(|phase| self.phase(phase)),
            priority: def.priority,
            entry,
            ends,
            exit_when,
            goal,
            first,
            steps: graph.steps,
            origin: named.name.span.into(),
        }
    }

    fn entry(&mut self, def: &Spanned<journey::Entry>) -> Entry {
        let by = self.entry_by(def);
        let at_hand = if says_how(def) { at_hand(&by) } else { AtHand::Unread };
        let when = self.optional_condition(def.when.as_ref(), Place::Lead, &at_hand);
        if let Some(filter) = &def.filter
            && !matches!(by, EntryBy::Event { .. })
        {
            let message = "`where` is a condition on an event, and no event lets leads in here";
            self.sink.push(
                Diagnostic::new(Code::UnknownKey, filter.span, message)
                    .help("write `when` for a condition on the lead"),
            );
        }
        if let Some(existing) = &def.existing
            && def.segment.is_none()
        {
            let message = "`existing` is about members of a segment, and no segment lets leads in here";
            self.sink.push(Diagnostic::new(Code::UnknownKey, existing.span, message));
        }
        if let Some(at_once) = &def.at_once
            && def.key.is_none()
        {
            let message = "`at_once` goes with `key`: without one, a lead is in a journey once";
            self.sink.push(Diagnostic::new(Code::UnknownKey, at_once.span, message));
        }
        Entry {
            when,
            again: def.again.as_ref().map_or(Again::Never, |value| again(value.value)),
            key: def.key.as_ref().and_then(|key| self.key(key, &by)),
            at_once: spanned_value(&def.at_once),
            by,
            origin: def.span.into(),
        }
    }

    fn entry_by(&mut self, def: &Spanned<journey::Entry>) -> EntryBy {
        let given = [
            ("event", def.event.as_ref().map(|event| event.span)),
            ("segment", def.segment.as_ref().map(|segment| segment.span)),
            ("schedule", def.schedule.as_ref().map(|schedule| schedule.segment.span)),
            ("called", def.called.as_ref().map(|called| called.span)),
        ];
        let mut given = given.into_iter().filter_map(|(key, span)| span.map(|span| (key, span)));
        match (given.next(), given.next()) {
            (None, _) => {
                let message = "an entry says what lets leads in";
                let finding = Diagnostic::new(Code::MissingKey, def.span, message);
                self.sink.push(finding.help("write `event`, `segment`, `schedule` or `called: true`"));
            }
            (Some((first, first_at)), Some((second, second_at))) => {
                let message = format!("leads enter by `{first}` or by `{second}`, not both");
                let finding = Diagnostic::new(Code::InvalidValue, second_at, message).also(first_at, "the other one");
                self.sink.push(finding.help("write a second journey that is started by this one"));
            }
            (Some(_), None) => {}
        }
        if let Some(event) = &def.event {
            let known = self.ask(Kind::Event, event);
            let at_hand = known.clone().map_or(AtHand::Unread, AtHand::Event);
            let filter = self.optional_condition(def.filter.as_ref(), Place::Lead, &at_hand);
            return EntryBy::Event { event: known.unwrap_or_else(|| event.value.clone()), filter };
        }
        if let Some(segment) = &def.segment {
            let known = self.ask(Kind::Segment, segment).unwrap_or_else(|| segment.value.clone());
            return EntryBy::Segment { segment: known, existing: spanned_value(&def.existing).unwrap_or(true) };
        }
        match &def.schedule {
            Some(schedule) => self.schedule(schedule),
            None => {
                if let Some(called) = def.called
                    && !called.value
                {
                    self.sink.push(Diagnostic::new(Code::InvalidValue, called.span, "`called` is `true` or left out"));
                }
                EntryBy::Called
            }
        }
    }

    fn schedule(&mut self, def: &journey::Schedule) -> EntryBy {
        let segment = self.ask(Kind::Segment, &def.segment).unwrap_or_else(|| def.segment.value.clone());
        let fault = match (&def.at, &def.every) {
            (Some(at), None) if !matches!(at.value, Moment::Once(_)) => {
                let finding = Diagnostic::new(Code::InvalidValue, at.span, "`at` is a moment that comes once");
                finding.help("write `at: 2026-04-10 09:00`, or `every:` for one that comes again")
            }
            (None, Some(every)) if matches!(every.value, Moment::Once(_)) => {
                let finding = Diagnostic::new(Code::InvalidValue, every.span, "`every` is a moment that comes again");
                finding.help("write `every: mon 09:00`, or `at:` for one that comes once")
            }
            (Some(sound), None) | (None, Some(sound)) => {
                let moment = self.local_moment(sound);
                return EntryBy::Schedule { segment, moment };
            }
            (at, every) => {
                let span = at.as_ref().and(every.as_ref()).map_or(def.segment.span, |every| every.span);
                Diagnostic::new(Code::MissingKey, span, "a schedule has one of `at` and `every`")
            }
        };
        self.sink.push(fault);
        let moment = LocalMoment::Once { at: "1970-01-01T00:00:00".to_owned() };
        EntryBy::Schedule { segment, moment }
    }

    fn once(&mut self, ends: &Spanned<Moment>) -> Option<String> {
        match ends.value {
            Moment::Once(at) => Some(at.to_string()),
            Moment::Daily(_)
            | Moment::Weekly(..)
            | Moment::Weekdays(_)
            | Moment::Monthly(..)
            | Moment::Business(..) => {
                let finding = Diagnostic::new(Code::InvalidValue, ends.span, "a journey ends once");
                self.sink.push(finding.help("write `ends: 2026-06-30 00:00`"));
                None
            }
        }
    }

    /// The property that keys instances: `event.order_id`.
    fn key(&mut self, key: &Text, by: &EntryBy) -> Option<Name> {
        let EntryBy::Event { event, .. } = by else {
            let message = "a `key` is a property of the entry event, and no event lets leads in here";
            self.sink.push(Diagnostic::new(Code::NotAvailableHere, key.span, message));
            return None;
        };
        let property = match jinja::expression(key).map(|raw| raw.kind) {
            Ok(ExprKind::Attribute { of, name }) if of.kind == ExprKind::Name("event".to_owned()) => name.text,
            other => {
                let finding = Diagnostic::new(Code::InvalidValue, key.span, "a `key` is a property of the entry event");
                let known = self.names.events.get(event).map(|event| &event.properties);
                let meant = match other {
                    Ok(ExprKind::Name(name)) if known.is_some_and(|known| known.contains_key(&name)) => name,
                    Ok(_) | Err(_) => "order_id".to_owned(),
                };
                self.sink.push(finding.help(format!("write `key: event.{meant}`")));
                return None;
            }
        };
        let map = ScalarMap::new(key.span, self.sources.slice(key.span), key);
        if let Ok(raw) = jinja::expression(key) {
            let at_hand = AtHand::Event(event.clone());
            super::typing::Typer::new(&mut self.names, self.sink, &map, Place::Lead, at_hand).expr(&raw);
        }
        Some(property)
    }

    /// Notes where each id stands; two steps with one id are a fault.
    fn step_ids(&mut self, steps: &[journey::Step], ids: &mut BTreeMap<Name, crate::text::Span>) {
        for step in steps {
            if let Some(&first) = ids.get(&step.id.value) {
                let message = format!("two steps have the id `{}`", step.id.value);
                let finding = Diagnostic::new(Code::DuplicateName, step.id.span, message).here("the second");
                self.sink.push(finding.also(first, "the first"));
            } else {
                ids.insert(step.id.value.clone(), step.id.span);
            }
            for inner in inner_steps(step) {
                self.step_ids(inner, ids);
            }
        }
    }

    /// Adds steps to the graph; those that end go on at `after`. Gives the first one, or `after` if there is none.
    fn steps(&mut self, steps: &[journey::Step], after: Target, graph: &mut Graph) -> Target {
        for (at, step) in steps.iter().enumerate() {
            let next = steps.get(at + 1).map_or_else(|| after.clone(), |next| Some(graph.name(next)));
            self.step(step, next, graph);
        }
        steps.first().map_or(after, |first| Some(graph.name(first)))
    }

    fn step(&mut self, def: &journey::Step, next: Target, graph: &mut Graph) {
        let place = graph.steps.len();
        graph.steps.push(Step {
            id: graph.name(def),
            label: def.label.clone(),
            action: Action::Goto,
            next: next.clone(),
            origin: def.id.span.into(),
        });
        let (action, next) = self.action(def, next, graph);
        if let Some(step) = graph.steps.get_mut(place) {
            step.action = action;
            step.next = next;
        }
    }

    /// What a step does and where it leads. Arms are added to the graph on the way.
    fn action(&mut self, def: &journey::Step, next: Target, graph: &mut Graph) -> (Action, Target) {
        if let Some(to) = &def.goto {
            return (Action::Goto, self.goto(to, graph));
        }
        if let Some(reason) = &def.exit {
            return (Action::Exit { reason: reason.value.clone() }, None);
        }
        let action = if let Some(arms) = &def.branch {
            self.branch(def, arms, &next, graph)
        } else if let Some(arms) = &def.split {
            self.split(arms, &next, graph)
        } else if let Some(wait_for) = &def.wait_for {
            self.wait_for(def, wait_for, &next, graph)
        } else {
            self.simple_action(def)
        };
        let next = match (&action, &def.otherwise) {
            (Action::Branch { .. }, Some(otherwise)) => self.steps(otherwise, next, graph),
            (_, Some(_) | None) => next,
        };
        (action, next)
    }

    fn goto(&mut self, to: &Text, graph: &Graph) -> Target {
        if graph.ids.contains_key(&to.value) {
            return Some(to.value.clone());
        }
        if self.names.may_exist(to) {
            return None;
        }
        let message = format!("this journey has no step `{}`", to.value);
        let near = nearest(to, graph.ids.keys().map(String::as_str)).map(str::to_owned);
        let finding = Diagnostic::new(Code::UnknownName, to.span, message).here("not a step of this journey");
        let finding = match near.as_ref().and_then(|near| graph.ids.get(near)) {
            Some(&at) => finding.also(at, "a step of this journey"),
            None => finding,
        };
        let steps: Vec<&str> = graph.ids.keys().map(String::as_str).collect();
        let finding =
            if steps.len() <= 12 { finding.help(format!("its steps are {}", listed(&steps))) } else { finding };
        self.sink.push(finding.suggest(near.as_deref()));
        None
    }

    fn branch(
        &mut self,
        def: &journey::Step,
        arms: &Spanned<Vec<journey::Arm>>,
        next: &Target,
        graph: &mut Graph,
    ) -> Action {
        if arms.is_empty() {
            self.sink.push(Diagnostic::new(Code::InvalidValue, arms.span, "a branch has at least one arm"));
        }
        let mut out = Vec::new();
        for arm in &arms.value {
            let when = self.condition(&arm.condition, Place::Lead, lead_only());
            out.push(Arm { when, to: self.steps(&arm.steps, next.clone(), graph) });
        }
        Action::Branch { arms: out, has_else: def.otherwise.is_some() }
    }

    fn split(&mut self, arms: &Spanned<Vec<journey::SplitArm>>, next: &Target, graph: &mut Graph) -> Action {
        self.split_weights(arms);
        let mut out: Vec<SplitArm> = Vec::new();
        for arm in &arms.value {
            let to = self.steps(&arm.steps, next.clone(), graph);
            out.push(SplitArm { name: arm.name.value.clone(), weight: arm.weight.value, to });
        }
        out.sort_by(|left, right| left.name.cmp(&right.name));
        // Without arms, which has been said, the step leads on.
        if out.is_empty() { Action::Goto } else { Action::Split { arms: out } }
    }

    fn split_weights(&mut self, arms: &Spanned<Vec<journey::SplitArm>>) {
        let total: f64 = arms.iter().map(|arm| arm.weight.value).sum();
        if arms.is_empty() {
            self.sink.push(Diagnostic::new(Code::SplitWeights, arms.span, "a split has at least one arm"));
        } else if (total - 100.0).abs() > 1e-6 {
            let message = format!("the weights of this split add up to {total}, not to 100");
            let first = arms.first().map_or(arms.span, |arm| arm.weight.span);
            let mut finding = Diagnostic::new(Code::SplitWeights, first, message);
            for (at, arm) in arms.iter().enumerate() {
                let weight = arm.weight.value.to_string();
                finding = if at == 0 { finding.here(weight) } else { finding.also(arm.weight.span, weight) };
            }
            self.sink.push(finding.help("a share that gets nothing is an arm too, such as `holdout` with `steps: []`"));
        }
        for (at, arm) in arms.iter().enumerate() {
            if let Some(first) = arms[..at].iter().find(|first| first.name.value == arm.name.value) {
                let message = format!("two arms are named `{}`", arm.name.value);
                let finding = Diagnostic::new(Code::SplitWeights, arm.name.span, message).here("the second");
                self.sink.push(finding.also(first.name.span, "the first"));
            }
        }
    }

    fn wait_for(
        &mut self,
        def: &journey::Step,
        wait: &Spanned<journey::WaitFor>,
        next: &Target,
        graph: &mut Graph,
    ) -> Action {
        let event = wait.event.as_ref().and_then(|event| self.ask(Kind::Event, event));
        let at_hand = event.clone().map_or(AtHand::Unread, AtHand::Event);
        self.something_to_wait_for(wait);
        let filter = self.optional_condition(wait.filter.as_ref(), Place::Lead, &at_hand);
        let when = self.optional_condition(wait.when.as_ref(), Place::Lead, &lead_only());
        let timeout = match &def.timeout {
            Some(steps) => self.steps(steps, next.clone(), graph),
            None => next.clone(),
        };
        let event = event.or_else(|| wait.event.as_ref().map(|event| event.value.clone()));
        let within = self.length(wait.within.value, wait.within.span);
        Action::WaitFor { event, filter, when, within, timeout }
    }

    /// An event, or a condition on the lead.
    fn something_to_wait_for(&mut self, wait: &Spanned<journey::WaitFor>) {
        match (&wait.event, &wait.when, &wait.filter) {
            (None, None, _) => {
                let finding = Diagnostic::new(Code::MissingKey, wait.span, "nothing says what this waits for");
                let help = "write `event` for something that happens, or `when` for a condition on the lead";
                self.sink.push(finding.help(help));
            }
            (None, Some(_), Some(filter)) => {
                let message = "`where` is a condition on an event, and this waits for none";
                let finding = Diagnostic::new(Code::UnknownKey, filter.span, message);
                self.sink.push(finding.help("name the `event`, or put it all into `when`"));
            }
            (Some(_), _, _) | (None, Some(_), None) => {}
        }
    }

    /// A wait until a moment near a date.
    fn near_date(&mut self, date: &NearDate, span: crate::text::Span) -> Action {
        let map = ScalarMap::new(span, self.sources.slice(span), &date.text);
        // Blanks in front keep the place of the name in the text.
        let name = date.text.get(date.of.clone()).unwrap_or("");
        let padded = format!("{}{name}", " ".repeat(date.of.start));
        let Ok(raw) = jinja::expression(&padded) else {
            let message = format!("`{name}` names no date");
            let at = map.span(date.of.start, date.of.end);
            self.sink.push(Diagnostic::new(Code::ExpressionSyntax, at, message));
            return Action::Goto;
        };
        let no_event = AtHand::Nothing("the wait is the lead's, whenever the step is reached".to_owned());
        let mut typer = super::typing::Typer::new(&mut self.names, self.sink, &map, Place::Lead, no_event);
        let typed = typer.expr(&raw);
        if let Ty::Of(ty) = &typed.ty
            && !matches!(ty, ir::Type::Date | ir::Type::Datetime)
        {
            let described = describe(&typed);
            let message = format!("a moment is counted from a date, and this is {described}");
            let finding = typer.fault(Code::TypeMismatch, &typed.at, message).here(described);
            typer.sink.push(finding);
        }
        let minute = date.time.map(|time| time.minutes);
        Action::WaitUntilDate { of: typed.expr, offset_secs: date.offset_secs, minute }
    }

    fn simple_action(&mut self, def: &journey::Step) -> Action {
        if let Some(name) = &def.send {
            let content = self.names.ask_content(name, name.span, self.sink).unwrap_or_else(|| name.value.clone());
            Action::Send { content, max_hold_secs: spanned_value(&def.max_hold).map(|hold| hold.secs) }
        } else if let Some(wait) = &def.wait {
            match &wait.value {
                Wait::For(length) => Action::Wait { length: self.length(*length, wait.span) },
                Wait::Until(until) => match &until.value {
                    Until::Moment(value) => {
                        let moment = self.local_moment(&Spanned { value: *value, span: until.span });
                        Action::WaitUntil { moment, to_minute: None }
                    }
                    Until::Hours(value, to) => {
                        let moment = self.local_moment(&Spanned { value: *value, span: until.span });
                        Action::WaitUntil { moment, to_minute: Some(to.minutes) }
                    }
                    Until::Date(date) => self.near_date(date, until.span),
                    Until::BestTime => Action::WaitBestTime,
                },
            }
        } else if let Some(values) = &def.set {
            self.set(values)
        } else if let Some(score) = &def.score {
            self.score_step(score)
        } else if let Some(stage) = &def.stage {
            Action::Stage { stage: self.stage(stage).unwrap_or_else(|| stage.value.clone()) }
        } else if let Some(list) = &def.list {
            self.list_step(list)
        } else if let Some(topic) = &def.topic {
            self.topic_step(topic)
        } else if let Some(task) = &def.task {
            self.task(task)
        } else if let Some(sync) = &def.sync {
            self.sync(sync)
        } else if let Some(audience) = &def.audience {
            self.audience(audience)
        } else if let Some(webhook) = &def.webhook {
            self.webhook(webhook)
        } else if let Some(emit) = &def.emit {
            self.emit(emit)
        } else if let Some(journey) = &def.start {
            self.start(journey)
        } else {
            Action::Goto // a step without an action: the schema has said so
        }
    }

    fn set(&mut self, values: &Entries<Spanned<Literal>>) -> Action {
        let mut out = BTreeMap::new();
        for (name, literal) in values {
            if name.value == "id" {
                self.sink.push(Diagnostic::new(Code::ReservedName, name.span, "the `id` of a lead never changes"));
                continue;
            }
            let Some(known) = self.ask(Kind::Field, name) else { continue };
            let Some(field) = self.out.fields.get(&known).cloned() else { continue };
            if let Some(value) = self.literal(&known, &field, literal) {
                out.insert(known, value);
            }
        }
        Action::Set { values: out }
    }

    pub(super) fn score_step(&mut self, score: &Spanned<ScoreStep>) -> Action {
        let points = match &score.value {
            ScoreStep::Default(points) => match self.names.default_score.clone() {
                Some(model) => {
                    self.names.used.insert(Kind::Scoring, &model, ());
                    BTreeMap::from([(model, *points)])
                }
                None if self.names.is_unread(Kind::Scoring) => BTreeMap::new(),
                None => {
                    let models = self.names.all(Kind::Scoring).len();
                    let message = if models == 0 {
                        "the project has no scoring model".to_owned()
                    } else {
                        format!("no scoring model is the default, so the points could be for any of {models}")
                    };
                    let finding = Diagnostic::new(Code::UnknownName, score.span, message);
                    let help =
                        if models == 0 { "define one under `scoring:`" } else { "write `score: {MODEL: POINTS}`" };
                    self.sink.push(finding.help(help));
                    BTreeMap::new()
                }
            },
            ScoreStep::Models(models) => {
                models.iter().filter_map(|(model, points)| Some((self.ask(Kind::Scoring, model)?, *points))).collect()
            }
        };
        Action::Score { points }
    }

    /// One of two keys, or a finding.
    pub(super) fn one_of_two<'t>(
        &mut self,
        (yes, yes_key): (&'t Option<Text>, &str),
        (no, no_key): (&'t Option<Text>, &str),
        span: crate::text::Span,
    ) -> Option<(&'t Text, bool)> {
        match (yes, no) {
            (Some(name), None) => Some((name, true)),
            (None, Some(name)) => Some((name, false)),
            (Some(_), Some(_)) | (None, None) => {
                let message = format!("this step has exactly one of `{yes_key}` and `{no_key}`");
                self.sink.push(Diagnostic::new(Code::InvalidValue, span, message));
                None
            }
        }
    }

    fn list_step(&mut self, step: &Spanned<journey::ListStep>) -> Action {
        match self.one_of_two((&step.add, "add"), (&step.remove, "remove"), step.span) {
            Some((list, add)) => {
                Action::List { list: self.ask(Kind::List, list).unwrap_or_else(|| list.value.clone()), add }
            }
            None => Action::Goto,
        }
    }

    fn topic_step(&mut self, step: &Spanned<journey::TopicStep>) -> Action {
        let chosen = self.one_of_two((&step.subscribe, "subscribe"), (&step.unsubscribe, "unsubscribe"), step.span);
        match chosen {
            Some((topic, subscribe)) => {
                let topic = self.ask_marketing(topic, "leave the step out").unwrap_or_else(|| topic.value.clone());
                Action::Topic { topic, subscribe }
            }
            None => Action::Goto,
        }
    }

    fn emit(&mut self, emit: &Spanned<Emit>) -> Action {
        let name = emit.event.clone().unwrap_or_else(|| Spanned { value: emit.name.clone(), span: emit.span });
        let Some(event) = self.makeable(&name) else { return Action::Goto };
        let with = self.properties(&event, &emit.with, name.span);
        Action::Emit { event, with }
    }

    fn start(&mut self, name: &Text) -> Action {
        let journey = self.ask(Kind::Journey, name).unwrap_or_else(|| name.value.clone());
        if let Some(&key) = self.names.keyed.get(&journey) {
            let message = format!("`{journey}` needs the key of an event, which a `start` step does not have");
            let finding = Diagnostic::new(Code::NotAvailableHere, name.span, message);
            self.sink.push(finding.also(key, "its key"));
        }
        Action::Start { journey }
    }
}

/// The graph of a journey while it is made.
struct Graph {
    ids: BTreeMap<Name, crate::text::Span>,
    steps: Vec<Step>,
}

impl Graph {
    /// The id of a step. One that takes the id of another, which has been said, goes by its place as well, so that the
    /// graph stays what the author drew.
    fn name(&self, step: &journey::Step) -> Name {
        let (id, span) = (&step.id.value, step.id.span);
        if self.ids.get(id).is_none_or(|first| *first == span) { id.clone() } else { format!("{id} {}", span.start) }
    }
}

/// Whether an entry says what lets leads in.
fn says_how(def: &journey::Entry) -> bool {
    let by_name = def.event.is_some() || def.segment.is_some() || def.schedule.as_ref().is_some_and(says_when);
    by_name || def.called.is_some_and(|called| called.value)
}

/// Whether a schedule has one moment of the right sort.
fn says_when(def: &journey::Schedule) -> bool {
    match (&def.at, &def.every) {
        (Some(at), None) => matches!(at.value, Moment::Once(_)),
        (None, Some(every)) => !matches!(every.value, Moment::Once(_)),
        (Some(_), Some(_)) | (None, None) => false,
    }
}

pub(super) fn inner_steps(step: &journey::Step) -> Vec<&[journey::Step]> {
    let arms = step.branch.iter().flat_map(|arms| arms.iter().map(|arm| arm.steps.as_slice()));
    let split = step.split.iter().flat_map(|arms| arms.iter().map(|arm| arm.steps.as_slice()));
    let others = [&step.otherwise, &step.timeout].into_iter().flatten().map(|steps| steps.as_slice());
    arms.chain(split).chain(others).collect()
}
