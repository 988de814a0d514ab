//! Pictures of groups that move or are drawn: told, shown, downloaded, found and refused like stills.

use testkit::{decode, download, film, films, frame_number, markup, picture};
use tl::{enums, functions, types};

use crate::group::{
    Four, by_peer, chat, edit, four, full, group, new_photo, photo_in, refused, shown, word,
};

fn moving(video: enums::InputFile, start: Option<f64>) -> types::InputChatUploadedPhoto {
    let mut uploaded = types::InputChatUploadedPhoto::new();
    uploaded.video = Some(video);
    uploaded.video_start_ts = start;
    uploaded
}

fn emoji(emoji_id: i64) -> enums::VideoSize {
    types::VideoSizeEmojiMarkup {
        emoji_id,
        background_colors: vec![0x0010_b010, 0x0020_2020],
    }
    .into()
}

fn has_video(chat: &types::Chat) -> bool {
    matches!(&chat.photo, enums::ChatPhoto::ChatPhoto(photo) if photo.has_video)
}

/// P135 with a clip: every member is told of it, sees that it moves and downloads the film.
#[tokio::test]
async fn p135_a_group_picture_moves_for_every_member() {
    let server = testkit::start().await;
    let Four {
        ada,
        bob,
        dan,
        chat_id,
        ..
    } = four(&server).await;
    let video = ada.upload(&film(320, 10, 5), "x.mp4").await;
    let answer = edit(&ada, chat_id, moving(video, Some(0.8))).await.unwrap();
    let (_, photo) = new_photo(&answer).expect("the service message");
    assert_eq!(films(&photo)[0], ("u".to_owned(), 320, Some(0.8)));
    assert!(has_video(&chat(&answer)));
    let (told, shown_to_bob) = bob
        .update(|news| new_photo(news).map(|told| (told.1, chat(news))))
        .await;
    assert_eq!((told.id, films(&told)), (photo.id, films(&photo)));
    assert_eq!(shown(&shown_to_bob), Some(photo.id));
    assert!(has_video(&shown_to_bob));
    let bytes = download(&bob, &told, "u").await.unwrap();
    assert_eq!(bytes, download(&ada, &photo, "u").await.unwrap());
    let still = by_peer(&bob, chat_id, photo.id, true).await.unwrap();
    assert_eq!(frame_number(&decode(&still)), 4);
    let (whole, _) = full(&bob, chat_id).await.unwrap();
    let Some(enums::Photo::Photo(in_full)) = whole.chat_photo else {
        panic!("the whole group has its picture");
    };
    assert_eq!(films(&in_full), films(&photo));
    let stranger = download(&dan, &told, "u").await.unwrap_err();
    assert_eq!(stranger, refused("LOCATION_INVALID"));
}

/// P135 with a sticker, then a still, then the first again: found in the history as they were.
#[tokio::test]
async fn p135_a_drawn_group_picture_is_found_and_used_again() {
    let server = testkit::start().await;
    let Four {
        ada, bob, chat_id, ..
    } = four(&server).await;
    let asked = emoji(server.stickers().await.emoji_id);
    let mut drawn = types::InputChatUploadedPhoto::new();
    drawn.video_emoji_markup = Some(asked.clone());
    let answer = edit(&ada, chat_id, drawn).await.unwrap();
    let (_, first) = new_photo(&answer).expect("the service message");
    assert_eq!(markup(&first), Some(&asked));
    assert!(has_video(&chat(&answer)));
    let still = crate::group::set(&ada, chat_id, &picture([200, 20, 20], 320)).await;
    assert!(films(&still).is_empty());
    let known = types::InputPhoto {
        id: first.id,
        access_hash: first.access_hash,
        file_reference: first.file_reference.clone(),
    };
    let known = types::InputChatPhoto { id: known.into() };
    let answer = edit(&ada, chat_id, known).await.unwrap();
    let (_, again) = new_photo(&answer).expect("the service message");
    assert_ne!(again.id, first.id);
    assert_eq!(
        (films(&again), markup(&again)),
        (films(&first), Some(&asked))
    );
    let filter = enums::MessagesFilter::InputMessagesFilterChatPhotos;
    let (peer, q) = (group(chat_id), String::new());
    let request = functions::messages::Search::new(peer, q, filter, 0, 0, 0, 0, 10, 0, 0, 0);
    let enums::messages::Messages::Messages(found) = bob.call(request).await.unwrap() else {
        panic!("three pictures are a whole list");
    };
    let moves = found.messages.iter().map(|message| match message {
        enums::Message::Service(message) => markup(&photo_in(message).unwrap()).cloned(),
        other => panic!("no picture: {other:?}"),
    });
    let moves: Vec<_> = moves.collect();
    assert_eq!(moves, [Some(asked.clone()), None, Some(asked)]);
}

/// The errors that the page of messages.editChatPhoto lists for what moves.
#[tokio::test]
async fn p135_what_does_not_move_is_refused_by_name() {
    let server = testkit::start().await;
    let Four { ada, chat_id, .. } = four(&server).await;
    let jpeg = ada.upload(&picture([9, 9, 9], 320), "x.mp4").await;
    let good = ada.upload(&film(160, 4, 4), "x.mp4").await;
    let mut drawn = types::InputChatUploadedPhoto::new();
    drawn.video_emoji_markup = Some(emoji(4711));
    let both = types::InputChatUploadedPhoto {
        video: Some(good.clone()),
        ..drawn.clone()
    };
    for (photo, name) in [
        (moving(jpeg, None), "VIDEO_FILE_INVALID"),
        (moving(good, Some(f64::NAN)), "VIDEO_FILE_INVALID"),
        (drawn, "EMOJI_MARKUP_INVALID"),
        (both, "PHOTO_INVALID"),
    ] {
        assert_eq!(word(edit(&ada, chat_id, photo).await), name);
    }
    assert_eq!(shown_now(&ada, chat_id).await, None);
}

async fn shown_now(who: &testkit::Account, chat_id: i64) -> Option<i64> {
    match crate::group::sees(who, chat_id).await {
        enums::Chat::Chat(chat) => shown(&chat),
        other => panic!("no group: {other:?}"),
    }
}
