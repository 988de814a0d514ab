//! Groups and channels of the world: the real rules on a real store, doing the same deeds.

use domain::{
    Error, Peer, Seen,
    chats::{
        self, NamedPeer, NewPhoto,
        channels::{self, Banned, NewChannel},
        groups::{self, Adding, Creation, Removing},
    },
    messages::Doer,
};

use super::{
    chats::{InChat, Kind},
    rules::Model,
    world::World,
};
use crate::house::{SESSION, caller};

impl World {
    /// A new group or channel; its id.
    pub(crate) async fn found(&mut self, by: i64, kind: Kind, with: i64) -> Result<i64, Error> {
        let services = &self.house.services;
        let title = "Chat".to_owned();
        let id = if kind == Kind::Group {
            let creation = Creation {
                title,
                users: vec![self.house.named(by, with)],
                tells_missing: true,
            };
            let made = groups::create(services, caller(by), creation).await?;
            let made = made.outcome.unwrap();
            let chats = made.bundle.chats.iter().map(|chat| chat.chat_id);
            chats.max().unwrap()
        } else {
            let new = NewChannel {
                megagroup: kind == Kind::Megagroup,
                title,
                about: String::new(),
            };
            let made = channels::create(services, caller(by), new).await?;
            made.channel_id
        };
        if kind == Kind::Group {
            self.groups.insert(id);
        }
        Ok(id)
    }

    /// How `viewer` names a group or channel.
    pub(crate) fn named_chat(&self, viewer: i64, chat_id: i64) -> NamedPeer {
        if self.groups.contains(&chat_id) {
            return NamedPeer::Group(chat_id);
        }
        let seen = Seen::channel(viewer, chat_id);
        NamedPeer::Channel {
            channel_id: chat_id,
            access_hash: self.house.services.hashes.access_hash(seen),
        }
    }

    /// Does what is done in a chat; says which photo was made.
    pub(crate) async fn in_chat(
        &mut self,
        by: i64,
        chat: i64,
        what: InChat,
    ) -> Result<Option<i64>, Error> {
        let new = match what {
            InChat::Picture => NewPhoto::Uploaded {
                media: self.picture(by).await,
                combinations: false,
            },
            InChat::Known { photo } => NewPhoto::Known(self.house.named_photo(by, photo)),
            InChat::Empty => NewPhoto::Nothing,
            _ if self.groups.contains(&chat) => return self.in_group(by, chat, what).await,
            _ => return self.in_channel(by, chat, what).await,
        };
        let services = &self.house.services;
        if self.groups.contains(&chat) {
            let done = groups::edit_photo(services, caller(by), chat, new).await?;
            let photos = done.entries.iter().find_map(|entry| match entry {
                domain::updates::Entry::Message { message, .. } => message.photo_id,
                _ => None,
            });
            return Ok(photos);
        }
        let named = self.named_chat(by, chat);
        let done = channels::edit_photo(services, caller(by), named, new).await?;
        Ok(done.told.and_then(|(message, _)| message.photo_id))
    }

    async fn in_group(&self, by: i64, chat: i64, what: InChat) -> Result<Option<i64>, Error> {
        let services = &self.house.services;
        match what {
            InChat::Bring { .. } | InChat::Come => {
                let of = if let InChat::Bring { of } = what {
                    of
                } else {
                    by
                };
                let adding = Adding {
                    chat_id: chat,
                    user: self.house.named(by, of),
                    tells_missing: false,
                };
                groups::add_user(services, caller(by), adding).await?;
            }
            InChat::SendAway { .. } | InChat::Go => {
                let of = if let InChat::SendAway { of } = what {
                    of
                } else {
                    by
                };
                let removing = Removing {
                    chat_id: chat,
                    user: self.house.named(by, of),
                    revoke_history: false,
                };
                groups::delete_user(services, caller(by), removing).await?;
            }
            InChat::Admin { of, admin } => {
                let of = self.house.named(by, of);
                groups::edit_admin(services, caller(by), chat, (of, admin)).await?;
            }
            _ => {}
        }
        Ok(None)
    }

    async fn in_channel(&self, by: i64, chat: i64, what: InChat) -> Result<Option<i64>, Error> {
        let services = &self.house.services;
        let named = self.named_chat(by, chat);
        let doer = Doer {
            user_id: by,
            origin: SESSION,
        };
        let user = |of: i64| (named, self.house.named(by, of));
        match what {
            InChat::Bring { of } => {
                let users = [self.house.named(by, of)];
                channels::invite(services, caller(by), named, &users).await?;
            }
            InChat::Come => {
                channels::join(services, caller(by), named).await?;
            }
            InChat::Go => {
                channels::leave(services, caller(by), named).await?;
            }
            InChat::SendAway { of } => {
                channels::edit_banned(services, caller(by), user(of), Banned::Away).await?;
            }
            InChat::Pardon { of } => {
                channels::edit_banned(services, caller(by), user(of), Banned::No).await?;
            }
            InChat::Admin { of, admin } => {
                channels::edit_admin(services, caller(by), user(of), admin).await?;
            }
            InChat::Public { public } => {
                let name = if public {
                    format!("channel_{chat}")
                } else {
                    String::new()
                };
                channels::update_username(services, caller(by), named, &name).await?;
            }
            InChat::Erase { post } => {
                channels::delete_messages(services, doer, named, &[post]).await?;
            }
            InChat::Picture | InChat::Known { .. } | InChat::Empty => {}
        }
        Ok(None)
    }

    /// I4 for chats: every viewer sees of each what the model says.
    pub(crate) async fn chats_look_like(
        &self,
        tx: &mut store::Tx,
        model: &Model,
        viewer: i64,
    ) -> Result<(), String> {
        let peer = |id: &i64| match model.chat(*id).kind {
            Kind::Group => Peer::Group(*id),
            _ => Peer::Channel(*id),
        };
        let peers: Vec<Peer> = model.chats.keys().map(peer).collect();
        let seen = chats::view(&self.house.services, tx, viewer, &peers).await;
        let seen = seen.unwrap();
        if seen.len() != peers.len() {
            return Err(format!("{viewer} sees {} chats", seen.len()));
        }
        seen.iter()
            .try_for_each(|view| chat_like(model, viewer, view))
    }
}

/// What `viewer` is shown of a chat.
pub(crate) fn chat_like(model: &Model, viewer: i64, view: &chats::ChatView) -> Result<(), String> {
    let chat = model.chat(view.chat_id);
    let photo = view.photo.as_ref();
    let flags = photo.map(|photo| (photo.personal, photo.has_video));
    let seen = (
        photo.map(|photo| photo.photo_id),
        view.role.is_present(),
        view.members,
    );
    let by_rules = (
        model.shown_of_chat(viewer, view.chat_id),
        chat.has(viewer),
        chat.present().len() as i64,
    );
    if seen == by_rules && flags.is_none_or(|flags| flags == (false, false)) {
        Ok(())
    } else {
        let id = view.chat_id;
        Err(format!(
            "{viewer} sees of chat {id} {seen:?} {flags:?}, by the rules {by_rules:?}"
        ))
    }
}
