//! `opens-are-no-evidence`: interest that is known by opened mails alone. Mail programs load images before anybody reads, so
//! that nobody ever seems to lose interest.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let Some(sunset) = &context.resolution.campaign.policies.permission.sunset else { return };
    let opens = |event: &String| event.ends_with("_opened");
    if sunset.without.is_empty() || !sunset.without.iter().all(opens) {
        return;
    }
    let message = "the sunset takes opened mails alone for interest, and mail programs open mails by themselves";
    let finding = Diagnostic::new(Code::OpensAreNoEvidence, sunset.origin.0, message);
    sink.push(finding.help("name what only people do as well, such as `email_clicked` or a visit"));
}
