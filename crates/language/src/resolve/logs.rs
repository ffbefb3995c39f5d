//! `logs` and `tracking`: names of the log become names of the campaign.

use std::collections::BTreeMap;

use super::typing::{AtHand, Place, type_words};
use super::{Resolver, names::listed};
use crate::ast::logs::{Identity, LoggedEvent, Logs, Tracking};
use crate::ast::{Kind, Literal, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::log::{self, IDENTIFIED, LogMapping};
use crate::ir::{self, Type};
use crate::syntax::{Entries, Spanned};
use crate::text::{Origin, nearest};

/// Columns of a CSV log that are neither keys nor properties.
const COLUMNS: [&str; 3] = ["at", "event", "message_id"];

/// Which part of its own behaviour a lead shows by reading what it was sent.
const REACTIONS: [&str; 2] = ["_opened", "_clicked"];

impl Resolver<'_> {
    /// The event of an `identify` call, where logs are read at all. Before the project's own events.
    pub(super) fn identified(&mut self) {
        let settings = || self.files.iter().map(|file| &file.settings);
        let replayed = settings().filter_map(|settings| settings.simulation.as_ref()).any(|each| each.events.is_some());
        if !replayed && !settings().any(|settings| settings.logs.is_some()) {
            return;
        }
        let fields = self.names.fields.iter().filter(|(name, _)| *name != "id");
        let property = |field: &ir::Field| ir::Field { optional: true, builtin: true, label: None, ..field.clone() };
        let event = ir::Event {
            properties: fields.clone().map(|(name, field)| (name.clone(), property(field))).collect(),
            sets: fields.map(|(name, _)| (name.clone(), name.clone())).collect(),
            label: None,
            builtin: true,
            origin: Origin::default(),
        };
        self.names.events.insert(IDENTIFIED.to_owned(), event.clone());
        self.out.events.insert(IDENTIFIED.to_owned(), event);
    }

    /// Reads `logs` and `tracking`, once fields and events are known.
    pub(super) fn logs(&mut self) {
        for file in self.files {
            if let Some(logs) = &file.settings.logs {
                let mapping = self.log_mapping(logs);
                self.out.settings.logs = Some(mapping);
            }
            if let Some(tracking) = &file.settings.tracking {
                self.tracking(tracking);
            }
        }
    }

    fn log_mapping(&mut self, logs: &Logs) -> LogMapping {
        let mut mapping = LogMapping::default();
        self.identity(&logs.identity, &mut mapping);
        for (logged, event) in &logs.events {
            self.logged_event(logged, event, logs, &mut mapping);
        }
        for (logged, property) in &logs.properties {
            if self.property_of_any(property) {
                mapping.properties.insert(logged.value.clone(), property.value.clone());
            }
        }
        for (logged, field) in &logs.traits {
            self.mapped_trait(logged, field, &mut mapping);
        }
        for (property, texts) in &logs.values {
            self.logged_values(property, texts, &mut mapping);
        }
        for (key, column) in &logs.columns {
            self.log_column(key, column, &mut mapping);
        }
        mapping.ignore = logs.ignore.iter().map(|name| name.value.clone()).collect();
        mapping
    }

    fn identity(&mut self, identity: &Identity, mapping: &mut LogMapping) {
        if let Some(fields) = &identity.fields {
            mapping.identity = fields.iter().filter_map(|field| self.key_field(field)).collect();
        }
        if let Some(others) = &identity.others {
            mapping.other_keys = others.iter().map(|key| key.value.clone()).collect();
        }
    }

    /// A field that can tell one lead from another.
    fn key_field(&mut self, name: &Text) -> Option<String> {
        let known = self.ask(Kind::Field, name)?;
        let field = self.names.fields.get(&known)?;
        if matches!(field.ty, Type::Text { .. } | Type::Integer) {
            return Some(name.value.clone());
        }
        let message = format!("`{}` is {}, which many leads share", name.value, type_words(&field.ty));
        let finding = Diagnostic::new(Code::IdentityKey, name.span, message).here("no key of leads");
        let finding = if field.builtin { finding } else { finding.also(field.origin.0, "the field") };
        self.sink.push(finding.help("a key is a text or a whole number, such as an e-mail address or a member number"));
        None
    }

    fn logged_event(&mut self, logged: &Text, event: &Spanned<LoggedEvent>, logs: &Logs, mapping: &mut LogMapping) {
        let name = event.event.clone().unwrap_or_else(|| Spanned { value: event.name.clone(), span: event.span });
        if let Some(ignored) = logs.ignore.iter().find(|ignored| ignored.value == logged.value) {
            let message = format!("`{}` is both an event and ignored", logged.value);
            let finding = Diagnostic::new(Code::DuplicateName, ignored.span, message).here("ignored");
            self.sink.push(finding.also(logged.span, "an event").help("remove one of them"));
        }
        if !self.known(Kind::Event, &name) {
            return;
        }
        let mut properties = BTreeMap::new();
        for (from, property) in &event.properties {
            if self.property_of(&name, property) {
                properties.insert(from.value.clone(), property.value.clone());
            }
        }
        mapping.events.insert(logged.value.clone(), log::LoggedEvent { event: name.value, properties });
    }

    fn property_of(&mut self, event: &Text, property: &Text) -> bool {
        let known = self.names.events.get(&event.value).map(|event| &event.properties);
        if known.is_none_or(|known| known.contains_key(&property.value)) || self.names.may_exist(property) {
            return true;
        }
        let known: Vec<&str> = known.into_iter().flat_map(|known| known.keys().map(String::as_str)).collect();
        let message = format!("the event `{}` has no property `{}`", event.value, property.value);
        let finding = Diagnostic::new(Code::UnknownName, property.span, message);
        self.sink.push(match nearest(property, known.iter().copied()) {
            Some(near) => finding.suggest(Some(near)),
            None if known.is_empty() => finding.help("it has none"),
            None => finding.help(format!("it has {}", listed(&known))),
        });
        false
    }

    fn property_of_any(&mut self, property: &Text) -> bool {
        let events = || self.names.events.iter().filter(|(name, _)| *name != IDENTIFIED);
        let mut known = events().flat_map(|(_, event)| event.properties.keys().map(String::as_str));
        if known.any(|known| known == property.value) || self.names.may_exist(property) {
            return true;
        }
        let known = events().flat_map(|(_, event)| event.properties.keys().map(String::as_str));
        let near = nearest(property, known);
        let message = format!("no event has a property `{}`", property.value);
        self.sink.push(Diagnostic::new(Code::UnknownName, property.span, message).suggest(near));
        false
    }

    fn mapped_trait(&mut self, logged: &Text, field: &Text, mapping: &mut LogMapping) {
        if field.value == "id" {
            let message = "the `id` of a lead is no trait";
            let finding = Diagnostic::new(Code::ReservedName, field.span, message);
            self.sink.push(finding.help("it is the log's `userId`"));
        } else if self.known(Kind::Field, field) {
            mapping.traits.insert(logged.value.clone(), field.value.clone());
        }
    }

    /// Texts of the log for values of a property. An enum has to have them.
    fn logged_values(&mut self, property: &Text, texts: &Entries<Text>, mapping: &mut LogMapping) {
        let in_events = self.names.events.values().flat_map(|event| &event.properties);
        let mut holders = in_events.chain(&self.names.fields).filter(|(name, _)| **name == property.value);
        let is_enum = |field: &ir::Field| matches!(field.ty, Type::Enum { .. } | Type::Set { .. });
        let holder = holders.clone().find(|(_, field)| is_enum(field)).or_else(|| holders.next());
        let Some(field) = holder.map(|(_, field)| field.clone()) else {
            self.property_of_any(property);
            return;
        };
        let mut mapped = BTreeMap::new();
        for (from, to) in texts {
            let literal = Spanned { value: Literal::Text(to.value.clone()), span: to.span };
            // Other types are held against each value of the log as it comes.
            let sound = !matches!(field.ty, Type::Enum { .. }) || self.literal(property, &field, &literal).is_some();
            if sound {
                mapped.insert(from.value.clone(), to.value.clone());
            }
        }
        mapping.values.insert(property.value.clone(), mapped);
    }

    fn log_column(&mut self, key: &Text, column: &Text, mapping: &mut LogMapping) {
        let keys = mapping.identity.iter().chain(&mapping.other_keys).map(String::as_str);
        let known: Vec<&str> = COLUMNS.into_iter().chain(keys).collect();
        if known.contains(&key.value.as_str()) {
            mapping.columns.insert(key.value.clone(), column.value.clone());
            return;
        }
        let message = format!("a log has no column for `{}`", key.value);
        let finding = Diagnostic::new(Code::UnknownKey, key.span, message);
        let help = format!("columns are mapped for {}; those of properties stand under `properties`", listed(&known));
        let near = nearest(key, known.iter().copied());
        self.sink.push(if near.is_some() { finding.suggest(near) } else { finding.help(help) });
    }

    fn tracking(&mut self, tracking: &Tracking) {
        let why = "whether a lead agreed is asked before there is an event".to_owned();
        let consent = self.condition(&tracking.consent, Place::Lead, AtHand::Nothing(why));
        if tracking.events.is_empty() {
            let message = "tracking names no event that needs the consent";
            let finding = Diagnostic::new(Code::InvalidValue, tracking.events.span, message);
            self.sink.push(finding.help("list the events that show what people do, such as `page_viewed`"));
        }
        let events = tracking.events.iter().filter(|event| self.tracked_event(event));
        let events: Vec<String> = events.map(|event| event.value.clone()).collect();
        let events = events.into_iter().collect();
        self.out.tracking = Some(ir::Tracking { consent, events, origin: tracking.consent.span.into() });
    }

    /// An event that comes from outside.
    fn tracked_event(&mut self, event: &Text) -> bool {
        if !self.known(Kind::Event, event) {
            return false;
        }
        let builtin = self.names.events.get(&event.value).is_some_and(|event| event.builtin);
        if !builtin || REACTIONS.iter().any(|reaction| event.ends_with(reaction)) {
            return true;
        }
        let message = format!("`{}` is no event that tracking finds", event.value);
        let finding =
            Diagnostic::new(Code::NotAvailableHere, event.span, message).here("needs no consent of this kind");
        self.sink.push(finding.help("list events of your own, or `email_opened` and `email_clicked`"));
        false
    }

    /// Whether there is such a definition. A mapping is no use of it.
    fn known(&mut self, kind: Kind, name: &Text) -> bool {
        let was_used = self.names.used.contains(kind, name);
        let found = self.ask(kind, name).is_some();
        if !was_used {
            self.names.used.remove(kind, name);
        }
        found
    }
}
