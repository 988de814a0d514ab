//! Who sees what: rules of every kind, from every seat, on both engines; and who is told of a change.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod engines;
mod house;

use std::time::Duration;

use domain::{
    contacts::{self, Adding, PhoneEntry},
    files::{self, Location, Window},
    peers::{self, LAST_MONTH_S, LAST_WEEK_S, Presence, RECENTLY_S, UserView},
    photos::{self, Page},
    privacy::{self, Key, Rule, Whom},
    updates::{self, Asked, Difference, Entry},
};
use house::{Engine, FALLBACK, House, SESSION, word};
use store::rows::{chats, users};

const ANN: i64 = 1;
const BOB: i64 = 2;
const CAT: i64 = 3;
const DAN: i64 = 4;
const BOT: i64 = 9;
const GROUP: i64 = 70;
const CHANNEL: i64 = 71;

const ALL: Window = Window {
    offset: 0,
    bytes: 1 << 20,
};

/// Bob has Ann as a contact, Ann has Bob; Cat has Bob; Dan nobody; the bot is Dan's.
async fn people(engine: Engine) -> House {
    let house = House::on(engine).await;
    for person in [ANN, BOB, CAT, DAN] {
        house.person(person).await;
    }
    house.bot(BOT, DAN).await;
    house.befriend(ANN, BOB).await;
    house.befriend(BOB, ANN).await;
    house.befriend(CAT, BOB).await;
    house
}

async fn set(house: &House, owner: i64, key: Key, rules: Vec<Rule>) -> Result<(), String> {
    privacy::set(&house.services, (owner, SESSION), key, rules)
        .await
        .map(|_| ())
        .map_err(word)
}

async fn hide(house: &House, owner: i64, key: Key) {
    set(house, owner, key, vec![Rule::disallow(Whom::All)])
        .await
        .unwrap();
}

async fn view(house: &House, viewer: i64, user: i64) -> UserView {
    let mut tx = house.services.store.read().await.unwrap();
    peers::view(&house.services, &mut tx, viewer, &[user])
        .await
        .unwrap()
        .pop()
        .unwrap()
}

async fn join(house: &House, chat_id: i64, user_id: i64, role: &str) {
    let mut tx = house.services.store.begin().await.unwrap();
    if chats::by_id(&mut tx, chat_id).await.unwrap().is_none() {
        let kind = if chat_id == GROUP {
            "group"
        } else {
            "megagroup"
        };
        let row = chats::ChatRow {
            chat_id,
            kind: kind.to_owned(),
            version: 1,
            ..chats::ChatRow::default()
        };
        chats::insert(&mut tx, &row).await.unwrap();
    }
    let row = chats::MemberRow {
        chat_id,
        user_id,
        role: role.to_owned(),
        invited_by: user_id,
        joined_at: 1,
    };
    chats::put_member(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
}

/// Personal, main and fallback of `user` as `viewer` is shown them.
async fn pictures(house: &House, viewer: i64, user: i64) -> [Option<i64>; 3] {
    let mut tx = house.services.store.read().await.unwrap();
    let (view, seen) = peers::view_one(&house.services, &mut tx, viewer, user)
        .await
        .unwrap()
        .unwrap();
    let ids = [&seen.personal, &seen.main, &seen.fallback]
        .map(|photo| photo.as_ref().map(|photo| photo.photo_id));
    let shown = ids.iter().flatten().next().copied();
    assert_eq!(view.photo.map(|photo| photo.photo_id), shown);
    ids
}

async fn listed(house: &House, viewer: i64, user: i64, offset: i32, max_id: i64) -> Vec<i64> {
    let limit = if offset < 0 { 1 } else { 100 };
    let page = Page {
        offset,
        max_id,
        limit,
    };
    let named = house.named(viewer, user);
    let found = photos::user_photos(&house.services, viewer, named, page)
        .await
        .unwrap();
    found.photos.iter().map(|photo| photo.photo_id).collect()
}

/// Whether `viewer` reads a photo of `user`: by its own id, and by the user.
async fn reads(house: &House, viewer: i64, user: i64, photo_id: i64) -> [bool; 2] {
    let by_photo = Location::Photo {
        photo: house.named_photo(viewer, photo_id),
        letter: "a".to_owned(),
    };
    let by_peer = Location::PeerPhoto {
        peer: house.named(viewer, user).into(),
        big: false,
        photo_id,
    };
    let mut answers = [false; 2];
    for (answer, location) in answers.iter_mut().zip([by_photo, by_peer]) {
        *answer = files::read(&house.services, viewer, &location, ALL)
            .await
            .is_ok();
    }
    answers
}

/// Those who were told since `since` that `user` looks different, and the number to go on from.
async fn told(house: &House, user: i64, since: i64) -> (Vec<i64>, i64) {
    let mut tx = house.services.store.read().await.unwrap();
    let sql = "SELECT owner_id, change_id FROM peer_changes
               WHERE peer_id = $1 AND kind = 'user' AND change_id > $2 ORDER BY owner_id";
    let rows = tx.rows(sql, &[user.into(), since.into()]).await.unwrap();
    let last = rows.iter().map(|row| row.i64(1).unwrap()).max();
    let owners = rows.iter().map(|row| row.i64(0).unwrap()).collect();
    (owners, last.unwrap_or(since))
}

/// Rules of every kind, each with who fits them of Ann, Cat, Dan and the bot.
fn kinds_of_rules() -> Vec<(Vec<Rule>, Vec<i64>)> {
    let deny = || Rule::disallow(Whom::All);
    let group = || Whom::ChatParticipants(vec![GROUP]);
    vec![
        (vec![Rule::allow(Whom::All)], vec![ANN, CAT, DAN, BOT]),
        (vec![deny()], vec![]),
        (vec![Rule::allow(Whom::Contacts)], vec![ANN]),
        (
            vec![Rule::disallow(Whom::Contacts), Rule::allow(Whom::All)],
            vec![CAT, DAN, BOT],
        ),
        (vec![Rule::allow(Whom::CloseFriends), deny()], vec![ANN]),
        (
            vec![Rule::allow(Whom::Users(vec![DAN, CAT])), deny()],
            vec![CAT, DAN],
        ),
        (
            vec![
                Rule::disallow(Whom::Users(vec![DAN])),
                Rule::allow(Whom::All),
            ],
            vec![ANN, CAT, BOT],
        ),
        (vec![Rule::allow(group()), deny()], vec![CAT]),
        (
            vec![Rule::disallow(group()), Rule::allow(Whom::All)],
            vec![ANN, DAN, BOT],
        ),
        (vec![Rule::allow(Whom::Bots), deny()], vec![BOT]),
        (
            vec![Rule::disallow(Whom::Bots), Rule::allow(Whom::All)],
            vec![ANN, CAT, DAN],
        ),
        (
            vec![
                Rule::disallow(Whom::Users(vec![CAT])),
                Rule::allow(group()),
                Rule::allow(Whom::Contacts),
                deny(),
            ],
            vec![ANN],
        ),
    ]
}

/// P101 to P103 and P105: each kind of rule lets its people see the main picture, and the others the
/// public one, on every way to a picture.
async fn each_kind_of_rule_decides_about_pictures(engine: Engine) {
    let house = people(engine).await;
    for user in [BOB, CAT] {
        join(&house, GROUP, user, "member").await;
    }
    join(&house, GROUP, DAN, "left").await;
    contacts::edit_close_friends(&house.services, (BOB, SESSION), &[ANN, CAT])
        .await
        .unwrap();
    let main = house.main(BOB, 1).await.photo_id;
    let public = house.place(BOB, FALLBACK, 2).await.unwrap().photo_id;
    for (rules, seeing) in kinds_of_rules() {
        set(&house, BOB, Key::ProfilePhoto, rules.clone())
            .await
            .unwrap();
        for viewer in [ANN, CAT, DAN, BOT] {
            let expected = if seeing.contains(&viewer) {
                [None, Some(main), None]
            } else {
                [None, None, Some(public)]
            };
            let sees = seeing.contains(&viewer);
            assert_eq!(
                pictures(&house, viewer, BOB).await,
                expected,
                "{viewer} {rules:?}"
            );
            assert_eq!(reads(&house, viewer, BOB, main).await, [sees; 2]);
            assert_eq!(reads(&house, viewer, BOB, public).await, [!sees; 2]);
            let list = if sees { vec![main] } else { vec![] };
            assert_eq!(listed(&house, viewer, BOB, 0, 0).await, list);
            assert_eq!(listed(&house, viewer, BOB, -1, main).await, list);
            let list = if sees { vec![] } else { vec![public] };
            assert_eq!(listed(&house, viewer, BOB, -1, public).await, list);
        }
        assert_eq!(
            pictures(&house, BOB, BOB).await,
            [None, Some(main), Some(public)]
        );
        assert_eq!(reads(&house, BOB, BOB, main).await, [true; 2]);
    }
}

/// P33, P102, P103, U11: what the viewer chose wins; a block hides everything else, the public picture,
/// too, whatever the rules say.
async fn a_personal_picture_wins_and_a_block_hides_the_rest(engine: Engine) {
    let house = people(engine).await;
    let main = house.main(BOB, 1).await.photo_id;
    hide(&house, BOB, Key::ProfilePhoto).await;
    assert_eq!(pictures(&house, ANN, BOB).await, [None; 3]);
    let personal = house.set(ANN, BOB, 2).await.unwrap().photo_id;
    let public = house.place(BOB, FALLBACK, 3).await.unwrap().photo_id;
    assert_eq!(
        pictures(&house, ANN, BOB).await,
        [Some(personal), None, Some(public)]
    );
    house.block(BOB, ANN).await;
    assert_eq!(
        pictures(&house, ANN, BOB).await,
        [Some(personal), None, None]
    );
    assert_eq!(reads(&house, ANN, BOB, public).await, [false; 2]);
    let rules = vec![Rule::allow(Whom::Users(vec![ANN]))];
    set(&house, BOB, Key::ProfilePhoto, rules).await.unwrap();
    assert_eq!(
        pictures(&house, ANN, BOB).await,
        [Some(personal), None, None]
    );
    assert_eq!(reads(&house, ANN, BOB, main).await, [false; 2]);
    // The other way round a block changes nothing.
    house.block(ANN, BOB).await;
    let own = house.main(ANN, 4).await.photo_id;
    assert_eq!(pictures(&house, BOB, ANN).await, [None, None, None]);
    assert_eq!(pictures(&house, ANN, ANN).await, [None, Some(own), None]);
}

/// What a new account shows: everything but the number, which is for contacts.
async fn the_usual_rules_are_those_of_a_new_account(engine: Engine) {
    let house = people(engine).await;
    let mut tx = house.services.store.begin().await.unwrap();
    users::rename(&mut tx, BOB, "Bob", "", "here")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let ann = view(&house, ANN, BOB).await;
    assert_eq!(
        (ann.phone.as_deref(), ann.about.as_str()),
        (Some("15550000002"), "here")
    );
    let dan = view(&house, DAN, BOB).await;
    assert_eq!((dan.phone, dan.about.as_str()), (None, "here"));
    let mut tx = house.services.store.read().await.unwrap();
    for (key, stranger) in [
        (Key::ProfilePhoto, true),
        (Key::StatusTimestamp, true),
        (Key::AddedByPhone, true),
        (Key::ChatInvite, true),
        (Key::PhoneNumber, false),
        (Key::Birthday, false),
        (Key::PhoneP2p, false),
    ] {
        let allowed = privacy::allows(&mut tx, BOB, DAN, key).await.unwrap();
        assert_eq!(allowed, stranger, "{key:?}");
        assert!(privacy::allows(&mut tx, BOB, ANN, key).await.unwrap());
        assert!(privacy::allows(&mut tx, BOB, BOB, key).await.unwrap());
    }
}

/// A block ends every key but the two about numbers.
async fn a_block_is_a_no_but_hides_no_number(engine: Engine) {
    let house = people(engine).await;
    house.block(BOB, ANN).await;
    let mut tx = house.services.store.read().await.unwrap();
    for key in Key::ALL {
        let allowed = privacy::allows(&mut tx, BOB, ANN, key).await.unwrap();
        let about_number = matches!(key, Key::PhoneNumber | Key::AddedByPhone);
        assert_eq!(allowed, about_number, "{key:?}");
        assert!(privacy::allows(&mut tx, ANN, BOB, key).await.unwrap());
    }
}

/// The number, and who finds an account by it.
async fn a_hidden_number_is_found_by_nobody(engine: Engine) {
    let house = people(engine).await;
    let number = "15550000002";
    let resolve = async |viewer| {
        contacts::resolve_phone(&house.services, viewer, number)
            .await
            .map(|view| view.user_id)
            .map_err(word)
    };
    assert_eq!(resolve(DAN).await, Ok(BOB));
    hide(&house, BOB, Key::PhoneNumber).await;
    assert_eq!(view(&house, ANN, BOB).await.phone, None);
    let entry = || {
        vec![PhoneEntry {
            client_id: 5,
            phone: number.to_owned(),
            first_name: "B".to_owned(),
            last_name: String::new(),
        }]
    };
    // Whoever saves the number sees it, as long as its owner is found by it.
    let import = contacts::import(&house.services, DAN, entry(), 0)
        .await
        .unwrap();
    assert_eq!(import.users[0].phone.as_deref(), Some(number));
    let rules = vec![Rule::allow(Whom::Contacts), Rule::disallow(Whom::All)];
    set(&house, BOB, Key::AddedByPhone, rules).await.unwrap();
    assert_eq!(view(&house, DAN, BOB).await.phone, None);
    assert_eq!(resolve(CAT).await, Err("PHONE_NOT_OCCUPIED".to_owned()));
    assert_eq!(resolve(ANN).await, Ok(BOB));
    assert_eq!(resolve(BOB).await, Ok(BOB));
    let import = contacts::import(&house.services, CAT, entry(), 0)
        .await
        .unwrap();
    assert!(import.imported.is_empty() && import.users.is_empty());
    // Cat has Bob by name: removing the number must not tell that it is his.
    contacts::delete_by_phones(&house.services, CAT, &[number.to_owned()], 0)
        .await
        .unwrap();
    assert!(view(&house, CAT, BOB).await.is_contact);
    contacts::delete_by_phones(&house.services, DAN, &[number.to_owned()], 0)
        .await
        .unwrap();
    assert!(!view(&house, DAN, BOB).await.is_contact);
}

/// `add_phone_privacy_exception`.
async fn a_number_can_be_shared_with_one_contact(engine: Engine) {
    let house = people(engine).await;
    hide(&house, BOB, Key::PhoneNumber).await;
    let names = domain::accounts::Names {
        first: "C".to_owned(),
        last: String::new(),
    };
    let adding = |share_phone| Adding {
        names: &names,
        phone: "",
        share_phone,
    };
    let cat = house.named(BOB, CAT);
    contacts::add(&house.services, (BOB, SESSION), cat, adding(false))
        .await
        .unwrap();
    assert_eq!(view(&house, CAT, BOB).await.phone, None);
    let (_, since) = told(&house, BOB, 0).await;
    contacts::add(&house.services, (BOB, SESSION), cat, adding(true))
        .await
        .unwrap();
    assert!(view(&house, CAT, BOB).await.phone.is_some());
    assert_eq!(view(&house, ANN, BOB).await.phone, None);
    assert_eq!(told(&house, BOB, since).await.0, [CAT]);
    let setting = privacy::get(&house.services, BOB, Key::PhoneNumber)
        .await
        .unwrap();
    let expected = [
        Rule::allow(Whom::Users(vec![CAT])),
        Rule::disallow(Whom::All),
    ];
    assert_eq!(setting.rules, expected);
    assert_eq!(setting.users[0].user_id, CAT);
}

/// The time of the last visit: exact, rough or not at all; only who shares it sees it.
async fn the_last_visit_is_rough_for_those_who_may_not_see_it(engine: Engine) {
    let house = people(engine).await;
    let services = &house.services;
    domain::accounts::update_status(services, BOB, true)
        .await
        .unwrap();
    let seen_at = services.clock.unix_seconds();
    let exact = Presence::Offline(seen_at);
    assert_eq!(view(&house, ANN, BOB).await.presence, exact);
    hide(&house, BOB, Key::StatusTimestamp).await;
    let mut passed = 0;
    for (after, expected) in [
        (0, Presence::Recently { by_me: false }),
        (RECENTLY_S - 1, Presence::Recently { by_me: false }),
        (RECENTLY_S, Presence::LastWeek { by_me: false }),
        (LAST_WEEK_S, Presence::LastMonth { by_me: false }),
        (LAST_MONTH_S, Presence::Unknown),
    ] {
        house.forward(Duration::from_secs((after - passed).cast_unsigned()));
        passed = after;
        assert_eq!(
            view(&house, ANN, BOB).await.presence,
            expected,
            "after {after} s"
        );
        assert_eq!(view(&house, BOB, BOB).await.presence, exact);
    }
    domain::accounts::update_status(services, BOB, false)
        .await
        .unwrap();
    let recently = Presence::Recently { by_me: false };
    assert_eq!(view(&house, ANN, BOB).await.presence, recently);
    // Bob hides his own, so Ann's is not exact for him either, although she hides nothing.
    domain::accounts::update_status(services, ANN, true)
        .await
        .unwrap();
    let for_bob = Presence::Recently { by_me: true };
    assert_eq!(view(&house, BOB, ANN).await.presence, for_bob);
    let rules = vec![Rule::allow(Whom::Contacts), Rule::disallow(Whom::All)];
    set(&house, BOB, Key::StatusTimestamp, rules).await.unwrap();
    assert!(matches!(
        view(&house, BOB, ANN).await.presence,
        Presence::Offline(_)
    ));
    assert!(matches!(
        view(&house, ANN, BOB).await.presence,
        Presence::Online(_)
    ));
    assert_eq!(view(&house, DAN, BOB).await.presence, recently);
    house.block(BOB, ANN).await;
    assert_eq!(view(&house, ANN, BOB).await.presence, Presence::Unknown);
}

/// The words about oneself, forwards and voice messages.
async fn words_forwards_and_voice_follow_their_keys(engine: Engine) {
    let house = people(engine).await;
    let mut tx = house.services.store.begin().await.unwrap();
    users::rename(&mut tx, BOB, "Bob", "", "here")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    for key in [Key::About, Key::Forwards, Key::VoiceMessages] {
        set(&house, BOB, key, vec![Rule::allow(Whom::Contacts)])
            .await
            .unwrap();
    }
    let seen = |view: &UserView| (view.about.clone(), view.links_forwards, view.takes_voice);
    let ann = view(&house, ANN, BOB).await;
    assert_eq!(seen(&ann), ("here".to_owned(), true, true));
    let dan = view(&house, DAN, BOB).await;
    assert_eq!(seen(&dan), (String::new(), false, false));
}

/// P104: other sessions get the rules, those who see a difference get the user, nobody else anything;
/// all of it also after being away.
async fn a_new_rule_is_told_to_whom_it_concerns(engine: Engine) {
    let house = people(engine).await;
    house.main(BOB, 1).await;
    let (_, since) = told(&house, BOB, 0).await;
    hide(&house, BOB, Key::ProfilePhoto).await;
    let (who, since) = told(&house, BOB, since).await;
    assert_eq!(who, [ANN, CAT]);
    let rules = vec![Rule::allow(Whom::Contacts), Rule::disallow(Whom::All)];
    set(&house, BOB, Key::ProfilePhoto, rules.clone())
        .await
        .unwrap();
    let (who, since) = told(&house, BOB, since).await;
    assert_eq!(who, [ANN]);
    // The same again, and what nobody is shown.
    set(&house, BOB, Key::ProfilePhoto, rules.clone())
        .await
        .unwrap();
    hide(&house, BOB, Key::ChatInvite).await;
    let (who, since) = told(&house, BOB, since).await;
    assert!(who.is_empty());
    // A main picture that Cat may not see is not told to her, a public one is.
    house.main(BOB, 2).await;
    let (who, since) = told(&house, BOB, since).await;
    assert_eq!(who, [ANN, BOB]);
    house.place(BOB, FALLBACK, 3).await.unwrap();
    let (who, since) = told(&house, BOB, since).await;
    assert_eq!(who, [BOB, CAT]);
    house.block(BOB, CAT).await;
    house.place(BOB, FALLBACK, 4).await.unwrap();
    let (who, _) = told(&house, BOB, since).await;
    assert_eq!(who, [BOB]);
    let mut tx = house.services.store.read().await.unwrap();
    let asked = Asked {
        pts: 1,
        date: 1,
        pts_limit: None,
        pts_total_limit: None,
    };
    let missed = updates::difference(&house.services, &mut tx, BOB, asked)
        .await
        .unwrap();
    let Difference::All(missed) = missed else {
        panic!("{missed:?}");
    };
    let told: Vec<(Key, Vec<Rule>)> = missed
        .entries
        .into_iter()
        .filter_map(|entry| match entry {
            Entry::Privacy { key, rules } => Some((key, rules)),
            _ => None,
        })
        .collect();
    let invites = (Key::ChatInvite, vec![Rule::disallow(Whom::All)]);
    assert_eq!(told, [(Key::ProfilePhoto, rules), invites]);
}

/// P105: being saved, or being a close friend, opens what rules keep for those, and is told.
async fn becoming_a_contact_opens_what_is_for_contacts(engine: Engine) {
    let house = people(engine).await;
    let main = house.main(BOB, 1).await.photo_id;
    let public = house.place(BOB, FALLBACK, 2).await.unwrap().photo_id;
    let rules = vec![Rule::allow(Whom::Contacts), Rule::disallow(Whom::All)];
    set(&house, BOB, Key::ProfilePhoto, rules).await.unwrap();
    assert_eq!(pictures(&house, ANN, BOB).await, [None, Some(main), None]);
    let hidden = [None, None, Some(public)];
    assert_eq!(pictures(&house, CAT, BOB).await, hidden);
    let (_, since) = told(&house, BOB, 0).await;
    let names = domain::accounts::Names {
        first: "C".to_owned(),
        last: String::new(),
    };
    let adding = Adding {
        names: &names,
        phone: "",
        share_phone: false,
    };
    contacts::add(
        &house.services,
        (BOB, SESSION),
        house.named(BOB, CAT),
        adding,
    )
    .await
    .unwrap();
    assert_eq!(pictures(&house, CAT, BOB).await, [None, Some(main), None]);
    let (who, since) = told(&house, BOB, since).await;
    assert_eq!(who, [CAT]);
    let rules = vec![Rule::allow(Whom::CloseFriends)];
    set(&house, BOB, Key::ProfilePhoto, rules).await.unwrap();
    let (who, since) = told(&house, BOB, since).await;
    assert_eq!(who, [ANN, CAT]);
    contacts::edit_close_friends(&house.services, (BOB, SESSION), &[CAT, DAN])
        .await
        .unwrap();
    assert_eq!(pictures(&house, CAT, BOB).await, [None, Some(main), None]);
    assert_eq!(pictures(&house, ANN, BOB).await, hidden);
    let (who, since) = told(&house, BOB, since).await;
    assert_eq!(who, [CAT]);
    assert!(view(&house, BOB, CAT).await.is_close_friend);
    contacts::edit_close_friends(&house.services, (BOB, SESSION), &[])
        .await
        .unwrap();
    assert_eq!(pictures(&house, CAT, BOB).await, hidden);
    let (who, _) = told(&house, BOB, since).await;
    assert_eq!(who, [CAT]);
}

/// A chat peer that is no contact of the other side learns of what it may see now.
async fn a_chat_peer_is_told_when_it_is_saved(engine: Engine) {
    let house = people(engine).await;
    house.befriend(DAN, BOB).await;
    house.suggest(DAN, BOB, 1).await.unwrap();
    let dan = house.named(DAN, BOB);
    contacts::delete(&house.services, DAN, &[dan], 0)
        .await
        .unwrap();
    let (_, since) = told(&house, BOB, 0).await;
    assert_eq!(view(&house, DAN, BOB).await.phone, None);
    let names = domain::accounts::Names {
        first: "D".to_owned(),
        last: String::new(),
    };
    let adding = Adding {
        names: &names,
        phone: "",
        share_phone: false,
    };
    contacts::add(
        &house.services,
        (BOB, SESSION),
        house.named(BOB, DAN),
        adding,
    )
    .await
    .unwrap();
    assert!(view(&house, DAN, BOB).await.phone.is_some());
    assert_eq!(told(&house, BOB, since).await.0, [DAN]);
}

/// Rules hid the picture already: neither a block nor what a block outweighs tells that there is one.
async fn a_block_of_who_sees_nothing_is_not_told(engine: Engine) {
    let house = people(engine).await;
    house.befriend(BOB, CAT).await;
    house.main(BOB, 1).await;
    let rules = vec![Rule::allow(Whom::CloseFriends)];
    set(&house, BOB, Key::ProfilePhoto, rules).await.unwrap();
    let (_, since) = told(&house, BOB, 0).await;
    let cat = house.named(BOB, CAT);
    contacts::block(&house.services, BOB, cat, SESSION)
        .await
        .unwrap();
    contacts::edit_close_friends(&house.services, (BOB, SESSION), &[CAT])
        .await
        .unwrap();
    assert!(told(&house, BOB, since).await.0.is_empty());
    // Without the block there is a picture to see.
    contacts::unblock(&house.services, BOB, cat, SESSION)
        .await
        .unwrap();
    assert_eq!(told(&house, BOB, since).await.0, [CAT]);
}

/// What rules may name.
async fn rules_name_only_who_and_what_is_there(engine: Engine) {
    let house = people(engine).await;
    let key = Key::About;
    let users = |ids| vec![Rule::allow(Whom::Users(ids))];
    let invalid = Err("USER_ID_INVALID".to_owned());
    assert_eq!(set(&house, BOB, key, users(vec![ANN, 4711])).await, invalid);
    assert_eq!(set(&house, BOB, key, users(vec![BOB])).await, invalid);
    assert_eq!(set(&house, BOB, key, users(vec![ANN, DAN])).await, Ok(()));
    let group = || vec![Rule::disallow(Whom::ChatParticipants(vec![GROUP]))];
    let invalid = Err("CHAT_ID_INVALID".to_owned());
    assert_eq!(set(&house, BOB, key, group()).await, invalid);
    join(&house, GROUP, BOB, "member").await;
    assert_eq!(set(&house, BOB, key, group()).await, Ok(()));
    // Sent back after leaving, together with something new.
    join(&house, GROUP, BOB, "left").await;
    let mut more = group();
    more.push(Rule::allow(Whom::All));
    assert_eq!(set(&house, BOB, key, more.clone()).await, Ok(()));
    let setting = privacy::get(&house.services, BOB, key).await.unwrap();
    assert_eq!(setting.rules, more);
    assert_eq!(set(&house, BOB, key, vec![]).await, Ok(()));
    let setting = privacy::get(&house.services, BOB, key).await.unwrap();
    assert_eq!(setting.rules, [Rule::disallow(Whom::All)]);
    // The account ends, and its rules with it.
    domain::accounts::delete(&house.services, BOB)
        .await
        .unwrap();
    let setting = privacy::get(&house.services, BOB, key).await.unwrap();
    assert_eq!(setting.rules, key.usual());
}

/// A rule about the members of a chat: groups and channels are shown beside it; one that has ended has
/// no members any more.
async fn rules_about_members_end_with_the_chat(engine: Engine) {
    let house = people(engine).await;
    for chat_id in [GROUP, CHANNEL] {
        join(&house, chat_id, BOB, "member").await;
        join(&house, chat_id, DAN, "member").await;
        let rules = vec![Rule::allow(Whom::ChatParticipants(vec![chat_id]))];
        set(&house, BOB, Key::PhoneNumber, rules).await.unwrap();
        let setting = privacy::get(&house.services, BOB, Key::PhoneNumber).await;
        let shown: Vec<i64> = setting
            .unwrap()
            .chats
            .iter()
            .map(|chat| chat.chat_id)
            .collect();
        assert_eq!(shown, [chat_id]);
        assert!(view(&house, DAN, BOB).await.phone.is_some());
        assert!(view(&house, CAT, BOB).await.phone.is_none());
        let mut tx = house.services.store.begin().await.unwrap();
        chats::delete(&mut tx, chat_id, 2).await.unwrap();
        tx.commit().await.unwrap();
        assert!(view(&house, DAN, BOB).await.phone.is_none());
    }
}

/// As many statements for a hundred people, each with rules of their own, as for one.
async fn a_hundred_people_cost_as_much_as_one(engine: Engine) {
    let house = House::on(engine).await;
    house.person(1).await;
    let others: Vec<i64> = (2..=101).collect();
    let mut tx = house.services.store.begin().await.unwrap();
    for user_id in &others {
        let row = users::NewUser {
            user_id: *user_id,
            phone: None,
            first_name: "Other".to_owned(),
            last_name: String::new(),
            bot_owner_id: None,
            created_at: 1,
        };
        users::insert(&mut tx, &row).await.unwrap();
    }
    tx.commit().await.unwrap();
    for user_id in &others {
        join(&house, GROUP, *user_id, "member").await;
        let rules = vec![
            Rule::disallow(Whom::ChatParticipants(vec![GROUP])),
            Rule::allow(Whom::Contacts),
        ];
        set(&house, *user_id, Key::ProfilePhoto, rules)
            .await
            .unwrap();
    }
    let mut costs = Vec::new();
    for asked in [&others[..1], &others[..]] {
        let mut tx = house.services.store.read().await.unwrap();
        let before = tx.queries();
        let views = peers::view(&house.services, &mut tx, 1, asked)
            .await
            .unwrap();
        assert_eq!(views.len(), asked.len());
        costs.push(tx.queries() - before);
    }
    assert_eq!(costs[0], costs[1]);
}

engines::on_every_engine!(
    each_kind_of_rule_decides_about_pictures,
    a_personal_picture_wins_and_a_block_hides_the_rest,
    the_usual_rules_are_those_of_a_new_account,
    a_block_is_a_no_but_hides_no_number,
    a_hidden_number_is_found_by_nobody,
    a_number_can_be_shared_with_one_contact,
    the_last_visit_is_rough_for_those_who_may_not_see_it,
    words_forwards_and_voice_follow_their_keys,
    a_new_rule_is_told_to_whom_it_concerns,
    becoming_a_contact_opens_what_is_for_contacts,
    a_chat_peer_is_told_when_it_is_saved,
    a_block_of_who_sees_nothing_is_not_told,
    rules_name_only_who_and_what_is_there,
    rules_about_members_end_with_the_chat,
    a_hundred_people_cost_as_much_as_one,
);
