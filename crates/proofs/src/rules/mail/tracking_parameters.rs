//! `tracking-parameters`: `utm_…` parameters that an analysis would not know what to make of.

use super::Mail;
use crate::analysis::mail::Attribute;
use crate::diag::{Code, Sink};

/// Parameters that make one visit known by where it came from.
const NEEDED: [&str; 3] = ["utm_source", "utm_medium", "utm_campaign"];

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    let mut first: Option<(String, &Attribute)> = None;
    for (_, tag) in mail.facts.linked() {
        let Some(href) = tag.attribute("href") else { continue };
        let pairs = parameters(&href.value);
        if pairs.is_empty() {
            continue;
        }
        let of = |name: &str| pairs.iter().filter(|(key, _)| *key == name).count();
        let doubled = pairs.iter().map(|(key, _)| *key).find(|key| of(key) > 1);
        let lacking = NEEDED.into_iter().find(|name| of(name) == 0);
        let campaign = pairs.iter().find(|(key, _)| *key == "utm_campaign").map(|(_, value)| (*value).to_owned());
        let problem = match (doubled, lacking, &campaign, &first) {
            (Some(key), ..) => Some((format!("this link says `{key}` twice"), "keep one of them", None)),
            (None, Some(name), ..) => {
                Some((format!("this link has utm parameters and lacks `{name}`"), "give all three, or none", None))
            }
            (None, None, Some(campaign), Some((other, at))) if campaign != other => {
                let message = format!("this link says `utm_campaign={campaign}`, another of the mail says `{other}`");
                Some((message, "one mail is part of one campaign; tell links apart by `utm_content`", Some(*at)))
            }
            _ => None,
        };
        if let Some((message, help, also)) = problem {
            let finding = mail.finding(Code::TrackingParameters, &href.value_at, message);
            let finding = match also {
                Some(other) => finding.also(mail.at(&other.value_at), "the other link"),
                None => finding,
            };
            sink.push(finding.help(help));
        }
        if let (None, Some(campaign)) = (&first, campaign) {
            first = Some((campaign, href));
        }
    }
}

/// The `utm_…` parameters of an address.
fn parameters(address: &str) -> Vec<(&str, &str)> {
    let query = address.split_once('?').map_or("", |(_, query)| query).split('#').next().unwrap_or("");
    let pairs = query.split('&').map(|pair| pair.trim_start_matches("amp;"));
    pairs.filter_map(|pair| pair.split_once('=')).filter(|(key, _)| key.starts_with("utm_")).collect()
}
