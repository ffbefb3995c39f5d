//! What mails and messages say: words, links and merge fields, sender and what the law asks for.

use std::collections::BTreeSet;

use super::both::Both;
use super::model::{Axis, Content, Fact};
use super::volume::sent;
use super::words::difference;
use super::worlds::Side;
use crate::ir::{Body, Campaign, Email, Message, Name, Sender};
use crate::text::{TagKind, tags};

/// Columns for the difference of two texts.
const COLUMNS: usize = 160;

/// Finds out what is said otherwise in what both sides send.
pub(super) fn content(both: &Both<'_>) -> Axis<Content> {
    let mut axis = Axis::<Content>::default();
    for (name, step) in sent(both) {
        let (before, after) = (both.campaign(Side::Before), both.campaign(Side::After));
        for (value, says) in differences(before, after, name) {
            axis.value = axis.value.max(value);
            axis.facts.push(Fact::at(&step.id, format!("`{name}` {says}")));
        }
    }
    axis
}

fn differences(before: &Campaign, after: &Campaign, name: &Name) -> Vec<(Content, String)> {
    if let (Some(old), Some(new)) = (before.emails.get(name), after.emails.get(name)) {
        let mut found = email(old, new);
        found.extend(topic(before, after, &old.topic, &new.topic));
        if let (Some(one), Some(two)) = (before.senders.get(&old.sender), after.senders.get(&new.sender)) {
            found.extend(sender(one, two));
        }
        return found;
    }
    match (before.messages.get(name), after.messages.get(name)) {
        (Some(old), Some(new)) => {
            let mut found = message(old, new);
            found.extend(topic(before, after, &old.topic, &new.topic));
            found
        }
        _ => Vec::new(),
    }
}

fn email(old: &Email, new: &Email) -> Vec<(Content, String)> {
    let text = |body: &Body| match body {
        Body::Html(html) | Body::Mjml(html) => without_tags(html),
        Body::Markdown(text) => text.clone(),
    };
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let head = |email: &Email| [email.subject.clone(), optional(&email.preheader)].join("\n");
    let rest = |email: &Email| [email.body.template().to_owned(), optional(&email.text)].join("\n");
    let mut found: Vec<(Content, String)> = Vec::new();
    for (part, old, new) in [("subject", head(old), head(new)), ("body", rest(old), rest(new))] {
        found.extend(parts(&old, &new).into_iter().map(|(value, says)| (value, format!("{part}: {says}"))));
    }
    let pairs = [
        ("subject", old.subject.clone(), new.subject.clone()),
        ("preheader", optional(&old.preheader), optional(&new.preheader)),
        ("body", text(&old.body), text(&new.body)),
        ("text", optional(&old.text), optional(&new.text)),
        ("attachments", old.attachments.join(", "), new.attachments.join(", ")),
    ];
    for (part, old, new) in &pairs {
        found.extend(difference(old, new, COLUMNS).map(|says| (Content::Copy, format!("{part}: {says}"))));
    }
    if found.is_empty() && old.body != new.body {
        found.push((Content::Copy, "body: the same words, laid out otherwise".to_owned()));
    }
    found
}

fn message(old: &Message, new: &Message) -> Vec<(Content, String)> {
    let raw = |message: &Message| [message.body.clone(), message.link.clone().unwrap_or_default()].join("\n");
    let mut found = parts(&raw(old), &raw(new));
    found.extend(difference(&old.body, &new.body, COLUMNS).map(|says| (Content::Copy, format!("text: {says}"))));
    if old.channel != new.channel {
        found.push((Content::Sender, format!("comes by {}, before by {}", new.channel.word(), old.channel.word())));
    }
    found
}

/// Links and merge fields that are new or gone.
fn parts(old: &str, new: &str) -> Vec<(Content, String)> {
    let mut found = Vec::new();
    let (was, is) = (links(old), links(new));
    let (gone, added): (Vec<_>, Vec<_>) = (was.difference(&is).collect(), is.difference(&was).collect());
    if !gone.is_empty() || !added.is_empty() {
        let domains =
            |links: &BTreeSet<String>| -> BTreeSet<String> { links.iter().map(|link| domain(link)).collect() };
        let foreign: Vec<String> = domains(&is).difference(&domains(&was)).cloned().collect();
        let words = |links: &[&String]| links.iter().map(|link| link.as_str()).collect::<Vec<_>>().join(", ");
        let mut says = match (gone.is_empty(), added.is_empty()) {
            (true, _) => format!("links: new {}", words(&added)),
            (_, true) => format!("links: gone {}", words(&gone)),
            (false, false) => format!("links: {} → {}", words(&gone), words(&added)),
        };
        if !foreign.is_empty() {
            says.push_str(&format!(" (NEW DOMAIN {})", foreign.join(", ")));
        }
        found.push((Content::Links, says));
    }
    let (was, is) = (fields(old), fields(new));
    let (gone, added): (Vec<&String>, Vec<&String>) = (was.difference(&is).collect(), is.difference(&was).collect());
    if !gone.is_empty() || !added.is_empty() {
        let words = |fields: &[&String]| fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
        let says = match (gone.is_empty(), added.is_empty()) {
            (true, _) => format!("merge fields: new {}", words(&added)),
            (_, true) => format!("merge fields: gone {}", words(&gone)),
            (false, false) => format!("merge fields: {} → {}", words(&gone), words(&added)),
        };
        let is_legal = |field: &&&String| {
            field.contains("unsubscribe") || field.contains("preference") || field.contains("sender")
        };
        let legal = gone.iter().any(|field| is_legal(&field));
        found.push((if legal { Content::Sender } else { Content::Links }, says));
    }
    found
}

/// Web addresses in a text.
fn links(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for scheme in ["https://", "http://"] {
        for (at, _) in text.match_indices(scheme) {
            let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ')' | '>' | '<' | ']' | '」' | '）');
            let rest = &text[at..];
            let end = rest.find(ends).unwrap_or(rest.len());
            found.insert(rest[..end].trim_end_matches(['.', ',', '。', '、']).to_owned());
        }
    }
    found
}

/// The domain of a web address.
fn domain(link: &str) -> String {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    rest.split(['/', '?', '#', ':']).next().unwrap_or(rest).to_owned()
}

/// What is put in from the lead.
fn fields(text: &str) -> BTreeSet<String> {
    let printed = tags(text).into_iter().filter(|tag| tag.kind == TagKind::Print);
    printed.map(|tag| tag.inside(text).to_owned()).collect()
}

/// The words of a page.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    text
}

fn topic(before: &Campaign, after: &Campaign, old: &Name, new: &Name) -> Vec<(Content, String)> {
    let mut found = Vec::new();
    if old != new {
        found.push((Content::Sender, format!("is about `{new}`, before about `{old}`")));
    }
    let wording = |campaign: &Campaign, topic: &Name| {
        campaign.topics.get(topic)?.wording.as_ref().map(|wording| wording.text.clone())
    };
    let (was, is) = (wording(before, old).unwrap_or_default(), wording(after, new).unwrap_or_default());
    if let Some(says) = difference(&was, &is, COLUMNS) {
        found.push((Content::Sender, format!("what leads agree to: {says}")));
    }
    found
}

fn sender(old: &Sender, new: &Sender) -> Vec<(Content, String)> {
    let optional = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let domain = |sender: &Sender| sender.domain.as_ref().map_or("none".to_owned(), |domain| domain.name.clone());
    let tracking = |sender: &Sender| {
        let tracking = sender.domain.as_ref().and_then(|domain| domain.tracking.clone());
        tracking.unwrap_or_else(|| "none".to_owned())
    };
    let pairs = [
        ("sender's name", optional(&old.name), optional(&new.name)),
        ("sender", old.email.clone(), new.email.clone()),
        ("answers go to", optional(&old.reply_to), optional(&new.reply_to)),
        ("postal address", optional(&old.address), optional(&new.address)),
        ("sending domain", domain(old), domain(new)),
        ("domain of tracked links", tracking(old), tracking(new)),
    ];
    let differing = pairs.into_iter().filter(|(_, old, new)| old != new);
    differing.map(|(part, old, new)| (Content::Sender, format!("{part}: {old} → {new}"))).collect()
}
