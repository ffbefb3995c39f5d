//! `render --set NAME=VALUE`: what a lead is taken to be.

use jiff::tz::TimeZone;

use super::Failure;
use super::args::MailArgs;
use crate::ir::{self, Campaign, Lead, Value};
use crate::leads::{OnFields, value_of};
use crate::mail::About;
use crate::text::nearest;

/// `--set`, taken apart.
pub(super) fn settings(args: &MailArgs) -> Result<Vec<(&str, &str)>, Failure> {
    let split = |text: &'_ String| -> Result<(), Failure> {
        let message = || Failure::usage(format!("`--set {text}`: write NAME=VALUE"));
        text.split_once('=').map(drop).ok_or_else(message)
    };
    args.set.iter().try_for_each(split)?;
    Ok(args.set.iter().filter_map(|text| text.split_once('=')).map(|(name, value)| (name.trim(), value)).collect())
}

/// What is known of a lead, and what `--set` says.
pub(super) fn about(
    lead: &Lead,
    settings: &[(&str, &str)],
    campaign: &Campaign,
    now_secs: i64,
) -> Result<About, Failure> {
    let fields = OnFields::new(campaign);
    let persona = fields.persona(lead).and_then(|at| campaign.personas.get(at));
    let segments = campaign.segments.iter().filter(|(_, segment)| fields.holds(&segment.when.expr, lead, None));
    let mut about = About {
        now_secs,
        persona: persona.map(|persona| persona.name.clone()),
        segments: segments.map(|(name, _)| name.clone()).collect(),
        ..About::default()
    };
    for (name, value) in settings {
        if let Some(property) = name.strip_prefix("event.") {
            about.event.insert(property.to_owned(), property_of(name, property, value, campaign)?);
        } else if let Some(model) = name.strip_prefix("grade.") {
            let grading = campaign.grading.get(model);
            let grading = grading.ok_or_else(|| unknown(name, "grading model", model, campaign.grading.keys()))?;
            let bands = grading.bands.iter().map(|band| &band.name);
            about.grades.insert(model.to_owned(), among(name, "grade", value, bands)?);
        } else if *name == "stage" {
            let stages = campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.stages);
            about.stage = Some(among(name, "stage", value, stages)?);
        }
    }
    Ok(about)
}

/// The lead with the fields and scores that `--set` names.
pub(super) fn with_values(lead: &Lead, settings: &[(&str, &str)], campaign: &Campaign) -> Result<Lead, Failure> {
    let mut lead = lead.clone();
    for (name, text) in settings {
        if *name == "stage" || name.starts_with("event.") || name.starts_with("grade.") {
            continue;
        }
        if let Some(model) = name.strip_prefix("score.") {
            let scoring = campaign.scoring.get(model);
            let scoring = scoring.ok_or_else(|| unknown(name, "scoring model", model, campaign.scoring.keys()))?;
            let (min, max) = (scoring.min, scoring.max);
            let score = text.trim().parse().ok().filter(|score| (min..=max).contains(score));
            let score = score.ok_or_else(|| wrong(name, text, &format!("a whole number from {min} to {max}")))?;
            campaign.give_score(&mut lead, model, score);
            continue;
        }
        let field = campaign.fields.iter().enumerate().find(|(_, (known, _))| known == name);
        let Some((at, (_, field))) = field else {
            return Err(unknown(name, "field", name, campaign.fields.keys()));
        };
        let value = typed(name, text, field, campaign)?;
        if let Some(slot) = lead.values.get_mut(at) {
            *slot = value;
        }
    }
    Ok(lead)
}

/// A lead as a variant of a mail takes it to be. What cannot be so is passed over: the variant shows what holds anyway.
pub(super) fn as_fixed(lead: &Lead, known: &About, fixed: &[(String, String)], campaign: &Campaign) -> (Lead, About) {
    let (mut lead, mut known) = (lead.clone(), known.clone());
    for (name, value) in fixed {
        let settings = [(name.as_str(), value.as_str())];
        let (Ok(with), Ok(said)) =
            (with_values(&lead, &settings, campaign), about(&lead, &settings, campaign, known.now_secs))
        else {
            continue;
        };
        lead = with;
        known.stage = said.stage.or(known.stage);
        known.event.extend(said.event);
    }
    (lead, known)
}

/// The value of a field, as a cell of a leads file would have it; an empty one is absent.
fn typed(name: &str, text: &str, field: &ir::Field, campaign: &Campaign) -> Result<Option<Value>, Failure> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let zone = TimeZone::get(&campaign.settings.timezone).unwrap_or(TimeZone::UTC);
    value_of(field, text.trim(), &zone).map(Some).map_err(|what| wrong(name, text, &what))
}

/// The value of a property, by the first event that has it and can hold it.
fn property_of(name: &str, property: &str, text: &str, campaign: &Campaign) -> Result<Value, Failure> {
    let fields = campaign.events.values().filter_map(|event| event.properties.get(property));
    let mut failure = None;
    for field in fields {
        match typed(name, text, field, campaign) {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => failure = failure.or_else(|| Some(wrong(name, text, "a value"))),
            Err(why) => failure = failure.or(Some(why)),
        }
    }
    let names = campaign.events.values().flat_map(|event| event.properties.keys());
    Err(failure.unwrap_or_else(|| unknown(name, "event with a property", property, names)))
}

/// One of some names.
fn among<'a>(name: &str, what: &str, text: &str, all: impl Iterator<Item = &'a String>) -> Result<String, Failure> {
    let all: Vec<&String> = all.collect();
    match all.iter().find(|one| one.as_str() == text) {
        Some(one) => Ok((*one).clone()),
        None => Err(unknown(name, what, text, all.into_iter())),
    }
}

fn unknown<'a>(name: &str, what: &str, wanted: &str, all: impl Iterator<Item = &'a String>) -> Failure {
    let near = nearest(wanted, all.map(String::as_str));
    let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    Failure::usage(format!("`--set {name}=…`: there is no {what} `{wanted}`{near}"))
}

fn wrong(name: &str, text: &str, what: &str) -> Failure {
    Failure::usage(format!("`--set {name}={text}` is not {what}"))
}
