//! The canonical text of an expression: the same for the same meaning, however it was written.

use std::fmt::{self, Display, Formatter};

use super::expr::{Cmp, Expr, Filter, History, Sign, TextTest};
use super::value::Value;
use super::{Catalog, Channel, Counted, Frequency, MailLimit, Window};
use crate::text::is_japanese_letter;

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Const { value } => write!(f, "{value}"),
            Expr::Absent => f.write_str("none"),
            Expr::Field { name } => f.write_str(name),
            Expr::EventProperty { name } => write!(f, "event.{name}"),
            Expr::EntryProperty { name, .. } => write!(f, "entry.{name}"),
            Expr::Score { model } => write!(f, "score.{model}"),
            Expr::Grade { model } => write!(f, "grade.{model}"),
            Expr::Stage => f.write_str("stage"),
            Expr::Persona => f.write_str("persona"),
            Expr::Now => f.write_str("now"),
            Expr::Today => f.write_str("today"),
            Expr::All { of } => joined(f, self, of, " and "),
            Expr::Any { of } => joined(f, self, of, " or "),
            Expr::Not { of } => {
                f.write_str("not ")?;
                part(f, self, of)
            }
            Expr::Compare { cmp, left, right } => infix(f, self, left, cmp.text(), right),
            Expr::OneOf { of, values } => {
                part(f, self, of)?;
                f.write_str(" in ")?;
                list(f, values)
            }
            Expr::Holds { set, value } => infix(f, self, value, "in", set),
            Expr::IsAbsent { of } => {
                part(f, self, of)?;
                f.write_str(" is none")
            }
            Expr::Arithmetic { sign, left, right } => infix(f, self, left, sign.text(), right),
            Expr::TextTest { test, of, with } => match test {
                TextTest::Contains => infix(f, self, with, "in", of),
                TextTest::StartsWith => tested(f, self, of, "startingwith", with),
                TextTest::EndsWith => tested(f, self, of, "endingwith", with),
            },
            Expr::Filter { filter, of, argument } => {
                part(f, self, of)?;
                write!(f, " | {}", filter.text())?;
                argument.as_ref().map_or(Ok(()), |argument| write!(f, "({argument})"))
            }
            Expr::If { test, then, otherwise } => write!(f, "({then} if {test} else {otherwise})"),
            Expr::InSegment { segment } => write!(f, "in_segment({})", Quoted(segment)),
            Expr::InList { list } => write!(f, "in_list({})", Quoted(list)),
            Expr::Subscribed { topic } => write!(f, "subscribed({})", Quoted(topic)),
            Expr::DaysSinceConsent { topic } => write!(f, "days_since_consent({})", Quoted(topic)),
            Expr::Count { of } => history(f, "count", of),
            Expr::DaysSince { of } => history(f, "days_since", of),
            Expr::DaysSinceDate { of } => write!(f, "days_since({of})"),
            Expr::DaysUntil { of, yearly: false } => write!(f, "days_until({of})"),
            Expr::DaysUntil { of, yearly: true } => write!(f, "days_until({of}, every=\"year\")"),
            Expr::Received { content, within_secs, since_entry } => {
                write!(f, "received({}", Quoted(content))?;
                within(f, *within_secs)?;
                since(f, *since_entry)?;
                f.write_str(")")
            }
            Expr::Reachable { channel } => write!(f, "reachable({:?})", channel.word()),
            Expr::Reached { stage } => write!(f, "reached({})", Quoted(stage)),
            Expr::InJourney { journey } => write!(f, "in_journey({})", Quoted(journey)),
            Expr::Bought { catalog, item } => write!(f, "bought({}, {})", Quoted(catalog), Quoted(item)),
            Expr::Finished { journey } => write!(f, "finished({})", Quoted(journey)),
        }
    }
}

/// A text in quotes, with escapes as Rust has them.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // Texts are printed very often, and hardly any has something that may have to be escaped.
        let is_plain = |c: char| matches!(c, ' ' | '!' | '#'..='[' | ']'..='~') || is_japanese_letter(c);
        if !self.0.chars().all(is_plain) {
            return write!(f, "{:?}", self.0);
        }
        f.write_str("\"")?;
        f.write_str(self.0)?;
        f.write_str("\"")
    }
}

/// How tightly an expression binds; a part that binds less tightly than the whole stands in brackets.
fn strength(expr: &Expr) -> u8 {
    match expr {
        Expr::Any { .. } => 1,
        Expr::All { .. } => 2,
        Expr::Not { .. } => 3,
        Expr::Compare { .. } | Expr::OneOf { .. } | Expr::Holds { .. } => 4,
        Expr::TextTest { test: TextTest::Contains, .. } => 4,
        Expr::Arithmetic { sign: Sign::Add | Sign::Sub, .. } => 5,
        Expr::Arithmetic { sign: Sign::Mul | Sign::Div | Sign::Rem, .. } => 6,
        Expr::IsAbsent { .. } | Expr::TextTest { .. } | Expr::Filter { .. } => 7,
        Expr::Const { .. }
        | Expr::Absent
        | Expr::Field { .. }
        | Expr::EventProperty { .. }
        | Expr::EntryProperty { .. }
        | Expr::Score { .. }
        | Expr::Grade { .. }
        | Expr::Stage
        | Expr::Persona
        | Expr::Now
        | Expr::Today
        | Expr::If { .. }
        | Expr::InSegment { .. }
        | Expr::InList { .. }
        | Expr::Subscribed { .. }
        | Expr::DaysSinceConsent { .. }
        | Expr::Count { .. }
        | Expr::DaysSince { .. }
        | Expr::DaysSinceDate { .. }
        | Expr::DaysUntil { .. }
        | Expr::Received { .. }
        | Expr::InJourney { .. }
        | Expr::Bought { .. }
        | Expr::Reachable { .. }
        | Expr::Reached { .. }
        | Expr::Finished { .. } => 8,
    }
}

fn part(f: &mut Formatter<'_>, whole: &Expr, part: &Expr) -> fmt::Result {
    if strength(part) <= strength(whole) { write!(f, "({part})") } else { write!(f, "{part}") }
}

fn joined(f: &mut Formatter<'_>, whole: &Expr, parts: &[Expr], word: &str) -> fmt::Result {
    for (at, each) in parts.iter().enumerate() {
        f.write_str(if at == 0 { "" } else { word })?;
        part(f, whole, each)?;
    }
    Ok(())
}

fn infix(f: &mut Formatter<'_>, whole: &Expr, left: &Expr, word: &str, right: &Expr) -> fmt::Result {
    part(f, whole, left)?;
    write!(f, " {word} ")?;
    part(f, whole, right)
}

fn tested(f: &mut Formatter<'_>, whole: &Expr, of: &Expr, word: &str, with: &Expr) -> fmt::Result {
    part(f, whole, of)?;
    write!(f, " is {word}({with})")
}

fn list(f: &mut Formatter<'_>, values: &[Value]) -> fmt::Result {
    f.write_str("[")?;
    for (at, value) in values.iter().enumerate() {
        write!(f, "{}{value}", if at == 0 { "" } else { ", " })?;
    }
    f.write_str("]")
}

fn history(f: &mut Formatter<'_>, function: &str, of: &History) -> fmt::Result {
    write!(f, "{function}({}", Quoted(&of.event))?;
    within(f, of.within_secs)?;
    since(f, of.since_entry)?;
    if let Some(filter) = &of.filter {
        write!(f, ", where={filter}")?;
    }
    f.write_str(")")
}

fn within(f: &mut Formatter<'_>, secs: Option<i64>) -> fmt::Result {
    secs.map_or(Ok(()), |secs| write!(f, ", within=\"{}\"", Duration(secs)))
}

fn since(f: &mut Formatter<'_>, entry: bool) -> fmt::Result {
    if entry { f.write_str(", since=\"entry\"") } else { Ok(()) }
}

/// A duration in the largest units that give whole numbers.
pub struct Duration(pub i64);

impl Display for Duration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let units = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
        let (size, unit) = units.into_iter().find(|(size, _)| self.0 % size == 0).unwrap_or((1, "second"));
        let count = self.0 / size;
        write!(f, "{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

/// A window of time in words.
pub fn window(window: Window) -> String {
    match window {
        Window::RollingSecs(secs) => duration(secs),
        Window::CalendarDay => "calendar day".to_owned(),
        Window::CalendarWeek => "calendar week".to_owned(),
        Window::CalendarMonth => "calendar month".to_owned(),
        Window::Ever => "lead".to_owned(),
    }
}

/// What goes with an item, as many as are recommended, each with its score to three digits: `filters 0.894`.
pub fn goes_with(catalog: &Catalog, item: u32) -> Vec<String> {
    let others = catalog.together.get(item as usize).into_iter().flatten();
    let others = others.take(catalog.recommend.count as usize).map(|other| {
        let thousandths = (other.score + 500) / 1_000;
        format!("{} {}.{:03}", catalog.key_of(other.item), thousandths / 1_000, thousandths % 1_000)
    });
    others.collect()
}

/// What sells best, as many as are recommended.
pub fn sells_best(catalog: &Catalog) -> String {
    let best = catalog.bestsellers.iter().take(catalog.recommend.count as usize);
    best.map(|item| catalog.key_of(*item)).collect::<Vec<_>>().join(", ")
}

/// A number of seconds in words: `2 days 12 hours`.
pub fn duration(secs: i64) -> String {
    let mut rest = secs;
    let mut words = Vec::new();
    for (size, unit) in [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")] {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            words.push(format!("{count} {unit}{}", if count == 1 { "" } else { "s" }));
        }
    }
    if words.is_empty() { "0 seconds".to_owned() } else { words.join(" ") }
}

/// A minute of the day: `09:00`.
pub fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A moment near a date, as it is written: so many seconds from the date on, negative before it, and a minute of that day.
pub fn near_date(of: &Expr, offset_secs: i64, minute: Option<u16>) -> String {
    let time = minute.map_or(String::new(), |minute| format!(" {}", clock(minute)));
    let from = match offset_secs.signum() {
        -1 => format!("{} before", duration(-offset_secs)),
        1 => format!("{} after", duration(offset_secs)),
        _ => "on".to_owned(),
    };
    format!("{from} {of}{time}")
}

/// A length of time in words, with its calendar.
pub fn length(length: &super::Length) -> String {
    match length {
        super::Length::Secs(secs) => duration(*secs),
        super::Length::BusinessDays { days: 1, calendar } => format!("1 business day ({calendar})"),
        super::Length::BusinessDays { days, calendar } => format!("{days} business days ({calendar})"),
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Number(value) => write!(f, "{value:?}"),
            Value::Text(value) => Quoted(value).fmt(f),
            Value::Date(days) => write!(f, "\"{}\"", date(*days)),
            Value::Datetime(secs) => match jiff::Timestamp::from_second(*secs) {
                Ok(instant) => write!(f, "\"{instant}\""),
                Err(_) => write!(f, "{secs}"),
            },
            Value::Set(values) => write!(f, "{values:?}"),
        }
    }
}

fn date(days: i32) -> jiff::civil::Date {
    let span = jiff::Span::new().try_days(i64::from(days)).unwrap_or_default();
    jiff::civil::date(1970, 1, 1).saturating_add(span)
}

impl Frequency {
    /// What the rule allows: `at most 3 marketing per 7 days`.
    pub fn limit_text(&self) -> String {
        MailLimit::from(self).text()
    }
}

impl MailLimit {
    /// What it allows: `at most 3 marketing per 7 days`.
    pub fn text(&self) -> String {
        format!("at most {}{} per {}", self.at_most, self.counts.text(), window(self.per))
    }

    /// The same with its channels, if it does not count all that intrude: `at most 2 per 1 day by sms`.
    pub fn whole_text(&self) -> String {
        let usual = Channel::ALL.into_iter().filter(|channel| channel.usual().intrudes);
        if usual.eq(self.channels.iter().copied()) {
            return self.text();
        }
        let words: Vec<&str> = self.channels.iter().map(|channel| channel.word()).collect();
        format!("{} by {}", self.text(), words.join(", "))
    }
}

impl Counted {
    /// The class, behind a number: ` marketing`; nothing for all.
    pub fn text(&self) -> String {
        match self {
            Counted::All => String::new(),
            Counted::Marketing => " marketing".to_owned(),
            Counted::Topic(topic) => format!(" `{topic}`"),
        }
    }
}

/// What became of a mail that was asked for: when it was sent, in seconds since 1970-01-01T00:00:00Z, or why it was not.
pub fn fate(asked_secs: i64, end: Result<i64, &str>) -> String {
    match end {
        Ok(sent) if sent == asked_secs => "sent at once".to_owned(),
        Ok(sent) => format!("held for {}", duration(sent - asked_secs)),
        Err(reason) => format!("not sent: {reason}"),
    }
}

impl Cmp {
    /// The operator.
    pub fn text(self) -> &'static str {
        match self {
            Cmp::Eq => "==",
            Cmp::Ne => "!=",
            Cmp::Lt => "<",
            Cmp::Le => "<=",
            Cmp::Gt => ">",
            Cmp::Ge => ">=",
        }
    }
}

impl Sign {
    /// The operator.
    pub fn text(self) -> &'static str {
        match self {
            Sign::Add => "+",
            Sign::Sub => "-",
            Sign::Mul => "*",
            Sign::Div => "/",
            Sign::Rem => "%",
        }
    }
}

impl Filter {
    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Filter::Lower => "lower",
            Filter::Upper => "upper",
            Filter::Trim => "trim",
            Filter::Length => "length",
            Filter::Abs => "abs",
            Filter::Round => "round",
            Filter::Default => "default",
        }
    }
}
