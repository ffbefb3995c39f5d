//! What a field of a made-up lead may hold, and how a value is drawn from that.

use std::collections::BTreeSet;

use super::chance::Chance;
use super::eval::{Fields, eval};
use crate::ir::expr::{Cmp, TextTest};
use crate::ir::value::TextFormat;
use crate::ir::{Expr, Field, Settings, Type, Value};

/// What is wished of a field.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    /// Whether it may be absent at all.
    optional: bool,
    /// Whether it is to be there; `None` where nobody cares.
    presence: Option<Presence>,
    /// Its values.
    pub(super) domain: Domain,
}

/// Whether a field has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Present,
    Absent,
}

/// Values that are allowed.
#[derive(Clone, Debug)]
pub(super) enum Domain {
    /// One of these.
    Choice(Vec<Value>),
    /// A number, or a date or instant as its number.
    Range { low: f64, high: f64, not: Vec<f64>, unit: Unit },
    /// Text.
    Text { not: Vec<String>, start: String, middle: Vec<String>, end: String, shortest: f64, longest: f64 },
    /// A set of these.
    Set { values: Vec<String>, with: BTreeSet<String>, without: BTreeSet<String>, smallest: f64, largest: f64 },
}

/// What the numbers of a range are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Integer,
    Number { money: bool },
    Date,
    Datetime,
}

impl Wish {
    /// All that a field allows.
    pub(super) fn of(field: &Field) -> Self {
        let (low, high) = (field.min.unwrap_or(f64::NEG_INFINITY), field.max.unwrap_or(f64::INFINITY));
        let range = |unit| Domain::Range { low, high, not: Vec::new(), unit };
        let domain = match &field.ty {
            Type::Text { .. } => Domain::Text {
                not: Vec::new(),
                start: String::new(),
                middle: Vec::new(),
                end: String::new(),
                shortest: 0.0,
                longest: f64::INFINITY,
            },
            Type::Integer => {
                Domain::Range { low: low.ceil(), high: high.floor(), not: Vec::new(), unit: Unit::Integer }
            }
            Type::Number { money } => range(Unit::Number { money: *money }),
            Type::Boolean => Domain::Choice(vec![Value::Bool(true), Value::Bool(false)]),
            Type::Date => range(Unit::Date),
            Type::Datetime => range(Unit::Datetime),
            Type::Enum { values } => Domain::Choice(values.iter().cloned().map(Value::Text).collect()),
            Type::Set { values } => Domain::Set {
                values: values.to_vec(),
                with: BTreeSet::new(),
                without: BTreeSet::new(),
                smallest: 0.0,
                largest: values.len() as f64,
            },
        };
        Wish { optional: field.optional, presence: None, domain }
    }

    /// Whether there are so few values that each can be tried.
    pub(super) fn is_finite(&self) -> bool {
        matches!(self.domain, Domain::Choice(_))
    }

    /// Whether some value is left.
    pub(super) fn is_possible(&self) -> bool {
        match &self.domain {
            Domain::Choice(values) => !values.is_empty(),
            Domain::Range { low, high, not, .. } => low <= high && !(low == high && not.contains(low)),
            Domain::Text { shortest, longest, .. } => shortest <= longest,
            Domain::Set { values, with, without, smallest, largest } => {
                with.is_disjoint(without)
                    && with.len() as f64 <= *largest
                    && (values.len() - without.len()) as f64 >= *smallest
                    && smallest <= largest
            }
        }
    }

    /// Wants the field to be there or not.
    pub(super) fn require(&mut self, presence: Presence) -> bool {
        let before = *self.presence.get_or_insert(presence);
        before == presence && (presence == Presence::Present || self.optional)
    }

    /// Wants `field cmp value`.
    pub(super) fn compare(&mut self, cmp: Cmp, value: &Value) -> bool {
        match &mut self.domain {
            Domain::Choice(values) => values.retain(|one| compares(cmp, one, value)),
            Domain::Range { low, high, not, unit } => {
                let Some(number) = number_of(value) else { return true };
                let whole = !matches!(unit, Unit::Number { .. });
                let above = if whole { number.floor() + 1.0 } else { number.next_up() };
                let below = if whole { number.ceil() - 1.0 } else { number.next_down() };
                match cmp {
                    Cmp::Eq => (*low, *high) = (low.max(number), high.min(number)),
                    Cmp::Ne => not.push(number),
                    Cmp::Lt => *high = high.min(below),
                    Cmp::Le => *high = high.min(if whole { number.floor() } else { number }),
                    Cmp::Gt => *low = low.max(above),
                    Cmp::Ge => *low = low.max(if whole { number.ceil() } else { number }),
                }
            }
            Domain::Text { not, .. } => match (cmp, value) {
                (Cmp::Eq, value) => return self.among(std::slice::from_ref(value)),
                (Cmp::Ne, Value::Text(text)) => not.push(text.clone()),
                (_, _) => {}
            },
            Domain::Set { .. } => {}
        }
        self.require(Presence::Present) && self.is_possible()
    }

    /// Wants one of the values.
    pub(super) fn among(&mut self, values: &[Value]) -> bool {
        let fits = |value: &Value| match (&self.domain, value) {
            (Domain::Choice(known), value) => known.contains(value),
            (Domain::Range { low, high, not, .. }, value) => {
                number_of(value).is_some_and(|number| (*low..=*high).contains(&number) && !not.contains(&number))
            }
            (Domain::Text { not, start, middle, end, .. }, Value::Text(text)) => {
                let parts = middle.iter().all(|part| text.contains(part));
                !not.contains(text) && parts && text.starts_with(start.as_str()) && text.ends_with(end.as_str())
            }
            (Domain::Text { .. } | Domain::Set { .. }, _) => false,
        };
        let unit = if let Domain::Range { unit, .. } = &self.domain { Some(*unit) } else { None };
        let kept = values.iter().filter(|value| fits(value));
        let kept = kept.filter_map(|value| match unit {
            Some(unit) => number_of(value).map(|number| value_of(number, unit)),
            None => Some(value.clone()),
        });
        self.domain = Domain::Choice(kept.collect());
        self.require(Presence::Present) && self.is_possible()
    }

    /// Wants a set to hold a value, or not to.
    pub(super) fn include(&mut self, value: &str, wanted: bool) -> bool {
        if let Domain::Set { with, without, .. } = &mut self.domain {
            if wanted { with } else { without }.insert(value.to_owned());
        }
        self.require(Presence::Present) && self.is_possible()
    }

    /// Wants text to pass a test.
    pub(super) fn text(&mut self, test: TextTest, part: &str) -> bool {
        if let Domain::Text { start, middle, end, .. } = &mut self.domain {
            match test {
                TextTest::Contains => middle.push(part.to_owned()),
                TextTest::StartsWith if part.starts_with(start.as_str()) => part.clone_into(start),
                TextTest::StartsWith if !start.starts_with(part) => return false,
                TextTest::EndsWith if part.ends_with(end.as_str()) => part.clone_into(end),
                TextTest::EndsWith if !end.ends_with(part) => return false,
                TextTest::StartsWith | TextTest::EndsWith => {}
            }
        }
        self.require(Presence::Present)
    }

    /// Wants the length of text, or the number of values of a set.
    pub(super) fn length(&mut self, cmp: Cmp, length: f64) -> bool {
        let (least, most) = match cmp {
            Cmp::Eq => (length, length),
            Cmp::Ne => (0.0, f64::INFINITY),
            Cmp::Lt => (0.0, length.ceil() - 1.0),
            Cmp::Le => (0.0, length.floor()),
            Cmp::Gt => (length.floor() + 1.0, f64::INFINITY),
            Cmp::Ge => (length.ceil(), f64::INFINITY),
        };
        match &mut self.domain {
            Domain::Text { shortest: low, longest: high, .. } | Domain::Set { smallest: low, largest: high, .. } => {
                (*low, *high) = (low.max(least), high.min(most));
            }
            Domain::Choice(_) | Domain::Range { .. } => {}
        }
        self.require(Presence::Present) && self.is_possible()
    }
}

/// What is believable in a campaign.
#[derive(Clone, Debug)]
pub(super) struct Style {
    japanese: bool,
    /// Day around which dates lie.
    today: f64,
}

impl Style {
    /// That of a project.
    pub(super) fn of(settings: &Settings) -> Self {
        let start = settings.simulation.start.as_deref().and_then(|day| day.parse::<jiff::civil::Date>().ok());
        let start = start.unwrap_or(jiff::civil::Date::constant(2026, 1, 1));
        let days = start.duration_since(jiff::civil::Date::constant(1970, 1, 1)).as_hours() / 24;
        let japanese = settings.locale.as_deref().is_some_and(|tag| tag == "ja" || tag.starts_with("ja-"));
        Style { japanese, today: days as f64 }
    }
}

/// A value to draw.
pub(super) struct Task<'a> {
    pub(super) name: &'a str,
    pub(super) field: &'a Field,
    pub(super) wish: &'a Wish,
    /// 1-based number of the lead.
    pub(super) number: u64,
    /// Constants that the campaign compares the field with.
    pub(super) hints: &'a [Value],
}

/// Draws a value. One optional field in ten is left out; everybody has an address, and nobody a creation time, a
/// time zone of their own or a source unless a condition asks for it.
pub(super) fn fill(task: &Task<'_>, style: &Style, chance: &Chance) -> Option<Value> {
    let name = task.name;
    let absent = match (task.wish.presence, name) {
        (Some(presence), _) => presence == Presence::Absent,
        (None, "created_at" | "timezone") => true,
        (None, "source" | "last_source") if task.field.builtin => true,
        (None, "email") => false,
        (None, _) => task.wish.optional && chance.unit(name, 0) < 0.1,
    };
    if absent {
        return None;
    }
    match &task.wish.domain {
        Domain::Choice(values) => values.get(chance.below(name, 1, values.len())).cloned(),
        Domain::Range { low, high, not, unit } => {
            let (low, high) = span(*low, *high, *unit, task.hints, style);
            // A few tries miss what is not wanted, unless there is nothing else.
            let numbers = (1..=16)
                .map(|nth| spread(low, high, *unit, (chance.unit(name, 2 * nth), chance.unit(name, 2 * nth + 1))));
            let mut numbers = numbers.map(|number| rounded(number, low, high, *unit));
            numbers.find(|number| !not.contains(number)).map(|number| value_of(number, *unit))
        }
        Domain::Text { .. } => Some(Value::Text(text(task, style, chance))),
        Domain::Set { values, with, without, smallest, largest } => {
            let mut set = with.clone();
            let free: Vec<&String> =
                values.iter().filter(|value| !with.contains(*value) && !without.contains(*value)).collect();
            let draw = |value: &str| chance.unit(&format!("{name}={value}"), 0);
            let mut ranked: Vec<(f64, &String)> = free.into_iter().map(|value| (draw(value), value)).collect();
            ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (drawn, value) in ranked {
                let size = set.len() as f64;
                if size < *smallest || (drawn < 0.35 && size < *largest) {
                    set.insert(value.clone());
                }
            }
            Some(Value::Set(set))
        }
    }
}

/// Finite ends of a range: its own, else round the constants it is compared with, else what is usual.
fn span(low: f64, high: f64, unit: Unit, hints: &[Value], style: &Style) -> (f64, f64) {
    let numbers: Vec<f64> = hints.iter().filter_map(number_of).collect();
    let least = numbers.iter().copied().reduce(f64::min);
    let most = numbers.iter().copied().reduce(f64::max);
    let (usual_low, usual_high) = match unit {
        Unit::Integer => (least.map_or(0.0, |n| widened(n, -1.0)), most.map_or(1000.0, |n| widened(n, 1.0))),
        Unit::Number { money } => {
            let top = if money { 1_000_000.0 } else { 100.0 };
            (least.map_or(0.0, |n| widened(n, -1.0)), most.map_or(top, |n| widened(n, 1.0)))
        }
        Unit::Date => (least.unwrap_or(style.today) - 365.0, most.unwrap_or(style.today) + 365.0),
        Unit::Datetime => {
            let (day, today) = (86_400.0, style.today * 86_400.0);
            (least.unwrap_or(today) - 365.0 * day, most.unwrap_or(today) + 365.0 * day)
        }
    };
    let reach = match unit {
        Unit::Integer | Unit::Number { .. } => 10.0,
        Unit::Date => 365.0,
        Unit::Datetime => 365.0 * 86_400.0,
    };
    let bottom = if low.is_finite() { low } else { usual_low.min(high - if high.is_finite() { reach } else { 0.0 }) };
    let top = if high.is_finite() { high } else { usual_high.max(bottom + reach) };
    (bottom, top)
}

/// A number a few times as far from zero, or as near to it.
fn widened(number: f64, direction: f64) -> f64 {
    if (number > 0.0) == (direction > 0.0) { number * 4.0 + direction } else { number / 4.0 }
}

/// A number between `low` and `high`. Where they are orders of magnitude apart, each doubling is as likely as the next,
/// as with sizes of companies. (No logarithm: its last bit differs between machines.)
fn spread(low: f64, high: f64, unit: Unit, (first, second): (f64, f64)) -> f64 {
    let flat = matches!(unit, Unit::Date | Unit::Datetime) || low < 0.0 || high < 20.0 * (low + 1.0);
    if flat {
        return low + (high - low) * second;
    }
    let mut ends = vec![low];
    let mut end = low + 1.0;
    while end * 2.0 < high {
        end *= 2.0;
        ends.push(end);
    }
    ends.push(high);
    let at = ((first * (ends.len() - 1) as f64) as usize).min(ends.len() - 2);
    ends[at] + (ends[at + 1] - ends[at]) * second
}

fn rounded(number: f64, low: f64, high: f64, unit: Unit) -> f64 {
    let round = match unit {
        Unit::Number { money: false } => (number * 100.0).round() / 100.0,
        Unit::Integer | Unit::Number { money: true } | Unit::Date | Unit::Datetime => number.round(),
    };
    round.clamp(low, high)
}

fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Date(days) => Some(f64::from(*days)),
        Value::Datetime(secs) => Some(*secs as f64),
        Value::Int(_) | Value::Number(_) => value.as_number(),
        Value::Bool(_) | Value::Text(_) | Value::Set(_) => None,
    }
}

fn value_of(number: f64, unit: Unit) -> Value {
    match unit {
        Unit::Integer => Value::Int(number as i64),
        Unit::Number { .. } => Value::Number(number),
        Unit::Date => Value::Date(number as i32),
        Unit::Datetime => Value::Datetime(number as i64),
    }
}

fn compares(cmp: Cmp, left: &Value, right: &Value) -> bool {
    let constant = |value: &Value| Box::new(Expr::Const { value: value.clone() });
    let expr = Expr::Compare { cmp, left: constant(left), right: constant(right) };
    eval(&expr, &Fields { names: &[], values: &[], event: None }) == Some(Value::Bool(true))
}

/// Text: half of the time a constant that the campaign knows, else made up.
fn text(task: &Task<'_>, style: &Style, chance: &Chance) -> String {
    let Domain::Text { not, start, middle, end, shortest, longest } = &task.wish.domain else { return String::new() };
    let free = start.is_empty() && middle.is_empty() && end.is_empty() && *shortest <= 0.0 && longest.is_infinite();
    let known = task.hints.iter().filter_map(|hint| match hint {
        Value::Text(text) if !not.contains(text) => Some(text),
        _ => None,
    });
    let known: Vec<&String> = known.collect();
    if free && !known.is_empty() && chance.unit(task.name, 2) < 0.5 {
        return known[chance.below(task.name, 3, known.len())].clone();
    }
    let Type::Text { format } = task.field.ty else { return String::new() };
    let middle = middle.concat();
    let mut made = match format {
        TextFormat::Email => email(task.number, start, &middle, end),
        TextFormat::Plain | TextFormat::Url | TextFormat::Phone | TextFormat::Country => {
            let core = if free { made_up(task, format, style, chance) } else { format!("{}", task.number) };
            format!("{start}{middle}{core}{end}")
        }
    };
    let length = made.chars().count() as f64;
    if length > *longest {
        made = made.chars().take(*longest as usize).collect();
    }
    // Nobody asks for texts longer than a screen; a condition that does is not met.
    made.extend((0..(*shortest - length).clamp(0.0, 4096.0) as usize).map(|_| 'x'));
    made
}

/// An address in a domain that RFC 2606 keeps free for examples, unless a condition asks for another.
fn email(number: u64, start: &str, middle: &str, end: &str) -> String {
    let middle = middle.trim_matches(|c| c == '.');
    match (middle.split_once('@'), end.contains('@')) {
        (Some((local, domain)), false) if end.is_empty() && domain.contains('.') => {
            format!("{start}lead{number}{local}@{domain}")
        }
        (Some((local, domain)), false) => {
            let end = if end.is_empty() { ".example" } else { end };
            format!("{start}lead{number}{local}@{domain}{end}")
        }
        (_, true) => format!("{start}{middle}lead{number}{end}"),
        (None, false) if end.is_empty() => format!("{start}{middle}lead{number}@example.com"),
        (None, false) => {
            format!("{start}{middle}lead{number}@example{}{end}", if end.starts_with('.') { "" } else { "." })
        }
    }
}

/// Text without conditions on it.
fn made_up(task: &Task<'_>, format: TextFormat, style: &Style, chance: &Chance) -> String {
    const FAMILY: [&str; 10] = ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤"];
    const GIVEN: [&str; 10] = ["陽翔", "結衣", "健太", "美咲", "大輔", "愛", "翔太", "さくら", "誠", "恵"];
    const FIRST: [&str; 10] = ["Alex", "Sam", "Kim", "Robin", "Noa", "Ada", "Leo", "Mia", "Ken", "Eva"];
    const LAST: [&str; 10] = ["Miller", "Sato", "Brown", "Garcia", "Novak", "Khan", "Rossi", "Chen", "Silva", "Berg"];
    let Task { name, number, .. } = *task;
    let pick = |nth: u64, from: &[&'static str; 10]| from[chance.below(name, 10 + nth, 10)];
    match format {
        TextFormat::Url => return format!("https://lead{number}.example.com/"),
        TextFormat::Phone if style.japanese => return format!("+8130000{:04}", number % 10_000),
        TextFormat::Phone => return format!("+1555010{:04}", number % 10_000),
        TextFormat::Country => return if style.japanese { "JP" } else { "US" }.to_owned(),
        TextFormat::Plain | TextFormat::Email => {}
    }
    let has = |words: &[&str]| words.iter().any(|word| name.to_lowercase().contains(word));
    let company = has(&["company", "organi", "account", "会社", "企業", "法人"]);
    match (company, style.japanese) {
        (true, true) => format!("株式会社サンプル{number}"),
        (true, false) => format!("Sample {number} Ltd"),
        (false, true) if has(&["last_name", "family", "姓"]) => pick(0, &FAMILY).to_owned(),
        (false, true) if has(&["first_name", "given"]) => pick(1, &GIVEN).to_owned(),
        (false, true) if has(&["name", "氏名", "名前"]) => format!("{} {}", pick(0, &FAMILY), pick(1, &GIVEN)),
        (false, false) if has(&["last_name", "family"]) => pick(0, &LAST).to_owned(),
        (false, false) if has(&["first_name", "given"]) => pick(1, &FIRST).to_owned(),
        (false, false) if has(&["name"]) => format!("{} {}", pick(1, &FIRST), pick(0, &LAST)),
        (false, true) => format!("サンプル{number}"),
        (false, false) => format!("Sample {number}"),
    }
}
