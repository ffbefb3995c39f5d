//! `no-unsubscribe-link`, `hidden-unsubscribe`: the way out of every marketing mail, which Gmail and Yahoo require since 2024.

use super::Mail;
use super::contrast::{color, ratio};
use crate::analysis::mail::{Tag, declarations};
use crate::diag::{Code, Diagnostic, Sink};

/// Variables that lead out.
const WAYS_OUT: [&str; 2] = ["unsubscribe_url", "preferences_url"];
/// Pixels below which a link is made to be overlooked.
const LEAST_PX: f64 = 9.0;

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    let Some(body) = mail.texts.body.as_ref().filter(|_| mail.is_marketing()) else { return };
    let has_way_out = WAYS_OUT.iter().any(|way| body.text.contains(way));
    if !has_way_out {
        if !mail.is_sketch() || !mail.settings.laws.is_empty() {
            missing(mail, sink);
        }
        return;
    }
    for (_, tag) in mail.facts.linked() {
        let leads_out = tag.attribute("href").is_some_and(|href| WAYS_OUT.iter().any(|way| href.value.contains(way)));
        if leads_out {
            hidden(mail, tag, sink);
        }
    }
}

fn missing(mail: &Mail<'_>, sink: &mut Sink) {
    let message = format!("`{}` is marketing, and its body has no link to unsubscribe", mail.name);
    let finding = mail.finding(Code::NoUnsubscribeLink, &mail.last_line(), message).here("the body ends here");
    let finding = finding.also(mail.email.origin.0, format!("`{}` is defined here", mail.name));
    sink.push(finding.help("link to `{{ unsubscribe_url }}` at its end"));
}

fn hidden(mail: &Mail<'_>, tag: &Tag, sink: &mut Sink) {
    let Some(style) = tag.attribute("style") else { return };
    let all = declarations(&style.value);
    let value = |name: &str| all.iter().rev().find(|one| one.property == name);
    let tiny = value("font-size").filter(|size| {
        size.value.strip_suffix("px").and_then(|px| px.trim().parse::<f64>().ok()).is_some_and(|px| px < LEAST_PX)
    });
    let gone = value("display").filter(|one| one.value.starts_with("none"));
    let gone = gone.or_else(|| value("visibility").filter(|one| one.value.starts_with("hidden")));
    let pale = value("color").filter(|front| {
        let back = value("background-color").or_else(|| value("background")).and_then(|back| color(&back.value));
        color(&front.value).is_some_and(|front| ratio(front, back.unwrap_or([255, 255, 255])) < 150)
            && (back.is_some() || color(&front.value) == Some([255, 255, 255]))
    });
    let Some(fault) = tiny.or(gone).or(pale) else { return };
    let at = style.value_at.start + fault.at.start..style.value_at.start + fault.at.end;
    let finding: Diagnostic = mail.finding(Code::HiddenUnsubscribe, &at, "this link to unsubscribe is hard to see");
    sink.push(finding.help("show it like the words around it: who cannot leave complains instead"));
}
