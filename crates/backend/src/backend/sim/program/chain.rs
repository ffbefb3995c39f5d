//! Conditions laid out as chains of tests: each answer leads on to another test or to the end. What `and`, `or` and `not`
//! say is in where the answers lead, so that a run only asks tests, one after the other, and none that cannot matter.

use super::Code;

/// Where answers lead that end the chain.
const HOLDS: u32 = u32::MAX;
const FAILS: u32 = u32::MAX - 1;

/// A condition as a chain of tests.
#[derive(Debug)]
pub struct Chain {
    links: Box<[Link]>,
    first: u32,
}

/// One test, and where its answers lead.
#[derive(Debug)]
struct Link {
    test: Code,
    yes: u32,
    no: u32,
}

impl Chain {
    /// Lays a condition out.
    pub fn of(code: Code) -> Chain {
        let mut links = Vec::new();
        let first = lay(code, HOLDS, FAILS, &mut links);
        Chain { links: links.into(), first }
    }

    /// Whether the condition holds, if this is how its tests are answered.
    #[inline]
    pub fn holds<'a>(&'a self, answer: impl Fn(&'a Code) -> bool) -> bool {
        let mut at = self.first;
        while let Some(link) = self.links.get(at as usize) {
            at = if answer(&link.test) { link.yes } else { link.no };
        }
        at == HOLDS
    }
}

/// Puts the tests of a condition on, the last first, and gives the place of the first.
fn lay(code: Code, yes: u32, no: u32, links: &mut Vec<Link>) -> u32 {
    match code {
        Code::All(parts) => parts.into_iter().rev().fold(yes, |next, part| lay(part, next, no, links)),
        Code::Any(parts) => parts.into_iter().rev().fold(no, |next, part| lay(part, yes, next, links)),
        Code::Not(part) => lay(*part, no, yes, links),
        test => {
            links.push(Link { test, yes, no });
            // No condition of a plan is as long as numbers go.
            u32::try_from(links.len() - 1).unwrap_or(FAILS)
        }
    }
}
