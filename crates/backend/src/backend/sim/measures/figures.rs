//! Figures of KPIs and of mails: whole numbers that add up.

use crate::backend::sim::outcome::Named;
use crate::backend::sim::program::Program;

/// Figures of a KPI.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct KpiFigures {
    /// Of all that it is about.
    pub whole: Pairs,
    /// By persona, segment or journey.
    pub parts: Named<Pairs>,
    /// Leads that came in too late to be seen for as long as the KPI looks at them.
    pub too_recent: u64,
}

/// Sums over leads of two numbers, x and y, and of their products: counts, or millionths of the currency's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Pairs {
    /// Leads that took part.
    pub leads: u64,
    /// Leads whose x is not 0.
    pub with_x: u64,
    /// Leads whose y is not 0.
    pub with_y: u64,
    /// Leads that came by a source in the run: how many come is chance as well.
    pub arrived: u64,
    /// Their x.
    pub arrived_x: i128,
    /// Their y.
    pub arrived_y: i128,
    /// Sum of x.
    pub x: i128,
    /// Sum of y.
    pub y: i128,
    /// Sum of x².
    pub xx: i128,
    /// Sum of y².
    pub yy: i128,
    /// Sum of x·y.
    pub xy: i128,
}

impl Pairs {
    /// One more lead.
    pub(super) fn count(&mut self, x: i64, y: i64, arrived: bool) {
        let (x, y) = (i128::from(x), i128::from(y));
        let (with_x, with_y) = (u64::from(x != 0), u64::from(y != 0));
        let (arrived, arrived_x, arrived_y) = if arrived { (1, x, y) } else { (0, 0, 0) };
        let (xx, yy, xy) = (x * x, y * y, x * y);
        self.add(Pairs { leads: 1, with_x, with_y, arrived, arrived_x, arrived_y, x, y, xx, yy, xy });
    }

    fn add(&mut self, other: Pairs) {
        self.leads += other.leads;
        self.with_x += other.with_x;
        self.with_y += other.with_y;
        self.arrived += other.arrived;
        self.arrived_x = self.arrived_x.saturating_add(other.arrived_x);
        self.arrived_y = self.arrived_y.saturating_add(other.arrived_y);
        self.x = self.x.saturating_add(other.x);
        self.y = self.y.saturating_add(other.y);
        self.xx = self.xx.saturating_add(other.xx);
        self.yy = self.yy.saturating_add(other.yy);
        self.xy = self.xy.saturating_add(other.xy);
    }
}

impl KpiFigures {
    /// Nothing counted yet, for each KPI.
    pub(in crate::backend::sim) fn empty(program: &Program) -> Named<KpiFigures> {
        let kpis = &program.kpis.kpis;
        Named::of(kpis.iter().map(|kpi| kpi.name.as_str()), |number| {
            let parts = kpis[number].cells.iter().skip(1).map(|cell| cell.name.as_str());
            KpiFigures { parts: Named::of(parts, |_| Pairs::default()), ..KpiFigures::default() }
        })
    }

    /// Adds the figures of other leads.
    pub(in crate::backend::sim) fn add(&mut self, other: KpiFigures) {
        self.whole.add(other.whole);
        self.parts.add(other.parts, Pairs::add);
        self.too_recent += other.too_recent;
    }

    /// The whole, then the parts.
    pub(super) fn cell(&mut self, number: usize) -> &mut Pairs {
        if number == 0 { &mut self.whole } else { self.parts.at(number - 1) }
    }
}

/// What became of mails and messages, by what they belong to. A mail counts with what became of it by the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tallies {
    /// By the journey that sent them.
    pub journeys: Named<Tally>,
    /// By topic.
    pub topics: Named<Tally>,
    /// By the segments of which the lead was a member when they were sent.
    pub segments: Named<Tally>,
    /// By the day of 24 hours from the start on which they were sent.
    pub days: Vec<Tally>,
}

/// What became of some mails and messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Sent.
    pub sent: u64,
    /// Delivered.
    pub delivered: u64,
    /// Opened.
    pub opened: u64,
    /// Clicked.
    pub clicked: u64,
    /// Failed after all attempts.
    pub soft_bounced: u64,
    /// Failed for good.
    pub hard_bounced: u64,
    /// Made the lead unsubscribe.
    pub unsubscribed: u64,
    /// Reported as spam.
    pub complained: u64,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.sent += other.sent;
        self.delivered += other.delivered;
        self.opened += other.opened;
        self.clicked += other.clicked;
        self.soft_bounced += other.soft_bounced;
        self.hard_bounced += other.hard_bounced;
        self.unsubscribed += other.unsubscribed;
        self.complained += other.complained;
    }
}

impl Tallies {
    /// Nothing counted yet.
    pub(in crate::backend::sim) fn empty(program: &Program) -> Tallies {
        Tallies {
            journeys: Named::of(program.journeys.iter().map(|each| each.name.as_str()), |_| Tally::default()),
            topics: Named::of(program.topics.iter().map(|each| each.name.as_str()), |_| Tally::default()),
            segments: Named::of(program.segments.iter().map(|each| each.name.as_str()), |_| Tally::default()),
            days: vec![Tally::default(); program.frame.days()],
        }
    }

    /// Adds the figures of other leads.
    pub(in crate::backend::sim) fn add(&mut self, other: Tallies) {
        self.journeys.add(other.journeys, Tally::add);
        self.topics.add(other.topics, Tally::add);
        self.segments.add(other.segments, Tally::add);
        self.days.iter_mut().zip(other.days).for_each(|(mine, theirs)| mine.add(theirs));
    }

    /// One more mail.
    pub(super) fn count(&mut self, mail: Tally, journey: usize, topic: usize, day: usize) {
        self.journeys.at(journey).add(mail);
        self.topics.at(topic).add(mail);
        if let Some(tally) = self.days.get_mut(day) {
            tally.add(mail);
        }
    }

    /// The same mail, for a segment.
    pub(super) fn count_segment(&mut self, mail: Tally, segment: usize) {
        self.segments.at(segment).add(mail);
    }
}

/// Figures of an experiment.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ExperimentFigures {
    /// By arm.
    pub arms: Named<ArmFigures>,
    /// Draws of leads that had been drawn before, in another stay.
    pub again: u64,
}

/// Figures of an arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ArmFigures {
    /// Instances that were drawn to it and seen for the whole time of the goal.
    pub draws: u64,
    /// Of these, those that reached the goal in time.
    pub successes: u64,
    /// Drawn too late to be seen for the whole time.
    pub unfinished: u64,
    /// Drawn after the goal was reached.
    pub left_out: u64,
}

impl ExperimentFigures {
    /// Nothing counted yet, for each experiment.
    pub(in crate::backend::sim) fn empty(program: &Program) -> Named<ExperimentFigures> {
        let experiments = &program.experiments;
        Named::of(experiments.iter().map(|each| each.name.as_str()), |number| ExperimentFigures {
            arms: Named::of(experiments[number].arms.iter().map(String::as_str), |_| ArmFigures::default()),
            again: 0,
        })
    }

    /// Adds the figures of other leads.
    pub(in crate::backend::sim) fn add(&mut self, other: ExperimentFigures) {
        self.again += other.again;
        self.arms.add(other.arms, |mine, theirs| {
            mine.draws += theirs.draws;
            mine.successes += theirs.successes;
            mine.unfinished += theirs.unfinished;
            mine.left_out += theirs.left_out;
        });
    }
}
