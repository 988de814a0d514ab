//! The picture that one account sees of a contact, and suggestions: rows of the acceptance matrix that
//! are about rules.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod engines;
mod house;

use domain::{
    SuggestRequires,
    peers::{self, Named},
    photos::{GivenMedia, Markup},
    uploads::GivenFile,
};
use house::{Engine, House, word};
use store::rows::{contacts, messages, photos};

const ANN: i64 = 1;
const BOB: i64 = 2;
const CAT: i64 = 3;

/// Ann has Bob as a contact; Cat is a stranger to both.
async fn three(engine: Engine) -> House {
    three_with(engine, |_| {}).await
}

async fn three_with(engine: Engine, change: impl FnOnce(&mut domain::Rules)) -> House {
    let house = House::with(engine, change).await;
    for person in [ANN, BOB, CAT] {
        house.person(person).await;
    }
    house.befriend(ANN, BOB).await;
    house
}

/// What `viewer` is shown of `user`: photo id and whether it is personal.
async fn shown(house: &House, viewer: i64, user: i64) -> Option<(i64, bool)> {
    let mut tx = house.services.store.read().await.unwrap();
    let seen = peers::view_one(&house.services, &mut tx, viewer, user)
        .await
        .unwrap()
        .unwrap();
    seen.0.photo.map(|photo| (photo.photo_id, photo.personal))
}

async fn photo_count(house: &House) -> usize {
    let mut tx = house.services.store.read().await.unwrap();
    let sql = "SELECT photo_id FROM photos";
    tx.rows(sql, &[]).await.unwrap().len()
}

/// P1 to P4, and P12 for a request without flags.
async fn a_personal_picture_is_seen_by_its_setter_alone(engine: Engine) {
    for flags in [(false, true), (false, false)] {
        let house = three(engine).await;
        let media = house.still(ANN, 10).await;
        let changed = house.ask(ANN, BOB, flags, media).await.unwrap();
        let photo = changed.photo.unwrap();
        assert_eq!(changed.users.len(), 1);
        let view = changed.users[0].photo.clone().unwrap();
        assert_eq!((view.photo_id, view.personal), (photo.photo_id, true));
        assert_eq!(shown(&house, ANN, BOB).await, Some((photo.photo_id, true)));
        assert_eq!(shown(&house, BOB, BOB).await, None);
        assert_eq!(shown(&house, CAT, BOB).await, None);
        let letters: Vec<&str> = photo
            .files
            .iter()
            .map(|file| file.letter.as_str())
            .collect();
        assert_eq!(letters, ["a", "b", "c"]);
    }
}

/// P7: a second picture takes the place of the first.
async fn a_second_picture_replaces_the_first(engine: Engine) {
    let house = three(engine).await;
    let first = house.set(ANN, BOB, 10).await.unwrap();
    let second = house.set(ANN, BOB, 20).await.unwrap();
    assert!(second.photo_id > first.photo_id);
    assert_eq!(shown(&house, ANN, BOB).await, Some((second.photo_id, true)));
}

/// P8, P9.
async fn removing_shows_the_own_picture_and_may_be_repeated(engine: Engine) {
    let house = three(engine).await;
    let main = house.main(BOB, 30).await;
    house.set(ANN, BOB, 10).await.unwrap();
    for _ in 0..2 {
        let changed = house
            .ask(ANN, BOB, (false, true), GivenMedia::default())
            .await
            .unwrap();
        assert!(changed.photo.is_none());
        let view = changed.users[0].photo.clone().unwrap();
        assert_eq!((view.photo_id, view.personal), (main.photo_id, false));
    }
}

/// P5: only a removal that removes something is told to the caller's other sessions.
async fn updates_go_to_the_callers_other_sessions_when_something_changed(engine: Engine) {
    let house = three(engine).await;
    let told = async || {
        let mut tx = house.services.store.read().await.unwrap();
        let sql = "SELECT owner_id, peer_id, origin, change_id FROM peer_changes";
        let rows = tx.rows(sql, &[]).await.unwrap();
        let told: Vec<[i64; 4]> = rows
            .iter()
            .map(|row| [0, 1, 2, 3].map(|column| row.i64(column).unwrap()))
            .collect();
        told
    };
    let remove = || house.ask(ANN, BOB, (false, true), GivenMedia::default());
    remove().await.unwrap();
    assert!(told().await.is_empty());
    house.set(ANN, BOB, 10).await.unwrap();
    let after_set = told().await;
    assert_eq!(after_set.len(), 1);
    assert_eq!(after_set[0][..3], [ANN, BOB, house::SESSION]);
    remove().await.unwrap();
    let after_removal = told().await;
    assert!(after_removal[0][3] > after_set[0][3]);
    remove().await.unwrap();
    assert_eq!(told().await, after_removal);
}

/// P10, P11, P29: nothing changes for somebody who is no contact.
async fn strangers_are_no_contacts(engine: Engine) {
    let house = three(engine).await;
    for flags in [(false, true), (true, false), (true, true), (false, false)] {
        let media = house.still(ANN, 10).await;
        let refused = house.ask(ANN, CAT, flags, media).await.unwrap_err();
        assert_eq!(word(refused), "CONTACT_MISSING", "{flags:?}");
    }
    let removal = house
        .ask(ANN, CAT, (false, true), GivenMedia::default())
        .await;
    assert_eq!(word(removal.unwrap_err()), "CONTACT_MISSING");
    assert_eq!(photo_count(&house).await, 0);
}

/// P13 to P16, and the order: whom, then what, then whether they are a subject at all.
async fn the_target_must_be_another_person_that_the_caller_knows(engine: Engine) {
    let house = three(engine).await;
    let bot = house.bot(9, CAT).await;
    house.befriend(ANN, bot).await;
    let ask = async |target, media| {
        let asked = domain::photos::ForContact {
            target,
            suggest: false,
            save: true,
            media,
            combinations: false,
        };
        let services = &house.services;
        let outcome = domain::photos::change_for_contact(services, house::caller(ANN), asked);
        word(outcome.await.unwrap_err())
    };
    let wrong_hash = Named::User {
        user_id: BOB,
        access_hash: 1,
    };
    let unknown = house.named(ANN, 4711);
    for target in [
        Named::Itself,
        Named::Nobody,
        wrong_hash,
        unknown,
        house.named(ANN, ANN),
        house.named(ANN, bot),
    ] {
        let media = house.still(ANN, 10).await;
        assert_eq!(ask(target, media).await, "USER_ID_INVALID", "{target:?}");
    }
    let nothing = house
        .ask(ANN, CAT, (false, false), GivenMedia::default())
        .await;
    assert_eq!(word(nothing.unwrap_err()), "NEED_ACTION_MISSING");
    assert_eq!(photo_count(&house).await, 0);
}

/// P121: a deleted account is no subject.
async fn a_deleted_target_is_deactivated(engine: Engine) {
    let house = three(engine).await;
    let mut tx = house.services.store.begin().await.unwrap();
    store::rows::users::delete(&mut tx, BOB, 5).await.unwrap();
    tx.commit().await.unwrap();
    let refused = house.set(ANN, BOB, 10).await.unwrap_err();
    assert_eq!(word(refused), "INPUT_USER_DEACTIVATED");
}

/// P19, P23, P27: what a suggestion changes and what not.
async fn a_suggestion_is_a_message_in_both_boxes(engine: Engine) {
    let house = three(engine).await;
    let photo = house.suggest(ANN, BOB, 10).await.unwrap();
    assert_eq!(shown(&house, ANN, BOB).await, None);
    let media = house.still(ANN, 20).await;
    let both = house.ask(ANN, BOB, (true, true), media).await.unwrap();
    let second = both.photo.unwrap();
    let ids: Vec<i64> = both.users.iter().map(|user| user.user_id).collect();
    assert_eq!(ids, [BOB, ANN]);
    assert_eq!(shown(&house, ANN, BOB).await, Some((second.photo_id, true)));
    let mut tx = house.services.store.read().await.unwrap();
    for (owner, peer) in [(ANN, BOB), (BOB, ANN)] {
        let window = messages::Window::first(10);
        let found = messages::newest_first(&mut tx, owner, peer, window)
            .await
            .unwrap();
        let suggested: Vec<(Option<i64>, i64)> = found
            .iter()
            .map(|message| (message.photo_id, message.from_id))
            .collect();
        assert_eq!(
            suggested,
            [(Some(second.photo_id), ANN), (Some(photo.photo_id), ANN)]
        );
    }
}

/// P26, P28, P56, P57: nothing changes for a request that makes no sense.
async fn a_request_that_makes_no_sense_changes_nothing(engine: Engine) {
    let house = three(engine).await;
    let set = house.set(ANN, BOB, 10).await.unwrap();
    let start = GivenMedia {
        video_start_ts: Some(1.0),
        ..GivenMedia::default()
    };
    let with_file = GivenMedia {
        video_start_ts: Some(1.0),
        ..house.still(ANN, 20).await
    };
    for (flags, media, refusal) in [
        ((true, false), GivenMedia::default(), "PHOTO_FILE_MISSING"),
        ((true, true), GivenMedia::default(), "PHOTO_FILE_MISSING"),
        ((false, true), start, "PHOTO_INVALID"),
        ((false, true), with_file, "PHOTO_INVALID"),
    ] {
        let refused = house.ask(ANN, BOB, flags, media).await.unwrap_err();
        assert_eq!(word(refused), refusal);
    }
    assert_eq!(shown(&house, ANN, BOB).await, Some((set.photo_id, true)));
    let mut tx = house.services.store.read().await.unwrap();
    assert_eq!(
        messages::box_of(&mut tx, ANN)
            .await
            .unwrap()
            .unwrap()
            .message_id_last,
        0
    );
}

/// P30 and its opposite.
async fn the_setting_lets_people_who_have_a_chat_suggest(engine: Engine) {
    let house = three_with(engine, |rules| {
        rules.suggest_requires = SuggestRequires::ContactOrChat
    })
    .await;
    let refused = house.suggest(BOB, ANN, 10).await.unwrap_err();
    assert_eq!(word(refused), "CONTACT_MISSING");
    house.suggest(ANN, BOB, 20).await.unwrap();
    // Now there is a chat; a personal picture still takes a contact.
    house.suggest(BOB, ANN, 30).await.unwrap();
    let refused = house.set(BOB, ANN, 40).await.unwrap_err();
    assert_eq!(word(refused), "CONTACT_MISSING");
}

/// P31 to P33.
async fn blocks_stop_suggestions_and_nothing_else(engine: Engine) {
    for (blocker, blocked, refusal) in [
        (BOB, ANN, "USER_IS_BLOCKED"),
        (ANN, BOB, "YOU_BLOCKED_USER"),
    ] {
        let house = three(engine).await;
        house.block(blocker, blocked).await;
        assert_eq!(
            word(house.suggest(ANN, BOB, 10).await.unwrap_err()),
            refusal
        );
        let photo = house.set(ANN, BOB, 20).await.unwrap();
        assert_eq!(shown(&house, ANN, BOB).await, Some((photo.photo_id, true)));
    }
}

/// P45, P46, P50 to P52: media that make no picture have their word; nothing is stored.
async fn what_neither_moves_nor_draws_is_refused(engine: Engine) {
    let house = three(engine).await;
    let file = house.still(ANN, 10).await.file;
    let none = GivenMedia::default;
    let video = || GivenMedia {
        video: file.clone(),
        ..none()
    };
    let drawn = |markup| GivenMedia {
        markup: Some(markup),
        ..none()
    };
    let emoji = |colours: usize| {
        drawn(Markup::Emoji {
            emoji_id: 1,
            colours: vec![0; colours],
        })
    };
    let both = GivenMedia {
        file: file.clone(),
        ..video()
    };
    let story = GivenMedia {
        file: Some(GivenFile::NotUploaded),
        ..none()
    };
    for (media, refusal) in [
        // The upload is a still.
        (video(), "VIDEO_FILE_INVALID"),
        (emoji(4), "EMOJI_MARKUP_INVALID"),
        (emoji(0), "EMOJI_MARKUP_INVALID"),
        (emoji(5), "EMOJI_MARKUP_INVALID"),
        (drawn(Markup::File), "EMOJI_MARKUP_INVALID"),
        (both.clone(), "PHOTO_INVALID"),
        (
            GivenMedia {
                video_start_ts: Some(f64::NAN),
                ..video()
            },
            "VIDEO_FILE_INVALID",
        ),
        (story, "PHOTO_INVALID"),
    ] {
        let refused = house.ask(ANN, BOB, (false, true), media).await.unwrap_err();
        assert_eq!(word(refused), refusal);
    }
    let asked = domain::photos::ForContact {
        target: house.named(ANN, BOB),
        suggest: false,
        save: true,
        media: both,
        combinations: true,
    };
    let services = &house.services;
    let taken = domain::photos::change_for_contact(services, house::caller(ANN), asked).await;
    assert_eq!(word(taken.unwrap_err()), "VIDEO_FILE_INVALID");
    assert_eq!(photo_count(&house).await, 0);
}

/// P58 to P60, P65 to P69, P73: the upload and the picture.
async fn every_fault_of_an_upload_or_picture_has_its_word(engine: Engine) {
    let house = three_with(engine, |rules| rules.stills.bytes_max = 1 << 20).await;
    let good = house.upload(ANN, 1, &house::bmp(200, 200, 1)).await;
    let small = house.upload(ANN, 2, &house::bmp(100, 100, 1)).await;
    let noise = house.upload(ANN, 3, b"no picture at all").await;
    let long = house.upload(ANN, 4, &vec![0; (1 << 20) + 1]).await;
    let mut bomb = house::bmp(200, 200, 1);
    bomb[18..26].copy_from_slice(&[0, 0x3f, 0, 0, 0, 0x3f, 0, 0]);
    let bomb = house.upload(ANN, 5, &bomb).await;
    let foreign = house.upload(CAT, 6, &house::bmp(200, 200, 1)).await;
    let with = |parts: i32, md5: &str, name: &str| domain::uploads::GivenParts {
        parts,
        md5: md5.to_owned(),
        name: name.to_owned(),
        ..good.clone()
    };
    for (given, refusal) in [
        (small, "PHOTO_CROP_SIZE_SMALL"),
        (noise, "IMAGE_PROCESS_FAILED"),
        (long, "PHOTO_SAVE_FILE_INVALID"),
        (bomb, "IMAGE_PROCESS_FAILED"),
        (foreign, "FILE_PART_0_MISSING"),
        (with(0, "", "x.jpg"), "FILE_PARTS_INVALID"),
        (with(-1, "", "x.jpg"), "FILE_PARTS_INVALID"),
        (with(4001, "", "x.jpg"), "FILE_PARTS_INVALID"),
        (with(2, "", "x.jpg"), "FILE_PART_1_MISSING"),
        (with(1, &"0".repeat(32), "x.jpg"), "MD5_CHECKSUM_INVALID"),
        (with(1, "", "x.pdf"), "PHOTO_EXT_INVALID"),
    ] {
        let media = GivenMedia {
            file: Some(GivenFile::Uploaded(given.clone())),
            ..GivenMedia::default()
        };
        let refused = house.ask(ANN, BOB, (false, true), media).await.unwrap_err();
        assert_eq!(word(refused), refusal, "{given:?}");
    }
    assert_eq!(photo_count(&house).await, 0);
}

/// P63, P77: the same call twice; what is not large enough is not enlarged.
async fn an_upload_may_be_used_again(engine: Engine) {
    let house = three(engine).await;
    let good = house.upload(ANN, 1, &house::bmp(200, 200, 1)).await;
    for _ in 0..2 {
        let file = Some(GivenFile::Uploaded(good.clone()));
        let media = GivenMedia {
            file,
            ..GivenMedia::default()
        };
        let changed = house.ask(ANN, BOB, (false, true), media).await.unwrap();
        let sides: Vec<i64> = changed
            .photo
            .unwrap()
            .files
            .iter()
            .map(|file| file.width)
            .collect();
        assert_eq!(sides, [160, 200, 200]);
    }
}

/// P116 to P118 from the side of the rows: the picture goes with the contact and not with the name.
async fn a_personal_picture_lives_as_long_as_the_contact(engine: Engine) {
    let house = three(engine).await;
    let photo = house.set(ANN, BOB, 10).await.unwrap();
    house.befriend(ANN, BOB).await;
    assert_eq!(shown(&house, ANN, BOB).await, Some((photo.photo_id, true)));
    let mut tx = house.services.store.begin().await.unwrap();
    contacts::remove(&mut tx, ANN, &[BOB]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(shown(&house, ANN, BOB).await, None);
    house.befriend(ANN, BOB).await;
    assert_eq!(shown(&house, ANN, BOB).await, None);
}

/// P132: of two sets at once one wins, and both sessions are shown the same.
async fn of_two_sets_at_once_one_stays(engine: Engine) {
    let house = std::sync::Arc::new(three(engine).await);
    let sets = (0..8_u8).map(|shade| {
        let house = house.clone();
        tokio::spawn(async move {
            loop {
                // As the router does it.
                match house.set(ANN, BOB, shade).await {
                    Err(domain::Error::Conflict) => tokio::task::yield_now().await,
                    outcome => return outcome.unwrap().photo_id,
                }
            }
        })
    });
    let sets: Vec<_> = sets.collect();
    let mut ids = Vec::new();
    for set in sets {
        ids.push(set.await.unwrap());
    }
    let last = *ids.iter().max().unwrap();
    // The last commit has the highest id, and only it is referred to.
    assert_eq!(shown(&house, ANN, BOB).await, Some((last, true)));
    house.forward(std::time::Duration::from_secs(7200));
    assert_eq!(
        domain::sweep::run_once(&house.services)
            .await
            .unwrap()
            .photos,
        7
    );
    let mut tx = house.services.store.read().await.unwrap();
    let left = photos::by_ids(&mut tx, &ids).await.unwrap();
    assert_eq!(
        left.iter().map(|photo| photo.photo_id).collect::<Vec<_>>(),
        [last]
    );
}

/// P139: ids rise and are positive.
async fn ids_rise(engine: Engine) {
    let house = three(engine).await;
    let mut last = 0;
    for shade in 0..20 {
        let photo = house.set(ANN, BOB, shade).await.unwrap();
        assert!(photo.photo_id > last);
        last = photo.photo_id;
    }
}

engines::on_every_engine!(
    a_personal_picture_is_seen_by_its_setter_alone,
    a_second_picture_replaces_the_first,
    removing_shows_the_own_picture_and_may_be_repeated,
    updates_go_to_the_callers_other_sessions_when_something_changed,
    strangers_are_no_contacts,
    the_target_must_be_another_person_that_the_caller_knows,
    a_deleted_target_is_deactivated,
    a_suggestion_is_a_message_in_both_boxes,
    a_request_that_makes_no_sense_changes_nothing,
    the_setting_lets_people_who_have_a_chat_suggest,
    blocks_stop_suggestions_and_nothing_else,
    what_neither_moves_nor_draws_is_refused,
    every_fault_of_an_upload_or_picture_has_its_word,
    an_upload_may_be_used_again,
    a_personal_picture_lives_as_long_as_the_contact,
    of_two_sets_at_once_one_stays,
    ids_rise,
);
