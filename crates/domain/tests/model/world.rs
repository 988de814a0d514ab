//! The real rules on a real store, doing the same deeds.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use domain::{
    Error, accounts,
    chats::NamedPeer,
    contacts,
    messages::{self, Doer, Post, ReplyTo},
    photos::{self, ForProfile, GivenMedia},
    privacy, sweep, updates,
    uploads::{GivenFile, GivenParts},
};

use super::{
    chats::Kind,
    privacy::{Rule, Whom},
    rules::{Deed, Model, Place},
};
use crate::house::{Engine, House, SESSION, bmp, caller, word};

/// Different pictures; photos share their blobs, as uploads of the same file do.
const PICTURES: usize = 12;
/// Their side: the smallest that is taken.
const SIDE_PX: u32 = 160;
/// How long the clock is moved for a sweep: beyond every grace.
const HOURS: Duration = Duration::from_secs(2 * 3600);

/// The first people.
pub(crate) const FOUNDERS: i64 = 5;
/// The first of them have one each.
const BOTS: i64 = 2;

/// What a deed came to.
pub(crate) struct Came {
    /// The new photo, or the word of the refusal.
    pub(crate) outcome: Result<Option<i64>, String>,
    /// The new group or channel.
    pub(crate) chat: Option<i64>,
    /// What `photos.deletePhotos` says it deleted.
    pub(crate) deleted: Option<Vec<i64>>,
}

/// The world.
pub(crate) struct World {
    pub(crate) house: House,
    /// Chats that are groups and not channels.
    pub(crate) groups: BTreeSet<i64>,
    /// How far each account has been told.
    pub(crate) cursors: BTreeMap<i64, updates::Cursor>,
    /// Uploads of this hour: by account, the numbers of pictures.
    uploaded: HashMap<(i64, usize), GivenParts>,
    pictures: Vec<Vec<u8>>,
    made: usize,
}

impl World {
    /// With its founders, their bots and chats, in the model as well.
    pub(crate) async fn new(engine: Engine, model: &mut Model) -> Self {
        let pictures = (0..PICTURES).map(|shade| bmp(SIDE_PX, SIDE_PX, (shade * 16) as u8));
        let mut world = Self {
            house: House::on(engine).await,
            groups: BTreeSet::new(),
            cursors: BTreeMap::new(),
            uploaded: HashMap::new(),
            pictures: pictures.collect(),
            made: 0,
        };
        for who in 1..=FOUNDERS + BOTS {
            let bot_of = Some(who - FOUNDERS).filter(|owner| *owner > 0);
            world.arrive(who, bot_of).await;
            let arrived = model.apply(&Deed::Arrive { who, bot_of }, 0);
            arrived.unwrap();
        }
        for (by, kind) in [
            (5, Kind::Group),
            (4, Kind::Group),
            (1, Kind::Megagroup),
            (2, Kind::Broadcast),
        ] {
            let with = by - 1;
            let id = world.found(by, kind, with).await.unwrap();
            model.found(by, kind, with, id);
        }
        for who in 1..=FOUNDERS + BOTS {
            world.look_from(who).await;
        }
        world
    }

    pub(crate) fn now(&self) -> i64 {
        self.house.services.clock.unix_seconds()
    }

    async fn arrive(&mut self, who: i64, bot_of: Option<i64>) {
        match bot_of {
            None => self.house.person(who).await,
            Some(owner) => self.house.bot(who, owner).await,
        };
        self.look_from(who).await;
    }

    /// What is behind is not told any more.
    async fn look_from(&mut self, who: i64) {
        let mut tx = self.house.services.store.read().await.unwrap();
        let cursor = updates::cursor(&mut tx, who).await.unwrap();
        self.cursors.insert(who, cursor);
    }

    /// The next picture, uploaded by `by`; files are used again, as clients may.
    pub(crate) async fn picture(&mut self, by: i64) -> GivenMedia {
        self.made += 1;
        let number = self.made % PICTURES;
        let parts = match self.uploaded.get(&(by, number)) {
            Some(parts) => parts.clone(),
            None => {
                let file_id = number as i64 + 1;
                let parts = self.house.upload(by, file_id, &self.pictures[number]).await;
                self.uploaded.insert((by, number), parts.clone());
                parts
            }
        };
        GivenMedia {
            file: Some(GivenFile::Uploaded(parts)),
            ..GivenMedia::default()
        }
    }

    /// Does a deed.
    pub(crate) async fn act(&mut self, deed: &Deed) -> Came {
        self.house.forward(Duration::from_secs(1));
        let (mut deleted, mut chat) = (None, None);
        let outcome = match deed {
            Deed::Delete { by, photos } => self.delete(*by, photos).await.map(|ids| {
                deleted = Some(ids);
                None
            }),
            Deed::Found { by, kind, with } => {
                let found = self.found(*by, *kind, *with).await;
                found.map(|id| {
                    chat = Some(id);
                    None
                })
            }
            deed => self.act_on_pictures(deed).await,
        };
        let outcome = outcome.map_err(word);
        Came {
            outcome,
            chat,
            deleted,
        }
    }

    async fn act_on_pictures(&mut self, deed: &Deed) -> Result<Option<i64>, Error> {
        let changed = match *deed {
            Deed::Contact {
                by,
                of,
                suggest,
                save,
                picture,
            } => {
                let media = if picture {
                    self.picture(by).await
                } else {
                    GivenMedia::default()
                };
                self.house.ask(by, of, (suggest, save), media).await?
            }
            Deed::Upload { by, place } => {
                let media = self.picture(by).await;
                let services = &self.house.services;
                let place = self.for_profile(by, place);
                photos::upload_for_profile(services, caller(by), place, &media, false).await?
            }
            Deed::Reuse { by, photo, place } => {
                let named = self.house.named_photo(by, photo);
                let services = &self.house.services;
                let place = self.for_profile(by, place);
                photos::reuse_for_profile(services, caller(by), place, &named).await?
            }
            Deed::Chat { by, chat, what } => return self.in_chat(by, chat, what).await,
            Deed::Take { by, place } => {
                let place = self.for_profile(by, place);
                photos::take_from_profile(&self.house.services, caller(by), place).await?
            }
            _ => return self.act_on_people(deed).await.map(|()| None),
        };
        Ok(changed.photo.map(|photo| photo.photo_id))
    }

    fn for_profile(&self, by: i64, place: Place) -> ForProfile {
        ForProfile {
            bot: place.bot.map(|bot| self.house.named(by, bot)),
            fallback: place.fallback,
        }
    }

    async fn act_on_people(&mut self, deed: &Deed) -> Result<(), Error> {
        let services = &self.house.services;
        match deed {
            Deed::Add { by, of, name } => {
                let names = accounts::Names {
                    first: name.clone(),
                    last: String::new(),
                };
                let of = self.house.named(*by, *of);
                let adding = contacts::Adding {
                    names: &names,
                    phone: "",
                    share_phone: false,
                };
                contacts::add(services, (*by, SESSION), of, adding).await?;
            }
            Deed::Forget { by, of } => {
                let of = self.house.named(*by, *of);
                contacts::delete(services, *by, &[of], SESSION).await?;
            }
            Deed::Block {
                by,
                of,
                blocked: true,
            } => {
                contacts::block(services, *by, self.house.named(*by, *of), SESSION).await?;
            }
            Deed::Block {
                by,
                of,
                blocked: false,
            } => {
                contacts::unblock(services, *by, self.house.named(*by, *of), SESSION).await?;
            }
            Deed::Write { by, to } => self.write(*by, *to).await?,
            Deed::Unsend {
                by,
                message,
                revoke,
            } => {
                let doer = Doer {
                    user_id: *by,
                    origin: SESSION,
                };
                messages::delete(services, doer, &[*message], *revoke).await?;
            }
            Deed::Privacy { by, rules } => {
                let key = privacy::Key::ProfilePhoto;
                let rules = rules.iter().map(said).collect();
                privacy::set(services, (*by, SESSION), key, rules).await?;
            }
            Deed::CloseFriends { by, friends } => {
                contacts::edit_close_friends(services, (*by, SESSION), friends).await?;
            }
            Deed::Leave { by } => {
                accounts::delete(services, *by).await?;
            }
            Deed::Arrive { who, bot_of } => self.arrive(*who, *bot_of).await,
            Deed::Sweep => {
                self.house.forward(HOURS);
                sweep::run_once(services).await?;
                // Uploads live longer; a client would make new ones.
                self.uploaded.clear();
            }
            _ => {}
        }
        Ok(())
    }

    async fn delete(&mut self, by: i64, photo_ids: &[i64]) -> Result<Vec<i64>, Error> {
        let named: Vec<_> = photo_ids
            .iter()
            .map(|photo| self.house.named_photo(by, *photo))
            .collect();
        photos::delete(&self.house.services, caller(by), &named).await
    }

    async fn write(&self, by: i64, to: i64) -> Result<(), Error> {
        let post = Post {
            peer: NamedPeer::User(self.house.named(by, to)),
            text: "text".to_owned(),
            entities: Vec::new(),
            mentions: HashMap::new(),
            reply_to: ReplyTo::Nothing,
            random_id: self.house.services.ids.rising(),
            silent: false,
        };
        let doer = Doer {
            user_id: by,
            origin: SESSION,
        };
        messages::send(&self.house.services, doer, post)
            .await
            .map(|_| ())
    }
}

/// A rule of the model in words of the domain.
pub(crate) fn said(rule: &Rule) -> privacy::Rule {
    let whom = match &rule.whom {
        Whom::All => privacy::Whom::All,
        Whom::Bots => privacy::Whom::Bots,
        Whom::CloseFriends => privacy::Whom::CloseFriends,
        Whom::Contacts => privacy::Whom::Contacts,
        Whom::Premium => privacy::Whom::Premium,
        Whom::Users(ids) => privacy::Whom::Users(ids.clone()),
        Whom::Members(ids) => privacy::Whom::ChatParticipants(ids.clone()),
    };
    let allow = rule.allow;
    privacy::Rule { allow, whom }
}
