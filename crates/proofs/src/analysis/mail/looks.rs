//! How the words of a body look, as far as the body itself says so: their colour, what is behind them, their size, and whether
//! they are hidden. An element has from the one around it what it does not say itself (CSS Cascade 5, section 7.1).
//!
//! Where a style sheet speaks of an element, its colours count as unknown: which rule wins differs between mail programs.

use std::collections::BTreeSet;
use std::ops::Range;

use super::style::{Declaration, Rgb, color, declarations};
use crate::html::{Piece, Tag};
use crate::text::{is_alphanumeric, is_void};

/// Something that an element says of its looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<T> {
    /// What it says.
    pub value: T,
    /// Where it stands; where nothing stands that says so, the element itself.
    pub at: Range<usize>,
}

/// How words look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// Their colour.
    pub front: Option<Said<Rgb>>,
    /// The colour behind them.
    pub back: Option<Said<Rgb>>,
    /// Their size, in hundredths of a pixel.
    pub size: Option<Said<u32>>,
    /// What hides them.
    pub hidden: Option<Range<usize>>,
}

/// Words of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Where they stand.
    pub at: Range<usize>,
    /// How they look.
    pub looks: Looks,
}

/// The words of a body and how they look, in order. Those of which nothing is known are left out.
pub fn words(text: &str, pieces: &[Piece]) -> Vec<Words> {
    let mut page =
        Page { styled: styled(text, pieces), defaults: defaults(text), open: Vec::new(), before: Vec::new() };
    let mut found = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Open(tag) => page.opened(tag),
            Piece::Close { name, .. } => page.closed(name),
            Piece::Branch(word, _) => page.branch(word),
            Piece::Text(at) => {
                let is_said = text.get(at.clone()).is_some_and(is_said);
                if let Some((_, looks)) = page.open.last().filter(|(_, looks)| is_said && *looks != Looks::default()) {
                    found.push(Words { at: at.clone(), looks: looks.clone() });
                }
            }
            Piece::Raw(..) | Piece::Comment(_) => {}
        }
    }
    found
}

/// Whether a text says something: letters or values, blanks by their names left out.
pub fn is_said(text: &str) -> bool {
    if text.contains('&') {
        let text = text.replace("&nbsp;", "").replace("&zwnj;", "").replace("&#847;", "").replace("&zwj;", "");
        return text.contains("{{") || text.chars().any(is_alphanumeric);
    }
    text.chars().any(is_alphanumeric) || text.contains("{{")
}

struct Page<'a> {
    /// Elements, classes and ids that style sheets give colours.
    styled: BTreeSet<String>,
    /// What stands in `mj-attributes`.
    defaults: &'a str,
    open: Vec<(String, Looks)>,
    /// What was open where the branches that are open began.
    before: Vec<Vec<(String, Looks)>>,
}

/// Elements that end where the next of their kind begins.
const SELF_ENDING: [&str; 6] = ["li", "p", "td", "th", "tr", "option"];

impl Page<'_> {
    fn opened(&mut self, tag: &Tag) {
        if SELF_ENDING.contains(&tag.name.as_str()) && self.open.last().is_some_and(|(name, _)| *name == tag.name) {
            self.open.pop();
        }
        if !tag.closes_itself && !is_void(&tag.name) {
            let looks = self.looks(tag);
            self.open.push((tag.name.clone(), looks));
        }
    }

    fn closed(&mut self, name: &str) {
        if let Some(at) = self.open.iter().rposition(|(open, _)| open == name) {
            self.open.truncate(at);
        }
    }

    fn branch(&mut self, word: &str) {
        match word {
            "if" | "for" | "macro" | "block" => self.before.push(self.open.clone()),
            "elif" | "else" => self.open = self.before.last().cloned().unwrap_or_default(),
            _ => {
                self.before.pop();
            }
        }
    }

    fn looks(&self, tag: &Tag) -> Looks {
        let mut looks = self.open.last().map(|(_, looks)| looks.clone()).unwrap_or_default();
        // What Outlook draws behind the words of VML is said in words of its own.
        if tag.is_open || self.is_styled(tag) || tag.name.contains(':') {
            (looks.front, looks.back) = (None, None);
        }
        if tag.name == "a" {
            // Mail programs have a colour of their own for links.
            looks.front = None;
        }
        if tag.name.starts_with("mj-") {
            self.of_mjml(tag, &mut looks);
        }
        attributes(tag, &mut looks);
        style(tag, &mut looks);
        looks
    }

    fn is_styled(&self, tag: &Tag) -> bool {
        let words = |name: &str| tag.attribute(name).map_or("", |attribute| attribute.value.as_str());
        let mut names = words("class").split_whitespace().chain(words("css-class").split_whitespace());
        self.styled.contains("*")
            || self.styled.contains(&tag.name)
            || self.styled.contains(words("id"))
            || names.any(|name| self.styled.contains(name))
    }

    /// What elements of MJML are without a word (<https://documentation.mjml.io>), unless the head says otherwise.
    fn of_mjml(&self, tag: &Tag, looks: &mut Looks) {
        let usual = |value: Rgb| Some(Said { value, at: tag.at.clone() });
        let has_defaults = self.defaults.contains("color");
        match tag.name.as_str() {
            "mj-button" => (looks.front, looks.back) = (usual([255; 3]), usual([0x41; 3])),
            "mj-text" | "mj-table" => looks.front = usual([0; 3]),
            "mj-raw" | "mj-body" | "mj-wrapper" | "mj-section" | "mj-group" | "mj-column" => {}
            _ => (looks.front, looks.back) = (None, None),
        }
        if has_defaults || tag.may_have("mj-class") {
            looks.front = None;
        }
        if self.defaults.contains("background") || tag.may_have("mj-class") {
            looks.back = None;
        }
    }
}

/// Attributes of HTML before there were styles, and those of MJML.
fn attributes(tag: &Tag, looks: &mut Looks) {
    let is_mjml = tag.name.starts_with("mj-");
    for attribute in &tag.attributes {
        let said = || Some(Said { value: color(&attribute.value.to_ascii_lowercase())?, at: attribute.at.clone() });
        match attribute.name.as_str() {
            "bgcolor" if !is_mjml => looks.back = said(),
            "background-color" | "inner-background-color" | "container-background-color" if is_mjml => {
                looks.back = said();
            }
            "background" | "background-url" => looks.back = None,
            "color" if is_mjml || tag.name == "font" => looks.front = said(),
            "text" if tag.name == "body" => looks.front = said(),
            "font-size" if is_mjml => looks.size = size(&attribute.value, &attribute.at),
            "hidden" => looks.hidden = Some(attribute.at.clone()),
            _ => {}
        }
    }
}

fn style(tag: &Tag, looks: &mut Looks) {
    let Some(style) = tag.attribute("style") else { return };
    if style.value.contains('{') {
        (looks.front, looks.back) = (None, None);
        return;
    }
    for one in declarations(&style.value) {
        let at = style.value_at.start + one.at.start..style.value_at.start + one.at.end;
        let said = |value: &str| Some(Said { value: color(value)?, at: at.clone() });
        match one.property.as_str() {
            "color" => looks.front = said(&one.value),
            "background" | "background-color" => looks.back = said(&one.value),
            "background-image" if one.value != "none" => looks.back = None,
            "font-size" => looks.size = size(&one.value, &at),
            _ if hides(&one) => looks.hidden = Some(at),
            _ => {}
        }
    }
}

fn hides(one: &Declaration) -> bool {
    match one.property.as_str() {
        "display" => one.value.starts_with("none"),
        "visibility" => one.value.starts_with("hidden"),
        "max-height" => matches!(one.value.as_str(), "0" | "0px"),
        "opacity" => one.value == "0",
        _ => false,
    }
}

fn size(value: &str, at: &Range<usize>) -> Option<Said<u32>> {
    let value = value.trim().trim_end_matches("!important").trim();
    let pixels: f64 = value.strip_suffix("px").or_else(|| (value == "0").then_some(value))?.trim().parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let hundredths = (pixels.clamp(0.0, 10_000.0) * 100.0) as u32;
    Some(Said { value: hundredths, at: at.clone() })
}

/// Names in the selectors of rules that set colours.
fn styled(text: &str, pieces: &[Piece]) -> BTreeSet<String> {
    let sheets = pieces.iter().filter_map(|piece| match piece {
        Piece::Raw(name, at) if name == "style" || name == "mj-style" => text.get(at.clone()),
        _ => None,
    });
    let mut found = BTreeSet::new();
    for sheet in sheets {
        let mut rest = sheet;
        while let Some(open) = rest.find('{') {
            let (head, body) = rest.split_at(open);
            let end = body.find(['}']).unwrap_or(body.len());
            // The head of `@media` ends where its first rule's begins.
            let inner = body[1..end.max(1)].rfind('{').map_or(1, |at| at + 1);
            if body[..end].contains("color") || body[..end].contains("background") {
                let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '*');
                let heads = head.chars().chain([' ']).chain(body[1..inner.max(1)].chars()).collect::<String>();
                found.extend(heads.split(|c| !is_name(c)).filter(|name| !name.is_empty()).map(str::to_owned));
            }
            rest = body.get(end..).unwrap_or("").trim_start_matches('}');
        }
    }
    found
}

/// What stands in the `mj-attributes` of a body.
pub(super) fn defaults(text: &str) -> &str {
    let inside = text.split_once("<mj-attributes").and_then(|(_, rest)| rest.split_once("</mj-attributes"));
    inside.map_or("", |(inside, _)| inside)
}

#[cfg(test)]
mod tests {
    use super::words;
    use crate::html::scan;

    /// What is said of the colours of the words `x`.
    fn said(text: &str) -> Option<(String, String)> {
        let pieces = scan(text);
        let found = words(text, &pieces).into_iter().find(|words| &text[words.at.clone()] == "x")?;
        let (front, back) = (found.looks.front?, found.looks.back?);
        Some((text[front.at].to_owned(), text[back.at].to_owned()))
    }

    #[test]
    fn looks_come_from_around() {
        let both = |front: &str, back: &str| Some((front.to_owned(), back.to_owned()));
        assert_eq!(said("<div style='background:#fff'><p style='color:#ddd'>x</p></div>"), both("color", "background"));
        assert_eq!(said("<td bgcolor='#ffffff'><font color='#eee'>x</font></td>"), both("color", "bgcolor"));
        assert_eq!(said("<b style='color:#111'><i style='background:#222'>x</i></b>"), both("color", "background"));
        // Links, style sheets, images behind words, and what a template decides.
        assert_eq!(said("<p style='color:#111;background:#222'><a href='y'>x</a></p>"), None);
        let sheet = "<style>@media (y) { .z { color: red } }</style><p style='background:#222;color:#111'>";
        assert_eq!(said(&format!("{sheet}<b class='z'>x</b></p>")), None);
        assert_eq!(said(&format!("{sheet}<b class='a'>x</b></p>")), both("color", "background"));
        assert_eq!(said("<td bgcolor='#fff' background='y.png'><b style='color:#eee'>x</b></td>"), None);
        assert_eq!(said("<p style='background:#fff;color:{{ y }}'>x</p>"), None);
        // Each arm begins with what was open before.
        let arms = "<td style='background:#fff'>{% if a %}<b style='color:#111'>y</b>{% else %}<b style='color:#222'>x";
        assert_eq!(said(arms), both("color", "background"));
    }
}
