//! The frequency rules, and where they bite.

use super::table::{Cell, name, table};
use super::{Page, Part, remark};
use crate::backend::report::figure::{count, duration, percent};
use crate::backend::report::limits::{LEFT_OUT, bitten, rules};
use crate::backend::report::markup::el;

/// Rules, and what they did by mail and by journey; nothing where there are no rules and nothing was held.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let (figures, campaign) = (&page.outcome.figures, &page.plan.campaign);
    let rules = rules(figures, campaign);
    let (mails, journeys) = bitten(figures);
    if rules.is_empty() && mails.is_empty() {
        return None;
    }
    let mut body = Vec::new();
    if !rules.is_empty() {
        body.push(el("ul").class("rules").cs(rules.iter().map(|rule| el("li").t(rule))));
    }
    if mails.is_empty() {
        body.push(remark("They held nothing back in this run."));
        return Some(Part { id: "caps", title: "Frequency rules", body });
    }
    let label = |name: &str| {
        let email = campaign.emails.get(name).and_then(|email| email.label.as_deref());
        email.or_else(|| campaign.messages.get(name).and_then(|message| message.label.as_deref()))
    };
    let rows = mails.iter().map(|each| {
        let mean = each.held_secs.checked_div(each.held).map_or(String::new(), duration);
        let capped = each.left_out.capped;
        let mut row = vec![
            name(label(each.name), each.name),
            Cell::Number(count(each.asked)),
            Cell::Number(count(each.held)),
            Cell::Number(mean),
            Cell::Number(percent(capped, each.asked)),
        ];
        row.splice(4..4, each.left_out.numbers().map(|number| Cell::Number(count(number))));
        row
    });
    let [capped, own, expired] = LEFT_OUT;
    let what = if figures.messages.is_empty() { "Mail" } else { "Mail or message" };
    let heads = [what, "Asked for", "Held", "Held for, mean", capped, own, expired, "Rule full, of asked for"];
    body.push(table(&format!("Where rules bite, by {}", what.to_lowercase()), &heads, rows.collect()));
    let rows = journeys.iter().map(|(each, left_out)| {
        let label = campaign.journeys.get(*each).and_then(|journey| journey.label.as_deref());
        let numbers = left_out.numbers().map(|number| Cell::Number(count(number)));
        std::iter::once(name(label, each)).chain(numbers).collect()
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    if !rows.is_empty() {
        body.push(table("Where rules bite, by journey", &["Journey", capped, own, expired], rows));
    }
    body.push(remark(
        "They are held by frequency rules, quiet hours, and quotas of senders; the rest of the reasons stands below.",
    ));
    Some(Part { id: "caps", title: "Frequency rules", body })
}
