//! `no-unsubscribe-link`, `hidden-unsubscribe`: the way out of every marketing mail, which Gmail and Yahoo require since 2024.

use std::ops::Range;

use super::Mail;
use super::contrast::ratio;
use crate::analysis::mail::{Link, Piece, Tag, Words};
use crate::diag::{Code, Sink};

/// Variables that lead out.
const WAYS_OUT: [&str; 2] = ["unsubscribe_url", "preferences_url"];
/// Below which size a link is made to be overlooked, in hundredths of a pixel.
const LEAST_SIZE: u32 = 900;
/// The ratio of luminances below which words are as good as not there, in hundredths.
const PALE: u32 = 150;

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    if mail.texts.body.is_none() || !mail.is_marketing() {
        return;
    }
    match way_out(mail.body(), &mail.facts.pieces) {
        WayOut::Always => hidden(mail, sink),
        WayOut::In(branch) => {
            let message = "only some leads get a link to unsubscribe: it stands in this branch";
            let finding = mail.finding(Code::NoUnsubscribeLink, &branch, message);
            sink.push(finding.help("put it behind the branch, where every lead gets it"));
        }
        WayOut::Missing if mail.is_sketch() && mail.settings.laws.is_empty() => {}
        WayOut::Missing => {
            let message = format!("`{}` is marketing, and its body has no link to unsubscribe", mail.name);
            let finding = mail.finding(Code::NoUnsubscribeLink, &mail.last_line(), message).here("the body ends here");
            let finding = finding.also(mail.email.origin.0, format!("`{}` is defined here", mail.name));
            sink.push(finding.help("link to `{{ unsubscribe_url }}` at its end"));
        }
    }
}

/// Who gets a way out.
enum WayOut {
    /// Every lead.
    Always,
    /// Those for whom this branch is taken.
    In(Range<usize>),
    /// Nobody.
    Missing,
}

/// A branch that is open.
struct Arms {
    /// Where it begins.
    at: Range<usize>,
    /// Whether all of its arms so far lead out.
    all: bool,
    /// Whether one of them is taken in any case.
    is_whole: bool,
    /// Whether the way out was there before it.
    before: bool,
}

/// Comments and style sheets lead nowhere; a condition that asks for the address itself holds for everybody.
fn way_out(body: &str, pieces: &[Piece]) -> WayOut {
    let leads_out =
        |at: &Range<usize>| body.get(at.clone()).is_some_and(|text| WAYS_OUT.iter().any(|way| text.contains(way)));
    let (mut open, mut here): (Vec<Arms>, bool) = (Vec::new(), false);
    let mut only_in: Option<Range<usize>> = None;
    for piece in pieces {
        match piece {
            Piece::Branch(word, at) => match word.as_str() {
                "if" | "for" | "macro" | "block" => {
                    let is_whole = !matches!(word.as_str(), "if" | "for") || leads_out(at);
                    open.push(Arms { at: at.clone(), all: true, is_whole, before: std::mem::take(&mut here) });
                }
                "elif" | "else" => {
                    if let Some(arms) = open.last_mut() {
                        arms.all &= std::mem::take(&mut here);
                        arms.is_whole |= word == "else";
                    }
                }
                _ => {
                    let Some(arms) = open.pop() else { continue };
                    here = arms.before || (arms.all && here && arms.is_whole);
                }
            },
            Piece::Text(at) | Piece::Open(Tag { at, .. }) if leads_out(at) => {
                here = true;
                if let Some(arms) = open.last() {
                    only_in.get_or_insert_with(|| arms.at.clone());
                }
            }
            Piece::Text(_) | Piece::Open(_) | Piece::Close { .. } | Piece::Raw(..) | Piece::Comment(_) => {}
        }
    }
    // A branch that never ends has a finding of its own.
    match (here || open.iter().any(|arms| arms.before), only_in) {
        (true, _) => WayOut::Always,
        (false, Some(branch)) => WayOut::In(branch),
        (false, None) => WayOut::Missing,
    }
}

/// Links that are made to be overlooked. Of two, one may be for other screens.
fn hidden(mail: &Mail<'_>, sink: &mut Sink) {
    let leads_out =
        |tag: &Tag| tag.attribute("href").is_some_and(|href| WAYS_OUT.iter().any(|way| href.value.contains(way)));
    let links: Vec<(&Link, &Tag)> = mail.facts.linked().filter(|(_, tag)| leads_out(tag)).collect();
    let faults: Vec<(Range<usize>, &str, bool)> =
        links.iter().filter_map(|(link, tag)| fault(mail, link, tag)).collect();
    let is_seen = faults.len() < links.len();
    for (at, message, may_be_for_others) in faults {
        if is_seen && may_be_for_others {
            continue;
        }
        let finding = mail.finding(Code::HiddenUnsubscribe, &at, message);
        sink.push(finding.help("show it like the words around it: who cannot leave complains instead"));
    }
}

/// What makes a link hard to see, and whether another link may stand in for it.
fn fault(mail: &Mail<'_>, link: &Link, tag: &Tag) -> Option<(Range<usize>, &'static str, bool)> {
    const HARD: &str = "this link to unsubscribe is hard to see";
    if tag.name == "a" && link.shown.trim().is_empty() && !link.has_image {
        return Some((tag.at.clone(), "this link to unsubscribe shows nothing", false));
    }
    let is_within = |words: &&Words| tag.at.start <= words.at.start && words.at.end <= link.shown_at.end;
    let looks = &mail.facts.words.iter().find(is_within)?.looks;
    if let Some(hidden) = &looks.hidden {
        return Some((hidden.clone(), HARD, true));
    }
    if let Some(size) = looks.size.as_ref().filter(|size| size.value < LEAST_SIZE) {
        return Some((size.at.clone(), HARD, false));
    }
    let front = looks.front.as_ref()?;
    let is_pale = match &looks.back {
        Some(back) => ratio(front.value, back.value) < PALE,
        // Most mail programs have a white page, and nothing of this mail stands before it.
        None => {
            front.value == [255; 3]
                && !mail
                    .body()
                    .get(..tag.at.start)
                    .is_some_and(|before| before.contains("background") || before.contains("bgcolor"))
        }
    };
    is_pale.then(|| (front.at.clone(), HARD, false))
}
