//! Full-width characters, as Japanese keyboards type them, and what they are in ASCII; letters of Japanese.

/// What a full-width character, or an operator of mathematics, is in ASCII.
pub fn half_width(c: char) -> Option<&'static str> {
    const ASCII: &str =
        "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    match c {
        '≧' | '≥' => Some(">="),
        '≦' | '≤' => Some("<="),
        '≠' => Some("!="),
        '×' => Some("*"),
        '÷' => Some("/"),
        '\u{3000}' => Some(" "),
        '！'..='～' => {
            let at = (c as usize).checked_sub('！' as usize)?;
            ASCII.get(at..=at)
        }
        _ => None,
    }
}

/// The text with its full-width characters in ASCII.
pub fn to_half_width(text: &str) -> String {
    let mut buffer = [0; 4];
    text.chars().fold(String::with_capacity(text.len()), |mut half, c| {
        half.push_str(half_width(c).unwrap_or(c.encode_utf8(&mut buffer)));
        half
    })
}

/// Whether it is one of the characters that Japanese texts are mostly made of: kana, the long vowel sign, kanji.
pub fn is_japanese_letter(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}' | '\u{4e00}'..='\u{9fff}')
}

/// Whether it is a letter or a digit, as [`char::is_alphanumeric`] has it, which takes long to find a Japanese one.
pub fn is_alphanumeric(c: char) -> bool {
    is_japanese_letter(c) || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::{is_japanese_letter, to_half_width};

    #[test]
    fn japanese_letters_are_letters_and_need_no_escape() {
        for c in ('\u{3000}'..='\u{a000}').filter(|c| is_japanese_letter(*c)) {
            assert!(c.is_alphanumeric() && c.escape_debug().eq([c]), "{c:?}");
        }
    }

    #[test]
    fn full_width_characters_have_their_own_half() {
        assert_eq!(to_half_width("！＝＞＜（）０９Ａｚ～≧　製"), "!=><()09Az~>= 製");
    }
}
