//! `kill -9` at random moments under load: what was acknowledged is there afterwards, once, and the other
//! nodes of the same store go on.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

#[allow(dead_code, reason = "each test of the program uses a part of it")]
mod program;

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use mtproto::{client::ClientKey, crypto::Random};
use program::Served;
use testkit::{Account, Client, LAYER, Nodes, picture, texts};
use tl::{enums, functions, types};

const KILLS: usize = 6;
/// Longest time under load before the end, in milliseconds.
const LOAD_MS_MAX: u64 = 700;
/// After this a test has failed; nothing here takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(20);

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

fn serve(data: &Path, more: &[&str]) -> (Served, SocketAddr) {
    let usual = ["--login-code", testkit::CODE, "--log", "error"];
    let served = Served::start(data, &[&usual, more].concat());
    let address = served.address();
    (served, address)
}

async fn sign_up(served: &Served, phone: &str) -> Person {
    let client = Client::connect(served.address(), served.public_key(), LAYER).await;
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
    let (served, address) = serve(folder.path(), &[]);
    let ada = sign_up(&served, "15550000001").await;
    let bob = sign_up(&served, "15550000002").await;
    let first = ada.connect(address).await;
    first.import(&bob.connect(address).await).await;
    assert_eq!(served.end("KILL").0, None);

    let log = Log::default();
    for round in 0..KILLS {
        let (served, address) = serve(folder.path(), &[]);
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
    let (served, address) = serve(folder.path(), &[]);
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

/// A node as a process of its own, beside those of `nodes`, whose key is in `data`.
fn another(nodes: &Nodes, data: &Path) -> (Served, SocketAddr) {
    let settings = nodes.settings_beside(data);
    let (store, blobs) = (settings.store.unwrap(), settings.blobs.unwrap());
    serve(data, &["--store", &store, "--blobs", &blobs])
}

/// Writes one text after the other until it is told to stop.
struct Writing {
    answered: Arc<AtomicUsize>,
    stopping: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<()>,
}

impl Writing {
    fn start(from: &Arc<Account>, to: &Arc<Account>, name: &'static str) -> Writing {
        let (from, to) = (from.clone(), to.clone());
        let (answered, stopping) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let (count, stop) = (answered.clone(), stopping.clone());
        let task = tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let number = count.load(Ordering::Relaxed);
                from.write(&to, &format!("{name} {number}")).await;
                count.store(number + 1, Ordering::Relaxed);
            }
        });
        Writing {
            answered,
            stopping,
            task,
        }
    }

    /// Waits until so many more were answered.
    async fn goes_on(&self, more: usize) {
        let wanted = self.answered.load(Ordering::Relaxed) + more;
        let counts = async {
            while self.answered.load(Ordering::Relaxed) < wanted {
                tokio::task::yield_now().await;
            }
        };
        let counted = tokio::time::timeout(PATIENCE, counts).await;
        counted.expect("what is written is answered");
    }

    /// How many texts it wrote in all; each was answered.
    async fn end(self) -> usize {
        self.stopping.store(true, Ordering::Relaxed);
        self.task.await.unwrap();
        self.answered.load(Ordering::Relaxed)
    }
}

/// P134: a node is killed while it and another one write to the same boxes. The other one goes on at once; its
/// clients go on there, with the call that was not answered and with the parts that they had saved; nothing
/// is lost or doubled, also of what it had no time to tell the others; and its folder is free.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p134_the_others_go_on_when_a_node_is_killed() {
    let Some(nodes) = testkit::nodes().await else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    nodes.give_key_to(data.path());
    let (served, address) = another(&nodes, data.path());
    let bob = Arc::new(nodes.two.account("Bob").await);
    let client = Client::connect(address, nodes.one.public_key(), LAYER).await;
    let ada = Arc::new(Account::sign_up(client, "15558880001", "Ada").await);
    ada.import(&bob).await;
    let saved = ada.upload(&picture([20, 20, 200], 700), "p.jpg").await;
    bob.settle().await;
    bob.take_updates();

    let (by_ada, by_bob) = (
        Writing::start(&ada, &bob, "ada"),
        Writing::start(&bob, &ada, "bob"),
    );
    by_ada.goes_on(10).await;
    by_bob.goes_on(10).await;
    let (code, said) = served.end("KILL");
    assert_eq!(code, None, "it did not end by itself: {said}");
    by_bob.goes_on(10).await;
    ada.dial_at(nodes.two.address());
    by_ada.goes_on(10).await;
    let (by_ada, by_bob) = (by_ada.end().await, by_bob.end().await);

    told_once(&bob, by_ada).await;
    let texts = (0..by_ada).map(|number| format!("ada {number}"));
    let texts = texts.chain((0..by_bob).map(|number| format!("bob {number}")));
    let once: HashMap<String, usize> = texts.map(|text| (text, 1)).collect();
    assert_eq!(received(&bob).await, once);
    assert_eq!(received(&ada).await, once);
    let mut request = ada.contact_photo(&bob).await;
    request.save = true;
    request.file = Some(saved);
    let set = photo(ada.call(request).await.unwrap().photo);
    download(&ada, &set).await;
    let (served, address) = another(&nodes, data.path());
    ada.dial_at(address);
    ada.settle().await;
    assert_eq!(served.end("TERM").0, Some(0));
}

/// Waits until Bob was told of all texts of Ada, each once and in their order.
async fn told_once(bob: &Account, by_ada: usize) {
    let mut told = Vec::new();
    let hears = async {
        while told.len() < by_ada {
            let news = bob.take_updates();
            let of_others = news.iter().flat_map(texts).filter(|it| !it.out);
            told.extend(of_others.map(|it| it.text));
            tokio::task::yield_now().await;
        }
    };
    let heard = tokio::time::timeout(PATIENCE, hears).await;
    heard.expect("all of them are told");
    let written: Vec<String> = (0..by_ada).map(|number| format!("ada {number}")).collect();
    assert_eq!(told, written);
}
