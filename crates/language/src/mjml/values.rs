//! The values of attributes, as far as MJML says of what kind they are (<https://documentation.mjml.io>). The library writes
//! them into styles as they come, where mail programs leave out what they do not understand.

use crate::text::nearest;

/// Attributes that take one of a few words.
const WORDS: [(&str, &[&str]); 16] = [
    ("align", &["left", "center", "right", "justify"]),
    ("ico-align", &["left", "center", "right"]),
    ("text-align", &["left", "center", "right", "justify"]),
    ("vertical-align", &["top", "middle", "bottom"]),
    ("icon-align", &["top", "middle", "bottom"]),
    ("direction", &["ltr", "rtl"]),
    ("dir", &["ltr", "rtl", "auto"]),
    ("mode", &["horizontal", "vertical", "fluid-height", "fixed-height"]),
    ("icon-position", &["left", "right"]),
    ("table-layout", &["auto", "fixed", "initial", "inherit"]),
    ("fluid-on-mobile", &["true", "false"]),
    ("full-width", &["full-width", "false"]),
    ("hamburger", &["hamburger"]),
    ("thumbnails", &["visible", "hidden", "supported"]),
    ("background-repeat", &["repeat", "no-repeat"]),
    ("inline", &["inline"]),
];
/// Attributes that take lengths: how many at most, and in which units. A `0` needs none; an empty unit is a factor.
const LENGTHS: [(&str, usize, &[&str]); 37] = [
    ("font-size", 1, TEXT_UNITS),
    ("ico-font-size", 1, TEXT_UNITS),
    ("line-height", 1, &["px", "%", "em", "rem", ""]),
    ("ico-line-height", 1, &["px", "%", "em", "rem", ""]),
    ("letter-spacing", 1, &["px", "em", "rem"]),
    ("padding", 4, UNITS),
    ("padding-top", 1, UNITS),
    ("padding-right", 1, UNITS),
    ("padding-bottom", 1, UNITS),
    ("padding-left", 1, UNITS),
    ("inner-padding", 4, UNITS),
    ("inner-padding-top", 1, UNITS),
    ("inner-padding-right", 1, UNITS),
    ("inner-padding-bottom", 1, UNITS),
    ("inner-padding-left", 1, UNITS),
    ("icon-padding", 4, UNITS),
    ("text-padding", 4, UNITS),
    ("ico-padding", 4, UNITS),
    ("ico-padding-top", 1, UNITS),
    ("ico-padding-right", 1, UNITS),
    ("ico-padding-bottom", 1, UNITS),
    ("ico-padding-left", 1, UNITS),
    ("width", 1, UNITS),
    ("height", 1, UNITS),
    ("max-height", 1, UNITS),
    ("border-width", 4, &["px"]),
    ("border-radius", 4, UNITS),
    ("inner-border-radius", 4, UNITS),
    ("tb-border-radius", 4, UNITS),
    ("tb-width", 1, UNITS),
    ("icon-size", 1, UNITS),
    ("icon-height", 1, UNITS),
    ("icon-width", 1, UNITS),
    ("background-width", 1, UNITS),
    ("background-height", 1, UNITS),
    ("gap", 1, &["px"]),
    ("background-size", 2, UNITS),
];
const UNITS: &[&str] = &["px", "%"];
const TEXT_UNITS: &[&str] = &["px", "%", "em", "rem"];

/// Words that stand for a length, by attribute.
const LENGTH_WORDS: [(&str, &[&str]); 6] = [
    ("font-size", &["xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large", "smaller", "larger"]),
    ("line-height", &["normal"]),
    ("letter-spacing", &["normal"]),
    ("width", &["auto"]),
    ("height", &["auto"]),
    ("background-size", &["auto", "cover", "contain"]),
];

/// Attributes that take a whole number.
const INTEGERS: [&str; 2] = ["cellpadding", "cellspacing"];

/// Networks that `mj-social-element` has a picture of; each with `-noshare` as well.
const NETWORKS: [&str; 17] = [
    "dribbble",
    "facebook",
    "github",
    "google",
    "instagram",
    "linkedin",
    "medium",
    "pinterest",
    "snapchat",
    "soundcloud",
    "tumblr",
    "twitter",
    "vimeo",
    "web",
    "x",
    "xing",
    "youtube",
];

/// What is wrong with the name of a network of which no picture is given.
pub(super) fn network(value: &str) -> Option<(String, String)> {
    let name = value.trim().trim_end_matches("-noshare");
    if name.is_empty() || name.contains('{') || NETWORKS.contains(&name) {
        return None;
    }
    let help = match nearest(name, NETWORKS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "give its picture in `src`".to_owned(),
    };
    Some((format!("`{name}` is no network that MJML has a picture of"), help))
}

/// What is wrong with a value, and the way out.
pub(super) fn fault(attribute: &str, value: &str) -> Option<(String, String)> {
    let value = value.trim();
    if value.is_empty() || value.contains('{') {
        return None;
    }
    if let Some((_, words)) = WORDS.iter().find(|(name, _)| *name == attribute) {
        let is_known = words.contains(&value);
        let all = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let help = nearest(value, words.iter().copied());
        let help = help.map_or(format!("it takes {all}"), |near| format!("did you mean `{near}`?"));
        return (!is_known).then(|| (format!("`{attribute}` does not take `{value}`"), help));
    }
    if attribute == "color" || attribute.ends_with("-color") {
        return (!is_color(value)).then(|| {
            let is_bare = value.bytes().all(|byte| byte.is_ascii_hexdigit()) && matches!(value.len(), 3 | 6);
            let help =
                if is_bare { format!("write `#{value}`") } else { "write `#0a5aa8`, `rgb(…)` or a name".to_owned() };
            (format!("`{value}` is no colour"), help)
        });
    }
    if INTEGERS.contains(&attribute) && !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((format!("`{value}` is no whole number"), "write a number without a unit: `0`".to_owned()));
    }
    let (_, most, units) = LENGTHS.iter().find(|(name, ..)| *name == attribute)?;
    lengths(attribute, value, *most, units)
}

/// What is wrong with a value of so many lengths at most, in some of these units.
fn lengths(attribute: &str, value: &str, most: usize, units: &[&str]) -> Option<(String, String)> {
    let bare = value.strip_suffix("!important").unwrap_or(value).trim();
    // What CSS calculates, what it takes everywhere, and corners that are no part of a circle.
    let is_oval = attribute.ends_with("border-radius") && bare.contains('/');
    if is_oval || bare.contains('(') || ["inherit", "initial", "unset"].contains(&bare) {
        return None;
    }
    let words = LENGTH_WORDS.iter().find(|(name, _)| *name == attribute).map_or(&[][..], |(_, words)| *words);
    let mut parts = bare.split_whitespace();
    if let Some(wrong) = parts.find(|part| !words.contains(part) && !is_length(part, attribute, units)) {
        return Some((format!("`{wrong}` is no length"), mend(wrong, units)));
    }
    let count = bare.split_whitespace().count();
    if count > most {
        let lengths = if most == 1 { "one length".to_owned() } else { format!("at most {most} lengths") };
        return Some((format!("`{attribute}` takes {lengths}, and these are {count}"), String::new()));
    }
    let share = bare.strip_suffix('%').and_then(|number| number.parse::<f64>().ok());
    if attribute == "width" && share.is_some_and(|share| share > 100.0) {
        return Some((format!("`{bare}` is wider than what it stands in"), "write `100%` or less".to_owned()));
    }
    None
}

/// A number with one of some units.
fn is_length(word: &str, attribute: &str, units: &[&str]) -> bool {
    let (number, unit) = split(word);
    let digits = number.strip_prefix('-').filter(|_| attribute == "letter-spacing").unwrap_or(number);
    let is_number = digits.parse::<f64>().is_ok() && digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    is_number && (units.contains(&unit) || unit.is_empty() && digits.parse() == Ok(0.0))
}

/// The number at the beginning of a word, and what follows.
fn split(word: &str) -> (&str, &str) {
    let end = word.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+')));
    word.split_at(end.unwrap_or(word.len()))
}

fn mend(word: &str, units: &[&str]) -> String {
    let (number, unit) = split(word);
    let unit = match unit {
        "" => units.first().copied().filter(|_| !units.contains(&"")).unwrap_or(""),
        unit => nearest(unit, units.iter().copied()).unwrap_or(unit),
    };
    let number = number.trim_end_matches(',');
    let point = number.replace(',', ".");
    if point.parse::<f64>().is_ok_and(|number| number >= 0.0) && units.contains(&unit) {
        return format!("write `{point}{unit}`");
    }
    let words: Vec<&str> = units.iter().map(|unit| if unit.is_empty() { "no unit" } else { unit }).collect();
    format!("write a number in {}: `16px`", words.join(", "))
}

fn is_color(value: &str) -> bool {
    match value.strip_prefix('#') {
        Some(digits) => matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        // No colour has a name of these letters alone.
        None if matches!(value.len(), 3 | 6) && value.bytes().all(|byte| byte.is_ascii_hexdigit()) => false,
        None => value.contains('(') || value.bytes().all(|byte| byte.is_ascii_alphabetic()),
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn values_are_of_their_kind() {
        for (attribute, value) in [
            ("color", "#fff"),
            ("color", "red"),
            ("color", "rgba(0, 0, 0, 0.5)"),
            ("background-color", "transparent"),
            ("container-background-color", "{{ x }}"),
            ("align", "center"),
            ("padding", "10px 25px"),
            ("padding", "0 28.5px 0 10%"),
            ("padding", "{{ a }} 3"),
            ("font-size", "16px"),
            ("font-size", "1.2em"),
            ("line-height", "1.8"),
            ("line-height", "24px"),
            ("letter-spacing", "-0.5px"),
            ("width", "66.6%"),
            ("width", "calc(100% - 8px)"),
            ("height", "auto"),
            ("border-radius", "10px 10px 0 0"),
            ("background-size", "cover"),
            ("background-size", "100px auto"),
            ("full-width", "full-width"),
            ("cellpadding", "0"),
        ] {
            assert_eq!(fault(attribute, value), None, "{attribute}={value}");
        }
        for (attribute, value) in [
            ("color", "#ggg"),
            ("background-color", "#12345"),
            ("color", "ffffff"),
            ("color", "333333"),
            ("align", "middle"),
            ("vertical-align", "center"),
            ("font-size", "big"),
            ("padding", "10px wide"),
            ("padding", "0 auto"),
            ("cellpadding", "2px"),
            ("inline", "yes"),
        ] {
            assert!(fault(attribute, value).is_some(), "{attribute}={value}");
        }
    }

    #[test]
    fn lengths_have_units_and_are_counted() {
        for (attribute, value, message, help) in [
            ("font-size", "15", "`15` is no length", "write `15px`"),
            ("font-size", "15xp", "`15xp` is no length", "write `15px`"),
            ("padding", "8 28", "`8` is no length", "write `8px`"),
            ("padding", "8px,28px", "`8px,28px` is no length", "write a number in px, %: `16px`"),
            ("padding", "1px 2px 3px 4px 5px", "`padding` takes at most 4 lengths, and these are 5", ""),
            ("padding", "-4px", "`-4px` is no length", "write a number in px, %: `16px`"),
            ("line-height", "1,8", "`1,8` is no length", "write `1.8`"),
            ("full-width", "yes", "`full-width` does not take `yes`", "it takes `full-width`, `false`"),
            ("width", "150%", "`150%` is wider than what it stands in", "write `100%` or less"),
        ] {
            assert_eq!(fault(attribute, value), Some((message.to_owned(), help.to_owned())), "{attribute}={value}");
        }
    }
}
