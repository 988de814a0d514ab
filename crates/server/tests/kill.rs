//! `kill -9` at random moments under load: what was acknowledged is there afterwards, once.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

#[allow(dead_code, reason = "each test of the program uses a part of it")]
mod program;

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use mtproto::{client::ClientKey, crypto::Random, crypto::rsa::PublicKey};
use program::Served;
use testkit::{Account, Client, LAYER, picture};
use tl::{enums, functions, types};

const KILLS: usize = 6;
/// Longest time under load before the end, in milliseconds.
const LOAD_MS_MAX: u64 = 700;

/// What the server has acknowledged.
#[derive(Default)]
struct Acknowledged {
    texts: Vec<String>,
    personal: i64,
    own: Vec<i64>,
}

type Log = Arc<Mutex<Acknowledged>>;

struct Person {
    id: i64,
    phone: String,
    key: ClientKey,
}

impl Person {
    async fn connect(&self, address: SocketAddr) -> Account {
        let client = Client::with_key(address, self.key.clone(), LAYER, "").await;
        Account {
            id: self.id,
            phone: self.phone.clone(),
            client,
        }
    }
}

fn serve(data: &Path) -> (Served, SocketAddr) {
    let served = Served::start(data, &["--login-code", testkit::CODE, "--log", "error"]);
    let address = served.said("listen").parse().unwrap();
    (served, address)
}

async fn sign_up(served: &Served, address: SocketAddr, phone: &str) -> Person {
    let pem = std::fs::read_to_string(served.said("public_key")).unwrap();
    let client = Client::connect(address, PublicKey::from_pem(&pem).unwrap(), LAYER).await;
    let account = Account::sign_up(client, phone, "Person").await;
    Person {
        id: account.id,
        phone: account.phone.clone(),
        key: account.client.key(),
    }
}

/// Works until it is aborted, and writes down what was answered.
async fn load(ada: Arc<Account>, bob: Arc<Account>, log: Log, round: usize) {
    let writing = async {
        for number in 0.. {
            let text = format!("{round}-{number}");
            ada.write(&bob, &text).await;
            log.lock().unwrap().texts.push(text);
        }
    };
    let personal = async {
        loop {
            let set = ada
                .set_personal(&bob, &picture([round as u8 * 40, 90, 30], 200))
                .await;
            log.lock().unwrap().personal = photo(set.unwrap().photo).id;
        }
    };
    let own = async {
        loop {
            let set = bob.set_own(&picture([20, round as u8 * 40, 60], 200)).await;
            log.lock().unwrap().own.push(photo(set.unwrap().photo).id);
        }
    };
    tokio::join!(writing, personal, own);
}

fn photo(photo: enums::Photo) -> types::Photo {
    match photo {
        enums::Photo::Photo(photo) => *photo,
        enums::Photo::Empty(_) => panic!("no photo"),
    }
}

/// P133, wherever the end comes: before a commit, between commit and push, after both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_9_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new([7; 32]);
    let (served, address) = serve(folder.path());
    let ada = sign_up(&served, address, "15550000001").await;
    let bob = sign_up(&served, address, "15550000002").await;
    let first = ada.connect(address).await;
    first.import(&bob.connect(address).await).await;
    assert_eq!(served.end("KILL").0, None);

    let log = Log::default();
    for round in 0..KILLS {
        let (served, address) = serve(folder.path());
        let (one, two) = (ada.connect(address).await, bob.connect(address).await);
        check(&one, &two, &log).await;
        let work = load(Arc::new(one), Arc::new(two), log.clone(), round);
        let under_load = Duration::from_millis(100 + random.below(LOAD_MS_MAX));
        assert!(
            tokio::time::timeout(under_load, work).await.is_err(),
            "the load goes on"
        );
        let (code, said) = served.end("KILL");
        assert_eq!(code, None, "it did not end by itself: {said}");
    }
    let (served, address) = serve(folder.path());
    check(
        &ada.connect(address).await,
        &bob.connect(address).await,
        &log,
    )
    .await;
    assert!(log.lock().unwrap().texts.len() > KILLS, "there was a load");
    assert_eq!(served.end("TERM").0, Some(0));
}

async fn check(ada: &Account, bob: &Account, log: &Log) {
    let texts = received(bob).await;
    let (personal, own) = {
        let acknowledged = log.lock().unwrap();
        for text in &acknowledged.texts {
            assert_eq!(
                texts.get(text),
                Some(&1),
                "{text}: acknowledged, so there once"
            );
        }
        (acknowledged.personal, acknowledged.own.clone())
    };
    let full = ada.sees_full(bob).await;
    if personal != 0 {
        let shown = photo(full.personal_photo.expect("an acknowledged picture"));
        // A later one may have been committed without its answer.
        assert!(shown.id >= personal, "{} instead of {personal}", shown.id);
        download(ada, &shown).await;
    }
    let request = functions::photos::GetUserPhotos {
        user_id: enums::InputUser::Self_,
        offset: 0,
        max_id: 0,
        limit: 100,
    };
    let listed = match bob.call(request).await.unwrap() {
        enums::photos::Photos::Photos(all) => all.photos.clone(),
        enums::photos::Photos::Slice(slice) => slice.photos.clone(),
    };
    let listed: Vec<types::Photo> = listed.into_iter().map(photo).collect();
    for id in own.iter().rev().take(100) {
        assert!(
            listed.iter().any(|photo| photo.id == *id),
            "{id}: acknowledged, so listed"
        );
    }
    for photo in &listed {
        download(bob, photo).await;
    }
}

/// Every row that names a file finds the whole file.
async fn download(account: &Account, photo: &types::Photo) {
    for size in &photo.sizes {
        let enums::PhotoSize::PhotoSize(size) = size else {
            continue;
        };
        let location = types::InputPhotoFileLocation {
            id: photo.id,
            access_hash: photo.access_hash,
            file_reference: photo.file_reference.clone(),
            thumb_size: size.r#type.clone(),
        };
        let request = functions::upload::GetFile {
            precise: false,
            cdn_supported: false,
            location: location.into(),
            offset: 0,
            limit: 1024 * 1024,
        };
        match account.call(request).await.unwrap() {
            enums::upload::File::File(file) => {
                assert_eq!(file.bytes.len(), usize::try_from(size.size).unwrap());
                testkit::decode(&file.bytes);
            }
            other => panic!("no file: {other:?}"),
        }
    }
}

/// How often each text is in the account's box, by the journal from its first entry on.
async fn received(account: &Account) -> HashMap<String, usize> {
    let mut texts = HashMap::new();
    let mut pts = 1;
    loop {
        let mut request = functions::updates::GetDifference::new(pts, 0, 0);
        request.pts_limit = Some(100);
        let (messages, state, more) = match account.call(request).await.unwrap() {
            enums::updates::Difference::Difference(all) => {
                (all.new_messages.clone(), Some(all.state.pts), false)
            }
            enums::updates::Difference::Slice(slice) => (
                slice.new_messages.clone(),
                Some(slice.intermediate_state.pts),
                true,
            ),
            enums::updates::Difference::Empty(_) => (Vec::new(), None, false),
            other => panic!("{other:?}"),
        };
        for message in messages {
            if let enums::Message::Message(message) = message {
                *texts.entry(message.message.clone()).or_default() += 1;
            }
        }
        match state {
            Some(state) if more => pts = state,
            _ => return texts,
        }
    }
}
