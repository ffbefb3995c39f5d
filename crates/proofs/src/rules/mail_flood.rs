//! `mail-flood`: one lead can get more mails in a window than the limit allows.

use super::Context;
use crate::analysis::flood::{Bound, Reached, Rule, Sent, Share};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::print::duration;
use crate::text::Span;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for bound in &context.facts.flood.bounds {
        if bound.rule == Rule::Limit && bound.exceeds() {
            sink.push(finding(context, bound));
        }
    }
}

fn finding(context: Context<'_>, bound: &Bound) -> Diagnostic {
    let finding = Diagnostic::new(Code::MailFlood, bound.limit.origin.0, message(bound));
    let finding = finding.here(format!("allows {}", bound.limit.whole_text()));
    // A timeline that keeps the limit shows nothing of the fault.
    match bound.reached.as_ref().filter(|reached| reached.mails.len() > bound.limit.at_most as usize) {
        Some(reached) => of_timeline(context, finding, reached),
        None => bound.shares.iter().fold(finding, |finding, share| of_share(context, finding, share)),
    }
    .help(help(context, bound))
}

fn message(bound: &Bound) -> String {
    let class = bound.limit.counts.text();
    let per = crate::ir::print::window(bound.limit.per);
    let reached = bound.reached.as_ref().map_or(0, |reached| reached.mails.len());
    match bound.proved {
        None if reached <= bound.limit.at_most as usize => {
            let most = if reached > 0 { format!("; the most in a timeline was {reached}") } else { String::new() };
            format!("no bound was found for the{class} mails of one lead per {per}{most}")
        }
        None => format!("one lead can get any number of{class} mails per {per}"),
        Some(proved) if bound.is_exact() => {
            format!("one lead can get {proved}{class} mails per {per}; no lead can get more")
        }
        Some(proved) if reached <= bound.limit.at_most as usize => {
            let at_most = bound.limit.at_most;
            let most = if reached > 0 { format!(", and the most in a timeline was {reached}") } else { String::new() };
            format!(
                "it is not proved that one lead gets at most {at_most}{class} mails per {per}: the bound is {proved}{most}"
            )
        }
        Some(proved) => {
            format!(
                "one lead may get {proved}{class} mails per {per}; a timeline with {reached} was found, and none has more than {proved}"
            )
        }
    }
}

/// The mails of a timeline, at the steps that send them.
fn of_timeline(context: Context<'_>, finding: Diagnostic, reached: &Reached) -> Diagnostic {
    let mut by_step: Vec<(&Sent, Vec<String>)> = Vec::new();
    for (number, mail) in reached.mails.iter().enumerate() {
        let text = format!("{}. {}", number + 1, mail.local);
        match by_step.iter_mut().find(|(other, _)| (&other.journey, &other.step) == (&mail.journey, &mail.step)) {
            Some((_, texts)) => texts.push(text),
            None => by_step.push((mail, vec![text])),
        }
    }
    by_step.into_iter().fold(finding, |finding, (mail, texts)| {
        finding.also(step_span(context, &mail.journey, &mail.step), shortened(&texts))
    })
}

/// At most four times; of more, how many they are.
fn shortened(texts: &[String]) -> String {
    match texts {
        [] | [_] | [_, _] | [_, _, _] | [_, _, _, _] => texts.join(", "),
        [first, second, third, rest @ ..] => format!("{first}, {second}, {third} and {} more", rest.len()),
    }
}

/// What a journey has, where no timeline shows it.
fn of_share(context: Context<'_>, finding: Diagnostic, share: &Share) -> Diagnostic {
    let ([journey], false) = (share.journeys.as_slice(), share.path.is_empty()) else {
        let most = share.most.map_or("any number".to_owned(), |most| format!("up to {most}"));
        let journeys = &context.resolution.campaign.journeys;
        let entries = share.journeys.iter().filter_map(|name| Some((name, journeys.get(name)?.entry.origin.0)));
        return entries.fold(finding, |finding, (name, at)| {
            let whose = if share.journeys.len() == 1 { "" } else { " with the others" };
            finding.also(at, format!("`{name}` has {most} of them{whose}"))
        });
    };
    share.path.iter().fold(finding, |finding, (after, step)| {
        let step = context.resolution.campaign.journeys.get(journey).and_then(|found| found.steps.get(*step));
        match step {
            Some(step) => finding.also(step.origin.0, format!("{} after the first", duration(*after))),
            None => finding,
        }
    })
}

fn step_span(context: Context<'_>, journey: &str, step: &str) -> Span {
    let journey = context.resolution.campaign.journeys.get(journey);
    journey.and_then(|journey| journey.step(step)).map_or_else(Span::default, |step| step.origin.0)
}

fn help(context: Context<'_>, bound: &Bound) -> String {
    let is_keyed = |name: &String| {
        let journey = context.resolution.campaign.journeys.get(name);
        journey.is_some_and(|journey| journey.entry.key.is_some())
    };
    let fixes: Vec<String> = bound.fixes.iter().map(|fix| fix.edit.text()).collect();
    match (fixes.as_slice(), bound.shares.iter().find(|share| share.most.is_none())) {
        ([], Some(share)) if share.journeys.iter().any(is_keyed) => format!(
            "a new value of its `key` lets a lead into `{}` at any time, whatever `again` says: leave the key out, or keep \
             leads out who had such a mail of late, with `when: not received(\"…\", within=\"7 days\")`",
            share.journeys.iter().filter(|name| is_keyed(name)).cloned().collect::<Vec<_>>().join("`, `")
        ),
        ([], Some(share)) => format!(
            "give `{}` an `again: after …`, or a wait on its way round: nothing sets its mails apart in time",
            share.journeys.join("`, `")
        ),
        ([], None) => {
            "let waits be longer, keep leads out of one journey while they are in another, or raise the limit"
                .to_owned()
        }
        ([one], _) => format!("the limit holds if {one}"),
        (several, _) => format!("the limit holds by any one of these: {}", several.join("; ")),
    }
}
