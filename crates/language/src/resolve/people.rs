//! Personas, scoring, grading, lifecycle and segments.

use std::collections::{BTreeMap, BTreeSet};

use super::typing::{AtHand, Place};
use super::{Resolver, spanned_value, window};
use crate::ast::people::{
    Behavior, Delay, Does, Grading, Lifecycle, MessageRates, Move, Persona, ReadingRates, ScoreRule, Scoring,
};
use crate::ast::quantity::Fatigue;
use crate::ast::{Kind, Literal, Named, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::{self, Channel, Expr, Name, Value, builtin};
use crate::syntax::{Entries, Spanned};
use crate::text::{Span, nearest};

/// The highest rate at which a persona does something by itself. A simulation draws each time.
const MAX_PER_DAY: f64 = 1_000.0;

const LEAD_ONLY: &str = "the condition is about the lead";

fn nothing() -> AtHand {
    AtHand::Nothing(LEAD_ONLY.to_owned())
}

impl Resolver<'_> {
    /// What conditions can name besides fields: stages, personas, bands, default models.
    pub(super) fn vocabularies(&mut self) {
        self.one_lifecycle();
        // What could not be read is a mapping without its key: `stages` tells a lifecycle.
        self.names.lifecycle_unread = ["lifecycle", "stages"].iter().any(|word| self.names.unread_words.contains(word));
        self.names.personas =
            self.files.iter().flat_map(|file| &file.personas).map(|named| named.name.value.clone()).collect();
        for file in self.files {
            for grading in &file.grading {
                let bands = grading.def.bands.iter().map(|(band, _)| band.value.clone()).collect();
                self.names.bands.insert(grading.name.value.clone(), bands);
            }
        }
        let scoring: Vec<_> = self.files.iter().flat_map(|f| &f.scoring).map(|m| (&m.name, m.def.default)).collect();
        let grading: Vec<_> = self.files.iter().flat_map(|f| &f.grading).map(|m| (&m.name, m.def.default)).collect();
        self.names.default_score = self.default_model(Kind::Scoring, &scoring);
        self.names.default_grade = self.default_model(Kind::Grading, &grading);
    }

    fn one_lifecycle(&mut self) {
        let mut first: Option<Span> = None;
        for file in self.files {
            let Some(lifecycle) = &file.lifecycle else { continue };
            if let Some(first) = first {
                let finding = Diagnostic::new(Code::DuplicateName, lifecycle.span, "there are two lifecycles");
                self.sink
                    .push(finding.also(first, "the first").help("a project has one; put all stages and moves there"));
                continue;
            }
            first = Some(lifecycle.span);
            for stage in &lifecycle.stages {
                match self.names.stages.iter().find(|(name, _)| *name == stage.value) {
                    Some((_, at)) => {
                        let message = format!("the stage `{}` is listed twice", stage.value);
                        let finding = Diagnostic::new(Code::DuplicateName, stage.span, message);
                        self.sink.push(finding.also(*at, "the first"));
                    }
                    None => self.names.stages.push((stage.value.clone(), stage.span)),
                }
            }
            if lifecycle.stages.is_empty() {
                self.sink.push(Diagnostic::new(
                    Code::InvalidValue,
                    lifecycle.span,
                    "a lifecycle has at least one stage",
                ));
            }
        }
    }

    /// The model marked default, or the only one.
    fn default_model(&mut self, kind: Kind, models: &[(&Text, bool)]) -> Option<Name> {
        let marked: Vec<&Text> = models.iter().filter(|(_, default)| *default).map(|(name, _)| *name).collect();
        if let [first, second, ..] = marked.as_slice() {
            let message = format!("two {}s are the default", kind.noun());
            let finding = Diagnostic::new(Code::DuplicateName, second.span, message).here("the second");
            self.sink.push(finding.also(first.span, "the first"));
        }
        match (marked.as_slice(), models) {
            ([name, ..], _) | ([], [(name, _)]) => Some(name.value.clone()),
            ([], _) => None,
        }
    }

    pub(super) fn people(&mut self) {
        self.personas();
        for file in self.files {
            for named in &file.scoring {
                self.scoring(named);
            }
            for named in &file.grading {
                self.grading(named);
            }
            if let Some(lifecycle) = &file.lifecycle
                && self.out.lifecycle.is_none()
            {
                self.lifecycle(lifecycle);
            }
        }
        self.segments();
        self.order_segments();
    }

    fn segments(&mut self) {
        let segments = self.files.iter().flat_map(|file| &file.segments);
        let segments: Vec<_> = segments.filter(|named| self.is_first(Kind::Segment, &named.name)).collect();
        let done = self.each(&segments, |resolver, named| ir::Segment {
            label: named.def.label.clone(),
            when: resolver.condition(&named.def.when, Place::Lead, nothing()),
            origin: named.name.span.into(),
        });
        self.out.segments.extend(segments.iter().map(|named| named.name.value.clone()).zip(done));
    }

    fn personas(&mut self) {
        let mut first: Option<&Text> = None;
        for file in self.files {
            if let (Some(first), Some(here)) = (first, file.personas.first()) {
                let message = "personas stand in two files, so it is open which of them is tried first";
                let finding =
                    Diagnostic::new(Code::SplitPersonas, here.name.span, message).here("the second `personas:`");
                self.sink.push(
                    finding.also(first.span, "the first").help("put all personas under one `personas:`, in order"),
                );
            }
            first = first.or(file.personas.first().map(|named| &named.name));
            for named in &file.personas {
                if self.is_first(Kind::Persona, &named.name) {
                    self.persona(named);
                }
            }
        }
        self.shares();
    }

    fn shares(&mut self) {
        let total: f64 = self.out.personas.iter().filter_map(|persona| persona.share).sum();
        let last = self.files.iter().flat_map(|file| &file.personas).filter_map(|named| named.def.share).next_back();
        if let Some(last) = last
            && total > 1.0 + 1e-9
        {
            let message = format!("the personas' shares add up to {:.0}%", total * 100.0);
            let finding = Diagnostic::new(Code::ShareTotal, last.span, message).here("with this one");
            self.sink.push(finding.help("together they are at most 100%"));
        }
    }

    fn persona(&mut self, named: &Named<Persona>) {
        let def = &named.def;
        let matches = self.condition(&def.matches, Place::Fields, nothing());
        if asks_persona(&matches.expr) {
            let message = "a persona's `match` cannot ask for the persona";
            self.sink.push(Diagnostic::new(Code::NotAvailableHere, def.matches.span, message));
        }
        let behavior = self.behavior(def.behavior.as_ref());
        let narrative = [("needs", &def.needs), ("goals", &def.goals), ("pains", &def.pains), ("quotes", &def.quotes)];
        self.out.personas.push(ir::Persona {
            name: named.name.value.clone(),
            label: def.label.clone(),
            matches,
            share: def.share.map(|share| share.fraction),
            behavior,
            narrative: narrative
                .into_iter()
                .filter(|(_, texts)| !texts.is_empty())
                .map(|(key, texts)| (key.to_owned(), texts.clone()))
                .collect(),
            origin: named.name.span.into(),
        });
    }

    fn behavior(&mut self, behavior: Option<&Behavior>) -> ir::Behavior {
        let empty = Behavior::default();
        let def = behavior.unwrap_or(&empty);
        let chance = |percent: Option<crate::ast::quantity::Percent>| percent.map_or(0.0, |percent| percent.fraction);
        ir::Behavior {
            open: chance(def.email.open),
            click: chance(def.email.click),
            unsubscribe: chance(def.email.unsubscribe),
            complain: chance(def.email.complain),
            soft_bounce: chance(def.email.soft_bounce),
            hard_bounce: chance(def.email.hard_bounce),
            open_delay: self.delay(def.delay.open, Channel::Email.usual().open_delay),
            click_delay: self.delay(def.delay.click, Channel::Email.usual().click_delay),
            open_fatigue: def.fatigue.open.map(fatigue),
            click_fatigue: def.fatigue.click.map(fatigue),
            messages: self.readings(&def.messages),
            best_time: self.best_time(def.best_time.as_ref()),
            in_best_time: def.in_best_time.as_ref().map(|factor| factor.value.factor),
            when: self.optional_condition(def.when.as_ref(), Place::Lead, &nothing()),
            does: def.does.iter().filter_map(|does| self.does(does)).collect(),
            answers: self.answers(&def.email),
        }
    }

    fn readings(&mut self, def: &MessageRates) -> BTreeMap<Channel, ir::Reading> {
        let MessageRates { sms, line, push, web, post, call } = def;
        let given = [&None, sms, line, push, web, post, call];
        let given = Channel::ALL.into_iter().zip(given).filter_map(|(channel, rates)| Some((channel, (*rates)?)));
        given.map(|(channel, rates)| (channel, self.reading(channel, rates))).collect()
    }

    fn reading(&mut self, channel: Channel, rates: ReadingRates) -> ir::Reading {
        let chance = |percent: Option<crate::ast::quantity::Percent>| percent.map_or(0.0, |percent| percent.fraction);
        let (delays, usual) = (rates.delay.unwrap_or_default(), channel.usual());
        ir::Reading {
            open: chance(rates.open),
            click: chance(rates.click),
            unsubscribe: chance(rates.unsubscribe),
            complain: chance(rates.complain),
            fail: chance(rates.fail),
            invalid: chance(rates.invalid),
            open_delay: self.delay(delays.open, usual.open_delay),
            click_delay: self.delay(delays.click, usual.click_delay),
        }
    }

    /// A delay as it is written, or the usual one.
    pub(super) fn delay(&mut self, delay: Option<Spanned<Delay>>, usual: ir::Delay) -> ir::Delay {
        let Some(delay) = delay else { return usual };
        let message = match (delay.median, delay.p90, delay.mean) {
            (Some(median), Some(p90), None) if p90.secs > median.secs => {
                return ir::Delay::LogNormal { median_secs: median.secs, p90_secs: p90.secs };
            }
            (Some(_), Some(_), None) => {
                "nine in ten cannot be faster than half of them: `p90` is not longer than `median`"
            }
            (None, None, Some(mean)) => return ir::Delay::Exponential { mean_secs: mean.secs },
            _ => "a delay has a `median` and a `p90`, or a `mean` alone",
        };
        self.sink.push(Diagnostic::new(Code::InvalidValue, delay.span, message));
        usual
    }

    fn does(&mut self, does: &Spanned<Does>) -> Option<ir::Does> {
        let event = self.makeable(&does.event);
        let cause = self.cause(does);
        let when = self.optional_condition(does.when.as_ref(), Place::Lead, &nothing());
        let event = event?;
        let with = self.properties(&event, &does.with, does.event.span);
        Some(ir::Does { event, with, cause: cause?, when, origin: does.span.into() })
    }

    fn cause(&mut self, does: &Spanned<Does>) -> Option<ir::Cause> {
        let follows = [
            does.chance.map(|c| c.span),
            does.within.map(|w| w.span),
            does.delay.map(|d| d.span),
            does.filter.as_ref().map(|f| f.span),
        ];
        match (&does.rate, &does.after) {
            (Some(rate), None) => {
                if let Some(span) = follows.into_iter().flatten().next() {
                    let message = "`chance`, `within`, `delay` and `where` go with `after`, not with `rate`";
                    self.sink.push(Diagnostic::new(Code::UnknownKey, span, message));
                }
                if rate.per_sec > MAX_PER_DAY / 86_400.0 {
                    let message = format!("nobody does this more than {MAX_PER_DAY} times a day");
                    self.sink.push(Diagnostic::new(Code::InvalidValue, rate.span, message));
                }
                Some(ir::Cause::Rate { per_sec: rate.per_sec })
            }
            (None, Some(after)) => {
                let event = self.ask(Kind::Event, after);
                let at_hand = event.clone().map_or(AtHand::Unread, AtHand::Event);
                let filter = self.optional_condition(does.filter.as_ref(), Place::Lead, &at_hand);
                let (chance, within_secs, delay) = match (does.chance, does.within, does.delay) {
                    (Some(chance), Some(within), None) => (chance.fraction, within.secs, None),
                    (Some(chance), None, Some(delay)) => {
                        (chance.fraction, 0, Some(self.delay(Some(delay), ir::Delay::default())))
                    }
                    (_, Some(_), Some(delay)) => {
                        let message = "it follows at any moment `within` a time, or after a `delay`, not both";
                        self.sink.push(Diagnostic::new(Code::InvalidValue, delay.span, message));
                        return None;
                    }
                    (None, ..) | (Some(_), None, None) => {
                        let message = "what follows an event needs a `chance`, and a time `within` which it follows";
                        let finding = Diagnostic::new(Code::MissingKey, after.span, message);
                        self.sink.push(finding.help("a `delay` will do instead of `within`"));
                        return None;
                    }
                };
                Some(ir::Cause::After { event: event?, filter, chance, within_secs, delay })
            }
            (Some(_), Some(after)) => {
                let message = "it happens at a `rate` or `after` an event, not both";
                self.sink.push(Diagnostic::new(Code::InvalidValue, after.span, message));
                None
            }
            (None, None) => {
                let message = "it needs a `rate`, or an event that it comes `after`";
                self.sink.push(Diagnostic::new(Code::MissingKey, does.event.span, message));
                None
            }
        }
    }

    /// An event that personas and steps may make.
    pub(super) fn makeable(&mut self, event: &Text) -> Option<Name> {
        let known = self.ask(Kind::Event, event)?;
        if builtin::ENGINE_ONLY.contains(&known.as_str()) {
            let message = format!("`{known}` happens by itself; nothing else can make it");
            let finding = Diagnostic::new(Code::NotAvailableHere, event.span, message);
            self.sink.push(finding.help("define an event of your own under `events:`"));
            return None;
        }
        Some(known)
    }

    /// Property values for an event, all required ones included.
    pub(super) fn properties(
        &mut self,
        event: &str,
        with: &Entries<Spanned<Literal>>,
        span: Span,
    ) -> BTreeMap<Name, Value> {
        let Some(declared) = self.names.events.get(event).cloned() else { return BTreeMap::new() };
        let mut values = BTreeMap::new();
        for (name, literal) in with {
            match declared.properties.get(&name.value) {
                Some(property) => {
                    if let Some(Some(value)) = self.literal(name, property, literal) {
                        self.used_by_value(name, &value);
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
        let spans = with.iter().map(|(name, literal)| (name.as_str(), literal.span)).collect();
        let filled = self.bought_item(event, &mut values, &spans);
        for (name, property) in &declared.properties {
            if !property.optional && !filled.contains(name) && !with.iter().any(|(given, _)| given.value == *name) {
                let message = format!("the event `{event}` needs the property `{name}`");
                let finding = Diagnostic::new(Code::MissingKey, span, message);
                self.sink.push(
                    finding
                        .also(property.origin.0, "required here")
                        .help("give it under `with:`, or declare it `optional: true`"),
                );
            }
        }
        values
    }

    fn used_by_value(&mut self, property: &str, value: &Value) {
        let kind = match property {
            "topic" => Kind::Topic,
            "email" => Kind::Email,
            "message" => Kind::Message,
            "journey" => Kind::Journey,
            "source" => Kind::Source,
            "page" => Kind::Page,
            "form" => Kind::Form,
            _ => return,
        };
        if let Value::Text(name) = value {
            self.names.used.insert(kind, name, ());
        }
    }

    fn scoring(&mut self, named: &Named<Scoring>) {
        if !self.is_first(Kind::Scoring, &named.name) {
            return;
        }
        let def = &named.def;
        let (min, max) = def.range.map_or((i32::MIN, i32::MAX), |range| range.value);
        if let Some(range) = &def.range
            && min >= max
        {
            self.sink.push(Diagnostic::new(Code::InvalidValue, range.span, "the range ends before it begins"));
        }
        if let Some(range) = &def.range
            && min < max
            && !(min..=max).contains(&def.initial.value)
        {
            self.initial_outside(def.initial, range.span);
        }
        let rules = def.rules.iter().filter_map(|rule| self.score_rule(rule)).collect();
        let decay = def.decay.as_ref().map(|decay| {
            if decay.points.value >= 0 {
                let finding = Diagnostic::new(Code::InvalidValue, decay.points.span, "decay takes points away");
                self.sink.push(finding.help(format!("write `points: -{}`", decay.points.value.max(1))));
            }
            ir::Decay {
                points: decay.points.value,
                every_secs: decay.every.secs,
                without: decay.without.iter().filter_map(|event| self.ask(Kind::Event, event)).collect(),
            }
        });
        let default = self.names.default_score.as_ref() == Some(&named.name.value);
        let scoring = ir::Scoring {
            label: def.label.clone(),
            default,
            initial: def.initial.value,
            min,
            max,
            rules,
            decay,
            origin: named.name.span.into(),
        };
        self.out.scoring.insert(named.name.value.clone(), scoring);
    }

    /// An initial score that is not written is 0; then the range is to blame.
    fn initial_outside(&mut self, initial: Spanned<i32>, range: Span) {
        let is_written = initial.span != Span::default();
        let message = format!("a new lead's score of {} is outside the range", initial.value);
        let finding = Diagnostic::new(Code::ValueOutOfRange, if is_written { initial.span } else { range }, message);
        self.sink.push(if is_written {
            finding.also(range, "the range")
        } else {
            finding.help("give `initial:` a score inside the range")
        });
    }

    fn score_rule(&mut self, rule: &ScoreRule) -> Option<ir::ScoreRule> {
        let event = self.ask(Kind::Event, &rule.event);
        let at_hand = event.clone().map_or(AtHand::Unread, AtHand::Event);
        let filter = self.optional_condition(rule.filter.as_ref(), Place::Lead, &at_hand);
        let at_most = rule.at_most.map(|limit| ir::Limit { count: limit.count, per: window(limit.per) });
        Some(ir::ScoreRule { event: event?, filter, points: rule.points, at_most })
    }

    fn grading(&mut self, named: &Named<Grading>) {
        if !self.is_first(Kind::Grading, &named.name) {
            return;
        }
        let def = &named.def;
        let mut rules = Vec::new();
        for rule in &def.rules {
            rules.push(ir::GradeRule {
                when: self.condition(&rule.when, Place::Fields, nothing()),
                points: rule.points,
            });
        }
        if def.bands.is_empty() {
            self.sink.push(Diagnostic::new(
                Code::InvalidValue,
                def.bands.span,
                "a grading model has at least one band",
            ));
        }
        let mut bands: Vec<ir::Band> = def
            .bands
            .iter()
            .map(|(name, points)| ir::Band { name: name.value.clone(), points: points.value })
            .collect();
        bands.sort_by(|left, right| right.points.cmp(&left.points).then_with(|| left.name.cmp(&right.name)));
        for pair in bands.windows(2) {
            if pair[0].points == pair[1].points {
                let message = format!("the bands `{}` and `{}` need the same points", pair[0].name, pair[1].name);
                self.sink.push(Diagnostic::new(Code::InvalidValue, def.bands.span, message));
            }
        }
        let default = self.names.default_grade.as_ref() == Some(&named.name.value);
        let grading = ir::Grading { label: def.label.clone(), default, rules, bands, origin: named.name.span.into() };
        self.out.grading.insert(named.name.value.clone(), grading);
    }

    fn lifecycle(&mut self, lifecycle: &Spanned<Lifecycle>) {
        let moves = lifecycle.moves.iter().filter_map(|step| self.stage_move(step)).collect();
        let stages = self.names.stages.iter().map(|(stage, _)| stage.clone()).collect();
        self.out.lifecycle = Some(ir::Lifecycle { stages, moves, origin: lifecycle.span.into() });
    }

    fn stage_move(&mut self, def: &Spanned<Move>) -> Option<ir::Move> {
        let (from, to) = (self.stage(&def.from), self.stage(&def.to));
        if from.is_some() && from == to {
            self.sink.push(Diagnostic::new(Code::InvalidValue, def.to.span, "a move leads to another stage"));
        }
        if def.when.is_none() && def.event.is_none() && def.after.is_none() {
            let message = "a move needs a reason: `when`, `event` or `after`";
            self.sink.push(Diagnostic::new(Code::MissingKey, def.from.span, message));
        }
        let when = self.optional_condition(def.when.as_ref(), Place::Lead, &nothing());
        let event = def.event.as_ref().map(|event| self.ask(Kind::Event, event));
        let at_hand = match &event {
            Some(Some(event)) => AtHand::Event(event.clone()),
            Some(None) => AtHand::Unread,
            None => AtHand::Nothing("the move names no `event`".to_owned()),
        };
        let filter = self.optional_condition(def.filter.as_ref(), Place::Lead, &at_hand);
        Some(ir::Move {
            from: from?,
            to: to?,
            when,
            event: event.flatten(),
            filter,
            after_secs: spanned_value(&def.after).map(|after| after.secs),
            reason: def.reason.clone(),
            origin: def.span.into(),
        })
    }

    /// A stage by name.
    pub(super) fn stage(&mut self, name: &Text) -> Option<Name> {
        if self.names.stages.iter().any(|(stage, _)| *stage == name.value) {
            return Some(name.value.clone());
        }
        if !self.names.may_exist(name) {
            let finding =
                Diagnostic::new(Code::UnknownName, name.span, format!("there is no stage named `{}`", name.value))
                    .here("not a stage");
            let near = nearest(name, self.names.stages.iter().map(|(stage, _)| stage.as_str()));
            let finding = match self.names.stages.first() {
                Some((_, at)) => finding.also(*at, "the stages are listed here"),
                None => finding.help("define `lifecycle:` with its `stages`"),
            };
            self.sink.push(finding.suggest(near));
        }
        None
    }

    /// An order in which no segment asks for a later one; segments in a circle are reported.
    fn order_segments(&mut self) {
        let asked: BTreeMap<Name, Vec<Name>> =
            self.out.segments.iter().map(|(name, segment)| (name.clone(), segments_in(&segment.when.expr))).collect();
        let mut order = SegmentOrder::default();
        asked.keys().for_each(|name| order.visit(name, &asked));
        for circle in &order.circles {
            self.segment_circle(circle);
        }
        self.out.segment_order = order.done;
    }

    fn segment_circle(&mut self, circle: &[Name]) {
        let message = match circle {
            [alone] => format!("the segment `{alone}` asks for itself"),
            [first, ..] => {
                let path: Vec<String> = circle.iter().chain([first]).map(|name| format!("`{name}`")).collect();
                format!("segments ask for each other in a circle: {}", shortened(&path, " → "))
            }
            [] => return,
        };
        let first = circle.first().and_then(|name| self.out.segments.get(name));
        let span = first.map_or(Span::default(), |segment| segment.origin.0);
        self.sink.push(Diagnostic::new(Code::CircularDefinition, span, message));
    }
}

/// Puts segments into order. Chains may be long, so there is no recursion.
#[derive(Default)]
struct SegmentOrder {
    /// Each after all that it asks for.
    done: Vec<Name>,
    is_done: BTreeSet<Name>,
    /// Each from the first segment of the circle to the one that asks for the first.
    circles: Vec<Vec<Name>>,
}

impl SegmentOrder {
    fn visit<'n>(&mut self, first: &'n Name, asked: &'n BTreeMap<Name, Vec<Name>>) {
        // The way down, each with how many of those that it asks for have been looked at.
        let mut path: Vec<(&'n Name, usize)> = Vec::new();
        let mut places: BTreeMap<&'n Name, usize> = BTreeMap::new();
        let mut enter = Some(first);
        loop {
            if let Some(name) = enter.take()
                && !self.is_done.contains(name)
            {
                match places.get(name) {
                    Some(&start) => {
                        let circle: Vec<Name> = path[start..].iter().map(|(name, _)| (*name).clone()).collect();
                        if !self.circles.iter().any(|known| known.first() == circle.first()) {
                            self.circles.push(circle);
                        }
                    }
                    None => {
                        places.insert(name, path.len());
                        path.push((name, 0));
                    }
                }
            }
            let Some((name, looked_at)) = path.last_mut() else { return };
            enter = asked.get(*name).and_then(|asked| asked.get(*looked_at));
            *looked_at += 1;
            if enter.is_none() {
                let name = *name;
                path.pop();
                places.remove(name);
                if self.is_done.insert(name.clone()) && asked.contains_key(name) {
                    self.done.push(name.clone());
                }
            }
        }
    }
}

/// The ends of a long list, joined.
fn shortened(parts: &[String], joint: &str) -> String {
    match parts {
        [first @ .., _, last] if parts.len() > 8 => format!("{}{joint}…{joint}{last}", first[..5].join(joint)),
        _ => parts.join(joint),
    }
}

fn fatigue(fatigue: Fatigue) -> ir::Fatigue {
    ir::Fatigue { loss: fatigue.loss, window_secs: fatigue.window_secs }
}

fn asks_persona(expr: &Expr) -> bool {
    let mut asks = false;
    expr.visit(&mut |part| asks |= matches!(part, Expr::Persona));
    asks
}

fn segments_in(expr: &Expr) -> Vec<Name> {
    let mut found = Vec::new();
    expr.visit(&mut |part| {
        if let Expr::InSegment { segment } = part {
            found.push(segment.clone());
        }
    });
    found
}
