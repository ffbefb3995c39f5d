//! The sender of a mail, and what the law asks of it: links to leave, the postal address, the topic, what leads agree to.

use std::collections::BTreeSet;

use super::{COLUMNS, differences};
use crate::diff::both::Both;
use crate::diff::model::Content;
use crate::diff::rendered::Shown;
use crate::diff::words::difference;
use crate::diff::worlds::Side;
use crate::ir::{Name, Sender, Topic};

/// Links to leave, and the address of the sender, that are gone or new.
pub(super) fn legal(old: &[Shown], new: &[Shown], address: Option<&str>) -> Vec<(Content, String)> {
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

pub(super) fn topic(old: &Name, new: &Name) -> Option<(Content, String)> {
    (old != new).then(|| (Content::Sender, format!("is about `{new}`, before about `{old}`")))
}

/// What leads are asked when they agree to a topic: the text of it, in forms and in the mail that asks for a confirmation.
pub(super) fn asked(both: &Both<'_>, topic: &Name) -> Vec<(Content, String)> {
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

pub(super) fn sender(old: &Sender, new: &Sender) -> Vec<(Content, String)> {
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
