//! Journeys that have something in common, and what they have in a window for each kind of lead.
//!
//! In: the campaign. Out: [`Units`]: tables from cells of fixed terms to demands. Never: the sum of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::demand::{Demand, Question, demand};
use super::machine::{Machine, Witness};
use super::model::{Model, Pace, models};
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
    pub(super) units: Vec<Unit>,
    /// Each journey with mails by itself.
    pub(super) singles: Vec<Unit>,
    most_states: usize,
}

/// Journeys that have something in common.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// The journeys.
    pub(super) models: Vec<usize>,
    /// The fixed terms that matter.
    pub(super) reads: Vec<usize>,
    /// By cells of these terms, the number of the outcome.
    pub(super) table: Vec<(Vec<usize>, usize)>,
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
    /// The rows of the leads that are so, as far as it is decided.
    pub(super) fn rows_of(&self, assignment: &Assignment) -> impl Iterator<Item = &(Vec<usize>, usize)> {
        self.table.iter().filter(|(cells, _)| {
            self.reads.iter().zip(cells).all(|(term, cell)| assignment.get(*term).is_none_or(|known| known == *cell))
        })
    }
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
    /// are given up at so many states of all kinds of leads together.
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
        let found: Vec<(Vec<Unit>, Option<Unit>)> =
            groups.par_iter().map(|group| units.unit(group, shift_secs)).collect();
        for (singles, searched) in found {
            match searched {
                Some(unit) => units.units.push(unit),
                None => units.units.extend(singles.iter().cloned()),
            }
            units.singles.extend(singles);
        }
        units
    }

    /// The journeys of a group by themselves, and together if they can be searched.
    fn unit(&self, group: &[usize], shift_secs: i64) -> (Vec<Unit>, Option<Unit>) {
        let singles: Vec<Unit> = group.iter().filter_map(|model| self.added(*model, shift_secs)).collect();
        let is_small = self.models.len() <= SMALL && group.len() <= MOST_TOGETHER;
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
        let formulas: Vec<usize> = asks.values().copied().collect();
        let reads = fixed_terms(terms, &formulas);
        let mut outcomes: Vec<Outcome> = Vec::new();
        let mut known: HashMap<Vec<Option<bool>>, usize> = HashMap::new();
        let (reads, kinds) = kinds(terms, reads);
        let table = kinds.into_iter().map(|cells| {
            let assignment = assignment(&reads, &cells);
            let answers: Vec<Option<bool>> =
                formulas.iter().map(|asks| terms.eval(&terms.formulas[*asks], &assignment)).collect();
            let outcome = *known.entry(answers).or_insert_with_key(|answers| {
                let by_place: HashMap<usize, Option<bool>> =
                    asks.keys().copied().zip(answers.iter().copied()).collect();
                let holds =
                    |condition: &Condition| by_place.get(&(std::ptr::from_ref(condition) as usize)).copied().flatten();
                outcomes.push(self.outcome(model, &holds, shift_secs));
                outcomes.len() - 1
            });
            (cells, outcome)
        });
        let table = table.collect();
        Some(Unit { models: vec![number], reads, table, outcomes })
    }

    /// The formulas of a journey's conditions on the lead, by the place of the condition.
    fn asks(&self, model: &Model<'_>) -> BTreeMap<usize, usize> {
        let mut asks = BTreeMap::new();
        let entry = model.entry_segment().and_then(|segment| self.campaign.segments.get(segment));
        let conditions = conditions_of(model.journey).into_iter();
        for (condition, event) in conditions.chain(entry.map(|segment| (&segment.when, None))) {
            if let Some(number) = self.questions.number(condition, event) {
                asks.insert(std::ptr::from_ref(condition) as usize, number);
            }
        }
        asks
    }

    /// What a journey has, by limit, if this is known of its conditions.
    fn outcome(&self, model: &Model<'_>, holds: &dyn Fn(&Condition) -> Option<bool>, shift_secs: i64) -> Outcome {
        let is_shut = self.is_shut(model, holds);
        let by_limit = self.limits.iter().map(|(limit, window_secs)| {
            if is_shut {
                return self.found(model, Demand::NONE, Some(0));
            }
            let mail = |step: usize| model.steps[step].mail.filter(|mail| mail.counts(limit));
            let ask = |counts: &dyn Fn(usize) -> bool| {
                demand(model, &Question { window_secs: *window_secs, shift_secs, counts, holds })
            };
            let all = ask(&|step| mail(step).is_some());
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
            let free = ask(&is_free).most;
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
        is_named_by_none
            || says(journey.entry.when.as_ref(), false)
            || says(journey.exit_when.as_ref(), true)
            || (says(segment.map(|segment| &segment.when), false) && !model.is_started)
    }

    /// A group searched state by state, for each kind of lead.
    fn searched(&self, group: &[usize], added: &[Unit]) -> Option<Unit> {
        let models: Vec<&Model<'_>> = group.iter().map(|number| &self.models[*number]).collect();
        let windows: Vec<i64> = self.limits.iter().map(|(_, secs)| *secs).collect();
        let machine = Machine::of(self.campaign, self.questions, self.written, &models, &windows, false)?;
        let terms = &*self.questions.terms;
        let (reads, kinds) = kinds(terms, machine.fixed_terms().into_iter().collect());
        if kinds.len() > MOST_KINDS / 8 || reads.len() < machine.fixed_terms().len() {
            return None;
        }
        let machine = machine.within(self.most_states / kinds.len());
        let limits: Vec<(&MailLimit, i64)> = self.limits.iter().map(|(limit, secs)| (limit, *secs)).collect();
        let is_held = models.iter().flat_map(|model| &model.steps).flat_map(|step| &step.edges);
        let is_held = is_held.into_iter().any(|edge| matches!(edge.pace, Pace::Held(_)));
        let open = is_held.then(|| Machine::of(self.campaign, self.questions, self.written, &models, &windows, true));
        let open = open.flatten().map(|open| open.within(self.most_states / kinds.len()));
        let rows: Vec<Option<(Vec<usize>, Outcome)>> = kinds
            .par_iter()
            .map(|cells| {
                let fixed = assignment(&reads, cells);
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
                Some((cells.clone(), Outcome { by_limit: by_limit.collect() }))
            })
            .collect();
        let rows = rows.into_iter().collect::<Option<Vec<_>>>()?;
        let (cells, outcomes): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let table = cells.into_iter().enumerate().map(|(number, cells)| (cells, number)).collect();
        Some(Unit { models: group.to_vec(), reads, table, outcomes })
    }
}

/// What the journeys of a group have by themselves.
fn shares_of(added: &[Unit], limit: usize, fixed: &Assignment) -> Vec<Share> {
    let of = |unit: &Unit| {
        let (_, outcome) = unit.rows_of(fixed).next()?;
        Some(unit.outcomes[*outcome].by_limit[limit].shares.clone())
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

/// The kinds of leads that differ in these terms; as many terms as there may be kinds.
fn kinds(terms: &Terms, reads: BTreeSet<usize>) -> (Vec<usize>, Vec<Vec<usize>>) {
    let mut reads: Vec<usize> = reads.into_iter().collect();
    reads.sort_by_key(|term| terms.terms[*term].cells.len());
    let mut count = 1;
    reads.retain(|term| {
        let more = count * terms.terms[*term].cells.len();
        let fits = more <= MOST_KINDS;
        count = if fits { more } else { count };
        fits
    });
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for term in &reads {
        let cells = 0..terms.terms[*term].cells.len();
        all = all.iter().flat_map(|kind| cells.clone().map(|cell| [kind.as_slice(), &[cell]].concat())).collect();
    }
    (reads, all)
}

pub(super) fn assignment(reads: &[usize], cells: &[usize]) -> Assignment {
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
