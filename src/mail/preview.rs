//! A page that shows mails as readers see them: on a desk, on a phone, in the dark, as text, with their headers. One file
//! that loads nothing.

use super::mime::{base64, media_type};
use super::{File, Rendered};
use crate::text::escaped;

/// A mail on the page.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The mail's name.
    pub mail: String,
    /// For whom, or in which variant.
    pub who: String,
    /// What lists of mails show behind the subject, if the mail says it.
    pub preheader: Option<String>,
    /// The mail.
    pub rendered: Rendered,
    /// Header lines.
    pub headers: String,
    /// Images that are shown inside.
    pub images: Vec<File>,
}

/// The page; mails of one name stand side by side. `language` is that of the mails, a tag of BCP 47.
pub fn preview(title: &str, language: &str, shown: &[Shown]) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
         frame-src 'self'\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header><h1>{}</h1></header>\n<main>\n",
        escaped(title),
        escaped(title)
    );
    let mut mails: Vec<&str> = Vec::new();
    for one in shown {
        if !mails.contains(&one.mail.as_str()) {
            mails.push(&one.mail);
        }
    }
    for (number, mail) in mails.iter().enumerate() {
        let of_mail: Vec<&Shown> = shown.iter().filter(|one| one.mail == *mail).collect();
        out.push_str(&section(number, mail, language, &of_mail));
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

const VIEWS: [(&str, &str); 5] =
    [("desktop", "Desktop"), ("phone", "Phone"), ("dark", "Dark"), ("text", "Text"), ("headers", "Headers")];

/// A mail; its views are chosen by radio buttons, without a script.
fn section(number: usize, mail: &str, language: &str, shown: &[&Shown]) -> String {
    let mut out = format!("<section>\n<h2>{}</h2>\n", escaped(mail));
    for (at, (view, words)) in VIEWS.iter().enumerate() {
        let (id, checked) = (format!("m{number}-{view}"), if at == 0 { " checked" } else { "" });
        out.push_str(&format!(
            "<input type=\"radio\" name=\"m{number}\" id=\"{id}\" class=\"to-{view}\"{checked}><label for=\"{id}\">{words}</label>\n"
        ));
    }
    let name = escaped(mail);
    out.push_str(&format!("<div class=\"mails\" role=\"region\" aria-label=\"{name}\" tabindex=\"0\">\n"));
    for one in shown {
        out.push_str(&article(one, language));
    }
    out.push_str("</div>\n</section>\n");
    out
}

fn article(one: &Shown, language: &str) -> String {
    let language = escaped(language);
    let html = with_images(&one.rendered.html, &one.images);
    let frame = |view: &str, html: &str| {
        // A frame without rights: scripts in a mail do not run here either.
        format!("<iframe class=\"{view}\" sandbox title=\"{view}\" srcdoc=\"{}\"></iframe>\n", escaped(html))
    };
    let preheader =
        one.preheader.as_deref().filter(|text| !text.is_empty()).map_or(String::new(), |text| {
            format!("<p class=\"preheader\" lang=\"{language}\">{}</p>\n", escaped(text))
        });
    format!(
        "<article>\n<h3>{}</h3>\n<p class=\"subject\" lang=\"{language}\">{}</p>\n{}{}{}{}<pre class=\"text\" lang=\"{language}\">{}</pre>\n\
         <pre class=\"headers\">{}</pre>\n</article>\n",
        escaped(&one.who),
        escaped(&one.rendered.subject),
        preheader,
        frame("desktop", &html),
        frame("phone", &html),
        frame("dark", &dark(&html)),
        escaped(&one.rendered.text),
        escaped(&one.headers),
    )
}

/// The mail as clients show it that follow the system's dark mode: with its own rules for that, or turned over as Gmail
/// on phones does where it has none.
fn dark(html: &str) -> String {
    let own = html.contains("prefers-color-scheme");
    let html = html
        .replace("(prefers-color-scheme: dark)", "(min-width: 0)")
        .replace("(prefers-color-scheme:dark)", "(min-width:0)");
    let style = if own {
        "<style>:root{color-scheme:dark}html{background:#1b1b1f}</style>"
    } else {
        "<style>html{background:#fff;filter:invert(.9) hue-rotate(180deg)}img{filter:invert(1) hue-rotate(180deg)}</style>"
    };
    match html.find("</head>") {
        Some(at) => format!("{}{style}{}", &html[..at], &html[at..]),
        None => format!("{style}{html}"),
    }
}

fn with_images(html: &str, images: &[File]) -> String {
    let mut html = html.to_owned();
    for image in images {
        let data = format!("\"data:{};base64,{}\"", media_type(&image.path), base64(&image.bytes));
        html = html.replace(&format!("\"{}\"", image.path), &data).replace(&format!("'{}'", image.path), &data);
    }
    html
}

const STYLE: &str = "\
body{margin:0;font-family:system-ui,'Hiragino Sans','Yu Gothic',sans-serif;background:#eef1f5;color:#1f2d3d}\
header{padding:12px 24px;background:#16324f;color:#fff}h1{font-size:18px;margin:0}h2{font-size:17px;margin:0 0 8px}\
section{margin:24px;padding:16px;background:#fff;border-radius:8px}\
input{position:absolute;opacity:0}label{display:inline-block;padding:6px 14px;margin:0 4px 12px 0;border:1px solid #b8c4d2;\
border-radius:16px;cursor:pointer;font-size:14px}input:checked+label{background:#16324f;color:#fff}\
.preheader{margin:-6px 0 8px;color:#52606d;font-size:14px;max-width:800px}.mails:focus-visible,input:focus-visible+label{outline:3px solid #3b82f6}\
.mails{display:flex;gap:24px;overflow-x:auto;align-items:flex-start}h3{font-size:14px;margin:0 0 4px;color:#52606d}\
.subject{font-weight:600;margin:0 0 8px;max-width:800px}iframe,pre{display:none;border:1px solid #cfd8e3;background:#fff}\
iframe{height:900px}.desktop{width:800px}.phone{width:375px}.dark{width:800px}\
pre{width:640px;padding:16px;margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px;line-height:1.6}\
.to-desktop:checked~.mails .desktop,.to-phone:checked~.mails .phone,.to-dark:checked~.mails .dark,\
.to-text:checked~.mails .text,.to-headers:checked~.mails .headers{display:block}";
