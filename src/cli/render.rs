//! `tabiji render`

use super::args::{MailFormat, RenderArgs};
use super::mails::{Mail, mails};
use super::output::{print, save_all, save_result};
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::mail::{Shown, preview};

/// Shows mails as leads get them.
pub(super) fn render(args: &RenderArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let asked = mails(&args.mails, args.variants, terminal)?;
    if let Some(folder) = &args.out {
        let files: Vec<(String, String)> = asked.mails.iter().flat_map(files).collect();
        save_all(folder, &files)?;
    }
    if let Some(path) = &args.preview {
        let shown: Vec<Shown> = asked.mails.iter().map(shown).collect();
        save_result(path, &preview(&asked.project, &asked.language, &shown))?;
    }
    if args.out.is_some() || args.preview.is_some() {
        let written = if asked.mails.len() == 1 { "1 mail".to_owned() } else { format!("{} mails", asked.mails.len()) };
        terminal.show(&format!("{written} rendered\n"));
        return Ok(Exit::Fine);
    }
    let [mail] = asked.mails.as_slice() else {
        let message = format!(
            "{} mails are too many for the standard output; name one with --email and --lead, or give --out DIR or \
             --preview FILE",
            asked.mails.len()
        );
        return Err(Failure::usage(message));
    };
    print(&match args.format {
        MailFormat::Html => mail.rendered.html.clone(),
        MailFormat::Text => mail.rendered.text.clone(),
        MailFormat::Eml => mail.message.bytes(),
    })?;
    Ok(Exit::Fine)
}

fn files(mail: &Mail) -> [(String, String); 3] {
    let name = |ending: &str| format!("{}.{}.{ending}", mail.name, mail.file);
    [
        (name("html"), mail.rendered.html.clone()),
        (name("txt"), mail.rendered.text.clone()),
        (name("eml"), mail.message.bytes()),
    ]
}

fn shown(mail: &Mail) -> Shown {
    let message = mail.message.bytes();
    let headers = message.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n", "\n");
    Shown {
        mail: mail.name.clone(),
        who: mail.who.clone(),
        preheader: mail.rendered.preheader(),
        rendered: mail.rendered.clone(),
        headers,
        images: mail.message.images.clone(),
    }
}
