//! Sets of leads along the edges of a journey, until nothing is added.

use std::collections::BTreeSet;
use std::ops::Range;

use super::model::{Known, Model};
use super::writes::changed;
use crate::analysis::conditions::{Cell, CellSet, Lasting, Leads, TermKind};
use crate::ir::journey::{Action, EntryBy, Step};

/// How often a step's set may grow before what may change is given up for it.
const PATIENCE: u32 = 6;

/// Who can be where.
pub(super) struct Carried {
    /// Who enters, before `exit_when` and the goal are asked.
    pub entering: Leads,
    /// Who takes the first step.
    pub inside: Leads,
    /// By step.
    pub steps: Vec<Leads>,
    /// Edges by step: which, where to, who.
    pub edges: Vec<Vec<Way>>,
}

/// An edge of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    Next,
    Arm(usize),
    Else,
    /// A `wait_for` that need not wait.
    Already,
    Event,
    Timeout,
}

/// Carries sets along all edges. `None` if they become too complicated.
pub(super) fn carry(model: &Model<'_>) -> Option<Carried> {
    let universe = &model.universe;
    let mut entering = universe.both(model.meeting(&model.entry_by)?, model.meeting(&model.entry_when)?)?;
    if let EntryBy::Event { event, .. } = &model.journey.entry.by {
        entering = model.after_event(entering, event, true, false)?;
    }
    if model.is_started {
        // A lead that is started has no event, and is not asked what the entry asks of it.
        let mut started = model.meeting(&model.entry_when)?;
        for (term, _) in model.notes.iter().enumerate().filter(|(_, note)| note.at_hand) {
            let cells = &universe.terms.terms[term].cells;
            let absent = CellSet::new(cells.len(), |cell| cells[cell].value.is_none());
            started = if absent.count() > 0 { universe.put(started, term, &absent)? } else { started };
        }
        entering = universe.either(entering, started)?;
    }
    let is_new = |term: usize| {
        let note = &model.notes[term];
        note.at_hand || note.is_this || note.since_entry
    };
    let entering = universe.forget(entering, is_new)?;
    let inside = model.inside(model.staying(entering)?)?;
    let Spread { steps, edges } = spread(model, model.number(&model.journey.first).map(|first| (first, inside)))?;
    let edges = model.journey.steps.iter().zip(edges);
    let edges = edges.map(|(step, found)| found.unwrap_or_else(|| model.nobodys(step))).collect();
    Some(Carried { entering, inside, steps, edges })
}

/// Whether somebody who got something by one step may come to another. `None` if that is too complicated.
pub(super) fn comes_to(model: &Model<'_>, from: &Carried, earlier: usize, later: usize) -> Option<bool> {
    let universe = &model.universe;
    let Action::Send { content, .. } = &model.journey.steps[earlier].action else { return Some(true) };
    let mut begins = Vec::new();
    for (_, target, leads) in &from.edges[earlier] {
        let Some(target) = target else { continue };
        let mut got = *leads;
        for (term, of) in universe.terms.terms.iter().enumerate() {
            if !matches!(&of.kind, TermKind::Received { content: of, within_secs: None, .. } if of == content) {
                continue;
            }
            let cells = &of.cells;
            let some = CellSet::new(cells.len(), |cell| cells[cell].span.is_none_or(|(_, high)| high >= 1.0));
            got = universe.having(got, term, &some)?;
        }
        begins.push((*target, got));
    }
    Some(!spread(model, begins)?.steps[later].is_empty())
}

/// Who comes to which step, and by which edges on from there.
struct Spread {
    steps: Vec<Leads>,
    edges: Vec<Option<Vec<Way>>>,
}

/// An edge: which, where to, who.
type Way = (Edge, Option<usize>, Leads);

/// Carries leads from some steps along all edges. `None` if the sets become too complicated.
fn spread(model: &Model<'_>, begins: impl IntoIterator<Item = (usize, Leads)>) -> Option<Spread> {
    let universe = &model.universe;
    let count = model.journey.steps.len();
    let mut steps = vec![Leads::NOBODY; count];
    let mut edges = vec![None; count];
    let mut grown = vec![0_u32; count];
    // In the order of the file, so that what comes together is carried on once.
    let mut open = BTreeSet::new();
    for (step, leads) in begins {
        steps[step] = universe.either(steps[step], leads)?;
        open.insert(step);
    }
    while let Some(number) = open.pop_first() {
        let found = model.edges(number, steps[number])?;
        for &(_, target, leads) in &found {
            let Some(target) = target.filter(|target| !universe.is_within(leads, steps[*target])) else { continue };
            grown[target] += 1;
            let mut sum = universe.either(steps[target], leads)?;
            if grown[target] > PATIENCE {
                sum = universe.forget(sum, |term| grown[target] > 2 * PATIENCE || !model.notes[term].stays)?;
            }
            steps[target] = sum;
            open.insert(target);
        }
        edges[number] = Some(found);
    }
    Some(Spread { steps, edges })
}

impl Model<'_> {
    /// Those who are not taken out by `exit_when` or a goal that counts at any time.
    pub(super) fn staying(&self, leads: Leads) -> Option<Leads> {
        let universe = &self.universe;
        let mut left = leads;
        let goal = self.goal.as_ref().filter(|(_, ever)| *ever).map(|(goal, _)| goal);
        for out in self.exit_when.iter().chain(goal) {
            left = universe.without(left, self.meeting(out)?)?;
        }
        Some(left)
    }

    /// An instance runs.
    fn inside(&self, leads: Leads) -> Option<Leads> {
        let this = self.notes.iter().position(|note| note.is_this);
        this.map_or(Some(leads), |term| self.universe.put(leads, term, &CellSet::new(2, |cell| cell == 1)))
    }

    /// What is known when time may have passed: only what stays. Then `exit_when` and the goal are asked.
    fn passed(&self, leads: Leads) -> Option<Leads> {
        once(&self.passed, leads, || self.pass(leads))
    }

    fn pass(&self, leads: Leads) -> Option<Leads> {
        let may_change = |term: usize, rises: bool| !self.notes[term].stays && self.notes[term].rises == rises;
        let left = self.universe.change(leads, |term| may_change(term, false), |term| may_change(term, true))?;
        self.staying(self.inside(left)?)
    }

    /// Whether what is asked may change by time alone.
    fn passes(&self, asked: &Range<usize>) -> bool {
        let lasting = |term: usize| self.universe.terms.terms[term].lasting;
        self.asked(asked).any(|term| matches!(lasting(term), Lasting::Passing | Lasting::Event))
    }

    /// The terms that some statements ask about.
    fn asked(&self, asked: &Range<usize>) -> impl Iterator<Item = usize> {
        let terms = &self.universe.terms;
        self.claims[asked.clone()].iter().flat_map(|claim| terms.read_by(&claim.formula))
    }

    /// Those who are still inside when their journey waits and all that its steps have changed has been looked at: whoever
    /// meets `exit_when` is taken out, unless something else may change what it asks for before that.
    fn settled(&self, leads: Leads) -> Option<Leads> {
        let universe = &self.universe;
        let mut left = leads;
        let goal = self.goal.as_ref().filter(|(_, ever)| *ever).map(|(goal, _)| goal);
        for out in self.exit_when.iter().chain(goal) {
            let others = universe.without(universe.everybody(), self.meeting(out)?)?;
            // A move may undo what only with something else takes the lead out.
            let alone = self.asked(out).all(|term| universe.terms.terms[term].is_fixed() || self.notes[term].moves);
            let may_change = |term: usize| self.notes[term].unsettled || self.notes[term].moves && !alone;
            let may_stay = universe.forget(others, may_change)?;
            left = universe.both(left, may_stay)?;
        }
        Some(left)
    }

    /// The same when steps of other journeys may have come in between since.
    fn passed_beside_others(&self, leads: Leads) -> Option<Leads> {
        once(&self.passed_beside_others, leads, || self.beside_others(self.passed(leads)?))
    }

    /// What is known when steps of other journeys may have come in between.
    fn beside_others(&self, leads: Leads) -> Option<Leads> {
        self.inside(self.universe.forget(leads, |term| self.notes[term].by_others)?)
    }

    /// The edges of a step, and who of these leads takes each.
    pub(super) fn edges(&self, number: usize, leads: Leads) -> Option<Vec<Way>> {
        let step = &self.journey.steps[number];
        let next = self.number(&step.next);
        let universe = &self.universe;
        let one = |leads: Leads| Some(vec![(Edge::Next, next, leads)]);
        if leads.is_empty() {
            return Some(self.nobodys(step));
        }
        match &step.action {
            Action::Exit { .. } => Some(Vec::new()),
            Action::Wait { .. } => one(self.passed(self.settled(leads)?)?),
            Action::WaitUntil { .. } | Action::WaitUntilDate { .. } | Action::WaitBestTime => {
                // Nobody waits for what is past.
                one(universe.either(leads, self.passed(self.settled(leads)?)?)?)
            }
            Action::Send { .. } => {
                let at_once = self.written(number, step, leads)?;
                let held = if self.may_hold { self.passed_beside_others(at_once)? } else { Leads::NOBODY };
                one(universe.either(at_once, held)?)
            }
            Action::WaitFor { event, filter, timeout, .. } => {
                let (already, waiting) = match self.whens.get(&number) {
                    Some(when) => {
                        let when = self.meeting(when)?;
                        (universe.both(leads, when)?, universe.without(leads, when)?)
                    }
                    None => (Leads::NOBODY, leads),
                };
                let waiting = self.settled(waiting)?;
                let mut came = match (event, self.whens.get(&number)) {
                    // Whom the event takes out leaves before its waits end; only then come the steps of others.
                    (Some(event), _) => {
                        let heard = self.after_event(self.passed(waiting)?, event, filter.is_none(), true)?;
                        self.beside_others(self.staying(heard)?)?
                    }
                    // The condition has come true.
                    (None, Some(when)) => universe.both(self.passed_beside_others(waiting)?, self.meeting(when)?)?,
                    (None, None) => self.passed_beside_others(waiting)?,
                };
                if let Some(filter) = self.filters.get(&number) {
                    came = universe.both(came, self.meeting(filter)?)?;
                }
                came = universe.forget(came, |term| self.notes[term].at_hand)?;
                let mut gone = self.passed(waiting)?;
                // A condition that comes true ends the wait, unless it does so by time alone and nobody has looked.
                if let (None, Some(when)) = (event, self.whens.get(&number))
                    && !self.passes(when)
                {
                    gone = universe.without(gone, self.meeting(when)?)?;
                }
                let timeout = self.number(timeout);
                Some(vec![(Edge::Already, next, already), (Edge::Event, next, came), (Edge::Timeout, timeout, gone)])
            }
            Action::Branch { arms, .. } => {
                let (mut left, mut edges) = (leads, Vec::new());
                for (arm, of) in arms.iter().enumerate() {
                    let when = self.arms.get(&(number, arm)).map_or(Some(Leads::NOBODY), |when| self.meeting(when))?;
                    edges.push((Edge::Arm(arm), self.number(&of.to), universe.both(left, when)?));
                    left = universe.without(left, when)?;
                }
                edges.push((Edge::Else, next, left));
                Some(edges)
            }
            Action::Split { arms } => {
                let taken = arms.iter().filter(|arm| arm.weight > 0.0);
                Some(taken.map(|arm| (Edge::Next, self.number(&arm.to), leads)).collect())
            }
            Action::Set { .. }
            | Action::Score { .. }
            | Action::Stage { .. }
            | Action::List { .. }
            | Action::Topic { .. }
            | Action::Task { .. }
            | Action::Sync { .. }
            | Action::Audience { .. }
            | Action::Webhook { .. }
            | Action::Emit { .. }
            | Action::Start { .. }
            | Action::Goto => one(self.written(number, step, leads)?),
        }
    }

    /// The edges of a step on which nobody stands.
    fn nobodys(&self, step: &Step) -> Vec<Way> {
        step.edges().into_iter().map(|target| (Edge::Next, self.number(target), Leads::NOBODY)).collect()
    }

    /// An event has just been recorded, perhaps since the entry; of a filter it is only known where there is none.
    fn after_event(&self, leads: Leads, event: &str, plain: bool, inside: bool) -> Option<Leads> {
        let mut left = leads;
        for (number, term) in self.universe.terms.terms.iter().enumerate().filter(|_| plain) {
            let cells = &term.cells;
            let fitting = match &term.kind {
                TermKind::Count { event: of, filter: None, since_entry, .. }
                    if of == event && (inside || !since_entry) =>
                {
                    CellSet::new(cells.len(), |cell| cells[cell].span.is_some_and(|(_, high)| high >= 1.0))
                }
                TermKind::DaysSince { event: of, filter: None, since_entry, .. }
                    if of == event && (inside || !since_entry) =>
                {
                    CellSet::new(cells.len(), |cell| cells[cell].span.is_some_and(|(low, _)| low <= 0.0))
                }
                _ => continue,
            };
            left = self.universe.having(left, number, &fitting)?;
        }
        Some(left)
    }

    /// What a step changes at once.
    fn written(&self, number: usize, step: &Step, leads: Leads) -> Option<Leads> {
        let (universe, parts) = (&self.universe, changed(&step.action));
        if parts.is_empty() {
            return Some(leads);
        }
        let touched = |term: usize| universe.terms.terms[term].reads.iter().any(|part| parts.contains(part));
        if !(0..self.notes.len()).any(touched) {
            return Some(leads);
        }
        if let Action::Score { points } = &step.action {
            return self.scored(leads, points.iter().map(|(model, points)| (model.as_str(), *points)), &touched);
        }
        let is_touched = |term: usize, rises: bool| touched(term) && self.notes[term].rises == rises;
        let left = universe.change(leads, |term| is_touched(term, false), |term| is_touched(term, true))?;
        let holds = self.sets.get(&number).map_or(Some(universe.everybody()), |holds| self.meeting(holds))?;
        let settled = universe.both(left, holds)?;
        // Nothing is known of a step that does what cannot be, such as leaving a topic that nobody leaves.
        Some(if settled.is_empty() { left } else { settled })
    }

    /// Points are added: each stretch of scores moves by so many, within the range.
    fn scored<'p>(
        &self,
        leads: Leads,
        points: impl Iterator<Item = (&'p str, i32)>,
        touched: &dyn Fn(usize) -> bool,
    ) -> Option<Leads> {
        let universe = &self.universe;
        let is_score =
            |term: usize, model: &str| matches!(&universe.terms.terms[term].kind, TermKind::Score(of) if of == model);
        let scores = |term: usize| matches!(universe.terms.terms[term].kind, TermKind::Score(_));
        let mut left = universe.forget(leads, |term| touched(term) && !scores(term))?;
        for (model, points) in points {
            let Some(term) = (0..self.notes.len()).find(|term| is_score(*term, model)) else { continue };
            let cells = &universe.terms.terms[term].cells;
            let (least, most) = ends(cells);
            let mut sum = Leads::NOBODY;
            for (number, (low, high)) in
                cells.iter().enumerate().filter_map(|(number, cell)| Some((number, cell.span?)))
            {
                let those = universe.having(left, term, &CellSet::new(cells.len(), |cell| cell == number))?;
                let (low, high) =
                    ((low + f64::from(points)).clamp(least, most), (high + f64::from(points)).clamp(least, most));
                let meets = |cell: usize| cells[cell].span.is_some_and(|(first, last)| first <= high && low <= last);
                let moved = universe.put(those, term, &CellSet::new(cells.len(), meets))?;
                sum = universe.either(sum, moved)?;
            }
            left = sum;
        }
        Some(left)
    }
}

/// What becomes of some leads, found out when it is first asked.
fn once(known: &Known, of: Leads, find: impl FnOnce() -> Option<Leads>) -> Option<Leads> {
    if let Some(found) = known.borrow().get(&of) {
        return Some(*found);
    }
    let found = find()?;
    known.borrow_mut().insert(of, found);
    Some(found)
}

/// The least and the greatest number of all cells.
fn ends(cells: &[Cell]) -> (f64, f64) {
    let spans = || cells.iter().filter_map(|cell| cell.span);
    let least = spans().map(|(low, _)| low).fold(f64::INFINITY, f64::min);
    let most = spans().map(|(_, high)| high).fold(f64::NEG_INFINITY, f64::max);
    (least, most.max(least))
}
