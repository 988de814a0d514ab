//! Setting, replacing and taking away the picture of a contact.

use testkit::picture;
use tl::{enums, functions, types};

use crate::seen::{changed_user, list, parts, peer_photo, photo, pts, refused, sees, shown, user};

const RED: [u8; 3] = [200, 20, 20];
const BLUE: [u8; 3] = [20, 20, 200];

/// P1 to P4: set by Ada, seen by Ada alone.
#[tokio::test]
async fn p1_p4_a_personal_picture_is_seen_by_its_setter_alone() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let cat = server.account("Cat").await;
    let set = ada.set_personal(&bob, &picture(RED, 800)).await.unwrap();
    let id = photo(&set).id;
    assert_eq!(set.users.len(), 1);
    assert_eq!(user(&set.users[0]).id, bob.id);
    assert_eq!(shown(user(&set.users[0])), Some((id, true)));
    assert_eq!(sees(&ada, &bob).await, Some((id, true)));
    assert_eq!(sees(&bob, &bob).await, None);
    assert_eq!(sees(&cat, &bob).await, None);
    for stranger in [&bob, &cat] {
        let full = stranger.sees_full(&bob).await;
        assert!(full.personal_photo.is_none() && full.fallback_photo.is_none());
    }
}

/// P2, P99: the own picture of the contact stays in the full profile.
#[tokio::test]
async fn p2_p99_the_real_picture_stays_beside_the_personal_one() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let main = photo(&bob.set_own(&picture(BLUE, 640)).await.unwrap()).id;
    let personal = photo(&ada.set_personal(&bob, &picture(RED, 800)).await.unwrap()).id;
    let full = ada.sees_full(&bob).await;
    assert_eq!(
        crate::seen::photo_id(full.personal_photo.as_ref()),
        Some(personal)
    );
    assert_eq!(
        crate::seen::photo_id(full.profile_photo.as_ref()),
        Some(main)
    );
    let second = photo(&bob.set_own(&picture(RED, 640)).await.unwrap()).id;
    assert_eq!(sees(&ada, &bob).await, Some((personal, true)));
    let full = ada.sees_full(&bob).await;
    assert_eq!(
        crate::seen::photo_id(full.profile_photo.as_ref()),
        Some(second)
    );
}

/// P5, P6: Ada's other session is told without pts; the calling one and Bob are not.
#[tokio::test]
async fn p5_p6_only_the_setters_other_sessions_are_told() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let phone = server.session_of(&ada).await;
    let before = pts(&phone).await;
    for account in [&ada, &bob, &phone] {
        account.settle().await;
        account.take_updates();
    }
    let id = photo(&ada.set_personal(&bob, &picture(RED, 800)).await.unwrap()).id;
    let told = phone.update(changed_user).await;
    assert_eq!((told.id, shown(&told)), (bob.id, Some((id, true))));
    assert_eq!(pts(&phone).await, before);
    ada.clear_personal(&bob).await.unwrap();
    let told = phone.update(changed_user).await;
    assert_eq!((told.id, shown(&told)), (bob.id, None));
    for account in [&ada, &bob] {
        account.settle().await;
        let pushed = account.take_updates();
        let of_bob = |updates: &enums::Updates| {
            let (updates, ..) = parts(updates);
            updates
                .iter()
                .any(|update| matches!(update, enums::Update::User(it) if it.user_id == bob.id))
        };
        assert!(!pushed.iter().any(of_bob), "{pushed:?}");
    }
}

/// P7: replaced; the old one is gone from the contact's place.
#[tokio::test]
async fn p7_a_second_picture_replaces_the_first() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let first = photo(&ada.set_personal(&bob, &picture(RED, 800)).await.unwrap()).id;
    assert!(peer_photo(&ada, &bob, first, false).await.is_ok());
    let second = photo(&ada.set_personal(&bob, &picture(BLUE, 800)).await.unwrap()).id;
    assert_ne!(first, second);
    assert_eq!(sees(&ada, &bob).await, Some((second, true)));
    assert_eq!(
        peer_photo(&ada, &bob, first, false).await,
        Err(refused("LOCATION_INVALID"))
    );
}

/// P8, P9: taking away shows the own picture again, and may be repeated.
#[tokio::test]
async fn p8_p9_taking_away_is_idempotent() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let main = photo(&bob.set_own(&picture(BLUE, 640)).await.unwrap()).id;
    ada.set_personal(&bob, &picture(RED, 800)).await.unwrap();
    for _ in 0..2 {
        let cleared = ada.clear_personal(&bob).await.unwrap();
        assert!(matches!(cleared.photo, enums::Photo::Empty(_)));
        assert_eq!(cleared.users.len(), 1);
        assert_eq!(shown(user(&cleared.users[0])), Some((main, false)));
    }
    assert_eq!(sees(&ada, &bob).await, Some((main, false)));
}

/// P10, P11, P29: nothing for people who are no contacts, and nothing is left behind.
#[tokio::test]
async fn p10_p11_p29_strangers_are_refused() {
    let server = testkit::start().await;
    let (ada, cat) = server.two_strangers("Ada", "Cat").await;
    let missing = Err(refused("CONTACT_MISSING"));
    let red = picture(RED, 800);
    // That they have a chat changes nothing.
    for messages in 0..2 {
        assert_eq!(ada.set_personal(&cat, &red).await.map(|_| ()), missing);
        assert_eq!(ada.clear_personal(&cat).await.map(|_| ()), missing);
        assert_eq!(ada.suggest(&cat, &red).await.map(|_| ()), missing);
        assert_eq!(crate::seen::history(&cat, &ada).await.len(), messages);
        ada.write(&cat, "hello").await;
    }
    assert_eq!(sees(&ada, &cat).await, None);
    assert_eq!(sees(&cat, &ada).await, None);
}

/// P12: no flag at all.
#[tokio::test]
async fn p12_without_flags_the_picture_decides() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let nothing = ada.contact_photo(&bob).await;
    let refusal = ada.call(nothing).await.map(|_| ());
    assert_eq!(refusal, Err(refused("NEED_ACTION_MISSING")));
    let mut request = ada.contact_photo(&bob).await;
    request.file = Some(ada.upload(&picture(RED, 800), "x.jpg").await);
    let id = photo(&ada.call(request).await.unwrap()).id;
    assert_eq!(sees(&ada, &bob).await, Some((id, true)));
}

/// P13 to P16: whose picture it cannot be.
#[tokio::test]
async fn p13_p16_the_target_is_another_person_that_the_caller_was_shown() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let bot = server.bot(&bob, "Bot").await;
    let bot_hash = server
        .running()
        .services
        .hashes
        .access_hash(domain::Seen::user(ada.id, bot.id));
    let user = |user_id, access_hash| {
        types::InputUser {
            user_id,
            access_hash,
        }
        .into()
    };
    for target in [
        enums::InputUser::Self_,
        enums::InputUser::Empty,
        user(bob.id, 12345),
        user(987_654_321, 0),
        user(bot.id, bot_hash),
    ] {
        let mut request = functions::photos::UploadContactProfilePhoto::new(target.clone());
        request.save = true;
        request.file = Some(ada.upload(&picture(RED, 800), "x.jpg").await);
        let refusal = ada.call(request).await.map(|_| ());
        assert_eq!(refusal, Err(refused("USER_ID_INVALID")), "{target:?}");
    }
}

/// P17, P18: bots and those who are not signed in.
#[tokio::test]
async fn p17_p18_the_caller_is_a_person_who_is_signed_in() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let bot = server.bot(&ada, "Bot").await;
    let mut request = ada.contact_photo(&bob).await;
    request.save = true;
    let refusal = bot.call(request.clone()).await.map(|_| ());
    assert_eq!(refusal, Err(refused("BOT_METHOD_INVALID")));
    let nobody = server.client().await;
    let refusal = nobody.call(request).await.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.name.as_str()),
        (401, "AUTH_KEY_UNREGISTERED")
    );
}

/// P46, P50 to P52, P55 to P57: media that make no picture, from a client that sends one at a time; a
/// refused request leaves the picture from before.
#[tokio::test]
async fn p46_p57_media_are_judged_against_the_table() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let file = ada.upload(&picture(RED, 800), "x.jpg").await;
    let clip = ada.upload(&testkit::film(160, 4, 4), "x.mp4").await;
    let bare = ada.contact_photo(&bob).await;
    let bare = functions::photos::UploadContactProfilePhoto { save: true, ..bare };
    let with = |change: &dyn Fn(&mut functions::photos::UploadContactProfilePhoto)| {
        let mut request = bare.clone();
        change(&mut request);
        request
    };
    let both = with(&|it| (it.file, it.video) = (Some(file.clone()), Some(clip.clone())));
    let drawn = with(&|it| (it.video, it.video_emoji_markup) = (Some(clip.clone()), emoji(3)));
    let plain: enums::VideoSize = types::VideoSize::new("u".to_owned(), 1, 1, 1).into();
    let still = with(&|it| it.file = Some(file.clone()));
    let id = photo(&ada.call(still).await.unwrap()).id;
    for (request, name) in [
        (both, "PHOTO_INVALID"),
        (drawn, "PHOTO_INVALID"),
        (with(&|it| it.video_start_ts = Some(1.0)), "PHOTO_INVALID"),
        (
            with(&|it| (it.file, it.video_start_ts) = (Some(file.clone()), Some(0.0))),
            "PHOTO_INVALID",
        ),
        (
            with(&|it| it.video_emoji_markup = emoji(0)),
            "EMOJI_MARKUP_INVALID",
        ),
        (
            with(&|it| it.video_emoji_markup = emoji(5)),
            "EMOJI_MARKUP_INVALID",
        ),
        (
            with(&|it| it.video_emoji_markup = Some(plain.clone())),
            "EMOJI_MARKUP_INVALID",
        ),
        // An emoji that nobody knows.
        (
            with(&|it| it.video_emoji_markup = emoji(1)),
            "EMOJI_MARKUP_INVALID",
        ),
        (
            with(&|it| it.video_emoji_markup = sticker()),
            "STICKERSET_INVALID",
        ),
    ] {
        let refusal = ada.call(request.clone()).await.map(|_| ());
        assert_eq!(refusal, Err(refused(name)), "{request:?}");
    }
    assert_eq!(sees(&ada, &bob).await, Some((id, true)));
}

fn emoji(colours: usize) -> Option<enums::VideoSize> {
    let markup = types::VideoSizeEmojiMarkup {
        emoji_id: 1,
        background_colors: vec![0xff_0000; colours],
    };
    Some(markup.into())
}

fn sticker() -> Option<enums::VideoSize> {
    let short_name = "animals".to_owned();
    let markup = types::VideoSizeStickerMarkup {
        stickerset: types::InputStickerSetShortName { short_name }.into(),
        sticker_id: 1,
        background_colors: vec![0xff_0000],
    };
    Some(markup.into())
}

/// P43 to P45: clips that clients do not play, each start that is no time, and a file that is missing.
#[tokio::test]
async fn p43_p45_a_video_is_a_short_square_mp4() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let bare = ada.contact_photo(&bob).await;
    let bare = functions::photos::UploadContactProfilePhoto { save: true, ..bare };
    let sound = testkit::film(160, 4, 4);
    let long = [&sound[..], &[0; 2 * 1024 * 1024]].concat();
    for (bytes, start, name) in [
        (testkit::clip((800, 600), 3000), None, "VIDEO_FILE_INVALID"),
        (
            testkit::clip((800, 800), 20_000),
            None,
            "VIDEO_FILE_INVALID",
        ),
        (testkit::clip((100, 100), 3000), None, "VIDEO_FILE_INVALID"),
        (picture(RED, 800), None, "VIDEO_FILE_INVALID"),
        (long, None, "VIDEO_FILE_INVALID"),
        (sound.clone(), Some(f64::NAN), "VIDEO_FILE_INVALID"),
        (sound.clone(), Some(f64::INFINITY), "VIDEO_FILE_INVALID"),
        (sound, Some(-1.0), "VIDEO_FILE_INVALID"),
        // Boxes without frames.
        (testkit::clip((800, 800), 3000), None, "VIDEO_FILE_INVALID"),
    ] {
        let mut request = bare.clone();
        request.video = Some(ada.upload(&bytes, "x.mp4").await);
        request.video_start_ts = start;
        let refusal = ada.call(request).await.map(|_| ());
        assert_eq!(refusal, Err(refused(name)), "{start:?}");
    }
    let mut request = bare.clone();
    let (id, parts) = (4711, 1);
    let (name, md5_checksum) = ("x.mp4".to_owned(), String::new());
    request.video = Some(
        types::InputFile {
            id,
            parts,
            name,
            md5_checksum,
        }
        .into(),
    );
    let refusal = ada.call(request).await.map(|_| ());
    assert_eq!(refusal, Err(refused("FILE_PART_0_MISSING")));
    assert_eq!(sees(&ada, &bob).await, None);
}

/// P33, U11: a block by the contact hides its own picture, not the one Ada chose.
#[tokio::test]
async fn p33_a_block_leaves_the_personal_picture() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    bob.set_own(&picture(BLUE, 640)).await.unwrap();
    let id = bob.peer(&ada).await;
    bob.call(functions::contacts::Block::new(id)).await.unwrap();
    assert_eq!(sees(&ada, &bob).await, None);
    let id = photo(&ada.set_personal(&bob, &picture(RED, 800)).await.unwrap()).id;
    assert_eq!(sees(&ada, &bob).await, Some((id, true)));
}

/// P78, P79, P91, P92: the ways to a personal picture, for Ada, for Bob and for a stranger.
#[tokio::test]
async fn p78_p92_nobody_else_reads_lists_or_guesses_a_personal_picture() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let cat = server.account("Cat").await;
    let set = ada.set_personal(&bob, &picture(RED, 800)).await.unwrap();
    let set = photo(&set).clone();
    for (letter, big) in [("a", false), ("c", true)] {
        let by_peer = peer_photo(&ada, &bob, set.id, big).await.unwrap();
        let sizes = crate::seen::sizes(&set);
        let size = sizes.iter().find(|size| size.0 == letter).unwrap();
        assert_eq!(by_peer.len(), usize::try_from(size.3).unwrap());
        // One file under two names: clients keep it once.
        let by_photo = testkit::download(&ada, &set, letter).await;
        assert_eq!(by_photo, Ok(by_peer));
    }
    assert_eq!(list(&ada, &bob, (-1, set.id, 1)).await.0, [set.id]);
    assert!(list(&ada, &bob, (0, 0, 100)).await.0.is_empty());
    for stranger in [&bob, &cat] {
        let invalid = Err(refused("LOCATION_INVALID"));
        assert_eq!(peer_photo(stranger, &bob, set.id, false).await, invalid);
        assert_eq!(testkit::download(stranger, &set, "a").await, invalid);
        assert!(list(stranger, &bob, (-1, set.id, 1)).await.0.is_empty());
        assert!(list(stranger, &bob, (0, 0, 100)).await.0.is_empty());
    }
}

/// P116 to P118: the picture goes with the contact, does not come back, and survives a new name.
#[tokio::test]
async fn p116_p118_the_picture_lives_as_long_as_the_contact() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let main = photo(&bob.set_own(&picture(BLUE, 640)).await.unwrap()).id;
    let personal = photo(&ada.set_personal(&bob, &picture(RED, 800)).await.unwrap()).id;
    let named = ada.name(&bob).await;
    let (first, last, phone) = ("Robert".to_owned(), String::new(), String::new());
    let request = functions::contacts::AddContact::new(named, first, last, phone);
    let renamed = ada.call(request).await.unwrap();
    let (_, users, _) = parts(&renamed);
    assert_eq!(user(&users[0]).first_name.as_deref(), Some("Robert"));
    assert_eq!(shown(user(&users[0])), Some((personal, true)));
    assert_eq!(sees(&ada, &bob).await, Some((personal, true)));
    let id = vec![ada.name(&bob).await];
    let removed = ada
        .call(functions::contacts::DeleteContacts { id })
        .await
        .unwrap();
    let (_, users, _) = parts(&removed);
    assert_eq!(shown(user(&users[0])), Some((main, false)));
    assert_eq!(sees(&ada, &bob).await, Some((main, false)));
    ada.import(&bob).await;
    assert_eq!(sees(&ada, &bob).await, Some((main, false)));
}

/// P131: the same story in the oldest layer that has the method, and one in between.
#[tokio::test]
async fn p131_old_layers_see_the_same_pictures() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    for layer in [152, 158, 200] {
        let client = server.client_in_layer(layer).await;
        let old = testkit::Account::sign_in(client, &ada.phone).await;
        let set = old.set_personal(&bob, &picture(RED, 800)).await.unwrap();
        let id = photo(&set).id;
        assert_eq!(shown(user(&set.users[0])), Some((id, true)));
        assert_eq!(sees(&old, &bob).await, Some((id, true)));
        assert_eq!(sees(&ada, &bob).await, Some((id, true)));
        old.clear_personal(&bob).await.unwrap();
        assert_eq!(sees(&old, &bob).await, None);
    }
}

/// P132: two sessions of Ada at once; the one that is answered last is what everybody sees.
#[tokio::test]
async fn p132_two_sessions_at_once_converge() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let phone = server.session_of(&ada).await;
    let (red, blue) = (picture(RED, 800), picture(BLUE, 800));
    for _ in 0..3 {
        let (one, other) = tokio::join!(
            ada.set_personal(&bob, &red),
            phone.set_personal(&bob, &blue)
        );
        let ids = [photo(&one.unwrap()).id, photo(&other.unwrap()).id];
        let seen = sees(&ada, &bob).await;
        assert_eq!(seen, sees(&phone, &bob).await);
        // The later commit has the higher id.
        assert_eq!(seen, Some((ids[0].max(ids[1]), true)));
        // And the session whose picture it is not was told of the one that stays.
        let earlier = if ids[0] < ids[1] { &ada } else { &phone };
        let stays = |user: &types::User| user.id == bob.id && shown(user) == seen;
        earlier
            .update(|updates| changed_user(updates).filter(stays))
            .await;
    }
}

/// P133: what was answered is there after a restart.
#[tokio::test]
async fn p133_what_was_answered_survives_a_restart() {
    let mut server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let set = ada.set_personal(&bob, &picture(RED, 800)).await.unwrap();
    let set = photo(&set).clone();
    server.restart().await;
    let again = server.session_of(&ada).await;
    assert_eq!(sees(&again, &bob).await, Some((set.id, true)));
    // The hash and the reference from before are still good.
    assert!(testkit::download(&again, &set, "c").await.is_ok());
}

/// P138: unknown ids keep their place.
#[tokio::test]
async fn p138_an_unknown_user_is_empty_at_its_place() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let unknown = types::InputUser {
        user_id: 987_654_321,
        access_hash: 1,
    }
    .into();
    let id = vec![ada.name(&bob).await, unknown, enums::InputUser::Self_];
    let users = ada.call(functions::users::GetUsers { id }).await.unwrap();
    assert_eq!(user(&users[0]).id, bob.id);
    assert!(matches!(&users[1], enums::User::Empty(empty) if empty.id == 987_654_321));
    assert_eq!(user(&users[2]).id, ada.id);
}
