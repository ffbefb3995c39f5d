//! Expressions with their types, and types in words.

use std::ops::Range;

use crate::ir::expr::Expr;
use crate::ir::value::TextFormat;
use crate::ir::{Name, Type, Value};
use crate::text::Span;

/// The type of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ty {
    /// A value of a declared type.
    Of(Type),
    /// `none`.
    Absent,
    /// A list of expressions, in brackets.
    List(Vec<Typed>),
    /// An item of a catalog.
    Item(Name),
    /// Several items of a catalog.
    Items(Name),
    /// Not known, since something is wrong with it that has been said.
    Unknown,
}

/// An expression with its type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Typed {
    pub expr: Expr,
    pub ty: Ty,
    /// Whether it may be absent.
    pub optional: bool,
    pub at: Range<usize>,
    /// Where the type comes from, for a second label.
    pub declared: Option<Span>,
}

impl Typed {
    pub fn of(expr: Expr, ty: Type, at: &Range<usize>) -> Typed {
        Typed { expr, ty: Ty::Of(ty), optional: false, at: at.clone(), declared: None }
    }

    pub fn unknown(at: &Range<usize>) -> Typed {
        Typed { expr: Expr::Absent, ty: Ty::Unknown, optional: false, at: at.clone(), declared: None }
    }

    pub fn maybe(mut self, optional: bool) -> Typed {
        self.optional = optional;
        self
    }

    pub fn is_unknown(&self) -> bool {
        self.ty == Ty::Unknown
    }
}

pub(in crate::resolve) fn text_type() -> Type {
    Type::Text { format: TextFormat::Plain }
}

pub(in crate::resolve) fn names_type(values: impl IntoIterator<Item = impl Into<String>>) -> Type {
    Type::Enum { values: values.into_iter().map(Into::into).collect() }
}

pub(in crate::resolve) fn constant(value: Value, ty: Type, at: &Range<usize>) -> Typed {
    Typed::of(Expr::Const { value }, ty, at)
}

/// A type in words, with its article.
pub(in crate::resolve) fn type_words(ty: &Type) -> &'static str {
    match ty {
        Type::Text { format: TextFormat::Plain } => "text",
        Type::Text { format: TextFormat::Email } => "an e-mail address",
        Type::Text { format: TextFormat::Url } => "a web address",
        Type::Text { format: TextFormat::Phone } => "a telephone number",
        Type::Text { format: TextFormat::Country } => "a country code",
        Type::Integer => "a whole number",
        Type::Number { money: false } => "a number",
        Type::Number { money: true } => "an amount of money",
        Type::Boolean => "true or false",
        Type::Date => "a date",
        Type::Datetime => "a date and time",
        Type::Enum { .. } => "one of a list of values",
        Type::Set { .. } => "a set of values",
    }
}

/// A side of a comparison as the subject of a sentence.
pub(in crate::resolve) fn sides(typed: &Typed) -> String {
    match (&typed.ty, &typed.expr) {
        (Ty::Of(ty), Expr::Const { .. }) => format!("a constant, {},", type_words(ty)),
        (Ty::Of(ty), expr) => format!("`{expr}`, {},", type_words(ty)),
        (Ty::Absent | Ty::List(_) | Ty::Item(_) | Ty::Items(_) | Ty::Unknown, _) => describe(typed),
    }
}

pub(in crate::resolve) fn describe(typed: &Typed) -> String {
    match &typed.ty {
        Ty::Of(ty) => match &typed.expr {
            Expr::Const { .. } => type_words(ty).to_owned(),
            expr => format!("`{expr}`, {}", type_words(ty)),
        },
        Ty::Absent => "`none`".to_owned(),
        Ty::List(_) => "a list".to_owned(),
        Ty::Item(catalog) => format!("an item of `{catalog}`"),
        Ty::Items(catalog) => format!("items of `{catalog}`"),
        Ty::Unknown => "something unknown".to_owned(),
    }
}
