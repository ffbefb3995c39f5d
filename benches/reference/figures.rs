//! The figures of a run of the reference campaign under the names of its specification.

use std::collections::BTreeMap;

use tabiji::backend::sim::{Figures, JourneyFigures};

/// What is expected for one lead.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// Mean.
    pub mean: f64,
    /// Standard deviation between leads.
    pub deviation: f64,
}

/// Runs of a lead that the expected means rest on.
pub const EXPECTED_RUNS: f64 = 200_000_000.0;

/// The mails in the order of their numbers, from 1.
const MAILS: [&str; 20] = [
    "welcome",
    "welcome-reminder",
    "tips-a",
    "tips-b",
    "case-regulated",
    "case-general",
    "trial-offer",
    "nurture-1",
    "nurture-2-a",
    "nurture-2-b",
    "nurture-long",
    "pricing-help",
    "pricing-discount",
    "demo-invite",
    "demo-reminder",
    "roi-calculator",
    "webinar-invite",
    "webinar-reminder",
    "webinar-recording",
    "sales-intro",
];

/// The journeys in the order of their numbers, and how many steps they have.
const JOURNEYS: [(&str, usize); 5] =
    [("onboarding", 14), ("nurture", 13), ("pricing", 10), ("sales", 12), ("webinar", 12)];

/// The figures that are expected, by name.
pub fn expected() -> BTreeMap<String, Expected> {
    let lines = include_str!("expected.txt").lines().filter(|line| !line.starts_with('#'));
    let figure = |line: &str| {
        let mut words = line.split(' ');
        let name = words.next()?.to_owned();
        let mut number = || words.next()?.parse().ok();
        Some((name, Expected { mean: number()?, deviation: number()? }))
    };
    lines.filter_map(figure).collect()
}

/// Totals over all leads, by name.
pub fn totals(figures: &Figures) -> BTreeMap<String, u64> {
    let mut totals = BTreeMap::new();
    let mut put = |name: String, total: u64| totals.insert(name, total);
    for (number, name) in (1..).zip(MAILS) {
        let Some(mail) = figures.emails.get(name) else { continue };
        put(format!("m{number}.sent"), mail.sent);
        put(format!("m{number}.capped"), mail.requested - mail.sent);
        put(format!("m{number}.open"), mail.opened);
        put(format!("m{number}.click"), mail.clicked);
    }
    for (number, (name, steps)) in (1..).zip(JOURNEYS) {
        let Some(journey) = figures.journeys.get(name) else { continue };
        for step in 1..=steps {
            put(format!("j{number}.s{step}"), reached(journey, &format!("s{step}")));
        }
        let ends = Ends::of(journey);
        put(format!("j{number}.entered"), journey.entered);
        put(format!("j{number}.end"), ends.end);
        put(format!("j{number}.goal"), ends.goal);
        put(format!("j{number}.cut_short"), ends.cut_short);
        put(format!("j{number}.active"), journey.running);
    }
    for (day, sent) in figures.sends_per_day.iter().enumerate() {
        put(format!("day{day}.sent"), *sent);
    }
    for (mails, leads) in &figures.mails.leads_by_mails {
        put(format!("hist{mails}"), *leads);
    }
    let all =
        |of: fn(&tabiji::backend::sim::EmailFigures) -> u64| figures.emails.iter().map(|(_, mail)| of(mail)).sum();
    let event = |name| figures.events.get(name).copied().unwrap_or(0);
    let caps: Vec<u64> = figures.capped.iter().map(|(_, mails)| *mails).collect();
    let left =
        figures.consent.as_ref().and_then(|consent| consent.topics.get("campaign")).map_or(0, |topic| topic.left);
    let own = [
        ("signup", event("lead_created")),
        ("visits", event("pricing_visit")),
        ("opens", event("email_opened")),
        ("clicks", event("email_clicked")),
        ("optouts", left),
        ("conv_click", event("bought_after_click")),
        ("conv_visit", event("bought_after_visit")),
        ("timers", timers(figures)),
        ("sent", all(|mail| mail.sent)),
        ("soft", all(|mail| mail.soft_bounced)),
        ("hard", all(|mail| mail.hard_bounced)),
        ("capped_day", caps.first().copied().unwrap_or(0)),
        ("capped_week", caps.get(1).copied().unwrap_or(0)),
        ("score_sum", figures.scores.get("interest").map_or(0, |score| u64::try_from(score.sum).unwrap_or(0))),
        ("hot", figures.segments.get("hot").map_or(0, |segment| segment.end)),
    ];
    totals.extend(own.map(|(name, total)| (name.to_owned(), total)));
    let sum = |names: &[&str]| names.iter().map(|name| totals[*name]).sum::<u64>();
    let events = sum(&["signup", "visits", "opens", "clicks", "optouts", "conv_click", "conv_visit", "timers"]);
    let is_step = |name: &str| name.starts_with('j') && name.contains(".s");
    let steps = totals.iter().filter(|(name, _)| is_step(name)).map(|(_, total)| total).sum();
    totals.insert("events".to_owned(), events);
    totals.insert("steps".to_owned(), steps);
    totals
}

/// How the instances of a journey ended. One that is taken out leaves because of an opt-out, a conversion or a bounce,
/// which the figures of a journey do not tell apart.
struct Ends {
    end: u64,
    goal: u64,
    cut_short: u64,
}

impl Ends {
    fn of(journey: &JourneyFigures) -> Ends {
        let mut ends = Ends { end: journey.completed, goal: journey.goal, cut_short: journey.exit_when };
        for (reason, count) in &journey.exits {
            match reason.as_str() {
                "bounce" => ends.cut_short += count,
                "goal-by-points" => ends.goal += count,
                _ => ends.end += count,
            }
        }
        ends
    }
}

fn reached(journey: &JourneyFigures, step: &str) -> u64 {
    journey.steps.get(step).map_or(0, |step| step.reached)
}

/// Waits that ran out, by the steps behind them, and the date of the webinar, once for each lead that it looked at.
fn timers(figures: &Figures) -> u64 {
    let behind: [&[&str]; 5] = [
        &["s3", "s5", "t8", "s14"],
        &["s2", "s5", "s11"],
        &["s2", "s5", "s7", "t9"],
        &["s6", "g7", "t11"],
        &["s4", "t3", "s8", "t9"],
    ];
    let ran_out = JOURNEYS.iter().zip(behind).filter_map(|((name, _), steps)| {
        let journey = figures.journeys.get(name)?;
        Some(steps.iter().map(|step| reached(journey, step)).sum::<u64>())
    });
    let looked_at =
        figures.journeys.get("webinar").map_or(0, |webinar| webinar.entered + webinar.refused.values().sum::<u64>());
    ran_out.sum::<u64>() + looked_at
}
