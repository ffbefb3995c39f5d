//! `clipped-mail`, `heavy-mail`: Gmail shows the first 102 kB of a mail, and the link to unsubscribe stands at the end. The
//! size is that of the longest branches and the most turns of loops.

use super::Mail;
use crate::diag::{Code, Diagnostic, Sink};

/// Bytes of HTML that Gmail shows.
const CLIPPED: usize = 102 * 1024;
/// Bytes from which on tracked links and longer values may come to as much.
const HEAVY: usize = 80 * 1024;

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    let size = &mail.texts.size;
    if size.bytes <= HEAVY || mail.texts.body.is_none() {
        return;
    }
    let kilobytes = size.bytes.div_ceil(1024);
    let turning = size.loop_at.filter(|(_, share, _)| *share * 2 > size.bytes);
    let span = turning.map_or(mail.at(&(0..first_line(mail.body()))), |(span, ..)| span);
    let (code, message) = if size.bytes > CLIPPED {
        (Code::ClippedMail, format!("this mail can come to {kilobytes} kB, and Gmail cuts mails off at 102 kB"))
    } else {
        (Code::HeavyMail, format!("this mail can come to {kilobytes} kB, and Gmail cuts mails off at 102 kB"))
    };
    let finding = Diagnostic::new(code, span, message);
    sink.push(match turning {
        Some((_, share, turns)) => finding
            .here(format!("turns up to {turns} times, {} kB in all", share.div_ceil(1024)))
            .help("let it turn fewer times: the link to unsubscribe stands below the cut"),
        None => finding.help("shorten it, or link to a page: the link to unsubscribe stands below the cut"),
    });
}

fn first_line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}
