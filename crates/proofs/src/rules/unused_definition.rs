//! `unused-definition`: defined, and asked for by nothing.

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::Action;
use crate::ir::{Channel, Journey};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (kind, name, span) in context.resolution.defined.iter() {
        let is_used = context.resolution.used.contains(kind, name);
        // What comes from outside may be there for a field alone.
        let sets_fields = kind == Kind::Event
            && context.resolution.campaign.events.get(name).is_some_and(|event| !event.sets.is_empty());
        if is_used
            || sets_fields
            || kind == Kind::Form && is_sent(context, name)
            || context.may_be_used(kind, name)
            || stands_for_itself(kind)
        {
            continue;
        }
        let message = format!("nothing uses the {} `{name}`", kind.noun());
        sink.push(Diagnostic::new(Code::UnusedDefinition, *span, message).help("use it, or remove it"));
    }
    unused_channels(context, sink);
}

/// Whether whatever happens to a form matters though nothing names it: its event is heard, or it subscribes leads.
fn is_sent(context: Context<'_>, name: &str) -> bool {
    let campaign = &context.resolution.campaign;
    let Some(form) = campaign.forms.get(name) else { return false };
    let waits =
        |action: &Action| matches!(action, Action::WaitFor { event: Some(event), .. } if *event == form.submits);
    let hears = |journey: &Journey| {
        journey.entry.by.event() == Some(&form.submits) || journey.steps.iter().any(|step| waits(&step.action))
    };
    form.consent.is_some() || campaign.journeys.values().any(hears)
}

/// Channels that have settings and no messages.
fn unused_channels(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    for (channel, settings) in &campaign.channels {
        let is_used = *channel == Channel::Email || campaign.messages.values().any(|each| each.channel == *channel);
        if is_used || context.resolution.unread_words.contains(channel.word()) {
            continue;
        }
        let message = format!("nothing goes by the channel `{}`", channel.word());
        let finding = Diagnostic::new(Code::UnusedDefinition, settings.origin.0, message);
        sink.push(finding.help("write a message for it, or remove its settings"));
    }
}

/// Kinds that do something without being named, or have a rule of their own.
fn stands_for_itself(kind: Kind) -> bool {
    match kind {
        // Leads files name sources, and links of web sites name pages.
        Kind::Persona | Kind::Journey | Kind::Email | Kind::Message | Kind::Source | Kind::Kpi | Kind::Test => true,
        Kind::Field
        | Kind::Event
        | Kind::Scoring
        | Kind::Grading
        | Kind::Segment
        | Kind::List
        | Kind::Topic
        | Kind::Sender
        | Kind::Integration
        | Kind::Calendar
        | Kind::Page
        | Kind::Form
        | Kind::Catalog => false,
    }
}
