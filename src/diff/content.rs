//! What mails and messages say: words, links and merge fields, sender and what the law asks for.
//!
//! Mails are compared as leads get them (`rendered`): a template that is written otherwise and gives the same mail is no
//! change. Where one side cannot be rendered the templates are compared.

use std::collections::BTreeSet;

use super::both::Both;
use super::links::{domain, fields, links};
use super::model::{Axis, Content, Fact};
use super::rendered::{Shown, shown};
use super::volume::sent;
use super::words::difference;
use super::worlds::Side;
use crate::ir::{Campaign, Email, Message, Name, Sender, Topic};

/// Columns for the difference of two texts.
const COLUMNS: usize = 160;
/// Ways in which one mail can look that are told.
const SHOWN: usize = 3;

/// Finds out what is said otherwise in what both sides send.
pub(super) fn content(both: &Both<'_>) -> Axis<Content> {
    let mut axis = Axis::<Content>::default();
    let mut say = |value: Content, fact: Fact| {
        axis.value = axis.value.max(value);
        axis.facts.push(fact);
    };
    let mut topics = BTreeSet::new();
    for (name, step) in sent(both) {
        for (value, says) in differences(both, name) {
            say(value, Fact { mail: Some(name.clone()), ..Fact::at(&step.id, says) });
        }
        topics.extend(super::both::topic(both.campaign(Side::After), name));
    }
    for topic in topics {
        for (value, says) in asked(both, topic) {
            say(value, Fact::new(says));
        }
    }
    axis
}

fn differences(both: &Both<'_>, name: &Name) -> Vec<(Content, String)> {
    let (before, after) = (both.campaign(Side::Before), both.campaign(Side::After));
    if let (Some(old), Some(new)) = (before.emails.get(name), after.emails.get(name)) {
        let mut found = email(both, name, old, new);
        found.extend(topic(&old.topic, &new.topic));
        if let (Some(one), Some(two)) = (before.senders.get(&old.sender), after.senders.get(&new.sender)) {
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
    let is_same = written(old) == written(new);
    if is_same && around(before) == around(after) && before.catalogs == after.catalogs {
        return Vec::new();
    }
    let mut found: Vec<(Content, String)> = Vec::new();
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

/// The words, way by way; what many ways have in common is said once. If something `is_told`, another page says no more.
fn looks(old: &[Shown], new: &[Shown], is_told: bool) -> Vec<(Content, String)> {
    let pairs = paired(old, new);
    let mut found: Vec<(String, BTreeSet<&str>)> = Vec::new();
    let mut same = BTreeSet::new();
    let mut otherwise = false;
    for (one, two) in &pairs {
        let subject = difference(&one.subject, &two.subject, COLUMNS).map(|says| format!("subject: {says}"));
        let body = difference(&one.words, &two.words, COLUMNS).map(|says| format!("body: {says}"));
        let text = difference(&one.text, &two.text, COLUMNS).map(|says| format!("text: {says}"));
        otherwise |= one.html != two.html;
        if subject.is_none() && body.is_none() && text.is_none() {
            same.insert(two.holds.as_str());
        }
        for says in subject.into_iter().chain(body).chain(text) {
            match found.iter_mut().find(|(known, _)| part(known) == part(&says) && edits(known) == edits(&says)) {
                Some((_, holds)) => _ = holds.insert(&two.holds),
                None => found.push((says, BTreeSet::from([two.holds.as_str()]))),
            }
        }
    }
    let rest = found.len().saturating_sub(SHOWN);
    let mut facts: Vec<String> = found
        .into_iter()
        .take(SHOWN)
        .map(|(says, holds)| match holds.first().filter(|first| !same.is_empty() && !first.is_empty()) {
            Some(first) => format!("{says} (where {first})"),
            None => says,
        })
        .collect();
    if rest > 0 {
        facts.push(format!("body: and {rest} more differences, by what the lead is like"));
    }
    let mut asked: Vec<String> =
        pairs.iter().filter_map(|(one, two)| difference(&one.holds, &two.holds, COLUMNS)).collect();
    asked.dedup_by(|one, other| edits(one) == edits(other));
    facts.extend(asked.into_iter().take(SHOWN).map(|says| format!("body: shown where {says}")));
    let lone = |all: &[Shown], others: &[Shown]| -> BTreeSet<String> {
        let is_alone = |one: &&Shown| all.len() != others.len() && !others.iter().any(|two| two.holds == one.holds);
        all.iter().filter(is_alone).map(|one| one.holds.clone()).collect()
    };
    facts.extend(lone(new, old).into_iter().take(SHOWN).map(|holds| format!("body: newly told apart, {holds}")));
    facts.extend(lone(old, new).into_iter().take(SHOWN).map(|holds| format!("body: no longer told apart, {holds}")));
    if facts.is_empty() && otherwise && !is_told {
        facts.push("body: the same words, laid out otherwise".to_owned());
    }
    facts.into_iter().map(|says| (Content::Copy, says)).collect()
}

/// The part of the mail that a difference is about.
fn part(says: &str) -> Option<&str> {
    says.split(':').next()
}

/// What is gone and what is new in a difference, without the words around it.
fn edits(says: &str) -> Vec<&str> {
    let ends = |open: &'static str, close: &'static str| {
        let inside = move |part: &'_ str| part.split_once(close).map(|(inside, _)| inside.len());
        says.match_indices(open).filter_map(move |(at, _)| says.get(at..at + inside(&says[at..])?))
    };
    ends("[-", "-]").chain(ends("{+", "+}")).collect()
}

/// Ways that belong together: by place where there are as many, else by what holds.
fn paired<'s>(old: &'s [Shown], new: &'s [Shown]) -> Vec<(&'s Shown, &'s Shown)> {
    if old.len() == new.len() {
        return old.iter().zip(new).collect();
    }
    let of = |two: &'s Shown, at: usize| {
        // For each way there is a lead that is known, and one that is not.
        let same = old.iter().enumerate().find(|(number, one)| one.holds == two.holds && number % 2 == at % 2);
        same.map(|(_, one)| (one, two))
    };
    new.iter().enumerate().filter_map(|(at, two)| of(two, at)).collect()
}

/// Links to leave, and the address of the sender, that are gone or new.
fn legal(old: &[Shown], new: &[Shown], address: Option<&str>) -> Vec<(Content, String)> {
    let mut found = Vec::new();
    for (link, what) in
        [("{unsubscribe_url}", "the link to unsubscribe"), ("{preferences_url}", "the link to preferences")]
    {
        let lacks = |all: &[Shown]| all.iter().any(|one| !one.links.iter().any(|known| known.contains(link)));
        match (lacks(old), lacks(new)) {
            (false, true) => found.push((Content::Sender, format!("{what} is GONE"))),
            (true, false) => found.push((Content::Sender, format!("{what} is new"))),
            (true, true) | (false, false) => {}
        }
    }
    let parts = address.unwrap_or_default().split_whitespace().filter(|part| part.chars().count() > 3);
    let has = |all: &[Shown], part: &str| all.iter().all(|one| one.words.contains(part));
    if let Some(gone) = parts.into_iter().find(|part| has(old, part) && !has(new, part)) {
        found.push((Content::Sender, format!("the sender's postal address is another or gone: {gone}")));
    }
    found
}

fn all_links(all: &[Shown]) -> BTreeSet<String> {
    let own = |link: &&String| !link.contains('{');
    all.iter().flat_map(|one| one.links.iter().filter(own)).cloned().collect()
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

/// Links that are new or gone.
fn linked(was: &BTreeSet<String>, is: &BTreeSet<String>) -> Vec<(Content, String)> {
    let (gone, added): (Vec<&String>, Vec<&String>) = (was.difference(is).collect(), is.difference(was).collect());
    if gone.is_empty() && added.is_empty() {
        return Vec::new();
    }
    let domains = |links: &BTreeSet<String>| -> BTreeSet<String> { links.iter().map(|link| domain(link)).collect() };
    let foreign: Vec<String> = domains(is).difference(&domains(was)).cloned().collect();
    let mut says = changed("links", &gone, &added, |link| link.to_owned());
    if !foreign.is_empty() {
        says.push_str(&format!(" (NEW DOMAIN {})", foreign.join(", ")));
    }
    vec![(Content::Links, says)]
}

/// Merge fields that are new or gone.
fn put_in(old: &str, new: &str) -> Vec<(Content, String)> {
    let (was, is) = (fields(old), fields(new));
    let (gone, added): (Vec<&String>, Vec<&String>) = (was.difference(&is).collect(), is.difference(&was).collect());
    if gone.is_empty() && added.is_empty() {
        return Vec::new();
    }
    let is_legal = |field: &&String| ["unsubscribe", "preference", "sender"].iter().any(|part| field.contains(part));
    let value = if gone.iter().any(is_legal) { Content::Sender } else { Content::Links };
    vec![(value, changed("merge fields", &gone, &added, |field| format!("`{field}`")))]
}

/// Things that are gone or new, in words.
fn changed(what: &str, gone: &[&String], added: &[&String], word: impl Fn(&str) -> String) -> String {
    let words = |all: &[&String]| all.iter().map(|one| word(one)).collect::<Vec<_>>().join(", ");
    match (gone.is_empty(), added.is_empty()) {
        (true, _) => format!("{what}: new {}", words(added)),
        (_, true) => format!("{what}: gone {}", words(gone)),
        (false, false) => format!("{what}: {} → {}", words(gone), words(added)),
    }
}

fn topic(old: &Name, new: &Name) -> Option<(Content, String)> {
    (old != new).then(|| (Content::Sender, format!("is about `{new}`, before about `{old}`")))
}

/// What leads are asked when they agree to a topic: the text of it, in forms and in the mail that asks for a confirmation.
fn asked(both: &Both<'_>, topic: &Name) -> Vec<(Content, String)> {
    let (before, after) = (both.campaign(Side::Before), both.campaign(Side::After));
    let (Some(old), Some(new)) = (before.topics.get(topic), after.topics.get(topic)) else { return Vec::new() };
    let wording = |topic: &Topic| topic.wording.as_ref().map_or(String::new(), |wording| wording.text.clone());
    let mut found = Vec::new();
    let mut say = |place: &str, old: &str, new: &str| {
        let says = difference(old, new, COLUMNS);
        found.extend(says.map(|says| (Content::Sender, format!("what leads agree to{place}: {says}"))));
    };
    say("", &wording(old), &wording(new));
    for (name, form) in &after.forms {
        let text = |form: &crate::ir::Form| {
            form.consent.as_ref().filter(|asked| asked.topic == *topic).and_then(|asked| asked.text.clone())
        };
        if let (Some(old), Some(new)) = (before.forms.get(name).and_then(text), text(form)) {
            say(&format!(" in form `{name}`"), &old, &new);
        }
    }
    let (Some(was), Some(is)) = (&old.confirmation, &new.confirmation) else { return found };
    let old_names: Vec<&Name> = was.emails().map(|(name, _)| name).collect();
    let names: BTreeSet<&Name> = is.emails().map(|(name, _)| name).filter(|name| old_names.contains(name)).collect();
    for name in names {
        let all = differences(both, name).into_iter();
        found.extend(all.map(|(value, says)| (value, format!("`{name}`, which asks to confirm `{topic}`: {says}"))));
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
