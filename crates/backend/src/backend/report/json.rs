//! The figures of a run as JSON: all that the summary has, and what it was worked out from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::acquisition_json::{Acquisition, acquisition, is_empty};
use super::experiments::{ExperimentReport, experiment_reports};
use super::figure::{Spread, rate};
use super::json_channels::{Outside, outside};
use super::kpis::{KpiReport, kpi_reports};
use super::metrics::{Metrics, metrics};
use super::permission::{self, Consent};
use super::products::{Products, products_json};
use super::quota::SenderReport;
use super::rates::{About, Ends, Intervals, about, simple};
use super::reach::pairs;
use super::sums::{all_emails, busiest_day, exited, joined_later, last_day, skipped};
use crate::backend::sim::{
    Busiest, EmailFigures, Figures, JourneyFigures, LeadFigures, MailFigures, Named, Outcome, Parameters,
    PersonaFigures, ReplayFigures, ScoreFigures, Section, SegmentFigures, Skip, StageFigures, ToldFigures, TraceLine,
    nothing_told,
};
use crate::ir::{LogSummary, RefusedRow};
use crate::plan::Plan;

/// Version of the format.
const FORMAT_VERSION: u32 = 1;

/// The figures, indented, with a line end at the end. Rates are parts of 1 with six digits; `null` where there is
/// nothing to divide by.
pub fn json(outcome: &Outcome, plan: &Plan) -> String {
    written(&report(outcome, plan))
}

/// A report as JSON, indented, with a line end at the end.
pub(super) fn written(report: &impl Serialize) -> String {
    match serde_json::to_string_pretty(report) {
        Ok(text) => text + "\n",
        // Counts, finite numbers and texts under names: this is not reached.
        Err(error) => {
            serde_json::json!({"format_version": FORMAT_VERSION, "status": "error", "message": error.to_string()})
                .to_string()
                + "\n"
        }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    format_version: u32,
    status: &'static str,
    project: &'a str,
    timezone: &'a str,
    run: Run<'a>,
    intervals: About,
    leads: Leads<'a>,
    #[serde(skip_serializing_if = "ReplayFigures::is_unused")]
    timelines: ReplayFigures,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    experiments: BTreeMap<&'a str, ExperimentReport<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    kpis: BTreeMap<&'a str, KpiReport<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<&'a LogSummary>,
    #[serde(skip_serializing_if = "nothing_told_of")]
    told: &'a Named<ToldFigures>,
    #[serde(skip_serializing_if = "no_names")]
    untracked: &'a Named<u64>,
    journeys: Named<Rated<'a, JourneyFigures>>,
    emails: Named<Rated<'a, EmailFigures>>,
    all_emails: Rated<'a, EmailFigures>,
    mails: Mails<'a>,
    #[serde(flatten)]
    outside: Outside<'a>,
    personas: Named<Rated<'a, PersonaFigures>>,
    no_persona: Rated<'a, PersonaFigures>,
    stages: Named<Rated<'a, StageFigures>>,
    moves: &'a Named<Named<u64>>,
    segments: Named<Rated<'a, SegmentFigures>>,
    scores: Named<Rated<'a, ScoreFigures>>,
    grades: &'a Named<Named<u64>>,
    #[serde(flatten)]
    acquisition: Acquisition<'a>,
    #[serde(skip_serializing_if = "is_empty")]
    catalogs: Named<Products>,
    tasks: &'a BTreeMap<String, u64>,
    events: &'a Named<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<Consent<'a>>,
    sends_per_day: &'a [u64],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    senders: BTreeMap<String, SenderReport>,
    sends_per_day_by_journey: &'a Named<Vec<u64>>,
    reach: Reach<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<&'a [TraceLine]>,
}

fn nothing_told_of(told: &&Named<ToldFigures>) -> bool {
    nothing_told(told)
}

fn no_names(named: &&Named<u64>) -> bool {
    named.is_empty()
}

#[derive(Serialize)]
struct Run<'a> {
    #[serde(flatten)]
    parameters: &'a Parameters,
    last_day: String,
}

#[derive(Serialize)]
struct Leads<'a> {
    #[serde(flatten)]
    figures: &'a LeadFigures,
    refused_total: u64,
    refused_rows: &'a [RefusedRow],
}

/// Figures with their label, sums and rates.
#[derive(Serialize)]
struct Rated<'a, F: Clone> {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(flatten)]
    figures: Cow<'a, F>,
    #[serde(flatten)]
    sums: BTreeMap<&'static str, u64>,
    rates: BTreeMap<&'static str, Option<f64>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    intervals: BTreeMap<&'static str, Ends>,
}

#[derive(Serialize)]
struct Mails<'a> {
    not_sent: &'a BTreeMap<Skip, u64>,
    not_sent_total: u64,
    not_sent_rate: Option<f64>,
    not_sent_interval: Option<Ends>,
    not_sent_rates: BTreeMap<Skip, Option<f64>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    capped_by_rule: Vec<Capped<'a>>,
    bounced: u64,
    waiting: u64,
    per_lead: Distribution<'a>,
    per_lead_interval: Option<Ends>,
    busiest_week: Week<'a>,
    busiest_week_marketing: Week<'a>,
    per_day: PerDay,
    #[serde(flatten)]
    metrics: Metrics,
}

/// Mails that a frequency rule left out.
#[derive(Serialize)]
struct Capped<'a> {
    rule: &'a str,
    mails: u64,
}

#[derive(Serialize)]
struct Distribution<'a> {
    leads_by_mails: &'a BTreeMap<u64, u64>,
    mean: Option<f64>,
    median: Option<u64>,
    p95: Option<u64>,
    max: Option<u64>,
}

#[derive(Serialize)]
struct Week<'a> {
    #[serde(flatten)]
    distribution: Distribution<'a>,
    lead: Option<&'a str>,
}

/// Whom journeys reach.
#[derive(Serialize)]
struct Reach<'a> {
    leads_by_journeys: &'a BTreeMap<u64, u64>,
    leads_by_most_at_once: &'a BTreeMap<u64, u64>,
    in_none: u64,
    in_none_by_persona: &'a Named<u64>,
    in_none_without_persona: u64,
    overlaps: Vec<Overlap<'a>>,
}

/// Two journeys that leads were in at once.
#[derive(Serialize)]
struct Overlap<'a> {
    journeys: [&'a str; 2],
    leads: u64,
}

#[derive(Serialize)]
struct PerDay {
    mean: Option<f64>,
    max: u64,
    busiest_day: Option<String>,
}

fn reach(figures: &Figures) -> Reach<'_> {
    let reach = &figures.reach;
    Reach {
        leads_by_journeys: &reach.leads_by_journeys,
        leads_by_most_at_once: &reach.leads_by_most_at_once,
        in_none: reach.leads_by_journeys.get(&0).copied().unwrap_or(0),
        in_none_by_persona: &reach.in_none,
        in_none_without_persona: reach.in_none_without_persona,
        overlaps: pairs(figures).into_iter().map(|(journeys, leads)| Overlap { journeys, leads }).collect(),
    }
}

fn report<'a>(outcome: &'a Outcome, plan: &'a Plan) -> Report<'a> {
    let (figures, campaign) = (&outcome.figures, &plan.campaign);
    let leads = figures.leads.simulated;
    let intervals = &Intervals::of(figures);
    Report {
        format_version: FORMAT_VERSION,
        status: "ok",
        project: &campaign.settings.project,
        timezone: &campaign.settings.timezone,
        run: Run { parameters: &outcome.run, last_day: last_day(&outcome.run.start, outcome.run.days) },
        intervals: about(figures),
        leads: Leads {
            figures: &figures.leads,
            refused_total: figures.leads.refused.values().sum(),
            refused_rows: &outcome.refused_rows,
        },
        timelines: figures.replay,
        experiments: experiment_reports(outcome, campaign),
        kpis: kpi_reports(figures, campaign),
        log: outcome.log.as_ref(),
        told: &figures.told,
        untracked: &figures.untracked,
        journeys: named(&figures.journeys, |name, journey| {
            let label = campaign.journeys.get(name).and_then(|definition| definition.label.as_deref());
            let rates = [("goal", journey.goal), ("completed", journey.completed), ("exited", exited(journey))];
            let rates = rates.map(|(name, part)| (name, rate(part, journey.entered)));
            let ends = intervals.all(Section::Journeys, name);
            Rated { intervals: ends, ..Rated::new(label, journey, [("exited", exited(journey))], rates) }
        }),
        emails: named(&figures.emails, |name, email| {
            email_rates(
                campaign.emails.get(name).and_then(|definition| definition.label.as_deref()),
                Cow::Borrowed(email),
                intervals.all(Section::Emails, name),
            )
        }),
        all_emails: email_rates(None, Cow::Owned(all_emails(figures)), intervals.all(Section::AllEmails, "all")),
        mails: mails(figures, outcome, intervals),
        outside: outside(figures, campaign, intervals),
        personas: named(&figures.personas, |name, persona| {
            let definition = campaign.personas.iter().find(|definition| definition.name == name);
            let ends = intervals.all(Section::Personas, name);
            persona_rates(definition.and_then(|definition| definition.label.as_deref()), persona, leads, ends)
        }),
        no_persona: persona_rates(None, &figures.no_persona, leads, intervals.all(Section::NoPersona, "no persona")),
        stages: named(&figures.stages, |_, stage| {
            let ends = shares([("reached", stage.reached)], leads);
            Rated { intervals: ends, ..Rated::new(None, stage, [], [("reached", rate(stage.reached, leads))]) }
        }),
        moves: &figures.moves,
        segments: named(&figures.segments, |name, segment| {
            let label = campaign.segments.get(name).and_then(|definition| definition.label.as_deref());
            let rates = [("start", rate(segment.start, leads)), ("end", rate(segment.end, leads))];
            let ends = shares([("start", segment.start), ("end", segment.end)], leads);
            let later = [("joined_later", joined_later(segment))];
            Rated { intervals: ends, ..Rated::new(label, segment, later, rates) }
        }),
        scores: named(&figures.scores, |name, score| {
            let label = campaign.scoring.get(name).and_then(|definition| definition.label.as_deref());
            let ends = intervals.all(Section::Scores, name);
            Rated { intervals: ends, ..Rated::new(label, score, [], [("mean", mean(score))]) }
        }),
        grades: &figures.grades,
        acquisition: acquisition(&figures.acquisition, campaign),
        catalogs: products_json(outcome, campaign),
        tasks: &figures.tasks,
        events: &figures.events,
        consent: permission::json(figures.consent.as_ref(), campaign),
        sends_per_day: &figures.sends_per_day,
        senders: super::quota::senders(outcome, plan).into_iter().collect(),
        sends_per_day_by_journey: &figures.reach.sends_per_day,
        reach: reach(figures),
        trace: outcome.trace.as_deref(),
    }
}

impl<'a, F: Clone> Rated<'a, F> {
    fn new<const S: usize, const R: usize>(
        label: Option<&'a str>,
        figures: &'a F,
        sums: [(&'static str, u64); S],
        rates: [(&'static str, Option<f64>); R],
    ) -> Self {
        Rated {
            label,
            figures: Cow::Borrowed(figures),
            sums: sums.into(),
            rates: rates.into(),
            intervals: BTreeMap::new(),
        }
    }
}

/// Intervals of shares of all leads.
fn shares<const N: usize>(parts: [(&'static str, u64); N], leads: u64) -> BTreeMap<&'static str, Ends> {
    parts.into_iter().filter_map(|(name, part)| Some((name, simple(part, leads)?))).collect()
}

fn named<'a, F, T>(figures: &'a Named<F>, rated: impl Fn(&'a str, &'a F) -> T) -> Named<T> {
    Named(figures.iter().map(|(name, figures)| (name.to_owned(), rated(name, figures))).collect())
}

fn email_rates<'a>(
    label: Option<&'a str>,
    email: Cow<'a, EmailFigures>,
    intervals: BTreeMap<&'static str, Ends>,
) -> Rated<'a, EmailFigures> {
    let (sums, rates) = {
        let email = email.as_ref();
        let bounced = email.soft_bounced + email.hard_bounced;
        let rates = [
            ("sent", rate(email.sent, email.requested)),
            ("skipped", rate(skipped(email), email.requested)),
            ("delivered", rate(email.delivered, email.sent)),
            ("bounced", rate(bounced, email.sent)),
            ("opened", rate(email.opened, email.delivered)),
            ("clicked", rate(email.clicked, email.delivered)),
            ("clicked_of_opened", rate(email.clicked, email.opened)),
            ("unsubscribed", rate(email.unsubscribed, email.delivered)),
            ("complained", rate(email.complained, email.delivered)),
        ];
        ([("bounced", bounced), ("skipped_total", skipped(email))], rates)
    };
    let mut sums: BTreeMap<&'static str, u64> = sums.into();
    if let Some(mean) = email.held_secs.checked_div(email.held) {
        sums.insert("held_secs_mean", mean);
    }
    Rated { label, figures: email, sums, rates: rates.into(), intervals }
}

fn persona_rates<'a>(
    label: Option<&'a str>,
    persona: &'a PersonaFigures,
    leads: u64,
    mut intervals: BTreeMap<&'static str, Ends>,
) -> Rated<'a, PersonaFigures> {
    intervals.extend(shares([("share", persona.leads)], leads));
    let rates = [
        ("share", rate(persona.leads, leads)),
        ("sent_per_lead", rate(persona.sent, persona.leads)),
        ("opened", rate(persona.opened, persona.sent)),
        ("clicked", rate(persona.clicked, persona.sent)),
    ];
    Rated { intervals, ..Rated::new(label, persona, [], rates) }
}

fn mails<'a>(figures: &'a Figures, outcome: &Outcome, intervals: &Intervals<'_>) -> Mails<'a> {
    let all = all_emails(figures);
    let not_sent_total = figures.mails.not_sent.values().sum();
    let MailFigures { not_sent, bounced, leads_by_mails, busiest_week, busiest_week_marketing } = &figures.mails;
    Mails {
        not_sent,
        not_sent_total,
        not_sent_rate: rate(not_sent_total, all.requested),
        not_sent_interval: intervals.get(Section::AllEmails, "all", "skipped"),
        not_sent_rates: not_sent.iter().map(|(skip, mails)| (*skip, rate(*mails, all.requested))).collect(),
        capped_by_rule: figures.capped.iter().map(|(rule, mails)| Capped { rule, mails: *mails }).collect(),
        bounced: *bounced,
        waiting: all.waiting,
        per_lead: distribution(leads_by_mails),
        per_lead_interval: intervals.get(Section::Leads, "all", "mails_per_lead"),
        busiest_week: week(busiest_week),
        busiest_week_marketing: week(busiest_week_marketing),
        per_day: per_day(outcome),
        metrics: metrics(outcome, intervals),
    }
}

fn distribution(leads_by_mails: &BTreeMap<u64, u64>) -> Distribution<'_> {
    let Spread { leads, sum, median, p95, max } = Spread::of(leads_by_mails);
    Distribution { leads_by_mails, mean: rate(sum, leads), median, p95, max }
}

fn week(busiest: &Busiest) -> Week<'_> {
    Week { distribution: distribution(&busiest.leads_by_mails), lead: busiest.lead.as_deref() }
}

fn per_day(outcome: &Outcome) -> PerDay {
    let days = &outcome.figures.sends_per_day;
    let busiest = busiest_day(days);
    let date = |at: usize| last_day(&outcome.run.start, u32::try_from(at + 1).unwrap_or(u32::MAX));
    PerDay {
        mean: rate(days.iter().sum(), days.len() as u64),
        max: busiest.map_or(0, |(_, mails)| mails),
        busiest_day: busiest.map(|(at, _)| date(at)),
    }
}

/// The mean score, which may be below zero.
fn mean(score: &ScoreFigures) -> Option<f64> {
    let mean = rate(score.sum.unsigned_abs(), score.count)?;
    Some(if score.sum < 0 { -mean } else { mean })
}
