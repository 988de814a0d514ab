//! What a connection may not do to the others, and what stopping may not do to a connection.

use std::time::{Duration, Instant};

use mtproto::client::{Dial, Event};
use mtproto::service::request;
use mtproto::transport::Framing;
use tokio::time::timeout;

use crate::wire::{Carrier as _, GET_CONFIG, GET_NEAREST_DC, House, in_layer, now, obfuscated};

const ABRIDGED: Dial = Dial {
    framing: Framing::Abridged,
    obfuscation: None,
};

/// Somebody who asks for much and reads nothing is made to wait; when they read again, nothing
/// is missing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_waits_for_itself_alone() {
    const QUESTIONS: usize = 24_000;
    let house = House::open().await;
    let mut slow = house.client(&ABRIDGED).await;
    slow.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    // Each answer is 64 salts, a kilobyte; all of them are more than the buffers of both systems.
    for _ in 0..QUESTIONS / 100 {
        slow.client
            .service(now(), vec![request::future_salts(64); 100]);
    }
    let mut waiting = Vec::new();
    while let Some(event) = slow.client.poll() {
        let Event::Send(bytes) = event else { continue };
        waiting.extend(bytes);
    }
    let addr = slow.stream.peer_addr().unwrap();
    let (mut reading, mut writing) = std::mem::replace(
        &mut slow.stream,
        tokio::net::TcpStream::connect(addr).await.unwrap(),
    )
    .into_split();
    let writer = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        writing.write_all(&waiting).await.unwrap();
        writing
    });
    let mut other = house.client(&obfuscated(Framing::Padded, 2)).await;
    for _ in 0..50 {
        other.call(in_layer(GET_CONFIG)).await.unwrap();
    }
    let mut answers = 0;
    let mut buffer = vec![0; 256 * 1024];
    while answers < QUESTIONS {
        use tokio::io::AsyncReadExt as _;
        let count = timeout(crate::wire::PATIENCE, reading.read(&mut buffer)).await;
        let count = count.expect("answers are missing").unwrap();
        assert_ne!(count, 0, "closed after {answers} answers");
        slow.client.receive(now(), &buffer[..count]);
        while let Some(event) = slow.client.poll() {
            answers += usize::from(matches!(event, Event::FutureSalts { .. }));
        }
    }
    writer.await.unwrap();
    house.server.stop().await;
}

/// Every call that was taken is answered before the connection is closed, and it does not take
/// longer than the calls.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_under_load_closes_everybody_in_good_order() {
    let house = House::open().await;
    let events = house.server.events.clone();
    let answered = || events.counted("calls_answered").unwrap();
    let mut clients = Vec::new();
    for dial in crate::wire::dials() {
        let mut wire = house.client(&dial).await;
        wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
        clients.push(tokio::spawn(async move {
            let mut answers = 0_u64;
            loop {
                let calls = vec![in_layer(GET_CONFIG); 10];
                wire.client.calls(now(), calls);
                while let Some(event) = wire.client.poll() {
                    match event {
                        // What cannot be sent any more does not matter; what was answered does.
                        Event::Send(bytes) => drop(wire.stream.put(bytes).await),
                        Event::Result { .. } | Event::Error { .. } => answers += 1,
                        Event::TransportError(code) => panic!("told {code}"),
                        Event::Broken(why) => panic!("{why}"),
                        _ => {}
                    }
                }
                match wire.stream.take().await {
                    Some(bytes) => wire.client.receive(now(), &bytes),
                    None => return answers,
                }
            }
        }));
    }
    let before = clients.len() as u64;
    let busy = async {
        while answered() < 300 {
            tokio::task::yield_now().await;
        }
    };
    timeout(crate::wire::PATIENCE, busy).await.expect("no load");
    let begun = Instant::now();
    house.server.stop().await;
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "took {:?}",
        begun.elapsed()
    );
    let mut received = 0;
    for client in clients {
        received += client.await.unwrap();
    }
    assert_eq!(
        received,
        answered() - before,
        "nothing that was done is lost"
    );
    assert_eq!(events.counted("faults"), Some(0));
    assert_eq!(events.counted("calls_failed"), Some(0));
}
