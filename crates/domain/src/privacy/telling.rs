//! Who sees a difference when rules, or what they ask about, change.

use std::collections::HashSet;

use store::{
    Tx,
    rows::{contacts, privacy as rows},
};

use super::{
    Key, Rule,
    rule::{Standing, decide, read},
    rules_of,
    sight::Audience,
};
use crate::{Error, Services, updates};

/// Journals for everybody who shows `owner_id` and sees it otherwise by the new rules; returns them.
///
/// Chosen: whoever sees no difference is not told, so that nobody learns of a decision that does not
/// concern it (docs/decisions/0091).
pub(super) async fn rules_changed(
    services: &Services,
    tx: &mut Tx,
    owner_id: i64,
    key: Key,
    (old, new): (&[Rule], &[Rule]),
) -> Result<Vec<i64>, Error> {
    if !Key::SHOWN.contains(&key) {
        return Ok(Vec::new());
    }
    let watchers = reachable(tx, owner_id, key).await?;
    let both = [old, new].concat();
    let audience = Audience::load(tx, owner_id, &watchers, &both).await?;
    let told: Vec<i64> = watchers
        .into_iter()
        .filter(|viewer| audience.allows(*viewer, old) != audience.allows(*viewer, new))
        .collect();
    tell(services, tx, owner_id, told).await
}

/// Whether the rules of `owner_id` let `viewer` see what `key` is about, whether or not it is blocked.
pub(crate) async fn rules_allow(
    tx: &mut Tx,
    owner_id: i64,
    viewer: i64,
    key: Key,
) -> Result<bool, Error> {
    let rules = rules_of(tx, owner_id, key).await?;
    let audience = Audience::load(tx, owner_id, &[viewer], &rules).await?;
    Ok(audience.allows(viewer, &rules))
}

/// Of those who show `owner_id`: who may see what `key` is about, and who may not by the rules. Who is
/// blocked is in neither.
pub(crate) async fn seen_by(
    tx: &mut Tx,
    owner_id: i64,
    key: Key,
) -> Result<(Vec<i64>, Vec<i64>), Error> {
    let watchers = reachable(tx, owner_id, key).await?;
    let rules = rules_of(tx, owner_id, key).await?;
    let audience = Audience::load(tx, owner_id, &watchers, &rules).await?;
    Ok(watchers
        .into_iter()
        .partition(|viewer| audience.allows(*viewer, &rules)))
}

/// Journals that `owner_id` looks different to `told`; returns them.
async fn tell(
    services: &Services,
    tx: &mut Tx,
    owner_id: i64,
    told: Vec<i64>,
) -> Result<Vec<i64>, Error> {
    updates::tell(services, tx, owner_id, &told, 0).await?;
    Ok(told)
}

/// Whether it makes a difference to what `user_id` sees of `owner_id` that it is a contact of it.
pub(crate) async fn contact_matters(
    tx: &mut Tx,
    owner_id: i64,
    user_id: i64,
) -> Result<bool, Error> {
    let states = [Friendship::None, Friendship::Contact, Friendship::Close];
    Ok(!differing(tx, owner_id, &[user_id], &states)
        .await?
        .is_empty())
}

/// Journals for those of the contacts `user_ids`, now or not any more close friends of `owner_id`, who
/// show it and see it otherwise for that; returns them.
pub(crate) async fn close_friends_changed(
    services: &Services,
    tx: &mut Tx,
    owner_id: i64,
    user_ids: &[i64],
) -> Result<Vec<i64>, Error> {
    let mut watchers = updates::watchers(tx, owner_id).await?;
    let user_ids: HashSet<i64> = user_ids.iter().copied().collect();
    watchers.retain(|watcher| user_ids.contains(watcher));
    let states = [Friendship::Contact, Friendship::Close];
    let told = differing(tx, owner_id, &watchers, &states).await?;
    tell(services, tx, owner_id, told).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Friendship {
    None,
    Contact,
    Close,
}

/// For whom some rule of `owner_id` does not say the same in all of these states; where a block decides,
/// no rule does.
async fn differing(
    tx: &mut Tx,
    owner_id: i64,
    viewers: &[i64],
    states: &[Friendship],
) -> Result<Vec<i64>, Error> {
    let set = rows::of_owners(tx, &[owner_id]).await?;
    let mut lists = Vec::new();
    for key in Key::SHOWN {
        let rules = match set.iter().find(|row| row.key == key.word()) {
            Some(row) => read(&row.rules)?,
            None => key.usual(),
        };
        lists.push((key, rules));
    }
    let asked: Vec<Rule> = lists.iter().flat_map(|(_, rules)| rules.clone()).collect();
    let audience = Audience::load(tx, owner_id, viewers, &asked).await?;
    let blocked: HashSet<i64> = contacts::blocked_among(tx, owner_id, viewers)
        .await?
        .into_iter()
        .collect();
    let nowhere = HashSet::new();
    let differs = |viewer: i64, rules: &[Rule]| {
        let say = |state: &Friendship| {
            let standing = Standing {
                is_contact: *state != Friendship::None,
                is_close_friend: *state == Friendship::Close,
                ..audience.standing(viewer, &nowhere)
            };
            decide(rules, &standing)
        };
        states.windows(2).any(|pair| say(&pair[0]) != say(&pair[1]))
    };
    let told = viewers.iter().copied();
    Ok(told
        .filter(|viewer| {
            let decides = |key: Key| !(key.ends_with_block() && blocked.contains(viewer));
            let mut lists = lists.iter().filter(|(key, _)| decides(*key));
            lists.any(|(_, rules)| differs(*viewer, rules))
        })
        .collect())
}

/// Everybody who shows `owner_id`, without those for whom a block decides.
async fn reachable(tx: &mut Tx, owner_id: i64, key: Key) -> Result<Vec<i64>, Error> {
    let mut watchers = updates::watchers(tx, owner_id).await?;
    watchers.retain(|viewer| *viewer != owner_id);
    if key.ends_with_block() {
        let blocked: HashSet<i64> = contacts::blocked_among(tx, owner_id, &watchers)
            .await?
            .into_iter()
            .collect();
        watchers.retain(|viewer| !blocked.contains(viewer));
    }
    Ok(watchers)
}
