//! Mails sent to a real mail server, and read there by Python's own parser.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "mails/server.rs"]
mod server;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::thread::{JoinHandle, spawn};

use serde_json::Value;
use server::{Sink, header};

const AOZORA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/aozora-cloud");
const TESTER: &str = "tester@example.org";

fn tabiji(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabiji")).args(args).output().unwrap()
}

fn printed(args: &[&str]) -> String {
    let output = tabiji(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn send(project: &str, args: &[&str], count: usize) -> Vec<Value> {
    let sink = Sink::start(count);
    let to = sink.url();
    let all = [&["send", project, "--to", &to, "--recipient", TESTER], args].concat();
    printed(&all);
    sink.taken()
}

fn unix(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().to_owned()
}

/// One mail of each kind, as the parser has it, is what was rendered: headers, parts, and every byte.
#[test]
fn what_arrives_is_what_was_rendered() {
    let names = ["webinar-invite", "whitepaper-thanks", "consultation-plain"];
    let arguments: Vec<&str> = names.iter().flat_map(|name| ["--email", name]).collect();
    let taken = send(AOZORA, &arguments, names.len());
    for (name, mail) in names.iter().zip(&taken) {
        assert_eq!(mail["recipients"], serde_json::json!([TESTER]), "{name}");
        assert_eq!((header(mail, "To"), header(mail, "Cc"), header(mail, "Bcc")), (vec![TESTER], vec![], vec![]));
        assert_eq!(mail["type"], "multipart/alternative", "{name}");
        assert_eq!((&mail["defects"], &mail["bare_line_ends"]), (&serde_json::json!([]), &0.into()), "{name}");
        assert!(mail["longest_line"].as_u64().unwrap() <= 78, "{name}: {}", mail["longest_line"]);
        let parts = mail["parts"].as_array().unwrap();
        let types: Vec<&str> = parts.iter().map(|part| part["type"].as_str().unwrap()).collect();
        assert_eq!(types, ["text/plain", "text/html"], "{name}");
        for (part, format) in parts.iter().zip(["text", "html"]) {
            let rendered = printed(&["render", AOZORA, "--email", name, "--format", format]);
            assert_eq!(part["charset"], "utf-8");
            assert_eq!(unix(part["text"].as_str().unwrap()), unix(&rendered), "{name}: {format}");
        }
        let rendered = printed(&["render", AOZORA, "--email", name, "--format", "eml"]);
        let to = rendered.split("\r\n").find(|line| line.starts_with("To: ")).unwrap();
        let expected = rendered.replace(to, &format!("To: {TESTER}"));
        assert_eq!(mail["content"].as_str().unwrap().trim_end(), expected.trim_end(), "{name}");
    }
    let [invite, thanks, _] = taken.as_slice() else { panic!("three mails") };
    assert_eq!(header(invite, "Subject"), ["【5月27日開催】ランサムウェアに備える三つの備え(無料ウェビナー)"]);
    assert_eq!(header(invite, "From"), ["青空クラウド マーケティング <news@mail.aozora.example>"]);
    assert_eq!(header(invite, "List-Unsubscribe-Post"), ["List-Unsubscribe=One-Click"]);
    assert!(header(invite, "List-Unsubscribe")[0].starts_with("<https://"));
    assert_eq!(header(invite, "Date"), ["Wed, 01 Apr 2026 10:00:00 +0900"]);
    // A mail of a service is not one to unsubscribe from.
    assert_eq!(header(thanks, "List-Unsubscribe"), Vec::<&str>::new());
}

/// A lead that would write headers, run scripts and end the mail early gets its own text back.
#[test]
fn data_of_leads_stays_data() {
    let nasty = "\"<script>alert(1)</script>\r\nBcc: evil@example.com\r\n\r\n.\r\nQUIT\"";
    let folder = tempfile::tempdir().unwrap();
    let leads = folder.path().join("leads.csv");
    std::fs::write(
        &leads,
        format!("id,email,company,industry,employees,country\nL1,a@example.com,{nasty},製造業,10,JP\n"),
    )
    .unwrap();
    let leads = leads.to_str().unwrap();
    let taken = send(AOZORA, &["--leads", leads, "--lead", "L1", "--email", "case-study"], 1);
    let mail = &taken[0];
    assert_eq!((header(mail, "Bcc"), &mail["defects"]), (vec![], &serde_json::json!([])));
    let subject = header(mail, "Subject");
    assert_eq!(subject.len(), 1);
    assert!(subject[0].starts_with("<script>alert(1)</script> Bcc: evil@example.com . QUIT様へ"), "{}", subject[0]);
    let html = mail["parts"][1]["text"].as_str().unwrap();
    assert!(!html.contains("<script") && html.contains("&lt;script"), "{html}");
    // The end of the mail came too, so the dot of the lead did not end it.
    assert!(html.trim_end().ends_with("</html>"));
}

/// Nothing leaves the machine, and nothing goes to a lead.
#[test]
fn sends_to_others_are_refused() {
    for to in [
        "smtp://192.0.2.1:25",
        "smtp://mail.example.com:25",
        "smtps://127.0.0.1:25",
        "127.0.0.1:25",
        "smtp://127.0.0.1",
    ] {
        let output = tabiji(&["send", AOZORA, "--email", "case-study", "--to", to, "--recipient", TESTER]);
        assert_eq!(output.status.code(), Some(2), "{to}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(to), "{said}");
    }
    let leads = std::fs::read_to_string(format!("{AOZORA}/leads/sample.csv")).unwrap();
    let lead = leads.split([',', '\n']).find(|cell| cell.contains('@')).unwrap();
    let to = "smtp://127.0.0.1:9";
    let output = tabiji(&["send", AOZORA, "--email", "case-study", "--to", to, "--recipient", &lead.to_uppercase()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("never go to leads"));
}

/// A server that takes so many mails and then hangs up in the middle of the talk.
fn hangs_up_after(mails: usize) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let talk = move |mut stream: TcpStream| {
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
        stream.write_all(b"220 here\r\n").unwrap();
        let mut taken = 0;
        while taken < mails {
            let answer = match lines.next().unwrap().as_str() {
                "DATA" => "354 go on",
                _ => "250 fine",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).unwrap();
            if answer == "354 go on" {
                lines.find(|line| line == ".").unwrap();
                stream.write_all(b"250 taken\r\n").unwrap();
                taken += 1;
            }
        }
    };
    (url, spawn(move || talk(listener.accept().unwrap().0)))
}

/// A mail is sent once the server has said so; what follows changes nothing, and what failed says how far it came.
#[test]
fn a_server_that_hangs_up() {
    let mails = ["send", AOZORA, "--email", "case-study", "--email", "webinar-invite", "--recipient", TESTER, "--to"];
    let (url, server) = hangs_up_after(2);
    let output = tabiji(&[&mails[..], &[&url]].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), said), (Some(0), format!("2 mails sent to {TESTER} by {url}\n")));
    server.join().unwrap();

    let (url, server) = hangs_up_after(1);
    let output = tabiji(&[&mails[..], &[&url]].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("does not take the mails") && said.contains("(1 of 2 were taken before)"), "{said}");
    server.join().unwrap();
}
