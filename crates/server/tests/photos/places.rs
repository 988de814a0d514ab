//! What moves and what is drawn, at every place of a picture: personal, suggested, both, one's own, public,
//! a bot's, a group's, a supergroup's and a channel's. Each row is asked of each place.

use testkit::{
    Account, Client, Refused, Stickers, TestServer, decode, download, film, films, frame_number,
    oblong, peer_photo, picture, pixel, set_named, sticker_set,
};
use tl::{enums, functions as api, types};

use crate::seen::{
    emoji, has_video, history, photo, photo_of, refused, sizes, sticker, suggestion_in,
};

const RED: [u8; 3] = [200, 20, 20];
/// Frames a second of the clips here, and their side.
const FPS: u32 = 10;
const CLIP_PX: u32 = 176;
/// Where the clips start, and which frame that is.
const START: (f64, u32) = (1.5, 15);
/// What is sent, with bits that nobody sees, and what comes back.
const SENT: [i32; 3] = [0x7f10_b010, 0x0120_c020, -1];
const COLOURS: [i32; 3] = [0x0010_b010, 0x0020_c020, 0x00ff_ffff];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
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

const PLACES: [Place; 10] = [
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
struct Given {
    file: Option<enums::InputFile>,
    video: Option<enums::InputFile>,
    start: Option<f64>,
    markup: Option<enums::VideoSize>,
}

/// Everybody and everything that has a picture. Ada sets them; the bot is hers.
struct Stage {
    server: TestServer,
    ada: Account,
    bob: Account,
    bot: Account,
    group: i64,
    supergroup: enums::InputChannel,
    channel: enums::InputChannel,
    stickers: Stickers,
    /// Ada's and the bot's: an upload may be used again.
    uploads: [Uploads; 2],
}

impl Stage {
    async fn open() -> Stage {
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
    fn actor(&self, place: Place) -> &Account {
        match place {
            Place::BotItself => &self.bot,
            _ => &self.ada,
        }
    }

    fn uploads(&self, place: Place) -> &Uploads {
        &self.uploads[usize::from(place == Place::BotItself)]
    }

    /// Sets a picture by `app`, a session of the actor; the photo as the answer has it.
    async fn set(&self, place: Place, app: &Client, given: Given) -> Result<types::Photo, Refused> {
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

    /// What a place holds, as whoever set it reads it anew, and whether lists say that it moves.
    async fn held(&self, place: Place) -> Option<types::Photo> {
        let (photo, moves) = match place {
            Place::Personal | Place::PersonalAndSuggested => {
                let full = self.ada.sees_full(&self.bob).await;
                let moves = has_video(&self.ada.sees(&self.bob).await);
                (full.personal_photo, Some(moves))
            }
            Place::Suggested => {
                let newest = history(&self.bob, &self.ada).await.into_iter().next();
                return newest.map(|message| suggestion_in(&message).unwrap().1);
            }
            Place::Own => {
                let moves = has_video(&self.ada.sees(&self.ada).await);
                let full = self.ada.sees_full(&self.ada).await;
                (full.profile_photo, Some(moves))
            }
            Place::Public => (self.ada.sees_full(&self.ada).await.fallback_photo, None),
            Place::BotByOwner | Place::BotItself => {
                let moves = has_video(&self.ada.sees(&self.bot).await);
                let full = self.ada.sees_full(&self.bot).await;
                (full.profile_photo, Some(moves))
            }
            Place::Group | Place::Supergroup | Place::Channel => self.chat_photo(place).await,
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

    async fn chat_photo(&self, place: Place) -> (Option<enums::Photo>, Option<bool>) {
        let full = match self.channel_at(place) {
            None => {
                let chat_id = self.group;
                let request = api::messages::GetFullChat { chat_id };
                self.ada.call(request).await.unwrap()
            }
            Some(channel) => {
                let request = api::channels::GetFullChannel { channel };
                self.ada.call(request).await.unwrap()
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
    async fn peer_at(&self, place: Place) -> Option<enums::InputPeer> {
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

    fn emoji(&self, colours: &[i32]) -> enums::VideoSize {
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
struct Uploads {
    still: enums::InputFile,
    clip: enums::InputFile,
    oblong: enums::InputFile,
    long: enums::InputFile,
    no_clip: enums::InputFile,
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

/// P41, P42, P47, P54: the clip with its start and its frame, the drawing with its colours; as the answer has
/// them, and as they are read anew.
#[tokio::test]
async fn p41_p54_what_moves_and_what_is_drawn_is_the_same_everywhere() {
    let stage = Stage::open().await;
    for place in PLACES {
        let actor = stage.actor(place);
        let uploads = stage.uploads(place);
        let moving = Given {
            video: Some(uploads.clip.clone()),
            start: Some(START.0),
            ..Given::default()
        };
        let set = stage.set(place, actor, moving).await.unwrap();
        let held = stage.held(place).await.unwrap();
        assert_eq!(held.id, set.id, "{place:?}");
        for seen in [&set, &held] {
            let big = ("u".to_owned(), CLIP_PX as i32, Some(START.0));
            assert_eq!(films(seen)[0], big, "{place:?}");
            let letters: Vec<String> = sizes(seen).into_iter().map(|size| size.0).collect();
            assert_eq!(letters, ["i", "a", "b", "c"], "{place:?}");
        }
        let reader = if place == Place::Suggested {
            &stage.bob
        } else {
            actor
        };
        let still = download(reader, &held_by(&stage, place, reader).await, "c").await;
        assert_eq!(frame_number(&decode(&still.unwrap())), START.1, "{place:?}");

        // One file under two names: clients keep it once.
        if let Some(peer) = stage.peer_at(place).await {
            for (letter, big) in [("a", false), ("c", true)] {
                let photo = held_by(&stage, place, actor).await;
                let by_photo = download(actor, &photo, letter).await.unwrap();
                let by_peer = peer_photo(actor, peer.clone(), set.id, big).await;
                assert!(by_peer.unwrap() == by_photo, "{place:?} {letter}");
            }
        }

        let drawing = Given {
            markup: Some(stage.emoji(&SENT)),
            ..Given::default()
        };
        let set = stage.set(place, actor, drawing).await.unwrap();
        let held = stage.held(place).await.unwrap();
        assert_eq!(held.id, set.id, "{place:?}");
        for seen in [&set, &held] {
            let letters: Vec<String> = sizes(seen).into_iter().map(|size| size.0).collect();
            assert_eq!(letters, ["i", "a", "b", "c"], "{place:?}");
            let [enums::VideoSize::VideoSize(film), drawn] =
                &seen.video_sizes.as_ref().unwrap()[..]
            else {
                panic!("{place:?}: a film and the markup: {seen:?}");
            };
            assert_eq!(film.r#type, "u");
            assert_eq!(*drawn, stage.emoji(&COLOURS), "{place:?}");
        }
    }
}

/// What a place holds, with the hashes of `reader`.
async fn held_by(stage: &Stage, place: Place, reader: &Account) -> types::Photo {
    if place == Place::BotItself {
        let full = reader.sees_full(reader).await;
        return photo_of(full.profile_photo.as_ref().unwrap()).clone();
    }
    stage.held(place).await.unwrap()
}

/// P43 to P46, P50 to P52, P55 to P57: refused by the same name everywhere, and what was there stays.
#[tokio::test]
async fn p43_p57_what_is_refused_is_refused_everywhere_and_changes_nothing() {
    let stage = Stage::open().await;
    let plain: enums::VideoSize = types::VideoSize::new("u".to_owned(), 1, 1, 1).into();
    for place in PLACES {
        let actor = stage.actor(place);
        let uploads = stage.uploads(place);
        let still = Given {
            file: Some(uploads.still.clone()),
            ..Given::default()
        };
        let kept = stage.set(place, actor, still.clone()).await.unwrap().id;
        let moving = |video: &enums::InputFile| Given {
            video: Some(video.clone()),
            ..Given::default()
        };
        let drawing = |markup: enums::VideoSize| Given {
            markup: Some(markup),
            ..Given::default()
        };
        let started = |given: &Given| Given {
            start: Some(0.5),
            ..given.clone()
        };
        let both = |given: &Given| Given {
            video: Some(uploads.clip.clone()),
            ..given.clone()
        };
        let good = drawing(stage.emoji(&COLOURS));
        for (row, given, name) in [
            ("P43", moving(&uploads.oblong), "VIDEO_FILE_INVALID"),
            ("P44", moving(&uploads.long), "VIDEO_FILE_INVALID"),
            ("P45", moving(&uploads.no_clip), "VIDEO_FILE_INVALID"),
            ("P46", both(&still), "PHOTO_INVALID"),
            ("P50", drawing(stage.emoji(&[])), "EMOJI_MARKUP_INVALID"),
            ("P50", drawing(stage.emoji(&[1; 5])), "EMOJI_MARKUP_INVALID"),
            ("P51", drawing(plain.clone()), "EMOJI_MARKUP_INVALID"),
            ("P52", drawing(emoji(4711, &[1])), "EMOJI_MARKUP_INVALID"),
            ("P55", both(&good), "PHOTO_INVALID"),
            ("P56", started(&Given::default()), "PHOTO_INVALID"),
            ("P57", started(&still), "PHOTO_INVALID"),
        ] {
            let refusal = stage.set(place, actor, given).await.map(|set| set.id);
            assert_eq!(refusal, Err(refused(name)), "{row} {place:?}");
        }
        let held = stage.held(place).await.map(|held| held.id);
        assert_eq!(held, Some(kept), "{place:?}");
    }
}

/// P46, P55 from the apps that send several media: the still is what was sent as one, the film is the clip,
/// the markup stays beside it.
#[tokio::test]
async fn p46_p55_media_of_the_mobile_apps_come_together_everywhere() {
    let stage = Stage::open().await;
    for place in PLACES {
        let actor = stage.actor(place);
        let uploads = stage.uploads(place);
        for (lang_pack, still, drawn) in [("ios", true, false), ("android", false, true)] {
            let app = actor.as_app(stage.server.address(), lang_pack).await;
            let given = Given {
                file: still.then(|| uploads.still.clone()),
                video: Some(uploads.clip.clone()),
                start: Some(START.0),
                markup: drawn.then(|| stage.emoji(&SENT)),
            };
            let set = stage.set(place, &app, given).await.unwrap();
            let reader = if place == Place::Suggested {
                &stage.bob
            } else {
                actor
            };
            let held = held_by(&stage, place, reader).await;
            assert_eq!(held.id, set.id, "{place:?}");
            let big = ("u".to_owned(), CLIP_PX as i32, Some(START.0));
            assert_eq!(films(&held)[0], big, "{place:?} {lang_pack}");
            let echoed = drawn.then(|| stage.emoji(&COLOURS));
            assert_eq!(testkit::markup(&held), echoed.as_ref(), "{place:?}");
            let poster = decode(&download(reader, &held, "c").await.unwrap());
            if still {
                let corner = pixel(&poster, (0, 0));
                assert!(corner[0] > 150 && corner[1] < 80, "{place:?}: {corner:?}");
            } else {
                assert_eq!(frame_number(&poster), START.1, "{place:?}");
            }
        }
    }
}

/// P53: a sticker of the set that comes along and one of a host's set, by name and by id; each reader gets the
/// set by id with a hash of his own, under which he finds it.
#[tokio::test]
async fn p53_a_sticker_is_kept_and_given_back_by_the_id_of_its_set_everywhere() {
    let stage = Stage::open().await;
    let seeded = sticker_set(&stage.ada, set_named("CameoEmoji"))
        .await
        .unwrap();
    let enums::Document::Document(first) = &seeded.documents[0] else {
        panic!("an empty set");
    };
    for place in PLACES {
        let (name, sticker_id) = match place {
            // Both sets are drawn alike; the one that comes along takes longer.
            Place::Own | Place::Suggested => ("CameoEmoji", first.id),
            _ => (
                stage.stickers.short_name.as_str(),
                stage.stickers.sticker_id,
            ),
        };
        let actor = stage.actor(place);
        let named = sticker_set(actor, set_named(name)).await.unwrap().set;
        let by_id: enums::InputStickerSet = types::InputStickerSetID {
            id: named.id,
            access_hash: named.access_hash,
        }
        .into();
        for set in [set_named(name), by_id.clone()] {
            let given = Given {
                markup: Some(sticker(set, sticker_id, &SENT)),
                ..Given::default()
            };
            let answer = stage.set(place, actor, given).await.unwrap();
            let echoed = sticker(by_id.clone(), sticker_id, &COLOURS);
            assert_eq!(testkit::markup(&answer), Some(&echoed), "{place:?}");
            let reader = if place == Place::Suggested {
                &stage.bob
            } else {
                actor
            };
            let held = held_by(&stage, place, reader).await;
            let Some(enums::VideoSize::StickerMarkup(kept)) = testkit::markup(&held) else {
                panic!("{place:?}: {held:?}");
            };
            assert_eq!(
                (kept.sticker_id, &kept.background_colors[..]),
                (sticker_id, &COLOURS[..])
            );
            let found = sticker_set(reader, kept.stickerset.clone()).await.unwrap();
            assert_eq!(found.set.id, named.id, "{place:?}");
        }
    }
}
