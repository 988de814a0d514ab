//! Keys, codes, exported logins: found, used up, expired, never printed.

use store::StoreError;
use store::rows::calls::{self, ActedRow};
use store::rows::codes::{self, CodeRow, ExportedRow};
use store::rows::keys::{self, ClientRow, KeyRow};

use crate::engine::{Place, on_every_engine};

on_every_engine!(
    a_key_comes_back_whole,
    a_key_id_is_written_once,
    what_a_client_says_is_kept,
    a_temporary_key_is_bound_and_bound_again,
    signing_in_and_out_is_kept_on_the_key,
    a_destroyed_key_takes_its_temporary_keys_along,
    expired_temporary_keys_go_and_permanent_ones_stay,
    unused_permanent_keys_go_and_logins_stay,
    a_code_is_kept_counted_passed_and_ended,
    expired_codes_go,
    an_exported_login_is_used_once,
    an_exported_login_ends_with_the_others,
    codes_that_nobody_showed_are_counted,
    a_call_is_noted_once_until_it_is_old,
);

fn key(auth_key_id: i64) -> KeyRow {
    KeyRow {
        auth_key_id,
        auth_key: vec![0x5A; 256],
        created_at: 10,
        first_salt: -3,
        expires_at: None,
        perm_auth_key_id: None,
        dc_id: None,
        user_id: None,
        layer: None,
        client: ClientRow::default(),
        signed_in_at: None,
        last_active_at: 0,
    }
}

fn temporary(auth_key_id: i64, expires_at: i64) -> KeyRow {
    KeyRow {
        expires_at: Some(expires_at),
        ..key(auth_key_id)
    }
}

fn client() -> ClientRow {
    ClientRow {
        api_id: 4,
        device_model: "Desk".into(),
        system_version: "1".into(),
        app_version: "2".into(),
        system_lang_code: "en-US".into(),
        lang_pack: "android".into(),
        lang_code: "en".into(),
        ip: "127.0.0.1".into(),
    }
}

async fn a_key_comes_back_whole(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let whole = KeyRow {
        expires_at: Some(99),
        perm_auth_key_id: Some(i64::MIN),
        dc_id: Some(-2),
        user_id: Some(7),
        layer: Some(201),
        client: client(),
        signed_in_at: Some(11),
        last_active_at: 12,
        ..key(i64::MAX)
    };
    keys::insert(&mut tx, &whole).await.unwrap();
    keys::insert(&mut tx, &key(-1)).await.unwrap();
    assert_eq!(keys::find(&mut tx, i64::MAX).await, Ok(Some(whole.clone())));
    assert_eq!(keys::find(&mut tx, -1).await, Ok(Some(key(-1))));
    assert_eq!(keys::find(&mut tx, 2).await, Ok(None));
    assert!(
        !format!("{whole:?}").contains("90"),
        "the key is not printed: {whole:?}"
    );
}

async fn a_key_id_is_written_once(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    keys::insert(&mut tx, &key(1)).await.unwrap();
    assert_eq!(
        keys::insert(&mut tx, &key(1)).await,
        Err(StoreError::Conflict)
    );
}

async fn what_a_client_says_is_kept(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    keys::insert(&mut tx, &key(1)).await.unwrap();
    keys::set_client(&mut tx, 1, Some(160), &client())
        .await
        .unwrap();
    keys::set_dc(&mut tx, 1, 4).await.unwrap();
    keys::touch(&mut tx, 1, 77, "10.0.0.1").await.unwrap();
    let found = keys::find(&mut tx, 1).await.unwrap().unwrap();
    let moved = ClientRow {
        ip: "10.0.0.1".into(),
        ..client()
    };
    assert_eq!(found.client, moved);
    assert_eq!(
        (found.layer, found.dc_id, found.last_active_at),
        (Some(160), Some(4), 77)
    );
}

async fn a_temporary_key_is_bound_and_bound_again(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for row in [key(1), key(2), temporary(3, 50), temporary(4, 50)] {
        keys::insert(&mut tx, &row).await.unwrap();
    }
    assert_eq!(keys::bind(&mut tx, 3, 1, 60).await, Ok(true));
    assert_eq!(keys::bind(&mut tx, 4, 1, 60).await, Ok(true));
    assert_eq!(keys::bind(&mut tx, 9, 1, 60).await, Ok(false));
    assert_eq!(keys::bound_to(&mut tx, 1).await, Ok(vec![3, 4]));
    keys::bind(&mut tx, 3, 2, 70).await.unwrap();
    assert_eq!(keys::bound_to(&mut tx, 1).await, Ok(vec![4]));
    let found = keys::find(&mut tx, 3).await.unwrap().unwrap();
    assert_eq!(
        (found.perm_auth_key_id, found.expires_at),
        (Some(2), Some(70))
    );
}

async fn signing_in_and_out_is_kept_on_the_key(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for row in [key(1), key(2), key(3)] {
        keys::insert(&mut tx, &row).await.unwrap();
    }
    assert_eq!(keys::sign_in(&mut tx, 1, 7, 20).await, Ok(true));
    assert_eq!(keys::sign_in(&mut tx, 2, 7, 30).await, Ok(true));
    assert_eq!(keys::sign_in(&mut tx, 9, 7, 30).await, Ok(false));
    let of_user = keys::of_user(&mut tx, 7).await.unwrap();
    assert_eq!(
        of_user
            .iter()
            .map(|key| key.auth_key_id)
            .collect::<Vec<_>>(),
        [2, 1]
    );
    assert_eq!(
        (of_user[1].signed_in_at, of_user[1].last_active_at),
        (Some(20), 20)
    );
    assert_eq!(keys::sign_out(&mut tx, 2).await, Ok(true));
    assert_eq!(keys::sign_out(&mut tx, 9).await, Ok(false));
    assert_eq!(keys::of_user(&mut tx, 7).await.unwrap().len(), 1);
    let found = keys::find(&mut tx, 2).await.unwrap().unwrap();
    assert_eq!((found.user_id, found.signed_in_at), (None, None));
}

async fn a_destroyed_key_takes_its_temporary_keys_along(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for row in [key(1), key(2), temporary(3, 50), temporary(4, 50)] {
        keys::insert(&mut tx, &row).await.unwrap();
    }
    keys::bind(&mut tx, 3, 1, 60).await.unwrap();
    keys::bind(&mut tx, 4, 2, 60).await.unwrap();
    assert_eq!(keys::delete(&mut tx, 1).await, Ok(true));
    assert_eq!(keys::delete(&mut tx, 1).await, Ok(false));
    assert_eq!(keys::find(&mut tx, 3).await, Ok(None));
    assert!(keys::find(&mut tx, 4).await.unwrap().is_some());
}

async fn expired_temporary_keys_go_and_permanent_ones_stay(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for row in [key(1), temporary(2, 40), temporary(3, 30), temporary(4, 50)] {
        keys::insert(&mut tx, &row).await.unwrap();
    }
    assert_eq!(keys::delete_expired(&mut tx, 50, 1).await, Ok(vec![3]));
    assert_eq!(keys::delete_expired(&mut tx, 50, 9).await, Ok(vec![2]));
    assert_eq!(keys::delete_expired(&mut tx, 50, 9).await, Ok(Vec::new()));
    assert!(keys::find(&mut tx, 1).await.unwrap().is_some());
    assert!(keys::find(&mut tx, 4).await.unwrap().is_some());
}

async fn unused_permanent_keys_go_and_logins_stay(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for row in [key(1), key(2), key(3), temporary(4, 90)] {
        keys::insert(&mut tx, &row).await.unwrap();
    }
    keys::sign_in(&mut tx, 1, 7, 10).await.unwrap();
    keys::touch(&mut tx, 2, 50, "::1").await.unwrap();
    assert_eq!(keys::delete_unused(&mut tx, 50, 9).await, Ok(vec![3]));
    assert_eq!(keys::delete_unused(&mut tx, 50, 9).await, Ok(Vec::new()));
    assert_eq!(keys::delete_unused(&mut tx, 51, 9).await, Ok(vec![2]));
    assert!(keys::find(&mut tx, 1).await.unwrap().is_some());
    assert!(keys::find(&mut tx, 4).await.unwrap().is_some());
}

fn code(phone: &str, expires_at: i64) -> CodeRow {
    CodeRow {
        phone: phone.into(),
        code_hash: "hash".into(),
        code: "90210".into(),
        expires_at,
        tries: 0,
        passed_by: None,
    }
}

async fn a_code_is_kept_counted_passed_and_ended(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    codes::put(&mut tx, &code("1", 50)).await.unwrap();
    codes::put(&mut tx, &code("2", 60)).await.unwrap();
    codes::count_try(&mut tx, "1", "hash").await.unwrap();
    codes::count_try(&mut tx, "1", "hash").await.unwrap();
    codes::passed(&mut tx, "1", "hash", -8).await.unwrap();
    let found = codes::find(&mut tx, "1", "hash").await.unwrap().unwrap();
    assert_eq!(
        found,
        CodeRow {
            tries: 2,
            passed_by: Some(-8),
            ..code("1", 50)
        }
    );
    assert!(
        !format!("{found:?}").contains("90210"),
        "the code is not printed"
    );
    assert_eq!(codes::find(&mut tx, "1", "other").await, Ok(None));
    assert_eq!(
        codes::find(&mut tx, "2", "hash").await,
        Ok(Some(code("2", 60)))
    );
    let fresh = CodeRow {
        code: "11111".into(),
        ..code("1", 70)
    };
    codes::put(&mut tx, &fresh).await.unwrap();
    assert_eq!(codes::find(&mut tx, "1", "hash").await, Ok(Some(fresh)));
    assert_eq!(codes::delete(&mut tx, "1", "hash").await, Ok(true));
    assert_eq!(codes::delete(&mut tx, "1", "hash").await, Ok(false));
}

async fn expired_codes_go(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (phone, expires_at) in [("1", 50), ("2", 60), ("3", 70)] {
        codes::put(&mut tx, &code(phone, expires_at)).await.unwrap();
    }
    let alive = codes::alive(&mut tx, 50, 9).await.unwrap();
    assert_eq!(alive, [code("3", 70), code("2", 60)]);
    assert_eq!(codes::alive(&mut tx, 0, 1).await.unwrap(), [code("3", 70)]);
    assert_eq!(codes::delete_expired(&mut tx, 61).await, Ok(2));
    assert!(codes::find(&mut tx, "3", "hash").await.unwrap().is_some());
}

async fn an_exported_login_is_used_once(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let row = |fill| ExportedRow {
        token: vec![fill; 32],
        user_id: 7,
        dc_id: 4,
        expires_at: 50,
    };
    for fill in [1, 2, 3] {
        codes::export(&mut tx, &row(fill)).await.unwrap();
    }
    assert_eq!(
        codes::take_exported(&mut tx, &[1; 32]).await,
        Ok(Some(row(1)))
    );
    assert_eq!(codes::take_exported(&mut tx, &[1; 32]).await, Ok(None));
    assert_eq!(codes::delete_expired_exports(&mut tx, 50).await, Ok(0));
    assert_eq!(codes::delete_expired_exports(&mut tx, 51).await, Ok(2));
}

async fn an_exported_login_ends_with_the_others(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (fill, user_id) in [(1, 7), (2, 8)] {
        let row = ExportedRow {
            token: vec![fill; 32],
            user_id,
            dc_id: 4,
            expires_at: 50,
        };
        codes::export(&mut tx, &row).await.unwrap();
    }
    assert_eq!(codes::forget_exports(&mut tx, 7).await, Ok(1));
    assert_eq!(codes::take_exported(&mut tx, &[1; 32]).await, Ok(None));
    assert!(
        codes::take_exported(&mut tx, &[2; 32])
            .await
            .unwrap()
            .is_some()
    );
}

async fn codes_that_nobody_showed_are_counted(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (hash, expires_at) in [("old", 50), ("shown", 70), ("new", 80)] {
        let row = CodeRow {
            code_hash: hash.to_owned(),
            ..code("1", expires_at)
        };
        codes::put(&mut tx, &row).await.unwrap();
    }
    codes::passed(&mut tx, "1", "shown", 9).await.unwrap();
    assert_eq!(codes::unshown_since(&mut tx, "1", 0).await, Ok(2));
    assert_eq!(codes::unshown_since(&mut tx, "1", 50).await, Ok(1));
    assert_eq!(codes::unshown_since(&mut tx, "2", 0).await, Ok(0));
}

async fn a_call_is_noted_once_until_it_is_old(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    let acted = ActedRow {
        photo_id: Some(5),
        peer_id: Some(-6),
        removed: vec![8, 7],
    };
    assert_eq!(calls::find(&mut tx, 7, -1).await, Ok(None));
    calls::put(&mut tx, 7, -1, &acted, 100).await.unwrap();
    calls::put(&mut tx, 8, -1, &ActedRow::default(), 200)
        .await
        .unwrap();
    assert_eq!(calls::find(&mut tx, 7, -1).await, Ok(Some(acted.clone())));
    let nothing = Ok(Some(ActedRow::default()));
    assert_eq!(calls::find(&mut tx, 8, -1).await, nothing);
    assert_eq!(calls::delete_older(&mut tx, 200).await, Ok(1));
    assert_eq!(calls::find(&mut tx, 7, -1).await, Ok(None));
    let again = calls::put(&mut tx, 8, -1, &acted, 300).await;
    assert_eq!(again, Err(StoreError::Conflict));
}
