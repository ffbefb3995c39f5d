//! What terms have to do with each other, whoever the lead is.

use super::cells::{Cell, CellSet};
use super::term::{Term, TermKind};
use super::{Formula, Terms};
use crate::ir::Name;
use crate::ir::expr::TextTest;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Statements that hold for every lead at every moment.
pub(super) fn relations(terms: &Terms) -> Vec<Formula> {
    let numbered: Vec<(usize, &Term)> = terms.terms.iter().enumerate().collect();
    let mut found = Vec::new();
    for &one in &numbered {
        for &other in &numbered {
            if one.0 != other.0 {
                counts(one, other, &mut found);
                days(one, other, &mut found);
                texts(one, other, &mut found);
            }
        }
        if let TermKind::Length { of, values } = &one.1.kind {
            lengths(one, of, *values, &numbered, &mut found);
        }
    }
    found.retain(|relation| *relation != Formula::Const(true));
    found
}

/// A numbered term.
type Numbered<'t> = (usize, &'t Term);

/// The term has one of the cells that fit.
fn among((number, term): Numbered<'_>, fits: impl Fn(&Cell) -> bool) -> Formula {
    let cells = CellSet::new(term.cells.len(), |cell| fits(&term.cells[cell]));
    match cells.count() {
        0 => Formula::Const(false),
        count if count == term.cells.len() => Formula::Const(true),
        _ => Formula::Atom((number, cells)),
    }
}

fn implies(one: Formula, other: Formula) -> Formula {
    Formula::any([one.negated(), other])
}

fn low(cell: &Cell) -> Option<f64> {
    cell.span.map(|(low, _)| low)
}

fn high(cell: &Cell) -> Option<f64> {
    cell.span.map(|(_, high)| high)
}

/// What of the past a term looks at.
struct Past<'t> {
    within_secs: Option<i64>,
    since_entry: bool,
    filter: &'t Option<String>,
}

impl Past<'_> {
    /// Whether everything that this one looks at, the other one looks at as well.
    fn is_part_of(&self, other: &Past<'_>) -> bool {
        let window = other.within_secs.is_none_or(|wide| self.within_secs.is_some_and(|narrow| narrow <= wide));
        window && (self.since_entry || !other.since_entry) && (other.filter.is_none() || self.filter == other.filter)
    }
}

/// The events that a term counts, and of which past.
fn counted(term: &Term) -> Option<(&Name, bool, Past<'_>)> {
    match &term.kind {
        TermKind::Count { event, within_secs, since_entry, filter } => {
            Some((event, false, Past { within_secs: *within_secs, since_entry: *since_entry, filter }))
        }
        TermKind::Received { content, within_secs, since_entry } => {
            Some((content, true, Past { within_secs: *within_secs, since_entry: *since_entry, filter: &None }))
        }
        _ => None,
    }
}

/// The event whose last time a term tells, and in which past.
fn last(term: &Term) -> Option<(&Name, Past<'_>)> {
    match &term.kind {
        TermKind::DaysSince { event, within_secs, since_entry, filter } => {
            Some((event, Past { within_secs: *within_secs, since_entry: *since_entry, filter }))
        }
        _ => None,
    }
}

/// Of two counts, the one that looks at more is not smaller.
fn counts(one: Numbered<'_>, other: Numbered<'_>, found: &mut Vec<Formula>) {
    let (Some((name, mails, narrow)), Some((same, also, wide))) = (counted(one.1), counted(other.1)) else { return };
    if name == same && mails == also && narrow.is_part_of(&wide) {
        for cell in &other.1.cells {
            let fits = among(one, |narrow| low(narrow) <= high(cell));
            found.push(implies(among(other, |of| of == cell), fits));
        }
    }
}

/// Days since the last event, and the number of events; days since the last of some, and the last of more.
fn days(one: Numbered<'_>, other: Numbered<'_>, found: &mut Vec<Formula>) {
    let Some((event, past)) = last(one.1) else { return };
    let is_absent = |cell: &Cell| cell.value.is_none();
    let some_days_ago = || one.1.cells.iter().filter(move |cell| !is_absent(cell));
    if let Some((same, false, window)) = counted(other.1)
        && event == same
    {
        if window.is_part_of(&past) {
            // Some were counted, so there was a last one, and not before the window.
            let oldest = window.within_secs.map_or(f64::INFINITY, |secs| (secs - 1).div_euclid(DAY) as f64);
            let recent = among(one, |cell| low(cell).is_some_and(|low| low <= oldest));
            found.push(implies(among(other, |cell| low(cell) >= Some(1.0)), recent));
        }
        let unbounded = Past { within_secs: None, ..window };
        if past.is_part_of(&unbounded) {
            for cell in some_days_ago() {
                // So many days ago is less than so many and one.
                let last = high(cell).map_or(f64::INFINITY, |days| (days + 1.0) * DAY as f64);
                if window.within_secs.is_none_or(|secs| last <= secs as f64) {
                    let some = among(other, |count| high(count) >= Some(1.0));
                    found.push(implies(among(one, |of| of == cell), some));
                }
            }
        }
    }
    if let Some((same, wide)) = last(other.1)
        && event == same
        && past.is_part_of(&wide)
    {
        found.push(implies(among(other, is_absent), among(one, is_absent)));
        for cell in some_days_ago() {
            let recent = among(other, |of| low(of).is_some_and(|low| Some(low) <= high(cell)));
            found.push(implies(among(one, |of| of == cell), recent));
        }
    }
}

/// What one test on a text says about another.
fn texts(one: Numbered<'_>, other: Numbered<'_>, found: &mut Vec<Formula>) {
    let (
        TermKind::TextTest { of, test, with: Some(with) },
        TermKind::TextTest { of: same, test: second, with: Some(also) },
    ) = (&one.1.kind, &other.1.kind)
    else {
        return;
    };
    if of != same {
        return;
    }
    let holds = |term: Numbered<'_>| Formula::Atom((term.0, CellSet::new(2, |cell| cell == 1)));
    let (follows, excludes) = match (test, second) {
        (TextTest::StartsWith, TextTest::StartsWith) => {
            let follows = with.starts_with(also.as_str());
            (follows, !follows && !also.starts_with(with.as_str()))
        }
        (TextTest::EndsWith, TextTest::EndsWith) => {
            let follows = with.ends_with(also.as_str());
            (follows, !follows && !also.ends_with(with.as_str()))
        }
        (_, TextTest::Contains) => (with.contains(also.as_str()), false),
        (TextTest::StartsWith, TextTest::EndsWith)
        | (TextTest::EndsWith, TextTest::StartsWith)
        | (TextTest::Contains, TextTest::StartsWith | TextTest::EndsWith) => (false, false),
    };
    if follows {
        found.push(implies(holds(one), holds(other)));
    }
    if excludes {
        found.push(implies(holds(one), holds(other).negated()));
    }
}

/// A set has at least as many values as are known to be in it, and at most those that are not known not to be.
fn lengths(one: Numbered<'_>, of: &str, values: usize, all: &[Numbered<'_>], found: &mut Vec<Formula>) {
    let is_member = |term: &Term| matches!(&term.kind, TermKind::Member(set, _) if set == of);
    let members: Vec<(i64, Formula)> = all
        .iter()
        .filter(|(_, term)| is_member(term))
        .map(|(number, _)| (1, Formula::Atom((*number, CellSet::new(2, |cell| cell == 1)))))
        .collect();
    let unasked = values.saturating_sub(members.len()) as f64;
    let at_least = |least: f64| Formula::AtLeast { points: members.clone().into(), least: least as i64 };
    for cell in &one.1.cells {
        let Some((low, high)) = cell.span else { continue };
        let is_it = || among(one, |of| of == cell);
        if low > unasked {
            found.push(implies(is_it(), at_least(low - unasked)));
        }
        if high < members.len() as f64 {
            found.push(implies(is_it(), at_least(high + 1.0).negated()));
        }
    }
}
