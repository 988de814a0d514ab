//! What methods about groups refuse, by the names that their pages list.

use testkit::{Account, picture, png};
use tl::{enums, functions, types};

use crate::group::{Four, add, create, edit, four, group, leave, remove, still, word, write};

const RED: [u8; 3] = [200, 20, 20];

/// P135: every error that the page of messages.editChatPhoto lists.
#[tokio::test]
async fn p135_what_is_no_picture_of_a_group_is_refused_by_name() {
    let server = testkit::start().await;
    let Four {
        ada, dan, chat_id, ..
    } = four(&server).await;
    let good = async |who: &Account| still(who, &picture(RED, 800), "x.jpg").await;
    let refusal = async |photo: enums::InputChatPhoto| word(edit(&ada, chat_id, photo).await);
    assert_eq!(
        word(edit(&ada, chat_id + 77, good(&ada).await).await),
        "CHAT_ID_INVALID"
    );
    assert_eq!(
        word(edit(&dan, chat_id, good(&dan).await).await),
        "CHAT_ID_INVALID"
    );
    for id in [0, -chat_id, i64::MAX, i64::MIN] {
        assert_eq!(
            word(edit(&ada, id, good(&ada).await).await),
            "PEER_ID_INVALID"
        );
    }
    assert_eq!(
        refusal(enums::InputChatPhoto::Empty).await,
        "CHAT_NOT_MODIFIED"
    );
    let noise = still(&ada, b"no picture at all", "x.jpg").await;
    assert_eq!(refusal(noise).await, "IMAGE_PROCESS_FAILED");
    let small = still(&ada, &png(RED, 100), "x.png").await;
    assert_eq!(refusal(small).await, "PHOTO_CROP_SIZE_SMALL");
    let named = still(&ada, &picture(RED, 800), "x.pdf").await;
    assert_eq!(refusal(named).await, "PHOTO_EXT_INVALID");
    let nothing = types::InputChatUploadedPhoto::new();
    assert_eq!(refusal(nothing.into()).await, "PHOTO_INVALID");
    let mut both = types::InputChatUploadedPhoto::new();
    both.file = Some(ada.upload(&picture(RED, 800), "x.jpg").await);
    both.video = Some(ada.upload(b"film", "x.mp4").await);
    assert_eq!(refusal(both.into()).await, "PHOTO_INVALID");
    let mut stray = types::InputChatUploadedPhoto::new();
    stray.file = Some(ada.upload(&picture(RED, 800), "x.jpg").await);
    stray.video_start_ts = Some(1.0);
    assert_eq!(refusal(stray.into()).await, "PHOTO_INVALID");
    let unknown = types::InputPhoto {
        id: 12345,
        access_hash: 1,
        file_reference: bytes::Bytes::from_static(b"x"),
    };
    let known = types::InputChatPhoto { id: unknown.into() };
    assert_eq!(refusal(known.into()).await, "PHOTO_INVALID");
    let mut holes = types::InputChatUploadedPhoto::new();
    holes.file = Some(
        types::InputFile {
            id: 999,
            parts: 2,
            name: "x.jpg".to_owned(),
            md5_checksum: String::new(),
        }
        .into(),
    );
    assert_eq!(refusal(holes.into()).await, "FILE_PART_0_MISSING");
}

/// What the other methods about groups refuse.
#[tokio::test]
async fn groups_are_changed_by_those_who_may() {
    let server = testkit::start().await;
    let Four {
        ada,
        bob,
        carl,
        dan,
        chat_id,
    } = four(&server).await;
    assert_eq!(word(create(&ada, " ", &[&bob]).await), "CHAT_TITLE_EMPTY");
    assert_eq!(word(create(&ada, "Tea", &[]).await), "USERS_TOO_FEW");
    let crowd = vec![ada.name(&bob).await; 201];
    let request = functions::messages::CreateChat::new(crowd, "Crowd".to_owned());
    assert_eq!(word(ada.call(request).await), "USERS_TOO_MUCH");
    let title = async |who: &Account, title: &str| {
        let title = title.to_owned();
        let request = functions::messages::EditChatTitle { chat_id, title };
        word(who.call(request).await)
    };
    assert_eq!(title(&ada, "").await, "CHAT_TITLE_EMPTY");
    assert_eq!(title(&bob, "Tea").await, "CHAT_NOT_MODIFIED");
    assert_eq!(title(&dan, "Mine").await, "CHAT_ID_INVALID");
    let about = async |about: &str| {
        let (peer, about) = (group(chat_id), about.to_owned());
        word(
            bob.call(functions::messages::EditChatAbout { peer, about })
                .await,
        )
    };
    assert_eq!(about("").await, "CHAT_ABOUT_NOT_MODIFIED");
    assert_eq!(about(&"x".repeat(256)).await, "CHAT_ABOUT_TOO_LONG");
    assert_eq!(
        word(add(&ada, chat_id, &bob).await),
        "USER_ALREADY_PARTICIPANT"
    );
    assert_eq!(
        word(remove(&ada, chat_id, &dan).await),
        "USER_NOT_PARTICIPANT"
    );
    assert_eq!(
        word(remove(&bob, chat_id, &carl).await),
        "CHAT_ADMIN_REQUIRED"
    );
    let ended = bob.call(functions::messages::DeleteChat { chat_id }).await;
    assert_eq!(word(ended), "CHAT_ADMIN_REQUIRED");
    leave(&carl, chat_id).await;
    assert_eq!(
        word(add(&ada, chat_id, &carl).await),
        "USER_NOT_MUTUAL_CONTACT"
    );
    assert_eq!(
        word(write(&carl, chat_id, "x").await),
        "CHAT_WRITE_FORBIDDEN"
    );
    assert_eq!(word(write(&dan, chat_id, "x").await), "PEER_ID_INVALID");
}

/// Layers that cannot be told who is missing are refused instead.
#[tokio::test]
async fn old_layers_are_refused_whom_they_cannot_add() {
    let server = testkit::start().await;
    let client = server.client_in_layer(158).await;
    let old = Account::sign_up(client, "16660000009", "Old").await;
    let (bob, carl) = server.two_strangers("Bob", "Carl").await;
    let made = create(&old, "Tea", &[&bob]).await.unwrap();
    let chat_id = crate::group::chat(&made.updates).id;
    let id = carl.peer(&old).await;
    let block = functions::contacts::Block::new(id);
    assert!(carl.call(block).await.unwrap());
    assert_eq!(
        word(add(&old, chat_id, &carl).await),
        "USER_PRIVACY_RESTRICTED"
    );
    assert_eq!(word(create(&old, "Two", &[&carl]).await), "USERS_TOO_FEW");
    // Somebody whom Carl did not block may.
    let told = add(&bob, chat_id, &carl).await;
    assert!(told.unwrap().missing_invitees.is_empty());
}
