//! A signed-in account and what people do with one.

use std::{
    ops::Deref,
    sync::atomic::{AtomicI64, Ordering},
};

use bytes::Bytes;
use tl::{enums, functions, types};

use crate::{CODE, Client, Refused};

/// Parts of an upload, in bytes.
const PART_BYTES: usize = 128 * 1024;
/// Numbers of uploads and messages.
static NUMBERS: AtomicI64 = AtomicI64::new(1);

/// A client that is signed in.
pub struct Account {
    /// `user_id`.
    pub id: i64,
    /// How others find it: digits; a bot's username behind an `@`.
    pub phone: String,
    /// Its connection.
    pub client: Client,
}

impl Deref for Account {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Account {
    /// A new account that has called for its state.
    pub async fn sign_up(client: Client, phone: &str, name: &str) -> Self {
        Self::signed_up(client, phone, name)
            .await
            .introduced()
            .await
    }

    /// A new account that has called nothing yet.
    pub async fn signed_up(client: Client, phone: &str, name: &str) -> Self {
        let code_hash = sign_in_until_unknown(&client, phone).await;
        let request = functions::auth::SignUp::new(
            phone.to_owned(),
            code_hash,
            name.to_owned(),
            String::new(),
        );
        let id = user_id(&client.call(request).await.unwrap());
        let phone = phone.to_owned();
        Self { id, phone, client }
    }

    /// A login of an account that is there; it has called for its state.
    pub async fn sign_in(client: Client, phone: &str) -> Self {
        Self::signed_in(client, phone).await.introduced().await
    }

    /// A login of an account that is there; it has called nothing yet.
    pub async fn signed_in(client: Client, phone: &str) -> Self {
        let request = sign_in_request(&client, phone).await;
        let id = user_id(&client.call(request).await.unwrap());
        let phone = phone.to_owned();
        Self { id, phone, client }
    }

    /// A login of a bot; it has called for its state.
    pub async fn import_bot(client: Client, token: &str) -> Self {
        Self::imported_bot(client, token).await.introduced().await
    }

    /// A login of a bot that has called nothing yet.
    pub async fn imported_bot(client: Client, token: &str) -> Self {
        let request = functions::auth::ImportBotAuthorization {
            flags: 0,
            api_id: 1,
            api_hash: "hash".to_owned(),
            bot_auth_token: token.to_owned(),
        };
        let enums::auth::Authorization::Authorization(answer) = client.call(request).await.unwrap()
        else {
            panic!("a bot is asked to sign up");
        };
        let enums::User::User(bot) = answer.user else {
            panic!("a bot that is nobody");
        };
        Self {
            id: bot.id,
            phone: format!("@{}", bot.username.unwrap_or_default()),
            client,
        }
    }

    async fn introduced(self) -> Self {
        self.call(functions::updates::GetState {}).await.unwrap();
        self
    }

    /// Makes `other` a contact by its number.
    pub async fn import(&self, other: &Account) -> enums::User {
        let contact = types::InputPhoneContact::new(
            1,
            other.phone.clone(),
            format!("saved {}", other.id),
            String::new(),
        );
        let request = functions::contacts::ImportContacts {
            contacts: vec![contact],
        };
        self.call(request).await.unwrap().users.remove(0)
    }

    /// `other` as this account names it: found by number.
    pub async fn name(&self, other: &Account) -> enums::InputUser {
        let user = self.find(other).await;
        types::InputUser {
            user_id: user.id,
            access_hash: user.access_hash.unwrap(),
        }
        .into()
    }

    /// `other` as a peer.
    pub async fn peer(&self, other: &Account) -> enums::InputPeer {
        let user = self.find(other).await;
        types::InputPeerUser {
            user_id: user.id,
            access_hash: user.access_hash.unwrap(),
        }
        .into()
    }

    async fn find(&self, other: &Account) -> types::User {
        let mut found = if let Some(username) = other.phone.strip_prefix('@') {
            let request = functions::contacts::ResolveUsername::new(username.to_owned());
            self.call(request).await.unwrap()
        } else {
            let phone = other.phone.clone();
            let request = functions::contacts::ResolvePhone { phone };
            self.call(request).await.unwrap()
        };
        match found.users.remove(0) {
            enums::User::User(user) => *user,
            enums::User::Empty(_) => panic!("nobody is number {}", other.id),
        }
    }

    /// `other` as this account sees it.
    pub async fn sees(&self, other: &Account) -> types::User {
        let id = vec![self.name(other).await];
        match self
            .call(functions::users::GetUsers { id })
            .await
            .unwrap()
            .remove(0)
        {
            enums::User::User(user) => *user,
            enums::User::Empty(_) => panic!("user {} is not seen", other.id),
        }
    }

    /// The whole profile of `other` as this account sees it.
    pub async fn sees_full(&self, other: &Account) -> types::UserFull {
        let id = self.name(other).await;
        self.call(functions::users::GetFullUser { id })
            .await
            .unwrap()
            .full_user
    }

    /// Uploads bytes in parts and names them.
    pub async fn upload(&self, bytes: &[u8], name: &str) -> enums::InputFile {
        let file_id = NUMBERS.fetch_add(1, Ordering::Relaxed);
        let mut parts = 0;
        for part in bytes.chunks(PART_BYTES) {
            let request = functions::upload::SaveFilePart {
                file_id,
                file_part: parts,
                bytes: Bytes::copy_from_slice(part),
            };
            assert!(self.call(request).await.unwrap());
            parts += 1;
        }
        let (name, md5_checksum) = (name.to_owned(), String::new());
        types::InputFile {
            id: file_id,
            parts,
            name,
            md5_checksum,
        }
        .into()
    }

    /// `photos.uploadContactProfilePhoto` with nothing but the target.
    pub async fn contact_photo(
        &self,
        other: &Account,
    ) -> functions::photos::UploadContactProfilePhoto {
        functions::photos::UploadContactProfilePhoto::new(self.name(other).await)
    }

    /// Gives `other` a picture that only this account sees.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn set_personal(
        &self,
        other: &Account,
        picture: &[u8],
    ) -> Result<types::photos::Photo, Refused> {
        let mut request = self.contact_photo(other).await;
        request.save = true;
        request.file = Some(self.upload(picture, "picture.jpg").await);
        self.call(request).await
    }

    /// Takes the personal picture away.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn clear_personal(&self, other: &Account) -> Result<types::photos::Photo, Refused> {
        let mut request = self.contact_photo(other).await;
        request.save = true;
        self.call(request).await
    }

    /// Suggests a picture to `other`.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn suggest(
        &self,
        other: &Account,
        picture: &[u8],
    ) -> Result<types::photos::Photo, Refused> {
        let mut request = self.contact_photo(other).await;
        request.suggest = true;
        request.file = Some(self.upload(picture, "picture.jpg").await);
        self.call(request).await
    }

    /// Gives this account a new main picture.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn set_own(&self, picture: &[u8]) -> Result<types::photos::Photo, Refused> {
        let mut request = functions::photos::UploadProfilePhoto::new();
        request.file = Some(self.upload(picture, "picture.jpg").await);
        self.call(request).await
    }

    /// Sets who may see or do one thing.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn set_privacy(
        &self,
        key: enums::InputPrivacyKey,
        rules: Vec<enums::InputPrivacyRule>,
    ) -> Result<types::account::PrivacyRules, Refused> {
        self.call(functions::account::SetPrivacy { key, rules })
            .await
    }

    /// Writes to `other`.
    pub async fn write(&self, other: &Account, text: &str) -> enums::Updates {
        let random_id = NUMBERS.fetch_add(1, Ordering::Relaxed);
        let peer = self.peer(other).await;
        let request = functions::messages::SendMessage::new(peer, text.to_owned(), random_id);
        self.call(request).await.unwrap()
    }
}

/// What signs `client` in: a code was sent for it.
pub async fn sign_in_request(client: &Client, phone: &str) -> functions::auth::SignIn {
    let code_hash = send_code(client, phone).await;
    sign_in(phone, &code_hash)
}

async fn send_code(client: &Client, phone: &str) -> String {
    let request = functions::auth::SendCode {
        phone_number: phone.to_owned(),
        api_id: 1,
        api_hash: "hash".to_owned(),
        settings: types::CodeSettings::new(),
    };
    match client.call(request).await.unwrap() {
        enums::auth::SentCode::SentCode(sent) => sent.phone_code_hash.clone(),
        other => panic!("instead of a code: {other:?}"),
    }
}

fn sign_in(phone: &str, code_hash: &str) -> functions::auth::SignIn {
    let mut request = functions::auth::SignIn::new(phone.to_owned(), code_hash.to_owned());
    request.phone_code = Some(CODE.to_owned());
    request
}

async fn sign_in_until_unknown(client: &Client, phone: &str) -> String {
    let code_hash = send_code(client, phone).await;
    match client.call(sign_in(phone, &code_hash)).await.unwrap() {
        enums::auth::Authorization::SignUpRequired(_) => code_hash,
        other => panic!("{phone} has an account: {other:?}"),
    }
}

fn user_id(authorization: &enums::auth::Authorization) -> i64 {
    let enums::auth::Authorization::Authorization(authorization) = authorization else {
        panic!("not signed in: {authorization:?}");
    };
    match &authorization.user {
        enums::User::User(user) => user.id,
        enums::User::Empty(user) => user.id,
    }
}
