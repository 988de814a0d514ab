//! The truth table of `photos.uploadContactProfilePhoto` through a socket: every combination of its six
//! optional fields with real media, for each kind of client and each setting of `media_combinations`.

use cameo::settings::MediaCombinations::{self, Always, MobileApps, Never};
use testkit::{Account, decode, download, film, films, frame_number, markup, picture, pixel};
use tl::{enums, functions, types};

use crate::seen::{has_video, history, photo, photo_of, refused, sees, suggestion_in};

/// Colour of the still.
const RED: [u8; 3] = [200, 20, 20];
/// Colour of the ground that stickers are drawn on.
const GREEN: i32 = 0x0010_b010;
/// Sides of the clip, which no drawn film has.
const CLIP_PX: u32 = 176;
/// Where what moves starts, and which frame of the clip that is.
const START: (f64, u32) = (0.6, 3);

/// Which fields a request has.
#[derive(Clone, Copy, Debug)]
struct Fields {
    suggest: bool,
    save: bool,
    file: bool,
    video: bool,
    start: bool,
    markup: bool,
}

impl Fields {
    fn all() -> impl Iterator<Item = Self> {
        (0..64_u32).map(|bits| {
            let bit = |at: u32| bits >> at & 1 == 1;
            Self {
                suggest: bit(0),
                save: bit(1),
                file: bit(2),
                video: bit(3),
                start: bit(4),
                markup: bit(5),
            }
        })
    }

    fn media(self) -> usize {
        [self.file, self.video, self.markup]
            .iter()
            .filter(|there| **there)
            .count()
    }
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Effect {
    Refused(&'static str),
    /// The personal picture goes.
    Removed,
    /// A picture is made; it becomes the personal one, or a message, or both.
    Made,
}

/// The table of the contract, read from the top. `combined`: this client's media may come together.
fn expected(asked: Fields, combined: bool) -> Effect {
    let moves = asked.video || asked.markup;
    match (asked.suggest, asked.save, asked.media()) {
        (false, false, 0) => Effect::Refused("NEED_ACTION_MISSING"),
        // P56, P57: a start of nothing.
        _ if asked.start && !moves => Effect::Refused("PHOTO_INVALID"),
        (false, true, 0) => Effect::Removed,
        (true, _, 0) => Effect::Refused("PHOTO_FILE_MISSING"),
        (.., 1) => Effect::Made,
        // P46, P55.
        _ if combined => Effect::Made,
        _ => Effect::Refused("PHOTO_INVALID"),
    }
}

/// Uploads and a sticker that a request takes its fields from.
struct Media {
    file: enums::InputFile,
    video: enums::InputFile,
    markup: enums::VideoSize,
}

/// Two people and where they stand.
struct Stage {
    ada: Account,
    bob: Account,
    /// The session that asks: the same account, as some app.
    app: testkit::Client,
    media: Media,
    personal: Option<i64>,
    messages: usize,
}

impl Stage {
    async fn new(server: &testkit::TestServer, lang_pack: &str) -> Self {
        let (ada, bob) = server.two_contacts("Ada", "Bob").await;
        let markup = types::VideoSizeEmojiMarkup {
            emoji_id: server.stickers().await.emoji_id,
            background_colors: vec![GREEN],
        };
        let media = Media {
            file: ada.upload(&picture(RED, 320), "x.jpg").await,
            video: ada.upload(&film(CLIP_PX, 6, 5), "x.mp4").await,
            markup: markup.into(),
        };
        let app = ada.as_app(server.address(), lang_pack).await;
        Self {
            ada,
            bob,
            app,
            media,
            personal: None,
            messages: 0,
        }
    }

    async fn ask(&mut self, asked: Fields, combined: bool) {
        let mut request = self.ada.contact_photo(&self.bob).await;
        (request.suggest, request.save) = (asked.suggest, asked.save);
        request.file = asked.file.then(|| self.media.file.clone());
        request.video = asked.video.then(|| self.media.video.clone());
        request.video_start_ts = asked.start.then_some(START.0);
        request.video_emoji_markup = asked.markup.then(|| self.media.markup.clone());
        let answer = self.app.call(request).await;
        match expected(asked, combined) {
            Effect::Refused(name) => {
                assert_eq!(answer.map(|_| ()), Err(refused(name)), "{asked:?}");
            }
            Effect::Removed => {
                let answer = answer.unwrap_or_else(|no| panic!("{asked:?}: {no}"));
                assert!(matches!(answer.photo, enums::Photo::Empty(_)));
                self.personal = None;
            }
            Effect::Made => {
                let answer = answer.unwrap_or_else(|no| panic!("{asked:?}: {no}"));
                let made = photo(&answer);
                self.made(asked, made).await;
                if asked.save || !asked.suggest {
                    self.personal = Some(made.id);
                }
                if asked.suggest {
                    self.messages += 1;
                    let newest = history(&self.bob, &self.ada).await.remove(0);
                    let (_, suggested) = suggestion_in(&newest).expect("a suggestion");
                    assert_eq!(suggested.id, made.id, "{asked:?}");
                    assert_eq!(films(&suggested), films(made), "{asked:?}");
                }
            }
        }
        self.unchanged_but_for_this(asked).await;
    }

    /// The photo is made of what was sent, each medium in its place.
    async fn made(&self, asked: Fields, made: &types::Photo) {
        let moving = films(made);
        assert_eq!(!moving.is_empty(), asked.video || asked.markup, "{asked:?}");
        let start = asked.start.then_some(START.0);
        assert!(moving.iter().all(|film| film.2 == start), "{asked:?}");
        if let Some(big) = moving.first() {
            let is_clip = u32::try_from(big.1) == Ok(CLIP_PX);
            assert_eq!(is_clip, asked.video, "{asked:?}");
        }
        let drawn = asked.markup.then_some(&self.media.markup);
        assert_eq!(markup(made), drawn, "{asked:?}");
        let still = decode(&download(&self.ada, made, "c").await.unwrap());
        let corner = pixel(&still, (0, 0));
        if asked.file {
            assert!(corner[0] > 150 && corner[1] < 80, "{asked:?}: {corner:?}");
        } else if asked.video {
            let frame = if asked.start { START.1 } else { 0 };
            assert_eq!(frame_number(&still), frame, "{asked:?}");
        } else {
            assert!(corner[1] > 130 && corner[0] < 80, "{asked:?}: {corner:?}");
        }
    }

    async fn unchanged_but_for_this(&self, asked: Fields) {
        let seen = sees(&self.ada, &self.bob).await;
        assert_eq!(seen, self.personal.map(|id| (id, true)), "{asked:?}");
        assert_eq!(sees(&self.bob, &self.bob).await, None, "{asked:?}");
        let messages = history(&self.bob, &self.ada).await.len();
        assert_eq!(messages, self.messages, "{asked:?}");
    }
}

async fn every_combination(rule: MediaCombinations, lang_pack: &str, combined: bool) {
    let server = testkit::start_with(|settings| settings.media_combinations = rule).await;
    let mut stage = Stage::new(&server, lang_pack).await;
    for asked in Fields::all() {
        stage.ask(asked, combined).await;
    }
    // The last request set a picture or not; whether it moves is told alike in lists and in full.
    let full = stage.ada.sees_full(&stage.bob).await;
    let moves = full.personal_photo.as_ref();
    let moves = moves.is_some_and(|photo| !films(photo_of(photo)).is_empty());
    assert_eq!(has_video(&stage.ada.sees(&stage.bob).await), moves);
}

/// P41 to P57: what Desktop, TDLib and libraries send.
#[tokio::test]
async fn p41_p57_every_combination_from_a_plain_client() {
    every_combination(MobileApps, "", false).await;
}

/// P46, P55: the two apps that send several media at once.
#[tokio::test]
async fn p46_p55_every_combination_from_android() {
    every_combination(MobileApps, "android", true).await;
}

/// P46, P55.
#[tokio::test]
async fn p46_p55_every_combination_from_ios() {
    every_combination(MobileApps, "ios", true).await;
}

/// P46, P55: a host who wants the words of the documentation for everybody.
#[tokio::test]
async fn p46_p55_every_combination_where_none_is_taken() {
    every_combination(Never, "android", false).await;
}

/// P46, P55: a host who takes them from everybody.
#[tokio::test]
async fn p46_p55_every_combination_where_all_are_taken() {
    every_combination(Always, "", true).await;
}

/// P46, P55: nobody's media are lost on the way to a profile, and the same table holds there.
#[tokio::test]
async fn p46_p55_media_of_an_own_picture_combine_alike() {
    let server = testkit::start().await;
    let stage = Stage::new(&server, "ios").await;
    for (lang_pack, combined) in [("", false), ("ios", true)] {
        let app = stage.ada.as_app(server.address(), lang_pack).await;
        for asked in Fields::all().filter(|it| it.media() > 1 && !it.suggest && !it.save) {
            let mut request = functions::photos::UploadProfilePhoto::new();
            request.file = asked.file.then(|| stage.media.file.clone());
            request.video = asked.video.then(|| stage.media.video.clone());
            request.video_start_ts = asked.start.then_some(START.0);
            request.video_emoji_markup = asked.markup.then(|| stage.media.markup.clone());
            let answer = app.call(request).await;
            if combined {
                let answer = answer.unwrap_or_else(|no| panic!("{asked:?}: {no}"));
                stage.made(asked, photo(&answer)).await;
            } else {
                assert_eq!(
                    answer.map(|_| ()),
                    Err(refused("PHOTO_INVALID")),
                    "{asked:?}"
                );
            }
        }
    }
}
