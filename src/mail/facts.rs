//! What holds in a branch of dynamic content, as far as it can be told from how its condition is written.

/// A condition, and whether it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    condition: String,
    holds: bool,
    equals: Option<(String, String)>,
}

impl Fact {
    /// A condition as it is written. `a != 1` is `a == 1` that does not hold.
    pub(super) fn new(condition: &str, holds: bool) -> Fact {
        let comparison = |sign: &str| {
            let (name, value) = condition.split_once(sign)?;
            Some((name_of(name.trim())?.to_owned(), literal(value.trim())?.to_owned()))
        };
        let equals = comparison("==");
        let differs = comparison("!=");
        let holds = if differs.is_some() { !holds } else { holds };
        Fact { condition: condition.to_owned(), holds, equals: equals.or(differs) }
    }

    /// Whether both can hold at once.
    pub(super) fn agrees(&self, other: &Fact) -> bool {
        match (&self.equals, &other.equals) {
            (Some((name, value)), Some((same, wanted))) if name == same => match (self.holds, other.holds) {
                (true, true) => value == wanted,
                (false, false) => true,
                (true, false) | (false, true) => value != wanted,
            },
            _ => self.condition != other.condition || self.holds == other.holds,
        }
    }

    /// The name and the value that it has where this holds, if that tells one.
    pub(super) fn fixes(&self) -> Option<(&str, &str)> {
        let (name, value) = self.equals.as_ref().filter(|_| self.holds)?;
        Some((name, value))
    }
}

/// A name, or names joined by dots.
fn name_of(text: &str) -> Option<&str> {
    let is_name = |part: &str| {
        part.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    text.split('.').all(is_name).then_some(text)
}

/// A text without its quotes, a number or a truth value; nothing if it is anything else.
fn literal(text: &str) -> Option<&str> {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return (!inner.contains([quote, '\\'])).then_some(inner);
        }
    }
    (text.parse::<f64>().is_ok() || matches!(text, "true" | "false")).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_agree_where_both_can_be_so() {
        let agree =
            |one: (&str, bool), other: (&str, bool)| Fact::new(one.0, one.1).agrees(&Fact::new(other.0, other.1));
        assert!(!agree(("a == \"x\"", true), ("a == 'y'", true)));
        assert!(!agree(("a == \"x\"", true), ("a != \"x\"", true)));
        assert!(!agree(("a", true), ("a", false)));
        assert!(!agree(("a == 1", true), ("a == 1", false)));
        assert!(agree(("a == \"x\"", true), ("a == \"y\"", false)));
        assert!(agree(("a == \"x\"", false), ("a == \"y\"", false)));
        assert!(agree(("a == \"x\"", true), ("b == \"y\"", true)));
        assert!(agree(("a == \"x\" or b", true), ("a == \"y\"", true)), "what is not understood says nothing");
        assert_eq!(Fact::new("event.plan == 'pro'", true).fixes(), Some(("event.plan", "pro")));
        assert_eq!(Fact::new("a != 3", false).fixes(), Some(("a", "3")));
        assert_eq!(Fact::new("a == b", true).fixes(), None);
    }
}
