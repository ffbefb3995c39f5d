//! `tabiji send`: test sends, to one address, by a mail server of this machine.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use super::args::SendArgs;
use super::mails::mails;
use super::smtp;
use super::terminal::Terminal;
use super::{Exit, Failure};
use crate::ir::value::is_email;

/// Sends mails to a server for tests.
pub(super) fn send(args: &SendArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let server = server(&args.to)?;
    if !is_email(&args.recipient) || !args.recipient.is_ascii() {
        return Err(Failure::usage(format!("`{}` is no e-mail address", args.recipient)));
    }
    let mut asked = mails(&args.mails, false, terminal)?;
    if asked.addresses.contains(&args.recipient.to_lowercase()) {
        let message = format!("`{}` is the address of a lead, and test sends never go to leads", args.recipient);
        return Err(Failure::usage(message));
    }
    let mut messages = Vec::new();
    for mail in &mut asked.mails {
        mail.message.to = args.recipient.clone();
        messages.push((mail.message.from.email.clone(), mail.message.bytes()));
    }
    let sent = smtp::send(server, &args.recipient, &messages);
    sent.map_err(|why| Failure::usage(format!("`{}` does not take the mails: {why}", args.to)))?;
    let mails = if messages.len() == 1 { "1 mail".to_owned() } else { format!("{} mails", messages.len()) };
    terminal.show(&format!("{mails} sent to {} by {}\n", args.recipient, args.to));
    Ok(Exit::Fine)
}

/// The server, which has to be on this machine: no mail leaves it by a slip.
fn server(url: &str) -> Result<SocketAddr, Failure> {
    let wrong = || Failure::usage(format!("`--to {url}`: write smtp://127.0.0.1:PORT"));
    let place = url.strip_prefix("smtp://").ok_or_else(wrong)?.trim_end_matches('/');
    let (host, port) = place.rsplit_once(':').ok_or_else(wrong)?;
    let port: u16 = port.parse().map_err(|_| wrong())?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = match host.parse::<IpAddr>() {
        Ok(address) => Some(SocketAddr::new(address, port)),
        Err(_) if host == "localhost" => (host, port).to_socket_addrs().ok().and_then(|mut found| found.next()),
        Err(_) => None,
    };
    match address {
        Some(address) if address.ip().is_loopback() => Ok(address),
        Some(_) | None => Err(Failure::usage(format!(
            "`{url}` is not on this machine; test sends go to a server at 127.0.0.1, ::1 or localhost alone"
        ))),
    }
}
