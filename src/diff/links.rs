//! What stands in a text besides words: web addresses, and what is put in from the lead.

use std::collections::BTreeSet;

use crate::text::{TagKind, tags};

/// Web addresses in a text.
pub(super) fn links(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for scheme in ["https://", "http://"] {
        for (at, _) in text.match_indices(scheme) {
            let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ')' | '>' | '<' | ']' | '」' | '）');
            let rest = &text[at..];
            let end = rest.find(ends).unwrap_or(rest.len());
            found.insert(rest[..end].trim_end_matches(['.', ',', '。', '、']).to_owned());
        }
    }
    found
}

/// The domain of a web address.
pub(super) fn domain(link: &str) -> String {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    rest.split(['/', '?', '#', ':']).next().unwrap_or(rest).to_owned()
}

/// What is put in from the lead, in the words of the template. Names that the template itself gives are left out: another
/// name for the same changes nothing.
pub(super) fn fields(text: &str) -> BTreeSet<String> {
    let all = tags(text);
    let given: BTreeSet<String> = all
        .iter()
        .filter(|tag| tag.kind == TagKind::Statement)
        .flat_map(|tag| given(tag.word(text), tag.inside(text)))
        .collect();
    let printed = all.into_iter().filter(|tag| tag.kind == TagKind::Print);
    let shown = printed.map(|tag| tag.inside(text).to_owned());
    shown.filter(|says| !given.contains(first_name(says))).collect()
}

fn first_name(says: &str) -> &str {
    let end = says.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(says.len());
    &says[..end]
}

/// The names that a statement gives.
fn given(word: &str, statement: &str) -> Vec<String> {
    let rest = statement.strip_prefix(word).unwrap_or_default().trim();
    let named = |part: &str| first_name(part.trim()).to_owned();
    match word {
        "for" => rest.split(" in ").next().unwrap_or_default().split(',').map(named).collect(),
        "set" | "with" => {
            // `==` and the like give no name.
            let ends = rest.match_indices('=').filter(|(at, _)| {
                let around = (rest[..*at].chars().next_back(), rest[at + 1..].chars().next());
                !matches!(around.0, Some('=' | '!' | '<' | '>')) && around.1 != Some('=')
            });
            let before = |(at, _): (usize, &str)| {
                let name = rest[..at].trim_end();
                let from = name.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |end| end + 1);
                name[from..].trim_start().to_owned()
            };
            ends.map(before).filter(|name| !name.is_empty()).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_template_gives_are_no_fields() {
        let text = "{% set title = company %}{% with a=1, b = x == y %}{{ a }}{{ b | upper }}{{ title }}{{ company }}\
                    {% for row in rows %}{{ row.name }}{{ industry }}{% endfor %}";
        let found: Vec<String> = fields(text).into_iter().collect();
        assert_eq!(found, ["company", "industry"]);
    }

    #[test]
    fn an_address_ends_where_its_sentence_does() {
        let found = links("（https://a.example/x）と「http://b.example」、https://c.example/y.");
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            ["http://b.example", "https://a.example/x", "https://c.example/y"]
        );
        assert_eq!(domain("https://a.example:80/x"), "a.example");
    }
}
