//! Steps: deeds before anybody knows which people and photos there will be. A step is a kind and three
//! numbers that pick among what is there when its turn comes, so any part of a list of steps can be left
//! out and the rest still makes sense.

use super::{
    chats::{Chat, InChat, Kind},
    privacy::{Rule, Whom},
    rules::{Deed, Model, Place},
};

/// Accounts that are not deleted: at least so many, and at most so many with the deleted ones.
const ALIVE_MIN: usize = 6;
const PEOPLE_MAX: usize = 16;
/// Groups and channels, also those in which nobody is any more.
const CHATS_MAX: usize = 12;

/// The numbers of kinds, as often as each shall come.
const KINDS: u32 = 162;

/// One step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    kind: u32,
    picks: [u32; 3],
}

/// Random numbers from a seed (SplitMix64).
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) >> 32) as u32
    }

    /// `count` steps.
    pub(crate) fn steps(&mut self, count: usize) -> Vec<Step> {
        let step = |_| {
            let kind = self.next();
            let picks = [self.next(), self.next(), self.next()];
            Step { kind, picks }
        };
        (0..count).map(step).collect()
    }
}

fn pick<T: Clone>(from: &[T], number: u32) -> Option<T> {
    let place = number as usize % from.len().max(1);
    from.get(place).cloned()
}

/// A place on the own profile.
fn own(fallback: bool) -> Place {
    Place {
        bot: None,
        fallback,
    }
}

impl Step {
    /// What the step does in this world; `None`: nothing, there is nobody or nothing to do it with.
    pub(crate) fn deed(self, model: &Model) -> Option<Deed> {
        let by = pick(&model.alive(), self.picks[0])?;
        if model.is_bot(by) {
            return self.bot(model, by);
        }
        match self.kind % KINDS {
            kind @ 0..=27 => self.contact_picture(model, by, kind),
            kind @ 28..=63 => self.own_picture(model, by, kind),
            kind @ 64..=99 => self.people(model, by, kind),
            kind @ 100..=117 => self.privacy(model, by, kind),
            kind @ 118..=127 => self.picture_of_a_bot(model, by, kind),
            kind => self.chat(model, by, kind),
        }
    }

    /// Mostly of people whom it may be done to.
    fn contact_picture(self, model: &Model, by: i64, kind: u32) -> Option<Deed> {
        let [_, b, c] = self.picks;
        let everybody: Vec<i64> = model.people.keys().copied().collect();
        let contacts: Vec<i64> = model.person(by).contacts.keys().copied().collect();
        let contact = pick(&contacts, b).filter(|_| c % 8 != 0);
        let of = contact.or_else(|| pick(&everybody, b))?;
        let (suggest, save, picture) = match kind {
            0..=8 => (false, true, true),
            9 => (false, false, true),
            10..=13 => (false, true, false),
            14..=21 => (true, false, true),
            22..=25 => (true, true, true),
            26 => (true, true, false),
            _ => (false, false, false),
        };
        Some(Deed::Contact {
            by,
            of,
            suggest,
            save,
            picture,
        })
    }

    fn own_picture(self, model: &Model, by: i64, kind: u32) -> Option<Deed> {
        let [_, b, c] = self.picks;
        let person = model.person(by);
        Some(match kind {
            28..=41 => Deed::Upload {
                by,
                place: own(kind >= 38),
            },
            42..=51 => Deed::Reuse {
                by,
                photo: Self::reusable(model, by, kind < 47, b)?,
                place: own(kind >= 49),
            },
            52..=58 => Deed::Take {
                by,
                place: own(kind >= 56),
            },
            _ => {
                let own: Vec<i64> = person.list.iter().copied().collect();
                let any: Vec<i64> = model.photos.keys().copied().collect();
                let picked = [pick(&own, b), pick(&own, c), pick(&any, b), person.fallback];
                let photos = picked.into_iter().flatten().collect();
                Deed::Delete { by, photos }
            }
        })
    }

    fn people(self, model: &Model, by: i64, kind: u32) -> Option<Deed> {
        let [_, b, c] = self.picks;
        let everybody: Vec<i64> = model.people.keys().copied().collect();
        let of = pick(&everybody, b)?;
        let person = model.person(by);
        Some(match kind {
            64..=73 => {
                let named = c % 16 != 0;
                let name = format!("Name {}", c % 7);
                let name = if named { name } else { String::new() };
                Deed::Add { by, of, name }
            }
            74..=77 => Deed::Forget { by, of },
            78..=80 => Deed::Block {
                by,
                of,
                blocked: true,
            },
            81..=84 => {
                let blocked: Vec<i64> = person.blocked.iter().copied().collect();
                Deed::Block {
                    by,
                    of: pick(&blocked, b)?,
                    blocked: false,
                }
            }
            85..=87 => Deed::Write { by, to: of },
            88..=94 => {
                let messages: Vec<i64> = person.messages.keys().copied().collect();
                Deed::Unsend {
                    by,
                    message: pick(&messages, b)?,
                    revoke: c % 2 == 0,
                }
            }
            95 | 96 if model.alive().len() > ALIVE_MIN => Deed::Leave { by },
            95 | 96 if everybody.len() < PEOPLE_MAX => Deed::Arrive {
                who: everybody.last().copied().unwrap_or(0) + 1,
                bot_of: (c % 4 == 0).then_some(by),
            },
            95 | 96 => return None,
            _ => Deed::Sweep,
        })
    }

    fn privacy(self, model: &Model, by: i64, kind: u32) -> Option<Deed> {
        let [_, b, c] = self.picks;
        let person = model.person(by);
        Some(match kind {
            100..=112 => {
                let more = Seeded(u64::from(b) << 32 | u64::from(c));
                let rules = some_rules(model, by, more);
                Deed::Privacy { by, rules }
            }
            _ => {
                let everybody: Vec<i64> = model.people.keys().copied().collect();
                let mut friends: Vec<i64> = person.contacts.keys().copied().collect();
                friends.retain(|friend| (b >> (friend % 16)) & 1 == 1);
                friends.extend(pick(&everybody, c));
                Deed::CloseFriends { by, friends }
            }
        })
    }

    /// What a bot does by itself.
    fn bot(self, model: &Model, by: i64) -> Option<Deed> {
        let [_, b, c] = self.picks;
        let place = own(c % 8 == 0);
        let everybody: Vec<i64> = model.people.keys().copied().collect();
        Some(match self.kind % 12 {
            0..=3 => Deed::Upload { by, place },
            4 | 5 => Deed::Reuse {
                by,
                photo: Self::reusable(model, by, false, b)?,
                place,
            },
            6 => Deed::Take { by, place },
            7 => self.own_picture(model, by, 59)?,
            8 | 9 => Deed::Write {
                by,
                to: pick(&everybody, b)?,
            },
            _ => self.people(model, by, 88)?,
        })
    }

    /// Mostly of a bot of one's own.
    fn picture_of_a_bot(self, model: &Model, by: i64, kind: u32) -> Option<Deed> {
        let [_, b, c] = self.picks;
        let everybody: Vec<i64> = model.people.keys().copied().collect();
        let bots: Vec<i64> = everybody
            .iter()
            .copied()
            .filter(|bot| model.is_bot(*bot))
            .collect();
        let bot = pick(if c % 8 == 0 { &everybody } else { &bots }, b)?;
        // Most of the time it is its owner who does it.
        let owner = model.person(bot).bot_of;
        let owner = owner.filter(|owner| !model.person(*owner).deleted && c % 4 != 0);
        let by = owner.unwrap_or(by);
        let place = Place {
            bot: Some(bot),
            fallback: c % 16 == 1,
        };
        Some(match kind {
            118..=122 => Deed::Upload { by, place },
            123..=125 => Deed::Reuse {
                by,
                photo: Self::reusable(model, bot, false, c)?,
                place,
            },
            _ => Deed::Take { by, place },
        })
    }

    /// In a chat that somebody leads; where there are few, a new one.
    fn chat(self, model: &Model, by: i64, kind: u32) -> Option<Deed> {
        let [_, b, c] = self.picks;
        let led = |(_, chat): &(&i64, &Chat)| chat.present().iter().any(|who| chat.is_admin(*who));
        let led: Vec<(&i64, &Chat)> = model.chats.iter().filter(led).collect();
        for kind in [Kind::Group, Kind::Megagroup, Kind::Broadcast] {
            let wanted = if kind == Kind::Group { 2 } else { 1 };
            let with = pick(&model.alive(), b)?;
            let there = led.iter().filter(|(_, chat)| chat.kind == kind).count();
            let possible = kind != Kind::Group || with != by;
            if there < wanted && possible && model.chats.len() < CHATS_MAX {
                return Some(Deed::Found { by, kind, with });
            }
        }
        // Now and then in one that nobody leads any more.
        let led: Vec<i64> = led.iter().map(|(id, _)| **id).collect();
        let all: Vec<i64> = model.chats.keys().copied().collect();
        let chat = pick(if c % 8 == 0 { &all } else { &led }, c / 16)?;
        self.in_chat(model, by, chat, kind)
    }

    /// Mostly by somebody who is there.
    fn in_chat(self, model: &Model, by: i64, chat: i64, kind: u32) -> Option<Deed> {
        let [a, b, c] = self.picks;
        let inside = model.chat(chat).present();
        let member = pick(&inside, a).filter(|_| c % 4 != 0);
        let admins = inside
            .iter()
            .copied()
            .filter(|who| model.chat(chat).is_admin(*who));
        let admin = pick(&admins.collect::<Vec<_>>(), a).filter(|_| c % 4 == 1);
        let by = admin.or(member).unwrap_or(by);
        let everybody: Vec<i64> = model.people.keys().copied().collect();
        let of = pick(&everybody, b)?;
        let there = pick(&inside, b).unwrap_or(of);
        let what = match kind {
            128..=134 => InChat::Picture,
            135..=138 => {
                let shown = model
                    .chat(chat)
                    .posts
                    .values()
                    .filter_map(|post| post.photo);
                let own = model.person(by).messages.values();
                let own = own.filter_map(|message| message.photo);
                let known: Vec<i64> = shown.chain(own).chain(model.chat(chat).photo).collect();
                let photo = pick(&known, b).or_else(|| Self::reusable(model, by, false, b))?;
                InChat::Known { photo }
            }
            139..=141 => InChat::Empty,
            142..=147 => InChat::Bring { of },
            148..=150 => InChat::Come,
            151 | 152 => InChat::SendAway { of: there },
            153 => InChat::SendAway { of },
            154 => InChat::Go,
            155 => InChat::Pardon { of },
            156 | 157 => InChat::Admin {
                of: there,
                admin: c % 3 != 0,
            },
            158 | 159 => InChat::Public { public: b % 2 == 0 },
            _ => {
                let posts: Vec<i64> = model.chat(chat).posts.keys().copied().collect();
                InChat::Erase {
                    post: pick(&posts, b).unwrap_or(9),
                }
            }
        };
        let only_in_channels = matches!(
            what,
            InChat::Pardon { .. } | InChat::Public { .. } | InChat::Erase { .. }
        );
        if only_in_channels && model.chat(chat).kind == Kind::Group {
            return None;
        }
        Some(Deed::Chat { by, chat, what })
    }

    /// A photo to put on a profile: a suggestion in the own box, else one of the own, else any.
    fn reusable(model: &Model, by: i64, suggested: bool, number: u32) -> Option<i64> {
        let person = model.person(by);
        let suggestions: Vec<i64> = person
            .messages
            .values()
            .filter_map(|message| message.photo)
            .collect();
        let own: Vec<i64> = person
            .list
            .iter()
            .chain(&person.fallback)
            .copied()
            .collect();
        let any: Vec<i64> = model.photos.keys().copied().collect();
        let first = if suggested { &suggestions } else { &own };
        pick(first, number).or_else(|| pick(&any, number))
    }
}

/// Up to four rules, most of which are taken.
fn some_rules(model: &Model, by: i64, mut more: Seeded) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for _ in 0..more.next() % 5 {
        let Some(whom) = somebody(model, by, &mut more) else {
            continue;
        };
        let allow = match whom {
            Whom::CloseFriends => !more.next().is_multiple_of(16),
            _ => more.next().is_multiple_of(2),
        };
        let rule = Rule { allow, whom };
        if more.next().is_multiple_of(16) || !rules.iter().any(|other| other.is_like(&rule)) {
            rules.push(rule);
        }
    }
    rules
}

fn somebody(model: &Model, by: i64, more: &mut Seeded) -> Option<Whom> {
    let mut ids = |from: Vec<i64>| -> Option<Vec<i64>> {
        let count = more.next() % 3 + 1;
        (0..count).map(|_| pick(&from, more.next())).collect()
    };
    let others = || model.people.keys().copied().filter(|id| *id != by);
    let is_group = |(_, chat): &(&i64, &Chat)| chat.kind == Kind::Group;
    let all = model
        .chats
        .iter()
        .filter(is_group)
        .map(|(id, _)| *id)
        .collect();
    let groups = model.groups_of(by).into_iter().collect();
    let (users, groups) = (ids(others().collect()), ids(groups));
    Some(match more.next() % 64 {
        0 => Whom::Premium,
        1 => Whom::Users(vec![by]),
        2 => Whom::Members(all),
        3..=4 => Whom::Bots,
        5..=16 => Whom::All,
        17..=26 => Whom::Contacts,
        27..=36 => Whom::CloseFriends,
        37..=49 => Whom::Users(users?),
        _ => Whom::Members(groups?),
    })
}
