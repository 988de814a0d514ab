//! Everybody and everything that has a picture, set and read at each place by one call.

use testkit::{Account, Client, Refused, Stickers, TestServer, film, films, oblong, picture};
use tl::{enums, functions as api, types};

use crate::seen::{emoji, has_video, history, photo, photo_of, suggestion_in};

const RED: [u8; 3] = [200, 20, 20];
/// Frames a second of the clips here.
const FPS: u32 = 10;
/// Their side.
pub(crate) const CLIP_PX: u32 = 176;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    Personal,
    Suggested,
    PersonalAndSuggested,
    Own,
    Public,
    BotByOwner,
    BotItself,
    Group,
    Supergroup,
    Channel,
}

pub(crate) const PLACES: [Place; 10] = [
    Place::Personal,
    Place::Suggested,
    Place::PersonalAndSuggested,
    Place::Own,
    Place::Public,
    Place::BotByOwner,
    Place::BotItself,
    Place::Group,
    Place::Supergroup,
    Place::Channel,
];

/// The fields that every method on pictures has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    pub(crate) file: Option<enums::InputFile>,
    pub(crate) video: Option<enums::InputFile>,
    pub(crate) start: Option<f64>,
    pub(crate) markup: Option<enums::VideoSize>,
}

/// Everybody and everything that has a picture. Ada sets them; the bot is hers.
pub(crate) struct Stage {
    pub(crate) server: TestServer,
    pub(crate) ada: Account,
    bob: Account,
    bot: Account,
    group: i64,
    supergroup: enums::InputChannel,
    channel: enums::InputChannel,
    pub(crate) stickers: Stickers,
    /// Ada's and the bot's: an upload may be used again.
    uploads: [Uploads; 2],
}

impl Stage {
    pub(crate) async fn open() -> Stage {
        let server = testkit::start().await;
        let (ada, bob) = server.two_contacts("Ada", "Bob").await;
        let bot = server.bot(&ada, "Bot").await;
        let users = vec![ada.name(&bob).await];
        let made = api::messages::CreateChat::new(users, "Tea".to_owned());
        let made = ada.call(made).await.unwrap();
        let group = match &chats(&made.updates)[0] {
            enums::Chat::Chat(chat) => chat.id,
            other => panic!("no group: {other:?}"),
        };
        let (supergroup, channel) = (create(&ada, true).await, create(&ada, false).await);
        let stickers = server.stickers().await;
        let uploads = [Uploads::of(&ada).await, Uploads::of(&bot).await];
        Stage {
            server,
            ada,
            bob,
            bot,
            group,
            supergroup,
            channel,
            stickers,
            uploads,
        }
    }

    /// Who sets the picture of a place.
    pub(crate) fn actor(&self, place: Place) -> &Account {
        match place {
            Place::BotItself => &self.bot,
            _ => &self.ada,
        }
    }

    /// Who reads what a place holds: Ada; of a suggestion, Bob.
    pub(crate) fn watcher(&self, place: Place) -> &Account {
        match place {
            Place::Suggested => &self.bob,
            _ => &self.ada,
        }
    }

    /// Who reads the files of a place: who set it; of a suggestion, Bob.
    pub(crate) fn reader(&self, place: Place) -> &Account {
        match place {
            Place::BotItself => &self.bot,
            _ => self.watcher(place),
        }
    }

    pub(crate) fn uploads(&self, place: Place) -> &Uploads {
        &self.uploads[usize::from(place == Place::BotItself)]
    }

    /// Sets a picture by `app`, a session of the actor; the photo as the answer has it.
    pub(crate) async fn set(
        &self,
        place: Place,
        app: &Client,
        given: Given,
    ) -> Result<types::Photo, Refused> {
        match place {
            Place::Personal | Place::Suggested | Place::PersonalAndSuggested => {
                let mut request = self.ada.contact_photo(&self.bob).await;
                request.save = place != Place::Suggested;
                request.suggest = place != Place::Personal;
                (request.file, request.video) = (given.file, given.video);
                (request.video_start_ts, request.video_emoji_markup) = (given.start, given.markup);
                Ok(photo(&app.call(request).await?).clone())
            }
            Place::Own | Place::Public | Place::BotByOwner | Place::BotItself => {
                let mut request = api::photos::UploadProfilePhoto::new();
                request.fallback = place == Place::Public;
                if place == Place::BotByOwner {
                    request.bot = Some(self.ada.name(&self.bot).await);
                }
                (request.file, request.video) = (given.file, given.video);
                (request.video_start_ts, request.video_emoji_markup) = (given.start, given.markup);
                Ok(photo(&app.call(request).await?).clone())
            }
            Place::Group | Place::Supergroup | Place::Channel => {
                let mut uploaded = types::InputChatUploadedPhoto::new();
                (uploaded.file, uploaded.video) = (given.file, given.video);
                uploaded.video_start_ts = given.start;
                uploaded.video_emoji_markup = given.markup;
                let photo = uploaded.into();
                let answer = match self.channel_at(place) {
                    None => {
                        let chat_id = self.group;
                        let request = api::messages::EditChatPhoto { chat_id, photo };
                        app.call(request).await?
                    }
                    Some(channel) => {
                        let request = api::channels::EditPhoto { channel, photo };
                        app.call(request).await?
                    }
                };
                Ok(photo_told(&answer))
            }
        }
    }

    fn channel_at(&self, place: Place) -> Option<enums::InputChannel> {
        match place {
            Place::Supergroup => Some(self.supergroup.clone()),
            Place::Channel => Some(self.channel.clone()),
            _ => None,
        }
    }

    /// What a place holds, read anew by `reader`; lists must say as well whether it moves.
    pub(crate) async fn held(&self, place: Place, reader: &Account) -> Option<types::Photo> {
        let (photo, moves) = match place {
            Place::Personal | Place::PersonalAndSuggested => {
                let moves = has_video(&reader.sees(&self.bob).await);
                let full = reader.sees_full(&self.bob).await;
                (full.personal_photo, Some(moves))
            }
            Place::Suggested => {
                let newest = history(reader, &self.ada).await.into_iter().next();
                return newest.map(|message| suggestion_in(&message).unwrap().1);
            }
            Place::Own => {
                let moves = has_video(&reader.sees(&self.ada).await);
                let full = reader.sees_full(&self.ada).await;
                (full.profile_photo, Some(moves))
            }
            Place::Public => (reader.sees_full(&self.ada).await.fallback_photo, None),
            Place::BotByOwner | Place::BotItself => {
                let moves = has_video(&reader.sees(&self.bot).await);
                let full = reader.sees_full(&self.bot).await;
                (full.profile_photo, Some(moves))
            }
            Place::Group | Place::Supergroup | Place::Channel => {
                self.chat_photo(place, reader).await
            }
        };
        let photo = photo.filter(|photo| matches!(photo, enums::Photo::Photo(_)));
        let photo = photo.map(|photo| photo_of(&photo).clone());
        let has_film = photo.as_ref().is_some_and(|photo| !films(photo).is_empty());
        assert!(moves.is_none_or(|moves| moves == has_film), "{place:?}");
        if place == Place::PersonalAndSuggested {
            let newest = &history(&self.bob, &self.ada).await[0];
            let suggested = suggestion_in(newest).unwrap().1;
            assert_eq!(photo.as_ref().map(|it| it.id), Some(suggested.id));
            assert_eq!(photo.as_ref().map(films), Some(films(&suggested)));
        }
        photo
    }

    async fn chat_photo(
        &self,
        place: Place,
        reader: &Account,
    ) -> (Option<enums::Photo>, Option<bool>) {
        let full = match self.channel_at(place) {
            None => {
                let chat_id = self.group;
                let request = api::messages::GetFullChat { chat_id };
                reader.call(request).await.unwrap()
            }
            Some(channel) => {
                let request = api::channels::GetFullChannel { channel };
                reader.call(request).await.unwrap()
            }
        };
        let small = match &full.chats[0] {
            enums::Chat::Chat(chat) => &chat.photo,
            enums::Chat::Channel(channel) => &channel.photo,
            other => panic!("{other:?}"),
        };
        let moves = matches!(small, enums::ChatPhoto::ChatPhoto(photo) if photo.has_video);
        let photo = match full.full_chat {
            enums::ChatFull::ChatFull(chat) => chat.chat_photo,
            enums::ChatFull::ChannelFull(channel) => Some(channel.chat_photo),
        };
        (photo, Some(moves))
    }

    /// Whose shown picture a place holds, as its actor names it.
    pub(crate) async fn peer_at(&self, place: Place) -> Option<enums::InputPeer> {
        match place {
            Place::Personal | Place::PersonalAndSuggested => Some(self.ada.peer(&self.bob).await),
            Place::Suggested | Place::Public => None,
            Place::Own | Place::BotItself => Some(enums::InputPeer::Self_),
            Place::BotByOwner => Some(self.ada.peer(&self.bot).await),
            Place::Group => Some(
                types::InputPeerChat {
                    chat_id: self.group,
                }
                .into(),
            ),
            Place::Supergroup | Place::Channel => match self.channel_at(place) {
                Some(enums::InputChannel::InputChannel(channel)) => {
                    let types::InputChannel {
                        channel_id,
                        access_hash,
                    } = channel;
                    let peer = types::InputPeerChannel {
                        channel_id,
                        access_hash,
                    };
                    Some(peer.into())
                }
                other => panic!("{other:?}"),
            },
        }
    }

    pub(crate) fn emoji(&self, colours: &[i32]) -> enums::VideoSize {
        emoji(self.stickers.emoji_id, colours)
    }
}

async fn create(ada: &Account, megagroup: bool) -> enums::InputChannel {
    let mut request = api::channels::CreateChannel::new("Ours".to_owned(), String::new());
    (request.megagroup, request.broadcast) = (megagroup, !megagroup);
    let made = ada.call(request).await.unwrap();
    match &chats(&made)[0] {
        enums::Chat::Channel(channel) => types::InputChannel {
            channel_id: channel.id,
            access_hash: channel.access_hash.unwrap(),
        }
        .into(),
        other => panic!("no channel: {other:?}"),
    }
}

fn chats(updates: &enums::Updates) -> &[enums::Chat] {
    match updates {
        enums::Updates::Updates(updates) => &updates.chats,
        other => panic!("{other:?}"),
    }
}

/// The picture in the service message of an answer.
fn photo_told(updates: &enums::Updates) -> types::Photo {
    let enums::Updates::Updates(updates) = updates else {
        panic!("{updates:?}");
    };
    let told = updates.updates.iter().find_map(|update| {
        let message = match update {
            enums::Update::NewMessage(new) => &new.message,
            enums::Update::NewChannelMessage(new) => &new.message,
            _ => return None,
        };
        match message {
            enums::Message::Service(message) => match &message.action {
                enums::MessageAction::ChatEditPhoto(edit) => Some(photo_of(&edit.photo).clone()),
                _ => None,
            },
            _ => None,
        }
    });
    told.expect("a service message")
}

/// The uploads of one account.
pub(crate) struct Uploads {
    pub(crate) still: enums::InputFile,
    pub(crate) clip: enums::InputFile,
    pub(crate) oblong: enums::InputFile,
    pub(crate) long: enums::InputFile,
    pub(crate) no_clip: enums::InputFile,
}

impl Uploads {
    async fn of(who: &Account) -> Uploads {
        let clip = film(CLIP_PX, 20, FPS);
        Uploads {
            still: who.upload(&picture(RED, 320), "x.jpg").await,
            oblong: who.upload(&oblong(&clip), "x.mp4").await,
            clip: who.upload(&clip, "x.mp4").await,
            // Twenty seconds.
            long: who.upload(&film(CLIP_PX, 40, 2), "x.mp4").await,
            no_clip: who.upload(&picture(RED, 320), "x.mp4").await,
        }
    }
}
