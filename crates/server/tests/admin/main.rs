//! What a host does by command, against running and stopped servers.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod closed;
mod docs;
mod doctor;
mod live;
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../program/mod.rs"]
mod program;
mod stickers;

use std::path::Path;

use serde_json::Value;

/// Runs `cameo admin WORDS --json` on a data folder; the answer, or the exit code and what was said.
fn admin(data: &Path, words: &[&str]) -> Result<Value, (i32, String)> {
    let mut arguments = vec!["admin"];
    arguments.extend(words);
    arguments.extend(["--json", "--data", data.to_str().unwrap()]);
    let output = program::run(&arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    match output.status.code() {
        Some(0) => {
            let text = String::from_utf8(output.stdout).unwrap();
            assert_eq!(text.lines().count(), 1, "one JSON value: {text}");
            assert_eq!(said, "");
            Ok(serde_json::from_str(&text).unwrap())
        }
        code => {
            assert_eq!(said.lines().count(), 1, "one line: {said}");
            Err((code.unwrap(), said))
        }
    }
}

/// The same on a thread of its own, for a server inside the test.
async fn ask(data: &Path, words: &[&str]) -> Result<Value, (i32, String)> {
    let data = data.to_owned();
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let asking = tokio::task::spawn_blocking(move || {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        admin(&data, &words)
    });
    asking.await.unwrap()
}

/// The data folder of a server inside the test.
fn folder(server: &testkit::TestServer) -> std::path::PathBuf {
    let pem = &server.running().public_key_pem;
    pem.parent().unwrap().to_owned()
}
