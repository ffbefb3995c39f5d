//! `page-without-form`: visitors of a source land where they cannot become leads.

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    for (name, source) in &campaign.sources {
        let page = source.arrivals.as_ref().and_then(|arrivals| arrivals.page.as_ref());
        let Some((page_name, page)) = page.and_then(|page| campaign.pages.get_key_value(page)) else { continue };
        if context.resolution.unsure_kinds.contains(&Kind::Form) {
            continue;
        }
        let Some(variant) = page.variants.iter().find(|variant| variant.form.is_none()) else { continue };
        let of = if variant.name.is_empty() { String::new() } else { format!("the variant `{}` of ", variant.name) };
        let message = format!("{of}the page `{page_name}` has no form, so its visitors never become leads");
        let finding = Diagnostic::new(Code::PageWithoutForm, page.origin.0, message);
        let finding = finding.also(source.origin.0, format!("visitors of `{name}` land there"));
        sink.push(finding.help("give it a `form`, and say how many visitors begin with it: `starts: 12%`"));
    }
}
