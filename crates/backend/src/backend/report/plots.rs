//! The drawings of a report, each as a file of its own.

use super::draw::charts::{Bar, Series, bars, calendar, columns, days, lines};
use super::draw::{file, journey::journey};
use super::flow::flows;
use super::html::mail_bins;
use super::markup::Element;
use super::series;
use crate::backend::sim::Outcome;
use crate::plan::Plan;

/// Names of files and what is in them: a graph for each journey, and the charts that there is something to draw for.
pub fn plots(outcome: &Outcome, plan: &Plan) -> Vec<(String, String)> {
    let (figures, campaign) = (&outcome.figures, &plan.campaign);
    let graphs = flows(figures, campaign).into_iter().filter_map(|flow| {
        let drawing = journey(&flow, "graph")?;
        Some((format!("journey-{}.svg", flow.name), file(drawing)))
    });
    let mut files: Vec<(String, String)> = graphs.collect();
    let mut add = |name: &str, drawing: Element| files.push((format!("{name}.svg"), file(drawing)));
    if !figures.stages.is_empty() {
        let funnel: Vec<Bar> =
            figures.stages.iter().map(|(stage, of)| Bar { name: stage.to_owned(), number: of.reached }).collect();
        let about = "Bars, one for each stage in order.";
        add("funnel", bars("funnel", "Leads that were ever in each stage", about, &funnel, figures.leads.simulated));
    }
    if !figures.emails.is_empty() {
        let all = &figures.mails;
        let unit = "share of leads in %";
        let chart = columns(
            "mails",
            "Mails per lead",
            "Columns of leads by mails.",
            &mail_bins(&all.leads_by_mails),
            &format!("mails in the whole run; {unit}"),
        );
        add("mails-per-lead", chart);
        let weeks = mail_bins(&all.busiest_week.leads_by_mails);
        let chart = columns(
            "week",
            "Busiest 7 days of each lead",
            "Columns of leads by mails.",
            &weeks,
            &format!("mails in any 7 days; {unit}"),
        );
        add("mails-per-week", chart);
    }
    let Ok(start) = outcome.run.start.parse::<jiff::civil::Date>() else { return files };
    if figures.sends_per_day.iter().any(|mails| *mails > 0) {
        let sent = &figures.sends_per_day;
        add("mails-per-day", days("day", "Mails sent each day", "A column for each day.", start, sent, 130.0));
        let about = "A square for each day, the darker the more mails.";
        add("calendar", calendar("calendar", "Calendar of mails", about, start, sent));
    }
    let mut area = |name: &str, title: &str, series: &[Series]| {
        if !series.is_empty() {
            let about = "Areas below each other, each on its own scale.";
            files.push((format!("{name}.svg"), file(lines(name, title, about, start, series))));
        }
    };
    area("stages", "Leads in each stage, day by day", &series::stages(figures));
    area("mails-by-journey", "Mails each day by journey", &series::journeys(figures, campaign));
    files
}
