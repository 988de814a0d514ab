//! Pictures that are drawn from a sticker or a custom emoji: what they are refused for, what clients get of
//! them, and how they are accepted.

use testkit::{Account, decode, download, films, markup, picture, pixel, set_named};
use tl::{enums, functions, types};

use crate::seen::{
    emoji, has_video, input_photo, photo, photo_of, refused, sees, shown, sizes, sticker,
    suggestion, user,
};

const RED: [u8; 3] = [200, 20, 20];
const COLOURS: [i32; 3] = [0x0010_b010, 0x0020_c020, 0x0010_9010];

async fn drawn(
    who: &Account,
    other: &Account,
    markup: enums::VideoSize,
) -> functions::photos::UploadContactProfilePhoto {
    let mut request = who.contact_photo(other).await;
    request.save = true;
    request.video_emoji_markup = Some(markup);
    request
}

/// P47, P48: three colours, every size, a plain film before the markup.
#[tokio::test]
async fn p47_p48_a_drawn_picture_has_stills_a_film_and_its_markup() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let stickers = server.stickers().await;
    let asked = emoji(stickers.emoji_id, &COLOURS);
    let answer = ada
        .call(drawn(&ada, &bob, asked.clone()).await)
        .await
        .unwrap();
    let set = photo(&answer).clone();
    let letters: Vec<String> = sizes(&set).into_iter().map(|size| size.0).collect();
    assert_eq!(letters, ["i", "a", "b", "c"]);
    assert_eq!(films(&set)[0].0, "u");
    assert_eq!(markup(&set), Some(&asked));
    assert!(has_video(user(&answer.users[0])));
    assert_eq!(sees(&ada, &bob).await, Some((set.id, true)));
    let film = download(&ada, &set, "u").await.unwrap();
    assert_eq!(&film[4..8], b"ftyp");
    let still = decode(&download(&ada, &set, "c").await.unwrap());
    assert_eq!(still.width(), 640);
    let corner = pixel(&still, (0, 0));
    assert!(
        corner[1] > 120 && corner[0] < 80,
        "the ground is green: {corner:?}"
    );
    // The sticker covers the middle.
    assert_ne!(pixel(&still, (4, 4)), corner);
}

/// Profile picture rules, 6.4: an emoji that takes the colour of text is drawn white on its ground, and no other is.
#[tokio::test]
async fn an_emoji_in_the_colour_of_text_is_drawn_white() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let ask = functions::account::GetDefaultProfilePhotoEmojis { hash: 0 };
    let enums::EmojiList::EmojiList(offered) = ada.call(ask).await.unwrap() else {
        panic!("nothing was there before");
    };
    let ask = functions::messages::GetCustomEmojiDocuments {
        document_id: offered.document_id,
    };
    let documents = ada.call(ask).await.unwrap();
    for white in [true, false] {
        let takes_it = |attribute: &enums::DocumentAttribute| match attribute {
            enums::DocumentAttribute::CustomEmoji(emoji) => emoji.text_color == white,
            _ => false,
        };
        let fits = |document: &&enums::Document| match document {
            enums::Document::Document(it) => it.attributes.iter().any(takes_it),
            enums::Document::Empty(_) => false,
        };
        let Some(enums::Document::Document(document)) = documents.iter().find(fits) else {
            panic!("there are some of both");
        };
        let mut request = functions::photos::UploadProfilePhoto::new();
        request.video_emoji_markup = Some(emoji(document.id, &[0x0010_1010]));
        let set = photo(&ada.call(request).await.unwrap()).clone();
        let still = decode(&download(&ada, &set, "c").await.unwrap());
        let colourful = |[red, green, blue]: &[u8; 3]| {
            let (red, green, blue) = (*red, *green, *blue);
            red.max(green).max(blue) - red.min(green).min(blue) > 60
        };
        let bright = |it: &[u8; 3]| it.iter().all(|part| *part > 235);
        let count =
            |such: &dyn Fn(&[u8; 3]) -> bool| still.pixels().filter(|it| such(&it.0)).count();
        let few = 640 * 640 / 100;
        assert_eq!(count(&colourful) > few, !white);
        if white {
            assert!(count(&bright) > few);
        }
        // It stays within its two thirds.
        for at in 0..640 {
            for rim in [still.get_pixel(at, 40), still.get_pixel(600, at)] {
                assert!(rim.0.iter().all(|part| *part < 40), "{at}: {rim:?}");
            }
        }
    }
}

/// P53: a set by its id or by its name; it comes back by id, with a hash for whoever reads it.
#[tokio::test]
async fn p53_a_sticker_is_echoed_with_its_set_by_id() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let stickers = server.stickers().await;
    let hashes = &server.running().services.hashes;
    let id_of = |who: &Account| {
        let seen = domain::Seen::sticker_set(who.id, stickers.set_id);
        types::InputStickerSetID {
            id: stickers.set_id,
            access_hash: hashes.access_hash(seen),
        }
        .into()
    };
    for set in [id_of(&ada), set_named(&stickers.short_name)] {
        let mut request = drawn(&ada, &bob, sticker(set, stickers.sticker_id, &[1, 2])).await;
        request.suggest = true;
        let answer = ada.call(request).await.unwrap();
        let echoed = |who: &Account| sticker(id_of(who), stickers.sticker_id, &[1, 2]);
        assert_eq!(markup(photo(&answer)), Some(&echoed(&ada)));
        let got = bob.update(suggestion).await.photo;
        assert_eq!(markup(&got), Some(&echoed(&bob)));
    }
}

/// P54: the bits that nobody sees are not echoed.
#[tokio::test]
async fn p54_colours_come_back_with_24_bits() {
    let server = testkit::start().await;
    let bob = server.account("Bob").await;
    let stickers = server.stickers().await;
    let sent = [0xff11_2233_u32.cast_signed(), -1, 0x0044_5566, i32::MIN];
    let mut request = functions::photos::UploadProfilePhoto::new();
    request.video_emoji_markup = Some(emoji(stickers.emoji_id, &sent));
    let answer = bob.call(request).await.unwrap();
    let plain = [0x0011_2233, 0x00ff_ffff, 0x0044_5566, 0];
    assert_eq!(
        markup(photo(&answer)),
        Some(&emoji(stickers.emoji_id, &plain))
    );
}

/// P50 to P52: what draws nothing, by name; the picture from before stays.
#[tokio::test]
async fn p50_p52_markup_that_draws_nothing_is_refused() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let stickers = server.stickers().await;
    let kept = photo(&ada.set_personal(&bob, &picture(RED, 320)).await.unwrap()).id;
    let id = |id, access_hash| types::InputStickerSetID { id, access_hash }.into();
    let plain: enums::VideoSize = types::VideoSize::new("u".to_owned(), 1, 1, 1).into();
    for (markup, name) in [
        (emoji(stickers.emoji_id, &[]), "EMOJI_MARKUP_INVALID"),
        (emoji(stickers.emoji_id, &[1; 5]), "EMOJI_MARKUP_INVALID"),
        (plain, "EMOJI_MARKUP_INVALID"),
        (emoji(4711, &[1]), "EMOJI_MARKUP_INVALID"),
        // A sticker is no emoji.
        (emoji(stickers.sticker_id, &[1]), "EMOJI_MARKUP_INVALID"),
        (
            sticker(set_named(&stickers.short_name), 4711, &[1]),
            "EMOJI_MARKUP_INVALID",
        ),
        (
            sticker(set_named(&stickers.short_name), stickers.sticker_id, &[]),
            "EMOJI_MARKUP_INVALID",
        ),
        (
            sticker(id(stickers.set_id, 1), stickers.sticker_id, &[1]),
            "STICKERSET_INVALID",
        ),
        (
            sticker(set_named("nobody_has_this"), stickers.sticker_id, &[1]),
            "STICKERSET_INVALID",
        ),
        (
            sticker(enums::InputStickerSet::Empty, stickers.sticker_id, &[1]),
            "STICKERSET_INVALID",
        ),
    ] {
        let request = drawn(&ada, &bob, markup).await;
        let refusal = ada.call(request.clone()).await.map(|_| ());
        assert_eq!(
            refusal,
            Err(refused(name)),
            "{:?}",
            request.video_emoji_markup
        );
    }
    for start in [f64::NAN, f64::INFINITY, -1.0] {
        let mut request = drawn(&ada, &bob, emoji(stickers.emoji_id, &[1])).await;
        request.video_start_ts = Some(start);
        let refusal = ada.call(request).await.map(|_| ());
        assert_eq!(refusal, Err(refused("VIDEO_FILE_INVALID")));
    }
    assert_eq!(sees(&ada, &bob).await, Some((kept, true)));
}

/// A file of a kind that cannot be drawn, as a later version might have imported it.
#[tokio::test]
async fn a_sticker_of_another_kind_is_refused_by_its_kind() {
    let server = testkit::start().await;
    let bob = server.account("Bob").await;
    let stickers = server.stickers().await;
    let mut tx = server.running().services.store.begin().await.unwrap();
    let sql = "UPDATE documents SET mime_type = 'image/apng' WHERE document_id = $1";
    tx.run(sql, &[stickers.emoji_id.into()]).await.unwrap();
    tx.commit().await.unwrap();
    let mut request = functions::photos::UploadProfilePhoto::new();
    request.video_emoji_markup = Some(emoji(stickers.emoji_id, &COLOURS));
    let refusal = bob.call(request).await.map(|_| ());
    assert_eq!(refusal, Err(refused("STICKER_MIME_INVALID")));
}

/// Section 5: a drawn suggestion, accepted by the photo (TDLib, Desktop), by its film (Web A), and by its
/// markup in the editor of the mobile apps, which send it again.
#[tokio::test]
async fn a_drawn_suggestion_is_accepted_in_every_way() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let stickers = server.stickers().await;
    let asked = emoji(stickers.emoji_id, &COLOURS);
    let mut request = drawn(&ada, &bob, asked.clone()).await;
    (request.suggest, request.save) = (true, false);
    ada.call(request).await.unwrap();
    let got = bob.update(suggestion).await.photo;
    assert_eq!(markup(&got), Some(&asked));

    let request = functions::photos::UpdateProfilePhoto::new(input_photo(&got));
    let accepted = bob.call(request).await.unwrap();
    let first = photo(&accepted).clone();
    assert_eq!((films(&first), markup(&first)), (films(&got), Some(&asked)));

    let film = download(&bob, &got, "u").await.unwrap();
    let mut request = functions::photos::UploadProfilePhoto::new();
    request.video = Some(bob.upload(&film, "u.mp4").await);
    request.video_start_ts = Some(0.0);
    let uploaded = bob.call(request).await.unwrap();
    let second = photo(&uploaded).clone();
    assert_eq!(films(&second)[0].2, Some(0.0));
    assert_eq!(markup(&second), None);

    for lang_pack in ["android", "ios"] {
        let app = bob.as_app(server.address(), lang_pack).await;
        let mut request = functions::photos::UploadProfilePhoto::new();
        request.video_emoji_markup = markup(&got).cloned();
        let third = photo(&app.call(request).await.unwrap()).clone();
        assert_eq!(markup(&third), Some(&asked));
        assert_eq!(sees(&bob, &bob).await, Some((third.id, false)));
    }
}

/// Layers before 152 know no markup: they are sent the film, and everybody else still has the markup.
#[tokio::test]
async fn p131_layers_without_markup_are_sent_the_film_alone() {
    let server = testkit::start().await;
    let bob = server.account("Bob").await;
    let stickers = server.stickers().await;
    let asked = emoji(stickers.emoji_id, &COLOURS);
    let mut request = functions::photos::UploadProfilePhoto::new();
    request.video_emoji_markup = Some(asked.clone());
    let id = photo(&bob.call(request).await.unwrap()).id;
    for (layer, knows) in [
        (148, false),
        (151, false),
        (152, true),
        (testkit::LAYER, true),
    ] {
        let client = server.client_in_layer(layer).await;
        let old = Account::sign_in(client, &bob.phone).await;
        let full = old.sees_full(&bob).await;
        let seen = photo_of(full.profile_photo.as_ref().unwrap()).clone();
        assert_eq!(seen.id, id);
        assert_eq!(films(&seen)[0].0, "u");
        assert_eq!(markup(&seen), knows.then_some(&asked), "layer {layer}");
        assert!(download(&old, &seen, "u").await.is_ok());
        assert_eq!(shown(&old.sees(&bob).await), Some((id, false)));
    }
}
