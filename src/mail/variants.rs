//! Each branch of a mail's dynamic content once, in as few mails as that takes.

use super::Prepared;
use crate::text::{Tag, TagKind, tags};

/// A mail with its branches settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// What holds in it, as the conditions are written.
    pub holds: Vec<String>,
    /// Its templates, without those conditions.
    pub prepared: Prepared,
}

/// Most variants of one mail.
const MAX_VARIANTS: usize = 200;

/// The variants of a mail. Branches inside one another multiply nothing: branches that stand beside each other change
/// together, so that there are as many variants as the longest choice has ways.
pub fn variants(prepared: &Prepared) -> Vec<Variant> {
    let (subjects, bodies) = (ways_of(&prepared.subject), ways_of(&prepared.html));
    let texts = prepared.text.as_deref().map(ways_of);
    let longest = subjects.len().max(bodies.len()).max(texts.as_ref().map_or(0, Vec::len));
    let of = |ways: &[Way], at: usize| ways[at.min(ways.len() - 1)].clone();
    (0..longest.min(MAX_VARIANTS))
        .map(|at| {
            let (subject, body) = (of(&subjects, at), of(&bodies, at));
            let text = texts.as_ref().map(|texts| of(texts, at));
            let mut holds: Vec<String> = Vec::new();
            for condition in
                subject.holds.into_iter().chain(body.holds).chain(text.iter().flat_map(|text| text.holds.clone()))
            {
                if !holds.contains(&condition) {
                    holds.push(condition);
                }
            }
            let prepared = Prepared { subject: subject.text, html: body.text, text: text.map(|text| text.text) };
            Variant { holds, prepared }
        })
        .collect()
}

/// One way through a template.
#[derive(Clone, Debug, Default)]
struct Way {
    holds: Vec<String>,
    text: String,
}

enum Node {
    Text(String),
    /// Conditions and what they show; the last without a condition of its own.
    Choice(Vec<(String, Vec<Node>)>),
}

fn ways_of(text: &str) -> Vec<Way> {
    let found = tags(text);
    let mut at = 0;
    let mut from = 0;
    let nodes = nodes(text, &found, &mut at, &mut from);
    ways(&nodes)
}

/// The nodes up to the end of the block that is open, or of the text. `at` is the next tag, `from` the next byte.
fn nodes(text: &str, found: &[Tag], at: &mut usize, from: &mut usize) -> Vec<Node> {
    let mut out = Vec::new();
    while let Some(tag) = found.get(*at) {
        let word = if tag.kind == TagKind::Statement { tag.word(text) } else { "" };
        match word {
            "if" => {
                out.push(Node::Text(text[*from..tag.at.start].to_owned()));
                out.push(choice(text, found, at, from));
            }
            // The `else` of a loop belongs to the loop.
            "for" => {
                *at += 1;
                let start = std::mem::replace(from, tag.at.end);
                out.push(Node::Text(text[start..tag.at.end].to_owned()));
                let inner = nodes(text, found, at, from);
                out.extend(inner);
                if found.get(*at).is_some_and(|tag| tag.word(text) == "else") {
                    let close = found.get(*at).map_or(*from, |tag| tag.at.end);
                    out.push(Node::Text(text[*from..close].to_owned()));
                    (*from, *at) = (close, *at + 1);
                    out.extend(nodes(text, found, at, from));
                }
                let close = found.get(*at).map_or(text.len(), |tag| tag.at.end);
                out.push(Node::Text(text[*from..close].to_owned()));
                (*from, *at) = (close, *at + 1);
            }
            "elif" | "else" | "endif" | "endfor" => {
                out.push(Node::Text(text[*from..tag.at.start].to_owned()));
                *from = tag.at.start;
                return out;
            }
            _ => *at += 1,
        }
    }
    out.push(Node::Text(text[(*from).min(text.len())..].to_owned()));
    *from = text.len();
    out
}

fn choice(text: &str, found: &[Tag], at: &mut usize, from: &mut usize) -> Node {
    let mut branches = Vec::new();
    let mut conditions: Vec<String> = Vec::new();
    let mut has_else = false;
    while let Some(tag) = found.get(*at) {
        let word = tag.word(text);
        let condition = tag.inside(text).strip_prefix(word).unwrap_or_default().trim().to_owned();
        (*from, *at) = (tag.at.end, *at + 1);
        match word {
            "if" | "elif" => {
                conditions.push(condition.clone());
                branches.push((condition, nodes(text, found, at, from)));
            }
            "else" => {
                has_else = true;
                branches.push((otherwise(&conditions), nodes(text, found, at, from)));
            }
            _ => break,
        }
    }
    if !has_else {
        branches.push((otherwise(&conditions), Vec::new()));
    }
    Node::Choice(branches)
}

fn otherwise(conditions: &[String]) -> String {
    match conditions {
        [only] => format!("not ({only})"),
        _ => format!("neither {}", conditions.join(" nor ")),
    }
}

fn ways(nodes: &[Node]) -> Vec<Way> {
    let each: Vec<Vec<Way>> = nodes.iter().map(ways_of_node).collect();
    let longest = each.iter().map(Vec::len).max().unwrap_or(1);
    let mut out = vec![Way::default(); longest.max(1)];
    for ways in &each {
        for (at, way) in out.iter_mut().enumerate() {
            let Some(chosen) = ways.get(at.min(ways.len().saturating_sub(1))) else { continue };
            way.text.push_str(&chosen.text);
            way.holds.extend(chosen.holds.iter().cloned());
        }
    }
    out
}

fn ways_of_node(node: &Node) -> Vec<Way> {
    match node {
        Node::Text(text) => vec![Way { holds: Vec::new(), text: text.clone() }],
        Node::Choice(branches) => {
            let of_branch = |(condition, inner): &(String, Vec<Node>)| {
                let with = |way: Way| {
                    let holds = std::iter::once(condition.clone()).chain(way.holds).collect();
                    Way { holds, ..way }
                };
                ways(inner).into_iter().map(with).collect::<Vec<Way>>()
            };
            branches.iter().flat_map(of_branch).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_branch_is_shown_once() {
        let html = "<{% if a %}A{% if b %}B{% else %}C{% endif %}{% elif d %}D{% endif %}|{% for x in y %}{% if x %}X{% endif %}\
                    {% else %}none{% endfor %}>";
        let prepared = Prepared { subject: "s".to_owned(), html: html.to_owned(), text: None };
        let found: Vec<(String, String)> =
            variants(&prepared).into_iter().map(|way| (way.holds.join(" & "), way.prepared.html)).collect();
        let each = |shown: &str| format!("|{{% for x in y %}}{shown}{{% else %}}none{{% endfor %}}>");
        assert_eq!(
            found,
            [
                ("a & b & x".to_owned(), format!("<AB{}", each("X"))),
                ("a & not (b) & not (x)".to_owned(), format!("<AC{}", each(""))),
                ("d & not (x)".to_owned(), format!("<D{}", each(""))),
                ("neither a nor d & not (x)".to_owned(), format!("<{}", each(""))),
            ]
        );
    }
}
