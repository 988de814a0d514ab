//! Every way on which a picture could reach a client: each method with a handler and each kind of update,
//! looked at from the setter's, the owner's, a contact's and a stranger's seat. The bytes of answers and
//! pushes are searched as they come, so nothing hides in a field that nobody thought of.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod pushed;
mod seats;
mod table;

use std::collections::BTreeSet;

use seats::World;
use table::{METHODS, Path};

/// Adding a method without listing it fails here.
#[test]
fn every_method_is_listed_once() {
    let listed = METHODS.iter().flat_map(|(names, _)| names.iter().copied());
    let listed: Vec<&str> = listed.collect();
    let once: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(listed.len(), once.len(), "a method is listed twice");
    let handled: BTreeSet<&str> = cameo::rpc::methods().collect();
    let missing: Vec<&&str> = handled.difference(&once).collect();
    assert!(
        missing.is_empty(),
        "list in tests/read_paths/table.rs what these show of pictures: {missing:?}"
    );
    let gone: Vec<&&str> = once.difference(&handled).collect();
    assert!(gone.is_empty(), "no handler any more: {gone:?}");
}

/// Only the setter is given the id, the hashes, the stripped bytes or a file of a personal picture.
#[tokio::test]
async fn no_answer_shows_a_personal_picture_to_anybody_but_its_setter() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    for (names, path) in METHODS {
        let (ask, to_setter) = match path {
            Path::Shows(ask) => (ask, true),
            Path::Hides(ask) => (ask, false),
            Path::Never(reason) => {
                assert!(!reason.is_empty(), "{names:?}");
                continue;
            }
        };
        for seat in world.seats() {
            let mut shown = false;
            for request in ask(&seat.names) {
                let answer = seat.account.call_bytes(request.into()).await;
                let answer = match answer {
                    Ok(bytes) => bytes,
                    Err(refused) => refused.name.into(),
                };
                if seat.is_setter {
                    shown |= world.secrets.id_in(&answer) || world.secrets.file_in(&answer);
                } else if let Some(secret) = world.secrets.found_in(&answer) {
                    wrong.push(format!("{names:?} shows {secret} to {}", seat.who));
                }
            }
            // Else the probe would not see a picture where there is one.
            let expected = to_setter && seat.is_setter;
            if shown != expected {
                wrong.push(format!("{names:?} to {}: {shown}", seat.who));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
