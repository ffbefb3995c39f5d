//! Bounds on mails for people and programs: what was proved, what was reached, and how it comes about.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use crate::analysis::flood::{Bound, Eased, Fate, Fix, Flood, Proof, Rule, Share, counts};
use crate::ir::journey::Action;
use crate::ir::print::{duration, fate as fate_words};
use crate::ir::{Campaign, Counted, Edit, Outside, Value};

/// The bounds as data.
pub fn json(flood: &Flood, campaign: &Campaign) -> Json {
    flood.bounds.iter().map(|bound| of_bound(bound, campaign)).collect()
}

fn of_bound(bound: &Bound, campaign: &Campaign) -> Json {
    let limit = &bound.limit;
    let counts = match &limit.counts {
        Counted::All => "all",
        Counted::Marketing => "marketing",
        Counted::Topic(topic) => topic.as_str(),
    };
    let has_rule = bound.rule != Rule::Usual;
    json!({
        "rule": rule_word(&bound.rule),
        "per": crate::ir::print::window(limit.per),
        "window_secs": crate::analysis::flood::window_secs(limit.per, 0),
        "counts": counts,
        "channels": limit.channels.iter().map(|channel| channel.word()).collect::<Vec<_>>(),
        "at_most": has_rule.then_some(limit.at_most),
        "proved": bound.proved,
        "unbounded": bound.proved.is_none(),
        "reached": bound.reached.as_ref().map_or(0, |reached| reached.mails.len()),
        "exact": bound.is_exact(),
        "proof": proof_word(bound.proof),
        "lead": bound.lead.iter().map(|(term, value)| (term.clone(), value_json(value.as_ref()))).collect::<Map<_, _>>(),
        "shares": bound.shares.iter().map(|share| share_json(share, campaign)).collect::<Vec<_>>(),
        "witness": witness_json(bound, campaign),
        "fixes": bound.fixes.iter().map(fix_json).collect::<Vec<_>>(),
        "enforced": fates_json(&bound.enforced),
        "max_hold_secs": longest_hold(bound, campaign),
        "eased": bound.eased.iter().map(eased_json).collect::<Vec<_>>(),
        "over": bound.over.iter().map(|over| json!({
            "journey": over.journey, "most": over.most, "fates": fates_json(&over.fates),
        })).collect::<Vec<_>>(),
    })
}

fn rule_word(rule: &Rule) -> &'static str {
    match rule {
        Rule::Limit => "limits",
        Rule::Frequency { .. } => "frequency",
        Rule::Usual => "usual",
    }
}

fn proof_word(proof: Proof) -> &'static str {
    match proof {
        Proof::Searched => "searched",
        Proof::Added => "added",
    }
}

fn share_json(share: &Share, campaign: &Campaign) -> Json {
    let [journey] = share.journeys.as_slice() else {
        return json!({"journeys": share.journeys, "most": share.most});
    };
    let steps = campaign.journeys.get(journey).map(|journey| &journey.steps);
    let mails =
        share.path.iter().filter_map(|(after, step)| Some(json!({"after_secs": after, "step": steps?.get(*step)?.id})));
    json!({"journeys": share.journeys, "most": share.most, "mails": mails.collect::<Vec<_>>()})
}

fn witness_json(bound: &Bound, campaign: &Campaign) -> Json {
    let Some(reached) = &bound.reached else { return Json::Null };
    let fields = campaign.fields.keys().zip(&reached.lead.values);
    let fields = fields.filter_map(|(name, value)| Some((name.clone(), value_json(Some(value.as_ref()?)))));
    let timeline = reached.lead.timeline.iter().flatten().map(|told| {
        let with: Map<_, _> = told.with.iter().map(|(name, value)| (name.clone(), value_json(Some(value)))).collect();
        json!({"at_secs": told.at_secs, "event": told.event, "with": with})
    });
    json!({
        "start_secs": reached.run.0,
        "days": reached.run.1,
        "lead": fields.collect::<Map<_, _>>(),
        "timeline": timeline.collect::<Vec<_>>(),
        "mails": reached.mails.iter().map(|mail| json!({
            "at_secs": mail.at_secs, "local": mail.local, "journey": mail.journey, "step": mail.step, "content": mail.content,
        })).collect::<Vec<_>>(),
    })
}

fn fix_json(fix: &Fix) -> Json {
    let mut json = edit_json(&fix.edit);
    json["proved"] = json!(fix.proved);
    json
}

fn eased_json(eased: &Eased) -> Json {
    let mut json = edit_json(&eased.edit);
    json["lost"] = json!(lost(&eased.fates));
    json
}

fn edit_json(edit: &Edit) -> Json {
    let mut json = match edit {
        Edit::Wait { journey, step, secs, before_secs } => json!({
            "edit": "wait", "journey": journey, "step": step, "secs": secs, "before_secs": before_secs,
        }),
        Edit::Pause { journey, step, secs } => json!({
            "edit": "wait_before", "journey": journey, "step": step, "secs": secs,
        }),
        Edit::Again { journey, secs, before_secs } => json!({
            "edit": "again", "journey": journey, "secs": secs, "before_secs": before_secs,
        }),
        Edit::Apart { journey, other } => json!({"edit": "exit_when", "journey": journey, "in_journey": other}),
        Edit::Outside { journey, other } => json!({"edit": "entry_when", "journey": journey, "not_in_journey": other}),
        Edit::Cap { rule, at_most } => json!({"edit": "at_most", "at_most": at_most, "before": rule.at_most}),
        Edit::Hold { secs, before_secs } => json!({"edit": "max_hold", "secs": secs, "before_secs": before_secs}),
        Edit::Priority { journey, priority, before } => json!({
            "edit": "priority", "journey": journey, "priority": priority, "before": before,
        }),
    };
    json["text"] = json!(edit.text());
    json
}

fn fates_json(fates: &[Fate]) -> Json {
    let of = |fate: &Fate| {
        json!({
            "asked_secs": fate.asked_secs,
            "journey": fate.journey,
            "step": fate.step,
            "content": fate.content,
            "sent_secs": fate.end.ok(),
            "reason": fate.end.err(),
        })
    };
    fates.iter().map(of).collect()
}

fn value_json(value: Option<&Value>) -> Json {
    match value {
        None => Json::Null,
        Some(Value::Bool(value)) => json!(value),
        Some(Value::Int(value)) => json!(value),
        Some(Value::Number(value)) => json!(value),
        Some(Value::Text(value)) => json!(value),
        Some(Value::Set(values)) => json!(values),
        Some(value @ (Value::Date(_) | Value::Datetime(_))) => json!(value.to_string().trim_matches('"')),
    }
}

/// One line for each bound.
pub fn lines(flood: &Flood) -> String {
    let mut out = String::new();
    for bound in flood.bounds.iter().filter(|bound| bound.rule != Rule::Usual) {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "mails: {}", line(bound));
    }
    out
}

fn line(bound: &Bound) -> String {
    let what = match bound.rule {
        Rule::Limit => format!("limit {}", bound.limit.whole_text()),
        Rule::Frequency { .. } => format!("rule {}, without it", bound.limit.whole_text()),
        Rule::Usual => {
            let per = crate::ir::print::window(bound.limit.per);
            format!("marketing per {per}")
        }
    };
    let reached = bound.reached.as_ref().map_or(0, |reached| reached.mails.len());
    match bound.proved {
        None => format!("{what}: no bound"),
        Some(proved) if bound.is_exact() => format!("{what}: proved at most {proved}, reached {reached}, so exact"),
        Some(proved) => format!("{what}: proved at most {proved}, reached {reached}"),
    }
}

/// How the bounds come about, for people; only of one journey if it is named.
pub fn explain(flood: &Flood, campaign: &Campaign, journey: Option<&str>) -> String {
    let mut out = String::new();
    for bound in &flood.bounds {
        let _ = writeln!(out, "{}", line(bound));
        let _ = writeln!(out, "  {}", proof_text(bound));
        if !bound.lead.is_empty() {
            let lead: Vec<String> = bound
                .lead
                .iter()
                .map(|(term, value)| match value {
                    Some(value) => format!("{term} = {value}"),
                    None => format!("no {term}"),
                })
                .collect();
            let _ = writeln!(out, "  for a lead with {}", lead.join(", "));
        }
        let shares = bound
            .shares
            .iter()
            .filter(|share| journey.is_none_or(|journey| share.journeys.iter().any(|name| name == journey)));
        shares.for_each(|share| share_text(&mut out, share, campaign));
        if let Some(reached) = &bound.reached {
            let _ = writeln!(out, "  reached by this timeline:");
            let mut events: Vec<(i64, String)> = reached
                .lead
                .timeline
                .iter()
                .flatten()
                .map(|told| (told.at_secs, format!("happens {}", happening(told))))
                .collect();
            let mails = reached.mails.iter();
            events.extend(
                mails.map(|mail| (mail.at_secs, format!("mail    {} ({}.{})", mail.content, mail.journey, mail.step))),
            );
            events.sort_by_key(|(at, _)| *at);
            for (at, text) in events {
                let since = at - reached.came_secs;
                let sign = if since < 0 { '-' } else { '+' };
                let _ = writeln!(out, "    {:>18} {text}", format!("{sign}{}", duration(since.abs())));
            }
        }
        fates_text(&mut out, bound, campaign);
        out.push('\n');
    }
    out
}

/// What the rule makes of the mails of that timeline.
fn fates_text(out: &mut String, bound: &Bound, campaign: &Campaign) {
    if bound.enforced.is_empty() {
        return;
    }
    let _ = writeln!(out, "  with all rules at work:");
    for fate in &bound.enforced {
        let end = fate_words(fate.asked_secs, fate.end);
        let _ = writeln!(out, "    {:<40} {end}", format!("{} ({}.{})", fate.content, fate.journey, fate.step));
    }
    let longest = bound.enforced.iter().filter_map(|fate| Some(fate.end.ok()? - fate.asked_secs)).max().unwrap_or(0);
    let asked = bound.enforced.len();
    let _ = write!(out, "    {} of {asked} lost, longest delay {}", lost(&bound.enforced), duration(longest));
    let _ = match longest_hold(bound, campaign) {
        Some(most) => writeln!(out, "; no mail is ever held for longer than {}", duration(most)),
        None => writeln!(out),
    };
    for eased in &bound.eased {
        let _ = writeln!(out, "    {} of {} lost if {}", lost(&eased.fates), eased.fates.len(), eased.edit.text());
    }
}

fn lost(fates: &[Fate]) -> usize {
    fates.iter().filter(|fate| fate.end.is_err()).count()
}

/// How long a mail that a frequency rule counts is held at most, in seconds: it is given up then.
fn longest_hold(bound: &Bound, campaign: &Campaign) -> Option<i64> {
    if !matches!(bound.rule, Rule::Frequency { .. }) {
        return None;
    }
    let steps = campaign.journeys.values().flat_map(|journey| &journey.steps);
    let holds = steps.filter_map(|step| match &step.action {
        Action::Send { content, max_hold_secs } if counts(campaign, content, &bound.limit) => {
            Some(max_hold_secs.unwrap_or(campaign.policies.max_hold_secs))
        }
        _ => None,
    });
    holds.max()
}

fn proof_text(bound: &Bound) -> &'static str {
    match bound.proof {
        Proof::Searched => "all states of the journeys were searched",
        Proof::Added => {
            "the most that each journey can send in such a window was added up over the journeys that one lead can be in"
        }
    }
}

/// An event with its properties, as timelines show it.
fn happening(told: &Outside) -> String {
    told.with.iter().fold(told.event.clone(), |text, (name, value)| format!("{text} {name}={value}"))
}

fn share_text(out: &mut String, share: &Share, campaign: &Campaign) {
    let names = share.journeys.join(", ");
    let most = share.most.map_or_else(|| "any number".to_owned(), |most| most.to_string());
    let _ = writeln!(out, "  {most:>4} by {names}");
    let [journey] = share.journeys.as_slice() else { return };
    let steps = campaign.journeys.get(journey).map(|journey| &journey.steps);
    for (after, step) in &share.path {
        if let Some(step) = steps.and_then(|steps| steps.get(*step)) {
            let _ = writeln!(out, "       {:>12} {}", format!("+{}", duration(*after)), step.id);
        }
    }
}
