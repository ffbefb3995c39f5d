//! A mail as bytes: RFC 5322 with the parts of RFC 2045 to 2047. Written here, since a message has to come out the same
//! everywhere: no clock, no name of the machine, no drawn boundaries.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use xxhash_rust::xxh3::xxh3_64;

/// An address with the name of whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Display name.
    pub name: Option<String>,
    /// Address.
    pub email: String,
}

/// A file in a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Path in the project; its last part is the name shown, the whole its content id.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// All that a message is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Whose name it carries.
    pub from: Address,
    /// Where answers go, if elsewhere.
    pub reply_to: Option<String>,
    /// Whom it goes to.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Its date, in seconds since 1970-01-01T00:00:00Z.
    pub at_secs: i64,
    /// Time zone in which the date is written.
    pub zone: TimeZone,
    /// What tells it from all others; the left part of its id.
    pub token: String,
    /// Where one click stops mails of the topic; mails of a service have none.
    pub unsubscribe: Option<String>,
    /// HTML part. Images of the project stand in it by their path.
    pub html: String,
    /// Text part.
    pub text: String,
    /// Images that are shown inside.
    pub images: Vec<File>,
    /// Files at the end.
    pub attachments: Vec<File>,
}

/// Longest line of a part, in characters (RFC 2045, section 6.7).
const LINE: usize = 76;

impl Message {
    /// The message, with lines that end in CR LF.
    pub fn bytes(&self) -> String {
        let mut out = String::new();
        let mut header = |name: &str, value: &str| out.push_str(&format!("{name}: {value}\r\n"));
        header("From", &mailbox(&self.from));
        if let Some(reply_to) = &self.reply_to {
            header("Reply-To", &one_word(reply_to));
        }
        header("To", &one_word(&self.to));
        header("Subject", &unstructured("Subject", &self.subject));
        header("Date", &date(self.at_secs, &self.zone));
        let host = self.from.email.split('@').next_back().unwrap_or("localhost");
        header("Message-ID", &format!("<{}@{}>", self.token, one_word(host)));
        if let Some(address) = &self.unsubscribe {
            // One click (RFC 8058): the receiver's own button posts to the address, and nobody has to log in.
            header("List-Unsubscribe", &format!("<{}>", one_word(address)));
            header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
        header("MIME-Version", "1.0");
        out.push_str(&self.mixed());
        out
    }

    fn mixed(&self) -> String {
        let body = self.alternative();
        if self.attachments.is_empty() {
            return body;
        }
        let files = self.attachments.iter().map(|file| {
            let name = parameter("filename", file_name(&file.path));
            let headers = format!("Content-Disposition: attachment;\r\n {name}\r\n");
            file_part(file, &headers)
        });
        self.multipart("mixed", "", std::iter::once(body).chain(files))
    }

    fn alternative(&self) -> String {
        let text = text_part("plain", &self.text);
        self.multipart("alternative", "", [text, self.related()].into_iter())
    }

    fn related(&self) -> String {
        let mut html = self.html.clone();
        for image in &self.images {
            for quote in ['"', '\''] {
                let (path, id) = (&image.path, content_id(&image.path));
                html = html.replace(&format!("{quote}{path}{quote}"), &format!("{quote}cid:{id}{quote}"));
            }
        }
        let html = text_part("html", &html);
        if self.images.is_empty() {
            return html;
        }
        let images = self.images.iter().map(|image| {
            let id = content_id(&image.path);
            let headers = format!("Content-ID: <{id}>\r\nContent-Disposition: inline\r\n");
            file_part(image, &headers)
        });
        self.multipart("related", "; type=\"text/html\"", std::iter::once(html).chain(images))
    }

    /// Parts in one. The boundary is made of what tells the message from others, and is in none of them: no line of a part
    /// begins with two dashes and an equals sign, since both encodings write the latter otherwise.
    fn multipart(&self, kind: &str, more: &str, parts: impl Iterator<Item = String>) -> String {
        let boundary = format!("=_{kind}_{}", self.token);
        let mut out = format!("Content-Type: multipart/{kind}{more};\r\n boundary=\"{boundary}\"\r\n\r\n");
        for part in parts {
            out.push_str(&format!("--{boundary}\r\n{part}\r\n"));
        }
        out.push_str(&format!("--{boundary}--\r\n"));
        out
    }
}

/// The content id of a file, the same in every message.
pub fn content_id(path: &str) -> String {
    format!("{:016x}@tabiji", xxh3_64(path.as_bytes()))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn file_part(file: &File, headers: &str) -> String {
    let kind = media_type(&file.path);
    let name = parameter("name", file_name(&file.path));
    let lines = base64_lines(&file.bytes);
    format!("Content-Type: {kind};\r\n {name}\r\n{headers}Content-Transfer-Encoding: base64\r\n\r\n{lines}")
}

/// The media type of a file, by its ending.
pub fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "pdf" => "application/pdf",
        "ics" => "text/calendar",
        "csv" => "text/csv",
        "txt" => "text/plain",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

/// A part of text, in the encoding that takes fewer bytes.
fn text_part(kind: &str, text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
    let (quoted, packed) = (quoted_printable(&text), base64_lines(text.as_bytes()));
    let (encoding, body) = if quoted.len() <= packed.len() { ("quoted-printable", quoted) } else { ("base64", packed) };
    format!("Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}")
}

fn quoted_printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.split("\r\n") {
        let bytes = line.as_bytes();
        let mut used = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            let is_last = at + 1 == bytes.len();
            let plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~') || matches!(byte, b' ' | b'\t') && !is_last;
            // A lone dot would end the message to careless servers; `From ` begins another to careless stores.
            let plain = plain && !(at == 0 && matches!(byte, b'.' | b'F'));
            let length = if plain { 1 } else { 3 };
            if used + length > LINE - 1 {
                out.push_str("=\r\n");
                used = 0;
            }
            if plain {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("={byte:02X}"));
            }
            used += length;
        }
        out.push_str("\r\n");
    }
    out.truncate(out.len().saturating_sub(2));
    out
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 (RFC 4648, section 4).
pub fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let all = three.iter().fold(0_u32, |all, byte| all << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let digit = ALPHABET[(all >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= three.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

fn base64_lines(bytes: &[u8]) -> String {
    let lines: Vec<String> = bytes.chunks(LINE / 4 * 3).map(base64).collect();
    lines.join("\r\n")
}

fn date(secs: i64, zone: &TimeZone) -> String {
    let at = Timestamp::from_second(secs).unwrap_or_default();
    let minutes = zone.to_offset(at).seconds() / 60;
    let (sign, minutes) = if minutes < 0 { ('-', -minutes) } else { ('+', minutes) };
    let local = zone.to_datetime(at).strftime("%a, %d %b %Y %H:%M:%S");
    format!("{local} {sign}{:02}{:02}", minutes / 60, minutes % 60)
}

/// A display name and an address.
fn mailbox(address: &Address) -> String {
    let email = one_word(&address.email);
    match address.name.as_deref().map(super::one_line).filter(|name| !name.is_empty()) {
        None => email,
        Some(name) if name.is_ascii() && !name.contains("=?") => {
            format!("\"{}\" <{email}>", name.replace('\\', "\\\\").replace('"', "\\\""))
        }
        Some(name) => format!("{}\r\n <{email}>", encoded_words(&name, "From: ".len())),
    }
}

/// What may not be broken: an address without the blanks and control characters that it cannot have.
fn one_word(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

/// Text of a header, in one or several lines.
fn unstructured(name: &str, text: &str) -> String {
    let text = super::one_line(text);
    let used = name.len() + 2;
    if !text.is_ascii() || text.contains("=?") || text.split(' ').any(|word| word.len() > LINE - used) {
        return encoded_words(&text, used);
    }
    let (mut out, mut column) = (String::new(), used);
    for word in text.split(' ') {
        if out.is_empty() {
            out.push_str(word);
        } else if column + 1 + word.len() > LINE {
            out.push_str("\r\n ");
            out.push_str(word);
            column = 0;
        } else {
            out.push(' ');
            out.push_str(word);
        }
        column += word.len() + 1;
    }
    out
}

/// Encoded words (RFC 2047): at most 75 characters each, whole characters in each, in lines of at most 76. `used` is how
/// much of the first line is taken.
fn encoded_words(text: &str, used: usize) -> String {
    const AROUND: usize = "=?UTF-8?B??=".len();
    let room = |used: usize| (75_usize.min(LINE - used) - AROUND) / 4 * 3;
    let (mut words, mut word, mut left) = (Vec::new(), String::new(), room(used));
    for c in text.chars() {
        if word.len() + c.len_utf8() > left {
            words.push(std::mem::take(&mut word));
            left = room(1);
        }
        word.push(c);
    }
    words.push(word);
    let words: Vec<String> = words.iter().map(|word| format!("=?UTF-8?B?{}?=", base64(word.as_bytes()))).collect();
    words.join("\r\n ")
}

/// A parameter of a header; names that are not ASCII as RFC 2231 has them.
fn parameter(name: &str, value: &str) -> String {
    if value.is_ascii() {
        return format!("{name}=\"{}\"", value.replace(['"', '\\', '\r', '\n'], "_"));
    }
    let bytes = value.bytes().map(|byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    format!("{name}*=UTF-8''{}", bytes.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_follow_their_standards() {
        // The examples of RFC 4648, section 10.
        for (plain, packed) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(plain.as_bytes()), packed);
        }
        assert_eq!(quoted_printable("a=b \r\n.c\r\né"), "a=3Db=20\r\n=2Ec\r\n=C3=A9");
        assert!(quoted_printable(&"x".repeat(500)).split("\r\n").all(|line| line.len() <= LINE));
    }

    #[test]
    fn a_subject_stays_one_header() {
        let long = "青空クラウド株式会社からの、とても長い件名のお知らせでございます😀".repeat(3);
        for subject in ["hi\r\nBcc: evil@example.com", "a\u{2028}b", &long] {
            let header = unstructured("Subject", subject);
            assert!(header.split("\r\n").skip(1).all(|line| line.starts_with(' ')), "{header}");
            assert!(header.split("\r\n").all(|line| line.len() <= LINE), "{header}");
        }
        assert_eq!(unstructured("Subject", "hi\r\nBcc: evil"), "hi Bcc: evil");
    }
}
