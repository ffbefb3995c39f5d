//! `duplicate-pixel`: a mail that counts its opens twice. The mail service puts a pixel of its own in, and each is one more
//! thing that filters know.

use super::Mail;
use super::images::is_pixel;
use crate::analysis::mail::Tag;
use crate::diag::{Code, Sink};

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    let counts = |tag: &&Tag| {
        // A picture of one point that comes from the web; `spacer.gif` holds a cell open.
        let source = tag.attribute("src").map_or("", |source| source.value.as_str());
        is_pixel(tag)
            && source.starts_with("http")
            && !["spacer", "blank", "clear"].iter().any(|name| source.contains(name))
    };
    let mut pixels = mail.facts.named("img").filter(counts);
    let Some(first) = pixels.next() else { return };
    for pixel in pixels {
        let finding =
            mail.finding(Code::DuplicatePixel, &pixel.at, "this mail has another pixel that counts who opens it");
        let finding = finding.also(mail.at(&first.at), "the first");
        sink.push(finding.help("leave one: opens are counted twice, and filters know such pixels"));
    }
}
