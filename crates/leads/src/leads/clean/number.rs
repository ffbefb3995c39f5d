//! Numbers without separators and units, and words for yes and no.
//!
//! In: text. Out: digits, with a sign and a point where needed, or `true` and `false`; `None` where it is neither.
//! Never: rounding; 1.5万 is 15000 because the point moves.

use super::text::narrow;

/// Units that say nothing but what is counted.
const UNITS: [&str; 13] = ["円", "名", "人", "件", "社", "回", "台", "個", "点", "歳", "本", "店", "JPY"];

/// The number as its digits.
pub(super) fn number(text: &str) -> Option<String> {
    let plain = narrow(text).replace('ー', "-");
    let text = plain.trim();
    let (sign, text) = match text.chars().next()? {
        // In Japanese accounts a triangle stands for minus.
        '-' | '▲' | '△' => ("-", text.trim_start_matches(['-', '▲', '△'])),
        '+' => ("", &text[1..]),
        _ => ("", text),
    };
    let text = text.trim_start_matches(['¥', '$', '€', '£', '\\']).trim();
    let text = UNITS.iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(text).trim_end();
    let powers = [("千", 3), ("万", 4), ("億", 8)];
    let (text, power) =
        powers.iter().find_map(|(word, power)| Some((text.strip_suffix(word)?, *power))).unwrap_or((text, 0));
    let (whole, fraction) = text.trim_end().split_once('.').unwrap_or((text.trim_end(), ""));
    let whole = ungrouped(whole)?;
    if !fraction.bytes().all(|b| b.is_ascii_digit()) || (text.contains('.') && fraction.is_empty()) {
        return None;
    }
    Some(format!("{sign}{}", moved(&whole, fraction, power)))
}

/// Digits, or digits with a comma before every three.
fn ungrouped(text: &str) -> Option<String> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let sound = is_digits(first)
        && (!text.contains(',') || first.len() <= 3)
        && groups.all(|group| group.len() == 3 && is_digits(group));
    sound.then(|| text.replace(',', ""))
}

/// The point so many places to the right.
fn moved(whole: &str, fraction: &str, power: usize) -> String {
    let shifted: String = fraction.chars().chain(std::iter::repeat('0')).take(power).collect();
    let rest = fraction.get(power..).unwrap_or_default();
    let point = if rest.is_empty() { "" } else { "." };
    format!("{whole}{shifted}{point}{rest}")
}

/// `true` or `false` for a word that says so.
pub(super) fn truth(text: &str) -> Option<&'static str> {
    let plain = narrow(text).trim().to_lowercase();
    match plain.as_str() {
        "true" | "yes" | "y" | "1" | "on" | "はい" | "有" | "有り" | "あり" | "○" | "◯" | "〇" | "済" => {
            Some("true")
        }
        "false" | "no" | "n" | "0" | "off" | "いいえ" | "無" | "無し" | "なし" | "×" | "✕" | "未" => {
            Some("false")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_separators_and_units() {
        let cases = [
            ("１，２００名", "1200"),
            ("1,234,567", "1234567"),
            ("¥1,000", "1000"),
            ("5000万円", "50000000"),
            ("1.25億", "125000000"),
            ("1.23456万", "12345.6"),
            ("▲300", "-300"),
            ("−5", "-5"),
            ("+7", "7"),
            ("0.5", "0.5"),
            ("30 人", "30"),
            ("007", "007"),
        ];
        for (text, expected) in cases {
            assert_eq!(number(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["1,2", "1,2345", "12%", "約100", "100-200", "1億2000万", "1e5", "", "-", "5.", "1,,000"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn words_say_yes_or_no() {
        assert_eq!(
            [truth("ＹＥＳ"), truth("○"), truth("いいえ"), truth("不明")],
            [Some("true"), Some("true"), Some("false"), None]
        );
    }
}
