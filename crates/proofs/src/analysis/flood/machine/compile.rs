//! Makes a machine of some journeys.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Asks, Counted, Course, Entry, Goal, Group, Move, Outside, Rest, Said, Score, Stages, State, Step, Tally};
use crate::analysis::conditions::{Assignment, Cell, Lasting, TermKind, Terms, Written};
use crate::analysis::flood::model::{Mail, Model, Pace};
use crate::analysis::flood::questions::Questions;
use crate::ir::expr::Expr;
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Again, Campaign, Condition, Length, MailLimit, Name, Value};

/// Values of a score before it may be any.
const MOST_POINTS: i64 = 16;
/// Counts that are told apart, at most.
const MOST_COUNTS: usize = 5;
/// Measures that a look-back has, at most.
const MOST_BACK: u32 = 16;
/// Values of a key for which a journey is followed, each for itself.
const MOST_KEYS: usize = 4;
/// Values of an event's properties that are told apart, at most.
const MOST_VALUES: usize = 64;

/// Some journeys and one lead.
#[derive(Clone, Debug)]
pub(in crate::analysis::flood) struct Machine<'c> {
    /// What conditions ask about.
    pub(in crate::analysis::flood) terms: Arc<Terms>,
    /// Terms that some condition of the machine reads.
    reads: BTreeSet<usize>,
    /// The fixed terms, decided.
    pub(super) fixed: Assignment,
    pub(super) courses: Vec<Course>,
    pub(super) groups: Vec<Group>,
    pub(super) scores: Vec<Score>,
    pub(super) tallies: Vec<Tally>,
    pub(super) stages: Option<Stages>,
    /// Terms that change and are followed.
    pub(super) followed: Vec<usize>,
    pub(super) contents: Vec<Content<'c>>,
    /// How many emails have a rest.
    pub(super) resting: usize,
    pub(super) events: Vec<&'c str>,
    /// By event, the followed terms that it may set.
    pub(super) sets: Vec<Vec<usize>>,
    pub(super) outside: Vec<Outside>,
    pub(super) created: Option<usize>,
    pub(super) entered: Option<usize>,
    pub(super) ended: Option<usize>,
    pub(super) stage_changed: Option<usize>,
    pub(super) sent: Option<usize>,
    pub(super) delivered: Option<usize>,
    /// Length of a measure in seconds.
    pub(super) measure_secs: i64,
    /// States before it is given up.
    pub(super) most_states: usize,
    /// Cascades, each answer to what is open for itself, before it is given up.
    pub(super) most_runs: usize,
}

/// Something that is sent.
#[derive(Clone, Debug)]
pub(in crate::analysis::flood) struct Content<'c> {
    pub(in crate::analysis::flood) mail: Mail<'c>,
    /// Place of its rest in the state, and how long it is.
    pub(super) rest: Option<(usize, Rest)>,
    /// What `email_sent` and `email_delivered` say of it.
    pub(super) said: Said,
    /// Whether it may be left out, and that makes a difference to what comes later.
    pub(super) may_fail: bool,
}

impl<'c> Machine<'c> {
    /// Makes a machine, unless the journeys do something that it could not follow. If `is_lenient`, it follows holds as if
    /// there were none: what it finds is then no bound.
    pub(in crate::analysis::flood) fn of(
        campaign: &'c Campaign,
        questions: &Questions,
        written: &Written,
        models: &[&Model<'c>],
        windows: &[i64],
        is_lenient: bool,
    ) -> Option<Machine<'c>> {
        let measure_secs = measure(campaign, models, windows, is_lenient)?;
        let mut models = models.to_vec();
        models.sort_by_key(|model| model.standing());
        let copies = copies(&models)?;
        let mut draft = Draft {
            campaign,
            questions,
            models: &models,
            events: heard(&models),
            measure_secs,
            is_lenient,
            used: BTreeSet::new(),
            contents: Vec::new(),
            resting: 0,
        };
        let segments = draft.segments()?;
        let courses = copies.iter().map(|copy| draft.course(copy, &segments)).collect::<Option<Vec<_>>>()?;
        let terms = Arc::clone(&questions.terms);
        draft.follow_up(&terms)?;
        draft.hear_more(&terms);
        draft.follow_up(&terms)?;
        let Draft { contents, resting, used, events, .. } = draft;
        let reads = used.iter().flat_map(|asks| terms.read_by(&terms.formulas[*asks])).collect();
        let number = |name: &str| events.iter().position(|each| *each == name);
        let mut machine = Machine {
            terms,
            reads,
            fixed: Assignment::default(),
            courses,
            groups: segments.iter().map(|(_, when)| Group { when: *when, term: None }).collect(),
            followed: Vec::new(),
            contents,
            resting,
            sets: Vec::new(),
            outside: Vec::new(),
            created: number("lead_created"),
            entered: number("journey_entered"),
            ended: number("journey_ended"),
            stage_changed: number("stage_changed"),
            scores: Vec::new(),
            tallies: Vec::new(),
            stages: None,
            sent: number("email_sent"),
            delivered: number("email_delivered"),
            events,
            measure_secs,
            most_states: 30_000,
            most_runs: 600_000,
        };
        Follow { campaign, questions, models: &models, segments: &segments, written }.fill(&mut machine)?;
        Some(machine)
    }

    /// Where the cells of followed terms begin in a state.
    pub(super) fn cells_at(&self) -> usize {
        3 * self.courses.len()
    }

    /// Where scores begin.
    pub(super) fn scores_at(&self) -> usize {
        self.cells_at() + self.followed.len()
    }

    /// Where memberships begin.
    pub(super) fn groups_at(&self) -> usize {
        self.scores_at() + self.scores.len()
    }

    /// Where the rests of emails begin.
    pub(super) fn rests_at(&self) -> usize {
        self.groups_at() + self.groups.len()
    }

    /// Where tallies begin.
    pub(super) fn tallies_at(&self) -> usize {
        self.rests_at() + self.resting
    }

    /// The same machine that keeps nothing of the past; `None` if it does not anyway.
    pub(in crate::analysis::flood) fn without_past(&self) -> Option<Machine<'c>> {
        (!self.tallies.is_empty()).then(|| Machine { tallies: Vec::new(), ..self.clone() })
    }

    /// The fixed terms.
    pub(in crate::analysis::flood) fn fixed_terms(&self) -> Vec<usize> {
        self.reads.iter().copied().filter(|term| self.terms.terms[*term].is_fixed()).collect()
    }

    /// The same machine for a lead that is like this.
    pub(in crate::analysis::flood) fn settled(&self, fixed: Assignment) -> Machine<'c> {
        Machine { fixed, ..self.clone() }
    }

    /// The same machine, which gives up at so many states, or when it has tried twenty times as much.
    pub(in crate::analysis::flood) fn within(self, most_states: usize) -> Machine<'c> {
        Machine {
            most_states: most_states.min(self.most_states),
            most_runs: most_states.saturating_mul(20).min(self.most_runs),
            ..self
        }
    }

    /// Every state in which a lead may be before it comes in; `None` if they are too many.
    pub(super) fn beginnings(&self) -> Option<Vec<State>> {
        let cells = self.followed.iter().map(|term| {
            let term = &self.terms.terms[*term];
            match term.kind {
                TermKind::InJourney(_) | TermKind::Finished(_) => 1,
                _ => term.cells.len(),
            }
        });
        let counts = cells.chain(self.scores.iter().map(|score| score.cells.len()));
        // What a lead did before it came in may be known.
        let tallies = self.tallies.iter().map(|tally| tally.most() as usize + 1);
        let mut states = vec![vec![0_u32; self.tallies_at() + self.tallies.len()]];
        for (at, count) in (self.cells_at()..).zip(counts).chain((self.tallies_at()..).zip(tallies)) {
            if states.len().saturating_mul(count) > self.most_states {
                return None;
            }
            let with = |state: &Vec<u32>, value: usize| {
                let mut state = state.clone();
                state[at] = value as u32;
                state
            };
            states = (0..count).flat_map(|value| states.iter().map(move |state| with(state, value))).collect();
        }
        Some(states.into_iter().map(Vec::into_boxed_slice).collect())
    }

    /// A window in measures.
    pub(super) fn window(&self, secs: i64) -> u32 {
        u32::try_from(secs / self.measure_secs).unwrap_or(u32::MAX)
    }
}

/// A journey, and the value of its key that it is for, if it has one.
#[derive(Clone, Copy)]
struct Copy<'m, 'c> {
    /// The journey, by its number.
    journey: usize,
    model: &'m Model<'c>,
    key: Option<&'m Value>,
}

/// Each journey once, or once for each value of its key; `None` if there is no end of those, or they are many.
fn copies<'m, 'c>(models: &'m [&'m Model<'c>]) -> Option<Vec<Copy<'m, 'c>>> {
    let mut copies = Vec::new();
    for (journey, model) in models.iter().enumerate() {
        let copy = |key| Copy { journey, model, key };
        match model.keys.len() {
            0 if model.journey.entry.key.is_none() => copies.push(copy(None)),
            1..=MOST_KEYS => copies.extend(model.keys.iter().map(|key| copy(Some(key)))),
            _ => return None,
        }
    }
    Some(copies)
}

/// The greatest common measure of all lengths in seconds; `None` if something is no plain length.
fn measure(campaign: &Campaign, models: &[&Model<'_>], windows: &[i64], is_lenient: bool) -> Option<i64> {
    let mut lengths: Vec<i64> = windows.to_vec();
    for model in models {
        if let Again::AfterSecs(secs) = model.journey.entry.again {
            lengths.push(secs);
        }
        for (node, step) in model.steps.iter().zip(&model.journey.steps) {
            if let Some(Again::AfterSecs(secs)) = node.mail.map(|mail| mail.repeat) {
                lengths.push(secs);
            }
            for edge in &node.edges {
                match edge.pace {
                    Pace::Exactly(secs) => lengths.push(secs),
                    Pace::Instant => {}
                    Pace::Held(_) if is_lenient => {}
                    Pace::Held(_) => lengths.push(most_held(campaign, &step.action)),
                    // An event, or an exit: the machine follows both. Waits for a moment of the clock it refuses itself.
                    Pace::Anytime => {}
                    Pace::Until(..) | Pace::WorkingDays(_) => return None,
                }
            }
        }
    }
    if lengths.iter().any(|length| *length <= 0) {
        return None;
    }
    lengths.into_iter().reduce(greatest_common_divisor)
}

/// How long a mail may be held, in seconds.
fn most_held(campaign: &Campaign, action: &Action) -> i64 {
    let own = if let Action::Send { max_hold_secs, .. } = action { *max_hold_secs } else { None };
    own.unwrap_or(campaign.policies.max_hold_secs)
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// The events that something hears.
fn heard<'c>(models: &[&Model<'c>]) -> Vec<&'c str> {
    let mut heard: BTreeSet<&'c str> = BTreeSet::new();
    for model in models {
        if let EntryBy::Event { event, .. } = &model.journey.entry.by {
            heard.insert(event);
        }
        for step in &model.journey.steps {
            if let Action::WaitFor { event: Some(event), .. } = &step.action {
                heard.insert(event);
            }
        }
    }
    heard.into_iter().collect()
}

/// Courses with conditions by number; what steps write is filled in afterwards.
struct Draft<'m, 'c> {
    campaign: &'c Campaign,
    questions: &'m Questions,
    models: &'m [&'m Model<'c>],
    events: Vec<&'c str>,
    measure_secs: i64,
    is_lenient: bool,
    used: BTreeSet<Asks>,
    contents: Vec<Content<'c>>,
    resting: usize,
}

impl<'m, 'c> Draft<'m, 'c> {
    fn ask(&mut self, condition: &Condition, event: Option<&Name>) -> Option<Asks> {
        let number = self.questions.number(condition, event)?;
        self.used.insert(number);
        Some(number)
    }

    /// The formula of a condition that may be missing; `None` if it is not known.
    #[expect(clippy::option_option, reason = "whether there is one, and whether it is known")]
    fn ask_if(&mut self, condition: Option<&Condition>, event: Option<&Name>) -> Option<Option<Asks>> {
        match condition {
            Some(condition) => self.ask(condition, event).map(Some),
            None => Some(None),
        }
    }

    fn event(&self, name: &str) -> Option<usize> {
        self.events.iter().position(|each| *each == name)
    }

    /// Segments that let leads in, with their conditions, in the order in which they are evaluated.
    fn segments(&mut self) -> Option<Vec<(&'c Name, Asks)>> {
        let campaign = self.campaign;
        let mut used: BTreeSet<&Name> = BTreeSet::new();
        for model in self.models {
            if let EntryBy::Segment { segment, .. } = &model.journey.entry.by {
                used.insert(segment);
            }
            let conditions = super::super::conditions_of(model.journey);
            conditions.iter().for_each(|(condition, _)| note_segments(campaign, &condition.expr, &mut used));
        }
        let mut all = used.clone();
        for name in &used {
            if let Some(segment) = campaign.segments.get(*name) {
                note_segments(campaign, &segment.when.expr, &mut all);
            }
        }
        let order = campaign.segment_order.iter().filter(|name| all.contains(name));
        order
            .filter_map(|name| campaign.segments.get_key_value(name))
            .map(|(name, segment)| Some((name, self.ask(&segment.when, None)?)))
            .collect()
    }

    /// Asks what lifecycle and scoring ask, if the stage or a score matters.
    fn follow_up(&mut self, terms: &Terms) -> Option<()> {
        let reads = |used: &BTreeSet<Asks>, kind: &TermKind| {
            let mut read = used.iter().flat_map(|asks| terms.read_by(&terms.formulas[*asks]));
            read.any(|term| terms.terms[term].kind == *kind)
        };
        let campaign = self.campaign;
        if self.event("stage_changed").is_some() || reads(&self.used, &TermKind::Stage) {
            for each in campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves) {
                self.ask_if(each.when.as_ref(), None)?;
                self.ask_if(each.filter.as_ref(), each.event.as_ref())?;
            }
        }
        for (name, model) in &campaign.scoring {
            if reads(&self.used, &TermKind::Score(name.clone())) {
                for rule in &model.rules {
                    if self.event(&rule.event).is_none() {
                        continue;
                    }
                    self.ask_if(rule.filter.as_ref(), Some(&rule.event))?;
                }
            }
        }
        Some(())
    }

    /// Events that do several things at once that are followed, which are no changes that may come one by one; and events
    /// that are counted.
    fn hear_more(&mut self, terms: &Terms) {
        let reads: BTreeSet<usize> = self.used.iter().flat_map(|asks| terms.read_by(&terms.formulas[*asks])).collect();
        let is_read = |kind: TermKind| reads.iter().any(|term| terms.terms[*term].kind == kind);
        let campaign = self.campaign;
        let is_told = self.event("stage_changed").is_some() || is_read(TermKind::Stage);
        let told: Vec<&'c str> = campaign
            .events
            .iter()
            .filter(|(name, event)| {
                let fields = event.sets.keys().filter(|field| is_read(TermKind::Field((*field).clone()))).count();
                let gives = |model: &&Name| campaign.scoring[*model].rules.iter().any(|rule| rule.event == **name);
                let followed =
                    |model: &&Name| follows_score(campaign, model) && is_read(TermKind::Score((*model).clone()));
                let scores = campaign.scoring.keys().filter(followed).filter(gives).count();
                let mut moves = campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves);
                let moves = is_told && moves.any(|each| each.event.as_ref() == Some(*name));
                let is_counted = |term: &usize| {
                    matches!(&terms.terms[*term].kind, TermKind::Count { event, since_entry: false, filter: None, .. } if event == *name)
                };
                fields + scores + usize::from(moves) > 1 || reads.iter().any(is_counted)
            })
            .map(|(name, _)| name.as_str())
            .collect();
        self.events.extend(told.into_iter().filter(|name| self.event(name).is_none()).collect::<Vec<_>>());
    }

    fn course(&mut self, copy: &Copy<'m, 'c>, segments: &[(&'c Name, Asks)]) -> Option<Course> {
        let model = copy.model;
        let journey = model.journey;
        let key = match (copy.key, &journey.entry.key) {
            (Some(value), Some(property)) => Some(self.key(journey.entry.by.event()?, property, value)?),
            (_, _) => None,
        };
        let (entry, at_hand) = match &journey.entry.by {
            EntryBy::Event { event, filter } => {
                let filter = self.ask_if(filter.as_ref(), Some(event))?;
                (Entry::Event { event: self.event(event)?, filter }, Some(event))
            }
            EntryBy::Segment { segment, existing } => {
                let segment = segments.iter().position(|(name, _)| *name == segment)?;
                (Entry::Segment { segment, existing: *existing }, None)
            }
            EntryBy::Schedule { .. } => return None,
            EntryBy::Called => (Entry::Called, None),
        };
        let when = self.ask_if(journey.entry.when.as_ref(), at_hand)?;
        let exit_when = self.ask_if(journey.exit_when.as_ref(), None)?;
        let goal = match &journey.goal {
            Some(goal) => Some(Goal { when: self.ask(&goal.when, None)?, for_a_time: goal.within_secs.is_some() }),
            None => None,
        };
        let steps = (0..journey.steps.len()).map(|step| self.step(model, step)).collect::<Option<Vec<_>>>()?;
        let again = self.rest(journey.entry.again);
        Some(Course {
            journey: copy.journey,
            entry,
            key,
            at_once: journey.entry.at_once.map_or(usize::MAX, |most| most as usize),
            when,
            exit_when,
            goal,
            again,
            first: model.first,
            steps,
            running: None,
            finished: None,
            said: Said::default(),
        })
    }

    /// The formula of an event with this value of a key.
    fn key(&mut self, event: &Name, property: &Name, value: &Value) -> Option<Asks> {
        let number = self.questions.says(Some(event), Expr::EventProperty { name: property.clone() }, Some(value))?;
        self.used.insert(number);
        Some(number)
    }

    fn rest(&self, again: Again) -> Rest {
        match again {
            Again::Always => Rest::Always,
            Again::Never => Rest::Never,
            Again::AfterSecs(secs) => Rest::Ticks(self.length(secs)),
        }
    }

    fn length(&self, secs: i64) -> u32 {
        u32::try_from(secs / self.measure_secs).unwrap_or(u32::MAX)
    }

    fn step(&mut self, model: &'m Model<'c>, number: usize) -> Option<Step> {
        let edges = &model.steps[number].edges;
        let to = |edge: usize| edges.get(edge).and_then(|edge| edge.to);
        let next = to(0);
        Some(match &model.journey.steps[number].action {
            Action::Send { .. } => match model.steps[number].mail {
                Some(mail) => {
                    let may_wait = edges.first().is_some_and(|edge| matches!(edge.pace, Pace::Held(_)));
                    let held = most_held(self.campaign, &model.journey.steps[number].action);
                    let hold = (may_wait && !self.is_lenient).then(|| self.length(held));
                    Step::Send { content: self.content(mail), hold, next }
                }
                None => Step::Goto { next },
            },
            Action::Wait { length: Length::Secs(secs) } => Step::Wait { ticks: self.length(*secs), next },
            Action::WaitFor { event, filter, when, within: Length::Secs(secs), .. } => Step::WaitFor {
                event: match event {
                    Some(event) => Some(self.event(event)?),
                    None => None,
                },
                filter: self.ask_if(filter.as_ref(), event.as_ref())?,
                when: self.ask_if(when.as_ref(), None)?,
                ticks: self.length(*secs),
                next,
                timeout: to(1),
            },
            Action::Wait { .. }
            | Action::WaitFor { .. }
            | Action::WaitUntil { .. }
            | Action::WaitUntilDate { .. }
            | Action::WaitBestTime => return None,
            Action::Branch { arms, .. } => Step::Branch {
                arms: arms
                    .iter()
                    .enumerate()
                    .map(|(at, arm)| Some((self.ask(&arm.when, None)?, to(at))))
                    .collect::<Option<Vec<_>>>()?,
                otherwise: to(arms.len()),
            },
            Action::Split { arms } => {
                let drawn = arms.iter().enumerate().filter(|(_, arm)| arm.weight > 0.0);
                Step::Split { arms: drawn.enumerate().map(|(at, (arm, _))| (arm, to(at))).collect() }
            }
            Action::Emit { event, .. } => match self.event(event) {
                Some(event) => Step::Emit { event, with: Vec::new(), next },
                None => Step::Goto { next },
            },
            // What is started brings no event, and so no value of a key.
            Action::Start { journey } => match self.models.iter().position(|model| model.name == journey) {
                Some(journey) if self.models[journey].keys.is_empty() => Step::Start { journey, next },
                Some(_) | None => Step::Goto { next },
            },
            Action::Set { .. }
            | Action::Score { .. }
            | Action::Stage { .. }
            | Action::List { .. }
            | Action::Topic { .. } => Step::Change { cells: Vec::new(), points: Vec::new(), next },
            Action::Task { .. } | Action::Sync { .. } | Action::Webhook { .. } | Action::Goto => Step::Goto { next },
            Action::Audience { .. } => Step::Change { cells: Vec::new(), points: Vec::new(), next },
            Action::Exit { .. } => Step::Exit,
        })
    }

    fn content(&mut self, mail: Mail<'c>) -> usize {
        if let Some(known) = self.contents.iter().position(|each| each.mail.content == mail.content) {
            return known;
        }
        let rest = match self.rest(mail.repeat) {
            Rest::Always => None,
            rest @ (Rest::Never | Rest::Ticks(_)) => {
                self.resting += 1;
                Some((self.resting - 1, rest))
            }
        };
        self.contents.push(Content { mail, rest, said: Said::default(), may_fail: false });
        self.contents.len() - 1
    }
}

fn note_segments<'c>(campaign: &'c Campaign, expr: &Expr, used: &mut BTreeSet<&'c Name>) {
    expr.visit(&mut |part| {
        if let Expr::InSegment { segment } = part
            && let Some((name, _)) = campaign.segments.get_key_value(segment)
        {
            used.insert(name);
        }
    });
}

/// Which terms are followed, and what changes them.
struct Follow<'m, 'c> {
    campaign: &'c Campaign,
    questions: &'m Questions,
    models: &'m [&'m Model<'c>],
    segments: &'m [(&'c Name, Asks)],
    written: &'m Written,
}

impl<'c> Follow<'_, 'c> {
    fn fill(&self, machine: &mut Machine<'c>) -> Option<()> {
        let terms = Arc::clone(&machine.terms);
        self.follow_stage(machine)?;
        self.follow_scores(machine);
        self.follow_past(machine);
        for number in machine.reads.clone() {
            let term = &terms.terms[number];
            let follows = match &term.kind {
                // What others change in the midst of an event may be anything whenever it is asked.
                kind if self.others_write(kind) => false,
                TermKind::Field(_) | TermKind::Stage => term.lasting == Lasting::Mutable,
                TermKind::InList(list) => self.written.lists.contains(list),
                TermKind::InJourney(journey) | TermKind::Finished(journey) => {
                    let of = self.models.iter().position(|model| model.name == journey);
                    for course in machine.courses.iter_mut().filter(|course| Some(course.journey) == of) {
                        match term.kind {
                            TermKind::InJourney(_) => course.running = Some(number),
                            _ => course.finished = Some(number),
                        }
                    }
                    of.is_some()
                }
                TermKind::InSegment(segment) => {
                    if let Some(at) = self.segments.iter().position(|(name, _)| *name == segment) {
                        machine.groups[at].term = Some(number);
                    }
                    false
                }
                _ => false,
            };
            if follows {
                machine.followed.push(number);
            }
        }
        machine.sets = machine.events.iter().map(|event| self.sets(machine, event)).collect();
        for course in 0..machine.courses.len() {
            let model = self.models[machine.courses[course].journey];
            for (number, step) in model.journey.steps.iter().enumerate() {
                let changes = self.changes(machine, &step.action)?;
                let given = self.points(machine, &step.action);
                match &mut machine.courses[course].steps[number] {
                    Step::Change { cells, points, .. } => (*cells, *points) = (changes, given),
                    Step::Emit { with, .. } => *with = changes,
                    _ => {}
                }
            }
        }
        for course in 0..machine.courses.len() {
            let name = self.models[machine.courses[course].journey].name;
            machine.courses[course].said =
                ["journey_entered", "journey_ended"].map(|event| self.said(machine, event, "journey", name));
        }
        for content in 0..machine.contents.len() {
            let name = machine.contents[content].mail.content;
            machine.contents[content].said =
                ["email_sent", "email_delivered"].map(|event| self.said(machine, event, "email", name));
            machine.contents[content].may_fail = self.is_missed(machine, content) && self.may_fail(machine, content);
        }
        machine.outside = self.outside(machine)?;
        Some(())
    }

    /// The followed fields that an event sets, or that a touch may set which comes with it.
    fn sets(&self, machine: &Machine<'c>, event: &str) -> Vec<usize> {
        let set_by = |name: &Name| self.campaign.events.values().any(|event| event.sets.contains_key(name));
        let may_set = |name: &Name| match self.campaign.events.get(event) {
            Some(event) if event.sets.contains_key(name) => true,
            _ => self.written.by_events.contains(name) && !set_by(name),
        };
        let is_set =
            |term: &&usize| matches!(&machine.terms.terms[**term].kind, TermKind::Field(name) if may_set(name));
        machine.followed.iter().filter(is_set).copied().collect()
    }

    /// What an event says of its maker, where that is asked.
    fn said(&self, machine: &Machine<'c>, event: &str, property: &str, name: &Name) -> Vec<(usize, usize)> {
        let (event, property) = (event.to_owned(), property.to_owned());
        let kind = TermKind::EventProperty { event: event.clone(), property: property.clone() };
        let term = machine.reads.iter().copied().find(|term| machine.terms.terms[*term].kind == kind);
        let value = Value::Text(name.clone());
        let cell = |term| self.questions.cell(term, Some(&event), Expr::EventProperty { name: property }, Some(&value));
        term.and_then(|term| Some((term, cell(term)?))).into_iter().collect()
    }

    /// Whether something comes out otherwise where a mail is left out: it may be sent later, or something asks for it.
    fn is_missed(&self, machine: &Machine<'c>, content: usize) -> bool {
        let is_counted = machine.tallies.iter().any(|tally| tally.of == Counted::Content(content));
        machine.contents[content].rest.is_some() || machine.sent.is_some() || is_counted
    }

    /// Whether a gate may leave a mail out that something may follow: for want of consent, by a frequency rule, or for want of
    /// an address that the lead gets later, or that other channels need not.
    fn may_fail(&self, machine: &Machine<'c>, content: usize) -> bool {
        let (campaign, mail) = (self.campaign, machine.contents[content].mail);
        let own = campaign.channels.values().flat_map(|settings| &settings.frequency);
        let mut rules = campaign.policies.frequency.iter().chain(own);
        let of_channel = mail.channel.usual().address.map(str::to_owned);
        let own = campaign.channels.get(&mail.channel).map(|settings| settings.address.as_slice()).unwrap_or_default();
        let mut address = of_channel.iter().chain(own);
        mail.marketing
            || rules.any(|rule| mail.counts(&MailLimit::from(rule)))
            || address.any(|field| self.written.fields.contains(field))
            || machine.contents.iter().any(|other| other.mail.channel != mail.channel)
    }

    /// The lifecycle, if the stage matters. Its term is one of those that are read then.
    fn follow_stage(&self, machine: &mut Machine<'c>) -> Option<()> {
        let Some(lifecycle) = &self.campaign.lifecycle else { return Some(()) };
        let Some(term) = machine.terms.terms.iter().position(|term| term.kind == TermKind::Stage) else {
            return Some(());
        };
        if self.others_write(&TermKind::Stage) {
            return Some(());
        }
        if !machine.reads.contains(&term) && machine.stage_changed.is_none() {
            return Some(());
        }
        machine.reads.insert(term);
        let cell = |stage: &Name| self.questions.cell(term, None, Expr::Stage, Some(&Value::Text(stage.clone())));
        let asks = |condition: Option<&Condition>, event| match condition {
            Some(condition) => self.questions.number(condition, event).map(Some),
            None => Some(None),
        };
        let mut moves = Vec::new();
        for each in &lifecycle.moves {
            let event = match &each.event {
                Some(event) => Some(machine.events.iter().position(|name| name == event)),
                None => None,
            };
            moves.push(Move {
                from: cell(&each.from)?,
                to: cell(&each.to)?,
                when: asks(each.when.as_ref(), None)?,
                // An event that nothing else hears may come at any time.
                event: event.flatten(),
                filter: if event == Some(None) { None } else { asks(each.filter.as_ref(), each.event.as_ref())? },
                waits: each.after_secs.is_some() || event == Some(None),
            });
        }
        machine.stages = Some(Stages { term, moves });
        Some(())
    }

    /// Scores with few values.
    fn follow_scores(&self, machine: &mut Machine<'c>) {
        for number in machine.reads.clone() {
            let term = &machine.terms.terms[number];
            let TermKind::Score(name) = &term.kind else { continue };
            let Some(model) = self.campaign.scoring.get(name) else { continue };
            if !follows_score(self.campaign, name) || self.others_write(&term.kind) {
                continue;
            }
            let (min, max) = (i64::from(model.min), i64::from(model.max));
            let holds = |value: i64| {
                let inside = |(low, high): (f64, f64)| low <= value as f64 && value as f64 <= high;
                term.cells.iter().position(|cell| cell.span.is_some_and(inside))
            };
            let Some(cells) = (min..=max).map(holds).collect::<Option<Vec<_>>>() else { continue };
            let event = |name: &Name| machine.events.iter().position(|each| each == name);
            let rules = model.rules.iter().filter_map(|rule| {
                let filter = rule.filter.as_ref().and_then(|filter| self.questions.number(filter, Some(&rule.event)));
                Some((event(&rule.event)?, filter, i64::from(rule.points), rule.at_most.is_some()))
            });
            let rules = rules.collect();
            machine.scores.push(Score { term: number, min, max, cells, rules });
        }
    }

    /// What was counted, where it is few, and of which nothing else is asked than how often it happened.
    fn follow_past(&self, machine: &mut Machine<'c>) {
        for number in machine.reads.clone() {
            let term = &machine.terms.terms[number];
            let (of, within_secs) = match &term.kind {
                TermKind::Count { event, within_secs, since_entry: false, filter: None } => {
                    (machine.events.iter().position(|each| each == event).map(Counted::Event), *within_secs)
                }
                TermKind::Received { content, within_secs, since_entry: false } => {
                    let of = machine.contents.iter().position(|each| each.mail.content == content);
                    let others =
                        self.others_do(|action| matches!(action, Action::Send { content: of, .. } if of == content));
                    (of.filter(|_| !others).map(Counted::Content), *within_secs)
                }
                _ => continue,
            };
            let (Some(of), Some(cells)) = (of, counts(&term.cells)) else { continue };
            let within = match within_secs {
                None => None,
                Some(secs) if secs % machine.measure_secs == 0 && cells.len() <= 2 => match machine.window(secs) {
                    measures @ 1..=MOST_BACK => Some(measures),
                    _ => continue,
                },
                Some(_) => continue,
            };
            machine.tallies.push(Tally { term: number, of, within, cells });
        }
    }

    /// What a step adds to scores that are followed.
    fn points(&self, machine: &Machine<'c>, action: &Action) -> Vec<(usize, i64)> {
        let Action::Score { points } = action else { return Vec::new() };
        let place = |name: &Name| {
            machine
                .scores
                .iter()
                .position(|score| machine.terms.terms[score.term].kind == TermKind::Score(name.clone()))
        };
        points.iter().filter_map(|(model, points)| Some((place(model)?, i64::from(*points)))).collect()
    }

    /// Points that come from what is not followed: rules for events that nothing else hears, and decay.
    fn points_outside(&self, machine: &Machine<'c>) -> BTreeSet<(usize, i64)> {
        let mut outside = BTreeSet::new();
        for (number, score) in machine.scores.iter().enumerate() {
            let TermKind::Score(name) = &machine.terms.terms[score.term].kind else { continue };
            let Some(model) = self.campaign.scoring.get(name) else { continue };
            let unheard = model.rules.iter().filter(|rule| !machine.events.iter().any(|event| *event == rule.event));
            outside.extend(unheard.map(|rule| (number, i64::from(rule.points))));
            outside.extend(model.decay.iter().map(|decay| (number, i64::from(decay.points))));
        }
        outside
    }

    /// What a step makes of terms; `None` if that is not known of one that matters.
    fn changes(&self, machine: &Machine<'c>, action: &Action) -> Option<Vec<(usize, usize)>> {
        let term =
            |kind: &TermKind| machine.reads.iter().copied().find(|term| machine.terms.terms[*term].kind == *kind);
        let mut changes = Vec::new();
        match action {
            Action::Set { values } => {
                for (name, value) in values {
                    if let Some(term) = term(&TermKind::Field(name.clone())) {
                        let of = Expr::Field { name: name.clone() };
                        changes.push((term, self.questions.cell(term, None, of, value.as_ref())?));
                    }
                }
            }
            Action::Emit { event, with } => {
                for name in self.campaign.events.get(event).iter().flat_map(|event| event.properties.keys()) {
                    let kind = TermKind::EventProperty { event: event.clone(), property: name.clone() };
                    if let Some(term) = term(&kind) {
                        let of = Expr::EventProperty { name: name.clone() };
                        changes.push((term, self.questions.cell(term, Some(event), of, with.get(name))?));
                    }
                }
            }
            Action::Stage { stage } => {
                if let Some(term) = term(&TermKind::Stage) {
                    let value = Value::Text(stage.clone());
                    changes.push((term, self.questions.cell(term, None, Expr::Stage, Some(&value))?));
                }
            }
            Action::List { list, add } | Action::Audience { list, add, .. } => {
                changes.extend(term(&TermKind::InList(list.clone())).map(|term| (term, usize::from(*add))));
            }
            _ => {}
        }
        Some(changes)
    }

    fn outside(&self, machine: &Machine<'c>) -> Option<Vec<Outside>> {
        let mut outside = Vec::new();
        for (number, name) in machine.events.iter().enumerate() {
            if self.makes_all(machine, name) {
                continue;
            }
            let with = properties(machine, name)?;
            outside.extend(with.into_iter().map(|with| Outside::Event { event: number, with }));
        }
        for term in &machine.followed {
            let term_of = &machine.terms.terms[*term];
            if matches!(&term_of.kind, TermKind::Field(field) if self.written.by_events.contains(field)) {
                outside.extend((0..term_of.cells.len()).map(|to| Outside::Change { term: *term, to }));
            }
        }
        let is_started = |model: &Model<'_>| model.keys.is_empty() && self.others_start(model.name);
        let started = self.models.iter().enumerate().filter(|(_, model)| is_started(model));
        outside.extend(started.map(|(journey, _)| Outside::Start { journey }));
        let points = self.points_outside(machine);
        outside.extend(points.into_iter().map(|(score, points)| Outside::Points { score, points }));
        if self.asks_open_things(machine) {
            outside.push(Outside::Nothing);
        }
        Some(outside)
    }

    /// Whether no such event comes from anywhere but the journeys of the machine.
    fn makes_all(&self, machine: &Machine<'c>, event: &str) -> bool {
        let campaign = self.campaign;
        let inside = |name: &Name| self.models.iter().any(|model| model.name == name);
        match event {
            "lead_created" => true,
            "journey_entered" | "journey_ended" => campaign.journeys.keys().all(inside),
            "email_sent" => {
                campaign.topics.values().all(|topic| topic.confirmation.is_none())
                    && !self.others_do(|action| matches!(action, Action::Send { .. }))
            }
            "stage_changed" => machine.stages.is_some(),
            _ => false,
        }
    }

    /// What journeys do that are no part of the machine.
    fn others_do(&self, does: impl Fn(&Action) -> bool) -> bool {
        let inside = |name: &Name| self.models.iter().any(|model| model.name == name);
        let others = self.campaign.journeys.iter().filter(|(name, _)| !inside(name));
        others.flat_map(|(_, journey)| &journey.steps).any(|step| does(&step.action))
    }

    /// Whether journeys that are no part of the machine change what a term asks for.
    fn others_write(&self, kind: &TermKind) -> bool {
        self.others_do(|action| match (kind, action) {
            (TermKind::Field(field), Action::Set { values }) => values.contains_key(field),
            (TermKind::Stage, Action::Stage { .. }) => true,
            (TermKind::InList(list), Action::List { list: of, .. } | Action::Audience { list: of, .. }) => of == list,
            (TermKind::Score(model), Action::Score { points }) => points.contains_key(model),
            _ => false,
        })
    }

    /// Whether journeys that are no part of the machine start one that is.
    fn others_start(&self, name: &Name) -> bool {
        self.others_do(|action| matches!(action, Action::Start { journey } if journey == name))
    }

    /// Whether a group, an exit, a goal or a wait asks for something that is not followed.
    fn asks_open_things(&self, machine: &Machine<'c>) -> bool {
        let exits = machine
            .courses
            .iter()
            .flat_map(|course| [course.exit_when, course.goal.map(|goal| goal.when)].into_iter().flatten());
        let moves = machine.stages.iter().flat_map(|stages| &stages.moves);
        if moves.clone().any(|each| each.waits) {
            return true;
        }
        let moves = moves.filter_map(|each| each.when);
        let awaited = machine.courses.iter().flat_map(|course| &course.steps).filter_map(|step| match step {
            Step::WaitFor { event: None, when, .. } => *when,
            _ => None,
        });
        let groups = machine.groups.iter().map(|group| group.when);
        let asked: Vec<Asks> = groups.chain(exits).chain(awaited).chain(moves).collect();
        let known: BTreeSet<usize> = machine
            .fixed_terms()
            .into_iter()
            .chain(machine.followed.iter().copied())
            .chain(machine.groups.iter().filter_map(|group| group.term))
            .chain(machine.scores.iter().map(|score| score.term))
            .chain(machine.tallies.iter().filter(|tally| tally.within.is_none()).map(|tally| tally.term))
            .collect();
        let is_open = |term: usize| !known.contains(&term);
        asked.iter().any(|asks| machine.terms.read_by(&machine.terms.formulas[*asks]).into_iter().any(is_open))
    }
}

/// Whether a score is followed point by point: one of few values.
pub(in crate::analysis::flood) fn follows_score(campaign: &Campaign, model: &Name) -> bool {
    campaign.scoring.get(model).is_some_and(|model| i64::from(model.max) - i64::from(model.min) < MOST_POINTS)
}

/// By count, the cell in which it lies, up to one that holds all that are greater; `None` if those are too many.
fn counts(cells: &[Cell]) -> Option<Vec<usize>> {
    let holds = |count: usize| {
        let inside = |(low, high): (f64, f64)| low <= count as f64 && count as f64 <= high;
        cells.iter().position(|cell| cell.span.is_some_and(inside))
    };
    let mut by_count = Vec::new();
    for count in 0..MOST_COUNTS {
        let cell = holds(count)?;
        by_count.push(cell);
        if cells[cell].span.is_some_and(|(_, high)| high > f64::from(u32::MAX)) {
            return Some(by_count);
        }
    }
    None
}

/// The values of an event's properties that conditions tell apart.
fn properties(machine: &Machine<'_>, name: &str) -> Option<Vec<Vec<(usize, usize)>>> {
    let mut all: Vec<Vec<(usize, usize)>> = vec![Vec::new()];
    for number in machine.reads.iter().copied() {
        let term = &machine.terms.terms[number];
        let is_of = match &term.kind {
            TermKind::EventProperty { event, .. } => event == name,
            _ => false,
        };
        if !is_of {
            continue;
        }
        let cells = 0..term.cells.len();
        all = cells
            .flat_map(|cell| {
                all.iter().map(move |with| {
                    let mut with = with.clone();
                    with.push((number, cell));
                    with
                })
            })
            .collect();
        if all.len() > MOST_VALUES {
            return None;
        }
    }
    Some(all)
}
