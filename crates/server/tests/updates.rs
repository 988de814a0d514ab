//! What sessions are told of changes, in which order, and what a client that was away is answered.
//! Rows of the acceptance matrix are named where a test stands for one.
#![expect(clippy::unwrap_used, reason = "a test fails where it is")]

use domain::{Services, messages};
use testkit::{Account, Client, Refused};
use tl::{
    Put, enums,
    functions::{self, updates as calls},
    types,
};

fn entries(updates: &enums::Updates) -> Vec<enums::Update> {
    match updates {
        enums::Updates::Updates(updates) => updates.updates.clone(),
        enums::Updates::UpdateShort(short) => vec![short.update.clone()],
        _ => Vec::new(),
    }
}

/// `pts` and `pts_count` of an update that has them.
fn moved(update: &enums::Update) -> Option<(i32, i32)> {
    match update {
        enums::Update::NewMessage(new) => Some((new.pts, new.pts_count)),
        enums::Update::DeleteMessages(deleted) => Some((deleted.pts, deleted.pts_count)),
        enums::Update::ReadHistoryInbox(read) => Some((read.pts, read.pts_count)),
        enums::Update::ReadHistoryOutbox(read) => Some((read.pts, read.pts_count)),
        _ => None,
    }
}

fn new_text(updates: &enums::Updates) -> Option<String> {
    entries(updates)
        .into_iter()
        .find_map(|update| match update {
            enums::Update::NewMessage(new) => Some(text(&new.message)),
            _ => None,
        })
}

fn text(message: &enums::Message) -> String {
    match message {
        enums::Message::Message(message) => message.message.clone(),
        other => panic!("not a text: {other:?}"),
    }
}

async fn state(account: &Account) -> types::updates::State {
    account.call(calls::GetState {}).await.unwrap()
}

async fn difference(account: &Account, pts: i32, date: i32) -> enums::updates::Difference {
    account
        .call(calls::GetDifference::new(pts, date, 0))
        .await
        .unwrap()
}

fn all(difference: enums::updates::Difference) -> types::updates::Difference {
    match difference {
        enums::updates::Difference::Difference(all) => *all,
        other => panic!("not the whole difference: {other:?}"),
    }
}

/// Commits `count` messages from one account to another and wakes nobody.
async fn fill(services: &Services, from: i64, to: i64, count: i64) {
    let mut tx = services.store.begin().await.unwrap();
    for _ in 0..count {
        messages::suggest(services, &mut tx, from, to, 1)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

/// P25: a suggestion to somebody who is away, and a text.
#[tokio::test]
async fn a_client_that_was_away_gets_messages_deletions_and_changed_people() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let before = state(&bob).await;
    assert!(matches!(
        difference(&bob, before.pts, before.date).await,
        enums::updates::Difference::Empty(_) | enums::updates::Difference::Difference(_)
    ));
    bob.hang_up();
    ada.write(&bob, "hello").await;
    ada.write(&bob, "goodbye").await;
    ada.suggest(&bob, &testkit::picture([9, 90, 200], 800))
        .await
        .unwrap();
    let peer = ada.peer(&bob).await;
    let own = ada.call(functions::messages::GetHistory::new(
        peer, 0, 0, 0, 2, 0, 0, 0,
    ));
    let enums::messages::Messages::Slice(own) = own.await.unwrap() else {
        panic!("a slice")
    };
    let enums::Message::Message(goodbye) = &own.messages[1] else {
        panic!("a text")
    };
    let request = functions::messages::DeleteMessages {
        revoke: true,
        id: vec![goodbye.id],
    };
    ada.call(request).await.unwrap();

    let missed = all(difference(&bob, before.pts, before.date).await);
    let [hello, enums::Message::Service(suggestion)] = &missed.new_messages[..] else {
        panic!("{:?}", missed.new_messages);
    };
    assert_eq!(text(hello), "hello");
    assert!(matches!(
        suggestion.action,
        enums::MessageAction::SuggestProfilePhoto(_)
    ));
    let gone = missed.other_updates.iter().find_map(|update| match update {
        enums::Update::DeleteMessages(gone) => Some(gone.messages.clone()),
        _ => None,
    });
    assert_eq!(gone, Some(vec![2]));
    assert_eq!((missed.state.pts, missed.state.seq), (before.pts + 4, 0));
    let named: Vec<i64> = missed
        .users
        .iter()
        .map(|user| match user {
            enums::User::User(user) => user.id,
            enums::User::Empty(user) => user.id,
        })
        .collect();
    assert!(named.contains(&ada.id) && named.contains(&bob.id));
    assert_eq!(state(&bob).await.pts, missed.state.pts);
}

/// A change of name, as any change of what others see: P5, P6 and U40.
#[tokio::test]
async fn a_changed_user_is_told_to_those_who_show_it() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let cleo = server.account("Cleo").await;
    let bob_too = server.session_of(&bob).await;
    let before = (state(&ada).await, state(&bob).await);
    let mut rename = functions::account::UpdateProfile::new();
    rename.about = Some("elsewhere".to_owned());
    rename.first_name = Some("Robert".to_owned());
    bob.call(rename).await.unwrap();
    for (session, user_id) in [(&ada, bob.id), (&bob_too, bob.id)] {
        let told = session
            .update(|updates| {
                let enums::Updates::Updates(all) = updates else {
                    return None;
                };
                let about = enums::Update::from(types::UpdateUser { user_id });
                (all.updates.contains(&about) && all.seq == 0).then(|| all.users.clone())
            })
            .await;
        assert!(
            told.iter()
                .any(|user| matches!(user, enums::User::User(u) if u.id == user_id))
        );
    }
    assert_eq!(
        (state(&ada).await.pts, state(&bob).await.pts),
        (before.0.pts, before.1.pts)
    );
    let later = all(difference(&ada, before.0.pts, before.0.date).await);
    assert!(
        later
            .other_updates
            .contains(&types::UpdateUser { user_id: bob.id }.into())
    );
    // The session that did it has its answer; a stranger is not concerned.
    for session in [&bob, &cleo] {
        ada.write(session, "next").await;
        let first = session.update(|updates| Some(entries(updates))).await;
        assert!(
            matches!(first[..], [enums::Update::NewMessage(_)]),
            "{first:?}"
        );
    }
}

/// P133.
#[tokio::test]
async fn what_was_committed_before_the_server_ended_is_there_after_it() {
    let mut server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    ada.write(&bob, "seen").await;
    bob.update(new_text).await;
    let before = state(&bob).await;
    fill(&server.running().services, ada.id, bob.id, 1).await;
    server.restart().await;
    let missed = all(difference(&bob, before.pts, before.date).await);
    assert_eq!(
        (missed.new_messages.len(), missed.state.pts),
        (1, before.pts + 1)
    );
    // And from here on it is live again.
    ada.write(&bob, "after").await;
    assert_eq!(bob.update(new_text).await, "after");
}

#[tokio::test]
async fn a_lost_wake_up_makes_an_update_late_and_not_lost() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    fill(&server.running().services, ada.id, bob.id, 3).await;
    ada.write(&bob, "wakes").await;
    let mut told = Vec::new();
    bob.update(|updates| {
        told.extend(entries(updates).iter().filter_map(moved));
        (told.last() == Some(&(5, 1))).then_some(())
    })
    .await;
    assert_eq!(told, [(2, 1), (3, 1), (4, 1), (5, 1)]);
}

#[tokio::test]
async fn a_long_absence_is_told_in_slices() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let mut now = state(&bob).await;
    fill(&server.running().services, ada.id, bob.id, 230).await;
    let mut slices = Vec::new();
    loop {
        let asked = calls::GetDifference::new(now.pts, now.date, 0);
        match bob.call(asked).await.unwrap() {
            enums::updates::Difference::Slice(slice) => {
                slices.push(slice.new_messages.len());
                now = slice.intermediate_state;
            }
            enums::updates::Difference::Difference(last) => {
                slices.push(last.new_messages.len());
                now = last.state;
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((slices, now.pts), (vec![100, 100, 30], 231));
    let mut few = calls::GetDifference::new(1, now.date, 0);
    few.pts_limit = Some(7);
    let enums::updates::Difference::Slice(few) = bob.call(few).await.unwrap() else {
        panic!("seven of many are a slice");
    };
    assert_eq!((few.new_messages.len(), few.intermediate_state.pts), (7, 8));
}

#[tokio::test]
async fn what_cannot_be_told_is_said_to_be_too_long_or_refused() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    fill(&server.running().services, ada.id, bob.id, 5).await;
    let mut limited = calls::GetDifference::new(1, 0, 0);
    limited.pts_total_limit = Some(4);
    for asked in [limited, calls::GetDifference::new(100, 0, 0)] {
        let answer = bob.call(asked).await.unwrap();
        assert!(
            matches!(answer, enums::updates::Difference::TooLong(too_long) if too_long.pts == 6)
        );
    }
    let refusal = bob
        .call(calls::GetDifference::new(0, 0, 0))
        .await
        .unwrap_err();
    let expected = Refused {
        code: 400,
        name: "PERSISTENT_TIMESTAMP_INVALID".to_owned(),
    };
    assert_eq!(refusal, expected);
    let channel = types::InputChannel {
        channel_id: 5,
        access_hash: 5,
    }
    .into();
    let filter = enums::ChannelMessagesFilter::Empty;
    let request = calls::GetChannelDifference::new(channel, filter, 1, 10);
    assert_eq!(bob.call(request).await.unwrap_err().name, "CHANNEL_INVALID");
}

#[tokio::test]
async fn a_session_that_is_far_behind_is_sent_to_the_difference() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    fill(&server.running().services, ada.id, bob.id, 1_200).await;
    ada.write(&bob, "wakes").await;
    bob.update(|updates| matches!(updates, enums::Updates::TooLong).then_some(()))
        .await;
    ada.write(&bob, "live again").await;
    assert_eq!(bob.update(new_text).await, "live again");
}

/// M103.
#[tokio::test]
async fn a_session_that_wants_no_updates_gets_none() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let files = bob.beside(server.address()).await;
    let mut writer = tl::Writer::new(testkit::LAYER);
    writer.id(0xda9b_0d0d); // invokeWithLayer
    writer.i32(testkit::LAYER);
    writer.id(0xc1cd_5ea9); // initConnection
    writer.i32(0);
    writer.i32(1);
    for text in ["testkit", "test", "1", "en", "", "en"] {
        writer.string(text);
    }
    writer.id(0xbf94_59b7); // invokeWithoutUpdates
    functions::users::GetUsers {
        id: vec![enums::InputUser::Self_],
    }
    .put(&mut writer);
    files
        .call_bytes(writer.into_result().unwrap().into())
        .await
        .unwrap();
    ada.write(&bob, "hello").await;
    bob.update(new_text).await;
    assert!(files.take_updates().is_empty());
    // Once it asks for its state it is told, from then on.
    files.call(calls::GetState {}).await.unwrap();
    ada.write(&bob, "again").await;
    assert_eq!(files.update(new_text).await, "again");
}

/// Waits until a session is told of this text.
async fn hears(session: &Client, text: &str) {
    let heard = |updates: &enums::Updates| new_text(updates).filter(|told| told == text);
    session.update(heard).await;
}

/// Whatever happens after the answer to a sign-in is told, though the session has called nothing since.
#[tokio::test]
async fn a_session_is_told_from_the_answer_to_its_sign_in_on() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let again = Account::signed_in(server.client().await, &ada.phone).await;
    let old = Account::signed_in(server.client_in_layer(158).await, &ada.phone).await;
    let new = Account::signed_up(server.client().await, "15550009999", "Cleo").await;
    let made = server.new_bot(&bob, "Bot").await;
    let bot = Account::imported_bot(server.client().await, &made.token).await;
    for account in [&again, &old, &new, &bot] {
        let text = format!("to {}", account.phone);
        bob.write(account, &text).await;
        hears(account, &text).await;
    }
    // It is the session to which updates go: files do not change that.
    again.upload(&[7; 1000], "file").await;
    bob.write(&again, "still").await;
    hears(&again, "still").await;
}

/// A session on which people change hands is told of the one who is signed in now.
#[tokio::test]
async fn a_session_is_told_of_whoever_signed_in_last() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let cleo = server.account("Cleo").await;
    let mut shared = Account::signed_in(server.client().await, &ada.phone).await;
    let beside = shared.beside(server.address()).await;
    let ask = || beside.call(functions::help::GetNearestDc {});
    ask().await.unwrap();
    for (turn, now, before) in [(1, &cleo, &ada), (2, &ada, &cleo), (3, &cleo, &ada)] {
        if turn == 1 {
            shared.call(functions::auth::LogOut {}).await.unwrap();
        }
        shared = Account::signed_in(shared.client, &now.phone).await;
        let text = format!("{turn}: to the one before");
        bob.write(before, &text).await;
        hears(before, &text).await;
        bob.write(now, &format!("{turn}: to the one now")).await;
        let first = shared.update(new_text).await;
        assert_eq!(first, format!("{turn}: to the one now"));
    }
    // Another session of the key waits until it calls.
    ask().await.unwrap();
    assert!(beside.take_updates().is_empty());
}

/// Calls that were on their way when the sign-in happened know nothing of it, and undo nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_beside_a_sign_in_do_not_silence_the_session() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    for turn in 0..8 {
        let client = server.client().await;
        let request = testkit::sign_in_request(&client, &ada.phone).await;
        let ask = || client.call(functions::help::GetNearestDc {});
        let (signed_in, ..) = tokio::join!(
            client.call(request),
            ask(),
            ask(),
            ask(),
            ask(),
            ask(),
            ask()
        );
        signed_in.unwrap();
        let text = format!("turn {turn}");
        bob.write(&ada, &text).await;
        hears(&client, &text).await;
    }
}

/// Who signs in without updates gets none until it asks for something else.
#[tokio::test]
async fn a_sign_in_without_updates_brings_none() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let client = server.client().await;
    let request = testkit::sign_in_request(&client, &ada.phone).await;
    let mut writer = tl::Writer::new(testkit::LAYER);
    writer.id(0xbf94_59b7); // invokeWithoutUpdates
    request.put(&mut writer);
    let body = writer.into_result().unwrap().into();
    client.call_bytes(body).await.unwrap();
    bob.write(&ada, "hello").await;
    assert_eq!(ada.update(new_text).await, "hello");
    client.call(functions::help::GetNearestDc {}).await.unwrap();
    assert!(client.take_updates().is_empty());
    client.call(calls::GetState {}).await.unwrap();
    bob.write(&ada, "again").await;
    assert_eq!(client.update(new_text).await, "again");
}

/// Everybody writes, reads and deletes at once: whatever one session is told is without a gap.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_pts_of_an_account_has_no_gap_however_many_change_it() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let ada_too = server.session_of(&ada).await;
    let mut writers = Vec::new();
    for number in 0..4 {
        let writer = server.account(&format!("Writer {number}")).await;
        let (to_ada, to_writer) = (writer.peer(&ada).await, ada.peer(&writer).await);
        let reader = Account {
            id: ada.id,
            phone: ada.phone.clone(),
            client: ada.beside(server.address()).await,
        };
        writers.push(tokio::spawn(async move {
            for n in 1..=12 {
                let text = format!("text {n}");
                let send = functions::messages::SendMessage::new(to_ada.clone(), text, n);
                writer.call(send).await.unwrap();
                if n % 3 == 0 {
                    let peer = to_writer.clone();
                    let read = functions::messages::ReadHistory { peer, max_id: 0 };
                    reader.call(read).await.unwrap();
                }
                if n % 4 == 0 {
                    let id = vec![i32::try_from(n).unwrap()];
                    let delete = functions::messages::DeleteMessages { revoke: true, id };
                    writer.call(delete).await.unwrap();
                }
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let last = state(&ada).await.pts;
    for session in [&ada, &ada_too] {
        let mut pts = 1;
        session
            .update(|updates| {
                for update in entries(updates) {
                    if let Some((after, count)) = moved(&update) {
                        assert_eq!(pts + count, after, "a gap before {update:?}");
                        pts = after;
                    }
                }
                (pts >= last).then_some(())
            })
            .await;
        assert_eq!(pts, last);
    }
}
