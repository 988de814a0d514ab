//! Wake-ups between nodes that share a PostgreSQL.

use std::time::Duration;

use bytes::Bytes;
use store::StoreError;
use store::bus::{Bus, News, Receiver, Wake};

use crate::engine::{Kind, Place, place, postgres};

/// After this a case has failed; nothing here takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(20);

macro_rules! between_nodes {
    ($($case:ident),+ $(,)?) => {
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    if let Some(place) = crate::engine::place(crate::engine::Kind::Postgres).await {
                        super::$case(place).await;
                    }
                }
            )+
        }
    };
}

between_nodes!(
    a_wake_reaches_the_other_node_and_comes_back_to_nobody,
    keys_and_words_are_for_others,
    many_wakes_at_once_all_arrive,
    a_lost_connection_is_made_again_and_everything_looked_at,
    words_said_during_an_interruption_are_dropped,
    schemas_do_not_hear_each_other,
    what_is_left_is_said_before_the_end,
);

/// A node, after the greeting of those that began before has been heard.
async fn node(url: &str) -> (Bus, Receiver) {
    let bus = Bus::over(url).await.unwrap();
    let receiver = bus.subscribe();
    (bus, receiver)
}

/// Two nodes that have nothing to tell each other any more.
async fn two(place: &Place) -> ((Bus, Receiver), (Bus, Receiver)) {
    let mut one = node(&place.url).await;
    let two = node(&place.url).await;
    assert_eq!(next(&mut one.1).await, Wake::Everyone);
    (one, two)
}

async fn next(receiver: &mut Receiver) -> Wake {
    let wake = tokio::time::timeout(PATIENCE, receiver.next()).await;
    wake.expect("a wake-up arrives")
}

/// Wakes until `wanted` has come; those of before it are passed over.
async fn until(receiver: &mut Receiver, wanted: &Wake) {
    while next(receiver).await != *wanted {}
}

async fn a_wake_reaches_the_other_node_and_comes_back_to_nobody(place: Place) {
    let ((one, mut at_one), (two, mut at_two)) = two(&place).await;
    one.wake(7);
    assert_eq!(at_one.take(), Some(Wake::Users(vec![7])), "at once");
    until(&mut at_two, &Wake::Users(vec![7])).await;
    // What comes back from the other node proves that the first one heard its own words before it.
    two.wake(8);
    assert_eq!(next(&mut at_one).await, Wake::Users(vec![8]));
    assert_eq!(next(&mut at_two).await, Wake::Users(vec![8]));
    assert!(one.has_others() && two.has_others());
}

async fn keys_and_words_are_for_others(place: Place) {
    let ((one, _), (two, _)) = two(&place).await;
    let (mut from_two, mut from_one) = (one.listen(), two.listen());
    one.key_changed(-5);
    one.say(Bytes::from_static(b"\0\xff"));
    let mut heard = News::default();
    while heard.words.is_empty() {
        let news = tokio::time::timeout(PATIENCE, from_one.next())
            .await
            .unwrap();
        heard.keys.extend(news.keys);
        heard.words.extend(news.words);
    }
    assert_eq!(heard.keys, [-5]);
    assert_eq!(heard.words, [Bytes::from_static(b"\0\xff")]);
    two.key_changed(6);
    let news = tokio::time::timeout(PATIENCE, from_two.next())
        .await
        .unwrap();
    assert_eq!(news.keys, [6], "and not what it said itself");
}

async fn many_wakes_at_once_all_arrive(place: Place) {
    let ((one, _), (_two, mut at_two)) = two(&place).await;
    let users: Vec<i64> = (1..=3000).map(|number| number << 20).collect();
    for user_id in &users {
        one.wake(*user_id);
    }
    let mut heard = std::collections::BTreeSet::new();
    while heard.len() < users.len() {
        match next(&mut at_two).await {
            Wake::Users(some) => heard.extend(some),
            Wake::Everyone => heard.extend(&users),
        }
    }
    assert!(heard.iter().eq(&users));
}

async fn a_lost_connection_is_made_again_and_everything_looked_at(place: Place) {
    // The name finds the connection; the pool of a store is called otherwise.
    let name = format!("cut_{}", std::process::id());
    let url = format!("{}&application_name={name}", place.url);
    let (one, mut at_one) = node(&place.url).await;
    let (two, mut at_two) = node(&url).await;
    until(&mut at_one, &Wake::Everyone).await;
    let mut news = two.listen();
    let before = two.unbroken().expect("the bus stands");
    cut(&name).await;
    until(&mut at_two, &Wake::Everyone).await;
    assert!(two.unbroken().expect("it stands again") > before);
    let heard = tokio::time::timeout(PATIENCE, news.next()).await.unwrap();
    assert!(heard.any_key);
    one.wake(9);
    until(&mut at_two, &Wake::Users(vec![9])).await;
    two.wake(10);
    until(&mut at_one, &Wake::Users(vec![10])).await;
}

/// Ends the connections of the bus of that name.
async fn cut(name: &str) {
    let address = std::env::var("CAMEO_TEST_POSTGRES").unwrap();
    let sql = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = '{name} bus'"
    );
    postgres(&address, &sql).await;
}

async fn words_said_during_an_interruption_are_dropped(place: Place) {
    let name = format!("mute_{}", std::process::id());
    let url = format!("{}&application_name={name}", place.url);
    let (one, mut at_one) = node(&place.url).await;
    let (two, _) = node(&url).await;
    let mut from_two = one.listen();
    let late = tokio::time::timeout(PATIENCE, said_while_interrupted(&two, &name));
    let late = late.await.expect("it is interrupted for a moment");
    // Heard over the next connection, after which words are taken again.
    two.wake(10);
    until(&mut at_one, &Wake::Users(vec![10])).await;
    two.say(Bytes::from_static(b"after"));
    let mut words = Vec::new();
    while words.last().is_none_or(|last| last != "after") {
        let news = tokio::time::timeout(PATIENCE, from_two.next());
        words.extend(news.await.unwrap().words);
    }
    assert!(!words.contains(&late), "{words:?}");
}

/// Cuts the bus until something was said before it was back; returns that.
async fn said_while_interrupted(bus: &Bus, name: &str) -> Bytes {
    for number in 0_u64.. {
        let before = bus.unbroken();
        if before.is_some() {
            cut(name).await;
        }
        while bus.unbroken() == before {
            tokio::task::yield_now().await;
        }
        let words = Bytes::from(number.to_string());
        bus.say(words.clone());
        if before.is_some() && bus.unbroken().is_none() {
            return words;
        }
    }
    unreachable!("there are many numbers");
}

async fn schemas_do_not_hear_each_other(first: Place) {
    let second = place(Kind::Postgres).await.unwrap();
    let ((one, _), (_, mut at_beside)) = two(&first).await;
    let ((_other, mut at_other), (beside, _)) = two(&second).await;
    one.wake(1);
    until(&mut at_beside, &Wake::Users(vec![1])).await;
    // All notifications of a database stand in one line: had the first been heard here, it would have
    // been heard before.
    beside.wake(2);
    assert_eq!(next(&mut at_other).await, Wake::Users(vec![2]));
}

async fn what_is_left_is_said_before_the_end(place: Place) {
    let ((one, _), (_two, mut at_two)) = two(&place).await;
    one.wake(4);
    one.close().await;
    until(&mut at_two, &Wake::Users(vec![4])).await;
    assert_eq!(one.unbroken(), None);
}

/// Who accepts and says nothing is none: neither a start nor a stop waits for ever.
#[tokio::test]
async fn a_database_that_does_not_answer_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let url = format!("postgres://nobody@{address}/none?connect_timeout=1");
    let opened = tokio::time::timeout(PATIENCE, Bus::over(&url)).await;
    let refused = opened.expect("it gives up").unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
}

#[tokio::test]
async fn a_store_without_a_bus_says_so() {
    let refused = Bus::over("sqlite:/nowhere/rows.db").await.unwrap_err();
    assert!(matches!(refused, StoreError::Broken(_)), "{refused}");
    let local = Bus::local();
    assert_eq!((local.unbroken(), local.has_others()), (Some(0), false));
    local.close().await;
}
