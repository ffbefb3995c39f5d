//! Which mail programs do not show what. Boiled down from the data of caniemail.com as of 2025-09 (Copyright Rémi Parmentier
//! and contributors, MIT licence: `docs/notices.md`), the newest version of each program; of several platforms the worst.

use crate::ir::MailClient::{self, AppleMail, Gmail, OutlookCom, OutlookWindows, Yahoo};

/// Something that not every mail program shows.
pub(super) struct Feature {
    /// How it is known.
    pub sign: Sign,
    /// As the subject of a sentence.
    pub words: &'static str,
    /// Programs that do not show it.
    pub missing_in: &'static [MailClient],
    /// A property that stands in for it, if it is declared beside it.
    pub fallback: Option<&'static str>,
    /// A way out.
    pub instead: &'static str,
}

/// How a feature is known.
pub(super) enum Sign {
    /// An element.
    Tag(&'static str),
    /// The ending of an image's address.
    Image(&'static str),
    /// A declaration: property, and how its value begins.
    Property(&'static str, &'static str),
    /// A part of any value.
    Value(&'static str),
}

const TABLES: &str = "lay mails out with tables: `<table role=\"presentation\">`";
const COLOR: &str = "declare a `background-color` as well, which stands in for it";
const IMAGE: &str = "save the image as PNG or JPEG";

const fn feature(sign: Sign, words: &'static str, missing_in: &'static [MailClient], instead: &'static str) -> Feature {
    Feature { sign, words, missing_in, fallback: None, instead }
}

const fn or_color(sign: Sign, words: &'static str, missing_in: &'static [MailClient]) -> Feature {
    Feature { sign, words, missing_in, fallback: Some("background-color"), instead: COLOR }
}

pub(super) const FEATURES: &[Feature] = &[
    feature(Sign::Property("display", "flex"), "`display: flex`", &[OutlookWindows], TABLES),
    feature(Sign::Property("display", "inline-flex"), "`display: inline-flex`", &[OutlookWindows], TABLES),
    feature(Sign::Property("display", "grid"), "`display: grid`", &[OutlookWindows], TABLES),
    feature(Sign::Property("position", "absolute"), "`position: absolute`", &[Gmail, OutlookWindows], TABLES),
    feature(Sign::Property("position", "fixed"), "`position: fixed`", &[Gmail, OutlookWindows], TABLES),
    feature(Sign::Property("float", ""), "`float`", &[OutlookWindows], TABLES),
    feature(
        Sign::Property("transform", ""),
        "`transform`",
        &[Gmail, OutlookCom, OutlookWindows, Yahoo],
        "leave it out: what it moves stands in the wrong place",
    ),
    feature(
        Sign::Property("clip-path", ""),
        "`clip-path`",
        &[Gmail, OutlookCom, OutlookWindows, Yahoo],
        "cut the image itself",
    ),
    feature(
        Sign::Property("object-fit", ""),
        "`object-fit`",
        &[OutlookWindows, Yahoo],
        "cut the image itself to the shape it is shown in",
    ),
    feature(
        Sign::Property("aspect-ratio", ""),
        "`aspect-ratio`",
        &[Gmail, OutlookCom, OutlookWindows, Yahoo],
        "give `width` and `height`",
    ),
    or_color(Sign::Property("background-image", "url("), "`background-image`", &[OutlookWindows]),
    or_color(Sign::Value("linear-gradient("), "`linear-gradient`", &[OutlookCom, OutlookWindows, Yahoo]),
    feature(Sign::Value("var("), "`var(…)`", &[Gmail, OutlookCom, OutlookWindows, Yahoo], "write the value itself"),
    feature(Sign::Value("calc("), "`calc(…)`", &[OutlookCom, OutlookWindows, Yahoo], "write the value itself"),
    feature(Sign::Value("rgba("), "`rgba(…)`", &[OutlookWindows], "write the colour as it comes out: `#1769aa`"),
    feature(Sign::Tag("svg"), "`<svg>`", &[Gmail, OutlookCom, OutlookWindows, Yahoo], IMAGE),
    feature(Sign::Tag("dialog"), "`<dialog>`", &[Gmail, OutlookCom, OutlookWindows, Yahoo], "link to a page"),
    feature(
        Sign::Tag("progress"),
        "`<progress>`",
        &[Gmail, OutlookCom, OutlookWindows, Yahoo],
        "show a table cell as wide as the share",
    ),
    feature(Sign::Tag("meter"), "`<meter>`", &[Gmail, OutlookWindows, Yahoo], "show a table cell as wide as the share"),
    feature(Sign::Tag("ruby"), "`<ruby>`", &[Gmail, OutlookWindows], "write the reading in brackets"),
    feature(Sign::Image(".svg"), "an SVG image", &[Gmail], IMAGE),
    feature(Sign::Image(".webp"), "a WebP image", &[OutlookWindows], IMAGE),
    feature(Sign::Image(".avif"), "an AVIF image", &[OutlookWindows], IMAGE),
    feature(
        Sign::Image(".mp4"),
        "a film in `<img>`",
        &[Gmail, OutlookWindows],
        "show a GIF, or an image that links to it",
    ),
    feature(
        Sign::Property("writing-mode", ""),
        "`writing-mode`",
        &[OutlookWindows, Yahoo],
        "write from left to right; vertical text can be an image with its words in `alt`",
    ),
    feature(
        Sign::Property("inline-size", ""),
        "`inline-size`",
        &[AppleMail, Gmail, OutlookCom, OutlookWindows, Yahoo],
        "write `width`",
    ),
];
