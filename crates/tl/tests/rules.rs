//! What each line of `schema/rules.txt` promises, one test per rule: how values of today look in
//! older layers, and how requests of older layers look today.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use tl::{
    Constructor, LAYER_MAX, LAYER_MIN, Method, Put, Reader, WriteError, Writer, decode, encode,
    enums, functions, types,
};

/// A reader over `value` in `layer`, behind its id, which is returned.
fn written<T: Put>(value: &T, layer: i32) -> (u32, Reader) {
    let mut r = Reader::new(encode(value, layer).unwrap().into());
    (r.u32().unwrap(), r)
}

fn request<T: Method>(w: Writer) -> T {
    let mut r = Reader::new(w.into_result().unwrap().into());
    let id = r.u32().unwrap();
    let request = T::get(&mut r, id).unwrap();
    r.finish().unwrap();
    request
}

fn config() -> types::Config {
    tl::samples::Sampler::new(tl::samples::Fill::Smallest).value()
}

#[test]
fn config_has_its_old_limits_before_154() {
    let (old, new) = (
        encode(&config(), 153).unwrap(),
        encode(&config(), 154).unwrap(),
    );
    assert_eq!(old.len(), new.len() + 16);
    let ints: Vec<_> = old
        .chunks_exact(4)
        .map(|c| i32::from_le_bytes([c[0], c[1], c[2], c[3]]))
        .collect();
    for limit in [200, 5, 100] {
        assert!(ints.contains(&limit), "{limit}");
    }
}

#[test]
fn a_reply_before_160_is_two_numbers() {
    let mut w = Writer::new(158);
    w.id(0x1cc2_0387);
    w.u32(1 | 1 << 9);
    w.id(types::InputPeerSelf::ID);
    w.i32(11);
    w.i32(22);
    w.string("hello");
    w.i64(33);
    let sent: functions::messages::SendMessage = request(w);
    let mut reply = types::InputReplyToMessage::new(11);
    reply.top_msg_id = Some(22);
    assert_eq!(sent.reply_to, Some(reply.into()));
    assert_eq!((sent.message.as_str(), sent.random_id), ("hello", 33));
    // The client's direction gives the same bytes again.
    let (id, mut r) = written(&sent, 158);
    assert_eq!((id, r.u32().unwrap()), (0x1cc2_0387, 1 | 1 << 9));
}

#[test]
fn a_reply_to_a_topic_alone_names_its_first_message() {
    let mut w = Writer::new(158);
    w.id(0x7547_c966);
    w.u32(1 << 9);
    w.id(types::InputPeerSelf::ID);
    w.i32(22);
    w.id(types::InputMediaEmpty::ID);
    w.string("");
    w.i64(33);
    let sent: functions::messages::SendMedia = request(w);
    let Some(enums::InputReplyTo::Message(reply)) = sent.reply_to else {
        panic!("no reply")
    };
    assert_eq!((reply.reply_to_msg_id, reply.top_msg_id), (22, Some(22)));
}

#[test]
fn a_message_without_reply_has_none_in_any_layer() {
    let sent = functions::messages::SendMessage::new(enums::InputPeer::Self_, "hi".into(), 1);
    for layer in LAYER_MIN..=LAYER_MAX {
        let mut r = Reader::new(encode(&sent, layer).unwrap().into());
        let id = r.u32().unwrap();
        assert_eq!(
            functions::messages::SendMessage::get(&mut r, id).as_ref(),
            Ok(&sent),
            "{layer}"
        );
    }
}

#[test]
fn a_story_of_a_user_is_a_story_of_a_peer() {
    let mut w = Writer::new(160);
    w.id(0x15b0_f283);
    w.id(types::InputUser::ID);
    w.i64(5);
    w.i64(6);
    w.i32(7);
    let bytes = w.into_result().unwrap();
    let reply: enums::InputReplyTo = decode(bytes.clone().into()).unwrap();
    let enums::InputReplyTo::Story(story) = &reply else {
        panic!("{reply:?}")
    };
    assert_eq!(story.peer, types::InputPeerUser::new(5, 6).into());
    assert_eq!(encode(&reply, 160), Ok(bytes));
}

#[test]
fn a_video_lasts_whole_seconds_before_160() {
    let video = types::DocumentAttributeVideo::new(2.75, 800, 800);
    let (_, mut old) = written(&video, 159);
    old.u32().unwrap();
    assert_eq!(old.i32(), Ok(2));
    let (_, mut new) = written(&video, 160);
    new.u32().unwrap();
    assert_eq!(new.f64(), Ok(2.75));
}

#[test]
fn an_emoji_status_with_an_end_has_its_own_id_before_198() {
    let mut status = types::EmojiStatus::new(9);
    assert_eq!(written(&status, 197).0, 0x929b_619d);
    status.until = Some(77);
    let status = enums::EmojiStatus::from(status);
    let (id, mut r) = written(&status, 197);
    assert_eq!((id, r.i64(), r.i32()), (0xfa30_a8c7, Ok(9), Ok(77)));
    assert_eq!(written(&status, 198).0, types::EmojiStatus::ID);
    for layer in [197, 198] {
        let read = decode::<enums::EmojiStatus>(encode(&status, layer).unwrap().into());
        assert_eq!(read.as_ref(), Ok(&status), "{layer}");
    }
}

#[test]
fn a_peer_is_read_where_a_user_or_channel_is_expected() {
    let read = |peer: enums::InputPeer| {
        let bytes = encode(&peer, LAYER_MAX).unwrap();
        decode::<enums::InputUser>(bytes.into())
    };
    assert_eq!(
        read(types::InputPeerUser::new(5, 6).into()),
        Ok(types::InputUser::new(5, 6).into())
    );
    assert_eq!(read(enums::InputPeer::Self_), Ok(enums::InputUser::Self_));
    assert!(read(types::InputPeerChat::new(5).into()).is_err());
    let channel = encode(&types::InputPeerChannel::new(7, 8), LAYER_MAX).unwrap();
    let channel = decode::<enums::InputChannel>(channel.into());
    assert_eq!(channel, Ok(types::InputChannel::new(7, 8).into()));
}

#[test]
fn colours_are_left_out_at_166_and_written_around_it() {
    let mut user = types::User::new(1);
    user.color = Some(types::PeerColor::new().into());
    let plain = types::User::new(1);
    assert_eq!(encode(&user, 165), encode(&plain, 165));
    assert_eq!(encode(&user, 166), encode(&plain, 166));
    assert_ne!(encode(&user, 167), encode(&plain, 167));
}

#[test]
fn a_reply_header_before_166_always_has_a_message() {
    let (id, mut r) = written(&types::MessageReplyHeader::new(), 165);
    assert_eq!((id, r.u32(), r.i32()), (0xa6d5_7763, Ok(0), Ok(0)));
    r.finish().unwrap();
}

#[test]
fn elements_that_a_layer_lacks_are_left_out_of_vectors() {
    let sizes = vec![
        enums::VideoSize::from(types::VideoSize::new("u".into(), 800, 800, 10)),
        types::VideoSizeEmojiMarkup::new(1, vec![2]).into(),
    ];
    let count = |layer| Reader::new(encode(&sizes, layer).unwrap().into()).vector_count();
    assert_eq!((count(151), count(152)), (Ok(1), Ok(2)));
}

#[test]
fn updates_about_privacy_go_where_their_key_exists() {
    let key = enums::PrivacyKey::Birthday;
    let update = enums::Update::from(types::UpdatePrivacy::new(key, Vec::new()));
    assert!(!update.exists_in(176) && update.exists_in(177));
    let known = types::UpdatePrivacy::new(enums::PrivacyKey::ProfilePhoto, Vec::new());
    assert!(enums::Update::from(known).exists_in(148));
}

#[test]
fn a_short_update_that_a_layer_lacks_asks_for_the_difference() {
    let short = types::UpdateShort::new(types::UpdateUser::new(1).into(), 2);
    let updates = enums::Updates::from(short);
    assert_eq!(encode(&updates, 150), encode(&enums::Updates::TooLong, 150));
    assert_eq!(written(&updates, 151).0, types::UpdateShort::ID);
}

#[test]
fn a_suggestion_is_an_empty_action_before_151() {
    let photo = enums::Photo::from(types::PhotoEmpty::new(5));
    let action = enums::MessageAction::from(types::MessageActionSuggestProfilePhoto::new(photo));
    assert_eq!(
        encode(&action, 150),
        encode(&enums::MessageAction::Empty, 150)
    );
    assert_eq!(
        written(&action, 151).0,
        types::MessageActionSuggestProfilePhoto::ID
    );
}

#[test]
fn a_code_sent_in_a_newer_way_looks_like_a_text_message() {
    let sent =
        enums::auth::SentCodeType::from(types::auth::SentCodeTypeFragmentSms::new("u".into(), 5));
    let (id, mut r) = written(&sent, 149);
    assert_eq!((id, r.i32()), (types::auth::SentCodeTypeSms::ID, Ok(5)));
    assert_eq!(
        written(&sent, 150).0,
        types::auth::SentCodeTypeFragmentSms::ID
    );
}

fn answer<M: Method>(output: &M::Output, layer: i32) -> Vec<u8> {
    let mut w = Writer::new(layer);
    M::put_output(output, &mut w);
    w.into_result().unwrap()
}

#[test]
fn app_config_is_bare_json_before_153() {
    let json = enums::JSONValue::from(types::JsonObject::new(Vec::new()));
    let config = types::help::AppConfig::new(7, json.clone()).into();
    let old = answer::<functions::help::GetAppConfig>(&config, 152);
    assert_eq!(old, encode(&json, 152).unwrap());
    assert_eq!(
        answer::<functions::help::GetAppConfig>(&config, 153),
        encode(&config, 153).unwrap()
    );
    let mut w = Writer::new(152);
    w.id(0x9891_4110);
    assert_eq!(request::<functions::help::GetAppConfig>(w).hash, 0);
}

#[test]
fn a_new_chat_is_answered_with_updates_before_177() {
    let invited = types::messages::InvitedUsers::new(enums::Updates::TooLong, Vec::new());
    let old = answer::<functions::messages::CreateChat>(&invited, 176);
    assert_eq!(old, encode(&enums::Updates::TooLong, 176).unwrap());
    let new = answer::<functions::messages::CreateChat>(&invited, 177);
    assert_eq!(new, encode(&invited, 177).unwrap());
}

#[test]
fn dialog_filters_are_a_vector_before_176() {
    let filters = types::messages::DialogFilters::new(vec![enums::DialogFilter::Default]);
    let old = answer::<functions::messages::GetDialogFilters>(&filters, 175);
    assert_eq!(old, encode(&filters.filters, 175).unwrap());
    let new = answer::<functions::messages::GetDialogFilters>(&filters, 176);
    assert_eq!(new, encode(&filters, 176).unwrap());
}

#[test]
fn newest_stories_are_numbers_before_217() {
    let story = types::RecentStory {
        max_id: Some(4),
        ..types::RecentStory::new()
    };
    let stories = vec![types::RecentStory::new(), story];
    let old = answer::<functions::stories::GetPeerMaxIDs>(&stories, 216);
    assert_eq!(old, encode(&vec![0, 4], 216).unwrap());
    let new = answer::<functions::stories::GetPeerMaxIDs>(&stories, 217);
    assert_eq!(new, encode(&stories, 217).unwrap());
}

#[test]
fn what_has_no_form_is_an_error_that_names_it() {
    let config = types::help::PeerColors::new(1, Vec::new());
    let error = WriteError::Unsupported {
        name: "help.peerColors",
        layer: 166,
    };
    assert_eq!(encode(&config, 166), Err(error.clone()));
    let mut out = vec![1, 2];
    assert_eq!(tl::encode_into(&config, 166, &mut out), Err(error));
    assert_eq!(out, [1, 2], "nothing of it was written");
    tl::encode_into(&true, 166, &mut out).unwrap();
    assert_eq!(out.len(), 6);
}

#[test]
fn layers_beyond_the_newest_are_written_like_it() {
    let user = types::User::new(1);
    assert_eq!(encode(&user, LAYER_MAX + 50), encode(&user, LAYER_MAX));
}
