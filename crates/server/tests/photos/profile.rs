//! The own pictures: list, fallback, using again, deleting; what others are told and shown.

use testkit::{Account, download, picture};
use tl::{enums, functions, types};

use crate::seen::{
    changed_user, hears_nothing_before_a_text, input_photo, list, peer_photo, photo, photo_id,
    refused, sees, shown, user,
};

const RED: [u8; 3] = [200, 20, 20];

/// Five pictures of `who`, newest first.
async fn five(who: &Account) -> Vec<i64> {
    let mut ids = Vec::new();
    for shade in 0..5 {
        let answer = who
            .set_own(&picture([shade * 50, 20, 20], 320))
            .await
            .unwrap();
        ids.insert(0, photo(&answer).id);
    }
    ids
}

async fn fallback(who: &Account) -> types::photos::Photo {
    let mut request = functions::photos::UploadProfilePhoto::new();
    request.fallback = true;
    request.file = Some(who.upload(&picture(RED, 320), "x.jpg").await);
    who.call(request).await.unwrap()
}

/// A photo by nothing but its id, as one client names its own.
fn bare(id: i64) -> enums::InputPhoto {
    types::InputPhoto {
        id,
        access_hash: 0,
        file_reference: bytes::Bytes::new(),
    }
    .into()
}

async fn delete(who: &Account, ids: &[i64]) -> Vec<i64> {
    let id = ids.iter().map(|id| bare(*id)).collect();
    who.call(functions::photos::DeletePhotos { id })
        .await
        .unwrap()
}

/// P90, P93 to P97.
#[tokio::test]
async fn p90_p97_the_list_is_paged() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ids = five(&bob).await;
    assert!(ids.windows(2).all(|pair| pair[0] > pair[1] && pair[1] > 0));
    let personal = photo(&ada.set_personal(&bob, &picture(RED, 800)).await.unwrap()).id;
    assert_eq!(list(&ada, &bob, (0, 0, 100)).await, (ids.clone(), None));
    assert_eq!(
        list(&ada, &bob, (2, 0, 2)).await,
        (ids[2..4].to_vec(), Some(5))
    );
    assert_eq!(list(&ada, &bob, (5, 0, 100)).await, (vec![], Some(5)));
    assert_eq!(
        list(&ada, &bob, (0, ids[2], 100)).await,
        (ids[3..].to_vec(), Some(5))
    );
    assert_eq!(list(&ada, &bob, (0, 0, 0)).await, (ids.clone(), None));
    assert_eq!(list(&ada, &bob, (-1, personal, 1)).await.0, [personal]);
    assert_eq!(list(&ada, &bob, (-1, ids[4], 1)).await.0, [ids[4]]);
    let user_id = ada.name(&bob).await;
    let request = functions::photos::GetUserPhotos {
        user_id,
        offset: 0,
        max_id: -1,
        limit: 1,
    };
    let refusal = ada.call(request).await.map(|_| ());
    assert_eq!(refusal, Err(refused("MAX_ID_INVALID")));
    let user_id = enums::InputUser::Empty;
    let request = functions::photos::GetUserPhotos {
        user_id,
        offset: 0,
        max_id: 0,
        limit: 1,
    };
    let refusal = ada.call(request).await.map(|_| ());
    assert_eq!(refusal, Err(refused("USER_ID_INVALID")));
}

/// P39, P91: the refresh brings a reference that works again, also for a personal picture.
#[tokio::test]
async fn p91_the_refresh_makes_an_expired_photo_readable() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let old = photo(&ada.set_personal(&bob, &picture(RED, 800)).await.unwrap()).clone();
    server.expire_file_references();
    assert_eq!(
        download(&ada, &old, "a").await,
        Err(refused("FILE_REFERENCE_EXPIRED"))
    );
    let user_id = ada.name(&bob).await;
    let request = functions::photos::GetUserPhotos {
        user_id,
        offset: -1,
        max_id: old.id,
        limit: 1,
    };
    let enums::photos::Photos::Slice(found) = ada.call(request).await.unwrap() else {
        panic!("one photo that is in no list");
    };
    assert!(
        download(&ada, crate::seen::photo_of(&found.photos[0]), "a")
            .await
            .is_ok()
    );
}

/// P91, for the other photos that are in no list: a fallback for its owner and for those who are shown it,
/// and for nobody else; and for a photo that is gone.
#[tokio::test]
async fn p91_the_refresh_finds_a_fallback_where_it_is_shown() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let nothing = Vec::<i64>::new();
    let public = photo(&fallback(&bob).await).id;
    let refresh = (-1, public, 1);
    assert_eq!(list(&bob, &bob, refresh).await, (vec![public], Some(1)));
    assert_eq!(list(&ada, &bob, refresh).await, (vec![public], Some(1)));
    let ids = five(&bob).await;
    assert_eq!(list(&bob, &bob, refresh).await, (vec![public], Some(5)));
    assert_eq!(list(&ada, &bob, refresh).await.0, nothing);
    // Only this very triple: as a page, the same numbers mean the neighbours in the list.
    assert_eq!(list(&bob, &bob, (0, public, 1)).await.0, nothing);
    assert_eq!(list(&bob, &bob, (-2, public, 2)).await.0, ids[3..]);
    let second = photo(&fallback(&bob).await).id;
    assert_eq!(list(&bob, &bob, refresh).await.0, nothing);
    assert_eq!(list(&bob, &bob, (-1, second, 1)).await.0, [second]);
    assert_eq!(delete(&bob, &[ids[2]]).await, [ids[2]]);
    assert_eq!(list(&bob, &bob, (-1, ids[2], 1)).await.0, nothing);
}

/// P106, for the fallback: an own photo becomes the public one and stays in the list; the public one becomes
/// the main one and stays public.
#[tokio::test]
async fn p106_list_and_fallback_lend_each_other_their_photos() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let main = photo(&bob.set_own(&picture(RED, 320)).await.unwrap()).clone();
    let mut request = functions::photos::UpdateProfilePhoto::new(input_photo(&main));
    request.fallback = true;
    let public = photo(&bob.call(request).await.unwrap()).clone();
    assert!(public.id > main.id && public.date > 0);
    assert_eq!(list(&ada, &bob, (0, 0, 100)).await.0, [main.id]);
    let full = bob.sees_full(&bob).await;
    assert_eq!(photo_id(full.fallback_photo.as_ref()), Some(public.id));
    let request = functions::photos::UpdateProfilePhoto::new(input_photo(&public));
    let head = photo(&bob.call(request).await.unwrap()).id;
    assert_eq!(list(&ada, &bob, (0, 0, 100)).await.0, [head, main.id]);
    let full = bob.sees_full(&bob).await;
    assert_eq!(photo_id(full.fallback_photo.as_ref()), Some(public.id));
    assert_eq!(sees(&ada, &bob).await, Some((head, false)));
}

/// P107, P108: taking away what is not there succeeds, changes nothing and is told to nobody.
#[tokio::test]
async fn p107_p108_taking_away_nothing_is_told_to_nobody() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let phone = server.session_of(&bob).await;
    for fallback in [false, true] {
        let mut request = functions::photos::UpdateProfilePhoto::new(enums::InputPhoto::Empty);
        request.fallback = fallback;
        let answer = bob.call(request).await.unwrap();
        assert!(matches!(&answer.photo, enums::Photo::Empty(empty) if empty.id == 0));
        assert_eq!(user(&answer.users[0]).id, bob.id);
    }
    for session in [&ada, &phone] {
        assert!(hears_nothing_before_a_text(session, &bob).await);
    }
}

/// P98: a new main picture, and who is told.
#[tokio::test]
async fn p98_a_new_main_picture_is_told() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let phone = server.session_of(&bob).await;
    let answer = bob.set_own(&picture(RED, 800)).await.unwrap();
    let id = photo(&answer).id;
    assert_eq!(user(&answer.users[0]).id, bob.id);
    assert_eq!(shown(user(&answer.users[0])), Some((id, false)));
    for other in [&ada, &phone] {
        let told = other.update(changed_user).await;
        assert_eq!((told.id, shown(&told)), (bob.id, Some((id, false))));
    }
    assert!(peer_photo(&ada, &bob, id, true).await.is_ok());
}

/// P100, and a fallback where there is no main picture.
#[tokio::test]
async fn p100_a_fallback_is_shown_where_there_is_no_main_picture() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let first = photo(&fallback(&bob).await).id;
    assert_eq!(sees(&ada, &bob).await, Some((first, false)));
    let full = ada.sees_full(&bob).await;
    assert_eq!(photo_id(full.fallback_photo.as_ref()), Some(first));
    let main = photo(&bob.set_own(&picture(RED, 800)).await.unwrap()).id;
    let told = |user: &types::User| shown(user) == Some((main, false));
    ada.update(|updates| changed_user(updates).filter(told))
        .await;
    let second = fallback(&bob).await;
    assert_eq!(shown(user(&second.users[0])), Some((main, false)));
    // Whoever sees the main picture sees no difference and is told of none.
    assert!(hears_nothing_before_a_text(&ada, &bob).await);
    let second = photo(&second).clone();
    assert_eq!(list(&bob, &bob, (0, 0, 100)).await, (vec![main], None));
    let own = bob.sees_full(&bob).await;
    assert_eq!(photo_id(own.fallback_photo.as_ref()), Some(second.id));
    assert_eq!(sees(&ada, &bob).await, Some((main, false)));
    assert!(ada.sees_full(&bob).await.fallback_photo.is_none());
    assert_eq!(
        download(&ada, &second, "a").await,
        Err(refused("LOCATION_INVALID"))
    );
}

/// P106: an old photo to the head.
#[tokio::test]
async fn p106_an_old_photo_becomes_the_head_under_a_new_id() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let first = photo(&bob.set_own(&picture(RED, 320)).await.unwrap()).clone();
    let ids = five(&bob).await;
    let request = functions::photos::UpdateProfilePhoto::new(input_photo(&first));
    let answer = bob.call(request).await.unwrap();
    let head = photo(&answer).id;
    let mut expected = vec![head];
    expected.extend(&ids);
    assert_eq!(list(&ada, &bob, (0, 0, 100)).await, (expected, None));
    assert!(head > ids[0]);
}

/// P107, P108, P111: taking away and deleting promote the next.
#[tokio::test]
async fn p107_p111_the_next_photo_becomes_the_main_one() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ids = five(&bob).await;
    fallback(&bob).await;
    let mut request = functions::photos::UpdateProfilePhoto::new(enums::InputPhoto::Empty);
    let answer = bob.call(request.clone()).await.unwrap();
    assert!(matches!(answer.photo, enums::Photo::Empty(_)));
    assert_eq!(shown(user(&answer.users[0])), Some((ids[1], false)));
    let told = ada
        .update(|updates| changed_user(updates).filter(|it| shown(it) == Some((ids[1], false))))
        .await;
    assert_eq!(told.id, bob.id);
    request.fallback = true;
    bob.call(request).await.unwrap();
    assert!(bob.sees_full(&bob).await.fallback_photo.is_none());
    assert_eq!(sees(&ada, &bob).await, Some((ids[1], false)));
    assert_eq!(delete(&bob, &[ids[1]]).await, [ids[1]]);
    let told = ada
        .update(|updates| changed_user(updates).filter(|it| shown(it) == Some((ids[2], false))))
        .await;
    assert_eq!(told.id, bob.id);
}

/// P109, P110: what is deleted and what is passed over.
#[tokio::test]
async fn p109_p110_only_photos_of_the_own_list_are_deleted() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ids = five(&bob).await;
    let fallback = photo(&fallback(&bob).await).id;
    let personal = photo(&ada.set_personal(&bob, &picture(RED, 800)).await.unwrap()).id;
    let nothing: [i64; 0] = [];
    assert_eq!(delete(&bob, &[fallback, personal, 4711]).await, nothing);
    assert_eq!(delete(&ada, &[ids[2], personal]).await, nothing);
    assert_eq!(delete(&bob, &[ids[2]]).await, [ids[2]]);
    assert_eq!(sees(&ada, &bob).await, Some((personal, true)));
    assert_eq!(
        list(&ada, &bob, (0, 0, 100)).await.0,
        [ids[0], ids[1], ids[3], ids[4]]
    );
}

/// P112, P113: pictures of bots.
#[tokio::test]
async fn p112_p113_a_bot_is_changed_by_its_owner() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let bot = server.bot(&bob, "Bot").await;
    let named = |viewer: &Account| {
        let hashes = &server.running().services.hashes;
        let access_hash = hashes.access_hash(domain::Seen::user(viewer.id, bot.id));
        enums::InputUser::from(types::InputUser {
            user_id: bot.id,
            access_hash,
        })
    };
    let mut request = functions::photos::UploadProfilePhoto::new();
    request.file = Some(bob.upload(&picture(RED, 320), "x.jpg").await);
    request.bot = Some(named(&bob));
    let answer = bob.call(request.clone()).await.unwrap();
    let id = photo(&answer).id;
    assert_eq!(shown(user(&answer.users[0])), Some((id, false)));
    request.fallback = true;
    let refusal = bob.call(request.clone()).await.map(|_| ());
    assert_eq!(refusal, Err(refused("BOT_FALLBACK_UNSUPPORTED")));
    request.fallback = false;
    request.bot = Some(named(&ada));
    let refusal = ada.call(request.clone()).await.map(|_| ());
    assert_eq!(refusal, Err(refused("BOT_INVALID")));
    // A bot changes its own picture without naming itself.
    request.bot = None;
    request.file = Some(bot.upload(&picture(RED, 320), "x.jpg").await);
    let own = photo(&bot.call(request).await.unwrap()).id;
    assert!(own > id);
}

/// P114, P115.
#[tokio::test]
async fn p114_p115_a_profile_takes_pictures_and_only_so_many() {
    let server = testkit::start_with(|settings| settings.profile_photos_max = 2).await;
    let bob = server.account("Bob").await;
    let request = functions::photos::UploadProfilePhoto::new();
    let refusal = bob.call(request).await.map(|_| ());
    assert_eq!(refusal, Err(refused("PHOTO_FILE_MISSING")));
    for _ in 0..2 {
        bob.set_own(&picture(RED, 320)).await.unwrap();
    }
    let refusal = bob.set_own(&picture(RED, 320)).await.map(|_| ());
    assert_eq!(refusal, Err(refused("ALBUM_PHOTOS_TOO_MANY")));
    fallback(&bob).await;
}

/// References of photos that are used again, and ids of nobody's.
#[tokio::test]
async fn a_photo_is_used_again_with_hash_and_reference() {
    let server = testkit::start().await;
    let bob = server.account("Bob").await;
    let own = photo(&bob.set_own(&picture(RED, 320)).await.unwrap()).clone();
    let with = |id, access_hash, file_reference: bytes::Bytes| {
        let id = types::InputPhoto {
            id,
            access_hash,
            file_reference,
        }
        .into();
        functions::photos::UpdateProfilePhoto::new(id)
    };
    for (request, name) in [
        (
            with(own.id, own.access_hash, bytes::Bytes::new()),
            "FILE_REFERENCE_EMPTY",
        ),
        (
            with(own.id, own.access_hash, bytes::Bytes::from_static(b"x")),
            "FILE_REFERENCE_INVALID",
        ),
        (
            with(own.id, 1, own.file_reference.clone()),
            "PHOTO_ID_INVALID",
        ),
        (
            with(4711, own.access_hash, own.file_reference.clone()),
            "PHOTO_ID_INVALID",
        ),
    ] {
        let refusal = bob.call(request).await.map(|_| ());
        assert_eq!(refusal, Err(refused(name)));
    }
}
