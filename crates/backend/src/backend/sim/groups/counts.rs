//! The counts of a run in blocks, always in the same order, and the rates that are made of them.

use crate::backend::sim::measures::Tally;
use crate::backend::sim::outcome::{EmailFigures, Figures, JourneyFigures, PersonaFigures};

/// What a block of counts is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// All leads.
    Leads,
    /// A KPI.
    Kpis,
    /// All emails together.
    AllEmails,
    /// An email.
    Emails,
    /// A message of another channel.
    Messages,
    /// What one journey sent.
    ByJourney,
    /// What was sent under one topic.
    ByTopic,
    /// What was sent to the members of one segment.
    BySegment,
    /// The leads of a persona.
    Personas,
    /// Leads without a persona.
    NoPersona,
    /// A score.
    Scores,
    /// A journey.
    Journeys,
}

/// A rate of a section: its name, and the places of its two counts in a block.
pub type RateOf = (&'static str, usize, usize);

impl Section {
    /// The rates of a block.
    pub fn rates(self) -> &'static [RateOf] {
        match self {
            Section::Leads => &[("mails_per_lead", 1, 0), ("contacts_per_lead", 2, 0)],
            Section::Kpis => &[("value", 0, 1)],
            Section::AllEmails | Section::Emails | Section::Messages => &[
                ("sent", 1, 0),
                ("skipped", 2, 0),
                ("delivered", 3, 1),
                ("bounced", 4, 1),
                ("opened", 5, 3),
                ("clicked", 6, 3),
                ("clicked_of_opened", 6, 5),
                ("unsubscribed", 7, 3),
                ("complained", 8, 3),
            ],
            Section::ByJourney | Section::ByTopic | Section::BySegment => &[
                ("delivered", 1, 0),
                ("opened", 2, 1),
                ("clicked", 3, 1),
                ("click_to_open", 3, 2),
                ("bounced", 4, 0),
                ("unsubscribed", 5, 1),
                ("complained", 6, 1),
            ],
            Section::Personas | Section::NoPersona => &[("sent_per_lead", 1, 0), ("opened", 2, 1), ("clicked", 3, 1)],
            Section::Scores => &[("mean", 0, 1)],
            Section::Journeys => &[("goal", 1, 0), ("completed", 2, 0), ("exited", 3, 0)],
        }
    }

    /// Whether a rate is a share: its first count is never more than its second.
    pub fn is_share(self, rate: &str) -> bool {
        match self {
            Section::Leads | Section::Scores | Section::Kpis => false,
            Section::Personas | Section::NoPersona => rate != "sent_per_lead",
            Section::AllEmails | Section::Emails | Section::Messages => true,
            Section::ByJourney | Section::ByTopic | Section::BySegment | Section::Journeys => true,
        }
    }
}

/// Goes through all blocks. Journeys come last, since those that only ask for confirmation are cut off after a run.
pub fn walk<'a>(figures: &'a Figures, visit: &mut dyn FnMut(Section, &'a str, &[i64])) {
    let mut all = [0_i64; 9];
    for (name, email) in figures.emails.iter() {
        let counts = mails(email);
        all.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        visit(Section::Emails, name, &counts);
    }
    visit(Section::AllEmails, "all", &all);
    let mut contacts = all[1];
    for (name, message) in figures.messages.iter() {
        let counts = mails(message);
        contacts += counts[1];
        visit(Section::Messages, name, &counts);
    }
    visit(Section::Leads, "all", &[signed(figures.leads.simulated), all[1], contacts]);
    for (name, kpi) in figures.kpis.iter() {
        visit(Section::Kpis, name, &[bounded(kpi.whole.x), bounded(kpi.whole.y), signed(kpi.whole.leads)]);
    }
    let tallies = &figures.tallies;
    for (section, named) in [
        (Section::ByJourney, &tallies.journeys),
        (Section::ByTopic, &tallies.topics),
        (Section::BySegment, &tallies.segments),
    ] {
        named.iter().for_each(|(name, counted)| visit(section, name, &tally(counted)));
    }
    for (name, of) in figures.personas.iter() {
        visit(Section::Personas, name, &persona(of));
    }
    visit(Section::NoPersona, "no persona", &persona(&figures.no_persona));
    for (name, score) in figures.scores.iter() {
        visit(Section::Scores, name, &[score.sum, signed(score.count)]);
    }
    for (name, of) in figures.journeys.iter() {
        visit(Section::Journeys, name, &journey(of));
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn bounded(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

fn mails(of: &EmailFigures) -> [i64; 9] {
    let bounced = of.soft_bounced + of.hard_bounced;
    let skipped = of.requested.saturating_sub(of.sent + of.waiting);
    let counts =
        [of.requested, of.sent, skipped, of.delivered, bounced, of.opened, of.clicked, of.unsubscribed, of.complained];
    counts.map(signed)
}

fn tally(of: &Tally) -> [i64; 7] {
    let bounced = of.soft_bounced + of.hard_bounced;
    [of.sent, of.delivered, of.opened, of.clicked, bounced, of.unsubscribed, of.complained].map(signed)
}

fn persona(of: &PersonaFigures) -> [i64; 4] {
    [of.leads, of.sent, of.opened, of.clicked].map(signed)
}

fn journey(of: &JourneyFigures) -> [i64; 4] {
    let exited = of.exit_when + of.exits.values().sum::<u64>();
    [of.entered, of.goal, of.completed, exited].map(signed)
}
