//! `cameo admin …`: asks a running server over its socket, or opens the data of a stopped one.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use super::arguments::PlaceArguments;
use super::{Failure, text};
use crate::admin::request::{Codes, Pictures, Stickers};
use crate::admin::{self, Problem, Request, socket};
use crate::settings::Settings;
use crate::start::{Closed, StartError};
use crate::stickers;

/// What is asked, and how the answer is printed.
#[derive(Debug, Args)]
pub(super) struct AdminArguments {
    #[command(flatten)]
    places: PlaceArguments,
    /// Print the answer as one JSON value.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    request: Request,
}

/// Asks, and prints to stdout.
pub(super) fn run(arguments: AdminArguments) -> Result<(), Failure> {
    let AdminArguments {
        places,
        json,
        mut request,
    } = arguments;
    let settings = places.settings()?;
    let out = file_wanted(&mut request);
    read_set(&mut request)?;
    let mut answer = ask(&settings, &request)?;
    if let Some(path) = out {
        write_jpeg(&path, &mut answer)?;
    }
    let text = match &request {
        _ if json => format!("{answer}\n"),
        Request::Codes(codes) if matches!(codes.verb, None | Some(Codes::List)) => {
            code_lines(&answer)
        }
        _ => text::lines(&answer),
    };
    print(&text)
}

/// Prints to stdout.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let written = std::io::stdout().write_all(text.as_bytes());
    Ok(written.map_err(StartError::Output)?)
}

fn ask(settings: &Settings, request: &Request) -> Result<Value, Failure> {
    let asked = socket::ask(&settings.data, request).map_err(|source| Failure::Ask {
        folder: settings.data.clone(),
        source,
    })?;
    if let Some(answered) = asked {
        return Ok(answered?);
    }
    runtime()?.block_on(async {
        let closed = Closed::open(settings, request.writes()).await?;
        let answered = admin::answer(&closed.host, request.clone()).await;
        closed.close().await;
        Ok(answered?)
    })
}

/// A runtime for one command.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, StartError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(StartError::Runtime)
}

/// The file that `pictures show --out` names; the request then asks for its bytes.
fn file_wanted(request: &mut Request) -> Option<PathBuf> {
    let Request::Pictures(Pictures::Show { out, with_jpeg, .. }) = request else {
        return None;
    };
    *with_jpeg = out.is_some();
    out.take()
}

/// Reads the set that `stickers import` names: the server is sent files, not a path that it may see otherwise.
fn read_set(request: &mut Request) -> Result<(), Failure> {
    let Request::Stickers(Stickers::Import {
        path, words, sent, ..
    }) = request
    else {
        return Ok(());
    };
    let read = stickers::read(path, words);
    *sent = Some(read.map_err(|why| Problem::unreadable(why.to_string()))?);
    Ok(())
}

/// Writes the picture of the answer to a file; the answer names the file instead.
fn write_jpeg(path: &Path, answer: &mut Value) -> Result<(), Failure> {
    let Some(facts) = answer.as_object_mut() else {
        return Ok(());
    };
    let digits = facts.remove("jpeg_hex");
    let digits = digits.as_ref().and_then(Value::as_str);
    let jpeg = digits.and_then(|digits| hex::decode(digits).ok());
    let jpeg = jpeg.ok_or_else(|| Problem::unreadable("the answer holds no picture"))?;
    std::fs::write(path, &jpeg).map_err(|source| Failure::File {
        path: path.to_owned(),
        source,
    })?;
    facts.insert("out".to_owned(), path.display().to_string().into());
    facts.insert("out_bytes".to_owned(), jpeg.len().into());
    Ok(())
}

/// One line a code, as scripts have read it since the first version.
fn code_lines(answer: &Value) -> String {
    let line = |code: &Value| {
        format!(
            "phone={} code={} seconds_left={}\n",
            code["phone"].as_str().unwrap_or_default(),
            code["code"].as_str().unwrap_or_default(),
            code["seconds_left"],
        )
    };
    let codes = answer["codes"].as_array();
    codes.into_iter().flatten().map(line).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_code_is_one_line() {
        let code = json!({ "phone": "15550001111", "code": "54321", "seconds_left": 60 });
        let text = code_lines(&json!({ "codes": [code, code] }));
        let line = "phone=15550001111 code=54321 seconds_left=60\n";
        assert_eq!(text, line.repeat(2));
    }

    #[test]
    fn a_picture_comes_as_digits_and_is_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("picture.jpg");
        for digits in [json!("0"), json!("0g"), json!(7)] {
            let mut answer = json!({ "jpeg_hex": digits });
            assert!(write_jpeg(&path, &mut answer).is_err() && !path.exists());
        }
        let mut answer = json!({ "jpeg_hex": "00ff7a" });
        assert!(write_jpeg(&path, &mut answer).is_ok());
        assert_eq!(std::fs::read(&path).ok(), Some(vec![0, 255, 122]));
        assert_eq!(answer["out_bytes"], 3);
    }
}
