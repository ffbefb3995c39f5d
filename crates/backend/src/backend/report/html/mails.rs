//! Mails: how many each lead gets, when they are sent, how each one does.

use std::collections::BTreeMap;

use super::blocks::block;
use super::notices::below;
use super::table::{Cell, name, table};
use super::{Page, Part, by_day, figure};
use crate::backend::report::channels;
use crate::backend::report::draw::charts::{Bar, calendar, columns, day, days, lines};
use crate::backend::report::figure::{NONE, Spread, count, percent, ratio};
use crate::backend::report::markup::{Element, el};
use crate::backend::report::metrics;
use crate::backend::report::rates::{Ends, behind, note};
use crate::backend::report::series;
use crate::backend::report::sums::{all_emails, busiest_day, has_messages_alone, skipped};
use crate::backend::sim::{EmailFigures, Section};

/// Columns of a histogram; more numbers than that are put together.
const BINS: u64 = 14;

/// All about mails and messages; nothing if there are none.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let figures = &page.outcome.figures;
    if figures.emails.is_empty() || has_messages_alone(figures) {
        let body: Vec<Element> = messages(page).into_iter().chain(contacts(page)).chain(by(page)).collect();
        return (!body.is_empty()).then_some(Part { id: "mails", title: "Messages", body });
    }
    let histogram = |id: &str, title: &str, unit: &str, leads_by_mails: &BTreeMap<u64, u64>| {
        histogram(id, title, ["Mails", unit], leads_by_mails, &spread_words(leads_by_mails))
    };
    let histograms = el("div")
        .class("beside")
        .c(histogram("per-lead", "Mails per lead", "mails in the whole run", &figures.mails.leads_by_mails))
        .c(histogram(
            "per-week",
            "Busiest 7 days of each lead",
            "mails in any 7 days",
            &figures.mails.busiest_week.leads_by_mails,
        ));
    let mut body = vec![histograms];
    body.extend(per_day(page));
    body.push(emails(page));
    body.extend(messages(page));
    body.extend(contacts(page));
    body.extend(by(page));
    Some(Part { id: "mails", title: "Mails", body })
}

/// Leads by how many they were sent.
pub(in crate::backend::report) fn bins(leads_by_number: &BTreeMap<u64, u64>) -> Vec<Bar> {
    let last = leads_by_number.last_key_value().map_or(0, |(last, _)| *last);
    let size = (last + 1).div_ceil(BINS);
    let lows = (0..=last).step_by(usize::try_from(size).unwrap_or(1));
    let bins = lows.map(|low| {
        let high = (low + size - 1).min(last);
        let name = if low == high { low.to_string() } else { format!("{low}–{high}") };
        Bar { name, number: leads_by_number.range(low..=high).map(|(_, leads)| leads).sum() }
    });
    bins.collect()
}

/// Leads by number as columns, with what is told of them. What is counted is named twice: as a head, and in full.
pub(super) fn histogram(
    id: &str,
    title: &str,
    [what, in_full]: [&str; 2],
    leads_by_number: &BTreeMap<u64, u64>,
    told: &str,
) -> Element {
    let leads: u64 = leads_by_number.values().sum();
    let about = format!("Columns of leads by {}. {told}", what.to_lowercase());
    let chart = columns(id, title, &about, &bins(leads_by_number), &format!("{in_full}; share of leads in %"));
    let rows = leads_by_number.iter().map(|(number, some)| {
        vec![Cell::Number(count(*number)), Cell::Number(count(*some)), Cell::Number(percent(*some, leads))]
    });
    figure(title, told, chart, Some(table(title, &[what, "Leads", "Share"], rows.collect())))
}

fn spread_words(leads_by_number: &BTreeMap<u64, u64>) -> String {
    let spread = Spread::of(leads_by_number);
    let (Some(median), Some(p95), Some(max)) = (spread.median, spread.p95, spread.max) else {
        return "No lead took part.".to_owned();
    };
    format!(
        "Mean {}, median {}, nineteen in twenty at most {}, most {}.",
        ratio(spread.sum, spread.leads),
        count(median),
        count(p95),
        count(max)
    )
}

/// What was asked for by `--by` or the settings, table by table.
fn by(page: Page<'_>) -> Vec<Element> {
    metrics::tables(page.outcome, &page.plan.campaign).iter().flat_map(block).collect()
}

/// How much came to each lead by all channels.
fn contacts(page: Page<'_>) -> Vec<Element> {
    let Some(notice) = channels::contacts(&page.outcome.figures) else { return Vec::new() };
    let of = &page.outcome.figures.contacts.leads_by_contacts;
    let words = ["Contacts", "mails and messages in the whole run"];
    let chart = histogram("contacts", notice.title, words, of, &spread_words(of));
    std::iter::once(chart).chain(below(&notice)).collect()
}

fn per_day(page: Page<'_>) -> Vec<Element> {
    let (figures, run) = (&page.outcome.figures, &page.outcome.run);
    let Ok(start) = run.start.parse::<jiff::civil::Date>() else { return Vec::new() };
    let sent = &figures.sends_per_day;
    let Some((at, most)) = busiest_day(sent) else { return Vec::new() };
    let told =
        format!("Mean {}, most {} on {}.", ratio(sent.iter().sum(), sent.len() as u64), count(most), day(start, at));
    let rows = sent
        .iter()
        .enumerate()
        .map(|(number, mails)| vec![name(None, &day(start, number).to_string()), Cell::Number(count(*mails))]);
    let table = table("Mails sent each day", &["Day", "Mails"], rows.collect());
    let chart = days("per-day", "Mails sent each day", &format!("A column for each day. {told}"), start, sent, 130.0);
    let heat =
        calendar("calendar", "Calendar of mails", "A square for each day, the darker the more mails.", start, sent);
    let mut elements = vec![
        figure("Mails each day", &told, chart, Some(table)),
        figure(
            "Calendar",
            "A square for each day, the darker the more mails; weeks from left to right. Its figures are those of the table above.",
            heat,
            None,
        ),
    ];
    elements.extend(by_journey(page, start));
    elements
}

fn by_journey(page: Page<'_>, start: jiff::civil::Date) -> Option<Element> {
    let (figures, campaign) = (&page.outcome.figures, &page.plan.campaign);
    let senders = series::senders(figures);
    if senders.is_empty() {
        return None;
    }
    let rows = senders.iter().map(|(each, days, sum)| {
        let label = campaign.journeys.get(*each).and_then(|journey| journey.label.as_deref());
        let most = days.iter().copied().max().unwrap_or(0);
        vec![name(label, each), Cell::Number(count(*sum)), Cell::Number(count(most))]
    });
    let table = table("Mails by journey", &["Journey", "Mails", "Most on a day"], rows.collect());
    let about = "Areas below each other, one for each journey, each on its own scale.";
    let series = series::journeys(figures, campaign);
    let chart = lines("by-journey", "Mails each day by journey", about, start, &series);
    let note = "Each journey on its own scale, with the most on a day and all together.";
    let days = by_day("Mails each day by journey", start, &series);
    let both = el("div").c(table).c(days);
    Some(figure("Each day by journey", note, chart, Some(both)))
}

const HEADS: [&str; 9] =
    ["Mail", "Sent", "Delivered", "Opened", "Clicked", "Unsubscribed", "Spam reports", "Bounced", "Not sent"];

fn emails(page: Page<'_>) -> Element {
    let figures = &page.outcome.figures;
    let label = |name: &str| page.plan.campaign.emails.get(name).and_then(|email| email.label.as_deref());
    let intervals = page.intervals;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (each, of) in figures.emails.iter() {
        rows.push(row(name(label(each), each), of, &|rate| intervals.get(Section::Emails, each, rate)));
    }
    if rows.len() > 1 {
        let all = |rate: &str| intervals.get(Section::AllEmails, "all", rate);
        rows.push(row(name(None, "all mails"), &all_emails(figures), &all));
    }
    let title = el("h3").t("Each mail");
    let note = el("p")
        .t(format!("Opened, clicked and unsubscribed are counts and shares of the delivered. {}", note(figures)));
    el("div").c(title).c(note).c(table("Each mail", &HEADS, rows))
}

fn messages(page: Page<'_>) -> Option<Element> {
    let figures = &page.outcome.figures;
    let label = |name: &str| page.plan.campaign.messages.get(name).and_then(|message| message.label.as_deref());
    let intervals = page.intervals;
    let channel = |name: &str| page.plan.campaign.messages.get(name).map_or(NONE, |message| message.channel.word());
    let row = |(each, of)| {
        let mut row = row(name(label(each), each), of, &|rate| intervals.get(Section::Messages, each, rate));
        row.insert(1, Cell::Text(channel(each).to_owned()));
        row
    };
    let rows: Vec<Vec<Cell>> = figures.messages.iter().map(row).collect();
    let [_, of_mails @ ..] = HEADS;
    let heads: Vec<&str> = ["Message", "Channel"].into_iter().chain(of_mails).collect();
    (!rows.is_empty()).then(|| {
        let title = "Messages of other channels";
        let note = format!(
            "Opened, clicked and unsubscribed are counts and shares of the delivered; a call is opened when it is answered. {}",
            note(figures)
        );
        el("div").c(el("h3").t(title)).c(el("p").t(note)).c(table(title, &heads, rows))
    })
}

fn row(name: Cell, email: &EmailFigures, ends: &dyn Fn(&str) -> Option<Ends>) -> Vec<Cell> {
    let with = |part: u64, rate: &str| {
        Cell::Number(format!("{} · {}{}", count(part), percent(part, email.delivered), behind(ends(rate))))
    };
    vec![
        name,
        Cell::Number(count(email.sent)),
        Cell::Number(count(email.delivered)),
        with(email.opened, "opened"),
        with(email.clicked, "clicked"),
        with(email.unsubscribed, "unsubscribed"),
        Cell::Number(count(email.complained)),
        Cell::Number(count(email.soft_bounced + email.hard_bounced)),
        Cell::Number(count(skipped(email))),
    ]
}
