//! Writes a set of answers, one file per layer and answer, for decoders of other projects to read.
//!
//! `cargo run -p tl --example golden -- FOLDER [LAYER …]` makes `FOLDER/LAYER/NAME.bin` and
//! `FOLDER/index.tsv` with layer, name, TL type and file of each.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use bytes::Bytes;
use tl::{Put, encode, enums, types};

/// Layers of clients in use, and those around changes.
const LAYERS: &[i32] = &[
    148, 150, 151, 152, 153, 158, 166, 181, 198, 214, 216, 220, 223, 224, 225, 227, 228, 229, 230,
    232,
];

const DATE: i32 = 1_700_000_000;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: golden FOLDER [LAYER …]");
        return ExitCode::FAILURE;
    };
    let layers: Result<Vec<i32>, _> = arguments.map(|layer| layer.parse()).collect();
    let outcome = match layers {
        Ok(layers) if layers.is_empty() => write_all(Path::new(&folder), LAYERS),
        Ok(layers) => write_all(Path::new(&folder), &layers),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("golden: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write_all(folder: &Path, layers: &[i32]) -> Result<(), Box<dyn std::error::Error>> {
    let mut index = String::from("layer\tname\ttype\tfile\n");
    for &layer in layers {
        std::fs::create_dir_all(folder.join(layer.to_string()))?;
        for (name, ty, value) in answers() {
            let file = format!("{layer}/{name}.bin");
            std::fs::write(folder.join(&file), encode(&*value, layer)?)?;
            writeln!(index, "{layer}\t{name}\t{ty}\t{file}")?;
        }
    }
    std::fs::write(folder.join("index.tsv"), index)?;
    Ok(())
}

type Answer = (&'static str, &'static str, Box<dyn Put>);

fn answers() -> Vec<Answer> {
    vec![
        ("user_full", "users.UserFull", Box::new(user_full(user()))),
        (
            "user_full_of_bot",
            "users.UserFull",
            Box::new(user_full(bot())),
        ),
        ("history", "messages.Messages", Box::new(history())),
        ("suggestion", "Updates", Box::new(suggestion())),
        ("dialogs", "messages.Dialogs", Box::new(dialogs())),
        (
            "sticker_set",
            "messages.StickerSet",
            Box::new(sticker_set()),
        ),
        ("photos", "photos.Photos", Box::new(photos())),
        (
            "photo",
            "photos.Photo",
            Box::new(types::photos::Photo::new(photo(), vec![user().into()])),
        ),
        (
            "authorization",
            "auth.Authorization",
            Box::new(authorization()),
        ),
        ("sent_code", "auth.SentCode", Box::new(sent_code())),
        ("password", "account.Password", Box::new(password())),
        ("privacy", "account.PrivacyRules", Box::new(privacy())),
        ("config", "Config", Box::new(config())),
        ("difference", "updates.Difference", Box::new(difference())),
        ("contacts", "contacts.Contacts", Box::new(contacts())),
        ("file", "upload.File", Box::new(file())),
    ]
}

fn user() -> types::User {
    let mut user = types::User::new(777_001);
    user.contact = true;
    user.mutual_contact = true;
    user.access_hash = Some(0x0102_0304_0506_0708);
    user.first_name = Some("Ada".into());
    user.last_name = Some("Лавлейс".into());
    user.username = Some("ada".into());
    user.phone = Some("15550001111".into());
    let mut picture = types::UserProfilePhoto::new(9_000_001, 2);
    picture.personal = true;
    picture.has_video = true;
    picture.stripped_thumb = Some(Bytes::from_static(&[1, 40, 40, 7, 7]));
    user.photo = Some(picture.into());
    user.status = Some(types::UserStatusOffline::new(DATE).into());
    let mut status = types::EmojiStatus::new(5);
    status.until = Some(DATE + 60);
    user.emoji_status = Some(status.into());
    let mut color = types::PeerColor::new();
    color.color = Some(4);
    user.color = Some(color.into());
    user
}

fn bot() -> types::User {
    let mut bot = types::User::new(777_002);
    bot.bot = true;
    bot.bot_info_version = Some(1);
    bot.first_name = Some("Botty".into());
    bot
}

fn user_full(user: types::User) -> types::users::UserFull {
    let (settings, notify) = (types::PeerSettings::new(), types::PeerNotifySettings::new());
    let mut full = types::UserFull::new(user.id, settings, notify, 3);
    full.about = Some("Mathematics".into());
    full.personal_photo = Some(photo());
    full.fallback_photo = Some(types::PhotoEmpty::new(4).into());
    full.birthday = Some(types::Birthday::new(10, 12));
    if user.bot {
        let mut info = types::BotInfo::new();
        info.user_id = Some(user.id);
        info.description = Some("does things".into());
        info.commands = Some(vec![types::BotCommand::new(
            "start".into(),
            "starts".into(),
        )]);
        full.bot_info = Some(info);
    }
    types::users::UserFull::new(full, Vec::new(), vec![user.into()])
}

fn photo() -> enums::Photo {
    let sizes = vec![
        types::PhotoStrippedSize::new("i".into(), Bytes::from_static(&[1, 40, 40, 9])).into(),
        types::PhotoSize::new("a".into(), 160, 160, 2_000).into(),
        types::PhotoSize::new("b".into(), 320, 320, 6_000).into(),
        types::PhotoSizeProgressive::new("c".into(), 640, 640, vec![900, 4_000, 18_000]).into(),
    ];
    let reference = Bytes::from_static(b"reference");
    let mut photo = types::Photo::new(9_000_001, -77, reference, DATE, sizes, 2);
    let mut video = types::VideoSize::new("u".into(), 800, 800, 40_000);
    video.video_start_ts = Some(0.5);
    let markup = types::VideoSizeEmojiMarkup::new(5, vec![0x11_22_33, 0x44_55_66]);
    photo.video_sizes = Some(vec![video.into(), markup.into()]);
    photo.into()
}

fn photos() -> enums::photos::Photos {
    types::photos::PhotosSlice::new(7, vec![photo()], vec![user().into()]).into()
}

fn peer() -> enums::Peer {
    types::PeerUser::new(777_001).into()
}

fn suggestion_message() -> enums::Message {
    let action = types::MessageActionSuggestProfilePhoto::new(photo());
    let mut message = types::MessageService::new(12, peer(), DATE, action.into());
    message.from_id = Some(peer());
    message.into()
}

fn text_message() -> enums::Message {
    let mut message = types::Message::new(11, peer(), DATE, "look at this, Ada".into());
    message.out = true;
    message.from_id = Some(types::PeerUser::new(777_003).into());
    let mut reply = types::MessageReplyHeader::new();
    reply.reply_to_msg_id = Some(10);
    message.reply_to = Some(reply.into());
    message.entities = Some(vec![
        types::MessageEntityBold::new(0, 4).into(),
        types::MessageEntityBlockquote {
            collapsed: true,
            offset: 0,
            length: 4,
        }
        .into(),
        types::MessageEntityTextUrl::new(5, 2, "https://example.org".into()).into(),
    ]);
    let mut media = types::MessageMediaPhoto::new();
    media.photo = Some(photo());
    message.media = Some(media.into());
    message.into()
}

fn history() -> enums::messages::Messages {
    let messages = vec![suggestion_message(), text_message()];
    let users = vec![user().into(), bot().into()];
    types::messages::MessagesSlice::new(2, messages, Vec::new(), users).into()
}

fn suggestion() -> enums::Updates {
    let new = types::UpdateNewMessage::new(suggestion_message(), 40, 1);
    let updates = vec![new.into(), types::UpdateUser::new(777_001).into()];
    types::Updates::new(updates, vec![user().into()], Vec::new(), DATE, 0).into()
}

fn dialogs() -> enums::messages::Dialogs {
    let notify = types::PeerNotifySettings::new();
    let mut dialog = types::Dialog::new(peer(), 12, 10, 11, 1, 0, 0, 0, notify);
    dialog.pts = Some(40);
    let messages = vec![suggestion_message()];
    let users = vec![user().into()];
    types::messages::Dialogs::new(vec![dialog.into()], messages, Vec::new(), users).into()
}

fn sticker_set() -> enums::messages::StickerSet {
    let set = types::InputStickerSetID::new(31, 32).into();
    let attributes = vec![
        types::DocumentAttributeImageSize::new(512, 512).into(),
        types::DocumentAttributeSticker::new("😀".into(), set).into(),
        types::DocumentAttributeVideo::new(2.0, 512, 512).into(),
    ];
    let reference = Bytes::from_static(b"reference");
    let mime = "video/webm".to_owned();
    let sticker = types::Document::new(33, 34, reference, DATE, mime, 4_096, 2, attributes);
    let packs = vec![types::StickerPack::new("😀".into(), vec![33])];
    let set = types::StickerSet::new(31, 32, "Faces".into(), "faces".into(), 1, 0);
    types::messages::StickerSet::new(set, packs, Vec::new(), vec![sticker.into()]).into()
}

fn authorization() -> enums::auth::Authorization {
    let mut me = user();
    me.is_self = true;
    types::auth::Authorization::new(me.into()).into()
}

fn sent_code() -> enums::auth::SentCode {
    let way = types::auth::SentCodeTypeFragmentSms::new("https://example.org".into(), 5);
    types::auth::SentCode::new(way.into(), "hash".into()).into()
}

fn password() -> types::account::Password {
    let secure = enums::SecurePasswordKdfAlgo::Unknown;
    let random = Bytes::from_static(&[3; 256]);
    types::account::Password::new(enums::PasswordKdfAlgo::Unknown, secure, random)
}

fn privacy() -> types::account::PrivacyRules {
    let rules = vec![
        types::PrivacyValueAllowUsers::new(vec![777_001]).into(),
        enums::PrivacyRule::PrivacyValueAllowCloseFriends,
        enums::PrivacyRule::PrivacyValueDisallowAll,
    ];
    types::account::PrivacyRules::new(rules, Vec::new(), vec![user().into()])
}

fn config() -> types::Config {
    // Numbers as they come: only their places matter here.
    let mut config: types::Config = tl::samples::Sampler::new(tl::samples::Fill::Smallest).value();
    config.dc_options = vec![types::DcOption::new(2, "127.0.0.1".into(), 10_443)];
    config.this_dc = 2;
    config.me_url_prefix = "https://example.org/".into();
    config
}

fn difference() -> enums::updates::Difference {
    let state = types::updates::State::new(41, 0, DATE, 0, 1);
    let privacy = types::UpdatePrivacy::new(enums::PrivacyKey::Birthday, Vec::new());
    let updates = vec![types::UpdateUser::new(777_001).into(), privacy.into()];
    let users = vec![user().into()];
    let messages = vec![suggestion_message()];
    types::updates::Difference::new(messages, updates, Vec::new(), users, state).into()
}

fn contacts() -> enums::contacts::Contacts {
    let contacts = vec![types::Contact::new(777_001, true)];
    types::contacts::Contacts::new(contacts, 0, vec![user().into()]).into()
}

fn file() -> enums::upload::File {
    let bytes = Bytes::from(vec![0xd8; 300]);
    types::upload::File::new(enums::storage::FileType::FileJpeg, DATE, bytes).into()
}
