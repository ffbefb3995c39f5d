//! Whom conditions match: nobody, everybody, the same leads twice.
//!
//! In: the campaign. Out: [`MatchFacts`]. Never: words. Each condition is looked at by itself; what journeys know of their
//! leads is for `reach`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::conditions::{Asked, Claim, Claims, Place, Posed, Terms, Universe, Verdict, Written, every};
use super::reach::Writes;
use crate::ir::expr::{Cmp, Expr};
use crate::ir::journey::{Action, EntryBy, Moment};
use crate::ir::{Campaign, Condition, Name, Scoring, Value, Window};
use crate::text::Origin;

/// What is known of whom conditions match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchFacts {
    /// Segments that match nobody, with the parts that exclude each other.
    pub empty_segments: BTreeMap<Name, Vec<String>>,
    /// Personas that match nobody, with the parts that exclude each other.
    pub empty_personas: BTreeMap<Name, Vec<String>>,
    /// Segments that match everybody, those left out that say so.
    pub full_segments: BTreeSet<Name>,
    /// Personas that match everybody, those left out that say so.
    pub full_personas: BTreeSet<Name>,
    /// Personas to which earlier ones leave nobody, with these.
    pub shadowed: Vec<(Name, Vec<Name>)>,
    /// Markets to which earlier ones leave nobody, by their names, with these.
    pub shadowed_markets: Vec<(Name, Vec<Name>)>,
    /// Journeys by schedule whose entries exclude each other: the names, in the order of the campaign.
    pub apart: BTreeSet<(Name, Name)>,
    /// Segments that match the same leads: the later name, the earlier one.
    pub equal_segments: Vec<(Name, Name)>,
    /// Other conditions that never hold, with the parts that exclude each other.
    pub never: Vec<(Origin, Vec<String>)>,
    /// Comparisons of a score with a number that the model's rules never give.
    pub scores: Vec<ScoreOutOfReach>,
    /// Stages that are asked for and that nothing leads to: the stage, and where it is asked for.
    pub stages: Vec<(Name, Origin)>,
}

/// A score that is asked for and never given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoreOutOfReach {
    /// The model.
    pub model: Name,
    /// The comparison.
    pub text: String,
    /// Where it stands.
    pub origin: Origin,
    /// The most that the rules give, with what a new lead has.
    pub most: i64,
}

/// Finds out whom conditions match.
pub(super) fn matching(campaign: &Campaign, written: &Written, writes: &Writes) -> MatchFacts {
    let judge = Judge { campaign, written, writes };
    let posed = every(campaign);
    let verdicts: Vec<(Judged, Asks)> = posed.par_iter().map(|posed| judge.judged(posed)).collect();
    let mut facts = MatchFacts::default();
    let mut asks: BTreeMap<&Name, Asks> = BTreeMap::new();
    for (posed, (judged, asked)) in posed.iter().zip(verdicts) {
        if let Place::Segment(name) = posed.place {
            asks.insert(name, asked);
        }
        match (posed.place, judged) {
            (_, Judged::Some) | (Place::Journey(_) | Place::Other, Judged::All) => {}
            (Place::Segment(name), Judged::Nobody(parts)) => {
                facts.empty_segments.insert(name.clone(), parts);
            }
            (Place::Persona(name), Judged::Nobody(parts)) => {
                facts.empty_personas.insert(name.clone(), parts);
            }
            (Place::Segment(name), Judged::All) => {
                facts.full_segments.insert(name.clone());
            }
            (Place::Persona(name), Judged::All) => {
                facts.full_personas.insert(name.clone());
            }
            (Place::Journey(_), Judged::Nobody(_)) => {}
            (Place::Other, Judged::Nobody(parts)) => facts.never.push((posed.condition.origin, parts)),
        }
    }
    let personas = campaign.personas.iter().map(|persona| (&persona.name, &persona.matches));
    facts.shadowed = judge.shadowed(personas.filter(|(name, _)| !facts.empty_personas.contains_key(*name)).collect());
    let markets = campaign.policies.permission.markets.iter().map(|market| (&market.name, &market.when));
    facts.shadowed_markets = judge.shadowed(markets.collect());
    facts.apart = judge.apart();
    facts.equal_segments = judge.equal_segments(&facts, asks);
    facts.scores = scores(campaign, &posed);
    facts.stages = stages(campaign, &posed);
    facts
}

/// Whom a condition matches.
enum Judged {
    Nobody(Vec<String>),
    Some,
    All,
}

/// Texts of the terms that a segment asks about, in order.
type Asks = Vec<String>;

struct Judge<'c> {
    campaign: &'c Campaign,
    written: &'c Written,
    writes: &'c Writes,
}

impl Judge<'_> {
    fn universe(&self, terms: Terms) -> Option<Universe> {
        Universe::new(terms, |term| self.writes.by_steps(term))
    }

    /// Whom a condition matches, and of segments what it asks about.
    fn judged(&self, posed: &Posed<'_>) -> (Judged, Asks) {
        if matches!(posed.place, Place::Journey(_)) {
            return (Judged::Some, Asks::new()); // where leads are kept from something in a journey, `reach` says so
        }
        let mut claims = Claims::default();
        claims.add(posed.condition, posed.event);
        let terms = Terms::with(self.campaign, self.written, &claims.asked());
        let mut asks = Asks::new();
        if matches!(posed.place, Place::Segment(_)) {
            asks.extend(terms.terms.iter().map(|term| term.text.clone()));
            asks.sort();
        }
        // Rules and moves are asked before segments are found out anew: what may change at all may have changed since.
        let universe = match posed.place {
            Place::Other => Universe::new(terms, |term| !term.is_fixed()),
            Place::Segment(_) | Place::Persona(_) | Place::Journey(_) => self.universe(terms),
        };
        let judged = universe.map_or(Judged::Some, |universe| judged(&universe, posed, &claims));
        (judged, asks)
    }

    /// Of conditions that are asked in order, those that match somebody, and nobody whom earlier ones do not match; with
    /// these.
    fn shadowed(&self, named: Vec<(&Name, &Condition)>) -> Vec<(Name, Vec<Name>)> {
        let asked: Vec<Asked<'_>> = named.iter().map(|(_, condition)| Asked { condition, event: None }).collect();
        let terms = Terms::with(self.campaign, self.written, &asked);
        let Some(universe) = self.universe(terms) else { return Vec::new() };
        let mut found = Vec::new();
        let mut earlier = Vec::new();
        for ((name, _), formula) in named.into_iter().zip(&universe.terms.formulas) {
            let Some(own) = universe.leads(formula) else { return found };
            let left = earlier.iter().try_fold(own, |left, (_, those)| universe.without(left, *those));
            let Some(left) = left else { return found };
            if left.is_empty() && !own.is_empty() {
                // Which of them are needed: one after the other is left out.
                let mut needed = earlier.clone();
                let mut at = 0;
                while at < needed.len() {
                    let fewer = needed.iter().enumerate().filter(|(other, _)| *other != at);
                    let rest = fewer.clone().try_fold(own, |rest, (_, (_, those))| universe.without(rest, *those));
                    if rest.is_some_and(|rest| rest.is_empty()) {
                        needed.remove(at);
                    } else {
                        at += 1;
                    }
                }
                found.push((name.clone(), needed.iter().map(|(name, _): &(Name, _)| name.clone()).collect()));
            }
            earlier.push((name.clone(), own));
        }
        found
    }

    /// Journeys that take the same segment at the same moment, and whose entries exclude each other.
    fn apart(&self) -> BTreeSet<(Name, Name)> {
        let mut alike: HashMap<(&Name, &Moment), Vec<(&Name, &Condition)>> = HashMap::new();
        for (name, journey) in &self.campaign.journeys {
            if let (EntryBy::Schedule { segment, moment }, Some(when)) = (&journey.entry.by, &journey.entry.when) {
                alike.entry((segment, moment)).or_default().push((name, when));
            }
        }
        let mut found = BTreeSet::new();
        for group in alike.into_values().filter(|group| group.len() > 1) {
            let asked: Vec<Asked<'_>> = group.iter().map(|(_, condition)| Asked { condition, event: None }).collect();
            let Some(universe) = self.universe(Terms::with(self.campaign, self.written, &asked)) else { continue };
            let sets: Vec<_> = universe.terms.formulas.iter().map(|formula| universe.leads(formula)).collect();
            for (second, late) in sets.iter().enumerate() {
                for (first, early) in sets[..second].iter().enumerate() {
                    if early.zip(*late).is_some_and(|(early, late)| universe.are_disjoint(early, late)) {
                        found.insert((group[first].0.clone(), group[second].0.clone()));
                    }
                }
            }
        }
        found
    }

    /// Segments of the same leads. Only those that ask about the same things can be; those are looked at together.
    fn equal_segments(&self, facts: &MatchFacts, mut asks: BTreeMap<&Name, Asks>) -> Vec<(Name, Name)> {
        let is_plain = |name: &Name| facts.empty_segments.contains_key(name) || facts.full_segments.contains(name);
        let segments = self.campaign.segments.iter().map(|(name, segment)| (name, &segment.when));
        let segments: Vec<_> = segments.filter(|(name, when)| !is_plain(name) && !says_so(when)).collect();
        let mut alike: BTreeMap<Asks, Vec<(&Name, &Condition)>> = BTreeMap::new();
        for segment in segments {
            alike.entry(asks.remove(segment.0).unwrap_or_default()).or_default().push(segment);
        }
        let groups: Vec<_> = alike.into_values().filter(|group| group.len() > 1).collect();
        let equal = |group: &Vec<(&Name, &Condition)>| {
            let asked: Vec<Asked<'_>> = group.iter().map(|(_, condition)| Asked { condition, event: None }).collect();
            let terms = Terms::with(self.campaign, self.written, &asked);
            let Some(universe) = self.universe(terms) else { return Vec::new() };
            let sets: Vec<_> = universe.terms.formulas.iter().map(|formula| universe.leads(formula)).collect();
            let same = |at: usize| {
                let earlier = sets[..at].iter().position(|set| set.is_some() && *set == sets[at])?;
                Some((group[at].0.clone(), group[earlier].0.clone()))
            };
            (1..sets.len()).filter_map(same).collect::<Vec<_>>()
        };
        let mut found: Vec<(Name, Name)> = groups.par_iter().flat_map_iter(equal).collect();
        found.sort();
        found
    }
}

/// Whom a condition matches whose parts are these claims.
fn judged(universe: &Universe, posed: &Posed<'_>, claims: &Claims<'_>) -> Judged {
    let claims = claims.finish(&universe.terms);
    let all: Vec<&Claim> = claims.iter().collect();
    match universe.verdict(&all) {
        Verdict::Impossible(kept) => Judged::Nobody(kept.into_iter().map(|at| claims[at].text.clone()).collect()),
        Verdict::Possible(_) if says_so(posed.condition) => Judged::Some,
        Verdict::Possible(_) => {
            let everybody = universe.everybody();
            let meets = |claim: &Claim| {
                universe.leads(&claim.formula).is_some_and(|those| universe.is_within(everybody, those))
            };
            if claims.iter().all(meets) { Judged::All } else { Judged::Some }
        }
        Verdict::Unknown => Judged::Some,
    }
}

/// A condition that is written as a constant, or as one that holds of every lead there is, `id != ""`: who writes it knows
/// whom it matches.
fn says_so(condition: &Condition) -> bool {
    let is_id = |expr: &Expr| matches!(expr, Expr::Field { name } if name == "id");
    let is_nothing = |expr: &Expr| matches!(expr, Expr::Const { value: Value::Text(text) } if text.is_empty());
    match &condition.expr {
        Expr::Const { .. } => true,
        Expr::Compare { cmp: Cmp::Ne, left, right } => is_id(left) && is_nothing(right),
        _ => false,
    }
}

/// Comparisons with a score that the rules of its model never give.
fn scores(campaign: &Campaign, posed: &[Posed<'_>]) -> Vec<ScoreOutOfReach> {
    let most: BTreeMap<&Name, i64> =
        campaign.scoring.iter().filter_map(|(name, model)| Some((name, most(campaign, name, model)?))).collect();
    let mut found = Vec::new();
    for posed in posed {
        posed.condition.expr.visit(&mut |expr| {
            let Expr::Compare { cmp, left, right } = expr else { return };
            let (model, cmp, least) = match (&**left, &**right) {
                (Expr::Score { model }, Expr::Const { value }) => (model, *cmp, value),
                (Expr::Const { value }, Expr::Score { model }) => (model, cmp.turned(), value),
                _ => return,
            };
            let (Some(most), Some(least)) = (most.get(model), least.as_number()) else { return };
            let is_never = match cmp {
                Cmp::Gt => least >= *most as f64,
                Cmp::Ge | Cmp::Eq => least > *most as f64,
                Cmp::Ne | Cmp::Lt | Cmp::Le => false,
            };
            // What is beyond the range as well is said of the whole condition.
            let is_beyond = campaign.scoring.get(model).is_some_and(|model| least > f64::from(model.max));
            if is_never && !is_beyond {
                let (model, text) = (model.clone(), expr.to_string());
                found.push(ScoreOutOfReach { model, text, origin: posed.condition.origin, most: *most });
            }
        });
    }
    found
}

/// The most that a model gives to a lead who begins as new ones do; `None` if there is no end but that of its range, or
/// leads come with scores of their own.
fn most(campaign: &Campaign, name: &Name, model: &Scoring) -> Option<i64> {
    if comes_with_leads(campaign, &format!("score.{name}")) {
        return None;
    }
    let mut sum = i64::from(model.initial);
    for rule in model.rules.iter().filter(|rule| rule.points > 0) {
        let times = rule.at_most.filter(|limit| limit.per == Window::Ever)?.count;
        sum += i64::from(rule.points) * i64::from(times);
    }
    let adds = |action: &Action| matches!(action, Action::Score { points } if points.get(name).is_some_and(|points| *points > 0));
    if campaign.journeys.values().flat_map(|journey| &journey.steps).any(|step| adds(&step.action)) {
        return None;
    }
    Some(sum.min(model.max.into()).max(model.min.into()))
}

/// Whether the project says how a leads file brings something.
fn comes_with_leads(campaign: &Campaign, name: &str) -> bool {
    let leads = &campaign.settings.leads;
    leads.columns.contains_key(name) || leads.values.contains_key(name)
}

/// Stages that are asked for although no move and no step leads there.
fn stages(campaign: &Campaign, posed: &[Posed<'_>]) -> Vec<(Name, Origin)> {
    let Some(lifecycle) = &campaign.lifecycle else { return Vec::new() };
    if comes_with_leads(campaign, "stage") {
        return Vec::new();
    }
    let steps = campaign.journeys.values().flat_map(|journey| &journey.steps);
    let mut reached: BTreeSet<&Name> = steps
        .filter_map(|step| match &step.action {
            Action::Stage { stage } => Some(stage),
            _ => None,
        })
        .chain(lifecycle.stages.first())
        .collect();
    loop {
        let before = reached.len();
        let on = lifecycle.moves.iter().filter(|step| reached.contains(&step.from)).map(|step| &step.to);
        reached.extend(on.collect::<Vec<_>>());
        if reached.len() == before {
            break;
        }
    }
    let mut found = Vec::new();
    for posed in posed {
        posed.condition.expr.visit(&mut |expr| {
            let asked: Vec<&Name> = match expr {
                Expr::Compare { cmp: Cmp::Eq, left, right } => match (&**left, &**right) {
                    (Expr::Stage, Expr::Const { value: Value::Text(stage) })
                    | (Expr::Const { value: Value::Text(stage) }, Expr::Stage) => vec![stage],
                    _ => Vec::new(),
                },
                Expr::Reached { stage } => vec![stage],
                _ => Vec::new(),
            };
            let unreached = asked.into_iter().filter(|stage| !reached.contains(stage));
            found.extend(unreached.map(|stage| (stage.clone(), posed.condition.origin)));
        });
    }
    found
}
