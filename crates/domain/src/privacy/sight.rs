//! What rules come to: for one viewer of many owners, and for many viewers of one owner.
//!
//! Both load in a number of queries that does not grow with the number of people.

use std::collections::{BTreeSet, HashMap, HashSet};

use store::{
    Tx,
    rows::{
        chats::{self, MemberRow},
        contacts,
        privacy::{self as rows, RulesRow},
        users,
    },
};

use super::{
    Key, Rule, Whom,
    rule::{self, Standing, decide},
};
use crate::{Error, chats::Role};

/// What one viewer may see of several owners.
#[derive(Debug)]
pub struct Sight {
    viewer: i64,
    is_bot: bool,
    rules: HashMap<(i64, Key), Vec<Rule>>,
    /// Who has the viewer in their contacts, each with whether as a close friend.
    savers: HashMap<i64, bool>,
    blockers: HashSet<i64>,
    /// Those of the named chats in which the viewer is.
    chats: HashSet<i64>,
}

impl Sight {
    /// Loads what `viewer`, a bot or not, may see of `owners`.
    ///
    /// # Errors
    /// The store failed.
    pub async fn load(
        tx: &mut Tx,
        (viewer, is_bot): (i64, bool),
        owners: &[i64],
    ) -> Result<Self, Error> {
        let mut all = owners.to_vec();
        all.push(viewer);
        let rows = rows::of_owners(tx, &all).await?;
        Self::with(tx, (viewer, is_bot), owners, rows).await
    }

    /// The same for one key alone: what it says of others means nothing.
    ///
    /// # Errors
    /// The store failed.
    pub async fn load_for(
        tx: &mut Tx,
        viewer: (i64, bool),
        owners: &[i64],
        key: Key,
    ) -> Result<Self, Error> {
        let rows = rows::for_key(tx, key.word(), owners).await?;
        Self::with(tx, viewer, owners, rows).await
    }

    async fn with(
        tx: &mut Tx,
        (viewer, is_bot): (i64, bool),
        owners: &[i64],
        rows: Vec<RulesRow>,
    ) -> Result<Self, Error> {
        let rules = read(rows)?;
        let named: BTreeSet<i64> = rules
            .iter()
            .filter(|((owner, _), _)| *owner != viewer)
            .flat_map(|(_, rules)| rule::chats_of(rules))
            .collect();
        let named = going_on(tx, named).await?;
        Ok(Self {
            viewer,
            is_bot,
            rules,
            savers: contacts::savers_among(tx, viewer, owners)
                .await?
                .into_iter()
                .collect(),
            blockers: contacts::blockers_among(tx, viewer, owners)
                .await?
                .into_iter()
                .collect(),
            chats: present(chats::memberships(tx, viewer, &named).await?)
                .map(|row| row.chat_id)
                .collect(),
        })
    }

    /// Whether the viewer may: always for its own account, never for an owner who blocked it (but see
    /// docs/decisions/0090), else as the owner's rules have it.
    pub fn allows(&self, owner: i64, key: Key) -> bool {
        if owner == self.viewer {
            return true;
        }
        if key.ends_with_block() && self.is_blocked_by(owner) {
            return false;
        }
        let standing = Standing {
            user_id: self.viewer,
            is_contact: self.is_saved_by(owner),
            is_close_friend: self.savers.get(&owner).copied().unwrap_or(false),
            is_bot: self.is_bot,
            chats: &self.chats,
        };
        match self.rules.get(&(owner, key)) {
            Some(rules) => decide(rules, &standing),
            None => decide(&key.usual(), &standing),
        }
    }

    /// The viewer is `user_id` itself.
    pub fn is_of(&self, user_id: i64) -> bool {
        self.viewer == user_id
    }

    /// The owner has the viewer in its contacts.
    pub fn is_saved_by(&self, owner: i64) -> bool {
        self.savers.contains_key(&owner)
    }

    /// The owner has blocked the viewer.
    pub fn is_blocked_by(&self, owner: i64) -> bool {
        self.blockers.contains(&owner)
    }

    /// The viewer's own rules for a key.
    pub(crate) fn own(&self, key: Key) -> Vec<Rule> {
        let rules = self.rules.get(&(self.viewer, key));
        rules.cloned().unwrap_or_else(|| key.usual())
    }
}

/// Whether `viewer` may see or do what `key` is about with `owner`.
///
/// # Errors
/// The store failed.
pub async fn allows(tx: &mut Tx, owner: i64, viewer: i64, key: Key) -> Result<bool, Error> {
    if owner == viewer {
        return Ok(true);
    }
    let row = users::by_id(tx, viewer).await?;
    let is_bot = row.is_some_and(|row| row.bot_owner_id.is_some());
    Ok(Sight::load_for(tx, (viewer, is_bot), &[owner], key)
        .await?
        .allows(owner, key))
}

/// Those who are in a chat now, not those who were.
pub(super) fn present(rows: Vec<MemberRow>) -> impl Iterator<Item = MemberRow> {
    rows.into_iter().filter(|row| Role::of(row).is_present())
}

/// Those of the chats that have not ended: nobody is in a chat that has.
async fn going_on(tx: &mut Tx, chat_ids: impl IntoIterator<Item = i64>) -> Result<Vec<i64>, Error> {
    let chat_ids: Vec<i64> = chat_ids.into_iter().collect();
    let rows = chats::by_ids(tx, &chat_ids).await?;
    let alive = rows.into_iter().filter(|row| row.deleted_at.is_none());
    Ok(alive.map(|row| row.chat_id).collect())
}

/// What accounts have decided about keys.
fn read(rows: Vec<RulesRow>) -> Result<HashMap<(i64, Key), Vec<Rule>>, Error> {
    let mut found = HashMap::new();
    for row in rows {
        if let Some(key) = Key::of(&row.key) {
            found.insert((row.owner_id, key), rule::read(&row.rules)?);
        }
    }
    Ok(found)
}

/// What several people are to the owner of rules. A block does not count here.
#[derive(Debug, Default)]
pub(crate) struct Audience {
    /// Each with whether as a close friend.
    contacts: HashMap<i64, bool>,
    bots: HashSet<i64>,
    /// In which of the named chats they are.
    chats: HashMap<i64, HashSet<i64>>,
}

impl Audience {
    /// Loads of `viewers` what `rules` of `owner` ask about, and nothing else.
    pub(crate) async fn load(
        tx: &mut Tx,
        owner: i64,
        viewers: &[i64],
        rules: &[Rule],
    ) -> Result<Self, Error> {
        let mut audience = Self::default();
        let asks = |wanted: fn(&Whom) -> bool| rules.iter().any(|rule| wanted(&rule.whom));
        if asks(|whom| matches!(whom, Whom::Contacts | Whom::CloseFriends)) {
            let saved = contacts::among(tx, owner, viewers).await?;
            audience.contacts = saved
                .into_iter()
                .map(|row| (row.contact_id, row.close_friend))
                .collect();
        }
        if asks(|whom| matches!(whom, Whom::Bots)) {
            let rows = users::by_ids(tx, viewers).await?;
            let bots = rows.into_iter().filter(|row| row.bot_owner_id.is_some());
            audience.bots = bots.map(|row| row.user_id).collect();
        }
        for chat_id in going_on(tx, rule::chats_of(rules)).await? {
            for row in present(chats::members_among(tx, chat_id, viewers).await?) {
                audience
                    .chats
                    .entry(row.user_id)
                    .or_default()
                    .insert(chat_id);
            }
        }
        Ok(audience)
    }

    /// What rules, none but those that were loaded for, come to for one of them.
    pub(crate) fn allows(&self, viewer: i64, rules: &[Rule]) -> bool {
        decide(rules, &self.standing(viewer, &HashSet::new()))
    }

    /// What `viewer` is to the owner; `nowhere` stands for the chats of somebody who is in none.
    pub(super) fn standing<'a>(&'a self, viewer: i64, nowhere: &'a HashSet<i64>) -> Standing<'a> {
        Standing {
            user_id: viewer,
            is_contact: self.contacts.contains_key(&viewer),
            is_close_friend: self.contacts.get(&viewer).copied().unwrap_or(false),
            is_bot: self.bots.contains(&viewer),
            chats: self.chats.get(&viewer).unwrap_or(nowhere),
        }
    }
}
