//! The world against the model: who sees what, who may fetch what, who was told.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Error,
    chats::NamedPeer,
    files::{self, Location, Window},
    peers::{self, Pictures, UserView},
    photos::{self, Page},
    privacy::{self, Key},
    updates::{self, After, Entry, InChannel},
};
use store::{Tx, rows::photos as photo_rows};

use super::{
    Looks,
    chat_deeds::chat_like,
    chats::Chat,
    rules::{Deed, Model, Sight},
    world::{World, said},
};

type Verdict = Result<(), String>;

/// Complains with the names and values of what is not the same.
macro_rules! same {
    ($what:expr, $world:expr, $model:expr) => {
        let (world, model) = (&$world, &$model);
        if world != model {
            return Err(format!("{}: {world:?}, by the rules {model:?}", $what));
        }
    };
}

impl World {
    /// Users and full profiles of every pair, and that the photos that are kept are those that should
    /// be.
    pub(crate) async fn looks_like(&self, model: &Model) -> Verdict {
        let services = &self.house.services;
        let mut tx = services.store.read().await.unwrap();
        let everybody: Vec<i64> = model.people.keys().copied().collect();
        for viewer in model.alive() {
            let seen = peers::view_full(services, &mut tx, viewer, &everybody)
                .await
                .unwrap();
            same!("users seen", seen.len(), everybody.len());
            for (view, pictures) in &seen {
                look(model, viewer, view, pictures)?;
            }
            self.chats_look_like(&mut tx, model, viewer).await?;
        }
        let kept = tx
            .rows("SELECT photo_id FROM photos ORDER BY photo_id", &[])
            .await
            .unwrap();
        let kept: Vec<i64> = kept.iter().map(|row| row.i64(0).unwrap()).collect();
        let model_kept: Vec<i64> = model.photos.keys().copied().collect();
        same!("photos kept", kept, model_kept);
        Ok(())
    }

    /// Lists and files, each from a seat.
    pub(crate) async fn opens_like(&self, model: &Model, looks: &Looks) -> Verdict {
        for (viewer, owner) in &looks.lists {
            self.lists_like(model, *viewer, *owner).await?;
        }
        for (viewer, photo) in &looks.files {
            self.fetches_like(model, *viewer, *photo).await?;
        }
        Ok(())
    }

    async fn lists_like(&self, model: &Model, viewer: i64, owner: i64) -> Verdict {
        let page = Page {
            offset: 0,
            max_id: 0,
            limit: 100,
        };
        let (services, named) = (&self.house.services, self.house.named(viewer, owner));
        let listed = photos::user_photos(services, viewer, named, page)
            .await
            .unwrap();
        let ids: Vec<i64> = listed.photos.iter().map(|photo| photo.photo_id).collect();
        // I8 is in the model: its lists fall.
        same!(
            format!("{viewer} lists {owner}"),
            ids,
            model.list(viewer, owner)
        );
        Ok(())
    }

    /// By the photo, by the peer of its maker and by those of chats.
    async fn fetches_like(&self, model: &Model, viewer: i64, photo: i64) -> Verdict {
        let named = self.house.named_photo(viewer, photo);
        let location = Location::Photo {
            photo: named,
            letter: "a".to_owned(),
        };
        let fetched = self.fetches(viewer, &location).await;
        let what = format!("{viewer} fetches {photo}");
        same!(what, fetched, model.may_fetch(viewer, photo));
        for owner in asked_for(model, viewer, photo) {
            let peer = NamedPeer::User(self.house.named(viewer, owner));
            let location = Location::PeerPhoto {
                peer,
                big: false,
                photo_id: photo,
            };
            let fetched = self.fetches(viewer, &location).await;
            let what = format!("{viewer} fetches {photo} by {owner}");
            same!(what, fetched, model.of_peer(viewer, owner, photo));
        }
        self.fetches_of_chats_like(model, viewer, photo).await
    }

    async fn fetches_of_chats_like(&self, model: &Model, viewer: i64, photo: i64) -> Verdict {
        for chat in chats_asked_for(model, photo) {
            let location = Location::PeerPhoto {
                peer: self.named_chat(viewer, chat),
                big: true,
                photo_id: photo,
            };
            let fetched = self.fetches(viewer, &location).await;
            let what = format!("{viewer} fetches {photo} by chat {chat}");
            let by_rules = model.shown_of_chat(viewer, chat) == Some(photo);
            same!(what, fetched, by_rules);
        }
        Ok(())
    }

    async fn fetches(&self, viewer: i64, location: &Location) -> bool {
        let window = Window {
            offset: 0,
            bytes: 4096,
        };
        match files::read(&self.house.services, viewer, location, window).await {
            Ok(stretch) => !stretch.bytes.is_empty(),
            Err(Error::Refused(_)) => false,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// Every file of every photo is whole: after a sweep, that it took nothing that is shown.
    pub(crate) async fn is_whole(&self, model: &Model) -> Verdict {
        let mut tx = self.house.services.store.read().await.unwrap();
        let ids: Vec<i64> = model.photos.keys().copied().collect();
        for photo in photo_rows::by_ids(&mut tx, &ids).await.unwrap() {
            // I1, I5, I6.
            let letters: Vec<&str> = photo.files.iter().map(|file| &*file.letter).collect();
            same!("sizes", letters, ["a", "b", "c"]);
            if photo.photo_id <= 0 || photo.created_at <= 0 || photo.stripped_photo[0] != 1 {
                return Err(format!("a broken photo: {photo:?}"));
            }
            for file in &photo.files {
                let len = self.house.services.blobs.len(&file.blob).await;
                same!(
                    format!("file {} of {}", file.letter, photo.photo_id),
                    len.ok(),
                    u64::try_from(file.bytes).ok()
                );
            }
        }
        Ok(())
    }

    /// The journal of every account after a deed: exactly those were told whose view changed and who
    /// show the changed user to somebody, and nobody read more than they may.
    pub(crate) async fn told_like(
        &mut self,
        (before, model): (&Model, &Model),
        deed: &Deed,
    ) -> Verdict {
        let services = &self.house.services;
        let mut tx = services.store.read().await.unwrap();
        for viewer in model.alive() {
            let Some(cursor) = self.cursors.get_mut(&viewer) else {
                continue;
            };
            let told = news(services, &mut tx, (viewer, model), cursor).await?;
            let Told {
                users,
                new,
                gone,
                posts,
                erased,
                rules,
            } = told;
            let must = changed((before, model), deed, viewer);
            let may = may_be_told(before, deed, viewer);
            if let Some(user) = must.difference(&users).next() {
                return Err(format!("{viewer} was not told that {user} changed"));
            }
            if let Some(user) = users.difference(&must).find(|user| !may.contains(user)) {
                return Err(format!("{viewer} was told of {user} for no reason"));
            }
            let (expected_new, expected_gone) = moved(before, model, viewer);
            same!(format!("messages told to {viewer}"), new, expected_new);
            same!(format!("deletions told to {viewer}"), gone, expected_gone);
            let (expected_posts, expected_erased) = posted(before, model, viewer);
            same!(format!("posts told to {viewer}"), posts, expected_posts);
            let what = format!("erased posts told to {viewer}");
            same!(what, erased, expected_erased);
            let expected = new_rules((before, model), deed, viewer);
            same!(format!("rules told to {viewer}"), rules, expected);
        }
        Ok(())
    }
}

/// By which peers a photo is asked for: those that show it, its maker, and somebody else.
fn asked_for(model: &Model, viewer: i64, photo: i64) -> BTreeSet<i64> {
    let everybody: Vec<i64> = model.people.keys().copied().collect();
    let shows = |owner: &&i64| model.of_peer(viewer, **owner, photo);
    let mut asked: BTreeSet<i64> = everybody.iter().filter(shows).copied().collect();
    asked.extend(model.photos.get(&photo).map(|photo| photo.maker));
    let other = (photo + viewer).rem_euclid(everybody.len() as i64);
    asked.extend(everybody.get(other as usize));
    asked
}

/// By which chats: those that show or showed it, and another one.
fn chats_asked_for(model: &Model, photo: i64) -> BTreeSet<i64> {
    let shows = |(_, chat): &(&i64, &Chat)| {
        let mut posts = chat.posts.values();
        chat.photo == Some(photo) || posts.any(|post| post.photo == Some(photo))
    };
    let mut asked: BTreeSet<i64> = model
        .chats
        .iter()
        .filter(shows)
        .map(|(id, _)| *id)
        .collect();
    let other = photo.unsigned_abs() as usize % model.chats.len();
    asked.extend(model.chats.keys().nth(other));
    asked
}

/// I1 to I3 for one pair.
fn look(model: &Model, viewer: i64, view: &UserView, pictures: &Pictures) -> Verdict {
    let owner = view.user_id;
    let id = |photo: &Option<photo_rows::PhotoRow>| photo.as_ref().map(|photo| photo.photo_id);
    let sight = Sight {
        personal: id(&pictures.personal),
        main: id(&pictures.main),
        fallback: id(&pictures.fallback),
    };
    same!(
        format!("{viewer} sees of {owner}"),
        sight,
        model.sight(viewer, owner)
    );
    shown_like(model, viewer, view)?;
    same!("deleted", view.is_deleted, model.person(owner).deleted);
    let contact = model.person(viewer).contacts.get(&owner);
    same!(
        format!("{owner} a contact of {viewer}"),
        view.is_contact,
        contact.is_some()
    );
    same!(
        format!("{owner} a close friend of {viewer}"),
        view.is_close_friend,
        contact.is_some_and(|contact| contact.close)
    );
    if let Some(contact) = contact {
        same!(
            format!("name of {owner} to {viewer}"),
            view.first_name,
            contact.name
        );
    }
    Ok(())
}

fn shown_like(model: &Model, viewer: i64, view: &UserView) -> Verdict {
    let shown = view
        .photo
        .as_ref()
        .map(|photo| (photo.photo_id, photo.personal));
    let by_rules = model.sight(viewer, view.user_id).shown();
    same!(
        format!("{viewer} is shown of {}", view.user_id),
        shown,
        by_rules
    );
    // I4: nothing here moves.
    same!(
        "has_video",
        view.photo.as_ref().is_some_and(|photo| photo.has_video),
        false
    );
    Ok(())
}

/// What one account read in its journal.
#[derive(Default)]
struct Told {
    users: BTreeSet<i64>,
    new: BTreeSet<i64>,
    gone: BTreeSet<i64>,
    /// By channel.
    posts: Posts,
    erased: Posts,
    /// What `updatePrivacy` of the profile photo says.
    rules: Option<Vec<privacy::Rule>>,
}

async fn news(
    services: &domain::Services,
    tx: &mut Tx,
    (viewer, model): (i64, &Model),
    cursor: &mut updates::Cursor,
) -> Result<Told, String> {
    let mut told = Told::default();
    loop {
        let (after, next) = updates::after(services, tx, viewer, cursor).await.unwrap();
        *cursor = next;
        let news = match after {
            After::Nothing => return Ok(told),
            After::TooLong => return Err(format!("the journal of {viewer} is too long")),
            After::News(news) => news,
        };
        for view in &news.bundle.users {
            shown_like(model, viewer, view)?;
        }
        for view in &news.bundle.chats {
            chat_like(model, viewer, view)?;
        }
        for photo in news.bundle.photos.keys() {
            if !model.may_fetch(viewer, *photo) {
                return Err(format!("{viewer} was sent photo {photo}"));
            }
        }
        for (entry, _) in news.entries {
            match entry {
                Entry::User(user) => told.users.extend([user]),
                Entry::Message { message, .. } => told.new.extend([message.message_id]),
                Entry::Deleted { message_ids, .. } => told.gone.extend(message_ids),
                Entry::Privacy {
                    key: Key::ProfilePhoto,
                    rules,
                } => {
                    told.rules = Some(rules);
                }
                Entry::Channel { channel_id, news } => match news {
                    InChannel::Message { message, .. } => {
                        told.posts.insert((channel_id, message.message_id));
                    }
                    InChannel::Deleted { message_ids, .. } => {
                        let erased = message_ids.into_iter().map(|id| (channel_id, id));
                        told.erased.extend(erased);
                    }
                    InChannel::TooLong { .. } => {
                        return Err(format!(
                            "{viewer} was not told what channel {channel_id} says"
                        ));
                    }
                    InChannel::Read { .. } | InChannel::Changed => {}
                },
                Entry::Privacy { key, .. } => {
                    return Err(format!("{viewer} was told of rules for {key:?}"));
                }
                _ => {}
            }
        }
    }
}

/// Whom `viewer` sees differently now, of those whom it shows to somebody. A decision counts, also where
/// there is no picture to see (0091); what somebody may see for being in a group now or not any more is
/// found by looking again. The other sessions of an account are told of its close friends.
fn changed((before, model): (&Model, &Model), deed: &Deed, viewer: i64) -> BTreeSet<i64> {
    if matches!(deed, Deed::Chat { .. }) || !before.people.contains_key(&viewer) {
        return BTreeSet::new();
    }
    let decided = matches!(deed, Deed::Privacy { .. } | Deed::CloseFriends { .. });
    let edits = |by: &i64| matches!(deed, Deed::CloseFriends { by: editor, .. } if editor == by);
    let close = |model: &Model, other: i64| {
        let contact = model.person(viewer).contacts.get(&other);
        contact.is_some_and(|contact| contact.close)
    };
    let differs = |other: i64| {
        let sees = before.sight(viewer, other) != model.sight(viewer, other);
        let may = before.allowed(viewer, other) != model.allowed(viewer, other);
        let friend = close(before, other) != close(model, other);
        sees || (decided && may) || (edits(&viewer) && friend)
    };
    let others = before.people.keys().copied();
    others
        .filter(|other| differs(*other))
        .filter(|other| before.watches(viewer, *other) || model.watches(viewer, *other))
        .collect()
}

/// Of whom `viewer` may be told though no picture changed: names, numbers and contact flags, to those who
/// show them; a personal picture that was set to what it was; the end of an account.
fn may_be_told(before: &Model, deed: &Deed, viewer: i64) -> BTreeSet<i64> {
    let mut may = BTreeSet::new();
    match *deed {
        Deed::Add { by, of, .. } | Deed::Forget { by, of } => {
            if viewer == by {
                may.insert(of);
            }
            // Whoever is saved sees the other's number: usual rules show it to contacts.
            if viewer == of && before.watches(of, by) {
                may.insert(by);
            }
        }
        Deed::Leave { by } if before.watches(viewer, by) => {
            may.insert(by);
        }
        _ => {}
    }
    may
}

/// What the owner of rules is told of them: they are what they were not.
fn new_rules(
    (before, model): (&Model, &Model),
    deed: &Deed,
    viewer: i64,
) -> Option<Vec<privacy::Rule>> {
    match deed {
        Deed::Privacy { by, .. } if *by == viewer => {
            let rules = model.person(viewer).rules();
            let changed = before.person(viewer).rules() != rules;
            changed.then(|| rules.iter().map(said).collect())
        }
        _ => None,
    }
}

/// Messages that came into the box of `viewer`, and those that went.
fn moved(before: &Model, model: &Model, viewer: i64) -> (BTreeSet<i64>, BTreeSet<i64>) {
    let ids = |model: &Model| -> BTreeMap<i64, ()> {
        let person = model.people.get(&viewer);
        let messages = person.into_iter().flat_map(|person| person.messages.keys());
        messages.map(|id| (*id, ())).collect()
    };
    let (old, now) = (ids(before), ids(model));
    let only = |some: &BTreeMap<i64, ()>, others: &BTreeMap<i64, ()>| {
        some.keys()
            .copied()
            .filter(|id| !others.contains_key(id))
            .collect()
    };
    (only(&now, &old), only(&old, &now))
}

/// Channels and messages in them.
type Posts = BTreeSet<(i64, i64)>;

/// Messages that came into channels in which `viewer` is now, and those that went.
fn posted(before: &Model, model: &Model, viewer: i64) -> (Posts, Posts) {
    let ids = |from: &Model| -> Posts {
        let inside = model.chats.iter().filter(|(_, chat)| chat.has(viewer));
        let known = inside.filter_map(|(id, _)| Some((*id, from.chats.get(id)?)));
        let posts = known.flat_map(|(id, chat)| chat.posts.keys().map(move |post| (id, *post)));
        posts.collect()
    };
    let (old, now) = (ids(before), ids(model));
    (&now - &old, &old - &now)
}
