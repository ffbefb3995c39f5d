//! Full-width characters, as Japanese keyboards type them, and what they are in ASCII.

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

#[cfg(test)]
mod tests {
    use super::to_half_width;

    #[test]
    fn full_width_characters_have_their_own_half() {
        assert_eq!(to_half_width("！＝＞＜（）０９Ａｚ～≧　製"), "!=><()09Az~>= 製");
    }
}
