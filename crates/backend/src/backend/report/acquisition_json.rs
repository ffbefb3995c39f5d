//! Sources, pages and forms, for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::acquisition::{per_new_lead, shorter, together};
use super::figure::rate;
use super::rates::{Ends, simple};
use crate::backend::sim::{AcquisitionFigures, Credit, FormFigures, Named, SourceFigures, VariantFigures};
use crate::ir::{Campaign, Money};

/// All of them; what the campaign does not have is left out.
#[derive(Serialize)]
pub(super) struct Acquisition<'a> {
    #[serde(skip_serializing_if = "is_empty")]
    sources: Named<Source<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_source: Option<Source<'a>>,
    #[serde(skip_serializing_if = "is_empty")]
    pages: Named<Page<'a>>,
    #[serde(skip_serializing_if = "is_empty")]
    forms: Named<Form<'a>>,
}

#[derive(Serialize)]
struct Source<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    touches: u64,
    new_leads: u64,
    cost: Money,
    cost_per_new_lead: Option<Money>,
    first_touch: Credited<'a>,
    last_touch: Credited<'a>,
}

#[derive(Serialize)]
struct Credited<'a> {
    #[serde(flatten)]
    credit: &'a Credit,
    revenue: Money,
}

#[derive(Serialize)]
struct Page<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(flatten)]
    all: Walked,
    /// The variants; none if the page has only one.
    #[serde(skip_serializing_if = "is_empty")]
    variants: Named<Walked>,
}

#[derive(Serialize)]
struct Walked {
    #[serde(flatten)]
    figures: VariantFigures,
    rates: BTreeMap<&'static str, Option<f64>>,
    intervals: BTreeMap<&'static str, Ends>,
}

#[derive(Serialize)]
struct Form<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(flatten)]
    figures: FormFigures,
    rates: BTreeMap<&'static str, Option<f64>>,
    intervals: BTreeMap<&'static str, Ends>,
    /// Part of those who begin that is expected to complete it.
    expected_completion: Option<f64>,
    without: Vec<Without>,
}

#[derive(Serialize)]
struct Without {
    field: String,
    completion: f64,
    more_completions: i64,
}

/// Whether there is nothing by any name.
pub(super) fn is_empty<T>(named: &Named<T>) -> bool {
    named.0.is_empty()
}

/// What a run's figures say of them.
pub(super) fn acquisition<'a>(figures: &'a AcquisitionFigures, campaign: &'a Campaign) -> Acquisition<'a> {
    let sources = figures.sources.iter().map(|(name, figures)| {
        let label = campaign.sources.get(name).and_then(|source| source.label.as_deref());
        (name.to_owned(), source(figures, label))
    });
    let pages = figures.pages.iter().map(|(name, variants)| {
        let label = campaign.pages.get(name).and_then(|page| page.label.as_deref());
        let named = variants.iter().filter(|(variant, _)| !variant.is_empty());
        let all = walked(together(variants.iter().map(|(_, variant)| variant)));
        let variants = Named(named.map(|(name, variant)| (name.to_owned(), walked(*variant))).collect());
        (name.to_owned(), Page { label, all, variants })
    });
    let forms = figures.forms.iter().map(|(name, figures)| {
        let definition = campaign.forms.get(name);
        let without = definition.map(|form| shorter(form, figures)).unwrap_or_default().into_iter();
        let without = without.map(|shorter| Without {
            field: shorter.field,
            completion: shorter.completion,
            more_completions: shorter.more,
        });
        let parts =
            [("completed", figures.completions, figures.starts), ("agreed", figures.agreed, figures.submissions)];
        let rates = parts.map(|(name, part, whole)| (name, rate(part, whole)));
        let intervals = intervals(parts);
        let label = definition.and_then(|form| form.label.as_deref());
        let rates = rates.into();
        let expected_completion = definition.map(crate::ir::Form::completes);
        let without = without.collect();
        (name.to_owned(), Form { label, figures: *figures, rates, intervals, expected_completion, without })
    });
    Acquisition {
        no_source: (!figures.sources.0.is_empty()).then(|| source(&figures.no_source, None)),
        sources: Named(sources.collect()),
        pages: Named(pages.collect()),
        forms: Named(forms.collect()),
    }
}

fn source<'a>(figures: &'a SourceFigures, label: Option<&'a str>) -> Source<'a> {
    let credited = |credit: &'a Credit| Credited { credit, revenue: credit.revenue() };
    Source {
        label,
        touches: figures.touches,
        new_leads: figures.new_leads,
        cost: figures.cost,
        cost_per_new_lead: per_new_lead(figures),
        first_touch: credited(&figures.first),
        last_touch: credited(&figures.last),
    }
}

fn walked(figures: VariantFigures) -> Walked {
    let parts = [
        ("starts", figures.starts, figures.visits),
        ("completed", figures.completions, figures.starts),
        ("conversion", figures.completions, figures.visits),
    ];
    let rates = parts.map(|(name, part, whole)| (name, rate(part, whole)));
    Walked { figures, rates: rates.into(), intervals: intervals(parts) }
}

/// Visits are taken as independent of each other.
fn intervals<const N: usize>(parts: [(&'static str, u64, u64); N]) -> BTreeMap<&'static str, Ends> {
    parts.into_iter().filter_map(|(name, part, whole)| Some((name, simple(part, whole)?))).collect()
}
