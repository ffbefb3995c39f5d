//! The text part of a mail, taken from its HTML: for those who read text, and for filters that compare the two.

use unicode_width::UnicodeWidthChar;

use crate::html::{Tag, open_tag};
use crate::text::is_void;

/// HTML as plain text: paragraphs apart, addresses of links behind their words, list items marked. What the HTML hides is
/// left out.
pub fn plain(html: &str) -> String {
    let mut writer = Writer::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        writer.text(&rest[..at]);
        rest = &rest[at..];
        rest = match rest.strip_prefix("<!--") {
            Some(comment) => comment.find("-->").map_or("", |end| &comment[end + 3..]),
            None => match open_tag(rest) {
                Some(tag) => {
                    let behind = &rest[tag.at.end..];
                    match writer.open(&tag).and_then(|name| behind.to_ascii_lowercase().find(&format!("</{name}"))) {
                        Some(end) => &behind[end..],
                        None => behind,
                    }
                }
                None => {
                    if let Some(name) = rest.strip_prefix("</") {
                        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
                        writer.close(&name[..end].to_ascii_lowercase());
                    }
                    rest.find('>').map_or("", |end| &rest[end + 1..])
                }
            },
        };
    }
    writer.text(rest);
    writer.finish()
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Line ends that are due before the next word.
    breaks: usize,
    /// Whether a blank is due before the next word.
    blank: bool,
    /// Whether that blank is the end of a line of the source.
    broken: bool,
    /// Elements that are open inside something hidden, the hidden one included.
    hidden: Vec<String>,
    /// Addresses of links that are open, and where their words begin.
    links: Vec<(String, usize)>,
    /// Lists that are open: the number of the next item, or none if they are not counted.
    lists: Vec<Option<usize>>,
}

impl Writer {
    /// A tag that opens. Gives its name if what follows is no HTML.
    fn open(&mut self, tag: &Tag) -> Option<&'static str> {
        let name = tag.name.as_str();
        if let Some(hidden) = self.hidden.last() {
            if hidden == name && !is_void(name) && !tag.closes_itself {
                self.hidden.push(name.to_owned());
            }
            return None;
        }
        if let Some(raw) = ["style", "script", "title"].into_iter().find(|raw| *raw == name) {
            return Some(raw);
        }
        if is_hidden(tag) && !is_void(name) {
            self.hidden.push(name.to_owned());
            return None;
        }
        match name {
            "ul" => self.list(None),
            "ol" => self.list(Some(1)),
            "li" => self.item(),
            "a" => self.links.push((attribute(tag, "href").unwrap_or_default(), self.out.len())),
            "img" => {
                if let Some(alt) = attribute(tag, "alt").filter(|alt| !alt.trim().is_empty()) {
                    self.text(&alt);
                }
            }
            _ => self.part(name),
        }
        None
    }

    fn close(&mut self, name: &str) {
        if let Some(hidden) = self.hidden.last() {
            if hidden == name {
                self.hidden.pop();
            }
            return;
        }
        match name {
            "ul" | "ol" => {
                self.lists.pop();
                self.apart(2);
            }
            "li" => self.apart(1),
            "a" => self.link(),
            "img" => {}
            _ => self.part(name),
        }
    }

    /// What keeps things apart, at its beginning as at its end.
    fn part(&mut self, name: &str) {
        match name {
            "br" => self.breaks = (self.breaks + 1).min(2),
            "hr" => {
                self.apart(2);
                self.word("----------------------------------------");
                self.apart(2);
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "pre" => self.apart(2),
            "div" | "table" | "tr" | "section" | "article" | "header" | "footer" | "center" => self.apart(1),
            "td" | "th" => self.blank = true,
            _ => {}
        }
    }

    fn apart(&mut self, lines: usize) {
        self.breaks = self.breaks.max(lines);
    }

    fn list(&mut self, first: Option<usize>) {
        self.apart(1);
        self.lists.push(first);
    }

    fn item(&mut self) {
        self.apart(1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            Some(None) | None => "- ".to_owned(),
        };
        self.word(&mark);
        self.blank = false;
    }

    fn link(&mut self) {
        let Some((address, from)) = self.links.pop() else { return };
        let words = self.out.get(from..).unwrap_or_default().trim();
        let shown = address.strip_prefix("mailto:").or_else(|| address.strip_prefix("tel:")).unwrap_or(&address);
        if shown.is_empty() || shown.starts_with('#') || words == shown {
            return;
        }
        if words.is_empty() {
            self.word(shown);
        } else {
            self.out.push('\n');
            self.out.push_str(shown);
        }
        self.apart(1);
    }

    fn text(&mut self, text: &str) {
        if !self.hidden.is_empty() {
            return;
        }
        let decoded = decoded(text);
        let text: String = decoded.chars().filter(|c| !is_invisible(*c)).collect();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let word = rest.trim_start();
            let gap = &rest[..rest.len() - word.len()];
            if !gap.is_empty() {
                (self.blank, self.broken) = (true, gap.contains('\n'));
            }
            let end = word.find(char::is_whitespace).unwrap_or(word.len());
            if end > 0 {
                self.word(&word[..end]);
            }
            rest = &word[end..];
        }
    }

    fn word(&mut self, word: &str) {
        if self.out.is_empty() {
            // Nothing goes before the first.
        } else if self.breaks > 0 {
            self.out.push_str(&"\n".repeat(self.breaks));
        } else if self.blank && !(self.broken && ends_wide(&self.out) && starts_wide(word)) {
            self.out.push(' ');
        }
        (self.breaks, self.blank, self.broken) = (0, false, false);
        self.out.push_str(word);
    }

    fn finish(mut self) -> String {
        self.out.push('\n');
        self.out
    }
}

/// Japanese has no blanks: where a line of the source was broken between two full-width characters, there is none.
fn ends_wide(text: &str) -> bool {
    text.chars().next_back().is_some_and(|c| c.width() == Some(2))
}

fn starts_wide(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.width() == Some(2))
}

/// Characters that keep previews empty.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{34f}' | '\u{feff}' | '\u{ad}')
}

fn is_hidden(tag: &Tag) -> bool {
    let style = attribute(tag, "style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    style.contains("display:none") || style.contains("visibility:hidden")
}

/// The value of an attribute of a tag, decoded.
pub(super) fn attribute(tag: &Tag, wanted: &str) -> Option<String> {
    tag.attribute(wanted).map(|attribute| decoded(&attribute.value))
}

/// Text with its character references resolved: the numbers, and the names that mails use.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| Some((character(&rest[1..end])?, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "zwnj" => '\u{200c}',
        "zwj" => '\u{200d}',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "hellip" => '…',
        "middot" => '·',
        "bull" => '•',
        "yen" => '¥',
        "laquo" => '«',
        "raquo" => '»',
        "ndash" => '–',
        "mdash" => '—',
        "rarr" => '→',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_is_shown_is_told() {
        let html = "<html><head><title>t</title><style>p > a {}</style></head><body><div style=\"display:none\">pre<div>in\
                    </div>header</div><!--[if mso]>x<![endif]--><h1>青空\n通信</h1><p>a &lt;b&gt; <b>c</b><br>d</p>\
                    <ul><li>one</li><li>two</li></ul><p><a href=\"https://x.example/?a=1&amp;b=2\">見る</a></p><ol><li>x</li>\
                    <li>y</li></ol><table><tr><td>l</td><td>r</td></tr></table><img alt=\"図\" src=\"x\"><a \
                    href=\"mailto:a@b.example\">a@b.example</a></body></html>";
        assert_eq!(
            plain(html),
            "青空通信\n\na <b> c\nd\n\n- one\n- two\n\n見る\nhttps://x.example/?a=1&b=2\n\n1. x\n2. y\n\nl r\n図a@b.example\n"
        );
    }
}
