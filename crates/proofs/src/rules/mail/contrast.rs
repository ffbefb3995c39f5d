//! `low-contrast`: words that are hard to tell from their background. Only where the mail says both colours: what a mail program
//! puts behind the others is not known.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Mail;
use crate::analysis::mail::{Rgb, Said, Tag, Words};
use crate::diag::{Code, Sink};

/// The least ratio of luminances for text (WCAG 2.1, success criterion 1.4.3), in hundredths, and for large text.
const LEAST: u32 = 450;
pub(super) const LEAST_LARGE: u32 = 300;
/// From which size on text is large: 18 points, in hundredths of a pixel.
const LARGE: u32 = 2_400;
/// Up to which size words are not there to be read.
const NO_SIZE: u32 = 200;

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    let mut said: BTreeSet<usize> = BTreeSet::new();
    for Words { looks, .. } in &mail.facts.words {
        let (Some(front), Some(back)) = (&looks.front, &looks.back) else { continue };
        let ratio = ratio(front.value, back.value);
        let size = looks.size.as_ref().map(|size| size.value);
        let least = if size.is_some_and(|size| size >= LARGE) { LEAST_LARGE } else { LEAST };
        // Words of no size are meant for nobody.
        if ratio >= least || looks.hidden.is_some() || size.is_some_and(|size| size <= NO_SIZE) {
            continue;
        }
        let at = inner(mail, front, back);
        if !said.insert(at.start) {
            continue;
        }
        let message = format!(
            "these words stand out from their background by {}.{:02} to 1, and {}.{} is the least",
            ratio / 100,
            ratio % 100,
            least / 100,
            least % 100 / 10
        );
        let finding = mail.finding(Code::LowContrast, at, message);
        let other = if at == &front.at { &back.at } else { &front.at };
        let is_elsewhere = mail
            .body()
            .get(at.end.min(other.end)..at.start.max(other.start))
            .is_some_and(|between| between.contains('<'));
        let finding = if is_elsewhere { finding.also(mail.at(other), "the other colour") } else { finding };
        sink.push(finding.help("take a darker or lighter colour"));
    }
}

/// The one of the two that was said last; that of the words, if one element says both.
fn inner<'a>(mail: &Mail<'_>, front: &'a Said<Rgb>, back: &'a Said<Rgb>) -> &'a Range<usize> {
    let between = mail.body().get(front.at.end.min(back.at.start)..back.at.start).unwrap_or("");
    if back.at.start > front.at.start && between.contains('<') { &back.at } else { &front.at }
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

/// The ratio of luminances (WCAG 2.1, definition of contrast ratio), in hundredths, rounded down.
pub(super) fn ratio(one: Rgb, other: Rgb) -> u32 {
    let luminance = |color: Rgb| {
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
    use super::ratio;
    use crate::analysis::mail::color;

    #[test]
    fn ratios_are_those_of_the_standard() {
        let of = |one: &str, other: &str| ratio(color(one).unwrap(), color(other).unwrap());
        assert_eq!(of("#000", "white"), 2100);
        assert_eq!(of("#777777", "#fff"), 447);
        assert_eq!(of("#767676", "#ffffff"), 454);
        assert_eq!(of("#fff", "#ffffff"), 100);
    }
}
