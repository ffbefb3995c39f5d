//! The values of a term, cut into cells that no condition can see into.
//!
//! For a finite domain every value is a candidate, for numbers and dates the constants that they are compared with, their
//! neighbours and what lies between them, for text the constants and one text besides. Candidates that all conditions
//! answer alike are one cell; of numbers only neighbours are put together, so that a cell is a stretch.

use std::collections::BTreeMap;

use super::Terms;
use super::formula::Formula;
use super::lower::{Ask, Draft, Drafts, Key, Pred};
use super::term::Term;
use crate::ir::Value;
use crate::ir::expr::Cmp;
use crate::ir::operation::{compares, tests};
use crate::ir::value::TextFormat;

/// Values of a term that no condition tells apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// One of them, `None` for absence. Of a set field, the empty set says that it is there.
    pub value: Option<Value>,
    /// Of numbers, the least and the greatest (dates as days, instants as seconds), infinite where there is none. Of real
    /// numbers the ends need not belong to it.
    pub span: Option<(f64, f64)>,
    /// Whether it is all texts that no condition names.
    pub is_other: bool,
}

/// Some cells of one term.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellSet {
    blocks: Vec<u64>,
}

impl CellSet {
    /// Those of the first `count` cells that fit.
    pub fn new(count: usize, fits: impl Fn(usize) -> bool) -> CellSet {
        let mut blocks = vec![0; count.div_ceil(64)];
        (0..count).filter(|cell| fits(*cell)).for_each(|cell| blocks[cell / 64] |= 1 << (cell % 64));
        CellSet { blocks }
    }

    /// Whether the cell is one of them.
    pub fn contains(&self, cell: usize) -> bool {
        self.blocks.get(cell / 64).is_some_and(|block| block >> (cell % 64) & 1 == 1)
    }

    /// The cells, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.blocks.len() * 64).filter(|cell| self.contains(*cell))
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.blocks.iter().map(|block| block.count_ones() as usize).sum()
    }
}

/// The values that a term can have.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Domain {
    /// `false` and `true`.
    Flag,
    /// One of these.
    Values { values: Vec<Value>, optional: bool },
    /// A set, of which it is only asked whether it is there.
    Presence { optional: bool },
    /// Whole numbers, days, seconds.
    Whole { low: Option<i64>, high: Option<i64>, unit: Unit, optional: bool },
    /// Any numbers.
    Real { low: Option<f64>, high: Option<f64>, optional: bool },
    /// Any text; but an empty one only if it `may_be_empty`.
    Text { format: TextFormat, optional: bool, may_be_empty: bool },
}

/// What whole numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Number,
    Date,
    Datetime,
}

impl Unit {
    fn value(self, number: i64) -> Value {
        match self {
            Unit::Number => Value::Int(number),
            Unit::Date => Value::Date(i32::try_from(number).unwrap_or(if number < 0 { i32::MIN } else { i32::MAX })),
            Unit::Datetime => Value::Datetime(number),
        }
    }
}

/// A value that may stand for others.
struct Candidate {
    value: Option<Value>,
    number: Option<f64>,
    is_other: bool,
}

impl Candidate {
    const ABSENT: Candidate = Candidate { value: None, number: None, is_other: false };

    fn of(value: Value) -> Candidate {
        Candidate { value: Some(value), number: None, is_other: false }
    }

    /// The answer to what is asked of the term.
    fn answers(&self, pred: &Pred) -> bool {
        let Some(value) = &self.value else { return *pred == Pred::Absent };
        match pred {
            Pred::Absent => false,
            Pred::Compare(cmp, constant) => compares(*cmp, value, constant),
            Pred::OneOf(values) => values.iter().any(|one| compares(Cmp::Eq, value, one)),
            Pred::Text(test, with) => match value {
                Value::Text(of) => !self.is_other && tests(*test, of, with),
                _ => false,
            },
            Pred::Other => self.is_other,
        }
    }
}

/// What is asked of a term, each with its number.
type Asked<'p> = BTreeMap<Key<'p>, usize>;

/// Cuts the domains of all terms, and turns what is asked of them into sets of cells.
pub(super) fn cut(drafts: Drafts, lowered: &[Formula<Ask>]) -> Terms {
    let mut asked: Vec<Asked<'_>> = vec![Asked::new(); drafts.all.len()];
    for formula in lowered.iter().chain(drafts.segments.values()) {
        formula.visit(&mut |(term, pred)| {
            let count = asked[*term].len();
            asked[*term].entry(Key(pred)).or_insert(count);
        });
    }
    let cuts: Vec<Cut> = drafts.all.iter().zip(&asked).map(|(draft, asked)| Cut::of(draft, asked)).collect();
    let atoms = |(term, cut): (usize, &Cut)| (0..asked[term].len()).map(|pred| cut.atom(term, pred)).collect();
    let atoms: Vec<Vec<Formula>> = cuts.iter().enumerate().map(atoms).collect();
    let mut atom = |(term, pred): &Ask| match asked[*term].get(&Key(pred)) {
        Some(number) => atoms[*term][*number].clone(),
        None => Formula::Const(false),
    };
    let formulas = lowered.iter().map(|formula| formula.map(&mut atom)).collect();
    let segments = drafts.segments.iter().map(|(term, formula)| (*term, formula.map(&mut atom))).collect();
    let term = |(draft, cut): (Draft, Cut)| Term {
        text: draft.text,
        kind: draft.kind,
        lasting: draft.lasting,
        reads: draft.reads,
        cells: cut.cells,
    };
    Terms { terms: drafts.all.into_iter().zip(cuts).map(term).collect(), formulas, segments }
}

/// A term's cells, and how each answers what is asked of it.
struct Cut {
    cells: Vec<Cell>,
    answers: Vec<Vec<bool>>,
}

impl Cut {
    fn of(draft: &Draft, asked: &Asked<'_>) -> Cut {
        let mut preds: Vec<(usize, &Pred)> = asked.iter().map(|(key, number)| (*number, key.0)).collect();
        preds.sort_by_key(|(number, _)| *number);
        let mut cut = Cut { cells: Vec::new(), answers: Vec::new() };
        let is_flag = draft.domain == Domain::Flag;
        let mut known: BTreeMap<Vec<bool>, usize> = BTreeMap::new();
        let mut candidates = candidates(&draft.domain, preds.iter().map(|(_, pred)| *pred));
        if candidates.is_empty() {
            candidates.push(Candidate::ABSENT);
        }
        for candidate in candidates {
            let answers: Vec<bool> = preds.iter().map(|(_, pred)| candidate.answers(pred)).collect();
            let alike = match candidate.number {
                Some(_) => cut.answers.len().checked_sub(1).filter(|last| cut.answers[*last] == answers),
                None if is_flag => None,
                None => known.get(&answers).copied(),
            };
            let alike = alike.filter(|cell| cut.cells[*cell].value.is_some() == candidate.value.is_some());
            match alike {
                Some(cell) => cut.cells[cell].widen(&candidate),
                None => {
                    if candidate.number.is_none() {
                        known.insert(answers.clone(), cut.cells.len());
                    }
                    cut.answers.push(answers);
                    let span = candidate.number.map(|number| (number, number));
                    cut.cells.push(Cell { value: candidate.value, span, is_other: candidate.is_other });
                }
            }
        }
        open_ends(&draft.domain, &mut cut.cells);
        cut
    }

    fn atom(&self, term: usize, pred: usize) -> Formula {
        let fitting = CellSet::new(self.cells.len(), |cell| self.answers[cell][pred]);
        match fitting.count() {
            0 => Formula::Const(false),
            count if count == self.cells.len() => Formula::Const(true),
            _ => Formula::Atom((term, fitting)),
        }
    }
}

impl Cell {
    fn widen(&mut self, candidate: &Candidate) {
        if let (Some((_, high)), Some(number)) = (&mut self.span, candidate.number) {
            *high = number;
            // What stands for a stretch is as plain a number as there is.
            if self.value.as_ref().is_some_and(|value| plainness(value) > candidate.value.as_ref().map_or(9, plainness))
            {
                self.value.clone_from(&candidate.value);
            }
        }
        self.is_other |= candidate.is_other;
    }
}

/// Small for numbers that people would choose.
fn plainness(value: &Value) -> u8 {
    match value {
        Value::Int(number) => u8::from(*number < 0) * 2,
        Value::Number(number) => u8::from(number.fract() != 0.0) + u8::from(*number < 0.0) * 2,
        Value::Bool(_) | Value::Text(_) | Value::Date(_) | Value::Datetime(_) | Value::Set(_) => 0,
    }
}

/// The first and the last stretch go on for ever where the domain does.
fn open_ends(domain: &Domain, cells: &mut [Cell]) {
    let (low, high) = match domain {
        Domain::Whole { low, high, .. } => (low.is_none(), high.is_none()),
        Domain::Real { low, high, .. } => (low.is_none(), high.is_none()),
        Domain::Flag | Domain::Values { .. } | Domain::Presence { .. } | Domain::Text { .. } => return,
    };
    let mut stretches = cells.iter_mut().filter_map(|cell| cell.span.as_mut());
    if let Some(first) = stretches.next() {
        if low {
            first.0 = f64::NEG_INFINITY;
        }
        let last = stretches.next_back().unwrap_or(first);
        if high {
            last.1 = f64::INFINITY;
        }
    }
}

/// Values that stand for all values of a domain, as far as is asked; numbers ascending, absence last.
fn candidates<'p>(domain: &Domain, asked: impl Iterator<Item = &'p Pred> + Clone) -> Vec<Candidate> {
    let constants = asked.flat_map(|pred| match pred {
        Pred::Compare(_, value) => std::slice::from_ref(value),
        Pred::OneOf(values) => values.as_slice(),
        Pred::Absent | Pred::Text(..) | Pred::Other => &[],
    });
    let absent = |optional: &bool| optional.then_some(Candidate::ABSENT);
    match domain {
        Domain::Flag => [false, true].into_iter().map(|truth| Candidate::of(Value::Bool(truth))).collect(),
        Domain::Values { values, optional } => {
            values.iter().cloned().map(Candidate::of).chain(absent(optional)).collect()
        }
        Domain::Presence { optional } => {
            [Candidate::of(Value::Set(Default::default()))].into_iter().chain(absent(optional)).collect()
        }
        Domain::Whole { low, high, unit, optional } => {
            let numbers = whole(constants.filter_map(number), *low, *high);
            let stand_in = |number: i64| Candidate {
                value: Some(unit.value(number)),
                number: Some(number as f64),
                is_other: false,
            };
            numbers.into_iter().map(stand_in).chain(absent(optional)).collect()
        }
        Domain::Real { low, high, optional } => {
            let stand_in =
                |number: f64| Candidate { value: Some(Value::Number(number)), number: Some(number), is_other: false };
            let numbers = real(constants.filter_map(number), *low, *high);
            numbers.into_iter().map(stand_in).chain(absent(optional)).collect()
        }
        Domain::Text { format, optional, may_be_empty } => {
            let can_be = |text: &&str| *may_be_empty || !text.is_empty();
            let mut texts: Vec<&str> = constants.filter_map(text).filter(can_be).collect();
            texts.sort_unstable();
            texts.dedup();
            let other = Candidate { value: Some(Value::Text(another(*format, &texts))), number: None, is_other: true };
            let named = texts.iter().map(|text| Candidate::of(Value::Text((*text).to_owned())));
            named.chain([other]).chain(absent(optional)).collect()
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Date(days) => Some(f64::from(*days)),
        Value::Datetime(secs) => Some(*secs as f64),
        Value::Int(_) | Value::Number(_) => value.as_number(),
        Value::Bool(_) | Value::Text(_) | Value::Set(_) => None,
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Date(_) | Value::Datetime(_) | Value::Set(_) => None,
    }
}

/// Whole numbers that stand for all between `low` and `high`, ascending: the constants and the numbers beside them. Each
/// stretch between two constants that holds a whole number holds one of these.
fn whole(constants: impl Iterator<Item = f64>, low: Option<i64>, high: Option<i64>) -> Vec<i64> {
    let beside = |constant: f64| {
        let (floor, ceil) = (constant.floor() as i64, constant.ceil() as i64);
        [floor.saturating_sub(1), floor, ceil, ceil.saturating_add(1)]
    };
    let mut numbers: Vec<i64> = constants.flat_map(beside).chain(low).chain(high).collect();
    if numbers.is_empty() {
        numbers.push(0);
    }
    numbers.retain(|number| low.is_none_or(|low| low <= *number) && high.is_none_or(|high| *number <= high));
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Numbers that stand for all between `low` and `high`, ascending: the constants, one number between two neighbours, and
/// one beyond each end.
fn real(constants: impl Iterator<Item = f64>, low: Option<f64>, high: Option<f64>) -> Vec<f64> {
    let mut points: Vec<f64> = constants.chain(low).chain(high).map(|number| number + 0.0).collect();
    points.sort_by(f64::total_cmp);
    points.dedup();
    let Some((first, last)) = points.first().copied().zip(points.last().copied()) else { return vec![0.0] };
    let between = points.windows(2).map(|pair| midway(pair[0], pair[1]));
    let beyond = [(first - 1.0).min(first.next_down()), (last + 1.0).max(last.next_up())];
    let mut numbers: Vec<f64> = points.iter().copied().chain(between).chain(beyond).collect();
    numbers.retain(|number| {
        number.is_finite() && low.is_none_or(|low| low <= *number) && high.is_none_or(|high| *number <= high)
    });
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    numbers
}

/// A number between two, as plain as there is one.
fn midway(low: f64, high: f64) -> f64 {
    let whole = low.floor() + 1.0;
    if whole < high { whole } else { low + (high - low) / 2.0 }
}

/// A text that no condition names.
fn another(format: TextFormat, named: &[&str]) -> String {
    let plain = match format {
        TextFormat::Plain => "other",
        TextFormat::Email => "somebody@example.com",
        TextFormat::Url => "https://example.com/other",
        TextFormat::Phone => "+10000000000",
        TextFormat::Country => "ZZ",
    };
    let mut text = plain.to_owned();
    while named.contains(&text.as_str()) {
        text.push('x');
    }
    text
}
