//! What one thing from outside, or the end of a wait, makes of a state: the cascade of docs/semantics.md, with every open
//! question answered by a [`Chooser`].

use std::collections::VecDeque;

use super::compile::{Content, Machine};
use super::{About, Counted, Course, Entry, FOR_EVER, Outside, Rest, State, Step};
use crate::analysis::conditions::Assignment;

/// Cascades, or steps, at one second before it is taken that they have no end.
const MOST_AT_ONCE: u32 = 300;

/// Things in a queue that others may come between before it is given up.
const MOST_QUEUED: usize = 16;

/// Cells of an open term that are tried one by one.
const MOST_CELLS: usize = 6;

/// Answers open questions: first as it is told, then with the first answer. It remembers what was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Chooser {
    /// The answers, and of how many.
    answers: Vec<(usize, usize)>,
    at: usize,
}

impl Chooser {
    pub(super) fn pick(&mut self, count: usize) -> usize {
        if self.at == self.answers.len() {
            self.answers.push((0, count));
        }
        let (answer, _) = self.answers[self.at];
        self.at += 1;
        answer
    }

    /// The next row of answers, if there is one.
    pub(super) fn next(mut self) -> Option<Chooser> {
        self.answers.truncate(self.at);
        while let Some((answer, count)) = self.answers.pop() {
            if answer + 1 < count {
                self.answers.push((answer + 1, count));
                return Some(Chooser { answers: self.answers, at: 0 });
            }
        }
        None
    }
}

/// What came of it.
pub(super) struct Came {
    pub(super) state: State,
    /// The mails, by number, in order.
    pub(super) mails: Vec<u16>,
    /// The arms of splits that were taken: course, step, arm.
    pub(super) arms: Vec<(usize, usize, usize)>,
    /// Whether it did not come to rest.
    pub(super) endless: bool,
}

enum Pending {
    Event(usize, Vec<(usize, usize)>),
    Changed,
    Enter(usize),
}

impl Pending {
    /// As the end of a state has it: 0 for a look at what has changed, 1 with the journey that is entered, and for an event two
    /// more than the number of its properties, the event, and those.
    fn written(&self) -> Vec<u32> {
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        match self {
            Pending::Changed => vec![0],
            Pending::Enter(journey) => vec![1, number(*journey)],
            Pending::Event(event, with) => {
                let with_all = with.iter().flat_map(|(term, cell)| [number(*term), number(*cell)]);
                [number(with.len() + 2), number(*event)].into_iter().chain(with_all).collect()
            }
        }
    }

    /// All that the end of a state says.
    fn read(mut rest: &[u32]) -> VecDeque<Pending> {
        let mut queue = VecDeque::new();
        loop {
            rest = match *rest {
                [0, ref rest @ ..] => {
                    queue.push_back(Pending::Changed);
                    rest
                }
                [1, journey, ref rest @ ..] => {
                    queue.push_back(Pending::Enter(journey as usize));
                    rest
                }
                [with, event, ref rest @ ..] => {
                    let (with, rest) = rest.split_at(2 * (with as usize - 2));
                    let with = with.chunks_exact(2).map(|each| (each[0] as usize, each[1] as usize));
                    queue.push_back(Pending::Event(event as usize, with.collect()));
                    rest
                }
                [] | [_] => return queue,
            };
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Resume {
    Nothing,
    Launch,
    /// A wait, or the time of a `wait_for`, of this course is over.
    Over(usize),
}

pub(super) struct Run<'a, 'c> {
    pub(super) machine: &'a Machine<'c>,
    pub(super) state: State,
    pub(super) known: Assignment,
    pub(super) chooser: &'a mut Chooser,
    /// What the event from outside is about, until it has had its effect.
    about: Option<About>,
    /// Whether the lead is just coming in.
    is_new: bool,
    queue: VecDeque<Pending>,
    mails: Vec<u16>,
    arms: Vec<(usize, usize, usize)>,
    cascades: u32,
    endless: bool,
}

impl<'c> Machine<'c> {
    /// The lead comes in: at launch, or created later.
    pub(super) fn come_in(&self, state: &State, created: bool, chooser: &mut Chooser) -> Came {
        let mut run = self.begin(state, chooser);
        run.is_new = true;
        match (created, self.created) {
            (true, Some(event)) => run.cascade(Some((event, &[])), Resume::Nothing),
            (true, None) => run.cascade(None, Resume::Nothing),
            (false, _) => run.cascade(None, Resume::Launch),
        }
        run.finish()
    }

    /// Something happens from outside.
    pub(super) fn happen(&self, state: &State, outside: &Outside, chooser: &mut Chooser) -> Came {
        let mut run = self.begin(state, chooser);
        match outside {
            Outside::Event { event, with, about } => {
                run.about = *about;
                run.cascade(Some((*event, with)), Resume::Nothing);
            }
            Outside::Consent { is_in } => {
                is_in.iter().enumerate().for_each(|(topic, is_in)| run.stand(topic, *is_in));
                run.cascade(None, Resume::Nothing);
            }
            Outside::Change { term, to } => {
                run.write(*term, *to);
                run.cascade(None, Resume::Nothing);
            }
            Outside::Points { score, points } => {
                run.add_points(*score, *points);
                run.cascade(None, Resume::Nothing);
            }
            Outside::Start { journey } => run.try_enter(*journey),
            Outside::Nothing => run.cascade(None, Resume::Nothing),
        }
        run.finish()
    }

    /// What is next in the queue is handled.
    pub(super) fn go_on(&self, state: &State, chooser: &mut Chooser) -> Came {
        let mut run = self.begin(state, chooser);
        run.next();
        run.finish()
    }

    /// Whether nothing is in the queue.
    pub(super) fn is_settled(&self, state: &State) -> bool {
        state.len() == self.queue_at()
    }

    /// Whether a mail of a course is held.
    pub(super) fn is_held(&self, state: &State, course: usize) -> bool {
        state[3 * course] > 0 && matches!(self.step(course, state[3 * course]), Step::Send { .. })
    }

    /// Whether the time of a course's wait is over.
    pub(super) fn is_due(&self, state: &State, course: usize) -> bool {
        state[3 * course] > 0 && state[3 * course + 1] == 0
    }

    /// The wait of a course, or its `wait_for`, comes to its end.
    pub(super) fn fire(&self, state: &State, course: usize, chooser: &mut Chooser) -> Came {
        let mut run = self.begin(state, chooser);
        run.cascade(None, Resume::Over(course));
        run.finish()
    }

    /// A measure passes.
    pub(super) fn tick(&self, state: &State) -> State {
        let mut after = state.clone();
        for course in 0..self.courses.len() {
            let at = 3 * course + if after[3 * course] > 0 { 1 } else { 2 };
            pass(&mut after[at]);
        }
        after[self.rests_at()..self.tallies_at()].iter_mut().for_each(pass);
        let tallies = self.tallies.iter().zip(&mut after[self.tallies_at()..]);
        tallies.filter(|(tally, _)| tally.within.is_some()).for_each(|(_, left)| pass(left));
        after
    }

    /// Whether it is followed how often something happened.
    pub(super) fn counts(&self, what: Counted) -> bool {
        self.tallies.iter().any(|tally| tally.of == what)
    }

    fn step(&self, course: usize, at: u32) -> &Step {
        &self.courses[course].steps[at as usize - 1]
    }

    fn begin<'a>(&'a self, state: &State, chooser: &'a mut Chooser) -> Run<'a, 'c> {
        let mut known = self.fixed.clone();
        for (slot, term) in self.followed.iter().enumerate() {
            known.set(*term, Some(state[self.cells_at() + slot] as usize));
        }
        for (number, score) in self.scores.iter().enumerate() {
            known.set(score.term, Some(score.cells[state[self.scores_at() + number] as usize]));
        }
        for (number, topic) in self.topics.all.iter().enumerate() {
            if let Some(term) = topic.term {
                known.set(term, Some(state[self.topics_at() + number] as usize));
            }
        }
        for (tally, state) in self.tallies.iter().zip(&state[self.tallies_at()..]) {
            known.set(tally.term, tally.cell(*state));
        }
        for (number, group) in self.groups.iter().enumerate() {
            if let Some(term) = group.term {
                known.set(term, Some(state[self.groups_at() + number] as usize));
            }
        }
        Run {
            machine: self,
            state: state[..self.queue_at()].into(),
            known,
            chooser,
            about: None,
            is_new: false,
            queue: Pending::read(&state[self.queue_at()..]),
            mails: Vec::new(),
            arms: Vec::new(),
            cascades: 0,
            endless: false,
        }
    }
}

impl Run<'_, '_> {
    fn finish(mut self) -> Came {
        if self.machine.between.is_empty() {
            while !self.endless && self.next() {}
        }
        self.endless |= self.queue.len() > MOST_QUEUED;
        let queue = self.queue.iter().flat_map(Pending::written);
        Came {
            state: self.state.iter().copied().chain(queue).collect(),
            mails: self.mails,
            arms: self.arms,
            endless: self.endless,
        }
    }

    /// Handles what is next in the queue, if anything is.
    fn next(&mut self) -> bool {
        let pending = self.queue.pop_front();
        match &pending {
            Some(Pending::Event(event, with)) => self.cascade(Some((*event, with)), Resume::Nothing),
            Some(Pending::Changed) => self.cascade(None, Resume::Nothing),
            Some(Pending::Enter(journey)) => self.try_enter(*journey),
            None => {}
        }
        pending.is_some()
    }

    fn cascade(&mut self, event: Option<(usize, &[(usize, usize)])>, resume: Resume) {
        self.cascades += 1;
        if self.cascades > MOST_AT_ONCE {
            self.endless = true;
        }
        if self.endless {
            return;
        }
        if let Some((event, with)) = event {
            self.count(Counted::Event(event));
            self.take_fields(event);
            let about = self.about.take();
            self.take_consent(event, with, about);
            self.score(event, with);
        }
        self.move_on(event);
        let joined = self.evaluate_groups();
        for course in 0..self.machine.courses.len() {
            if self.state[3 * course] > 0 && self.leaves(course, true) {
                self.end(course);
            }
        }
        self.resume(event, resume);
        self.enter_all(event, &joined, resume);
    }

    /// It has happened once more.
    fn count(&mut self, what: Counted) {
        for (number, tally) in self.machine.tallies.iter().enumerate().filter(|(_, tally)| tally.of == what) {
            let at = self.machine.tallies_at() + number;
            let most = tally.most();
            self.state[at] = if tally.within.is_some() { most } else { most.min(self.state[at] + 1) };
            self.known.set(tally.term, tally.cell(self.state[at]));
        }
    }

    /// An event sets fields, or leaves them as they are where it has no value for them.
    fn take_fields(&mut self, event: usize) {
        for term in &self.machine.sets[event] {
            let cells = self.machine.terms.terms[*term].cells.len();
            let cell = self.chooser.pick(cells + 1);
            if cell < cells {
                self.write(*term, cell);
            }
        }
    }

    /// Rules of followed scores give their points.
    fn score(&mut self, event: usize, with: &[(usize, usize)]) {
        for number in 0..self.machine.scores.len() {
            for &(on, filter, points, is_limited) in &self.machine.scores[number].rules {
                let gives = on == event && filter.is_none_or(|filter| self.decide(filter, with));
                if gives && (!is_limited || self.chooser.pick(2) == 0) {
                    self.add_points(number, points);
                }
            }
        }
    }

    fn add_points(&mut self, number: usize, points: i64) {
        let score = &self.machine.scores[number];
        let at = self.machine.scores_at() + number;
        let value = (i64::from(self.state[at]) + score.min + points).clamp(score.min, score.max);
        self.state[at] = u32::try_from(value - score.min).unwrap_or(0);
        self.known.set(score.term, Some(score.cells[self.state[at] as usize]));
    }

    /// Moves of the lifecycle, until none applies; at most once into each stage.
    fn move_on(&mut self, event: Option<(usize, &[(usize, usize)])>) {
        let Some(stages) = &self.machine.stages else { return };
        let mut entered: Vec<usize> = Vec::new();
        loop {
            let now = self.known.get(stages.term);
            let made = stages.moves.iter().find(|each| {
                let with = event.map_or(&[][..], |(_, with)| with);
                Some(each.from) == now
                    && !entered.contains(&each.to)
                    && each.event.is_none_or(|on| event.is_some_and(|(event, _)| event == on))
                    && (!each.waits || self.chooser.pick(2) == 0)
                    && each.filter.is_none_or(|filter| self.decide(filter, with))
                    && each.when.is_none_or(|when| self.decide(when, &[]))
            });
            let Some(made) = made else { return };
            entered.push(made.to);
            self.write(stages.term, made.to);
        }
    }

    /// Finds out memberships anew, and those that began. The lifecycle may ask for them, so it is asked once more.
    fn evaluate_groups(&mut self) -> Vec<usize> {
        let (mut joined, mut is_changed) = (Vec::new(), false);
        let comes_in = std::mem::take(&mut self.is_new);
        for (number, group) in self.machine.groups.iter().enumerate() {
            let slot = self.machine.groups_at() + number;
            let may_be_member = comes_in || self.state[slot] > 0 || !group.joins_at_birth;
            let is_member = may_be_member && self.decide(group.when, &[]);
            if u32::from(is_member) != self.state[slot] {
                (self.state[slot], is_changed) = (u32::from(is_member), true);
                if is_member {
                    joined.push(number);
                }
            }
            if let Some(term) = group.term {
                self.known.set(term, Some(usize::from(is_member)));
            }
        }
        if is_changed && self.machine.stages.is_some() {
            self.queue.push_back(Pending::Changed);
        }
        joined
    }

    /// Whether a running instance leaves by its `exit_when` or its goal.
    fn leaves(&mut self, course: usize, is_inside: bool) -> bool {
        let Course { exit_when, goal, .. } = &self.machine.courses[course];
        if exit_when.is_some_and(|when| self.decide(when, &[])) {
            return true;
        }
        match goal {
            Some(goal) if self.decide(goal.when, &[]) => {
                // On entry the time has not run out; later it may have.
                !goal.for_a_time || !is_inside || self.chooser.pick(2) == 0
            }
            Some(_) | None => false,
        }
    }

    fn resume(&mut self, event: Option<(usize, &[(usize, usize)])>, resume: Resume) {
        if let Resume::Over(course) = resume {
            let at = self.state[3 * course];
            let is_due = self.state[3 * course + 1] == 0;
            if at > 0 {
                match *self.machine.step(course, at) {
                    Step::Wait { next, .. } if is_due => self.walk(course, next),
                    Step::WaitFor { timeout, .. } if is_due => self.walk(course, timeout),
                    // A gate opens, or the mail was held for as long as it may be.
                    Step::Send { content, next, .. } => {
                        if !is_due || self.chooser.pick(2) == 0 {
                            self.send(content);
                        }
                        self.walk(course, next);
                    }
                    _ => {}
                }
            }
        }
        let mut waiting: Vec<(usize, u32)> = (0..self.machine.courses.len())
            .map(|course| (course, self.state[3 * course]))
            .filter(|(course, at)| *at > 0 && matches!(self.machine.step(*course, *at), Step::WaitFor { .. }))
            .collect();
        while let Some((course, at)) = self.next_of(&mut waiting) {
            if self.state[3 * course] != at || self.endless {
                continue;
            }
            let Step::WaitFor { event: heard, filter, when, next, .. } = *self.machine.step(course, at) else {
                continue;
            };
            let is_over = match heard {
                Some(heard) => event.is_some_and(|(event, with)| {
                    heard == event && filter.is_none_or(|filter| self.decide(filter, with))
                }),
                None => when.is_some_and(|when| self.decide(when, &[])),
            };
            if is_over {
                self.walk(course, next);
            }
        }
    }

    /// Who hears something next: of several stays in one journey, any, since nobody keeps the order of their entries.
    fn next_of(&mut self, waiting: &mut Vec<(usize, u32)>) -> Option<(usize, u32)> {
        let journey = self.machine.courses[waiting.first()?.0].journey;
        let same = waiting.iter().take_while(|(course, _)| self.machine.courses[*course].journey == journey).count();
        Some(waiting.remove(if same > 1 { self.chooser.pick(same) } else { 0 }))
    }

    fn enter_all(&mut self, event: Option<(usize, &[(usize, usize)])>, joined: &[usize], resume: Resume) {
        for course in 0..self.machine.courses.len() {
            let is_tried = match &self.machine.courses[course].entry {
                Entry::Event { event: entry, filter } => event.is_some_and(|(event, with)| {
                    *entry == event && filter.is_none_or(|filter| self.decide(filter, with))
                }),
                Entry::Segment { segment, existing } => {
                    joined.contains(segment) && (*existing || resume != Resume::Launch)
                }
                Entry::Called => false,
            };
            if is_tried && !self.endless {
                let with = event.map_or(&[][..], |(_, with)| with);
                self.try_enter_with(course, with);
            }
        }
    }

    /// A step starts a journey, by its number.
    fn try_enter(&mut self, journey: usize) {
        self.cascades += 1;
        self.endless |= self.cascades > MOST_AT_ONCE;
        let course = self.machine.courses.iter().position(|course| course.journey == journey);
        if let Some(course) = course.filter(|_| !self.endless) {
            self.try_enter_with(course, &[]);
        }
    }

    fn try_enter_with(&mut self, course: usize, with: &[(usize, usize)]) {
        let Course { journey, key, at_once, when, running, first, .. } = &self.machine.courses[course];
        if self.state[3 * course] > 0 || self.state[3 * course + 2] > 0 || self.running(*journey) >= *at_once {
            return;
        }
        if key.is_some_and(|key| !self.decide(key, with)) {
            return;
        }
        if when.is_some_and(|when| !self.decide(when, with)) {
            return;
        }
        if let Some(term) = running {
            self.write(*term, 1);
        }
        self.make_of_stay(self.machine.entered, course, &self.machine.courses[course].said[0]);
        if self.leaves(course, false) {
            self.end(course);
        } else {
            self.walk(course, *first);
        }
    }

    /// How many courses of a journey run.
    fn running(&self, journey: usize) -> usize {
        let courses = self.machine.courses.iter().enumerate();
        courses.filter(|(course, of)| of.journey == journey && self.state[3 * course] > 0).count()
    }

    fn end(&mut self, course: usize) {
        let Course { journey, again, running, finished, .. } = &self.machine.courses[course];
        let at = 3 * course;
        (self.state[at], self.state[at + 1]) = (0, 0);
        self.state[at + 2] = rest(*again);
        if let Some(term) = running {
            self.write(*term, usize::from(self.running(*journey) > 0));
        }
        if let Some(term) = finished {
            self.write(*term, 1);
        }
        self.make_of_stay(self.machine.ended, course, &self.machine.courses[course].said[1]);
    }

    /// An event of the run itself queues, if something hears it. What is not known of its properties stays open.
    fn make(&mut self, event: Option<usize>, said: &[(usize, usize)]) {
        if let Some(event) = event {
            self.queue.push_back(Pending::Event(event, said.to_vec()));
        }
    }

    /// A stay begins or ends: conditions that ask about it are asked anew, whether something hears the event or not.
    fn make_of_stay(&mut self, event: Option<usize>, course: usize, said: &[(usize, usize)]) {
        let Course { running, finished, .. } = &self.machine.courses[course];
        if event.is_none() && (running.is_some() || finished.is_some()) {
            self.queue.push_back(Pending::Changed);
        }
        self.make(event, said);
    }

    fn walk(&mut self, course: usize, mut at: Option<usize>) {
        let place = 3 * course;
        (self.state[place], self.state[place + 1]) = (0, 0);
        let mut steps = 0;
        while let Some(current) = at {
            steps += 1;
            if steps > MOST_AT_ONCE {
                self.endless = true;
                return;
            }
            at = match &self.machine.courses[course].steps[current] {
                Step::Send { content, hold, next } => {
                    if let Some(hold) = hold
                        && self.chooser.pick(2) == 1
                    {
                        (self.state[place], self.state[place + 1]) = (current as u32 + 1, *hold);
                        return;
                    }
                    self.send(*content);
                    *next
                }
                Step::Wait { ticks, .. } => {
                    (self.state[place], self.state[place + 1]) = (current as u32 + 1, *ticks);
                    return;
                }
                Step::WaitFor { when, ticks, next, .. } => {
                    if !when.is_some_and(|when| self.decide(when, &[])) {
                        (self.state[place], self.state[place + 1]) = (current as u32 + 1, *ticks);
                        return;
                    }
                    *next
                }
                Step::Branch { arms, otherwise } => self.branch(arms, *otherwise),
                Step::Split { arms } => {
                    let (arm, to) = arms[self.chooser.pick(arms.len())];
                    self.arms.push((course, current, arm));
                    to
                }
                Step::Change { cells, points, topic, next } => {
                    for (term, cell) in cells {
                        self.write(*term, *cell);
                    }
                    for (score, points) in points {
                        self.add_points(*score, *points);
                    }
                    match topic {
                        Some((topic, true)) => self.subscribe(*topic),
                        Some((topic, false)) => self.stand(*topic, false),
                        None => {}
                    }
                    self.queue.push_back(Pending::Changed);
                    *next
                }
                Step::Emit { event, with, next } => {
                    self.queue.push_back(Pending::Event(*event, with.clone()));
                    *next
                }
                Step::Start { journey, next } => {
                    self.queue.push_back(Pending::Enter(*journey));
                    *next
                }
                Step::Goto { next } => *next,
                Step::Exit => None,
            };
        }
        self.end(course);
    }

    /// The gates are asked. What may be left out is so where it would make a difference.
    fn send(&mut self, content: usize) {
        if self.machine.contents[content].topic.is_some_and(|topic| !self.is_in(topic)) {
            return;
        }
        if self.machine.contents[content].may_fail && self.chooser.pick(2) == 1 {
            return;
        }
        let rest_of = self.machine.contents[content].rest;
        if let Some((slot, again)) = rest_of {
            let slot = self.machine.rests_at() + slot;
            if self.state[slot] > 0 {
                return;
            }
            self.state[slot] = rest(again);
        }
        self.mails.push(content as u16);
        self.count(Counted::Content(content));
        let Content { sent, delivered, .. } = &self.machine.contents[content];
        if sent.is_none() && self.machine.counts(Counted::Content(content)) {
            // Conditions that ask about it are asked anew, whether something hears the event or not.
            self.queue.push_back(Pending::Changed);
        }
        // Some do not arrive, or later: then the event comes at its own time.
        let arrives = delivered.is_some() && self.chooser.pick(2) == 0;
        for (event, said) in sent.iter().chain(delivered.iter().filter(|_| arrives)) {
            self.make(Some(*event), said);
        }
    }

    /// The first arm that holds. What is open is answered once for all arms.
    fn branch(&mut self, arms: &[(usize, Option<usize>)], otherwise: Option<usize>) -> Option<usize> {
        let mut opened = Vec::new();
        let taken = arms.iter().find(|(when, _)| self.decide_with(*when, &[], &mut opened));
        let to = taken.map_or(otherwise, |(_, to)| *to);
        opened.iter().for_each(|term| self.known.set(*term, None));
        to
    }

    fn decide(&mut self, formula: usize, with: &[(usize, usize)]) -> bool {
        let mut opened = Vec::new();
        let truth = self.decide_with(formula, with, &mut opened);
        opened.iter().for_each(|term| self.known.set(*term, None));
        truth
    }

    /// Whether a formula holds; terms that are open get a cell, and stay so until they are taken back.
    fn decide_with(&mut self, formula: usize, with: &[(usize, usize)], opened: &mut Vec<usize>) -> bool {
        for (term, cell) in with {
            self.known.set(*term, Some(*cell));
            opened.push(*term);
        }
        let terms = &self.machine.terms;
        let formula = &terms.formulas[formula];
        loop {
            if let Some(truth) = terms.eval(formula, &self.known) {
                return truth;
            }
            let mut open: Option<usize> = None;
            formula.visit(&mut |(term, _)| {
                if self.known.get(*term).is_none() {
                    open = Some(open.map_or(*term, |least| least.min(*term)));
                }
            });
            // A thing of very many values is not taken apart: then the formula as a whole may be so or not.
            let open = open.filter(|term| terms.terms[*term].cells.len() <= MOST_CELLS);
            let Some(term) = open else { return self.chooser.pick(2) == 0 };
            let cell = self.chooser.pick(terms.terms[term].cells.len());
            self.known.set(term, Some(cell));
            opened.push(term);
        }
    }

    fn write(&mut self, term: usize, cell: usize) {
        if let Some(slot) = self.machine.followed.iter().position(|each| *each == term) {
            let at = self.machine.cells_at() + slot;
            let is_new = self.state[at] != cell as u32;
            self.state[at] = cell as u32;
            self.known.set(term, Some(cell));
            if is_new && self.machine.stages.as_ref().is_some_and(|stages| stages.term == term) {
                self.make(self.machine.stage_changed, &[]);
            }
        }
    }
}

fn pass(left: &mut u32) {
    if *left != FOR_EVER {
        *left = left.saturating_sub(1);
    }
}

fn rest(again: Rest) -> u32 {
    match again {
        Rest::Always => 0,
        Rest::Never => FOR_EVER,
        Rest::Ticks(ticks) => ticks,
    }
}
