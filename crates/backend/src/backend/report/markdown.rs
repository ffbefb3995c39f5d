//! The report as Markdown, for pull requests: what somebody wants to know who reviews a change of a campaign.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::acquisition::sources;
use super::channels::{self, costs};
use super::experiments::experiment_rows;
use super::figure::{NONE, Spread, count, duration, percent, ratio};
use super::flow::{Flow, Kind, flows};
use super::html::{arm_ends, arm_percent, chance, lift, sentence, verdict_words};
use super::intake;
use super::kpis::kpi_rows;
use super::limits::{LEFT_OUT, bitten, rules};
use super::metrics;
use super::notice::{Below, Notice};
use super::permission::consent;
use super::quota::sections as quotas;
use super::rates::{Ends, Intervals, behind, behind_mean, note, share_interval};
use super::reach;
use super::reasons::skip_words;
use super::replay;
use super::scores;
use super::sums::{all_emails, all_messages, exited, has_messages_alone, last_day, skipped};
use super::table::{Block, unpadded};
use crate::backend::sim::{EmailFigures, Figures, Outcome, Section};
use crate::ir::Campaign;
use crate::plan::Plan;

/// Graphs of larger journeys are left out: they would be larger than a page.
const MOST_PLACES: usize = 45;

/// GitHub takes no more characters in a comment; a character has at least one byte.
const MOST_BYTES: usize = 65_536;
/// Room for what is said of what was left out.
const RESERVE: usize = 200;

/// The report in GitHub's dialect, with a line end at the end. What would make it too long for a comment is left out,
/// which is said at its end.
pub fn markdown(outcome: &Outcome, plan: &Plan) -> String {
    let (figures, campaign, run) = (&outcome.figures, &plan.campaign, &outcome.run);
    let all = all_emails(figures);
    let intervals = Intervals::of(figures);
    let mut out = format!("## {}: simulation\n\n", text(&campaign.settings.project));
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        out,
        "{} to {} ({} days, {}), seed {}, plan `{}`\n",
        run.start,
        last_day(&run.start, run.days),
        run.days,
        text(&campaign.settings.timezone),
        run.seed,
        run.plan.get(..19).unwrap_or(&run.plan)
    );
    if let Some(log) = &outcome.log {
        let _ =
            writeln!(out, "Replayed from {}: {}\n", text(&log.files.join(", ")), text(&replay::head(log).join(", ")));
    }
    let _ = writeln!(out, "{}\n", first(figures, &intervals));
    out.push_str(&notices(&intake::notices(outcome)));
    let replayed = replay::beside(figures, campaign);
    let mut parts = vec![
        ("the KPIs", kpis(figures, campaign)),
        ("the replay", replayed.map_or(String::new(), |block| open(&block))),
        ("the journeys", journeys(figures, campaign, &intervals)),
        ("the mails", mails(figures, campaign, &all, &intervals)),
        ("the messages", messages(figures, campaign, &intervals)),
        ("the frequency rules", caps(figures, campaign)),
        ("what was not sent", reasons(("Not sent", "mails"), &all)),
        ("what was not sent", reasons(("Messages not sent", "messages"), &all_messages(figures))),
        ("the experiments", experiments(outcome, campaign)),
        ("whom journeys reach", notices(&reach::notice(figures).into_iter().collect::<Vec<_>>())),
        ("contacts", notices(&channels::contacts(figures).into_iter().collect::<Vec<_>>())),
    ];
    parts.extend(blocks(outcome, plan).into_iter().map(|block| ("a table", block)));
    parts.extend(graphs(figures, campaign).into_iter().map(|graph| ("a graph", graph)));
    let mut left_out: Vec<&str> = Vec::new();
    for (name, part) in parts {
        if out.len() + part.len() + RESERVE <= MOST_BYTES {
            out.push_str(&part);
        } else {
            left_out.push(name);
        }
    }
    out.truncate(out.trim_end().len());
    if !left_out.is_empty() {
        let all = if left_out.len() == 1 { "1 part".to_owned() } else { format!("{} parts", left_out.len()) };
        left_out.dedup();
        let _ = write!(
            out,
            "\n\n_Left out to keep within {} bytes: {} ({all})._",
            count(MOST_BYTES as u64),
            left_out.join(", ")
        );
    }
    out + "\n"
}

/// What everybody asks for first.
fn first(figures: &Figures, intervals: &Intervals<'_>) -> String {
    let (all, messages) = (all_emails(figures), all_messages(figures));
    let mut words = vec![format!("**{}** leads", count(figures.leads.simulated))];
    let rates = |of: &EmailFigures, ends: &dyn Fn(&str) -> Option<Ends>| {
        let share = |part: u64, rate: &str| text(&(percent(part, of.delivered) + &behind(ends(rate))));
        let (opened, clicked) = (share(of.opened, "opened"), share(of.clicked, "clicked"));
        let left = share(of.unsubscribed, "unsubscribed");
        let reactions = format!("opened {opened}, clicked {clicked}, unsubscribed {left} of the delivered");
        [reactions, format!("{} of those asked for not sent", percent(skipped(of), of.requested))]
    };
    let spread = |what: &str, sent: u64, leads_by_number: &BTreeMap<u64, u64>, mean: Option<Ends>| {
        let spread = Spread::of(leads_by_number);
        let (each, mean) = (ratio(spread.sum, spread.leads), text(&behind_mean(mean)));
        format!(
            "**{}** {what} {each}{mean} per lead, at most {}",
            count(sent),
            spread.max.map_or(NONE.to_owned(), count)
        )
    };
    if !has_messages_alone(figures) {
        let mean = intervals.get(Section::Leads, "all", "mails_per_lead");
        words.push(spread("mails,", all.sent, &figures.mails.leads_by_mails, mean));
        words.extend(rates(&all, &|rate| intervals.get(Section::AllEmails, "all", rate)));
    }
    if !figures.messages.is_empty() {
        let what = "messages of other channels; by all channels";
        words.push(spread(what, messages.sent, &figures.contacts.leads_by_contacts, None));
        words.extend(has_messages_alone(figures).then(|| rates(&messages, &|_| None)).into_iter().flatten());
    }
    words.join(" · ")
}

/// Lines of the summary, and what stands below them.
fn notices(notices: &[Notice]) -> String {
    let mut out = String::new();
    for Notice { title, facts, below } in notices {
        let _ = writeln!(out, "- {title}: {}", text(&facts.join(", ")));
        for Below { word, items, lines } in below {
            let _ = writeln!(out, "  - {} {}", text(word), text(&items.join(", ")));
            for line in lines {
                let _ = writeln!(out, "    - {}", text(line));
            }
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Sources, figures of mails by what was asked for, scores, consent, quotas and costs, each folded away.
fn blocks(outcome: &Outcome, plan: &Plan) -> Vec<String> {
    let (figures, campaign) = (&outcome.figures, &plan.campaign);
    let mut blocks = sources(&figures.acquisition, campaign);
    blocks.extend(metrics::tables(outcome, campaign));
    blocks.extend(scores::sections(figures, campaign));
    blocks.extend(consent(figures.consent.as_ref(), campaign));
    blocks.extend(quotas(outcome, plan));
    blocks.extend(costs(figures, campaign));
    blocks.iter().map(block).collect()
}

fn block(block: &Block) -> String {
    if block.table.rows.is_empty() {
        return String::new();
    }
    format!("<details><summary>{}</summary>\n\n{}</details>\n\n", html(block.table.title.trim()), inside(block))
}

fn open(block: &Block) -> String {
    format!("### {}\n\n{}", text(&block.table.title), inside(block))
}

fn inside(block: &Block) -> String {
    let rows = block.table.rows.iter().map(|row| {
        let numbers = row.numbers.iter().map(|number| text(&unpadded(number)));
        let label = row.label.as_deref().map_or(String::new(), |label| format!("{} ", text(label)));
        std::iter::once(format!("{label}{}", text(&row.name))).chain(numbers).collect()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let heads: Vec<String> = block.table.heads.iter().map(|head| text(head)).collect();
    let heads = std::iter::once(("", false)).chain(heads.iter().map(|head| (head.as_str(), true)));
    let table = table("", &heads.collect::<Vec<_>>(), &rows);
    let notes: String = block.notes.iter().map(|note| format!("- {}\n", text(note))).collect();
    if notes.is_empty() { table } else { format!("{table}{notes}\n") }
}

fn kpis(figures: &Figures, campaign: &Campaign) -> String {
    let rows = kpi_rows(figures, campaign);
    let few = rows.iter().any(|row| row.few || row.parts.iter().any(|part| part.few));
    let rows: Vec<Vec<String>> = rows
        .iter()
        .flat_map(|row| {
            let [value, ends, target] = row.words.clone();
            let star = if row.few { "\\*" } else { "" };
            let indent = "&emsp;".repeat(row.depth);
            let whole = vec![
                format!("{indent}{}", named(row.label, row.name)),
                format!("{value}{star}"),
                ends,
                target,
                row.verdict.map_or(String::new(), |verdict| verdict_words(verdict).to_owned()),
            ];
            let parts = row.parts.iter().map(move |part| {
                let [value, ends] = part.words.clone().map(|words| text(&words));
                vec![format!("{indent}&emsp;{}", text(&part.name)), value, ends, String::new(), String::new()]
            });
            std::iter::once(whole).chain(parts)
        })
        .collect();
    let heads = [("KPI", false), ("value", true), ("95 % interval", true), ("target", true), ("", false)];
    let note = if few { "\\* rests on few leads\n\n" } else { "" };
    format!("{}{}", table("KPIs", &heads, &rows), if rows.is_empty() { "" } else { note })
}

fn journeys(figures: &Figures, campaign: &Campaign, intervals: &Intervals<'_>) -> String {
    let rows = figures.journeys.iter().map(|(name, journey)| {
        let definition = campaign.journeys.get(name);
        let has_goal = definition.is_some_and(|definition| definition.goal.is_some());
        let goal = |text: String| if has_goal { text } else { NONE.to_owned() };
        vec![
            named(definition.and_then(|definition| definition.label.as_deref()), name),
            count(journey.entered),
            count(journey.completed),
            count(exited(journey)),
            goal(format!("{} ({})", count(journey.goal), percent(journey.goal, journey.entered))),
            goal(text(&share_interval(intervals.get(Section::Journeys, name, "goal")))),
            count(journey.running),
        ]
    });
    let heads = [
        ("journey", false),
        ("entered", true),
        ("finished", true),
        ("exited", true),
        ("goal", true),
        ("95 % interval", true),
        ("still in it", true),
    ];
    table("Journeys", &heads, &rows.collect::<Vec<_>>())
}

fn mails(figures: &Figures, campaign: &Campaign, all: &EmailFigures, intervals: &Intervals<'_>) -> String {
    let label = |name: &str| campaign.emails.get(name).and_then(|email| email.label.as_deref());
    let emails = figures.emails.iter();
    let rows = emails.map(|(name, email)| {
        mail(vec![named(label(name), name)], email, &|rate| intervals.get(Section::Emails, name, rate))
    });
    let mut rows: Vec<Vec<String>> = rows.collect();
    if rows.len() > 1 {
        let ends = |rate: &str| intervals.get(Section::AllEmails, "all", rate);
        rows.push(mail(vec!["**all mails**".to_owned()], all, &ends));
    }
    let mut heads = vec![("mail", false)];
    heads.extend(OF_MAILS.map(|head| (head, true)));
    let note = format!("{}\n\n", text(note(figures)));
    folded("Mails", &(table("", &heads, &rows) + &note), rows.len())
}

/// Messages of other channels: no mails, and no part of their sum.
fn messages(figures: &Figures, campaign: &Campaign, intervals: &Intervals<'_>) -> String {
    let rows = figures.messages.iter().map(|(name, message)| {
        let definition = campaign.messages.get(name);
        let channel = definition.map_or(NONE, |definition| definition.channel.word());
        let names = vec![named(definition.and_then(|own| own.label.as_deref()), name), channel.to_owned()];
        mail(names, message, &|rate| intervals.get(Section::Messages, name, rate))
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let mut heads = vec![("message", false), ("channel", false)];
    heads.extend(OF_MAILS.map(|head| (head, true)));
    folded("Messages of other channels", &table("", &heads, &rows), rows.len())
}

/// What is said of each mail.
const OF_MAILS: [&str; 6] = ["sent", "opened", "clicked", "unsubscribed", "spam", "not sent"];

/// A row of a mail or a message that begins with these cells.
fn mail(mut row: Vec<String>, email: &EmailFigures, ends: &dyn Fn(&str) -> Option<Ends>) -> Vec<String> {
    let with = |part: u64, rate: &str| percent(part, email.delivered) + &behind(ends(rate)).replace('*', "\\*");
    row.extend([
        count(email.sent),
        with(email.opened, "opened"),
        with(email.clicked, "clicked"),
        count(email.unsubscribed),
        count(email.complained),
        count(skipped(email)),
    ]);
    row
}

fn caps(figures: &Figures, campaign: &Campaign) -> String {
    if campaign.policies.frequency.is_empty() {
        return String::new();
    }
    let mut out = "### Frequency rules\n\n".to_owned();
    for rule in rules(figures, campaign) {
        let _ = writeln!(out, "- {}", text(&rule));
    }
    out.push('\n');
    let (mails, _) = bitten(figures);
    let rows = mails.iter().map(|each| {
        let label = campaign.emails.get(each.name).and_then(|email| email.label.as_deref());
        let label = label.or_else(|| campaign.messages.get(each.name).and_then(|message| message.label.as_deref()));
        let mean = each.held_secs.checked_div(each.held).map_or(String::new(), duration);
        let mut row = vec![named(label, each.name), count(each.asked), count(each.held), mean];
        row.extend(each.left_out.numbers().map(count));
        row
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let left_out = LEFT_OUT.map(str::to_lowercase);
    let what = if figures.messages.is_empty() { "mail" } else { "mail or message" };
    let mut heads = vec![(what, false), ("asked for", true), ("held", true), ("mean", true)];
    heads.extend(left_out.iter().map(|head| (head.as_str(), true)));
    out.push_str(&match rows.len() {
        0 => "They held nothing back.\n\n".to_owned(),
        lines => at_length(&table("", &heads, &rows), lines),
    });
    out
}

fn reasons((title, what): (&str, &str), all: &EmailFigures) -> String {
    let reasons = all.skipped.iter().filter(|(_, mails)| **mails > 0);
    let rows = reasons.map(|(skip, mails)| {
        vec![format!("`{}`", skip.word()), skip_words(*skip).to_owned(), count(*mails), percent(*mails, all.requested)]
    });
    let heads = [("reason", false), ("", false), (what, true), ("of asked for", true)];
    table(title, &heads, &rows.collect::<Vec<_>>())
}

fn experiments(outcome: &Outcome, campaign: &Campaign) -> String {
    let tables = experiment_rows(outcome, campaign).into_iter().map(|experiment| {
        let rows = experiment.arms.iter().map(|arm| {
            vec![
                text(arm.name),
                count(arm.draws),
                count(arm.goals),
                arm_percent(arm.rate),
                arm_ends(arm.interval),
                lift(arm),
                arm.p.map_or(String::new(), chance),
            ]
        });
        let heads = [
            ("arm", false),
            ("draws", true),
            ("goals", true),
            ("rate", true),
            ("95 % interval", true),
            ("points against control", true),
            ("p", true),
        ];
        let table = table(&format!("Experiment {}", text(experiment.name)), &heads, &rows.collect::<Vec<_>>());
        let within = duration(u64::try_from(experiment.within_secs).unwrap_or(0));
        let mut words = vec![format!("Goal: {}, within {within} of the draw.", text(&experiment.goal))];
        words.extend(experiment.remarks.iter().map(|remark| text(&sentence(remark))));
        format!("{table}{}\n\n", words.join(" "))
    });
    tables.collect()
}

/// The journeys as graphs, which GitHub draws itself.
fn graphs(figures: &Figures, campaign: &Campaign) -> Vec<String> {
    let flows = flows(figures, campaign);
    let drawn = flows.iter().filter(|flow| flow.figures.entered > 0 && flow.nodes.len() <= MOST_PLACES);
    drawn
        .map(|flow| {
            let title = html(flow.label.unwrap_or(flow.name));
            format!("<details><summary>Journey {title}</summary>\n\n```mermaid\n{}```\n\n</details>\n\n", graph(flow))
        })
        .collect()
}

fn graph(flow: &Flow<'_>) -> String {
    let mut out = "flowchart TB\n".to_owned();
    for (at, node) in flow.nodes.iter().enumerate() {
        let words = format!("{}<br>{}", quoted(&node.title), count(node.reached));
        let (open, close) = match node.kind {
            Kind::Entry | Kind::Exit | Kind::End => ("([", "])"),
            Kind::Choice => ("{{", "}}"),
            Kind::Send | Kind::Wait | Kind::Change | Kind::Outside => ("[", "]"),
        };
        let _ = writeln!(out, "  n{at}{open}\"{words}\"{close}");
    }
    for edge in &flow.edges {
        let words = if edge.words.is_empty() { String::new() } else { format!("{}: ", quoted(&edge.words)) };
        let line = if edge.count == 0 { "-.->" } else { "-->" };
        let _ = writeln!(out, "  n{} {line}|\"{words}{}\"| n{}", edge.from, count(edge.count), edge.to);
    }
    out
}

/// A table under a title; nothing without rows. `true` beside a head: its column is one of numbers.
fn table(title: &str, heads: &[(&str, bool)], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut out = if title.is_empty() { String::new() } else { format!("### {title}\n\n") };
    let words: Vec<&str> = heads.iter().map(|(head, _)| *head).collect();
    let lines: Vec<&str> = heads.iter().map(|(_, right)| if *right { "--:" } else { "---" }).collect();
    let _ = writeln!(out, "| {} |\n|{}|", words.join(" | "), lines.join("|"));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
    out.push('\n');
    out
}

/// A table that is folded away where it is long.
fn folded(title: &str, table: &str, rows: usize) -> String {
    if rows == 0 { String::new() } else { format!("### {title}\n\n{}", at_length(table, rows)) }
}

fn at_length(table: &str, rows: usize) -> String {
    if rows <= 8 {
        table.to_owned()
    } else {
        format!("<details><summary>{rows} lines</summary>\n\n{table}</details>\n\n")
    }
}

fn named(label: Option<&str>, name: &str) -> String {
    match label.filter(|label| *label != name) {
        Some(label) => format!("{} `{name}`", text(label)),
        None => format!("`{name}`"),
    }
}

/// A text of the campaign, of which nothing is taken for Markdown or HTML.
fn text(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            // Nobody is called.
            '@' => out.push_str("@\u{200b}"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}

fn html(text: &str) -> String {
    super::markup::el("b").t(text).written().replace('\n', " ").replace('@', "@\u{200b}")
}

/// A text inside quotes of mermaid, whose entities are written with `#`.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '#' => out.push_str("#35;"),
            '`' => out.push_str("#96;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
