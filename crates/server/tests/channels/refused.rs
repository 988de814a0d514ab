//! Every documented refusal of `channels.editPhoto`, and those of its neighbours.

use testkit::{Account, picture};
use tl::{enums, functions, types};

use crate::seat::{
    Channel, ban, create, edit_photo, invite, named, new, promote, refused, set_photo, uploaded,
};

async fn word(
    account: &Account,
    channel: &Channel,
    change: impl FnOnce(&mut types::InputChatUploadedPhoto),
) -> String {
    let mut photo = types::InputChatUploadedPhoto::new();
    change(&mut photo);
    edit_photo(account, channel, photo.into())
        .await
        .unwrap_err()
        .name
}

#[tokio::test]
async fn what_is_no_picture_of_a_channel_is_refused_by_name() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let ours = create(&ada, true, "Ours").await;
    let good = ada.upload(&picture([9, 9, 9], 320), "x.jpg").await;
    let other = ada.upload(&picture([9, 9, 9], 320), "x.pdf").await;
    let noise = ada.upload(b"this is no picture", "x.jpg").await;
    let small = ada.upload(&picture([9, 9, 9], 100), "x.jpg").await;
    assert_eq!(word(&ada, &ours, |_| ()).await, "PHOTO_FILE_MISSING");
    let both = |photo: &mut types::InputChatUploadedPhoto| {
        photo.file = Some(good.clone());
        photo.video = Some(good.clone());
    };
    assert_eq!(word(&ada, &ours, both).await, "PHOTO_INVALID");
    for (file, expected) in [
        (other, "PHOTO_EXT_INVALID"),
        (noise, "IMAGE_PROCESS_FAILED"),
        (small, "PHOTO_CROP_SIZE_SMALL"),
    ] {
        let refusal = edit_photo(&ada, &ours, uploaded(file)).await.unwrap_err();
        assert_eq!(refusal, refused(expected));
    }
    let enums::InputFile::InputFile(mut broken) = good else {
        panic!("a small file");
    };
    broken.parts = 0;
    let refusal = edit_photo(&ada, &ours, uploaded(broken.into())).await;
    assert_eq!(refusal.unwrap_err(), refused("FILE_PARTS_INVALID"));
    let unknown = types::InputPhoto {
        id: 7,
        access_hash: 7,
        file_reference: vec![7].into(),
    };
    let unknown = types::InputChatPhoto { id: unknown.into() };
    let refusal = edit_photo(&ada, &ours, unknown.into()).await.unwrap_err();
    assert_eq!(refusal, refused("PHOTO_INVALID"));
}

/// CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED: who may not.
#[tokio::test]
async fn whoever_may_not_change_a_channel_is_told_why() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ours = create(&ada, true, "Ours").await;
    let red = picture([200, 9, 9], 320);
    let empty = edit_photo_of_nothing(&ada).await;
    assert_eq!(empty, refused("CHANNEL_INVALID"));
    let stolen = set_photo(&bob, &ours, Some(&red)).await.unwrap_err();
    assert_eq!(stolen, refused("CHANNEL_INVALID"));
    invite(&ada, &ours, &[&bob]).await.unwrap();
    let theirs = named(&bob.update(crate::seat::channel_changed).await);
    let member = set_photo(&bob, &theirs, Some(&red)).await.unwrap_err();
    assert_eq!(member, refused("CHAT_ADMIN_REQUIRED"));
    let request = functions::channels::LeaveChannel {
        channel: theirs.input(),
    };
    bob.call(request.clone()).await.unwrap();
    let gone = set_photo(&bob, &theirs, Some(&red)).await.unwrap_err();
    assert_eq!(gone, refused("CHANNEL_PRIVATE"));
    let channel = ours.input();
    let username = "ours_in_public".to_owned();
    ada.call(functions::channels::UpdateUsername { channel, username })
        .await
        .unwrap();
    let looks_in = set_photo(&bob, &theirs, Some(&red)).await.unwrap_err();
    assert_eq!(looks_in, refused("CHAT_WRITE_FORBIDDEN"));
    assert_eq!(
        bob.call(request).await.unwrap_err(),
        refused("USER_NOT_PARTICIPANT")
    );
    let channel = ours.input();
    let creator = ada
        .call(functions::channels::LeaveChannel { channel })
        .await;
    assert_eq!(creator.unwrap_err(), refused("USER_CREATOR"));
}

async fn edit_photo_of_nothing(account: &Account) -> testkit::Refused {
    let request = functions::channels::EditPhoto {
        channel: enums::InputChannel::Empty,
        photo: enums::InputChatPhoto::Empty,
    };
    account.call(request).await.unwrap_err()
}

#[tokio::test]
async fn titles_and_descriptions_are_refused_by_name() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let untitled = ada.call(new(true, " ")).await.unwrap_err();
    assert_eq!(untitled, refused("CHAT_TITLE_EMPTY"));
    let mut long = new(true, "Ours");
    long.about = "a".repeat(256);
    assert_eq!(
        ada.call(long).await.unwrap_err(),
        refused("CHAT_ABOUT_TOO_LONG")
    );
    let mut topics = new(true, "Ours");
    topics.forum = true;
    assert_eq!(
        ada.call(topics).await.unwrap_err(),
        refused("NOT_IMPLEMENTED")
    );
    let ours = create(&ada, true, "Ours").await;
    let edit = |title: &str| functions::channels::EditTitle {
        channel: ours.input(),
        title: title.to_owned(),
    };
    assert_eq!(
        ada.call(edit("")).await.unwrap_err(),
        refused("CHAT_TITLE_EMPTY")
    );
    assert_eq!(
        ada.call(edit("Ours")).await.unwrap_err(),
        refused("CHAT_NOT_MODIFIED")
    );
    let about = |about: &str| functions::messages::EditChatAbout {
        peer: ours.peer(),
        about: about.to_owned(),
    };
    let same = ada.call(about("about")).await.unwrap_err();
    assert_eq!(same, refused("CHAT_ABOUT_NOT_MODIFIED"));
    assert!(ada.call(about("other")).await.unwrap());
    assert_eq!(crate::seat::full(&ada, &ours).await.unwrap().about, "other");
    let clear = functions::channels::DeleteHistory {
        for_everyone: false,
        channel: ours.input(),
        max_id: 0,
    };
    assert_eq!(
        ada.call(clear).await.unwrap_err(),
        refused("NOT_IMPLEMENTED")
    );
}

#[tokio::test]
async fn rights_are_given_and_taken_by_those_who_may() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let cara = server.account("Cara").await;
    bob.import(&ada).await;
    let ours = create(&ada, true, "Ours").await;
    let absent = promote(&ada, &ours, &bob, true).await.unwrap_err();
    assert_eq!(absent, refused("USER_NOT_PARTICIPANT"));
    invite(&ada, &ours, &[&bob, &cara]).await.unwrap();
    let theirs = named(&bob.update(crate::seat::channel_changed).await);
    let denied = promote(&bob, &theirs, &cara, true).await.unwrap_err();
    assert_eq!(denied, refused("CHAT_ADMIN_REQUIRED"));
    let denied = ban(&bob, &theirs, &cara, true).await.unwrap_err();
    assert_eq!(denied, refused("CHAT_ADMIN_REQUIRED"));
    promote(&ada, &ours, &bob, true).await.unwrap();
    let creator = ban(&bob, &theirs, &ada, true).await.unwrap_err();
    assert_eq!(creator, refused("USER_ADMIN_INVALID"));
    let itself = promote(&ada, &ours, &ada, false).await.unwrap_err();
    assert_eq!(itself, refused("USER_ID_INVALID"));
    ban(&bob, &theirs, &cara, true).await.unwrap();
    let mut partly = types::ChatBannedRights::new(0);
    partly.send_messages = true;
    let request = |participant, banned_rights| functions::channels::EditBanned {
        channel: ours.input(),
        participant,
        banned_rights,
    };
    let partly = ada.call(request(ada.peer(&cara).await, partly)).await;
    assert_eq!(partly.unwrap_err(), refused("NOT_IMPLEMENTED"));
    let nobody = ada
        .call(request(ours.peer(), types::ChatBannedRights::new(0)))
        .await;
    assert_eq!(nobody.unwrap_err(), refused("PARTICIPANT_ID_INVALID"));
}

/// Channels that one account is in, as `help.getConfig` tells clients.
const CHANNELS_MAX: usize = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_in_so_many_channels_and_no_more() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    for _ in 0..CHANNELS_MAX {
        ada.call(new(false, "One of many")).await.unwrap();
    }
    let one_more = ada.call(new(true, "One more")).await.map(|_| ());
    assert_eq!(one_more, Err(refused("CHANNELS_TOO_MUCH")));
}
