//! Privacy rules.

use store::rows::privacy::{self, RulesRow};

use crate::engine::{Place, on_every_engine};

on_every_engine!(
    rules_are_kept_by_owner_and_key,
    rules_of_many_accounts_are_read_at_once,
);

fn rules(owner_id: i64, key: &str, rules: &str) -> RulesRow {
    RulesRow {
        owner_id,
        key: key.to_owned(),
        rules: rules.to_owned(),
    }
}

async fn rules_are_kept_by_owner_and_key(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let lines = "allow_users 5 6\ndisallow_all";
    for row in [
        rules(1, "about", "allow_all"),
        rules(1, "profile_photo", "disallow_all"),
        rules(1, "profile_photo", lines),
        rules(2, "about", ""),
    ] {
        privacy::put(&mut tx, &row).await.unwrap();
    }
    let found = privacy::find(&mut tx, 1, "profile_photo").await.unwrap();
    assert_eq!(found.as_deref(), Some(lines));
    let found = privacy::find(&mut tx, 2, "about").await.unwrap();
    assert_eq!(found.as_deref(), Some(""));
    assert_eq!(privacy::find(&mut tx, 2, "profile_photo").await, Ok(None));
    privacy::forget(&mut tx, 1).await.unwrap();
    let left = privacy::of_owners(&mut tx, &[1, 2]).await.unwrap();
    assert_eq!(left, [rules(2, "about", "")]);
}

async fn rules_of_many_accounts_are_read_at_once(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for owner_id in 1..=100 {
        for key in ["about", "profile_photo"] {
            let row = rules(owner_id, key, "allow_contacts");
            privacy::put(&mut tx, &row).await.unwrap();
        }
    }
    let owners: Vec<i64> = (1..=200).collect();
    let before = tx.queries();
    let all = privacy::of_owners(&mut tx, &owners).await.unwrap();
    assert_eq!(tx.queries() - before, 1);
    assert_eq!(all.len(), 200);
    assert_eq!(privacy::of_owners(&mut tx, &[]).await, Ok(vec![]));
    let before = tx.queries();
    let some = privacy::for_key(&mut tx, "about", &owners).await.unwrap();
    assert_eq!(tx.queries() - before, 1);
    assert_eq!(some.len(), 100);
    assert!(some.iter().all(|row| row.key == "about"));
}
