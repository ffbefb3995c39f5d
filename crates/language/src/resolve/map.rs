//! The journey map: phases, and touchpoints that exist.

use std::collections::BTreeMap;

use super::Resolver;
use crate::ast::map::{Experience, Phase, Touchpoint};
use crate::ast::{Kind, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::{self, Name};
use crate::syntax::Spanned;
use crate::text::{Span, nearest};

/// What addresses look like.
const ADDRESSES: &str = "write `emails.NAME`, another kind in the same way, or `journeys.NAME.steps.ID`";

impl Resolver<'_> {
    /// Notes the phases, which journeys name.
    pub(super) fn phases(&mut self) {
        let mut first: Option<Span> = None;
        for map in self.files.iter().filter_map(|file| file.journey_map.as_ref()) {
            if let Some(first) = first {
                let finding = Diagnostic::new(Code::DuplicateName, map.span, "there are two journey maps");
                self.sink.push(finding.also(first, "the first").help("a project has one; put all phases there"));
                continue;
            }
            first = Some(map.span);
            for phase in &map.phases {
                let name = &phase.name;
                match self.names.phases.iter().find(|(known, _)| *known == name.value) {
                    Some((_, at)) => {
                        let message = format!("there are two phases named `{}`", name.value);
                        let finding = Diagnostic::new(Code::DuplicateName, name.span, message).here("the second");
                        self.sink.push(finding.also(*at, "the first"));
                    }
                    None => self.names.phases.push((name.value.clone(), name.span)),
                }
            }
        }
    }

    /// A phase by name.
    pub(super) fn phase(&mut self, name: &Text) -> Option<Name> {
        if self.names.phases.iter().any(|(phase, _)| *phase == name.value) {
            return Some(name.value.clone());
        }
        // The map itself may stand in something that could not be read.
        let is_open = self.names.phases.is_empty() && self.files.iter().any(|file| !file.unread.is_empty());
        if !is_open && !self.names.may_exist(name) {
            let message = format!("there is no phase named `{}`", name.value);
            let finding = Diagnostic::new(Code::UnknownName, name.span, message).here("not a phase");
            let near = nearest(name, self.names.phases.iter().map(|(phase, _)| phase.as_str()));
            let finding = match self.names.phases.first() {
                Some((_, at)) => finding.also(*at, "the phases begin here"),
                None => finding.help("define `journey_map:` with its `phases`"),
            };
            self.sink.push(finding.suggest(near));
        }
        None
    }

    /// Reads the map, once all that it can name is known.
    pub(super) fn journey_map(&mut self) {
        let Some(map) = self.files.iter().find_map(|file| file.journey_map.as_ref()) else { return };
        for phase in &map.phases {
            let is_first = self.names.phases.iter().any(|(_, at)| *at == phase.name.span);
            let read = self.phase_of_map(phase);
            self.out.journey_map.extend(Some(read).filter(|_| is_first));
        }
    }

    fn phase_of_map(&mut self, def: &Spanned<Phase>) -> ir::map::Phase {
        ir::map::Phase {
            name: def.name.value.clone(),
            label: def.label.clone(),
            goal: def.goal.clone(),
            stages: def.stages.iter().filter_map(|stage| self.stage(stage)).collect(),
            touchpoints: def.touchpoints.iter().filter_map(|touchpoint| self.touchpoint(touchpoint)).collect(),
            personas: self.experiences(def),
            origin: def.name.span.into(),
        }
    }

    fn experiences(&mut self, def: &Phase) -> BTreeMap<Name, ir::map::Experience> {
        let known = def.personas.iter().filter_map(|(name, told)| Some((self.ask(Kind::Persona, name)?, told)));
        known.map(|(name, told)| (name, experience(told))).collect()
    }

    fn touchpoint(&mut self, def: &Spanned<Touchpoint>) -> Option<ir::map::Touchpoint> {
        match &def.value {
            Touchpoint::Elsewhere(elsewhere) => Some(ir::map::Touchpoint::Elsewhere {
                label: elsewhere.label.value.clone(),
                channel: elsewhere.channel.clone(),
            }),
            Touchpoint::Address(address) => {
                let exists = self.is_touched(&Spanned { value: address.clone(), span: def.span });
                exists.then(|| ir::map::Touchpoint::Address(address.clone()))
            }
        }
    }

    /// Whether there is something at the address; says what is wrong with it if not.
    fn is_touched(&mut self, address: &Text) -> bool {
        let parts: Vec<&str> = address.value.split('.').collect();
        let kind = Kind::ALL.into_iter().find(|kind| Some(&kind.key()) == parts.first());
        match (kind, parts.as_slice()) {
            (Some(kind), [_, name]) => self.ask_in_passing(kind, &self.part_of(address, name)),
            (Some(Kind::Journey), [_, journey, "steps", step]) => self.is_step(journey, step, address),
            (None, [key, ..]) if parts.len() > 1 => {
                let message = format!("there is no kind `{key}`");
                let near = nearest(key, Kind::ALL.iter().map(|kind| kind.key()));
                let finding = Diagnostic::new(Code::InvalidValue, address.span, message).help(ADDRESSES);
                self.sink.push(finding.suggest(near));
                false
            }
            (Some(_) | None, _) => {
                let message = format!("`{}` is no address", address.value);
                self.sink.push(Diagnostic::new(Code::InvalidValue, address.span, message).help(ADDRESSES));
                false
            }
        }
    }

    /// A name at the end of an address, with its own place where the address stands as it is written.
    fn part_of(&self, address: &Text, name: &str) -> Text {
        let Span { file, start, .. } = address.span;
        let written = self.sources.slice(address.span);
        let at = written.find(address.value.as_str()).map(|at| start as usize + at + address.value.len());
        let span = at.map_or(address.span, |end| Span::new(file, end - name.len(), end));
        Spanned { value: name.to_owned(), span }
    }

    /// A map uses nothing, but what it names has to exist.
    fn ask_in_passing(&mut self, kind: Kind, name: &Text) -> bool {
        let was_used = self.names.used.contains(kind, name);
        let found = self.ask(kind, name).is_some();
        if !was_used {
            self.names.used.remove(kind, name);
        }
        found
    }

    fn is_step(&mut self, journey: &str, step: &str, address: &Text) -> bool {
        let name = Spanned { value: journey.to_owned(), span: address.span };
        if !self.ask_in_passing(Kind::Journey, &name) {
            return false;
        }
        let Some(journey) = self.out.journeys.get(journey) else { return true };
        if journey.step(step).is_some() || self.names.may_exist(step) {
            return true;
        }
        let message = format!("the journey `{}` has no step `{step}`", name.value);
        let near = nearest(step, journey.steps.iter().map(|step| step.id.as_str()));
        let finding = Diagnostic::new(Code::UnknownName, address.span, message).here("not a step");
        self.sink.push(finding.also(journey.origin.0, "the journey").suggest(near));
        false
    }
}

fn experience(told: &Experience) -> ir::map::Experience {
    ir::map::Experience {
        does: told.does.clone(),
        thinks: told.thinks.clone(),
        feels: told.feels.clone(),
        mood: told.mood,
        pains: told.pains.clone(),
        opportunities: told.opportunities.clone(),
    }
}
