//! Pictures of channels that move or are drawn.

use testkit::{decode, download, film, films, frame_number, markup, picture};
use tl::{enums, types};

use crate::seat::{
    channel_changed, create, edit_photo, full, has_video, invite, named, parts, peer_photo,
    photo_told, refused, sees, shown, told_as, told_in,
};

fn emoji(emoji_id: i64) -> enums::VideoSize {
    types::VideoSizeEmojiMarkup {
        emoji_id,
        background_colors: vec![0x0010_b010],
    }
    .into()
}

/// P135 with a clip and with a sticker, in both kinds of channel, from the creator's, the member's and the
/// stranger's seat.
#[tokio::test]
async fn p135_a_channel_picture_moves_for_every_member() {
    let server = testkit::start().await;
    let emoji = emoji(server.stickers().await.emoji_id);
    let clip = film(160, 10, 5);
    for megagroup in [true, false] {
        let (ada, bob) = server.two_contacts("Ada", "Bob").await;
        let ours = create(&ada, megagroup, "Ours").await;
        assert_eq!(invite(&ada, &ours, &[&bob]).await.unwrap(), [0; 0]);
        let theirs = named(&bob.update(channel_changed).await);
        for is_drawn in [false, true] {
            let mut uploaded = types::InputChatUploadedPhoto::new();
            if is_drawn {
                uploaded.video_emoji_markup = Some(emoji.clone());
            } else {
                uploaded.video = Some(ada.upload(&clip, "x.mp4").await);
                uploaded.video_start_ts = Some(1.3);
            }
            let answer = edit_photo(&ada, &ours, uploaded.into()).await.unwrap();
            let (message, _) = told_in(&answer).unwrap();
            let photo = photo_told(&message);
            assert_eq!(markup(&photo), is_drawn.then_some(&emoji));
            assert_eq!(films(&photo)[0].0, "u");
            assert!(has_video(&parts(&answer).1[0]));
            let (told, _) = bob
                .update(|updates| told_as(updates, |told| told.id == message.id))
                .await;
            let told = photo_told(&told);
            assert_eq!(
                (films(&told), markup(&told)),
                (films(&photo), markup(&photo))
            );
            let listed = sees(&bob, &theirs).await;
            assert_eq!(shown(&listed), Some(photo.id));
            assert!(has_video(&listed));
            let whole = full(&bob, &theirs).await.unwrap();
            let enums::Photo::Photo(whole) = &whole.chat_photo else {
                panic!("the full channel has its picture");
            };
            assert_eq!(films(whole), films(&photo));
            let theirs_film = download(&bob, &told, "u").await.unwrap();
            assert_eq!(theirs_film, download(&ada, &photo, "u").await.unwrap());
            let still = decode(&peer_photo(&bob, &theirs, photo.id, true).await.unwrap());
            if !is_drawn {
                assert_eq!(frame_number(&still), 6);
            }
            let cara = server.account("Cara").await;
            let stranger = download(&cara, &told, "u").await.unwrap_err();
            assert_eq!(stranger, refused("LOCATION_INVALID"));
        }
    }
}

/// The errors of what should move, by name.
#[tokio::test]
async fn what_does_not_move_is_refused_by_name() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let ours = create(&ada, true, "Ours").await;
    let mut jpeg = types::InputChatUploadedPhoto::new();
    jpeg.video = Some(ada.upload(&picture([9, 9, 9], 320), "x.mp4").await);
    let mut unknown = types::InputChatUploadedPhoto::new();
    unknown.video_emoji_markup = Some(emoji(4711));
    let set = types::InputStickerSetShortName {
        short_name: "nobody_has_this".to_owned(),
    };
    let mut no_set = types::InputChatUploadedPhoto::new();
    let sticker = types::VideoSizeStickerMarkup::new(set.into(), 1, vec![1]);
    no_set.video_emoji_markup = Some(sticker.into());
    for (photo, name) in [
        (jpeg, "VIDEO_FILE_INVALID"),
        (unknown, "EMOJI_MARKUP_INVALID"),
        (no_set, "STICKERSET_INVALID"),
    ] {
        let refusal = edit_photo(&ada, &ours, photo.into()).await.unwrap_err();
        assert_eq!(refusal, refused(name));
    }
    assert_eq!(shown(&sees(&ada, &ours).await), None);
}
