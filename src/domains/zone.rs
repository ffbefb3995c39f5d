//! Zone files, as name servers read them and DNS services export them (RFC 1035, section 5; `$TTL`: RFC 2308).
//!
//! Our own reader, since a finding has to say the line of its record, which the libraries for zone files do not keep.

use std::collections::BTreeMap;

/// Records of one file or several.
#[derive(Clone, Debug, Default)]
pub struct Zone {
    entries: BTreeMap<String, Vec<Entry>>,
    /// Domains of which the files are the zone.
    origins: Vec<String>,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Type, in upper case.
    pub kind: String,
    /// Data: for TXT the strings put together, for others the words.
    pub data: String,
    /// The file's name, as it was given.
    pub file: String,
    /// Its first line, from 1.
    pub line: usize,
}

/// Why a file is no zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// One sentence.
    pub message: String,
}

/// A word of a zone file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: String,
    quoted: bool,
}

/// The words of a record, which may go over several lines in brackets.
struct Line {
    number: usize,
    /// Whether it begins with a blank: then it belongs to the name before.
    continues: bool,
    words: Vec<Word>,
}

impl Zone {
    /// Adds the records of a file. `origin` completes names until the file says another; without it names that do not end
    /// with a dot are taken as they are.
    ///
    /// # Errors
    /// If the text is no zone file.
    pub fn read(&mut self, file: &str, text: &str, origin: Option<&str>) -> Result<(), Fault> {
        let mut origin = origin.map(lower);
        self.origins.extend(origin.clone());
        let mut last: Option<String> = None;
        for line in lines(text)? {
            let mut words = line.words.iter();
            let Some(first) = words.next() else { continue };
            let fault = |message: String| Fault { line: line.number, message };
            match first.text.to_ascii_uppercase().as_str() {
                "$ORIGIN" => {
                    let name = words.next().ok_or_else(|| fault("`$ORIGIN` names no domain".to_owned()))?;
                    let name = full(&name.text, origin.as_deref());
                    self.origins.push(name.clone());
                    origin = Some(name);
                    continue;
                }
                "$TTL" => continue,
                "$INCLUDE" => {
                    return Err(fault("`$INCLUDE` is not followed; give the other file as well".to_owned()));
                }
                word if word.starts_with('$') => return Err(fault(format!("`{}` is no directive", first.text))),
                _ => {}
            }
            let mut rest: Vec<&Word> = line.words.iter().collect();
            let owner = if line.continues {
                last.clone().ok_or_else(|| fault("the first record has no name".to_owned()))?
            } else {
                rest.remove(0);
                full(&first.text, origin.as_deref())
            };
            last = Some(owner.clone());
            // Time to live and class come in any order before the type.
            while rest.first().is_some_and(|word| !word.quoted && (is_ttl(&word.text) || is_class(&word.text))) {
                rest.remove(0);
            }
            let Some((kind, data)) = rest.split_first() else {
                return Err(fault(format!("`{owner}` has no record type")));
            };
            let kind = kind.text.to_ascii_uppercase();
            if !kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) || data.is_empty() {
                return Err(fault(format!("`{kind}` is no record of `{owner}`")));
            }
            if kind == "SOA" {
                self.origins.push(owner.clone());
            }
            let data = match kind.as_str() {
                "TXT" | "SPF" => data.iter().map(|word| word.text.as_str()).collect::<String>(),
                "CNAME" | "NS" => full(&data[0].text, origin.as_deref()),
                _ => data.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "),
            };
            let entry = Entry { kind, data, file: file.to_owned(), line: line.number };
            self.entries.entry(owner).or_default().push(entry);
        }
        Ok(())
    }

    /// The records of a name with a type.
    pub fn of(&self, name: &str, kind: &str) -> Vec<&Entry> {
        let entries = self.entries.get(&lower(name)).into_iter().flatten();
        entries.filter(|entry| entry.kind == kind).collect()
    }

    /// Whether the files would hold this name if it existed: it lies in one of their zones.
    pub fn holds(&self, name: &str) -> bool {
        let name = lower(name);
        let within = |origin: &String| name == *origin || name.ends_with(&format!(".{origin}"));
        self.origins.iter().any(within) || self.entries.contains_key(&name)
    }
}

fn lower(name: &str) -> String {
    name.trim_end_matches('.').to_lowercase()
}

/// A name with the origin behind it, unless it ends with a dot.
fn full(name: &str, origin: Option<&str>) -> String {
    match origin {
        Some(origin) if name == "@" => origin.to_owned(),
        Some(origin) if !name.ends_with('.') => format!("{}.{origin}", name.to_lowercase()),
        _ => lower(name),
    }
}

fn is_class(word: &str) -> bool {
    ["IN", "CH", "HS"].iter().any(|class| class.eq_ignore_ascii_case(word))
}

/// Seconds, or numbers with units such as `1h30m`.
fn is_ttl(word: &str) -> bool {
    word.bytes().next().is_some_and(|first| first.is_ascii_digit())
        && word.bytes().all(|byte| byte.is_ascii_digit() || b"smhdwSMHDW".contains(&byte))
}

/// Words line by line, with comments gone and brackets opened.
fn lines(text: &str) -> Result<Vec<Line>, Fault> {
    let mut all: Vec<Line> = Vec::new();
    let mut open: Option<usize> = None;
    for (at, raw) in text.lines().enumerate() {
        let number = at + 1;
        if open.is_none() {
            all.push(Line { number, continues: raw.starts_with([' ', '\t']), words: Vec::new() });
        }
        let Some(line) = all.last_mut() else { continue };
        let mut chars = raw.trim_start_matches('\u{feff}').chars().peekable();
        while let Some(&c) = chars.peek() {
            match c {
                ';' => break,
                c if c.is_whitespace() => {
                    chars.next();
                }
                '(' | ')' => {
                    chars.next();
                    match (c, open) {
                        ('(', None) => open = Some(number),
                        (')', Some(_)) => open = None,
                        _ => return Err(Fault { line: number, message: format!("there is a `{c}` too many") }),
                    }
                }
                _ => line.words.push(word(&mut chars, number)?),
            }
        }
    }
    match open {
        Some(line) => Err(Fault { line, message: "the bracket is never closed".to_owned() }),
        None => Ok(all),
    }
}

fn word(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, line: usize) -> Result<Word, Fault> {
    let quoted = chars.next_if_eq(&'"').is_some();
    let mut text = String::new();
    while let Some(&c) = chars.peek() {
        if quoted && c == '"' {
            chars.next();
            return Ok(Word { text, quoted });
        }
        if !quoted && (c.is_whitespace() || matches!(c, ';' | '(' | ')' | '"')) {
            return Ok(Word { text, quoted });
        }
        chars.next();
        text.push(if c == '\\' { escaped(chars, line)? } else { c });
    }
    if quoted {
        return Err(Fault { line, message: "the quote is never closed".to_owned() });
    }
    Ok(Word { text, quoted })
}

/// What stands behind a backslash: three digits are a byte, anything else is itself.
fn escaped(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, line: usize) -> Result<char, Fault> {
    let fault = |message: &str| Fault { line, message: message.to_owned() };
    let Some(first) = chars.next() else { return Err(fault("there is nothing behind the backslash")) };
    let Some(mut code) = first.to_digit(10) else { return Ok(first) };
    for _ in 0..2 {
        let digit = chars.next().and_then(|digit| digit.to_digit(10));
        code = code * 10 + digit.ok_or_else(|| fault("a backslash and a digit need two more digits"))?;
    }
    u8::try_from(code).map(char::from).map_err(|_| fault("no byte is larger than 255"))
}
