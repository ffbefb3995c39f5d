//! How personas behave, from logs of what their leads did.
//!
//! In: the campaign, and leads with their timelines. Out: for each persona its behaviour with what was found in place of
//! what was assumed, and every figure with its interval. Never: a figure that the log says too little about.
//!
//! | file | what it does |
//! |---|---|
//! | `mails` | what became of what was sent |
//! | `reaction` | a chance and a delay that may be cut off, by maximum likelihood |
//! | `following` | the same of an event that several may have caused |
//! | `reading` | opening, clicking, leaving, bouncing |
//! | `habits` | what personas do besides |
//! | `figure` | a figure with its interval |
//! | `yaml`, `json` | the result as personas of a project, and for programs |

mod figure;
mod following;
mod habits;
pub mod json;
mod mails;
mod reaction;
mod reading;
pub mod yaml;

use std::collections::{BTreeMap, BTreeSet};

pub use figure::{Figure, LEVEL, Method};

use crate::ir::{Behavior, Campaign, Channel, Condition, Expr, Lead, Name, Persona, Value};
use crate::leads::OnFields;
use mails::{Sent, sent};

/// What was found.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// Personas in their order; or, if the log's leads are of none, one for all.
    pub personas: Vec<FittedPersona>,
    /// Leads with a timeline.
    pub leads: u64,
    /// What was sent to them.
    pub sent: u64,
    /// Events about something that was never sent.
    pub astray: u64,
    /// First and last second that the log tells of.
    pub span: (i64, i64),
}

/// A persona.
#[derive(Clone, Debug)]
pub struct FittedPersona {
    /// As it should be in the project.
    pub persona: Persona,
    /// Its leads.
    pub leads: u64,
    /// What was sent to them.
    pub sent: u64,
    /// Figures by the path of their key in `behavior`, such as `email.open`.
    pub figures: BTreeMap<String, Figure>,
}

/// Why nothing is fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FitError {
    /// No lead has an event.
    NoEvents,
    /// Nothing that was sent and nothing that personas do is among the events.
    NothingKnown,
}

impl std::fmt::Display for FitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            FitError::NoEvents => "no event of the log is about a lead",
            FitError::NothingKnown => {
                "the log tells of no mail that was sent (`email_sent` or `email_delivered` with the name of the `email`), \
                 and of nothing that a persona does"
            }
        })
    }
}

impl std::error::Error for FitError {}

/// A lead, with what was sent to it.
struct Watched<'a> {
    lead: &'a Lead,
    sent: Vec<Sent>,
    /// From when it is watched.
    from: i64,
}

/// Finds out how personas behave.
///
/// # Errors
/// If the leads' timelines tell of nothing that could be fitted.
pub fn behavior(campaign: &Campaign, leads: &[Lead]) -> Result<Fitted, FitError> {
    let times = || leads.iter().flat_map(|lead| lead.timeline.iter().flatten()).map(|event| event.at_secs);
    let (Some(first), Some(last)) = (times().min(), times().max()) else { return Err(FitError::NoEvents) };
    let mut astray = 0;
    let mut watched: Vec<Watched<'_>> = leads
        .iter()
        .map(|lead| {
            let (sent, lost) = sent(campaign, lead);
            astray += lost;
            Watched { lead, sent, from: born(campaign, lead).unwrap_or(first).max(first) }
        })
        .collect();
    take_sendings_for_deliveries(&mut watched);
    let on_fields = OnFields::new(campaign);
    let mut groups: Vec<Vec<&Watched<'_>>> = vec![Vec::new(); campaign.personas.len()];
    for each in &watched {
        if let Some(persona) = on_fields.persona(each.lead) {
            groups[persona].push(each);
        }
    }
    let fit = |persona: &Persona, group: &[&Watched<'_>]| fit_persona(campaign, persona, group, &on_fields, last);
    let personas: Vec<FittedPersona> = if groups.iter().all(Vec::is_empty) {
        vec![fit(&everybody(), &watched.iter().collect::<Vec<_>>())]
    } else {
        campaign.personas.iter().zip(&groups).map(|(persona, group)| fit(persona, group)).collect()
    };
    let is_estimate = |figure: &Figure| figure.kept.is_none();
    if !personas.iter().flat_map(|each| each.figures.values()).any(is_estimate)
        && watched.iter().all(|each| each.sent.is_empty())
    {
        return Err(FitError::NothingKnown);
    }
    let all_sent = watched.iter().map(|each| each.sent.len() as u64).sum();
    Ok(Fitted { personas, leads: leads.len() as u64, sent: all_sent, astray, span: (first, last) })
}

fn fit_persona(
    campaign: &Campaign,
    persona: &Persona,
    group: &[&Watched<'_>],
    on_fields: &OnFields<'_>,
    end: i64,
) -> FittedPersona {
    let (mut persona, mut figures) = (persona.clone(), BTreeMap::new());
    reading::fit(campaign, &mut persona.behavior, group, end, &mut figures);
    habits::fit(&mut persona.behavior, group, on_fields, end, &mut figures);
    let sent = group.iter().map(|each| each.sent.len() as u64).sum();
    FittedPersona { persona, leads: group.len() as u64, sent, figures }
}

/// Where a log tells of no delivery by a channel at all, what was sent by it and did not come back has arrived.
fn take_sendings_for_deliveries(watched: &mut [Watched<'_>]) {
    let all = watched.iter().flat_map(|each| &each.sent);
    let told: BTreeSet<Channel> = all.filter(|sent| sent.delivered.is_some()).map(|sent| sent.channel).collect();
    let is_silent = |sent: &&mut Sent| sent.bounced.is_none() && !told.contains(&sent.channel);
    for sent in watched.iter_mut().flat_map(|each| &mut each.sent).filter(is_silent) {
        sent.delivered = Some(sent.at);
    }
}

fn born(campaign: &Campaign, lead: &Lead) -> Option<i64> {
    let at = campaign.fields.keys().position(|field| field == "created_at")?;
    match lead.values.get(at)? {
        Some(Value::Datetime(secs)) => Some(*secs),
        Some(_) | None => None,
    }
}

/// A persona of all leads, for logs of nobody whom a persona matches.
fn everybody() -> Persona {
    let usual = Channel::Email.usual();
    Persona {
        name: Name::from("everybody"),
        label: None,
        matches: Condition::new(Expr::Const { value: Value::Bool(true) }, crate::text::Origin::default()),
        share: None,
        behavior: Behavior { open_delay: usual.open_delay, click_delay: usual.click_delay, ..Behavior::default() },
        narrative: BTreeMap::new(),
        origin: crate::text::Origin::default(),
    }
}
