//! Each branch of a mail's dynamic content once, in as few mails as that takes.

use std::collections::BTreeSet;

use super::Prepared;
use super::facts::Fact;
use crate::text::{Tag, TagKind, tags};

/// A mail with its branches settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// What holds in it, as the conditions are written.
    pub holds: Vec<String>,
    /// What names are equal to in it, such as the field `industry`: the name, and the value without quotes.
    pub fixed: Vec<(String, String)>,
    /// Its templates, without those conditions.
    pub prepared: Prepared,
}

/// Most variants of one mail.
const MAX_VARIANTS: usize = 200;

/// The variants of a mail: as few as show each branch of its subject, its body and its text, each of branches that can
/// hold at once as far as their conditions tell. A branch that cannot hold where it stands is in none.
pub fn variants(prepared: &Prepared) -> Vec<Variant> {
    let mut branches = 0;
    let mut read = |text: &str| {
        let found = tags(text);
        nodes(&mut Reading { text, found: &found, at: 0, from: 0, branches: &mut branches })
    };
    let templates = [read(&prepared.subject), read(&prepared.html)];
    let text = prepared.text.as_deref().map(read);
    let all: Vec<&Vec<Node>> = templates.iter().chain(&text).collect();
    let mut paths = Vec::new();
    all.iter().for_each(|nodes| paths_of(nodes, &mut Vec::new(), &mut paths));
    let mut shown = BTreeSet::new();
    let mut variants = Vec::new();
    // A mail without branches has one variant.
    let goals = if paths.is_empty() { vec![Vec::new()] } else { paths };
    for goal in &goals {
        let is_new = goal.last().is_none_or(|branch: &&Branch| !shown.contains(&branch.number));
        if !is_new || variants.len() == MAX_VARIANTS || !agree(goal) {
            continue;
        }
        let mut way =
            Way { goal, facts: goal.iter().flat_map(|branch| branch.facts.clone()).collect(), ..Way::default() };
        let mut written = all.iter().map(|nodes| way.write(nodes, &mut shown)).collect::<Vec<String>>().into_iter();
        let mut next = || written.next().unwrap_or_default();
        let prepared = Prepared { subject: next(), html: next(), text: text.as_ref().map(|_| next()) };
        let mut fixed: Vec<(String, String)> = Vec::new();
        for (name, value) in way.facts.iter().filter_map(Fact::fixes) {
            if !fixed.iter().any(|(known, _)| known == name) {
                fixed.push((name.to_owned(), value.to_owned()));
            }
        }
        variants.push(Variant { holds: way.holds, fixed, prepared });
    }
    variants
}

/// Whether branches inside one another can hold at once.
fn agree(path: &[&Branch]) -> bool {
    let facts: Vec<&Fact> = path.iter().flat_map(|branch| &branch.facts).collect();
    facts.iter().enumerate().all(|(at, fact)| facts[..at].iter().all(|other| fact.agrees(other)))
}

/// A template that is being read.
struct Reading<'t> {
    text: &'t str,
    found: &'t [Tag],
    /// The next tag.
    at: usize,
    /// The next byte.
    from: usize,
    /// Branches so far, of all templates.
    branches: &'t mut usize,
}

enum Node {
    Text(String),
    Choice(Vec<Branch>),
}

/// A branch of a choice.
struct Branch {
    /// It has no other's.
    number: usize,
    /// What holds in it, as it is written.
    says: String,
    /// The same with what does not hold since an earlier branch is not taken.
    facts: Vec<Fact>,
    nodes: Vec<Node>,
}

/// The way to each branch: those around it, and itself.
fn paths_of<'n>(nodes: &'n [Node], around: &mut Vec<&'n Branch>, paths: &mut Vec<Vec<&'n Branch>>) {
    for node in nodes {
        let Node::Choice(branches) = node else { continue };
        for branch in branches {
            around.push(branch);
            paths.push(around.clone());
            paths_of(&branch.nodes, around, paths);
            around.pop();
        }
    }
}

/// One way through the templates of a mail.
#[derive(Default)]
struct Way<'g> {
    /// The branch that it is made for, with those around it.
    goal: &'g [&'g Branch],
    /// What holds in it.
    facts: Vec<Fact>,
    /// The same as it is written.
    holds: Vec<String>,
}

impl Way<'_> {
    /// A template along the way. Of each choice the goal's branch is taken, else one that was not shown yet, else any, as
    /// far as it can hold with what is known.
    fn write(&mut self, nodes: &[Node], shown: &mut BTreeSet<usize>) -> String {
        let mut text = String::new();
        for node in nodes {
            match node {
                Node::Text(part) => text.push_str(part),
                Node::Choice(branches) => {
                    let is_goal = |branch: &&Branch| self.goal.iter().any(|goal| goal.number == branch.number);
                    let can = |branch: &&Branch| {
                        branch.facts.iter().all(|fact| self.facts.iter().all(|known| fact.agrees(known)))
                    };
                    let new = |branch: &&Branch| can(branch) && !shown.contains(&branch.number);
                    let mut all = branches.iter();
                    let taken = (branches.iter().find(is_goal))
                        .or_else(|| branches.iter().find(new))
                        .or_else(|| branches.iter().find(can))
                        .or_else(|| all.next_back());
                    let Some(branch) = taken else { continue };
                    shown.insert(branch.number);
                    self.facts.extend(branch.facts.iter().cloned());
                    if !self.holds.contains(&branch.says) {
                        self.holds.push(branch.says.clone());
                    }
                    text.push_str(&self.write(&branch.nodes, shown));
                }
            }
        }
        text
    }
}

/// The nodes up to the end of the block that is open, or of the text.
fn nodes(reading: &mut Reading<'_>) -> Vec<Node> {
    let (text, found) = (reading.text, reading.found);
    let mut out = Vec::new();
    while let Some(tag) = found.get(reading.at) {
        let word = if tag.kind == TagKind::Statement { tag.word(text) } else { "" };
        match word {
            "if" => {
                out.push(Node::Text(text[reading.from..tag.at.start].to_owned()));
                out.push(choice(reading));
            }
            // The `else` of a loop belongs to the loop.
            "for" => {
                reading.at += 1;
                let start = std::mem::replace(&mut reading.from, tag.at.end);
                out.push(Node::Text(text[start..tag.at.end].to_owned()));
                out.extend(nodes(reading));
                if found.get(reading.at).is_some_and(|tag| tag.word(text) == "else") {
                    out.push(reading.up_to_the_end_of_the_tag());
                    out.extend(nodes(reading));
                }
                out.push(reading.up_to_the_end_of_the_tag());
            }
            "elif" | "else" | "endif" | "endfor" => {
                out.push(Node::Text(text[reading.from..tag.at.start].to_owned()));
                reading.from = tag.at.start;
                return out;
            }
            _ => reading.at += 1,
        }
    }
    out.push(Node::Text(text[reading.from.min(text.len())..].to_owned()));
    reading.from = text.len();
    out
}

impl Reading<'_> {
    fn up_to_the_end_of_the_tag(&mut self) -> Node {
        let close = self.found.get(self.at).map_or(self.text.len(), |tag| tag.at.end);
        let node = Node::Text(self.text[self.from..close].to_owned());
        (self.from, self.at) = (close, self.at + 1);
        node
    }

    fn branch(&mut self, says: String, facts: Vec<Fact>) -> Branch {
        let number = *self.branches;
        *self.branches += 1;
        Branch { number, says, facts, nodes: Vec::new() }
    }
}

fn choice(reading: &mut Reading<'_>) -> Node {
    let (text, found) = (reading.text, reading.found);
    let mut branches = Vec::new();
    let mut conditions: Vec<String> = Vec::new();
    let mut has_else = false;
    let none = |conditions: &[String]| -> Vec<Fact> {
        conditions.iter().map(|condition| Fact::new(condition, false)).collect()
    };
    while let Some(tag) = found.get(reading.at) {
        let word = tag.word(text);
        let condition = tag.inside(text).strip_prefix(word).unwrap_or_default().trim().to_owned();
        (reading.from, reading.at) = (tag.at.end, reading.at + 1);
        let mut facts = none(&conditions);
        let says = match word {
            "if" | "elif" => {
                facts.push(Fact::new(&condition, true));
                conditions.push(condition.clone());
                condition
            }
            "else" => {
                has_else = true;
                otherwise(&conditions)
            }
            _ => break,
        };
        let branch = reading.branch(says, facts);
        branches.push(Branch { nodes: nodes(reading), ..branch });
    }
    if !has_else {
        branches.push(reading.branch(otherwise(&conditions), none(&conditions)));
    }
    Node::Choice(branches)
}

fn otherwise(conditions: &[String]) -> String {
    match conditions {
        [only] => format!("not ({only})"),
        _ => format!("neither {}", conditions.join(" nor ")),
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
                ("d & x".to_owned(), format!("<D{}", each("X"))),
                ("neither a nor d & x".to_owned(), format!("<{}", each("X"))),
            ]
        );
    }

    #[test]
    fn only_branches_that_can_hold_at_once_are_together() {
        let of = |text: &str, otherwise: &str| {
            let by = |value: &str| format!("industry == \"{value}\" %}}{text}-{value}");
            let [first, second] = if otherwise == "c" { ["a", "b"] } else { ["b", "c"] };
            format!("{{% if {}{{% elif {}{{% else %}}{text}-{otherwise}{{% endif %}}", by(first), by(second))
        };
        let prepared = Prepared { subject: of("subject", "c"), html: of("body", "a"), text: Some(of("text", "c")) };
        let found: Vec<String> = variants(&prepared)
            .into_iter()
            .map(|way| {
                let Prepared { subject, html, text } = way.prepared;
                let fixed: Vec<String> = way.fixed.iter().map(|(name, value)| format!("{name} {value}")).collect();
                format!("{subject} {html} {} {}", text.unwrap(), fixed.join(" "))
            })
            .collect();
        let all = ["a", "b", "c"].map(|way| format!("subject-{way} body-{way} text-{way} industry {way}"));
        assert_eq!(found, all);
        let never = "{% if a == 1 %}{% if a == 2 %}never{% endif %}{% endif %}";
        let prepared = Prepared { subject: never.to_owned(), html: String::new(), text: None };
        assert!(variants(&prepared).iter().all(|way| !way.prepared.subject.contains("never")));
        let plain = Prepared { subject: "s".to_owned(), html: "b".to_owned(), text: None };
        assert_eq!(variants(&plain).len(), 1);
    }
}
