//! Sections of the summary about messages, other systems, what came of steps, and costs.

use super::figure::{NONE, count, money, percent};
use super::notice::{Below, Notice};
use super::sums::skipped;
use super::table::{Block, Line, Table, push_note};
use super::text::{example, note, spread, with_rate};
use crate::backend::sim::{EmailFigures, Figures, Spent};
use crate::ir::{Campaign, Money};

/// Messages by name.
pub(super) fn messages(figures: &Figures, campaign: &Campaign, width: usize) -> String {
    let heads = ["channel", "sent", "delivered", "opened", "clicked", "unsub", "failed", "skipped"];
    let mut table = Table::new("Messages", &heads);
    for (name, message) in figures.messages.iter() {
        let definition = campaign.messages.get(name);
        let channel = definition.map_or(NONE, |definition| definition.channel.word());
        let label = definition.and_then(|definition| definition.label.as_deref());
        let mut line = Line::new(label, name, message_numbers(channel, message));
        let reasons = message.skipped.iter().map(|(reason, number)| (reason.word(), number));
        line.notes.extend(note("not sent:", reasons));
        let others = [("still held at the end", &message.waiting), ("complained", &message.complained)];
        line.notes.extend(note("besides:", others.into_iter()));
        table.push(line);
    }
    if figures.messages.0.is_empty() {
        return String::new();
    }
    let mut text = table.print(width);
    push_note(
        &mut text,
        "opened, clicked and unsub are parts of the delivered; a call is opened when it is answered",
        width,
    );
    text
}

fn message_numbers(channel: &str, message: &EmailFigures) -> Vec<String> {
    vec![
        channel.to_owned(),
        count(message.sent),
        count(message.delivered),
        with_rate(message.opened, message.delivered),
        with_rate(message.clicked, message.delivered),
        count(message.unsubscribed),
        count(message.soft_bounced + message.hard_bounced),
        count(skipped(message)),
    ]
}

/// How much came to each lead by all channels; nothing if there is but one.
pub(super) fn contacts(figures: &Figures) -> Option<Notice> {
    let contacts = &figures.contacts;
    if contacts.leads_by_contacts.is_empty() {
        return None;
    }
    let busiest = &contacts.busiest_week;
    let week = format!("{}{}", spread(&busiest.leads_by_mails), example(busiest));
    let below = Below::of("busiest 7 days:", vec![week]).into_iter().collect();
    Some(Notice { title: "Contacts per lead, all channels", facts: vec![spread(&contacts.leads_by_contacts)], below })
}

/// Other systems, and how often they were reached.
pub(super) fn integrations(figures: &Figures, campaign: &Campaign) -> Block {
    let mut table = Table::new("Integrations", &["kind", "times"]);
    for (name, spent) in figures.costs.integrations.iter() {
        let definition = campaign.integrations.get(name);
        let kind = definition.map_or(NONE, |definition| definition.kind.word());
        let label = definition.and_then(|definition| definition.label.as_deref());
        table.push(Line::new(label, name, vec![kind.to_owned(), count(spent.times)]));
    }
    Block { table, notes: Vec::new() }
}

/// Audiences of other systems.
pub(super) fn audiences(figures: &Figures) -> Block {
    let mut table = Table::new("Audiences", &["joined", "left", "at end"]);
    for (name, audience) in figures.audiences.iter() {
        let numbers = [audience.added, audience.removed, audience.members].map(count).to_vec();
        table.push(Line::new(None, name, numbers));
    }
    Block { table, notes: Vec::new() }
}

/// What came of steps.
pub(super) fn outcomes(figures: &Figures) -> Block {
    let mut table = Table::new("Outcomes", &["times", "of the step"]);
    for (journey, journey_figures) in figures.journeys.iter() {
        for (step, step_figures) in journey_figures.steps.iter() {
            for (event, times) in &step_figures.outcomes {
                let numbers = vec![count(*times), percent(*times, step_figures.reached)];
                table.push(Line::new(None, &format!("{journey}.{step}: {event}"), numbers));
            }
        }
    }
    Block { table, notes: Vec::new() }
}

/// What was paid, and what for: by kind, then by journey; nothing if nothing was.
pub(super) fn costs(figures: &Figures, campaign: &Campaign) -> Vec<Block> {
    let costs = &figures.costs;
    let total = costs.total();
    if total.is_nothing() {
        return Vec::new();
    }
    let currency = campaign.settings.currency.as_deref();
    let amount = |amount: Money| money(amount, currency);
    let share = |part: Money| percent(part.micros.unsigned_abs(), total.micros.unsigned_abs());
    let title = currency.map_or("Costs".to_owned(), |currency| format!("Costs in {currency}"));
    let mut table = Table::new(&title, &["times", "cost", "share"]);
    let mut push = |name: &str, spent: &Spent| {
        if !spent.amount.is_nothing() {
            let numbers = vec![count(spent.times), amount(spent.amount), share(spent.amount)];
            table.push(Line::new(None, name, numbers));
        }
    };
    costs.channels.iter().for_each(|(channel, spent)| push(channel, spent));
    costs.integrations.iter().for_each(|(system, spent)| push(system, spent));
    costs.tasks.iter().for_each(|(to, spent)| push(&format!("tasks of {to}"), spent));
    table.push(Line::new(None, "total", vec![String::new(), amount(total), share(total)]));
    let by_kind = Block { table, notes: Vec::new() };
    let mut table = Table::new("  by journey", &["entered", "cost", "per entry"]);
    for (name, cost) in costs.journeys.iter().filter(|(_, cost)| !cost.is_nothing()) {
        let label = campaign.journeys.get(name).and_then(|definition| definition.label.as_deref());
        let entered = figures.journeys.get(name).map_or(0, |journey| journey.entered);
        let each = cost.per(entered).map_or(NONE.to_owned(), amount);
        table.push(Line::new(label, name, vec![count(entered), amount(*cost), each]));
    }
    let per_lead = total.per(figures.leads.simulated).map(|each| format!("per lead {}", amount(each)));
    if table.rows.is_empty() {
        return vec![Block { notes: per_lead.into_iter().collect(), ..by_kind }];
    }
    vec![by_kind, Block { table, notes: per_lead.into_iter().collect() }]
}
