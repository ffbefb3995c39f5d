//! What is measured, as the sums that figures are made of.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tabiji::backend::report;
use tabiji::backend::sim::{self, AcquisitionFigures, ArmFigures, CostFigures, Options, Pairs};
use tabiji::ir::Catalog;

use crate::judge::{Case, DAYS};
use crate::python::Python;

type Sums = BTreeMap<String, i128>;

/// The first lead about whose sums the engines disagree, with both sides. `theirs` are the sums of all leads.
pub fn difference(python: &mut Python, case: &Case, theirs: Sums) -> Option<(usize, String)> {
    let words = different(case, theirs)?;
    let mut alone = (0..case.leads.len()).map(|lead| (lead, case.only(lead)));
    let found = alone.find_map(|(lead, one)| {
        let theirs = python.run(&one).1;
        different(&one, theirs).map(|words| (lead, words))
    });
    Some(found.unwrap_or((0, words)))
}

fn different(case: &Case, mut theirs: Sums) -> Option<String> {
    theirs.retain(|_, sum| *sum != 0);
    if !case.plan.campaign.is_one_by_one() {
        drop_values(&mut theirs);
    }
    let ours = simulated(case);
    if ours.contains_key("stopped") { None } else { sides(&ours, &theirs) }
}

/// What differs about leads that share the senders' quotas.
pub fn difference_together(python: &mut Python, case: &Case) -> Option<String> {
    let mut theirs = python.together(case);
    theirs.retain(|_, sum| *sum != 0);
    let mut ours = Sums::new();
    add(&mut ours, case);
    ours.retain(|_, sum| *sum != 0);
    // How far a lead that is stopped came in its last second depends on what counts as a cascade where nothing notices it.
    if ours.contains_key("stopped") { None } else { sides(&ours, &theirs) }
}

/// The sums that differ.
fn sides(ours: &Sums, theirs: &Sums) -> Option<String> {
    let names = ours.keys().chain(theirs.keys());
    let of = |sums: &Sums, name: &String| sums.get(name).copied().unwrap_or_default();
    let differs = |name: &&String| of(ours, name) != of(theirs, name);
    let lines: Vec<String> = names
        .filter(differs)
        .map(|name| format!("simulator: {name} {}\npython:    {name} {}\n", of(ours, name), of(theirs, name)))
        .collect();
    (!lines.is_empty()).then(|| lines.concat())
}

/// The sums of the simulator that are not 0. Each lead has the senders' quotas to itself.
pub fn simulated(case: &Case) -> Sums {
    let mut out = Sums::new();
    if case.plan.campaign.is_one_by_one() {
        add(&mut out, case);
    } else {
        (0..case.leads.len()).for_each(|lead| add(&mut out, &case.only(lead)));
        drop_values(&mut out);
    }
    out.retain(|_, sum| *sum != 0);
    out
}

/// What is no sum over leads.
fn drop_values(sums: &mut Sums) {
    let is_cost = |name: &str| name.starts_with("source ") && name.ends_with(" cost");
    let is_of_all = |name: &str| name.starts_with("value ") || name.starts_with("learnt ") || is_cost(name);
    sums.retain(|name, _| !is_of_all(name));
}

fn add(out: &mut Sums, case: &Case) {
    let options = Options { days: Some(DAYS), ..Options::default() };
    let mut leads = case.leads.iter().cloned().map(Ok);
    let outcome = sim::run(&case.plan, &mut leads, &options, &|_| {}).unwrap();
    let told: Json = serde_json::from_str(&report::json(&outcome, &case.plan)).unwrap();
    let figures = outcome.figures;
    let mut count = |name: String, sum: i128| *out.entry(name).or_default() += sum;
    count("stopped".to_owned(), figures.leads.livelocked.into());
    for (name, kpi) in figures.kpis.iter() {
        pairs(&mut count, &format!("kpi {name} whole"), &kpi.whole);
        kpi.parts.iter().for_each(|(part, counted)| pairs(&mut count, &format!("kpi {name} {part}"), counted));
        count(format!("kpi {name} too recent"), kpi.too_recent.into());
    }
    for (name, kpi) in told["kpis"].as_object().into_iter().flatten() {
        value(&mut count, &format!("value {name} whole"), &kpi["value"]);
        let parts = kpi["parts"].as_object().into_iter().flatten();
        parts.for_each(|(part, told)| value(&mut count, &format!("value {name} {part}"), &told["value"]));
    }
    for (name, content) in figures.emails.iter().chain(figures.messages.iter()) {
        let counts = [
            ("sent", content.sent),
            ("delivered", content.delivered),
            ("bounced", content.soft_bounced + content.hard_bounced),
            ("retries", content.retries),
            ("opened", content.opened),
            ("clicked", content.clicked),
            ("unsubscribed", content.unsubscribed),
            ("complained", content.complained),
        ];
        counts.into_iter().for_each(|(what, sum)| count(format!("content {name} {what}"), sum.into()));
        let skipped = content.skipped.iter().map(|(why, sum)| (format!("content {name} skipped {}", why.word()), *sum));
        skipped.for_each(|(name, sum)| count(name, sum.into()));
    }
    for (name, items) in figures.catalogs.iter() {
        for (item, counted) in items {
            let label = format!("item {name} {}", case.plan.campaign.catalogs[name].key_of(*item));
            count(format!("{label} purchases"), counted.purchases.into());
            count(format!("{label} recommended"), counted.recommended.into());
            count(format!("{label} amount"), counted.amount.micros.into());
        }
    }
    for (name, catalog) in &case.plan.campaign.catalogs {
        learnt(&mut count, &format!("learnt {name}"), catalog);
    }
    sources(&mut count, &figures.acquisition);
    // What is told of visits is counted only.
    if case.leads.iter().all(|lead| lead.timeline.is_none()) {
        pages(&mut count, &figures.acquisition);
    }
    costs(&mut count, &figures.costs);
    for (name, sender) in figures.senders.iter() {
        for (number, day) in sender.days.iter().enumerate() {
            let date = first_day(case).saturating_add(jiff::Span::new().days(number as i64));
            let counts = [
                ("asked", day.asked),
                ("sent", day.sent),
                ("beyond", day.beyond),
                ("expired", day.expired),
                ("skipped", day.skipped),
                ("dropped", day.dropped),
            ];
            counts.into_iter().for_each(|(what, sum)| count(format!("quota {name} {date} {what}"), sum.into()));
        }
    }
    for (name, experiment) in figures.experiments.iter() {
        experiment.arms.iter().for_each(|(arm, counted)| draws(&mut count, &format!("arm {name} {arm}"), counted));
        count(format!("again {name}"), experiment.again.into());
    }
}

fn first_day(case: &Case) -> jiff::civil::Date {
    case.plan.campaign.settings.simulation.start.as_ref().unwrap().parse().unwrap()
}

fn pairs(count: &mut impl FnMut(String, i128), label: &str, of: &Pairs) {
    for (what, sum) in [("leads", of.leads.into()), ("with y", of.with_y.into()), ("x", of.x), ("y", of.y)] {
        count(format!("{label} {what}"), sum);
    }
}

/// In millionths, as it is reported.
fn value(count: &mut impl FnMut(String, i128), label: &str, told: &Json) {
    match told.as_f64() {
        Some(value) => count(label.to_owned(), (value * 1e6).round() as i128),
        None => count(format!("{label} none"), 1),
    }
}

fn draws(count: &mut impl FnMut(String, i128), label: &str, of: &ArmFigures) {
    let counts = [
        ("open", of.draws - of.successes),
        ("success", of.successes),
        ("unfinished", of.unfinished),
        ("left_out", of.left_out),
    ];
    counts.into_iter().for_each(|(what, sum)| count(format!("{label} {what}"), sum.into()));
}

fn learnt(count: &mut impl FnMut(String, i128), label: &str, catalog: &Catalog) {
    count(format!("{label} customers"), catalog.customers.into());
    for (one, others) in (0..).zip(&catalog.together) {
        let one = catalog.key_of(one);
        others
            .iter()
            .for_each(|other| count(format!("{label} {one} {}", catalog.key_of(other.item)), other.score.into()));
    }
    for (place, item) in (1..).zip(&catalog.bestsellers) {
        count(format!("{label} best {}", catalog.key_of(*item)), place);
    }
}

fn pages(count: &mut impl FnMut(String, i128), figures: &AcquisitionFigures) {
    for (name, variants) in figures.pages.iter() {
        for (variant, of) in variants.iter() {
            let counts = [("visits", of.visits), ("starts", of.starts), ("completions", of.completions)];
            counts.into_iter().for_each(|(what, sum)| count(format!("page {name} {variant} {what}"), sum.into()));
        }
    }
    for (name, of) in figures.forms.iter() {
        let (begun, sent) = ([("starts", of.starts), ("completions", of.completions)], ("submissions", of.submissions));
        let counts = begun.into_iter().chain([sent, ("agreed", of.agreed)]);
        counts.for_each(|(what, sum)| count(format!("form {name} {what}"), sum.into()));
    }
}

fn costs(count: &mut impl FnMut(String, i128), of: &CostFigures) {
    let channels = of.channels.iter().map(|(name, spent)| (format!("channels {name}"), spent.amount));
    let integrations = of.integrations.iter().map(|(name, spent)| (format!("integrations {name}"), spent.amount));
    let tasks = of.tasks.iter().map(|(name, spent)| (format!("tasks {name}"), spent.amount));
    // To ask for a confirmation is no journey of the campaign.
    let journeys = of.journeys.iter().filter(|(name, _)| !name.contains(':'));
    let journeys = journeys.map(|(name, amount)| (format!("of {name}"), *amount));
    let all = channels.chain(integrations).chain(tasks).chain(journeys);
    all.for_each(|(what, amount)| count(format!("cost {what}"), amount.micros.into()));
}

fn sources(count: &mut impl FnMut(String, i128), figures: &AcquisitionFigures) {
    for (name, source) in figures.sources.iter().chain([("no source", &figures.no_source)]) {
        count(format!("source {name} touches"), source.touches.into());
        count(format!("source {name} new leads"), source.new_leads.into());
        count(format!("source {name} cost"), source.cost.micros.into());
        for (by, credit) in [("first", &source.first), ("last", &source.last)] {
            let label = format!("source {name} {by}");
            credit.stages.iter().for_each(|(stage, sum)| count(format!("{label} stage {stage}"), (*sum).into()));
            credit.goals.iter().for_each(|(journey, sum)| count(format!("{label} goal {journey}"), (*sum).into()));
            for (event, amounts) in credit.amounts.iter() {
                count(format!("{label} amount {event} count"), amounts.count.into());
                count(format!("{label} amount {event} sum"), amounts.sum.micros.into());
            }
        }
    }
}
