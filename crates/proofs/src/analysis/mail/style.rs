//! Declarations of CSS, in `style` attributes and `<style>`: `property: value` with their bytes.

use std::ops::Range;

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// The sixteen colours that have had names from the beginning (HTML 4.01, section 6.5).
const NAMED: [(&str, Rgb); 16] = [
    ("black", [0, 0, 0]),
    ("silver", [192, 192, 192]),
    ("gray", [128, 128, 128]),
    ("white", [255, 255, 255]),
    ("maroon", [128, 0, 0]),
    ("red", [255, 0, 0]),
    ("purple", [128, 0, 128]),
    ("fuchsia", [255, 0, 255]),
    ("green", [0, 128, 0]),
    ("lime", [0, 255, 0]),
    ("olive", [128, 128, 0]),
    ("yellow", [255, 255, 0]),
    ("navy", [0, 0, 128]),
    ("blue", [0, 0, 255]),
    ("teal", [0, 128, 128]),
    ("aqua", [0, 255, 255]),
];

/// A colour in lower case: `#rgb`, `#rrggbb`, `rgb(r, g, b)`, or one of the sixteen names. Others, and those that let
/// something through, are not known.
pub fn color(value: &str) -> Option<Rgb> {
    let value = value.trim().trim_end_matches("!important").trim();
    if let Some((_, named)) = NAMED.iter().find(|(name, _)| *name == value) {
        return Some(*named);
    }
    if let Some(inside) = value.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')')) {
        let parts: Vec<u8> = inside.split(',').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
        return parts.try_into().ok();
    }
    let digits = value.strip_prefix('#')?;
    let digit = |at: usize, len: usize| u8::from_str_radix(digits.get(at..at + len)?, 16).ok();
    match digits.len() {
        3 => Some([digit(0, 1)? * 17, digit(1, 1)? * 17, digit(2, 1)? * 17]),
        6 => Some([digit(0, 2)?, digit(2, 2)?, digit(4, 2)?]),
        _ => None,
    }
}

/// A declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The property, in lower case; an at-rule such as `@media` by its name.
    pub property: String,
    /// The value, in lower case; of an at-rule what stands before its braces.
    pub value: String,
    /// Where the property stands, in bytes of the text it was read from.
    pub at: Range<usize>,
}

/// The declarations and at-rules in a text of CSS, in order. Selectors and comments are left out.
pub fn declarations(css: &str) -> Vec<Declaration> {
    let mut out = Vec::new();
    let (mut from, mut at) = (0, 0);
    let bytes = css.as_bytes();
    while at < bytes.len() {
        if css.get(at..).is_some_and(|rest| rest.starts_with("/*")) {
            let end = css.get(at..).and_then(|rest| rest.find("*/")).map_or(bytes.len(), |end| at + end + 2);
            (from, at) = (end, end);
            continue;
        }
        let is_end = matches!(bytes[at], b';' | b'{' | b'}');
        if is_end {
            push(css, from..at, bytes[at] == b'{', &mut out);
            from = at + 1;
        }
        at += 1;
    }
    push(css, from..bytes.len(), false, &mut out);
    out
}

fn push(css: &str, range: Range<usize>, opens: bool, out: &mut Vec<Declaration>) {
    let Some(part) = css.get(range.clone()) else { return };
    let start = range.start + (part.len() - part.trim_start().len());
    let part = part.trim();
    if let Some(rule) = part.strip_prefix('@') {
        let name = rule.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().unwrap_or("");
        let value = rule.get(name.len()..).unwrap_or("").trim().to_ascii_lowercase();
        let property = format!("@{}", name.to_ascii_lowercase());
        out.push(Declaration { at: start..start + property.len(), property, value });
    } else if !opens && let Some((property, value)) = part.split_once(':') {
        let property = property.trim();
        if property.is_empty() || property.contains(char::is_whitespace) {
            return;
        }
        out.push(Declaration {
            at: start..start + property.len(),
            property: property.to_ascii_lowercase(),
            value: value.trim().to_ascii_lowercase(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::declarations;

    #[test]
    fn selectors_and_comments_are_left_out() {
        let css = "@import url(x.css); /* a:b; */ p:hover, .c { color : Red; background:URL(y) } @media (min-width:1px) { a{d:e} }";
        let found = declarations(css);
        let said: Vec<_> = found.iter().map(|one| (one.property.as_str(), one.value.as_str())).collect();
        let wanted = [
            ("@import", "url(x.css)"),
            ("color", "red"),
            ("background", "url(y)"),
            ("@media", "(min-width:1px)"),
            ("d", "e"),
        ];
        assert_eq!(said, wanted);
        assert!(found.iter().all(|one| css[one.at.clone()].eq_ignore_ascii_case(&one.property)));
    }
}
