//! Puts the rules of style sheets into the elements they are for: some clients drop style sheets, none drops `style`.
//!
//! In: a template in HTML. Out: the same, with styles where they are needed. Selectors of elements, classes and ids, next
//! to and inside one another, are understood; what asks for more (media, states, attributes) can only stand in the sheet,
//! and stays there.

use std::cell::Cell;
use std::fmt::Write as _;

use super::scan::{Tag, open_tag};
use crate::mjml::Placeholders;
use crate::text::{is_void, tags};

/// How many elements may be compared with a part of a selector. Rules that are not looked at any more stand in the sheet.
const WORK: u32 = 4_000_000;
/// Bytes of a document from which on nothing is put in any more: no mail is that long.
const LONGEST: usize = 8 << 20;

/// A rule of a style sheet.
struct Rule {
    /// The innermost element first; each of the others with whether it is the very parent of the one before.
    selector: Vec<(Compound, bool)>,
    /// Ids, classes and elements of the selector (CSS Selectors 4, section 17).
    weight: (usize, usize, usize),
    declarations: String,
}

/// What one element must be.
#[derive(Default)]
struct Compound {
    name: Option<String>,
    id: Option<String>,
    classes: Vec<String>,
}

/// An element that is open.
struct Element {
    name: String,
    id: String,
    classes: Vec<String>,
}

/// Puts the rules of all style sheets of a template into its elements.
pub fn inline(html: &str) -> String {
    rules_into(html, &sheets(html))
}

/// Puts the rules of `<mj-style inline="inline">` of a body in MJML into the elements that came of it.
pub fn inline_of_mjml(html: &str, source: &str) -> String {
    let mut css = String::new();
    let mut rest = source;
    while let Some(at) = rest.find("<mj-style") {
        rest = &rest[at..];
        let open = rest.find('>').map_or(rest.len(), |end| end + 1);
        let end = rest.find("</mj-style").unwrap_or(rest.len()).max(open);
        if rest[..open].contains("inline=\"inline\"") {
            css.push_str(&rest[open..end]);
        }
        rest = &rest[end..];
    }
    if css.is_empty() { html.to_owned() } else { rules_into(html, &css) }
}

/// Puts rules into the elements of a template.
fn rules_into(html: &str, css: &str) -> String {
    let rules = rules(css);
    if rules.is_empty() {
        return html.to_owned();
    }
    let mut held = Placeholders::new(html);
    let mut from = 0;
    for tag in tags(html) {
        held.text.push_str(&html[from..tag.at.start]);
        held.add(&html[tag.at.clone()]);
        from = tag.at.end;
    }
    held.text.push_str(&html[from..]);
    let styled = styled(&held.text, &rules);
    held.restore(&styled)
}

/// The style sheets of a document.
fn sheets(html: &str) -> String {
    let mut css = String::new();
    let mut rest = html;
    while let Some(at) = rest.find("<style") {
        let Some(open) = rest[at..].find('>') else { break };
        let inner = &rest[at + open + 1..];
        let end = inner.find("</style").unwrap_or(inner.len());
        css.push_str(&inner[..end]);
        css.push('\n');
        rest = &inner[end..];
    }
    css
}

fn rules(css: &str) -> Vec<Rule> {
    let mut clean = String::new();
    let mut rest = css;
    while let Some(at) = rest.find("/*") {
        clean.push_str(&rest[..at]);
        rest = rest[at + 2..].find("*/").map_or("", |end| &rest[at + end + 4..]);
    }
    clean.push_str(rest);
    let mut found = Vec::new();
    let mut rest = clean.as_str();
    while let Some(open) = rest.find('{') {
        let head = rest[..open].rsplit(['}', ';']).next().unwrap_or_default().trim();
        let end = block_end(&rest[open..]);
        let body = &rest[open + 1..open + end];
        rest = rest.get(open + end + 1..).unwrap_or_default();
        // `@media` and its kind hold rules of their own, and a template's tag in a rule differs for each lead.
        if head.starts_with('@') || body.contains(['{', '"']) {
            continue;
        }
        let declarations = body.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches(';').to_owned();
        for selector in head.split(',').filter_map(|selector| selector_of(selector.trim())) {
            let count = |of: fn(&Compound) -> usize| selector.iter().map(|(part, _)| of(part)).sum();
            let weight = (
                count(|part| usize::from(part.id.is_some())),
                count(|part| part.classes.len()),
                count(|part| usize::from(part.name.is_some())),
            );
            found.push(Rule { selector, weight, declarations: declarations.clone() });
        }
    }
    found.sort_by_key(|rule| rule.weight);
    found
}

/// Where the block that begins here ends.
fn block_end(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return at,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    text.len()
}

fn selector_of(text: &str) -> Option<Vec<(Compound, bool)>> {
    if text.is_empty() || text.contains([':', '[', '*', '+', '~', '@', '{']) {
        return None;
    }
    let spaced = text.replace('>', " > ");
    let mut parts: Vec<(Compound, bool)> = Vec::new();
    let mut is_parent = false;
    for word in spaced.split_whitespace().rev() {
        if word == ">" {
            is_parent = true;
            continue;
        }
        parts.push((compound(word)?, std::mem::take(&mut is_parent)));
    }
    (!parts.is_empty()).then_some(parts)
}

fn compound(word: &str) -> Option<Compound> {
    let mut out = Compound::default();
    let end = word.find(['.', '#']).unwrap_or(word.len());
    if end > 0 {
        out.name = Some(word[..end].to_ascii_lowercase());
    }
    let mut rest = &word[end..];
    while let Some(mark) = rest.chars().next() {
        let inner = &rest[1..];
        let end = inner.find(['.', '#']).unwrap_or(inner.len());
        let name = inner[..end].to_owned();
        if name.is_empty() {
            return None;
        }
        if mark == '#' {
            out.id = Some(name)
        } else {
            out.classes.push(name)
        }
        rest = &inner[end..];
    }
    Some(out)
}

/// Elements that end where the next of their kind begins.
const SELF_ENDING: [&str; 6] = ["li", "p", "td", "th", "tr", "option"];

fn styled(html: &str, rules: &[Rule]) -> String {
    let mut out = String::with_capacity(html.len() * 2);
    let work = Cell::new(WORK);
    let mut open: Vec<Element> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("<!") || rest.starts_with("<?") {
            let mark = if rest.starts_with("<!--") { "-->" } else { ">" };
            let end = rest.find(mark).map_or(rest.len(), |end| end + mark.len());
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let Some(tag) = open_tag(rest) else {
            let end = rest.find('>').map_or(rest.len(), |end| end + 1);
            if let Some(name) = rest.strip_prefix("</") {
                let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
                let name = name[..end].to_ascii_lowercase();
                if let Some(at) = open.iter().rposition(|element| element.name == name) {
                    open.truncate(at);
                }
            }
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        };
        let (written, behind) = rest.split_at(tag.at.end);
        rest = behind;
        let name = tag.name.clone();
        if SELF_ENDING.contains(&name.as_str()) && open.last().is_some_and(|element| element.name == name) {
            open.pop();
        }
        let value = |name: &str| tag.attribute(name).map_or("", |attribute| attribute.value.as_str());
        let classes = value("class").split_whitespace().map(str::to_owned).collect();
        open.push(Element { name: name.clone(), id: value("id").to_owned(), classes });
        let rules = if work.get() == 0 || out.len() > LONGEST { &[] } else { rules };
        out.push_str(&with_style(&tag, written, &open, rules, &work));
        if is_void(&name) || tag.closes_itself {
            open.pop();
        } else if matches!(name.as_str(), "style" | "script" | "title") {
            let end = rest.find(&format!("</{name}")).unwrap_or(rest.len());
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    out.push_str(rest);
    out
}

/// The tag, as it is written, with the rules that are for its element; what it says itself comes last and wins.
fn with_style(tag: &Tag, written: &str, open: &[Element], rules: &[Rule], work: &Cell<u32>) -> String {
    let mut style = String::new();
    for rule in rules.iter().filter(|rule| fits(&rule.selector, open, work)) {
        let _ = write!(style, "{};", rule.declarations);
    }
    if style.is_empty() {
        return written.to_owned();
    }
    let style = style.replace('"', "'");
    if let Some(own) = tag.attribute("style") {
        let (start, end) = (own.value_at.start, own.value_at.end);
        let is_quoted = written[..start].ends_with(['"', '\'']);
        let quote = if is_quoted { "" } else { "\"" };
        let style = if written[..start].ends_with('\'') { style.replace('\'', "&#39;") } else { style };
        return format!("{}{quote}{style}{}{quote}{}", &written[..start], &own.value, &written[end..]);
    }
    let name_end = 1 + tag.name.len();
    format!("{} style=\"{}\"{}", &written[..name_end], style.trim_end_matches(';'), &written[name_end..])
}

fn fits(selector: &[(Compound, bool)], open: &[Element], work: &Cell<u32>) -> bool {
    let (Some(((first, _), wanted)), Some((here, above))) = (selector.split_first(), open.split_last()) else {
        return false;
    };
    first.is(here, work) && outer_fits(wanted, above, work)
}

fn outer_fits(wanted: &[(Compound, bool)], above: &[Element], work: &Cell<u32>) -> bool {
    let Some(((compound, is_parent), rest)) = wanted.split_first() else { return true };
    let reach = if *is_parent { above.len().saturating_sub(1) } else { 0 };
    (reach..above.len()).rev().any(|at| compound.is(&above[at], work) && outer_fits(rest, &above[..at], work))
}

impl Compound {
    fn is(&self, element: &Element, work: &Cell<u32>) -> bool {
        let Some(left) = work.get().checked_sub(1) else { return false };
        work.set(left);
        self.name.as_ref().is_none_or(|name| *name == element.name)
            && self.id.as_ref().is_none_or(|id| *id == element.id)
            && self.classes.iter().all(|class| element.classes.contains(class))
    }
}

#[cfg(test)]
mod tests {
    use super::inline;

    #[test]
    fn rules_go_where_they_are_for() {
        let html = "<style>/* x */ p { color: red; } .a > b, #i { margin: 0 } div b { top: 1px }\n@media (x) { p { left: 0 } } \
                    p:hover { right: 0 }</style>{% if a > b %}<div class=\"a\"><b>1</b><p style=\"color:blue\"><b>2</b></p></div>\
                    {% endif %}<p id=i>{{ x }}<p>3";
        let expected = "{% if a > b %}<div class=\"a\"><b style=\"top: 1px;margin: 0\">1</b><p style=\"color: red;color:blue\">\
                        <b style=\"top: 1px\">2</b></p></div>{% endif %}<p style=\"color: red;margin: 0\" id=i>{{ x }}<p \
                        style=\"color: red\">3";
        let found = inline(html);
        assert_eq!(found.split("</style>").nth(1), Some(expected));
    }
}
