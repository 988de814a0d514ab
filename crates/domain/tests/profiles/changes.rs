//! What changes a profile, and who is told.

use domain::{
    peers::Named,
    photos::{self, ForContact, ForProfile, GivenMedia, NamedPhoto, Page},
};

use crate::{
    ANN, BOB, CAT, delete, engines, five,
    house::{Engine, FALLBACK, OWN, caller, word},
    list, listed, photo_changed_at, pictures, three, three_with, told,
};

/// P98, P99: a new main picture and who is told; the owner's contacts are not, those who have the
/// owner are.
async fn a_new_main_picture_is_told_to_those_who_have_the_owner(engine: Engine) {
    let house = three(engine).await;
    house.befriend(BOB, CAT).await;
    let now = house.services.clock.unix_seconds();
    let main = house.main(BOB, 1).await.photo_id;
    assert_eq!(told(&house).await, [(ANN, BOB), (BOB, BOB)]);
    assert_eq!(photo_changed_at(&house, BOB).await, now);
    assert_eq!(pictures(&house, ANN, BOB).await, [None, Some(main), None]);
    let personal = house.set(ANN, BOB, 2).await.unwrap().photo_id;
    let second = house.main(BOB, 3).await.photo_id;
    assert_eq!(
        pictures(&house, ANN, BOB).await,
        [Some(personal), Some(second), None]
    );
}

/// P106.
async fn an_old_photo_comes_to_the_head_under_a_new_id(engine: Engine) {
    let house = three(engine).await;
    let ids = five(&house).await;
    let old = house.named_photo(BOB, ids[3]);
    let changed = photos::reuse_for_profile(&house.services, caller(BOB), OWN, &old)
        .await
        .unwrap();
    let head = changed.photo.unwrap();
    assert!(head.photo_id > ids[0]);
    let (now, count, whole) = listed(&house, ANN, BOB, (0, 0, 100)).await;
    assert_eq!(now, [head.photo_id, ids[0], ids[1], ids[2], ids[4]]);
    assert_eq!((count, whole), (5, true));
    let page = Page {
        offset: 0,
        max_id: 0,
        limit: 1,
    };
    let first = list(&house, ANN, BOB, page).await.photos.remove(0);
    assert_eq!(first.files, head.files);
    // Its old id is no photo of the list any more.
    let again = photos::reuse_for_profile(&house.services, caller(BOB), OWN, &old).await;
    assert_eq!(word(again.unwrap_err()), "PHOTO_ID_INVALID");
}

/// A photo of the list for the fallback stays in the list, and the fallback may become main.
async fn list_and_fallback_lend_each_other_photos(engine: Engine) {
    let house = three(engine).await;
    let main = house.main(BOB, 1).await;
    let named = house.named_photo(BOB, main.photo_id);
    let services = &house.services;
    let changed = photos::reuse_for_profile(services, caller(BOB), FALLBACK, &named).await;
    let fallback = changed.unwrap().photo.unwrap();
    assert_eq!(fallback.files, main.files);
    assert_eq!(
        pictures(&house, BOB, BOB).await,
        [None, Some(main.photo_id), Some(fallback.photo_id)]
    );
    let named = house.named_photo(BOB, fallback.photo_id);
    let changed = photos::reuse_for_profile(services, caller(BOB), OWN, &named)
        .await
        .unwrap();
    let head = changed.photo.unwrap().photo_id;
    assert_eq!(
        listed(&house, BOB, BOB, (0, 0, 100)).await.0,
        [head, main.photo_id]
    );
    assert_eq!(pictures(&house, BOB, BOB).await[2], Some(fallback.photo_id));
}

/// P37, P39, P40: who may use a suggested photo, and with which proof.
async fn a_suggestion_is_accepted_by_the_one_it_was_made_to(engine: Engine) {
    let house = three(engine).await;
    let services = &house.services;
    let old_main = house.main(BOB, 1).await.photo_id;
    let photo = house.suggest(ANN, BOB, 2).await.unwrap();
    let named = |viewer| house.named_photo(viewer, photo.photo_id);
    for (who, named) in [(CAT, named(BOB)), (CAT, named(CAT)), (ANN, named(ANN))] {
        let refused = photos::reuse_for_profile(services, caller(who), OWN, &named).await;
        assert_eq!(word(refused.unwrap_err()), "PHOTO_ID_INVALID", "{who}");
    }
    for (file_reference, refusal) in [
        (bytes::Bytes::new(), "FILE_REFERENCE_EMPTY"),
        (
            bytes::Bytes::from_static(b"what is this"),
            "FILE_REFERENCE_INVALID",
        ),
        (named(CAT).file_reference, "FILE_REFERENCE_INVALID"),
    ] {
        let named = NamedPhoto {
            file_reference,
            ..named(BOB)
        };
        let refused = photos::reuse_for_profile(services, caller(BOB), OWN, &named).await;
        assert_eq!(word(refused.unwrap_err()), refusal);
    }
    let wrong_hash = NamedPhoto {
        access_hash: 0,
        ..named(BOB)
    };
    let refused = photos::reuse_for_profile(services, caller(BOB), OWN, &wrong_hash).await;
    assert_eq!(word(refused.unwrap_err()), "PHOTO_ID_INVALID");
    let expired = named(BOB);
    services
        .reference_epoch
        .store(2, std::sync::atomic::Ordering::Relaxed);
    let refused = photos::reuse_for_profile(services, caller(BOB), OWN, &expired).await;
    assert_eq!(word(refused.unwrap_err()), "FILE_REFERENCE_EXPIRED");
    let changed = photos::reuse_for_profile(services, caller(BOB), OWN, &named(BOB)).await;
    let accepted = changed.unwrap().photo.unwrap();
    assert_eq!(accepted.files, photo.files);
    assert_eq!(
        listed(&house, ANN, BOB, (0, 0, 9)).await.0,
        [accepted.photo_id, old_main]
    );
}

/// P107, P108.
async fn taking_away_promotes_the_next_and_may_be_repeated(engine: Engine) {
    let house = three(engine).await;
    let services = &house.services;
    let second = house.main(BOB, 1).await.photo_id;
    house.main(BOB, 2).await;
    let fallback = house.place(BOB, FALLBACK, 3).await.unwrap().photo_id;
    let take = |place| photos::take_from_profile(services, caller(BOB), place);
    let changed = take(OWN).await.unwrap();
    assert!(changed.photo.is_none());
    assert_eq!(
        changed.users[0].photo.as_ref().map(|photo| photo.photo_id),
        Some(second)
    );
    assert_eq!(
        pictures(&house, BOB, BOB).await,
        [None, Some(second), Some(fallback)]
    );
    take(FALLBACK).await.unwrap();
    assert_eq!(pictures(&house, BOB, BOB).await, [None, Some(second), None]);
    for _ in 0..2 {
        let changed = take(OWN).await.unwrap();
        assert!(changed.users[0].photo.is_none());
        take(FALLBACK).await.unwrap();
    }
}

/// P109 to P111.
async fn only_photos_of_the_own_list_are_deleted(engine: Engine) {
    let house = three(engine).await;
    let ids = five(&house).await;
    let fallback = house.place(BOB, FALLBACK, 9).await.unwrap().photo_id;
    let personal = house.set(ANN, BOB, 10).await.unwrap().photo_id;
    let suggested = house.suggest(ANN, BOB, 11).await.unwrap().photo_id;
    let nothing: [i64; 0] = [];
    assert_eq!(
        delete(&house, BOB, &[fallback, personal, suggested, 4711, 0, -1]).await,
        nothing
    );
    assert_eq!(delete(&house, ANN, &[ids[0], personal]).await, nothing);
    assert_eq!(delete(&house, BOB, &[ids[2], 4711, ids[2]]).await, [ids[2]]);
    assert_eq!(pictures(&house, ANN, BOB).await[1], Some(ids[0]));
    let wrong = NamedPhoto {
        access_hash: 77,
        ..house.named_photo(BOB, ids[1])
    };
    let services = &house.services;
    assert_eq!(
        photos::delete(services, caller(BOB), &[wrong])
            .await
            .unwrap(),
        nothing
    );
    let right = house.named_photo(BOB, ids[0]);
    assert_eq!(
        photos::delete(services, caller(BOB), &[right])
            .await
            .unwrap(),
        [ids[0]]
    );
    assert_eq!(pictures(&house, ANN, BOB).await[1], Some(ids[1]));
    assert_eq!(
        listed(&house, ANN, BOB, (0, 0, 9)).await.0,
        [ids[1], ids[3], ids[4]]
    );
}

/// P111: only a new head is told.
async fn deleting_is_told_when_the_main_picture_changes(engine: Engine) {
    let house = three(engine).await;
    let ids = five(&house).await;
    let mut tx = house.services.store.begin().await.unwrap();
    tx.run("DELETE FROM peer_changes", &[]).await.unwrap();
    tx.commit().await.unwrap();
    delete(&house, BOB, &[ids[3]]).await;
    assert!(told(&house).await.is_empty());
    delete(&house, BOB, &[ids[0]]).await;
    assert_eq!(told(&house).await, [(ANN, BOB), (BOB, BOB)]);
}

/// P114, P115 and their like.
async fn a_profile_takes_a_picture_and_only_so_many(engine: Engine) {
    let house = three_with(engine, |rules| rules.profile_photos_max = 2).await;
    let services = &house.services;
    let none = GivenMedia::default();
    let refused = photos::upload_for_profile(services, caller(BOB), OWN, &none, false).await;
    assert_eq!(word(refused.unwrap_err()), "PHOTO_FILE_MISSING");
    let first = house.main(BOB, 1).await.photo_id;
    house.main(BOB, 2).await;
    let refused = house.place(BOB, OWN, 3).await.unwrap_err();
    assert_eq!(word(refused), "ALBUM_PHOTOS_TOO_MANY");
    // A fallback is not of the list, and a full list may be ordered anew, but not added to.
    house.place(BOB, FALLBACK, 4).await.unwrap();
    let named = house.named_photo(BOB, first);
    photos::reuse_for_profile(services, caller(BOB), OWN, &named)
        .await
        .unwrap();
    let suggested = house.suggest(ANN, BOB, 5).await.unwrap().photo_id;
    let named = house.named_photo(BOB, suggested);
    let refused = photos::reuse_for_profile(services, caller(BOB), OWN, &named).await;
    assert_eq!(word(refused.unwrap_err()), "ALBUM_PHOTOS_TOO_MANY");
}

/// P112, P113.
async fn a_bot_is_changed_by_its_owner_and_has_no_fallback(engine: Engine) {
    let house = three(engine).await;
    let bot = house.bot(9, BOB).await;
    let place = |viewer, fallback| ForProfile {
        bot: Some(house.named(viewer, bot)),
        fallback,
    };
    let photo = house.place(BOB, place(BOB, false), 1).await.unwrap();
    assert_eq!(
        pictures(&house, ANN, bot).await,
        [None, Some(photo.photo_id), None]
    );
    assert_eq!(pictures(&house, BOB, BOB).await, [None, None, None]);
    for (who, place, refusal) in [
        (ANN, place(ANN, false), "BOT_INVALID"),
        (BOB, place(BOB, true), "BOT_FALLBACK_UNSUPPORTED"),
        (
            BOB,
            ForProfile {
                bot: Some(house.named(BOB, CAT)),
                fallback: false,
            },
            "BOT_INVALID",
        ),
        (
            BOB,
            ForProfile {
                bot: Some(Named::Nobody),
                fallback: false,
            },
            "BOT_INVALID",
        ),
    ] {
        let refused = house.place(who, place, 2).await.unwrap_err();
        assert_eq!(word(refused), refusal);
    }
    let own = ForProfile {
        bot: Some(house.named(BOB, bot)),
        fallback: false,
    };
    photos::take_from_profile(&house.services, caller(BOB), own)
        .await
        .unwrap();
    assert_eq!(pictures(&house, ANN, bot).await, [None, None, None]);
}

/// A call whose answer was lost with the process is repeated: it has acted already.
async fn a_repeated_call_acts_once(engine: Engine) {
    let house = three(engine).await;
    let services = &house.services;
    let first = house.main(BOB, 1).await;
    let media = house.still(BOB, 2).await;
    let call = caller(BOB);
    let mut made = Vec::new();
    for _ in 0..2 {
        let done = photos::upload_for_profile(services, call, OWN, &media, false).await;
        made.push(done.unwrap().photo.unwrap().photo_id);
    }
    assert_eq!(made[0], made[1]);
    let ids = [made[0], first.photo_id].to_vec();
    assert_eq!(listed(&house, BOB, BOB, (0, 0, 100)).await, (ids, 2, true));
    let call = caller(BOB);
    for _ in 0..2 {
        photos::take_from_profile(services, call, OWN)
            .await
            .unwrap();
    }
    let ids = vec![first.photo_id];
    assert_eq!(listed(&house, BOB, BOB, (0, 0, 100)).await, (ids, 1, true));
    let call = caller(ANN);
    let asked = ForContact {
        target: house.named(ANN, BOB),
        suggest: true,
        save: true,
        media: house.still(ANN, 3).await,
        combinations: false,
    };
    let mut made = Vec::new();
    for _ in 0..2 {
        let done = photos::change_for_contact(services, call, asked.clone())
            .await
            .unwrap();
        assert_eq!(done.users.len(), 2);
        made.push(done.photo.unwrap().photo_id);
    }
    assert_eq!(made[0], made[1]);
    let mut tx = services.store.read().await.unwrap();
    let window = store::rows::messages::Window::first(10);
    let messages = store::rows::messages::newest_first(&mut tx, BOB, ANN, window).await;
    assert_eq!(messages.unwrap().len(), 1);
    drop(tx);
    let (call, second) = (caller(BOB), house.main(BOB, 4).await);
    let named = [second.photo_id, 7, first.photo_id].map(|id| house.named_photo(BOB, id));
    for _ in 0..2 {
        let deleted = photos::delete(services, call, &named).await;
        assert_eq!(deleted.unwrap(), [second.photo_id, first.photo_id]);
    }
}

engines::on_every_engine!(
    a_new_main_picture_is_told_to_those_who_have_the_owner,
    an_old_photo_comes_to_the_head_under_a_new_id,
    list_and_fallback_lend_each_other_photos,
    a_suggestion_is_accepted_by_the_one_it_was_made_to,
    taking_away_promotes_the_next_and_may_be_repeated,
    only_photos_of_the_own_list_are_deleted,
    deleting_is_told_when_the_main_picture_changes,
    a_profile_takes_a_picture_and_only_so_many,
    a_bot_is_changed_by_its_owner_and_has_no_fallback,
    a_repeated_call_acts_once,
);
