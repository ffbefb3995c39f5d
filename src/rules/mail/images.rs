//! `image-without-alt`, `unreachable-image`, `embedded-image`, `image-only-mail`, `image-without-width`: images are blocked until somebody asks for
//! them, and some people never see one.

use super::Mail;
use super::contrast::is_hidden;
use crate::analysis::mail::{Tag, declarations};
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
fn is_pixel(tag: &Tag) -> bool {
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
    let Some(style) = image.attribute("style").filter(|_| is_html && !image.may_have("width")) else { return };
    let all = declarations(&style.value);
    let Some(width) = all.iter().find(|one| matches!(one.property.as_str(), "width" | "max-width")) else { return };
    if is_hidden(image, &all) || width.value == "auto" {
        return;
    }
    let at = style.value_at.start + width.at.start..style.value_at.start + width.at.end;
    let message = "Outlook on Windows takes no width from a style, and shows this image in its own size";
    let finding = mail.finding(Code::ImageWithoutWidth, &at, message);
    sink.push(finding.help("write it as an attribute as well, in pixels: `width=\"600\"`"));
}

fn is_all_of_a_link(mail: &Mail<'_>, image: &Tag) -> bool {
    let within = mail.facts.linked().find(|(link, tag)| {
        tag.at.end <= image.at.start
            && image.at.start <= link.shown_at.end.max(tag.at.end + 400)
            && link.has_image
            && closes_after(mail, tag, image)
    });
    within.is_some_and(|(link, _)| link.shown.trim().is_empty())
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
    let lower = address.to_ascii_lowercase();
    if lower.starts_with("data:") {
        let finding = mail.finding(
            Code::EmbeddedImage,
            &source.value_at,
            "several mail programs do not show images written as data",
        );
        sink.push(finding.help("put the image on a web server, and link to it by `https://`"));
        return;
    }
    let is_whole = lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("cid:");
    if is_whole || address.starts_with('{') {
        return;
    }
    if is_project_image(address) {
        if let Some(Err(why)) = mail.files.get(address) {
            let message = format!("the image `{address}` cannot be read: {why}");
            sink.push(mail.finding(Code::UnreachableImage, &source.value_at, message));
        }
        return;
    }
    let at = if address.is_empty() { &image.at } else { &source.value_at };
    let message = if address.is_empty() {
        "this image has an empty `src`".to_owned()
    } else {
        format!("`{address}` is no whole address, so no mail program can load this image")
    };
    let finding = mail.finding(Code::UnreachableImage, at, message);
    sink.push(finding.help("write the whole address: `https://…`"));
}
