//! Journeys that have something in common, and what they have in a window for each kind of lead.
//!
//! In: the campaign. Out: [`Units`]: tables from cells of fixed terms to demands. Never: the sum of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::demand::{Demand, Paths};
use super::machine::{Machine, Witness};
use super::model::{Guard, Model, Pace, models};
use super::questions::Questions;
use super::{Share, conditions_of};
use crate::analysis::conditions::{Assignment, Lasting, TermKind, Terms, Written};
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Again, Campaign, Condition, MailLimit, Name};

/// Kinds of leads that one unit tells apart; with more it counts as if it could tell none.
const MOST_KINDS: usize = 2_048;
/// Journeys that are searched together.
const MOST_TOGETHER: usize = 3;
/// Journeys of a project, up to which all units are searched state by state.
pub(super) const SMALL: usize = 12;

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
        assignment(&self.reads, &cells_at(&self.sizes, row))
    }
}

/// By row, the sum of what the cells of its terms give; `None` where a cell gives nothing.
pub(super) fn spread(places: &[Vec<Option<usize>>]) -> Vec<Option<usize>> {
    let mut sums = vec![Some(0)];
    for gives in places {
        let mut longer = Vec::with_capacity(sums.len() * gives.len());
        for sum in sums {
            longer.extend(gives.iter().map(|more| Some(sum? + (*more)?)));
        }
        sums = longer;
    }
    sums
}

/// The cells of a row by its number, by term.
fn cells_at(sizes: &[usize], mut row: usize) -> Vec<usize> {
    let mut cells = vec![0; sizes.len()];
    for (cell, size) in cells.iter_mut().zip(sizes).rev() {
        (*cell, row) = (row % size, row / size);
    }
    cells
}

/// What units are made of.
#[derive(Clone, Copy)]
pub(super) struct Ground<'c> {
    pub(super) campaign: &'c Campaign,
    pub(super) written: &'c Written,
    pub(super) questions: &'c Questions,
    /// By how much clocks may be set forward, in seconds.
    pub(super) shift_secs: i64,
}

impl<'c> Units<'c> {
    /// What there is for each limit, with the length of its window in seconds. If `is_held`, any mail may be held. Searches
    /// are given up at so many states of all kinds of leads together; with none, each journey is looked at by itself.
    pub(super) fn of(ground: Ground<'c>, limits: &[(&MailLimit, i64)], is_held: bool, most_states: usize) -> Units<'c> {
        let Ground { campaign, written, questions, shift_secs } = ground;
        let is_fixed = |segment: &Name| {
            campaign.segments.get(segment).and_then(|segment| questions.number(&segment.when, None)).is_some_and(
                |asks| {
                    let terms = &questions.terms;
                    terms.read_by(&terms.formulas[asks]).into_iter().all(|term| terms.terms[term].is_fixed())
                },
            )
        };
        let models = models(campaign, is_held, &is_fixed);
        let limits: Vec<(MailLimit, i64)> = limits.iter().map(|(limit, secs)| ((*limit).clone(), *secs)).collect();
        let groups = together(&models, questions, &is_fixed);
        let mut units =
            Units { campaign, questions, written, models, limits, units: Vec::new(), singles: Vec::new(), most_states };
        let found: Vec<(Vec<Arc<Unit>>, Option<Unit>)> =
            groups.par_iter().map(|group| units.unit(group, shift_secs)).collect();
        for (singles, searched) in found {
            match searched {
                Some(unit) => units.units.push(Arc::new(unit)),
                None => units.units.extend(singles.iter().cloned()),
            }
            units.singles.extend(singles);
        }
        units
    }

    /// The journeys of a group by themselves, and together if they can be searched.
    fn unit(&self, group: &[usize], shift_secs: i64) -> (Vec<Arc<Unit>>, Option<Unit>) {
        let added = |model: &usize| self.added(*model, shift_secs).map(Arc::new);
        let singles: Vec<Arc<Unit>> = group.par_iter().filter_map(added).collect();
        let is_small = self.models.len() <= SMALL && group.len() <= MOST_TOGETHER && self.most_states > 0;
        let searched = (is_small && !singles.is_empty()).then(|| self.searched(group, &singles)).flatten();
        (singles, searched)
    }

    /// One journey by itself.
    fn added(&self, number: usize, shift_secs: i64) -> Option<Unit> {
        let model = &self.models[number];
        let has_mail =
            |limit: &MailLimit| model.steps.iter().any(|step| step.mail.is_some_and(|mail| mail.counts(limit)));
        if !self.limits.iter().any(|(limit, _)| has_mail(limit)) {
            return None;
        }
        let terms = &*self.questions.terms;
        let asks = self.asks(model);
        let formulas: Vec<usize> = asks.iter().map(|(_, formula)| *formula).collect();
        let (reads, sizes) = told_apart(terms, fixed_terms(terms, &formulas));
        let kinds = Kinds::of(terms, &formulas, &reads, &sizes);
        let outcome = |answers: &Vec<Option<bool>>| {
            let by_place: BTreeMap<usize, Option<bool>> =
                asks.iter().map(|(place, _)| *place).zip(answers.iter().copied()).collect();
            let holds =
                |condition: &Condition| by_place.get(&(std::ptr::from_ref(condition) as usize)).copied().flatten();
            self.outcome(model, &holds, shift_secs)
        };
        let outcomes = kinds.answers.iter().map(outcome).collect();
        Some(Unit { models: vec![number], reads, sizes, rows: kinds.rows, outcomes })
    }

    /// The conditions of a journey that decide which ways there are: by their place, the formula.
    fn asks(&self, model: &Model<'_>) -> Vec<(usize, usize)> {
        let journey = model.journey;
        let place = |condition: &Condition| std::ptr::from_ref(condition) as usize;
        let filter = match &journey.entry.by {
            EntryBy::Event { filter, .. } => filter.as_ref(),
            EntryBy::Segment { .. } | EntryBy::Schedule { .. } | EntryBy::Called => None,
        };
        let around = [filter, journey.entry.when.as_ref(), journey.exit_when.as_ref()];
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
    fn outcome(&self, model: &Model<'_>, holds: &dyn Fn(&Condition) -> Option<bool>, shift_secs: i64) -> Outcome {
        let is_shut = self.is_shut(model, holds);
        let paths = (!is_shut).then(|| Paths::of(model, shift_secs, holds));
        let by_limit = self.limits.iter().map(|(limit, window_secs)| {
            let Some(paths) = &paths else { return self.found(model, Demand::NONE, Some(0)) };
            let mail = |step: usize| model.steps[step].mail.filter(|mail| mail.counts(limit));
            let all = paths.demand(*window_secs, &|step| mail(step).is_some());
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
            let free = paths.demand(*window_secs, &is_free).most;
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
            || (says(segment.map(|segment| &segment.when), false) && !model.is_started)
    }

    /// A group searched state by state, for each kind of lead.
    fn searched(&self, group: &[usize], added: &[Arc<Unit>]) -> Option<Unit> {
        let models: Vec<&Model<'_>> = group.iter().map(|number| &self.models[*number]).collect();
        let windows: Vec<i64> = self.limits.iter().map(|(_, secs)| *secs).collect();
        let machine = Machine::of(self.campaign, self.questions, self.written, &models, &windows, false)?;
        let terms = &*self.questions.terms;
        let (reads, sizes) = told_apart(terms, machine.fixed_terms().into_iter().collect());
        let kinds = sizes.iter().product::<usize>();
        if kinds > MOST_KINDS / 8 || reads.len() < machine.fixed_terms().len() {
            return None;
        }
        let machine = machine.within(self.most_states / kinds);
        let limits: Vec<(&MailLimit, i64)> = self.limits.iter().map(|(limit, secs)| (limit, *secs)).collect();
        let is_held = models.iter().flat_map(|model| &model.steps).flat_map(|step| &step.edges);
        let is_held = is_held.into_iter().any(|edge| matches!(edge.pace, Pace::Held(_)));
        let open = is_held.then(|| Machine::of(self.campaign, self.questions, self.written, &models, &windows, true));
        let open = open.flatten().map(|open| open.within(self.most_states / kinds));
        let outcomes: Vec<Option<Outcome>> = (0..kinds)
            .into_par_iter()
            .map(|kind| {
                let fixed = assignment(&reads, &cells_at(&sizes, kind));
                let mut most = machine.settled(fixed.clone()).most(&limits)?;
                if let Some(open) = &open {
                    // A timeline in which nothing is held is easier to come by.
                    let without = open.settled(fixed.clone()).most(&limits);
                    for (most, without) in most.iter_mut().zip(without.into_iter().flatten()) {
                        most.witness = without.witness;
                    }
                }
                let by_limit = most.into_iter().enumerate().map(|(limit, most)| {
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
                    Found { most: most.most, free: most.most, searched: true, shares, witness: most.witness }
                });
                Some(Outcome { by_limit: by_limit.collect() })
            })
            .collect();
        let outcomes = outcomes.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Unit { models: group.to_vec(), reads, sizes, rows: (0..kinds).collect(), outcomes })
    }
}

/// Kinds of leads that some conditions do not tell apart.
struct Kinds {
    /// By row, its kind; kinds are numbered as they come.
    rows: Vec<usize>,
    /// By kind, what is known of each condition.
    answers: Vec<Vec<Option<bool>>>,
}

impl Kinds {
    /// Splits all rows by one condition after the other. Each is asked once for all cells of the terms that it reads.
    fn of(terms: &Terms, formulas: &[usize], reads: &[usize], sizes: &[usize]) -> Kinds {
        let mut kinds = Kinds { rows: vec![0; sizes.iter().product()], answers: vec![Vec::new()] };
        for formula in formulas {
            let own = fixed_terms(terms, &[*formula]);
            let mut width = 1;
            let (mut of, mut widths) = (Vec::new(), Vec::new());
            let mut places: Vec<Vec<Option<usize>>> = Vec::new();
            for (term, size) in reads.iter().zip(sizes).rev() {
                let is_own = own.contains(term);
                places.push((0..*size).map(|cell| Some(if is_own { cell * width } else { 0 })).collect());
                if is_own {
                    (of, widths) = ([vec![*term], of].concat(), [vec![*size], widths].concat());
                    width *= size;
                }
            }
            places.reverse();
            let answer = |row: usize| terms.eval(&terms.formulas[*formula], &assignment(&of, &cells_at(&widths, row)));
            let table: Vec<Option<bool>> = (0..width).map(answer).collect();
            kinds.split(&table, &places);
        }
        kinds
    }

    fn split(&mut self, table: &[Option<bool>], places: &[Vec<Option<usize>>]) {
        if table.iter().all(|answer| *answer == table[0]) {
            self.answers.iter_mut().for_each(|answers| answers.push(table[0]));
            return;
        }
        let mut answers: Vec<Vec<Option<bool>>> = Vec::new();
        let mut parts: Vec<[Option<usize>; 3]> = vec![[None; 3]; self.answers.len()];
        for (kind, at) in self.rows.iter_mut().zip(spread(places)) {
            let answer = table[at.unwrap_or(0)];
            let part = &mut parts[*kind][answer.map_or(2, usize::from)];
            *kind = *part.get_or_insert_with(|| {
                answers.push(self.answers[*kind].iter().copied().chain([answer]).collect());
                answers.len() - 1
            });
        }
        self.answers = answers;
    }
}

/// What the journeys of a group have by themselves.
fn shares_of(added: &[Arc<Unit>], limit: usize, fixed: &Assignment) -> Vec<Share> {
    let of = |unit: &Arc<Unit>| {
        let outcome = unit.rows_of(fixed).next()?;
        Some(unit.outcomes[outcome].by_limit[limit].shares.clone())
    };
    added.iter().filter_map(of).flatten().collect()
}

/// The fixed terms that formulas read.
fn fixed_terms(terms: &Terms, formulas: &[usize]) -> BTreeSet<usize> {
    let read = formulas.iter().flat_map(|asks| terms.read_by(&terms.formulas[*asks]));
    let memberships = |term: usize| terms.segments.get(&term).map(|formula| terms.read_by(formula)).unwrap_or_default();
    let all: BTreeSet<usize> = read.flat_map(|term| memberships(term).into_iter().chain([term])).collect();
    all.into_iter().filter(|term| terms.terms[*term].is_fixed()).collect()
}

/// The terms whose cells are told apart, and how many cells each has: as many terms as there may be kinds of leads.
fn told_apart(terms: &Terms, reads: BTreeSet<usize>) -> (Vec<usize>, Vec<usize>) {
    let mut reads: Vec<usize> = reads.into_iter().collect();
    let size = |term: &usize| terms.terms[*term].cells.len();
    reads.sort_by_key(size);
    let mut count = 1;
    reads.retain(|term| {
        let more = count * size(term);
        let fits = more <= MOST_KINDS;
        count = if fits { more } else { count };
        fits
    });
    let sizes = reads.iter().map(size).collect();
    (reads, sizes)
}

fn assignment(reads: &[usize], cells: &[usize]) -> Assignment {
    let mut assignment = Assignment::default();
    reads.iter().zip(cells).for_each(|(term, cell)| assignment.set(*term, Some(*cell)));
    assignment
}

/// Journeys that have something in common: an event, a journey, a mail that comes only so often, something about leads that
/// changes, or the moment at which leads come in.
fn together(models: &[Model<'_>], questions: &Questions, is_fixed: &dyn Fn(&Name) -> bool) -> Vec<Vec<usize>> {
    let mut groups: Vec<usize> = (0..models.len()).collect();
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let heard: Vec<&str> = ["journey_entered", "journey_ended", "email_sent", "email_delivered"]
        .into_iter()
        .filter(|event| models.iter().any(|model| super::hears(model.journey, event)))
        .collect();
    let joined = |event: &str| heard.contains(&event);
    for (number, model) in models.iter().enumerate() {
        let mut shared = keys(model, questions, is_fixed);
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

fn keys(model: &Model<'_>, questions: &Questions, is_fixed: &dyn Fn(&Name) -> bool) -> BTreeSet<String> {
    let mut keys = BTreeSet::from([format!("journey {}", model.name)]);
    match &model.journey.entry.by {
        EntryBy::Event { event, .. } if event == "lead_created" => keys.extend(["birth".to_owned()]),
        EntryBy::Event { event, .. } => keys.extend([format!("event {event}")]),
        EntryBy::Segment { segment, .. } if is_fixed(segment) => keys.extend(["birth".to_owned()]),
        EntryBy::Segment { segment, .. } => keys.extend(["birth".to_owned(), format!("segment {segment}")]),
        EntryBy::Schedule { .. } => keys.extend(["clock".to_owned()]),
        EntryBy::Called => {}
    }
    for step in &model.journey.steps {
        match &step.action {
            Action::WaitFor { event: Some(event), .. } | Action::Emit { event, .. } => {
                keys.extend([format!("event {event}")]);
            }
            Action::Start { journey } => keys.extend([format!("journey {journey}")]),
            Action::Set { values } => keys.extend(values.keys().map(|field| format!("field {field}"))),
            Action::Stage { .. } => keys.extend(["stage".to_owned()]),
            Action::List { list, .. } | Action::Audience { list, .. } => keys.extend([format!("list {list}")]),
            _ => {}
        }
    }
    let scarce = model.steps.iter().filter_map(|step| step.mail).filter(|mail| mail.repeat != Again::Always);
    keys.extend(scarce.map(|mail| format!("content {}", mail.content)));
    let terms = &questions.terms;
    let asked =
        conditions_of(model.journey).into_iter().filter_map(|(condition, event)| questions.number(condition, event));
    for term in asked.flat_map(|asks| terms.read_by(&terms.formulas[asks])) {
        let term = &terms.terms[term];
        if term.lasting == Lasting::Fixed || term.lasting == Lasting::Event {
            continue;
        }
        keys.insert(match &term.kind {
            TermKind::Field(field) => format!("field {field}"),
            TermKind::Stage => "stage".to_owned(),
            TermKind::InList(list) => format!("list {list}"),
            TermKind::InSegment(segment) => format!("segment {segment}"),
            TermKind::InJourney(journey) | TermKind::Finished(journey) => format!("journey {journey}"),
            _ => format!("term {}", term.text),
        });
    }
    keys
}
