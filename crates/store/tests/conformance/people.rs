//! Accounts, contacts, saved numbers, blocks.

use store::rows::contacts::{self, BlockRow, ContactRow, SavedPhoneRow};
use store::rows::users::{self, NewUser, UserRow};
use store::{StoreError, Tx, args};

use crate::engine::{Place, on_every_engine};

on_every_engine!(
    an_account_is_found_by_id_number_and_username,
    a_number_and_a_username_belong_to_one_account,
    what_an_account_changes_about_itself_is_kept,
    a_deleted_account_frees_number_and_username,
    accounts_are_listed_page_by_page,
    long_lists_of_ids_are_answered_whole,
    a_contact_is_kept_under_both_ends,
    saving_a_contact_again_keeps_its_photo,
    a_personal_photo_is_set_only_for_a_contact,
    removed_contacts_are_gone_from_both_ends,
    personal_photos_of_a_user_are_forgotten_everywhere,
    forgetting_an_owner_removes_all_it_saved,
    saved_numbers_are_found_by_number_and_by_owner,
    blocks_are_found_from_both_ends,
    close_friends_are_contacts_with_a_mark,
);

pub(crate) fn new_user(user_id: i64) -> NewUser {
    NewUser {
        user_id,
        phone: Some(format!("1555{user_id}")),
        first_name: format!("First {user_id}"),
        last_name: String::new(),
        bot_owner_id: None,
        created_at: 1000 + user_id,
    }
}

async fn add_users(tx: &mut Tx, user_ids: std::ops::RangeInclusive<i64>) {
    for user_id in user_ids {
        users::insert(tx, &new_user(user_id)).await.unwrap();
    }
}

fn contact(owner_id: i64, contact_id: i64) -> ContactRow {
    ContactRow {
        owner_id,
        contact_id,
        phone: "1555".into(),
        first_name: format!("Saved {contact_id}"),
        last_name: "By me".into(),
        added_at: 50,
        personal_photo_id: None,
        close_friend: false,
    }
}

fn sorted(mut ids: Vec<i64>) -> Vec<i64> {
    ids.sort_unstable();
    ids
}

async fn an_account_is_found_by_id_number_and_username(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    add_users(&mut tx, 1..=3).await;
    let bot = NewUser {
        phone: None,
        bot_owner_id: Some(1),
        ..new_user(4)
    };
    users::insert(&mut tx, &bot).await.unwrap();
    assert_eq!(
        users::set_username(&mut tx, 2, Some("Ada_L")).await,
        Ok(true)
    );
    let expected = UserRow {
        user_id: 2,
        phone: Some("15552".into()),
        first_name: "First 2".into(),
        last_name: String::new(),
        about: String::new(),
        username: Some("Ada_L".into()),
        bot_owner_id: None,
        created_at: 1002,
        deleted_at: None,
        fallback_photo_id: None,
        photo_changed_at: 0,
        online_until: 0,
        last_seen_at: 0,
        bot_info_version: 1,
    };
    assert_eq!(users::by_id(&mut tx, 2).await, Ok(Some(expected.clone())));
    assert_eq!(
        users::by_phone(&mut tx, "15552").await,
        Ok(Some(expected.clone()))
    );
    assert_eq!(
        users::by_username(&mut tx, "ada_l").await,
        Ok(Some(expected.clone()))
    );
    assert_eq!(
        users::by_username(&mut tx, "ADA_L").await,
        Ok(Some(expected))
    );
    assert_eq!(users::by_id(&mut tx, 9).await, Ok(None));
    assert_eq!(users::by_phone(&mut tx, "15559").await, Ok(None));
    assert_eq!(users::by_username(&mut tx, "ada").await, Ok(None));
    let bot = users::by_id(&mut tx, 4).await.unwrap().unwrap();
    assert_eq!((bot.phone, bot.bot_owner_id), (None, Some(1)));
    let found = users::by_ids(&mut tx, &[3, 9, 1, 3]).await.unwrap();
    assert_eq!(
        sorted(found.iter().map(|user| user.user_id).collect()),
        [1, 3]
    );
    let found = users::by_phones(&mut tx, &["15553", "0", "15551"])
        .await
        .unwrap();
    assert_eq!(
        sorted(found.iter().map(|user| user.user_id).collect()),
        [1, 3]
    );
    assert_eq!(users::by_ids(&mut tx, &[]).await, Ok(Vec::new()));
}

async fn a_number_and_a_username_belong_to_one_account(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    add_users(&mut tx, 1..=2).await;
    users::set_username(&mut tx, 1, Some("taken"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let double = NewUser {
        phone: new_user(1).phone,
        ..new_user(3)
    };
    assert_eq!(
        users::insert(&mut tx, &double).await,
        Err(StoreError::Conflict)
    );
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(
        users::insert(&mut tx, &new_user(1)).await,
        Err(StoreError::Conflict)
    );
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    let taken = users::set_username(&mut tx, 2, Some("TAKEN")).await;
    assert_eq!(taken, Err(StoreError::Conflict));
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(
        users::set_username(&mut tx, 1, Some("Taken")).await,
        Ok(true),
        "own, other case"
    );
    // No number and no username are no doubles of each other.
    for user_id in 5..=6 {
        users::insert(
            &mut tx,
            &NewUser {
                phone: None,
                ..new_user(user_id)
            },
        )
        .await
        .unwrap();
    }
}

async fn what_an_account_changes_about_itself_is_kept(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    add_users(&mut tx, 1..=2).await;
    assert_eq!(users::rename(&mut tx, 1, "A", "B", "about").await, Ok(true));
    assert_eq!(users::set_presence(&mut tx, 1, 70, 60).await, Ok(true));
    assert_eq!(users::set_fallback(&mut tx, 1, Some(9)).await, Ok(true));
    assert_eq!(users::set_photo_changed(&mut tx, 1, 61).await, Ok(true));
    let user = users::by_id(&mut tx, 1).await.unwrap().unwrap();
    assert_eq!(
        (user.first_name.as_str(), user.last_name.as_str()),
        ("A", "B")
    );
    assert_eq!(
        (user.about.as_str(), user.online_until, user.last_seen_at),
        ("about", 70, 60)
    );
    assert_eq!(
        (user.fallback_photo_id, user.photo_changed_at),
        (Some(9), 61)
    );
    assert_eq!(users::set_fallback(&mut tx, 1, None).await, Ok(true));
    assert_eq!(
        users::by_id(&mut tx, 1)
            .await
            .unwrap()
            .unwrap()
            .fallback_photo_id,
        None
    );
    assert_eq!(
        users::by_id(&mut tx, 2).await.unwrap().unwrap().first_name,
        "First 2"
    );
    assert_eq!(users::rename(&mut tx, 9, "A", "B", "").await, Ok(false));
    assert_eq!(users::set_username(&mut tx, 9, None).await, Ok(false));
    assert_eq!(users::set_presence(&mut tx, 9, 0, 0).await, Ok(false));
    assert_eq!(users::set_photo_changed(&mut tx, 9, 0).await, Ok(false));
}

async fn a_deleted_account_frees_number_and_username(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    add_users(&mut tx, 1..=1).await;
    users::set_username(&mut tx, 1, Some("ada")).await.unwrap();
    users::set_fallback(&mut tx, 1, Some(5)).await.unwrap();
    assert_eq!(users::delete(&mut tx, 1, 77).await, Ok(true));
    assert_eq!(users::delete(&mut tx, 2, 77).await, Ok(false));
    let user = users::by_id(&mut tx, 1).await.unwrap().unwrap();
    assert_eq!((user.deleted_at, user.fallback_photo_id), (Some(77), None));
    assert_eq!(
        (user.phone, user.username, user.first_name),
        (None, None, String::new())
    );
    let again = NewUser {
        phone: new_user(1).phone,
        ..new_user(2)
    };
    users::insert(&mut tx, &again).await.unwrap();
    users::set_username(&mut tx, 2, Some("ada")).await.unwrap();
}

async fn accounts_are_listed_page_by_page(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    add_users(&mut tx, 1..=5).await;
    let mut after = 0;
    let mut seen = Vec::new();
    loop {
        let page = users::page(&mut tx, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.user_id;
        seen.push(page.len());
    }
    assert_eq!(seen, [2, 2, 1]);
}

async fn long_lists_of_ids_are_answered_whole(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    add_users(&mut tx, 1..=3).await;
    for length in [1, 2, 3, 255, 256, 257, 700] {
        let ids: Vec<i64> = (1..=length).collect();
        let found = users::by_ids(&mut tx, &ids).await.unwrap();
        assert_eq!(found.len() as i64, length.min(3), "{length} ids");
    }
    let before = tx.queries();
    users::by_ids(&mut tx, &(1..=100).collect::<Vec<i64>>())
        .await
        .unwrap();
    assert_eq!(tx.queries() - before, 1);
}

async fn a_contact_is_kept_under_both_ends(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (owner_id, contact_id) in [(1, 2), (1, 4), (1, 3), (5, 2), (6, 2)] {
        contacts::put(&mut tx, &contact(owner_id, contact_id))
            .await
            .unwrap();
    }
    assert_eq!(contacts::find(&mut tx, 1, 2).await, Ok(Some(contact(1, 2))));
    assert_eq!(contacts::find(&mut tx, 2, 1).await, Ok(None));
    let all = contacts::of_owner(&mut tx, 1).await.unwrap();
    assert_eq!(all, [contact(1, 2), contact(1, 3), contact(1, 4)]);
    let among = contacts::among(&mut tx, 1, &[9, 4, 2]).await.unwrap();
    assert_eq!(
        sorted(among.iter().map(|row| row.contact_id).collect()),
        [2, 4]
    );
    assert_eq!(contacts::owners_of(&mut tx, 2).await, Ok(vec![1, 5, 6]));
    contacts::set_close_friends(&mut tx, 6, &[2], true)
        .await
        .unwrap();
    let mut savers = contacts::savers_among(&mut tx, 2, &[6, 7, 1])
        .await
        .unwrap();
    savers.sort_unstable();
    assert_eq!(savers, [(1, false), (6, true)]);
}

async fn close_friends_are_contacts_with_a_mark(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for contact_id in [2, 3] {
        contacts::put(&mut tx, &contact(1, contact_id))
            .await
            .unwrap();
    }
    let friends = [2, 3, 9];
    assert_eq!(
        contacts::set_close_friends(&mut tx, 1, &friends, true).await,
        Ok(2)
    );
    assert_eq!(
        contacts::set_close_friends(&mut tx, 1, &[3], false).await,
        Ok(1)
    );
    // Saving again keeps the mark; only removing takes it away.
    contacts::put(&mut tx, &contact(1, 2)).await.unwrap();
    let marks = contacts::of_owner(&mut tx, 1).await.unwrap();
    let marks: Vec<(i64, bool)> = marks
        .iter()
        .map(|row| (row.contact_id, row.close_friend))
        .collect();
    assert_eq!(marks, [(2, true), (3, false)]);
    contacts::remove(&mut tx, 1, &[2]).await.unwrap();
    contacts::put(&mut tx, &contact(1, 2)).await.unwrap();
    let again = contacts::find(&mut tx, 1, 2).await.unwrap().unwrap();
    assert!(!again.close_friend);
}

async fn saving_a_contact_again_keeps_its_photo(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    contacts::put(&mut tx, &contact(1, 2)).await.unwrap();
    contacts::set_personal(&mut tx, 1, 2, Some(70))
        .await
        .unwrap();
    let renamed = ContactRow {
        first_name: "New".into(),
        added_at: 99,
        ..contact(1, 2)
    };
    contacts::put(&mut tx, &renamed).await.unwrap();
    let row = contacts::find(&mut tx, 1, 2).await.unwrap().unwrap();
    assert_eq!((row.first_name.as_str(), row.added_at), ("New", 50));
    assert_eq!(row.personal_photo_id, Some(70));
    let without = ContactRow {
        phone: String::new(),
        ..contact(1, 2)
    };
    contacts::put(&mut tx, &without).await.unwrap();
    let row = contacts::find(&mut tx, 1, 2).await.unwrap().unwrap();
    assert_eq!(
        (row.phone.as_str(), row.first_name.as_str()),
        ("1555", "Saved 2")
    );
}

async fn a_personal_photo_is_set_only_for_a_contact(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    contacts::put(&mut tx, &contact(1, 2)).await.unwrap();
    assert_eq!(
        contacts::set_personal(&mut tx, 1, 2, Some(70)).await,
        Ok(true)
    );
    assert_eq!(
        contacts::set_personal(&mut tx, 2, 1, Some(70)).await,
        Ok(false)
    );
    let row = contacts::find(&mut tx, 1, 2).await.unwrap().unwrap();
    assert_eq!(row.personal_photo_id, Some(70));
    assert_eq!(contacts::set_personal(&mut tx, 1, 2, None).await, Ok(true));
    let row = contacts::find(&mut tx, 1, 2).await.unwrap().unwrap();
    assert_eq!(row.personal_photo_id, None);
}

async fn removed_contacts_are_gone_from_both_ends(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (owner_id, contact_id) in [(1, 2), (1, 3), (5, 2)] {
        contacts::put(&mut tx, &contact(owner_id, contact_id))
            .await
            .unwrap();
    }
    contacts::set_personal(&mut tx, 1, 2, Some(70))
        .await
        .unwrap();
    assert_eq!(
        contacts::remove(&mut tx, 1, &[9, 3, 2]).await,
        Ok(vec![2, 3])
    );
    assert_eq!(contacts::remove(&mut tx, 1, &[3, 2]).await, Ok(Vec::new()));
    assert_eq!(contacts::of_owner(&mut tx, 1).await, Ok(Vec::new()));
    assert_eq!(contacts::owners_of(&mut tx, 2).await, Ok(vec![5]));
    assert_eq!(contacts::owners_of(&mut tx, 3).await, Ok(Vec::new()));
    contacts::put(&mut tx, &contact(1, 2)).await.unwrap();
    let again = contacts::find(&mut tx, 1, 2).await.unwrap().unwrap();
    assert_eq!(again.personal_photo_id, None, "does not come back");
}

async fn personal_photos_of_a_user_are_forgotten_everywhere(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (owner_id, contact_id) in [(1, 2), (5, 2), (6, 2), (1, 3)] {
        contacts::put(&mut tx, &contact(owner_id, contact_id))
            .await
            .unwrap();
    }
    for (owner_id, contact_id) in [(6, 2), (1, 2), (1, 3)] {
        contacts::set_personal(&mut tx, owner_id, contact_id, Some(70))
            .await
            .unwrap();
    }
    assert_eq!(
        contacts::forget_personal_of(&mut tx, 2).await,
        Ok(vec![1, 6])
    );
    let row = contacts::find(&mut tx, 1, 2).await.unwrap().unwrap();
    assert_eq!(row.personal_photo_id, None);
    let row = contacts::find(&mut tx, 1, 3).await.unwrap().unwrap();
    assert_eq!(row.personal_photo_id, Some(70), "of somebody else");
}

async fn forgetting_an_owner_removes_all_it_saved(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (owner_id, contact_id) in [(1, 2), (1, 3), (2, 1)] {
        contacts::put(&mut tx, &contact(owner_id, contact_id))
            .await
            .unwrap();
    }
    contacts::block(&mut tx, 1, 9, 5).await.unwrap();
    contacts::block(&mut tx, 9, 1, 5).await.unwrap();
    contacts::save_phone(&mut tx, &saved(1, "777"))
        .await
        .unwrap();
    contacts::forget_owner(&mut tx, 1).await.unwrap();
    assert_eq!(contacts::of_owner(&mut tx, 1).await, Ok(Vec::new()));
    assert_eq!(contacts::owners_of(&mut tx, 3).await, Ok(Vec::new()));
    assert_eq!(
        contacts::owners_of(&mut tx, 1).await,
        Ok(vec![2]),
        "what others saved stays"
    );
    assert_eq!(contacts::blocked_count(&mut tx, 1).await, Ok(0));
    assert_eq!(contacts::blocked_count(&mut tx, 9).await, Ok(1));
    assert_eq!(
        contacts::saved_phones_of(&mut tx, "777").await,
        Ok(Vec::new())
    );
}

fn saved(owner_id: i64, phone: &str) -> SavedPhoneRow {
    SavedPhoneRow {
        owner_id,
        phone: phone.into(),
        first_name: "Ada".into(),
        last_name: String::new(),
        saved_at: 4,
    }
}

async fn saved_numbers_are_found_by_number_and_by_owner(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for row in [saved(2, "777"), saved(1, "888"), saved(1, "777")] {
        contacts::save_phone(&mut tx, &row).await.unwrap();
    }
    let renamed = SavedPhoneRow {
        first_name: "Bob".into(),
        saved_at: 9,
        ..saved(1, "777")
    };
    contacts::save_phone(&mut tx, &renamed).await.unwrap();
    let kept = SavedPhoneRow {
        saved_at: 4,
        ..renamed
    };
    let found = contacts::saved_phones_of(&mut tx, "777").await;
    assert_eq!(found, Ok(vec![kept.clone(), saved(2, "777")]));
    assert_eq!(
        contacts::saved_phones_by(&mut tx, 1).await,
        Ok(vec![kept, saved(1, "888")])
    );
    assert_eq!(contacts::saved_phones_count(&mut tx, 1).await, Ok(2));
    assert_eq!(contacts::forget_phone(&mut tx, 1, "777").await, Ok(true));
    assert_eq!(contacts::forget_phone(&mut tx, 1, "777").await, Ok(false));
    assert_eq!(
        contacts::saved_phones_of(&mut tx, "777").await,
        Ok(vec![saved(2, "777")])
    );
}

async fn blocks_are_found_from_both_ends(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (owner_id, blocked_id, at) in [(1, 2, 10), (1, 3, 30), (1, 4, 20), (5, 2, 10)] {
        assert_eq!(
            contacts::block(&mut tx, owner_id, blocked_id, at).await,
            Ok(true)
        );
    }
    assert_eq!(contacts::block(&mut tx, 1, 2, 99).await, Ok(false));
    assert_eq!(
        sorted(
            contacts::blocked_among(&mut tx, 1, &[4, 5, 2])
                .await
                .unwrap()
        ),
        [2, 4]
    );
    let blockers = contacts::blockers_among(&mut tx, 2, &[5, 3, 1])
        .await
        .unwrap();
    assert_eq!(sorted(blockers), [1, 5]);
    let page = contacts::blocked_page(&mut tx, 1, 1, 5).await;
    let row = |blocked_id, blocked_at| BlockRow {
        blocked_id,
        blocked_at,
    };
    assert_eq!(page, Ok(vec![row(4, 20), row(2, 10)]));
    assert_eq!(contacts::blocked_count(&mut tx, 1).await, Ok(3));
    assert_eq!(contacts::unblock(&mut tx, 1, 2).await, Ok(true));
    assert_eq!(contacts::unblock(&mut tx, 1, 2).await, Ok(false));
    assert_eq!(
        contacts::blocked_among(&mut tx, 1, &[2]).await,
        Ok(Vec::new())
    );
    let rows = tx.rows("SELECT 1 FROM blocks", args![]).await.unwrap();
    assert_eq!(rows.len(), 3);
}
