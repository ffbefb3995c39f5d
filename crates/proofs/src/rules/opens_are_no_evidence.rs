//! `opens-are-no-evidence`: interest that is known by opened mails alone, in the sunset, in scores, and where journeys decide.
//! Mail programs load images before anybody reads, so that nobody ever seems to lose interest; others load none.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Campaign, Condition, Expr, Scoring};

/// The event of an opened mail.
const OPENED: &str = "email_opened";
const HELP: &str = "name what only people do as well, such as `email_clicked` or a visit";

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    sunset(campaign, sink);
    campaign.scoring.values().for_each(|model| score(model, sink));
    moves(campaign, sink);
    journeys(campaign, sink);
}

fn sunset(campaign: &Campaign, sink: &mut Sink) {
    let Some(sunset) = &campaign.policies.permission.sunset else { return };
    let opens = |event: &String| event.ends_with("_opened");
    if sunset.without.is_empty() || !sunset.without.iter().all(opens) {
        return;
    }
    let message = "the sunset takes opened mails alone for interest, and mail programs open mails by themselves";
    sink.push(Diagnostic::new(Code::OpensAreNoEvidence, sunset.origin.0, message).help(HELP));
}

/// A model in which nothing but opened mails gives points, or keeps them.
fn score(model: &Scoring, sink: &mut Sink) {
    let mut giving = model.rules.iter().filter(|rule| rule.points > 0).peekable();
    let is_given = giving.peek().is_some() && giving.all(|rule| rule.event == OPENED);
    let is_kept = model
        .decay
        .as_ref()
        .is_some_and(|decay| !decay.without.is_empty() && decay.without.iter().all(|event| event == OPENED));
    let message = match (is_given, is_kept) {
        (true, _) => "only opened mails give points in this model, and mail programs open mails by themselves",
        (false, true) => "only opened mails keep points from decaying, and mail programs open mails by themselves",
        (false, false) => return,
    };
    sink.push(Diagnostic::new(Code::OpensAreNoEvidence, model.origin.0, message).help(HELP));
}

fn moves(campaign: &Campaign, sink: &mut Sink) {
    for made in campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves) {
        match &made.when {
            Some(when) => condition(when, "this move", sink),
            None if made.event.as_deref() == Some(OPENED) => {
                let message = "an opened mail alone makes this move, and mail programs open mails by themselves";
                sink.push(Diagnostic::new(Code::OpensAreNoEvidence, made.origin.0, message).help(HELP));
            }
            None => {}
        }
    }
}

fn journeys(campaign: &Campaign, sink: &mut Sink) {
    for journey in campaign.journeys.values() {
        let segment = match &journey.entry.by {
            EntryBy::Segment { segment, .. } | EntryBy::Schedule { segment, .. } => campaign.segments.get(segment),
            EntryBy::Event { .. } | EntryBy::Called => None,
        };
        if let Some(segment) = segment {
            condition(&segment.when, "this segment, which lets leads into journeys,", sink);
        }
        journey.goal.iter().for_each(|goal| condition(&goal.when, "this goal", sink));
        for step in &journey.steps {
            match &step.action {
                Action::Branch { arms, .. } => {
                    arms.iter().for_each(|arm| condition(&arm.when, "this branch", sink));
                }
                Action::WaitFor { event: Some(event), .. } if event == OPENED => {
                    let message = "this waits for an opened mail, and mail programs open mails by themselves";
                    sink.push(Diagnostic::new(Code::OpensAreNoEvidence, step.origin.0, message).help(HELP));
                }
                Action::WaitFor { when: Some(when), event: None, .. } => condition(when, "this wait", sink),
                _ => {}
            }
        }
    }
}

/// A condition that asks for opened mails, and for nothing else that people do.
fn condition(when: &Condition, what: &str, sink: &mut Sink) {
    let (mut opens, mut others) = (false, false);
    when.expr.visit(&mut |part| match part {
        Expr::Count { of } | Expr::DaysSince { of } if of.event == OPENED => opens = true,
        Expr::Count { .. } | Expr::DaysSince { .. } | Expr::Score { .. } | Expr::Bought { .. } => others = true,
        _ => {}
    });
    if !opens || others {
        return;
    }
    let message = format!("{what} rests on opened mails alone, and mail programs open mails by themselves");
    sink.push(Diagnostic::new(Code::OpensAreNoEvidence, when.origin.0, message).help(HELP));
}
