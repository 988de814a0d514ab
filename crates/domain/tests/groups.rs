//! Basic groups by their rules, on every engine: who may do what, and what stands in whose box.
#![expect(clippy::unwrap_used, reason = "a test fails where it is")]

mod engines;
mod house;

use std::collections::HashMap;

use domain::{
    Error, Seen,
    chats::{
        NamedPeer, NewPhoto,
        groups::{self, Added, Adding, Creation, MEMBERS_MAX, Outcome, Removing},
    },
    dialogs,
    files::{self, Location, Window},
    messages::{self, Action, Clearing, Doer, Hits, Page, Post, ReplyTo, Search},
    photos::{Caller, GivenMedia, NamedPhoto},
    updates::{self, After, Asked, Difference, Entry},
};
use engines::on_every_engine;
use house::{Engine, House, caller, word};
use store::rows::messages::MessageRow;

on_every_engine!(
    everybody_has_a_copy_under_one_number,
    a_group_needs_a_title_and_people,
    who_blocks_is_missing,
    a_repeated_call_makes_nothing_twice,
    texts_are_counted_read_and_answered,
    pictures_are_set_known_and_taken_away,
    pictures_are_for_those_who_are_there,
    pictures_of_a_group_outlive_a_sweep,
    people_come_and_go_by_the_rules,
    administrators_remove_members_alone,
    messages_are_taken_back_by_their_writer_or_an_administrator,
    who_is_removed_hears_no_more,
    an_account_that_ends_leaves,
    an_ended_group_is_silent,
    only_so_many_fit_in,
    everybody_writes_at_once,
);

/// Accounts 1 to `count`, and a group of all but the last made by the first.
async fn house(engine: Engine, count: i64) -> (House, i64) {
    let house = House::on(engine).await;
    for user_id in 1..=count {
        house.person(user_id).await;
    }
    let others: Vec<i64> = (2..count).collect();
    let made = create(&house, caller(1), "Tea", &others).await.unwrap();
    let chat_id = chat_of(&made.outcome.unwrap());
    (house, chat_id)
}

async fn create(house: &House, who: Caller, title: &str, others: &[i64]) -> Result<Added, Error> {
    let named = |id: &i64| house.named(who.user_id, *id);
    let creation = Creation {
        title: title.to_owned(),
        users: others.iter().map(named).collect(),
        tells_missing: true,
    };
    groups::create(&house.services, who, creation).await
}

fn message_of(outcome: &Outcome) -> &MessageRow {
    let found = outcome.entries.iter().find_map(|entry| match entry {
        Entry::Message { message, .. } => Some(message),
        _ => None,
    });
    found.unwrap()
}

fn chat_of(outcome: &Outcome) -> i64 {
    -message_of(outcome).peer_id
}

fn doer(user_id: i64) -> Doer {
    Doer { user_id, origin: 0 }
}

async fn write(house: &House, who: i64, chat_id: i64, text: &str) -> Result<MessageRow, Error> {
    answer(house, who, chat_id, (text, ReplyTo::Nothing)).await
}

async fn answer(
    house: &House,
    who: i64,
    chat_id: i64,
    (text, reply_to): (&str, ReplyTo),
) -> Result<MessageRow, Error> {
    let post = Post {
        peer: NamedPeer::Group(chat_id),
        text: text.to_owned(),
        entities: Vec::new(),
        mentions: HashMap::new(),
        reply_to,
        random_id: house.services.ids.rising(),
        silent: false,
    };
    let sent = messages::send(&house.services, doer(who), post).await?;
    Ok(sent.message)
}

/// The chat as one box has it, newest first.
async fn history(house: &House, who: i64, chat_id: i64) -> Vec<MessageRow> {
    let page = Page {
        limit: 50,
        ..Page::default()
    };
    let named = NamedPeer::Group(chat_id);
    let listed = messages::history(&house.services, who, named, page).await;
    listed.unwrap().messages
}

async fn newest(house: &House, who: i64, chat_id: i64) -> MessageRow {
    history(house, who, chat_id).await.remove(0)
}

async fn unread(house: &House, who: i64, chat_id: i64) -> (i64, i64, i64) {
    let named = NamedPeer::Group(chat_id);
    let list = dialogs::of_peers(&house.services, who, &[named]).await;
    let row = list.unwrap().dialogs.remove(0);
    (
        row.unread_count,
        row.read_inbox_max_id,
        row.read_outbox_max_id,
    )
}

async fn set_photo(house: &House, who: i64, chat_id: i64, shade: u8) -> Result<i64, Error> {
    let media = house.still(who, shade).await;
    let new = NewPhoto::Uploaded {
        media,
        combinations: false,
    };
    let outcome = groups::edit_photo(&house.services, caller(who), chat_id, new).await?;
    assert_eq!(
        Action::of(message_of(&outcome)),
        Some(Action::ChatEditPhoto)
    );
    Ok(message_of(&outcome).photo_id.unwrap())
}

async fn change_photo(
    house: &House,
    who: i64,
    chat_id: i64,
    new: NewPhoto,
) -> Result<Option<i64>, Error> {
    let outcome = groups::edit_photo(&house.services, caller(who), chat_id, new).await?;
    Ok(message_of(&outcome).photo_id)
}

async fn remove(house: &House, who: i64, chat_id: i64, whom: i64) -> Result<Outcome, Error> {
    let removing = Removing {
        chat_id,
        user: house.named(who, whom),
        revoke_history: false,
    };
    groups::delete_user(&house.services, caller(who), removing).await
}

async fn add(house: &House, who: i64, chat_id: i64, whom: i64) -> Result<Added, Error> {
    let adding = Adding {
        chat_id,
        user: house.named(who, whom),
        tells_missing: false,
    };
    groups::add_user(&house.services, caller(who), adding).await
}

async fn title(house: &House, who: i64, chat_id: i64, title: &str) -> Result<Outcome, Error> {
    groups::edit_title(&house.services, caller(who), chat_id, title).await
}

/// The current picture as `who` sees it in a list.
async fn shown(house: &House, who: i64, chat_id: i64) -> Option<i64> {
    let found = groups::groups(&house.services, who, &[chat_id]).await;
    let view = found.unwrap().remove(0).ok()?;
    view.photo.map(|photo| photo.photo_id)
}

async fn downloads(house: &House, who: i64, photo_id: i64) -> Result<usize, Error> {
    let location = Location::Photo {
        photo: house.named_photo(who, photo_id),
        letter: "c".to_owned(),
    };
    bytes(house, who, &location).await
}

async fn by_peer(house: &House, who: i64, chat_id: i64, photo_id: i64) -> Result<usize, Error> {
    let location = Location::PeerPhoto {
        peer: NamedPeer::Group(chat_id),
        big: true,
        photo_id,
    };
    bytes(house, who, &location).await
}

async fn bytes(house: &House, who: i64, location: &Location) -> Result<usize, Error> {
    let window = Window::of(0, 1024 * 1024, false).unwrap();
    let stretch = files::read(&house.services, who, location, window).await?;
    Ok(stretch.bytes.len())
}

fn no<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    word(outcome.unwrap_err())
}

async fn pts(house: &House, who: i64) -> i64 {
    let mut tx = house.services.store.read().await.unwrap();
    let state = updates::state(&house.services, &mut tx, who).await;
    state.unwrap().pts
}

async fn missed(house: &House, who: i64, pts: i64) -> Vec<Entry> {
    let asked = Asked {
        pts,
        date: 1,
        pts_limit: None,
        pts_total_limit: None,
    };
    let mut tx = house.services.store.read().await.unwrap();
    match updates::difference(&house.services, &mut tx, who, asked).await {
        Ok(Difference::All(all)) => all.entries,
        Ok(Difference::Empty { .. }) => Vec::new(),
        other => panic!("{other:?}"),
    }
}

async fn everybody_has_a_copy_under_one_number(engine: Engine) {
    let (house, chat_id) = house(engine, 4).await;
    write(&house, 2, chat_id, "hello").await.unwrap();
    let mut numbers = Vec::new();
    for who in [1, 2, 3] {
        let copies = history(&house, who, chat_id).await;
        assert_eq!(copies.len(), 2);
        assert!(copies.iter().all(|row| row.owner_id == who));
        assert_eq!((copies[0].text.as_str(), copies[0].from_id), ("hello", 2));
        assert_eq!(Action::of(&copies[1]), Some(Action::ChatCreate));
        assert_eq!(copies[1].action_users, [1, 2, 3]);
        numbers.push(copies.iter().map(|row| row.shared_id).collect::<Vec<_>>());
    }
    assert_eq!(numbers[0], numbers[1]);
    assert_eq!(numbers[0], numbers[2]);
    assert_ne!(numbers[0][0], numbers[0][1]);
    // The stranger has no box of it and may not look.
    let page = Page::default();
    let named = NamedPeer::Group(chat_id);
    let refused = messages::history(&house.services, 4, named, page).await;
    assert_eq!(no(refused), "PEER_ID_INVALID");
    assert_eq!(no(write(&house, 4, chat_id, "hi").await), "PEER_ID_INVALID");
}

async fn a_group_needs_a_title_and_people(engine: Engine) {
    let (house, _) = house(engine, 3).await;
    let made = async |title: &str, others: &[i64]| create(&house, caller(1), title, others).await;
    assert_eq!(no(made(" ", &[2]).await), "CHAT_TITLE_EMPTY");
    assert_eq!(no(made("Tea", &[]).await), "USERS_TOO_FEW");
    // Only itself.
    assert_eq!(no(made("Tea", &[1]).await), "USERS_TOO_FEW");
    assert_eq!(no(made("Tea", &[99]).await), "USER_ID_INVALID");
    domain::accounts::delete(&house.services, 3).await.unwrap();
    assert_eq!(no(made("Tea", &[2, 3]).await), "INPUT_USER_DEACTIVATED");
    let many: Vec<i64> = vec![2; MEMBERS_MAX + 1];
    assert_eq!(no(made("Tea", &many).await), "USERS_TOO_MUCH");
}

async fn who_blocks_is_missing(engine: Engine) {
    let (house, chat_id) = house(engine, 5).await;
    house.block(2, 1).await;
    house.block(1, 3).await;
    let made = create(&house, caller(1), "Again", &[2, 3, 4])
        .await
        .unwrap();
    assert_eq!(made.missing, [2, 3]);
    let outcome = made.outcome.unwrap();
    assert_eq!(message_of(&outcome).action_users, [1, 4]);
    // Nobody is left: a group of the maker alone, where that can be told.
    let made = create(&house, caller(1), "Alone", &[2]).await.unwrap();
    assert_eq!(made.missing, [2]);
    assert_eq!(message_of(&made.outcome.unwrap()).action_users, [1]);
    let creation = Creation {
        title: "Old".to_owned(),
        users: vec![house.named(1, 2)],
        tells_missing: false,
    };
    let old = groups::create(&house.services, caller(1), creation).await;
    assert_eq!(no(old), "USERS_TOO_FEW");
    // The same for one who is added later.
    house.block(5, 1).await;
    assert_eq!(
        no(add(&house, 1, chat_id, 5).await),
        "USER_PRIVACY_RESTRICTED"
    );
    let adding = Adding {
        chat_id,
        user: house.named(1, 5),
        tells_missing: true,
    };
    let told = groups::add_user(&house.services, caller(1), adding).await;
    let told = told.unwrap();
    assert!(told.outcome.is_none());
    assert_eq!(told.missing, [5]);
}

async fn a_repeated_call_makes_nothing_twice(engine: Engine) {
    let (house, chat_id) = house(engine, 4).await;
    let who = caller(1);
    let first = create(&house, who, "Once", &[2]).await.unwrap();
    let again = create(&house, who, "Once", &[2]).await.unwrap();
    let (first, again) = (first.outcome.unwrap(), again.outcome.unwrap());
    assert_eq!(message_of(&first), message_of(&again));
    let who = caller(2);
    let renamed = groups::edit_title(&house.services, who, chat_id, "Coffee").await;
    let again = groups::edit_title(&house.services, who, chat_id, "Coffee").await;
    assert_eq!(message_of(&renamed.unwrap()), message_of(&again.unwrap()));
    let who = caller(2);
    for _ in 0..2 {
        let about = groups::edit_about(&house.services, who, chat_id, "words").await;
        about.unwrap();
    }
    assert_eq!(history(&house, 1, chat_id).await.len(), 2);
}

async fn texts_are_counted_read_and_answered(engine: Engine) {
    let (house, chat_id) = house(engine, 4).await;
    // Boxes differ, so that ids do.
    let named = house.named(3, 1);
    let private = Post {
        peer: named.into(),
        text: "private".to_owned(),
        entities: Vec::new(),
        mentions: HashMap::new(),
        reply_to: ReplyTo::Nothing,
        random_id: 5,
        silent: false,
    };
    let services = &house.services;
    messages::send(services, doer(3), private).await.unwrap();
    let question = write(&house, 2, chat_id, "question").await.unwrap();
    let in_box_of_three = newest(&house, 3, chat_id).await;
    assert_ne!(question.message_id, in_box_of_three.message_id);
    let reply = ReplyTo::Message(in_box_of_three.message_id);
    let answered = answer(&house, 3, chat_id, ("answer", reply)).await;
    assert_eq!(answered.unwrap().reply_to, Some(in_box_of_three.message_id));
    let seen = newest(&house, 2, chat_id).await;
    assert_eq!(seen.reply_to, Some(question.message_id));
    // Who wrote last has the other's text unread, as before it.
    assert_eq!(unread(&house, 1, chat_id).await.0, 2);
    assert_eq!(unread(&house, 3, chat_id).await.0, 2);
    let named = NamedPeer::Group(chat_id);
    let read = messages::read_history(services, doer(1), named, 0).await;
    assert_eq!(read.unwrap().pts_count, 1);
    let top = newest(&house, 1, chat_id).await.message_id;
    assert_eq!(unread(&house, 1, chat_id).await, (0, top, 0));
    // Both writers learn it, each by the id of the own copy.
    assert_eq!(unread(&house, 2, chat_id).await.2, question.message_id);
    let own = newest(&house, 3, chat_id).await.message_id;
    assert_eq!(unread(&house, 3, chat_id).await.2, own);
    let again = messages::read_history(services, doer(1), named, 0).await;
    assert_eq!(again.unwrap().pts_count, 0);
}

/// P135, by the rules.
async fn pictures_are_set_known_and_taken_away(engine: Engine) {
    let (house, chat_id) = house(engine, 4).await;
    let first = set_photo(&house, 2, chat_id, 10).await.unwrap();
    let second = set_photo(&house, 3, chat_id, 20).await.unwrap();
    assert!(second > first);
    assert_eq!(shown(&house, 1, chat_id).await, Some(second));
    // An earlier one of the chat, by somebody who never uploaded it: a photo of its own.
    let known = |who: i64, id: i64| NewPhoto::Known(house.named_photo(who, id));
    let third = change_photo(&house, 1, chat_id, known(1, first)).await;
    let third = third.unwrap().unwrap();
    assert!(third > second);
    assert_eq!(shown(&house, 2, chat_id).await, Some(third));
    let same = change_photo(&house, 1, chat_id, known(1, third)).await;
    assert_eq!(no(same), "CHAT_NOT_MODIFIED");
    // One of the own profile; not one of somebody else's.
    let own = house.main(1, 30).await.photo_id;
    let fourth = change_photo(&house, 1, chat_id, known(1, own)).await;
    assert!(fourth.unwrap().unwrap() > own);
    let foreign = house.main(2, 40).await.photo_id;
    let refused = change_photo(&house, 1, chat_id, known(1, foreign)).await;
    assert_eq!(no(refused), "PHOTO_INVALID");
    let unproven = NamedPhoto {
        access_hash: 5,
        ..house.named_photo(1, first)
    };
    let refused = change_photo(&house, 1, chat_id, NewPhoto::Known(unproven)).await;
    assert_eq!(no(refused), "PHOTO_INVALID");
    let nothing = NewPhoto::Uploaded {
        media: GivenMedia::default(),
        combinations: false,
    };
    let refused = change_photo(&house, 1, chat_id, nothing).await;
    assert_eq!(no(refused), "PHOTO_INVALID");
    let gone = change_photo(&house, 1, chat_id, NewPhoto::Nothing).await;
    assert_eq!(gone.unwrap(), None);
    assert_eq!(shown(&house, 2, chat_id).await, None);
    let told = newest(&house, 2, chat_id).await;
    assert_eq!(Action::of(&told), Some(Action::ChatDeletePhoto));
    let again = change_photo(&house, 1, chat_id, NewPhoto::Nothing).await;
    assert_eq!(no(again), "CHAT_NOT_MODIFIED");
    // The history of pictures, newest first.
    let wanted = Search {
        peer: Some(NamedPeer::Group(chat_id)),
        text: String::new(),
        from: None,
        hits: Hits::ChatPhotos,
        min_date: 0,
        max_date: 0,
        page: Page {
            limit: 10,
            ..Page::default()
        },
    };
    let found = messages::search(&house.services, 2, &wanted).await.unwrap();
    assert_eq!(found.messages.len(), 4);
    assert_eq!(found.messages[3].photo_id, Some(first));
    assert_eq!(found.bundle.photos.len(), 4);
}

async fn pictures_are_for_those_who_are_there(engine: Engine) {
    let (house, chat_id) = house(engine, 4).await;
    let first = set_photo(&house, 1, chat_id, 10).await.unwrap();
    let second = set_photo(&house, 1, chat_id, 20).await.unwrap();
    for who in [1, 2, 3] {
        assert!(downloads(&house, who, first).await.unwrap() > 0);
        assert!(downloads(&house, who, second).await.unwrap() > 0);
        assert!(by_peer(&house, who, chat_id, second).await.unwrap() > 0);
        // By the group, only the picture of now.
        let earlier = by_peer(&house, who, chat_id, first).await;
        assert_eq!(no(earlier), "LOCATION_INVALID");
    }
    remove(&house, 2, chat_id, 2).await.unwrap();
    remove(&house, 1, chat_id, 3).await.unwrap();
    // Whoever left, was removed, or was never there.
    for who in [2, 3, 4] {
        assert_eq!(shown(&house, who, chat_id).await, None);
        assert_eq!(no(downloads(&house, who, first).await), "LOCATION_INVALID");
        assert_eq!(no(downloads(&house, who, second).await), "LOCATION_INVALID");
        let peer = by_peer(&house, who, chat_id, second).await;
        assert_eq!(no(peer), "LOCATION_INVALID");
    }
    // The messages stay where they are, and show nothing.
    let named = NamedPeer::Group(chat_id);
    let page = Page {
        limit: 50,
        ..Page::default()
    };
    let left = messages::history(&house.services, 2, named, page).await;
    let left = left.unwrap();
    assert!(left.messages.iter().any(|row| row.photo_id == Some(first)));
    assert!(left.bundle.photos.is_empty());
    // Whoever comes back sees them again.
    add(&house, 2, chat_id, 2).await.unwrap();
    assert!(downloads(&house, 2, first).await.unwrap() > 0);
    assert_eq!(shown(&house, 2, chat_id).await, Some(second));
}

async fn pictures_of_a_group_outlive_a_sweep(engine: Engine) {
    let (house, chat_id) = house(engine, 3).await;
    let first = set_photo(&house, 1, chat_id, 10).await.unwrap();
    let second = set_photo(&house, 1, chat_id, 20).await.unwrap();
    house.forward(std::time::Duration::from_secs(2 * 3600));
    let swept = domain::sweep::run_once(&house.services).await.unwrap();
    assert_eq!(swept.photos, 0);
    assert!(downloads(&house, 2, first).await.unwrap() > 0);
    assert!(downloads(&house, 2, second).await.unwrap() > 0);
    // The message of the first goes from all boxes: nothing refers to it any more.
    let all = history(&house, 1, chat_id).await;
    let told = all.iter().find(|row| row.photo_id == Some(first)).unwrap();
    let gone = messages::delete(&house.services, doer(1), &[told.message_id], true).await;
    gone.unwrap();
    let swept = domain::sweep::run_once(&house.services).await.unwrap();
    assert_eq!(swept.photos, 1);
    assert_eq!(no(downloads(&house, 2, first).await), "LOCATION_INVALID");
    assert!(downloads(&house, 2, second).await.unwrap() > 0);
}

async fn people_come_and_go_by_the_rules(engine: Engine) {
    let (house, chat_id) = house(engine, 5).await;
    let version = async || {
        let full = groups::full(&house.services, 1, chat_id).await.unwrap();
        let members = full.participants.members.unwrap();
        let ids: Vec<i64> = members.iter().map(|row| row.user_id).collect();
        (full.participants.version, ids)
    };
    assert_eq!(version().await, (1, vec![1, 2, 3, 4]));
    add(&house, 2, chat_id, 5).await.unwrap();
    assert_eq!(version().await, (2, vec![1, 2, 3, 4, 5]));
    // Newcomers have the message of their coming, and nothing before it.
    let seen = history(&house, 5, chat_id).await;
    assert_eq!(seen.len(), 1);
    assert_eq!(Action::of(&seen[0]), Some(Action::ChatAddUser));
    assert_eq!(
        no(add(&house, 1, chat_id, 5).await),
        "USER_ALREADY_PARTICIPANT"
    );
    // Whoever left comes back alone, or with a mutual contact.
    remove(&house, 4, chat_id, 4).await.unwrap();
    assert_eq!(
        no(remove(&house, 1, chat_id, 4).await),
        "USER_NOT_PARTICIPANT"
    );
    assert_eq!(
        no(write(&house, 4, chat_id, "x").await),
        "CHAT_WRITE_FORBIDDEN"
    );
    assert_eq!(no(title(&house, 4, chat_id, "x").await), "CHAT_ID_INVALID");
    house.befriend(1, 4).await;
    assert_eq!(
        no(add(&house, 1, chat_id, 4).await),
        "USER_NOT_MUTUAL_CONTACT"
    );
    house.befriend(4, 1).await;
    add(&house, 1, chat_id, 4).await.unwrap();
    remove(&house, 4, chat_id, 4).await.unwrap();
    add(&house, 4, chat_id, 4).await.unwrap();
    assert_eq!(version().await, (6, vec![1, 2, 3, 4, 5]));
    // Whoever was removed comes back with an administrator alone.
    remove(&house, 1, chat_id, 4).await.unwrap();
    assert_eq!(no(add(&house, 4, chat_id, 4).await), "CHAT_ID_INVALID");
    assert_eq!(no(add(&house, 2, chat_id, 4).await), "CHAT_ADMIN_REQUIRED");
    add(&house, 1, chat_id, 4).await.unwrap();
    // Nobody brings somebody into a group of others; ids that cannot be are told apart.
    assert_eq!(no(add(&house, 1, 999, 4).await), "CHAT_ID_INVALID");
    assert_eq!(no(add(&house, 1, -1, 4).await), "PEER_ID_INVALID");
    assert_eq!(no(add(&house, 1, i64::MAX, 4).await), "PEER_ID_INVALID");
    assert_eq!(no(add(&house, 1, i64::MIN, 4).await), "PEER_ID_INVALID");
}

async fn administrators_remove_members_alone(engine: Engine) {
    let (house, chat_id) = house(engine, 6).await;
    let services = &house.services;
    let admin = async |who: i64, whom: i64, is_admin: bool| {
        let change = (house.named(who, whom), is_admin);
        groups::edit_admin(services, caller(who), chat_id, change).await
    };
    assert_eq!(no(admin(2, 3, true).await), "CHAT_ADMIN_REQUIRED");
    assert_eq!(no(admin(1, 1, false).await), "USER_ID_INVALID");
    assert_eq!(no(admin(1, 6, true).await), "USER_NOT_PARTICIPANT");
    let mut tx = services.store.read().await.unwrap();
    let cursor = updates::cursor(&mut tx, 1).await.unwrap();
    drop(tx);
    admin(1, 2, true).await.unwrap();
    // The answer says nothing of the list, so no session is left out.
    let mut tx = services.store.read().await.unwrap();
    let after = updates::after(services, &mut tx, 1, &cursor).await.unwrap();
    let After::News(news) = after.0 else {
        panic!("the list changed");
    };
    assert!(matches!(news.entries[..], [(Entry::Participants(_), 0)]));
    drop(tx);
    admin(1, 3, true).await.unwrap();
    // Members remove whom they brought; administrators members; the creator everybody.
    add(&house, 4, chat_id, 6).await.unwrap();
    assert_eq!(
        no(remove(&house, 5, chat_id, 6).await),
        "CHAT_ADMIN_REQUIRED"
    );
    remove(&house, 4, chat_id, 6).await.unwrap();
    assert_eq!(
        no(remove(&house, 4, chat_id, 5).await),
        "CHAT_ADMIN_REQUIRED"
    );
    assert_eq!(
        no(remove(&house, 2, chat_id, 3).await),
        "CHAT_ADMIN_REQUIRED"
    );
    assert_eq!(
        no(remove(&house, 2, chat_id, 1).await),
        "CHAT_ADMIN_REQUIRED"
    );
    remove(&house, 2, chat_id, 5).await.unwrap();
    admin(1, 3, false).await.unwrap();
    remove(&house, 2, chat_id, 3).await.unwrap();
    remove(&house, 1, chat_id, 2).await.unwrap();
    // The creator may go and come back as what it was.
    remove(&house, 1, chat_id, 1).await.unwrap();
    add(&house, 1, chat_id, 1).await.unwrap();
    let ended = groups::delete(services, caller(4), chat_id).await;
    assert_eq!(no(ended), "CHAT_ADMIN_REQUIRED");
    groups::delete(services, caller(1), chat_id).await.unwrap();
}

async fn messages_are_taken_back_by_their_writer_or_an_administrator(engine: Engine) {
    let (house, chat_id) = house(engine, 5).await;
    let services = &house.services;
    let text = write(&house, 2, chat_id, "mine").await.unwrap();
    let at_three = newest(&house, 3, chat_id).await.message_id;
    let delete = async |who: i64, id: i64, revoke: bool| {
        messages::delete(services, doer(who), &[id], revoke).await
    };
    assert_eq!(
        no(delete(3, at_three, true).await),
        "MESSAGE_DELETE_FORBIDDEN"
    );
    // From the own box alone, anybody.
    delete(3, at_three, false).await.unwrap();
    assert_eq!(history(&house, 3, chat_id).await.len(), 1);
    assert_eq!(newest(&house, 4, chat_id).await.text, "mine");
    assert_eq!(unread(&house, 4, chat_id).await.0, 2);
    delete(2, text.message_id, true).await.unwrap();
    for who in [1, 2, 3, 4] {
        assert_eq!(history(&house, who, chat_id).await.len(), 1, "{who}");
    }
    assert_eq!(unread(&house, 4, chat_id).await.0, 1);
    write(&house, 4, chat_id, "theirs").await.unwrap();
    let at_one = newest(&house, 1, chat_id).await.message_id;
    delete(1, at_one, true).await.unwrap();
    assert_eq!(history(&house, 4, chat_id).await.len(), 1);
    // Clearing a chat touches the own box alone, with or without the flag.
    write(&house, 4, chat_id, "stays").await.unwrap();
    let clearing = Clearing {
        peer: NamedPeer::Group(chat_id),
        max_id: 0,
        min_date: None,
        max_date: None,
        revoke: true,
    };
    messages::delete_history(services, doer(1), clearing)
        .await
        .unwrap();
    assert!(history(&house, 1, chat_id).await.is_empty());
    assert_eq!(newest(&house, 2, chat_id).await.text, "stays");
    // A removal takes along what was written, from every box.
    let removing = Removing {
        chat_id,
        user: house.named(2, 4),
        revoke_history: true,
    };
    let refused = groups::delete_user(services, caller(2), removing).await;
    assert_eq!(no(refused), "CHAT_ADMIN_REQUIRED");
    write(&house, 4, chat_id, "stays, too").await.unwrap();
    let user = house.named(1, 4);
    let removing = Removing { user, ..removing };
    let done = groups::delete_user(services, caller(1), removing).await;
    let done = done.unwrap();
    assert!(
        matches!(&done.entries[0], Entry::Deleted { message_ids, .. } if message_ids.len() == 1)
    );
    let left = history(&house, 2, chat_id).await;
    assert!(left.iter().all(|row| row.from_id != 4));
}

async fn who_is_removed_hears_no_more(engine: Engine) {
    let (house, chat_id) = house(engine, 4).await;
    let before = pts(&house, 3).await;
    remove(&house, 1, chat_id, 3).await.unwrap();
    let told = missed(&house, 3, before).await;
    let last = told.iter().find_map(|entry| match entry {
        Entry::Message { message, .. } => Action::of(message),
        _ => None,
    });
    assert_eq!(last, Some(Action::ChatDeleteUser));
    let list = told.iter().find_map(|entry| match entry {
        Entry::Participants(list) => Some(list.members.is_none()),
        _ => None,
    });
    assert_eq!(list, Some(true));
    let before = pts(&house, 3).await;
    write(&house, 1, chat_id, "not for three").await.unwrap();
    set_photo(&house, 1, chat_id, 10).await.unwrap();
    title(&house, 1, chat_id, "Other").await.unwrap();
    assert_eq!(pts(&house, 3).await, before);
    let later = missed(&house, 3, before).await;
    assert!(
        !later
            .iter()
            .any(|entry| matches!(entry, Entry::Message { .. }))
    );
    // The full group tells it nothing of what goes on.
    let full = groups::full(&house.services, 3, chat_id).await.unwrap();
    assert!(full.photo.is_none());
    assert!(full.participants.members.is_none());
    let stranger = groups::full(&house.services, 4, chat_id).await;
    assert_eq!(no(stranger), "CHAT_ID_INVALID");
    assert_eq!(shown(&house, 4, chat_id).await, None);
}

async fn an_account_that_ends_leaves(engine: Engine) {
    let (house, chat_id) = house(engine, 4).await;
    let picture = set_photo(&house, 2, chat_id, 10).await.unwrap();
    domain::accounts::delete(&house.services, 2).await.unwrap();
    let full = groups::full(&house.services, 1, chat_id).await.unwrap();
    let members = full.participants.members.unwrap();
    assert_eq!(members.len(), 2);
    assert!(members.iter().all(|row| row.user_id != 2));
    // What it gave the group stays.
    assert!(downloads(&house, 3, picture).await.unwrap() > 0);
    let told = missed(&house, 3, pts(&house, 3).await).await;
    assert!(
        told.iter()
            .any(|entry| matches!(entry, Entry::Participants(_)))
    );
    write(&house, 1, chat_id, "still here").await.unwrap();
}

async fn an_ended_group_is_silent(engine: Engine) {
    let (house, chat_id) = house(engine, 4).await;
    let services = &house.services;
    let picture = set_photo(&house, 1, chat_id, 10).await.unwrap();
    let about = groups::edit_about(services, caller(2), chat_id, " words ").await;
    about.unwrap();
    let full = groups::full(services, 3, chat_id).await.unwrap();
    assert_eq!(full.chat.about, "words");
    let same = groups::edit_about(services, caller(2), chat_id, "words").await;
    assert_eq!(no(same), "CHAT_ABOUT_NOT_MODIFIED");
    let long = groups::edit_about(services, caller(2), chat_id, &"ä".repeat(256)).await;
    assert_eq!(no(long), "CHAT_ABOUT_TOO_LONG");
    groups::delete(services, caller(1), chat_id).await.unwrap();
    for who in [1, 2] {
        assert_eq!(
            no(write(&house, who, chat_id, "x").await),
            "CHAT_WRITE_FORBIDDEN"
        );
        assert_eq!(shown(&house, who, chat_id).await, None);
    }
    assert_eq!(no(downloads(&house, 2, picture).await), "LOCATION_INVALID");
    assert_eq!(history(&house, 2, chat_id).await.len(), 2);
    let told = missed(&house, 2, pts(&house, 2).await).await;
    assert!(
        told.iter()
            .any(|entry| matches!(entry, Entry::Chat(number) if *number == -chat_id))
    );
    // A channel's hash says nothing about groups.
    let hash = services.hashes.access_hash(Seen::channel(1, chat_id));
    let named = NamedPeer::Channel {
        channel_id: chat_id,
        access_hash: hash,
    };
    let refused = messages::history(services, 1, named, Page::default()).await;
    assert_eq!(no(refused), "CHANNEL_PRIVATE");
}

async fn only_so_many_fit_in(engine: Engine) {
    let count = i64::try_from(MEMBERS_MAX).unwrap() + 1;
    let (house, chat_id) = house(engine, count).await;
    let full = groups::full(&house.services, 1, chat_id).await.unwrap();
    assert_eq!(full.participants.members.unwrap().len(), MEMBERS_MAX);
    assert_eq!(no(add(&house, 1, chat_id, count).await), "USERS_TOO_MUCH");
    let everybody: Vec<i64> = (2..=count).collect();
    let more = create(&house, caller(1), "More", &everybody).await;
    assert_eq!(no(more), "USERS_TOO_MUCH");
}

/// Writers of one group, and of private chats beside it, wait for each other: nothing is lost or doubled.
async fn everybody_writes_at_once(engine: Engine) {
    let (house, chat_id) = house(engine, 5).await;
    let before = pts(&house, 1).await;
    let house = &house;
    let writer = async |who: i64| {
        for n in 0..8 {
            // As the router does: a conflict is tried again.
            while let Err(error) = write(house, who, chat_id, &format!("{who}: {n}")).await {
                assert!(matches!(error, Error::Conflict), "{error:?}");
            }
        }
    };
    tokio::join!(writer(1), writer(2), writer(3), writer(4));
    let texts = |rows: Vec<MessageRow>| -> Vec<(i64, String)> {
        rows.into_iter()
            .map(|row| (row.shared_id, row.text))
            .collect()
    };
    let first = texts(history(house, 1, chat_id).await);
    assert_eq!(first.len(), 33);
    for who in [2, 3, 4] {
        // The same messages in the same order in every box.
        assert_eq!(texts(history(house, who, chat_id).await), first);
    }
    assert_eq!(pts(house, 1).await, before + 32);
    assert_eq!(unread(house, 1, chat_id).await.0, 24);
}
