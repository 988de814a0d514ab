//! The child: locks itself in, then reads jobs and answers them until its parent closes the pipe.

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use bytes::Bytes;

use crate::answer::plain;
use crate::confine::confine;
use crate::limits::Orders;
use crate::probe::obey;
use crate::wire::{Asked, LENGTH_BYTES, Said, length};
use crate::work::work;

/// What the hidden command `cameo jailed-child` runs, with the words after it. Ends when standard input does.
pub fn child(words: &[String]) -> ExitCode {
    let Some(orders) = Orders::read(words) else {
        // Somebody typed the command.
        let _ = writeln!(io::stderr(), "cameo: only a server starts jailed-child");
        return ExitCode::from(2);
    };
    match serve(&orders) {
        Ok(()) => ExitCode::SUCCESS,
        // The parent is gone, or sent what a parent never sends.
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(orders: &Orders) -> io::Result<()> {
    match confine(orders) {
        Ok(walls) => say(&Said::Ready(walls))?,
        Err(why) => return say(&Said::Unfit(why)),
    }
    while let Some(asked) = hear()? {
        let said = match asked {
            Asked::Job(job) => match work(job) {
                Ok(done) => Said::Done(done),
                Err(why) => Said::Refused(plain(&why)),
            },
            Asked::Probe(probe) if orders.self_test => match obey(probe) {
                Ok(bytes) => Said::Probed(bytes),
                Err(why) => Said::Refused(plain(&why)),
            },
            Asked::Probe(_) => return Err(io::ErrorKind::InvalidData.into()),
        };
        say(&said)?;
    }
    Ok(())
}

/// The next message; `None`: there will be none.
fn hear() -> io::Result<Option<Asked>> {
    let mut input = io::stdin().lock();
    let mut header = [0; LENGTH_BYTES];
    match input.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = length(header).map_err(io::Error::other)?;
    let mut message = vec![0; length];
    input.read_exact(&mut message)?;
    let asked = Asked::read(Bytes::from(message)).map_err(io::Error::other)?;
    Ok(Some(asked))
}

fn say(said: &Said) -> io::Result<()> {
    let too_long = |_| Said::Refused("what was made of it is too long".to_owned()).write();
    let message = said.write().or_else(too_long).map_err(io::Error::other)?;
    let mut output = io::stdout().lock();
    output.write_all(&message)?;
    output.flush()
}
