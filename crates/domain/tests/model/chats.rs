//! Groups and channels as plain maps, written from the decisions 0120, 0121, 0130 and 0131 and not from
//! the code: who is in them, who may do what there, whose eyes their pictures are for.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{Message, Model, Outcome, Photo};

/// What somebody is in a chat; nobody who was never there has a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Creator,
    Admin,
    Member,
    Left,
    Kicked,
}

/// Somebody who is or was there, or was sent away before coming.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    pub(crate) role: Role,
    /// Who brought it in; it itself: it came alone, or went alone.
    pub(crate) by: i64,
    /// Has been there.
    pub(crate) was_there: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Group,
    Megagroup,
    Broadcast,
}

/// A message in the box of a channel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Post {
    pub(crate) author: i64,
    pub(crate) photo: Option<i64>,
}

/// A group or channel.
#[derive(Clone, Debug)]
pub(crate) struct Chat {
    pub(crate) kind: Kind,
    pub(crate) creator: i64,
    pub(crate) seats: BTreeMap<i64, Seat>,
    pub(crate) photo: Option<i64>,
    /// A channel into which anybody may look.
    pub(crate) public: bool,
    /// Of a channel; messages of a group are in the boxes of people.
    pub(crate) posts: BTreeMap<i64, Post>,
    pub(crate) last_post: i64,
}

/// Something that somebody does in or to a chat.
#[derive(Clone, Copy, Debug)]
pub(crate) enum InChat {
    /// `messages.editChatPhoto`, `channels.editPhoto` with an upload.
    Picture,
    /// With a photo that there is.
    Known { photo: i64 },
    /// With none.
    Empty,
    /// `messages.addChatUser`, `channels.inviteToChannel`.
    Bring { of: i64 },
    /// `messages.addChatUser` of oneself, `channels.joinChannel`.
    Come,
    /// `messages.deleteChatUser`, `channels.editBanned`.
    SendAway { of: i64 },
    /// `messages.deleteChatUser` of oneself, `channels.leaveChannel`.
    Go,
    /// `channels.editBanned` without a ban.
    Pardon { of: i64 },
    /// `messages.editChatAdmin`, `channels.editAdmin`.
    Admin { of: i64, admin: bool },
    /// `channels.updateUsername` with a name or without one.
    Public { public: bool },
    /// `channels.deleteMessages`.
    Erase { post: i64 },
}

impl Chat {
    /// With its creator; a channel begins with a message that tells of it.
    pub(crate) fn new(kind: Kind, creator: i64) -> Self {
        let seat = Seat {
            role: Role::Creator,
            by: creator,
            was_there: true,
        };
        let mut chat = Self {
            kind,
            creator,
            seats: BTreeMap::from([(creator, seat)]),
            photo: None,
            public: false,
            posts: BTreeMap::new(),
            last_post: 0,
        };
        if kind != Kind::Group {
            chat.post(creator, None);
        }
        chat
    }

    fn role(&self, who: i64) -> Option<Role> {
        self.seats.get(&who).map(|seat| seat.role)
    }

    pub(crate) fn has(&self, who: i64) -> bool {
        use Role::{Admin, Creator, Member};
        matches!(self.role(who), Some(Creator | Admin | Member))
    }

    pub(crate) fn is_admin(&self, who: i64) -> bool {
        matches!(self.role(who), Some(Role::Creator | Role::Admin))
    }

    pub(crate) fn present(&self) -> Vec<i64> {
        let all = self.seats.keys().copied();
        all.filter(|who| self.has(*who)).collect()
    }

    /// Who is in it, and for a public channel everybody who was not sent away.
    pub(crate) fn is_open_to(&self, viewer: i64) -> bool {
        self.has(viewer) || (self.public && self.role(viewer) != Some(Role::Kicked))
    }

    fn sit(&mut self, who: i64, (role, by): (Role, i64)) {
        let was_there = true;
        let seat = Seat {
            role,
            by,
            was_there,
        };
        self.seats.insert(who, seat);
    }

    fn stand(&mut self, who: i64, role: Role) {
        if let Some(seat) = self.seats.get_mut(&who) {
            seat.role = role;
        }
    }

    fn post(&mut self, author: i64, photo: Option<i64>) {
        self.last_post += 1;
        self.posts.insert(self.last_post, Post { author, photo });
    }
}

impl Model {
    pub(crate) fn chat(&self, chat: i64) -> &Chat {
        &self.chats[&chat]
    }

    fn chat_mut(&mut self, chat: i64) -> &mut Chat {
        let chat = self.chats.get_mut(&chat);
        chat.expect("deeds name chats that exist")
    }

    /// The groups in which somebody is.
    pub(crate) fn groups_of(&self, who: i64) -> BTreeSet<i64> {
        let inside = |(_, chat): &(&i64, &Chat)| chat.kind == Kind::Group && chat.has(who);
        self.chats
            .iter()
            .filter(inside)
            .map(|(id, _)| *id)
            .collect()
    }

    /// The picture of a chat as somebody sees it.
    pub(crate) fn shown_of_chat(&self, viewer: i64, chat: i64) -> Option<i64> {
        let chat = self.chat(chat);
        chat.photo.filter(|_| chat.is_open_to(viewer))
    }

    /// A message of the own box shows its picture: one of a group only to those who are in it (0120).
    pub(crate) fn shows(&self, viewer: i64, message: &Message) -> bool {
        message.peer > 0 || self.chat(-message.peer).has(viewer)
    }

    /// A chat that somebody may look into shows a photo, or a channel has shown it.
    pub(crate) fn chats_show(&self, viewer: i64, photo: i64) -> bool {
        let shows = |chat: &Chat| {
            let mut posts = chat.posts.values();
            chat.photo == Some(photo) || posts.any(|post| post.photo == Some(photo))
        };
        let mut chats = self.chats.values();
        chats.any(|chat| chat.is_open_to(viewer) && shows(chat))
    }

    /// Who does not want to come into a new group is left out.
    pub(crate) fn found(&mut self, by: i64, kind: Kind, with: i64, id: i64) {
        let comes = kind == Kind::Group && with != by && !self.unwilling(by, with);
        let mut chat = Chat::new(kind, by);
        if comes {
            chat.sit(with, (Role::Member, by));
        }
        self.chats.insert(id, chat);
        if kind == Kind::Group {
            self.tell_group(by, id, None);
        }
    }

    pub(crate) fn in_chat(&mut self, by: i64, id: i64, what: InChat, fresh: i64) -> Outcome {
        let chat = self.chat(id);
        match chat.kind {
            Kind::Group => {
                let returns = matches!(what, InChat::Come);
                let may_return = chat.role(by) == Some(Role::Left);
                if let InChat::Bring { of } = what
                    && self.person(of).deleted
                {
                    return Err("INPUT_USER_DEACTIVATED");
                }
                let may_act = chat.has(by) || (returns && may_return);
                if !may_act {
                    return Err("CHAT_ID_INVALID");
                }
                self.in_group(by, id, what, fresh)
            }
            _ if !chat.is_open_to(by) => Err("CHANNEL_PRIVATE"),
            _ => self.in_channel(by, id, what, fresh),
        }
    }

    /// 0121: all members may change the picture.
    fn in_group(&mut self, by: i64, id: i64, what: InChat, fresh: i64) -> Outcome {
        match what {
            InChat::Picture | InChat::Known { .. } | InChat::Empty => {
                self.chat_picture(by, id, what, fresh)
            }
            InChat::Bring { of } if of != by => self.bring(by, id, of),
            InChat::Come | InChat::Bring { .. } => {
                if self.chat(id).has(by) {
                    return Err("USER_ALREADY_PARTICIPANT");
                }
                self.come(by, id, by);
                Ok(())
            }
            InChat::SendAway { of } => self.send_away(by, id, of),
            InChat::Go => self.send_away(by, id, by),
            InChat::Admin { of, admin } => {
                let chat = self.chat(id);
                if chat.role(by) != Some(Role::Creator) {
                    return Err("CHAT_ADMIN_REQUIRED");
                }
                self.name_admin(by, id, of, admin)
            }
            // Steps do these in channels alone.
            InChat::Pardon { .. } | InChat::Public { .. } | InChat::Erase { .. } => Ok(()),
        }
    }

    fn name_admin(&mut self, by: i64, id: i64, of: i64, admin: bool) -> Outcome {
        if by == of {
            return Err("USER_ID_INVALID");
        }
        if !self.chat(id).has(of) {
            return Err("USER_NOT_PARTICIPANT");
        }
        let role = if admin { Role::Admin } else { Role::Member };
        self.chat_mut(id).stand(of, role);
        Ok(())
    }

    /// Brings somebody into a group.
    fn bring(&mut self, by: i64, id: i64, of: i64) -> Outcome {
        let chat = self.chat(id);
        match chat.role(of) {
            _ if chat.has(of) => return Err("USER_ALREADY_PARTICIPANT"),
            Some(Role::Kicked) if !chat.is_admin(by) => return Err("CHAT_ADMIN_REQUIRED"),
            Some(Role::Left) if !self.mutual(by, of) => return Err("USER_NOT_MUTUAL_CONTACT"),
            _ => {}
        }
        if self.unwilling(by, of) {
            return Err("USER_PRIVACY_RESTRICTED");
        }
        self.come(by, id, of);
        Ok(())
    }

    fn come(&mut self, by: i64, id: i64, of: i64) {
        let chat = self.chat_mut(id);
        let role = if chat.creator == of {
            Role::Creator
        } else {
            Role::Member
        };
        chat.sit(of, (role, by));
        self.tell_group(by, id, None);
    }

    /// The message about it reaches whoever goes, too.
    fn send_away(&mut self, by: i64, id: i64, of: i64) -> Outcome {
        let chat = self.chat(id);
        if !chat.has(of) {
            return Err("USER_NOT_PARTICIPANT");
        }
        let may = match (chat.seats[&by].role, chat.seats[&of].role) {
            _ if by == of => true,
            (Role::Creator, _) | (Role::Admin, Role::Member) => true,
            (Role::Member, Role::Member) => chat.seats[&of].by == by,
            _ => false,
        };
        if !may {
            return Err("CHAT_ADMIN_REQUIRED");
        }
        self.tell_group(by, id, None);
        let role = if by == of { Role::Left } else { Role::Kicked };
        self.chat_mut(id).stand(of, role);
        Ok(())
    }

    fn mutual(&self, one: i64, other: i64) -> bool {
        let saved = |by: i64, of: i64| self.person(by).contacts.contains_key(&of);
        saved(one, other) && saved(other, one)
    }

    /// A block on either side; rules for invitations are the usual ones.
    fn unwilling(&self, by: i64, of: i64) -> bool {
        self.person(by).blocked.contains(&of) || self.person(of).blocked.contains(&by)
    }

    /// A copy for everybody who is there.
    fn tell_group(&mut self, from: i64, id: i64, photo: Option<i64>) {
        self.last_shared += 1;
        let shared = self.last_shared;
        for who in self.chat(id).present() {
            let person = self.person_mut(who);
            person.last_message += 1;
            let message = Message {
                peer: -id,
                from,
                twin: 0,
                shared,
                photo,
            };
            person.messages.insert(person.last_message, message);
        }
    }

    fn chat_picture(&mut self, by: i64, id: i64, what: InChat, fresh: i64) -> Outcome {
        let chat = self.chat(id);
        if let InChat::Known { photo } = what {
            let person = self.person(by);
            let own = person.list.contains(&photo) || person.fallback == Some(photo);
            let mut copies = person.messages.values();
            let mut posts = chat.posts.values();
            let was_here = copies.any(|copy| copy.peer == -id && copy.photo == Some(photo))
                || posts.any(|post| post.photo == Some(photo));
            if !own && !was_here && chat.photo != Some(photo) {
                return Err("PHOTO_INVALID");
            }
            if chat.photo == Some(photo) {
                return Err("CHAT_NOT_MODIFIED");
            }
        }
        if matches!(what, InChat::Empty) && chat.photo.is_none() {
            return Err("CHAT_NOT_MODIFIED");
        }
        let photo = (!matches!(what, InChat::Empty)).then_some(fresh);
        if photo.is_some() {
            let (maker, made_at) = (by, self.now);
            self.photos.insert(fresh, Photo { maker, made_at });
        }
        let chat = self.chat_mut(id);
        chat.photo = photo;
        if chat.kind == Kind::Group {
            self.tell_group(by, id, photo);
        } else {
            chat.post(by, photo);
        }
        Ok(())
    }

    /// 0131: administrators change what a channel shows, only its creator names them.
    fn in_channel(&mut self, by: i64, id: i64, what: InChat, fresh: i64) -> Outcome {
        let chat = self.chat(id);
        let supergroup = chat.kind == Kind::Megagroup;
        let administers = match () {
            () if !chat.has(by) => Err("CHAT_WRITE_FORBIDDEN"),
            () if !chat.is_admin(by) => Err("CHAT_ADMIN_REQUIRED"),
            () => Ok(()),
        };
        match what {
            InChat::Picture | InChat::Known { .. } | InChat::Empty => {
                administers?;
                self.chat_picture(by, id, what, fresh)
            }
            InChat::Bring { of } => {
                if supergroup && chat.has(by) {
                    self.invite(by, id, of)
                } else {
                    administers?;
                    self.invite(by, id, of)
                }
            }
            InChat::Come => {
                if !chat.has(by) {
                    self.enter(by, id, by);
                }
                Ok(())
            }
            InChat::Go => match chat.role(by) {
                Some(Role::Creator) => Err("USER_CREATOR"),
                _ if !chat.has(by) => Err("USER_NOT_PARTICIPANT"),
                _ => {
                    self.go(by, id, (by, Role::Left));
                    Ok(())
                }
            },
            InChat::SendAway { of } | InChat::Pardon { of } => {
                administers?;
                self.ban(by, id, of, matches!(what, InChat::SendAway { .. }))
            }
            InChat::Admin { of, admin } => {
                if chat.role(by) != Some(Role::Creator) {
                    return Err("CHAT_ADMIN_REQUIRED");
                }
                self.name_admin(by, id, of, admin)
            }
            InChat::Public { public } => {
                administers?;
                if chat.public == public {
                    return Err("USERNAME_NOT_MODIFIED");
                }
                self.chat_mut(id).public = public;
                Ok(())
            }
            InChat::Erase { post } => self.erase(by, id, post),
        }
    }

    fn invite(&mut self, by: i64, id: i64, of: i64) -> Outcome {
        if self.person(of).deleted {
            return Err("INPUT_USER_DEACTIVATED");
        }
        let chat = self.chat(id);
        let kept_out = chat.role(of) == Some(Role::Kicked) && !chat.is_admin(by);
        let seat = chat.seats.get(&of);
        let left = seat.is_some_and(|seat| seat.role == Role::Left && seat.by == of);
        let stays_out = left && !self.mutual(by, of);
        if !chat.has(of) && !kept_out && !stays_out && !self.unwilling(by, of) {
            self.enter(by, id, of);
        }
        Ok(())
    }

    /// A supergroup tells of who comes and goes.
    fn enter(&mut self, by: i64, id: i64, of: i64) {
        let chat = self.chat_mut(id);
        chat.sit(of, (Role::Member, by));
        if chat.kind == Kind::Megagroup {
            chat.post(by, None);
        }
    }

    fn go(&mut self, by: i64, id: i64, (of, role): (i64, Role)) {
        let chat = self.chat_mut(id);
        if chat.has(of) && chat.kind == Kind::Megagroup {
            chat.post(by, None);
        }
        let was_there = chat.seats.get(&of).is_some_and(|seat| seat.was_there);
        let seat = Seat {
            role,
            by,
            was_there,
        };
        chat.seats.insert(of, seat);
    }

    fn ban(&mut self, by: i64, id: i64, of: i64, away: bool) -> Outcome {
        let chat = self.chat(id);
        let creates = chat.role(by) == Some(Role::Creator);
        match chat.role(of) {
            Some(Role::Creator) => return Err("USER_ADMIN_INVALID"),
            Some(Role::Admin) if !creates => return Err("USER_ADMIN_INVALID"),
            Some(Role::Kicked) if !away && !chat.seats[&of].was_there => {
                self.chat_mut(id).seats.remove(&of);
            }
            Some(Role::Kicked) if !away => self.chat_mut(id).stand(of, Role::Left),
            Some(Role::Kicked) => {}
            _ if away => self.go(by, id, (of, Role::Kicked)),
            _ => {}
        }
        Ok(())
    }

    /// The first message stays.
    fn erase(&mut self, by: i64, id: i64, post: i64) -> Outcome {
        let chat = self.chat(id);
        if !chat.has(by) {
            return Err("CHAT_WRITE_FORBIDDEN");
        }
        let found = chat.posts.get(&post).filter(|_| post != 1);
        if found.is_some_and(|found| found.author != by) && !chat.is_admin(by) {
            return Err("MESSAGE_DELETE_FORBIDDEN");
        }
        if found.is_some() {
            self.chat_mut(id).posts.remove(&post);
        }
        Ok(())
    }

    /// An account that ends is in no chat any more, and nobody is told by a message.
    pub(crate) fn leave_chats(&mut self, by: i64) {
        for chat in self.chats.values_mut() {
            if chat.has(by) {
                chat.stand(by, Role::Left);
            }
        }
    }
}
