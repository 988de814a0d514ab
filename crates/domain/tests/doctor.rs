//! The checks of a data folder: healthy data is called healthy, and each way to break it is found by the
//! check that is there for it, and by no other.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod engines;
mod house;

use std::collections::HashMap;

use domain::{
    bots::{self, NewBot},
    doctor::{self, CHECKS, Depth},
    messages::{self, Doer, Post, ReplyTo},
};
use engines::on_every_engine;
use house::{FALLBACK, House, bmp};
use store::{
    blobs::Blobs,
    rows::{chats, counters, photos::PhotoRow, stickers, uploads, users},
    spool::Spool,
};

/// Ada (1) and Bob (2) with everything that can break, Cleo (3) with nothing, Dan (9) who is gone.
struct Town {
    house: House,
    files: tempfile::TempDir,
    main: PhotoRow,
    suggested: PhotoRow,
    bot: i64,
}

async fn town(engine: house::Engine) -> Town {
    let files = tempfile::tempdir().unwrap();
    let mut house = House::on(engine).await;
    house.services.blobs = Blobs::files(files.path().join("blobs")).unwrap();
    house.services.spool = Spool::files(files.path().join("spool")).unwrap();
    for user_id in [1, 2, 3, 9] {
        house.person(user_id).await;
    }
    house.befriend(1, 2).await;
    house.befriend(2, 1).await;
    house.befriend(1, 9).await;
    let main = house.main(2, 10).await;
    house.place(2, FALLBACK, 20).await.unwrap();
    house.set(1, 2, 30).await.unwrap();
    let suggested = house.suggest(1, 2, 40).await.unwrap();
    house.main(9, 50).await;
    house.set(1, 9, 60).await.unwrap();
    write(&house, 1, 2, 71).await;
    write(&house, 2, 1, 72).await;
    house.upload(1, 5000, &bmp(20, 20, 70)).await;
    let mut tx = house.services.store.begin().await.unwrap();
    counters::raise(&mut tx, "user_id", 1000).await.unwrap();
    counters::raise(&mut tx, "chat_id", 100).await.unwrap();
    let group = chats::ChatRow {
        chat_id: 5,
        kind: "group".to_owned(),
        creator_id: 1,
        title: "Town".to_owned(),
        photo_id: Some(suggested.photo_id),
        version: 1,
        created_at: 1,
        ..chats::ChatRow::default()
    };
    chats::insert(&mut tx, &group).await.unwrap();
    for (user_id, role) in [(1, "creator"), (2, "member")] {
        let row = chats::MemberRow {
            chat_id: 5,
            user_id,
            role: role.to_owned(),
            invited_by: 1,
            joined_at: 1,
        };
        chats::put_member(&mut tx, &row).await.unwrap();
    }
    sticker(&house, &mut tx).await;
    tx.commit().await.unwrap();
    let new = NewBot {
        owner_id: 1,
        first_name: "Clerk".to_owned(),
        username: "clerk_bot".to_owned(),
    };
    let bot = bots::create(&house.services, &new).await.unwrap().user_id;
    domain::accounts::delete(&house.services, 9).await.unwrap();
    Town {
        house,
        files,
        main,
        suggested,
        bot,
    }
}

/// A set (6) of one emoji (60).
async fn sticker(house: &House, tx: &mut store::Tx) {
    let set = stickers::SetRow {
        set_id: 6,
        short_name: "town".to_owned(),
        title: "Town".to_owned(),
        kind: "emoji".to_owned(),
        text_color: false,
        hash: 1,
        created_at: 1,
    };
    stickers::insert_set(tx, &set).await.unwrap();
    let put = async |byte| {
        house
            .services
            .blobs
            .put(vec![byte; 9].into())
            .await
            .unwrap()
    };
    let row = stickers::DocumentRow {
        document_id: 60,
        set_id: 6,
        place: 0,
        created_at: 1,
        file_name: "town.tgs".to_owned(),
        custom_emoji: true,
        mime_type: "application/x-tgsticker".to_owned(),
        bytes: 9,
        blob: put(1).await,
        width: 512,
        height: 512,
        thumb: stickers::ThumbRow {
            width: 128,
            height: 128,
            bytes: 9,
            blob: put(2).await,
        },
        outline: None,
        duration_ms: 0,
        free: true,
        text_color: false,
        for_profiles: true,
        for_groups: true,
        for_backgrounds: true,
        emoji: vec!["\u{1f3d8}".to_owned()],
    };
    stickers::insert_documents(tx, &[row]).await.unwrap();
}

async fn write(house: &House, from: i64, to: i64, random_id: i64) {
    let post = Post {
        peer: house.named(from, to).into(),
        text: "hello".to_owned(),
        entities: Vec::new(),
        mentions: HashMap::new(),
        reply_to: ReplyTo::Nothing,
        random_id,
        silent: false,
    };
    let doer = Doer {
        user_id: from,
        origin: 0,
    };
    messages::send(&house.services, doer, post).await.unwrap();
}

impl Town {
    /// The names of the checks that are not content.
    async fn wrong(&self, depth: Depth) -> Vec<&'static str> {
        let mut wrong = Vec::new();
        for check in CHECKS {
            let outcome = doctor::run(&self.house.services, check, depth).await;
            assert_eq!(outcome.error, None, "{}", check.name);
            assert!(outcome.found >= outcome.findings.len() as u64);
            if !outcome.is_healthy() {
                assert!(!outcome.findings.is_empty(), "{}", check.name);
                wrong.push(check.name);
            }
        }
        wrong
    }

    async fn run(&self, sql: &str) {
        let sql = sql
            .replace("MAIN", &self.main.photo_id.to_string())
            .replace("SUGGESTED", &self.suggested.photo_id.to_string())
            .replace("BOT", &self.bot.to_string());
        let mut tx = self.house.services.store.begin().await.unwrap();
        for statement in sql.split(';') {
            let changed = tx.run(statement, &[]).await.unwrap();
            assert!(changed > 0, "changes nothing: {statement}");
        }
        tx.commit().await.unwrap();
    }
}

/// The check, what it must notice, and what makes it good again.
const BROKEN_ROWS: &[(&str, &str, &str)] = &[
    (
        "photo_ids",
        "INSERT INTO photos (photo_id, owner_id, created_at, stripped_photo, stripped_user)
         SELECT -5, owner_id, created_at, stripped_photo, stripped_user
         FROM photos WHERE photo_id = MAIN;
         INSERT INTO photo_files SELECT -5, letter, width, height, bytes, blob
         FROM photo_files WHERE photo_id = MAIN",
        "DELETE FROM photos WHERE photo_id = -5; DELETE FROM photo_files WHERE photo_id = -5",
    ),
    (
        "photo_films",
        "UPDATE photos SET markup_document_id = 7 WHERE photo_id = MAIN",
        "UPDATE photos SET markup_document_id = NULL WHERE photo_id = MAIN",
    ),
    (
        "photo_films",
        "UPDATE photos SET video_start_ts = 7 WHERE photo_id = MAIN",
        "UPDATE photos SET video_start_ts = NULL WHERE photo_id = MAIN",
    ),
    (
        "photo_films",
        "UPDATE photo_files SET letter = 'p' WHERE photo_id = MAIN AND letter = 'b'",
        "UPDATE photo_files SET letter = 'b' WHERE photo_id = MAIN AND letter = 'p'",
    ),
    (
        "photo_sizes",
        "UPDATE photo_files SET letter = 'x' WHERE photo_id = MAIN AND letter = 'c'",
        "UPDATE photo_files SET letter = 'c' WHERE photo_id = MAIN AND letter = 'x'",
    ),
    (
        "photo_dates",
        "UPDATE photos SET created_at = 0 WHERE photo_id = MAIN",
        "UPDATE photos SET created_at = 1 WHERE photo_id = MAIN",
    ),
    (
        "photo_files",
        "INSERT INTO photo_files SELECT 77, letter, width, height, bytes, blob
         FROM photo_files WHERE photo_id = MAIN",
        "DELETE FROM photo_files WHERE photo_id = 77",
    ),
    (
        "profile_photos",
        "INSERT INTO profile_photos (owner_id, photo_id) VALUES (3, 99)",
        "DELETE FROM profile_photos WHERE owner_id = 3",
    ),
    (
        "profile_owners",
        "INSERT INTO profile_photos (owner_id, photo_id) VALUES (3, SUGGESTED)",
        "DELETE FROM profile_photos WHERE owner_id = 3",
    ),
    (
        "fallback_photos",
        "UPDATE users SET fallback_photo_id = 98 WHERE user_id = 3",
        "UPDATE users SET fallback_photo_id = NULL WHERE user_id = 3",
    ),
    (
        "fallback_owners",
        "UPDATE users SET fallback_photo_id = MAIN WHERE user_id = 3",
        "UPDATE users SET fallback_photo_id = NULL WHERE user_id = 3",
    ),
    (
        "personal_photos",
        "UPDATE contacts SET personal_photo_id = 97 WHERE owner_id = 2 AND contact_id = 1",
        "UPDATE contacts SET personal_photo_id = NULL WHERE owner_id = 2 AND contact_id = 1",
    ),
    (
        "personal_owners",
        "UPDATE contacts SET personal_photo_id = SUGGESTED WHERE owner_id = 2 AND contact_id = 1",
        "UPDATE contacts SET personal_photo_id = NULL WHERE owner_id = 2 AND contact_id = 1",
    ),
    (
        "message_photos",
        "UPDATE messages SET photo_id = 96 WHERE owner_id = 1 AND photo_id = SUGGESTED",
        "UPDATE messages SET photo_id = SUGGESTED WHERE photo_id = 96",
    ),
    (
        "chat_photos",
        "UPDATE chats SET photo_id = 95 WHERE chat_id = 5",
        "UPDATE chats SET photo_id = NULL WHERE chat_id = 5",
    ),
    (
        "contacts_reversed",
        "DELETE FROM contact_of WHERE user_id = 2 AND owner_id = 1",
        "INSERT INTO contact_of (user_id, owner_id) VALUES (2, 1)",
    ),
    (
        "reversed_contacts",
        "INSERT INTO contact_of (user_id, owner_id) VALUES (3, 1)",
        "DELETE FROM contact_of WHERE user_id = 3",
    ),
    (
        "members_reversed",
        "DELETE FROM chats_of WHERE user_id = 2",
        "INSERT INTO chats_of (user_id, chat_id) VALUES (2, 5)",
    ),
    (
        "reversed_members",
        "INSERT INTO chats_of (user_id, chat_id) VALUES (3, 5)",
        "DELETE FROM chats_of WHERE user_id = 3",
    ),
    (
        "member_chats",
        "INSERT INTO chat_members (chat_id, user_id, role, invited_by, joined_at)
         VALUES (50, 3, 'member', 3, 1);
         INSERT INTO chats_of (user_id, chat_id) VALUES (3, 50)",
        "DELETE FROM chat_members WHERE chat_id = 50; DELETE FROM chats_of WHERE chat_id = 50",
    ),
    (
        "user_boxes",
        "DELETE FROM boxes WHERE owner_id = 3",
        "INSERT INTO boxes (owner_id, pts, message_id_last) VALUES (3, 1, 0)",
    ),
    (
        "box_messages",
        "UPDATE boxes SET message_id_last = message_id_last - 1 WHERE owner_id = 1",
        "UPDATE boxes SET message_id_last = message_id_last + 1 WHERE owner_id = 1",
    ),
    (
        "box_pts",
        "UPDATE boxes SET pts = pts + 1 WHERE owner_id = 1",
        "UPDATE boxes SET pts = pts - 1 WHERE owner_id = 1",
    ),
    (
        "journal_gaps",
        "UPDATE updates SET pts_count = 0 WHERE owner_id = 1 AND pts = 3",
        "UPDATE updates SET pts_count = 1 WHERE owner_id = 1 AND pts = 3",
    ),
    (
        "dialog_tops",
        "UPDATE dialogs SET top_message_id = top_message_id + 900 WHERE owner_id = 1",
        "UPDATE dialogs SET top_message_id = top_message_id - 900 WHERE owner_id = 1",
    ),
    (
        "message_twins",
        "UPDATE messages SET twin_id = twin_id + 1 WHERE owner_id = 2 AND message_id = 1",
        "UPDATE messages SET twin_id = twin_id - 1 WHERE owner_id = 2 AND message_id = 1",
    ),
    (
        "deleted_users",
        "UPDATE users SET phone = '15550000000' WHERE user_id = 9",
        "UPDATE users SET phone = NULL WHERE user_id = 9",
    ),
    (
        "logins",
        "INSERT INTO auth_keys (auth_key_id, auth_key, created_at, first_salt, user_id)
         SELECT 7, stripped_user, 1, 1, 9 FROM photos WHERE photo_id = MAIN",
        "DELETE FROM auth_keys WHERE auth_key_id = 7",
    ),
    (
        "bots",
        "UPDATE bots SET owner_id = 3 WHERE user_id = BOT",
        "UPDATE bots SET owner_id = 1 WHERE user_id = BOT",
    ),
    (
        "documents",
        "DELETE FROM sticker_emoji WHERE document_id = 60",
        "INSERT INTO sticker_emoji (document_id, place, emoji) VALUES (60, 0, 'x')",
    ),
    (
        "document_sets",
        "UPDATE documents SET custom_emoji = 0 WHERE document_id = 60",
        "UPDATE documents SET custom_emoji = 1 WHERE document_id = 60",
    ),
    (
        "sticker_sets",
        "UPDATE documents SET place = 1 WHERE document_id = 60",
        "UPDATE documents SET place = 0 WHERE document_id = 60",
    ),
    (
        "sticker_emoji",
        "INSERT INTO sticker_emoji (document_id, place, emoji) VALUES (94, 0, 'x')",
        "DELETE FROM sticker_emoji WHERE document_id = 94",
    ),
    (
        "user_counter",
        "UPDATE counters SET last = 8 WHERE name = 'user_id'",
        "UPDATE counters SET last = 1001 WHERE name = 'user_id'",
    ),
    (
        "chat_counter",
        "UPDATE counters SET last = 4 WHERE name = 'chat_id'",
        "UPDATE counters SET last = 100 WHERE name = 'chat_id'",
    ),
    (
        "upload_part_files",
        "UPDATE upload_files SET file_id = 5001 WHERE file_id = 5000",
        "UPDATE upload_files SET file_id = 5000 WHERE file_id = 5001",
    ),
];

async fn each_broken_row_is_found_by_its_own_check(engine: house::Engine) {
    let town = town(engine).await;
    assert_eq!(town.wrong(Depth::default()).await, [""; 0], "healthy");
    let quick = Depth {
        quick: true,
        ..Depth::default()
    };
    for (name, broken, good) in BROKEN_ROWS {
        town.run(broken).await;
        assert_eq!(town.wrong(quick).await, [*name]);
        town.run(good).await;
    }
    assert_eq!(town.wrong(quick).await, [""; 0], "everything was made good");
    let tested = BROKEN_ROWS.iter().map(|(name, ..)| *name);
    let mut tested: Vec<&str> = tested
        .chain(["engine", "blobs", "sticker_blobs", "upload_parts"])
        .collect();
    let mut all: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
    tested.sort_unstable();
    tested.dedup();
    all.sort_unstable();
    assert_eq!(tested, all, "every check has its case");
}

async fn files_that_do_not_fit_their_rows_are_found(engine: house::Engine) {
    let town = town(engine).await;
    let services = &town.house.services;
    let [blobs, parts] = doctor::unnamed(services).await.unwrap();
    assert_eq!((blobs, parts), ((0, 0), (0, 0)));
    let quick = Depth {
        quick: true,
        ..Depth::default()
    };
    let file = town.main.file("c").unwrap();
    let name = file.blob.to_string();
    let path = town.files.path().join("blobs").join(&name[..2]).join(&name);
    let bytes = std::fs::read(&path).unwrap();

    let mut other = bytes.clone();
    other[100] ^= 1;
    std::fs::write(&path, &other).unwrap();
    assert_eq!(town.wrong(Depth::default()).await, ["blobs"]);
    assert_eq!(town.wrong(quick).await, [""; 0], "lengths say nothing");
    std::fs::write(&path, &bytes[1..]).unwrap();
    assert_eq!(town.wrong(quick).await, ["blobs"]);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(town.wrong(quick).await, ["blobs"]);
    std::fs::write(&path, &bytes).unwrap();

    let thumb = services.blobs.put(vec![2; 9].into()).await.unwrap();
    let name = thumb.to_string();
    let path = town.files.path().join("blobs").join(&name[..2]).join(&name);
    std::fs::write(&path, [2; 8]).unwrap();
    assert_eq!(town.wrong(quick).await, ["sticker_blobs"]);
    std::fs::write(&path, [3; 9]).unwrap();
    assert_eq!(town.wrong(Depth::default()).await, ["sticker_blobs"]);
    std::fs::write(&path, [2; 9]).unwrap();
    services.blobs.put(vec![1, 2, 3].into()).await.unwrap();
    assert_eq!(town.wrong(Depth::default()).await, [""; 0]);

    let mut tx = services.store.read().await.unwrap();
    let part = uploads::find_part(&mut tx, 1, 5000, 0)
        .await
        .unwrap()
        .unwrap();
    drop(tx);
    services.spool.delete(&part.spool_key).await.unwrap();
    assert_eq!(town.wrong(quick).await, ["upload_parts"]);
    services
        .spool
        .write(1, 5000, 1, vec![7; 9].into())
        .await
        .unwrap();
    let [blobs, parts] = doctor::unnamed(services).await.unwrap();
    assert_eq!((blobs, parts), ((1, 3), (1, 9)));
}

async fn many_findings_are_counted_and_some_are_named(engine: house::Engine) {
    let house = House::on(engine).await;
    let mut tx = house.services.store.begin().await.unwrap();
    let count = 700;
    for user_id in 1..=count {
        let row = users::NewUser {
            user_id,
            phone: None,
            first_name: "N".to_owned(),
            last_name: String::new(),
            bot_owner_id: None,
            created_at: 1,
        };
        users::insert(&mut tx, &row).await.unwrap();
    }
    tx.commit().await.unwrap();
    let boxes = CHECKS.iter().find(|check| check.name == "user_boxes");
    let outcome = doctor::run(&house.services, boxes.unwrap(), Depth::default()).await;
    assert_eq!(outcome.checked, count as u64);
    assert_eq!(outcome.found, count as u64);
    assert_eq!(outcome.findings.len(), doctor::FINDINGS_SHOWN_MAX);
    assert_eq!(outcome.findings[0], "user_id=1");
}

on_every_engine!(
    each_broken_row_is_found_by_its_own_check,
    files_that_do_not_fit_their_rows_are_found,
    many_findings_are_counted_and_some_are_named,
);
