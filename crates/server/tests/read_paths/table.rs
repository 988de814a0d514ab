//! Every method with a handler and what it can show of pictures.

use tl::{Put, enums, functions as api, types};

use crate::seats::{Names, bytes, peer};

/// Requests of one seat, asked in this order. They leave the world as it was.
pub(crate) type Ask = fn(&Names) -> Vec<Vec<u8>>;

/// What a method shows.
pub(crate) enum Path {
    /// The setter is shown the personal picture here.
    Shows(Ask),
    /// Nobody is, though the answer names people or pictures.
    Hides(Ask),
    /// The answer has no place for a picture: why.
    Never(&'static str),
}

use Path::{Hides, Never, Shows};

const NO_ONE: &str = "its answer names nobody";
const EMPTY: &str = "always empty here";

/// All methods.
pub(crate) const METHODS: &[(&[&str], Path)] = &[
    (
        &["users.getUsers"],
        Shows(|n| {
            let id = vec![n.user(), n.third.clone().into(), enums::InputUser::Self_];
            one(&api::users::GetUsers { id })
        }),
    ),
    (
        &["users.getFullUser"],
        Shows(|n| {
            let me = enums::InputUser::Self_;
            [n.user(), n.third.clone().into(), me]
                .map(|id| bytes(&api::users::GetFullUser { id }))
                .into()
        }),
    ),
    (
        &["photos.getUserPhotos"],
        Shows(|n| {
            let page = |user_id, offset, max_id, limit| {
                bytes(&api::photos::GetUserPhotos {
                    user_id,
                    offset,
                    max_id,
                    limit,
                })
            };
            let owners = [n.user(), n.third.clone().into(), enums::InputUser::Self_];
            let pages = owners.into_iter().flat_map(|owner| {
                [
                    page(owner.clone(), 0, 0, 100),
                    page(owner.clone(), -1, n.photo.id, 1),
                    page(owner, 0, n.photo.id + 1, 100),
                ]
            });
            pages.collect()
        }),
    ),
    (
        &["photos.uploadContactProfilePhoto"],
        Shows(|n| {
            // A suggestion leaves the personal picture in the answer.
            let mut request = api::photos::UploadContactProfilePhoto::new(n.user());
            request.suggest = true;
            request.file = Some(n.files[0].clone());
            one(&request)
        }),
    ),
    (
        &["photos.uploadProfilePhoto"],
        Hides(|n| {
            let mut request = api::photos::UploadProfilePhoto::new();
            request.file = Some(n.files[1].clone());
            one(&request)
        }),
    ),
    (
        &["photos.updateProfilePhoto"],
        Hides(|n| {
            let again = n.photo.clone().into();
            let none = enums::InputPhoto::Empty;
            [again, none]
                .map(|id| bytes(&api::photos::UpdateProfilePhoto::new(id)))
                .into()
        }),
    ),
    (
        &["photos.deletePhotos"],
        Hides(|n| {
            one(&api::photos::DeletePhotos {
                id: vec![n.photo.clone().into()],
            })
        }),
    ),
    (
        &["upload.getFile"],
        Shows(|n| {
            [n.by_id("c"), n.by_id("u"), n.by_id("p"), n.of_peer()]
                .map(|at| bytes(&api::upload::GetFile::new(at, 0, 1 << 20)))
                .into()
        }),
    ),
    (
        &["upload.getFileHashes"],
        Hides(|n| {
            [n.by_id("c"), n.by_id("u"), n.by_id("p"), n.of_peer()]
                .map(|location| {
                    bytes(&api::upload::GetFileHashes {
                        location,
                        offset: 0,
                    })
                })
                .into()
        }),
    ),
    (
        &["contacts.getContacts"],
        Shows(|_| one(&api::contacts::GetContacts { hash: 0 })),
    ),
    (
        &["contacts.importContacts"],
        Shows(|n| {
            let name = "Somebody".to_owned();
            let contact = types::InputPhoneContact::new(1, n.phone.clone(), name, String::new());
            let forget = api::contacts::DeleteByPhones {
                phones: vec![n.phone.clone()],
            };
            let import = bytes(&api::contacts::ImportContacts {
                contacts: vec![contact],
            });
            // Who had no contacts shall have none afterwards.
            if n.knows_nobody {
                vec![import, bytes(&forget)]
            } else {
                vec![import]
            }
        }),
    ),
    (
        &["contacts.addContact"],
        Shows(|n| {
            let (first, last) = ("Somebody".to_owned(), String::new());
            let add = api::contacts::AddContact::new(n.user(), first, last, String::new());
            let forget = api::contacts::DeleteContacts { id: vec![n.user()] };
            if n.knows_nobody {
                vec![bytes(&add), bytes(&forget)]
            } else {
                one(&add)
            }
        }),
    ),
    (
        &["contacts.deleteContacts"],
        Hides(|n| {
            // Not of the owner: the picture would go with the contact.
            let third: enums::InputUser = n.third.clone().into();
            let (first, last) = ("Somebody".to_owned(), String::new());
            let add = api::contacts::AddContact::new(third.clone(), first, last, String::new());
            vec![
                bytes(&api::contacts::DeleteContacts { id: vec![third] }),
                bytes(&add),
            ]
        }),
    ),
    (
        &["contacts.acceptContact"],
        Hides(|n| one(&api::contacts::AcceptContact { id: n.user() })),
    ),
    (
        &["contacts.getBlocked", "contacts.block", "contacts.unblock"],
        Shows(|n| {
            vec![
                bytes(&api::contacts::Block::new(n.peer())),
                bytes(&api::contacts::GetBlocked::new(0, 100)),
                bytes(&api::contacts::Unblock::new(n.peer())),
            ]
        }),
    ),
    (
        &["account.getPrivacy", "account.setPrivacy"],
        Shows(|n| {
            let users = vec![n.user()];
            let rule = types::InputPrivacyValueAllowUsers { users }.into();
            let key = enums::InputPrivacyKey::Birthday;
            let rules = vec![rule];
            let set = bytes(&api::account::SetPrivacy {
                key: key.clone(),
                rules,
            });
            vec![set, bytes(&api::account::GetPrivacy { key })]
        }),
    ),
    (
        &["contacts.resolvePhone"],
        Shows(|n| {
            one(&api::contacts::ResolvePhone {
                phone: n.phone.clone(),
            })
        }),
    ),
    (
        &["contacts.resolveUsername"],
        Shows(|_| {
            one(&api::contacts::ResolveUsername::new(
                "bob_the_owner".to_owned(),
            ))
        }),
    ),
    (
        &["contacts.search"],
        Shows(|_| {
            let by = |q: &str| bytes(&api::contacts::Search::new(q.to_owned(), 10));
            vec![by("bob_the_owner"), by("saved"), by("Somebody")]
        }),
    ),
    (
        &["messages.getDialogs"],
        Shows(|_| {
            one(&api::messages::GetDialogs::new(
                0,
                0,
                enums::InputPeer::Empty,
                100,
                0,
            ))
        }),
    ),
    (
        &["messages.getPeerDialogs"],
        Shows(|n| {
            let peers = [n.peer(), peer(&n.third)];
            let peers = peers
                .map(|peer| types::InputDialogPeer { peer }.into())
                .into();
            one(&api::messages::GetPeerDialogs { peers })
        }),
    ),
    (
        &["messages.getPeerSettings"],
        Shows(|n| one(&api::messages::GetPeerSettings { peer: n.peer() })),
    ),
    (
        &["messages.getHistory"],
        Shows(|n| {
            [n.peer(), peer(&n.third)]
                .map(|peer| bytes(&api::messages::GetHistory::new(peer, 0, 0, 0, 100, 0, 0, 0)))
                .into()
        }),
    ),
    (
        &["messages.getMessages"],
        Shows(|_| {
            let id = (1..20)
                .map(|id| types::InputMessageID { id }.into())
                .collect();
            one(&api::messages::GetMessages { id })
        }),
    ),
    (
        &["messages.search"],
        Shows(|n| {
            let by = |q: &str| {
                let filter = enums::MessagesFilter::InputMessagesFilterEmpty;
                let (q, peer) = (q.to_owned(), n.peer());
                bytes(&api::messages::Search::new(
                    peer, q, filter, 0, 0, 0, 0, 100, 0, 0, 0,
                ))
            };
            vec![by("hello"), by("")]
        }),
    ),
    (
        &["messages.sendMessage"],
        Shows(|n| {
            let number = 1_000_003 + n.other.user_id;
            one(&api::messages::SendMessage::new(
                n.peer(),
                "hello".to_owned(),
                number,
            ))
        }),
    ),
    (
        &["messages.readHistory"],
        Hides(|n| {
            one(&api::messages::ReadHistory {
                peer: n.peer(),
                max_id: 1000,
            })
        }),
    ),
    (
        &["messages.deleteMessages"],
        Hides(|_| {
            one(&api::messages::DeleteMessages {
                revoke: false,
                id: vec![1000],
            })
        }),
    ),
    (
        &["messages.getScheduledHistory"],
        Hides(|n| {
            one(&api::messages::GetScheduledHistory {
                peer: n.peer(),
                hash: 0,
            })
        }),
    ),
    (
        &["messages.getUnreadMentions"],
        Hides(|n| {
            one(&api::messages::GetUnreadMentions::new(
                n.peer(),
                0,
                0,
                100,
                0,
                0,
            ))
        }),
    ),
    (
        &["messages.getPinnedDialogs"],
        Hides(|_| one(&api::messages::GetPinnedDialogs { folder_id: 0 })),
    ),
    (
        &["updates.getDifference"],
        Shows(|_| one(&api::updates::GetDifference::new(1, 1, 0))),
    ),
    (
        &["account.updateProfile"],
        Hides(|_| {
            let mut request = api::account::UpdateProfile::new();
            request.about = Some("words".to_owned());
            one(&request)
        }),
    ),
    (
        &["contacts.getContactIDs"],
        Hides(|_| one(&api::contacts::GetContactIDs { hash: 0 })),
    ),
    (
        &["contacts.getStatuses"],
        Hides(|_| one(&api::contacts::GetStatuses {})),
    ),
    (
        &["contacts.getSaved"],
        Hides(|_| one(&api::contacts::GetSaved {})),
    ),
    (
        &["account.getAuthorizations"],
        Hides(|_| one(&api::account::GetAuthorizations {})),
    ),
    (
        &[
            "account.updateUsername",
            "auth.signIn",
            "auth.signUp",
            "auth.importAuthorization",
            "auth.importBotAuthorization",
        ],
        Never("names nobody but the caller, as users.getUsers does, which is asked for that, too"),
    ),
    (
        &["messages.createChat"],
        Shows(|n| {
            let title = "Another group".to_owned();
            one(&api::messages::CreateChat::new(vec![n.user()], title))
        }),
    ),
    (
        &["messages.getFullChat"],
        Shows(|n| {
            let chat_id = n.chat_id;
            one(&api::messages::GetFullChat { chat_id })
        }),
    ),
    (
        &["messages.getChats"],
        Hides(|n| {
            let id = vec![n.chat_id];
            one(&api::messages::GetChats { id })
        }),
    ),
    (
        &["messages.addChatUser", "messages.deleteChatUser"],
        Shows(|n| {
            let (chat_id, third) = (n.chat_id, n.third.clone());
            let out = api::messages::DeleteChatUser::new(chat_id, third.clone().into());
            let back = api::messages::AddChatUser {
                chat_id,
                user_id: third.into(),
                fwd_limit: 100,
            };
            vec![bytes(&out), bytes(&back)]
        }),
    ),
    (
        &["messages.editChatTitle"],
        Hides(|n| {
            let (chat_id, title) = (n.chat_id, "Renamed".to_owned());
            one(&api::messages::EditChatTitle { chat_id, title })
        }),
    ),
    (
        &["messages.editChatPhoto"],
        Hides(|n| {
            // The secret as a chat's picture, and another one.
            let again = types::InputChatPhoto {
                id: n.photo.clone().into(),
            };
            let mut other = types::InputChatUploadedPhoto::new();
            other.file = Some(n.files[2].clone());
            let photos: [enums::InputChatPhoto; 2] = [again.into(), other.into()];
            let chat_id = n.chat_id;
            photos
                .map(|photo| bytes(&api::messages::EditChatPhoto { chat_id, photo }))
                .into()
        }),
    ),
    (
        &["messages.editChatAbout", "messages.editChatAdmin"],
        Hides(|n| {
            let (peer, about) = (n.chat(), "about".to_owned());
            let admin = api::messages::EditChatAdmin {
                chat_id: n.chat_id,
                user_id: n.third.clone().into(),
                is_admin: true,
            };
            vec![
                bytes(&api::messages::EditChatAbout { peer, about }),
                bytes(&admin),
            ]
        }),
    ),
    (
        &["channels.getParticipants"],
        Shows(|n| {
            one(&api::channels::GetParticipants {
                channel: n.channel.clone().into(),
                filter: enums::ChannelParticipantsFilter::ChannelParticipantsRecent,
                offset: 0,
                limit: 100,
                hash: 0,
            })
        }),
    ),
    (
        &["channels.getParticipant"],
        Shows(|n| {
            let (channel, participant) = (n.channel.clone().into(), n.peer());
            one(&api::channels::GetParticipant {
                channel,
                participant,
            })
        }),
    ),
    (
        &["channels.getMessages"],
        Shows(|n| {
            let id = vec![types::InputMessageID { id: 2 }.into()];
            let channel = n.channel.clone().into();
            one(&api::channels::GetMessages { channel, id })
        }),
    ),
    (
        &["updates.getChannelDifference"],
        Shows(|n| {
            one(&api::updates::GetChannelDifference {
                force: false,
                channel: n.channel.clone().into(),
                filter: enums::ChannelMessagesFilter::Empty,
                pts: 2,
                limit: 100,
            })
        }),
    ),
    (
        &["channels.getChannels", "channels.getFullChannel"],
        Hides(|n| {
            let channel: enums::InputChannel = n.channel.clone().into();
            let id = vec![channel.clone()];
            vec![
                bytes(&api::channels::GetChannels { id }),
                bytes(&api::channels::GetFullChannel { channel }),
            ]
        }),
    ),
    (
        &["channels.inviteToChannel", "channels.editAdmin"],
        Hides(|n| {
            let channel: enums::InputChannel = n.channel.clone().into();
            let users = vec![n.user()];
            let mut rights = types::ChatAdminRights::new();
            rights.change_info = true;
            let invite = api::channels::InviteToChannel {
                channel: channel.clone(),
                users,
            };
            let third = n.third.clone().into();
            let admin = api::channels::EditAdmin::new(channel, third, rights);
            vec![bytes(&invite), bytes(&admin)]
        }),
    ),
    (
        &["channels.editBanned"],
        Hides(|n| {
            // Nobody is sent away.
            one(&api::channels::EditBanned {
                channel: n.channel.clone().into(),
                participant: n.peer(),
                banned_rights: types::ChatBannedRights::new(0),
            })
        }),
    ),
    (
        &["channels.createChannel"],
        Hides(|_| {
            let (title, about) = ("Another".to_owned(), String::new());
            one(&api::channels::CreateChannel::new(title, about))
        }),
    ),
    (
        &["channels.editTitle"],
        Hides(|n| {
            let (channel, title) = (n.channel.clone().into(), "Renamed".to_owned());
            one(&api::channels::EditTitle { channel, title })
        }),
    ),
    (
        &["channels.editPhoto"],
        Hides(|n| {
            // The secret as a channel's picture, and another one.
            let again = types::InputChatPhoto {
                id: n.photo.clone().into(),
            };
            let mut other = types::InputChatUploadedPhoto::new();
            other.file = Some(n.files[2].clone());
            let photos: [enums::InputChatPhoto; 2] = [again.into(), other.into()];
            photos
                .map(|photo| {
                    let channel = n.channel.clone().into();
                    bytes(&api::channels::EditPhoto { channel, photo })
                })
                .into()
        }),
    ),
    (
        &[
            "channels.joinChannel",
            "channels.leaveChannel",
            "channels.deleteChannel",
        ],
        Never("the channel of the answer comes with nobody but the caller"),
    ),
    (
        &[
            "channels.checkUsername",
            "channels.deleteMessages",
            "channels.readHistory",
            "channels.updateUsername",
        ],
        Never(NO_ONE),
    ),
    (
        &["messages.deleteChat"],
        Never("the chat of the answer is a forbidden one, without people"),
    ),
    (
        &["messages.deleteHistory"],
        Never("its answer holds numbers"),
    ),
    (
        &[
            "messages.reportSpam",
            "updates.getState",
            "messages.receivedMessages",
            "messages.getDialogUnreadMarks",
            "messages.setTyping",
            "account.getGlobalPrivacySettings",
            "account.setGlobalPrivacySettings",
            "contacts.deleteByPhones",
            "contacts.editCloseFriends",
            "account.checkUsername",
            "account.deleteAccount",
            "account.resetAuthorization",
            "account.updateStatus",
            "auth.bindTempAuthKey",
            "auth.cancelCode",
            "auth.dropTempAuthKeys",
            "auth.exportAuthorization",
            "auth.logOut",
            "auth.resendCode",
            "auth.resetAuthorizations",
            "auth.sendCode",
            "upload.saveBigFilePart",
            "upload.saveFilePart",
        ],
        Never(NO_ONE),
    ),
    (
        &[
            "channels.deleteHistory",
            "upload.getCdnFile",
            "upload.getWebFile",
        ],
        Never("always refused: there is nothing of the kind"),
    ),
    (
        &[
            "bots.getBotCommands",
            "bots.getBotInfo",
            "bots.resetBotCommands",
            "bots.setBotCommands",
            "bots.setBotInfo",
        ],
        Never("texts and commands of bots"),
    ),
    (
        &[
            "help.getAppConfig",
            "help.getConfig",
            "help.getCountriesList",
            "help.getNearestDc",
        ],
        Never("the same for everybody"),
    ),
    (
        &[
            "account.getAccountTTL",
            "account.getSavedMusicIds",
            "contacts.getBirthdays",
            "stories.getPeerStories",
            "aicompose.getTones",
            "account.getContactSignUpNotification",
            "account.getContentSettings",
            "account.getChatThemes",
            "account.getDefaultEmojiStatuses",
            "account.getNotifySettings",
            "account.getPassword",
            "account.getReactionsNotifySettings",
            "account.getWebBrowserSettings",
            "account.unregisterDevice",
            "contacts.getTopPeers",
            "help.getAppUpdate",
            "help.getCdnConfig",
            "help.getInviteText",
            "help.getPeerColors",
            "help.getPeerProfileColors",
            "help.getPromoData",
            "help.getTermsOfServiceUpdate",
            "help.saveAppLog",
            "langpack.getLanguages",
            "langpack.getLanguage",
            "langpack.getLangPack",
            "langpack.getDifference",
            "langpack.getStrings",
            "messages.getAttachMenuBots",
            "messages.getAvailableEffects",
            "messages.getAvailableReactions",
            "messages.getDialogFilters",
            "messages.getEmojiGroups",
            "messages.getEmojiProfilePhotoGroups",
            "messages.getFavedStickers",
            "messages.getFeaturedEmojiStickers",
            "messages.getFeaturedStickers",
            "messages.getRecentStickers",
            "stories.getAllStories",
        ],
        Never(EMPTY),
    ),
    (
        &[
            "account.getDefaultBackgroundEmojis",
            "account.getDefaultGroupPhotoEmojis",
            "account.getDefaultProfilePhotoEmojis",
            "messages.getAllStickers",
            "messages.getEmojiStickers",
            "messages.getStickers",
            "messages.searchCustomEmoji",
        ],
        Never("stickers of the host; no way to ask for anybody's picture"),
    ),
    (
        &["messages.getCustomEmojiDocuments"],
        Hides(|n| {
            one(&api::messages::GetCustomEmojiDocuments {
                document_id: vec![n.photo.id],
            })
        }),
    ),
    (
        &["messages.getStickerSet"],
        Hides(|n| {
            let stickerset = types::InputStickerSetID {
                id: n.photo.id,
                access_hash: n.photo.access_hash,
            };
            one(&api::messages::GetStickerSet {
                stickerset: stickerset.into(),
                hash: 0,
            })
        }),
    ),
];

fn one(request: &impl Put) -> Vec<Vec<u8>> {
    vec![bytes(request)]
}
