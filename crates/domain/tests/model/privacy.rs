//! Rules of privacy as plain lists, written from section 8 of the specification and the decisions 0090
//! and 0091: who is allowed to see the pictures on a profile, and which rules are refused.

use std::collections::BTreeSet;

use super::rules::{Model, Outcome, Person};

/// For whom a rule is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    All,
    Bots,
    CloseFriends,
    Contacts,
    /// Subscribers: only invitations may be for them.
    Premium,
    Users(Vec<i64>),
    /// Those who are in one of these groups.
    Members(Vec<i64>),
}

/// A "yes" or a "no" for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) allow: bool,
    pub(crate) whom: Whom,
}

impl Rule {
    /// Rules have each kind of "yes" and of "no" once; lists of users may come again.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let same_kind = std::mem::discriminant(&self.whom) == std::mem::discriminant(&other.whom);
        self.allow == other.allow && same_kind && !matches!(self.whom, Whom::Users(_))
    }
}

impl Person {
    /// What holds for the pictures of this person: everybody sees them, until rules are set.
    pub(crate) fn rules(&self) -> Vec<Rule> {
        let usual = || {
            vec![Rule {
                allow: true,
                whom: Whom::All,
            }]
        };
        self.rules.clone().unwrap_or_else(usual)
    }
}

impl Model {
    /// Whether `viewer` may see the main picture and the list of `owner`: the first rule that fits
    /// decides, none: no. Whom the owner has blocked may not, whatever rules say.
    pub(crate) fn allowed(&self, viewer: i64, owner: i64) -> bool {
        let person = self.person(owner);
        if person.deleted || person.blocked.contains(&viewer) {
            return false;
        }
        let contact = person.contacts.get(&viewer);
        let fits = |whom: &Whom| match whom {
            Whom::All => true,
            Whom::Bots => self.is_bot(viewer),
            // Nobody here has a subscription.
            Whom::Premium => false,
            Whom::Contacts => contact.is_some(),
            Whom::CloseFriends => contact.is_some_and(|contact| contact.close),
            Whom::Users(ids) => ids.contains(&viewer),
            Whom::Members(groups) => groups.iter().any(|group| self.chat(*group).has(viewer)),
        };
        let rules = person.rules();
        let first = rules.iter().find(|rule| fits(&rule.whom));
        viewer == owner || first.is_some_and(|rule| rule.allow)
    }

    /// `account.setPrivacy`.
    pub(crate) fn set_rules(&mut self, by: i64, rules: &[Rule]) -> Outcome {
        for (place, rule) in rules.iter().enumerate() {
            let impossible = match rule.whom {
                Whom::Premium => true,
                Whom::CloseFriends => !rule.allow,
                _ => false,
            };
            let again = rules[..place].iter().any(|other| other.is_like(rule));
            if impossible || again {
                return Err("PRIVACY_VALUE_INVALID");
            }
        }
        if rules.iter().any(|rule| names(rule).0.contains(&by)) {
            return Err("USER_ID_INVALID");
        }
        let person = self.person(by);
        let kept: BTreeSet<i64> = person
            .rules()
            .iter()
            .flat_map(|rule| names(rule).1.to_vec())
            .collect();
        let mut groups = rules.iter().flat_map(|rule| names(rule).1);
        if groups.any(|group| !self.chat(*group).has(by) && !kept.contains(group)) {
            return Err("CHAT_ID_INVALID");
        }
        let mut rules = rules.to_vec();
        if rules.is_empty() {
            rules.push(Rule {
                allow: false,
                whom: Whom::All,
            });
        }
        for rule in &mut rules {
            if let Whom::Users(ids) | Whom::Members(ids) = &mut rule.whom {
                let mut seen = BTreeSet::new();
                ids.retain(|id| seen.insert(*id));
            }
        }
        // What is set as it was before anybody set it is no change.
        if rules != self.person(by).rules() {
            self.person_mut(by).rules = Some(rules);
        }
        Ok(())
    }

    /// `contacts.editCloseFriends`: exactly these, as far as they are contacts.
    pub(crate) fn set_close_friends(&mut self, by: i64, friends: &[i64]) {
        for (contact_id, contact) in &mut self.person_mut(by).contacts {
            contact.close = friends.contains(contact_id);
        }
    }
}

/// Users and groups that a rule names.
fn names(rule: &Rule) -> (&[i64], &[i64]) {
    match &rule.whom {
        Whom::Users(ids) => (ids, &[]),
        Whom::Members(ids) => (&[], ids),
        _ => (&[], &[]),
    }
}
