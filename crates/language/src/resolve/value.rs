//! Literals to values of a declared type.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::Resolver;
use super::names::{listed, quoted};
use super::typing::type_words;
use crate::ast::Literal;
use crate::diag::{Code, Diagnostic};
use crate::ir::value::{TextFormat, is_email};
use crate::ir::{Field, Type, Value, local};
use crate::syntax::Spanned;
use crate::text::{Span, nearest};

/// A date from text.
pub(crate) fn date(text: &str) -> Option<Value> {
    let days = local::date(text.trim())?.since(jiff::civil::date(1970, 1, 1)).ok()?.get_days();
    Some(Value::Date(days))
}

/// An instant from text, which is local time in `zone` if it has no offset.
pub(crate) fn datetime(text: &str, zone: &TimeZone) -> Option<Value> {
    local::instant(text.trim(), zone).map(Value::Datetime)
}

impl Resolver<'_> {
    /// The value of a literal as `field` holds it; `Some(None)` for `null`. Says what is wrong and gives `None`.
    pub(crate) fn literal(&mut self, name: &str, field: &Field, literal: &Spanned<Literal>) -> Option<Option<Value>> {
        let value = match (&literal.value, &field.ty) {
            (Literal::Null, _) if field.optional => return Some(None),
            (Literal::Null, _) => {
                let message = format!("`{name}` is required, so it cannot be taken away");
                let finding = Diagnostic::new(Code::TypeMismatch, literal.span, message);
                self.push_declared(finding.help("declare the field `optional: true`"), name, field);
                return None;
            }
            (Literal::Bool(value), Type::Boolean) => Value::Bool(*value),
            (Literal::Int(value), Type::Integer) => Value::Int(*value),
            (Literal::Int(value), Type::Number { .. }) => Value::Number(*value as f64),
            (Literal::Float(value), Type::Number { .. }) => Value::Number(*value),
            (Literal::Text(text), Type::Enum { values }) => self.one_of(name, field, text, values, literal.span)?,
            (Literal::List(items), Type::Set { values }) => {
                let mut set = BTreeSet::new();
                for item in items {
                    self.one_of(name, field, item, values, item.span)?;
                    set.insert(item.value.clone());
                }
                Value::Set(set)
            }
            (Literal::Text(text), Type::Date) => return self.moment(name, field, literal, date(text)),
            (Literal::Text(text), Type::Datetime) => {
                let instant = datetime(text, &self.names.zone.0);
                return self.moment(name, field, literal, instant);
            }
            (Literal::Text(text), Type::Text { format }) => {
                if let Some(wrong) = wrong_format(*format, text) {
                    let message =
                        format!("`{name}` is {}, and {} is none: {wrong}", type_words(&field.ty), quoted(text));
                    self.push_declared(Diagnostic::new(Code::InvalidValue, literal.span, message), name, field);
                    return None;
                }
                Value::Text(text.clone())
            }
            _ => {
                let found = literal_words(&literal.value);
                let message = format!("`{name}` is {}, not {found}", type_words(&field.ty));
                self.push_declared(Diagnostic::new(Code::TypeMismatch, literal.span, message).here(found), name, field);
                return None;
            }
        };
        self.in_range(name, field, &value, literal.span).then_some(Some(value))
    }

    fn moment(
        &mut self,
        name: &str,
        field: &Field,
        literal: &Spanned<Literal>,
        value: Option<Value>,
    ) -> Option<Option<Value>> {
        if value.is_none() {
            let given = if let Literal::Text(text) = &literal.value { quoted(text) } else { "this".to_owned() };
            let message = format!("`{name}` is {}, and {given} is none", type_words(&field.ty));
            let finding = Diagnostic::new(Code::InvalidTime, literal.span, message);
            self.push_declared(finding.help("write `2026-04-01`, or `2026-04-01T09:00:00+09:00`"), name, field);
        }
        value.map(Some)
    }

    fn one_of(&mut self, name: &str, field: &Field, text: &str, values: &[String], span: Span) -> Option<Value> {
        if values.iter().any(|value| value == text) {
            return Some(Value::Text(text.to_owned()));
        }
        if !self.names.may_exist(text) {
            let finding = Diagnostic::new(Code::UnknownEnumValue, span, format!("`{name}` is never {}", quoted(text)))
                .here("not one of its values");
            let finding = match nearest(text, values.iter().map(String::as_str)) {
                Some(near) => finding.help(format!("did you mean {}?", quoted(near))),
                None if values.is_empty() => finding.help("the project defines no value that it could have"),
                None if values.len() <= 12 => finding.help(format!("it can be {}", listed(values))),
                None => finding,
            };
            self.push_declared(finding, name, field);
        }
        None
    }

    fn in_range(&mut self, name: &str, field: &Field, value: &Value, span: Span) -> bool {
        let Some(number) = value.as_number() else { return true };
        let (low, high) = (field.min.unwrap_or(f64::NEG_INFINITY), field.max.unwrap_or(f64::INFINITY));
        if (low..=high).contains(&number) {
            return true;
        }
        let bounds = match (field.min, field.max) {
            (Some(min), Some(max)) => format!("from {min} to {max}"),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => String::new(),
        };
        let finding = Diagnostic::new(Code::ValueOutOfRange, span, format!("`{name}` is {bounds}, not {number}"));
        self.push_declared(finding, name, field);
        false
    }

    fn push_declared(&mut self, finding: Diagnostic, name: &str, field: &Field) {
        let finding =
            if field.builtin { finding } else { finding.also(field.origin.0, format!("`{name}` is declared here")) };
        self.sink.push(finding);
    }
}

fn literal_words(literal: &Literal) -> &'static str {
    match literal {
        Literal::Null => "nothing",
        Literal::Bool(_) => "true or false",
        Literal::Int(_) => "a whole number",
        Literal::Float(_) => "a number",
        Literal::Text(_) => "text",
        Literal::List(_) => "a list",
    }
}

/// What is wrong with a text of this format, if anything.
pub(super) fn wrong_format(format: TextFormat, text: &str) -> Option<&'static str> {
    match format {
        TextFormat::Plain | TextFormat::Phone => None,
        TextFormat::Email if is_email(text) => None,
        TextFormat::Email => Some("an address has one `@` and a domain"),
        TextFormat::Url if text.starts_with("https://") || text.starts_with("http://") => None,
        TextFormat::Url => Some("it begins with https://"),
        TextFormat::Country if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) => None,
        TextFormat::Country => Some("it has two capital letters, such as JP"),
    }
}
