//! What stands above and below: what was run, and the numbers that everybody asks for first.

use super::Page;
use super::sentence;
use crate::backend::report::figure::{Spread, count, percent, ratio};
use crate::backend::report::intake::missing;
use crate::backend::report::markup::{Element, el};
use crate::backend::report::rates::{mean_words, share_words};
use crate::backend::report::replay;
use crate::backend::report::sums::{all_emails, all_messages, has_messages_alone, last_day};
use crate::backend::sim::{EmailFigures, Figures, Section};

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
    let replayed = page.outcome.log.as_ref().map(|log| {
        let facts = format!("replayed from {}: {}", log.files.join(", "), replay::head(log).join(", "));
        el("p").t(sentence(&facts))
    });
    let head = el("header").c(el("h1").t(&campaign.settings.project)).c(el("p").t(period));
    head.cs(replayed).c(numbers(page))
}

/// A name, its number, its interval, and what stands below.
type Entry = (&'static str, String, Option<String>, String);

fn numbers(page: Page<'_>) -> Element {
    let figures = &page.outcome.figures;
    let mut entries = vec![leads(figures)];
    if has_messages_alone(figures) {
        entries.extend(messages(figures));
        entries.extend(rates(&all_messages(figures), &|_| None));
    } else {
        let intervals = page.intervals;
        let share = |rate: &str| intervals.get(Section::AllEmails, "all", rate).map(|ends| share_words(&ends));
        let mean = intervals.get(Section::Leads, "all", "mails_per_lead").map(|ends| mean_words(&ends));
        let all = all_emails(figures);
        let spread = Spread::of(&figures.mails.leads_by_mails);
        entries.extend([
            ("Mails sent", count(all.sent), None, format!("{} delivered", count(all.delivered))),
            ("Mails per lead", ratio(spread.sum, spread.leads), mean, most(spread)),
        ]);
        entries.extend(rates(&all, &share));
        entries.extend((!figures.messages.is_empty()).then(|| messages(figures)).into_iter().flatten());
    }
    el("dl").class("first").cs(entries.into_iter().map(|(name, number, ends, more)| {
        let shown = el("div").c(el("dt").t(name)).c(el("dd").class("big").t(number));
        let shown = match ends {
            Some(ends) => shown.c(el("dd").t(format!("95 %: {ends}"))),
            None => shown,
        };
        shown.c(el("dd").t(more))
    }))
}

fn leads(figures: &Figures) -> Entry {
    let leads = figures.leads.simulated;
    let none = figures.reach.leads_by_journeys.get(&0).copied().unwrap_or(0);
    let mut words = vec![format!("{} in no journey ({})", count(none), percent(none, leads))];
    words.extend(missing(&figures.leads));
    ("Leads", count(leads), None, words.join(", "))
}

fn messages(figures: &Figures) -> [Entry; 2] {
    let all = all_messages(figures);
    let spread = Spread::of(&figures.contacts.leads_by_contacts);
    [
        (
            "Messages sent",
            count(all.sent),
            None,
            format!("{} delivered, by other channels than mail", count(all.delivered)),
        ),
        ("Contacts per lead", ratio(spread.sum, spread.leads), None, most(spread)),
    ]
}

/// What came of all mails, or of all messages.
fn rates(all: &EmailFigures, share: &dyn Fn(&str) -> Option<String>) -> [Entry; 4] {
    let of = |part: u64, whole: u64, what: &str| format!("{} of {} {what}", count(part), count(whole));
    let delivered = |name: &'static str, part: u64, rate: &str| {
        (name, percent(part, all.delivered), share(rate), of(part, all.delivered, "delivered"))
    };
    let not_sent: u64 = all.skipped.values().sum();
    [
        delivered("Opened", all.opened, "opened"),
        delivered("Clicked", all.clicked, "clicked"),
        delivered("Unsubscribed", all.unsubscribed, "unsubscribed"),
        ("Not sent", percent(not_sent, all.requested), share("skipped"), of(not_sent, all.requested, "asked for")),
    ]
}

fn most(spread: Spread) -> String {
    match (spread.p95, spread.max) {
        (Some(p95), Some(max)) if p95 < max => {
            format!("nineteen in twenty at most {}, none more than {}", count(p95), count(max))
        }
        (_, max) => max.map_or(String::new(), |max| format!("at most {}", count(max))),
    }
}

/// How the page was made, and how to read it.
pub(super) fn footer(page: Page<'_>) -> Element {
    let run = &page.outcome.run;
    let is_replay = page.outcome.log.is_some() || !page.outcome.figures.replay.is_unused();
    let simulated = if is_replay {
        "What the timelines of leads tell really happened. All else is simulated"
    } else {
        "Everything here is simulated"
    };
    el("footer")
        .c(el("p")
            .t("Plan ")
            .c(el("code").t(&run.plan))
            .t(format!(", seed {}. The same plan, leads and seed give the same report to the last byte.", run.seed)))
        .c(el("p").t(format!(
            "{simulated}: it says what the campaign would do to leads like these who behave as the personas say. \
             Intervals tell how far chance alone may move a figure, not whether the personas are right."
        )))
}
