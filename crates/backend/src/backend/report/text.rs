//! The summary of a run for a terminal.

use std::collections::BTreeMap;

use super::acquisition;
use super::channels;
use super::chart::{bar, histogram, spark};
use super::experiments::experiment_text;
use super::figure::{NONE, Spread, count, duration, percent, ratio};
use super::intake;
use super::kpis::kpi_text;
use super::metrics::tables;
use super::notice::Notice;
use super::permission;
use super::products::{learnt, products};
use super::reach::{Calendar, reach};
use super::reasons::skip_words;
use super::replay;
use super::scores;
use super::sums::{all_emails, busiest_day, by_condition, exited, has_messages_alone, joined_later, last_day, skipped};
use super::table::{Block, Line, Table, cells, list, pad, pad_left, print_all, push_line, push_note};
use crate::backend::sim::{Busiest, EmailFigures, Figures, Outcome, PersonaFigures, Skip};
use crate::ir::Campaign;
use crate::plan::Plan;

/// The summary, lines at most `width` cells wide where names and numbers allow it. No line is cut.
pub fn text(outcome: &Outcome, plan: &Plan, width: usize) -> String {
    let width = width.max(40);
    let (figures, campaign) = (&outcome.figures, &plan.campaign);
    let sections = [
        head(outcome, plan, width),
        printed_notice(Some(intake::leads(&figures.leads, &outcome.refused_rows)), width)
            + &printed_notice(intake::timelines(&figures.replay), width),
        print_all(&acquisition::sources(&figures.acquisition, campaign), width),
        acquisition::pages(&figures.acquisition, campaign).print(width),
        acquisition::forms(&figures.acquisition, campaign).print(width),
        products(&figures.catalogs, campaign, width),
        learnt(outcome, campaign, width),
        kpi_text(figures, campaign, width),
        printed_notice(outcome.log.as_ref().map(replay::log), width),
        printed_notice(replay::untracked(&figures.untracked), width),
        printed(replay::beside(figures, campaign), width),
        journeys(figures, campaign, width),
        emails(figures, campaign, width),
        super::rates::table(figures, campaign, width),
        print_all(&tables(outcome, campaign), width),
        experiment_text(outcome, campaign, width),
        not_sent(figures, width),
        printed(permission::consent(figures.consent.as_ref(), campaign), width),
        printed(permission::engagement(figures.consent.as_ref()), width),
        mails_per_lead(figures, width),
        reach(figures, width),
        per_day(outcome, width),
        channels::messages(figures, campaign, width),
        printed_notice(channels::contacts(figures), width),
        print_all(&super::quota::sections(outcome, plan), width),
        lifecycle(figures, width),
        print_all(&scores::sections(figures, campaign), width),
        personas(figures, campaign, width),
        segments(figures, campaign, width),
        tasks(&figures.tasks),
        channels::integrations(figures, campaign).print(width),
        channels::audiences(figures).print(width),
        channels::outcomes(figures).print(width),
        channels::costs(figures, campaign).iter().map(|block| block.print(width)).collect(),
    ];
    sections.into_iter().filter(|section| !section.is_empty()).collect::<Vec<_>>().join("\n")
}

fn printed(block: Option<Block>, width: usize) -> String {
    block.map_or(String::new(), |block| block.print(width))
}

fn printed_notice(notice: Option<Notice>, width: usize) -> String {
    notice.map_or(String::new(), |notice| notice.print(width))
}

fn head(outcome: &Outcome, plan: &Plan, width: usize) -> String {
    let run = &outcome.run;
    let last = last_day(&run.start, run.days);
    let days = if run.days == 1 { "1 day".to_owned() } else { format!("{} days", count(u64::from(run.days))) };
    let items = [
        format!("{} to {last}", run.start),
        days,
        plan.campaign.settings.timezone.clone(),
        format!("seed {}", run.seed),
    ];
    let mut text = list(&format!("{}  ", plan.campaign.settings.project), &items, width);
    push_line(&mut text, &format!("plan {}", run.plan));
    if let Some(log) = &outcome.log {
        text.push_str(&list(&format!("replayed from {}: ", log.files.join(", ")), &replay::head(log), width));
    }
    text
}

fn journeys(figures: &Figures, campaign: &Campaign, width: usize) -> String {
    let heads = ["entered", "leads", "finished", "exited", "goal", "rate", "running"];
    let mut table = Table::new("Journeys", &heads);
    for (name, journey) in figures.journeys.iter() {
        let definition = campaign.journeys.get(name);
        let has_goal = definition.is_some_and(|definition| definition.goal.is_some());
        let goal = |text: String| if has_goal { text } else { NONE.to_owned() };
        let numbers = vec![
            count(journey.entered),
            count(journey.leads),
            count(journey.completed),
            count(exited(journey)),
            goal(count(journey.goal)),
            goal(percent(journey.goal, journey.entered)),
            count(journey.running),
        ];
        let label = definition.and_then(|definition| definition.label.as_deref());
        let mut line = Line::new(label, name, numbers);
        let by_condition = by_condition(journey.exit_when, &journey.exit_when_by);
        let by_condition = by_condition.iter().map(|(reason, number)| (reason.as_str(), number));
        let exits = journey.exits.iter().map(|(reason, number)| (reason.as_str(), number));
        line.notes.extend(note("exited:", by_condition.chain(exits)));
        let refused = journey.refused.iter().map(|(reason, number)| (reason.word(), number));
        line.notes.extend(note("not let in:", refused));
        table.push(line);
    }
    if figures.journeys.0.is_empty() {
        return String::new();
    }
    let mut text = table.print(width);
    if campaign.journeys.values().any(|journey| journey.goal.is_some()) {
        push_note(&mut text, "rate: goals reached of the entered", width);
    }
    text
}

/// What there was of each, without what there was not.
pub(super) fn note<'a>(word: &str, counts: impl Iterator<Item = (&'a str, &'a u64)>) -> Option<(String, Vec<String>)> {
    let items: Vec<String> =
        counts.filter(|(_, number)| **number > 0).map(|(name, number)| format!("{name} {}", count(*number))).collect();
    (!items.is_empty()).then(|| (word.to_owned(), items))
}

fn emails(figures: &Figures, campaign: &Campaign, width: usize) -> String {
    let heads = ["sent", "delivered", "opened", "clicked", "unsub", "spam", "bounced", "skipped"];
    let mut table = Table::new("Emails", &heads);
    for (name, email) in figures.emails.iter() {
        let label = campaign.emails.get(name).and_then(|definition| definition.label.as_deref());
        table.push(Line::new(label, name, email_numbers(email)));
    }
    let all = all_emails(figures);
    match figures.emails.0.len() {
        0 => return String::new(),
        1 => {}
        _ => table.push(Line::new(None, "all emails", email_numbers(&all))),
    }
    let mut text = table.print(width);
    push_note(&mut text, "opened, clicked and unsub are parts of the delivered", width);
    if let Some(mean) = all.held_secs.checked_div(all.held) {
        push_line(&mut text, &format!("  {} were held, for {} on average", mails(all.held), duration(mean)));
    }
    text
}

fn email_numbers(email: &EmailFigures) -> Vec<String> {
    vec![
        count(email.sent),
        count(email.delivered),
        with_rate(email.opened, email.delivered),
        with_rate(email.clicked, email.delivered),
        with_rate(email.unsubscribed, email.delivered),
        count(email.complained),
        count(email.soft_bounced + email.hard_bounced),
        count(skipped(email)),
    ]
}

/// A count and its share, the shares of a column below each other.
pub(super) fn with_rate(part: u64, whole: u64) -> String {
    format!("{} {:>6}", count(part), percent(part, whole))
}

fn not_sent(figures: &Figures, width: usize) -> String {
    let all = all_emails(figures);
    let reasons: Vec<(Skip, u64)> = figures
        .mails
        .not_sent
        .iter()
        .filter(|(_, number)| **number > 0)
        .map(|(skip, number)| (*skip, *number))
        .collect();
    let others = [(all.waiting, "still held at the end"), (figures.mails.bounced, "sent but not delivered")];
    let others: Vec<String> = others
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", count(*number)))
        .collect();
    if reasons.is_empty() && others.is_empty() {
        return String::new();
    }
    let total: u64 = reasons.iter().map(|(_, number)| number).sum();
    let most = reasons.iter().map(|(_, number)| *number).max().unwrap_or(0);
    let names = reasons.iter().map(|(skip, _)| cells(skip.word())).max().unwrap_or(0);
    let glosses = reasons.iter().map(|(skip, _)| cells(skip_words(*skip))).max().unwrap_or(0);
    let counts = count(most).len();
    let room = width.saturating_sub(names + counts + glosses + 16);
    let mut text = String::new();
    let share = percent(total, all.requested);
    push_line(&mut text, &format!("Not sent  {} of {} asked for, {share}", count(total), mails(all.requested)));
    for (skip, number) in reasons {
        let (name, gloss) = (pad(skip.word(), names), pad(skip_words(skip), glosses));
        let (counted, share) = (pad_left(&count(number), counts), pad_left(&percent(number, all.requested), 6));
        let bar = if room >= 8 { bar(number, most, room.min(30)) } else { String::new() };
        push_line(&mut text, &format!("  {name}  {counted}  {share}  {gloss}  {bar}"));
    }
    if !others.is_empty() {
        text.push_str(&list("  besides: ", &others, width));
    }
    text
}

fn mails_per_lead(figures: &Figures, width: usize) -> String {
    if figures.mails.leads_by_mails.is_empty() || has_messages_alone(figures) {
        return String::new();
    }
    let mut text = String::new();
    push_line(&mut text, &format!("Mails per lead  {}", spread(&figures.mails.leads_by_mails)));
    text.push_str(&histogram(&figures.mails.leads_by_mails, width));
    text.push('\n');
    let busiest = &figures.mails.busiest_week;
    push_line(
        &mut text,
        &format!("Busiest 7 days of each lead  {}{}", spread(&busiest.leads_by_mails), example(busiest)),
    );
    text.push_str(&histogram(&busiest.leads_by_mails, width));
    let marketing = &figures.mails.busiest_week_marketing;
    if marketing.leads_by_mails != busiest.leads_by_mails {
        let line = format!("  marketing alone: {}{}", spread(&marketing.leads_by_mails), example(marketing));
        push_line(&mut text, &line);
    }
    text
}

pub(super) fn spread(leads_by_mails: &BTreeMap<u64, u64>) -> String {
    let spread = Spread::of(leads_by_mails);
    let number = |number: Option<u64>| number.map_or(NONE.to_owned(), count);
    let (median, p95, max) = (number(spread.median), number(spread.p95), number(spread.max));
    format!("mean {}, median {median}, p95 {p95}, max {max}", ratio(spread.sum, spread.leads))
}

pub(super) fn example(busiest: &Busiest) -> String {
    busiest.lead.as_ref().map_or(String::new(), |lead| format!(" (lead {lead})"))
}

fn per_day(outcome: &Outcome, width: usize) -> String {
    let days = &outcome.figures.sends_per_day;
    let Some((at, most)) = busiest_day(days) else { return String::new() };
    let calendar = Calendar::of(&outcome.figures.reach);
    let room = width.saturating_sub(2 + calendar.beside()).max(20);
    let size = days.len().div_ceil(room);
    let heights: Vec<u64> = days.chunks(size).map(|days| days.iter().sum()).collect();
    let total: u64 = days.iter().sum();
    let day = last_day(&outcome.run.start, u32::try_from(at + 1).unwrap_or(u32::MAX));
    let unit = if size == 1 { String::new() } else { format!(" (each mark is {size} days)") };
    let mut text = String::new();
    let mean = ratio(total, days.len() as u64);
    push_line(&mut text, &format!("Mails per day  mean {mean}, max {} on {day}{unit}", count(most)));
    push_line(&mut text, &format!("  {}", spark(&heights)));
    text.push_str(&calendar.print(size));
    text
}

fn lifecycle(figures: &Figures, width: usize) -> String {
    let mut table = Table::new("Lifecycle", &["at start", "at end", "ever", "of leads"]);
    let all = figures.leads.simulated;
    for (name, stage) in figures.stages.iter() {
        let numbers = vec![count(stage.start), count(stage.end), count(stage.reached), percent(stage.reached, all)];
        let mut line = Line::new(None, name, numbers);
        line.tail = bar(stage.reached, all, width.saturating_sub(56).clamp(8, 30));
        table.push(line);
    }
    if figures.stages.0.is_empty() { String::new() } else { table.print(width) }
}

fn personas(figures: &Figures, campaign: &Campaign, width: usize) -> String {
    let mut table = Table::new("Personas", &["leads", "share", "sent", "per lead", "opened", "clicked"]);
    let numbers = |persona: &PersonaFigures| {
        vec![
            count(persona.leads),
            percent(persona.leads, figures.leads.simulated),
            count(persona.sent),
            ratio(persona.sent, persona.leads),
            percent(persona.opened, persona.sent),
            percent(persona.clicked, persona.sent),
        ]
    };
    for (name, persona) in figures.personas.iter() {
        let definition = campaign.personas.iter().find(|definition| definition.name == name);
        table.push(Line::new(definition.and_then(|definition| definition.label.as_deref()), name, numbers(persona)));
    }
    if figures.no_persona.leads > 0 {
        table.push(Line::new(None, "no persona", numbers(&figures.no_persona)));
    }
    if figures.personas.0.is_empty() {
        return String::new();
    }
    let mut text = table.print(width);
    push_note(&mut text, "opened and clicked are parts of the sent", width);
    for (name, persona) in figures.personas.iter().filter(|(_, persona)| persona.delivered_in_best_time > 0) {
        let (delivered, opened) = (persona.delivered_in_best_time, persona.opened_in_best_time);
        let others = percent(persona.opened - opened, persona.sent - delivered);
        let (delivered, opened) = (count(delivered), percent(opened, delivered));
        push_line(
            &mut text,
            &format!("  {name}: {delivered} came at the best time, {opened} opened; of the others {others}"),
        );
    }
    text
}

fn segments(figures: &Figures, campaign: &Campaign, width: usize) -> String {
    let mut table = Table::new("Segments", &["at start", "joined later", "left", "at end"]);
    for (name, segment) in figures.segments.iter() {
        let label = campaign.segments.get(name).and_then(|definition| definition.label.as_deref());
        let numbers = [segment.start, joined_later(segment), segment.left, segment.end].map(count).to_vec();
        table.push(Line::new(label, name, numbers));
    }
    if figures.segments.0.is_empty() { String::new() } else { table.print(width) }
}

fn tasks(tasks: &BTreeMap<String, u64>) -> String {
    let mut text = String::new();
    let names = tasks.keys().map(|name| cells(name)).max().unwrap_or(0);
    let counts = tasks.values().map(|number| count(*number).len()).max().unwrap_or(0);
    if !tasks.is_empty() {
        push_line(&mut text, "Tasks");
    }
    for (name, number) in tasks {
        push_line(&mut text, &format!("  {}  {:>counts$}", pad(name, names), count(*number)));
    }
    text
}

fn mails(number: u64) -> String {
    if number == 1 { "1 mail".to_owned() } else { format!("{} mails", count(number)) }
}
