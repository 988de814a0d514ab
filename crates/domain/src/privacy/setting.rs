//! `account.getPrivacy` and `account.setPrivacy`: an account reads and changes its own rules.

use store::{
    Tx,
    rows::{
        chats::memberships,
        privacy::{self as rows, RulesRow},
        users,
    },
};

use super::{
    Key, Rule, Whom, allows,
    rule::{chats_of, checked, read, users_of, within_bounds, written},
    sight::present,
    telling,
};
use crate::{
    Error, Peer, Refusal, Services,
    chats::{self, ChatView},
    peers::{self, UserView},
    updates,
};

/// The rules of one key.
#[derive(Clone, Debug)]
pub struct Setting {
    /// In the order in which they are matched.
    pub rules: Vec<Rule>,
    /// The users whom the rules name, as the owner sees them.
    pub users: Vec<UserView>,
    /// The groups and channels that the rules name.
    pub chats: Vec<ChatView>,
}

/// The rules that hold for one key.
///
/// # Errors
/// The store failed.
pub async fn get(services: &Services, owner_id: i64, key: Key) -> Result<Setting, Error> {
    let mut tx = services.store.read().await?;
    let rules = rules_of(&mut tx, owner_id, key).await?;
    setting(services, &mut tx, owner_id, rules).await
}

/// Sets the rules of one key; `users` of rules are ids that the owner could name. Other sessions of the
/// owner are told, and everybody who sees the difference.
///
/// # Errors
/// PRIVACY_VALUE_INVALID: two of one kind, or one that this key cannot have. PRIVACY_TOO_LONG:
/// more than [`super::PRIVACY_ENTRIES_MAX`] rules, users and chats. USER_ID_INVALID: the owner itself,
/// or nobody. CHAT_ID_INVALID: a chat in which the owner is not, unless the rules named it before.
pub async fn set(
    services: &Services,
    (owner_id, origin): (i64, i64),
    key: Key,
    rules: Vec<Rule>,
) -> Result<Setting, Error> {
    let rules = checked(key, rules)?;
    let mut tx = services.store.begin_for(&[owner_id]).await?;
    let old = rules_of(&mut tx, owner_id, key).await?;
    exist(&mut tx, owner_id, &rules, &old).await?;
    let wake = change(services, &mut tx, (owner_id, origin), key, (&old, &rules)).await?;
    let setting = setting(services, &mut tx, owner_id, rules).await?;
    services.commit(tx, &wake).await?;
    Ok(setting)
}

/// The rules that hold for a key, set or usual.
pub(crate) async fn rules_of(tx: &mut Tx, owner_id: i64, key: Key) -> Result<Vec<Rule>, Error> {
    match rows::find(tx, owner_id, key.word()).await? {
        Some(text) => Ok(read(&text)?),
        None => Ok(key.usual()),
    }
}

/// Lets `user_id` see the number of `owner_id`, if it may not yet; returns whom to wake.
///
/// Source: `add_phone_privacy_exception` of `contacts.addContact`.
pub(crate) async fn share_phone(
    services: &Services,
    tx: &mut Tx,
    (owner_id, origin): (i64, i64),
    user_id: i64,
) -> Result<Vec<i64>, Error> {
    let key = Key::PhoneNumber;
    if allows(tx, owner_id, user_id, key).await? {
        return Ok(Vec::new());
    }
    let old = rules_of(tx, owner_id, key).await?;
    let rules = excepted(old.clone(), user_id)?;
    change(services, tx, (owner_id, origin), key, (&old, &rules)).await
}

/// The rules with a "yes" for this user before everything else; nobody else gains one by it.
///
/// # Errors
/// PRIVACY_TOO_LONG: the list is full.
fn excepted(mut rules: Vec<Rule>, user_id: i64) -> Result<Vec<Rule>, Refusal> {
    rules.retain_mut(|rule| match &mut rule.whom {
        Whom::Users(ids) => {
            ids.retain(|id| *id != user_id);
            !ids.is_empty()
        }
        _ => true,
    });
    match rules.first_mut() {
        Some(Rule {
            allow: true,
            whom: Whom::Users(ids),
        }) => ids.push(user_id),
        _ => rules.insert(0, Rule::allow(Whom::Users(vec![user_id]))),
    }
    within_bounds(&rules)?;
    Ok(rules)
}

/// Writes new rules and journals who must know; returns whom to wake.
async fn change(
    services: &Services,
    tx: &mut Tx,
    (owner_id, origin): (i64, i64),
    key: Key,
    (old, new): (&[Rule], &[Rule]),
) -> Result<Vec<i64>, Error> {
    if old == new {
        return Ok(Vec::new());
    }
    let row = RulesRow {
        owner_id,
        key: key.word().to_owned(),
        rules: written(new),
    };
    rows::put(tx, &row).await?;
    updates::privacy_changed(services, tx, owner_id, key, origin).await?;
    let mut wake = telling::rules_changed(services, tx, owner_id, key, (old, new)).await?;
    wake.push(owner_id);
    Ok(wake)
}

/// Whether everybody and every chat that rules name is there.
async fn exist(tx: &mut Tx, owner_id: i64, rules: &[Rule], old: &[Rule]) -> Result<(), Error> {
    let named: Vec<i64> = users_of(rules).into_iter().collect();
    // A deleted account still counts: clients send back whole lists.
    let found = users::by_ids(tx, &named).await?;
    if named.contains(&owner_id) || found.len() != named.len() {
        return Err(Refusal::USER_ID_INVALID.into());
    }
    let kept = chats_of(old);
    let chats: Vec<i64> = chats_of(rules).difference(&kept).copied().collect();
    let own = present(memberships(tx, owner_id, &chats).await?);
    if own.count() != chats.len() {
        return Err(Refusal::CHAT_ID_INVALID.into());
    }
    Ok(())
}

async fn setting(
    services: &Services,
    tx: &mut Tx,
    owner_id: i64,
    rules: Vec<Rule>,
) -> Result<Setting, Error> {
    let named: Vec<i64> = users_of(&rules).into_iter().collect();
    let users = peers::view(services, tx, owner_id, &named).await?;
    // A rule names chats by bare ids: each is looked for among groups and among channels.
    let named: Vec<Peer> = chats_of(&rules)
        .into_iter()
        .flat_map(|id| [Peer::Group(id), Peer::Channel(id)])
        .collect();
    let chats = chats::view(services, tx, owner_id, &named).await?;
    Ok(Setting {
        rules,
        users,
        chats,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::PRIVACY_ENTRIES_MAX, *};

    #[test]
    fn an_exception_comes_first_and_replaces_a_no() {
        let rules = vec![
            Rule::disallow(Whom::Users(vec![5])),
            Rule::disallow(Whom::All),
        ];
        let expected = vec![Rule::allow(Whom::Users(vec![5])), Rule::disallow(Whom::All)];
        assert_eq!(excepted(rules, 5), Ok(expected.clone()));
        assert_eq!(excepted(expected.clone(), 5), Ok(expected.clone()));
        let two = Rule::allow(Whom::Users(vec![5, 6]));
        assert_eq!(excepted(expected, 6).unwrap()[0], two);
    }

    #[test]
    fn an_exception_opens_nothing_to_anybody_else() {
        let chat = Rule::disallow(Whom::ChatParticipants(vec![9]));
        let six = Rule::allow(Whom::Users(vec![6, 7]));
        let all = Rule::disallow(Whom::All);
        let rules = excepted(vec![chat.clone(), six, all.clone()], 7);
        let seven = Rule::allow(Whom::Users(vec![7]));
        let six = Rule::allow(Whom::Users(vec![6]));
        assert_eq!(rules, Ok(vec![seven, chat, six, all]));
    }

    #[test]
    fn a_full_list_takes_no_exception() {
        let ids = (1..=PRIVACY_ENTRIES_MAX as i64 - 1).collect();
        let full = vec![Rule::allow(Whom::Users(ids))];
        assert_eq!(excepted(full, -1), Err(Refusal::PRIVACY_TOO_LONG));
    }
}
