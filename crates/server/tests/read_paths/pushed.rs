//! What is pushed: every kind of entry in the journal, provoked, and searched on every seat.

use domain::updates::Entry;
use tl::{enums, functions as api, types};

use crate::seats::{Names, Seat, World, bytes, peer};

/// Who does what, so that something is pushed.
struct Push {
    kind: &'static str,
    /// The setter's other session is shown the personal picture with it.
    to_setter: bool,
    by: fn(&World) -> &Seat,
    ask: fn(&Names) -> Vec<Vec<u8>>,
}

/// A new kind of entry does not compile until it is named here, and then below.
fn kind(entry: &Entry) -> &'static str {
    match entry {
        Entry::Message { .. } => "message",
        Entry::Deleted { .. } => "deleted",
        Entry::ReadInbox { .. } => "read inbox",
        Entry::ReadOutbox { .. } => "read outbox",
        Entry::User(_) => "user",
        Entry::Settings(_) => "settings",
        Entry::Participants(_) => "participants",
        Entry::Chat(_) => "chat",
        Entry::Blocked { .. } => "blocked",
        Entry::Channel { .. } => "channel",
        Entry::Privacy { .. } => "privacy",
    }
}

const PUSHES: &[Push] = &[
    Push {
        kind: "message",
        to_setter: true,
        by: |world| &world.setter,
        ask: |n| {
            let number = 2_000_003 + n.other.user_id;
            let text = "look".to_owned();
            vec![bytes(&api::messages::SendMessage::new(
                n.peer(),
                text,
                number,
            ))]
        },
    },
    Push {
        kind: "user",
        to_setter: true,
        by: |world| &world.owner,
        ask: |_| {
            let mut request = api::account::UpdateProfile::new();
            request.first_name = Some("Robert".to_owned());
            vec![bytes(&request)]
        },
    },
    Push {
        kind: "settings",
        to_setter: true,
        by: |world| &world.setter,
        ask: |n| {
            let (first, last) = ("Anybody".to_owned(), String::new());
            vec![bytes(&api::contacts::AddContact::new(
                n.user(),
                first,
                last,
                String::new(),
            ))]
        },
    },
    Push {
        kind: "read inbox, read outbox",
        to_setter: true,
        by: |world| &world.setter,
        ask: |n| {
            vec![bytes(&api::messages::ReadHistory {
                peer: n.peer(),
                max_id: 1000,
            })]
        },
    },
    Push {
        kind: "blocked",
        to_setter: true,
        by: |world| &world.setter,
        ask: |n| {
            let block = bytes(&api::contacts::Block::new(n.peer()));
            vec![block, bytes(&api::contacts::Unblock::new(n.peer()))]
        },
    },
    Push {
        kind: "privacy",
        to_setter: true,
        by: |world| &world.setter,
        ask: |n| {
            let users = vec![n.user()];
            let rule = types::InputPrivacyValueAllowUsers { users }.into();
            let key = enums::InputPrivacyKey::Birthday;
            let rules = vec![rule];
            vec![bytes(&api::account::SetPrivacy { key, rules })]
        },
    },
    Push {
        kind: "participants",
        to_setter: true,
        by: |world| &world.setter,
        ask: |n| {
            let (chat_id, user_id) = (n.chat_id, n.third.clone().into());
            vec![
                bytes(&api::messages::DeleteChatUser::new(chat_id, user_id)),
                bytes(&api::messages::AddChatUser {
                    chat_id,
                    user_id: n.third.clone().into(),
                    fwd_limit: 100,
                }),
            ]
        },
    },
    Push {
        kind: "chat",
        to_setter: false,
        by: |world| &world.setter,
        ask: |n| {
            let (peer, about) = (n.chat(), "about".to_owned());
            vec![bytes(&api::messages::EditChatAbout { peer, about })]
        },
    },
    Push {
        kind: "channel",
        to_setter: false,
        by: |world| &world.setter,
        ask: |n| {
            let (channel, title) = (n.channel.clone().into(), "Renamed".to_owned());
            vec![bytes(&api::channels::EditTitle { channel, title })]
        },
    },
    Push {
        kind: "deleted",
        to_setter: false,
        by: |world| &world.contact,
        ask: |n| {
            let clear = api::messages::DeleteHistory {
                just_clear: false,
                revoke: true,
                peer: peer(&n.third),
                max_id: 0,
                min_date: None,
                max_date: None,
            };
            vec![bytes(&clear)]
        },
    },
    Push {
        kind: "typing",
        to_setter: false,
        by: |world| &world.owner,
        ask: |n| {
            let action = enums::SendMessageAction::SendMessageTypingAction;
            let to = [n.peer(), peer(&n.third)];
            to.map(|peer| bytes(&api::messages::SetTyping::new(peer, action.clone())))
                .into()
        },
    },
];

/// Only the sessions of the setter are pushed a personal picture, whatever is pushed.
#[tokio::test]
async fn no_push_shows_a_personal_picture_to_anybody_but_its_setter() {
    let world = World::new().await;
    let also_setter = world.server.session_of(&world.setter.account).await;
    let mut seen: Vec<&str> = Vec::new();
    let journal = |user_id| {
        let services = world.server.running().services.clone();
        async move {
            let mut tx = services.store.read().await.unwrap();
            domain::updates::cursor(&mut tx, user_id).await.unwrap()
        }
    };
    for push in PUSHES {
        let mut cursors = Vec::new();
        for seat in world.seats() {
            seat.account.settle().await;
            seat.account.take_update_bytes();
            cursors.push((seat.account.id, journal(seat.account.id).await));
        }
        also_setter.settle().await;
        also_setter.take_update_bytes();
        let by = (push.by)(&world);
        for request in (push.ask)(&by.names) {
            by.account.call_bytes(request.into()).await.unwrap();
        }
        seen.extend(journalled(&world, cursors).await);
        for seat in world.seats() {
            seat.account.settle().await;
            for body in seat.account.take_update_bytes() {
                let found = world.secrets.found_in(&body);
                if let Some(secret) = found.filter(|_| !seat.is_setter) {
                    panic!("a push of {} shows {secret} to {}", push.kind, seat.who);
                }
            }
        }
        also_setter.settle().await;
        let bodies = also_setter.take_update_bytes();
        let shown = bodies.iter().any(|body| world.secrets.id_in(body));
        assert_eq!(
            shown, push.to_setter,
            "a push of {} to the setter",
            push.kind
        );
    }
    let named = PUSHES.iter().flat_map(|push| push.kind.split(", "));
    for kind in named.filter(|kind| *kind != "typing") {
        assert!(seen.contains(&kind), "nothing of kind {kind} was provoked");
    }
}

/// The kinds of entries that came into the journals of the four since then. All of them must be among
/// those that are provoked here.
async fn journalled(
    world: &World,
    cursors: Vec<(i64, domain::updates::Cursor)>,
) -> Vec<&'static str> {
    let services = &world.server.running().services;
    let mut kinds = Vec::new();
    for (user_id, cursor) in cursors {
        let mut tx = services.store.read().await.unwrap();
        let after = domain::updates::after(services, &mut tx, user_id, &cursor).await;
        if let domain::updates::After::News(news) = after.unwrap().0 {
            kinds.extend(news.entries.iter().map(|(entry, _)| kind(entry)));
        }
    }
    let named: Vec<&str> = PUSHES
        .iter()
        .flat_map(|push| push.kind.split(", "))
        .collect();
    for kind in &kinds {
        assert!(named.contains(kind), "list a push of kind {kind}");
    }
    kinds
}
