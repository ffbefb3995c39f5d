//! How wide words are, and where they are broken. Without the reader's fonts this can only be near: widths are those of
//! a wide sans-serif face, so that boxes are rather too large than too small.

use unicode_width::UnicodeWidthChar;

/// Characters that begin no line, from the rules of Japanese typesetting (JIS X 4051), the usual ones.
const NOT_FIRST: &str = "、。，．・：；？！）］｝」』】〉》〕ーぁぃぅぇぉっゃゅょァィゥェォッャュョ…‥%℃),.:;?!]}";

/// Characters that end no line.
const NOT_LAST: &str = "（［｛「『【〈《〔([{";

/// Marks that open as well as close: only a blank tells which.
const QUOTES: &str = "\"'`";

/// The width of a text, in the unit of the size of its letters.
pub(in crate::backend::report) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| ems(c) * size).sum()
}

fn ems(c: char) -> f64 {
    match c {
        ' ' | 'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.32,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '–' => 0.98,
        '<' | '>' | '=' | '+' | '~' | '#' | '&' => 0.84,
        'A'..='Z' => 0.74,
        c => match c.width() {
            Some(0) | None => 0.0,
            Some(1) => 0.62,
            Some(_) => 1.02,
        },
    }
}

/// The text in lines no wider than `most`: broken at blanks, between Japanese characters where their rules allow it, and
/// inside words that are wider than a line. Nothing is cut.
pub(in crate::backend::report) fn wrap(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in pieces(text) {
        let line = lines.last_mut().map_or(String::new(), std::mem::take);
        if line.is_empty() || width(&line, size) + width(piece.trim_end(), size) <= most {
            replace_last(&mut lines, format!("{line}{piece}"));
        } else {
            replace_last(&mut lines, line.trim_end().to_owned());
            lines.push(piece.to_owned());
        }
        break_last(&mut lines, size, most);
    }
    let last = lines.last().map_or(String::new(), |line| line.trim_end().to_owned());
    replace_last(&mut lines, last);
    lines
}

fn replace_last(lines: &mut [String], line: String) {
    if let Some(last) = lines.last_mut() {
        *last = line;
    }
}

/// Breaks the last line inside the word where it is too wide.
fn break_last(lines: &mut Vec<String>, size: f64, most: f64) {
    while let Some(line) = lines.last().filter(|line| width(line.trim_end(), size) > most && line.chars().count() > 1) {
        let mut at = line.len();
        let mut so_far = 0.0;
        for (place, c) in line.char_indices() {
            so_far += ems(c) * size;
            if so_far > most && place > 0 {
                at = place;
                break;
            }
        }
        if at == line.len() {
            return;
        }
        // Names of campaigns are long words; they had better break behind what joins their parts.
        let joint = line[..at].rfind(['-', '_', '/', '.', '(', ',']).map(|place| place + 1);
        at = joint.filter(|place| *place > at / 3 && *place < line.len()).unwrap_or(at);
        let (head, tail) = (line[..at].to_owned(), line[at..].to_owned());
        replace_last(lines, head);
        lines.push(tail);
    }
}

/// Pieces between which a line may end.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if let Some(previous) = before
            && may_break(previous, c)
        {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    pieces.push(&text[start..]);
    pieces
}

fn may_break(before: char, after: char) -> bool {
    let is_wide = |c: char| c.width() == Some(2);
    let allowed = !NOT_FIRST.contains(after) && !NOT_LAST.contains(before) && after != ' ';
    let between = (is_wide(before) || is_wide(after)) && !QUOTES.contains(before) && !QUOTES.contains(after);
    allowed && (before == ' ' || between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_nothing_is_lost() {
        for text in [
            "トライアル終了間近のお知らせ（件名A）",
            "event.form in [\"demo\", \"contact\"]",
            "averyveryverylongword",
            "",
        ] {
            let lines = wrap(text, 10.0, 60.0);
            let squeeze = |text: &str| text.replace(' ', "");
            assert_eq!(squeeze(&lines.concat()), squeeze(text));
            for line in &lines {
                assert!(width(line, 10.0) <= 61.0, "{line}");
            }
        }
    }

    #[test]
    fn japanese_lines_begin_and_end_as_they_may() {
        assert_eq!(wrap("資料を「お届け」。", 10.0, 45.0), ["資料を", "「お届", "け」。"]);
        assert_eq!(wrap("is \"営業担当\"", 10.0, 45.0), ["is \"営業", "担当\""]);
        assert_eq!(wrap("営業 \"担当\"", 10.0, 45.0), ["営業 \"担", "当\""]);
    }
}
