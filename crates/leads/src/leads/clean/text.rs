//! Widths, kana, blanks and case: one way of writing the same text.
//!
//! In: text. Out: the same text if there is nothing to do, else another one; done twice, nothing more happens. Never:
//! what a text means. NFKC (Unicode Standard Annex #15) would also make `1` of ①, `m2` of ㎡ and `IV` of Ⅳ, and put
//! another character in the place of 塚 and 﨑 in names: values therefore only change their width, and NFKC is for
//! [`fold`], by which values are compared and which nobody reads.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::compose;

/// Characters that take no place on a screen and change nothing but comparisons: soft hyphen, zero-width space and word
/// joiner, byte order mark, marks of writing direction. The joiners within emoji and Indic scripts are none of them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'
        | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Without invisible characters, and without blanks and control characters at both ends.
pub(super) fn trim(text: &str) -> Cow<'_, str> {
    let at_end = |c: char| c.is_whitespace() || c.is_control();
    if text.is_ascii() || !text.contains(is_invisible) {
        return Cow::Borrowed(text.trim_matches(at_end));
    }
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    Cow::Owned(visible.trim_matches(at_end).to_owned())
}

/// Full-width ASCII and signs to half-width, the ideographic space to a blank, and letters with their marks to one
/// character. The wave dash has one code, U+301C, whatever made the file (JIS X 0208 and Windows disagree on it).
pub(super) fn width(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let narrow = |c: char| match c {
        '～' => '〜',
        '\u{3000}' => ' ',
        '！'..='｝' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '￠' => '¢',
        '￡' => '£',
        '￢' => '¬',
        '￤' => '¦',
        '￥' => '¥',
        '￦' => '₩',
        c => c,
    };
    changed(text, composed(&text.chars().map(narrow).collect::<String>()))
}

/// What [`width`] does, and more that only values without free text bear: every dash is a hyphen, a wave is a tilde.
pub(super) fn narrow(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let plain = |c: char| match c {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | '─' | '━' | 'ー' | 'ｰ' => '-',
        '〜' => '~',
        '・' | '･' => '.',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    changed(text, width(text).chars().map(plain).collect())
}

/// Half-width katakana and their punctuation to full-width, each with its voicing mark.
pub(super) fn kana(text: &str) -> Cow<'_, str> {
    const FULL: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホ\
                        マミムメモヤユヨラリルレロワン";
    if !text.contains(|c| matches!(c, '｡'..='ﾟ')) {
        return Cow::Borrowed(text);
    }
    let full: Vec<char> = FULL.chars().collect();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'ﾞ' => join(&mut out, '\u{3099}', '゛'),
            'ﾟ' => join(&mut out, '\u{309A}', '゜'),
            '｡'..='ﾝ' => out.push(full.get(c as usize - '｡' as usize).copied().unwrap_or(c)),
            c => out.push(c),
        }
    }
    Cow::Owned(composed(&out))
}

/// Puts a voicing mark on the last character, or behind it where it takes none.
fn join(out: &mut String, combining: char, alone: char) {
    match out.chars().next_back().and_then(|last| compose(last, combining)) {
        Some(voiced) => {
            out.pop();
            out.push(voiced);
        }
        None => out.push(alone),
    }
}

/// Runs of blanks to one. An ideographic space by itself, as between the parts of a name, stays.
pub(super) fn blanks(text: &str) -> Cow<'_, str> {
    let is_blank = |c: char| matches!(c, ' ' | '\t' | '\u{A0}' | '\u{3000}');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_blank) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_blank(c)).unwrap_or(from.len());
        let (run, after) = from.split_at(end);
        out.push_str(before);
        out.push_str(if run == "\u{3000}" { run } else { " " });
        rest = after;
    }
    out.push_str(rest);
    changed(text, out)
}

/// Small letters.
pub(super) fn lower(text: &str) -> Cow<'_, str> {
    changed(text, composed(&text.to_lowercase()))
}

/// Capital letters.
pub(super) fn upper(text: &str) -> Cow<'_, str> {
    changed(text, composed(&text.to_uppercase()))
}

/// Katakana to hiragana, where there is one.
pub(super) fn hiragana(text: &str) -> Cow<'_, str> {
    let soft = |c: char| match c {
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        c => c,
    };
    changed(text, text.chars().map(soft).collect())
}

/// Hiragana to katakana.
pub(super) fn katakana(text: &str) -> Cow<'_, str> {
    let square = |c: char| match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        c => c,
    };
    changed(text, text.chars().map(square).collect())
}

/// What two ways of writing the same have in common: NFKC, small letters, no blanks and punctuation, one kind of dash.
/// Only for comparisons.
pub(super) fn fold(text: &str) -> String {
    let is_noise = |c: char| {
        c.is_whitespace()
            || is_invisible(c)
            || matches!(c, '.' | ',' | '\'' | '’' | '・' | '(' | ')' | '"' | '·' | '、')
    };
    let dash = |c: char| match c {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '─' | '━' | 'ー' | '〜' | '~' => '-',
        c => c,
    };
    text.nfkc().flat_map(char::to_lowercase).filter(|c| !is_noise(*c)).map(dash).collect()
}

/// Letters and their marks as one character (NFC), but for the ideographs that Unicode has twice for the sake of older
/// codes: they stand in names, where people mind.
fn composed(text: &str) -> String {
    let is_kept = |c: char| matches!(c, '\u{F900}'..='\u{FAFF}' | '\u{2F800}'..='\u{2FA1F}');
    if !text.contains(is_kept) {
        return text.nfc().collect();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_kept) {
        out.extend(rest[..at].nfc());
        let kept = rest[at..].chars().next().map_or(0, char::len_utf8);
        out.push_str(&rest[at..at + kept]);
        rest = &rest[at + kept..];
    }
    out.extend(rest.nfc());
    out
}

/// The result, or what was there if they are the same.
pub(super) fn changed(text: &str, result: String) -> Cow<'_, str> {
    if text == result { Cow::Borrowed(text) } else { Cow::Owned(result) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_change_and_meanings_stay() {
        assert_eq!(width("ＡＺａｚ０９！＠～　￥"), "AZaz09!@〜 ¥");
        assert_eq!(width("①㈱㎡Ⅳ½²ｱ"), "①㈱㎡Ⅳ½²ｱ");
        // Compatibility ideographs stay; a letter and its mark, as macOS writes them, become one character.
        assert_eq!(width("塚\u{FA10}か\u{3099}"), "塚\u{FA10}が");
        assert_eq!(narrow("０３ー１２３４−５６７８～"), "03-1234-5678~");
    }

    #[test]
    fn kana_are_joined_with_their_marks() {
        assert_eq!(kana("ﾊﾟｰﾄﾅｰ･ｳﾞｨﾗ｢ｱﾞ｣｡"), "パートナー・ヴィラ「ア゛」。");
        assert_eq!(kana("カﾞ"), "ガ");
        assert_eq!((hiragana("ヤマダ・ヴ"), katakana("やまだゞ")), ("やまだ・ゔ".into(), "ヤマダヾ".into()));
    }

    #[test]
    fn blanks_and_invisible_characters_go() {
        assert_eq!(trim("\u{FEFF}　 山田\u{200B}　太郎\t\r\n"), "山田　太郎");
        assert_eq!(blanks("山田  太郎　次郎 　x\u{A0}y"), "山田 太郎　次郎 x y");
        assert_eq!(trim("👩\u{200D}💻 "), "👩\u{200D}💻");
    }

    #[test]
    fn what_is_the_same_folds_to_the_same() {
        assert_eq!(fold("ｻｰﾊﾞｰ  Ａ．Ｉ"), fold("サーバーai"));
        assert_ne!(fold("青空"), fold("青雲"));
    }
}
