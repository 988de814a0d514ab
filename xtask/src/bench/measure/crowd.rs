//! What grows with the number of users must not: setting pictures, reading full users and telling a
//! thousand contacts, beside a thousand and beside a million others.

use std::{
    fs,
    sync::Mutex,
    time::{Duration, Instant},
};

use tl::{enums, functions, types};

use super::{
    Bound, Row, Rows,
    account::{self, ask},
    calls::at_once,
    cost::{Problem, least},
    line::Line,
    pictures, seed,
    server::Server,
};
use crate::{Outcome, target};

/// The two crowds. Source: the bound on their ratio names them.
const CROWDS: [i64; 2] = [1_000, 1_000_000];
/// Most that the large crowd may cost more than the small one.
const RATIO_MAX: f64 = 1.5;
/// Connections that work at the same time.
const CONNECTIONS: usize = 16;
/// Pictures that each sets in a round.
const PICTURES: u32 = 40;
/// Full users that each reads in a round.
const READS: u32 = 1_000;
/// Reads under way on one connection.
const IN_FLIGHT: u32 = 8;
/// Contacts that are online when a picture changes.
const AUDIENCE: usize = 1_000;
/// Changes in a round.
const CHANGES: u32 = 10;
/// Rounds; the best counts.
const ROUNDS: usize = 3;

/// Processor time and wall time of one operation, in microseconds.
#[derive(Clone, Copy, Default)]
struct Spent {
    cpu: Option<f64>,
    wall: Option<f64>,
}

impl Spent {
    fn least(&mut self, (cpu, wall): (Duration, Duration), operations: u32) {
        let each = |spent: Duration| spent.as_secs_f64() * 1e6 / f64::from(operations);
        least(&mut self.cpu, each(cpu));
        least(&mut self.wall, each(wall));
    }
}

/// Personal pictures set, 16 connections at once.
pub(super) fn set_pictures() -> Rows {
    compare("picture set", |server| {
        let lines = pairs(server)?;
        let operations = PICTURES * u32::try_from(CONNECTIONS)?;
        measured(server, operations, || {
            at_once(CONNECTIONS, |at| {
                let mut pair = lines[at].lock().map_err(|_| "a thread failed")?;
                (0..PICTURES).try_for_each(|_| pair.set_picture())
            })
        })
    })
}

/// `users.getFullUser` of a contact with a picture, 16 connections at once.
pub(super) fn full_users() -> Rows {
    compare("full user read", |server| {
        let lines = pairs(server)?;
        for pair in &lines {
            pair.lock().map_err(|_| "a thread failed")?.set_picture()?;
        }
        let operations = READS * u32::try_from(CONNECTIONS)?;
        measured(server, operations, || {
            at_once(CONNECTIONS, |at| {
                let mut pair = lines[at].lock().map_err(|_| "a thread failed")?;
                let id = pair.target.clone();
                let body = account::body(&functions::users::GetFullUser { id })?;
                let calls = (READS, IN_FLIGHT);
                pair.line
                    .pipeline(calls, |_| body.clone(), |answer| answer.len() > 200)
            })
        })
    })
}

/// One new main picture told to 1,000 contacts that are online.
pub(super) fn fan_out() -> Rows {
    compare("told to 1,000 contacts", |server| {
        let mut owner = account::sign_up(server, 1)?;
        let photos = [
            account::picture_of(&mut owner)?,
            account::picture_of(&mut owner)?,
        ];
        let mut audience = Vec::new();
        for number in 0..AUDIENCE {
            let mut line = account::sign_up(server, 2 + number)?;
            account::import(&mut line, 1)?;
            audience.push(line);
        }
        let mut photo = photos[0].clone();
        measured(server, CHANGES, || {
            for _ in 0..CHANGES {
                let again = functions::photos::UpdateProfilePhoto {
                    fallback: false,
                    bot: None,
                    id: photo.clone(),
                };
                photo = account::named(&ask(&mut owner, &again)?.photo)?;
                for line in &mut audience {
                    line.update()?;
                }
            }
            Ok(())
        })
    })
}

/// Runs `work` beside each crowd; the large one is held against the small one.
fn compare(name: &str, work: impl Fn(&Server) -> Result<Spent, Problem>) -> Rows {
    let mut found = Vec::new();
    let mut rows = Vec::new();
    for users in CROWDS {
        let data = target()
            .join("bench")
            .join(format!("crowd-{users}-{}", std::process::id()));
        seed::fill(&data, users)?;
        let server = Server::on(&data)?;
        let spent = work(&server)?;
        drop(server);
        fs::remove_dir_all(&data)?;
        let each = spent.wall.ok_or("no round was run")?;
        let label = format!("{name}, {users} users");
        rows.push(Row::alone(&label, "a second", 1e6 / each, Bound::None));
        found.push(spent.cpu.ok_or("no round was run")?);
    }
    let (small, large) = (found[0], found[1]);
    let label = format!("{name}, large crowd");
    rows.push(Row::over(&label, "us", (large, small), RATIO_MAX));
    Ok(rows)
}

fn measured(
    server: &Server,
    operations: u32,
    mut work: impl FnMut() -> Outcome,
) -> Result<Spent, Problem> {
    let mut spent = Spent::default();
    for _ in 0..ROUNDS {
        let (cpu, wall) = (server.cpu()?, Instant::now());
        work()?;
        spent.least((server.cpu()? - cpu, wall.elapsed()), operations);
    }
    Ok(spent)
}

/// An account with a contact, and a picture that it has uploaded.
struct Pair {
    line: Line,
    target: enums::InputUser,
}

fn pairs(server: &Server) -> Result<Vec<Mutex<Pair>>, Problem> {
    let picture = pictures::jpeg(640, 640)?;
    let mut pairs = Vec::new();
    for number in 0..CONNECTIONS {
        let mut line = account::sign_up(server, 1 + number)?;
        // A seeded user: number 10 has a picture of its own.
        let target = account::import_phone(&mut line, "199910000010")?;
        account::save(&mut line, &picture)?;
        pairs.push(Mutex::new(Pair { line, target }));
    }
    Ok(pairs)
}

impl Pair {
    fn set_picture(&mut self) -> Outcome {
        let mut set = functions::photos::UploadContactProfilePhoto::new(self.target.clone());
        set.save = true;
        set.file = Some(account::saved());
        let types::photos::Photo { photo, .. } = ask(&mut self.line, &set)?;
        account::named(&photo).map(drop)
    }
}
