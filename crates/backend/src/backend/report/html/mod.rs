//! The report as a page: one file that needs nothing else, neither a network nor a script, and is the same for the same
//! run.
//!
//! In: the figures of a run and its plan. Out: HTML. Never: a figure that the other reports work out otherwise; a text of
//! the campaign that is not escaped (`markup` does that).

mod blocks;
mod caps;
mod consent;
mod costs;
mod experiments;
mod head;
mod journeys;
mod kpis;
mod leads;
mod lifecycle;
mod mails;
mod map;
mod notices;
mod people;
mod quota;
mod reasons;
mod scores;
mod sources;
mod table;

pub(super) use experiments::{chance, ends as arm_ends, lift, percent as arm_percent};
pub(super) use kpis::verdict_words;
pub(super) use mails::bins as mail_bins;

use super::draw;
use super::draw::charts::{Series, day};
use super::figure::count;
use super::markup::{Element, el};
use super::rates::Intervals;
use crate::backend::sim::Outcome;
use crate::plan::Plan;
use table::Cell;

/// The style of the page; colours are those of the drawings.
const STYLE: &str = include_str!("style.css");

/// What all parts are made from.
#[derive(Clone, Copy)]
struct Page<'a> {
    outcome: &'a Outcome,
    plan: &'a Plan,
    /// Of all rates.
    intervals: &'a Intervals<'a>,
}

/// A part of the page.
struct Part {
    /// Its address on the page.
    id: &'static str,
    title: &'static str,
    body: Vec<Element>,
}

/// The report as a page.
pub fn html(outcome: &Outcome, plan: &Plan) -> String {
    let intervals = Intervals::of(&outcome.figures);
    let page = Page { outcome, plan, intervals: &intervals };
    let parts: Vec<Part> = [
        kpis::part(page),
        Some(leads::part(page)),
        journeys::part(page),
        sources::part(page),
        lifecycle::part(page),
        scores::part(page),
        mails::part(page),
        caps::part(page),
        quota::part(page),
        reasons::part(page),
        experiments::part(page),
        consent::part(page),
        people::part(page),
        costs::part(page),
        map::part(page),
    ]
    .into_iter()
    .flatten()
    .collect();
    let project = &plan.campaign.settings.project;
    let head = el("head")
        .c(el("meta").a("charset", "utf-8"))
        .c(el("meta").a("name", "viewport").a("content", "width=device-width, initial-scale=1"))
        .c(el("meta").a("name", "color-scheme").a("content", "light dark"))
        .c(el("meta")
            .a("http-equiv", "Content-Security-Policy")
            .a("content", "default-src 'none'; style-src 'unsafe-inline'"))
        .c(el("title").t(format!("{project}: simulation from {}", outcome.run.start)))
        .c(el("style").style(draw::STYLE).style(STYLE));
    let body = el("body")
        .c(el("a").class("skip").a("href", "#content").t("Skip to the content"))
        .c(head::header(page))
        .c(contents(&parts))
        .c(el("main").a("id", "content").cs(parts.into_iter().map(section)))
        .c(head::footer(page));
    let language = plan.campaign.settings.locale.as_deref();
    format!("<!DOCTYPE html>\n{}", el("html").a("lang", "en").c(head).c(body).written_with_names_in(language))
}

fn contents(parts: &[Part]) -> Element {
    let links = parts.iter().map(|part| el("li").c(el("a").a("href", format!("#{}", part.id)).t(part.title)));
    el("nav").a("aria-label", "Parts of the report").c(el("ul").cs(links))
}

fn section(part: Part) -> Element {
    let title = format!("{}-title", part.id);
    el("section").a("id", part.id).a("aria-labelledby", &title).c(el("h2").a("id", &title).t(part.title)).cs(part.body)
}

/// A drawing with its title above, and its figures as a table behind a word.
fn figure(title: &str, note: &str, drawing: Element, figures: Option<Element>) -> Element {
    let element = el("figure")
        .c(el("figcaption").c(el("h3").t(title)).c(el("p").t(note)))
        .c(table::scrolled(&format!("{title}, drawing"), drawing));
    match figures {
        Some(figures) => element.c(table::folded("As a table", figures)),
        None => element,
    }
}

/// Numbers of each day as a table, a column for each series.
fn by_day(title: &str, start: jiff::civil::Date, series: &[Series]) -> Element {
    let heads: Vec<&str> = std::iter::once("Day").chain(series.iter().map(|each| each.name.as_str())).collect();
    let days = series.iter().map(|each| each.numbers.len()).max().unwrap_or(0);
    let rows = (0..days).map(|number| {
        let numbers = series.iter().map(|each| Cell::Number(count(each.numbers.get(number).copied().unwrap_or(0))));
        std::iter::once(table::name(None, &day(start, number).to_string())).chain(numbers).collect()
    });
    table::table(title, &heads, rows.collect())
}

/// A line of the summary as a sentence.
pub(super) fn sentence(line: &str) -> String {
    capital(line) + "."
}

/// A text with a capital letter first, if a word stands there: `p` is a symbol.
fn capital(text: &str) -> String {
    if text.chars().nth(1) == Some(' ') {
        return text.to_owned();
    }
    let first = text.chars().take(1).flat_map(char::to_uppercase);
    first.chain(text.chars().skip(1)).collect()
}

/// A remark.
fn remark(text: impl std::fmt::Display) -> Element {
    el("p").class("remark").t(text)
}
