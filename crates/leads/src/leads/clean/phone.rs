//! Telephone numbers as E.164: `03-1234-5678` of a lead in Japan is `+81312345678`.
//!
//! In: text and a country. Out: a plus and up to 15 digits, or `None` where it is no number that can be called from
//! abroad. Never: whether somebody answers.
//!
//! Shapes only: the calling code, the trunk prefix and how many digits there are. Libraries that know every numbering
//! plan (`phonenumber`) take 20 seconds to build and hold megabytes of metadata, to tell at most that a block of numbers
//! is not in use, which is out of date a year later.

use super::country::{Country, by_calling_code, by_code};
use super::text::narrow;

/// The number as E.164, without an extension. `home` is the country of numbers without a calling code.
pub(super) fn e164(text: &str, home: Option<&str>) -> Option<String> {
    let plain = narrow(text);
    let (number, _) = without_extension(&plain);
    let number = ["tel:", "tel.", "tel", "電話:", "電話", "℡"]
        .iter()
        .find_map(|word| {
            let head = number.get(..word.len())?;
            head.eq_ignore_ascii_case(word).then(|| number[word.len()..].trim_start_matches([':', ' ']))
        })
        .unwrap_or(number);
    // `+81 (0)3 …`: the zero is only for callers within the country.
    let number = if number.contains('+') { number.replace("(0)", "") } else { number.to_owned() };
    let is_mark = |c: char| matches!(c, ' ' | '-' | '(' | ')' | '.' | '/' | '[' | ']');
    let compact: String = number.chars().filter(|c| !is_mark(*c)).collect();
    let home = home.and_then(by_code);
    match compact.strip_prefix('+') {
        Some(digits) => international(digits),
        None => from_home(&compact, home?),
    }
}

/// A number, and the extension behind it: `内線 123`, `ext. 123`, `x123`, `#123`.
fn without_extension(text: &str) -> (&str, Option<&str>) {
    const WORDS: [&str; 7] = ["(内線", "内線", "extension", "ext", "(ext", "x", "#"];
    let lower = text.to_ascii_lowercase();
    let at = WORDS.iter().filter_map(|word| lower.find(word)).min();
    match at.filter(|at| text[..*at].contains(|c: char| c.is_ascii_digit())) {
        Some(at) => (text[..at].trim_end(), Some(&text[at..])),
        None => (text, None),
    }
}

fn international(digits: &str) -> Option<String> {
    if !digits.bytes().all(|b| b.is_ascii_digit()) || digits.starts_with('0') {
        return None;
    }
    match by_calling_code(digits) {
        Some(country) => {
            let national = digits.strip_prefix(country.calling)?;
            // `+81 03 …` is a slip that has one meaning. In Italy the zero is part of the number.
            let national = if country.trunk == "0" { national.strip_prefix('0').unwrap_or(national) } else { national };
            with_code(country, national)
        }
        None => (7..=15).contains(&digits.len()).then(|| format!("+{digits}")),
    }
}

/// A number as it is dialled within the country.
fn from_home(digits: &str, home: &'static Country) -> Option<String> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let abroad = match home.code {
        "JP" => ["010", "00"].as_slice(),
        "US" | "CA" => ["011"].as_slice(),
        _ => ["00"].as_slice(),
    };
    if let Some(rest) = abroad.iter().find_map(|prefix| digits.strip_prefix(prefix)) {
        return international(rest);
    }
    match digits.strip_prefix(home.trunk) {
        Some(national) => with_code(home, national),
        // A spreadsheet that takes it for a number eats the zero. In Japan every number has one, so it is put back.
        None if home.code == "JP" => with_code(home, digits),
        // Elsewhere too many numbers are dialled without.
        None => with_code(home, digits).filter(|_| home.trunk != "0"),
    }
}

fn with_code(country: &Country, national: &str) -> Option<String> {
    let (least, most) = country.digits;
    let sound = (least..=most).contains(&national.len()) && (country.code != "JP" || is_japanese(national));
    sound.then(|| format!("+{}{national}", country.calling))
}

/// Japanese numbers, without their zero, have 9 digits; those of mobile and IP telephones (20, 50, 60, 70, 80, 90) have
/// ten (numbering plan of the Ministry of Internal Affairs and Communications).
fn is_japanese(national: &str) -> bool {
    let long = ["20", "50", "60", "70", "80", "90"].iter().any(|start| national.starts_with(start));
    !national.starts_with('0') && national.len() == if long { 10 } else { 9 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_numbers_become_e164() {
        let same = [
            "03-1234-5678",
            "０３−１２３４−５６７８",
            "(03) 1234-5678",
            "03（1234）5678",
            "+81 3 1234 5678",
            "+81 (0)3-1234-5678",
            "+81 03 1234 5678",
            "010-81-3-1234-5678",
            "TEL: 03.1234.5678",
            "03-1234-5678 内線123",
            "0312345678 ext. 9",
            "312345678",
            "03ー1234ー5678",
        ];
        for text in same {
            assert_eq!(e164(text, Some("JP")).as_deref(), Some("+81312345678"), "{text}");
        }
        assert_eq!(e164("090-1234-5678", Some("JP")).as_deref(), Some("+819012345678"));
        assert_eq!(e164("9012345678", Some("JP")).as_deref(), Some("+819012345678"));
        assert_eq!(e164("0120-123-456", Some("JP")).as_deref(), Some("+81120123456"));
        assert_eq!(e164("0800-123-4567", Some("JP")).as_deref(), Some("+818001234567"));
        assert_eq!(e164("04992-2-1234", Some("JP")).as_deref(), Some("+81499221234"));
        for text in ["110", "03-1234-567", "090-1234-567", "03-1234-5678 / 090-1234-5678", "なし", "", "-"] {
            assert_eq!(e164(text, Some("JP")), None, "{text}");
        }
    }

    #[test]
    fn numbers_of_other_countries_follow_their_own_rules() {
        assert_eq!(e164("020 7946 0000", Some("GB")).as_deref(), Some("+442079460000"));
        assert_eq!(e164("(415) 555-0100", Some("US")).as_deref(), Some("+14155550100"));
        assert_eq!(e164("1-415-555-0100", Some("US")).as_deref(), Some("+14155550100"));
        assert_eq!(e164("011 81 3 1234 5678", Some("US")).as_deref(), Some("+81312345678"));
        assert_eq!(e164("06 6982 1234", Some("IT")).as_deref(), Some("+390669821234"));
        assert_eq!(e164("+39 06 6982 1234", None).as_deref(), Some("+390669821234"));
        assert_eq!(e164("+7 495 123 45 67", None).as_deref(), Some("+74951234567"));
        assert_eq!((e164("03-1234-5678", None), e164("+0123", None)), (None, None));
        // A country that the table does not know: the length alone counts.
        assert_eq!(e164("+354 410 4000", None).as_deref(), Some("+3544104000"));
    }

    #[test]
    fn e164_stays_as_it_is() {
        for text in ["+81312345678", "+390669821234", "+3544104000", "+4930123456"] {
            assert_eq!(e164(text, Some("JP")).as_deref(), Some(text));
        }
    }
}
