//! Sources, pages, forms and catalogs as people read them in a plan.

use std::fmt::Write as _;

use super::Plan;
use super::text::{hash, titled};
use crate::ir::print::{goes_with, sells_best};
use crate::ir::{Arrivals, Catalog, Form, Money, Page, Source};

/// Writes all of them.
pub(super) fn write_acquisition(plan: &Plan, out: &mut String) {
    for (name, source) in &plan.campaign.sources {
        let _ = writeln!(out, "\nsource {}{}", titled(name, source.label.as_deref()), hash(plan, "sources", name));
        write_source(source, out);
    }
    for (name, page) in &plan.campaign.pages {
        let _ = writeln!(out, "\npage {}{}", titled(name, page.label.as_deref()), hash(plan, "pages", name));
        write_page(page, out);
    }
    for (name, form) in &plan.campaign.forms {
        let _ = writeln!(out, "\nform {}{}", titled(name, form.label.as_deref()), hash(plan, "forms", name));
        write_form(form, out);
    }
    for (name, catalog) in &plan.campaign.catalogs {
        let _ = writeln!(out, "\ncatalog {}{}", titled(name, catalog.label.as_deref()), hash(plan, "catalogs", name));
        write_catalog(catalog, out);
    }
}

fn write_catalog(catalog: &Catalog, out: &mut String) {
    line(out, "items", &format!("{}, by {}", catalog.items.len(), catalog.key));
    if let Some(purchases) = &catalog.purchases {
        let fills = purchases.fills.iter().map(|(property, field)| format!(", {property} from {field}"));
        line(out, "bought", &format!("{} with {}{}", purchases.event, purchases.item, fills.collect::<String>()));
    }
    if !catalog.orders.is_empty() {
        let (customers, pairs) = (catalog.orders.len(), catalog.pairs());
        let by = catalog.recommend.by.word();
        line(out, "orders", &format!("of {customers} customers; {pairs} pairs go together, by {by}"));
    }
    if catalog.recommend.from_events {
        line(out, "learns", "from purchases before a run, in the logs that it replays");
    }
    for item in (0..).take(catalog.items.len()) {
        let others = goes_with(catalog, item);
        if !others.is_empty() {
            line(out, "with", &format!("{} → {}", catalog.key_of(item), others.join(", ")));
        }
    }
    if !catalog.bestsellers.is_empty() {
        line(out, "else", &sells_best(catalog));
    }
}

/// Writing to a string cannot fail, here and below.
fn line(out: &mut String, key: &str, value: &str) {
    let _ = writeln!(out, "  {key:9} {value}");
}

fn write_source(source: &Source, out: &mut String) {
    line(out, "medium", source.medium.word());
    if !source.utm.is_empty() {
        let utm: Vec<String> = source.utm.iter().map(|(key, value)| format!("utm_{key}={value}")).collect();
        line(out, "utm", &utm.join("&"));
    }
    let cost = &source.cost;
    let parts = [(cost.per_click, " per click"), (cost.per_lead, " per lead"), (cost.fixed, " fixed")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(amount, _)| *amount != Money::ZERO)
        .map(|(amount, of)| format!("{amount}{of}"))
        .collect();
    if !parts.is_empty() {
        line(out, "cost", &parts.join(", "));
    }
    if let Some(touched) = &source.touched_by {
        let filter = touched.filter.as_ref().map_or(String::new(), |filter| format!(" where {}", filter.text));
        line(out, "touch", &format!("{}{filter}", touched.event));
    }
    if let Some(arrivals) = &source.arrivals {
        line(out, "arrivals", &arriving(arrivals));
    }
}

fn arriving(arrivals: &Arrivals) -> String {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let mut text = format!("{} a day", arrivals.per_day);
    for (factor, day) in arrivals.weekdays.iter().zip(DAYS).filter(|(factor, _)| **factor != 1.0) {
        let _ = write!(text, ", {day} x{factor}");
    }
    if let Some(from) = &arrivals.from {
        let _ = write!(text, ", from {from}");
    }
    if let Some(to) = &arrivals.to {
        let _ = write!(text, ", to {to}");
    }
    let people: Vec<String> =
        arrivals.personas.iter().map(|(persona, part)| format!("{persona} {}", percent(*part))).collect();
    if !people.is_empty() {
        let _ = write!(text, "; {}", people.join(", "));
    }
    let to = arrivals.page.as_ref().map_or(" → lead".to_owned(), |page| format!(" → page {page}"));
    text + &to
}

fn write_page(page: &Page, out: &mut String) {
    if let Some(path) = &page.path {
        line(out, "path", path);
    }
    if let Some(embed) = page.embed {
        line(out, "embed", embed.word());
    }
    for variant in &page.variants {
        let form = match &variant.form {
            Some((form, starts)) => format!("form {form}, begun by {}", percent(*starts)),
            None => "no form".to_owned(),
        };
        if variant.name.is_empty() {
            line(out, "form", &form);
        } else {
            line(out, "variant", &format!("{} {} % → {form}", variant.name, variant.weight));
        }
    }
}

fn write_form(form: &Form, out: &mut String) {
    let fields: Vec<String> = form
        .fields
        .iter()
        .map(|asked| if asked.required { asked.field.clone() } else { format!("{} (optional)", asked.field) })
        .collect();
    line(out, "fields", &fields.join(", "));
    let named = form.names_itself.as_ref().map_or(String::new(), |property| format!(", {property} names the form"));
    line(out, "submits", &format!("{}{named}", form.submits));
    if let Some(consent) = &form.consent {
        let text = consent.text.as_ref().map_or(String::new(), |text| format!(" “{text}”"));
        let state = if consent.checked { "ticked" } else { "not ticked" };
        let agree = percent(consent.agree);
        line(out, "consent", &format!("{}{text}, {state} to begin with, given by {agree}", consent.topic));
    }
    line(out, "completed", &format!("by {}", percent(form.completes())));
}

/// A part of 1 in percent, without the noise of binary fractions.
fn percent(part: f64) -> String {
    format!("{}%", (part * 1e9).round() / 1e7)
}
