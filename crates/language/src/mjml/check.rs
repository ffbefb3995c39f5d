//! Holds a body against the table.

use std::ops::Range;

use super::reader::{Open, Piece, never_closed, read, syntax};
use super::table::{ELEMENTS, Element, attributes, element_named};
use super::{Fault, FaultKind, Holds, values};
use crate::text::{Tag, TagKind, nearest};

/// What is wrong with a body in MJML, in the order of the text. What only follows from something else is left out.
pub fn faults(text: &str) -> Vec<Fault> {
    let found = super::template_tags(text);
    let (pieces, broken) = read(text, &found);
    let classes = classes(text, &pieces);
    let mut check = Check { text, faults: Vec::new(), open: Vec::new(), blocks: Vec::new(), roots: 0, classes };
    pieces.iter().for_each(|piece| check.piece(piece));
    match broken {
        Some(fault) => check.faults.push(fault),
        None => check.end(),
    }
    if check.faults.is_empty()
        && let Err((at, message)) = super::to_html(&text.replacen('\u{feff}', "   ", 1))
    {
        check.faults.push(syntax(at, &message, ""));
    }
    check.faults.sort_by_key(|fault| fault.at.start);
    check.faults
}

struct Check<'t> {
    text: &'t str,
    faults: Vec<Fault>,
    /// Elements that are open: their names' places, and how many blocks of the template were open before.
    open: Vec<(Range<usize>, usize)>,
    /// Blocks of the template that are open, by their tags.
    blocks: Vec<Range<usize>>,
    roots: usize,
    /// Names of the classes that are defined; `None` where a template makes names.
    classes: Option<Vec<&'t str>>,
}

/// Names that `<mj-class name="…" />` defines; `None` where a template makes one of them.
fn classes<'t>(text: &'t str, pieces: &[Piece]) -> Option<Vec<&'t str>> {
    let mut found = Vec::new();
    for piece in pieces {
        let Piece::Open(open) = piece else { continue };
        let names = open.attributes.iter().filter(|(name, _)| &text[name.clone()] == "name");
        if &text[open.name.clone()] == "mj-class" {
            found.extend(names.map(|(_, value)| text[value.clone()].trim()));
        }
    }
    found.iter().all(|name| !name.contains('{')).then_some(found)
}

impl<'t> Check<'t> {
    fn piece(&mut self, piece: &Piece) {
        match piece {
            Piece::Open(open) => self.element(open),
            Piece::Close { name, at } => self.close(name, at),
            Piece::Text(at) => self.words(at),
            Piece::Tag(tag) => self.tag(tag),
            Piece::Markup(at) => self.markup(at),
            Piece::Comment(_) => {}
        }
    }

    /// Elements of MJML in HTML, which stay what they are there: no mail program knows them.
    fn markup(&mut self, at: &Range<usize>) {
        let Some(parent) = self.parent() else { return };
        let markup = &self.text[at.clone()];
        for (found, _) in markup.match_indices("<mj-") {
            let name = &markup[found + 1..];
            let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(name.len());
            // A comment that is open goes on.
            let before = &markup[..found];
            let is_comment = before.rfind("<!--") > before.rfind("-->");
            if element_named(&name[..end]).is_none() || is_comment {
                continue;
            }
            let message = format!("`{}` does not stand in `{parent}`", &name[..end]);
            let help = format!("what stands in `{parent}` is HTML, in which MJML is not rendered");
            let start = at.start + found + 1;
            self.faults.push(Fault { kind: FaultKind::Misplaced, at: start..start + end, message, help });
        }
    }

    fn end(&mut self) {
        if let Some((name, _)) = self.open.last() {
            self.faults.push(never_closed(self.text, name.clone()));
        } else if self.roots == 0 {
            let message = "a mail in MJML is one element `<mjml>` with a `<mj-body>`";
            self.faults.push(syntax(0..self.text.len().min(1), message, "begin it with `<mjml><mj-body>`"));
        }
    }

    fn parent(&self) -> Option<&'t str> {
        self.open.last().map(|(name, _)| &self.text[name.clone()])
    }

    fn element(&mut self, open: &Open) {
        let name = &self.text[open.name.clone()];
        match element_named(name) {
            Some(element) => {
                self.place_of(element, open);
                self.attributes(element, open);
            }
            None => self.unknown_element(name, open),
        }
        self.roots += usize::from(self.open.is_empty());
        if !open.is_closed {
            self.open.push((open.name.clone(), self.blocks.len()));
        }
    }

    fn unknown_element(&mut self, name: &str, open: &Open) {
        // What is in an unknown element is not its fault.
        if self.parent().is_some_and(|parent| element_named(parent).is_none()) {
            return;
        }
        let known = ELEMENTS.iter().map(|element| element.name);
        let help = match (name, nearest(name, known)) {
            ("mj-html-attributes", _) => {
                "the renderer has none such: write what needs the attribute as HTML, in `mj-raw` or `mj-text`"
                    .to_owned()
            }
            ("mj-include", _) => "write `{% include \"emails/parts/footer.mjml\" %}`".to_owned(),
            (_, Some(near)) => format!("did you mean `{near}`?"),
            (_, None) if name.starts_with("mj-") => "the elements of MJML are listed in its documentation".to_owned(),
            (_, None) => "HTML stands in `mj-text`, `mj-table` or `mj-raw`".to_owned(),
        };
        let message = format!("MJML has no element `{name}`");
        self.faults.push(Fault { kind: FaultKind::Unknown, at: open.name.clone(), message, help });
    }

    fn place_of(&mut self, element: &Element, open: &Open) {
        let allowed: Vec<&str> = element.within.split_whitespace().collect();
        let (fits, place) = match self.parent() {
            None => (element.name == "mjml" && self.roots == 0, "outside of `<mjml>`".to_owned()),
            Some(parent @ ("mj-attributes" | "mj-class")) => {
                (!matches!(element.name, "mjml" | "mj-head" | "mj-raw"), format!("in `{parent}`"))
            }
            Some(parent) => (allowed.contains(&parent) || element_named(parent).is_none(), format!("in `{parent}`")),
        };
        if !fits {
            let message = format!("`{}` does not stand {place}", element.name);
            let help = match allowed.as_slice() {
                [] => "it holds everything, once".to_owned(),
                [only] => format!("it stands in `{only}`"),
                several => {
                    let words: Vec<String> = several.iter().map(|name| format!("`{name}`")).collect();
                    format!("it stands in {}", words.join(" or "))
                }
            };
            self.faults.push(Fault { kind: FaultKind::Misplaced, at: open.name.clone(), message, help });
        }
    }

    fn attributes(&mut self, element: &Element, open: &Open) {
        let known = attributes(element);
        // `mj-all` and `mj-class` take those of all elements.
        let is_any = matches!(element.name, "mj-all" | "mj-class");
        let every = || ELEMENTS.iter().flat_map(attributes);
        for (number, (at, value_at)) in open.attributes.iter().enumerate() {
            let name = &self.text[at.clone()];
            if open.attributes[..number].iter().any(|(earlier, _)| &self.text[earlier.clone()] == name) {
                self.faults.push(syntax(at.clone(), &format!("`{}` has `{name}` twice", element.name), ""));
            }
            let is_xml = name.starts_with("xmlns") || name.starts_with("data-") || name.starts_with("aria-");
            if known.contains(&name) || is_xml || is_any && every().any(|known| known == name) {
                let value = &self.text[value_at.clone()];
                let has_source = || open.attributes.iter().any(|(at, _)| &self.text[at.clone()] == "src");
                let network = element.name == "mj-social-element" && name == "name" && !has_source();
                let fault = match name {
                    _ if network => values::network(value),
                    "mj-class" => self.class(value),
                    _ => values::fault(name, value),
                };
                if let Some((message, help)) = fault {
                    self.faults.push(Fault { kind: FaultKind::Unknown, at: value_at.clone(), message, help });
                }
                continue;
            }
            let message = format!("`{}` has no attribute `{name}`", element.name);
            let near = nearest(name, known.iter().copied());
            let help = near.map_or(String::new(), |near| format!("did you mean `{near}`?"));
            self.faults.push(Fault { kind: FaultKind::Unknown, at: at.clone(), message, help });
        }
    }

    /// What is wrong with the names of classes.
    fn class(&self, value: &str) -> Option<(String, String)> {
        let classes = self.classes.as_ref().filter(|_| !value.contains('{'))?;
        let wrong = value.split_whitespace().find(|name| !classes.contains(name))?;
        let help = match nearest(wrong, classes.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("define it in `mj-attributes`: `<mj-class name=\"{wrong}\" … />`"),
        };
        Some((format!("there is no `mj-class` of the name `{wrong}`"), help))
    }

    fn close(&mut self, name: &Range<usize>, at: &Range<usize>) {
        let word = &self.text[name.clone()];
        let Some(place) = self.open.iter().rposition(|(open, _)| &self.text[open.clone()] == word) else {
            self.faults.push(syntax(at.clone(), &format!("`</{word}>` closes nothing that is open"), ""));
            return;
        };
        for (open, _) in self.open.split_off(place + 1) {
            self.faults.push(never_closed(self.text, open));
        }
        let Some((_, before)) = self.open.pop() else { return };
        if self.blocks.len() > before {
            for block in self.blocks.split_off(before) {
                self.crossing(block, word);
            }
        }
    }

    fn crossing(&mut self, at: Range<usize>, element: &str) {
        let message = format!("this block begins in `{element}` and ends outside of it");
        let help = "a block of a template holds whole elements".to_owned();
        self.faults.push(Fault { kind: FaultKind::Misplaced, at, message, help });
    }

    fn words(&mut self, at: &Range<usize>) {
        let text = &self.text[at.clone()];
        // Some editors begin a file with a byte order mark.
        let is_blank = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty();
        if is_blank || self.parent().is_some_and(|parent| element_named(parent).is_none()) {
            return;
        }
        let start = at.start + (text.len() - text.trim_start().len());
        let line = text.trim_start().lines().next().unwrap_or_default().trim_end();
        let place = self.parent().map_or("outside of `<mjml>`".to_owned(), |parent| format!("in `{parent}`"));
        let message = format!("text does not stand {place}");
        let help = "put it into `<mj-text>`".to_owned();
        self.faults.push(Fault { kind: FaultKind::Misplaced, at: start..start + line.len(), message, help });
    }

    fn tag(&mut self, tag: &Tag) {
        let parent = self.parent();
        let holds = parent.and_then(element_named).map(|element| element.holds);
        match tag.kind {
            TagKind::Comment => return,
            // What is in an unknown element is not its fault.
            TagKind::Print if parent.is_some_and(|parent| element_named(parent).is_none()) => return,
            TagKind::Print => {
                let place = parent.map_or("outside of `<mjml>`".to_owned(), |parent| format!("in `{parent}`"));
                let message = format!("text does not stand {place}");
                let help = "put it into `<mj-text>`".to_owned();
                self.faults.push(Fault { kind: FaultKind::Misplaced, at: tag.at.clone(), message, help });
                return;
            }
            TagKind::Statement => {}
        }
        let word = tag.word(self.text);
        if word == "set"
            && let Some(at) = self.text[tag.at.clone()].find("<mj-")
        {
            let at = tag.at.start + at + 1;
            let end = self.text[at..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(0);
            let message = "a `set` block holds text, and elements of MJML in it are not rendered".to_owned();
            let help = "write a macro, or a part that is included".to_owned();
            self.faults.push(Fault { kind: FaultKind::Misplaced, at: at..at + end, message, help });
        }
        if let (Some(Holds::ElementsOnly | Holds::Nothing), Some(parent)) = (holds, parent) {
            let message = format!("tags of templates do not stand in `{parent}`");
            let help = "put them around it, or into the values of attributes".to_owned();
            self.faults.push(Fault { kind: FaultKind::Misplaced, at: tag.at.clone(), message, help });
        } else if parent.is_none() && self.roots > 0 {
            // What closes before the root must have been opened there, and behind it there is nothing.
            let message = "tags of templates stand before `<mjml>` or in it".to_owned();
            self.faults.push(Fault { kind: FaultKind::Misplaced, at: tag.at.clone(), message, help: String::new() });
        }
        match word {
            "if" | "for" | "with" => self.blocks.push(tag.at.clone()),
            "endif" | "endfor" | "endwith" => {
                let before = self.open.last().map_or(0, |(_, before)| *before);
                if self.blocks.len() <= before {
                    let element = parent.unwrap_or("mjml");
                    self.crossing(tag.at.clone(), element);
                }
                self.blocks.pop();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(&str, String)> {
        faults(text).into_iter().map(|fault| (&text[fault.at], fault.message)).collect()
    }

    #[test]
    fn a_sound_body_has_no_fault() {
        let text = "{% set x = 1 %}<mjml lang=\"ja\"><mj-head><mj-title>a</mj-title><mj-attributes><mj-all color=\"red\" /><mj-class name=\"big\" />\
                    <mj-text font-size=\"14px\" /></mj-attributes></mj-head><mj-body>{% if x < 3 %}<mj-section>\
                    <mj-column>{# < #}<mj-text mj-class=\"big {{ x }}\">{{ x }}<br>&nbsp;<b>b</b></mj-text>{% for y in z %}<mj-button \
                    href=\"{{ y }}?a=1&b=2\">go</mj-button>{% endfor %}</mj-column></mj-section>{% endif %}</mj-body></mjml>";
        assert_eq!(said(text), []);
        assert_eq!(said(&format!("\u{feff}{text}")), []);
        let html = super::super::to_html(text).unwrap();
        for part in ["{% set x = 1 %}", "{% if x < 3 %}", "{% for y in z %}", "{{ y }}?a=1&b=2"] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("tjTag") && !html.contains("{#"));
    }

    #[test]
    fn faults_stand_at_their_bytes() {
        let body = |inner: &str| format!("<mjml><mj-body>{inner}</mj-body></mjml>");
        let cases = [
            ("<mj-nope/>", "mj-nope", "MJML has no element `mj-nope`"),
            ("<mj-section bogus=\"1\"></mj-section>", "bogus", "`mj-section` has no attribute `bogus`"),
            ("<mj-text>a</mj-text>", "mj-text", "`mj-text` does not stand in `mj-body`"),
            ("<mj-section>", "mj-section", "`mj-section` is never closed"),
            ("loose", "loose", "text does not stand in `mj-body`"),
            (
                "<mj-section><mj-column><mj-text>a <mj-button href=\"https://a.example\">b</mj-button></mj-text></mj-column></mj-section>",
                "mj-button",
                "`mj-button` does not stand in `mj-text`",
            ),
            (
                "<mj-section><mj-column><mj-social><mj-social-element name=\"fb\" /></mj-social></mj-column></mj-section>",
                "fb",
                "`fb` is no network that MJML has a picture of",
            ),
            ("<mj-section mj-class=\"big\" />", "big", "there is no `mj-class` of the name `big`"),
            ("<mj-section padding=\"8 28px\" />", "8 28px", "`8` is no length"),
            ("{{ a }}", "{{ a }}", "text does not stand in `mj-body`"),
            (
                "<mj-section>{% if a %}</mj-section>{% endif %}",
                "{% if a %}",
                "this block begins in `mj-section` and ends outside of it",
            ),
            (
                "<mj-section {% if a %}b=\"c\"{% endif %}/>",
                "{% if a %}",
                "a tag of a template stands in the value of an attribute, or between elements",
            ),
            ("<mj-section padding=1/>", "padding", "the value of this attribute is not in quotes"),
        ];
        for (inner, at, message) in cases {
            let text = body(inner);
            let found = said(&text);
            assert_eq!(
                found.first().map(|(at, message)| (*at, message.as_str())),
                Some((at, message)),
                "{inner}: {found:?}"
            );
        }
    }
}
