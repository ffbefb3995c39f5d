//! From sets of leads to facts: what nobody can do, and which statements exclude it.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;

use super::carry::{Carried, Edge, carry, comes_to};
use super::model::Model;
use super::{ReachFacts, Reason, Source, Statement};
use crate::analysis::JourneyFacts;
use crate::analysis::conditions::{Claim, Formula, Leads, Verdict};
use crate::ir::journey::Action;

/// What nobody can do in a journey. `None` if its conditions are too complicated.
pub(super) fn facts(model: &Model<'_>, graph: &JourneyFacts) -> Option<ReachFacts> {
    let carried = carry(model)?;
    let finder = Finder { model, carried: &carried, known: OnceCell::new(), leading: OnceCell::new() };
    let mut facts =
        ReachFacts { reached: carried.steps.iter().map(|leads| !leads.is_empty()).collect(), ..ReachFacts::default() };
    if carried.entering.is_empty() {
        facts.nobody = Some(finder.excluded(model.universe.everybody(), &finder.entry(), &[]));
        return Some(facts);
    }
    if let Some(exit) = &model.exit_when {
        facts.leaves_at_once = finder.all_meet(carried.entering, exit);
    }
    if let Some((goal, _)) = &model.goal {
        if facts.leaves_at_once.is_none() {
            facts.goal_on_entry = finder.all_meet(carried.entering, goal);
        }
        facts.impossible_goal = finder.impossible(goal);
    }
    if carried.inside.is_empty() {
        return Some(facts);
    }
    finder.steps(graph, &mut facts);
    facts.never_both = never_both(model, &carried);
    Some(facts)
}

struct Finder<'m> {
    model: &'m Model<'m>,
    carried: &'m Carried,
    /// What may hold of everybody at some place; made when something is excluded, which is rare.
    known: OnceCell<Vec<(Claim, Source)>>,
    /// By step, the steps that lead to it.
    leading: OnceCell<Vec<Vec<usize>>>,
}

impl Finder<'_> {
    fn claims(&self, range: &Range<usize>, source: Source) -> Vec<(Claim, Source)> {
        self.model.claims[range.clone()].iter().map(|claim| (claim.clone(), source)).collect()
    }

    /// What the entry asks.
    fn entry(&self) -> Vec<(Claim, Source)> {
        let mut asked = self.claims(&self.model.entry_by, Source::Entry);
        asked.extend(self.claims(&self.model.entry_when, Source::Asked));
        asked
    }

    /// Why all of these leads meet all claims of a range, if they do.
    fn all_meet(&self, leads: Leads, asked: &Range<usize>) -> Option<Reason> {
        self.all_meet_where(None, leads, asked)
    }

    /// The same at a step.
    fn all_meet_at(&self, step: usize, leads: Leads, asked: &Range<usize>) -> Option<Reason> {
        self.all_meet_where(Some(step), leads, asked)
    }

    fn all_meet_where(&self, at: Option<usize>, leads: Leads, asked: &Range<usize>) -> Option<Reason> {
        let meeting = self.model.meeting(asked)?;
        if !self.model.universe.is_within(leads, meeting) {
            return None;
        }
        let contrary = Claim { formula: self.whole(asked).negated(), ..self.model.claims[asked.start].clone() };
        let mut reason = self.excluded_at(at, leads, &[(contrary, Source::Asked)], &[]);
        reason.parts.retain(|part| part.source != Source::Asked);
        Some(reason)
    }

    /// Why nobody who may be in the journey can meet a goal, if so: it excludes itself, or what is fixed of those who
    /// entered.
    fn impossible(&self, goal: &Range<usize>) -> Option<Reason> {
        let universe = &self.model.universe;
        let fixed = universe.forget(self.carried.entering, |term| !self.model.notes[term].stays)?;
        let at_entry = universe.either(fixed, self.carried.entering)?;
        let anywhere = self.carried.steps.iter().try_fold(at_entry, |all, leads| universe.either(all, *leads))?;
        // Between two steps anything may happen that may change.
        let anywhere = universe.forget(anywhere, |term| !self.model.notes[term].stays)?;
        // `exit_when` is asked first.
        let out = self.model.exit_when.as_ref();
        let anywhere = out.map_or(Some(anywhere), |out| universe.without(anywhere, self.model.meeting(out)?))?;
        universe
            .are_disjoint(anywhere, self.model.meeting(goal)?)
            .then(|| self.excluded(anywhere, &self.claims(goal, Source::Asked), &[]))
    }

    fn whole(&self, range: &Range<usize>) -> Formula {
        Formula::all(self.model.claims[range.clone()].iter().map(|claim| claim.formula.clone()).collect::<Vec<_>>())
    }

    /// Dead arms, and steps that nobody reaches.
    fn steps(&self, graph: &JourneyFacts, facts: &mut ReachFacts) {
        for (number, step) in self.model.journey.steps.iter().enumerate() {
            let here = self.carried.steps[number];
            if !graph.reached.get(number).copied().unwrap_or(false) || here.is_empty() {
                continue;
            }
            if let Some((topic, asked)) = self.model.consents.get(&number) {
                let may = self.model.meeting(asked);
                if may.is_some_and(|may| self.model.universe.are_disjoint(here, may)) {
                    let reason = self.excluded_at(Some(number), here, &self.claims(asked, Source::Asked), &[]);
                    facts.no_consent.push((number, (*topic).clone(), reason));
                }
            }
            // Nobody waits where what is waited for holds of everybody who comes.
            let already = self.carried.edges[number].iter().find(|(edge, ..)| *edge == Edge::Already);
            if already.is_some_and(|(_, _, leads)| self.model.universe.is_within(here, *leads)) {
                let asked = self.model.whens.get(&number).and_then(|asked| self.all_meet_at(number, here, asked));
                facts.already.push((number, asked.unwrap_or_default()));
                continue;
            }
            for (edge, target, _) in self.carried.edges[number].iter().filter(|(_, _, leads)| leads.is_empty()) {
                let is_new = target.is_some_and(|target| self.carried.steps[target].is_empty());
                match edge {
                    Edge::Arm(arm) => {
                        let Some(asked) = self.model.arms.get(&(number, *arm)) else { continue };
                        let asked = self.claims(asked, Source::Asked);
                        let reason = self.excluded_at(Some(number), here, &asked, &self.earlier(number, *arm));
                        facts.arms.push((number, *arm, reason));
                    }
                    Edge::Else => {
                        let Some(target) = target.filter(|_| is_new) else { continue };
                        let arms = self.arms_of(number);
                        let reason = self.excluded_at(Some(number), here, &[], &self.earlier(number, arms));
                        facts.otherwise.push((number, target, reason));
                    }
                    Edge::Event => {
                        let on_event = matches!(&step.action, Action::WaitFor { event: Some(_), .. });
                        let asked = if on_event { &self.model.filters } else { &self.model.whens };
                        let asked = asked.get(&number).cloned().unwrap_or(0..0);
                        // Where nothing but the wait is in vain, it just lasts until those leave whom it waits for.
                        if asked.is_empty() && !is_new {
                            continue;
                        }
                        let mut reason = self.excluded_at(Some(number), here, &self.claims(&asked, Source::Asked), &[]);
                        if reason.parts.is_empty() {
                            // What ends the wait takes everybody out first.
                            reason = self::reason(self.leaving().iter());
                        }
                        facts.waits.push((number, reason));
                    }
                    Edge::Already => {}
                    Edge::Next | Edge::Timeout => {
                        let Some(target) = target.filter(|_| is_new) else { continue };
                        let reason = self.taken_out(here);
                        if !matches!(step.action, Action::Branch { .. }) {
                            facts.steps.push((target, number, reason));
                        }
                    }
                }
            }
        }
    }

    fn arms_of(&self, number: usize) -> usize {
        self.model.arms.range((number, 0)..(number + 1, 0)).count()
    }

    /// The steps from which a step is reached, itself only by a loop.
    fn before(&self, at: usize) -> BTreeSet<usize> {
        let leading = self.leading.get_or_init(|| leading(self.model));
        let mut before = BTreeSet::new();
        let mut open = leading[at].clone();
        while let Some(step) = open.pop() {
            if before.insert(step) {
                open.extend(&leading[step]);
            }
        }
        before
    }

    /// Who took an arm before is not here.
    fn earlier(&self, number: usize, arms: usize) -> Vec<(Claim, Source)> {
        let earlier = (0..arms).filter_map(|arm| Some((arm, self.model.arms.get(&(number, arm))?)));
        let contrary = |(arm, range): (usize, &Range<usize>)| {
            let first = self.model.claims.get(range.start)?;
            let text = self.text(range);
            let formula = self.whole(range).negated();
            Some((Claim { text, origin: first.origin, formula }, Source::EarlierArm(number, arm)))
        };
        earlier.filter_map(contrary).collect()
    }

    fn text(&self, range: &Range<usize>) -> String {
        let texts: Vec<&str> = self.model.claims[range.clone()].iter().map(|claim| claim.text.as_str()).collect();
        texts.join(" and ")
    }

    /// Everybody here is taken out before the next step.
    fn taken_out(&self, here: Leads) -> Reason {
        self.excluded(here, &self.leaving(), &[])
    }

    /// Whoever stays does not meet these.
    fn leaving(&self) -> Vec<(Claim, Source)> {
        let mut out = Vec::new();
        if let Some(exit) = &self.model.exit_when {
            out.extend(contrary(self.model, exit, Source::ExitWhen, &|range| self.text(range)));
        }
        if let Some((goal, true)) = &self.model.goal {
            out.extend(contrary(self.model, goal, Source::Goal, &|range| self.text(range)));
        }
        out
    }

    /// Which of the statements that hold of all these leads, and of `also`, exclude what is asked. Empty if the sets do not
    /// say: they differ from path to path.
    fn excluded(&self, leads: Leads, asked: &[(Claim, Source)], also: &[(Claim, Source)]) -> Reason {
        self.excluded_at(None, leads, asked, also)
    }

    /// The same at a step: statements of steps behind it have nothing to do with it.
    fn excluded_at(
        &self,
        at: Option<usize>,
        leads: Leads,
        asked: &[(Claim, Source)],
        also: &[(Claim, Source)],
    ) -> Reason {
        let universe = &self.model.universe;
        let before = at.map(|at| self.before(at));
        let is_before = |step: usize| before.as_ref().is_none_or(|before| Some(step) != at && before.contains(&step));
        let holds = |(claim, source): &&(Claim, Source)| {
            let may_matter = match source {
                Source::Arm(step, _) | Source::EarlierArm(step, _) | Source::Step(step) => is_before(*step),
                Source::Entry | Source::ExitWhen | Source::Goal | Source::Asked => true,
            };
            may_matter && universe.leads(&claim.formula).is_some_and(|those| universe.is_within(leads, those))
        };
        let known = self.known.get_or_init(|| known(self.model));
        let mut claims: Vec<&(Claim, Source)> = known.iter().filter(holds).collect();
        claims.extend(also);
        claims.extend(asked);
        let only: Vec<&Claim> = claims.iter().map(|(claim, _)| claim).collect();
        match universe.verdict(&only) {
            Verdict::Impossible(kept) => reason(kept.into_iter().map(|at| claims[at])),
            Verdict::Possible(_) | Verdict::Unknown => Reason::default(),
        }
    }
}

/// Pairs of steps that send the same, the second of which nobody comes to who got it by the first.
fn never_both(model: &Model<'_>, carried: &Carried) -> BTreeSet<(usize, usize)> {
    let content = |step: usize| match &model.journey.steps[step].action {
        Action::Send { content, .. } => Some(content),
        _ => None,
    };
    let sends: Vec<usize> = (0..model.journey.steps.len()).filter(|step| content(*step).is_some()).collect();
    let pairs = sends.iter().flat_map(|earlier| sends.iter().map(move |later| (*earlier, *later)));
    let same = pairs.filter(|(earlier, later)| earlier != later && content(*earlier) == content(*later));
    same.filter(|(earlier, later)| comes_to(model, carried, *earlier, *later) == Some(false)).collect()
}

fn reason<'c>(claims: impl Iterator<Item = &'c (Claim, Source)>) -> Reason {
    let statement = |(claim, source): &(Claim, Source)| Statement {
        text: claim.text.clone(),
        origin: claim.origin,
        source: *source,
    };
    Reason { parts: claims.map(statement).collect() }
}

/// Whoever meets all of these is not here.
fn contrary(
    model: &Model<'_>,
    range: &Range<usize>,
    source: Source,
    text: &dyn Fn(&Range<usize>) -> String,
) -> Option<(Claim, Source)> {
    let first = model.claims.get(range.start)?;
    let whole = model.claims[range.clone()].iter().map(|claim| claim.formula.clone()).collect::<Vec<_>>();
    let formula = Formula::all(whole).negated();
    Some((Claim { text: text(range), origin: first.origin, formula }, source))
}

/// By step, the steps that lead to it.
fn leading(model: &Model<'_>) -> Vec<Vec<usize>> {
    let steps = &model.journey.steps;
    let mut leading = vec![Vec::new(); steps.len()];
    for (number, step) in steps.iter().enumerate() {
        for target in step.edges().into_iter().filter_map(|target| model.number(target)) {
            leading[target].push(number);
        }
    }
    leading
}

/// Statements that may hold of everybody at some place, those of the entry first.
fn known(model: &Model<'_>) -> Vec<(Claim, Source)> {
    let text = |range: &Range<usize>| {
        let texts: Vec<&str> = model.claims[range.clone()].iter().map(|claim| claim.text.as_str()).collect();
        texts.join(" and ")
    };
    let each = |range: &Range<usize>, source: Source| {
        model.claims[range.clone()].iter().map(|claim| (claim.clone(), source)).collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    for (at, range) in &model.arms {
        found.extend(contrary(model, range, Source::EarlierArm(at.0, at.1), &text));
    }
    if let Some((goal, true)) = &model.goal {
        found.extend(contrary(model, goal, Source::Goal, &text));
    }
    if let Some(exit) = &model.exit_when {
        found.extend(contrary(model, exit, Source::ExitWhen, &text));
    }
    for (step, range) in &model.sets {
        found.extend(each(range, Source::Step(*step)));
    }
    for (at, range) in &model.arms {
        found.extend(each(range, Source::Arm(at.0, at.1)));
    }
    found.extend(each(&model.entry_by, Source::Entry));
    found.extend(each(&model.entry_when, Source::Entry));
    found
}
