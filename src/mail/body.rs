//! From a body as it is written to one template in HTML.

use std::ops::Range;

use pulldown_cmark::{Alignment, Event, HeadingLevel, Options, Parser, Tag as Block, TagEnd, html};

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

/// What follows a preheader, and is not shown.
const FILLER: &str = "&#847;&zwnj;&nbsp;";

/// The preheader of a mail that is ready, as `with_preheader` puts it there; nothing if there is none.
pub(super) fn preheader_of(html: &str) -> Option<String> {
    let (before, _) = html.split_once(FILLER)?;
    let (_, text) = before.rsplit_once('>')?;
    let marks = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ];
    Some(marks.iter().fold(text.to_owned(), |text, (escaped, mark)| text.replace(escaped, mark)))
}

/// Puts the preheader where clients look for it: first in the body, hidden. What follows it is kept out of the preview
/// by characters that are not shown.
fn with_preheader(html: &str, preheader: Option<&str>) -> String {
    let Some(preheader) = preheader else { return html.to_owned() };
    let hidden = format!(
        "<div style=\"display:none;mso-hide:all;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden\">\
         {preheader}{}</div>",
        FILLER.repeat(40)
    );
    let at = html.find("<body").and_then(|body| Some(body + html[body..].find('>')? + 1)).unwrap_or(0);
    format!("{}{hidden}{}", &html[..at], &html[at..])
}

/// How an element of Markdown looks; `None` if it looks as clients show it. Mails have no style sheet that all clients
/// read.
fn style(block: &Block<'_>) -> Option<&'static str> {
    Some(match block {
        Block::Paragraph => "margin:0 0 16px;line-height:1.8",
        Block::Heading { level: HeadingLevel::H1, .. } => "margin:0 0 16px;font-size:22px;line-height:1.4",
        Block::Heading { level: HeadingLevel::H2, .. } => "margin:24px 0 12px;font-size:18px;line-height:1.4",
        Block::Heading { level: HeadingLevel::H3, .. } => "margin:20px 0 8px;font-size:16px;line-height:1.4",
        Block::List(_) => "margin:0 0 16px;padding-left:24px;line-height:1.8",
        Block::BlockQuote(_) => "margin:0 0 16px;padding-left:16px;border-left:3px solid #d5dde6",
        Block::Table(_) => "margin:0 0 16px;border-collapse:collapse",
        Block::CodeBlock(_) => "margin:0 0 16px;padding:12px;background:#f4f7fb;white-space:pre-wrap",
        Block::Link { .. } => "color:#1769aa",
        Block::Image { .. } => "max-width:100%;height:auto",
        _ => return None,
    })
}

const RULE: &str = "margin:24px 0;border:0;border-top:1px solid #d5dde6";
const CELL: &str = "padding:6px 10px;border:1px solid #d5dde6";

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
    html::push_html(&mut body, styled(unwrapped(events, &held)).into_iter());
    held.restore(&document(&body, language))
}

/// The elements of Markdown with their styles. What is written as HTML looks as it is written.
fn styled(events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let mut out = Vec::with_capacity(events.len());
    let (mut alignments, mut column, mut is_head) = (Vec::new(), 0, false);
    let mut events = events.into_iter();
    while let Some(event) = events.next() {
        match &event {
            Event::Start(Block::Table(of_columns)) => alignments.clone_from(of_columns),
            Event::Start(Block::TableHead | Block::TableRow) => {
                column = 0;
                is_head = matches!(event, Event::Start(Block::TableHead));
            }
            _ => {}
        }
        let styled = match &event {
            Event::Rule => Some(Event::Html(format!("<hr style=\"{RULE}\" />\n").into())),
            Event::Start(Block::TableCell) => {
                let alignment = alignments.get(column).copied().unwrap_or(Alignment::None);
                column += 1;
                Some(Event::Html(cell(alignment, is_head).into()))
            }
            // What an image says instead of itself is part of its tag.
            Event::Start(Block::Image { .. }) => {
                let mut image = vec![event.clone()];
                let mut depth = 1;
                while depth > 0
                    && let Some(inner) = events.next()
                {
                    depth += i32::from(matches!(inner, Event::Start(Block::Image { .. })));
                    depth -= i32::from(matches!(inner, Event::End(TagEnd::Image)));
                    image.push(inner);
                }
                Some(tag(image))
            }
            Event::Start(block) => style(block).map(|_| tag(vec![event.clone()])),
            _ => None,
        };
        out.push(styled.unwrap_or(event));
    }
    out
}

/// What these events are in HTML, the style of the first in its tag.
fn tag(events: Vec<Event<'_>>) -> Event<'_> {
    let style = match events.first() {
        Some(Event::Start(block)) => style(block),
        _ => None,
    };
    let mut written = String::new();
    html::push_html(&mut written, events.into_iter());
    // The name of a tag ends at a blank or with the tag.
    let end = written.find([' ', '>']).unwrap_or(written.len());
    style.into_iter().for_each(|style| written.insert_str(end, &format!(" style=\"{style}\"")));
    Event::Html(written.into())
}

/// The begin of a cell of a table.
fn cell(alignment: Alignment, is_head: bool) -> String {
    let align = match (alignment, is_head) {
        (Alignment::Left, _) | (Alignment::None, true) => ";text-align:left",
        (Alignment::Center, _) => ";text-align:center",
        (Alignment::Right, _) => ";text-align:right",
        (Alignment::None, false) => "",
    };
    format!("<{} style=\"{CELL}{align}\">", if is_head { "th" } else { "td" })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_of_markdown_has_its_style() {
        let text = "| a | b |\n|:-:|---|\n| 1 | 2 |\n\n3. three\n\n![what `x` *is*](https://a.example/?a=1&b=2 \"t\")\n\n\
                    [link](https://a.example/) <b>raw</b>\n\n---\n";
        let html = markdown(text, "en");
        for shown in [
            format!("<th style=\"{CELL};text-align:center\">a</th>"),
            format!("<th style=\"{CELL};text-align:left\">b</th>"),
            format!("<td style=\"{CELL};text-align:center\">1</td>"),
            format!("<td style=\"{CELL}\">2</td>"),
            "<ol style=\"margin:0 0 16px;padding-left:24px;line-height:1.8\" start=\"3\">".to_owned(),
            "<img style=\"max-width:100%;height:auto\" src=\"https://a.example/?a=1&amp;b=2\" alt=\"what x is\" title=\"t\" />"
                .to_owned(),
            "<a style=\"color:#1769aa\" href=\"https://a.example/\">link</a> <b>raw</b>".to_owned(),
            format!("<hr style=\"{RULE}\" />"),
            "<table style=\"margin:0 0 16px;border-collapse:collapse\"><thead><tr>".to_owned(),
        ] {
            assert!(html.contains(&shown), "{shown}\n{html}");
        }
    }
}
