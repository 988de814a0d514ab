//! The boxes of two accounts under random operations, against a model that fits on a page, and against
//! two clients that know a box only by its journal: one that is told live, one that asks now and then.
#![expect(clippy::unwrap_used, reason = "a test fails where it is")]

mod house;

use std::collections::BTreeMap;

use domain::{
    Services, dialogs,
    messages::{self, Affected, Clearing, Doer, Page, Post, ReplyTo},
    peers::Named,
    updates::{self, After, Asked, Cursor, Difference, Entry},
};
use house::House;
use proptest::prelude::*;

const PEOPLE: [i64; 2] = [1, 2];

#[derive(Clone, Debug)]
enum Step {
    /// Whose turn, to itself or to the other; the same random id again or a new one.
    Send {
        who: usize,
        to_self: bool,
        again: bool,
    },
    /// Up to the n-th message of the chat from the newest; `None`: all.
    Read {
        who: usize,
        nth: Option<usize>,
    },
    /// The n-th messages of the box from the newest.
    Delete {
        who: usize,
        nths: Vec<usize>,
        revoke: bool,
    },
    Clear {
        who: usize,
        revoke: bool,
    },
    Suggest {
        who: usize,
    },
    /// The client that was away asks, in slices of so many.
    Ask {
        who: usize,
        pts_limit: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..2_usize;
    prop_oneof![
        5 => (who.clone(), prop::bool::weighted(0.1), prop::bool::weighted(0.15))
            .prop_map(|(who, to_self, again)| Step::Send { who, to_self, again }),
        2 => (who.clone(), prop::option::of(0..6_usize))
            .prop_map(|(who, nth)| Step::Read { who, nth }),
        2 => (who.clone(), prop::collection::vec(0..8_usize, 1..4), any::<bool>())
            .prop_map(|(who, nths, revoke)| Step::Delete { who, nths, revoke }),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, revoke)| Step::Clear { who, revoke }),
        1 => who.clone().prop_map(|who| Step::Suggest { who }),
        2 => (who, 1..5_i64).prop_map(|(who, pts_limit)| Step::Ask { who, pts_limit }),
    ]
}

/// What a box must hold.
#[derive(Clone, Debug, Default)]
struct Model {
    /// By id: the other side, the writer, the id of the other copy.
    messages: BTreeMap<i64, (i64, i64, i64)>,
    pts: i64,
    last_id: i64,
    read_inbox: i64,
    read_outbox: i64,
}

impl Model {
    fn unread(&self, owner: i64) -> i64 {
        let unread =
            |(id, (_, from, _)): (&i64, &(i64, i64, i64))| *from != owner && *id > self.read_inbox;
        self.messages
            .iter()
            .filter(|entry| unread((entry.0, entry.1)))
            .count() as i64
    }

    fn chat(&self, peer: i64) -> Vec<i64> {
        let of_peer = self
            .messages
            .iter()
            .filter(|(_, message)| message.0 == peer);
        of_peer.map(|(id, _)| *id).rev().collect()
    }
}

/// A client that knows what it was told.
#[derive(Debug, Default)]
struct Told {
    pts: i64,
    messages: BTreeMap<i64, (i64, i64)>,
    read_inbox: i64,
    read_outbox: i64,
    still_unread: Option<i64>,
}

impl Told {
    fn apply(&mut self, owner: i64, entry: &Entry, in_order: bool) {
        let (pts, pts_count) = match entry {
            Entry::Message { message, pts } => {
                assert_eq!(message.owner_id, owner);
                self.messages
                    .insert(message.message_id, (message.peer_id, message.from_id));
                (*pts, 1)
            }
            Entry::Deleted {
                message_ids,
                pts,
                pts_count,
            } => {
                self.messages.retain(|id, _| !message_ids.contains(id));
                assert_eq!(message_ids.len() as i64, *pts_count);
                (*pts, *pts_count)
            }
            Entry::ReadInbox {
                max_id,
                still_unread,
                pts,
                ..
            } => {
                self.read_inbox = *max_id;
                self.still_unread = Some(*still_unread);
                (*pts, 1)
            }
            Entry::ReadOutbox { max_id, pts, .. } => {
                self.read_outbox = *max_id;
                (*pts, 1)
            }
            _ => return,
        };
        if in_order {
            assert_eq!(self.pts + pts_count, pts, "a gap before {entry:?}");
            self.pts = pts;
        }
    }

    fn agrees(&self, owner: i64, model: &Model) {
        let messages: Vec<(i64, (i64, i64))> = model
            .messages
            .iter()
            .map(|(id, message)| (*id, (message.0, message.1)))
            .collect();
        assert_eq!(
            self.messages.clone().into_iter().collect::<Vec<_>>(),
            messages
        );
        assert_eq!(self.pts, model.pts, "pts of {owner}");
        assert_eq!(self.read_inbox, model.read_inbox);
        assert_eq!(self.read_outbox, model.read_outbox);
    }
}

struct World {
    house: House,
    models: [Model; 2],
    live: [(Told, Cursor); 2],
    away: [Told; 2],
    random_id: i64,
}

impl World {
    async fn new() -> Self {
        let house = House::new().await;
        let mut cursors = Vec::new();
        for user_id in PEOPLE {
            house.person(user_id).await;
            let mut tx = house.services.store.read().await.unwrap();
            cursors.push(updates::cursor(&mut tx, user_id).await.unwrap());
        }
        let model = Model {
            pts: 1,
            ..Model::default()
        };
        let told = || Told {
            pts: 1,
            ..Told::default()
        };
        let live = [(told(), cursors[0].clone()), (told(), cursors[1].clone())];
        let models = [model.clone(), model];
        Self {
            house,
            models,
            live,
            away: [told(), told()],
            random_id: 0,
        }
    }

    fn services(&self) -> &Services {
        &self.house.services
    }

    fn named(&self, who: usize, other: usize) -> Named {
        self.house.named(PEOPLE[who], PEOPLE[other])
    }

    async fn run(&mut self, step: &Step) {
        match step {
            Step::Send {
                who,
                to_self,
                again,
            } => self.send(*who, *to_self, *again).await,
            Step::Read { who, nth } => self.read(*who, *nth).await,
            Step::Delete { who, nths, revoke } => self.delete(*who, nths, *revoke).await,
            Step::Clear { who, revoke } => self.clear(*who, *revoke).await,
            Step::Suggest { who } => self.suggest(*who).await,
            Step::Ask { who, pts_limit } => self.ask(*who, *pts_limit).await,
        }
        for who in 0..2 {
            self.is_as_modelled(who).await;
            self.tell(who).await;
        }
    }

    /// Both boxes get the message; ids and pts rise by one each.
    fn modelled(&mut self, who: usize, other: usize) {
        let ids = [who, other].map(|side| self.models[side].last_id + 1);
        let sides = if who == other {
            vec![who]
        } else {
            vec![who, other]
        };
        for (place, side) in sides.into_iter().enumerate() {
            let model = &mut self.models[side];
            let (id, twin) = (
                ids[place],
                if who == other { ids[0] } else { ids[1 - place] },
            );
            let peer = if side == who {
                PEOPLE[other]
            } else {
                PEOPLE[who]
            };
            model.messages.insert(id, (peer, PEOPLE[who], twin));
            model.last_id = id;
            model.pts += 1;
        }
    }

    async fn send(&mut self, who: usize, to_self: bool, again: bool) {
        let other = if to_self { who } else { 1 - who };
        self.random_id += 1;
        let post = Post {
            peer: self.named(who, other).into(),
            text: format!("text {}", self.random_id),
            entities: Vec::new(),
            mentions: std::collections::HashMap::new(),
            reply_to: ReplyTo::Nothing,
            random_id: self.random_id,
            silent: false,
        };
        let doer = Doer {
            user_id: PEOPLE[who],
            origin: 0,
        };
        let sent = messages::send(self.services(), doer, post.clone())
            .await
            .unwrap();
        self.modelled(who, other);
        assert_eq!(sent.pts, self.models[who].pts);
        assert_eq!(sent.message.message_id, self.models[who].last_id);
        if again {
            let repeated = messages::send(self.services(), doer, post).await.unwrap();
            assert_eq!((repeated.message, repeated.pts), (sent.message, sent.pts));
        }
    }

    async fn suggest(&mut self, who: usize) {
        let services = self.services();
        let mut tx = services.store.begin().await.unwrap();
        let (from, to) = (PEOPLE[who], PEOPLE[1 - who]);
        let mut woken = messages::suggest(services, &mut tx, from, to, 77)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        woken.sort_unstable();
        assert_eq!(woken, PEOPLE);
        self.modelled(who, 1 - who);
    }

    async fn read(&mut self, who: usize, nth: Option<usize>) {
        let other = 1 - who;
        let chat = self.models[who].chat(PEOPLE[other]);
        let max_id = nth.and_then(|nth| chat.get(nth)).copied().unwrap_or(0);
        let doer = Doer {
            user_id: PEOPLE[who],
            origin: 0,
        };
        let peer = self.named(who, other);
        let read = messages::read_history(self.services(), doer, peer, max_id)
            .await
            .unwrap();
        let up_to = if max_id > 0 { max_id } else { i64::MAX };
        let model = &mut self.models[who];
        let incoming = |id: &&i64| **id <= up_to && model.messages[*id].1 == PEOPLE[other];
        let last = chat
            .iter()
            .find(incoming)
            .copied()
            .filter(|id| *id > model.read_inbox);
        if let Some(last) = last {
            model.read_inbox = last;
            model.pts += 1;
            let twin = model.messages[&last].2;
            let theirs = &mut self.models[other];
            if twin > theirs.read_outbox {
                theirs.read_outbox = twin;
                theirs.pts += 1;
            }
        }
        let expected = Affected {
            pts: self.models[who].pts,
            pts_count: last.is_some().into(),
        };
        assert_eq!(read, expected);
    }

    async fn delete(&mut self, who: usize, nths: &[usize], revoke: bool) {
        let all: Vec<i64> = self.models[who].messages.keys().rev().copied().collect();
        let mut ids: Vec<i64> = nths
            .iter()
            .filter_map(|nth| all.get(*nth))
            .copied()
            .collect();
        // An id that names nothing and one that is named twice change nothing.
        ids.extend(ids.first().copied());
        ids.push(1_000_000);
        let doer = Doer {
            user_id: PEOPLE[who],
            origin: 0,
        };
        let affected = messages::delete(self.services(), doer, &ids, revoke)
            .await
            .unwrap();
        ids.pop();
        let removed = self.forget(who, ids, revoke);
        assert_eq!(
            affected,
            Affected {
                pts: self.models[who].pts,
                pts_count: removed
            }
        );
    }

    async fn clear(&mut self, who: usize, revoke: bool) {
        let clearing = Clearing {
            peer: self.named(who, 1 - who).into(),
            max_id: 0,
            min_date: None,
            max_date: None,
            revoke,
        };
        let doer = Doer {
            user_id: PEOPLE[who],
            origin: 0,
        };
        let cleared = messages::delete_history(self.services(), doer, clearing)
            .await
            .unwrap();
        let ids = self.models[who].chat(PEOPLE[1 - who]);
        let removed = self.forget(who, ids, revoke);
        assert!(!cleared.more);
        assert_eq!(
            cleared.affected,
            Affected {
                pts: self.models[who].pts,
                pts_count: removed
            }
        );
    }

    /// Takes messages out of the models; returns how many left the box of `who`.
    fn forget(&mut self, who: usize, mut ids: Vec<i64>, revoke: bool) -> i64 {
        ids.sort_unstable();
        ids.dedup();
        let mut twins = Vec::new();
        for id in &ids {
            let (peer, _, twin) = self.models[who].messages.remove(id).unwrap();
            if revoke && peer != PEOPLE[who] {
                twins.push(twin);
            }
        }
        self.models[who].pts += ids.len() as i64;
        let theirs = &mut self.models[1 - who];
        twins.retain(|twin| theirs.messages.remove(twin).is_some());
        theirs.pts += twins.len() as i64;
        ids.len() as i64
    }

    async fn is_as_modelled(&self, who: usize) {
        let (owner, model) = (PEOPLE[who], &self.models[who]);
        let mut tx = self.services().store.read().await.unwrap();
        let state = updates::state(self.services(), &mut tx, owner)
            .await
            .unwrap();
        drop(tx);
        assert_eq!(
            (state.pts, state.unread_count),
            (model.pts, model.unread(owner))
        );
        let mut tops = Vec::new();
        for (other, peer) in PEOPLE.into_iter().enumerate() {
            let named = self.named(who, other);
            let page = Page {
                limit: 100,
                ..Page::default()
            };
            let listed = messages::history(self.services(), owner, named, page)
                .await
                .unwrap();
            let ids: Vec<i64> = listed.messages.iter().map(|row| row.message_id).collect();
            assert_eq!(ids, model.chat(peer));
            assert_eq!(listed.count, ids.len() as i64);
            let list = dialogs::of_peers(self.services(), owner, &[named.into()])
                .await
                .unwrap();
            let dialog = &list.dialogs[0];
            assert_eq!(dialog.top_message_id, ids.first().copied().unwrap_or(0));
            if peer != owner {
                assert_eq!(dialog.unread_count, model.unread(owner));
                assert_eq!(dialog.read_inbox_max_id, model.read_inbox);
                assert_eq!(dialog.read_outbox_max_id, model.read_outbox);
            }
            tops.extend(ids.first().copied());
        }
        tops.sort_unstable_by_key(|id| -id);
        let offset = dialogs::Offset::default();
        let list = dialogs::page(self.services(), owner, offset, 10)
            .await
            .unwrap();
        let listed: Vec<i64> = list.dialogs.iter().map(|row| row.top_message_id).collect();
        assert_eq!((listed, list.count), (tops.clone(), tops.len() as i64));
    }

    /// What a push would tell.
    async fn tell(&mut self, who: usize) {
        loop {
            let mut tx = self.house.services.store.read().await.unwrap();
            let (told, cursor) = &mut self.live[who];
            let looked = updates::after(&self.house.services, &mut tx, PEOPLE[who], cursor).await;
            let (after, next) = looked.unwrap();
            *cursor = next;
            let After::News(news) = after else {
                assert!(matches!(after, After::Nothing));
                break;
            };
            for (entry, _) in &news.entries {
                told.apply(PEOPLE[who], entry, true);
            }
        }
        self.live[who].0.agrees(PEOPLE[who], &self.models[who]);
    }

    async fn ask(&mut self, who: usize, pts_limit: i64) {
        loop {
            let told = &mut self.away[who];
            let services = &self.house.services;
            let mut tx = services.store.read().await.unwrap();
            let asked = Asked {
                pts: told.pts,
                date: services.clock.unix_seconds(),
                pts_limit: Some(pts_limit),
                pts_total_limit: None,
            };
            let difference = updates::difference(services, &mut tx, PEOPLE[who], asked).await;
            let (differing, whole) = match difference.unwrap() {
                Difference::Empty { .. } => break,
                Difference::All(differing) => (differing, true),
                Difference::Slice(differing) => (differing, false),
                Difference::TooLong { .. } => panic!("nothing was swept"),
            };
            assert!(differing.entries.len() as i64 <= pts_limit);
            for entry in &differing.entries {
                told.apply(PEOPLE[who], entry, false);
            }
            told.pts = differing.state.pts;
            // A number that is followed by more messages is counted up by the client itself.
            let still_unread = told.still_unread.take().filter(|_| whole);
            let unread = self.models[who].unread(PEOPLE[who]);
            assert!(
                still_unread.is_none_or(|count| count == unread),
                "{still_unread:?}"
            );
            if whole {
                break;
            }
        }
        self.away[who].agrees(PEOPLE[who], &self.models[who]);
    }
}

/// Each case runs a whole store, so there are few; the seed of a failure is printed.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 32,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn boxes_journals_and_clients_agree(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut world = World::new().await;
            for step in &steps {
                world.run(step).await;
            }
            for who in 0..2 {
                world.ask(who, 3).await;
            }
        });
    }
}
