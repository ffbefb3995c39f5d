//! The engine in Python, as a process that answers a line for each line.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value as Json, json};
use tabiji::ir::Lead;
use tabiji::plan::Plan;
use xxhash_rust::xxh3::xxh3_64;

use crate::judge::{Case, DAYS};

const ENGINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine/engine.py");

pub struct Python {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Python {
    pub fn start() -> Python {
        let python = std::env::var("TABIJI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut command = Command::new(&python);
        let command = command.args(["-B", ENGINE]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("this test needs Python 3.9 or later as `{python}`, or named in TABIJI_PYTHON: {error}")
        });
        let output = BufReader::new(child.stdout.take().unwrap());
        Python { input: child.stdin.take(), output, child }
    }

    /// What it says of a case: one answer.
    pub fn answer(&mut self, question: &Json) -> Json {
        let mut answer = self.say(question);
        // It asks in turn for the hashes of texts.
        while let Some(text) = answer["hash"].as_str() {
            answer = self.say(&json!(xxh3_64(text.as_bytes())));
        }
        answer
    }

    /// What it says to a line.
    fn say(&mut self, line: &Json) -> Json {
        let input = self.input.as_mut().unwrap();
        let line = format!("{line}\n");
        let written = input.write_all(line.as_bytes()).and_then(|()| input.flush());
        let mut answer = String::new();
        if written.is_ok() {
            self.output.read_line(&mut answer).unwrap();
        }
        serde_json::from_str(&answer)
            .unwrap_or_else(|_| panic!("the engine in Python failed (see above) or says no JSON: {answer:?}"))
    }

    /// What came of each lead, fact by fact, by chance that is its own.
    pub fn free(&mut self, plan: &Plan, leads: &[Lead], days: u32) -> Vec<Vec<String>> {
        let question = json!({"plan": plan, "leads": leads, "days": days, "free": true});
        serde_json::from_value(self.answer(&question)["facts"].take()).unwrap()
    }

    /// The sums that are measured of leads that share the senders' quotas.
    pub fn together(&mut self, case: &Case) -> BTreeMap<String, i128> {
        let question = json!({"plan": case.plan, "leads": case.leads, "days": DAYS, "together": true});
        serde_json::from_value(self.answer(&question)["measured"].take()).unwrap()
    }

    /// What came of each lead, fact by fact; and of all, the sums that are measured.
    pub fn run(&mut self, case: &Case) -> (Vec<Vec<String>>, BTreeMap<String, i128>) {
        let question = json!({"plan": case.plan, "leads": case.leads, "days": DAYS, "lines": case.lines});
        let mut answer = self.answer(&question);
        let mut take = |name: &str| answer[name].take();
        let (facts, measured) = (take("facts"), take("measured"));
        (serde_json::from_value(facts).unwrap(), serde_json::from_value(measured).unwrap())
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
