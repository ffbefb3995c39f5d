//! Functions, filters and tests of the expression language.

use std::ops::Range;

use super::super::names::listed;
use super::{AtHand, Place, Ty, Typed, Typer, describe, text_type};
use crate::ast::Kind;
use crate::ast::expression::{Args, Expr as Raw, ExprKind, Word};
use crate::ast::quantity::Duration;
use crate::diag::{Code, Diagnostic};
use crate::ir::expr::{Cmp, Expr, Filter, History, TextTest};
use crate::ir::template_filter::{
    Argument, ArgumentIs, Gives, TEMPLATE_FILTERS, Takes, TemplateFilter, template_filter,
};
use crate::ir::{Channel, Type, Value};
use crate::text::nearest;

const FUNCTIONS: &[&str] = &[
    "did",
    "count",
    "days_since",
    "days_since_consent",
    "days_until",
    "received",
    "in_segment",
    "in_list",
    "subscribed",
    "reachable",
    "reached",
    "in_journey",
    "finished",
    "bought",
    "product",
    "recommend",
];
/// Types a call.
pub(crate) fn call(typer: &mut Typer<'_>, function: &Raw, args: &Args, at: &Range<usize>) -> Typed {
    let name = match &function.kind {
        ExprKind::Name(name) => Word { text: name.clone(), at: function.at.clone() },
        ExprKind::Attribute { name, .. } => {
            let message = format!("values have no methods such as `{}`", name.text);
            let finding = typer.fault(Code::UnknownFunction, &name.at, message);
            return typer.give_up(finding.help("filters stand behind a bar: `company | lower`"), at);
        }
        _ => {
            let finding = typer.fault(Code::UnknownFunction, at, "this cannot be called");
            return typer.give_up(finding, at);
        }
    };
    if !FUNCTIONS.contains(&name.text.as_str()) {
        return unknown(typer, "function", &name, FUNCTIONS, at);
    }
    if typer.place == Place::Fields {
        let message = format!("`{}` is not known here; only the lead's fields are", name.text);
        let finding = typer.fault(Code::NotAvailableHere, at, message);
        return typer.give_up(finding, at);
    }
    match name.text.as_str() {
        "did" | "count" => counted(typer, &name, args, at),
        "days_since" => days_since(typer, &name, args, at),
        "days_since_consent" => days_since_consent(typer, &name, args, at),
        "days_until" => days_until(typer, &name, args, at),
        "received" => received(typer, &name, args, at),
        "bought" | "product" => super::catalog::item(typer, &name, args, at),
        "recommend" => super::catalog::recommend(typer, &name, args, at),
        "reachable" => reachable(typer, &name, args, at),
        "reached" => reached(typer, &name, args, at),
        _ => membership(typer, &name, args, at),
    }
}

fn membership(typer: &mut Typer<'_>, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    let kind = match name.text.as_str() {
        "in_segment" => Kind::Segment,
        "in_list" => Kind::List,
        "subscribed" => Kind::Topic,
        _ => Kind::Journey,
    };
    let Some(known) = named(typer, name, args, kind, &[], at) else { return Typed::unknown(at) };
    let expr = match name.text.as_str() {
        "in_segment" => Expr::InSegment { segment: known },
        "in_list" => Expr::InList { list: known },
        "subscribed" => Expr::Subscribed { topic: known },
        "in_journey" => Expr::InJourney { journey: known },
        _ => Expr::Finished { journey: known },
    };
    Typed::of(expr, Type::Boolean, at)
}

fn counted(typer: &mut Typer<'_>, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    let Some(of) = history(typer, name, args, at) else { return Typed::unknown(at) };
    let count = Expr::Count { of };
    if name.text == "count" {
        return Typed::of(count, Type::Integer, at);
    }
    Typed::of(Expr::compare(count, Cmp::Ge, Value::Int(1)), Type::Boolean, at)
}

fn days_since(typer: &mut Typer<'_>, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    let is_text = matches!(args.positional.first(), Some(Raw { kind: ExprKind::Text(_), .. }));
    if is_text {
        let Some(of) = history(typer, name, args, at) else { return Typed::unknown(at) };
        return Typed { optional: true, ..Typed::of(Expr::DaysSince { of }, Type::Integer, at) };
    }
    let [value] = args.positional.as_slice() else {
        return wrong_arguments(typer, name, "the name of an event in quotes, or a date", at);
    };
    let typed = typer.expr(value);
    match typed.ty {
        Ty::Of(Type::Date | Type::Datetime) => {
            let expr = Expr::DaysSinceDate { of: Box::new(typed.expr) };
            Typed { optional: typed.optional, ..Typed::of(expr, Type::Integer, at) }
        }
        Ty::Unknown => typed,
        Ty::Of(_) | Ty::Absent | Ty::List(_) | Ty::Item(_) | Ty::Items(_) => {
            wrong_arguments(typer, name, "the name of an event in quotes, or a date", at)
        }
    }
}

/// `days_until(renews_on)`, `days_until(birthday, every="year")`.
fn days_until(typer: &mut Typer<'_>, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    const TAKES: &str = "a date, and perhaps `every=\"year\"`";
    let yearly = match args.named.as_slice() {
        [] => false,
        [(word, Raw { kind: ExprKind::Text(text), .. })] if word.text == "every" && text == "year" => true,
        _ => {
            // What it is asked of is named all the same.
            for value in &args.positional {
                typer.expr(value);
            }
            return wrong_arguments(typer, name, TAKES, at);
        }
    };
    let [value] = args.positional.as_slice() else { return wrong_arguments(typer, name, TAKES, at) };
    let typed = typer.expr(value);
    match typed.ty {
        Ty::Of(Type::Date | Type::Datetime) => {
            let expr = Expr::DaysUntil { of: Box::new(typed.expr), yearly };
            Typed { optional: typed.optional, ..Typed::of(expr, Type::Integer, at) }
        }
        Ty::Unknown => typed,
        Ty::Of(_) | Ty::Absent | Ty::List(_) | Ty::Item(_) | Ty::Items(_) => wrong_arguments(typer, name, TAKES, at),
    }
}

fn days_since_consent(typer: &mut Typer<'_>, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    let Some(topic) = named(typer, name, args, Kind::Topic, &[], at) else { return Typed::unknown(at) };
    Typed { optional: true, ..Typed::of(Expr::DaysSinceConsent { topic }, Type::Integer, at) }
}

/// `reachable("email")`.
fn reachable(typer: &mut Typer<'_>, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    let words = Channel::ALL.map(Channel::word);
    let [Raw { kind: ExprKind::Text(text), at: text_at }] = args.positional.as_slice() else {
        return wrong_arguments(typer, name, "the name of a channel in quotes", at);
    };
    if !args.named.is_empty() {
        return wrong_arguments(typer, name, "the name of a channel in quotes", at);
    }
    match Channel::ALL.into_iter().find(|channel| channel.word() == text) {
        Some(channel) => Typed::of(Expr::Reachable { channel }, Type::Boolean, at),
        None => {
            let finding = typer.fault(Code::WrongArguments, text_at, format!("there is no channel `{text}`"));
            let help = match nearest(text, words) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it is one of {}", listed(&words)),
            };
            typer.give_up(finding.help(help), at)
        }
    }
}

fn received(typer: &mut Typer<'_>, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    let content = named(typer, name, args, Kind::Email, &["within", "since"], at);
    let (within_secs, since_entry) = (within(typer, args), since(typer, args));
    let (Some(content), Some(within_secs), Some(since_entry)) = (content, within_secs, since_entry) else {
        return Typed::unknown(at);
    };
    let count = Expr::Received { content, within_secs, since_entry };
    Typed::of(Expr::compare(count, Cmp::Ge, Value::Int(1)), Type::Boolean, at)
}

fn reached(typer: &mut Typer<'_>, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    let stage = match (args.positional.as_slice(), args.named.as_slice()) {
        ([stage], []) => typer.expr(stage),
        _ => return wrong_arguments(typer, name, "the name of one stage in quotes", at),
    };
    let of = typer.state("stage", at);
    let stage = typer.adapt(stage, &of);
    match stage.expr {
        Expr::Const { value: Value::Text(stage) } => Typed::of(Expr::Reached { stage }, Type::Boolean, at),
        _ if stage.ty == Ty::Unknown || of.ty == Ty::Unknown => Typed::unknown(at),
        _ => wrong_arguments(typer, name, "the name of one stage in quotes", at),
    }
}

fn history(typer: &mut Typer<'_>, name: &Word, args: &Args, at: &Range<usize>) -> Option<History> {
    let event = named(typer, name, args, Kind::Event, &["within", "since", "where"], at);
    let (within_secs, since_entry) = (within(typer, args), since(typer, args));
    let (event, within_secs, since_entry) = (event?, within_secs?, since_entry?);
    let filter = args.named.iter().find(|(word, _)| word.text == "where").map(|(_, raw)| {
        // Inside, `event` is the past event that is looked at.
        let outer = std::mem::replace(&mut typer.event, AtHand::Event(event.clone()));
        let filter = typer.condition(raw);
        typer.event = outer;
        Box::new(filter)
    });
    Some(History { event, within_secs, since_entry, filter })
}

/// The one argument that names something, and no other than the allowed keywords.
pub(super) fn named(
    typer: &mut Typer<'_>,
    name: &Word,
    args: &Args,
    kind: Kind,
    keywords: &[&str],
    at: &Range<usize>,
) -> Option<String> {
    for (word, _) in &args.named {
        if !keywords.contains(&word.text.as_str()) {
            let message = format!("`{}` has no argument `{}`", name.text, word.text);
            let finding = typer.fault(Code::WrongArguments, &word.at, message);
            let finding = match nearest(&word.text, keywords.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None if keywords.is_empty() => finding,
                None => finding.help(format!("it takes {}", listed(keywords))),
            };
            typer.sink.push(finding);
            return None;
        }
    }
    let [Raw { kind: ExprKind::Text(text), at: text_at }] = args.positional.as_slice() else {
        let message = format!("`{}` takes the name of one {} in quotes", name.text, kind.noun());
        let finding = match args.positional.as_slice() {
            [Raw { kind: ExprKind::Name(word), at }] => {
                typer.fault(Code::WrongArguments, at, message).help(format!("write `\"{word}\"`"))
            }
            _ => typer.fault(Code::WrongArguments, at, message),
        };
        typer.sink.push(finding);
        return None;
    };
    // The name stands between the quotes.
    let inner = typer.span(&(text_at.start + 1..text_at.end.saturating_sub(1).max(text_at.start + 1)));
    let found = match kind {
        Kind::Email => typer.names.ask_content(text, inner, typer.sink),
        _ => typer.names.ask(kind, text, inner, typer.sink),
    };
    typer.failed |= found.is_none();
    found
}

/// The look-back: `Some(None)` if there is none, `None` if it is wrong.
fn within(typer: &mut Typer<'_>, args: &Args) -> Option<Option<i64>> {
    let Some((_, raw)) = args.named.iter().find(|(word, _)| word.text == "within") else { return Some(None) };
    let parsed = match &raw.kind {
        ExprKind::Text(text) => text.parse::<Duration>(),
        _ => Err("not a duration in quotes, such as \"7 days\""),
    };
    match parsed {
        Ok(duration) => Some(Some(duration.secs)),
        Err(why) => {
            let given = if let ExprKind::Text(text) = &raw.kind { text.as_str() } else { "within" };
            let finding = typer.fault(Code::WrongArguments, &raw.at, format!("`{given}` is {why}"));
            typer.sink.push(finding);
            None
        }
    }
}

/// Whether only what came after the entry into the journey counts; `None` if that is wrong.
fn since(typer: &mut Typer<'_>, args: &Args) -> Option<bool> {
    let Some((_, raw)) = args.named.iter().find(|(word, _)| word.text == "since") else { return Some(false) };
    if !matches!(&raw.kind, ExprKind::Text(text) if text == "entry") {
        let finding = typer.fault(Code::WrongArguments, &raw.at, "`since` takes `\"entry\"` alone");
        typer.sink.push(finding.help("for a time that rolls along write `within=\"7 days\"`"));
        return None;
    }
    if typer.names.entry.is_none() {
        let message = "there is no entry here: only conditions of journeys and their steps know one";
        let finding = typer.fault(Code::NotAvailableHere, &raw.at, message);
        typer.sink.push(finding);
        return None;
    }
    Some(true)
}

/// Types a filter.
pub(crate) fn filter(typer: &mut Typer<'_>, of: &Raw, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    let subject = typer.expr(of);
    let in_template = typer.place == Place::Template;
    let known = TEMPLATE_FILTERS.iter().filter(|filter| in_template || filter.in_conditions);
    let known: Vec<&str> = known.map(|filter| filter.name).collect();
    let Some(filter) = template_filter(&name.text) else { return unknown(typer, "filter", name, &known, at) };
    if !known.contains(&filter.name) {
        let message = format!("the filter `{}` is for templates only", name.text);
        let finding = typer.fault(Code::UnknownFunction, &name.at, message);
        return typer.give_up(finding.help(format!("conditions know {}", listed(&known))), at);
    }
    if subject.ty == Ty::Unknown {
        return Typed::unknown(at);
    }
    match filter.gives {
        Gives::ValueOrArgument => {
            fallback_too_late(typer, of, &subject);
            default(typer, subject, name, args, at)
        }
        Gives::Same => on_number(typer, subject, name, args, at),
        Gives::Integer => on_text_or_set(typer, subject, name, at),
        Gives::Item => item(typer, &subject, name, at),
        Gives::Text | Gives::Markup => printed(typer, subject, filter, name, args, at),
    }
}

/// Says that a fallback stands behind a filter that has already made something of an absent value.
pub(super) fn fallback_too_late(typer: &mut Typer<'_>, of: &Raw, subject: &Typed) {
    let (mut inner, mut first) = (of, None);
    while let ExprKind::Filter { of: Some(of), name, .. } = &inner.kind {
        if template_filter(&name.text).is_none_or(|filter| filter.gives == Gives::ValueOrArgument) {
            return;
        }
        (inner, first) = (of, Some(name));
    }
    let Some(name) = first.filter(|_| subject.optional && typer.place == Place::Template) else { return };
    let value = typer.expr(inner);
    if !value.optional {
        return;
    }
    let text = value.expr.to_string();
    let message = format!("`{text}` may be absent, and `{}` is applied to it before its fallback", name.text);
    let finding = Diagnostic::new(Code::OptionalWithoutFallback, typer.span(&inner.at), message).here("may be absent");
    let finding = finding.help(format!("put the fallback first: `{text} | default(\"…\") | {}`", name.text));
    typer.sink.push(match value.declared {
        Some(span) => finding.also(span, "optional here"),
        None => finding,
    });
}

fn default(typer: &mut Typer<'_>, subject: Typed, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    let (fallback, rest) = match args.positional.as_slice() {
        [fallback] => (fallback, None),
        [fallback, rest] => (fallback, Some(rest)),
        _ => return wrong_arguments(typer, name, "one value", at),
    };
    if rest.is_some_and(|rest| !matches!(rest.kind, ExprKind::Bool(_))) {
        return wrong_arguments(typer, name, "one value, and `true` for empty text as well", at);
    }
    let fallback = as_set(typer.expr(fallback), &subject);
    let fallback = if typer.place == Place::Template { fallback } else { typer.adapt(fallback, &subject) };
    if fallback.ty == Ty::Unknown {
        return fallback;
    }
    // A template may fall back on any words; a condition has to go on with the same type.
    let same =
        fallback.ty == subject.ty || matches!((&fallback.ty, &subject.ty), (Ty::Of(l), Ty::Of(r)) if alike(l, r));
    if typer.place != Place::Template && !same {
        let message = format!("the fallback is {}, the value is {}", describe(&fallback), describe(&subject));
        let finding = typer.fault(Code::TypeMismatch, &fallback.at, message);
        return typer.give_up(finding, at);
    }
    let ty = if same { subject.ty } else { Ty::Of(text_type()) };
    let expr =
        Expr::Filter { filter: Filter::Default, of: Box::new(subject.expr), argument: Some(Box::new(fallback.expr)) };
    Typed { expr, ty, optional: fallback.optional, at: at.clone(), declared: fallback.declared }
}

/// A list of texts beside a set is a set.
fn as_set(fallback: Typed, subject: &Typed) -> Typed {
    let (Ty::Of(Type::Set { values }), Ty::List(items)) = (&subject.ty, &fallback.ty) else { return fallback };
    let texts = items.iter().map(|item| match &item.expr {
        Expr::Const { value: Value::Text(text) } => Some(text.clone()),
        _ => None,
    });
    match texts.collect() {
        Some(set) => {
            Typed::of(Expr::Const { value: Value::Set(set) }, Type::Set { values: values.clone() }, &fallback.at)
        }
        None => fallback,
    }
}

fn alike(left: &Type, right: &Type) -> bool {
    let number = |ty: &Type| matches!(ty, Type::Integer | Type::Number { .. });
    let textual = |ty: &Type| matches!(ty, Type::Text { .. } | Type::Enum { .. });
    number(left) && number(right) || textual(left) && textual(right)
}

/// `first` and `last`: one of a set, or a letter of a text.
fn item(typer: &mut Typer<'_>, subject: &Typed, name: &Word, at: &Range<usize>) -> Typed {
    let ty = match &subject.ty {
        Ty::Of(Type::Set { values }) => Type::Enum { values: values.clone() },
        Ty::Of(Type::Text { .. } | Type::Enum { .. }) => text_type(),
        Ty::List(items) => match items.first().map(|item| &item.ty) {
            Some(Ty::Of(ty)) => ty.clone(),
            _ => text_type(),
        },
        Ty::Items(catalog) => {
            return Typed { ty: Ty::Item(catalog.clone()), optional: true, ..Typed::unknown(at) };
        }
        Ty::Of(_) | Ty::Absent | Ty::Item(_) | Ty::Unknown => {
            return unfit(typer, subject, name, "text or a set", at);
        }
    };
    Typed { optional: true, ..Typed::of(Expr::Absent, ty, at) }
}

fn on_number(typer: &mut Typer<'_>, subject: Typed, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    let ty = match &subject.ty {
        Ty::Of(ty @ (Type::Integer | Type::Number { .. })) => ty.clone(),
        Ty::Of(_) | Ty::Absent | Ty::List(_) | Ty::Item(_) | Ty::Items(_) | Ty::Unknown => {
            return unfit(typer, &subject, name, "a number", at);
        }
    };
    let digits = !args.positional.is_empty() || !args.named.is_empty();
    if digits && (name.text == "abs" || typer.place != Place::Template) {
        return wrong_arguments(typer, name, "no arguments", at);
    }
    let (filter, ty) = match name.text.as_str() {
        "abs" => (Filter::Abs, ty),
        _ if digits => (Filter::Round, ty),
        _ => (Filter::Round, Type::Integer),
    };
    let expr = Expr::Filter { filter, of: Box::new(subject.expr), argument: None };
    Typed { optional: subject.optional, ..Typed::of(expr, ty, at) }
}

fn on_text_or_set(typer: &mut Typer<'_>, subject: Typed, name: &Word, at: &Range<usize>) -> Typed {
    match &subject.ty {
        Ty::Of(Type::Text { .. } | Type::Enum { .. } | Type::Set { .. }) | Ty::List(_) => {
            let expr = Expr::Filter { filter: Filter::Length, of: Box::new(subject.expr), argument: None };
            Typed { optional: subject.optional, ..Typed::of(expr, Type::Integer, at) }
        }
        Ty::Of(_) | Ty::Absent | Ty::Item(_) | Ty::Items(_) | Ty::Unknown => {
            unfit(typer, &subject, name, "text or a set", at)
        }
    }
}

/// A filter that gives text.
fn printed(
    typer: &mut Typer<'_>,
    subject: Typed,
    filter: &TemplateFilter,
    name: &Word,
    args: &Args,
    at: &Range<usize>,
) -> Typed {
    let wanted = match (filter.takes, &subject.ty) {
        (Takes::Text, Ty::Of(Type::Text { .. } | Type::Enum { .. }))
        | (Takes::List, Ty::Of(Type::Set { .. }) | Ty::List(_))
        | (Takes::Number, Ty::Of(Type::Integer | Type::Number { .. }))
        | (Takes::Moment, Ty::Of(Type::Date | Type::Datetime))
        | (Takes::Instant, Ty::Of(Type::Datetime))
        | (Takes::Printed | Takes::Any, Ty::Of(_))
        | (Takes::TextOrList, Ty::Of(Type::Text { .. } | Type::Enum { .. } | Type::Set { .. }) | Ty::List(_)) => None,
        (Takes::Text, _) => Some("text"),
        (Takes::List, _) => Some("a set"),
        (Takes::Number, _) => Some("a number"),
        (Takes::Moment, _) => Some("a date or time"),
        (Takes::Instant, _) => Some("a time"),
        (Takes::TextOrList, _) => Some("text or a set"),
        (Takes::Printed | Takes::Any, _) => Some("a value"),
    };
    if let Some(wanted) = wanted {
        return unfit(typer, &subject, name, wanted, at);
    }
    if typer.place == Place::Template && !takes_arguments(typer, filter, name, args, at) {
        return Typed::unknown(at);
    }
    let kind = match filter.name {
        "lower" => Filter::Lower,
        "upper" => Filter::Upper,
        _ => Filter::Trim,
    };
    let expr = Expr::Filter { filter: kind, of: Box::new(subject.expr), argument: None };
    Typed { optional: subject.optional, ..Typed::of(expr, text_type(), at) }
}

/// Whether the arguments are those that the filter's row names. Says what is wrong with them.
fn takes_arguments(
    typer: &mut Typer<'_>,
    filter: &TemplateFilter,
    name: &Word,
    args: &Args,
    at: &Range<usize>,
) -> bool {
    let takes = arguments_in_words(filter);
    let by_name = |word: &Word| filter.arguments.iter().find(|argument| argument.name == word.text);
    let given = filter.arguments.iter().map(Some).chain(std::iter::repeat(None)).zip(&args.positional);
    let named = args.named.iter().map(|(word, value)| (by_name(word), value));
    let given: Vec<(Option<&Argument>, &Raw)> = given.chain(named).collect();
    let missing = filter.arguments.iter().any(|argument| {
        argument.required && !given.iter().any(|(known, _)| known.is_some_and(|known| known.name == argument.name))
    });
    if missing || given.iter().any(|(known, _)| known.is_none()) {
        wrong_arguments(typer, name, &takes, at);
        return false;
    }
    for (argument, raw) in given {
        let typed = typer.expr(raw);
        let fits = match (argument.map(|argument| argument.is), &typed.ty) {
            (_, Ty::Unknown) => return false,
            (Some(ArgumentIs::OneOf(words)), _) => {
                matches!(&raw.kind, ExprKind::Text(text) if words.contains(&text.as_str()))
            }
            (Some(ArgumentIs::Text), ty) => matches!(ty, Ty::Of(Type::Text { .. } | Type::Enum { .. })),
            (Some(ArgumentIs::Integer), ty) => matches!(ty, Ty::Of(Type::Integer)),
            (Some(ArgumentIs::Boolean), ty) => matches!(ty, Ty::Of(Type::Boolean)),
            (Some(ArgumentIs::Any) | None, _) => true,
        };
        if !fits {
            wrong_arguments(typer, name, &takes, &raw.at);
            return false;
        }
    }
    true
}

/// What a filter takes in its brackets, for messages.
fn arguments_in_words(filter: &TemplateFilter) -> String {
    let word = |argument: &Argument| {
        let is = match argument.is {
            ArgumentIs::Text => "text".to_owned(),
            ArgumentIs::Integer => "a whole number".to_owned(),
            ArgumentIs::Boolean => "`true` or `false`".to_owned(),
            ArgumentIs::Any => "a value".to_owned(),
            ArgumentIs::OneOf(words) => format!("one of {}", listed(words)),
        };
        let perhaps = if argument.required { "" } else { "perhaps " };
        format!("{perhaps}{is} as `{}`", argument.name)
    };
    match filter.arguments {
        [] => "no arguments".to_owned(),
        arguments => arguments.iter().map(word).collect::<Vec<_>>().join(" and "),
    }
}

fn unfit(typer: &mut Typer<'_>, subject: &Typed, name: &Word, wanted: &str, at: &Range<usize>) -> Typed {
    let described = describe(subject);
    let message = format!("the filter `{}` takes {wanted}, not {described}", name.text);
    let finding = typer.fault(Code::TypeMismatch, &subject.at, message).here(described);
    typer.give_up(finding, at)
}

/// `a is startingwith("x")` and `a is endingwith("x")`.
pub(crate) fn text_test(typer: &mut Typer<'_>, of: &Raw, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
    let [with] = args.positional.as_slice() else { return wrong_arguments(typer, name, "one text", at) };
    let (of, with) = (typer.expr(of), typer.expr(with));
    for side in [&of, &with] {
        match &side.ty {
            Ty::Of(Type::Text { .. } | Type::Enum { .. }) => {}
            Ty::Unknown => return Typed::unknown(at),
            Ty::Of(_) | Ty::Absent | Ty::List(_) | Ty::Item(_) | Ty::Items(_) => {
                let message = format!("`{}` tests text, not {}", name.text, describe(side));
                let finding = typer.fault(Code::TypeMismatch, &side.at, message);
                return typer.give_up(finding, at);
            }
        }
    }
    let test = if name.text == "startingwith" { TextTest::StartsWith } else { TextTest::EndsWith };
    Typed::of(Expr::TextTest { test, of: Box::new(of.expr), with: Box::new(with.expr) }, Type::Boolean, at)
}

/// Says that a function, filter or test does not exist.
pub(crate) fn unknown(typer: &mut Typer<'_>, what: &str, name: &Word, known: &[&str], at: &Range<usize>) -> Typed {
    let finding = typer.fault(Code::UnknownFunction, &name.at, format!("there is no {what} named `{}`", name.text));
    let finding = finding.here(format!("not a {what}"));
    let finding = match nearest(&name.text, known.iter().copied()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help(format!("known are {}", listed(known))),
    };
    typer.give_up(finding, at)
}

/// Says what a function, filter or test takes.
pub(crate) fn wrong_arguments(typer: &mut Typer<'_>, name: &Word, takes: &str, at: &Range<usize>) -> Typed {
    // What a filter is put to is not at fault.
    let is_around = at.start <= name.at.start && name.at.end <= at.end;
    let place = if is_around { name.at.start..at.end } else { at.clone() };
    let finding = typer.fault(Code::WrongArguments, &place, format!("`{}` takes {takes}", name.text));
    typer.give_up(finding, at)
}
