//! The values of attributes, as far as MJML says of what kind they are (<https://documentation.mjml.io>). The library writes
//! them into styles as they come, where mail programs leave out what they do not understand.

use crate::text::nearest;

/// Attributes that take one of a few words.
const WORDS: [(&str, &[&str]); 9] = [
    ("align", &["left", "center", "right", "justify"]),
    ("text-align", &["left", "center", "right", "justify"]),
    ("vertical-align", &["top", "middle", "bottom"]),
    ("icon-align", &["top", "middle", "bottom"]),
    ("direction", &["ltr", "rtl"]),
    ("mode", &["horizontal", "vertical", "fluid-height", "fixed-height"]),
    ("icon-position", &["left", "right"]),
    ("table-layout", &["auto", "fixed", "initial", "inherit"]),
    ("fluid-on-mobile", &["true", "false"]),
];
/// Attributes that take a length, or several.
const LENGTHS: [&str; 19] = [
    "font-size",
    "width",
    "height",
    "max-height",
    "padding",
    "padding-top",
    "padding-right",
    "padding-bottom",
    "padding-left",
    "inner-padding",
    "icon-size",
    "icon-height",
    "icon-width",
    "border-radius",
    "border-width",
    "background-width",
    "background-height",
    "letter-spacing",
    "tb-width",
];
/// Words that stand for a length.
const LENGTH_WORDS: [&str; 16] = [
    "auto", "inherit", "initial", "unset", "normal", "none", "xx-small", "x-small", "small", "medium", "large",
    "x-large", "xx-large", "smaller", "larger", "thin",
];

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
    if LENGTHS.contains(&attribute) && !value.split_whitespace().all(is_length) {
        return Some((format!("`{value}` is no length"), "write pixels or per cent: `16px`".to_owned()));
    }
    None
}

fn is_color(value: &str) -> bool {
    match value.strip_prefix('#') {
        Some(digits) => matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        // No colour has a name of these letters alone.
        None if matches!(value.len(), 3 | 6) && value.bytes().all(|byte| byte.is_ascii_hexdigit()) => false,
        None => value.contains('(') || value.bytes().all(|byte| byte.is_ascii_alphabetic()),
    }
}

fn is_length(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))
        || LENGTH_WORDS.contains(&word)
        || word.starts_with("calc(")
        || word.ends_with(')')
        || word == "!important"
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
            ("padding", "0 auto"),
            ("font-size", "16px"),
            ("width", "66.6%"),
            ("background-size", "cover"),
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
        ] {
            assert!(fault(attribute, value).is_some(), "{attribute}={value}");
        }
    }
}
