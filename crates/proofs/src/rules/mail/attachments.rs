//! `risky-attachment`, `heavy-attachments`: files that receivers refuse, or that are too large for them.

use super::Mail;
use crate::diag::{Code, Diagnostic, Sink};

/// Endings of files that Gmail does not take, since they can do something by themselves
/// (<https://support.google.com/mail/answer/6590>).
const REFUSED: [&str; 58] = [
    "ade",
    "adp",
    "apk",
    "appx",
    "appxbundle",
    "bat",
    "cab",
    "chm",
    "cmd",
    "com",
    "cpl",
    "diagcab",
    "diagcfg",
    "diagpkg",
    "dll",
    "dmg",
    "ex",
    "ex_",
    "exe",
    "hta",
    "img",
    "ins",
    "iso",
    "isp",
    "jar",
    "jnlp",
    "js",
    "jse",
    "lib",
    "lnk",
    "mde",
    "mjs",
    "msc",
    "msi",
    "msix",
    "msixbundle",
    "msp",
    "mst",
    "nsh",
    "pif",
    "ps1",
    "scr",
    "sct",
    "shb",
    "sys",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "vxd",
    "wsc",
    "wsf",
    "wsh",
    "xll",
    "docm",
    "xlsm",
    "pptm",
    "reg",
];
/// Bytes of all attachments from which on mail servers of companies refuse mails.
const HEAVY: u64 = 10 << 20;
/// Bytes of attachments that Gmail takes: 25 MB of a message, in which a file grows by a third (RFC 2045, section 6.8).
const MOST: u64 = (25 << 20) * 3 / 4;

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    let mut total = 0_u64;
    for (path, span) in &mail.texts.attachments {
        let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        if REFUSED.contains(&ending.as_str()) {
            let message = format!("receivers refuse mails with files that end in `.{ending}`");
            let finding = Diagnostic::new(Code::RiskyAttachment, *span, message);
            sink.push(finding.help("link to a page that offers it"));
        }
        let Some(Ok(bytes)) = mail.files.get(path) else { continue };
        let before = total;
        total = total.saturating_add(*bytes);
        let limit = if before <= MOST && total > MOST { MOST } else { HEAVY };
        if before <= limit && total > limit {
            let message = if limit == MOST {
                format!(
                    "the attachments come to {} MB, and Gmail takes mails of 25 MB with all that is in them",
                    megabytes(total)
                )
            } else {
                format!("the attachments come to {} MB, and many receivers refuse more than 10 MB", megabytes(total))
            };
            let finding = Diagnostic::new(Code::HeavyAttachments, *span, message);
            sink.push(finding.help("link to the file instead"));
        }
    }
}

fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}
