//! `unclosed-tag`, `script-in-mail`, `form-in-mail`, `external-style`, `embedded-page`: what mail programs take out, or put
//! together in their own way.

use std::ops::Range;

use super::Mail;
use crate::analysis::mail::{Piece, Tag, declarations};
use crate::diag::{Code, Sink};
use crate::text::tags;

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for tag in &mail.facts.unbalanced {
        let name = &tag.name;
        let message = if tag.closes {
            format!("`</{name}>` closes nothing that is open")
        } else {
            format!("`<{name}>` is never closed")
        };
        let finding = mail.finding(Code::UnclosedTag, &tag.at, message);
        let finding = match &tag.instead {
            Some(at) => finding.also(mail.at(at), "this closes something around it"),
            None => finding,
        };
        sink.push(finding.help(if tag.closes {
            format!("remove it, or open `<{name}>` before")
        } else {
            format!("write `</{name}>` where it ends: mail programs guess in different ways")
        }));
    }
    for piece in &mail.facts.pieces {
        match piece {
            Piece::Open(tag) => {
                swallowed(mail, &tag.at, sink);
                tag_itself(mail, tag, sink);
            }
            Piece::Raw(name, at) if name == "style" || name == "mj-style" => imports(mail, at, sink),
            Piece::Comment(at) => comment(mail, at, sink),
            Piece::Close { at, .. } => swallowed(mail, at, sink),
            Piece::Raw(..) | Piece::Text(_) | Piece::Branch(..) => {}
        }
    }
}

/// A tag without its `>` takes what follows for attributes, up to the end of the next tag.
fn swallowed(mail: &Mail<'_>, at: &Range<usize>, sink: &mut Sink) {
    let text = mail.body().get(at.clone()).unwrap_or("");
    let templates: Vec<Range<usize>> = tags(text).into_iter().map(|tag| tag.at).collect();
    let mut quote = None;
    for (place, c) in text.char_indices().skip(1) {
        if templates.iter().any(|tag| tag.contains(&place)) {
            continue;
        }
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if text[..place].trim_end().ends_with('=') => quote = Some(c),
            (None, '<') => {
                let opening = at.start..at.start + text.find(char::is_whitespace).unwrap_or(place).min(place);
                let finding = mail.finding(Code::UnclosedTag, &opening, "the `>` of this tag is missing");
                let words = "what follows is taken for its attributes, and is not shown, up to the next `>`";
                sink.push(finding.help(format!("write the `>`: {words}")));
                return;
            }
            (None, _) => {}
        }
    }
}

/// A comment that never ends takes the rest of the mail with it; one of Outlook's conditions has an end of its own.
fn comment(mail: &Mail<'_>, at: &Range<usize>, sink: &mut Sink) {
    let text = mail.body().get(at.clone()).unwrap_or("");
    let is_condition = text.starts_with("<!--[if");
    let opening = if is_condition { text.find(']').map_or(4, |end| end + 2) } else { 4 };
    let opening = at.start..at.start + opening.min(text.len());
    if text.starts_with("<!--") && !text.ends_with("-->") {
        let finding = mail.finding(Code::UnclosedTag, &opening, "this comment is never closed");
        let end = if is_condition { "<![endif]-->" } else { "-->" };
        sink.push(finding.help(format!("write `{end}` where it ends: what follows it is not shown")));
    } else if is_condition && !text.contains("<![endif]") && !text.contains("]><!") {
        let finding = mail.finding(Code::UnclosedTag, &opening, "this condition for Outlook is never closed");
        sink.push(finding.help("end it with `<![endif]-->`"));
    }
}

fn tag_itself(mail: &Mail<'_>, tag: &Tag, sink: &mut Sink) {
    let name = tag.name.as_str();
    // What follows a quote that is not closed is taken for names of attributes.
    if let Some(odd) = tag.attributes.iter().find(|odd| odd.name.contains(['"', '\'']) && odd.at.len() > 1) {
        let finding = mail.finding(Code::UnclosedTag, &odd.at, "a quote is open here that belongs to no value");
        sink.push(finding.help("close the quotes of the values before it"));
    }
    match name {
        "script" => {
            // Data for search in Gmail is no program.
            let is_data = tag.attribute("type").is_some_and(|kind| kind.value.contains("ld+json"));
            if !is_data {
                let finding = mail.finding(Code::ScriptInMail, &tag.at, "no mail program runs scripts");
                sink.push(finding.help("leave it out: filters refuse mails with scripts"));
            }
        }
        "meta" if tag.attribute("http-equiv").is_some_and(|kind| kind.value.trim().eq_ignore_ascii_case("refresh")) => {
            let finding = mail.finding(Code::ScriptInMail, &tag.at, "no mail program goes to another page by itself");
            sink.push(finding.help("link to the page: filters take this for fraud"));
        }
        "form" | "input" | "select" | "textarea" => {
            let message = format!("few mail programs send what is typed into a `<{name}>`");
            let finding = mail.finding(Code::FormInMail, &tag.at, message);
            sink.push(finding.help("link to a page with the form"));
        }
        "iframe" | "frame" | "frameset" | "object" | "embed" | "applet" => {
            let message = format!("mail programs take `<{name}>` out");
            let finding = mail.finding(Code::EmbeddedPage, &tag.at, message);
            sink.push(finding.help("show an image that links to it"));
        }
        "video" | "audio" if !has_fallback(mail, tag) => {
            let message = format!("most mail programs show nothing for this `<{name}>`");
            let finding = mail.finding(Code::EmbeddedPage, &tag.at, message);
            sink.push(finding.help("put an image with a link inside it"));
        }
        "link" if tag.attribute("rel").is_some_and(|rel| rel.value.to_ascii_lowercase().contains("stylesheet")) => {
            let address = tag.attribute("href").map_or("", |href| href.value.as_str());
            // Fonts may fail to load: the next one in the list stands in.
            if !address.contains("fonts.") {
                let finding = mail.finding(Code::ExternalStyle, &tag.at, "mail programs do not load style sheets");
                sink.push(finding.help("write the style into the mail: `<style>` or `style=`"));
            }
        }
        _ => {}
    }
    for attribute in tag.attributes.iter().filter(|attribute| is_handler(&attribute.name)) {
        let message = format!("no mail program runs `{}`", attribute.name);
        let finding = mail.finding(Code::ScriptInMail, &attribute.at, message);
        sink.push(finding.help("leave it out: filters refuse mails with scripts"));
    }
}

/// `onclick`, `onload`, …
fn is_handler(name: &str) -> bool {
    name.len() > 4 && name.starts_with("on") && name.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Whether something stands in the element for mail programs that do not play it.
fn has_fallback(mail: &Mail<'_>, tag: &Tag) -> bool {
    let inside = mail.body().get(tag.at.end..).unwrap_or("");
    let end = inside.find(&format!("</{}", tag.name)).unwrap_or(0);
    let inside = inside.get(..end).unwrap_or("");
    inside.contains("<img") || inside.contains("<a ")
}

fn imports(mail: &Mail<'_>, at: &Range<usize>, sink: &mut Sink) {
    let css = mail.body().get(at.clone()).unwrap_or("");
    let found =
        declarations(css).into_iter().filter(|rule| rule.property == "@import" && !rule.value.contains("fonts."));
    for rule in found {
        let at = at.start + rule.at.start..at.start + rule.at.end;
        let finding = mail.finding(Code::ExternalStyle, &at, "mail programs do not load style sheets");
        sink.push(finding.help("write the style into the mail: `<style>` or `style=`"));
    }
}
