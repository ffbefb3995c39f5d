//! What leads allow, compiled: markets, confirmations, leaving, preferences, sunset.

use super::chain::Chain;
use super::condition::{Code, Cond, Deps};
use super::journey::{Action, Entry, Journey, Step, draws, known};
use super::names::Names;
use super::{Fault, Time, bounded, bounded_window, chance_key};
use crate::backend::sim::value::Sym;
use crate::ir::permission::{self, Then};
use crate::ir::{Again, Campaign, Consent, Limit, builtin};

/// What leads allow.
#[derive(Debug)]
pub struct Permission {
    /// Whether the campaign says anything about it beyond the consent of topics.
    pub used: bool,
    /// Of each topic, how subscriptions are confirmed.
    pub confirmations: Vec<Option<Confirmation>>,
    /// Of each topic, the version of the text that leads agree to.
    pub wordings: Vec<Option<String>>,
    /// Number of the first journey that asks for a confirmation: those of the campaign come before.
    pub flows: usize,
    /// Markets; a lead's is the first that matches.
    pub markets: Vec<Market>,
    /// What those who unsubscribe leave; `None` if nothing is said.
    pub unsubscribe: Option<permission::Unsubscribe>,
    /// What leads may choose instead.
    pub preferences: Preferences,
    /// What becomes of the inactive.
    pub sunset: Option<Sunset>,
    /// The texts of what leads can choose, in the order of [`builtin::CHOICES`].
    pub choices: [Sym; 5],
    /// The texts of engagement, in the order of [`builtin::ENGAGEMENT`].
    pub levels: [Sym; 3],
}

/// How subscriptions to a topic are confirmed.
#[derive(Clone, Copy, Debug)]
pub struct Confirmation {
    /// Number of the journey that asks.
    pub flow: usize,
    /// How long the answer may take.
    pub within: i64,
}

/// A part of the leads with an own rule on consent.
#[derive(Debug)]
pub struct Market {
    /// Its name.
    pub name: String,
    /// Who belongs to it.
    pub when: Cond,
    /// The least that leads have to do.
    pub consent: Option<Consent>,
    /// The event that implies consent, for how long, and the field that says when it happened before.
    pub implied: Option<(usize, i64, Option<usize>)>,
}

/// What leads may choose instead of leaving.
#[derive(Clone, Copy, Debug, Default)]
pub struct Preferences {
    /// How long a pause is.
    pub pause: Option<i64>,
    /// The most that those get who want fewer.
    pub fewer: Option<Limit>,
}

/// What becomes of the inactive.
#[derive(Clone, Debug)]
pub struct Sunset {
    /// After how long without interest.
    pub after: i64,
    /// After how long they sleep.
    pub sleeping: Option<i64>,
    /// Events that show interest.
    pub without: Vec<usize>,
    /// Field that says when the lead showed interest last.
    pub last: Option<usize>,
    /// What becomes of them.
    pub then: Then,
    /// List that holds them.
    pub list: Option<usize>,
    /// Whether interest wakes them.
    pub wakes: bool,
}

/// Compiles the policies about permission.
pub(super) fn permission(campaign: &Campaign, names: &mut Names<'_>, flows: usize) -> Result<Permission, Fault> {
    let source = &campaign.policies.permission;
    let mut markets = Vec::new();
    for market in &source.markets {
        let implied = market.implied.as_ref().map(|implied| {
            let event = known(names.event(&implied.event), "event", &implied.event)?;
            let last = implied.last.as_ref().and_then(|field| names.field(field));
            Ok::<_, Fault>((event, bounded(implied.for_secs), last))
        });
        markets.push(Market {
            name: market.name.clone(),
            when: names.condition(&market.when, None),
            consent: market.consent,
            implied: implied.transpose()?,
        });
    }
    let offered = source.preferences.as_ref();
    let topics = || campaign.topics.values();
    let asks = topics().filter(|topic| topic.confirmation.is_some());
    let mut flow = (flows..flows + asks.count()).collect::<Vec<usize>>().into_iter();
    let confirmations = topics().map(|topic| {
        let confirmation = topic.confirmation.as_ref()?;
        Some(Confirmation { flow: flow.next()?, within: bounded(confirmation.within_secs) })
    });
    Ok(Permission {
        used: !source.is_empty() || topics().any(|topic| topic.confirmation.is_some() || topic.wording.is_some()),
        confirmations: confirmations.collect(),
        wordings: topics().map(|topic| topic.wording.as_ref().map(|wording| wording.version.clone())).collect(),
        flows,
        markets,
        unsubscribe: source.unsubscribe,
        preferences: Preferences {
            pause: offered.and_then(|offered| offered.pause_secs).map(bounded),
            fewer: offered
                .and_then(|offered| offered.fewer)
                .map(|limit| Limit { per: bounded_window(limit.per), ..limit }),
        },
        sunset: source.sunset.as_ref().map(|sunset| sunset_of(sunset, names)).transpose()?,
        choices: builtin::CHOICES.map(|word| names.texts.intern(word)),
        levels: builtin::ENGAGEMENT.map(|word| names.texts.intern(word)),
    })
}

fn sunset_of(source: &permission::Sunset, names: &Names<'_>) -> Result<Sunset, Fault> {
    let without = source.without.iter().map(|event| known(names.event(event), "event", event));
    Ok(Sunset {
        after: bounded(source.after_secs).max(1),
        sleeping: source.sleeping_secs.map(|secs| bounded(secs).max(1)),
        without: without.collect::<Result<_, _>>()?,
        last: source.last.as_ref().and_then(|field| names.field(field)),
        then: source.then,
        list: source.list.as_ref().and_then(|list| names.list(list)),
        wakes: source.wakes,
    })
}

/// The journeys that ask for confirmations, one for each topic that has a flow, by name of the topic. `base` is the number of steps
/// before.
pub(super) fn flows(campaign: &Campaign, names: &mut Names<'_>, mut base: usize) -> Result<Vec<Journey>, Fault> {
    let mut flows = Vec::new();
    for (topic, (name, source)) in campaign.topics.iter().enumerate() {
        let Some(confirmation) = &source.confirmation else { continue };
        let flow = flow(campaign, confirmation, (topic, name), base, names)?;
        base += flow.steps.len();
        flows.push(flow);
    }
    Ok(flows)
}

/// A journey of its own carries each request, so that its mails pass the gates, wait and are counted as all others.
fn flow(
    campaign: &Campaign,
    confirmation: &permission::Confirmation,
    (topic, topic_name): (usize, &str),
    base: usize,
    names: &mut Names<'_>,
) -> Result<Journey, Fault> {
    let name = format!("{topic_name}:confirmation");
    let max_hold = bounded(campaign.policies.max_hold_secs);
    let send = |email: &str, names: &Names<'_>| {
        Ok::<_, Fault>(Action::Send { content: known(names.content(email), "email", email)?, max_hold, outcomes: 0..0 })
    };
    let mut actions = vec![("ask", send(&confirmation.email, names)?)];
    if let Some(remind) = &confirmation.remind {
        actions.push(("wait", Action::Wait { time: Time::Secs(bounded(remind.after_secs)) }));
        actions.push(("remind", send(&remind.email, names)?));
    }
    let last = actions.len() - 1;
    let step = |(number, (id, action)): (usize, (&str, Action))| Step {
        name: id.to_owned(),
        sym: names.texts.intern(id),
        chance: chance_key(&["step", &name, id]),
        draws: draws(chance_key(&["step", &name, id])),
        action,
        first_way: 0,
        next: (number < last).then_some(number + 1),
    };
    let steps = actions.into_iter().enumerate().map(step).collect();
    let answered = Cond {
        text: "nothing is to be confirmed any more".to_owned(),
        chain: Chain::of(Code::Not(Box::new(Code::Pending(topic))), names),
        deps: Deps::TOPICS,
    };
    Ok(Journey {
        sym: names.texts.intern(&name),
        chance: chance_key(&["journey", &name]),
        // The lead has just asked for it, so it goes before all other mails.
        priority: i32::MAX,
        entry: Entry::Called,
        when: None,
        again: Again::Always,
        key: None,
        keyed: false,
        at_once: None,
        ends: None,
        exit_when: Some(answered),
        exit_reasons: Vec::new(),
        goal: None,
        first: Some(0),
        steps,
        base,
        reasons: Vec::new(),
        confirms: Some(topic),
        name,
    })
}
