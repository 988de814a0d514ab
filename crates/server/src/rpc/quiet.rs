//! Methods that apps call on their own and that have nothing to tell here: each gets a true, empty answer
//! with its reason. What is neither here nor in a namespace is refused as NOT_IMPLEMENTED.

use domain::{Error, Refusal};
use tl::{enums, functions, types};

use super::{Anyone, Cx, Human, Method, Rpc, answers::int};

/// Seconds after which a client asks again for what is empty.
const ASK_AGAIN_S: i64 = 3600;

/// One quiet method: who may call it, and its answer.
macro_rules! quiet {
    ($($(#[doc = $reason:literal])+ $method:ty, $caller:ty => $answer:expr;)+) => {
        $(
            $(#[doc = $reason])+
            impl Rpc for $method {
                type Caller = $caller;

                async fn handle(self, _: $caller, cx: &Cx) -> Result<Self::Output, Error> {
                    let answer: fn(&Cx) -> Result<Self::Output, Refusal> = $answer;
                    Ok(answer(cx)?)
                }
            }
        )+

        pub(super) const METHODS: &[Method] = &[$(Method::of::<$method>(),)+];
    };
}

quiet! {
    /// Accounts do not end by themselves; the longest time that clients can show.
    functions::account::GetAccountTTL, Human =>
        |_| Ok(types::AccountDaysTTL { days: 730 });
    /// Nobody is told when a contact joins.
    functions::account::GetContactSignUpNotification, Human => |_| Ok(false);
    /// Nothing is filtered.
    functions::account::GetContentSettings, Human =>
        |_| Ok(types::account::ContentSettings::new());
    /// No chat themes.
    functions::account::GetChatThemes, Human =>
        |_| Ok(types::account::Themes::new(0).into());
    /// No emoji statuses.
    functions::account::GetDefaultEmojiStatuses, Human =>
        |_| Ok(types::account::EmojiStatuses::new(0, Vec::new()).into());
    /// Everything as it is at the start.
    functions::account::GetNotifySettings, Human =>
        |_| Ok(types::PeerNotifySettings::new());
    /// No password; the unknown algorithms tell a client that none can be set.
    functions::account::GetPassword, Human => |_| {
        let algorithm = enums::PasswordKdfAlgo::Unknown;
        let secure = enums::SecurePasswordKdfAlgo::Unknown;
        Ok(types::account::Password::new(algorithm, secure, bytes::Bytes::new()))
    };
    /// No reactions.
    functions::account::GetReactionsNotifySettings, Human =>
        |_| Ok(types::ReactionsNotifySettings::new(enums::NotificationSound::Default, true));
    /// No music on profiles.
    functions::account::GetSavedMusicIds, Human =>
        |_| Ok(types::account::SavedMusicIds::new(Vec::new()).into());
    /// No browser inside the app.
    functions::account::GetWebBrowserSettings, Human =>
        |_| Ok(types::account::WebBrowserSettings::new(0).into());
    /// Nothing here composes texts.
    functions::aicompose::GetTones, Human =>
        |_| Ok(types::aicompose::Tones::new(0, Vec::new()).into());
    /// Devices are not woken, so there is nothing to forget.
    functions::account::UnregisterDevice, Human => |_| Ok(true);
    /// Birthdays are not kept.
    functions::contacts::GetBirthdays, Human =>
        |_| Ok(types::contacts::ContactBirthdays::new(Vec::new()));
    /// Nobody is ranked.
    functions::contacts::GetTopPeers, Human =>
        |_| Ok(enums::contacts::TopPeers::Disabled);
    /// Apps are updated elsewhere.
    functions::help::GetAppUpdate, Anyone => |_| Ok(enums::help::AppUpdate::NoAppUpdate);
    /// No copies of files elsewhere.
    functions::help::GetCdnConfig, Anyone => |_| Ok(types::CdnConfig::new(Vec::new()));
    /// Nothing to recommend.
    functions::help::GetInviteText, Human =>
        |_| Ok(types::help::InviteText::new(String::new()));
    /// Names have the colours that apps choose.
    functions::help::GetPeerColors, Anyone =>
        |_| Ok(types::help::PeerColors::new(0, Vec::new()).into());
    /// Profiles have the colours that apps choose.
    functions::help::GetPeerProfileColors, Anyone =>
        |_| Ok(types::help::PeerColors::new(0, Vec::new()).into());
    /// Nothing is promoted.
    functions::help::GetPromoData, Human => |cx| {
        let expires = int(cx.services.clock.unix_seconds() + ASK_AGAIN_S);
        Ok(types::help::PromoDataEmpty { expires }.into())
    };
    /// No new terms.
    functions::help::GetTermsOfServiceUpdate, Human => |cx| {
        let expires = int(cx.services.clock.unix_seconds() + ASK_AGAIN_S);
        Ok(types::help::TermsOfServiceUpdateEmpty { expires }.into())
    };
    /// Logs of apps are not kept.
    functions::help::SaveAppLog, Anyone => |_| Ok(true);
    /// No language packs: apps have their own texts.
    functions::langpack::GetLanguages, Anyone => |_| Ok(Vec::new());
    /// No language packs: apps have their own texts.
    functions::langpack::GetLanguage, Anyone => |_| Err(Refusal::LANG_CODE_NOT_SUPPORTED);
    /// No language packs: apps have their own texts.
    functions::langpack::GetLangPack, Anyone => |_| Err(Refusal::LANG_PACK_INVALID);
    /// No language packs: apps have their own texts.
    functions::langpack::GetDifference, Anyone => |_| Err(Refusal::LANG_PACK_INVALID);
    /// No language packs: apps have their own texts.
    functions::langpack::GetStrings, Anyone => |_| Err(Refusal::LANG_PACK_INVALID);
    /// No bots in the attachment menu.
    functions::messages::GetAttachMenuBots, Human =>
        |_| Ok(types::AttachMenuBots::new(0, Vec::new()).into());
    /// No effects.
    functions::messages::GetAvailableEffects, Human =>
        |_| Ok(types::messages::AvailableEffects::new(0, Vec::new()).into());
    /// No reactions.
    functions::messages::GetAvailableReactions, Human =>
        |_| Ok(types::messages::AvailableReactions::new(0, Vec::new()).into());
    /// The list of all chats and nothing else.
    functions::messages::GetDialogFilters, Human => |_| {
        Ok(types::messages::DialogFilters::new(vec![enums::DialogFilter::Default]))
    };
    /// No emoji groups.
    functions::messages::GetEmojiGroups, Human =>
        |_| Ok(types::messages::EmojiGroups::new(0, Vec::new()).into());
    /// No emoji groups.
    functions::messages::GetEmojiProfilePhotoGroups, Human =>
        |_| Ok(types::messages::EmojiGroups::new(0, Vec::new()).into());
    /// Nothing is put on top of the lists.
    functions::messages::GetFavedStickers, Human =>
        |_| Ok(types::messages::FavedStickers::new(0, Vec::new(), Vec::new()).into());
    /// Everybody has all sets already.
    functions::messages::GetFeaturedEmojiStickers, Human =>
        |_| Ok(types::messages::FeaturedStickers::new(0, 0, Vec::new(), Vec::new()).into());
    /// Everybody has all sets already.
    functions::messages::GetFeaturedStickers, Human =>
        |_| Ok(types::messages::FeaturedStickers::new(0, 0, Vec::new(), Vec::new()).into());
    /// Stickers are not sent yet, so none was.
    functions::messages::GetRecentStickers, Human => |_| {
        let stickers = types::messages::RecentStickers::new(0, Vec::new(), Vec::new(), Vec::new());
        Ok(stickers.into())
    };
    /// Nobody reads reports; apps offer them beside blocking, which is what keeps a sender away.
    functions::messages::ReportSpam, Human => |_| Ok(true);
    /// Nobody has stories. A full empty list: told "not modified", one client asks for ever.
    functions::stories::GetAllStories, Human => |_| {
        let stealth = types::StoriesStealthMode::new();
        let stories = types::stories::AllStories::new(
            0, String::new(), Vec::new(), Vec::new(), Vec::new(), stealth,
        );
        Ok(stories.into())
    };
}
