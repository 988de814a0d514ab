//! Every command that docs/admin.md shows is run, in its order, and prints what the page says: ids, times and
//! secrets may differ, everything else may not. With `CAMEO_WRITE_DOCS` set, the page is written anew instead.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use testkit::TestServer;

use super::{folder, program};

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/admin.md")
}

/// Ada (1) and Bob (2) with pictures, a code that somebody waits for, a group.
async fn known(server: &TestServer) -> [testkit::Account; 2] {
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    bob.set_own(&testkit::picture([10, 200, 10], 800))
        .await
        .unwrap();
    let personal = testkit::picture([200, 10, 10], 800);
    ada.set_personal(&bob, &personal).await.unwrap();
    let services = &server.running().services;
    let mut tx = services.store.begin().await.unwrap();
    let code = store::rows::codes::CodeRow {
        phone: "15550009999".to_owned(),
        code_hash: "hash".to_owned(),
        code: "54321".to_owned(),
        expires_at: services.clock.unix_seconds() + 1_000_000_000,
        tries: 0,
        passed_by: None,
    };
    for account in [&ada, &bob] {
        let used = store::rows::codes::delete_of_phone(&mut tx, &account.phone);
        assert_eq!(used.await.unwrap(), 1);
    }
    store::rows::codes::put(&mut tx, &code).await.unwrap();
    let chat_id = store::rows::counters::next(&mut tx, "chat_id")
        .await
        .unwrap();
    let group = store::rows::chats::ChatRow {
        chat_id,
        kind: "group".to_owned(),
        creator_id: ada.id,
        title: "Town".to_owned(),
        version: 1,
        created_at: services.clock.unix_seconds(),
        ..store::rows::chats::ChatRow::default()
    };
    store::rows::chats::insert(&mut tx, &group).await.unwrap();
    let creator = store::rows::chats::MemberRow {
        chat_id,
        user_id: ada.id,
        role: "creator".to_owned(),
        invited_by: ada.id,
        joined_at: services.clock.unix_seconds(),
    };
    store::rows::chats::put_member(&mut tx, &creator)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    [ada, bob]
}

/// A command line of the page as a shell would cut it, with the ids of this server.
fn words(line: &str, real: &HashMap<String, String>) -> Vec<String> {
    let quoted = line.split('"').enumerate();
    let cut = quoted.flat_map(|(index, part)| match index % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    cut.map(|word| real.get(&word).cloned().unwrap_or(word))
        .collect()
}

/// Runs one command in the folder where its files belong; what it printed.
fn output(words: &[String], data: &Path, place: &Path) -> String {
    let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let mut command = program::command(&words);
    let done = command
        .args(["--data", data.to_str().unwrap()])
        .current_dir(place)
        .output()
        .unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(0), "{words:?}: {said}");
    String::from_utf8(done.stdout).unwrap()
}

/// Words, numbers and signs; space only parts them.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    let chars: Vec<char> = text.chars().collect();
    for (index, c) in chars.iter().enumerate() {
        let around = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
        // Two digits before it: the secret of a bot may begin with a digit, too.
        let before = index > 1 && around(index - 1) && around(index - 2);
        let time = *c == ':' && before && around(index + 1);
        let last = tokens.last_mut().unwrap();
        if c.is_alphanumeric() || "_-.".contains(*c) || time {
            last.push(*c);
        } else {
            if !c.is_whitespace() {
                tokens.push(c.to_string());
            }
            tokens.push(String::new());
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

/// What a token is when it differs from server to server: an id, a time, a secret.
fn variable(token: &str) -> Option<&'static str> {
    let hex = token.bytes().all(|c| c.is_ascii_hexdigit());
    let digits = token.bytes().all(|c| c.is_ascii_digit());
    match token.len() {
        20 if token.ends_with('Z') && token.contains('T') => Some("date"),
        9..=19 if digits && !token.starts_with("1555") => Some("number"),
        16 if hex => Some("key"),
        35 => Some("secret"),
        64 if hex => Some("digest"),
        _ => None,
    }
}

/// Names before numbers that depend on the moment or the version.
const VARYING: [&str; 12] = [
    "format",
    "version",
    "seconds_left",
    "uptime_seconds",
    "connections",
    "connections_opened",
    "connections_closed",
    "sessions_connected",
    "sessions_detached",
    "calls_answered",
    "pushes",
    "violations",
];

/// Compares an output with the page, and learns which id of the page is which here.
fn compare(line: &str, shown: &str, printed: &str, real: &mut HashMap<String, String>) {
    let (shown, printed) = (tokens(shown), tokens(printed));
    assert_eq!(shown.len(), printed.len(), "{line}\n{printed:?}");
    let mut name = String::new();
    for (shown, printed) in shown.iter().zip(&printed) {
        if printed.starts_with(|c: char| c.is_ascii_lowercase()) {
            name.clone_from(printed);
        }
        let digit = |token: &str| token.starts_with(|c: char| c.is_ascii_digit());
        if digit(shown) && digit(printed) && VARYING.contains(&name.as_str()) {
            continue;
        }
        let (kind, found) = (variable(shown), variable(printed));
        let ids = [kind, found]
            .iter()
            .all(|kind| matches!(kind, Some("number" | "key")));
        if ids || (kind.is_some() && kind == found) {
            real.insert(shown.clone(), printed.clone());
        } else {
            assert_eq!(shown, printed, "{line}");
        }
    }
}

/// What the page shows, or what it shall show.
struct Reader {
    data: PathBuf,
    place: PathBuf,
    write: bool,
    /// Ids of the page and what they are here.
    real: HashMap<String, String>,
    /// Ids that were printed so far.
    printed: Vec<String>,
    commands: usize,
}

impl Reader {
    /// The page with every output as it is now; what was shown is compared unless it is to be replaced.
    fn read(&mut self, text: &str) -> String {
        let mut out = String::new();
        for (index, part) in text.split("\n```").enumerate() {
            if let Some(shown) = part.strip_prefix("console") {
                out.push_str("\n```console");
                out.push_str(self.block(shown).trim_end());
            } else {
                out.push_str(if index == 0 { "" } else { "\n```" });
                out.push_str(part);
            }
        }
        assert!(self.commands > 25, "{} commands found", self.commands);
        out
    }

    fn block(&mut self, shown: &str) -> String {
        let mut out = "\n".to_owned();
        for shown in shown.split("\n$ ").skip(1) {
            let (line, shown) = shown.split_once('\n').unwrap_or((shown, ""));
            if self.write {
                self.name_ids(line);
            }
            let printed = output(&words(line, &self.real), &self.data, &self.place);
            if !self.write {
                compare(line, shown, &printed, &mut self.real);
            }
            let ids = tokens(&printed).into_iter().filter(|token| is_id(token));
            self.printed.extend(ids);
            let line = self
                .real
                .iter()
                .fold(line.to_owned(), |line, (shown, real)| {
                    line.replace(shown, real)
                });
            out.push_str(&format!("$ {line}\n{printed}"));
            self.commands += 1;
        }
        out
    }

    /// While the page is written: an id that a command names stands for the next that was printed.
    fn name_ids(&mut self, line: &str) {
        for word in line.split_whitespace().filter(|word| is_id(word)) {
            let digits = |text: &str| text.len();
            let fits = |id: &&String| digits(id) == digits(word);
            let used: Vec<&String> = self.real.values().collect();
            let next = self
                .printed
                .iter()
                .find(|id| fits(id) && !used.contains(id));
            if let (false, Some(next)) = (self.real.contains_key(word), next) {
                self.real.insert(word.to_owned(), next.clone());
            }
        }
    }
}

/// An id of a picture (18 digits) or of a login (16 hexadecimal digits).
fn is_id(token: &str) -> bool {
    matches!(variable(token), Some("number" | "key")) && matches!(token.len(), 16 | 18)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_of_the_page_prints_what_the_page_says() {
    let server = testkit::start().await;
    let _accounts = known(&server).await;
    let data = folder(&server);
    let write = std::env::var_os("CAMEO_WRITE_DOCS").is_some();
    let text = fs::read_to_string(page()).unwrap();
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("weather");
    fs::create_dir(&folder).unwrap();
    let drawn = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/emoji");
    for (file, name) in [("sun.tgs", "1 ☀️ sun.tgs"), ("moon.tgs", "2 🌙.tgs")] {
        fs::copy(drawn.join(file), folder.join(name)).unwrap();
    }
    let mut reader = Reader {
        data,
        place: place.path().to_owned(),
        write,
        real: HashMap::new(),
        printed: Vec::new(),
        commands: 0,
    };
    let read = tokio::task::spawn_blocking(move || reader.read(&text));
    let now = read.await.unwrap();
    if write {
        fs::write(page(), now).unwrap();
    }
}
