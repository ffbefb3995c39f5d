//! What mails and messages say: words, links and merge fields, sender and what the law asks for.
//!
//! Mails are compared as leads get them (`rendered`): a template that is written otherwise and gives the same mail is no
//! change. Where one side cannot be rendered the templates are compared.

mod legal;
mod linked;
mod words;

use std::collections::BTreeSet;

use legal::{asked, legal, sender, topic};
use linked::{all_links, linked, put_in};
use words::looks;

use super::asked_in;
use super::both::Both;
use super::links::links;
use super::model::{Axis, Content, Fact};
use super::rendered::shown;
use super::volume::sent;
use super::words::difference;
use super::worlds::Side;
use crate::ir::{Campaign, Email, Message, Name};

/// Columns for the difference of two texts.
const COLUMNS: usize = 160;

/// Finds out what is said otherwise in what both sides send.
pub(super) fn content(both: &Both<'_>) -> Axis<Content> {
    let mut axis = Axis::<Content>::default();
    let mut say = |value: Content, fact: Fact| {
        axis.value = axis.value.max(value);
        axis.facts.push(fact);
    };
    let (mut topics, mut senders) = (BTreeSet::new(), BTreeSet::new());
    for (name, step) in sent(both) {
        for (value, says) in differences(both, name) {
            say(value, Fact { mail: Some(name.clone()), ..Fact::at(&step.id, says) });
        }
        topics.extend(both.campaign(Side::After).topic_of(name));
        senders.extend(same_sender(both, name));
    }
    // What many mails have in common is said once.
    for name in senders {
        let of = |side| both.campaign(side).senders.get(name);
        if let (Some(old), Some(new)) = (of(Side::Before), of(Side::After)) {
            sender(old, new).into_iter().for_each(|(value, says)| say(value, Fact::new(format!("`{name}`: {says}"))));
        }
    }
    for topic in topics {
        for (value, says) in asked(both, topic) {
            say(value, Fact::new(says));
        }
    }
    axis
}

/// The sender of an email that has it before and after.
fn same_sender<'c>(both: &Both<'c>, name: &Name) -> Option<&'c Name> {
    let of = |side| both.campaign(side).emails.get(name).map(|email| &email.sender);
    of(Side::Before).filter(|old| of(Side::After) == Some(old))
}

/// What an email or a message says otherwise, a sender of both that is defined otherwise left out.
fn differences(both: &Both<'_>, name: &Name) -> Vec<(Content, String)> {
    let (before, after) = (both.campaign(Side::Before), both.campaign(Side::After));
    if let (Some(old), Some(new)) = (before.emails.get(name), after.emails.get(name)) {
        let mut found = email(both, name, old, new);
        found.extend(topic(&old.topic, &new.topic));
        if let (Some(one), Some(two)) = (before.senders.get(&old.sender), after.senders.get(&new.sender))
            && old.sender != new.sender
        {
            found.extend(sender(one, two));
        }
        found.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
        return found;
    }
    match (before.messages.get(name), after.messages.get(name)) {
        (Some(old), Some(new)) => {
            let mut found = message(old, new);
            found.extend(topic(&old.topic, &new.topic));
            found
        }
        _ => Vec::new(),
    }
}

/// What an email says otherwise.
fn email(both: &Both<'_>, name: &Name, old: &Email, new: &Email) -> Vec<(Content, String)> {
    let written = |email: &Email| {
        let Email { subject, preheader, body, text, attachments, .. } = email;
        (subject.clone(), preheader.clone(), body.clone(), text.clone(), attachments.clone())
    };
    let (before, after) = (both.campaign(Side::Before), both.campaign(Side::After));
    let around = |campaign: &Campaign| (campaign.settings.locale.clone(), campaign.settings.currency.clone());
    let asked = asked_in::otherwise(both, new);
    let mut told: Vec<(Content, String)> = Vec::new();
    if !asked.is_empty() {
        let says = format!("what it shows follows from {}, which is otherwise for some", asked.join(", "));
        told.push((Content::Copy, says));
    }
    let is_same = written(old) == written(new);
    if is_same && around(before) == around(after) && before.catalogs == after.catalogs {
        return told;
    }
    let mut found = told;
    let ways = |side| shown(&both.worlds.shared(side), name);
    match (ways(Side::Before), ways(Side::After)) {
        (Some(one), Some(two)) => {
            let address = |side: Side, sender: &Name| both.campaign(side).senders.get(sender)?.address.clone();
            found.extend(legal(&one, &two, address(Side::Before, &old.sender).as_deref()));
            found.extend(linked(&all_links(&one), &all_links(&two)));
            for (part, old, new) in [("subject", head(old), head(new)), ("body", body(old), body(new))] {
                found.extend(put_in(&old, &new).into_iter().map(|(value, says)| (value, format!("{part}: {says}"))));
            }
            let is_told = !found.is_empty();
            found.extend(looks(&one, &two, is_told));
        }
        _ => found.extend(templates(old, new)),
    }
    let pairs = [
        ("preheader", old.preheader.clone().unwrap_or_default(), new.preheader.clone().unwrap_or_default()),
        ("attachments", old.attachments.join(", "), new.attachments.join(", ")),
    ];
    for (part, old, new) in &pairs {
        found.extend(difference(old, new, COLUMNS).map(|says| (Content::Copy, format!("{part}: {says}"))));
    }
    found
}

/// Everything that is written, as one text.
fn template(email: &Email) -> String {
    [head(email), body(email)].join("\n")
}

/// What is written for the list of mails.
fn head(email: &Email) -> String {
    [&*email.subject, email.preheader.as_deref().unwrap_or_default()].join("\n")
}

/// What is written for the mail itself.
fn body(email: &Email) -> String {
    [email.body.template(), email.text.as_deref().unwrap_or_default()].join("\n")
}

/// Mails that cannot be rendered, by their templates.
fn templates(old: &Email, new: &Email) -> Vec<(Content, String)> {
    let mut found = linked(&links(&template(old)), &links(&template(new)));
    found.extend(put_in(&template(old), &template(new)));
    let text = |email: &Email| crate::mail::plain(email.body.template());
    for (part, old, new) in [("subject", old.subject.clone(), new.subject.clone()), ("body", text(old), text(new))] {
        found.extend(difference(&old, &new, COLUMNS).map(|says| (Content::Copy, format!("{part}: {says}"))));
    }
    found
}

fn message(old: &Message, new: &Message) -> Vec<(Content, String)> {
    let raw = |message: &Message| [message.body.clone(), message.link.clone().unwrap_or_default()].join("\n");
    let mut found = linked(&links(&raw(old)), &links(&raw(new)));
    found.extend(put_in(&raw(old), &raw(new)));
    found.extend(difference(&old.body, &new.body, COLUMNS).map(|says| (Content::Copy, format!("text: {says}"))));
    if old.channel != new.channel {
        found.push((Content::Sender, format!("comes by {}, before by {}", new.channel.word(), old.channel.word())));
    }
    found
}
