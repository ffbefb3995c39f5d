//! `link-without-target`, `script-in-mail`, `misleading-link`, `opaque-link`: where links lead, and whether they say so.

use std::ops::Range;

use tabiji_suffixes::organisational;

use super::Mail;
use crate::analysis::mail::{Attribute, Link, Piece, Tag, plain, template_tag};
use crate::diag::{Code, Sink};

/// What mail programs open: pages, and programs for writing, calling and finding the way. Others are taken out.
const SCHEMES: [&str; 16] = [
    "http", "https", "mailto", "tel", "sms", "smsto", "callto", "facetime", "sip", "sips", "skype", "whatsapp", "line",
    "webcal", "geo", "cid",
];
/// Public suffixes that words without a `www.` are known by as an address; `Node.js` and `guide.md` are none.
const SUFFIXES: [&str; 17] =
    ["com", "net", "org", "jp", "info", "biz", "co", "io", "edu", "gov", "uk", "de", "fr", "ca", "eu", "cn", "example"];
/// Hosts that hide where a link leads. Filters know them.
const SHORTENERS: [&str; 28] = [
    "amzn.to",
    "bl.ink",
    "dlvr.it",
    "fb.me",
    "lnk.to",
    "onl.bz",
    "onl.la",
    "onl.tw",
    "rb.gy",
    "s.id",
    "shorturl.at",
    "t.ly",
    "tiny.cc",
    "trib.al",
    "urx.nu",
    "v.gd",
    "bit.ly",
    "tinyurl.com",
    "goo.gl",
    "t.co",
    "ow.ly",
    "is.gd",
    "buff.ly",
    "rebrand.ly",
    "cutt.ly",
    "x.gd",
    "ux.nu",
    "lnkd.in",
];

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for (link, tag) in mail.facts.linked() {
        match tag.attribute("href") {
            Some(href) => target(mail, link, tag, href, sink),
            None => missing(mail, tag, sink),
        }
    }
}

/// A tag without `href`; one with a name is a place to link to.
fn missing(mail: &Mail<'_>, tag: &Tag, sink: &mut Sink) {
    if tag.is_open
        || tag.name == "mj-button" && may_be_set_in_head(mail, tag)
        || tag.name == "mj-social-element"
        || tag.may_have("name")
        || tag.may_have("id")
    {
        return;
    }
    let finding = mail.finding(Code::LinkWithoutTarget, &tag.at, "this link leads nowhere: it has no `href`");
    sink.push(finding.help("write where it leads: `href=\"https://…\"`"));
}

/// Whether the head of a mail in MJML may say where a button leads.
fn may_be_set_in_head(mail: &Mail<'_>, tag: &Tag) -> bool {
    tag.may_have("mj-class") || mail.facts.defaults.contains(" href")
}

fn target(mail: &Mail<'_>, link: &Link, tag: &Tag, href: &Attribute, sink: &mut Sink) {
    let address = href.value.trim();
    let lower = as_read(address);
    if lower.starts_with("javascript:") || lower.starts_with("vbscript:") || lower.starts_with("data:") {
        let finding = mail.finding(Code::ScriptInMail, &href.value_at, "a link cannot run a script");
        sink.push(finding.help("link to a page: `https://…`"));
        return;
    }
    if address.is_empty() || address == "#" {
        // In Markdown there is no name of an attribute to point at.
        let empty = if href.at.is_empty() { &tag.at } else { &href.at };
        let at = if address.is_empty() { empty } else { &href.value_at };
        let finding = mail.finding(Code::LinkWithoutTarget, at, "this link leads nowhere");
        sink.push(finding.help("write where it leads: `https://…`"));
        return;
    }
    if is_relative(&lower) && !has_base(mail, link, tag) {
        let message = format!("`{address}` is no whole address, so this link leads nowhere");
        let finding = mail.finding(Code::LinkWithoutTarget, &href.value_at, message);
        sink.push(finding.help("write the whole address: `https://…`"));
        return;
    }
    if let Some(scheme) = scheme(&lower).filter(|scheme| !SCHEMES.contains(scheme)) {
        let message = format!("mail programs open no `{scheme}:`, so this link leads nowhere");
        let finding = mail.finding(Code::LinkWithoutTarget, &href.value_at, message);
        sink.push(finding.help("link to a page: `https://…`"));
        return;
    }
    if let Some(what) = reaches_nobody(&lower) {
        let message = format!("this link names no {what}, so it leads nowhere");
        let finding = mail.finding(Code::LinkWithoutTarget, &href.value_at, message);
        sink.push(finding.help("write whom it reaches: `mailto:info@example.com`, `tel:+81312345678`"));
        return;
    }
    if let Some((at, message)) = broken(address) {
        let start = href.value_at.start + (href.value.len() - href.value.trim_start().len());
        let at = start + at.start..start + at.end;
        let finding = mail.finding(Code::LinkWithoutTarget, &at, message);
        sink.push(finding.help("write the whole address: `https://…`; a blank in it is `%20`"));
        return;
    }
    let Some(host) = host(&lower) else { return };
    if is_own(host) {
        let message = format!("`{host}` is known to the sender alone, so this link leads nowhere");
        let finding = mail.finding(Code::LinkWithoutTarget, &href.value_at, message);
        sink.push(finding.help("link to a page that everybody can open: `https://…`"));
        return;
    }
    if is_ip(host) {
        let finding = mail.finding(Code::OpaqueLink, &href.value_at, "this link leads to a bare IP address");
        sink.push(finding.help("filters refuse such mails; link to a name"));
    } else if SHORTENERS.contains(&host) {
        let message = format!("`{host}` hides where this link leads");
        let finding = mail.finding(Code::OpaqueLink, &href.value_at, message);
        sink.push(finding.help("filters distrust shorteners; link to the page itself"));
    }
    misleads(mail, link, href, host, sink);
}

/// An address as programs read it, in lower case: tabs and line ends fall out of it (URL Standard, section 4.4), and a colon
/// may be written as a character of HTML.
fn as_read(address: &str) -> String {
    let mut read: String = address.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    read.make_ascii_lowercase();
    for colon in ["&colon;", "&#58;", "&#x3a;"] {
        read = read.replace(colon, ":");
    }
    read
}

/// Whether the bar that a link stands in says what goes before its address.
fn has_base(mail: &Mail<'_>, link: &Link, tag: &Tag) -> bool {
    if tag.name != "mj-navbar-link" {
        return false;
    }
    let before = mail.facts.pieces.get(..link.tag).unwrap_or(&[]);
    let bar = before.iter().rev().find_map(|piece| match piece {
        Piece::Open(tag) if tag.name == "mj-navbar" => Some(tag),
        _ => None,
    });
    bar.and_then(|bar| bar.attribute("base-url")).is_some_and(|base| !is_relative(&as_read(base.value.trim())))
}

/// What stands before the colon of a whole address.
fn scheme(address: &str) -> Option<&str> {
    let scheme = address.split([':', '/', '?', '#', '{']).next().unwrap_or("");
    let has_colon = address.get(scheme.len()..).is_some_and(|rest| rest.starts_with(':'));
    (has_colon && scheme.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(scheme)
}

/// Neither a scheme, nor a fragment, nor the work of a template.
fn is_relative(address: &str) -> bool {
    scheme(address).is_none() && !address.starts_with(['#', '{', '%', '*', '[']) && !address.starts_with("//")
}

/// The host of a whole address, if no template writes it.
pub(super) fn host(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    let host = host.rsplit('@').next()?;
    (!host.is_empty() && !host.contains(['{', '%'])).then_some(host)
}

/// What a link to write or to call lacks. One with a subject and nobody to write to is for passing a mail on.
fn reaches_nobody(address: &str) -> Option<&'static str> {
    if address.contains('{') {
        return None;
    }
    if let Some(to) = address.strip_prefix("mailto:") {
        let (to, has_more) = to.split_once('?').map_or((to, false), |(to, more)| (to, !more.is_empty()));
        let is_one = to.contains('@') || to.contains("%40") || to.is_empty() && has_more;
        return (!is_one).then_some("address");
    }
    let number = address.strip_prefix("tel:")?;
    (!number.bytes().any(|byte| byte.is_ascii_digit())).then_some("number")
}

/// What is wrong with a web address, and where in it.
fn broken(address: &str) -> Option<(Range<usize>, &'static str)> {
    let lower = address.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"))?;
    if rest.is_empty() || rest.starts_with(['/', '?', '#', ':']) {
        return Some((0..address.len(), "this address names no host, so this link leads nowhere"));
    }
    let blank = blank(address)?;
    Some((blank..blank + 1, "an address has no blanks: some programs end this link here"))
}

/// The first blank of an address, those in tags of templates left out.
fn blank(address: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(byte) = address.as_bytes().get(at) {
        match template_tag(address, at) {
            Some(end) => at = end,
            None if *byte == b' ' => return Some(at),
            None => at += 1,
        }
    }
    None
}

/// Whether a host is one's own machine or network (RFC 6761, 6762, 8375).
pub(super) fn is_own(host: &str) -> bool {
    host == "localhost" || [".localhost", ".local", ".internal", ".home.arpa"].iter().any(|end| host.ends_with(end))
}

/// Also as one number, which browsers take for an address as well (URL Standard, section 3.5).
fn is_ip(host: &str) -> bool {
    let is_number = host.bytes().all(|byte| byte.is_ascii_digit());
    let is_hex = host.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    host.parse::<std::net::Ipv4Addr>().is_ok() || host.starts_with('[') || is_number || is_hex
}

/// What is shown looks like an address, and is another one.
fn misleads(mail: &Mail<'_>, link: &Link, href: &Attribute, host: &str, sink: &mut Sink) {
    let shown = plain(&link.shown);
    let shown = shown.trim().to_ascii_lowercase();
    if shown.contains(char::is_whitespace) || shown.contains('@') {
        return;
    }
    let address = shown.strip_prefix("https://").or_else(|| shown.strip_prefix("http://"));
    let is_host = |words: &str| {
        let suffix = words.split(['/', '?', '#', ':']).next().and_then(|host| host.rsplit_once('.'));
        suffix.is_some_and(|(before, suffix)| !before.is_empty() && SUFFIXES.contains(&suffix))
    };
    let looks = address.or_else(|| (shown.starts_with("www.") || is_host(&shown)).then_some(shown.as_str()));
    let Some(shown_host) = looks.and_then(|rest| rest.split(['/', '?', '#', ':']).next()) else { return };
    // Links that are counted lead through a host below the same domain.
    if !shown_host.contains('.') || organisational(shown_host) == organisational(host) {
        return;
    }
    let message = format!("this link shows `{shown_host}` and leads to `{host}`");
    let finding = mail.finding(Code::MisleadingLink, &link.shown_at, message);
    let finding = finding.also(mail.at(&href.value_at), "it leads here");
    sink.push(finding.help("show words instead of an address: filters take the difference for fraud"));
}
