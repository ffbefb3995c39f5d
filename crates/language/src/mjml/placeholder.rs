//! Words that stand for the tags of a template while a library works on what is around them.

/// A text with placeholders, and what they stand for.
#[derive(Clone, Debug, Default)]
pub struct Placeholders {
    /// The text.
    pub text: String,
    /// What goes before everything.
    pub before: String,
    /// Begins every placeholder, and is nowhere in the source.
    mark: String,
    held: Vec<String>,
}

impl Placeholders {
    /// An empty text, for a source that will be copied into it.
    pub fn new(source: &str) -> Placeholders {
        let mut mark = "tjTag".to_owned();
        while source.contains(&mark) {
            mark.push('x');
        }
        Placeholders { mark, ..Placeholders::default() }
    }

    /// Writes a word that stands for `source`. It has letters and digits alone, so that it is a word everywhere: in text, in
    /// a quoted value, in a web address.
    pub fn add(&mut self, source: &str) {
        let word = format!("{}{}z", self.mark, self.held.len());
        self.text.push_str(&word);
        self.held.push(source.to_owned());
    }

    /// What a placeholder that `text` is whole stands for.
    pub fn held(&self, text: &str) -> Option<&str> {
        let number = text.strip_prefix(&self.mark)?.strip_suffix('z')?;
        self.held.get(number.parse::<usize>().ok()?).map(String::as_str)
    }

    /// Puts back what the placeholders in `text` stand for.
    pub fn restore(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + self.before.len());
        out.push_str(&self.before);
        let mut rest = text;
        while let Some(at) = rest.find(&self.mark) {
            out.push_str(&rest[..at]);
            let from = &rest[at..];
            let end = from.find('z').map_or(from.len(), |end| end + 1);
            match self.held(&from[..end]) {
                Some(source) => out.push_str(source),
                None => out.push_str(&from[..end]),
            }
            rest = &from[end..];
        }
        out.push_str(rest);
        out
    }
}
