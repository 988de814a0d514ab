//! Pictures that move: set, seen, downloaded, suggested and accepted by every client's way, in every place
//! of a picture. The clips show the number of each frame, so that a still says where it was taken.

use testkit::{Account, decode, download, film, films, frame_number, peer_photo, picture, pixel};
use tl::{Method, Put, enums, functions, types};

use crate::seen::{
    changed_user, has_video, input_photo, list, photo, photo_of, refused, sees, shown, suggestion,
    user,
};

const RED: [u8; 3] = [200, 20, 20];
/// Frames a second of the clips here.
const FPS: u32 = 10;

/// `photos.uploadContactProfilePhoto` with a clip and nothing else.
async fn with_video(
    who: &Account,
    other: &Account,
    (clip, start): (&[u8], Option<f64>),
) -> functions::photos::UploadContactProfilePhoto {
    let mut request = who.contact_photo(other).await;
    request.video = Some(who.upload(clip, "video.mp4").await);
    request.video_start_ts = start;
    request
}

/// `photos.uploadProfilePhoto` with a clip and nothing else.
async fn own_video(
    who: &Account,
    (clip, start): (&[u8], Option<f64>),
) -> functions::photos::UploadProfilePhoto {
    let mut request = functions::photos::UploadProfilePhoto::new();
    request.video = Some(who.upload(clip, "video.mp4").await);
    request.video_start_ts = start;
    request
}

async fn number_of(viewer: &Account, photo: &types::Photo, letter: &str) -> u32 {
    frame_number(&decode(&download(viewer, photo, letter).await.unwrap()))
}

/// The answer to a request for the first bytes of a size: its type, the first and all bytes.
async fn file(viewer: &Account, photo: &types::Photo, letter: &str) -> types::upload::File {
    let location = types::InputPhotoFileLocation {
        id: photo.id,
        access_hash: photo.access_hash,
        file_reference: photo.file_reference.clone(),
        thumb_size: letter.to_owned(),
    };
    let request = functions::upload::GetFile::new(location.into(), 0, 1024 * 1024);
    match viewer.call(request).await.unwrap() {
        enums::upload::File::File(file) => *file,
        enums::upload::File::CdnRedirect(_) => panic!("there is no CDN"),
    }
}

/// P41, P42: what Ada set moves for her, everywhere by the same rule, and its stills are the frame at its
/// start.
#[tokio::test]
async fn p41_p42_a_video_moves_and_its_stills_are_the_frame_at_the_start() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let clip = film(800, 30, FPS);
    let mut request = with_video(&ada, &bob, (&clip, Some(1.5))).await;
    request.save = true;
    let answer = ada.call(request).await.unwrap();
    let set = photo(&answer).clone();
    assert_eq!(films(&set)[0], ("u".to_owned(), 800, Some(1.5)));
    let letters: Vec<String> = crate::seen::sizes(&set)
        .into_iter()
        .map(|it| it.0)
        .collect();
    assert_eq!(letters, ["i", "a", "b", "c"]);
    assert!(has_video(user(&answer.users[0])));
    assert_eq!(sees(&ada, &bob).await, Some((set.id, true)));
    assert_eq!(sees(&bob, &bob).await, None);
    for letter in ["a", "b", "c"] {
        assert_eq!(number_of(&ada, &set, letter).await, 15, "{letter}");
    }
    let full = ada.sees_full(&bob).await;
    assert_eq!(
        films(photo_of(full.personal_photo.as_ref().unwrap())),
        films(&set)
    );
    // By the peer it stands still: clients that do not play films ask so.
    let still = peer_photo(&ada, ada.peer(&bob).await, set.id, true).await;
    assert_eq!(frame_number(&decode(&still.unwrap())), 15);
    for (letter, side, _) in films(&set) {
        let got = file(&ada, &set, &letter).await;
        assert!(matches!(got.r#type, enums::storage::FileType::FileMp4));
        assert_eq!(&got.bytes[4..8], b"ftyp");
        let size = set
            .video_sizes
            .iter()
            .flatten()
            .find_map(|size| match size {
                enums::VideoSize::VideoSize(film) if film.r#type == letter => Some(film.size),
                _ => None,
            });
        assert_eq!(size, i32::try_from(got.bytes.len()).ok(), "{letter} {side}");
        let at = |kind: &[u8]| got.bytes.windows(4).position(|window| window == kind);
        assert!(at(b"moov") < at(b"mdat"), "the index comes first");
    }
    let jpeg = file(&ada, &set, "c").await;
    assert!(matches!(jpeg.r#type, enums::storage::FileType::FileJpeg));
    let unknown = download(&ada, &set, "v").await.unwrap_err();
    assert_eq!(unknown, refused("LOCATION_INVALID"));
    for stranger in [&bob, &server.account("Cat").await] {
        for letter in ["u", "c"] {
            let refusal = download(stranger, &set, letter).await.unwrap_err();
            assert_eq!(refusal, refused("LOCATION_INVALID"));
        }
    }
}

/// P42: no start is the first frame, one beyond the end the last; what is sent comes back to the bit.
#[tokio::test]
async fn p42_a_start_is_clamped_and_echoed_as_it_was_sent() {
    let server = testkit::start().await;
    let bob = server.account("Bob").await;
    let clip = film(160, 20, FPS);
    for (start, frame) in [
        (None, 0),
        (Some(0.0), 0),
        (Some(-0.0), 0),
        (Some(0.1), 1),
        (Some(0.1 + 0.2), 3),
        (Some(0.299), 2),
        (Some(1.95), 19),
        (Some(9.0), 19),
        (Some(1e300), 19),
    ] {
        let set = bob
            .call(own_video(&bob, (&clip, start)).await)
            .await
            .unwrap();
        let set = photo(&set).clone();
        let echoed: Vec<_> = films(&set)
            .iter()
            .map(|film| film.2.map(f64::to_bits))
            .collect();
        assert!(
            echoed.iter().all(|bits| *bits == start.map(f64::to_bits)),
            "{start:?}"
        );
        assert_eq!(number_of(&bob, &set, "c").await, frame, "{start:?}");
    }
}

/// What a film is made of by SHA-256, block by block.
#[tokio::test]
async fn the_hashes_of_a_film_are_those_of_its_bytes() {
    let server = testkit::start().await;
    let bob = server.account("Bob").await;
    let clip = film(320, 20, FPS);
    let set = bob
        .call(own_video(&bob, (&clip, None)).await)
        .await
        .unwrap();
    let set = photo(&set).clone();
    let location = types::InputPhotoFileLocation {
        id: set.id,
        access_hash: set.access_hash,
        file_reference: set.file_reference.clone(),
        thumb_size: "u".to_owned(),
    }
    .into();
    let request = functions::upload::GetFileHashes {
        location,
        offset: 0,
    };
    let hashes = bob.call(request).await.unwrap();
    let bytes = download(&bob, &set, "u").await.unwrap();
    let covered: i32 = hashes.iter().map(|hash| hash.limit).sum();
    assert_eq!(usize::try_from(covered).unwrap(), bytes.len());
    assert!(hashes.iter().all(|hash| hash.hash.len() == 32));
}

/// Section 5: a suggestion that moves, accepted as TDLib does (by the photo) and as Web A does (download the
/// film, upload it again with its start).
#[tokio::test]
async fn a_suggestion_that_moves_is_accepted_by_the_photo_and_by_its_film() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    bob.import(&ada).await;
    let clip = film(320, 20, FPS);
    let mut request = with_video(&ada, &bob, (&clip, Some(0.7))).await;
    request.suggest = true;
    let sent = ada.call(request).await.unwrap();
    assert_eq!(sees(&ada, &bob).await, None);
    let got = bob.update(suggestion).await.photo;
    assert_eq!(
        (got.id, films(&got)),
        (photo(&sent).id, films(photo(&sent)))
    );
    let film = download(&bob, &got, "u").await.unwrap();
    assert_eq!(number_of(&bob, &got, "c").await, 7);

    let request = functions::photos::UpdateProfilePhoto::new(input_photo(&got));
    let accepted = bob.call(request).await.unwrap();
    let first = photo(&accepted).clone();
    assert_ne!(first.id, got.id);
    assert_eq!(films(&first), films(&got));
    assert!(has_video(user(&accepted.users[0])));
    assert_eq!(download(&bob, &first, "u").await.unwrap(), film);
    let new = |user: &types::User| shown(user) == Some((first.id, false));
    let told = ada.update(|news| changed_user(news).filter(new)).await;
    assert!(has_video(&told));

    let start = films(&got)[0].2;
    let again = bob
        .call(own_video(&bob, (&film, start)).await)
        .await
        .unwrap();
    let second = photo(&again).clone();
    assert_eq!(films(&second), films(&got));
    assert_eq!(number_of(&ada, &seen_by(&ada, &bob).await, "c").await, 7);
    // What was written clean once is not changed any more.
    assert_eq!(download(&bob, &second, "u").await.unwrap(), film);
    assert_eq!(list(&ada, &bob, (0, 0, 10)).await.0, [second.id, first.id]);
}

/// The main picture of `owner` as `viewer` has it in a list of photos.
async fn seen_by(viewer: &Account, owner: &Account) -> types::Photo {
    let user_id = viewer.name(owner).await;
    let request = functions::photos::GetUserPhotos {
        user_id,
        offset: 0,
        max_id: 0,
        limit: 1,
    };
    match viewer.call(request).await.unwrap() {
        enums::photos::Photos::Photos(found) => photo_of(&found.photos[0]).clone(),
        enums::photos::Photos::Slice(found) => photo_of(&found.photos[0]).clone(),
    }
}

/// Own pictures, fallbacks, and pictures of bots, set by their owner and by themselves.
#[tokio::test]
async fn what_moves_is_taken_at_every_place_of_a_profile() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let clip = film(160, 10, FPS);
    let mut request = own_video(&bob, (&clip, Some(0.3))).await;
    request.fallback = true;
    let public = photo(&bob.call(request).await.unwrap()).id;
    assert_eq!(sees(&ada, &bob).await, Some((public, false)));
    assert!(has_video(&ada.sees(&bob).await));
    let still = photo(&bob.set_own(&picture(RED, 320)).await.unwrap()).id;
    assert_eq!(sees(&ada, &bob).await, Some((still, false)));
    assert!(!has_video(&ada.sees(&bob).await));
    let main = bob
        .call(own_video(&bob, (&clip, None)).await)
        .await
        .unwrap();
    let main = photo(&main).id;
    assert_eq!(sees(&ada, &bob).await, Some((main, false)));
    let seen = seen_by(&ada, &bob).await;
    assert_eq!(films(&seen)[0], ("u".to_owned(), 160, None));
    assert!(download(&ada, &seen, "u").await.is_ok());

    let bot = server.bot(&bob, "Bot").await;
    for (caller, named) in [(&bob, true), (&bot, false)] {
        let mut request = own_video(caller, (&clip, Some(0.5))).await;
        if named {
            request.bot = Some(caller.name(&bot).await);
        }
        let set = caller.call(request).await.unwrap();
        assert!(has_video(user(&set.users[0])));
        assert_eq!(number_of(caller, photo(&set), "c").await, 5);
        assert_eq!(sees(&ada, &bot).await, Some((photo(&set).id, false)));
    }
}

/// P43 to P45, with clips that do play, and one that is cut off.
#[tokio::test]
async fn p43_p45_clips_that_break_a_limit_are_refused() {
    let server = testkit::start_with(|settings| settings.clip_mib_max = 1).await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let good = film(160, 20, FPS);
    let long = film(160, 22, 2);
    let padding = vec![0; 1024 * 1024];
    let heavy = [
        &good[..],
        &(padding.len() as u32 + 8).to_be_bytes(),
        b"free",
        &padding,
    ]
    .concat();
    let cut = good[..good.len() - good.len() / 4].to_vec();
    for clip in [&long, &heavy, &cut, &film(128, 10, FPS), &picture(RED, 800)] {
        let mut request = with_video(&ada, &bob, (clip, None)).await;
        request.save = true;
        let refusal = ada.call(request).await.map(|_| ());
        assert_eq!(
            refusal,
            Err(refused("VIDEO_FILE_INVALID")),
            "{}",
            clip.len()
        );
    }
    let mut request = with_video(&ada, &bob, (&good, None)).await;
    request.save = true;
    let Some(enums::InputFile::InputFile(named)) = &mut request.video else {
        panic!("an upload");
    };
    named.md5_checksum = "5d41402abc4b2a76b9719d911017c592".to_owned();
    let refusal = ada.call(request).await.map(|_| ());
    assert_eq!(refusal, Err(refused("MD5_CHECKSUM_INVALID")));
    assert_eq!(sees(&ada, &bob).await, None);
}

/// P43 to P45: what just keeps the limits is taken, and one step more is not.
#[tokio::test]
async fn p43_p45_clips_at_their_limits_are_taken() {
    let server = testkit::start().await;
    let bob = server.account("Bob").await;
    let padded = |clip: &[u8], length: usize| {
        let padding = length - clip.len();
        let size = u32::try_from(padding).unwrap().to_be_bytes();
        [clip, &size, b"free", &vec![0; padding - 8]].concat()
    };
    let small = film(160, 4, 2);
    let most = 2 * 1024 * 1024;
    for (clip, side) in [
        // Ten seconds and a half, as encoders round.
        (film(160, 21, 2), Some(160)),
        (film(160, 22, 2), None),
        (film(1280, 2, 2), Some(1280)),
        (film(144, 2, 2), None),
        (padded(&small, most), Some(160)),
        (padded(&small, most + 1), None),
    ] {
        let set = bob.call(own_video(&bob, (&clip, None)).await).await;
        let taken = set.map(|set| films(photo(&set))[0].1);
        let expected = side.ok_or(refused("VIDEO_FILE_INVALID"));
        assert_eq!(taken, expected, "{} bytes", clip.len());
    }
    let narrow = |settings: &mut cameo::Settings| settings.clip_side_px_max = 1264;
    let server = testkit::start_with(narrow).await;
    let bob = server.account("Bob").await;
    for (side, taken) in [(1264, true), (1280, false)] {
        let request = own_video(&bob, (&film(side, 2, 2), None)).await;
        assert_eq!(bob.call(request).await.is_ok(), taken, "{side}");
    }
}

/// What an account of an old layer sends and is shown.
#[tokio::test]
async fn p131_old_layers_send_and_see_what_moves() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let clip = film(160, 10, FPS);
    for layer in [148, 152, 200] {
        let client = server.client_in_layer(layer).await;
        let old = Account::sign_in(client, &bob.phone).await;
        let set = set_in_layer(&old, own_video(&old, (&clip, Some(0.4))).await).await;
        assert_eq!(films(&set)[0], ("u".to_owned(), 160, Some(0.4)));
        assert_eq!(sees(&ada, &bob).await, Some((set.id, false)));
        let seen = seen_by(&old, &old).await;
        assert_eq!(films(&seen), films(&set));
        assert_eq!(pixel_count(&download(&old, &seen, "a").await.unwrap()), 160);
    }
}

async fn set_in_layer<M>(who: &Account, request: M) -> types::Photo
where
    M: Method<Output = types::photos::Photo> + Put,
{
    photo(&who.call(request).await.unwrap()).clone()
}

fn pixel_count(jpeg: &[u8]) -> u32 {
    let still = decode(jpeg);
    assert!(pixel(&still, (4, 4)).iter().any(|part| *part > 0));
    still.width()
}
