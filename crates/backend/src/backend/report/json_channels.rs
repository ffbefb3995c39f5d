//! Messages, other systems and costs, as JSON has them. Amounts are numbers in the currency's unit.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::rate;
use super::rates::{Ends, Intervals};
use super::sums::skipped;
use crate::backend::sim::{AudienceFigures, ContactFigures, EmailFigures, Figures, Named, Section, Skip, Spent};
use crate::ir::{Campaign, Money};

/// Parts of the report that stand in it only where they are used.
#[derive(Serialize)]
pub(super) struct Outside<'a> {
    #[serde(skip_serializing_if = "is_empty")]
    messages: Named<Message<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts: Option<&'a ContactFigures>,
    /// How often each was reached.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    integrations: BTreeMap<&'a str, u64>,
    #[serde(skip_serializing_if = "is_empty")]
    audiences: Named<&'a AudienceFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    costs: Option<Costs<'a>>,
}

#[derive(Serialize)]
struct Message<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    channel: Option<&'static str>,
    requested: u64,
    sent: u64,
    skipped: &'a BTreeMap<Skip, u64>,
    skipped_total: u64,
    waiting: u64,
    held: u64,
    held_secs: u64,
    delivered: u64,
    failed: u64,
    invalid: u64,
    opened: u64,
    clicked: u64,
    unsubscribed: u64,
    complained: u64,
    rates: BTreeMap<&'static str, Option<f64>>,
    intervals: BTreeMap<&'static str, Ends>,
}

#[derive(Serialize)]
struct Costs<'a> {
    currency: Option<&'a str>,
    total: Money,
    per_lead: Option<Money>,
    channels: BTreeMap<&'a str, Paid>,
    contents: BTreeMap<&'a str, Paid>,
    integrations: BTreeMap<&'a str, Paid>,
    tasks: BTreeMap<&'a str, Paid>,
    journeys: BTreeMap<&'a str, Money>,
}

#[derive(Serialize)]
struct Paid {
    times: u64,
    amount: Money,
}

pub(super) fn outside<'a>(figures: &'a Figures, campaign: &'a Campaign, intervals: &Intervals<'_>) -> Outside<'a> {
    let messages =
        figures.messages.iter().map(|(name, message)| (name.to_owned(), row(name, message, campaign, intervals)));
    let has_messages = !figures.messages.0.is_empty();
    Outside {
        messages: Named(messages.collect()),
        contacts: has_messages.then_some(&figures.contacts),
        integrations: figures.costs.integrations.iter().map(|(name, spent)| (name, spent.times)).collect(),
        audiences: Named(figures.audiences.iter().map(|(name, audience)| (name.to_owned(), audience)).collect()),
        costs: costs(figures, campaign),
    }
}

fn is_empty<T>(named: &Named<T>) -> bool {
    named.0.is_empty()
}

fn row<'a>(name: &str, figures: &'a EmailFigures, campaign: &'a Campaign, intervals: &Intervals<'_>) -> Message<'a> {
    let definition = campaign.messages.get(name);
    let rates = [
        ("sent", rate(figures.sent, figures.requested)),
        ("delivered", rate(figures.delivered, figures.sent)),
        ("opened", rate(figures.opened, figures.delivered)),
        ("clicked", rate(figures.clicked, figures.delivered)),
        ("clicked_of_opened", rate(figures.clicked, figures.opened)),
    ];
    Message {
        label: definition.and_then(|definition| definition.label.as_deref()),
        channel: definition.map(|definition| definition.channel.word()),
        requested: figures.requested,
        sent: figures.sent,
        skipped: &figures.skipped,
        skipped_total: skipped(figures),
        waiting: figures.waiting,
        held: figures.held,
        held_secs: figures.held_secs,
        delivered: figures.delivered,
        failed: figures.soft_bounced,
        invalid: figures.hard_bounced,
        opened: figures.opened,
        clicked: figures.clicked,
        unsubscribed: figures.unsubscribed,
        complained: figures.complained,
        intervals: intervals.all(Section::Messages, name),
        rates: rates.into(),
    }
}

fn costs<'a>(figures: &'a Figures, campaign: &'a Campaign) -> Option<Costs<'a>> {
    let costs = &figures.costs;
    let total = costs.total();
    Some(Costs {
        currency: campaign.settings.currency.as_deref(),
        total,
        per_lead: total.per(figures.leads.simulated),
        channels: paid(costs.channels.iter()),
        contents: paid(costs.contents.iter()),
        integrations: paid(costs.integrations.iter()),
        tasks: paid(costs.tasks.iter().map(|(name, spent)| (name.as_str(), spent))),
        journeys: costs.journeys.iter().map(|(name, cost)| (name, *cost)).collect(),
    })
    .filter(|_| !total.is_nothing())
}

fn paid<'a>(spent: impl Iterator<Item = (&'a str, &'a Spent)>) -> BTreeMap<&'a str, Paid> {
    let used = spent.filter(|(_, spent)| spent.times > 0);
    used.map(|(name, spent)| (name, Paid { times: spent.times, amount: spent.amount })).collect()
}
