//! The list of a profile as others see it: pages, the refresh of one photo, blocks, the fallback.

use domain::{
    peers::Named,
    photos::{self, Page},
};

use crate::{
    ANN, BOB, CAT, delete, engines, five,
    house::{Engine, FALLBACK, word},
    listed, photo_changed_at, pictures, three, told,
};

/// P90, P92 to P96.
async fn the_list_is_paged(engine: Engine) {
    let house = three(engine).await;
    let ids = five(&house).await;
    let personal = house.set(ANN, BOB, 9).await.unwrap().photo_id;
    assert_eq!(
        listed(&house, ANN, BOB, (0, 0, 100)).await,
        (ids.clone(), 5, true)
    );
    assert_eq!(
        listed(&house, ANN, BOB, (2, 0, 2)).await,
        (ids[2..4].to_vec(), 5, false)
    );
    assert_eq!(
        listed(&house, ANN, BOB, (5, 0, 100)).await,
        (vec![], 5, false)
    );
    assert_eq!(
        listed(&house, ANN, BOB, (0, ids[2], 100)).await,
        (ids[3..].to_vec(), 5, false)
    );
    assert_eq!(listed(&house, CAT, BOB, (0, 0, 0)).await, (ids, 5, true));
    assert_eq!(
        listed(&house, CAT, BOB, (-1, personal, 1)).await,
        (vec![], 5, false)
    );
    assert_eq!(
        listed(&house, CAT, ANN, (0, 0, 100)).await,
        (vec![], 0, true)
    );
}

/// P91, P92, U19: the call that refreshes a reference finds what is in no list.
async fn the_refresh_finds_exactly_one_photo(engine: Engine) {
    let house = three(engine).await;
    let ids = five(&house).await;
    let personal = house.set(ANN, BOB, 9).await.unwrap().photo_id;
    let fallback = house.place(BOB, FALLBACK, 10).await.unwrap().photo_id;
    for id in &ids {
        assert_eq!(listed(&house, CAT, BOB, (-1, *id, 1)).await.0, [*id]);
    }
    assert_eq!(
        listed(&house, ANN, BOB, (-1, personal, 1)).await,
        (vec![personal], 5, false)
    );
    assert_eq!(
        listed(&house, BOB, BOB, (-1, fallback, 1)).await.0,
        [fallback]
    );
    // Others do not see the fallback while there is a main picture.
    assert!(
        listed(&house, ANN, BOB, (-1, fallback, 1))
            .await
            .0
            .is_empty()
    );
    // A photo that is gone is not answered with its neighbour.
    delete(&house, BOB, &[ids[2]]).await;
    assert!(listed(&house, CAT, BOB, (-1, ids[2], 1)).await.0.is_empty());
    // The personal picture exists for nobody else, nor under anybody else's name.
    for (viewer, user) in [(BOB, BOB), (CAT, BOB), (ANN, CAT), (ANN, ANN)] {
        let found = listed(&house, viewer, user, (-1, personal, 1)).await;
        assert!(found.0.is_empty(), "{viewer} {user}");
    }
}

/// P97 and USER_ID_INVALID.
async fn a_list_needs_a_user_and_a_possible_id(engine: Engine) {
    let house = three(engine).await;
    let page = Page {
        offset: 0,
        max_id: -1,
        limit: 1,
    };
    let services = &house.services;
    let refused = photos::user_photos(services, ANN, house.named(ANN, BOB), page).await;
    assert_eq!(word(refused.unwrap_err()), "MAX_ID_INVALID");
    let wrong = Named::User {
        user_id: BOB,
        access_hash: 5,
    };
    let refused = photos::user_photos(services, ANN, wrong, Page { max_id: 0, ..page }).await;
    assert_eq!(word(refused.unwrap_err()), "USER_ID_INVALID");
}

/// U11: a block hides list, main picture and fallback from whom it is about.
async fn a_block_hides_the_profile(engine: Engine) {
    let house = three(engine).await;
    let main = house.main(BOB, 1).await.photo_id;
    let fallback = house.place(BOB, FALLBACK, 2).await.unwrap().photo_id;
    house.block(BOB, ANN).await;
    assert_eq!(pictures(&house, ANN, BOB).await, [None, None, None]);
    assert_eq!(
        listed(&house, ANN, BOB, (0, 0, 100)).await,
        (vec![], 0, true)
    );
    for id in [main, fallback] {
        assert!(listed(&house, ANN, BOB, (-1, id, 1)).await.0.is_empty());
    }
    let personal = house.set(ANN, BOB, 3).await.unwrap().photo_id;
    assert_eq!(
        pictures(&house, ANN, BOB).await,
        [Some(personal), None, None]
    );
    assert_eq!(
        listed(&house, ANN, BOB, (-1, personal, 1)).await.0,
        [personal]
    );
}

/// P100: a fallback is nobody's business while there is a main picture.
async fn a_fallback_is_shown_where_there_is_no_main_picture(engine: Engine) {
    let house = three(engine).await;
    let fallback = house.place(BOB, FALLBACK, 1).await.unwrap().photo_id;
    assert_eq!(
        pictures(&house, CAT, BOB).await,
        [None, None, Some(fallback)]
    );
    assert_eq!(told(&house).await, [(ANN, BOB), (BOB, BOB)]);
    let house = three(engine).await;
    let main = house.main(BOB, 2).await.photo_id;
    let changed_at = photo_changed_at(&house, BOB).await;
    house.forward(std::time::Duration::from_secs(60));
    let mut tx = house.services.store.begin().await.unwrap();
    tx.run("DELETE FROM peer_changes", &[]).await.unwrap();
    tx.commit().await.unwrap();
    let fallback = house.place(BOB, FALLBACK, 3).await.unwrap().photo_id;
    assert_eq!(pictures(&house, CAT, BOB).await, [None, Some(main), None]);
    assert_eq!(
        pictures(&house, BOB, BOB).await,
        [None, Some(main), Some(fallback)]
    );
    assert_eq!(
        listed(&house, BOB, BOB, (0, 0, 100)).await,
        (vec![main], 1, true)
    );
    assert_eq!(told(&house).await, [(BOB, BOB)]);
    assert_eq!(photo_changed_at(&house, BOB).await, changed_at);
}

engines::on_every_engine!(
    the_list_is_paged,
    the_refresh_finds_exactly_one_photo,
    a_list_needs_a_user_and_a_possible_id,
    a_block_hides_the_profile,
    a_fallback_is_shown_where_there_is_no_main_picture,
);
