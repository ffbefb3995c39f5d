//! `low-contrast`: words that are hard to tell from their background. Only where both colours are declared for one element:
//! what a mail program puts behind the others is not known.

use super::Mail;
use crate::analysis::mail::{Tag, declarations};
use crate::diag::{Code, Sink};

/// The least ratio of luminances for text (WCAG 2.1, success criterion 1.4.3), in hundredths, and for large text.
const LEAST: u32 = 450;
const LEAST_LARGE: u32 = 300;
/// Pixels from which on text is large: 18 points.
const LARGE_PX: u32 = 24;

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for tag in mail.facts.tags() {
        let Some(style) = tag.attribute("style") else { continue };
        let all = declarations(&style.value);
        let find = |names: &[&str]| all.iter().rev().find(|one| names.contains(&one.property.as_str()));
        let (Some(front), Some(back)) = (find(&["color"]), background(&all)) else { continue };
        let Some(front_color) = color(&front.value) else { continue };
        let ratio = ratio(front_color, back);
        let size = find(&["font-size"]).and_then(|size| size.value.strip_suffix("px")?.trim().parse::<u32>().ok());
        let least = if size.is_some_and(|size| size >= LARGE_PX) { LEAST_LARGE } else { LEAST };
        if ratio >= least || is_hidden(tag, &all) {
            continue;
        }
        let at = style.value_at.start + front.at.start..style.value_at.start + front.at.end;
        let message = format!(
            "these words stand out from their background by {}.{:02} to 1, and {}.{} is the least",
            ratio / 100,
            ratio % 100,
            least / 100,
            least % 100 / 10
        );
        let finding = mail.finding(Code::LowContrast, &at, message);
        sink.push(finding.help("take a darker or lighter colour"));
    }
}

/// A preheader that is not to be seen.
pub(super) fn is_hidden(tag: &Tag, all: &[crate::analysis::mail::Declaration]) -> bool {
    tag.attribute("hidden").is_some()
        || all.iter().any(|one| match one.property.as_str() {
            "display" => one.value.starts_with("none"),
            "visibility" => one.value.starts_with("hidden"),
            "font-size" | "line-height" | "max-height" | "opacity" => matches!(one.value.as_str(), "0" | "0px" | "1px"),
            "mso-hide" => true,
            _ => false,
        })
}

fn background(all: &[crate::analysis::mail::Declaration]) -> Option<[u8; 3]> {
    let last = all.iter().rev().find(|one| matches!(one.property.as_str(), "background" | "background-color"))?;
    color(&last.value)
}

/// `#rgb`, `#rrggbb`, `white`, `black`.
pub(super) fn color(value: &str) -> Option<[u8; 3]> {
    let value = value.trim().trim_end_matches("!important").trim();
    match value {
        "white" => return Some([255, 255, 255]),
        "black" => return Some([0, 0, 0]),
        _ => {}
    }
    let digits = value.strip_prefix('#')?;
    let digit = |at: usize, len: usize| u8::from_str_radix(digits.get(at..at + len)?, 16).ok();
    match digits.len() {
        3 => Some([digit(0, 1)? * 17, digit(1, 1)? * 17, digit(2, 1)? * 17]),
        6 => Some([digit(0, 2)?, digit(2, 2)?, digit(4, 2)?]),
        _ => None,
    }
}

/// The ratio of luminances (WCAG 2.1, definition of contrast ratio), in hundredths, rounded down.
pub(super) fn ratio(one: [u8; 3], other: [u8; 3]) -> u32 {
    let luminance = |color: [u8; 3]| {
        let part = |value: u8| {
            let share = f64::from(value) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(color[0]) + 0.7152 * part(color[1]) + 0.0722 * part(color[2])
    };
    let (one, other) = (luminance(one), luminance(other));
    let (light, dark) = if one > other { (one, other) } else { (other, one) };
    let hundredths = (light + 0.05) / (dark + 0.05) * 100.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 100 and 2,100")]
    let whole = hundredths.floor() as u32;
    whole
}

#[cfg(test)]
mod tests {
    use super::{color, ratio};

    #[test]
    fn ratios_are_those_of_the_standard() {
        let of = |one: &str, other: &str| ratio(color(one).unwrap(), color(other).unwrap());
        assert_eq!(of("#000", "white"), 2100);
        assert_eq!(of("#777777", "#fff"), 447);
        assert_eq!(of("#767676", "#ffffff"), 454);
        assert_eq!(of("#fff", "#ffffff"), 100);
    }
}
