//! `invokeAfterMsg` and `invokeAfterMsgs`: a call that names others acts after they have succeeded, or not
//! at all, wherever they were sent.

use bytes::Bytes;
use mtproto::MsgId;
use testkit::{Account, Client, Refused, TestServer, new_msg_id};
use tl::{
    Put, enums,
    functions::{help::GetNearestDc, messages as api},
};

/// Times a scenario is tried again when the machine was too busy for the half second that a call waits.
const TRIES: usize = 20;

/// Two people, and how the first names the second.
struct Scene {
    server: TestServer,
    ada: Account,
    peer: enums::InputPeer,
}

impl Scene {
    async fn open() -> Scene {
        let server = testkit::start().await;
        let (ada, bob) = server.two_strangers("Ada", "Bob").await;
        let peer = ada.peer(&bob).await;
        Scene { server, ada, peer }
    }

    fn text(&self, text: &str) -> Bytes {
        let random_id = new_msg_id().0;
        bytes(&api::SendMessage::new(
            self.peer.clone(),
            text.to_owned(),
            random_id,
        ))
    }

    fn history(&self) -> Bytes {
        bytes(&api::GetHistory::new(
            self.peer.clone(),
            0,
            0,
            0,
            100,
            0,
            0,
            0,
        ))
    }

    /// The texts that were sent, first to last.
    async fn sent(&self) -> Vec<String> {
        texts(self.ada.call_bytes(self.history()).await.unwrap())
    }

    /// Sends a text while no call may write, then looks from `reader` at what was sent, after the text;
    /// `between` happens when the text waits. Returns the text and what was seen.
    async fn look_after_text(&self, reader: &Client, between: impl Fn()) -> (String, Vec<String>) {
        for attempt in 0..TRIES {
            let text = format!("text {attempt}");
            let (first, look) = (new_msg_id(), new_msg_id().next(0));
            let held = self.server.running().services.store.begin().await.unwrap();
            let (sent, seen) =
                tokio::join!(self.ada.call_bytes_as(first, self.text(&text)), async {
                    // Handed over in order: when this is answered, the text waits for the store.
                    self.ada.call(GetNearestDc {}).await.unwrap();
                    between();
                    let look = reader.call_bytes_as(look, after(&[first], &self.history()));
                    let release = async {
                        reader.call(GetNearestDc {}).await.unwrap();
                        drop(held);
                    };
                    tokio::join!(look, release).0
                },);
            sent.unwrap();
            match seen {
                Ok(seen) => return (text, texts(seen)),
                Err(refused) => assert_eq!(refused, timeout()),
            }
        }
        panic!("half a second was too short {TRIES} times");
    }
}

fn bytes<M: Put>(request: &M) -> Bytes {
    tl::encode(request, testkit::LAYER).unwrap().into()
}

/// `query` after these.
fn after(msg_ids: &[MsgId], query: &[u8]) -> Bytes {
    let mut writer = tl::Writer::new(testkit::LAYER);
    if let [msg_id] = msg_ids {
        writer.id(0xcb9f_372d); // invokeAfterMsg
        writer.i64(msg_id.0);
    } else {
        writer.id(0x3dc4_b4f0); // invokeAfterMsgs
        writer.id(0x1cb5_c415); // vector
        writer.i32(i32::try_from(msg_ids.len()).unwrap());
        msg_ids.iter().for_each(|msg_id| writer.i64(msg_id.0));
    }
    writer.raw(query);
    writer.into_result().unwrap().into()
}

fn texts(history: Bytes) -> Vec<String> {
    let messages = match tl::decode(history).unwrap() {
        enums::messages::Messages::Messages(all) => all.messages,
        other => panic!("{other:?}"),
    };
    let texts = messages.into_iter().map(|message| match message {
        enums::Message::Message(message) => message.message,
        other => panic!("{other:?}"),
    });
    let mut texts: Vec<String> = texts.collect();
    texts.reverse();
    texts
}

fn timeout() -> Refused {
    Refused::new(400, "MSG_WAIT_TIMEOUT")
}

fn failed() -> Refused {
    Refused::new(500, "MSG_WAIT_FAILED")
}

/// So many ids, each larger than the one before.
fn ids(count: usize) -> Vec<MsgId> {
    let first = new_msg_id();
    std::iter::successors(Some(first), |id| Some(id.next(0)))
        .take(count)
        .collect()
}

#[tokio::test]
async fn a_call_sees_what_the_one_before_it_did() {
    let scene = Scene::open().await;
    let (text, seen) = scene.look_after_text(&scene.ada, || {}).await;
    assert_eq!(seen.last(), Some(&text));
}

/// The connection was lost in between; the session is the same.
#[tokio::test]
async fn a_call_waits_for_one_that_came_over_an_earlier_connection() {
    let scene = Scene::open().await;
    let again = || {
        scene.ada.hang_up();
        scene.ada.dial();
    };
    let (text, seen) = scene.look_after_text(&scene.ada, again).await;
    assert_eq!(seen.last(), Some(&text));
}

#[tokio::test]
async fn a_call_waits_for_one_of_another_session_of_its_key() {
    let scene = Scene::open().await;
    let beside = scene.ada.beside(scene.server.address()).await;
    beside.call(GetNearestDc {}).await.unwrap();
    let (text, seen) = scene.look_after_text(&beside, || {}).await;
    assert_eq!(seen.last(), Some(&text));
}

/// Many texts in one container, each after the one before it. What was refused for the time it took has
/// not acted, and is sent again as clients do.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn texts_of_one_container_keep_their_order() {
    let scene = Scene::open().await;
    let all: Vec<String> = (1..=12).map(|number| format!("text {number}")).collect();
    let mut left = &all[..];
    for _ in 0..TRIES {
        let ids = ids(left.len());
        let calls = left.iter().enumerate().map(|(at, text)| {
            let text = scene.text(text);
            match at {
                0 => (ids[0], text),
                // Both ways of naming what must have ended.
                _ if at % 3 == 0 => (ids[at], after(&ids[..at], &text)),
                _ => (ids[at], after(&ids[at - 1..at], &text)),
            }
        });
        let answers = scene.ada.call_together(calls.collect()).await;
        let done = answers.iter().take_while(|answer| answer.is_ok()).count();
        for answer in &answers[done..] {
            let refused = answer.as_ref().unwrap_err();
            assert!([timeout(), failed()].contains(refused), "{refused}");
        }
        left = &left[done..];
        assert_eq!(scene.sent().await, all[..all.len() - left.len()]);
        if left.is_empty() {
            return;
        }
    }
    panic!("half a second was too short {TRIES} times");
}

#[tokio::test]
async fn what_waits_for_a_refused_call_is_refused_and_does_nothing() {
    for _ in 0..TRIES {
        if refused_with_what_it_named().await {
            return;
        }
    }
    panic!("half a second was too short {TRIES} times");
}

/// Whether the machine was quick enough for it.
async fn refused_with_what_it_named() -> bool {
    let scene = Scene::open().await;
    let ids = ids(5);
    let calls = vec![
        (ids[0], scene.text("")),
        (ids[1], after(&ids[..1], &scene.text("after a refusal"))),
        (ids[2], after(&ids[1..2], &scene.text("and after that"))),
        (ids[3], scene.text("alone")),
        (ids[4], after(&[ids[3], ids[0]], &scene.text("after both"))),
    ];
    let answers = scene.ada.call_together(calls).await;
    let refusals: Vec<Option<&Refused>> = answers.iter().map(|it| it.as_ref().err()).collect();
    if refusals.contains(&Some(&timeout())) {
        return false;
    }
    let empty = Refused::new(400, "MESSAGE_EMPTY");
    let failed = failed();
    let expected = [
        Some(&empty),
        Some(&failed),
        Some(&failed),
        None,
        Some(&failed),
    ];
    assert_eq!(refusals, expected);
    // The client has both answers by now, and still names the one that failed.
    let late = after(&ids[..1], &scene.text("late"));
    let refused = scene.ada.call_bytes_as(new_msg_id(), late).await;
    assert_eq!(refused.unwrap_err(), failed);
    assert_eq!(scene.sent().await, ["alone"]);
    true
}

/// What has ended well, was never sent, or is of another key holds nobody back.
#[tokio::test]
async fn a_call_after_what_is_not_under_way_runs_at_once() {
    let scene = Scene::open().await;
    let ids = ids(2);
    let first = scene.ada.call_bytes_as(ids[0], scene.text("one")).await;
    first.unwrap();
    let other = scene.server.account("Cleo").await;
    let foreign = new_msg_id();
    let unheard = other.call_bytes_as(foreign, scene.text("")).await;
    unheard.unwrap_err();
    for (text, named) in [
        ("two", vec![ids[0]]),
        ("three", vec![MsgId(1 << 40)]),
        ("four", vec![foreign, ids[0], ids[1]]),
        ("five", vec![]),
    ] {
        let call = after(&named, &scene.text(text));
        scene.ada.call_bytes(call).await.unwrap();
    }
    let all = ["one", "two", "three", "four", "five"];
    assert_eq!(scene.sent().await, all);
}

/// The named call takes too long: the waiting one is refused, and both are as if it had not been sent.
#[tokio::test]
async fn a_call_does_not_wait_for_ever() {
    let scene = Scene::open().await;
    let ids = ids(3);
    let held = scene.server.running().services.store.begin().await.unwrap();
    let (sent, ()) = tokio::join!(scene.ada.call_bytes_as(ids[0], scene.text("slow")), async {
        let calls = vec![
            (ids[1], after(&ids[..1], &scene.text("after it"))),
            // Itself can never have ended.
            (ids[2], after(&ids[2..], &scene.history())),
        ];
        let answers = scene.ada.call_together(calls).await;
        assert_eq!(answers, [Err(timeout()), Err(timeout())]);
        drop(held);
    });
    sent.unwrap();
    assert_eq!(scene.sent().await, ["slow"]);
    let again = after(&ids[..1], &scene.text("after it"));
    scene.ada.call_bytes(again).await.unwrap();
    assert_eq!(scene.sent().await, ["slow", "after it"]);
}
