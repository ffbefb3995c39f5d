//! The filters of templates as a table: what each takes and gives. `resolve` types templates by it, `mail` renders by the
//! same names.

/// A filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemplateFilter {
    /// Its name.
    pub name: &'static str,
    /// What stands before the bar.
    pub takes: Takes,
    /// What stands in the brackets, in order.
    pub arguments: &'static [Argument],
    /// What comes out.
    pub gives: Gives,
    /// Whether conditions have it as well.
    pub in_conditions: bool,
}

/// An argument of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its name, for `name=value`.
    pub name: &'static str,
    /// What it is.
    pub is: ArgumentIs,
    /// Whether it must be there.
    pub required: bool,
}

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentIs {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// Anything.
    Any,
    /// One of these words in quotes.
    OneOf(&'static [&'static str]),
}

/// What a filter is applied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Text, names of values included.
    Text,
    /// A number.
    Number,
    /// A date or an instant.
    Moment,
    /// An instant.
    Instant,
    /// A set or list.
    List,
    /// Text, a set or a list.
    TextOrList,
    /// Any value that is printed.
    Printed,
    /// Anything, absent as well.
    Any,
}

/// What a filter gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Text.
    Text,
    /// Text that is printed as it is, without escaping.
    Markup,
    /// A whole number.
    Integer,
    /// The number it was given.
    Same,
    /// One of the list, which may be none.
    Item,
    /// The value, or the argument where it is absent.
    ValueOrArgument,
}

/// The forms of `date`.
pub const DATE_FORMS: &[&str] = &["long", "short", "weekday", "era", "iso"];

const fn plain(name: &'static str, takes: Takes, gives: Gives) -> TemplateFilter {
    TemplateFilter { name, takes, arguments: &[], gives, in_conditions: false }
}

const fn both(name: &'static str, takes: Takes, gives: Gives) -> TemplateFilter {
    TemplateFilter { in_conditions: true, ..plain(name, takes, gives) }
}

const fn with(filter: TemplateFilter, arguments: &'static [Argument]) -> TemplateFilter {
    TemplateFilter { arguments, ..filter }
}

const fn may(name: &'static str, is: ArgumentIs) -> Argument {
    Argument { name, is, required: false }
}

const fn must(name: &'static str, is: ArgumentIs) -> Argument {
    Argument { name, is, required: true }
}

const FALLBACK: &[Argument] = &[must("value", ArgumentIs::Any), may("empty_too", ArgumentIs::Boolean)];

/// All filters, by name.
pub const TEMPLATE_FILTERS: &[TemplateFilter] = &[
    both("abs", Takes::Number, Gives::Same),
    plain("capitalize", Takes::Text, Gives::Text),
    plain("count", Takes::TextOrList, Gives::Integer),
    with(plain("d", Takes::Any, Gives::ValueOrArgument), FALLBACK),
    with(plain("date", Takes::Moment, Gives::Text), &[may("form", ArgumentIs::OneOf(DATE_FORMS))]),
    with(both("default", Takes::Any, Gives::ValueOrArgument), FALLBACK),
    plain("e", Takes::Printed, Gives::Markup),
    plain("escape", Takes::Printed, Gives::Markup),
    plain("first", Takes::TextOrList, Gives::Item),
    with(plain("honorific", Takes::Text, Gives::Text), &[may("word", ArgumentIs::Text)]),
    with(plain("join", Takes::List, Gives::Text), &[may("between", ArgumentIs::Text)]),
    plain("last", Takes::TextOrList, Gives::Item),
    both("length", Takes::TextOrList, Gives::Integer),
    both("lower", Takes::Text, Gives::Text),
    plain("money", Takes::Number, Gives::Text),
    with(plain("number", Takes::Number, Gives::Text), &[may("digits", ArgumentIs::Integer)]),
    with(plain("replace", Takes::Text, Gives::Text), &[must("from", ArgumentIs::Text), must("to", ArgumentIs::Text)]),
    with(both("round", Takes::Number, Gives::Same), &[may("digits", ArgumentIs::Integer)]),
    plain("safe", Takes::Printed, Gives::Markup),
    plain("time", Takes::Instant, Gives::Text),
    plain("title", Takes::Text, Gives::Text),
    both("trim", Takes::Text, Gives::Text),
    with(
        plain("truncate", Takes::Text, Gives::Text),
        &[must("width", ArgumentIs::Integer), may("end", ArgumentIs::Text)],
    ),
    both("upper", Takes::Text, Gives::Text),
    plain("urlencode", Takes::Printed, Gives::Text),
];

/// The filter of this name.
pub fn template_filter(name: &str) -> Option<&'static TemplateFilter> {
    TEMPLATE_FILTERS.iter().find(|filter| filter.name == name)
}
