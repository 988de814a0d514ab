//! Sessions that were away for long, and sessions of one account that change things at the same time: what
//! they end with is what a fresh look shows.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::collections::{BTreeMap, BTreeSet};

use domain::{Services, messages};
use testkit::{Account, TestServer};
use tl::{
    enums,
    functions::{self as api, updates as calls},
    types,
};

/// Updates that a session misses.
const MISSED: i32 = 10_000;
/// What one answer about them may hold. Chosen: docs/decisions/0071.
const ENTRIES_MAX: usize = 100;
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Commits `count` messages from one account to another and wakes nobody.
async fn fill(services: &Services, from: i64, to: i64, count: i32) {
    let mut tx = services.store.begin().await.unwrap();
    for _ in 0..count {
        let sent = messages::suggest(services, &mut tx, from, to, 1);
        sent.await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn state(account: &Account) -> types::updates::State {
    account.call(calls::GetState {}).await.unwrap()
}

/// The next part of what was missed, and how many statements it took.
async fn part(server: &TestServer, bob: &Account, pts: i32) -> (enums::updates::Difference, u64) {
    let before = server.queries();
    let asked = calls::GetDifference::new(pts, 1, 0);
    let body = tl::encode(&asked, testkit::LAYER).unwrap();
    let answer = bob.call_bytes(body.into()).await.unwrap();
    assert!(answer.len() < ANSWER_BYTES_MAX, "{} bytes", answer.len());
    (tl::decode(answer).unwrap(), server.queries() - before)
}

/// Ten thousand missed messages come in slices of the same size and cost; afterwards the counts are right.
#[tokio::test]
async fn ten_thousand_missed_updates_come_in_slices_of_one_size() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let bob_too = server.session_of(&bob).await;
    let mut pts = state(&bob).await.pts;
    fill(&server.running().services, ada.id, bob.id, MISSED).await;
    let (mut told, mut costs, mut slices) = (0, BTreeSet::new(), 0);
    loop {
        let (difference, cost) = part(&server, &bob, pts).await;
        let (new, state, last) = match difference {
            enums::updates::Difference::Slice(slice) => {
                costs.insert(cost);
                (slice.new_messages, slice.intermediate_state, false)
            }
            enums::updates::Difference::Difference(all) => (all.new_messages, all.state, true),
            other => panic!("{other:?}"),
        };
        assert!(new.len() <= ENTRIES_MAX && state.pts > pts);
        assert_eq!(state.unread_count, MISSED);
        told += new.len();
        pts = state.pts;
        slices += 1;
        if last {
            break;
        }
    }
    assert_eq!((told, pts), (MISSED as usize, MISSED + 1));
    assert_eq!(slices, MISSED as usize / ENTRIES_MAX);
    assert!(costs.len() <= 2, "the cost of a slice grows: {costs:?}");

    // Half of it is read: both sides and the other session agree on the rest.
    let before = (state(&ada).await.pts, state(&bob_too).await.pts);
    let read = api::messages::ReadHistory {
        peer: bob.peer(&ada).await,
        max_id: MISSED / 2,
    };
    bob.call(read).await.unwrap();
    for session in [&bob, &bob_too] {
        assert_eq!(unread(session, &ada).await, (MISSED / 2, MISSED / 2));
        assert_eq!(state(session).await.unread_count, MISSED / 2);
    }
    let (inbox, _) = part(&server, &bob_too, before.1).await;
    let still = others(inbox).into_iter().find_map(|update| match update {
        enums::Update::ReadHistoryInbox(read) => Some((read.max_id, read.still_unread_count)),
        _ => None,
    });
    assert_eq!(still, Some((MISSED / 2, MISSED / 2)));
    let (outbox, _) = part(&server, &ada, before.0).await;
    let seen = others(outbox).into_iter().find_map(|update| match update {
        enums::Update::ReadHistoryOutbox(read) => Some(read.max_id),
        _ => None,
    });
    assert_eq!(seen, Some(MISSED / 2));
}

fn others(difference: enums::updates::Difference) -> Vec<enums::Update> {
    match difference {
        enums::updates::Difference::Difference(all) => all.other_updates,
        other => panic!("{other:?}"),
    }
}

/// Unread messages and the last one that was read.
async fn unread(account: &Account, other: &Account) -> (i32, i32) {
    let peer = account.peer(other).await;
    let peers = vec![types::InputDialogPeer { peer }.into()];
    let asked = api::messages::GetPeerDialogs { peers };
    let enums::Dialog::Dialog(dialog) = account.call(asked).await.unwrap().dialogs.remove(0);
    (dialog.unread_count, dialog.read_inbox_max_id)
}

/// What a client keeps: who has which picture, and the messages of its box.
#[derive(Debug, Default, PartialEq, Eq)]
struct Held {
    pictures: BTreeMap<i64, Option<(i64, bool)>>,
    messages: BTreeSet<i32>,
    pts: i32,
    /// An update came that does not follow: the difference tells what is missing.
    behind: bool,
}

impl Held {
    fn take(&mut self, updates: &enums::Updates) {
        match updates {
            enums::Updates::Updates(all) => {
                self.see(&all.users);
                all.updates.iter().for_each(|update| self.apply(update));
            }
            enums::Updates::TooLong => self.behind = true,
            _ => {}
        }
    }

    fn apply(&mut self, update: &enums::Update) {
        match update {
            enums::Update::NewMessage(new) if self.follows(new.pts, new.pts_count) => {
                self.messages.insert(id(&new.message));
            }
            enums::Update::DeleteMessages(gone) if self.follows(gone.pts, gone.pts_count) => {
                self.forget(&gone.messages);
            }
            _ => {}
        }
    }

    fn forget(&mut self, messages: &[i32]) {
        self.messages.retain(|id| !messages.contains(id));
    }

    /// Source: the rule of the official page on updates.
    fn follows(&mut self, pts: i32, count: i32) -> bool {
        let follows = self.pts + count == pts;
        if follows {
            self.pts = pts;
        }
        self.behind |= self.pts + count < pts;
        follows
    }

    fn see(&mut self, users: &[enums::User]) {
        for user in users {
            let enums::User::User(user) = user else {
                continue;
            };
            let shown = match &user.photo {
                Some(enums::UserProfilePhoto::UserProfilePhoto(photo)) => {
                    Some((photo.photo_id, photo.personal))
                }
                _ => None,
            };
            self.pictures.insert(user.id, shown);
        }
    }
}

/// A session as an app has it.
struct Client {
    account: Account,
    names: Vec<enums::InputUser>,
    held: Held,
}

impl Client {
    async fn new(account: Account, other: &Account) -> Self {
        let names = vec![account.name(other).await, enums::InputUser::Self_];
        let pts = state(&account).await.pts;
        let held = Held {
            pts,
            ..Held::default()
        };
        let mut client = Self {
            account,
            names,
            held,
        };
        client.look_again().await;
        client
    }

    /// Applies what was pushed; says whether anything was.
    fn apply_pushed(&mut self) -> bool {
        let pushed = self.account.take_updates();
        pushed.iter().for_each(|updates| self.held.take(updates));
        !pushed.is_empty()
    }

    /// Takes what is pushed until this session holds what the other does; else the wait for the next
    /// push ends the test.
    async fn reach(&mut self, fresh: &Held) {
        self.apply_pushed();
        while self.held != *fresh {
            if self.held.behind {
                self.catch_up().await;
                continue;
            }
            let held = &mut self.held;
            let next = self.account.update(|updates| {
                held.take(updates);
                (held.behind || held == fresh).then_some(())
            });
            next.await;
        }
    }

    /// As apps do after a change of their own: asks, and asks again if something was pushed meanwhile.
    async fn look_again(&mut self) {
        loop {
            self.apply_pushed();
            let id = self.names.clone();
            let users = self
                .account
                .call(api::users::GetUsers { id })
                .await
                .unwrap();
            if !self.apply_pushed() {
                return self.held.see(&users);
            }
        }
    }

    async fn catch_up(&mut self) {
        let asked = calls::GetDifference::new(self.held.pts, i32::MAX, 0);
        match self.account.call(asked).await.unwrap() {
            enums::updates::Difference::Difference(all) => {
                let new = all.new_messages.iter().map(id);
                self.held.messages.extend(new);
                for update in &all.other_updates {
                    if let enums::Update::DeleteMessages(gone) = update {
                        self.held.forget(&gone.messages);
                    }
                }
                self.held.see(&all.users);
                self.held.pts = all.state.pts;
            }
            enums::updates::Difference::Empty(_) => {}
            other => panic!("{other:?}"),
        }
        self.held.behind = false;
    }

    /// Changes pictures and messages, one thing after another.
    async fn work(&mut self, other: &Account, seed: usize, deeds: usize) {
        let picture = testkit::picture([40 * (seed as u8 + 1), 90, 30], 200);
        for deed in 0..deeds {
            let account = &self.account;
            match (seed * 5 + deed * 3) % 7 {
                0 | 1 => drop(account.set_personal(other, &picture).await.unwrap()),
                2 => drop(account.clear_personal(other).await.unwrap()),
                3 => drop(account.suggest(other, &picture).await.unwrap()),
                4 => drop(account.set_own(&picture).await.unwrap()),
                5 => {
                    let none = enums::InputPhoto::Empty;
                    let take = api::photos::UpdateProfilePhoto::new(none);
                    drop(account.call(take).await.unwrap());
                }
                _ => self.delete_newest().await,
            }
            self.look_again().await;
            if self.held.behind {
                self.catch_up().await;
            }
        }
    }

    async fn delete_newest(&mut self) {
        let Some(newest) = self.held.messages.last().copied() else {
            return;
        };
        let id = vec![newest];
        let gone = api::messages::DeleteMessages { revoke: false, id };
        let affected = self.account.call(gone).await.unwrap();
        self.apply_pushed();
        self.held.messages.remove(&newest);
        self.held.follows(affected.pts, affected.pts_count);
    }
}

fn id(message: &enums::Message) -> i32 {
    match message {
        enums::Message::Message(message) => message.id,
        enums::Message::Service(message) => message.id,
        enums::Message::Empty(message) => message.id,
    }
}

/// P132, with everything that two sessions may do to pictures.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sessions_that_change_pictures_at_once_end_with_the_same_view() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let also_ada = server.session_of(&ada).await;
    let third = server.session_of(&ada).await;
    let mut one = Client::new(ada, &bob).await;
    let mut other = Client::new(also_ada, &bob).await;
    tokio::join!(one.work(&bob, 0, 9), other.work(&bob, 1, 17));
    let mut fresh = Client::new(third, &bob).await;
    fresh.held.pts = 1;
    fresh.catch_up().await;
    assert_eq!(fresh.held.pictures.len(), 2);
    assert!(!fresh.held.messages.is_empty());
    for client in [&mut one, &mut other] {
        client.reach(&fresh.held).await;
        // And stays there.
        client.account.settle().await;
        client.apply_pushed();
        assert_eq!(client.held, fresh.held);
    }
}
