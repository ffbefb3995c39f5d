//! Mails as leads get them, to be compared: each branch of what depends on the lead once, for a lead of whom everything is
//! known and for one of whom only that is known which has to be.
//!
//! Texts that a lead brings stand in the mail as `{company}`, so that it can be seen where they are put in; addresses that
//! differ for each lead as `{unsubscribe_url}`.
//!
//! In: a campaign and the name of an email. Out: [`Shown`]. Never: another campaign.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::links::links;
use crate::ir::{Campaign, Field, Lead, Name, Type, Value};
use crate::mail::{About, Locale, Reader, Rendered, Templates, plain, prepare, variants};

/// When the mails are read, in seconds since 1970-01-01T00:00:00Z: 2026-04-01, 10:00 in Tokyo. Both sides at the same time.
const NOW_SECS: i64 = 1_775_005_200;
/// Days from 1970-01-01 to a day that stands for any: 2026-04-01.
const SOME_DAY: i32 = 20_544;

/// One way in which a mail can look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// What holds of the lead, as the conditions are written.
    pub(super) holds: String,
    /// Subject line.
    pub(super) subject: String,
    /// The words of the page, addresses of links left out.
    pub(super) words: String,
    /// Those of the text part, if it is written for itself.
    pub(super) text: String,
    /// Addresses of links and images.
    pub(super) links: BTreeSet<String>,
    /// The page.
    pub(super) html: String,
}

/// The ways in which a mail can look; `None` if it cannot be rendered.
pub(super) fn shown(campaign: &Arc<Campaign>, name: &Name) -> Option<Vec<Shown>> {
    let email = campaign.emails.get(name)?;
    let settings = &campaign.settings;
    let tag = settings.locale.clone().unwrap_or_else(|| "en".to_owned());
    let locale = Locale { tag, currency: settings.currency.clone() };
    let prepared = prepare(email, locale.language()).ok()?;
    let mut found = Vec::new();
    for variant in variants(&prepared) {
        let templates = Templates::compile(&variant.prepared, &locale, true).ok()?;
        for is_known in [true, false] {
            let about = About { now_secs: NOW_SECS, ..About::default() };
            let reader = Reader::new(campaign, name, lead(campaign, is_known), about);
            let rendered = templates.render(&reader).ok()?;
            let text = if email.text.is_some() { rendered.text.as_str() } else { "" };
            found.push(of_rendered(&reader, variant.holds.join(", "), &rendered, text));
        }
    }
    Some(found)
}

fn of_rendered(reader: &Reader, holds: String, rendered: &Rendered, text: &str) -> Shown {
    let (html, text) = (with_names(reader, &rendered.html), with_names(reader, text));
    Shown {
        holds,
        subject: rendered.subject.clone(),
        words: without_links(&plain(&html)),
        text: without_links(&text),
        links: links(&html).into_iter().chain(links(&text)).collect(),
        html,
    }
}

/// The words of a text, without the addresses in it.
fn without_links(text: &str) -> String {
    let mut found: Vec<String> = links(text).into_iter().collect();
    // The longest first: one address may begin with another.
    found.sort_by_key(|link| std::cmp::Reverse(link.len()));
    found.iter().fold(text.to_owned(), |text, link| text.replace(link, ""))
}

/// Addresses that differ for each lead and mail, by what they are for.
fn with_names(reader: &Reader, text: &str) -> String {
    let token = reader.token();
    let host = reader.unsubscribe_url().trim_end_matches(token).trim_end_matches("/u/");
    let of = [("u", "unsubscribe_url"), ("c", "confirm_url"), ("p", "preferences_url")];
    of.into_iter().fold(text.to_owned(), |text, (path, name)| {
        text.replace(&format!("{host}/{path}/{token}"), &format!("https://{{{name}}}"))
    })
}

/// A lead of whom everything is known, or only that which has to be.
fn lead(campaign: &Campaign, is_known: bool) -> Lead {
    let value = |(name, field): (&Name, &Field)| (is_known || !field.optional).then(|| value(name, field));
    Lead {
        id: "lead".to_owned(),
        values: campaign.fields.iter().map(value).collect(),
        scores: vec![None; campaign.scoring.len()],
        ..Lead::default()
    }
}

/// A value that can be recognized.
fn value(name: &Name, field: &Field) -> Value {
    let within =
        |usual: f64| usual.max(field.min.unwrap_or(usual)).min(field.max.unwrap_or(f64::MAX).max(usual.min(0.0)));
    match &field.ty {
        Type::Text { .. } if name == "email" => Value::Text("lead@example.com".to_owned()),
        Type::Text { .. } if name == "timezone" => Value::Text("Asia/Tokyo".to_owned()),
        Type::Text { .. } => Value::Text(format!("{{{name}}}")),
        Type::Enum { values } => Value::Text(values.first().cloned().unwrap_or_default()),
        Type::Set { values } => Value::Set(values.iter().cloned().collect()),
        Type::Boolean => Value::Bool(true),
        // The part that is lost is that behind the point, if a bound has one.
        Type::Integer => Value::Int(within(1_234.0) as i64),
        Type::Number { .. } => Value::Number(within(1_234.5)),
        Type::Date => Value::Date(SOME_DAY),
        Type::Datetime => Value::Datetime(NOW_SECS),
    }
}
