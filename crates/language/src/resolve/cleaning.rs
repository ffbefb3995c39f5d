//! `cleaning`: what is written about fields is held against their types; the rest is as the types suggest.

use std::collections::BTreeMap;

use super::Resolver;
use super::names::listed;
use super::typing::type_words;
use crate::ast::cleaning::{BadValueName, Cleaning, DomainSlips, Duplicates, Key, MergeName, NormalizationName};
use crate::ast::{Kind, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::cleaning::{BadValue, Cleaning as Decided, Merge, Normalization, column_types, own_merge};
use crate::ir::value::TextFormat;
use crate::ir::{Name, Type};
use crate::syntax::Spanned;
use crate::text::Span;

/// The name under which a map says what holds for all fields that it does not name.
const DEFAULT: &str = "default";

impl Resolver<'_> {
    /// Reads `cleaning`, once fields, stages and scoring models are known.
    pub(super) fn cleaning(&mut self) {
        let mut first: Option<Span> = None;
        for file in self.files {
            let Some(cleaning) = &file.cleaning else { continue };
            if let Some(first) = first {
                let finding = Diagnostic::new(Code::DuplicateName, cleaning.span, "there are two `cleaning`");
                self.sink.push(finding.also(first, "the first").help("a project has one; put all of it there"));
            } else {
                first = Some(cleaning.span);
                let types = column_types(&self.out);
                let decided = Decided { origin: cleaning.span.into(), ..Decided::of(&self.out) };
                self.out.cleaning = Some(self.decided(cleaning, decided, &types));
            }
        }
    }

    fn decided(&mut self, written: &Cleaning, mut decided: Decided, types: &BTreeMap<Name, Type>) -> Decided {
        for (field, steps) in &written.normalize {
            let Some((name, ty)) = self.cleaned_column(field, types) else { continue };
            let mut normalize: Vec<Normalization> =
                steps.iter().filter_map(|step| self.normalization(&name, &ty, *step)).collect();
            normalize.sort_unstable();
            normalize.dedup();
            if let Some(field) = decided.fields.get_mut(&name) {
                field.normalize = normalize;
            }
        }
        self.bad_values(written, &mut decided, types);
        decided.correct_domains = matches!(written.domains, Some(DomainSlips::Correct));
        if let Some(country) = &written.country {
            decided.country = Some(country.value.clone());
        }
        if let Some(duplicates) = &written.duplicates {
            self.duplicates(duplicates, &mut decided, types);
        }
        decided
    }

    /// The column that a name means: `score` is that of the default model.
    fn cleaned_column(&mut self, name: &Text, types: &BTreeMap<Name, Type>) -> Option<(Name, Type)> {
        let meant = match (name.as_str(), &self.names.default_score) {
            ("score", Some(model)) => format!("score.{model}"),
            (name, _) => name.to_owned(),
        };
        if let Some(ty) = types.get(&meant) {
            self.names.used.insert(Kind::Field, &meant, ());
            return Some((meant, ty.clone()));
        }
        if name.value == "stage" {
            if !self.names.lifecycle_unread {
                let finding = Diagnostic::new(Code::UnknownName, name.span, "the project has no stages");
                self.sink.push(finding.help("define `lifecycle:` with its `stages`"));
            }
        } else if let Some(model) = name.strip_prefix("score.") {
            let at = Text { value: model.to_owned(), span: name.span };
            self.ask(Kind::Scoring, &at);
        } else {
            self.mapped_field(name);
        }
        None
    }

    fn normalization(&mut self, name: &str, ty: &Type, step: Spanned<NormalizationName>) -> Option<Normalization> {
        let normalization = normalization(step.value);
        if normalization.fits(ty) {
            return Some(normalization);
        }
        let message = format!("`{name}` is {}, which `{}` does not fit", type_words(ty), normalization.word());
        let fitting: Vec<&str> =
            Normalization::ALL.iter().filter(|other| other.fits(ty)).map(|other| other.word()).collect();
        let finding = Diagnostic::new(Code::UnfitNormalization, step.span, message);
        let finding = finding.help(format!("what fits it: {}", listed(&fitting)));
        self.push_with_field(finding, name);
        None
    }

    fn bad_values(&mut self, written: &Cleaning, decided: &mut Decided, types: &BTreeMap<Name, Type>) {
        for (_, bad) in written.bad.iter().filter(|(field, _)| field.value == DEFAULT) {
            decided.fields.values_mut().for_each(|field| field.bad = bad_value(bad.value));
        }
        for (field, bad) in written.bad.iter().filter(|(field, _)| field.value != DEFAULT) {
            let Some((name, _)) = self.cleaned_column(field, types) else { continue };
            if bad.value == BadValueName::Blank && self.out.fields.get(&name).is_some_and(|field| !field.optional) {
                let message = format!("`{name}` is required, so a bad value cannot be blanked: its row is refused");
                let finding = Diagnostic::new(Code::BlankedRequired, bad.span, message);
                let finding = finding.help("write `refuse`, or declare the field `optional: true`");
                self.push_with_field(finding, &name);
            }
            if let Some(field) = decided.fields.get_mut(&name) {
                field.bad = bad_value(bad.value);
            }
        }
    }

    fn duplicates(&mut self, written: &Duplicates, decided: &mut Decided, types: &BTreeMap<Name, Type>) {
        if let Some(keys) = &written.keys {
            decided.keys = keys.iter().filter_map(|key| self.duplicate_key(key, types)).collect();
        }
        if let Some(field) = &written.newest_by
            && let Some((name, ty)) = self.cleaned_column(field, types)
        {
            if matches!(ty, Type::Date | Type::Datetime | Type::Integer) {
                decided.newest_by = name;
            } else {
                let message = format!("`{name}` is {}, which tells no row from a newer one", type_words(&ty));
                let finding = Diagnostic::new(Code::UnfitMergeRule, field.span, message);
                self.push_with_field(
                    finding.help("name a field that is a date, or a whole number that counts up"),
                    &name,
                );
            }
        }
        for (_, rule) in written.merge.iter().filter(|(field, _)| field.value == DEFAULT) {
            self.default_merge(*rule, decided, types);
        }
        for (field, rule) in written.merge.iter().filter(|(field, _)| field.value != DEFAULT) {
            let Some((name, ty)) = self.cleaned_column(field, types) else { continue };
            let merge = merge(rule.value);
            if !merge.fits(&ty) {
                self.unfit_merge(*rule, merge, &name, &ty);
            } else if let Some(field) = decided.fields.get_mut(&name) {
                field.merge = merge;
            }
        }
    }

    fn default_merge(&mut self, rule: Spanned<MergeName>, decided: &mut Decided, types: &BTreeMap<Name, Type>) {
        let merge = merge(rule.value);
        match merge {
            Merge::Newest | Merge::Oldest | Merge::First | Merge::Last => {
                decided.merge = merge;
                for (name, field) in &mut decided.fields {
                    if types.get(name).is_some_and(|ty| own_merge(name, ty).is_none()) {
                        field.merge = merge;
                    }
                }
            }
            Merge::Longest | Merge::Max | Merge::Min | Merge::Union => {
                let message = format!("`{}` does not fit fields of every type, so it is no default", merge.word());
                let finding = Diagnostic::new(Code::UnfitMergeRule, rule.span, message);
                self.sink
                    .push(finding.help("write `newest`, `oldest`, `first` or `last`, and name the fields that differ"));
            }
        }
    }

    fn unfit_merge(&mut self, rule: Spanned<MergeName>, merge: Merge, name: &str, ty: &Type) {
        let message = format!("`{name}` is {}, of which `{}` says nothing", type_words(ty), merge.word());
        let fitting: Vec<&str> = Merge::ALL.iter().filter(|other| other.fits(ty)).map(|other| other.word()).collect();
        let finding = Diagnostic::new(Code::UnfitMergeRule, rule.span, message);
        self.push_with_field(finding.help(format!("what fits it: {}", listed(&fitting))), name);
    }

    /// The fields of a key. A lone field that many people share makes one lead of all of them.
    fn duplicate_key(&mut self, key: &Spanned<Key>, types: &BTreeMap<Name, Type>) -> Option<Vec<Name>> {
        let texts = match &key.value {
            Key::One(field) => vec![Text { value: field.clone(), span: key.span }],
            Key::All(fields) => fields.clone(),
        };
        let columns: Vec<(Name, Type)> = texts.iter().filter_map(|field| self.cleaned_column(field, types)).collect();
        if columns.len() < texts.len() {
            return None;
        }
        if !columns.iter().any(|(name, ty)| tells_people_apart(name, ty)) {
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let message = format!("many people have the same {}, and this makes one lead of them", listed(&names));
            let finding = Diagnostic::new(Code::WeakKey, key.span, message).here("no key of a person");
            self.sink.push(finding.help("add a field that is a person's own, such as `[company, phone]`"));
        }
        let mut names: Vec<Name> = columns.into_iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        Some(names)
    }

    fn push_with_field(&mut self, finding: Diagnostic, name: &str) {
        let declared = self.out.fields.get(name).filter(|field| !field.builtin).map(|field| field.origin.0);
        self.sink.push(match declared {
            Some(span) => finding.also(span, format!("`{name}` is declared here")),
            None => finding,
        });
    }
}

/// Whether a field of the type can hold something that is one person's.
fn tells_people_apart(name: &str, ty: &Type) -> bool {
    match ty {
        Type::Text { format } => name != "timezone" && *format != TextFormat::Country,
        Type::Integer => !name.starts_with("score."),
        Type::Number { .. } | Type::Boolean | Type::Date | Type::Datetime | Type::Enum { .. } | Type::Set { .. } => {
            false
        }
    }
}

fn normalization(name: NormalizationName) -> Normalization {
    match name {
        NormalizationName::Trim => Normalization::Trim,
        NormalizationName::Width => Normalization::Width,
        NormalizationName::Kana => Normalization::Kana,
        NormalizationName::Blanks => Normalization::Blanks,
        NormalizationName::Lower => Normalization::Lower,
        NormalizationName::Upper => Normalization::Upper,
        NormalizationName::Hiragana => Normalization::Hiragana,
        NormalizationName::Katakana => Normalization::Katakana,
        NormalizationName::Company => Normalization::Company,
        NormalizationName::Postal => Normalization::Postal,
        NormalizationName::Email => Normalization::Email,
        NormalizationName::Phone => Normalization::Phone,
        NormalizationName::Url => Normalization::Url,
        NormalizationName::Country => Normalization::Country,
        NormalizationName::Date => Normalization::Date,
        NormalizationName::Number => Normalization::Number,
        NormalizationName::Boolean => Normalization::Boolean,
        NormalizationName::Choice => Normalization::Choice,
        NormalizationName::Timezone => Normalization::Timezone,
    }
}

fn bad_value(name: BadValueName) -> BadValue {
    match name {
        BadValueName::Blank => BadValue::Blank,
        BadValueName::Refuse => BadValue::Refuse,
        BadValueName::Keep => BadValue::Keep,
    }
}

fn merge(name: MergeName) -> Merge {
    match name {
        MergeName::Newest => Merge::Newest,
        MergeName::Oldest => Merge::Oldest,
        MergeName::First => Merge::First,
        MergeName::Last => Merge::Last,
        MergeName::Longest => Merge::Longest,
        MergeName::Max => Merge::Max,
        MergeName::Min => Merge::Min,
        MergeName::Union => Merge::Union,
    }
}
