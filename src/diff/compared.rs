//! How a condition after stands to one before: by the condition solver, with leads for whom it makes a difference, and with
//! what is known of how things before and after belong together.
//!
//! In: two conditions of one world (`worlds`). Out: [`Compared`]. Never: journeys.

use std::collections::{BTreeMap, BTreeSet};

use super::both::Pool;
use super::consent;
use super::differing::Direction;
use super::model::{Newly, Person, Who};
use super::worlds::{Compared, Worlds, condition, implied, past, truth};
use crate::analysis::conditions::{Asked, Leads, Terms, Universe};
use crate::ir::expr::Cmp;
use crate::ir::{Condition, Expr, Name, Value};

/// Place of the pool among what is asked.
const POOL: usize = 2;

impl Worlds<'_> {
    /// How a condition after stands to one before, for leads that may be in the pool: both are of the world, and so is the
    /// pool, of which only what never changes counts.
    pub(super) fn compare(
        &self,
        pool: Option<&Pool<'_>>,
        before: &Expr,
        after: &Expr,
        event: Option<&Name>,
    ) -> Compared {
        if before == after {
            return Compared::default();
        }
        let mut asked: Vec<Condition> = vec![condition(before.clone()), condition(after.clone())];
        asked.push(condition(pool.map_or_else(|| truth(true), |pool| pool.expr.clone())));
        asked.extend(self.known(before, after).into_iter().map(condition));
        let of_pool = pool.and_then(|pool| pool.event);
        let Some(mut found) = self.asked(&asked, event, of_pool) else {
            return Compared { who: Who::Unknown, leads: Vec::new() };
        };
        for person in &mut found.leads {
            if let Some(scored) = self.scored(person, &asked, event, of_pool) {
                *person = scored;
            }
        }
        found
    }

    /// The same with scores that a lead can have on both sides at once, where it is one score that makes the difference.
    fn scored(
        &self,
        person: &Person,
        asked: &[Condition],
        event: Option<&Name>,
        of_pool: Option<&Name>,
    ) -> Option<Person> {
        let score = |model: &Name| Expr::Score { model: model.clone() };
        let is_told = |of: &Expr| person.lead.iter().any(|(what, _)| *what == of.to_string());
        let mut models = self.differing.scoring.keys();
        let model = models.find(|model| is_told(&score(model)) && is_told(&score(&past(model))))?;
        let is = |of: Expr, points: i32| condition(Expr::compare(of, Cmp::Eq, Value::Int(points.into())));
        super::points::examples(self, model).into_iter().find_map(|example| {
            let pinned = [is(score(&past(model)), example.before), is(score(model), example.after)];
            let all: Vec<Condition> = asked.iter().cloned().chain(pinned).collect();
            let found = self.asked(&all, event, of_pool)?;
            let mut found = found.leads.into_iter().find(|found| found.newly == person.newly)?;
            found.lead.insert(0, (example.did, Some(Value::Bool(true))));
            Some(found)
        })
    }

    /// The answer; `None` if it is too complicated.
    fn asked(&self, asked: &[Condition], event: Option<&Name>, of_pool: Option<&Name>) -> Option<Compared> {
        let event = |at: usize| if at == POOL { of_pool } else { event };
        let of = asked.iter().enumerate().map(|(at, condition)| Asked { condition, event: event(at) });
        let of: Vec<Asked<'_>> = of.collect();
        let terms = Terms::with(&self.world, &self.written, &of);
        let universe = Universe::new(terms, |term| self.writes.by_steps(term))?;
        let sets: Option<Vec<Leads>> = universe.terms.formulas.iter().map(|asks| universe.leads(asks)).collect();
        let sets = sets?;
        let [before, after, pool, known @ ..] = sets.as_slice() else { return None };
        let pool = universe.forget(*pool, |term| !universe.terms.terms[term].is_fixed())?;
        let pool = known.iter().try_fold(pool, |pool, known| universe.both(pool, *known))?;
        let (before, after) = (universe.both(*before, pool)?, universe.both(*after, pool)?);
        let read: BTreeSet<usize> =
            universe.terms.formulas.iter().flat_map(|formula| universe.terms.read_by(formula)).collect();
        let person = |newly: Newly, leads: Leads| {
            let found = universe.witness(leads, |term| read.contains(&term))?;
            Some(Person { newly, lead: super::words::without_repetition(found.values) })
        };
        let (more, fewer) = (universe.without(after, before)?, universe.without(before, after)?);
        let mut leads = Vec::new();
        if !more.is_empty() {
            leads.extend(person(Newly::In, more));
        }
        if !fewer.is_empty() {
            leads.extend(person(Newly::Out, fewer));
        }
        let who = match (more.is_empty(), fewer.is_empty()) {
            (true, true) => Who::Same,
            (false, true) => Who::Wider,
            (true, false) => Who::Narrower,
            (false, false) => Who::Different,
        };
        Some(Compared { who, leads })
    }

    /// What is known of how things before and after belong together, as far as the two conditions ask for them.
    fn known(&self, before: &Expr, after: &Expr) -> Vec<Expr> {
        let mut found = Vec::new();
        for (list, direction) in &self.differing.lists {
            let of = |name: &Name| Expr::InList { list: name.clone() };
            found.extend(implied(*direction, of(&past(list)), of(list)));
        }
        let mut levels: BTreeMap<&Name, Vec<Value>> = BTreeMap::new();
        for part in [before, after] {
            part.visit(&mut |part| {
                let Expr::Compare { left, right, .. } = part else { return };
                let (model, level) = match (&**left, &**right) {
                    (Expr::Score { model }, Expr::Const { value }) | (Expr::Const { value }, Expr::Score { model }) => {
                        (model, value)
                    }
                    _ => return,
                };
                let known = self.differing.scoring.keys().find(|name| *name == model || past(name) == *model);
                known.into_iter().for_each(|name| levels.entry(name).or_default().push(level.clone()));
            });
        }
        for (model, levels) in levels {
            let direction = self.differing.scoring.get(model).copied().unwrap_or(Direction::Either);
            for (cmp, level) in levels.iter().flat_map(|level| [(Cmp::Ge, level), (Cmp::Gt, level)]) {
                let at_least = |model: &Name| Expr::Compare {
                    cmp,
                    left: Box::new(Expr::Score { model: model.clone() }),
                    right: Box::new(Expr::Const { value: level.clone() }),
                };
                found.extend(implied(direction, at_least(&past(model)), at_least(model)));
            }
        }
        let is_asked = |part: &Expr| {
            let text = part.to_string();
            [before, after].iter().any(|asked| text.split(" or not ").any(|atom| asks_for(asked, atom)))
        };
        found.retain(is_asked);
        found.extend(super::pasts::known(self, &[before, after]));
        found.extend(self.consents_known(before, after));
        if self.differing.stage {
            found.extend(self.stages_known(before, after));
        }
        found
    }

    /// How what leads have agreed to belongs together, of topics that are asked for.
    fn consents_known(&self, before: &Expr, after: &Expr) -> Vec<Expr> {
        let mut asked = BTreeSet::new();
        let mut look = |part: &Expr| {
            if let Expr::Field { name } = part {
                asked.insert(name.clone());
            }
        };
        [before, after].into_iter().for_each(|expr| expr.visit(&mut look));
        let is_asked = |topic: &Name| asked.iter().any(|name| name.contains(&format!("\"{topic}\"")));
        let topics = self.differing.topics.iter().filter(|(topic, _)| is_asked(topic));
        topics.flat_map(|(topic, ways)| consent::known(topic, *ways)).collect()
    }
}

/// Whether an expression has a part of this canonical text.
fn asks_for(expr: &Expr, atom: &str) -> bool {
    let mut found = false;
    expr.visit(&mut |part| match part {
        Expr::InList { .. } | Expr::Score { .. } => {
            found |= atom.contains(&part.to_string());
        }
        _ => {}
    });
    found
}
