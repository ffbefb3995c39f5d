//! Values of a campaign that a command line puts in place of those in the files, before anything reads them: what is
//! wrong about them is found like anything else that is written there.

use crate::project::Loaded;
use crate::syntax::{self, Node, Value};
use crate::text::{SourceMap, nearest};

/// A value to be put in the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Keys from the top of a file, with `.` between; members of lists by their number from 0.
    pub path: String,
    /// The value, as it would be written in the file.
    pub value: String,
}

/// Puts the values into the texts of the files.
///
/// # Errors
/// If a file has no single value at the path; in words, with the nearest key.
pub(super) fn apply(files: &mut [Loaded], overrides: &[Override]) -> Result<(), String> {
    overrides.iter().try_for_each(|each| put(files, each))
}

fn put(files: &mut [Loaded], wanted: &Override) -> Result<(), String> {
    let keys: Vec<&str> = wanted.path.split('.').collect();
    // How far the best file follows the path, and what it has there instead.
    let (mut reached, mut others) = (0, Vec::new());
    for file in files.iter_mut() {
        let Ok(text) = &mut file.text else { continue };
        let mut sources = SourceMap::default();
        let id = sources.add(file.path.clone(), text.as_str());
        let Some(root) = syntax::parse(id, text, &mut crate::diag::Sink::default()).and_then(|file| file.root) else {
            continue;
        };
        match find(&root, &keys) {
            Found::Value(node) => {
                let (start, end) = (node.span.start as usize, node.span.end as usize);
                // A key without a value has its place right behind the colon.
                let gap = if start == end { " " } else { "" };
                text.replace_range(start..end, &format!("{gap}{}", wanted.value));
                return Ok(());
            }
            Found::Collection => {
                return Err(format!("`{}` is not a single value; name one of those in it", wanted.path));
            }
            Found::Missing { depth, keys } if depth >= reached => {
                if depth > reached {
                    others.clear();
                }
                (reached, others) = (depth, [others, keys].concat());
            }
            Found::Missing { .. } => {}
        }
    }
    let missing = keys.get(reached).copied().unwrap_or_default();
    let near = nearest(missing, others.iter().map(String::as_str)).map(|near| {
        let path = keys.iter().enumerate().map(|(at, key)| if at == reached { near } else { key });
        format!("; did you mean `{}`?", path.collect::<Vec<_>>().join("."))
    });
    let message = format!("no file has a value at `{}`: there is no `{missing}`", wanted.path);
    Err(message + &near.unwrap_or_default())
}

enum Found<'a> {
    Value(&'a Node),
    Collection,
    /// How many keys were followed, and those that stand where the next one does not.
    Missing {
        depth: usize,
        keys: Vec<String>,
    },
}

fn find<'a>(root: &'a Node, keys: &[&str]) -> Found<'a> {
    let mut node = root;
    for (depth, key) in keys.iter().enumerate() {
        let next = match &node.value {
            Value::Map(_) => node.get(key),
            Value::Seq(members) => key.parse::<usize>().ok().and_then(|at| members.get(at)),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => None,
        };
        let Some(next) = next else {
            return Found::Missing { depth, keys: node.entries().iter().map(|entry| entry.key.clone()).collect() };
        };
        node = next;
    }
    match node.value {
        Value::Map(_) | Value::Seq(_) => Found::Collection,
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => Found::Value(node),
    }
}
