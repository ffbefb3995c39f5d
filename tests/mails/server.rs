//! A real mail server, aiosmtpd, which tells what Python's own parser makes of the mails that it takes.
//!
//! The Python that has it is `python3`, or what `TABIJI_PYTHON` names; `.ci/run` sets one up.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

const SINK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mails/sink.py");

/// A server that is up.
pub struct Sink {
    server: Child,
    out: BufReader<ChildStdout>,
    port: String,
}

impl Sink {
    /// Starts one that takes so many mails.
    pub fn start(mails: usize) -> Sink {
        let python = std::env::var("TABIJI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut command = Command::new(&python);
        let mut server = command.args([SINK, &mails.to_string()]).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(server.stdout.take().unwrap());
        let mut port = String::new();
        out.read_line(&mut port).unwrap();
        assert!(
            !port.is_empty(),
            "this test needs aiosmtpd in `{python}`: `pip install aiosmtpd`, or name a Python that has it in TABIJI_PYTHON"
        );
        Sink { server, out, port: port.trim().to_owned() }
    }

    /// Its address, for `--to`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// What arrived, once it is all there.
    pub fn taken(mut self) -> Vec<Value> {
        let mut text = String::new();
        self.out.read_to_string(&mut text).unwrap();
        assert!(self.server.wait().unwrap().success());
        serde_json::from_str(&text).unwrap()
    }
}

/// The values of a header, in order.
pub fn header<'m>(mail: &'m Value, name: &str) -> Vec<&'m str> {
    let headers = mail["headers"].as_array().unwrap().iter();
    headers.filter(|header| header[0] == name).map(|header| header[1].as_str().unwrap()).collect()
}
