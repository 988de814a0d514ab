//! What the tests need beyond a Rust toolchain and a C compiler, installed when it is missing.

use std::path::Path;

use crate::{
    Outcome,
    shell::{command, run, there},
};

/// A need, how one sees that it is met, and the Debian packages that meet it.
type Need = (&'static str, fn() -> bool, &'static [&'static str]);

const NEEDS: &[Need] = &[
    ("a PostgreSQL server", postgres, &["postgresql"]),
    ("Python with venv", python, &["python3", "python3-venv"]),
    (
        "a C++ compiler for the fuzzer's runtime",
        || there("c++"),
        &["g++"],
    ),
    ("git", || there("git"), &["git"]),
    (
        "ffmpeg, which makes the clips of tests and judges ours",
        || there("ffmpeg"),
        &["ffmpeg"],
    ),
];

fn postgres() -> bool {
    there("initdb")
        || Path::new("/usr/lib/postgresql")
            .read_dir()
            .is_ok_and(|dir| {
                dir.flatten()
                    .any(|version| version.path().join("bin/initdb").exists())
            })
}

fn python() -> bool {
    command("python3", &["-c", "import venv, ensurepip"])
        .output()
        .is_ok_and(|done| done.status.success())
}

/// Installs what is missing with `apt-get`.
///
/// # Errors
/// Something is missing and cannot be installed: the message names it.
pub fn run_all() -> Outcome {
    let missing: Vec<_> = NEEDS.iter().filter(|(_, met, _)| !met()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing
        .iter()
        .flat_map(|(.., packages)| *packages)
        .copied()
        .collect();
    if !there("apt-get") {
        let names: Vec<&str> = missing.iter().map(|(name, ..)| *name).collect();
        return Err(format!("please install {}", names.join(", ")).into());
    }
    apt(&["update", "-qq"])?;
    apt(&[
        &["install", "-y", "-qq", "--no-install-recommends"],
        &packages[..],
    ]
    .concat())?;
    match NEEDS.iter().find(|(_, met, _)| !met()) {
        Some((name, ..)) => Err(format!("{name} is still missing").into()),
        None => Ok(()),
    }
}

fn apt(arguments: &[&str]) -> Outcome {
    let root = std::fs::metadata("/root").is_ok() && std::env::var("USER").as_deref() == Ok("root");
    let mut install = if root || !there("sudo") {
        command("apt-get", arguments)
    } else {
        command("sudo", &[&["apt-get"], arguments].concat())
    };
    install.env("DEBIAN_FRONTEND", "noninteractive");
    run(install)
}
