//! Two nodes on one PostgreSQL, any client on any of them. Tests name their rows of the acceptance matrix;
//! without CAMEO_TEST_POSTGRES they do nothing, as those of the store.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::time::Duration;

use bytes::Bytes;
use cameo::{Server, Settings, StartError};
use domain::Clock;
use store::{args, bus::Bus, rows::keys};
use testkit::{Account, Client, LAYER, Nodes, Refused, decode, download, picture, pixel, texts};
use tl::{enums, functions, types};

#[path = "photos/seen.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod seen;

use seen::{
    arrived, changed_user, history, list, photo, pts, shown, suggestion, suggestion_in, user,
};

/// After this a test has failed; nothing here takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(20);
const RED: [u8; 3] = [200, 20, 20];
const BLUE: [u8; 3] = [20, 20, 200];

/// Ada on node 1, Bob, whom she has in contacts, on node 2.
async fn ada_and_bob(nodes: &Nodes) -> (Account, Account) {
    let ada = nodes.one.account("Ada").await;
    let bob = nodes.two.account("Bob").await;
    ada.import(&bob).await;
    (ada, bob)
}

/// Another connection of an account's key, on a node of its own choice.
async fn beside(account: &Account, node: &testkit::TestServer) -> Account {
    let client = account.beside(node.address()).await;
    client.call(functions::updates::GetState {}).await.unwrap();
    Account {
        id: account.id,
        phone: account.phone.clone(),
        client,
    }
}

/// P134, with P19 to P22 as on one node: Ada suggests on node 1, Bob is on node 2, and so is her other
/// session; the file was saved via node 1 and is read via node 2.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p134_a_suggestion_goes_from_node_to_node() {
    let Some(nodes) = testkit::nodes().await else {
        return;
    };
    let (ada, bob) = ada_and_bob(&nodes).await;
    bob.write(&ada, "so that the boxes differ").await;
    bob.write(&bob, "a note of Bob's own").await;
    let phone = nodes.two.session_of(&ada).await;
    let before = (pts(&ada).await, pts(&bob).await);
    let answer = ada.suggest(&bob, &picture(RED, 800)).await.unwrap();
    let id = photo(&answer).id;
    let users: Vec<i64> = answer.users.iter().map(|it| user(it).id).collect();
    assert_eq!(users, [bob.id, ada.id]);
    assert_eq!(shown(user(&answer.users[0])), None);
    let suggested = arrived([&ada, &phone], &bob, id, before).await;
    let saved = decode(&download(&bob, &suggested, "c").await.unwrap());
    let [red, _, blue] = pixel(&saved, (1, 1));
    assert!(red > 150 && blue < 80);
}

/// P134: parts that were saved on one node are made into a picture on the other one; P5: the setter's other
/// session, there, is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p134_p5_parts_saved_on_one_node_are_used_on_the_other() {
    let Some(nodes) = testkit::nodes().await else {
        return;
    };
    let (ada, bob) = ada_and_bob(&nodes).await;
    let phone = nodes.two.session_of(&ada).await;
    let media = beside(&ada, &nodes.two).await;
    let before = pts(&ada).await;
    let mut request = ada.contact_photo(&bob).await;
    request.save = true;
    request.file = Some(media.upload(&picture(BLUE, 700), "picture.jpg").await);
    let set = ada.call(request).await.unwrap();
    let told = phone.update(changed_user).await;
    assert_eq!(told.id, bob.id);
    assert_eq!(shown(&told), Some((photo(&set).id, true)));
    assert_eq!(pts(&phone).await, before, "no pts moves");
    let saved = decode(&download(&phone, photo(&set), "b").await.unwrap());
    let [red, _, blue] = pixel(&saved, (1, 1));
    assert!(blue > 150 && red < 80);
}

/// P134: ids of messages and pts have no gap and no double, whichever node writes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p134_messages_written_on_both_nodes_stand_in_one_order() {
    let Some(nodes) = testkit::nodes().await else {
        return;
    };
    let (ada, bob) = ada_and_bob(&nodes).await;
    let (ada_two, bob_one) = (
        beside(&ada, &nodes.two).await,
        beside(&bob, &nodes.one).await,
    );
    let before = pts(&bob).await;
    for number in 0..10 {
        let text = |node: &str| format!("{number} on {node}");
        let (first, second) = (text("one"), text("two"));
        tokio::join!(ada.write(&bob, &first), ada_two.write(&bob, &second));
    }
    assert_eq!(pts(&bob).await, before + 20);
    for session in [&bob, &bob_one] {
        let mut heard = Vec::new();
        let hears = async {
            while heard.len() < 20 {
                let news = session.take_updates();
                heard.extend(news.iter().flat_map(texts).map(|it| it.pts));
                tokio::task::yield_now().await;
            }
        };
        let all = tokio::time::timeout(PATIENCE, hears).await;
        all.expect("everything that was written arrives");
        let expected: Vec<i32> = (before + 1..=before + 20).collect();
        assert_eq!(heard, expected);
    }
    let ids: Vec<i32> = history(&bob, &ada).await.iter().map(message_id).collect();
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1] + 1), "{ids:?}");
}

fn message_id(message: &enums::Message) -> i32 {
    match message {
        enums::Message::Message(message) => message.id,
        enums::Message::Service(message) => message.id,
        enums::Message::Empty(message) => message.id,
    }
}

/// P134, P139: the clock of node 2 is behind, and yet the newest picture has the highest id.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p134_p139_ids_of_pictures_rise_over_nodes_whose_clocks_differ() {
    let now = Clock::system().unix_ms();
    let behind = Clock::standing_at(now - 8_000);
    let Some(nodes) = testkit::nodes_at(Clock::standing_at(now), behind).await else {
        return;
    };
    let ada = nodes.one.account("Ada").await;
    let there = beside(&ada, &nodes.two).await;
    let mut ids = Vec::new();
    for session in [&ada, &there, &ada, &there] {
        let set = session.set_own(&picture(RED, 400)).await.unwrap();
        ids.push(photo(&set).id);
    }
    assert!(
        ids.windows(2).all(|pair| 0 < pair[0] && pair[0] < pair[1]),
        "{ids:?}"
    );
    let newest_first: Vec<i64> = ids.iter().rev().copied().collect();
    assert_eq!(list(&there, &ada, (0, 0, 10)).await.0, newest_first);
    let main = there.sees_full(&ada).await.profile_photo;
    assert_eq!(seen::photo_id(main.as_ref()), Some(ids[3]));
}

/// A key that is signed in, signed out or ended on one node is so on the other, also for one that has just
/// used it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_begins_and_ends_on_every_node() {
    let Some(nodes) = testkit::nodes().await else {
        return;
    };
    let (one, two) = (&nodes.one, &nodes.two);
    let client = one.client().await;
    let there = client.beside(two.address()).await;
    let nobody = refused_of(&there).await;
    assert_eq!(nobody, Some(Refused::new(401, "AUTH_KEY_UNREGISTERED")));
    let ada = Account::sign_up(client, "15559990001", "Ada").await;
    until(&there, None).await;
    let other = two.session_of(&ada).await;
    ada.call(functions::auth::LogOut {}).await.unwrap();
    until(&there, nobody.clone()).await;
    let laptop = one.session_of(&other).await;
    let laptop_there = beside(&laptop, two).await;
    other
        .call(functions::auth::ResetAuthorizations {})
        .await
        .unwrap();
    until(&laptop_there, nobody.clone()).await;
    until(&laptop, nobody).await;
    assert_eq!(refused_of(&other).await, None);
}

/// What a call that needs an account is refused with.
async fn refused_of(client: &Client) -> Option<Refused> {
    client.call(functions::updates::GetState {}).await.err()
}

/// Asks until the answer is this one: the word of a change is on its way for a moment.
async fn until(client: &Client, wanted: Option<Refused>) {
    let is_so = async || refused_of(client).await == wanted;
    soon("the other node hears of it", is_so).await;
}

/// Looks again and again until it is so.
async fn soon(what: &str, is_so: impl AsyncFn() -> bool) {
    let looks = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    let looked = tokio::time::timeout(PATIENCE, looks).await;
    assert!(looked.is_ok(), "in vain: {what}");
}

/// A session whose login ended on another node is told of nothing more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_signed_out_elsewhere_hears_nothing_more() {
    let Some(nodes) = testkit::nodes().await else {
        return;
    };
    let (ada, bob) = ada_and_bob(&nodes).await;
    let there = beside(&ada, &nodes.two).await;
    let phone = nodes.two.session_of(&ada).await;
    bob.write(&ada, "while both are there").await;
    for session in [&there, &phone] {
        session
            .update(|it| text_of(it, "while both are there"))
            .await;
    }
    let sessions = nodes.two.running().sessions.clone();
    assert_eq!(sessions.of_user(ada.id).len(), 2);
    ada.call(functions::auth::LogOut {}).await.unwrap();
    let one_is_left = async || sessions.of_user(ada.id).len() == 1;
    soon("node 2 hears of it", one_is_left).await;
    there.take_updates();
    bob.write(&ada, "one is gone").await;
    phone.update(|it| text_of(it, "one is gone")).await;
    // Both would have been told at once; the answer comes behind whatever was on its way.
    assert!(refused_of(&there).await.is_some());
    assert!(there.take_updates().is_empty());
}

/// P134: the connections between nodes are cut while somebody writes: the text still arrives, by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p134_pushes_arrive_though_the_bus_was_cut() {
    let Some(nodes) = testkit::nodes().await else {
        return;
    };
    let (ada, bob) = ada_and_bob(&nodes).await;
    // Of the one who hears, and of the one who tells.
    for (round, cut) in [2, 1, 2, 1, 2].into_iter().enumerate() {
        nodes.cut_the_bus_of(cut).await;
        let text = format!("while it is cut, {round}");
        ada.write(&bob, &text).await;
        bob.update(|updates| text_of(updates, &text)).await;
        let stands = |node: &testkit::TestServer| node.running().services.bus.unbroken().is_some();
        let both_stand = async || stands(&nodes.one) && stands(&nodes.two);
        soon("the bus is back", both_stand).await;
    }
}

/// `Some`: somebody wrote this text.
fn text_of(updates: &enums::Updates, text: &str) -> Option<()> {
    let found = texts(updates).iter().any(|it| it.text == text);
    found.then_some(())
}

/// P134: a node is gone: its client goes on with its session on the other one, asks for what it missed, and is
/// told of what comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p134_a_client_of_a_node_that_is_gone_goes_on_at_the_other() {
    let Some(mut nodes) = testkit::nodes().await else {
        return;
    };
    let (ada, bob) = ada_and_bob(&nodes).await;
    ada.write(&bob, "so that they have a chat").await;
    let state = ada.call(functions::updates::GetState {}).await.unwrap();
    nodes.one.stop().await;
    let suggested = photo(&bob_suggests(&bob, &ada).await).id;
    ada.dial_at(nodes.two.address());
    let request = functions::updates::GetDifference::new(state.pts, state.date, state.qts);
    let enums::updates::Difference::Difference(found) = ada.call(request).await.unwrap() else {
        panic!("something was missed");
    };
    let (_, missed) = suggestion_in(&found.new_messages[0]).expect("a suggestion");
    assert_eq!(missed.id, suggested);
    ada.take_updates();
    let again = photo(&bob_suggests(&bob, &ada).await).id;
    assert_eq!(ada.update(suggestion).await.photo.id, again);
}

async fn bob_suggests(bob: &Account, ada: &Account) -> types::photos::Photo {
    bob.import(ada).await;
    bob.suggest(ada, &picture(BLUE, 400)).await.unwrap()
}

/// Who is writing is shown on the other node, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn typing_is_shown_on_the_other_node() {
    let Some(nodes) = testkit::nodes().await else {
        return;
    };
    let (ada, bob) = ada_and_bob(&nodes).await;
    let peer = ada.peer(&bob).await;
    let action = enums::SendMessageAction::SendMessageTypingAction;
    ada.call(functions::messages::SetTyping::new(peer, action))
        .await
        .unwrap();
    let writer = bob.update(|updates| match updates {
        enums::Updates::UpdateShort(short) => match &short.update {
            enums::Update::UserTyping(typing) => Some(typing.user_id),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(writer.await, ada.id);
}

/// A server with another key, or another folder of blobs, does not join; one that takes over does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_does_not_join() {
    let Some(nodes) = testkit::nodes().await else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let mut settings = nodes.settings_beside(&data.path().join("data"));
    let refused = refused_start(&settings).await;
    assert!(
        refused.contains("copy server_key.pem and server_secret"),
        "{refused}"
    );
    assert!(
        !settings.data.join("server_key.pem").exists(),
        "no key was made in vain"
    );
    nodes.give_key_to(&settings.data);
    settings.blobs = None;
    let refused = refused_start(&settings).await;
    assert!(refused.contains("another folder of blobs"), "{refused}");
    settings.blobs = Some(format!("file://{}", nodes.blobs().display()));
    Server::start(settings.clone()).await.unwrap().stop().await;
    std::fs::write(settings.data.join("server_secret"), [7; 32]).unwrap();
    let refused = refused_start(&settings).await;
    assert!(refused.contains("with another key"), "{refused}");
    settings.other_identity = cameo::settings::OtherIdentity::TakeOver;
    Server::start(settings.clone()).await.unwrap().stop().await;
    settings.other_identity = cameo::settings::OtherIdentity::Refuse;
    Server::start(settings).await.unwrap().stop().await;
}

async fn refused_start(settings: &Settings) -> String {
    match Server::start(settings.clone()).await {
        Err(error @ StartError::Stranger { .. }) => error.to_string(),
        Err(error) => panic!("refused for another reason: {error}"),
        Ok(_) => panic!("it has joined"),
    }
}

/// One sweep in an interval is enough for all nodes, and a part that waits on one is not swept by another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_take_turns_at_sweeping() {
    let Some(nodes) = testkit::nodes().await else {
        return;
    };
    let ada = nodes.one.account("Ada").await;
    let request = functions::upload::SaveFilePart {
        file_id: 1,
        file_part: 0,
        bytes: Bytes::from_static(b"waits"),
    };
    assert!(ada.call(request).await.unwrap());
    let turn = |node: &testkit::TestServer| {
        let services = node.running().services.clone();
        async move { domain::sweep::turn(&services, 600).await.unwrap() }
    };
    assert!(turn(&nodes.two).await);
    assert!(!turn(&nodes.one).await);
    assert!(!turn(&nodes.two).await);
    let swept = domain::sweep::run_once(&nodes.two.running().services)
        .await
        .unwrap();
    assert_eq!((swept.parts, swept.uploads), (0, 0));
}

/// A temporary key is bound on one node and acts on the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_binding_is_known_on_every_node() {
    let Some(nodes) = testkit::nodes().await else {
        return;
    };
    let ada = nodes.one.account("Ada").await;
    let (one, two) = (nodes.one.address(), nodes.two.address());
    let temporary = Client::temporary(one, nodes.one.public_key(), 3600).await;
    let there = Client::with_key(two, temporary.key(), LAYER, "").await;
    let unbound = refused_of(&there).await.unwrap();
    assert_eq!(unbound.name, "AUTH_KEY_PERM_EMPTY");
    let expires_at = i32::try_from(Clock::system().unix_seconds() + 3600).unwrap();
    assert!(
        temporary
            .bind(&ada.key(), expires_at, |_| {})
            .await
            .unwrap()
    );
    until(&there, None).await;
}

/// P134: where another node says that names were lost, whatever was remembered of any key is read anew, also
/// of one that has no session here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p134_every_remembered_key_is_read_anew_when_names_were_lost() {
    let Some(nodes) = testkit::nodes().await else {
        return;
    };
    let ada = nodes.one.account("Ada").await;
    let (key, there) = (ada.auth_key_id(), &nodes.two.running().keys);
    let user_there = async || there.login(key).await.unwrap().unwrap().user_id;
    assert_eq!(user_there().await, Some(ada.id));
    // As by a node that ended between its commit and its word.
    let store = &nodes.one.running().services.store;
    let mut tx = store.begin().await.unwrap();
    assert!(keys::sign_out(&mut tx, key).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(user_there().await, Some(ada.id), "it is remembered");
    let third = Bus::over(&nodes.store_url).await.unwrap();
    let forgotten = async || user_there().await.is_none();
    soon("node 2 looks again", forgotten).await;
    third.close().await;
}

/// A node that looks at all of its sessions, in a database that is slow to answer, stops all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_does_not_wait_for_a_look_at_every_session() {
    let Some(mut nodes) = testkit::nodes().await else {
        return;
    };
    let ada = nodes.two.account("Ada").await;
    let mut phones = Vec::new();
    for _ in 0..4 {
        phones.push(nodes.two.session_of(&ada).await);
    }
    let store = nodes.one.running().services.store.clone();
    let mut tx = store.begin().await.unwrap();
    // Whoever waits for it gives up after ten seconds, for each key.
    let lock = "LOCK TABLE auth_keys IN ACCESS EXCLUSIVE MODE";
    tx.run(lock, &[]).await.unwrap();
    let third = Bus::over(&nodes.store_url).await.unwrap();
    let waiting = "SELECT COUNT(*) FROM pg_locks
                   WHERE NOT granted AND relation = CAST('auth_keys' AS regclass)";
    let look = async { while tx.row(waiting, &[]).await.unwrap().unwrap().i64(0).unwrap() == 0 {} };
    tokio::time::timeout(PATIENCE, look)
        .await
        .expect("node 2 looks at its sessions");
    let stop = tokio::time::timeout(PATIENCE, nodes.two.stop());
    stop.await.expect("it stops");
    drop(tx);
    third.close().await;
}

/// A start that fails leaves no connection to the database behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_fails_leaves_no_bus() {
    let Some(nodes) = testkit::nodes().await else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let mut settings = nodes.settings_beside(data.path());
    settings.store = Some(format!("{}_third", nodes.store_url));
    nodes.give_key_to(data.path());
    let store = &nodes.one.running().services.store;
    let mut tx = store.begin().await.unwrap();
    let away = "ALTER TABLE photos RENAME TO photos_of_nobody";
    tx.run(away, &[]).await.unwrap();
    tx.commit().await.unwrap();
    let refused = Server::start(settings).await;
    assert!(matches!(refused, Err(StartError::Store(_))));
    let mut tx = store.read().await.unwrap();
    let buses = "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = $1";
    let (_, schema) = nodes.store_url.rsplit_once('=').unwrap();
    let count = async |tx: &mut store::Tx, name: String| {
        let row = tx.row(buses, args![name]).await.unwrap().unwrap();
        row.i64(0).unwrap()
    };
    assert_eq!(count(&mut tx, format!("{schema}_1 bus")).await, 1);
    assert_eq!(count(&mut tx, format!("{schema}_third bus")).await, 0);
}
