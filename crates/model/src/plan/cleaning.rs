//! Cleaning as people read it in a plan: what is done to each field.

use std::fmt::Write as _;

use super::Plan;
use super::text::{columns, short};
use crate::ir::cleaning::FieldCleaning;

/// What a campaign says about cleaning, decided for each field. Nothing where it says nothing.
pub(super) fn write(plan: &Plan, out: &mut String) {
    let Some(cleaning) = &plan.campaign.cleaning else { return };
    let hash = plan.parts.get("cleaning").map_or("", |hash| short(hash));
    // Writing to a string cannot fail.
    let _ = writeln!(out, "\ncleaning, {hash}");
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(out, "  {key:9} {value}");
    };
    let keys: Vec<String> = cleaning.keys.iter().map(|key| key.join(" + ")).collect();
    line("keys", &["id".to_owned()].into_iter().chain(keys).collect::<Vec<_>>().join(", "));
    line("newest by", &cleaning.newest_by);
    line("domains", if cleaning.correct_domains { "corrected" } else { "suggested" });
    if let Some(country) = &cleaning.country {
        line("country", country);
    }
    let width = cleaning.fields.keys().map(|name| columns(name)).max().unwrap_or(0);
    for (name, FieldCleaning { normalize, bad, merge }) in &cleaning.fields {
        let steps: Vec<&str> = normalize.iter().map(|step| step.word()).collect();
        let steps = if steps.is_empty() { "as it is".to_owned() } else { steps.join(", ") };
        let pad = " ".repeat(width - columns(name));
        let _ = writeln!(out, "    {name}{pad}  {steps}; bad: {}; merged: {}", bad.word(), merge.word());
    }
    let _ = writeln!(out, "    other columns: as they are; merged: {}", cleaning.merge.word());
}
