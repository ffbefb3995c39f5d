//! `image-without-alt`, `unreachable-image`, `embedded-image`, `image-only-mail`, `image-without-width`: images are blocked until somebody asks for
//! them, and some people never see one.

use std::ops::Range;

use super::Mail;
use super::contrast::is_hidden;
use super::links::{host, is_own};
use crate::analysis::mail::{Link, Piece, Tag, declarations};
use crate::diag::{Code, Sink};
use crate::ir::is_project_image;
use crate::ir::mail::BodyFormat;

/// Bytes of words for each image below which filters take a mail for a picture of a text (SpamAssassin's
/// `HTML_IMAGE_ONLY` rules begin at 400).
const LEAST_WORDS: usize = 100;

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    let is_image = |tag: &&Tag| matches!(tag.name.as_str(), "img" | "mj-image" | "mj-carousel-image");
    let images: Vec<&Tag> = mail.facts.tags().filter(is_image).filter(|tag| !is_pixel(tag)).collect();
    for image in &images {
        words(mail, image, sink);
        source(mail, image, sink);
        width(mail, image, sink);
    }
    backgrounds(mail, sink);
    let Some(first) = images.first() else { return };
    if mail.facts.words_bytes < LEAST_WORDS * images.len().min(4) && mail.facts.words_bytes < 4 * LEAST_WORDS {
        let message = format!(
            "this mail has {} and {} bytes of words: filters take it for a picture of a text",
            if images.len() == 1 { "an image".to_owned() } else { format!("{} images", images.len()) },
            mail.facts.words_bytes
        );
        let finding = mail.finding(Code::ImageOnlyMail, &first.at, message);
        sink.push(finding.help("write what matters as text: who does not load images reads that alone"));
    }
}

/// A pixel that counts, which has nothing to say.
pub(super) fn is_pixel(tag: &Tag) -> bool {
    let one =
        |name: &str| tag.attribute(name).is_some_and(|size| matches!(size.value.trim(), "1" | "0" | "1px" | "0px"));
    one("width") && one("height")
}

fn words(mail: &Mail<'_>, image: &Tag, sink: &mut Sink) {
    if image.may_have("alt") {
        let is_markdown = !mail.body().get(image.at.clone()).unwrap_or("<").starts_with('<');
        let is_empty = image.attribute("alt").is_some_and(|alt| alt.value.trim().is_empty());
        // An empty `alt` says that an image is there for its looks alone; inside a link it leaves the link without a word.
        if !is_empty || !(is_markdown || is_all_of_a_link(mail, image)) {
            return;
        }
    }
    let is_link = is_all_of_a_link(mail, image);
    let message = if is_link {
        "this image is all of a link, and has no words for those who do not see it"
    } else {
        "this image has no words for those who do not see it"
    };
    let finding = mail.finding(Code::ImageWithoutAlt, &image.at, message);
    sink.push(finding.help(if is_link {
        "say in `alt` where the link leads"
    } else {
        "say in `alt` what it shows; `alt=\"\"` if it is there for its looks alone"
    }));
}

/// Outlook on Windows takes the width from the attribute, and leaves out that of a style.
fn width(mail: &Mail<'_>, image: &Tag, sink: &mut Sink) {
    let is_html = image.name == "img" && mail.texts.format == BodyFormat::Html;
    if !is_html || image.may_have("width") {
        return;
    }
    let style = image.attribute("style");
    let all = style.map(|style| declarations(&style.value)).unwrap_or_default();
    if is_hidden(image, &all) {
        return;
    }
    let said = all.iter().find(|one| matches!(one.property.as_str(), "width" | "max-width"));
    let (at, message) = match style.zip(said.filter(|width| width.value != "auto")) {
        Some((style, width)) => (
            style.value_at.start + width.at.start..style.value_at.start + width.at.end,
            "Outlook on Windows takes no width from a style, and shows this image in its own size",
        ),
        None => (image.at.clone(), "this image says no width, and Outlook on Windows shows it in its own size"),
    };
    let finding = mail.finding(Code::ImageWithoutWidth, &at, message);
    sink.push(finding.help("write it as an attribute, in pixels: `width=\"600\"`"));
}

fn is_all_of_a_link(mail: &Mail<'_>, image: &Tag) -> bool {
    // Links stand in the order of the body.
    let place = |link: &Link| match mail.facts.pieces.get(link.tag) {
        Some(Piece::Open(tag)) => Some(tag),
        _ => None,
    };
    let next = mail.facts.links.partition_point(|link| place(link).is_some_and(|tag| tag.at.end <= image.at.start));
    let Some(link) = next.checked_sub(1).and_then(|before| mail.facts.links.get(before)) else { return false };
    link.has_image
        && link.shown.trim().is_empty()
        && place(link).is_some_and(|tag| {
            image.at.start <= link.shown_at.end.max(tag.at.end + 400) && closes_after(mail, tag, image)
        })
}

/// Whether no `</a>` stands between the two.
fn closes_after(mail: &Mail<'_>, link: &Tag, image: &Tag) -> bool {
    let between = mail.body().get(link.at.end..image.at.start).unwrap_or("");
    !between.contains("</a")
}

fn source(mail: &Mail<'_>, image: &Tag, sink: &mut Sink) {
    let Some(source) = image.attribute("src") else {
        if !image.may_have("src") {
            let finding = mail.finding(Code::UnreachableImage, &image.at, "this image has no `src`");
            sink.push(finding.help("write the whole address: `https://…`"));
        }
        return;
    };
    let address = source.value.trim();
    if address.to_ascii_lowercase().starts_with("data:") {
        let message = "several mail programs do not show images written as data";
        let finding = mail.finding(Code::EmbeddedImage, &source.value_at, message);
        sink.push(finding.help("put the image on a web server, and link to it by `https://`"));
    } else if address.is_empty() {
        let finding = mail.finding(Code::UnreachableImage, &image.at, "this image has an empty `src`");
        sink.push(finding.help("write the whole address: `https://…`"));
    } else if is_project_image(address) {
        if let Some(Err(why)) = mail.files.get(address) {
            let message = format!("the image `{address}` cannot be read: {why}");
            sink.push(mail.finding(Code::UnreachableImage, &source.value_at, message));
        }
    } else {
        whole(mail, address, &source.value_at, sink);
    }
}

/// Says that an image has no whole address.
fn whole(mail: &Mail<'_>, address: &str, at: &Range<usize>, sink: &mut Sink) {
    let lower = address.to_ascii_lowercase();
    if let Some(host) = host(&lower).filter(|host| is_own(host)) {
        let message = format!("`{host}` is known to the sender alone, so no mail program can load this image");
        let finding = mail.finding(Code::UnreachableImage, at, message);
        sink.push(finding.help("put the image on a web server that everybody reaches"));
        return;
    }
    let is_whole = ["http://", "https://", "cid:", "data:", "{", "#"].iter().any(|start| lower.starts_with(start));
    if is_whole || address.is_empty() {
        return;
    }
    let message = format!("`{address}` is no whole address, so no mail program can load this image");
    let finding = mail.finding(Code::UnreachableImage, at, message);
    sink.push(finding.help("write the whole address: `https://…`"));
}

/// Images behind words: in attributes, and in `url(…)` of styles.
fn backgrounds(mail: &Mail<'_>, sink: &mut Sink) {
    let is_background = |name: &str| matches!(name, "background" | "background-url");
    for attribute in mail.facts.tags().flat_map(|tag| &tag.attributes) {
        if is_background(&attribute.name) {
            whole(mail, attribute.value.trim(), &attribute.value_at, sink);
        }
    }
    for (address, at) in in_styles(mail) {
        if address.to_ascii_lowercase().starts_with("http://") {
            let finding = mail.finding(Code::InsecureAddress, &at, "this address is not encrypted");
            sink.push(finding.help("write `https://`: mail programs leave the image out"));
        } else {
            whole(mail, address, &at, sink);
        }
    }
}

/// Addresses of images in style sheets and `style` attributes, and where they stand.
fn in_styles<'a>(mail: &Mail<'a>) -> Vec<(&'a str, Range<usize>)> {
    let mut found = Vec::new();
    for piece in &mail.facts.pieces {
        match piece {
            Piece::Raw(name, at) if name == "style" || name == "mj-style" => urls(mail.body(), at, &mut found),
            Piece::Open(tag) => {
                let style = tag.attribute("style");
                style.into_iter().for_each(|style| urls(mail.body(), &style.value_at, &mut found));
            }
            Piece::Raw(..) | Piece::Text(_) | Piece::Close { .. } | Piece::Comment(_) | Piece::Branch(..) => {}
        }
    }
    found
}

fn urls<'a>(body: &'a str, within: &Range<usize>, found: &mut Vec<(&'a str, Range<usize>)>) {
    let Some(css) = body.get(within.clone()) else { return };
    for (open, mark) in css.match_indices("url(") {
        let start = open + mark.len();
        let Some(inside) = css.get(start..).and_then(|rest| rest.split(')').next()) else { continue };
        // Fonts and style sheets are no images.
        let before = css.get(..open).unwrap_or("").rsplit([';', '{', '}']).next().unwrap_or("").trim_start();
        if before.starts_with("src") || before.starts_with('@') || before.starts_with("behavior") {
            continue;
        }
        let address = inside.trim().trim_matches(['"', '\'']);
        let from = within.start + start + inside.find(address).unwrap_or(0);
        found.push((address, from..from + address.len()));
    }
}
