//! Segments and lists.

use std::collections::BTreeMap;

use super::{Cond, Entry, Journey, Names};
use crate::ir::Campaign;

/// A dynamic group.
#[derive(Debug)]
pub struct Segment {
    /// Its name.
    pub name: String,
    /// Who belongs to it.
    pub when: Cond,
    /// Journeys that becoming a member lets leads into.
    pub entries: Vec<usize>,
}

/// A static group.
#[derive(Debug)]
pub struct List {
    /// Its name.
    pub name: String,
    ids: Vec<String>,
    emails: Vec<String>,
}

impl List {
    /// Whether a lead belongs to it at first.
    pub fn holds(&self, id: &str, email: Option<&str>) -> bool {
        let listed = |texts: &[String], text: &str| texts.binary_search_by(|each| each.as_str().cmp(text)).is_ok();
        listed(&self.ids, id)
            || email.is_some_and(|email| !self.emails.is_empty() && listed(&self.emails, &email.to_lowercase()))
    }
}

pub(super) fn segments(campaign: &Campaign, names: &mut Names<'_>, journeys: &[Journey]) -> Vec<Segment> {
    let mut entries: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, journey) in journeys.iter().enumerate() {
        if let Entry::Segment { segment, .. } = journey.entry {
            entries.entry(segment).or_default().push(at);
        }
    }
    let order = names.segments.clone();
    let compiled = order.into_iter().enumerate().filter_map(|(number, name)| {
        let when = names.condition(&campaign.segments.get(name)?.when, None);
        Some(Segment { name: name.to_owned(), when, entries: entries.remove(&number).unwrap_or_default() })
    });
    compiled.collect()
}

pub(super) fn lists(campaign: &Campaign) -> Vec<List> {
    let sorted = |texts: &[String]| {
        let mut texts = texts.to_vec();
        texts.sort_unstable();
        texts
    };
    let list = |(name, list): (&String, &crate::ir::List)| List {
        name: name.clone(),
        ids: sorted(&list.ids),
        emails: sorted(&list.emails),
    };
    campaign.lists.iter().map(list).collect()
}
