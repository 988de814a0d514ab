//! Four people, a personal picture that has everything a picture can have, and the bytes by which it would be
//! known anywhere.

use cameo::settings::MediaCombinations;
use domain::{Seen, Services};
use testkit::{Account, TestServer};
use tl::{Put, enums, functions, types};

/// Bytes of a file that are searched for: a stretch from its middle, behind all headers.
const STRETCH_BYTES: usize = 48;

/// Somebody.
pub(crate) struct Seat {
    pub(crate) who: &'static str,
    pub(crate) is_setter: bool,
    pub(crate) account: Account,
    pub(crate) names: Names,
}

/// How somebody names the others and what is asked for.
pub(crate) struct Names {
    /// The owner of the picture; for the owner itself, the contact.
    pub(crate) other: types::InputUser,
    /// Somebody else who knows the owner.
    pub(crate) third: types::InputUser,
    /// A group of the setter, the owner and the contact.
    pub(crate) chat_id: i64,
    /// A supergroup of the same three; its second message names the two whom the setter brought in.
    pub(crate) channel: types::InputChannel,
    /// The number of `other`.
    pub(crate) phone: String,
    /// The secret photo, as if this account had been shown it.
    pub(crate) photo: types::InputPhoto,
    /// The account has no contacts.
    pub(crate) knows_nobody: bool,
    /// Uploads that are ready.
    pub(crate) files: Vec<enums::InputFile>,
}

impl Names {
    pub(crate) fn user(&self) -> enums::InputUser {
        self.other.clone().into()
    }

    pub(crate) fn peer(&self) -> enums::InputPeer {
        peer(&self.other)
    }

    pub(crate) fn chat(&self) -> enums::InputPeer {
        let chat_id = self.chat_id;
        types::InputPeerChat { chat_id }.into()
    }

    /// The secret photo as one of the user of whom it is.
    pub(crate) fn of_peer(&self) -> enums::InputFileLocation {
        let (big, peer, photo_id) = (true, self.peer(), self.photo.id);
        types::InputPeerPhotoFileLocation {
            big,
            peer,
            photo_id,
        }
        .into()
    }

    /// A size of the secret photo by itself: a still, or a film.
    pub(crate) fn by_id(&self, letter: &str) -> enums::InputFileLocation {
        types::InputPhotoFileLocation {
            id: self.photo.id,
            access_hash: self.photo.access_hash,
            file_reference: self.photo.file_reference.clone(),
            thumb_size: letter.to_owned(),
        }
        .into()
    }
}

pub(crate) fn peer(user: &types::InputUser) -> enums::InputPeer {
    types::InputPeerUser {
        user_id: user.user_id,
        access_hash: user.access_hash,
    }
    .into()
}

/// A request as bytes.
pub(crate) fn bytes(request: &impl Put) -> Vec<u8> {
    tl::encode(request, testkit::LAYER).unwrap()
}

/// What nobody but the setter may read.
pub(crate) struct Secrets {
    id: [u8; 8],
    all: Vec<(String, Vec<u8>)>,
}

impl Secrets {
    /// Whether the id of the photo is in `answer`.
    pub(crate) fn id_in(&self, answer: &[u8]) -> bool {
        holds(answer, &self.id)
    }

    /// Whether a stretch of one of its files is.
    pub(crate) fn file_in(&self, answer: &[u8]) -> bool {
        let mut files = self.all.iter().filter(|(what, _)| what.starts_with("file"));
        files.any(|(_, bytes)| holds(answer, bytes))
    }

    /// The name of the first secret that is in `answer`.
    pub(crate) fn found_in(&self, answer: &[u8]) -> Option<&str> {
        let mut all = self.all.iter();
        let found = all.find(|(_, secret)| holds(answer, secret));
        found.map(|(what, _)| what.as_str())
    }

    async fn of(services: &Services, viewers: &[&Account], photo_id: i64) -> Self {
        let mut tx = services.store.read().await.unwrap();
        let photo = store::rows::photos::by_id(&mut tx, photo_id).await;
        let photo = photo.unwrap().unwrap();
        let id = photo_id.to_le_bytes();
        let mut all = vec![
            ("its id".to_owned(), id.to_vec()),
            (
                "stripped bytes of the photo".to_owned(),
                photo.stripped_photo,
            ),
            ("stripped bytes of the user".to_owned(), photo.stripped_user),
        ];
        for viewer in viewers {
            let hash = services
                .hashes
                .access_hash(Seen::photo(viewer.id, photo_id));
            all.push((
                format!("its hash for {}", viewer.id),
                hash.to_le_bytes().to_vec(),
            ));
        }
        let markup = photo.markup.unwrap();
        let colours = markup.colours.iter().flat_map(|it| it.to_le_bytes());
        all.push(("its colours".to_owned(), colours.collect()));
        let letters: Vec<&str> = photo.files.iter().map(|it| it.letter.as_str()).collect();
        assert!(letters.starts_with(&["a", "b", "c"]) && letters.ends_with(&["u"]));
        for file in &photo.files {
            let length = usize::try_from(file.bytes).unwrap();
            let start = (length / 2) as u64;
            let stretch = services.blobs.read(&file.blob, start, STRETCH_BYTES).await;
            all.push((format!("file {}", file.letter), stretch.unwrap().to_vec()));
        }
        Self { id, all }
    }
}

fn holds(answer: &[u8], secret: &[u8]) -> bool {
    answer.windows(secret.len()).any(|part| part == secret)
}

/// A server with the four.
pub(crate) struct World {
    pub(crate) server: TestServer,
    pub(crate) setter: Seat,
    pub(crate) owner: Seat,
    pub(crate) contact: Seat,
    pub(crate) stranger: Seat,
    pub(crate) secrets: Secrets,
}

impl World {
    /// Ada set a picture for Bob. Cleo knows both and chats with both; Dora knows nobody.
    pub(crate) async fn new() -> Self {
        let server = testkit::start_with(|settings| {
            settings.media_combinations = MediaCombinations::Always;
        })
        .await;
        let (ada, bob) = server.two_contacts("Ada", "Bob").await;
        let (cleo, dora) = server.two_strangers("Cleo", "Dora").await;
        for (one, other) in [
            (&ada, &cleo),
            (&cleo, &ada),
            (&cleo, &bob),
            (&bob, &cleo),
            (&bob, &ada),
        ] {
            one.import(other).await;
            one.write(other, "hello").await;
        }
        ada.write(&bob, "hello").await;
        let username = "bob_the_owner".to_owned();
        let named = functions::account::UpdateUsername { username };
        bob.call(named).await.unwrap();
        let users = vec![ada.name(&bob).await, ada.name(&cleo).await];
        let group = functions::messages::CreateChat::new(users, "Group".to_owned());
        ada.call(group).await.unwrap();
        supergroup(&ada, &[&bob, &cleo]).await;
        let photo = set_everything(&server, &ada, &bob).await;
        let services = &server.running().services;
        let secrets = Secrets::of(services, &[&ada, &bob, &cleo, &dora], photo.id).await;
        let names = [
            names(services, &ada, (&bob, &cleo), photo.id).await,
            names(services, &bob, (&cleo, &ada), photo.id).await,
            names(services, &cleo, (&bob, &ada), photo.id).await,
            names(services, &dora, (&bob, &ada), photo.id).await,
        ];
        let people = [
            ("the setter", ada),
            ("the owner", bob),
            ("a contact", cleo),
            ("a stranger", dora),
        ];
        let mut seats = people
            .into_iter()
            .zip(names)
            .map(|((who, account), names)| Seat {
                who,
                is_setter: who == "the setter",
                account,
                names,
            });
        let mut next = || seats.next().unwrap();
        let (setter, owner, contact, stranger) = (next(), next(), next(), next());
        Self {
            setter,
            owner,
            contact,
            stranger,
            secrets,
            server,
        }
    }

    pub(crate) fn seats(&self) -> [&Seat; 4] {
        [&self.setter, &self.owner, &self.contact, &self.stranger]
    }
}

/// A personal picture of a still, a clip and a sticker.
async fn set_everything(server: &TestServer, ada: &Account, bob: &Account) -> types::Photo {
    let mut request = ada.contact_photo(bob).await;
    request.save = true;
    let picture = testkit::picture([211, 17, 93], 700);
    request.file = Some(ada.upload(&picture, "picture.jpg").await);
    request.video = Some(ada.upload(&testkit::film(176, 12, 6), "video.mp4").await);
    let markup = types::VideoSizeEmojiMarkup {
        emoji_id: server.stickers().await.emoji_id,
        background_colors: vec![0x00d3_115d, 0x0022_ae99, 0x0091_17fe],
    };
    request.video_emoji_markup = Some(markup.into());
    match ada.call(request).await.unwrap().photo {
        enums::Photo::Photo(photo) => *photo,
        enums::Photo::Empty(_) => panic!("the new photo"),
    }
}

async fn names(
    services: &Services,
    viewer: &Account,
    (other, third): (&Account, &Account),
    photo_id: i64,
) -> Names {
    let user = |id| types::InputUser {
        user_id: id,
        access_hash: services.hashes.access_hash(Seen::user(viewer.id, id)),
    };
    let seen = Seen::photo(viewer.id, photo_id);
    let reference = services.hashes.reference(seen, services.reference_age());
    let mut files = Vec::new();
    for shade in [10, 60, 110] {
        let picture = testkit::picture([shade, 200, 90], 200);
        files.push(viewer.upload(&picture, "picture.jpg").await);
    }
    Names {
        other: user(other.id),
        third: user(third.id),
        chat_id: chat_id(services).await,
        channel: channel(services, viewer.id).await,
        phone: other.phone.clone(),
        photo: types::InputPhoto {
            id: photo_id,
            access_hash: services.hashes.access_hash(seen),
            file_reference: reference.into(),
        },
        knows_nobody: knows_nobody(services, viewer.id).await,
        files,
    }
}

/// Makes a supergroup and brings people in.
async fn supergroup(account: &Account, people: &[&Account]) {
    let (title, about) = ("Supergroup".to_owned(), String::new());
    let mut request = functions::channels::CreateChannel::new(title, about);
    request.megagroup = true;
    let made = account.call(request).await.unwrap();
    let enums::Updates::Updates(made) = made else {
        panic!("the new channel")
    };
    let enums::Chat::Channel(channel) = &made.chats[0] else {
        panic!("the new channel")
    };
    let channel = types::InputChannel {
        channel_id: channel.id,
        access_hash: channel.access_hash.unwrap(),
    };
    let mut users = Vec::new();
    for person in people {
        users.push(account.name(person).await);
    }
    let channel = channel.into();
    let request = functions::channels::InviteToChannel { channel, users };
    account.call(request).await.unwrap();
}

/// The only supergroup, as `viewer` names it.
async fn channel(services: &Services, viewer: i64) -> types::InputChannel {
    let mut tx = services.store.read().await.unwrap();
    let row = tx.row("SELECT MAX(chat_id) FROM chats", &[]).await;
    let channel_id = row.unwrap().unwrap().i64(0).unwrap();
    let seen = Seen::channel(viewer, channel_id);
    types::InputChannel {
        channel_id,
        access_hash: services.hashes.access_hash(seen),
    }
}

/// The only group.
async fn chat_id(services: &Services) -> i64 {
    let mut tx = services.store.read().await.unwrap();
    let row = tx.row("SELECT MIN(chat_id) FROM chats", &[]).await;
    row.unwrap().unwrap().i64(0).unwrap()
}

async fn knows_nobody(services: &Services, viewer: i64) -> bool {
    let list = domain::contacts::list(services, viewer).await.unwrap();
    list.contacts.is_empty()
}
