//! One rule: whom it is about and whether it says yes; a list of rules, decided and written down.

use std::collections::{BTreeSet, HashSet};

use store::StoreError;

use super::Key;
use crate::Refusal;

/// Rules and the users and chats that they name, all together. Source: PRIVACY_TOO_LONG is documented
/// with this number.
pub const PRIVACY_ENTRIES_MAX: usize = 1_000;

/// Yes or no for some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Yes.
    pub allow: bool,
    /// Whom it is about.
    pub whom: Whom,
}

/// Whom a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Everybody.
    All,
    /// Bots and what runs inside them.
    Bots,
    /// Whoever is in one of these groups and channels now; ids as the protocol has them.
    ChatParticipants(Vec<i64>),
    /// The owner's close friends. There is only a "yes" for them.
    CloseFriends,
    /// The owner's contacts.
    Contacts,
    /// Subscribers. Nobody is one here. There is only a "yes" for them.
    Premium,
    /// These users.
    Users(Vec<i64>),
}

/// What somebody is to the owner of rules.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing<'a> {
    pub(super) user_id: i64,
    pub(super) is_contact: bool,
    pub(super) is_close_friend: bool,
    pub(super) is_bot: bool,
    /// Those of the named chats in which they are.
    pub(super) chats: &'a HashSet<i64>,
}

impl Rule {
    /// Yes for `whom`.
    pub fn allow(whom: Whom) -> Self {
        Self { allow: true, whom }
    }

    /// No for `whom`.
    pub fn disallow(whom: Whom) -> Self {
        Self { allow: false, whom }
    }

    fn line(&self) -> String {
        let says = if self.allow { "allow" } else { "disallow" };
        let (kind, ids): (&str, &[i64]) = match &self.whom {
            Whom::All => ("all", &[]),
            Whom::Bots => ("bots", &[]),
            Whom::ChatParticipants(ids) => ("chat_participants", ids),
            Whom::CloseFriends => ("close_friends", &[]),
            Whom::Contacts => ("contacts", &[]),
            Whom::Premium => ("premium", &[]),
            Whom::Users(ids) => ("users", ids),
        };
        let ids: String = ids.iter().map(|id| format!(" {id}")).collect();
        format!("{says}_{kind}{ids}")
    }

    fn of(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (says, kind) = words.next()?.split_once('_')?;
        let ids: Option<Vec<i64>> = words.map(|id| id.parse().ok()).collect();
        let ids = ids?;
        let whom = match kind {
            "chat_participants" => Whom::ChatParticipants(ids),
            "users" => Whom::Users(ids),
            _ if !ids.is_empty() => return None,
            "all" => Whom::All,
            "bots" => Whom::Bots,
            "close_friends" => Whom::CloseFriends,
            "contacts" => Whom::Contacts,
            "premium" => Whom::Premium,
            _ => return None,
        };
        match says {
            "allow" => Some(Self::allow(whom)),
            "disallow" => Some(Self::disallow(whom)),
            _ => None,
        }
    }
}

impl Whom {
    fn includes(&self, who: &Standing<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Bots => who.is_bot,
            Self::ChatParticipants(ids) => ids.iter().any(|id| who.chats.contains(id)),
            Self::CloseFriends => who.is_close_friend,
            Self::Contacts => who.is_contact,
            // Chosen: no account has a subscription.
            Self::Premium => false,
            Self::Users(ids) => ids.contains(&who.user_id),
        }
    }
}

/// What rules come to for somebody.
///
/// Source: TDLib matches in order, the first rule that fits decides, none: no.
pub(super) fn decide(rules: &[Rule], who: &Standing<'_>) -> bool {
    rules
        .iter()
        .find(|rule| rule.whom.includes(who))
        .is_some_and(|rule| rule.allow)
}

/// Rules as a row holds them.
pub(super) fn written(rules: &[Rule]) -> String {
    let lines: Vec<String> = rules.iter().map(Rule::line).collect();
    lines.join("\n")
}

/// Rules as a row holds them, read.
pub(super) fn read(text: &str) -> Result<Vec<Rule>, StoreError> {
    let rules: Option<Vec<Rule>> = text.lines().map(Rule::of).collect();
    rules.ok_or_else(|| StoreError::Broken("privacy rules are unreadable".into()))
}

/// The chats that rules name.
pub(crate) fn chats_of(rules: &[Rule]) -> BTreeSet<i64> {
    let named = rules.iter().filter_map(|rule| match &rule.whom {
        Whom::ChatParticipants(ids) => Some(ids),
        _ => None,
    });
    named.flatten().copied().collect()
}

/// The users that rules name.
pub(crate) fn users_of(rules: &[Rule]) -> BTreeSet<i64> {
    let named = rules.iter().filter_map(|rule| match &rule.whom {
        Whom::Users(ids) => Some(ids),
        _ => None,
    });
    named.flatten().copied().collect()
}

/// The rules as they will be kept: each user and chat of a rule named once, in the order given. No rule
/// at all is "nobody": TDLib leaves a last "nobody" out of what it sends.
///
/// # Errors
/// PRIVACY_VALUE_INVALID: two rules of one kind, lists of users aside, an empty "yes" or "no" for close friends or
/// subscribers where there is none, or subscribers with another key than invitations. PRIVACY_TOO_LONG.
pub(super) fn checked(key: Key, mut rules: Vec<Rule>) -> Result<Vec<Rule>, Refusal> {
    if rules.is_empty() {
        return Ok(vec![Rule::disallow(Whom::All)]);
    }
    let mut kinds = HashSet::new();
    for rule in &mut rules {
        let impossible = match &mut rule.whom {
            Whom::Users(ids) | Whom::ChatParticipants(ids) => {
                let mut named = HashSet::new();
                ids.retain(|id| named.insert(*id));
                false
            }
            Whom::CloseFriends => !rule.allow,
            // Source: official page of the constructor, "currently only usable for" this key.
            Whom::Premium => !rule.allow || key != Key::ChatInvite,
            Whom::All | Whom::Bots | Whom::Contacts => false,
        };
        // Which of two was meant, nobody can tell. Lists of users are no such riddle, and an exception
        // for a contact leaves two of them.
        let lists_users = matches!(rule.whom, Whom::Users(_));
        let again = !kinds.insert((rule.allow, std::mem::discriminant(&rule.whom))) && !lists_users;
        if impossible || again {
            return Err(Refusal::PRIVACY_VALUE_INVALID);
        }
    }
    within_bounds(&rules)?;
    Ok(rules)
}

/// # Errors
/// PRIVACY_TOO_LONG.
pub(super) fn within_bounds(rules: &[Rule]) -> Result<(), Refusal> {
    let named = |rule: &Rule| match &rule.whom {
        Whom::Users(ids) | Whom::ChatParticipants(ids) => ids.len(),
        _ => 0,
    };
    let entries = rules.len() + rules.iter().map(named).sum::<usize>();
    if entries > PRIVACY_ENTRIES_MAX {
        return Err(Refusal::PRIVACY_TOO_LONG);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whom() -> impl Strategy<Value = Whom> {
        let ids = || proptest::collection::vec(1_i64..5, 0..4);
        prop_oneof![
            Just(Whom::All),
            Just(Whom::Bots),
            ids().prop_map(Whom::ChatParticipants),
            Just(Whom::CloseFriends),
            Just(Whom::Contacts),
            Just(Whom::Premium),
            ids().prop_map(Whom::Users),
        ]
    }

    fn rules() -> impl Strategy<Value = Vec<Rule>> {
        let rule = (any::<bool>(), whom()).prop_map(|(allow, whom)| Rule { allow, whom });
        proptest::collection::vec(rule, 0..8)
    }

    #[derive(Debug)]
    struct Somebody {
        user_id: i64,
        friend: u8,
        is_bot: bool,
        chats: HashSet<i64>,
    }

    fn somebody() -> impl Strategy<Value = Somebody> {
        let chats = proptest::collection::hash_set(1_i64..5, 0..3);
        (1_i64..5, 0_u8..3, any::<bool>(), chats).prop_map(|(user_id, friend, is_bot, chats)| {
            Somebody {
                user_id,
                friend,
                is_bot,
                chats,
            }
        })
    }

    impl Somebody {
        fn standing(&self) -> Standing<'_> {
            Standing {
                user_id: self.user_id,
                is_contact: self.friend > 0,
                is_close_friend: self.friend > 1,
                is_bot: self.is_bot,
                chats: &self.chats,
            }
        }
    }

    proptest! {
        #[test]
        fn rules_are_read_as_they_were_written(rules in rules()) {
            prop_assert_eq!(read(&written(&rules)).unwrap(), rules);
        }

        /// Against a second reading of the words "in order, the first decides, else no".
        #[test]
        fn the_first_rule_that_fits_decides(rules in rules(), who in somebody()) {
            let mut verdict = false;
            for rule in rules.iter().rev() {
                let fits = match &rule.whom {
                    Whom::All => true,
                    Whom::Bots => who.is_bot,
                    Whom::ChatParticipants(ids) => {
                        !who.chats.is_disjoint(&ids.iter().copied().collect())
                    }
                    Whom::CloseFriends => who.friend == 2,
                    Whom::Contacts => who.friend >= 1,
                    Whom::Premium => false,
                    Whom::Users(ids) => ids.contains(&who.user_id),
                };
                if fits {
                    verdict = rule.allow;
                }
            }
            prop_assert_eq!(decide(&rules, &who.standing()), verdict);
        }

        /// What stands behind a rule about everybody never counts.
        #[test]
        fn nothing_counts_behind_everybody(
            before in rules(), allow in any::<bool>(), after in rules(), who in somebody(),
        ) {
            let mut short = before;
            short.push(Rule { allow, whom: Whom::All });
            let mut long = short.clone();
            long.extend(after);
            prop_assert_eq!(decide(&short, &who.standing()), decide(&long, &who.standing()));
        }

        #[test]
        fn what_is_accepted_says_the_same_as_what_was_given(
            given in rules(), who in somebody(),
        ) {
            if let Ok(kept) = checked(Key::ChatInvite, given.clone()) {
                prop_assert_eq!(decide(&kept, &who.standing()), decide(&given, &who.standing()));
                prop_assert_eq!(checked(Key::ChatInvite, kept.clone()).unwrap(), kept);
            }
        }
    }

    #[test]
    fn rules_that_make_no_sense_are_refused() {
        let invalid = Err(Refusal::PRIVACY_VALUE_INVALID);
        let about = |rules| checked(Key::About, rules).map(|_| ());
        assert_eq!(
            about(vec![Rule::allow(Whom::All), Rule::allow(Whom::All)]),
            invalid
        );
        let users = |id| Rule::allow(Whom::Users(vec![id]));
        assert_eq!(
            about(vec![users(1), Rule::allow(Whom::All), users(2)]),
            Ok(())
        );
        assert_eq!(about(vec![Rule::disallow(Whom::CloseFriends)]), invalid);
        assert_eq!(about(vec![Rule::allow(Whom::Premium)]), invalid);
        let subscribers = vec![Rule::allow(Whom::Premium), Rule::disallow(Whom::All)];
        assert!(checked(Key::ChatInvite, subscribers).is_ok());
        assert_eq!(
            about(vec![users(1), Rule::disallow(Whom::Users(vec![2]))]),
            Ok(())
        );
    }

    #[test]
    fn a_list_may_be_as_long_as_the_limit() {
        let named = |count| {
            let ids = (1..=count).collect();
            vec![Rule::allow(Whom::Users(ids)), Rule::disallow(Whom::All)]
        };
        let room = i64::try_from(PRIVACY_ENTRIES_MAX).unwrap() - 2;
        assert!(checked(Key::About, named(room)).is_ok());
        assert_eq!(
            checked(Key::About, named(room + 1)),
            Err(Refusal::PRIVACY_TOO_LONG)
        );
        let mut doubles = named(room);
        if let Whom::Users(ids) = &mut doubles[0].whom {
            ids.extend(1..=room);
        }
        assert_eq!(checked(Key::About, doubles), Ok(named(room)));
    }

    #[test]
    fn a_text_that_is_no_rule_is_broken() {
        for text in [
            "allow",
            "allow_all 1",
            "perhaps_all",
            "allow_users x",
            "allow_u",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
