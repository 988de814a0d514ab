//! What moves and what is drawn, at every place of a picture: personal, suggested, both, one's own, public,
//! a bot's, a group's, a supergroup's and a channel's. Each row is asked of each place.

use testkit::{decode, download, films, frame_number, peer_photo, pixel, set_named, sticker_set};
use tl::{enums, types};

use crate::seen::{emoji, refused, sizes, sticker};
use crate::stage::{CLIP_PX, Given, PLACES, Place, Stage};

/// Where the clips start, and which frame that is.
const START: (f64, u32) = (1.5, 15);
/// What is sent, with bits that nobody sees, and what comes back.
const SENT: [i32; 3] = [0x7f10_b010, 0x0120_c020, -1];
const COLOURS: [i32; 3] = [0x0010_b010, 0x0020_c020, 0x00ff_ffff];

/// P41, P42, P47, P54: the clip with its start and its frame, the drawing with its colours; as the answer has
/// them, and as they are read anew.
#[tokio::test]
async fn p41_p54_what_moves_and_what_is_drawn_is_the_same_everywhere() {
    let stage = Stage::open().await;
    for place in PLACES {
        let actor = stage.actor(place);
        let uploads = stage.uploads(place);
        let moving = Given {
            video: Some(uploads.clip.clone()),
            start: Some(START.0),
            ..Given::default()
        };
        let set = stage.set(place, actor, moving).await.unwrap();
        let held = stage.held(place, stage.watcher(place)).await.unwrap();
        assert_eq!(held.id, set.id, "{place:?}");
        for seen in [&set, &held] {
            let big = ("u".to_owned(), CLIP_PX as i32, Some(START.0));
            assert_eq!(films(seen)[0], big, "{place:?}");
            let letters: Vec<String> = sizes(seen).into_iter().map(|size| size.0).collect();
            assert_eq!(letters, ["i", "a", "b", "c"], "{place:?}");
        }
        let reader = stage.reader(place);
        let still = download(reader, &stage.held(place, reader).await.unwrap(), "c").await;
        assert_eq!(frame_number(&decode(&still.unwrap())), START.1, "{place:?}");

        // One file under two names: clients keep it once.
        if let Some(peer) = stage.peer_at(place).await {
            for (letter, big) in [("a", false), ("c", true)] {
                let photo = stage.held(place, actor).await.unwrap();
                let by_photo = download(actor, &photo, letter).await.unwrap();
                let by_peer = peer_photo(actor, peer.clone(), set.id, big).await;
                assert!(by_peer.unwrap() == by_photo, "{place:?} {letter}");
            }
        }

        let drawing = Given {
            markup: Some(stage.emoji(&SENT)),
            ..Given::default()
        };
        let set = stage.set(place, actor, drawing).await.unwrap();
        let held = stage.held(place, stage.watcher(place)).await.unwrap();
        assert_eq!(held.id, set.id, "{place:?}");
        for seen in [&set, &held] {
            let letters: Vec<String> = sizes(seen).into_iter().map(|size| size.0).collect();
            assert_eq!(letters, ["i", "a", "b", "c"], "{place:?}");
            let [enums::VideoSize::VideoSize(film), drawn] =
                &seen.video_sizes.as_ref().unwrap()[..]
            else {
                panic!("{place:?}: a film and the markup: {seen:?}");
            };
            assert_eq!(film.r#type, "u");
            assert_eq!(*drawn, stage.emoji(&COLOURS), "{place:?}");
        }
    }
}

/// P43 to P46, P50 to P52, P55 to P57: refused by the same name everywhere, and what was there stays.
#[tokio::test]
async fn p43_p57_what_is_refused_is_refused_everywhere_and_changes_nothing() {
    let stage = Stage::open().await;
    let plain: enums::VideoSize = types::VideoSize::new("u".to_owned(), 1, 1, 1).into();
    for place in PLACES {
        let actor = stage.actor(place);
        let uploads = stage.uploads(place);
        let still = Given {
            file: Some(uploads.still.clone()),
            ..Given::default()
        };
        let kept = stage.set(place, actor, still.clone()).await.unwrap().id;
        let moving = |video: &enums::InputFile| Given {
            video: Some(video.clone()),
            ..Given::default()
        };
        let drawing = |markup: enums::VideoSize| Given {
            markup: Some(markup),
            ..Given::default()
        };
        let started = |given: &Given| Given {
            start: Some(0.5),
            ..given.clone()
        };
        let both = |given: &Given| Given {
            video: Some(uploads.clip.clone()),
            ..given.clone()
        };
        let good = drawing(stage.emoji(&COLOURS));
        for (row, given, name) in [
            ("P43", moving(&uploads.oblong), "VIDEO_FILE_INVALID"),
            ("P44", moving(&uploads.long), "VIDEO_FILE_INVALID"),
            ("P45", moving(&uploads.no_clip), "VIDEO_FILE_INVALID"),
            ("P46", both(&still), "PHOTO_INVALID"),
            ("P50", drawing(stage.emoji(&[])), "EMOJI_MARKUP_INVALID"),
            ("P50", drawing(stage.emoji(&[1; 5])), "EMOJI_MARKUP_INVALID"),
            ("P51", drawing(plain.clone()), "EMOJI_MARKUP_INVALID"),
            ("P52", drawing(emoji(4711, &[1])), "EMOJI_MARKUP_INVALID"),
            ("P55", both(&good), "PHOTO_INVALID"),
            ("P56", started(&Given::default()), "PHOTO_INVALID"),
            ("P57", started(&still), "PHOTO_INVALID"),
        ] {
            let refusal = stage.set(place, actor, given).await.map(|set| set.id);
            assert_eq!(refusal, Err(refused(name)), "{row} {place:?}");
        }
        let held = stage
            .held(place, stage.watcher(place))
            .await
            .map(|held| held.id);
        assert_eq!(held, Some(kept), "{place:?}");
    }
}

/// P46, P55 from the apps that send several media: the still is what was sent as one, the film is the clip,
/// the markup stays beside it.
#[tokio::test]
async fn p46_p55_media_of_the_mobile_apps_come_together_everywhere() {
    let stage = Stage::open().await;
    for place in PLACES {
        let actor = stage.actor(place);
        let uploads = stage.uploads(place);
        for (lang_pack, still, drawn) in [("ios", true, false), ("android", false, true)] {
            let app = actor.as_app(stage.server.address(), lang_pack).await;
            let given = Given {
                file: still.then(|| uploads.still.clone()),
                video: Some(uploads.clip.clone()),
                start: Some(START.0),
                markup: drawn.then(|| stage.emoji(&SENT)),
            };
            let set = stage.set(place, &app, given).await.unwrap();
            let reader = stage.reader(place);
            let held = stage.held(place, reader).await.unwrap();
            assert_eq!(held.id, set.id, "{place:?}");
            let big = ("u".to_owned(), CLIP_PX as i32, Some(START.0));
            assert_eq!(films(&held)[0], big, "{place:?} {lang_pack}");
            let echoed = drawn.then(|| stage.emoji(&COLOURS));
            assert_eq!(testkit::markup(&held), echoed.as_ref(), "{place:?}");
            let poster = decode(&download(reader, &held, "c").await.unwrap());
            if still {
                let corner = pixel(&poster, (0, 0));
                assert!(corner[0] > 150 && corner[1] < 80, "{place:?}: {corner:?}");
            } else {
                assert_eq!(frame_number(&poster), START.1, "{place:?}");
            }
        }
    }
}

/// P53: a sticker of the set that comes along and one of a host's set, by name and by id; each reader gets the
/// set by id with a hash of his own, under which he finds it.
#[tokio::test]
async fn p53_a_sticker_is_kept_and_given_back_by_the_id_of_its_set_everywhere() {
    let stage = Stage::open().await;
    let seeded = sticker_set(&stage.ada, set_named("CameoEmoji"))
        .await
        .unwrap();
    let enums::Document::Document(first) = &seeded.documents[0] else {
        panic!("an empty set");
    };
    for place in PLACES {
        let (name, sticker_id) = match place {
            // Both sets are drawn alike; the one that comes along takes longer.
            Place::Own | Place::Suggested => ("CameoEmoji", first.id),
            _ => (
                stage.stickers.short_name.as_str(),
                stage.stickers.sticker_id,
            ),
        };
        let actor = stage.actor(place);
        let named = sticker_set(actor, set_named(name)).await.unwrap().set;
        let by_id: enums::InputStickerSet = types::InputStickerSetID {
            id: named.id,
            access_hash: named.access_hash,
        }
        .into();
        for set in [set_named(name), by_id.clone()] {
            let given = Given {
                markup: Some(sticker(set, sticker_id, &SENT)),
                ..Given::default()
            };
            let answer = stage.set(place, actor, given).await.unwrap();
            let echoed = sticker(by_id.clone(), sticker_id, &COLOURS);
            assert_eq!(testkit::markup(&answer), Some(&echoed), "{place:?}");
            let reader = stage.reader(place);
            let held = stage.held(place, reader).await.unwrap();
            let Some(enums::VideoSize::StickerMarkup(kept)) = testkit::markup(&held) else {
                panic!("{place:?}: {held:?}");
            };
            assert_eq!(
                (kept.sticker_id, &kept.background_colors[..]),
                (sticker_id, &COLOURS[..])
            );
            let found = sticker_set(reader, kept.stickerset.clone()).await.unwrap();
            assert_eq!(found.set.id, named.id, "{place:?}");
        }
    }
}
