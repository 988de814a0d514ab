//! Pictures that rules or blocks hide: from the seat of the owner, of contacts and of strangers.

use testkit::{Account, TestServer, download, picture};
use tl::{enums, functions, types};

use crate::seen::{
    changed_user, list, parts, peer_photo, photo, photo_id, photo_of, refused, sees, shown, user,
};

const RED: [u8; 3] = [200, 20, 20];
const BLUE: [u8; 3] = [20, 20, 200];

use enums::InputPrivacyKey::ProfilePhoto as KEY;
use enums::InputPrivacyRule::{
    InputPrivacyValueAllowContacts as CONTACTS, InputPrivacyValueDisallowAll as NOBODY,
};

/// Bob with a main and a public picture.
struct Scene {
    server: TestServer,
    /// Has Bob as a contact.
    ada: Account,
    bob: Account,
    /// A stranger.
    cat: Account,
    main: types::Photo,
    public: types::Photo,
}

async fn scene() -> Scene {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let cat = server.account("Cat").await;
    bob.set_own(&picture(RED, 320)).await.unwrap();
    let public = photo(&fallback(&bob).await).clone();
    let main = ada.sees_full(&bob).await.profile_photo;
    let main = photo_of(main.as_ref().unwrap()).clone();
    Scene {
        server,
        ada,
        bob,
        cat,
        main,
        public,
    }
}

async fn fallback(who: &Account) -> types::photos::Photo {
    let mut request = functions::photos::UploadProfilePhoto::new();
    request.fallback = true;
    request.file = Some(who.upload(&picture(BLUE, 320), "x.jpg").await);
    who.call(request).await.unwrap()
}

/// The pictures of a full profile: personal, profile, fallback.
async fn full(viewer: &Account, other: &Account) -> [Option<i64>; 3] {
    let full = viewer.sees_full(other).await;
    [
        photo_id(full.personal_photo.as_ref()),
        photo_id(full.profile_photo.as_ref()),
        photo_id(full.fallback_photo.as_ref()),
    ]
}

/// Every user with the id of `other` in what `viewer` reads on other ways.
async fn elsewhere(viewer: &Account, other: &Account) -> Vec<types::User> {
    let mut found = Vec::new();
    let query = "saved".to_owned();
    let search = functions::contacts::Search::new(query, 9);
    found.extend(viewer.call(search).await.unwrap().users);
    let contacts = functions::contacts::GetContacts { hash: 0 };
    if let enums::contacts::Contacts::Contacts(list) = viewer.call(contacts).await.unwrap() {
        found.extend(list.users);
    }
    let peer = viewer.peer(other).await;
    let history = functions::messages::GetHistory::new(peer, 0, 0, 0, 9, 0, 0, 0);
    if let enums::messages::Messages::Messages(page) = viewer.call(history).await.unwrap() {
        found.extend(page.users);
    }
    let (offset, peer) = (0, enums::InputPeer::Empty);
    let dialogs = functions::messages::GetDialogs::new(offset, 0, peer, 9, 0);
    if let enums::messages::Dialogs::Dialogs(page) = viewer.call(dialogs).await.unwrap() {
        found.extend(page.users);
    }
    let found: Vec<types::User> = found.iter().map(user).cloned().collect();
    found.into_iter().filter(|it| it.id == other.id).collect()
}

/// P101: what a stranger is shown of somebody who hides the picture, on every way to one.
#[tokio::test]
async fn p101_a_hidden_picture_gives_way_to_the_public_one() {
    let Scene {
        server,
        ada,
        bob,
        cat,
        main,
        public,
    } = scene().await;
    cat.write(&bob, "hello").await;
    // Held from the time when it could be seen.
    let held = cat.sees_full(&bob).await.profile_photo;
    let held = photo_of(held.as_ref().unwrap()).clone();
    bob.set_privacy(KEY, vec![NOBODY]).await.unwrap();
    for viewer in [&ada, &cat] {
        assert_eq!(sees(viewer, &bob).await, Some((public.id, false)));
        assert_eq!(full(viewer, &bob).await, [None, None, Some(public.id)]);
        assert_eq!(list(viewer, &bob, (0, 0, 100)).await, (vec![], None));
        assert_eq!(list(viewer, &bob, (-1, main.id, 1)).await.0, [0_i64; 0]);
        assert_eq!(list(viewer, &bob, (-1, public.id, 1)).await.0, [public.id]);
        let gone = Err(refused("LOCATION_INVALID"));
        assert_eq!(peer_photo(viewer, &bob, main.id, true).await, gone);
        assert!(peer_photo(viewer, &bob, public.id, true).await.is_ok());
    }
    let gone = Err(refused("LOCATION_INVALID"));
    assert_eq!(download(&cat, &held, "c").await, gone);
    assert_eq!(download(&ada, &main, "c").await, gone);
    let seen = cat.sees_full(&bob).await.fallback_photo;
    assert!(
        download(&cat, photo_of(seen.as_ref().unwrap()), "c")
            .await
            .is_ok()
    );
    for viewer in [&ada, &cat] {
        let found = elsewhere(viewer, &bob).await;
        assert!(!found.is_empty());
        for found in found {
            assert_eq!(shown(&found), Some((public.id, false)));
        }
    }
    // A session that begins now sees the same.
    let later = server.session_of(&cat).await;
    assert_eq!(sees(&later, &bob).await, Some((public.id, false)));
    // The owner sees its own as ever.
    assert_eq!(sees(&bob, &bob).await, Some((main.id, false)));
    let own = [None, Some(main.id), Some(public.id)];
    assert_eq!(full(&bob, &bob).await, own);
    assert_eq!(list(&bob, &bob, (0, 0, 100)).await.0, [main.id]);
}

/// P102: the picture that the viewer chose comes before the public one.
#[tokio::test]
async fn p102_a_personal_picture_wins_over_the_public_one() {
    let Scene {
        server: _server,
        ada,
        bob,
        cat,
        public,
        ..
    } = scene().await;
    let set = ada.set_personal(&bob, &picture(RED, 640)).await.unwrap();
    let personal = photo(&set).id;
    bob.set_privacy(KEY, vec![NOBODY]).await.unwrap();
    assert_eq!(sees(&ada, &bob).await, Some((personal, true)));
    let three = [Some(personal), None, Some(public.id)];
    assert_eq!(full(&ada, &bob).await, three);
    assert_eq!(sees(&cat, &bob).await, Some((public.id, false)));
    let cleared = ada.clear_personal(&bob).await.unwrap();
    let reset = shown(user(&cleared.users[0]));
    assert_eq!(reset, Some((public.id, false)));
}

/// P103: hidden, and nothing for the public.
#[tokio::test]
async fn p103_without_a_public_picture_there_is_none() {
    let Scene {
        server: _server,
        ada,
        bob,
        cat,
        public,
        ..
    } = scene().await;
    bob.set_privacy(KEY, vec![NOBODY]).await.unwrap();
    let mut request = functions::photos::UpdateProfilePhoto::new(enums::InputPhoto::Empty);
    request.fallback = true;
    bob.call(request).await.unwrap();
    for viewer in [&ada, &cat] {
        assert_eq!(sees(viewer, &bob).await, None);
        assert_eq!(full(viewer, &bob).await, [None; 3]);
        assert_eq!(
            peer_photo(viewer, &bob, public.id, false).await,
            Err(refused("LOCATION_INVALID"))
        );
    }
}

/// The rules that a push brings.
fn new_rules(updates: &enums::Updates) -> Option<types::UpdatePrivacy> {
    let (updates, _, seq) = parts(updates);
    let found = updates.iter().find_map(|update| match update {
        enums::Update::Privacy(update) => Some((**update).clone()),
        _ => None,
    });
    assert_eq!(seq, 0);
    found
}

/// P104: who is told of new rules, at once and after being away.
#[tokio::test]
async fn p104_new_rules_are_told_to_the_owner_and_the_change_to_those_who_see_it() {
    let Scene {
        server,
        ada,
        bob,
        cat,
        main,
        public,
    } = scene().await;
    let phone = server.session_of(&bob).await;
    for account in [&ada, &bob, &cat, &phone] {
        account.settle().await;
        account.take_updates();
    }
    let since = ada.call(functions::updates::GetState {}).await.unwrap();
    let answer = bob.set_privacy(KEY, vec![NOBODY]).await.unwrap();
    let denied = vec![enums::PrivacyRule::PrivacyValueDisallowAll];
    assert_eq!(answer.rules, denied);
    let told = phone.update(new_rules).await;
    assert_eq!(told.key, enums::PrivacyKey::ProfilePhoto);
    assert_eq!(told.rules, denied);
    let told = ada.update(changed_user).await;
    assert_eq!((told.id, shown(&told)), (bob.id, Some((public.id, false))));
    for account in [&bob, &cat] {
        account.settle().await;
        let updates = account.take_updates();
        assert!(updates.is_empty(), "{updates:?}");
    }
    // Ada was away: the same in the difference. Bob's new session, too.
    for (account, rules) in [(&ada, None), (&bob, Some(&denied))] {
        let request = functions::updates::GetDifference::new(since.pts, since.date, 0);
        let missed = account.call(request).await.unwrap();
        let enums::updates::Difference::Difference(missed) = missed else {
            panic!("{missed:?}");
        };
        let seen = missed.users.iter().map(user).find(|it| it.id == bob.id);
        let expected = if rules.is_some() { main.id } else { public.id };
        assert_eq!(shown(seen.unwrap()), Some((expected, false)));
        let told = missed.other_updates.iter().find_map(|update| match update {
            enums::Update::Privacy(update) => Some(&update.rules),
            _ => None,
        });
        assert_eq!(told, rules);
    }
    let key = KEY;
    let kept = bob.call(functions::account::GetPrivacy { key }).await;
    assert_eq!(kept.unwrap().rules, denied);
}

/// P105: for contacts only.
#[tokio::test]
async fn p105_a_rule_for_contacts_follows_the_owners_list() {
    let Scene {
        server: _server,
        ada,
        bob,
        cat,
        main,
        public,
        ..
    } = scene().await;
    let rules = || vec![CONTACTS, NOBODY];
    bob.set_privacy(KEY, rules()).await.unwrap();
    // Ada has Bob, but Bob does not have Ada.
    assert_eq!(sees(&ada, &bob).await, Some((public.id, false)));
    ada.settle().await;
    ada.take_updates();
    bob.import(&ada).await;
    let told = ada.update(changed_user).await;
    assert_eq!((told.id, shown(&told)), (bob.id, Some((main.id, false))));
    assert_eq!(sees(&ada, &bob).await, Some((main.id, false)));
    assert!(peer_photo(&ada, &bob, main.id, true).await.is_ok());
    assert_eq!(list(&ada, &bob, (0, 0, 100)).await.0, [main.id]);
    assert_eq!(sees(&cat, &bob).await, Some((public.id, false)));
    assert_eq!(list(&cat, &bob, (0, 0, 100)).await.0, [0_i64; 0]);
    let id = vec![bob.name(&ada).await];
    bob.call(functions::contacts::DeleteContacts { id })
        .await
        .unwrap();
    let told = ada.update(changed_user).await;
    assert_eq!(shown(&told), Some((public.id, false)));
}

/// P33, U11, both directions: who blocks hides, who is blocked does not; the personal picture stays.
#[tokio::test]
async fn p33_a_block_hides_the_pictures_of_who_blocks() {
    let Scene {
        server: _server,
        ada,
        bob,
        cat,
        main,
        public,
        ..
    } = scene().await;
    let own = photo(&ada.set_own(&picture(RED, 320)).await.unwrap()).id;
    let id = bob.peer(&ada).await;
    bob.call(functions::contacts::Block::new(id)).await.unwrap();
    assert_eq!(sees(&ada, &bob).await, None);
    let gone = Err(refused("LOCATION_INVALID"));
    for id in [main.id, public.id] {
        assert_eq!(peer_photo(&ada, &bob, id, true).await, gone);
    }
    assert_eq!(sees(&cat, &bob).await, Some((main.id, false)));
    assert_eq!(sees(&bob, &ada).await, Some((own, false)));
    // A rule that names Ada does not open it.
    let users = vec![bob.name(&ada).await];
    let rule = types::InputPrivacyValueAllowUsers { users }.into();
    bob.set_privacy(KEY, vec![rule, NOBODY]).await.unwrap();
    assert_eq!(sees(&ada, &bob).await, None);
    let set = ada.set_personal(&bob, &picture(BLUE, 640)).await.unwrap();
    let personal = photo(&set).id;
    assert_eq!(sees(&ada, &bob).await, Some((personal, true)));
    let id = bob.peer(&ada).await;
    bob.call(functions::contacts::Unblock::new(id))
        .await
        .unwrap();
    let three = [Some(personal), Some(main.id), None];
    assert_eq!(full(&ada, &bob).await, three);
}

/// P100: a new public picture is told to those who see it, and to nobody else.
#[tokio::test]
async fn p100_a_public_picture_is_told_to_those_who_see_it() {
    let Scene {
        server: _server,
        ada,
        bob,
        cat,
        main,
        ..
    } = scene().await;
    cat.import(&bob).await;
    let users = vec![bob.name(&cat).await];
    let rule = types::InputPrivacyValueDisallowUsers { users }.into();
    let everybody = enums::InputPrivacyRule::InputPrivacyValueAllowAll;
    bob.set_privacy(KEY, vec![rule, everybody]).await.unwrap();
    for account in [&ada, &cat] {
        account.settle().await;
        account.take_updates();
    }
    let public = photo(&fallback(&bob).await).id;
    // What was told before may still be on its way.
    let new = |user: &types::User| shown(user) == Some((public, false));
    let told = cat
        .update(|updates| changed_user(updates).filter(new))
        .await;
    assert_eq!(told.id, bob.id);
    ada.settle().await;
    assert!(ada.take_updates().is_empty());
    assert_eq!(sees(&ada, &bob).await, Some((main.id, false)));
}
