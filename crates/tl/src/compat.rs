//! What the schema cannot say: values that older layers want and ours lack, and stand-ins for
//! constructors that a layer does not have. One function per line of `schema/rules.txt`.

use crate::codec::Put;
use crate::wire::Writer;
use crate::{enums, types};

/// First layer whose help.getAppConfig answers help.AppConfig.
const LAYER_APP_CONFIG: i32 = 153;
/// First layer whose bots.getBotInfo answers bots.BotInfo.
const LAYER_BOT_INFO: i32 = 158;
/// First layer with the reply of a message as a value of its own.
#[cfg(feature = "client")]
const LAYER_INPUT_REPLY_TO: i32 = 160;
/// First layer whose messages.getDialogFilters answers messages.DialogFilters.
const LAYER_DIALOG_FILTERS: i32 = 176;
/// First layer whose messages.createChat and its likes answer messages.InvitedUsers.
const LAYER_INVITED_USERS: i32 = 177;
/// First layer whose channels.joinChannel answers messages.ChatInviteJoinResult.
const LAYER_JOIN_RESULT: i32 = 227;
/// First layer whose emojiStatus has an end.
const LAYER_EMOJI_STATUS_UNTIL: i32 = 198;
/// First layer whose stories.getPeerMaxIDs answers more than numbers.
const LAYER_RECENT_STORY: i32 = 217;

/// Id of `emojiStatusUntil`, which layers before 198 have.
const EMOJI_STATUS_UNTIL_ID: u32 = 0xfa30_a8c7;

// ---- config before layer 154; the values are those of help.getAppConfig today -----------------

pub(crate) fn write_config_saved_gifs_limit(_: &types::Config, _: i32) -> i32 {
    200
}

pub(crate) fn write_config_stickers_faved_limit(_: &types::Config, _: i32) -> i32 {
    5
}

pub(crate) fn write_config_pinned_dialogs_count_max(_: &types::Config, _: i32) -> i32 {
    5
}

pub(crate) fn write_config_pinned_infolder_count_max(_: &types::Config, _: i32) -> i32 {
    100
}

// ---- replies before layer 160 -----------------------------------------------------------------

pub(crate) fn read_messages_send_message_reply_to(
    reply_to_msg_id: Option<i32>,
    top_msg_id: Option<i32>,
) -> Option<enums::InputReplyTo> {
    // A topic alone was a reply to the message that opened the topic.
    let mut reply = types::InputReplyToMessage::new(reply_to_msg_id.or(top_msg_id)?);
    reply.top_msg_id = top_msg_id;
    Some(reply.into())
}

pub(crate) fn read_messages_send_media_reply_to(
    reply_to_msg_id: Option<i32>,
    top_msg_id: Option<i32>,
) -> Option<enums::InputReplyTo> {
    read_messages_send_message_reply_to(reply_to_msg_id, top_msg_id)
}

#[cfg(feature = "client")]
pub(crate) use replies::*;

#[cfg(feature = "client")]
mod replies {
    //! The writing side, which only clients need.

    use super::LAYER_INPUT_REPLY_TO;
    use crate::{enums, functions, types};

    fn message(
        reply: Option<&enums::InputReplyTo>,
        layer: i32,
    ) -> Option<&types::InputReplyToMessage> {
        debug_assert!(
            layer < LAYER_INPUT_REPLY_TO,
            "newer layers have the value itself"
        );
        match reply {
            Some(enums::InputReplyTo::Message(message)) => Some(message),
            _ => None,
        }
    }

    pub(crate) fn write_messages_send_message_reply_to_msg_id(
        request: &functions::messages::SendMessage,
        layer: i32,
    ) -> Option<i32> {
        message(request.reply_to.as_ref(), layer).map(|message| message.reply_to_msg_id)
    }

    pub(crate) fn write_messages_send_message_top_msg_id(
        request: &functions::messages::SendMessage,
        layer: i32,
    ) -> Option<i32> {
        message(request.reply_to.as_ref(), layer)?.top_msg_id
    }

    pub(crate) fn write_messages_send_media_reply_to_msg_id(
        request: &functions::messages::SendMedia,
        layer: i32,
    ) -> Option<i32> {
        message(request.reply_to.as_ref(), layer).map(|message| message.reply_to_msg_id)
    }

    pub(crate) fn write_messages_send_media_top_msg_id(
        request: &functions::messages::SendMedia,
        layer: i32,
    ) -> Option<i32> {
        message(request.reply_to.as_ref(), layer)?.top_msg_id
    }

    pub(crate) fn write_input_reply_to_story_user_id(
        reply: &types::InputReplyToStory,
        _: i32,
    ) -> enums::InputUser {
        match &reply.peer {
            enums::InputPeer::Self_ => enums::InputUser::Self_,
            enums::InputPeer::User(user) => {
                types::InputUser::new(user.user_id, user.access_hash).into()
            }
            enums::InputPeer::UserFromMessage(from) => {
                let (peer, msg_id, user_id) = (from.peer.clone(), from.msg_id, from.user_id);
                types::InputUserFromMessage::new(peer, msg_id, user_id).into()
            }
            _ => enums::InputUser::Empty,
        }
    }
}

pub(crate) fn read_input_reply_to_story_peer(user: enums::InputUser) -> enums::InputPeer {
    match user {
        enums::InputUser::Empty => enums::InputPeer::Empty,
        enums::InputUser::Self_ => enums::InputPeer::Self_,
        enums::InputUser::InputUser(user) => {
            types::InputPeerUser::new(user.user_id, user.access_hash).into()
        }
        enums::InputUser::FromMessage(from) => {
            types::InputPeerUserFromMessage::new(from.peer, from.msg_id, from.user_id).into()
        }
    }
}

// ---- stories before their present form; only clients read them --------------------------------

#[cfg(feature = "client")]
pub(crate) fn read_stories_all_stories_stealth_mode() -> types::StoriesStealthMode {
    types::StoriesStealthMode::new()
}

#[cfg(feature = "client")]
pub(crate) fn read_stories_all_stories_not_modified_stealth_mode() -> types::StoriesStealthMode {
    types::StoriesStealthMode::new()
}

// ---- values that older layers write in another way --------------------------------------------

/// Before layer 198 a status with an end was `emojiStatusUntil document_id:long until:int`.
pub(crate) fn put_emoji_status(status: &types::EmojiStatus, w: &mut Writer) -> bool {
    match status.until {
        Some(until) if w.layer() < LAYER_EMOJI_STATUS_UNTIL => {
            w.id(EMOJI_STATUS_UNTIL_ID);
            w.i64(status.document_id);
            w.i32(until);
            true
        }
        _ => false,
    }
}

// ---- stand-ins for constructors that the layer lacks ------------------------------------------

/// `updateShort` with an update that the layer lacks becomes `updatesTooLong`, so that the client
/// asks for the difference, in which such updates are left out.
pub(crate) fn stand_in_for_updates(_: &enums::Updates, w: &mut Writer) {
    types::UpdatesTooLong.put(w);
}

pub(crate) fn stand_in_for_message_action(_: &enums::MessageAction, w: &mut Writer) {
    types::MessageActionEmpty.put(w);
}

/// Every way to deliver a code is shown like a text message.
pub(crate) fn stand_in_for_auth_sent_code_type(sent: &enums::auth::SentCodeType, w: &mut Writer) {
    use enums::auth::SentCodeType;
    let length = match sent {
        SentCodeType::FragmentSms(sent) => sent.length,
        SentCodeType::FirebaseSms(sent) => sent.length,
        // A word or a phrase has no length in digits.
        _ => 0,
    };
    types::auth::SentCodeTypeSms::new(length).put(w);
}

// ---- methods that answered with another type --------------------------------------------------

pub(crate) fn put_output_help_get_app_config(output: &enums::help::AppConfig, w: &mut Writer) {
    match output {
        enums::help::AppConfig::AppConfig(config) if w.layer() < LAYER_APP_CONFIG => {
            config.config.put(w);
        }
        // Such clients cannot name a version, so this would be our mistake; it loses nothing.
        enums::help::AppConfig::NotModified if w.layer() < LAYER_APP_CONFIG => {
            types::JsonObject::new(Vec::new()).put(w);
        }
        _ => output.put(w),
    }
}

/// Before there was a name in it, the answer was the words themselves: about, then description.
pub(crate) fn put_output_bots_get_bot_info(output: &types::bots::BotInfo, w: &mut Writer) {
    if w.layer() < LAYER_BOT_INFO {
        vec![output.about.clone(), output.description.clone()].put(w);
    } else {
        output.put(w);
    }
}

pub(crate) fn put_output_messages_get_dialog_filters(
    output: &types::messages::DialogFilters,
    w: &mut Writer,
) {
    if w.layer() < LAYER_DIALOG_FILTERS {
        output.filters.put(w)
    } else {
        output.put(w)
    }
}

pub(crate) fn put_output_messages_create_chat(
    output: &types::messages::InvitedUsers,
    w: &mut Writer,
) {
    if w.layer() < LAYER_INVITED_USERS {
        output.updates.put(w)
    } else {
        output.put(w)
    }
}

pub(crate) use put_output_messages_create_chat as put_output_channels_invite_to_channel;
pub(crate) use put_output_messages_create_chat as put_output_messages_add_chat_user;

pub(crate) fn put_output_channels_join_channel(
    output: &enums::messages::ChatInviteJoinResult,
    w: &mut Writer,
) {
    let enums::messages::ChatInviteJoinResult::Ok(joined) = output;
    if w.layer() < LAYER_JOIN_RESULT {
        joined.updates.put(w)
    } else {
        output.put(w)
    }
}

pub(crate) fn put_output_stories_get_peer_max_ids(
    output: &Vec<types::RecentStory>,
    w: &mut Writer,
) {
    if w.layer() >= LAYER_RECENT_STORY {
        return output.put(w);
    }
    let ids: Vec<i32> = output
        .iter()
        .map(|story| story.max_id.unwrap_or_default())
        .collect();
    ids.put(w);
}

#[cfg(feature = "client")]
pub(crate) use outputs::*;

#[cfg(feature = "client")]
mod outputs {
    //! The reading side, which only clients need.

    use crate::codec::{Constructor, Get};
    use crate::wire::{ReadError, Reader, VECTOR_ID};
    use crate::{enums, types};

    pub(crate) fn get_output_help_get_app_config(
        r: &mut Reader,
    ) -> Result<enums::help::AppConfig, ReadError> {
        let ids = [
            types::help::AppConfig::ID,
            types::help::AppConfigNotModified::ID,
        ];
        if ids.contains(&r.peek_u32()?) {
            return Get::get(r);
        }
        let config = Get::get(r)?;
        Ok(types::help::AppConfig::new(0, config).into())
    }

    pub(crate) fn get_output_bots_get_bot_info(
        r: &mut Reader,
    ) -> Result<types::bots::BotInfo, ReadError> {
        if r.peek_u32()? != VECTOR_ID {
            return Get::get(r);
        }
        let mut words: Vec<String> = Get::get(r)?;
        let description = words.pop().unwrap_or_default();
        let about = words.pop().unwrap_or_default();
        Ok(types::bots::BotInfo {
            name: String::new(),
            about,
            description,
        })
    }

    pub(crate) fn get_output_messages_get_dialog_filters(
        r: &mut Reader,
    ) -> Result<types::messages::DialogFilters, ReadError> {
        if r.peek_u32()? == VECTOR_ID {
            return Ok(types::messages::DialogFilters::new(Get::get(r)?));
        }
        Get::get(r)
    }

    pub(crate) fn get_output_messages_create_chat(
        r: &mut Reader,
    ) -> Result<types::messages::InvitedUsers, ReadError> {
        if types::messages::InvitedUsers::IDS.contains(&r.peek_u32()?) {
            return Get::get(r);
        }
        Ok(types::messages::InvitedUsers::new(Get::get(r)?, Vec::new()))
    }

    pub(crate) use get_output_messages_create_chat as get_output_channels_invite_to_channel;
    pub(crate) use get_output_messages_create_chat as get_output_messages_add_chat_user;

    pub(crate) fn get_output_channels_join_channel(
        r: &mut Reader,
    ) -> Result<enums::messages::ChatInviteJoinResult, ReadError> {
        if types::messages::ChatInviteJoinResultOk::IDS.contains(&r.peek_u32()?) {
            return Get::get(r);
        }
        let updates = Get::get(r)?;
        Ok(types::messages::ChatInviteJoinResultOk { updates }.into())
    }

    pub(crate) fn get_output_stories_get_peer_max_ids(
        r: &mut Reader,
    ) -> Result<Vec<types::RecentStory>, ReadError> {
        let mut ahead = r.clone();
        let is_object =
            ahead.vector_count()? > 0 && types::RecentStory::IDS.contains(&ahead.peek_u32()?);
        if is_object {
            return Get::get(r);
        }
        let story = |max_id| types::RecentStory {
            max_id: Some(max_id),
            ..types::RecentStory::new()
        };
        Ok(Vec::<i32>::get(r)?.into_iter().map(story).collect())
    }
}
