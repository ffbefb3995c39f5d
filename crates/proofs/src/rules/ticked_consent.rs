//! `ticked-consent`: a box that is ticked before anybody has read it.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, form) in &context.resolution.campaign.forms {
        let Some(consent) = form.consent.as_ref().filter(|consent| consent.checked) else { continue };
        let message = format!("the box of the form `{name}` is ticked to begin with, which is no consent in the EU");
        let finding = Diagnostic::new(Code::TickedConsent, consent.origin.0, message);
        sink.push(finding.help("write `default: unchecked`, or leave `default` out"));
    }
}
