//! Fields and events.

use std::collections::BTreeSet;

use super::Resolver;
use crate::ast::data::{Event, Field, RefKind, TypeName};
use crate::ast::limits::TopicKind;
use crate::ast::{Kind, Named, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::value::TextFormat;
use crate::ir::{self, Name, Type, builtin};
use crate::syntax::Spanned;
use crate::text::nearest;

/// Words that conditions understand by themselves; no field may take them.
const RESERVED: &[&str] = &[
    "score",
    "grade",
    "stage",
    "persona",
    "event",
    "entry",
    "now",
    "today",
    "lead",
    "loop",
    "self",
    "unsubscribe_url",
    "confirm_url",
    "preferences_url",
    "project",
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
    "else",
    "true",
    "false",
    "none",
    "True",
    "False",
    "None",
];

impl Resolver<'_> {
    /// Fields, stages and the other vocabularies, then events, whose properties may name them.
    pub(super) fn data(&mut self) {
        self.names.fields = builtin::fields();
        let sources: Vec<Name> = self.names.all(Kind::Source).into_iter().map(str::to_owned).collect();
        if !sources.is_empty() {
            self.names.fields.extend(builtin::source_fields(&sources));
        }
        for file in self.files {
            for field in &file.fields {
                self.field(field);
            }
        }
        self.out.fields = self.names.fields.clone();
        self.vocabularies();
        self.names.events = builtin::events(Some(&self.vocabulary()));
        self.out.events = builtin::events(None);
        self.identified();
        for file in self.files {
            for event in &file.events {
                self.event(event);
            }
        }
        let own = self.names.events.iter().filter(|(_, event)| !event.builtin);
        self.out.events.extend(own.map(|(name, event)| (name.clone(), event.clone())));
        self.lead_mapping();
        self.logs();
    }

    fn field(&mut self, named: &Named<Field>) {
        if !self.is_first(Kind::Field, &named.name)
            || !self.is_free("field", &named.name, self.names.fields.get(&*named.name).is_some_and(|f| f.builtin))
        {
            return;
        }
        if let Some(field) = self.field_type(&named.name, &named.def) {
            self.names.fields.insert(named.name.value.clone(), field);
        } else {
            self.names.unread_words.insert(named.name.value.clone());
        }
    }

    fn is_free(&mut self, what: &str, name: &Text, is_builtin: bool) -> bool {
        let reserved = what == "field" && RESERVED.contains(&name.as_str());
        if is_builtin || reserved {
            let why = if is_builtin { "is built in" } else { "has a meaning of its own in conditions" };
            let message = format!("no {what} can be named `{}`: it {why}", name.value);
            let help = if is_builtin { "leave the definition out" } else { "choose another name" };
            self.sink.push(Diagnostic::new(Code::ReservedName, name.span, message).help(help));
        }
        !is_builtin && !reserved
    }

    /// The type of a field or property, or `None` with a finding.
    pub(super) fn field_type(&mut self, name: &Text, field: &Field) -> Option<ir::Field> {
        let sound = self.type_keys(field);
        let values = || field.values.iter().flat_map(|values| values.iter().map(|text| text.value.clone())).collect();
        let text = |format| Type::Text { format };
        let ty = match field.type_name.value {
            TypeName::Text => text(TextFormat::Plain),
            TypeName::Email => text(TextFormat::Email),
            TypeName::Url => text(TextFormat::Url),
            TypeName::Phone => text(TextFormat::Phone),
            TypeName::Country => text(TextFormat::Country),
            TypeName::Integer => Type::Integer,
            TypeName::Number => Type::Number { money: false },
            TypeName::Money => Type::Number { money: true },
            TypeName::Boolean => Type::Boolean,
            TypeName::Date => Type::Date,
            TypeName::Datetime => Type::Datetime,
            TypeName::Enum => Type::Enum { values: values() },
            TypeName::Set => Type::Set { values: values() },
            TypeName::Ref => Type::Enum { values: self.referable(field.kind.as_ref()?).into() },
        };
        sound.then(|| ir::Field {
            ty,
            min: super::spanned_value(&field.min),
            max: super::spanned_value(&field.max),
            optional: field.optional,
            label: field.label.clone(),
            builtin: false,
            origin: name.span.into(),
        })
    }

    /// Whether the keys beside `type` fit it.
    fn type_keys(&mut self, field: &Field) -> bool {
        let before = self.sink.found.len();
        let ty = field.type_name;
        let wants_values = matches!(ty.value, TypeName::Enum | TypeName::Set);
        let wants_kind = ty.value == TypeName::Ref;
        let is_number = matches!(ty.value, TypeName::Integer | TypeName::Number | TypeName::Money);
        let word = self.sources.slice(ty.span).to_owned();
        match &field.values {
            None if wants_values => self.missing(ty, &word, "values"),
            Some(values) if values.is_empty() => {
                let message = "a field without values can never be given";
                self.sink.push(Diagnostic::new(Code::InvalidValue, values.span, message));
            }
            Some(values) if !wants_values => self.surplus(values.span, &word, "values"),
            Some(values) => self.distinct(values),
            None => {}
        }
        match &field.kind {
            None if wants_kind => self.missing(ty, &word, "kind"),
            Some(kind) if !wants_kind => self.surplus(kind.span, &word, "kind"),
            Some(_) | None => {}
        }
        for (key, bound) in [("min", &field.min), ("max", &field.max)] {
            if let Some(bound) = bound
                && !is_number
            {
                self.surplus(bound.span, &word, key);
            }
        }
        if let (Some(min), Some(max)) = (&field.min, &field.max)
            && min.value > max.value
        {
            let finding = Diagnostic::new(Code::InvalidValue, max.span, "the largest value is below the smallest");
            self.sink.push(finding.also(min.span, "the smallest"));
        }
        self.sink.found.len() == before
    }

    fn missing(&mut self, ty: Spanned<TypeName>, word: &str, key: &str) {
        let message = format!("a field of type `{word}` needs `{key}`");
        self.sink.push(Diagnostic::new(Code::MissingKey, ty.span, message));
    }

    fn surplus(&mut self, span: crate::text::Span, word: &str, key: &str) {
        let message = format!("a field of type `{word}` has no `{key}`");
        self.sink.push(Diagnostic::new(Code::UnknownKey, span, message));
    }

    fn distinct(&mut self, values: &[Text]) {
        for (at, value) in values.iter().enumerate() {
            if let Some(first) = values[..at].iter().find(|first| first.value == value.value) {
                let finding = Diagnostic::new(
                    Code::DuplicateName,
                    value.span,
                    format!("the value `{}` is listed twice", value.value),
                );
                self.sink.push(finding.also(first.span, "the first"));
            }
        }
    }

    fn referable(&self, kind: &Spanned<RefKind>) -> Vec<Name> {
        let kind = match kind.value {
            RefKind::Emails => Kind::Email,
            RefKind::Messages => Kind::Message,
            RefKind::Journeys => Kind::Journey,
            RefKind::Segments => Kind::Segment,
            RefKind::Lists => Kind::List,
            RefKind::Topics => Kind::Topic,
            RefKind::Personas => Kind::Persona,
            RefKind::Sources => Kind::Source,
            RefKind::Pages => Kind::Page,
            RefKind::Forms => Kind::Form,
        };
        self.names.all(kind).into_iter().map(str::to_owned).collect()
    }

    fn vocabulary(&self) -> builtin::Vocabulary {
        let all = |kind| self.names.all(kind).into_iter().map(str::to_owned).collect();
        let topics = self.files.iter().flat_map(|file| &file.topics);
        let marketing: BTreeSet<Name> = topics
            .filter(|topic| topic.def.kind == TopicKind::Marketing)
            .map(|topic| topic.name.value.clone())
            .collect();
        builtin::Vocabulary {
            emails: all(Kind::Email),
            messages: all(Kind::Message),
            lists: all(Kind::List),
            integrations: all(Kind::Integration),
            topics: all(Kind::Topic),
            marketing: marketing.into_iter().collect(),
            journeys: all(Kind::Journey),
            sources: all(Kind::Source),
            pages: all(Kind::Page),
            forms: all(Kind::Form),
            stages: self.names.stages.iter().map(|(stage, _)| stage.clone()).collect(),
        }
    }

    fn event(&mut self, named: &Named<Event>) {
        let is_builtin = self.names.events.get(&*named.name).is_some_and(|event| event.builtin);
        if !self.is_first(Kind::Event, &named.name) || !self.is_free("event", &named.name, is_builtin) {
            return;
        }
        let mut event = ir::Event {
            properties: Default::default(),
            sets: Default::default(),
            label: named.def.label.clone(),
            builtin: false,
            origin: named.name.span.into(),
        };
        for (name, property) in &named.def.properties {
            if let Some(property) = self.field_type(name, property) {
                event.properties.insert(name.value.clone(), property);
            } else {
                self.names.unread_words.insert(name.value.clone());
            }
        }
        for (field, property) in &named.def.sets {
            self.event_sets(&mut event, field, property);
        }
        self.names.events.insert(named.name.value.clone(), event);
    }

    fn event_sets(&mut self, event: &mut ir::Event, field: &Text, property: &Text) {
        let Some(known) = self.ask(Kind::Field, field) else { return };
        let Some(target) = self.names.fields.get(&known) else { return };
        let Some(source) = event.properties.get(&property.value) else {
            if !self.names.may_exist(property) {
                let message = format!("the event has no property `{}`", property.value);
                let near = nearest(property, event.properties.keys().map(String::as_str));
                self.sink.push(Diagnostic::new(Code::UnknownName, property.span, message).suggest(near));
            }
            return;
        };
        if target.builtin && field.value == "id" {
            self.sink.push(Diagnostic::new(Code::ReservedName, field.span, "the `id` of a lead never changes"));
            return;
        }
        // What the event lacks leaves the field as it is.
        if !assignable(&target.ty, &source.ty) {
            let why = format!("`{}` and `{}` are of different types", field.value, property.value);
            let finding = Diagnostic::new(Code::TypeMismatch, property.span, why);
            self.sink.push(finding.also(target.origin.0, "the field"));
            return;
        }
        event.sets.insert(known, property.value.clone());
    }
}

/// Whether every value of `source` is a value of `target`.
pub(super) fn assignable(target: &Type, source: &Type) -> bool {
    match (target, source) {
        (Type::Enum { values: target }, Type::Enum { values: source })
        | (Type::Set { values: target }, Type::Set { values: source }) => {
            source.iter().all(|value| target.contains(value))
        }
        (Type::Text { .. }, Type::Text { .. } | Type::Enum { .. }) => true,
        (Type::Number { .. }, Type::Integer | Type::Number { .. }) => true,
        (target, source) => target == source,
    }
}
