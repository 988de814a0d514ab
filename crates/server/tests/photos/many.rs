//! Thousands of pictures: ids keep rising, and what nobody refers to is given back.

use std::time::Duration;

use domain::{Clock, sweep};
use testkit::{Account, TestServer, download, picture};
use tl::{enums, functions, types};

use crate::seen::{input_photo, photo, sees};

/// Photos of each of two accounts; the ten thousand of the row are made without a socket, in
/// `crates/domain/tests/races.rs`.
const PHOTOS: usize = 500;
/// Replacements before each of four sweeps; the thousand of the row, likewise in `races.rs`.
const REPLACEMENTS: u8 = 50;
/// Longer than anything is kept that nobody refers to.
const HOURS: Duration = Duration::from_secs(2 * 60 * 60);

/// P139, a tenth of it: photos of two accounts at the same time; each is the one before, used again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p139_ids_are_positive_different_and_rising() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let (one, other) = tokio::join!(
        tokio::spawn(used_again_and_again(ada)),
        tokio::spawn(used_again_and_again(bob))
    );
    let mut all = [one.unwrap(), other.unwrap()].concat();
    assert_eq!(all.len(), 2 * PHOTOS);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 2 * PHOTOS);
}

async fn used_again_and_again(account: Account) -> Vec<i64> {
    let mut last = photo(&account.set_own(&picture([9; 3], 160)).await.unwrap()).clone();
    let mut ids = vec![last.id];
    while ids.len() < PHOTOS {
        let again = functions::photos::UpdateProfilePhoto::new(input_photo(&last));
        last = photo(&account.call(again).await.unwrap()).clone();
        ids.push(last.id);
    }
    assert!(ids[0] > 0 && ids.windows(2).all(|pair| pair[0] < pair[1]));
    ids
}

/// P140, a fifth of it: a personal picture that is replaced again and again takes the room of one; the one
/// that is shown stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p140_a_replaced_picture_gives_its_room_back() {
    let clock = Clock::standing_at(Clock::system().unix_ms());
    let server = testkit::start_at(clock.clone(), |_| {}).await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let mut room = Vec::new();
    for _ in 0..4 {
        let mut last = None;
        for shade in 0..REPLACEMENTS {
            last = Some(replaced(&ada, &bob, shade).await);
        }
        let last = last.unwrap();
        clock.forward(HOURS);
        sweep::run_once(&server.running().services).await.unwrap();
        assert_eq!(sees(&ada, &bob).await, Some((last.id, true)));
        for letter in ["a", "b", "c"] {
            assert!(download(&ada, &last, letter).await.is_ok(), "{letter}");
        }
        room.push(kept(&server).await);
    }
    assert_eq!(room, [room[0]; 4]);
    let (photos, files) = room[0];
    assert!(photos == 1 && (1..=3).contains(&files), "{room:?}");
}

async fn replaced(ada: &Account, bob: &Account, shade: u8) -> types::Photo {
    let answer = ada.set_personal(bob, &picture([shade, 90, 30], 160)).await;
    let enums::Photo::Photo(photo) = answer.unwrap().photo else {
        panic!("a picture was set")
    };
    *photo
}

/// Photos that rows speak of, and files that are kept for them.
async fn kept(server: &TestServer) -> (i64, usize) {
    let services = &server.running().services;
    let mut tx = services.store.read().await.unwrap();
    let row = tx.row("SELECT COUNT(*) FROM photos", &[]).await.unwrap();
    let later = std::time::UNIX_EPOCH + Duration::from_secs(1 << 36);
    let files = services
        .blobs
        .older_than(later, Duration::ZERO, None, 10_000);
    // Two of each sticker that came along are kept beside them.
    let stickers = cameo::first_set().unwrap().document_ids.len() * 2;
    let files = files.await.unwrap().len();
    (row.unwrap().i64(0).unwrap(), files - stickers)
}
