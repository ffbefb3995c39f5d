//! Which tags are closed by which, through branches and loops of templates: each branch begins with the tags that are open
//! before it, and where they do not leave the same tags open nothing more is said.

use std::ops::Range;

use crate::html::Piece;
use crate::text::is_void;

/// A tag without its partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbalanced {
    /// Where it stands.
    pub at: Range<usize>,
    /// Its name.
    pub name: String,
    /// Whether it closes, and nothing is open; otherwise it opens, and nothing closes it.
    pub closes: bool,
    /// The closing tag that was found in the place of its own.
    pub instead: Option<Range<usize>>,
}

/// Elements whose end may be left out (section 13.1.2.4).
const OPTIONAL: &[&str] = &[
    "html", "head", "body", "li", "dt", "dd", "p", "rt", "rp", "optgroup", "option", "colgroup", "caption", "thead",
    "tbody", "tfoot", "tr", "td", "th",
];

type Open = (String, Range<usize>);

struct Branches {
    /// What was open before.
    before: Vec<Open>,
    /// What the branches leave open.
    after: Vec<Vec<Open>>,
    /// Whether one of them is taken in any case.
    is_whole: bool,
}

/// Elements of MJML that hold HTML, each by itself. What `mj-raw` holds may be half of something.
const HOLD_HTML: &[&str] = &[
    "mj-text",
    "mj-button",
    "mj-table",
    "mj-navbar-link",
    "mj-social-element",
    "mj-accordion-title",
    "mj-accordion-text",
];

/// The same of the HTML inside the elements of MJML.
pub fn unbalanced_in_mjml(pieces: &[Piece]) -> Vec<Unbalanced> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(opens) = pieces[from..].iter().position(
        |piece| matches!(piece, Piece::Open(tag) if HOLD_HTML.contains(&tag.name.as_str()) && !tag.closes_itself),
    ) {
        let first = from + opens + 1;
        let Piece::Open(outer) = &pieces[first - 1] else { break };
        let inside = pieces[first..].iter();
        let closes = inside.clone().position(|piece| matches!(piece, Piece::Close { name, .. } if *name == outer.name));
        let Some(length) = closes else { break };
        found.extend(unbalanced(&pieces[first..first + length]));
        from = first + length + 1;
    }
    found
}

/// The tags of a body without a partner, in order.
pub fn unbalanced(pieces: &[Piece]) -> Vec<Unbalanced> {
    let (mut open, mut found, mut branches) = (Vec::new(), Vec::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Open(tag) if tag.closes_itself || is_void(&tag.name) => {}
            // The name itself comes from the template, or is made up of it.
            Piece::Open(tag) if tag.name.contains('{') => return found,
            Piece::Open(tag) => open.push((tag.name.clone(), tag.at.clone())),
            Piece::Close { name, .. } if is_void(name) => {}
            Piece::Close { name, at } => close(name, at, &mut open, &mut found),
            Piece::Branch(word, _) if branch(word, &mut open, &mut branches) => {}
            Piece::Branch(..) => return found,
            Piece::Text(_) | Piece::Raw(..) | Piece::Comment(_) => {}
        }
    }
    found.extend(left_open(open).map(|(name, at)| Unbalanced { at, name, closes: false, instead: None }));
    found.sort_by_key(|tag| tag.at.start);
    found
}

fn left_open(open: Vec<Open>) -> impl Iterator<Item = Open> {
    open.into_iter().filter(|(name, _)| !OPTIONAL.contains(&name.as_str()))
}

fn close(name: &str, at: &Range<usize>, open: &mut Vec<Open>, found: &mut Vec<Unbalanced>) {
    let Some(partner) = open.iter().rposition(|(opened, _)| opened == name) else {
        if name != "p" {
            let name = name.to_owned();
            found.push(Unbalanced { at: at.clone(), name, closes: true, instead: None });
        }
        return;
    };
    let inner = open.split_off(partner).into_iter().skip(1).collect();
    found.extend(left_open(inner).map(|(name, opened)| Unbalanced {
        at: opened,
        name,
        closes: false,
        instead: Some(at.clone()),
    }));
}

/// Follows a statement of the template. `false` where branches leave different tags open.
fn branch(word: &str, open: &mut Vec<Open>, branches: &mut Vec<Branches>) -> bool {
    match word {
        "if" | "for" | "macro" | "block" => {
            branches.push(Branches { before: open.clone(), after: Vec::new(), is_whole: word == "block" });
            true
        }
        "elif" | "else" => {
            let Some(last) = branches.last_mut() else { return false };
            last.after.push(std::mem::replace(open, last.before.clone()));
            last.is_whole |= word == "else";
            true
        }
        _ => {
            let Some(last) = branches.pop() else { return false };
            let mut after = last.after;
            after.push(std::mem::take(open));
            if !last.is_whole {
                after.push(last.before);
            }
            let names = |open: &[Open]| open.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            let same = after.windows(2).all(|pair| names(&pair[0]) == names(&pair[1]));
            *open = after.swap_remove(0);
            same
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{unbalanced, unbalanced_in_mjml};
    use crate::html::scan;

    fn found(text: &str) -> Vec<&str> {
        unbalanced(&scan(text)).into_iter().map(|tag| &text[tag.at]).collect()
    }

    #[test]
    fn what_has_no_partner_is_found() {
        assert_eq!(found("<table><tr><td><b>x</td></tr></table>"), ["<b>"]);
        assert_eq!(found("<div><div>x</div>"), ["<div>"]);
        assert_eq!(found("<p>x</span>"), ["</span>"]);
        assert_eq!(found("<a href=x>y"), ["<a href=x>"]);
    }

    #[test]
    fn html_in_mjml_is_looked_at_element_by_element() {
        let found = |text: &'static str| -> Vec<&str> {
            unbalanced_in_mjml(&scan(text)).into_iter().map(|tag| &text[tag.at]).collect()
        };
        assert_eq!(
            found("<mj-column><mj-text>a </div> b</mj-text><mj-text><b>x</mj-text></mj-column>"),
            ["</div>", "<b>"]
        );
        assert_eq!(
            found("<mj-raw><div></mj-raw><mj-text><b>x</b></mj-text><mj-raw></div></mj-raw>"),
            Vec::<&str>::new()
        );
        assert_eq!(
            found("{% for a in b %}<mj-text>{% if a %}<i>x</i>{% endif %}</mj-text>{% endfor %}"),
            Vec::<&str>::new()
        );
    }

    #[test]
    fn what_may_be_left_out_is_no_fault() {
        for text in [
            "<p>a<p>b<ul><li>c<li>d</ul><br><img src=x><hr/>",
            "<table><tr><td>a<td>b<tr><td>c</table>",
            "<!doctype html><html><body>x",
            "{% if a %}<b>x</b>{% elif b %}<i>y</i>{% else %}z{% endif %}",
            "<ul>{% for a in b %}<li>{{ a }}</li>{% endfor %}</ul>",
            // The branches differ: what they make of it is not followed.
            "{% if a %}<td>{% else %}<td class=x>{% endif %}x</td>",
            "{% if a %}<a href=x>{% endif %}y{% if a %}</a>{% endif %}",
            "<div>{% if a %}</div><div>{% endif %}</div>",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }
}
