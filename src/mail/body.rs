//! From a body as it is written to one template in HTML.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag as Block, TagEnd, html};

use super::asked_later::quoted;
use crate::html::{inline, inline_of_mjml};
use crate::ir::{Body, Email};
use crate::mjml::{self, Placeholders};
use crate::text::{TagKind, tags};

/// The templates of a mail, the body in HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Subject.
    pub subject: String,
    /// HTML part.
    pub html: String,
    /// Text part, if it is written.
    pub text: Option<String>,
}

/// Makes a template in HTML out of the body of a mail; `language` is that of the project.
///
/// # Errors
/// MJML that cannot be read, with its place in bytes; a checked campaign has none.
pub fn prepare(email: &Email, language: &str) -> Result<Prepared, (Range<usize>, String)> {
    let preheader = email.preheader.as_deref().map(escaped);
    let html = match &email.body {
        Body::Mjml(text) => {
            // A body may have words of its own for the list of mails.
            let preheader = preheader.filter(|_| !text.contains("<mj-preview"));
            let html = inline_of_mjml(&mjml::to_html(text)?, text);
            with_preheader(&with_language(&html, language), preheader.as_deref())
        }
        Body::Markdown(text) => with_preheader(&markdown(text, language), preheader.as_deref()),
        Body::Html(text) => with_preheader(&inline(text), preheader.as_deref()),
    };
    let text = email.text.as_deref().map(models);
    Ok(Prepared { subject: models(&email.subject), html: models(&html), text })
}

/// Stands between the kind of a model and its name, where templates have a point: `score` alone is a figure, which has no
/// properties.
pub(super) const MODEL: &str = "__of__";

/// `score.engagement` as one name, and what is asked of the past in quotes.
fn models(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for tag in tags(text) {
        out.push_str(&text[from..tag.at.start]);
        let mut before = ' ';
        let tag_text = quoted(&text[tag.at.clone()]);
        let mut rest = tag_text.as_str();
        while let Some(c) = rest.chars().next() {
            let is_word = before.is_alphanumeric() || matches!(before, '_' | '.' | '"' | '\'');
            match ["score.", "grade."].iter().find(|kind| !is_word && rest.starts_with(**kind)) {
                Some(kind) => {
                    out.push_str(&kind[..kind.len() - 1]);
                    out.push_str(MODEL);
                    rest = &rest[kind.len()..];
                    before = '_';
                }
                None => {
                    out.push(c);
                    before = c;
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
        from = tag.at.end;
    }
    out.push_str(&text[from..]);
    out
}

/// Text of a template, made fit for HTML outside of its tags.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    let add = |out: &mut String, part: &str| {
        out.push_str(&part.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
    };
    for tag in tags(text) {
        add(&mut out, &text[from..tag.at.start]);
        out.push_str(&text[tag.at.clone()]);
        from = tag.at.end;
    }
    add(&mut out, &text[from..]);
    out
}

/// MJML that says no language is of the project's.
fn with_language(html: &str, language: &str) -> String {
    html.replacen("<html lang=\"und\"", &format!("<html lang=\"{language}\""), 1)
}

/// Puts the preheader where clients look for it: first in the body, hidden. What follows it is kept out of the preview
/// by characters that are not shown.
fn with_preheader(html: &str, preheader: Option<&str>) -> String {
    let Some(preheader) = preheader else { return html.to_owned() };
    let hidden = format!(
        "<div style=\"display:none;mso-hide:all;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden\">\
         {preheader}{}</div>",
        "&#847;&zwnj;&nbsp;".repeat(40)
    );
    let at = html.find("<body").and_then(|body| Some(body + html[body..].find('>')? + 1)).unwrap_or(0);
    format!("{}{hidden}{}", &html[..at], &html[at..])
}

/// How the elements of Markdown look. Mails have no style sheet that all clients read.
const STYLES: &[(&str, &str)] = &[
    ("p", "margin:0 0 16px;line-height:1.8"),
    ("h1", "margin:0 0 16px;font-size:22px;line-height:1.4"),
    ("h2", "margin:24px 0 12px;font-size:18px;line-height:1.4"),
    ("h3", "margin:20px 0 8px;font-size:16px;line-height:1.4"),
    ("ul", "margin:0 0 16px;padding-left:24px;line-height:1.8"),
    ("ol", "margin:0 0 16px;padding-left:24px;line-height:1.8"),
    ("blockquote", "margin:0 0 16px;padding-left:16px;border-left:3px solid #d5dde6"),
    ("hr", "margin:24px 0;border:0;border-top:1px solid #d5dde6"),
    ("table", "margin:0 0 16px;border-collapse:collapse"),
    ("th", "padding:6px 10px;border:1px solid #d5dde6;text-align:left"),
    ("td", "padding:6px 10px;border:1px solid #d5dde6"),
    ("pre", "margin:0 0 16px;padding:12px;background:#f4f7fb;white-space:pre-wrap"),
];

/// A whole document of a text in Markdown.
fn markdown(text: &str, language: &str) -> String {
    let found = tags(text);
    let mut held = Placeholders::new(text);
    let mut from = 0;
    for tag in &found {
        held.text.push_str(&text[from..tag.at.start]);
        if tag.kind != TagKind::Comment {
            held.add(&text[tag.at.clone()]);
        }
        from = tag.at.end;
    }
    held.text.push_str(&text[from..]);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events: Vec<Event<'_>> = Parser::new_ext(&held.text, options).collect();
    let mut body = String::new();
    html::push_html(&mut body, unwrapped(events, &held).into_iter());
    for (name, style) in STYLES {
        body = body.replace(&format!("<{name}>"), &format!("<{name} style=\"{style}\">"));
        body = body.replace(&format!("<{name} />"), &format!("<{name} style=\"{style}\">"));
    }
    let body = body.replace("<a href=", "<a style=\"color:#1769aa\" href=");
    held.restore(&document(&body, language))
}

/// A paragraph that is nothing but statements of the template is none: its blocks hold other paragraphs.
fn unwrapped<'e>(events: Vec<Event<'e>>, held: &Placeholders) -> Vec<Event<'e>> {
    let mut out: Vec<Event<'e>> = Vec::with_capacity(events.len());
    let mut start = None;
    for event in events {
        match event {
            Event::Start(Block::Paragraph) => start = Some(out.len()),
            Event::End(TagEnd::Paragraph) => {
                let inner = start.take().unwrap_or(out.len());
                let is_statement = |text: &str| text.split_whitespace().all(|word| is_statements(word, held));
                let bare = out[inner + 1..].iter().all(|event| match event {
                    Event::Text(text) => is_statement(text),
                    Event::SoftBreak => true,
                    _ => false,
                });
                if bare {
                    out.remove(inner);
                    continue;
                }
                out.push(Event::End(TagEnd::Paragraph));
                continue;
            }
            _ => {}
        }
        out.push(event);
    }
    out
}

/// Whether a word is nothing but placeholders of statements.
fn is_statements(word: &str, held: &Placeholders) -> bool {
    !word.is_empty() && word.split_inclusive('z').all(|one| held.held(one).is_some_and(|tag| tag.starts_with("{%")))
}

fn document(body: &str, language: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n</head>\n\
         <body style=\"margin:0;padding:0;background:#f4f7fb\">\n\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>\
         <td align=\"center\" style=\"padding:16px 8px\">\n\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         style=\"max-width:600px;background:#ffffff\"><tr>\
         <td style=\"padding:24px;font-family:'Hiragino Sans','Yu Gothic',Meiryo,Arial,sans-serif;font-size:15px;\
         color:#1f2d3d;text-align:left\">\n{body}</td></tr></table>\n</td></tr></table>\n</body>\n</html>\n"
    )
}
