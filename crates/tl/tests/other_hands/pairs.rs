//! What is compared with the other codec. Expanded once per layer, where `other` is its codec; by
//! one path if both name a type alike, else as ours and theirs.

/// Types with several constructors.
macro_rules! unions {
    () => {
        same! {
            enums => enums:
            help::AppConfig;
            help::PeerColors;
            help::CountriesList;
            help::TermsOfServiceUpdate;
            help::AppUpdate;
            help::UserInfo;
            photos::Photos;
            Photo;
            PhotoSize;
            VideoSize;
            Document;
            DocumentAttribute;
            User;
            UserStatus;
            Chat;
            ChatFull;
            Message;
            MessageAction;
            MessageMedia;
            MessageEntity;
            Update;
            Updates;
            messages::Messages;
            messages::Dialogs;
            messages::Chats;
            messages::StickerSet;
            messages::AvailableReactions;
            messages::AllStickers;
            messages::EmojiGroups;
            EmojiList;
            updates::Difference;
            updates::ChannelDifference;
            upload::File;
            upload::CdnFile;
            auth::Authorization;
            auth::SentCode;
            auth::LoginToken;
            account::EmojiStatuses;
            account::Themes;
            contacts::Contacts;
            contacts::Blocked;
            contacts::TopPeers;
            LangPackString;
            stories::AllStories;
            PrivacyRule;
            PrivacyKey;
            EmojiStatus;
            Dialog;
            InputMedia;
            InputFile;
            InputPeer;
            InputUser;
            InputChannel;
            InputPhoto;
            InputDocument;
            InputStickerSet;
            InputReplyTo;
            InputPrivacyKey;
            InputPrivacyRule;
            MessagesFilter;
        }
    };
}

/// Types with one constructor, which are enums there too.
macro_rules! singles {
    () => {
        same! {
            types => enums:
            Config;
            NearestDc;
            users::UserFull;
            photos::Photo;
            messages::PeerDialogs;
            messages::ChatFull;
            messages::AffectedMessages;
            messages::AffectedHistory;
            messages::InvitedUsers;
            messages::DialogFilters;
            messages::PeerSettings;
            updates::State;
            upload::WebFile;
            auth::LoggedOut;
            auth::ExportedAuthorization;
            account::Password;
            account::PrivacyRules;
            account::Authorizations;
            account::ContentSettings;
            PeerNotifySettings;
            PeerSettings;
            GlobalPrivacySettings;
            ReactionsNotifySettings;
            contacts::Found;
            contacts::ResolvedPeer;
            contacts::ImportedContacts;
            LangPackDifference;
            LangPackLanguage;
            CdnConfig;
            stories::PeerStories;
            BotInfo;
            InputPeerNotifySettings;
        }
    };
}

/// Methods, which the other codec reads behind their id.
macro_rules! requests {
    () => {
        same! {
            functions => functions:
            account::CheckUsername;
            account::DeleteAccount;
            account::GetAuthorizations;
            account::GetChatThemes;
            account::GetContactSignUpNotification;
            account::GetContentSettings;
            account::GetDefaultBackgroundEmojis;
            account::GetDefaultEmojiStatuses;
            account::GetDefaultGroupPhotoEmojis;
            account::GetDefaultProfilePhotoEmojis;
            account::GetGlobalPrivacySettings;
            account::GetNotifySettings;
            account::GetPassword;
            account::GetPrivacy;
            account::GetReactionsNotifySettings;
            account::RegisterDevice;
            account::ResetAuthorization;
            account::SetPrivacy;
            account::UnregisterDevice;
            account::UpdateNotifySettings;
            account::UpdateProfile;
            account::UpdateStatus;
            account::UpdateUsername;
            auth::AcceptLoginToken;
            auth::BindTempAuthKey;
            auth::CancelCode;
            auth::CheckPassword;
            auth::DropTempAuthKeys;
            auth::ExportAuthorization;
            auth::ExportLoginToken;
            auth::ImportAuthorization;
            auth::ImportBotAuthorization;
            auth::ImportLoginToken;
            auth::LogOut;
            auth::ResendCode;
            auth::ResetAuthorizations;
            auth::SendCode;
            auth::SignIn;
            auth::SignUp;
            channels::CreateChannel;
            channels::EditPhoto;
            channels::GetChannels;
            channels::GetFullChannel;
            channels::GetMessages;
            contacts::AcceptContact;
            contacts::AddContact;
            contacts::Block;
            contacts::DeleteByPhones;
            contacts::DeleteContacts;
            contacts::GetBlocked;
            contacts::GetContacts;
            contacts::GetLocated;
            contacts::GetSaved;
            contacts::GetStatuses;
            contacts::GetTopPeers;
            contacts::ImportContacts;
            contacts::ResolvePhone;
            contacts::ResolveUsername;
            contacts::Search;
            contacts::Unblock;
            help::GetAppConfig;
            help::GetAppUpdate;
            help::GetCdnConfig;
            help::GetConfig;
            help::GetCountriesList;
            help::GetInviteText;
            help::GetNearestDc;
            help::GetPeerColors;
            help::GetPeerProfileColors;
            help::GetPremiumPromo;
            help::GetPromoData;
            help::GetSupport;
            help::GetTermsOfServiceUpdate;
            help::GetUserInfo;
            help::SaveAppLog;
            langpack::GetDifference;
            langpack::GetLangPack;
            langpack::GetLanguage;
            langpack::GetLanguages;
            langpack::GetStrings;
            messages::CreateChat;
            messages::DeleteHistory;
            messages::DeleteMessages;
            messages::EditChatPhoto;
            messages::GetAllStickers;
            messages::GetAttachMenuBots;
            messages::GetAvailableEffects;
            messages::GetAvailableReactions;
            messages::GetChats;
            messages::GetCustomEmojiDocuments;
            messages::GetDialogFilters;
            messages::GetDialogUnreadMarks;
            messages::GetDialogs;
            messages::GetEmojiGroups;
            messages::GetEmojiProfilePhotoGroups;
            messages::GetEmojiStickers;
            messages::GetFullChat;
            messages::GetHistory;
            messages::GetMessages;
            messages::GetOnlines;
            messages::GetPeerDialogs;
            messages::GetPeerSettings;
            messages::GetPinnedDialogs;
            messages::GetScheduledHistory;
            messages::GetStickerSet;
            messages::GetStickers;
            messages::GetUnreadMentions;
            messages::MarkDialogUnread;
            messages::ReadHistory;
            messages::ReceivedMessages;
            messages::Search;
            messages::SendMedia;
            messages::SendMessage;
            messages::SetTyping;
            messages::UploadMedia;
            photos::DeletePhotos;
            photos::GetUserPhotos;
            photos::UpdateProfilePhoto;
            photos::UploadContactProfilePhoto;
            photos::UploadProfilePhoto;
            stories::GetAllStories;
            stories::GetPeerStories;
            updates::GetChannelDifference;
            updates::GetDifference;
            updates::GetState;
            upload::GetCdnFile;
            upload::GetFile;
            upload::GetFileHashes;
            upload::GetWebFile;
            upload::SaveBigFilePart;
            upload::SaveFilePart;
            users::GetFullUser;
            users::GetUsers;
        }
    };
}

/// What is named differently.
macro_rules! renamed {
    () => {
        same! {
            named:
            tl::enums::InputCheckPasswordSRP => other::enums::InputCheckPasswordSrp, 0;
            tl::functions::account::GetAccountTTL => other::functions::account::GetAccountTtl, 4;
            tl::functions::contacts::GetContactIDs => other::functions::contacts::GetContactIds, 4;
            tl::functions::stories::GetPeerMaxIDs => other::functions::stories::GetPeerMaxIds, 4;
        }
    };
}
