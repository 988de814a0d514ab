//! The documented refusals of the methods on profiles, each reached by what a client can send. Those
//! that a server like this one never says are in `docs/errors.md` with the reason.

use testkit::{Account, TestServer, picture};
use tl::{enums, functions, types};

use crate::seen::{input_photo, list, photo, photo_of, refused, sees, suggestion};

const RED: [u8; 3] = [200, 20, 20];

async fn own(
    bob: &Account,
    change: impl FnOnce(&mut functions::photos::UploadProfilePhoto),
) -> Result<i64, testkit::Refused> {
    let mut request = functions::photos::UploadProfilePhoto::new();
    change(&mut request);
    bob.call(request).await.map(|answer| photo(&answer).id)
}

fn emoji(background_colors: Vec<i32>) -> enums::VideoSize {
    let emoji_id = 1;
    types::VideoSizeEmojiMarkup {
        emoji_id,
        background_colors,
    }
    .into()
}

/// P114, for everything that can be wrong with the media of one's own picture.
#[tokio::test]
async fn p114_media_of_an_own_picture_are_refused_by_name() {
    let server = testkit::start().await;
    let bob = server.account("Bob").await;
    let kept = photo(&bob.set_own(&picture(RED, 320)).await.unwrap()).id;
    let good = bob.upload(&picture(RED, 320), "x.jpg").await;
    let small = bob.upload(&picture(RED, 100), "x.jpg").await;
    let noise = bob.upload(&[7; 5000], "x.jpg").await;
    let pdf = bob.upload(&picture(RED, 320), "x.pdf").await;
    let (id, name) = (4711, "x.jpg".to_owned());
    let md5_checksum = String::new();
    let no_parts = types::InputFile {
        id,
        parts: 0,
        name,
        md5_checksum,
    }
    .into();
    let id = enums::InputDocument::Empty;
    let story: enums::InputFile = types::InputFileStoryDocument { id }.into();
    for fallback in [false, true] {
        for (file, name) in [
            (None, "PHOTO_FILE_MISSING"),
            (Some(&small), "PHOTO_CROP_SIZE_SMALL"),
            (Some(&noise), "IMAGE_PROCESS_FAILED"),
            (Some(&pdf), "PHOTO_EXT_INVALID"),
            (Some(&no_parts), "FILE_PARTS_INVALID"),
            (Some(&story), "PHOTO_INVALID"),
        ] {
            let refusal = own(&bob, |it| {
                (it.file, it.fallback) = (file.cloned(), fallback)
            })
            .await;
            assert_eq!(refusal, Err(refused(name)));
        }
        let both = own(&bob, |it| {
            (it.file, it.video) = (Some(good.clone()), Some(good.clone()));
        });
        assert_eq!(both.await, Err(refused("PHOTO_INVALID")));
        let stray = own(&bob, |it| {
            (it.file, it.video_start_ts) = (Some(good.clone()), Some(1.0));
        });
        assert_eq!(stray.await, Err(refused("PHOTO_INVALID")));
        let late = own(&bob, |it| {
            (it.video, it.video_start_ts) = (Some(good.clone()), Some(f64::NAN));
        });
        assert_eq!(late.await, Err(refused("VIDEO_FILE_INVALID")));
        let story = own(&bob, |it| it.video = Some(story.clone()));
        assert_eq!(story.await, Err(refused("VIDEO_FILE_INVALID")));
        let plain = own(&bob, |it| it.video_emoji_markup = Some(emoji(Vec::new())));
        assert_eq!(plain.await, Err(refused("EMOJI_MARKUP_INVALID")));
    }
    assert_eq!(sees(&bob, &bob).await, Some((kept, false)));
    assert_eq!(list(&bob, &bob, (0, 0, 100)).await.0, [kept]);
    assert!(bob.sees_full(&bob).await.fallback_photo.is_none());
}

/// P112, P113, where no picture is uploaded: a bot's picture used again or taken away.
#[tokio::test]
async fn p112_p113_pictures_of_bots_are_changed_by_their_owners_alone() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let bot = server.bot(&bob, "Bot").await;
    let mut take = functions::photos::UpdateProfilePhoto::new(enums::InputPhoto::Empty);
    for (caller, named) in [
        (&ada, named(&server, &ada, bot.id)),
        (&ada, named(&server, &ada, bob.id)),
        (&bob, named(&server, &bob, ada.id)),
        (
            &bob,
            types::InputUser {
                user_id: bot.id,
                access_hash: 1,
            }
            .into(),
        ),
        (&bob, enums::InputUser::Self_),
        (&bob, enums::InputUser::Empty),
    ] {
        take.bot = Some(named);
        let refusal = caller.call(take.clone()).await.map(|_| ());
        assert_eq!(refusal, Err(refused("BOT_INVALID")));
    }
    take.bot = Some(named(&server, &bob, bot.id));
    take.fallback = true;
    let refusal = bob.call(take.clone()).await.map(|_| ());
    assert_eq!(refusal, Err(refused("BOT_FALLBACK_UNSUPPORTED")));
    // Nor has a bot one of its own making.
    take.bot = None;
    let refusal = bot.call(take.clone()).await.map(|_| ());
    assert_eq!(refusal, Err(refused("BOT_FALLBACK_UNSUPPORTED")));
    let still = bot.upload(&picture(RED, 320), "x.jpg").await;
    let refusal = own(&bot, |it| {
        (it.file, it.fallback) = (Some(still.clone()), true)
    })
    .await;
    assert_eq!(refusal, Err(refused("BOT_FALLBACK_UNSUPPORTED")));
    let kept = own(&bot, |it| it.file = Some(still)).await.unwrap();
    assert_eq!(listed_by_itself(&bot).await, [kept]);
    take.fallback = false;
    take.bot = Some(named(&server, &bob, bot.id));
    assert!(bob.call(take).await.is_ok());
    assert!(listed_by_itself(&bot).await.is_empty());
}

async fn listed_by_itself(bot: &Account) -> Vec<i64> {
    let request = functions::photos::GetUserPhotos {
        user_id: enums::InputUser::Self_,
        offset: 0,
        max_id: 0,
        limit: 100,
    };
    let enums::photos::Photos::Photos(found) = bot.call(request).await.unwrap() else {
        panic!("the whole list")
    };
    found.photos.iter().map(|it| photo_of(it).id).collect()
}

fn named(server: &TestServer, viewer: &Account, user_id: i64) -> enums::InputUser {
    let hashes = &server.running().services.hashes;
    let access_hash = hashes.access_hash(domain::Seen::user(viewer.id, user_id));
    types::InputUser {
        user_id,
        access_hash,
    }
    .into()
}

/// P115, for pictures that are used again: a full profile takes no suggestion, but its own photos change
/// their places, and a public picture has its own.
#[tokio::test]
async fn p115_a_full_profile_takes_no_suggestion() {
    let server = testkit::start_with(|settings| settings.profile_photos_max = 2).await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let oldest = photo(&bob.set_own(&picture(RED, 320)).await.unwrap()).clone();
    bob.set_own(&picture(RED, 320)).await.unwrap();
    ada.suggest(&bob, &picture(RED, 320)).await.unwrap();
    let suggested = input_photo(&bob.update(suggestion).await.photo);
    let mut accept = functions::photos::UpdateProfilePhoto::new(suggested);
    let refusal = bob.call(accept.clone()).await.map(|_| ());
    assert_eq!(refusal, Err(refused("ALBUM_PHOTOS_TOO_MANY")));
    let again = functions::photos::UpdateProfilePhoto::new(input_photo(&oldest));
    let head = photo(&bob.call(again).await.unwrap()).id;
    assert_eq!(list(&bob, &bob, (0, 0, 100)).await.0[0], head);
    assert_eq!(list(&bob, &bob, (0, 0, 100)).await.0.len(), 2);
    accept.fallback = true;
    assert!(bob.call(accept).await.is_ok());
}

/// P97, and every name that names nobody to `photos.getUserPhotos`.
#[tokio::test]
async fn p97_lists_of_nobody_and_impossible_ids_are_refused() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let message = types::InputUserFromMessage {
        peer: ada.peer(&bob).await,
        msg_id: 1,
        user_id: bob.id,
    };
    let wrong = types::InputUser {
        user_id: bob.id,
        access_hash: 1,
    };
    for (user_id, max_id, name) in [
        (ada.name(&bob).await, -1, "MAX_ID_INVALID"),
        (ada.name(&bob).await, i64::MIN, "MAX_ID_INVALID"),
        (enums::InputUser::Empty, 0, "USER_ID_INVALID"),
        (wrong.into(), 0, "USER_ID_INVALID"),
        (message.into(), 0, "USER_ID_INVALID"),
    ] {
        let (offset, limit) = (0, 1);
        let request = functions::photos::GetUserPhotos {
            user_id,
            offset,
            max_id,
            limit,
        };
        let refusal = ada.call(request).await.map(|_| ());
        assert_eq!(refusal, Err(refused(name)));
    }
}
