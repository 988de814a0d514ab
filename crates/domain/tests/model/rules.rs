//! The picture rules as plain maps, written from the specification and not from the code: who has which
//! pictures, who sees which of them, who may fetch them, and what a deed does to all that.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    chats::{Chat, InChat, Kind},
    privacy::Rule,
};

/// Seconds for which a sweep leaves a photo alone.
const PHOTO_GRACE_S: i64 = 3600;

/// What somebody saved of a contact.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contact {
    pub(crate) name: String,
    pub(crate) personal: Option<i64>,
    /// A close friend, for rules of privacy.
    pub(crate) close: bool,
}

/// One copy of a message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// Below zero: a group.
    pub(crate) peer: i64,
    pub(crate) from: i64,
    pub(crate) twin: i64,
    /// The same number for all copies of a group's message; 0: of a private one.
    pub(crate) shared: i64,
    /// The suggested photo, or the one that a group was given; `None`: neither.
    pub(crate) photo: Option<i64>,
}

/// An account; one that was deleted stays as somebody whom others remember.
#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    pub(crate) deleted: bool,
    pub(crate) contacts: BTreeMap<i64, Contact>,
    pub(crate) blocked: BTreeSet<i64>,
    /// The highest is the main photo.
    pub(crate) list: BTreeSet<i64>,
    pub(crate) fallback: Option<i64>,
    pub(crate) messages: BTreeMap<i64, Message>,
    pub(crate) last_message: i64,
    pub(crate) chats: BTreeSet<i64>,
    /// Whose bot it is; `None`: a person.
    pub(crate) bot_of: Option<i64>,
    /// Who sees its pictures; `None`: it never said.
    pub(crate) rules: Option<Vec<Rule>>,
}

/// A photo that is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Photo {
    pub(crate) maker: i64,
    pub(crate) made_at: i64,
}

/// The photos that a viewer has of an owner in the full profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sight {
    pub(crate) personal: Option<i64>,
    pub(crate) main: Option<i64>,
    pub(crate) fallback: Option<i64>,
}

impl Sight {
    /// The photo in lists, and whether it is personal (I2, I3).
    pub(crate) fn shown(self) -> Option<(i64, bool)> {
        let own = self.main.or(self.fallback).map(|photo| (photo, false));
        self.personal.map(|photo| (photo, true)).or(own)
    }
}

/// Which picture on whose profile.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// A bot that the caller names; `None`: the own profile.
    pub(crate) bot: Option<i64>,
    pub(crate) fallback: bool,
}

/// Something that somebody does, with ids of the moment.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// `photos.uploadContactProfilePhoto`.
    Contact {
        by: i64,
        of: i64,
        suggest: bool,
        save: bool,
        picture: bool,
    },
    /// `photos.uploadProfilePhoto`.
    Upload { by: i64, place: Place },
    /// `photos.updateProfilePhoto` with a photo.
    Reuse { by: i64, photo: i64, place: Place },
    /// `photos.updateProfilePhoto` without one.
    Take { by: i64, place: Place },
    /// `photos.deletePhotos`.
    Delete { by: i64, photos: Vec<i64> },
    /// `contacts.addContact`, also to rename.
    Add { by: i64, of: i64, name: String },
    /// `contacts.deleteContacts`.
    Forget { by: i64, of: i64 },
    /// `contacts.block` and `contacts.unblock`.
    Block { by: i64, of: i64, blocked: bool },
    /// `messages.sendMessage`.
    Write { by: i64, to: i64 },
    /// `messages.deleteMessages`.
    Unsend { by: i64, message: i64, revoke: bool },
    /// `account.setPrivacy` of the profile photo.
    Privacy { by: i64, rules: Vec<Rule> },
    /// `contacts.editCloseFriends`.
    CloseFriends { by: i64, friends: Vec<i64> },
    /// `messages.createChat`, `channels.createChannel`; a group begins with somebody else.
    Found { by: i64, kind: Kind, with: i64 },
    /// Something in or to a group or channel.
    Chat { by: i64, chat: i64, what: InChat },
    /// `account.deleteAccount`.
    Leave { by: i64 },
    /// A new account; a bot has an owner.
    Arrive { who: i64, bot_of: Option<i64> },
    /// Hours pass, and what nothing refers to is swept.
    Sweep,
}

/// Everybody and everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) people: BTreeMap<i64, Person>,
    pub(crate) photos: BTreeMap<i64, Photo>,
    pub(crate) chats: BTreeMap<i64, Chat>,
    pub(crate) last_shared: i64,
    /// Unix seconds.
    pub(crate) now: i64,
}

pub(crate) type Outcome = Result<(), &'static str>;

impl Model {
    /// Accounts that are not deleted.
    pub(crate) fn alive(&self) -> Vec<i64> {
        let alive = self.people.iter().filter(|(_, person)| !person.deleted);
        alive.map(|(id, _)| *id).collect()
    }

    pub(crate) fn person(&self, id: i64) -> &Person {
        &self.people[&id]
    }

    pub(crate) fn person_mut(&mut self, id: i64) -> &mut Person {
        self.people
            .get_mut(&id)
            .expect("deeds name people that exist")
    }

    /// Section 8: personal, then main if rules let it be seen, then the fallback where main is not shown.
    /// Whom the owner has blocked sees nothing of the owner's own (U11); of a deleted account nothing
    /// is seen at all.
    pub(crate) fn sight(&self, viewer: i64, owner: i64) -> Sight {
        let person = self.person(owner);
        if person.deleted {
            return Sight::default();
        }
        let saved = self.person(viewer).contacts.get(&owner);
        let personal = saved.and_then(|contact| contact.personal);
        if person.blocked.contains(&viewer) {
            return Sight {
                personal,
                ..Sight::default()
            };
        }
        let main = person.list.last().copied();
        let main = main.filter(|_| self.allowed(viewer, owner));
        let shows_fallback = viewer == owner || main.is_none();
        let fallback = person.fallback.filter(|_| shows_fallback);
        Sight {
            personal,
            main,
            fallback,
        }
    }

    /// Section 4.4: the owner's list, newest first, without personal and fallback photos.
    pub(crate) fn list(&self, viewer: i64, owner: i64) -> Vec<i64> {
        let person = self.person(owner);
        if !self.allowed(viewer, owner) {
            return Vec::new();
        }
        person.list.iter().rev().copied().collect()
    }

    /// What `photos.getUserPhotos` refreshes and `inputPeerPhotoFileLocation` fetches (4.4, 7.2).
    pub(crate) fn of_peer(&self, viewer: i64, owner: i64, photo: i64) -> bool {
        let Sight {
            personal,
            main,
            fallback,
        } = self.sight(viewer, owner);
        [personal, main, fallback].contains(&Some(photo))
            || self.list(viewer, owner).contains(&photo)
    }

    /// What `inputPhotoFileLocation` fetches: the maker's own photos while they are kept, photos of
    /// messages in the own box, of chats, and what the maker's profile shows.
    pub(crate) fn may_fetch(&self, viewer: i64, photo: i64) -> bool {
        let Some(Photo { maker, .. }) = self.photos.get(&photo) else {
            return false;
        };
        let mut messages = self.person(viewer).messages.values();
        let shown = [
            self.sight(viewer, *maker).main,
            self.sight(viewer, *maker).fallback,
        ];
        *maker == viewer
            || messages.any(|message| message.photo == Some(photo) && self.shows(viewer, message))
            || self.chats_show(viewer, photo)
            || shown.contains(&Some(photo))
            || self.list(viewer, *maker).contains(&photo)
    }

    /// Who shows `who` to somebody: those who saved or chat with it, itself, and whose bot it is (U40).
    pub(crate) fn watches(&self, viewer: i64, who: i64) -> bool {
        let person = self.person(viewer);
        let owns = self.person(who).bot_of == Some(viewer);
        owns || viewer == who || person.contacts.contains_key(&who) || person.chats.contains(&who)
    }

    /// Everything that keeps a photo.
    pub(crate) fn referenced(&self) -> BTreeSet<i64> {
        let mut kept = BTreeSet::new();
        for chat in self.chats.values() {
            kept.extend(chat.photo);
            kept.extend(chat.posts.values().filter_map(|post| post.photo));
        }
        for person in self.people.values() {
            kept.extend(person.list.iter().chain(&person.fallback));
            kept.extend(
                person
                    .contacts
                    .values()
                    .filter_map(|contact| contact.personal),
            );
            kept.extend(person.messages.values().filter_map(|message| message.photo));
        }
        kept
    }

    /// Does a deed; `fresh` is the id of the photo or chat that it makes, if it makes one.
    pub(crate) fn apply(&mut self, deed: &Deed, fresh: i64) -> Outcome {
        match deed {
            Deed::Contact { .. } => self.contact_picture(deed, fresh),
            Deed::Upload { by, place } => {
                let owner = self.owner_of(*by, *place)?;
                self.place(owner, place.fallback, fresh);
                Ok(())
            }
            Deed::Reuse { by, photo, place } => self.reuse(*by, *photo, *place, fresh),
            Deed::Take { by, place } => {
                let owner = self.owner_of(*by, *place)?;
                if place.fallback {
                    self.person_mut(owner).fallback = None;
                } else {
                    self.person_mut(owner).list.pop_last();
                }
                Ok(())
            }
            Deed::Delete { by, photos } => {
                self.person_mut(*by)
                    .list
                    .retain(|photo| !photos.contains(photo));
                Ok(())
            }
            Deed::Add { by, of, name } => self.add(*by, *of, name),
            Deed::Forget { by, of } => {
                self.person_mut(*by).contacts.remove(of);
                Ok(())
            }
            Deed::Block { by, of, blocked } => self.block(*by, *of, *blocked),
            Deed::Write { by, to } => self.write(*by, *to),
            Deed::Unsend {
                by,
                message,
                revoke,
            } => self.unsend(*by, *message, *revoke),
            Deed::Privacy { by, rules } => self.set_rules(*by, rules),
            Deed::CloseFriends { by, friends } => {
                self.set_close_friends(*by, friends);
                Ok(())
            }
            Deed::Found { by, kind, with } => {
                self.found(*by, *kind, *with, fresh);
                Ok(())
            }
            Deed::Chat { by, chat, what } => self.in_chat(*by, *chat, *what, fresh),
            Deed::Leave { by } => {
                self.leave(*by);
                Ok(())
            }
            Deed::Arrive { who, bot_of } => {
                let person = Person {
                    bot_of: *bot_of,
                    ..Person::default()
                };
                self.people.insert(*who, person);
                Ok(())
            }
            Deed::Sweep => {
                let kept = self.referenced();
                let young = self.now - PHOTO_GRACE_S;
                self.photos
                    .retain(|id, photo| kept.contains(id) || photo.made_at >= young);
                Ok(())
            }
        }
    }

    /// The truth table of the design, section 3, and the order of refusals of 3.6.
    fn contact_picture(&mut self, deed: &Deed, fresh: i64) -> Outcome {
        let Deed::Contact {
            by,
            of,
            suggest,
            save,
            picture,
        } = *deed
        else {
            return Ok(());
        };
        if !suggest && !save && !picture {
            return Err("NEED_ACTION_MISSING");
        }
        if by == of || self.is_bot(of) {
            return Err("USER_ID_INVALID");
        }
        if self.person(of).deleted {
            return Err("INPUT_USER_DEACTIVATED");
        }
        if !self.person(by).contacts.contains_key(&of) {
            return Err("CONTACT_MISSING");
        }
        if suggest && self.person(by).blocked.contains(&of) {
            return Err("YOU_BLOCKED_USER");
        }
        if suggest && self.person(of).blocked.contains(&by) {
            return Err("USER_IS_BLOCKED");
        }
        if suggest && !picture {
            return Err("PHOTO_FILE_MISSING");
        }
        if picture {
            self.made(by, fresh);
        }
        if save || !suggest {
            let saved = self.person_mut(by).contacts.get_mut(&of);
            saved.expect("looked at above").personal = picture.then_some(fresh);
        }
        if suggest {
            self.deliver(by, of, Some(fresh));
        }
        Ok(())
    }

    pub(crate) fn is_bot(&self, id: i64) -> bool {
        self.person(id).bot_of.is_some()
    }

    /// Whose profile is meant: bots have no fallback, and only their owners name them.
    fn owner_of(&self, by: i64, place: Place) -> Result<i64, &'static str> {
        if place.bot.is_some() && place.fallback {
            return Err("BOT_FALLBACK_UNSUPPORTED");
        }
        let owner = match place.bot {
            None => by,
            Some(bot) if self.person(bot).bot_of == Some(by) => bot,
            Some(_) => return Err("BOT_INVALID"),
        };
        if place.fallback && self.is_bot(owner) {
            return Err("BOT_FALLBACK_UNSUPPORTED");
        }
        Ok(owner)
    }

    fn made(&mut self, maker: i64, fresh: i64) {
        let made_at = self.now;
        self.photos.insert(fresh, Photo { maker, made_at });
    }

    fn place(&mut self, owner: i64, fallback: bool, fresh: i64) {
        self.made(owner, fresh);
        if fallback {
            self.person_mut(owner).fallback = Some(fresh);
        } else {
            self.person_mut(owner).list.insert(fresh);
        }
    }

    /// 4.2: one of the own list, the own fallback, or a suggestion of somebody else in the own box.
    fn reuse(&mut self, by: i64, photo: i64, place: Place, fresh: i64) -> Outcome {
        let owner = self.owner_of(by, place)?;
        let person = self.person(owner);
        let mut messages = person.messages.values();
        let suggestion = |message: &Message| message.peer > 0 && message.from != by;
        let suggested = owner == by
            && messages.any(|message| message.photo == Some(photo) && suggestion(message));
        if !(person.list.contains(&photo) || person.fallback == Some(photo) || suggested) {
            return Err("PHOTO_ID_INVALID");
        }
        if !place.fallback {
            self.person_mut(owner).list.remove(&photo);
        }
        self.place(owner, place.fallback, fresh);
        Ok(())
    }

    fn add(&mut self, by: i64, of: i64, name: &str) -> Outcome {
        if name.is_empty() {
            return Err("CONTACT_NAME_EMPTY");
        }
        if by == of || self.person(of).deleted {
            return Err("CONTACT_ID_INVALID");
        }
        name.clone_into(&mut self.person_mut(by).contacts.entry(of).or_default().name);
        Ok(())
    }

    fn block(&mut self, by: i64, of: i64, blocked: bool) -> Outcome {
        if by == of {
            return Err("CONTACT_ID_INVALID");
        }
        let list = &mut self.person_mut(by).blocked;
        if blocked {
            list.insert(of);
        } else {
            list.remove(&of);
        }
        Ok(())
    }

    fn write(&mut self, by: i64, to: i64) -> Outcome {
        if self.person(to).deleted {
            return Err("INPUT_USER_DEACTIVATED");
        }
        // People write first, and bots do not hear each other (0101).
        if self.is_bot(by) && self.is_bot(to) {
            return Err("USER_IS_BOT");
        }
        if self.is_bot(by) && !self.person(by).chats.contains(&to) {
            return Err("PEER_ID_INVALID");
        }
        if self.person(to).blocked.contains(&by) {
            return Err("USER_IS_BLOCKED");
        }
        if self.person(by).blocked.contains(&to) {
            return Err("YOU_BLOCKED_USER");
        }
        self.deliver(by, to, None);
        Ok(())
    }

    /// One message in both boxes, each with an id of its box.
    fn deliver(&mut self, from: i64, to: i64, photo: Option<i64>) {
        let mut next = |id: i64| {
            let person = self.person_mut(id);
            person.last_message += 1;
            person.last_message
        };
        let at_sender = next(from);
        let at_receiver = if from == to { at_sender } else { next(to) };
        for (owner, peer, id, twin) in [
            (from, to, at_sender, at_receiver),
            (to, from, at_receiver, at_sender),
        ] {
            let person = self.person_mut(owner);
            person.messages.insert(
                id,
                Message {
                    peer,
                    from,
                    twin,
                    shared: 0,
                    photo,
                },
            );
            person.chats.insert(peer);
        }
    }

    /// 0121: from a group, writers take back their own for everybody, administrators anybody's.
    fn unsend(&mut self, by: i64, message: i64, revoke: bool) -> Outcome {
        let Some(gone) = self.person(by).messages.get(&message).cloned() else {
            return Ok(());
        };
        if gone.peer < 0 && revoke {
            let chat = self.chat(-gone.peer);
            if !chat.has(by) || (gone.from != by && !chat.is_admin(by)) {
                return Err("MESSAGE_DELETE_FORBIDDEN");
            }
            for person in self.people.values_mut() {
                person.messages.retain(|_, copy| copy.shared != gone.shared);
            }
            return Ok(());
        }
        self.person_mut(by).messages.remove(&message);
        if revoke && gone.peer != by {
            self.person_mut(gone.peer).messages.remove(&gone.twin);
        }
        Ok(())
    }

    /// 3.7: no photo of it is shown any more, what others chose for it is dropped, and what it saved
    /// itself goes with it. What it wrote to others stays theirs.
    fn leave(&mut self, by: i64) {
        for person in self.people.values_mut() {
            if let Some(contact) = person.contacts.get_mut(&by) {
                contact.personal = None;
            }
        }
        let person = self.person_mut(by);
        person.deleted = true;
        person.list.clear();
        person.fallback = None;
        person.contacts.clear();
        person.blocked.clear();
        person.rules = None;
        self.leave_chats(by);
    }
}
