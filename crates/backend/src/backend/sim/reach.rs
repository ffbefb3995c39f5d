//! Whom journeys reach: leads in none, leads in many, journeys that overlap.

use std::collections::BTreeMap;

use super::engine::Engine;
use super::outcome::{Named, add_counts, bump};
use super::program::Program;

/// Whom journeys reach. Figures of two parts of the leads add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReachFigures {
    /// Leads by the number of different journeys that they entered.
    pub leads_by_journeys: BTreeMap<u64, u64>,
    /// Leads by the most journeys that they were in at once.
    pub leads_by_most_at_once: BTreeMap<u64, u64>,
    /// Leads that entered no journey, by the persona that they came in with.
    pub in_none: Named<u64>,
    /// Those of them that came in without a persona.
    pub in_none_without_persona: u64,
    /// Leads that were in both of two journeys at once, by the numbers of the journeys, the smaller first. Pairs that no
    /// lead was in are left out.
    pub overlaps: BTreeMap<(usize, usize), u64>,
    /// What was sent, by journey, for each day of 24 hours from the start.
    pub sends_per_day: Named<Vec<u64>>,
}

impl ReachFigures {
    /// Nothing counted yet.
    pub(super) fn empty(program: &Program, days: usize) -> ReachFigures {
        ReachFigures {
            in_none: Named::of(program.personas.iter().map(|persona| persona.name.as_str()), |_| 0),
            sends_per_day: Named::of(program.journeys.iter().map(|journey| journey.name.as_str()), |_| vec![0; days]),
            ..ReachFigures::default()
        }
    }

    /// Adds the figures of other leads.
    pub(super) fn add(&mut self, other: ReachFigures) {
        add_counts(&mut self.leads_by_journeys, other.leads_by_journeys);
        add_counts(&mut self.leads_by_most_at_once, other.leads_by_most_at_once);
        self.in_none.add_counts(other.in_none);
        self.in_none_without_persona += other.in_none_without_persona;
        add_counts(&mut self.overlaps, other.overlaps);
        self.sends_per_day.add(other.sends_per_day, |mine, theirs| {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        });
    }
}

/// What is noted of a lead on the way.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    /// Persona that it came in with.
    pub first_persona: Option<usize>,
    /// The most journeys that it was in at once.
    most_at_once: u64,
    /// Pairs of journeys that it was in at once, the smaller number first; where there are many, some of them twice.
    pairs: Vec<(usize, usize)>,
    /// How many pairs there may be before those that are there twice go.
    room: usize,
}

/// Pairs that are looked through before another is added.
const FEW: usize = 64;

impl Reached {
    /// Forgets the lead before, keeping the memory.
    pub fn clear(&mut self) {
        self.first_persona = None;
        self.most_at_once = 0;
        self.pairs.clear();
        self.room = 0;
    }

    fn add(&mut self, pair: (usize, usize)) {
        if self.pairs.len() <= FEW && self.pairs.contains(&pair) {
            return;
        }
        self.pairs.push(pair);
        if self.pairs.len() > FEW.max(self.room) {
            self.tidy();
            self.room = 2 * self.pairs.len();
        }
    }

    fn tidy(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
    }
}

impl Engine<'_> {
    /// The lead has entered a journey, while others run.
    pub(super) fn note_overlaps(&mut self, journey: usize) {
        // What asks for a confirmation is no journey of the campaign.
        let is_asking = |journey: usize| self.program.journeys[journey].confirms.is_some();
        if is_asking(journey) || !self.has_figures {
            return;
        }
        let lead = &mut self.lead;
        let mut at_once = 0;
        let mut last = None;
        // Instances that run are in journey order, so that those of one journey stand together.
        for slot in &lead.running {
            let other = lead.instances[*slot].journey;
            if last == Some(other) || is_asking(other) {
                continue;
            }
            last = Some(other);
            at_once += 1;
            let pair = (other.min(journey), other.max(journey));
            if other != journey {
                lead.reached_by.add(pair);
            }
        }
        lead.reached_by.most_at_once = lead.reached_by.most_at_once.max(at_once);
    }

    /// Counts whom the journeys reached, when the lead is done.
    pub(super) fn count_reach(&mut self) {
        let journeys = self.lead.memories.iter().zip(&self.program.journeys);
        let entered = journeys.filter(|(memory, journey)| memory.entered > 0 && journey.confirms.is_none());
        let entered = entered.count() as u64;
        self.lead.reached_by.tidy();
        let (reached, figures) = (&self.lead.reached_by, &mut self.figures.reach);
        bump(&mut figures.leads_by_journeys, entered);
        bump(&mut figures.leads_by_most_at_once, reached.most_at_once);
        if entered == 0 {
            match reached.first_persona {
                Some(persona) => *figures.in_none.at(persona) += 1,
                None => figures.in_none_without_persona += 1,
            }
        }
        reached.pairs.iter().for_each(|pair| bump(&mut figures.overlaps, *pair));
    }
}
