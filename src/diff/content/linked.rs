//! Links and merge fields that are new or gone.

use std::collections::BTreeSet;

use crate::diff::links::{domain, fields};
use crate::diff::model::Content;
use crate::diff::rendered::Shown;

pub(super) fn all_links(all: &[Shown]) -> BTreeSet<String> {
    let own = |link: &&String| !link.contains('{');
    all.iter().flat_map(|one| one.links.iter().filter(own)).cloned().collect()
}

/// Links that are new or gone.
pub(super) fn linked(was: &BTreeSet<String>, is: &BTreeSet<String>) -> Vec<(Content, String)> {
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
pub(super) fn put_in(old: &str, new: &str) -> Vec<(Content, String)> {
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
