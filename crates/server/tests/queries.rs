//! What is looked at costs the same number of statements however much there is of it: a profile with
//! 500 pictures, a viewer with 5,000 contacts, a person who is in a hundred people's contacts.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use store::{
    blobs::BlobKey,
    rows::{
        contacts::{self, ContactRow},
        photos::{self, PhotoFileRow, PhotoRow},
    },
};
use testkit::{Account, TestServer};
use tl::{enums, functions, types};

/// Pictures on the long profile. Source: the default limit.
const PICTURES: i64 = 500;
/// Contacts of the viewer with many.
const CONTACTS: i64 = 5_000;

/// A picture as rows: nothing here reads its files.
async fn add_pictures(server: &TestServer, owner: &Account, count: i64) {
    let services = &server.running().services;
    let mut tx = services.store.begin().await.unwrap();
    for _ in 0..count {
        let photo_id = services.ids.rising();
        let file = |letter: &str| PhotoFileRow {
            letter: letter.to_owned(),
            width: 160,
            height: 160,
            bytes: 3,
            blob: BlobKey([1; 32]),
        };
        let row = PhotoRow {
            photo_id,
            owner_id: owner.id,
            created_at: 1,
            stripped_photo: vec![1, 8, 8],
            stripped_user: vec![1, 8, 8],
            files: vec![file("a"), file("b"), file("c")],
            ..PhotoRow::default()
        };
        photos::insert(&mut tx, &row).await.unwrap();
        photos::add_to_profile(&mut tx, owner.id, photo_id)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

/// People whom nobody signed up: a contact is a row, whoever it names.
async fn add_contacts(server: &TestServer, owner: &Account, count: i64) {
    let store = &server.running().services.store;
    let mut tx = store.begin().await.unwrap();
    for number in 0..count {
        let row = ContactRow {
            owner_id: owner.id,
            contact_id: 1_000_000 + number,
            phone: String::new(),
            first_name: "Somebody".to_owned(),
            last_name: String::new(),
            added_at: 1,
            personal_photo_id: None,
            close_friend: false,
        };
        contacts::put(&mut tx, &row).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The same, the least of a few times: pushes run beside it, and their statements count as well.
async fn costs(server: &TestServer, viewer: &Account, other: &Account) -> Vec<(&'static str, u64)> {
    let mut least = costs_once(server, viewer, other).await;
    for _ in 0..4 {
        let again = costs_once(server, viewer, other).await;
        for (kept, (_, cost)) in least.iter_mut().zip(again) {
            kept.1 = kept.1.min(cost);
        }
    }
    least
}

/// Statements of each read of `other` by `viewer`.
async fn costs_once(
    server: &TestServer,
    viewer: &Account,
    other: &Account,
) -> Vec<(&'static str, u64)> {
    let id = viewer.name(other).await;
    let mut costs = Vec::new();
    let mut before = server.queries();
    let mut note = |what: &'static str| {
        let now = server.queries();
        costs.push((what, now - before));
        before = now;
    };
    let users = functions::users::GetUsers {
        id: vec![id.clone()],
    };
    viewer.call(users).await.unwrap();
    note("users.getUsers");
    let full = functions::users::GetFullUser { id: id.clone() };
    viewer.call(full).await.unwrap();
    note("users.getFullUser");
    for (what, offset, max_id, limit) in [
        ("photos.getUserPhotos, first", 0, 0, 1),
        ("photos.getUserPhotos, refresh", -1, 1, 1),
    ] {
        let photos = functions::photos::GetUserPhotos {
            user_id: id.clone(),
            offset,
            max_id,
            limit,
        };
        viewer.call(photos).await.unwrap();
        note(what);
    }
    let enums::InputUser::InputUser(named) = &id else {
        panic!("not the viewer itself");
    };
    let peer = types::InputPeerUser {
        user_id: named.user_id,
        access_hash: named.access_hash,
    };
    let history = functions::messages::GetHistory {
        peer: peer.into(),
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 10,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    viewer.call(history).await.unwrap();
    note("messages.getHistory");
    costs
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_pictures_and_many_contacts_cost_no_more_statements() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    add_pictures(&server, &bob, 1).await;
    let few = costs(&server, &ada, &bob).await;
    assert!(few.iter().all(|(_, cost)| *cost > 0), "{few:?}");
    add_pictures(&server, &bob, PICTURES - 1).await;
    assert_eq!(costs(&server, &ada, &bob).await, few, "many pictures");
    add_contacts(&server, &ada, CONTACTS - 1).await;
    assert_eq!(costs(&server, &ada, &bob).await, few, "many contacts");
    add_contacts(&server, &bob, CONTACTS).await;
    assert_eq!(costs(&server, &ada, &bob).await, few, "many of the other's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_pictures_costs_what_one_picture_costs() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    add_pictures(&server, &bob, PICTURES).await;
    let user_id = ada.name(&bob).await;
    let mut costs = Vec::new();
    for limit in [1, 100] {
        let before = server.queries();
        let page = functions::photos::GetUserPhotos {
            user_id: user_id.clone(),
            offset: 3,
            max_id: 0,
            limit,
        };
        let photos = ada.call(page).await.unwrap();
        let enums::photos::Photos::Slice(slice) = photos else {
            panic!("a part of the list is a slice");
        };
        assert_eq!(i64::from(slice.count), PICTURES);
        assert_eq!(slice.photos.len(), usize::try_from(limit).unwrap());
        costs.push(server.queries() - before);
    }
    assert_eq!(costs[0], costs[1]);
}
