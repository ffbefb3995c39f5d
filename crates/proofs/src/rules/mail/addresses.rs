//! `insecure-address`: links and images over http, which mail programs warn of or leave out.

use super::Mail;
use super::links::{host, is_own};
use crate::diag::{Code, Sink};

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for attribute in mail.facts.tags().flat_map(|tag| &tag.attributes) {
        let is_address = matches!(attribute.name.as_str(), "href" | "src" | "background" | "background-url" | "action");
        let is_own = host(&attribute.value.trim().to_ascii_lowercase()).is_some_and(is_own);
        // What nobody else can open has a finding of its own.
        if is_address && !is_own && attribute.value.trim_start().to_ascii_lowercase().starts_with("http://") {
            let finding = mail.finding(Code::InsecureAddress, &attribute.value_at, "this address is not encrypted");
            sink.push(finding.help("write `https://`: mail programs warn of the other, or leave the image out"));
        }
    }
}
