//! `form-lacks-field`: leads come by a form that does not ask for what every lead has.

use std::collections::BTreeSet;

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::Name;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    if context.resolution.unsure_kinds.contains(&Kind::Field) {
        return;
    }
    let pages = campaign.sources.values().filter_map(|source| source.arrivals.as_ref()?.page.as_ref());
    let variants = pages.filter_map(|page| campaign.pages.get(page)).flat_map(|page| &page.variants);
    let forms: BTreeSet<&Name> = variants.filter_map(|variant| variant.form.as_ref()).map(|(form, _)| form).collect();
    for (name, form) in forms.iter().filter_map(|name| campaign.forms.get_key_value(*name)) {
        for (field, declared) in campaign.fields.iter().filter(|(_, field)| !field.optional && !field.builtin) {
            if form.fields.iter().any(|asked| asked.field == *field && asked.required) {
                continue;
            }
            let asked = form.fields.iter().any(|asked| asked.field == *field);
            let how = if asked { "insist on" } else { "ask for" };
            let way = if asked { "take `required: false` away" } else { "add it to the form's `fields`" };
            let message = format!("every lead has `{field}`, and the form `{name}` does not {how} it");
            let finding = Diagnostic::new(Code::FormLacksField, form.origin.0, message);
            let finding = finding.also(declared.origin.0, "required here");
            sink.push(finding.help(format!("{way}, or declare the field `optional: true`")));
        }
    }
}
