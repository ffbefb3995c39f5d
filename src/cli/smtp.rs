//! Hands messages to a mail server (RFC 5321): as much of the protocol as a test server needs.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long the server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest line of an answer, in bytes.
const MAX_ANSWER: usize = 4096;

/// Sends each message, with the address it comes from, to one recipient.
///
/// A message is the server's from its answer to the end of the data on (section 6.1), so what becomes of the parting word
/// changes nothing: it is said, and its answer is waited for (section 4.1.1.10), whatever it is.
///
/// # Errors
/// In words, with the server's answer and how many messages it has already.
pub(super) fn send(server: SocketAddr, recipient: &str, messages: &[(String, String)]) -> Result<(), String> {
    let mut talk = Talk::begin(server)?;
    for (taken, (from, message)) in messages.iter().enumerate() {
        talk.hand_over(from, recipient, message).map_err(|why| match taken {
            0 => why,
            _ => format!("{why} ({taken} of {} were taken before)", messages.len()),
        })?;
    }
    let _whatever = talk.say("QUIT", '2');
    Ok(())
}

/// The message with a further dot before lines that begin with one (section 4.5.2).
fn stuffed(message: &str) -> String {
    let body = message.strip_suffix("\r\n").unwrap_or(message);
    let lines = body
        .split("\r\n")
        .map(|line| if line.starts_with('.') { format!(".{line}\r\n") } else { format!("{line}\r\n") });
    lines.collect()
}

struct Talk {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
}

impl Talk {
    /// Connects and greets.
    fn begin(server: SocketAddr) -> Result<Talk, String> {
        let stream = TcpStream::connect_timeout(&server, PATIENCE).map_err(|error| error.to_string())?;
        let timeouts = stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.set_write_timeout(Some(PATIENCE)));
        timeouts.map_err(|error| error.to_string())?;
        let answers = BufReader::new(stream.try_clone().map_err(|error| error.to_string())?);
        let mut talk = Talk { stream, answers };
        talk.expect('2')?;
        talk.say("EHLO localhost", '2')?;
        Ok(talk)
    }

    /// Has the server take one message.
    fn hand_over(&mut self, from: &str, recipient: &str, message: &str) -> Result<(), String> {
        self.say(&format!("MAIL FROM:<{from}>"), '2')?;
        self.say(&format!("RCPT TO:<{recipient}>"), '2')?;
        self.say("DATA", '3')?;
        self.write(&stuffed(message))?;
        self.say(".", '2')
    }

    fn write(&mut self, text: &str) -> Result<(), String> {
        self.stream.write_all(text.as_bytes()).map_err(|error| error.to_string())
    }

    fn say(&mut self, line: &str, wanted: char) -> Result<(), String> {
        self.write(&format!("{line}\r\n"))?;
        self.expect(wanted).map_err(|answer| format!("to `{line}` it says: {answer}"))
    }

    /// Reads an answer, of one line or several; its first digit tells how it stands.
    fn expect(&mut self, wanted: char) -> Result<(), String> {
        loop {
            let mut line = Vec::new();
            let mut limited = std::io::Read::take(&mut self.answers, MAX_ANSWER as u64);
            limited.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if line.is_empty() {
                return Err("it hangs up".to_owned());
            }
            if line.as_bytes().get(3) == Some(&b'-') {
                continue;
            }
            return if line.starts_with(wanted) { Ok(()) } else { Err(line) };
        }
    }
}
