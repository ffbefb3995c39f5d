//! Sources, pages and forms, for people.

use super::figure::{NONE, count, money, percent};
use super::table::{Block, Line, Table};
use crate::backend::sim::{AcquisitionFigures, Credit, FormFigures, SourceFigures, VariantFigures};
use crate::ir::{Campaign, Form, Money};

/// What came of each source, and what it cost.
pub(super) fn sources(figures: &AcquisitionFigures, campaign: &Campaign) -> Vec<Block> {
    if figures.sources.0.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new("Sources", &["touches", "new leads", "of touches", "cost", "per new lead"]);
    let amount = |amount: Money| money(amount, campaign.settings.currency.as_deref());
    for (name, source) in figures.sources.iter() {
        let numbers = vec![
            count(source.touches),
            count(source.new_leads),
            percent(source.new_leads, source.touches),
            amount(source.cost),
            per_new_lead(source).map_or(NONE.to_owned(), amount),
        ];
        table.push(Line::new(label_of(campaign, name), name, numbers));
    }
    if figures.no_source.new_leads > 0 {
        let none = || NONE.to_owned();
        let numbers = vec![none(), count(figures.no_source.new_leads), none(), none(), none()];
        table.push(Line::new(None, "no source", numbers));
    }
    let notes = campaign.settings.currency.iter().map(|currency| format!("amounts in {currency}")).collect();
    let first = credits(("By first touch", "first"), figures, campaign, |source| &source.first);
    let last = credits(("By last touch", "last"), figures, campaign, |source| &source.last);
    [Some(Block { table, notes }), first, last].into_iter().flatten().collect()
}

/// What a new lead of the source cost.
pub(super) fn per_new_lead(source: &SourceFigures) -> Option<Money> {
    source.cost.per(source.new_leads)
}

/// What sources are credited with; `None` if nothing came about.
fn credits(
    (title, which): (&str, &str),
    figures: &AcquisitionFigures,
    campaign: &Campaign,
    of: impl Fn(&SourceFigures) -> &Credit,
) -> Option<Block> {
    let all = || figures.sources.iter().map(|(name, source)| (name, of(source)));
    let none = of(&figures.no_source);
    let any = |some: &dyn Fn(&Credit) -> bool| all().any(|(_, credit)| some(credit)) || some(none);
    let stages: Vec<&str> = none.stages.iter().map(|(stage, _)| stage).collect();
    let stages: Vec<&str> = stages
        .into_iter()
        .filter(|stage| any(&|credit: &Credit| credit.stages.get(stage).is_some_and(|leads| *leads > 0)))
        .collect();
    let goals = any(&|credit| goals(credit) > 0);
    let revenue = any(&|credit| credit.revenue() != Money::ZERO);
    let mut heads = stages.clone();
    heads.extend(goals.then_some("goals"));
    heads.extend(revenue.then_some("revenue"));
    if heads.is_empty() {
        return None;
    }
    let mut table = Table { names: stages.len(), ..Table::new(title, &heads) };
    let numbers = |credit: &Credit| {
        let stage = |stage: &&str| count(credit.stages.get(stage).copied().unwrap_or(0));
        let mut numbers: Vec<String> = stages.iter().map(stage).collect();
        numbers.extend(goals.then(|| count(self::goals(credit))));
        numbers.extend(revenue.then(|| money(credit.revenue(), campaign.settings.currency.as_deref())));
        numbers
    };
    for (name, credit) in all() {
        table.push(Line::new(label_of(campaign, name), name, numbers(credit)));
    }
    if any_of(none) {
        table.push(Line::new(None, "no source", numbers(none)));
    }
    let note = format!("what came about in the run, under the source of the lead's {which} touch before it");
    let stages = (!stages.is_empty()).then(|| "stages: leads that reached them".to_owned());
    Some(Block { table, notes: std::iter::once(note).chain(stages).collect() })
}

fn goals(credit: &Credit) -> u64 {
    credit.goals.iter().map(|(_, goals)| goals).sum()
}

fn any_of(credit: &Credit) -> bool {
    credit.stages.iter().any(|(_, leads)| *leads > 0) || goals(credit) > 0 || credit.revenue() != Money::ZERO
}

fn label_of<'a>(campaign: &'a Campaign, source: &str) -> Option<&'a str> {
    campaign.sources.get(source).and_then(|source| source.label.as_deref())
}

/// What visitors of each page did, variant by variant.
pub(super) fn pages(figures: &AcquisitionFigures, campaign: &Campaign) -> Block {
    let mut table = Table::new("Pages", &["visits", "form begun", "completed", "conversion"]);
    let numbers = |variant: &VariantFigures| {
        vec![
            count(variant.visits),
            format!("{} {:>6}", count(variant.starts), percent(variant.starts, variant.visits)),
            format!("{} {:>6}", count(variant.completions), percent(variant.completions, variant.starts)),
            percent(variant.completions, variant.visits),
        ]
    };
    for (name, variants) in figures.pages.iter() {
        let label = campaign.pages.get(name).and_then(|page| page.label.as_deref());
        table.push(Line::new(label, name, numbers(&together(variants.iter().map(|(_, variant)| variant)))));
        for (variant, figures) in variants.iter().filter(|(variant, _)| !variant.is_empty()) {
            table.push(Line::new(None, &format!("- {variant}"), numbers(figures)));
        }
    }
    let note = "form begun: of the visits; completed: of the begun; conversion: completed of the visits";
    Block { table, notes: vec![note.to_owned()] }
}

/// All variants of a page.
pub(super) fn together<'a>(variants: impl Iterator<Item = &'a VariantFigures>) -> VariantFigures {
    variants.fold(VariantFigures::default(), |sum, variant| VariantFigures {
        visits: sum.visits + variant.visits,
        starts: sum.starts + variant.starts,
        completions: sum.completions + variant.completions,
    })
}

/// What became of each form, and what it would be without one of its fields.
pub(super) fn forms(figures: &AcquisitionFigures, campaign: &Campaign) -> Block {
    let mut explained = false;
    let mut table = Table::new("Forms", &["fields", "begun", "completed", "sent", "agreed"]);
    for (name, form) in figures.forms.iter() {
        let definition = campaign.forms.get(name);
        let agrees = definition.is_some_and(|definition| definition.consent.is_some());
        let agreed = format!("{} {:>6}", count(form.agreed), percent(form.agreed, form.submissions));
        let numbers = vec![
            definition.map_or(NONE.to_owned(), |definition| count(definition.fields.len() as u64)),
            count(form.starts),
            format!("{} {:>6}", count(form.completions), percent(form.completions, form.starts)),
            count(form.submissions),
            if agrees { agreed } else { NONE.to_owned() },
        ];
        let label = definition.and_then(|definition| definition.label.as_deref());
        let mut line = Line::new(label, name, numbers);
        let shorter = definition.map(|definition| shorter(definition, form)).unwrap_or_default();
        if !shorter.is_empty() {
            let item = |shorter: &Shorter| {
                let tenths = tenths(shorter.completion);
                format!("{} {}.{}% ({:+})", shorter.field, tenths / 10, tenths % 10, shorter.more)
            };
            explained = true;
            let now = definition.map_or(0, |definition| tenths(definition.completes()));
            let word = format!("expected {}.{}%; without:", now / 10, now % 10);
            line.notes.push((word, shorter.iter().map(item).collect()));
        }
        table.push(line);
    }
    let note = "expected: completion by its fields; without: if it did not ask for one, and how many more that makes";
    Block { table, notes: explained.then(|| note.to_owned()).into_iter().collect() }
}

/// A form without one of its fields.
pub(super) struct Shorter {
    /// The field.
    pub(super) field: String,
    /// Part of those who begin that would complete it.
    pub(super) completion: f64,
    /// How many more that makes of those who began, on average.
    pub(super) more: i64,
}

/// What leaving out each field of a form would give. Nothing if its completion does not depend on them.
pub(super) fn shorter(form: &Form, figures: &FormFigures) -> Vec<Shorter> {
    let now = form.completes();
    let without = form.fields.iter().enumerate().map(|(number, asked)| {
        let completion = form.completes_without(number);
        let more = ((completion - now) * figures.starts as f64).round() as i64;
        Shorter { field: asked.field.clone(), completion, more }
    });
    without.filter(|shorter| shorter.completion != now).collect()
}

/// A part of 1 in tenths of a percent.
fn tenths(part: f64) -> u64 {
    (part * 1_000.0).round() as u64
}
