//! Why leads did not enter and mails were not sent: one table each, with the reasons as columns.

use super::table::{Cell, name, table};
use super::{Page, Part};
use crate::backend::report::figure::count;
use crate::backend::report::markup::{Element, el};
use crate::backend::report::reasons::{refusal_words, skip_words};
use crate::ir::{EntryRefusal, Skip};

/// Both tables; nothing if nothing was refused.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let body: Vec<Element> = [not_sent(page), not_let_in(page)].into_iter().flatten().flatten().collect();
    (!body.is_empty()).then_some(Part { id: "reasons", title: "What did not happen, and why", body })
}

fn not_sent(page: Page<'_>) -> Option<Vec<Element>> {
    let (figures, campaign) = (&page.outcome.figures, &page.plan.campaign);
    let label = |name: &str| {
        let email = campaign.emails.get(name).and_then(|email| email.label.as_deref());
        email.or_else(|| campaign.messages.get(name).and_then(|message| message.label.as_deref()))
    };
    let all = || figures.emails.iter().chain(figures.messages.iter());
    let reasons: Vec<(Skip, u64)> = Skip::ALL
        .iter()
        .map(|skip| (*skip, all().map(|(_, email)| email.skipped.get(skip).copied().unwrap_or(0)).sum()))
        .filter(|(_, mails)| *mails > 0)
        .collect();
    let rows = all().filter(|(_, email)| email.skipped.values().any(|mails| *mails > 0)).map(|(each, email)| {
        let numbers = reasons.iter().map(|(skip, _)| email.skipped.get(skip).copied().unwrap_or(0));
        (name(label(each), each), numbers.collect::<Vec<u64>>())
    });
    let heads: Vec<(&str, &str)> = reasons.iter().map(|(skip, _)| (skip.word(), skip_words(*skip))).collect();
    let (title, what) = if figures.messages.is_empty() {
        ("Mails that were not sent", "Mail")
    } else {
        ("Mails and messages that were not sent", "Mail or message")
    };
    matrix(title, what, &heads, rows.collect())
}

fn not_let_in(page: Page<'_>) -> Option<Vec<Element>> {
    let (figures, campaign) = (&page.outcome.figures, &page.plan.campaign);
    let reasons: Vec<EntryRefusal> = EntryRefusal::ALL
        .iter()
        .copied()
        .filter(|why| {
            figures.journeys.iter().any(|(_, journey)| journey.refused.get(why).is_some_and(|times| *times > 0))
        })
        .collect();
    let journeys = figures.journeys.iter().filter(|(_, journey)| journey.refused.values().any(|times| *times > 0));
    let rows = journeys.map(|(each, journey)| {
        let label = campaign.journeys.get(each).and_then(|journey| journey.label.as_deref());
        let numbers = reasons.iter().map(|why| journey.refused.get(why).copied().unwrap_or(0));
        (name(label, each), numbers.collect::<Vec<u64>>())
    });
    let heads: Vec<(&str, &str)> = reasons.iter().map(|why| (why.word(), refusal_words(*why))).collect();
    matrix("Entries that were refused", "Journey", &heads, rows.collect())
}

/// A table with the sum of each row, darker where there is more, and what the heads mean.
fn matrix(title: &str, what: &str, heads: &[(&str, &str)], rows: Vec<(Cell, Vec<u64>)>) -> Option<Vec<Element>> {
    if rows.is_empty() {
        return None;
    }
    let most = rows.iter().flat_map(|(_, numbers)| numbers).copied().max().unwrap_or(0);
    let heat = |number: u64| (number * 2).div_ceil(most.max(1)).min(2);
    let mut words = vec![what];
    words.extend(heads.iter().map(|(word, _)| *word));
    words.push("all");
    let rows = rows.into_iter().map(|(name, numbers)| {
        let all: u64 = numbers.iter().sum();
        let cells = numbers.into_iter().map(|number| match number {
            0 => Cell::Number(String::new()),
            number => Cell::Heat(count(number), heat(number)),
        });
        let mut row = vec![name];
        row.extend(cells);
        row.push(Cell::Number(count(all)));
        row
    });
    let meanings = heads.iter().map(|(word, meaning)| el("div").c(el("dt").t(word)).c(el("dd").t(meaning)));
    Some(vec![el("h3").t(title), table(title, &words, rows.collect()), el("dl").class("words").cs(meanings)])
}
