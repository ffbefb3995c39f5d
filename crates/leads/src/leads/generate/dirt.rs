//! The dirt of real leads files.
//!
//! In: a clean lead and chance. Out: the same lead as somebody else would have typed it. Never: something that cleaning
//! by the same campaign does not undo; what it does not undo is not planted.

use super::Row;
use crate::ir::value::TextFormat;
use crate::ir::{Type, Value};
use crate::leads::clean::CellCheck;
use crate::leads::made_up::chance::Chance;

/// How many cells of a dirty lead have dirt.
const CELLS: f64 = 0.6;

/// A lead with dirt. `nth` tells several rows of one lead apart.
pub(super) fn spoil(clean: &Row, check: &mut CellCheck, chance: &Chance, nth: u64) -> Row {
    let mut dirty = clean.clone();
    for slot in 0..check.fields() {
        let name = check.name(slot).to_owned();
        let (Some(text), Some(value)) = (&clean.texts[slot], &clean.values[slot]) else { continue };
        if name == "id" || text.is_empty() || chance.unit(&name, 2 * nth) >= CELLS {
            continue;
        }
        let ways = ways(check.ty(slot), &name, text, value);
        if let Some(way) = ways.get(chance.below(&name, 2 * nth + 1, ways.len())).filter(|way| *way != text) {
            dirty.texts[slot] = Some(way.clone());
            dirty.values[slot] = None;
        }
    }
    // Whether a cell is cleaned as it should be may depend on others, such as the country of a telephone number.
    for slot in check.spoiled(&clean.texts, &dirty.texts) {
        dirty.texts[slot].clone_from(&clean.texts[slot]);
        dirty.values[slot].clone_from(&clean.values[slot]);
    }
    dirty
}

/// Ways to write a value that are not the usual one.
fn ways(ty: &Type, name: &str, text: &str, value: &Value) -> Vec<String> {
    let blank = [format!("　{text} "), format!("{text}\u{3000}")];
    let mut ways: Vec<String> = match ty {
        Type::Text { format: TextFormat::Plain } if name == "timezone" => Vec::new(),
        Type::Text { format: TextFormat::Plain } => plain(text),
        Type::Text { format: TextFormat::Email } => {
            let loud = text.split_once('@').map(|(local, domain)| format!("{local}@{}", domain.to_uppercase()));
            [wide(text), format!("mailto:{text}"), format!("{text}。")].into_iter().chain(loud).collect()
        }
        Type::Text { format: TextFormat::Url } => vec![text.replacen("https://", "HTTPS://", 1), wide(text)],
        Type::Text { format: TextFormat::Phone } => phone(text),
        Type::Text { format: TextFormat::Country } => match text {
            "JP" => ["日本", "Ｊａｐａｎ", "jp"].map(str::to_owned).to_vec(),
            _ => vec![text.to_lowercase(), wide(text)],
        },
        Type::Integer => vec![wide(text), grouped(text), format!("{}名", wide(&grouped(text)))],
        Type::Number { money: true } => vec![wide(text), format!("¥{}", grouped(text)), format!("{}円", grouped(text))],
        Type::Number { money: false } => vec![wide(text), grouped(text)],
        Type::Boolean => match value {
            Value::Bool(true) => ["はい", "○", "ＹＥＳ", "1"].map(str::to_owned).to_vec(),
            _ => ["いいえ", "×", "ＮＯ", "0"].map(str::to_owned).to_vec(),
        },
        Type::Date => date(text),
        Type::Datetime => Vec::new(),
        Type::Enum { .. } => vec![text.to_lowercase(), text.to_uppercase(), wide(text), half(text)],
        Type::Set { .. } => vec![text.replace(';', "|"), wide(text).replace('；', ";"), half(text), format!("{text};")],
    };
    ways.retain(|way| way != text);
    ways.extend(blank);
    ways
}

/// Names and other free text: widths, kana, short legal forms, two blanks instead of one.
fn plain(text: &str) -> Vec<String> {
    let short = text.strip_prefix("株式会社").map(|rest| format!("㈱{rest}"));
    let mut ways = vec![wide(text), half(text), text.replace(' ', "　"), text.replace(' ', "  ")];
    ways.extend(short);
    ways
}

/// A number as E.164 the way it stands on cards.
fn phone(text: &str) -> Vec<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("81") {
        Some(national) if national.len() == 9 => {
            let (area, rest) = national.split_at(1);
            let (first, last) = rest.split_at(4);
            let domestic = format!("0{area}-{first}-{last}");
            vec![
                wide(&domestic).replace('－', "−"),
                format!("0{area}({first}){last}"),
                format!("+81 (0){area}-{first}-{last}"),
                format!("{domestic} 内線{}", &last[..2]),
                domestic,
            ]
        }
        _ => vec![wide(text), format!("+{digits} ")],
    }
}

/// `2026-04-01` as Japan writes it.
fn date(text: &str) -> Vec<String> {
    let mut parts = text.split('-').filter_map(|part| part.parse::<i32>().ok());
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else { return Vec::new() };
    let mut ways = vec![
        format!("{year}年{month}月{day}日"),
        format!("{year}/{month}/{day}"),
        wide(&format!("{year}.{month}.{day}")),
    ];
    if year > 2019 {
        ways.push(format!("令和{}年{month}月{day}日", year - 2018));
        ways.push(format!("R{}.{month}.{day}", year - 2018));
    }
    ways
}

/// Half-width ASCII to full-width.
fn wide(text: &str) -> String {
    let wide = |c: char| match c {
        ' ' => '\u{3000}',
        '!'..='}' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
        c => c,
    };
    text.chars().map(wide).collect()
}

/// Full-width katakana to half-width.
fn half(text: &str) -> String {
    const FULL: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホ\
                        マミムメモヤユヨラリルレロワン";
    let mut out = String::new();
    for c in text.chars() {
        let mut parts = vec![c];
        if matches!(c, 'ァ'..='ヶ') {
            parts.clear();
            unicode_normalization::char::decompose_canonical(c, |part| parts.push(part));
        }
        for part in parts {
            out.push(match part {
                '\u{3099}' => 'ﾞ',
                '\u{309A}' => 'ﾟ',
                part => match FULL.chars().position(|full| full == part).and_then(|at| u32::try_from(at).ok()) {
                    Some(at) => char::from_u32(0xFF61 + at).unwrap_or(part),
                    None => part,
                },
            });
        }
    }
    out
}

/// Digits with a comma before every three.
fn grouped(text: &str) -> String {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = String::new();
    let digits = whole.trim_start_matches('-');
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    let sign = if whole.starts_with('-') { "-" } else { "" };
    fraction.map_or(format!("{sign}{out}"), |fraction| format!("{sign}{out}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dirt_is_what_people_type() {
        assert_eq!(half("パートナー「ガ」"), "ﾊﾟｰﾄﾅｰ｢ｶﾞ｣");
        assert_eq!((wide("A 1@"), grouped("-1234567.5")), ("Ａ　１＠".into(), "-1,234,567.5".into()));
        assert!(phone("+81312345678").contains(&"03-1234-5678".to_owned()));
        assert!(date("2026-04-01").contains(&"R8.4.1".to_owned()));
    }
}
