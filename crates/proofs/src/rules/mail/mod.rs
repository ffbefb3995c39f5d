//! Opinions about single mails: what their texts look like, not how they are sent. Each rule sees one mail at a time, and
//! mails are looked at on all threads.

mod addresses;
mod attachments;
mod backgrounds;
mod charset;
mod clients;
mod contrast;
mod data;
mod direction;
mod fallback;
mod formats;
mod hygiene;
mod images;
mod language;
mod law;
mod legible;
mod links;
mod pixels;
mod placeholders;
mod preheader;
mod sender;
mod shared_sender;
mod size;
mod spam_phrases;
mod structure;
mod subject;
mod text_part;
mod tracking_parameters;
mod unsubscribe;
mod unused;
mod vague;

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::Context;
use crate::analysis::mail::MailFacts;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::mail::{BodyFormat, MailTexts, TextAt};
use crate::ir::{Email, Law, MailFiles, Name, Sender, Settings, Topic};
use crate::text::Span;

/// One mail, and everything that a rule may look at.
struct Mail<'a> {
    name: &'a Name,
    email: &'a Email,
    /// `None` if nothing of this name is defined.
    topic: Option<&'a Topic>,
    /// `None` if nothing of this name is defined.
    sender: Option<&'a Sender>,
    texts: &'a MailTexts,
    facts: &'a MailFacts,
    settings: &'a Settings,
    files: &'a MailFiles,
    /// By text, what of it a reader sees; every byte stays where it is.
    shown: Vec<String>,
}

type MailRule = fn(&Mail<'_>, &mut Sink);

/// The rules, in the order of their codes.
const RULES: &[MailRule] = &[
    data::check,
    placeholders::check,
    fallback::check,
    subject::check,
    preheader::check,
    structure::check,
    images::check,
    addresses::check,
    links::check,
    language::check,
    size::check,
    clients::check,
    contrast::check,
    unsubscribe::check,
    text_part::check,
    tracking_parameters::check,
    formats::check,
    attachments::check,
    direction::check,
    spam_phrases::check,
    legible::check,
    charset::check,
    law::check,
    pixels::check,
    vague::check,
    backgrounds::check,
];

/// Holds the rules against every mail, and those on senders and topics against those.
pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    let of_mail = |(name, texts)| {
        let email = campaign.emails.get(name)?;
        let (topic, sender) = (campaign.topics.get(&email.topic), campaign.senders.get(&email.sender));
        let facts = context.facts.mails.get(name)?;
        let (settings, files) = (&campaign.settings, &context.resolution.mail_files);
        let shown = each_text(texts).map(|text| placeholders::shown(texts, facts, text)).collect();
        let mail = Mail { name, email, topic, sender, texts, facts, settings, files, shown };
        Some(rules(&mail))
    };
    let found: Vec<Sink> = context.resolution.mails.par_iter().filter_map(of_mail).collect();
    sink.found.extend(found.into_iter().flat_map(|found| found.found));
    sender::check(context, sink);
    shared_sender::check(context, sink);
    hygiene::check(context, sink);
    unused::check(context, sink);
    law::check_campaign(context, sink);
}

/// The texts of a mail: subject, preheader, body, text part.
fn each_text(texts: &MailTexts) -> impl Iterator<Item = &TextAt> {
    let others = [texts.preheader.as_ref(), texts.body.as_ref(), texts.text.as_ref()];
    std::iter::once(&texts.subject).chain(others.into_iter().flatten())
}

/// Findings of one rule in one mail that are told.
const MOST: usize = 100;

fn rules(mail: &Mail<'_>) -> Sink {
    let mut sink = Sink::default();
    RULES.iter().for_each(|rule| rule(mail, &mut sink));
    told(sink)
}

/// The first findings of each rule; the last that is told says how many more there are.
fn told(sink: Sink) -> Sink {
    let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
    sink.found.iter().for_each(|one| *counts.entry(one.code).or_default() += 1);
    if counts.values().all(|count| *count <= MOST) {
        return sink;
    }
    let mut told: BTreeMap<Code, usize> = BTreeMap::new();
    let mut out = Sink::default();
    for mut one in sink.found {
        let at = told.entry(one.code).or_default();
        *at += 1;
        let rest = counts.get(&one.code).map_or(0, |count| count.saturating_sub(MOST));
        if *at == MOST && rest > 0 {
            one.message.push_str(&format!("; and {rest} more of these in this mail"));
        }
        if *at <= MOST {
            out.push(one);
        }
    }
    out
}

impl<'a> Mail<'a> {
    /// Whether it is marketing; not if its topic is not known.
    fn is_marketing(&self) -> bool {
        self.topic.is_some_and(Topic::is_marketing)
    }

    /// Whether the body is one line of Markdown in place: a note of what is to be written, of which nothing is said that it
    /// lacks.
    fn is_sketch(&self) -> bool {
        self.texts.format == BodyFormat::Markdown && !self.texts.is_file && !self.body().trim().contains('\n')
    }

    /// The body; empty if it could not be read.
    fn body(&self) -> &'a str {
        self.texts.body.as_ref().map_or("", |body| &body.text)
    }

    /// Whether a text is the body.
    fn is_body(&self, text: &TextAt) -> bool {
        self.texts.body.as_ref().is_some_and(|body| std::ptr::eq(body, text))
    }

    /// The texts of a mail: subject, preheader, body, text part.
    fn each_text(&self) -> impl Iterator<Item = &'a TextAt> {
        each_text(self.texts)
    }

    /// The same, each with what of it a reader sees.
    fn each_shown(&self) -> impl Iterator<Item = (&'a TextAt, &str)> {
        self.each_text().zip(self.shown.iter().map(String::as_str))
    }

    /// The place of some bytes of the body.
    fn at(&self, at: &Range<usize>) -> Span {
        self.texts.body.as_ref().map_or(self.email.origin.0, |body| body.place(at))
    }

    /// A finding at some bytes of the body.
    fn finding(&self, code: Code, at: &Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.at(at), message)
    }

    /// The last line of the body with something in it: where what is missing at the end would stand.
    fn last_line(&self) -> Range<usize> {
        let end = self.body().trim_end();
        end.rfind('\n').map_or(0, |line| line + 1)..end.len()
    }

    /// Whether the duties of a law are checked for.
    fn under(&self, law: Law) -> bool {
        self.settings.laws.contains(&law)
    }
}
