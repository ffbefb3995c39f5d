//! What stands above and below: what was run, and the numbers that everybody asks for first.

use super::Page;
use crate::backend::report::figure::{Spread, count, percent, ratio};
use crate::backend::report::markup::{Element, el};
use crate::backend::report::rates::{mean_words, share_words};
use crate::backend::report::sums::{all_emails, last_day};
use crate::backend::sim::Section;

/// Project, period and first numbers.
pub(super) fn header(page: Page<'_>) -> Element {
    let (run, campaign) = (&page.outcome.run, &page.plan.campaign);
    let days = if run.days == 1 { "1 day".to_owned() } else { format!("{} days", count(u64::from(run.days))) };
    let period = format!(
        "Simulation from {} to {}, {days}, {}, seed {}",
        run.start,
        last_day(&run.start, run.days),
        campaign.settings.timezone,
        run.seed
    );
    el("header").c(el("h1").t(&campaign.settings.project)).c(el("p").t(period)).c(numbers(page))
}

fn numbers(page: Page<'_>) -> Element {
    let figures = &page.outcome.figures;
    let all = all_emails(figures);
    let spread = Spread::of(&figures.mails.leads_by_mails);
    let of = |part: u64, whole: u64, what: &str| format!("{} of {} {what}", count(part), count(whole));
    let none = figures.reach.leads_by_journeys.get(&0).copied().unwrap_or(0);
    let leads = figures.leads.simulated;
    let not_sent: u64 = all.skipped.values().sum();
    let max = match (spread.p95, spread.max) {
        (Some(p95), Some(max)) if p95 < max => format!("nineteen in twenty at most {p95}, none more than {max}"),
        (_, max) => max.map_or(String::new(), |max| format!("at most {max}")),
    };
    let intervals = page.intervals;
    let share = |rate: &str| intervals.get(Section::AllEmails, "all", rate).map(|ends| share_words(&ends));
    let mean = intervals.get(Section::Leads, "all", "mails_per_lead").map(|ends| mean_words(&ends));
    let entries = [
        ("Leads", count(leads), None, format!("{} in no journey ({})", count(none), percent(none, leads))),
        ("Mails sent", count(all.sent), None, format!("{} delivered", count(all.delivered))),
        ("Mails per lead", ratio(spread.sum, spread.leads), mean, max),
        ("Opened", percent(all.opened, all.delivered), share("opened"), of(all.opened, all.delivered, "delivered")),
        ("Clicked", percent(all.clicked, all.delivered), share("clicked"), of(all.clicked, all.delivered, "delivered")),
        (
            "Unsubscribed",
            percent(all.unsubscribed, all.delivered),
            share("unsubscribed"),
            of(all.unsubscribed, all.delivered, "delivered"),
        ),
        ("Not sent", percent(not_sent, all.requested), share("skipped"), of(not_sent, all.requested, "asked for")),
    ];
    el("dl").class("first").cs(entries.into_iter().map(|(name, number, ends, more)| {
        let shown = el("div").c(el("dt").t(name)).c(el("dd").class("big").t(number));
        let shown = match ends {
            Some(ends) => shown.c(el("dd").t(format!("95 %: {ends}"))),
            None => shown,
        };
        shown.c(el("dd").t(more))
    }))
}

/// How the page was made, and how to read it.
pub(super) fn footer(page: Page<'_>) -> Element {
    let run = &page.outcome.run;
    el("footer")
        .c(el("p")
            .t("Plan ")
            .c(el("code").t(&run.plan))
            .t(format!(", seed {}. The same plan, leads and seed give the same report to the last byte.", run.seed)))
        .c(el("p").t(
            "Everything here is simulated: it says what the campaign would do to leads like these who behave as the \
             personas say. Intervals tell how far chance alone may move a figure, not whether the personas are right.",
        ))
}
