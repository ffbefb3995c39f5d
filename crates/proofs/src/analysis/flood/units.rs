//! Journeys that have something in common, and what they have in a window for each kind of lead.
//!
//! In: the campaign. Out: [`Units`]: tables from cells of fixed terms to demands. Never: the sum of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::asks::{Asks, Known};
use super::born::joins_at_birth;
use super::demand::{Demand, Paths};
use super::kinds::{Kinds, MOST_KINDS, leads_of, spread, told_apart};
use super::machine::{Machine, Witness, follows_score};
use super::model::{Guard, Joining, Model, Pace, models};
use super::questions::Questions;
use super::{Share, calendar, conditions_of, rejoin};
use crate::analysis::conditions::{Assignment, Lasting, TermKind, Written};
use crate::analysis::entry::unentered;
use crate::analysis::reach::Reach;
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Again, Campaign, Condition, MailLimit, Name};

/// Journeys that are searched together.
const MOST_TOGETHER: usize = 5;
/// Searches in a project, up to which each goes as far as if it were the only one; where there are more, they share that.
const FEW_SEARCHES: usize = 12;
/// Of what the search of a group may take, the part for a journey of it that is searched for itself: it is a second try, and
/// what others change is open to it, which makes it long.
const PART: usize = 20;
/// States below which no search is begun.
const LEAST_STATES: usize = 1_000;

/// States of all kinds of leads together before a search is given up.
pub(super) const MOST_STATES: usize = 60_000;

/// Everything that has mails.
pub(super) struct Units<'c> {
    pub(super) campaign: &'c Campaign,
    pub(super) questions: &'c Questions,
    pub(super) written: &'c Written,
    pub(super) models: Vec<Model<'c>>,
    pub(super) limits: Vec<(MailLimit, i64)>,
    pub(super) units: Vec<Arc<Unit>>,
    /// Each journey with mails by itself.
    pub(super) singles: Vec<Arc<Unit>>,
    /// By how much clocks may be set forward, in seconds.
    pub(super) shift_secs: i64,
    most_states: usize,
}

/// Journeys that have something in common.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// The journeys.
    pub(super) models: Vec<usize>,
    /// The fixed terms that matter.
    pub(super) reads: Vec<usize>,
    /// How many cells each of them has.
    pub(super) sizes: Vec<usize>,
    /// By term and cell, the number of the cells that are alike to this unit, numbered as they come.
    pub(super) alike: Vec<Vec<usize>>,
    /// By cells of these terms, all combinations with the last term changing first, the number of the outcome.
    pub(super) rows: Vec<usize>,
    /// What there is for a kind of lead.
    pub(super) outcomes: Vec<Outcome>,
}

/// What a unit has for a kind of lead, by limit.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) by_limit: Vec<Found>,
}

/// What a unit has in a window.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// At most so many; `None` for any number.
    pub(super) most: Option<u64>,
    /// Without mails that come only so often.
    pub(super) free: Option<u64>,
    /// Whether all states were searched.
    pub(super) searched: bool,
    pub(super) shares: Vec<Share>,
    pub(super) witness: Option<Witness>,
}

impl Unit {
    /// The outcomes of the leads that are so, as far as it is decided, by row.
    pub(super) fn rows_of(&self, assignment: &Assignment) -> impl Iterator<Item = usize> {
        let fits = |(term, size): (&usize, &usize)| {
            let known = assignment.get(*term);
            (0..*size).map(|cell| known.is_none_or(|known| known == cell).then_some(0)).collect()
        };
        let places: Vec<_> = self.reads.iter().zip(&self.sizes).map(fits).collect();
        spread(&places).into_iter().zip(&self.rows).filter_map(|(fits, outcome)| fits.map(|_| *outcome))
    }

    /// The leads of a row.
    pub(super) fn leads(&self, row: usize) -> Assignment {
        leads_of(&self.reads, &self.sizes, row)
    }
}

/// What units are made of.
#[derive(Clone, Copy)]
pub(super) struct Ground<'c> {
    pub(super) campaign: &'c Campaign,
    pub(super) written: &'c Written,
    pub(super) questions: &'c Questions,
    /// Who can stand on which step, as far as it is known.
    pub(super) reach: &'c Reach,
    /// By how much clocks may be set forward, in seconds.
    pub(super) shift_secs: i64,
}

impl Ground<'_> {
    /// Whether membership in a segment is settled when the lead comes in.
    fn is_fixed(&self, segment: &Name) -> bool {
        let segment = self.campaign.segments.get(segment);
        segment.and_then(|segment| self.questions.number(&segment.when, None)).is_some_and(|asks| {
            let terms = &self.questions.terms;
            terms.read_by(&terms.formulas[asks]).into_iter().all(|term| terms.terms[term].is_fixed())
        })
    }

    /// When leads join a segment.
    fn joining(&self, segment: &Name) -> Joining {
        let segment = self.campaign.segments.get(segment);
        let asks = segment.and_then(|segment| self.questions.number(&segment.when, None));
        let terms = &self.questions.terms;
        asks.map_or(Joining::default(), |asks| Joining {
            at_birth: joins_at_birth(self.campaign, terms, asks),
            again_after: rejoin::of_segment(terms, asks),
        })
    }
}

impl<'c> Units<'c> {
    /// What there is for each limit, with the length of its window in seconds. If `is_held`, any mail may be held. Searches
    /// are given up at so many states of all kinds of leads together; with none, each journey is looked at by itself.
    pub(super) fn of(ground: Ground<'c>, limits: &[(&MailLimit, i64)], is_held: bool, most_states: usize) -> Units<'c> {
        let mut units = Units::bare(ground, limits, is_held, most_states);
        let all: Vec<usize> = (0..units.models.len()).collect();
        let added = |model: &usize| units.added(*model).map(Arc::new);
        let added: Vec<Option<Arc<Unit>>> = all.par_iter().map(added).collect();
        let singles = |group: &[usize]| group.iter().filter_map(|model| added[*model].clone()).collect::<Vec<_>>();
        let groups = together(ground, &units.models);
        let mailing = groups.iter().filter(|group| !singles(group).is_empty());
        let searches: usize = mailing.map(|group| if group.len() <= MOST_TOGETHER { 1 } else { group.len() }).sum();
        units.most_states = most_states.min(most_states * FEW_SEARCHES / searches.max(1));
        // Who begins when the lead comes in cannot be shifted against others at will: all of them are one group, if they can be.
        let is_one = groups.len() > 1 && units.models.iter().any(|model| model.begins_at_birth);
        let found: Vec<Vec<Arc<Unit>>> = match is_one.then(|| units.searched(&all, &singles(&all), true)).flatten() {
            Some(unit) => vec![vec![Arc::new(unit)]],
            None => groups.par_iter().map(|group| units.of_group(group, &singles(group))).collect(),
        };
        units.units = found.into_iter().flatten().collect();
        units.singles = singles(&all);
        units
    }

    /// The journeys, of which nothing was found yet.
    fn bare(ground: Ground<'c>, limits: &[(&MailLimit, i64)], is_held: bool, most_states: usize) -> Units<'c> {
        let Ground { campaign, written, questions, .. } = ground;
        let mut models = models(campaign, is_held, &|segment| ground.joining(segment));
        // What is held may be sent when consent has come back.
        for model in models.iter_mut().filter(|_| !is_held) {
            if let Some(facts) = ground.reach.get(model.name) {
                let idle = model.steps.iter_mut().enumerate().filter(|(step, _)| facts.mails_nobody(*step));
                idle.for_each(|(_, node)| node.mail = None);
            }
        }
        if models.iter().any(|model| model.enters_by_itself()) {
            let unentered = unentered(campaign, written, false, &|_, _| true);
            models.retain(|model| !unentered.contains(model.name));
        }
        let limits = limits.iter().map(|(limit, secs)| ((*limit).clone(), *secs)).collect();
        let (units, singles, shift_secs) = (Vec::new(), Vec::new(), ground.shift_secs);
        Units { campaign, questions, written, models, limits, units, singles, shift_secs, most_states }
    }

    /// Of a campaign with one journey, what that asks for in a window at most, if it is no more than the limit allows. The
    /// kind of lead at `first` is asked first, and one that has too many is put there.
    pub(super) fn within(ground: Ground<'c>, limit: (&MailLimit, i64), first: &mut usize) -> Option<u64> {
        let units = Units::bare(ground, &[limit], false, 0);
        let Some(model) = units.models.first().filter(|model| units.has_mail(model)) else { return Some(0) };
        let asks = Asks::of(units.asks(model));
        let kinds = ground.questions.kinds(&asks.formulas);
        let mut order: Vec<usize> = (0..kinds.answers.len()).collect();
        order.sort_by_key(|kind| kind != first);
        let (mut most, mut known) = (0, Known::default());
        for kind in order {
            let answers = &kinds.answers[kind];
            if known.like(answers).is_some() {
                continue;
            }
            let outcome = known
                .learn((), answers, &|asked| units.outcome(model, &|condition| asks.answer(condition, answers, asked)));
            match outcome.by_limit[0].most.filter(|most| *most <= u64::from(limit.0.at_most)) {
                Some(found) => most = most.max(found),
                None => {
                    *first = kind;
                    return None;
                }
            }
        }
        Some(most)
    }

    /// Whether a journey has a mail that counts.
    fn has_mail(&self, model: &Model<'_>) -> bool {
        let mut mails = model.steps.iter().filter_map(|step| step.mail);
        mails.any(|mail| self.limits.iter().any(|(limit, _)| mail.counts(limit)))
    }

    /// One journey by itself.
    fn added(&self, number: usize) -> Option<Unit> {
        let model = &self.models[number];
        if !self.has_mail(model) {
            return None;
        }
        let asks = Asks::of(self.asks(model));
        let kinds = self.questions.kinds(&asks.formulas);
        let (mut outcomes, mut known) = (Vec::with_capacity(kinds.answers.len()), Known::default());
        for answers in &kinds.answers {
            let outcome = match known.like(answers) {
                Some(like) => Outcome::clone(&outcomes[like]),
                None => known.learn(outcomes.len(), answers, &|asked| {
                    self.outcome(model, &|condition| asks.answer(condition, answers, asked))
                }),
            };
            outcomes.push(outcome);
        }
        let Kinds { reads, alike, rows, .. } = &*kinds;
        let (reads, alike, rows) = (reads.clone(), alike.clone(), rows.clone());
        Some(Unit { models: vec![number], reads, sizes: alike.iter().map(Vec::len).collect(), alike, rows, outcomes })
    }

    /// The conditions of a journey that decide which ways there are: by their place, the formula.
    fn asks(&self, model: &Model<'_>) -> Vec<(usize, usize)> {
        let journey = model.journey;
        let place = |condition: &Condition| std::ptr::from_ref(condition) as usize;
        let filter = match &journey.entry.by {
            EntryBy::Event { filter, .. } => filter.as_ref(),
            EntryBy::Segment { .. } | EntryBy::Schedule { .. } | EntryBy::Called => None,
        };
        let goal = journey.goal.as_ref().map(|goal| &goal.when);
        let around = [filter, journey.entry.when.as_ref(), journey.exit_when.as_ref(), goal];
        let guards = model.steps.iter().flat_map(|step| &step.edges).filter_map(|edge| match edge.guard {
            Guard::Arm(when) | Guard::Possible(when) => Some(when),
            Guard::Open | Guard::Otherwise => None,
        });
        let decide: BTreeSet<usize> = around.into_iter().flatten().chain(guards).map(place).collect();
        let own = conditions_of(journey).into_iter().filter(|(condition, _)| decide.contains(&place(condition)));
        let entry = model.entry_segment().and_then(|segment| self.campaign.segments.get(segment));
        let conditions = own.chain(entry.map(|segment| (&segment.when, None)));
        conditions
            .filter_map(|(condition, event)| Some((place(condition), self.questions.number(condition, event)?)))
            .collect()
    }

    /// What a journey has, by limit, if this is known of its conditions.
    fn outcome(&self, model: &Model<'_>, holds: &dyn Fn(&Condition) -> Option<bool>) -> Outcome {
        let is_shut = self.is_shut(model, holds);
        let paths = (!is_shut).then(|| Paths::of(model, self.shift_secs, holds));
        let by_limit = self.limits.iter().map(|(limit, window_secs)| {
            let Some(paths) = &paths else { return self.found(model, Demand::NONE, Some(0)) };
            let mail = |step: usize| model.steps[step].mail.filter(|mail| mail.counts(limit));
            let demand = |counts: &dyn Fn(usize) -> bool| self.demand(model, paths, (limit, *window_secs), counts);
            let all = demand(&|step| mail(step).is_some());
            let scarce: BTreeMap<&Name, u64> = model
                .steps
                .iter()
                .filter_map(|step| step.mail.filter(|mail| mail.counts(limit)))
                .filter_map(|mail| Some((mail.content, mail.most(*window_secs)?)))
                .collect();
            if scarce.is_empty() {
                let free = all.most;
                return self.found(model, all, free);
            }
            let is_free = |step: usize| mail(step).is_some_and(|mail| !scarce.contains_key(mail.content));
            let free = demand(&is_free).most;
            let capped = free.map(|free| free + scarce.values().sum::<u64>());
            let most = match (all.most, capped) {
                (Some(all), Some(capped)) => Some(all.min(capped)),
                (one, other) => one.or(other),
            };
            let path = if most == all.most { all.path } else { Vec::new() };
            self.found(model, Demand { most, path }, free)
        });
        Outcome { by_limit: by_limit.collect() }
    }

    /// The most mails of those that count. In a window of the calendar, what comes at a moment of the clock comes no more
    /// often than the moment, whatever lies between two.
    fn demand(
        &self,
        model: &Model<'_>,
        paths: &Paths<'_, '_>,
        (limit, window_secs): (&MailLimit, i64),
        counts: &dyn Fn(usize) -> bool,
    ) -> Demand {
        let all = paths.demand(window_secs, counts);
        if !calendar::goes_by_schedules(self.campaign, limit, self.shift_secs) {
            return all;
        }
        // What comes at none of the moments comes as often as it may.
        let mut rest: Vec<bool> = vec![true; model.steps.len()];
        let mut at_moments = Some(0_u64);
        for (number, moment) in model.moments() {
            let Some(times) = calendar::comes(self.campaign, moment, limit.per) else { continue };
            // A schedule does not come again where a clock is set back, and a wait may.
            let is_wait = model.begins.is_none_or(|(begins, _)| begins != number);
            let again = is_wait && self.shift_secs > 0 && calendar::may_be_shown_again(moment);
            let at_once = model.sends_at(number, moment);
            let each = paths.demand(1, &|step| at_once[step] && counts(step)).most;
            let of_moment = each.map(|each| (times + u64::from(again)).saturating_mul(each));
            at_moments = at_moments.zip(of_moment).map(|(sum, more)| sum.saturating_add(more));
            rest.iter_mut().zip(&at_once).for_each(|(rest, at_once)| *rest &= !at_once);
        }
        let later = paths.demand(window_secs, &|step| rest[step] && counts(step)).most;
        let by_calendar = at_moments.zip(later).map(|(sum, later)| sum.saturating_add(later));
        match by_calendar {
            Some(fewer) if all.most.is_none_or(|most| fewer < most) => Demand { most: by_calendar, path: Vec::new() },
            Some(_) | None => all,
        }
    }

    fn found(&self, model: &Model<'_>, demand: Demand, free: Option<u64>) -> Found {
        let share = Share { journeys: vec![model.name.clone()], most: demand.most, path: demand.path };
        let shares = if share.most == Some(0) { Vec::new() } else { vec![share] };
        Found { most: demand.most, free, searched: false, shares, witness: None }
    }

    /// Whether nobody of this kind enters, or whoever enters leaves at once.
    fn is_shut(&self, model: &Model<'_>, holds: &dyn Fn(&Condition) -> Option<bool>) -> bool {
        let journey = model.journey;
        let segment = model.entry_segment().and_then(|segment| self.campaign.segments.get(segment));
        let says = |condition: Option<&Condition>, truth: bool| condition.and_then(holds) == Some(truth);
        let is_named_by_none = journey.entry.by == EntryBy::Called && !model.is_started;
        let filter = match &journey.entry.by {
            EntryBy::Event { filter, .. } => filter.as_ref(),
            EntryBy::Segment { .. } | EntryBy::Schedule { .. } | EntryBy::Called => None,
        };
        is_named_by_none
            || (says(filter, false) && !model.is_started)
            || says(journey.entry.when.as_ref(), false)
            || says(journey.exit_when.as_ref(), true)
            // Whoever has reached the goal on entry is in time.
            || says(journey.goal.as_ref().map(|goal| &goal.when), true)
            || (says(segment.map(|segment| &segment.when), false) && !model.is_started)
    }

    /// What a group has: searched as one, or else each of its journeys for itself, or else as it was found by itself.
    fn of_group(&self, group: &[usize], added: &[Arc<Unit>]) -> Vec<Arc<Unit>> {
        if let Some(unit) = self.searched(group, added, true) {
            return vec![Arc::new(unit)];
        }
        let alone = |unit: &Arc<Unit>| match self.searched(&unit.models, std::slice::from_ref(unit), false) {
            Some(searched) => Arc::new(searched),
            None => Arc::clone(unit),
        };
        if group.len() == 1 { added.to_vec() } else { added.par_iter().map(alone).collect() }
    }

    /// Journeys searched state by state, for each kind of lead, if they have mails and are few enough; with what was found of
    /// each by itself. `is_whole` if they share nothing with others.
    fn searched(&self, group: &[usize], added: &[Arc<Unit>], is_whole: bool) -> Option<Unit> {
        let most_states = if is_whole { self.most_states } else { self.most_states / PART };
        let is_small = group.len() <= MOST_TOGETHER && most_states >= LEAST_STATES;
        if !is_small || added.is_empty() {
            return None;
        }
        let models: Vec<&Model<'_>> = group.iter().map(|number| &self.models[*number]).collect();
        let windows: Vec<i64> = self.limits.iter().map(|(_, secs)| *secs).collect();
        let machine = Machine::of(self.campaign, self.questions, self.written, &models, &windows, false)?;
        let terms = &*self.questions.terms;
        let (reads, sizes) = told_apart(terms, machine.fixed_terms().into_iter().collect());
        let kinds = sizes.iter().product::<usize>();
        if kinds > MOST_KINDS / 8 || reads.len() < machine.fixed_terms().len() {
            return None;
        }
        let machine = machine.within(most_states / kinds);
        let limits: Vec<(&MailLimit, i64)> = self.limits.iter().map(|(limit, secs)| (limit, *secs)).collect();
        let is_held = models.iter().flat_map(|model| &model.steps).flat_map(|step| &step.edges);
        let is_held = is_held.into_iter().any(|edge| matches!(edge.pace, Pace::Held(..)));
        let open = is_held.then(|| Machine::of(self.campaign, self.questions, self.written, &models, &windows, true));
        let open = open.flatten().map(|open| open.within(most_states / kinds));
        // Where one kind is given up, nothing is known of the group: the others need not be searched to their end.
        let outcomes: Option<Vec<Outcome>> = (0..kinds)
            .into_par_iter()
            .map(|kind| {
                let fixed = leads_of(&reads, &sizes, kind);
                let lead = machine.settled(fixed.clone());
                let without_past = || lead.without_past().filter(|_| is_whole)?.most(&limits);
                let mut most = lead.most(&limits).or_else(without_past)?;
                if let Some(open) = &open {
                    // A timeline in which nothing is held is easier to come by.
                    let without = open.settled(fixed.clone()).most(&limits);
                    for (most, without) in most.iter_mut().zip(without.into_iter().flatten()) {
                        most.witness = without.witness;
                    }
                }
                let by_limit = most.into_iter().enumerate().map(|(limit, mut most)| {
                    let (by_itself, free) = by_itself(added, limit, &fixed);
                    most.most = least(most.most, by_itself);
                    let shares = shares_of(added, limit, &fixed);
                    let share = match shares.as_slice() {
                        // What is known of one journey by itself tells its mails as well.
                        [share] if share.most == most.most => share.clone(),
                        _ => Share {
                            journeys: models.iter().map(|model| model.name.clone()).collect(),
                            most: most.most,
                            path: Vec::new(),
                        },
                    };
                    let shares = if most.most == Some(0) { Vec::new() } else { vec![share] };
                    // What mails that come only so often add up to is seen where what shares them is looked at together.
                    let free = if is_whole { most.most } else { least(most.most, free) };
                    Found { most: most.most, free, searched: is_whole, shares, witness: most.witness }
                });
                Some(Outcome { by_limit: by_limit.collect() })
            })
            .collect();
        let outcomes = outcomes?;
        let alike = sizes.iter().map(|size| (0..*size).collect()).collect();
        Some(Unit { models: group.to_vec(), reads, sizes, alike, rows: (0..kinds).collect(), outcomes })
    }
}

/// The most that journeys of this kind of lead have by themselves in all, and without mails that come only so often; `None`
/// for any number.
fn by_itself(added: &[Arc<Unit>], limit: usize, fixed: &Assignment) -> (Option<u64>, Option<u64>) {
    let most = |of: &dyn Fn(&Found) -> Option<u64>| {
        let of_unit = |unit: &Arc<Unit>| {
            let mut rows = unit.rows_of(fixed).map(|row| of(&unit.outcomes[row].by_limit[limit]));
            rows.try_fold(0, |most: u64, row| Some(most.max(row?)))
        };
        added.iter().map(of_unit).sum()
    };
    (most(&|found| found.most), most(&|found| found.free))
}

/// The smaller of two numbers of mails, of which `None` is any.
fn least(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.into_iter().chain(other).min()
}

/// What the journeys of a group have by themselves.
fn shares_of(added: &[Arc<Unit>], limit: usize, fixed: &Assignment) -> Vec<Share> {
    let of = |unit: &Arc<Unit>| {
        let outcome = unit.rows_of(fixed).next()?;
        Some(unit.outcomes[outcome].by_limit[limit].shares.clone())
    };
    added.iter().filter_map(of).flatten().collect()
}

/// Journeys that have something in common: an event, a journey, a mail that comes only so often, something about leads that
/// changes, or the moment at which leads come in.
fn together(ground: Ground<'_>, models: &[Model<'_>]) -> Vec<Vec<usize>> {
    let mut groups: Vec<usize> = (0..models.len()).collect();
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let heard: Vec<&str> = ["journey_entered", "journey_ended", "email_sent", "email_delivered"]
        .into_iter()
        .filter(|event| models.iter().any(|model| super::hears(model.journey, event)))
        .collect();
    let joined = |event: &str| heard.contains(&event);
    for (number, model) in models.iter().enumerate() {
        let mut shared = keys(ground, model);
        if joined("journey_entered") || joined("journey_ended") {
            shared.insert("stays".to_owned());
        }
        let sends = model.steps.iter().any(|step| step.mail.is_some()) || super::hears(model.journey, "email_sent");
        if sends && (joined("email_sent") || joined("email_delivered")) {
            shared.insert("mails".to_owned());
        }
        if super::hears(model.journey, "stage_changed") {
            shared.insert("stage".to_owned());
        }
        for key in shared {
            let other = *first.entry(key).or_insert(number);
            let (a, b) = (root(&groups, other), root(&groups, number));
            groups[a.max(b)] = a.min(b);
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for number in 0..models.len() {
        members.entry(root(&groups, number)).or_default().push(number);
    }
    members.into_values().collect()
}

fn root(groups: &[usize], mut at: usize) -> usize {
    while groups[at] != at {
        at = groups[at];
    }
    at
}

fn keys(ground: Ground<'_>, model: &Model<'_>) -> BTreeSet<String> {
    let mut keys = BTreeSet::from([format!("journey {}", model.name)]);
    match &model.journey.entry.by {
        EntryBy::Event { event, .. } if event == "lead_created" => keys.extend(["birth".to_owned()]),
        EntryBy::Event { event, .. } => keys.extend([format!("event {event}")]),
        EntryBy::Segment { segment, .. } if ground.is_fixed(segment) => keys.extend(["birth".to_owned()]),
        EntryBy::Segment { segment, .. } => keys.extend(["birth".to_owned(), format!("segment {segment}")]),
        EntryBy::Schedule { .. } => keys.extend(["clock".to_owned()]),
        EntryBy::Called => {}
    }
    for step in &model.journey.steps {
        match &step.action {
            Action::WaitFor { event: Some(event), .. } => keys.extend([format!("event {event}")]),
            Action::Emit { event, .. } => {
                keys.extend([format!("event {event}")]);
                let sets = ground.campaign.events.get(event).into_iter().flat_map(|event| event.sets.keys());
                keys.extend(sets.map(|field| format!("field {field}")));
            }
            Action::Start { journey } => keys.extend([format!("journey {journey}")]),
            Action::Set { values } => keys.extend(values.keys().map(|field| format!("field {field}"))),
            Action::Score { points } => {
                let followed = points.keys().filter(|model| follows_score(ground.campaign, model));
                keys.extend(followed.map(|model| format!("score {model}")));
            }
            Action::Stage { .. } => keys.extend(["stage".to_owned()]),
            Action::List { list, .. } | Action::Audience { list, .. } => keys.extend([format!("list {list}")]),
            Action::Topic { topic, .. } => keys.extend([format!("topic {topic}")]),
            _ => {}
        }
    }
    let scarce = model.steps.iter().filter_map(|step| step.mail).filter(|mail| mail.repeat != Again::Always);
    keys.extend(scarce.map(|mail| format!("content {}", mail.content)));
    let (terms, conditions) = (&ground.questions.terms, conditions_of(model.journey));
    let asked = conditions.into_iter().filter_map(|(condition, event)| ground.questions.number(condition, event));
    for term in asked.flat_map(|asks| terms.read_by(&terms.formulas[asks])) {
        let term = &terms.terms[term];
        if term.lasting == Lasting::Fixed || term.lasting == Lasting::Event {
            continue;
        }
        keys.insert(match &term.kind {
            TermKind::Field(field) => format!("field {field}"),
            TermKind::Score(model) => format!("score {model}"),
            TermKind::Stage => "stage".to_owned(),
            TermKind::InList(list) => format!("list {list}"),
            TermKind::Subscribed(topic) => format!("topic {topic}"),
            TermKind::InSegment(segment) => format!("segment {segment}"),
            TermKind::InJourney(journey) | TermKind::Finished(journey) => format!("journey {journey}"),
            _ => format!("term {}", term.text),
        });
    }
    keys
}
