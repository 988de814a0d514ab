//! The real rules on a real store, doing the same deeds.

use std::{
    collections::{BTreeMap, HashMap},
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

use store::rows::chats;

use super::{
    privacy::{GROUPS, Rule, Whom},
    rules::Deed,
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

/// What a deed came to.
pub(crate) struct Came {
    /// The new photo, or the word of the refusal.
    pub(crate) outcome: Result<Option<i64>, String>,
    /// What `photos.deletePhotos` says it deleted.
    pub(crate) deleted: Option<Vec<i64>>,
}

/// The world.
pub(crate) struct World {
    pub(crate) house: House,
    /// How far each account has been told.
    pub(crate) cursors: BTreeMap<i64, updates::Cursor>,
    /// Uploads of this hour: by account, the numbers of pictures.
    uploaded: HashMap<(i64, usize), GivenParts>,
    pictures: Vec<Vec<u8>>,
    made: usize,
}

impl World {
    pub(crate) async fn new(engine: Engine) -> Self {
        let pictures = (0..PICTURES).map(|shade| bmp(SIDE_PX, SIDE_PX, (shade * 16) as u8));
        let mut world = Self {
            house: House::on(engine).await,
            cursors: BTreeMap::new(),
            uploaded: HashMap::new(),
            pictures: pictures.collect(),
            made: 0,
        };
        for who in 1..=FOUNDERS {
            world.arrive(who).await;
        }
        for group in GROUPS {
            world.found(group).await;
        }
        world
    }

    pub(crate) fn now(&self) -> i64 {
        self.house.services.clock.unix_seconds()
    }

    /// A group without messages: nothing but who is in it matters to rules.
    async fn found(&self, chat_id: i64) {
        let row = chats::ChatRow {
            chat_id,
            kind: "group".to_owned(),
            creator_id: FOUNDERS,
            title: format!("Group {chat_id}"),
            version: 1,
            created_at: 1,
            ..chats::ChatRow::default()
        };
        let mut tx = self.house.services.store.begin().await.unwrap();
        chats::insert(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn sit(&self, user_id: i64, chat_id: i64, inside: bool) {
        let role = if inside { "member" } else { "left" };
        let row = chats::MemberRow {
            chat_id,
            user_id,
            role: role.to_owned(),
            invited_by: user_id,
            joined_at: 1,
        };
        let mut tx = self.house.services.store.begin().await.unwrap();
        chats::put_member(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn arrive(&mut self, who: i64) {
        self.house.person(who).await;
        let mut tx = self.house.services.store.read().await.unwrap();
        let cursor = updates::cursor(&mut tx, who).await.unwrap();
        self.cursors.insert(who, cursor);
    }

    /// The next picture, uploaded by `by`; files are used again, as clients may.
    async fn picture(&mut self, by: i64) -> GivenMedia {
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
        let mut deleted = None;
        let outcome = match deed {
            Deed::Delete { by, photos } => self.delete(*by, photos).await.map(|ids| {
                deleted = Some(ids);
                None
            }),
            deed => self.act_on_pictures(deed).await,
        };
        let outcome = outcome.map_err(word);
        Came { outcome, deleted }
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
            Deed::Upload { by, fallback } => {
                let media = self.picture(by).await;
                let services = &self.house.services;
                let place = ForProfile {
                    bot: None,
                    fallback,
                };
                photos::upload_for_profile(services, caller(by), place, &media, false).await?
            }
            Deed::Reuse {
                by,
                photo,
                fallback,
            } => {
                let named = self.house.named_photo(by, photo);
                let services = &self.house.services;
                let place = ForProfile {
                    bot: None,
                    fallback,
                };
                photos::reuse_for_profile(services, caller(by), place, &named).await?
            }
            Deed::Take { by, fallback } => {
                let place = ForProfile {
                    bot: None,
                    fallback,
                };
                photos::take_from_profile(&self.house.services, caller(by), place).await?
            }
            _ => return self.act_on_people(deed).await.map(|()| None),
        };
        Ok(changed.photo.map(|photo| photo.photo_id))
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
            Deed::Sit { by, group, inside } => self.sit(*by, *group, *inside).await,
            Deed::Leave { by } => {
                accounts::delete(services, *by).await?;
            }
            Deed::Arrive { who } => self.arrive(*who).await,
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
